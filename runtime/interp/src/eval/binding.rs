//! Binding call arguments to the parameters of a Python function, with CPython's errors.
//!
//! CPython: initialize_locals of Python/ceval.c.
#![allow(unsafe_code)]

use crate::code::CodeObject;
use crate::function::Function;
use adder_isa::code::co;
use adder_object::call::Args;
use adder_object::{Dict, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, error, ops, suggest, tuple};

/// Slots being filled; zero means missing.
struct Slots(*mut u64);
impl Slots {
    fn is_set(&self, i: usize) -> bool {
        // SAFETY: i is below the number of parameters.
        unsafe { *self.0.add(i) != 0 }
    }
    fn set(&self, i: usize, o: Obj) {
        // SAFETY: as above; the slot is empty.
        unsafe { *self.0.add(i) = o.into_raw() }
    }
}

/// Fills the parameter slots (zeroed before) from the arguments.
pub fn bind_arguments(vm: &Vm, f: &Function, code: &CodeObject, args: Args<'_>, slots: *mut u64) -> PyResult<()> {
    let c = &code.code;
    let (argcount, kwonly) = (c.argcount as usize, c.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let slots = Slots(slots);
    let given = args.positional();
    let kwdict: Option<Ref<Dict>> = if code.flags & co::VARKEYWORDS != 0 {
        let d = Dict::new();
        slots.set(total + usize::from(code.flags & co::VARARGS != 0), d.obj().clone());
        Some(d)
    } else {
        None
    };
    for (i, a) in given.iter().take(argcount).enumerate() {
        slots.set(i, a.clone());
    }
    if code.flags & co::VARARGS != 0 {
        slots.set(total, tuple::from_slice(given.get(argcount..).unwrap_or(&[])));
    }
    if args.has_keywords() {
        bind_keywords(vm, f, code, args, &slots, kwdict.as_deref())?;
    }
    if given.len() > argcount && code.flags & co::VARARGS == 0 {
        return Err(too_many(f, code, given.len(), &slots));
    }
    if given.len() < argcount {
        fill_defaults(f, code, given.len(), &slots)?;
    }
    if kwonly > 0 {
        fill_kwdefaults(f, code, &slots)?;
    }
    Ok(())
}

fn bind_keywords(
    vm: &Vm,
    f: &Function,
    code: &CodeObject,
    args: Args<'_>,
    slots: &Slots,
    kwdict: Option<&Dict>,
) -> PyResult<()> {
    let (posonly, total) = named(code);
    let params = &code.localsplusnames[posonly..total];
    for (name, value) in args.names().iter().zip(&args.all()[args.len()..]) {
        // Names of both sides are interned as a rule, so identity finds nearly all.
        match params.iter().position(|p| p.is(name)) {
            Some(i) if !slots.is_set(posonly + i) => slots.set(posonly + i, value.clone()),
            _ => bind_other_keyword(vm, f, code, args, slots, kwdict, (name, value))?,
        }
    }
    Ok(())
}

/// A keyword that no empty parameter has as the very name: equal by text, collected, or an error.
fn bind_other_keyword(
    vm: &Vm,
    f: &Function,
    code: &CodeObject,
    args: Args<'_>,
    slots: &Slots,
    kwdict: Option<&Dict>,
    (name, value): (&Obj, &Obj),
) -> PyResult<()> {
    let (posonly, total) = named(code);
    let Some(text) = name.get::<Str>() else {
        return Err(error::type_error(format!("{}() keywords must be strings", f.text_name())));
    };
    let params = &code.localsplusnames[posonly..total];
    let found = params.iter().position(|p| p.get::<Str>().is_some_and(|s| s.equals(text)));
    match (found, kwdict) {
        (Some(i), _) if slots.is_set(posonly + i) => Err(error::type_error(format!(
            "{}() got multiple values for argument '{}'",
            f.text_name(),
            text.to_string_lossy()
        ))),
        (Some(i), _) => {
            slots.set(posonly + i, value.clone());
            Ok(())
        }
        (None, Some(d)) => d.set_item(vm, name, value.clone()),
        (None, None) => Err(unexpected_keyword(f, code, args, &text.to_string_lossy())),
    }
}

/// The range of parameters that a keyword may name.
fn named(code: &CodeObject) -> (usize, usize) {
    (code.code.posonlyargcount as usize, (code.code.argcount + code.code.kwonlyargcount) as usize)
}

#[cold]
fn unexpected_keyword(f: &Function, code: &CodeObject, args: Args<'_>, name: &str) -> PyErr {
    let (posonly, total) = named(code);
    let texts: Vec<String> = code.localsplusnames[..total].iter().map(ops::text).collect();
    let wrong: Vec<&String> = texts[..posonly].iter().filter(|p| args.keyword(p).is_some()).collect();
    if !wrong.is_empty() {
        let list = wrong.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        return error::type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{list}'",
            f.text_name()
        ));
    }
    let candidates: Vec<&str> = texts[posonly..].iter().map(String::as_str).collect();
    let hint = suggest::closest(name, &candidates).map(|s| format!(". Did you mean '{s}'?")).unwrap_or_default();
    error::type_error(format!("{}() got an unexpected keyword argument '{name}'{hint}", f.text_name()))
}

