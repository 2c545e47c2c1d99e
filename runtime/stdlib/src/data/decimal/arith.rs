//! Sum, product, quotients and remainders of decimal numbers, and what all operations do with NaNs.
//!
//! Invariant: an operation computes exactly, or with a sticky digit that rounding cannot mistake, and rounds once.

use super::coef::{Coef, POW10, Wide, digits_of, tail_of};
use super::number::{Dec, Kind, Round, Rules, flag};
use std::cmp::Ordering;

/// The result when an operand is a NaN: signaling ones first.
#[inline]
pub fn nans(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if a.is_finite() && b.is_finite() {
        return None;
    }
    let chosen = [a, b]
        .into_iter()
        .find(|d| d.is_signaling())
        .inspect(|_| *status |= flag::INVALID_OPERATION)
        .or_else(|| [a, b].into_iter().find(|d| d.is_nan()))?;
    Some(Dec { kind: Kind::Quiet, ..chosen.clone() }.finish(rules, status))
}
/// As [`nans`], of one operand.
#[inline]
pub fn nan(a: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    nans(a, a, rules, status)
}

pub fn add(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    add_signed(a, b, b.negative, rules, status)
}
pub fn sub(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    add_signed(a, b, !b.negative, rules, status)
}

fn add_signed(a: &Dec, b: &Dec, b_negative: bool, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != b_negative => return Dec::invalid(flag::INVALID_OPERATION, status),
        (true, _) => return a.clone(),
        (_, true) => return Dec::infinite(b_negative),
        _ => {}
    }
    add_finite((a, a.negative), (b, b_negative), rules, status)
}

fn add_finite((a, a_neg): (&Dec, bool), (b, b_neg): (&Dec, bool), rules: &Rules, status: &mut u32) -> Dec {
    if a.exp == b.exp {
        return sum((&a.coef, a_neg), (&b.coef, b_neg), a.exp, rules, status);
    }
    let ((high, high_neg), (low, low_neg)) =
        if a.exp > b.exp { ((a, a_neg), (b, b_neg)) } else { ((b, b_neg), (a, a_neg)) };
    let mut low_coef = low.coef.clone();
    let mut exp = low.exp;
    if !high.coef.is_zero() {
        // What lies far below the last digit kept matters only by not being zero.
        let digits = high.coef.digits();
        let bound = high.exp - 1 + if digits > rules.prec { 0 } else { digits - rules.prec - 1 };
        if low.adjusted() < bound {
            exp = bound;
            low_coef = if low.coef.is_zero() { Coef::ZERO } else { Coef::ONE };
        }
    }
    if high.coef.is_zero() {
        return sum((&Coef::ZERO, high_neg), (&low_coef, low_neg), exp, rules, status);
    }
    let shifted = high.coef.grown((high.exp - exp) as u64, status);
    sum((&shifted, high_neg), (&low_coef, low_neg), exp, rules, status)
}

#[inline]
fn sum((a, a_neg): (&Coef, bool), (b, b_neg): (&Coef, bool), exp: i64, rules: &Rules, status: &mut u32) -> Dec {
    let (negative, coef) = if a_neg == b_neg {
        (a_neg, a.add(b))
    } else {
        match a.cmp(b) {
            Ordering::Greater => (a_neg, a.sub(b)),
            Ordering::Less => (b_neg, b.sub(a)),
            Ordering::Equal => (rules.round == Round::Floor, Coef::ZERO),
        }
    };
    Dec::finite(negative, coef, exp).finish(rules, status)
}

/// The exact product of finite numbers, or what infinities make of it.
fn exact_product(a: &Dec, b: &Dec, status: &mut u32) -> Dec {
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        if a.is_zero() || b.is_zero() {
            return Dec::invalid(flag::INVALID_OPERATION, status);
        }
        return Dec::infinite(negative);
    }
    Dec::finite(negative, a.coef.mul(&b.coef), a.exp + b.exp)
}

pub fn mul(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    if let (Coef::Small(x), Coef::Small(y), true, true) = (&a.coef, &b.coef, a.is_finite(), b.is_finite())
        && x.checked_mul(*y).is_none()
        && let Some(d) = wide_product(a, b, *x, *y, rules, status)
    {
        return d;
    }
    exact_product(a, b, status).finish(rules, status)
}

