//! [`Set`]: the hash table of `set` and `frozenset`, probed as CPython's so that iteration order of equal contents agrees.
//!
//! Invariants: SET-1: entries with key 0 are free (hash 0) or deleted (hash -1). SET-2: as DICT-3 for `__eq__` while probing.
//! CPython: Objects/setobject.c (LINEAR_PROBES 9, PERTURB_SHIFT 5).

use crate::handle::{PAYLOAD, Ref, allocate};
use crate::plain::Unknown;
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, Vm, error, ops, plain, types};
use adder_mem::header::TypeFlags;
use adder_mem::{Trace, Visit, heap};
use std::cell::{Cell, UnsafeCell};

#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Entry {
    key: u64,
    hash: i64,
}

pub struct Set {
    /// The table while it has `MIN` slots.
    small: UnsafeCell<[Entry; MIN]>,
    /// A larger table of its own; null while `small` serves.
    large: Cell<*mut Entry>,
    mask: Cell<usize>,
    used: Cell<usize>,
    fill: Cell<usize>,
    /// Hash of a frozenset, once computed.
    pub hash: Cell<Option<i64>>,
    /// Grows with every change, so that iterators and probes notice.
    pub version: Cell<u64>,
    /// Where the next `pop` starts to look.
    finger: Cell<usize>,
}
crate::payload!(Set, types::SET);

/// The payload of a set or frozenset (or of an instance of a subclass).
#[inline(always)]
pub fn view(obj: &Obj) -> Option<&Set> {
    if obj.has_type_flag(TypeFlags::SET_SUBCLASS) {
        // SAFETY: OBJ-1: both set types hold a `Set` at the payload offset.
        Some(unsafe { &*((obj.bits() as usize + PAYLOAD) as *const Set) })
    } else {
        None
    }
}

/// An object of `ty`, one of the two set types or derived from one.
pub fn make(ty: &Type, set: Set) -> Obj {
    debug_assert!(ty.has(TypeFlags::SET_SUBCLASS));
    let p = allocate(ty, 0);
    // SAFETY: both set types have room for the payload.
    unsafe {
        std::ptr::write((p as usize + PAYLOAD) as *mut Set, set);
        Obj::from_ptr(p)
    }
}

/// Hash of a prospective element, with the error text of sets.
#[inline]
pub fn key_hash(vm: &Vm, key: &Obj) -> PyResult<i64> {
    match ops::hash(vm, key) {
        Ok(h) => Ok(h),
        Err(e) => Err(error::unhashable(e, key, "a set element")),
    }
}

const MIN: usize = 8;
const LINEAR: usize = 9;

impl Default for Set {
    #[inline]
    fn default() -> Self {
        Set {
            small: UnsafeCell::new([Entry { key: 0, hash: 0 }; MIN]),
            large: Cell::new(std::ptr::null_mut()),
            mask: Cell::new(MIN - 1),
            used: Cell::new(0),
            fill: Cell::new(0),
            hash: Cell::new(None),
            version: Cell::new(0),
            finger: Cell::new(0),
        }
    }
}
impl Trace for Set {
    fn trace(&self, visit: &mut Visit<'_>) {
        for e in self.table().iter().filter(|e| e.key != 0) {
            // SAFETY: SET-1: a key word is an owned value.
            visit(unsafe { Obj::view(&e.key) })
        }
    }
    fn clear(&self) {
        self.clear_all()
    }
}
impl Drop for Set {
    fn drop(&mut self) {
        let keys = self.table().iter().filter(|e| e.key != 0);
        // SAFETY: SET-1: nothing reaches the set any more.
        keys.take(self.used.get()).for_each(|e| unsafe { drop_key(e) });
        free_table(self.large.get());
    }
}

/// Drops the key of an entry that has one.
///
/// # Safety
/// The entry left its set, and is dropped once.
#[inline(always)]
unsafe fn drop_key(e: &Entry) {
    // SAFETY: SET-1: an owned value; by contract.
    drop(unsafe { Obj::from_raw(e.key) })
}

