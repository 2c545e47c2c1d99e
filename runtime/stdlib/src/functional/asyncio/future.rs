//! `_asyncio.Future`.
//!
//! Invariant: callbacks are taken out of a future before the loop is told of them, so each is scheduled once.
//! CPython: Modules/_asynciomodule.c.

use super::imports::{self as names_of, CANCELLED_ERROR, EXTRACT_STACK, FUTURE_REPR, GET_POLICY, INVALID_STATE_ERROR};
use super::{future_iter, task};
use crate::functional::contextvars;
use crate::functional::shared::{bind, none, text};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, class_method, getset, getter, method};
use adder_object::{
    Args, Dict, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Set, StaticType, Type, TypeFlags as F, Vm, attr,
    call, class, error, exceptions as exc, ops, payload, set, singletons, trace_fields, tuple,
};
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    #[default]
    Pending,
    Cancelled,
    Finished,
}

impl State {
    pub fn name(self) -> &'static ::std::primitive::str {
        match self {
            State::Pending => "PENDING",
            State::Cancelled => "CANCELLED",
            State::Finished => "FINISHED",
        }
    }
}

pub struct Callback {
    pub f: Obj,
    pub context: Obj,
}
trace_fields!(Callback { f, context });

pub struct Future {
    pub event_loop: ObjCell,
    pub state: Cell<State>,
    pub result: ObjCell,
    pub exception: ObjCell,
    exception_tb: ObjCell,
    source_traceback: ObjCell,
    pub cancel_message: ObjCell,
    pub cancelled_exc: ObjCell,
    pub callbacks: RefCell<Vec<Callback>>,
    awaited_by: RefCell<Vec<Obj>>,
    pub log_traceback: Cell<bool>,
    pub blocking: Cell<bool>,
}
trace_fields!(Future {
    event_loop,
    result,
    exception,
    exception_tb,
    source_traceback,
    cancel_message,
    cancelled_exc,
    callbacks,
    awaited_by
});
pub static FUTURE: StaticType =
    StaticType::new::<Future>("_asyncio.Future", F::GC | F::BASETYPE | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(Future, FUTURE);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Future::empty()).into_obj())),
        slot::init(init),
        slot::repr(|vm, o| FUTURE_REPR.call(vm, std::slice::from_ref(o))),
        slot::iter(future_iter::iter),
        slot::await_(future_iter::iter),
        slot::finalize(finalize),
    ],
    methods: METHODS,
    getset: GETSET,
    doc: "Future(*, loop=None)\n--\n\nThis class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.",
    ..TypeSpec::of(&FUTURE)
};

static METHODS: &[MethodDef] = &[
    method(
        "result($self, /)",
        Native::NoArgs(|vm, o| of(o)?.take_result(vm)),
        "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is raised.",
    ),
    method(
        "exception($self, /)",
        Native::NoArgs(exception),
        "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError.",
    ),
    method(
        "set_result($self, result, /)",
        Native::One(|vm, o, v| {
            set_result(vm, o, v.clone())?;
            none()
        }),
        "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
    ),
    method(
        "set_exception($self, exception, /)",
        Native::One(|vm, o, v| {
            set_exception(vm, o, v)?;
            none()
        }),
        "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
    ),
    method(
        "add_done_callback($self, fn, /, *, context=<unrepresentable>)",
        Native::Bound(add_done_callback),
        "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object. If\nthe future is already done when this is called, the callback is\nscheduled with call_soon.",
    ),
    method(
        "remove_done_callback($self, fn, /)",
        Native::One(remove_done_callback),
        "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed.",
    ),
    method(
        "cancel($self, /, msg=None)",
        Native::Bound(|vm, o, a| {
            alive(of(o)?)?;
            Ok(singletons::bool_obj(cancel(vm, o, a.opt(0).cloned())?))
        }),
        "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.  Otherwise,\nchange the future's state to cancelled, schedule the callbacks and\nreturn True.",
    ),
    method(
        "cancelled($self, /)",
        Native::NoArgs(|_, o| Ok(singletons::bool_obj(of(o)?.state.get() == State::Cancelled))),
        "Return True if the future was cancelled.",
    ),
    method(
        "done($self, /)",
        Native::NoArgs(|_, o| Ok(singletons::bool_obj(of(o)?.is_done()))),
        "Return True if the future is done.\n\nDone means either that a result / exception are available, or that the\nfuture was cancelled.",
    ),
    method("get_loop($self, /)", Native::NoArgs(|_, o| alive(of(o)?)), "Return the event loop the Future is bound to."),
    method(
        "_make_cancelled_error($self, /)",
        Native::NoArgs(|vm, o| Ok(of(o)?.cancelled_error(vm)?.into_obj())),
        "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
    ),
    class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
];

