//! Moments in time: now, timestamps, zones, comparison and arithmetic of datetimes.
//!
//! CPython: Modules/_datetimemodule.c.

use super::date_time::{DATETIME, DateTime, deprecated, make, new, of};
use super::delta::{self, Delta};
use super::{calendar as cal, date, local, time_tuple, tz};
use crate::functional::shared::{bind, text};
use crate::os::sys_calls as sys;
use adder_object::bind::Bound;
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Vm, arith, call, error, float, hashing, int, ops, singletons, str,
};

/// A moment as seconds and microseconds since 1970.
type Moment = (i64, i64);

fn system_now() -> PyResult<Moment> {
    let ns = sys::clock(libc::CLOCK_REALTIME).map_err(|e| error::os_error(e, None, None))?;
    Ok((ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000) / 1000))
}
/// A timestamp argument, rounded to microseconds (ties to even).
fn moment(vm: &Vm, o: &Obj) -> PyResult<Moment> {
    if let Some(x) = float::as_float(o) {
        if x.is_nan() {
            return Err(error::value_error("Invalid value NaN (not a number)"));
        }
        let whole = x.trunc();
        let mut us = ((x - whole) * 1e6).round_ties_even() as i64;
        let too_large = || error::overflow_error("timestamp out of range for platform time_t");
        if !(-9.3e18..9.2e18).contains(&whole) {
            return Err(too_large());
        }
        let mut s = whole as i64;
        if !(0..1_000_000).contains(&us) {
            s += us.div_euclid(1_000_000);
            us = us.rem_euclid(1_000_000);
        }
        return Ok((s, us));
    }
    Ok((super::seconds_down(vm, o)?, 0))
}

fn local_fields((s, us): Moment) -> PyResult<([i64; 7], bool)> {
    let b = local::broken(s)?;
    let f = b.fields;
    if !(1..=9999).contains(&f[0]) {
        return Err(error::value_error(format!("year must be in 1..9999, not {}", f[0])));
    }
    Ok(([f[0], f[1], f[2], f[3], f[4], f[5], us], local::is_fold(s, f)?))
}
fn utc_fields((s, us): Moment) -> PyResult<[i64; 7]> {
    let f = local::utc(s)?;
    if !(1..=9999).contains(&f[0]) {
        return Err(error::value_error(format!("year must be in 1..9999, not {}", f[0])));
    }
    Ok([f[0], f[1], f[2], f[3], f[4], f[5], us])
}

