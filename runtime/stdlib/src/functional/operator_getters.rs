//! `itemgetter`, `attrgetter` and `methodcaller`.
//!
//! CPython: Modules/_operator.c.

use super::shared::{Parts, guarded_repr, positional, text};
use adder_object::call::{self, ArgsBuf};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, Dict, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr, error, ops, payload, str,
    trace_fields, tuple,
};

/// Item or items to fetch.
pub struct ItemGetter {
    items: Obj,
}
trace_fields!(ItemGetter { items });
pub static ITEMGETTER: StaticType = StaticType::new::<ItemGetter>("operator.itemgetter", F::GC);
payload!(ItemGetter, ITEMGETTER);

/// Dotted names, as given and split.
pub struct AttrGetter {
    names: Obj,
    paths: Vec<Vec<Obj>>,
}
trace_fields!(AttrGetter { names });
pub static ATTRGETTER: StaticType = StaticType::new::<AttrGetter>("operator.attrgetter", F::GC);
payload!(AttrGetter, ATTRGETTER);

pub struct MethodCaller {
    name: Obj,
    args: Obj,
    kwargs: Ref<Dict>,
}
trace_fields!(MethodCaller { name, args, kwargs });
pub static METHODCALLER: StaticType = StaticType::new::<MethodCaller>("operator.methodcaller", F::GC);
payload!(MethodCaller, METHODCALLER);

const REDUCE_DOC: &str = "Return state information for pickling";

/// How instances are called, for `inspect.signature`.
const SIGNATURE: &[GetSetDef] = &[getter("__text_signature__", |_, _| Ok(text("(obj, /)")), "")];

pub static ITEMGETTER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, args| {
            let items = positional(ty, args, "itemgetter", 1, args.len().max(1))?;
            Ok(Ref::with_type(ty, ItemGetter { items: tuple::from_slice(items) }).into_obj())
        }),
        slot::call(item_call),
        slot::repr(|vm, o| repr_items(vm, o, &o.this::<ItemGetter>()?.items)),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|_, o| Ok(tuple::from_array([o.ty().to_obj(), o.this::<ItemGetter>()?.items.clone()]))),
        REDUCE_DOC,
    )],
    getset: SIGNATURE,
    doc: "itemgetter(item, /, *items)\n--\n\nReturn a callable object that fetches the given item(s) from its operand.\n\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    ..TypeSpec::of(&ITEMGETTER)
};
pub static ATTRGETTER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(attr_new),
        slot::call(attr_call),
        slot::repr(|vm, o| repr_items(vm, o, &o.this::<AttrGetter>()?.names)),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|_, o| Ok(tuple::from_array([o.ty().to_obj(), o.this::<AttrGetter>()?.names.clone()]))),
        REDUCE_DOC,
    )],
    getset: SIGNATURE,
    doc: "attrgetter(attr, /, *attrs)\n--\n\nReturn a callable object that fetches the given attribute(s) from its operand.\n\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    ..TypeSpec::of(&ATTRGETTER)
};
pub static METHODCALLER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(method_new), slot::call(method_call), slot::repr(method_repr)],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(method_reduce), REDUCE_DOC)],
    getset: SIGNATURE,
    doc: "methodcaller(name, /, *args, **kwargs)\n--\n\nReturn a callable object that calls the given method on its operand.\n\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    ..TypeSpec::of(&METHODCALLER)
};

/// `type(item)` for one item, `type(a, b)` for several.
fn repr_items(vm: &Vm, o: &Obj, items: &Obj) -> PyResult {
    let name = o.ty().static_name().map_or_else(|| o.ty().name(), str::to_owned);
    guarded_repr(vm, o, &format!("{name}(...)"), || {
        let mut parts = Parts::default();
        parts.text(&name);
        match tuple::as_slice(items) {
            Some([one]) => {
                parts.text("(");
                parts.repr(vm, one)?;
                parts.text(")");
            }
            _ => parts.repr(vm, items)?,
        }
        Ok(parts.join())
    })
}

