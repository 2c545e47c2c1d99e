//! `_asyncio`: futures and tasks of asyncio, whose steps need no Python frames of their own.
//!
//! `future` and `task` are the two types, `step` runs coroutines, `registry` knows loops and tasks, `imports` what comes from the
//! Python part.

mod future;
mod future_iter;
mod imports;
mod registry;
mod step;
mod task;

use super::shared::none;
use adder_object::bind::Bound;
use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{Obj, ObjExt, PyResult, Vm, singletons};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Accelerator module for asyncio",
    functions: &[
        method(
            "current_task($module, /, loop=None)",
            Native::Bound(|vm, _, a| registry::current(vm, a.opt_not_none(0))),
            "Return a currently executed task.",
        ),
        method(
            "get_event_loop($module, /)",
            Native::NoArgs(|vm, _| future::event_loop(vm)),
            "Return an asyncio event loop.\n\nWhen called from a coroutine or a callback (e.g. scheduled with\ncall_soon or similar API), this function will always return the\nrunning event loop.\n\nIf there is no running event loop set, the function will return\nthe result of `get_event_loop_policy().get_event_loop()` call.",
        ),
        method(
            "get_running_loop($module, /)",
            Native::NoArgs(|vm, _| registry::running_loop(vm)),
            "Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific.",
        ),
        method(
            "_get_running_loop($module, /)",
            Native::NoArgs(|vm, _| Ok(vm.running_loop.get().unwrap_or_else(singletons::none))),
            "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        ),
        method(
            "_set_running_loop($module, loop, /)",
            Native::One(|vm, _, l| {
                vm.running_loop.set_option(Some(l.clone()).filter(|l| !l.is_none()));
                none()
            }),
            "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function is thread-specific.",
        ),
        method(
            "_register_task($module, /, task)",
            Native::Bound(|vm, _, a| done(registry::register(vm, a.req(0)))),
            "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        ),
        method(
            "_unregister_task($module, /, task)",
            Native::Bound(|vm, _, a| done(registry::unregister(vm, a.req(0)))),
            "Unregister a task.\n\nReturns None.",
        ),
        method(
            "_register_eager_task($module, /, task)",
            Native::Bound(|vm, _, a| done(registry::register_eager(vm, a.req(0)))),
            "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        ),
        method(
            "_unregister_eager_task($module, /, task)",
            Native::Bound(|vm, _, a| done(registry::unregister_eager(vm, a.req(0)))),
            "Unregister a task.\n\nReturns None.",
        ),
        method(
            "_enter_task($module, /, loop, task)",
            Native::Bound(|vm, _, a| done(registry::enter(vm, a.req(0), a.req(1)))),
            "Enter into task execution or resume suspended task.\n\nTask belongs to loop.\n\nReturns None.",
        ),
        method(
            "_leave_task($module, /, loop, task)",
            Native::Bound(|vm, _, a| done(registry::leave(vm, a.req(0), a.req(1)))),
            "Leave task execution or suspend a task.\n\nTask belongs to loop.\n\nReturns None.",
        ),
        method(
            "_swap_current_task($module, /, loop, task)",
            Native::Bound(swap),
            "Temporarily swap in the supplied task and return the original one (or None).\n\nThis is intended for use during eager coroutine execution.",
        ),
        method(
            "all_tasks($module, /, loop=None)",
            Native::Bound(|vm, _, a| {
                let l = match a.opt_not_none(0) {
                    Some(l) => l.clone(),
                    None => registry::running_loop(vm)?,
                };
                registry::all(vm, &l)
            }),
            "Return a set of all tasks for the loop.",
        ),
        method(
            "future_add_to_awaited_by($module, fut, waiter, /)",
            Native::Pos(2, 2, |_, _, a| {
                registry::awaited_by(&a[0], &a[1], true);
                none()
            }),
            "Record that `fut` is awaited on by `waiter`.",
        ),
        method(
            "future_discard_from_awaited_by($module, fut, waiter, /)",
            Native::Pos(2, 2, |_, _, a| {
                registry::awaited_by(&a[0], &a[1], false);
                none()
            }),
            "",
        ),
    ],
    types: &[&future::SPEC, &task::SPEC],
    init: Some(|_, _| {
        ready(&future_iter::SPEC);
        ready(&step::STEP_SPEC);
        Ok(())
    }),
    ..ModuleSpec::new("_asyncio")
};

fn done(r: PyResult<()>) -> PyResult {
    r.and_then(|()| none())
}
fn swap(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let task = Some(a.req(1).clone()).filter(|t| !t.is_none());
    Ok(registry::swap(vm, a.req(0), task)?.unwrap_or_else(singletons::none))
}
