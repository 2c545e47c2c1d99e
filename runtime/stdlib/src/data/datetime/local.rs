//! Local time as the C library knows it, and seconds since 1970.

use super::calendar as cal;
use crate::os::sys_calls as sys;
use adder_object::{PyErr, PyResult, error};

/// Calendar fields (year, month, day, hour, minute, second), offset and name of the zone.
pub struct Broken {
    pub fields: [i64; 6],
    pub offset: i64,
    pub zone: String,
}

#[cold]
fn failed(n: i32) -> PyErr {
    if n == libc::EOVERFLOW || n == 0 {
        return error::overflow_error("timestamp out of range for platform time_t");
    }
    error::os_error(n, None, None)
}
pub fn broken(t: i64) -> PyResult<Broken> {
    let b = sys::localtime(t).map_err(failed)?;
    let m = &b.tm;
    let n = i64::from;
    Ok(Broken {
        fields: [n(m.tm_year) + 1900, n(m.tm_mon) + 1, n(m.tm_mday), n(m.tm_hour), n(m.tm_min), n(m.tm_sec).min(59)],
        offset: m.tm_gmtoff,
        zone: String::from_utf8_lossy(&b.zone).into_owned(),
    })
}
/// Fields of a time in UTC.
pub fn utc(t: i64) -> PyResult<[i64; 6]> {
    let days = t.div_euclid(86400) + cal::to_ordinal(1970, 1, 1);
    let s = t.rem_euclid(86400);
    // The C library's structure has 32 bits for the year.
    if days.abs() > 780_000_000_000 {
        return Err(failed(0));
    }
    let (y, m, d) = cal::from_ordinal(days);
    Ok([y, m, d, s / 3600, s / 60 % 60, s % 60])
}

/// Seconds of the calendar since 0001-01-01, plus one day.
pub fn seconds(f: [i64; 6]) -> i64 {
    cal::to_ordinal(f[0], f[1], f[2]) * 86400 + f[3] * 3600 + f[4] * 60 + f[5]
}
/// [`seconds`] of 1970-01-01.
pub const EPOCH: i64 = 719_163 * 86400;
const MAX_FOLD: i64 = 24 * 3600;

/// Local calendar seconds at the moment of calendar seconds `u` in UTC.
fn local(u: i64) -> PyResult<i64> {
    let b = broken(u - EPOCH)?;
    if !(1..=9999).contains(&b.fields[0]) {
        return Err(error::value_error(format!("year must be in 1..9999, not {}", b.fields[0])));
    }
    Ok(seconds(b.fields))
}

/// The moment (calendar seconds in UTC) that local calendar fields name; `fold` decides between two.
pub fn to_utc(f: [i64; 6], fold: bool) -> PyResult<i64> {
    let t = seconds(f);
    let a = local(t)? - t;
    let u1 = t - a;
    let t1 = local(u1)?;
    let b;
    if t1 == t {
        // One solution; another may lie on the other side of a change of the clock.
        let u2 = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        b = local(u2)? - u2;
        if a == b {
            return Ok(u1);
        }
    } else {
        b = t1 - u1;
    }
    let u2 = t - b;
    if local(u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// Is the local time at this moment the second of two alike?
pub fn is_fold(moment: i64, fields: [i64; 6]) -> PyResult<bool> {
    if moment <= MAX_FOLD {
        return Ok(false);
    }
    let now = seconds(fields);
    let before = local(EPOCH + moment - MAX_FOLD)?;
    let transition = now - before - MAX_FOLD;
    if transition >= 0 {
        return Ok(false);
    }
    Ok(local(EPOCH + moment + transition)? == now)
}
