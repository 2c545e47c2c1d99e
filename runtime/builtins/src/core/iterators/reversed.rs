//! `reversed`.
//!
//! CPython: Objects/enumobject.c.

use super::itself;
use adder_object::bind::check_positional;
use adder_object::call::{self, call0};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, attr, error,
    exceptions as exc, int, names, ops, payload, singletons, trace_fields, tuple,
};
use std::cell::Cell;

pub struct Reversed {
    seq: ObjCell,
    /// Index of the next item, -1 at the end.
    at: Cell<isize>,
}
trace_fields!(Reversed { seq });
pub static REVERSED: StaticType = StaticType::new::<Reversed>("reversed", F::BASETYPE | F::GC);
payload!(Reversed, REVERSED);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(itself), slot::iternext(next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
        method("__setstate__($self, object, /)", Native::One(setstate), "Set state information for unpickling."),
    ],
    doc: "reversed(sequence, /)\n--\n\nReturn a reverse iterator over the values of the given sequence.",
    ..TypeSpec::of(&REVERSED)
};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if crate::numbers::float::plain_init(ty) {
        args.no_keywords("reversed")?;
    }
    check_positional("reversed", args.len(), 1, 1)?;
    let seq = &args.positional()[0];
    let not_reversible = || error::type_error(format!("'{}' object is not reversible", seq.ty().tp_name()));
    match attr::lookup_special(vm, seq, &names().__reversed__)? {
        Some(attr::Method::Unbound(f) | attr::Method::Bound(f)) if f.is_none() => return Err(not_reversible()),
        Some(attr::Method::Unbound(f)) => return call::call1(vm, &f, seq),
        Some(attr::Method::Bound(f)) => return call0(vm, &f),
        None => {}
    }
    if seq.ty().getitem().is_none() || seq.get::<Dict>().is_some() {
        return Err(not_reversible());
    }
    let n = ops::len(vm, seq)?;
    let r = Reversed { seq: ObjCell::new(seq.clone()), at: Cell::new(n as isize - 1) };
    Ok(Ref::with_type(ty, r).into_obj())
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let r = o.this::<Reversed>()?;
    let (Some(seq), i) = (r.seq.get(), r.at.get()) else { return Ok(None) };
    if i >= 0 {
        match ops::getitem(vm, &seq, &int::from_i64(i as i64)) {
            Ok(v) => {
                r.at.set(i - 1);
                return Ok(Some(v));
            }
            Err(e) if e.is(&exc::INDEX_ERROR) || e.is(&exc::STOP_ITERATION) => {}
            Err(e) => return Err(e),
        }
    }
    r.at.set(-1);
    r.seq.set_option(None);
    Ok(None)
}

fn length_hint(vm: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Reversed>()?;
    let Some(seq) = r.seq.get() else { return Ok(int::from_i64(0)) };
    let left = r.at.get() + 1;
    Ok(int::from_i64(if (ops::len(vm, &seq)? as isize) < left { 0 } else { left as i64 }))
}

fn reduce(_: &Vm, o: &Obj) -> PyResult {
    let r = o.this::<Reversed>()?;
    let ty = o.ty().to_obj();
    Ok(match r.seq.get() {
        Some(seq) => tuple::new(vec![ty, tuple::from_array([seq]), int::from_i64(r.at.get() as i64)]),
        None => tuple::from_array([ty, tuple::from_array([tuple::new(vec![])])]),
    })
}

fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let r = o.this::<Reversed>()?;
    let i = ops::index_isize(vm, state)?;
    if let Some(seq) = r.seq.get() {
        let n = ops::len(vm, &seq)? as isize;
        r.at.set(i.clamp(-1, n - 1));
    }
    Ok(singletons::none())
}
