//! The iterator of str.
//!
//! *CPython*: unicodeobject.c, unicodeiter; ASCII strings have a type of their own there, here the names alone differ.

use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags, TypeSpec, Vm, error, int, ops, str, trace_fields,
    tuple,
};
use std::cell::Cell;

/// The text (empty once exhausted) with the position in it.
pub struct StrIter {
    pub text: ObjCell,
    pub at: Cell<usize>,
}
trace_fields!(StrIter { text });
pub static STR_ASCII_ITERATOR: StaticType = StaticType::new::<StrIter>("str_ascii_iterator", TypeFlags::GC);
adder_object::payload!(StrIter, STR_ASCII_ITERATOR);

pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(StrIter { text: ObjCell::new(o.clone()), at: Cell::new(0) }).into_obj())
}

/// The iterator that has come to an index.
pub fn iterator_at(text: Obj, at: usize) -> Obj {
    Ref::new(StrIter { text: ObjCell::new(text), at: Cell::new(at) }).into_obj()
}

impl StrIter {
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

fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    Ok(o.this::<StrIter>()?.step())
}
fn length_hint(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(o.this::<StrIter>()?.left()))
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<StrIter>()?;
    let f = crate::text::builtin(vm, "iter")?;
    Ok(match it.text.get() {
        Some(t) => tuple::from_array([f, tuple::from_array([t]), int::from_usize(it.at.get())]),
        None => tuple::from_array([f, tuple::from_array([str::empty().into_obj()])]),
    })
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<StrIter>()?;
    let i = ops::size_isize(vm, state).map_err(|_| error::type_error("an integer is required"))?;
    let n = it.text.with(|t| t.and_then(|t| t.get::<Str>()).map_or(0, Str::len));
    it.at.set(usize::try_from(i).unwrap_or(0).min(n));
    Ok(adder_object::singletons::none())
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(crate::text::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next)],
    methods: &[
        method(
            "__length_hint__",
            Native::NoArgs(length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__", Native::NoArgs(reduce), "Return state information for pickling."),
        method("__setstate__", Native::One(setstate), "Set state information for unpickling."),
    ],
    ..TypeSpec::of(&STR_ASCII_ITERATOR)
};
