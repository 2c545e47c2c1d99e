//! [`Coef`]: the coefficient of a decimal number, a natural number seen as decimal digits.
//!
//! Invariant: a `Big` exceeds 128 bits, so two equal numbers have one form.

use dashu_int::UBig;
use dashu_int::ops::DivRem;
use std::cmp::Ordering;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Coef {
    Small(u128),
    Big(UBig),
}

/// What rounding has to know of the digits that were cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    Zero,
    BelowHalf,
    Half,
    AboveHalf,
}

/// Powers of ten that fit a word pair.
pub const POW10: [u128; 39] = {
    let mut t = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        t[i] = t[i - 1] * 10;
        i += 1;
    }
    t
};

/// Decimal digits of a number; 1 for zero.
#[inline]
pub fn digits_of(n: u128) -> i64 {
    let bits = 128 - (n | 1).leading_zeros();
    let guess = (bits as usize * 1233) >> 12;
    guess as i64 + i64::from(n >= POW10[guess]).max(i64::from(guess == 0))
}

/// `10^n` of any size.
pub fn pow10(n: u64) -> UBig {
    if n < 39 { UBig::from(POW10[n as usize]) } else { UBig::from(5u8).pow(n as usize) << n as usize }
}

impl Coef {
    pub const ZERO: Coef = Coef::Small(0);
    pub const ONE: Coef = Coef::Small(1);