/// Memory for a table of `n` free entries.
fn new_table(n: usize) -> *mut Entry {
    let p = heap::alloc_plain(n * size_of::<Entry>()) as *mut Entry;
    if p.is_null() {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<u64>())
    }
    // SAFETY: room for `n` entries; all zero is a free one.
    unsafe { std::ptr::write_bytes(p, 0, n) };
    p
}
fn free_table(p: *mut Entry) {
    if !p.is_null() {
        // SAFETY: SET-1: a table that left its set.
        unsafe { heap::free_plain(p as *mut u8) }
    }
}

enum Probe {
    Found(usize),
    /// Where the key would go.
    Free(usize),
}

impl Set {
    pub fn new() -> Ref<Set> {
        Ref::new(Set::default())
    }
    pub fn new_of(ty: &Type) -> Ref<Set> {
        // SAFETY: `make` gives a set object.
        unsafe { Ref::from_obj_unchecked(make(ty, Set::default())) }
    }
    #[inline]
    pub fn len(&self) -> usize {
        self.used.get()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Size of the table: positions for iteration run below this.
    #[inline(always)]
    pub fn slots(&self) -> usize {
        self.mask.get() + 1
    }
    #[inline(always)]
    fn base(&self) -> *mut Entry {
        let large = self.large.get();
        if large.is_null() { self.small.get() as *mut Entry } else { large }
    }
    /// The table as it is now; the caller changes nothing while it holds the slice.
    #[inline(always)]
    fn table(&self) -> &[Entry] {
        // SAFETY: SET-1: `slots` entries; GIL-1 and the caller's care exclude writers.
        unsafe { std::slice::from_raw_parts(self.base(), self.slots()) }
    }
    /// The key at a table position, if any.
    #[inline]
    pub fn key_at(&self, i: usize) -> Option<Obj> {
        self.entry_at(i).map(|e| e.0)
    }
    /// Key and hash at a table position.
    #[inline]
    pub fn entry_at(&self, i: usize) -> Option<(Obj, i64)> {
        let e = self.table().get(i).filter(|e| e.key != 0)?;
        // SAFETY: SET-1.
        Some((unsafe { Obj::view(&e.key).clone() }, e.hash))
    }
    /// The next key at or after position `*at`, with its hash; moves the position behind it.
    #[inline]
    pub fn next_entry(&self, at: &mut usize) -> Option<(Obj, i64)> {
        let table = self.table();
        while let Some(e) = table.get(*at) {
            *at += 1;
            if e.key != 0 {
                // SAFETY: SET-1.
                return Some((unsafe { Obj::view(&e.key).clone() }, e.hash));
            }
        }
        None
    }
    pub fn entries(&self) -> Vec<(Obj, i64)> {
        let mut v = Vec::with_capacity(self.len());
        let mut at = 0;
        while let Some(e) = self.next_entry(&mut at) {
            v.push(e);
        }
        v
    }
    pub fn to_vec(&self) -> Vec<Obj> {
        let mut v = Vec::with_capacity(self.len());
        // SAFETY: SET-1.
        v.extend(self.table().iter().filter(|e| e.key != 0).map(|e| unsafe { Obj::view(&e.key).clone() }));
        v
    }

    /// Where a key is or would go. `adding`: a key that says it is equal is found even if saying so changed the set, as in CPython.
    #[inline]
    fn probe(&self, vm: &Vm, key: &Obj, hash: i64, adding: bool) -> PyResult<Probe> {
        match self.first_place(key, hash) {
            Some(found) => Ok(found),
            None => self.probe_on(vm, key, hash, adding),
        }
    }
    #[inline(never)]
    fn probe_on(&self, vm: &Vm, key: &Obj, hash: i64, adding: bool) -> PyResult<Probe> {
        self.probe_by(key, hash, adding, |other| ops::key_equals(vm, other, key))
    }
    /// What the first place of a hash says, if it is the key's or free.
    #[inline(always)]
    fn first_place(&self, key: &Obj, hash: i64) -> Option<Probe> {
        let i = hash as usize & self.mask.get();
        // SAFETY: SET-1: a position of the present table; nothing runs that could change it.
        let e = unsafe { &*self.base().add(i) };
        if e.key == key.bits() {
            Some(Probe::Found(i))
        } else if e.key == 0 && e.hash == 0 {
            Some(Probe::Free(i))
        } else {
            None
        }
    }
    /// As `probe`, asking `equal` about keys that [`plain`](crate::plain) cannot tell from `key`.
    #[inline(always)]
    fn probe_by<E>(
        &self,
        key: &Obj,
        hash: i64,
        adding: bool,
        equal: impl Fn(&Obj) -> Result<bool, E>,
    ) -> Result<Probe, E> {
        'restart: loop {
            let (table, mask) = (self.base(), self.mask.get());
            let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
            // CPython gives the last deleted entry on the way to a new key.
            let mut deleted = None;
            loop {
                let run = if i + LINEAR <= mask { LINEAR } else { 0 };
                for j in i..i + run + 1 {
                    // SAFETY: j <= mask; SET-2: after code that may change the table the probe starts anew.
                    let e = unsafe { &*table.add(j) };
                    if e.hash != hash {
                        if e.key == 0 {
                            if e.hash == 0 {
                                return Ok(Probe::Free(deleted.unwrap_or(j)));
                            }
                            deleted = Some(j);
                        }
                        continue;
                    }
                    if e.key == 0 {
                        // A hash is never -1, so this is a free entry and not a deleted one.
                        return Ok(Probe::Free(deleted.unwrap_or(j)));
                    }
                    // SAFETY: SET-1: nothing runs that could change the set.
                    match ops::plain_equal(unsafe { Obj::view(&e.key) }, key) {
                        Some(true) => return Ok(Probe::Found(j)),
                        Some(false) => continue,
                        None => {}
                    }
                    // SAFETY: SET-1; cloned, so it outlives changes by `__eq__`.
                    let other = unsafe { Obj::view(&e.key).clone() };
                    let version = self.version.get();
                    let equal = equal(&other)?;
                    if equal && adding {
                        return Ok(Probe::Found(j));
                    }
                    if self.version.get() != version {
                        continue 'restart;
                    }
                    if equal {
                        return Ok(Probe::Found(j));
                    }
                }
                perturb >>= 5;
                i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize)) & mask;
            }
        }
    }

    #[inline]
    pub fn contains(&self, vm: &Vm, key: &Obj) -> PyResult<bool> {
        let h = key_hash(vm, key)?;
        self.contains_hashed(vm, key, h)
    }
    /// As `contains`; runs no Python code.
    pub fn contains_plain(&self, key: &Obj) -> Result<bool, Unknown> {
        let hash = plain::hash(key).ok_or(Unknown)?;
        Ok(matches!(self.probe_by(key, hash, false, |_| Err(Unknown))?, Probe::Found(_)))
    }
    #[inline]
    pub fn contains_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.probe(vm, key, hash, false)?, Probe::Found(_)))
    }
    /// Adds a key; false when it was there.
    #[inline]
    pub fn add(&self, vm: &Vm, key: Obj) -> PyResult<bool> {
        let h = key_hash(vm, &key)?;
        self.add_hashed(vm, key, h)
    }
    #[inline]
    pub fn add_hashed(&self, vm: &Vm, key: Obj, hash: i64) -> PyResult<bool> {
        match self.probe(vm, &key, hash, true)? {
            Probe::Found(_) => Ok(false),
            Probe::Free(i) => {
                self.put(i, key, hash);
                Ok(true)
            }
        }
    }
    /// Puts a new key at the free position that a probe gave.
    #[inline(always)]
    fn put(&self, i: usize, key: Obj, hash: i64) {
        self.version.set(self.version.get() + 1);
        // SAFETY: a position of the present table.
        let before = unsafe { std::ptr::replace(self.base().add(i), Entry { key: key.into_raw(), hash }) };
        // A deleted entry counted already.
        self.fill.set(self.fill.get() + usize::from(before.hash == 0));
        self.used.set(self.used.get() + 1);
        if self.fill.get() * 5 >= self.mask.get() * 3 {
            self.grow();
        }
    }
    #[inline(never)]
    fn grow(&self) {
        let used = self.used.get();
        self.resize(if used > 50000 { used * 2 } else { used * 4 });
    }

    /// The keys with their hashes, each borrowed from the set, which the caller does not change meanwhile.
    #[inline(always)]
    fn borrowed(&self) -> impl Iterator<Item = (&Obj, i64)> {
        // SAFETY: SET-1.
        self.table().iter().filter(|e| e.key != 0).map(|e| (unsafe { Obj::view(&e.key) }, e.hash))
    }
    #[inline(always)]
    fn has_plain(&self, key: &Obj, hash: i64) -> Result<bool, Unknown> {
        Ok(matches!(self.probe_by(key, hash, false, |_| Err(Unknown))?, Probe::Found(_)))
    }
    /// Whether some key is in the other set, or (when not `within`) is not. Runs no Python code.
    pub fn any_plain(&self, other: &Set, within: bool) -> Result<bool, Unknown> {
        for (key, hash) in self.borrowed() {
            if other.has_plain(key, hash)? == within {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// The keys that are in the other set, or (when not `within`) are not. Runs no Python code.
    pub fn select_plain(&self, other: &Set, within: bool) -> Result<Set, Unknown> {
        let chosen = Set::default();
        for (key, hash) in self.borrowed() {
            if other.has_plain(key, hash)? == within {
                // SAFETY: the table has free slots, as it grows when it is three fifths full, and no deleted ones.
                let at = unsafe { free_slot(chosen.base(), chosen.mask.get(), hash) };
                chosen.put(at, key.clone(), hash);
            }
        }
        Ok(chosen)
    }
    /// Adds the keys of another set up to the first that Python code would have to compare. Runs none.
    pub fn merge_plain(&self, other: &Set) -> Result<(), Unknown> {
        for (key, hash) in other.borrowed() {
            if let Probe::Free(at) = self.probe_by(key, hash, true, |_| Err(Unknown))? {
                self.put(at, key.clone(), hash);
            }
        }
        Ok(())
    }
    /// Removes a key; false when it was not there.
    #[inline]
    pub fn discard(&self, vm: &Vm, key: &Obj) -> PyResult<bool> {
        let h = key_hash(vm, key)?;
        self.discard_hashed(vm, key, h)
    }
    #[inline]
    pub fn discard_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<bool> {
        match self.probe(vm, key, hash, false)? {
            Probe::Free(_) => Ok(false),
            Probe::Found(i) => {
                drop(self.take_at(i));
                Ok(true)
            }
        }
    }
    fn take_at(&self, i: usize) -> Obj {
        self.version.set(self.version.get() + 1);
        self.used.set(self.used.get() - 1);
        // SAFETY: `i` is a position of the present table.
        let e = unsafe { std::ptr::replace(self.base().add(i), Entry { key: 0, hash: -1 }) };
        // SAFETY: SET-1: the key left the table.
        unsafe { Obj::from_raw(e.key) }
    }
    /// Removes some key: the first at or after the place of the previous pop, so that popping all is linear.
    pub fn pop(&self) -> Option<Obj> {
        if self.is_empty() {
            return None;
        }
        let n = self.slots();
        let i = (0..n).map(|k| (self.finger.get() + k) & (n - 1)).find(|&i| self.table()[i].key != 0)?;
        self.finger.set(i + 1);
        Some(self.take_at(i))
    }

    /// Makes room for the keys of another set before they are added, as set_merge does.
    pub fn reserve_for(&self, other: &Set) {
        if (self.fill.get() + other.len()) * 5 >= self.mask.get() * 3 {
            self.version.set(self.version.get() + 1);
            self.resize((self.used.get() + other.len()) * 2);
        }
    }
    fn resize(&self, minused: usize) {
        let mut size = MIN;
        while size <= minused {
            size *= 2;
        }
        self.rebuild(size);
    }
    /// Moves the keys to a table of `size` slots, without the deleted ones.
    fn rebuild(&self, size: usize) {
        let (large, slots) = (self.large.get(), self.slots());
        // SAFETY: SET-1: entries move bit by bit; the small table is copied before it is written anew.
        unsafe {
            let small = *self.small.get();
            let old = std::slice::from_raw_parts(if large.is_null() { small.as_ptr() } else { large }, slots);
            let new = if size > MIN { new_table(size) } else { std::ptr::null_mut() };
            *self.small.get() = [Entry::default(); MIN];
            self.large.set(new);
            self.mask.set(size - 1);
            let table = self.base();
            old.iter().filter(|e| e.key != 0).for_each(|e| insert_clean(table, size - 1, *e));
        }
        free_table(large);
        self.fill.set(self.used.get());
    }

    /// Empties the set; keys are dropped after it is consistent again.
    pub fn clear_all(&self) {
        self.version.set(self.version.get() + 1);
        if self.fill.get() == 0 && self.large.get().is_null() {
            return;
        }
        let used = self.used.replace(0);
        self.fill.set(0);
        let (large, slots) = (self.large.replace(std::ptr::null_mut()), self.mask.replace(MIN - 1) + 1);
        // SAFETY: SET-1: the keys left the set before the first of them is dropped.
        unsafe {
            let small = std::ptr::replace(self.small.get(), [Entry::default(); MIN]);
            let old = std::slice::from_raw_parts(if large.is_null() { small.as_ptr() } else { large }, slots);
            old.iter().filter(|e| e.key != 0).take(used).for_each(|e| drop_key(e));
        }
        free_table(large);
    }
    /// Exchanges the contents of two sets.
    pub fn swap(&self, other: &Set) {
        if std::ptr::eq(self, other) {
            return;
        }
        // SAFETY: two sets, whose tables nobody looks at now.
        unsafe { std::ptr::swap(self.small.get(), other.small.get()) };
        self.large.swap(&other.large);
        self.mask.swap(&other.mask);
        self.used.swap(&other.used);
        self.fill.swap(&other.fill);
        self.version.set(self.version.get() + 1);
        other.version.set(other.version.get() + 1);
    }
    /// A payload with the same keys in the same order.
    pub fn copy(&self) -> Set {
        let s = Set::default();
        self.copy_into(&s);
        s
    }
    /// Fills a set that is as new: as in set_merge, the size follows from the number of keys alone and deleted entries stay behind.
    pub fn copy_into(&self, new: &Set) {
        let used = self.used.get();
        let mut size = MIN;
        if used * 5 >= (MIN - 1) * 3 {
            while size <= used * 2 {
                size *= 2;
            }
        }
        if size > MIN {
            new.large.set(new_table(size));
        }
        new.mask.set(size - 1);
        let (old, table) = (self.table(), new.base());
        // SAFETY: SET-1; the copy owns a new reference to each key, and its table has `size` free slots.
        unsafe {
            if size == old.len() && self.fill.get() == used {
                old.iter().filter(|e| e.key != 0).for_each(|e| std::mem::forget(Obj::view(&e.key).clone()));
                std::ptr::copy_nonoverlapping(old.as_ptr(), table, size);
            } else {
                for e in old.iter().filter(|e| e.key != 0) {
                    std::mem::forget(Obj::view(&e.key).clone());
                    insert_clean(table, size - 1, *e);
                }
            }
        }
        new.used.set(used);
        new.fill.set(used);
        new.version.set(new.version.get() + 1);
    }
    pub fn table_bytes(&self) -> usize {
        if self.slots() > MIN { self.slots() * 16 } else { 0 }
    }
}

/// Puts an entry into a table without deleted ones that does not hold its key.
///
/// # Safety
/// `table` has `mask + 1` entries, one of them free.
#[inline]
unsafe fn insert_clean(table: *mut Entry, mask: usize, e: Entry) {
    // SAFETY: by contract.
    unsafe { *table.add(free_slot(table, mask, e.hash)) = e }
}
/// Where `insert_clean` puts a key with this hash.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn free_slot(table: *mut Entry, mask: usize, hash: i64) -> usize {
    let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
    // SAFETY: i <= mask; by contract.
    if unsafe { (*table.add(i)).key } == 0 {
        return i;
    }
    loop {
        let run = if i + LINEAR <= mask { LINEAR } else { 0 };
        for j in i..i + run + 1 {
            // SAFETY: j <= mask; by contract.
            if unsafe { (*table.add(j)).key } == 0 {
                return j;
            }
        }
        perturb >>= 5;
        i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize)) & mask;
    }
}
