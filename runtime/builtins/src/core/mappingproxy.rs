//! `mappingproxy`: a read-only view of a mapping; what the `__dict__` of a class is.
//!
//! CPython: Objects/descrobject.c.

use adder_object::arith::{self, BinOp};
use adder_object::bind::Bound;
use adder_object::call::call_method_str;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, class, error, ops, payload,
    singletons, str, trace_fields, tuple,
};

pub struct MappingProxy {
    pub mapping: Obj,
}
trace_fields!(MappingProxy { mapping });
pub static MAPPING_PROXY: StaticType = StaticType::new::<MappingProxy>("mappingproxy", F::GC | F::MAPPING);
payload!(MappingProxy, MAPPING_PROXY);

pub fn new(mapping: Obj) -> Obj {
    Ref::new(MappingProxy { mapping }).into_obj()
}

fn of(o: &Obj) -> PyResult<&Obj> {
    Ok(&o.this::<MappingProxy>()?.mapping)
}
fn unwrapped(o: &Obj) -> &Obj {
    o.get::<MappingProxy>().map_or(o, |p| &p.mapping)
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(construct),
        slot::repr(repr),
        slot::str(|vm, o| ops::str(vm, of(o)?)),
        slot::hash(|vm, o| ops::hash(vm, of(o)?)),
        slot::richcompare(|vm, a, b, op| match a.get::<MappingProxy>() {
            Some(p) => ops::compare(vm, &p.mapping, b, op),
            None => Ok(singletons::not_implemented()),
        }),
        slot::iter(|vm, o| ops::iter(vm, of(o)?)),
        slot::length(|vm, o| ops::len(vm, of(o)?)),
        slot::getitem(|vm, o, k| ops::getitem(vm, of(o)?, k)),
        slot::contains(|vm, o, k| ops::contains(vm, of(o)?, k)),
        slot::or(|vm, a, b| arith::binary(vm, unwrapped(a), unwrapped(b), BinOp::Or)),
        slot::inplace_or(|_, a, _| {
            Err(error::type_error(format!("'|=' is not supported by {}; use '|' instead", a.ty().tp_name())))
        }),
    ],
    methods: &[
        method(
            "get($self, key, default=None, /)",
            Native::Bound(get),
            "Return the value for key if key is in the mapping, else default.",
        ),
        method(
            "keys($self, /)",
            Native::NoArgs(|vm, o| call_method_str(vm, of(o)?, "keys", &[])),
            "D.keys() -> a set-like object providing a view on D's keys",
        ),
        method(
            "values($self, /)",
            Native::NoArgs(|vm, o| call_method_str(vm, of(o)?, "values", &[])),
            "D.values() -> an object providing a view on D's values",
        ),
        method(
            "items($self, /)",
            Native::NoArgs(|vm, o| call_method_str(vm, of(o)?, "items", &[])),
            "D.items() -> a set-like object providing a view on D's items",
        ),
        method(
            "copy($self, /)",
            Native::NoArgs(|vm, o| call_method_str(vm, of(o)?, "copy", &[])),
            "D.copy() -> a shallow copy of D",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "mappingproxy objects are generic over two types, signifying (respectively) the types of their keys and values",
        ),
        method(
            "__reversed__($self, /)",
            Native::NoArgs(|vm, o| call_method_str(vm, of(o)?, "__reversed__", &[])),
            "D.__reversed__() -> reverse iterator",
        ),
    ],
    doc: "mappingproxy(mapping)\n--\n\nRead-only proxy of a mapping.",
    ..TypeSpec::of(&MAPPING_PROXY)
};

fn get(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let mapping = of(o)?;
    if mapping.is_exact(&adder_object::types::DICT)
        && let Some(d) = mapping.get::<Dict>()
    {
        return Ok(d.get_item(vm, args.req(0))?.unwrap_or_else(|| args.clone_or_none(1)));
    }
    call_method_str(vm, mapping, "get", &[args.req(0).clone(), args.clone_or_none(1)])
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let inner = ops::repr(vm, of(o)?)?;
    let parts =
        [str::from_str("mappingproxy("), Ref::clone(&inner.downcast().unwrap_or_else(str::empty)), str::from_str(")")];
    Ok(str::concat_all(&[&parts[0], &parts[1], &parts[2]]).into_obj())
}

static DEF: adder_object::spec::MethodDef = method("mappingproxy($self, mapping)", Native::Bound(make), "");

fn make(_: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let m = args.req(0);
    let mapping = m.ty().getitem().is_some() && m.get::<List>().is_none() && tuple::as_slice(m).is_none();
    if !mapping || m.get::<Type>().is_some() {
        return Err(error::type_error(format!("mappingproxy() argument must be a mapping, not {}", m.ty().tp_name())));
    }
    Ok(new(m.clone()))
}

fn construct(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    DEF.call(vm, singletons::none_ref(), args, None)
}
