//! Literals of the tree as constants of the code.

use adder_isa::Const;
use adder_syntax::ast::Constant;

/// The constant of a literal.
pub fn constant(value: &Constant) -> Const {
    match value {
        Constant::None => Const::None,
        Constant::Bool(value) => Const::Bool(*value),
        Constant::Int(value) => Const::Int(*value),
        Constant::BigInt(text) => big_int(text),
        Constant::Float(value) => Const::Float(*value),
        Constant::Complex { real, imag } => Const::Complex(*real, *imag),
        Constant::Str(text) => Const::Str(text.as_bytes().into()),
        Constant::Bytes(bytes) => Const::Bytes(bytes.clone()),
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Tuple(items) => Const::Tuple(items.iter().map(constant).collect()),
        Constant::FrozenSet(items) => Const::FrozenSet(items.iter().map(constant).collect()),
    }
}

/// Reads digits in base 10, or in base 16 after `0x`, with an optional sign.
fn big_int(text: &str) -> Const {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let magnitude = match digits.strip_prefix("0x") {
        Some(hex) => hex_bytes(hex),
        None => decimal_bytes(digits),
    };
    int_const(negative, magnitude)
}

/// An int constant from a sign and little-endian bytes, in its smallest form.
pub fn int_const(negative: bool, mut magnitude: Vec<u8>) -> Const {
    while magnitude.last() == Some(&0) {
        magnitude.pop();
    }
    if magnitude.len() <= 8 {
        let mut bytes = [0u8; 8];
        bytes[..magnitude.len()].copy_from_slice(&magnitude);
        let value = i128::from(u64::from_le_bytes(bytes));
        if let Ok(value) = i64::try_from(if negative { -value } else { value }) {
            return Const::Int(value);
        }
    }
    Const::BigInt { negative, magnitude: magnitude.into() }
}

fn hex_bytes(hex: &str) -> Vec<u8> {
    let nibbles: Vec<u8> = hex.chars().rev().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    nibbles.chunks(2).map(|pair| pair[0] | pair.get(1).copied().unwrap_or(0) << 4).collect()
}

fn decimal_bytes(digits: &str) -> Vec<u8> {
    // Schoolbook conversion by chunks of nine digits: literals long enough to mind are rejected by the digit limit.
    let mut limbs: Vec<u32> = Vec::new();
    let digits = digits.as_bytes();
    let head = digits.len() % 9;
    let mut chunks = vec![&digits[..head]];
    chunks.extend(digits[head..].chunks(9));
    for chunk in chunks {
        let mut carry = chunk.iter().fold(0u64, |acc, d| acc * 10 + u64::from(d.wrapping_sub(b'0')));
        let factor = 10u64.pow(chunk.len() as u32);
        for limb in &mut limbs {
            let value = u64::from(*limb) * factor + carry;
            *limb = value as u32;
            carry = value >> 32;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_literals() {
        let bytes = |n: u128| {
            let mut bytes = n.to_le_bytes().to_vec();
            while bytes.last() == Some(&0) {
                bytes.pop();
            }
            Const::BigInt { negative: false, magnitude: bytes.into() }
        };
        assert_eq!(big_int("123456789012345678901234567890"), bytes(123_456_789_012_345_678_901_234_567_890));
        assert_eq!(big_int("0x123456789abcdef0123456789"), bytes(0x1_2345_6789_abcd_ef01_2345_6789));
        assert_eq!(big_int("-9223372036854775808"), Const::Int(i64::MIN));
    }
}
