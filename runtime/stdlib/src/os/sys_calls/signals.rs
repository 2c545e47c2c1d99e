//! Wrappers around libc's signals, timers, clocks and futexes; the C signal handler itself.
//!
//! Invariants: SYS-1 (see the parent module); SIG-1: the handler touches atomics and `write` alone.
#![allow(unsafe_code)]

use super::{Sys, errno, ret, set_errno, signal_set};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

/// One bit a signal that arrived and was not handled yet (bit number - 1).
pub static ARRIVED: AtomicU64 = AtomicU64::new(0);
/// Descriptor that gets a byte for each signal, or -1.
pub static WAKEUP: AtomicI32 = AtomicI32::new(-1);

/// The kernel's id of the thread that runs handlers.
pub static MAIN_TID: AtomicI32 = AtomicI32::new(0);

/// Keeps signals away from this thread, which only waits for another.
pub fn block_all_signals() {
    let _ = sigmask(libc::SIG_BLOCK, Some(&valid_signals()));
}

/// What a command starts begins with no signal blocked, whatever is blocked here.
pub fn unblock_in_child(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    let unblock = || {
        // SAFETY: SYS-1: plain data of this call; both functions may be called between fork and exec.
        unsafe {
            let mut none: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut none);
            libc::sigprocmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
        }
        Ok(())
    };
    // SAFETY: SYS-1: the closure neither allocates nor locks.
    unsafe { command.pre_exec(unblock) };
}

