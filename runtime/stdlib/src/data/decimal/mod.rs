//! `_decimal`: decimal floating-point arithmetic.
//!
//! `coef` knows digits, `number` numbers and rounding, `arith`, `digits`, `elementary` and `power` the operations; all of these are
//! free of Python objects. `object`, `context` and `format` are what Python sees.
//! CPython: Modules/_decimal/_decimal.c.

mod arith;
mod coef;
mod context;
mod context_methods;
mod convert;
mod decimal_methods;
mod digits;
mod elementary;
mod format;
mod number;
mod object;
mod power;

use crate::functional::contextvars;
use crate::functional::shared::{bind, text};
use adder_mem::heap::Global;
use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{
    Args, Dict, Module, Obj, ObjExt, PyResult, Ref, Vm, attr, call, error, exceptions as exc, int, singletons, str,
    tuple, types,
};
use context::{Context, SIGNALS};
use number::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Round, Rules, flag};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "C decimal arithmetic module",
    functions: &[
        method(
            "getcontext($module, /)",
            Native::NoArgs(|vm, _| Ok(context::current(vm)?.into_obj())),
            "Get the current default context.\n\n",
        ),
        method(
            "setcontext($module, context, /)",
            Native::One(|vm, _, c| context::set_current(vm, c)),
            "Set a new default context.\n\n",
        ),
        method(
            "localcontext($module, /, ctx=None, **kwargs)",
            Native::Raw(localcontext),
            "Return a context manager that will set the default context to a copy of ctx\non entry to the with-statement and restore the previous default context when\nexiting the with-statement. If no context is specified, a copy of the current\ndefault context is used.\n\n",
        ),
        method(
            "IEEEContext($module, bits, /)",
            Native::One(ieee_context),
            "Return a context object initialized to the proper values for one of the\nIEEE interchange formats.  The argument must be a multiple of 32 and less\nthan IEEE_CONTEXT_MAX_BITS.\n\n",
        ),
    ],
    types: &[&object::SPEC, &context::CONTEXT_SPEC],
    init: Some(init),
    ..ModuleSpec::new("_decimal")
};

/// What the module keeps: made by its first import.
struct State {
    /// Exceptions of the signals, in the order of [`SIGNALS`].
    signals: Vec<Obj>,
    /// Exceptions of the conditions that InvalidOperation gathers.
    conditions: Vec<(Obj, u32)>,
    roundings: Vec<(Round, Obj)>,
    tuple_type: Obj,
    rational: Obj,
    signal_dict: Obj,
    variable: Obj,
    /// DefaultContext, BasicContext, ExtendedContext.
    templates: Option<[Ref<Context>; 3]>,
}
static STATE: Global<Option<State>> = Global::new(None);

fn state() -> PyResult<&'static State> {
    STATE.get().as_ref().ok_or_else(|| error::system_error("decimal is not initialised"))
}

impl State {
    fn rounding_name(&self, r: Round) -> Obj {
        self.roundings.iter().find(|(x, _)| *x == r).map_or_else(singletons::none, |(_, o)| o.clone())
    }
}

fn exception(vm: &Vm, name: &str, bases: &[Obj]) -> PyResult {
    let d = Dict::new();
    d.set_str("__module__", text("decimal"));
    call::call_pos(vm, &types::TYPE.obj(), &[text(name), tuple::from_slice(bases), d.into_obj()])
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let dict = adder_object::module::dict(m.obj());
    if STATE.get().is_none() {
        let fresh = make_state(vm)?;
        *STATE.get() = Some(fresh);
        make_templates(vm)?;
    }
    let st = state()?;
    for (i, (name, _)) in SIGNALS.iter().enumerate() {
        dict.set_str(name, st.signals[i].clone());
    }
    let base = attr::get_str(vm, &st.signals[0], "__base__")?;
    dict.set_str("DecimalException", base);
    for (c, _) in st.conditions.iter().skip(1) {
        dict.set_str(&c.get::<adder_object::Type>().map(|t| t.name()).unwrap_or_default(), c.clone());
    }
    for (r, o) in &st.roundings {
        dict.set_str(r.name(), o.clone());
    }
    if let Some(t) = &st.templates {
        for (name, c) in ["DefaultContext", "BasicContext", "ExtendedContext"].into_iter().zip(t) {
            dict.set_str(name, c.obj().clone());
        }
    }
    dict.set_str("DecimalTuple", st.tuple_type.clone());
    for (name, n) in [
        ("MAX_PREC", MAX_PREC),
        ("MAX_EMAX", MAX_EMAX),
        ("MIN_EMIN", MIN_EMIN),
        ("MIN_ETINY", MIN_ETINY),
        ("IEEE_CONTEXT_MAX_BITS", 512),
    ] {
        dict.set_str(name, int::from_i64(n));
    }
    dict.set_str("HAVE_THREADS", singletons::true_obj());
    dict.set_str("HAVE_CONTEXTVAR", singletons::true_obj());
    dict.set_str("__version__", text("1.70"));
    dict.set_str("__libmpdec_version__", text("2.5.1"));
    Ok(())
}

