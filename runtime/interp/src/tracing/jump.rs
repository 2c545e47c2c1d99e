//! Assignment to `frame.f_lineno`: a debugger moves a frame to another line.
//!
//! CPython: Objects/frameobject.c, frame_setlineno.

use super::stacks::{self, Kind};
use super::{event, sites};
use crate::code::CodeObject;
use crate::eval;
use crate::frame::{Frame, FrameObject};
use adder_object::{Obj, ObjExt, PyResult, Vm, error, exceptions as exc};

fn refuse<T>(text: impl Into<String>) -> PyResult<T> {
    Err(error::value_error(text.into()))
}

/// Moves a frame to a line; possible while it reports an event that stands at an instruction.
pub fn set_line(vm: &Vm, object: &FrameObject, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(adder_object::PyErr::new(&exc::ATTRIBUTE_ERROR, "cannot delete attribute"));
    };
    if !value.is_exact(&adder_object::types::INT) {
        return refuse("lineno must be an integer");
    }
    let this = object.frame.get();
    if this.is_null() || !object.trace.is_some() {
        return refuse("f_lineno can only be set in a trace function");
    }
    match vm.what_event.get() {
        -1 => return refuse("f_lineno can only be set in a trace function"),
        e => match e as u32 {
            event::PY_START => return refuse("can't jump from the 'call' trace event of a new frame"),
            event::CALL | event::C_RETURN => return refuse("can't jump during a call"),
            event::PY_RESUME
            | event::JUMP
            | event::PY_YIELD
            | event::LINE
            | event::BRANCH_LEFT
            | event::BRANCH_RIGHT => {}
            _ => return refuse("can only jump from a 'line' trace event"),
        },
    }
    let code = Frame::code(this);
    let line = match value.small_int().and_then(|n| i32::try_from(n).ok()) {
        Some(n) => n,
        None => return refuse("lineno out of range"),
    };
    if line < code.code.firstlineno {
        return refuse(format!("line {line} comes before the current code block"));
    }
    let (unit, from, to) = target(code, Frame::unit(this), line)?;
    bind_unbound(vm, this)?;
    let handled: Vec<bool> = from[to..].iter().map(|k| *k == Kind::Except).collect();
    eval::jump_to(vm, this, unit, &handled);
    Ok(())
}

/// Unit of the line's best instruction, the stack now, and how much of it stays.
fn target(code: &CodeObject, now: usize, line: i32) -> PyResult<(usize, Vec<Kind>, usize)> {
    let lines = sites::lines(code);
    let starts: Vec<(usize, i32)> = {
        let (mut last, mut out) = (0, vec![]);
        for (i, &n) in lines.iter().enumerate() {
            if n > 0 && n != last {
                out.push((i, n));
                last = n;
            }
        }
        out
    };
    let Some(line) = starts.iter().map(|s| s.1).filter(|&n| n >= line).min() else {
        return refuse(format!("line {line} comes after the current code block"));
    };
    let all = stacks::of(code);
    let Some(from) = all[now].clone() else { return refuse("can't jump from unreachable code") };
    let (mut best, mut why): (Option<(usize, usize)>, _) = (None, "cannot find bytecode for specified line");
    for &(i, _) in starts.iter().filter(|s| s.1 == line) {
        match all[i].as_deref() {
            Some(to) if stacks::fits(&from, to) => {
                if best.is_none_or(|b| to.len() > b.1) {
                    best = Some((i, to.len()));
                }
            }
            to => why = stacks::why(to),
        }
    }
    match best {
        Some((unit, depth)) => Ok((unit, from, depth)),
        None => refuse(why),
    }
}

/// Variables that the code at the new place may take for bound get None.
fn bind_unbound(vm: &Vm, this: *mut Frame) -> PyResult<()> {
    let unbound = eval::unbound_slots(this);
    if unbound.is_empty() {
        return Ok(());
    }
    let s = if unbound.len() == 1 { "" } else { "s" };
    vm.warn(&exc::RUNTIME_WARNING, &format!("assigning None to {} unbound local{s}", unbound.len()), 1)?;
    eval::bind_none(this, &unbound);
    Ok(())
}
