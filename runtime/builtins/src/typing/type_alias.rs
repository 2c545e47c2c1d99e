//! `typing.TypeAliasType`: what a `type` statement makes.

use super::lazy::{self, Lazy};
use super::{paramspec::ParamSpec, typevar::TypeVar, typevartuple};
use crate::core::union::of_types;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, class, error, ops, payload, singletons,
    trace_fields, tuple,
};
use typevartuple::TypeVarTuple;

struct TypeAlias {
    name: Obj,
    /// None for an alias without parameters.
    params: Option<Obj>,
    value: Lazy,
    module: Option<Obj>,
}
trace_fields!(TypeAlias { name, params, value, module });
static TYPE_ALIAS: StaticType = StaticType::new::<TypeAlias>("typing.TypeAliasType", F::GC);
payload!(TypeAlias, TYPE_ALIAS);

fn of(o: &Obj) -> PyResult<&TypeAlias> {
    o.this()
}
fn params(o: &Obj) -> PyResult {
    Ok(of(o)?.params.clone().unwrap_or_else(|| tuple::new(vec![])))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(|_, o| Ok(of(o)?.name.clone())),
        slot::or(of_types),
        slot::getitem(subscript),
        slot::iter(|vm, o| {
            let unpacked = typevartuple::unpack(vm, o)?;
            ops::iter(vm, &tuple::from_array([unpacked]))
        }),
    ],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(|_, o| Ok(of(o)?.name.clone())), "")],
    getset: &[
        getter("__name__", |_, o| Ok(of(o)?.name.clone()), ""),
        getter("__module__", module, ""),
        getter("__parameters__", |vm, o| typevartuple::unpack_all(vm, &params(o)?), ""),
        getter("__type_params__", |_, o| params(o), ""),
        getter("__value__", |vm, o| Ok(of(o)?.value.get(vm)?.unwrap_or_else(singletons::none)), ""),
        getter("evaluate_value", |_, o| Ok(of(o)?.value.evaluator_or_constant()), ""),
    ],
    doc: "Type alias.\n\nType aliases are created through the type statement: type Alias = int",
    ..TypeSpec::of(&TYPE_ALIAS)
};

fn module(vm: &Vm, o: &Obj) -> PyResult {
    let t = of(o)?;
    if let Some(m) = &t.module {
        return Ok(m.clone());
    }
    let found = match t.value.evaluator() {
        Some(f) => lazy::module_of(vm, &f)?,
        None => None,
    };
    Ok(found.unwrap_or_else(singletons::none))
}
fn subscript(vm: &Vm, o: &Obj, args: &Obj) -> PyResult {
    if of(o)?.params.is_none() {
        return Err(error::type_error("Only generic type aliases are subscriptable"));
    }
    class::generic_alias(vm, o, args)
}

static NEW: MethodDef = method("typealias(name, value, *, type_params=())", Native::NoArgs(|_, o| Ok(o.clone())), "");
fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = NEW.signature().bind(args)?;
    let name = lazy::name_argument(a.req(0), "typealias")?;
    let params = a.opt(2).map(|p| checked_params(vm, p)).transpose()?.flatten();
    let t = TypeAlias { name, params, value: Lazy::known(Some(a.req(1).clone())), module: lazy::calling_module(vm) };
    Ok(Ref::with_type(ty, t).into_obj())
}
/// The parameters, checked for kind and order; None for an empty tuple.
fn checked_params(vm: &Vm, params: &Obj) -> PyResult<Option<Obj>> {
    let Some(items) = tuple::as_slice(params) else {
        return Err(error::type_error("type_params must be a tuple"));
    };
    let mut default_seen = false;
    for p in items {
        let default = match (p.get::<TypeVar>(), p.get::<ParamSpec>(), p.get::<TypeVarTuple>()) {
            (Some(t), _, _) => &t.default,
            (_, Some(t), _) => &t.default,
            (_, _, Some(t)) => &t.default,
            _ => {
                return Err(error::type_error(format!("Expected a type param, got {}", ops::repr_string(vm, p)?)));
            }
        };
        if lazy::has_default(default).is_true_singleton() {
            default_seen = true;
        } else if default_seen {
            return Err(error::type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                ops::repr_string(vm, p)?
            )));
        }
    }
    Ok((!items.is_empty()).then(|| params.clone()))
}

/// The alias of a `type` statement; `params` is None or a tuple, `compute` gives the value.
pub fn from_syntax(name: &Obj, params: &Obj, compute: &Obj) -> Obj {
    let params = tuple::as_slice(params).filter(|p| !p.is_empty()).map(|_| params.clone());
    Ref::new(TypeAlias { name: name.clone(), params, value: Lazy::computed(Some(compute.clone())), module: None })
        .into_obj()
}
