//! `datetime.datetime`: the type, its construction and its parts. Arithmetic and zones are in moments.rs.
//!
//! Invariant: OBJ-1 for date too: the payload of a datetime begins with that of a date.
//! CPython: Modules/_datetimemodule.c (datetime_*).

use super::date::{self, DATE, Date, pickled, small_int};
use super::delta::{self, Delta, ReprName};
use super::text::{self as iso};
use super::time::{self, Time};
use super::{calendar as cal, local, moments, time_tuple, tz};
use crate::functional::shared::{bind, text};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, class_method, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, bytes, call, error, exceptions as exc,
    int, ops, payload, singletons, trace_fields, tuple,
};

#[repr(C)]
#[derive(Clone)]
pub struct DateTime {
    pub date: Date,
    pub fold: bool,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micro: u32,
    pub tz: Option<Obj>,
}
trace_fields!(DateTime { tz });
pub static DATETIME: StaticType = StaticType::new::<DateTime>("datetime.datetime", F::GC | F::BASETYPE);
payload!(DateTime, DATETIME);

/// Year, month, day, hour, minute, second, microsecond.
pub type Fields = [i64; 7];

impl DateTime {
    pub fn of(f: Fields, tz: Option<Obj>, fold: bool) -> DateTime {
        DateTime {
            date: Date::of(f[0], f[1], f[2]),
            fold,
            hour: f[3] as u8,
            minute: f[4] as u8,
            second: f[5] as u8,
            micro: f[6] as u32,
            tz,
        }
    }
    pub fn tz(&self) -> Option<Obj> {
        self.tz.clone()
    }
    pub fn clock(&self) -> [i64; 4] {
        [i64::from(self.hour), i64::from(self.minute), i64::from(self.second), i64::from(self.micro)]
    }
    pub fn fields(&self) -> Fields {
        let ((y, m, d), c) = (self.date.ymd(), self.clock());
        [y, m, d, c[0], c[1], c[2], c[3]]
    }
    pub fn seconds_fields(&self) -> [i64; 6] {
        let f = self.fields();
        [f[0], f[1], f[2], f[3], f[4], f[5]]
    }
    /// Microseconds since 0001-01-01, plus one day.
    pub fn micros(&self) -> i64 {
        local::seconds(self.seconds_fields()) * 1_000_000 + i64::from(self.micro)
    }
    pub fn bytes(&self, fold: bool) -> [u8; 10] {
        let (y, us) = (self.date.year, self.micro);
        [
            (y >> 8) as u8,
            y as u8,
            self.date.month | u8::from(fold) << 7,
            self.date.day,
            self.hour,
            self.minute,
            self.second,
            (us >> 16) as u8,
            (us >> 8) as u8,
            us as u8,
        ]
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&DATE),
    slots: &[
        slot::new(datetime_new),
        slot::repr(repr),
        slot::str(|vm, o| call::call_method_str(vm, o, "isoformat", &[text(" ")])),
        slot::hash(moments::hash),
        slot::richcompare(moments::compare),
        slot::add(moments::add),
        slot::subtract(moments::subtract),
    ],
    methods: METHODS,
    getset: GETSET,
    attrs: &[
        ("min", || new(DateTime::of([1, 1, 1, 0, 0, 0, 0], None, false))),
        ("max", || new(DateTime::of([9999, 12, 31, 23, 59, 59, 999_999], None, false))),
        ("resolution", || delta::new(Delta::of_parts(0, 0, 1))),
    ],
    doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
    ..TypeSpec::of(&DATETIME)
};

