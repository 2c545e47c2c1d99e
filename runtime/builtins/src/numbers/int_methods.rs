//! Methods of `int`.
//!
//! CPython: Objects/longobject.c.

use super::convert::{big, format_spec, formatted};
use super::int::{exact, too_long_for_text};
use adder_num::int::{self as num, ByteOrder, ToBytesError};
use adder_num::{IBig, format};
use adder_object::bind::Bound;
use adder_object::call::call1;
use adder_object::int::{Int, as_int, from_big, from_i64, from_u64, from_usize};
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{
    Bytes, Obj, ObjExt, PyResult, Str, Type, Vm, buffer, bytes, error, int, ops, singletons, str, tuple, types,
};
use std::borrow::Cow;

pub static METHODS: &[MethodDef] = &[
    method("conjugate($self, /)", Native::NoArgs(exact), "Returns self, the complex conjugate of any int."),
    method(
        "bit_length($self, /)",
        Native::NoArgs(bit_length),
        "Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
    ),
    method(
        "bit_count($self, /)",
        Native::NoArgs(bit_count),
        "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
    ),
    method(
        "to_bytes($self, /, length=1, byteorder='big', *, signed=False)",
        Native::Bound(to_bytes),
        "Return an array of bytes representing an integer.\n\n  length\n    Length of bytes object to use.  An OverflowError is raised if\n    the integer is not representable with the given number of bytes.\n    Default is length 1.\n  byteorder\n    The byte order used to represent the integer.  If byteorder is\n    'big', the most significant byte is at the beginning of the byte\n    array.  If byteorder is 'little', the most significant byte is at\n    the end of the byte array.\n  signed\n    Determines whether two's complement is used to represent the\n    integer.",
    ),
    class_method(
        "from_bytes($type, /, bytes, byteorder='big', *, signed=False)",
        Native::Bound(from_bytes),
        "Return the integer represented by the given array of bytes.\n\n  bytes\n    Holds the array of bytes to convert.  The argument must either\n    support the buffer protocol or be an iterable object producing\n    bytes.\n  byteorder\n    The byte order used to represent the integer.\n  signed\n    Indicates whether two's complement is used to represent the integer.",
    ),
    method(
        "as_integer_ratio($self, /)",
        Native::NoArgs(|vm, a| Ok(tuple::from_array([exact(vm, a)?, from_i64(1)]))),
        "Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)",
    ),
    method("__trunc__($self, /)", Native::NoArgs(exact), "Truncating an Integral returns itself."),
    method("__floor__($self, /)", Native::NoArgs(exact), "Flooring an Integral returns itself."),
    method("__ceil__($self, /)", Native::NoArgs(exact), "Ceiling of an Integral returns itself."),
    method(
        "__round__($self, ndigits=None, /)",
        Native::Pos(0, 1, round),
        "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
    ),
    method("__getnewargs__($self, /)", Native::NoArgs(|vm, a| Ok(tuple::from_array([exact(vm, a)?]))), ""),
    method(
        "__format__($self, format_spec, /)",
        Native::One(format_method),
        "Convert to a string according to format_spec.",
    ),
    method("__sizeof__($self, /)", Native::NoArgs(sizeof), "Returns size in memory, in bytes."),
    method(
        "is_integer($self, /)",
        Native::NoArgs(|_, _| Ok(singletons::true_obj())),
        "Returns True. Exists for duck type compatibility with float.is_integer.",
    ),
];

pub static GETSET: &[GetSetDef] = &[
    getter("real", exact, "the real part of a complex number"),
    getter("imag", |_, _| Ok(from_i64(0)), "the imaginary part of a complex number"),
    getter("numerator", exact, "the numerator of a rational number in lowest terms"),
    getter("denominator", |_, _| Ok(from_i64(1)), "the denominator of a rational number in lowest terms"),
];

fn number(a: &Obj) -> PyResult<Int<'_>> {
    as_int(a).ok_or_else(|| {
        error::type_error(format!("descriptor requires a 'int' object but received a '{}'", a.ty().name()))
    })
}

fn bits(i: &Int<'_>) -> usize {
    match i {
        Int::Small(n) => 64 - n.unsigned_abs().leading_zeros() as usize,
        Int::Big(b) => num::bit_length(b),
    }
}

fn bit_length(_: &Vm, a: &Obj) -> PyResult {
    Ok(from_usize(bits(&number(a)?)))
}

fn bit_count(_: &Vm, a: &Obj) -> PyResult {
    Ok(match number(a)? {
        Int::Small(n) => from_i64(n.unsigned_abs().count_ones() as i64),
        Int::Big(b) => from_u64(num::bit_count(b)),
    })
}

fn byte_order(function: &::std::primitive::str, o: Option<&Obj>) -> PyResult<ByteOrder> {
    let Some(o) = o else { return Ok(ByteOrder::Big) };
    match o.get::<Str>() {
        Some(s) if s.eq_str("little") => Ok(ByteOrder::Little),
        Some(s) if s.eq_str("big") => Ok(ByteOrder::Big),
        Some(_) => Err(error::value_error("byteorder must be either 'little' or 'big'")),
        None => {
            Err(error::type_error(format!("{function}() argument 'byteorder' must be str, not {}", o.ty().tp_name())))
        }
    }
}

