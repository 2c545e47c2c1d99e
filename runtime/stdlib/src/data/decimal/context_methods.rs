//! The methods of `decimal.Context`: one row each, and the small functions behind them.

use super::context::{self, Context, SignalDict};
use super::decimal_methods::{and, copy_sign, max, max_mag, min, min_mag, or, total, total_mag, xor};
use super::number::{Dec, Kind, Rules, to_text};
use super::object::{self, Decimal, argument, new};
use super::{arith, convert, digits, elementary};
use crate::functional::shared::text;
use adder_object::bind::Bound;
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{Obj, ObjExt, PyResult, Vm, error, float, int, singletons};

macro_rules! unary {
    ($f:expr) => {
        Native::One(|_, o, x| object::apply1(o.this::<Context>()?, x, $f))
    };
}
macro_rules! binary {
    ($f:expr) => {
        Native::Pos(2, 2, |_, o, a| object::apply2(o.this::<Context>()?, &a[0], &a[1], $f))
    };
}
macro_rules! test {
    ($f:expr) => {
        Native::One(|_, _, x| {
            let f: fn(&Dec) -> bool = $f;
            let mut p = None;
            Ok(singletons::bool_obj(f(argument(x, &mut p)?)))
        })
    };
}
macro_rules! range_test {
    ($f:path) => {
        Native::One(|_, o, x| {
            let mut p = None;
            Ok(singletons::bool_obj($f(argument(x, &mut p)?, &rules(o)?)))
        })
    };
}