static METHODS: &[MethodDef] = &[
    class_method(
        "now($type, /, tz=None)",
        Native::Bound(moments::now),
        "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone.",
    ),
    class_method(
        "utcnow($type, /)",
        Native::NoArgs(moments::utcnow),
        "Return a new datetime representing UTC day and time.",
    ),
    class_method(
        "fromtimestamp",
        Native::Raw(moments::from_timestamp),
        "timestamp[, tz] -> tz's local time from POSIX timestamp.",
    ),
    class_method(
        "utcfromtimestamp",
        Native::One(moments::utc_from_timestamp),
        "Construct a naive UTC datetime from a POSIX timestamp.",
    ),
    class_method(
        "strptime",
        Native::Raw(|vm, cls, args| super::strptime(vm, cls, args, "_strptime_datetime_datetime")),
        "string, format -> new datetime parsed from a string (like time.strptime()).",
    ),
    class_method("combine", Native::Raw(combine), "date, time -> datetime with same date and time fields"),
    class_method(
        "fromisoformat($type, object, /)",
        Native::One(from_isoformat),
        "string -> datetime from a string in most ISO 8601 formats",
    ),
    method(
        "date($self, /)",
        Native::NoArgs(|_, o| Ok(Ref::new(of(o)?.date.clone()).into_obj())),
        "Return date object with same year, month and day.",
    ),
    method(
        "time($self, /)",
        Native::NoArgs(|_, o| {
            let d = of(o)?;
            Ok(Ref::new(Time::of(d.clock(), None, d.fold)).into_obj())
        }),
        "Return time object with same time but with tzinfo=None.",
    ),
    method(
        "timetz($self, /)",
        Native::NoArgs(|_, o| {
            let d = of(o)?;
            Ok(Ref::new(Time::of(d.clock(), d.tz(), d.fold)).into_obj())
        }),
        "Return time object with same time and tzinfo.",
    ),
    method(
        "ctime($self, /)",
        Native::NoArgs(|_, o| {
            let d = of(o)?;
            let [h, m, s, _] = d.clock();
            Ok(text(&date::ctime(&d.date, [h, m, s])))
        }),
        "Return ctime() style string.",
    ),
    method(
        "timetuple($self, /)",
        Native::NoArgs(|vm, o| {
            let d = of(o)?;
            let dst = tz::of_datetime(vm, o, "dst")?.map_or(-1, |d| i64::from(d.total() != 0));
            let [h, m, s, _] = d.clock();
            Ok(time_tuple(&d.date, [h, m, s], dst))
        }),
        "Return time tuple, compatible with time.localtime().",
    ),
    method(
        "utctimetuple($self, /)",
        Native::NoArgs(moments::utctimetuple),
        "Return UTC time tuple, compatible with time.localtime().",
    ),
    method("timestamp($self, /)", Native::NoArgs(moments::timestamp), "Return POSIX timestamp as float."),
    method(
        "isoformat",
        Native::Raw(isoformat),
        "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n",
    ),
    method(
        "utcoffset($self, /)",
        Native::NoArgs(|vm, o| Ok(tz::as_obj(tz::of_datetime(vm, o, "utcoffset")?))),
        "Return self.tzinfo.utcoffset(self).",
    ),
    method(
        "tzname($self, /)",
        Native::NoArgs(|vm, o| tz::name_of(vm, of(o)?.tz().as_ref(), o)),
        "Return self.tzinfo.tzname(self).",
    ),
    method(
        "dst($self, /)",
        Native::NoArgs(|vm, o| Ok(tz::as_obj(tz::of_datetime(vm, o, "dst")?))),
        "Return self.tzinfo.dst(self).",
    ),
    method(
        "replace($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        Native::Bound(replace),
        "Return datetime with new specified fields.",
    ),
    method(
        "__replace__($self, /, **changes)",
        Native::Raw(|vm, o, args| {
            let a = bind(
                "__replace__(*, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, fold=unchanged)",
                args,
            )?;
            replace(vm, o, &a)
        }),
        "The same as replace().",
    ),
    method("astimezone", Native::Raw(moments::astimezone), "tz -> convert to local time in new timezone tz\n"),
    method("__reduce__($self, /)", Native::NoArgs(|_, o| reduce(o, 2)), "__reduce__() -> (cls, state)"),
    method(
        "__reduce_ex__",
        Native::One(|vm, o, p| reduce(o, ops::to_i64(vm, p)?)),
        "__reduce_ex__(proto) -> (cls, state)",
    ),
];

