//! `int.from_bytes` with its inverse.

use dashu_int::{IBig, Sign, UBig};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToBytesError {
    /// OverflowError: int too big to convert
    TooBig,
    /// OverflowError: can't convert negative int to unsigned
    Negative,
}

pub fn from_bytes(bytes: &[u8], order: ByteOrder, signed: bool) -> IBig {
    let magnitude = match order {
        ByteOrder::Little => UBig::from_le_bytes(bytes),
        ByteOrder::Big => UBig::from_be_bytes(bytes),
    };
    let top = match order {
        ByteOrder::Little => bytes.last(),
        ByteOrder::Big => bytes.first(),
    };
    let value = IBig::from(magnitude);
    if signed && top.is_some_and(|b| b & 0x80 != 0) { value - (IBig::ONE << (bytes.len() * 8)) } else { value }
}

pub fn to_bytes(value: &IBig, length: usize, order: ByteOrder, signed: bool) -> Result<Vec<u8>, ToBytesError> {
    let negative = value.sign() == Sign::Negative;
    if negative && !signed {
        return Err(ToBytesError::Negative);
    }
    let words = value.as_sign_words().1;
    let mut out = Vec::with_capacity(length.min(1 << 30));
    out.extend(words.iter().flat_map(|w| w.to_le_bytes()).take(length));
    if words.iter().flat_map(|w| w.to_le_bytes()).skip(length).any(|b| b != 0) {
        return Err(ToBytesError::TooBig);
    }
    out.resize(length, 0);
    if negative {
        negate(&mut out);
    }
    if signed && !words.is_empty() {
        // The sign bit must say what the sign is; no bytes at all can only be zero.
        let sign_bit = out.last().is_some_and(|b| b & 0x80 != 0);
        if sign_bit != negative || out.is_empty() {
            return Err(ToBytesError::TooBig);
        }
    }
    if order == ByteOrder::Big {
        out.reverse();
    }
    Ok(out)
}

pub fn to_bytes_i64(value: i64, length: usize, order: ByteOrder, signed: bool) -> Result<Vec<u8>, ToBytesError> {
    to_bytes(&IBig::from(value), length, order, signed)
}

/// Two's complement negation, little end first.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for b in bytes {
        let (v, c) = (!*b).overflowing_add(u8::from(carry));
        *b = v;
        carry = c;
    }
}
