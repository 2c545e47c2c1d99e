//! Which loop runs in a thread, which task is current, which tasks there are.
//!
//! Invariant: `WAITING` counts the native tasks whose `registered` is set. They are found by walking the heap, which happens only
//! when somebody asks for all tasks while there are some; so a task costs nothing to register.

use super::future::Future;
use super::imports::{self as names_of, IS_COROUTINE, WEAK_SET};
use super::task::Task;
use crate::functional::shared::none;
use adder_mem::heap::Global;
use adder_object::{Obj, ObjExt, PyResult, Ref, Set, Vm, attr, call, error, ops, singletons};

static WAITING: Global<usize> = Global::new(0);

/// Tasks of other implementations (a WeakSet), and tasks in their first, eager step.
struct Others {
    scheduled: Option<Obj>,
    eager: Option<Ref<Set>>,
}
static OTHERS: Global<Others> = Global::new(Others { scheduled: None, eager: None });

fn scheduled(vm: &Vm) -> PyResult {
    if OTHERS.get().scheduled.is_none() {
        let made = WEAK_SET.call(vm, &[])?;
        OTHERS.get().scheduled = Some(made);
    }
    Ok(OTHERS.get().scheduled.clone().unwrap_or_else(singletons::none))
}
fn eager() -> Ref<Set> {
    OTHERS.get().eager.get_or_insert_with(Set::new).clone()
}

pub fn register(vm: &Vm, o: &Obj) -> PyResult<()> {
    match o.get::<Task>() {
        Some(t) => {
            if !t.registered.replace(true) {
                *WAITING.get() += 1;
            }
            Ok(())
        }
        None => call::call_method_str(vm, &scheduled(vm)?, "add", std::slice::from_ref(o)).map(drop),
    }
}
/// The task is done, gone or was taken off the list.
pub fn forget(t: &Task) {
    if t.registered.replace(false) {
        *WAITING.get() -= 1;
    }
}
pub fn unregister(vm: &Vm, o: &Obj) -> PyResult<()> {
    match o.get::<Task>() {
        Some(t) => {
            forget(t);
            Ok(())
        }
        None => call::call_method_str(vm, &scheduled(vm)?, "discard", std::slice::from_ref(o)).map(drop),
    }
}
pub fn register_eager(vm: &Vm, o: &Obj) -> PyResult<()> {
    eager().add(vm, o.clone()).map(drop)
}
pub fn unregister_eager(vm: &Vm, o: &Obj) -> PyResult<()> {
    eager().discard(vm, o).map(drop)
}

/// `fut.get_loop()`, or the old attribute.
pub fn loop_of(vm: &Vm, o: &Obj) -> PyResult {
    if let Some(f) = super::future::exact(o) {
        return super::future::alive(f);
    }
    match attr::lookup(vm, o, names_of::get_loop())? {
        Some(m) => call::call0(vm, &m),
        None => attr::get(vm, o, names_of::_loop()),
    }
}

fn is_done(vm: &Vm, o: &Obj) -> PyResult<bool> {
    if let Some(f) = super::future::exact(o) {
        return Ok(f.is_done());
    }
    let r = call::call_method(vm, o, names_of::done(), &[])?;
    ops::truth(vm, &r)
}

/// `all_tasks(loop)`.
pub fn all(vm: &Vm, l: &Obj) -> PyResult {
    let mut found = eager().to_vec();
    if *WAITING.get() > 0 {
        found.extend(
            adder_mem::collect::all_objects()
                .into_iter()
                .filter(|o| o.get::<Task>().is_some_and(|t| t.registered.get())),
        );
    }
    if let Some(s) = OTHERS.get().scheduled.clone() {
        found.extend(ops::collect(vm, &s)?);
    }
    let out = Set::new();
    for o in found {
        if loop_of(vm, &o)?.is(l) && !is_done(vm, &o)? {
            out.add(vm, o)?;
        }
    }
    Ok(out.into_obj())
}

// ---- the current task ----

fn is_running_here(vm: &Vm, l: &Obj) -> bool {
    vm.running_loop.with(|r| r.is_some_and(|r| r.is(l)))
}
#[cold]
fn not_running(vm: &Vm, l: &Obj) -> adder_object::PyErr {
    match ops::repr_string(vm, l) {
        Ok(r) => error::runtime_error(format!("loop {r} is not the running loop")),
        Err(e) => e,
    }
}

#[inline]
pub fn enter(vm: &Vm, l: &Obj, task: &Obj) -> PyResult<()> {
    if !is_running_here(vm, l) {
        return Err(not_running(vm, l));
    }
    if let Some(now) = vm.running_task.get() {
        let (t, n) = (ops::repr_string(vm, task)?, ops::repr_string(vm, &now)?);
        return Err(error::runtime_error(format!(
            "Cannot enter into task {t} while another task {n} is being executed."
        )));
    }
    vm.running_task.set(task.clone());
    Ok(())
}
#[inline]
pub fn leave(vm: &Vm, l: &Obj, task: &Obj) -> PyResult<()> {
    if !is_running_here(vm, l) {
        return Err(not_running(vm, l));
    }
    if !vm.running_task.with(|t| t.is_some_and(|t| t.is(task))) {
        let now = vm.running_task.get().unwrap_or_else(singletons::none);
        let (t, n) = (ops::repr_string(vm, task)?, ops::repr_string(vm, &now)?);
        return Err(error::runtime_error(format!("Leaving task {t} does not match the current task {n}.")));
    }
    drop(vm.running_task.take());
    Ok(())
}
pub fn swap(vm: &Vm, l: &Obj, task: Option<Obj>) -> PyResult<Option<Obj>> {
    if !is_running_here(vm, l) {
        return Err(not_running(vm, l));
    }
    Ok(vm.running_task.replace(task))
}

pub fn running_loop(vm: &Vm) -> PyResult {
    vm.running_loop.get().ok_or_else(|| error::runtime_error("no running event loop"))
}
pub fn current(vm: &Vm, l: Option<&Obj>) -> PyResult {
    let l = match l {
        Some(l) => l.clone(),
        None => running_loop(vm)?,
    };
    if is_running_here(vm, &l) { Ok(vm.running_task.get().unwrap_or_else(singletons::none)) } else { none() }
}

/// Coroutines of the interpreter at once; others as `asyncio.iscoroutine` says.
pub fn is_coroutine(vm: &Vm, o: &Obj) -> PyResult<bool> {
    if o.ty().static_name() == Some("coroutine") {
        return Ok(true);
    }
    let r = IS_COROUTINE.call(vm, std::slice::from_ref(o))?;
    ops::truth(vm, &r)
}

/// Both must be native futures; others are not tracked.
pub fn awaited_by(fut: &Obj, waiter: &Obj, add: bool) {
    if let (Some(f), Some(_)) = (fut.get::<Future>(), waiter.get::<Future>()) {
        if add { f.add_waiter(waiter) } else { f.drop_waiter(waiter) }
    }
}
