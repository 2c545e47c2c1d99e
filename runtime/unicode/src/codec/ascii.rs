//! ASCII with Latin-1.

use super::{DecodeHandler, EncodeHandler, Input, Replacement, Sink, mend_encoding, run_end};
use crate::case::Chars;

/// Appends the text of ASCII bytes; returns how many bytes were used, which is all.
pub fn decode_ascii<S: Sink + ?Sized, E>(
    bytes: &[u8],
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let mut input = Input::new("ascii", bytes);
    loop {
        let rest = input.rest();
        let good = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
        sink.push_ascii(&rest[..good]);
        if good == rest.len() {
            return Ok(input.bytes.len());
        }
        let start = input.at + good;
        input.mend("ordinal not in range(128)", start, start + 1, sink, handler)?;
    }
}

/// Appends the text of Latin-1 bytes, which nothing can spoil.
pub fn decode_latin1<S: Sink + ?Sized>(bytes: &[u8], sink: &mut S) -> usize {
    bytes.iter().for_each(|&b| sink.push(u32::from(b)));
    bytes.len()
}

pub fn encode_ascii<T: Chars + ?Sized, E>(
    text: &T,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    encode_below(0x80, "ascii", "ordinal not in range(128)", text, out, handler)
}

pub fn encode_latin1<T: Chars + ?Sized, E>(
    text: &T,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    encode_below(0x100, "latin-1", "ordinal not in range(256)", text, out, handler)
}

fn encode_below<T: Chars + ?Sized, E>(
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    text: &T,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    out.reserve(text.count());
    let mut i = 0;
    while i < text.count() {
        let c = text.at(i);
        if c < limit {
            out.push(c as u8);
            i += 1;
            continue;
        }
        let end = run_end(text, i, |c| c < limit);
        i = mend_encoding(encoding, reason, i, end, out, handler, |out, replacement| {
            match replacement {
                Replacement::Bytes(bytes) => out.extend_from_slice(bytes),
                Replacement::Chars(chars) if chars.iter().all(|&c| c < limit) => {
                    out.extend(chars.iter().map(|&c| c as u8));
                }
                Replacement::Chars(_) => return false,
            }
            true
        })?;
    }
    Ok(())
}
