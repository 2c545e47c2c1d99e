//! IEEE 754 half-precision numbers.

/// The number that these bits stand for.
pub fn to_f64(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1F);
    let fraction = f64::from(bits & 0x3FF);
    let magnitude = match exponent {
        0 => fraction / 1024.0 * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::from_bits(0x7FF0_0000_0000_0000 | u64::from(bits & 0x3FF) << 42),
        e => (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    };
    if bits >> 15 != 0 { -magnitude } else { magnitude }
}

/// The nearest half, ties to even; None when the number is too large.
pub fn from_f64(x: f64) -> Option<u16> {
    let bits = x.to_bits();
    let sign = (bits >> 63 << 15) as u16;
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if x.is_nan() {
        let payload = (bits >> 42 & 0x3FF) as u16;
        return Some(sign | 0x7C00 | if payload == 0 { 0x200 } else { payload });
    }
    let magnitude = x.abs();
    if magnitude == 0.0 {
        return Some(sign);
    }
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1023;
    // Units of the last place of the result: 2^-24 below the normal range.
    let unit = exponent.max(-14) - 10;
    let units = (magnitude * 2f64.powi(-unit.max(-1000))).round_ties_even();
    let value = if exponent < -14 { units as u32 } else { units as u32 + ((exponent + 14) as u32) * 1024 };
    (value < 0x7C00).then_some(sign | value as u16)
}
