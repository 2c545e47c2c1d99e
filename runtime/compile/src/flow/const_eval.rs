//! Operations on constants at compile time.
//!
//! *Invariants.* A result is exactly what the operation gives at run time, or `None`: when it raises, and when the result
//! would be too large to be worth keeping in the code.

use adder_isa::Const;
use adder_isa::operands::BinaryOperator;
use adder_num::complex::{self, Complex};
use adder_num::{IBig, Sign, UBig, float, int};

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-x`.
    Negative,
    /// `+x`.
    Positive,
    /// `~x`.
    Invert,
    /// `not x`.
    Not,
}

const MAX_INT_BITS: usize = 128;
const MAX_COLLECTION_SIZE: usize = 256;
const MAX_STR_SIZE: usize = 4096;
const MAX_TOTAL_ITEMS: usize = 1024;

enum Number {
    Int(IBig),
    Float(f64),
    Complex(Complex),
}

fn number(value: &Const) -> Option<Number> {
    Some(match value {
        Const::Bool(value) => Number::Int(IBig::from(i64::from(*value))),
        Const::Int(value) => Number::Int(IBig::from(*value)),
        Const::BigInt { negative, magnitude } => {
            let sign = if *negative { Sign::Negative } else { Sign::Positive };
            Number::Int(IBig::from_parts(sign, UBig::from_le_bytes(magnitude)))
        }
        Const::Float(value) => Number::Float(*value),
        Const::Complex(re, im) => Number::Complex(Complex { re: *re, im: *im }),
        _ => return None,
    })
}

fn int_value(value: &Const) -> Option<IBig> {
    match number(value)? {
        Number::Int(value) => Some(value),
        _ => None,
    }
}

fn int_const(value: &IBig) -> Const {
    match int::to_i64(value) {
        Some(small) => Const::Int(small),
        None => {
            let (sign, magnitude) = value.clone().into_parts();
            Const::BigInt { negative: sign == Sign::Negative, magnitude: magnitude.to_le_bytes() }
        }
    }
}

fn complex_const(value: Complex) -> Const {
    Const::Complex(value.re, value.im)
}

/// Truth of a constant.
pub fn is_true(value: &Const) -> bool {
    match value {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Int(value) => *value != 0,
        Const::BigInt { .. } | Const::Ellipsis | Const::Slice(_) | Const::Code(_) => true,
        Const::Float(value) => *value != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(bytes) | Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
    }
}

/// Python's `==` between constants.
pub fn equal(a: &Const, b: &Const) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => numbers_equal(&a, &b),
        (None, None) => match (a, b) {
            (Const::Tuple(a), Const::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
            (Const::FrozenSet(a), Const::FrozenSet(b)) => {
                a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| equal(a, b)))
            }
            _ => a == b,
        },
        _ => false,
    }
}

fn numbers_equal(a: &Number, b: &Number) -> bool {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        (Number::Float(a), Number::Float(b)) => a == b,
        (Number::Int(a), Number::Float(b)) | (Number::Float(b), Number::Int(a)) => {
            int::from_f64(*b).is_ok_and(|whole| float::is_integer(*b) && whole == *a)
        }
        (Number::Complex(a), Number::Complex(b)) => a.re == b.re && a.im == b.im,
        (Number::Complex(z), other) | (other, Number::Complex(z)) => {
            z.im == 0.0 && numbers_equal(&Number::Float(z.re), other)
        }
    }
}

/// A frozenset of the items, equal ones once.
pub fn frozenset(items: &[Const]) -> Const {
    let mut kept: Vec<Const> = Vec::with_capacity(items.len());
    for item in items {
        if !kept.iter().any(|other| equal(other, item)) {
            kept.push(item.clone());
        }
    }
    Const::FrozenSet(kept.into())
}

/// A unary operation.
pub fn unary(op: Unary, value: &Const) -> Option<Const> {
    if op == Unary::Not {
        return Some(Const::Bool(!is_true(value)));
    }
    if op == Unary::Invert && matches!(value, Const::Bool(_)) {
        // Deprecated: the warning belongs to the run.
        return None;
    }
    Some(match (op, number(value)?) {
        (Unary::Negative, Number::Int(value)) => int_const(&-value),
        (Unary::Positive, Number::Int(value)) => int_const(&value),
        (Unary::Invert, Number::Int(value)) => int_const(&!value),
        (Unary::Negative, Number::Float(value)) => Const::Float(-value),
        (Unary::Positive, Number::Float(value)) => Const::Float(value),
        (Unary::Negative, Number::Complex(value)) => Const::Complex(-value.re, -value.im),
        (Unary::Positive, Number::Complex(value)) => complex_const(value),
        _ => return None,
    })
}

/// A binary operation or subscription.
pub fn binary(op: BinaryOperator, a: &Const, b: &Const) -> Option<Const> {
    use BinaryOperator as Op;
    if op == Op::Subscr {
        return subscript(a, b);
    }
    if let (Const::Bool(a), Const::Bool(b)) = (a, b) {
        match op {
            Op::And => return Some(Const::Bool(a & b)),
            Op::Or => return Some(Const::Bool(a | b)),
            Op::Xor => return Some(Const::Bool(a ^ b)),
            _ => {}
        }
    }
    match (number(a), number(b)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => ints(op, &a, &b),
        (Some(Number::Complex(z)), Some(other)) => complex_and(op, z, &other),
        (Some(other), Some(Number::Complex(z))) => real_and_complex(op, &other, z),
        (Some(a), Some(b)) => floats(op, real(&a)?, real(&b)?),
        (None, None) if op == Op::Add => concat(a, b),
        (None, Some(_)) if op == Op::Multiply => repeat(a, b),
        (Some(_), None) if op == Op::Multiply => repeat(b, a),
        _ => None,
    }
}

fn real(value: &Number) -> Option<f64> {
    match value {
        Number::Int(value) => int::to_f64(value).ok(),
        Number::Float(value) => Some(*value),
        Number::Complex(_) => None,
    }
}

fn ints(op: BinaryOperator, a: &IBig, b: &IBig) -> Option<Const> {
    use BinaryOperator as Op;
    let zero = IBig::ZERO;
    let bits = int::bit_length;
    let result = match op {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => {
            if *a != zero && *b != zero && bits(a) + bits(b) > MAX_INT_BITS {
                return None;
            }
            a * b
        }
        Op::TrueDivide => return int::true_div(a, b).ok().map(Const::Float),
        Op::FloorDivide => int::floor_div(a, b).ok()?,
        Op::Remainder => int::modulo(a, b).ok()?,
        Op::Power => return int_power(a, b),
        Op::Lshift => {
            if *a != zero && *b != zero {
                let count = usize::try_from(int::to_u64(b)?).ok()?;
                if count > MAX_INT_BITS || bits(a) > MAX_INT_BITS - count {
                    return None;
                }
            }
            int::shift_left(a, b).ok()?
        }
        Op::Rshift => int::shift_right(a, b).ok()?,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        _ => return None,
    };
    Some(int_const(&result))
}

fn int_power(a: &IBig, b: &IBig) -> Option<Const> {
    if b.sign() == Sign::Negative {
        return power(int::to_f64(a).ok()?, int::to_f64(b).ok()?);
    }
    if *a != IBig::ZERO && *b != IBig::ZERO {
        let count = usize::try_from(int::to_u64(b)?).ok()?;
        if int::bit_length(a) > MAX_INT_BITS / count {
            return None;
        }
    }
    int::pow(a, b).ok().map(|value| int_const(&value))
}

fn power(a: f64, b: f64) -> Option<Const> {
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return complex::pow(Complex::from(a), Complex::from(b)).ok().map(complex_const);
    }
    float::pow(a, b).ok().map(Const::Float)
}

fn floats(op: BinaryOperator, a: f64, b: f64) -> Option<Const> {
    use BinaryOperator as Op;
    let result = match op {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::TrueDivide => float::true_div(a, b).ok()?,
        Op::FloorDivide => float::floor_div(a, b).ok()?,
        Op::Remainder => float::modulo(a, b).ok()?,
        Op::Power => return power(a, b),
        _ => return None,
    };
    Some(Const::Float(result))
}

fn complex_and(op: BinaryOperator, z: Complex, other: &Number) -> Option<Const> {
    use BinaryOperator as Op;
    if let Number::Complex(w) = other {
        let result = match op {
            Op::Add => Complex { re: z.re + w.re, im: z.im + w.im },
            Op::Subtract => Complex { re: z.re - w.re, im: z.im - w.im },
            Op::Multiply => complex::mul(z, *w),
            Op::TrueDivide => complex::div(z, *w).ok()?,
            Op::Power => complex::pow(z, *w).ok()?,
            _ => return None,
        };
        return Some(complex_const(result));
    }
    let x = real(other)?;
    let result = match op {
        Op::Add => Complex { re: z.re + x, im: z.im },
        Op::Subtract => Complex { re: z.re - x, im: z.im },
        Op::Multiply => Complex { re: z.re * x, im: z.im * x },
        Op::TrueDivide => complex::div_by_real(z, x).ok()?,
        Op::Power => complex::pow(z, Complex::from(x)).ok()?,
        _ => return None,
    };
    Some(complex_const(result))
}

fn real_and_complex(op: BinaryOperator, other: &Number, z: Complex) -> Option<Const> {
    use BinaryOperator as Op;
    let x = real(other)?;
    let result = match op {
        Op::Add => Complex { re: x + z.re, im: z.im },
        Op::Subtract => Complex { re: x - z.re, im: -z.im },
        Op::Multiply => Complex { re: x * z.re, im: x * z.im },
        Op::TrueDivide => complex::real_div(x, z).ok()?,
        Op::Power => complex::pow(Complex::from(x), z).ok()?,
        _ => return None,
    };
    Some(complex_const(result))
}

fn concat(a: &Const, b: &Const) -> Option<Const> {
    Some(match (a, b) {
        (Const::Str(a), Const::Str(b)) => Const::Str([&a[..], b].concat().into()),
        (Const::Bytes(a), Const::Bytes(b)) => Const::Bytes([&a[..], b].concat().into()),
        (Const::Tuple(a), Const::Tuple(b)) => Const::Tuple([&a[..], b].concat().into()),
        _ => return None,
    })
}

/// Number of code points of WTF-8 text.
fn text_len(text: &[u8]) -> usize {
    text.iter().filter(|byte| !(0x80..0xC0).contains(*byte)).count()
}

fn total_items(items: &[Const], limit: usize) -> Option<usize> {
    let mut left = limit.checked_sub(items.len())?;
    for item in items {
        if let Const::Tuple(inner) = item {
            left = total_items(inner, left)?;
        }
    }
    Some(left)
}

fn repeat(sequence: &Const, count: &Const) -> Option<Const> {
    let count = int_value(count)?;
    let size = match sequence {
        Const::Str(text) => text_len(text),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    let limit = if matches!(sequence, Const::Tuple(_)) { MAX_COLLECTION_SIZE } else { MAX_STR_SIZE };
    let count = match usize::try_from(int::to_i64(&count)?) {
        Ok(count) => count,
        Err(_) if size == 0 => 0,
        Err(_) => return None,
    };
    if size > 0 && count > limit / size {
        return None;
    }
    let count = if size == 0 { 0 } else { count };
    Some(match sequence {
        Const::Str(text) => Const::Str(text.repeat(count).into()),
        Const::Bytes(bytes) => Const::Bytes(bytes.repeat(count).into()),
        Const::Tuple(items) => {
            if let Some(limit) = MAX_TOTAL_ITEMS.checked_div(count) {
                total_items(items, limit)?;
            }
            Const::Tuple(std::iter::repeat_n(items, count).flat_map(|items| items.iter().cloned()).collect())
        }
        _ => return None,
    })
}

/// Code points of WTF-8 text as slices.
fn chars(text: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = (0..text.len()).filter(|at| !(0x80..0xC0).contains(&text[*at])).collect();
    starts.push(text.len());
    starts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

fn subscript(sequence: &Const, index: &Const) -> Option<Const> {
    let size = match sequence {
        Const::Str(text) => text_len(text),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    if let Const::Slice(parts) = index {
        let indices = slice_indices(parts, size)?;
        return Some(match sequence {
            Const::Str(text) => {
                let chars = chars(text);
                Const::Str(indices.iter().flat_map(|at| chars[*at].iter().copied()).collect())
            }
            Const::Bytes(bytes) => Const::Bytes(indices.iter().map(|at| bytes[*at]).collect()),
            Const::Tuple(items) => Const::Tuple(indices.iter().map(|at| items[*at].clone()).collect()),
            _ => return None,
        });
    }
    let at = int::to_i64(&int_value(index)?)?;
    let at = if at < 0 { at.checked_add(size as i64)? } else { at };
    let at = usize::try_from(at).ok().filter(|at| *at < size)?;
    Some(match sequence {
        Const::Str(text) => Const::Str(chars(text)[at].into()),
        Const::Bytes(bytes) => Const::Int(i64::from(bytes[at])),
        Const::Tuple(items) => items[at].clone(),
        _ => return None,
    })
}

fn slice_indices(parts: &[Const; 3], size: usize) -> Option<Vec<usize>> {
    let part = |value: &Const| -> Option<Option<i64>> {
        match value {
            Const::None => Some(None),
            _ => Some(Some(int::to_i64(&int_value(value)?)?)),
        }
    };
    let size = size as i64;
    let step = part(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let clamp = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(value) if value < 0 => value.saturating_add(size).clamp(low, high),
        Some(value) => value.clamp(low, high),
    };
    let start = clamp(part(&parts[0])?, if step > 0 { low } else { high });
    let stop = clamp(part(&parts[1])?, if step > 0 { high } else { low });
    let mut indices = Vec::new();
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        indices.push(at as usize);
        let Some(next) = at.checked_add(step) else { break };
        at = next;
    }
    Some(indices)
}
