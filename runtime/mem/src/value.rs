//! [`Obj`]: one owned reference to a Python value in a 64-bit word (layout A of the design, ADR 0001).
//!
//! ```text
//!  v & 2 != 0   float immediate    v = rotl64(bits, 4) + 3
//!  v & 3 == 1   int immediate      v = (n << 2) | 1, |n| < 2^61
//!  v & 7 == 0   heap pointer       16-aligned, counts in the header
//!  v & 7 == 4   borrowed pointer   only on the operand stack, never in the heap
//! ```
//! Zero is no value, so `Option<Obj>` is one word.

use crate::header::{Header, TypeObject};
use std::num::NonZeroU64;

/// Least and greatest `int` that a word holds itself.
pub const INT_MIN: i64 = -(1 << 61);
pub const INT_MAX: i64 = (1 << 61) - 1;

#[repr(transparent)]
pub struct Obj(NonZeroU64);

impl Obj {
    /// The immediate int `n`, or None when it needs a heap integer.
    #[inline(always)]
    pub fn try_int(n: i64) -> Option<Obj> {
        if (n.wrapping_sub(INT_MIN) as u64) < (1 << 62) { Some(Obj::int_unchecked(n)) } else { None }
    }

    /// The immediate int of a number known to lie within 62 bits (out of range it wraps).
    #[inline(always)]
    pub fn int_unchecked(n: i64) -> Obj {
        // SAFETY: bit 0 is set, so the word is not zero.
        Obj(unsafe { NonZeroU64::new_unchecked(((n as u64) << 2) | 1) })
    }

