//! `_multiprocessing.SemLock` and `_posixshmem`: what processes share by name.
//!
//! CPython: Modules/_multiprocessing/semaphore.c, Modules/_multiprocessing/posixshmem.c.

use super::clock::to_nanos;
use super::convert::{fs_path, new_str, os_err};
use super::sys_calls::{self as sys, Semaphore};
use adder_object::bind::{Bound, Signature};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, class_method, getter, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, error, int,
    module, ops, singletons,
};
use std::cell::Cell;

const RECURSIVE_MUTEX: i32 = 0;

pub struct SemLock {
    semaphore: Semaphore,
    kind: i32,
    max: i32,
    count: Cell<i32>,
    owner: Cell<u64>,
    name: String,
}
adder_object::trace_fields!(SemLock);
adder_object::payload!(SemLock, SEM_LOCK);
static SEM_LOCK: StaticType = StaticType::new::<SemLock>("_multiprocessing.SemLock", F::BASETYPE);

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let sig = Signature::parse("SemLock(kind, value, maxvalue, name, unlink)");
    let b = sig.bind(args)?;
    let (kind, value, max) = (ops::to_i32(vm, b.req(0))?, ops::to_i32(vm, b.req(1))?, ops::to_i32(vm, b.req(2))?);
    let name = fs_path(vm, b.req(3))?;
    if kind != RECURSIVE_MUTEX && kind != 1 {
        return Err(error::value_error("unrecognized kind"));
    }
    let semaphore = Semaphore::create(&name, value as u32).map_err(os_err)?;
    if ops::truth(vm, b.req(4))? {
        Semaphore::unlink(&name).map_err(os_err)?;
    }
    let name = ops::text(b.req(3));
    let s = SemLock { semaphore, kind, max, count: Cell::new(0), owner: Cell::new(0), name };
    Ok(Ref::with_type(ty, s).into_obj())
}
fn rebuild(vm: &Vm, cls: &Obj, a: &[Obj]) -> PyResult {
    let Some(ty) = cls.get::<Type>() else { return Ok(singletons::none()) };
    let name = fs_path(vm, &a[3])?;
    let s = SemLock {
        semaphore: Semaphore::open(&name).map_err(os_err)?,
        kind: ops::to_i32(vm, &a[1])?,
        max: ops::to_i32(vm, &a[2])?,
        count: Cell::new(0),
        owner: Cell::new(0),
        name: ops::text(&a[3]),
    };
    Ok(Ref::with_type(ty, s).into_obj())
}
fn mine(vm: &Vm, s: &SemLock) -> bool {
    s.count.get() > 0 && s.owner.get() == vm.ident
}
fn acquire_for(vm: &Vm, s: &SemLock, blocking: bool, timeout: Option<&Obj>) -> PyResult {
    if s.kind == RECURSIVE_MUTEX && mine(vm, s) {
        s.count.set(s.count.get() + 1);
        return Ok(singletons::true_obj());
    }
    let until = match timeout.filter(|t| !t.is_none()) {
        None => None,
        Some(t) => Some(sys::clock(libc::CLOCK_REALTIME).map_err(os_err)? + to_nanos(vm, t, true)?.max(0)),
    };
    let mut r = s.semaphore.try_wait();
    if r.is_err() && blocking {
        let semaphore = &s.semaphore;
        r = sys::blocking(vm, || semaphore.wait(until))?;
    }
    match r {
        Ok(_) => {
            s.count.set(s.count.get() + 1);
            s.owner.set(vm.ident);
            Ok(singletons::true_obj())
        }
        Err(libc::EAGAIN | libc::ETIMEDOUT) => Ok(singletons::false_obj()),
        Err(n) => Err(os_err(n)),
    }
}
fn acquire(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let blocking = b.opt(0).map_or(Ok(true), |x| ops::truth(vm, x))?;
    acquire_for(vm, this.this::<SemLock>()?, blocking, b.opt(1))
}
fn enter(vm: &Vm, this: &Obj) -> PyResult {
    acquire_for(vm, this.this::<SemLock>()?, true, None)
}
fn release(vm: &Vm, this: &Obj) -> PyResult {
    let s = this.this::<SemLock>()?;
    if s.kind == RECURSIVE_MUTEX {
        if !mine(vm, s) {
            return Err(error::assertion_error("attempt to release recursive lock not owned by thread"));
        }
        if s.count.get() > 1 {
            s.count.set(s.count.get() - 1);
            return Ok(singletons::none());
        }
    } else if s.semaphore.value().map_err(os_err)? >= s.max {
        return Err(error::value_error("semaphore or lock released too many times"));
    }
    s.semaphore.post().map_err(os_err)?;
    s.count.set(s.count.get() - 1);
    Ok(singletons::none())
}
fn exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    release(vm, this)
}
fn count(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<SemLock>()?.count.get() as i64))
}
fn is_mine(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(mine(vm, this.this::<SemLock>()?)))
}
fn get_value(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<SemLock>()?.semaphore.value().map_err(os_err)?.max(0) as i64))
}
fn is_zero(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<SemLock>()?.semaphore.value().map_err(os_err)? == 0))
}
fn after_fork(_: &Vm, this: &Obj) -> PyResult {
    this.this::<SemLock>()?.count.set(0);
    Ok(singletons::none())
}
fn handle(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_usize(this.this::<SemLock>()?.semaphore.address()))
}
fn kind(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<SemLock>()?.kind as i64))
}
fn maxvalue(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<SemLock>()?.max as i64))
}
fn name(_: &Vm, this: &Obj) -> PyResult {
    Ok(new_str(&this.this::<SemLock>()?.name))
}
#[rustfmt::skip]
static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new)],
    methods: &[
        method("acquire($self, /, block=True, timeout=None)", Native::Bound(acquire), "Acquire the semaphore/lock."),
        method("release($self, /)", Native::NoArgs(release), "Release the semaphore/lock."),
        method("_count($self, /)", Native::NoArgs(count), "Num of `acquire()`s minus num of `release()`s for this process."),
        method("_is_mine($self, /)", Native::NoArgs(is_mine), "Whether the lock is owned by this thread."),
        method("_get_value($self, /)", Native::NoArgs(get_value), "Get the value of the semaphore."),
        method("_is_zero($self, /)", Native::NoArgs(is_zero), "Return whether semaphore has value zero."),
        method("_after_fork($self, /)", Native::NoArgs(after_fork), "Rezero the net acquisition count after fork()."),
        class_method("_rebuild($type, handle, kind, maxvalue, name, /)", Native::Pos(4, 4, rebuild), ""),
        method("__enter__($self, /)", Native::NoArgs(enter), "Enter the semaphore/lock."),
        method("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)", Native::Raw(exit), "Exit the semaphore/lock."),
    ],
    getset: &[getter("handle", handle, ""), getter("kind", kind, ""), getter("maxvalue", maxvalue, ""), getter("name", name, "")],
    attrs: &[("SEM_VALUE_MAX", || int::from_i64(i32::MAX as i64))],
    doc: "Semaphore/Mutex type",
    ..TypeSpec::of(&SEM_LOCK)
};
fn sem_unlink(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Semaphore::unlink(&fs_path(vm, name)?).map_err(os_err)?;
    Ok(singletons::none())
}
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let flags = Dict::new();
    let have = ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"];
    have.iter().for_each(|f| flags.set_str(f, int::from_i64(1)));
    module::dict(m.obj()).set_str("flags", flags.into_obj());
    Ok(())
}
pub static MULTIPROCESSING: ModuleSpec = ModuleSpec {
    functions: &[method("sem_unlink($module, name, /)", Native::One(sem_unlink), "")],
    types: &[&SPEC],
    init: Some(init),
    ..ModuleSpec::new("_multiprocessing")
};

fn shm_open(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let path = fs_path(vm, b.req(0))?;
    let flags = ops::to_i32(vm, b.req(1))?;
    let mode = b.opt(2).map_or(Ok(0o777), |m| ops::to_i32(vm, m))? as u32;
    let r = sys::blocking(vm, || sys::shm_open(&path, flags, mode))?;
    r.map(int::from_i64).map_err(|n| error::os_error(n, Some(b.req(0).clone()), None))
}
fn shm_unlink(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let path = fs_path(vm, b.req(0))?;
    let r = sys::blocking(vm, || sys::shm_unlink(&path))?;
    r.map_err(|n| error::os_error(n, Some(b.req(0).clone()), None))?;
    Ok(singletons::none())
}
pub static POSIXSHMEM: ModuleSpec = ModuleSpec {
    doc: "POSIX shared memory module",
    functions: &[
        method("shm_open($module, /, path, flags, mode=511)", Native::Bound(shm_open), "Open a shared memory object."),
        method(
            "shm_unlink($module, /, path)",
            Native::Bound(shm_unlink),
            "Remove a shared memory object (similar to unlink()).",
        ),
    ],
    ..ModuleSpec::new("_posixshmem")
};
