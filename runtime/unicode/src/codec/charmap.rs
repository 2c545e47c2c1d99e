//! One-byte encodings given by a table.

use super::{DecodeHandler, EncodeHandler, Input, Replacement, Sink, mend_encoding};
use crate::case::Chars;
use std::collections::HashMap;

const REASON: &str = "character maps to <undefined>";

/// What a byte or a character maps to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped<Many> {
    One(u32),
    Many(Many),
    Undefined,
}

/// Appends the text of `bytes`, each looked up in the caller's table (U+FFFE in it has become `Undefined`).
pub fn decode_charmap<S: Sink + ?Sized, E>(
    bytes: &[u8],
    mut lookup: impl FnMut(u8) -> Result<Mapped<Vec<u32>>, E>,
    sink: &mut S,
    handler: &mut DecodeHandler<'_, E>,
) -> Result<usize, E> {
    let mut input = Input::new("charmap", bytes);
    while let Some(b) = input.peek(0) {
        match lookup(b)? {
            Mapped::One(c) => sink.push(c),
            Mapped::Many(chars) => chars.iter().for_each(|&c| sink.push(c)),
            Mapped::Undefined => {
                let start = input.at;
                input.mend(REASON, start, start + 1, sink, handler)?;
                continue;
            }
        }
        input.at += 1;
    }
    Ok(input.bytes.len())
}

/// Appends the bytes of `text`, each character looked up in the caller's table; `One` is a byte.
pub fn encode_charmap<T: Chars + ?Sized, E>(
    text: &T,
    mut lookup: impl FnMut(u32) -> Result<Mapped<Vec<u8>>, E>,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
) -> Result<(), E> {
    let mut i = 0;
    while i < text.count() {
        if put(out, lookup(text.at(i))?) {
            i += 1;
            continue;
        }
        let mut end = i + 1;
        while end < text.count() && lookup(text.at(end))? == Mapped::Undefined {
            end += 1;
        }
        let mut failure = None;
        let resumed = mend_encoding("charmap", REASON, i, end, out, handler, |out, replacement| match replacement {
            Replacement::Bytes(bytes) => {
                out.extend_from_slice(bytes);
                true
            }
            Replacement::Chars(chars) => chars.iter().all(|&c| match lookup(c) {
                Ok(mapped) => put(out, mapped),
                Err(e) => {
                    failure = Some(e);
                    true
                }
            }),
        });
        if let Some(e) = failure {
            return Err(e);
        }
        i = resumed?;
    }
    Ok(())
}

/// Writes what a character maps to; false if it maps to nothing.
fn put(out: &mut Vec<u8>, mapped: Mapped<Vec<u8>>) -> bool {
    match mapped {
        Mapped::One(b) => out.push(b as u8),
        Mapped::Many(bytes) => out.extend_from_slice(&bytes),
        Mapped::Undefined => return false,
    }
    true
}

/// The encoding direction of a decoding table: `codecs.charmap_build`.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    bytes: HashMap<u32, u8>,
}

impl EncodingMap {
    /// From a table of up to 256 characters; U+FFFE marks a byte without one.
    pub fn build<T: Chars + ?Sized>(table: &T) -> EncodingMap {
        let entries = (0..table.count().min(256)).map(|i| (table.at(i), i as u8));
        EncodingMap { bytes: entries.filter(|&(c, _)| c != 0xFFFE).collect() }
    }

    pub fn get(&self, cp: u32) -> Option<u8> {
        self.bytes.get(&cp).copied()
    }
}
