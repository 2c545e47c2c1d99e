//! Rounding, logarithms, inverse hyperbolic functions, and the functions that take floats apart.
//!
//! CPython: Modules/mathmodule.c. The inverse hyperbolic functions are in hyperbolic.rs.

use super::hyperbolic::{acosh, atanh};
use super::{arg, domain_error, expected, out, range_error};
use adder_num::float as num;
use adder_num::int as big;
use adder_object::bind::Bound;
use adder_object::call::call_special;
use adder_object::int::{self, Int};
use adder_object::{Obj, ObjExt, PyResult, Vm, error, float, names, ops, singletons, tuple, types};

pub fn acosh_fn(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    if x < 1.0 { Err(expected("argument value not less than 1", x)) } else { out(acosh(x)) }
}
pub fn atanh_fn(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    if x.abs() >= 1.0 { Err(expected("a number between -1 and 1", x)) } else { out(atanh(x)) }
}
pub fn log1p(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    if x <= -1.0 { Err(expected("argument value > -1", x)) } else { out(x.ln_1p()) }
}

/// A logarithm; ints beyond the float range are scaled first.
pub fn log_of(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult {
    Ok(float::from_f64(log_value(vm, x, f)?))
}
fn log_value(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult<f64> {
    let Some(n) = int::as_int(x) else {
        let x = arg(vm, x)?;
        return if x <= 0.0 { Err(expected("a positive input", x)) } else { Ok(f(x)) };
    };
    if n.is_negative() || n.is_zero() {
        return Err(error::value_error("expected a positive input"));
    }
    let b = match n {
        Int::Small(n) => return Ok(f(n as f64)),
        Int::Big(b) => b,
    };
    let x = b.to_f64().value();
    if x.is_finite() {
        return Ok(f(x));
    }
    let mut e = big::bit_length(b);
    let mut m = big::ldexp_scaled(b, -(e as i64)).unwrap_or(0.5);
    if m == 1.0 {
        m = 0.5;
        e += 1;
    }
    Ok(f(2.0).mul_add(e as f64, f(m)))
}
pub fn log(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let x = log_value(vm, &a[0], f64::ln)?;
    let Some(base) = a.get(1) else { return out(x) };
    let base = log_value(vm, base, f64::ln)?;
    if base == 0.0 { Err(error::zero_division_error("division by zero")) } else { out(x / base) }
}

fn rounded(vm: &Vm, x: &Obj, special: &Obj, f: fn(f64) -> Result<int::IBig, num::FloatError>) -> PyResult {
    if !x.is_exact(&types::FLOAT)
        && let Some(r) = call_special(vm, x, special, &[])?
    {
        return Ok(r);
    }
    whole(arg(vm, x)?, f)
}
fn whole(x: f64, f: fn(f64) -> Result<int::IBig, num::FloatError>) -> PyResult {
    match f(x) {
        Ok(n) => Ok(int::from_big(n)),
        Err(_) if x.is_nan() => Err(error::value_error("cannot convert float NaN to integer")),
        Err(_) => Err(error::overflow_error("cannot convert float infinity to integer")),
    }
}
/// The int of a float that already is whole and fits 62 bits.
fn small_whole(x: f64) -> Option<Obj> {
    (x.abs() < (1i64 << 60) as f64).then(|| int::from_i64(x as i64))
}
pub fn floor(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    if let Some(r) = x.small_float().and_then(|x| small_whole(x.floor())) {
        return Ok(r);
    }
    rounded(vm, x, &names().__floor__, num::floor)
}
pub fn ceil(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    if let Some(r) = x.small_float().and_then(|x| small_whole(x.ceil())) {
        return Ok(r);
    }
    rounded(vm, x, &names().__ceil__, num::ceil)
}
pub fn trunc(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    if x.is_exact(&types::FLOAT) {
        return whole(arg(vm, x)?, num::to_int);
    }
    call_special(vm, x, &names().__trunc__, &[])?
        .ok_or_else(|| error::type_error(format!("type {} doesn't define __trunc__ method", x.ty().tp_name())))
}

pub fn fma(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (x, y, z) = (arg(vm, &a[0])?, arg(vm, &a[1])?, arg(vm, &a[2])?);
    let r = x.mul_add(y, z);
    if r.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(error::value_error("invalid operation in fma"));
    }
    if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(error::overflow_error("overflow in fma"));
    }
    out(r)
}
pub fn fmod(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (x, y) = (arg(vm, &a[0])?, arg(vm, &a[1])?);
    if y.is_infinite() && x.is_finite() {
        return out(x);
    }
    let r = x % y;
    if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { out(r) }
}
pub fn remainder(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (x, y) = (arg(vm, &a[0])?, arg(vm, &a[1])?);
    if x.is_nan() || y.is_nan() {
        return out(if x.is_nan() { x } else { y });
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain_error());
    }
    if y.is_infinite() {
        return out(x);
    }
    let (absx, absy) = (x.abs(), y.abs());
    let m = absx % absy;
    // `c` is the exact distance to the next multiple; comparing with it decides the tie without rounding.
    let c = absy - m;
    let r = if m < c {
        m
    } else if m > c {
        -c
    } else {
        m - 2.0 * ((0.5 * (absx - m)) % absy)
    };
    out(1f64.copysign(x) * r)
}
pub fn pow(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (x, y) = (arg(vm, &a[0])?, arg(vm, &a[1])?);
    let r = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if r.is_nan() || (r.is_infinite() && x == 0.0) {
            return Err(domain_error());
        }
        if r.is_infinite() {
            return Err(range_error());
        }
    }
    out(r)
}
pub fn frexp(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    let (m, e) = if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) };
    Ok(tuple::from_array([float::from_f64(m), int::from_i64(e.into())]))
}
pub fn ldexp(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let x = arg(vm, &a[0])?;
    let Some(e) = int::as_int(&a[1]) else {
        return Err(error::type_error("Expected an int as second argument to ldexp."));
    };
    let e = e.to_i64().unwrap_or(if e.is_negative() { i64::MIN } else { i64::MAX });
    if x == 0.0 || !x.is_finite() {
        return out(x);
    }
    let r = libm::ldexp(x, e.clamp(-100_000, 100_000) as i32);
    if r.is_infinite() { Err(range_error()) } else { out(r) }
}
pub fn modf(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    let (fraction, whole) = match x {
        _ if x.is_infinite() => (0f64.copysign(x), x),
        _ if x.is_nan() => (x, x),
        _ => ((x - x.trunc()).copysign(x), x.trunc()),
    };
    Ok(tuple::from_array([float::from_f64(fraction), float::from_f64(whole)]))
}
pub fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let next = x.next_up();
    if next.is_infinite() { x - x.next_down() } else { next - x }
}

