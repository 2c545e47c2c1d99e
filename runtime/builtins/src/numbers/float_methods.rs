//! Methods of `float`.
//!
//! CPython: Objects/floatobject.c.

use super::convert::{format_spec, formatted, to_int_error};
use super::float::{exact, number_float, value};
use adder_num::float::{self as num, FloatError, HexError};
use adder_num::format;
use adder_object::call::call1;
use adder_object::int::{as_int, from_big};
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{Obj, ObjExt, PyResult, Str, Type, Vm, error, float, ops, singletons, str, tuple, types};
use std::borrow::Cow;

pub static METHODS: &[MethodDef] = &[
    class_method(
        "from_number($type, number, /)",
        Native::One(from_number),
        "Convert real number to a floating-point number.",
    ),
    method("conjugate($self, /)", Native::NoArgs(exact), "Return self, the complex conjugate of any float."),
    method("__trunc__($self, /)", Native::NoArgs(trunc), "Return the Integral closest to x between 0 and x."),
    method(
        "__floor__($self, /)",
        Native::NoArgs(|_, a| num::floor(value(a)).map(from_big).map_err(to_int_error)),
        "Return the floor as an Integral.",
    ),
    method(
        "__ceil__($self, /)",
        Native::NoArgs(|_, a| num::ceil(value(a)).map(from_big).map_err(to_int_error)),
        "Return the ceiling as an Integral.",
    ),
    method(
        "__round__($self, ndigits=None, /)",
        Native::Pos(0, 1, round),
        "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits).",
    ),
    method(
        "as_integer_ratio($self, /)",
        Native::NoArgs(as_integer_ratio),
        "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)",
    ),
    class_method(
        "fromhex($type, string, /)",
        Native::One(fromhex),
        "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324",
    ),
    method(
        "hex($self, /)",
        Native::NoArgs(|_, a| Ok(str::from_str(&num::hex(value(a))).into_obj())),
        "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'",
    ),
    method(
        "is_integer($self, /)",
        Native::NoArgs(|_, a| Ok(singletons::bool_obj(num::is_integer(value(a))))),
        "Return True if the float is an integer.",
    ),
    method("__getnewargs__($self, /)", Native::NoArgs(|vm, a| Ok(tuple::from_array([exact(vm, a)?]))), ""),
    class_method(
        "__getformat__($type, typestr, /)",
        Native::One(getformat),
        "You probably don't want to use this function.\n\n  typestr\n    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite.\n\nThis function returns whichever of 'unknown', 'IEEE, big-endian' or\n'IEEE, little-endian' best describes the format of floating-point\nnumbers used by the C type named by typestr.",
    ),
    method(
        "__format__($self, format_spec, /)",
        Native::One(format_method),
        "Formats the float according to format_spec.",
    ),
];

pub static GETSET: &[GetSetDef] = &[
    getter("real", exact, "the real part of a complex number"),
    getter("imag", |_, _| Ok(float::from_f64(0.0)), "the imaginary part of a complex number"),
];

fn from_number(vm: &Vm, cls: &Obj, number: &Obj) -> PyResult {
    let plain = cls.get::<Type>().is_some_and(|t| t.is(&types::FLOAT));
    if plain && number.is_exact(&types::FLOAT) {
        return Ok(number.clone());
    }
    let x = if number.ty().float().is_some() { value(&number_float(vm, number)?) } else { ops::to_f64(vm, number)? };
    let r = float::from_f64_identity(x);
    if plain { Ok(r) } else { call1(vm, cls, &r) }
}

pub fn trunc(_: &Vm, a: &Obj) -> PyResult {
    let x = value(a);
    if x.abs() < (1u64 << 60) as f64 {
        return Ok(Obj::int_unchecked(x as i64));
    }
    num::to_int(x).map(from_big).map_err(to_int_error)
}

pub fn round(vm: &Vm, a: &Obj, args: &[Obj]) -> PyResult {
    let x = value(a);
    let Some(digits) = args.first().filter(|o| !o.is_none()) else {
        let whole = x.round_ties_even();
        if whole.abs() < (1u64 << 60) as f64 {
            return Ok(Obj::int_unchecked(whole as i64));
        }
        return num::round_to_int(x).map(from_big).map_err(to_int_error);
    };
    let digits = ops::index(vm, digits)?;
    let places = match as_int(&digits) {
        Some(i) => i.to_i64().unwrap_or(if i.is_negative() { i64::MIN } else { i64::MAX }),
        None => 0,
    };
    match num::round(x, places) {
        Ok(r) => Ok(float::from_f64(r)),
        Err(_) => Err(error::overflow_error("rounded value too large to represent")),
    }
}

fn as_integer_ratio(_: &Vm, a: &Obj) -> PyResult {
    match num::as_integer_ratio(value(a)) {
        Ok((n, d)) => Ok(tuple::from_array([from_big(n), from_big(d)])),
        Err(FloatError::Nan) => Err(error::value_error("cannot convert NaN to integer ratio")),
        Err(_) => Err(error::overflow_error("cannot convert Infinity to integer ratio")),
    }
}

fn fromhex(vm: &Vm, cls: &Obj, text: &Obj) -> PyResult {
    let Some(s) = text.get::<Str>() else {
        return Err(error::type_error("bad argument type for built-in operation"));
    };
    let x = num::from_hex(&s.to_string_lossy()).map_err(|e| match e {
        HexError::Invalid => error::value_error("invalid hexadecimal floating-point string"),
        HexError::TooLarge => error::overflow_error("hexadecimal value too large to represent as a float"),
        HexError::TooLong => error::value_error("hexadecimal string too long to convert"),
    })?;
    let r = float::from_f64_identity(x);
    if cls.get::<Type>().is_some_and(|t| t.is(&types::FLOAT)) { Ok(r) } else { call1(vm, cls, &r) }
}

fn getformat(_: &Vm, _: &Obj, kind: &Obj) -> PyResult {
    match kind.get::<Str>() {
        Some(s) if s.eq_str("double") || s.eq_str("float") => {
            let order = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
            Ok(str::from_str(order).into_obj())
        }
        Some(_) => Err(error::value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        None => Err(error::type_error(format!("__getformat__() argument must be str, not {}", kind.ty().tp_name()))),
    }
}

fn format_method(vm: &Vm, a: &Obj, spec: &Obj) -> PyResult {
    let spec = format_spec(spec)?;
    if spec.is_empty() {
        return ops::str(vm, a);
    }
    let name = if a.is_exact(&types::FLOAT) { Cow::Borrowed("float") } else { Cow::Owned(a.ty().tp_name()) };
    formatted(format::format_f64(&spec, value(a), &name))
}