    #[inline]
    pub fn from_big(n: UBig) -> Coef {
        match u128::try_from(&n) {
            Ok(n) => Coef::Small(n),
            Err(_) => Coef::Big(n),
        }
    }
    pub fn to_big(&self) -> UBig {
        match self {
            Coef::Small(n) => UBig::from(*n),
            Coef::Big(n) => n.clone(),
        }
    }
    /// From ASCII digits.
    pub fn parse(digits: &[u8]) -> Coef {
        if digits.len() <= 38 {
            return Coef::Small(digits.iter().fold(0, |n, d| n * 10 + u128::from(d - b'0')));
        }
        let text = std::str::from_utf8(digits).unwrap_or("0");
        Coef::from_big(UBig::from_str_radix(text, 10).unwrap_or(UBig::ZERO))
    }
    pub fn text(&self) -> String {
        match self {
            Coef::Small(n) => match u64::try_from(*n) {
                Ok(n) => n.to_string(),
                Err(_) => n.to_string(),
            },
            Coef::Big(n) => n.to_string(),
        }
    }
    #[inline]
    pub fn is_zero(&self) -> bool {
        matches!(self, Coef::Small(0))
    }
    pub fn is_odd(&self) -> bool {
        self.low_bits() & 1 == 1
    }
    fn low_bits(&self) -> u64 {
        match self {
            Coef::Small(n) => *n as u64,
            Coef::Big(n) => n.as_words().first().map_or(0, |w| *w),
        }
    }
    /// The last decimal digit.
    pub fn last_digit(&self) -> u8 {
        match self {
            Coef::Small(n) => match u64::try_from(*n) {
                Ok(n) => (n % 10) as u8,
                Err(_) => (n % 10) as u8,
            },
            Coef::Big(n) => n % 10u8,
        }
    }
    #[inline]
    pub fn digits(&self) -> i64 {
        match self {
            Coef::Small(n) => digits_of(*n),
            Coef::Big(n) => big_digits(n),
        }
    }
    /// `self * 10^n`.
    pub fn shifted(&self, n: u64) -> Coef {
        if n == 0 || self.is_zero() {
            return self.clone();
        }
        if let (Coef::Small(c), true) = (self, n < 39)
            && let Some(r) = c.checked_mul(POW10[n as usize])
        {
            return Coef::Small(r);
        }
        Coef::from_big(self.to_big() * pow10(n))
    }
    /// As [`Coef::shifted`], without trying what fits no memory.
    pub fn grown(&self, n: u64, status: &mut u32) -> Coef {
        if n > 1 << 30 && !self.is_zero() {
            *status |= super::number::flag::MALLOC_ERROR;
            return Coef::ZERO;
        }
        self.shifted(n)
    }
    /// `self / 10^n` and what the cut digits amount to.
    pub fn cut(&self, n: u64) -> (Coef, Tail) {
        if n == 0 {
            return (self.clone(), Tail::Zero);
        }
        if self.is_zero() {
            return (Coef::ZERO, Tail::Zero);
        }
        match self {
            Coef::Small(c) if n >= 39 => {
                debug_assert!(*c != 0);
                (Coef::ZERO, Tail::BelowHalf)
            }
            Coef::Small(c) => {
                let d = POW10[n as usize];
                let (q, r) = div_small(*c, d);
                (Coef::Small(q), tail_of(r, d))
            }
            Coef::Big(c) => {
                if n as i64 > self.digits() {
                    return (Coef::ZERO, Tail::BelowHalf);
                }
                let d = pow10(n);
                let (q, r) = c.div_rem(&d);
                let tail = match (r.is_zero(), (r << 1usize).cmp(&d)) {
                    (true, _) => Tail::Zero,
                    (_, Ordering::Less) => Tail::BelowHalf,
                    (_, Ordering::Equal) => Tail::Half,
                    (_, Ordering::Greater) => Tail::AboveHalf,
                };
                (Coef::from_big(q), tail)
            }
        }
    }
    /// `self % 10^n`: the last `n` digits.
    pub fn low_digits(&self, n: u64) -> Coef {
        match self {
            Coef::Small(_) if n >= 39 => self.clone(),
            Coef::Small(c) => Coef::Small(c % POW10[n as usize]),
            Coef::Big(_) if n as i64 >= self.digits() => self.clone(),
            Coef::Big(c) => Coef::from_big(c % pow10(n)),
        }
    }
    pub fn add(&self, o: &Coef) -> Coef {
        if let (Coef::Small(a), Coef::Small(b)) = (self, o)
            && let Some(r) = a.checked_add(*b)
        {
            return Coef::Small(r);
        }
        Coef::from_big(self.to_big() + o.to_big())
    }
    /// `self - o`, which is not negative.
    pub fn sub(&self, o: &Coef) -> Coef {
        match (self, o) {
            (Coef::Small(a), Coef::Small(b)) => Coef::Small(a.saturating_sub(*b)),
            _ if (*self).cmp(o).is_lt() => Coef::ZERO,
            _ => Coef::from_big(self.to_big() - o.to_big()),
        }
    }
    pub fn mul(&self, o: &Coef) -> Coef {
        if let (Coef::Small(a), Coef::Small(b)) = (self, o)
            && let Some(r) = a.checked_mul(*b)
        {
            return Coef::Small(r);
        }
        match (self, o) {
            (Coef::Big(a), Coef::Big(b)) => Coef::from_big(a * b),
            (Coef::Big(a), Coef::Small(b)) | (Coef::Small(b), Coef::Big(a)) => Coef::from_big(a * *b),
            (Coef::Small(a), Coef::Small(b)) => Coef::from_big(UBig::from(*a) * *b),
        }
    }
    /// Quotient and remainder; `d` is not zero.
    pub fn div_rem(&self, d: &Coef) -> (Coef, Coef) {
        match (self, d) {
            (_, Coef::Small(0)) => (Coef::ZERO, Coef::ZERO),
            (Coef::Small(a), Coef::Small(b)) => {
                let (q, r) = div_small(*a, *b);
                (Coef::Small(q), Coef::Small(r))
            }
            (Coef::Small(_), Coef::Big(_)) => (Coef::ZERO, self.clone()),
            _ => {
                let (q, r) = self.to_big().div_rem(d.to_big());
                (Coef::from_big(q), Coef::from_big(r))
            }
        }
    }
    /// Zeros at the end of a number that is not zero, at most `limit`.
    pub fn trailing_zeros(&self, limit: u64) -> u64 {
        let mut n = 0;
        match self {
            Coef::Small(c) => {
                let mut c = *c;
                while n < limit && c != 0 {
                    let (q, r) = div_small(c, 10);
                    if r != 0 {
                        break;
                    }
                    (c, n) = (q, n + 1);
                }
                n
            }
            Coef::Big(c) => {
                // A power of ten divides only what as many twos divide.
                let twos = c.trailing_zeros().unwrap_or(0);
                if twos == 0 {
                    return 0;
                }
                let text = c.to_string();
                let zeros = text.bytes().rev().take_while(|b| *b == b'0').count() as u64;
                zeros.min(limit)
            }
        }
    }
}

