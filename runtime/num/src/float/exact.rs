//! Decimal digits of an `f64` by integer arithmetic of 128 bits, for the numbers and precisions that fit.
//!
//! *Invariant*: what is returned is the exact value rounded once, halves to even; None means that the numbers do not fit.

use super::arith::decompose;
use crate::tail::Tail;

/// The greatest power of ten whose product with a mantissa of 53 bits stays below 2^127.
pub const MAX_PLACES: usize = 22;

const POWERS: [u128; MAX_PLACES + 1] = {
    let mut powers = [1; MAX_PLACES + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// `|x| * 10**places` as an integer, for finite `x`.
pub fn scaled(x: f64, places: usize) -> Option<u128> {
    let (mantissa, exponent) = decompose(x.abs());
    let value = mantissa as u128 * POWERS.get(places)?;
    let shift = exponent.unsigned_abs();
    if exponent >= 0 {
        return (shift <= value.leading_zeros()).then(|| value << shift);
    }
    if shift >= 128 {
        // Less than one half.
        return Some(0);
    }
    let (whole, rest, half) = (value >> shift, value & ((1 << shift) - 1), 1u128 << (shift - 1));
    Some(whole + u128::from(rest > half || rest == half && whole & 1 == 1))
}

/// `|x| / 10**places` as an integer, for finite `x`.
fn divided(x: f64, places: usize) -> Option<u128> {
    let (mantissa, exponent) = decompose(x.abs());
    let (value, power, shift) = (mantissa as u128, *POWERS.get(places)?, exponent.unsigned_abs());
    // One bit is left for the doubling below.
    let shifted = |n: u128| (shift < n.leading_zeros()).then(|| n << shift);
    let (value, divisor) = if exponent >= 0 { (shifted(value)?, power) } else { (value, shifted(power)?) };
    let (whole, rest) = match (u64::try_from(value), u64::try_from(divisor)) {
        (Ok(n), Ok(d)) => (u128::from(n / d), u128::from(n % d)),
        _ => (value / divisor, value % divisor),
    };
    Some(whole + u128::from(rest * 2 > divisor || rest * 2 == divisor && whole & 1 == 1))
}

/// The first `count` significant digits of a finite `x` that is not zero, and how many of them stand before the point.
pub fn significant(x: f64, count: usize) -> Option<(u64, i64)> {
    if count == 0 || count > 17 {
        return None;
    }
    let count = count as i64;
    let mut lead = x.abs().log10().floor() as i64;
    let rounded = |lead: i64| {
        let places = count - 1 - lead;
        if places >= 0 { scaled(x, places as usize) } else { divided(x, places.unsigned_abs() as usize) }
    };
    // The logarithm may be off by one, and rounding may carry into a further digit.
    for _ in 0..3 {
        let digits = rounded(lead)?;
        if digits == POWERS[count as usize - 1] {
            // A power of ten, or a number just below one that has a digit more to tell them apart.
            let finer = rounded(lead - 1)?;
            return Some(if finer < POWERS[count as usize] { (finer as u64, lead) } else { (digits as u64, lead + 1) });
        }
        if digits >= POWERS[count as usize] {
            lead += 1;
        } else if digits < POWERS[count as usize - 1] {
            lead -= 1;
        } else {
            return Some((digits as u64, lead + 1));
        }
    }
    None
}

/// `round(x, places)` of a finite `x`.
pub fn round(x: f64, places: usize) -> Option<f64> {
    // Both numbers are exact as floats, so that one division rounds correctly.
    let digits = scaled(x, places).filter(|&n| n < 1 << 53)?;
    Some((digits as f64 / POWERS[places] as f64).copysign(x))
}

/// The decimal digits of a number, at least `min` of them.
pub struct Decimal(Tail<48>);

impl Decimal {
    pub fn new(mut n: u128, min: usize) -> Decimal {
        let mut d = Tail::new();
        while n > u128::from(u64::MAX) {
            d.put(b'0' + (n % 10) as u8);
            n /= 10;
        }
        let mut n = n as u64;
        while n > 0 {
            d.put(b'0' + (n % 10) as u8);
            n /= 10;
        }
        d.fill(min);
        Decimal(d)
    }
    pub fn text(&self) -> &str {
        self.0.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spread of numbers: all exponents, with mantissas of few and of many bits.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let powers = (-25..=30).map(|k| format!("1e{k}").parse::<f64>().unwrap());
        let borders =
            powers.flat_map(|x| [x.next_down(), x, x.next_up()]).flat_map(|x| std::iter::repeat_n(x, 17 * 23));
        borders.chain((0..20_000u64).map(move |i| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let few = if i % 2 == 0 { u64::MAX } else { u64::MAX << (state % 53) };
            let exponent = if i % 3 == 0 { state >> 52 & 0x7FE } else { 1000 + state % 70 };
            f64::from_bits(exponent << 52 | (state >> 7 & few & ((1 << 52) - 1)))
        }))
    }

    #[test]
    fn agrees_with_std() {
        for (i, x) in numbers().enumerate() {
            let places = i % (MAX_PLACES + 1);
            if let Some(n) = scaled(x, places) {
                let want: String = format!("{x:.places$}").replace('.', "");
                assert_eq!(Decimal::new(n, places + 1).text(), want.as_str(), "{x:e} {places}");
            }
            let count = 1 + i % 17;
            if let Some((digits, point)) = significant(x, count) {
                let text = format!("{x:.0$e}", count - 1);
                let (want, exponent) = text.split_once('e').unwrap();
                assert_eq!(digits.to_string(), want.replace('.', ""), "{x:e} {count}");
                assert_eq!(point - 1, exponent.parse::<i64>().unwrap(), "{x:e} {count}");
            }
            if let Some(r) = round(x, places) {
                assert_eq!(r, format!("{x:.places$}").parse::<f64>().unwrap(), "{x:e} {places}");
            }
        }
    }
}
