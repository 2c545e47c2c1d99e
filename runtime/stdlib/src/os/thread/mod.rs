//! `_thread`: starting threads, their handles, locks, thread-local data.
//!
//! Invariant: THREAD-1: a thread makes its own `Vm`, enters it before it touches a value, and empties it before it leaves for good.
//! CPython: Modules/_threadmodule.c.

pub mod local;
pub mod lock;

use super::convert::new_str;
use super::sys_calls as sys;
use crate::struct_seq;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::{ArgsBuf, call};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, attr,
    error, exceptions as exc, float, int, module, ops, singletons, tuple,
};
use lock::{LOCK, RLOCK, RawLock, TIMEOUT_MAX, Wait};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

struct_seq!(HOOK_DEF "_thread._ExceptHookArgs" visible=4
"ExceptHookArgs

Type used to pass arguments to threading.excepthook." {
    "exc_type"; "exc_value"; "exc_traceback";
    "thread";
});

/// Threads that run Python code, besides the main one.
static COUNT: AtomicUsize = AtomicUsize::new(0);
static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);
const DEFAULT_STACK: usize = 16 << 20;
/// What a thread leaves for the callee frames of native code below its limit.
const STACK_MARGIN: usize = 256 << 10;

/// What a handle shares with its thread.
#[derive(Default)]
struct Shared {
    /// Taken while the thread runs.
    running: RawLock,
    state: AtomicU32,
    ident: AtomicU64,
    native: AtomicI64,
}
const NOT_STARTED: u32 = 0;
const STARTING: u32 = 1;
const RUNNING: u32 = 2;
const DONE: u32 = 3;

/// Threads by ident, for `pthread_kill`; and those to wait for at exit.
static NATIVE: Global<Vec<(u64, i64)>> = Global::new(Vec::new());
static NON_DAEMON: Global<Vec<Arc<Shared>>> = Global::new(Vec::new());

pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}
pub fn native_id_of(vm: &Vm, ident: u64) -> Option<i64> {
    if ident == vm.ident {
        return Some(sys::gettid());
    }
    if ident == super::signal::MAIN.load(Ordering::Relaxed) {
        return Some(sys::MAIN_TID.load(Ordering::Relaxed) as i64).filter(|t| *t != 0);
    }
    NATIVE.get().iter().find(|(i, _)| *i == ident).map(|(_, t)| *t)
}
/// In the child of a fork only the forking thread lives.
pub fn after_fork_child(vm: &Vm) {
    COUNT.store(0, Ordering::Relaxed);
    NATIVE.get().clear();
    vm.list_alone();
    for s in std::mem::take(NON_DAEMON.get()) {
        if s.ident.load(Ordering::Relaxed) != vm.ident {
            s.state.store(DONE, Ordering::Release);
            s.running.reset();
        }
    }
    super::signal::after_fork(vm);
}

struct Job {
    function: Obj,
    args: Vec<Obj>,
    keywords: Option<Obj>,
}

