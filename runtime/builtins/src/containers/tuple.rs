//! `tuple`: its slots and methods, and its iterator.
//!
//! CPython: Objects/tupleobject.c.

use super::list::slice_of;
use super::shared::{guarded_repr, has_native_init, optional_argument, reduce_iterator, repr_items, search_bound};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, CompareOp, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Slice, StaticType, Type, TypeFlags as F, Vm,
    class, error, hashing, int, ops, payload, singletons, str, trace_fields, tuple, types,
};
use std::cell::Cell;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(richcompare),
        slot::iter(iter),
        slot::length(|_, o| Ok(items(o).len())),
        slot::getitem(getitem),
        slot::contains(contains),
        slot::concat(concat),
        slot::repeat(repeat),
    ],
    methods: &[
        method("__getnewargs__($self, /)", Native::NoArgs(getnewargs), ""),
        method(
            "index($self, value, start=0, stop=sys.maxsize, /)",
            Native::Pos(1, 3, index),
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        method("count($self, value, /)", Native::One(count), "Return number of occurrences of value."),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "Tuples are generic over the types of their contents.\n\nFor example, use ``tuple[int, str]`` for a pair whose first element\nis an int and second element is a string.\n\nTuples also support the form ``tuple[T, ...]`` to indicate\nan arbitrary length tuple of elements of type T.",
        ),
    ],
    doc: "tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    ..TypeSpec::of(&types::TUPLE)
};

#[inline(always)]
fn items(o: &Obj) -> &[Obj] {
    tuple::as_slice(o).unwrap_or(&[])
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() && has_native_init(ty, class::object_init) {
        args.no_keywords("tuple")?;
    }
    let arg = optional_argument(args, "tuple")?;
    if ty.is(&types::TUPLE) {
        return arg.map_or_else(|| Ok(tuple::new(vec![])), |it| ops::to_tuple(vm, it));
    }
    let v = arg.map_or_else(|| Ok(vec![]), |it| ops::collect(vm, it))?;
    Ok(tuple::with_type(ty, v))
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let v = items(o);
    if v.is_empty() {
        return Ok(str::from_str("()").into_obj());
    }
    let close = if v.len() == 1 { ",)" } else { ")" };
    guarded_repr(vm, o, "(...)", || repr_items(vm, "(", close, |i| v.get(i).cloned()))
}

/// Computed once: the items never change, and what they hash to must not either.
fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let known = tuple::hash_cell(o);
    if let Some(h) = known.map(|c| c.get()).filter(|&h| h != -1) {
        return Ok(h);
    }
    let v = items(o);
    let h = if let [a, b] = v {
        hashing::tuple([ops::hash(vm, a)?, ops::hash(vm, b)?].into_iter())
    } else {
        vm.check_stack(" while hashing a tuple")?;
        let hashes: PyResult<Vec<i64>> = v.iter().map(|x| ops::hash(vm, x)).collect();
        hashing::tuple(hashes?.into_iter())
    };
    if let Some(c) = known {
        c.set(h);
    }
    Ok(h)
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (tuple::as_slice(a), tuple::as_slice(b)) else {
        return Ok(singletons::not_implemented());
    };
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if equality && let Some(equal) = ops::plain_equal(a, b) {
        return Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)));
    }
    if equality && x.len() != y.len() {
        return Ok(singletons::bool_obj(op == CompareOp::Ne));
    }
    vm.check_stack(" in comparison")?;
    for (x, y) in x.iter().zip(y) {
        if !ops::key_equals(vm, x, y)? {
            return if equality { Ok(singletons::bool_obj(op == CompareOp::Ne)) } else { ops::compare(vm, x, y, op) };
        }
    }
    Ok(singletons::bool_obj(op.holds(x.len().cmp(&y.len()))))
}

#[cold]
fn out_of_range() -> PyErr {
    error::index_error("tuple index out of range")
}

#[inline]
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let v = items(o);
    if let Some(i) = key.small_int() {
        let i = if i < 0 { i + v.len() as i64 } else { i };
        return v.get(i as usize).cloned().ok_or_else(out_of_range);
    }
    if let Some(s) = key.get::<Slice>() {
        let ix = s.indices(vm, v.len())?;
        if ix.len == v.len() && ix.step == 1 && o.is_exact(&types::TUPLE) {
            return Ok(o.clone());
        }
        return Ok(tuple::new(slice_of(v, ix)));
    }
    if !int::is_int(key) && key.ty().index().is_none() {
        return Err(error::type_error(format!("tuple indices must be integers or slices, not {}", key.ty().tp_name())));
    }
    let i = ops::index_isize(vm, key)?;
    let i = if i < 0 { i.wrapping_add(v.len() as isize) } else { i };
    v.get(i as usize).cloned().ok_or_else(out_of_range)
}

