//! Encoders and decoders between bytes and code points, with CPython's error positions and reasons.
//!
//! A decoder appends to a [`Sink`] and asks a handler what to do about each malformed stretch; an encoder appends to
//! a byte vector and asks likewise. The handlers decide everything about exceptions and error policies; pure parts of
//! the standard policies are in [`errors`].
//!
//! *Invariants*: a handler's `resume` is trusted to lie within the input (the caller has raised IndexError if not).
//! With `last` false an incomplete sequence at the end is left alone; the count of bytes used tells where it starts.
//! *CPython*: unicodeobject.c.

mod ascii;
mod charmap;
pub mod errors;
mod escape;
mod multibyte;
mod utf16;
mod utf32;
mod utf7;
mod utf8;

pub use ascii::{decode_ascii, decode_latin1, encode_ascii, encode_latin1};
pub use charmap::{EncodingMap, Mapped, decode_charmap, encode_charmap};
pub use escape::{
    Escapes, decode_raw_unicode_escape, decode_unicode_escape, encode_raw_unicode_escape, encode_unicode_escape,
};
pub use multibyte::{CHARSETS, Charset, charset};
pub use utf7::{decode_utf7, encode_utf7};
pub use utf8::{decode_utf8, encode_utf8};
pub use utf16::{decode_utf16, encode_utf16};
pub use utf32::{decode_utf32, encode_utf32};

use crate::case::Chars;
use std::borrow::Cow;

/// Where decoded characters go.
pub trait Sink {
    fn push(&mut self, cp: u32);

    /// Characters so far.
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all but the first `len` characters.
    fn truncate(&mut self, len: usize);

    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(u32::from(c)));
    }

    /// A run of bytes below 0x80.
    fn push_ascii(&mut self, run: &[u8]) {
        run.iter().for_each(|&b| self.push(u32::from(b)));
    }
}

impl Sink for Vec<u32> {
    fn push(&mut self, cp: u32) {
        Vec::push(self, cp);
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn truncate(&mut self, len: usize) {
        Vec::truncate(self, len);
    }

    fn push_str(&mut self, text: &str) {
        self.extend(text.chars().map(u32::from));
    }

    fn push_ascii(&mut self, run: &[u8]) {
        self.extend(run.iter().map(|&b| u32::from(b)));
    }
}

/// A malformed stretch of the input, bytes `start..end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeProblem<'a> {
    /// The encoding's name in the exception.
    pub encoding: &'static str,
    pub reason: &'static str,
    pub start: usize,
    pub end: usize,
    /// The whole input as it is now: a handler may have replaced it.
    pub input: &'a [u8],
}

/// What a decoding error handler answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecodeRepair {
    /// Characters to put in.
    pub chars: Vec<u32>,
    /// The position to go on from.
    pub resume: usize,
    /// A new input, when the handler changed the exception's object.
    pub input: Option<Vec<u8>>,
}

impl From<(Vec<u32>, usize)> for DecodeRepair {
    fn from((chars, resume): (Vec<u32>, usize)) -> DecodeRepair {
        DecodeRepair { chars, resume, input: None }
    }
}

/// The handler of decoding errors; its error ends the decoding.
pub type DecodeHandler<'h, E> = dyn FnMut(DecodeProblem<'_>) -> Result<DecodeRepair, E> + 'h;

/// Characters `start..end` that the encoding cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeProblem {
    /// The encoding's name in the exception.
    pub encoding: &'static str,
    pub reason: &'static str,
    pub start: usize,
    pub end: usize,
    /// The answer to an earlier problem is itself unencodable: the handler must return its error.
    pub fatal: bool,
}

/// What an encoding error handler puts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    Chars(Vec<u32>),
    Bytes(Vec<u8>),
}

/// What an encoding error handler answers: the replacement with the position to go on from.
pub type EncodeRepair = (Replacement, usize);

/// The handler of encoding errors; its error ends the encoding.
pub type EncodeHandler<'h, E> = dyn FnMut(EncodeProblem) -> Result<EncodeRepair, E> + 'h;

/// The byte order of UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Little-endian, after a byte order mark: decoding looks for one, encoding writes one.
    Marked,
    Little,
    Big,
}

impl Order {
    /// CPython's numbers: -1 little, 0 marked, 1 big.
    pub fn from_number(number: i64) -> Order {
        match number {
            0 => Order::Marked,
            n if n < 0 => Order::Little,
            _ => Order::Big,
        }
    }

    pub fn number(self) -> i64 {
        match self {
            Order::Marked => 0,
            Order::Little => -1,
            Order::Big => 1,
        }
    }
}

/// A decoder's input with the place in it.
struct Input<'a> {
    encoding: &'static str,
    bytes: Cow<'a, [u8]>,
    at: usize,
}

impl<'a> Input<'a> {
    fn new(encoding: &'static str, bytes: &'a [u8]) -> Input<'a> {
        Input { encoding, bytes: Cow::Borrowed(bytes), at: 0 }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Has the handler mend `start..end`.
    fn mend<S: Sink + ?Sized, E>(
        &mut self,
        reason: &'static str,
        start: usize,
        end: usize,
        sink: &mut S,
        handler: &mut DecodeHandler<'_, E>,
    ) -> Result<(), E> {
        let repair = handler(DecodeProblem { encoding: self.encoding, reason, start, end, input: &self.bytes })?;
        repair.chars.iter().for_each(|&c| sink.push(c));
        self.at = repair.resume;
        if let Some(input) = repair.input {
            self.bytes = Cow::Owned(input);
        }
        Ok(())
    }
}

/// The end of the run from `start` on whose characters fail `good`.
fn run_end<T: Chars + ?Sized>(text: &T, start: usize, good: impl Fn(u32) -> bool) -> usize {
    (start + 1..text.count()).find(|&i| good(text.at(i))).unwrap_or(text.count())
}

/// Asks the handler about unencodable characters and writes its answer with `put`, which refuses what it cannot
/// encode. Returns the position to go on from.
fn mend_encoding<E>(
    encoding: &'static str,
    reason: &'static str,
    start: usize,
    end: usize,
    out: &mut Vec<u8>,
    handler: &mut EncodeHandler<'_, E>,
    mut put: impl FnMut(&mut Vec<u8>, &Replacement) -> bool,
) -> Result<usize, E> {
    let problem = EncodeProblem { encoding, reason, start, end, fatal: false };
    let (replacement, resume) = handler(problem)?;
    if !put(out, &replacement) {
        handler(EncodeProblem { fatal: true, ..problem })?;
    }
    Ok(resume)
}

/// Whether a code point is half of a pair.
fn is_surrogate(cp: u32) -> bool {
    (0xD800..0xE000).contains(&cp)
}
