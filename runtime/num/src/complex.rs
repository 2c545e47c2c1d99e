//! Python's `complex` as plain functions over pairs of `f64`.
//!
//! *CPython*: complexobject.c.

use crate::float::text_internals::{drop_underscores, prefix_len};
use crate::float::{Flags, Form, format_float};

/// What a complex operation can fail with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplexError {
    /// Division by zero, or zero to a negative or complex power.
    ZeroDivision,
    /// OverflowError: complex exponentiation, or absolute value too large.
    Overflow,
}

/// A complex number by parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

impl From<f64> for Complex {
    fn from(re: f64) -> Complex {
        Complex { re, im: 0.0 }
    }
}

/// `repr(z)`.
pub fn repr(z: Complex) -> String {
    let plain = |x| format_float(x, Form::Repr, 0, Flags::default());
    if z.re == 0.0 && z.re.is_sign_positive() {
        return plain(z.im) + "j";
    }
    let im = format_float(z.im, Form::Repr, 0, Flags { plus: true, ..Flags::default() });
    format!("({}{im}j)", plain(z.re))
}

/// `complex(text)`; None when malformed. Unicode spaces and digits have been mapped to ASCII by the caller.
pub fn parse(text: &str) -> Option<Complex> {
    let owned;
    let bytes = if text.contains('_') {
        owned = drop_underscores(text.as_bytes())?;
        owned.as_bytes()
    } else {
        text.as_bytes()
    };
    let skip = |s: &[u8]| s.iter().take_while(|b| matches!(b, b' ' | b'\t'..=b'\r')).count();
    let mut s = &bytes[skip(bytes)..];
    let bracket = s.first() == Some(&b'(');
    if bracket {
        s = &s[1..];
        s = &s[skip(s)..];
    }
    let (z, used) = parse_parts(s)?;
    s = &s[used..];
    s = &s[skip(s)..];
    if bracket {
        s = s.strip_prefix(b")")?;
        s = &s[skip(s)..];
    }
    s.is_empty().then_some(z)
}

/// The number itself, with the number of bytes it took.
fn parse_parts(s: &[u8]) -> Option<(Complex, usize)> {
    let is_j = |i: usize| matches!(s.get(i), Some(b'j' | b'J'));
    let is_sign = |i: usize| matches!(s.get(i), Some(b'+' | b'-'));
    let unit = |i: usize| if s.get(i) == Some(&b'-') { -1.0 } else { 1.0 };
    let first = prefix_len(s);
    if first == 0 {
        let i = usize::from(is_sign(0));
        return is_j(i).then(|| (Complex { re: 0.0, im: unit(0) }, i + 1));
    }
    let value = read(&s[..first])?;
    if is_j(first) {
        return Some((Complex { re: 0.0, im: value }, first + 1));
    }
    if !is_sign(first) {
        return Some((Complex::from(value), first));
    }
    let second = prefix_len(&s[first..]);
    let (im, end) =
        if second > 0 { (read(&s[first..first + second])?, first + second) } else { (unit(first), first + 1) };
    is_j(end).then_some((Complex { re: value, im }, end + 1))
}

fn read(literal: &[u8]) -> Option<f64> {
    crate::float::parse(std::str::from_utf8(literal).ok()?)
}

fn boxed(x: f64) -> f64 {
    (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x)
}

fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0.0f64.copysign(x) } else { x }
}

/// `z * w`, recovering infinities that would come out as NaN.
pub fn mul(z: Complex, w: Complex) -> Complex {
    let (mut a, mut b, mut c, mut d) = (z.re, z.im, w.re, w.im);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = Complex { re: ac - bd, im: ad + bc };
    if !(result.re.is_nan() && result.im.is_nan()) {
        return result;
    }
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), boxed(c), boxed(d));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if again {
        return Complex { re: f64::INFINITY * (a * c - b * d), im: f64::INFINITY * (a * d + b * c) };
    }
    result
}

