//! The pure parts of the standard error policies: what they put in for a malformed or unencodable stretch.
//!
//! *CPython*: codecs.c, the functions PyCodec_...Errors.

use super::utf8::push_utf8;
use super::{Order, is_surrogate};

/// `backslashreplace` when decoding: `\xNN` of each byte.
pub fn backslash_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("\\x{b:02x}")).collect()
}

/// `backslashreplace` when encoding: `\xNN`, `\uNNNN` or `\UNNNNNNNN` of each character.
pub fn backslash_chars(chars: impl IntoIterator<Item = u32>) -> String {
    chars.into_iter().map(backslash_char).collect()
}

fn backslash_char(c: u32) -> String {
    match c {
        0..0x100 => format!("\\x{c:02x}"),
        0x100..0x1_0000 => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// `xmlcharrefreplace`: `&#NNN;` of each character.
pub fn xml_references(chars: impl IntoIterator<Item = u32>) -> String {
    chars.into_iter().map(|c| format!("&#{c};")).collect()
}

/// `namereplace`: `\N{...}` of each character, or the backslash form where there is no name.
pub fn name_references(chars: impl IntoIterator<Item = u32>) -> String {
    let one = |c| match crate::CURRENT.name(c) {
        Some(name) => format!("\\N{{{name}}}"),
        None => backslash_char(c),
    };
    chars.into_iter().map(one).collect()
}

/// `surrogateescape` when decoding: the malformed bytes, at most four, up to the first ASCII one, as lone surrogates.
/// None when the first is ASCII: the policy refuses. The count of characters is that of bytes used.
pub fn escape_bytes(malformed: &[u8]) -> Option<Vec<u32>> {
    let chars: Vec<u32> =
        malformed.iter().take(4).take_while(|b| !b.is_ascii()).map(|&b| 0xDC00 + u32::from(b)).collect();
    if chars.is_empty() { None } else { Some(chars) }
}

/// `surrogateescape` when encoding: the bytes that the lone surrogates stand for, None if there are others.
pub fn unescape_chars(chars: impl IntoIterator<Item = u32>) -> Option<Vec<u8>> {
    chars.into_iter().map(|c| (0xDC80..0xDD00).contains(&c).then_some((c & 0xFF) as u8)).collect()
}

/// The encodings that `surrogatepass` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utf {
    Utf8,
    Utf16(Order),
    Utf32(Order),
}

impl Utf {
    /// From a codec's name as a caller writes it, such as "UTF-16_le".
    pub fn from_name(name: &str) -> Option<Utf> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        if matches!(name.as_str(), "cp65001") {
            return Some(Utf::Utf8);
        }
        let rest = name.strip_prefix("utf")?;
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        if rest == "8" {
            return Some(Utf::Utf8);
        }
        let (wide, rest) = (rest.get(..2)?, rest.get(2..)?);
        // Without an order the machine's own is meant.
        let order = match rest.strip_prefix('-').unwrap_or(rest) {
            "" | "le" => Order::Little,
            "be" => Order::Big,
            _ => return None,
        };
        match wide {
            "16" => Some(Utf::Utf16(order)),
            "32" => Some(Utf::Utf32(order)),
            _ => None,
        }
    }

    /// `surrogatepass` when decoding: the surrogate at the start of `bytes` with its length, None when there is none.
    pub fn pass_bytes(self, bytes: &[u8]) -> Option<(u32, usize)> {
        let (c, length) = match (self, bytes) {
            (Utf::Utf8, &[a, b, c, ..]) if a & 0xF0 == 0xE0 && b & 0xC0 == 0x80 && c & 0xC0 == 0x80 => {
                (u32::from(a & 15) << 12 | u32::from(b & 63) << 6 | u32::from(c & 63), 3)
            }
            (Utf::Utf16(Order::Big), &[a, b, ..]) => (u32::from(u16::from_be_bytes([a, b])), 2),
            (Utf::Utf16(_), &[a, b, ..]) => (u32::from(u16::from_le_bytes([a, b])), 2),
            (Utf::Utf32(Order::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
            (Utf::Utf32(_), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
            _ => return None,
        };
        is_surrogate(c).then_some((c, length))
    }

    /// `surrogatepass` when encoding: the bytes of surrogates, None if there are other characters.
    pub fn pass_chars(self, chars: impl IntoIterator<Item = u32>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for c in chars {
            if !is_surrogate(c) {
                return None;
            }
            match self {
                Utf::Utf8 => push_utf8(c, &mut out),
                Utf::Utf16(Order::Big) => out.extend_from_slice(&(c as u16).to_be_bytes()),
                Utf::Utf16(_) => out.extend_from_slice(&(c as u16).to_le_bytes()),
                Utf::Utf32(Order::Big) => out.extend_from_slice(&c.to_be_bytes()),
                Utf::Utf32(_) => out.extend_from_slice(&c.to_le_bytes()),
            }
        }
        Some(out)
    }
}
