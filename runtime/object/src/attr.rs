//! Attribute access: generic lookup with descriptors, in-object slots and dicts; the attributes of types.
//!
//! Invariant: ATTR-1: an instance whose shape is its type's `dict_shape` (or whose type has no INLINE_ATTRS) keeps its attributes
//! in the prefix dict; any other keeps exactly the names of its shape in its slots, and its prefix dict is empty.
//! CPython: Objects/object.c (PyObject_GenericGetAttr), Objects/typeobject.c (type_getattro).

use crate::descr::{BuiltinFunction, MethodDescr, WrapperDescr};
use crate::dict::Dict;
use crate::slots::BinaryFn;
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, Ref, Str, Vm, error, exceptions as exc, ops, shape, str, types};
use adder_mem::header::{Header, TypeFlags as F};
use adder_mem::heap::Segment;

/// A method found on an object: a function that still wants the object first, or a bound callable.
pub enum Method {
    Unbound(Obj),
    Bound(Obj),
}

fn prefix_word(obj: &Obj) -> *mut u64 {
    // The dict word lies right before the header of types with MANAGED_DICT.
    (obj.bits() as usize - 8) as *mut u64
}

/// The dict word without making a dict.
fn stored_dict(obj: &Obj) -> Option<Ref<Dict>> {
    // SAFETY: the caller checked MANAGED_DICT: the word is zero or owns a dict.
    unsafe {
        let w = &*prefix_word(obj);
        if *w == 0 { None } else { Obj::view(w).downcast::<Dict>() }
    }
}

fn store_dict(obj: &Obj, dict: Option<Ref<Dict>>) {
    // SAFETY: as in `stored_dict`; the old dict is dropped after the new one is in place.
    unsafe {
        let new = dict.map_or(0, |d| d.into_obj().into_raw());
        let old = std::mem::replace(&mut *prefix_word(obj), new);
        if old != 0 {
            drop(Obj::from_raw(old));
        }
    }
}

fn in_slots(obj: &Obj, ty: &Type) -> bool {
    ty.has(F::INLINE_ATTRS) && obj.header().is_some_and(|h| h.shape() != ty.head.dict_shape.get())
}

/// Address of in-object attribute slot `i`.
#[inline(always)]
pub fn slot_ptr(obj: &Obj, ty: &Type, i: usize) -> *mut u64 {
    (obj.bits() as usize + ty.head.basicsize.get() as usize + i * 8) as *mut u64
}

/// The instance attribute `name`, from slots or dict; no descriptors, no Python code for str-only dicts.
#[inline]
pub fn instance_attr(obj: &Obj, ty: &Type, name: &Obj) -> Option<Obj> {
    if !ty.has(F::MANAGED_DICT) {
        return None;
    }
    if in_slots(obj, ty) {
        let shape = obj.header()?.shape();
        let i = match shape::slot_of(shape, name) {
            None if !name.is_exact(&types::STR) => shape::slot_of(shape, &exact_name(name)?)?,
            i => i?,
        };
        // SAFETY: SHAPE-2: slots below the shape's length hold owned values.
        return Some(unsafe { Obj::view(&*slot_ptr(obj, ty, i)).clone() });
    }
    stored_dict(obj)?.get_name(name)
}

/// Sets or deletes an instance attribute; false when a deletion found nothing. The type has MANAGED_DICT.
pub fn set_instance_attr(obj: &Obj, ty: &Type, name: &Obj, value: Option<&Obj>) -> bool {
    if in_slots(obj, ty) {
        match set_in_slots(obj, ty, name, value) {
            Some(done) => return done,
            None => drop(instance_dict(obj)),
        }
    }
    let dict = match stored_dict(obj) {
        Some(d) => d,
        None if value.is_none() => return false,
        None => {
            let d = Dict::new();
            store_dict(obj, Some(d.clone()));
            d
        }
    };
    match value {
        Some(v) => {
            dict.set_name(name, v.clone());
            true
        }
        None => dict.remove_name(name).is_some(),
    }
}

/// The interned str of the same text as an instance of a subclass of str: shapes know names by identity.
#[cold]
fn exact_name(name: &Obj) -> Option<Obj> {
    let s = name.get::<Str>()?;
    Some(str::intern(&str::concat(s, &str::empty())).into_obj())
}