#[cold]
fn too_many(f: &Function, code: &CodeObject, given: usize, slots: &Slots) -> PyErr {
    let argcount = code.code.argcount as usize;
    let defaults = f.defaults.get().map_or(0, |d| tuple::to_vec(&d).len());
    let kwonly = code.code.kwonlyargcount as usize;
    let kwonly_given = (argcount..argcount + kwonly).filter(|&i| slots.is_set(i)).count();
    let (sig, plural) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount - defaults.min(argcount)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let extra = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given != 1 { "s" } else { "" },
            if kwonly_given != 1 { "s" } else { "" }
        )
    } else {
        String::new()
    };
    error::type_error(format!(
        "{}() takes {sig} positional argument{} but {given}{extra} {} given",
        f.text_name(),
        if plural { "s" } else { "" },
        if given == 1 && kwonly_given == 0 { "was" } else { "were" }
    ))
}

fn fill_defaults(f: &Function, code: &CodeObject, given: usize, slots: &Slots) -> PyResult<()> {
    let argcount = code.code.argcount as usize;
    let defaults = f.defaults.get();
    let defaults = defaults.as_ref().and_then(tuple::as_slice).unwrap_or(&[]);
    let first_default = argcount - defaults.len().min(argcount);
    if (given..first_default).any(|i| !slots.is_set(i)) {
        let missing: Vec<usize> = (given..first_default).filter(|&i| !slots.is_set(i)).collect();
        return Err(missing_arguments(f, code, "positional", &missing));
    }
    let skip = defaults.len().saturating_sub(argcount);
    for i in first_default.max(given)..argcount {
        if !slots.is_set(i) {
            slots.set(i, defaults[skip + i - first_default].clone());
        }
    }
    Ok(())
}

fn fill_kwdefaults(f: &Function, code: &CodeObject, slots: &Slots) -> PyResult<()> {
    let (argcount, total) = (code.code.argcount as usize, named(code).1);
    if (argcount..total).all(|i| slots.is_set(i)) {
        return Ok(());
    }
    let mut missing = vec![];
    let defaults = f.kwdefaults.get();
    for i in argcount..total {
        if slots.is_set(i) {
            continue;
        }
        let found = defaults.as_ref().and_then(|d| d.get::<Dict>().and_then(|d| d.get_name(&code.localsplusnames[i])));
        match found {
            Some(v) => slots.set(i, v),
            None => missing.push(i),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(missing_arguments(f, code, "keyword-only", &missing)) }
}

#[cold]
fn missing_arguments(f: &Function, code: &CodeObject, kind: &str, missing: &[usize]) -> PyErr {
    let names: Vec<String> = missing.iter().map(|&i| format!("'{}'", ops::text(&code.localsplusnames[i]))).collect();
    let list = match names.as_slice() {
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        [] => String::new(),
    };
    error::type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        f.text_name(),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    ))
}
