//! `sum`: exact for ints, compensated for floats and complex numbers.
//!
//! CPython: Python/bltinmodule.c (builtin_sum_impl); A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
//! endlicher Summen".

use adder_object::arith::{self, BinOp};
use adder_object::bind::Bound;
use adder_object::int::{as_int, from_i64};
use adder_object::{ByteArray, Bytes, Obj, ObjExt, PyResult, Str, Vm, error, float, int, ops, types};

/// A float sum with the part that rounding lost.
#[derive(Clone, Copy)]
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn new(x: f64) -> Compensated {
        Compensated { high: x, low: 0.0 }
    }
    #[inline]
    fn add(&mut self, x: f64) {
        let t = self.high + x;
        self.low += if self.high.abs() >= x.abs() { (self.high - t) + x } else { (x - t) + self.high };
        self.high = t;
    }
    fn value(self) -> f64 {
        // A zero correction must not turn -0.0 into 0.0, nor an infinite one a sum into NaN.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

enum Total {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Any(Obj),
}

impl Total {
    fn start(o: &Obj) -> Total {
        if let Some(n) = o.small_int() {
            return Total::Int(n);
        }
        if o.is_exact(&types::FLOAT)
            && let Some(x) = float::as_float(o)
        {
            return Total::Float(Compensated::new(x));
        }
        match o.get_exact::<float::Complex>() {
            Some(z) => Total::Complex(Compensated::new(z.re), Compensated::new(z.im)),
            None => Total::Any(o.clone()),
        }
    }
    fn into_obj(self) -> Obj {
        match self {
            Total::Int(n) => from_i64(n),
            Total::Float(x) => float::from_f64(x.value()),
            Total::Complex(re, im) => float::complex(re.value(), im.value()),
            Total::Any(o) => o,
        }
    }

    /// One step without calling Python code; false when the item needs the general addition.
    #[inline]
    fn fast(&mut self, item: &Obj) -> PyResult<bool> {
        match self {
            Total::Int(n) => match item.small_int().or_else(|| bool_value(item)).and_then(|i| n.checked_add(i)) {
                Some(sum) => {
                    *n = sum;
                    Ok(true)
                }
                None => Ok(false),
            },
            Total::Float(x) => {
                if item.is_exact(&types::FLOAT)
                    && let Some(y) = float::as_float(item)
                {
                    x.add(y);
                    return Ok(true);
                }
                match as_int(item) {
                    Some(i) => {
                        x.add(i.to_f64()?);
                        Ok(true)
                    }
                    None => Ok(false),
                }
            }
            Total::Complex(re, im) => {
                if let Some(z) = item.get_exact::<float::Complex>() {
                    re.add(z.re);
                    im.add(z.im);
                    return Ok(true);
                }
                if let Some(i) = as_int(item) {
                    re.add(i.to_f64()?);
                    return Ok(true);
                }
                if item.is_exact(&types::FLOAT)
                    && let Some(x) = float::as_float(item)
                {
                    re.add(x);
                    return Ok(true);
                }
                Ok(false)
            }
            Total::Any(_) => Ok(false),
        }
    }
}

fn bool_value(o: &Obj) -> Option<i64> {
    if o.is_exact(&types::BOOL) { Some(i64::from(o.is_true_singleton())) } else { None }
}

fn refuse(start: &Obj) -> PyResult<()> {
    let (kind, instead) = if start.get::<Str>().is_some() {
        ("strings", "''.join(seq)")
    } else if start.get::<Bytes>().is_some() {
        ("bytes", "b''.join(seq)")
    } else if start.get::<ByteArray>().is_some() {
        ("bytearray", "b''.join(seq)")
    } else {
        return Ok(());
    };
    Err(error::type_error(format!("sum() can't sum {kind} [use {instead} instead]")))
}

pub fn sum(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let start = args.opt(1).cloned().unwrap_or_else(|| int::from_i64(0));
    // The iterable is looked at first, as its error comes first.
    let mut items = ops::Items::of(vm, args.req(0))?;
    refuse(&start)?;
    let mut total = Total::start(&start);
    loop {
        take_plain(&mut items, &mut total);
        let Some(item) = items.next(vm)? else { break };
        if !total.fast(&item)? {
            let sum = arith::binary(vm, &total.into_obj(), &item, BinOp::Add)?;
            total = Total::start(&sum);
        }
    }
    Ok(total.into_obj())
}

/// Adds the immediate items of the total's own kind.
#[inline]
fn take_plain(items: &mut ops::Items<'_>, total: &mut Total) {
    match total {
        Total::Int(n) => items.take_plain(|x| match x.small_int().and_then(|i| n.checked_add(i)) {
            Some(sum) => {
                *n = sum;
                true
            }
            None => false,
        }),
        Total::Float(sum) => items.take_plain(|x| match x.small_float() {
            Some(x) => {
                sum.add(x);
                true
            }
            None => false,
        }),
        _ => {}
    }
}
