//! Encoding and decoding as `str.encode` and `bytes.decode` ask for it, and the native codecs behind them.
//!
//! *Invariant*: the common names never import anything; all others go through the registry.

pub mod errors;
pub mod escape;
pub mod module;
pub mod multibyte;
pub mod registry;

use super::build::StrBuilder;
use adder_object::{
    ByteArray, Bytes, Obj, ObjExt, PyErr, PyResult, Str, Vm, bytes, error, exceptions as exc, str, with_chars,
};
use adder_unicode::codec::{self as pure, Order, Sink};
use errors::{DecodeErrors, EncodeErrors, Policy};
use std::borrow::Cow;

pub use errors::{decode_error, encode_error};

impl Sink for StrBuilder {
    fn push(&mut self, cp: u32) {
        StrBuilder::push(self, cp);
    }
    fn len(&self) -> usize {
        StrBuilder::len(self)
    }
    fn truncate(&mut self, len: usize) {
        StrBuilder::truncate(self, len);
    }
    fn push_str(&mut self, text: &::std::primitive::str) {
        StrBuilder::push_str(self, text);
    }
    fn push_ascii(&mut self, run: &[u8]) {
        self.push_latin1(run);
    }
}

/// The codecs that need no table from Python.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    Utf7,
    Utf16(Order),
    Utf32(Order),
    UnicodeEscape,
    RawUnicodeEscape,
}

/// An optional str argument that names an encoding or an error policy.
pub fn name_arg<'a>(
    o: Option<&'a Obj>,
    function: &::std::primitive::str,
    which: &::std::primitive::str,
) -> PyResult<Option<Cow<'a, ::std::primitive::str>>> {
    let Some(o) = o else { return Ok(None) };
    let Some(s) = o.get::<Str>() else {
        let t = o.ty().tp_name();
        return Err(error::type_error(format!("{function}() argument '{which}' must be str, not {t}")));
    };
    if let Some(text) = s.as_ascii().filter(|t| !t.contains('\0')) {
        return Ok(Some(Cow::Borrowed(text)));
    }
    plain_name(o, s).map(|n| Some(Cow::Owned(n)))
}

/// The text of a name: no NUL, no lone surrogates.
pub fn plain_name(o: &Obj, s: &Str) -> PyResult<String> {
    let Some(text) = s.to_utf8() else {
        let at = s.chars().iter().position(|c| (0xD800..0xE000).contains(&c)).unwrap_or(0);
        return Err(encode_error("utf-8", o.clone(), at, at + 1, "surrogates not allowed"));
    };
    if text.contains('\0') { Err(error::value_error("embedded null character")) } else { Ok(text) }
}

/// The codec that the runtime itself has under a name.
fn shortcut(encoding: &::std::primitive::str) -> Option<Codec> {
    match encoding {
        "utf-8" | "utf8" => return Some(Codec::Utf8),
        "ascii" => return Some(Codec::Ascii),
        "latin-1" => return Some(Codec::Latin1),
        _ => {}
    }
    Some(match registry::normalize(encoding).as_str() {
        "utf_8" | "utf8" => Codec::Utf8,
        "utf_16" | "utf16" => Codec::Utf16(Order::Marked),
        "utf_32" | "utf32" => Codec::Utf32(Order::Marked),
        "ascii" | "us_ascii" => Codec::Ascii,
        "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1" => Codec::Latin1,
        _ => return None,
    })
}

/// In development mode an unknown error handler is an error even when nothing needs it.
fn check_handler(vm: &Vm, errors: &::std::primitive::str) -> PyResult<()> {
    if super::dev_mode() { registry::lookup_error(vm, errors).map(drop) } else { Ok(()) }
}

/// Decodes all of `data`; `object` is where the bytes come from.
pub fn decode(
    vm: &Vm,
    data: &[u8],
    object: Option<&Obj>,
    encoding: &::std::primitive::str,
    errors: &::std::primitive::str,
) -> PyResult {
    check_handler(vm, errors)?;
    if let Some(codec) = shortcut(encoding) {
        return Ok(decode_native(vm, codec, data, object, errors, true)?.0);
    }
    let whole = match object {
        Some(o) if o.get::<Bytes>().is_some() || o.get::<ByteArray>().is_some() => o.clone(),
        _ => bytes::new(data),
    };
    let r = registry::decode_text(vm, &whole, encoding, errors)?;
    if r.get::<Str>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!(
        "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        r.ty().tp_name()
    )))
}

