//! `repr(str)`: quotes and escapes.
//!
//! *CPython*: unicodeobject.c, unicode_repr.

use crate::text::build::StrBuilder;
use adder_object::str::{Chars, from_ascii};
use adder_object::{Obj, PyResult, Str};

/// The quoted form of a string.
pub fn repr(s: &Str) -> PyResult {
    Ok(quoted(s.chars()))
}

/// Whether the text is shown in double quotes: it has single ones and no double ones.
fn quote_for(chars: Chars<'_>) -> u8 {
    let has = |q: u8| match chars {
        Chars::One(s) => memchr::memchr(q, s).is_some(),
        Chars::Two(s) => s.contains(&u16::from(q)),
        Chars::Four(s) => s.contains(&u32::from(q)),
    };
    if has(b'\'') && !has(b'"') { b'"' } else { b'\'' }
}

pub fn quoted(chars: Chars<'_>) -> Obj {
    let quote = quote_for(chars);
    if let Chars::One(s) = chars
        && s.iter().all(|&c| (32..127).contains(&c) && c != b'\\' && c != quote)
    {
        let mut out = Vec::with_capacity(s.len() + 2);
        out.push(quote);
        out.extend_from_slice(s);
        out.push(quote);
        return from_ascii(&out).into_obj();
    }
    let mut out = StrBuilder::with_capacity(chars.len() + 8);
    out.push(u32::from(quote));
    chars.iter().for_each(|c| push_escaped(&mut out, c, quote));
    out.push(u32::from(quote));
    out.finish()
}

fn push_escaped(out: &mut StrBuilder, c: u32, quote: u8) {
    match c {
        0x5C => out.push_str("\\\\"),
        0x09 => out.push_str("\\t"),
        0x0A => out.push_str("\\n"),
        0x0D => out.push_str("\\r"),
        c if c == u32::from(quote) => {
            out.push(0x5C);
            out.push(c);
        }
        0x20..0x7F => out.push(c),
        c if c >= 0x7F && adder_unicode::is_printable(c) => out.push(c),
        0..0x100 => out.push_str(&format!("\\x{c:02x}")),
        0x100..0x10000 => out.push_str(&format!("\\u{c:04x}")),
        _ => out.push_str(&format!("\\U{c:08x}")),
    }
}
