//! [`Set`]: the hash table of `set` and `frozenset`, probed as CPython's so that iteration order of equal contents agrees.
//!
//! Invariants: SET-1: entries with key 0 are free (hash 0) or deleted (hash -1). SET-2: as DICT-3 for `__eq__` while probing.
//! CPython: Objects/setobject.c (LINEAR_PROBES 9, PERTURB_SHIFT 5).

use crate::handle::{PAYLOAD, Ref, allocate};
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, Vm, error, ops, types};
use adder_mem::header::TypeFlags;
use adder_mem::{Trace, Visit};
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, Default)]
struct Entry {
    key: u64,
    hash: i64,
}

pub struct Set {
    table: RefCell<Vec<Entry>>,
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
    ops::hash(vm, key).map_err(|e| error::unhashable(e, key, "a set element"))
}

const MIN: usize = 8;
const LINEAR: usize = 9;

impl Default for Set {
    fn default() -> Self {
        Set {
            table: RefCell::new(vec![Entry::default(); MIN]),
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
        if let Ok(t) = self.table.try_borrow() {
            for e in t.iter().filter(|e| e.key != 0) {
                // SAFETY: SET-1: a key word is an owned value.
                visit(unsafe { Obj::view(&e.key) })
            }
        }
    }
    fn clear(&self) {
        self.clear_all()
    }
}
impl Drop for Set {
    fn drop(&mut self) {
        for e in self.table.take().iter().filter(|e| e.key != 0) {
            // SAFETY: SET-1: nothing reaches the set any more.
            drop(unsafe { Obj::from_raw(e.key) })
        }
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
    #[inline]
    pub fn slots(&self) -> usize {
        self.table.borrow().len()
    }
    /// The key at a table position, if any.
    #[inline]
    pub fn key_at(&self, i: usize) -> Option<Obj> {
        self.entry_at(i).map(|e| e.0)
    }
    /// Key and hash at a table position.
    #[inline]
    pub fn entry_at(&self, i: usize) -> Option<(Obj, i64)> {
        let t = self.table.borrow();
        let e = t.get(i).filter(|e| e.key != 0)?;
        // SAFETY: SET-1.
        Some((unsafe { Obj::view(&e.key).clone() }, e.hash))
    }
    pub fn entries(&self) -> Vec<(Obj, i64)> {
        (0..self.slots()).filter_map(|i| self.entry_at(i)).collect()
    }
    pub fn to_vec(&self) -> Vec<Obj> {
        (0..self.slots()).filter_map(|i| self.key_at(i)).collect()
    }

    fn probe(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Probe> {
        'restart: loop {
            let (table, mask) = {
                let t = self.table.borrow();
                (t.as_ptr(), t.len() - 1)
            };
            let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
            loop {
                let run = if i + LINEAR <= mask { LINEAR } else { 0 };
                for j in i..=i + run {
                    // SAFETY: j <= mask; SET-2: after code that may change the table the probe starts anew.
                    let e = unsafe { *table.add(j) };
                    if e.key == 0 && e.hash == 0 {
                        return Ok(Probe::Free(j));
                    }
                    if e.key == key.bits() {
                        return Ok(Probe::Found(j));
                    }
                    if e.key != 0 && e.hash == hash {
                        // SAFETY: SET-1: nothing runs that could change the set.
                        match ops::plain_equal(unsafe { Obj::view(&e.key) }, key) {
                            Some(true) => return Ok(Probe::Found(j)),
                            Some(false) => continue,
                            None => {}
                        }
                        // SAFETY: SET-1; cloned, so it outlives changes by `__eq__`.
                        let other = unsafe { Obj::view(&e.key).clone() };
                        let version = self.version.get();
                        let equal = ops::key_equals(vm, &other, key)?;
                        if self.version.get() != version {
                            continue 'restart;
                        }
                        if equal {
                            return Ok(Probe::Found(j));
                        }
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
    #[inline]
    pub fn contains_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.probe(vm, key, hash)?, Probe::Found(_)))
    }
    /// Adds a key; false when it was there.
    pub fn add(&self, vm: &Vm, key: Obj) -> PyResult<bool> {
        let h = key_hash(vm, &key)?;
        self.add_hashed(vm, key, h)
    }
    pub fn add_hashed(&self, vm: &Vm, key: Obj, hash: i64) -> PyResult<bool> {
        match self.probe(vm, &key, hash)? {
            Probe::Found(_) => Ok(false),
            Probe::Free(i) => {
                self.version.set(self.version.get() + 1);
                self.table.borrow_mut()[i] = Entry { key: key.into_raw(), hash };
                self.fill.set(self.fill.get() + 1);
                self.used.set(self.used.get() + 1);
                if self.fill.get() * 5 >= (self.slots() - 1) * 3 {
                    let used = self.used.get();
                    self.resize(if used > 50000 { used * 2 } else { used * 4 });
                }
                Ok(true)
            }
        }
    }
    /// Removes a key; false when it was not there.
    pub fn discard(&self, vm: &Vm, key: &Obj) -> PyResult<bool> {
        let h = key_hash(vm, key)?;
        self.discard_hashed(vm, key, h)
    }
    pub fn discard_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<bool> {
        match self.probe(vm, key, hash)? {
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
        let e = std::mem::replace(&mut self.table.borrow_mut()[i], Entry { key: 0, hash: -1 });
        // SAFETY: SET-1: the key left the table.
        unsafe { Obj::from_raw(e.key) }
    }
    /// Removes some key: the first at or after the place of the previous pop, so that popping all is linear.
    pub fn pop(&self) -> Option<Obj> {
        if self.is_empty() {
            return None;
        }
        let n = self.slots();
        let i = (0..n).map(|k| (self.finger.get() + k) & (n - 1)).find(|&i| self.table.borrow()[i].key != 0)?;
        self.finger.set(i + 1);
        Some(self.take_at(i))
    }

    /// Makes room for the keys of another set before they are added, as set_merge does.
    pub fn reserve_for(&self, other: &Set) {
        if (self.fill.get() + other.len()) * 5 >= (self.slots() - 1) * 3 {
            self.version.set(self.version.get() + 1);
            self.resize((self.used.get() + other.len()) * 2);
        }
    }
    fn resize(&self, minused: usize) {
        let mut size = MIN;
        while size <= minused {
            size *= 2;
        }
        let mut new = vec![Entry::default(); size];
        let mask = size - 1;
        for e in self.table.borrow().iter().filter(|e| e.key != 0) {
            insert_clean(&mut new, mask, *e);
        }
        *self.table.borrow_mut() = new;
        self.fill.set(self.used.get());
    }

    /// Empties the set; keys are dropped after it is consistent again.
    pub fn clear_all(&self) {
        self.version.set(self.version.get() + 1);
        self.used.set(0);
        self.fill.set(0);
        let old = self.table.replace(vec![Entry::default(); MIN]);
        for e in old.iter().filter(|e| e.key != 0) {
            // SAFETY: SET-1: the keys left the set.
            drop(unsafe { Obj::from_raw(e.key) })
        }
    }
    /// Exchanges the contents of two sets.
    pub fn swap(&self, other: &Set) {
        self.table.swap(&other.table);
        self.used.swap(&other.used);
        self.fill.swap(&other.fill);
        self.version.set(self.version.get() + 1);
        other.version.set(other.version.get() + 1);
    }
    /// A payload with the same keys in the same table.
    pub fn copy(&self) -> Set {
        let s = Set::default();
        for e in self.table.borrow().iter().filter(|e| e.key != 0) {
            // SAFETY: SET-1; the copy owns a new reference.
            std::mem::forget(unsafe { Obj::view(&e.key).clone() });
        }
        // The size follows from the number of keys alone, and deleted entries are left behind, as in set_merge.
        let used = self.used.get();
        let mut size = MIN;
        if used * 5 >= (MIN - 1) * 3 {
            while size <= used * 2 {
                size *= 2;
            }
        }
        let old = self.table.borrow();
        let new = if size == old.len() && self.fill.get() == used {
            old.clone()
        } else {
            let mut new = vec![Entry::default(); size];
            old.iter().filter(|e| e.key != 0).for_each(|e| insert_clean(&mut new, size - 1, *e));
            new
        };
        drop(old);
        *s.table.borrow_mut() = new;
        s.used.set(used);
        s.fill.set(used);
        s
    }
    pub fn table_bytes(&self) -> usize {
        if self.slots() > MIN { self.slots() * 16 } else { 0 }
    }
}

fn insert_clean(table: &mut [Entry], mask: usize, e: Entry) {
    let (mut perturb, mut i) = (e.hash as u64, e.hash as usize & mask);
    loop {
        let run = if i + LINEAR <= mask { LINEAR } else { 0 };
        if let Some(j) = (i..=i + run).find(|&j| table[j].key == 0) {
            table[j] = e;
            return;
        }
        perturb >>= 5;
        i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize)) & mask;
    }
}
