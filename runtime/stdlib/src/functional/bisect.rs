//! `_bisect`: places in sorted sequences.
//!
//! CPython: Modules/_bisectmodule.c.

use super::shared::none;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{CompareOp, List, ModuleSpec, Obj, ObjExt, PyResult, Vm, call, error, int, names, ops};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement over the more\ncommon approach.\n",
    functions: &[
        method(
            "bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)",
            Native::Bound(bisect::<true>),
            "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\ninsert just after the rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        ),
        method(
            "insort_right($module, /, a, x, lo=0, hi=None, *, key=None)",
            Native::Bound(insort::<true>),
            "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right of the rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        ),
        method(
            "bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)",
            Native::Bound(bisect::<false>),
            "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\ninsert just before the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        ),
        method(
            "insort_left($module, /, a, x, lo=0, hi=None, *, key=None)",
            Native::Bound(insort::<false>),
            "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left of the leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
        ),
    ],
    ..ModuleSpec::new("_bisect")
};

/// The place of `x`: after equal items for RIGHT, before them otherwise.
fn search<const RIGHT: bool>(vm: &Vm, args: &Bound<'_>, x: &Obj) -> PyResult<usize> {
    let (a, key) = (args.req(0), args.opt_not_none(4));
    let lo = args.opt(2).map_or(Ok(0), |n| ops::size_isize(vm, n))?;
    if lo < 0 {
        return Err(error::value_error("lo must be non-negative"));
    }
    let hi = match args.opt_not_none(3) {
        Some(n) => ops::size_isize(vm, n)?,
        None => -1,
    };
    let (mut lo, mut hi) = (lo as usize, if hi < 0 { ops::len(vm, a)? } else { hi as usize });
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let item = match a.get_exact::<List>() {
            Some(l) => l.get(mid).ok_or_else(|| error::index_error("list index out of range"))?,
            None => ops::getitem(vm, a, &int::from_usize(mid))?,
        };
        let item = match key {
            Some(f) => call::call1(vm, f, &item)?,
            None => item,
        };
        let before = if RIGHT {
            !ops::compare_bool(vm, x, &item, CompareOp::Lt)?
        } else {
            ops::compare_bool(vm, &item, x, CompareOp::Lt)?
        };
        if before { lo = mid + 1 } else { hi = mid }
    }
    Ok(lo)
}
fn bisect<const RIGHT: bool>(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    search::<RIGHT>(vm, args, args.req(1)).map(int::from_usize)
}
fn insort<const RIGHT: bool>(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let (a, x) = (args.req(0), args.req(1));
    let keyed = args.opt_not_none(4).map(|f| call::call1(vm, f, x)).transpose()?;
    let i = search::<RIGHT>(vm, args, keyed.as_ref().unwrap_or(x))?;
    match a.get_exact::<List>() {
        Some(l) => l.insert(i, x.clone()),
        None => {
            call::call_method(vm, a, &names().insert, &[int::from_usize(i), x.clone()])?;
        }
    }
    none()
}
