//! What a program printed, reduced to what decides whether two runs printed the same.
//!
//! Invariant: equal outputs compare equal, and outputs that differ only in durations that programs print of themselves
//! (`0.52 s`, `13 ms`) are alike; everything else differs.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// More than this of one output is compared by its length alone.
const LIMIT: u64 = 64 << 20;
/// Kept for the report of a difference.
const HEAD: usize = 1 << 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub length: u64,
    exact: u64,
    masked: u64,
    head: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    Same,
    /// But for durations.
    Alike,
    Different,
}

impl Output {
    pub fn of(text: &[u8], length: u64) -> Output {
        let hash = |b: &[u8]| {
            let mut h = DefaultHasher::new();
            h.write(b);
            h.finish()
        };
        let head = text[..text.len().min(HEAD)].to_vec();
        Output { length, exact: hash(text), masked: hash(&without_durations(text)), head }
    }

    /// The different outputs in a file: one for each range, or all of it; and with each what the program gave beside it.
    pub fn read(path: &Path, ranges: &[(u64, u64)], beside: &str) -> Vec<Output> {
        let Ok(file) = File::open(path) else { return vec![] };
        let all = [(0, file.metadata().map_or(0, |m| m.len()))];
        let mut found: Vec<Output> = vec![];
        for &(start, end) in if ranges.is_empty() { &all } else { ranges } {
            let length = end.saturating_sub(start);
            let mut text = vec![0; length.min(LIMIT) as usize];
            if file.read_exact_at(&mut text, start).is_err() {
                continue;
            }
            text.extend_from_slice(beside.as_bytes());
            let new = Output::of(&text, length + beside.len() as u64);
            if !found.iter().any(|o| o.like(&new) != Likeness::Different) {
                found.push(new);
            }
        }
        found
    }

    pub fn like(&self, other: &Output) -> Likeness {
        if self.exact == other.exact && self.length == other.length {
            Likeness::Same
        } else if self.masked == other.masked && (self.length.max(other.length) <= LIMIT || self.length == other.length)
        {
            Likeness::Alike
        } else {
            Likeness::Different
        }
    }

    /// The first line that differs: its number, and both texts.
    pub fn difference(&self, other: &Output) -> (usize, String, String) {
        let shown = |l: Option<&[u8]>| match l {
            Some(l) => String::from_utf8_lossy(&l[..l.len().min(120)]).into_owned(),
            None => "(nothing)".to_owned(),
        };
        let (mut a, mut b) = (self.head.split(|c| *c == b'\n'), other.head.split(|c| *c == b'\n'));
        for n in 1.. {
            let (x, y) = (a.next(), b.next());
            if x.is_none() && y.is_none() {
                break;
            }
            if x.map(without_durations) != y.map(without_durations) {
                return (n, shown(x), shown(y));
            }
        }
        (0, format!("{} bytes", self.length), format!("{} bytes", other.length))
    }
}

/// The text with `#` for every number that a unit of time follows.
fn without_durations(text: &[u8]) -> Vec<u8> {
    const UNITS: [&str; 14] = [
        "seconds", "second", "secs", "sec", "msec", "usec", "nsec", "ms", "us", "ns", "\u{b5}s", "\u{3bc}s", "min", "s",
    ];
    let word = |c: Option<&u8>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80);
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let starts = text[i].is_ascii_digit() && (i == 0 || !word(text.get(i - 1)) && text[i - 1] != b'.');
        if !starts {
            out.push(text[i]);
            i += 1;
            continue;
        }
        let mut end = i;
        while text.get(end).is_some_and(|c| c.is_ascii_digit() || *c == b'.' || *c == b',') {
            end += 1;
        }
        let exponent =
            text[end..].first() == Some(&b'e') && text.get(end + 1).is_some_and(|c| b"+-0123456789".contains(c));
        if exponent {
            end += 2;
            while text.get(end).is_some_and(u8::is_ascii_digit) {
                end += 1;
            }
        }
        let blank = end + usize::from(text.get(end) == Some(&b' '));
        let unit = UNITS.iter().find(|u| text[blank..].starts_with(u.as_bytes()) && !word(text.get(blank + u.len())));
        match unit {
            Some(_) => out.push(b'#'),
            None => out.extend_from_slice(&text[i..end]),
        }
        i = if unit.is_some() { blank } else { end };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_do_not_count() {
        let of = |t: &str| Output::of(t.as_bytes(), t.len() as u64);
        assert_eq!(of("ok: 5 steps in 0.25 s\n").like(&of("ok: 5 steps in 13.1 s\n")), Likeness::Alike);
        assert_eq!(of("ok: 5 steps in 0.25 s\n").like(&of("ok: 6 steps in 0.25 s\n")), Likeness::Different);
        assert_eq!(of("took 1.5e-3 sec").like(&of("took 2 sec")), Likeness::Alike);
        assert_eq!(of("a1 s").like(&of("a2 s")), Likeness::Different);
        assert_eq!(of("same").like(&of("same")), Likeness::Same);
        let (line, a, b) = of("x\ny 1\n").difference(&of("x\ny 2\n"));
        assert_eq!((line, a.as_str(), b.as_str()), (2, "y 1", "y 2"));
    }
}
