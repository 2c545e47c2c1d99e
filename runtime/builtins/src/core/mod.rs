//! `object`, `type`, descriptors, exceptions, iterators of built-in functions, and the `builtins` module itself.

pub mod object;
pub mod r#type;

use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[];

/// Hooks that this group fills.
pub fn install() {}
