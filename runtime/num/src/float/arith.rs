//! Arithmetic of `float` where Python differs from the processor: division, modulo, powers, rounding.
//!
//! *CPython*: floatobject.c.

use super::exact;
use dashu_int::{IBig, UBig};

/// What a float operation can fail with; the caller owns the exception's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatError {
    /// Division or modulo by zero, or zero to a negative power.
    ZeroDivision,
    /// OverflowError: the result is too large.
    Overflow,
    /// A negative number to a fractional power: the caller goes on in complex.
    ComplexResult,
    /// The operand is infinite where a finite number is needed.
    Infinity,
    /// The operand is NaN where a number is needed.
    Nan,
}

pub fn true_div(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 { Err(FloatError::ZeroDivision) } else { Ok(a / b) }
}

/// `divmod(a, b)`.
pub fn div_mod(a: f64, b: f64) -> Result<(f64, f64), FloatError> {
    if b == 0.0 {
        return Err(FloatError::ZeroDivision);
    }
    // fmod is exact, and so a - rem is very nearly a multiple of b.
    let mut rem = a % b;
    let mut quotient = (a - rem) / b;
    if rem != 0.0 {
        if (b < 0.0) != (rem < 0.0) {
            rem += b;
            quotient -= 1.0;
        }
    } else {
        rem = 0.0f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let f = quotient.floor();
        if quotient - f > 0.5 { f + 1.0 } else { f }
    } else {
        0.0f64.copysign(a / b)
    };
    Ok((floor, rem))
}

pub fn floor_div(a: f64, b: f64) -> Result<f64, FloatError> {
    Ok(div_mod(a, b)?.0)
}

pub fn modulo(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 {
        return Err(FloatError::ZeroDivision);
    }
    let rem = a % b;
    if rem == 0.0 {
        return Ok(0.0f64.copysign(b));
    }
    Ok(if (b < 0.0) != (rem < 0.0) { rem + b } else { rem })
}

fn is_odd_integer(x: f64) -> bool {
    (x.abs() % 2.0) == 1.0
}

/// `a ** b`.
pub fn pow(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 || a == 1.0 {
        return Ok(1.0);
    }
    if a.is_nan() || b.is_nan() {
        return Ok(if a.is_nan() { a } else { b });
    }
    if b.is_infinite() {
        let size = a.abs();
        if size == 1.0 {
            return Ok(1.0);
        }
        return Ok(if (b > 0.0) == (size > 1.0) { b.abs() } else { 0.0 });
    }
    let odd = is_odd_integer(b);
    if a.is_infinite() {
        return Ok(match (b > 0.0, odd) {
            (true, true) => a,
            (true, false) => a.abs(),
            (false, true) => 0.0f64.copysign(a),
            (false, false) => 0.0,
        });
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(FloatError::ZeroDivision);
        }
        return Ok(if odd { a } else { 0.0 });
    }
    if a < 0.0 && b != b.floor() {
        return Err(FloatError::ComplexResult);
    }
    let negate = a < 0.0 && odd;
    let size = a.abs();
    if size == 1.0 {
        return Ok(if negate { -1.0 } else { 1.0 });
    }
    let result = size.powf(b);
    if result.is_infinite() {
        return Err(FloatError::Overflow);
    }
    Ok(if negate { -result } else { result })
}

/// `round(x, places)`: to the nearest decimal, halves to even, on the exact value of `x`.
pub fn round(x: f64, places: i64) -> Result<f64, FloatError> {
    if !x.is_finite() || x == 0.0 || places > 323 {
        return Ok(x);
    }
    if places < -308 {
        return Ok(0.0 * x);
    }
    if (0..=exact::MAX_PLACES as i64).contains(&places)
        && let Some(r) = exact::round(x, places as usize)
    {
        return Ok(r);
    }
    let rounded = if places >= 0 {
        let places = places as usize;
        format!("{x:.places$}").parse().unwrap_or(x)
    } else {
        round_left_of_point(x, places.unsigned_abs() as usize)
    };
    if rounded.is_infinite() { Err(FloatError::Overflow) } else { Ok(rounded) }
}

/// Rounds the exact integer part at `10**places`, the fraction only breaking ties.
fn round_left_of_point(x: f64, places: usize) -> f64 {
    let whole = x.trunc();
    let sticky = whole != x;
    let text = format!("{:.0}", whole.abs());
    let digits = text.as_bytes();
    if digits.len() < places {
        return 0.0f64.copysign(x);
    }
    let (head, tail) = digits.split_at(digits.len() - places);
    let rest_nonzero = sticky || tail[1..].iter().any(|&d| d != b'0');
    let odd = head.last().is_some_and(|d| (d - b'0') % 2 == 1);
    let up = match tail[0] {
        b'5' => rest_nonzero || odd,
        d => d > b'5',
    };
    let mut kept = vec![b'0'];
    kept.extend_from_slice(head);
    if up {
        for d in kept.iter_mut().rev() {
            if *d == b'9' {
                *d = b'0';
            } else {
                *d += 1;
                break;
            }
        }
    }
    let mut decimal: String = kept.iter().map(|&d| d as char).collect();
    decimal.push_str(&format!("e{places}"));
    decimal.parse::<f64>().unwrap_or(x).copysign(x)
}

pub fn is_integer(x: f64) -> bool {
    x.is_finite() && x == x.floor()
}

/// `int(x)`: truncation.
pub fn to_int(x: f64) -> Result<IBig, FloatError> {
    if x.is_nan() {
        return Err(FloatError::Nan);
    }
    if x.is_infinite() {
        return Err(FloatError::Infinity);
    }
    if x.abs() < 9.0e18 {
        return Ok(IBig::from(x as i64));
    }
    let (mantissa, exponent) = decompose(x);
    // |x| >= 2**62, so the exponent is positive and nothing is cut off.
    Ok(IBig::from(mantissa) << exponent.max(0) as usize)
}

pub fn floor(x: f64) -> Result<IBig, FloatError> {
    to_int(x.floor())
}

pub fn ceil(x: f64) -> Result<IBig, FloatError> {
    to_int(x.ceil())
}

/// `round(x)` without a second argument.
pub fn round_to_int(x: f64) -> Result<IBig, FloatError> {
    to_int(x.round_ties_even())
}

/// `x == mantissa * 2**exponent` exactly, for finite `x`.
pub(crate) fn decompose(x: f64) -> (i64, i32) {
    let bits = x.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    (if x.is_sign_negative() { -mantissa } else { mantissa }, exponent)
}

/// `x.as_integer_ratio()` in lowest terms.
pub fn as_integer_ratio(x: f64) -> Result<(IBig, IBig), FloatError> {
    if x.is_nan() {
        return Err(FloatError::Nan);
    }
    if x.is_infinite() {
        return Err(FloatError::Infinity);
    }
    if x == 0.0 {
        return Ok((IBig::ZERO, IBig::ONE));
    }
    let (mantissa, exponent) = decompose(x);
    let shift = mantissa.trailing_zeros() as i32;
    let (mantissa, exponent) = (mantissa >> shift, exponent + shift);
    Ok(if exponent >= 0 {
        (IBig::from(mantissa) << exponent as usize, IBig::ONE)
    } else {
        (IBig::from(mantissa), IBig::from(UBig::ONE << exponent.unsigned_abs() as usize))
    })
}