fn contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    for x in items(o) {
        if ops::key_equals(vm, x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (x, exact) = (items(a), |o: &Obj| o.is_exact(&types::TUPLE));
    if x.is_empty() && exact(b) {
        return Ok(b.clone());
    }
    let Some(y) = tuple::as_slice(b) else {
        return Err(error::type_error(format!("can only concatenate tuple (not \"{}\") to tuple", b.ty().tp_name())));
    };
    if y.is_empty() && exact(a) {
        return Ok(a.clone());
    }
    Ok(tuple::from_two(x, y))
}

fn repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let v = items(o);
    if (v.is_empty() || n == 1) && o.is_exact(&types::TUPLE) {
        return Ok(o.clone());
    }
    if n <= 0 || v.is_empty() {
        return Ok(tuple::new(vec![]));
    }
    let mut out: Vec<Obj> = Vec::new();
    match v.len().checked_mul(n as usize) {
        Some(total) if List::can_hold(total) && out.try_reserve_exact(total).is_ok() => {}
        _ => return Err(error::no_memory()),
    }
    (0..n).for_each(|_| out.extend_from_slice(v));
    Ok(tuple::new(out))
}

fn getnewargs(_: &Vm, o: &Obj) -> PyResult {
    Ok(tuple::from_array([tuple::from_slice(items(o))]))
}
fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let v = items(o);
    let start = args.get(1).map_or(Ok(0), |s| search_bound(vm, s, v.len()))?;
    let stop = args.get(2).map_or(Ok(usize::MAX), |s| search_bound(vm, s, v.len()))?.min(v.len());
    for (i, x) in v.iter().enumerate().take(stop).skip(start) {
        if ops::key_equals(vm, x, &args[0])? {
            return Ok(int::from_usize(i));
        }
    }
    Err(error::value_error("tuple.index(x): x not in tuple"))
}
fn count(vm: &Vm, o: &Obj, item: &Obj) -> PyResult {
    let mut n = 0;
    for x in items(o) {
        n += usize::from(ops::key_equals(vm, x, item)?);
    }
    Ok(int::from_usize(n))
}

/// `tuple`: empty once exhausted.
pub struct TupleIter {
    pub tuple: ObjCell,
    pub index: Cell<usize>,
}
trace_fields!(TupleIter { tuple });
/// The iterator that has come to an index.
pub fn iterator_at(tuple: Obj, index: usize) -> Obj {
    Ref::new(TupleIter { tuple: ObjCell::new(tuple), index: Cell::new(index) }).into_obj()
}
pub static TUPLE_ITERATOR: StaticType = StaticType::new::<TupleIter>("tuple_iterator", F::GC);
payload!(TupleIter, TUPLE_ITERATOR);

pub static ITER_SPEC: TypeSpec = TypeSpec {
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
    ..TypeSpec::of(&TUPLE_ITERATOR)
};

fn iter(_: &Vm, o: &Obj) -> PyResult {
    Ok(Ref::new(TupleIter { tuple: ObjCell::new(o.clone()), index: Cell::new(0) }).into_obj())
}
#[inline]
pub fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<TupleIter>()?;
    let i = it.index.get();
    let item = it.tuple.with(|t| t.and_then(|t| items(t).get(i).cloned()));
    match item {
        Some(_) => it.index.set(i + 1),
        None => drop(it.tuple.take()),
    }
    Ok(item)
}
fn length_hint(_: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<TupleIter>()?;
    let len = it.tuple.with(|t| t.map_or(0, |t| items(t).len()));
    Ok(int::from_usize(len.saturating_sub(it.index.get())))
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<TupleIter>()?;
    reduce_iterator(vm, "iter", it.tuple.get(), Some(it.index.get() as i64), || tuple::new(vec![]))
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<TupleIter>()?;
    let i = ops::index_clamped(vm, state)?;
    let len = it.tuple.with(|t| t.map_or(0, |t| items(t).len()));
    it.index.set((i.max(0) as usize).min(len));
    Ok(singletons::none())
}
