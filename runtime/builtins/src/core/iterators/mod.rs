//! The iterators that built-in functions make.

pub mod enumerate;
pub mod filter;
pub mod map;
pub mod reversed;
pub mod sequence;
pub mod zip;

use adder_object::{Obj, ObjExt, PyResult, Vm, error, module, ops, str};

/// `iter(x) is x`.
fn itself(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.clone())
}

/// A built-in function by name, for pickles.
pub fn builtin(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    let d = module::dict(&vm.import("builtins")?);
    let key = str::intern_str(name).into_obj();
    d.get_item(vm, &key)?.ok_or_else(|| error::attribute_error_text(name))
}

/// The `strict` keyword of `zip` and `map`, the only one they take.
fn strict_keyword(vm: &Vm, args: adder_object::Args<'_>, function: &::std::primitive::str) -> PyResult<bool> {
    let mut strict = false;
    for (k, v) in args.keywords() {
        if !k.get::<adder_object::Str>().is_some_and(|s| s.eq_str("strict")) {
            return Err(error::type_error(format!(
                "{function}() got an unexpected keyword argument '{}'",
                ops::text(k)
            )));
        }
        strict = ops::truth(vm, v)?;
    }
    Ok(strict)
}

/// Checks that iterators stopped together: `stopped` ran out first, at a step where those before it had given items.
fn check_strict(vm: &Vm, iterators: &[Obj], stopped: usize, function: &::std::primitive::str) -> PyResult<()> {
    let plural = |n: usize| if n == 1 { " ".to_owned() } else { "s 1-".to_owned() };
    if stopped > 0 {
        return Err(error::value_error(format!(
            "{function}() argument {} is shorter than argument{}{stopped}",
            stopped + 1,
            plural(stopped)
        )));
    }
    for (i, it) in iterators.iter().enumerate().skip(1) {
        if ops::next(vm, it)?.is_some() {
            return Err(error::value_error(format!(
                "{function}() argument {} is longer than argument{}{i}",
                i + 1,
                plural(i)
            )));
        }
    }
    Ok(())
}
