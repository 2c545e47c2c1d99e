//! The type `decimal.Decimal`: construction, operators and methods.
//!
//! CPython: Modules/_decimal/_decimal.c.

use super::coef::Coef;
use super::context::{Context, current, given, rounding};
use super::convert::{
    comparable, exact, from_f64, from_int, from_text, from_tuple, hash, operand, ratio, to_f64, to_int,
};
use super::format::{Numeric, format, parse as parse_spec};
use super::number::{Dec, Kind, Round, Rules, flag, to_text};
use super::{arith, decimal_methods, digits, power, state};
use crate::functional::shared::{bind, text};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{TypeSpec, getter};
use adder_object::{
    Args, CompareOp, Dict, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr, call, error,
    exceptions as exc, float, int, ops, payload, singletons, str, trace_fields, tuple,
};

pub struct Decimal(pub Dec);
trace_fields!(Decimal);
pub static DECIMAL: StaticType = StaticType::new::<Decimal>("decimal.Decimal", F::BASETYPE);
payload!(Decimal, DECIMAL);

pub type Unary = fn(&Dec, &Rules, &mut u32) -> Dec;
pub type Binary = fn(&Dec, &Dec, &Rules, &mut u32) -> Dec;

macro_rules! operator {
    ($f:path) => {
        |vm, a, b| operate(vm, a, b, $f)
    };
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(decimal_new),
        slot::repr(|vm, o| Ok(text(&format!("Decimal('{}')", shown(vm, o)?)))),
        slot::str(|vm, o| Ok(str::from_ascii(shown(vm, o)?.as_bytes()).into_obj())),
        slot::hash(|_, o| hash(this(o)?, o)),
        slot::richcompare(compare),
        slot::bool(|_, o| Ok(!this(o)?.is_zero())),
        slot::int(|_, o| to_int(this(o)?, Round::Down)),
        slot::float(|_, o| Ok(float::from_f64(to_f64(this(o)?)?))),
        slot::add(operator!(arith::add)),
        slot::subtract(operator!(arith::sub)),
        slot::multiply(operator!(arith::mul)),
        slot::true_divide(operator!(arith::div)),
        slot::floor_divide(operator!(arith::div_int)),
        slot::remainder(operator!(arith::rem)),
        slot::divmod(divmod),
        slot::power(pow),
        slot::negative(|vm, o| unary(vm, o, None, |a, r, s| plus(a, true, r, s))),
        slot::positive(|vm, o| unary(vm, o, None, |a, r, s| plus(a, false, r, s))),
        slot::absolute(|vm, o| unary(vm, o, None, absolute)),
    ],
    methods: decimal_methods::METHODS,
    getset: &[getter("real", |_, o| Ok(o.clone()), ""), getter("imag", |_, _| Ok(new(Dec::small(0))), "")],
    doc: "Decimal(value=\"0\", context=None)\n--\n\nConstruct a new Decimal object. 'value' can be an integer, string, tuple,\nor another Decimal object. If no value is given, return Decimal('0'). The\ncontext does not affect the conversion and is only passed to determine if\nthe InvalidOperation trap is active.\n",
    ..TypeSpec::of(&DECIMAL)
};

#[inline]
pub fn new(d: Dec) -> Obj {
    Ref::new(Decimal(d)).into_obj()
}
#[inline]
pub fn this(o: &Obj) -> PyResult<&Dec> {
    Ok(&o.this::<Decimal>()?.0)
}
/// A decimal of a class: subclasses are called, as CPython's constructors do.
fn new_of(vm: &Vm, ty: &Type, d: Dec) -> PyResult {
    let o = new(d);
    if ty.is(&DECIMAL) { Ok(o) } else { call::call1(vm, &ty.to_obj(), &o) }
}

fn shown(vm: &Vm, o: &Obj) -> PyResult<String> {
    Ok(to_text(this(o)?, false, current(vm)?.capitals.get()))
}