/// Faults end the process as they do anywhere: Rust's own handlers, which tell a full stack from other faults, swallow a signal that
/// another process or the program itself sent.
pub fn default_faults() {
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: SYS-1: integers only; the default action needs no handler.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Ends the process by SIGINT, as an interrupted program ends; returns only if that fails.
pub fn die_of_interrupt() {
    // SAFETY: SYS-1: integers only; the default action needs no handler.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    let _ = sigmask(libc::SIG_SETMASK, Some(&[]));
    // SAFETY: SYS-1: integers only.
    unsafe { libc::kill(libc::getpid(), libc::SIGINT) };
}

extern "C" fn on_signal(n: libc::c_int) {
    let saved = errno();
    let main = MAIN_TID.load(Ordering::Relaxed);
    // SAFETY: SIG-1: another thread got the signal: the main one must wake from whatever it waits for.
    if main != 0 && unsafe { libc::syscall(libc::SYS_gettid) } != main as i64 {
        // SAFETY: SIG-1, integers only.
        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), main, n) };
        set_errno(saved);
        return;
    }
    ARRIVED.fetch_or(1 << ((n - 1) & 63), Ordering::AcqRel);
    adder_mem::breaker::request(adder_mem::breaker::SIGNAL);
    let fd = WAKEUP.load(Ordering::Relaxed);
    if fd >= 0 {
        let b = n as u8;
        // SAFETY: SIG-1, one byte.
        unsafe { libc::write(fd, (&b as *const u8).cast(), 1) };
    }
    set_errno(saved);
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Default,
    Ignore,
    Ours,
    /// Installed by somebody else.
    Other,
}
pub fn set_action(n: i32, action: Action) -> Sys<i64> {
    let mut a = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a zeroed sigaction is valid; only known handlers are put in.
    unsafe {
        let p = a.as_mut_ptr();
        (*p).sa_sigaction = match action {
            Action::Ours => on_signal as *const () as usize,
            Action::Ignore => libc::SIG_IGN,
            _ => libc::SIG_DFL,
        };
        (*p).sa_flags = libc::SA_ONSTACK;
        ret(libc::sigaction(n, p, std::ptr::null_mut()) as i64)
    }
}
pub fn action_of(n: i32) -> Sys<Action> {
    let mut a = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    let h = unsafe {
        ret(libc::sigaction(n, std::ptr::null(), a.as_mut_ptr()) as i64)?;
        a.assume_init().sa_sigaction
    };
    Ok(match h {
        libc::SIG_DFL => Action::Default,
        libc::SIG_IGN => Action::Ignore,
        h if h == on_signal as *const () as usize => Action::Ours,
        _ => Action::Other,
    })
}
/// Whether system calls interrupted by the signal go on by themselves.
pub fn siginterrupt(n: i32, interrupt: bool) -> Sys<i64> {
    let mut a = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the action read is written back with one flag changed.
    unsafe {
        ret(libc::sigaction(n, std::ptr::null(), a.as_mut_ptr()) as i64)?;
        let p = a.as_mut_ptr();
        if interrupt {
            (*p).sa_flags &= !libc::SA_RESTART;
        } else {
            (*p).sa_flags |= libc::SA_RESTART;
        }
        ret(libc::sigaction(n, p, std::ptr::null_mut()) as i64)
    }
}
fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: SYS-1.
    (1..=64).filter(|&s| unsafe { libc::sigismember(set, s) } == 1).collect()
}
pub fn valid_signals() -> Vec<i32> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: libc fills the set.
    let set = unsafe {
        libc::sigfillset(set.as_mut_ptr());
        set.assume_init()
    };
    members(&set)
}
/// Changes this thread's mask; gives the one before.
pub fn sigmask(how: i32, signals: Option<&[i32]>) -> Sys<Vec<i32>> {
    let new = signals.map(signal_set);
    let mut old = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: SYS-1: null means no change; libc fills the old set.
    let (r, old) = unsafe {
        let p = new.as_ref().map_or(std::ptr::null(), |s| s as *const _);
        let r = libc::pthread_sigmask(how, p, old.as_mut_ptr());
        (r, old.assume_init())
    };
    if r == 0 { Ok(members(&old)) } else { Err(r) }
}
pub fn sigpending() -> Sys<Vec<i32>> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: libc fills the set.
    unsafe {
        ret(libc::sigpending(set.as_mut_ptr()) as i64)?;
        Ok(members(&set.assume_init()))
    }
}
pub fn sigwait(signals: &[i32]) -> Sys<i32> {
    let set = signal_set(signals);
    let mut n = 0;
    // SAFETY: SYS-1.
    match unsafe { libc::sigwait(&set, &mut n) } {
        0 => Ok(n),
        e => Err(e),
    }
}
/// (signo, code, errno, pid, uid, status, band); a timeout gives EAGAIN.
pub fn sigtimedwait(signals: &[i32], timeout: Option<std::time::Duration>) -> Sys<[i64; 7]> {
    let set = signal_set(signals);
    let t = timeout.map(|d| libc::timespec { tv_sec: d.as_secs() as i64, tv_nsec: d.subsec_nanos() as i64 });
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: SYS-1: null means no timeout; libc fills the info.
    unsafe {
        let p = t.as_ref().map_or(std::ptr::null(), |t| t as *const _);
        ret(libc::sigtimedwait(&set, info.as_mut_ptr(), p) as i64)?;
        let i = info.assume_init();
        Ok([
            i.si_signo as i64,
            i.si_code as i64,
            i.si_errno as i64,
            i.si_pid() as i64,
            i.si_uid() as i64,
            i.si_status() as i64,
            0,
        ])
    }
}
pub fn strsignal(n: i32) -> Option<Vec<u8>> {
    // SAFETY: the text is copied before any other call.
    unsafe {
        let p = libc::strsignal(n);
        if p.is_null() { None } else { Some(CStr::from_ptr(p).to_bytes().to_vec()) }
    }
}
/// Sets an interval timer: (initial, interval) in seconds; gives the old one.
pub fn setitimer(which: i32, first: f64, every: f64) -> Sys<(f64, f64)> {
    let tv = |x: f64| libc::timeval { tv_sec: x.floor() as i64, tv_usec: ((x - x.floor()) * 1e6).ceil() as i64 };
    let new = libc::itimerval { it_value: tv(first), it_interval: tv(every) };
    let mut old = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: SYS-1: libc fills the old timer.
    unsafe {
        ret(libc::setitimer(which as _, &new, old.as_mut_ptr()) as i64)?;
        Ok(itimer(&old.assume_init()))
    }
}
fn itimer(t: &libc::itimerval) -> (f64, f64) {
    let f = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    (f(t.it_value), f(t.it_interval))
}
pub fn getitimer(which: i32) -> Sys<(f64, f64)> {
    let mut old = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: libc fills the timer.
    unsafe {
        ret(libc::getitimer(which as _, old.as_mut_ptr()) as i64)?;
        Ok(itimer(&old.assume_init()))
    }
}
pub fn gettid() -> i64 {
    // SAFETY: no arguments.
    unsafe { libc::syscall(libc::SYS_gettid) }
}
pub fn tgkill(tid: i64, n: i32) -> Sys<i64> {
    // SAFETY: integers only.
    ret(unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid as i32, n) })
}
pub fn pidfd_send_signal(fd: i32, n: i32, flags: u32) -> Sys<i64> {
    // SAFETY: integers only; no info.
    ret(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, n, std::ptr::null::<u8>(), flags) })
}
pub fn set_thread_name(name: &CStr) {
    // SAFETY: SYS-1.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
}

// ---- clocks ----

