//! The iterator of str.
//!
//! Invariant: strings of ASCII alone are walked by `StrIter<true>`, all others by `StrIter<false>`; the names alone differ.
//! CPython: unicodeobject.c, unicodeiter.

use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags, TypeSpec, Vm, error, int, ops, str, trace_fields,
    tuple,
};
use std::cell::Cell;

/// The text (empty once exhausted) with the position in it.
pub struct StrIter<const ASCII: bool> {
    text: ObjCell,
    at: Cell<usize>,
}
trace_fields!(StrIter<true> { text });
trace_fields!(StrIter<false> { text });
pub static STR_ASCII_ITERATOR: StaticType = StaticType::new::<StrIter<true>>("str_ascii_iterator", TypeFlags::GC);
pub static STR_ITERATOR: StaticType = StaticType::new::<StrIter<false>>("str_iterator", TypeFlags::GC);
adder_object::payload!(StrIter<true>, STR_ASCII_ITERATOR);
adder_object::payload!(StrIter<false>, STR_ITERATOR);

pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(iterator_at(o.clone(), 0))
}

/// The iterator that has come to an index.
pub fn iterator_at(text: Obj, at: usize) -> Obj {
    let ascii = text.get::<Str>().is_some_and(Str::is_ascii);
    let (text, at) = (ObjCell::new(text), Cell::new(at));
    if ascii {
        Ref::new(StrIter::<true> { text, at }).into_obj()
    } else {
        Ref::new(StrIter::<false> { text, at }).into_obj()
    }
}

/// Text and position of an iterator of either type that is not exhausted.
pub fn place(it: &Obj) -> Option<(Obj, usize)> {
    if let Some(s) = it.get_exact::<StrIter<true>>() {
        return Some((s.text.get()?, s.at.get()));
    }
    let s = it.get_exact::<StrIter<false>>()?;
    Some((s.text.get()?, s.at.get()))
}

impl<const ASCII: bool> StrIter<ASCII> {
    /// The next character.
    #[inline]
    pub fn step(&self) -> Option<Obj> {
        let i = self.at.get();
        let c = self.text.with(|t| t.and_then(|t| t.get::<Str>()).filter(|s| i < s.len()).map(|s| s.at(i)));
        match c {
            Some(c) => {
                self.at.set(i + 1);
                Some(str::from_char(c).into_obj())
            }
            None => {
                drop(self.text.take());
                None
            }
        }
    }
    fn left(&self) -> usize {
        let n = self.text.with(|t| t.and_then(|t| t.get::<Str>()).map_or(0, Str::len));
        n.saturating_sub(self.at.get())
    }
}

fn next<const ASCII: bool>(_: &Vm, o: &Obj) -> PyResult<Option<Obj>>
where
    StrIter<ASCII>: adder_object::Payload,
{
    Ok(o.this::<StrIter<ASCII>>()?.step())
}
fn length_hint<const ASCII: bool>(_: &Vm, o: &Obj) -> PyResult
where
    StrIter<ASCII>: adder_object::Payload,
{
    Ok(int::from_usize(o.this::<StrIter<ASCII>>()?.left()))
}
fn reduce<const ASCII: bool>(vm: &Vm, o: &Obj) -> PyResult
where
    StrIter<ASCII>: adder_object::Payload,
{
    let it = o.this::<StrIter<ASCII>>()?;
    let f = crate::text::builtin(vm, "iter")?;
    Ok(match it.text.get() {
        Some(t) => tuple::from_array([f, tuple::from_array([t]), int::from_usize(it.at.get())]),
        None => tuple::from_array([f, tuple::from_array([str::empty().into_obj()])]),
    })
}
fn setstate<const ASCII: bool>(vm: &Vm, o: &Obj, state: &Obj) -> PyResult
where
    StrIter<ASCII>: adder_object::Payload,
{
    let it = o.this::<StrIter<ASCII>>()?;
    let i = ops::size_isize(vm, state).map_err(|_| error::type_error("an integer is required"))?;
    let n = it.text.with(|t| t.and_then(|t| t.get::<Str>()).map_or(0, Str::len));
    it.at.set(usize::try_from(i).unwrap_or(0).min(n));
    Ok(adder_object::singletons::none())
}

macro_rules! specs {
    ($($ascii:literal $id:ident $spec:ident;)*) => { $(
        pub static $spec: TypeSpec = TypeSpec {
            slots: &[
                slot::new(crate::text::no_new),
                slot::iter(ops::iter_self),
                slot::iternext(next::<$ascii>),
            ],
            methods: &[
                method(
                    "__length_hint__",
                    Native::NoArgs(length_hint::<$ascii>),
                    "Private method returning an estimate of len(list(it)).",
                ),
                method("__reduce__", Native::NoArgs(reduce::<$ascii>), "Return state information for pickling."),
                method("__setstate__", Native::One(setstate::<$ascii>), "Set state information for unpickling."),
            ],
            ..TypeSpec::of(&$id)
        };
    )* };
}
specs! {
    true STR_ASCII_ITERATOR ASCII_SPEC;
    false STR_ITERATOR SPEC;
}
