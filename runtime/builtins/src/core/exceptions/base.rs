//! `BaseException`: args, traceback, chain, notes, pickling.

use super::{Parts, of};
use adder_object::exceptions::BaseException;
use adder_object::slots::slot;
use adder_object::spec::{Native, getset, method};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyErr, PyResult, Ref, Str, Type, TypeFlags as F, Vm, attr, error, names, ops,
    singletons, str, tuple,
};

pub const PARTS: Parts = Parts {
    slots: &[slot::new(new), slot::init(init), slot::repr(repr), slot::str(str_of)],
    methods: &[
        method("__reduce__($self, /)", Native::NoArgs(reduce), ""),
        method("__setstate__($self, state, /)", Native::One(setstate), ""),
        method(
            "with_traceback($self, tb, /)",
            Native::One(|vm, o, tb| {
                set_traceback(vm, o, Some(tb))?;
                Ok(o.clone())
            }),
            "Set self.__traceback__ to tb and return self.",
        ),
        method("add_note($self, note, /)", Native::One(add_note), "Add a note to the exception"),
    ],
    getset: &[
        getset(
            "__suppress_context__",
            |_, o| Ok(singletons::bool_obj(of(o)?.suppress_context.get())),
            set_suppress,
            "",
        ),
        getset(
            "__dict__",
            |_, o| Ok(attr::instance_dict(o).map_or_else(singletons::none, Ref::into_obj)),
            crate::core::method::set_dict,
            "",
        ),
        getset("args", |_, o| Ok(of(o)?.args()), set_args, ""),
        getset("__traceback__", |_, o| Ok(of(o)?.traceback.get().unwrap_or_else(singletons::none)), set_traceback, ""),
        getset("__context__", |_, o| Ok(of(o)?.context.get().unwrap_or_else(singletons::none)), set_context, ""),
        getset("__cause__", |_, o| Ok(of(o)?.cause.get().unwrap_or_else(singletons::none)), set_cause, ""),
    ],
};

/// What a type without anything of its own restates.
pub const SIMPLE: Parts = Parts { slots: &[slot::new(new), slot::init(init)], methods: &[], getset: &[] };

pub fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, BaseException::new(tuple::from_slice(args.positional()))).into_obj())
}

pub fn no_keywords(o: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(error::type_error(format!("{}() takes no keyword arguments", o.ty().tp_name())));
    }
    Ok(())
}

/// Stores the positional arguments, keeping the tuple when `__new__` made the same one.
pub fn store_args(o: &Obj, args: &[Obj]) -> PyResult<()> {
    let e = of(o)?;
    let old = e.args();
    let same = tuple::as_slice(&old).is_some_and(|t| t.len() == args.len() && t.iter().zip(args).all(|(a, b)| a.is(b)));
    if !same {
        e.set_args(tuple::from_slice(args));
    }
    Ok(())
}

pub fn init(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    no_keywords(o, args)?;
    store_args(o, args.positional())
}

pub fn str_of(vm: &Vm, o: &Obj) -> PyResult {
    let args = of(o)?.args();
    match tuple::as_slice(&args) {
        Some([]) => Ok(str::empty().into_obj()),
        Some([one]) => ops::str(vm, one),
        _ => ops::str(vm, &args),
    }
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let args = of(o)?.args();
    let name = o.ty().name();
    let text = match tuple::as_slice(&args) {
        Some([one]) => format!("{name}({})", shown(vm, one)?),
        _ => format!("{name}{}", shown(vm, &args)?),
    };
    Ok(str::from_wtf8(text.as_bytes()).into_obj())
}
fn shown(vm: &Vm, o: &Obj) -> PyResult<String> {
    ops::repr_string(vm, o)
}

/// The attribute dict as state, None when it is empty.
pub fn state(o: &Obj) -> Option<Ref<Dict>> {
    crate::core::object::attributes(o)
}

fn reduce(_: &Vm, o: &Obj) -> PyResult {
    reduced(o, of(o)?.args(), state(o))
}

/// `(type, args[, state])`.
pub fn reduced(o: &Obj, args: Obj, state: Option<Ref<Dict>>) -> PyResult {
    let mut parts = vec![o.ty().to_obj(), args];
    parts.extend(state.map(Ref::into_obj));
    Ok(tuple::new(parts))
}

fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    if !state.is_none() {
        let Some(d) = state.get::<Dict>() else { return Err(error::type_error("state is not a dictionary")) };
        for (k, v) in d.items_vec() {
            let k = attr::check_name(&k)?;
            attr::set(vm, o, &k, &v)?;
        }
    }
    Ok(singletons::none())
}

fn add_note(vm: &Vm, o: &Obj, note: &Obj) -> PyResult {
    if note.get::<Str>().is_none() {
        return Err(error::type_error(format!(
            "add_note() argument must be str, not {}",
            if note.is_none() { "None".into() } else { note.ty().tp_name() }
        )));
    }
    let notes = match attr::lookup(vm, o, &names().__notes__)? {
        Some(n) => n,
        None => {
            let n = List::new(vec![]).into_obj();
            attr::set(vm, o, &names().__notes__, &n)?;
            n
        }
    };
    match notes.get::<List>() {
        Some(l) => l.push(note.clone()),
        None => return Err(error::type_error("Cannot add note: __notes__ is not a list")),
    }
    Ok(singletons::none())
}

#[cold]
fn not_deletable(name: &::std::primitive::str) -> PyErr {
    error::type_error(format!("{name} may not be deleted"))
}

fn set_suppress(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::type_error("can't delete numeric/char attribute")) };
    if !v.is_exact(&adder_object::types::BOOL) {
        return Err(error::type_error("attribute value type must be bool"));
    }
    of(o)?.suppress_context.set(v.is_true_singleton());
    Ok(())
}

fn set_args(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let args = ops::to_tuple(vm, value.ok_or_else(|| not_deletable("args"))?)?;
    of(o)?.set_args(args);
    Ok(())
}

fn set_traceback(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let tb = value.ok_or_else(|| not_deletable("__traceback__"))?;
    if !tb.is_none() && tb.ty().static_name() != Some("traceback") {
        return Err(error::type_error("__traceback__ must be a traceback or None"));
    }
    of(o)?.traceback.set_option(Some(tb).filter(|t| !t.is_none()).cloned());
    Ok(())
}

fn exception_or_none(
    value: Option<&Obj>,
    name: &::std::primitive::str,
    what: &::std::primitive::str,
) -> PyResult<Option<Obj>> {
    let v = value.ok_or_else(|| not_deletable(name))?;
    if !v.is_none() && !v.has_type_flag(F::EXC_SUBCLASS) {
        return Err(error::type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(Some(v).filter(|v| !v.is_none()).cloned())
}

fn set_context(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let v = exception_or_none(value, "__context__", "context")?;
    of(o)?.context.set_option(v);
    Ok(())
}

fn set_cause(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let v = exception_or_none(value, "__cause__", "cause")?;
    let e = of(o)?;
    e.cause.set_option(v);
    e.suppress_context.set(true);
    Ok(())
}
