//! `_asyncio.Task`: a future that runs a coroutine.
//!
//! Invariant: OBJ-1 for both types: the payload of a task begins with that of a future.
//! CPython: Modules/_asynciomodule.c.

use super::future::{self, Future, State};
use super::imports::{
    self as names_of, CANCELLED_ERROR, INVALID_STATE_ERROR, TASK_GET_STACK, TASK_PRINT_STACK, TASK_REPR,
};
use super::step::{self, Step};
use super::{future_iter, registry};
use crate::functional::contextvars;
use crate::functional::shared::{bind, none, text};
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, class_method, getset, getter, method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, call, class, error, int, ops,
    payload, singletons, trace_fields, types,
};
use std::cell::Cell;

#[repr(C)]
pub struct Task {
    pub future: Future,
    pub coro: ObjCell,
    /// A str, or the number of a name not asked for yet.
    name: ObjCell,
    pub context: ObjCell,
    pub waiter: ObjCell,
    pub must_cancel: Cell<bool>,
    log_destroy_pending: Cell<bool>,
    pub cancels: Cell<i64>,
    /// Scheduled and not done: `all_tasks` finds it.
    pub registered: Cell<bool>,
}
trace_fields!(Task { future, coro, name, context, waiter });
pub static TASK: StaticType =
    StaticType::new::<Task>("_asyncio.Task", F::GC | F::BASETYPE | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(Task, TASK);

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&future::FUTURE),
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Task::empty()).into_obj())),
        slot::init(init),
        slot::repr(|vm, o| TASK_REPR.call(vm, std::slice::from_ref(o))),
        slot::iter(future_iter::iter),
        slot::await_(future_iter::iter),
        slot::finalize(finalize),
    ],
    methods: METHODS,
    getset: GETSET,
    doc: "Task(coro, *, loop=None, name=None, context=None, eager_start=False)\n--\n\nA coroutine wrapped in a Future.",
    ..TypeSpec::of(&TASK)
};

static METHODS: &[MethodDef] = &[
    method(
        "set_result($self, result, /)",
        Native::One(|_, _, _| Err(error::runtime_error("Task does not support set_result operation"))),
        "",
    ),
    method(
        "set_exception($self, exception, /)",
        Native::One(|_, _, _| Err(error::runtime_error("Task does not support set_exception operation"))),
        "",
    ),
    method(
        "cancel($self, /, msg=None)",
        Native::Bound(|vm, o, a| Ok(singletons::bool_obj(cancel(vm, o, a.opt(0).cloned())?))),
        "Request that this task cancel itself.\n\nThis arranges for a CancelledError to be thrown into the\nwrapped coroutine on the next cycle through the event loop.\nThe coroutine then has a chance to clean up or even deny\nthe request using try/except/finally.\n\nUnlike Future.cancel, this does not guarantee that the\ntask will be cancelled: the exception might be caught and\nacted upon, delaying cancellation of the task or preventing\ncancellation completely.  The task may also return a value or\nraise a different exception.\n\nImmediately after this method is called, Task.cancelled() will\nnot return True (unless the task was already cancelled).  A\ntask will be marked as cancelled when the wrapped coroutine\nterminates with a CancelledError exception (even if cancel()\nwas not called).\n\nThis also increases the task's count of cancellation requests.",
    ),
    method(
        "cancelling($self, /)",
        Native::NoArgs(|_, o| Ok(int::from_i64(of(o)?.cancels.get()))),
        "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel().",
    ),
    method(
        "uncancel($self, /)",
        Native::NoArgs(uncancel),
        "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests.",
    ),
    method(
        "get_stack($self, /, *, limit=None)",
        Native::Bound(|vm, o, a| TASK_GET_STACK.call(vm, &[o.clone(), a.clone_or_none(0)])),
        "Return the list of stack frames for this task's coroutine.\n\nIf the coroutine is not done, this returns the stack where it is\nsuspended.  If the coroutine has completed successfully or was\ncancelled, this returns an empty list.  If the coroutine was\nterminated by an exception, this returns the list of traceback\nframes.\n\nThe frames are always ordered from oldest to newest.\n\nThe optional limit gives the maximum number of frames to\nreturn; by default all available frames are returned.  Its\nmeaning differs depending on whether a stack or a traceback is\nreturned: the newest frames of a stack are returned, but the\noldest frames of a traceback are returned.  (This matches the\nbehavior of the traceback module.)\n\nFor reasons beyond our control, only one stack frame is\nreturned for a suspended coroutine.",
    ),
    method(
        "print_stack($self, /, *, limit=None, file=None)",
        Native::Bound(|vm, o, a| TASK_PRINT_STACK.call(vm, &[o.clone(), a.clone_or_none(0), a.clone_or_none(1)])),
        "Print the stack or traceback for this task's coroutine.\n\nThis produces output similar to that of the traceback module,\nfor the frames retrieved by get_stack().  The limit argument\nis passed to get_stack().  The file argument is an I/O stream\nto which the output is written; by default output is written\nto sys.stderr.",
    ),
    method("get_coro($self, /)", Native::NoArgs(|_, o| Ok(of(o)?.coro.get().unwrap_or_else(singletons::none))), ""),
    method(
        "get_context($self, /)",
        Native::NoArgs(|_, o| Ok(of(o)?.context.get().unwrap_or_else(singletons::none))),
        "",
    ),
    method("get_name($self, /)", Native::NoArgs(get_name), ""),
    method("set_name($self, value, /)", Native::One(set_name), ""),
    method(
        "_make_cancelled_error($self, /)",
        Native::NoArgs(|vm, o| Ok(future::of(o)?.cancelled_error(vm)?.into_obj())),
        "Create the CancelledError to raise if the Task is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
    ),
    class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
];