fn make_state(vm: &Vm) -> PyResult<State> {
    let base = exception(vm, "DecimalException", &[exc::ARITHMETIC_ERROR.obj()])?;
    let b = |more: &[Obj]| [std::slice::from_ref(&base), more].concat();
    let make = |name: &str, bases: &[Obj]| exception(vm, name, bases);
    let invalid = make("InvalidOperation", &b(&[]))?;
    let float = make("FloatOperation", &b(&[exc::TYPE_ERROR.obj()]))?;
    let zero = make("DivisionByZero", &b(&[exc::ZERO_DIVISION_ERROR.obj()]))?;
    let subnormal = make("Subnormal", &b(&[]))?;
    let inexact = make("Inexact", &b(&[]))?;
    let rounded = make("Rounded", &b(&[]))?;
    let clamped = make("Clamped", &b(&[]))?;
    let overflow = make("Overflow", &[inexact.clone(), rounded.clone()])?;
    let underflow = make("Underflow", &[inexact.clone(), rounded.clone(), subnormal.clone()])?;
    let of_invalid = std::slice::from_ref(&invalid);
    let conditions = vec![
        (invalid.clone(), flag::INVALID_OPERATION),
        (make("ConversionSyntax", of_invalid)?, flag::CONVERSION_SYNTAX),
        (make("DivisionImpossible", of_invalid)?, flag::DIVISION_IMPOSSIBLE),
        (make("DivisionUndefined", &[invalid.clone(), exc::ZERO_DIVISION_ERROR.obj()])?, flag::DIVISION_UNDEFINED),
        (make("InvalidContext", of_invalid)?, flag::INVALID_CONTEXT),
    ];
    let signals = vec![invalid, float, zero, overflow, underflow, subnormal, inexact, rounded, clamped];
    let collections = vm.import("collections")?;
    let tuple_type =
        call::call_method_str(vm, &collections, "namedtuple", &[text("DecimalTuple"), text("sign digits exponent")])?;
    attr::set_str(vm, &tuple_type, "__module__", &text("decimal"))?;
    let numbers = vm.import("numbers")?;
    ready(&object::SPEC);
    call::call_method_str(vm, &attr::get_str(vm, &numbers, "Number")?, "register", &[object::DECIMAL.obj()])?;
    ready(&context::SIGNAL_DICT_SPEC);
    ready(&context::MANAGER_SPEC);
    Ok(State {
        signals,
        conditions,
        roundings: Round::NAMES.iter().map(|(n, r)| (*r, str::intern_str(n).into_obj())).collect(),
        tuple_type,
        rational: attr::get_str(vm, &numbers, "Rational")?,
        signal_dict: signal_dict_type(vm)?,
        variable: contextvars::new_var("decimal_context"),
        templates: None,
    })
}

/// `SignalDict`: the native mixin made a MutableMapping.
fn signal_dict_type(vm: &Vm) -> PyResult {
    let mapping = attr::get_str(vm, &vm.import("collections.abc")?, "MutableMapping")?;
    let meta = mapping.ty().to_obj();
    let bases = tuple::from_array([context::SIGNAL_DICT.obj(), mapping]);
    call::call_pos(vm, &meta, &[text("SignalDict"), bases, Dict::new().into_obj()])
}

fn make_templates(_: &Vm) -> PyResult<()> {
    let ty = &context::CONTEXT;
    let basic = Rules { prec: 9, round: Round::HalfUp, ..context::DEFAULT_RULES };
    let basic_traps = flag::INVALID | flag::DIVISION_BY_ZERO | flag::OVERFLOW | flag::UNDERFLOW | flag::CLAMPED;
    let extended = Rules { prec: 9, ..context::DEFAULT_RULES };
    let templates = [
        context::make(ty, context::DEFAULT_RULES, true, context::DEFAULT_TRAPS, 0)?,
        context::make(ty, basic, true, basic_traps, 0)?,
        context::make(ty, extended, true, 0, 0)?,
    ];
    if let Some(st) = STATE.get() {
        st.templates = Some(templates);
    }
    Ok(())
}

fn localcontext(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let a = bind(
        "localcontext(ctx=None, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
        args,
    )?;
    let settings: Vec<Option<&Obj>> = (1..9).map(|i| a.opt_not_none(i)).collect();
    context::local(vm, a.opt_not_none(0), &settings)
}

fn ieee_context(vm: &Vm, _: &Obj, bits: &Obj) -> PyResult {
    let n = adder_object::ops::to_i64(vm, bits)?;
    if n <= 0 || n > 512 || n % 32 != 0 {
        return Err(error::value_error("argument must be a multiple of 32, with a maximum of 512"));
    }
    let emax = 3 * (1i64 << (n / 16 + 3));
    let rules = Rules { prec: 9 * (n / 32) - 2, emax, emin: 1 - emax, round: Round::HalfEven, clamp: true };
    Ok(context::make(&context::CONTEXT, rules, true, 0, 0)?.into_obj())
}
