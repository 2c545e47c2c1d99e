//! `select`: waiting for descriptors with select, poll and epoll.
//!
//! `select()` is made from `poll`, so descriptors beyond FD_SETSIZE work too, but they are refused as CPython refuses them.
//! CPython: Modules/selectmodule.c.

use super::clock::to_nanos;
use super::convert::{descriptor, os_err};
use super::sys_calls::{self as sys, pollfd};
use adder_object::bind::{Bound, Signature};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, class_method, getter, method};
use adder_object::{
    List, Module, ModuleSpec, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, error,
    exceptions as exc, int, module, ops, singletons, tuple,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn none() -> PyResult {
    Ok(singletons::none())
}

/// A moment to stop waiting at; None waits for ever.
#[derive(Clone, Copy)]
struct Deadline(Option<Instant>);
impl Deadline {
    /// From seconds (or milliseconds, for `poll`), None or a negative number meaning no limit where that is allowed.
    fn new(vm: &Vm, o: Option<&Obj>, unit: i64, negative: bool) -> PyResult<Deadline> {
        let Some(o) = o.filter(|o| !o.is_none()) else { return Ok(Deadline(None)) };
        let n = to_nanos(vm, o, true).map_err(|e| {
            if e.is(&exc::TYPE_ERROR) { error::type_error("timeout must be a real number or None") } else { e }
        })? / unit;
        if n < 0 {
            if negative {
                return Ok(Deadline(None));
            }
            return Err(error::value_error("timeout must be non-negative"));
        }
        Ok(Deadline(Instant::now().checked_add(Duration::from_nanos(n as u64))))
    }
    /// Milliseconds left, rounded up, as the calls take it.
    fn left(self) -> i32 {
        match self.0 {
            None => -1,
            Some(t) => {
                let d = t.saturating_duration_since(Instant::now());
                d.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32
            }
        }
    }
}
fn poll_fds(vm: &Vm, fds: &mut [pollfd], d: Deadline) -> PyResult<usize> {
    sys::blocking(vm, || sys::poll(fds, d.left()))?.map_err(os_err)
}

fn select(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let d = match a.get(3) {
        Some(t) if !t.is_none() => {
            let d = Deadline::new(vm, Some(t), 1, false);
            d.map_err(
                |e| if e.is(&exc::TYPE_ERROR) { error::type_error("timeout must be a float or None") } else { e },
            )?
        }
        _ => Deadline(None),
    };
    let masks = [libc::POLLIN | libc::POLLHUP | libc::POLLERR, libc::POLLOUT | libc::POLLERR, libc::POLLPRI];
    let wants = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];
    let mut lists: Vec<Vec<(Obj, i32)>> = vec![];
    for o in &a[..3] {
        // A list stays live: a `fileno` that shortens it ends the loop early.
        let items = match o.downcast::<List>() {
            Some(l) => l,
            None => ops::to_list(vm, o).map_err(|e| {
                if e.is(&exc::TYPE_ERROR) { error::type_error("arguments 1-3 must be sequences") } else { e }
            })?,
        };
        let mut list = vec![];
        while let Some(x) = items.get(list.len()) {
            let fd = descriptor(vm, &x)?;
            if fd >= 1024 {
                return Err(error::value_error("filedescriptor out of range in select()"));
            }
            list.push((x, fd));
        }
        lists.push(list);
    }
    let mut table: BTreeMap<i32, i16> = BTreeMap::new();
    for (list, want) in lists.iter().zip(wants) {
        list.iter().for_each(|(_, fd)| *table.entry(*fd).or_default() |= want);
    }
    let mut fds: Vec<pollfd> = table.iter().map(|(&fd, &events)| pollfd { fd, events, revents: 0 }).collect();
    poll_fds(vm, &mut fds, d)?;
    if fds.iter().any(|p| p.revents & libc::POLLNVAL != 0) {
        return Err(os_err(libc::EBADF));
    }
    let ready = |fd: i32, mask: i16| fds.iter().any(|p| p.fd == fd && p.revents & mask != 0);
    let out = lists.iter().zip(masks).map(|(list, mask)| {
        List::new(list.iter().filter(|(_, fd)| ready(*fd, mask)).map(|(o, _)| o.clone()).collect()).into_obj()
    });
    Ok(tuple::new(out.collect()))
}

// ---- poll ----

#[derive(Default)]
pub struct Poll {
    fds: RefCell<BTreeMap<i32, i16>>,
    running: Cell<bool>,
}
adder_object::trace_fields!(Poll);
adder_object::payload!(Poll, POLL);
static POLL: StaticType = StaticType::new::<Poll>("select.poll", 0);

