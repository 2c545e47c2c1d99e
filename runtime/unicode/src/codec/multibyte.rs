//! The stateless multibyte encodings of East Asia, from one table that scripts/gen-cjk.py writes.
//!
//! *Invariants*: a charset's number is its place in [`CHARSETS`] and in the table; a damaged table gives fewer mappings, never a panic.
//! The table holds, for each charset, integers in LEB128 and two bitmaps:
//!
//! ```text
//!  base + 1, or 0           the charset that this one differs from
//!  32 bytes, 32 bytes       first bytes of sequences of two or more bytes, and of three
//!  n, n x (c, c)            pairs of characters that one sequence stands for
//!  map                      sequence (big-endian number) -> character, differences to the base
//!  map                      character -> sequence, where it is not the least that decodes to it (0: none)
//!  n, n x (at, c, count)    runs of sequences of four bytes, by linear position
//! ```
//!
//! A map is `runs, runs x (gap, length, length x zigzag(value - previous - 1))`. Values from [`PAIR`] on are pairs by number, then "no
//! mapping", then "no mapping, and two bytes are wrong".
//!
//! *CPython*: Modules/cjkcodecs.

use super::{DecodeHandler, EncodeHandler, EncodeProblem, Input, Replacement, Sink};
use crate::case::Chars;
use std::collections::HashMap;
use std::sync::OnceLock;

static TABLE: &[u8] = include_bytes!("tables_cjk.bin");
const PAIR: u32 = 0x11_0000;
const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// Python's names of the charsets, in the table's order.
pub static CHARSETS: [&str; 16] = [
    "shift_jis",
    "cp932",
    "shift_jis_2004",
    "shift_jisx0213",
    "euc_jp",
    "euc_jis_2004",
    "euc_jisx0213",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "cp950",
    "big5hkscs",
    "euc_kr",
    "cp949",
    "johab",
];

/// A run of gb18030's four-byte sequences.
struct Run {
    at: u32,
    first: u32,
    count: u32,
}

pub struct Charset {
    name: &'static str,
    two: [u8; 32],
    three: [u8; 32],
    pairs: Vec<[u32; 2]>,
    /// From sequences to characters; pairs as in the table.
    decode: HashMap<u32, u32>,
    /// From characters (and pairs) to sequences.
    encode: HashMap<u32, u32>,
    /// Characters that begin a pair.
    beginnings: Vec<u32>,
    four: Vec<Run>,
    /// A syllable without a sequence of its own is composed of a filler and three letters.
    composes: bool,
}

/// What the bytes at one place are.
enum Found {
    Char(u32, usize),
    Pair([u32; 2], usize),
    Incomplete,
    /// So many malformed bytes.
    Illegal(usize),
}

struct Reader<'a>(&'a [u8]);
impl Reader<'_> {
    fn number(&mut self) -> u32 {
        let (mut n, mut shift) = (0, 0);
        while let Some((&b, rest)) = self.0.split_first() {
            self.0 = rest;
            n |= u32::from(b & 0x7F).checked_shl(shift).unwrap_or(0);
            if b < 0x80 {
                break;
            }
            shift += 7;
        }
        n
    }
    fn bitmap(&mut self) -> [u8; 32] {
        let Some((map, rest)) = self.0.split_first_chunk() else { return [0; 32] };
        self.0 = rest;
        *map
    }
    /// Passes over one charset.
    fn skip(&mut self) {
        self.number();
        self.bitmap();
        self.bitmap();
        let pairs = self.number();
        for _ in 0..pairs * 2 {
            self.number();
        }
        self.map(|_, _| {});
        self.map(|_, _| {});
        let runs = self.number();
        for _ in 0..runs * 3 {
            self.number();
        }
    }
    fn map(&mut self, mut put: impl FnMut(u32, u32)) {
        let (mut key, mut value) = (0u32, 0u32);
        for _ in 0..self.number() {
            key = key.wrapping_add(self.number());
            for _ in 0..self.number() {
                let z = self.number();
                value = value.wrapping_add((z >> 1) ^ (z & 1).wrapping_neg());
                put(key, value);
                (key, value) = (key.wrapping_add(1), value.wrapping_add(1));
            }
        }
    }
}

/// The charset of a name of [`CHARSETS`], read on first use.
pub fn charset(name: &str) -> Option<&'static Charset> {
    static READ: [OnceLock<Charset>; CHARSETS.len()] = [const { OnceLock::new() }; CHARSETS.len()];
    let number = CHARSETS.iter().position(|&n| n == name)?;
    Some(READ[number].get_or_init(|| Charset::read(number)))
}

