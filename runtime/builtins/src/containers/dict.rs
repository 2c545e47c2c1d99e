//! `dict`: its slots and methods, merging and updating.
//!
//! Invariant: an entry is cloned out of the table before Python code runs; positions are re-checked afterwards (DICT-3).
//! CPython: Objects/dictobject.c.

use super::shared::{Parts, guarded_repr};
use super::{dict_iter, dict_views};
use adder_object::call::{self, call_special};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, CompareOp, Dict, Obj, ObjExt, PyResult, Ref, Type, Vm, attr, bind, class, error, exceptions as exc, int,
    names, ops, set, singletons, str, tuple, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(dict_iter::iter),
        slot::length(|_, o| Ok(o.this::<Dict>()?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(contains),
        slot::or(or),
        slot::inplace_or(inplace_or),
    ],
    methods: &[
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), "Return the size of the dict in memory, in bytes."),
        method(
            "get($self, key, default=None, /)",
            Native::Pos(1, 2, get),
            "Return the value for key if key is in the dictionary, else default.",
        ),
        method(
            "setdefault($self, key, default=None, /)",
            Native::Pos(1, 2, setdefault),
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
        ),
        method(
            "pop($self, key, default=<unrepresentable>, /)",
            Native::Pos(1, 2, pop),
            "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
        ),
        method(
            "popitem($self, /)",
            Native::NoArgs(popitem),
            "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
        ),
        method(
            "keys($self, /)",
            Native::NoArgs(dict_views::keys),
            "Return a set-like object providing a view on the dict's keys.",
        ),
        method(
            "items($self, /)",
            Native::NoArgs(dict_views::items),
            "Return a set-like object providing a view on the dict's items.",
        ),
        method(
            "values($self, /)",
            Native::NoArgs(dict_views::values),
            "Return an object providing a view on the dict's values.",
        ),
        method(
            "update",
            Native::Raw(update),
            "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
        ),
        class_method(
            "fromkeys($type, iterable, value=None, /)",
            Native::Pos(1, 2, fromkeys),
            "Create a new dictionary with keys from iterable and values set to value.",
        ),
        method("clear($self, /)", Native::NoArgs(clear), "Remove all items from the dict."),
        method("copy($self, /)", Native::NoArgs(copy), "Return a shallow copy of the dict."),
        method(
            "__reversed__($self, /)",
            Native::NoArgs(dict_iter::reversed),
            "Return a reverse iterator over the dict keys.",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "dicts are generic over two types, signifying (respectively) the types of their keys and values",
        ),
    ],
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)",
    ..TypeSpec::of(&types::DICT)
};

pub fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, Dict::default()).into_obj())
}

pub fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    update_from_args(vm, o, args, "dict")
}

fn update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    update_from_args(vm, o, args, "update")?;
    Ok(singletons::none())
}

fn update_from_args(vm: &Vm, o: &Obj, args: Args<'_>, function: &str) -> PyResult<()> {
    bind::check_positional(function, args.len(), 0, 1)?;
    let d = o.this::<Dict>()?;
    if let Some(other) = args.positional().first() {
        dict_update(vm, d, other)?;
    }
    // A dict that never had a table has no iterator over it.
    if args.has_keywords() && d.is_empty() && d.table_bytes() != 0 {
        // As from another dict: the table is replaced, so that an iterator over the old one ends.
        let named = Dict::new();
        args.keywords().try_for_each(|(k, v)| named.set_item(vm, k, v.clone()))?;
        return d.update_from(vm, &named);
    }
    args.keywords().try_for_each(|(k, v)| d.set_item(vm, k, v.clone()))
}

/// What a merge does with keys that are there already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merge {
    Replace,
    Keep,
    /// KeyError with the key (duplicate keyword arguments).
    Refuse,
}

/// `d.update(other)` for any mapping or iterable of pairs.
pub fn dict_update(vm: &Vm, d: &Dict, other: &Obj) -> PyResult<()> {
    if other.is_exact(&types::DICT) || attr::lookup(vm, other, &names().keys)?.is_some() {
        return dict_merge(vm, d, other, Merge::Replace);
    }
    merge_pairs(vm, d, other)
}

