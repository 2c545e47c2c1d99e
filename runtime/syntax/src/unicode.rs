//! Properties of characters that source text needs.
//!
//! *Invariants*: answers follow the tables of the crates below, which are newer than CPython 3.14's Unicode 16.

/// May start an identifier.
#[must_use]
pub fn is_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

/// May continue an identifier.
#[must_use]
pub fn is_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

/// Approximates `str.isprintable`: neither control, format, private, nor a separator other than the blank.
#[must_use]
pub fn is_printable(c: char) -> bool {
    let code = u32::from(c);
    !(c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(code, 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890 | 0x891 | 0x8e2 | 0x180e
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb
            | 0xe0000..=0xe0fff | 0xf0000..=0x10_ffff))
}
