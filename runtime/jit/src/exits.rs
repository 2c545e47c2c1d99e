//! Records of side exits: how often each was taken, and what the tier manager learns from it.
//!
//! Invariant: EXIT-1: a record lives as long as the process; its address is in machine code.

use crate::tier;
use adder_interp::frame::Frame;
use adder_isa::reasons::Reason;
use std::cell::Cell;

pub struct ExitRecord {
    /// First unit of the instruction.
    pub unit: u32,
    pub reason: Reason,
    pub count: Cell<u32>,
    /// Where the frame stands: the instruction, and the stack depth when the exit has stored the whole stack.
    pub pc: *const u16,
    pub depth: Option<u32>,
    /// An error is pending and belongs to the instruction.
    pub raised: bool,
}

/// Exits at one place before its speculation is given up and the code made anew.
const PATIENCE: u32 = 4;

impl ExitRecord {
    /// Called on the way out; `this` is the frame that leaves.
    pub fn taken(&self, this: *mut Frame) {
        let n = self.count.get().saturating_add(1);
        self.count.set(n);
        if self.raised {
            return;
        }
        match self.reason {
            Reason::Unsupported | Reason::Generator | Reason::ExceptionPath => {}
            _ if n == PATIENCE => tier::speculation_failed(Frame::code(this), self.unit),
            _ => {}
        }
    }
}
