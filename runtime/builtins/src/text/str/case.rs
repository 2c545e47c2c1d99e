//! Case methods and the questions about characters (`isalpha` and its siblings).
//!
//! *CPython*: unicodeobject.c; the mappings are in adder-unicode.

use super::this;
use adder_object::str::{Chars, ascii_with, from_code_points};
use adder_object::{Obj, PyResult, Str, Vm, singletons, with_chars};
use adder_unicode::{Flags, case, flags};

/// Maps ASCII text byte by byte, other text with the full mappings.
macro_rules! mapped {
    ($($name:ident, |$bytes:ident| $ascii:expr, $full:path;)*) => {$(
        pub fn $name(_: &Vm, o: &Obj) -> PyResult {
            let s = this(o)?;
            if s.is_ascii() {
                let bytes = s.raw_bytes();
                let mapped = ascii_with(bytes.len(), |$bytes| {
                    $bytes.copy_from_slice(bytes);
                    $ascii;
                });
                return Ok(mapped.into_obj());
            }
            Ok(from_code_points(&with_chars!(s.chars(), c => $full(c))).into_obj())
        }
    )*};
}

mapped! {
    lower, |b| b.make_ascii_lowercase(), case::lower;
    upper, |b| b.make_ascii_uppercase(), case::upper;
    casefold, |b| b.make_ascii_lowercase(), case::casefold;
    swapcase, |b| swap(b), case::swapcase;
    capitalize, |b| capital(b), case::capitalize;
    title, |b| titled(b), case::title;
}

pub fn swap(bytes: &mut [u8]) {
    for b in bytes {
        if b.is_ascii_alphabetic() {
            *b ^= 0x20;
        }
    }
}
pub fn capital(bytes: &mut [u8]) {
    bytes.make_ascii_lowercase();
    if let Some(b) = bytes.first_mut() {
        b.make_ascii_uppercase();
    }
}
pub fn titled(bytes: &mut [u8]) {
    let mut inside = false;
    for b in bytes {
        if inside {
            b.make_ascii_lowercase();
        } else {
            b.make_ascii_uppercase();
        }
        inside = b.is_ascii_alphabetic();
    }
}

/// Whether the string has characters and all have one of the flags.
fn all(o: &Obj, wanted: u16) -> PyResult {
    let s = this(o)?;
    let yes = match s.chars() {
        Chars::One(b) => b.iter().all(|&c| Flags(adder_unicode::latin1_flags()[usize::from(c)]).any(wanted)),
        chars => chars.iter().all(|c| flags(c).any(wanted)),
    };
    Ok(singletons::bool_obj(yes && !s.is_empty()))
}

macro_rules! questions {
    ($($name:ident $flag:ident;)*) => {$(
        pub fn $name(_: &Vm, o: &Obj) -> PyResult {
            all(o, Flags::$flag)
        }
    )*};
}
questions! {
    isalnum ALNUM; isalpha ALPHA; isdecimal DECIMAL; isdigit DIGIT; isnumeric NUMERIC; isspace SPACE;
}

pub fn isprintable(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this(o)?.chars().iter().all(adder_unicode::is_printable)))
}
pub fn isascii(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this(o)?.is_ascii()))
}
pub fn islower(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(with_chars!(this(o)?.chars(), c => case::is_lowered(c))))
}
pub fn isupper(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(with_chars!(this(o)?.chars(), c => case::is_uppered(c))))
}
pub fn istitle(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(with_chars!(this(o)?.chars(), c => case::is_titled(c))))
}

/// Whether the text is an identifier (keywords included).
pub fn is_identifier(s: &Str) -> bool {
    if s.is_ascii() {
        let more = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        return s.raw_bytes().iter().all(more) && s.raw_bytes().first().is_some_and(|b| !b.is_ascii_digit());
    }
    let start = |c: u32| c == 0x5F || adder_unicode::xid_start(c);
    !s.is_empty() && start(s.at(0)) && s.chars().iter().skip(1).all(adder_unicode::xid_continue)
}
pub fn isidentifier(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(is_identifier(this(o)?)))
}
