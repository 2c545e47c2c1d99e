//! Type parameters, type aliases and `Generic`: the native part of `typing`, and what the interpreter makes from their syntax.

mod generic;
mod lazy;
pub mod no_default;
mod paramspec;
mod type_alias;
mod typevar;
mod typevartuple;

use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{ModuleSpec, Obj, ObjExt, PyResult, Vm, error, module, tuple};

pub static SPECS: &[&TypeSpec] = &[
    &lazy::CONST_EVALUATOR_SPEC,
    &no_default::SPEC,
    &typevar::SPEC,
    &paramspec::SPEC,
    &paramspec::ARGS_SPEC,
    &paramspec::KWARGS_SPEC,
    &typevartuple::SPEC,
    &type_alias::SPEC,
    &generic::SPEC,
];

/// `_typing`.
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Primitives and accelerators for the typing module.\n",
    functions: &[method("_idfunc($module, x, /)", Native::One(|_, _, x| Ok(x.clone())), "")],
    types: &[
        &typevar::SPEC,
        &paramspec::SPEC,
        &paramspec::ARGS_SPEC,
        &paramspec::KWARGS_SPEC,
        &typevartuple::SPEC,
        &type_alias::SPEC,
        &generic::SPEC,
        &crate::core::union::SPEC,
    ],
    init: Some(|_, m| {
        module::dict(m.obj()).set_str("NoDefault", no_default::get());
        Ok(())
    }),
    ..ModuleSpec::new("_typing")
};

/// `[T]`, `[T: bound]` or `[T: (a, b)]`; the evaluators are functions of a format.
pub fn typevar(name: &Obj, evaluate_bound: Option<&Obj>, evaluate_constraints: Option<&Obj>) -> Obj {
    typevar::from_syntax(name, evaluate_bound, evaluate_constraints)
}
/// `[**P]`.
pub fn paramspec(name: &Obj) -> Obj {
    paramspec::from_syntax(name)
}
/// `[*Ts]`.
pub fn typevartuple(name: &Obj) -> Obj {
    typevartuple::from_syntax(name)
}
/// `type Name[params] = value` from the tuple (name, params or None, function that computes the value).
pub fn typealias(parts: &Obj) -> PyResult {
    match tuple::as_slice(parts) {
        Some([name, params, compute]) => Ok(type_alias::from_syntax(name, params, compute)),
        _ => Err(error::system_error("a type alias needs a name, parameters and a value")),
    }
}
/// Gives a type parameter its default's evaluator; returns the parameter.
pub fn set_default(param: &Obj, evaluate: &Obj) -> PyResult {
    let default = match (
        param.get::<typevar::TypeVar>(),
        param.get::<paramspec::ParamSpec>(),
        param.get::<typevartuple::TypeVarTuple>(),
    ) {
        (Some(t), _, _) => &t.default,
        (_, Some(t), _) => &t.default,
        (_, _, Some(t)) => &t.default,
        _ => {
            return Err(error::type_error(format!("Expected a type param, got {}", param.ty().tp_name())));
        }
    };
    default.set_evaluator(evaluate.clone());
    Ok(param.clone())
}
/// `Generic[params]`, the implicit base of a class with type parameters.
pub fn subscript_generic(vm: &Vm, params: &Obj) -> PyResult {
    let params = typevartuple::unpack_all(vm, params)?;
    lazy::call_typing(vm, "_GenericAlias", &[generic::GENERIC.obj(), params])
}
