//! How a task advances: sending into its coroutine, waiting for what it yields, waking up again.

use super::future::{self, Future};
use super::imports::{self as names_of, IS_GENERATOR};
use super::registry;
use super::task::{self, Task};
use crate::functional::contextvars;
use crate::functional::shared::none;
use adder_object::slots::{Sent, slot};
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, attr, call, descr, error, exceptions as exc, ops,
    payload, singletons, trace_fields,
};

/// What a coroutine gave.
pub enum Step {
    Yielded(Obj),
    Returned(Obj),
}

/// Resumes the coroutine, with an error thrown in if there is one.
pub fn advance(vm: &Vm, coro: &Obj, error: Option<Obj>) -> PyResult<Step> {
    let result = match error {
        Some(e) => call::call_method(vm, coro, names_of::throw(), &[e]),
        None => match coro.ty().send() {
            Some(send) => {
                return Ok(match send(vm, coro, singletons::none_ref())? {
                    Sent::Yield(v) => Step::Yielded(v),
                    Sent::Return(v) => Step::Returned(v),
                });
            }
            None => call::call_method_str(vm, coro, "send", &[singletons::none()]),
        },
    };
    match result {
        Ok(v) => Ok(Step::Yielded(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => {
            let value = e.exception().and_then(|b| b.field(0)).unwrap_or_else(singletons::none);
            Ok(Step::Returned(value))
        }
        Err(e) => Err(e),
    }
}

// ---- the callables that loops get ----

/// `Task.__step` bound to its task, with the error to throw.
struct StepCall {
    task: Obj,
    error: Option<Obj>,
}
trace_fields!(StepCall { task, error });
static STEP_CALL: StaticType = StaticType::new::<StepCall>("_asyncio.TaskStepMethWrapper", F::GC);
payload!(StepCall, STEP_CALL);

pub static STEP_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::call(|vm, o, args| {
        if args.has_keywords() {
            return Err(error::type_error("function takes no keyword arguments"));
        }
        if !args.is_empty() {
            return Err(error::type_error("function takes no positional arguments"));
        }
        let s = o.this::<StepCall>()?;
        take(vm, &s.task, s.error.clone())?;
        none()
    })],
    getset: &[
        getter("__self__", |_, o| Ok(o.this::<StepCall>()?.task.clone()), ""),
        getter(
            "__qualname__",
            |vm, o| {
                let task = &o.this::<StepCall>()?.task;
                let coro = task::of(task)?.coro.get().unwrap_or_else(singletons::none);
                attr::get_str(vm, &coro, "__qualname__")
            },
            "",
        ),
    ],
    ..TypeSpec::of(&STEP_CALL)
};

static WAKEUP: MethodDef = method("__wakeup", Native::One(wakeup), "");

/// A step as the loop's current task.
fn take(vm: &Vm, o: &Obj, error: Option<Obj>) -> PyResult<()> {
    let t = task::of(o)?;
    let l = future::alive(&t.future)?;
    registry::enter(vm, &l, o)?;
    let r = task::run_step(vm, o, t, error);
    registry::leave(vm, &l, o)?;
    r
}

fn wakeup(vm: &Vm, o: &Obj, fut: &Obj) -> PyResult {
    let result = match future::exact(fut) {
        Some(f) => {
            f.drop_waiter(o);
            f.take_result(vm)
        }
        None => {
            if let Some(f) = fut.get::<Future>() {
                f.drop_waiter(o);
            }
            call::call_method(vm, fut, names_of::result(), &[])
        }
    };
    take(vm, o, result.err().map(|e| e.into_obj()))?;
    none()
}

/// Schedules the next step.
pub fn soon(vm: &Vm, o: &Obj, t: &Task, error: Option<Obj>) -> PyResult<()> {
    let step = Ref::new(StepCall { task: o.clone(), error }).into_obj();
    let context = t.context.get();
    future::call_soon(vm, &future::alive(&t.future)?, &step, None, context.as_ref())
}

fn error_soon(vm: &Vm, o: &Obj, t: &Task, message: String) -> PyResult<()> {
    soon(vm, o, t, Some(error::runtime_error(message).into_obj()))
}