/// Encodes a str.
pub fn encode(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: &::std::primitive::str) -> PyResult {
    check_handler(vm, errors)?;
    if let Some(codec) = shortcut(encoding) {
        return encode_native(vm, codec, o, errors);
    }
    let r = registry::encode_text(vm, o, encoding, errors)?;
    if r.get::<Bytes>().is_some() {
        return Ok(r);
    }
    if let Some(b) = r.get::<ByteArray>() {
        let text = format!(
            "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
        );
        vm.warn(&exc::RUNTIME_WARNING, &text, 1)?;
        return Ok(bytes::new(&b.data.borrow()));
    }
    Err(error::type_error(format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        r.ty().tp_name()
    )))
}

/// Decodes with a native codec: the text, how many bytes were used (fewer than all only when `last` is false), and the byte
/// order found.
pub fn decode_native(
    vm: &Vm,
    codec: Codec,
    data: &[u8],
    object: Option<&Obj>,
    errors: &::std::primitive::str,
    last: bool,
) -> PyResult<(Obj, usize, Order)> {
    match codec {
        Codec::Utf8 | Codec::Ascii if data.is_ascii() => {
            return Ok((str::from_ascii(data).into_obj(), data.len(), Order::Marked));
        }
        Codec::Utf8 => {
            if let Ok(s) = std::str::from_utf8(data) {
                return Ok((str::from_str(s).into_obj(), data.len(), Order::Marked));
            }
        }
        Codec::Latin1 => return Ok((str::from_latin1(data).into_obj(), data.len(), Order::Marked)),
        _ => {}
    }
    let mut answers = DecodeErrors { vm, policy: Policy::of(errors), object };
    let handler = &mut |p: pure::DecodeProblem<'_>| answers.answer(p);
    let mut out = StrBuilder::with_capacity(data.len());
    let mut order = Order::Marked;
    let used = match codec {
        Codec::Utf8 => pure::decode_utf8(data, last, &mut out, handler)?,
        Codec::Ascii => pure::decode_ascii(data, &mut out, handler)?,
        Codec::Latin1 => pure::decode_latin1(data, &mut out),
        Codec::Utf7 => pure::decode_utf7(data, last, &mut out, handler)?,
        Codec::Utf16(o) => {
            let (used, found) = pure::decode_utf16(data, o, last, &mut out, handler)?;
            order = found;
            used
        }
        Codec::Utf32(o) => {
            let (used, found) = pure::decode_utf32(data, o, last, &mut out, handler)?;
            order = found;
            used
        }
        Codec::UnicodeEscape => {
            let e = pure::decode_unicode_escape(data, last, &mut out, handler)?;
            if let Some(c) = e.first_invalid {
                escape::warn_invalid(vm, c, "")?;
            }
            e.used
        }
        Codec::RawUnicodeEscape => pure::decode_raw_unicode_escape(data, last, &mut out, handler)?,
    };
    Ok((out.finish(), used, order))
}

/// Encodes a str with a native codec.
pub fn encode_native(vm: &Vm, codec: Codec, o: &Obj, errors: &::std::primitive::str) -> PyResult {
    let s = o.this::<Str>()?;
    match codec {
        Codec::Utf8 | Codec::Ascii | Codec::Latin1 if s.is_ascii() => return Ok(bytes::new(s.raw_bytes())),
        Codec::Latin1 if s.kind() == 1 => return Ok(bytes::new(s.raw_bytes())),
        Codec::Utf8 => {
            if let Some(b) = utf8_of(s) {
                return Ok(b);
            }
        }
        Codec::Utf16(order) if s.kind() < 4 => {
            if let Some(b) = utf16_of(s, order) {
                return Ok(b);
            }
        }
        _ => {}
    }
    let mut answers = EncodeErrors { vm, policy: Policy::of(errors), text: o };
    let handler = &mut |p: pure::EncodeProblem| answers.answer(p);
    let mut out: Vec<u8> = Vec::with_capacity(s.len());
    with_chars!(s.chars(), c => match codec {
        Codec::Utf8 => pure::encode_utf8(c, &mut out, handler)?,
        Codec::Ascii => pure::encode_ascii(c, &mut out, handler)?,
        Codec::Latin1 => pure::encode_latin1(c, &mut out, handler)?,
        Codec::Utf7 => pure::encode_utf7(c, &mut out),
        Codec::Utf16(order) => pure::encode_utf16(c, order, &mut out, handler)?,
        Codec::Utf32(order) => pure::encode_utf32(c, order, &mut out, handler)?,
        Codec::UnicodeEscape => pure::encode_unicode_escape(c, &mut out),
        Codec::RawUnicodeEscape => pure::encode_raw_unicode_escape(c, &mut out),
    });
    Ok(bytes::new(&out))
}

