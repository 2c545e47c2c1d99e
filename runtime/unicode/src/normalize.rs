//! The four normal forms.
//!
//! *CPython*: unicodedata.c, nfd_nfkd and nfc_nfkc.

use crate::database::{Database, combining, is_hangul};
use crate::flags::quick_check;
use crate::tables_decomp::COMPOSE;

/// A normal form; the order is that of the quick-check bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfd,
    Nfkd,
    Nfc,
    Nfkc,
}

impl Form {
    /// From "NFC" and so on.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFD" => Form::Nfd,
            "NFKD" => Form::Nfkd,
            "NFC" => Form::Nfc,
            "NFKC" => Form::Nfkc,
            _ => return None,
        })
    }

    fn compatible(self) -> bool {
        matches!(self, Form::Nfkd | Form::Nfkc)
    }

    fn composed(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }
}

pub(crate) const HANGUL_FIRST: u32 = 0xAC00;
const LEADS: u32 = 19;
const VOWELS: u32 = 21;
const TAILS: u32 = 28;
pub(crate) const HANGUL_COUNT: u32 = LEADS * VOWELS * TAILS;
const LEAD_FIRST: u32 = 0x1100;
const VOWEL_FIRST: u32 = 0x1161;
/// One before the first tail: number 0 stands for none.
const TAIL_BASE: u32 = 0x11A7;

/// Lead, vowel, tail (0: none) of a Hangul syllable.
pub(crate) fn decompose_hangul(cp: u32) -> Option<[u32; 3]> {
    if !is_hangul(cp) {
        return None;
    }
    let i = cp - HANGUL_FIRST;
    let tail = i % TAILS;
    Some([
        LEAD_FIRST + i / (VOWELS * TAILS),
        VOWEL_FIRST + i % (VOWELS * TAILS) / TAILS,
        if tail == 0 { 0 } else { TAIL_BASE + tail },
    ])
}

/// Whether no character of the text can change, and the marks are in order.
pub(crate) fn quick(form: Form, text: &[u32]) -> bool {
    let bit = 1u8 << form as u32;
    let mut last = 0;
    for &c in text {
        if c < 0x80 {
            last = 0;
            continue;
        }
        let class = combining(c);
        if quick_check(c) & bit != 0 || (class != 0 && class < last) {
            return false;
        }
        last = class;
    }
    true
}

pub(crate) fn normalize(database: &Database, form: Form, text: &[u32]) -> Vec<u32> {
    if quick(form, text) {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    for &c in text {
        decompose(database, form.compatible(), c, &mut out);
    }
    order_marks(&mut out);
    if form.composed() { compose(&out) } else { out }
}

/// Appends the full decomposition of one character. The tables' nesting is a few levels.
fn decompose(database: &Database, compatible: bool, cp: u32, out: &mut Vec<u32>) {
    if cp < 0xA0 {
        out.push(cp);
    } else if let Some(jamo) = decompose_hangul(cp) {
        out.extend(jamo.iter().filter(|&&c| c != 0));
    } else if let Some(c) = database.correction(cp) {
        decompose(database, compatible, c, out);
    } else {
        match database.decomposition_fields(cp) {
            Some((tag, chars)) if compatible || tag == 0 => {
                chars.iter().for_each(|&c| decompose(database, compatible, c, out));
            }
            _ => out.push(cp),
        }
    }
}

/// Sorts each run of marks by combining class, equal ones keeping their order.
fn order_marks(text: &mut [u32]) {
    let mut start = 0;
    while start < text.len() {
        if combining(text[start]) == 0 {
            start += 1;
            continue;
        }
        let end = text[start..].iter().position(|&c| combining(c) == 0).map_or(text.len(), |n| start + n);
        text[start..end].sort_by_key(|&c| combining(c));
        start = end;
    }
}

fn compose(text: &[u32]) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(text.len());
    let mut starter = None;
    let mut last_class = 0;
    for &c in text {
        let class = combining(c);
        if let Some(at) = starter {
            let free = out.len() - 1 == at || last_class < class;
            if let Some(both) = if free { compose_pair(out[at], c) } else { None } {
                out[at] = both;
                continue;
            }
        }
        if class == 0 {
            starter = Some(out.len());
        }
        last_class = class;
        out.push(c);
    }
    out
}

fn compose_pair(a: u32, b: u32) -> Option<u32> {
    if (LEAD_FIRST..LEAD_FIRST + LEADS).contains(&a) && (VOWEL_FIRST..VOWEL_FIRST + VOWELS).contains(&b) {
        return Some(HANGUL_FIRST + ((a - LEAD_FIRST) * VOWELS + b - VOWEL_FIRST) * TAILS);
    }
    if is_hangul(a) && (a - HANGUL_FIRST).is_multiple_of(TAILS) && b > TAIL_BASE && b < TAIL_BASE + TAILS {
        return Some(a + b - TAIL_BASE);
    }
    let i = COMPOSE.binary_search_by_key(&(a, b), |&(x, y, _)| (x, y)).ok()?;
    Some(COMPOSE[i].2)
}
