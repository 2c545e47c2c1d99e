//! The text forms of bytes and bytearray.
//!
//! *CPython*: bytesobject.c, PyBytes_Repr; bytearrayobject.c, bytearray_repr, which escapes single quotes always.

use super::data::data;
use adder_object::{Obj, PyResult, Vm, exceptions as exc, str};

/// `b'...'`; `always` escapes single quotes inside double ones too.
pub fn quoted(data: &[u8], always: bool) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let double = data.contains(&b'\'') && !data.contains(&b'"');
    let quote = if double { b'"' } else { b'\'' };
    let mut out = Vec::with_capacity(data.len() + 3);
    out.extend([b'b', quote]);
    for &b in data {
        match b {
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b if b == quote || b == b'\\' || (always && b == b'\'') => out.extend([b'\\', b]),
            b' '..=b'~' => out.push(b),
            b => out.extend([b'\\', b'x', DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]),
        }
    }
    out.push(quote);
    out
}

pub fn bytes_repr(_: &Vm, o: &Obj) -> PyResult {
    Ok(str::from_ascii(&quoted(&data(o)?, false)).into_obj())
}
pub fn bytearray_repr(_: &Vm, o: &Obj) -> PyResult {
    let mut out = crate::text::build::StrBuilder::new();
    out.push_str(&adder_object::ObjExt::ty(o).name());
    out.push_str("(");
    out.push_latin1(&quoted(&data(o)?, true));
    out.push_str(")");
    Ok(out.finish())
}
/// `str(bytes)`: as repr, under `-bb` an error, which the flag's owner raises through warnings.
pub fn str_of(vm: &Vm, o: &Obj, kind: &::std::primitive::str) -> PyResult {
    if crate::text::bytes_warning() > 0 {
        vm.warn(&exc::BYTES_WARNING, &format!("str() on a {kind} instance"), 1)?;
    }
    adder_object::ops::repr(vm, o)
}