pub fn plus(a: &Dec, negate: bool, rules: &Rules, status: &mut u32) -> Dec {
    if let Some(n) = arith::nan(a, rules, status) {
        return n;
    }
    // A zero loses its sign but for rounding down.
    let negative = (a.negative != negate) && !(a.is_zero() && rules.round != Round::Floor);
    a.with_sign(negative).finish(rules, status)
}
pub fn absolute(a: &Dec, rules: &Rules, status: &mut u32) -> Dec {
    plus(a, a.negative, rules, status)
}

// ---- construction ----

/// Rules under which no legal text is rounded.
const UNBOUNDED: Rules = Rules { prec: i64::MAX / 4, emax: i64::MAX / 2, emin: i64::MIN / 2, ..Rules::MAX };

/// A value under the exact conversion; the context only says whether errors are raised.
pub fn exact_value(vm: &Vm, o: &Obj, ctx: &Context) -> PyResult<Dec> {
    let mut status = 0;
    let d = if let Some(d) = o.get::<Decimal>() {
        d.0.clone()
    } else if let Some(s) = o.get::<Str>() {
        exact(from_text(s, &UNBOUNDED, true, &mut status), &mut status)
    } else if let Some(n) = int::as_int(o) {
        from_int(&n)
    } else if tuple::as_slice(o).is_some() || o.get::<adder_object::List>().is_some() {
        exact(from_tuple(vm, o)?, &mut status)
    } else if let Some(x) = float::as_float(o) {
        status |= flag::FLOAT_OPERATION;
        from_f64(x)
    } else {
        return Err(no_conversion(o));
    };
    if status & flag::INVALID_OPERATION != 0 && status & flag::CONVERSION_SYNTAX == 0 {
        status = flag::INVALID_OPERATION;
    }
    ctx.note(status)?;
    Ok(d)
}
#[cold]
pub fn no_conversion(o: &Obj) -> adder_object::PyErr {
    error::type_error(format!("conversion from {} to Decimal is not supported", o.ty().tp_name()))
}

/// `Context.create_decimal`: rounded by the context.
pub fn rounded_value(vm: &Vm, o: &Obj, ctx: &Context) -> PyResult<Dec> {
    let rules = ctx.rules.get();
    let mut status = 0;
    let d = if let Some(s) = o.get::<Str>() {
        from_text(s, &rules, false, &mut status)
    } else if let Some(d) = o.get::<Decimal>() {
        let d = d.0.clone();
        if d.is_nan() && d.coef.digits() > rules.prec - i64::from(rules.clamp) {
            // A payload that does not fit makes the conversion invalid.
            Dec::invalid(flag::CONVERSION_SYNTAX, &mut status)
        } else {
            d.finish(&rules, &mut status)
        }
    } else if let Some(n) = int::as_int(o) {
        from_int(&n).finish(&rules, &mut status)
    } else if let Some(x) = float::as_float(o) {
        ctx.note(flag::FLOAT_OPERATION)?;
        from_f64(x).finish(&rules, &mut status)
    } else if tuple::as_slice(o).is_some() || o.get::<adder_object::List>().is_some() {
        from_tuple(vm, o)?.finish(&rules, &mut status)
    } else {
        return Err(no_conversion(o));
    };
    ctx.note(status)?;
    Ok(d)
}

fn decimal_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let (value, ctx) = match (args.has_keywords(), args.positional()) {
        (false, [v]) => (Some(v), None),
        _ => {
            let a = bind("(value=\"0\", context=None)", args)?;
            (a.opt(0), a.opt_not_none(1))
        }
    };
    let ctx = given(vm, ctx)?;
    let d = match value {
        None => Dec::small(0),
        Some(o) if ty.is(&DECIMAL) && o.is_exact(&DECIMAL) => return Ok(o.clone()),
        Some(o) => exact_value(vm, o, &ctx)?,
    };
    Ok(Ref::with_type(ty, Decimal(d)).into_obj())
}