fn event_mask(vm: &Vm, o: Option<&Obj>) -> PyResult<i16> {
    let Some(o) = o else { return Ok(libc::POLLIN | libc::POLLPRI | libc::POLLOUT) };
    let n = ops::to_i64(vm, o)?;
    if n < 0 {
        return Err(error::value_error("value must be positive"));
    }
    u16::try_from(n).map(|n| n as i16).map_err(|_| error::overflow_error("Python int too large for C unsigned short"))
}
fn poll_register(vm: &Vm, this: &Obj, a: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &a[0])?;
    let mask = event_mask(vm, a.get(1))?;
    this.this::<Poll>()?.fds.borrow_mut().insert(fd, mask);
    none()
}
fn poll_modify(vm: &Vm, this: &Obj, a: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &a[0])?;
    let mask = event_mask(vm, a.get(1))?;
    match this.this::<Poll>()?.fds.borrow_mut().get_mut(&fd) {
        Some(m) => *m = mask,
        None => return Err(os_err(libc::ENOENT)),
    }
    none()
}
fn poll_unregister(vm: &Vm, this: &Obj, fd: &Obj) -> PyResult {
    let n = descriptor(vm, fd)?;
    match this.this::<Poll>()?.fds.borrow_mut().remove(&n) {
        Some(_) => none(),
        None => Err(error::key_error(&int::from_i64(n as i64))),
    }
}
fn poll_poll(vm: &Vm, this: &Obj, a: &[Obj]) -> PyResult {
    let p = this.this::<Poll>()?;
    let d = Deadline::new(vm, a.first(), 1000, true)?;
    if p.running.replace(true) {
        return Err(error::runtime_error("concurrent poll() invocation"));
    }
    let mut fds: Vec<pollfd> = p.fds.borrow().iter().map(|(&fd, &events)| pollfd { fd, events, revents: 0 }).collect();
    let r = poll_fds(vm, &mut fds, d);
    p.running.set(false);
    r?;
    let ready = fds.iter().filter(|f| f.revents != 0);
    let out = ready.map(|f| tuple::from_array([int::from_i64(f.fd as i64), int::from_i64(f.revents as u16 as i64)]));
    Ok(List::new(out.collect()).into_obj())
}
static POLL_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "register($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
            Native::Pos(1, 2, poll_register),
            "Register a file descriptor with the polling object.",
        ),
        method(
            "modify($self, fd, eventmask, /)",
            Native::Pos(2, 2, poll_modify),
            "Modify an already registered file descriptor.",
        ),
        method(
            "unregister($self, fd, /)",
            Native::One(poll_unregister),
            "Remove a file descriptor being tracked by the polling object.",
        ),
        method(
            "poll($self, timeout=None, /)",
            Native::Pos(0, 1, poll_poll),
            "Polls the set of registered file descriptors.",
        ),
    ],
    ..TypeSpec::of(&POLL)
};
fn make_poll(_: &Vm, _: &Obj) -> PyResult {
    Ok(Ref::new(Poll::default()).into_obj())
}

// ---- epoll ----

