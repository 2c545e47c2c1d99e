//! str, bytes, bytearray, memoryview and their iterators.

pub mod build;
pub mod bytearray;
pub mod bytes;
pub mod codec;
pub mod format;
pub mod memoryview;
pub mod percent;
pub mod search;
pub mod str;
pub mod string_module;
pub mod template;

use adder_mem::heap::Global;
use adder_object::spec::TypeSpec;
use adder_object::{Args, ModuleSpec, PyResult, Type, Vm, error};

pub static SPECS: &[&TypeSpec] = &[
    &str::SPEC,
    &str::iter::SPEC,
    &str::iter::ASCII_SPEC,
    &bytes::SPEC,
    &bytes::iter::BYTES_SPEC,
    &bytearray::SPEC,
    &bytes::iter::BYTEARRAY_SPEC,
    &template::INTERPOLATION_SPEC,
    &template::TEMPLATE_SPEC,
    &template::TEMPLATE_ITER_SPEC,
    &memoryview::SPEC,
    &memoryview::MANAGED_SPEC,
    &memoryview::ITERATOR_SPEC,
    &string_module::FORMATTER_SPEC,
    &string_module::FIELD_NAME_SPEC,
];

/// Native modules that share state with these types.
pub static MODULES: &[&ModuleSpec] = &[
    &codec::module::MODULE,
    &string_module::MODULE,
    &codec::multibyte::BASE,
    &codec::multibyte::CN,
    &codec::multibyte::HK,
    &codec::multibyte::JP,
    &codec::multibyte::KR,
    &codec::multibyte::TW,
];

/// A function of the `builtins` module, for pickling support.
pub fn builtin(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    crate::containers::shared::builtin(vm, name)
}

/// The constructor of types whose instances only the runtime makes.
pub fn no_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())))
}

static BYTES_WARNING: Global<u8> = Global::new(0);

/// How often `-b` was given: comparisons and texts of bytes warn then.
pub fn bytes_warning() -> u8 {
    *BYTES_WARNING.get()
}
pub fn set_bytes_warning(level: u8) {
    *BYTES_WARNING.get() = level
}

static DEV_MODE: Global<bool> = Global::new(false);

/// Development mode (`-X dev`): names of encodings and error handlers are checked even where they are not needed.
pub fn dev_mode() -> bool {
    *DEV_MODE.get()
}
pub fn set_dev_mode(on: bool) {
    *DEV_MODE.get() = on
}

/// Hooks that this group fills.
pub fn install() {
    memoryview::install();
}
