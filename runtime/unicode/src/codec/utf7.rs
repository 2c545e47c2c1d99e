//! UTF-7: runs of base64 between '+' and '-'.

use super::{DecodeHandler, Input, Sink};
use crate::case::Chars;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(b: u8) -> Option<u32> {
    Some(u32::from(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// The bits of a base64 run that have not become characters.
#[derive(Default)]
struct Shift {
    bits: u32,
    buffer: u32,
    /// A high surrogate that waits for its partner, 0 when none.
    surrogate: u32,
    /// Where the output stood when the run began.
    output_start: usize,
}

impl Shift {
    fn take<S: Sink + ?Sized>(&mut self, value: u32, sink: &mut S) {
        self.buffer = self.buffer << 6 | value;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits & 0xFFFF;
        self.buffer &= (1 << self.bits) - 1;
        if self.surrogate != 0 {
            let high = std::mem::take(&mut self.surrogate);
            if (0xDC00..0xE000).contains(&unit) {
                sink.push(0x1_0000 + ((high & 0x3FF) << 10 | unit & 0x3FF));
                return;
            }
            sink.push(high);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.surrogate = unit;
        } else {
            sink.push(unit);
        }
    }

    /// What is wrong when the run ends here, before another character.
    fn complaint(&self) -> Option<&'static str> {
        if self.bits >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits > 0 && self.buffer != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }

    fn is_unterminated(&self) -> bool {
        self.surrogate != 0 || self.complaint().is_some()
    }
}

/// Appends the text of `bytes`; returns how many bytes were used.
pub fn decode_utf7<S: Sink + ?Sized, E>(
    bytes: &[u8],
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let mut input = Input::new("utf7", bytes);
    let mut shift: Option<Shift> = None;
    // Where the current base64 run, or else the last malformed stretch, began.
    let mut start = 0;
    loop {
        let Some(b) = input.peek(0) else {
            match shift.take() {
                Some(s) if !last => {
                    sink.truncate(s.output_start);
                    return Ok(start);
                }
                Some(s) if s.is_unterminated() => {
                    let size = input.bytes.len();
                    input.mend("unterminated shift sequence", start, size, sink, handler)?;
                    continue;
                }
                _ => return Ok(input.at),
            }
        };
        if let Some(s) = &mut shift {
            if let Some(value) = sextet(b) {
                s.take(value, sink);
                input.at += 1;
                continue;
            }
            if let Some(reason) = s.complaint() {
                shift = None;
                let end = input.at + 1;
                input.mend(reason, start, end, sink, handler)?;
                continue;
            }
            if s.surrogate != 0 && b.is_ascii() && b != b'+' {
                sink.push(s.surrogate);
            }
            // The '-' that ends a run goes with it; other characters stay.
            input.at += usize::from(b == b'-');
            shift = None;
            continue;
        }
        if b != b'+' && b.is_ascii() {
            sink.push(u32::from(b));
            input.at += 1;
            continue;
        }
        start = input.at;
        if b != b'+' {
            input.mend("unexpected special character", start, start + 1, sink, handler)?;
            continue;
        }
        input.at += 1;
        match input.peek(0) {
            Some(b'-') => {
                sink.push(u32::from(b'+'));
                input.at += 1;
            }
            Some(next) if sextet(next).is_none() => {
                input.mend("ill-formed sequence", start, start + 2, sink, handler)?;
            }
            _ => shift = Some(Shift { output_start: sink.len(), ..Shift::default() }),
        }
    }
}

/// Whether a character stands for itself.
fn is_direct(c: u32) -> bool {
    match u8::try_from(c) {
        Ok(b) => matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'}') && b != b'+' && b != b'\\',
        Err(_) => false,
    }
}

/// Appends the UTF-7 of `text`; nothing is unencodable.
pub fn encode_utf7<T: Chars + ?Sized>(text: &T, out: &mut Vec<u8>) {
    let mut shifted = false;
    let (mut bits, mut buffer) = (0u32, 0u32);
    let digit = |value: u32| ALPHABET[(value & 63) as usize];
    for c in (0..text.count()).map(|i| text.at(i)) {
        if is_direct(c) {
            if shifted {
                if bits > 0 {
                    out.push(digit(buffer << (6 - bits)));
                    (bits, buffer) = (0, 0);
                }
                shifted = false;
                if sextet(c as u8).is_some() || c == u32::from(b'-') {
                    out.push(b'-');
                }
            }
            out.push(c as u8);
            continue;
        }
        if !shifted {
            out.push(b'+');
            if c == u32::from(b'+') {
                out.push(b'-');
                continue;
            }
            shifted = true;
        }
        let units = if c >= 0x1_0000 {
            [Some(0xD800 + ((c - 0x1_0000) >> 10)), Some(0xDC00 + (c & 0x3FF))]
        } else {
            [Some(c), None]
        };
        for unit in units.into_iter().flatten() {
            bits += 16;
            buffer = buffer << 16 | unit;
            while bits >= 6 {
                bits -= 6;
                out.push(digit(buffer >> bits));
            }
            buffer &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        out.push(digit(buffer << (6 - bits)));
    }
    if shifted {
        out.push(b'-');
    }
}
