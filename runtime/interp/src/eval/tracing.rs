//! INSTRUMENTED_INSTRUCTION and unwinding: where the loop reports events to tools.
//!
//! Invariant: events are reported before the instruction runs, with `pc` and `sp` saved (EVAL-1, EVAL-3); what a callback did to the
//! frame (a jump, an error) is taken over before anything else runs. Not here: who wants which event (tracing).
#![allow(unsafe_code)]

use super::{Machine, Regs, nested};
use crate::frame::{Frame, rare};
use crate::tracing::{self, Sites, event};
use adder_isa::Opcode;
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, error, exceptions as exc, int, ops, singletons, tuple};

/// Every frame of a thread learns that tools changed: compiled code is left at its next look at the frame, units are replaced.
pub fn watch_frames(vm: &Vm) {
    let mut f = vm.frame.get() as *mut Frame;
    while !f.is_null() {
        // SAFETY: FRAME-2: the frames of a thread are live.
        unsafe {
            (*f).rare.set((*f).rare.get() | rare::WRITTEN);
            tracing::ensure(Frame::code(f));
            f = (*f).prev.get();
        }
    }
}

/// INSTRUMENTED_INSTRUCTION: events, then the op to run; None when the frame has moved.
#[inline(always)]
pub fn instrumented(regs: &mut Regs<'_>, m: &mut Machine, arg: usize) -> PyResult<Option<Opcode>> {
    // SAFETY: FRAME-2.
    let prev = unsafe { (*m.frame).pc.get() };
    let vm = regs.vm;
    m.slow(regs, 0, |r| before(vm, r, prev, arg))
}

/// Reports what the current instruction reports. The op to run, or None when the frame has moved. `prev` is the instruction that ran
/// before in this frame.
#[cold]
#[inline(never)]
pub fn before(vm: &Vm, r: &mut Regs, prev: *const u16, arg: usize) -> PyResult<Option<Opcode>> {
    r.save();
    let code = r.code();
    let unit = Frame::unit(r.frame);
    tracing::ensure(code);
    let Some(sites) = code.sites.get() else { return Err(error::system_error("no events here")) };
    let at = r.pc;
    let op = code.op_at(at);
    if vm.tracing.get() > 0 || !tracing::active() {
        return Ok(Some(op));
    }
    let Some(site) = sites.units.get(unit) else { return Ok(Some(op)) };
    if site.line.get() != 0 && is_new_line(r, sites, unit, prev) {
        let line = int::from_i64(i64::from(site.number));
        tracing::fire(vm, r.frame, site.line.get(), event::LINE, &[Frame::code_obj(r.frame), line])?;
        if moved(r, at) {
            return Ok(None);
        }
    }
    if site.every.get() != 0 {
        tracing::fire_at(vm, r.frame, site.every.get(), event::INSTRUCTION, &[])?;
        if moved(r, at) {
            return Ok(None);
        }
    }
    if site.own.get() != 0 {
        let done = own_event(vm, r, op.base(), arg, site.own.get(), prev)?;
        if moved(r, at) || done {
            return Ok(None);
        }
    }
    Ok(Some(code.op_at(at)))
}

/// Whether a callback set the line: then the registers follow the frame.
fn moved(r: &mut Regs, at: *const u16) -> bool {
    // SAFETY: FRAME-2: the frame is current; EVAL-3.
    let (pc, sp) = unsafe { ((*r.frame).pc.get(), (*r.frame).sp.get()) };
    let changed = !std::ptr::eq(pc, at);
    if changed {
        (r.m.pc, r.m.sp) = (pc, sp);
    }
    changed
}

/// An instruction that begins a line begins a new one unless the same line was left for it.
fn is_new_line(r: &Regs, sites: &Sites, unit: usize, prev: *const u16) -> bool {
    let code = r.code();
    let before = (prev as usize).wrapping_sub(code.units_ptr() as usize) / 2;
    match sites.units.get(before) {
        Some(s) if s.number == sites.units[unit].number => code.op_at(prev).base() == Opcode::RESUME,
        _ => true,
    }
}

