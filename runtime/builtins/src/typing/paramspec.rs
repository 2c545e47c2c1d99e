//! `typing.ParamSpec` with the types of its `args` and `kwargs`.

use super::lazy::{self, Lazy, Variance, call_typing};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, ops, payload, singletons, str,
    trace_fields,
};

pub struct ParamSpec {
    pub name: Obj,
    bound: Option<Obj>,
    pub default: Lazy,
    variance: Variance,
}
trace_fields!(ParamSpec { name, bound, default });
pub static PARAM_SPEC: StaticType =
    StaticType::new::<ParamSpec>("typing.ParamSpec", F::GC | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(ParamSpec, PARAM_SPEC);

fn of(o: &Obj) -> PyResult<&ParamSpec> {
    o.this()
}
fn flag(o: &Obj, f: fn(&Variance) -> bool) -> PyResult {
    Ok(singletons::bool_obj(f(&of(o)?.variance)))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::or(lazy::or),
        slot::repr(|_, o| {
            let p = of(o)?;
            Ok(str::from_str(&format!("{}{}", p.variance.prefix(), ops::text(&p.name))).into_obj())
        }),
    ],
    methods: &[
        method(
            "__typing_subst__($self, arg, /)",
            Native::One(|vm, o, a| call_typing(vm, "_paramspec_subst", &[o.clone(), a.clone()])),
            "",
        ),
        method(
            "__typing_prepare_subst__($self, alias, args, /)",
            Native::Pos(2, 2, |vm, o, a| {
                call_typing(vm, "_paramspec_prepare_subst", &[o.clone(), a[0].clone(), a[1].clone()])
            }),
            "",
        ),
        method("__mro_entries__($self, object, /)", Native::One(|_, o, _| lazy::cannot_subclass(o)), ""),
        method("__reduce__($self, /)", Native::NoArgs(|_, o| Ok(of(o)?.name.clone())), ""),
        method("has_default($self, /)", Native::NoArgs(|_, o| Ok(lazy::has_default(&of(o)?.default))), ""),
    ],
    getset: &[
        getter("__name__", |_, o| Ok(of(o)?.name.clone()), ""),
        getter("__bound__", |_, o| Ok(of(o)?.bound.clone().unwrap_or_else(singletons::none)), ""),
        getter("__default__", |vm, o| lazy::default_value(vm, &of(o)?.default), ""),
        getter("__covariant__", |_, o| flag(o, |v| v.covariant), ""),
        getter("__contravariant__", |_, o| flag(o, |v| v.contravariant), ""),
        getter("__infer_variance__", |_, o| flag(o, |v| v.infer), ""),
        getter("evaluate_default", |_, o| Ok(of(o)?.default.evaluator_or_constant()), ""),
        getter(
            "args",
            |_, o| Ok(Ref::new(ParamSpecArgs { origin: o.clone() }).into_obj()),
            "Represents positional arguments.",
        ),
        getter(
            "kwargs",
            |_, o| Ok(Ref::new(ParamSpecKwargs { origin: o.clone() }).into_obj()),
            "Represents keyword arguments.",
        ),
    ],
    doc: "Parameter specification variable.\n\nThe preferred way to make one is the syntax for generic functions, classes and type aliases.\n\n>>> P = ParamSpec('P')\n>>> P.__name__\n'P'",
    ..TypeSpec::of(&PARAM_SPEC)
};

static NEW: MethodDef = method(
    "paramspec(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);
fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = NEW.signature().bind(args)?;
    let name = lazy::name_argument(a.req(0), "paramspec")?;
    let variance = Variance::checked(vm, a.opt(3), a.opt(4), a.opt(5))?;
    let bound = a.opt_not_none(1).cloned();
    let p = ParamSpec { name, bound, default: lazy::default_argument(a.opt(2)), variance };
    let p = Ref::with_type(ty, p).into_obj();
    lazy::set_module(vm, &p)?;
    Ok(p)
}
/// A parameter specification of the `[**P]` syntax.
pub fn from_syntax(name: &Obj) -> Obj {
    Ref::new(ParamSpec { name: name.clone(), bound: None, default: Lazy::default(), variance: Variance::inferred() })
        .into_obj()
}

macro_rules! part {
    ($payload:ident, $ty:ident, $spec:ident, $name:literal, $attribute:literal, $function:literal) => {
        struct $payload {
            origin: Obj,
        }
        trace_fields!($payload { origin });
        static $ty: StaticType = StaticType::new::<$payload>($name, F::GC | F::MANAGED_WEAKREF);
        payload!($payload, $ty);
        pub static $spec: TypeSpec = TypeSpec {
            slots: &[
                slot::new(|_, ty, args| {
                    static NEW: MethodDef =
                        method(concat!($function, "(origin)"), Native::NoArgs(|_, o| Ok(o.clone())), "");
                    let a = NEW.signature().bind(args)?;
                    Ok(Ref::with_type(ty, $payload { origin: a.req(0).clone() }).into_obj())
                }),
                slot::repr(|vm, o| part_repr(vm, &o.this::<$payload>()?.origin, $attribute)),
                slot::richcompare(|vm, a, b, op| match (a.get::<$payload>(), b.get::<$payload>()) {
                    (Some(x), Some(y)) => part_compare(vm, &x.origin, &y.origin, op),
                    _ => Ok(singletons::not_implemented()),
                }),
            ],
            methods: &[method(
                "__mro_entries__($self, object, /)",
                Native::One(|_, o, _| lazy::cannot_subclass(o)),
                "",
            )],
            getset: &[getter("__origin__", |_, o| Ok(o.this::<$payload>()?.origin.clone()), "")],
            doc: concat!(
                "The ",
                $attribute,
                " of a ParamSpec object.\n\n>>> P = ParamSpec('P')\n>>> P.",
                $attribute,
                ".__origin__ is P\nTrue"
            ),
            ..TypeSpec::of(&$ty)
        };
    };
}
part!(ParamSpecArgs, PARAM_SPEC_ARGS, ARGS_SPEC, "typing.ParamSpecArgs", "args", "paramspecargs");
part!(ParamSpecKwargs, PARAM_SPEC_KWARGS, KWARGS_SPEC, "typing.ParamSpecKwargs", "kwargs", "paramspeckwargs");

fn part_repr(vm: &Vm, origin: &Obj, attribute: &str) -> PyResult {
    let text = match origin.get::<ParamSpec>() {
        Some(p) => ops::text(&p.name),
        None => ops::repr_string(vm, origin)?,
    };
    Ok(str::from_str(&format!("{text}.{attribute}")).into_obj())
}
fn part_compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq | CompareOp::Ne => ops::compare(vm, a, b, op),
        _ => Ok(singletons::not_implemented()),
    }
}
