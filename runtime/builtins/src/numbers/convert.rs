//! What the number types share: texts of digits in any script, operands as floats, errors of adder-num as exceptions.

use adder_num::IBig;
use adder_num::float::FloatError;
use adder_num::format::FormatError;
use adder_num::int::IntError;
use adder_object::int::{Int, as_int};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Str, error, exceptions as exc, float, str};
use std::borrow::Cow;

/// Spaces and decimal digits of every script as ASCII; anything else that is not ASCII becomes '?'.
pub fn ascii_text(s: &Str) -> Vec<u8> {
    if let Some(t) = s.as_ascii() {
        return t.as_bytes().to_vec();
    }
    s.chars()
        .iter()
        .map(|c| match c {
            0..=127 => c as u8,
            _ if adder_unicode::is_space(c) => b' ',
            _ => adder_unicode::decimal(c).map_or(b'?', |d| b'0' + d),
        })
        .collect()
}

/// A number's operand as big int without copying one that is big already.
pub fn big<'a>(i: &Int<'a>) -> Cow<'a, IBig> {
    match *i {
        Int::Small(n) => Cow::Owned(IBig::from(n)),
        Int::Big(b) => Cow::Borrowed(b),
    }
}

/// A float or an int as float; None for other types, OverflowError for an int too large.
#[inline]
pub fn real_operand(o: &Obj) -> PyResult<Option<f64>> {
    match float::as_float(o) {
        Some(x) => Ok(Some(x)),
        None => as_int(o).map(|i| i.to_f64()).transpose(),
    }
}

#[cold]
pub fn division_by_zero() -> PyErr {
    error::zero_division_error("division by zero")
}

#[cold]
pub fn int_error(e: IntError) -> PyErr {
    match e {
        IntError::ZeroDivision => division_by_zero(),
        IntError::NegativeShift => error::value_error("negative shift count"),
        IntError::TooLarge => error::overflow_error("too many digits in integer"),
        IntError::FloatOverflow => error::overflow_error("integer division result too large for a float"),
        IntError::NotInvertible => error::value_error("base is not invertible for the given modulus"),
        IntError::Negative => error::value_error("negative argument"),
    }
}

/// Errors of converting a float to int.
#[cold]
pub fn to_int_error(e: FloatError) -> PyErr {
    match e {
        FloatError::Nan => error::value_error("cannot convert float NaN to integer"),
        _ => error::overflow_error("cannot convert float infinity to integer"),
    }
}

/// C's ERANGE, as CPython raises it for float powers.
#[cold]
pub fn range_error() -> PyErr {
    PyErr::with_args(
        &exc::OVERFLOW_ERROR,
        vec![Obj::int_unchecked(34), str::from_str("Numerical result out of range").into_obj()],
    )
}

/// The text of a format specifier, its digits mapped to ASCII.
pub fn format_spec(spec: &Obj) -> PyResult<Cow<'_, ::std::primitive::str>> {
    let Some(s) = spec.get::<Str>() else {
        return Err(error::type_error(format!("__format__() argument must be str, not {}", spec.ty().tp_name())));
    };
    if let Some(t) = s.as_ascii() {
        return Ok(Cow::Borrowed(t));
    }
    let digits = s
        .chars()
        .iter()
        .map(|c| match adder_unicode::decimal(c) {
            Some(d) => (b'0' + d) as char,
            None => char::from_u32(c).unwrap_or('\u{FFFD}'),
        })
        .collect();
    Ok(Cow::Owned(digits))
}

/// The result of a formatting function of adder-num as str or exception.
pub fn formatted(r: Result<String, FormatError>) -> PyResult {
    match r {
        Ok(s) => Ok(str::from_str(&s).into_obj()),
        Err(FormatError::Value(t)) => Err(error::value_error(t)),
        Err(FormatError::Overflow(t)) => Err(error::overflow_error(t)),
        Err(FormatError::Memory) => Err(error::no_memory()),
        Err(FormatError::Surrogate(c, layout)) => {
            let mut out = vec![layout.fill as u32; layout.left];
            out.push(c);
            out.resize(layout.left + 1 + layout.right, layout.fill as u32);
            Ok(str::from_code_points(&out).into_obj())
        }
    }
}
