//! `collections.OrderedDict`: a dict with moves and order-sensitive equality.
//!
//! Invariant: the order is that of the dict's entries; moving to an end re-inserts.
//! CPython: Objects/odictobject.c.

use super::shared::{Parts, guarded_repr};
use super::{dict, odict_iter};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, CompareOp, Dict, Obj, ObjExt, PyResult, Ref, Vm, attr, call, class, error, int, names, ops, singletons, str,
    tuple, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&types::DICT),
    slots: &[
        slot::new(dict::new),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(odict_iter::iter),
        slot::setitem(setitem),
        slot::or(or),
        slot::inplace_or(inplace_or),
    ],
    methods: &[
        class_method(
            "fromkeys($type, /, iterable, value=None)",
            Native::Bound(fromkeys),
            "Create a new ordered dictionary with keys from iterable and values set to value.",
        ),
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), ""),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling"),
        method(
            "setdefault($self, /, key, default=None)",
            Native::Bound(setdefault),
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
        ),
        method(
            "pop($self, /, key, default=<unrepresentable>)",
            Native::Bound(pop),
            "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
        ),
        method(
            "popitem($self, /, last=True)",
            Native::Bound(popitem),
            "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false.",
        ),
        method("keys($self, /)", Native::NoArgs(odict_iter::keys), ""),
        method("values($self, /)", Native::NoArgs(odict_iter::values), ""),
        method("items($self, /)", Native::NoArgs(odict_iter::items), ""),
        method("update", Native::Raw(update), ""),
        method("clear($self, /)", Native::NoArgs(clear), "Remove all items from ordered dict."),
        method("copy($self, /)", Native::NoArgs(copy), "A shallow copy of ordered dict."),
        method("__reversed__($self, /)", Native::NoArgs(odict_iter::reversed), ""),
        method(
            "move_to_end($self, /, key, last=True)",
            Native::Bound(move_to_end),
            "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist.",
        ),
    ],
    getset: &[class::dict_getset()],
    attrs: &[("__hash__", singletons::none)],
    doc: "Dictionary that remembers insertion order",
    ..TypeSpec::of(&types::ORDERED_DICT)
};

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    mutable_update(vm, o, args)
}
fn update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    mutable_update(vm, o, args)?;
    Ok(singletons::none())
}

/// Stores through `__setitem__` of a subclass.
fn store(vm: &Vm, o: &Obj, k: &Obj, v: &Obj) -> PyResult<()> {
    if o.is_exact(&types::ORDERED_DICT) {
        o.this::<Dict>()?.set_item(vm, k, v.clone())
    } else {
        ops::setitem(vm, o, k, v)
    }
}

/// `MutableMapping.update`.
fn mutable_update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.len() > 1 {
        return Err(error::type_error(format!("expected at most 1 argument, got {}", args.len())));
    }
    if let Some(other) = args.positional().first() {
        update_from(vm, o, other)?;
    }
    for (k, v) in args.keywords() {
        store(vm, o, k, v)?;
    }
    Ok(())
}
fn update_from(vm: &Vm, o: &Obj, other: &Obj) -> PyResult<()> {
    if other.is_exact(&types::DICT) {
        for (k, v) in other.this::<Dict>()?.items_vec() {
            store(vm, o, &k, &v)?;
        }
        return Ok(());
    }
    if attr::lookup(vm, other, &names().keys)?.is_some() {
        let keys = call::call_method(vm, other, &names().keys, &[])?;
        let it = ops::iter(vm, &keys)?;
        while let Some(k) = ops::next(vm, &it)? {
            let v = ops::getitem(vm, other, &k)?;
            store(vm, o, &k, &v)?;
        }
        return Ok(());
    }
    let pairs = match attr::lookup(vm, other, &names().items)? {
        Some(f) => call::call0(vm, &f)?,
        None => other.clone(),
    };
    let it = ops::iter(vm, &pairs)?;
    while let Some(pair) = ops::next(vm, &it)? {
        let parts = ops::collect(vm, &pair)?;
        match parts.as_slice() {
            [k, v] => store(vm, o, k, v)?,
            _ => {
                let n = parts.len();
                return Err(error::value_error(if n < 2 {
                    format!("need more than {n} value{} to unpack", if n == 1 { "" } else { "s" })
                } else {
                    "too many values to unpack (expected 2)".to_owned()
                }));
            }
        }
    }
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Dict>()?;
    let name = o.ty().name();
    if d.is_empty() {
        return Ok(str::from_str(&format!("{name}()")).into_obj());
    }
    guarded_repr(vm, o, "...", || {
        let plain = if o.is_exact(&types::ORDERED_DICT) {
            d.copy().into_obj()
        } else {
            let items = call::call_method(vm, o, &names().items, &[])?;
            let copy = Dict::new();
            super::dict_update(vm, &copy, &items)?;
            copy.into_obj()
        };
        let mut parts = Parts::default();
        parts.text(&format!("{name}("));
        parts.push(ops::repr(vm, &plain)?);
        parts.text(")");
        Ok(parts.join())
    })
}

