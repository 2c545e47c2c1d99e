//! `range` and its two iterators: one over machine words, one over ints of any size.
//!
//! CPython: Objects/rangeobject.c.

use super::shared::builtin;
use adder_object::int::{IBig, Int};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Range, Ref, Slice, StaticType, Type, Vm, bind, error, hashing, int,
    ops, payload, singletons, str, trace_fields, tuple, types,
};
use std::cell::{Cell, RefCell};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(richcompare),
        slot::iter(iter),
        slot::length(length),
        slot::bool(|_, o| Ok(!is_zero(&o.this::<Range>()?.length))),
        slot::getitem(getitem),
        slot::contains(contains),
    ],
    methods: &[
        method("__reversed__($self, /)", Native::NoArgs(reversed), "Return a reverse iterator."),
        method("__reduce__($self, /)", Native::NoArgs(reduce), ""),
        method(
            "count($self, object, /)",
            Native::One(count),
            "rangeobject.count(value) -> integer -- return number of occurrences of value",
        ),
        method(
            "index($self, object, /)",
            Native::One(index),
            "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
        ),
    ],
    getset: &[
        getter("start", |_, o| Ok(o.this::<Range>()?.start.clone()), ""),
        getter("stop", |_, o| Ok(o.this::<Range>()?.stop.clone()), ""),
        getter("step", |_, o| Ok(o.this::<Range>()?.step.clone()), ""),
    ],
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    ..TypeSpec::of(&types::RANGE)
};

fn is_zero(o: &Obj) -> bool {
    int::as_int(o).is_none_or(|n| n.is_zero())
}
fn big(o: &Obj) -> IBig {
    int::as_int(o).map_or(IBig::ZERO, |n| n.to_big())
}

/// `range(start, stop, step)` of exact ints, step not zero.
pub fn make(start: Obj, stop: Obj, step: Obj) -> Obj {
    let length = length_of(&start, &stop, &step);
    Ref::new(Range { start, stop, step, length }).into_obj()
}

fn length_of(start: &Obj, stop: &Obj, step: &Obj) -> Obj {
    if let (Some(a), Some(b), Some(s)) = (start.small_int(), stop.small_int(), step.small_int()) {
        let (span, s) = if s > 0 { (b - a, s) } else { (a - b, -s) };
        return int::from_i64(if span <= 0 { 0 } else { (span - 1) / s + 1 });
    }
    let (a, b, s) = (big(start), big(stop), big(step));
    let (span, s) = if s > IBig::ZERO { (b - a, s) } else { (a - b, -s) };
    int::from_big(if span <= IBig::ZERO { IBig::ZERO } else { (span - IBig::ONE) / s + IBig::ONE })
}

fn new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.no_keywords("range")?;
    bind::check_positional("range", args.len(), 1, 3)?;
    let one = || int::from_i64(1);
    match args.positional() {
        [stop] => Ok(make(int::from_i64(0), ops::index(vm, stop)?, one())),
        [start, stop] => Ok(make(ops::index(vm, start)?, ops::index(vm, stop)?, one())),
        [start, stop, step, ..] => {
            let (start, stop, step) = (ops::index(vm, start)?, ops::index(vm, stop)?, ops::index(vm, step)?);
            if is_zero(&step) {
                return Err(error::value_error("range() arg 3 must not be zero"));
            }
            Ok(make(start, stop, step))
        }
        [] => Err(error::system_error("range arguments")),
    }
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Range>()?;
    let (a, b) = (ops::repr_string(vm, &r.start)?, ops::repr_string(vm, &r.stop)?);
    let text = if r.step.small_int() == Some(1) {
        format!("range({a}, {b})")
    } else {
        format!("range({a}, {b}, {})", ops::repr_string(vm, &r.step)?)
    };
    Ok(str::from_str(&text).into_obj())
}

fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let r = o.this::<Range>()?;
    let none = singletons::none;
    let (mut start, mut step) = (none(), none());
    if !is_zero(&r.length) {
        start = r.start.clone();
        if r.length.small_int() != Some(1) {
            step = r.step.clone();
        }
    }
    let hashes = [ops::hash(vm, &r.length)?, ops::hash(vm, &start)?, ops::hash(vm, &step)?];
    Ok(hashing::tuple(hashes.into_iter()))
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Range>(), b.get::<Range>()) else { return Ok(singletons::not_implemented()) };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let equal = a.is(b)
        || ops::equals(vm, &x.length, &y.length)?
            && (is_zero(&x.length)
                || ops::equals(vm, &x.start, &y.start)?
                    && (x.length.small_int() == Some(1) || ops::equals(vm, &x.step, &y.step)?));
    Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)))
}

fn length(_: &Vm, o: &Obj) -> PyResult<usize> {
    let r = o.this::<Range>()?;
    int::as_int(&r.length)
        .and_then(|n| n.to_i64())
        .map(|n| n as usize)
        .ok_or_else(|| error::overflow_error("Python int too large to convert to C ssize_t"))
}

