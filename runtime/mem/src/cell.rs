//! [`ObjCell`]: a mutable, possibly empty reference behind `&self`.

use crate::Obj;
use std::cell::UnsafeCell;

/// One word: empty or an owned reference. Replacing drops the old value only after the new one is in place (RC-3).
#[repr(transparent)]
#[derive(Default)]
pub struct ObjCell(UnsafeCell<Option<Obj>>);

impl ObjCell {
    #[inline(always)]
    pub const fn empty() -> ObjCell {
        ObjCell(UnsafeCell::new(None))
    }

    #[inline(always)]
    pub fn new(value: Obj) -> ObjCell {
        ObjCell(UnsafeCell::new(Some(value)))
    }

    #[inline(always)]
    pub fn from_option(value: Option<Obj>) -> ObjCell {
        ObjCell(UnsafeCell::new(value))
    }

    #[inline(always)]
    pub fn get(&self) -> Option<Obj> {
        // SAFETY: GIL-1: one thread; cloning runs no code that could write the cell.
        unsafe { (*self.0.get()).clone() }
    }

    #[inline(always)]
    pub fn is_some(&self) -> bool {
        // SAFETY: GIL-1: a plain read.
        unsafe { (*self.0.get()).is_some() }
    }

    #[inline(always)]
    pub fn bits(&self) -> u64 {
        // SAFETY: GIL-1: a plain read of the word.
        unsafe { *(self.0.get() as *const u64) }
    }

    #[inline(always)]
    pub fn replace(&self, value: Option<Obj>) -> Option<Obj> {
        // SAFETY: GIL-1: the old value leaves before any destructor runs (RC-3).
        unsafe { std::mem::replace(&mut *self.0.get(), value) }
    }

    #[inline(always)]
    pub fn set(&self, value: Obj) {
        drop(self.replace(Some(value)))
    }

    #[inline(always)]
    pub fn set_option(&self, value: Option<Obj>) {
        drop(self.replace(value))
    }

    #[inline(always)]
    pub fn take(&self) -> Option<Obj> {
        self.replace(None)
    }

    /// Looks at the value without a new reference; `f` must not write this cell (it gets no way to).
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(Option<&Obj>) -> R) -> R {
        // SAFETY: GIL-1; callers pass short functions that run no Python code.
        f(unsafe { (*self.0.get()).as_ref() })
    }
}
