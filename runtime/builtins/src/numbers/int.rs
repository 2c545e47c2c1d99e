//! `int`: arithmetic, comparison, hash and text.
//!
//! CPython: Objects/longobject.c.

use super::convert::{big, division_by_zero, int_error};
use super::{int_methods, int_new};
use adder_num::IBig;
use adder_num::int as num;
use adder_object::int::{Int, as_int, from_big, from_i64, from_i128};
use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{CompareOp, Obj, ObjExt, PyResult, Vm, error, float, hashing, int, singletons, str, tuple, types};
use std::cmp::Ordering;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(int_new::new),
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(compare),
        slot::add(add),
        slot::subtract(subtract),
        slot::multiply(multiply),
        slot::remainder(remainder),
        slot::divmod(divmod),
        slot::power(power),
        slot::negative(negative),
        slot::positive(exact),
        slot::absolute(absolute),
        slot::bool(|_, a| Ok(as_int(a).is_some_and(|i| !i.is_zero()))),
        slot::invert(invert),
        slot::lshift(lshift),
        slot::rshift(rshift),
        slot::and(and),
        slot::xor(xor),
        slot::or(or),
        slot::int(exact),
        slot::float(to_float),
        slot::floor_divide(floor_divide),
        slot::true_divide(true_divide),
        slot::index(exact),
    ],
    methods: int_methods::METHODS,
    getset: int_methods::GETSET,
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4",
    ..TypeSpec::of(&types::INT)
};

fn pair<'a>(a: &'a Obj, b: &'a Obj) -> Option<(Int<'a>, Int<'a>)> {
    Some((as_int(a)?, as_int(b)?))
}

/// A binary slot: `$small` on machine words, `$big` on big ints.
macro_rules! binary {
    ($($f:ident($x:ident, $y:ident) $small:expr, $big:expr;)*) => { $(
        fn $f(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
            match pair(a, b) {
                None => Ok(singletons::not_implemented()),
                Some((Int::Small($x), Int::Small($y))) => $small,
                Some(($x, $y)) => {
                    let ($x, $y) = (big(&$x), big(&$y));
                    let ($x, $y): (&IBig, &IBig) = (&$x, &$y);
                    $big
                }
            }
        }
    )* };
}

binary! {
    add(x, y) Ok(from_i128(x as i128 + y as i128)), Ok(from_big(x + y));
    subtract(x, y) Ok(from_i128(x as i128 - y as i128)), Ok(from_big(x - y));
    multiply(x, y) Ok(from_i128(x as i128 * y as i128)), Ok(from_big(x * y));
    floor_divide(x, y) match y {
        0 => Err(division_by_zero()),
        _ => Ok(from_i128(floor_div(x as i128, y as i128))),
    }, num::floor_div(x, y).map(from_big).map_err(int_error);
    remainder(x, y) match y {
        0 => Err(division_by_zero()),
        _ => Ok(from_i128(x as i128 - floor_div(x as i128, y as i128) * y as i128)),
    }, num::modulo(x, y).map(from_big).map_err(int_error);
    divmod(x, y) match y {
        0 => Err(division_by_zero()),
        _ => {
            let (x, y) = (x as i128, y as i128);
            let q = floor_div(x, y);
            Ok(tuple::from_array([from_i128(q), from_i128(x - q * y)]))
        }
    }, {
        let (q, r) = num::div_mod(x, y).map_err(int_error)?;
        Ok(tuple::from_array([from_big(q), from_big(r)]))
    };
    true_divide(x, y) num::true_div_i64(x, y).map(float::from_f64).map_err(int_error),
        num::true_div(x, y).map(float::from_f64).map_err(int_error);
    lshift_ints(x, y) if (0..62).contains(&y) && x.unsigned_abs().leading_zeros() as i64 > y {
        Ok(from_i64(x << y))
    } else {
        num::shift_left(&IBig::from(x), &IBig::from(y)).map(from_big).map_err(int_error)
    }, num::shift_left(x, y).map(from_big).map_err(int_error);
    rshift_ints(x, y) if y < 0 { Err(int_error(num::IntError::NegativeShift)) } else { Ok(from_i64(x >> y.min(63))) },
        num::shift_right(x, y).map(from_big).map_err(int_error);
    and(x, y) Ok(from_i64(x & y)), Ok(from_big(x & y));
    or(x, y) Ok(from_i64(x | y)), Ok(from_big(x | y));
    xor(x, y) Ok(from_i64(x ^ y)), Ok(from_big(x ^ y));
}

