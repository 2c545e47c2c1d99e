//! Records of side exits: how often each was taken, and what the tier manager learns from it.
//!
//! Invariant: EXIT-1: a record lives as long as the machine code that holds its address.

use crate::helpers::walks;
use crate::hir::Walk;
use crate::layout::Callee;
use crate::{options, renewal, stats, tier};
use adder_builtins::containers::range;
use adder_interp::frame::{Frame, HEADER_WORDS};
use adder_interp::native::Entry;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use adder_object::{Obj, Vm, float};
use std::cell::Cell;
use std::time::{Duration, Instant};

pub struct ExitRecord {
    /// First unit of the instruction.
    pub unit: u32,
    pub reason: Reason,
    pub count: Cell<u32>,
    /// Whose speculation failed: (address of the code object, unit).
    pub blame: (usize, u32),
    /// The frame that leaves, and those of calls that were inlined into it.
    pub frames: Vec<FrameRecord>,
    /// Words that the code kept free on the data stack.
    pub extent: u32,
    /// An error is pending and belongs to the instruction.
    pub raised: bool,
    /// The machine code has the handler that takes it; `entry` is set then.
    pub handled: bool,
    /// The code looks where the frame stands at every entry.
    pub asked: bool,
    pub entry: Cell<Option<Entry>>,
    /// Words that are stored without a reference of their own, counted from the base of the outermost stack.
    pub borrowed: Vec<u32>,
    /// Doubles in [`PARTS`], and where they belong.
    pub floats: Vec<(usize, Place)>,
    /// Iterators whose parts begin at a place in [`PARTS`], and the words of the stack where they belong.
    pub iterators: Vec<(usize, u32, Iterator)>,
    /// Words of the stack that the code does not store: known ones, and those that a slot of the outermost frame holds.
    pub words: Vec<(u32, u64)>,
    pub copies: Vec<(u32, u32)>,
}

/// Where a frame stands.
pub struct FrameRecord {
    /// What an inlined frame runs.
    pub callee: Option<&'static Callee>,
    /// Where its stack lies, in words from that of the outermost frame.
    pub origin: u32,
    /// The instruction, and the stack depth when the exit has stored the whole stack.
    pub pc: *const u16,
    pub depth: Option<u32>,
}

/// Where the words of the frames lie that leave together.
struct Room {
    stack: *mut u64,
    words: u32,
    /// Behind the outermost frame, or, when that lies in a generator, the end of the data stack.
    behind: *mut u64,
}
impl Room {
    /// # Safety
    /// `this` is the outermost frame; its code kept `extent` words free.
    unsafe fn of(vm: &Vm, this: *mut Frame, extent: usize) -> Room {
        let code = Frame::code(this);
        // SAFETY: by contract.
        let behind = unsafe {
            if (*this).in_generator.get() {
                vm.stack_top.get().sub(extent)
            } else {
                Frame::slots(this).add(code.frame_words)
            }
        };
        Room { stack: Frame::stack_base(this), words: (code.frame_words - code.nlocalsplus) as u32, behind }
    }
    /// A word by its distance from the base of the outermost stack.
    fn word(&self, at: u32) -> *mut u64 {
        match at.checked_sub(self.words) {
            Some(k) => self.behind.wrapping_add(k as usize),
            None => self.stack.wrapping_add(at as usize),
        }
    }
}

impl FrameRecord {
    /// Writes the header of an inlined frame, which owns its function from here on; `Frame::returns` is there already.
    ///
    /// # Safety
    /// `room` is that of the outermost frame, which is whole; `prev` is the frame that calls this one.
    unsafe fn build(&self, c: &Callee, vm: &Vm, room: &Room, prev: *mut Frame) -> *mut Frame {
        // SAFETY: FRAME-5: the place belongs to the frame; its slots and stack are stored. The function outlives the code.
        unsafe {
            let slots = room.word(self.origin - c.nlocals as u32);
            let this = slots.sub(HEADER_WORDS) as *mut Frame;
            (*this).code = c.code;
            (*this).prev.set(prev);
            std::mem::forget(Obj::view(&c.func).clone());
            (&raw mut (*this).func as *mut u64).write(c.func);
            (&raw mut (*this).globals as *mut u64).write(c.globals);
            (&raw mut (*this).builtins as *mut u64).write(c.builtins);
            vm.stack_top.set(slots.add(c.frame_words));
            vm.depth.set(vm.depth.get() + 1);
            vm.frame.set(this as *const ());
            this
        }
    }
    /// # Safety
    /// `this` is the frame of this record.
    unsafe fn place(&self, this: *mut Frame) {
        // SAFETY: FRAME-1, by contract.
        unsafe {
            (*this).pc.set(self.pc);
            if let Some(depth) = self.depth {
                (*this).sp.set(Frame::stack_base(this).add(depth as usize));
            }
        }
    }
}

/// Where an exit puts a value: a slot of the outermost frame, a word counted from the base of its stack.
#[derive(Clone, Copy)]
pub enum Place {
    Slot(u32),
    Stack(u32),
}

