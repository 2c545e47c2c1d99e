//! The six iterators of dicts: keys, values and items, forward and backward.
//!
//! CPython: Objects/dictobject.c (dictiterobject).

use super::shared::builtin;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Dict, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, error, int, ops, payload,
    trace_fields, tuple,
};
use std::cell::Cell;

pub const KEYS: u8 = 0;
pub const VALUES: u8 = 1;
pub const ITEMS: u8 = 2;

/// An iterator over what `KIND` says.
pub struct DictIter<const KIND: u8> {
    /// Empty once exhausted.
    pub dict: ObjCell,
    /// Next entry position to look at.
    pub at: Cell<usize>,
    /// Length of the dict at the start; usize::MAX after an error, which then repeats.
    pub used: Cell<usize>,
    pub remaining: Cell<usize>,
    pair: ObjCell,
}
pub struct DictReverseIter<const KIND: u8> {
    dict: ObjCell,
    /// One above the next entry position to look at.
    at: Cell<usize>,
    used: Cell<usize>,
    remaining: Cell<usize>,
    pair: ObjCell,
}
macro_rules! iterators {
    ($($t:ty, $id:ident $spec:ident $name:literal $next:expr, $hint:expr, $reduce:expr;)*) => { $(
        trace_fields!($t { dict, pair });
        pub static $id: StaticType = StaticType::new::<$t>($name, F::GC);
        payload!($t, $id);
        pub static $spec: TypeSpec = TypeSpec {
            slots: &[slot::iter(ops::iter_self), slot::iternext($next)],
            methods: &[
                method(
                    "__length_hint__($self, /)",
                    Native::NoArgs($hint),
                    "Private method returning an estimate of len(list(it)).",
                ),
                method("__reduce__($self, /)", Native::NoArgs($reduce), "Return state information for pickling."),
            ],
            ..TypeSpec::of(&$id)
        };
    )* };
}
iterators! {
    DictIter<KEYS>, KEY_ITERATOR KEY_SPEC "dict_keyiterator" next::<KEYS>, length_hint::<KEYS>, reduce::<KEYS>;
    DictIter<VALUES>, VALUE_ITERATOR VALUE_SPEC "dict_valueiterator" next::<VALUES>, length_hint::<VALUES>, reduce::<VALUES>;
    DictIter<ITEMS>, ITEM_ITERATOR ITEM_SPEC "dict_itemiterator" next::<ITEMS>, length_hint::<ITEMS>, reduce::<ITEMS>;
    DictReverseIter<KEYS>, REVERSE_KEY_ITERATOR REVERSE_KEY_SPEC "dict_reversekeyiterator"
        reverse_next::<KEYS>, reverse_length_hint::<KEYS>, reverse_reduce::<KEYS>;
    DictReverseIter<VALUES>, REVERSE_VALUE_ITERATOR REVERSE_VALUE_SPEC "dict_reversevalueiterator"
        reverse_next::<VALUES>, reverse_length_hint::<VALUES>, reverse_reduce::<VALUES>;
    DictReverseIter<ITEMS>, REVERSE_ITEM_ITERATOR REVERSE_ITEM_SPEC "dict_reverseitemiterator"
        reverse_next::<ITEMS>, reverse_length_hint::<ITEMS>, reverse_reduce::<ITEMS>;
}

/// `iter(d)`.
pub fn iter(vm: &Vm, o: &Obj) -> PyResult {
    iter_of::<KEYS>(vm, o)
}
pub fn iter_of<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult
where
    DictIter<KIND>: adder_object::Payload,
{
    let n = o.this::<Dict>()?.len();
    let it = DictIter::<KIND> {
        dict: ObjCell::new(o.clone()),
        at: Cell::new(0),
        used: Cell::new(n),
        remaining: Cell::new(n),
        pair: ObjCell::empty(),
    };
    Ok(Ref::new(it).into_obj())
}
pub fn reversed(vm: &Vm, o: &Obj) -> PyResult {
    reversed_of::<KEYS>(vm, o)
}
pub fn reversed_of<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult
where
    DictReverseIter<KIND>: adder_object::Payload,
{
    let d = o.this::<Dict>()?;
    let it = DictReverseIter::<KIND> {
        dict: ObjCell::new(o.clone()),
        at: Cell::new(d.filled()),
        used: Cell::new(d.len()),
        remaining: Cell::new(d.len()),
        pair: ObjCell::empty(),
    };
    Ok(Ref::new(it).into_obj())
}

#[cold]
fn changed<T>(used: &Cell<usize>) -> PyResult<T> {
    used.set(usize::MAX);
    Err(error::runtime_error("dictionary changed size during iteration"))
}

#[cold]
fn keys_changed<T>() -> PyResult<T> {
    Err(error::runtime_error("dictionary keys changed during iteration"))
}