pub fn bit_and(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    and(vm, a, b)
}
pub fn bit_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    or(vm, a, b)
}
pub fn bit_xor(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    xor(vm, a, b)
}
fn lshift(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    lshift_ints(vm, a, b)
}
fn rshift(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    rshift_ints(vm, a, b)
}

fn floor_div(x: i128, y: i128) -> i128 {
    x / y - i128::from(x % y != 0 && (x < 0) != (y < 0))
}

/// `a ** b`, `pow(a, b, m)`; a negative exponent makes it a float's business.
fn power(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    let Some((x, y)) = pair(a, b) else { return Ok(singletons::not_implemented()) };
    if !m.is_none() {
        let Some(m) = as_int(m) else { return Ok(singletons::not_implemented()) };
        if m.is_zero() {
            return Err(error::value_error("pow() 3rd argument cannot be 0"));
        }
        return num::pow_mod(&big(&x), &big(&y), &big(&m)).map(from_big).map_err(int_error);
    }
    if y.is_negative() {
        let (x, y) = (x.to_f64()?, y.to_f64()?);
        return super::float::float_power(vm, x, y);
    }
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(r) = num::pow_i64(*x, *y)
    {
        return Ok(from_i64(r));
    }
    num::pow(&big(&x), &big(&y)).map(from_big).map_err(int_error)
}

fn negative(_: &Vm, a: &Obj) -> PyResult {
    Ok(match as_int(a) {
        Some(Int::Small(n)) => from_i128(-(n as i128)),
        Some(Int::Big(b)) => from_big(-b),
        None => singletons::not_implemented(),
    })
}
fn absolute(vm: &Vm, a: &Obj) -> PyResult {
    if as_int(a).is_some_and(|i| i.is_negative()) { negative(vm, a) } else { exact(vm, a) }
}
pub fn invert(_: &Vm, a: &Obj) -> PyResult {
    Ok(match as_int(a) {
        Some(Int::Small(n)) => from_i64(!n),
        Some(Int::Big(b)) => from_big(-b - IBig::ONE),
        None => singletons::not_implemented(),
    })
}
/// The exact int.
pub fn exact(_: &Vm, a: &Obj) -> PyResult {
    Ok(int::to_exact(a))
}
fn to_float(_: &Vm, a: &Obj) -> PyResult {
    Ok(float::from_f64(as_int(a).map_or(Ok(0.0), |i| i.to_f64())?))
}

fn hash(_: &Vm, a: &Obj) -> PyResult<i64> {
    Ok(match as_int(a) {
        Some(Int::Small(n)) => hashing::int(n),
        Some(Int::Big(b)) => hashing::big(b),
        None => 0,
    })
}

fn compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let order = match pair(a, b) {
        None => return Ok(singletons::not_implemented()),
        Some((Int::Small(x), Int::Small(y))) => x.cmp(&y),
        // What is big lies beyond all that is small.
        Some((Int::Big(x), Int::Big(y))) => x.cmp(y),
        Some((x, Int::Small(_))) if x.is_negative() => Ordering::Less,
        Some((_, Int::Small(_))) => Ordering::Greater,
        Some((_, y)) if y.is_negative() => Ordering::Greater,
        Some(_) => Ordering::Less,
    };
    Ok(singletons::bool_obj(op.holds(order)))
}

/// `repr(int)`; ValueError beyond the limit on digits.
pub fn repr(_: &Vm, a: &Obj) -> PyResult {
    if let Some(n) = a.small_int() {
        return Ok(str::from_i64(n).into_obj());
    }
    Ok(str::from_str(&decimal(a)?).into_obj())
}

/// The decimal text of an int.
pub fn decimal(a: &Obj) -> PyResult<String> {
    match as_int(a) {
        Some(Int::Small(n)) => Ok(num::to_str_i64(n)),
        Some(Int::Big(b)) => {
            let max = int::max_str_digits();
            if num::exceeds_digit_limit(b, max) {
                return Err(too_long_for_text(max));
            }
            Ok(num::to_str(b))
        }
        None => Err(error::type_error("an integer is required")),
    }
}

#[cold]
pub fn too_long_for_text(max: usize) -> adder_object::PyErr {
    error::value_error(format!(
        "Exceeds the limit ({max} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
    ))
}
