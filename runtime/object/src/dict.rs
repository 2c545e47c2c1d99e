//! [`Dict`]: an insertion-ordered hash table: an index table of u8/u16/u32 over dense entries, in one block.
//!
//! ```text
//!  block: [ index: 2^log2 slots of 1, 2 or 4 bytes | entries: usable * { hash, key, value } ]
//! ```
//! Invariants: DICT-1: entries [0, filled) are initialised; a deleted one has key 0. DICT-2: `version` is 0 or names the
//! present set of keys and their positions; any insertion of a new key, deletion or resize zeroes it. DICT-3: keys are
//! compared by Python code only with the table re-checked afterwards (`block` and `filled` unchanged), else the probe restarts.
//! CPython: Objects/dictobject.c (same probe sequence).

use crate::handle::Ref;
use crate::plain::Unknown;
use crate::{Obj, ObjExt, PyResult, Str, Vm, ops, plain, types};
use adder_mem::heap::{self, Global};
use adder_mem::{Trace, Visit};
use std::cell::Cell;

#[repr(C)]
pub struct Dict {
    used: Cell<usize>,
    block: Cell<*mut u8>,
    /// The entries in `block`; dangling while there is none.
    entries: Cell<*mut Entry>,
    filled: Cell<u32>,
    usable: Cell<u32>,
    version: Cell<u32>,
    log2: Cell<u8>,
    /// Every key is an exact str: lookups of a str run no Python code.
    str_keys: Cell<bool>,
    /// A namespace whose changes must reach `Type::modified` or the JIT's watchers.
    pub watched: Cell<bool>,
}
crate::payload!(Dict, types::DICT, adder_mem::header::TypeFlags::DICT_SUBCLASS);

#[repr(C)]
pub struct Entry {
    hash: i64,
    key: u64,
    value: u64,
}

/// Offsets for compiled code, which walks dicts in place.
pub const USED: usize = std::mem::offset_of!(Dict, used);
pub const FILLED: usize = std::mem::offset_of!(Dict, filled);
pub const ENTRIES: usize = std::mem::offset_of!(Dict, entries);
pub const ENTRY_KEY: usize = std::mem::offset_of!(Entry, key);
pub const ENTRY_VALUE: usize = std::mem::offset_of!(Entry, value);

const FREE: u32 = u32::MAX;
const DUMMY: u32 = u32::MAX - 1;
const PERTURB: u32 = 5;
static NEXT_VERSION: Global<u32> = Global::new(0);

impl Trace for Dict {
    fn trace(&self, visit: &mut Visit<'_>) {
        for e in self.entries().iter().filter(|e| e.key != 0) {
            // SAFETY: DICT-1: both words of a live entry are owned values.
            unsafe {
                visit(Obj::view(&e.key));
                visit(Obj::view(&e.value));
            }
        }
    }
    fn clear(&self) {
        self.clear_all()
    }
}
impl Drop for Dict {
    fn drop(&mut self) {
        self.clear_all()
    }
}
impl Default for Dict {
    fn default() -> Self {
        Dict {
            used: Cell::new(0),
            block: Cell::new(std::ptr::null_mut()),
            entries: Cell::new(std::ptr::dangling_mut()),
            filled: Cell::new(0),
            usable: Cell::new(0),
            version: Cell::new(0),
            log2: Cell::new(0),
            str_keys: Cell::new(true),
            watched: Cell::new(false),
        }
    }
}

/// Hash of a prospective key, with the error text of dicts.
#[inline]
pub fn key_hash(vm: &Vm, key: &Obj) -> PyResult<i64> {
    match ops::hash(vm, key) {
        Ok(h) => Ok(h),
        Err(e) => Err(crate::error::unhashable(e, key, "a dict key")),
    }
}

/// Enters the first `count` entries, none of them deleted, into an index whose slots are all free.
///
/// # Safety
/// `index` has 2^log2 slots, more than `count`, and `entries` has `count` entries.
#[inline(always)]
unsafe fn index_entries<T: Copy + PartialEq>(
    index: *mut T,
    log2: u8,
    entries: *const Entry,
    count: usize,
    position: impl Fn(usize) -> T,
) {
    let mask = (1usize << log2) - 1;
    // SAFETY: every slot is below 2^log2; by contract.
    unsafe {
        // All bits set, as FREE is at each width.
        let free = position(usize::MAX);
        for at in 0..count {
            let hash = (*entries.add(at)).hash;
            let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
            while *index.add(i) != free {
                perturb >>= PERTURB;
                i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
            }
            *index.add(i) = position(at);
        }
    }
}

