//! Finding one run of units in another, for strings of any width as for bytes.
//!
//! *Invariant*: positions and lengths are in units of `width` bytes; an empty needle is found at every position.

use memchr::{memchr, memmem, memrchr};

/// A haystack or needle as raw bytes of units.
#[derive(Clone, Copy)]
pub struct Raw<'a> {
    pub bytes: &'a [u8],
    pub width: usize,
}

impl<'a> Raw<'a> {
    pub fn bytes(bytes: &'a [u8]) -> Raw<'a> {
        Raw { bytes, width: 1 }
    }
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width
    }
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
    pub fn slice(&self, start: usize, end: usize) -> Raw<'a> {
        Raw { bytes: &self.bytes[start * self.width..end * self.width], width: self.width }
    }
}

/// First position of `needle` (of the same width) in `hay`.
pub fn find(hay: Raw<'_>, needle: &[u8]) -> Option<usize> {
    let w = hay.width;
    if let [b] = needle {
        return memchr(*b, hay.bytes);
    }
    if w == 1 {
        return first_from(hay.bytes, needle, 0);
    }
    let mut from = 0;
    while let Some(at) = memmem::find(hay.bytes.get(from..)?, needle) {
        if (from + at) % w == 0 {
            return Some((from + at) / w);
        }
        from += at + 1;
    }
    None
}

/// First position at or after `from`. Building a searcher costs more than it saves where the first byte alone leads there: only after a few
/// places where it did not one is built.
fn first_from(hay: &[u8], needle: &[u8], mut from: usize) -> Option<usize> {
    const PATIENCE: u32 = 8;
    let Some((&first, rest)) = needle.split_first() else { return Some(from) };
    let last = hay.len().checked_sub(needle.len())?;
    let mut misses = 0;
    while from <= last {
        let at = from + first_byte(first, &hay[from..=last])?;
        // A few bytes are compared without a call.
        let here = &hay[at + 1..at + needle.len()];
        if if rest.len() <= 8 { here.iter().zip(rest).all(|(a, b)| a == b) } else { here == rest } {
            return Some(at);
        }
        from = at + 1;
        misses += 1;
        if misses > PATIENCE && hay.len() - from >= 64 {
            return memmem::find(&hay[from..], needle).map(|at| from + at);
        }
    }
    None
}

/// `memchr`, without a call where the byte is near.
#[inline]
fn first_byte(byte: u8, hay: &[u8]) -> Option<usize> {
    const NEAR: usize = 8;
    let near = &hay[..hay.len().min(NEAR)];
    match near.iter().position(|&b| b == byte) {
        None if hay.len() > NEAR => memchr(byte, &hay[NEAR..]).map(|at| NEAR + at),
        at => at,
    }
}

/// Positions, in bytes, of occurrences that do not overlap; the needle is not empty.
fn each_from<'a>(hay: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    // A searcher pays once there are several to be found in a longer text.
    const SEVERAL: usize = 4;
    let (mut from, mut found) = (0, 0);
    let mut searcher = None;
    std::iter::from_fn(move || {
        if found == SEVERAL && hay.len() - from >= 256 {
            searcher = Some(memmem::Finder::new(needle));
        }
        found += 1;
        let at = match &searcher {
            Some(searcher) => from + searcher.find(&hay[from..])?,
            None => first_from(hay, needle, from)?,
        };
        from = at + needle.len();
        Some(at)
    })
}

/// Last position of `needle` in `hay`.
pub fn rfind(hay: Raw<'_>, needle: &[u8]) -> Option<usize> {
    let w = hay.width;
    if let [b] = needle {
        return memrchr(*b, hay.bytes);
    }
    if w == 1 {
        return memmem::rfind(hay.bytes, needle);
    }
    let mut end = hay.bytes.len();
    while let Some(at) = memmem::rfind(&hay.bytes[..end], needle) {
        if at % w == 0 {
            return Some(at / w);
        }
        end = at + needle.len() - 1;
    }
    None
}

/// Positions of occurrences that do not overlap, at most `max`.
pub fn find_all(hay: Raw<'_>, needle: &[u8], max: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let w = hay.width;
    if w == 1 && needle.len() == 1 {
        out.extend(memchr::memchr_iter(needle[0], hay.bytes).take(max));
        return out;
    }
    if w == 1 {
        out.extend(each_from(hay.bytes, needle).take(max));
        return out;
    }
    let step = needle.len() / w;
    let mut from = 0;
    while out.len() < max
        && let Some(at) = find(hay.slice(from, hay.len()), needle)
    {
        out.push(from + at);
        from += at + step;
    }
    out
}

/// How many occurrences that do not overlap there are, at most `max`.
pub fn count(hay: Raw<'_>, needle: &[u8], max: usize) -> usize {
    if needle.is_empty() {
        return (hay.len() + 1).min(max);
    }
    if hay.width == 1 {
        return match needle {
            // Counting all needs no positions.
            [b] if max >= hay.len() => memchr::memchr_iter(*b, hay.bytes).count(),
            [b] => memchr::memchr_iter(*b, hay.bytes).take(max).count(),
            _ => each_from(hay.bytes, needle).take(max).count(),
        };
    }
    find_all(hay, needle, max).len()
}
