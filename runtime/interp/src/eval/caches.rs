//! Inline caches of attribute and global access.
//!
//! Invariants: CACHE-1: a cached value is borrowed; the type version or key-set version compared first proves that its owner still
//! holds it (TYPE-2, DICT-2). CACHE-2: a version of 0 never matches. A cache is filled by the slow path that just ran.
#![allow(unsafe_code)]

use super::Regs;
use crate::code::Cache;
use adder_object::attr;
use adder_object::descr::MemberDescr;
use adder_object::handle::PAYLOAD;
use adder_object::slots::{BinaryFn, StoreFn};
use adder_object::{Dict, Module, Obj, ObjExt, Type, TypeFlags, shape};

/// Kinds of cached attribute access (`Cache::aux`).
const SLOT: u16 = 1;
const METHOD: u16 = 2;
const VALUE: u16 = 3;
const MEMBER: u16 = 4;
const MODULE: u16 = 5;
const CLASS: u16 = 6;
const ADD: u16 = 7;

/// Failed attempts to fill a cache before it is left alone for a while.
const BACKOFF: u16 = 32;

impl Regs {
    /// The cache entry of the instruction whose cache unit `pc` is at; steps over the unit.
    #[inline(always)]
    pub(crate) fn take_cache<'a>(&mut self) -> Option<&'a Cache> {
        // SAFETY: CODE-1: a cache unit follows the op.
        let i = unsafe { *self.pc } as usize;
        self.pc = self.pc.wrapping_add(1);
        self.code().caches.get(i)
    }
}

/// The dict behind a value known to be an exact one.
#[inline(always)]
fn dict_of<'a>(o: &Obj) -> &'a Dict {
    // SAFETY: the caller checked the exact type; the frame keeps the object alive through the instruction.
    unsafe { &*((o.bits() as usize + PAYLOAD) as *const Dict) }
}

/// LOAD_GLOBAL from the cache: position in globals (index) or builtins (index, with both key sets unchanged).
#[inline(always)]
pub fn load_global(r: &Regs, c: &Cache) -> Option<Obj> {
    let version = c.version.get();
    if version == 0 {
        return None;
    }
    // SAFETY: the frame is live.
    let (globals, builtins) = unsafe { (&(*r.frame).globals, &(*r.frame).builtins) };
    // Filled only for exact dicts; a function's globals never change their type.
    let g = dict_of(globals);
    if g.current_version() != version {
        return None;
    }
    if c.aux.get() == 0 {
        return g.value_at(c.index.get() as usize);
    }
    let b = builtins.get_exact::<Dict>()?;
    if b.current_version() == c.shape.get() { b.value_at(c.index.get() as usize) } else { None }
}

/// Remembers where a global name was found.
#[cold]
pub fn fill_global(r: &Regs, c: &Cache, name: &Obj) {
    // SAFETY: the frame is live.
    let (globals, builtins) = unsafe { (&(*r.frame).globals, &(*r.frame).builtins) };
    c.version.set(0);
    if c.counter.get() > 1000 {
        return;
    }
    c.counter.set(c.counter.get() + 1);
    let (Some(g), Some(b)) = (globals.get_exact::<Dict>(), builtins.get_exact::<Dict>()) else { return };
    if !g.has_only_str_keys() || !b.has_only_str_keys() {
        return;
    }
    if let Some(i) = g.position_of_name(name) {
        c.aux.set(0);
        c.index.set(i as u32);
    } else if let Some(i) = b.position_of_name(name) {
        c.aux.set(1);
        c.index.set(i as u32);
        c.shape.set(b.keys_version());
    } else {
        return;
    }
    c.version.set(g.keys_version());
}

/// What a cached attribute load found.
pub enum Loaded {
    Value(Obj),
    /// A function of the type: the receiver stays as first argument.
    Method(Obj),
}

#[inline(always)]
fn borrowed(c: &Cache) -> Obj {
    // SAFETY: CACHE-1: the version was compared.
    unsafe { Obj::view(&c.value.get()).clone() }
}

