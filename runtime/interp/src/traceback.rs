//! [`Traceback`]: one entry a frame that an exception passed.
//!
//! CPython: Python/traceback.c.

use crate::code::CodeObject;
use crate::frame::{self, Frame, FrameObject};
use adder_object::{Obj, ObjCell, ObjExt, PyErr, Ref, StaticType, TypeFlags, Vm};
use std::cell::Cell;

pub struct Traceback {
    pub next: ObjCell,
    pub frame: Obj,
    /// Byte offset of the instruction.
    pub lasti: i32,
    /// -1: from `lasti`; set by `TracebackType(...)`.
    pub lineno: Cell<i32>,
}
adder_object::trace_fields!(Traceback { next, frame });
pub static TRACEBACK: StaticType = StaticType::new::<Traceback>("traceback", TypeFlags::GC);
adder_object::payload!(Traceback, TRACEBACK);

impl Traceback {
    pub fn line(&self) -> Option<i32> {
        if self.lineno.get() != -1 {
            return Some(self.lineno.get());
        }
        let f = self.frame.get::<FrameObject>()?.frame.get();
        if f.is_null() { None } else { Frame::code(f).line_at((self.lasti.max(0) / 2) as usize) }
    }
}

/// Puts an entry for the frame's current instruction in front of the exception's traceback.
pub fn add(vm: &Vm, e: &PyErr, this: *mut Frame) {
    let Some(b) = e.exception() else { return };
    if is_native_elsewhere(Frame::code(this)) {
        return;
    }
    let next = b.traceback.take();
    let entry = Traceback {
        next: ObjCell::from_option(next.filter(|t| !t.is_none())),
        frame: frame::object_of(vm, this),
        lasti: Frame::unit(this) as i32 * 2,
        lineno: Cell::new(-1),
    };
    b.traceback.set(Ref::new(entry).into_obj());
}

/// Issuing a warning is native code in CPython, so that one which is an error shows the frame that caused it and none below.
fn is_native_elsewhere(code: &CodeObject) -> bool {
    let code = &code.code;
    matches!(&*code.name, "warn" | "warn_explicit") && &*code.filename == "_py_warnings.py"
}
