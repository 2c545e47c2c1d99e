//! `datetime.tzinfo` and `datetime.timezone`, and asking any tzinfo for offset and name.
//!
//! CPython: Modules/_datetimemodule.c (tzinfo_*, timezone_*).

use super::date_time::{DATETIME, DateTime};
use super::delta::{self, DELTA, Delta};
use crate::functional::shared::{bind, none, text};
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, arith, attr, call,
    error, ops, payload, singletons, trace_fields, tuple,
};

pub struct TzInfo;
trace_fields!(TzInfo);
pub static TZINFO: StaticType = StaticType::new::<TzInfo>("datetime.tzinfo", F::BASETYPE);
payload!(TzInfo, TZINFO);

fn abstract_method(name: &str) -> PyErr {
    error::not_implemented_error(format!("a tzinfo subclass must implement {name}()"))
}

pub static TZINFO_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|_, ty, _| Ok(Ref::with_type(ty, TzInfo).into_obj()))],
    methods: &[
        method(
            "utcoffset($self, object, /)",
            Native::One(|_, _, _| Err(abstract_method("utcoffset"))),
            "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC",
        ),
        method(
            "dst($self, object, /)",
            Native::One(|_, _, _| Err(abstract_method("dst"))),
            "datetime -> DST offset as timedelta positive east of UTC.",
        ),
        method(
            "tzname($self, object, /)",
            Native::One(|_, _, _| Err(abstract_method("tzname"))),
            "datetime -> string name of time zone.",
        ),
        method("fromutc($self, object, /)", Native::One(from_utc), "datetime in UTC -> datetime in local time."),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "-> (cls, state)"),
    ],
    doc: "Abstract base class for time zone info objects.",
    ..TypeSpec::of(&TZINFO)
};

fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let args = match attr::lookup_str(vm, o, "__getinitargs__")? {
        Some(f) => call::call0(vm, &f)?,
        None => tuple::new(vec![]),
    };
    let state = call::call_method_str(vm, o, "__getstate__", &[])?;
    Ok(tuple::from_array([o.ty().to_obj(), args, state]))
}

fn from_utc(vm: &Vm, o: &Obj, dt: &Obj) -> PyResult {
    let Some(d) = dt.get::<DateTime>() else {
        return Err(error::type_error("fromutc: argument must be a datetime"));
    };
    if !d.tz().is_some_and(|t| t.is(o)) {
        return Err(error::value_error("fromutc: dt.tzinfo is not self"));
    }
    let missing = |what: &str| error::value_error(format!("fromutc: non-None {what} result required"));
    let offset = of_datetime(vm, dt, "utcoffset")?.ok_or_else(|| missing("utcoffset()"))?;
    let dst = of_datetime(vm, dt, "dst")?.ok_or_else(|| missing("dst()"))?;
    let standard = offset.total() - dst.total();
    let shifted = arith::binary(vm, dt, &delta::make(standard)?, arith::BinOp::Add)?;
    let dst = of_datetime(vm, &shifted, "dst")?
        .ok_or_else(|| error::value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"))?;
    if dst.total() == 0 {
        return Ok(shifted);
    }
    arith::binary(vm, &shifted, &delta::new(dst), arith::BinOp::Add)
}

// ---- asking ----

/// What a tzinfo says of a time: an offset, or None.
pub fn ask(vm: &Vm, tz: Option<&Obj>, name: &str, arg: &Obj) -> PyResult<Option<Delta>> {
    let Some(tz) = tz else { return Ok(None) };
    if let Some(z) = tz.get_exact::<TimeZone>() {
        return Ok(if name == "utcoffset" { Some(delta::of(&z.offset)?.clone()) } else { None });
    }
    let r = call::call_method_str(vm, tz, name, std::slice::from_ref(arg))?;
    if r.is_none() {
        return Ok(None);
    }
    let Some(d) = r.get::<Delta>() else {
        return Err(error::type_error(format!(
            "tzinfo.{name}() must return None or a timedelta, not '{}'",
            r.ty().tp_name()
        )));
    };
    if d.total().abs() >= delta::DAY {
        return Err(error::value_error(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).",
        ));
    }
    Ok(Some(d.clone()))
}
/// As [`ask`], of the datetime's own tzinfo.
pub fn of_datetime(vm: &Vm, dt: &Obj, name: &str) -> PyResult<Option<Delta>> {
    let tz = dt.this::<DateTime>()?.tz();
    ask(vm, tz.as_ref(), name, dt)
}
pub fn as_obj(d: Option<Delta>) -> Obj {
    d.map_or_else(singletons::none, delta::new)
}
/// The zone's name of a time; None or a str.
pub fn name_of(vm: &Vm, tz: Option<&Obj>, arg: &Obj) -> PyResult {
    let Some(tz) = tz else { return none() };
    if let Some(z) = tz.get_exact::<TimeZone>() {
        return shown(z);
    }
    let r = call::call_method_str(vm, tz, "tzname", std::slice::from_ref(arg))?;
    if r.is_none() || r.get::<Str>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!("tzinfo.tzname() must return None or a string, not '{}'", r.ty().tp_name())))
}
/// A tzinfo argument: None or an instance of tzinfo.
pub fn check(o: Option<&Obj>) -> PyResult<Option<Obj>> {
    match o {
        None => Ok(None),
        Some(o) if o.is_none() => Ok(None),
        Some(o) if o.is_instance_of(&TZINFO) => Ok(Some(o.clone())),
        Some(o) => Err(error::type_error(format!(
            "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
            o.ty().tp_name()
        ))),
    }
}