/// The UTF-8 of a str without surrogates.
fn utf8_of(s: &Str) -> Option<Obj> {
    with_chars!(s.chars(), units => {
        let size = utf8_size(units)?;
        Some(bytes::build(size, |out| fill_utf8(units, out)))
    })
}
/// How many bytes characters take; None when there is a surrogate among them.
fn utf8_size<T: Copy + Into<u32>>(units: &[T]) -> Option<usize> {
    let (mut size, mut surrogates) = (units.len(), false);
    for &c in units {
        let c: u32 = c.into();
        size += usize::from(c >= 0x80) + usize::from(c >= 0x800) + usize::from(c >= 0x1_0000);
        surrogates |= c & 0xFFFF_F800 == 0xD800;
    }
    (!surrogates).then_some(size)
}
fn fill_utf8<T: Copy + Into<u32>>(units: &[T], mut out: &mut [u8]) {
    for &c in units {
        let c: u32 = c.into();
        let low = |shift: u32| 0x80 | (c >> shift & 63) as u8;
        let (all, n) = match c {
            0..=0x7F => ([c as u8, 0, 0, 0], 1),
            0x80..=0x7FF => ([0xC0 | (c >> 6) as u8, low(0), 0, 0], 2),
            0x800..=0xFFFF => ([0xE0 | (c >> 12) as u8, low(6), low(0), 0], 3),
            _ => ([0xF0 | (c >> 18) as u8, low(12), low(6), low(0)], 4),
        };
        match out.first_chunk_mut() {
            Some(four) => *four = all,
            None => out.iter_mut().zip(all).take(n).for_each(|(to, b)| *to = b),
        }
        out = std::mem::take(&mut out).get_mut(n..).unwrap_or_default();
    }
}

/// The UTF-16 of a str whose characters take one unit each, none of them a surrogate.
fn utf16_of(s: &Str, order: Order) -> Option<Obj> {
    with_chars!(s.chars(), units => utf16_units(units, order))
}
fn utf16_units<T: Copy + Into<u32>>(units: &[T], order: Order) -> Option<Obj> {
    let unit = |c: u32| if order == Order::Big { (c as u16).to_be_bytes() } else { (c as u16).to_le_bytes() };
    let plain = |c: u32| c < 0x1_0000 && c & 0xF800 != 0xD800;
    if !units.iter().all(|&c| plain(c.into())) {
        return None;
    }
    let mark = usize::from(order == Order::Marked);
    Some(bytes::build((mark + units.len()) * 2, |out| {
        let (front, rest) = out.split_at_mut(mark * 2);
        front.copy_from_slice(&unit(0xFEFF)[..mark * 2]);
        rest.chunks_exact_mut(2).zip(units).for_each(|(to, &c)| to.copy_from_slice(&unit(c.into())));
    }))
}

/// The UTF-8 of a str, or the UnicodeEncodeError of its first surrogates.
pub fn utf8(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    let b = encode_native(vm, Codec::Utf8, o, "strict")?;
    Ok(b.this::<Bytes>()?.as_slice().to_vec())
}

/// A file name or environment text from the operating system's bytes (UTF-8 with surrogateescape).
pub fn fs_decode(vm: &Vm, data: &[u8]) -> PyResult {
    Ok(decode_native(vm, Codec::Utf8, data, None, "surrogateescape", true)?.0)
}
/// The operating system's bytes of a str.
pub fn fs_encode(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    let b = encode_native(vm, Codec::Utf8, o, "surrogateescape")?;
    Ok(b.this::<Bytes>()?.as_slice().to_vec())
}

/// For code that has no better place for an encoding problem.
pub fn unknown(encoding: &::std::primitive::str) -> PyErr {
    error::lookup_error(format!("unknown encoding: {encoding}"))
}
