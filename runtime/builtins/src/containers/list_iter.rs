//! Iterators over lists, forward and backward.

use super::shared::reduce_iterator;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, int, ops, payload, singletons,
    trace_fields,
};
use std::cell::Cell;

/// `list`: empty once exhausted, so that the list is let go.
pub struct ListIter {
    pub list: ObjCell,
    pub index: Cell<usize>,
}
trace_fields!(ListIter { list });
pub static LIST_ITERATOR: StaticType = StaticType::new::<ListIter>("list_iterator", F::GC);
payload!(ListIter, LIST_ITERATOR);

pub struct ListReverseIter {
    pub list: ObjCell,
    /// Position of the next item; negative at the end.
    pub index: Cell<isize>,
}
trace_fields!(ListReverseIter { list });
pub static LIST_REVERSE_ITERATOR: StaticType = StaticType::new::<ListReverseIter>("list_reverseiterator", F::GC);
payload!(ListReverseIter, LIST_REVERSE_ITERATOR);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
        method("__setstate__($self, object, /)", Native::One(setstate), "Set state information for unpickling."),
    ],
    ..TypeSpec::of(&LIST_ITERATOR)
};
pub static REVERSE_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(reverse_next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(reverse_length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(reverse_reduce), "Return state information for pickling."),
        method(
            "__setstate__($self, object, /)",
            Native::One(reverse_setstate),
            "Set state information for unpickling.",
        ),
    ],
    ..TypeSpec::of(&LIST_REVERSE_ITERATOR)
};

pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(ListIter { list: ObjCell::new(o.clone()), index: Cell::new(0) }).into_obj())
}

/// The iterator that has come to an index.
pub fn iterator_at(list: Obj, index: usize) -> Obj {
    Ref::new(ListIter { list: ObjCell::new(list), index: Cell::new(index) }).into_obj()
}

#[inline]
pub fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<ListIter>()?;
    let i = it.index.get();
    let item = it.list.with(|l| l.and_then(|l| l.get::<List>()).and_then(|l| l.get(i)));
    match item {
        Some(_) => it.index.set(i + 1),
        None => drop(it.list.take()),
    }
    Ok(item)
}

/// The items that an iterator over a list, in either direction, has left: it is at its end now. None for other iterators.
pub fn rest(o: &Obj) -> Option<Vec<Obj>> {
    if let Some(it) = o.get_exact::<ListIter>() {
        let list = it.list.take();
        let items = list.as_ref().and_then(|l| l.get::<List>()).map_or(&[][..], List::as_slice);
        return Some(items.get(it.index.get()..).unwrap_or(&[]).to_vec());
    }
    let it = o.get_exact::<ListReverseIter>()?;
    let list = it.list.take();
    let items = list.as_ref().and_then(|l| l.get::<List>()).map_or(&[][..], List::as_slice);
    let n = (it.index.replace(-1) + 1).max(0) as usize;
    // As one step does, nothing is given where the list became too short.
    Some(items.get(..n).unwrap_or(&[]).iter().rev().cloned().collect())
}

fn length_hint(_: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<ListIter>()?;
    let len = it.list.get().and_then(|l| l.get::<List>().map(List::len)).unwrap_or(0);
    Ok(int::from_usize(len.saturating_sub(it.index.get())))
}
fn empty_list() -> Obj {
    List::new(vec![]).into_obj()
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<ListIter>()?;
    reduce_iterator(vm, "iter", it.list.get(), Some(it.index.get() as i64), empty_list)
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<ListIter>()?;
    let i = ops::index_clamped(vm, state)?;
    if it.list.is_some() {
        it.index.set(i.max(0) as usize);
    }
    Ok(singletons::none())
}

/// The iterator that has come to an index.
pub fn reversed_at(list: Obj, index: isize) -> Obj {
    Ref::new(ListReverseIter { list: ObjCell::new(list), index: Cell::new(index) }).into_obj()
}
pub fn reversed(_: &Vm, o: &Obj) -> PyResult {
    let n = o.this::<List>()?.len() as isize;
    Ok(Ref::new(ListReverseIter { list: ObjCell::new(o.clone()), index: Cell::new(n - 1) }).into_obj())
}
fn reverse_next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<ListReverseIter>()?;
    let i = it.index.get();
    let item = it.list.with(|l| l.and_then(|l| l.get::<List>()).and_then(|l| l.get(i as usize)));
    match item {
        Some(_) => it.index.set(i - 1),
        None => {
            it.index.set(-1);
            drop(it.list.take())
        }
    }
    Ok(item)
}
fn reverse_length_hint(_: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<ListReverseIter>()?;
    let len = it.list.get().and_then(|l| l.get::<List>().map(List::len)).unwrap_or(0) as isize;
    let n = it.index.get() + 1;
    Ok(int::from_i64(if len < n { 0 } else { n as i64 }))
}
fn reverse_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<ListReverseIter>()?;
    reduce_iterator(vm, "reversed", it.list.get(), Some(it.index.get() as i64), empty_list)
}
fn reverse_setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<ListReverseIter>()?;
    let i = ops::index_clamped(vm, state)?;
    if let Some(len) = it.list.get().and_then(|l| l.get::<List>().map(List::len)) {
        it.index.set(i.clamp(-1, len as isize - 1));
    }
    Ok(singletons::none())
}
