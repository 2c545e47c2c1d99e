//! The encodings unicode_escape with raw_unicode_escape.

use super::{DecodeHandler, Input, Sink};
use crate::case::Chars;
use crate::names::lookup_char;

/// How far decoding went, with what deserves a warning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Escapes {
    /// Bytes used.
    pub used: usize,
    /// The first backslash sequence that means nothing: its letter, or the value of an octal escape above 0o377.
    pub first_invalid: Option<u32>,
    /// Where the character after that backslash stands.
    pub first_invalid_at: usize,
}

/// Why an escape could not be read.
enum Trouble {
    /// The input ends within the escape.
    Incomplete(&'static str),
    Malformed(&'static str),
}

/// `count` hexadecimal digits at the input's place, which moves up to the first that is not one.
fn read_hex(input: &mut Input<'_>, count: usize, reason: &'static str) -> Result<u32, Trouble> {
    let mut value = 0u32;
    for _ in 0..count {
        let b = input.peek(0).ok_or(Trouble::Incomplete(reason))?;
        let digit = (b as char).to_digit(16).ok_or(Trouble::Malformed(reason))?;
        value = value << 4 | digit;
        input.at += 1;
    }
    Ok(value)
}

/// `{name}` after `\N`.
fn read_name(input: &mut Input<'_>) -> Result<u32, Trouble> {
    const REASON: &str = "malformed \\N character escape";
    match input.peek(0) {
        None => return Err(Trouble::Incomplete(REASON)),
        Some(b'{') => input.at += 1,
        Some(_) => return Err(Trouble::Malformed(REASON)),
    }
    let start = input.at;
    let length = input.rest().iter().position(|&b| b == b'}');
    let Some(length) = length else {
        input.at = input.bytes.len();
        return Err(Trouble::Incomplete(REASON));
    };
    input.at += length;
    if length == 0 {
        return Err(Trouble::Malformed(REASON));
    }
    let found = std::str::from_utf8(&input.bytes[start..input.at]).ok().and_then(lookup_char);
    input.at += 1;
    found.ok_or(Trouble::Malformed("unknown Unicode character name"))
}

/// Up to three octal digits, the first of which is `first`.
fn read_octal(input: &mut Input<'_>, first: u8) -> u32 {
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let Some(b @ b'0'..=b'7') = input.peek(0) else { break };
        value = value << 3 | u32::from(b - b'0');
        input.at += 1;
    }
    value
}

/// What follows a backslash: a character, nothing (a joined line), or no escape at all.
enum Escaped {
    Char(u32),
    Nothing,
    Unknown(u8),
}

fn read_escape(input: &mut Input<'_>) -> Result<Escaped, Trouble> {
    let b = input.peek(0).ok_or(Trouble::Incomplete("\\ at end of string"))?;
    input.at += 1;
    let c = match b {
        b'\n' => return Ok(Escaped::Nothing),
        b'\\' | b'\'' | b'"' => u32::from(b),
        b'b' => 8,
        b'f' => 12,
        b't' => 9,
        b'n' => 10,
        b'r' => 13,
        b'v' => 11,
        b'a' => 7,
        b'0'..=b'7' => read_octal(input, b),
        b'x' => read_hex(input, 2, "truncated \\xXX escape")?,
        b'u' => read_hex(input, 4, "truncated \\uXXXX escape")?,
        b'U' => read_hex(input, 8, "truncated \\UXXXXXXXX escape")?,
        b'N' => read_name(input)?,
        other => return Ok(Escaped::Unknown(other)),
    };
    if c > 0x10_FFFF { Err(Trouble::Malformed("illegal Unicode character")) } else { Ok(Escaped::Char(c)) }
}

/// Has the handler mend the escape that began at `start`; false when it is to be left for more input.
fn mend_escape<S: Sink + ?Sized, E>(
    trouble: Trouble,
    start: usize,
    last: bool,
    input: &mut Input<'_>,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<bool, E> {
    let reason = match trouble {
        Trouble::Incomplete(_) if !last => return Ok(false),
        Trouble::Incomplete(reason) | Trouble::Malformed(reason) => reason,
    };
    let end = input.at;
    input.mend(reason, start, end, sink, handler)?;
    Ok(true)
}

/// Appends the text of bytes in the form of a Python literal's inside, Latin-1 between the escapes.
pub fn decode_unicode_escape<S: Sink + ?Sized, E>(
    bytes: &[u8],
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<Escapes, E> {
    let mut input = Input::new("unicodeescape", bytes);
    let mut escapes = Escapes::default();
    while let Some(b) = input.peek(0) {
        let start = input.at;
        input.at += 1;
        if b != b'\\' {
            sink.push(u32::from(b));
            continue;
        }
        match read_escape(&mut input) {
            Ok(Escaped::Nothing) => {}
            Ok(Escaped::Char(c)) => {
                let octal = matches!(input.bytes.get(start + 1), Some(b'0'..=b'7'));
                if octal && c > 0o377 && escapes.first_invalid.is_none() {
                    (escapes.first_invalid, escapes.first_invalid_at) = (Some(c), start + 1);
                }
                sink.push(c);
            }
            Ok(Escaped::Unknown(letter)) => {
                if escapes.first_invalid.is_none() {
                    (escapes.first_invalid, escapes.first_invalid_at) = (Some(u32::from(letter)), start + 1);
                }
                sink.push(u32::from(b'\\'));
                sink.push(u32::from(letter));
            }
            Err(trouble) => {
                if !mend_escape(trouble, start, last, &mut input, sink, handler)? {
                    input.at = start;
                    break;
                }
            }
        }
    }
    escapes.used = input.at;
    Ok(escapes)
}

/// Appends the text of bytes where only `\u` and `\U` are escapes; returns how many bytes were used.
pub fn decode_raw_unicode_escape<S: Sink + ?Sized, E>(
    bytes: &[u8],
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let mut input = Input::new("rawunicodeescape", bytes);
    while let Some(b) = input.peek(0) {
        let start = input.at;
        input.at += 1;
        if b != b'\\' {
            sink.push(u32::from(b));
            continue;
        }
        let result = match input.peek(0) {
            None if last => {
                sink.push(u32::from(b));
                continue;
            }
            None => return Ok(start),
            Some(b'u') => {
                input.at += 1;
                read_hex(&mut input, 4, "truncated \\uXXXX escape")
            }
            Some(b'U') => {
                input.at += 1;
                read_hex(&mut input, 8, "truncated \\UXXXXXXXX escape")
            }
            Some(other) => {
                input.at += 1;
                sink.push(u32::from(b));
                sink.push(u32::from(other));
                continue;
            }
        };
        let trouble = match result {
            Ok(c) if c <= 0x10_FFFF => {
                sink.push(c);
                continue;
            }
            Ok(_) => Trouble::Malformed("\\Uxxxxxxxx out of range"),
            Err(trouble) => trouble,
        };
        if !mend_escape(trouble, start, last, &mut input, sink, handler)? {
            return Ok(start);
        }
    }
    Ok(input.at)
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Appends `text` with everything but printable ASCII escaped.
pub fn encode_unicode_escape<T: Chars + ?Sized>(text: &T, out: &mut Vec<u8>) {
    for c in (0..text.count()).map(|i| text.at(i)) {
        match c {
            0x5C => push_text(out, "\\\\"),
            9 => push_text(out, "\\t"),
            10 => push_text(out, "\\n"),
            13 => push_text(out, "\\r"),
            0x20..0x7F => out.push(c as u8),
            0..0x100 => push_text(out, &format!("\\x{c:02x}")),
            0x100..0x1_0000 => push_text(out, &format!("\\u{c:04x}")),
            _ => push_text(out, &format!("\\U{c:08x}")),
        }
    }
}

/// Appends `text` in Latin-1, other characters escaped.
pub fn encode_raw_unicode_escape<T: Chars + ?Sized>(text: &T, out: &mut Vec<u8>) {
    for c in (0..text.count()).map(|i| text.at(i)) {
        match c {
            0..0x100 => out.push(c as u8),
            0x100..0x1_0000 => push_text(out, &format!("\\u{c:04x}")),
            _ => push_text(out, &format!("\\U{c:08x}")),
        }
    }
}
