//! Records of side exits: how often each was taken, and what the tier manager learns from it.
//!
//! Invariant: EXIT-1: a record lives as long as the process; its address is in machine code.

use crate::{options, stats, tier};
use adder_interp::frame::Frame;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use adder_object::{Obj, float};
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
    /// Depths of stack entries that are stored without a reference of their own.
    pub borrowed: Vec<u32>,
    /// Doubles in [`FLOATS`], in its order, and where they belong.
    pub floats: Vec<Place>,
}

/// Where an exit puts a value.
#[derive(Clone, Copy)]
pub enum Place {
    Slot(u32),
    Stack(u32),
}

/// Doubles on their way out of compiled code; more than these are boxed there.
pub static FLOATS: Global<[f64; FLOAT_ROOM]> = Global::new([0.0; FLOAT_ROOM]);
pub const FLOAT_ROOM: usize = 32;

/// Exits at one place before its speculation is given up and the code made anew.
const PATIENCE: u32 = 4;

/// Guards until the next forced exit (`-X jit-exit-every`); compiled code counts it down, and leaves at 0.
pub static FORCED: Global<u32> = Global::new(u32::MAX);

pub fn set_forced(every: u32) {
    *FORCED.get() = if every == 0 { u32::MAX } else { every };
}
/// Whether the exit under way was forced; counting begins anew then. What was forced says nothing about the guess.
fn take_forced() -> bool {
    let forced = *FORCED.get() == 0;
    if forced {
        set_forced(options::get().exit_every);
    }
    forced
}

impl ExitRecord {
    /// Completes slots and stack of the frame that leaves: doubles become values, borrowed entries get references.
    pub fn complete(&self, this: *mut Frame) {
        for (k, place) in self.floats.iter().enumerate() {
            let value = float::from_f64(FLOATS.get()[k]).into_raw();
            // SAFETY: NATIVE-1, FRAME-1: a slot's old value is released; the place on the stack was empty.
            unsafe {
                match *place {
                    Place::Slot(i) => {
                        let old = std::mem::replace(&mut *Frame::slots(this).add(i as usize), value);
                        if old != 0 {
                            drop(Obj::from_raw(old));
                        }
                    }
                    Place::Stack(depth) => *Frame::stack_base(this).add(depth as usize) = value,
                }
            }
        }
        for &depth in &self.borrowed {
            // SAFETY: HIR-3: the entry is a live value that something else holds.
            std::mem::forget(unsafe { Obj::view(&*Frame::stack_base(this).add(depth as usize)).clone() });
        }
    }

    /// Called on the way out; `this` is the frame that leaves.
    pub fn taken(&self, this: *mut Frame) {
        if take_forced() {
            return;
        }
        let n = self.count.get().saturating_add(1);
        self.count.set(n);
        if stats::watching() {
            stats::note_types(self, this);
        }
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
