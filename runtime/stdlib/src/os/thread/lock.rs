//! `_thread.lock` and `_thread.RLock` over a futex word.
//!
//! Invariant: LOCK-1: the word is 0 free, 1 taken, 2 taken with possible waiters. Waiting releases the GIL and ends at a signal, so
//! that its handler runs (PEP 475). CPython: Modules/_threadmodule.c, Python/lock.c.

use crate::os::convert::new_str;
use crate::os::sys_calls as sys;
use adder_object::bind::Bound;
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{
    Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, error, int, ops, singletons, tuple,
};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Greatest timeout in seconds: as CPython's, nanoseconds in 64 bits.
pub const TIMEOUT_MAX: f64 = 9223372036.0;

#[derive(Default)]
pub struct RawLock(AtomicU32);

#[derive(Clone, Copy)]
pub enum Wait {
    No,
    Forever,
    Until(Instant),
}

impl RawLock {
    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }
    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }
    pub fn release(&self) {
        if self.0.swap(0, Ordering::Release) == 2 {
            sys::futex_wake(&self.0, 1);
        }
    }
    pub fn reset(&self) {
        self.0.store(0, Ordering::Release);
    }
    /// Some(taken or timed out), None when a signal came.
    fn wait(&self, wait: Wait) -> Option<bool> {
        loop {
            if self.0.swap(2, Ordering::Acquire) == 0 {
                return Some(true);
            }
            let timeout = match wait {
                Wait::No => return Some(false),
                Wait::Forever => None,
                Wait::Until(t) => Some(t.saturating_duration_since(Instant::now())),
            };
            if timeout.is_some_and(|t| t.is_zero()) {
                return Some(false);
            }
            match sys::futex_wait(&self.0, 2, timeout) {
                Err(libc::ETIMEDOUT) => return Some(self.0.swap(2, Ordering::Acquire) == 0),
                Err(libc::EINTR) => return None,
                _ => {}
            }
        }
    }
    pub fn acquire(&self, vm: &Vm, wait: Wait) -> PyResult<bool> {
        if self.try_acquire() {
            return Ok(true);
        }
        if matches!(wait, Wait::No) {
            return Ok(false);
        }
        loop {
            match vm.allow_threads(|| self.wait(wait)) {
                Some(r) => return Ok(r),
                None => vm.check_breaker()?,
            }
        }
    }
}

/// The (blocking, timeout) arguments of `acquire`.
pub fn wait_of(vm: &Vm, b: &Bound<'_>) -> PyResult<Wait> {
    let blocking = b.opt(0).map_or(Ok(true), |x| ops::truth(vm, x))?;
    let timeout = match b.opt(1) {
        None => -1.0,
        Some(t) => ops::to_f64(vm, t)?,
    };
    if timeout.is_nan() {
        return Err(error::value_error("Invalid value NaN (not a number)"));
    }
    if !blocking && timeout != -1.0 {
        return Err(error::value_error("can't specify a timeout for a non-blocking call"));
    }
    if timeout < 0.0 && timeout != -1.0 {
        return Err(error::value_error("timeout value must be a non-negative number"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(error::overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    Ok(match (blocking, timeout) {
        (false, _) => Wait::No,
        (true, -1.0) => Wait::Forever,
        (true, t) => Instant::now().checked_add(Duration::from_secs_f64(t)).map_or(Wait::Forever, Wait::Until),
    })
}

#[derive(Default)]
pub struct Lock(pub RawLock);
adder_object::trace_fields!(Lock);
adder_object::payload!(Lock, LOCK);
pub static LOCK: StaticType = StaticType::new::<Lock>("_thread.lock", F::MANAGED_WEAKREF);

fn acquire(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let l = this.this::<Lock>()?;
    if b.opt(0).is_none() && b.opt(1).is_none() && l.0.try_acquire() {
        return Ok(singletons::true_obj());
    }
    Ok(singletons::bool_obj(l.0.acquire(vm, wait_of(vm, b)?)?))
}
fn enter(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Lock>()?.0.acquire(vm, Wait::Forever)?))
}
fn release(_: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<Lock>()?;
    if !l.0.is_locked() {
        return Err(error::runtime_error("release unlocked lock"));
    }
    l.0.release();
    Ok(singletons::none())
}
fn exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    release(vm, this)
}
fn locked(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Lock>()?.0.is_locked()))
}
fn reinit(_: &Vm, this: &Obj) -> PyResult {
    this.this::<Lock>()?.0.reset();
    Ok(singletons::none())
}
fn repr(_: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<Lock>()?;
    let what = if l.0.is_locked() { "locked" } else { "unlocked" };
    Ok(new_str(&format!("<{what} {} object at {:#x}>", this.ty().tp_name(), this.bits())))
}
pub fn new_lock() -> Obj {
    Ref::new(Lock::default()).into_obj()
}
fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    args.arity("lock", 0, 0)?;
    Ok(Ref::with_type(ty, Lock::default()).into_obj())
}
#[rustfmt::skip]
pub static LOCK_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::repr(repr)],
    methods: &[
        method("acquire_lock($self, /, blocking=True, timeout=-1)", Native::Bound(acquire), "An obsolete synonym of acquire()."),
        method("acquire($self, /, blocking=True, timeout=-1)", Native::Bound(acquire), "Lock the lock."),
        method("release_lock($self, /)", Native::NoArgs(release), "An obsolete synonym of release()."),
        method("release($self, /)", Native::NoArgs(release), "Release the lock."),
        method("locked_lock($self, /)", Native::NoArgs(locked), "An obsolete synonym of locked()."),
        method("locked($self, /)", Native::NoArgs(locked), "Return whether the lock is locked."),
        method("__enter__($self, /)", Native::NoArgs(enter), "Lock the lock."),
        method("__exit__($self, /, *exc_info)", Native::Raw(exit), "Release the lock."),
        method("_at_fork_reinit($self, /)", Native::NoArgs(reinit), ""),
    ],
    doc: "A lock object is a synchronization primitive.",
    ..TypeSpec::of(&LOCK)
};

