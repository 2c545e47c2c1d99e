//! `_heapq`: heaps in lists, smallest or (the `_max` functions) greatest item first.
//!
//! CPython: Modules/_heapqmodule.c (same order of comparisons).

use super::shared::none;
use adder_object::spec::{Native, method};
use adder_object::{CompareOp, List, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Vm, error, ops};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Heap queue algorithm (a.k.a. priority queue).",
    functions: &[
        method(
            "heappush($module, heap, item, /)",
            Native::Pos(2, 2, push::<MIN>),
            "Push item onto heap, maintaining the heap invariant.",
        ),
        method(
            "heappushpop($module, heap, item, /)",
            Native::Pos(2, 2, pushpop::<MIN>),
            "Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop().",
        ),
        method(
            "heappop($module, heap, /)",
            Native::One(pop::<MIN>),
            "Pop the smallest item off the heap, maintaining the heap invariant.",
        ),
        method(
            "heapreplace($module, heap, item, /)",
            Native::Pos(2, 2, replace::<MIN>),
            "Pop and return the current smallest value, and add the new item.",
        ),
        method(
            "heapify($module, heap, /)",
            Native::One(heapify::<MIN>),
            "Transform list into a heap, in-place, in O(len(heap)) time.",
        ),
        method(
            "heappush_max($module, heap, item, /)",
            Native::Pos(2, 2, push::<MAX>),
            "Push item onto max heap, maintaining the heap invariant.",
        ),
        method(
            "heappushpop_max($module, heap, item, /)",
            Native::Pos(2, 2, pushpop::<MAX>),
            "Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na separate call to heappop_max().",
        ),
        method("heappop_max($module, heap, /)", Native::One(pop::<MAX>), "Maxheap variant of heappop."),
        method(
            "heapreplace_max($module, heap, item, /)",
            Native::Pos(2, 2, replace::<MAX>),
            "Maxheap variant of heapreplace.",
        ),
        method("heapify_max($module, heap, /)", Native::One(heapify::<MAX>), "Maxheap variant of heapify."),
    ],
    ..ModuleSpec::new("_heapq")
};

const MIN: bool = false;
const MAX: bool = true;

fn heap<'a, const M: bool>(o: &'a Obj, base: &str, numbered: bool) -> PyResult<&'a List> {
    o.get::<List>().ok_or_else(|| {
        let function = name::<M>(base);
        let max = if numbered { " 1" } else { "" };
        error::type_error(format!("{function}() argument{max} must be list, not {}", o.ty().tp_name()))
    })
}
fn name<const M: bool>(base: &str) -> String {
    if M { format!("{base}_max") } else { base.to_owned() }
}
#[cold]
fn out_of_range() -> PyErr {
    error::index_error("index out of range")
}
#[cold]
fn changed() -> PyErr {
    error::runtime_error("list changed size during iteration")
}

/// Whether `a` belongs above `b`; an error when comparing changed the heap's length.
fn above<const M: bool>(vm: &Vm, l: &List, n: usize, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (x, y) = if M { (b, a) } else { (a, b) };
    let r = ops::compare_bool(vm, x, y, CompareOp::Lt)?;
    if l.len() != n { Err(changed()) } else { Ok(r) }
}
fn at(l: &List, i: usize) -> PyResult {
    l.get(i).ok_or_else(changed)
}
fn swap(l: &List, i: usize, j: usize) -> PyResult<()> {
    if l.exchange(i, j) { Ok(()) } else { Err(changed()) }
}

/// Moves the item at `pos` up towards `start` as far as it belongs.
fn sift_down<const M: bool>(vm: &Vm, l: &List, start: usize, mut pos: usize) -> PyResult<()> {
    let n = l.len();
    if pos >= n {
        return Err(out_of_range());
    }
    let item = at(l, pos)?;
    while pos > start {
        let parent = (pos - 1) >> 1;
        if !above::<M>(vm, l, n, &item, &at(l, parent)?)? {
            break;
        }
        swap(l, parent, pos)?;
        pos = parent;
    }
    Ok(())
}
/// Lets the item at `pos` sink to a leaf along the winning children, then up again to its place.
fn sift_up<const M: bool>(vm: &Vm, l: &List, mut pos: usize) -> PyResult<()> {
    let (n, start) = (l.len(), pos);
    if pos >= n {
        return Err(out_of_range());
    }
    let limit = n >> 1;
    while pos < limit {
        let mut child = 2 * pos + 1;
        if child + 1 < n && !above::<M>(vm, l, n, &at(l, child)?, &at(l, child + 1)?)? {
            child += 1;
        }
        swap(l, child, pos)?;
        pos = child;
    }
    sift_down::<M>(vm, l, start, pos)
}

fn push<const M: bool>(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let l = heap::<M>(&a[0], "heappush", true)?;
    l.push(a[1].clone());
    sift_down::<M>(vm, l, 0, l.len() - 1)?;
    none()
}
fn pop<const M: bool>(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let l = heap::<M>(o, "heappop", false)?;
    let last = l.pop().ok_or_else(out_of_range)?;
    if l.is_empty() {
        return Ok(last);
    }
    let first = at(l, 0)?;
    l.set(0, last);
    sift_up::<M>(vm, l, 0)?;
    Ok(first)
}
fn replace<const M: bool>(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let l = heap::<M>(&a[0], "heapreplace", true)?;
    let first = l.get(0).ok_or_else(out_of_range)?;
    l.set(0, a[1].clone());
    sift_up::<M>(vm, l, 0)?;
    Ok(first)
}
fn pushpop<const M: bool>(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let l = heap::<M>(&a[0], "heappushpop", true)?;
    let Some(top) = l.get(0) else { return Ok(a[1].clone()) };
    let (x, y) = if M { (&a[1], &top) } else { (&top, &a[1]) };
    if !ops::compare_bool(vm, x, y, CompareOp::Lt)? {
        return Ok(a[1].clone());
    }
    let first = l.get(0).ok_or_else(out_of_range)?;
    l.set(0, a[1].clone());
    sift_up::<M>(vm, l, 0)?;
    Ok(first)
}
fn heapify<const M: bool>(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let l = heap::<M>(o, "heapify", false)?;
    for i in (0..l.len() / 2).rev() {
        sift_up::<M>(vm, l, i)?;
    }
    none()
}