pub static GETSET: &[GetSetDef] = &[
    getter("_state", |_, o| Ok(text(of(o)?.state.get().name())), ""),
    getset(
        "_asyncio_future_blocking",
        |_, o| Ok(singletons::bool_obj(of(o)?.blocking.get())),
        |vm, o, v| {
            of(o)?.blocking.set(ops::truth(vm, given(v)?)?);
            Ok(())
        },
        "",
    ),
    getter("_loop", |_, o| Ok(of(o)?.event_loop.get().unwrap_or_else(singletons::none)), ""),
    getter("_callbacks", callbacks, ""),
    getter("_result", |_, o| Ok(of(o)?.result.get().unwrap_or_else(singletons::none)), ""),
    getter("_exception", |_, o| Ok(of(o)?.exception.get().unwrap_or_else(singletons::none)), ""),
    getset("_log_traceback", |_, o| Ok(singletons::bool_obj(of(o)?.log_traceback.get())), set_log_traceback, ""),
    getter("_source_traceback", |_, o| Ok(of(o)?.source_traceback.get().unwrap_or_else(singletons::none)), ""),
    getset(
        "_cancel_message",
        |_, o| Ok(of(o)?.cancel_message.get().unwrap_or_else(singletons::none)),
        |_, o, v| {
            of(o)?.cancel_message.set(given(v)?.clone());
            Ok(())
        },
        "",
    ),
    getter("_asyncio_awaited_by", awaited_by, ""),
];

fn given(v: Option<&Obj>) -> PyResult<&Obj> {
    v.ok_or_else(|| error::attribute_error_text("cannot delete attribute"))
}
pub fn of(o: &Obj) -> PyResult<&Future> {
    o.this::<Future>()
}
/// Is it a future or task of exactly the native types?
#[inline]
pub fn exact(o: &Obj) -> Option<&Future> {
    if o.is_exact(&FUTURE) || o.is_exact(&task::TASK) { o.get::<Future>() } else { None }
}

impl Future {
    pub fn empty() -> Future {
        Future {
            event_loop: ObjCell::empty(),
            state: Cell::default(),
            result: ObjCell::empty(),
            exception: ObjCell::empty(),
            exception_tb: ObjCell::empty(),
            source_traceback: ObjCell::empty(),
            cancel_message: ObjCell::empty(),
            cancelled_exc: ObjCell::empty(),
            callbacks: RefCell::default(),
            awaited_by: RefCell::default(),
            log_traceback: Cell::new(false),
            blocking: Cell::new(false),
        }
    }
    #[inline]
    pub fn is_done(&self) -> bool {
        self.state.get() != State::Pending
    }
    /// The CancelledError of this future: the one saved, or a new one.
    pub fn cancelled_error(&self, vm: &Vm) -> PyResult<PyErr> {
        if let Some(e) = self.cancelled_exc.take() {
            return Ok(PyErr::from_obj(e));
        }
        let e = match self.cancel_message.get().filter(|m| !m.is_none()) {
            Some(m) => CANCELLED_ERROR.call(vm, &[m])?,
            None => CANCELLED_ERROR.call(vm, &[])?,
        };
        Ok(PyErr::from_obj(e))
    }
    fn check_alive(&self, vm: &Vm) -> PyResult<()> {
        if self.event_loop.is_some() {
            return Ok(());
        }
        Err(INVALID_STATE_ERROR.error(vm, "Future object is not initialized."))
    }
    /// The result, or the exception as an error.
    pub fn take_result(&self, vm: &Vm) -> PyResult {
        self.check_alive(vm)?;
        match self.state.get() {
            State::Cancelled => return Err(self.cancelled_error(vm)?),
            State::Pending => return Err(INVALID_STATE_ERROR.error(vm, "Result is not set.")),
            State::Finished => {}
        }
        self.log_traceback.set(false);
        match self.exception.get() {
            None => Ok(self.result.get().unwrap_or_else(singletons::none)),
            Some(e) => {
                // The traceback as it was given, once; what raising adds does not pile up.
                if let Some(b) = e.get::<exc::BaseException>() {
                    b.traceback.set_option(self.exception_tb.take().filter(|t| !t.is_none()));
                }
                Err(PyErr::from_obj(e))
            }
        }
    }
    pub fn add_waiter(&self, waiter: &Obj) {
        self.awaited_by.borrow_mut().push(waiter.clone());
    }
    pub fn drop_waiter(&self, waiter: &Obj) {
        let mut all = self.awaited_by.borrow_mut();
        let found = all.iter().position(|w| w.is(waiter)).map(|i| all.swap_remove(i));
        drop(all);
        drop(found);
    }
}

