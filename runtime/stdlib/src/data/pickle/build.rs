//! Objects that pickles make: NEWOBJ, NEWOBJ_EX, BUILD and their elders.
//!
//! CPython: Modules/_pickle.c (load_newobj, load_build, instantiate).

use super::state::unpickling_error;
use super::unpickler::Unpickler;
use adder_mem::heap::Global;
use adder_object::{
    Args, Dict, Obj, ObjExt, PyResult, Str, Type, TypeFlags as F, Vm, attr, call, error, names, ops, str, tuple,
};

fn class<'a>(o: &'a Obj, op: &str) -> PyResult<&'a Type> {
    match o.get::<Type>() {
        Some(t) if t.new().is_some() => Ok(t),
        Some(_) => Err(unpickling_error(format!("{op} class argument '{}' doesn't have __new__", name_of(o)))),
        None => Err(unpickling_error(format!("{op} class argument must be a type, not {}", o.ty().name()))),
    }
}
fn name_of(o: &Obj) -> String {
    o.get::<Type>().map_or_else(|| o.ty().name(), Type::name)
}
fn make(vm: &Vm, t: &Type, args: Args<'_>) -> PyResult {
    match t.new() {
        Some(f) => f(vm, t, args),
        None => Err(error::type_error(format!("cannot create '{}' instances", t.tp_name()))),
    }
}

pub fn new_object(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let args = u.pop()?;
    let Some(items) = tuple::as_slice(&args) else {
        return Err(unpickling_error(format!("NEWOBJ expected an arg tuple, got {}", args.ty().name())));
    };
    let cls = u.pop()?;
    let o = make(vm, class(&cls, "NEWOBJ")?, Args::pos(items))?;
    u.push(o);
    Ok(())
}
pub fn new_object_ex(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let kwargs = u.pop()?;
    let args = u.pop()?;
    let cls = u.pop()?;
    let t = class(&cls, "NEWOBJ_EX")?;
    let Some(items) = tuple::as_slice(&args) else {
        return Err(unpickling_error(format!("NEWOBJ_EX args argument must be a tuple, not {}", args.ty().name())));
    };
    let Some(d) = kwargs.get::<Dict>() else {
        return Err(unpickling_error(format!("NEWOBJ_EX kwargs argument must be a dict, not {}", kwargs.ty().name())));
    };
    let mut all = call::ArgsBuf::new(items.to_vec());
    all.push_dict(d)?;
    let o = make(vm, t, all.args())?;
    u.push(o);
    Ok(())
}

/// An instance for OBJ and INST: by `__new__` alone when there are no arguments.
pub fn instantiate(vm: &Vm, cls: &Obj, args: Vec<Obj>) -> PyResult {
    if args.is_empty() && cls.get::<Type>().is_some() && attr::lookup_str(vm, cls, "__getinitargs__")?.is_none() {
        return call::call_method(vm, cls, &names().__new__, std::slice::from_ref(cls));
    }
    call::call_pos(vm, cls, &args)
}

fn setstate_name() -> &'static Obj {
    static NAME: Global<Option<Obj>> = Global::new(None);
    NAME.get().get_or_insert_with(|| str::intern_str("__setstate__").into_obj())
}

pub fn build(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let mut state = u.pop()?;
    let inst = u.top()?;
    if let Some(f) = attr::lookup(vm, &inst, setstate_name())? {
        return call::call1(vm, &f, &state).map(drop);
    }
    let mut slots = None;
    if let Some([a, b]) = tuple::as_slice(&state) {
        slots = Some(b.clone());
        let first = a.clone();
        state = first;
    }
    if !state.is_none() {
        let Some(d) = state.get::<Dict>() else { return Err(unpickling_error("state is not a dictionary")) };
        set_attributes(vm, &inst, d)?;
    }
    let Some(slots) = slots.filter(|s| !s.is_none()) else { return Ok(()) };
    let Some(d) = slots.get::<Dict>() else { return Err(unpickling_error("slot state is not a dictionary")) };
    for (k, v) in d.items_vec() {
        attr::set(vm, &inst, &k, &v)?;
    }
    Ok(())
}

/// Does the instance keep its attributes where every plain class does?
fn is_plain(inst: &Obj) -> bool {
    let ty = inst.ty();
    ty.is_heap()
        && ty.has(F::MANAGED_DICT)
        && ty.lookup(&names().__dict__).is_some_and(|d| d.ty().static_name() == Some("getset_descriptor"))
}
fn set_attributes(vm: &Vm, inst: &Obj, state: &Dict) -> PyResult<()> {
    let interned = |k: &Obj| -> Obj {
        match k.downcast::<Str>().filter(|_| k.is_exact(&adder_object::types::STR)) {
            Some(s) => str::intern(&s).into_obj(),
            None => k.clone(),
        }
    };
    if is_plain(inst) && state.has_only_str_keys() {
        for (k, v) in state.items_vec() {
            attr::set_instance_attr(inst, inst.ty(), &interned(&k), Some(&v));
        }
        return Ok(());
    }
    let dict = attr::get(vm, inst, &names().__dict__)?;
    for (k, v) in state.items_vec() {
        ops::setitem(vm, &dict, &interned(&k), &v)?;
    }
    Ok(())
}
