//! The GIL: a mutex with a switch interval, asked for through the eval-breaker.
//!
//! Invariants: GIL-1: whoever touches a value holds it. GIL-2: a waiter that timed out asks once; the holder gives way at its next poll.
//! CPython: Python/ceval_gil.c.

use crate::breaker;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

struct State {
    held: bool,
    /// Grows each time the lock changes hands, so that a forced release can wait for its successor.
    switches: u64,
    waiting: u32,
    /// Threads that gave it away and wait for a successor to take it. Nobody is woken where nobody waits: waking is a system call.
    yielding: u32,
}

static STATE: Mutex<State> = Mutex::new(State { held: false, switches: 0, waiting: 0, yielding: 0 });
static FREED: Condvar = Condvar::new();
static TAKEN: Condvar = Condvar::new();
/// Switch interval in microseconds.
static INTERVAL: AtomicU64 = AtomicU64::new(5000);

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn switch_interval() -> Duration {
    Duration::from_micros(INTERVAL.load(Ordering::Relaxed))
}

pub fn set_switch_interval(d: Duration) {
    INTERVAL.store(d.as_micros().clamp(1, u64::MAX as u128) as u64, Ordering::Relaxed);
}

/// Takes the GIL, asking the holder to give way after the switch interval.
pub fn acquire() {
    let mut s = lock();
    s.waiting += 1;
    while s.held {
        let before = s.switches;
        let (guard, timeout) = FREED.wait_timeout(s, switch_interval()).unwrap_or_else(PoisonError::into_inner);
        s = guard;
        if timeout.timed_out() && s.held && s.switches == before {
            breaker::request(breaker::GIL_REQUEST);
        }
    }
    s.waiting -= 1;
    s.held = true;
    s.switches += 1;
    breaker::clear(breaker::GIL_REQUEST);
    if s.yielding > 0 {
        TAKEN.notify_all();
    }
}

pub fn release() {
    let mut s = lock();
    s.held = false;
    let wanted = s.waiting > 0;
    drop(s);
    if wanted {
        FREED.notify_one();
    }
}

/// Gives the GIL to a waiter, if there is one, and takes it back later. Called at a poll that saw GIL_REQUEST.
pub fn yield_to_waiter() {
    let mut s = lock();
    if s.waiting == 0 {
        breaker::clear(breaker::GIL_REQUEST);
        return;
    }
    s.held = false;
    let before = s.switches;
    FREED.notify_one();
    s.yielding += 1;
    while s.switches == before && s.waiting > 0 {
        s = TAKEN.wait_timeout(s, Duration::from_millis(50)).unwrap_or_else(PoisonError::into_inner).0;
    }
    s.yielding -= 1;
    drop(s);
    acquire();
}

/// Runs a fork while the lock's own state is held, so that the child finds it free; `is_child` looks at the result.
pub fn around_fork<R>(fork: impl FnOnce() -> R, is_child: impl FnOnce(&R) -> bool) -> R {
    let mut s = lock();
    let r = fork();
    if is_child(&r) {
        s.waiting = 0;
        s.yielding = 0;
    }
    r
}
