//! Text forms, arithmetic rules and hashes of numbers, as plain functions that know no heap.
//!
//! *Invariants*: nothing here allocates a Python object, raises, or panics on a value that a script can make; errors
//! are small enums (or ready-made exception texts) that the caller turns into exceptions.
#![forbid(unsafe_code)]

pub mod complex;
pub mod float;
pub mod format;
pub mod hash;
pub mod int;
pub mod percent;
mod tail;

pub use dashu_int::{IBig, Sign, UBig};
