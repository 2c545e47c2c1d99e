//! The border between the loop and native code: what a code object knows of its compiled versions, how they are entered, and
//! what they hand back.
//!
//! Invariants: NATIVE-1: compiled code gets a frame that is whole (FRAME-1) and current, and gives it back whole, or ended.
//! NATIVE-2: a result of 0 means that `PENDING` holds the error, [`EXIT`] that the frame is to be interpreted on from its `pc`,
//! [`AGAIN`] that the same code is to be entered again; every other word is the owned result of a frame that has ended. Not here: when and how code is compiled (adder-jit).

use crate::code::CodeObject;
use crate::eval::{self, Exit};
use crate::frame::{self, Frame, Returns};
use crate::generator;
use adder_mem::heap::Global;
use adder_object::{Obj, PyErr, PyResult, Vm};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Entry of compiled code: thread, frame; gives a result word (NATIVE-2).
pub type Entry = unsafe extern "C" fn(vm: *const Vm, frame: *mut Frame) -> u64;

/// The frame goes on in the interpreter.
pub const EXIT: u64 = 4;

/// The frame has handled an error and stands at a handler that the same machine code goes on with when it is entered again.
pub const AGAIN: u64 = 12;

/// The frame that goes on at a handler, for machine code that is not asked where its frame stands otherwise; taken as it is entered.
pub static HANDLING: Global<usize> = Global::new(0);

/// Where the pending error, which an instruction of native code raised anew, was looked up and raised first: units. Taken as it is handled.
pub static AGAIN_FROM: Global<Option<(*const u16, *const u16)>> = Global::new(None);

/// The error that native code met; taken at once by whoever sees the 0.
pub static PENDING: Global<Option<PyErr>> = Global::new(None);

/// What a code object knows of its native versions. Entries stand at RESUME: cells are made before.
pub struct Tier {
    /// Entries left until the tier manager is asked. It is asked at every entry once this is 1.
    pub countdown: Cell<u32>,
    pub entry: Cell<Option<Entry>>,
    /// The entry, while tools watch and nothing compiled is entered.
    parked: Cell<Option<Entry>>,
    /// Entries at loop headers, by unit.
    pub loops: RefCell<Vec<(u32, Entry)>>,
    /// The tier manager's own data of this code object.
    pub data: RefCell<Option<Box<dyn std::any::Any>>>,
}

impl Tier {
    pub fn new() -> Tier {
        Tier {
            countdown: Cell::new(*THRESHOLD.get()),
            entry: Cell::new(None),
            parked: Cell::new(None),
            loops: RefCell::default(),
            data: RefCell::default(),
        }
    }
    /// Counts an entry; true when the tier manager should be asked.
    #[inline(always)]
    pub fn tick(&self) -> bool {
        let n = self.countdown.get().wrapping_sub(1);
        self.countdown.set(n);
        n == 0
    }
}

impl Default for Tier {
    fn default() -> Tier {
        Tier::new()
    }
}

/// Code objects whose [`Tier`] may have an entry, by its address.
static ENTERED: Global<BTreeSet<usize>> = Global::new(BTreeSet::new());

impl Tier {
    /// A function has compiled code to be entered from now on.
    pub fn publish(&self, entry: Entry) {
        ENTERED.get().insert(self as *const Tier as usize);
        self.entry.set(Some(entry));
    }
    /// Nothing enters compiled code from here any more.
    pub fn withdraw(&self) {
        self.loops.borrow_mut().clear();
        if self.entry.take().or(self.parked.take()).is_some() {
            ENTERED.get().remove(&(self as *const Tier as usize));
        }
    }
}
impl Drop for Tier {
    fn drop(&mut self) {
        (HOOKS.get().dying)();
        self.withdraw();
    }
}

/// Puts all entries aside: tools watch (TRACE-2).
pub fn park() {
    for &t in ENTERED.get().iter() {
        // SAFETY: a tier leaves the set before it dies, and its code object does not move.
        let t = unsafe { &*(t as *const Tier) };
        if let Some(e) = t.entry.take() {
            t.parked.set(Some(e));
        }
    }
}
/// Puts them back.
pub fn unpark() {
    for &t in ENTERED.get().iter() {
        // SAFETY: as in `park`.
        let t = unsafe { &*(t as *const Tier) };
        if let Some(e) = t.parked.take() {
            t.entry.set(Some(e));
        }
    }
}

/// Back-edges of a loop before the tier manager hears of it.
#[inline(always)]
pub fn loop_threshold() -> u16 {
    *LOOP_THRESHOLD.get()
}

