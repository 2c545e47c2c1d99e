//! `hex` and `fromhex` of bytes, bytearray and memoryview.
//!
//! *CPython*: pystrhex.c; bytesobject.c, _PyBytes_FromHex.

use super::data::{data, hold, like};
use adder_object::bind::Bound;
use adder_object::{
    ByteArray, Obj, ObjExt, PyErr, PyResult, Str, Type, Vm, buffer, bytes, call, error, ops, str, types,
};
use hex_simd::{AsOut, AsciiCase};

/// The separator and group size arguments.
pub fn hex_args(vm: &Vm, args: &Bound<'_>) -> PyResult<(Option<u8>, i32)> {
    let sep = match args.opt(0) {
        None => None,
        Some(s) => {
            if ops::len(vm, s)? != 1 {
                return Err(error::value_error("sep must be length 1."));
            }
            let c = if let Some(s) = s.get::<Str>() {
                s.at(0)
            } else if s.get::<adder_object::Bytes>().is_some() {
                u32::from(like(vm, s)?[0])
            } else {
                return Err(error::type_error("sep must be str or bytes."));
            };
            if c > 127 {
                return Err(error::value_error("sep must be ASCII."));
            }
            Some(c as u8)
        }
    };
    let group = match args.opt(1) {
        Some(n) => ops::to_i32(vm, n)?,
        None => 1,
    };
    Ok((sep, group))
}

/// Digits of `data`, with a separator between groups counted from the right (left when the size is negative).
pub fn hex_text(data: &[u8], sep: Option<u8>, group: i32) -> Obj {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = group.unsigned_abs() as usize;
    let sep = sep.filter(|_| size > 0 && size < data.len());
    if sep.is_none() {
        let mut out = vec![0; data.len() * 2];
        return str::from_ascii(hex_simd::encode(data, out.as_out(), AsciiCase::Lower)).into_obj();
    }
    let mut out = Vec::with_capacity(data.len() * 3);
    for (i, b) in data.iter().enumerate() {
        let boundary = if group > 0 { (data.len() - i).is_multiple_of(size.max(1)) } else { i % size.max(1) == 0 };
        if let Some(s) = sep
            && i > 0
            && boundary
        {
            out.push(s);
        }
        out.push(DIGITS[usize::from(b >> 4)]);
        out.push(DIGITS[usize::from(b & 15)]);
    }
    str::from_ascii(&out).into_obj()
}

pub fn hex(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let _held = hold(vm, o)?;
    let (sep, group) = hex_args(vm, args)?;
    Ok(hex_text(&data(o)?, sep, group))
}

fn parse(chars: &[u8]) -> PyResult<Vec<u8>> {
    let mut out = vec![0; chars.len() / 2];
    if chars.len().is_multiple_of(2) && hex_simd::decode(chars, out.as_out()).is_ok() {
        return Ok(out);
    }
    parse_spaced(chars.iter().map(|&b| u32::from(b)))
}

/// Digits in pairs with white space between them.
fn parse_spaced(chars: impl ExactSizeIterator<Item = u32>) -> PyResult<Vec<u8>> {
    let bad = |at: usize| -> PyErr {
        error::value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}"))
    };
    let digit = |c: u32| char::from_u32(c).and_then(|c| c.to_digit(16));
    let mut out = Vec::with_capacity(chars.len() / 2);
    let mut chars = chars.enumerate();
    while let Some((i, c)) = chars.next() {
        if matches!(c, 9..=13 | 32) {
            continue;
        }
        let Some(high) = digit(c) else { return Err(bad(i)) };
        let Some((_, low)) = chars.next() else {
            return Err(error::value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        };
        let Some(low) = digit(low) else { return Err(bad(i + 1)) };
        out.push((high << 4 | low) as u8);
    }
    Ok(out)
}

/// The class method `fromhex`; a subclass is called with the bytes.
pub fn fromhex(vm: &Vm, cls: &Obj, text: &Obj) -> PyResult {
    let data = if let Some(s) = text.get::<Str>() {
        if s.is_ascii() { parse(s.raw_bytes())? } else { parse_spaced(s.code_points().into_iter())? }
    } else if buffer::has_buffer(text) {
        parse(&like(vm, text)?)?
    } else {
        let t = text.ty().tp_name();
        return Err(error::type_error(format!("fromhex() argument must be str or bytes-like, not {t}")));
    };
    let ty = cls.this::<Type>()?;
    if ty.is(&types::BYTES) {
        return Ok(bytes::new(&data));
    }
    if ty.is(&types::BYTEARRAY) {
        return Ok(ByteArray::new(data).into_obj());
    }
    let arg = if ty.is_subtype(&types::BYTEARRAY) { ByteArray::new(data).into_obj() } else { bytes::new(&data) };
    call::call1(vm, cls, &arg)
}
