//! `datetime.time`.
//!
//! CPython: Modules/_datetimemodule.c (time_*).

use super::date::{Date, format, pickled, small_int};
use super::delta::{self, Delta, ReprName};
use super::{text as iso, time_tuple, tz};
use crate::functional::shared::{bind, text};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, bytes, call, error, hashing,
    int, ops, payload, singletons, str, trace_fields, tuple,
};
use std::cell::Cell;

#[derive(Clone)]
pub struct Time {
    pub fields: [i64; 4],
    pub tz: Option<Obj>,
    pub fold: bool,
    hash: Cell<i64>,
}
trace_fields!(Time { tz });
pub static TIME: StaticType = StaticType::new::<Time>("datetime.time", F::GC | F::BASETYPE);
payload!(Time, TIME);

impl Time {
    pub fn of(fields: [i64; 4], tz: Option<Obj>, fold: bool) -> Time {
        Time { fields, tz, fold, hash: Cell::new(-1) }
    }
    pub fn micros(&self) -> i64 {
        let [h, m, s, us] = self.fields;
        ((h * 60 + m) * 60 + s) * 1_000_000 + us
    }
    fn bytes(&self, fold: bool) -> [u8; 6] {
        let [h, m, s, us] = self.fields;
        [h as u8 | u8::from(fold) << 7, m as u8, s as u8, (us >> 16) as u8, (us >> 8) as u8, us as u8]
    }
}

/// Ranges of the four fields.
pub fn check(f: [i64; 4]) -> PyResult<()> {
    for ((n, most), name) in f.into_iter().zip([23, 59, 59, 999_999]).zip(["hour", "minute", "second", "microsecond"]) {
        if !(0..=most).contains(&n) {
            return Err(error::value_error(format!("{name} must be in 0..{most}, not {n}")));
        }
    }
    Ok(())
}
pub fn check_fold(n: i64) -> PyResult<bool> {
    match n {
        0 | 1 => Ok(n == 1),
        _ => Err(error::value_error(format!("fold must be either 0 or 1, not {n}"))),
    }
}

macro_rules! field {
    ($name:literal, $i:literal) => {
        getter($name, |_, o| Ok(int::from_i64(of(o)?.fields[$i])), "")
    };
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(time_new),
        slot::repr(repr),
        slot::str(|vm, o| call::call_method_str(vm, o, "isoformat", &[])),
        slot::hash(hash),
        slot::richcompare(compare),
    ],
    methods: &[
        method(
            "isoformat",
            Native::Raw(|vm, o, args| {
                let a = bind("isoformat(timespec='auto')", args)?;
                let spec = a.opt(0).map_or(Ok("auto".to_owned()), timespec)?;
                let t = of(o)?;
                let mut s = iso::clock_text(t.fields, &spec)?;
                s += &iso::offset_suffix(offset(vm, t, "utcoffset")?.as_ref());
                Ok(text(&s))
            }),
            "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n",
        ),
        method(
            "strftime",
            Native::Raw(|vm, o, args| {
                let a = bind("strftime(format)", args)?;
                let [h, m, s, _] = of(o)?.fields;
                let t = time_tuple(&Date::of(1900, 1, 1), [h, m, s], -1);
                iso::strftime(vm, o, a.req(0), &t)
            }),
            "format -> strftime() style string.",
        ),
        method("__format__", Native::One(format), "Formats self with strftime."),
        method(
            "utcoffset($self, /)",
            Native::NoArgs(|vm, o| Ok(tz::as_obj(offset(vm, of(o)?, "utcoffset")?))),
            "Return self.tzinfo.utcoffset(self).",
        ),
        method(
            "dst($self, /)",
            Native::NoArgs(|vm, o| Ok(tz::as_obj(offset(vm, of(o)?, "dst")?))),
            "Return self.tzinfo.dst(self).",
        ),
        method(
            "tzname($self, /)",
            Native::NoArgs(|vm, o| tz::name_of(vm, of(o)?.tz.as_ref(), singletons::none_ref())),
            "Return self.tzinfo.tzname(self).",
        ),
        method(
            "replace($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
            Native::Bound(replace),
            "Return time with new specified fields.",
        ),
        method(
            "__replace__($self, /, **changes)",
            Native::Raw(|vm, o, args| {
                let a = bind(
                    "__replace__(*, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, fold=unchanged)",
                    args,
                )?;
                replace(vm, o, &a)
            }),
            "The same as replace().",
        ),
        method("__reduce__($self, /)", Native::NoArgs(|_, o| reduce(o, 2)), "__reduce__() -> (cls, state)"),
        method(
            "__reduce_ex__",
            Native::One(|vm, o, p| reduce(o, ops::to_i64(vm, p)?)),
            "__reduce_ex__(proto) -> (cls, state)",
        ),
        class_method(
            "fromisoformat($type, object, /)",
            Native::One(from_isoformat),
            "string -> time from a string in ISO 8601 format",
        ),
        class_method(
            "strptime",
            Native::Raw(|vm, cls, args| super::strptime(vm, cls, args, "_strptime_datetime_time")),
            "string, format -> new time parsed from a string (like time.strptime()).",
        ),
    ],
    getset: &[
        field!("hour", 0),
        field!("minute", 1),
        field!("second", 2),
        field!("microsecond", 3),
        getter("tzinfo", |_, o| Ok(of(o)?.tz.clone().unwrap_or_else(singletons::none)), ""),
        getter("fold", |_, o| Ok(int::from_i64(i64::from(of(o)?.fold))), ""),
    ],
    attrs: &[
        ("min", || Ref::new(Time::of([0; 4], None, false)).into_obj()),
        ("max", || Ref::new(Time::of([23, 59, 59, 999_999], None, false)).into_obj()),
        ("resolution", || delta::new(Delta::of_parts(0, 0, 1))),
    ],
    doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
    ..TypeSpec::of(&TIME)
};