#[inline(always)]
pub fn load_attr(owner: &Obj, c: &Cache) -> Option<Loaded> {
    let h = owner.header()?;
    if h.shape() != c.shape.get() || c.version.get() == 0 {
        return None;
    }
    let kind = c.aux.get();
    if kind == CLASS {
        let t = owner.get::<Type>()?;
        return if c.extra.get() == owner.bits() && t.version.get() == c.version.get() {
            Some(Loaded::Value(borrowed(c)))
        } else {
            None
        };
    }
    let ty = owner.ty();
    if kind == MODULE {
        if !ty.is(&adder_object::types::MODULE) {
            return None;
        }
        // SAFETY: modules keep their dict in the prefix word.
        let w = unsafe { *((owner.bits() as usize - 8) as *const u64) };
        if w == 0 {
            return None;
        }
        // SAFETY: a prefix dict word is an exact dict.
        let d = unsafe { &*((w as usize + PAYLOAD) as *const Dict) };
        return if d.current_version() == c.version.get() {
            d.value_at(c.index.get() as usize).map(Loaded::Value)
        } else {
            None
        };
    }
    if ty.version.get() != c.version.get() {
        return None;
    }
    match kind {
        // SAFETY: SHAPE-1, SHAPE-2: the shape has this slot.
        SLOT => Some(Loaded::Value(unsafe { Obj::view(&*attr::slot_ptr(owner, ty, c.index.get() as usize)).clone() })),
        METHOD => Some(Loaded::Method(borrowed(c))),
        VALUE => Some(Loaded::Value(borrowed(c))),
        MEMBER => {
            // SAFETY: OBJ-1: instances of the type have the member at this offset.
            let w = unsafe { *((owner.bits() as usize + c.index.get() as usize) as *const u64) };
            // SAFETY: a member word is zero or an owned value.
            if w == 0 { None } else { Some(Loaded::Value(unsafe { Obj::view(&w).clone() })) }
        }
        _ => None,
    }
}

fn set(c: &Cache, kind: u16, shape: u32, version: u32, index: u32, value: u64) {
    c.aux.set(kind);
    c.shape.set(shape);
    c.version.set(version);
    c.index.set(index);
    c.value.set(value);
}

/// After a miss: whether to try to fill now.
fn due(c: &Cache) -> bool {
    c.version.set(0);
    let n = c.counter.get();
    if n >= BACKOFF {
        // Often replaced: rest for a while, then learn again.
        c.counter.set(if n >= 8 * BACKOFF { BACKOFF / 2 } else { n + 1 });
        return n >= 8 * BACKOFF;
    }
    c.counter.set(n + 1);
    true
}

/// Learns how `owner.name` is found; `method` when the instruction wants a callable and its receiver.
#[cold]
pub fn fill_attr(owner: &Obj, name: &Obj, method: bool, c: &Cache) {
    if !due(c) {
        return;
    }
    let Some(h) = owner.header() else { return };
    let ty = owner.ty();
    if let Some(t) = owner.get::<Type>() {
        return fill_class(owner, t, name, c);
    }
    if owner.get_exact::<Module>().is_some() && ty.is(&adder_object::types::MODULE) {
        let d = adder_object::module::dict(owner);
        if let Some(i) = d.position_of_name(name).filter(|_| d.has_only_str_keys() && ty.lookup(name).is_none()) {
            set(c, MODULE, h.shape(), d.keys_version(), i as u32, 0);
        }
        return;
    }
    if ty.getattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, attr::generic_get as BinaryFn)) {
        return;
    }
    let Some(version) = ty.ensure_version() else { return };
    let found = ty.lookup(name);
    if let Some(m) = found.as_ref().and_then(|d| d.get_exact::<MemberDescr>()) {
        set(c, MEMBER, h.shape(), version, m.offset as u32, 0);
        return;
    }
    if found.as_ref().is_some_and(|d| d.ty().descr_set().is_some()) {
        return;
    }
    let in_slots = ty.has(TypeFlags::INLINE_ATTRS) && h.shape() != ty.head.dict_shape.get();
    if in_slots && let Some(i) = shape::slot_of(h.shape(), name) {
        set(c, SLOT, h.shape(), version, i as u32, 0);
        return;
    }
    if ty.has(TypeFlags::MANAGED_DICT) && !in_slots {
        return;
    }
    let Some(found) = found else { return };
    if found.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
        if method {
            set(c, METHOD, h.shape(), version, 0, found.bits());
        }
    } else if found.ty().descr_get().is_none() {
        set(c, VALUE, h.shape(), version, 0, found.bits());
    }
}