/// The loop of a future that was initialised.
pub fn alive(f: &Future) -> PyResult {
    f.event_loop.get().ok_or_else(|| error::runtime_error("Future object is not initialized."))
}

/// `asyncio.get_event_loop()`.
pub fn event_loop(vm: &Vm) -> PyResult {
    match vm.running_loop.get() {
        Some(l) => Ok(l),
        None => call::call_method(vm, &GET_POLICY.call(vm, &[])?, names_of::get_event_loop(), &[]),
    }
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind("Future(*, loop=None)", args)?;
    start(vm, of(o)?, a.opt_not_none(0))
}

/// Makes a future fresh and binds it to its loop.
pub fn start(vm: &Vm, f: &Future, event_loop_: Option<&Obj>) -> PyResult<()> {
    let l = match event_loop_ {
        Some(l) => l.clone(),
        None => event_loop(vm)?,
    };
    for c in [&f.result, &f.exception, &f.exception_tb, &f.source_traceback, &f.cancel_message, &f.cancelled_exc] {
        c.clear_value();
    }
    f.state.set(State::Pending);
    f.log_traceback.set(false);
    f.blocking.set(false);
    drop(std::mem::take(&mut *f.callbacks.borrow_mut()));
    f.event_loop.set(l.clone());
    let debug = call::call_method(vm, &l, names_of::get_debug(), &[])?;
    if ops::truth(vm, &debug)? {
        f.source_traceback.set(EXTRACT_STACK.call(vm, &[])?);
    }
    Ok(())
}

trait ClearValue {
    fn clear_value(&self);
}
impl ClearValue for ObjCell {
    fn clear_value(&self) {
        drop(self.take());
    }
}

/// `loop.call_soon(f[, arg], context=context)`.
pub fn call_soon(vm: &Vm, event_loop: &Obj, f: &Obj, arg: Option<&Obj>, context: Option<&Obj>) -> PyResult<()> {
    let attr::Method::Unbound(m) = attr::get_method(vm, event_loop, names_of::call_soon())? else {
        let m = attr::get(vm, event_loop, names_of::call_soon())?;
        return schedule(vm, &m, None, f, arg, context);
    };
    schedule(vm, &m, Some(event_loop), f, arg, context)
}
fn schedule(
    vm: &Vm,
    callable: &Obj,
    this: Option<&Obj>,
    f: &Obj,
    arg: Option<&Obj>,
    context: Option<&Obj>,
) -> PyResult<()> {
    let names: &[Obj] = if context.is_some() { std::slice::from_ref(names_of::context()) } else { &[] };
    let run = |all: &[Obj]| call::call(vm, callable, Args::with_names(all, names)).map(drop);
    // The common shapes need no vector.
    match (this, arg, context) {
        (Some(t), Some(a), Some(c)) => run(&[t.clone(), f.clone(), a.clone(), c.clone()]),
        (Some(t), None, Some(c)) => run(&[t.clone(), f.clone(), c.clone()]),
        _ => {
            let all: Vec<Obj> = [this, Some(f), arg, context].into_iter().flatten().cloned().collect();
            run(&all)
        }
    }
}

fn schedule_callbacks(vm: &Vm, o: &Obj, f: &Future) -> PyResult<()> {
    let all = std::mem::take(&mut *f.callbacks.borrow_mut());
    if all.is_empty() {
        return Ok(());
    }
    let l = alive(f)?;
    for c in all {
        call_soon(vm, &l, &c.f, Some(o), Some(&c.context))?;
    }
    Ok(())
}

pub fn set_result(vm: &Vm, o: &Obj, value: Obj) -> PyResult<()> {
    let f = of(o)?;
    alive(f)?;
    if f.is_done() {
        return Err(INVALID_STATE_ERROR.error(vm, "invalid state"));
    }
    f.result.set(value);
    f.state.set(State::Finished);
    schedule_callbacks(vm, o, f)
}

pub fn set_exception(vm: &Vm, o: &Obj, e: &Obj) -> PyResult<()> {
    let f = of(o)?;
    alive(f)?;
    if f.is_done() {
        return Err(INVALID_STATE_ERROR.error(vm, "invalid state"));
    }
    let is_class = e.get::<Type>().is_some_and(|t| t.is_subtype(&exc::BASE_EXCEPTION));
    let mut value = if is_class { call::call0(vm, e)? } else { e.clone() };
    if value.get::<exc::BaseException>().is_none() {
        return Err(error::type_error("invalid exception object"));
    }
    if value.is_instance_of(&exc::STOP_ITERATION) {
        let new =
            error::runtime_error("StopIteration interacts badly with generators and cannot be raised into a Future");
        value = new.with_cause(PyErr::from_obj(value)).into_obj();
    }
    let tb = value.get::<exc::BaseException>().and_then(|b| b.traceback.get());
    f.exception_tb.set(tb.unwrap_or_else(singletons::none));
    f.exception.set(value);
    f.state.set(State::Finished);
    schedule_callbacks(vm, o, f)?;
    f.log_traceback.set(true);
    Ok(())
}

