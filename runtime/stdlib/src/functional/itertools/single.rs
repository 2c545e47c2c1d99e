//! Iterators that pass on, filter or fold the items of one source.

use super::super::shared::{bind, no_keywords, positional};
use super::iterator;
use adder_object::arith::{self, BinOp};
use adder_object::spec::{Native, class_method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Type, TypeFlags as F, Vm, call, class, error, ops, tuple, types,
};
use std::cell::Cell;

// ---- accumulate ----

pub struct Accumulate {
    it: Obj,
    func: Obj,
    total: ObjCell,
    initial: ObjCell,
}
iterator!(Accumulate { it, func, total, initial } ACCUMULATE_TYPE ACCUMULATE "itertools.accumulate" F::BASETYPE,
    accumulate_new, accumulate_next, [], [],
    "accumulate(iterable, func=None, *, initial=None)\n--\n\nReturn series of accumulated sums.");

fn accumulate_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("accumulate(iterable, func=None, *, initial=None)", args)?;
    let a = Accumulate {
        it: ops::iter(vm, args.req(0))?,
        func: args.clone_or_none(1),
        total: ObjCell::empty(),
        initial: ObjCell::from_option(args.opt_not_none(2).cloned()),
    };
    Ok(Ref::with_type(ty, a).into_obj())
}
fn accumulate_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let a = o.this::<Accumulate>()?;
    if let Some(x) = a.initial.take() {
        a.total.set(x.clone());
        return Ok(Some(x));
    }
    let Some(x) = ops::next(vm, &a.it)? else { return Ok(None) };
    let total = match a.total.get() {
        None => x,
        Some(t) if a.func.is_none() => arith::binary(vm, &t, &x, BinOp::Add)?,
        Some(t) => call::call2(vm, &a.func, &t, &x)?,
    };
    a.total.set(total.clone());
    Ok(Some(total))
}

// ---- batched ----

pub struct Batched {
    it: ObjCell,
    size: usize,
    strict: bool,
}
iterator!(Batched { it } BATCHED_TYPE BATCHED "itertools.batched" F::BASETYPE, batched_new, batched_next, [], [],
    "batched(iterable, n, *, strict=False)\n--\n\nBatch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.");

fn batched_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("batched(iterable, n, *, strict=False)", args)?;
    let n = ops::size_isize(vm, args.req(1))?;
    let strict = args.opt(2).map_or(Ok(false), |s| ops::truth(vm, s))?;
    if n < 1 {
        return Err(error::value_error("n must be at least one"));
    }
    let it = ops::iter(vm, args.req(0))?;
    Ok(Ref::with_type(ty, Batched { it: ObjCell::new(it), size: n as usize, strict }).into_obj())
}
fn batched_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let b = o.this::<Batched>()?;
    let Some(it) = b.it.get() else { return Ok(None) };
    let mut batch = Vec::with_capacity(b.size.min(64));
    while batch.len() < b.size {
        match ops::next(vm, &it)? {
            Some(x) => batch.push(x),
            None => break,
        }
    }
    if batch.is_empty() {
        drop(b.it.take());
        return Ok(None);
    }
    if batch.len() < b.size && b.strict {
        drop(b.it.take());
        return Err(error::value_error("batched(): incomplete batch"));
    }
    Ok(Some(tuple::new(batch)))
}

// ---- chain ----

pub struct Chain {
    source: ObjCell,
    active: ObjCell,
}
iterator!(Chain { source, active } CHAIN_TYPE CHAIN "itertools.chain" F::BASETYPE, chain_new, chain_next, [], [
    class_method("from_iterable($type, iterable, /)", Native::One(chain_from_iterable),
        "Alternative chain() constructor taking a single iterable argument that evaluates lazily."),
    class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585")
], "chain(*iterables)\n--\n\nReturn a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.");

fn chain_of(vm: &Vm, ty: &Type, iterables: &Obj) -> PyResult {
    let source = ops::iter(vm, iterables)?;
    Ok(Ref::with_type(ty, Chain { source: ObjCell::new(source), active: ObjCell::empty() }).into_obj())
}
fn chain_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    no_keywords(ty, args, "chain")?;
    chain_of(vm, ty, &args.to_tuple())
}
fn chain_from_iterable(vm: &Vm, cls: &Obj, it: &Obj) -> PyResult {
    chain_of(vm, cls.this::<Type>()?, it)
}
fn chain_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<Chain>()?;
    loop {
        if let Some(active) = c.active.get() {
            if let Some(x) = ops::next(vm, &active)? {
                return Ok(Some(x));
            }
            drop(c.active.take());
        }
        let Some(source) = c.source.get() else { return Ok(None) };
        match ops::next(vm, &source).and_then(|x| x.map(|x| ops::iter(vm, &x)).transpose()) {
            Ok(Some(a)) => c.active.set(a),
            end => {
                drop(c.source.take());
                return end;
            }
        }
    }
}