/// `+HH:MM[:SS[.ffffff]]` with the separator given.
pub fn offset_text(d: &Delta, sep: &str) -> String {
    let total = d.total_i64();
    let sign = if total < 0 { '-' } else { '+' };
    let us = total.abs();
    let (s, us) = (us / 1_000_000, us % 1_000_000);
    let mut out = format!("{sign}{:02}{sep}{:02}", s / 3600, s / 60 % 60);
    if s % 60 != 0 || us != 0 {
        out += &format!("{sep}{:02}", s % 60);
    }
    if us != 0 {
        out += &format!(".{us:06}");
    }
    out
}

// ---- timezone ----

pub struct TimeZone {
    pub offset: Obj,
    name: Option<Obj>,
}
trace_fields!(TimeZone { offset, name });
pub static TIMEZONE: StaticType = StaticType::new::<TimeZone>("datetime.timezone", F::GC);
payload!(TimeZone, TIMEZONE);

pub static TIMEZONE_SPEC: TypeSpec = TypeSpec {
    base: Some(&TZINFO),
    slots: &[
        slot::new(timezone_new),
        slot::repr(|vm, o| {
            let z = of(o)?;
            if o.is(&utc()) {
                return Ok(text("datetime.timezone.utc"));
            }
            let mut s = format!("datetime.timezone({}", ops::repr_string(vm, &z.offset)?);
            if let Some(n) = &z.name {
                s += &format!(", {}", ops::repr_string(vm, n)?);
            }
            Ok(text(&(s + ")")))
        }),
        slot::str(|_, o| shown(of(o)?)),
        slot::hash(|vm, o| ops::hash(vm, &of(o)?.offset)),
        slot::richcompare(|vm, a, b, op| match (a.get::<TimeZone>(), b.get::<TimeZone>(), op) {
            (Some(x), Some(y), CompareOp::Eq | CompareOp::Ne) => ops::compare(vm, &x.offset, &y.offset, op),
            _ => Ok(singletons::not_implemented()),
        }),
    ],
    methods: &[
        method(
            "tzname($self, object, /)",
            Native::One(|_, o, dt| {
                check_time(dt, "tzname")?;
                shown(of(o)?)
            }),
            "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
        ),
        method(
            "utcoffset($self, object, /)",
            Native::One(|_, o, dt| {
                check_time(dt, "utcoffset")?;
                Ok(of(o)?.offset.clone())
            }),
            "Return fixed offset.",
        ),
        method(
            "dst($self, object, /)",
            Native::One(|_, _, dt| {
                check_time(dt, "dst")?;
                none()
            }),
            "Return None.",
        ),
        method(
            "fromutc($self, object, /)",
            Native::One(timezone_from_utc),
            "datetime in UTC -> datetime in local time.",
        ),
        method(
            "__getinitargs__($self, /)",
            Native::NoArgs(|_, o| {
                let z = of(o)?;
                let mut v = vec![z.offset.clone()];
                v.extend(z.name.clone());
                Ok(tuple::new(v))
            }),
            "pickle support",
        ),
    ],
    attrs: &[("utc", utc), ("min", || make_offset(-86_340_000_000)), ("max", || make_offset(86_340_000_000))],
    doc: "Fixed offset from UTC implementation of tzinfo.",
    ..TypeSpec::of(&TIMEZONE)
};

