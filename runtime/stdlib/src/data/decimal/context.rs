//! `decimal.Context`, its signal dicts, the current context of a thread, and how conditions become exceptions.
//!
//! Invariant: `flags` and `traps` of a context are its own; a copy has new ones.
//! CPython: Modules/_decimal/_decimal.c.

use super::number::{MAX_EMAX, MAX_PREC, MIN_EMIN, Round, Rules, flag};
use super::{context_methods, state};
use crate::functional::contextvars;
use crate::functional::shared::{bind, text};
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, Native, TypeSpec, getset, method};
use adder_object::{
    Args, CompareOp, Dict, List, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr,
    call, error, exceptions as exc, int, ops, payload, singletons, trace_fields, tuple,
};
use std::cell::Cell;

/// The signals in the order CPython shows them: name and bits.
pub const SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", flag::INVALID),
    ("FloatOperation", flag::FLOAT_OPERATION),
    ("DivisionByZero", flag::DIVISION_BY_ZERO),
    ("Overflow", flag::OVERFLOW),
    ("Underflow", flag::UNDERFLOW),
    ("Subnormal", flag::SUBNORMAL),
    ("Inexact", flag::INEXACT),
    ("Rounded", flag::ROUNDED),
    ("Clamped", flag::CLAMPED),
];
const VALID_SIGNALS: &str = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
const VALID_ROUNDING: &str = "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]";

// ---- signal dicts ----

#[derive(Default)]
pub struct SignalDict {
    pub bits: Cell<u32>,
    /// Belongs to a live context.
    valid: Cell<bool>,
}
trace_fields!(SignalDict);
pub static SIGNAL_DICT: StaticType =
    StaticType::new::<SignalDict>("decimal.SignalDictMixin", F::BASETYPE | F::MANAGED_DICT);
payload!(SignalDict, SIGNAL_DICT);

pub static SIGNAL_DICT_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, SignalDict::default()).into_obj())),
        slot::repr(signals_repr),
        slot::richcompare(signals_compare),
        slot::iter(|vm, o| {
            live(o)?;
            ops::iter(vm, &signal_tuple()?)
        }),
        slot::length(|_, o| {
            live(o)?;
            Ok(SIGNALS.len())
        }),
        slot::getitem(|_, o, k| Ok(singletons::bool_obj(live(o)?.bits.get() & signal_bits(k)? != 0))),
        slot::setitem(signals_set),
    ],
    methods: &[method("copy($self, /)", Native::NoArgs(|vm, o| Ok(as_dict(vm, live(o)?.bits.get())?.into_obj())), "")],
    attrs: &[("__hash__", singletons::none)],
    ..TypeSpec::of(&SIGNAL_DICT)
};

