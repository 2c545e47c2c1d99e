//! int, bool, float, complex: methods and arithmetic.

use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[];
