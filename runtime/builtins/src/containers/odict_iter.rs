//! The views and the iterator of `OrderedDict`.
//!
//! Invariant: an iterator is valid for one version of the dict's keys: any insertion, deletion or move ends it with an error.
//! CPython: Objects/odictobject.c.

use super::dict_iter::{ITEMS, KEYS, VALUES};
use super::dict_views::{self, DICT_ITEMS, DICT_KEYS, DICT_VALUES, DictView};
use super::shared::builtin;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Dict, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, error, ops, payload, trace_fields,
    tuple,
};
use std::cell::Cell;

pub static ODICT_KEYS: StaticType = StaticType::new::<DictView<KEYS>>("odict_keys", F::GC);
pub static ODICT_VALUES: StaticType = StaticType::new::<DictView<VALUES>>("odict_values", F::GC);
pub static ODICT_ITEMS: StaticType = StaticType::new::<DictView<ITEMS>>("odict_items", F::GC);

pub static KEYS_SPEC: TypeSpec = TypeSpec {
    base: Some(&DICT_KEYS),
    slots: &[slot::iter(|_, o| make(dict_of(o)?, KEYS, false))],
    methods: &[method("__reversed__", Native::NoArgs(|_, o| make(dict_of(o)?, KEYS, true)), "")],
    attrs: &[("__hash__", adder_object::singletons::none)],
    ..TypeSpec::of(&ODICT_KEYS)
};
pub static VALUES_SPEC: TypeSpec = TypeSpec {
    base: Some(&DICT_VALUES),
    slots: &[slot::iter(|_, o| make(dict_of(o)?, VALUES, false))],
    methods: &[method("__reversed__", Native::NoArgs(|_, o| make(dict_of(o)?, VALUES, true)), "")],
    ..TypeSpec::of(&ODICT_VALUES)
};
pub static ITEMS_SPEC: TypeSpec = TypeSpec {
    base: Some(&DICT_ITEMS),
    slots: &[slot::iter(|_, o| make(dict_of(o)?, ITEMS, false))],
    methods: &[method("__reversed__", Native::NoArgs(|_, o| make(dict_of(o)?, ITEMS, true)), "")],
    attrs: &[("__hash__", adder_object::singletons::none)],
    ..TypeSpec::of(&ODICT_ITEMS)
};

fn dict_of(o: &Obj) -> PyResult<&Obj> {
    dict_views::dict_of(o).map(Ref::obj).ok_or_else(|| error::type_error("a dict view is required"))
}

pub fn keys(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::with_type(&ODICT_KEYS, DictView::<KEYS> { dict: own(o)? }).into_obj())
}
pub fn values(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::with_type(&ODICT_VALUES, DictView::<VALUES> { dict: own(o)? }).into_obj())
}
pub fn items(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::with_type(&ODICT_ITEMS, DictView::<ITEMS> { dict: own(o)? }).into_obj())
}
fn own(o: &Obj) -> PyResult<Ref<Dict>> {
    o.downcast::<Dict>().ok_or_else(|| error::type_error("a dict is required"))
}

pub struct OdictIter {
    dict: ObjCell,
    kind: u8,
    reversed: bool,
    /// Next position; one above it when reversed.
    at: Cell<usize>,
    version: Cell<u32>,
    size: Cell<usize>,
}
trace_fields!(OdictIter { dict });
pub static ODICT_ITERATOR: StaticType = StaticType::new::<OdictIter>("odict_iterator", F::GC);
payload!(OdictIter, ODICT_ITERATOR);

pub static ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(next)],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling")],
    ..TypeSpec::of(&ODICT_ITERATOR)
};

fn make(o: &Obj, kind: u8, reversed: bool) -> PyResult {
    let d = o.this::<Dict>()?;
    let it = OdictIter {
        dict: ObjCell::new(o.clone()),
        kind,
        reversed,
        at: Cell::new(if reversed { d.filled() } else { 0 }),
        version: Cell::new(d.keys_version()),
        size: Cell::new(d.len()),
    };
    Ok(Ref::new(it).into_obj())
}
pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    make(o, KEYS, false)
}
pub fn reversed(_: &Vm, o: &Obj) -> PyResult {
    make(o, KEYS, true)
}

pub fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<OdictIter>()?;
    let Some(dict) = it.dict.get() else { return Ok(None) };
    let d = dict.this::<Dict>()?;
    if d.current_version() != it.version.get() {
        let what = if d.len() == it.size.get() { "mutated" } else { "changed size" };
        drop(it.dict.take());
        return Err(error::runtime_error(format!("OrderedDict {what} during iteration")));
    }
    let Some(i) = step(it, d) else {
        drop(it.dict.take());
        return Ok(None);
    };
    let Some((k, v)) = d.entry_at(i) else { return Ok(None) };
    // A subclass may give other values.
    let v = if it.kind == KEYS || dict.is_exact(&adder_object::types::ORDERED_DICT) {
        v
    } else {
        ops::getitem(vm, &dict, &k)?
    };
    Ok(Some(match it.kind {
        KEYS => k,
        VALUES => v,
        _ => tuple::from_array([k, v]),
    }))
}
fn step(it: &OdictIter, d: &Dict) -> Option<usize> {
    let mut i = it.at.get();
    if it.reversed {
        while i > 0 {
            i -= 1;
            if d.key_at(i).is_some() {
                it.at.set(i);
                return Some(i);
            }
        }
        return None;
    }
    if i == 0 {
        i = d.first_live(0)?;
    }
    while i < d.filled() {
        i += 1;
        if d.key_at(i - 1).is_some() {
            it.at.set(i);
            return Some(i - 1);
        }
    }
    None
}

fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<OdictIter>()?;
    let copy = OdictIter {
        dict: ObjCell::from_option(it.dict.get()),
        kind: it.kind,
        reversed: it.reversed,
        at: it.at.clone(),
        version: it.version.clone(),
        size: it.size.clone(),
    };
    let copy = Ref::new(copy).into_obj();
    let mut rest = vec![];
    while let Some(x) = next(vm, &copy)? {
        rest.push(x);
    }
    Ok(tuple::from_array([builtin(vm, "iter")?, tuple::from_array([List::new(rest).into_obj()])]))
}