pub fn cancel(vm: &Vm, o: &Obj, message: Option<Obj>) -> PyResult<bool> {
    let f = of(o)?;
    f.log_traceback.set(false);
    if f.is_done() {
        return Ok(false);
    }
    f.state.set(State::Cancelled);
    f.cancel_message.set_option(message);
    schedule_callbacks(vm, o, f)?;
    Ok(true)
}

fn exception(vm: &Vm, o: &Obj) -> PyResult {
    let f = of(o)?;
    f.check_alive(vm)?;
    match f.state.get() {
        State::Cancelled => return Err(f.cancelled_error(vm)?),
        State::Pending => return Err(INVALID_STATE_ERROR.error(vm, "Exception is not set.")),
        State::Finished => {}
    }
    f.log_traceback.set(false);
    Ok(f.exception.get().unwrap_or_else(singletons::none))
}

/// Registers a callback, or schedules it at once when the future is done.
pub fn add_callback(vm: &Vm, o: &Obj, f: &Future, callback: Obj, context: Obj) -> PyResult<()> {
    if f.is_done() {
        return call_soon(vm, &alive(f)?, &callback, Some(o), Some(&context));
    }
    f.callbacks.borrow_mut().push(Callback { f: callback, context });
    Ok(())
}

fn add_done_callback(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let f = of(o)?;
    alive(f)?;
    let context = match a.opt(1) {
        Some(c) => c.clone(),
        None => contextvars::copy_current(vm),
    };
    add_callback(vm, o, f, a.req(0).clone(), context)?;
    none()
}

fn remove_done_callback(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let f = of(o)?;
    alive(f)?;
    let (mut i, mut removed) = (0, 0);
    loop {
        // Comparing may run code that changes the list.
        let Some(candidate) = f.callbacks.borrow().get(i).map(|c| c.f.clone()) else { break };
        if !ops::key_equals(vm, &candidate, x)? {
            i += 1;
            continue;
        }
        let mut all = f.callbacks.borrow_mut();
        let gone = (i < all.len() && all[i].f.is(&candidate)).then(|| all.remove(i));
        drop(all);
        if gone.is_some() {
            removed += 1;
        } else {
            i += 1;
        }
    }
    Ok(adder_object::int::from_i64(removed))
}

fn callbacks(_: &Vm, o: &Obj) -> PyResult {
    let f = of(o)?;
    alive(f)?;
    let all = f.callbacks.borrow();
    if all.is_empty() {
        return none();
    }
    let pairs = all.iter().map(|c| tuple::from_array([c.f.clone(), c.context.clone()])).collect();
    Ok(List::new(pairs).into_obj())
}
fn awaited_by(vm: &Vm, o: &Obj) -> PyResult {
    let all = of(o)?.awaited_by.borrow().clone();
    if all.is_empty() {
        return none();
    }
    let s = Set::new();
    for x in all {
        s.add(vm, x)?;
    }
    Ok(set::make(&adder_object::types::FROZENSET, s.copy()))
}
fn set_log_traceback(vm: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    if ops::truth(vm, given(v)?)? {
        return Err(error::value_error("_log_traceback can only be set to False"));
    }
    of(o)?.log_traceback.set(false);
    Ok(())
}

/// `__del__`: an exception that nobody looked at is reported to the loop.
pub fn finalize(vm: &Vm, o: &Obj) -> PyResult {
    let f = of(o)?;
    if !f.log_traceback.replace(false) {
        return none();
    }
    let Some(e) = f.exception.get() else { return none() };
    let message = format!("{} exception was never retrieved", o.ty().name());
    report(vm, o, f, &message, Some(("exception", e)), "future")
}

/// Tells the loop's exception handler about this future.
pub fn report(
    vm: &Vm,
    o: &Obj,
    f: &Future,
    message: &::std::primitive::str,
    more: Option<(&::std::primitive::str, Obj)>,
    role: &::std::primitive::str,
) -> PyResult {
    let d = Dict::new();
    d.set_str("message", text(message));
    if let Some((k, v)) = more {
        d.set_str(k, v);
    }
    d.set_str(role, o.clone());
    if let Some(tb) = f.source_traceback.get() {
        d.set_str("source_traceback", tb);
    }
    let Some(l) = f.event_loop.get() else { return none() };
    if let Err(e) = call::call_method(vm, &l, names_of::call_exception_handler(), &[d.into_obj()]) {
        vm.unraisable(e, "Exception ignored in", Some(o));
    }
    none()
}
