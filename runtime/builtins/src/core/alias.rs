//! `types.GenericAlias`: `list[int]`.
//!
//! CPython: Objects/genericaliasobject.c. Substitution of parameters is in alias_subst.

use super::alias_subst::{self, parameters_of};
use super::union;
use adder_object::call::{self, call_method_str, call1};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, getter, member, method};
use adder_object::{
    Args, CompareOp, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr,
    error, exceptions as exc, names, ops, payload, singletons, str, trace_fields, tuple, types,
};

pub struct GenericAlias {
    pub origin: Obj,
    pub args: Obj,
    parameters: ObjCell,
    /// `*tuple[int]`.
    pub starred: bool,
}
trace_fields!(GenericAlias { origin, args, parameters });
pub static GENERIC_ALIAS: StaticType =
    StaticType::new::<GenericAlias>("types.GenericAlias", F::BASETYPE | F::GC | F::MANAGED_WEAKREF);
payload!(GenericAlias, GENERIC_ALIAS);

/// The iterator behind `*list[int]`.
pub struct AliasIter {
    alias: ObjCell,
}
trace_fields!(AliasIter { alias });
pub static ALIAS_ITER: StaticType = StaticType::new::<AliasIter>("generic_alias_iterator", F::GC);
payload!(AliasIter, ALIAS_ITER);

fn payload_of(origin: &Obj, args: &Obj, starred: bool) -> GenericAlias {
    let args = if tuple::as_slice(args).is_some() { args.clone() } else { tuple::from_array([args.clone()]) };
    GenericAlias { origin: origin.clone(), args, parameters: ObjCell::empty(), starred }
}

/// `GenericAlias(origin, args)`.
pub fn make(_: &Vm, origin: &Obj, args: &Obj) -> PyResult {
    Ok(Ref::new(payload_of(origin, args, false)).into_obj())
}

fn of(o: &Obj) -> PyResult<&GenericAlias> {
    o.this()
}

fn refuse(_: &Vm, function: &::std::primitive::str) -> PyResult {
    Err(error::type_error(format!("{function}() argument 2 cannot be a parameterized generic")))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::hash(|vm, o| {
            let a = of(o)?;
            let h = ops::hash(vm, &a.origin)? ^ ops::hash(vm, &a.args)?;
            Ok(if h == -1 { -2 } else { h })
        }),
        slot::call(call_origin),
        slot::getattro(getattr),
        slot::richcompare(compare),
        slot::iter(|_, o| Ok(Ref::new(AliasIter { alias: ObjCell::new(o.clone()) }).into_obj())),
        slot::getitem(getitem),
        slot::or(union::of_types),
    ],
    methods: &[
        method(
            "__mro_entries__($self, object, /)",
            Native::One(|_, o, _| Ok(tuple::from_array([of(o)?.origin.clone()]))),
            "",
        ),
        method("__instancecheck__($self, object, /)", Native::One(|vm, _, _| refuse(vm, "isinstance")), ""),
        method("__subclasscheck__($self, object, /)", Native::One(|vm, _, _| refuse(vm, "issubclass")), ""),
        method("__reduce__($self, /)", Native::NoArgs(reduce), ""),
        method("__dir__($self, /)", Native::NoArgs(dir), ""),
    ],
    getset: &[
        member("__origin__", |_, o| Ok(of(o)?.origin.clone()), ""),
        member("__args__", |_, o| Ok(of(o)?.args.clone()), ""),
        member("__unpacked__", |_, o| Ok(singletons::bool_obj(of(o)?.starred)), ""),
        getter("__parameters__", parameters, "Type variables in the GenericAlias."),
        getter(
            "__typing_unpacked_tuple_args__",
            |_, o| {
                let a = of(o)?;
                let tuple = a.starred && a.origin.is(&types::TUPLE.obj());
                Ok(if tuple { a.args.clone() } else { singletons::none() })
            },
            "",
        ),
    ],
    doc: "GenericAlias(origin, args, /)\n--\n\nRepresent a PEP 585 generic type\n\nFor example, for t = list[int], t.__origin__ is list and t.__args__\nis (int,).",
    ..TypeSpec::of(&GENERIC_ALIAS)
};

pub static ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::iter(|_, o| Ok(o.clone())),
        slot::iternext(|_, o| {
            let Some(alias) = o.this::<AliasIter>()?.alias.take() else { return Ok(None) };
            let a = of(&alias)?;
            Ok(Some(Ref::new(payload_of(&a.origin, &a.args, true)).into_obj()))
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| {
            let builtins = vm.import("builtins")?;
            let f = attr::get_str(vm, &builtins, "iter")?;
            let left = match o.this::<AliasIter>()?.alias.get() {
                Some(a) => a,
                None => tuple::new(vec![]),
            };
            Ok(tuple::from_array([f, tuple::from_array([left])]))
        }),
        "",
    )],
    ..TypeSpec::of(&ALIAS_ITER)
};

fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    args.arity("GenericAlias", 2, 2)?;
    let a = args.positional();
    Ok(Ref::with_type(ty, payload_of(&a[0], &a[1], false)).into_obj())
}