pub fn of(o: &Obj) -> PyResult<&Time> {
    o.this::<Time>()
}
fn offset(vm: &Vm, t: &Time, name: &str) -> PyResult<Option<Delta>> {
    tz::ask(vm, t.tz.as_ref(), name, singletons::none_ref())
}
/// The name of a timespec.
pub fn timespec(o: &Obj) -> PyResult<String> {
    match o.get::<adder_object::Str>() {
        Some(s) => Ok(s.to_string_lossy()),
        None => {
            let got = if o.is_none() { "None".to_owned() } else { o.ty().tp_name() };
            Err(error::type_error(format!("isoformat() argument 'timespec' must be str, not {got}")))
        }
    }
}

/// A pickled state's fields and fold.
pub fn unpack(b: &[u8]) -> ([i64; 4], bool) {
    let n = |i: usize| i64::from(b[i]);
    ([n(0) & 0x7F, n(1), n(2), n(3) << 16 | n(4) << 8 | n(5)], b[0] & 0x80 != 0)
}
pub fn state_tz(o: Option<&Obj>) -> PyResult<Option<Obj>> {
    match o.filter(|o| !o.is_none()) {
        Some(o) if !o.is_instance_of(&tz::TZINFO) => Err(error::type_error("bad tzinfo state arg")),
        o => Ok(o.cloned()),
    }
}

