//! `_signal`: handlers, masks, timers.
//!
//! Invariant: SIG-2: Python handlers run in the main thread alone, from `run_pending`. CPython: Modules/signalmodule.c.

use super::convert::{descriptor, new_str};
use super::sys_calls::{self as sys, ARRIVED, Action, WAKEUP, blocking};
use crate::os::structs;
use crate::struct_seq;
use adder_mem::breaker;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::{call_pos, call0};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, Set, Vm, attr, class, error, exceptions as exc, float,
    int, module, ops, singletons, tuple,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

struct_seq!(SIGINFO_DEF "signal.struct_siginfo" visible=7
"struct_siginfo: Result from sigwaitinfo or sigtimedwait." {
    "si_signo"; "si_code"; "si_errno";
    "si_pid"; "si_uid"; "si_status";
    "si_band";
});

const NSIG: i32 = 65;
/// Handler of each signal; None is one that is not ours.
static HANDLERS: Global<Vec<Obj>> = Global::new(Vec::new());
static ITIMER_ERROR: Global<Option<Obj>> = Global::new(None);
/// The thread that runs handlers.
pub static MAIN: AtomicU64 = AtomicU64::new(1);

fn none() -> PyResult {
    Ok(singletons::none())
}
fn os_err(n: i32) -> PyErr {
    error::os_error(n, None, None)
}
fn is_main(vm: &Vm) -> bool {
    MAIN.load(Ordering::Relaxed) == vm.ident
}
fn dfl() -> Obj {
    int::from_i64(0)
}
fn ign() -> Obj {
    int::from_i64(1)
}
pub fn signal_number(vm: &Vm, o: &Obj) -> PyResult<i32> {
    let n = ops::to_i32(vm, o)?;
    if (1..NSIG).contains(&n) { Ok(n) } else { Err(error::value_error("signal number out of range")) }
}

/// Runs the handlers of signals that arrived; for the interpreter's poll. Other threads leave them to the main one.
pub fn run_pending(vm: &Vm) -> PyResult<()> {
    if !is_main(vm) {
        return Ok(());
    }
    breaker::clear(breaker::SIGNAL);
    loop {
        let bits = ARRIVED.load(Ordering::Acquire);
        if bits == 0 {
            return Ok(());
        }
        let n = bits.trailing_zeros() as i32 + 1;
        ARRIVED.fetch_and(!(1 << (n - 1)), Ordering::AcqRel);
        let Some(h) = HANDLERS.get().get(n as usize).cloned() else { continue };
        if h.is_none() || h.is(&dfl()) || h.is(&ign()) {
            continue;
        }
        let frame = current_frame(vm);
        if let Err(e) = call_pos(vm, &h, &[int::from_i64(n as i64), frame]) {
            if ARRIVED.load(Ordering::Acquire) != 0 {
                breaker::request(breaker::SIGNAL);
            }
            return Err(e);
        }
    }
}
fn current_frame(vm: &Vm) -> Obj {
    let frame = vm.import("sys").and_then(|s| attr::get_str(vm, &s, "_getframe")).and_then(|f| call0(vm, &f));
    frame.unwrap_or_else(|_| singletons::none())
}

static DEFAULT_INT: MethodDef = method(
    "default_int_handler($module, signalnum, frame, /)",
    Native::Pos(2, 2, default_int_handler),
    "The default handler for SIGINT installed by Python.",
);
fn default_int_handler(_: &Vm, _: &Obj, _: &[Obj]) -> PyResult {
    Err(PyErr::with_args(&exc::KEYBOARD_INTERRUPT, vec![]))
}

/// Puts Python's own handlers in place: SIGINT raises KeyboardInterrupt, SIGPIPE and SIGXFSZ are ignored. Idempotent.
pub fn install(vm: &Vm) -> PyResult<()> {
    MAIN.store(vm.ident, Ordering::Relaxed);
    let _ = sys::set_action(libc::SIGPIPE, Action::Ignore);
    let _ = sys::set_action(libc::SIGXFSZ, Action::Ignore);
    vm.import("_signal").map(drop)
}
fn fill_handlers(default_int: &Obj) -> PyResult<()> {
    sys::MAIN_TID.store(sys::gettid() as i32, Ordering::Relaxed);
    let mut v = vec![singletons::none()];
    for n in 1..NSIG {
        v.push(match sys::action_of(n) {
            Ok(Action::Default) => dfl(),
            Ok(Action::Ignore) => ign(),
            _ => singletons::none(),
        });
    }
    if v[libc::SIGINT as usize].is(&dfl()) {
        v[libc::SIGINT as usize] = default_int.clone();
        sys::set_action(libc::SIGINT, Action::Ours).map_err(os_err)?;
    }
    *HANDLERS.get() = v;
    Ok(())
}

