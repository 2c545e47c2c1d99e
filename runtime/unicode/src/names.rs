//! Names of characters, both ways.
//!
//! A name is a row of word numbers: one byte for the most frequent words, two for the others. Behind the characters'
//! own names, in the same numbering, stand the aliases, then the named sequences.

use crate::database::is_hangul;
use crate::normalize::{HANGUL_COUNT, HANGUL_FIRST};
use crate::tables_names::{
    ALIASES, BLOCKS, DERIVED, DERIVED_PREFIXES, EXTRA, EXTRA_STARTS, PACKED, REAL_NAMES, SHORT_OFFSETS, SHORT_WORDS,
    SORTED, SPANS, WORD_GROUPS, WORDS,
};
use std::cmp::Ordering;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    One(u32),
    Sequence(&'static [u32]),
}

const LEADS: [&str; 19] =
    ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU",
    "YI", "I",
];
const TAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S",
    "SS", "NG", "J", "C", "K", "T", "P", "H",
];
const HANGUL: &str = "HANGUL SYLLABLE ";

/// The text of word `n`.
fn word(n: usize) -> &'static [u8] {
    if n < SHORT_WORDS {
        return &WORDS[usize::from(SHORT_OFFSETS[n])..usize::from(SHORT_OFFSETS[n + 1])];
    }
    // The other words are sorted by length; a group holds those of one length.
    let group = WORD_GROUPS.partition_point(|g| usize::from(g.1) <= n) - 1;
    let (length, first, offset) = WORD_GROUPS[group];
    let length = usize::from(length);
    let start = offset as usize + (n - usize::from(first)) * length;
    &WORDS[start..start + length]
}

/// The packed bytes of name `i`.
fn packed(i: usize) -> &'static [u8] {
    let mut at = BLOCKS[i / 16] as usize;
    for _ in 0..i % 16 {
        at += 1 + usize::from(PACKED[at]);
    }
    &PACKED[at + 1..at + 1 + usize::from(PACKED[at])]
}

/// The words of name `i`.
fn words(i: usize) -> impl Iterator<Item = &'static [u8]> {
    let mut bytes = packed(i).iter().map(|&b| usize::from(b));
    std::iter::from_fn(move || {
        let first = bytes.next()?;
        if first < SHORT_WORDS {
            return Some(word(first));
        }
        let second = bytes.next()?;
        Some(word(SHORT_WORDS + (first - SHORT_WORDS) * 256 + second))
    })
}

fn unpack(i: usize) -> String {
    let mut out = String::new();
    for w in words(i) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(w.iter().map(|&b| b as char));
    }
    out
}

/// `unicodedata.name`; aliases are not names.
pub(crate) fn name(cp: u32) -> Option<String> {
    if is_hangul(cp) {
        let i = (cp - HANGUL_FIRST) as usize;
        let (lead, vowel, tail) = (i / 588, i % 588 / 28, i % 28);
        return Some(format!("{HANGUL}{}{}{}", LEADS[lead], VOWELS[vowel], TAILS[tail]));
    }
    if let Some(&(prefix, ..)) = DERIVED.iter().find(|d| (d.1..=d.2).contains(&cp) && d.3) {
        return Some(format!("{}{cp:X}", DERIVED_PREFIXES[usize::from(prefix)]));
    }
    let span = SPANS.partition_point(|s| s.0 <= cp).checked_sub(1)?;
    let (first, last, index) = SPANS[span];
    (cp <= last).then(|| unpack(usize::from(index) + (cp - first) as usize))
}

/// The character whose own name is stored under number `i`.
fn owner(i: usize) -> u32 {
    let span = SPANS.partition_point(|s| usize::from(s.2) <= i).saturating_sub(1);
    SPANS[span].0 + (i - usize::from(SPANS[span].2)) as u32
}

/// Compares name `i` with an upper-case text.
fn compare(i: usize, wanted: &[u8]) -> Ordering {
    let mut rest = wanted;
    for (k, w) in words(i).enumerate() {
        if k > 0 {
            match rest.split_first() {
                None => return Ordering::Greater,
                Some((b' ', tail)) => rest = tail,
                Some((other, _)) => return b' '.cmp(other),
            }
        }
        let common = w.len().min(rest.len());
        match w[..common].cmp(&rest[..common]) {
            Ordering::Equal if common < w.len() => return Ordering::Greater,
            Ordering::Equal => rest = &rest[common..],
            unequal => return unequal,
        }
    }
    if rest.is_empty() { Ordering::Equal } else { Ordering::Less }
}

/// The number of a stored name.
fn find(wanted: &[u8]) -> Option<usize> {
    let place = SORTED.binary_search_by(|&i| compare(usize::from(i), wanted)).ok()?;
    Some(usize::from(SORTED[place]))
}

/// The names that follow a rule: Hangul syllables, and those that end in the code point.
fn find_derived(wanted: &str) -> Option<u32> {
    if let Some(syllable) = wanted.strip_prefix(HANGUL) {
        return find_syllable(syllable);
    }
    let (number, digits) = DERIVED_PREFIXES.iter().enumerate().find_map(|(i, p)| Some((i, wanted.strip_prefix(p)?)))?;
    if !(4..=5).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) || digits.starts_with('0') {
        return None;
    }
    let cp = u32::from_str_radix(digits, 16).ok()?;
    let known = DERIVED.iter().any(|d| usize::from(d.0) == number && (d.1..=d.2).contains(&cp));
    known.then_some(cp)
}

fn find_syllable(syllable: &str) -> Option<u32> {
    let longest = |table: &[&str], text: &str| {
        let fits = table.iter().enumerate().filter(|(_, part)| text.starts_with(**part));
        fits.max_by_key(|(_, part)| part.len()).map(|(i, part)| (i, part.len()))
    };
    let (lead, used) = longest(&LEADS, syllable)?;
    let rest = &syllable[used..];
    let (vowel, used) = longest(&VOWELS, rest)?;
    let rest = &rest[used..];
    let tail = TAILS.iter().position(|part| *part == rest)?;
    let i = (lead * 21 + vowel) * 28 + tail;
    ((i as u32) < HANGUL_COUNT).then_some(HANGUL_FIRST + i as u32)
}

fn upper(name: &str) -> Option<String> {
    name.is_ascii().then(|| name.to_ascii_uppercase())
}

/// A character's own name only.
pub(crate) fn lookup_real(name: &str) -> Option<u32> {
    let name = upper(name)?;
    find_derived(&name).or_else(|| find(name.as_bytes()).filter(|&i| i < REAL_NAMES).map(owner))
}

/// `unicodedata.lookup`: names, aliases, named sequences, in any letter case.
pub fn lookup(name: &str) -> Option<Found> {
    let name = upper(name)?;
    if let Some(cp) = find_derived(&name) {
        return Some(Found::One(cp));
    }
    let i = find(name.as_bytes())?;
    let Some(extra) = i.checked_sub(REAL_NAMES) else { return Some(Found::One(owner(i))) };
    let chars = &EXTRA[usize::from(EXTRA_STARTS[extra])..usize::from(EXTRA_STARTS[extra + 1])];
    Some(if extra < ALIASES { Found::One(chars[0]) } else { Found::Sequence(chars) })
}

/// What `\N{name}` in a literal stands for: names and aliases, no sequences.
pub fn lookup_char(name: &str) -> Option<u32> {
    match lookup(name)? {
        Found::One(cp) => Some(cp),
        Found::Sequence(_) => None,
    }
}