/// The dict, while its context lives.
fn live(o: &Obj) -> PyResult<&SignalDict> {
    let d = o.this::<SignalDict>()?;
    if d.valid.get() { Ok(d) } else { Err(error::value_error("invalid signal dict")) }
}
fn signal_tuple() -> PyResult {
    Ok(tuple::new(state()?.signals.clone()))
}
/// The bits of the signal that a key names.
fn signal_bits(key: &Obj) -> PyResult<u32> {
    match state()?.signals.iter().position(|s| s.is(key)) {
        Some(i) => Ok(SIGNALS[i].1),
        None => Err(PyErr::with_args(&exc::KEY_ERROR, vec![text(VALID_SIGNALS)])),
    }
}
fn signals_set(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let d = live(o)?;
    let Some(v) = value else { return Err(error::value_error("signal keys cannot be deleted")) };
    let bits = signal_bits(key)?;
    let on = ops::truth(vm, v)?;
    d.bits.set(if on { d.bits.get() | bits } else { d.bits.get() & !bits });
    Ok(())
}
fn signals_repr(_: &Vm, o: &Obj) -> PyResult {
    let bits = live(o)?.bits.get();
    let items: Vec<String> = SIGNALS
        .iter()
        .map(|(n, b)| format!("<class 'decimal.{n}'>:{}", if bits & b != 0 { "True" } else { "False" }))
        .collect();
    Ok(text(&format!("{{{}}}", items.join(", "))))
}
fn signals_compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let x = live(a)?.bits.get();
    if b.get::<SignalDict>().is_some() {
        live(b)?;
    }
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let y = match (b.get::<SignalDict>(), b.get::<Dict>()) {
        (Some(d), _) => d.bits.get(),
        (_, Some(d)) => match bits_of_dict(vm, d) {
            Ok(bits) => bits,
            Err(e) if e.is(&exc::KEY_ERROR) || e.is(&exc::VALUE_ERROR) => return Ok(singletons::not_implemented()),
            Err(e) => return Err(e),
        },
        _ => return Ok(singletons::not_implemented()),
    };
    Ok(singletons::bool_obj((x == y) == (op == CompareOp::Eq)))
}
fn as_dict(vm: &Vm, bits: u32) -> PyResult<Ref<Dict>> {
    let d = Dict::new();
    for (i, s) in state()?.signals.iter().enumerate() {
        d.set_item(vm, s, singletons::bool_obj(bits & SIGNALS[i].1 != 0))?;
    }
    Ok(d)
}
fn bits_of_dict(vm: &Vm, d: &Dict) -> PyResult<u32> {
    if d.len() != SIGNALS.len() {
        return Err(error::key_error(&text("invalid signal dict")));
    }
    let mut bits = 0;
    for (k, v) in d.items_vec() {
        let b = signal_bits(&k)?;
        if ops::truth(vm, &v)? {
            bits |= b;
        }
    }
    Ok(bits)
}
/// Signals of a list, conditions among them.
fn bits_of_list(l: &List) -> PyResult<u32> {
    let st = state()?;
    let mut bits = 0;
    for o in l.to_vec() {
        let signal = st.signals.iter().position(|s| s.is(&o)).map(|i| SIGNALS[i].1);
        let condition = st.conditions.iter().find(|(c, _)| c.is(&o)).map(|(_, b)| *b);
        match signal.or(condition) {
            Some(b) => bits |= b,
            None => return Err(PyErr::with_args(&exc::KEY_ERROR, vec![text(VALID_SIGNALS)])),
        }
    }
    Ok(bits)
}
/// What `flags=` and `traps=` accept.
fn bits_of(vm: &Vm, o: &Obj) -> PyResult<u32> {
    if let Some(d) = o.get::<SignalDict>() {
        return Ok(d.bits.get());
    }
    match (o.get::<List>(), o.get::<Dict>()) {
        (Some(l), _) => bits_of_list(l),
        (_, Some(d)) => bits_of_dict(vm, d),
        _ => Err(error::type_error("argument must be a signal dict")),
    }
}
/// The exceptions of the signals in `bits`, conditions first.
fn list_of(bits: u32) -> PyResult<Vec<Obj>> {
    let st = state()?;
    let conditions = st.conditions.iter().filter(|(_, b)| bits & b != 0).map(|(c, _)| c.clone());
    let signals = st.signals.iter().zip(SIGNALS).skip(1).filter(|(_, (_, b))| bits & b != 0).map(|(s, _)| s.clone());
    Ok(conditions.chain(signals).collect())
}
/// The signals in `bits`, as reduce and repr list them.
fn signals_of(bits: u32) -> PyResult<Vec<usize>> {
    Ok((0..SIGNALS.len()).filter(|i| bits & SIGNALS[*i].1 != 0).collect())
}

// ---- Context ----

pub struct Context {
    pub rules: Cell<Rules>,
    pub capitals: Cell<bool>,
    pub flags: Ref<SignalDict>,
    pub traps: Ref<SignalDict>,
}
trace_fields!(Context { flags, traps });
impl Drop for Context {
    fn drop(&mut self) {
        self.flags.valid.set(false);
        self.traps.valid.set(false);
    }
}
pub static CONTEXT: StaticType = StaticType::new::<Context>("decimal.Context", F::GC | F::BASETYPE);
payload!(Context, CONTEXT);

pub static CONTEXT_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(context_new),
        slot::init(context_init),
        slot::repr(context_repr),
        slot::setattro(context_setattr),
    ],
    methods: context_methods::METHODS,
    getset: CONTEXT_GETSET,
    doc: "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)\n--\n\nThe context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.  A new context\ncan be constructed as follows:\n\n    >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,\n    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n    ...             traps=[InvalidOperation, DivisionByZero, Overflow],\n    ...             flags=[])\n    >>>\n\n\n",
    ..TypeSpec::of(&CONTEXT)
};

