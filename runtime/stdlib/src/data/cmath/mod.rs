//! `cmath`: functions of complex numbers.
//!
//! CPython: Modules/cmathmodule.c, with C99 Annex G's values for infinities and NaNs.

mod functions;
mod specials;

use super::complexes::parts;
use super::math;
use adder_num::complex as num;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, PyErr, PyResult, Vm, error, float, module, ops, singletons, tuple};
use functions::{C, Fault, R, c};

#[cold]
fn raised(f: Fault) -> PyErr {
    match f {
        Fault::Domain => error::value_error("math domain error"),
        Fault::Range => error::overflow_error("math range error"),
    }
}

fn arg(vm: &Vm, o: &Obj) -> PyResult<C> {
    let (re, im) = parts(vm, o)?;
    Ok(c(re, im))
}
fn out(z: C) -> PyResult {
    Ok(float::complex(z.re, z.im))
}
fn apply(vm: &Vm, z: &Obj, f: fn(C) -> R) -> PyResult {
    out(f(arg(vm, z)?).map_err(raised)?)
}
fn test(vm: &Vm, z: &Obj, f: fn(C) -> bool) -> PyResult {
    Ok(singletons::bool_obj(f(arg(vm, z)?)))
}
fn log(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let x = functions::log(arg(vm, &a[0])?).map_err(raised)?;
    let Some(base) = a.get(1) else { return out(x) };
    let y = functions::log(arg(vm, base)?).map_err(raised)?;
    let q = num::div(num::Complex { re: x.re, im: x.im }, num::Complex { re: y.re, im: y.im });
    let q = q.map_err(|_| raised(Fault::Domain))?;
    out(c(q.re, q.im))
}
fn abs(z: C) -> PyResult<f64> {
    num::abs(num::Complex { re: z.re, im: z.im }).map_err(|_| raised(Fault::Range))
}
fn isclose(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let (x, y) = (arg(vm, a.req(0))?, arg(vm, a.req(1))?);
    let tolerance = |i: usize, default: f64| a.opt(i).map_or(Ok(default), |o| ops::to_f64(vm, o));
    let (rel, abs_tol) = (tolerance(2, 1e-9)?, tolerance(3, 0.0)?);
    if rel < 0.0 || abs_tol < 0.0 {
        return Err(error::value_error("tolerances must be non-negative"));
    }
    if x.re == y.re && x.im == y.im {
        return Ok(singletons::true_obj());
    }
    let infinite = |z: C| z.re.is_infinite() || z.im.is_infinite();
    if infinite(x) || infinite(y) {
        return Ok(singletons::false_obj());
    }
    let d = abs(c(x.re - y.re, x.im - y.im))?;
    Ok(singletons::bool_obj(math::is_close(d, abs(x)?, abs(y)?, rel, abs_tol)))
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: &[
        method(
            "acos($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::acos)),
            "Return the arc cosine of z.",
        ),
        method(
            "acosh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::acosh)),
            "Return the inverse hyperbolic cosine of z.",
        ),
        method(
            "asin($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::asin)),
            "Return the arc sine of z.",
        ),
        method(
            "asinh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::asinh)),
            "Return the inverse hyperbolic sine of z.",
        ),
        method(
            "atan($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::atan)),
            "Return the arc tangent of z.",
        ),
        method(
            "atanh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::atanh)),
            "Return the inverse hyperbolic tangent of z.",
        ),
        method("cos($module, z, /)", Native::One(|vm, _, z| apply(vm, z, functions::cos)), "Return the cosine of z."),
        method(
            "cosh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::cosh)),
            "Return the hyperbolic cosine of z.",
        ),
        method(
            "exp($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::exp)),
            "Return the exponential value e**z.",
        ),
        method(
            "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            Native::Bound(isclose),
            "Determine whether two complex numbers are close in value.",
        ),
        method(
            "isfinite($module, z, /)",
            Native::One(|vm, _, z| test(vm, z, |z| z.re.is_finite() && z.im.is_finite())),
            "Return True if both the real and imaginary parts of z are finite, else False.",
        ),
        method(
            "isinf($module, z, /)",
            Native::One(|vm, _, z| test(vm, z, |z| z.re.is_infinite() || z.im.is_infinite())),
            "Checks if the real or imaginary part of z is infinite.",
        ),
        method(
            "isnan($module, z, /)",
            Native::One(|vm, _, z| test(vm, z, |z| z.re.is_nan() || z.im.is_nan())),
            "Checks if the real or imaginary part of z not a number (NaN).",
        ),
        method(
            "log($module, z, base=<unrepresentable>, /)",
            Native::Pos(1, 2, log),
            "log(z[, base]) -> the logarithm of z to the given base.",
        ),
        method(
            "log10($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::log10)),
            "Return the base-10 logarithm of z.",
        ),
        method(
            "phase($module, z, /)",
            Native::One(|vm, _, z| {
                let z = arg(vm, z)?;
                Ok(float::from_f64(z.im.atan2(z.re)))
            }),
            "Return argument, also known as the phase angle, of a complex.",
        ),
        method(
            "polar($module, z, /)",
            Native::One(|vm, _, z| {
                let z = arg(vm, z)?;
                Ok(tuple::from_array([float::from_f64(abs(z)?), float::from_f64(z.im.atan2(z.re))]))
            }),
            "Convert a complex from rectangular coordinates to polar coordinates.",
        ),
        method(
            "rect($module, r, phi, /)",
            Native::Pos(2, 2, |vm, _, a| {
                out(functions::rect(ops::to_f64(vm, &a[0])?, ops::to_f64(vm, &a[1])?).map_err(raised)?)
            }),
            "Convert from polar coordinates to rectangular coordinates.",
        ),
        method("sin($module, z, /)", Native::One(|vm, _, z| apply(vm, z, functions::sin)), "Return the sine of z."),
        method(
            "sinh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::sinh)),
            "Return the hyperbolic sine of z.",
        ),
        method(
            "sqrt($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::sqrt)),
            "Return the square root of z.",
        ),
        method("tan($module, z, /)", Native::One(|vm, _, z| apply(vm, z, functions::tan)), "Return the tangent of z."),
        method(
            "tanh($module, z, /)",
            Native::One(|vm, _, z| apply(vm, z, functions::tanh)),
            "Return the hyperbolic tangent of z.",
        ),
    ],
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        for (name, value) in math::constants() {
            d.set_str(name, float::from_f64_identity(value));
        }
        d.set_str("infj", float::complex(0.0, f64::INFINITY));
        d.set_str("nanj", float::complex(0.0, f64::NAN));
        Ok(())
    }),
    ..ModuleSpec::new("cmath")
};
