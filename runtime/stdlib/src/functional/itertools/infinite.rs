//! Iterators that may not end, and zip_longest.

use super::super::shared::{Parts, bind, positional};
use super::iterator;
use adder_object::arith::{self, BinOp};
use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{Args, Obj, ObjCell, ObjExt, PyResult, Ref, Type, TypeFlags as F, Vm, error, int, ops, tuple};
use std::cell::{Cell, RefCell};

// ---- count ----

pub struct Count {
    /// The next number.
    next: ObjCell,
    step: Obj,
}
iterator!(Count { next, step } COUNT_TYPE COUNT "itertools.count" F::BASETYPE, count_new, count_next, [slot::repr(count_repr)], [],
    "count(start=0, step=1)\n--\n\nReturn a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step");

fn is_number(o: &Obj) -> bool {
    let t = o.ty();
    t.index().is_some() || t.int().is_some() || t.float().is_some() || o.get::<adder_object::float::Complex>().is_some()
}
fn count_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("count(start=0, step=1)", args)?;
    if args.opt(0).is_some_and(|x| !is_number(x)) || args.opt(1).is_some_and(|x| !is_number(x)) {
        return Err(error::type_error("a number is required"));
    }
    let start = args.opt(0).cloned().unwrap_or_else(|| int::from_i64(0));
    let step = args.opt(1).cloned().unwrap_or_else(|| int::from_i64(1));
    Ok(Ref::with_type(ty, Count { next: ObjCell::new(start), step }).into_obj())
}
fn count_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<Count>()?;
    let Some(x) = c.next.get() else { return Ok(None) };
    c.next.set(arith::binary(vm, &x, &c.step, BinOp::Add)?);
    Ok(Some(x))
}
fn count_repr(vm: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Count>()?;
    let mut parts = Parts::default();
    parts.text(&format!("{}(", o.ty().name()));
    if let Some(x) = c.next.get() {
        parts.repr(vm, &x)?;
    }
    if c.step.small_int() != Some(1) {
        parts.text(", ");
        parts.repr(vm, &c.step)?;
    }
    parts.text(")");
    Ok(parts.join())
}

// ---- cycle ----

pub struct Cycle {
    /// The source, until it is used up.
    it: ObjCell,
    saved: RefCell<Vec<Obj>>,
    index: Cell<usize>,
}
iterator!(Cycle { it, saved } CYCLE_TYPE CYCLE "itertools.cycle" F::BASETYPE, cycle_new, cycle_next, [], [],
    "cycle(iterable, /)\n--\n\nReturn elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.");
fn cycle_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "cycle", 1, 1)?;
    let c = Cycle { it: ObjCell::new(ops::iter(vm, &a[0])?), saved: RefCell::default(), index: Cell::new(0) };
    Ok(Ref::with_type(ty, c).into_obj())
}
fn cycle_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<Cycle>()?;
    if let Some(it) = c.it.get() {
        if let Some(x) = ops::next(vm, &it)? {
            c.saved.borrow_mut().push(x.clone());
            return Ok(Some(x));
        }
        drop(c.it.take());
    }
    let saved = c.saved.borrow();
    let i = c.index.get();
    let x = saved.get(i).cloned();
    c.index.set(if i + 1 >= saved.len() { 0 } else { i + 1 });
    Ok(x)
}

// ---- repeat ----