pub struct Epoll(Cell<i32>);
adder_object::trace_fields!(Epoll);
adder_object::payload!(Epoll, EPOLL);
static EPOLL: StaticType = StaticType::new::<Epoll>("select.epoll", F::BASETYPE);
impl Drop for Epoll {
    fn drop(&mut self) {
        if self.0.get() >= 0 {
            let _ = sys::close(self.0.get());
        }
    }
}
fn epoll_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let sig = Signature::parse("epoll(sizehint=-1, flags=0)");
    let b = sig.bind(args)?;
    let hint = b.opt(0).map_or(Ok(-1), |n| ops::to_i32(vm, n))?;
    let flags = b.opt(1).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    if hint != -1 && hint <= 0 {
        return Err(error::value_error("sizehint must be positive or -1"));
    }
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return Err(error::os_error_text("invalid flags"));
    }
    let fd = sys::epoll_create1(libc::EPOLL_CLOEXEC).map_err(os_err)?;
    Ok(Ref::with_type(ty, Epoll(Cell::new(fd as i32))).into_obj())
}
fn epoll_fd(this: &Obj) -> PyResult<i32> {
    match this.this::<Epoll>()?.0.get() {
        fd if fd < 0 => Err(error::value_error("I/O operation on closed epoll object")),
        fd => Ok(fd),
    }
}
fn from_fd(vm: &Vm, cls: &Obj, fd: &Obj) -> PyResult {
    let fd = ops::to_i32(vm, fd)?;
    let Some(ty) = cls.get::<Type>() else { return none() };
    Ok(Ref::with_type(ty, Epoll(Cell::new(fd))).into_obj())
}
fn control(vm: &Vm, this: &Obj, b: &Bound<'_>, op: i32) -> PyResult {
    let ep = epoll_fd(this)?;
    let fd = descriptor(vm, b.req(0))?;
    let events = match b.opt(1) {
        None => (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32,
        Some(m) => ops::to_i64(vm, m)? as u32,
    };
    sys::epoll_ctl(ep, op, fd, events).map_err(os_err)?;
    none()
}
fn epoll_register(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    control(vm, this, b, libc::EPOLL_CTL_ADD)
}
fn epoll_modify(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    control(vm, this, b, libc::EPOLL_CTL_MOD)
}
fn epoll_unregister(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let ep = epoll_fd(this)?;
    let fd = descriptor(vm, b.req(0))?;
    sys::epoll_ctl(ep, libc::EPOLL_CTL_DEL, fd, 0).map_err(os_err)?;
    none()
}
fn epoll_poll(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let ep = epoll_fd(this)?;
    let d = Deadline::new(vm, b.opt(0), 1, true)?;
    let max = b.opt(1).map_or(Ok(-1), |n| ops::to_i32(vm, n))?;
    let max = match max {
        -1 => 1023,
        n if n < 1 => return Err(error::value_error(format!("maxevents must be greater than 0, got {n}"))),
        n => n as usize,
    };
    let ready = sys::blocking(vm, || sys::epoll_wait(ep, max.min(65536), d.left()))?.map_err(os_err)?;
    let out = ready.iter().map(|(fd, e)| tuple::from_array([int::from_i64(*fd as i64), int::from_i64(*e as i64)]));
    Ok(List::new(out.collect()).into_obj())
}
fn epoll_close(_: &Vm, this: &Obj) -> PyResult {
    let fd = this.this::<Epoll>()?.0.replace(-1);
    if fd >= 0 {
        sys::close(fd).map_err(os_err)?;
    }
    none()
}
fn epoll_fileno(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(epoll_fd(this)? as i64))
}
fn epoll_enter(_: &Vm, this: &Obj) -> PyResult {
    epoll_fd(this)?;
    Ok(this.clone())
}
fn epoll_exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    epoll_close(vm, this)
}
fn epoll_closed(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Epoll>()?.0.get() < 0))
}
static EPOLL_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(epoll_new)],
    methods: &[
        class_method("fromfd($type, fd, /)", Native::One(from_fd), "Create an epoll object from a given control fd."),
        method("close($self, /)", Native::NoArgs(epoll_close), "Close the epoll control file descriptor."),
        method("fileno($self, /)", Native::NoArgs(epoll_fileno), "Return the epoll control file descriptor."),
        method(
            "modify($self, /, fd, eventmask)",
            Native::Bound(epoll_modify),
            "Modify event mask for a registered file descriptor.",
        ),
        method(
            "register($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
            Native::Bound(epoll_register),
            "Registers a new fd or raises an OSError if the fd is already registered.",
        ),
        method(
            "unregister($self, /, fd)",
            Native::Bound(epoll_unregister),
            "Remove a registered file descriptor from the epoll object.",
        ),
        method(
            "poll($self, /, timeout=None, maxevents=-1)",
            Native::Bound(epoll_poll),
            "Wait for events on the epoll file descriptor.",
        ),
        method("__enter__($self, /)", Native::NoArgs(epoll_enter), ""),
        method("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)", Native::Raw(epoll_exit), ""),
    ],
    getset: &[getter("closed", epoll_closed, "True if the epoll handler is closed")],
    doc: "Returns an epolling object.",
    ..TypeSpec::of(&EPOLL)
};

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("PIPE_BUF", 4096), ("POLLIN", 1), ("POLLPRI", 2), ("POLLOUT", 4), ("POLLERR", 8), ("POLLHUP", 16), ("POLLNVAL", 32),
    ("POLLRDNORM", 64), ("POLLRDBAND", 128), ("POLLWRNORM", 256), ("POLLWRBAND", 512), ("POLLMSG", 1024), ("POLLRDHUP", 8192),
    ("EPOLLIN", 1), ("EPOLLOUT", 4), ("EPOLLPRI", 2), ("EPOLLERR", 8), ("EPOLLHUP", 16), ("EPOLLRDHUP", 8192),
    ("EPOLLET", 2147483648), ("EPOLLONESHOT", 1073741824), ("EPOLLEXCLUSIVE", 268435456), ("EPOLLRDNORM", 64),
    ("EPOLLRDBAND", 128), ("EPOLLWRNORM", 256), ("EPOLLWRBAND", 512), ("EPOLLMSG", 1024), ("EPOLLWAKEUP", 536870912),
    ("EPOLL_CLOEXEC", 524288),
];
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    d.set_str("error", exc::OS_ERROR.obj());
    adder_object::spec::ready(&POLL_SPEC);
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module supports asynchronous I/O on multiple file descriptors.",
    functions: &[
        method(
            "select($module, rlist, wlist, xlist, timeout=None, /)",
            Native::Pos(3, 4, select),
            "Wait until one or more file descriptors are ready for some kind of I/O.",
        ),
        method("poll($module, /)", Native::NoArgs(make_poll), "Returns a polling object."),
    ],
    types: &[&EPOLL_SPEC],
    init: Some(init),
    ..ModuleSpec::new("select")
};
