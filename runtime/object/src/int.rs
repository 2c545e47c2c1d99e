//! Integers: immediate up to 62 bits, [`BigInt`] beyond and in instances of subclasses.
//!
//! Invariant: INT-1: an exact `int` whose number fits 62 bits is always immediate, so equal ints of that range are identical.

use crate::handle::Ref;
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, error, types};
use adder_mem::header::TypeFlags;
pub use dashu_int::IBig;
use dashu_int::{Sign, UBig};
use std::sync::atomic::{AtomicUsize, Ordering};

/// `sys.set_int_max_str_digits`: the most decimal digits that conversions between int and text handle; 0 means no limit.
static MAX_STR_DIGITS: AtomicUsize = AtomicUsize::new(4300);
pub fn max_str_digits() -> usize {
    MAX_STR_DIGITS.load(Ordering::Relaxed)
}
pub fn set_max_str_digits(n: usize) {
    MAX_STR_DIGITS.store(n, Ordering::Relaxed)
}

pub struct BigInt(pub IBig);
adder_mem::trace_fields!(BigInt);
crate::payload!(BigInt, types::INT, adder_mem::header::TypeFlags::INT_SUBCLASS);

/// The number of an int, whichever way it is held.
pub enum Int<'a> {
    Small(i64),
    Big(&'a IBig),
}

impl Int<'_> {
    pub fn to_big(&self) -> IBig {
        match self {
            Int::Small(n) => IBig::from(*n),
            Int::Big(b) => (*b).clone(),
        }
    }
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(n) => Some(*n),
            Int::Big(b) => i64::try_from(*b).ok(),
        }
    }
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(n) => *n < 0,
            Int::Big(b) => **b < IBig::ZERO,
        }
    }
    pub fn is_zero(&self) -> bool {
        match self {
            Int::Small(n) => *n == 0,
            Int::Big(b) => **b == IBig::ZERO,
        }
    }
    /// The nearest float, OverflowError beyond the range.
    pub fn to_f64(&self) -> PyResult<f64> {
        match self {
            Int::Small(n) => Ok(*n as f64),
            Int::Big(b) => {
                let x = b.to_f64().value();
                if x.is_finite() { Ok(x) } else { Err(error::overflow_error("int too large to convert to float")) }
            }
        }
    }
}

/// The number, when `obj` is an int (bool and subclasses included).
#[inline(always)]
pub fn as_int(obj: &Obj) -> Option<Int<'_>> {
    if let Some(n) = obj.small_int() {
        return Some(Int::Small(n));
    }
    if !obj.is_ptr() {
        return None;
    }
    as_int_slow(obj)
}
fn as_int_slow(obj: &Obj) -> Option<Int<'_>> {
    if !obj.ty().has(TypeFlags::INT_SUBCLASS) {
        return None;
    }
    let b = &obj.get::<BigInt>()?.0;
    Some(match i64::try_from(b) {
        Ok(n) => Int::Small(n),
        Err(_) => Int::Big(b),
    })
}

/// The number of an exact int of less than 128 bits.
#[inline]
pub fn as_i128(obj: &Obj) -> Option<i128> {
    if let Some(n) = obj.small_int() {
        return Some(i128::from(n));
    }
    let (sign, words) = obj.get_exact::<BigInt>()?.0.as_sign_words();
    let size = match *words {
        [low] => i128::from(low),
        [low, high] if high >> 63 == 0 => i128::from(high) << 64 | i128::from(low),
        _ => return None,
    };
    Some(if sign == Sign::Negative { -size } else { size })
}

/// `a * b` of numbers of less than 128 bits.
pub fn product(a: i128, b: i128) -> Obj {
    if let Some(n) = a.checked_mul(b) {
        return from_i128(n);
    }
    let (x, y) = (a.unsigned_abs(), b.unsigned_abs());
    let (x0, x1, y0, y1) = (x as u64, (x >> 64) as u64, y as u64, (y >> 64) as u64);
    let of = |a: u64, b: u64| u128::from(a) * u128::from(b);
    // Each column keeps what the one below carries.
    let low = of(x0, y0);
    let second = (low >> 64) + u128::from(of(x0, y1) as u64) + u128::from(of(x1, y0) as u64);
    let third = (second >> 64) + (of(x0, y1) >> 64) + (of(x1, y0) >> 64) + u128::from(of(x1, y1) as u64);
    let fourth = (third >> 64) + (of(x1, y1) >> 64);
    let size = UBig::from_words(&[low as u64, second as u64, third as u64, fourth as u64]);
    let sign = if (a < 0) == (b < 0) { Sign::Positive } else { Sign::Negative };
    from_big(IBig::from_parts(sign, size))
}

pub fn is_int(obj: &Obj) -> bool {
    obj.is_int() || obj.has_type_flag(TypeFlags::INT_SUBCLASS)
}

#[inline(always)]
pub fn from_i64(n: i64) -> Obj {
    match Obj::try_int(n) {
        Some(o) => o,
        None => Ref::new(BigInt(IBig::from(n))).into_obj(),
    }
}
#[inline]
pub fn from_u64(n: u64) -> Obj {
    match i64::try_from(n) {
        Ok(n) => from_i64(n),
        Err(_) => Ref::new(BigInt(IBig::from(n))).into_obj(),
    }
}
#[inline]
pub fn from_usize(n: usize) -> Obj {
    from_u64(n as u64)
}
#[inline]
pub fn from_i128(n: i128) -> Obj {
    match i64::try_from(n) {
        Ok(n) => from_i64(n),
        Err(_) => Ref::new(BigInt(IBig::from(n))).into_obj(),
    }
}
/// An exact int, immediate where it fits (INT-1).
pub fn from_big(b: IBig) -> Obj {
    match i64::try_from(&b).ok().and_then(Obj::try_int) {
        Some(o) => o,
        None => Ref::new(BigInt(b)).into_obj(),
    }
}
/// An instance of a subclass of int.
pub fn with_type(ty: &Type, b: IBig) -> Obj {
    if ty.is(&types::INT) { from_big(b) } else { Ref::with_type(ty, BigInt(b)).into_obj() }
}

/// The exact int behind an int or an instance of a subclass.
pub fn to_exact(obj: &Obj) -> Obj {
    if obj.is_int() || obj.is_exact(&types::INT) {
        return obj.clone();
    }
    as_int(obj).map_or_else(|| obj.clone(), |n| from_big(n.to_big()))
}
