//! Generators that delegate to one another (`yield from`, `await`): the innermost is resumed at once, whatever their number.
//!
//! Invariant: GEN-3: while the innermost runs, those that wait for it count as running and their frames lie between its frame and that of
//! whoever resumes the outermost, as if each had resumed the next one. What they are suspended at does not change until it ends.
#![allow(unsafe_code)]

use super::{
    COROUTINE, GENERATOR, Generator, Resumed, State, begin, compiled, finish_delegation, payload, push_value,
    resume_compiled,
};
use crate::eval::{self, Exit};
use crate::frame::Frame;
use crate::native;
use adder_object::{Obj, ObjExt, PyResult, Vm, singletons};

/// The longest part of a chain that is resumed at once.
const LONGEST: usize = 64;

/// Whether a suspended generator waits for another iterator.
#[inline(always)]
pub fn delegates(g: &Generator) -> bool {
    // SAFETY: GEN-1: suspended at a YIELD_VALUE, whose argument is 1 inside `yield from` or `await`.
    unsafe { *(*g.frame.get()).pc.get() >> 8 & 1 != 0 }
}

/// The suspended generator or coroutine that such a one waits for.
#[inline(always)]
fn inner<'a>(g: &'a Generator) -> Option<&'a Generator> {
    // SAFETY: GEN-1: the receiver is on top of the stack, which holds it.
    let o = unsafe { Obj::view(&*(*g.frame.get()).sp.get().sub(1)) };
    if !o.is_exact(&GENERATOR) && !o.is_exact(&COROUTINE) {
        return None;
    }
    let i: &'a Generator = payload(o)?;
    (i.state.get() == State::Suspended && !i.handled.is_some()).then_some(i)
}

fn mark(vm: &Vm, g: &Generator) {
    let f = g.frame.get();
    g.state.set(State::Running);
    g.prev_running.set(vm.running_generator.replace(g as *const Generator as *const ()) as *const Generator);
    // SAFETY: GEN-1: the frame of a suspended generator is its own.
    unsafe { (*f).prev.set(vm.frame.get() as *mut Frame) };
    vm.frame.set(f as *const ());
    vm.depth.set(vm.depth.get() + 1);
}
fn unmark(vm: &Vm, g: &Generator) {
    g.state.set(State::Suspended);
    vm.running_generator.set(g.prev_running.replace(std::ptr::null()) as *const ());
    // SAFETY: GEN-3: `mark` linked the frame.
    unsafe { vm.frame.set((*g.frame.get()).prev.replace(std::ptr::null_mut()) as *const ()) };
    vm.depth.set(vm.depth.get() - 1);
}

/// Resumes the innermost of a chain with None; what comes back is what the outermost gives. None where that is to be resumed itself. The
/// caller holds the outermost, which is suspended.
#[inline(never)]
pub fn resume_innermost(vm: &Vm, outermost: &Generator) -> Option<Resumed> {
    if vm.handled.is_some() || outermost.handled.is_some() {
        return None;
    }
    let mut chain = [std::ptr::null::<Generator>(); LONGEST];
    let (mut n, mut g) = (0, outermost);
    while n < LONGEST && delegates(g) {
        let Some(next) = inner(g) else { break };
        chain[n] = g;
        (n, g) = (n + 1, next);
    }
    let entry = compiled(g).filter(|_| n > 0)?;
    if vm.depth.get() as usize + n + 1 >= Vm::recursion_limit() as usize || vm.check_stack("").is_err() {
        return None;
    }
    // SAFETY: each is held by the stack of the one before it, the first by the caller.
    let waiting = |k: usize| unsafe { &*chain[k] };
    (0..n).for_each(|k| mark(vm, waiting(k)));
    let mut result = resume_compiled(vm, g, entry, singletons::none());
    while n > 0 && !matches!(result, Resumed::Yielded(_)) {
        n -= 1;
        let waits = waiting(n);
        unmark(vm, waits);
        result = go_on(vm, waits, result);
    }
    (0..n).rev().for_each(|k| unmark(vm, waiting(k)));
    Some(result)
}

/// A generator goes on behind its delegation with what that came to.
fn go_on(vm: &Vm, g: &Generator, result: Resumed) -> Resumed {
    let ended = match result {
        // SAFETY: NATIVE-2: an owned value.
        Resumed::Ended(w) => Ok(unsafe { Obj::from_raw(w) }),
        Resumed::Failed => Err(native::take_error()),
        yielded => return yielded,
    };
    match ended {
        Ok(value) => {
            // SAFETY: as in `inner`.
            let plain =
                unsafe { Obj::view(&*(*g.frame.get()).sp.get().sub(1)) }.is_exact(&GENERATOR) && value.is_none();
            if let Some(entry) = compiled(g).filter(|_| plain) {
                // Its SEND finds that the generator has ended.
                return resume_compiled(vm, g, entry, value);
            }
            finish_delegation(g);
            let f = begin(vm, g, eval::NATIVE);
            push_value(f, value);
            came_to(eval::run_resumed(vm, f, None))
        }
        Err(e) => {
            let f = begin(vm, g, eval::NATIVE);
            came_to(eval::run_resumed(vm, f, Some(e)))
        }
    }
}
fn came_to(exit: PyResult<Exit>) -> Resumed {
    match exit {
        Ok(Exit::Yield(v)) => Resumed::Yielded(v.into_raw()),
        Ok(Exit::Return(v)) => Resumed::Ended(v.into_raw()),
        Err(e) => {
            native::fail(e);
            Resumed::Failed
        }
    }
}