/// `start + i * step`, unchecked.
fn item(r: &Range, i: &Obj) -> Obj {
    if let (Some(a), Some(s), Some(i)) = (r.start.small_int(), r.step.small_int(), i.small_int())
        && let Some(x) = i.checked_mul(s).and_then(|x| x.checked_add(a))
    {
        return int::from_i64(x);
    }
    int::from_big(big(&r.start) + big(i) * big(&r.step))
}

#[cold]
fn out_of_range() -> PyErr {
    error::index_error("range object index out of range")
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let r = o.this::<Range>()?;
    if let Some(s) = key.get::<Slice>() {
        return slice_range(vm, r, s);
    }
    if !int::is_int(key) && key.ty().index().is_none() {
        return Err(error::type_error(format!("range indices must be integers or slices, not {}", key.ty().tp_name())));
    }
    let i = ops::index(vm, key)?;
    if let (Some(i), Some(n)) = (i.small_int(), r.length.small_int()) {
        let i = if i < 0 { i + n } else { i };
        return if (0..n).contains(&i) { Ok(item(r, &int::from_i64(i))) } else { Err(out_of_range()) };
    }
    let (i, n) = (big(&i), big(&r.length));
    let i = if i < IBig::ZERO { i + &n } else { i };
    if i >= IBig::ZERO && i < n { Ok(item(r, &int::from_big(i))) } else { Err(out_of_range()) }
}

/// A part of a range, all of whose numbers are small.
fn small_slice(r: &Range, s: &Slice) -> Option<Obj> {
    let (first, step, len) = r.small()?;
    let of = |o: &Obj, missing: i64| if o.is_none() { Some(missing) } else { o.small_int() };
    let by = of(&s.step, 1).filter(|&n| n != 0)?;
    let (from, to) = if by < 0 { (i64::MAX, i64::MIN) } else { (0, i64::MAX) };
    let (from, to) = (of(&s.start, from)?, of(&s.stop, to)?);
    let ix = adder_object::slice::adjust(from as isize, to as isize, by as isize, usize::try_from(len).ok()?);
    let at = |i: isize| (i as i64).checked_mul(step)?.checked_add(first).map(int::from_i64);
    Some(make(at(ix.start)?, at(ix.stop)?, int::from_i64(step.checked_mul(by)?)))
}

fn slice_range(vm: &Vm, r: &Range, s: &Slice) -> PyResult {
    if let Some(part) = small_slice(r, s) {
        return Ok(part);
    }
    let (start, stop, step) = super::slice::long_indices(vm, s, &r.length)?;
    let new_step = int::from_big(big(&r.step) * big(&step));
    Ok(make(item(r, &start), item(r, &stop), new_step))
}

/// The index of an exact int in the range.
fn find_int(r: &Range, x: Int<'_>) -> Option<Obj> {
    if let (Int::Small(x), Some((start, step, len))) = (&x, r.small()) {
        let d = x.checked_sub(start)?;
        return (d % step == 0 && (0..len).contains(&(d / step))).then(|| int::from_i64(d / step));
    }
    let (d, step) = (x.to_big() - big(&r.start), big(&r.step));
    let (q, rest) = (&d / &step, &d % &step);
    (rest == IBig::ZERO && q >= IBig::ZERO && q < big(&r.length)).then(|| int::from_big(q))
}
fn as_exact_int(o: &Obj) -> Option<Int<'_>> {
    if o.is_int() || o.is_exact(&types::INT) || o.is_exact(&types::BOOL) { int::as_int(o) } else { None }
}

fn contains(vm: &Vm, o: &Obj, x: &Obj) -> PyResult<bool> {
    match as_exact_int(x) {
        Some(n) => Ok(find_int(o.this::<Range>()?, n).is_some()),
        None => ops::iter_contains(vm, o, x),
    }
}

fn count(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    if let Some(n) = as_exact_int(x) {
        return Ok(int::from_i64(i64::from(find_int(o.this::<Range>()?, n).is_some())));
    }
    let mut n = 0;
    ops::for_each(vm, o, |y| {
        n += i64::from(ops::key_equals(vm, &y, x)?);
        Ok(())
    })?;
    Ok(int::from_i64(n))
}

fn index(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    if let Some(n) = as_exact_int(x) {
        return find_int(o.this::<Range>()?, n).ok_or_else(not_there);
    }
    let (it, mut i) = (ops::iter(vm, o)?, 0);
    while let Some(y) = ops::next(vm, &it)? {
        if ops::key_equals(vm, &y, x)? {
            return Ok(int::from_i64(i));
        }
        i += 1;
    }
    Err(not_there())
}
#[cold]
fn not_there() -> PyErr {
    error::value_error("range.index(x): x not in range")
}

fn reduce(_: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Range>()?;
    let args = tuple::from_array([r.start.clone(), r.stop.clone(), r.step.clone()]);
    Ok(tuple::from_array([o.ty().to_obj(), args]))
}

// ---- iterators ----

