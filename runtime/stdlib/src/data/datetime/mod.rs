//! `_datetime`: dates, times, and their zones.
//!
//! `calendar` knows days, `local` the C library's clock, `text` ISO 8601 and strftime; `date`, `time`, `date_time` with `moments`,
//! `delta` and `tz` are the types.
//! CPython: Modules/_datetimemodule.c.

mod calendar;
mod date;
mod date_time;
mod delta;
mod local;
mod moments;
mod text;
mod time;
mod tz;

use crate::functional::shared::bind;
use crate::os::clock::STRUCT_TIME;
use crate::os::structs;
use crate::struct_seq;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{
    Args, Module, Obj, ObjExt, PyResult, Ref, Type, Vm, call, capsule, descr, error, float, int, singletons, tuple,
    types,
};
use date::Date;

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Fast implementation of the datetime module.",
    types: &[&delta::SPEC, &tz::TZINFO_SPEC, &tz::TIMEZONE_SPEC, &date::SPEC, &time::SPEC, &date_time::SPEC],
    init: Some(init),
    ..ModuleSpec::new("_datetime")
};

struct_seq!(ISO_CALENDAR_DATE "datetime.IsoCalendarDate" visible=3 "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple." {
    "year"; "week"; "weekday";
});

/// It pickles as a plain tuple.
static ISO_REDUCE: MethodDef = method(
    "__reduce__($self, /)",
    Native::NoArgs(|_, o| {
        Ok(tuple::from_array([types::TUPLE.obj(), tuple::from_array([tuple::new(tuple::to_vec(o))])]))
    }),
    "",
);

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let dict = adder_object::module::dict(m.obj());
    dict.set_str("MINYEAR", int::from_i64(1));
    dict.set_str("MAXYEAR", int::from_i64(9999));
    dict.set_str("UTC", tz::utc());
    dict.set_str("datetime_CAPI", capsule::empty("datetime.datetime_CAPI"));
    let class = ISO_CALENDAR_DATE.class();
    if let Some(t) = class.get::<Type>() {
        t.dict().set_str("__reduce__", descr::method_object(t.as_static(), &ISO_REDUCE));
        t.modified();
    }
    Ok(())
}

fn iso_calendar_date(parts: [i64; 3]) -> Obj {
    structs::make(&ISO_CALENDAR_DATE, parts.map(int::from_i64).to_vec())
}

/// A `time.struct_time` of a date and a time of day.
fn time_tuple(d: &Date, [h, m, s]: [i64; 3], dst: i64) -> Obj {
    let (y, month, day) = d.ymd();
    let yday = calendar::days_before_month(y, month) + day;
    let mut v: Vec<Obj> =
        [y, month, day, h, m, s, date::weekday(d), yday, dst].into_iter().map(int::from_i64).collect();
    v.extend([singletons::none(), singletons::none()]);
    structs::make(&STRUCT_TIME, v)
}

/// `strptime`: the parser is Python's.
fn strptime(vm: &Vm, cls: &Obj, args: Args<'_>, function: &str) -> PyResult {
    let a = bind("strptime(date_string, format, /)", args)?;
    for i in 0..2 {
        if a.req(i).get::<adder_object::Str>().is_none() {
            return Err(error::type_error(format!(
                "strptime() argument {} must be str, not {}",
                i + 1,
                a.req(i).ty().tp_name()
            )));
        }
    }
    let module = vm.import("_strptime")?;
    call::call_method_str(vm, &module, function, &[cls.clone(), a.req(0).clone(), a.req(1).clone()])
}

fn now_seconds() -> PyResult {
    moments::now_float()
}
/// A timestamp as whole seconds, rounded down.
fn seconds_down(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if let Some(x) = float::as_float(o) {
        if x.is_nan() {
            return Err(error::value_error("Invalid value NaN (not a number)"));
        }
        if !(-9.3e18..9.2e18).contains(&x) {
            return Err(error::overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(x.floor() as i64);
    }
    moments::whole(vm, o)
}