static UTC: Global<Option<Obj>> = Global::new(None);
/// `timezone.utc`.
pub fn utc() -> Obj {
    UTC.get()
        .get_or_insert_with(|| {
            let offset = delta::new(Delta::of_parts(0, 0, 0));
            Ref::new(TimeZone { offset, name: None }).into_obj()
        })
        .clone()
}
fn make_offset(us: i128) -> Obj {
    let offset = delta::make(us).unwrap_or_else(|_| singletons::none());
    Ref::new(TimeZone { offset, name: None }).into_obj()
}
/// A fixed zone; the one without offset and name is `utc`.
pub fn fixed(offset: Obj, name: Option<Obj>) -> PyResult {
    if delta::of(&offset)?.total().abs() >= delta::DAY {
        return Err(error::value_error(format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}",
            ops::repr_string(Vm::current(), &offset)?
        )));
    }
    if name.is_none() && delta::of(&offset)?.total() == 0 {
        return Ok(utc());
    }
    Ok(Ref::new(TimeZone { offset, name }).into_obj())
}
fn of(o: &Obj) -> PyResult<&TimeZone> {
    o.this::<TimeZone>()
}

fn timezone_new(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    let a = bind("timezone(offset, name=<unrepresentable>)", args)?;
    let offset = a.req(0);
    let Some(d) = offset.get::<Delta>() else {
        return Err(error::type_error(format!(
            "timezone() argument 1 must be datetime.timedelta, not {}",
            offset.ty().tp_name()
        )));
    };
    if let Some(n) = a.opt(1)
        && n.get::<Str>().is_none()
    {
        let shown = if n.is_none() { "None".to_owned() } else { n.ty().tp_name() };
        return Err(error::type_error(format!("timezone() argument 2 must be str, not {shown}")));
    }
    // A copy, so that an instance of a subclass does not stay inside.
    let exact = if offset.is_exact(&DELTA) { offset.clone() } else { delta::make(d.total())? };
    fixed(exact, a.opt(1).cloned())
}
fn shown(z: &TimeZone) -> PyResult {
    if let Some(n) = &z.name {
        return Ok(n.clone());
    }
    let d = delta::of(&z.offset)?;
    if d.total() == 0 {
        return Ok(text("UTC"));
    }
    Ok(text(&format!("UTC{}", offset_text(d, ":"))))
}
fn check_time(dt: &Obj, method: &str) -> PyResult<()> {
    if dt.is_none() || dt.is_instance_of(&DATETIME) {
        return Ok(());
    }
    Err(error::type_error(format!(
        "{method}(dt) argument must be a datetime instance or None, not {}",
        dt.ty().tp_name()
    )))
}
fn timezone_from_utc(vm: &Vm, o: &Obj, dt: &Obj) -> PyResult {
    let Some(d) = dt.get::<DateTime>() else {
        return Err(error::type_error("fromutc: argument must be a datetime"));
    };
    if !d.tz().is_some_and(|t| t.is(o)) {
        return Err(error::value_error("fromutc: dt.tzinfo is not self"));
    }
    arith::binary(vm, dt, &of(o)?.offset, arith::BinOp::Add)
}
