//! Single items of memory, by their native format letter: reading them as objects, writing objects.
//!
//! *CPython*: memoryobject.c, unpack_single, pack_single.

use adder_object::{
    Bytes, Obj, ObjExt, PyErr, PyResult, Vm, bytes, error, exceptions as exc, float, int, ops, singletons,
};

/// The size of a native single-character format, '@' allowed; None for anything else.
pub fn native_size(format: &str) -> Option<(u8, usize)> {
    let f = format.strip_prefix('@').unwrap_or(format);
    let [c] = f.as_bytes() else { return None };
    Some((
        *c,
        match c {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
            _ => return None,
        },
    ))
}

pub fn is_byte_format(c: u8) -> bool {
    matches!(c, b'b' | b'B' | b'c')
}

/// The value of an item; `data` is one item long.
pub fn unpack(format: &str, data: &[u8]) -> PyResult {
    let unsupported = || error::not_implemented_error(format!("memoryview: format {format} not supported"));
    let Some((c, size)) = native_size(format) else { return Err(unsupported()) };
    let Some(data) = data.get(..size) else { return Err(unsupported()) };
    let mut word = [0u8; 8];
    word[..size].copy_from_slice(data);
    let u = u64::from_ne_bytes(word);
    Ok(match c {
        b'c' => bytes::new(data),
        b'?' => singletons::bool_obj(u != 0),
        b'b' => int::from_i64(i64::from(u as i8)),
        b'h' => int::from_i64(i64::from(u as i16)),
        b'i' => int::from_i64(i64::from(u as i32)),
        b'l' | b'q' | b'n' => int::from_i64(u as i64),
        b'e' => float::from_f64_identity(half(u as u16)),
        b'f' => float::from_f64_identity(f64::from(f32::from_bits(u as u32))),
        b'd' => float::from_f64_identity(f64::from_bits(u)),
        _ => int::from_u64(u),
    })
}

/// The value of a binary16 number.
fn half(bits: u16) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15, i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let x = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1024.0 + fraction) * 2f64.powi(e - 25),
    };
    if sign == 1 { -x } else { x }
}

/// The binary16 number nearest to `x`, ties to even; None beyond its range.
fn to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    let a = x.abs();
    if a.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if a == 0.0 {
        return Some(sign);
    }
    let exponent = (((a.to_bits() >> 52) as i32) - 1023).max(-14);
    // Units of the last place are exact powers of two.
    let units = (a / 2f64.powi(exponent - 10)).round_ties_even() as u32;
    let (units, exponent) = if units == 2048 { (1024, exponent + 1) } else { (units, exponent) };
    if exponent > 15 {
        return None;
    }
    let bits = if units < 1024 { units as u16 } else { ((exponent + 15) as u16) << 10 | (units as u16 & 1023) };
    Some(sign | bits)
}

fn invalid_type(format: &str) -> PyErr {
    error::type_error(format!("memoryview: invalid type for format '{}'", format.trim_start_matches('@')))
}
fn invalid_value(format: &str) -> PyErr {
    error::value_error(format!("memoryview: invalid value for format '{}'", format.trim_start_matches('@')))
}

fn as_type<T>(r: PyResult<T>, format: &str) -> PyResult<T> {
    r.map_err(|e| if e.is(&exc::TYPE_ERROR) { invalid_type(format) } else { e })
}

/// The bytes of a value as an item. Evaluates the value (which may run code) before memory is touched.
pub fn pack(vm: &Vm, format: &str, v: &Obj) -> PyResult<Vec<u8>> {
    let Some((c, size)) = native_size(format) else {
        return Err(error::not_implemented_error(format!("memoryview: format {format} not supported")));
    };
    match c {
        b'c' => match v.get::<Bytes>().map(Bytes::as_slice) {
            Some([b]) => Ok(vec![*b]),
            Some(_) => Err(invalid_value(format)),
            None => Err(invalid_type(format)),
        },
        b'?' => Ok(vec![u8::from(ops::truth(vm, v)?)]),
        b'e' | b'f' | b'd' => {
            let x = as_type(ops::to_f64(vm, v), format)?;
            match c {
                b'd' => Ok(x.to_ne_bytes().to_vec()),
                b'f' if (x as f32).is_infinite() && x.is_finite() => {
                    Err(error::overflow_error("float too large to pack with f format"))
                }
                b'f' => Ok((x as f32).to_ne_bytes().to_vec()),
                _ => match to_half(x) {
                    Some(h) => Ok(h.to_ne_bytes().to_vec()),
                    None => Err(error::overflow_error("float too large to pack with e format")),
                },
            }
        }
        c => {
            let n = as_type(ops::index(vm, v), format)?;
            let n = int::as_int(&n).ok_or_else(|| invalid_type(format))?.to_big();
            let bits = size as u32 * 8;
            let signed = matches!(c, b'b' | b'h' | b'i' | b'l' | b'q' | b'n');
            let wide = i128::try_from(&n).map_err(|_| invalid_value(format))?;
            let (low, high) = if signed { (-(1i128 << (bits - 1)), 1i128 << (bits - 1)) } else { (0, 1i128 << bits) };
            if wide < low || wide >= high {
                return Err(invalid_value(format));
            }
            Ok((wide as u64).to_ne_bytes()[..size].to_vec())
        }
    }
}
