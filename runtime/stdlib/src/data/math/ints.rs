//! Integer functions: divisors, roots, counting.

use adder_num::int as num;
use adder_object::int::{self, IBig, Int};
use adder_object::{Obj, ObjExt, PyResult, Vm, error, ops};

fn small_gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn big_of(o: &Obj) -> IBig {
    int::as_int(o).map(|n| n.to_big()).unwrap_or(IBig::ZERO)
}

/// `f` over all arguments, with 62-bit operands handled by `small` where it can.
fn fold(
    vm: &Vm,
    a: &[Obj],
    start: i64,
    small: fn(u64, u64) -> Option<u64>,
    large: fn(&IBig, &IBig) -> IBig,
) -> PyResult {
    let mut r = int::from_i64(start);
    for (i, x) in a.iter().enumerate() {
        let x = ops::index(vm, x)?;
        if i == 0 {
            r = magnitude(&x);
            continue;
        }
        r = match (r.small_int(), x.small_int()) {
            (Some(p), Some(q)) => match small(p.unsigned_abs(), q.unsigned_abs()) {
                Some(n) => int::from_u64(n),
                None => int::from_big(large(&IBig::from(p), &IBig::from(q))),
            },
            _ => int::from_big(large(&big_of(&r), &big_of(&x))),
        };
    }
    Ok(r)
}
fn magnitude(x: &Obj) -> Obj {
    match int::as_int(x) {
        Some(n) if n.is_negative() => int::from_big(-n.to_big()),
        _ => x.clone(),
    }
}
pub fn gcd(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    fold(vm, a, 0, |a, b| Some(small_gcd(a, b)), num::gcd)
}
pub fn lcm(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let small = |a: u64, b: u64| if a == 0 || b == 0 { Some(0) } else { (a / small_gcd(a, b)).checked_mul(b) };
    fold(vm, a, 1, small, num::lcm)
}
pub fn isqrt(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::index(vm, n)?;
    match int::as_int(&n) {
        Some(Int::Small(n)) if n >= 0 => Ok(int::from_i64(n.isqrt())),
        Some(Int::Big(b)) if *b >= IBig::ZERO => {
            num::isqrt(b).map(int::from_big).map_err(|_| error::value_error("isqrt() argument must be nonnegative"))
        }
        _ => Err(error::value_error("isqrt() argument must be nonnegative")),
    }
}

/// The product of the whole numbers `low..=high`, by halves so that the factors stay of like size.
fn range_product(low: u64, high: u64) -> IBig {
    if low > high {
        return IBig::ONE;
    }
    if high - low < 8 {
        let mut wide: u128 = 1;
        let mut r = IBig::ONE;
        for k in low..=high {
            match wide.checked_mul(k.into()) {
                Some(p) => wide = p,
                None => {
                    r *= IBig::from(wide);
                    wide = k.into();
                }
            }
        }
        return r * IBig::from(wide);
    }
    let middle = low + (high - low) / 2;
    range_product(low, middle) * range_product(middle + 1, high)
}

/// Results of more bits than this cannot be held; asking for them is a MemoryError.
const MAX_BITS: f64 = 8.0 * (1u64 << 37) as f64;
fn check_size(factors: u64, largest: f64) -> PyResult<()> {
    if factors as f64 * largest.log2() > MAX_BITS { Err(error::no_memory()) } else { Ok(()) }
}