    /// The immediate float of `x`, or None when its exponent needs a heap float.
    #[inline(always)]
    pub fn try_float(x: f64) -> Option<Obj> {
        let v = x.to_bits().rotate_left(4).wrapping_add(3);
        if v & 2 != 0 {
            // SAFETY: bit 1 is set, so the word is not zero.
            Some(Obj(unsafe { NonZeroU64::new_unchecked(v) }))
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn bits(&self) -> u64 {
        self.0.get()
    }

    #[inline(always)]
    pub fn is_int(&self) -> bool {
        self.bits() & 3 == 1
    }

    #[inline(always)]
    pub fn is_float(&self) -> bool {
        self.bits() & 2 != 0
    }

    #[inline(always)]
    pub fn is_ptr(&self) -> bool {
        self.bits() & 7 == 0
    }

    /// The number of an immediate int.
    #[inline(always)]
    pub fn small_int(&self) -> Option<i64> {
        if self.is_int() { Some((self.bits() as i64) >> 2) } else { None }
    }

    /// The number of an immediate float.
    #[inline(always)]
    pub fn small_float(&self) -> Option<f64> {
        if self.is_float() { Some(self.float_unchecked()) } else { None }
    }

    /// The float in this word; meaningless unless `is_float`.
    #[inline(always)]
    pub fn float_unchecked(&self) -> f64 {
        f64::from_bits(self.bits().wrapping_sub(3).rotate_right(4))
    }

    /// Identity, Python's `is`.
    #[inline(always)]
    pub fn is(&self, other: &Obj) -> bool {
        self.0 == other.0
    }

    /// The header, when this is a heap object.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        // SAFETY: RC-1: an owned pointer word refers to a live object.
        if self.is_ptr() { Some(unsafe { self.header_unchecked() }) } else { None }
    }

    /// # Safety
    /// The word must be a heap pointer.
    #[inline(always)]
    pub unsafe fn header_unchecked(&self) -> &Header {
        // SAFETY: by contract this is a pointer to a live header (RC-1).
        unsafe { &*(self.bits() as *const Header) }
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Header {
        self.bits() as *mut Header
    }

    /// Hands the reference out as a bare word; pair with [`Obj::from_raw`].
    #[inline(always)]
    pub fn into_raw(self) -> u64 {
        let v = self.bits();
        std::mem::forget(self);
        v
    }

    /// # Safety
    /// `bits` is a valid value word whose reference the caller owns and gives up.
    #[inline(always)]
    pub unsafe fn from_raw(bits: u64) -> Obj {
        // SAFETY: a valid word is not zero.
        Obj(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    /// # Safety
    /// `ptr` is a live object; the caller gives up one reference to it.
    #[inline(always)]
    pub unsafe fn from_ptr(ptr: *mut Header) -> Obj {
        // SAFETY: by contract.
        unsafe { Obj::from_raw(ptr as u64) }
    }

    /// # Safety
    /// `ptr` is a live object; a new reference to it is taken.
    #[inline(always)]
    pub unsafe fn from_borrowed_ptr(ptr: *const Header) -> Obj {
        // SAFETY: by contract `ptr` is live.
        unsafe {
            (*ptr).incref();
            Obj::from_raw(ptr as u64)
        }
    }

    /// Views a word in memory as a value without taking a reference.
    ///
    /// # Safety
    /// `bits` is a valid value word that stays owned elsewhere as long as the view is used.
    #[inline(always)]
    pub unsafe fn view(bits: &u64) -> &Obj {
        // SAFETY: repr(transparent) over the same word; non-zero by contract.
        unsafe { &*(bits as *const u64 as *const Obj) }
    }

    /// The type object of a heap value; None for immediates.
    #[inline(always)]
    pub fn heap_type(&self) -> Option<&'static TypeObject> {
        // SAFETY: RC-4: an object keeps its type alive, and types of live objects are treated as static under the GIL.
        self.header().map(|h| unsafe { &*h.type_ptr() })
    }

    /// References to this object; immediates and immortals count as a large constant, as on CPython.
    #[inline]
    pub fn refcount(&self) -> u32 {
        match self.header() {
            Some(h) if !h.is_immortal() => h.refcount(),
            _ => 3_221_225_472,
        }
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Obj {
        if self.bits() & 7 == 0 {
            // SAFETY: RC-1: a live heap object.
            unsafe { self.header_unchecked() }.incref();
        }
        Obj(self.0)
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        if self.bits() & 7 == 0 {
            // SAFETY: RC-1: this word owns one reference, given up here.
            unsafe { Header::decref(self.bits() as *mut Header) }
        }
    }
}

impl PartialEq for Obj {
    /// Identity, not Python equality.
    #[inline(always)]
    fn eq(&self, other: &Obj) -> bool {
        self.0 == other.0
    }
}
impl Eq for Obj {}

impl std::fmt::Debug for Obj {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(n) = self.small_int() {
            write!(f, "Obj({n})")
        } else if let Some(x) = self.small_float() {
            write!(f, "Obj({x}f)")
        } else {
            write!(f, "Obj({:#x})", self.bits())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_round_trip_to_the_borders() {
        for n in [0, 1, -1, INT_MAX, INT_MIN, 12345, -98765] {
            assert_eq!(Obj::try_int(n).and_then(|o| o.small_int()), Some(n));
        }
        assert!(Obj::try_int(INT_MAX + 1).is_none() && Obj::try_int(INT_MIN - 1).is_none());
        assert!(Obj::try_int(i64::MAX).is_none() && Obj::try_int(i64::MIN).is_none());
    }

    #[test]
    fn floats_round_trip_or_are_refused() {
        for x in [0.0, -0.0, 1.0, -1.5, f64::INFINITY, f64::MIN_POSITIVE, 5e-324, 1e77, -1e-76] {
            let o = Obj::try_float(x).expect("immediate");
            assert_eq!(o.small_float().map(f64::to_bits), Some(x.to_bits()));
            assert!(!o.is_int() && !o.is_ptr());
        }
        assert!(Obj::try_float(1e100).is_none() && Obj::try_float(1e-100).is_none());
        assert_eq!(size_of::<Option<Obj>>(), 8);
    }
}
