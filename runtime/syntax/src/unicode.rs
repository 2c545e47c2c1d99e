//! Properties of characters that source text needs, by code point of Unicode 16.

use adder_unicode::{CURRENT, Form};

/// May start an identifier.
#[must_use]
pub fn is_start(c: char) -> bool {
    c == '_' || adder_unicode::xid_start(u32::from(c))
}

/// May continue an identifier.
#[must_use]
pub fn is_continue(c: char) -> bool {
    adder_unicode::xid_continue(u32::from(c))
}

/// `str.isprintable` of one character.
#[must_use]
pub fn is_printable(c: char) -> bool {
    adder_unicode::is_printable(u32::from(c))
}

/// Whether the text is an identifier.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    text.char_indices().all(|(at, c)| if at == 0 { is_start(c) } else { is_continue(c) })
}

/// An identifier as the program sees it, in the normal form NFKC.
#[must_use]
pub fn identifier(text: &str) -> Box<str> {
    if text.is_ascii() {
        return text.into();
    }
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    CURRENT.normalize(Form::Nfkc, &codes).into_iter().filter_map(char::from_u32).collect::<String>().into()
}
