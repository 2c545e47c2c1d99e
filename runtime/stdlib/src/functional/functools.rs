//! `_functools`: reduce and cmp_to_key; partial is in partial.rs, the LRU cache in lru_cache.rs.
//!
//! CPython: Modules/_functoolsmodule.c.

use super::shared::bind;
use super::{lru_cache, partial};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method, ready};
use adder_object::{
    Args, CompareOp, ModuleSpec, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, call, error,
    exceptions as exc, int, module, names, ops, payload, singletons, str, trace_fields,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Tools that operate on functions.",
    functions: &[
        method(
            "reduce($module, function, iterable, /, initial=<unrepresentable>)",
            Native::Bound(reduce),
            "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).",
        ),
        method(
            "cmp_to_key($module, /, mycmp)",
            Native::Bound(cmp_to_key),
            "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
        ),
    ],
    types: &[&partial::SPEC, &partial::PLACEHOLDER_SPEC, &lru_cache::SPEC],
    init: Some(|_, m| {
        ready(&KEY_SPEC);
        module::dict(m.obj()).set_str("Placeholder", partial::placeholder());
        Ok(())
    }),
    ..ModuleSpec::new("_functools")
};

fn reduce(vm: &Vm, _: &Obj, args: &adder_object::bind::Bound<'_>) -> PyResult {
    let f = args.req(0);
    let it = match ops::iter(vm, args.req(1)) {
        Err(e) if e.is(&exc::TYPE_ERROR) => {
            return Err(error::type_error("reduce() arg 2 must support iteration"));
        }
        r => r?,
    };
    let first = match args.opt(2) {
        Some(x) => Some(x.clone()),
        None => ops::next(vm, &it)?,
    };
    let Some(mut acc) = first else {
        return Err(error::type_error("reduce() of empty iterable with no initial value"));
    };
    while let Some(x) = ops::next(vm, &it)? {
        acc = call::call2(vm, f, &acc, &x)?;
    }
    Ok(acc)
}

// ---- cmp_to_key ----

/// `K`: with an object it compares by the function, without one it makes such.
struct Key {
    cmp: Obj,
    object: ObjCell,
}
trace_fields!(Key { cmp, object });
static KEY: StaticType = StaticType::new::<Key>("functools.KeyWrapper", F::GC);
payload!(Key, KEY);

static KEY_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::call(key_call),
        slot::richcompare(key_compare),
        slot::getattro(key_getattr),
        slot::setattro(|vm, o, name, value| match (ops::text(name).as_str(), o.this::<Key>()?, value) {
            ("obj", k, v) => {
                k.object.set_option(v.cloned());
                Ok(())
            }
            _ => adder_object::attr::generic_set(vm, o, name, value),
        }),
    ],
    attrs: &[("__hash__", singletons::none)],
    getset: &[adder_object::spec::getter("__text_signature__", |_, _| Ok(str::from_str("(obj)").into_obj()), "")],
    ..TypeSpec::of(&KEY)
};

fn cmp_to_key(_: &Vm, _: &Obj, args: &adder_object::bind::Bound<'_>) -> PyResult {
    Ok(Ref::new(Key { cmp: args.req(0).clone(), object: ObjCell::empty() }).into_obj())
}
fn key_call(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let args = bind("K(obj)", args)?;
    let cmp = o.this::<Key>()?.cmp.clone();
    Ok(Ref::new(Key { cmp, object: ObjCell::new(args.req(0).clone()) }).into_obj())
}
fn key_getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    if ops::text(name) == "obj" {
        // CPython's member reads as None while unset.
        return Ok(o.this::<Key>()?.object.get().unwrap_or_else(singletons::none));
    }
    adder_object::attr::generic_get(vm, o, name)
}
fn key_compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Key>(), b.get::<Key>()) else {
        return Err(error::type_error("other argument must be K instance"));
    };
    let (Some(p), Some(q)) = (x.object.get(), y.object.get()) else {
        return Err(error::attribute_error(a, &names().obj, "object"));
    };
    let r = call::call2(vm, &x.cmp, &p, &q)?;
    ops::compare(vm, &r, &int::from_i64(0), op)
}
