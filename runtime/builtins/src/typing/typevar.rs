//! `typing.TypeVar`.

use super::lazy::{self, Lazy, Variance, call_typing};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, ArgsBuf, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, attr, error, names, ops, payload,
    singletons, str, trace_fields, tuple,
};

pub struct TypeVar {
    pub name: Obj,
    bound: Lazy,
    constraints: Lazy,
    pub default: Lazy,
    variance: Variance,
}
trace_fields!(TypeVar { name, bound, constraints, default });
pub static TYPE_VAR: StaticType =
    StaticType::new::<TypeVar>("typing.TypeVar", F::GC | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(TypeVar, TYPE_VAR);

fn of(o: &Obj) -> PyResult<&TypeVar> {
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
            let t = of(o)?;
            Ok(str::from_str(&format!("{}{}", t.variance.prefix(), ops::text(&t.name))).into_obj())
        }),
    ],
    methods: &[
        method(
            "__typing_subst__($self, arg, /)",
            Native::One(|vm, o, a| call_typing(vm, "_typevar_subst", &[o.clone(), a.clone()])),
            "",
        ),
        method("__typing_prepare_subst__($self, alias, args, /)", Native::Pos(2, 2, prepare_subst), ""),
        method("__mro_entries__($self, object, /)", Native::One(|_, o, _| lazy::cannot_subclass(o)), ""),
        method("__reduce__($self, /)", Native::NoArgs(|_, o| Ok(of(o)?.name.clone())), ""),
        method("has_default($self, /)", Native::NoArgs(|_, o| Ok(lazy::has_default(&of(o)?.default))), ""),
    ],
    getset: &[
        getter("__name__", |_, o| Ok(of(o)?.name.clone()), ""),
        getter("__bound__", |vm, o| Ok(of(o)?.bound.get(vm)?.unwrap_or_else(singletons::none)), ""),
        getter("__constraints__", |vm, o| Ok(of(o)?.constraints.get(vm)?.unwrap_or_else(|| tuple::new(vec![]))), ""),
        getter("__default__", |vm, o| lazy::default_value(vm, &of(o)?.default), ""),
        getter("__covariant__", |_, o| flag(o, |v| v.covariant), ""),
        getter("__contravariant__", |_, o| flag(o, |v| v.contravariant), ""),
        getter("__infer_variance__", |_, o| flag(o, |v| v.infer), ""),
        getter("evaluate_bound", |_, o| Ok(of(o)?.bound.evaluator_or_constant()), ""),
        getter("evaluate_constraints", |_, o| Ok(of(o)?.constraints.evaluator_or_constant()), ""),
        getter("evaluate_default", |_, o| Ok(of(o)?.default.evaluator_or_constant()), ""),
    ],
    doc: "Type variable.\n\nThe preferred way to make one is the syntax for generic functions, classes and type aliases.",
    ..TypeSpec::of(&TYPE_VAR)
};

static NEW: MethodDef = method(
    "typevar(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    // Positional arguments after the name are constraints; the rest binds as usual.
    let given = args.positional();
    let first = given.len().min(1);
    let constraints = &given[first..];
    let rest = ArgsBuf {
        all: given[..first].iter().chain(args.keywords().map(|(_, v)| v)).cloned().collect(),
        names: args.names().to_vec(),
    };
    let a = NEW.signature().bind(rest.args())?;
    let name = lazy::name_argument(a.req(0), "typevar")?;
    let variance = Variance::checked(vm, a.opt(3), a.opt(4), a.opt(5))?;
    let bound = a.opt_not_none(1).map(|b| lazy::checked_type(vm, b)).transpose()?;
    if constraints.len() == 1 {
        return Err(error::type_error("A single constraint is not allowed"));
    }
    if !constraints.is_empty() && bound.is_some() {
        return Err(error::type_error("Constraints cannot be combined with bound=..."));
    }
    let constraints = (!constraints.is_empty()).then(|| tuple::from_slice(constraints));
    let t = TypeVar {
        name,
        bound: Lazy::known(bound),
        constraints: Lazy::known(constraints),
        default: lazy::default_argument(a.opt(2)),
        variance,
    };
    let t = Ref::with_type(ty, t).into_obj();
    lazy::set_module(vm, &t)?;
    Ok(t)
}

/// A type variable of the `[T: bound]` syntax.
pub fn from_syntax(name: &Obj, bound: Option<&Obj>, constraints: Option<&Obj>) -> Obj {
    Ref::new(TypeVar {
        name: name.clone(),
        bound: Lazy::computed(bound.cloned()),
        constraints: Lazy::computed(constraints.cloned()),
        default: Lazy::default(),
        variance: Variance::inferred(),
    })
    .into_obj()
}

fn prepare_subst(vm: &Vm, this: &Obj, a: &[Obj]) -> PyResult {
    let (alias, args) = (&a[0], &a[1]);
    let params = attr::get(vm, alias, &names().__parameters__)?;
    let len = ops::len(vm, args)?;
    let mut index = None;
    for (i, p) in ops::collect(vm, &params)?.iter().enumerate() {
        if ops::key_equals(vm, p, this)? {
            index = Some(i);
            break;
        }
    }
    let index = index.ok_or_else(|| error::value_error("sequence.index(x): x not in sequence"))?;
    if index < len {
        return Ok(args.clone());
    }
    if index == len {
        let default = lazy::default_value(vm, &of(this)?.default)?;
        if !default.is(&super::no_default::get()) {
            let mut all = ops::collect(vm, args)?;
            all.push(default);
            return Ok(tuple::new(all));
        }
    }
    Err(error::type_error(format!(
        "Too few arguments for {}; actual {len}, expected at least {}",
        ops::str_lossy(vm, alias),
        index + 1
    )))
}
