//! Weak proxies: every operation goes to the referent, or raises ReferenceError once it is gone.
//!
//! CPython: Objects/weakrefobject.c (proxy_*).

use super::shared::text;
use adder_object::arith::{self, BinOp, UnaryOp};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Vm, attr, call, class, error, float, names, ops, singletons,
    slots::SlotInit, weakref,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: SLOTS,
    methods: &[
        method("__bytes__($self, /)", Native::NoArgs(|vm, o| special(vm, o, &names().__bytes__)), ""),
        method("__reversed__($self, /)", Native::NoArgs(|vm, o| special(vm, o, &names().__reversed__)), ""),
    ],
    attrs: &[("__hash__", singletons::none)],
    ..TypeSpec::of(&weakref::PROXY)
};
pub static CALLABLE_SPEC: TypeSpec = TypeSpec {
    slots: CALLABLE_SLOTS,
    attrs: &[("__hash__", singletons::none)],
    ..TypeSpec::of(&weakref::CALLABLE_PROXY)
};

#[cold]
fn gone() -> PyErr {
    error::reference_error("weakly-referenced object no longer exists")
}
/// The referent of a proxy; any other value stands for itself (the other operand of an operator).
fn unwrap(o: &Obj) -> PyResult {
    if o.ty().is(&weakref::PROXY) || o.ty().is(&weakref::CALLABLE_PROXY) {
        return weakref::payload(o).and_then(|w| w.target()).ok_or_else(gone);
    }
    Ok(o.clone())
}
fn special(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    call::call_method(vm, &unwrap(o)?, name, &[])
}

macro_rules! slots {
    ($($extra:expr),*) => { &[
        slot::repr(repr),
        slot::str(|vm, o| ops::str(vm, &unwrap(o)?)),
        slot::getattro(|vm, o, n| attr::get(vm, &unwrap(o)?, n)),
        slot::setattro(|vm, o, n, v| attr::store(vm, &unwrap(o)?, n, v)),
        slot::richcompare(compare),
        slot::iter(|vm, o| ops::iter(vm, &unwrap(o)?)),
        slot::iternext(next),
        slot::length(|vm, o| ops::len(vm, &unwrap(o)?)),
        slot::getitem(|vm, o, k| ops::getitem(vm, &unwrap(o)?, &unwrap(k)?)),
        slot::setitem(|vm, o, k, v| match v {
            Some(v) => ops::setitem(vm, &unwrap(o)?, k, v),
            None => ops::delitem(vm, &unwrap(o)?, k),
        }),
        slot::contains(|vm, o, x| ops::contains(vm, &unwrap(o)?, x)),
        slot::bool(|vm, o| ops::truth(vm, &unwrap(o)?)),
        slot::int(|vm, o| special(vm, o, &names().__int__)),
        slot::float(|vm, o| ops::to_f64(vm, &unwrap(o)?).map(float::from_f64)),
        slot::index(|vm, o| ops::index(vm, &unwrap(o)?)),
        slot::negative(|vm, o| arith::unary(vm, &unwrap(o)?, UnaryOp::Negative)),
        slot::positive(|vm, o| arith::unary(vm, &unwrap(o)?, UnaryOp::Positive)),
        slot::absolute(|vm, o| arith::unary(vm, &unwrap(o)?, UnaryOp::Absolute)),
        slot::invert(|vm, o| arith::unary(vm, &unwrap(o)?, UnaryOp::Invert)),
        slot::add(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Add)),
        slot::subtract(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Subtract)),
        slot::multiply(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Multiply)),
        slot::floor_divide(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::FloorDivide)),
        slot::true_divide(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::TrueDivide)),
        slot::remainder(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Remainder)),
        slot::divmod(|vm, a, b| arith::divmod(vm, &unwrap(a)?, &unwrap(b)?)),
        slot::power(|vm, a, b, m| arith::power(vm, &unwrap(a)?, &unwrap(b)?, &unwrap(m)?)),
        slot::lshift(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Lshift)),
        slot::rshift(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Rshift)),
        slot::and(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::And)),
        slot::xor(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Xor)),
        slot::or(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Or)),
        slot::matrix_multiply(|vm, a, b| arith::binary(vm, &unwrap(a)?, &unwrap(b)?, BinOp::MatrixMultiply)),
        slot::inplace_add(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Add)),
        slot::inplace_subtract(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Subtract)),
        slot::inplace_multiply(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Multiply)),
        slot::inplace_floor_divide(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::FloorDivide)),
        slot::inplace_true_divide(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::TrueDivide)),
        slot::inplace_remainder(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Remainder)),
        slot::inplace_power(|vm, a, b, _| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Power)),
        slot::inplace_lshift(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Lshift)),
        slot::inplace_rshift(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Rshift)),
        slot::inplace_and(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::And)),
        slot::inplace_xor(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Xor)),
        slot::inplace_or(|vm, a, b| arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::Or)),
        slot::inplace_matrix_multiply(|vm, a, b| {
            arith::inplace(vm, &unwrap(a)?, &unwrap(b)?, BinOp::MatrixMultiply)
        }),
        $($extra),*
    ] };
}
static SLOTS: &[SlotInit] = slots![];
static CALLABLE_SLOTS: &[SlotInit] = slots![slot::call(call_proxy)];

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let address = o.bits();
    Ok(text(&match weakref::payload(o).and_then(|w| w.target()) {
        Some(t) => {
            format!("<weakproxy at {address:#x}; to '{}' at {:#x}>", class::full_name(vm, t.ty())?, t.bits())
        }
        None => format!("<weakproxy at {address:#x}; dead>"),
    }))
}
fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    ops::compare(vm, &unwrap(a)?, &unwrap(b)?, op)
}
fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let t = unwrap(o)?;
    if t.ty().iternext().is_none() {
        return Err(error::type_error(format!(
            "Weakref proxy referenced a non-iterator '{}' object",
            t.ty().tp_name()
        )));
    }
    ops::next(vm, &t)
}
fn call_proxy(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    call::call(vm, &unwrap(o)?, args)
}
