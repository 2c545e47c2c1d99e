//! `time`: clocks, sleeping, calendar time.
//!
//! CPython: Modules/timemodule.c.

mod calendar;

use super::convert::new_str;
use super::structs;
use super::sys_calls as sys;
use crate::struct_seq;
use adder_object::spec::{Native, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, Vm, attr, call, error, float, int, module, ops,
    singletons, tuple,
};

struct_seq!(STRUCT_TIME "time.struct_time" visible=9
"The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details." {
    "tm_year"; "tm_mon"; "tm_mday"; "tm_hour"; "tm_min"; "tm_sec"; "tm_wday"; "tm_yday"; "tm_isdst"; "tm_zone"; "tm_gmtoff";
});

const SECOND: i128 = 1_000_000_000;

fn os_err(n: i32) -> PyErr {
    error::os_error(n, None, None)
}
fn nanos(id: i32) -> PyResult<i64> {
    sys::clock(id).map_err(os_err)
}
fn seconds(n: i64) -> Obj {
    // Whole seconds and the rest keep more digits than one division.
    float::from_f64(n as f64 / 1e9)
}
macro_rules! clocks { ($($f:ident $ns:ident $id:expr;)*) => { $(
    fn $f(_: &Vm, _: &Obj) -> PyResult { Ok(seconds(nanos($id)?)) }
    fn $ns(_: &Vm, _: &Obj) -> PyResult { Ok(int::from_i64(nanos($id)?)) }
)* } }
clocks! {
    time time_ns libc::CLOCK_REALTIME; monotonic monotonic_ns libc::CLOCK_MONOTONIC; perf_counter perf_counter_ns libc::CLOCK_MONOTONIC;
    process_time process_time_ns libc::CLOCK_PROCESS_CPUTIME_ID; thread_time thread_time_ns libc::CLOCK_THREAD_CPUTIME_ID;
}