macro_rules! field {
    ($name:literal, $field:ident) => {
        getter($name, |_, o| Ok(int::from_i64(i64::from(of(o)?.$field))), "")
    };
}
static GETSET: &[GetSetDef] = &[
    field!("hour", hour),
    field!("minute", minute),
    field!("second", second),
    field!("microsecond", micro),
    field!("fold", fold),
    getter("tzinfo", |_, o| Ok(of(o)?.tz().unwrap_or_else(singletons::none)), ""),
];

pub fn of(o: &Obj) -> PyResult<&DateTime> {
    o.this::<DateTime>()
}
#[inline]
pub fn new(d: DateTime) -> Obj {
    Ref::new(d).into_obj()
}

fn datetime_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if let ([state, rest @ ..], false) = (args.positional(), args.has_keywords())
        && rest.len() < 2
        && let Some(b) = pickled(state, 10)
        && (1..=12).contains(&(b[2] & 0x7F))
    {
        let n = |i: usize| i64::from(b[i]);
        let f = [n(0) << 8 | n(1), n(2) & 0x7F, n(3), n(4), n(5), n(6), n(7) << 16 | n(8) << 8 | n(9)];
        let d = DateTime::of(f, time::state_tz(rest.first())?, b[2] & 0x80 != 0);
        return Ok(Ref::with_type(ty, d).into_obj());
    }
    let a = bind("(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", args)?;
    let mut f: Fields = [0; 7];
    for (i, n) in f.iter_mut().enumerate() {
        if let Some(v) = a.opt(i) {
            *n = small_int(vm, v)?;
        }
    }
    let fold = a.opt(8).map_or(Ok(0), |v| small_int(vm, v))?;
    check(f)?;
    let fold = time::check_fold(fold)?;
    Ok(Ref::with_type(ty, DateTime::of(f, tz::check(a.opt(7))?, fold)).into_obj())
}
fn check(f: Fields) -> PyResult<()> {
    date::check(f[0], f[1], f[2])?;
    time::check([f[3], f[4], f[5], f[6]])
}

/// A datetime of a class: subclasses are called.
pub fn make(vm: &Vm, cls: &Obj, f: Fields, tz: Option<Obj>, fold: bool) -> PyResult {
    if cls.get::<Type>().is_some_and(|t| t.is(&DATETIME)) {
        check(f)?;
        return Ok(new(DateTime::of(f, tz, fold)));
    }
    let mut all: Vec<Obj> = f.iter().map(|n| int::from_i64(*n)).collect();
    all.push(tz.unwrap_or_else(singletons::none));
    let mut names = vec![];
    if fold {
        all.push(int::from_i64(1));
        names.push(text("fold"));
    }
    call::call(vm, cls, Args::with_names(&all, &names))
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = of(o)?;
    let f = d.fields();
    let shown = if f[6] != 0 {
        7
    } else if f[5] != 0 {
        6
    } else {
        5
    };
    let parts: Vec<String> = f[..shown].iter().map(i64::to_string).collect();
    let mut out = format!("{}({}", o.ty().tp_name_with_module(), parts.join(", "));
    if d.fold {
        out += ", fold=1";
    }
    if let Some(z) = d.tz() {
        out += &format!(", tzinfo={}", ops::repr_string(vm, &z)?);
    }
    Ok(text(&(out + ")")))
}

