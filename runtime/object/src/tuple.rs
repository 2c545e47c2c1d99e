//! Tuples: a length and the items behind it, fixed at creation.
//!
//! Layout as CPython's: length at 16, hash at 24 (-1: not computed yet), items from 32.

use crate::handle::allocate;
use crate::typeobj::Type;
use crate::{Obj, ObjCell, ObjExt, PyResult, types};
use adder_mem::header::{Header, TypeFlags};
use adder_mem::heap::Global;
use std::cell::Cell;

/// Offsets in the object of the length, the hash and the items.
pub const LEN: usize = 16;
const HASH: usize = 24;
pub const ITEMS: usize = 32;

/// Writes what stands before the items.
///
/// # Safety
/// `p` is a fresh tuple with room for `n` items.
pub(crate) unsafe fn begin(p: *mut Header, n: usize) {
    // SAFETY: by contract.
    unsafe {
        *((p as usize + LEN) as *mut usize) = n;
        *((p as usize + HASH) as *mut i64) = -1;
    }
}

/// The place of a tuple's hash; -1 as long as nobody asked for it.
pub fn hash_cell(tuple: &Obj) -> Option<&Cell<i64>> {
    // SAFETY: OBJ-1: every tuple has the word.
    tuple
        .has_type_flag(TypeFlags::TUPLE_SUBCLASS)
        .then(|| unsafe { &*((tuple.bits() as usize + HASH) as *const Cell<i64>) })
}

/// The items of a tuple.
///
/// # Safety
/// `p` is a tuple, which lives while the slice is used.
#[inline(always)]
pub unsafe fn items<'a>(p: *const Header) -> &'a [Obj] {
    // SAFETY: OBJ-1: the length word counts the initialised items behind it.
    unsafe {
        let n = *((p as usize + LEN) as *const usize);
        std::slice::from_raw_parts((p as usize + ITEMS) as *const Obj, n)
    }
}

/// # Safety
/// `p` is a tuple.
pub(crate) unsafe fn items_of(p: *const Header) -> (*const Obj, usize) {
    // SAFETY: by contract.
    let items = unsafe { items(p) };
    (items.as_ptr(), items.len())
}

pub(crate) unsafe fn drop_items(p: *mut Header) {
    // SAFETY: called once, for a tuple.
    unsafe {
        let n = *((p as usize + LEN) as *const usize);
        // Last first, as CPython's die.
        (0..n).rev().for_each(|i| std::ptr::drop_in_place(((p as usize + ITEMS) as *mut Obj).add(i)));
    }
}

pub(crate) unsafe fn traverse_items(p: *const Header, visit: &mut dyn FnMut(&Obj)) {
    // SAFETY: called for a live tuple.
    unsafe { items(p) }.iter().for_each(visit)
}

/// Memory for an exact tuple, whose type has no prefix, members or attributes; the items are not there yet.
#[inline]
fn cell(n: usize) -> *mut Header {
    if n > FEW {
        return allocate(&types::TUPLE, n * 8);
    }
    let p = adder_mem::heap::alloc_collected(ITEMS + n * 8, false);
    if p.is_null() {
        return allocate(&types::TUPLE, n * 8);
    }
    // SAFETY: fresh memory of at least the size of a header.
    unsafe { (*p).init(types::TUPLE.object_ptr(), types::TUPLE.head.root_shape.get()) }
    p
}
const FEW: usize = 32;

static EMPTY: Global<Option<Obj>> = Global::new(None);

/// The empty tuple.
#[inline]
pub fn empty() -> Obj {
    match EMPTY.get() {
        Some(t) => t.clone(),
        None => make_empty(),
    }
}
#[cold]
#[inline(never)]
fn make_empty() -> Obj {
    EMPTY.get().get_or_insert_with(|| with_type(&types::TUPLE, Vec::new())).clone()
}

/// A tuple of these items.
pub fn new(v: Vec<Obj>) -> Obj {
    let mut v = std::mem::ManuallyDrop::new(v);
    // SAFETY: the items are moved out of the vector, whose buffer alone is freed.
    unsafe {
        let t = from_raw_items(v.as_ptr(), v.len());
        v.set_len(0);
        drop(std::mem::ManuallyDrop::into_inner(v));
        t
    }
}

pub fn from_slice(v: &[Obj]) -> Obj {
    of_length(v.len(), v.iter().cloned())
}

/// The items of one slice and behind them those of another.
pub fn from_two(x: &[Obj], y: &[Obj]) -> Obj {
    of_length(x.len() + y.len(), x.iter().chain(y).cloned())
}

/// A tuple of as many items as the iterator says it gives; the iterator runs no code of the program.
#[inline]
pub fn from_exact(items: impl ExactSizeIterator<Item = Obj>) -> Obj {
    of_length(items.len(), items)
}

/// A tuple of the first `n` items, if there are so many.
#[inline]
fn of_length(n: usize, items: impl Iterator<Item = Obj>) -> Obj {
    if n == 0 {
        return empty();
    }
    let p = cell(n);
    let mut count = 0;
    // SAFETY: room for n items; the length counts those that are there.
    unsafe {
        for o in items.take(n) {
            std::ptr::write(((p as usize + ITEMS) as *mut Obj).add(count), o);
            count += 1;
        }
        begin(p, count);
        Obj::from_ptr(p)
    }
}

