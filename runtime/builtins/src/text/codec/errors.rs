//! Error policies of codecs: the built-in ones, and calls of registered handlers.
//!
//! *Invariant*: the built-in names are served here without asking the registry, as CPython does.
//! *CPython*: codecs.c; unicodeobject.c, unicode_decode_call_errorhandler_writer and its encoding sibling.

use super::registry;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::{Bytes, Obj, ObjExt, PyErr, PyResult, Str, Vm, bytes, call, error, int, ops, str, tuple};
use adder_unicode::codec::errors::{self as pure, Utf};
use adder_unicode::codec::{DecodeProblem, DecodeRepair, EncodeProblem, EncodeRepair, Replacement};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Policy<'a> {
    Strict,
    Ignore,
    Replace,
    Backslash,
    Xml,
    Name,
    Escape,
    Pass,
    Other(&'a ::std::primitive::str),
}

impl Policy<'_> {
    pub fn of(name: &::std::primitive::str) -> Policy<'_> {
        match name {
            "strict" => Policy::Strict,
            "ignore" => Policy::Ignore,
            "replace" => Policy::Replace,
            "backslashreplace" => Policy::Backslash,
            "xmlcharrefreplace" => Policy::Xml,
            "namereplace" => Policy::Name,
            "surrogateescape" => Policy::Escape,
            "surrogatepass" => Policy::Pass,
            other => Policy::Other(other),
        }
    }
}

fn error_args(
    encoding: &::std::primitive::str,
    object: Obj,
    start: usize,
    end: usize,
    reason: &::std::primitive::str,
) -> Vec<Obj> {
    vec![
        str::from_str(encoding).into_obj(),
        object,
        int::from_usize(start),
        int::from_usize(end),
        str::from_str(reason).into_obj(),
    ]
}

/// A UnicodeDecodeError.
pub fn decode_error(
    encoding: &::std::primitive::str,
    object: Obj,
    start: usize,
    end: usize,
    reason: &::std::primitive::str,
) -> PyErr {
    PyErr::with_args(&exc::UNICODE_DECODE_ERROR, error_args(encoding, object, start, end, reason))
}

/// A UnicodeEncodeError.
pub fn encode_error(
    encoding: &::std::primitive::str,
    object: Obj,
    start: usize,
    end: usize,
    reason: &::std::primitive::str,
) -> PyErr {
    PyErr::with_args(&exc::UNICODE_ENCODE_ERROR, error_args(encoding, object, start, end, reason))
}

/// A position that a handler gave, within the input.
fn position(vm: &Vm, o: &Obj, len: usize) -> PyResult<usize> {
    let n = ops::size_isize(vm, o)?;
    let at = if n < 0 { n.saturating_add(len as isize) } else { n };
    match usize::try_from(at).ok().filter(|&i| i <= len) {
        Some(i) => Ok(i),
        None => Err(error::index_error(format!("position {at} from error handler out of bounds"))),
    }
}

/// The answers to the problems of one decoding.
pub struct DecodeErrors<'a> {
    pub vm: &'a Vm,
    pub policy: Policy<'a>,
    /// The object whose bytes are decoded, when it can stand in the exception itself.
    pub object: Option<&'a Obj>,
}

impl DecodeErrors<'_> {
    fn input(&self, p: &DecodeProblem<'_>) -> Obj {
        match self.object.and_then(|o| o.get::<Bytes>().map(|b| (o, b))) {
            Some((o, b)) if std::ptr::eq(b.as_slice(), p.input) => o.clone(),
            _ => bytes::new(p.input),
        }
    }
    fn error(&self, p: &DecodeProblem<'_>) -> PyErr {
        decode_error(p.encoding, self.input(p), p.start, p.end, p.reason)
    }
    pub fn answer(&mut self, p: DecodeProblem<'_>) -> PyResult<DecodeRepair> {
        let bad = &p.input[p.start..p.end];
        let chars = match self.policy {
            Policy::Strict => return Err(self.error(&p)),
            Policy::Ignore => vec![],
            Policy::Replace => vec![0xFFFD],
            Policy::Backslash => pure::backslash_bytes(bad).chars().map(u32::from).collect(),
            Policy::Escape => match pure::escape_bytes(bad) {
                Some(chars) => {
                    let resume = p.start + chars.len();
                    return Ok((chars, resume).into());
                }
                None => return Err(self.error(&p)),
            },
            Policy::Pass => match Utf::from_name(p.encoding).and_then(|u| u.pass_bytes(&p.input[p.start..])) {
                Some((c, n)) => return Ok((vec![c], p.start + n).into()),
                None => return Err(self.error(&p)),
            },
            Policy::Xml => return Err(refuse(self.error(&p).obj())),
            Policy::Name => return Err(refuse(self.error(&p).obj())),
            Policy::Other(name) => return self.ask(&p, name),
        };
        Ok((chars, p.end).into())
    }
    fn ask(&self, p: &DecodeProblem<'_>, name: &::std::primitive::str) -> PyResult<DecodeRepair> {
        let vm = self.vm;
        let handler = registry::lookup_error(vm, name)?;
        let e = self.error(p);
        let before = e.exception().and_then(|e| e.field(1));
        let r = call::call1(vm, &handler, e.obj())?;
        let wrong = || error::type_error("decoding error handler must return (str, int) tuple");
        let Some([text, at]) = tuple::as_slice(&r) else { return Err(wrong()) };
        let Some(text) = text.get::<Str>() else { return Err(wrong()) };
        let now = e.exception().and_then(|e| e.field(1));
        let input = match (&before, &now) {
            (Some(a), Some(b)) if !a.is(b) => match b.get::<Bytes>() {
                Some(b) => Some(b.as_slice().to_vec()),
                None => return Err(error::type_error("object attribute must be bytes")),
            },
            _ => None,
        };
        let len = input.as_ref().map_or(p.input.len(), Vec::len);
        let resume = position(vm, at, len)?;
        Ok(DecodeRepair { chars: text.code_points(), resume, input })
    }
}

