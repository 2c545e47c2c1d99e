//! all, any, iter, next, aiter, anext.

use super::super::anext::with_default;
use super::super::iterators::sequence;
use adder_object::call::{call_special, is_callable};
use adder_object::slots::{NextFn, Sent};
use adder_object::{Obj, ObjExt, PyResult, Vm, error, exceptions as exc, names, ops, singletons, user_slots};

pub fn all(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    until(vm, o, false)
}
pub fn any(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    until(vm, o, true)
}
/// `stop` when some item is `stop`, else its opposite.
fn until(vm: &Vm, o: &Obj, stop: bool) -> PyResult {
    let mut items = ops::Items::of(vm, o)?;
    loop {
        items.take_plain(|x| ops::plain_truth(x) == Some(!stop));
        let Some(x) = items.next(vm)? else { break };
        if ops::truth(vm, &x)? == stop {
            return Ok(singletons::bool_obj(stop));
        }
    }
    Ok(singletons::bool_obj(!stop))
}

pub fn iter(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    match a {
        [o] => ops::iter(vm, o),
        [f, sentinel, ..] => {
            if !is_callable(f) {
                return Err(error::type_error("iter(v, w): v must be callable"));
            }
            Ok(sequence::until(f.clone(), sentinel.clone()))
        }
        [] => Err(error::type_error("iter expected at least 1 argument, got 0")),
    }
}

/// `next(iterator[, default])`; the StopIteration of a generator keeps its value, that of a Python `__next__` its identity.
pub fn next(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let it = &a[0];
    let ty = it.ty();
    let Some(f) = ty.iternext() else {
        return Err(error::type_error(format!("'{}' object is not an iterator", ty.tp_name())));
    };
    let item = if std::ptr::fn_addr_eq(f, user_slots::iternext as NextFn) {
        match call_special(vm, it, &names().__next__, &[]) {
            Ok(v) => v,
            Err(e) if a.len() > 1 && e.is(&exc::STOP_ITERATION) => None,
            Err(e) => return Err(e),
        }
    } else if let (Some(send), 1) = (ty.send(), a.len()) {
        match send(vm, it, singletons::none_ref())? {
            Sent::Yield(v) => Some(v),
            Sent::Return(v) => return Err(error::stop_iteration(v)),
        }
    } else {
        f(vm, it)?
    };
    match (item, a.get(1)) {
        (Some(v), _) => Ok(v),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(error::stop_iteration(singletons::none())),
    }
}

pub fn aiter(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let Some(f) = o.ty().aiter() else {
        return Err(error::type_error(format!("'{}' object is not an async iterable", o.ty().tp_name())));
    };
    let it = f(vm, o)?;
    if it.ty().anext().is_none() {
        return Err(error::type_error(format!(
            "aiter() returned not an async iterator of type '{}'",
            it.ty().tp_name()
        )));
    }
    Ok(it)
}

pub fn anext(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let it = &a[0];
    let Some(f) = it.ty().anext() else {
        return Err(error::type_error(format!("'{}' object is not an async iterator", it.ty().tp_name())));
    };
    let awaitable = f(vm, it)?;
    match a.get(1) {
        None => Ok(awaitable),
        Some(default) => Ok(with_default(awaitable, default.clone())),
    }
}
