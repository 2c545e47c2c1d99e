//! Values of string, bytes and number literals, decoded from their source text.
//!
//! *Invariants*: errors and warnings carry CPython's words; positions in unicode errors count as if every non-ASCII
//! character were written as a ten-byte escape, which is how CPython decodes.

use crate::ast::{Constant, Wtf8, Wtf8Builder};

/// Finds the code point of a Unicode character name.
pub type NameLookup = fn(&str) -> Option<u32>;

/// Prefix, quotes and body of a string literal token.
#[derive(Clone, Copy, Debug)]
pub struct Split<'s> {
    pub raw: bool,
    pub bytes: bool,
    pub unicode: bool,
    pub body: &'s str,
}

/// Splits the text of a plain (not f- or t-) string token; `None` if it is not one.
#[must_use]
pub fn split_string(text: &str) -> Option<Split<'_>> {
    let quote_at = text.find(['\'', '"'])?;
    let (prefix, rest) = text.split_at(quote_at);
    let has = |c: char| prefix.chars().any(|p| p.eq_ignore_ascii_case(&c));
    let quote = rest.get(..1)?;
    let triple = rest.len() >= 6 && rest.starts_with(&quote.repeat(3));
    let width = if triple { 3 } else { 1 };
    let body = rest.get(width..rest.len().checked_sub(width)?)?;
    Some(Split { raw: has('r'), bytes: has('b'), unicode: has('u'), body })
}

/// An escape that Python does not know: the text for the warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Byte offset of the backslash in the body.
    pub at: usize,
    pub message: String,
}

fn invalid_escape(body: &str, at: usize) -> InvalidEscape {
    let rest = &body[at + 1..];
    let first = rest.as_bytes().first().copied().unwrap_or(0);
    let message = if (b'4'..=b'7').contains(&first) {
        let digits = rest.get(..3).unwrap_or(rest);
        format!(
            "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{digits}\"? A raw string is also an option."
        )
    } else {
        let c = rest.chars().next().unwrap_or(' ');
        invalid_escape_message(c)
    };
    InvalidEscape { at, message }
}

/// Warning text for a backslash followed by `c`.
#[must_use]
pub fn invalid_escape_message(c: char) -> String {
    format!(
        "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{c}\"? A raw string is also an option."
    )
}

/// Value of a simple one-character escape.
fn simple_escape(c: u8) -> Option<u32> {
    Some(match c {
        b'\\' => 0x5c,
        b'\'' => 0x27,
        b'"' => 0x22,
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => 0x0a,
        b'r' => 0x0d,
        b't' => 0x09,
        b'v' => 0x0b,
        _ => return None,
    })
}

/// Up to three octal digits at `at`: value and count.
fn octal(bytes: &[u8], at: usize) -> (u32, usize) {
    let mut value = 0;
    let mut count = 0;
    while count < 3 {
        match bytes.get(at + count) {
            Some(d @ b'0'..=b'7') => value = value * 8 + u32::from(d - b'0'),
            _ => break,
        }
        count += 1;
    }
    (value, count)
}

/// Hex digits at `at`, at most `width`: value and count.
fn hex(bytes: &[u8], at: usize, width: usize) -> (u32, usize) {
    let mut value: u32 = 0;
    let mut count = 0;
    while count < width {
        match bytes.get(at + count).and_then(|&d| char::from(d).to_digit(16)) {
            Some(d) => value = value << 4 | d,
            None => break,
        }
        count += 1;
    }
    (value, count)
}

/// Decodes the body of a non-raw `str` literal. The error is the message of the SyntaxError.
pub fn decode_str(body: &str, names: NameLookup) -> Result<(Wtf8, Option<InvalidEscape>), String> {
    if memchr::memchr(b'\\', body.as_bytes()).is_none() {
        return Ok((body.into(), None));
    }
    let bytes = body.as_bytes();
    let mut out = Wtf8Builder::default();
    let mut invalid = None;
    // `extra` maps body offsets to CPython's decode buffer, in which a non-ASCII character takes ten bytes.
    let mut extra = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            let end = memchr::memchr(b'\\', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            let run = &body[at..end];
            extra += escaped_width(run) - run.len();
            out.push_str(run);
            at = end;
            continue;
        }
        let start = at + extra;
        let Some(&c) = bytes.get(at + 1) else {
            return Err(unicode_error(start, start + 1, "\\ at end of string"));
        };
        match c {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (value, count) = octal(bytes, at + 1);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_escape(body, at));
                }
                out.push_code(value);
                at += 1 + count;
            }
            b'x' | b'u' | b'U' => {
                let (width, what) = match c {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (value, count) = hex(bytes, at + 2, width);
                let end = start + 2 + count;
                if count < width {
                    return Err(unicode_error(start, end, what));
                }
                if value > 0x10_ffff {
                    return Err(unicode_error(start, end, "illegal Unicode character"));
                }
                out.push_code(value);
                at += 2 + count;
            }
            b'N' => {
                let rest = &body[at + 2..];
                let name = rest.strip_prefix('{').and_then(|r| r.split_once('}')).map(|(n, _)| n);
                match name {
                    Some(name) if !name.is_empty() => {
                        let end = start + 3 + escaped_width(name) + 1;
                        match names(name) {
                            Some(code) => out.push_code(code),
                            None => return Err(unicode_error(start, end, "unknown Unicode character name")),
                        }
                        at += 3 + name.len() + 1;
                        extra += escaped_width(name) - name.len();
                    }
                    _ => {
                        // An opening brace and what follows up to the missing end count as part of the bad escape.
                        let tail = match rest.strip_prefix('{') {
                            None => 0,
                            Some(r) if r.starts_with('}') => 1,
                            Some(r) => 1 + escaped_width(r),
                        };
                        return Err(unicode_error(start, start + 2 + tail, "malformed \\N character escape"));
                    }
                }
            }
            _ => match simple_escape(c) {
                Some(code) => {
                    out.push_code(code);
                    at += 2;
                }
                None => {
                    // Before a non-ASCII character CPython rewrites the backslash as an escape: no warning.
                    if invalid.is_none() && c.is_ascii() {
                        invalid = Some(invalid_escape(body, at));
                    }
                    out.push_code(0x5c);
                    at += 1;
                    if !c.is_ascii() {
                        extra += 5;
                    }
                }
            },
        }
    }
    Ok((out.finish(), invalid))
}