fn is_odict(o: &Obj) -> bool {
    o.ty().is_subtype(&types::ORDERED_DICT)
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Dict>(), b.get::<Dict>()) else { return Ok(singletons::not_implemented()) };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let compare = types::DICT.richcompare().ok_or_else(|| error::system_error("dict without comparison"))?;
    let same = compare(vm, a, b, CompareOp::Eq)?;
    let mut equal = ops::truth(vm, &same)?;
    if equal && is_odict(b) && is_odict(a) {
        let (mut i, mut j) = (0, 0);
        loop {
            let (k, l) = match (x.next_entry(&mut i), y.next_entry(&mut j)) {
                (Some((k, _)), Some((l, _))) => (k, l),
                (None, None) => break,
                _ => {
                    equal = false;
                    break;
                }
            };
            let versions = (x.keys_version(), y.keys_version());
            if !ops::key_equals(vm, &k, &l)? {
                equal = false;
                break;
            }
            if versions != (x.current_version(), y.current_version()) {
                return Err(error::runtime_error("OrderedDict mutated during iteration"));
            }
        }
    }
    Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)))
}

fn setitem(vm: &Vm, o: &Obj, k: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let f = types::DICT.setitem().ok_or_else(|| error::system_error("dict without stores"))?;
    f(vm, o, k, v)
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.get::<Dict>().is_none() || b.get::<Dict>().is_none() {
        return Ok(singletons::not_implemented());
    }
    let ty = if is_odict(a) { a.ty() } else { b.ty() };
    let new = call::call1(vm, &ty.to_obj(), a)?;
    update_from(vm, &new, b)?;
    Ok(new)
}
fn inplace_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    update_from(vm, a, b)?;
    Ok(a.clone())
}

fn fromkeys(vm: &Vm, cls: &Obj, args: &Bound<'_>) -> PyResult {
    let (o, value) = (call::call0(vm, cls)?, args.clone_or_none(1));
    let it = ops::iter(vm, args.req(0))?;
    while let Some(k) = ops::next(vm, &it)? {
        ops::setitem(vm, &o, &k, &value)?;
    }
    Ok(o)
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize + o.this::<Dict>()?.table_bytes()))
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let state = call::call_method(vm, o, &names().__getstate__, &[])?;
    let items = call::call_method(vm, o, &names().items, &[])?;
    let none = singletons::none;
    Ok(tuple::from_array([o.ty().to_obj(), tuple::new(vec![]), state, none(), ops::iter(vm, &items)?]))
}
fn setdefault(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let (k, default) = (args.req(0), args.clone_or_none(1));
    if o.is_exact(&types::ORDERED_DICT) {
        return o.this::<Dict>()?.set_default(vm, k, default);
    }
    if ops::contains(vm, o, k)? {
        return ops::getitem(vm, o, k);
    }
    ops::setitem(vm, o, k, &default)?;
    Ok(default)
}
fn pop(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let k = args.req(0);
    if let Some(v) = o.this::<Dict>()?.remove_item(vm, k)? {
        return Ok(v);
    }
    if let Some(d) = args.opt(1) {
        return Ok(d.clone());
    }
    Err(error::key_error(k))
}
fn popitem(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let last = args.opt(0).map_or(Ok(true), |x| ops::truth(vm, x))?;
    let d = o.this::<Dict>()?;
    match if last { d.pop_last() } else { d.pop_first() } {
        Some((k, v)) => Ok(tuple::from_array([k, v])),
        None => Err(error::key_error(str::from_str("dictionary is empty").obj())),
    }
}
fn clear(_: &Vm, o: &Obj) -> PyResult {
    o.this::<Dict>()?.clear_all();
    Ok(singletons::none())
}
fn copy(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Dict>()?;
    let exact = o.is_exact(&types::ORDERED_DICT);
    let new = if exact {
        Ref::with_type(&types::ORDERED_DICT, Dict::default()).into_obj()
    } else {
        call::call0(vm, &o.ty().to_obj())?
    };
    let (version, mut i) = (d.keys_version(), 0);
    while i < d.filled() {
        if let Some((k, v, h)) = d.entry_with_hash(i) {
            if exact {
                new.this::<Dict>()?.set_item_hashed(vm, &k, h, v)?;
            } else {
                let v = ops::getitem(vm, o, &k)?;
                ops::setitem(vm, &new, &k, &v)?;
            }
            if d.current_version() != version {
                return Err(error::runtime_error("OrderedDict mutated during iteration"));
            }
        }
        i += 1;
    }
    Ok(new)
}
fn move_to_end(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let (k, last) = (args.req(0), args.opt(1).map_or(Ok(true), |x| ops::truth(vm, x))?);
    let d = o.this::<Dict>()?;
    let hash = adder_object::dict::key_hash(vm, k)?;
    // The key that the dict holds moves, not the equal one given.
    let Some((key, value)) = d.remove_entry_hashed(vm, k, hash)? else { return Err(error::key_error(k)) };
    if last {
        d.set_item_hashed(vm, &key, hash, value)?;
        return Ok(singletons::none());
    }
    let rest: Vec<(Obj, Obj, i64)> = (0..d.filled()).filter_map(|i| d.entry_with_hash(i)).collect();
    d.clear_all();
    d.set_item_hashed(vm, &key, hash, value)?;
    for (k, v, h) in rest {
        d.set_item_hashed(vm, &k, h, v)?;
    }
    Ok(singletons::none())
}
