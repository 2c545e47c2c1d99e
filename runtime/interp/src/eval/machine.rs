//! [`Machine`]: the registers of the loop, by value in the loop itself; [`Regs`]: the same in memory, for what is out of line.
//!
//! Invariant: while a handler runs, `pc` of its machine is the current instruction. A helper that gets `Regs` finds there `pc` behind
//! the instruction and its cache unit, and the instruction itself in the frame (EVAL-1).

use super::Exit;
use crate::code::{Cache, CodeObject};
use crate::frame::Frame;
use adder_mem::Header;
use adder_object::handle::PAYLOAD;
use adder_object::{Obj, PyErr, PyResult, StaticType, Vm};
use std::ops::{Deref, DerefMut};

#[derive(Clone, Copy)]
pub struct Machine {
    pub frame: *mut Frame,
    pub pc: *const u16,
    pub sp: *mut u64,
}

/// The registers in memory; slow paths get them by reference.
pub struct Regs<'v> {
    pub m: Machine,
    pub vm: &'v Vm,
    /// Back-edges and entries of functions until handlers return to the loop once ([`super::threading`]).
    pub fuel: u32,
    /// Words that a handler leaves to the one that continues its instruction.
    pub spare: [u64; 3],
    /// Why handlers stopped: the result of the frame or an error.
    pub outcome: Option<PyResult<Exit>>,
    /// The error in flight is raised again: no new traceback entry for this frame, no new context.
    pub reraise: bool,
    /// Where handlers are looked up for the error in flight when that is not the frame's instruction; else null.
    pub lookup: *const u16,
}
impl<'v> Regs<'v> {
    pub fn new(vm: &'v Vm, m: Machine) -> Regs<'v> {
        Regs {
            m,
            vm,
            fuel: super::threading::FUEL,
            spare: [0; 3],
            outcome: None,
            reraise: false,
            lookup: std::ptr::null(),
        }
    }
}
impl Deref for Regs<'_> {
    type Target = Machine;
    #[inline(always)]
    fn deref(&self) -> &Machine {
        &self.m
    }
}
impl DerefMut for Regs<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Machine {
        &mut self.m
    }
}

/// Whether a word is a heap object of exactly this type. The word is not zero.
///
/// # Safety
/// `w` is a value word (VAL-1).
#[inline(always)]
pub unsafe fn is_a(w: u64, ty: &'static StaticType) -> bool {
    // SAFETY: by contract: a pointer word refers to a live object.
    w & 7 == 0 && unsafe { (*(w as *const Header)).type_ptr() == ty.object_ptr_const() }
}

/// The payload of an object whose type was checked.
///
/// # Safety
/// `w` is an object that holds a `T` and lives through the instruction (OBJ-1).
#[inline(always)]
pub unsafe fn payload<'a, T>(w: u64) -> &'a T {
    // SAFETY: by contract.
    unsafe { &*((w as usize + PAYLOAD) as *const T) }
}

/// One more reference to a word that is not zero; gives the word.
///
/// # Safety
/// `w` is a live value word.
#[inline(always)]
pub unsafe fn retain(w: u64) -> u64 {
    if w & 7 == 0 {
        // SAFETY: by contract.
        unsafe { (*(w as *const Header)).incref() }
    }
    w
}

/// The last reference to an object is gone while the instruction at `pc` runs.
#[cold]
#[inline(never)]
unsafe fn die(frame: *mut Frame, pc: *const u16, h: *mut Header) {
    // SAFETY: EVAL-1: destructors may look at the frame; RC-2: the count is zero.
    unsafe {
        (*frame).pc.set(pc);
        adder_mem::destroy(h)
    }
}

/// See [`Machine::count_miss`].
#[cold]
#[inline(never)]
fn miss(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = Machine { frame, pc, sp };
    let c = m.cache();
    let n = c.counter.get();
    if n >= 32 {
        return c.counter.set(n - 16);
    }
    c.back_off();
    let op = m.code().op_at(pc);
    m.code().set_op(pc, op.base());
}

