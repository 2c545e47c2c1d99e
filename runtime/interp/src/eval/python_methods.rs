//! What generic ops note of the methods in Python that they end up calling: the JIT calls those directly.
//!
//! Invariant: CACHE-1: the function belongs to the type as long as that has the version noted beside it; the ops themselves do not look.

use crate::code::{Cache, kinds};
use crate::function::{FUNCTION, Function};
use adder_object::arith::BinOp;
use adder_object::{Obj, ObjExt, names, user_slots};

/// Notes the method in Python that the operator calls: version of the left operand's type, function, kind of the right one.
pub fn note_operator(a: &Obj, b: &Obj, arg: usize, c: &Cache) {
    c.aux.set(0);
    let found = || {
        let ty = a.ty();
        let (name, inplace) = user_slots::operator_names(BinOp::ALL[arg % 13]);
        if !a.is_ptr() || !ty.is_heap() || arg >= 13 && ty.lookup(inplace).is_some() {
            return None;
        }
        let f = ty.lookup(name).filter(|f| f.is_exact(&FUNCTION))?;
        let code = f.get::<Function>()?.code()?;
        if !code.simple_args || code.argcount != 2 {
            return None;
        }
        let kind = if b.is_int() {
            kinds::METHOD_INT
        } else if b.is_float() {
            kinds::METHOD_FLOAT
        } else if b.ty().is(ty) {
            kinds::METHOD_SAME
        } else {
            return None;
        };
        Some((ty.ensure_version()?, f, kind))
    };
    if let Some((version, f, kind)) = found() {
        c.version.set(version);
        c.value.set(f.bits());
        c.aux.set(kind);
    }
}

/// Notes a `__setitem__` in Python: version of the container's type, function.
pub fn note_setitem(container: &Obj, c: &Cache) {
    c.version.set(0);
    let found = || {
        let ty = container.ty();
        let f = ty.lookup(&names().__setitem__).filter(|f| ty.is_heap() && f.is_exact(&FUNCTION))?;
        let code = f.get::<Function>()?.code()?;
        (code.simple_args && code.argcount == 3).then_some((ty.ensure_version()?, f))
    };
    if let Some((version, f)) = found() {
        c.version.set(version);
        c.value.set(f.bits());
    }
}