pub struct Repeat {
    object: Obj,
    /// Negative for ever.
    left: Cell<isize>,
}
iterator!(Repeat { object } REPEAT_TYPE REPEAT "itertools.repeat" F::BASETYPE, repeat_new, repeat_next, [slot::repr(repeat_repr)], [
    method("__length_hint__($self, /)", Native::NoArgs(repeat_hint), "Private method returning an estimate of len(list(it)).")
], "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.");
fn repeat_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("repeat(object, times=None)", args)?;
    let left = args.opt(1).map_or(Ok(-1), |n| ops::size_isize(vm, n).map(|n| n.max(0)))?;
    Ok(Ref::with_type(ty, Repeat { object: args.req(0).clone(), left: Cell::new(left) }).into_obj())
}
fn repeat_next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let r = o.this::<Repeat>()?;
    match r.left.get() {
        0 => return Ok(None),
        n if n > 0 => r.left.set(n - 1),
        _ => {}
    }
    Ok(Some(r.object.clone()))
}
fn repeat_repr(vm: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Repeat>()?;
    let mut parts = Parts::default();
    parts.text(&format!("{}(", o.ty().name()));
    parts.repr(vm, &r.object)?;
    if r.left.get() >= 0 {
        parts.text(&format!(", {}", r.left.get()));
    }
    parts.text(")");
    Ok(parts.join())
}
fn repeat_hint(_: &Vm, o: &Obj) -> PyResult {
    match o.this::<Repeat>()?.left.get() {
        n if n >= 0 => Ok(int::from_i64(n as i64)),
        _ => Err(error::type_error("len() of unsized object")),
    }
}

// ---- zip_longest ----

pub struct ZipLongest {
    /// None where a source is used up.
    sources: RefCell<Vec<Option<Obj>>>,
    active: Cell<usize>,
    fill: Obj,
}
iterator!(ZipLongest { sources, fill } ZIP_LONGEST_TYPE ZIP_LONGEST "itertools.zip_longest" F::BASETYPE, zip_new, zip_next, [], [],
    "zip_longest(*iterables, fillvalue=None)\n--\n\nReturn a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.");
fn zip_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let fill = args.keyword("fillvalue").cloned();
    if args.names().len() > usize::from(fill.is_some()) {
        return Err(error::type_error("zip_longest() got an unexpected keyword argument"));
    }
    let mut sources = vec![];
    for x in args.positional() {
        sources.push(Some(ops::iter(vm, x)?));
    }
    let z = ZipLongest {
        active: Cell::new(sources.len()),
        sources: RefCell::new(sources),
        fill: fill.unwrap_or_else(adder_object::singletons::none),
    };
    Ok(Ref::with_type(ty, z).into_obj())
}
/// One step of two sources that both have given items so far.
fn zip_pair(vm: &Vm, z: &ZipLongest, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    let end = |i: usize, r: PyResult<Option<Obj>>| match r {
        Ok(Some(x)) => Ok(Some(x)),
        Ok(None) => {
            z.active.set(z.active.get().saturating_sub(1));
            let old = z.sources.borrow_mut().get_mut(i).and_then(Option::take);
            drop(old);
            Ok(None)
        }
        Err(e) => {
            z.active.set(0);
            Err(e)
        }
    };
    let x = end(0, ops::next(vm, a))?;
    let y = end(1, ops::next(vm, b))?;
    if z.active.get() == 0 {
        return Ok(None);
    }
    let filled = |x: Option<Obj>| x.unwrap_or_else(|| z.fill.clone());
    Ok(Some(tuple::from_array([filled(x), filled(y)])))
}
fn zip_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let z = o.this::<ZipLongest>()?;
    let n = z.sources.borrow().len();
    if n == 0 || z.active.get() == 0 {
        return Ok(None);
    }
    if n == 2 && z.active.get() == 2 {
        let pair = match &z.sources.borrow()[..] {
            [Some(a), Some(b)] => Some((a.clone(), b.clone())),
            _ => None,
        };
        if let Some((a, b)) = pair {
            return zip_pair(vm, z, &a, &b);
        }
    }
    let mut row = Vec::with_capacity(n);
    for i in 0..n {
        let source = z.sources.borrow().get(i).cloned().flatten();
        let Some(it) = source else {
            row.push(z.fill.clone());
            continue;
        };
        match ops::next(vm, &it) {
            Ok(Some(x)) => row.push(x),
            Ok(None) => {
                z.active.set(z.active.get().saturating_sub(1));
                if z.active.get() == 0 {
                    return Ok(None);
                }
                let old = z.sources.borrow_mut().get_mut(i).and_then(Option::take);
                drop(old);
                row.push(z.fill.clone());
            }
            Err(e) => {
                z.active.set(0);
                return Err(e);
            }
        }
    }
    Ok(Some(tuple::new(row)))
}
