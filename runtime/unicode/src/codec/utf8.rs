//! UTF-8.

use super::{DecodeHandler, EncodeHandler, Input, Replacement, Sink, is_surrogate, mend_encoding, run_end};
use crate::case::Chars;

/// Appends the text of `bytes`; returns how many bytes were used.
pub fn decode_utf8<S: Sink + ?Sized, E>(
    bytes: &[u8],
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let mut input = Input::new("utf-8", bytes);
    loop {
        let error = match std::str::from_utf8(input.rest()) {
            Ok(text) => {
                sink.push_str(text);
                return Ok(input.bytes.len());
            }
            Err(error) => error,
        };
        if let Ok(text) = std::str::from_utf8(&input.rest()[..error.valid_up_to()]) {
            sink.push_str(text);
        }
        let start = input.at + error.valid_up_to();
        let (reason, end) = match error.error_len() {
            None if !last => return Ok(start),
            // The policy surrogatepass may want the third byte, which is still to come.
            Some(_) if !last && matches!(input.bytes[start..], [0xED, 0xA0..=0xBF]) => return Ok(start),
            None => ("unexpected end of data", input.bytes.len()),
            Some(n) if (0xC2..=0xF4).contains(&input.bytes[start]) => ("invalid continuation byte", start + n),
            Some(_) => ("invalid start byte", start + 1),
        };
        input.mend(reason, start, end, sink, handler)?;
    }
}

/// Appends the UTF-8 of `text`.
pub fn encode_utf8<T: Chars + ?Sized, E>(
    text: &T,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    out.reserve(text.count());
    let mut i = 0;
    while i < text.count() {
        let c = text.at(i);
        if is_surrogate(c) {
            let end = run_end(text, i, |c| !is_surrogate(c));
            i = mend_encoding("utf-8", "surrogates not allowed", i, end, out, handler, put_ascii)?;
            continue;
        }
        push_utf8(c, out);
        i += 1;
    }
    Ok(())
}

fn put_ascii(out: &mut Vec<u8>, replacement: &Replacement) -> bool {
    match replacement {
        Replacement::Bytes(bytes) => out.extend_from_slice(bytes),
        Replacement::Chars(chars) if chars.iter().all(|&c| c < 0x80) => out.extend(chars.iter().map(|&c| c as u8)),
        Replacement::Chars(_) => return false,
    }
    true
}

/// Appends the bytes of one character, surrogates like the others.
pub(super) fn push_utf8(c: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (c >> shift & 0x3F) as u8;
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend_from_slice(&[0xC0 | (c >> 6) as u8, tail(0)]),
        0x800..0x1_0000 => out.extend_from_slice(&[0xE0 | (c >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xF0 | (c >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}
