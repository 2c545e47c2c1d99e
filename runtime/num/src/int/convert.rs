//! Between int and the machine's numbers, each rounding once.
//!
//! *CPython*: longobject.c, long_true_divide and PyLong_AsDouble.

use super::arith::{IntError, bit_length};
use crate::float::FloatError;
use dashu_int::ops::{DivRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// The value if it fits.
pub fn to_i64(value: &IBig) -> Option<i64> {
    let (sign, words) = value.as_sign_words();
    match (sign, words) {
        (_, []) => Some(0),
        (Sign::Positive, [w]) => i64::try_from(*w).ok(),
        (Sign::Negative, [w]) if *w <= 1 << 63 => Some((*w as i64).wrapping_neg()),
        _ => None,
    }
}

/// The value if it fits.
pub fn to_u64(value: &IBig) -> Option<u64> {
    match value.as_sign_words() {
        (_, []) => Some(0),
        (Sign::Positive, [w]) => Some(*w),
        _ => None,
    }
}

/// `float(value)`: nearest, halves to even.
pub fn to_f64(value: &IBig) -> Result<f64, IntError> {
    let magnitude = value.unsigned_abs();
    let result = rounded(&magnitude, false, 0)?;
    Ok(if value.sign() == Sign::Negative { -result } else { result })
}

/// `int(x)`.
pub fn from_f64(x: f64) -> Result<IBig, FloatError> {
    crate::float::to_int(x)
}

/// `value * 2**exponent` rounded once, `sticky` telling that a positive part below the last bit was cut.
fn rounded(value: &UBig, sticky: bool, exponent: i64) -> Result<f64, IntError> {
    let words = value.as_words();
    let Some(&top) = words.last() else { return Ok(0.0) };
    let lead = top.leading_zeros();
    let below = words.len().checked_sub(2).map_or(0, |i| words[i]);
    let head = if lead == 0 { top } else { top << lead | below >> (64 - lead) };
    let rest = lead != 0 && below << lead != 0 || lead == 0 && below != 0;
    let deep = words.len() > 2 && words[..words.len() - 2].iter().any(|&w| w != 0);
    // head * 2**(scale) is the value, bit 63 set.
    let scale = exponent + (words.len() as i64 - 1) * 64 - i64::from(lead);
    round_head(head, rest || deep || sticky, scale)
}

/// Rounds `head * 2**scale` (bit 63 of `head` set) plus a sticky rest to binary64.
fn round_head(head: u64, sticky: bool, scale: i64) -> Result<f64, IntError> {
    if scale > 1023 - 63 {
        return Err(IntError::FloatOverflow);
    }
    // Bits to drop: 11 for a normal number, more when the result is subnormal.
    let drop = if scale + 63 >= -1022 { 11 } else { -1074 - scale };
    if drop > 64 {
        return Ok(0.0);
    }
    let (mut kept, low, half) = if drop == 64 {
        (0, u128::from(head), 1u128 << 63)
    } else {
        (head >> drop, u128::from(head) & ((1u128 << drop) - 1), 1u128 << (drop - 1))
    };
    if low > half || (low == half && (sticky || kept & 1 == 1)) {
        kept += 1;
    }
    let exponent = scale + drop;
    let biased = exponent + 1075;
    // kept == 2**52 exactly carries into the exponent field by itself.
    let bits = if drop > 11 || biased <= 0 { kept } else { ((biased as u64) << 52) + kept - (1 << 52) };
    let value = f64::from_bits(bits);
    if value.is_infinite() { Err(IntError::FloatOverflow) } else { Ok(value) }
}

/// `math.ldexp` on an exact int: `value * 2**exponent` rounded once.
pub fn ldexp_scaled(value: &IBig, exponent: i64) -> Result<f64, IntError> {
    let result = rounded(&value.unsigned_abs(), false, exponent)?;
    Ok(if value.sign() == Sign::Negative { -result } else { result })
}

/// `a / b` rounded once.
pub fn true_div(a: &IBig, b: &IBig) -> Result<f64, IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    if a.is_zero() {
        return Ok(if b.sign() == Sign::Negative { -0.0 } else { 0.0 });
    }
    let negative = a.sign() != b.sign();
    let lengths = bit_length(a) as i64 - bit_length(b) as i64;
    if lengths > 1025 {
        return Err(IntError::FloatOverflow);
    }
    if lengths < -1080 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    // Shift so that the quotient has 66 or 67 bits: enough for any rounding with the remainder as sticky bit.
    let shift = 66 - lengths;
    let (top, bottom) = (a.unsigned_abs(), b.unsigned_abs());
    let (quotient, rem) =
        if shift >= 0 { (top << shift as usize).div_rem(&bottom) } else { top.div_rem(bottom << (-shift) as usize) };
    let result = rounded(&quotient, !rem.is_zero(), -shift)?;
    Ok(if negative { -result } else { result })
}

/// `a / b` for machine words.
pub fn true_div_i64(a: i64, b: i64) -> Result<f64, IntError> {
    const EXACT: u64 = 1 << 53;
    if b == 0 {
        return Err(IntError::ZeroDivision);
    }
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return Ok(a as f64 / b as f64);
    }
    true_div(&IBig::from(a), &IBig::from(b))
}