pub fn factorial(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::index(vm, n)?;
    let Some(n) = int::as_int(&n) else { return Ok(n) };
    if n.is_negative() {
        return Err(error::value_error("factorial() not defined for negative values"));
    }
    match n.to_i64() {
        None => Err(error::overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))),
        Some(n) if n <= 20 => Ok(int::from_i64((1..=n).product())),
        Some(n) => {
            check_size(n as u64, n as f64 / 3.0)?;
            // Odd parts first; the power of two is one shift at the end.
            let (mut r, mut inner, mut high) = (IBig::ONE, IBig::ONE, 3u64);
            let n = n as u64;
            for i in (0..64 - n.leading_zeros()).rev() {
                let m = n >> i;
                if m <= 2 {
                    continue;
                }
                let top = (m + 1) | 1;
                inner *= odd_product(high, top);
                r *= &inner;
                high = top;
            }
            Ok(int::from_big(r << (n - u64::from(n.count_ones())) as usize))
        }
    }
}
/// The product of the odd numbers `low, low+2, ..` below `end`.
fn odd_product(low: u64, end: u64) -> IBig {
    let count = end.saturating_sub(low) / 2;
    if count == 0 {
        return IBig::ONE;
    }
    if count <= 2 {
        return (0..count).fold(IBig::ONE, |r, i| r * IBig::from(low + 2 * i));
    }
    let middle = low + 2 * (count / 2);
    odd_product(low, middle) * odd_product(middle, end)
}

fn counts(vm: &Vm, a: &[Obj]) -> PyResult<(Obj, Obj)> {
    let (n, k) = (ops::index(vm, &a[0])?, ops::index(vm, &a[1])?);
    let negative = |o: &Obj| int::as_int(o).is_some_and(|n| n.is_negative());
    if negative(&n) {
        return Err(error::value_error("n must be a non-negative integer"));
    }
    if negative(&k) {
        return Err(error::value_error("k must be a non-negative integer"));
    }
    Ok((n, k))
}
/// n * (n-1) * ... of `k` factors.
fn falling(n: &IBig, k: u64) -> IBig {
    if let Ok(n) = u64::try_from(n) {
        return range_product(n - k + 1, n);
    }
    if k <= 4 {
        return (0..k).fold(IBig::ONE, |r, i| r * (n - IBig::from(i)));
    }
    let half = k / 2;
    falling(n, half) * falling(&(n - IBig::from(half)), k - half)
}
pub fn perm(vm: &Vm, m: &Obj, a: &[Obj]) -> PyResult {
    if a.len() == 1 || a[1].is_none() {
        return factorial(vm, m, &a[0]);
    }
    let (n, k) = counts(vm, a)?;
    let (n, k) = (big_of(&n), big_of(&k));
    if n < k {
        return Ok(int::from_i64(0));
    }
    let Ok(k) = i64::try_from(&k) else {
        return Err(error::overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    check_size(k as u64, n.to_f64().value().clamp(2.0, f64::MAX) / 3.0)?;
    Ok(int::from_big(falling(&n, k as u64)))
}
pub fn comb(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (n, k) = counts(vm, a)?;
    let (n, k) = (big_of(&n), big_of(&k));
    if n < k {
        return Ok(int::from_i64(0));
    }
    let rest = &n - &k;
    let k = if rest < k { rest } else { k };
    let Ok(k) = i64::try_from(&k) else {
        return Err(error::overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let k = k as u64;
    let ratio = (n.to_f64().value().min(f64::MAX) / k.max(1) as f64).max(2.0);
    check_size(k, ratio)?;
    if let Ok(n) = u64::try_from(&n)
        && let Some(r) = small_comb(n, k)
    {
        return Ok(int::from_u64(r));
    }
    Ok(int::from_big(big_comb(&n, k)))
}
fn small_comb(n: u64, k: u64) -> Option<u64> {
    let mut r: u128 = 1;
    for i in 0..k {
        r = r.checked_mul((n - i).into())? / u128::from(i + 1);
        if r > u128::from(u64::MAX) {
            return None;
        }
    }
    Some(r as u64)
}
/// C(n, k) = C(n, j) * C(n-j, k-j) / C(k, j) with j = k/2, so that every division is exact and operands stay small.
fn big_comb(n: &IBig, k: u64) -> IBig {
    if k <= 1 {
        return if k == 0 { IBig::ONE } else { n.clone() };
    }
    if let Ok(n) = u64::try_from(n)
        && let Some(r) = small_comb(n, k)
    {
        return IBig::from(r);
    }
    let j = k / 2;
    big_comb(n, j) * big_comb(&(n - IBig::from(j)), k - j) / big_comb(&IBig::from(k), j)
}
