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
        if hay.bytes.len() < 64 {
            return short_find(hay.bytes, needle);
        }
        return memmem::find(hay.bytes, needle);
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

/// For short texts, where building a searcher costs more than it saves.
fn short_find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let Some((&first, rest)) = needle.split_first() else { return Some(0) };
    let last = hay.len().checked_sub(needle.len())?;
    let mut from = 0;
    while from <= last {
        let at = from + memchr(first, &hay[from..=last])?;
        if &hay[at + 1..at + needle.len()] == rest {
            return Some(at);
        }
        from = at + 1;
    }
    None
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
        out.extend(memmem::find_iter(hay.bytes, needle).take(max));
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
            _ => memmem::find_iter(hay.bytes, needle).take(max).count(),
        };
    }
    find_all(hay, needle, max).len()
}