macro_rules! int_attribute {
    ($name:literal, $get:expr) => {
        getset(
            $name,
            |_, o| {
                let get: fn(&Context) -> i64 = $get;
                Ok(int::from_i64(get(o.this::<Context>()?)))
            },
            |vm, o, v| set_number(vm, o.this::<Context>()?, $name, v),
            "",
        )
    };
}
static CONTEXT_GETSET: &[GetSetDef] = &[
    int_attribute!("prec", |c| c.rules.get().prec),
    int_attribute!("Emax", |c| c.rules.get().emax),
    int_attribute!("Emin", |c| c.rules.get().emin),
    int_attribute!("capitals", |c| i64::from(c.capitals.get())),
    int_attribute!("clamp", |c| i64::from(c.rules.get().clamp)),
    getset(
        "rounding",
        |_, o| Ok(state()?.rounding_name(o.this::<Context>()?.rules.get().round)),
        |vm, o, v| set_rounding(vm, o.this::<Context>()?, v),
        "",
    ),
    getset(
        "flags",
        |_, o| Ok(o.this::<Context>()?.flags.obj().clone()),
        |vm, o, v| set_signals(vm, &o.this::<Context>()?.flags, v),
        "",
    ),
    getset(
        "traps",
        |_, o| Ok(o.this::<Context>()?.traps.obj().clone()),
        |vm, o, v| set_signals(vm, &o.this::<Context>()?.traps, v),
        "",
    ),
];

const NO_DELETE: &str = "context attributes cannot be deleted";

fn context_setattr(vm: &Vm, o: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if value.is_none() && name.get::<Str>().is_some_and(|n| n.eq_str("traps") || n.eq_str("flags")) {
        return Err(error::attribute_error_text(NO_DELETE));
    }
    attr::generic_set(vm, o, name, value)
}

/// An int of a setting; other types are TypeErrors.
fn number(vm: &Vm, v: Option<&Obj>) -> PyResult<i64> {
    let Some(v) = v else { return Err(error::attribute_error_text(NO_DELETE)) };
    if !int::is_int(v) {
        return Err(error::type_error("an integer is required"));
    }
    let _ = vm;
    int::as_int(v)
        .and_then(|n| n.to_i64())
        .ok_or_else(|| error::overflow_error("Python int too large to convert to C ssize_t"))
}

fn set_number(vm: &Vm, c: &Context, name: &str, v: Option<&Obj>) -> PyResult<()> {
    let n = number(vm, v)?;
    let mut r = c.rules.get();
    let in_range = |low: i64, high: i64, text: &str| {
        if (low..=high).contains(&n) { Ok(()) } else { Err(error::value_error(text)) }
    };
    match name {
        "prec" => {
            in_range(1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
            r.prec = n;
        }
        "Emax" => {
            in_range(0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?;
            r.emax = n;
        }
        "Emin" => {
            in_range(MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?;
            r.emin = n;
        }
        "capitals" => {
            in_range(0, 1, "valid values for capitals are 0 or 1")?;
            c.capitals.set(n == 1);
        }
        _ => {
            in_range(0, 1, "valid values for clamp are 0 or 1")?;
            r.clamp = n == 1;
        }
    }
    c.rules.set(r);
    Ok(())
}

/// A rounding mode by its name.
pub fn rounding(o: &Obj) -> PyResult<Round> {
    o.get::<Str>()
        .and_then(|s| Round::NAMES.iter().find(|(n, _)| s.eq_str(n)))
        .map(|(_, r)| *r)
        .ok_or_else(|| error::type_error(VALID_ROUNDING))
}
fn set_rounding(_: &Vm, c: &Context, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::attribute_error_text(NO_DELETE)) };
    c.rules.set(c.rules.get().with_round(rounding(v)?));
    Ok(())
}
fn set_signals(vm: &Vm, target: &SignalDict, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::attribute_error_text(NO_DELETE)) };
    if v.get::<List>().is_some() {
        return Err(error::type_error("argument must be a signal dict"));
    }
    target.bits.set(bits_of(vm, v)?);
    Ok(())
}