fn at(vm: &Vm, cls: &Obj, m: Moment, zone: Option<Obj>) -> PyResult {
    match zone {
        None => {
            let (f, fold) = local_fields(m)?;
            make(vm, cls, f, None, fold)
        }
        Some(z) => {
            let there = make(vm, cls, utc_fields(m)?, Some(z.clone()), false)?;
            call::call_method_str(vm, &z, "fromutc", &[there])
        }
    }
}
pub fn now(vm: &Vm, cls: &Obj, a: &Bound<'_>) -> PyResult {
    at(vm, cls, system_now()?, tz::check(a.opt(0))?)
}
pub fn utcnow(vm: &Vm, cls: &Obj) -> PyResult {
    deprecated(
        vm,
        "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
    )?;
    make(vm, cls, utc_fields(system_now()?)?, None, false)
}
pub fn from_timestamp(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult {
    let a = bind("fromtimestamp(timestamp, tz=None)", args)?;
    let zone = tz::check(a.opt(1))?;
    at(vm, cls, moment(vm, a.req(0))?, zone)
}
pub fn utc_from_timestamp(vm: &Vm, cls: &Obj, t: &Obj) -> PyResult {
    deprecated(
        vm,
        "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).",
    )?;
    make(vm, cls, utc_fields(moment(vm, t)?)?, None, false)
}

pub fn timestamp(vm: &Vm, o: &Obj) -> PyResult {
    let d = of(o)?;
    if d.tz().is_some() {
        let offset = tz::of_datetime(vm, o, "utcoffset")?.map_or(0, |d| d.total_i64());
        let us = d.micros() - offset - local::EPOCH * 1_000_000;
        return arith::binary(vm, &int::from_i64(us), &int::from_i64(1_000_000), arith::BinOp::TrueDivide);
    }
    let s = local::to_utc(d.seconds_fields(), d.fold)? - local::EPOCH;
    Ok(float::from_f64(s as f64 + f64::from(d.micro) / 1e6))
}

pub fn utctimetuple(vm: &Vm, o: &Obj) -> PyResult {
    let d = of(o)?;
    let offset = tz::of_datetime(vm, o, "utcoffset")?.map_or(0, |d| d.total_i64());
    let us = d.micros() - offset;
    let (days, rest) = (us.div_euclid(86_400_000_000), us.rem_euclid(86_400_000_000) / 1_000_000);
    if !(1..=cal::MAX_ORDINAL).contains(&days) {
        return Err(date::out_of_range());
    }
    let (y, m, day) = cal::from_ordinal(days);
    Ok(time_tuple(&date::Date::of(y, m, day), [rest / 3600, rest / 60 % 60, rest % 60], 0))
}

/// The local zone at the moment of a datetime, as a fixed offset.
fn local_zone(d: &DateTime) -> PyResult {
    let s = local::to_utc(d.seconds_fields(), d.fold)? - local::EPOCH;
    zone_at(s)
}
fn zone_at(s: i64) -> PyResult {
    let b = local::broken(s)?;
    tz::fixed(delta::make(i128::from(b.offset) * 1_000_000)?, Some(text(&b.zone)))
}

pub fn astimezone(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let a = bind("astimezone(tz=None)", args)?;
    let mut target = tz::check(a.opt(0))?;
    let d = of(o)?;
    let mut mine = match d.tz() {
        Some(z) => z,
        None => local_zone(d)?,
    };
    if target.as_ref().is_some_and(|t| t.is(&mine)) {
        return Ok(o.clone());
    }
    let offset = match tz::ask(vm, Some(&mine), "utcoffset", o)? {
        Some(d) => d,
        None => {
            // A zone that knows no offset counts as none.
            mine = local_zone(d)?;
            if target.as_ref().is_some_and(|t| t.is(&mine)) {
                return Ok(o.clone());
            }
            tz::ask(vm, Some(&mine), "utcoffset", o)?.unwrap_or_else(|| Delta::of_parts(0, 0, 0))
        }
    };
    let us = d.micros() - offset.total_i64();
    if target.is_none() {
        target = Some(zone_at(us.div_euclid(1_000_000) - local::EPOCH)?);
    }
    let Some(target) = target else { return Ok(o.clone()) };
    let there = from_micros(vm, &DATETIME.obj(), us, Some(target.clone()))?;
    call::call_method_str(vm, &target, "fromutc", &[there])
}

fn from_micros(vm: &Vm, cls: &Obj, us: i64, zone: Option<Obj>) -> PyResult {
    let (days, rest) = (us.div_euclid(86_400_000_000), us.rem_euclid(86_400_000_000));
    if !(1..=cal::MAX_ORDINAL).contains(&days) {
        return Err(date::out_of_range());
    }
    let (y, m, d) = cal::from_ordinal(days);
    let s = rest / 1_000_000;
    make(vm, cls, [y, m, d, s / 3600, s / 60 % 60, s % 60, rest % 1_000_000], zone, false)
}

// ---- comparison, hash, arithmetic ----

/// Offsets of both, asked of each one's own zone.
fn offsets(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<(Option<Delta>, Option<Delta>)> {
    Ok((tz::of_datetime(vm, a, "utcoffset")?, tz::of_datetime(vm, b, "utcoffset")?))
}
fn same_zone(x: &DateTime, y: &DateTime) -> bool {
    match (x.tz(), y.tz()) {
        (None, None) => true,
        (Some(p), Some(q)) => p.is(&q),
        _ => false,
    }
}
/// Does the offset of this datetime depend on `fold`? Such a one equals none in other zones.
fn is_ambiguous(vm: &Vm, o: &Obj, offset: Option<&Delta>) -> PyResult<bool> {
    let d = of(o)?;
    let flipped = new(DateTime { fold: !d.fold, ..d.clone() });
    let other = tz::of_datetime(vm, &flipped, "utcoffset")?;
    Ok(match (offset, other) {
        (Some(a), Some(b)) => a.total() != b.total(),
        (None, None) => false,
        _ => true,
    })
}

pub fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<DateTime>(), b.get::<DateTime>()) else {
        return Ok(singletons::not_implemented());
    };
    let by_fields = || Ok(singletons::bool_obj(op.holds(x.fields().cmp(&y.fields()))));
    if same_zone(x, y) {
        return by_fields();
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let (p, q) = offsets(vm, a, b)?;
    let apart = |vm: &Vm| -> PyResult<bool> {
        Ok(equality && (is_ambiguous(vm, a, p.as_ref())? || is_ambiguous(vm, b, q.as_ref())?))
    };
    match (&p, &q) {
        (None, None) => {
            if apart(vm)? {
                return Ok(singletons::bool_obj(op == CompareOp::Ne));
            }
            by_fields()
        }
        (Some(p1), Some(q1)) => {
            let order = (x.micros() - p1.total_i64()).cmp(&(y.micros() - q1.total_i64()));
            if equality && order.is_eq() && apart(vm)? {
                return Ok(singletons::bool_obj(op == CompareOp::Ne));
            }
            Ok(singletons::bool_obj(op.holds(order)))
        }
        _ if equality => Ok(singletons::bool_obj(op == CompareOp::Ne)),
        _ => Err(error::type_error("can't compare offset-naive and offset-aware datetimes")),
    }
}

pub fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let d = of(o)?;
    if d.date.hash.get() != -1 {
        return Ok(d.date.hash.get());
    }
    // Both readings of an ambiguous time hash alike.
    let offset = if d.fold {
        let first = new(DateTime { fold: false, ..d.clone() });
        tz::of_datetime(vm, &first, "utcoffset")?
    } else {
        tz::of_datetime(vm, o, "utcoffset")?
    };
    let h = match offset {
        None => str::hash_bytes(&d.bytes(false)),
        Some(off) => {
            let total = d.micros() - off.total_i64();
            let t = Delta::from_total(i128::from(total))?;
            hashing::tuple([t.days, t.seconds, t.micros].map(|n| hashing::int(i64::from(n))).into_iter())
        }
    };
    d.date.hash.set(h);
    Ok(h)
}

