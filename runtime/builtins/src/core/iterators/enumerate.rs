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
use std::cell::Cell;
use std::sync::LazyLock;

pub struct Enumerate {
    /// The next index while it is small; -1 once `index` holds it.
    small: Cell<i64>,
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
                let index = e.index.get().unwrap_or_else(|| int::from_i64(e.small.get()));
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
    Ok(Ref::with_type(ty, counting(iterator, index)).into_obj())
}
fn counting(iterator: Obj, index: Obj) -> Enumerate {
    let small = index.small_int().filter(|n| *n >= 0);
    let index = if small.is_some() { ObjCell::empty() } else { ObjCell::new(index) };
    Enumerate { small: Cell::new(small.unwrap_or(-1)), index, iterator, pair: ObjCell::empty() }
}

/// The object that goes on with an iterator, whose next item has this number.
pub fn over(iterator: Obj, number: i64) -> Obj {
    Ref::new(counting(iterator, int::from_i64(number))).into_obj()
}
impl Enumerate {
    /// Its iterator, and the number of the next item when that is small.
    pub fn parts(&self) -> Option<(&Obj, i64)> {
        let number = match self.small.get() {
            n @ 0.. => n,
            _ => self.index.get()?.small_int()?,
        };
        Some((&self.iterator, number))
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let e = o.this::<Enumerate>()?;
    let Some(x) = ops::next(vm, &e.iterator)? else { return Ok(None) };
    let small = e.small.get();
    let i = if small >= 0 {
        let i = int::from_i64(small);
        // Beyond the immediate ints the object goes on counting.
        if i.is_int() {
            e.small.set(small + 1);
        } else {
            e.small.set(-1);
            e.index.set(int::from_i64(small + 1));
        }
        i
    } else {
        let i = e.index.get().unwrap_or_else(|| int::from_i64(0));
        e.index.set(arith::binary(vm, &i, &int::from_i64(1), BinOp::Add)?);
        i
    };
    Ok(Some(tuple::pair_again(&e.pair, i, x)))
}
