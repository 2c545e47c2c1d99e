//! `_thread._local`: an object with one attribute dict a thread.
//!
//! Invariant: each thread that used a local has a weak reference to it in its thread dict, so that the thread's end drops its part.
//! CPython: Modules/_threadmodule.c (local).

use adder_object::call::{Args, ArgsBuf};
use adder_object::slots::slot;
use adder_object::{
    Dict, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, class, error,
    names, ops, weakref,
};
use std::cell::RefCell;

pub struct Local {
    /// Thread and its dict.
    dicts: RefCell<Vec<(u64, Obj)>>,
    args: ObjCell,
    keywords: ObjCell,
}
adder_object::trace_fields!(Local { dicts, args, keywords });
adder_object::payload!(Local, LOCAL);
pub static LOCAL: StaticType = StaticType::new::<Local>("_thread._local", F::BASETYPE | F::GC | F::MANAGED_WEAKREF);

fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if !args.is_empty()
        && ty.init().is_none_or(|f| std::ptr::fn_addr_eq(f, class::object_init as adder_object::slots::InitFn))
    {
        return Err(error::type_error("Initialization arguments are not supported"));
    }
    let l = Local { dicts: RefCell::default(), args: ObjCell::empty(), keywords: ObjCell::empty() };
    l.args.set(args.to_tuple());
    l.keywords.set(args.to_dict().into_obj());
    let vm = Vm::current();
    let o = Ref::with_type(ty, l).into_obj();
    // The creating thread's `__init__` call is the one that making an instance makes.
    add_dict(vm, &o)?;
    Ok(o)
}
fn add_dict(vm: &Vm, this: &Obj) -> PyResult<Ref<Dict>> {
    let d = Dict::new();
    this.this::<Local>()?.dicts.borrow_mut().push((vm.ident, d.obj().clone()));
    let w = weakref::new(&weakref::WEAKREF, this, None)?;
    let list = match vm.thread_dict.get() {
        Some(l) => l,
        None => {
            let l = List::new(vec![]).into_obj();
            vm.thread_dict.set(l.clone());
            l
        }
    };
    if let Some(l) = list.get::<List>() {
        l.push(w);
    }
    Ok(d)
}
/// This thread's dict; the first use in a thread calls `__init__` with the arguments of the constructor.
fn dict_of(vm: &Vm, this: &Obj) -> PyResult<Ref<Dict>> {
    let l = this.this::<Local>()?;
    let found = l.dicts.borrow().iter().find(|(i, _)| *i == vm.ident).map(|(_, d)| d.clone());
    if let Some(d) = found.and_then(|d| d.downcast::<Dict>()) {
        return Ok(d);
    }
    let d = add_dict(vm, this)?;
    if let Some(init) = this.ty().init()
        && !std::ptr::fn_addr_eq(init, class::object_init as adder_object::slots::InitFn)
    {
        let mut args = ArgsBuf::new(l.args.get().map(|t| adder_object::tuple::to_vec(&t)).unwrap_or_default());
        if let Some(k) = l.keywords.get().and_then(|k| k.downcast::<Dict>()) {
            args.push_dict(&k)?;
        }
        if let Err(e) = init(vm, this, args.args()) {
            forget(this, vm.ident);
            return Err(e);
        }
    }
    Ok(d)
}
fn forget(this: &Obj, ident: u64) {
    let Some(l) = this.get::<Local>() else { return };
    let mut dicts = l.dicts.borrow_mut();
    let gone = dicts.iter().position(|(i, _)| *i == ident).map(|i| dicts.swap_remove(i));
    drop(dicts);
    drop(gone);
}
/// The end of a thread: its dicts go.
pub fn thread_ends(vm: &Vm) {
    let list = vm.thread_dict.take();
    let items = list.as_ref().and_then(|l| l.get::<List>()).map(List::to_vec).unwrap_or_default();
    for w in items {
        if let Some(o) = weakref::payload(&w).and_then(|w| w.target()) {
            forget(&o, vm.ident);
        }
    }
}
fn is_dict_name(name: &Obj) -> bool {
    name.is(&names().__dict__) || ops::text(name) == "__dict__"
}
fn getattro(vm: &Vm, this: &Obj, name: &Obj) -> PyResult {
    let d = dict_of(vm, this)?;
    if is_dict_name(name) {
        return Ok(d.into_obj());
    }
    let ty = this.ty();
    let found = ty.lookup(name);
    if let Some(f) = &found
        && let (Some(get), true) = (f.ty().descr_get(), f.ty().descr_set().is_some())
    {
        return get(vm, f, Some(this), Some(&ty.to_obj()));
    }
    if let Some(v) = d.get_item(vm, name)? {
        return Ok(v);
    }
    match found {
        Some(f) => match f.ty().descr_get() {
            Some(get) => get(vm, &f, Some(this), Some(&ty.to_obj())),
            None => Ok(f),
        },
        None => Err(error::no_attribute(this, name)),
    }
}
fn setattro(vm: &Vm, this: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let d = dict_of(vm, this)?;
    let ty = this.ty();
    if is_dict_name(name) {
        return Err(error::attribute_error(
            this,
            name,
            &format!("'{}' object attribute '__dict__' is read-only", ty.tp_name()),
        ));
    }
    if let Some(f) = ty.lookup(name)
        && let Some(set) = f.ty().descr_set()
    {
        return set(vm, &f, this, value);
    }
    match value {
        Some(v) => d.set_item(vm, name, v.clone()),
        None => match d.remove_item(vm, name)? {
            Some(_) => Ok(()),
            None => Err(error::no_attribute(this, name)),
        },
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::getattro(getattro), slot::setattro(setattro)],
    doc: "Thread-local data",
    ..TypeSpec::of(&LOCAL)
};
