//! `map`.
//!
//! CPython: Python/bltinmodule.c.

use super::{check_strict, itself, strict_keyword};
use adder_object::call::{call_pos, call1};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, error, ops, payload, singletons,
    trace_fields, tuple,
};
use std::cell::Cell;

pub struct Map {
    func: Obj,
    iterators: Vec<Obj>,
    strict: Cell<bool>,
}
trace_fields!(Map { func, iterators });
pub static MAP: StaticType = StaticType::new::<Map>("map", F::BASETYPE | F::GC);
payload!(Map, MAP);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(itself), slot::iternext(next)],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| {
                let m = o.this::<Map>()?;
                let mut all = vec![m.func.clone()];
                all.extend_from_slice(&m.iterators);
                let mut parts = vec![o.ty().to_obj(), tuple::new(all)];
                if m.strict.get() {
                    parts.push(singletons::true_obj());
                }
                Ok(tuple::new(parts))
            }),
            "Return state information for pickling.",
        ),
        method(
            "__setstate__($self, object, /)",
            Native::One(|vm, o, state| {
                o.this::<Map>()?.strict.set(ops::truth(vm, state)?);
                Ok(singletons::none())
            }),
            "Set state information for unpickling.",
        ),
    ],
    doc: "map(function, iterable, /, *iterables, strict=False)\n--\n\nMake an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError.",
    ..TypeSpec::of(&MAP)
};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let strict = if crate::numbers::float::plain_init(ty) { strict_keyword(vm, args, "map")? } else { false };
    let [func, iterables @ ..] = args.positional() else {
        return Err(error::type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(error::type_error("map() must have at least two arguments."));
    }
    let iterators = iterables.iter().map(|o| ops::iter(vm, o)).collect::<PyResult<Vec<_>>>()?;
    Ok(Ref::with_type(ty, Map { func: func.clone(), iterators, strict: Cell::new(strict) }).into_obj())
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let m = o.this::<Map>()?;
    if let [it] = &m.iterators[..] {
        let Some(x) = ops::next(vm, it)? else { return Ok(None) };
        return call1(vm, &m.func, &x).map(Some);
    }
    let mut items = Vec::with_capacity(m.iterators.len());
    for it in &m.iterators {
        match ops::next(vm, it)? {
            Some(x) => items.push(x),
            None if m.strict.get() => return check_strict(vm, &m.iterators, items.len(), "map").map(|()| None),
            None => return Ok(None),
        }
    }
    call_pos(vm, &m.func, &items).map(Some)
}