pub fn from_float(vm: &Vm, cls: &Obj, o: &Obj) -> PyResult {
    let d = match (int::as_int(o), float::as_float(o)) {
        (Some(n), _) => from_int(&n),
        (_, Some(x)) => from_f64(x),
        _ => return Err(error::type_error("argument must be int or float")),
    };
    new_of(vm, cls.this::<Type>()?, d)
}
pub fn from_number(vm: &Vm, cls: &Obj, o: &Obj) -> PyResult {
    let d = if let Some(n) = int::as_int(o) {
        from_int(&n)
    } else if let Some(x) = float::as_float(o) {
        from_f64(x)
    } else if let Some(d) = o.get::<Decimal>() {
        d.0.clone()
    } else {
        return Err(error::type_error(format!("Cannot convert {} to Decimal", ops::repr_string(vm, o)?)));
    };
    new_of(vm, cls.this::<Type>()?, d)
}

// ---- operators ----

#[inline]
fn operate(vm: &Vm, a: &Obj, b: &Obj, f: Binary) -> PyResult {
    let (mut p, mut q) = (None, None);
    let (Some(x), Some(y)) = (operand(a, &mut p), operand(b, &mut q)) else {
        return Ok(singletons::not_implemented());
    };
    let ctx = current(vm)?;
    let mut status = 0;
    let d = f(x, y, &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(new(d))
}

fn divmod(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (mut p, mut q) = (None, None);
    let (Some(x), Some(y)) = (operand(a, &mut p), operand(b, &mut q)) else {
        return Ok(singletons::not_implemented());
    };
    pair(&*current(vm)?, x, y)
}
/// Quotient and remainder as a tuple.
pub fn pair(ctx: &Context, x: &Dec, y: &Dec) -> PyResult {
    let mut status = 0;
    let (d, r) = arith::divmod(x, y, &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(tuple::from_array([new(d), new(r)]))
}

fn pow(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    let (mut p, mut q, mut r) = (None, None, None);
    let (Some(x), Some(y)) = (operand(a, &mut p), operand(b, &mut q)) else {
        return Ok(singletons::not_implemented());
    };
    let ctx = current(vm)?;
    if m.is_none() {
        return raise_to(&ctx, x, y, None);
    }
    match operand(m, &mut r) {
        Some(z) => raise_to(&ctx, x, y, Some(z)),
        None => Ok(singletons::not_implemented()),
    }
}
pub fn raise_to(ctx: &Context, x: &Dec, y: &Dec, m: Option<&Dec>) -> PyResult {
    let mut status = 0;
    let rules = ctx.rules.get();
    let d = match m {
        None => power::pow(x, y, &rules, &mut status),
        Some(m) => power::powmod(x, y, m, &rules, &mut status),
    };
    ctx.note(status)?;
    Ok(new(d))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let x = this(a)?;
    let mut place = None;
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if let Some(y) = operand(b, &mut place) {
        if x.is_finite() && y.is_finite() {
            return Ok(singletons::bool_obj(op.holds(x.order(y))));
        }
        return compare_values(vm, x, y, op);
    }
    match comparable(vm, x, b, equality, &*current(vm)?)? {
        Some((x, y)) => compare_values(vm, &x, &y, op),
        None => Ok(singletons::not_implemented()),
    }
}
fn compare_values(vm: &Vm, x: &Dec, y: &Dec, op: CompareOp) -> PyResult {
    if x.is_nan() || y.is_nan() {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if x.is_signaling() || y.is_signaling() || !equality {
            current(vm)?.note(flag::INVALID_OPERATION)?;
        }
        return Ok(singletons::bool_obj(op == CompareOp::Ne));
    }
    Ok(singletons::bool_obj(op.holds(x.order(y))))
}

// ---- what the tables of methods share ----

/// A decimal argument of a method: ints are converted.
pub fn argument<'a>(o: &'a Obj, place: &'a mut Option<Dec>) -> PyResult<&'a Dec> {
    match o.get::<Decimal>() {
        Some(d) => Ok(&d.0),
        None => match int::as_int(o) {
            Some(n) => Ok(place.insert(from_int(&n))),
            None => Err(no_conversion(o)),
        },
    }
}
pub fn unary(vm: &Vm, o: &Obj, ctx: Option<&Obj>, f: Unary) -> PyResult {
    apply1(&*given(vm, ctx)?, o, f)
}
pub fn binary(vm: &Vm, a: &Obj, b: &Obj, ctx: Option<&Obj>, f: Binary) -> PyResult {
    apply2(&*given(vm, ctx)?, a, b, f)
}
pub fn apply1(ctx: &Context, o: &Obj, f: Unary) -> PyResult {
    let mut p = None;
    let mut status = 0;
    let d = f(argument(o, &mut p)?, &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(new(d))
}
pub fn apply2(ctx: &Context, a: &Obj, b: &Obj, f: Binary) -> PyResult {
    let (mut p, mut q) = (None, None);
    let (x, y) = (argument(a, &mut p)?, argument(b, &mut q)?);
    let mut status = 0;
    let d = f(x, y, &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(new(d))
}

/// `quantize`, with a rounding mode of its own when one is given.
pub fn quantize(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ctx = given(vm, a.opt_not_none(2))?;
    let rules = match a.opt_not_none(1) {
        None => ctx.rules.get(),
        Some(r) => ctx.rules.get().with_round(rounding(r)?),
    };
    let (mut p, mut q) = (None, None);
    let (x, y) = (argument(o, &mut p)?, argument(a.req(0), &mut q)?);
    let mut status = 0;
    let d = digits::quantize(x, y, &rules, &mut status);
    ctx.note(status)?;
    Ok(new(d))
}
pub fn integral(vm: &Vm, o: &Obj, a: &Bound<'_>, exact: bool) -> PyResult {
    let ctx = given(vm, a.opt_not_none(1))?;
    let rules = match a.opt_not_none(0) {
        None => ctx.rules.get(),
        Some(r) => ctx.rules.get().with_round(rounding(r)?),
    };
    let mut status = 0;
    let d = digits::to_integral(this(o)?, exact, &rules, &mut status);
    ctx.note(status)?;
    Ok(new(d))
}

pub fn round(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let Some(n) = a.first() else { return to_int(this(o)?, Round::HalfEven) };
    if !int::is_int(n) {
        return Err(error::type_error("optional arg must be an integer"));
    }
    let n = ops::to_i64(vm, n)?;
    let exp = n.saturating_neg().clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000);
    let ctx = current(vm)?;
    let mut status = 0;
    let d = digits::quantize(this(o)?, &Dec::finite(false, Coef::ONE, exp), &ctx.rules.get(), &mut status);
    ctx.note(status)?;
    Ok(new(d))
}

pub fn as_tuple(vm: &Vm, o: &Obj) -> PyResult {
    let d = this(o)?;
    let (digits, exp) = match d.kind {
        Kind::Infinite => ("0".to_owned(), text("F")),
        Kind::Quiet | Kind::Signaling => {
            let t = if d.coef.is_zero() { String::new() } else { d.coef.text() };
            (t, text(if d.kind == Kind::Quiet { "n" } else { "N" }))
        }
        Kind::Finite => (d.coef.text(), int::from_i64(d.exp)),
    };
    let digits = tuple::new(digits.bytes().map(|b| int::from_i64(i64::from(b - b'0'))).collect());
    call::call_pos(vm, &state()?.tuple_type, &[int::from_i64(i64::from(d.negative)), digits, exp])
}

pub fn as_ratio(_: &Vm, o: &Obj) -> PyResult {
    let (n, d) = ratio(this(o)?)?;
    Ok(tuple::from_array([n, d]))
}

pub fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let _ = vm;
    let shown = to_text(this(o)?, false, true);
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([text(&shown)])]))
}