/// The one operand that getters are called with.
fn operand<'a>(args: Args<'a>, name: &str) -> PyResult<&'a Obj> {
    args.arity(name, 1, 1)?;
    Ok(&args.positional()[0])
}

fn item_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let (g, x) = (o.this::<ItemGetter>()?, operand(args, "itemgetter")?);
    match tuple::as_slice(&g.items) {
        Some([item]) => ops::getitem(vm, x, item),
        Some(items) => {
            let got: PyResult<Vec<Obj>> = items.iter().map(|i| ops::getitem(vm, x, i)).collect();
            got.map(tuple::new)
        }
        None => Err(error::system_error("itemgetter without items")),
    }
}

fn attr_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let names = positional(ty, args, "attrgetter", 1, usize::MAX)?;
    let mut paths = vec![];
    let mut interned = vec![];
    for n in names {
        let Some(s) = n.downcast::<Str>() else { return Err(error::type_error("attribute name must be a string")) };
        let dot = '.' as u32;
        let points = s.code_points();
        paths.push(
            points.split(|&c| c == dot).map(|part| str::intern(&str::from_code_points(part)).into_obj()).collect(),
        );
        interned.push(str::intern(&s).into_obj());
    }
    Ok(Ref::with_type(ty, AttrGetter { names: tuple::new(interned), paths }).into_obj())
}
fn attr_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let (g, x) = (o.this::<AttrGetter>()?, operand(args, "attrgetter")?);
    let fetch = |path: &Vec<Obj>| path.iter().try_fold(x.clone(), |o, name| attr::get(vm, &o, name));
    match g.paths.as_slice() {
        [path] => fetch(path),
        paths => paths.iter().map(fetch).collect::<PyResult<Vec<Obj>>>().map(tuple::new),
    }
}

fn method_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let Some(name) = args.positional().first() else {
        return Err(error::type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.downcast::<Str>() else { return Err(error::type_error("method name must be a string")) };
    let rest = args.skip(1);
    let m = MethodCaller { name: str::intern(&name).into_obj(), args: rest.to_tuple(), kwargs: rest.to_dict() };
    Ok(Ref::with_type(ty, m).into_obj())
}
fn method_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let (m, x) = (o.this::<MethodCaller>()?, operand(args, "methodcaller")?);
    let given = tuple::as_slice(&m.args).unwrap_or(&[]);
    if m.kwargs.is_empty() {
        return call::call_method(vm, x, &m.name, given);
    }
    let f = attr::get(vm, x, &m.name)?;
    let mut buf = ArgsBuf::new(given.to_vec());
    buf.push_dict(&m.kwargs)?;
    call::call(vm, &f, buf.args())
}
fn method_repr(vm: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MethodCaller>()?;
    let name = o.ty().static_name().map_or_else(|| o.ty().name(), str::to_owned);
    guarded_repr(vm, o, &format!("{name}(...)"), || {
        let mut parts = Parts::default();
        parts.text(&name);
        parts.text("(");
        parts.repr(vm, &m.name)?;
        for a in tuple::to_vec(&m.args) {
            parts.text(", ");
            parts.repr(vm, &a)?;
        }
        for (k, v) in m.kwargs.items_vec() {
            parts.text(", ");
            parts.str(vm, &k)?;
            parts.text("=");
            parts.repr(vm, &v)?;
        }
        parts.text(")");
        Ok(parts.join())
    })
}
fn method_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MethodCaller>()?;
    let ty = o.ty().to_obj();
    if m.kwargs.is_empty() {
        let mut all = vec![m.name.clone()];
        all.extend(tuple::to_vec(&m.args));
        return Ok(tuple::from_array([ty, tuple::new(all)]));
    }
    let partial = attr::get_str(vm, &vm.import("functools")?, "partial")?;
    let mut buf = ArgsBuf::new(vec![ty, m.name.clone()]);
    buf.push_dict(&m.kwargs)?;
    let constructor = call::call(vm, &partial, buf.args())?;
    Ok(tuple::from_array([constructor, m.args.clone()]))
}
