//! `_contextvars`: Context, ContextVar, Token. The current context of a thread is `vm.context`.
//!
//! Invariant: CTX-1: the dict of a context is shared by its copies until one of them changes it (copy on write by reference count).
//! CPython: Python/context.c.

use super::shared::{Parts, bind, none, text};
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method, ready};
use adder_object::{
    Args, CompareOp, Dict, ModuleSpec, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type,
    TypeFlags as F, Vm, call, class, error, exceptions as exc, ops, payload, singletons, trace_fields,
};
use std::cell::Cell;

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Context Variables",
    functions: &[method(
        "copy_context($module, /)",
        Native::NoArgs(|_, _| Ok(new_context(&current_dict(Vm::current())).into_obj())),
        "",
    )],
    types: &[&CONTEXT_SPEC, &VAR_SPEC, &TOKEN_SPEC],
    init: Some(|_, _| {
        ready(&MISSING_SPEC);
        TOKEN.dict().set_str("MISSING", missing());
        Ok(())
    }),
    ..ModuleSpec::new("_contextvars")
};

// ---- for other native modules ----

/// Grows whenever a lookup of a context variable may give another result.
static EPOCH: Global<u64> = Global::new(1);

/// Names the present state of all contexts: while it stays the same in one thread, so do the values of all variables.
pub fn epoch(vm: &Vm) -> (u64, u64) {
    (*EPOCH.get(), vm.ident)
}
fn changed() {
    *EPOCH.get() += 1
}
/// A new variable without default.
pub fn new_var(name: &::std::primitive::str) -> Obj {
    ready(&VAR_SPEC);
    ready(&CONTEXT_SPEC);
    Ref::new(ContextVar { name: text(name), default: None }).into_obj()
}
pub fn get_var(vm: &Vm, var: &Obj) -> PyResult<Option<Obj>> {
    current_dict(vm).get_item(vm, var)
}
pub fn set_var(vm: &Vm, var: &Obj, value: Obj) -> PyResult<()> {
    changed();
    writable(&current(vm)).set_item(vm, var, value)
}
/// The thread's context itself, or a copy of it.
pub fn current_context(vm: &Vm) -> Obj {
    current(vm).into_obj()
}
pub fn copy_current(vm: &Vm) -> Obj {
    ready(&CONTEXT_SPEC);
    new_context(&current_dict(vm)).into_obj()
}
pub fn is_context(o: &Obj) -> bool {
    o.get::<Context>().is_some()
}

// ---- Context ----

pub struct Context {
    vars: ObjCell,
    entered: Cell<bool>,
    previous: ObjCell,
}
trace_fields!(Context { vars, previous });
static CONTEXT: StaticType =
    StaticType::new::<Context>("_contextvars.Context", F::GC | F::MAPPING | F::MANAGED_WEAKREF);
payload!(Context, CONTEXT);

static CONTEXT_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, args| {
            if !args.is_empty() {
                return Err(error::type_error("Context() does not accept any arguments"));
            }
            Ok(Ref::with_type(ty, context_of(Dict::new())).into_obj())
        }),
        slot::richcompare(context_compare),
        slot::iter(|vm, o| ops::iter(vm, vars(o)?.obj())),
        slot::length(|_, o| Ok(vars(o)?.len())),
        slot::getitem(|vm, o, k| {
            check_key(vm, k)?;
            vars(o)?.get_item(vm, k)?.ok_or_else(|| error::key_error(k))
        }),
        slot::contains(|vm, o, k| {
            check_key(vm, k)?;
            vars(o)?.contains(vm, k)
        }),
    ],
    methods: &[
        method("run", Native::Raw(context_run), ""),
        method(
            "copy($self, /)",
            Native::NoArgs(|_, o| Ok(new_context(&vars(o)?).into_obj())),
            "Return a shallow copy of the context object.",
        ),
        method(
            "get($self, key, default=None, /)",
            Native::Pos(1, 2, context_get),
            "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`. If `default` is not given,\nreturn None.",
        ),
        method(
            "items($self, /)",
            Native::NoArgs(|vm, o| view(vm, o, "items")),
            "Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value).",
        ),
        method(
            "keys($self, /)",
            Native::NoArgs(|vm, o| view(vm, o, "keys")),
            "Return a list of all variables in the context object.",
        ),
        method(
            "values($self, /)",
            Native::NoArgs(|vm, o| view(vm, o, "values")),
            "Return a list of all variables' values in the context object.",
        ),
    ],
    attrs: &[("__hash__", singletons::none)],
    ..TypeSpec::of(&CONTEXT)
};