fn run_job(vm: &Vm, job: Job) {
    let mut args = ArgsBuf::new(job.args);
    let r = match job.keywords.as_ref().and_then(|k| k.get::<Dict>()) {
        Some(k) => args.push_dict(k),
        None => Ok(()),
    };
    let r = r.and_then(|()| call(vm, &job.function, args.args()));
    if let Err(e) = r
        && !e.is(&exc::SYSTEM_EXIT)
    {
        let what = ops::repr_string(vm, &job.function).unwrap_or_default();
        vm.unraisable(e, &format!("Exception ignored in thread started by {what}"), None);
    }
}
/// Drops what the thread state holds while the GIL is still there.
fn empty(vm: &Vm) {
    local::thread_ends(vm);
    let cells = [
        &vm.handled,
        &vm.context,
        &vm.async_exc,
        &vm.trace,
        &vm.profile,
        &vm.asyncgen_firstiter,
        &vm.asyncgen_finalizer,
        &vm.thread_dict,
        &vm.running_loop,
        &vm.running_task,
    ];
    cells.iter().for_each(|c| drop(c.take()));
}
fn spawn(vm: &Vm, job: Job, shared: Arc<Shared>, daemon: bool) -> PyResult<u64> {
    let size = match STACK_SIZE.load(Ordering::Relaxed) {
        0 => DEFAULT_STACK,
        n => n.max(64 << 10),
    };
    shared.running.try_acquire();
    shared.state.store(STARTING, Ordering::Release);
    if !daemon {
        NON_DAEMON.get().push(shared.clone());
    }
    let theirs = shared.clone();
    COUNT.fetch_add(1, Ordering::Relaxed);
    let made = std::thread::Builder::new().stack_size(size + STACK_MARGIN).spawn(move || {
        let vm = Vm::new(size - size / 8);
        theirs.native.store(sys::gettid(), Ordering::Release);
        theirs.ident.store(vm.ident, Ordering::Release);
        theirs.state.store(RUNNING, Ordering::Release);
        sys::futex_wake(&theirs.state, i32::MAX);
        vm.enter();
        vm.list();
        NATIVE.get().push((vm.ident, theirs.native.load(Ordering::Relaxed)));
        run_job(&vm, job);
        vm.unlist();
        empty(&vm);
        NATIVE.get().retain(|(i, _)| *i != vm.ident);
        NON_DAEMON.get().retain(|s| !Arc::ptr_eq(s, &theirs));
        COUNT.fetch_sub(1, Ordering::Relaxed);
        theirs.state.store(DONE, Ordering::Release);
        theirs.running.release();
        vm.leave();
    });
    if made.is_err() {
        COUNT.fetch_sub(1, Ordering::Relaxed);
        NON_DAEMON.get().retain(|s| !Arc::ptr_eq(s, &shared));
        shared.state.store(NOT_STARTED, Ordering::Release);
        shared.running.reset();
        return Err(error::runtime_error("can't start new thread"));
    }
    vm.allow_threads(|| {
        while shared.state.load(Ordering::Acquire) == STARTING {
            let _ = sys::futex_wait(&shared.state, STARTING, Some(Duration::from_millis(50)));
        }
    });
    Ok(shared.ident.load(Ordering::Acquire))
}

fn start_new_thread(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    if !adder_object::call::is_callable(&args[0]) {
        return Err(error::type_error("first arg must be callable"));
    }
    if tuple::as_slice(&args[1]).is_none() {
        return Err(error::type_error("2nd arg must be a tuple"));
    }
    let keywords = match args.get(2) {
        None => None,
        Some(k) => match k.downcast::<Dict>() {
            Some(d) => Some(d.into_obj()),
            None => return Err(error::type_error("optional 3rd arg must be a dictionary")),
        },
    };
    let job = Job { function: args[0].clone(), args: tuple::to_vec(&args[1]), keywords };
    Ok(int::from_u64(spawn(vm, job, Arc::default(), true)?))
}
fn start_joinable(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let f = b.req(0);
    if !adder_object::call::is_callable(f) {
        return Err(error::type_error("thread function must be callable"));
    }
    let handle = match b.opt_not_none(1) {
        None => Ref::new(Handle::default()).into_obj(),
        Some(h) if h.get_exact::<Handle>().is_some() => h.clone(),
        Some(_) => return Err(error::type_error("'handle' must be a _ThreadHandle")),
    };
    let daemon = b.opt(2).map_or(Ok(true), |d| ops::truth(vm, d))?;
    let shared = handle.this::<Handle>()?.0.borrow().clone();
    if shared.state.load(Ordering::Acquire) != NOT_STARTED {
        return Err(error::runtime_error("thread already started"));
    }
    spawn(vm, Job { function: f.clone(), args: vec![], keywords: None }, shared, daemon)?;
    Ok(handle)
}

// ---- handles ----