fn index_width(log2: u8) -> usize {
    if log2 <= 7 {
        1
    } else if log2 <= 15 {
        2
    } else {
        4
    }
}

/// A place in the index table with what it holds: the result of a probe.
#[derive(Clone, Copy)]
pub struct Found {
    slot: usize,
    entry: usize,
}

impl Dict {
    #[allow(clippy::new_ret_no_self)]
    pub fn new() -> Ref<Dict> {
        Ref::new(Dict::default())
    }
    pub fn with_capacity(n: usize) -> Ref<Dict> {
        let d = Dict::new();
        if n > 5 {
            d.resize_for(n)
        }
        d
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Entries including deleted ones: positions for iteration run below this.
    #[inline(always)]
    pub fn filled(&self) -> usize {
        self.filled.get() as usize
    }
    pub fn has_only_str_keys(&self) -> bool {
        self.str_keys.get()
    }
    /// Bytes of the table, for `__sizeof__`.
    pub fn table_bytes(&self) -> usize {
        if self.block.get().is_null() {
            0
        } else {
            self.entries_offset() + self.usable.get() as usize * size_of::<Entry>()
        }
    }

    #[inline(always)]
    fn entries_offset(&self) -> usize {
        (index_width(self.log2.get()) << self.log2.get()).next_multiple_of(8)
    }
    #[inline(always)]
    fn entries_ptr(&self) -> *mut Entry {
        self.entries.get()
    }
    #[inline(always)]
    fn entries(&self) -> &[Entry] {
        // SAFETY: DICT-1; without a block none is filled.
        unsafe { std::slice::from_raw_parts(self.entries_ptr(), self.filled()) }
    }
    #[inline(always)]
    fn narrow_index(&self, slot: usize) -> u32 {
        // SAFETY: slot < 2^log2, of one byte each. Positions are below 128; FREE and DUMMY are -1 and -2.
        unsafe { *(self.block.get() as *const i8).add(slot) as u32 }
    }
    #[inline(always)]
    fn index(&self, slot: usize) -> u32 {
        let p = self.block.get();
        // SAFETY: slot < 2^log2.
        unsafe {
            match index_width(self.log2.get()) {
                1 => {
                    let v = *p.add(slot);
                    if v >= 0xFE { v as u32 | 0xFFFF_FF00 } else { v as u32 }
                }
                2 => {
                    let v = *(p as *const u16).add(slot);
                    if v >= 0xFFFE { v as u32 | 0xFFFF_0000 } else { v as u32 }
                }
                _ => *(p as *const u32).add(slot),
            }
        }
    }
    #[inline(always)]
    fn set_index(&self, slot: usize, v: u32) {
        let p = self.block.get();
        // SAFETY: slot < 2^log2; narrower stores keep the sentinels apart.
        unsafe {
            match index_width(self.log2.get()) {
                1 => *p.add(slot) = v as u8,
                2 => *(p as *mut u16).add(slot) = v as u16,
                _ => *(p as *mut u32).add(slot) = v,
            }
        }
    }

    /// The entry at a position below `filled`: (key, value), None when deleted.
    #[inline]
    pub fn entry_at(&self, i: usize) -> Option<(Obj, Obj)> {
        let e = self.entries().get(i)?;
        if e.key == 0 {
            return None;
        }
        // SAFETY: DICT-1.
        unsafe { Some((Obj::view(&e.key).clone(), Obj::view(&e.value).clone())) }
    }
    /// As `entry_at`, with the stored hash.
    pub fn entry_with_hash(&self, i: usize) -> Option<(Obj, Obj, i64)> {
        let (k, v) = self.entry_at(i)?;
        Some((k, v, self.entries()[i].hash))
    }
    #[inline(always)]
    pub fn key_at(&self, i: usize) -> Option<Obj> {
        let e = self.entries().get(i)?;
        // SAFETY: DICT-1.
        if e.key == 0 { None } else { Some(unsafe { Obj::view(&e.key).clone() }) }
    }
    #[inline(always)]
    pub fn value_at(&self, i: usize) -> Option<Obj> {
        let e = self.entries().get(i)?;
        // SAFETY: DICT-1.
        if e.key == 0 { None } else { Some(unsafe { Obj::view(&e.value).clone() }) }
    }
    /// Replaces the value at a position known from a cache whose version matched.
    #[inline(always)]
    pub fn set_value_at(&self, i: usize, value: Obj) {
        if i < self.filled() {
            // SAFETY: DICT-1; the old value is dropped after the new one is in place.
            unsafe {
                let e = &mut *self.entries_ptr().add(i);
                if e.key != 0 {
                    let old = std::mem::replace(&mut e.value, value.into_raw());
                    drop(Obj::from_raw(old));
                }
            }
        }
    }
    /// Address of the value word of a live entry: good while the version of the keys stays (DICT-2).
    pub fn value_address(&self, i: usize) -> *const u64 {
        // SAFETY: a position below `filled`.
        unsafe { &raw const (*self.entries_ptr().add(i)).value }
    }
    /// The value word of entry `i` when that is the entry of this very key object.
    #[inline(always)]
    pub fn value_of_key_at(&self, i: usize, key: &Obj) -> Option<u64> {
        let e = self.entries().get(i)?;
        if e.key == key.bits() { Some(e.value) } else { None }
    }
    /// Replaces the value of entry `i` when that is the entry of this very key object; the old word, owned by the caller now.
    ///
    /// # Safety
    /// `word` is an owned value that the caller gives up on success.
    #[inline(always)]
    pub unsafe fn swap_value_of_key_at(&self, i: usize, key: &Obj, word: u64) -> Option<u64> {
        self.value_of_key_at(i, key)?;
        // SAFETY: DICT-1: a live entry; by contract.
        Some(unsafe { std::mem::replace(&mut (*self.entries_ptr().add(i)).value, word) })
    }
    /// The next live entry at or after position `*at`; advances it.
    pub fn next_entry(&self, at: &mut usize) -> Option<(Obj, Obj)> {
        while *at < self.filled() {
            *at += 1;
            if let Some(e) = self.entry_at(*at - 1) {
                return Some(e);
            }
        }
        None
    }
    /// `f` of each live entry's key and value.
    fn map_vec<T>(&self, f: impl Fn(&Obj, &Obj) -> T) -> Vec<T> {
        let mut v = Vec::with_capacity(self.len());
        let live = self.entries().iter().filter(|e| e.key != 0);
        // SAFETY: DICT-1: both words of a live entry are owned values.
        v.extend(live.map(|e| unsafe { f(Obj::view(&e.key), Obj::view(&e.value)) }));
        v
    }
    pub fn keys_vec(&self) -> Vec<Obj> {
        self.map_vec(|k, _| k.clone())
    }
    pub fn values_vec(&self) -> Vec<Obj> {
        self.map_vec(|_, v| v.clone())
    }
    pub fn items_vec(&self) -> Vec<(Obj, Obj)> {
        self.map_vec(|k, v| (k.clone(), v.clone()))
    }

    /// The version tag of the key set (DICT-2), given out now if there was none; 0 when tags ran out.
    #[inline]
    pub fn keys_version(&self) -> u32 {
        if self.version.get() == 0 {
            let next = NEXT_VERSION.get();
            if *next != u32::MAX {
                *next += 1;
                self.version.set(*next);
            }
        }
        self.version.get()
    }
    /// Where the version tag lies; it stays there as long as the dict lives.
    pub fn version_address(&self) -> usize {
        &raw const self.version as usize
    }
    /// The present tag, 0 if none.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }

    /// Probes for a str key when every key is a str; runs no Python code.
    #[inline]
    fn find_str(&self, key: &Obj, text: &Str) -> Option<Found> {
        if self.block.get().is_null() {
            return None;
        }
        if self.log2.get() <= 7 { self.find_str_in(key, text, true) } else { self.find_str_in(key, text, false) }
    }
    /// `narrow`: the index has slots of one byte.
    #[inline(always)]
    fn find_str_in(&self, key: &Obj, text: &Str, narrow: bool) -> Option<Found> {
        let hash = text.hash();
        let mask = (1usize << self.log2.get()) - 1;
        let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
        let entries = self.entries_ptr();
        loop {
            let ix = if narrow { self.narrow_index(i) } else { self.index(i) };
            if ix == FREE {
                return None;
            }
            if ix != DUMMY {
                // SAFETY: DICT-1: index slots name initialised entries.
                let e = unsafe { &*entries.add(ix as usize) };
                if e.key == key.bits() {
                    return Some(Found { slot: i, entry: ix as usize });
                }
                if e.hash == hash {
                    // SAFETY: DICT-1; `str_keys` holds.
                    let other = unsafe { Obj::view(&e.key) };
                    if other.get::<Str>().is_some_and(|s| s.equals(text)) {
                        return Some(Found { slot: i, entry: ix as usize });
                    }
                }
            }
            perturb >>= PERTURB;
            i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
    }

    /// The entry that the first slot for a hash leads to, if its key is this very word: where most lookups end.
    #[inline(always)]
    fn at_first(&self, key: &Obj, hash: i64) -> Option<usize> {
        if self.block.get().is_null() {
            return None;
        }
        let ix = self.index(hash as usize & ((1usize << self.log2.get()) - 1));
        // SAFETY: DICT-1: index slots that are neither free nor deleted name initialised entries.
        (ix < DUMMY && unsafe { (*self.entries_ptr().add(ix as usize)).key } == key.bits()).then_some(ix as usize)
    }

    /// Probes for any key, calling `__eq__` where hashes agree.
    fn find(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<Found>> {
        self.find_by(key, hash, |other| ops::key_equals(vm, other, key))
    }
    /// As `find`, asking `equal` about keys that [`plain`](crate::plain) cannot tell from `key`.
    #[inline(always)]
    fn find_by<E>(&self, key: &Obj, hash: i64, equal: impl Fn(&Obj) -> Result<bool, E>) -> Result<Option<Found>, E> {
        if self.str_keys.get()
            && let Some(text) = key.get_exact::<Str>()
        {
            return Ok(self.find_str(key, text));
        }
        'restart: loop {
            if self.block.get().is_null() {
                return Ok(None);
            }
            let mask = (1usize << self.log2.get()) - 1;
            let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
            loop {
                let ix = self.index(i);
                if ix == FREE {
                    return Ok(None);
                }
                if ix != DUMMY {
                    // SAFETY: DICT-1.
                    let e = unsafe { &*self.entries_ptr().add(ix as usize) };
                    let found = Found { slot: i, entry: ix as usize };
                    if e.key == key.bits() {
                        return Ok(Some(found));
                    }
                    let plain = if e.hash == hash && e.key != 0 {
                        // SAFETY: DICT-1: nothing runs that could change the dict.
                        ops::plain_equal(unsafe { Obj::view(&e.key) }, key)
                    } else {
                        Some(false)
                    };
                    if plain == Some(true) {
                        return Ok(Some(found));
                    }
                    if plain.is_none() {
                        // SAFETY: DICT-1: cloned, so it outlives changes by `__eq__`.
                        let other = unsafe { Obj::view(&e.key).clone() };
                        let (block, filled) = (self.block.get(), self.filled.get());
                        let equal = equal(&other)?;
                        if self.block.get() != block || self.filled.get() != filled || self.key_bits(ix) != other.bits()
                        {
                            continue 'restart;
                        }
                        if equal {
                            return Ok(Some(found));
                        }
                    }
                }
                perturb >>= PERTURB;
                i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
            }
        }
    }

    fn key_bits(&self, entry: u32) -> u64 {
        self.entries().get(entry as usize).map_or(0, |e| e.key)
    }

    /// The value of an interned or any exact str key; runs no Python code unless other keys are mixed in.
    #[inline]
    pub fn get_name(&self, name: &Obj) -> Option<Obj> {
        self.position_of_name(name).and_then(|i| self.value_at(i))
    }
    /// The entry position of a str key.
    #[inline]
    pub fn position_of_name(&self, name: &Obj) -> Option<usize> {
        let text = name.get::<Str>()?;
        if self.str_keys.get() {
            return self.find_str(name, text).map(|f| f.entry);
        }
        let hash = text.hash();
        self.entries().iter().position(|e| {
            // SAFETY: DICT-1.
            e.key != 0 && e.hash == hash && unsafe { Obj::view(&e.key) }.get::<Str>().is_some_and(|s| s.equals(text))
        })
    }
    /// Sets a str key; runs no Python code but destructors of the old value.
    pub fn set_name(&self, name: &Obj, value: Obj) {
        if let Some(i) = self.position_of_name(name) {
            return self.set_value_at(i, value);
        }
        let hash = name.get::<Str>().map_or(0, Str::hash);
        self.insert_new(name.clone(), hash, value);
    }
    pub fn set_str(&self, name: &str, value: Obj) {
        self.set_name(crate::str::intern_str(name).obj(), value)
    }
    pub fn get_str(&self, name: &str) -> Option<Obj> {
        self.get_name(crate::str::intern_str(name).obj())
    }
    /// Removes a str key; the old value, if any.
    pub fn remove_name(&self, name: &Obj) -> Option<Obj> {
        let text = name.get::<Str>()?;
        if self.str_keys.get() {
            let f = self.find_str(name, text)?;
            return Some(self.remove_found(f).1);
        }
        let at = self.position_of_name(name)?;
        let slot = self.slot_of_entry(at)?;
        Some(self.remove_found(Found { slot, entry: at }).1)
    }

    fn slot_of_entry(&self, entry: usize) -> Option<usize> {
        let hash = self.entries().get(entry)?.hash;
        let mask = (1usize << self.log2.get()) - 1;
        let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
        loop {
            let ix = self.index(i);
            if ix == entry as u32 {
                return Some(i);
            }
            if ix == FREE {
                return None;
            }
            perturb >>= PERTURB;
            i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
    }

    #[inline]
    pub fn get_item(&self, vm: &Vm, key: &Obj) -> PyResult<Option<Obj>> {
        if self.str_keys.get()
            && let Some(text) = key.get_exact::<Str>()
        {
            return Ok(self.find_str(key, text).and_then(|f| self.value_at(f.entry)));
        }
        let hash = key_hash(vm, key)?;
        self.get_item_hashed(vm, key, hash)
    }
    pub fn get_item_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        if let Some(i) = self.at_first(key, hash) {
            return Ok(self.value_at(i));
        }
        Ok(self.find(vm, key, hash)?.and_then(|f| self.value_at(f.entry)))
    }
    pub fn contains(&self, vm: &Vm, key: &Obj) -> PyResult<bool> {
        if self.str_keys.get()
            && let Some(text) = key.get_exact::<Str>()
        {
            return Ok(self.find_str(key, text).is_some());
        }
        let hash = key_hash(vm, key)?;
        if self.at_first(key, hash).is_some() {
            return Ok(true);
        }
        Ok(self.find(vm, key, hash)?.is_some())
    }
    fn find_plain(&self, key: &Obj) -> Result<(Option<Found>, i64), Unknown> {
        let hash = plain::hash(key).ok_or(Unknown)?;
        Ok((self.find_by(key, hash, |_| Err(Unknown))?, hash))
    }
    /// The value word of a key, borrowed from the dict; runs no Python code.
    pub fn value_plain(&self, key: &Obj) -> Result<Option<u64>, Unknown> {
        let found = self.find_plain(key)?.0;
        // SAFETY: DICT-1: the position was just found.
        Ok(found.map(|f| unsafe { (*self.entries_ptr().add(f.entry)).value }))
    }
    /// Sets a key and gives its old value; runs no Python code. What cannot be told changes nothing.
    pub fn replace_plain(&self, key: &Obj, value: &Obj) -> Result<Option<Obj>, Unknown> {
        match self.find_plain(key)? {
            // SAFETY: DICT-1: as above; the old word was the entry's own.
            (Some(f), _) => Ok(Some(unsafe {
                let e = &mut *self.entries_ptr().add(f.entry);
                Obj::from_raw(std::mem::replace(&mut e.value, value.clone().into_raw()))
            })),
            (None, hash) => {
                self.insert_new(key.clone(), hash, value.clone());
                Ok(None)
            }
        }
    }
    #[inline]
    pub fn set_item(&self, vm: &Vm, key: &Obj, value: Obj) -> PyResult<()> {
        if self.str_keys.get()
            && let Some(text) = key.get_exact::<Str>()
        {
            match self.find_str(key, text) {
                Some(f) => self.set_value_at(f.entry, value),
                None => self.insert_new(key.clone(), text.hash(), value),
            }
            return Ok(());
        }
        let hash = key_hash(vm, key)?;
        self.set_item_hashed(vm, key, hash, value)
    }
    pub fn set_item_hashed(&self, vm: &Vm, key: &Obj, hash: i64, value: Obj) -> PyResult<()> {
        if let Some(i) = self.at_first(key, hash) {
            self.set_value_at(i, value);
            return Ok(());
        }
        match self.find(vm, key, hash)? {
            Some(f) => self.set_value_at(f.entry, value),
            None => self.insert_new(key.clone(), hash, value),
        }
        Ok(())
    }
    /// The entry position of a key.
    pub fn position_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<usize>> {
        match self.at_first(key, hash) {
            Some(i) => Ok(Some(i)),
            None => Ok(self.find(vm, key, hash)?.map(|f| f.entry)),
        }
    }
    /// The value of `key`, inserting `default` when missing.
    pub fn set_default(&self, vm: &Vm, key: &Obj, default: Obj) -> PyResult {
        let hash = key_hash(vm, key)?;
        if let Some(f) = self.find(vm, key, hash)?
            && let Some(v) = self.value_at(f.entry)
        {
            return Ok(v);
        }
        self.insert_new(key.clone(), hash, default.clone());
        Ok(default)
    }
    /// Removes a key; its value, None when it was not there.
    pub fn remove_item(&self, vm: &Vm, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = key_hash(vm, key)?;
        Ok(self.find(vm, key, hash)?.map(|f| self.remove_found(f).1))
    }
    pub fn remove_item_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        Ok(self.find(vm, key, hash)?.map(|f| self.remove_found(f).1))
    }
    /// Removes a key; the entry itself, None when it was not there.
    pub fn remove_entry_hashed(&self, vm: &Vm, key: &Obj, hash: i64) -> PyResult<Option<(Obj, Obj)>> {
        Ok(self.find(vm, key, hash)?.map(|f| self.remove_found(f)))
    }
    /// Removes and returns the last item.
    pub fn pop_last(&self) -> Option<(Obj, Obj)> {
        let at = (0..self.filled()).rev().find(|&i| self.entries()[i].key != 0)?;
        let slot = self.slot_of_entry(at)?;
        let item = self.remove_found(Found { slot, entry: at });
        self.filled.set(at as u32);
        Some(item)
    }

    /// Position of the first live entry at or after `from`. From 0 the search is amortised: the first entry, when deleted, keeps
    /// in its value word how far everything is deleted, so that taking items from the front again and again stays linear.
    pub fn first_live(&self, from: usize) -> Option<usize> {
        let entries = self.entries();
        let mut i = from;
        if i == 0
            && let Some(e) = entries.first()
            && e.key == 0
        {
            i = e.value as usize;
        }
        while i < entries.len() && entries[i].key == 0 {
            i += 1;
        }
        if from == 0 && i > 0 && !entries.is_empty() && entries[0].key == 0 {
            // SAFETY: DICT-1: entry 0 exists and is deleted, so its value word owns nothing; nothing else reads it.
            unsafe { (*self.entries_ptr()).value = i as u64 }
        }
        (i < entries.len()).then_some(i)
    }
    /// Removes and returns the first item.
    pub fn pop_first(&self) -> Option<(Obj, Obj)> {
        let at = self.first_live(0)?;
        let slot = self.slot_of_entry(at)?;
        Some(self.remove_found(Found { slot, entry: at }))
    }

    fn remove_found(&self, f: Found) -> (Obj, Obj) {
        self.version.set(0);
        self.set_index(f.slot, DUMMY);
        self.used.set(self.used.get() - 1);
        // SAFETY: DICT-1: the entry leaves the table before its words are given out.
        unsafe {
            let e = &mut *self.entries_ptr().add(f.entry);
            let (k, v) = (std::mem::replace(&mut e.key, 0), std::mem::replace(&mut e.value, 0));
            (Obj::from_raw(k), Obj::from_raw(v))
        }
    }

    /// Adds a key known not to be there.
    pub fn insert_new(&self, key: Obj, hash: i64, value: Obj) {
        if self.filled.get() >= self.usable.get() {
            self.resize_for((self.used.get() * 2).max(1));
        }
        if self.str_keys.get() && !key.is_exact(&types::STR) {
            self.str_keys.set(false);
        }
        self.version.set(0);
        let at = self.filled.get();
        let slot = self.free_slot(hash);
        self.set_index(slot, at);
        // SAFETY: DICT-1: at < usable, so the entry lies in the block.
        unsafe {
            std::ptr::write(
                self.entries_ptr().add(at as usize),
                Entry { hash, key: key.into_raw(), value: value.into_raw() },
            );
        }
        self.filled.set(at + 1);
        self.used.set(self.used.get() + 1);
    }

    fn free_slot(&self, hash: i64) -> usize {
        let mask = (1usize << self.log2.get()) - 1;
        let (mut perturb, mut i) = (hash as u64, hash as usize & mask);
        while self.index(i) < DUMMY {
            perturb >>= PERTURB;
            i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
        i
    }

    /// Rebuilds the table with room for `n` items; positions change, so the version goes.
    fn resize_for(&self, n: usize) {
        let mut log2 = 3u8;
        while ((1usize << log2) * 2 / 3) < n {
            log2 += 1;
        }
        let usable = (1usize << log2) * 2 / 3;
        let offset = (index_width(log2) << log2).next_multiple_of(8);
        let block = heap::alloc_plain(offset + usable * size_of::<Entry>());
        if block.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<u64>())
        }
        let (old, old_entries) = (self.block.get(), self.entries());
        // SAFETY: the new block is sized for index and entries; entries move bit by bit, the old block alone is freed.
        unsafe {
            std::ptr::write_bytes(block, 0xFF, offset);
            let new = block.add(offset) as *mut Entry;
            let mut count = 0;
            for e in old_entries.iter().filter(|e| e.key != 0) {
                std::ptr::copy_nonoverlapping(e, new.add(count), 1);
                count += 1;
            }
            self.block.set(block);
            self.entries.set(new);
            self.log2.set(log2);
            self.usable.set(usable as u32);
            self.filled.set(count as u32);
            self.version.set(0);
            match index_width(log2) {
                1 => index_entries(block, log2, new, count, |i| i as u8),
                2 => index_entries(block as *mut u16, log2, new, count, |i| i as u16),
                _ => index_entries(block as *mut u32, log2, new, count, |i| i as u32),
            }
            if !old.is_null() {
                heap::free_plain(old);
            }
        }
    }

