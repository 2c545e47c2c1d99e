//! `datetime.timedelta`.
//!
//! Invariant: 0 <= seconds < 86400, 0 <= micros < 1000000, |days| <= 999999999.
//! CPython: Modules/_datetimemodule.c (delta_*).

use crate::functional::shared::{bind, text};
use adder_object::arith::{self, BinOp};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, member, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, error, float, hashing, int,
    payload, singletons, trace_fields, tuple,
};
use dashu_int::IBig;
use dashu_int::ops::DivEuclid;
use std::cell::Cell;

#[derive(Clone)]
pub struct Delta {
    pub days: i32,
    pub seconds: i32,
    pub micros: i32,
    hash: Cell<i64>,
}
trace_fields!(Delta);
pub static DELTA: StaticType = StaticType::new::<Delta>("datetime.timedelta", F::BASETYPE);
payload!(Delta, DELTA);

pub const DAY: i128 = 86_400_000_000;
const MOST_DAYS: i64 = 999_999_999;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(delta_new),
        slot::repr(repr),
        slot::str(|_, o| Ok(text(&shown(of(o)?)))),
        slot::hash(hash),
        slot::richcompare(compare),
        slot::bool(|_, o| Ok(of(o)?.total() != 0)),
        slot::add(|_, a, b| two(a, b, |x, y| x + y)),
        slot::subtract(|_, a, b| two(a, b, |x, y| x - y)),
        slot::multiply(multiply),
        slot::true_divide(true_divide),
        slot::floor_divide(floor_divide),
        slot::remainder(remainder),
        slot::divmod(divmod),
        slot::negative(|_, o| make(-of(o)?.total())),
        slot::positive(|_, o| make(of(o)?.total())),
        slot::absolute(|_, o| make(of(o)?.total().abs())),
    ],
    methods: &[
        method("total_seconds($self, /)", Native::NoArgs(total_seconds), "Total seconds in the duration."),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "__reduce__() -> (cls, state)"),
    ],
    getset: &[
        member("days", |_, o| Ok(int::from_i64(i64::from(of(o)?.days))), "Number of days."),
        member(
            "seconds",
            |_, o| Ok(int::from_i64(i64::from(of(o)?.seconds))),
            "Number of seconds (>= 0 and less than 1 day).",
        ),
        member(
            "microseconds",
            |_, o| Ok(int::from_i64(i64::from(of(o)?.micros))),
            "Number of microseconds (>= 0 and less than 1 second).",
        ),
    ],
    attrs: &[
        ("resolution", || new(Delta::of_parts(0, 0, 1))),
        ("min", || new(Delta::of_parts(-MOST_DAYS, 0, 0))),
        ("max", || new(Delta::of_parts(MOST_DAYS, 86399, 999_999))),
    ],
    doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    ..TypeSpec::of(&DELTA)
};

pub fn of(o: &Obj) -> PyResult<&Delta> {
    o.this::<Delta>()
}
#[inline]
pub fn new(d: Delta) -> Obj {
    Ref::new(d).into_obj()
}

impl Delta {
    pub fn of_parts(days: i64, seconds: i64, micros: i64) -> Delta {
        Delta { days: days as i32, seconds: seconds as i32, micros: micros as i32, hash: Cell::new(-1) }
    }
    /// All of it in microseconds.
    #[inline]
    pub fn total(&self) -> i128 {
        i128::from(self.days) * DAY + i128::from(i64::from(self.seconds) * 1_000_000 + i64::from(self.micros))
    }
    /// As [`Delta::total`] for offsets of time zones, which are short.
    pub fn total_i64(&self) -> i64 {
        self.total() as i64
    }
    pub fn from_total(us: i128) -> PyResult<Delta> {
        let days = us.div_euclid(DAY);
        let rest = us.rem_euclid(DAY) as i64;
        let Ok(days) = i32::try_from(days) else {
            return Err(error::overflow_error("Python int too large to convert to C int"));
        };
        if !(-MOST_DAYS..=MOST_DAYS).contains(&i64::from(days)) {
            return Err(error::overflow_error(format!("days={days}; must have magnitude <= {MOST_DAYS}")));
        }
        Ok(Delta::of_parts(i64::from(days), rest / 1_000_000, rest % 1_000_000))
    }
}
/// A timedelta of so many microseconds.
pub fn make(us: i128) -> PyResult {
    Ok(new(Delta::from_total(us)?))
}
fn make_big(us: &IBig) -> PyResult {
    match i128::try_from(us) {
        Ok(us) => make(us),
        Err(_) => Err(error::overflow_error("Python int too large to convert to C int")),
    }
}

