//! `_weakref`: references and the functions of the module. Proxies are in weakref_proxy.rs.
//!
//! CPython: Objects/weakrefobject.c, Modules/_weakref.c.

use super::shared::{none, text};
use super::weakref_proxy as proxies;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method, ready};
use adder_object::{
    Args, CompareOp, Dict, List, ModuleSpec, Obj, ObjExt, PyResult, Str, Type, Vm, attr, bind, call, class, error, int,
    module, names, ops, singletons, weakref,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Weak-reference support module.",
    functions: &[
        method(
            "getweakrefcount($module, object, /)",
            Native::One(|_, _, o| Ok(int::from_usize(weakref::all(o).len()))),
            "Return the number of weak references to 'object'.",
        ),
        method(
            "getweakrefs($module, object, /)",
            Native::One(|_, _, o| Ok(List::new(weakref::all(o)).into_obj())),
            "Return a list of all weak reference objects pointing to 'object'.",
        ),
        method(
            "proxy($module, object, callback=None, /)",
            Native::Pos(1, 2, proxy),
            "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized.",
        ),
        method(
            "_remove_dead_weakref($module, dct, key, /)",
            Native::Pos(2, 2, remove_dead),
            "Atomically remove key from dict if it points to a dead weakref.",
        ),
    ],
    init: Some(|_, m| {
        ensure_ready();
        let d = module::dict(m.obj());
        d.set_str("ref", weakref::WEAKREF.obj());
        d.set_str("ReferenceType", weakref::WEAKREF.obj());
        d.set_str("ProxyType", weakref::PROXY.obj());
        d.set_str("CallableProxyType", weakref::CALLABLE_PROXY.obj());
        Ok(())
    }),
    ..ModuleSpec::new("_weakref")
};

/// Makes the three weak types usable; whoever makes weak references calls it first.
pub fn ensure_ready() {
    ready(&SPEC);
    ready(&proxies::SPEC);
    ready(&proxies::CALLABLE_SPEC);
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::init(|_, _, args| bind::check_positional("__init__", args.len(), 1, 2)),
        slot::call(call_ref),
        slot::hash(hash),
        slot::repr(repr),
        slot::richcompare(richcompare),
    ],
    methods: &[class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585")],
    getset: &[getter(
        "__callback__",
        |_, o| Ok(weakref::payload(o).and_then(|w| w.callback.get()).unwrap_or_else(singletons::none)),
        "",
    )],
    ..TypeSpec::of(&weakref::WEAKREF)
};

fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    bind::check_positional("__new__", args.len(), 1, 2)?;
    if args.has_keywords() && ty.is(&weakref::WEAKREF) {
        return Err(error::type_error("ref() takes no keyword arguments"));
    }
    let a = args.positional();
    weakref::new(ty, &a[0], a.get(1).cloned())
}

fn target(o: &Obj) -> Option<Obj> {
    weakref::payload(o)?.target()
}

fn call_ref(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        args.no_keywords("__call__")?;
        return Err(error::type_error(format!("__call__ expected 0 arguments, got {}", args.len())));
    }
    Ok(target(o).unwrap_or_else(singletons::none))
}

fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let Some(w) = weakref::payload(o) else { return Err(error::type_error("a weak reference is required")) };
    if let Some(h) = w.hash.get() {
        return Ok(h);
    }
    let Some(t) = w.target() else { return Err(error::type_error("weak object has gone away")) };
    let h = ops::hash(vm, &t)?;
    w.hash.set(Some(h));
    Ok(h)
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let address = o.bits();
    let ty = class::full_name(vm, o.ty())?;
    let ty = if ty == "weakref.ReferenceType" { "weakref" } else { &ty };
    let Some(t) = target(o) else { return Ok(text(&format!("<{ty} at {address:#x}; dead>"))) };
    // Looked up on the type: an instance's own `__getattr__` is not asked.
    let name = match attr::lookup_special(vm, &t, &names().__name__)? {
        Some(attr::Method::Bound(n)) if n.get::<Str>().is_some() => Some(n),
        _ => None,
    };
    let of = class::full_name(vm, t.ty())?;
    Ok(text(&match name {
        Some(n) => format!("<{ty} at {address:#x}; to '{of}' at {:#x} ({})>", t.bits(), ops::text(&n)),
        None => format!("<{ty} at {address:#x}; to '{of}' at {:#x}>", t.bits()),
    }))
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !b.ty().is_subtype(&weakref::WEAKREF) {
        return Ok(singletons::not_implemented());
    }
    match (target(a), target(b)) {
        (Some(x), Some(y)) => ops::compare(vm, &x, &y, op),
        _ => Ok(singletons::bool_obj(a.is(b) == (op == CompareOp::Eq))),
    }
}

fn proxy(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let ty: &Type = if call::is_callable(&a[0]) { &weakref::CALLABLE_PROXY } else { &weakref::PROXY };
    weakref::new(ty, &a[0], a.get(1).cloned())
}

fn remove_dead(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let Some(d) = a[0].get::<Dict>() else {
        return Err(error::type_error(format!(
            "_remove_dead_weakref() argument 1 must be dict, not {}",
            a[0].ty().tp_name()
        )));
    };
    if let Some(w) = d.get_item(vm, &a[1])? {
        match weakref::payload(&w) {
            Some(p) if p.target().is_none() => drop(d.remove_item(vm, &a[1])?),
            Some(_) => {}
            None => return Err(error::type_error("not a weakref")),
        }
    }
    none()
}