/// A lock its owner may take again.
#[derive(Default)]
pub struct RLock {
    lock: RawLock,
    owner: Cell<u64>,
    count: Cell<u64>,
}
adder_object::trace_fields!(RLock);
adder_object::payload!(RLock, RLOCK);
pub static RLOCK: StaticType = StaticType::new::<RLock>("_thread.RLock", F::BASETYPE | F::MANAGED_WEAKREF);

impl RLock {
    fn take(&self, vm: &Vm, wait: Wait) -> PyResult<bool> {
        if self.owner.get() == vm.ident {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let ok = self.lock.acquire(vm, wait)?;
        if ok {
            self.owner.set(vm.ident);
            self.count.set(1);
        }
        Ok(ok)
    }
    fn free(&self) {
        self.owner.set(0);
        self.count.set(0);
        self.lock.release();
    }
}
fn r_acquire(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let l = this.this::<RLock>()?;
    let wait = wait_of(vm, b)?;
    Ok(singletons::bool_obj(l.take(vm, wait)?))
}
fn r_enter(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<RLock>()?.take(vm, Wait::Forever)?))
}
fn r_release(vm: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    if l.owner.get() != vm.ident {
        return Err(error::runtime_error("cannot release un-acquired lock"));
    }
    l.count.set(l.count.get() - 1);
    if l.count.get() == 0 {
        l.free();
    }
    Ok(singletons::none())
}
fn r_exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    r_release(vm, this)
}
fn r_locked(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<RLock>()?.count.get() > 0))
}
fn r_is_owned(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<RLock>()?.owner.get() == vm.ident))
}
fn r_count(vm: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    Ok(int::from_u64(if l.owner.get() == vm.ident { l.count.get() } else { 0 }))
}
fn r_save(_: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    if l.count.get() == 0 {
        return Err(error::runtime_error("cannot release un-acquired lock"));
    }
    let state = tuple::from_array([int::from_u64(l.count.get()), int::from_u64(l.owner.get())]);
    l.free();
    Ok(state)
}
fn r_restore(vm: &Vm, this: &Obj, state: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    let Some([count, owner]) = tuple::as_slice(state) else {
        return Err(error::type_error("_acquire_restore() argument 1 must be 2-item tuple"));
    };
    let (count, owner) = (ops::to_i64(vm, count)? as u64, ops::to_i64(vm, owner)? as u64);
    l.lock.acquire(vm, Wait::Forever)?;
    l.owner.set(owner);
    l.count.set(count);
    Ok(singletons::none())
}
fn r_reinit(_: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    l.owner.set(0);
    l.count.set(0);
    l.lock.reset();
    Ok(singletons::none())
}
fn r_repr(vm: &Vm, this: &Obj) -> PyResult {
    let l = this.this::<RLock>()?;
    let what = if l.count.get() > 0 { "locked" } else { "unlocked" };
    let ty = adder_object::class::full_name(vm, this.ty())?;
    let (owner, count) = (l.owner.get(), l.count.get());
    Ok(new_str(&format!("<{what} {ty} object owner={owner} count={count} at {:#x}>", this.bits())))
}
fn r_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if !args.is_empty() && ty.is(&RLOCK) {
        vm.warn(
            &adder_object::exceptions::DEPRECATION_WARNING,
            "Passing arguments to RLock is deprecated and will be removed in 3.15",
            1,
        )?;
    }
    Ok(Ref::with_type(ty, RLock::default()).into_obj())
}
fn r_init(_: &Vm, _: &Obj, _: Args<'_>) -> PyResult<()> {
    Ok(())
}
#[rustfmt::skip]
pub static RLOCK_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(r_new), slot::init(r_init), slot::repr(r_repr)],
    methods: &[
        method("acquire($self, /, blocking=True, timeout=-1)", Native::Bound(r_acquire), "Lock the lock."),
        method("release($self, /)", Native::NoArgs(r_release), "Release the lock."),
        method("locked($self, /)", Native::NoArgs(r_locked), "Return a boolean indicating whether this object is locked right now."),
        method("_is_owned($self, /)", Native::NoArgs(r_is_owned), "For internal use by `threading.Condition`."),
        method("_recursion_count($self, /)", Native::NoArgs(r_count), "For internal use by reentrancy checks."),
        method("_acquire_restore($self, state, /)", Native::One(r_restore), "For internal use by `threading.Condition`."),
        method("_release_save($self, /)", Native::NoArgs(r_save), "For internal use by `threading.Condition`."),
        method("__enter__($self, /)", Native::NoArgs(r_enter), "Lock the lock."),
        method("__exit__($self, /, *exc_info)", Native::Raw(r_exit), "Release the lock."),
        method("_at_fork_reinit($self, /)", Native::NoArgs(r_reinit), ""),
    ],
    ..TypeSpec::of(&RLOCK)
};
