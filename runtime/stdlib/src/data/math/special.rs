//! The gamma function, by Lanczos' approximation with the coefficients that CPython uses.

use super::{arg, expected, out, range_error};
use adder_object::{Obj, PyResult, Vm};
use std::f64::consts::PI;

const LN_PI: f64 = 1.144_729_885_849_400_2;
const G: f64 = 6.024_680_040_776_729_583_740_234_375;
const G_MINUS_HALF: f64 = 5.524_680_040_776_729_583_740_234_375;
#[allow(clippy::excessive_precision)]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// The rational function of the approximation; evaluated in 1/x for large x so that nothing overflows.
fn lanczos_sum(x: f64) -> f64 {
    let (mut n, mut d) = (0.0, 0.0);
    if x < 5.0 {
        for (a, b) in NUMERATOR.iter().zip(&DENOMINATOR).rev() {
            n = n * x + a;
            d = d * x + b;
        }
    } else {
        for (a, b) in NUMERATOR.iter().zip(&DENOMINATOR) {
            n = n / x + a;
            d = d / x + b;
        }
    }
    n / d
}

/// sin(pi * x), exact where pi * x would round.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let r = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * r
}

enum Fault {
    Domain,
    Range,
}

fn gamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(Fault::Domain) };
    }
    if x == 0.0 || (x == x.floor() && x < 0.0) {
        return Err(Fault::Domain);
    }
    if x == x.floor() && x <= 23.0 {
        return Ok((1..x as u64).fold(1u128, |p, k| p * u128::from(k)) as f64);
    }
    let absx = x.abs();
    if absx < 1e-20 {
        let r = 1.0 / x;
        return if r.is_infinite() { Err(Fault::Range) } else { Ok(r) };
    }
    if absx > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(Fault::Range) };
    }
    let y = absx + G_MINUS_HALF;
    // The rounding error of y, needed since y is an exponent below.
    let z = if absx > G_MINUS_HALF { (y - absx) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - absx };
    let z = z * G / y;
    let r = if x < 0.0 {
        let r = -PI / sin_pi(absx) / absx * y.exp() / lanczos_sum(absx);
        let r = r - z * r;
        if absx < 140.0 {
            r / y.powf(absx - 0.5)
        } else {
            let half = y.powf(absx / 2.0 - 0.25);
            r / half / half
        }
    } else {
        let r = lanczos_sum(absx) / y.exp();
        let r = r + z * r;
        if absx < 140.0 {
            r * y.powf(absx - 0.5)
        } else {
            let half = y.powf(absx / 2.0 - 0.25);
            r * half * half
        }
    };
    if r.is_infinite() { Err(Fault::Range) } else { Ok(r) }
}

fn lgamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(Fault::Domain) } else { Ok(0.0) };
    }
    let absx = x.abs();
    if absx < 1e-20 {
        return Ok(-absx.ln());
    }
    let mut r = lanczos_sum(absx).ln() - G;
    r += (absx - 0.5) * ((absx + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        r = LN_PI - sin_pi(absx).abs().ln() - absx.ln() - r;
    }
    if r.is_infinite() { Err(Fault::Range) } else { Ok(r) }
}

fn apply(vm: &Vm, x: &Obj, f: fn(f64) -> Result<f64, Fault>) -> PyResult {
    let x = arg(vm, x)?;
    match f(x) {
        Ok(r) => out(r),
        Err(Fault::Domain) => Err(expected("a noninteger or positive integer", x)),
        Err(Fault::Range) => Err(range_error()),
    }
}
pub fn gamma_fn(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    apply(vm, x, gamma)
}
pub fn lgamma_fn(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    apply(vm, x, lgamma)
}
