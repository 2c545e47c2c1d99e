//! `object.__reduce_ex__`: how instances are taken apart for pickle and copy.
//!
//! CPython: Objects/typeobject.c (reduce_newobj, object_getstate_default), Lib/copyreg.py.

use super::object::{attributes, native_base};
use adder_mem::heap::Global;
use adder_object::call::{call_method_str, call_pos, call_special, call0};
use adder_object::descr::BuiltinFunction;
use adder_object::{Dict, List, Obj, ObjExt, PyResult, Vm, attr, error, names, ops, singletons, str, tuple, types};

/// A name that is looked up often, interned once.
macro_rules! name {
    ($text:literal) => {{
        static NAME: Global<Option<Obj>> = Global::new(None);
        &*NAME.get().get_or_insert_with(|| str::intern_str($text).into_obj())
    }};
}

/// `object.__reduce_ex__(protocol)`: an overridden `__reduce__` wins.
pub fn reduce_ex(vm: &Vm, o: &Obj, protocol: &Obj) -> PyResult {
    let protocol = ops::to_i32(vm, protocol)?;
    let plain = types::OBJECT.dict().get_name(&names().__reduce__);
    let is_plain = |f: Option<&Obj>| f.zip(plain.as_ref()).is_some_and(|(f, plain)| f.is(plain));
    if is_plain(o.ty().lookup(&names().__reduce__).as_ref()) && o.ty().to_obj().is_exact(&types::TYPE) {
        return common(vm, o, protocol);
    }
    if let Some(reduce) = attr::lookup(vm, o, &names().__reduce__)? {
        let of_class = attr::get(vm, &o.ty().to_obj(), &names().__reduce__)?;
        if !is_plain(Some(&of_class)) {
            return call0(vm, &reduce);
        }
    }
    common(vm, o, protocol)
}

pub fn common(vm: &Vm, o: &Obj, protocol: i32) -> PyResult {
    if protocol >= 2 {
        return newobj(vm, o);
    }
    let copyreg = vm.import("copyreg")?;
    call_method_str(vm, &copyreg, "_reduce_ex", &[o.clone(), adder_object::int::from_i64(protocol as i64)])
}

/// `__getnewargs_ex__` or `__getnewargs__`: (args, kwargs).
fn new_arguments(vm: &Vm, o: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
    if let Some(r) = call_special(vm, o, &names().__getnewargs_ex__, &[])? {
        let Some(items) = tuple::as_slice(&r) else {
            return Err(error::type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                r.ty().tp_name()
            )));
        };
        let [args, kwargs] = items else {
            return Err(error::value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                items.len()
            )));
        };
        let wrong = |place, want, got: &Obj| {
            error::type_error(format!(
                "{place} item of the tuple returned by __getnewargs_ex__ must be a {want}, not '{}'",
                got.ty().tp_name()
            ))
        };
        if tuple::as_slice(args).is_none() {
            return Err(wrong("first", "tuple", args));
        }
        if kwargs.get::<Dict>().is_none() {
            return Err(wrong("second", "dict", kwargs));
        }
        return Ok((Some(args.clone()), Some(kwargs.clone())));
    }
    let Some(args) = call_special(vm, o, &names().__getnewargs__, &[])? else { return Ok((None, None)) };
    if tuple::as_slice(&args).is_none() {
        return Err(error::type_error(format!("__getnewargs__ should return a tuple, not '{}'", args.ty().tp_name())));
    }
    Ok((Some(args), None))
}

/// Protocol 2 and later.
fn newobj(vm: &Vm, o: &Obj) -> PyResult {
    let ty = o.ty();
    if ty.new().is_none() {
        return Err(error::type_error(format!("cannot pickle '{}' object", ty.tp_name())));
    }
    let (args, kwargs) = new_arguments(vm, o)?;
    let copyreg = vm.import("copyreg")?;
    let has_args = args.is_some();
    let cls = ty.to_obj();
    let kwargs = kwargs.filter(|k| k.get::<Dict>().is_some_and(|d| !d.is_empty()));
    let (maker, new_args) = match (kwargs, args) {
        (None, args) => {
            let mut all = Vec::with_capacity(4);
            all.push(cls);
            all.extend_from_slice(args.as_ref().and_then(tuple::as_slice).unwrap_or_default());
            (attr::get(vm, &copyreg, name!("__newobj__"))?, tuple::new(all))
        }
        (Some(k), Some(a)) => (attr::get(vm, &copyreg, name!("__newobj_ex__"))?, tuple::new(vec![cls, a, k])),
        (Some(_), None) => return Err(error::system_error("bad argument to internal function")),
    };
    let is_list = o.get::<List>().is_some();
    let is_dict = o.get::<Dict>().is_some();
    let state = getstate(vm, o, !(has_args || is_list || is_dict))?;
    let list_items = if is_list { ops::iter(vm, o)? } else { singletons::none() };
    let dict_items = if is_dict {
        let items = call_method_str(vm, o, "items", &[])?;
        ops::iter(vm, &items)?
    } else {
        singletons::none()
    };
    Ok(tuple::from_array([maker, new_args, state, list_items, dict_items]))
}

pub fn getstate_method(vm: &Vm, o: &Obj) -> PyResult {
    default_state(vm, o, false)
}

/// `o.__getstate__()`, knowing whether the default one must refuse native state.
fn getstate(vm: &Vm, o: &Obj, required: bool) -> PyResult {
    let f = attr::get(vm, o, &names().__getstate__)?;
    if let Some(b) = f.get::<BuiltinFunction>()
        && b.this.as_ref().is_some_and(|t| t.is(o))
        && b.owner.is_some_and(|t| t.is(&types::OBJECT))
    {
        return default_state(vm, o, required);
    }
    call0(vm, &f)
}

fn default_state(vm: &Vm, o: &Obj, required: bool) -> PyResult {
    let ty = o.ty();
    if required && native_base(ty).head.basicsize.get() != types::OBJECT.head.basicsize.get() {
        return Err(error::type_error(format!("cannot pickle '{}' object", ty.tp_name())));
    }
    let state = attributes(o).map_or_else(singletons::none, |d| d.into_obj());
    let slots = slot_names(vm, o)?;
    if required && slots.len() < ty.head.members.get() as usize {
        return Err(error::type_error(format!("cannot pickle '{}' object", ty.tp_name())));
    }
    if slots.is_empty() {
        return Ok(state);
    }
    let values = Dict::new();
    for name in slots {
        if let Some(v) = attr::lookup(vm, o, &name)? {
            values.set_item(vm, &name, v)?;
        }
    }
    if values.is_empty() {
        return Ok(state);
    }
    Ok(tuple::new(vec![state, values.into_obj()]))
}

/// `copyreg._slotnames(cls)`, which caches its answer in the class.
fn slot_names(vm: &Vm, o: &Obj) -> PyResult<Vec<Obj>> {
    let ty = o.ty();
    let names = match ty.dict().get_name(name!("__slotnames__")) {
        Some(n) => n,
        None if ty.head.members.get() == 0 => return Ok(vec![]),
        None => {
            let copyreg = vm.import("copyreg")?;
            let f = attr::get(vm, &copyreg, name!("_slotnames"))?;
            call_pos(vm, &f, &[ty.to_obj()])?
        }
    };
    match names.get::<List>() {
        Some(l) => Ok(l.to_vec()),
        None if names.is_none() => Ok(vec![]),
        None => Err(error::type_error("copyreg._slotnames didn't return a list or None")),
    }
}