/// A product of up to 256 bits rounded at once; None where the exponent's range has a say.
fn wide_product(a: &Dec, b: &Dec, x: u128, y: u128, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if rules.prec > 37 {
        return None;
    }
    let w = Wide::mul(x, y);
    let most = digits_of(x) + digits_of(y);
    let mut n = most - rules.prec;
    let (mut q, mut r, mut d);
    loop {
        if !(1..=38).contains(&n) {
            return None;
        }
        d = POW10[n as usize];
        if w.high >= d {
            return None;
        }
        (q, r) = w.div(d);
        if q >= POW10[rules.prec as usize - 1] {
            break;
        }
        n -= 1;
    }
    let exp = a.exp + b.exp + n;
    let adjusted = exp + rules.prec - 1;
    if adjusted < rules.emin || adjusted >= rules.emax || (rules.clamp && exp >= rules.etop()) {
        return None;
    }
    let negative = a.negative != b.negative;
    let tail = tail_of(r, d);
    let kept = Coef::Small(q);
    let coef = if rules.round.rounds_up(negative, &kept, tail) { Coef::Small(q + 1) } else { kept };
    let mut out = Dec::finite(negative, coef, exp);
    out.after_rounding(tail, rules, status);
    Some(out)
}

pub fn fma(a: &Dec, b: &Dec, c: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        // A quiet one still meets the third operand.
        return if a.is_signaling() || b.is_signaling() { n } else { add(&n, c, rules, status) };
    }
    let product = exact_product(a, b, status);
    if product.is_nan() {
        return product;
    }
    add(&product, c, rules, status)
}

pub fn div(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let negative = a.negative != b.negative;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::invalid(flag::INVALID_OPERATION, status),
        (true, false) => return Dec::infinite(negative),
        (false, true) => {
            *status |= flag::CLAMPED;
            return Dec::finite(negative, Coef::ZERO, rules.etiny());
        }
        _ => {}
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            return Dec::invalid(flag::DIVISION_UNDEFINED, status);
        }
        *status |= flag::DIVISION_BY_ZERO;
        return Dec::infinite(negative);
    }
    let ideal = a.exp - b.exp;
    if a.coef.is_zero() {
        return Dec::finite(negative, Coef::ZERO, ideal).finish(rules, status);
    }
    let shift = b.coef.digits() - a.coef.digits() + rules.prec + 1;
    let Some((coef, exact)) = quotient(&a.coef, &b.coef, shift) else {
        return terminating(a, b, ideal)
            .unwrap_or_else(|| Dec::invalid(flag::MALLOC_ERROR, status))
            .finish(rules, status);
    };
    let mut out = Dec::finite(negative, coef, ideal - shift);
    if !exact {
        // A digit that keeps ties and exact results apart from what only looks like them.
        if matches!(out.coef.last_digit(), 0 | 5) {
            out.coef = out.coef.add(&Coef::ONE);
        }
    } else if shift > 0 {
        strip(&mut out, shift as u64);
    }
    out.finish(rules, status)
}

/// Drops at most `limit` zeros at the end.
pub fn strip(d: &mut Dec, limit: u64) {
    let n = d.coef.trailing_zeros(limit);
    if n > 0 {
        d.coef = d.coef.cut(n).0;
        d.exp += n as i64;
    }
}

/// `a * 10^shift / b`, and whether nothing was left; None when that is too large to compute.
fn quotient(a: &Coef, b: &Coef, shift: i64) -> Option<(Coef, bool)> {
    if shift < 0 {
        let (q, r) = a.div_rem(&b.shifted(shift.unsigned_abs()));
        return Some((q, r.is_zero()));
    }
    if shift < 39
        && let (Coef::Small(x), Coef::Small(y)) = (a, b)
    {
        let w = Wide::mul(*x, POW10[shift as usize]);
        if w.high < *y {
            let (q, r) = w.div(*y);
            return Some((Coef::Small(q), r == 0));
        }
    }
    if shift > 1 << 30 {
        return None;
    }
    let (q, r) = a.shifted(shift as u64).div_rem(b);
    Some((q, r.is_zero()))
}

/// The exact quotient when it has finitely many digits, whatever the precision.
fn terminating(a: &Dec, b: &Dec, ideal: i64) -> Option<Dec> {
    let mut d = b.coef.to_big();
    let (mut twos, mut fives) = (0u64, 0u64);
    let g = dashu_int::ops::Gcd::gcd(&a.coef.to_big(), &d);
    d /= &g;
    let mut n = a.coef.to_big() / g;
    while (&d % 2u8) == 0 {
        d /= 2u8;
        twos += 1;
    }
    while (&d % 5u8) == 0 {
        d /= 5u8;
        fives += 1;
    }
    if !d.is_one() {
        return None;
    }
    let shift = twos.max(fives);
    n *= dashu_int::UBig::from(2u8).pow((shift - twos) as usize);
    n *= dashu_int::UBig::from(5u8).pow((shift - fives) as usize);
    Some(Dec::finite(a.negative != b.negative, Coef::from_big(n), ideal - shift as i64))
}

