//! Calendar time: `gmtime`, `localtime`, `mktime`, `asctime`, `strftime`, `strptime`.
//!
//! CPython: Modules/timemodule.c (gettmarg, checktm, time_strftime).

use super::{STRUCT_TIME, moment, structs, sys};
use crate::os::convert::{fs_decode, new_str, type_name_or_none};
use adder_object::{Args, Obj, ObjExt, PyResult, Str, Vm, attr, call, error, float, int, ops, str, tuple};
use std::ffi::CString;

fn time_obj(b: &sys::BrokenTime) -> Obj {
    let t = &b.tm;
    let n = |n: i32| int::from_i64(n as i64);
    let year = int::from_i64(t.tm_year as i64 + 1900);
    let rest = [t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (t.tm_wday + 6) % 7, t.tm_yday + 1, t.tm_isdst];
    let mut v = vec![year];
    v.extend(rest.map(n));
    v.extend([fs_decode(&b.zone), int::from_i64(t.tm_gmtoff)]);
    structs::make(&STRUCT_TIME, v)
}
fn failed(n: i32) -> adder_object::PyErr {
    if n == libc::EOVERFLOW || n == 0 {
        return error::overflow_error("timestamp out of range for platform time_t");
    }
    error::os_error(n, None, None)
}
fn local(t: i64) -> PyResult<sys::BrokenTime> {
    sys::localtime(t).map_err(failed)
}
pub fn gmtime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let mut b = sys::gmtime(moment(vm, args.first())?).map_err(failed)?;
    b.zone = b"UTC".to_vec();
    Ok(time_obj(&b))
}
pub fn localtime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    Ok(time_obj(&local(moment(vm, args.first())?)?))
}

/// A time tuple as C's structure, plus the zone's name of a struct_time.
fn broken(vm: &Vm, o: &Obj, function: &::std::primitive::str) -> PyResult<(libc::tm, Option<CString>)> {
    let Some(items) = tuple::as_slice(o) else {
        return Err(error::type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(error::type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut n = [0i32; 9];
    for (to, from) in n.iter_mut().zip(items) {
        *to = ops::to_i32(vm, from)?;
    }
    let Some(year) = n[0].checked_sub(1900) else { return Err(error::overflow_error("year out of range")) };
    let mut tm = sys::blank_tm();
    tm.tm_year = year;
    tm.tm_mon = n[1].wrapping_sub(1);
    tm.tm_mday = n[2];
    tm.tm_hour = n[3];
    tm.tm_min = n[4];
    tm.tm_sec = n[5];
    tm.tm_wday = n[6].wrapping_add(1) % 7;
    tm.tm_yday = n[7].wrapping_sub(1);
    tm.tm_isdst = n[8];
    let mut zone = None;
    if STRUCT_TIME.is_instance(o) {
        if let Some(off) = attr::lookup_str(vm, o, "tm_gmtoff")?.filter(|o| !o.is_none()) {
            tm.tm_gmtoff = ops::to_i64(vm, &off)?;
        }
        if let Some(z) = attr::lookup_str(vm, o, "tm_zone")?.filter(|z| !z.is_none()) {
            zone = CString::new(ops::text(&z)).ok();
        }
    }
    Ok((tm, zone))
}
/// Fields within the range that the C library may be given; zero month, day and day of year count as one.
fn check(tm: &mut libc::tm) -> PyResult<()> {
    let bad = |what: &::std::primitive::str| Err(error::value_error(format!("{what} out of range")));
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    } else if !(0..=11).contains(&tm.tm_mon) {
        return bad("month");
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    } else if !(0..=31).contains(&tm.tm_mday) {
        return bad("day of month");
    }
    if !(0..=23).contains(&tm.tm_hour) {
        return bad("hour");
    }
    if !(0..=59).contains(&tm.tm_min) {
        return bad("minute");
    }
    if !(0..=61).contains(&tm.tm_sec) {
        return bad("seconds");
    }
    if tm.tm_wday < 0 {
        return bad("day of week");
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    } else if !(0..=365).contains(&tm.tm_yday) {
        return bad("day of year");
    }
    Ok(())
}
fn time_arg(vm: &Vm, o: Option<&Obj>, function: &::std::primitive::str) -> PyResult<(libc::tm, Option<CString>)> {
    match o {
        Some(o) => {
            let (mut tm, zone) = broken(vm, o, function)?;
            check(&mut tm)?;
            Ok((tm, zone))
        }
        None => {
            let b = local(moment(vm, None)?)?;
            Ok((b.tm, CString::new(b.zone).ok()))
        }
    }
}
fn as_text(tm: &libc::tm) -> Obj {
    const DAYS: [&::std::primitive::str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&::std::primitive::str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    new_str(&format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday.rem_euclid(7) as usize],
        MONTHS[tm.tm_mon.rem_euclid(12) as usize],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        tm.tm_year as i64 + 1900
    ))
}
pub fn asctime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    Ok(as_text(&time_arg(vm, args.first(), "asctime")?.0))
}
pub fn ctime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    Ok(as_text(&local(moment(vm, args.first())?)?.tm))
}
pub fn mktime(vm: &Vm, _: &Obj, t: &Obj) -> PyResult {
    let (mut tm, _) = broken(vm, t, "mktime")?;
    match sys::mktime(&mut tm) {
        Some(t) => Ok(float::from_f64(t as f64)),
        None => Err(error::overflow_error("mktime argument out of range")),
    }
}
pub fn strftime(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(format) = args[0].get::<Str>() else {
        return Err(error::type_error(format!(
            "strftime() argument 1 must be str, not {}",
            type_name_or_none(&args[0])
        )));
    };
    let (mut tm, zone) = time_arg(vm, args.get(1), "strftime")?;
    tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
    // Only directives go to the C library; other text, which it might not know how to take, stays as it is.
    let chars = format.code_points();
    let mut out: Vec<u32> = vec![];
    let mut i = 0;
    while i < chars.len() {
        if chars[i] != b'%' as u32 {
            out.push(chars[i]);
            i += 1;
            continue;
        }
        let mut end = i + 1;
        while end < chars.len() && matches!(chars[end], 0x23 | 0x2B | 0x2D | 0x5E | 0x5F | 0x30..=0x39 | 0x45 | 0x4F) {
            end += 1;
        }
        if end >= chars.len() || chars[end] == 0 || chars[end] > 126 {
            out.extend(&chars[i..end]);
            i = end;
            continue;
        }
        let directive: String = chars[i..=end].iter().filter_map(|&c| char::from_u32(c)).collect();
        let c = CString::new(directive.clone()).unwrap_or_default();
        match sys::strftime(&c, &tm, zone.as_deref()) {
            Some(b) => {
                let text = fs_decode(&b);
                out.extend(text.get::<Str>().map(Str::code_points).unwrap_or_default());
            }
            None if directive.ends_with(['p', 'P', 'Z', 'z']) => {}
            None => {}
        }
        i = end + 1;
    }
    Ok(str::from_code_points(&out).into_obj())
}
/// In Python: `_strptime._strptime_time`.
pub fn strptime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let m = vm.import("_strptime")?;
    call::call(vm, &attr::get_str(vm, &m, "_strptime_time")?, args)
}
