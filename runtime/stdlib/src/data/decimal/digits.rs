//! Operations on the digits and the exponent of a number: quantize, integral values, shifts, logical operations, neighbours,
//! order.

use super::arith::{add, nan, nans, strip, sub};
use super::coef::{Coef, Tail};
use super::number::{Dec, Kind, Round, Rules, flag};
use std::cmp::Ordering;

pub fn quantize(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if !(a.is_finite() && b.is_finite()) {
        if let Some(n) = nans(a, b, rules, status) {
            return n;
        }
        if a.is_infinite() && b.is_infinite() {
            return a.clone();
        }
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    if b.exp > rules.emax || b.exp < rules.etiny() {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    if a.coef.is_zero() {
        return Dec::finite(a.negative, Coef::ZERO, b.exp).finish(rules, status);
    }
    let digits = a.coef.digits();
    let diff = a.exp - b.exp;
    if digits + diff > rules.prec {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    let mut out = Dec::finite(a.negative, Coef::ZERO, b.exp);
    if diff >= 0 {
        out.coef = a.coef.grown(diff as u64, status);
    } else {
        out.coef = a.coef.clone();
        let tail = out.cut(diff.unsigned_abs(), rules.round);
        if out.coef.digits() > rules.prec {
            return Dec::invalid(flag::INVALID_OPERATION, status);
        }
        *status |= flag::ROUNDED;
        if tail != Tail::Zero {
            *status |= flag::INEXACT;
        }
    }
    let adjusted = out.adjusted();
    if adjusted > rules.emax || adjusted < rules.etiny() {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    out.finish(rules, status)
}

/// `to-integral-exact` (with flags) or `to-integral-value`.
pub fn to_integral(a: &Dec, exact: bool, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_infinite() || a.exp >= 0 {
        return a.clone();
    }
    if a.coef.is_zero() {
        return Dec::finite(a.negative, Coef::ZERO, 0);
    }
    let mut out = a.clone();
    let tail = out.cut(a.exp.unsigned_abs(), rules.round);
    out.exp = 0;
    if exact {
        *status |= flag::ROUNDED;
        if tail != Tail::Zero {
            *status |= flag::INEXACT;
        }
    }
    out
}

/// `reduce`: without zeros at the end.
pub fn normalize(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    let mut out = a.clone().finish(rules, status);
    if !out.is_finite() {
        return out;
    }
    if out.coef.is_zero() {
        out.exp = 0;
        return out;
    }
    let most = if rules.clamp { rules.etop() } else { rules.emax };
    let limit = (most - out.exp).max(0) as u64;
    strip(&mut out, limit);
    out
}

/// An operand of `shift` and `rotate`: a whole number within the precision.
fn count(b: &Dec, rules: &Rules) -> Option<i64> {
    if !b.is_finite() || b.exp != 0 {
        return None;
    }
    let Coef::Small(n) = b.coef else { return None };
    let n = i64::try_from(n).ok().filter(|n| *n <= rules.prec)?;
    Some(if b.negative { -n } else { n })
}

pub fn shift(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let Some(n) = count(b, rules) else { return Dec::invalid(flag::INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let coef = if n < 0 {
        a.coef.low_digits(rules.prec as u64).cut(n.unsigned_abs()).0
    } else {
        // Digits that would leave on the left never come into being.
        a.coef.low_digits((rules.prec - n) as u64).grown(n as u64, status)
    };
    Dec { coef, ..a.clone() }
}

pub fn rotate(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let Some(n) = count(b, rules) else { return Dec::invalid(flag::INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let left = if n < 0 { rules.prec + n } else { n };
    let c = a.coef.low_digits(rules.prec as u64);
    let right = (rules.prec - left) as u64;
    let top = c.cut(right).0;
    let low = if right == 0 { Coef::ZERO } else { c.low_digits(right) };
    let coef = if low.is_zero() { top } else { low.grown(left as u64, status).add(&top) };
    Dec { coef, ..a.clone() }
}

pub fn scaleb(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let jump = match (&b.coef, b.is_finite() && b.exp == 0) {
        (Coef::Small(n), true) => i64::try_from(*n).ok().filter(|n| *n <= 2 * (rules.emax + rules.prec)),
        _ => None,
    };
    let Some(n) = jump else { return Dec::invalid(flag::INVALID_OPERATION, status) };
    if a.is_infinite() {
        return a.clone();
    }
    let mut out = a.clone();
    out.exp += if b.negative { -n } else { n };
    out.finish(rules, status)
}

pub fn logb(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_infinite() {
        return Dec::infinite(false);
    }
    if a.coef.is_zero() {
        *status |= flag::DIVISION_BY_ZERO;
        return Dec::infinite(true);
    }
    Dec::small(a.adjusted()).finish(rules, status)
}

// ---- logical operations ----

/// The digits of a logical operand, last one first.
fn bits(a: &Dec, rules: &Rules) -> Option<Vec<bool>> {
    if !a.is_finite() || a.negative || a.exp != 0 {
        return None;
    }
    let all: Option<Vec<bool>> =
        a.coef.text().bytes().rev().map(|b| matches!(b, b'0' | b'1').then_some(b == b'1')).collect();
    // Digits beyond the precision do not take part.
    all.map(|mut v| {
        v.truncate(rules.prec as usize);
        v
    })
}
fn from_bits(bits: &[bool]) -> Dec {
    let text: Vec<u8> = bits.iter().rev().map(|b| b'0' + u8::from(*b)).collect();
    Dec::finite(false, Coef::parse(&text), 0)
}

pub fn logical(a: &Dec, b: &Dec, op: fn(bool, bool) -> bool, rules: &Rules, status: &mut u32) -> Dec {
    let (Some(x), Some(y)) = (bits(a, rules), bits(b, rules)) else {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    };
    let at = |v: &[bool], i: usize| v.get(i).copied().unwrap_or(false);
    let out: Vec<bool> = (0..x.len().max(y.len())).map(|i| op(at(&x, i), at(&y, i))).collect();
    from_bits(&out).finish(rules, status)
}

pub fn logical_invert(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    let Some(mut x) = bits(a, rules) else { return Dec::invalid(flag::INVALID_OPERATION, status) };
    if rules.prec > 1 << 30 {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    x.resize(rules.prec as usize, false);
    x.iter_mut().for_each(|b| *b = !*b);
    from_bits(&x).finish(rules, status)
}

// ---- neighbours ----

pub fn next_minus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_infinite() {
        return if a.negative { a.clone() } else { largest(false, rules, status) };
    }
    neighbour(a, true, rules, status)
}
pub fn next_plus(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_infinite() {
        return if a.negative { largest(true, rules, status) } else { a.clone() };
    }
    neighbour(a, false, rules, status)
}
fn largest(negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if rules.prec > 1 << 30 {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    Dec::finite(negative, Coef::ONE.shifted(rules.prec as u64).sub(&Coef::ONE), rules.etop())
}
fn neighbour(a: &Dec, down: bool, rules: &Rules, status: &mut u32) -> Dec {
    let inner = Rules { clamp: false, ..rules.with_round(if down { Round::Floor } else { Round::Ceiling }) };
    let mut ignored = 0;
    let rounded = a.clone().finish(&inner, &mut ignored);
    if ignored & flag::MALLOC_ERROR != 0 {
        *status |= flag::MALLOC_ERROR;
    }
    if rounded.order(a) != Ordering::Equal {
        return rounded;
    }
    let tiny = Dec::finite(false, Coef::ONE, rules.etiny() - 1);
    let step = if down { sub } else { add };
    let mut ignored = 0;
    step(a, &tiny, &inner, &mut ignored)
}

pub fn next_toward(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let out = match a.order(b) {
        Ordering::Equal => return a.with_sign(b.negative),
        Ordering::Less => next_plus(a, rules, status),
        Ordering::Greater => next_minus(a, rules, status),
    };
    if out.is_infinite() {
        *status |= flag::OVERFLOW | flag::ROUNDED | flag::INEXACT;
    } else if out.is_finite() && out.adjusted() < rules.emin {
        *status |= flag::UNDERFLOW | flag::SUBNORMAL | flag::ROUNDED | flag::INEXACT;
        if out.coef.is_zero() {
            *status |= flag::CLAMPED;
        }
    }
    out
}

// ---- order ----

/// Order by `compare-total`.
pub fn total(a: &Dec, b: &Dec) -> Ordering {
    if a.negative != b.negative {
        return b.negative.cmp(&a.negative);
    }
    let o = total_abs(a, b);
    if a.negative { o.reverse() } else { o }
}
/// Order of the absolute values by `compare-total`.
pub fn total_abs(a: &Dec, b: &Dec) -> Ordering {
    let rank = |d: &Dec| match d.kind {
        Kind::Finite | Kind::Infinite => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    };
    match (rank(a), rank(b)) {
        (0, 0) => a.order_abs(b).then(if a.is_finite() && b.is_finite() { a.exp.cmp(&b.exp) } else { Ordering::Equal }),
        (x, y) => x.cmp(&y).then_with(|| a.coef.cmp(&b.coef)),
    }
}

pub fn as_dec(o: Ordering) -> Dec {
    Dec::small(o as i64)
}

pub fn compare(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    nans(a, b, rules, status).unwrap_or_else(|| as_dec(a.order(b)))
}
pub fn compare_signal(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    match nans(a, b, rules, status) {
        Some(n) => {
            *status |= flag::INVALID_OPERATION;
            n
        }
        None => as_dec(a.order(b)),
    }
}

/// `max` (`want` Greater) and `min` (Less), by value or by absolute value: a number wins over a quiet NaN.
pub fn extreme(a: &Dec, b: &Dec, want: Ordering, by_size: bool, rules: &Rules, status: &mut u32) -> Dec {
    let chosen = match (a.kind, b.kind) {
        (Kind::Quiet, Kind::Finite | Kind::Infinite) => b,
        (Kind::Finite | Kind::Infinite, Kind::Quiet) => a,
        _ => {
            if let Some(n) = nans(a, b, rules, status) {
                return n;
            }
            let by_value = if by_size { a.order_abs(b) } else { a.order(b) };
            // Equal numbers are told apart by sign and exponent.
            let o = if by_value == Ordering::Equal { total(a, b) } else { by_value };
            if o == want || o == Ordering::Equal && want == Ordering::Less { a } else { b }
        }
    };
    chosen.clone().finish(rules, status)
}

pub fn same_quantum(a: &Dec, b: &Dec) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exp == b.exp,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}

pub fn number_class(a: &Dec, rules: &Rules) -> &'static str {
    let class = match a.kind {
        Kind::Signaling => return "sNaN",
        Kind::Quiet => return "NaN",
        Kind::Infinite => ["+Infinity", "-Infinity"],
        Kind::Finite if a.coef.is_zero() => ["+Zero", "-Zero"],
        Kind::Finite if a.is_subnormal(rules) => ["+Subnormal", "-Subnormal"],
        Kind::Finite => ["+Normal", "-Normal"],
    };
    class[usize::from(a.negative)]
}
