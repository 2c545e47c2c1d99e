//! Case mappings of characters and of whole strings.
//!
//! *CPython*: unicodectype.c; unicodeobject.c, do_title and its neighbours.

use crate::flags::{Flags, flags, is_case_ignorable, is_cased, is_lower, is_upper};
use crate::tables_case::{CASE, CASE_RECORDS, SPECIAL_CASE};

/// What one character maps to: one to three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    chars: [u32; 3],
    length: u8,
}

impl Mapping {
    fn one(cp: u32) -> Mapping {
        Mapping { chars: [cp, 0, 0], length: 1 }
    }

    pub fn as_slice(&self) -> &[u32] {
        &self.chars[..usize::from(self.length)]
    }
}

/// Which mapping is wanted; the order is that of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Title,
    Fold,
}

const SIGMA: u32 = 0x3A3;
const FINAL_SIGMA: u32 = 0x3C2;

fn shifted(cp: u32, kind: Kind) -> u32 {
    let (lower, upper, title, fold, _) = CASE_RECORDS[CASE.get(cp)];
    cp.wrapping_add_signed(match kind {
        Kind::Lower => lower,
        Kind::Upper => upper,
        Kind::Title => title,
        Kind::Fold => fold,
    })
}

fn full(cp: u32, kind: Kind) -> Mapping {
    if cp < 0x80 {
        let upper_kind = matches!(kind, Kind::Upper | Kind::Title);
        let c = cp as u8;
        return Mapping::one(u32::from(if upper_kind { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }));
    }
    let mut at = usize::from(CASE_RECORDS[CASE.get(cp)].4);
    if at == 0 {
        return Mapping::one(shifted(cp, kind));
    }
    // Four mappings in a row, each its length with its characters.
    for _ in 0..kind as usize {
        at += 1 + usize::from(SPECIAL_CASE[at]);
    }
    let length = usize::from(SPECIAL_CASE[at]).min(3);
    let mut mapping = Mapping { chars: [0; 3], length: length as u8 };
    for (to, &from) in mapping.chars.iter_mut().zip(&SPECIAL_CASE[at + 1..at + 1 + length]) {
        *to = u32::from(from);
    }
    mapping
}

/// `chr(cp).lower()`, which does not know what follows: see `lower_at` for sigma.
pub fn to_lower(cp: u32) -> Mapping {
    full(cp, Kind::Lower)
}

/// `chr(cp).upper()`.
pub fn to_upper(cp: u32) -> Mapping {
    full(cp, Kind::Upper)
}

/// `chr(cp).title()`.
pub fn to_title(cp: u32) -> Mapping {
    full(cp, Kind::Title)
}

/// `chr(cp).casefold()`.
pub fn to_folded(cp: u32) -> Mapping {
    full(cp, Kind::Fold)
}

/// The one-character mapping that regular expressions use.
pub fn simple_lower(cp: u32) -> u32 {
    shifted(cp, Kind::Lower)
}

/// The one-character mapping that regular expressions use.
pub fn simple_upper(cp: u32) -> u32 {
    shifted(cp, Kind::Upper)
}

/// The one-character title-case mapping.
pub fn simple_title(cp: u32) -> u32 {
    shifted(cp, Kind::Title)
}

/// Random access to a string's characters, however wide they are stored.
pub trait Chars {
    fn count(&self) -> usize;
    /// The character at `i`, which is below `count`.
    fn at(&self, i: usize) -> u32;
}

macro_rules! chars_of {
    ($($unit:ty),*) => {$(
        impl Chars for [$unit] {
            fn count(&self) -> usize {
                self.len()
            }
            fn at(&self, i: usize) -> u32 {
                u32::from(self[i])
            }
        }
    )*};
}

chars_of!(u8, u16, u32);

/// Whether the sigma at `i` ends a word: a cased letter before, none after, case-ignorable characters passed over.
pub fn sigma_is_final<S: Chars + ?Sized>(text: &S, i: usize) -> bool {
    let before = (0..i).rev().map(|k| text.at(k)).find(|&c| !is_case_ignorable(c));
    if !before.is_some_and(is_cased) {
        return false;
    }
    let after = (i + 1..text.count()).map(|k| text.at(k)).find(|&c| !is_case_ignorable(c));
    !after.is_some_and(is_cased)
}

