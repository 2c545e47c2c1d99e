//! Python's `int` as plain functions over `IBig` and `i64`.

mod arith;
mod bytes;
mod convert;
mod text;

pub use arith::{
    IntError, bit_count, bit_length, div_mod, floor_div, gcd, isqrt, lcm, modulo, mul_i64, pow, pow_i64, pow_mod,
    shift_left, shift_right,
};
pub use bytes::{ByteOrder, ToBytesError, from_bytes, small_from_bytes, to_bytes, write_i64};
pub use convert::{from_f64, ldexp_scaled, to_f64, to_i64, to_u64, true_div, true_div_i64};
pub use text::{ParseError, Parsed, Short, exceeds_digit_limit, parse, parse_i64, to_radix, to_str, to_str_i64};
