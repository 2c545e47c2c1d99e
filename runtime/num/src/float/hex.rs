//! `float.hex` in both directions.
//!
//! *CPython*: floatobject.c, float_hex and float_fromhex.

use super::arith::decompose;

/// Why `float.fromhex` refuses a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// ValueError: invalid hexadecimal floating-point string
    Invalid,
    /// OverflowError: hexadecimal value too large to represent as a float
    TooLarge,
    /// ValueError: hexadecimal string too long to convert
    TooLong,
}

/// `x.hex()`.
pub fn hex(x: f64) -> String {
    if !x.is_finite() {
        return super::repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = decompose(x);
    let mantissa = mantissa.unsigned_abs();
    let lead = mantissa >> 52;
    let fraction = mantissa & ((1 << 52) - 1);
    let exponent = exponent + 52;
    let mark = if exponent < 0 { '-' } else { '+' };
    format!("{sign}0x{lead}.{fraction:013x}p{mark}{}", exponent.abs())
}

/// `float.fromhex(text)`; white space is stripped by the function itself.
pub fn from_hex(text: &str) -> Result<f64, HexError> {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    let text = text.trim_matches(space).as_bytes();
    let (negative, body) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let sign = if negative { -1.0 } else { 1.0 };
    for (word, value) in [(&b"inf"[..], f64::INFINITY), (b"infinity", f64::INFINITY), (b"nan", f64::NAN)] {
        if body.eq_ignore_ascii_case(word) {
            return Ok(if negative { -value } else { value });
        }
    }
    let body = match body {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => body,
    };
    Ok(sign * magnitude(body)?)
}

fn magnitude(body: &[u8]) -> Result<f64, HexError> {
    let nibble = |b: u8| (b as char).to_digit(16);
    let whole = body.iter().take_while(|&&b| nibble(b).is_some()).count();
    let mut rest = &body[whole..];
    let mut fraction: &[u8] = &[];
    if let [b'.', after @ ..] = rest {
        let count = after.iter().take_while(|&&b| nibble(b).is_some()).count();
        fraction = &after[..count];
        rest = &after[count..];
    }
    if whole + fraction.len() == 0 {
        return Err(HexError::Invalid);
    }
    if whole + fraction.len() > (i64::MAX / 8) as usize {
        return Err(HexError::TooLong);
    }
    let exponent = match rest {
        [] => 0,
        [b'p' | b'P', tail @ ..] => read_exponent(tail)?,
        _ => return Err(HexError::Invalid),
    };
    let digits: Vec<u32> =
        body[..whole].iter().chain(fraction).filter_map(|&b| nibble(b)).skip_while(|&d| d == 0).collect();
    if digits.is_empty() {
        return Ok(0.0);
    }
    assemble(&digits, exponent.saturating_sub(4 * fraction.len() as i64))
}

/// A decimal exponent, saturating far outside of what a float can hold.
fn read_exponent(tail: &[u8]) -> Result<i64, HexError> {
    let (negative, digits) = match tail {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, tail),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(HexError::Invalid);
    }
    let value =
        digits.iter().fold(0i64, |v, &d| v.saturating_mul(10).saturating_add(i64::from(d - b'0'))).min(i64::MAX / 4);
    Ok(if negative { -value } else { value })
}

/// Rounds `digits * 2**exponent` half to even. `digits` starts with a nonzero nibble.
fn assemble(digits: &[u32], exponent: i64) -> Result<f64, HexError> {
    // 60 leading bits plus one sticky bit decide every rounding to 53 bits or fewer.
    let kept = digits.len().min(15);
    let mut mantissa = digits[..kept].iter().fold(0u64, |m, &d| m << 4 | u64::from(d));
    let sticky = digits[kept..].iter().any(|&d| d != 0);
    let mut exponent = exponent.saturating_add(4 * (digits.len() - kept) as i64);
    let shift = mantissa.leading_zeros() as i64 - 1;
    mantissa <<= shift;
    exponent = exponent.saturating_sub(shift);
    // Now bit 62 is set and the value is in [2**(exponent+62), 2**(exponent+63)).
    if exponent > 1023 - 62 {
        return Err(HexError::TooLarge);
    }
    let drop = if exponent + 62 >= -1022 { 10 } else { (-1074i64).saturating_sub(exponent) };
    if drop > 63 {
        return Ok(0.0);
    }
    let half = 1u64 << (drop - 1);
    let low = mantissa & ((half << 1) - 1);
    let mut head = if drop == 63 { 0 } else { mantissa >> drop };
    if low > half || (low == half && (sticky || head & 1 == 1)) {
        head += 1;
    }
    let value = scale(head as f64, exponent + drop);
    if value.is_infinite() { Err(HexError::TooLarge) } else { Ok(value) }
}

/// `x * 2**exponent` where the result is exact or overflows; two steps keep the factors finite.
fn scale(x: f64, exponent: i64) -> f64 {
    let half = exponent / 2;
    x * power_of_two(half) * power_of_two(exponent - half)
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}
