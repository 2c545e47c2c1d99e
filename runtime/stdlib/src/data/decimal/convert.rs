//! Python values to decimal numbers and back: int, float, str, tuple, hash.
//!
//! CPython: Modules/_decimal/_decimal.c (PyDecType_From..., dec_as_long, dec_hash).

use super::coef::{Coef, pow10};
use super::context::Context;
use super::number::{Dec, Kind, MAX_EMAX, MIN_ETINY, Round, Rules, flag, parse};
use super::object::Decimal;
use adder_object::int::Int;
use adder_object::{List, Obj, ObjExt, PyResult, Str, Vm, error, float, hashing, int, ops, tuple};
use dashu_int::{IBig, UBig};

pub fn from_int(n: &Int<'_>) -> Dec {
    match n {
        Int::Small(n) => Dec::small(*n),
        Int::Big(b) => {
            let negative = **b < IBig::ZERO;
            let size = if negative { -(*b).clone() } else { (*b).clone() };
            Dec::finite(negative, Coef::from_big(UBig::try_from(size).unwrap_or(UBig::ZERO)), 0)
        }
    }
}

/// The exact value of a float.
pub fn from_f64(x: f64) -> Dec {
    if x.is_nan() {
        return Dec { negative: x.is_sign_negative(), ..Dec::nan() };
    }
    if x.is_infinite() {
        return Dec::infinite(x < 0.0);
    }
    let bits = x.to_bits();
    let negative = bits >> 63 == 1;
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i64);
    let (mut m, mut e) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    if m == 0 {
        return Dec::finite(negative, Coef::ZERO, 0);
    }
    let zeros = i64::from(m.trailing_zeros());
    m >>= zeros;
    e += zeros;
    let m = UBig::from(m);
    if e >= 0 {
        return Dec::finite(negative, Coef::from_big(m << e as usize), 0);
    }
    Dec::finite(negative, Coef::from_big(m * UBig::from(5u8).pow(-e as usize)), e)
}

/// Text as ASCII: digits of any script become Arabic ones, spaces around and underscores go where that is allowed.
fn ascii(s: &Str, lenient: bool) -> Vec<u8> {
    let chars = s.chars();
    let mut out = Vec::with_capacity(chars.len());
    for c in chars.iter() {
        match c {
            0x5F if lenient => {}
            0x21..=0x7E => out.push(c as u8),
            c if adder_unicode::is_space(c) => out.push(b' '),
            c => match adder_unicode::decimal(c) {
                Some(d) => out.push(b'0' + d),
                None => return Vec::new(),
            },
        }
    }
    if lenient {
        let keep = out.trim_ascii().len();
        let start = out.iter().position(|c| *c != b' ').unwrap_or(out.len());
        out.drain(..start);
        out.truncate(keep);
    }
    out
}

/// A number in text under the rules of a context.
pub fn from_text(s: &Str, rules: &Rules, lenient: bool, status: &mut u32) -> Dec {
    match s.as_ascii().filter(|t| !lenient || !t.bytes().any(|b| b <= b' ' || b == b'_')) {
        Some(t) => number_in(t.as_bytes(), rules, status),
        None => number_in(&ascii(s, lenient), rules, status),
    }
}
fn number_in(text: &[u8], rules: &Rules, status: &mut u32) -> Dec {
    match parse(text) {
        // A payload that does not fit is no number.
        Some(d) if d.is_nan() && d.coef.digits() > rules.prec - i64::from(rules.clamp) && !d.coef.is_zero() => {
            Dec::invalid(flag::CONVERSION_SYNTAX, status)
        }
        Some(d) => d.finish(rules, status),
        None => Dec::invalid(flag::CONVERSION_SYNTAX, status),
    }
}