/// How `typing` shows a type inside another: `int`, `collections.deque`, `None`, `...`.
pub fn type_repr(vm: &Vm, o: &Obj) -> PyResult<String> {
    if o.is(singletons::ellipsis_ref()) {
        return Ok("...".to_owned());
    }
    if o.get::<Type>().is_some_and(|t| t.is(&types::NONE)) {
        return Ok("None".to_owned());
    }
    let n = names();
    if attr::lookup(vm, o, &n.__origin__)?.is_some() && attr::lookup(vm, o, &n.__args__)?.is_some() {
        return ops::repr_string(vm, o);
    }
    let (Some(q), Some(m)) = (attr::lookup(vm, o, &n.__qualname__)?, attr::lookup(vm, o, &n.__module__)?) else {
        return ops::repr_string(vm, o);
    };
    if m.is_none() {
        return ops::repr_string(vm, o);
    }
    let q = ops::str_lossy(vm, &q);
    match m.get::<Str>() {
        Some(s) if s.eq_str("builtins") => Ok(q),
        _ => Ok(format!("{}.{q}", ops::str_lossy(vm, &m))),
    }
}

fn item_repr(vm: &Vm, o: &Obj) -> PyResult<String> {
    if let Some(l) = o.get_exact::<List>() {
        let mut parts = vec![];
        for i in 0..l.len() {
            // A repr may have shortened the list.
            let p = l.get(i).ok_or_else(|| error::index_error("list index out of range"))?;
            parts.push(type_repr(vm, &p)?);
        }
        return Ok(format!("[{}]", parts.join(", ")));
    }
    type_repr(vm, o)
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    vm.check_stack(" while getting the repr of an object")?;
    let a = of(o)?;
    let items = tuple::to_vec(&a.args);
    let inside = match items.is_empty() {
        true => "()".to_owned(),
        false => items.iter().map(|i| item_repr(vm, i)).collect::<PyResult<Vec<_>>>()?.join(", "),
    };
    let star = if a.starred { "*" } else { "" };
    Ok(str::from_str(&format!("{star}{}[{inside}]", type_repr(vm, &a.origin)?)).into_obj())
}

/// Calls the origin; the result remembers the alias where it can.
fn call_origin(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let made = call::call(vm, &of(o)?.origin, args)?;
    match attr::set(vm, &made, &names().__orig_class__, o) {
        Err(e) if !e.is(&exc::ATTRIBUTE_ERROR) && !e.is(&exc::TYPE_ERROR) => Err(e),
        _ => Ok(made),
    }
}

const OWN: &[&::std::primitive::str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
    "__bases__",
];

fn getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    let own = name.get::<Str>().is_some_and(|s| OWN.iter().any(|n| s.eq_str(n)));
    if own { attr::generic_get(vm, o, name) } else { attr::get(vm, &of(o)?.origin, name) }
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<GenericAlias>(), b.get::<GenericAlias>()) else {
        return Ok(singletons::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let same =
        x.starred == y.starred && ops::key_equals(vm, &x.origin, &y.origin)? && ops::key_equals(vm, &x.args, &y.args)?;
    Ok(singletons::bool_obj(same == (op == CompareOp::Eq)))
}

fn parameters(vm: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    if let Some(p) = a.parameters.get() {
        return Ok(p);
    }
    let p = tuple::new(parameters_of(vm, &a.args)?);
    a.parameters.set(p.clone());
    Ok(p)
}

fn getitem(vm: &Vm, o: &Obj, item: &Obj) -> PyResult {
    let a = of(o)?;
    let params = parameters(vm, o)?;
    let args = alias_subst::substitute(vm, o, &a.args, &params, item)?;
    Ok(Ref::new(payload_of(&a.origin, &args, a.starred)).into_obj())
}

fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    if a.starred {
        let next = attr::get_str(vm, &vm.import("builtins")?, "next")?;
        let it = ops::iter(vm, &Ref::new(payload_of(&a.origin, &a.args, false)).into_obj())?;
        return Ok(tuple::from_array([next, tuple::from_array([it])]));
    }
    let args = tuple::from_array([a.origin.clone(), a.args.clone()]);
    Ok(tuple::from_array([GENERIC_ALIAS.obj(), args]))
}

fn dir(vm: &Vm, o: &Obj) -> PyResult {
    let d = call_method_str(vm, &of(o)?.origin, "__dir__", &[]).or_else(|e: PyErr| {
        // `__dir__` of a class is the metaclass's.
        if !e.is(&exc::TYPE_ERROR) {
            return Err(e);
        }
        let f = attr::get_str(vm, &of(o)?.origin.ty().to_obj(), "__dir__")?;
        call1(vm, &f, &of(o)?.origin)
    })?;
    let all = ops::to_list(vm, &d)?;
    for name in OWN.iter().filter(|n| !["__bases__", "__copy__", "__deepcopy__"].contains(n)) {
        let name = str::intern_str(name).into_obj();
        if !ops::contains(vm, all.obj(), &name)? {
            all.push(name);
        }
    }
    Ok(all.into_obj())
}
