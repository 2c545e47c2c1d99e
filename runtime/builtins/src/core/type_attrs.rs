//! The computed attributes of `type`: names, bases, documentation, annotations (PEP 649).
//!
//! CPython: Objects/typeobject.c (type_getsets).

use super::mappingproxy;
use super::object::compatible;
use adder_object::call::{call1, is_callable};
use adder_object::spec::{GetSetDef, doc_body, getset, getter, member};
use adder_object::{
    Dict, Obj, ObjExt, PyErr, PyResult, Str, Type, TypeFlags, Vm, attr, class, error, int, mro, names, ops, singletons,
    str, tuple,
};

pub static GETSET: &[GetSetDef] = &[
    member("__basicsize__", |_, o| Ok(int::from_i64(of(o)?.head.basicsize.get() as i64)), ""),
    member("__itemsize__", itemsize, ""),
    member("__flags__", flags, ""),
    member(
        "__weakrefoffset__",
        |_, o| Ok(int::from_i64(if of(o)?.has(TypeFlags::MANAGED_WEAKREF) { -32 } else { 0 })),
        "",
    ),
    member("__base__", |_, o| Ok(of(o)?.base.get().map_or_else(singletons::none, Type::to_obj)), ""),
    member("__dictoffset__", |_, o| Ok(int::from_i64(if of(o)?.has(TypeFlags::MANAGED_DICT) { -1 } else { 0 })), ""),
    getset("__name__", name, set_name, ""),
    getset("__qualname__", qualname, set_qualname, ""),
    getset("__bases__", |_, o| Ok(of(o)?.bases.get().unwrap_or_else(|| tuple::new(vec![]))), set_bases, ""),
    getter("__mro__", |_, o| Ok(of(o)?.mro.get().unwrap_or_else(singletons::none)), ""),
    getset("__module__", module, set_module, ""),
    getset("__abstractmethods__", abstract_methods, set_abstract_methods, ""),
    getter("__dict__", |_, o| Ok(mappingproxy::new(of(o)?.dict().into_obj())), ""),
    getset("__doc__", doc, |_, o, v| set_in_dict(o, "__doc__", v), ""),
    getter("__text_signature__", text_signature, ""),
    getset("__annotations__", annotations, set_annotations, ""),
    getset("__annotate__", annotate, set_annotate, ""),
    getset(
        "__type_params__",
        |_, o| {
            // A static type's own entry is this descriptor.
            let own = of(o)?.is_heap().then(|| of(o).ok()?.dict().get_name(&names().__type_params__)).flatten();
            Ok(own.unwrap_or_else(|| tuple::new(vec![])))
        },
        |_, o, v| set_in_dict(o, "__type_params__", v),
        "",
    ),
];

fn of(o: &Obj) -> PyResult<&'static Type> {
    Ok(o.this::<Type>()?.as_static())
}

/// The value to set: deletion and immutable types are refused.
fn settable<'a>(ty: &Type, name: &::std::primitive::str, value: Option<&'a Obj>) -> PyResult<&'a Obj> {
    if ty.has(TypeFlags::IMMUTABLE) {
        return Err(error::type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.tp_name())));
    }
    value.ok_or_else(|| {
        error::type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", ty.tp_name()))
    })
}

/// Changes the dict of a class, telling the caches.
fn change(ty: &Type, f: impl FnOnce(&Dict)) {
    ty.modified();
    f(&ty.dict());
    ty.modified();
}

fn set_in_dict(o: &Obj, name: &'static ::std::primitive::str, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let v = settable(ty, name, value)?.clone();
    change(ty, |d| d.set_str(name, v));
    Ok(())
}

fn itemsize(_: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    Ok(int::from_i64(match () {
        _ if ty.has(TypeFlags::TUPLE_SUBCLASS) => 8,
        _ if ty.has(TypeFlags::BYTES_SUBCLASS) => 1,
        _ if ty.has(TypeFlags::INT_SUBCLASS) => 4,
        _ if ty.has(TypeFlags::TYPE_SUBCLASS) => 40,
        _ => 0,
    }))
}

