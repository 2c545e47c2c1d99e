//! Binary and unary operators: the dispatch between the slots of both operands, and the int and float fast paths both tiers share.
//!
//! CPython: Objects/abstract.c (binary_op1, ternary_op, binary_iop1).

use crate::slots::{BinaryFn, SlotId};
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, Vm, error, float, int, ops, singletons};

/// A binary operator: its slots and symbols. The number is the oparg of BINARY_OP (CPython's NB_* order).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinOp {
    Add,
    And,
    FloorDivide,
    Lshift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    Rshift,
    Subtract,
    TrueDivide,
    Xor,
}

struct Row {
    slot: SlotId,
    inplace: SlotId,
    symbol: &'static str,
    inplace_symbol: &'static str,
}

macro_rules! rows {
    ($($slot:ident $inplace:ident $s:literal $i:literal;)*) => {
        static ROWS: [Row; 13] = [$(Row { slot: SlotId::$slot, inplace: SlotId::$inplace, symbol: $s, inplace_symbol: $i }),*];
    };
}
rows! {
    ADD INPLACE_ADD "+" "+="; AND INPLACE_AND "&" "&="; FLOOR_DIVIDE INPLACE_FLOOR_DIVIDE "//" "//=";
    LSHIFT INPLACE_LSHIFT "<<" "<<="; MATRIX_MULTIPLY INPLACE_MATRIX_MULTIPLY "@" "@="; MULTIPLY INPLACE_MULTIPLY "*" "*=";
    REMAINDER INPLACE_REMAINDER "%" "%="; OR INPLACE_OR "|" "|="; POWER INPLACE_POWER "** or pow()" "**=";
    RSHIFT INPLACE_RSHIFT ">>" ">>="; SUBTRACT INPLACE_SUBTRACT "-" "-="; TRUE_DIVIDE INPLACE_TRUE_DIVIDE "/" "/=";
    XOR INPLACE_XOR "^" "^=";
}

impl BinOp {
    pub const ALL: [BinOp; 13] = [
        BinOp::Add,
        BinOp::And,
        BinOp::FloorDivide,
        BinOp::Lshift,
        BinOp::MatrixMultiply,
        BinOp::Multiply,
        BinOp::Remainder,
        BinOp::Or,
        BinOp::Power,
        BinOp::Rshift,
        BinOp::Subtract,
        BinOp::TrueDivide,
        BinOp::Xor,
    ];
}

fn slot_fn(ty: &Type, id: SlotId) -> Option<BinaryFn> {
    // SAFETY: rows name binary slots only (POWER and INPLACE_POWER are handled apart).
    unsafe { std::mem::transmute::<*const (), Option<BinaryFn>>(ty.slots.raw(id)) }
}

/// The result of the operands' own slots, or NotImplemented.
pub fn try_slots(vm: &Vm, a: &Obj, b: &Obj, id: SlotId) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let left = slot_fn(ta, id);
    let mut right = if ta.is(tb) { None } else { slot_fn(tb, id) };
    if let (Some(l), Some(r)) = (left, right)
        && std::ptr::fn_addr_eq(l, r)
    {
        right = None;
    }
    if let Some(l) = left {
        if let Some(r) = right
            && tb.is_subtype(ta)
        {
            let x = r(vm, a, b)?;
            if !singletons::is_not_implemented(&x) {
                return Ok(x);
            }
            right = None;
        }
        let x = l(vm, a, b)?;
        if !singletons::is_not_implemented(&x) {
            return Ok(x);
        }
    }
    match right {
        Some(r) => r(vm, a, b),
        None => Ok(singletons::not_implemented()),
    }
}

#[cold]
fn unsupported(a: &Obj, b: &Obj, symbol: &str) -> crate::PyErr {
    error::type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        a.ty().tp_name(),
        b.ty().tp_name()
    ))
}

/// `a op b`.
#[inline]
pub fn binary(vm: &Vm, a: &Obj, b: &Obj, op: BinOp) -> PyResult {
    if let Some(r) = fast(a, b, op) {
        return Ok(r);
    }
    binary_slow(vm, a, b, op)
}