/// What the tier manager offers to the loop.
pub struct Hooks {
    /// A function is hot, or has native code: Some to run it now.
    pub function: fn(&Vm, *mut Frame, &CodeObject) -> Option<Entry>,
    /// As `function`, for the loop whose header is at a unit.
    pub back_edge: fn(&Vm, *mut Frame, &CodeObject, u32) -> Option<Entry>,
    /// `sys.activate_stack_trampoline` and its kin: machine code is named for a profiler. Gives whether it is.
    pub profiler: fn(Profiler<'_>) -> PyResult<bool>,
    /// A code object dies.
    pub dying: fn(),
    /// A function of the code, which the tier manager knows, is made in another namespace than the last.
    pub renewed: fn(&CodeObject),
}

/// What is asked of the names for profilers.
pub enum Profiler<'a> {
    Active,
    On(&'a str),
    Off,
}

pub static HOOKS: Global<Hooks> = Global::new(Hooks {
    function: |_, _, c| rest(c),
    back_edge: |_, _, _, _| None,
    profiler: no_profiler,
    dying: || {},
    renewed: |_| {},
});

fn no_profiler(what: Profiler<'_>) -> PyResult<bool> {
    match what {
        Profiler::On(_) => Err(adder_object::error::value_error("perf trampoline not available")),
        _ => Ok(false),
    }
}

/// Calls of a function before the tier manager hears of it; loops count apart.
pub static THRESHOLD: Global<u32> = Global::new(u32::MAX);
/// Back-edges of a loop before the tier manager hears of it.
pub static LOOP_THRESHOLD: Global<u16> = Global::new(u16::MAX);

fn rest(code: &CodeObject) -> Option<Entry> {
    code.tier.countdown.set(u32::MAX);
    None
}

/// How the loop goes on after native code ran.
pub enum Outcome {
    /// The frame that called goes on with the result of its call.
    Returned(Obj),
    /// The frame was entered from native code, which gets the result.
    Finished(Obj),
    /// The current frame goes on at its `pc`.
    Continue,
}

/// Runs the current frame natively. Err: the error is to be handled at the `pc` of the frame that is current then.
pub fn enter(vm: &Vm, this: *mut Frame, entry: Entry) -> PyResult<Outcome> {
    vm.check_stack("")?;
    // SAFETY: NATIVE-1: `this` is current and whole.
    let (returns, word) = unsafe {
        let returns = (*this).returns.get();
        (returns, entered(vm, this, entry))
    };
    match word {
        0 => Err(take_error()),
        EXIT => Ok(Outcome::Continue),
        w => {
            // SAFETY: NATIVE-2: an owned value.
            let value = unsafe { Obj::from_raw(w) };
            Ok(if matches!(returns, Returns::Native | Returns::Compiled) {
                Outcome::Finished(value)
            } else {
                Outcome::Returned(value)
            })
        }
    }
}

/// # Safety
/// NATIVE-1: `this` is current and whole, and the code is for where it stands.
unsafe fn entered(vm: &Vm, this: *mut Frame, entry: Entry) -> u64 {
    loop {
        // SAFETY: by contract; NATIVE-2.
        match unsafe { entry(vm, this) } {
            AGAIN => {}
            word => return word,
        }
    }
}

#[cold]
pub fn take_error() -> PyErr {
    PENDING.get().take().unwrap_or_else(|| adder_object::error::system_error("native code failed without an error"))
}

/// Puts an error where the caller of native code finds it; the 0 of NATIVE-2.
#[cold]
pub fn fail(e: PyErr) -> u64 {
    *PENDING.get() = Some(e);
    0
}

/// A result as a word.
#[inline(always)]
pub fn word(r: PyResult) -> u64 {
    match r {
        Ok(v) => v.into_raw(),
        Err(e) => fail(e),
    }
}

/// The frame whose machine code last called something.
static CALLER: Global<usize> = Global::new(0);

/// Machine code of `this` calls something, or is left (null).
#[inline(always)]
pub fn set_caller(this: *mut Frame) {
    *CALLER.get() = this as usize;
}

/// Whether the topmost Python frame runs machine code now.
pub fn is_active(vm: &Vm) -> bool {
    let top = frame::current(vm) as usize;
    top != 0 && *CALLER.get() == top
}

/// Ends the current frame with a value, as RETURN_VALUE: the word of the call's result.
///
/// # Safety
/// `this` is current, not a generator's; its stack is empty.
pub unsafe fn finish(vm: &Vm, this: *mut Frame, value: Obj) -> u64 {
    // SAFETY: by contract; FRAME-2.
    unsafe {
        (*this).sp.set(Frame::stack_base(this));
        vm.frame.set((*this).prev.get() as *const ());
        frame::pop(vm, this);
        value.into_raw()
    }
}

/// What the receiver of a SEND ended with, owned; taken at once by the machine code that sees the end.
pub static RESULT: Global<u64> = Global::new(0);

/// YIELD_VALUE: the generator whose frame is current gives a value to whoever resumed it; `pc` and `sp` are saved.
#[inline(always)]
pub fn suspend(vm: &Vm, this: *mut Frame, value: u64) -> u64 {
    generator::suspend(vm, this);
    value
}
/// RETURN_VALUE of a generator: its frame ends.
///
/// # Safety
/// `this` is current, and a generator's; its stack is empty.
pub unsafe fn finish_generator(vm: &Vm, this: *mut Frame, value: u64) -> u64 {
    // SAFETY: by contract.
    unsafe { (*this).sp.set(Frame::stack_base(this)) }
    generator::finish(vm, this);
    value
}
/// Machine code has no way in at this RESUME: the interpreter goes on behind it.
///
/// # Safety
/// `this` is current, whole, and at a RESUME.
pub unsafe fn no_entry(vm: &Vm, this: *mut Frame) -> u64 {
    // SAFETY: by contract; RESUME is one unit.
    unsafe {
        (*this).pc.set((*this).pc.get().add(1));
        leave(vm, this, this, false)
    }
}

/// Leaves native code for good: a frame that compiled code called is interpreted to its end here, any other goes back to
/// the loop that entered it.
///
/// # Safety
/// `this` is whole, and so are the frames of calls inlined into it, of which `top` is the current one (`this` itself when there are
/// none); `pc` and `sp` say where they stand; a pending error belongs to `top`.
pub unsafe fn leave(vm: &Vm, this: *mut Frame, top: *mut Frame, raised: bool) -> u64 {
    // SAFETY: by contract.
    unsafe {
        if (*this).returns.get() != Returns::Compiled {
            return if raised { 0 } else { EXIT };
        }
        // The loop below runs it from here on, and may enter native code again.
        (*this).returns.set(Returns::Native);
    }
    interpret(vm, top, if raised { Some(take_error()) } else { None })
}
/// Interprets from a frame on, with an error to begin with: the word of what native code waits for.
fn interpret(vm: &Vm, top: *mut Frame, first: Option<PyErr>) -> u64 {
    word(eval::run(vm, top, first).map(|(Exit::Return(v) | Exit::Yield(v))| v))
}

/// As `leave`, with the pending error, which a handler of `this` takes that the machine code at `entry` goes on with; `asked`: that looks where
/// the frame stands at every entry.
///
/// # Safety
/// As `leave`; no frame above `this` has a handler for the error, and `this` is at one that the code can be entered at.
pub unsafe fn leave_to_handler(vm: &Vm, this: *mut Frame, top: *mut Frame, entry: Entry, asked: bool) -> u64 {
    if let Err(e) = eval::catch(vm, top, take_error()) {
        return fail(e);
    }
    if !asked {
        *HANDLING.get() = this as usize;
    }
    // SAFETY: by contract; NATIVE-1.
    let word = unsafe {
        if (*this).returns.get() != Returns::Compiled {
            return AGAIN;
        }
        (*this).returns.set(Returns::Native);
        entered(vm, this, entry)
    };
    match word {
        0 => interpret(vm, frame::current(vm), Some(take_error())),
        EXIT => interpret(vm, frame::current(vm), None),
        word => word,
    }
}

/// Runs a fresh frame of a function for compiled code.
pub fn run_fresh(vm: &Vm, this: *mut Frame) -> u64 {
    let code = Frame::code(this);
    if let Err(e) = vm.check_stack("") {
        // SAFETY: the frame just made is dropped again.
        unsafe {
            vm.frame.set((*this).prev.get() as *const ());
            frame::pop(vm, this);
        }
        return fail(e);
    }
    match code.tier.entry.get().filter(|_| eval::prologue(vm, this)) {
        // SAFETY: NATIVE-1; `leave` ends frames with Returns::Compiled, so the word is a result or 0.
        Some(entry) => unsafe { entry(vm, this) },
        None => {
            // SAFETY: FRAME-2: a fresh frame; the loop that runs it gets the result.
            unsafe { (*this).returns.set(Returns::Native) }
            interpret(vm, this, None)
        }
    }
}