/// A conversion that must not lose anything: what does not fit is invalid.
pub fn exact(d: Dec, status: &mut u32) -> Dec {
    if !d.is_finite() {
        return d;
    }
    let adjusted = d.adjusted();
    if (!d.coef.is_zero() && adjusted > MAX_EMAX) || d.exp < MIN_ETINY || d.exp > MAX_EMAX {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    d
}

fn value<T>(text: &str) -> PyResult<T> {
    Err(error::value_error(text))
}

/// `(sign, digits, exponent)`.
pub fn from_tuple(vm: &Vm, o: &Obj) -> PyResult<Dec> {
    let items = match tuple::as_slice(o) {
        Some(t) => t.to_vec(),
        None => o.get::<List>().map(List::to_vec).unwrap_or_default(),
    };
    let [sign, digits, exponent] = items.as_slice() else { return value("argument must be a sequence of length 3") };
    let negative = match int::as_int(sign).and_then(|n| n.to_i64()) {
        Some(n @ (0 | 1)) => n == 1,
        _ => return value("sign must be an integer with the value 0 or 1"),
    };
    let (kind, exp) = match exponent.get::<Str>() {
        Some(s) if s.eq_str("F") => (Kind::Infinite, 0),
        Some(s) if s.eq_str("n") => (Kind::Quiet, 0),
        Some(s) if s.eq_str("N") => (Kind::Signaling, 0),
        Some(_) => return value("string argument in the third position must be 'F', 'n' or 'N'"),
        None if !int::is_int(exponent) => return value("exponent must be an integer"),
        None => (Kind::Finite, ops::to_i64(vm, exponent)?),
    };
    let digits = match (tuple::as_slice(digits), digits.get::<List>()) {
        (Some(t), _) => t.to_vec(),
        (_, Some(l)) => l.to_vec(),
        _ => return value("coefficient must be a tuple of digits"),
    };
    let mut text = Vec::with_capacity(digits.len());
    for d in &digits {
        match int::as_int(d).and_then(|n| n.to_i64()) {
            Some(n @ 0..=9) => text.push(b'0' + n as u8),
            _ => return value("coefficient must be a tuple of digits"),
        }
    }
    if kind == Kind::Infinite {
        return Ok(Dec::infinite(negative));
    }
    let start = text.iter().position(|c| *c != b'0').unwrap_or(text.len());
    let coef = Coef::parse(&text[start..]);
    Ok(Dec { negative, kind, coef, exp: exp.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000) })
}

/// The whole number that rounding gives.
pub fn to_int(d: &Dec, round: Round) -> PyResult {
    match d.kind {
        Kind::Infinite => Err(error::overflow_error("cannot convert Infinity to integer")),
        Kind::Quiet | Kind::Signaling => value("cannot convert NaN to integer"),
        Kind::Finite => {
            let mut out = d.clone();
            let mut status = 0;
            if d.exp < 0 {
                out.cut(d.exp.unsigned_abs(), round);
            } else {
                out.coef = d.coef.grown(d.exp as u64, &mut status);
            }
            if status != 0 {
                return Err(error::no_memory());
            }
            Ok(signed(out.negative, &out.coef))
        }
    }
}
pub fn signed(negative: bool, coef: &Coef) -> Obj {
    if let Coef::Small(n) = coef
        && let Ok(n) = i64::try_from(*n)
    {
        return int::from_i64(if negative { -n } else { n });
    }
    let n = IBig::from(coef.to_big());
    int::from_big(if negative { -n } else { n })
}

/// The nearest float.
pub fn to_f64(d: &Dec) -> PyResult<f64> {
    let x = match d.kind {
        Kind::Signaling => return value("cannot convert signaling NaN to float"),
        Kind::Quiet => f64::NAN,
        Kind::Infinite => f64::INFINITY,
        Kind::Finite => match &d.coef {
            Coef::Small(n) if *n < 1 << 53 && (-22..=22).contains(&d.exp) => {
                let p = 10f64.powi(d.exp.unsigned_abs() as i32);
                if d.exp < 0 { *n as f64 / p } else { *n as f64 * p }
            }
            c => format!("{}e{}", c.text(), d.exp).parse().unwrap_or(f64::NAN),
        },
    };
    Ok(if d.negative { -x } else { x })
}

