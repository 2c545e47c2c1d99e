//! str, bytes, bytearray, memoryview and their iterators.

use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[];