fn time_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if let ([state, rest @ ..], false) = (args.positional(), args.has_keywords())
        && rest.len() < 2
        && let Some(b) = pickled(state, 6)
        && b[0] & 0x7F < 24
    {
        let (fields, fold) = unpack(&b);
        return Ok(Ref::with_type(ty, Time::of(fields, state_tz(rest.first())?, fold)).into_obj());
    }
    let a = bind("(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", args)?;
    let n = |i: usize| a.opt(i).map_or(Ok(0), |v| small_int(vm, v));
    let fields = [n(0)?, n(1)?, n(2)?, n(3)?];
    let fold = n(5)?;
    check(fields)?;
    let fold = check_fold(fold)?;
    Ok(Ref::with_type(ty, Time::of(fields, tz::check(a.opt(4))?, fold)).into_obj())
}
/// A time of a class: subclasses are called.
pub fn make(vm: &Vm, cls: &Obj, f: [i64; 4], tz: Option<Obj>, fold: bool) -> PyResult {
    if cls.get::<Type>().is_some_and(|t| t.is(&TIME)) {
        check(f)?;
        return Ok(Ref::new(Time::of(f, tz, fold)).into_obj());
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
    let t = of(o)?;
    let [h, m, s, us] = t.fields;
    let mut out = format!("{}({h}, {m}", o.ty().tp_name_with_module());
    if us != 0 {
        out += &format!(", {s}, {us}");
    } else if s != 0 {
        out += &format!(", {s}");
    }
    if let Some(z) = &t.tz {
        out += &format!(", tzinfo={}", ops::repr_string(vm, z)?);
    }
    if t.fold {
        out += ", fold=1";
    }
    Ok(text(&(out + ")")))
}

fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let t = of(o)?;
    if t.hash.get() != -1 {
        return Ok(t.hash.get());
    }
    // Both readings of an ambiguous time hash alike.
    let off = if t.fold {
        let first = make(vm, &TIME.obj(), t.fields, t.tz.clone(), false)?;
        offset(vm, of(&first)?, "utcoffset")?
    } else {
        offset(vm, t, "utcoffset")?
    };
    let h = match off {
        None => str::hash_bytes(&t.bytes(false)),
        Some(d) => {
            let rest = Delta::from_total(i128::from(t.micros() - d.total_i64()))?;
            hashing::tuple([rest.days, rest.seconds, rest.micros].map(|n| hashing::int(i64::from(n))).into_iter())
        }
    };
    t.hash.set(h);
    Ok(h)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Time>(), b.get::<Time>()) else { return Ok(singletons::not_implemented()) };
    let answer = |o: std::cmp::Ordering| Ok(singletons::bool_obj(op.holds(o)));
    let same = match (&x.tz, &y.tz) {
        (None, None) => true,
        (Some(p), Some(q)) => p.is(q),
        _ => false,
    };
    if same {
        return answer(x.fields.cmp(&y.fields));
    }
    let (p, q) = (offset(vm, x, "utcoffset")?, offset(vm, y, "utcoffset")?);
    match (p, q) {
        (None, None) => answer(x.fields.cmp(&y.fields)),
        (Some(p), Some(q)) => answer((x.micros() - p.total_i64()).cmp(&(y.micros() - q.total_i64()))),
        _ if matches!(op, CompareOp::Eq | CompareOp::Ne) => Ok(singletons::bool_obj(op == CompareOp::Ne)),
        _ => Err(error::type_error("can't compare offset-naive and offset-aware times")),
    }
}

fn replace(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let t = of(o)?;
    let mut f = t.fields;
    for (i, n) in f.iter_mut().enumerate() {
        if let Some(v) = a.opt(i) {
            *n = small_int(vm, v)?;
        }
    }
    let tz = match a.opt(4) {
        Some(z) => tz::check(Some(z))?,
        None => t.tz.clone(),
    };
    let fold = match a.opt(5) {
        Some(v) => check_fold(small_int(vm, v)?)?,
        None => t.fold,
    };
    make(vm, &o.ty().to_obj(), f, tz, fold)
}
fn reduce(o: &Obj, protocol: i64) -> PyResult {
    let t = of(o)?;
    let mut state = vec![bytes::new(&t.bytes(t.fold && protocol > 3))];
    state.extend(t.tz.clone());
    Ok(tuple::from_array([o.ty().to_obj(), tuple::new(state)]))
}

fn from_isoformat(vm: &Vm, cls: &Obj, o: &Obj) -> PyResult {
    let s = iso::argument(o)?;
    let s = s.strip_prefix(b"T").unwrap_or(&s);
    let Some(mut t) = iso::parse_time(s) else { return Err(iso::invalid(vm, o)) };
    if t.fields == [24, 0, 0, 0] {
        t.fields[0] = 0;
    }
    let z = match t.offset {
        Some(us) => Some(tz::fixed(delta::make(i128::from(us))?, None)?),
        None => None,
    };
    make(vm, cls, t.fields, z, false)
}
