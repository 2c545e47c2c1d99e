//! The methods of `set` and `frozenset`.
//!
//! Invariant: results are exact sets or frozensets, by the kind of the receiver.

use super::set::{as_frozen, contains_key, each, is_subset, result_type, set_from, set_update, this};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyResult, Set, Vm, call, error, exceptions as exc, int, names, ops, set, singletons,
    str, tuple, types,
};

pub const UNION_DOC: &str = "Return a new set with elements from the set and all others.";
pub const INTERSECTION_DOC: &str = "Return a new set with elements common to the set and all others.";
pub const DIFFERENCE_DOC: &str = "Return a new set with elements in the set that are not in the others.";
pub const SYMMETRIC_DOC: &str = "Return a new set with elements in either the set or other but not both.";

fn none() -> PyResult {
    Ok(singletons::none())
}
fn others<'a>(o: &Obj, args: Args<'a>, name: &str) -> PyResult<&'a [Obj]> {
    if args.has_keywords() {
        args.no_keywords(&format!("{}.{name}", result_type(o).name()))?;
    }
    Ok(args.positional())
}
/// A copy of the receiver as exact set or frozenset.
fn fresh(o: &Obj) -> PyResult {
    let r = empty(o);
    this(o)?.copy_into(this(&r)?);
    Ok(r)
}
fn empty(o: &Obj) -> Obj {
    set::make(result_type(o), Set::default())
}

pub fn add(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    this(o)?.add(vm, x.clone())?;
    none()
}
pub fn clear(_: &Vm, o: &Obj) -> PyResult {
    this(o)?.clear_all();
    none()
}
pub fn copy(_: &Vm, o: &Obj) -> PyResult {
    if o.is_exact(&types::FROZENSET) { Ok(o.clone()) } else { fresh(o) }
}
/// Removes a key; an unhashable set stands for the frozenset with its contents.
fn discard_key(vm: &Vm, s: &Set, x: &Obj) -> PyResult<bool> {
    match s.discard(vm, x) {
        Err(e) if e.is(&exc::TYPE_ERROR) => match as_frozen(x) {
            Some(k) => s.discard(vm, &k),
            None => Err(e),
        },
        r => r,
    }
}
pub fn discard(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    discard_key(vm, this(o)?, x)?;
    none()
}
pub fn remove(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    if discard_key(vm, this(o)?, x)? { none() } else { Err(error::key_error(x)) }
}
pub fn pop(_: &Vm, o: &Obj) -> PyResult {
    this(o)?.pop().ok_or_else(|| error::key_error(str::from_str("pop from an empty set").obj()))
}

// ---- union ----

pub fn union_with(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let r = fresh(a)?;
    set_update(vm, this(&r)?, b)?;
    Ok(r)
}
pub fn union(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let others = others(o, args, "union")?;
    let r = fresh(o)?;
    for x in others {
        set_update(vm, this(&r)?, x)?;
    }
    Ok(r)
}
pub fn update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    for x in others(o, args, "update")? {
        set_update(vm, this(o)?, x)?;
    }
    none()
}

// ---- intersection ----

pub fn intersection_with(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.is(b) {
        return fresh(a);
    }
    let s = this(a)?;
    if let Some(t) = set::view(b) {
        let (small, large) = if t.len() > s.len() { (s, t) } else { (t, s) };
        if let Ok(both) = small.select_plain(large, true) {
            return Ok(set::make(result_type(a), both));
        }
        let r = empty(a);
        let out = this(&r)?;
        each(small, |k, h| {
            if large.contains_hashed(vm, &k, h)? {
                out.add_hashed(vm, k, h)?;
            }
            Ok(())
        })?;
        return Ok(r);
    }
    let r = empty(a);
    let out = this(&r)?;
    let it = ops::iter(vm, b)?;
    while let Some(x) = ops::next(vm, &it)? {
        // The error of hashing stays as it is here.
        let h = ops::hash(vm, &x)?;
        if s.contains_hashed(vm, &x, h)? {
            out.add_hashed(vm, x, h)?;
        }
    }
    Ok(r)
}
pub fn intersection(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let others = others(o, args, "intersection")?;
    let Some((first, rest)) = others.split_first() else { return fresh(o) };
    let mut r = intersection_with(vm, o, first)?;
    for x in rest {
        r = intersection_with(vm, &r, x)?;
    }
    Ok(r)
}
pub fn intersection_update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    others(o, args, "intersection_update")?;
    let r = intersection(vm, o, args)?;
    this(o)?.swap(this(&r)?);
    none()
}

// ---- difference ----

