//! `_abc`: the bookkeeping of `ABCMeta`: registries, caches of positive and negative answers.
//!
//! Invariants: ABC-1: a cache maps the address of a class to a weak reference of it; an entry counts only while that reference
//! still leads to the same class. ABC-2: the negative cache is valid for one value of the invalidation counter.
//! CPython: Modules/_abc.c.

use super::shared::none;
use super::weakref::ensure_ready;
use adder_mem::heap::Global;
use adder_object::spec::{Native, TypeSpec, method, ready};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyResult, Ref, Set, StaticType, Str, Type, TypeFlags as F, Vm, attr, call, error, int,
    names, ops, payload, set, singletons, trace_fields, tuple, types, weakref,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

#[derive(Default)]
struct ClassCache {
    map: RefCell<HashMap<u64, Obj>>,
    prune_at: Cell<usize>,
}

/// What `_abc_impl` of an abstract class holds.
#[derive(Default)]
struct AbcData {
    registry: RefCell<Vec<Obj>>,
    cache: ClassCache,
    negative: ClassCache,
    negative_version: Cell<u64>,
}
// The weak references that it holds refer to nothing strongly, so there is nothing to trace.
trace_fields!(AbcData);
static ABC_DATA: StaticType = StaticType::new::<AbcData>("_abc._abc_data", 0);
payload!(AbcData, ABC_DATA);
static ABC_DATA_SPEC: TypeSpec = TypeSpec { doc: "Internal state held by ABC machinery.", ..TypeSpec::of(&ABC_DATA) };

/// Grows when any class is registered anywhere.
static INVALIDATION: Global<u64> = Global::new(0);

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[
        method(
            "get_cache_token($module, /)",
            Native::NoArgs(|_, _| Ok(int::from_u64(*INVALIDATION.get()))),
            "Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC.",
        ),
        method(
            "_abc_init($module, self, /)",
            Native::One(abc_init),
            "Internal ABC helper for class set-up. Should be never used outside abc module.",
        ),
        method(
            "_reset_registry($module, self, /)",
            Native::One(reset_registry),
            "Internal ABC helper to reset registry of a given class.\n\nShould be only used by refleak.py",
        ),
        method(
            "_reset_caches($module, self, /)",
            Native::One(reset_caches),
            "Internal ABC helper to reset both caches of a given class.\n\nShould be only used by refleak.py",
        ),
        method(
            "_get_dump($module, self, /)",
            Native::One(get_dump),
            "Internal ABC helper for cache and registry debugging.\n\nReturn shallow copies of registry, of both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() for a nice repr.",
        ),
        method(
            "_abc_register($module, self, subclass, /)",
            Native::Pos(2, 2, register),
            "Internal ABC helper for subclasss registration. Should be never used outside abc module.",
        ),
        method(
            "_abc_instancecheck($module, self, instance, /)",
            Native::Pos(2, 2, instancecheck),
            "Internal ABC helper for instance checks. Should be never used outside abc module.",
        ),
        method(
            "_abc_subclasscheck($module, self, subclass, /)",
            Native::Pos(2, 2, |vm, _, a| Ok(singletons::bool_obj(subclasscheck(vm, &a[0], &a[1])?))),
            "Internal ABC helper for subclass checks. Should be never used outside abc module.",
        ),
    ],
    init: Some(|_, _| {
        ensure_ready();
        ready(&ABC_DATA_SPEC);
        Ok(())
    }),
    ..ModuleSpec::new("_abc")
};

impl ClassCache {
    fn contains(&self, class: &Obj) -> bool {
        self.map.borrow().get(&class.bits()).is_some_and(|w| target(w).is_some_and(|t| t.is(class)))
    }
    fn add(&self, class: &Obj) -> PyResult<()> {
        let w = weakref::new(&weakref::WEAKREF, class, None)?;
        let mut map = self.map.borrow_mut();
        if map.len() >= self.prune_at.get().max(64) {
            map.retain(|_, w| target(w).is_some());
            self.prune_at.set(map.len() * 2);
        }
        map.insert(class.bits(), w);
        Ok(())
    }
    fn clear(&self) {
        self.map.borrow_mut().clear()
    }
    fn refs(&self) -> Vec<Obj> {
        self.map.borrow().values().cloned().collect()
    }
}
fn target(w: &Obj) -> Option<Obj> {
    weakref::payload(w)?.target()
}

