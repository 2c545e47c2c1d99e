//! UTF-32.

use super::{DecodeHandler, EncodeHandler, Input, Order, Replacement, Sink, is_surrogate, mend_encoding};
use crate::case::Chars;

/// Appends the text of `bytes`; returns how many bytes were used, with the order that a mark has told.
pub fn decode_utf32<S: Sink + ?Sized, E>(
    bytes: &[u8],
    order: Order,
    last: bool,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<(usize, Order), E> {
    let (order, mark) = match (order, bytes) {
        (Order::Marked, [0xFF, 0xFE, 0, 0, ..]) => (Order::Little, 4),
        (Order::Marked, [0, 0, 0xFE, 0xFF, ..]) => (Order::Big, 4),
        _ => (order, 0),
    };
    let name = if order == Order::Big { "utf-32-be" } else { "utf-32-le" };
    let mut input = Input::new(name, bytes);
    input.at = mark;
    loop {
        let start = input.at;
        let size = input.bytes.len();
        let &[a, b, c, d, ..] = input.rest() else {
            if start >= size || !last {
                return Ok((start, order));
            }
            input.mend("truncated data", start, size, sink, handler)?;
            continue;
        };
        let value =
            if order == Order::Big { u32::from_be_bytes([a, b, c, d]) } else { u32::from_le_bytes([a, b, c, d]) };
        if is_surrogate(value) {
            const REASON: &str = "code point in surrogate code point range(0xd800, 0xe000)";
            input.mend(REASON, start, start + 4, sink, handler)?;
        } else if value > 0x10_FFFF {
            input.mend("code point not in range(0x110000)", start, start + 4, sink, handler)?;
        } else {
            sink.push(value);
            input.at += 4;
        }
    }
}

/// Appends the UTF-32 of `text`, a mark first if the order wants one.
pub fn encode_utf32<T: Chars + ?Sized, E>(
    text: &T,
    order: Order,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    let push = |out: &mut Vec<u8>, c: u32| {
        out.extend_from_slice(&if order == Order::Big { c.to_be_bytes() } else { c.to_le_bytes() });
    };
    let name = match order {
        Order::Marked => "utf-32",
        Order::Little => "utf-32-le",
        Order::Big => "utf-32-be",
    };
    out.reserve(text.count() * 4 + 4);
    if order == Order::Marked {
        push(out, 0xFEFF);
    }
    let mut i = 0;
    while i < text.count() {
        let c = text.at(i);
        if is_surrogate(c) {
            i = mend_encoding(name, "surrogates not allowed", i, i + 1, out, handler, |out, replacement| {
                match replacement {
                    Replacement::Bytes(bytes) if bytes.len() % 4 == 0 => out.extend_from_slice(bytes),
                    Replacement::Chars(chars) if chars.iter().all(|&c| c < 0x80) => {
                        chars.iter().for_each(|&c| push(out, c));
                    }
                    _ => return false,
                }
                true
            })?;
            continue;
        }
        push(out, c);
        i += 1;
    }
    Ok(())
}