/// Position of a float in the order of all floats; both zeros are at 0.
fn rank(x: f64) -> i64 {
    let magnitude = (x.to_bits() & !(1 << 63)) as i64;
    if x.is_sign_negative() { -magnitude } else { magnitude }
}
pub fn nextafter(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let (x, y) = (arg(vm, a.req(0))?, arg(vm, a.req(1))?);
    let steps = match a.opt_not_none(2) {
        None => 1,
        Some(s) => {
            let i = ops::index(vm, s)?;
            match int::as_int(&i) {
                Some(n) if n.is_negative() => {
                    return Err(error::value_error("steps must be a non-negative integer"));
                }
                n => n.and_then(|n| big::to_u64(&n.to_big())).unwrap_or(u64::MAX),
            }
        }
    };
    if steps == 0 || x.is_nan() {
        return out(x);
    }
    if y.is_nan() || x == y {
        return out(y);
    }
    let (from, to) = (i128::from(rank(x)), i128::from(rank(y)));
    let distance = (to - from).abs();
    if i128::from(steps) >= distance {
        return out(y);
    }
    let at = if to > from { from + i128::from(steps) } else { from - i128::from(steps) };
    let r = f64::from_bits(at.unsigned_abs() as u64);
    // A walk that ends at zero keeps the sign of the side it came from.
    out(if at < 0 || (at == 0 && x < 0.0) { -r } else { r })
}

/// PEP 485's closeness of `difference` between values of these magnitudes.
pub fn is_close(difference: f64, a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> bool {
    difference <= (rel_tol * b).abs() || difference <= (rel_tol * a).abs() || difference <= abs_tol
}
/// The tolerances of `isclose`, from places 2 and 3.
pub fn tolerances(vm: &Vm, a: &Bound<'_>) -> PyResult<(f64, f64)> {
    let rel = a.opt(2).map_or(Ok(1e-9), |x| arg(vm, x))?;
    let abs = a.opt(3).map_or(Ok(0.0), |x| arg(vm, x))?;
    if rel < 0.0 || abs < 0.0 {
        return Err(error::value_error("tolerances must be non-negative"));
    }
    Ok((rel, abs))
}
pub fn isclose(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let (x, y) = (arg(vm, a.req(0))?, arg(vm, a.req(1))?);
    let (rel, abs) = tolerances(vm, a)?;
    let close = x == y || (x.is_finite() && y.is_finite() && is_close((y - x).abs(), x, y, rel, abs));
    Ok(singletons::bool_obj(close))
}
