//! Weak references: the list of them at each object, and what happens when the object dies.
//!
//! Invariants: WEAK-1: the prefix word of an object is 0 or the address of the first weak reference to it; each is linked to the
//! next, none is owned by the list. WEAK-2: a weak reference leaves the list when it dies or its object does.
//! CPython: Objects/weakrefobject.c.

use crate::handle::Ref;
use crate::typeobj::{StaticType, Type};
use crate::{Obj, ObjExt, PyResult, Vm, call, error, singletons};
use adder_mem::header::{Header, TypeFlags as F};
use adder_mem::{ObjCell, Trace, Visit};
use std::cell::Cell;

pub struct WeakRef {
    /// Address of the object, 0 once it died. Not owned.
    target: Cell<u64>,
    pub callback: ObjCell,
    pub hash: Cell<Option<i64>>,
    prev: Cell<*const WeakRef>,
    next: Cell<*const WeakRef>,
}
impl Trace for WeakRef {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.callback.trace(visit)
    }
    fn clear(&self) {
        self.unlink();
        self.callback.clear()
    }
}
pub static WEAKREF: StaticType = StaticType::new::<WeakRef>("weakref.ReferenceType", F::BASETYPE | F::GC);
pub static PROXY: StaticType = StaticType::new::<WeakRef>("weakref.ProxyType", F::GC);
pub static CALLABLE_PROXY: StaticType = StaticType::new::<WeakRef>("weakref.CallableProxyType", F::GC);
crate::payload!(WeakRef, WEAKREF);

/// The payload of any of the three weak types.
pub fn payload(o: &Obj) -> Option<&WeakRef> {
    let t = o.ty();
    if t.is(&PROXY) || t.is(&CALLABLE_PROXY) || o.is_ptr() && t.is_subtype(&WEAKREF) {
        // SAFETY: OBJ-1: all three types hold a WeakRef at the payload offset.
        return Some(unsafe { &*((o.bits() as usize + crate::handle::PAYLOAD) as *const WeakRef) });
    }
    None
}

fn list_word(target: u64) -> *mut *const WeakRef {
    (target as usize - 16) as *mut *const WeakRef
}

fn is_proxy_type(ty: *const adder_mem::TypeObject) -> bool {
    std::ptr::eq(ty, PROXY.object_ptr()) || std::ptr::eq(ty, CALLABLE_PROXY.object_ptr())
}

fn object_of(w: *const WeakRef) -> *mut Header {
    (w as usize - crate::handle::PAYLOAD) as *mut Header
}

impl WeakRef {
    /// The object, if it still lives.
    pub fn target(&self) -> Option<Obj> {
        let t = self.target.get();
        if t == 0 {
            return None;
        }
        // SAFETY: WEAK-2: a non-zero target is alive, unless its destruction has begun (refcount 0).
        unsafe {
            let h = t as *const Header;
            if (*h).refcount() == 0 { None } else { Some(Obj::from_borrowed_ptr(h)) }
        }
    }
    pub fn is_dead(&self) -> bool {
        self.target.get() == 0
    }

    fn unlink(&self) {
        let t = self.target.replace(0);
        if t == 0 {
            return;
        }
        let (prev, next) = (self.prev.replace(std::ptr::null()), self.next.replace(std::ptr::null()));
        // SAFETY: WEAK-1: neighbours are live weak references of the same object.
        unsafe {
            if prev.is_null() {
                *list_word(t) = next;
            } else {
                (*prev).next.set(next);
            }
            if !next.is_null() {
                (*next).prev.set(prev);
            }
        }
    }

    /// 0 for the shared reference, 1 for the shared proxies, 2 for every other one.
    fn rank(&self) -> u8 {
        // SAFETY: a weak reference is the payload of a live object of one of the three types or a subclass.
        let ty = unsafe { (*object_of(self)).type_ptr() };
        if self.callback.is_some() || !std::ptr::eq(ty, WEAKREF.object_ptr()) && !is_proxy_type(ty) {
            2
        } else if is_proxy_type(ty) {
            1
        } else {
            0
        }
    }

    fn link(&self, target: &Obj) {
        self.target.set(target.bits());
        // SAFETY: the target's type has MANAGED_WEAKREF (checked by `new`), so the word exists.
        unsafe {
            let head = list_word(target.bits());
            // The shared reference comes first, then the shared proxy, then all others, youngest first.
            let (mut prev, mut next): (*const WeakRef, _) = (std::ptr::null(), *head);
            while !next.is_null() && (*next).rank() < self.rank() {
                prev = next;
                next = (*next).next.get();
            }
            self.prev.set(prev);
            self.next.set(next);
            if !next.is_null() {
                (*next).prev.set(self);
            }
            if prev.is_null() {
                *head = self;
            } else {
                (*prev).next.set(self);
            }
        }
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        self.unlink()
    }
}