static GETSET: &[GetSetDef] = &[
    getset(
        "_log_destroy_pending",
        |_, o| Ok(singletons::bool_obj(of(o)?.log_destroy_pending.get())),
        |vm, o, v| {
            let Some(v) = v else { return Err(error::attribute_error_text("cannot delete attribute")) };
            of(o)?.log_destroy_pending.set(ops::truth(vm, v)?);
            Ok(())
        },
        "",
    ),
    getter("_must_cancel", |_, o| Ok(singletons::bool_obj(of(o)?.must_cancel.get())), ""),
    getter("_coro", |_, o| Ok(of(o)?.coro.get().unwrap_or_else(singletons::none)), ""),
    getter("_fut_waiter", |_, o| Ok(of(o)?.waiter.get().unwrap_or_else(singletons::none)), ""),
];

pub fn of(o: &Obj) -> PyResult<&Task> {
    o.this::<Task>()
}

impl Task {
    fn empty() -> Task {
        Task {
            future: Future::empty(),
            coro: ObjCell::empty(),
            name: ObjCell::empty(),
            context: ObjCell::empty(),
            waiter: ObjCell::empty(),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(true),
            cancels: Cell::new(0),
            registered: Cell::new(false),
        }
    }
}
impl Drop for Task {
    fn drop(&mut self) {
        registry::forget(self);
    }
}

static NAMES: Global<i64> = Global::new(0);

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind("Task(coro, *, loop=None, name=None, context=None, eager_start=False)", args)?;
    let t = of(o)?;
    future::start(vm, &t.future, a.opt_not_none(1))?;
    let coro = a.req(0);
    if !registry::is_coroutine(vm, coro)? {
        t.log_destroy_pending.set(false);
        return Err(error::type_error(format!("a coroutine was expected, got {}", ops::repr_string(vm, coro)?)));
    }
    t.context.set(match a.opt_not_none(3) {
        Some(c) => c.clone(),
        None => contextvars::copy_current(vm),
    });
    drop(t.waiter.take());
    t.must_cancel.set(false);
    t.log_destroy_pending.set(true);
    t.cancels.set(0);
    t.coro.set(coro.clone());
    t.name.set(match a.opt_not_none(2) {
        None => {
            let n = NAMES.get();
            *n += 1;
            int::from_i64(*n)
        }
        Some(n) if n.is_exact(&types::STR) => n.clone(),
        Some(n) => ops::str(vm, n)?,
    });
    if a.opt(4).map_or(Ok(false), |e| ops::truth(vm, e))? {
        let l = future::alive(&t.future)?;
        let running = call::call_method(vm, &l, names_of::is_running(), &[])?;
        if ops::truth(vm, &running)? {
            return step::start_eagerly(vm, o, t);
        }
    }
    step::soon(vm, o, t, None)?;
    registry::register(vm, o)
}