#[inline]
fn pick<const KIND: u8>(d: &Dict, i: usize, pair: &ObjCell) -> Option<Obj> {
    match KIND {
        KEYS => d.key_at(i),
        VALUES => d.value_at(i),
        _ => d.entry_at(i).map(|(k, v)| tuple::pair_again(pair, k, v)),
    }
}

/// The iterator of a dict of `used` items that has come to a position, nothing having been deleted before it.
pub fn iterator_at<const KIND: u8>(dict: Obj, at: usize, used: usize) -> Obj
where
    DictIter<KIND>: adder_object::Payload,
{
    let it = DictIter::<KIND> {
        dict: ObjCell::new(dict),
        at: Cell::new(at),
        used: Cell::new(used),
        remaining: Cell::new(used - at.min(used)),
        pair: ObjCell::empty(),
    };
    Ref::new(it).into_obj()
}

#[inline]
pub fn next<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult<Option<Obj>>
where
    DictIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictIter<KIND>>()?;
    let step = it.dict.with(|d| {
        let Some(d) = d.and_then(|d| d.get::<Dict>()) else { return Ok(None) };
        if d.len() != it.used.get() {
            return changed(&it.used);
        }
        let at = it.at.get();
        let found = if at == 0 { d.first_live(0) } else { Some(at) };
        let mut i = found.unwrap_or(usize::MAX - 1);
        while i < d.filled() {
            i += 1;
            if let Some(x) = pick::<KIND>(d, i - 1, &it.pair) {
                it.at.set(i);
                if it.remaining.get() == 0 {
                    return keys_changed();
                }
                it.remaining.set(it.remaining.get() - 1);
                return Ok(Some(x));
            }
        }
        Ok(None)
    })?;
    if step.is_none() {
        drop(it.dict.take());
    }
    Ok(step)
}

fn reverse_next<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult<Option<Obj>>
where
    DictReverseIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictReverseIter<KIND>>()?;
    let step = it.dict.with(|d| {
        let Some(d) = d.and_then(|d| d.get::<Dict>()) else { return Ok(None) };
        if d.len() != it.used.get() {
            return changed(&it.used);
        }
        let mut i = it.at.get();
        // Positions beyond the table come from one that was larger: nothing of that iteration is left.
        if i > d.filled() {
            return if it.remaining.get() == it.used.get() { Ok(None) } else { keys_changed() };
        }
        while i > 0 {
            i -= 1;
            if let Some(x) = pick::<KIND>(d, i, &it.pair) {
                it.at.set(i);
                if it.remaining.get() == 0 {
                    return keys_changed();
                }
                it.remaining.set(it.remaining.get() - 1);
                return Ok(Some(x));
            }
        }
        Ok(None)
    })?;
    if step.is_none() {
        drop(it.dict.take());
    }
    Ok(step)
}

fn hint(dict: &ObjCell, used: usize, remaining: usize) -> PyResult {
    let same = dict.get().and_then(|d| d.get::<Dict>().map(Dict::len)) == Some(used);
    Ok(int::from_usize(if same { remaining } else { 0 }))
}
fn length_hint<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult
where
    DictIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictIter<KIND>>()?;
    hint(&it.dict, it.used.get(), it.remaining.get())
}
fn reverse_length_hint<const KIND: u8>(_: &Vm, o: &Obj) -> PyResult
where
    DictReverseIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictReverseIter<KIND>>()?;
    hint(&it.dict, it.used.get(), it.remaining.get())
}

/// Pickles as an iterator over a list of what is left; the iterator itself stays where it is.
fn reduce_rest(vm: &Vm, mut step: impl FnMut() -> PyResult<Option<Obj>>) -> PyResult {
    let mut rest = vec![];
    while let Some(x) = step()? {
        rest.push(x);
    }
    Ok(tuple::from_array([builtin(vm, "iter")?, tuple::from_array([List::new(rest).into_obj()])]))
}
fn reduce<const KIND: u8>(vm: &Vm, o: &Obj) -> PyResult
where
    DictIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictIter<KIND>>()?;
    let copy = DictIter::<KIND> {
        pair: ObjCell::empty(),
        dict: ObjCell::from_option(it.dict.get()),
        at: it.at.clone(),
        used: it.used.clone(),
        remaining: it.remaining.clone(),
    };
    let copy = Ref::new(copy).into_obj();
    reduce_rest(vm, || next::<KIND>(vm, &copy))
}
fn reverse_reduce<const KIND: u8>(vm: &Vm, o: &Obj) -> PyResult
where
    DictReverseIter<KIND>: adder_object::Payload,
{
    let it = o.this::<DictReverseIter<KIND>>()?;
    let copy = DictReverseIter::<KIND> {
        pair: ObjCell::empty(),
        dict: ObjCell::from_option(it.dict.get()),
        at: it.at.clone(),
        used: it.used.clone(),
        remaining: it.remaining.clone(),
    };
    let copy = Ref::new(copy).into_obj();
    reduce_rest(vm, || reverse_next::<KIND>(vm, &copy))
}
