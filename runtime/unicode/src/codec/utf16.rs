//! UTF-16.

use super::{DecodeHandler, EncodeHandler, Input, Order, Replacement, Sink, is_surrogate, mend_encoding};
use crate::case::Chars;

/// Appends the text of `bytes`; returns how many bytes were used, with the order that a mark has told.
pub fn decode_utf16<S: Sink + ?Sized, E>(
    bytes: &[u8],
    order: Order,
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<(usize, Order), E> {
    let (order, mark) = match (order, bytes) {
        (Order::Marked, [0xFF, 0xFE, ..]) => (Order::Little, 2),
        (Order::Marked, [0xFE, 0xFF, ..]) => (Order::Big, 2),
        _ => (order, 0),
    };
    let name = if order == Order::Big { "utf-16-be" } else { "utf-16-le" };
    let mut input = Input::new(name, bytes);
    input.at = mark;
    decode_units(input, order, last, sink, handler).map(|used| (used, order))
}

fn decode_units<S: Sink + ?Sized, E>(
    mut input: Input<'_>,
    order: Order,
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let unit = |input: &Input<'_>, ahead: usize| {
        let (a, b) = (input.peek(ahead)?, input.peek(ahead + 1)?);
        Some(u32::from(if order == Order::Big { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }))
    };
    loop {
        let start = input.at;
        let size = input.bytes.len();
        let Some(first) = unit(&input, 0) else {
            if start >= size || !last {
                return Ok(start);
            }
            input.mend("truncated data", start, size, sink, handler)?;
            continue;
        };
        if !is_surrogate(first) {
            sink.push(first);
            input.at += 2;
            continue;
        }
        if first >= 0xDC00 {
            input.mend("illegal encoding", start, start + 2, sink, handler)?;
            continue;
        }
        match unit(&input, 2) {
            None if !last => return Ok(start),
            None => input.mend("unexpected end of data", start, size, sink, handler)?,
            Some(second @ 0xDC00..=0xDFFF) => {
                sink.push(0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF));
                input.at += 4;
            }
            Some(_) => input.mend("illegal UTF-16 surrogate", start, start + 2, sink, handler)?,
        }
    }
}

/// Appends the UTF-16 of `text`, a mark first if the order wants one.
pub fn encode_utf16<T: Chars + ?Sized, E>(
    text: &T,
    order: Order,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    let push = |out: &mut Vec<u8>, unit: u32| {
        let unit = unit as u16;
        out.extend_from_slice(&if order == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    let name = match order {
        Order::Marked => "utf-16",
        Order::Little => "utf-16-le",
        Order::Big => "utf-16-be",
    };
    out.reserve(text.count() * 2 + 2);
    if order == Order::Marked {
        push(out, 0xFEFF);
    }
    let mut i = 0;
    while i < text.count() {
        let c = text.at(i);
        if is_surrogate(c) {
            i = mend_encoding(name, "surrogates not allowed", i, i + 1, out, handler, |out, replacement| {
                match replacement {
                    Replacement::Bytes(bytes) if bytes.len() % 2 == 0 => out.extend_from_slice(bytes),
                    Replacement::Chars(chars) if chars.iter().all(|&c| c < 0x80) => {
                        chars.iter().for_each(|&c| push(out, c));
                    }
                    _ => return false,
                }
                true
            })?;
            continue;
        }
        if c >= 0x1_0000 {
            push(out, 0xD800 + ((c - 0x1_0000) >> 10));
            push(out, 0xDC00 + (c & 0x3FF));
        } else {
            push(out, c);
        }
        i += 1;
    }
    Ok(())
}