impl Charset {
    fn read(number: usize) -> Charset {
        let mut reader = Reader(TABLE);
        (0..number).for_each(|_| reader.skip());
        let name = CHARSETS[number];
        let reader = &mut reader;
        // A base comes before those that differ from it.
        let base = reader.number().checked_sub(1).and_then(|i| CHARSETS[..number].get(i as usize));
        let base = base.and_then(|b| charset(b)).map(|b| &b.decode);
        let (two, three) = (reader.bitmap(), reader.bitmap());
        let pairs: Vec<_> = (0..reader.number()).map(|_| [reader.number(), reader.number()]).collect();
        let nothing = PAIR + pairs.len() as u32;
        let mut decode: HashMap<_, _> =
            base.map(|b| b.iter().filter(|&(_, &c)| c < PAIR).map(|(&s, &c)| (s, c)).collect()).unwrap_or_default();
        reader.map(|sequence, c| {
            if c == nothing {
                decode.remove(&sequence)
            } else {
                decode.insert(sequence, c)
            };
        });
        let mut encode = HashMap::with_capacity(decode.len());
        for (&s, &c) in decode.iter().filter(|&(_, &c)| c < nothing) {
            encode.entry(c).and_modify(|old: &mut u32| *old = s.min(*old)).or_insert(s);
        }
        reader.map(|c, sequence| {
            if sequence == 0 {
                encode.remove(&c)
            } else {
                encode.insert(c, sequence)
            };
        });
        let four = (0..reader.number())
            .map(|_| Run { at: reader.number(), first: reader.number(), count: reader.number() })
            .collect();
        let beginnings = pairs.iter().map(|p| p[0]).collect();
        Charset { name, two, three, pairs, decode, encode, beginnings, four, composes: name == COMPOSING }
    }

    fn find(&self, bytes: &[u8]) -> Found {
        let has = |map: &[u8; 32], b: u8| map[usize::from(b >> 3)] >> (b & 7) & 1 != 0;
        let Some(&a) = bytes.first() else { return Found::Incomplete };
        if !has(&self.two, a) {
            return self.decode.get(&u32::from(a)).map_or(Found::Illegal(1), |&c| Found::Char(c, 1));
        }
        let Some(&b) = bytes.get(1) else { return Found::Incomplete };
        if !self.four.is_empty() && b.is_ascii_digit() {
            return self.find_four(a, b, bytes);
        }
        if self.composes && [a, b] == FILLER {
            return find_syllable(bytes);
        }
        let mut sequence = u32::from(a) << 8 | u32::from(b);
        let mut length = 2;
        if has(&self.three, a) && !self.decode.contains_key(&sequence) {
            let Some(&c) = bytes.get(2) else { return Found::Incomplete };
            (sequence, length) = (sequence << 8 | u32::from(c), 3);
        }
        match self.decode.get(&sequence) {
            None => Found::Illegal(1),
            Some(&c) if c < PAIR => Found::Char(c, length),
            Some(&c) => match self.pairs.get((c - PAIR) as usize) {
                Some(&pair) => Found::Pair(pair, length),
                None => Found::Illegal(length),
            },
        }
    }
    fn find_four(&self, a: u8, b: u8, bytes: &[u8]) -> Found {
        let (Some(&c), Some(&d)) = (bytes.get(2), bytes.get(3)) else { return Found::Incomplete };
        if !(0x81..=0xFE).contains(&c) || !d.is_ascii_digit() {
            return Found::Illegal(1);
        }
        let digit = |b: u8| u32::from(b - b'0');
        let at = (u32::from(a - 0x81) * 10 + digit(b)) * 1260 + u32::from(c - 0x81) * 10 + digit(d);
        let run = self.four.iter().find(|r| at.checked_sub(r.at).is_some_and(|i| i < r.count));
        run.map_or(Found::Illegal(1), |r| Found::Char(r.first + (at - r.at), 4))
    }

    /// Appends the text of `bytes`; gives how many were used, fewer than all only when `last` is false.
    pub fn decode<S: Sink + ?Sized, E>(
        &self,
        bytes: &[u8],
        last: bool,
        sink: &mut S,
        handler: &mut DecodeHandler<'_, E>,
    ) -> Result<usize, E> {
        let mut input = Input::new(self.name, bytes);
        loop {
            let rest = input.rest();
            if rest.is_empty() {
                return Ok(input.bytes.len());
            }
            let start = input.at;
            let (reason, end) = match self.find(rest) {
                Found::Char(c, n) => {
                    sink.push(c);
                    input.at += n;
                    continue;
                }
                Found::Pair(pair, n) => {
                    pair.iter().for_each(|&c| sink.push(c));
                    input.at += n;
                    continue;
                }
                Found::Incomplete if !last => return Ok(start),
                Found::Incomplete => (INCOMPLETE, input.bytes.len()),
                Found::Illegal(n) => (ILLEGAL, start + n),
            };
            input.mend(reason, start, end, sink, handler)?;
        }
    }