const UNITS: [(&str, i64, usize); 7] = [
    ("microseconds", 1, 2),
    ("milliseconds", 1000, 3),
    ("seconds", 1_000_000, 1),
    ("minutes", 60_000_000, 4),
    ("hours", 3_600_000_000, 5),
    ("days", 86_400_000_000, 0),
    ("weeks", 604_800_000_000, 6),
];

fn delta_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = bind("__new__(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)", args)?;
    let mut total = IBig::ZERO;
    let mut small: i128 = 0;
    let mut left = 0.0f64;
    for (name, factor, i) in UNITS {
        let Some(v) = a.opt(i) else { continue };
        if let Some(n) = int::as_int(v) {
            match n.to_i64() {
                Some(n) => small += i128::from(n) * i128::from(factor),
                None => total += n.to_big() * factor,
            }
        } else if let Some(x) = float::as_float(v) {
            let whole = x.trunc();
            total += to_big(whole)? * factor;
            let fraction = (x - whole) * factor as f64;
            total += to_big(fraction.trunc())?;
            left += fraction - fraction.trunc();
        } else {
            return Err(error::type_error(format!(
                "unsupported type for timedelta {name} component: {}",
                v.ty().tp_name()
            )));
        }
    }
    total += IBig::from(small);
    if left != 0.0 {
        let mut whole = left.round();
        if (whole - left).abs() == 0.5 {
            // Ties go to the even total.
            let odd = f64::from(u8::from((&total % 2) != 0));
            whole = 2.0 * ((left + odd) * 0.5).round() - odd;
        }
        total += to_big(whole)?;
    }
    let Ok(us) = i128::try_from(&total) else {
        return Err(error::overflow_error("Python int too large to convert to C int"));
    };
    Ok(Ref::with_type(ty, Delta::from_total(us)?).into_obj())
}
fn to_big(x: f64) -> PyResult<IBig> {
    if x.is_nan() {
        return Err(error::value_error("cannot convert float NaN to integer"));
    }
    if x.is_infinite() {
        return Err(error::overflow_error("cannot convert float infinity to integer"));
    }
    if x.abs() < 9e18 {
        return Ok(IBig::from(x as i64));
    }
    let bits = x.abs().to_bits();
    let n = IBig::from(bits & ((1 << 52) - 1) | 1 << 52) << ((bits >> 52) as usize).saturating_sub(1075);
    Ok(if x < 0.0 { -n } else { n })
}

fn two(a: &Obj, b: &Obj, f: fn(i128, i128) -> i128) -> PyResult {
    match (a.get::<Delta>(), b.get::<Delta>()) {
        (Some(x), Some(y)) => make(f(x.total(), y.total())),
        _ => Ok(singletons::not_implemented()),
    }
}