pub fn add(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (a.get::<DateTime>(), b.get::<DateTime>()) {
        (Some(_), None) => shifted(vm, a, b, 1),
        (None, Some(_)) => shifted(vm, b, a, 1),
        _ => Ok(singletons::not_implemented()),
    }
}
fn shifted(vm: &Vm, o: &Obj, by: &Obj, sign: i128) -> PyResult {
    let Some(delta) = by.get::<Delta>() else { return Ok(singletons::not_implemented()) };
    let d = of(o)?;
    let us = i128::from(d.micros()) + sign * delta.total();
    let us = i64::try_from(us).map_err(|_| date::out_of_range())?;
    from_micros(vm, &o.ty().to_obj(), us, d.tz())
}
pub fn subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(x) = a.get::<DateTime>() else { return Ok(singletons::not_implemented()) };
    let Some(y) = b.get::<DateTime>() else { return shifted(vm, a, b, -1) };
    if same_zone(x, y) {
        return delta::make(i128::from(x.micros() - y.micros()));
    }
    let (p, q) = offsets(vm, a, b)?;
    match (p, q) {
        (None, None) => delta::make(i128::from(x.micros() - y.micros())),
        (Some(p), Some(q)) => delta::make(i128::from(x.micros()) - p.total() - i128::from(y.micros()) + q.total()),
        _ => Err(error::type_error("can't subtract offset-naive and offset-aware datetimes")),
    }
}

/// The seconds of `time.time()`, for `date.today()`.
pub fn now_float() -> PyResult {
    let (s, us) = system_now()?;
    Ok(float::from_f64(s as f64 + us as f64 / 1e6))
}
/// An int argument that counts seconds.
pub fn whole(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if !int::is_int(o) && o.ty().index().is_none() {
        return Err(error::type_error(format!("argument must be int or float, not {}", o.ty().tp_name())));
    }
    let n = ops::index(vm, o)?;
    int::as_int(&n)
        .and_then(|n| n.to_i64())
        .ok_or_else(|| error::overflow_error("timestamp out of range for platform time_t"))
}
