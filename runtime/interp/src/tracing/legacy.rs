//! `sys.settrace` and `sys.setprofile`: two tools that belong to threads and report to one function each.
//!
//! Invariant: the tool is on while a thread has a function; a function that raises is taken away.

use super::{PROFILER, TRACER, changed, event, world};
use crate::code::CodeObject;
use crate::frame::{self, Frame, FrameObject};
use adder_object::descr::{BuiltinFunction, MethodDescr};
use adder_object::{Obj, ObjExt, PyResult, Ref, Vm, call, exceptions as exc, singletons, str, tuple};

const CALLS: u32 = 1 << event::PY_START
    | 1 << event::PY_RESUME
    | 1 << event::PY_RETURN
    | 1 << event::PY_YIELD
    | 1 << event::PY_UNWIND
    | 1 << event::PY_THROW;
const TRACED: u32 = CALLS | 1 << event::LINE | 1 << event::JUMP | 1 << event::RAISE | 1 << event::STOP_ITERATION;

/// Turns the two tools on or off, as the threads' functions say.
fn refresh() {
    let threads = Vm::threads();
    let traced = threads.iter().any(|t| t.trace.is_some());
    let profiled = threads.iter().any(|t| t.profile.is_some());
    let w = world();
    w.opcodes &= traced;
    let opcodes = if w.opcodes { 1 << event::INSTRUCTION } else { 0 };
    let trace = if traced { TRACED | opcodes } else { 0 };
    let profile = if profiled { CALLS | 1 << event::CALL } else { 0 };
    let same = w.tools[TRACER].events == trace && w.tools[PROFILER].events == profile;
    w.tools[TRACER].events = trace;
    w.tools[PROFILER].events = profile;
    if !same {
        changed();
    }
}

pub fn set_trace(vm: &Vm, f: Option<Obj>) {
    vm.trace.set_option(f);
    refresh();
}
pub fn set_profile(vm: &Vm, f: Option<Obj>) {
    vm.profile.set_option(f);
    refresh();
}
pub fn set_trace_everywhere(f: Option<Obj>) {
    Vm::threads().iter().for_each(|t| t.trace.set_option(f.clone()));
    refresh();
}
pub fn set_profile_everywhere(f: Option<Obj>) {
    Vm::threads().iter().for_each(|t| t.profile.set_option(f.clone()));
    refresh();
}
/// A thread is gone, and its functions with it.
pub fn thread_ended() {
    if super::active() {
        refresh();
    }
}
/// A frame wants `opcode` events.
pub fn watch_opcodes() {
    world().opcodes = true;
    refresh();
}

/// Calls a trace function, and keeps what it answers as the frame's own.
fn call_tracer(vm: &Vm, this: *mut Frame, what: &'static ::std::primitive::str, arg: Obj) -> PyResult<()> {
    let Some(global) = vm.trace.get() else { return Ok(()) };
    let object = frame::object_of(vm, this);
    let Some(f) = object.get::<FrameObject>() else { return Ok(()) };
    let callback = if what == "call" { Some(global) } else { f.trace.get() };
    let Some(callback) = callback else { return Ok(()) };
    let what = str::intern_str(what).into_obj();
    match call::call_pos(vm, &callback, &[object.clone(), what, arg]) {
        Ok(v) if v.is_none() => Ok(()),
        Ok(v) => {
            f.trace.set_option(Some(v));
            Ok(())
        }
        Err(e) => {
            set_trace(vm, None);
            drop(f.trace.take());
            Err(e)
        }
    }
}

fn frame_flag(vm: &Vm, this: *mut Frame, flag: fn(&FrameObject) -> bool) -> bool {
    let Some(o) = Frame::object(this) else { return false };
    vm.trace.is_some() && o.get::<FrameObject>().is_some_and(|f| f.trace.is_some() && flag(f))
}

/// An event for `sys.settrace`; true: this instruction need not report it again.
pub fn traced(vm: &Vm, this: *mut Frame, event: u32, args: &[Obj]) -> PyResult<bool> {
    let none = singletons::none;
    let third = || args.get(2).cloned().unwrap_or_else(none);
    match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => call_tracer(vm, this, "call", none())?,
        event::PY_RETURN | event::PY_YIELD => call_tracer(vm, this, "return", third())?,
        event::PY_UNWIND => call_tracer(vm, this, "return", none())?,
        event::RAISE | event::STOP_ITERATION => {
            let e = third();
            let traceback = e.get::<exc::BaseException>().and_then(|b| b.traceback.get()).unwrap_or_else(none);
            call_tracer(vm, this, "exception", tuple::new(vec![e.ty().to_obj(), e, traceback]))?;
        }
        event::LINE if frame_flag(vm, this, |f| f.trace_lines.get()) => call_tracer(vm, this, "line", none())?,
        event::INSTRUCTION if frame_flag(vm, this, |f| f.trace_opcodes.get()) => {
            call_tracer(vm, this, "opcode", none())?
        }
        event::JUMP => return jumps(vm, this, args),
        _ => {}
    }
    Ok(false)
}

/// A jump back within a line is a new turn of it.
fn jumps(vm: &Vm, this: *mut Frame, args: &[Obj]) -> PyResult<bool> {
    let unit = |i: usize| args.get(i).and_then(|o| o.small_int()).unwrap_or(0) as usize / 2;
    let (from, to) = (unit(1), unit(2));
    let code: &CodeObject = Frame::code(this);
    if to >= from || code.line_at(from) != code.line_at(to) {
        return Ok(true);
    }
    if frame_flag(vm, this, |f| f.trace_lines.get()) {
        call_tracer(vm, this, "line", singletons::none())?;
    }
    Ok(false)
}

/// The built-in function that a call is of, as profilers see it.
fn builtin(callable: &Obj, receiver: Option<&Obj>) -> Option<Obj> {
    if callable.get_exact::<BuiltinFunction>().is_some() {
        return Some(callable.clone());
    }
    let d = callable.get_exact::<MethodDescr>()?;
    let this = receiver.filter(|r| world().missing.as_ref().is_none_or(|m| !r.is(m)))?;
    Some(Ref::new(BuiltinFunction { def: d.def, this: Some(this.clone()), module: None, owner: None }).into_obj())
}

/// An event for `sys.setprofile`.
pub fn profiled(vm: &Vm, this: *mut Frame, event: u32, args: &[Obj]) -> PyResult<()> {
    let Some(callback) = vm.profile.get() else { return Ok(()) };
    let third = || args.get(2).cloned().unwrap_or_else(singletons::none);
    let of_builtin = || args.get(2).and_then(|c| builtin(c, args.get(3)));
    let (what, arg) = match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => ("call", Some(singletons::none())),
        event::PY_RETURN | event::PY_YIELD => ("return", Some(third())),
        event::PY_UNWIND => ("return", Some(singletons::none())),
        event::CALL => ("c_call", of_builtin()),
        event::C_RETURN => ("c_return", of_builtin()),
        event::C_RAISE => ("c_exception", of_builtin()),
        _ => return Ok(()),
    };
    let Some(arg) = arg else { return Ok(()) };
    let object = frame::object_of(vm, this);
    let done = call::call_pos(vm, &callback, &[object, str::intern_str(what).into_obj(), arg]);
    if done.is_err() {
        set_profile(vm, None);
    }
    done.map(drop)
}