/// `Class.name` where neither the metaclass nor a descriptor takes part.
fn fill_class(owner: &Obj, t: &Type, name: &Obj, c: &Cache) {
    let meta = owner.ty();
    if meta.getattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, attr::type_get as BinaryFn))
        || meta.lookup(name).is_some()
    {
        return;
    }
    let (Some(version), Some(found)) = (t.ensure_version(), t.lookup(name)) else { return };
    let plain = found.ty().descr_get().is_none() || found.is_exact(&crate::function::FUNCTION);
    if plain && let Some(h) = owner.header() {
        set(c, CLASS, h.shape(), version, 0, found.bits());
        c.extra.set(owner.bits());
    }
}

/// STORE_ATTR from the cache; false when it does not apply.
#[inline(always)]
pub fn store_attr(owner: &Obj, value: &Obj, c: &Cache) -> bool {
    let Some(h) = owner.header() else { return false };
    if h.shape() != c.shape.get() || c.version.get() == 0 {
        return false;
    }
    let ty = owner.ty();
    if ty.version.get() != c.version.get() {
        return false;
    }
    let at = match c.aux.get() {
        SLOT | ADD => attr::slot_ptr(owner, ty, c.index.get() as usize),
        MEMBER => (owner.bits() as usize + c.index.get() as usize) as *mut u64,
        _ => return false,
    };
    // SAFETY: SHAPE-2 / OBJ-1: the word belongs to the object; the old value is dropped last.
    unsafe {
        if c.aux.get() == ADD {
            if c.index.get() as usize >= attr::capacity(owner, ty) {
                return false;
            }
            *at = value.clone().into_raw();
            h.set_shape(c.extra.get() as u32);
            return true;
        }
        let old = std::mem::replace(&mut *at, value.clone().into_raw());
        if old != 0 {
            drop(Obj::from_raw(old));
        }
    }
    true
}

/// Learns how `owner.name = value` stores; called before the slow path, with the shape as it is then.
#[cold]
pub fn fill_store(owner: &Obj, name: &Obj, c: &Cache) {
    if !due(c) {
        return;
    }
    let Some(h) = owner.header() else { return };
    let ty = owner.ty();
    if ty.setattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, attr::generic_set as StoreFn)) {
        return;
    }
    let Some(version) = ty.ensure_version() else { return };
    let found = ty.lookup(name);
    if let Some(m) = found.as_ref().and_then(|d| d.get_exact::<MemberDescr>()) {
        set(c, MEMBER, h.shape(), version, m.offset as u32, 0);
        return;
    }
    if found.is_some_and(|d| d.ty().descr_set().is_some())
        || !ty.has(TypeFlags::INLINE_ATTRS)
        || h.shape() == ty.head.dict_shape.get()
    {
        return;
    }
    if let Some(i) = shape::slot_of(h.shape(), name) {
        set(c, SLOT, h.shape(), version, i as u32, 0);
    } else if let Some(n) = name.downcast::<adder_object::Str>() {
        let len = shape::len(h.shape());
        if len < attr::capacity(owner, ty) {
            let next = shape::with(h.shape(), &adder_object::str::intern(&n));
            set(c, ADD, h.shape(), version, len as u32, 0);
            c.extra.set(next as u64);
        }
    }
}