/// Length of a text in CPython's decode buffer.
fn escaped_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum()
}

fn unicode_error(start: usize, end: usize, reason: &str) -> String {
    if end == start + 1 {
        format!("(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}")
    } else {
        format!(
            "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{}: {reason}",
            end.saturating_sub(1)
        )
    }
}

/// Decodes the body of a non-raw `bytes` literal. The error is the message of the SyntaxError.
pub fn decode_bytes(body: &str) -> Result<(Box<[u8]>, Option<InvalidEscape>), String> {
    let bytes = body.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        if b != b'\\' {
            out.push(b);
            at += 1;
            continue;
        }
        let Some(&c) = bytes.get(at + 1) else {
            return Err("(value error) Trailing \\ in string".to_owned());
        };
        match c {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (value, count) = octal(bytes, at + 1);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_escape(body, at));
                }
                out.push(value as u8);
                at += 1 + count;
            }
            b'x' => {
                let (value, count) = hex(bytes, at + 2, 2);
                if count < 2 {
                    return Err(format!("(value error) invalid \\x escape at position {at}"));
                }
                out.push(value as u8);
                at += 4;
            }
            _ => match simple_escape(c) {
                Some(code) => {
                    out.push(code as u8);
                    at += 2;
                }
                None => {
                    if invalid.is_none() {
                        invalid = Some(invalid_escape(body, at));
                    }
                    out.push(b'\\');
                    at += 1;
                }
            },
        }
    }
    Ok((out.into(), invalid))
}

/// Value of a number token. The error is the message of the SyntaxError.
pub fn number(text: &str, max_str_digits: u32) -> Result<Constant, String> {
    let clean;
    let digits = if text.contains('_') {
        clean = text.replace('_', "");
        &*clean
    } else {
        text
    };
    let bytes = digits.as_bytes();
    if let [b'0', base @ (b'x' | b'X' | b'o' | b'O' | b'b' | b'B'), ..] = bytes {
        let bits = match base.to_ascii_lowercase() {
            b'x' => 4,
            b'o' => 3,
            _ => 1,
        };
        return Ok(power_of_two_base(&digits[2..], bits));
    }
    if let Some(imag) = digits.strip_suffix(['j', 'J']) {
        return imag.parse().map(|imag| Constant::Complex { real: 0.0, imag }).map_err(|_| "invalid number".to_owned());
    }
    if bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) {
        return digits.parse().map(Constant::Float).map_err(|_| "invalid number".to_owned());
    }
    if let Ok(value) = digits.parse() {
        return Ok(Constant::Int(value));
    }
    if max_str_digits != 0 && digits.len() > max_str_digits as usize {
        return Err(format!(
            "Exceeds the limit ({max_str_digits} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit \
             - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
            digits.len()
        ));
    }
    Ok(Constant::BigInt(digits.trim_start_matches('0').into()))
}

/// A literal in base 2, 8 or 16, whose digits carry `bits` bits each.
fn power_of_two_base(digits: &str, bits: u32) -> Constant {
    let digits = digits.trim_start_matches('0');
    if let Ok(value) = i64::from_str_radix(digits, 1 << bits) {
        return Constant::Int(value);
    }
    if digits.is_empty() {
        return Constant::Int(0);
    }
    let mut nibbles = Vec::with_capacity(digits.len() * bits as usize / 4 + 1);
    let (mut pending, mut have) = (0u32, 0u32);
    for digit in digits.chars().rev().filter_map(|c| c.to_digit(16)) {
        pending |= digit << have;
        have += bits;
        while have >= 4 {
            nibbles.push(char::from_digit(pending & 15, 16).unwrap_or('0'));
            pending >>= 4;
            have -= 4;
        }
    }
    if pending != 0 {
        nibbles.push(char::from_digit(pending & 15, 16).unwrap_or('0'));
    }
    while nibbles.last() == Some(&'0') {
        nibbles.pop();
    }
    let hex: String = "0x".chars().chain(nibbles.into_iter().rev()).collect();
    Constant::BigInt(hex.into())
}
