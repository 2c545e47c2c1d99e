//! From the loop into native code and back.
//!
//! Invariant: NATIVE-1; what comes back is in the registers: the caller's when the frame has ended.
#![allow(unsafe_code)]

use super::threading::{Flow, entering, next, raise, then_exit};
use super::{Exit, Machine, Regs, calls, poll};
use crate::code::Cache;
use crate::frame::{self, Frame, Returns};
use crate::generator::{self, State};
use crate::native::{self, Outcome};
use crate::tracing;
use adder_mem::breaker;
use adder_object::{Obj, PyResult, Vm};

/// RESUME: polls, counts the entry, and goes native when it is time.
#[inline(always)]
pub fn resume(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if breaker::load() != 0 {
        return m.tail(regs, resume_polled, arg);
    }
    count_entry(regs, m, arg)
}

#[inline(always)]
fn count_entry(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    if m.code().tier.tick() {
        return m.tail(regs, hot_function, arg);
    }
    m.step(1);
    entering(regs, m)
}

#[cold]
#[inline(never)]
fn resume_polled(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let vm = regs.vm;
    if let Err(e) = m.slow(regs, 0, |r| poll(vm, r)) {
        return raise(regs, e);
    }
    if tracing::active() {
        // Code that begins to be watched here reports its entry: the same unit is looked at again.
        return m.end(regs, usize::from(!tracing::ensure(m.code())));
    }
    count_entry(regs, m, arg)
}

#[cold]
#[inline(never)]
fn hot_function(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    then_exit(regs, Machine { frame, pc, sp }, |vm, m, regs| m.slow(regs, 1, |r| function(vm, r)))
}

/// JUMP_BACKWARD: as `resume`, for a loop.
#[inline(always)]
pub fn jump_backward(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if breaker::load() != 0 {
        return m.tail(regs, jump_backward_polled, arg);
    }
    count_back_edge(regs, m, arg)
}

#[inline(always)]
fn count_back_edge(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    // The instruction that makes the caches is another handler's: this one calls nothing.
    let Some(caches) = m.code().made_caches() else { return m.tail(regs, first_back_edge, arg) };
    if caches.get(m.unit_at(1) as usize).is_some_and(Cache::back_edge) {
        return m.tail(regs, hot_loop, arg);
    }
    m.jump(2 - arg as isize);
    entering(regs, m)
}

#[cold]
#[inline(never)]
fn first_back_edge(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.code().caches();
    count_back_edge(regs, m, arg)
}

#[cold]
#[inline(never)]
fn jump_backward_polled(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let vm = regs.vm;
    if let Err(e) = m.slow(regs, 0, |r| poll(vm, r)) {
        return raise(regs, e);
    }
    if tracing::active() {
        m.jump(2 - arg as isize);
        return next(regs, m);
    }
    count_back_edge(regs, m, arg)
}

#[cold]
#[inline(never)]
fn hot_loop(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let hot = m.cache_of_generic();
    m.jump(2 - arg as isize);
    match hot {
        Some(c) => then_exit(regs, m, |vm, m, regs| m.slow(regs, 0, |r| back_edge(vm, r, c))),
        None => next(regs, m),
    }
}

/// The function of the frame is hot: runs it natively if that is possible. `pc` of the frame is its RESUME.
#[cold]
#[inline(never)]
fn function(vm: &Vm, r: &mut Regs) -> PyResult<Option<Exit>> {
    r.save();
    match (native::HOOKS.get().function)(vm, r.frame, r.code()) {
        Some(entry) => run(vm, r, entry),
        None => Ok(None),
    }
}

/// As `function`, for the loop whose header is at `pc`.
#[cold]
#[inline(never)]
fn back_edge(vm: &Vm, r: &mut Regs, c: &Cache) -> PyResult<Option<Exit>> {
    r.save();
    let unit = (r.pc as usize - r.code().units_ptr() as usize) / 2;
    match (native::HOOKS.get().back_edge)(vm, r.frame, r.code(), unit as u32) {
        Some(entry) => run(vm, r, entry),
        None => {
            // Not now: the loop is counted anew.
            c.counter.set(0);
            Ok(None)
        }
    }
}

fn run(vm: &Vm, r: &mut Regs, entry: native::Entry) -> PyResult<Option<Exit>> {
    let this = r.frame;
    // SAFETY: FRAME-2: `prev` outlives the frame.
    let (prev, returns, skip) = unsafe { ((*this).prev.get(), (*this).returns.get(), (*this).skip.get() as usize) };
    // SAFETY: FRAME-2; written at each resumption.
    let resumed = generator::of_frame(this).map(|g| (g, unsafe { (*this).target.get() }));
    let outcome = native::enter(vm, this, entry);
    match (outcome, resumed) {
        (Ok(Outcome::Finished(v) | Outcome::Returned(v)), Some((g, target))) => {
            let yielded = g.state.get() == State::Suspended;
            Ok(come_back(vm, r, (prev, returns, skip), target, yielded, v))
        }
        (Ok(Outcome::Finished(v)), None) => Ok(Some(Exit::Return(v))),
        (Ok(Outcome::Returned(v)), None) => {
            // SAFETY: FRAME-2.
            let pc = unsafe { (*prev).pc.get() };
            r.enter(vm, prev, pc);
            if returns == Returns::Init {
                calls::check_init(&v)?;
            } else if returns != Returns::Drop {
                r.push(v);
            }
            r.jump(skip as isize);
            Ok(None)
        }
        (Ok(Outcome::Continue), _) => {
            enter_current(vm, r);
            Ok(None)
        }
        (Err(e), _) => {
            enter_current(vm, r);
            Err(e)
        }
    }
}

/// A generator yielded a value or ended with one: whoever resumed it goes on.
fn come_back(
    vm: &Vm,
    r: &mut Regs,
    (prev, returns, skip): (*mut Frame, Returns, usize),
    target: *const u16,
    yielded: bool,
    v: Obj,
) -> Option<Exit> {
    if !matches!(returns, Returns::ForIter | Returns::Send) {
        return Some(if yielded { Exit::Yield(v) } else { Exit::Return(v) });
    }
    // SAFETY: FRAME-2: the frame below is alive, at its FOR_ITER or SEND.
    let pc = if yielded { unsafe { (*prev).pc.get().add(skip) } } else { target };
    r.enter(vm, prev, pc);
    if yielded || returns == Returns::Send {
        r.push(v);
    }
    None
}

/// Goes on in the frame that native code left as the current one.
fn enter_current(vm: &Vm, r: &mut Regs) {
    let this = frame::current(vm);
    // SAFETY: NATIVE-1: the frame is whole.
    let pc = unsafe { (*this).pc.get() };
    r.enter(vm, this, pc);
}
