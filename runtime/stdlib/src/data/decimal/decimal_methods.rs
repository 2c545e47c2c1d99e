//! The methods of `decimal.Decimal`: one row each, and the small functions behind them.

use super::coef::Coef;
use super::context::{current, given};
use super::number::{Dec, Kind, Round, Rules, to_text};
use super::object::{self, argument, new, this};
use super::{arith, digits, elementary};
use crate::functional::shared::text;
use adder_object::bind::Bound;
use adder_object::spec::{MethodDef, Native, class_method, method};
use adder_object::{Obj, PyResult, Vm, int, singletons};
use std::cmp::Ordering;

macro_rules! unary {
    ($f:path) => {
        Native::Bound(|vm, o, a| object::unary(vm, o, a.opt_not_none(0), $f))
    };
}
macro_rules! binary {
    ($f:path) => {
        Native::Bound(|vm, o, a| object::binary(vm, o, a.req(0), a.opt_not_none(1), $f))
    };
}
macro_rules! test {
    ($f:expr) => {
        Native::NoArgs(|_, o| {
            let f: fn(&Dec) -> bool = $f;
            Ok(singletons::bool_obj(f(this(o)?)))
        })
    };
}
macro_rules! range_test {
    ($f:path) => {
        Native::Bound(|vm, o, a| {
            let ctx = given(vm, a.opt_not_none(0))?;
            Ok(singletons::bool_obj($f(this(o)?, &ctx.rules.get())))
        })
    };
}
macro_rules! whole {
    ($round:expr) => {
        Native::NoArgs(|_, o| super::convert::to_int(this(o)?, $round))
    };
}

