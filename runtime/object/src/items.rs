//! [`Items`]: walking over any iterable from native code.
//!
//! Invariant: nothing of a list is borrowed while code of the program runs, so that the list may change between two items.

use crate::{List, Obj, ObjExt, PyResult, Vm, ops, tuple, types};

/// The items of an iterable one by one, those of exact lists and tuples without an iterator object.
pub enum Items<'a> {
    List(&'a List, usize),
    Tuple(std::slice::Iter<'a, Obj>),
    Iter(Obj),
}
impl<'a> Items<'a> {
    pub fn of(vm: &Vm, o: &'a Obj) -> PyResult<Items<'a>> {
        if let Some(l) = o.get_exact::<List>() {
            return Ok(Items::List(l, 0));
        }
        if o.is_exact(&types::TUPLE)
            && let Some(items) = tuple::as_slice(o)
        {
            return Ok(Items::Tuple(items.iter()));
        }
        ops::iter(vm, o).map(Items::Iter)
    }
    #[inline]
    pub fn next(&mut self, vm: &Vm) -> PyResult<Option<Obj>> {
        match self {
            Items::List(l, i) => {
                let x = l.get(*i);
                *i += 1;
                Ok(x)
            }
            Items::Tuple(items) => Ok(items.next().cloned()),
            Items::Iter(it) => ops::next(vm, it),
        }
    }
    /// Takes items as long as `f` wants them, which runs no code of the program: none where an iterator gives them.
    #[inline]
    pub fn take_plain(&mut self, mut f: impl FnMut(&Obj) -> bool) {
        let (rest, start) = match self {
            Items::List(l, i) => (l.as_slice().get(*i..).unwrap_or(&[]), *i),
            Items::Tuple(items) => (items.as_slice(), 0),
            Items::Iter(_) => return,
        };
        let n = rest.iter().take_while(|x| f(x)).count();
        match self {
            Items::List(_, i) => *i = start + n,
            Items::Tuple(items) => *items = rest[n..].iter(),
            Items::Iter(_) => {}
        }
    }
}
