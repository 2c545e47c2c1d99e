//! `datetime.date`.
//!
//! CPython: Modules/_datetimemodule.c (date_*).

use super::calendar as cal;
use super::date_time::DateTime;
use super::delta::{self, Delta, ReprName};
use super::text::{self as iso, IsoDate};
use super::{local, time_tuple};
use crate::functional::shared::{bind, text};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method};
use adder_object::{
    Args, Bytes, CompareOp, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, bytes, call,
    error, int, ops, payload, singletons, str, trace_fields, tuple,
};
use std::cell::Cell;

#[repr(C)]
#[derive(Clone)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hash: Cell<i64>,
}
trace_fields!(Date);
pub static DATE: StaticType = StaticType::new::<Date>("datetime.date", F::BASETYPE);
payload!(Date, DATE);

impl Date {
    pub fn of(year: i64, month: i64, day: i64) -> Date {
        Date { year: year as u16, month: month as u8, day: day as u8, hash: Cell::new(-1) }
    }
    #[inline]
    pub fn ymd(&self) -> (i64, i64, i64) {
        (i64::from(self.year), i64::from(self.month), i64::from(self.day))
    }
    #[inline]
    pub fn key(&self) -> u32 {
        u32::from(self.year) << 16 | u32::from(self.month) << 8 | u32::from(self.day)
    }
    pub fn ordinal(&self) -> i64 {
        let (y, m, d) = self.ymd();
        cal::to_ordinal(y, m, d)
    }
    fn bytes(&self) -> [u8; 4] {
        [(self.year >> 8) as u8, self.year as u8, self.month, self.day]
    }
}

pub fn check(year: i64, month: i64, day: i64) -> PyResult<()> {
    if !(1..=9999).contains(&year) {
        return Err(error::value_error(format!("year must be in 1..9999, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(error::value_error(format!("month must be in 1..12, not {month}")));
    }
    let most = cal::days_in_month(year, month);
    if !(1..=most).contains(&day) {
        return Err(error::value_error(format!(
            "day {day} must be in range 1..{most} for month {month} in year {year}"
        )));
    }
    Ok(())
}
#[cold]
pub fn out_of_range() -> PyErr {
    error::overflow_error("date value out of range")
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(date_new),
        slot::repr(|_, o| {
            let (y, m, d) = of(o)?.ymd();
            Ok(text(&format!("{}({y}, {m}, {d})", o.ty().tp_name_with_module())))
        }),
        slot::str(|vm, o| call::call_method_str(vm, o, "isoformat", &[])),
        slot::hash(|_, o| {
            let d = of(o)?;
            if d.hash.get() == -1 {
                d.hash.set(str::hash_bytes(&d.bytes()));
            }
            Ok(d.hash.get())
        }),
        slot::richcompare(compare),
        slot::add(|vm, a, b| match (a.get::<Date>(), b.get::<Date>()) {
            (Some(_), None) => add_days(vm, a, b, 1),
            (None, Some(_)) => add_days(vm, b, a, 1),
            _ => Ok(singletons::not_implemented()),
        }),
        slot::subtract(subtract),
    ],
    methods: &[
        class_method(
            "fromtimestamp($type, timestamp, /)",
            Native::One(from_timestamp),
            "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is\ninterpreted as local time.",
        ),
        class_method(
            "fromordinal",
            Native::One(from_ordinal),
            "int -> date corresponding to a proleptic Gregorian ordinal.",
        ),
        class_method(
            "fromisoformat($type, object, /)",
            Native::One(from_isoformat),
            "str -> Construct a date from a string in ISO 8601 format.",
        ),
        class_method(
            "fromisocalendar",
            Native::Raw(from_isocalendar),
            "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the date.isocalendar() function",
        ),
        class_method(
            "strptime",
            Native::Raw(|vm, cls, args| super::strptime(vm, cls, args, "_strptime_datetime_date")),
            "string, format -> new date parsed from a string (like time.strptime()).",
        ),
        class_method(
            "today($type, /)",
            Native::NoArgs(|vm, cls| {
                let now = super::now_seconds()?;
                call::call_method_str(vm, cls, "fromtimestamp", &[now])
            }),
            "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).",
        ),
        method(
            "ctime($self, /)",
            Native::NoArgs(|_, o| Ok(text(&ctime(of(o)?, [0; 3])))),
            "Return ctime() style string.",
        ),
        method(
            "strftime",
            Native::Raw(|vm, o, args| {
                let a = bind("strftime(format)", args)?;
                let t = call::call_method_str(vm, o, "timetuple", &[])?;
                iso::strftime(vm, o, a.req(0), &t)
            }),
            "format -> strftime() style string.",
        ),
        method("__format__", Native::One(format), "Formats self with strftime."),
        method(
            "isoformat($self, /)",
            Native::NoArgs(|_, o| Ok(text(&iso_text(of(o)?)))),
            "Return string in ISO 8601 format, YYYY-MM-DD.",
        ),
        method(
            "isoweekday($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_i64(weekday(of(o)?) + 1))),
            "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7",
        ),
        method(
            "isocalendar($self, /)",
            Native::NoArgs(|_, o| {
                let (y, m, d) = of(o)?.ymd();
                let (y, w, d) = cal::iso(y, m, d);
                Ok(super::iso_calendar_date([y, w, d]))
            }),
            "Return a named tuple containing ISO year, week number, and weekday.",
        ),
        method(
            "toordinal($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_i64(of(o)?.ordinal()))),
            "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.",
        ),
        method(
            "weekday($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_i64(weekday(of(o)?)))),
            "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6",
        ),
        method(
            "timetuple($self, /)",
            Native::NoArgs(|_, o| Ok(time_tuple(of(o)?, [0; 3], -1))),
            "Return time tuple, compatible with time.localtime().",
        ),
        method(
            "replace($self, /, year=unchanged, month=unchanged, day=unchanged)",
            Native::Bound(replace),
            "Return date with new specified fields.",
        ),
        method(
            "__replace__($self, /, **changes)",
            Native::Raw(|vm, o, args| {
                let a = bind("__replace__(*, year=unchanged, month=unchanged, day=unchanged)", args)?;
                replace(vm, o, &a)
            }),
            "The same as replace().",
        ),
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| {
                let state = bytes::new(&of(o)?.bytes());
                Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([state])]))
            }),
            "__reduce__() -> (cls, state)",
        ),
    ],
    getset: &[
        getter("year", |_, o| Ok(int::from_i64(i64::from(of(o)?.year))), ""),
        getter("month", |_, o| Ok(int::from_i64(i64::from(of(o)?.month))), ""),
        getter("day", |_, o| Ok(int::from_i64(i64::from(of(o)?.day))), ""),
    ],
    attrs: &[
        ("min", || Ref::new(Date::of(1, 1, 1)).into_obj()),
        ("max", || Ref::new(Date::of(9999, 12, 31)).into_obj()),
        ("resolution", || delta::new(Delta::of_parts(1, 0, 0))),
    ],
    doc: "date(year, month, day) --> date object",
    ..TypeSpec::of(&DATE)
};