#[rustfmt::skip]
pub static METHODS: &[MethodDef] = &[
    method("compare($self, /, other, context=None)", binary!(digits::compare), "Compare self to other.  Return a decimal value:\n\n    a or b is a NaN ==> Decimal('NaN')\n    a < b           ==> Decimal('-1')\n    a == b          ==> Decimal('0')\n    a > b           ==> Decimal('1')"),
    method("compare_signal($self, /, other, context=None)", binary!(digits::compare_signal), "Identical to compare, except that all NaNs signal."),
    method("compare_total($self, /, other, context=None)", binary!(total), "Compare two operands using their abstract representation rather than\ntheir numerical value.  Similar to the compare() method, but the result\ngives a total ordering on Decimal instances.  Two Decimal instances with\nthe same numeric value but different representations compare unequal\nin this ordering:\n\n    >>> Decimal('12.0').compare_total(Decimal('12'))\n    Decimal('-1')\n\nQuiet and signaling NaNs are also included in the total ordering. The result\nof this function is Decimal('0') if both operands have the same representation,\nDecimal('-1') if the first operand is lower in the total order than the second,\nand Decimal('1') if the first operand is higher in the total order than the\nsecond operand. See the specification for details of the total order.\n\nThis operation is unaffected by context and is quiet: no flags are changed\nand no rounding is performed. As an exception, the C version may raise\nInvalidOperation if the second operand cannot be converted exactly."),
    method("compare_total_mag($self, /, other, context=None)", binary!(total_mag), "Compare two operands using their abstract representation rather than their\nvalue as in compare_total(), but ignoring the sign of each operand.\n\nx.compare_total_mag(y) is equivalent to x.copy_abs().compare_total(y.copy_abs()).\n\nThis operation is unaffected by context and is quiet: no flags are changed\nand no rounding is performed. As an exception, the C version may raise\nInvalidOperation if the second operand cannot be converted exactly."),
    method("copy_sign($self, /, other, context=None)", binary!(copy_sign), "Return a copy of the first operand with the sign set to be the same as the\nsign of the second operand. For example:\n\n    >>> Decimal('2.3').copy_sign(Decimal('-1.5'))\n    Decimal('-2.3')\n\nThis operation is unaffected by context and is quiet: no flags are changed\nand no rounding is performed. As an exception, the C version may raise\nInvalidOperation if the second operand cannot be converted exactly."),
    method("exp($self, /, context=None)", unary!(elementary::exp), "Return the value of the (natural) exponential function e**x at the given\nnumber.  The function always uses the ROUND_HALF_EVEN mode and the result\nis correctly rounded."),
    method("is_canonical($self, /)", test!(|_| true), "Return True if the argument is canonical and False otherwise.  Currently,\na Decimal instance is always canonical, so this operation always returns\nTrue."),
    method("is_finite($self, /)", test!(|d| d.is_finite()), "Return True if the argument is a finite number, and False if the argument\nis infinite or a NaN."),
    method("is_infinite($self, /)", test!(|d| d.is_infinite()), "Return True if the argument is either positive or negative infinity and\nFalse otherwise."),
    method("is_nan($self, /)", test!(|d| d.is_nan()), "Return True if the argument is a (quiet or signaling) NaN and False\notherwise."),
    method("is_normal($self, /, context=None)", range_test!(Dec::is_normal), "Return True if the argument is a normal finite non-zero number with an\nadjusted exponent greater than or equal to Emin. Return False if the\nargument is zero, subnormal, infinite or a NaN."),
    method("is_qnan($self, /)", test!(|d| d.kind == Kind::Quiet), "Return True if the argument is a quiet NaN, and False otherwise."),
    method("is_signed($self, /)", test!(|d| d.negative), "Return True if the argument has a negative sign and False otherwise.\nNote that both zeros and NaNs can carry signs."),
    method("is_snan($self, /)", test!(|d| d.is_signaling()), "Return True if the argument is a signaling NaN and False otherwise."),
    method("is_subnormal($self, /, context=None)", range_test!(Dec::is_subnormal), "Return True if the argument is subnormal, and False otherwise. A number is\nsubnormal if it is non-zero, finite, and has an adjusted exponent less\nthan Emin."),
    method("is_zero($self, /)", test!(|d| d.is_zero()), "Return True if the argument is a (positive or negative) zero and False\notherwise."),
    method("ln($self, /, context=None)", unary!(elementary::ln), "Return the natural (base e) logarithm of the operand. The function always\nuses the ROUND_HALF_EVEN mode and the result is correctly rounded."),
    method("log10($self, /, context=None)", unary!(elementary::log10), "Return the base ten logarithm of the operand. The function always uses the\nROUND_HALF_EVEN mode and the result is correctly rounded."),
    method("logb($self, /, context=None)", unary!(digits::logb), "For a non-zero number, return the adjusted exponent of the operand as a\nDecimal instance.  If the operand is a zero, then Decimal('-Infinity') is\nreturned and the DivisionByZero condition is raised. If the operand is\nan infinity then Decimal('Infinity') is returned."),
    method("logical_and($self, /, other, context=None)", binary!(and), "Applies an 'and' operation between self and other's digits.\n\nBoth self and other must be logical numbers."),
    method("logical_invert($self, /, context=None)", unary!(digits::logical_invert), "Invert all its digits.\n\nThe self must be logical number."),
    method("logical_or($self, /, other, context=None)", binary!(or), "Applies an 'or' operation between self and other's digits.\n\nBoth self and other must be logical numbers. "),
    method("logical_xor($self, /, other, context=None)", binary!(xor), "Applies an 'xor' operation between self and other's digits.\n\nBoth self and other must be logical numbers."),
    method("max($self, /, other, context=None)", binary!(max), "Maximum of self and other.  If one operand is a quiet NaN and the other is\nnumeric, the numeric operand is returned."),
    method("max_mag($self, /, other, context=None)", binary!(max_mag), "Similar to the max() method, but the comparison is done using the absolute\nvalues of the operands."),
    method("min($self, /, other, context=None)", binary!(min), "Minimum of self and other. If one operand is a quiet NaN and the other is\nnumeric, the numeric operand is returned."),
    method("min_mag($self, /, other, context=None)", binary!(min_mag), "Similar to the min() method, but the comparison is done using the absolute\nvalues of the operands."),
    method("next_minus($self, /, context=None)", unary!(digits::next_minus), "Return the largest number representable in the given context (or in the\ncurrent default context if no context is given) that is smaller than the\ngiven operand."),
    method("next_plus($self, /, context=None)", unary!(digits::next_plus), "Return the smallest number representable in the given context (or in the\ncurrent default context if no context is given) that is larger than the\ngiven operand."),
    method("next_toward($self, /, other, context=None)", binary!(digits::next_toward), "If the two operands are unequal, return the number closest to the first\noperand in the direction of the second operand.  If both operands are\nnumerically equal, return a copy of the first operand with the sign set\nto be the same as the sign of the second operand."),
    method("normalize($self, /, context=None)", unary!(digits::normalize), "Normalize the number by stripping the rightmost trailing zeros and\nconverting any result equal to Decimal('0') to Decimal('0e0').  Used\nfor producing canonical values for members of an equivalence class.\nFor example, Decimal('32.100') and Decimal('0.321000e+2') both normalize\nto the equivalent value Decimal('32.1')."),
    method("remainder_near($self, /, other, context=None)", binary!(arith::remainder_near), "Return the remainder from dividing self by other.  This differs from\nself % other in that the sign of the remainder is chosen so as to minimize\nits absolute value. More precisely, the return value is self - n * other\nwhere n is the integer nearest to the exact value of self / other, and\nif two integers are equally near then the even one is chosen.\n\nIf the result is zero then its sign will be the sign of self."),
    method("rotate($self, /, other, context=None)", binary!(digits::rotate), "Return the result of rotating the digits of the first operand by an amount\nspecified by the second operand.  The second operand must be an integer in\nthe range -precision through precision. The absolute value of the second\noperand gives the number of places to rotate. If the second operand is\npositive then rotation is to the left; otherwise rotation is to the right.\nThe coefficient of the first operand is padded on the left with zeros to\nlength precision if necessary. The sign and exponent of the first operand are\nunchanged."),
    method("scaleb($self, /, other, context=None)", binary!(digits::scaleb), "Return the first operand with the exponent adjusted the second.  Equivalently,\nreturn the first operand multiplied by 10**other. The second operand must be\nan integer."),
    method("shift($self, /, other, context=None)", binary!(digits::shift), "Return the result of shifting the digits of the first operand by an amount\nspecified by the second operand.  The second operand must be an integer in\nthe range -precision through precision. The absolute value of the second\noperand gives the number of places to shift. If the second operand is\npositive, then the shift is to the left; otherwise the shift is to the\nright. Digits shifted into the coefficient are zeros. The sign and exponent\nof the first operand are unchanged."),
    method("sqrt($self, /, context=None)", unary!(elementary::sqrt), "Return the square root of the argument to full precision. The result is\ncorrectly rounded using the ROUND_HALF_EVEN rounding mode."),
    method("__ceil__($self, /)", whole!(Round::Ceiling), ""),
    method("__floor__($self, /)", whole!(Round::Floor), ""),
    method("__trunc__($self, /)", whole!(Round::Down), ""),
    method("__complex__($self, /)", Native::NoArgs(object::complex), ""),
    method("__copy__($self, /)", Native::NoArgs(itself), ""),
    method("__deepcopy__($self, object, /)", Native::One(|vm, o, _| itself(vm, o)), ""),
    method("__format__", Native::Pos(1, 2, object::format_method), ""),
    method("__reduce__($self, /)", Native::NoArgs(object::reduce), ""),
    method("__round__", Native::Pos(0, 1, object::round), ""),
    method("__sizeof__($self, /)", Native::NoArgs(sizeof), ""),
    method("adjusted($self, /)", Native::NoArgs(adjusted), "Return the adjusted exponent of the number.  Defined as exp + digits - 1."),
    method("as_integer_ratio($self, /)", Native::NoArgs(object::as_ratio), "Decimal.as_integer_ratio() -> (int, int)\n\nReturn a pair of integers, whose ratio is exactly equal to the original\nDecimal and with a positive denominator. The ratio is in lowest terms.\nRaise OverflowError on infinities and a ValueError on NaNs."),
    method("as_tuple($self, /)", Native::NoArgs(object::as_tuple), "Return a tuple representation of the number."),
    method("canonical($self, /)", Native::NoArgs(itself), "Return the canonical encoding of the argument.  Currently, the encoding\nof a Decimal instance is always canonical, so this operation returns its\nargument unchanged."),
    method("conjugate($self, /)", Native::NoArgs(itself), "Return self."),
    method("copy_abs($self, /)", Native::NoArgs(|_, o| Ok(new(this(o)?.with_sign(false)))), "Return the absolute value of the argument.  This operation is unaffected by\ncontext and is quiet: no flags are changed and no rounding is performed."),
    method("copy_negate($self, /)", Native::NoArgs(|_, o| Ok(new(this(o)?.negated()))), "Return the negation of the argument.  This operation is unaffected by context\nand is quiet: no flags are changed and no rounding is performed."),
    method("fma($self, /, other, third, context=None)", Native::Bound(fma), "Fused multiply-add.  Return self*other+third with no rounding of the\nintermediate product self*other.\n\n    >>> Decimal(2).fma(3, 5)\n    Decimal('11')"),
    method("number_class($self, /, context=None)", Native::Bound(number_class), "Return a string describing the class of the operand.  The returned value\nis one of the following ten strings:\n\n    * '-Infinity', indicating that the operand is negative infinity.\n    * '-Normal', indicating that the operand is a negative normal number.\n    * '-Subnormal', indicating that the operand is negative and subnormal.\n    * '-Zero', indicating that the operand is a negative zero.\n    * '+Zero', indicating that the operand is a positive zero.\n    * '+Subnormal', indicating that the operand is positive and subnormal.\n    * '+Normal', indicating that the operand is a positive normal number.\n    * '+Infinity', indicating that the operand is positive infinity.\n    * 'NaN', indicating that the operand is a quiet NaN (Not a Number).\n    * 'sNaN', indicating that the operand is a signaling NaN."),
    method("quantize($self, /, exp, rounding=None, context=None)", Native::Bound(object::quantize), "Return a value equal to the first operand after rounding and having the\nexponent of the second operand.\n\n    >>> Decimal('1.41421356').quantize(Decimal('1.000'))\n    Decimal('1.414')\n\nUnlike other operations, if the length of the coefficient after the quantize\noperation would be greater than precision, then an InvalidOperation is signaled.\nThis guarantees that, unless there is an error condition, the quantized exponent\nis always equal to that of the right-hand operand.\n\nAlso unlike other operations, quantize never signals Underflow, even if the\nresult is subnormal and inexact.\n\nIf the exponent of the second operand is larger than that of the first, then\nrounding may be necessary. In this case, the rounding mode is determined by the\nrounding argument if given, else by the given context argument; if neither\nargument is given, the rounding mode of the current thread's context is used."),
    method("radix($self, /)", Native::NoArgs(radix), "Return Decimal(10), the radix (base) in which the Decimal class does\nall its arithmetic. Included for compatibility with the specification."),
    method("same_quantum($self, /, other, context=None)", Native::Bound(same_quantum), "Test whether self and other have the same exponent or whether both are NaN.\n\nThis operation is unaffected by context and is quiet: no flags are changed\nand no rounding is performed. As an exception, the C version may raise\nInvalidOperation if the second operand cannot be converted exactly."),
    method("to_eng_string($self, /, context=None)", Native::Bound(to_eng_string), "Convert to an engineering-type string.  Engineering notation has an exponent\nwhich is a multiple of 3, so there are up to 3 digits left of the decimal\nplace. For example, Decimal('123E+1') is converted to Decimal('1.23E+3').\n\nThe value of context.capitals determines whether the exponent sign is lower\nor upper case. Otherwise, the context does not affect the operation."),
    method("to_integral($self, /, rounding=None, context=None)", Native::Bound(|vm, o, a| object::integral(vm, o, a, false)), "Identical to the to_integral_value() method.  The to_integral() name has been\nkept for compatibility with older versions."),
    method("to_integral_exact($self, /, rounding=None, context=None)", Native::Bound(|vm, o, a| object::integral(vm, o, a, true)), "Round to the nearest integer, signaling Inexact or Rounded as appropriate if\nrounding occurs.  The rounding mode is determined by the rounding parameter\nif given, else by the given context. If neither parameter is given, then the\nrounding mode of the current default context is used."),
    method("to_integral_value($self, /, rounding=None, context=None)", Native::Bound(|vm, o, a| object::integral(vm, o, a, false)), "Round to the nearest integer without signaling Inexact or Rounded.  The\nrounding mode is determined by the rounding parameter if given, else by\nthe given context. If neither parameter is given, then the rounding mode\nof the current default context is used."),
    class_method("from_float($type, f, /)", Native::One(object::from_float), "Class method that converts a float to a decimal number, exactly.\nSince 0.1 is not exactly representable in binary floating point,\nDecimal.from_float(0.1) is not the same as Decimal('0.1').\n\n    >>> Decimal.from_float(0.1)\n    Decimal('0.1000000000000000055511151231257827021181583404541015625')\n    >>> Decimal.from_float(float('nan'))\n    Decimal('NaN')\n    >>> Decimal.from_float(float('inf'))\n    Decimal('Infinity')\n    >>> Decimal.from_float(float('-inf'))\n    Decimal('-Infinity')"),
    class_method("from_number($type, number, /)", Native::One(object::from_number), "Class method that converts a real number to a decimal number, exactly.\n\n    >>> Decimal.from_number(314)              # int\n    Decimal('314')\n    >>> Decimal.from_number(0.1)              # float\n    Decimal('0.1000000000000000055511151231257827021181583404541015625')\n    >>> Decimal.from_number(Decimal('3.14'))  # another decimal instance\n    Decimal('3.14')"),
];