/// The answers to the problems of one encoding.
pub struct EncodeErrors<'a> {
    pub vm: &'a Vm,
    pub policy: Policy<'a>,
    pub text: &'a Obj,
}

impl EncodeErrors<'_> {
    fn error(&self, p: &EncodeProblem) -> PyErr {
        encode_error(p.encoding, self.text.clone(), p.start, p.end, p.reason)
    }
    pub fn answer(&mut self, mut p: EncodeProblem) -> PyResult<EncodeRepair> {
        let Some(s) = self.text.get::<Str>() else { return Err(self.error(&p)) };
        if p.fatal {
            return Err(self.error(&p));
        }
        let chars = s.chars();
        let bad = || (p.start..p.end).map(|i| chars.at(i));
        let ascii = |s: String| Replacement::Chars(s.chars().map(u32::from).collect());
        let put = match self.policy {
            Policy::Strict => return Err(self.error(&p)),
            Policy::Ignore => Replacement::Bytes(vec![]),
            Policy::Replace => Replacement::Chars(vec![0x3F; p.end - p.start]),
            Policy::Backslash => ascii(pure::backslash_chars(bad())),
            Policy::Xml => ascii(pure::xml_references(bad())),
            Policy::Name => ascii(pure::name_references(bad())),
            Policy::Escape => match pure::unescape_chars(bad()) {
                Some(b) => Replacement::Bytes(b),
                None => {
                    p.start += bad().take_while(|c| (0xDC80..0xDD00).contains(c)).count();
                    return Err(self.error(&p));
                }
            },
            Policy::Pass => match Utf::from_name(p.encoding).and_then(|u| u.pass_chars(bad())) {
                Some(b) => Replacement::Bytes(b),
                None => return Err(self.error(&p)),
            },
            Policy::Other(name) => return self.ask(&p, name, s.len()),
        };
        Ok((put, p.end))
    }
    fn ask(&self, p: &EncodeProblem, name: &::std::primitive::str, len: usize) -> PyResult<EncodeRepair> {
        let vm = self.vm;
        let handler = registry::lookup_error(vm, name)?;
        let e = self.error(p);
        let r = call::call1(vm, &handler, e.obj())?;
        let wrong = || error::type_error("encoding error handler must return (str/bytes, int) tuple");
        let Some([text, at]) = tuple::as_slice(&r) else { return Err(wrong()) };
        let put = match (text.get::<Str>(), text.get::<Bytes>()) {
            (Some(s), _) => Replacement::Chars(s.code_points()),
            (_, Some(b)) => Replacement::Bytes(b.as_slice().to_vec()),
            _ => return Err(wrong()),
        };
        Ok((put, position(vm, at, len)?))
    }
}

/// The TypeError for an exception that a policy has no answer to.
fn refuse(e: &Obj) -> PyErr {
    error::type_error(format!("don't know how to handle {} in error callback", e.ty().name()))
}

/// What a policy's function is asked about: a part of a text or of bytes.
enum Part {
    Encode { text: Obj, start: usize, end: usize, encoding: String },
    Decode { data: Vec<u8>, start: usize, end: usize, encoding: String },
    Translate { text: Obj, start: usize, end: usize },
}

