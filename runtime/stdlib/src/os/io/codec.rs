//! The encodings that text streams handle natively: UTF-8, ASCII and Latin-1 with the common error handlers.
//!
//! Everything else goes through the codec registry (see textcoder). CPython: Objects/unicodeobject.c.

use crate::os::convert::new_str;
use adder_object::str::Chars;
use adder_object::{Obj, ObjExt, PyErr, PyResult, Ref, Str, bytes, error, exceptions as exc, int, str};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Errors {
    Strict,
    Ignore,
    Replace,
    SurrogateEscape,
    BackslashReplace,
    /// Of encoders alone.
    XmlCharRef,
}

impl Codec {
    pub fn by_name(name: &::std::primitive::str) -> Option<Codec> {
        let n: String = name.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
        match n.as_str() {
            "utf-8" | "utf8" => Some(Codec::Utf8),
            "ascii" | "us-ascii" => Some(Codec::Ascii),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => Some(Codec::Latin1),
            _ => None,
        }
    }
    /// The name that errors and `encoding` attributes of error objects show.
    pub fn name(self) -> &'static ::std::primitive::str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
        }
    }
}
impl Errors {
    pub fn by_name(name: &::std::primitive::str) -> Option<Errors> {
        Some(match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            "surrogateescape" => Errors::SurrogateEscape,
            "backslashreplace" => Errors::BackslashReplace,
            "xmlcharrefreplace" => Errors::XmlCharRef,
            _ => return None,
        })
    }
}

#[cold]
fn decode_error(codec: Codec, input: &[u8], start: usize, end: usize, reason: &::std::primitive::str) -> PyErr {
    PyErr::with_args(
        &exc::UNICODE_DECODE_ERROR,
        vec![new_str(codec.name()), bytes::new(input), int::from_usize(start), int::from_usize(end), new_str(reason)],
    )
}

/// Decodes `input`; the second result counts the bytes used (all of them when `last`).
pub fn decode(codec: Codec, errors: Errors, input: &[u8], last: bool) -> PyResult<(Ref<Str>, usize)> {
    if codec == Codec::Latin1 {
        return Ok((str::from_latin1(input), input.len()));
    }
    if input.is_ascii() {
        return Ok((str::from_ascii(input), input.len()));
    }
    let mut out: Vec<u32> = Vec::with_capacity(input.len());
    let mut at = 0;
    while at < input.len() {
        let (bad, reason) = match codec {
            Codec::Utf8 => match std::str::from_utf8(&input[at..]) {
                Ok(s) => {
                    out.extend(s.chars().map(|c| c as u32));
                    return Ok((str::from_code_points(&out), input.len()));
                }
                Err(e) => {
                    let good = at + e.valid_up_to();
                    let s = String::from_utf8_lossy(&input[at..good]);
                    out.extend(s.chars().map(|c| c as u32));
                    at = good;
                    match e.error_len() {
                        None if !last => return Ok((str::from_code_points(&out), at)),
                        None => (input.len() - at, "unexpected end of data"),
                        Some(1) if !(0xC2..=0xF4).contains(&input[at]) => (1, "invalid start byte"),
                        Some(n) => (n, "invalid continuation byte"),
                    }
                }
            },
            _ if input[at] < 128 => {
                out.push(input[at] as u32);
                at += 1;
                continue;
            }
            _ => (1, "ordinal not in range(128)"),
        };
        let part = &input[at..at + bad];
        match errors {
            Errors::Strict => return Err(decode_error(codec, input, at, at + bad, reason)),
            Errors::Ignore => {}
            Errors::Replace => out.push(0xFFFD),
            Errors::SurrogateEscape => out.extend(part.iter().map(|&b| 0xDC00 + b as u32)),
            Errors::BackslashReplace => {
                part.iter().for_each(|b| out.extend(format!("\\x{b:02x}").chars().map(|c| c as u32)));
            }
            Errors::XmlCharRef => {
                return Err(error::type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
        }
        at += bad;
    }
    Ok((str::from_code_points(&out), input.len()))
}

/// Appends the encoded text to `out`.
pub fn encode(codec: Codec, errors: Errors, text: &Ref<Str>, out: &mut Vec<u8>) -> PyResult<()> {
    if let Some(s) = text.as_ascii() {
        out.extend_from_slice(s.as_bytes());
        return Ok(());
    }
    if let (Codec::Latin1, Chars::One(b)) = (codec, text.chars()) {
        out.extend_from_slice(b);
        return Ok(());
    }
    let chars = text.chars();
    let fits = |c: u32| match codec {
        Codec::Utf8 => !(0xD800..=0xDFFF).contains(&c),
        Codec::Ascii => c < 128,
        Codec::Latin1 => c < 256,
    };
    let start_len = out.len();
    let mut i = 0;
    while i < chars.len() {
        let c = chars.at(i);
        if fits(c) {
            if codec == Codec::Utf8 {
                str::push_wtf8(out, c)
            } else {
                out.push(c as u8)
            }
            i += 1;
            continue;
        }
        let run = (i..chars.len()).take_while(|&k| !fits(chars.at(k))).count();
        for k in i..i + run {
            let c = chars.at(k);
            match errors {
                Errors::Ignore => {}
                Errors::Replace => out.push(b'?'),
                Errors::SurrogateEscape if (0xDC80..=0xDCFF).contains(&c) => out.push((c - 0xDC00) as u8),
                Errors::XmlCharRef => out.extend(format!("&#{c};").bytes()),
                Errors::BackslashReplace => out.extend(
                    match c {
                        0..=0xFF => format!("\\x{c:02x}"),
                        0x100..=0xFFFF => format!("\\u{c:04x}"),
                        _ => format!("\\U{c:08x}"),
                    }
                    .bytes(),
                ),
                _ => {
                    out.truncate(start_len);
                    return Err(encode_error(codec, text.obj(), k, i + run));
                }
            }
        }
        i += run;
    }
    Ok(())
}

/// The error of a name that cannot be UTF-8.
#[cold]
pub fn surrogates_error(text: &Obj) -> PyErr {
    let at = text.get::<Str>().and_then(|s| s.chars().iter().position(|c| (0xD800..=0xDFFF).contains(&c))).unwrap_or(0);
    encode_error(Codec::Utf8, text, at, at + 1)
}
#[cold]
fn encode_error(codec: Codec, text: &Obj, start: usize, end: usize) -> PyErr {
    let reason = match codec {
        Codec::Utf8 => "surrogates not allowed",
        Codec::Ascii => "ordinal not in range(128)",
        Codec::Latin1 => "ordinal not in range(256)",
    };
    PyErr::with_args(
        &exc::UNICODE_ENCODE_ERROR,
        vec![new_str(codec.name()), text.clone(), int::from_usize(start), int::from_usize(end), new_str(reason)],
    )
}
