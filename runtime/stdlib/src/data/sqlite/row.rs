//! `sqlite3.Row`: a tuple whose items also go by the names of their columns.
//!
//! CPython: Modules/_sqlite/row.c.

use super::cursor::Cursor;
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    CompareOp, List, Obj, ObjExt, PyResult, Ref, Slice, StaticType, Str, Type, TypeFlags as F, Vm, bind, error, int,
    ops, payload, singletons, trace_fields, tuple,
};

pub struct Row {
    data: Obj,
    description: Obj,
}
trace_fields!(Row { data, description });
pub static ROW: StaticType = StaticType::new::<Row>("sqlite3.Row", F::BASETYPE | F::GC);
payload!(Row, ROW);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::hash(|vm, o| {
            let r = o.this::<Row>()?;
            Ok(ops::hash(vm, &r.description)? ^ ops::hash(vm, &r.data)?)
        }),
        slot::richcompare(richcompare),
        slot::iter(|vm, o| ops::iter(vm, &o.this::<Row>()?.data)),
        slot::length(|vm, o| ops::len(vm, &o.this::<Row>()?.data)),
        slot::getitem(getitem),
    ],
    methods: &[method("keys($self, /)", Native::NoArgs(keys), "Returns the keys of the row.")],
    ..TypeSpec::of(&ROW)
};

fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    args.no_keywords("Row")?;
    bind::check_positional("Row", args.len(), 2, 2)?;
    let [cursor, data] = args.positional() else { return Err(error::type_error("Row expected 2 arguments")) };
    let wrong = |i: usize, want: &str, o: &Obj| {
        error::type_error(format!("Row() argument {i} must be {want}, not {}", o.ty().tp_name()))
    };
    let Some(c) = cursor.get::<Cursor>() else { return Err(wrong(1, "sqlite3.Cursor", cursor)) };
    if tuple::as_slice(data).is_none() {
        return Err(wrong(2, "tuple", data));
    }
    let description = c.description.get().unwrap_or_else(singletons::none);
    Ok(Ref::with_type(ty, Row { data: data.clone(), description }).into_obj())
}

/// The names of the columns.
fn names(r: &Row) -> impl Iterator<Item = &Obj> {
    let columns = tuple::as_slice(&r.description).unwrap_or_default();
    columns.iter().filter_map(|c| tuple::as_slice(c).and_then(<[Obj]>::first))
}
fn keys(_: &Vm, o: &Obj) -> PyResult {
    Ok(List::new(names(o.this::<Row>()?).cloned().collect()).into_obj())
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let r = o.this::<Row>()?;
    if int::is_int(key) || key.get::<Slice>().is_some() {
        return ops::getitem(vm, &r.data, key);
    }
    let Some(name) = key.get::<Str>() else { return Err(error::index_error("Index must be int or string")) };
    let same = |s: &Str| {
        s.len() == name.len() && {
            let folded = |c: u32| if c < 128 { u32::from((c as u8).to_ascii_lowercase()) } else { c };
            s.chars().iter().map(folded).eq(name.chars().iter().map(folded))
        }
    };
    if r.description.is_none() {
        return Err(adder_object::PyErr::with_args(&adder_object::exceptions::INDEX_ERROR, vec![key.clone()]));
    }
    match names(r).position(|n| n.get::<Str>().is_some_and(same)) {
        Some(i) => ops::getitem(vm, &r.data, &int::from_usize(i)),
        None => Err(error::index_error("No item with that key")),
    }
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Row>(), b.get::<Row>()) else { return Ok(singletons::not_implemented()) };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let equal = ops::key_equals(vm, &x.description, &y.description)? && ops::key_equals(vm, &x.data, &y.data)?;
    Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)))
}