/// None when the attributes must move to a dict first.
fn set_in_slots(obj: &Obj, ty: &Type, name: &Obj, value: Option<&Obj>) -> Option<bool> {
    let h = obj.header()?;
    if !name.is_exact(&types::STR) {
        return set_in_slots(obj, ty, &exact_name(name)?, value);
    }
    let found = shape::slot_of(h.shape(), name);
    match (found, value) {
        (Some(i), Some(v)) => {
            // SAFETY: SHAPE-2; the old value is dropped last.
            unsafe {
                let old = std::mem::replace(&mut *slot_ptr(obj, ty, i), v.clone().into_raw());
                drop(Obj::from_raw(old));
            }
            Some(true)
        }
        (None, None) => Some(false),
        (Some(i), None) if i + 1 == shape::len(h.shape()) => {
            h.set_shape(shape::parent(h.shape()));
            // SAFETY: the slot left the shape; its value is given up.
            drop(unsafe { Obj::from_raw(*slot_ptr(obj, ty, i)) });
            Some(true)
        }
        (Some(_), None) => None,
        (None, Some(v)) => {
            let n = shape::len(h.shape());
            if n >= capacity(obj, ty) {
                let want = (n as u32 + 4).min(62);
                if ty.head.inline_cap.get() < want {
                    ty.head.inline_cap.set(want);
                }
                return None;
            }
            let name = str::intern(&name.downcast::<Str>()?);
            let next = shape::with(h.shape(), &name);
            // SAFETY: n < capacity: the slot lies in the object's cell.
            unsafe { *slot_ptr(obj, ty, n) = v.clone().into_raw() };
            h.set_shape(next);
            Some(true)
        }
    }
}

/// Attribute slots that fit into the object's cell.
pub fn capacity(obj: &Obj, ty: &Type) -> usize {
    // SAFETY: types with INLINE_ATTRS are collected, so their instances lie in segments.
    let end = unsafe { Segment::of(obj.as_ptr() as *const Header).cell_end(obj.as_ptr()) };
    (end - slot_ptr(obj, ty, 0) as usize) / 8
}

/// The `__dict__` of an instance, made when needed (attributes move there); None when the type has none.
pub fn instance_dict(obj: &Obj) -> Option<Ref<Dict>> {
    let ty = obj.ty();
    if !obj.is_ptr() || !ty.has(F::MANAGED_DICT) {
        return None;
    }
    if let Some(d) = stored_dict(obj) {
        return Some(d);
    }
    let mut dict = Dict::new();
    if in_slots(obj, ty)
        && let Some(h) = obj.header()
    {
        let names = shape::names(h.shape());
        dict = Dict::with_capacity(names.len());
        for (i, name) in names.into_iter().enumerate() {
            let hash = name.get::<Str>().map_or(0, Str::hash);
            // SAFETY: SHAPE-2: each value moves from its slot to the dict; a shape names each attribute once.
            dict.insert_new(name, hash, unsafe { Obj::from_raw(*slot_ptr(obj, ty, i)) });
        }
        h.set_shape(ty.head.dict_shape.get());
    }
    store_dict(obj, Some(dict.clone()));
    Some(dict)
}

/// Replaces the `__dict__` of an instance whose type has MANAGED_DICT.
pub fn set_instance_dict(obj: &Obj, dict: Option<Ref<Dict>>) {
    let ty = obj.ty();
    if in_slots(obj, ty) {
        drop(instance_dict(obj));
    }
    store_dict(obj, dict);
}

/// Instance attributes in order, without making a dict.
pub fn instance_items(obj: &Obj) -> Vec<(Obj, Obj)> {
    let ty = obj.ty();
    if !obj.is_ptr() || !ty.has(F::MANAGED_DICT) {
        return vec![];
    }
    if in_slots(obj, ty)
        && let Some(h) = obj.header()
    {
        // SAFETY: SHAPE-2.
        let value = |i| unsafe { Obj::view(&*slot_ptr(obj, ty, i)).clone() };
        return shape::names(h.shape()).into_iter().enumerate().map(|(i, n)| (n, value(i))).collect();
    }
    stored_dict(obj).map(|d| d.items_vec()).unwrap_or_default()
}

/// Bytes in front of the header, for `sys.getsizeof`.
pub fn forget_versions(ty: &Type) {
    ty.modified()
}

#[inline]
pub fn get(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    let r = match obj.ty().getattro() {
        Some(f) => f(vm, obj, name),
        None => generic_get(vm, obj, name),
    };
    r.map_err(|e| with_context(e, obj, name))
}

/// An AttributeError that says neither object nor name gets those that were asked for.
#[cold]
fn with_context(e: crate::PyErr, obj: &Obj, name: &Obj) -> crate::PyErr {
    if e.is(&exc::ATTRIBUTE_ERROR)
        && let Some(b) = e.exception()
        && [0, 1].iter().all(|&i| b.field(i).is_none_or(|v| v.is_none()))
    {
        b.set_field(0, name.clone());
        b.set_field(1, obj.clone());
    }
    e
}
pub fn get_str(vm: &Vm, obj: &Obj, name: &str) -> PyResult {
    get(vm, obj, str::intern_str(name).obj())
}