pub fn complex(_: &Vm, o: &Obj) -> PyResult {
    Ok(float::complex(to_f64(this(o)?)?, 0.0))
}

// ---- __format__ ----

/// Is the last character the deprecated type 'N', not a fill character?
fn ends_with_type_n(s: &Str) -> bool {
    let t = s.to_string_lossy();
    let rest = t.char_indices().nth(2).map_or("", |(i, _)| &t[i..]);
    let filled = t.chars().nth(1).is_some_and(|c| matches!(c, '<' | '>' | '=' | '^'));
    (if filled { rest } else { &t }).ends_with('N')
}

pub fn format_method(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let Some(s) = a[0].get::<Str>() else { return Err(error::type_error("format arg must be str")) };
    let spec: Vec<char> = s.to_string_lossy().chars().collect();
    let ctx = current(vm)?;
    let locale =
        || conventions(vm).unwrap_or(Numeric { point: ".".into(), separator: String::new(), grouping: vec![] });
    let Some(mut spec) = parse_spec(&spec, ctx.capitals.get(), locale) else {
        return format_elsewhere(vm, o, &a[0], &ctx);
    };
    if ends_with_type_n(s) {
        vm.warn(
            &exc::DEPRECATION_WARNING,
            "Format specifier 'N' is deprecated and slated for removal in Python 3.18",
            1,
        )?;
    }
    if let Some(over) = a.get(1) {
        let Some(d) = over.get::<Dict>() else { return Err(error::type_error("optional argument must be a dict")) };
        let get = |name: &str| d.get_str(name).map(|v| ops::text(&v));
        if let Some(p) = get("decimal_point") {
            spec.numeric.point = p;
        }
        if let Some(p) = get("thousands_sep") {
            spec.numeric.separator = p;
        }
        if let Some(p) = get("grouping") {
            spec.numeric.grouping = p.chars().map(|c| c as u32 as u8).collect();
        }
        let n = &spec.numeric;
        if n.point.is_empty() || n.point.len() > 4 || n.separator.len() > 4 || n.grouping.iter().any(|g| *g > 127) {
            return Err(error::value_error("invalid override dict"));
        }
    }
    let mut rules = ctx.rules.get();
    rules.clamp = false;
    match format(this(o)?, &spec, &rules) {
        Some(t) => Ok(text(&t)),
        None => Err(error::no_memory()),
    }
}

