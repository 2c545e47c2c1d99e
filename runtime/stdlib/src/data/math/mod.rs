//! `math`: functions of real numbers.
//!
//! Invariant: results agree bit for bit with the platform's C library wherever CPython calls it; everything else follows
//! CPython's own algorithm. Not here: `gamma` (special), sums of many numbers (sums), integers (ints).

mod elementary;
mod hyperbolic;
mod ints;
mod special;
mod sums;

pub use elementary::is_close;
pub use hyperbolic::asinh;

use adder_object::spec::{Native, method};
use adder_object::typed::{self, Direction, Typed};
use adder_object::{ModuleSpec, Obj, PyErr, PyResult, Vm, error, float, module, ops, singletons};
use elementary as el;

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        method("acos($module, x, /)", Native::One(acos), "Return the arc cosine (measured in radians) of x."),
        method("acosh($module, x, /)", Native::One(el::acosh_fn), "Return the inverse hyperbolic cosine of x."),
        method("asin($module, x, /)", Native::One(asin), "Return the arc sine (measured in radians) of x."),
        method(
            "asinh($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, asinh)),
            "Return the inverse hyperbolic sine of x.",
        ),
        method(
            "atan($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, f64::atan)),
            "Return the arc tangent (measured in radians) of x.",
        ),
        method(
            "atan2($module, y, x, /)",
            Native::Pos(2, 2, |vm, _, a| real2(vm, a, f64::atan2)),
            "Return the arc tangent (measured in radians) of y/x.",
        ),
        method("atanh($module, x, /)", Native::One(el::atanh_fn), "Return the inverse hyperbolic tangent of x."),
        method("cbrt($module, x, /)", Native::One(|vm, _, x| real(vm, x, libm::cbrt)), "Return the cube root of x."),
        method("ceil($module, x, /)", Native::One(el::ceil), "Return the ceiling of x as an Integral."),
        method(
            "comb($module, n, k, /)",
            Native::Pos(2, 2, ints::comb),
            "Number of ways to choose k items from n items without repetition and without order.",
        ),
        method(
            "copysign($module, x, y, /)",
            Native::Pos(2, 2, |vm, _, a| real2(vm, a, f64::copysign)),
            "Return a float with the magnitude of x but the sign of y.",
        ),
        method(
            "cos($module, x, /)",
            Native::One(|vm, _, x| finite(vm, x, f64::cos)),
            "Return the cosine of x (measured in radians).",
        ),
        method(
            "cosh($module, x, /)",
            Native::One(|vm, _, x| overflowing(vm, x, f64::cosh)),
            "Return the hyperbolic cosine of x.",
        ),
        method(
            "degrees($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, |x| x * (180.0 / std::f64::consts::PI))),
            "Convert angle x from radians to degrees.",
        ),
        method(
            "dist($module, p, q, /)",
            Native::Pos(2, 2, sums::dist),
            "Return the Euclidean distance between two points p and q.",
        ),
        method("erf($module, x, /)", Native::One(|vm, _, x| real(vm, x, libm::erf)), "Error function at x."),
        method(
            "erfc($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, libm::erfc)),
            "Complementary error function at x.",
        ),
        method(
            "exp($module, x, /)",
            Native::One(|vm, _, x| overflowing(vm, x, f64::exp)),
            "Return e raised to the power of x.",
        ),
        method(
            "exp2($module, x, /)",
            Native::One(|vm, _, x| overflowing(vm, x, f64::exp2)),
            "Return 2 raised to the power of x.",
        ),
        method("expm1($module, x, /)", Native::One(|vm, _, x| overflowing(vm, x, f64::exp_m1)), "Return exp(x)-1."),
        method(
            "fabs($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, f64::abs)),
            "Return the absolute value of the float x.",
        ),
        method("factorial($module, n, /)", Native::One(ints::factorial), "Find n!."),
        method("floor($module, x, /)", Native::One(el::floor), "Return the floor of x as an Integral."),
        method(
            "fma($module, x, y, z, /)",
            Native::Pos(3, 3, el::fma),
            "Fused multiply-add operation: (x * y) + z with a single rounding.",
        ),
        method("fmod($module, x, y, /)", Native::Pos(2, 2, el::fmod), "Return fmod(x, y), according to platform C."),
        method(
            "frexp($module, x, /)",
            Native::One(el::frexp),
            "Return the mantissa and exponent of x, as pair (m, e).",
        ),
        method(
            "fsum($module, seq, /)",
            Native::One(sums::fsum),
            "Return an accurate floating-point sum of values in the iterable seq.",
        ),
        method("gamma($module, x, /)", Native::One(special::gamma_fn), "Gamma function at x."),
        method("gcd($module, /, *integers)", Native::Pos(0, usize::MAX, ints::gcd), "Greatest Common Divisor."),
        method(
            "hypot($module, /, *coordinates)",
            Native::Pos(0, usize::MAX, sums::hypot),
            "Multidimensional Euclidean distance from the origin to a point.",
        ),
        method(
            "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            Native::Bound(el::isclose),
            "Determine whether two floating-point numbers are close in value.",
        ),
        method(
            "isfinite($module, x, /)",
            Native::One(|vm, _, x| test(vm, x, f64::is_finite)),
            "Return True if x is neither an infinity nor a NaN, and False otherwise.",
        ),
        method(
            "isinf($module, x, /)",
            Native::One(|vm, _, x| test(vm, x, f64::is_infinite)),
            "Return True if x is a positive or negative infinity, and False otherwise.",
        ),
        method(
            "isnan($module, x, /)",
            Native::One(|vm, _, x| test(vm, x, f64::is_nan)),
            "Return True if x is a NaN (not a number), and False otherwise.",
        ),
        method(
            "isqrt($module, n, /)",
            Native::One(ints::isqrt),
            "Return the integer part of the square root of the input.",
        ),
        method("lcm($module, /, *integers)", Native::Pos(0, usize::MAX, ints::lcm), "Least Common Multiple."),
        method("ldexp($module, x, i, /)", Native::Pos(2, 2, el::ldexp), "Return x * (2**i)."),
        method(
            "lgamma($module, x, /)",
            Native::One(special::lgamma_fn),
            "Natural logarithm of absolute value of Gamma function at x.",
        ),
        method(
            "log",
            Native::Pos(1, 2, el::log),
            "log(x, [base=math.e])\nReturn the logarithm of x to the given base.",
        ),
        method(
            "log10($module, x, /)",
            Native::One(|vm, _, x| el::log_of(vm, x, f64::log10)),
            "Return the base 10 logarithm of x.",
        ),
        method("log1p($module, x, /)", Native::One(el::log1p), "Return the natural logarithm of 1+x (base e)."),
        method(
            "log2($module, x, /)",
            Native::One(|vm, _, x| el::log_of(vm, x, f64::log2)),
            "Return the base 2 logarithm of x.",
        ),
        method("modf($module, x, /)", Native::One(el::modf), "Return the fractional and integer parts of x."),
        method(
            "nextafter($module, x, y, /, *, steps=None)",
            Native::Bound(el::nextafter),
            "Return the floating-point value the given number of steps after x towards y.",
        ),
        method(
            "perm($module, n, k=None, /)",
            Native::Pos(1, 2, ints::perm),
            "Number of ways to choose k items from n items without repetition and with order.",
        ),
        method("pow($module, x, y, /)", Native::Pos(2, 2, el::pow), "Return x**y (x to the power of y)."),
        method(
            "prod($module, iterable, /, *, start=1)",
            Native::Bound(sums::prod),
            "Calculate the product of all the elements in the input iterable.",
        ),
        method(
            "radians($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, |x| x * (std::f64::consts::PI / 180.0))),
            "Convert angle x from degrees to radians.",
        ),
        method(
            "remainder($module, x, y, /)",
            Native::Pos(2, 2, el::remainder),
            "Difference between x and the closest integer multiple of y.",
        ),
        method(
            "sin($module, x, /)",
            Native::One(|vm, _, x| finite(vm, x, f64::sin)),
            "Return the sine of x (measured in radians).",
        ),
        method(
            "sinh($module, x, /)",
            Native::One(|vm, _, x| overflowing(vm, x, f64::sinh)),
            "Return the hyperbolic sine of x.",
        ),
        method("sqrt($module, x, /)", Native::One(sqrt), "Return the square root of x."),
        method(
            "sumprod($module, p, q, /)",
            Native::Pos(2, 2, sums::sumprod),
            "Return the sum of products of values from two iterables p and q.",
        ),
        method(
            "tan($module, x, /)",
            Native::One(|vm, _, x| finite(vm, x, f64::tan)),
            "Return the tangent of x (measured in radians).",
        ),
        method(
            "tanh($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, f64::tanh)),
            "Return the hyperbolic tangent of x.",
        ),
        method(
            "trunc($module, x, /)",
            Native::One(el::trunc),
            "Truncates the Real x to the nearest Integral toward 0.",
        ),
        method(
            "ulp($module, x, /)",
            Native::One(|vm, _, x| real(vm, x, el::ulp)),
            "Return the value of the least significant bit of the float x.",
        ),
    ],
    init: Some(|_, m| {
        typed::register(MODULE.functions, TYPED);
        let d = module::dict(m.obj());
        for (name, value) in constants() {
            d.set_str(name, float::from_f64_identity(value));
        }
        Ok(())
    }),
    ..ModuleSpec::new("math")
};