// ---- compress ----

pub struct Compress {
    data: Obj,
    selectors: Obj,
}
iterator!(Compress { data, selectors } COMPRESS_TYPE COMPRESS "itertools.compress" F::BASETYPE, compress_new, compress_next, [], [],
    "compress(data, selectors)\n--\n\nReturn data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.");

fn compress_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("compress(data, selectors)", args)?;
    let c = Compress { data: ops::iter(vm, args.req(0))?, selectors: ops::iter(vm, args.req(1))? };
    Ok(Ref::with_type(ty, c).into_obj())
}
fn compress_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<Compress>()?;
    loop {
        let Some(x) = ops::next(vm, &c.data)? else { return Ok(None) };
        let Some(s) = ops::next(vm, &c.selectors)? else { return Ok(None) };
        if ops::truth(vm, &s)? {
            return Ok(Some(x));
        }
    }
}

// ---- dropwhile, takewhile, filterfalse, starmap ----

pub struct DropWhile {
    func: Obj,
    it: Obj,
    started: Cell<bool>,
}
iterator!(DropWhile { func, it } DROPWHILE_TYPE DROPWHILE "itertools.dropwhile" F::BASETYPE, dropwhile_new, dropwhile_next, [], [],
    "dropwhile(predicate, iterable, /)\n--\n\nDrop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.");
fn dropwhile_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "dropwhile", 2, 2)?;
    let d = DropWhile { func: a[0].clone(), it: ops::iter(vm, &a[1])?, started: Cell::new(false) };
    Ok(Ref::with_type(ty, d).into_obj())
}
fn dropwhile_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let d = o.this::<DropWhile>()?;
    while let Some(x) = ops::next(vm, &d.it)? {
        if d.started.get() {
            return Ok(Some(x));
        }
        let holds = call::call1(vm, &d.func, &x)?;
        if !ops::truth(vm, &holds)? {
            d.started.set(true);
            return Ok(Some(x));
        }
    }
    Ok(None)
}

pub struct TakeWhile {
    func: Obj,
    it: Obj,
    stopped: Cell<bool>,
}
iterator!(TakeWhile { func, it } TAKEWHILE_TYPE TAKEWHILE "itertools.takewhile" F::BASETYPE, takewhile_new, takewhile_next, [], [],
    "takewhile(predicate, iterable, /)\n--\n\nReturn successive entries from an iterable as long as the predicate evaluates to true for each entry.");
fn takewhile_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "takewhile", 2, 2)?;
    let t = TakeWhile { func: a[0].clone(), it: ops::iter(vm, &a[1])?, stopped: Cell::new(false) };
    Ok(Ref::with_type(ty, t).into_obj())
}
fn takewhile_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let t = o.this::<TakeWhile>()?;
    if t.stopped.get() {
        return Ok(None);
    }
    let Some(x) = ops::next(vm, &t.it)? else { return Ok(None) };
    let holds = call::call1(vm, &t.func, &x)?;
    if ops::truth(vm, &holds)? {
        return Ok(Some(x));
    }
    t.stopped.set(true);
    Ok(None)
}

pub struct FilterFalse {
    func: Obj,
    it: Obj,
}
iterator!(FilterFalse { func, it } FILTERFALSE_TYPE FILTERFALSE "itertools.filterfalse" F::BASETYPE, filterfalse_new, filterfalse_next, [], [],
    "filterfalse(function, iterable, /)\n--\n\nReturn those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.");