/// A spec that the native parser does not know is the Python version's to read.
fn format_elsewhere(vm: &Vm, o: &Obj, spec: &Obj, ctx: &Context) -> PyResult {
    let module = vm.import("_pydecimal")?;
    let make = |name: &str, args: Args<'_>| call::call(vm, &attr::get_str(vm, &module, name)?, args);
    let d = make("Decimal", Args::pos(&[text(&to_text(this(o)?, false, true))]))?;
    let names: Vec<Obj> = ["rounding", "capitals"].iter().map(|n| text(n)).collect();
    let rounding = state()?.rounding_name(ctx.rules.get().round);
    let capitals = int::from_i64(i64::from(ctx.capitals.get()));
    let c = make("Context", Args::with_names(&[rounding, capitals], &names))?;
    match call::call_method_str(vm, &d, "__format__", &[spec.clone(), c]) {
        Err(e) if e.is(&exc::MEMORY_ERROR) => {
            Err(error::value_error("format specification exceeds internal limits of _decimal"))
        }
        Err(e) if e.is(&exc::VALUE_ERROR) => Err(error::value_error("invalid format string")),
        r => r,
    }
}

/// The numeric conventions of the locale.
fn conventions(vm: &Vm) -> PyResult<Numeric> {
    let conv = call::call_method_str(vm, &vm.import("_locale")?, "localeconv", &[])?;
    let get = |name: &str| -> PyResult<Obj> { ops::getitem(vm, &conv, &text(name)) };
    let grouping = ops::collect(vm, &get("grouping")?)?;
    Ok(Numeric {
        point: ops::text(&get("decimal_point")?),
        separator: ops::text(&get("thousands_sep")?),
        grouping: grouping.iter().map(|n| int::as_int(n).and_then(|n| n.to_i64()).unwrap_or(0) as u8).collect(),
    })
}
