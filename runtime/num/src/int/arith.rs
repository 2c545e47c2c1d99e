//! Arithmetic of `int` where Python differs from dashu: flooring, shifts, powers, limits.
//!
//! *Invariants*: a result that could not be stored is `TooLarge` before any memory is asked for.
//! *CPython*: longobject.c.

use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{Abs, BitTest, DivRem, ExtendedGcd, Gcd, SquareRoot, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// What an int operation can fail with; the caller owns the exception's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntError {
    ZeroDivision,
    /// ValueError: negative shift count
    NegativeShift,
    /// OverflowError ("too many digits in integer") or MemoryError: the result cannot be stored.
    TooLarge,
    /// OverflowError: the result does not fit a float.
    FloatOverflow,
    /// ValueError: base is not invertible for the given modulus
    NotInvertible,
    /// ValueError: the argument must be nonnegative.
    Negative,
}

/// Results of more bits than this are refused: 2 GiB.
const MAX_BITS: u64 = 1 << 34;

/// Floor division and modulo; the remainder has the divisor's sign.
pub fn div_mod(a: &IBig, b: &IBig) -> Result<(IBig, IBig), IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    let (mut quotient, mut rem) = a.div_rem(b);
    if !rem.is_zero() && rem.sign() != b.sign() {
        rem += b;
        quotient -= IBig::ONE;
    }
    Ok((quotient, rem))
}

pub fn floor_div(a: &IBig, b: &IBig) -> Result<IBig, IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    if a.sign() == b.sign() {
        return Ok(a / b);
    }
    Ok(div_mod(a, b)?.0)
}

pub fn modulo(a: &IBig, b: &IBig) -> Result<IBig, IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    let rem = a % b;
    Ok(if !rem.is_zero() && rem.sign() != b.sign() { rem + b } else { rem })
}

/// `a * b` for the case where two machine words may overflow.
pub fn mul_i64(a: i64, b: i64) -> IBig {
    match a.checked_mul(b) {
        Some(v) => IBig::from(v),
        None => IBig::from(i128::from(a) * i128::from(b)),
    }
}

/// `base ** exp` for a non-negative exponent (negative ones are a float's business).
pub fn pow(base: &IBig, exp: &IBig) -> Result<IBig, IntError> {
    if exp.sign() == Sign::Negative {
        return Err(IntError::Negative);
    }
    if exp.is_zero() || base.is_one() {
        return Ok(IBig::ONE);
    }
    if base.is_zero() {
        return Ok(IBig::ZERO);
    }
    let odd = exp.bit(0);
    if *base == IBig::NEG_ONE {
        return Ok(if odd { IBig::NEG_ONE } else { IBig::ONE });
    }
    let exp = u64::try_from(exp).map_err(|_| IntError::TooLarge)?;
    // |base| >= 2**(bits - 1)
    let bits = base.unsigned_abs_bits() as u64;
    if (bits - 1).checked_mul(exp).is_none_or(|total| total > MAX_BITS) {
        return Err(IntError::TooLarge);
    }
    Ok(base.pow(exp as usize))
}

/// `base ** exp` while it fits a machine word, else None.
pub fn pow_i64(base: i64, exp: i64) -> Option<i64> {
    match base {
        0 if exp > 0 => return Some(0),
        1 => return Some(1),
        -1 => return Some(if exp & 1 == 0 { 1 } else { -1 }),
        _ => {}
    }
    u32::try_from(exp).ok().and_then(|e| base.checked_pow(e))
}

/// Length of the magnitude in bits, which `BitTest` gives only for two's complement.
trait MagnitudeBits {
    fn unsigned_abs_bits(&self) -> usize;
}

impl MagnitudeBits for IBig {
    fn unsigned_abs_bits(&self) -> usize {
        match self.as_sign_words().1 {
            [] => 0,
            [.., top] => self.as_sign_words().1.len() * 64 - top.leading_zeros() as usize,
        }
    }
}

/// `pow(base, exp, modulus)`.
pub fn pow_mod(base: &IBig, exp: &IBig, modulus: &IBig) -> Result<IBig, IntError> {
    if modulus.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    let size = modulus.unsigned_abs();
    if size.is_one() {
        return Ok(IBig::ZERO);
    }
    let ring = ConstDivisor::new(size.clone());
    let mut root = reduce(base, &size);
    if exp.sign() == Sign::Negative {
        root = inverse(&root, &size).ok_or(IntError::NotInvertible)?;
    }
    let result = IBig::from(ring.reduce(root).pow(&exp.unsigned_abs()).residue());
    Ok(if modulus.sign() == Sign::Negative && !result.is_zero() { result + modulus } else { result })
}

/// `value mod size` in `0..size`.
fn reduce(value: &IBig, size: &UBig) -> UBig {
    let rem = value.unsigned_abs() % size;
    if value.sign() == Sign::Negative && !rem.is_zero() { size - rem } else { rem }
}

fn inverse(value: &UBig, size: &UBig) -> Option<UBig> {
    if value.is_zero() {
        return None;
    }
    let (divisor, coefficient, _) = value.gcd_ext(size);
    if divisor.is_one() { Some(reduce(&coefficient, size)) } else { None }
}

/// `math.isqrt`.
pub fn isqrt(value: &IBig) -> Result<IBig, IntError> {
    if value.sign() == Sign::Negative {
        return Err(IntError::Negative);
    }
    Ok(IBig::from(value.unsigned_abs().sqrt()))
}

/// `math.gcd` of two.
pub fn gcd(a: &IBig, b: &IBig) -> IBig {
    match (a.is_zero(), b.is_zero()) {
        (true, _) => b.clone().abs(),
        (_, true) => a.clone().abs(),
        _ => IBig::from(a.gcd(b)),
    }
}

/// `math.lcm` of two.
pub fn lcm(a: &IBig, b: &IBig) -> IBig {
    if a.is_zero() || b.is_zero() {
        return IBig::ZERO;
    }
    ((a / gcd(a, b)) * b).abs()
}

/// `a << count`.
pub fn shift_left(a: &IBig, count: &IBig) -> Result<IBig, IntError> {
    if count.sign() == Sign::Negative {
        return Err(IntError::NegativeShift);
    }
    if a.is_zero() {
        return Ok(IBig::ZERO);
    }
    match u64::try_from(count) {
        Ok(n) if n <= MAX_BITS => Ok(a << n as usize),
        _ => Err(IntError::TooLarge),
    }
}

/// `a >> count`, flooring.
pub fn shift_right(a: &IBig, count: &IBig) -> Result<IBig, IntError> {
    if count.sign() == Sign::Negative {
        return Err(IntError::NegativeShift);
    }
    match usize::try_from(count) {
        Ok(n) if n <= a.unsigned_abs_bits() => Ok(a >> n),
        _ => Ok(if a.sign() == Sign::Negative { IBig::NEG_ONE } else { IBig::ZERO }),
    }
}

/// `a.bit_length()`.
pub fn bit_length(a: &IBig) -> usize {
    a.unsigned_abs_bits()
}

/// `a.bit_count()`.
pub fn bit_count(a: &IBig) -> u64 {
    a.as_sign_words().1.iter().map(|w| u64::from(w.count_ones())).sum()
}