/// Operators of two immediate ints or two immediate floats whose result needs no error: None otherwise.
#[inline(always)]
pub fn fast(a: &Obj, b: &Obj, op: BinOp) -> Option<Obj> {
    if a.is_int() && b.is_int() {
        let (x, y) = (a.bits() as i64 >> 2, b.bits() as i64 >> 2);
        return match op {
            BinOp::Add => Some(int::from_i64(x + y)),
            BinOp::Subtract => Some(int::from_i64(x - y)),
            BinOp::Multiply => x.checked_mul(y).map(int::from_i64),
            BinOp::And => Some(Obj::int_unchecked(x & y)),
            BinOp::Or => Some(Obj::int_unchecked(x | y)),
            BinOp::Xor => Some(Obj::int_unchecked(x ^ y)),
            BinOp::FloorDivide if y != 0 => Some(int::from_i64(x / y - i64::from(x % y != 0 && (x < 0) != (y < 0)))),
            BinOp::Remainder if y != 0 => {
                let r = x % y;
                Some(Obj::int_unchecked(if r != 0 && (r < 0) != (y < 0) { r + y } else { r }))
            }
            BinOp::Power if y >= 0 => x.checked_pow(u32::try_from(y).ok()?).map(int::from_i64),
            BinOp::Rshift if y >= 0 => Some(Obj::int_unchecked(x >> y.min(63))),
            BinOp::Lshift if (0..61).contains(&y) && (x << y) >> y == x => Some(int::from_i64(x << y)),
            BinOp::TrueDivide if y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 => {
                Some(float::from_f64(x as f64 / y as f64))
            }
            _ => None,
        };
    }
    if a.is_float() && b.is_float() {
        let (x, y) = (a.float_unchecked(), b.float_unchecked());
        return match op {
            BinOp::Add => Some(float::from_f64(x + y)),
            BinOp::Subtract => Some(float::from_f64(x - y)),
            BinOp::Multiply => Some(float::from_f64(x * y)),
            BinOp::TrueDivide if y != 0.0 => Some(float::from_f64(x / y)),
            BinOp::Power => adder_num::float::pow(x, y).ok().map(float::from_f64),
            _ => None,
        };
    }
    if op == BinOp::Power && a.is_float() && b.is_int() {
        let y = b.bits() as i64 >> 2;
        return adder_num::float::pow(a.float_unchecked(), y as f64).ok().map(float::from_f64);
    }
    None
}

/// Operators of two ints of less than 128 bits whose result needs no error.
#[inline]
fn wide(a: &Obj, b: &Obj, op: BinOp) -> Option<Obj> {
    let (x, y) = (int::as_i128(a)?, int::as_i128(b)?);
    let floor = |x: i128, y: i128| {
        let (q, r) = (x / y, x % y);
        if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) }
    };
    let r = match op {
        BinOp::Add => x.checked_add(y)?,
        BinOp::Subtract => x.checked_sub(y)?,
        BinOp::Multiply => return Some(int::product(x, y)),
        BinOp::And => x & y,
        BinOp::Or => x | y,
        BinOp::Xor => x ^ y,
        BinOp::Lshift if (0..127).contains(&y) && (x << y) >> y == x => x << y,
        BinOp::Rshift if y >= 0 => x >> y.min(127),
        BinOp::FloorDivide if y != 0 => floor(x, y).0,
        BinOp::Remainder if y != 0 => floor(x, y).1,
        _ => return None,
    };
    Some(int::from_i128(r))
}

pub fn binary_slow(vm: &Vm, a: &Obj, b: &Obj, op: BinOp) -> PyResult {
    if let Some(r) = wide(a, b, op) {
        return Ok(r);
    }
    let row = &ROWS[op as usize];
    if op == BinOp::Power {
        return power(vm, a, b, singletons::none_ref());
    }
    // Two sequences of a type without arithmetic.
    if op == BinOp::Add
        && a.ty().is(b.ty())
        && let (None, Some(f)) = (slot_fn(a.ty(), row.slot), a.ty().concat())
    {
        return f(vm, a, b);
    }
    let r = try_slots(vm, a, b, row.slot)?;
    if !singletons::is_not_implemented(&r) {
        return Ok(r);
    }
    match op {
        BinOp::Add => {
            if let Some(f) = a.ty().concat() {
                return f(vm, a, b);
            }
        }
        BinOp::Multiply => {
            if let Some(r) = repeat(vm, a, b)? {
                return Ok(r);
            }
        }
        _ => {}
    }
    Err(unsupported(a, b, row.symbol))
}

