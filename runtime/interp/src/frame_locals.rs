//! `FrameLocalsProxy`: the variables of a function frame as a mapping that writes through (PEP 667).
//!
//! Invariant: the proxy holds the frame object only; names that are no variables of the frame live in the frame object's
//! `extra_locals` dict. CPython: Objects/frameobject.c.

use crate::frame::{self, Frame, FrameObject};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, method};
use adder_object::{
    CompareOp, Dict, List, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags, Vm, error, exceptions as exc, ops,
    singletons, types,
};

pub struct FrameLocalsProxy {
    frame: Obj,
}
adder_object::trace_fields!(FrameLocalsProxy { frame });
static PROXY: StaticType = StaticType::new::<FrameLocalsProxy>("FrameLocalsProxy", TypeFlags::GC | TypeFlags::MAPPING);
adder_object::payload!(FrameLocalsProxy, PROXY);

/// The proxy of a frame object.
pub fn proxy_of(frame: &Obj) -> Obj {
    Ref::new(FrameLocalsProxy { frame: frame.clone() }).into_obj()
}

fn frame_of(o: &Obj) -> PyResult<&FrameObject> {
    o.this::<FrameLocalsProxy>()?.frame.this::<FrameObject>()
}
fn live(f: &FrameObject) -> Option<*mut Frame> {
    let p = f.frame.get();
    if p.is_null() { None } else { Some(p) }
}
fn extra(f: &FrameObject) -> Option<Ref<Dict>> {
    f.extra_locals.get()?.downcast::<Dict>()
}

