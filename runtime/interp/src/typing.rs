//! What the intrinsics of type parameters and the template opcodes make; the types themselves are in builtins.

use adder_isa::operands::{Intrinsic1, Intrinsic2};
use adder_object::{Obj, PyResult, Vm, error};

pub fn intrinsic_1(_: &Vm, which: Intrinsic1, _: &Obj) -> PyResult {
    Err(error::not_implemented_error(which.text()))
}

pub fn intrinsic_2(_: &Vm, which: Intrinsic2, _: &Obj, _: &Obj) -> PyResult {
    Err(error::not_implemented_error(which.text()))
}

pub fn template(_: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Err(error::not_implemented_error("string.templatelib.Template"))
}

pub fn interpolation(_: &Vm, _: &Obj, _: &Obj, _: usize, _: Option<&Obj>) -> PyResult {
    Err(error::not_implemented_error("string.templatelib.Interpolation"))
}
