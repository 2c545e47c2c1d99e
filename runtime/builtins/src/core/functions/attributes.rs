//! getattr, setattr, delattr, hasattr, dir, vars.

use adder_object::call::{call_method_str, call_special};
use adder_object::vm::HOOKS;
use adder_object::{Obj, PyResult, Vm, attr, error, names, ops, singletons};

pub fn getattr(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let name = attr::check_name(&a[1])?;
    match a.get(2) {
        None => attr::get(vm, &a[0], &name),
        Some(default) => Ok(attr::lookup(vm, &a[0], &name)?.unwrap_or_else(|| default.clone())),
    }
}

pub fn hasattr(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let name = attr::check_name(&a[1])?;
    Ok(singletons::bool_obj(attr::lookup(vm, &a[0], &name)?.is_some()))
}

pub fn setattr(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let name = attr::check_name(&a[1])?;
    attr::set(vm, &a[0], &name, &a[2])?;
    Ok(singletons::none())
}

pub fn delattr(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let name = attr::check_name(&a[1])?;
    attr::delete(vm, &a[0], &name)?;
    Ok(singletons::none())
}

/// The local variables of the caller.
fn locals(vm: &Vm) -> PyResult {
    (HOOKS.get().locals)(vm)
}

pub fn dir(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let names = match a {
        [] => call_method_str(vm, &locals(vm)?, "keys", &[])?,
        [o, ..] => call_special(vm, o, &names().__dir__, &[])?
            .ok_or_else(|| error::type_error("object does not provide __dir__"))?,
    };
    let list = ops::to_list(vm, &names)?;
    call_method_str(vm, list.obj(), "sort", &[])?;
    Ok(list.into_obj())
}

pub fn vars(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    match a {
        [] => locals(vm),
        [o, ..] => attr::lookup(vm, o, &names().__dict__)?
            .ok_or_else(|| error::type_error("vars() argument must have __dict__ attribute")),
    }
}