fn data_of(vm: &Vm, class: &Obj) -> PyResult<Ref<AbcData>> {
    attr::get(vm, class, &names()._abc_impl)?
        .downcast::<AbcData>()
        .ok_or_else(|| error::type_error("_abc_impl is set to a wrong type"))
}

fn is_abstract(vm: &Vm, o: &Obj) -> PyResult<bool> {
    match attr::lookup(vm, o, &names().__isabstractmethod__)? {
        Some(x) => ops::truth(vm, &x),
        None => Ok(false),
    }
}

fn compute_abstract_methods(vm: &Vm, class: &Obj) -> PyResult<()> {
    let abstracts = Set::default();
    let Some(ty) = class.get::<Type>() else { return Ok(()) };
    for (name, value) in ty.dict().items_vec() {
        if is_abstract(vm, &value)? {
            abstracts.add(vm, name)?;
        }
    }
    let bases = attr::get(vm, class, &names().__bases__)?;
    for base in tuple::to_vec(&bases) {
        let Some(inherited) = attr::lookup(vm, &base, &names().__abstractmethods__)? else { continue };
        for name in ops::collect(vm, &inherited)? {
            if name.get::<Str>().is_some()
                && let Some(value) = attr::lookup(vm, class, &name)?
                && is_abstract(vm, &value)?
            {
                abstracts.add(vm, name)?;
            }
        }
    }
    let any = !abstracts.is_empty();
    attr::set(vm, class, &names().__abstractmethods__, &set::make(&types::FROZENSET, abstracts))?;
    if any {
        ty.set_flag(F::ABSTRACT)
    } else {
        ty.clear_flag(F::ABSTRACT)
    }
    Ok(())
}

/// CPython's bits of `__abc_tpflags__`.
const TP_SEQUENCE: i64 = 1 << 5;
const TP_MAPPING: i64 = 1 << 6;