/// The coroutine yielded: waits for a future, or lets the loop run once.
pub fn wait_for(vm: &Vm, o: &Obj, t: &Task, yielded: Obj) -> PyResult<()> {
    if let Some(f) = future::exact(&yielded) {
        if yielded.is(o) {
            return error_soon(vm, o, t, format!("Task cannot await on itself: {}", ops::repr_string(vm, o)?));
        }
        if f.event_loop.bits() != t.future.event_loop.bits() {
            return other_loop(vm, o, t, &yielded);
        }
        if !f.blocking.get() {
            return not_awaited(vm, o, t, &yielded);
        }
        f.add_waiter(o);
        f.blocking.set(false);
        let wake = descr::free_function(&WAKEUP, Some(o.clone()));
        let context = t.context.get().unwrap_or_else(singletons::none);
        future::add_callback(vm, &yielded, f, wake, context)?;
        return now_waiting(vm, t, yielded);
    }
    if yielded.is_none() {
        return soon(vm, o, t, None);
    }
    let blocking = attr::lookup(vm, &yielded, names_of::_asyncio_future_blocking())?;
    if let Some(b) = blocking.filter(|b| !b.is_none()) {
        return wait_for_foreign(vm, o, t, yielded, &b);
    }
    let generator = IS_GENERATOR.call(vm, std::slice::from_ref(&yielded))?;
    let (shown, what) = (ops::repr_string(vm, o)?, ops::repr_string(vm, &yielded)?);
    if ops::truth(vm, &generator)? {
        let message = format!("yield was used instead of yield from for generator in task {shown} with {what}");
        return error_soon(vm, o, t, message);
    }
    error_soon(vm, o, t, format!("Task got bad yield: {what}"))
}

fn now_waiting(vm: &Vm, t: &Task, yielded: Obj) -> PyResult<()> {
    t.waiter.set(yielded.clone());
    if t.must_cancel.get() {
        let message = t.future.cancel_message.get().unwrap_or_else(singletons::none);
        if task::cancel_other(vm, &yielded, &message)? {
            t.must_cancel.set(false);
        }
    }
    Ok(())
}

fn other_loop(vm: &Vm, o: &Obj, t: &Task, yielded: &Obj) -> PyResult<()> {
    let (shown, what) = (ops::repr_string(vm, o)?, ops::repr_string(vm, yielded)?);
    error_soon(vm, o, t, format!("Task {shown} got Future {what} attached to a different loop"))
}
fn not_awaited(vm: &Vm, o: &Obj, t: &Task, yielded: &Obj) -> PyResult<()> {
    let (shown, what) = (ops::repr_string(vm, o)?, ops::repr_string(vm, yielded)?);
    error_soon(vm, o, t, format!("yield was used instead of yield from in task {shown} with {what}"))
}

/// A future of another implementation.
fn wait_for_foreign(vm: &Vm, o: &Obj, t: &Task, yielded: Obj, blocking: &Obj) -> PyResult<()> {
    let blocking = ops::truth(vm, blocking)?;
    if yielded.is(o) {
        return error_soon(vm, o, t, format!("Task cannot await on itself: {}", ops::repr_string(vm, o)?));
    }
    let l = registry::loop_of(vm, &yielded)?;
    if !t.future.event_loop.with(|x| x.is_some_and(|x| x.is(&l))) {
        return other_loop(vm, o, t, &yielded);
    }
    if !blocking {
        return not_awaited(vm, o, t, &yielded);
    }
    if let Some(f) = yielded.get::<Future>() {
        f.add_waiter(o);
    }
    attr::set(vm, &yielded, names_of::_asyncio_future_blocking(), &singletons::false_obj())?;
    let wake = descr::free_function(&WAKEUP, Some(o.clone()));
    let context = t.context.get().unwrap_or_else(singletons::none);
    let add = attr::get(vm, &yielded, names_of::add_done_callback())?;
    call::call(vm, &add, Args::with_names(&[wake, context], std::slice::from_ref(names_of::context())))?;
    now_waiting(vm, t, yielded)
}

/// Runs the first step at once (`eager_start=True`).
pub fn start_eagerly(vm: &Vm, o: &Obj, t: &Task) -> PyResult<()> {
    let l = future::alive(&t.future)?;
    let before = registry::swap(vm, &l, Some(o.clone()))?;
    registry::register_eager(vm, o)?;
    let context = t.context.get().unwrap_or_else(singletons::none);
    let r = contextvars::enter(vm, &context).and_then(|()| {
        let r = task::run_step(vm, o, t, None);
        contextvars::leave(vm, &context)?;
        r
    });
    registry::unregister_eager(vm, o)?;
    registry::swap(vm, &l, before)?;
    if t.future.is_done() {
        drop(t.coro.take());
    } else {
        registry::register(vm, o)?;
    }
    r
}