/// Flags with CPython's numbers, for those that programs look at.
fn flags(_: &Vm, o: &Obj) -> PyResult {
    use TypeFlags as F;
    const TABLE: &[(u64, i64)] = &[
        (F::SEQUENCE, 1 << 5),
        (F::MAPPING, 1 << 6),
        (F::IMMUTABLE, 1 << 8),
        (F::HEAPTYPE, 1 << 9),
        (F::BASETYPE, 1 << 10),
        (F::READY, 1 << 12),
        (F::GC, 1 << 14),
        (F::METHOD_DESCRIPTOR, 1 << 17),
        (F::ABSTRACT, 1 << 20),
        (F::MATCH_SELF, 1 << 22),
        (F::INT_SUBCLASS, 1 << 24),
        (F::LIST_SUBCLASS, 1 << 25),
        (F::TUPLE_SUBCLASS, 1 << 26),
        (F::BYTES_SUBCLASS, 1 << 27),
        (F::STR_SUBCLASS, 1 << 28),
        (F::DICT_SUBCLASS, 1 << 29),
        (F::EXC_SUBCLASS, 1 << 30),
        (F::TYPE_SUBCLASS, 1 << 31),
        (F::MANAGED_DICT, 1 << 4),
        (F::MANAGED_WEAKREF, 1 << 3),
    ];
    let ty = of(o)?;
    // CPython makes the types of modules that may be subclassed on the heap; pickling tells them from built-in ones by this.
    const HEAP: i64 = 1 << 9;
    let of_module = ty.has(F::BASETYPE) && ty.static_name().is_some_and(|n| n.contains('.'));
    let bits: i64 = TABLE.iter().filter(|(f, _)| ty.has(*f)).map(|(_, n)| n).sum();
    Ok(int::from_i64(if of_module { bits | HEAP } else { bits }))
}

fn name(_: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    Ok(match ty.name_obj.get() {
        Some(n) => n,
        None => str::intern_str(&ty.name()).into_obj(),
    })
}

fn only_string(ty: &Type, attribute: &::std::primitive::str, v: &Obj) -> PyErr {
    error::type_error(format!("can only assign string to {}.{attribute}, not '{}'", ty.name(), v.ty().tp_name()))
}

fn set_name(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let v = settable(ty, "__name__", value)?;
    let Some(s) = v.get::<Str>() else { return Err(only_string(ty, "__name__", v)) };
    if s.chars().iter().any(|c| c == 0) {
        return Err(error::value_error("type name must not contain null characters"));
    }
    if s.to_utf8().is_none() {
        return Err(class::not_utf8(vm, v));
    }
    ty.name_obj.set(v.clone());
    Ok(())
}

fn qualname(vm: &Vm, o: &Obj) -> PyResult {
    match of(o)?.qualname_obj.get() {
        Some(q) => Ok(q),
        None => name(vm, o),
    }
}

fn set_qualname(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let v = settable(ty, "__qualname__", value)?;
    if v.get::<Str>().is_none() {
        return Err(only_string(ty, "__qualname__", v));
    }
    ty.qualname_obj.set(v.clone());
    Ok(())
}

