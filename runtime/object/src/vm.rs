//! [`Vm`]: the state of one Python thread, and the token of holding the GIL; the hooks through which lower floors call upper ones.
//!
//! Invariant: VM-1: a `&Vm` exists only while its thread holds the GIL; `current()` is the holder's.

use crate::dict::Dict;
use crate::{Obj, PyResult, Ref, error};
use adder_mem::heap::Global;
use adder_mem::{ObjCell, breaker, gil};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

pub struct Vm {
    /// Lowest stack address that native recursion may reach.
    stack_limit: Cell<usize>,
    /// Python frames below this thread's top one.
    pub depth: Cell<u32>,
    /// The exception being handled: what `sys.exception()` gives and `raise` chains to. The interpreter saves and restores it.
    pub handled: ObjCell,
    /// The interpreter's topmost frame; opaque here.
    pub frame: Cell<*const ()>,
    pub ident: u64,
    /// The contextvars context of this thread.
    pub context: ObjCell,
    /// Objects whose repr is under way (guards recursive containers).
    pub repr_running: RefCell<HashSet<u64>>,
    pub async_exc: ObjCell,
    /// sys.settrace / sys.setprofile functions and the async generator hooks.
    pub trace: ObjCell,
    pub profile: ObjCell,
    pub asyncgen_firstiter: ObjCell,
    pub asyncgen_finalizer: ObjCell,
    pub coroutine_origin_depth: Cell<u32>,
    pub thread_dict: ObjCell,
    /// The interpreter's frame stack of this thread: where it begins, its next free word, its end. Null until the first frame.
    pub stack_base: Cell<*mut u64>,
    pub stack_top: Cell<*mut u64>,
    pub stack_end: Cell<*mut u64>,
    /// The event loop that runs in this thread, and its task whose step is under way.
    pub running_loop: ObjCell,
    pub running_task: ObjCell,
    /// The innermost running generator, linked through the interpreter's payloads; opaque here.
    pub running_generator: Cell<*const ()>,
    /// Callbacks of tracers and tools under way: they are not watched. The event they were called for, -1 outside.
    pub tracing: Cell<u32>,
    pub what_event: Cell<i32>,
    /// For compiled code: the object whose count has just reached zero, and a count that never does, of words that have none.
    pub dying: Cell<u64>,
    pub nobody: Cell<i32>,
}

/// The states of the threads that run Python code.
static THREADS: Global<Vec<usize>> = Global::new(Vec::new());

static CURRENT: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());
/// Thread states that exist.
pub static STATES: AtomicUsize = AtomicUsize::new(0);
static NEXT_IDENT: AtomicU64 = AtomicU64::new(1);
/// Python frames a thread may have at a time.
pub static RECURSION_LIMIT: Global<u32> = Global::new(1000);
/// Offset in [`Vm`] of the lowest stack address that native recursion may reach.
pub const STACK_LIMIT: usize = std::mem::offset_of!(Vm, stack_limit);

/// What the object model asks of the floors above; `wiring.rs` of the command fills it once.
pub struct Hooks {
    /// Globals of the running Python frame.
    pub globals: fn(&Vm) -> Option<Ref<Dict>>,
    /// `importlib.import_module(name)`.
    pub import: fn(&Vm, &str) -> PyResult,
    /// The built-in `__import__` (name, globals, locals, fromlist, level).
    pub import_name: fn(&Vm, &Obj, &Obj, &Obj, &Obj, i32) -> PyResult,
    /// Issues a warning: category type, message, stack level.
    pub warn: fn(&Vm, &'static crate::StaticType, &str, isize) -> PyResult<()>,
    /// Reports an exception that cannot be raised (`sys.unraisablehook`): error, message, object.
    pub unraisable: fn(&Vm, crate::PyErr, &str, Option<&Obj>),
    /// Work of a poll: signals, pending calls, asynchronous exceptions.
    pub pending: fn(&Vm) -> PyResult<()>,
    /// What `super()` without arguments means in the running frame: (`__class__`, first argument).
    pub super_args: fn(&Vm) -> PyResult<(Obj, Obj)>,
    /// An attribute of the `sys` module; None when it is missing (or there is no `sys` yet).
    pub sys_attr: fn(&Vm, &str) -> Option<Obj>,
    /// The local variables of the running frame, as `locals()` gives them.
    pub locals: fn(&Vm) -> PyResult,
}

fn unwired(_: &Vm) -> Option<Ref<Dict>> {
    None
}
pub static HOOKS: Global<Hooks> = Global::new(Hooks {
    globals: unwired,
    import: |_, name| Err(error::system_error(format!("import of '{name}' before the import system is ready"))),
    import_name: |_, _, _, _, _, _| Err(error::system_error("the import system is not ready")),
    warn: |_, _, _, _| Ok(()),
    unraisable: |_, e, message, _| eprintln!("{message}: {e:?}"),
    pending: |_| Ok(()),
    super_args: |_| Err(error::runtime_error("super(): no current frame")),
    sys_attr: |_, _| None,
    locals: |_| Err(error::system_error("frame does not exist")),
});

impl Drop for Vm {
    fn drop(&mut self) {
        STATES.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Vm {
    /// State for the calling thread, with `stack` bytes of native stack to use below this call.
    pub fn new(stack: usize) -> Vm {
        let marker = 0u8;
        let here = std::hint::black_box(&raw const marker) as usize;
        STATES.fetch_add(1, Ordering::Relaxed);
        Vm {
            stack_limit: Cell::new(here.saturating_sub(stack)),
            depth: Cell::new(0),
            handled: ObjCell::empty(),
            frame: Cell::new(std::ptr::null()),
            ident: NEXT_IDENT.fetch_add(1, Ordering::Relaxed),
            context: ObjCell::empty(),
            repr_running: RefCell::default(),
            async_exc: ObjCell::empty(),
            trace: ObjCell::empty(),
            profile: ObjCell::empty(),
            asyncgen_firstiter: ObjCell::empty(),
            asyncgen_finalizer: ObjCell::empty(),
            coroutine_origin_depth: Cell::new(0),
            thread_dict: ObjCell::empty(),
            stack_base: Cell::new(std::ptr::null_mut()),
            stack_top: Cell::new(std::ptr::null_mut()),
            stack_end: Cell::new(std::ptr::null_mut()),
            running_loop: ObjCell::empty(),
            running_task: ObjCell::empty(),
            running_generator: Cell::new(std::ptr::null()),
            tracing: Cell::new(0),
            what_event: Cell::new(-1),
            dying: Cell::new(0),
            nobody: Cell::new(i32::MIN / 2),
        }
    }

    /// Where the address of [`Vm::current`] stands.
    pub fn place_of_current() -> usize {
        &raw const CURRENT as usize
    }
    /// Lists this thread's state, which stays where it is until [`Vm::unlist`].
    pub fn list(&self) {
        THREADS.get().push(self as *const Vm as usize);
    }
    pub fn unlist(&self) {
        THREADS.get().retain(|&t| t != self as *const Vm as usize);
    }
    /// In the child of a fork only this thread lives.
    pub fn list_alone(&self) {
        *THREADS.get() = vec![self as *const Vm as usize];
    }
    /// All threads; the others wait for the GIL or block.
    pub fn threads() -> Vec<&'static Vm> {
        // SAFETY: THREAD-1: a listed state lives; the list changes under the GIL alone (GIL-1), and borrows of it end with the caller.
        THREADS.get().iter().map(|&t| unsafe { &*(t as *const Vm) }).collect()
    }

    /// Takes the GIL for this thread state and makes it current. Pair with [`Vm::leave`].
    pub fn enter(&self) {
        gil::acquire();
        CURRENT.store(self as *const Vm as *mut Vm, Ordering::Relaxed);
    }
    pub fn leave(&self) {
        CURRENT.store(std::ptr::null_mut(), Ordering::Relaxed);
        gil::release();
    }

    /// The thread state of the GIL's holder.
    #[inline(always)]
    pub fn current() -> &'static Vm {
        // SAFETY: VM-1: values are only touched between `enter` and `leave`, when this points to the thread's live state.
        unsafe { &*CURRENT.load(Ordering::Relaxed) }
    }
    pub fn has_current() -> bool {
        !CURRENT.load(Ordering::Relaxed).is_null()
    }