fn context_of(dict: Ref<Dict>) -> Context {
    Context { vars: ObjCell::new(dict.into_obj()), entered: Cell::new(false), previous: ObjCell::empty() }
}
fn new_context(dict: &Ref<Dict>) -> Ref<Context> {
    Ref::new(context_of(dict.clone()))
}
fn dict_of(c: &Context) -> Ref<Dict> {
    c.vars.get().and_then(|d| d.downcast::<Dict>()).unwrap_or_else(Dict::new)
}
fn vars(o: &Obj) -> PyResult<Ref<Dict>> {
    Ok(dict_of(o.this::<Context>()?))
}
/// The variables of the thread's context, empty when it has none yet.
fn current_dict(vm: &Vm) -> Ref<Dict> {
    vm.context.get().and_then(|c| c.get::<Context>().map(dict_of)).unwrap_or_else(Dict::new)
}
/// The thread's context, made when missing.
fn current(vm: &Vm) -> Ref<Context> {
    if let Some(c) = vm.context.get().and_then(|c| c.downcast::<Context>()) {
        return c;
    }
    let c = Ref::new(context_of(Dict::new()));
    vm.context.set(c.clone().into_obj());
    c
}
/// The dict of a context for writing: a copy when it is shared (CTX-1).
fn writable(c: &Context) -> Ref<Dict> {
    let d = dict_of(c);
    // One reference is the cell's, one is `d`.
    if d.obj().refcount() <= 2 {
        return d;
    }
    let copy = d.copy();
    c.vars.set(copy.clone().into_obj());
    copy
}

fn check_key(vm: &Vm, k: &Obj) -> PyResult<()> {
    if k.get::<ContextVar>().is_some() {
        return Ok(());
    }
    Err(error::type_error(format!("a ContextVar key was expected, got {}", ops::repr_string(vm, k)?)))
}
fn context_compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if b.get::<Context>().is_none() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    ops::compare(vm, vars(a)?.obj(), vars(b)?.obj(), op)
}
fn context_get(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    check_key(vm, &a[0])?;
    Ok(vars(o)?.get_item(vm, &a[0])?.or_else(|| a.get(1).cloned()).unwrap_or_else(singletons::none))
}
fn view(vm: &Vm, o: &Obj, name: &::std::primitive::str) -> PyResult {
    call::call_method_str(vm, vars(o)?.copy().obj(), name, &[])
}

fn context_run(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let Some(f) = args.positional().first() else {
        return Err(error::type_error("run() missing 1 required positional argument"));
    };
    enter(vm, o)?;
    let r = call::call(vm, f, args.skip(1));
    leave(vm, o)?;
    r
}
/// Makes a context the thread's current one; pair with [`leave`].
pub fn enter(vm: &Vm, o: &Obj) -> PyResult<()> {
    let c = o.this::<Context>()?;
    changed();
    if c.entered.replace(true) {
        let message = format!("cannot enter context: {} is already entered", ops::repr_string(vm, o)?);
        return Err(error::runtime_error(message));
    }
    c.previous.set_option(vm.context.replace(Some(o.clone())));
    Ok(())
}
pub fn leave(vm: &Vm, o: &Obj) -> PyResult<()> {
    let c = o.this::<Context>()?;
    changed();
    if !c.entered.get() {
        return Err(error::runtime_error(format!(
            "cannot exit context: {} has not been entered",
            ops::repr_string(vm, o)?
        )));
    }
    if !vm.context.get().is_some_and(|now| now.is(o)) {
        return Err(error::runtime_error("cannot exit context: thread state references a different context object"));
    }
    c.entered.set(false);
    vm.context.set_option(c.previous.take());
    Ok(())
}

// ---- ContextVar ----

pub struct ContextVar {
    name: Obj,
    default: Option<Obj>,
}
trace_fields!(ContextVar { name, default });
static CONTEXT_VAR: StaticType = StaticType::new::<ContextVar>("_contextvars.ContextVar", F::GC);
payload!(ContextVar, CONTEXT_VAR);

static VAR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(var_new), slot::repr(var_repr)],
    methods: &[
        method(
            "get($self, default=<unrepresentable>, /)",
            Native::Pos(0, 1, var_get),
            "Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the method will:\n * return the value of the default argument of the method, if provided; or\n * return the default value for the context variable, if it was created\n   with one; or\n * raise a LookupError.",
        ),
        method(
            "set($self, value, /)",
            Native::One(var_set),
            "Call to set a new value for the context variable in the current context.\n\nThe required *value* argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method.",
        ),
        method(
            "reset($self, token, /)",
            Native::One(var_reset),
            "Reset the context variable.\n\nThe variable is reset to the value it had before the `ContextVar.set()` that\ncreated the token was used.",
        ),
        class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
    ],
    getset: &[getter("name", |_, o| Ok(o.this::<ContextVar>()?.name.clone()), "")],
    ..TypeSpec::of(&CONTEXT_VAR)
};

