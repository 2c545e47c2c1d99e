//! Single characters: categories, sets, case.
//!
//! *CPython*: Modules/_sre/sre.c, sre_category, charset. Locale variants follow the C locale.

use super::codes::op;
use adder_unicode::case;

pub fn lower_ascii(c: u32) -> u32 {
    if (0x41..=0x5A).contains(&c) { c | 0x20 } else { c }
}
pub fn upper_ascii(c: u32) -> u32 {
    if (0x61..=0x7A).contains(&c) { c & !0x20 } else { c }
}
pub fn lower_unicode(c: u32) -> u32 {
    if c < 128 { lower_ascii(c) } else { case::to_lower(c).as_slice().first().copied().unwrap_or(c) }
}
pub fn upper_unicode(c: u32) -> u32 {
    if c < 128 { upper_ascii(c) } else { case::simple_upper(c) }
}

#[inline]
pub fn is_word_ascii(c: u32) -> bool {
    c < 128 && (c as u8 == b'_' || (c as u8).is_ascii_alphanumeric())
}
#[inline]
pub fn is_word_unicode(c: u32) -> bool {
    if c < 128 { is_word_ascii(c) } else { adder_unicode::is_alnum(c) }
}
fn is_space_ascii(c: u32) -> bool {
    matches!(c, 9..=13 | 32)
}
fn is_line_break(c: u32) -> bool {
    c == 10
}

/// Whether a character belongs to a category.
#[inline]
pub fn category(number: u32, c: u32) -> bool {
    match number {
        0 => (0x30..0x3A).contains(&c),
        1 => !(0x30..0x3A).contains(&c),
        2 => is_space_ascii(c),
        3 => !is_space_ascii(c),
        4 | 8 => is_word_ascii(c),
        5 | 9 => !is_word_ascii(c),
        6 => is_line_break(c),
        7 => !is_line_break(c),
        10 => adder_unicode::is_decimal(c),
        11 => !adder_unicode::is_decimal(c),
        12 => adder_unicode::is_space(c),
        13 => !adder_unicode::is_space(c),
        14 => is_word_unicode(c),
        15 => !is_word_unicode(c),
        16 => adder_unicode::is_line_break(c),
        17 => !adder_unicode::is_line_break(c),
        _ => false,
    }
}

/// Whether a character is in the set that starts at `set[0]`.
pub fn in_set(set: &[u32], c: u32) -> bool {
    let mut ok = true;
    let mut i = 0;
    let at = |i: usize| set.get(i).copied().unwrap_or(0);
    loop {
        match at(i) {
            op::LITERAL => {
                if c == at(i + 1) {
                    return ok;
                }
                i += 2;
            }
            op::CATEGORY => {
                if category(at(i + 1), c) {
                    return ok;
                }
                i += 2;
            }
            op::CHARSET => {
                if c < 256 && at(i + 1 + (c as usize >> 5)) >> (c & 31) & 1 != 0 {
                    return ok;
                }
                i += 9;
            }
            op::RANGE => {
                if at(i + 1) <= c && c <= at(i + 2) {
                    return ok;
                }
                i += 3;
            }
            op::RANGE_UNI_IGNORE => {
                let u = upper_unicode(c);
                if (at(i + 1)..=at(i + 2)).contains(&c) || (at(i + 1)..=at(i + 2)).contains(&u) {
                    return ok;
                }
                i += 3;
            }
            op::NEGATE => {
                ok = !ok;
                i += 1;
            }
            op::BIGCHARSET => {
                let count = at(i + 1) as usize;
                if c < 0x10000 {
                    let block = at(i + 2 + (c as usize >> 10)).to_le_bytes()[c as usize >> 8 & 3] as usize;
                    let bit = block * 256 + (c as usize & 255);
                    if at(i + 2 + 64 + bit / 32) >> (bit & 31) & 1 != 0 {
                        return ok;
                    }
                }
                i += 2 + 64 + count * 8;
            }
            _ => return !ok,
        }
    }
}

/// `in_set` of a character in either case, as the C locale has it.
pub fn in_set_loc_ignore(set: &[u32], c: u32) -> bool {
    let (lower, upper) = (lower_ascii(c), upper_ascii(c));
    if set.first() == Some(&op::NEGATE) {
        return in_set(set, lower) && in_set(set, upper);
    }
    in_set(set, lower) || (upper != lower && in_set(set, upper))
}
