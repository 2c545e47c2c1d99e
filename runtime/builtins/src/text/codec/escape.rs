//! Escapes in bytes: `codecs.escape_decode`, `codecs.escape_encode`; warnings about escapes that mean nothing.
//!
//! *CPython*: bytesobject.c, _PyBytes_DecodeEscape2.

use adder_object::{PyResult, Vm, error, exceptions as exc};

/// Warns about the first escape that means nothing: a letter, or the value of an octal escape above 0o377.
pub fn warn_invalid(vm: &Vm, c: u32, prefix: &::std::primitive::str) -> PyResult<()> {
    let shown = match char::from_u32(c) {
        Some(ch) if c < 0x100 => format!("{prefix}\"\\{ch}\" is an invalid escape sequence."),
        _ => format!("{prefix}\"\\{c:o}\" is an invalid octal escape sequence."),
    };
    let text = format!("{shown} Such sequences will not work in the future. ");
    vm.warn(&exc::DEPRECATION_WARNING, &text, 1)
}

/// The bytes that escapes stand for.
pub fn decode(vm: &Vm, s: &[u8], errors: &::std::primitive::str) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    let mut invalid = None;
    let mut i = 0;
    while let Some(&b) = s.get(i) {
        i += 1;
        if b != b'\\' {
            out.push(b);
            continue;
        }
        let Some(&c) = s.get(i) else { return Err(error::value_error("Trailing \\ in string")) };
        let start = i - 1;
        i += 1;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let mut value = u32::from(c - b'0');
                for _ in 0..2 {
                    if let Some(&d @ b'0'..=b'7') = s.get(i) {
                        value = value << 3 | u32::from(d - b'0');
                        i += 1;
                    }
                }
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(value);
                }
                out.push(value as u8);
            }
            b'x' => {
                let digit = |k: usize| s.get(k).and_then(|&d| (d as char).to_digit(16));
                if let (Some(a), Some(b)) = (digit(i), digit(i + 1)) {
                    out.push((a << 4 | b) as u8);
                    i += 2;
                    continue;
                }
                match errors {
                    "strict" => return Err(error::value_error(format!("invalid \\x escape at position {start}"))),
                    "replace" => out.push(b'?'),
                    "ignore" => {}
                    other => {
                        let text = format!("decoding error; unknown error handling code: {other}");
                        return Err(error::value_error(text));
                    }
                }
                if digit(i).is_some() {
                    i += 1;
                }
            }
            c => {
                if invalid.is_none() {
                    invalid = Some(u32::from(c));
                }
                out.push(b'\\');
                i -= 1;
            }
        }
    }
    if let Some(c) = invalid {
        warn_invalid(vm, c, "b")?;
    }
    Ok(out)
}

/// Printable ASCII for any bytes; single quotes are escaped.
pub fn encode(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for &b in s {
        match b {
            b'\'' | b'\\' => out.extend([b'\\', b]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(b),
            b => out.extend(format!("\\x{b:02x}").into_bytes()),
        }
    }
    out
}
