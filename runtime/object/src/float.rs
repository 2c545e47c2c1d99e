//! Floats: immediate for nearly all values, [`HeapFloat`] for exponents that do not fit, NaN objects and subclasses; complex.
//!
//! Invariant: FLOAT-1: an exact float that fits a word is immediate, made by `from_f64` alone; only NaNs made by
//! `from_f64_identity` are on the heap all the same, so that distinct NaN objects stay distinct.

use crate::handle::Ref;
use crate::typeobj::Type;
use crate::{Obj, ObjExt, types};
use adder_mem::header::TypeFlags;

pub struct HeapFloat(pub f64);
adder_mem::trace_fields!(HeapFloat);
crate::payload!(HeapFloat, types::FLOAT, adder_mem::header::TypeFlags::FLOAT_SUBCLASS);

pub struct Complex {
    pub re: f64,
    pub im: f64,
}
adder_mem::trace_fields!(Complex);
crate::payload!(Complex, types::COMPLEX);

#[inline(always)]
pub fn from_f64(x: f64) -> Obj {
    match Obj::try_float(x) {
        Some(o) => o,
        None => Ref::new(HeapFloat(x)).into_obj(),
    }
}
/// For `float('nan')`, `math.nan`, unpickling: a NaN gets an identity of its own.
pub fn from_f64_identity(x: f64) -> Obj {
    if x.is_nan() { Ref::new(HeapFloat(x)).into_obj() } else { from_f64(x) }
}
/// `a ** b` where that is a float; a NaN where it is not, or an error.
pub fn power(a: f64, b: f64) -> f64 {
    adder_num::float::pow(a, b).unwrap_or(f64::NAN)
}
/// The number, when `obj` is a float (subclasses included).
#[inline(always)]
pub fn as_float(obj: &Obj) -> Option<f64> {
    if obj.is_float() {
        return Some(obj.float_unchecked());
    }
    if obj.has_type_flag(TypeFlags::FLOAT_SUBCLASS) { obj.get::<HeapFloat>().map(|f| f.0) } else { None }
}
pub fn is_float(obj: &Obj) -> bool {
    obj.is_float() || obj.has_type_flag(TypeFlags::FLOAT_SUBCLASS)
}
pub fn with_type(ty: &Type, x: f64) -> Obj {
    if ty.is(&types::FLOAT) { from_f64_identity(x) } else { Ref::with_type(ty, HeapFloat(x)).into_obj() }
}
pub fn complex(re: f64, im: f64) -> Obj {
    Ref::new(Complex { re, im }).into_obj()
}