pub fn of(o: &Obj) -> PyResult<&Date> {
    o.this::<Date>()
}
pub fn weekday(d: &Date) -> i64 {
    let (y, m, day) = d.ymd();
    cal::weekday(y, m, day)
}
pub fn iso_text(d: &Date) -> String {
    format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)
}
pub fn ctime(d: &Date, [h, m, s]: [i64; 3]) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!(
        "{} {} {:2} {h:02}:{m:02}:{s:02} {:04}",
        DAYS[weekday(d) as usize],
        MONTHS[(usize::from(d.month) + 11) % 12],
        d.day,
        d.year
    )
}

/// The bytes of a pickled state of `len` bytes, from bytes or (for pickles of Python 2) a str.
pub fn pickled(o: &Obj, len: usize) -> Option<Vec<u8>> {
    let state = match (o.get::<Bytes>(), o.get::<Str>()) {
        (Some(b), _) => b.as_slice().to_vec(),
        (_, Some(s)) if s.len() == len => {
            let c = s.code_points();
            if c.iter().any(|c| *c > 255) {
                return None;
            }
            c.into_iter().map(|c| c as u8).collect()
        }
        _ => return None,
    };
    (state.len() == len).then_some(state)
}

fn date_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if let ([state], false) = (args.positional(), args.has_keywords())
        && let Some(b) = pickled(state, 4)
        && (1..=12).contains(&b[2])
    {
        let d = Date::of(i64::from(b[0]) << 8 | i64::from(b[1]), i64::from(b[2]), i64::from(b[3]));
        return Ok(Ref::with_type(ty, d).into_obj());
    }
    let a = bind("(year, month, day)", args)?;
    let n = |i: usize| small_int(vm, a.req(i));
    let (y, m, d) = (n(0)?, n(1)?, n(2)?);
    check(y, m, d)?;
    Ok(Ref::with_type(ty, Date::of(y, m, d)).into_obj())
}
/// A C int argument.
pub fn small_int(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if let Some(n) = o.small_int()
        && i32::try_from(n).is_ok()
    {
        return Ok(n);
    }
    match int::as_int(o).map(|n| n.to_i64()) {
        Some(None) => Err(error::overflow_error("Python int too large to convert to C long")),
        _ => ops::to_i32(vm, o).map(i64::from),
    }
}

