//! `bool`: the two ints with names.
//!
//! CPython: Objects/boolobject.c.

use super::int as ints;
use adder_object::bind::check_positional;
use adder_object::slots::{BinaryFn, slot};
use adder_object::spec::TypeSpec;
use adder_object::{Args, Obj, ObjExt, PyResult, Type, Vm, error, exceptions as exc, ops, singletons, str, types};

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&types::INT),
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::invert(invert),
        slot::and(|vm, a, b| logical(vm, a, b, |x, y| x & y, ints::bit_and)),
        slot::or(|vm, a, b| logical(vm, a, b, |x, y| x | y, ints::bit_or)),
        slot::xor(|vm, a, b| logical(vm, a, b, |x, y| x ^ y, ints::bit_xor)),
    ],
    doc: "bool(object=False, /)\n--\n\nReturns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    ..TypeSpec::of(&types::BOOL)
};

fn new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(error::type_error("bool() takes no keyword arguments"));
    }
    check_positional("bool", args.len(), 0, 1)?;
    Ok(singletons::bool_obj(args.positional().first().map_or(Ok(false), |o| ops::truth(vm, o))?))
}

fn repr(_: &Vm, a: &Obj) -> PyResult {
    Ok(str::intern_str(if a.is_true_singleton() { "True" } else { "False" }).into_obj())
}

fn invert(vm: &Vm, a: &Obj) -> PyResult {
    vm.warn(
        &exc::DEPRECATION_WARNING,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
        1,
    )?;
    ints::invert(vm, a)
}

/// A bool of two bools, else the int operation.
fn logical(vm: &Vm, a: &Obj, b: &Obj, f: fn(bool, bool) -> bool, of_ints: BinaryFn) -> PyResult {
    if a.is_exact(&types::BOOL) && b.is_exact(&types::BOOL) {
        return Ok(singletons::bool_obj(f(a.is_true_singleton(), b.is_true_singleton())));
    }
    of_ints(vm, a, b)
}
