//! Operations on ints and floats in any mixture, where they are not two floats.
//!
//! Invariant: HELP-1; results are those of `object::arith`; an int is converted only where a float equals it.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use super::objects::view;
use crate::hir::{Cmp, FloatOp};
use adder_interp::frame::Frame;
use adder_mem::heap::Global;
use adder_object::arith::{self, BinOp};
use adder_object::{Obj, ObjExt, Vm, float, int, types};
use std::cmp::Ordering;

const OPERATIONS: [(FloatOp, BinOp); 4] = [
    (FloatOp::Add, BinOp::Add),
    (FloatOp::Sub, BinOp::Subtract),
    (FloatOp::Mul, BinOp::Multiply),
    (FloatOp::Div, BinOp::TrueDivide),
];
const COMPARISONS: [Cmp; 6] = [Cmp::Lt, Cmp::Le, Cmp::Eq, Cmp::Ne, Cmp::Gt, Cmp::Ge];

/// An exact float, or an int that a float equals.
fn as_number(o: &Obj) -> Option<f64> {
    match o.small_int() {
        Some(n) => (n.unsigned_abs() <= 1 << 53).then_some(n as f64),
        None => float::as_float(o).filter(|_| o.is_float() || o.is_exact(&types::FLOAT)),
    }
}

fn number_of(a: &Obj, b: &Obj, op: FloatOp) -> Option<Obj> {
    let (_, binary) = OPERATIONS.into_iter().find(|o| o.0 == op)?;
    if a.is_int() && b.is_int() {
        return arith::fast(a, b, binary);
    }
    let (x, y) = (as_number(a)?, as_number(b)?);
    Some(float::from_f64(match op {
        FloatOp::Add => x + y,
        FloatOp::Sub => x - y,
        FloatOp::Mul => x * y,
        FloatOp::Div if y != 0.0 => x / y,
        FloatOp::Div => return None,
    }))
}
pub extern "C" fn number(_: &Vm, _: *mut Frame, a: u64, b: u64, op: u64) -> u64 {
    let op = OPERATIONS.into_iter().map(|o| o.0).find(|o| *o as u64 == op);
    op.and_then(|op| number_of(view(&a), view(&b), op)).map_or(0, Obj::into_raw)
}

pub extern "C" fn compare(_: &Vm, _: *mut Frame, a: u64, b: u64, how: u64) -> u64 {
    let (a, b) = (view(&a), view(&b));
    let order = match (a.small_int(), b.small_int()) {
        (Some(x), Some(y)) => Some(x.cmp(&y)),
        _ => match (as_number(a), as_number(b)) {
            (Some(x), Some(y)) => x.partial_cmp(&y),
            _ => return 2,
        },
    };
    let Some(how) = COMPARISONS.into_iter().find(|c| *c as u64 == how) else { return 2 };
    u64::from(match how {
        Cmp::Lt => order == Some(Ordering::Less),
        Cmp::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Cmp::Eq => order == Some(Ordering::Equal),
        Cmp::Ne => order != Some(Ordering::Equal),
        Cmp::Gt => order == Some(Ordering::Greater),
        Cmp::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// Where `word_of_int` leaves its result.
pub static WORD: Global<u64> = Global::new(0);

pub extern "C" fn word_of_int(_: &Vm, _: *mut Frame, v: u64) -> u64 {
    let o = view(&v);
    let exact = o.is_int() || o.is_exact(&types::INT);
    let found = int::as_int(o).filter(|_| exact).and_then(|n| match n.to_i64() {
        Some(n) => u64::try_from(n).ok(),
        None => u64::try_from(&n.to_big()).ok(),
    });
    match found {
        Some(n) => {
            *WORD.get() = n;
            1
        }
        None => 0,
    }
}
pub extern "C" fn int_of_word(_: &Vm, _: *mut Frame, n: u64) -> u64 {
    int::from_u64(n).into_raw()
}
