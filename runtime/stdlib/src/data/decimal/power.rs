//! Powers: of integers by repeated products, of others through the exponential, and modulo a number.
//!
//! The steps and their precisions are those the reference implementation documents, because the last digit depends on them.

use super::arith::{div, mul, nans, sub};
use super::coef::{Coef, pow10};
use super::elementary::{exp, ln};
use super::number::{Dec, Kind, Round, Rules, flag};
use dashu_int::UBig;
use dashu_int::ops::BitTest;

pub fn pow(base: &Dec, e: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(base, e, rules, status) {
        return n;
    }
    let whole = e.is_integer();
    let negative = whole && base.negative && e.is_odd();
    if base.is_zero() {
        return match (e.is_zero(), e.negative) {
            (true, _) => Dec::invalid(flag::INVALID_OPERATION, status),
            (_, true) => Dec::infinite(negative),
            _ => Dec::finite(negative, Coef::ZERO, 0),
        };
    }
    if base.negative && (!whole || e.is_infinite()) {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    if e.is_infinite() {
        return infinite_power(base, e, negative, rules, status);
    }
    if base.is_infinite() {
        return match (e.is_zero(), e.negative) {
            (true, _) => Dec::one(negative),
            (_, true) => Dec::finite(negative, Coef::ZERO, 0),
            _ => Dec::infinite(negative),
        };
    }
    if e.is_zero() {
        return Dec::one(negative);
    }
    if base.order_abs(&Dec::one(false)).is_eq() {
        return power_of_one(base, e, whole, negative, rules, status);
    }
    if let Some(d) = out_of_range(base, e, negative, rules, status) {
        return d;
    }
    if rules.prec > super::elementary::MOST && !whole {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    if whole { integer_power(base, e, negative, rules, status) } else { real_power(base, e, negative, rules, status) }
}

fn padded_one(negative: bool, zeros: i64, status: &mut u32) -> Dec {
    if zeros > super::elementary::MOST {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    Dec::finite(negative, Coef::ONE.shifted(zeros as u64), -zeros)
}

fn infinite_power(base: &Dec, e: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    let o = base.order_abs(&Dec::one(false));
    if o.is_eq() {
        *status |= flag::INEXACT | flag::ROUNDED;
        return padded_one(negative, rules.prec - 1, status);
    }
    if o.is_lt() != e.negative { Dec::finite(negative, Coef::ZERO, 0) } else { Dec::infinite(negative) }
}

fn power_of_one(base: &Dec, e: &Dec, whole: bool, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if !whole {
        *status |= flag::INEXACT | flag::ROUNDED;
        return padded_one(false, rules.prec - 1, status);
    }
    if e.negative {
        return Dec::one(negative);
    }
    // 1.00 ** 3 is 1.000000.
    let digits = if base.exp >= 0 {
        0
    } else if e.adjusted() > 18 {
        i64::MAX
    } else {
        let n = e.coef.to_big() * pow10(e.exp.max(0) as u64) / pow10((-e.exp).max(0) as u64);
        i64::try_from(n * base.exp.unsigned_abs()).unwrap_or(i64::MAX)
    };
    if digits > rules.prec - 1 {
        *status |= flag::ROUNDED;
    }
    padded_one(negative, digits.min(rules.prec - 1), status)
}

fn digits_of_exponent(e: i64) -> i64 {
    super::coef::digits_of(u128::from(e.unsigned_abs()))
}

/// A bound from below of the exponent of `log10(x)`.
fn least_log_exponent(x: &Dec) -> i64 {
    let t = x.adjusted();
    if t > 0 {
        return digits_of_exponent(t) - 1;
    }
    if t < -1 {
        return digits_of_exponent(t + 1) - 1;
    }
    let mut ignored = 0;
    let u = sub(x, &Dec::one(false), &Rules::MAX, &mut ignored).adjusted();
    if t == 0 { u - 2 } else { u - 1 }
}

/// Overflow and underflow that the sizes of the operands already show.
fn out_of_range(base: &Dec, e: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Option<Dec> {
    let x = base.with_sign(false);
    let least = least_log_exponent(&x) + e.adjusted();
    let exp = if (x.adjusted() < 0) == e.negative {
        if digits_of_exponent(rules.emax) >= least {
            return None;
        }
        rules.emax + 1
    } else {
        if digits_of_exponent(rules.etiny()) >= least {
            return None;
        }
        rules.etiny() - 1
    };
    Some(Dec::finite(negative, Coef::ONE, exp).finish(rules, status))
}

fn integer_power(base: &Dec, e: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    let mut work = Rules { round: Round::HalfEven, clamp: false, ..*rules };
    work.prec += e.coef.digits() + e.exp + 2;
    let mut start = base.clone();
    if e.negative {
        work.prec += 1;
        let mut s = 0;
        start = div(&Dec::one(false), base, &work, &mut s);
        *status |= s;
        if s & flag::ERRORS != 0 {
            return Dec::nan();
        }
    }
    let n =
        if e.exp >= 0 { e.coef.to_big() * pow10(e.exp as u64) } else { e.coef.cut(e.exp.unsigned_abs()).0.to_big() };
    let mut out = match u64::try_from(&n) {
        Ok(n) => by_squaring(&start, n, &work, status),
        Err(_) => by_doubling(&start, &n, &work, status),
    };
    out.negative = negative;
    if out.is_infinite() {
        out = Dec::finite(negative, Coef::ONE, rules.emax + 1);
    }
    out.finish(rules, status)
}

fn gone(d: &Dec, status: u32) -> bool {
    !d.is_finite() || (d.coef.is_zero() && status & flag::CLAMPED != 0)
}

/// From the first bit of the exponent to the last.
fn by_squaring(base: &Dec, n: u64, rules: &Rules, status: &mut u32) -> Dec {
    let mut out = base.clone();
    let mut s = 0;
    for i in (0..63 - n.leading_zeros()).rev() {
        out = mul(&out, &out, rules, &mut s);
        if n >> i & 1 == 1 {
            out = mul(&out, base, rules, &mut s);
        }
        if gone(&out, s) {
            break;
        }
    }
    *status |= s;
    out
}

/// From the last bit to the first.
fn by_doubling(base: &Dec, n: &UBig, rules: &Rules, status: &mut u32) -> Dec {
    let (mut out, mut square) = (Dec::one(false), base.clone());
    let mut s = 0;
    for i in 0..n.bit_len() {
        if n.bit(i) {
            out = mul(&out, &square, rules, &mut s);
            *status |= s;
            if gone(&out, s) {
                break;
            }
        }
        square = mul(&square, &square, rules, &mut s);
    }
    out
}

fn real_power(base: &Dec, e: &Dec, negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    let work = Rules { prec: rules.prec.max(base.coef.digits()) + 4 + 19, ..Rules::MAX };
    let mut s = 0;
    let l = ln(base, &work, &mut s);
    let product = mul(&l, e, &work, &mut s);
    let mut out = exp(&product, &work, status);
    *status |= (s & flag::ERRORS) | flag::INEXACT | flag::ROUNDED;
    if out.kind == Kind::Infinite {
        out = Dec::finite(negative, Coef::ONE, rules.emax + 1);
    } else if out.is_finite() && out.order(&Dec::one(false)).is_eq() {
        out = padded_one(false, rules.prec - 1, status);
    }
    out.finish(rules, status)
}

/// `base ** e % m` of integers.
pub fn powmod(base: &Dec, e: &Dec, m: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !(base.is_finite() && e.is_finite() && m.is_finite()) {
        let chosen = [base, e, m].into_iter().find(|d| d.is_signaling());
        if chosen.is_some() {
            *status |= flag::INVALID_OPERATION;
        }
        let chosen = chosen.or_else(|| [base, e, m].into_iter().find(|d| d.is_nan()));
        return match chosen {
            Some(d) => Dec { kind: Kind::Quiet, ..d.clone() }.finish(rules, status),
            None => Dec::invalid(flag::INVALID_OPERATION, status),
        };
    }
    let whole = base.is_integer() && e.is_integer() && m.is_integer();
    let no_power = e.negative && !e.coef.is_zero() || base.coef.is_zero() && e.coef.is_zero();
    if !whole || no_power || m.coef.is_zero() || m.adjusted() >= rules.prec {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    if e.exp > 100_000 || m.exp > super::elementary::MOST {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    let negative = base.negative && e.is_odd();
    let modulus = plain(m);
    let b = if base.exp > 0 {
        base.coef.to_big() % &modulus * power_mod(UBig::from(10u8), &UBig::from(base.exp as u64), &modulus) % &modulus
    } else {
        plain(base) % &modulus
    };
    // A power of ten in the exponent is taken step by step: it may have more digits than any memory.
    let mut r = if e.exp > 0 { power_mod(b, &e.coef.to_big(), &modulus) } else { power_mod(b, &plain(e), &modulus) };
    for _ in 0..e.exp.max(0) {
        r = power_mod(r, &UBig::from(10u8), &modulus);
    }
    Dec::finite(negative, Coef::from_big(r), 0)
}

fn plain(d: &Dec) -> UBig {
    if d.exp >= 0 { d.coef.to_big() * pow10(d.exp as u64) } else { d.coef.cut(d.exp.unsigned_abs()).0.to_big() }
}

fn power_mod(base: UBig, e: &UBig, m: &UBig) -> UBig {
    let mut out = UBig::ONE % m;
    let mut square = base % m;
    for i in 0..e.bit_len() {
        if e.bit(i) {
            out = out * &square % m;
        }
        square = &square * &square % m;
    }
    out
}
