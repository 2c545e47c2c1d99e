//! What the intrinsics of type parameters and the template opcodes make; the types themselves are in builtins.

use adder_builtins::text::template;
use adder_builtins::typing;
use adder_isa::operands::{Intrinsic1, Intrinsic2};
use adder_object::{Obj, PyResult, Vm, error};

pub fn intrinsic_1(vm: &Vm, which: Intrinsic1, v: &Obj) -> PyResult {
    match which {
        Intrinsic1::TypeVar => Ok(typing::typevar(v, None, None)),
        Intrinsic1::ParamSpec => Ok(typing::paramspec(v)),
        Intrinsic1::TypeVarTuple => Ok(typing::typevartuple(v)),
        Intrinsic1::SubscriptGeneric => typing::subscript_generic(vm, v),
        Intrinsic1::TypeAlias => typing::typealias(v),
        _ => Err(error::system_error(which.label())),
    }
}

pub fn intrinsic_2(_: &Vm, which: Intrinsic2, a: &Obj, b: &Obj) -> PyResult {
    match which {
        Intrinsic2::TypeVarWithBound => Ok(typing::typevar(a, Some(b), None)),
        Intrinsic2::TypeVarWithConstraints => Ok(typing::typevar(a, None, Some(b))),
        Intrinsic2::SetTypeParamDefault => typing::set_default(a, b),
        _ => Err(error::system_error(which.label())),
    }
}

pub fn template(_: &Vm, strings: &Obj, interpolations: &Obj) -> PyResult {
    Ok(template::template(strings, interpolations))
}

pub fn interpolation(_: &Vm, value: &Obj, expression: &Obj, conversion: usize, spec: Option<&Obj>) -> PyResult {
    Ok(template::interpolation(value, expression, conversion, spec))
}
