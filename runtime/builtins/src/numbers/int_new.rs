//! `int(...)`: conversion from numbers and from text.
//!
//! CPython: Objects/longobject.c (long_new_impl, PyLong_FromString), Objects/abstract.c (PyNumber_Long).

use super::convert::ascii_text;
use adder_num::IBig;
use adder_num::int::{ParseError, parse, parse_i64};
use adder_object::bind::check_positional;
use adder_object::int::{as_int, from_big, from_i64};
use adder_object::{
    Args, ByteArray, Bytes, Obj, ObjExt, PyResult, Str, Type, Vm, buffer, bytes, error, exceptions as exc, int, ops,
    types,
};
use std::borrow::Cow;

pub fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let n = if args.has_keywords() { convert_keywords(vm, args)? } else { convert_positional(vm, args.positional())? };
    if ty.is(&types::INT) {
        return Ok(int::to_exact(&n));
    }
    Ok(int::with_type(ty, as_int(&n).map_or(IBig::ZERO, |i| i.to_big())))
}

fn convert_positional(vm: &Vm, args: &[Obj]) -> PyResult {
    match args {
        [] => Ok(from_i64(0)),
        [x] => number_int(vm, x),
        [x, base] => with_base(vm, x, base),
        _ => check_positional("int", args.len(), 0, 2).map(|()| from_i64(0)),
    }
}

fn convert_keywords(vm: &Vm, args: Args<'_>) -> PyResult {
    let total = args.len() + args.names().len();
    if total > 2 {
        return Err(error::type_error(format!("int() takes at most 2 arguments ({total} given)")));
    }
    let mut base = args.positional().get(1);
    for (name, value) in args.keywords() {
        if !name.get::<Str>().is_some_and(|s| s.eq_str("base")) {
            return Err(error::type_error(format!("int() got an unexpected keyword argument '{}'", ops::text(name))));
        }
        base = Some(value);
    }
    match (args.positional().first(), base) {
        (Some(x), Some(base)) => with_base(vm, x, base),
        _ => Err(error::type_error("int() missing string argument")),
    }
}

fn with_base(vm: &Vm, x: &Obj, base: &Obj) -> PyResult {
    let base = ops::index_clamped(vm, base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(error::value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    match text_of(x) {
        Some(t) => from_text(vm, &t, base as u32, x),
        None => Err(error::type_error("int() can't convert non-string with explicit base")),
    }
}

/// The ASCII form of a str, bytes or bytearray.
fn text_of(x: &Obj) -> Option<Cow<'_, [u8]>> {
    if let Some(s) = x.get::<Str>() {
        return Some(match s.as_ascii() {
            Some(text) => Cow::Borrowed(text.as_bytes()),
            None => Cow::Owned(ascii_text(s)),
        });
    }
    if let Some(b) = x.get::<Bytes>() {
        return Some(Cow::Borrowed(b.as_slice()));
    }
    x.get::<ByteArray>().map(|b| Cow::Owned(b.data.borrow().clone()))
}

/// Parses `text`, which came from `source` (shown in the error).
pub fn from_text(vm: &Vm, text: &[u8], base: u32, source: &Obj) -> PyResult {
    if base == 10
        && let Some(n) = parse_i64(text)
    {
        return Ok(from_i64(n));
    }
    let max = int::max_str_digits();
    match parse(text, base, max) {
        Ok(p) => Ok(from_big(p.value)),
        Err(ParseError::TooManyDigits(n)) => Err(error::value_error(format!(
            "Exceeds the limit ({max} digits) for integer string conversion: value has {n} digits; use sys.set_int_max_str_digits() to increase the limit"
        ))),
        Err(ParseError::Invalid) => {
            let shown =
                if source.get::<Str>().is_some() { source.clone() } else { bytes::new(&buffer::to_vec(vm, source)?) };
            let repr: String = ops::repr_string(vm, &shown)?.chars().take(200).collect();
            Err(error::value_error(format!("invalid literal for int() with base {base}: {repr}")))
        }
    }
}

/// `int(x)`.
pub fn number_int(vm: &Vm, x: &Obj) -> PyResult {
    if x.is_int() || x.is_exact(&types::INT) {
        return Ok(x.clone());
    }
    if let Some(n) = x.get_exact::<Str>().and_then(Str::as_ascii).and_then(|text| parse_i64(text.as_bytes())) {
        return Ok(from_i64(n));
    }
    let ty = x.ty();
    if let Some(f) = ty.int() {
        let r = f(vm, x)?;
        if r.is_int() || r.is_exact(&types::INT) {
            return Ok(r);
        }
        if !int::is_int(&r) {
            return Err(error::type_error(format!("__int__ returned non-int (type {})", r.ty().tp_name())));
        }
        vm.warn(
            &exc::DEPRECATION_WARNING,
            &format!(
                "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
                r.ty().tp_name()
            ),
            1,
        )?;
        return Ok(int::to_exact(&r));
    }
    if ty.index().is_some() {
        return ops::index(vm, x);
    }
    if let Some(t) = text_of(x) {
        return from_text(vm, &t, 10, x);
    }
    if ty.buffer().is_some() {
        let data = buffer::to_vec(vm, x)?;
        return from_text(vm, &data, 10, x);
    }
    Err(error::type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        ty.tp_name()
    )))
}