    /// Empties the dict; the old contents are dropped after it is consistent again.
    pub fn clear_all(&self) {
        let block = self.block.replace(std::ptr::null_mut());
        self.entries.set(std::ptr::dangling_mut());
        let (filled, log2) = (self.filled.replace(0) as usize, self.log2.replace(0));
        self.used.set(0);
        self.usable.set(0);
        self.version.set(0);
        self.str_keys.set(true);
        if block.is_null() {
            return;
        }
        // SAFETY: DICT-1: the block is no longer reachable from the dict; each word is dropped once.
        unsafe {
            let entries = block.add((index_width(log2) << log2).next_multiple_of(8)) as *mut Entry;
            for i in 0..filled {
                let e = &*entries.add(i);
                if e.key != 0 {
                    drop(Obj::from_raw(e.key));
                    drop(Obj::from_raw(e.value));
                }
            }
            heap::free_plain(block);
        }
    }

    /// Gives an empty dict a copy of the block, deleted entries and all.
    pub(crate) fn clone_block_into(&self, d: &Dict) {
        let (offset, room) = (self.entries_offset(), self.usable.get() as usize);
        let block = heap::alloc_plain(offset + room * size_of::<Entry>());
        if block.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<u64>())
        }
        // SAFETY: DICT-1: the new block is as large as the old; it owns a new reference to each key and value that it copies, and the
        // block that it replaces holds no entry.
        unsafe {
            for e in self.entries().iter().filter(|e| e.key != 0) {
                std::mem::forget((Obj::view(&e.key).clone(), Obj::view(&e.value).clone()));
            }
            std::ptr::copy_nonoverlapping(self.block.get(), block, offset + self.filled() * size_of::<Entry>());
            let old = d.block.replace(block);
            if !old.is_null() {
                heap::free_plain(old);
            }
            d.entries.set(block.add(offset) as *mut Entry);
        }
        d.log2.set(self.log2.get());
        d.usable.set(self.usable.get());
        d.filled.set(self.filled.get());
        d.used.set(self.used.get());
        d.str_keys.set(self.str_keys.get());
        d.version.set(0);
    }
}
