//! The format mini-language of `format()` and f-strings.
//!
//! *CPython*: formatter_unicode.c.

mod number;
mod spec;
mod text;

pub use number::{format_complex, format_f64, format_i64, format_int};
pub use spec::{Align, FormatError, FormatSpec, Grouping, Kind, MAX_FIELD, SignMode};
pub use text::{Layout, format_str, plan_str};