fn signal_dict(bits: u32) -> PyResult<Ref<SignalDict>> {
    let ty = state()?.signal_dict.clone();
    let ty = ty.this::<Type>()?;
    Ok(Ref::with_type(ty, SignalDict { bits: Cell::new(bits), valid: Cell::new(true) }))
}

/// A new context of a class.
pub fn make(ty: &Type, rules: Rules, capitals: bool, traps: u32, flags: u32) -> PyResult<Ref<Context>> {
    let c = Context {
        rules: Cell::new(rules),
        capitals: Cell::new(capitals),
        flags: signal_dict(flags)?,
        traps: signal_dict(traps)?,
    };
    Ok(Ref::with_type(ty, c))
}

/// Settings of `DefaultContext` before a program changes them.
pub const DEFAULT_RULES: Rules =
    Rules { prec: 28, emax: 999_999, emin: -999_999, round: Round::HalfEven, clamp: false };
pub const DEFAULT_TRAPS: u32 = flag::INVALID | flag::DIVISION_BY_ZERO | flag::OVERFLOW;

fn context_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    let (rules, traps) = match &state()?.templates {
        Some(t) => (t[0].rules.get(), t[0].traps.bits.get()),
        None => (DEFAULT_RULES, DEFAULT_TRAPS),
    };
    Ok(make(ty, rules, true, traps, 0)?.into_obj())
}

fn context_init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind(
        "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
        args,
    )?;
    let a: Vec<Option<&Obj>> = (0..8).map(|i| a.opt_not_none(i)).collect();
    apply(vm, o.this::<Context>()?, &a)
}

/// Sets what is given, in the order of the constructor's parameters.
pub fn apply(vm: &Vm, c: &Context, a: &[Option<&Obj>]) -> PyResult<()> {
    for (i, name) in ["prec", "rounding", "Emin", "Emax", "capitals", "clamp"].into_iter().enumerate() {
        let Some(v) = a[i] else { continue };
        if name == "rounding" { set_rounding(vm, c, Some(v))? } else { set_number(vm, c, name, Some(v))? }
    }
    if let Some(v) = a[7] {
        c.traps.bits.set(bits_of(vm, v)?);
    }
    if let Some(v) = a[6] {
        c.flags.bits.set(bits_of(vm, v)?);
    }
    Ok(())
}

fn context_repr(_: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Context>()?;
    let r = c.rules.get();
    let names = |bits: u32| -> PyResult<String> {
        // Here the order is that of the bits.
        let mut all = signals_of(bits)?;
        all.sort_by_key(|i| SIGNALS[*i].1 & SIGNALS[*i].1.wrapping_neg());
        Ok(all.iter().map(|i| SIGNALS[*i].0).collect::<Vec<_>>().join(", "))
    };
    Ok(text(&format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
        r.prec,
        r.round.name(),
        r.emin,
        r.emax,
        i32::from(c.capitals.get()),
        i32::from(r.clamp),
        names(c.flags.bits.get())?,
        names(c.traps.bits.get())?
    )))
}

pub fn context_reduce(_: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Context>()?;
    let r = c.rules.get();
    let st = state()?;
    let list = |bits: u32| -> PyResult {
        Ok(List::new(signals_of(bits)?.into_iter().map(|i| st.signals[i].clone()).collect()).into_obj())
    };
    let args = tuple::from_array([
        int::from_i64(r.prec),
        st.rounding_name(r.round),
        int::from_i64(r.emin),
        int::from_i64(r.emax),
        int::from_i64(i64::from(c.capitals.get())),
        int::from_i64(i64::from(r.clamp)),
        list(c.flags.bits.get())?,
        list(c.traps.bits.get())?,
    ]);
    Ok(tuple::from_array([o.ty().to_obj(), args]))
}

pub fn copy(c: &Context) -> PyResult<Ref<Context>> {
    make(&CONTEXT, c.rules.get(), c.capitals.get(), c.traps.bits.get(), c.flags.bits.get())
}

// ---- the current context ----

struct Cached {
    epoch: (u64, u64),
    context: Option<Ref<Context>>,
}
static CACHED: Global<Cached> = Global::new(Cached { epoch: (0, 0), context: None });

