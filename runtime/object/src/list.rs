//! [`List`]: a growable array of references, laid out as CPython's (length, items, allocated).
//!
//! Invariant: LIST-1: an item leaves the array before its reference is dropped, since dropping may run code that uses the list.

use crate::handle::{PAYLOAD, Ref};
use crate::{Obj, types};
use adder_mem::heap;
use adder_mem::{Header, Trace, Visit};
use std::cell::Cell;

#[repr(C)]
pub struct List {
    len: Cell<usize>,
    items: Cell<*mut Obj>,
    allocated: Cell<usize>,
    /// How often everything was taken out: `sort` sees by it that the list was filled and emptied again meanwhile.
    emptied: Cell<u32>,
}
crate::payload!(List, types::LIST, adder_mem::header::TypeFlags::LIST_SUBCLASS);

/// Offsets in the payload that compiled code reads.
pub const LEN: usize = std::mem::offset_of!(List, len);
pub const ITEMS: usize = std::mem::offset_of!(List, items);
pub const ALLOCATED: usize = std::mem::offset_of!(List, allocated);

/// # Safety
/// `p` is a list.
pub(crate) unsafe fn items_of(p: *const Header) -> (*const Obj, usize) {
    // SAFETY: OBJ-1.
    let items = unsafe { (*((p as usize + PAYLOAD) as *const List)).as_slice() };
    (items.as_ptr(), items.len())
}

impl Trace for List {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.as_slice().iter().for_each(visit)
    }
    fn clear(&self) {
        self.drop_all()
    }
}
impl Drop for List {
    fn drop(&mut self) {
        let n = self.len.replace(0);
        // SAFETY: nothing reaches the list any more, so each item can be dropped where it is.
        unsafe { drop_items(self.items.get(), n) }
    }
}
impl Default for List {
    fn default() -> Self {
        List {
            len: Cell::new(0),
            items: Cell::new(std::ptr::null_mut()),
            allocated: Cell::new(0),
            emptied: Cell::new(0),
        }
    }
}

/// Drops `n` items, the last one first, and the block they are in.
///
/// # Safety
/// `p` is null or a block of a list that nothing reaches any more.
unsafe fn drop_items(p: *mut Obj, n: usize) {
    if p.is_null() {
        return;
    }
    // SAFETY: by contract.
    unsafe {
        for i in (0..n).rev() {
            std::ptr::drop_in_place(p.add(i));
        }
        heap::free_plain(p as *mut u8)
    }
}

/// The items of an exact list or tuple.
pub fn plain_items(o: &Obj) -> Option<&[Obj]> {
    use crate::ObjExt;
    match o.get_exact::<List>() {
        Some(l) => Some(l.as_slice()),
        None if o.is_exact(&crate::types::TUPLE) => crate::tuple::as_slice(o),
        None => None,
    }
}
/// Drops items that left a list, the last one first, as CPython does.
pub fn drop_last_first(mut items: Vec<Obj>) {
    while items.pop().is_some() {}
}

