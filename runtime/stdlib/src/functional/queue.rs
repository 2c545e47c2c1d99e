//! `_queue.SimpleQueue`.
//!
//! Invariant: the items are touched with the GIL held only; waiting threads sleep without it on `changes`, which every put counts up.

use super::shared::{bind, none};
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, Dict, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, call, class,
    error, exceptions as exc, int, module, ops, payload, singletons, str, trace_fields,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
struct SimpleQueue {
    items: RefCell<VecDeque<Obj>>,
    changes: Arc<Changes>,
}
/// How many items were put and how many threads sleep until the next one is; what wakes them.
type Changes = (Mutex<(u64, u32)>, Condvar);
trace_fields!(SimpleQueue { items });
static SIMPLE_QUEUE: StaticType =
    StaticType::new::<SimpleQueue>("_queue.SimpleQueue", F::GC | F::BASETYPE | F::MANAGED_WEAKREF);
payload!(SimpleQueue, SIMPLE_QUEUE);

static EMPTY: Global<Option<Obj>> = Global::new(None);

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    types: &[&SPEC],
    init: Some(|vm, m| {
        let namespace = Dict::new();
        namespace.set_str("__module__", str::intern_str("_queue").into_obj());
        namespace.set_str("__doc__", str::from_str("Exception raised by Queue.get(block=0)/get_nowait().").into_obj());
        let empty = class::make_class(vm, "Empty", vec![exc::EXCEPTION.obj()], namespace)?;
        *EMPTY.get() = Some(empty.clone());
        module::dict(m.obj()).set_str("Empty", empty);
        Ok(())
    }),
    ..ModuleSpec::new("_queue")
};

static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new)],
    methods: &[
        method(
            "empty($self, /)",
            Native::NoArgs(|_, o| Ok(singletons::bool_obj(queue(o)?.items.borrow().is_empty()))),
            "Return True if the queue is empty, False otherwise (not reliable!).",
        ),
        method(
            "get($self, /, block=True, timeout=None)",
            Native::Bound(get),
            "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is\na non-negative number, it blocks at most 'timeout' seconds and raises\nthe Empty exception if no item was available within that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).",
        ),
        method(
            "get_nowait($self, /)",
            Native::NoArgs(|vm, o| take(vm, o, Some(Duration::ZERO))),
            "Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception.",
        ),
        method(
            "put($self, /, item, block=True, timeout=None)",
            Native::Bound(|_, o, a| put(o, a.req(0))),
            "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this method\nnever blocks.  They are provided for compatibility with the Queue class.",
        ),
        method(
            "put_nowait($self, /, item)",
            Native::Bound(|_, o, a| put(o, a.req(0))),
            "Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class.",
        ),
        method(
            "qsize($self, /)",
            Native::NoArgs(|_, o| Ok(int::from_usize(queue(o)?.items.borrow().len()))),
            "Return the approximate size of the queue (not reliable!).",
        ),
        class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
    ],
    doc: "SimpleQueue()\n--\n\nSimple, unbounded, reentrant FIFO queue.",
    ..TypeSpec::of(&SIMPLE_QUEUE)
};

fn queue(o: &Obj) -> PyResult<&SimpleQueue> {
    o.this()
}
fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        bind("SimpleQueue(*)", args)?;
    }
    Ok(Ref::with_type(ty, SimpleQueue::default()).into_obj())
}

fn put(o: &Obj, item: &Obj) -> PyResult {
    let q = queue(o)?;
    q.items.borrow_mut().push_back(item.clone());
    let (count, woken) = &*q.changes;
    let sleeping = {
        let mut guard = count.lock().unwrap_or_else(PoisonError::into_inner);
        guard.0 += 1;
        guard.1 > 0
    };
    if sleeping {
        woken.notify_one();
    }
    none()
}

fn get(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let block = args.opt(0).map_or(Ok(true), |b| ops::truth(vm, b))?;
    if !block {
        return take(vm, o, Some(Duration::ZERO));
    }
    let Some(timeout) = args.opt_not_none(1) else { return take(vm, o, None) };
    if !int::is_int(timeout) && timeout.ty().float().is_none() && timeout.ty().index().is_none() {
        return Err(error::type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            timeout.ty().tp_name()
        )));
    }
    let seconds = ops::to_f64(vm, timeout)?;
    if seconds.is_nan() || seconds < 0.0 {
        return Err(error::value_error("'timeout' must be a non-negative number"));
    }
    let wait = Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|d| d.as_secs() < i64::MAX as u64 / 1_000_000_000)
        .ok_or_else(|| error::overflow_error("timeout value is too large"))?;
    take(vm, o, Some(wait))
}

#[cold]
fn empty(vm: &Vm) -> PyErr {
    match EMPTY.get().clone().map(|c| call::call0(vm, &c)) {
        Some(Ok(e)) => PyErr::from_obj(e),
        Some(Err(e)) => e,
        None => error::system_error("_queue.Empty is missing"),
    }
}

/// The first item; waits for one at most `wait` (None: for ever).
fn take(vm: &Vm, o: &Obj, wait: Option<Duration>) -> PyResult {
    let q = queue(o)?;
    let first = q.items.borrow_mut().pop_front();
    if let Some(x) = first {
        return Ok(x);
    }
    let end = wait.map(|w| Instant::now() + w);
    loop {
        let seen = q.changes.0.lock().unwrap_or_else(PoisonError::into_inner).0;
        let first = q.items.borrow_mut().pop_front();
        if let Some(x) = first {
            return Ok(x);
        }
        let left = end.map(|e| e.saturating_duration_since(Instant::now()));
        if left.is_some_and(|l| l.is_zero()) {
            return Err(empty(vm));
        }
        // Short sleeps, so that signals are seen.
        let nap = left.unwrap_or(Duration::MAX).min(Duration::from_millis(50));
        let changes = q.changes.clone();
        vm.allow_threads(move || {
            let (count, woken) = &*changes;
            let mut guard = count.lock().unwrap_or_else(PoisonError::into_inner);
            guard.1 += 1;
            let woken = woken.wait_timeout_while(guard, nap, |n| n.0 == seen);
            woken.unwrap_or_else(PoisonError::into_inner).0.1 -= 1;
        });
        vm.check_breaker()?;
    }
}