#[rustfmt::skip]
pub static METHODS: &[MethodDef] = &[
    method("Etiny($self, /)", Native::NoArgs(|_, o| Ok(int::from_i64(rules(o)?.etiny()))), "Return a value equal to Emin - prec + 1, which is the minimum exponent value\nfor subnormal results.  When underflow occurs, the exponent is set to Etiny."),
    method("Etop($self, /)", Native::NoArgs(|_, o| Ok(int::from_i64(rules(o)?.etop()))), "Return a value equal to Emax - prec + 1.  This is the maximum exponent\nif the _clamp field of the context is set to 1 (IEEE clamp mode).  Etop()\nmust not be negative."),
    method("__copy__($self, /)", Native::NoArgs(copied), ""),
    method("__reduce__($self, /)", Native::NoArgs(context::context_reduce), ""),
    method("_apply($self, object, /)", Native::One(applied), ""),
    method("abs($self, x, /)", unary!(object::absolute), "Return the absolute value of x."),
    method("add($self, x, y, /)", binary!(arith::add), "Return the sum of x and y."),
    method("canonical($self, x, /)", Native::One(|_, _, x| decimal_only(x)), "Return a new instance of x."),
    method("clear_flags($self, /)", Native::NoArgs(|_, o| clear(&o.this::<Context>()?.flags)), "Reset all flags to False."),
    method("clear_traps($self, /)", Native::NoArgs(|_, o| clear(&o.this::<Context>()?.traps)), "Set all traps to False."),
    method("compare($self, x, y, /)", binary!(digits::compare), "Compare x and y numerically."),
    method("compare_signal($self, x, y, /)", binary!(digits::compare_signal), "Compare x and y numerically.  All NaNs signal."),
    method("compare_total($self, x, y, /)", binary!(total), "Compare x and y using their abstract representation."),
    method("compare_total_mag($self, x, y, /)", binary!(total_mag), "Compare x and y using their abstract representation, ignoring sign."),
    method("copy($self, /)", Native::NoArgs(copied), "Return a duplicate of the context."),
    method("copy_abs($self, x, /)", Native::One(|_, _, x| changed(x, |d| d.with_sign(false))), "Return a copy of x with the sign set to 0."),
    method("copy_decimal($self, x, /)", Native::One(|_, _, x| changed(x, Dec::clone)), "Return a copy of Decimal x."),
    method("copy_negate($self, x, /)", Native::One(|_, _, x| changed(x, Dec::negated)), "Return a copy of x with the sign inverted."),
    method("copy_sign($self, x, y, /)", binary!(copy_sign), "Copy the sign from y to x."),
    method("create_decimal($self, num=\"0\", /)", Native::Pos(0, 1, create), "Create a new Decimal instance from num, using self as the context. Unlike the\nDecimal constructor, this function observes the context limits."),
    method("create_decimal_from_float($self, f, /)", Native::One(create_from_float), "Create a new Decimal instance from float f.  Unlike the Decimal.from_float()\nclass method, this function observes the context limits."),
    method("divide($self, x, y, /)", binary!(arith::div), "Return x divided by y."),
    method("divide_int($self, x, y, /)", binary!(arith::div_int), "Return x divided by y, truncated to an integer."),
    method("divmod($self, x, y, /)", Native::Pos(2, 2, divmod), "Return quotient and remainder of the division x / y."),
    method("exp($self, x, /)", unary!(elementary::exp), "Return e ** x."),
    method("fma($self, x, y, z, /)", Native::Pos(3, 3, fma), "Return x multiplied by y, plus z."),
    method("is_canonical($self, x, /)", Native::One(|_, _, x| decimal_only(x).map(|_| singletons::true_obj())), "Return True if x is canonical, False otherwise."),
    method("is_finite($self, x, /)", test!(|d| d.is_finite()), "Return True if x is finite, False otherwise."),
    method("is_infinite($self, x, /)", test!(|d| d.is_infinite()), "Return True if x is infinite, False otherwise."),
    method("is_nan($self, x, /)", test!(|d| d.is_nan()), "Return True if x is a qNaN or sNaN, False otherwise."),
    method("is_normal($self, x, /)", range_test!(Dec::is_normal), "Return True if x is a normal number, False otherwise."),
    method("is_qnan($self, x, /)", test!(|d| d.kind == Kind::Quiet), "Return True if x is a quiet NaN, False otherwise."),
    method("is_signed($self, x, /)", test!(|d| d.negative), "Return True if x is negative, False otherwise."),
    method("is_snan($self, x, /)", test!(|d| d.is_signaling()), "Return True if x is a signaling NaN, False otherwise."),
    method("is_subnormal($self, x, /)", range_test!(Dec::is_subnormal), "Return True if x is subnormal, False otherwise."),
    method("is_zero($self, x, /)", test!(|d| d.is_zero()), "Return True if x is a zero, False otherwise."),
    method("ln($self, x, /)", unary!(elementary::ln), "Return the natural (base e) logarithm of x."),
    method("log10($self, x, /)", unary!(elementary::log10), "Return the base 10 logarithm of x."),
    method("logb($self, x, /)", unary!(digits::logb), "Return the exponent of the magnitude of the operand's MSD."),
    method("logical_and($self, x, y, /)", binary!(and), "Applies the logical operation 'and' between each operand's digits.\n\nThe operands must be both logical numbers.\n\n    >>> ExtendedContext.logical_and(Decimal('0'), Decimal('0'))\n    Decimal('0')\n    >>> ExtendedContext.logical_and(Decimal('0'), Decimal('1'))\n    Decimal('0')\n    >>> ExtendedContext.logical_and(Decimal('1'), Decimal('0'))\n    Decimal('0')\n    >>> ExtendedContext.logical_and(Decimal('1'), Decimal('1'))\n    Decimal('1')\n    >>> ExtendedContext.logical_and(Decimal('1100'), Decimal('1010'))\n    Decimal('1000')\n    >>> ExtendedContext.logical_and(Decimal('1111'), Decimal('10'))\n    Decimal('10')\n    >>> ExtendedContext.logical_and(110, 1101)\n    Decimal('100')\n    >>> ExtendedContext.logical_and(Decimal(110), 1101)\n    Decimal('100')\n    >>> ExtendedContext.logical_and(110, Decimal(1101))\n    Decimal('100')"),
    method("logical_invert($self, x, /)", unary!(digits::logical_invert), "Invert all the digits in the operand.\n\nThe operand must be a logical number.\n\n    >>> ExtendedContext.logical_invert(Decimal('0'))\n    Decimal('111111111')\n    >>> ExtendedContext.logical_invert(Decimal('1'))\n    Decimal('111111110')\n    >>> ExtendedContext.logical_invert(Decimal('111111111'))\n    Decimal('0')\n    >>> ExtendedContext.logical_invert(Decimal('101010101'))\n    Decimal('10101010')\n    >>> ExtendedContext.logical_invert(1101)\n    Decimal('111110010')"),
    method("logical_or($self, x, y, /)", binary!(or), "Applies the logical operation 'or' between each operand's digits.\n\nThe operands must be both logical numbers.\n\n    >>> ExtendedContext.logical_or(Decimal('0'), Decimal('0'))\n    Decimal('0')\n    >>> ExtendedContext.logical_or(Decimal('0'), Decimal('1'))\n    Decimal('1')\n    >>> ExtendedContext.logical_or(Decimal('1'), Decimal('0'))\n    Decimal('1')\n    >>> ExtendedContext.logical_or(Decimal('1'), Decimal('1'))\n    Decimal('1')\n    >>> ExtendedContext.logical_or(Decimal('1100'), Decimal('1010'))\n    Decimal('1110')\n    >>> ExtendedContext.logical_or(Decimal('1110'), Decimal('10'))\n    Decimal('1110')\n    >>> ExtendedContext.logical_or(110, 1101)\n    Decimal('1111')\n    >>> ExtendedContext.logical_or(Decimal(110), 1101)\n    Decimal('1111')\n    >>> ExtendedContext.logical_or(110, Decimal(1101))\n    Decimal('1111')"),
    method("logical_xor($self, x, y, /)", binary!(xor), "Applies the logical operation 'xor' between each operand's digits.\n\nThe operands must be both logical numbers.\n\n    >>> ExtendedContext.logical_xor(Decimal('0'), Decimal('0'))\n    Decimal('0')\n    >>> ExtendedContext.logical_xor(Decimal('0'), Decimal('1'))\n    Decimal('1')\n    >>> ExtendedContext.logical_xor(Decimal('1'), Decimal('0'))\n    Decimal('1')\n    >>> ExtendedContext.logical_xor(Decimal('1'), Decimal('1'))\n    Decimal('0')\n    >>> ExtendedContext.logical_xor(Decimal('1100'), Decimal('1010'))\n    Decimal('110')\n    >>> ExtendedContext.logical_xor(Decimal('1111'), Decimal('10'))\n    Decimal('1101')\n    >>> ExtendedContext.logical_xor(110, 1101)\n    Decimal('1011')\n    >>> ExtendedContext.logical_xor(Decimal(110), 1101)\n    Decimal('1011')\n    >>> ExtendedContext.logical_xor(110, Decimal(1101))\n    Decimal('1011')"),
    method("max($self, x, y, /)", binary!(max), "Compare the values numerically and return the maximum."),
    method("max_mag($self, x, y, /)", binary!(max_mag), "Compare the values numerically with their sign ignored."),
    method("min($self, x, y, /)", binary!(min), "Compare the values numerically and return the minimum."),
    method("min_mag($self, x, y, /)", binary!(min_mag), "Compare the values numerically with their sign ignored."),
    method("minus($self, x, /)", unary!(minus), "Minus corresponds to the unary prefix minus operator in Python, but applies\nthe context to the result."),
    method("multiply($self, x, y, /)", binary!(arith::mul), "Return the product of x and y."),
    method("next_minus($self, x, /)", unary!(digits::next_minus), "Return the largest representable number smaller than x."),
    method("next_plus($self, x, /)", unary!(digits::next_plus), "Return the smallest representable number larger than x."),
    method("next_toward($self, x, y, /)", binary!(digits::next_toward), "Return the number closest to x, in the direction towards y."),
    method("normalize($self, x, /)", unary!(digits::normalize), "Reduce x to its simplest form. Alias for reduce(x)."),
    method("number_class($self, x, /)", Native::One(number_class), "Return an indication of the class of x."),
    method("plus($self, x, /)", unary!(plus), "Plus corresponds to the unary prefix plus operator in Python, but applies\nthe context to the result."),
    method("power($self, /, a, b, modulo=None)", Native::Bound(power), "Compute a**b. If 'a' is negative, then 'b' must be integral. The result\nwill be inexact unless 'a' is integral and the result is finite and can\nbe expressed exactly in 'precision' digits.  In the Python version the\nresult is always correctly rounded, in the C version the result is almost\nalways correctly rounded.\n\nIf modulo is given, compute (a**b) % modulo. The following restrictions\nhold:\n\n    * all three arguments must be integral\n    * 'b' must be nonnegative\n    * at least one of 'a' or 'b' must be nonzero\n    * modulo must be nonzero and less than 10**prec in absolute value"),
    method("quantize($self, x, y, /)", binary!(digits::quantize), "Return a value equal to x (rounded), having the exponent of y."),
    method("radix($self, /)", Native::NoArgs(|_, _| Ok(object::new(Dec::small(10)))), "Return 10."),
    method("remainder($self, x, y, /)", binary!(arith::rem), "Return the remainder from integer division.  The sign of the result,\nif non-zero, is the same as that of the original dividend."),
    method("remainder_near($self, x, y, /)", binary!(arith::remainder_near), "Return x - y * n, where n is the integer nearest the exact value of x / y\n(if the result is 0 then its sign will be the sign of x)."),
    method("rotate($self, x, y, /)", binary!(digits::rotate), "Return a copy of x, rotated by y places."),
    method("same_quantum($self, x, y, /)", Native::Pos(2, 2, same_quantum), "Return True if the two operands have the same exponent."),
    method("scaleb($self, x, y, /)", binary!(digits::scaleb), "Return the first operand after adding the second value to its exp."),
    method("shift($self, x, y, /)", binary!(digits::shift), "Return a copy of x, shifted by y places."),
    method("sqrt($self, x, /)", unary!(elementary::sqrt), "Square root of a non-negative number to context precision."),
    method("subtract($self, x, y, /)", binary!(arith::sub), "Return the difference between x and y."),
    method("to_eng_string($self, x, /)", Native::One(|_, o, x| shown(o, x, true)), "Convert a number to a string, using engineering notation."),
    method("to_integral($self, x, /)", unary!(|a, r, s| digits::to_integral(a, false, r, s)), "Identical to to_integral_value(x)."),
    method("to_integral_exact($self, x, /)", unary!(|a, r, s| digits::to_integral(a, true, r, s)), "Round to an integer. Signal if the result is rounded or inexact."),
    method("to_integral_value($self, x, /)", unary!(|a, r, s| digits::to_integral(a, false, r, s)), "Round to an integer."),
    method("to_sci_string($self, x, /)", Native::One(|_, o, x| shown(o, x, false)), "Convert a number to a string using scientific notation."),
];

