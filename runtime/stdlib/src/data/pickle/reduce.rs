//! Objects that say themselves how they are pickled: `__reduce_ex__` and its friends.
//!
//! CPython: Modules/_pickle.c (the end of save, save_reduce).

use super::global;
use super::ops::*;
use super::pickler::Pickler;
use super::save::{append_all, full_name, memoize, noted, save as save_object, save_type, set_all, write_get};
use super::state::{pickling_error, state};
use adder_mem::heap::Global;
use adder_object::{
    Args, Dict, Obj, ObjExt, PyErr, PyResult, Str, Type, Vm, attr, call, int, names, ops, singletons, str, tuple, types,
};

fn name(text: &'static ::std::primitive::str, cell: &'static Global<Option<Obj>>) -> &'static Obj {
    cell.get().get_or_insert_with(|| str::intern_str(text).into_obj())
}
fn reduce_ex() -> &'static Obj {
    static NAME: Global<Option<Obj>> = Global::new(None);
    name("__reduce_ex__", &NAME)
}
fn reduce_name() -> &'static Obj {
    static NAME: Global<Option<Obj>> = Global::new(None);
    name("__reduce__", &NAME)
}

pub fn save(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    if let Some(f) = p.reducer_override.get() {
        let r = call::call1(vm, &f, o)?;
        if !singletons::is_not_implemented(&r) {
            return save_value(vm, p, o, &r);
        }
    }
    let ty = o.ty();
    if ty.is(&types::TYPE) {
        return save_type(vm, p, o);
    }
    if ty.static_name() == Some("function") {
        return global::save(vm, p, o, None);
    }
    let key = ty.to_obj();
    let registered = match p.dispatch_table.get() {
        None => state()?.dispatch_table.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, &key))?,
        Some(t) => match t.get_exact::<Dict>() {
            Some(d) => d.get_item(vm, &key)?,
            None => match ops::getitem(vm, &t, &key) {
                Ok(f) => Some(f),
                Err(e) if e.is(&adder_object::exceptions::KEY_ERROR) => None,
                Err(e) => return Err(e),
            },
        },
    };
    let value = if let Some(f) = registered {
        call::call1(vm, &f, o)?
    } else if o.get::<Type>().is_some() {
        return global::save(vm, p, o, None);
    } else if let Some(f) = attr::lookup(vm, o, reduce_ex())? {
        call::call1(vm, &f, &int::from_i64(p.protocol.get()))?
    } else if let Some(f) = attr::lookup(vm, o, reduce_name())? {
        call::call0(vm, &f)?
    } else {
        return Err(pickling_error(format!("Can't pickle {} object", full_name(o))));
    };
    save_value(vm, p, o, &value)
}

/// Saves what a reduction gave: a name, or the tuple of how to make the object.
pub fn save_value(vm: &Vm, p: &Pickler, o: &Obj, value: &Obj) -> PyResult<()> {
    if value.get::<Str>().is_some() {
        return global::save(vm, p, o, Some(value));
    }
    super::save::fast_enter(p, o)?;
    let r = checked(vm, p, o, value).map_err(|e| noted(e, o, "object"));
    super::save::fast_leave(p);
    r
}
fn checked(vm: &Vm, p: &Pickler, o: &Obj, value: &Obj) -> PyResult<()> {
    let Some(items) = tuple::as_slice(value) else {
        return Err(pickling_error(format!("__reduce__ must return a string or tuple, not {}", full_name(value))));
    };
    if !(2..=6).contains(&items.len()) {
        return Err(pickling_error("tuple returned by __reduce__ must contain 2 through 6 elements"));
    }
    parts(vm, p, o, items)
}

fn type_error_of(place: &str, want: &str, got: &Obj) -> PyErr {
    pickling_error(format!("{place} item of the tuple returned by __reduce__ must be {want}, not {}", full_name(got)))
}

