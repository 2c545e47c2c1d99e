//! str, bytes, bytearray, memoryview and their iterators.

pub mod build;
pub mod codec;
pub mod format;
pub mod percent;
pub mod search;
pub mod str;

use adder_object::spec::TypeSpec;
use adder_object::{PyResult, Vm, attr};

pub static SPECS: &[&TypeSpec] = &[&str::SPEC, &str::iter::SPEC];

/// A function of the `builtins` module, for pickling support.
pub fn builtin(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    attr::get_str(vm, &vm.import("builtins")?, name)
}