    /// Writes the sequence of the characters at `i`; gives how many they are, 0 if there is none.
    fn put(&self, out: &mut Vec<u8>, c: u32, next: Option<u32>) -> usize {
        if let Some(next) = next.filter(|_| self.beginnings.contains(&c))
            && let Some(number) = self.pairs.iter().position(|p| *p == [c, next])
            && let Some(&sequence) = self.encode.get(&(PAIR + number as u32))
        {
            push(out, sequence);
            return 2;
        }
        if c == 0 {
            out.push(0);
            return 1;
        }
        if let Some(&sequence) = self.encode.get(&c) {
            push(out, sequence);
            return 1;
        }
        if self.composes && (0xAC00..0xD7A4).contains(&c) {
            put_syllable(out, c - 0xAC00);
            return 1;
        }
        let Some(run) = self.four.iter().find(|r| c.checked_sub(r.first).is_some_and(|i| i < r.count)) else {
            return 0;
        };
        let at = run.at + (c - run.first);
        let (high, low) = (at / 1260, at % 1260);
        out.extend([
            0x81 + (high / 10) as u8,
            b'0' + (high % 10) as u8,
            0x81 + (low / 10) as u8,
            b'0' + (low % 10) as u8,
        ]);
        1
    }

    /// Appends the bytes of `text`; gives how many characters were used: with `last` false a possible first half of a pair at the end
    /// is left alone.
    pub fn encode<T: Chars + ?Sized, E>(
        &self,
        text: &T,
        last: bool,
        out: &mut Vec<u8>,
        handler: &mut EncodeHandler<'_, E>,
    ) -> Result<usize, E> {
        let (mut i, n) = (0, text.count());
        while i < n {
            let c = text.at(i);
            let next = (i + 1 < n).then(|| text.at(i + 1));
            if next.is_none() && !last && self.beginnings.contains(&c) {
                return Ok(i);
            }
            match self.put(out, c, next) {
                0 => {}
                used => {
                    i += used;
                    continue;
                }
            }
            let problem = EncodeProblem { encoding: self.name, reason: ILLEGAL, start: i, end: i + 1, fatal: false };
            let (replacement, resume) = handler(problem)?;
            match replacement {
                Replacement::Bytes(bytes) => out.extend(bytes),
                Replacement::Chars(chars) => {
                    let mut at = 0;
                    while let Some(&c) = chars.get(at) {
                        match self.put(out, c, chars.get(at + 1).copied()) {
                            0 => {
                                handler(EncodeProblem { fatal: true, ..problem })?;
                                at += 1;
                            }
                            used => at += used,
                        }
                    }
                }
            }
            i = resume;
        }
        Ok(n)
    }
}

/// A composed syllable: the filler, an initial, a vowel, a final or the filler again (KS X 1001, annex 3).
const COMPOSING: &str = "euc_kr";
const FILLER: [u8; 2] = [0xA4, 0xD4];
/// Second bytes, from 0xA1, of the initials and of the finals after "none".
static INITIALS: [u8; 19] = [0, 1, 3, 6, 7, 8, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29];
static FINALS: [u8; 27] =
    [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 27, 28, 29];

fn find_syllable(bytes: &[u8]) -> Found {
    let Some(&[_, _, x, initial, y, vowel, z, end]) = bytes.first_chunk() else { return Found::Incomplete };
    let place = |table: &[u8], b: u8| table.iter().position(|&i| i + 0xA1 == b);
    let parts = (
        place(&INITIALS, initial),
        vowel.checked_sub(0xBF).filter(|&v| v < 21),
        if end == FILLER[1] { Some(0) } else { place(&FINALS, end).map(|i| i + 1) },
    );
    match parts {
        (Some(i), Some(v), Some(f)) if [x, y, z] == [FILLER[0]; 3] => {
            Found::Char(0xAC00 + i as u32 * 588 + u32::from(v) * 28 + f as u32, 8)
        }
        _ => Found::Illegal(1),
    }
}
fn put_syllable(out: &mut Vec<u8>, syllable: u32) {
    let letter = |table: &[u8], i: u32| table.get(i as usize).map_or(FILLER[1], |&b| b + 0xA1);
    let (initial, vowel, end) = (syllable / 588, syllable / 28 % 21, syllable % 28);
    let end = end.checked_sub(1).map_or(FILLER[1], |i| letter(&FINALS, i));
    let [filler, _] = FILLER;
    out.extend(FILLER);
    out.extend([filler, letter(&INITIALS, initial), filler, 0xBF + vowel as u8, filler, end]);
}

/// The bytes of a sequence, none of which leads with zero.
fn push(out: &mut Vec<u8>, sequence: u32) {
    let bytes = sequence.to_be_bytes();
    let zeros = bytes.iter().take_while(|&&b| b == 0).count();
    out.extend_from_slice(&bytes[zeros..]);
}