fn var_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let n = args.len();
    if n == 0 {
        return Err(error::type_error("ContextVar() takes exactly 1 positional argument (0 given)"));
    }
    if n > 1 {
        return Err(error::type_error(format!("ContextVar() takes at most 1 positional argument ({n} given)")));
    }
    let args = bind("ContextVar(name, /, *, default=<unrepresentable>)", args)?;
    if args.req(0).get::<Str>().is_none() {
        return Err(error::type_error("context variable name must be a str"));
    }
    // CPython hashes the name, so it must have a hash.
    ops::hash(vm, args.req(0))?;
    Ok(Ref::with_type(ty, ContextVar { name: args.req(0).clone(), default: args.opt(1).cloned() }).into_obj())
}
fn var_repr(vm: &Vm, o: &Obj) -> PyResult {
    let v = o.this::<ContextVar>()?;
    let mut parts = Parts::default();
    parts.text("<ContextVar name=");
    parts.repr(vm, &v.name)?;
    if let Some(d) = &v.default {
        parts.text(" default=");
        parts.repr(vm, d)?;
    }
    parts.text(&format!(" at {:#x}>", o.bits()));
    Ok(parts.join())
}
fn var_get(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    if let Some(v) = current_dict(vm).get_item(vm, o)? {
        return Ok(v);
    }
    match a.first().or(o.this::<ContextVar>()?.default.as_ref()) {
        Some(d) => Ok(d.clone()),
        None => Err(PyErr::with_args(&exc::LOOKUP_ERROR, vec![o.clone()])),
    }
}
fn var_set(vm: &Vm, o: &Obj, value: &Obj) -> PyResult {
    changed();
    let c = current(vm);
    let d = writable(&c);
    let old = d.get_item(vm, o)?;
    d.set_item(vm, o, value.clone())?;
    let t = Token { var: o.clone(), context: c.into_obj(), old, used: Cell::new(false) };
    Ok(Ref::new(t).into_obj())
}
fn var_reset(vm: &Vm, o: &Obj, token: &Obj) -> PyResult {
    let Some(t) = token.get::<Token>() else {
        let message = format!("expected an instance of Token, got {}", ops::repr_string(vm, token)?);
        return Err(error::type_error(message));
    };
    let shown = || ops::repr_string(vm, token);
    if t.used.get() {
        return Err(error::runtime_error(format!("{} has already been used once", shown()?)));
    }
    if !t.var.is(o) {
        return Err(error::value_error(format!("{} was created by a different ContextVar", shown()?)));
    }
    let c = current(vm);
    if !c.is(&t.context) {
        return Err(error::value_error(format!("{} was created in a different Context", shown()?)));
    }
    t.used.set(true);
    changed();
    let d = writable(&c);
    match &t.old {
        Some(v) => d.set_item(vm, o, v.clone())?,
        None => drop(d.remove_item(vm, o)?),
    }
    none()
}

// ---- Token ----

struct Token {
    var: Obj,
    context: Obj,
    old: Option<Obj>,
    used: Cell<bool>,
}
trace_fields!(Token { var, context, old });
static TOKEN: StaticType = StaticType::new::<Token>("_contextvars.Token", F::GC);
payload!(Token, TOKEN);

static TOKEN_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, _, _| Err(error::runtime_error("Tokens can only be created by ContextVars"))),
        slot::repr(token_repr),
    ],
    methods: &[
        class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
        method("__enter__($self, /)", Native::NoArgs(ops::iter_self), "Enter into Token context manager."),
        method(
            "__exit__($self, type, val, tb, /)",
            Native::Pos(3, 3, |vm, o, _| {
                let var = o.this::<Token>()?.var.clone();
                var_reset(vm, &var, o)
            }),
            "Exit from Token context manager, restore the linked ContextVar.",
        ),
    ],
    getset: &[
        getter("var", |_, o| Ok(o.this::<Token>()?.var.clone()), ""),
        getter("old_value", |_, o| Ok(o.this::<Token>()?.old.clone().unwrap_or_else(missing)), ""),
    ],
    ..TypeSpec::of(&TOKEN)
};

fn token_repr(vm: &Vm, o: &Obj) -> PyResult {
    let t = o.this::<Token>()?;
    let mut parts = Parts::default();
    parts.text(if t.used.get() { "<Token used var=" } else { "<Token var=" });
    parts.repr(vm, &t.var)?;
    parts.text(&format!(" at {:#x}>", o.bits()));
    Ok(parts.join())
}

struct Missing;
trace_fields!(Missing);
static MISSING: StaticType = StaticType::new::<Missing>("Token.MISSING", 0);
payload!(Missing, MISSING);
static MISSING_SPEC: TypeSpec =
    TypeSpec { slots: &[slot::repr(|_, _| Ok(text("<Token.MISSING>")))], ..TypeSpec::of(&MISSING) };
static THE_MISSING: Global<Option<Obj>> = Global::new(None);

/// `Token.MISSING`.
fn missing() -> Obj {
    ready(&MISSING_SPEC);
    THE_MISSING.get().get_or_insert_with(|| Ref::new(Missing).into_obj()).clone()
}
