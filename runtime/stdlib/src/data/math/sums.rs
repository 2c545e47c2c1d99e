//! Sums, products and norms of many numbers, with the extended precision CPython gives them.
//!
//! CPython: Modules/mathmodule.c (fsum, sumprod, vector_norm). A pair (hi, lo) holds the exact value hi + lo.

use super::{arg, out};
use adder_object::arith::{self, BinOp};
use adder_object::bind::Bound;
use adder_object::{Obj, ObjExt, PyResult, Vm, error, float, int, ops, tuple, types};

/// a + b exactly.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}
/// a + b exactly, when |a| >= |b|.
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}
/// a * b exactly.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let z = a * b;
    (z, a.mul_add(b, -z))
}

pub fn fsum(vm: &Vm, _: &Obj, seq: &Obj) -> PyResult {
    let mut p: Vec<f64> = Vec::with_capacity(8);
    let (mut special, mut inf) = (0.0, 0.0);
    let mut overflow = false;
    ops::for_each(vm, seq, |item| {
        let xsave = arg(vm, &item)?;
        let mut x = xsave;
        let mut n = 0;
        for j in 0..p.len() {
            let mut y = p[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let (hi, lo) = fast_two_sum(x, y);
            if lo != 0.0 {
                p[n] = lo;
                n += 1;
            }
            x = hi;
        }
        p.truncate(n);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            p.push(x);
            return Ok(());
        }
        if xsave.is_finite() {
            overflow = true;
            return Err(error::overflow_error("intermediate overflow in fsum"));
        }
        if xsave.is_infinite() {
            inf += xsave;
        }
        special += xsave;
        p.clear();
        Ok(())
    })?;
    if special != 0.0 || f64::is_nan(special) {
        return if f64::is_nan(inf) { Err(error::value_error("-inf + inf in fsum")) } else { out(special) };
    }
    out(round_partials(&p))
}
/// The sum of non-overlapping partials, largest last, rounded half to even.
fn round_partials(p: &[f64]) -> f64 {
    let mut n = p.len();
    if n == 0 {
        return 0.0;
    }
    n -= 1;
    let mut hi = p[n];
    let mut lo = 0.0;
    while n > 0 {
        n -= 1;
        (hi, lo) = fast_two_sum(hi, p[n]);
        if lo != 0.0 {
            break;
        }
    }
    // Half-even across partials: when the rest has the sign of `lo`, a tie goes away from hi.
    if n > 0 && ((lo < 0.0 && p[n - 1] < 0.0) || (lo > 0.0 && p[n - 1] > 0.0)) {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    hi
}

pub fn prod(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let mut r = a.opt(1).cloned().unwrap_or_else(|| int::from_i64(1));
    ops::for_each(vm, a.req(0), |x| {
        r = arith::binary(vm, &r, &x, BinOp::Multiply)?;
        Ok(())
    })?;
    Ok(r)
}

/// A sum of float products with 159 bits.
#[derive(Clone, Copy, Default)]
struct Triple {
    hi: f64,
    lo: f64,
    tiny: f64,
}
impl Triple {
    fn fma(self, x: f64, y: f64) -> Triple {
        let pr = two_product(x, y);
        let sm = two_sum(self.hi, pr.0);
        let r1 = two_sum(self.lo, pr.1);
        let r2 = two_sum(r1.0, sm.1);
        Triple { hi: sm.0, lo: r2.0, tiny: self.tiny + r1.1 + r2.1 }
    }
    fn value(self) -> f64 {
        let last = two_sum(self.lo, self.tiny);
        let sm = two_sum(self.hi, last.0);
        sm.0
    }
}

/// The running total of `sumprod`: an int part, a float part, and everything folded so far.
struct SumProd {
    total: Obj,
    ints: i64,
    ints_used: bool,
    int_path: bool,
    floats: Triple,
    floats_used: bool,
    float_path: bool,
}
impl SumProd {
    fn add(&mut self, vm: &Vm, x: Obj) -> PyResult<()> {
        self.total = arith::binary(vm, &self.total, &x, BinOp::Add)?;
        Ok(())
    }
    fn flush_ints(&mut self, vm: &Vm) -> PyResult<()> {
        self.int_path = false;
        if std::mem::take(&mut self.ints_used) {
            let n = std::mem::take(&mut self.ints);
            self.add(vm, int::from_i64(n))?;
        }
        Ok(())
    }
    fn flush_floats(&mut self, vm: &Vm) -> PyResult<()> {
        self.float_path = false;
        if std::mem::take(&mut self.floats_used) {
            let x = std::mem::take(&mut self.floats).value();
            self.add(vm, float::from_f64(x))?;
        }
        Ok(())
    }
    /// One product; the exact paths are left for good once operands of another type come.
    fn step(&mut self, vm: &Vm, p: &Obj, q: &Obj) -> PyResult<()> {
        if self.int_path {
            if p.is_exact(&types::INT) && q.is_exact(&types::INT) {
                let sum = p
                    .small_int()
                    .zip(q.small_int())
                    .and_then(|(a, b)| a.checked_mul(b))
                    .and_then(|n| n.checked_add(self.ints));
                if let Some(n) = sum {
                    self.ints = n;
                    self.ints_used = true;
                    return Ok(());
                }
            }
            self.flush_ints(vm)?;
        }
        if self.float_path {
            if let Some((a, b)) = float_pair(p, q) {
                let next = self.floats.fma(a, b);
                if next.hi.is_finite() {
                    self.floats = next;
                    self.floats_used = true;
                    return Ok(());
                }
            }
            self.flush_floats(vm)?;
        }
        let x = arith::binary(vm, p, q, BinOp::Multiply)?;
        self.add(vm, x)
    }
}
/// Both as floats, when at least one is a float and the other is a float or int.
fn float_pair(p: &Obj, q: &Obj) -> Option<(f64, f64)> {
    let whole = |o: &Obj| {
        if o.is_exact(&types::INT) || o.is_exact(&types::BOOL) { int::as_int(o)?.to_f64().ok() } else { None }
    };
    let real = |o: &Obj| if o.is_exact(&types::FLOAT) { float::as_float(o) } else { None };
    match (real(p), real(q)) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => whole(q).map(|b| (a, b)),
        (None, Some(b)) => whole(p).map(|a| (a, b)),
        _ => None,
    }
}
pub fn sumprod(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (p, q) = (ops::iter(vm, &a[0])?, ops::iter(vm, &a[1])?);
    let mut s = SumProd {
        total: int::from_i64(0),
        ints: 0,
        ints_used: false,
        int_path: true,
        floats: Triple::default(),
        floats_used: false,
        float_path: true,
    };
    loop {
        match (ops::next(vm, &p)?, ops::next(vm, &q)?) {
            (Some(x), Some(y)) => s.step(vm, &x, &y)?,
            (None, None) => break,
            _ => return Err(error::value_error("Inputs are not the same length")),
        }
    }
    s.flush_ints(vm)?;
    s.flush_floats(vm)?;
    Ok(s.total)
}

