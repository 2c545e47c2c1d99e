//! Unicode 16.0 tables, and the algorithms of str that need them.
//!
//! *Invariants*: characters are `u32` code points below 0x110000, surrogates among them; nothing here knows a heap
//! object or raises. The tables are written by scripts/gen-unicode.py and compared with CPython's, character by
//! character, by scripts/check-unicode.py.
#![forbid(unsafe_code)]

pub mod case;
pub mod codec;
mod database;
mod flags;
mod names;
mod normalize;
mod trie;

#[rustfmt::skip]
mod tables_case;
#[rustfmt::skip]
mod tables_decomp;
#[rustfmt::skip]
mod tables_names;
#[rustfmt::skip]
mod tables_props;

pub use database::{CURRENT, Database, V3_2_0, decimal, digit, numeric};
pub use flags::{
    Flags, category, flags, is_alnum, is_alpha, is_case_ignorable, is_cased, is_decimal, is_digit, is_line_break,
    is_lower, is_numeric, is_printable, is_space, is_title, is_upper, latin1_flags, xid_continue, xid_start,
};
pub use names::{Found, lookup, lookup_char};
pub use normalize::Form;

/// The version of the Unicode data.
pub const VERSION: &str = "16.0.0";