pub fn difference_update_with(vm: &Vm, s: &Set, b: &Obj) -> PyResult<()> {
    if let Some(t) = set::view(b) {
        if std::ptr::eq(s, t) {
            s.clear_all();
            return Ok(());
        }
        // The shorter side is iterated over.
        if s.len() < t.len() / 8 {
            let mut doomed = vec![];
            each(s, |k, h| {
                if t.contains_hashed(vm, &k, h)? {
                    doomed.push((k, h));
                }
                Ok(())
            })?;
            for (k, h) in doomed {
                s.discard_hashed(vm, &k, h)?;
            }
            return Ok(());
        }
        return each(t, |k, h| s.discard_hashed(vm, &k, h).map(drop));
    }
    let it = ops::iter(vm, b)?;
    while let Some(x) = ops::next(vm, &it)? {
        s.discard(vm, &x)?;
    }
    Ok(())
}
pub fn difference_with(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let s = this(a)?;
    if let Some(t) = set::view(b) {
        if s.len() / 4 <= t.len() {
            if let Ok(rest) = s.select_plain(t, false) {
                return Ok(set::make(result_type(a), rest));
            }
            let r = empty(a);
            let out = this(&r)?;
            each(s, |k, h| {
                if !t.contains_hashed(vm, &k, h)? {
                    out.add_hashed(vm, k, h)?;
                }
                Ok(())
            })?;
            return Ok(r);
        }
    } else if let Some(d) = b.get_exact::<Dict>() {
        let r = empty(a);
        let out = this(&r)?;
        each(s, |k, h| {
            if d.get_item_hashed(vm, &k, h)?.is_none() {
                out.add_hashed(vm, k, h)?;
            }
            Ok(())
        })?;
        return Ok(r);
    }
    let r = fresh(a)?;
    difference_update_with(vm, this(&r)?, b)?;
    Ok(r)
}
pub fn difference(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let others = others(o, args, "difference")?;
    let Some((first, rest)) = others.split_first() else { return fresh(o) };
    let r = difference_with(vm, o, first)?;
    for x in rest {
        difference_update_with(vm, this(&r)?, x)?;
    }
    Ok(r)
}
pub fn difference_update(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    for x in others(o, args, "difference_update")? {
        difference_update_with(vm, this(o)?, x)?;
    }
    none()
}

// ---- symmetric difference ----

/// Flips membership in `s` of every key of `t`, which is another set.
pub fn symmetric_difference_update_with(vm: &Vm, s: &Set, t: &Set) -> PyResult<()> {
    each(t, |k, h| {
        if !s.discard_hashed(vm, &k, h)? {
            s.add_hashed(vm, k, h)?;
        }
        Ok(())
    })
}
pub fn symmetric_difference_update(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let s = this(o)?;
    if o.is(x) {
        s.clear_all();
        return none();
    }
    match set::view(x) {
        Some(t) => symmetric_difference_update_with(vm, s, t)?,
        None => symmetric_difference_update_with(vm, s, &*set_from(vm, x)?)?,
    }
    none()
}
pub fn symmetric_difference(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    // As CPython: the other operand's keys come first.
    let r = set::make(result_type(o), Set::default());
    set_update(vm, this(&r)?, x)?;
    symmetric_difference_update_with(vm, this(&r)?, this(o)?)?;
    Ok(r)
}

// ---- comparisons ----

pub fn isdisjoint(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let s = this(o)?;
    if o.is(x) {
        return Ok(singletons::bool_obj(s.is_empty()));
    }
    if let Some(t) = set::view(x) {
        let (small, large) = if t.len() > s.len() { (s, t) } else { (t, s) };
        if let Ok(common) = small.any_plain(large, true) {
            return Ok(singletons::bool_obj(!common));
        }
        let mut at = 0;
        while let Some((k, h)) = small.next_entry(&mut at) {
            if large.contains_hashed(vm, &k, h)? {
                return Ok(singletons::false_obj());
            }
        }
        return Ok(singletons::true_obj());
    }
    let it = ops::iter(vm, x)?;
    while let Some(k) = ops::next(vm, &it)? {
        if s.contains(vm, &k)? {
            return Ok(singletons::false_obj());
        }
    }
    Ok(singletons::true_obj())
}
pub fn issubset(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let s = this(o)?;
    if let Some(t) = set::view(x) {
        return Ok(singletons::bool_obj(is_subset(vm, s, t)?));
    }
    let common = intersection_with(vm, o, x)?;
    Ok(singletons::bool_obj(this(&common)?.len() == s.len()))
}
pub fn issuperset(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let s = this(o)?;
    if let Some(t) = set::view(x) {
        return Ok(singletons::bool_obj(is_subset(vm, t, s)?));
    }
    let it = ops::iter(vm, x)?;
    while let Some(k) = ops::next(vm, &it)? {
        if !contains_key(vm, s, &k)? {
            return Ok(singletons::false_obj());
        }
    }
    Ok(singletons::true_obj())
}

pub fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let keys = List::new(this(o)?.to_vec()).into_obj();
    let state = call::call_method(vm, o, &names().__getstate__, &[])?;
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([keys]), state]))
}
pub fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize + this(o)?.table_bytes()))
}