// ---- operations without a function of their own elsewhere ----

pub fn and(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::logical(a, b, |x, y| x && y, r, s)
}
pub fn or(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::logical(a, b, |x, y| x || y, r, s)
}
pub fn xor(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::logical(a, b, |x, y| x != y, r, s)
}
pub fn max(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::extreme(a, b, Ordering::Greater, false, r, s)
}
pub fn max_mag(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::extreme(a, b, Ordering::Greater, true, r, s)
}
pub fn min(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::extreme(a, b, Ordering::Less, false, r, s)
}
pub fn min_mag(a: &Dec, b: &Dec, r: &Rules, s: &mut u32) -> Dec {
    digits::extreme(a, b, Ordering::Less, true, r, s)
}
pub fn total(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    digits::as_dec(digits::total(a, b))
}
pub fn total_mag(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    digits::as_dec(digits::total_abs(a, b))
}
pub fn copy_sign(a: &Dec, b: &Dec, _: &Rules, _: &mut u32) -> Dec {
    a.with_sign(b.negative)
}

fn itself(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.clone())
}
fn radix(_: &Vm, _: &Obj) -> PyResult {
    Ok(new(Dec::small(10)))
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    let extra = match &this(o)?.coef {
        Coef::Small(_) => 0,
        Coef::Big(n) => n.as_words().len() * 8,
    };
    Ok(int::from_usize(16 + size_of::<Dec>() + extra))
}
fn adjusted(_: &Vm, o: &Obj) -> PyResult {
    let d = this(o)?;
    Ok(int::from_i64(if d.is_finite() { d.adjusted() } else { 0 }))
}
fn fma(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ctx = given(vm, a.opt_not_none(2))?;
    let (mut p, mut q, mut r) = (None, None, None);
    let mut status = 0;
    let (x, y, z) = (argument(o, &mut p)?, argument(a.req(0), &mut q)?, argument(a.req(1), &mut r)?);
    let d = arith::fma(x, y, z, &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(new(d))
}
fn number_class(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ctx = given(vm, a.opt_not_none(0))?;
    Ok(text(digits::number_class(this(o)?, &ctx.rules.get())))
}
fn same_quantum(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    given(vm, a.opt_not_none(1))?;
    let mut p = None;
    Ok(singletons::bool_obj(digits::same_quantum(this(o)?, argument(a.req(0), &mut p)?)))
}
fn to_eng_string(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ctx = match a.opt_not_none(0) {
        None => current(vm)?,
        some => given(vm, some)?,
    };
    Ok(text(&to_text(this(o)?, true, ctx.capitals.get())))
}
