//! `zip`.
//!
//! CPython: Python/bltinmodule.c.

use super::{check_strict, itself, strict_keyword};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, ops, payload, singletons,
    trace_fields, tuple,
};
use std::cell::Cell;

pub struct Zip {
    iterators: Vec<Obj>,
    strict: Cell<bool>,
    pair: ObjCell,
}
trace_fields!(Zip { iterators, pair });
pub static ZIP: StaticType = StaticType::new::<Zip>("zip", F::BASETYPE | F::GC);
payload!(Zip, ZIP);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(itself), slot::iternext(next)],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| {
                let z = o.this::<Zip>()?;
                let mut parts = vec![o.ty().to_obj(), tuple::from_slice(&z.iterators)];
                if z.strict.get() {
                    parts.push(singletons::true_obj());
                }
                Ok(tuple::new(parts))
            }),
            "Return state information for pickling.",
        ),
        method(
            "__setstate__($self, object, /)",
            Native::One(|vm, o, state| {
                o.this::<Zip>()?.strict.set(ops::truth(vm, state)?);
                Ok(singletons::none())
            }),
            "Set state information for unpickling.",
        ),
    ],
    doc: "The zip object yields n-length tuples, where n is the number of\niterables passed as positional arguments to zip().  The i-th element\nin every tuple comes from the i-th iterable argument to zip().  This\ncontinues until the shortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    ..TypeSpec::of(&ZIP)
};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let strict = if crate::numbers::float::plain_init(ty) { strict_keyword(vm, args, "zip")? } else { false };
    let iterators = args.positional().iter().map(|o| ops::iter(vm, o)).collect::<PyResult<Vec<_>>>()?;
    Ok(Ref::with_type(ty, Zip { iterators, strict: Cell::new(strict), pair: ObjCell::empty() }).into_obj())
}

/// The object that goes on with two iterators.
pub fn over(a: Obj, b: Obj) -> Obj {
    Ref::new(Zip { iterators: vec![a, b], strict: Cell::new(false), pair: ObjCell::empty() }).into_obj()
}
impl Zip {
    /// Its iterators when there are two, of which the shorter ends it.
    pub fn pair(&self) -> Option<&[Obj; 2]> {
        self.iterators.as_slice().try_into().ok().filter(|_| !self.strict.get())
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let z = o.this::<Zip>()?;
    if let [a, b] = &z.iterators[..]
        && !z.strict.get()
    {
        let Some(x) = ops::next(vm, a)? else { return Ok(None) };
        let Some(y) = ops::next(vm, b)? else { return Ok(None) };
        return Ok(Some(tuple::pair_again(&z.pair, x, y)));
    }
    if z.iterators.is_empty() {
        return Ok(None);
    }
    if let [a, b, c] = &z.iterators[..]
        && !z.strict.get()
    {
        let Some(x) = ops::next(vm, a)? else { return Ok(None) };
        let Some(y) = ops::next(vm, b)? else { return Ok(None) };
        let Some(z) = ops::next(vm, c)? else { return Ok(None) };
        return Ok(Some(tuple::from_array([x, y, z])));
    }
    let mut items = Vec::with_capacity(z.iterators.len());
    for it in &z.iterators {
        match ops::next(vm, it)? {
            Some(x) => items.push(x),
            None if z.strict.get() => return check_strict(vm, &z.iterators, items.len(), "zip").map(|()| None),
            None => return Ok(None),
        }
    }
    Ok(Some(tuple::new(items)))
}
