//! Attribute loads in the layouts that CALL wants, and `super().name`.
#![allow(unsafe_code)]

use super::Regs;
use adder_object::attr::{self, Method};
use adder_object::{Obj, ObjExt, PyResult, Type, Vm, call};

#[cold]
pub fn store_attr_slow(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (owner, name) = (r.peek(1), r.name(arg));
    attr::set(vm, owner, name, r.peek(2))?;
    r.drop_n(2);
    Ok(())
}

#[cold]
pub fn load_attr_slow(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (owner, name) = (r.peek(1), r.name(arg >> 1));
    if arg & 1 == 0 {
        let v = attr::get(vm, owner, name)?;
        r.replace_n(1, v);
        return Ok(());
    }
    match attr::get_method(vm, owner, name)? {
        Method::Unbound(f) => {
            let this = r.pop();
            r.push(f);
            r.push(this);
        }
        Method::Bound(f) => {
            r.replace_n(1, f);
            r.push_null();
        }
    }
    Ok(())
}

/// Stack: the global `super`, the class, self.
pub fn load_super_attr(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (global_super, class, this) = (r.peek(3).clone(), r.peek(2).clone(), r.peek(1).clone());
    let name = r.name(arg >> 2);
    let plain = global_super.is(&adder_builtins::core::super_::SUPER.obj());
    if plain
        && let Some(ty) = class.get::<Type>()
        && let Some(found) = lookup_after(ty, &this, name)
    {
        return push_super(vm, r, arg, found, &this);
    }
    // Anything unusual goes through the object: `super(class, self).name`.
    let args = [class, this];
    let s = if arg & 2 != 0 || !plain {
        call_super(vm, &global_super, &args, arg & 2 != 0)?
    } else {
        call::call_pos(vm, &global_super, &args)?
    };
    let v = attr::get(vm, &s, name)?;
    r.drop_n(3);
    r.push(v);
    if arg & 1 != 0 {
        r.push_null();
    }
    Ok(())
}

fn call_super(vm: &Vm, global_super: &Obj, args: &[Obj], two: bool) -> PyResult {
    if two { call::call_pos(vm, global_super, args) } else { call::call0(vm, global_super) }
}

/// The attribute of the types after `class` in the MRO of `this` (an instance of it, or a subclass for class methods).
pub fn lookup_after(class: &Type, this: &Obj, name: &Obj) -> Option<(Obj, bool)> {
    let (start, is_class) = match this.get::<Type>() {
        Some(t) if t.is_subtype(class) => (t.as_static(), true),
        _ if this.ty().is_subtype(class) => (this.ty(), false),
        _ => return None,
    };
    if name.is(&adder_object::names().__class__) {
        return None;
    }
    let mut i = 0;
    let mut found = false;
    while let Some(t) = start.mro_at(i) {
        if found && let Some(v) = t.dict().get_name(name) {
            return Some((v, is_class));
        }
        found |= t.is(class);
        i += 1;
    }
    None
}

fn push_super(vm: &Vm, r: &mut Regs, arg: usize, (found, is_class): (Obj, bool), this: &Obj) -> PyResult<()> {
    let method = arg & 1 != 0;
    if method && !is_class && found.ty().has(adder_object::TypeFlags::METHOD_DESCRIPTOR) {
        r.drop_n(3);
        r.push(found);
        r.push(this.clone());
        return Ok(());
    }
    let v = match found.ty().descr_get() {
        Some(g) => {
            let (obj, owner) = if is_class { (None, this.clone()) } else { (Some(this), this.ty().to_obj()) };
            g(vm, &found, obj, Some(&owner))?
        }
        None => found,
    };
    r.drop_n(3);
    r.push(v);
    if method {
        r.push_null();
    }
    Ok(())
}

/// LOAD_SPECIAL: a special method of the type in call layout.
#[inline(never)]
pub fn load_special(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let owner = r.peek(1);
    let name = super::send::special_name(arg);
    match attr::lookup_special(vm, owner, name)? {
        Some(Method::Unbound(f)) => {
            let this = r.pop();
            r.push(f);
            r.push(this);
        }
        Some(Method::Bound(f)) => {
            r.replace_n(1, f);
            r.push_null();
        }
        None => return Err(no_context_manager(owner, arg)),
    }
    Ok(())
}

#[cold]
fn no_context_manager(owner: &Obj, arg: usize) -> adder_object::PyErr {
    let t = owner.ty();
    let n = adder_object::names();
    let (is_async, method) = (arg >= 2, ["__enter__", "__exit__", "__aenter__", "__aexit__"][arg.min(3)]);
    let other = if is_async { [&n.__enter__, &n.__exit__] } else { [&n.__aenter__, &n.__aexit__] };
    let hint = if other.iter().all(|o| t.lookup(o).is_some()) {
        if is_async {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        } else {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        }
    } else {
        ""
    };
    let full = t.tp_name();
    let what = if is_async { "asynchronous context manager" } else { "context manager" };
    adder_object::error::type_error(format!(
        "'{full}' object does not support the {what} protocol (missed {method} method){hint}"
    ))
}
