//! `enumerate`.
//!
//! CPython: Objects/enumobject.c.

use super::itself;
use adder_object::arith::{self, BinOp};
use adder_object::bind::Signature;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, class, error, int, ops, payload,
    trace_fields, tuple,
};
use std::sync::LazyLock;

pub struct Enumerate {
    index: ObjCell,
    iterator: Obj,
    pair: ObjCell,
}
trace_fields!(Enumerate { index, iterator, pair });
pub static ENUMERATE: StaticType = StaticType::new::<Enumerate>("enumerate", F::BASETYPE | F::GC);
payload!(Enumerate, ENUMERATE);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(itself), slot::iternext(next)],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| {
                let e = o.this::<Enumerate>()?;
                let index = e.index.get().unwrap_or_else(|| int::from_i64(0));
                Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([e.iterator.clone(), index])]))
            }),
            "Return state information for pickling.",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "'enumerate' objects are generic over the type of their values",
        ),
    ],
    doc: "enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    ..TypeSpec::of(&ENUMERATE)
};

static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::parse("enumerate(iterable, start=0)"));

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.is_empty() {
        return Err(error::type_error("enumerate() missing required argument 'iterable'"));
    }
    let a = SIGNATURE.bind(args)?;
    let index = a.opt(1).map_or_else(|| Ok(int::from_i64(0)), |s| ops::index(vm, s))?;
    let iterator = ops::iter(vm, a.req(0))?;
    Ok(Ref::with_type(ty, Enumerate { index: ObjCell::new(index), iterator, pair: ObjCell::empty() }).into_obj())
}

/// The object that goes on with an iterator, whose next item has this number.
pub fn over(iterator: Obj, number: i64) -> Obj {
    let index = ObjCell::new(int::from_i64(number));
    Ref::new(Enumerate { index, iterator, pair: ObjCell::empty() }).into_obj()
}
impl Enumerate {
    /// Its iterator, and the number of the next item when that is small.
    pub fn parts(&self) -> Option<(&Obj, i64)> {
        Some((&self.iterator, self.index.get()?.small_int()?))
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let e = o.this::<Enumerate>()?;
    let Some(x) = ops::next(vm, &e.iterator)? else { return Ok(None) };
    let i = e.index.get().unwrap_or_else(|| int::from_i64(0));
    let after = match i.small_int() {
        Some(n) => int::from_i64(n + 1),
        None => arith::binary(vm, &i, &int::from_i64(1), BinOp::Add)?,
    };
    e.index.set(after);
    Ok(Some(tuple::pair_again(&e.pair, i, x)))
}