/// A duration or moment argument in nanoseconds, rounded away from zero when `up`.
pub fn to_nanos(vm: &Vm, o: &Obj, up: bool) -> PyResult<i64> {
    let too_large = || error::overflow_error("timestamp out of range for C PyTime_t");
    if let Some(x) = float::as_float(o) {
        if x.is_nan() {
            return Err(error::value_error("Invalid value NaN (not a number)"));
        }
        let n = x * 1e9;
        let n = if up { if n >= 0.0 { n.ceil() } else { n.floor() } } else { n.round_ties_even() };
        return if n.abs() < 9.2e18 { Ok(n as i64) } else { Err(too_large()) };
    }
    if o.ty().index().is_none() && !int::is_int(o) {
        return Err(error::type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            o.ty().tp_name()
        )));
    }
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i).and_then(|n| n.to_i64()).ok_or_else(too_large)?;
    i64::try_from(n as i128 * SECOND).map_err(|_| too_large())
}
fn sleep(vm: &Vm, _: &Obj, t: &Obj) -> PyResult {
    let n = to_nanos(vm, t, true)?;
    if n < 0 {
        return Err(error::value_error("sleep length must be non-negative"));
    }
    let end = nanos(libc::CLOCK_MONOTONIC)?.saturating_add(n);
    match sys::blocking(vm, || sys::sleep_until(end))? {
        Ok(()) => {
            vm.check_breaker()?;
            Ok(singletons::none())
        }
        Err(n) => Err(os_err(n)),
    }
}
fn clock_id(vm: &Vm, o: &Obj) -> PyResult<i32> {
    ops::to_i32(vm, o)
}
fn clock_gettime(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    Ok(seconds(nanos(clock_id(vm, id)?)?))
}
fn clock_gettime_ns(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    Ok(int::from_i64(nanos(clock_id(vm, id)?)?))
}
fn clock_getres(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    Ok(seconds(sys::clock_resolution(clock_id(vm, id)?).map_err(os_err)?))
}
fn clock_settime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    sys::clock_set(clock_id(vm, &args[0])?, to_nanos(vm, &args[1], false)?).map_err(os_err)?;
    Ok(singletons::none())
}
fn clock_settime_ns(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    sys::clock_set(clock_id(vm, &args[0])?, ops::to_i64(vm, &args[1])?).map_err(os_err)?;
    Ok(singletons::none())
}
fn pthread_getcpuclockid(vm: &Vm, _: &Obj, ident: &Obj) -> PyResult {
    let ident = ops::to_i64(vm, ident)? as u64;
    match super::thread::native_id_of(vm, ident) {
        // The kernel's encoding of a thread's CPU clock.
        Some(tid) => Ok(int::from_i64((!(tid) << 3 | 6) as i32 as i64)),
        None => Err(os_err(libc::ESRCH)),
    }
}
fn get_clock_info(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let (id, text, monotonic, adjustable) = match ops::expect_str(name, "get_clock_info() argument 1")?.as_str() {
        "time" => (libc::CLOCK_REALTIME, "CLOCK_REALTIME", false, true),
        "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
        "process_time" => (libc::CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID", true, false),
        "thread_time" => (libc::CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID", true, false),
        _ => return Err(error::value_error("unknown clock")),
    };
    let namespace = attr::get_str(vm, &vm.import("types")?, "SimpleNamespace")?;
    let d = Dict::new();
    d.set_str("implementation", new_str(&format!("clock_gettime({text})")));
    d.set_str("monotonic", singletons::bool_obj(monotonic));
    d.set_str("adjustable", singletons::bool_obj(adjustable));
    d.set_str("resolution", seconds(sys::clock_resolution(id).map_err(os_err)?));
    let mut args = call::ArgsBuf::default();
    args.push_dict(&d)?;
    call::call(vm, &namespace, args.args())
}
/// Zone constants, read again by `tzset`.
fn set_zone(d: &Dict) {
    sys::tzset();
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = sys::clock(libc::CLOCK_REALTIME).unwrap_or(0) / 1_000_000_000;
    let january = (now / YEAR) * YEAR;
    let look = |t: i64| sys::localtime(t).map(|b| (-b.tm.tm_gmtoff, b.zone)).unwrap_or((0, b"UTC".to_vec()));
    let (a, b) = (look(january), look(january + YEAR / 2));
    // In the southern half of the world January is summer.
    let (standard, summer) = if a.0 < b.0 { (b, a) } else { (a, b) };
    d.set_str("timezone", int::from_i64(standard.0));
    d.set_str("altzone", int::from_i64(summer.0));
    d.set_str("daylight", int::from_i64((standard.0 != summer.0) as i64));
    let text = |z: &[u8]| super::convert::fs_decode(z);
    d.set_str("tzname", tuple::from_array([text(&standard.1), text(&summer.1)]));
}
fn tzset(_: &Vm, m: &Obj) -> PyResult {
    set_zone(&module::dict(m));
    Ok(singletons::none())
}
/// A moment argument in whole seconds, rounded down; None means now.
pub fn moment(vm: &Vm, o: Option<&Obj>) -> PyResult<i64> {
    let Some(o) = o.filter(|o| !o.is_none()) else { return Ok(nanos(libc::CLOCK_REALTIME)? / 1_000_000_000) };
    let out = || error::overflow_error("timestamp out of range for platform time_t");
    if let Some(x) = float::as_float(o) {
        if x.is_nan() {
            return Err(error::value_error("Invalid value NaN (not a number)"));
        }
        let x = x.floor();
        return if x.abs() < 9.2e18 { Ok(x as i64) } else { Err(out()) };
    }
    let i = ops::index(vm, o)?;
    int::as_int(&i).and_then(|n| n.to_i64()).ok_or_else(out)
}

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    d.set_str("struct_time", STRUCT_TIME.class());
    d.set_str("_STRUCT_TM_ITEMS", int::from_i64(11));
    let ids = [
        ("CLOCK_REALTIME", 0),
        ("CLOCK_MONOTONIC", 1),
        ("CLOCK_MONOTONIC_RAW", 4),
        ("CLOCK_PROCESS_CPUTIME_ID", 2),
        ("CLOCK_THREAD_CPUTIME_ID", 3),
        ("CLOCK_BOOTTIME", 7),
        ("CLOCK_TAI", 11),
    ];
    ids.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    set_zone(&d);
    Ok(())
}

#[rustfmt::skip]
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides various functions to manipulate time values.",
    functions: &[
        method("time($module, /)", Native::NoArgs(time), "time() -> floating-point number\n\nReturn the current time in seconds since the Epoch."),
        method("time_ns($module, /)", Native::NoArgs(time_ns), "time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch."),
        method("clock_gettime($module, clk_id, /)", Native::One(clock_gettime), "Return the time of the specified clock clk_id as a float."),
        method("clock_gettime_ns($module, clk_id, /)", Native::One(clock_gettime_ns), "Return the time of the specified clock clk_id as nanoseconds (int)."),
        method("clock_settime", Native::Pos(2, 2, clock_settime), "clock_settime(clk_id, time)\n\nSet the time of the specified clock clk_id."),
        method("clock_settime_ns", Native::Pos(2, 2, clock_settime_ns), "clock_settime_ns(clk_id, time)\n\nSet the time of the specified clock clk_id with nanoseconds."),
        method("clock_getres", Native::One(clock_getres), "clock_getres(clk_id) -> floating-point number"),
        method("pthread_getcpuclockid", Native::One(pthread_getcpuclockid), "pthread_getcpuclockid(thread_id) -> int"),
        method("sleep($module, object, /)", Native::One(sleep), "sleep(seconds)\n\nDelay execution for a given number of seconds."),
        method("gmtime", Native::Pos(0, 1, calendar::gmtime), "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec, tm_wday, tm_yday, tm_isdst)"),
        method("localtime", Native::Pos(0, 1, calendar::localtime), "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,tm_sec,tm_wday,tm_yday,tm_isdst)"),
        method("asctime", Native::Pos(0, 1, calendar::asctime), "asctime([tuple]) -> string"),
        method("ctime", Native::Pos(0, 1, calendar::ctime), "ctime(seconds) -> string"),
        method("mktime($module, object, /)", Native::One(calendar::mktime), "mktime(tuple) -> floating-point number"),
        method("strftime", Native::Pos(1, 2, calendar::strftime), "strftime(format[, tuple]) -> string"),
        method("strptime", Native::Raw(calendar::strptime), "strptime(string, format) -> struct_time"),
        method("tzset($module, /)", Native::NoArgs(tzset), "tzset()\n\nInitialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']."),
        method("monotonic($module, /)", Native::NoArgs(monotonic), "monotonic() -> float\n\nMonotonic clock, cannot go backward."),
        method("monotonic_ns($module, /)", Native::NoArgs(monotonic_ns), "monotonic_ns() -> int"),
        method("process_time($module, /)", Native::NoArgs(process_time), "process_time() -> float"),
        method("process_time_ns($module, /)", Native::NoArgs(process_time_ns), "process_time_ns() -> int"),
        method("thread_time($module, /)", Native::NoArgs(thread_time), "thread_time() -> float"),
        method("thread_time_ns($module, /)", Native::NoArgs(thread_time_ns), "thread_time_ns() -> int"),
        method("perf_counter($module, /)", Native::NoArgs(perf_counter), "perf_counter() -> float\n\nPerformance counter for benchmarking."),
        method("perf_counter_ns($module, /)", Native::NoArgs(perf_counter_ns), "perf_counter_ns() -> int"),
        method("get_clock_info", Native::One(get_clock_info), "get_clock_info(name: str) -> dict"),
    ],
    init: Some(init),
    ..ModuleSpec::new("time")
};