fn filterfalse_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "filterfalse", 2, 2)?;
    Ok(Ref::with_type(ty, FilterFalse { func: a[0].clone(), it: ops::iter(vm, &a[1])? }).into_obj())
}
fn filterfalse_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let f = o.this::<FilterFalse>()?;
    let by_truth = f.func.is_none() || f.func.is(&types::BOOL.obj());
    while let Some(x) = ops::next(vm, &f.it)? {
        let holds = if by_truth { ops::truth(vm, &x)? } else { ops::truth(vm, &call::call1(vm, &f.func, &x)?)? };
        if !holds {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

pub struct StarMap {
    func: Obj,
    it: Obj,
}
iterator!(StarMap { func, it } STARMAP_TYPE STARMAP "itertools.starmap" F::BASETYPE, starmap_new, starmap_next, [], [],
    "starmap(function, iterable, /)\n--\n\nReturn an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.");
fn starmap_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "starmap", 2, 2)?;
    Ok(Ref::with_type(ty, StarMap { func: a[0].clone(), it: ops::iter(vm, &a[1])? }).into_obj())
}
fn starmap_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let s = o.this::<StarMap>()?;
    let Some(x) = ops::next(vm, &s.it)? else { return Ok(None) };
    if let Some(items) = tuple::as_slice(&x).filter(|_| x.is_exact(&types::TUPLE)) {
        return call::call_pos(vm, &s.func, items).map(Some);
    }
    let args = ops::to_tuple(vm, &x)?;
    call::call_pos(vm, &s.func, tuple::as_slice(&args).unwrap_or(&[])).map(Some)
}

// ---- islice ----

pub struct ISlice {
    it: ObjCell,
    next: Cell<usize>,
    /// usize::MAX without a stop.
    stop: usize,
    step: usize,
    count: Cell<usize>,
}
iterator!(ISlice { it } ISLICE_TYPE ISLICE "itertools.islice" F::BASETYPE, islice_new, islice_next, [], [],
    "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.");

#[cold]
fn bad_slice(what: &str) -> PyErr {
    error::value_error(format!("{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize."))
}
/// A non-negative index-sized int; None for anything else.
fn natural(vm: &Vm, o: &Obj) -> Option<usize> {
    ops::size_isize(vm, o).ok().and_then(|n| usize::try_from(n).ok())
}
fn islice_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "islice", 2, 4)?;
    let (start, stop) = if a.len() == 2 { (None, &a[1]) } else { (Some(&a[1]), &a[2]) };
    let stop = match stop {
        s if s.is_none() => usize::MAX,
        s => natural(vm, s).ok_or_else(|| bad_slice("Stop argument"))?,
    };
    let start = match start.filter(|s| !s.is_none()) {
        None => 0,
        Some(s) => natural(vm, s).ok_or_else(|| bad_slice("Indices"))?,
    };
    let step = match a.get(3).filter(|s| !s.is_none()) {
        None => 1,
        Some(s) => natural(vm, s)
            .filter(|&n| n > 0)
            .ok_or_else(|| error::value_error("Step for islice() must be a positive integer or None."))?,
    };
    let it = ops::iter(vm, &a[0])?;
    let s = ISlice { it: ObjCell::new(it), next: Cell::new(start), stop, step, count: Cell::new(0) };
    Ok(Ref::with_type(ty, s).into_obj())
}
fn islice_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let s = o.this::<ISlice>()?;
    let Some(it) = s.it.get() else { return Ok(None) };
    let end = |s: &ISlice| {
        drop(s.it.take());
        Ok(None)
    };
    while s.count.get() < s.next.get() {
        if ops::next(vm, &it)?.is_none() {
            return end(s);
        }
        s.count.set(s.count.get() + 1);
    }
    if s.count.get() >= s.stop {
        return end(s);
    }
    let Some(x) = ops::next(vm, &it)? else { return end(s) };
    s.count.set(s.count.get() + 1);
    s.next.set(s.next.get().saturating_add(s.step).min(s.stop));
    Ok(Some(x))
}

// ---- pairwise ----

pub struct Pairwise {
    it: ObjCell,
    old: ObjCell,
}
iterator!(Pairwise { it, old } PAIRWISE_TYPE PAIRWISE "itertools.pairwise" F::BASETYPE, pairwise_new, pairwise_next, [], [],
    "pairwise(iterable, /)\n--\n\nReturn an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...");
fn pairwise_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "pairwise", 1, 1)?;
    let it = ops::iter(vm, &a[0])?;
    Ok(Ref::with_type(ty, Pairwise { it: ObjCell::new(it), old: ObjCell::empty() }).into_obj())
}
fn pairwise_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let p = o.this::<Pairwise>()?;
    let Some(it) = p.it.get() else { return Ok(None) };
    let end = |p: &Pairwise| {
        drop(p.it.take());
        drop(p.old.take());
        Ok(None)
    };
    let old = match p.old.get() {
        Some(x) => x,
        None => match ops::next(vm, &it)? {
            None => return end(p),
            Some(x) => {
                p.old.set(x.clone());
                // The source may have come back here and used the iterator up.
                if !p.it.is_some() {
                    return end(p);
                }
                x
            }
        },
    };
    let Some(new) = ops::next(vm, &it)? else { return end(p) };
    p.old.set(new.clone());
    Ok(Some(tuple::from_array([old, new])))
}