/// The lower case of the character at `i` of `text`.
pub fn lower_at<S: Chars + ?Sized>(text: &S, i: usize) -> Mapping {
    let cp = text.at(i);
    if cp == SIGMA && sigma_is_final(text, i) { Mapping::one(FINAL_SIGMA) } else { to_lower(cp) }
}

fn map<S: Chars + ?Sized>(text: &S, mut each: impl FnMut(usize, u32) -> Mapping) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.count());
    for i in 0..text.count() {
        out.extend_from_slice(each(i, text.at(i)).as_slice());
    }
    out
}

/// `str.lower`.
pub fn lower<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.count());
    for i in 0..text.count() {
        push_lower(text, i, &mut out);
    }
    out
}
#[inline]
fn push_lower<S: Chars + ?Sized>(text: &S, i: usize, out: &mut Vec<u32>) {
    match text.at(i) {
        SIGMA => out.extend_from_slice(lower_at(text, i).as_slice()),
        cp => push_mapped(cp, Kind::Lower, out),
    }
}

/// Appends what one character maps to.
#[inline]
fn push_mapped(cp: u32, kind: Kind, out: &mut Vec<u32>) {
    if cp < 0x80 {
        let (c, upper_kind) = (cp as u8, matches!(kind, Kind::Upper | Kind::Title));
        out.push(u32::from(if upper_kind { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }));
    } else if CASE_RECORDS[CASE.get(cp)].4 == 0 {
        out.push(shifted(cp, kind));
    } else {
        out.extend_from_slice(full(cp, kind).as_slice());
    }
}
/// Every character mapped without regard to its neighbours.
fn map_each<S: Chars + ?Sized>(text: &S, kind: Kind) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.count());
    for i in 0..text.count() {
        push_mapped(text.at(i), kind, &mut out);
    }
    out
}

/// `str.upper`.
pub fn upper<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    map_each(text, Kind::Upper)
}

/// `str.casefold`.
pub fn casefold<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    map_each(text, Kind::Fold)
}

/// `str.swapcase`.
pub fn swapcase<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    map(text, |i, c| {
        if is_upper(c) {
            lower_at(text, i)
        } else if is_lower(c) {
            to_upper(c)
        } else {
            Mapping::one(c)
        }
    })
}

/// `str.capitalize`.
pub fn capitalize<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    map(text, |i, c| if i == 0 { to_title(c) } else { lower_at(text, i) })
}

/// `str.title`.
pub fn title<S: Chars + ?Sized>(text: &S) -> Vec<u32> {
    let (mut after_cased, mut out) = (false, Vec::with_capacity(text.count()));
    for i in 0..text.count() {
        let c = text.at(i);
        if after_cased {
            push_lower(text, i, &mut out);
        } else {
            push_mapped(c, Kind::Title, &mut out);
        }
        after_cased = is_cased(c);
    }
    out
}

/// `str.istitle`: words start with an upper or title-case letter and go on in lower case; at least one letter.
pub fn is_titled<S: Chars + ?Sized>(text: &S) -> bool {
    let mut cased = false;
    let mut after_cased = false;
    for i in 0..text.count() {
        let f = flags(text.at(i));
        if f.any(Flags::UPPER | Flags::TITLE) {
            if after_cased {
                return false;
            }
            (after_cased, cased) = (true, true);
        } else if f.any(Flags::LOWER) {
            if !after_cased {
                return false;
            }
            (after_cased, cased) = (true, true);
        } else {
            after_cased = false;
        }
    }
    cased
}

/// `str.islower`: no upper or title-case letter, at least one lower-case one.
pub fn is_lowered<S: Chars + ?Sized>(text: &S) -> bool {
    all_of_case(text, Flags::LOWER, Flags::UPPER | Flags::TITLE)
}

/// `str.isupper`: no lower or title-case letter, at least one upper-case one.
pub fn is_uppered<S: Chars + ?Sized>(text: &S) -> bool {
    all_of_case(text, Flags::UPPER, Flags::LOWER | Flags::TITLE)
}

fn all_of_case<S: Chars + ?Sized>(text: &S, wanted: u16, refused: u16) -> bool {
    let mut seen = false;
    for i in 0..text.count() {
        let f = flags(text.at(i));
        if f.any(refused) {
            return false;
        }
        seen |= f.any(wanted);
    }
    seen
}
