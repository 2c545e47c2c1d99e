//! The views of dicts: `dict_keys`, `dict_values`, `dict_items`, with the set operations of keys and items.
//!
//! CPython: Objects/dictobject.c (dictview_*).

use super::dict_iter::{self, ITEMS, KEYS, VALUES};
use super::set::{set_from, set_update};
use super::shared::{Parts, guarded_repr};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, getter, method};
use adder_object::{
    CompareOp, Dict, List, Obj, ObjExt, PyResult, Ref, Set, StaticType, TypeFlags as F, Vm, call, error, ops, payload,
    set, singletons, trace_fields, tuple, types,
};

/// A view of what `KIND` says.
pub struct DictView<const KIND: u8> {
    pub dict: Ref<Dict>,
}
pub static DICT_KEYS: StaticType = StaticType::new::<DictView<KEYS>>("dict_keys", F::GC);
pub static DICT_VALUES: StaticType = StaticType::new::<DictView<VALUES>>("dict_values", F::GC);
pub static DICT_ITEMS: StaticType = StaticType::new::<DictView<ITEMS>>("dict_items", F::GC);
trace_fields!(DictView<KEYS> { dict });
trace_fields!(DictView<VALUES> { dict });
trace_fields!(DictView<ITEMS> { dict });
payload!(DictView<KEYS>, DICT_KEYS);
payload!(DictView<VALUES>, DICT_VALUES);
payload!(DictView<ITEMS>, DICT_ITEMS);

/// What a view of an exact dict shows at this moment.
pub fn at_once(o: &Obj) -> Option<Vec<Obj>> {
    let plain = |d: &Ref<Dict>| d.obj().is_exact(&types::DICT);
    if let Some(v) = o.get_exact::<DictView<VALUES>>() {
        return plain(&v.dict).then(|| v.dict.values_vec());
    }
    if let Some(v) = o.get_exact::<DictView<KEYS>>() {
        return plain(&v.dict).then(|| v.dict.keys_vec());
    }
    let v = o.get_exact::<DictView<ITEMS>>()?;
    plain(&v.dict).then(|| v.dict.items_vec().into_iter().map(|(k, v)| tuple::from_array([k, v])).collect())
}

pub static KEYS_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(|vm, o| dict_iter::iter_of::<KEYS>(vm, dict_obj(o)?)),
        slot::length(length),
        slot::contains(contains),
        slot::subtract(subtract),
        slot::and(and),
        slot::xor(xor),
        slot::or(or),
    ],
    methods: &[
        method(
            "isdisjoint($self, object, /)",
            Native::One(isdisjoint),
            "Return True if the view and the given iterable have a null intersection.",
        ),
        method(
            "__reversed__($self, /)",
            Native::NoArgs(|vm, o| dict_iter::reversed_of::<KEYS>(vm, dict_obj(o)?)),
            "Return a reverse iterator over the dict keys.",
        ),
    ],
    getset: &[getter("mapping", mapping, "dictionary that this view refers to")],
    ..TypeSpec::of(&DICT_KEYS)
};
pub static VALUES_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::repr(repr),
        slot::iter(|vm, o| dict_iter::iter_of::<VALUES>(vm, dict_obj(o)?)),
        slot::length(length),
    ],
    methods: &[method(
        "__reversed__($self, /)",
        Native::NoArgs(|vm, o| dict_iter::reversed_of::<VALUES>(vm, dict_obj(o)?)),
        "Return a reverse iterator over the dict values.",
    )],
    getset: &[getter("mapping", mapping, "dictionary that this view refers to")],
    ..TypeSpec::of(&DICT_VALUES)
};
pub static ITEMS_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(|vm, o| dict_iter::iter_of::<ITEMS>(vm, dict_obj(o)?)),
        slot::length(length),
        slot::contains(contains),
        slot::subtract(subtract),
        slot::and(and),
        slot::xor(xor),
        slot::or(or),
    ],
    methods: &[
        method(
            "isdisjoint($self, object, /)",
            Native::One(isdisjoint),
            "Return True if the view and the given iterable have a null intersection.",
        ),
        method(
            "__reversed__($self, /)",
            Native::NoArgs(|vm, o| dict_iter::reversed_of::<ITEMS>(vm, dict_obj(o)?)),
            "Return a reverse iterator over the dict items.",
        ),
    ],
    getset: &[getter("mapping", mapping, "dictionary that this view refers to")],
    ..TypeSpec::of(&DICT_ITEMS)
};

pub fn keys(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(DictView::<KEYS> { dict: own(o)? }).into_obj())
}
pub fn values(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(DictView::<VALUES> { dict: own(o)? }).into_obj())
}
pub fn items(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(DictView::<ITEMS> { dict: own(o)? }).into_obj())
}
fn own(o: &Obj) -> PyResult<Ref<Dict>> {
    o.downcast::<Dict>().ok_or_else(|| error::type_error("a dict is required"))
}

