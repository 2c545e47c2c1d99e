//! `types.SimpleNamespace`.
//!
//! CPython: Objects/namespaceobject.c.

use adder_object::call::{call0, call1};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, member, method};
use adder_object::{
    Args, CompareOp, Dict, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, attr, error, ops, payload,
    singletons, str, trace_fields, tuple, types,
};

#[derive(Default)]
pub struct Namespace {
    /// A word that makes the layout differ from `object`'s.
    _layout: usize,
}
trace_fields!(Namespace);
pub static NAMESPACE: StaticType =
    StaticType::new::<Namespace>("types.SimpleNamespace", F::BASETYPE | F::GC | F::MANAGED_DICT);
payload!(Namespace, NAMESPACE);

/// A namespace with these attributes.
pub fn new(items: Vec<(Obj, Obj)>) -> Obj {
    let o = Ref::new(Namespace::default()).into_obj();
    let d = dict_of(&o);
    items.into_iter().for_each(|(k, v)| d.set_name(&k, v));
    o
}
fn dict_of(o: &Obj) -> Ref<Dict> {
    attr::instance_dict(o).unwrap_or_else(Dict::new)
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Namespace::default()).into_obj())),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(compare),
    ],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| Ok(tuple::new(vec![o.ty().to_obj(), tuple::new(vec![]), dict_of(o).into_obj()]))),
            "Return state information for pickling",
        ),
        method(
            "__replace__($self, /, **changes)",
            Native::Raw(replace),
            "Return a copy of the namespace object with new values for the specified attributes.",
        ),
    ],
    getset: &[member("__dict__", |_, o| Ok(dict_of(o).into_obj()), "")],
    doc: "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\nA simple attribute-based namespace.",
    ..TypeSpec::of(&NAMESPACE)
};

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let name = o.ty().name();
    if args.len() > 1 {
        return Err(error::type_error(format!("{name} expected at most 1 argument, got {}", args.len())));
    }
    let d = dict_of(o);
    if let Some(arg) = args.positional().first() {
        let items = match arg.get_exact::<Dict>() {
            Some(_) => arg.clone(),
            None => call1(vm, &types::DICT.obj(), arg)?,
        };
        let items = items.this::<Dict>()?.items_vec();
        if items.iter().any(|(k, _)| k.get::<Str>().is_none()) {
            return Err(error::type_error("keywords must be strings"));
        }
        items.into_iter().try_for_each(|(k, v)| d.set_item(vm, &k, v))?;
    }
    args.keywords().try_for_each(|(k, v)| d.set_item(vm, k, v.clone()))
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let name = if o.is_exact(&NAMESPACE) { "namespace".to_owned() } else { o.ty().name() };
    if !vm.repr_enter(o) {
        return Ok(str::from_str(&format!("{name}(...)")).into_obj());
    }
    let mut parts = vec![];
    let mut failed = None;
    for (k, v) in dict_of(o).items_vec() {
        if k.get::<Str>().is_none_or(Str::is_empty) {
            continue;
        }
        match ops::repr_string(vm, &v) {
            Ok(r) => parts.push(format!("{}={r}", ops::text(&k))),
            Err(e) => {
                failed = Some(e);
                break;
            }
        }
    }
    vm.repr_leave(o);
    match failed {
        Some(e) => Err(e),
        None => Ok(str::from_str(&format!("{name}({})", parts.join(", "))).into_obj()),
    }
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if a.get::<Namespace>().is_none() || b.get::<Namespace>().is_none() {
        return Ok(singletons::not_implemented());
    }
    ops::compare(vm, dict_of(a).obj(), dict_of(b).obj(), op)
}

fn replace(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(error::type_error("__replace__() takes no positional arguments"));
    }
    let new = call0(vm, &o.ty().to_obj())?;
    if new.get::<Namespace>().is_none() {
        return Err(error::type_error(format!(
            "expect types.SimpleNamespace type, but {}() returned '{}' object",
            o.ty().tp_name(),
            new.ty().tp_name()
        )));
    }
    let d = dict_of(&new);
    d.update_from(vm, &dict_of(o))?;
    args.keywords().try_for_each(|(k, v)| d.set_item(vm, k, v.clone()))?;
    Ok(new)
}