/// A date of a class: subclasses are called.
pub fn make(vm: &Vm, cls: &Obj, y: i64, m: i64, d: i64) -> PyResult {
    if cls.get::<Type>().is_some_and(|t| t.is(&DATE)) {
        check(y, m, d)?;
        return Ok(Ref::new(Date::of(y, m, d)).into_obj());
    }
    call::call_pos(vm, cls, &[int::from_i64(y), int::from_i64(m), int::from_i64(d)])
}

fn from_timestamp(vm: &Vm, cls: &Obj, t: &Obj) -> PyResult {
    let seconds = super::seconds_down(vm, t)?;
    let l = local::broken(seconds)?;
    make(vm, cls, l.fields[0], l.fields[1], l.fields[2])
}
fn from_ordinal(vm: &Vm, cls: &Obj, n: &Obj) -> PyResult {
    let n = small_int(vm, n)?;
    if n < 1 {
        return Err(error::value_error("ordinal must be >= 1"));
    }
    let (y, m, d) = cal::from_ordinal(n);
    make(vm, cls, y, m, d)
}
/// Year, month and day of what `parse_date` found.
pub fn resolve(found: IsoDate) -> PyResult<Option<(i64, i64, i64)>> {
    match found {
        IsoDate::Plain(y, m, d) => Ok(Some((y, m, d))),
        IsoDate::Week(y, w, d) => Ok(cal::from_iso(y, w, d).ok().map(cal::from_ordinal)),
    }
}
fn from_isoformat(vm: &Vm, cls: &Obj, o: &Obj) -> PyResult {
    let s = iso::argument(o)?;
    let ymd = match iso::parse_date(&s).filter(|_| matches!(s.len(), 7 | 8 | 10)) {
        Some(f) => resolve(f)?,
        None => None,
    };
    let Some((y, m, d)) = ymd else { return Err(iso::invalid(vm, o)) };
    make(vm, cls, y, m, d)
}
fn from_isocalendar(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult {
    let a = bind("fromisocalendar(year, week, day)", args)?;
    let n = |i: usize| -> PyResult<i64> {
        let n = int::as_int(a.req(i));
        match n.map(|n| n.to_i64().and_then(|n| i32::try_from(n).ok())) {
            Some(Some(n)) => Ok(i64::from(n)),
            Some(None) => Err(error::value_error("ISO calendar component out of range")),
            None => small_int(vm, a.req(i)),
        }
    };
    let (y, w, d) = (n(0)?, n(1)?, n(2)?);
    let ordinal = cal::from_iso(y, w, d).map_err(|e| {
        error::value_error(match e {
            cal::IsoError::Year => format!("year must be in 1..9999, not {y}"),
            cal::IsoError::Week => format!("Invalid week: {w}"),
            cal::IsoError::Day => format!("Invalid weekday: {d} (range is [1, 7])"),
        })
    })?;
    let (y, m, d) = cal::from_ordinal(ordinal);
    make(vm, cls, y, m, d)
}

pub fn format(vm: &Vm, o: &Obj, spec: &Obj) -> PyResult {
    let Some(s) = spec.get::<Str>() else {
        return Err(error::type_error(format!("__format__() argument 1 must be str, not {}", spec.ty().tp_name())));
    };
    if s.is_empty() {
        return ops::str(vm, o);
    }
    call::call_method_str(vm, o, "strftime", std::slice::from_ref(spec))
}

fn replace(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let (y, m, d) = of(o)?.ymd();
    let n = |i: usize, old: i64| a.opt(i).map_or(Ok(old), |v| small_int(vm, v));
    let (y, m, d) = (n(0, y)?, n(1, m)?, n(2, d)?);
    make(vm, &o.ty().to_obj(), y, m, d)
}

fn compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    // A datetime is a date of another kind.
    match (a.get::<Date>(), b.get::<Date>()) {
        (Some(x), Some(y)) if b.get::<DateTime>().is_none() => {
            Ok(singletons::bool_obj(op.holds(x.key().cmp(&y.key()))))
        }
        _ => Ok(singletons::not_implemented()),
    }
}
fn add_days(vm: &Vm, date: &Obj, d: &Obj, sign: i64) -> PyResult {
    let Some(delta) = d.get::<Delta>() else { return Ok(singletons::not_implemented()) };
    let n = of(date)?.ordinal() + sign * i64::from(delta.days);
    if !(1..=cal::MAX_ORDINAL).contains(&n) {
        return Err(out_of_range());
    }
    let (y, m, d) = cal::from_ordinal(n);
    make(vm, &date.ty().to_obj(), y, m, d)
}
fn subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(x) = a.get::<Date>() else { return Ok(singletons::not_implemented()) };
    if let Some(y) = b.get::<Date>() {
        return Ok(delta::new(Delta::of_parts(x.ordinal() - y.ordinal(), 0, 0)));
    }
    add_days(vm, a, b, -1)
}
