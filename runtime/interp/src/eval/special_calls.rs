//! Entering frames of Python functions inside the loop: for CALL, for `__getitem__`, property getters and `__init__`.
//!
//! Invariants: EVAL-3; the words of a callee's arguments move from the caller's stack to the callee's slots, so nothing is counted.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, payload, retain};
use super::threading::{Flow, next, slow};
use crate::code::CodeObject;
use crate::frame::{self, Frame, Returns};
use crate::function::Function;
use adder_object::{Dict, Obj, Ref, tuple};

/// The defaults of positional parameters.
///
/// # Safety
/// The function holds them: no code that could change them runs while they are used.
#[inline(always)]
pub unsafe fn defaults_of(f: &Function) -> &[Obj] {
    let defaults = f.defaults.with(|d| d.and_then(tuple::as_slice).unwrap_or(&[]) as *const [Obj]);
    // SAFETY: by contract.
    unsafe { &*defaults }
}

/// Moves `n` words.
///
/// # Safety
/// Both sides have room; the words change their owner.
#[inline(always)]
pub unsafe fn move_words(from: *const u64, to: *mut u64, n: usize) {
    // Calls have few arguments, so the first three are moved one by one; behind them a plain loop, which volatile stores keep from becoming
    // a call of memcpy.
    // SAFETY: by contract.
    unsafe {
        if n == 0 {
            return;
        }
        to.write_volatile(*from);
        if n == 1 {
            return;
        }
        to.add(1).write_volatile(*from.add(1));
        if n == 2 {
            return;
        }
        to.add(2).write_volatile(*from.add(2));
        let mut i = 3;
        while i < n {
            to.add(i).write_volatile(*from.add(i));
            i += 1;
        }
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

/// Continues in a function whose parameters the `n` words at `args` fill from the left, on top of the caller's stack; the words at
/// `defaults` fill the rest. `base` is where the caller's stack ends then: the callee takes over the reference in `func` and those of
/// the arguments.
///
/// # Safety
/// `func` is a function with this code, owned by the caller's stack (or by nobody else), as the arguments are; a frame of the code has
/// room ([`frame::has_room`]).
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn enter_exact(
    regs: &mut Regs<'_>,
    m: Machine,
    func: u64,
    code: &CodeObject,
    args: *mut u64,
    n: usize,
    defaults: &[Obj],
    base: *mut u64,
    (returns, skip): (Returns, u8),
) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let this = frame::push_unchecked(regs.vm, func, code, returns, skip);
        let filled = fill(this, args, n, defaults);
        go_in(regs, m, (this, code, filled), base)
    }
}

/// Moves the first `n` words into the slots of a frame, and puts defaults behind them; gives how many slots are filled then.
///
/// # Safety
/// The frame is fresh and has as many slots.
#[inline(always)]
unsafe fn fill(this: *mut Frame, args: *const u64, n: usize, defaults: &[Obj]) -> usize {
    // SAFETY: by contract.
    unsafe {
        let slots = Frame::slots(this);
        move_words(args, slots, n);
        for (i, d) in defaults.iter().enumerate() {
            slots.add(n + i).write_volatile(retain(d.bits()));
        }
    }
    n + defaults.len()
}

/// Goes on in a frame of `code` whose first slots are filled; the caller's stack ends at `base`.
///
/// # Safety
/// The frame was just pushed.
#[inline(always)]
pub unsafe fn go_in(
    regs: &mut Regs<'_>,
    m: Machine,
    (this, code, filled): (*mut Frame, &CodeObject, usize),
    base: *mut u64,
) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let slots = Frame::slots(this);
        zero_words(slots.add(filled), code.nlocalsplus - filled);
        (*m.frame).pc.set(m.pc);
        (*m.frame).sp.set(base);
        regs.vm.frame.set(this as *const ());
        next(regs, Machine { frame: this, pc: code.units_ptr(), sp: slots.add(code.nlocalsplus) })
    }
}

/// As [`enter_exact`], for a function, `n` words for its first parameters and the end of the caller's stack; behind the parameters that these
/// and the defaults fill are those for the rest.
///
/// # Safety
/// As there.
#[inline(always)]
pub unsafe fn enter_collecting(
    regs: &mut Regs<'_>,
    m: Machine,
    code: &CodeObject,
    (func, args, n, base): (u64, *const u64, usize, *mut u64),
    defaults: &[Obj],
    (extra, kwargs): (Option<Obj>, Option<Ref<Dict>>),
) -> Flow {
    // SAFETY: by contract.
    unsafe {
        let this = frame::push_unchecked(regs.vm, func, code, Returns::Caller, 2);
        let mut filled = fill(this, args, n, defaults);
        let slots = Frame::slots(this);
        if let Some(extra) = extra {
            slots.add(filled).write_volatile(extra.into_raw());
            filled += 1;
        }
        if let Some(kwargs) = kwargs {
            slots.add(filled).write_volatile(kwargs.into_obj().into_raw());
            filled += 1;
        }
        go_in(regs, m, (this, code, filled), base)
    }
}

/// Continues in a function of the type of an operand (`__getitem__`, a getter), which the cache names, with the `n` top words as its
/// arguments; its result becomes the result of the instruction, `skip` units long.
#[inline(always)]
pub fn enter(regs: &mut Regs<'_>, m: Machine, func: u64, n: usize, skip: u8) -> Flow {
    // SAFETY: the caller compared the type's version, so the type holds the function; the frame gets a reference of its own.
    unsafe {
        let f = payload::<Function>(func);
        let code = &*f.code_ptr();
        if !code.simple_args || code.argcount != n || !frame::has_room(regs.vm, code) {
            regs.spare = [func, n as u64, skip as u64];
            return m.tail(regs, enter_slow, 0);
        }
        let args = m.sp.sub(n);
        retain(func);
        enter_exact(regs, m, func, code, args, n, &[], args, (Returns::Caller, skip))
    }
}

/// The function's code was replaced by one with other parameters, or the frames are too many.
#[cold]
#[inline(never)]
fn enter_slow(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let [func, n, skip] = regs.spare;
    slow(regs, Machine { frame, pc, sp }, 0, |vm, r| {
        // SAFETY: as in `enter`.
        let func = unsafe { Obj::view(&func) };
        let args = adder_object::Args::pos(r.top_slice(n as usize));
        let this = super::calls::push_function_frame(vm, func, args, (Returns::Caller, skip as u8))?;
        r.drop_n(n as usize);
        r.save();
        // SAFETY: a fresh frame starts at its first unit.
        let pc = unsafe { (*this).pc.get() };
        r.enter(vm, this, pc);
        Ok(())
    })
}