/// Puts the items of a mapping into `d`.
pub fn dict_merge(vm: &Vm, d: &Dict, other: &Obj, merge: Merge) -> PyResult<()> {
    if let Some(o) = other.get::<Dict>()
        && plain_iteration(other)
    {
        if std::ptr::eq(o, d) || o.is_empty() {
            return Ok(());
        }
        if merge == Merge::Replace || d.is_empty() {
            return d.update_from(vm, o);
        }
        return merge_dict(vm, d, o, merge);
    }
    let keys = call::call_method(vm, other, &names().keys, &[])?;
    let it = ops::iter(vm, &keys)?;
    while let Some(k) = ops::next(vm, &it)? {
        if merge != Merge::Replace && d.contains(vm, &k)? {
            if merge == Merge::Refuse {
                return Err(error::key_error(&k));
            }
            continue;
        }
        let v = ops::getitem(vm, other, &k)?;
        d.set_item(vm, &k, v)?;
    }
    Ok(())
}

/// Whether a dict is iterated over as the table says (a subclass may define `__iter__`).
pub fn plain_iteration(o: &Obj) -> bool {
    o.is_exact(&types::DICT)
        || o.ty().iter().is_some_and(|f| std::ptr::fn_addr_eq(f, dict_iter::iter as adder_object::slots::UnaryFn))
}

fn merge_dict(vm: &Vm, d: &Dict, o: &Dict, merge: Merge) -> PyResult<()> {
    let (mut i, len) = (0, o.len());
    while i < o.filled() {
        if let Some((k, v, h)) = o.entry_with_hash(i) {
            match d.get_item_hashed(vm, &k, h)? {
                Some(_) if merge == Merge::Refuse => return Err(error::key_error(&k)),
                Some(_) => {}
                None => d.set_item_hashed(vm, &k, h, v)?,
            }
            if o.len() != len {
                return Err(error::runtime_error("dict mutated during update"));
            }
        }
        i += 1;
    }
    Ok(())
}

fn merge_pairs(vm: &Vm, d: &Dict, pairs: &Obj) -> PyResult<()> {
    let mut all = ops::Items::of(vm, pairs)?;
    let mut i = 0;
    while let Some(pair) = all.next(vm)? {
        if pair.is_exact(&types::TUPLE)
            && let Some([k, v]) = tuple::as_slice(&pair)
        {
            d.set_item(vm, k, v.clone())?;
            i += 1;
            continue;
        }
        let items = match ops::collect(vm, &pair) {
            Err(e) if e.is(&exc::TYPE_ERROR) => {
                let note = format!("Cannot convert dictionary update sequence element #{i} to a sequence");
                let plain = pair.ty().iter().is_none() && pair.ty().getitem().is_none();
                return Err(error::with_note(
                    if plain { error::type_error("object is not iterable") } else { e },
                    &note,
                ));
            }
            r => r?,
        };
        let [k, v] = items.as_slice() else {
            return Err(error::value_error(format!(
                "dictionary update sequence element #{i} has length {}; 2 is required",
                items.len()
            )));
        };
        d.set_item(vm, k, v.clone())?;
        i += 1;
    }
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Dict>()?;
    if d.is_empty() {
        return Ok(str::from_str("{}").into_obj());
    }
    guarded_repr(vm, o, "{...}", || {
        let mut parts = Parts::default();
        parts.text("{");
        let (mut at, mut first) = (0, true);
        while let Some((k, v)) = d.next_entry(&mut at) {
            if !std::mem::take(&mut first) {
                parts.text(", ");
            }
            parts.repr(vm, &k)?;
            parts.text(": ");
            parts.repr(vm, &v)?;
        }
        parts.text("}");
        Ok(parts.join())
    })
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Dict>(), b.get::<Dict>()) else { return Ok(singletons::not_implemented()) };
    match op {
        CompareOp::Eq => Ok(singletons::bool_obj(dict_equal(vm, x, y)?)),
        CompareOp::Ne => Ok(singletons::bool_obj(!dict_equal(vm, x, y)?)),
        _ => Ok(singletons::not_implemented()),
    }
}