/// `z / w`.
pub fn div(z: Complex, w: Complex) -> Result<Complex, ComplexError> {
    let (size_re, size_im) = (w.re.abs(), w.im.abs());
    let result = if size_re >= size_im {
        if size_re == 0.0 {
            return Err(ComplexError::ZeroDivision);
        }
        let ratio = w.im / w.re;
        let below = w.re + w.im * ratio;
        Complex { re: (z.re + z.im * ratio) / below, im: (z.im - z.re * ratio) / below }
    } else if size_im >= size_re {
        let ratio = w.re / w.im;
        let below = w.re * ratio + w.im;
        Complex { re: (z.re * ratio + z.im) / below, im: (z.im * ratio - z.re) / below }
    } else {
        Complex { re: f64::NAN, im: f64::NAN }
    };
    if !(result.re.is_nan() && result.im.is_nan()) {
        return Ok(result);
    }
    if (z.re.is_infinite() || z.im.is_infinite()) && w.re.is_finite() && w.im.is_finite() {
        let (x, y) = (boxed(z.re), boxed(z.im));
        return Ok(Complex { re: f64::INFINITY * (x * w.re + y * w.im), im: f64::INFINITY * (y * w.re - x * w.im) });
    }
    if (w.re.is_infinite() || w.im.is_infinite()) && z.re.is_finite() && z.im.is_finite() {
        let (x, y) = (boxed(w.re), boxed(w.im));
        return Ok(Complex { re: 0.0 * (z.re * x + z.im * y), im: 0.0 * (z.im * x - z.re * y) });
    }
    Ok(result)
}

/// `z / x` for a real divisor, which keeps signs of zeros that `div` loses.
pub fn div_by_real(z: Complex, x: f64) -> Result<Complex, ComplexError> {
    if x == 0.0 {
        return Err(ComplexError::ZeroDivision);
    }
    Ok(Complex { re: z.re / x, im: z.im / x })
}

/// `x / w` for a real dividend.
pub fn real_div(x: f64, w: Complex) -> Result<Complex, ComplexError> {
    let (size_re, size_im) = (w.re.abs(), w.im.abs());
    let result = if size_re >= size_im {
        if size_re == 0.0 {
            return Err(ComplexError::ZeroDivision);
        }
        let ratio = w.im / w.re;
        let below = w.re + w.im * ratio;
        Complex { re: x / below, im: (-x * ratio) / below }
    } else if size_im >= size_re {
        let ratio = w.re / w.im;
        let below = w.re * ratio + w.im;
        Complex { re: (x * ratio) / below, im: -x / below }
    } else {
        Complex { re: f64::NAN, im: f64::NAN }
    };
    if result.re.is_nan() && result.im.is_nan() && x.is_finite() && (w.re.is_infinite() || w.im.is_infinite()) {
        return Ok(Complex { re: 0.0 * (x * boxed(w.re)), im: 0.0 * (-x * boxed(w.im)) });
    }
    Ok(result)
}

/// `z ** w`.
pub fn pow(z: Complex, w: Complex) -> Result<Complex, ComplexError> {
    let small_integer = w.im == 0.0 && w.re == w.re.floor() && w.re.abs() <= 100.0;
    let result = if small_integer { pow_integer(z, w.re as i32)? } else { pow_general(z, w)? };
    if result.re.is_infinite() || result.im.is_infinite() {
        return Err(ComplexError::Overflow);
    }
    Ok(result)
}

fn pow_general(z: Complex, w: Complex) -> Result<Complex, ComplexError> {
    if w.re == 0.0 && w.im == 0.0 {
        return Ok(Complex::from(1.0));
    }
    if z.re == 0.0 && z.im == 0.0 {
        if w.im != 0.0 || w.re < 0.0 {
            return Err(ComplexError::ZeroDivision);
        }
        return Ok(Complex::from(0.0));
    }
    let size = z.re.hypot(z.im);
    let mut length = size.powf(w.re);
    let angle = z.im.atan2(z.re);
    let mut phase = angle * w.re;
    if w.im != 0.0 {
        length *= (-angle * w.im).exp();
        phase += w.im * size.ln();
    }
    // The cosine of infinity is a domain error, which Python reports with this same exception.
    if phase.is_infinite() {
        return Err(ComplexError::ZeroDivision);
    }
    Ok(Complex { re: length * phase.cos(), im: length * phase.sin() })
}

fn pow_integer(z: Complex, n: i32) -> Result<Complex, ComplexError> {
    let mut result = Complex::from(1.0);
    let mut power = z;
    let mut left = n.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result = mul(result, power);
        }
        left >>= 1;
        if left > 0 {
            power = mul(power, power);
        }
    }
    if n > 0 { Ok(result) } else { div(Complex::from(1.0), result) }
}

/// `abs(z)`.
pub fn abs(z: Complex) -> Result<f64, ComplexError> {
    if z.re.is_infinite() || z.im.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if z.re.is_nan() || z.im.is_nan() {
        return Ok(f64::NAN);
    }
    let size = z.re.hypot(z.im);
    if size.is_infinite() { Err(ComplexError::Overflow) } else { Ok(size) }
}
