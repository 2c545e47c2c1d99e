//! [`Items`] and [`Steps`]: walking over any iterable from native code.
//!
//! Invariant: nothing of a list is borrowed while code of the program runs, so that the list may change between two items.

use crate::slots::NextFn;
use crate::{List, Obj, ObjExt, PyErr, PyResult, Vm, error, exceptions, ops, tuple, types};

/// An iterator, and the function of its type that makes its steps.
pub struct Steps {
    pub iterator: Obj,
    step: NextFn,
}
impl Steps {
    /// The iterator of an iterable.
    pub fn of(vm: &Vm, o: &Obj) -> PyResult<Steps> {
        let iterator = ops::iter(vm, o)?;
        match iterator.ty().iternext() {
            Some(step) => Ok(Steps { iterator, step }),
            None => Err(no_iterator(&iterator)),
        }
    }
    /// The next item; None at the end.
    #[inline(always)]
    pub fn next(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        match (self.step)(vm, &self.iterator) {
            Ok(x) => Ok(x),
            Err(e) => end(e),
        }
    }
}
/// A generator that returned a value ends with StopIteration carrying it: an end like any other here.
#[cold]
#[inline(never)]
pub(crate) fn end(e: PyErr) -> PyResult<Option<Obj>> {
    if e.is(&exceptions::STOP_ITERATION) { Ok(None) } else { Err(e) }
}

#[cold]
#[inline(never)]
pub(crate) fn no_iterator(o: &Obj) -> PyErr {
    error::type_error(format!("'{}' object is not an iterator", o.ty().tp_name()))
}

/// The items of an iterable one by one, those of exact lists and tuples without an iterator object.
pub enum Items<'a> {
    List(&'a List, usize),
    Tuple(std::slice::Iter<'a, Obj>),
    Iter(Steps),
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
        Steps::of(vm, o).map(Items::Iter)
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
            Items::Iter(it) => it.next(vm),
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
