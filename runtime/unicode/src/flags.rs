//! Yes-or-no properties of characters, as the methods of str ask for them.

use crate::tables_props::{CATEGORIES, KIND_RECORDS, KINDS, LATIN1};

/// A set of yes-or-no properties. The bit order is scripts/gen-unicode.py's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u16);

impl Flags {
    pub const ALPHA: u16 = 1 << 0;
    pub const DECIMAL: u16 = 1 << 1;
    pub const DIGIT: u16 = 1 << 2;
    pub const NUMERIC: u16 = 1 << 3;
    pub const PRINTABLE: u16 = 1 << 4;
    pub const SPACE: u16 = 1 << 5;
    pub const LOWER: u16 = 1 << 6;
    pub const UPPER: u16 = 1 << 7;
    pub const TITLE: u16 = 1 << 8;
    pub const CASED: u16 = 1 << 9;
    pub const CASE_IGNORABLE: u16 = 1 << 10;
    pub const XID_START: u16 = 1 << 11;
    pub const XID_CONTINUE: u16 = 1 << 12;
    /// `str.splitlines` breaks here.
    pub const LINE_BREAK: u16 = 1 << 13;
    pub const MIRRORED: u16 = 1 << 14;
    pub const ALNUM: u16 = Flags::ALPHA | Flags::DECIMAL | Flags::DIGIT | Flags::NUMERIC;

    /// Whether any of the wanted bits is set.
    #[inline]
    pub fn any(self, wanted: u16) -> bool {
        self.0 & wanted != 0
    }
}

/// All flags of a character.
#[inline]
pub fn flags(cp: u32) -> Flags {
    match LATIN1.get(cp as usize) {
        Some(&f) => Flags(f),
        None => Flags(KIND_RECORDS[KINDS.get(cp)].0),
    }
}

/// The flags of the first 256 characters, for loops over one-byte strings.
pub fn latin1_flags() -> &'static [u16; 256] {
    &LATIN1
}

/// The general category, such as "Lu".
pub fn category(cp: u32) -> &'static str {
    CATEGORIES[usize::from(KIND_RECORDS[KINDS.get(cp)].1)]
}

/// Bits 0 to 3: a text with this character may change in NFD, NFKD, NFC, NFKC.
pub(crate) fn quick_check(cp: u32) -> u8 {
    KIND_RECORDS[KINDS.get(cp)].2
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(cp: u32) -> bool {
            flags(cp).any(Flags::$flag)
        }
    )*};
}

questions! {
    /// `str.isalpha` of one character.
    is_alpha = ALPHA;
    /// `str.isdecimal` of one character.
    is_decimal = DECIMAL;
    /// `str.isdigit` of one character.
    is_digit = DIGIT;
    /// `str.isnumeric` of one character.
    is_numeric = NUMERIC;
    /// `str.isalnum` of one character.
    is_alnum = ALNUM;
    /// `str.isprintable` of one character.
    is_printable = PRINTABLE;
    /// `str.isspace` of one character.
    is_space = SPACE;
    /// Whether the character counts as lower case in `str.islower`.
    is_lower = LOWER;
    /// Whether the character counts as upper case in `str.isupper`.
    is_upper = UPPER;
    /// Whether the character is a title-case letter (category Lt).
    is_title = TITLE;
    /// Whether the character has case at all.
    is_cased = CASED;
    /// Whether the character is passed over when the end of a word is looked for.
    is_case_ignorable = CASE_IGNORABLE;
    /// Whether an identifier may start with the character; '_' is the caller's affair.
    xid_start = XID_START;
    /// Whether an identifier may go on with the character.
    xid_continue = XID_CONTINUE;
    /// Whether `str.splitlines` breaks after the character.
    is_line_break = LINE_BREAK;
}