/// The dict of any of the three views.
pub fn dict_of(o: &Obj) -> Option<&Ref<Dict>> {
    if let Some(v) = o.get::<DictView<KEYS>>() {
        return Some(&v.dict);
    }
    match o.get::<DictView<ITEMS>>() {
        Some(v) => Some(&v.dict),
        None => o.get::<DictView<VALUES>>().map(|v| &v.dict),
    }
}
fn dict_obj(o: &Obj) -> PyResult<&Obj> {
    dict_of(o).map(Ref::obj).ok_or_else(|| error::type_error("a dict view is required"))
}
fn is_set_like(o: &Obj) -> bool {
    set::view(o).is_some() || is_view_set(o)
}
/// Keys and items, not values.
fn is_view_set(o: &Obj) -> bool {
    o.get::<DictView<KEYS>>().is_some() || o.get::<DictView<ITEMS>>().is_some()
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    guarded_repr(vm, o, "...", || {
        let mut parts = Parts::default();
        parts.text(&o.ty().name());
        parts.text("(");
        parts.push(ops::repr(vm, &List::new(ops::collect(vm, o)?).into_obj())?);
        parts.text(")");
        Ok(parts.join())
    })
}

fn length(_: &Vm, o: &Obj) -> PyResult<usize> {
    Ok(dict_of(o).map_or(0, |d| d.len()))
}

fn contains(vm: &Vm, o: &Obj, x: &Obj) -> PyResult<bool> {
    if let Some(v) = o.get::<DictView<KEYS>>() {
        return v.dict.contains(vm, x);
    }
    let (Some(d), Some([k, v])) = (dict_of(o), tuple::as_slice(x)) else { return Ok(false) };
    match d.get_item(vm, k)? {
        Some(found) => ops::key_equals(vm, &found, v),
        None => Ok(false),
    }
}

/// Whether every item of `a` is in `b`.
fn all_contained(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    let it = ops::iter(vm, a)?;
    while let Some(x) = ops::next(vm, &it)? {
        if !ops::contains(vm, b, &x)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !is_set_like(b) {
        return Ok(singletons::not_implemented());
    }
    let (n, m) = (ops::len(vm, a)?, ops::len(vm, b)?);
    let holds = match op {
        CompareOp::Eq => n == m && all_contained(vm, a, b)?,
        CompareOp::Ne => !(n == m && all_contained(vm, a, b)?),
        CompareOp::Lt => n < m && all_contained(vm, a, b)?,
        CompareOp::Le => n <= m && all_contained(vm, a, b)?,
        CompareOp::Gt => n > m && all_contained(vm, b, a)?,
        CompareOp::Ge => n >= m && all_contained(vm, b, a)?,
    };
    Ok(singletons::bool_obj(holds))
}

/// A fresh set of the items of the left operand.
fn left_set(vm: &Vm, o: &Obj) -> PyResult<Ref<Set>> {
    let s = Set::new();
    match o.get::<DictView<KEYS>>() {
        Some(v) => set_update(vm, &s, v.dict.obj())?,
        None => set_update(vm, &s, o)?,
    }
    Ok(s)
}

fn subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let s = left_set(vm, a)?;
    super::set_methods::difference_update_with(vm, &s, b)?;
    Ok(s.into_obj())
}
fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let s = left_set(vm, a)?;
    set_update(vm, &s, b)?;
    Ok(s.into_obj())
}
fn xor(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let s = left_set(vm, a)?;
    super::set_methods::symmetric_difference_update_with(vm, &s, &*set_from(vm, b)?)?;
    Ok(s.into_obj())
}
fn and(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (mut a, mut b) = (a, b);
    // The view answers membership; the shorter side is iterated over when both are views.
    if is_view_set(b) && (!is_view_set(a) || ops::len(vm, b)? > ops::len(vm, a)?) {
        std::mem::swap(&mut a, &mut b);
    }
    if b.is_exact(&types::SET) && ops::len(vm, a)? <= ops::len(vm, b)? {
        return call::call_method_str(vm, b, "intersection", std::slice::from_ref(a));
    }
    let s = Set::new();
    let it = ops::iter(vm, b)?;
    while let Some(x) = ops::next(vm, &it)? {
        if contains(vm, a, &x)? {
            s.add(vm, x)?;
        }
    }
    Ok(s.into_obj())
}

fn isdisjoint(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.is(b) {
        return Ok(singletons::bool_obj(ops::len(vm, a)? == 0));
    }
    let (mut a, mut b) = (a, b);
    if is_set_like(b) && ops::len(vm, b)? > ops::len(vm, a)? {
        std::mem::swap(&mut a, &mut b);
    }
    let it = ops::iter(vm, b)?;
    while let Some(x) = ops::next(vm, &it)? {
        if ops::contains(vm, a, &x)? {
            return Ok(singletons::false_obj());
        }
    }
    Ok(singletons::true_obj())
}

fn mapping(vm: &Vm, o: &Obj) -> PyResult {
    // The type of `type.__dict__` is the read-only proxy.
    let proxy = adder_object::attr::get(vm, &types::OBJECT.obj(), &adder_object::names().__dict__)?;
    call::call1(vm, &proxy.ty().to_obj(), dict_obj(o)?)
}