fn isoformat(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let d = of(o)?;
    let (sep, spec) = if args.is_empty() {
        (u32::from(b'T'), "auto".to_owned())
    } else {
        let a = bind("isoformat(sep='T', timespec='auto')", args)?;
        let sep = match a.opt(0) {
            None => u32::from(b'T'),
            Some(s) => match s.get::<Str>() {
                Some(s) if s.len() == 1 => s.at(0),
                Some(s) => {
                    return Err(error::type_error(format!(
                        "isoformat() argument 1 must be a unicode character, not a string of length {}",
                        s.len()
                    )));
                }
                None => {
                    let got = if s.is_none() { "None".to_owned() } else { s.ty().tp_name() };
                    return Err(error::type_error(format!(
                        "isoformat() argument 1 must be a unicode character, not {got}"
                    )));
                }
            },
        };
        (sep, a.opt(1).map_or(Ok("auto".to_owned()), time::timespec)?)
    };
    let clock = iso::clock_text(d.clock(), &spec)?;
    let offset = iso::offset_suffix(tz::of_datetime(vm, o, "utcoffset")?.as_ref());
    let day = date::iso_text(&d.date);
    match char::from_u32(sep) {
        Some(c) => Ok(text(&format!("{day}{c}{clock}{offset}"))),
        None => {
            let tail = format!("{clock}{offset}");
            let all = day.chars().map(|c| c as u32).chain([sep]).chain(tail.chars().map(|c| c as u32));
            Ok(adder_object::str::from_code_points_iter(all).into_obj())
        }
    }
}

fn replace(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let d = of(o)?;
    let mut f = d.fields();
    for (i, n) in f.iter_mut().enumerate() {
        if let Some(v) = a.opt(i) {
            *n = small_int(vm, v)?;
        }
    }
    let z = match a.opt(7) {
        Some(z) => tz::check(Some(z))?,
        None => d.tz(),
    };
    let fold = match a.opt(8) {
        Some(v) => time::check_fold(small_int(vm, v)?)?,
        None => d.fold,
    };
    make(vm, &o.ty().to_obj(), f, z, fold)
}

fn combine(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult {
    let a = bind("combine(date, time, tzinfo=<unrepresentable>)", args)?;
    let Some(d) = a.req(0).get::<Date>() else {
        return Err(error::type_error(format!(
            "combine() argument 1 must be datetime.date, not {}",
            a.req(0).ty().tp_name()
        )));
    };
    let Some(t) = a.req(1).get::<Time>() else {
        return Err(error::type_error(format!(
            "combine() argument 2 must be datetime.time, not {}",
            a.req(1).ty().tp_name()
        )));
    };
    let z = match a.opt(2) {
        Some(z) => tz::check(Some(z))?,
        None => t.tz.clone(),
    };
    let ((y, m, day), c) = (d.ymd(), t.fields);
    make(vm, cls, [y, m, day, c[0], c[1], c[2], c[3]], z, t.fold)
}

fn reduce(o: &Obj, protocol: i64) -> PyResult {
    let d = of(o)?;
    let mut state = vec![bytes::new(&d.bytes(d.fold && protocol > 3))];
    state.extend(d.tz());
    Ok(tuple::from_array([o.ty().to_obj(), tuple::new(state)]))
}

fn from_isoformat(vm: &Vm, cls: &Obj, o: &Obj) -> PyResult {
    let s = iso::argument(o)?;
    let bad = || iso::invalid(vm, o);
    let at = iso::separator(&s).ok_or_else(bad)?;
    let day = iso::parse_date(&s[..at.min(s.len())]).ok_or_else(bad)?;
    let (mut y, mut m, mut d) = date::resolve(day)?.ok_or_else(bad)?;
    let mut t = iso::IsoTime::default();
    if at < s.len() {
        t = iso::parse_time(&s[at + 1..]).ok_or_else(bad)?;
    }
    let z = match t.offset {
        Some(us) => Some(tz::fixed(delta::make(i128::from(us))?, None)?),
        None => None,
    };
    if t.fields == [24, 0, 0, 0] {
        date::check(y, m, d)?;
        t.fields[0] = 0;
        let n = cal::to_ordinal(y, m, d) + 1;
        (y, m, d) = cal::from_ordinal(n);
    } else if t.fields[0] == 24 {
        return Err(error::value_error("minute, second, and microsecond must be 0 when hour is 24"));
    }
    let c = t.fields;
    make(vm, cls, [y, m, d, c[0], c[1], c[2], c[3]], z, false)
}
/// A warning about the functions that make naive times in UTC.
pub fn deprecated(vm: &Vm, message: &str) -> PyResult<()> {
    vm.warn(&exc::DEPRECATION_WARNING, message, 1)
}
