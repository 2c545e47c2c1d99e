//! How one instruction leads to the next: a [`Handler`] does its work on registers that it got as arguments and ends in a call of the
//! next handler, which an optimising build compiles to a jump. So the registers stay in machine registers, and each handler has
//! its own indirect jump.
//!
//! Invariants: nothing relies on that jump: handlers return to the loop of `dispatch` at every 256th back-edge or function entry
//! ([`entering`]), so calls nest no deeper than code is long, and where calls are not turned into jumps (debug assertions) at every
//! instruction. A handler that keeps nothing alive across a call saves no registers: what is slow is a handler of its own,
//! [`Machine::tail`], and a reference that may be the last one is given up as the last act ([`Machine::release_next`]).
#![allow(unsafe_code)]

use super::dispatch::TABLE;
use super::machine::{Machine, Regs};
use super::{Exit, Frame};
use adder_mem::Header;
use adder_object::{PyErr, PyResult, Vm};

/// Why a handler returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Flow {
    /// To be called again: the registers are in `Regs`.
    Continue,
    /// `Regs::outcome` has the result of the frame, or the error that the current instruction raised.
    Stop,
}

/// Runs the instruction at a `pc`: frame, pc, sp, and the instruction's argument.
pub type Handler = fn(&mut Regs<'_>, *mut Frame, *const u16, *mut u64, usize) -> Flow;

/// Back-edges and entries between two returns to the loop.
pub const FUEL: u32 = 256;

/// Goes on with the instruction at `pc`.
#[inline(always)]
pub fn next(regs: &mut Regs<'_>, m: Machine) -> Flow {
    if cfg!(debug_assertions) {
        regs.m = m;
        return Flow::Continue;
    }
    run(regs, m)
}

/// Calls the handler of the instruction at `pc`.
#[inline(always)]
pub fn run(regs: &mut Regs<'_>, m: Machine) -> Flow {
    let unit = m.unit_at(0);
    TABLE[(unit & 255) as usize](regs, m.frame, m.pc, m.sp, (unit >> 8) as usize)
}

/// As `next`, at a back-edge or where a frame begins or goes on.
#[inline(always)]
pub fn entering(regs: &mut Regs<'_>, m: Machine) -> Flow {
    regs.fuel = regs.fuel.wrapping_sub(1);
    if regs.fuel as i32 <= 0 {
        regs.fuel = FUEL;
        regs.m = m;
        return Flow::Continue;
    }
    next(regs, m)
}

/// The current instruction raised; the registers are in `Regs`.
#[cold]
#[inline(never)]
pub fn raise(regs: &mut Regs<'_>, e: PyErr) -> Flow {
    regs.outcome = Some(Err(e));
    Flow::Stop
}

/// The frame gives control back to native code.
#[inline]
pub fn leave(regs: &mut Regs<'_>, exit: Exit) -> Flow {
    regs.outcome = Some(Ok(exit));
    Flow::Stop
}

/// An instruction that calls things: goes on with the registers it leaves, or raises.
#[inline(always)]
pub fn then(
    regs: &mut Regs<'_>,
    mut m: Machine,
    f: impl FnOnce(&Vm, &mut Machine, &mut Regs<'_>) -> PyResult<()>,
) -> Flow {
    match f(regs.vm, &mut m, regs) {
        Ok(()) => next(regs, m),
        Err(e) => raise(regs, e),
    }
}

/// As `then`, for what may end the frame.
#[inline(always)]
pub fn then_exit(
    regs: &mut Regs<'_>,
    mut m: Machine,
    f: impl FnOnce(&Vm, &mut Machine, &mut Regs<'_>) -> PyResult<Option<Exit>>,
) -> Flow {
    match f(regs.vm, &mut m, regs) {
        Ok(None) => entering(regs, m),
        Ok(Some(exit)) => leave(regs, exit),
        Err(e) => raise(regs, e),
    }
}

/// An instruction out of line, with the registers in memory (see [`Machine::slow`]).
#[inline(always)]
pub fn slow(regs: &mut Regs<'_>, m: Machine, units: usize, f: impl FnOnce(&Vm, &mut Regs<'_>) -> PyResult<()>) -> Flow {
    then(regs, m, |vm, m, regs| m.slow(regs, units, |r| f(vm, r)))
}

/// The answer to a question, or that it raised: the error is in `Regs::outcome`. Small enough to come back in a register: a result that
/// is written to memory of a handler keeps its call of the next one from being a jump.
#[derive(Clone, Copy)]
pub struct Answer(u8);

impl Answer {
    #[inline(always)]
    pub fn of(regs: &mut Regs<'_>, r: PyResult<bool>) -> Answer {
        match r {
            Ok(yes) => Answer(u8::from(yes)),
            Err(e) => {
                raise(regs, e);
                Answer(2)
            }
        }
    }
    #[inline(always)]
    pub fn yes(self) -> Option<bool> {
        if self.0 == 2 { None } else { Some(self.0 != 0) }
    }
}

impl Machine {
    /// Does something beside the instruction, out of line. The registers go by value: nobody gets their address.
    #[inline(always)]
    pub fn aside(self, f: fn(*mut Frame, *const u16, *mut u64, usize), arg: usize) {
        f(self.frame, self.pc, self.sp, arg)
    }

    /// Another handler takes the instruction over.
    #[inline(always)]
    pub fn tail(self, regs: &mut Regs<'_>, handler: Handler, arg: usize) -> Flow {
        handler(regs, self.frame, self.pc, self.sp, arg)
    }

    /// Ends an instruction `units` long.
    #[inline(always)]
    pub fn end(mut self, regs: &mut Regs<'_>, units: usize) -> Flow {
        self.step(units);
        next(regs, self)
    }

    /// Gives up a reference (or nothing, for 0) and goes on `units` further.
    ///
    /// # Safety
    /// The caller owns it.
    #[inline(always)]
    pub unsafe fn release_next(mut self, regs: &mut Regs<'_>, w: u64, units: usize) -> Flow {
        // SAFETY: RC-1: a live object; RC-2: the last reference is gone.
        unsafe {
            if w & 7 == 0 && w != 0 && drops_to_zero(w) {
                (*self.frame).pc.set(self.pc);
                self.step(units);
                return self.tail(regs, destroy, w as usize);
            }
        }
        self.end(regs, units)
    }

    /// As `release_next` for two references, in this order.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub unsafe fn release_two_next(mut self, regs: &mut Regs<'_>, a: u64, b: u64, units: usize) -> Flow {
        // SAFETY: as there.
        unsafe {
            if a & 7 == 0 && a != 0 && drops_to_zero(a) {
                regs.spare[0] = b;
                (*self.frame).pc.set(self.pc);
                self.step(units);
                return self.tail(regs, destroy_then_release, a as usize);
            }
            self.release_next(regs, b, units)
        }
    }
}

/// Counts a reference down; true when it was the last.
///
/// # Safety
/// `w` is an object that the caller owns a reference to.
#[inline(always)]
pub unsafe fn drops_to_zero(w: u64) -> bool {
    // SAFETY: by contract.
    unsafe {
        let h = w as *mut Header;
        let n = (*h).refcount();
        if (n as i32) < 0 {
            return false;
        }
        (*h).set_refcount(n - 1);
        n == 1
    }
}

/// Ends an instruction by the end of an object, whose address is `w`. `pc` is behind the instruction.
#[cold]
#[inline(never)]
fn destroy(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, w: usize) -> Flow {
    // SAFETY: RC-2; EVAL-1: the frame's pc was set.
    unsafe { adder_mem::destroy(w as *mut Header) }
    next(regs, Machine { frame, pc, sp })
}

/// As `destroy`; the reference in the first spare word goes too.
#[cold]
#[inline(never)]
fn destroy_then_release(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, w: usize) -> Flow {
    let other = regs.spare[0];
    // SAFETY: RC-2, RC-1; EVAL-1: the frame's pc was set.
    unsafe {
        adder_mem::destroy(w as *mut Header);
        if other & 7 == 0 && other != 0 && drops_to_zero(other) {
            adder_mem::destroy(other as *mut Header);
        }
    }
    next(regs, Machine { frame, pc, sp })
}