/// The event of the op itself; true when the instruction has been carried out.
fn own_event(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize, tools: u8, prev: *const u16) -> PyResult<bool> {
    let f = r.frame;
    match op {
        Opcode::RESUME => {
            let e = if arg & 3 == 0 { event::PY_START } else { event::PY_RESUME };
            tracing::fire_at(vm, f, tools, e, &[])?;
        }
        Opcode::RETURN_VALUE => tracing::fire_at(vm, f, tools, event::PY_RETURN, &[r.peek(1).clone()])?,
        Opcode::YIELD_VALUE => tracing::fire_at(vm, f, tools, event::PY_YIELD, &[r.peek(1).clone()])?,
        Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX => return call(vm, r, op, arg, tools),
        Opcode::LOAD_SUPER_ATTR => {
            let first = if arg & 2 != 0 { r.peek(2).clone() } else { missing() };
            let what = [r.peek(3).clone(), first];
            tracing::fire_at(vm, f, tools, event::CALL, &what)?;
            tracing::fire_at(vm, f, tools, event::C_RETURN, &what)?;
        }
        Opcode::JUMP_FORWARD => branch(vm, r, tools, event::JUMP, r.pc, 1 + arg as isize)?,
        Opcode::JUMP_BACKWARD => branch(vm, r, tools, event::JUMP, r.pc, 2 - arg as isize)?,
        Opcode::NOT_TAKEN => branch(vm, r, tools, event::BRANCH_LEFT, prev, 1)?,
        Opcode::POP_ITER => branch(vm, r, tools, event::BRANCH_RIGHT, prev, 1)?,
        Opcode::END_ASYNC_FOR => {
            if r.peek(1).ty().is_subtype(&exc::STOP_ASYNC_ITERATION) {
                branch(vm, r, tools, event::BRANCH_RIGHT, r.pc.wrapping_sub(arg.saturating_sub(1)), 1)?
            }
        }
        Opcode::FOR_ITER => return for_iter(vm, r, arg, tools),
        Opcode::END_FOR => stop(vm, r, tools, r.peek(1).clone())?,
        Opcode::END_SEND if crate::generator::payload(r.peek(2)).is_some() => stop(vm, r, tools, r.peek(1).clone())?,
        _ => {
            if jumps(r, op) {
                let units = 1 + arg as isize;
                branch(vm, r, tools, event::BRANCH_RIGHT, r.pc, units)?
            }
        }
    }
    Ok(false)
}

/// Whether a conditional jump is taken.
fn jumps(r: &Regs, op: Opcode) -> bool {
    let v = r.peek(1);
    match op {
        Opcode::POP_JUMP_IF_TRUE => v.is(singletons::true_ref()),
        Opcode::POP_JUMP_IF_FALSE => v.is(singletons::false_ref()),
        Opcode::POP_JUMP_IF_NONE => v.is_none(),
        Opcode::POP_JUMP_IF_NOT_NONE => !v.is_none(),
        _ => false,
    }
}

/// A jump from one instruction to that `units` behind the current one.
fn branch(vm: &Vm, r: &Regs, tools: u8, event: u32, from: *const u16, units: isize) -> PyResult<()> {
    let start = r.code().units_ptr() as usize;
    let offset = |at: *const u16| int::from_usize((at as usize).wrapping_sub(start));
    let args = [Frame::code_obj(r.frame), offset(from), offset(r.pc.wrapping_offset(units))];
    tracing::fire(vm, r.frame, tools, event, &args)
}

/// The value with which an iteration ended, as the exception that was never made.
fn stop(vm: &Vm, r: &Regs, tools: u8, value: Obj) -> PyResult<()> {
    let e = error::stop_iteration(value);
    tracing::fire_at(vm, r.frame, tools, event::STOP_ITERATION, &[e.into_obj()])
}

fn missing() -> Obj {
    tracing::world().missing.clone().unwrap_or_else(singletons::none)
}

/// FOR_ITER whose outcome is reported: one step of the iterator, run to its end here.
fn for_iter(vm: &Vm, r: &mut Regs, arg: usize, tools: u8) -> PyResult<bool> {
    let from = r.pc;
    let next = match ops::next(vm, r.peek(1)) {
        Err(e) if e.is(&exc::STOP_ITERATION) => None,
        other => other?,
    };
    match next {
        Some(v) => {
            r.push(v);
            r.save();
            branch(vm, r, tools, event::BRANCH_LEFT, from, 2)?;
            if !moved(r, from) {
                r.jump(2);
            }
        }
        None => r.jump(3 + arg as isize),
    }
    Ok(true)
}

