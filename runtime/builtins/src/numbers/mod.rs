//! int, bool, float, complex, with None, Ellipsis and NotImplemented: methods and arithmetic.

pub mod bool;
pub mod complex;
pub mod convert;
pub mod float;
pub mod float_methods;
pub mod int;
pub mod int_methods;
pub mod int_new;
pub mod singletons;

use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[
    &int::SPEC,
    &bool::SPEC,
    &float::SPEC,
    &complex::SPEC,
    &singletons::NONE,
    &singletons::ELLIPSIS,
    &singletons::NOT_IMPLEMENTED,
];