/// Nanoseconds of a clock.
pub fn clock(id: i32) -> Sys<i64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::clock_gettime(id, &mut t) } as i64)?;
    Ok(t.tv_sec * 1_000_000_000 + t.tv_nsec)
}
pub fn clock_resolution(id: i32) -> Sys<i64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::clock_getres(id, &mut t) } as i64)?;
    Ok(t.tv_sec * 1_000_000_000 + t.tv_nsec)
}
pub fn clock_set(id: i32, nanos: i64) -> Sys<i64> {
    let t = libc::timespec { tv_sec: nanos.div_euclid(1_000_000_000), tv_nsec: nanos.rem_euclid(1_000_000_000) };
    // SAFETY: SYS-1.
    ret(unsafe { libc::clock_settime(id, &t) } as i64)
}
pub fn thread_cpu_clock() -> Sys<i32> {
    Ok(libc::CLOCK_THREAD_CPUTIME_ID)
}
/// Sleeps until a moment of the monotonic clock, or a signal (EINTR).
pub fn sleep_until(nanos: i64) -> Sys<()> {
    let t = libc::timespec { tv_sec: nanos / 1_000_000_000, tv_nsec: nanos % 1_000_000_000 };
    // SAFETY: SYS-1.
    match unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &t, std::ptr::null_mut()) } {
        0 => Ok(()),
        n => Err(n),
    }
}
pub struct BrokenTime {
    pub tm: libc::tm,
    pub zone: Vec<u8>,
}
fn broken(tm: libc::tm) -> BrokenTime {
    // SAFETY: the zone name is static text of libc, or null.
    let zone = unsafe { if tm.tm_zone.is_null() { vec![] } else { CStr::from_ptr(tm.tm_zone).to_bytes().to_vec() } };
    BrokenTime { tm, zone }
}
pub fn localtime(t: i64) -> Sys<BrokenTime> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: libc fills the struct.
    unsafe {
        if libc::localtime_r(&t, tm.as_mut_ptr()).is_null() {
            return Err(errno());
        }
        Ok(broken(tm.assume_init()))
    }
}
pub fn gmtime(t: i64) -> Sys<BrokenTime> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: libc fills the struct.
    unsafe {
        if libc::gmtime_r(&t, tm.as_mut_ptr()).is_null() {
            return Err(errno());
        }
        Ok(broken(tm.assume_init()))
    }
}
pub fn blank_tm() -> libc::tm {
    // SAFETY: all zero bytes are a valid tm.
    unsafe { MaybeUninit::<libc::tm>::zeroed().assume_init() }
}
/// None when the time cannot be represented.
pub fn mktime(tm: &mut libc::tm) -> Option<i64> {
    tm.tm_wday = -1;
    // SAFETY: SYS-1.
    let t = unsafe { libc::mktime(tm) };
    if t == -1 && tm.tm_wday == -1 { None } else { Some(t) }
}
pub fn tzset() {
    unsafe extern "C" {
        fn tzset();
    }
    // SAFETY: reads the environment, which only the GIL's holder changes (ENV-1).
    unsafe { tzset() }
}
/// `strftime` of one format; None when it gave nothing.
pub fn strftime(format: &CStr, tm: &libc::tm, zone: Option<&CStr>) -> Option<Vec<u8>> {
    let mut tm = *tm;
    if let Some(z) = zone {
        tm.tm_zone = z.as_ptr();
    }
    let mut size = 256;
    while size <= 65536.max(256 * format.to_bytes().len()) {
        let mut b = vec![0u8; size];
        // SAFETY: SYS-1: the buffer's length is given; the zone outlives the call.
        let n = unsafe { libc::strftime(b.as_mut_ptr().cast(), size, format.as_ptr(), &tm) };
        if n > 0 {
            b.truncate(n);
            return Some(b);
        }
        size *= 4;
    }
    None
}

// ---- futex ----

/// Sleeps while `word` is `value`; EINTR, ETIMEDOUT and EAGAIN tell why it woke otherwise.
pub fn futex_wait(word: &AtomicU32, value: u32, timeout: Option<std::time::Duration>) -> Sys<()> {
    let t = timeout
        .map(|d| libc::timespec { tv_sec: d.as_secs().min(i32::MAX as u64) as i64, tv_nsec: d.subsec_nanos() as i64 });
    let p = t.as_ref().map_or(std::ptr::null(), |t| t as *const libc::timespec);
    // SAFETY: SYS-1: the word outlives the call.
    ret(unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, value, p) })
        .map(drop)
}
pub fn futex_wake(word: &AtomicU32, n: i32) {
    // SAFETY: SYS-1.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, n) };
}