fn signal(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let n = ops::to_i32(vm, b.req(0))?;
    let h = b.req(1);
    if !is_main(vm) {
        return Err(error::value_error("signal only works in main thread of the main interpreter"));
    }
    let n = signal_number(vm, &int::from_i64(n as i64))?;
    let action = if ops::equals(vm, h, &ign())? && int::is_int(h) {
        Action::Ignore
    } else if int::is_int(h) && ops::equals(vm, h, &dfl())? {
        Action::Default
    } else if !adder_object::call::is_callable(h) {
        return Err(error::type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
    } else {
        Action::Ours
    };
    vm.check_breaker()?;
    sys::set_action(n, action).map_err(os_err)?;
    let h = match action {
        Action::Ignore => ign(),
        Action::Default => dfl(),
        _ => h.clone(),
    };
    let old = HANDLERS.get().get_mut(n as usize).map(|slot| std::mem::replace(slot, h));
    Ok(old.unwrap_or_else(singletons::none))
}
fn getsignal(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = signal_number(vm, n)?;
    Ok(HANDLERS.get().get(n as usize).cloned().unwrap_or_else(singletons::none))
}
fn alarm(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::to_i32(vm, n)?;
    Ok(int::from_i64(sys::alarm(n as u32).map_err(os_err)?))
}
fn pause(vm: &Vm, _: &Obj) -> PyResult {
    let _ = vm.allow_threads(sys::pause);
    vm.check_breaker()?;
    none()
}
fn raise_signal(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::to_i32(vm, n)?;
    sys::raise(n).map_err(os_err)?;
    vm.check_breaker()?;
    none()
}
fn siginterrupt(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let n = signal_number(vm, b.req(0))?;
    sys::siginterrupt(n, ops::to_i32(vm, b.req(1))? != 0).map_err(os_err)?;
    none()
}
fn strsignal(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = signal_number(vm, n)?;
    match sys::strsignal(n).map(|b| String::from_utf8_lossy(&b).into_owned()) {
        Some(s) if !s.starts_with("Unknown signal") => Ok(new_str(&s)),
        _ => none(),
    }
}
fn set_wakeup_fd(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = ops::to_i32(vm, b.req(0))?;
    let _ = b.opt(1).map(|w| ops::truth(vm, w)).transpose()?;
    if !is_main(vm) {
        return Err(error::value_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    if fd != -1 {
        sys::fstat(fd).map_err(os_err)?;
        let flags = sys::fcntl_int(fd, libc::F_GETFL, 0).map_err(os_err)?;
        if flags & libc::O_NONBLOCK as i64 == 0 {
            return Err(error::value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(int::from_i64(WAKEUP.swap(fd, Ordering::AcqRel) as i64))
}
fn timer_pair((a, b): (f64, f64)) -> Obj {
    tuple::from_array([float::from_f64(a), float::from_f64(b)])
}
fn itimer_error(vm: &Vm, n: i32) -> PyErr {
    let args = [int::from_i64(n as i64), new_str(&error::errno_text(n))];
    match ITIMER_ERROR.get().clone() {
        Some(c) => call_pos(vm, &c, &args).map_or_else(|e| e, PyErr::from_obj),
        None => os_err(n),
    }
}
fn setitimer(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let which = ops::to_i32(vm, b.req(0))?;
    let first = ops::to_f64(vm, b.req(1))?;
    let every = b.opt(2).map_or(Ok(0.0), |o| ops::to_f64(vm, o))?;
    sys::setitimer(which, first, every).map(timer_pair).map_err(|n| itimer_error(vm, n))
}
fn getitimer(vm: &Vm, _: &Obj, which: &Obj) -> PyResult {
    let which = ops::to_i32(vm, which)?;
    sys::getitimer(which).map(timer_pair).map_err(|n| itimer_error(vm, n))
}
fn number_set(vm: &Vm, v: &[i32]) -> PyResult {
    let s = Set::new();
    for n in v {
        s.add(vm, int::from_i64(*n as i64))?;
    }
    Ok(s.into_obj())
}
fn signal_list(vm: &Vm, o: &Obj) -> PyResult<Vec<i32>> {
    let mut v = vec![];
    for x in ops::collect(vm, o)? {
        let n = ops::to_i64(vm, &x).map_err(|e| {
            if e.is(&exc::OVERFLOW_ERROR) {
                error::value_error(format!("signal number out of range [1; {}]", NSIG - 1))
            } else {
                e
            }
        })?;
        if !(1..NSIG as i64).contains(&n) {
            return Err(error::value_error(format!("signal number {n} out of range [1; {}]", NSIG - 1)));
        }
        v.push(n as i32);
    }
    Ok(v)
}
fn pthread_sigmask(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let how = ops::to_i32(vm, b.req(0))?;
    let set = signal_list(vm, b.req(1))?;
    let old = sys::sigmask(how, Some(&set)).map_err(os_err)?;
    vm.check_breaker()?;
    number_set(vm, &old)
}
fn sigpending(vm: &Vm, _: &Obj) -> PyResult {
    number_set(vm, &sys::sigpending().map_err(os_err)?)
}
fn sigwait(vm: &Vm, _: &Obj, set: &Obj) -> PyResult {
    let set = signal_list(vm, set)?;
    Ok(int::from_i64(vm.allow_threads(|| sys::sigwait(&set)).map_err(os_err)? as i64))
}
fn info_obj(i: [i64; 7]) -> Obj {
    structs::make(&SIGINFO_DEF, i.iter().map(|&n| int::from_i64(n)).collect())
}
fn sigwaitinfo(vm: &Vm, _: &Obj, set: &Obj) -> PyResult {
    let set = signal_list(vm, set)?;
    blocking(vm, || sys::sigtimedwait(&set, None))?.map(info_obj).map_err(os_err)
}
fn sigtimedwait(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let set = signal_list(vm, b.req(0))?;
    let t = ops::to_f64(vm, b.req(1))?;
    if t < 0.0 {
        return Err(error::value_error("timeout must be non-negative"));
    }
    let end = std::time::Instant::now() + Duration::from_secs_f64(t.min(1e9));
    match blocking(vm, || sys::sigtimedwait(&set, Some(end.saturating_duration_since(std::time::Instant::now()))))? {
        Ok(i) => Ok(info_obj(i)),
        Err(libc::EAGAIN) => none(),
        Err(n) => Err(os_err(n)),
    }
}
fn valid_signals(vm: &Vm, _: &Obj) -> PyResult {
    number_set(vm, &sys::valid_signals())
}
fn pthread_kill(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let ident = ops::to_i64(vm, b.req(0))? as u64;
    let n = ops::to_i32(vm, b.req(1))?;
    let Some(tid) = super::thread::native_id_of(vm, ident) else { return Err(os_err(libc::ESRCH)) };
    sys::tgkill(tid, n).map_err(os_err)?;
    vm.check_breaker()?;
    none()
}
fn pidfd_send_signal(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let n = ops::to_i32(vm, b.req(1))?;
    if b.opt_not_none(2).is_some() {
        return Err(error::type_error("siginfo must be None"));
    }
    let flags = b.opt(3).map_or(Ok(0), |f| ops::to_i32(vm, f))? as u32;
    sys::pidfd_send_signal(fd, n, flags).map_err(os_err)?;
    vm.check_breaker()?;
    none()
}
/// `_thread.interrupt_main(signum)`: as if the signal had arrived.
pub fn simulate(vm: &Vm, n: i32) -> PyResult<()> {
    if !(1..NSIG).contains(&n) {
        return Err(error::value_error("signal number out of range"));
    }
    let h = HANDLERS.get().get(n as usize).cloned().unwrap_or_else(singletons::none);
    if h.is(&ign()) || h.is(&dfl()) || h.is_none() {
        return Ok(());
    }
    ARRIVED.fetch_or(1 << (n - 1), Ordering::AcqRel);
    breaker::request(breaker::SIGNAL);
    let _ = vm;
    Ok(())
}
/// The child of a fork: this thread is the main one, nothing is pending.
pub fn after_fork(vm: &Vm) {
    MAIN.store(vm.ident, Ordering::Relaxed);
    sys::MAIN_TID.store(sys::gettid() as i32, Ordering::Relaxed);
    ARRIVED.store(0, Ordering::Release);
    breaker::clear(breaker::SIGNAL);
}

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("NSIG", 65), ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2),
    ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGIOT", 6), ("SIGABRT", 6), ("SIGFPE", 8),
    ("SIGKILL", 9), ("SIGBUS", 7), ("SIGSEGV", 11), ("SIGSYS", 31), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15),
    ("SIGUSR1", 10), ("SIGUSR2", 12), ("SIGCLD", 17), ("SIGCHLD", 17), ("SIGPWR", 30), ("SIGIO", 29), ("SIGURG", 23),
    ("SIGWINCH", 28), ("SIGPOLL", 29), ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGCONT", 18), ("SIGTTIN", 21), ("SIGTTOU", 22),
    ("SIGVTALRM", 26), ("SIGPROF", 27), ("SIGXCPU", 24), ("SIGXFSZ", 25), ("SIGRTMIN", 34), ("SIGRTMAX", 64), ("SIGSTKFLT", 16),
    ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2),
];
fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    let ns = Dict::new();
    ns.set_str("__module__", new_str("signal"));
    let e = class::make_class(vm, "itimer_error", vec![exc::OS_ERROR.obj()], ns)?;
    *ITIMER_ERROR.get() = Some(e.clone());
    d.set_str("ItimerError", e);
    d.set_str("struct_siginfo", SIGINFO_DEF.class());
    let name = adder_object::str::intern_str("_signal").into_obj();
    let f = adder_object::descr::function_object(&DEFAULT_INT, m.obj(), &name);
    d.set_str("default_int_handler", f.clone());
    fill_handlers(&f)
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides mechanisms to use signal handlers in Python.",
    functions: &[
        method(
            "alarm($module, seconds, /)",
            Native::One(alarm),
            "Arrange for SIGALRM to arrive after the given number of seconds.",
        ),
        method("setitimer($module, which, seconds, interval=0.0, /)", Native::Bound(setitimer), "Sets given itimer."),
        method("getitimer($module, which, /)", Native::One(getitimer), "Returns current value of given itimer."),
        method("signal($module, signalnum, handler, /)", Native::Bound(signal), "Set the action for the given signal."),
        method(
            "raise_signal($module, signalnum, /)",
            Native::One(raise_signal),
            "Send a signal to the executing process.",
        ),
        method(
            "strsignal($module, signalnum, /)",
            Native::One(strsignal),
            "Return the system description of the given signal.",
        ),
        method(
            "getsignal($module, signalnum, /)",
            Native::One(getsignal),
            "Return the current action for the given signal.",
        ),
        method(
            "set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)",
            Native::Bound(set_wakeup_fd),
            "Sets the fd to be written to (with the signal number) when a signal comes in.",
        ),
        method(
            "siginterrupt($module, signalnum, flag, /)",
            Native::Bound(siginterrupt),
            "Change system call restart behaviour.",
        ),
        method("pause($module, /)", Native::NoArgs(pause), "Wait until a signal arrives."),
        method(
            "pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)",
            Native::Bound(pidfd_send_signal),
            "Send a signal to a process referred to by a pid file descriptor.",
        ),
        method(
            "pthread_kill($module, thread_id, signalnum, /)",
            Native::Bound(pthread_kill),
            "Send a signal to a thread.",
        ),
        method(
            "pthread_sigmask($module, how, mask, /)",
            Native::Bound(pthread_sigmask),
            "Fetch and/or change the signal mask of the calling thread.",
        ),
        method("sigpending($module, /)", Native::NoArgs(sigpending), "Examine pending signals."),
        method("sigwait($module, sigset, /)", Native::One(sigwait), "Wait for a signal."),
        method(
            "sigwaitinfo($module, sigset, /)",
            Native::One(sigwaitinfo),
            "Wait synchronously until one of the signals in *sigset* is delivered.",
        ),
        method(
            "sigtimedwait($module, sigset, timeout, /)",
            Native::Bound(sigtimedwait),
            "Like sigwaitinfo(), but with a timeout.",
        ),
        method(
            "valid_signals($module, /)",
            Native::NoArgs(valid_signals),
            "Return a set of valid signal numbers on this platform.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("_signal")
};