/// An iterator that lived in registers; its parts are those of the [`Entry`](crate::hir::Entry), in the form they have there.
#[derive(Clone, Copy)]
pub enum Iterator {
    /// Next, stop, and the step where that is not known.
    Range { step: Option<i64> },
    /// Container (owned), index, and what goes with it (owned where it is a word).
    Walk(Walk),
}
impl Iterator {
    /// The iterator as an object.
    fn make(self, parts: &[u64]) -> Obj {
        let int = |k: usize| parts.get(k).map_or(0, |&n| n as i64 >> 2);
        match self {
            Iterator::Range { step } => range::iterator_between(int(0), int(1), step.unwrap_or_else(|| int(2))),
            Iterator::Walk(walk) => {
                let other = if walk.second() { parts[2] } else { int(2) as u64 };
                walks::iterator_of(walk, parts[0], int(1) as u64, other)
            }
        }
    }
}

/// Doubles and parts of iterators on their way out of compiled code; what finds no room is made there.
pub static PARTS: Global<[u64; ROOM]> = Global::new([0; ROOM]);
pub const ROOM: usize = 32;

/// Errors at one place before the handler that takes them is compiled.
const PATIENCE: u32 = 4;
/// Errors at one place between two looks at the clock, and the time between two of them below which compiled code does not pay.
const ERRORS: u32 = 256;
const ERROR_TIME: Duration = Duration::from_nanos(700);
/// The record that looked at the clock last.
static LAST: Global<Option<(usize, Instant)>> = Global::new(None);

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
    /// Makes the frames that leave whole; gives the innermost, which is current from here on.
    ///
    /// # Safety
    /// `this` is current, the code of the exit has stored slots and stacks.
    pub unsafe fn restore(&self, vm: &Vm, this: *mut Frame) -> *mut Frame {
        let mut top = this;
        // SAFETY: FRAME-5: the data stack ends again where it ended before the code ran.
        let room = unsafe { Room::of(vm, this, self.extent as usize) };
        vm.stack_top.set(room.behind);
        for f in &self.frames {
            // SAFETY: by contract.
            unsafe {
                if let Some(c) = f.callee {
                    top = f.build(c, vm, &room, top);
                }
                f.place(top);
            }
        }
        self.complete(this, &room);
        top
    }

    /// Completes slots and stack of the frame that leaves: doubles become values, borrowed entries get references.
    fn complete(&self, this: *mut Frame, room: &Room) {
        for (k, place) in &self.floats {
            let value = float::from_f64(f64::from_bits(PARTS.get()[*k])).into_raw();
            // SAFETY: NATIVE-1, FRAME-1: a slot's old value is released; the place on the stack was empty.
            unsafe {
                match *place {
                    Place::Slot(i) => {
                        let old = std::mem::replace(&mut *Frame::slots(this).add(i as usize), value);
                        if old != 0 {
                            drop(Obj::from_raw(old));
                        }
                    }
                    Place::Stack(depth) => *room.word(depth) = value,
                }
            }
        }
        for &(k, depth, iterator) in &self.iterators {
            let made = iterator.make(&PARTS.get()[k..]).into_raw();
            // SAFETY: FRAME-1: the place on the stack was empty.
            unsafe { *room.word(depth) = made }
        }
        for &(depth, word) in &self.words {
            // SAFETY: FRAME-1: the place on the stack was empty.
            unsafe { *room.word(depth) = word }
        }
        for &(depth, slot) in &self.copies {
            // SAFETY: HIR-2: the slot holds the local that the entry is.
            unsafe { *room.word(depth) = *Frame::slots(this).add(slot as usize) }
        }
        for &depth in &self.borrowed {
            // SAFETY: HIR-3: the entry is a live value that something else holds.
            std::mem::forget(unsafe { Obj::view(&*room.word(depth)).clone() });
        }
    }

    /// Where errors come so fast that leaving and entering again is most of the work, the interpreter does it alone.
    fn look_at_errors(&self, code: &adder_interp::code::CodeObject) {
        let now = Instant::now();
        if let Some(before) = LAST.get().replace((std::ptr::from_ref(self) as usize, now))
            && before.0 == std::ptr::from_ref(self) as usize
            && now.duration_since(before.1) < ERROR_TIME * ERRORS
            && options::get().mode == options::Mode::On
        {
            tier::leave_alone(code, Reason::ExceptionPath);
        }
    }

    /// Whether exits here say that the code should be another.
    pub fn tells(&self) -> bool {
        !self.raised && !matches!(self.reason, Reason::Unsupported | Reason::ExceptionPath | Reason::Watched)
    }

    /// Called on the way out; `this` is the frame that leaves, `top` the innermost of its frames.
    pub fn taken(&self, this: *mut Frame, top: *mut Frame) {
        if take_forced()
            || self.reason == Reason::NamespaceChanged && tier::renew_namespaces(Frame::code(this), this, top)
        {
            return;
        }
        let n = self.count.get().saturating_add(1);
        self.count.set(n);
        if stats::watching() {
            stats::note_types(self, top);
        }
        if self.raised {
            if self.handled {
                return;
            }
            if n == PATIENCE {
                renewal::error_passed(Frame::code(this), this, top);
            }
            if n.is_multiple_of(ERRORS) {
                self.look_at_errors(Frame::code(this));
            }
            return;
        }
        match self.reason {
            Reason::ExceptionPath if n.is_multiple_of(ERRORS) => self.look_at_errors(Frame::code(this)),
            _ if self.tells() => renewal::left(Frame::code(this), self, n),
            _ => {}
        }
    }
}
