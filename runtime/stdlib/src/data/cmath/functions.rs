//! The functions themselves, on pairs of floats.

use super::specials::{self as s, Table};
use crate::data::math;
use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct C {
    pub re: f64,
    pub im: f64,
}
pub const fn c(re: f64, im: f64) -> C {
    C { re, im }
}
pub enum Fault {
    Domain,
    Range,
}
pub type R = Result<C, Fault>;

/// Beyond these, squares and exponentials would overflow.
const LARGE: f64 = f64::MAX / 4.0;
const TINY: f64 = f64::MIN_POSITIVE;
/// log(LARGE)
const LOG_LARGE: f64 = 708.396_418_532_264_1;
const SCALE_UP: i32 = 53;
const SCALE_DOWN: i32 = -27;

fn finite(z: C) -> bool {
    z.re.is_finite() && z.im.is_finite()
}
fn special(table: &Table, z: C) -> C {
    let (re, im) = s::value(table, z.re, z.im);
    c(re, im)
}
fn ranged(z: C) -> R {
    if z.re.is_infinite() || z.im.is_infinite() { Err(Fault::Range) } else { Ok(z) }
}
fn ldexp(x: f64, e: i32) -> f64 {
    libm::ldexp(x, e)
}
/// f(iz) / i for an odd f whose values at iz are known.
fn rotated(f: fn(C) -> R, z: C) -> R {
    let r = f(c(-z.im, z.re))?;
    Ok(c(r.im, -r.re))
}

