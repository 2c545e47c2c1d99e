//! One value to bytes, and back.

use super::layout::{Field, Kind, Layout};
use super::struct_error;
use crate::data::{complexes, half};
use adder_object::int::{self, IBig, Int};
use adder_object::{ByteArray, Bytes, Obj, ObjExt, PyErr, PyResult, Vm, bytes, error, exceptions as exc, float, ops};
use adder_object::{singletons, tuple};

/// Sign-extending read of up to 8 bytes.
fn read_bits(b: &[u8], little: bool) -> u64 {
    let mut n = 0u64;
    if little {
        b.iter().rev().for_each(|&x| n = n << 8 | u64::from(x));
    } else {
        b.iter().for_each(|&x| n = n << 8 | u64::from(x));
    }
    n
}
fn write_bits(out: &mut [u8], n: u64, little: bool) {
    let size = out.len();
    if little {
        out.copy_from_slice(&n.to_le_bytes()[..size]);
    } else {
        out.copy_from_slice(&n.to_be_bytes()[8 - size..]);
    }
}
fn read_double(b: &[u8], little: bool) -> f64 {
    match b.len() {
        2 => half::to_f64(read_bits(b, little) as u16),
        4 => widen(f32::from_bits(read_bits(b, little) as u32)),
        _ => f64::from_bits(read_bits(b, little)),
    }
}
/// The conversion of a signalling NaN must not make it quiet.
fn widen(x: f32) -> f64 {
    if !x.is_nan() {
        return x.into();
    }
    let bits = u64::from(x.to_bits());
    f64::from_bits((bits >> 31 << 63) | 0x7FF0_0000_0000_0000 | (bits & 0x7F_FFFF) << 29)
}
fn narrow(x: f64) -> f32 {
    if !x.is_nan() {
        return x as f32;
    }
    let bits = x.to_bits();
    let payload = (bits >> 29 & 0x7F_FFFF) as u32;
    f32::from_bits(((bits >> 63) as u32) << 31 | 0x7F80_0000 | if payload == 0 { 0x40_0000 } else { payload })
}

/// The value of one item.
pub fn unpack(kind: Kind, b: &[u8], little: bool) -> Obj {
    match kind {
        Kind::Pad => singletons::none(),
        Kind::Char | Kind::Bytes => bytes::new(b),
        Kind::Pascal => {
            let n = b.first().map_or(0, |&n| usize::from(n).min(b.len() - 1));
            bytes::new(b.get(1..1 + n).unwrap_or(&[]))
        }
        Kind::Signed => {
            let unused = 64 - 8 * b.len() as u32;
            int::from_i64(((read_bits(b, little) << unused) as i64) >> unused)
        }
        Kind::Unsigned | Kind::Pointer => int::from_u64(read_bits(b, little)),
        Kind::Bool => singletons::bool_obj(b.iter().any(|&x| x != 0)),
        Kind::Half | Kind::Single | Kind::Double => float::from_f64(read_double(b, little)),
        Kind::ComplexSingle | Kind::ComplexDouble => {
            let (re, im) = b.split_at(b.len() / 2);
            float::complex(read_double(re, little), read_double(im, little))
        }
    }
}
pub fn unpack_all(layout: &Layout, b: &[u8]) -> Obj {
    let mut items = Vec::with_capacity(layout.items);
    for f in &layout.fields {
        for i in 0..f.repeat {
            let at = f.offset + i * f.size;
            items.push(unpack(f.kind, &b[at..at + f.size], layout.little));
        }
    }
    tuple::new(items)
}

fn not_integer() -> PyErr {
    struct_error("required argument is not an integer")
}
/// An int, through `__index__`.
fn integer(vm: &Vm, o: &Obj) -> PyResult {
    if int::is_int(o) {
        return Ok(o.clone());
    }
    if o.ty().index().is_none() {
        return Err(not_integer());
    }
    ops::index(vm, o)
}
fn out_of_range(f: &Field) -> PyErr {
    let bits = 8 * f.size as u32;
    let (low, high) = match f.kind {
        Kind::Signed => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        _ => (0, (1i128 << bits) - 1),
    };
    struct_error(&format!("'{}' format requires {low} <= number <= {high}", f.code))
}
/// A float argument; what cannot become one is a struct.error.
fn real(vm: &Vm, o: &Obj) -> PyResult<f64> {
    match float::as_float(o) {
        Some(x) => Ok(x),
        None => ops::to_f64(vm, o).map_err(|_| struct_error("required argument is not a float")),
    }
}
fn too_large(code: char) -> PyErr {
    error::overflow_error(format!("float too large to pack with {code} format"))
}
fn byte_text(o: &Obj, code: char, f: impl FnOnce(&[u8])) -> PyResult<()> {
    if let Some(b) = o.get::<Bytes>() {
        f(b.as_slice());
    } else if let Some(b) = o.get::<ByteArray>() {
        f(&b.data.borrow());
    } else {
        return Err(struct_error(&format!("argument for '{code}' must be a bytes object")));
    }
    Ok(())
}

