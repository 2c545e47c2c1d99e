//! The iterator over `__getitem__`, and `iter(callable, sentinel)`.
//!
//! CPython: Objects/iterobject.c.

use super::{builtin, itself};
use adder_object::call::call0;
use adder_object::seqiter::{self, SEQ_ITERATOR, SeqIter};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, exceptions as exc, int, ops, payload,
    singletons, trace_fields, tuple,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(itself), slot::iternext(seqiter::next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
        method(
            "__setstate__($self, object, /)",
            Native::One(|vm, o, state| {
                let i = ops::index_isize(vm, state)?;
                let s = o.this::<SeqIter>()?;
                if s.seq.is_some() {
                    s.at.set(i.max(0) as i64);
                }
                Ok(singletons::none())
            }),
            "Set state information for unpickling.",
        ),
    ],
    ..TypeSpec::of(&SEQ_ITERATOR)
};

fn length_hint(vm: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<SeqIter>()?;
    let Some(seq) = s.seq.get() else { return Ok(int::from_i64(0)) };
    if seq.ty().length().is_none() {
        return Ok(singletons::not_implemented());
    }
    let left = ops::len(vm, &seq)? as i64 - s.at.get();
    Ok(int::from_i64(left.max(0)))
}

fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    // Looking the function up may run code that exhausts the iterator.
    let f = builtin(vm, "iter")?;
    let s = o.this::<SeqIter>()?;
    Ok(match s.seq.get() {
        Some(seq) => tuple::new(vec![f, tuple::from_array([seq]), int::from_i64(s.at.get())]),
        None => tuple::from_array([f, tuple::from_array([tuple::new(vec![])])]),
    })
}

pub struct CallIter {
    func: ObjCell,
    sentinel: ObjCell,
}
trace_fields!(CallIter { func, sentinel });
pub static CALL_ITER: StaticType = StaticType::new::<CallIter>("callable_iterator", F::GC);
payload!(CallIter, CALL_ITER);

/// `iter(callable, sentinel)`.
pub fn until(func: Obj, sentinel: Obj) -> Obj {
    Ref::new(CallIter { func: ObjCell::new(func), sentinel: ObjCell::new(sentinel) }).into_obj()
}

pub static CALLABLE_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(itself), slot::iternext(call_next)],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| {
            let f = builtin(vm, "iter")?;
            let c = o.this::<CallIter>()?;
            Ok(match (c.func.get(), c.sentinel.get()) {
                (Some(func), Some(s)) => tuple::from_array([f, tuple::from_array([func, s])]),
                _ => tuple::from_array([f, tuple::from_array([tuple::new(vec![])])]),
            })
        }),
        "Return state information for pickling.",
    )],
    ..TypeSpec::of(&CALL_ITER)
};

fn call_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<CallIter>()?;
    let Some(f) = c.func.get() else { return Ok(None) };
    match call0(vm, &f) {
        Ok(v) => {
            if let Some(s) = c.sentinel.get()
                && !ops::key_equals(vm, &s, &v)?
            {
                return Ok(Some(v));
            }
        }
        Err(e) if e.is(&exc::STOP_ITERATION) => {}
        Err(e) => return Err(e),
    }
    c.func.set_option(None);
    c.sentinel.set_option(None);
    Ok(None)
}