fn to_bytes(vm: &Vm, a: &Obj, args: &Bound<'_>) -> PyResult {
    let length = args.opt(0).map_or(Ok(1), |n| ops::size_isize(vm, n))?;
    let order = byte_order("to_bytes", args.opt(1))?;
    let signed = args.opt(2).map_or(Ok(false), |o| ops::truth(vm, o))?;
    let Ok(length) = usize::try_from(length) else {
        return Err(error::value_error("length argument must be non-negative"));
    };
    if length > 1 << 40 {
        return Err(error::no_memory());
    }
    let r = match number(a)? {
        Int::Small(n) => bytes::try_build(length, |out| num::write_i64(n, out, order, signed).map(|()| length)),
        Int::Big(b) => num::to_bytes(b, length, order, signed).map(|b| bytes::new(&b)),
    };
    r.map_err(|e| {
        error::overflow_error(match e {
            ToBytesError::TooBig => "int too big to convert",
            ToBytesError::Negative => "can't convert negative int to unsigned",
        })
    })
}

fn from_bytes(vm: &Vm, cls: &Obj, args: &Bound<'_>) -> PyResult {
    let order = byte_order("from_bytes", args.opt(1))?;
    let signed = args.opt(2).map_or(Ok(false), |o| ops::truth(vm, o))?;
    let source = args.req(0);
    let n = match source.get_exact::<Bytes>() {
        Some(b) => of_data(b.as_slice(), order, signed),
        None => of_data(&bytes_of(vm, source)?, order, signed),
    };
    if cls.get::<Type>().is_some_and(|t| t.is(&types::INT)) { Ok(n) } else { call1(vm, cls, &n) }
}

fn of_data(data: &[u8], order: ByteOrder, signed: bool) -> Obj {
    match num::small_from_bytes(data, order, signed) {
        Some(n) => from_i64(n),
        None => from_big(num::from_bytes(data, order, signed)),
    }
}

/// `bytes(x)` for what `from_bytes` takes: `__bytes__`, a buffer, or small ints.
fn bytes_of(vm: &Vm, x: &Obj) -> PyResult<Vec<u8>> {
    if buffer::has_buffer(x) {
        return buffer::to_vec(vm, x);
    }
    if let Some(r) = adder_object::call::call_special(vm, x, &adder_object::names().__bytes__, &[])? {
        return match r.get::<adder_object::Bytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(error::type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().tp_name()))),
        };
    }
    if x.get::<Str>().is_some() || x.ty().iter().is_none() && x.ty().getitem().is_none() {
        return Err(error::type_error(format!("cannot convert '{}' object to bytes", x.ty().tp_name())));
    }
    ops::collect(vm, x)?
        .iter()
        .map(|o| {
            let i = ops::index(vm, o)?;
            as_int(&i)
                .and_then(|i| i.to_i64())
                .and_then(|n| u8::try_from(n).ok())
                .ok_or_else(|| error::value_error("bytes must be in range(0, 256)"))
        })
        .collect()
}

/// `round(n, ndigits)`: to a power of ten, halves to even.
fn round(vm: &Vm, a: &Obj, args: &[Obj]) -> PyResult {
    let Some(digits) = args.first().filter(|o| !o.is_none()) else { return exact(vm, a) };
    let digits = ops::index(vm, digits)?;
    let Some(d) = as_int(&digits) else { return exact(vm, a) };
    if !d.is_negative() {
        return exact(vm, a);
    }
    let n = number(a)?;
    let places = d.to_i64().map_or(i64::MAX, |d| d.saturating_neg());
    // Beyond the number's own length the answer is 0, whatever the power would cost to compute.
    if places > bits(&n) as i64 / 3 + 2 {
        return Ok(from_i64(0));
    }
    let (n, ten) = (big(&n), IBig::from(10));
    let unit = num::pow(&ten, &IBig::from(places)).map_err(super::convert::int_error)?;
    let (q, r) = num::div_mod(&n, &unit).map_err(super::convert::int_error)?;
    let twice: IBig = &r + &r;
    let odd = num::modulo(&q, &IBig::from(2)).map_err(super::convert::int_error)? != IBig::ZERO;
    let up = twice > unit || twice == unit && odd;
    let low: IBig = &*n - &r;
    Ok(from_big(if up { low + unit } else { low }))
}

fn format_method(vm: &Vm, a: &Obj, spec: &Obj) -> PyResult {
    let spec = format_spec(spec)?;
    if spec.is_empty() {
        return ops::str(vm, a);
    }
    if let ("d" | "x" | "o" | "b", Some(n)) = (&*spec, a.small_int()) {
        let radix = match &*spec {
            "d" => 10,
            "x" => 16,
            "o" => 8,
            _ => 2,
        };
        let digits = num::Short::new(n.unsigned_abs(), radix);
        let sign = usize::from(n < 0);
        let text = str::ascii_with(sign + digits.bytes().len(), |out| {
            out[..sign].fill(b'-');
            out[sign..].copy_from_slice(digits.bytes());
        });
        return Ok(text.into_obj());
    }
    let name = if a.is_exact(&types::INT) { Cow::Borrowed("int") } else { Cow::Owned(a.ty().tp_name()) };
    match number(a)? {
        Int::Small(n) => formatted(format::format_i64(&spec, n, &name)),
        Int::Big(b) => {
            let max = int::max_str_digits();
            let decimal = !spec.ends_with(['b', 'c', 'o', 'x', 'X', 'e', 'E', 'f', 'F', 'g', 'G', '%']);
            if decimal && num::exceeds_digit_limit(b, max) {
                return Err(too_long_for_text(max));
            }
            formatted(format::format_int(&spec, b, &name))
        }
    }
}

/// CPython's size: a header of 24 bytes and 4 for every 30 bits.
fn sizeof(_: &Vm, a: &Obj) -> PyResult {
    Ok(from_usize(24 + 4 * bits(&number(a)?).div_ceil(30).max(1)))
}
