//! `typing.Union`: `int | str`.
//!
//! CPython: Objects/unionobject.c.

use super::alias::{GenericAlias, type_repr};
use super::alias_subst::{self, parameters_of};
use adder_object::call::call_pos;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, member, method};
use adder_object::{
    CompareOp, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr, error, hashing,
    ops, payload, singletons, str, trace_fields, tuple, types,
};

pub struct Union {
    pub args: Obj,
    /// The members that had no hash when the union was made.
    unhashable: Obj,
    parameters: ObjCell,
}
trace_fields!(Union { args, unhashable, parameters });
pub static UNION: StaticType = StaticType::new::<Union>("typing.Union", F::GC | F::MANAGED_WEAKREF);
payload!(Union, UNION);

fn of(o: &Obj) -> PyResult<&Union> {
    o.this()
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(compare),
        slot::getattro(getattr),
        slot::getitem(getitem),
        slot::or(of_types),
    ],
    methods: &[
        method(
            "__mro_entries__($self, object, /)",
            Native::One(|vm, o, _| Err(error::type_error(format!("Cannot subclass {}", ops::repr_string(vm, o)?)))),
            "",
        ),
        method(
            "__instancecheck__($self, instance, /)",
            Native::One(|vm, o, x| Ok(singletons::bool_obj(ops::isinstance(vm, x, &of(o)?.args)?))),
            "",
        ),
        method(
            "__subclasscheck__($self, subclass, /)",
            Native::One(|vm, o, x| Ok(singletons::bool_obj(ops::issubclass(vm, x, &of(o)?.args)?))),
            "",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(|vm, _, item| from_arguments(vm, item)),
            "Create a union containing the given types",
        ),
    ],
    getset: &[
        member("__args__", |_, o| Ok(of(o)?.args.clone()), ""),
        getter("__name__", |_, _| Ok(str::intern_str("Union").into_obj()), "Name of the type"),
        getter("__qualname__", |_, _| Ok(str::intern_str("Union").into_obj()), "Qualified name of the type"),
        getter("__origin__", |_, _| Ok(UNION.obj()), "Always returns the type"),
        getter("__parameters__", parameters, "Type variables in the types.UnionType."),
    ],
    doc: "Represent a union type\n\nE.g. for int | str",
    ..TypeSpec::of(&UNION)
};

/// Whether `x | y` may make a union of it.
fn unionable(o: &Obj) -> bool {
    o.is_none()
        || o.get::<Type>().is_some()
        || o.get::<GenericAlias>().is_some()
        || o.get::<Union>().is_some()
        || o.ty().static_name() == Some("typing.TypeAliasType")
}

/// `a | b` for types.
pub fn of_types(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.get::<Union>().is_some() || b.get::<Union>().is_some() {
        // With a union on one side the other may be whatever `Union[...]` takes, strs included.
        return from_arguments(vm, &tuple::from_array([a.clone(), b.clone()]));
    }
    if !unionable(a) || !unionable(b) {
        return Ok(singletons::not_implemented());
    }
    from_members(vm, &[a.clone(), b.clone()])
}

/// The union of members, flattened and without repetitions; a single one stays itself.
pub fn from_members(vm: &Vm, members: &[Obj]) -> PyResult {
    let mut all: Vec<(Obj, Option<i64>)> = vec![];
    for m in members {
        match m.get::<Union>() {
            Some(u) => tuple::to_vec(&u.args).iter().try_for_each(|m| add(vm, &mut all, m))?,
            None => add(vm, &mut all, m)?,
        }
    }
    match &all[..] {
        [] => Err(error::type_error("Cannot take a Union of no types.")),
        [(one, _)] => Ok(one.clone()),
        _ => {
            let unhashable = all.iter().filter(|m| m.1.is_none()).map(|m| m.0.clone()).collect();
            let args = tuple::new(all.into_iter().map(|m| m.0).collect());
            let parameters = ObjCell::empty();
            Ok(Ref::new(Union { args, unhashable: tuple::new(unhashable), parameters }).into_obj())
        }
    }
}

/// Adds a member, with its hash if it has one, that is not there yet: those with a hash are compared among themselves, and so are those
/// without.
fn add(vm: &Vm, all: &mut Vec<(Obj, Option<i64>)>, m: &Obj) -> PyResult<()> {
    let m = if m.is_none() { types::NONE.obj() } else { m.clone() };
    let hash = ops::hash(vm, &m).ok();
    for (old, old_hash) in all.iter() {
        // Two types are equal only when identical, unless a metaclass says otherwise.
        let types = old.ty().is(&adder_object::types::TYPE) && m.ty().is(&adder_object::types::TYPE);
        if old.is(&m) || !types && hash == *old_hash && ops::equals(vm, old, &m)? {
            return Ok(());
        }
    }
    all.push((m, hash));
    Ok(())
}

/// `Union[...]`: members are checked by `typing`.
fn from_arguments(vm: &Vm, item: &Obj) -> PyResult {
    let items = tuple::as_slice(item).map_or_else(|| vec![item.clone()], <[Obj]>::to_vec);
    let mut checked = vec![];
    for i in items {
        if unionable(&i) {
            checked.push(i);
            continue;
        }
        let check = attr::get_str(vm, &vm.import("typing")?, "_type_check")?;
        let message = str::from_str("Union[arg, ...]: each arg must be a type.").into_obj();
        checked.push(call_pos(vm, &check, &[i, message])?);
    }
    from_members(vm, &checked)
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let parts = tuple::to_vec(&of(o)?.args).iter().map(|m| type_repr(vm, m)).collect::<PyResult<Vec<_>>>()?;
    Ok(str::from_str(&parts.join(" | ")).into_obj())
}

/// Independent of the order of members.
fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let mut hashes = vec![];
    for m in tuple::to_vec(&of(o)?.args) {
        hashes.push(ops::hash(vm, &m)?);
    }
    match tuple::to_vec(&of(o)?.unhashable).len() {
        0 => {}
        n => {
            let s = if n == 1 { "" } else { "s" };
            return Err(error::type_error(format!("union contains {n} unhashable element{s}")));
        }
    }
    hashes.sort_unstable();
    Ok(hashing::tuple(hashes.into_iter()))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Union>(), b.get::<Union>()) else { return Ok(singletons::not_implemented()) };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let (x, y) = (tuple::to_vec(&x.args), tuple::to_vec(&y.args));
    let mut same = x.len() == y.len();
    for m in &x {
        if !same {
            break;
        }
        let mut found = false;
        for n in &y {
            if ops::key_equals(vm, m, n)? {
                found = true;
                break;
            }
        }
        same = found;
    }
    Ok(singletons::bool_obj(same == (op == CompareOp::Eq)))
}

fn getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    if name.get::<Str>().is_some_and(|s| s.eq_str("__module__")) {
        return attr::get(vm, &UNION.obj(), name);
    }
    attr::generic_get(vm, o, name)
}

fn parameters(vm: &Vm, o: &Obj) -> PyResult {
    let u = of(o)?;
    if let Some(p) = u.parameters.get() {
        return Ok(p);
    }
    let p = tuple::new(parameters_of(vm, &u.args)?);
    u.parameters.set(p.clone());
    Ok(p)
}

fn getitem(vm: &Vm, o: &Obj, item: &Obj) -> PyResult {
    let params = parameters(vm, o)?;
    let args = alias_subst::substitute(vm, o, &of(o)?.args, &params, item)?;
    from_members(vm, &tuple::to_vec(&args))
}