#[derive(Default)]
struct Handle(RefCell<Arc<Shared>>);
adder_object::trace_fields!(Handle);
adder_object::payload!(Handle, HANDLE);
static HANDLE: StaticType = StaticType::new::<Handle>("_thread._ThreadHandle", F::MANAGED_WEAKREF);

fn handle_new(_: &Vm, ty: &Type, _: adder_object::Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, Handle::default()).into_obj())
}
fn shared(this: &Obj) -> PyResult<Arc<Shared>> {
    Ok(this.this::<Handle>()?.0.borrow().clone())
}
fn handle_ident(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_u64(shared(this)?.ident.load(Ordering::Acquire)))
}
fn handle_join(vm: &Vm, this: &Obj, args: &[Obj]) -> PyResult {
    let s = shared(this)?;
    let wait = match args.first() {
        None => Wait::Forever,
        Some(t) if t.is_none() => Wait::Forever,
        Some(t) => {
            let t = ops::to_f64(vm, t).map_err(|e| {
                if e.is(&exc::TYPE_ERROR) { error::type_error("'timeout' must be a number or None") } else { e }
            })?;
            if t > TIMEOUT_MAX {
                return Err(error::overflow_error("timestamp too large to convert to C PyTime_t"));
            }
            if t < 0.0 {
                Wait::Forever
            } else {
                Instant::now().checked_add(Duration::from_secs_f64(t)).map_or(Wait::Forever, Wait::Until)
            }
        }
    };
    match s.state.load(Ordering::Acquire) {
        NOT_STARTED => return Err(error::runtime_error("thread not started")),
        DONE => return Ok(singletons::none()),
        _ if s.ident.load(Ordering::Acquire) == vm.ident => {
            return Err(error::runtime_error("Cannot join current thread"));
        }
        _ => {}
    }
    if s.running.acquire(vm, wait)? {
        s.running.release();
    }
    vm.check_breaker()?;
    Ok(singletons::none())
}
fn handle_is_done(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(shared(this)?.state.load(Ordering::Acquire) == DONE))
}
fn handle_set_done(_: &Vm, this: &Obj) -> PyResult {
    let s = shared(this)?;
    if matches!(s.state.load(Ordering::Acquire), NOT_STARTED | STARTING) {
        return Err(error::runtime_error("thread not started"));
    }
    s.state.store(DONE, Ordering::Release);
    s.running.release();
    Ok(singletons::none())
}
fn handle_repr(_: &Vm, this: &Obj) -> PyResult {
    Ok(new_str(&format!("<_ThreadHandle object: ident={}>", shared(this)?.ident.load(Ordering::Acquire))))
}
static HANDLE_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(handle_new), slot::repr(handle_repr)],
    methods: &[
        method("join($self, timeout=None, /)", Native::Pos(0, 1, handle_join), ""),
        method("is_done($self, /)", Native::NoArgs(handle_is_done), ""),
        method("_set_done($self, /)", Native::NoArgs(handle_set_done), ""),
    ],
    getset: &[getter("ident", handle_ident, "")],
    ..TypeSpec::of(&HANDLE)
};
fn make_handle(vm: &Vm, _: &Obj, ident: &Obj) -> PyResult {
    let n = ops::to_i64(vm, ident)? as u64;
    let h = Handle::default();
    let s = h.0.borrow().clone();
    s.ident.store(n, Ordering::Release);
    s.state.store(RUNNING, Ordering::Release);
    s.running.try_acquire();
    Ok(Ref::new(h).into_obj())
}

// ---- the rest of the module ----

