//! The built-in types and functions: one folder a group, one file or folder a type.
//!
//! Each group lists its types in `SPECS`; `install` makes them live, in an order where bases come first.
#![deny(unsafe_code)]

pub mod containers;
pub mod core;
pub mod numbers;
pub mod text;
pub mod typing;

use adder_object::ModuleSpec;
use adder_object::spec::{TypeSpec, ready};

/// Native modules made of built-in types.
pub static MODULES: &[&ModuleSpec] = &[&typing::MODULE];

/// Native modules that live beside the types they share state with; the other ones are in adder-stdlib.
pub fn modules() -> impl Iterator<Item = &'static adder_object::ModuleSpec> {
    text::MODULES.iter().copied()
}

/// Makes every built-in type ready and connects the hooks of the object model. Called once, with the GIL held.
pub fn install() {
    adder_object::weakref::install();
    ready(&core::object::SPEC);
    ready(&core::r#type::SPEC);
    let groups: [&[&'static TypeSpec]; 5] =
        [core::SPECS, numbers::SPECS, text::SPECS, containers::SPECS, typing::SPECS];
    for spec in groups.iter().flat_map(|g| g.iter()) {
        spec.ty.spec.set(Some(spec));
    }
    for spec in groups.into_iter().flatten() {
        ready(spec);
    }
    core::install();
    text::install();
}
