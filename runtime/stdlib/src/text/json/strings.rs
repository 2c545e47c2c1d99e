//! JSON strings: reading them with their escapes, writing them.
//!
//! *CPython*: Modules/_json.c, scanstring_unicode, ascii_escape_unicode.

use adder_object::str::{self, Chars};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, call, error, int};

/// JSONDecodeError of the library's module json.
pub fn decode_error(vm: &Vm, message: &::std::primitive::str, text: &Obj, at: i64) -> PyErr {
    let make = || -> PyResult {
        let class = attr::get_str(vm, &vm.import("json.decoder")?, "JSONDecodeError")?;
        call::call_pos(vm, &class, &[str::from_str(message).into_obj(), text.clone(), int::from_i64(at)])
    };
    match make() {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}

/// The text of a str argument.
pub fn text_arg(o: &Obj) -> PyResult<&Str> {
    o.get::<Str>()
        .ok_or_else(|| error::type_error(format!("first argument must be a string, not {}", o.ty().tp_name())))
}

/// First position from `from` on of a quote, a backslash or (when `strict`) a control character.
pub fn stop(chars: Chars<'_>, from: usize, strict: bool) -> Option<usize> {
    let stops = |c: u32| c == 0x22 || c == 0x5C || (strict && c < 0x20);
    match chars {
        Chars::One(s) => {
            let (found, from) = stop_nearby(s, from, strict);
            if found {
                return Some(from);
            }
            // Without branches within a block, so that it is looked at as a whole.
            let any = |block: &[u8]| {
                block.iter().fold(false, |any, &c| any | (c == 0x22) | (c == 0x5C) | (strict & (c < 0x20)))
            };
            let clean = s[from..].chunks_exact(16).take_while(|block| !any(block)).count() * 16;
            s[from + clean..].iter().position(|&c| stops(u32::from(c))).map(|i| i + from + clean)
        }
        chars => (from..chars.len()).find(|&i| stops(chars.at(i))),
    }
}

/// As `stop` for the first few words; false with the position to go on from when there is none.
#[inline(always)]
fn stop_nearby(s: &[u8], from: usize, strict: bool) -> (bool, usize) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The lowest bit that is set is right; those above may not be, as a borrow goes upwards.
    let below = |w: u64, n: u8| w.wrapping_sub(ONES * u64::from(n)) & !w & (ONES << 7);
    let control = if strict { 0x20 } else { 0 };
    let mut at = from;
    for word in s[from..].chunks_exact(8).take(4) {
        let Ok(word) = word.try_into().map(u64::from_le_bytes) else { break };
        let stops = below(word ^ (ONES * 0x22), 1) | below(word ^ (ONES * 0x5C), 1) | below(word, control);
        if stops != 0 {
            return (true, at + stops.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    (false, at)
}

fn hex4(chars: Chars<'_>, at: usize) -> Option<u32> {
    let mut n = 0;
    for i in at..at + 4 {
        if i >= chars.len() {
            return None;
        }
        n = n << 4 | char::from_u32(chars.at(i))?.to_digit(16)?;
    }
    Some(n)
}

/// Reads the string whose first character is at `begin`, behind the quote; gives it with the position behind its end.
pub fn scan(vm: &Vm, text: &Obj, s: &Str, begin: usize, strict: bool) -> PyResult<(Obj, usize)> {
    let chars = s.chars();
    let n = s.len();
    let fail = |message: &::std::primitive::str, at: usize| Err(decode_error(vm, message, text, at as i64));
    let unterminated = || Err(decode_error(vm, "Unterminated string starting at", text, begin as i64 - 1));
    let Some(first) = stop(chars, begin, strict) else { return unterminated() };
    if chars.at(first) == 0x22 {
        let whole = match (chars, s.is_ascii()) {
            (Chars::One(b), true) => str::from_ascii(&b[begin..first]),
            (chars, _) => str::from_chars(chars.slice(begin, first)),
        };
        return Ok((whole.into_obj(), first + 1));
    }
    let mut out: Vec<u32> = Vec::with_capacity(first - begin + 16);
    let mut i = begin;
    loop {
        let Some(at) = stop(chars, i, strict) else { return unterminated() };
        out.extend(chars.slice(i, at).iter());
        match chars.at(at) {
            0x22 => return Ok((str::from_code_points(&out).into_obj(), at + 1)),
            0x5C => {}
            _ => return fail("Invalid control character at", at),
        }
        if at + 1 >= n {
            return unterminated();
        }
        i = at + 2;
        let c = match char::from_u32(chars.at(at + 1)) {
            Some('"') => 0x22,
            Some('\\') => 0x5C,
            Some('/') => 0x2F,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            Some('u') => {
                let Some(mut c) = hex4(chars, i) else { return fail("Invalid \\uXXXX escape", at + 1) };
                i += 4;
                if (0xD800..0xDC00).contains(&c) && i + 1 < n && chars.at(i) == 0x5C && chars.at(i + 1) == 0x75 {
                    let Some(low) = hex4(chars, i + 2) else { return fail("Invalid \\uXXXX escape", i + 1) };
                    if (0xDC00..0xE000).contains(&low) {
                        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                        i += 6;
                    }
                }
                c
            }
            _ => return fail("Invalid \\escape", at),
        };
        out.push(c);
    }
}

/// Appends a quoted string, non-ASCII characters as escapes.
pub fn quote_ascii(s: &Str, out: &mut Vec<u8>) {
    out.push(b'"');
    match s.chars() {
        Chars::One(b) if b.iter().all(|&c| (32..127).contains(&c) && c != b'"' && c != b'\\') => {
            out.extend_from_slice(b)
        }
        chars => chars.iter().for_each(|c| escape(c, out)),
    }
    out.push(b'"');
}

fn escape(c: u32, out: &mut Vec<u8>) {
    let unit = |u: u32, out: &mut Vec<u8>| out.extend(format!("\\u{u:04x}").into_bytes());
    match c {
        0x22 => out.extend(b"\\\""),
        0x5C => out.extend(b"\\\\"),
        8 => out.extend(b"\\b"),
        12 => out.extend(b"\\f"),
        10 => out.extend(b"\\n"),
        13 => out.extend(b"\\r"),
        9 => out.extend(b"\\t"),
        0x20..0x7F => out.push(c as u8),
        0..0x10000 => unit(c, out),
        _ => {
            let v = c - 0x10000;
            unit(0xD800 | v >> 10, out);
            unit(0xDC00 | v & 0x3FF, out);
        }
    }
}

/// A quoted string with only control characters, quotes and backslashes escaped.
pub fn quote(s: &Str) -> Obj {
    let chars = s.chars();
    let mut out: Vec<u32> = Vec::with_capacity(s.len() + 2);
    out.push(0x22);
    for c in chars.iter() {
        if c < 0x20 || c == 0x22 || c == 0x5C {
            let mut piece = Vec::new();
            escape(c, &mut piece);
            out.extend(piece.into_iter().map(u32::from));
        } else {
            out.push(c);
        }
    }
    out.push(0x22);
    str::from_code_points(&out).into_obj()
}

pub fn encode_basestring_ascii(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let mut out = Vec::new();
    quote_ascii(text_arg(o)?, &mut out);
    Ok(str::from_ascii(&out).into_obj())
}
pub fn encode_basestring(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    Ok(quote(text_arg(o)?))
}