/// Waits for every thread that is no daemon; the interpreter's exit calls it through `threading._shutdown`.
pub fn shutdown(vm: &Vm) -> PyResult<()> {
    loop {
        let next = NON_DAEMON.get().iter().find(|s| s.ident.load(Ordering::Relaxed) != vm.ident).cloned();
        let Some(s) = next else { return Ok(()) };
        if s.running.acquire(vm, Wait::Forever)? {
            s.running.release();
        }
        NON_DAEMON.get().retain(|x| !Arc::ptr_eq(x, &s));
    }
}
fn shutdown_fn(vm: &Vm, _: &Obj) -> PyResult {
    shutdown(vm)?;
    Ok(singletons::none())
}
fn allocate(_: &Vm, _: &Obj) -> PyResult {
    Ok(lock::new_lock())
}
fn get_ident(vm: &Vm, _: &Obj) -> PyResult {
    Ok(int::from_u64(vm.ident))
}
fn get_native_id(_: &Vm, _: &Obj) -> PyResult {
    Ok(int::from_i64(sys::gettid()))
}
fn main_ident(_: &Vm, _: &Obj) -> PyResult {
    Ok(int::from_u64(super::signal::MAIN.load(Ordering::Relaxed)))
}
fn is_main_interpreter(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::true_obj())
}
fn count_fn(_: &Vm, _: &Obj) -> PyResult {
    Ok(int::from_usize(count()))
}
fn exit(_: &Vm, _: &Obj) -> PyResult {
    Err(PyErr::with_args(&exc::SYSTEM_EXIT, vec![]))
}
fn stack_size(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let n = args.first().map_or(Ok(0), |n| ops::size_isize(vm, n))?;
    if n < 0 {
        return Err(error::value_error("size must be 0 or a positive value"));
    }
    if n != 0 && n < 32 << 10 {
        return Err(error::value_error(format!("size not valid: {n} bytes")));
    }
    let old = if args.is_empty() {
        STACK_SIZE.load(Ordering::Relaxed)
    } else {
        STACK_SIZE.swap(n as usize, Ordering::Relaxed)
    };
    Ok(int::from_usize(old))
}
fn interrupt_main(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let n = args.first().map_or(Ok(libc::SIGINT), |n| ops::to_i32(vm, n))?;
    super::signal::simulate(vm, n)?;
    vm.check_breaker()?;
    Ok(singletons::none())
}
fn daemon_threads_allowed(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::true_obj())
}
fn set_name(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let mut bytes = super::convert::fs_bytes(vm, b.req(0))?;
    bytes.truncate(15);
    bytes.retain(|&c| c != 0);
    sys::set_thread_name(&std::ffi::CString::new(bytes).unwrap_or_default());
    Ok(singletons::none())
}
fn get_name(_: &Vm, _: &Obj) -> PyResult {
    let name = std::fs::read(format!("/proc/self/task/{}/comm", sys::gettid())).unwrap_or_default();
    Ok(super::convert::fs_decode(name.trim_ascii_end()))
}
fn set_sentinel(_: &Vm, _: &Obj) -> PyResult {
    Ok(lock::new_lock())
}
/// The default `threading.excepthook`: name of the thread, then the traceback, on `sys.stderr`.
fn excepthook(vm: &Vm, _: &Obj, args: &Obj) -> PyResult {
    let items = match tuple::to_vec(args) {
        v if HOOK_DEF.is_instance(args) => v,
        _ => return Err(error::type_error("_thread._excepthook argument type must be ExceptHookArgs")),
    };
    if items[0].is(&exc::SYSTEM_EXIT.obj()) {
        return Ok(singletons::none());
    }
    let sys_module = vm.import("sys")?;
    let mut file = attr::lookup_str(vm, &sys_module, "stderr")?.unwrap_or_else(singletons::none);
    if file.is_none() {
        if items[3].is_none() {
            return Ok(file);
        }
        file = attr::lookup_str(vm, &items[3], "_stderr")?.unwrap_or_else(singletons::none);
        if file.is_none() {
            return Ok(file);
        }
    }
    let name = if items[3].is_none() { None } else { attr::lookup_str(vm, &items[3], "name")? };
    let name = match name {
        Some(n) => ops::str_lossy(vm, &n),
        None => format!("{}", vm.ident),
    };
    let head = new_str(&format!("Exception in thread {name}:\n"));
    adder_object::call::call_method_str(vm, &file, "write", &[head])?;
    let traceback = vm.import("traceback")?;
    let mut call_args = ArgsBuf::new(vec![items[0].clone(), items[1].clone(), items[2].clone()]);
    call_args.push_keyword(adder_object::str::intern_str("file").into_obj(), file.clone());
    call(vm, &attr::get_str(vm, &traceback, "print_exception")?, call_args.args())?;
    adder_object::call::call_method_str(vm, &file, "flush", &[])?;
    Ok(singletons::none())
}

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    d.set_str("error", exc::RUNTIME_ERROR.obj());
    d.set_str("TIMEOUT_MAX", float::from_f64(TIMEOUT_MAX));
    d.set_str("_NAME_MAXLEN", int::from_i64(15));
    d.set_str("LockType", LOCK.obj());
    d.set_str("RLock", RLOCK.obj());
    d.set_str("_ExceptHookArgs", HOOK_DEF.class());
    Ok(())
}