/// `remaining` items from `next` in steps of `step`; every one of them fits a word.
pub struct RangeIter {
    pub next: Cell<i64>,
    pub step: i64,
    pub remaining: Cell<i64>,
}
trace_fields!(RangeIter);
pub static RANGE_ITERATOR: StaticType = StaticType::new::<RangeIter>("range_iterator", 0);
payload!(RangeIter, RANGE_ITERATOR);

/// The iterator over `next`, `next + step`, ... before `stop`.
pub fn iterator_between(next: i64, stop: i64, step: i64) -> Obj {
    let span = if step > 0 { stop - next } else { next - stop };
    let remaining = if span <= 0 { 0 } else { (span - 1) / step.abs() + 1 };
    Ref::new(RangeIter { next: Cell::new(next), step, remaining: Cell::new(remaining) }).into_obj()
}

pub struct LongRangeIter {
    next: RefCell<IBig>,
    step: IBig,
    remaining: RefCell<IBig>,
}
trace_fields!(LongRangeIter);
pub static LONG_RANGE_ITERATOR: StaticType = StaticType::new::<LongRangeIter>("longrange_iterator", 0);
payload!(LongRangeIter, LONG_RANGE_ITERATOR);

pub static ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_i64(o.this::<RangeIter>()?.remaining.get()))),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(iter_reduce), "Return state information for pickling."),
        method("__setstate__($self, object, /)", Native::One(iter_setstate), "Set state information for unpickling."),
    ],
    ..TypeSpec::of(&RANGE_ITERATOR)
};
pub static LONG_ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(long_next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_big(o.this::<LongRangeIter>()?.remaining.borrow().clone()))),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(long_reduce), "Return state information for pickling."),
        method("__setstate__($self, object, /)", Native::One(long_setstate), "Set state information for unpickling."),
    ],
    ..TypeSpec::of(&LONG_RANGE_ITERATOR)
};

fn iter_from(start: &Obj, step: &Obj, length: &Obj) -> Obj {
    let words = || {
        let (a, s, n) = (start.small_int()?, step.small_int()?, length.small_int()?);
        s.checked_mul(n)?.checked_add(a)?;
        Some((a, s, n))
    };
    match words() {
        Some((a, step, n)) => Ref::new(RangeIter { next: Cell::new(a), step, remaining: Cell::new(n) }).into_obj(),
        None => Ref::new(LongRangeIter {
            next: RefCell::new(big(start)),
            step: big(step),
            remaining: RefCell::new(big(length)),
        })
        .into_obj(),
    }
}

fn iter(_: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Range>()?;
    Ok(iter_from(&r.start, &r.step, &r.length))
}

fn reversed(_: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Range>()?;
    let last = int::from_big(big(&r.start) + (big(&r.length) - IBig::ONE) * big(&r.step));
    Ok(iter_from(&last, &int::from_big(-big(&r.step)), &r.length))
}

#[inline]
pub fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<RangeIter>()?;
    let n = it.remaining.get();
    if n <= 0 {
        return Ok(None);
    }
    let x = it.next.get();
    it.next.set(x.wrapping_add(it.step));
    it.remaining.set(n - 1);
    Ok(Some(int::from_i64(x)))
}

fn long_next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<LongRangeIter>()?;
    if *it.remaining.borrow() <= IBig::ZERO {
        return Ok(None);
    }
    *it.remaining.borrow_mut() -= IBig::ONE;
    let mut next = it.next.borrow_mut();
    let x = next.clone();
    *next += &it.step;
    Ok(Some(int::from_big(x)))
}

fn reduce_range(vm: &Vm, start: Obj, stop: Obj, step: Obj) -> PyResult {
    let range = make(start, stop, step);
    Ok(tuple::from_array([builtin(vm, "iter")?, tuple::from_array([range]), singletons::none()]))
}
fn iter_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<RangeIter>()?;
    let (start, n) = (it.next.get() as i128, it.remaining.get() as i128);
    let stop = int::from_i128(start + n * it.step as i128);
    reduce_range(vm, int::from_i128(start), stop, int::from_i64(it.step))
}
fn long_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<LongRangeIter>()?;
    let (start, n) = (it.next.borrow().clone(), it.remaining.borrow().clone());
    let stop = &start + n * &it.step;
    reduce_range(vm, int::from_big(start), int::from_big(stop), int::from_big(it.step.clone()))
}
fn iter_setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<RangeIter>()?;
    let n = it.remaining.get();
    let i = (ops::index_clamped(vm, state)? as i64).clamp(0, n);
    it.next.set(it.next.get().wrapping_add(i.wrapping_mul(it.step)));
    it.remaining.set(n - i);
    Ok(singletons::none())
}
fn long_setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let it = o.this::<LongRangeIter>()?;
    let n = it.remaining.borrow().clone();
    let i = big(&ops::index(vm, state)?).clamp(IBig::ZERO, n);
    *it.next.borrow_mut() += &i * &it.step;
    *it.remaining.borrow_mut() -= i;
    Ok(singletons::none())
}
