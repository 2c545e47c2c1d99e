//! Square root, exponential and logarithms, all correctly rounded.
//!
//! The transcendental ones are computed in binary fixed point with a proven margin; when rounding is not the same over the whole
//! margin, again with more bits. Their results are irrational but for the cases treated first, so this ends.

use super::arith::{nan, sub};
use super::coef::{Coef, pow10};
use super::number::{Dec, Round, Rules, flag};
use adder_mem::heap::Global;
use dashu_int::ops::{BitTest, DivRem, SquareRoot};
use dashu_int::{IBig, UBig};

/// The most digits that are computed at all; more do not fit a memory.
pub const MOST: i64 = 1 << 30;

pub fn sqrt(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_zero() {
        return Dec::finite(a.negative, Coef::ZERO, a.exp >> 1).finish(rules, status);
    }
    if a.negative {
        return Dec::invalid(flag::INVALID_OPERATION, status);
    }
    if a.is_infinite() {
        return a.clone();
    }
    let rules = &rules.with_round(Round::HalfEven);
    let digits = a.coef.digits();
    let mut exp = a.exp >> 1;
    let (coef, len) =
        if a.exp & 1 == 1 { (a.coef.shifted(1), (digits >> 1) + 1) } else { (a.coef.clone(), (digits + 1) >> 1) };
    let whole = coef.to_big();
    let root = whole.sqrt();
    if &root * &root == whole {
        return Dec::finite(false, Coef::from_big(root), exp).finish(rules, status);
    }
    let shift = rules.prec + 1 - len;
    if shift > MOST {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    let (c, mut exact) = if shift >= 0 {
        (whole * pow10(2 * shift as u64), true)
    } else {
        let (q, r) = whole.div_rem(pow10(2 * shift.unsigned_abs()));
        (q, r.is_zero())
    };
    exp -= shift;
    let mut n = c.sqrt();
    exact = exact && &n * &n == c;
    if !exact && (&n % 5u8) == 0 {
        n += 1u8;
    }
    let mut out = Dec::finite(false, Coef::from_big(n), exp);
    if exact && shift > 0 {
        super::arith::strip(&mut out, shift as u64);
    }
    out.finish(rules, status)
}

/// `x * 2^w`, rounded down.
fn fixed(x: &Dec, w: usize) -> IBig {
    let c = x.coef.to_big();
    let n = if x.exp >= 0 { (c * pow10(x.exp as u64)) << w } else { (c << w) / pow10(x.exp.unsigned_abs()) };
    if x.negative { -IBig::from(n) } else { IBig::from(n) }
}

static LN10: Global<Option<(usize, IBig)>> = Global::new(None);

/// `ln(10) * 2^w` within one unit.
fn ln10(w: usize) -> IBig {
    if let Some((have, v)) = LN10.get().as_ref()
        && *have >= w
    {
        return v.clone() >> (have - w);
    }
    let guard = w + 32;
    let atanh = |n: u32| {
        let (one, square) = (IBig::ONE << guard, IBig::from(n) * n);
        let (mut term, mut k) = (one / n, 1u32);
        let mut sum = term.clone();
        while term != IBig::ZERO {
            term /= &square;
            k += 2;
            sum += &term / k;
        }
        sum
    };
    let v: IBig = (atanh(31) * 46 + atanh(49) * 34 + atanh(161) * 20) >> 32usize;
    *LN10.get() = Some((w, v.clone()));
    v
}

/// `exp(r) * 2^w` for `|r| < 3`, within 2^8 units.
fn exp_fixed(r: &IBig, w: usize) -> IBig {
    // Halve the argument, sum the series, square back. Each squaring doubles the error.
    let halvings = ((w as f64).sqrt() as usize / 2).max(8);
    let wide = w + 2 * halvings + 32;
    let x: IBig = (r << (wide - w)) >> halvings;
    let one = IBig::ONE << wide;
    let mut sum = &one + &x;
    let mut term = x.clone();
    let mut k = 2u32;
    loop {
        term = ((term * &x) >> wide) / k;
        if term == IBig::ZERO || term == -IBig::ONE {
            break;
        }
        sum += &term;
        k += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> wide;
    }
    sum >> (wide - w)
}

/// `ln(m) * 2^w` for `m` in [1/16, 16) given with `w` bits, within 2^12 units.
fn ln_fixed(m: &IBig, w: usize) -> IBig {
    let shift = m.bit_len().saturating_sub(60);
    let top = i64::try_from(m >> shift).unwrap_or(1) as f64;
    let guess = top.ln() + (shift as f64 - w as f64) * std::f64::consts::LN_2;
    let mut have = 46usize;
    let mut y = IBig::from((guess * (1u64 << 50) as f64) as i64);
    let mut y_bits = 50usize;
    while have < w {
        // Halley's step triples the correct bits.
        have = (have * 3 - 8).min(w);
        let bits = (have + 16).min(w + 16);
        y = if bits >= y_bits { y << (bits - y_bits) } else { y >> (y_bits - bits) };
        y_bits = bits;
        let e = exp_fixed(&y, bits);
        let x = if bits >= w { m << (bits - w) } else { m >> (w - bits) };
        let (num, den) = ((&x - &e) << (bits + 1), &x + &e);
        y += num / den;
    }
    if y_bits >= w { y >> (y_bits - w) } else { y << (w - y_bits) }
}

/// A bound of `v / 2^w` as a decimal number of at least `digits` digits, with a last digit that says "and more".
fn as_decimal(v: &UBig, w: usize, digits: i64, shift: i64) -> Dec {
    let magnitude = (v.bit_len() as i64 - w as i64) * 30103 / 100_000;
    let scale = digits + 2 - magnitude;
    let n = if scale >= 0 { (v * pow10(scale as u64)) >> w } else { (v >> w) / pow10(scale.unsigned_abs()) };
    Dec::finite(false, Coef::from_big(n * 10u8 + 1u8), shift - scale - 1)
}

/// The number between `v - margin` and `v + margin` (of 2^-w) rounded, when all of them round alike.
fn settle(v: &IBig, w: usize, margin: u32, shift: i64, rules: &Rules) -> Option<(Dec, u32)> {
    let negative = *v < IBig::ZERO;
    let size = if negative { -v } else { v.clone() };
    let margin = IBig::from(margin);
    let low = UBig::try_from(&size - &margin).ok().filter(|n| !n.is_zero())?;
    let high = UBig::try_from(size + margin).ok()?;
    let make = |n: &UBig| {
        let mut status = flag::INEXACT | flag::ROUNDED;
        let mut d = as_decimal(n, w, rules.prec, shift);
        d.negative = negative;
        (d.finish(rules, &mut status), status)
    };
    let (a, status) = make(&low);
    let (b, _) = make(&high);
    (a.kind == b.kind && a.exp == b.exp && a.coef == b.coef).then_some((a, status))
}

fn bits_for(digits: i64) -> usize {
    (digits as usize * 3322) / 1000 + 4
}

pub fn exp(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = nan(a, rules, status) {
        return n;
    }
    if a.is_infinite() {
        return if a.negative { Dec::finite(false, Coef::ZERO, 0) } else { a.clone() };
    }
    if a.coef.is_zero() {
        return Dec::one(false);
    }
    let rules = &rules.with_round(Round::HalfEven);
    let adjusted = a.adjusted();
    if adjusted > 19 {
        let exp = if a.negative { rules.etiny() - 1 } else { rules.emax + 1 };
        return Dec::finite(false, Coef::ONE, exp).finish(rules, status);
    }
    if rules.prec > MOST {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    if adjusted < -(rules.prec + 2) {
        *status |= flag::INEXACT | flag::ROUNDED;
        return Dec::finite(false, Coef::ONE.shifted(rules.prec as u64 - 1), 1 - rules.prec).finish(rules, status);
    }
    let mut w = bits_for(rules.prec) + 32;
    loop {
        let wide = w + 70;
        let x = fixed(a, wide);
        let base = ln10(wide);
        let k = (&x + (&base >> 1usize)).div_euclid_by(&base);
        let r = (x - &k * base) >> (wide - w);
        let e = exp_fixed(&r, w);
        let shift = i64::try_from(&k).unwrap_or(0);
        if let Some((d, flags)) = settle(&e, w, 1 << 16, shift, rules) {
            *status |= flags;
            return d;
        }
        w += w / 2;
    }
}

trait DivFloor {
    fn div_euclid_by(&self, d: &IBig) -> IBig;
}
impl DivFloor for IBig {
    fn div_euclid_by(&self, d: &IBig) -> IBig {
        use dashu_int::ops::DivEuclid;
        self.div_euclid(d)
    }
}

/// `ln(a)` with `w` good bits behind the point, for positive finite numbers.
fn ln_bits(a: &Dec, w: usize) -> IBig {
    let adjusted = a.adjusted();
    // Near one the number itself, not its first digits, goes into the series: nothing cancels.
    let tens = if adjusted == -1 { 0 } else { adjusted };
    let wide = w + 72;
    let m = fixed(&Dec::finite(false, a.coef.clone(), a.exp - tens), wide);
    ((ln_fixed(&m, wide)) + ln10(wide) * tens) >> (wide - w)
}

/// Bits that are lost because the logarithm is small.
fn small_logarithm(a: &Dec) -> usize {
    if !matches!(a.adjusted(), -1 | 0) {
        return 0;
    }
    let mut ignored = 0;
    let d = sub(a, &Dec::one(false), &Rules::MAX, &mut ignored);
    bits_for((-d.adjusted()).max(0))
}

/// What both logarithms do with special operands.
fn log_special(a: &Dec, rules: &Rules, status: &mut u32) -> Option<Dec> {
    if let Some(n) = nan(a, rules, status) {
        return Some(n);
    }
    if a.is_zero() {
        return Some(Dec::infinite(true));
    }
    if a.negative {
        return Some(Dec::invalid(flag::INVALID_OPERATION, status));
    }
    if a.is_infinite() {
        return Some(a.clone());
    }
    None
}

pub fn ln(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(d) = log_special(a, rules, status) {
        return d;
    }
    if a.order(&Dec::one(false)).is_eq() {
        return Dec::finite(false, Coef::ZERO, 0);
    }
    logarithm(a, rules, status, |v, _| v)
}

pub fn log10(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(d) = log_special(a, rules, status) {
        return d;
    }
    let digits = a.coef.digits();
    if a.coef.trailing_zeros(u64::MAX) as i64 == digits - 1 && a.coef.cut(digits as u64 - 1).0 == Coef::ONE {
        return Dec::small(a.adjusted()).finish(&rules.with_round(Round::HalfEven), status);
    }
    logarithm(a, rules, status, |v, w| (v << w) / ln10(w))
}

fn logarithm(a: &Dec, rules: &Rules, status: &mut u32, scale: fn(IBig, usize) -> IBig) -> Dec {
    if rules.prec > MOST {
        return Dec::invalid(flag::MALLOC_ERROR, status);
    }
    let rules = &rules.with_round(Round::HalfEven);
    let lost = small_logarithm(a);
    let mut w = bits_for(rules.prec) + 32 + lost;
    loop {
        let v = scale(ln_bits(a, w), w);
        if let Some((d, flags)) = settle(&v, w, 1 << 16, 0, rules) {
            *status |= flags;
            return d;
        }
        w += w / 2;
    }
}
