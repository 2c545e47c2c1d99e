//! `_warnings`: only what importlib needs before `warnings` is there; the library's own `_py_warnings` does the rest.

use adder_object::call::{self, Args};
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{Obj, PyResult, Vm, attr};

fn forward(vm: &Vm, name: &str, args: Args<'_>) -> PyResult {
    let m = vm.import("warnings")?;
    let f = attr::get_str(vm, &m, name)?;
    call::call(vm, &f, args)
}

fn warn(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "warn", args)
}
fn warn_explicit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    forward(vm, "warn_explicit", args)
}

static FUNCTIONS: [MethodDef; 2] = [
    method("warn", Native::Raw(warn), "Issue a warning, or maybe ignore it or raise an exception."),
    method("warn_explicit", Native::Raw(warn_explicit), "Issue a warning, or maybe ignore it or raise an exception."),
];

pub static MODULE: ModuleSpec = ModuleSpec { functions: &FUNCTIONS, ..ModuleSpec::new("_warnings") };