impl Machine {
    /// Gives up a reference; the word is not zero.
    ///
    /// # Safety
    /// The caller owns it.
    #[inline(always)]
    pub unsafe fn release(&self, w: u64) {
        if w & 7 == 0 {
            // SAFETY: RC-1: a live object.
            unsafe {
                let h = w as *mut Header;
                let n = (*h).refcount();
                if n as i32 >= 0 {
                    (*h).set_refcount(n - 1);
                    if n == 1 {
                        die(self.frame, self.pc, h)
                    }
                }
            }
        }
    }
    /// As `release`, for a word that may be zero.
    ///
    /// # Safety
    /// As `release`.
    #[inline(always)]
    pub unsafe fn release_any(&self, w: u64) {
        if w != 0 {
            // SAFETY: by contract.
            unsafe { self.release(w) }
        }
    }
    /// # Safety
    /// The verifier bounded the stack depth; the word's reference goes to the stack.
    #[inline(always)]
    pub unsafe fn push_word(&mut self, w: u64) {
        // SAFETY: by contract.
        unsafe {
            *self.sp = w;
            self.sp = self.sp.add(1);
        }
    }
    /// # Safety
    /// The stack is not empty; the reference goes to the caller.
    #[inline(always)]
    pub unsafe fn pop_word(&mut self) -> u64 {
        // SAFETY: by contract.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp
        }
    }
    /// The cache of the current instruction, a specialised one: its index was checked when it was specialised.
    #[inline(always)]
    pub fn cache<'a>(&self) -> &'a Cache {
        // SAFETY: CODE-1: a cache unit follows the op.
        unsafe { self.code().cache_unchecked(*self.pc.add(1) as usize) }
    }
    /// The cache of the current instruction, if it has one.
    #[inline(always)]
    pub fn cache_of_generic<'a>(&self) -> Option<&'a Cache> {
        // SAFETY: CODE-1.
        self.code().caches().get(unsafe { *self.pc.add(1) } as usize)
    }
    /// Counts an execution of a generic op; true when it should look for a specialised form now.
    #[inline(always)]
    pub fn due(&self) -> bool {
        self.cache_of_generic().is_some_and(Cache::due)
    }
    /// A specialised op does not apply this time: it goes back to its base when that happened often.
    #[inline(always)]
    pub fn count_miss(&self) {
        self.aside(miss, 0)
    }
    /// Goes on `units` behind the current instruction.
    #[inline(always)]
    pub fn step(&mut self, units: usize) {
        self.pc = self.pc.wrapping_add(units);
    }
    /// The unit `units` behind the current instruction.
    #[inline(always)]
    pub fn unit_at(&self, units: usize) -> u16 {
        // SAFETY: CODE-1: code ends with an instruction that does not fall through.
        unsafe { *self.pc.add(units) }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, o: Obj) {
        // SAFETY: the verifier bounded the stack depth.
        unsafe { self.push_word(o.into_raw()) }
    }
    #[inline(always)]
    pub(crate) fn push_null(&mut self) {
        // SAFETY: as `push`.
        unsafe { self.push_word(0) }
    }
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Obj {
        // SAFETY: FRAME-1: the top word is an owned value.
        unsafe { Obj::from_raw(self.pop_word()) }
    }
    /// The top word, which may be NULL.
    #[inline(always)]
    pub(crate) fn pop_option(&mut self) -> Option<Obj> {
        // SAFETY: FRAME-1.
        unsafe {
            let w = self.pop_word();
            if w == 0 { None } else { Some(Obj::from_raw(w)) }
        }
    }
    /// Drops the `n` top items (NULLs allowed).
    #[inline(always)]
    pub(crate) fn drop_n(&mut self, n: usize) {
        for _ in 0..n {
            drop(self.pop_option());
        }
    }
    /// The item `n` deep (1: the top), borrowed from the stack.
    #[inline(always)]
    pub(crate) fn peek<'a>(&self, n: usize) -> &'a Obj {
        // SAFETY: FRAME-1; callers do not pop while they hold it.
        unsafe { Obj::view(&*self.sp.sub(n)) }
    }
    #[inline(always)]
    pub(crate) fn peek_word(&self, n: usize) -> u64 {
        // SAFETY: FRAME-1.
        unsafe { *self.sp.sub(n) }
    }
    /// The `n` top items as a slice of values (none of them NULL).
    #[inline(always)]
    pub(crate) fn top_slice<'a>(&self, n: usize) -> &'a [Obj] {
        // SAFETY: FRAME-1; callers do not pop while they hold it.
        unsafe { std::slice::from_raw_parts(self.sp.sub(n) as *const Obj, n) }
    }
    /// Replaces the `n` top items by one result.
    #[inline(always)]
    pub(crate) fn replace_n(&mut self, n: usize, o: Obj) {
        self.drop_n(n);
        self.push(o);
    }
    #[inline(always)]
    pub(crate) fn slot(&self, i: usize) -> *mut u64 {
        Frame::slots(self.frame).wrapping_add(i)
    }
    #[inline(always)]
    pub(crate) fn code<'a>(&self) -> &'a CodeObject {
        Frame::code(self.frame)
    }
    #[inline(always)]
    pub(crate) fn name<'a>(&self, i: usize) -> &'a Obj {
        &self.code().names[i]
    }
    /// The word of a name.
    #[inline(always)]
    pub(crate) fn name_word(&self, i: usize) -> u64 {
        // SAFETY: the verifier checked the index.
        unsafe { self.code().names.get_unchecked(i).bits() }
    }
    /// Writes `sp` to the frame, before another frame runs or the frame is looked at.
    #[inline(always)]
    pub(crate) fn save(&self) {
        // SAFETY: EVAL-3.
        unsafe {
            (*self.frame).sp.set(self.sp);
        }
    }
    /// Loads the registers of a frame, to continue at `pc`.
    #[inline(always)]
    pub(crate) fn enter(&mut self, vm: &Vm, frame: *mut Frame, pc: *const u16) {
        vm.frame.set(frame as *const ());
        self.frame = frame;
        self.pc = pc;
        // SAFETY: EVAL-3.
        self.sp = unsafe { (*frame).sp.get() };
    }
    #[inline(always)]
    pub(crate) fn jump(&mut self, distance: isize) {
        self.pc = self.pc.wrapping_offset(distance);
    }

    /// Runs something out of line: registers in memory, `pc` there `units` behind the instruction; takes the registers it leaves.
    #[inline(always)]
    pub fn slow<T>(&mut self, regs: &mut Regs<'_>, units: usize, f: impl FnOnce(&mut Regs) -> T) -> T {
        // SAFETY: EVAL-1.
        unsafe { (*self.frame).pc.set(self.pc) }
        regs.m = Machine { pc: self.pc.wrapping_add(units), ..*self };
        let v = f(regs);
        *self = regs.m;
        v
    }
    /// An error raised by the current instruction itself.
    #[inline(always)]
    pub fn fail<T>(&self, regs: &mut Regs, e: PyErr) -> PyResult<T> {
        // SAFETY: EVAL-1.
        unsafe { (*self.frame).pc.set(self.pc) }
        regs.m = *self;
        Err(e)
    }
}