fn abc_init(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    compute_abstract_methods(vm, class)?;
    let data = Ref::new(AbcData::default());
    data.negative_version.set(*INVALIDATION.get());
    attr::set(vm, class, &names()._abc_impl, &data.into_obj())?;
    if let Some(ty) = class.get::<Type>()
        && let Some(flags) = ty.dict().get_str("__abc_tpflags__").and_then(|f| f.small_int())
    {
        if flags & (TP_SEQUENCE | TP_MAPPING) == TP_SEQUENCE | TP_MAPPING {
            return Err(error::type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
        }
        if flags & TP_SEQUENCE != 0 {
            set_collection_flag(ty, F::SEQUENCE);
        }
        if flags & TP_MAPPING != 0 {
            set_collection_flag(ty, F::MAPPING);
        }
        ty.dict().remove_name(adder_object::str::intern_str("__abc_tpflags__").obj());
    }
    none()
}
fn set_collection_flag(ty: &Type, flag: u64) {
    ty.clear_flag(F::SEQUENCE | F::MAPPING);
    ty.set_flag(flag);
}
/// As CPython: the flag reaches heap types below that do not have it yet.
fn inherit_collection_flag(ty: &Type, flag: u64) {
    if ty.has(F::IMMUTABLE) || ty.has(flag) {
        return;
    }
    set_collection_flag(ty, flag);
    for sub in subclass_objects(ty) {
        if let Some(t) = sub.get::<Type>() {
            inherit_collection_flag(t, flag)
        }
    }
}
fn subclass_objects(ty: &Type) -> Vec<Obj> {
    call::call_method_str(Vm::current(), &ty.to_obj(), "__subclasses__", &[])
        .and_then(|l| ops::collect(Vm::current(), &l))
        .unwrap_or_default()
}

fn reset_registry(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let old = data_of(vm, class)?.registry.take();
    drop(old);
    none()
}
fn reset_caches(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let d = data_of(vm, class)?;
    d.cache.clear();
    d.negative.clear();
    none()
}
fn get_dump(vm: &Vm, _: &Obj, class: &Obj) -> PyResult {
    let d = data_of(vm, class)?;
    let as_set = |refs: Vec<Obj>| -> PyResult {
        let s = Set::default();
        for r in refs {
            s.add(vm, r)?;
        }
        Ok(set::make(&types::SET, s))
    };
    let registry = d.registry.borrow().clone();
    Ok(tuple::from_array([
        as_set(registry)?,
        as_set(d.cache.refs())?,
        as_set(d.negative.refs())?,
        int::from_u64(d.negative_version.get()),
    ]))
}

fn register(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (class, subclass) = (&a[0], &a[1]);
    let Some(sub) = subclass.get::<Type>() else { return Err(error::type_error("Can only register classes")) };
    if ops::issubclass(vm, subclass, class)? {
        return Ok(subclass.clone());
    }
    if ops::issubclass(vm, class, subclass)? {
        return Err(error::runtime_error("Refusing to create an inheritance cycle"));
    }
    let d = data_of(vm, class)?;
    let w = weakref::new(&weakref::WEAKREF, subclass, None)?;
    let dead: Vec<Obj> = {
        let mut registry = d.registry.borrow_mut();
        let (live, dead): (Vec<Obj>, Vec<Obj>) = registry.drain(..).partition(|w| target(w).is_some());
        *registry = live;
        if !registry.iter().any(|r| r.is(&w)) {
            registry.push(w);
        }
        dead
    };
    drop(dead);
    *INVALIDATION.get() += 1;
    if let Some(ty) = class.get::<Type>() {
        for flag in [F::SEQUENCE, F::MAPPING] {
            if ty.has(flag) {
                inherit_collection_flag(sub, flag);
            }
        }
    }
    Ok(subclass.clone())
}

fn instancecheck(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (class, instance) = (&a[0], &a[1]);
    let d = data_of(vm, class)?;
    let subclass = attr::lookup(vm, instance, &names().__class__)?.unwrap_or_else(|| instance.ty().to_obj());
    if d.cache.contains(&subclass) {
        return Ok(singletons::true_obj());
    }
    let own = instance.ty().to_obj();
    let check = |c: &Obj| call::call_method(vm, class, &names().__subclasscheck__, std::slice::from_ref(c));
    if own.is(&subclass) {
        if d.negative_version.get() == *INVALIDATION.get() && d.negative.contains(&subclass) {
            return Ok(singletons::false_obj());
        }
        return check(&subclass);
    }
    let r = check(&subclass)?;
    if ops::truth(vm, &r)? { Ok(r) } else { check(&own) }
}

fn subclasscheck(vm: &Vm, class: &Obj, subclass: &Obj) -> PyResult<bool> {
    let Some(sub) = subclass.get::<Type>() else { return Err(error::type_error("issubclass() arg 1 must be a class")) };
    let d = data_of(vm, class)?;
    if d.cache.contains(subclass) {
        return Ok(true);
    }
    if d.negative_version.get() < *INVALIDATION.get() {
        d.negative.clear();
        d.negative_version.set(*INVALIDATION.get());
    } else if d.negative.contains(subclass) {
        return Ok(false);
    }
    let yes = |d: &AbcData| d.cache.add(subclass).map(|()| true);
    let hook = call::call_method(vm, class, &names().__subclasshook__, std::slice::from_ref(subclass))?;
    if hook.is(singletons::true_ref()) {
        return yes(&d);
    }
    if hook.is(singletons::false_ref()) {
        d.negative.add(subclass)?;
        return Ok(false);
    }
    if !singletons::is_not_implemented(&hook) {
        return Err(error::assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if class.get::<Type>().is_some_and(|t| sub.is_subtype(t)) {
        return yes(&d);
    }
    let registered: Vec<Obj> = d.registry.borrow().iter().filter_map(target).collect();
    for r in registered {
        if ops::issubclass(vm, subclass, &r)? {
            return yes(&d);
        }
    }
    let below = call::call_method(vm, class, &names().__subclasses__, &[])?;
    for s in ops::collect(vm, &below)? {
        if ops::issubclass(vm, subclass, &s)? {
            return yes(&d);
        }
    }
    d.negative.add(subclass)?;
    Ok(false)
}
