//! The iterators of bytes and bytearray.
//!
//! *CPython*: bytesobject.c, striter; bytearrayobject.c, bytearrayiter.

use super::data::data;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags, TypeSpec, Vm, error, int, ops, singletons,
    trace_fields, tuple,
};
use std::cell::Cell;

/// The bytes (empty once exhausted) with the position in them.
pub struct BytesIter {
    pub text: ObjCell,
    pub at: Cell<usize>,
}
trace_fields!(BytesIter { text });
pub static BYTES_ITERATOR: StaticType = StaticType::new::<BytesIter>("bytes_iterator", TypeFlags::GC);
adder_object::payload!(BytesIter, BYTES_ITERATOR);

/// As [`BytesIter`], over a bytearray that may change meanwhile.
pub struct ByteArrayIter(pub BytesIter);
impl adder_object::Trace for ByteArrayIter {
    fn trace(&self, visit: &mut adder_object::Visit<'_>) {
        self.0.trace(visit)
    }
    fn clear(&self) {
        self.0.clear()
    }
}
pub static BYTEARRAY_ITERATOR: StaticType = StaticType::new::<ByteArrayIter>("bytearray_iterator", TypeFlags::GC);
adder_object::payload!(ByteArrayIter, BYTEARRAY_ITERATOR);

fn state(o: &Obj) -> BytesIter {
    BytesIter { text: ObjCell::new(o.clone()), at: Cell::new(0) }
}
pub fn bytes_iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(state(o)).into_obj())
}
pub fn bytearray_iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(ByteArrayIter(state(o))).into_obj())
}

fn this(o: &Obj) -> PyResult<&BytesIter> {
    match o.get::<ByteArrayIter>() {
        Some(i) => Ok(&i.0),
        None => o.this::<BytesIter>(),
    }
}

impl BytesIter {
    #[inline]
    pub fn step(&self) -> Option<Obj> {
        let i = self.at.get();
        let b = self.text.with(|t| t.and_then(|t| data(t).ok().and_then(|d| d.get(i).copied())));
        if b.is_some() {
            self.at.set(i + 1);
        } else {
            drop(self.text.take());
        }
        b.map(|b| int::from_i64(i64::from(b)))
    }
    fn len(&self) -> usize {
        self.text.with(|t| t.and_then(|t| data(t).ok().map(|d| d.len())).unwrap_or(0))
    }
}

fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    Ok(this(o)?.step())
}
fn length_hint(_: &Vm, o: &Obj) -> PyResult {
    let it = this(o)?;
    Ok(int::from_usize(it.len().saturating_sub(it.at.get())))
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = this(o)?;
    let f = crate::text::builtin(vm, "iter")?;
    Ok(match it.text.get() {
        Some(t) => tuple::from_array([f, tuple::from_array([t]), int::from_usize(it.at.get())]),
        None => tuple::from_array([f, tuple::from_array([tuple::new(vec![])])]),
    })
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = this(o)?;
    if !int::is_int(state) {
        return Err(error::type_error("an integer is required"));
    }
    let i = ops::size_isize(vm, state)?;
    if it.text.is_some() {
        it.at.set(usize::try_from(i).unwrap_or(0).min(it.len()));
    }
    Ok(singletons::none())
}

static METHODS: &[MethodDef] = &[
    method("__length_hint__", Native::NoArgs(length_hint), "Private method returning an estimate of len(list(it))."),
    method("__reduce__", Native::NoArgs(reduce), "Return state information for pickling."),
    method("__setstate__", Native::One(setstate), "Set state information for unpickling."),
];
pub static BYTES_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(crate::text::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next)],
    methods: METHODS,
    ..TypeSpec::of(&BYTES_ITERATOR)
};
pub static BYTEARRAY_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(crate::text::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next)],
    methods: METHODS,
    ..TypeSpec::of(&BYTEARRAY_ITERATOR)
};