/// `n / d` to the nearest whole number, ties to even.
fn divide_nearest(n: &IBig, d: &IBig) -> PyResult<IBig> {
    if *d == IBig::ZERO {
        return Err(error::zero_division_error("division by zero"));
    }
    let (n, d) = if *d < IBig::ZERO { (-n, -d) } else { (n.clone(), d.clone()) };
    let q = (&n).div_euclid(&d);
    let twice = (n - &q * &d) * 2;
    let odd = (&q % 2) != 0;
    Ok(if twice > d || (twice == d && odd) { q + 1 } else { q })
}
/// A float as a fraction; an instance of a subclass is asked for it.
fn fraction_of(vm: &Vm, o: &Obj, x: f64) -> PyResult<(IBig, IBig)> {
    if o.is_float() || o.is_exact(&adder_object::types::FLOAT) {
        return fraction(x);
    }
    let r = adder_object::call::call_method_str(vm, o, "as_integer_ratio", &[])?;
    let Some(items) = tuple::as_slice(&r) else {
        return Err(error::type_error(format!(
            "unexpected return type from as_integer_ratio(): expected tuple, got '{}'",
            r.ty().tp_name()
        )));
    };
    let [p, q] = items else {
        return Err(error::value_error("as_integer_ratio() must return a 2-tuple"));
    };
    let part = |o: &Obj| {
        int::as_int(o).map(|n| n.to_big()).ok_or_else(|| {
            error::type_error(format!("unsupported operand type(s) for *: 'int' and '{}'", o.ty().tp_name()))
        })
    };
    Ok((part(p)?, part(q)?))
}
fn fraction(x: f64) -> PyResult<(IBig, IBig)> {
    if x.is_nan() {
        return Err(error::value_error("cannot convert NaN to integer ratio"));
    }
    if x.is_infinite() {
        return Err(error::overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (mut m, mut e) = (x, 0usize);
    while m != m.trunc() {
        m *= 2.0;
        e += 1;
    }
    Ok((to_big(m)?, IBig::ONE << e))
}

fn multiply(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (d, n) = match (a.get::<Delta>(), b.get::<Delta>()) {
        (Some(d), None) => (d, b),
        (None, Some(d)) => (d, a),
        _ => return Ok(singletons::not_implemented()),
    };
    if let Some(n) = int::as_int(n) {
        return make_big(&(n.to_big() * d.total()));
    }
    if let Some(x) = float::as_float(n) {
        let (p, q) = fraction_of(vm, n, x)?;
        return make_big(&divide_nearest(&(p * d.total()), &q)?);
    }
    Ok(singletons::not_implemented())
}
fn true_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(d) = a.get::<Delta>() else { return Ok(singletons::not_implemented()) };
    if let Some(e) = b.get::<Delta>() {
        return arith::binary(vm, &int::from_i128(d.total()), &int::from_i128(e.total()), BinOp::TrueDivide);
    }
    if let Some(n) = int::as_int(b) {
        return make_big(&divide_nearest(&IBig::from(d.total()), &n.to_big())?);
    }
    if let Some(x) = float::as_float(b) {
        let (p, q) = fraction_of(vm, b, x)?;
        return make_big(&divide_nearest(&(q * d.total()), &p)?);
    }
    Ok(singletons::not_implemented())
}
fn floor_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(d) = a.get::<Delta>() else { return Ok(singletons::not_implemented()) };
    if let Some(e) = b.get::<Delta>() {
        return arith::binary(vm, &int::from_i128(d.total()), &int::from_i128(e.total()), BinOp::FloorDivide);
    }
    if int::is_int(b) {
        let q = arith::binary(vm, &int::from_i128(d.total()), b, BinOp::FloorDivide)?;
        return make_big(&int::as_int(&q).map_or(IBig::ZERO, |n| n.to_big()));
    }
    Ok(singletons::not_implemented())
}
fn floor(x: i128, y: i128) -> PyResult<(i128, i128)> {
    if y == 0 {
        return Err(error::zero_division_error("division by zero"));
    }
    let (q, r) = (x / y, x % y);
    Ok(if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) })
}
fn remainder(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (a.get::<Delta>(), b.get::<Delta>()) {
        (Some(x), Some(y)) => make(floor(x.total(), y.total())?.1),
        _ => Ok(singletons::not_implemented()),
    }
}
fn divmod(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (a.get::<Delta>(), b.get::<Delta>()) {
        (Some(x), Some(y)) => {
            let (q, r) = floor(x.total(), y.total())?;
            Ok(tuple::from_array([int::from_i128(q), make(r)?]))
        }
        _ => Ok(singletons::not_implemented()),
    }
}

fn compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    match (a.get::<Delta>(), b.get::<Delta>()) {
        (Some(x), Some(y)) => Ok(singletons::bool_obj(op.holds(x.total().cmp(&y.total())))),
        _ => Ok(singletons::not_implemented()),
    }
}
fn hash(_: &Vm, o: &Obj) -> PyResult<i64> {
    let d = of(o)?;
    if d.hash.get() == -1 {
        let parts = [d.days, d.seconds, d.micros].map(|n| hashing::int(i64::from(n)));
        d.hash.set(hashing::tuple(parts.into_iter()));
    }
    Ok(d.hash.get())
}
fn total_seconds(vm: &Vm, o: &Obj) -> PyResult {
    arith::binary(vm, &int::from_i128(of(o)?.total()), &int::from_i64(1_000_000), BinOp::TrueDivide)
}
fn reduce(_: &Vm, o: &Obj) -> PyResult {
    let d = of(o)?;
    let parts = [d.days, d.seconds, d.micros].map(|n| int::from_i64(i64::from(n)));
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array(parts)]))
}
fn repr(_: &Vm, o: &Obj) -> PyResult {
    let d = of(o)?;
    let mut parts = vec![];
    for (name, n) in [("days", d.days), ("seconds", d.seconds), ("microseconds", d.micros)] {
        if n != 0 {
            parts.push(format!("{name}={n}"));
        }
    }
    let inner = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
    Ok(text(&format!("{}({inner})", o.ty().tp_name_with_module())))
}
pub fn shown(d: &Delta) -> String {
    let (h, m, s) = (d.seconds / 3600, d.seconds / 60 % 60, d.seconds % 60);
    let mut out = String::new();
    if d.days != 0 {
        out = format!("{} day{}, ", d.days, if d.days.abs() == 1 { "" } else { "s" });
    }
    out += &format!("{h}:{m:02}:{s:02}");
    if d.micros != 0 {
        out += &format!(".{:06}", d.micros);
    }
    out
}

/// The name that reprs show: `datetime.date`, or the plain name of a class.
pub trait ReprName {
    fn tp_name_with_module(&self) -> String;
}
impl ReprName for Type {
    fn tp_name_with_module(&self) -> String {
        self.tp_name()
    }
}