/// `f` as compiled code calls it.
macro_rules! one {
    ($f:expr) => {{
        extern "C" fn typed(x: f64) -> f64 {
            let f: fn(f64) -> f64 = $f;
            f(x)
        }
        Typed::One(typed)
    }};
}
macro_rules! two {
    ($f:expr) => {{
        extern "C" fn typed(x: f64, y: f64) -> f64 {
            let f: fn(f64, f64) -> f64 = $f;
            f(x, y)
        }
        Typed::Two(typed)
    }};
}
/// Outside the domain of a function, where it raises an error.
const ERROR: f64 = f64::NAN;
/// The same functions as the rows above (TYPED-1).
const TYPED: &[(&str, Typed)] = &[
    ("acos", one!(|x| if x.abs() > 1.0 { ERROR } else { x.acos() })),
    ("asin", one!(|x| if x.abs() > 1.0 { ERROR } else { x.asin() })),
    ("atan", one!(f64::atan)),
    ("atan2", two!(f64::atan2)),
    ("ceil", Typed::Round(Direction::Ceil)),
    ("cos", one!(f64::cos)),
    ("exp", one!(f64::exp)),
    ("fabs", Typed::Abs),
    ("floor", Typed::Round(Direction::Floor)),
    ("log", one!(|x| if x > 0.0 { x.ln() } else { ERROR })),
    ("pow", two!(|x, y| adder_num::float::pow(x, y).unwrap_or(ERROR))),
    ("sin", one!(f64::sin)),
    ("sqrt", Typed::Sqrt),
    ("tan", one!(f64::tan)),
    ("tanh", one!(f64::tanh)),
    ("trunc", Typed::Round(Direction::ToZero)),
];

