//! `slice`: construction, comparison, hash and `indices` over ints of any size.
//!
//! CPython: Objects/sliceobject.c.

use adder_object::int::IBig;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Slice, Type, Vm, bind, error, int, ops, singletons, tuple, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::repr(repr), slot::hash(hash), slot::richcompare(richcompare)],
    methods: &[
        method(
            "indices($self, object, /)",
            Native::One(indices),
            "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices.",
        ),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
    ],
    getset: &[
        getter("start", |_, o| Ok(o.this::<Slice>()?.start.clone()), ""),
        getter("stop", |_, o| Ok(o.this::<Slice>()?.stop.clone()), ""),
        getter("step", |_, o| Ok(o.this::<Slice>()?.step.clone()), ""),
    ],
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.\n\nThis is used for extended slicing (e.g. a[0:10:2]).",
    ..TypeSpec::of(&types::SLICE)
};

fn new(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.no_keywords("slice")?;
    bind::check_positional("slice", args.len(), 1, 3)?;
    let none = singletons::none;
    Ok(match args.positional() {
        [stop] => Slice::new(none(), stop.clone(), none()),
        [start, stop] => Slice::new(start.clone(), stop.clone(), none()),
        [start, stop, step, ..] => Slice::new(start.clone(), stop.clone(), step.clone()),
        [] => return Err(error::system_error("slice arguments")),
    })
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<Slice>()?;
    let [a, b, c] = [&s.start, &s.stop, &s.step].map(|x| ops::repr(vm, x));
    let mut parts = super::shared::Parts::default();
    parts.text("slice(");
    parts.push(a?);
    parts.text(", ");
    parts.push(b?);
    parts.text(", ");
    parts.push(c?);
    parts.text(")");
    Ok(parts.join())
}

fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    // The tuple mix without its final step for the length.
    const P1: u64 = 11400714785074694791;
    const P2: u64 = 14029467366897019727;
    const P5: u64 = 2870177450012600261;
    let s = o.this::<Slice>()?;
    let mut acc = P5;
    for x in [&s.start, &s.stop, &s.step] {
        acc = acc.wrapping_add((ops::hash(vm, x)? as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    }
    Ok(if acc == u64::MAX { 1546275796 } else { acc as i64 })
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Slice>(), b.get::<Slice>()) else { return Ok(singletons::not_implemented()) };
    if a.is(b) {
        return Ok(singletons::bool_obj(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
    }
    let parts = |s: &Slice| tuple::from_array([s.start.clone(), s.stop.clone(), s.step.clone()]);
    ops::compare(vm, &parts(x), &parts(y), op)
}

fn reduce(_: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<Slice>()?;
    let args = tuple::from_array([s.start.clone(), s.stop.clone(), s.step.clone()]);
    Ok(tuple::from_array([o.ty().to_obj(), args]))
}

fn indices(vm: &Vm, o: &Obj, len: &Obj) -> PyResult {
    let len = ops::index(vm, len)?;
    if int::as_int(&len).is_some_and(|n| n.is_negative()) {
        return Err(error::value_error("length should not be negative"));
    }
    let (start, stop, step) = long_indices(vm, o.this::<Slice>()?, &len)?;
    Ok(tuple::from_array([start, stop, step]))
}

fn big(o: &Obj) -> IBig {
    int::as_int(o).map_or(IBig::ZERO, |n| n.to_big())
}

fn bound(vm: &Vm, o: &Obj) -> PyResult<IBig> {
    if !int::is_int(o) && o.ty().index().is_none() {
        return Err(error::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    Ok(big(&ops::index(vm, o)?))
}

/// Start, stop and step clipped to a length, whatever their size.
pub fn long_indices(vm: &Vm, s: &Slice, len: &Obj) -> PyResult<(Obj, Obj, Obj)> {
    let n = big(len);
    let step = if s.step.is_none() { IBig::ONE } else { bound(vm, &s.step)? };
    if step == IBig::ZERO {
        return Err(error::value_error("slice step cannot be zero"));
    }
    let back = step < IBig::ZERO;
    let (lower, upper) = if back { (-IBig::ONE, &n - IBig::ONE) } else { (IBig::ZERO, n.clone()) };
    let clip = |o: &Obj, default: &IBig| -> PyResult<IBig> {
        if o.is_none() {
            return Ok(default.clone());
        }
        let i = bound(vm, o)?;
        Ok(if i < IBig::ZERO { (i + &n).max(lower.clone()) } else { i.min(upper.clone()) })
    };
    let (from, to) = if back { (&upper, &lower) } else { (&lower, &upper) };
    let (start, stop) = (clip(&s.start, from)?, clip(&s.stop, to)?);
    Ok((int::from_big(start), int::from_big(stop), int::from_big(step)))
}