/// `(numerator, denominator)` in lowest terms.
pub fn ratio(d: &Dec) -> PyResult<(Obj, Obj)> {
    match d.kind {
        Kind::Infinite => return Err(error::overflow_error("cannot convert Infinity to integer ratio")),
        Kind::Quiet | Kind::Signaling => return value("cannot convert NaN to integer ratio"),
        Kind::Finite => {}
    }
    if d.coef.is_zero() {
        return Ok((int::from_i64(0), int::from_i64(1)));
    }
    if d.exp >= 0 {
        return Ok((to_int(d, Round::Down)?, int::from_i64(1)));
    }
    if d.exp < -(1 << 30) {
        return Err(error::no_memory());
    }
    let (n, m) = (d.coef.to_big(), pow10(d.exp.unsigned_abs()));
    let g = dashu_int::ops::Gcd::gcd(&n, &m);
    Ok((signed(d.negative, &Coef::from_big(n / &g)), int::from_big(IBig::from(m / g))))
}

/// The prime that hashes of numbers are taken modulo.
const P: u128 = (1 << 61) - 1;
/// By Fermat, ten to the power P - 2.
const INVERSE_OF_TEN: u128 = power(10, P as u64 - 2);

/// A product of two numbers below P, modulo P: what is above bit 61 counts once more.
const fn reduced(x: u128) -> u128 {
    let r = (x & P) + (x >> 61);
    if r >= P { r - P } else { r }
}
const fn power(mut base: u128, mut e: u64) -> u128 {
    let mut r = 1u128;
    while e > 0 {
        if e & 1 == 1 {
            r = reduced(r * base);
        }
        base = reduced(base * base);
        e >>= 1;
    }
    r
}

/// The hash that equal numbers of all types share.
pub fn hash(d: &Dec, o: &Obj) -> PyResult<i64> {
    let h = match d.kind {
        Kind::Signaling => return Err(error::type_error("Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok(hashing::identity(o)),
        Kind::Infinite => 314_159,
        Kind::Finite => {
            let c = match &d.coef {
                Coef::Small(n) => n % P,
                Coef::Big(n) => n % P,
            };
            let ten = if d.exp < 0 { INVERSE_OF_TEN } else { 10 };
            reduced(c * power(ten, d.exp.unsigned_abs())) as i64
        }
    };
    let h = if d.negative { -h } else { h };
    Ok(if h == -1 { -2 } else { h })
}

/// An operand of arithmetic: a decimal or an int; None for other types.
#[inline]
pub fn operand<'a>(o: &'a Obj, place: &'a mut Option<Dec>) -> Option<&'a Dec> {
    if let Some(d) = o.get::<Decimal>() {
        return Some(&d.0);
    }
    let n = int::as_int(o)?;
    Some(place.insert(from_int(&n)))
}

/// The other operand of a comparison: floats and rationals count too, as the operator allows. None: not comparable.
pub fn comparable(vm: &Vm, a: &Dec, o: &Obj, equality: bool, ctx: &Context) -> PyResult<Option<(Dec, Dec)>> {
    let from_float = |x: f64| -> PyResult<Option<(Dec, Dec)>> {
        if equality {
            ctx.flags.bits.set(ctx.flags.bits.get() | flag::FLOAT_OPERATION);
        } else {
            ctx.note(flag::FLOAT_OPERATION)?;
        }
        Ok(Some((a.clone(), from_f64(x))))
    };
    if let Some(x) = float::as_float(o) {
        return from_float(x);
    }
    if let Some(c) = o.get::<float::Complex>() {
        return if equality && c.im == 0.0 { from_float(c.re) } else { Ok(None) };
    }
    if !o.is_ptr() || o.get::<Str>().is_some() || o.is_none() {
        return Ok(None);
    }
    if !ops::isinstance(vm, o, &super::state()?.rational)? {
        return Ok(None);
    }
    let part = |name: &str| -> PyResult<Dec> {
        let n = adder_object::attr::get_str(vm, o, name)?;
        match int::as_int(&n) {
            Some(n) => Ok(from_int(&n)),
            None => Err(error::type_error(format!("{name} must be an integer"))),
        }
    };
    let (n, d) = (part("numerator")?, part("denominator")?);
    let scaled =
        if a.is_finite() { Dec::finite(a.negative != d.negative, a.coef.mul(&d.coef), a.exp) } else { a.clone() };
    Ok(Some((scaled, n)))
}