/// The constants that `math` and `cmath` share.
pub fn constants() -> [(&'static str, f64); 5] {
    use std::f64::consts as c;
    [("pi", c::PI), ("e", c::E), ("tau", c::TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)]
}

#[inline(always)]
fn arg(vm: &Vm, x: &Obj) -> PyResult<f64> {
    match float::as_float(x) {
        Some(x) => Ok(x),
        None => ops::to_f64(vm, x),
    }
}
#[inline(always)]
fn out(x: f64) -> PyResult {
    Ok(float::from_f64(x))
}
fn text(x: f64) -> String {
    adder_num::float::repr(x)
}
#[cold]
fn domain_error() -> PyErr {
    error::value_error("math domain error")
}
#[cold]
fn range_error() -> PyErr {
    error::overflow_error("math range error")
}
/// A domain error that says what the function expected.
#[cold]
fn expected(what: &str, x: f64) -> PyErr {
    error::value_error(format!("expected {what}, got {}", text(x)))
}

/// A function that cannot fail.
#[inline(always)]
fn real(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult {
    out(f(arg(vm, x)?))
}
fn real2(vm: &Vm, a: &[Obj], f: fn(f64, f64) -> f64) -> PyResult {
    out(f(arg(vm, &a[0])?, arg(vm, &a[1])?))
}
fn test(vm: &Vm, x: &Obj, f: fn(f64) -> bool) -> PyResult {
    Ok(singletons::bool_obj(f(arg(vm, x)?)))
}
/// A periodic function: infinities are outside its domain.
#[inline(always)]
fn finite(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult {
    let x = arg(vm, x)?;
    if x.is_infinite() { Err(expected("a finite input", x)) } else { out(f(x)) }
}
/// A function whose infinite result for a finite argument is an overflow.
#[inline(always)]
fn overflowing(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult {
    let x = arg(vm, x)?;
    let r = f(x);
    if r.is_infinite() && x.is_finite() { Err(range_error()) } else { out(r) }
}
fn sqrt(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    let x = arg(vm, x)?;
    if x < 0.0 { Err(expected("a nonnegative input", x)) } else { out(x.sqrt()) }
}
fn unit_range(vm: &Vm, x: &Obj, f: fn(f64) -> f64) -> PyResult {
    let x = arg(vm, x)?;
    if x.abs() > 1.0 { Err(expected("a number in range from -1 up to 1", x)) } else { out(f(x)) }
}
fn acos(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    unit_range(vm, x, f64::acos)
}
fn asin(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    unit_range(vm, x, f64::asin)
}
