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

/// The bytes of a small number, into `out`.
pub fn write_i64(value: i64, out: &mut [u8], order: ByteOrder, signed: bool) -> Result<(), ToBytesError> {
    if value < 0 && !signed {
        return Err(ToBytesError::Negative);
    }
    let n = out.len().min(8);
    let fits = match (n as u32 * 8, signed) {
        (64, _) => true,
        (0, _) => value == 0,
        (bits, true) => value << (64 - bits) >> (64 - bits) == value,
        (bits, false) => value >> bits == 0,
    };
    if !fits {
        return Err(ToBytesError::TooBig);
    }
    out.fill(if value < 0 { 0xFF } else { 0 });
    match order {
        ByteOrder::Little => out[..n].copy_from_slice(&value.to_le_bytes()[..n]),
        ByteOrder::Big => {
            let at = out.len() - n;
            out[at..].copy_from_slice(&value.to_be_bytes()[8 - n..]);
        }
    }
    Ok(())
}

/// The number that at most seven bytes stand for; None for more.
pub fn small_from_bytes(bytes: &[u8], order: ByteOrder, signed: bool) -> Option<i64> {
    if bytes.len() > 7 {
        return None;
    }
    let add = |n: i64, &b: &u8| n << 8 | i64::from(b);
    let n = match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, add),
        ByteOrder::Big => bytes.iter().fold(0, add),
    };
    let unused = 64 - 8 * bytes.len() as u32;
    Some(if signed && unused < 64 { n << unused >> unused } else { n })
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
