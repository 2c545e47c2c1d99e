//! The native modules of the standard library, over the object model facade: one file or folder a module.
#![deny(unsafe_code)]

pub mod data;
pub mod functional;
pub mod language;
pub mod os;
pub mod text;

use adder_object::ModuleSpec;

/// Every native module of this crate, found by name when imported.
pub fn modules() -> impl Iterator<Item = &'static ModuleSpec> {
    [data::MODULES, functional::MODULES, language::MODULES, os::MODULES, text::MODULES].into_iter().flatten().copied()
}
