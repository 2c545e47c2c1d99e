//! Hashes of numbers and tuples as CPython defines them (modulo 2^61 - 1; xxHash-like mixing for tuples).

use crate::Obj;
use crate::int::IBig;

/// Hash of an int of 64 bits.
#[inline]
pub fn int(n: i64) -> i64 {
    const P: u64 = (1 << 61) - 1;
    let m = n.unsigned_abs();
    let r = if m < P { m } else { m % P } as i64;
    let h = if n < 0 { -r } else { r };
    if h == -1 { -2 } else { h }
}
pub fn big(b: &IBig) -> i64 {
    adder_num::hash::hash_int(b)
}
pub fn float(x: f64, obj: &Obj) -> i64 {
    adder_num::hash::hash_float(x).unwrap_or_else(|| identity(obj))
}
/// Hash of an object by its address.
#[inline]
pub fn identity(obj: &Obj) -> i64 {
    let b = obj.bits();
    let h = (b.rotate_right(4) & ((1 << 61) - 1)) as i64;
    if h == -1 { -2 } else { h }
}
/// Combines the hashes of a tuple's items.
pub fn tuple(hashes: impl ExactSizeIterator<Item = i64>) -> i64 {
    const P1: u64 = 11400714785074694791;
    const P2: u64 = 14029467366897019727;
    const P5: u64 = 2870177450012600261;
    let len = hashes.len() as u64;
    let mut acc = P5;
    for h in hashes {
        acc = acc.wrapping_add((h as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    }
    acc = acc.wrapping_add(len ^ (P5 ^ 3527539));
    if acc == u64::MAX { 1546275796 } else { acc as i64 }
}
