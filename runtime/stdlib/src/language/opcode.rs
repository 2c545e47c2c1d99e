//! `_opcode`: facts about the instruction set, for `dis`.
//!
//! CPython: Modules/_opcode.c. The answers come from the op table (`adder_isa::python`).

use adder_isa::operands::{BinaryOperator, Intrinsic1, Intrinsic2, SpecialMethod};
use adder_isa::ops::flags;
use adder_isa::python;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{List, ModuleSpec, Obj, PyResult, Vm, error, int, module, ops, singletons, str, tuple};

fn list(items: impl Iterator<Item = Obj>) -> PyResult {
    Ok(List::new(items.collect()).into_obj())
}

fn text(s: &str) -> Obj {
    str::from_str(s).into_obj()
}

fn asks(vm: &Vm, opcode: &Obj, flag: u32) -> PyResult {
    let number = ops::to_i32(vm, opcode)?;
    Ok(singletons::bool_obj(python::has_flag(i64::from(number), flag)))
}

fn stack_effect(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let number = ops::to_i32(vm, args.req(0))?;
    let arg = match args.opt_not_none(1) {
        Some(arg) => ops::to_i32(vm, arg)?,
        None => 0,
    };
    let jump = match args.opt_not_none(2) {
        None => None,
        Some(jump) if jump.is(&singletons::bool_obj(true)) => Some(true),
        Some(jump) if jump.is(&singletons::bool_obj(false)) => Some(false),
        Some(_) => return Err(error::value_error("stack_effect: jump must be False, True or None")),
    };
    match python::stack_effect(i64::from(number), arg as u32, jump) {
        Some(effect) => Ok(int::from_i64(effect)),
        None => Err(error::value_error("invalid opcode or oparg")),
    }
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Opcode support module.",
    functions: &[
        method(
            "stack_effect($module, opcode, oparg=None, /, *, jump=None)",
            Native::Bound(stack_effect),
            "Compute the stack effect of the opcode.",
        ),
        method(
            "is_valid($module, /, opcode)",
            Native::Bound(|vm, _, args| {
                let number = ops::to_i32(vm, args.req(0))?;
                Ok(singletons::bool_obj(python::known(i64::from(number)).is_some()))
            }),
            "Return True if opcode is valid, False otherwise.",
        ),
        method(
            "has_arg($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_ARG)),
            "Return True if the opcode uses its oparg, False otherwise.",
        ),
        method(
            "has_const($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_CONST)),
            "Return True if the opcode accesses a constant, False otherwise.",
        ),
        method(
            "has_name($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_NAME)),
            "Return True if the opcode accesses an attribute by name, False otherwise.",
        ),
        method(
            "has_jump($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_JUMP)),
            "Return True if the opcode has a jump target, False otherwise.",
        ),
        method(
            "has_free($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_FREE)),
            "Return True if the opcode accesses a free variable, False otherwise.\n\nNote that 'free' in this context refers to names in the current scope\nthat are referenced by inner scopes or names in outer scopes that are\nreferenced from this scope. It does not include references to global\nor builtin scopes.",
        ),
        method(
            "has_local($module, /, opcode)",
            Native::Bound(|vm, _, args| asks(vm, args.req(0), flags::HAS_LOCAL)),
            "Return True if the opcode accesses a local variable, False otherwise.",
        ),
        method(
            "has_exc($module, /, opcode)",
            Native::Bound(|vm, _, args| {
                let number = ops::to_i32(vm, args.req(0))?;
                let known = python::known(i64::from(number));
                Ok(singletons::bool_obj(matches!(known, Some(python::Known::Pseudo(pseudo)) if pseudo.handler)))
            }),
            "Return True if the opcode sets an exception handler, False otherwise.",
        ),
        method(
            "get_specialization_stats($module, /)",
            Native::NoArgs(|_, _| Ok(singletons::none())),
            "Return the specialization stats",
        ),
        method(
            "get_nb_ops($module, /)",
            Native::NoArgs(|_, _| {
                list(BinaryOperator::ALL.iter().map(|op| tuple::from_array([text(op.label()), text(op.text())])))
            }),
            "Return array of symbols of binary ops.\n\nIndexed by the BINARY_OP oparg value.",
        ),
        method(
            "get_intrinsic1_descs($module, /)",
            Native::NoArgs(|_, _| list(Intrinsic1::ALL.iter().map(|which| text(which.label())))),
            "Return a list of names of the unary intrinsics.",
        ),
        method(
            "get_intrinsic2_descs($module, /)",
            Native::NoArgs(|_, _| list(Intrinsic2::ALL.iter().map(|which| text(which.label())))),
            "Return a list of names of the binary intrinsics.",
        ),
        method(
            "get_special_method_names($module, /)",
            Native::NoArgs(|_, _| list(SpecialMethod::ALL.iter().map(|which| text(which.text())))),
            "Return a list of special method names.",
        ),
        method(
            "get_executor($module, /, code, offset)",
            // No machine code is attached to instructions.
            Native::Bound(|_, _, _| Ok(singletons::none())),
            "Return the executor object at offset in code if exists, None otherwise.",
        ),
    ],
    init: Some(|_, m| {
        let dict = module::dict(m.obj());
        dict.set_str("ENABLE_SPECIALIZATION", singletons::bool_obj(true));
        dict.set_str("ENABLE_SPECIALIZATION_FT", singletons::bool_obj(true));
        Ok(())
    }),
    ..ModuleSpec::new("_opcode")
};