/// Index of the variable that a key names; for reading, only one that has a value.
fn index_of(vm: &Vm, f: &FrameObject, key: &Obj, read: bool) -> PyResult<Option<usize>> {
    let Some(frame) = live(f) else { return Ok(None) };
    let code = Frame::code(frame);
    let suits = |i: usize| !read || frame::variable(frame, i).is_some();
    if key.is_exact(&types::STR) {
        let at = |i: &usize| code.localsplusnames[*i].is(key);
        if let Some(i) = (0..code.nlocalsplus).filter(at).find(|&i| suits(i)) {
            return Ok(Some(i));
        }
    }
    let hash = ops::hash(vm, key)?;
    for i in 0..Frame::code(frame).nlocalsplus {
        let name = Frame::code(frame).localsplusnames[i].clone();
        if ops::hash(vm, &name)? == hash && ops::equals(vm, &name, key)? && suits(i) {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn find(vm: &Vm, o: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    let f = frame_of(o)?;
    if let Some(i) = index_of(vm, f, key, true)? {
        return Ok(live(f).and_then(|p| frame::variable(p, i)));
    }
    match extra(f) {
        Some(d) => d.get_item(vm, key),
        None => Ok(None),
    }
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    match find(vm, o, key)? {
        Some(v) => Ok(v),
        None => {
            let text = format!("local variable '{}' is not defined", ops::repr_string(vm, key)?);
            Err(adder_object::PyErr::new(&exc::KEY_ERROR, &text))
        }
    }
}

fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let f = frame_of(o)?;
    let at = index_of(vm, f, key, false)?;
    match (at, value) {
        (Some(_), None) => Err(error::value_error("cannot remove local variables from FrameLocalsProxy")),
        (Some(i), Some(v)) => {
            if let Some(p) = live(f) {
                frame::set_variable(f, p, i, v.clone());
            }
            Ok(())
        }
        (None, Some(v)) => extra_made(f).set_item(vm, key, v.clone()),
        (None, None) => match extra(f) {
            Some(d) => match d.remove_item(vm, key)? {
                Some(_) => Ok(()),
                None => Err(error::key_error(key)),
            },
            None => Err(error::key_error(key)),
        },
    }
}

fn extra_made(f: &FrameObject) -> Ref<Dict> {
    extra(f).unwrap_or_else(|| {
        let d = Dict::new();
        f.extra_locals.set(d.obj().clone());
        d
    })
}

/// Names and values in order: variables that have one, then the extra ones.
fn pairs(o: &Obj) -> PyResult<Vec<(Obj, Obj)>> {
    let f = frame_of(o)?;
    let mut out = vec![];
    if let Some(p) = live(f) {
        let code = Frame::code(p);
        for i in 0..code.nlocalsplus {
            if let Some(v) = frame::variable(p, i) {
                out.push((code.localsplusnames[i].clone(), v));
            }
        }
    }
    if let Some(d) = extra(f) {
        out.extend(d.items_vec());
    }
    Ok(out)
}

fn snapshot(vm: &Vm, o: &Obj) -> PyResult<Ref<Dict>> {
    let d = Dict::new();
    for (k, v) in pairs(o)? {
        d.set_item(vm, &k, v)?;
    }
    Ok(d)
}

fn list(items: impl Iterator<Item = Obj>) -> Obj {
    List::new(items.collect()).into_obj()
}
fn keys(_: &Vm, o: &Obj) -> PyResult {
    Ok(list(pairs(o)?.into_iter().map(|p| p.0)))
}
fn values(_: &Vm, o: &Obj) -> PyResult {
    Ok(list(pairs(o)?.into_iter().map(|p| p.1)))
}
fn items(_: &Vm, o: &Obj) -> PyResult {
    Ok(list(pairs(o)?.into_iter().map(|p| adder_object::tuple::from_array([p.0, p.1]))))
}
fn reversed(_: &Vm, o: &Obj) -> PyResult {
    Ok(list(pairs(o)?.into_iter().rev().map(|p| p.0)))
}
fn copy(vm: &Vm, o: &Obj) -> PyResult {
    Ok(snapshot(vm, o)?.into_obj())
}
fn iter(vm: &Vm, o: &Obj) -> PyResult {
    ops::iter(vm, &keys(vm, o)?)
}
fn repr(vm: &Vm, o: &Obj) -> PyResult {
    vm.check_stack(" while getting the repr of an object")?;
    if !vm.repr_enter(o) {
        return Ok(adder_object::str::from_str("{...}").into_obj());
    }
    let r = snapshot(vm, o).and_then(|d| ops::repr(vm, d.obj()));
    vm.repr_leave(o);
    r
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let same = if let (Some(x), Some(y)) = (a.get::<FrameLocalsProxy>(), b.get::<FrameLocalsProxy>()) {
        x.frame.is(&y.frame)
    } else if b.get::<Dict>().is_some() {
        return ops::compare(vm, snapshot(vm, a)?.obj(), b, op);
    } else {
        return Ok(singletons::not_implemented());
    };
    Ok(singletons::bool_obj(same == (op == CompareOp::Eq)))
}

fn is_mapping(o: &Obj) -> bool {
    o.get::<Dict>().is_some() || o.get::<FrameLocalsProxy>().is_some()
}
fn plain(vm: &Vm, o: &Obj) -> PyResult<Ref<Dict>> {
    match o.downcast::<Dict>() {
        Some(d) => Ok(d),
        None => snapshot(vm, o),
    }
}
fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if !is_mapping(a) || !is_mapping(b) {
        return Ok(singletons::not_implemented());
    }
    let d = plain(vm, a)?.copy();
    let other = plain(vm, b)?;
    d.update_from(vm, &other)?;
    Ok(d.into_obj())
}
fn merge(vm: &Vm, o: &Obj, other: &Obj) -> PyResult<()> {
    for (k, v) in plain(vm, other)?.items_vec() {
        setitem(vm, o, &k, Some(&v))?;
    }
    Ok(())
}
fn inplace_or(vm: &Vm, o: &Obj, other: &Obj) -> PyResult {
    if !is_mapping(other) {
        return Ok(singletons::not_implemented());
    }
    merge(vm, o, other)?;
    Ok(o.clone())
}
fn update(vm: &Vm, o: &Obj, other: &Obj) -> PyResult {
    if !is_mapping(other) {
        return Err(error::type_error("update() argument must be dict or another FrameLocalsProxy"));
    }
    merge(vm, o, other)?;
    Ok(singletons::none())
}

fn get(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.is_empty() || a.len() > 2 {
        return Err(error::type_error("get expected 1 or 2 arguments"));
    }
    Ok(find(vm, o, &a[0])?.or_else(|| a.get(1).cloned()).unwrap_or_else(singletons::none))
}
fn setdefault(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.is_empty() || a.len() > 2 {
        return Err(error::type_error("setdefault expected 1 or 2 arguments"));
    }
    if let Some(v) = find(vm, o, &a[0])? {
        return Ok(v);
    }
    let v = a.get(1).cloned().unwrap_or_else(singletons::none);
    setitem(vm, o, &a[0], Some(&v))?;
    Ok(v)
}
fn pop(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.is_empty() || a.len() > 2 {
        return Err(error::type_error("pop expected 1 or 2 arguments"));
    }
    let f = frame_of(o)?;
    if index_of(vm, f, &a[0], false)?.is_some() {
        return Err(error::value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let removed = match extra(f) {
        Some(d) => d.remove_item(vm, &a[0])?,
        None => None,
    };
    removed.or_else(|| a.get(1).cloned()).ok_or_else(|| error::key_error(&a[0]))
}

fn new(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.len() != 1 {
        return Err(error::type_error(format!("FrameLocalsProxy expected 1 argument, got {}", a.len())));
    }
    if args.has_keywords() {
        return Err(error::type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    if a[0].get::<FrameObject>().is_none() {
        return Err(error::type_error(format!("expect frame, not {}", a[0].ty().tp_name())));
    }
    Ok(proxy_of(&a[0]))
}

static METHODS: &[MethodDef] = &[
    method("get", Native::Raw(get), ""),
    method("keys($self, /)", Native::NoArgs(keys), ""),
    method("values($self, /)", Native::NoArgs(values), ""),
    method("items($self, /)", Native::NoArgs(items), ""),
    method("copy($self, /)", Native::NoArgs(copy), ""),
    method("update($self, object, /)", Native::One(update), ""),
    method("setdefault", Native::Raw(setdefault), ""),
    method("pop", Native::Raw(pop), ""),
    method("__reversed__($self, /)", Native::NoArgs(reversed), ""),
];

static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(iter),
        slot::length(|_, o| Ok(pairs(o)?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(|vm, o, key| Ok(find(vm, o, key)?.is_some())),
        slot::or(or),
        slot::inplace_or(inplace_or),
    ],
    methods: METHODS,
    attrs: &[("__hash__", singletons::none)],
    ..TypeSpec::of(&PROXY)
};

/// Makes the type ready.
pub fn install() {
    adder_object::spec::ready(&SPEC);
}