fn dict_equal(vm: &Vm, a: &Dict, b: &Dict) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    vm.check_stack(" in comparison")?;
    let mut i = 0;
    while i < a.filled() {
        if let Some((k, v, h)) = a.entry_with_hash(i) {
            match b.get_item_hashed(vm, &k, h)? {
                Some(w) if ops::key_equals(vm, &v, &w)? => {}
                _ => return Ok(false),
            }
        }
        i += 1;
    }
    Ok(true)
}

#[inline]
pub fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    match o.this::<Dict>()?.get_item(vm, key)? {
        Some(v) => Ok(v),
        None => missing(vm, o, key),
    }
}
#[cold]
fn missing(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    if !o.is_exact(&types::DICT)
        && let Some(v) = call_special(vm, o, &names().__missing__, std::slice::from_ref(key))?
    {
        return Ok(v);
    }
    Err(error::key_error(key))
}

#[inline]
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let d = o.this::<Dict>()?;
    match value {
        Some(v) => d.set_item(vm, key, v.clone()),
        None => d.remove_item(vm, key)?.map(drop).ok_or_else(|| error::key_error(key)),
    }
}

#[inline]
fn contains(vm: &Vm, o: &Obj, key: &Obj) -> PyResult<bool> {
    o.this::<Dict>()?.contains(vm, key)
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(_)) = (a.get::<Dict>(), b.get::<Dict>()) else { return Ok(singletons::not_implemented()) };
    let d = x.copy();
    dict_update(vm, &d, b)?;
    Ok(d.into_obj())
}
fn inplace_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    dict_update(vm, a.this::<Dict>()?, b)?;
    Ok(a.clone())
}

fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize + o.this::<Dict>()?.table_bytes()))
}
fn get(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    match o.this::<Dict>()?.get_item(vm, &args[0])? {
        Some(v) => Ok(v),
        None => Ok(args.get(1).cloned().unwrap_or_else(singletons::none)),
    }
}
fn setdefault(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    o.this::<Dict>()?.set_default(vm, &args[0], args.get(1).cloned().unwrap_or_else(singletons::none))
}
fn pop(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let d = o.this::<Dict>()?;
    let found = if d.is_empty() && args.len() == 1 {
        // CPython does not hash the key for an empty dict.
        None
    } else {
        d.remove_item(vm, &args[0])?
    };
    found.or_else(|| args.get(1).cloned()).ok_or_else(|| error::key_error(&args[0]))
}
fn popitem(_: &Vm, o: &Obj) -> PyResult {
    match o.this::<Dict>()?.pop_last() {
        Some((k, v)) => Ok(tuple::from_array([k, v])),
        None => Err(error::key_error(str::from_str("popitem(): dictionary is empty").obj())),
    }
}
fn clear(_: &Vm, o: &Obj) -> PyResult {
    o.this::<Dict>()?.clear_all();
    Ok(singletons::none())
}
fn copy(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.this::<Dict>()?.copy().into_obj())
}

pub fn fromkeys(vm: &Vm, cls: &Obj, args: &[Obj]) -> PyResult {
    let value = args.get(1).cloned().unwrap_or_else(singletons::none);
    let o = call::call0(vm, cls)?;
    if let Some(d) = o.get_exact::<Dict>() {
        if d.is_empty()
            && let Some(s) = set::view(&args[0])
        {
            let mut at = 0;
            while let Some((k, h)) = s.next_entry(&mut at) {
                d.set_item_hashed(vm, &k, h, value.clone())?;
            }
            return Ok(o);
        }
        let mut keys = ops::Items::of(vm, &args[0])?;
        while let Some(k) = keys.next(vm)? {
            d.set_item(vm, &k, value.clone())?;
        }
        return Ok(o);
    }
    let it = ops::iter(vm, &args[0])?;
    while let Some(k) = ops::next(vm, &it)? {
        ops::setitem(vm, &o, &k, &value)?;
    }
    Ok(o)
}