fn parts(vm: &Vm, p: &Pickler, o: &Obj, items: &[Obj]) -> PyResult<()> {
    let (f, args) = (&items[0], &items[1]);
    let optional = |i: usize| items.get(i).filter(|x| !x.is_none());
    let (state, list, dict, setter) = (optional(2), optional(3), optional(4), optional(5));
    if !call::is_callable(f) {
        return Err(type_error_of("first", "callable", f));
    }
    let Some(args_items) = tuple::as_slice(args) else { return Err(type_error_of("second", "a tuple", args)) };
    for (i, it) in [("fourth", list), ("fifth", dict)] {
        if let Some(it) = it
            && it.ty().iternext().is_none()
        {
            return Err(type_error_of(i, "an iterator", it));
        }
    }
    if let Some(s) = setter
        && !call::is_callable(s)
    {
        return Err(type_error_of("sixth", "a function", s));
    }
    reconstruct(vm, p, o, f, args, args_items)?;
    // An object that is in the memo by now contains itself: what was made again is dropped.
    if let Some(at) = p.memo.get(o) {
        p.byte(POP);
        write_get(p, at);
    } else {
        memoize(p, o);
    }
    if let Some(it) = list {
        append_all(vm, p, it, o)?;
    }
    if let Some(it) = dict {
        set_all(vm, p, it, o)?;
    }
    let Some(state) = state else { return Ok(()) };
    let with_note = |r: PyResult<()>, what: &str| r.map_err(|e| noted(e, o, what));
    match setter {
        None => {
            with_note(save_object(vm, p, state, false), "state")?;
            p.byte(BUILD);
        }
        Some(s) => {
            with_note(save_object(vm, p, s, false), "state setter")?;
            save_object(vm, p, o, false)?;
            with_note(save_object(vm, p, state, false), "state")?;
            p.write(&[TUPLE2, REDUCE, POP]);
        }
    }
    Ok(())
}

/// The function and arguments, or their shorter forms for `__newobj__` and `__newobj_ex__`.
fn reconstruct(vm: &Vm, p: &Pickler, o: &Obj, f: &Obj, args: &Obj, items: &[Obj]) -> PyResult<()> {
    let with_note = |r: PyResult<()>, what: &str| r.map_err(|e| noted(e, o, what));
    if p.protocol.get() >= 2 {
        let n = attr::lookup(vm, f, &names().__name__)?;
        let is = |text: &str| n.as_ref().and_then(|n| n.get::<Str>()).is_some_and(|n| n.eq_str(text));
        if is("__newobj__") {
            let Some(cls) = items.first() else { return Err(pickling_error("__newobj__ arglist is empty")) };
            check_class(vm, o, cls, "__newobj__")?;
            with_note(save_object(vm, p, cls, false), "class")?;
            let rest = tuple::from_slice(&items[1..]);
            with_note(save_object(vm, p, &rest, false), "__new__ arguments")?;
            p.byte(NEWOBJ);
            return Ok(());
        }
        if is("__newobj_ex__") {
            return new_object_ex(vm, p, o, items);
        }
    }
    with_note(save_object(vm, p, f, false), "reconstructor")?;
    with_note(save_object(vm, p, args, false), "reconstructor arguments")?;
    p.byte(REDUCE);
    Ok(())
}
fn check_class(vm: &Vm, o: &Obj, cls: &Obj, function: &str) -> PyResult<()> {
    if attr::lookup(vm, cls, &names().__new__)?.is_none() {
        return Err(pickling_error(format!("first argument to {function}() has no __new__")));
    }
    let class = attr::get(vm, o, &names().__class__)?;
    if !class.is(cls) {
        return Err(pickling_error(format!(
            "first argument to {function}() must be {}, not {}",
            ops::repr_string(vm, &class)?,
            ops::repr_string(vm, cls)?
        )));
    }
    Ok(())
}
fn new_object_ex(vm: &Vm, p: &Pickler, o: &Obj, items: &[Obj]) -> PyResult<()> {
    let with_note = |r: PyResult<()>, what: &str| r.map_err(|e| noted(e, o, what));
    let [cls, args, kwargs] = items else {
        return Err(pickling_error(format!("__newobj_ex__ expected 3 arguments, got {}", items.len())));
    };
    check_class(vm, o, cls, "__newobj_ex__")?;
    let Some(positional) = tuple::as_slice(args) else {
        return Err(pickling_error(format!(
            "second argument to __newobj_ex__() must be a tuple, not {}",
            full_name(args)
        )));
    };
    let Some(keywords) = kwargs.get::<Dict>() else {
        return Err(pickling_error(format!(
            "third argument to __newobj_ex__() must be a dict, not {}",
            full_name(kwargs)
        )));
    };
    if p.protocol.get() >= 4 {
        with_note(save_object(vm, p, cls, false), "class")?;
        with_note(save_object(vm, p, args, false), "__new__ arguments")?;
        with_note(save_object(vm, p, kwargs, false), "__new__ arguments")?;
        p.byte(NEWOBJ_EX);
        return Ok(());
    }
    // Older protocols call a partial object.
    let mut all = call::ArgsBuf::new(vec![attr::get(vm, cls, &names().__new__)?, cls.clone()]);
    all.all.extend_from_slice(positional);
    all.push_dict(keywords)?;
    let partial: Obj = call::call(vm, &state()?.partial, Args::with_names(&all.all, &all.names))?;
    with_note(save_object(vm, p, &partial, false), "reconstructor")?;
    save_object(vm, p, &tuple::new(vec![]), false)?;
    p.byte(REDUCE);
    Ok(())
}