    /// Runs `f`, which touches no Python value, with the GIL released (blocking calls, sleeps).
    pub fn allow_threads<R: Send>(&self, f: impl FnOnce() -> R + Send) -> R {
        self.leave();
        let r = f();
        self.enter();
        r
    }

    /// Work that the eval-breaker asks for; called when a poll sees it set.
    #[cold]
    pub fn poll(&self) -> PyResult<()> {
        let bits = breaker::load();
        if bits & breaker::COLLECT != 0 {
            breaker::clear(breaker::COLLECT);
            adder_mem::collect::run_due();
        }
        if bits & breaker::GIL_REQUEST != 0 {
            CURRENT.store(std::ptr::null_mut(), Ordering::Relaxed);
            gil::yield_to_waiter();
            CURRENT.store(self as *const Vm as *mut Vm, Ordering::Relaxed);
        }
        if bits & (breaker::SIGNAL | breaker::PENDING | breaker::ASYNC_EXC) != 0 {
            (HOOKS.get().pending)(self)?;
        }
        Ok(())
    }
    #[inline(always)]
    pub fn check_breaker(&self) -> PyResult<()> {
        if breaker::load() & !breaker::TRACING != 0 { self.poll() } else { Ok(()) }
    }

    /// RecursionError when native recursion has used up the stack; `what` is " while calling a Python object" or the like.
    #[inline(always)]
    pub fn check_stack(&self, what: &str) -> PyResult<()> {
        let marker = 0u8;
        let here = std::hint::black_box(&raw const marker) as usize;
        if here < self.stack_limit.get() { Err(stack_overflow(what)) } else { Ok(()) }
    }

    #[inline(always)]
    pub fn recursion_limit() -> u32 {
        *RECURSION_LIMIT.get()
    }
    pub fn set_recursion_limit(n: u32) {
        *RECURSION_LIMIT.get() = n
    }

    /// Enters the repr of a container: false when it is already under way (print "[...]" then). Pair with `repr_leave`.
    pub fn repr_enter(&self, obj: &Obj) -> bool {
        self.repr_running.borrow_mut().insert(obj.bits())
    }
    pub fn repr_leave(&self, obj: &Obj) {
        self.repr_running.borrow_mut().remove(&obj.bits());
    }

    pub fn warn(&self, category: &'static crate::StaticType, message: &str, level: isize) -> PyResult<()> {
        (HOOKS.get().warn)(self, category, message, level)
    }
    pub fn unraisable(&self, e: crate::PyErr, message: &str, obj: Option<&Obj>) {
        (HOOKS.get().unraisable)(self, e, message, obj)
    }
    pub fn import(&self, name: &str) -> PyResult {
        (HOOKS.get().import)(self, name)
    }
    pub fn globals(&self) -> Option<Ref<Dict>> {
        (HOOKS.get().globals)(self)
    }
}

#[cold]
fn stack_overflow(what: &str) -> crate::PyErr {
    error::recursion_error(format!("maximum recursion depth exceeded{what}"))
}
