//! The awaitable of `anext(it, default)`: StopAsyncIteration becomes the default.
//!
//! CPython: Objects/iterobject.c (anext_awaitable).

use adder_object::attr::get_str;
use adder_object::call::{call_method, call_method_str, call_special};
use adder_object::slots::{NextFn, Sent, slot};
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeFlags as F, Vm, error, exceptions as exc, names, ops,
    payload, singletons, trace_fields, user_slots,
};

pub struct AnextAwaitable {
    wrapped: Obj,
    default: Obj,
}
trace_fields!(AnextAwaitable { wrapped, default });
pub static ANEXT_AWAITABLE: StaticType = StaticType::new::<AnextAwaitable>("anext_awaitable", F::GC);
payload!(AnextAwaitable, ANEXT_AWAITABLE);

pub fn with_default(wrapped: Obj, default: Obj) -> Obj {
    Ref::new(AnextAwaitable { wrapped, default }).into_obj()
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::await_(|_, o| Ok(o.clone())),
        slot::iter(|_, o| Ok(o.clone())),
        slot::iternext(|vm, o| match send(vm, o, singletons::none_ref())? {
            Sent::Yield(v) => Ok(Some(v)),
            Sent::Return(v) => Err(error::stop_iteration(v)),
        }),
        slot::send(send),
    ],
    methods: &[
        method(
            "send",
            Native::One(send_method),
            "send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or raise StopIteration.",
        ),
        method(
            "throw",
            Native::Raw(throw),
            "throw(value)\nthrow(typ[,val[,tb]])\n\nraise exception in the wrapped iterator, return next yielded value\nor raise StopIteration.",
        ),
        method("close", Native::NoArgs(close), "close() -> raise GeneratorExit inside generator."),
    ],
    ..TypeSpec::of(&ANEXT_AWAITABLE)
};

fn of(o: &Obj) -> PyResult<&AnextAwaitable> {
    o.this()
}

/// The iterator of the wrapped awaitable.
fn iterator(vm: &Vm, o: &Obj) -> PyResult {
    let w = &of(o)?.wrapped;
    // A plain generator is an iterator and no awaitable; `types.coroutine` marks those that are both.
    if w.ty().static_name() == Some("generator") {
        const ITERABLE_COROUTINE: i64 = 0x100;
        let flags = get_str(vm, &get_str(vm, w, "gi_code")?, "co_flags")?;
        if flags.small_int().is_none_or(|f| f & ITERABLE_COROUTINE == 0) {
            return Err(error::type_error("'generator' object can't be awaited"));
        }
    }
    if w.ty().send().is_some() && w.ty().iternext().is_some() {
        return Ok(w.clone());
    }
    let Some(f) = w.ty().await_() else {
        return Err(error::type_error(format!("'{}' object can't be awaited", w.ty().tp_name())));
    };
    let it = f(vm, w)?;
    if it.ty().iternext().is_none() {
        return Err(error::type_error(format!("__await__() returned non-iterator of type '{}'", it.ty().tp_name())));
    }
    Ok(it)
}

/// The end of the async iterator is the default as result.
fn or_default(o: &Obj, e: PyErr) -> PyResult<Sent> {
    if e.is(&exc::STOP_ASYNC_ITERATION) { Ok(Sent::Return(of(o)?.default.clone())) } else { Err(e) }
}

fn send(vm: &Vm, o: &Obj, value: &Obj) -> PyResult<Sent> {
    let it = match iterator(vm, o) {
        Ok(it) => it,
        Err(e) => return or_default(o, e),
    };
    let sent = if let Some(f) = it.ty().send() {
        f(vm, &it, value)
    } else {
        let r = if !value.is_none() {
            call_method(vm, &it, &names().send, std::slice::from_ref(value)).map(Some)
        } else if it.ty().iternext().is_some_and(|f| std::ptr::fn_addr_eq(f, user_slots::iternext as NextFn)) {
            call_special(vm, &it, &names().__next__, &[])
        } else {
            ops::next(vm, &it)
        };
        returned(r)
    };
    sent.or_else(|e| or_default(o, e))
}

/// A step's result where StopIteration carries the value returned.
fn returned(r: PyResult<Option<Obj>>) -> PyResult<Sent> {
    match r {
        Ok(Some(v)) => Ok(Sent::Yield(v)),
        Ok(None) => Ok(Sent::Return(singletons::none())),
        Err(e) if e.is(&exc::STOP_ITERATION) => {
            Ok(Sent::Return(e.exception().and_then(|x| x.field(0)).unwrap_or_else(singletons::none)))
        }
        Err(e) => Err(e),
    }
}

fn finish(sent: Sent) -> PyResult {
    match sent {
        Sent::Yield(v) => Ok(v),
        Sent::Return(v) => Err(error::stop_iteration(v)),
    }
}

fn send_method(vm: &Vm, o: &Obj, value: &Obj) -> PyResult {
    finish(send(vm, o, value)?)
}

fn throw(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let it = iterator(vm, o)?;
    match returned(call_method_str(vm, &it, "throw", args.positional()).map(Some)) {
        Ok(sent) => finish(sent),
        Err(e) => finish(or_default(o, e)?),
    }
}

fn close(vm: &Vm, o: &Obj) -> PyResult {
    let it = iterator(vm, o)?;
    call_method_str(vm, &it, "close", &[])
}
