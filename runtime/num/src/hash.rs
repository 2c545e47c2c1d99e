//! Python's hashes: numbers modulo 2**61 - 1, tuples, frozensets, text.
//!
//! *Invariants*: no result is -1; numbers that compare equal hash equal, whatever their type.
//! *CPython*: pyhash.c, tupleobject.c, setobject.c.

use crate::float::decompose;
use dashu_int::{IBig, Sign};
use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};
use siphasher::sip::SipHasher13;

/// The prime that numeric hashes are taken modulo.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `hash(float('inf'))`.
pub const INFINITY: i64 = 314_159;
/// The factor of a complex number's imaginary hash.
pub const IMAGINARY: i64 = 1_000_003;

fn finish(negative: bool, magnitude: u64) -> i64 {
    let h = if negative { -(magnitude as i64) } else { magnitude as i64 };
    if h == -1 { -2 } else { h }
}

pub fn hash_i64(value: i64) -> i64 {
    finish(value < 0, value.unsigned_abs() % MODULUS)
}

pub fn hash_int(value: &IBig) -> i64 {
    let (sign, words) = value.as_sign_words();
    // 2**64 is 8 modulo the prime, so each word shifts what is there by three bits, around at bit 61.
    let residue = words.iter().rev().fold(0u64, |h, &w| {
        let shifted = (h << 3) & MODULUS | h >> 58;
        let sum = shifted + (w & MODULUS) + (w >> 61);
        let folded = (sum & MODULUS) + (sum >> 61);
        if folded >= MODULUS { folded - MODULUS } else { folded }
    });
    finish(sign == Sign::Negative, residue)
}

/// None for NaN, whose hash is its object's identity.
pub fn hash_float(x: f64) -> Option<i64> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { INFINITY } else { -INFINITY });
    }
    if x.abs() < 9.0e18 && x == x.trunc() {
        return Some(hash_i64(x as i64));
    }
    let (mantissa, exponent) = decompose(x);
    // 2**61 is 1 modulo the prime, so a power of two is a rotation of 61 bits.
    let turn = exponent.rem_euclid(61) as u32;
    let m = mantissa.unsigned_abs();
    let residue = if turn == 0 { m } else { (m << turn) & MODULUS | m >> (61 - turn) };
    Some(finish(x < 0.0, residue % MODULUS))
}

/// From the hashes of the two parts (a NaN part counts with the object's identity hash).
pub fn hash_complex(real: i64, imaginary: i64) -> i64 {
    let h = real.wrapping_add(imaginary.wrapping_mul(IMAGINARY));
    if h == -1 { -2 } else { h }
}

/// Combines the items' hashes as tuple does.
#[derive(Clone, Copy, Debug)]
pub struct TupleHasher {
    acc: u64,
    count: u64,
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

impl TupleHasher {
    #[allow(clippy::new_without_default)]
    pub fn new() -> TupleHasher {
        TupleHasher { acc: PRIME_5, count: 0 }
    }

    pub fn push(&mut self, item: i64) {
        self.acc = self.acc.wrapping_add((item as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
        self.count += 1;
    }

    pub fn finish(self) -> i64 {
        let h = self.acc.wrapping_add(self.count ^ (PRIME_5 ^ 3_527_539)) as i64;
        if h == -1 { 1_546_275_796 } else { h }
    }
}

pub fn hash_tuple(items: &[i64]) -> i64 {
    let mut hasher = TupleHasher::new();
    items.iter().for_each(|&h| hasher.push(h));
    hasher.finish()
}

/// Combines the items' hashes as frozenset does, in any order.
pub fn hash_frozenset(items: impl IntoIterator<Item = i64>) -> i64 {
    let mut h = 0u64;
    let mut count = 0u64;
    for item in items {
        let item = item as u64;
        h ^= ((item ^ 89_869_747) ^ (item << 16)).wrapping_mul(3_644_798_167);
        count += 1;
    }
    h ^= (count + 1).wrapping_mul(1_927_868_237);
    h ^= (h >> 11) ^ (h >> 25);
    h = h.wrapping_mul(69_069).wrapping_add(907_133_923);
    if h == u64::MAX { 590_923_713 } else { h as i64 }
}

/// The process-wide secret that keys the hashes of str and bytes.
#[derive(Clone, Copy, Debug)]
pub enum TextHasher {
    /// CPython's algorithm, which gives CPython's values for a fixed PYTHONHASHSEED.
    Sip { key0: u64, key1: u64 },
    /// A faster one, when no script can know the values anyway.
    Rapid(RapidSecrets),
}

impl TextHasher {
    /// For a PYTHONHASHSEED that is set; 0 means no randomisation.
    pub fn from_seed(seed: u32) -> TextHasher {
        let mut secret = [0u8; 16];
        if seed != 0 {
            let mut x = seed;
            for b in &mut secret {
                x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
                *b = (x >> 16) as u8;
            }
        }
        let word = |half: &[u8]| half.iter().rev().fold(0u64, |w, &b| w << 8 | u64::from(b));
        TextHasher::Sip { key0: word(&secret[..8]), key1: word(&secret[8..]) }
    }

    /// For a process that wants other hashes than its neighbours.
    pub fn from_random(entropy: u64) -> TextHasher {
        TextHasher::Rapid(RapidSecrets::seed(entropy))
    }

    /// The hash of a str (its PEP 393 bytes) or of a bytes; the empty text hashes to 0.
    pub fn hash(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let h = match self {
            TextHasher::Sip { key0, key1 } => SipHasher13::new_with_keys(*key0, *key1).hash(bytes),
            TextHasher::Rapid(secrets) => rapidhash_v3_seeded(bytes, secrets),
        } as i64;
        if h == -1 { -2 } else { h }
    }
}
