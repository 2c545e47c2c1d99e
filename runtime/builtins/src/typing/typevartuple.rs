//! `typing.TypeVarTuple`.

use super::lazy::{self, Lazy, call_typing};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, attr, error, ops, payload, trace_fields,
    tuple,
};

pub struct TypeVarTuple {
    pub name: Obj,
    pub default: Lazy,
}
trace_fields!(TypeVarTuple { name, default });
pub static TYPE_VAR_TUPLE: StaticType =
    StaticType::new::<TypeVarTuple>("typing.TypeVarTuple", F::GC | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(TypeVarTuple, TYPE_VAR_TUPLE);

fn of(o: &Obj) -> PyResult<&TypeVarTuple> {
    o.this()
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(|_, o| Ok(of(o)?.name.clone())),
        slot::iter(|vm, o| {
            let unpacked = unpack(vm, o)?;
            ops::iter(vm, &tuple::from_array([unpacked]))
        }),
    ],
    methods: &[
        method(
            "__typing_subst__($self, arg, /)",
            Native::One(|_, _, _| Err(error::type_error("Substitution of bare TypeVarTuple is not supported"))),
            "",
        ),
        method(
            "__typing_prepare_subst__($self, alias, args, /)",
            Native::Pos(2, 2, |vm, o, a| {
                call_typing(vm, "_typevartuple_prepare_subst", &[o.clone(), a[0].clone(), a[1].clone()])
            }),
            "",
        ),
        method("__mro_entries__($self, object, /)", Native::One(|_, o, _| lazy::cannot_subclass(o)), ""),
        method("__reduce__($self, /)", Native::NoArgs(|_, o| Ok(of(o)?.name.clone())), ""),
        method("has_default($self, /)", Native::NoArgs(|_, o| Ok(lazy::has_default(&of(o)?.default))), ""),
    ],
    getset: &[
        getter("__name__", |_, o| Ok(of(o)?.name.clone()), ""),
        getter("__default__", |vm, o| lazy::default_value(vm, &of(o)?.default), ""),
        getter("evaluate_default", |_, o| Ok(of(o)?.default.evaluator_or_constant()), ""),
    ],
    doc: "Type variable tuple: a type variable that stands for any number of types.",
    ..TypeSpec::of(&TYPE_VAR_TUPLE)
};

static NEW: MethodDef =
    method("typevartuple(name, *, default=typing.NoDefault)", Native::NoArgs(|_, o| Ok(o.clone())), "");
fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = NEW.signature().bind(args)?;
    let name = lazy::name_argument(a.req(0), "typevartuple")?;
    let t = TypeVarTuple { name, default: lazy::default_argument(a.opt(1)) };
    let t = Ref::with_type(ty, t).into_obj();
    lazy::set_module(vm, &t)?;
    Ok(t)
}
/// A type variable tuple of the `[*Ts]` syntax.
pub fn from_syntax(name: &Obj) -> Obj {
    Ref::new(TypeVarTuple { name: name.clone(), default: Lazy::default() }).into_obj()
}

/// `typing.Unpack[o]`.
pub fn unpack(vm: &Vm, o: &Obj) -> PyResult {
    let f = attr::get_str(vm, &vm.import("typing")?, "Unpack")?;
    ops::getitem(vm, &f, o)
}
/// The parameters with every type variable tuple unpacked.
pub fn unpack_all(vm: &Vm, params: &Obj) -> PyResult {
    let mut all = tuple::to_vec(params);
    for p in &mut all {
        if p.get::<TypeVarTuple>().is_some() {
            *p = unpack(vm, p)?;
        }
    }
    Ok(tuple::new(all))
}
