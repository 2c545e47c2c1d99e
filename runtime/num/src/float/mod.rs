//! Python's `float` as plain functions over `f64`.

mod arith;
mod digits;
mod exact;
mod hex;
mod text;

pub(crate) use arith::decompose;
pub use arith::{
    FloatError, as_integer_ratio, ceil, div_mod, floor, floor_div, is_integer, modulo, pow, round, round_to_int,
    to_int, true_div,
};
pub use digits::{Flags, Form, format_float, repr, repr_into};
pub use hex::{HexError, from_hex, hex};
pub use text::parse;

/// Parts of float parsing that complex shares.
pub(crate) mod text_internals {
    pub(crate) use super::text::{drop_underscores, prefix_len};
}