/// The Euclidean norm of non-negative coordinates, correctly rounded in nearly all cases.
fn vector_norm(v: &mut [f64]) -> f64 {
    let max = v.iter().fold(0.0, |m: f64, &x| if x > m { x } else { m });
    if max.is_infinite() {
        return max;
    }
    if v.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if max == 0.0 || v.len() <= 1 {
        return max;
    }
    let (_, e) = libm::frexp(max);
    if e < -1023 {
        v.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * vector_norm(v);
    }
    let scale = libm::ldexp(1.0, -e);
    let (mut sum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    for x in v.iter() {
        let x = x * scale;
        let pr = two_product(x, x);
        let sm = fast_two_sum(sum, pr.0);
        sum = sm.0;
        frac1 += pr.1;
        frac2 += sm.1;
    }
    let h = (sum - 1.0 + (frac1 + frac2)).sqrt();
    // One Newton step on the residual, computed exactly.
    let pr = two_product(-h, h);
    let sm = fast_two_sum(sum, pr.0);
    sum = sm.0;
    frac1 += pr.1;
    frac2 += sm.1;
    let x = sum - 1.0 + (frac1 + frac2);
    (h + x / (2.0 * h)) / scale
}
pub fn hypot(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let mut v = Vec::with_capacity(a.len());
    for x in a {
        v.push(arg(vm, x)?.abs());
    }
    out(vector_norm(&mut v))
}
pub fn dist(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (p, q) = (ops::to_tuple(vm, &a[0])?, ops::to_tuple(vm, &a[1])?);
    let (p, q) = (tuple::as_slice(&p).unwrap_or(&[]), tuple::as_slice(&q).unwrap_or(&[]));
    if p.len() != q.len() {
        return Err(error::value_error("both points must have the same number of dimensions"));
    }
    let mut v = Vec::with_capacity(p.len());
    for (x, y) in p.iter().zip(q) {
        v.push((arg(vm, x)? - arg(vm, y)?).abs());
    }
    out(vector_norm(&mut v))
}