/// CALL, CALL_KW, CALL_FUNCTION_EX: the call is reported; what is no Python function is called here, so that its end can be, too.
fn call(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize, tools: u8) -> PyResult<bool> {
    let (at, f) = (r.pc, r.frame);
    let (callable, first, operands) = match op {
        Opcode::CALL_FUNCTION_EX => {
            let first = tuple::as_slice(r.peek(2)).and_then(|t| t.first().cloned());
            (r.peek(4).clone(), first, 4)
        }
        _ => {
            let names = usize::from(op == Opcode::CALL_KW);
            r.m.sp = r.m.sp.wrapping_sub(names);
            super::calls::unbind(r, arg);
            r.m.sp = r.m.sp.wrapping_add(names);
            let this = arg + names + 1;
            let bound = (r.peek_word(this) != 0).then(|| r.peek(this).clone());
            let first = bound.or_else(|| (arg > 0).then(|| r.peek(this - 1).clone()));
            (r.peek(this + 1).clone(), first, arg + names + 2)
        }
    };
    let what = [callable, first.unwrap_or_else(missing)];
    tracing::fire_at(vm, f, tools, event::CALL, &what)?;
    if moved(r, at) {
        return Ok(true);
    }
    if what[0].is_exact(&crate::function::FUNCTION) {
        return Ok(false);
    }
    let base = r.sp.wrapping_sub(operands);
    // Whoever still wants to know when the call is over.
    let still = |r: &Regs| {
        tracing::ensure(r.code());
        let site = r.code().sites.get().and_then(|s| s.units.get(Frame::unit(f)));
        site.map_or(0, |s| s.own.get() & tools)
    };
    let result = match op {
        Opcode::CALL => nested::call_nested(vm, f, arg),
        Opcode::CALL_KW => nested::call_kw_nested(vm, f, arg),
        _ => nested::call_ex_nested(vm, f),
    };
    match result {
        Ok(v) => {
            r.m.sp = base;
            r.save();
            let reported = tracing::fire_at(vm, f, still(r), event::C_RETURN, &what);
            r.push(v);
            r.save();
            reported?;
            if !moved(r, at) {
                r.jump(1 + op.cache_units() as isize);
            }
            Ok(true)
        }
        Err(e) => {
            // SAFETY: EVAL-3: what the failed call left of its operands.
            r.m.sp = unsafe { (*f).sp.get() };
            Err(match tracing::fire_at(vm, f, still(r), event::C_RAISE, &what) {
                Ok(()) => e,
                Err(new) => new,
            })
        }
    }
}

/// An exception is raised, or raised again, at the current instruction.
pub fn raised(vm: &Vm, r: &Regs, again: bool, e: PyErr) -> PyErr {
    r.save();
    tracing::ensure(r.code());
    tracing::passes(vm, r.frame, if again { event::RERAISE } else { event::RAISE }, e)
}

/// An exception finds its handler, or leaves the frame.
pub fn caught(vm: &Vm, r: &Regs, handler: *const u16, e: PyErr) -> PyErr {
    r.save();
    if tracing::everywhere(event::EXCEPTION_HANDLED) == 0 {
        return e;
    }
    // SAFETY: EVAL-1: the handler is where the frame goes on.
    let raised = unsafe { (*r.frame).pc.replace(handler) };
    let e = tracing::passes(vm, r.frame, event::EXCEPTION_HANDLED, e);
    // SAFETY: as above; what the handler may push is where the error was raised.
    unsafe { (*r.frame).pc.set(raised) }
    e
}
pub fn leaves(vm: &Vm, r: &Regs, e: PyErr) -> PyErr {
    r.save();
    tracing::passes(vm, r.frame, event::PY_UNWIND, e)
}
/// `throw()` resumes a generator with an exception.
pub fn thrown(vm: &Vm, r: &Regs, e: PyErr) -> PyErr {
    r.save();
    tracing::ensure(r.code());
    tracing::passes(vm, r.frame, event::PY_THROW, e)
}

/// Slots of a frame that hold nothing.
pub fn unbound_slots(this: *mut Frame) -> Vec<usize> {
    // SAFETY: FRAME-1.
    (0..Frame::code(this).nlocalsplus).filter(|&i| unsafe { *Frame::slots(this).add(i) == 0 }).collect()
}
pub fn bind_none(this: *mut Frame, slots: &[usize]) {
    for &i in slots {
        // SAFETY: FRAME-1: the slot is empty, and owns the value from here on.
        unsafe { *Frame::slots(this).add(i) = singletons::none().into_raw() }
    }
}

/// A debugger moves a frame: the values above what stays are dropped, from the bottom up in `handled`, where true stands for what was
/// handled before an except block.
pub fn jump_to(vm: &Vm, this: *mut Frame, unit: usize, handled: &[bool]) {
    // SAFETY: FRAME-1, EVAL-3: the frame reports an event, so it is saved; the unit is an instruction of its code.
    unsafe {
        for &is_handled in handled.iter().rev() {
            let sp = (*this).sp.get().sub(1);
            (*this).sp.set(sp);
            if *sp == 0 {
                continue;
            }
            let value = Obj::from_raw(*sp);
            if is_handled {
                vm.handled.set_option(Some(value).filter(|v| !v.is_none()));
            }
        }
        (*this).pc.set(Frame::code(this).units_ptr().add(unit));
    }
}