#[rustfmt::skip]
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        method("start_new_thread($module, function, args, kwargs={}, /)", Native::Pos(2, 3, start_new_thread), "Start a new thread and return its identifier."),
        method("start_new($module, function, args, kwargs={}, /)", Native::Pos(2, 3, start_new_thread), "An obsolete synonym of start_new_thread()."),
        method("start_joinable_thread($module, /, function, handle=None, daemon=True)", Native::Bound(start_joinable), "*For internal use only*: start a new thread."),
        method("daemon_threads_allowed($module, /)", Native::NoArgs(daemon_threads_allowed), "Return True if daemon threads are allowed in the current interpreter, and False otherwise."),
        method("allocate_lock($module, /)", Native::NoArgs(allocate), "Create a new lock object."),
        method("allocate($module, /)", Native::NoArgs(allocate), "An obsolete synonym of allocate_lock()."),
        method("exit_thread($module, /)", Native::NoArgs(exit), "An obsolete synonym of exit()."),
        method("exit($module, /)", Native::NoArgs(exit), "Raise the SystemExit exception."),
        method("interrupt_main($module, signum=signal.SIGINT, /)", Native::Pos(0, 1, interrupt_main), "Simulate the arrival of the given signal in the main thread."),
        method("get_ident($module, /)", Native::NoArgs(get_ident), "Return a non-zero integer that uniquely identifies the current thread."),
        method("get_native_id($module, /)", Native::NoArgs(get_native_id), "Return a non-negative integer identifying the thread as reported by the OS (kernel)."),
        method("_count($module, /)", Native::NoArgs(count_fn), ""),
        method("stack_size($module, size=0, /)", Native::Pos(0, 1, stack_size), "Return the thread stack size used when creating new threads."),
        method("_set_sentinel($module, /)", Native::NoArgs(set_sentinel), ""),
        method("_excepthook($module, args, /)", Native::One(excepthook), "Handle uncaught Thread.run() exception."),
        method("_is_main_interpreter($module, /)", Native::NoArgs(is_main_interpreter), ""),
        method("_shutdown($module, /)", Native::NoArgs(shutdown_fn), "Wait for all non-daemon threads (other than the calling thread) to stop."),
        method("_make_thread_handle($module, ident, /)", Native::One(make_handle), ""),
        method("_get_main_thread_ident($module, /)", Native::NoArgs(main_ident), ""),
        method("set_name($module, /, name)", Native::Bound(set_name), "Set the name of the current thread."),
        method("_get_name($module, /)", Native::NoArgs(get_name), "Get the name of the current thread."),
    ],
    types: &[&lock::LOCK_SPEC, &lock::RLOCK_SPEC, &local::SPEC, &HANDLE_SPEC],
    init: Some(init),
    ..ModuleSpec::new("_thread")
};