/// Sequence repetition with the count on either side; None when neither side is a sequence.
fn repeat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    let (seq, count) = match (a.ty().repeat(), b.ty().repeat()) {
        (Some(f), _) => ((f, a), b),
        (None, Some(f)) => ((f, b), a),
        (None, None) => return Ok(None),
    };
    Ok(Some((seq.0)(vm, seq.1, repeat_count(vm, count)?)?))
}
fn repeat_count(vm: &Vm, n: &Obj) -> PyResult<isize> {
    if !int::is_int(n) && n.ty().index().is_none() {
        return Err(error::type_error(format!("can't multiply sequence by non-int of type '{}'", n.ty().tp_name())));
    }
    ops::size_isize(vm, n)
}

/// `a op= b`.
#[inline]
pub fn inplace(vm: &Vm, a: &Obj, b: &Obj, op: BinOp) -> PyResult {
    if let Some(r) = fast(a, b, op) {
        return Ok(r);
    }
    inplace_slow(vm, a, b, op)
}

pub fn inplace_slow(vm: &Vm, a: &Obj, b: &Obj, op: BinOp) -> PyResult {
    if let Some(r) = wide(a, b, op) {
        return Ok(r);
    }
    let row = &ROWS[op as usize];
    if op == BinOp::Power {
        if let Some(f) = a.ty().inplace_power() {
            let r = f(vm, a, b, singletons::none_ref())?;
            if !singletons::is_not_implemented(&r) {
                return Ok(r);
            }
        }
        return power_with(vm, a, b, singletons::none_ref(), row.inplace_symbol);
    }
    if let Some(f) = slot_fn(a.ty(), row.inplace) {
        let r = f(vm, a, b)?;
        if !singletons::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    let r = try_slots(vm, a, b, row.slot)?;
    if !singletons::is_not_implemented(&r) {
        return Ok(r);
    }
    match op {
        BinOp::Add => {
            if let Some(f) = a.ty().inplace_concat().or(a.ty().concat()) {
                return f(vm, a, b);
            }
        }
        BinOp::Multiply => {
            if let Some(f) = a.ty().inplace_repeat() {
                return f(vm, a, repeat_count(vm, b)?);
            }
            if let Some(r) = repeat(vm, a, b)? {
                return Ok(r);
            }
        }
        _ => {}
    }
    Err(unsupported(a, b, row.inplace_symbol))
}

/// `pow(a, b, m)`; `m` None for the two-argument form.
pub fn power(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    power_with(vm, a, b, m, "** or pow()")
}

fn power_with(vm: &Vm, a: &Obj, b: &Obj, m: &Obj, symbol: &str) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let left = ta.power();
    let mut right = if ta.is(tb) { None } else { tb.power() };
    if let (Some(l), Some(r)) = (left, right)
        && std::ptr::fn_addr_eq(l, r)
    {
        right = None;
    }
    let mut order = vec![];
    match (left, right) {
        (Some(l), Some(r)) if tb.is_subtype(ta) => order.extend([r, l]),
        (l, r) => order.extend(l.into_iter().chain(r)),
    }
    if !m.is_none()
        && let Some(f) = m.ty().power()
    {
        order.push(f);
    }
    for f in order {
        let r = f(vm, a, b, m)?;
        if !singletons::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    if m.is_none() {
        return Err(unsupported(a, b, symbol));
    }
    Err(error::type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}', '{}', '{}'",
        ta.tp_name(),
        tb.tp_name(),
        m.ty().tp_name()
    )))
}

/// `divmod(a, b)`.
pub fn divmod(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let r = try_slots(vm, a, b, SlotId::DIVMOD)?;
    if singletons::is_not_implemented(&r) { Err(unsupported(a, b, "divmod()")) } else { Ok(r) }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Negative,
    Positive,
    Invert,
    Absolute,
}

pub fn unary(vm: &Vm, a: &Obj, op: UnaryOp) -> PyResult {
    let ty = a.ty();
    if let (UnaryOp::Negative, Some(n)) = (op, a.small_int()) {
        return Ok(int::from_i64(-n));
    }
    let (f, what) = match op {
        UnaryOp::Negative => (ty.negative(), "unary -"),
        UnaryOp::Positive => (ty.positive(), "unary +"),
        UnaryOp::Invert => (ty.invert(), "unary ~"),
        UnaryOp::Absolute => (ty.absolute(), "abs()"),
    };
    match f {
        Some(f) => f(vm, a),
        None => Err(error::type_error(format!("bad operand type for {what}: '{}'", ty.tp_name()))),
    }
}
