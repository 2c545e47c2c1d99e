//! Entering frames of Python functions inside the loop: for CALL, for `__getitem__`, property getters and `__init__`.
//!
//! Invariants: EVAL-3; the words of a callee's arguments move from the caller's stack to the callee's slots, so nothing is counted.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, payload};
use crate::code::CodeObject;
use crate::frame::{self, Frame, Returns};
use crate::function::Function;
use adder_object::{Obj, PyResult, Vm};

/// Moves `n` words.
///
/// # Safety
/// Both sides have room; the words change their owner.
#[inline(always)]
pub unsafe fn move_words(from: *const u64, to: *mut u64, n: usize) {
    // Calls have few arguments: a plain loop, which volatile stores keep from becoming a call of memcpy.
    let mut i = 0;
    while i < n {
        // SAFETY: by contract.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
        i += 1;
    }
}

/// Empties `n` slots.
///
/// # Safety
/// They belong to a fresh frame.
#[inline(always)]
pub unsafe fn zero_words(to: *mut u64, n: usize) {
    let mut i = 0;
    while i < n {
        // SAFETY: by contract.
        unsafe { to.add(i).write_volatile(0) };
        i += 1;
    }
}

/// Continues in a function whose parameters are exactly the `n` words at `args`, on top of the caller's stack. `base` is where the
/// caller's stack ends then: the callee takes over the reference in `func` and those of the arguments.
///
/// # Safety
/// `func` is a function with this code, owned by the caller's stack (or by nobody else), as the arguments are.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn enter_exact(
    vm: &Vm,
    m: &mut Machine,
    regs: &mut Regs,
    func: u64,
    code: &CodeObject,
    args: *mut u64,
    n: usize,
    base: *mut u64,
    (returns, skip): (Returns, u8),
) -> PyResult<()> {
    // SAFETY: by contract.
    unsafe {
        let this = match frame::push(vm, Obj::view(&func), code, returns, skip) {
            Ok(f) => f,
            Err(e) => return m.fail(regs, e),
        };
        let slots = Frame::slots(this);
        move_words(args, slots, n);
        zero_words(slots.add(n), code.nlocalsplus - n);
        (*m.frame).pc.set(m.pc);
        (*m.frame).sp.set(base);
        vm.frame.set(this as *const ());
        *m = Machine { frame: this, pc: code.units_ptr(), sp: slots.add(code.nlocalsplus) };
    }
    Ok(())
}

/// Continues in a function of the type of an operand (`__getitem__`, a getter), which the cache names, with the `n` top words as its
/// arguments; its result becomes the result of the instruction, `skip` units long.
#[inline(always)]
pub fn enter(vm: &Vm, m: &mut Machine, regs: &mut Regs, func: u64, n: usize, skip: u8) -> PyResult<()> {
    // SAFETY: the caller compared the type's version, so the type holds the function; the frame gets a reference of its own.
    unsafe {
        let f = payload::<Function>(func);
        let code = &*f.code_ptr();
        if !code.simple_args || code.argcount != n {
            return m.slow(regs, 0, |r| enter_slow(vm, r, func, n, skip));
        }
        let args = m.sp.sub(n);
        enter_exact(vm, m, regs, func, code, args, n, args, (Returns::Caller, skip))?;
        super::machine::retain(func);
    }
    Ok(())
}

/// The function's code was replaced by one with other parameters.
#[cold]
#[inline(never)]
fn enter_slow(vm: &Vm, r: &mut Regs, func: u64, n: usize, skip: u8) -> PyResult<()> {
    // SAFETY: as in `enter`.
    let func = unsafe { Obj::view(&func) };
    let args = adder_object::Args::pos(r.top_slice(n));
    let this = super::calls::push_function_frame(vm, func, args, (Returns::Caller, skip))?;
    r.drop_n(n);
    r.save();
    // SAFETY: a fresh frame starts at its first unit.
    let pc = unsafe { (*this).pc.get() };
    r.enter(vm, this, pc);
    Ok(())
}
