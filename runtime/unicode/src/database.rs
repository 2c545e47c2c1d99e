//! The properties that module unicodedata shows, of today's Unicode or of 3.2.0.

use crate::names;
use crate::normalize::{self, Form, HANGUL_COUNT, HANGUL_FIRST};
use crate::tables_decomp::{DECOMP, DECOMP_DATA, OLD_CORRECTIONS, TAGS};
use crate::tables_props::{BIDI, CATEGORIES, LAYOUT_RECORDS, LAYOUTS, NUMBERS, NUMERIC, OLD, OLD_RECORDS, WIDTHS};

/// One version of the character database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Database {
    old: bool,
}

/// Unicode 16.0.0.
pub static CURRENT: Database = Database { old: false };
/// Unicode 3.2.0, which IDNA and stringprep are written in.
pub static V3_2_0: Database = Database { old: true };

/// What 3.2.0 says where it differs: category, bidi, combining, width, mirrored, number.
type OldRecord = (u8, u8, u8, u8, u8, u8);

/// The value of a decimal digit of any script, which `int()` and `float()` accept.
pub fn decimal(cp: u32) -> Option<u8> {
    if cp < 0x80 { ascii_digit(cp) } else { u8::try_from(NUMBERS[NUMERIC.get(cp)].1).ok() }
}

/// The value of a digit, superscripts and the like among them.
pub fn digit(cp: u32) -> Option<u8> {
    if cp < 0x80 { ascii_digit(cp) } else { u8::try_from(NUMBERS[NUMERIC.get(cp)].2).ok() }
}

/// The number that a character stands for.
pub fn numeric(cp: u32) -> Option<f64> {
    Some(NUMBERS[NUMERIC.get(cp)].0).filter(|n| !n.is_nan())
}

fn ascii_digit(cp: u32) -> Option<u8> {
    char::from_u32(cp).and_then(|c| c.to_digit(10)).map(|d| d as u8)
}

impl Database {
    /// "16.0.0" or "3.2.0".
    pub fn version(&self) -> &'static str {
        if self.old { "3.2.0" } else { crate::VERSION }
    }

    fn old_record(&self, cp: u32) -> Option<&'static OldRecord> {
        if !self.old {
            return None;
        }
        match OLD.get(cp) {
            0 => None,
            i => Some(&OLD_RECORDS[i]),
        }
    }

    /// The general category, such as "Lu".
    pub fn category(&self, cp: u32) -> &'static str {
        match self.old_record(cp) {
            Some(r) => CATEGORIES[usize::from(r.0)],
            None => crate::category(cp),
        }
    }

    /// Whether the character exists in this version.
    pub fn is_assigned(&self, cp: u32) -> bool {
        self.category(cp) != "Cn"
    }

    /// The bidirectional class, "" when there is none.
    pub fn bidirectional(&self, cp: u32) -> &'static str {
        let i = self.old_record(cp).map_or_else(|| LAYOUT_RECORDS[LAYOUTS.get(cp)].0, |r| r.1);
        BIDI[usize::from(i)]
    }

    /// The canonical combining class.
    pub fn combining(&self, cp: u32) -> u8 {
        self.old_record(cp).map_or_else(|| combining(cp), |r| r.2)
    }

    /// The East Asian width, such as "W".
    pub fn east_asian_width(&self, cp: u32) -> &'static str {
        let i = self.old_record(cp).map_or_else(|| LAYOUT_RECORDS[LAYOUTS.get(cp)].2, |r| r.3);
        WIDTHS[usize::from(i)]
    }

    /// Whether the character is mirrored in right-to-left text.
    pub fn mirrored(&self, cp: u32) -> bool {
        match self.old_record(cp) {
            Some(r) => r.4 != 0,
            None => crate::flags(cp).any(crate::Flags::MIRRORED),
        }
    }

    fn number(&self, cp: u32) -> &'static (f64, i8, i8) {
        let i = self.old_record(cp).map_or_else(|| NUMERIC.get(cp), |r| usize::from(r.5));
        &NUMBERS[i]
    }

    pub fn decimal(&self, cp: u32) -> Option<u8> {
        u8::try_from(self.number(cp).1).ok()
    }

    pub fn digit(&self, cp: u32) -> Option<u8> {
        u8::try_from(self.number(cp).2).ok()
    }

    pub fn numeric(&self, cp: u32) -> Option<f64> {
        Some(self.number(cp).0).filter(|n| !n.is_nan())
    }

    /// The decomposition as text: a tag if any, then hexadecimal code points.
    pub fn decomposition(&self, cp: u32) -> String {
        if let Some(jamo) = normalize::decompose_hangul(cp) {
            return join_hex("", jamo.iter().copied().filter(|&c| c != 0));
        }
        let Some((tag, chars)) = self.decomposition_fields(cp) else { return String::new() };
        join_hex(TAGS[tag], chars.iter().copied())
    }

    /// The tag's number (0: canonical) with the characters.
    pub(crate) fn decomposition_fields(&self, cp: u32) -> Option<(usize, &'static [u32])> {
        let at = DECOMP.get(cp);
        if at == 0 || (self.old && !self.is_assigned(cp)) {
            return None;
        }
        let header = DECOMP_DATA[at] as usize;
        Some((header >> 8, &DECOMP_DATA[at + 1..at + 1 + (header & 0xff)]))
    }

    /// What 3.2.0 mistakenly decomposed a character to.
    pub(crate) fn correction(&self, cp: u32) -> Option<u32> {
        if !self.old {
            return None;
        }
        OLD_CORRECTIONS.iter().find(|(c, _)| *c == cp).map(|(_, d)| *d)
    }

    /// The character's name.
    pub fn name(&self, cp: u32) -> Option<String> {
        if self.old && !self.is_assigned(cp) {
            return None;
        }
        names::name(cp)
    }

    /// The character with a name; 3.2.0 has neither aliases nor sequences.
    pub fn lookup(&self, name: &str) -> Option<names::Found> {
        if self.old { names::lookup_real(name).map(names::Found::One) } else { names::lookup(name) }
    }

    /// The text in a normal form; surrogates stay as they are.
    pub fn normalize(&self, form: Form, text: &[u32]) -> Vec<u32> {
        normalize::normalize(self, form, text)
    }

    /// Whether `normalize` would leave the text as it is.
    pub fn is_normalized(&self, form: Form, text: &[u32]) -> bool {
        (!self.old && normalize::quick(form, text)) || normalize::normalize(self, form, text) == text
    }
}

/// The canonical combining class in today's data, which orders marks in either version.
pub(crate) fn combining(cp: u32) -> u8 {
    // Below U+0300 there are no combining marks.
    if cp < 0x300 { 0 } else { LAYOUT_RECORDS[LAYOUTS.get(cp)].1 }
}

fn join_hex(tag: &str, chars: impl Iterator<Item = u32>) -> String {
    let mut out = tag.to_owned();
    for c in chars {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&format!("{c:04X}"));
    }
    out
}

/// Whether `cp` is a precomposed Hangul syllable.
pub(crate) fn is_hangul(cp: u32) -> bool {
    (HANGUL_FIRST..HANGUL_FIRST + HANGUL_COUNT).contains(&cp)
}