/// As [`from_exact`] for the consumer of an iterator: the tuple it got before, when nobody else holds that any more (`cell` keeps it).
/// The items are such as live on elsewhere.
#[inline]
pub fn again(cell: &ObjCell, items: impl ExactSizeIterator<Item = Obj>) -> Obj {
    if let Some(t) = cell.get()
        && t.refcount() == 2
        && as_slice(&t).is_some_and(|old| old.len() == items.len())
    {
        let n = items.len();
        for (i, o) in items.take(n).enumerate() {
            // SAFETY: in bounds; a tuple that only `cell` and this function hold. What is dropped is alive elsewhere, so no code runs.
            unsafe { set_item(&t, i, o) }
        }
        if let Some(hash) = hash_cell(&t) {
            hash.set(-1);
        }
        return t;
    }
    let t = from_exact(items);
    cell.set(t.clone());
    t
}

/// A tuple of a given tuple type.
pub fn with_type(ty: &Type, v: Vec<Obj>) -> Obj {
    let p = allocate(ty, v.len() * 8);
    // SAFETY: room for v.len() items; they are moved out of the vector, whose buffer alone is freed.
    unsafe {
        begin(p, v.len());
        let mut v = std::mem::ManuallyDrop::new(v);
        std::ptr::copy_nonoverlapping(v.as_ptr(), (p as usize + ITEMS) as *mut Obj, v.len());
        v.set_len(0);
        drop(std::mem::ManuallyDrop::into_inner(v));
        Obj::from_ptr(p)
    }
}

/// A tuple of N items without a detour through a vector.
pub fn from_array<const N: usize>(v: [Obj; N]) -> Obj {
    if N == 0 {
        return empty();
    }
    let p = cell(N);
    // SAFETY: room for N items, moved.
    unsafe {
        begin(p, N);
        std::ptr::write((p as usize + ITEMS) as *mut [Obj; N], v);
        Obj::from_ptr(p)
    }
}

/// A pair for the consumer of an iterator: the one it got before, when nobody else holds that any more (`cell` keeps it).
pub fn pair_again(cell: &ObjCell, a: Obj, b: Obj) -> Obj {
    let known = cell.bits();
    if known == 0 {
        let t = from_array([a, b]);
        cell.set(t.clone());
        return t;
    }
    // SAFETY: a pair that only `cell` holds, if its count is one; the old items are dropped when it is whole again.
    unsafe {
        let h = known as *mut Header;
        if (*h).refcount() != 1 {
            return from_array([a, b]);
        }
        (*h).set_refcount(2);
        let t = Obj::from_raw(known);
        let old = std::mem::replace(&mut *((known as usize + ITEMS) as *mut [Obj; 2]), [a, b]);
        if let Some(hash) = hash_cell(&t) {
            hash.set(-1);
        }
        drop(old);
        t
    }
}

/// A tuple of items moved out of raw memory.
///
/// # Safety
/// `src` holds `n` owned values that the caller gives up.
pub unsafe fn from_raw_items(src: *const Obj, n: usize) -> Obj {
    if n == 0 {
        return empty();
    }
    let p = cell(n);
    // SAFETY: by contract.
    unsafe {
        begin(p, n);
        std::ptr::copy_nonoverlapping(src, (p as usize + ITEMS) as *mut Obj, n);
        Obj::from_ptr(p)
    }
}

/// The items, when `obj` is a tuple (or of a subclass).
#[inline(always)]
pub fn as_slice(obj: &Obj) -> Option<&[Obj]> {
    if obj.has_type_flag(TypeFlags::TUPLE_SUBCLASS) {
        // SAFETY: OBJ-1; items never change while the tuple lives.
        Some(unsafe { items(obj.as_ptr()) })
    } else {
        None
    }
}

pub fn to_vec(obj: &Obj) -> Vec<Obj> {
    as_slice(obj).map(<[Obj]>::to_vec).unwrap_or_default()
}

/// A tuple that is known before its items are, full of None then: one of them may come to hold it.
pub fn known_first(n: usize, mut item: impl FnMut(&Obj) -> PyResult) -> PyResult {
    let t = of_length(n, std::iter::repeat_with(crate::singletons::none).take(n));
    for i in 0..n {
        let value = item(&t)?;
        // SAFETY: OBJ-1: a tuple of `n` items; what was there is None, of which nobody keeps a borrow past its own call.
        unsafe { set_item(&t, i, value) };
    }
    Ok(t)
}

/// Replaces an item of a tuple that only the caller has seen (building recursive constants).
///
/// # Safety
/// `obj` is a tuple no other code holds; `i` is in bounds.
pub unsafe fn set_item(obj: &Obj, i: usize, value: Obj) {
    // SAFETY: by contract.
    unsafe { *((obj.bits() as usize + ITEMS) as *mut Obj).add(i) = value }
}