fn set_bases(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let v = settable(ty, "__bases__", value)?;
    let Some(bases) = tuple::as_slice(v) else {
        return Err(error::type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            ty.name(),
            v.ty().tp_name()
        )));
    };
    if bases.is_empty() {
        return Err(error::type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", ty.name())));
    }
    for b in bases {
        let Some(b) = b.get::<Type>() else {
            return Err(error::type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                ty.name(),
                b.ty().tp_name()
            )));
        };
        if mro::descends_from(b, ty) {
            return Err(error::type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = class::best_base(bases)?;
    if let Some(old) = ty.base.get() {
        compatible(new_base, old, "__bases__")?;
    }
    mro::replace_bases(vm, ty, v, new_base)
}

fn module(_: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    if let Some(m) = ty.static_module() {
        return Ok(str::intern_str(m).into_obj());
    }
    ty.dict().get_name(&names().__module__).ok_or_else(|| error::attribute_error_text("__module__"))
}

fn set_module(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let v = settable(ty, "__module__", value)?.clone();
    change(ty, |d| {
        d.set_name(&names().__module__, v);
        d.remove_name(&names().__firstlineno__);
    });
    Ok(())
}

fn abstract_methods(_: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    let found = if ty.is(&adder_object::types::TYPE) { None } else { ty.dict().get_name(&names().__abstractmethods__) };
    found.ok_or_else(|| error::attribute_error_text("__abstractmethods__"))
}

fn set_abstract_methods(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    match value {
        Some(v) => {
            let any = ops::truth(vm, v)?;
            change(ty, |d| d.set_name(&names().__abstractmethods__, v.clone()));
            if any { ty.set_flag(TypeFlags::ABSTRACT) } else { ty.clear_flag(TypeFlags::ABSTRACT) }
        }
        None => {
            let mut found = false;
            change(ty, |d| found = d.remove_name(&names().__abstractmethods__).is_some());
            if !found {
                return Err(error::attribute_error_text("__abstractmethods__"));
            }
            ty.clear_flag(TypeFlags::ABSTRACT);
        }
    }
    Ok(())
}

fn doc(vm: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    if let Some(s) = ty.spec.get().filter(|s| !ty.is_heap() && !s.doc.is_empty()) {
        return Ok(str::from_str(doc_body(s.doc)).into_obj());
    }
    let Some(d) = ty.dict().get_name(&names().__doc__) else { return Ok(singletons::none()) };
    match d.ty().descr_get() {
        Some(g) => g(vm, &d, None, Some(o)),
        None => Ok(d),
    }
}

fn text_signature(_: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    let text = ty
        .spec
        .get()
        .filter(|_| !ty.is_heap())
        .and_then(|s| s.doc.split_once("\n--\n\n"))
        .and_then(|(head, _)| head.find('(').map(|i| &head[i..]));
    Ok(text.map_or_else(singletons::none, |t| str::from_str(t).into_obj()))
}

fn bound_to_class(vm: &Vm, o: &Obj, v: Obj) -> PyResult {
    match v.ty().descr_get() {
        Some(g) => g(vm, &v, None, Some(o)),
        None => Ok(v),
    }
}

#[cold]
fn no_such(ty: &Type, name: &::std::primitive::str) -> PyErr {
    error::attribute_error(
        &ty.to_obj(),
        str::intern_str(name).obj(),
        &format!("type object '{}' has no attribute '{name}'", ty.tp_name()),
    )
}

/// `__annotate__`: what the class body left under `__annotate_func__`.
fn annotate(vm: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    if !ty.is_heap() {
        return Err(no_such(ty, "__annotate__"));
    }
    let d = ty.dict();
    if let Some(f) = d.get_name(&names().__annotate__).or_else(|| d.get_name(&names().__annotate_func__)) {
        return bound_to_class(vm, o, f);
    }
    change(ty, |d| d.set_name(&names().__annotate_func__, singletons::none()));
    Ok(singletons::none())
}

fn set_annotate(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let Some(v) = value else { return Err(error::type_error("cannot delete __annotate__ attribute")) };
    if !v.is_none() && !is_callable(v) {
        return Err(error::type_error("__annotate__ must be callable or None"));
    }
    change(ty, |d| {
        d.set_name(&names().__annotate_func__, v.clone());
        if !v.is_none() {
            d.remove_name(&names().__annotations_cache__);
        }
    });
    Ok(())
}

fn annotations(vm: &Vm, o: &Obj) -> PyResult {
    let ty = of(o)?;
    if !ty.is_heap() {
        return Err(no_such(ty, "__annotations__"));
    }
    let d = ty.dict();
    if let Some(a) = d.get_name(&names().__annotations__).or_else(|| d.get_name(&names().__annotations_cache__)) {
        return bound_to_class(vm, o, a);
    }
    let f = attr::get(vm, o, &names().__annotate__)?;
    let a = if is_callable(&f) { evaluated(vm, &f)? } else { Dict::new().into_obj() };
    change(ty, |d| d.set_name(&names().__annotations_cache__, a.clone()));
    Ok(a)
}

/// What `__annotate__` of a class, module or function gives for values.
pub fn evaluated(vm: &Vm, annotate: &Obj) -> PyResult {
    let a = call1(vm, annotate, &int::from_i64(1))?;
    if a.get::<Dict>().is_none() {
        return Err(error::type_error(format!("__annotate__ returned non-dict of type '{}'", a.ty().tp_name())));
    }
    Ok(a)
}

fn set_annotations(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = of(o)?;
    let n = names();
    let mut missing = false;
    change(ty, |d| {
        match value {
            Some(v) if d.get_name(&n.__annotations__).is_some() => d.set_name(&n.__annotations__, v.clone()),
            Some(v) => d.set_name(&n.__annotations_cache__, v.clone()),
            None => {
                let gone = d.remove_name(&n.__annotations__).or_else(|| d.remove_name(&n.__annotations_cache__));
                missing = gone.is_none();
            }
        }
        if !missing {
            d.remove_name(&n.__annotate_func__);
            d.remove_name(&n.__annotate__);
        }
    });
    if missing { Err(error::attribute_error_text("__annotations__")) } else { Ok(()) }
}