/// `getattr(obj, name, None)` where a missing attribute (AttributeError) is Ok(None); cheap for plain misses.
pub fn lookup(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let ty = obj.ty();
    match ty.getattro() {
        Some(f) if std::ptr::fn_addr_eq(f, generic_get as BinaryFn) => match generic_lookup(vm, obj, name) {
            Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => Ok(None),
            r => r,
        },
        Some(f) if std::ptr::fn_addr_eq(f, type_get as BinaryFn) => match type_lookup(vm, obj, name) {
            Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => Ok(None),
            r => r,
        },
        Some(f) => match f(vm, obj, name) {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => Ok(None),
            Err(e) => Err(e),
        },
        None => generic_lookup(vm, obj, name),
    }
}
pub fn lookup_str(vm: &Vm, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
    lookup(vm, obj, str::intern_str(name).obj())
}

pub fn set(vm: &Vm, obj: &Obj, name: &Obj, value: &Obj) -> PyResult<()> {
    store(vm, obj, name, Some(value))
}
pub fn set_str(vm: &Vm, obj: &Obj, name: &str, value: &Obj) -> PyResult<()> {
    set(vm, obj, str::intern_str(name).obj(), value)
}
pub fn delete(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<()> {
    store(vm, obj, name, None)
}
pub fn store(vm: &Vm, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match obj.ty().setattro() {
        Some(f) => f(vm, obj, name, value),
        None => {
            let has = obj.ty().lookup(name).is_some();
            Err(error::type_error(format!(
                "'{}' object has {} attributes ({} .{})",
                obj.ty().tp_name(),
                if has { "only read-only" } else { "no" },
                if value.is_some() { "assign to" } else { "del" },
                ops::text(name)
            )))
        }
    }
}

/// Checks that an attribute name is a str (`getattr(x, 1)`).
pub fn check_name(name: &Obj) -> PyResult<Obj> {
    match name.downcast::<Str>() {
        Some(s) if s.obj().is_exact(&types::STR) => Ok(str::intern(&s).into_obj()),
        Some(s) => Ok(s.into_obj()),
        None => Err(error::type_error(format!("attribute name must be string, not '{}'", name.ty().tp_name()))),
    }
}

pub fn generic_get(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    match generic_lookup(vm, obj, name)? {
        Some(v) => Ok(v),
        None => Err(error::no_attribute(obj, name)),
    }
}

/// `object.__getattribute__` with a plain miss as Ok(None).
pub fn generic_lookup(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let ty = obj.ty();
    let found = ty.lookup(name);
    let mut getter = None;
    if let Some(d) = &found {
        let td = d.ty();
        getter = td.descr_get();
        if let Some(g) = getter
            && td.descr_set().is_some()
        {
            return g(vm, d, Some(obj), Some(&ty.to_obj())).map(Some);
        }
    }
    if let Some(v) = instance_attr(obj, ty, name) {
        return Ok(Some(v));
    }
    match (found, getter) {
        (Some(d), Some(g)) => g(vm, &d, Some(obj), Some(&ty.to_obj())).map(Some),
        (found, _) => Ok(found),
    }
}

pub fn generic_set(vm: &Vm, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = obj.ty();
    let found = ty.lookup(name);
    if let Some(d) = &found
        && let Some(s) = d.ty().descr_set()
    {
        return s(vm, d, obj, value);
    }
    if ty.has(F::MANAGED_DICT) && obj.is_ptr() {
        return if set_instance_attr(obj, ty, name, value) { Ok(()) } else { Err(error::no_attribute(obj, name)) };
    }
    let text = ops::text(name);
    Err(match found {
        None if value.is_some() => error::attribute_error(
            obj,
            name,
            &format!("'{}' object has no attribute '{text}' and no __dict__ for setting new attributes", ty.tp_name()),
        ),
        None => error::no_attribute(obj, name),
        Some(_) => error::attribute_error_text(format!("'{}' object attribute '{text}' is read-only", ty.tp_name())),
    })
}

pub fn is_generic_getattribute(found: &Obj) -> bool {
    found.get::<WrapperDescr>().is_some_and(|w| std::ptr::eq(w.f, generic_get as BinaryFn as *const ()))
}
/// Whether attributes of the type's instances are found in the way of `object`; a `__getattr__` is asked only for what is not found so.
pub fn finds_generically(ty: &Type) -> bool {
    match ty.getattro() {
        Some(f) if std::ptr::fn_addr_eq(f, generic_get as BinaryFn) => true,
        Some(f) if std::ptr::fn_addr_eq(f, crate::user_slots::getattro as BinaryFn) => {
            ty.lookup(&crate::names().__getattribute__).is_none_or(|g| is_generic_getattribute(&g))
        }
        _ => false,
    }
}

/// Whether attributes of the type's instances are set in the way of `object`.
pub fn stores_generically(ty: &Type) -> bool {
    ty.setattro().is_some_and(|f| std::ptr::fn_addr_eq(f, generic_set as crate::slots::StoreFn))
}

/// `type.__getattribute__`.
pub fn type_get(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    match type_lookup(vm, obj, name)? {
        Some(v) => Ok(v),
        None => Err(error::no_attribute(obj, name)),
    }
}

pub fn type_lookup(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let (Some(ty), meta) = (obj.get::<Type>(), obj.ty()) else { return generic_lookup(vm, obj, name) };
    let found = meta.lookup(name);
    let mut getter = None;
    if let Some(d) = &found {
        getter = d.ty().descr_get();
        if let Some(g) = getter
            && d.ty().descr_set().is_some()
        {
            return g(vm, d, Some(obj), Some(&meta.to_obj())).map(Some);
        }
    }
    if let Some(v) = ty.lookup(name) {
        return match v.ty().descr_get() {
            Some(g) => g(vm, &v, None, Some(obj)).map(Some),
            None => Ok(Some(v)),
        };
    }
    match (found, getter) {
        (Some(d), Some(g)) => g(vm, &d, Some(obj), Some(&meta.to_obj())).map(Some),
        (found, _) => Ok(found),
    }
}

/// `type.__setattr__`: keeps versions and slots right.
pub fn type_set(vm: &Vm, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(ty) = obj.get::<Type>() else { return generic_set(vm, obj, name, value) };
    let text = ops::text(name);
    if ty.has(F::IMMUTABLE) {
        return Err(error::type_error(format!("cannot set '{text}' attribute of immutable type '{}'", ty.tp_name())));
    }
    if let Some(d) = obj.ty().lookup(name)
        && let Some(s) = d.ty().descr_set()
    {
        return s(vm, &d, obj, value);
    }
    ty.modified();
    let dict = ty.dict();
    let name = match name.downcast::<Str>() {
        Some(s) => str::intern(&s).into_obj(),
        None => name.clone(),
    };
    match value {
        Some(v) => dict.set_name(&name, v.clone()),
        None => {
            if dict.remove_name(&name).is_none() {
                return Err(error::no_attribute(obj, &name));
            }
        }
    }
    ty.modified();
    if text.starts_with("__") && text.ends_with("__") {
        crate::slotdefs::update_name(ty, &name);
    }
    Ok(())
}

/// Finds a method for an immediate call, without making a bound method for functions.
pub fn get_method(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<Method> {
    let ty = obj.ty();
    if ty.getattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, generic_get as BinaryFn)) {
        return get(vm, obj, name).map(Method::Bound);
    }
    let found = ty.lookup(name);
    let mut getter = None;
    if let Some(d) = &found {
        let td = d.ty();
        if td.has(F::METHOD_DESCRIPTOR) {
            if let Some(v) = instance_attr(obj, ty, name) {
                return Ok(Method::Bound(v));
            }
            return Ok(Method::Unbound(d.clone()));
        }
        getter = td.descr_get();
        if let Some(g) = getter
            && td.descr_set().is_some()
        {
            return g(vm, d, Some(obj), Some(&ty.to_obj())).map(Method::Bound);
        }
    }
    if let Some(v) = instance_attr(obj, ty, name) {
        return Ok(Method::Bound(v));
    }
    match (found, getter) {
        (Some(d), Some(g)) => g(vm, &d, Some(obj), Some(&ty.to_obj())).map(Method::Bound),
        (Some(d), None) => Ok(Method::Bound(d)),
        (None, _) => Err(error::no_attribute(obj, name)),
    }
}

/// Looks a special method up on the type alone.
pub fn lookup_special(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult<Option<Method>> {
    let ty = obj.ty();
    let Some(d) = ty.lookup(name) else { return Ok(None) };
    if d.ty().has(F::METHOD_DESCRIPTOR) {
        return Ok(Some(Method::Unbound(d)));
    }
    match d.ty().descr_get() {
        Some(g) => g(vm, &d, Some(obj), Some(&ty.to_obj())).map(|f| Some(Method::Bound(f))),
        None => Ok(Some(Method::Bound(d))),
    }
}

/// Whether a value is one of the native callables that a JIT may know.
pub fn is_native_method(f: &Obj) -> bool {
    f.get_exact::<MethodDescr>().is_some() || f.get_exact::<BuiltinFunction>().is_some()
}
