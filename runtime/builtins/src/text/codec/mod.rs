//! Encoding and decoding as `str.encode` and `bytes.decode` ask for it.
//!
//! *Invariant*: the common names never import anything.

use adder_object::{Obj, ObjExt, PyErr, PyResult, Str, Vm, bytes, error, exceptions as exc, int, str};

/// An optional str argument that names an encoding or an error policy.
pub fn name_arg(
    o: Option<&Obj>,
    function: &::std::primitive::str,
    which: &::std::primitive::str,
) -> PyResult<Option<String>> {
    let Some(o) = o else { return Ok(None) };
    let Some(s) = o.get::<Str>() else {
        let t = o.ty().tp_name();
        return Err(error::type_error(format!("{function}() argument '{which}' must be str, not {t}")));
    };
    let text = s.to_string_lossy();
    if text.contains('\0') { Err(error::value_error("embedded null character")) } else { Ok(Some(text)) }
}

/// A UnicodeDecodeError.
pub fn decode_error(
    encoding: &::std::primitive::str,
    object: Obj,
    start: usize,
    end: usize,
    reason: &::std::primitive::str,
) -> PyErr {
    let args = vec![
        str::from_str(encoding).into_obj(),
        object,
        int::from_usize(start),
        int::from_usize(end),
        str::from_str(reason).into_obj(),
    ];
    PyErr::with_args(&exc::UNICODE_DECODE_ERROR, args)
}

fn unknown(encoding: &::std::primitive::str) -> PyErr {
    error::lookup_error(format!("unknown encoding: {encoding}"))
}

pub fn decode(
    _: &Vm,
    data: &[u8],
    _: Option<&Obj>,
    encoding: &::std::primitive::str,
    _: &::std::primitive::str,
) -> PyResult {
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "ascii" => match std::str::from_utf8(data) {
            Ok(s) => Ok(str::from_str(s).into_obj()),
            Err(e) => {
                let at = e.valid_up_to();
                Err(decode_error("utf-8", bytes::new(data), at, at + 1, "invalid start byte"))
            }
        },
        "latin-1" | "latin1" => Ok(str::from_latin1(data).into_obj()),
        _ => Err(unknown(encoding)),
    }
}

pub fn encode(_: &Vm, o: &Obj, encoding: &::std::primitive::str, _: &::std::primitive::str) -> PyResult {
    let s = o.this::<Str>()?;
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "ascii" => Ok(bytes::new(&s.to_wtf8())),
        "latin-1" | "latin1" => Ok(bytes::new(s.raw_bytes())),
        _ => Err(unknown(encoding)),
    }
}