fn part(e: &Obj) -> PyResult<Part> {
    let Some(x) = e.get::<BaseException>() else { return Err(refuse(e)) };
    let number = |i: usize| x.field(i).and_then(|o| int::as_int(&o).and_then(|n| n.to_i64())).unwrap_or(0);
    let clip = |len: usize| {
        let start = usize::try_from(number(2)).unwrap_or(0).min(len.saturating_sub(1));
        let end = usize::try_from(number(3)).unwrap_or(1).max(1).min(len).max(start);
        (start, end)
    };
    let object = x.field(1).ok_or_else(|| error::type_error("object attribute not set"));
    let encoding = x.field(0).map(|o| ops::text(&o)).unwrap_or_default();
    let text_len = |o: &Obj| match o.get::<Str>() {
        Some(s) => Ok(s.len()),
        None => Err(error::type_error("object attribute must be unicode")),
    };
    if e.ty().is_subtype(&exc::UNICODE_ENCODE_ERROR) {
        let text = object?;
        let (start, end) = clip(text_len(&text)?);
        return Ok(Part::Encode { text, start, end, encoding });
    }
    if e.ty().is_subtype(&exc::UNICODE_DECODE_ERROR) {
        let object = object?;
        let Some(b) = object.get::<Bytes>() else { return Err(error::type_error("object attribute must be bytes")) };
        let (start, end) = clip(b.len());
        return Ok(Part::Decode { data: b.as_slice().to_vec(), start, end, encoding });
    }
    if e.ty().is_subtype(&exc::UNICODE_TRANSLATE_ERROR) {
        let text = object?;
        let (start, end) = clip(text_len(&text)?);
        return Ok(Part::Translate { text, start, end });
    }
    Err(refuse(e))
}

fn chars_of(text: &Obj, start: usize, end: usize) -> Vec<u32> {
    text.get::<Str>().map(|s| s.chars().slice(start, end).iter().collect()).unwrap_or_default()
}
fn reply(text: Obj, at: usize) -> PyResult {
    Ok(tuple::from_array([text, int::from_usize(at)]))
}
fn reply_str(text: &::std::primitive::str, at: usize) -> PyResult {
    reply(str::from_str(text).into_obj(), at)
}
fn raise(e: &Obj) -> PyResult {
    Err(PyErr::from_obj(e.clone()))
}

pub fn strict(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    if e.get::<BaseException>().is_some() {
        return raise(e);
    }
    Err(error::type_error("codec must pass exception instance"))
}
pub fn ignore(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { end, .. } | Part::Decode { end, .. } | Part::Translate { end, .. } => reply_str("", end),
    }
}
pub fn replace(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { start, end, .. } => reply_str(&"?".repeat(end - start), end),
        Part::Decode { end, .. } => reply_str("\u{FFFD}", end),
        Part::Translate { start, end, .. } => reply_str(&"\u{FFFD}".repeat(end - start), end),
    }
}
pub fn backslashreplace(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { text, start, end, .. } | Part::Translate { text, start, end } => {
            reply_str(&pure::backslash_chars(chars_of(&text, start, end)), end)
        }
        Part::Decode { data, start, end, .. } => reply_str(&pure::backslash_bytes(&data[start..end]), end),
    }
}
pub fn xmlcharrefreplace(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { text, start, end, .. } => reply_str(&pure::xml_references(chars_of(&text, start, end)), end),
        _ => Err(refuse(e)),
    }
}
pub fn namereplace(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { text, start, end, .. } => reply_str(&pure::name_references(chars_of(&text, start, end)), end),
        _ => Err(refuse(e)),
    }
}
pub fn surrogateescape(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { text, start, end, .. } => match pure::unescape_chars(chars_of(&text, start, end)) {
            Some(b) => reply(bytes::new(&b), end),
            None => raise(e),
        },
        Part::Decode { data, start, end, .. } => match pure::escape_bytes(&data[start..end]) {
            Some(c) => {
                let at = start + c.len();
                reply(str::from_code_points(&c).into_obj(), at)
            }
            None => raise(e),
        },
        Part::Translate { .. } => Err(refuse(e)),
    }
}
pub fn surrogatepass(_: &Vm, _: &Obj, e: &Obj) -> PyResult {
    match part(e)? {
        Part::Encode { text, start, end, encoding } => {
            match Utf::from_name(&encoding).and_then(|u| u.pass_chars(chars_of(&text, start, end))) {
                Some(b) => reply(bytes::new(&b), end),
                None => raise(e),
            }
        }
        Part::Decode { data, start, encoding, .. } => {
            match Utf::from_name(&encoding).and_then(|u| u.pass_bytes(&data[start..])) {
                Some((c, n)) => reply(str::from_char(c).into_obj(), start + n),
                None => raise(e),
            }
        }
        Part::Translate { .. } => Err(refuse(e)),
    }
}
