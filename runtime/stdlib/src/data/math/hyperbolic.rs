//! The inverse hyperbolic functions, correctly rounded in all but the rarest cases.
//!
//! A first value comes from the usual formulas; its residual, computed with twice the precision, corrects the last digit. Rust's
//! own functions and older C libraries are off by a unit there. A pair (hi, lo) holds the value hi + lo.

use std::f64::consts::LN_2;

type Pair = (f64, f64);

fn sum(a: f64, b: f64) -> Pair {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}
fn quick(a: f64, b: f64) -> Pair {
    let s = a + b;
    (s, b - (s - a))
}
fn add(a: Pair, b: Pair) -> Pair {
    let (s, e) = sum(a.0, b.0);
    quick(s, e + a.1 + b.1)
}
fn mul(a: Pair, b: Pair) -> Pair {
    let p = a.0 * b.0;
    quick(p, a.0.mul_add(b.0, -p) + (a.0 * b.1 + a.1 * b.0))
}
fn div(a: Pair, b: Pair) -> Pair {
    let q = a.0 / b.0;
    let r = add(a, mul((-q, 0.0), b));
    quick(q, (r.0 + r.1) / b.0)
}
fn scale(a: Pair, k: f64) -> Pair {
    (a.0 * k, a.1 * k)
}

/// exp(y) - 1 for 0 <= y < 50.
fn exp_minus_1(y: f64) -> Pair {
    let mut halvings = 0;
    let mut x = y;
    while x > 0.0625 {
        x /= 2.0;
        halvings += 1;
    }
    let mut term = (x, 0.0);
    let mut total = term;
    for n in 2..20 {
        term = div(mul(term, (x, 0.0)), (f64::from(n), 0.0));
        total = add(total, term);
    }
    for _ in 0..halvings {
        total = mul(total, add(total, (2.0, 0.0)));
    }
    total
}

/// `guess` minus a small step, rounded once.
fn corrected(guess: f64, residual: Pair, slope: f64) -> f64 {
    guess - (residual.0 + residual.1) / slope
}
const LN_2_PAIR: Pair = (LN_2, 2.319_046_813_846_299_6e-17);
/// log(2x) of a large x, plus a small addend.
fn log_twice(x: f64, addend: f64) -> f64 {
    let (m, e) = libm::frexp(x);
    // m in [0.5, 1): the logarithm of 2m is not negative.
    let m = 2.0 * m;
    let first = m.ln();
    let residual = add(exp_minus_1(first), (-(m - 1.0), 0.0));
    let small = (first, -(residual.0 + residual.1) / m + addend);
    let whole = mul(LN_2_PAIR, (f64::from(e), 0.0));
    let r = add(whole, small);
    r.0 + r.1
}
const LARGE: f64 = 268_435_456.0;

fn sinh(y: f64) -> Pair {
    let e = exp_minus_1(y);
    scale(add(e, div(e, add(e, (1.0, 0.0)))), 0.5)
}

pub fn asinh(x: f64) -> f64 {
    let w = x.abs();
    if !x.is_finite() || w < 1.0 / LARGE {
        return x;
    }
    let r = if w > LARGE {
        log_twice(w, 0.25 / w / w)
    } else {
        let t = w * w;
        let root = (1.0 + t).sqrt();
        let guess = if w > 2.0 { (2.0 * w + 1.0 / (root + w)).ln() } else { (w + t / (1.0 + root)).ln_1p() };
        corrected(guess, add(sinh(guess), (-w, 0.0)), root)
    };
    r.copysign(x)
}
/// NaN below 1.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 || x.is_nan() {
        return f64::NAN;
    }
    if x == 1.0 || x.is_infinite() {
        return if x == 1.0 { 0.0 } else { x };
    }
    if x >= LARGE {
        return log_twice(x, -0.25 / x / x);
    }
    let t = x - 1.0;
    let root = (t * (x + 1.0)).sqrt();
    let guess = if x > 2.0 { (2.0 * x - 1.0 / (x + root)).ln() } else { (t + (2.0 * t + t * t).sqrt()).ln_1p() };
    // cosh(y) - 1 = e^2 / (2 (1 + e)) with e = exp(y) - 1, without cancellation.
    let e = exp_minus_1(guess);
    let residual = add(div(mul(e, e), scale(add(e, (1.0, 0.0)), 2.0)), (-t, 0.0));
    corrected(guess, residual, root)
}
/// NaN beyond -1 and 1.
pub fn atanh(x: f64) -> f64 {
    let w = x.abs();
    if !(1.0 / LARGE..1.0).contains(&w) || x.is_nan() {
        return if w > 1.0 {
            f64::NAN
        } else if w == 1.0 {
            f64::INFINITY.copysign(x)
        } else {
            x
        };
    }
    let t = w + w;
    let guess = 0.5 * (if w < 0.5 { t + t * w / (1.0 - w) } else { t / (1.0 - w) }).ln_1p();
    // exp(2y) - 1 = 2w / (1 - w).
    let residual = add(mul(exp_minus_1(2.0 * guess), sum(1.0, -w)), (-t, 0.0));
    corrected(guess, residual, 2.0 * (1.0 + w)).copysign(x)
}