/// The context of the running thread or task, made from `DefaultContext` when there is none yet.
#[inline]
pub fn current(vm: &Vm) -> PyResult<Ref<Context>> {
    let cached = CACHED.get();
    if cached.epoch == contextvars::epoch(vm)
        && let Some(c) = &cached.context
    {
        return Ok(c.clone());
    }
    find_current(vm)
}
#[cold]
fn find_current(vm: &Vm) -> PyResult<Ref<Context>> {
    let st = state()?;
    let found = contextvars::get_var(vm, &st.variable)?.and_then(|o| o.downcast::<Context>());
    let c = match (found, &st.templates) {
        (Some(c), _) => c,
        (None, Some(t)) => {
            let c = copy(&t[0])?;
            c.flags.bits.set(0);
            contextvars::set_var(vm, &st.variable, c.clone().into_obj())?;
            c
        }
        _ => return Err(error::system_error("decimal is not initialised")),
    };
    let old = std::mem::replace(CACHED.get(), Cached { epoch: contextvars::epoch(vm), context: Some(c.clone()) });
    drop(old);
    Ok(c)
}

pub fn set_current(vm: &Vm, o: &Obj) -> PyResult {
    let Some(c) = o.downcast::<Context>() else {
        return Err(error::type_error("optional argument must be a context"));
    };
    let st = state()?;
    let c = if st.templates.as_ref().is_some_and(|t| t.iter().any(|t| t.is(o))) {
        let new = copy(&c)?;
        new.flags.bits.set(0);
        new
    } else {
        c
    };
    contextvars::set_var(vm, &st.variable, c.into_obj())?;
    Ok(singletons::none())
}

/// The context of an optional `context` argument.
#[inline]
pub fn given(vm: &Vm, o: Option<&Obj>) -> PyResult<Ref<Context>> {
    match o {
        None => current(vm),
        Some(o) => o.downcast::<Context>().ok_or_else(|| error::type_error("optional argument must be a context")),
    }
}

impl Context {
    /// Notes the conditions of an operation; an exception for those that are trapped.
    #[inline]
    pub fn note(&self, status: u32) -> PyResult<()> {
        if status == 0 {
            return Ok(());
        }
        self.flags.bits.set(self.flags.bits.get() | (status & !flag::MALLOC_ERROR));
        if status & (self.traps.bits.get() | flag::MALLOC_ERROR) != 0 {
            return Err(trapped(status, self.traps.bits.get()));
        }
        Ok(())
    }
}

#[cold]
fn trapped(status: u32, traps: u32) -> PyErr {
    if status & flag::MALLOC_ERROR != 0 {
        return error::no_memory();
    }
    let bits = status & traps;
    match exception_of(bits) {
        Ok(e) | Err(e) => e,
    }
}
fn exception_of(bits: u32) -> PyResult<PyErr> {
    let st = state()?;
    let i = SIGNALS.iter().position(|(_, b)| bits & b != 0).unwrap_or(0);
    let list = List::new(list_of(bits)?).into_obj();
    let e = call::call1(Vm::current(), &st.signals[i], &list)?;
    Ok(PyErr::from_obj(e))
}

// ---- localcontext ----

pub struct Manager {
    local: Ref<Context>,
    outer: Ref<Context>,
}
trace_fields!(Manager { local, outer });
static MANAGER: StaticType = StaticType::new::<Manager>("decimal.ContextManager", F::GC);
payload!(Manager, MANAGER);

pub static MANAGER_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "__enter__($self, /)",
            Native::NoArgs(|vm, o| {
                let local = o.this::<Manager>()?.local.obj().clone();
                set_current(vm, &local)?;
                Ok(local)
            }),
            "",
        ),
        method(
            "__exit__",
            Native::Raw(|vm, o, _| {
                set_current(vm, o.this::<Manager>()?.outer.obj())?;
                Ok(singletons::false_obj())
            }),
            "",
        ),
    ],
    ..TypeSpec::of(&MANAGER)
};

/// `localcontext(ctx=None, **settings)`.
pub fn local(vm: &Vm, ctx: Option<&Obj>, settings: &[Option<&Obj>]) -> PyResult {
    let outer = current(vm)?;
    let base = match ctx {
        None => outer.clone(),
        Some(o) => o.downcast::<Context>().ok_or_else(|| error::type_error("optional argument must be a context"))?,
    };
    let local = copy(&base)?;
    apply(vm, &local, settings)?;
    Ok(Ref::new(Manager { local, outer }).into_obj())
}