impl List {
    /// Empties the list; items die last first, as CPython's do.
    pub fn drop_all(&self) {
        if self.allocated.get() != 0 {
            self.emptied.set(self.emptied.get().wrapping_add(1));
        }
        let n = self.len.replace(0);
        let p = self.items.replace(std::ptr::null_mut());
        self.allocated.set(0);
        // SAFETY: LIST-1: the block left the list.
        unsafe { drop_items(p, n) }
    }
    pub fn new(v: Vec<Obj>) -> Ref<List> {
        Ref::new(List::from_vec(v))
    }
    /// A payload with these items.
    pub fn from_vec(v: Vec<Obj>) -> List {
        let l = List::default();
        l.reserve(v.len());
        // SAFETY: room for all; they are moved out of the vector.
        unsafe {
            let mut v = std::mem::ManuallyDrop::new(v);
            std::ptr::copy_nonoverlapping(v.as_ptr(), l.items.get(), v.len());
            l.len.set(v.len());
            v.set_len(0);
            drop(std::mem::ManuallyDrop::into_inner(v));
        }
        l
    }
    /// A list of items moved out of raw memory.
    ///
    /// # Safety
    /// `src` holds `n` owned values that the caller gives up.
    pub unsafe fn from_raw_items(src: *const Obj, n: usize) -> Ref<List> {
        let l = Ref::new(List::default());
        if n != 0 {
            l.reserve(n);
            // SAFETY: room for all; by contract.
            unsafe { std::ptr::copy_nonoverlapping(src, l.items.get(), n) };
            l.len.set(n);
        }
        l
    }
    /// A list of new references to these items.
    pub fn from_items(items: &[Obj]) -> Ref<List> {
        let l = Ref::new(List::default());
        if !items.is_empty() {
            l.reserve(items.len());
            for (i, o) in items.iter().enumerate() {
                // SAFETY: room was made for all.
                unsafe { std::ptr::write(l.items.get().add(i), o.clone()) }
            }
            l.len.set(items.len());
        }
        l
    }
    /// A list of new references to the items of one slice and behind them those of another; None when memory does not suffice.
    pub fn from_two(x: &[Obj], y: &[Obj]) -> Option<Ref<List>> {
        let (l, n) = (Ref::new(List::default()), x.len() + y.len());
        if n != 0 {
            let p = heap::alloc_plain(n.saturating_mul(8)) as *mut Obj;
            if p.is_null() {
                return None;
            }
            l.items.set(p);
            l.allocated.set(n);
            for (i, o) in x.iter().chain(y).enumerate() {
                // SAFETY: room was made for all.
                unsafe { std::ptr::write(p.add(i), o.clone()) }
            }
            l.len.set(n);
        }
        Some(l)
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn times_emptied(&self) -> u32 {
        self.emptied.get()
    }
    pub fn allocated(&self) -> usize {
        self.allocated.get()
    }
    /// The items as they are now. The caller runs no code that could change the list while it holds the slice.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Obj] {
        if self.is_empty() {
            return &[];
        }
        // SAFETY: LIST-1: `len` initialised items; GIL-1 and the caller's care exclude writers.
        unsafe { std::slice::from_raw_parts(self.items.get(), self.len()) }
    }
    /// A new reference to item `i`.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Obj> {
        self.as_slice().get(i).cloned()
    }
    pub fn to_vec(&self) -> Vec<Obj> {
        self.as_slice().to_vec()
    }
    /// Replaces item `i`; false when out of range.
    #[inline(always)]
    pub fn set(&self, i: usize, value: Obj) -> bool {
        if i >= self.len() {
            return false;
        }
        // SAFETY: in bounds; LIST-1: the old item is dropped after the new one is in place.
        let old = unsafe { std::mem::replace(&mut *self.items.get().add(i), value) };
        drop(old);
        true
    }
    /// Puts a word at an index counted from either end; the word that was there, which the caller owns now. None out of range.
    ///
    /// # Safety
    /// `word` is an owned value that the caller gives up on success.
    #[inline(always)]
    pub unsafe fn swap(&self, index: i64, word: u64) -> Option<u64> {
        let i = if index < 0 { index + self.len() as i64 } else { index } as usize;
        if i >= self.len() {
            return None;
        }
        // SAFETY: in bounds (LIST-1); by contract.
        Some(unsafe { std::mem::replace(&mut *(self.items.get().add(i) as *mut u64), word) })
    }
    #[inline(always)]
    pub fn push(&self, value: Obj) {
        let n = self.len();
        if n == self.allocated.get() {
            self.reserve(1);
        }
        // SAFETY: room was made.
        unsafe { std::ptr::write(self.items.get().add(n), value) };
        self.len.set(n + 1);
    }
    /// Appends `n` references to one item; there is room for them ([`List::try_reserve`]).
    pub fn push_times(&self, item: &Obj, n: usize) {
        let n = n.min(self.allocated.get() - self.len());
        // SAFETY: LIST-1: the items behind the present ones lie in the block.
        unsafe {
            let p = self.items.get().wrapping_add(self.len());
            if item.is_ptr() {
                (0..n).for_each(|i| std::ptr::write(p.add(i), item.clone()));
            } else {
                // Such a word owns nothing.
                (0..n).for_each(|i| std::ptr::write(p.add(i) as *mut u64, item.bits()));
            }
        }
        self.len.set(self.len() + n);
    }
    #[inline]
    pub fn pop(&self) -> Option<Obj> {
        let n = self.len().checked_sub(1)?;
        self.len.set(n);
        // SAFETY: the item left the list.
        Some(unsafe { std::ptr::read(self.items.get().add(n)) })
    }
    pub fn insert(&self, i: usize, value: Obj) {
        let n = self.len();
        let i = i.min(n);
        self.reserve(1);
        // SAFETY: room for n + 1 items.
        unsafe {
            let p = self.items.get().add(i);
            std::ptr::copy(p, p.add(1), n - i);
            std::ptr::write(p, value);
        }
        self.len.set(n + 1);
    }
    pub fn remove(&self, i: usize) -> Option<Obj> {
        let n = self.len();
        if i >= n {
            return None;
        }
        // SAFETY: in bounds; the hole is closed before the item is given out.
        unsafe {
            let p = self.items.get().add(i);
            let item = std::ptr::read(p);
            std::ptr::copy(p.add(1), p, n - i - 1);
            self.len.set(n - 1);
            Some(item)
        }
    }
    pub fn extend(&self, items: impl IntoIterator<Item = Obj>) {
        let items = items.into_iter();
        self.reserve(items.size_hint().0);
        items.for_each(|o| self.push(o));
    }
    /// Appends new references to items, which are not this list's.
    pub fn extend_from_slice(&self, items: &[Obj]) {
        self.reserve(items.len());
        let n = self.len();
        for (i, o) in items.iter().enumerate() {
            // SAFETY: room was made for all.
            unsafe { std::ptr::write(self.items.get().add(n + i), o.clone()) }
        }
        self.len.set(n + items.len());
    }
    /// An empty list with room for `n` items.
    pub fn with_room(n: usize) -> Ref<List> {
        let l = Ref::new(List::default());
        l.reserve(n);
        l
    }
    /// Makes room for exactly `more` items; false when memory does not suffice.
    pub fn try_reserve(&self, more: usize) -> bool {
        let Some(want) = self.len().checked_add(more).filter(|&n| List::can_hold(n)) else { return false };
        if want <= self.allocated.get() {
            return true;
        }
        let p = match self.items.get() {
            old if old.is_null() => heap::alloc_plain(want * 8),
            // SAFETY: the block belongs to this list.
            old => unsafe { heap::realloc_plain(old as *mut u8, want * 8) },
        };
        if p.is_null() {
            return false;
        }
        self.items.set(p as *mut Obj);
        self.allocated.set(want);
        true
    }
    /// Makes room for `more` items, growing by an eighth and a bit as CPython does.
    pub fn reserve(&self, more: usize) {
        let want = self.len() + more;
        if want <= self.allocated.get() {
            return;
        }
        let room = if self.allocated.get() == 0 { want } else { (want + (want >> 3) + 6) & !3 };
        let size = room.saturating_mul(8);
        let p = match self.items.get() {
            old if old.is_null() => heap::alloc_plain(size),
            // SAFETY: the block belongs to this list.
            old => unsafe { heap::realloc_plain(old as *mut u8, size) },
        };
        if p.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<u64>())
        }
        self.items.set(p as *mut Obj);
        self.allocated.set(room);
    }
    /// Whether `n` items could be allocated at all (asked before large repeats).
    pub fn can_hold(n: usize) -> bool {
        n < (isize::MAX as usize) / 16
    }
    /// Takes all items out (also how `sort` guards against changes meanwhile).
    pub fn take_all(&self) -> Vec<Obj> {
        if self.allocated.get() != 0 {
            self.emptied.set(self.emptied.get().wrapping_add(1));
        }
        let v = self.as_slice().iter().map(|o| {
            // SAFETY: each item is moved out once; the list is emptied below before anything is dropped.
            unsafe { std::ptr::read(o) }
        });
        let v: Vec<Obj> = v.collect();
        self.len.set(0);
        let p = self.items.replace(std::ptr::null_mut());
        self.allocated.set(0);
        if !p.is_null() {
            // SAFETY: the block belongs to this list and holds no references any more.
            unsafe { heap::free_plain(p as *mut u8) }
        }
        v
    }
    /// Replaces all items; the old ones are returned, to be dropped by the caller when the list is consistent.
    pub fn replace_all(&self, v: Vec<Obj>) -> Vec<Obj> {
        let old = self.take_all();
        let new = List::from_vec(v);
        self.len.set(new.len.replace(0));
        self.items.set(new.items.replace(std::ptr::null_mut()));
        self.allocated.set(new.allocated.replace(0));
        old
    }
    /// Replaces the range [start, end) by `v`; returns what was there.
    pub fn splice(&self, start: usize, end: usize, v: Vec<Obj>) -> Vec<Obj> {
        let n = self.len();
        let (start, end) = (start.min(n), end.clamp(start.min(n), n));
        let (gone, come) = (end - start, v.len());
        if come > gone {
            self.reserve(come - gone);
        }
        let mut old = Vec::with_capacity(gone);
        let rest = n - gone + come;
        // SAFETY: LIST-1: the old items leave the array before the new ones take their place; there is room for all.
        unsafe {
            let p = self.items.get().wrapping_add(start);
            std::ptr::copy_nonoverlapping(p, old.as_mut_ptr(), gone);
            old.set_len(gone);
            std::ptr::copy(p.wrapping_add(gone), p.wrapping_add(come), n - end);
            let mut v = std::mem::ManuallyDrop::new(v);
            std::ptr::copy_nonoverlapping(v.as_ptr(), p, come);
            v.set_len(0);
            drop(std::mem::ManuallyDrop::into_inner(v));
        }
        self.len.set(rest);
        self.shrink();
        old
    }
    /// Replaces the range [start, end) by new references to `items`, which are not this list's; returns the objects that were there, to
    /// be dropped when the list is consistent.
    pub fn assign_range(&self, start: usize, end: usize, items: &[Obj]) -> Vec<Obj> {
        let n = self.len();
        let (start, end) = (start.min(n), end.clamp(start.min(n), n));
        let (gone, come) = (end - start, items.len());
        if come > gone {
            self.reserve(come - gone);
        }
        let mut old = vec![];
        // SAFETY: LIST-1: the old items leave the array before the new ones take their place; there is room for all.
        unsafe {
            let p = self.items.get().wrapping_add(start);
            for i in 0..gone {
                let o = std::ptr::read(p.add(i));
                if o.is_ptr() { old.push(o) } else { std::mem::forget(o) }
            }
            if come != gone {
                std::ptr::copy(p.wrapping_add(gone), p.wrapping_add(come), n - end);
            }
            for (i, o) in items.iter().enumerate() {
                std::ptr::write(p.add(i), o.clone());
            }
        }
        self.len.set(n - gone + come);
        self.shrink();
        old
    }
    /// A list of as many items as the iterator says it gives.
    pub fn from_exact(items: impl ExactSizeIterator<Item = Obj>) -> Ref<List> {
        let l = Ref::new(List::default());
        let n = items.len();
        l.reserve(n);
        for (i, o) in items.take(n).enumerate() {
            // SAFETY: room was made for all.
            unsafe { std::ptr::write(l.items.get().add(i), o) }
            l.len.set(i + 1);
        }
        l
    }
    /// Gives memory back when less than half of it is used, as CPython does.
    fn shrink(&self) {
        let (n, room) = (self.len(), self.allocated.get());
        if n >= room / 2 || room < 8 {
            return;
        }
        if n == 0 {
            // SAFETY: the block belongs to this list and holds no references any more.
            unsafe { heap::free_plain(self.items.replace(std::ptr::null_mut()) as *mut u8) }
            self.allocated.set(0);
            self.emptied.set(self.emptied.get().wrapping_add(1));
            return;
        }
        let want = (n + (n >> 3) + 6) & !3;
        // SAFETY: as above; a block that cannot shrink stays.
        let p = unsafe { heap::realloc_plain(self.items.get() as *mut u8, want * 8) };
        if !p.is_null() {
            self.items.set(p as *mut Obj);
            self.allocated.set(want);
        }
    }
    /// Exchanges two items; false when one is out of range.
    #[inline]
    pub fn exchange(&self, i: usize, j: usize) -> bool {
        if i >= self.len() || j >= self.len() {
            return false;
        }
        // SAFETY: in bounds (LIST-1); no reference is made or dropped.
        unsafe { std::ptr::swap(self.items.get().add(i), self.items.get().add(j)) }
        true
    }
    pub fn reverse(&self) {
        if self.len() > 1 {
            // SAFETY: swapping runs no Python code.
            unsafe { std::slice::from_raw_parts_mut(self.items.get(), self.len()) }.reverse()
        }
    }
    /// Sorts a list of nothing but immediate ints where they lie; false when some item is something else. Equal ones are identical, so
    /// that stability needs no care.
    pub fn sort_small_ints(&self, reverse: bool) -> bool {
        if !self.as_slice().iter().all(Obj::is_int) {
            return false;
        }
        if self.len() > 1 {
            // SAFETY: VAL-1: the words of immediate ints own nothing and order as the ints do; sorting them runs no code.
            let words = unsafe { std::slice::from_raw_parts_mut(self.items.get() as *mut i64, self.len()) };
            if reverse {
                words.sort_unstable_by(|a, b| b.cmp(a));
            } else {
                words.sort_unstable();
            }
        }
        true
    }
    pub fn truncate(&self, n: usize) {
        while self.len() > n {
            drop(self.pop())
        }
    }
}