fn root(z: C) -> C {
    if !finite(z) {
        return special(&s::SQRT, z);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return c(0.0, z.im);
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let r = if ax < TINY && ay < TINY && (ax > 0.0 || ay > 0.0) {
        let ax = ldexp(ax, SCALE_UP);
        ldexp((ax + ax.hypot(ldexp(ay, SCALE_UP))).sqrt(), SCALE_DOWN)
    } else {
        let ax = ax / 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * r);
    if z.re >= 0.0 { c(r, d.copysign(z.im)) } else { c(d, r.copysign(z.im)) }
}
pub fn sqrt(z: C) -> R {
    Ok(root(z))
}
fn is_large(z: C) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}
/// log|z| for large parts, plus a second log(2) of the inverse functions.
fn log_large(z: C) -> f64 {
    (z.re / 2.0).hypot(z.im / 2.0).ln() + LN_2 * 2.0
}
pub fn acos(z: C) -> R {
    if !finite(z) {
        return Ok(special(&s::ACOS, z));
    }
    if is_large(z) {
        let im = if z.re < 0.0 { -log_large(z).copysign(z.im) } else { log_large(z).copysign(-z.im) };
        return Ok(c(z.im.abs().atan2(z.re), im));
    }
    let s1 = root(c(1.0 - z.re, -z.im));
    let s2 = root(c(1.0 + z.re, z.im));
    Ok(c(2.0 * s1.re.atan2(s2.re), math::asinh(s2.re * s1.im - s2.im * s1.re)))
}
pub fn acosh(z: C) -> R {
    if !finite(z) {
        return Ok(special(&s::ACOSH, z));
    }
    if is_large(z) {
        return Ok(c(log_large(z), z.im.atan2(z.re)));
    }
    let s1 = root(c(z.re - 1.0, z.im));
    let s2 = root(c(z.re + 1.0, z.im));
    Ok(c(math::asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * s1.im.atan2(s2.re)))
}
pub fn asin(z: C) -> R {
    rotated(asinh, z)
}
pub fn asinh(z: C) -> R {
    if !finite(z) {
        return Ok(special(&s::ASINH, z));
    }
    if is_large(z) {
        let re = if z.im >= 0.0 { log_large(z).copysign(z.re) } else { -log_large(z).copysign(-z.re) };
        return Ok(c(re, z.im.atan2(z.re.abs())));
    }
    let s1 = root(c(1.0 + z.im, -z.re));
    let s2 = root(c(1.0 - z.im, z.re));
    Ok(c(math::asinh(s1.re * s2.im - s2.re * s1.im), z.im.atan2(s1.re * s2.re - s1.im * s2.im)))
}
pub fn atan(z: C) -> R {
    rotated(atanh, z)
}
pub fn atanh(z: C) -> R {
    if !finite(z) {
        return Ok(special(&s::ATANH, z));
    }
    if z.re.is_sign_negative() {
        let r = atanh(c(-z.re, -z.im))?;
        return Ok(c(-r.re, -r.im));
    }
    let ay = z.im.abs();
    let sqrt_large = LARGE.sqrt();
    if z.re > sqrt_large || ay > sqrt_large {
        let h = (z.re / 2.0).hypot(z.im / 2.0);
        return Ok(c(z.re / 4.0 / h / h, -FRAC_PI_2.copysign(-z.im)));
    }
    if z.re == 1.0 && ay < TINY.sqrt() {
        if ay == 0.0 {
            return Err(Fault::Domain);
        }
        return Ok(c(-(ay.sqrt() / ay.hypot(2.0).sqrt()).ln(), (2f64.atan2(-ay) / 2.0).copysign(z.im)));
    }
    let re = (4.0 * z.re / ((1.0 - z.re) * (1.0 - z.re) + ay * ay)).ln_1p() / 4.0;
    Ok(c(re, -(-2.0 * z.im).atan2((1.0 - z.re) * (1.0 + z.re) - ay * ay) / 2.0))
}
pub fn cos(z: C) -> R {
    cosh(c(-z.im, z.re))
}
pub fn sin(z: C) -> R {
    rotated(sinh, z)
}
pub fn tan(z: C) -> R {
    rotated(tanh, z)
}
const INF: f64 = f64::INFINITY;
/// An infinite real part with a finite angle that is not zero: the direction comes from the angle.
fn has_direction(z: C) -> bool {
    z.re.is_infinite() && z.im.is_finite() && z.im != 0.0
}
pub fn cosh(z: C) -> R {
    if !finite(z) {
        if has_direction(z) {
            let im = INF.copysign(z.im.sin());
            return Ok(c(INF.copysign(z.im.cos()), if z.re > 0.0 { im } else { -im }));
        }
        return if z.im.is_infinite() && !z.re.is_nan() { Err(Fault::Domain) } else { Ok(special(&s::COSH, z)) };
    }
    ranged(if z.re.abs() > LOG_LARGE {
        let x = z.re - 1f64.copysign(z.re);
        c(z.im.cos() * x.cosh() * E, z.im.sin() * x.sinh() * E)
    } else {
        c(z.im.cos() * z.re.cosh(), z.im.sin() * z.re.sinh())
    })
}
pub fn sinh(z: C) -> R {
    if !finite(z) {
        if has_direction(z) {
            let re = INF.copysign(z.im.cos());
            return Ok(c(if z.re > 0.0 { re } else { -re }, INF.copysign(z.im.sin())));
        }
        return if z.im.is_infinite() && !z.re.is_nan() { Err(Fault::Domain) } else { Ok(special(&s::SINH, z)) };
    }
    ranged(if z.re.abs() > LOG_LARGE {
        let x = z.re - 1f64.copysign(z.re);
        c(z.im.cos() * x.sinh() * E, z.im.sin() * x.cosh() * E)
    } else {
        c(z.im.cos() * z.re.sinh(), z.im.sin() * z.re.cosh())
    })
}
pub fn tanh(z: C) -> R {
    if !finite(z) {
        if has_direction(z) {
            let im = 0f64.copysign(2.0 * z.im.sin() * z.im.cos());
            return Ok(c(1f64.copysign(z.re), im));
        }
        return if z.im.is_infinite() && z.re.is_finite() { Err(Fault::Domain) } else { Ok(special(&s::TANH, z)) };
    }
    if z.re.abs() > LOG_LARGE {
        return Ok(c(1f64.copysign(z.re), 4.0 * z.im.sin() * z.im.cos() * (-2.0 * z.re.abs()).exp()));
    }
    let (tx, ty, cx) = (z.re.tanh(), z.im.tan(), 1.0 / z.re.cosh());
    let txty = tx * ty;
    let d = 1.0 + txty * txty;
    Ok(c(tx * (1.0 + ty * ty) / d, ((ty / d) * cx) * cx))
}
pub fn exp(z: C) -> R {
    if !finite(z) {
        if has_direction(z) {
            let size = if z.re > 0.0 { INF } else { 0.0 };
            return Ok(c(size.copysign(z.im.cos()), size.copysign(z.im.sin())));
        }
        let domain = z.im.is_infinite() && (z.re.is_finite() || z.re == INF);
        return if domain { Err(Fault::Domain) } else { Ok(special(&s::EXP, z)) };
    }
    ranged(if z.re > LOG_LARGE {
        let l = (z.re - 1.0).exp();
        c(l * z.im.cos() * E, l * z.im.sin() * E)
    } else {
        let l = z.re.exp();
        c(l * z.im.cos(), l * z.im.sin())
    })
}
pub fn log(z: C) -> R {
    if !finite(z) {
        return Ok(special(&s::LOG, z));
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let re = if is_large(z) {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < TINY && ay < TINY {
        if ax == 0.0 && ay == 0.0 {
            return Err(Fault::Domain);
        }
        ldexp(ax, SCALE_UP).hypot(ldexp(ay, SCALE_UP)).ln() - f64::from(SCALE_UP) * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (big, small) = if ax > ay { (ax, ay) } else { (ay, ax) };
            ((big - 1.0) * (big + 1.0) + small * small).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok(c(re, z.im.atan2(z.re)))
}
pub fn log10(z: C) -> R {
    let r = log(z)?;
    Ok(c(r.re / LN_10, r.im / LN_10))
}
pub fn rect(r: f64, phi: f64) -> R {
    if !r.is_finite() || !phi.is_finite() {
        if r.is_infinite() && phi.is_finite() && phi != 0.0 {
            let z = c(INF.copysign(phi.cos()), INF.copysign(phi.sin()));
            return Ok(if r > 0.0 { z } else { c(-z.re, -z.im) });
        }
        let domain = r != 0.0 && !r.is_nan() && phi.is_infinite();
        return if domain { Err(Fault::Domain) } else { Ok(special(&s::RECT, c(r, phi))) };
    }
    Ok(if phi == 0.0 { c(r, r * phi) } else { c(r * phi.cos(), r * phi.sin()) })
}