impl PartialOrd for Coef {
    fn partial_cmp(&self, o: &Coef) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Coef {
    fn cmp(&self, o: &Coef) -> Ordering {
        match (self, o) {
            (Coef::Small(a), Coef::Small(b)) => a.cmp(b),
            (Coef::Small(_), Coef::Big(_)) => Ordering::Less,
            (Coef::Big(_), Coef::Small(_)) => Ordering::Greater,
            (Coef::Big(a), Coef::Big(b)) => a.cmp(b),
        }
    }
}

/// Division that uses one machine word where both numbers fit.
#[inline]
pub fn div_small(a: u128, b: u128) -> (u128, u128) {
    match (u64::try_from(a), u64::try_from(b)) {
        (Ok(x), Ok(y)) => (u128::from(x / y), u128::from(x % y)),
        _ => {
            let q = a / b;
            (q, a - q * b)
        }
    }
}

#[inline]
pub fn tail_of(r: u128, d: u128) -> Tail {
    if r == 0 {
        return Tail::Zero;
    }
    match r.cmp(&(d - r)) {
        Ordering::Less => Tail::BelowHalf,
        Ordering::Equal => Tail::Half,
        Ordering::Greater => Tail::AboveHalf,
    }
}

fn big_digits(n: &UBig) -> i64 {
    use dashu_int::ops::BitTest;
    // log10(2) from below and above; between the two, the number itself decides.
    let bits = n.bit_len() as u128;
    let low = ((bits - 1) * 30_102_999_566 / 100_000_000_000) as u64;
    let high = (bits * 30_103_000_000 / 100_000_000_000) as u64;
    let mut digits = low;
    for d in low..=high {
        if *n >= pow10(d) {
            digits = d + 1;
        } else {
            break;
        }
    }
    digits as i64
}

/// A number of 256 bits: what products of two words pairs need.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Wide {
    pub high: u128,
    pub low: u128,
}

impl Wide {
    pub const fn mul(a: u128, b: u128) -> Wide {
        const M: u128 = u64::MAX as u128;
        let (a1, a0, b1, b0) = (a >> 64, a & M, b >> 64, b & M);
        let (ll, lh, hl, hh) = (a0 * b0, a0 * b1, a1 * b0, a1 * b1);
        let mid = (ll >> 64) + (lh & M) + (hl & M);
        Wide { high: hh + (lh >> 64) + (hl >> 64) + (mid >> 64), low: (mid << 64) | (ll & M) }
    }
    /// Quotient and remainder; the quotient must fit, that is `high < d`.
    pub fn div(self, d: u128) -> (u128, u128) {
        if self.high == 0 {
            return div_small(self.low, d);
        }
        if let Ok(d) = u64::try_from(d) {
            // high < d: two steps of one word each.
            let d = u128::from(d);
            let t = (self.high << 64) | (self.low >> 64);
            let (q1, r1) = (t / d, t % d);
            let t = (r1 << 64) | (self.low & u128::from(u64::MAX));
            return ((q1 << 64) | (t / d), t % d);
        }
        let s = d.leading_zeros();
        let (d, high, low) = if s == 0 {
            (d, self.high, self.low)
        } else {
            (d << s, (self.high << s) | (self.low >> (128 - s)), self.low << s)
        };
        let (q1, r) = step(high, (low >> 64) as u64, d);
        let (q0, r) = step(r, low as u64, d);
        ((u128::from(q1) << 64) | u128::from(q0), r >> s)
    }
}

/// One digit (of 64 bits) of a long division: `(high * 2^64 + next) / d` with `high < d`, `d` normalised.
fn step(high: u128, next: u64, d: u128) -> (u64, u128) {
    const M: u128 = u64::MAX as u128;
    let (d1, d0) = (d >> 64, d & M);
    let mut q = if high >> 64 >= d1 { M } else { high / d1 };
    loop {
        // q * d as 192 bits against high * 2^64 + next.
        let (p0, p1) = (q * d0, q * d1);
        let (low, carry) = (p0 & M, p0 >> 64);
        let top = p1 + carry;
        if top < high || (top == high && low <= u128::from(next)) {
            let mut r = high - top;
            let mut n = u128::from(next);
            if n < low {
                n += 1 << 64;
                r -= 1;
            }
            return (q as u64, (r << 64) + (n - low));
        }
        q -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_at_every_power() {
        assert_eq!(digits_of(0), 1);
        for i in 1..39 {
            assert_eq!(digits_of(POW10[i]), i as i64 + 1);
            assert_eq!(digits_of(POW10[i] - 1), i as i64);
        }
        assert_eq!(digits_of(u128::MAX), 39);
        for i in 39..200 {
            assert_eq!(big_digits(&pow10(i)), i as i64 + 1);
            assert_eq!(big_digits(&(pow10(i) - 1u8)), i as i64);
        }
    }

    #[test]
    fn wide_division() {
        let mut x: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
        for i in 0..2000u32 {
            x = x.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(0x5851_F42D_4C95_7F2D);
            let a = x >> (i % 100);
            let b = x.rotate_left(59) >> (i % 67);
            let d = (x.rotate_left(17) >> (i % 120)).max(1);
            let w = Wide::mul(a, b);
            if w.high >= d {
                continue;
            }
            let (q, r) = w.div(d);
            let (bq, br) = (UBig::from(a) * UBig::from(b)).div_rem(UBig::from(d));
            assert_eq!((UBig::from(q), UBig::from(r)), (bq, br));
        }
    }
}