/// The bytes of one integer item.
fn integer_bits(vm: &Vm, f: &Field, v: &Obj) -> PyResult<u64> {
    let n = integer(vm, v)?;
    let Some(n) = int::as_int(&n) else { return Err(not_integer()) };
    let bits = 8 * f.size as u32;
    match (f.kind, n) {
        (Kind::Signed, Int::Small(n)) if bits == 64 || (n >= -(1 << (bits - 1)) && n < 1 << (bits - 1)) => Ok(n as u64),
        (Kind::Unsigned, Int::Small(n)) if n >= 0 && (bits == 64 || n < 1 << bits) => Ok(n as u64),
        (Kind::Unsigned, Int::Big(b)) if bits == 64 => u64::try_from(b).map_err(|_| out_of_range(f)),
        (Kind::Pointer, Int::Small(n)) => Ok(n as u64),
        (Kind::Pointer, Int::Big(b)) => {
            let wrapped = if *b < IBig::ZERO { b + (IBig::ONE << 64) } else { b.clone() };
            u64::try_from(&wrapped).map_err(|_| struct_error("int too large to convert"))
        }
        _ => Err(out_of_range(f)),
    }
}

/// Writes one value as item of `f`; `out` has the item's size.
pub fn pack(vm: &Vm, f: &Field, out: &mut [u8], little: bool, v: &Obj) -> PyResult<()> {
    match f.kind {
        Kind::Pad => {}
        Kind::Char => match v.get::<Bytes>().map(Bytes::as_slice) {
            Some([b]) => out[0] = *b,
            _ => return Err(struct_error("char format requires a bytes object of length 1")),
        },
        Kind::Bytes => byte_text(v, f.code, |b| {
            let n = b.len().min(out.len());
            out[..n].copy_from_slice(&b[..n]);
        })?,
        Kind::Pascal => byte_text(v, f.code, |b| {
            if out.is_empty() {
                return;
            }
            let n = b.len().min(out.len() - 1);
            out[1..1 + n].copy_from_slice(&b[..n]);
            out[0] = n.min(255) as u8;
        })?,
        Kind::Signed | Kind::Unsigned | Kind::Pointer => write_bits(out, integer_bits(vm, f, v)?, little),
        Kind::Bool => out[0] = u8::from(ops::truth(vm, v)?),
        Kind::Half => {
            let x = real(vm, v)?;
            write_bits(out, half::from_f64(x).ok_or_else(|| too_large('e'))?.into(), little);
        }
        Kind::Single => {
            let x = real(vm, v)?;
            let y = narrow(x);
            if y.is_infinite() && x.is_finite() {
                return Err(too_large('f'));
            }
            write_bits(out, y.to_bits().into(), little);
        }
        Kind::Double => write_bits(out, real(vm, v)?.to_bits(), little),
        Kind::ComplexSingle | Kind::ComplexDouble => {
            let (re, im) = complexes::parts(vm, v).map_err(|e| {
                if e.is(&exc::TYPE_ERROR) { struct_error("required argument is not a complex") } else { e }
            })?;
            let (a, b) = out.split_at_mut(f.size / 2);
            if f.kind == Kind::ComplexDouble {
                write_bits(a, re.to_bits(), little);
                write_bits(b, im.to_bits(), little);
            } else {
                write_bits(a, narrow(re).to_bits().into(), little);
                write_bits(b, narrow(im).to_bits().into(), little);
            }
        }
    }
    Ok(())
}
/// The bytes of all values, whose number was checked.
pub fn pack_all(vm: &Vm, layout: &Layout, values: &[Obj]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(layout.size).is_err() {
        return Err(error::no_memory());
    }
    out.resize(layout.size, 0);
    let mut values = values.iter();
    for f in &layout.fields {
        for i in 0..f.repeat {
            let at = f.offset + i * f.size;
            let Some(v) = values.next() else { return Ok(out) };
            pack(vm, f, &mut out[at..at + f.size], layout.little, v)?;
        }
    }
    Ok(out)
}
