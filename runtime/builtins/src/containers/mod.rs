//! list, tuple, dict, set, frozenset, range, slice and their views and iterators.

use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[];