/// Integer quotient and remainder of finite numbers, `b` not zero; None when the quotient has too many digits.
fn div_rem_finite(a: &Dec, b: &Dec, rules: &Rules) -> Option<(Dec, Dec)> {
    let negative = a.negative != b.negative;
    let ideal = a.exp.min(b.exp);
    let zero = Dec::finite(negative, Coef::ZERO, 0);
    if a.coef.is_zero() {
        return Some((zero, Dec { exp: ideal, ..a.clone() }));
    }
    let shift = a.adjusted() - b.adjusted();
    if shift < 0 {
        let r = Dec::finite(a.negative, a.coef.shifted((a.exp - ideal) as u64), ideal);
        return Some((zero, r));
    }
    if shift > rules.prec {
        return None;
    }
    let x = a.coef.shifted((a.exp - ideal) as u64);
    let y = b.coef.shifted((b.exp - ideal) as u64);
    let (q, r) = x.div_rem(&y);
    (q.digits() <= rules.prec).then(|| (Dec::finite(negative, q, 0), Dec::finite(a.negative, r, ideal)))
}

pub fn div_int(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    let negative = a.negative != b.negative;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::invalid(flag::INVALID_OPERATION, status),
        (true, false) => return Dec::infinite(negative),
        (false, true) => return Dec::finite(negative, Coef::ZERO, 0),
        _ => {}
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            return Dec::invalid(flag::DIVISION_UNDEFINED, status);
        }
        *status |= flag::DIVISION_BY_ZERO;
        return Dec::infinite(negative);
    }
    match div_rem_finite(a, b, rules) {
        Some((q, _)) => q.finish(rules, status),
        None => Dec::invalid(flag::DIVISION_IMPOSSIBLE, status),
    }
}

pub fn rem(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    if let Some(r) = rem_special(a, b, rules, status) {
        return r;
    }
    match div_rem_finite(a, b, rules) {
        Some((_, r)) => r.finish(rules, status),
        None => Dec::invalid(flag::DIVISION_IMPOSSIBLE, status),
    }
}

fn rem_special(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if a.is_infinite() {
        return Some(Dec::invalid(flag::INVALID_OPERATION, status));
    }
    if b.is_infinite() {
        return Some(a.clone().finish(rules, status));
    }
    if b.coef.is_zero() {
        let condition = if a.coef.is_zero() { flag::DIVISION_UNDEFINED } else { flag::INVALID_OPERATION };
        return Some(Dec::invalid(condition, status));
    }
    None
}

pub fn divmod(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> (Dec, Dec) {
    if let Some(n) = nans(a, b, rules, status) {
        return (n.clone(), n);
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        let r = Dec::invalid(flag::INVALID_OPERATION, status);
        return (if b.is_infinite() { r.clone() } else { Dec::infinite(negative) }, r);
    }
    if b.is_infinite() {
        return (Dec::finite(negative, Coef::ZERO, 0), a.clone().finish(rules, status));
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            let n = Dec::invalid(flag::DIVISION_UNDEFINED, status);
            return (n.clone(), n);
        }
        let r = Dec::invalid(flag::DIVISION_BY_ZERO | flag::INVALID_OPERATION, status);
        return (Dec::infinite(negative), r);
    }
    match div_rem_finite(a, b, rules) {
        Some((q, r)) => (q.finish(rules, status), r.finish(rules, status)),
        None => {
            let n = Dec::invalid(flag::DIVISION_IMPOSSIBLE, status);
            (n.clone(), n)
        }
    }
}

pub fn remainder_near(a: &Dec, b: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nans(a, b, rules, status) {
        return n;
    }
    if let Some(r) = rem_special(a, b, rules, status) {
        return r;
    }
    let ideal = a.exp.min(b.exp);
    if a.coef.is_zero() {
        return Dec { exp: ideal, ..a.clone() }.finish(rules, status);
    }
    let shift = a.adjusted() - b.adjusted();
    if shift > rules.prec {
        return Dec::invalid(flag::DIVISION_IMPOSSIBLE, status);
    }
    if shift < -1 {
        let r = Dec::finite(a.negative, a.coef.shifted((a.exp - ideal) as u64), ideal);
        return r.finish(rules, status);
    }
    let x = a.coef.shifted((a.exp - ideal) as u64);
    let y = b.coef.shifted((b.exp - ideal) as u64);
    let (mut q, r) = x.div_rem(&y);
    let twice = r.add(&r);
    let up = match twice.cmp(&y) {
        Ordering::Greater => true,
        Ordering::Equal => q.is_odd(),
        Ordering::Less => false,
    };
    let out = if up {
        q = q.add(&Coef::ONE);
        Dec::finite(!a.negative, y.sub(&r), ideal)
    } else {
        Dec::finite(a.negative, r, ideal)
    };
    if q.digits() > rules.prec {
        return Dec::invalid(flag::DIVISION_IMPOSSIBLE, status);
    }
    out.finish(rules, status)
}
