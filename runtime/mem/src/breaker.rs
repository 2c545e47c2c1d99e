//! The eval-breaker: one word that function entries and loop back-edges poll in both tiers.

use std::sync::atomic::{AtomicU32, Ordering};

pub static BREAKER: AtomicU32 = AtomicU32::new(0);

/// Another thread wants the GIL.
pub const GIL_REQUEST: u32 = 1;
/// The collector's threshold is passed.
pub const COLLECT: u32 = 2;
/// A signal arrived.
pub const SIGNAL: u32 = 4;
/// An exception was sent to this thread (`PyThreadState_SetAsyncExc`).
pub const ASYNC_EXC: u32 = 8;
/// Calls are pending (`Py_AddPendingCall`, atexit).
pub const PENDING: u32 = 16;
/// A tracer, profiler or monitoring tool is installed (sys.settrace, sys.setprofile, sys.monitoring).
pub const TRACING: u32 = 32;

#[inline(always)]
pub fn load() -> u32 {
    BREAKER.load(Ordering::Relaxed)
}

pub fn request(bit: u32) {
    BREAKER.fetch_or(bit, Ordering::AcqRel);
}

pub fn clear(bit: u32) {
    BREAKER.fetch_and(!bit, Ordering::AcqRel);
}