fn rules(o: &Obj) -> PyResult<Rules> {
    Ok(o.this::<Context>()?.rules.get())
}
fn plus(a: &Dec, r: &Rules, s: &mut u32) -> Dec {
    object::plus(a, false, r, s)
}
fn minus(a: &Dec, r: &Rules, s: &mut u32) -> Dec {
    object::plus(a, true, r, s)
}
fn copied(_: &Vm, o: &Obj) -> PyResult {
    Ok(context::copy(o.this::<Context>()?)?.into_obj())
}
fn clear(d: &SignalDict) -> PyResult {
    d.bits.set(0);
    Ok(singletons::none())
}
fn decimal_only(x: &Obj) -> PyResult {
    match x.get::<Decimal>() {
        Some(_) => Ok(x.clone()),
        None => Err(error::type_error("argument must be a Decimal")),
    }
}
fn changed(x: &Obj, f: fn(&Dec) -> Dec) -> PyResult {
    let mut p = None;
    Ok(new(f(argument(x, &mut p)?)))
}
/// `_apply`: a decimal under the rules of the context.
fn applied(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    object::apply1(o.this::<Context>()?, x, |a, r, s| a.clone().finish(r, s))
}
fn create(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    match a.first() {
        None => Ok(new(Dec::small(0))),
        Some(x) => Ok(new(object::rounded_value(vm, x, o.this::<Context>()?)?)),
    }
}
fn create_from_float(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let c = o.this::<Context>()?;
    let d = match (float::as_float(x), int::as_int(x)) {
        (Some(x), _) => convert::from_f64(x),
        (_, Some(n)) => convert::from_int(&n),
        _ => return Err(error::type_error("argument must be int or float")),
    };
    let mut status = 0;
    let d = d.finish(&c.rules.get(), &mut status);
    c.note(status)?;
    Ok(new(d))
}
fn divmod(_: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let (mut p, mut q) = (None, None);
    object::pair(o.this::<Context>()?, argument(&a[0], &mut p)?, argument(&a[1], &mut q)?)
}
fn fma(_: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let c = o.this::<Context>()?;
    let (mut p, mut q, mut r) = (None, None, None);
    let mut status = 0;
    let (x, y, z) = (argument(&a[0], &mut p)?, argument(&a[1], &mut q)?, argument(&a[2], &mut r)?);
    let d = arith::fma(x, y, z, &c.rules.get(), &mut status);
    c.note(status)?;
    Ok(new(d))
}
fn number_class(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let mut p = None;
    Ok(text(digits::number_class(argument(x, &mut p)?, &rules(o)?)))
}
fn power(_: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let (mut p, mut q, mut r) = (None, None, None);
    let (x, y) = (argument(a.req(0), &mut p)?, argument(a.req(1), &mut q)?);
    let m = match a.opt_not_none(2) {
        None => None,
        Some(m) => Some(argument(m, &mut r)?),
    };
    object::raise_to(o.this::<Context>()?, x, y, m)
}
fn same_quantum(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (mut p, mut q) = (None, None);
    Ok(singletons::bool_obj(digits::same_quantum(argument(&a[0], &mut p)?, argument(&a[1], &mut q)?)))
}
fn shown(o: &Obj, x: &Obj, engineering: bool) -> PyResult {
    let mut p = None;
    let capitals = o.this::<Context>()?.capitals.get();
    Ok(text(&to_text(argument(x, &mut p)?, engineering, capitals)))
}