fn get_name(_: &Vm, o: &Obj) -> PyResult {
    let t = of(o)?;
    match t.name.get() {
        Some(n) if n.get::<Str>().is_some() => Ok(n),
        Some(n) => {
            let n = text(&format!("Task-{}", int::as_int(&n).and_then(|n| n.to_i64()).unwrap_or(0)));
            t.name.set(n.clone());
            Ok(n)
        }
        None => none(),
    }
}
fn set_name(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    let v = if v.is_exact(&types::STR) { v.clone() } else { ops::str(vm, v)? };
    of(o)?.name.set(v);
    none()
}

/// `obj.cancel(msg=message)`.
pub fn cancel_other(vm: &Vm, o: &Obj, message: &Obj) -> PyResult<bool> {
    if o.is_exact(&future::FUTURE) {
        return future::cancel(vm, o, Some(message.clone()));
    }
    if o.is_exact(&TASK) {
        return cancel(vm, o, Some(message.clone()));
    }
    let f = adder_object::attr::get(vm, o, names_of::cancel())?;
    let r = call::call(vm, &f, Args::with_names(std::slice::from_ref(message), std::slice::from_ref(names_of::msg())))?;
    ops::truth(vm, &r)
}

fn cancel(vm: &Vm, o: &Obj, message: Option<Obj>) -> PyResult<bool> {
    let t = of(o)?;
    t.future.log_traceback.set(false);
    if t.future.is_done() {
        return Ok(false);
    }
    t.cancels.set(t.cancels.get() + 1);
    let message = message.unwrap_or_else(singletons::none);
    if let Some(w) = t.waiter.get()
        && cancel_other(vm, &w, &message)?
    {
        return Ok(true);
    }
    t.must_cancel.set(true);
    t.future.cancel_message.set(message);
    Ok(true)
}

fn uncancel(_: &Vm, o: &Obj) -> PyResult {
    let t = of(o)?;
    if t.cancels.get() > 0 {
        t.cancels.set(t.cancels.get() - 1);
        if t.cancels.get() == 0 {
            t.must_cancel.set(false);
        }
    }
    Ok(int::from_i64(t.cancels.get()))
}

fn finalize(vm: &Vm, o: &Obj) -> PyResult {
    let t = of(o)?;
    if t.future.state.get() == State::Pending && t.log_destroy_pending.get() {
        future::report(vm, o, &t.future, "Task was destroyed but it is pending!", None, "task")?;
    }
    future::finalize(vm, o)
}

/// One step of the coroutine, `error` thrown into it.
pub fn run_step(vm: &Vm, o: &Obj, t: &Task, mut error: Option<Obj>) -> PyResult<()> {
    if t.future.is_done() {
        let shown = ops::repr_string(vm, o)?;
        let e = ops::repr_string(vm, &error.unwrap_or_else(singletons::none))?;
        return Err(INVALID_STATE_ERROR.error(vm, &format!("__step(): already done: {shown} {e}")));
    }
    if t.must_cancel.get() {
        if !error.as_ref().is_some_and(|e| CANCELLED_ERROR.matches(vm, e)) {
            error = Some(t.future.cancelled_error(vm)?.into_obj());
        }
        t.must_cancel.set(false);
    }
    drop(t.waiter.take());
    let Some(coro) = t.coro.get() else { return Err(error::runtime_error("uninitialized Task object")) };
    match step::advance(vm, &coro, error) {
        Ok(Step::Yielded(v)) => step::wait_for(vm, o, t, v),
        Ok(Step::Returned(v)) => {
            registry::forget(t);
            if t.must_cancel.get() {
                t.must_cancel.set(false);
                future::cancel(vm, o, t.future.cancel_message.get())?;
                Ok(())
            } else {
                future::set_result(vm, o, v)
            }
        }
        Err(e) => {
            registry::forget(t);
            let e = e.into_obj();
            if CANCELLED_ERROR.matches(vm, &e) {
                t.future.cancelled_exc.set(e);
                future::cancel(vm, o, None)?;
                return Ok(());
            }
            future::set_exception(vm, o, &e)?;
            use adder_object::exceptions as exc;
            if e.is_instance_of(&exc::KEYBOARD_INTERRUPT) || e.is_instance_of(&exc::SYSTEM_EXIT) {
                return Err(adder_object::PyErr::from_obj(e));
            }
            Ok(())
        }
    }
}