/// A weak reference of type `ty` (one of the three or a subclass); the plain one without callback is shared.
pub fn new(ty: &Type, target: &Obj, callback: Option<Obj>) -> PyResult {
    if !target.has_type_flag(F::MANAGED_WEAKREF) || target.header().is_some_and(|h| h.type_ptr().is_null()) {
        return Err(error::type_error(format!("cannot create weak reference to '{}' object", target.ty().tp_name())));
    }
    let callback = callback.filter(|c| !c.is_none());
    if callback.is_none()
        && !ty.is_heap()
        && let Some(w) =
            all(target).into_iter().find(|w| w.ty().is(ty) && payload(w).is_some_and(|p| !p.callback.is_some()))
    {
        return Ok(w);
    }
    let w = WeakRef {
        target: Cell::new(0),
        callback: ObjCell::from_option(callback),
        hash: Cell::new(None),
        prev: Cell::new(std::ptr::null()),
        next: Cell::new(std::ptr::null()),
    };
    let obj: Obj = make(ty, w);
    if let Some(p) = payload(&obj) {
        p.link(target)
    }
    Ok(obj)
}

fn make(ty: &Type, w: WeakRef) -> Obj {
    let p = crate::handle::allocate(ty, 0);
    // SAFETY: the three types and subclasses have room for the payload.
    unsafe {
        std::ptr::write((p as usize + crate::handle::PAYLOAD) as *mut WeakRef, w);
        Obj::from_ptr(p)
    }
}

/// The weak references to an object, in list order.
pub fn all(target: &Obj) -> Vec<Obj> {
    if !target.has_type_flag(F::MANAGED_WEAKREF) {
        return vec![];
    }
    let mut out = vec![];
    // SAFETY: WEAK-1.
    unsafe {
        let mut w = *list_word(target.bits());
        while !w.is_null() {
            if (*object_of(w)).refcount() != 0 {
                out.push(Obj::from_borrowed_ptr(object_of(w)));
            }
            w = (*w).next.get();
        }
    }
    out
}
pub fn first_of(target: &Obj) -> Obj {
    all(target).into_iter().next().unwrap_or_else(singletons::none)
}

fn run_callback(vm: &Vm, w: &Obj) {
    let Some(f) = payload(w).and_then(|p| p.callback.take()) else { return };
    let handled = vm.handled.get();
    if let Err(e) = call::call1(vm, &f, w) {
        vm.unraisable(e, "Exception ignored while calling weakref callback", Some(&f));
    }
    vm.handled.set_option(handled);
}

/// Memory management's hook: the object dies; its weak references go dead, then their callbacks run.
fn of_dying(ptr: *mut Header) {
    let mut dead = vec![];
    // SAFETY: WEAK-1: the list is walked before the object's memory goes.
    unsafe {
        let head = list_word(ptr as u64);
        while !(*head).is_null() {
            let w = *head;
            let alive = (*object_of(w)).refcount() != 0;
            if alive {
                dead.push(Obj::from_borrowed_ptr(object_of(w)));
            }
            (*w).unlink();
        }
    }
    let with_callback: Vec<Obj> =
        dead.into_iter().filter(|w| payload(w).is_some_and(|p| p.callback.is_some())).collect();
    if with_callback.is_empty() || !Vm::has_current() {
        return;
    }
    let vm = Vm::current();
    with_callback.iter().for_each(|w| run_callback(vm, w));
}

/// The collector's hook: weak references to garbage go dead; callbacks run unless the reference is garbage itself.
fn of_garbage(garbage: &[Obj]) {
    let inside: std::collections::HashSet<u64> = garbage.iter().map(Obj::bits).collect();
    let mut callbacks = vec![];
    for o in garbage {
        for w in all(o) {
            if let Some(p) = payload(&w) {
                p.unlink();
                if p.callback.is_some() && !inside.contains(&w.bits()) {
                    callbacks.push(w);
                }
            }
        }
    }
    let vm = Vm::current();
    callbacks.iter().for_each(|w| run_callback(vm, w));
}

/// Connects weak references to memory management; called once at start-up.
pub fn install() {
    adder_mem::heap::HOOKS.get().weakrefs_of_dying = of_dying;
    adder_mem::collect::HOOKS.get().weakrefs_of_garbage = of_garbage;
}

/// Typed access for floors above.
pub fn downcast(o: &Obj) -> Option<Ref<WeakRef>> {
    payload(o)?;
    // SAFETY: checked by `payload`.
    Some(unsafe { Ref::from_obj_unchecked(o.clone()) })
}
