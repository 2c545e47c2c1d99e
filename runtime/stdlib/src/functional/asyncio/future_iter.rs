//! The iterator behind `await future`: yields the future once, then returns its result.

use super::future::{self, Future};
use crate::functional::shared::none;
use adder_object::slots::{Sent, slot};
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, call, error, exceptions as exc,
    ops, payload, trace_fields,
};

pub struct FutureIter {
    future: ObjCell,
}
trace_fields!(FutureIter { future });
static FUTURE_ITER: StaticType = StaticType::new::<FutureIter>("_asyncio.FutureIter", F::GC);
payload!(FutureIter, FUTURE_ITER);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(next), slot::send(|vm, o, _| step(vm, o))],
    methods: &[
        method(
            "send($self, value, /)",
            Native::One(|vm, o, _| match step(vm, o)? {
                Sent::Yield(v) => Ok(v),
                Sent::Return(v) => Err(error::stop_iteration(v)),
            }),
            "send(value)\n\nResume iteration passing value.",
        ),
        method(
            "throw",
            Native::Pos(1, 3, throw),
            "throw(value)\nthrow(type[, value[, tb]])\n\nraise an exception and return next yielded value or raise StopIteration.",
        ),
        method(
            "close($self, /)",
            Native::NoArgs(|_, o| {
                drop(o.this::<FutureIter>()?.future.take());
                none()
            }),
            "close()\n\nraise GeneratorExit inside generator.",
        ),
    ],
    ..TypeSpec::of(&FUTURE_ITER)
};

/// `iter(future)` and `future.__await__()`.
pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    future::alive(future::of(o)?)?;
    Ok(Ref::new(FutureIter { future: ObjCell::new(o.clone()) }).into_obj())
}

fn step(vm: &Vm, o: &Obj) -> PyResult<Sent> {
    let it = o.this::<FutureIter>()?;
    let Some(fut) = it.future.get() else { return Ok(Sent::Return(adder_object::singletons::none())) };
    let f = fut.this::<Future>()?;
    if !f.is_done() {
        if f.blocking.get() {
            return Err(error::runtime_error("await wasn't used with future"));
        }
        f.blocking.set(true);
        return Ok(Sent::Yield(fut));
    }
    drop(it.future.take());
    f.take_result(vm).map(Sent::Return)
}
fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    match step(vm, o)? {
        Sent::Yield(v) => Ok(Some(v)),
        Sent::Return(v) if v.is_none() => Ok(None),
        Sent::Return(v) => Err(error::stop_iteration(v)),
    }
}

fn throw(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    if a.len() > 1 {
        vm.warn(
            &exc::DEPRECATION_WARNING,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let tb = a.get(2).filter(|t| !t.is_none());
    if let Some(tb) = tb
        && tb.ty().static_name() != Some("traceback")
    {
        return Err(error::type_error("throw() third argument must be a traceback"));
    }
    let is_class = a[0].get::<Type>().is_some_and(|t| t.is_subtype(&exc::BASE_EXCEPTION));
    let value = a.get(1).filter(|v| !v.is_none());
    let e = match (is_class, value) {
        (true, Some(v)) if v.get::<Type>().is_none() && a[0].get::<Type>().is_some_and(|t| v.is_instance_of(t)) => {
            v.clone()
        }
        (true, Some(v)) => call::call1(vm, &a[0], v)?,
        (true, None) => call::call0(vm, &a[0])?,
        (false, Some(_)) => return Err(error::type_error("instance exception may not have a separate value")),
        (false, None) => a[0].clone(),
    };
    let Some(b) = e.get::<exc::BaseException>() else {
        return Err(error::type_error(
            "exceptions must be classes deriving BaseException or instances of such a class",
        ));
    };
    if let Some(tb) = tb {
        b.traceback.set(tb.clone());
    }
    drop(o.this::<FutureIter>()?.future.take());
    Err(PyErr::from_obj(e))
}
