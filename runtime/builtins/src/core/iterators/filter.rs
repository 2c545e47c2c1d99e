//! `filter`.
//!
//! CPython: Python/bltinmodule.c.

use super::itself;
use adder_object::bind::check_positional;
use adder_object::call::call1;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, ops, payload, trace_fields, tuple, types,
};

pub struct Filter {
    func: Obj,
    iterator: Obj,
}
trace_fields!(Filter { func, iterator });
pub static FILTER: StaticType = StaticType::new::<Filter>("filter", F::BASETYPE | F::GC);
payload!(Filter, FILTER);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(itself), slot::iternext(next)],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|_, o| {
            let f = o.this::<Filter>()?;
            Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([f.func.clone(), f.iterator.clone()])]))
        }),
        "Return state information for pickling.",
    )],
    doc: "filter(function, iterable, /)\n--\n\nReturn an iterator yielding those items of iterable for which\nfunction(item) is true.  If function is None, return the items that\nare true.",
    ..TypeSpec::of(&FILTER)
};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if crate::numbers::float::plain_init(ty) {
        args.no_keywords("filter")?;
    }
    check_positional("filter", args.len(), 2, 2)?;
    let a = args.positional();
    Ok(Ref::with_type(ty, Filter { func: a[0].clone(), iterator: ops::iter(vm, &a[1])? }).into_obj())
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let f = o.this::<Filter>()?;
    let truth_itself = f.func.is_none() || f.func.is(&types::BOOL.obj());
    while let Some(x) = ops::next(vm, &f.iterator)? {
        let keep = if truth_itself { ops::truth(vm, &x)? } else { ops::truth(vm, &call1(vm, &f.func, &x)?)? };
        if keep {
            return Ok(Some(x));
        }
        vm.check_breaker()?;
    }
    Ok(None)
}
