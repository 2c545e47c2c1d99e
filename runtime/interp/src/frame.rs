//! [`Frame`]: the activation record of the interpreter, on the thread's data stack or in a generator.
//!
//! ```text
//!  offset  field
//!    0     code          *const CodeObject, kept alive by `func` (its present or a retired code)
//!    8     pc            the instruction that runs, or at which the frame is suspended (EVAL-1)
//!   16     sp            saved while another frame runs (EVAL-3)
//!   24     prev          the frame below (FRAME-2)
//!   32     func          the function, owned: moved here from the caller's stack
//!   40     globals       borrowed from `func`
//!   48     builtins      borrowed from `func`
//!   56     target        where the frame below goes on when this generator ends; written at each resumption, else garbage
//!   64     returns u8, in_generator u8, rare u8, skip u8: one word, written whole by `push`
//!   72     locals        only while `rare` has LOCALS
//!   80     object        only while `rare` has OBJECT
//!   88     generator     only while `in_generator`
//!   96     slots: parameters, locals, cells, free variables; then the evaluation stack
//! ```
//! Invariants: FRAME-1: a slot or stack word is 0 or an owned value; stack words at and above `sp` are garbage. FRAME-2: `vm.frame` is
//! the running frame; `prev` links to the frame that resumes when it ends. FRAME-3: a frame object points to a live frame, or owns
//! a copy made when the frame ended. FRAME-4: `globals`, `builtins` and `code` are borrowed from `func`, which owns them as long as
//! it lives; `locals`, `object` and `generator` are garbage unless the flags in the word at 64 say that they are there.
//! CPython: Include/internal/pycore_interpframe.h.

use crate::code::CodeObject;
use crate::function::Function;
use adder_mem::{Header, heap};
use adder_object::handle::PAYLOAD;
use adder_object::{Dict, Obj, ObjExt, PyResult, Ref, Visit, Vm, error};
use std::cell::Cell;
use std::mem::{ManuallyDrop, offset_of};

pub use crate::frame_object::{
    FRAME, FrameObject, back, detach, file_and_name, locals_snapshot, object_of, set_variable, super_args, variable,
};

/// Who gets the result of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Returns {
    /// The frame below, as the result of its call instruction.
    Caller,
    /// The native caller of `run`.
    Native,
    /// Native code that called this frame, and gets its result like a native caller.
    Compiled,
    /// The frame below has its result already: the instance on top of its stack (`__init__` of a class call).
    Init,
    /// The frame below wants no result (`__setitem__` of a STORE_SUBSCR).
    Drop,
    /// The frame below is at a FOR_ITER / SEND of this generator.
    ForIter,
    Send,
}

/// Bits of [`Frame::rare`]: what a frame seldom has.
pub mod rare {
    /// A mapping of local names: class bodies, modules, `exec`.
    pub const LOCALS: u8 = 1;
    /// A frame object was made.
    pub const OBJECT: u8 = 2;
    /// A local was changed through `f_locals`: native code of this frame knows old values.
    pub const WRITTEN: u8 = 4;
}

#[repr(C)]
pub struct Frame {
    pub code: *const CodeObject,
    pub pc: Cell<*const u16>,
    pub sp: Cell<*mut u64>,
    pub prev: Cell<*mut Frame>,
    pub func: Obj,
    pub globals: ManuallyDrop<Obj>,
    pub builtins: ManuallyDrop<Obj>,
    pub target: Cell<*const u16>,
    pub returns: Cell<Returns>,
    /// Lives in a generator object.
    pub in_generator: Cell<bool>,
    pub rare: Cell<u8>,
    /// Units from the instruction of the frame below to where that goes on, when this one returns or yields to it.
    pub skip: Cell<u8>,
    locals: Cell<u64>,
    object: Cell<u64>,
    /// The generator that owns it. Not counted.
    pub generator: Cell<u64>,
}

pub const HEADER_WORDS: usize = size_of::<Frame>() / 8;

impl Frame {
    #[inline(always)]
    pub fn slots(this: *mut Frame) -> *mut u64 {
        (this as *mut u64).wrapping_add(HEADER_WORDS)
    }
    #[inline(always)]
    pub fn code<'a>(this: *const Frame) -> &'a CodeObject {
        // SAFETY: FRAME-4: `func` keeps the code alive while the frame lives; callers use it no longer.
        unsafe { &*(*this).code }
    }
    /// The code as a value.
    pub fn code_obj(this: *const Frame) -> Obj {
        // SAFETY: FRAME-4, OBJ-1: a code payload lies in a code object.
        unsafe { Obj::from_borrowed_ptr(((*this).code as usize - PAYLOAD) as *const Header) }
    }
    #[inline(always)]
    pub fn stack_base(this: *mut Frame) -> *mut u64 {
        Frame::slots(this).wrapping_add(Frame::code(this).nlocalsplus)
    }
    /// Unit index of the current instruction.
    pub fn unit(this: *const Frame) -> usize {
        // SAFETY: FRAME-2: pc points into the code's units.
        unsafe { (*this).pc.get().offset_from((*(*this).code).units_ptr()).max(0) as usize }
    }
    pub fn line(this: *const Frame) -> Option<i32> {
        Frame::code(this).line_at(Frame::unit(this))
    }

    /// # Safety
    /// `this` is live.
    unsafe fn rare_word(this: *const Frame, bit: u8) -> Option<Obj> {
        // SAFETY: FRAME-4: the flag says that the word is an owned value.
        unsafe {
            if (*this).rare.get() & bit == 0 {
                return None;
            }
            let w = if bit == rare::LOCALS { (*this).locals.get() } else { (*this).object.get() };
            Some(Obj::view(&w).clone())
        }
    }
    /// Replaces a rare word; gives what was there.
    ///
    /// # Safety
    /// `this` is live.
    unsafe fn set_rare(this: *mut Frame, bit: u8, value: Option<Obj>) -> Option<Obj> {
        // SAFETY: FRAME-4: flag and word change together.
        unsafe {
            let cell = if bit == rare::LOCALS { &(*this).locals } else { &(*this).object };
            let flags = (*this).rare.get();
            let old = if flags & bit != 0 { Some(Obj::from_raw(cell.get())) } else { None };
            match value {
                Some(v) => {
                    cell.set(v.into_raw());
                    (*this).rare.set(flags | bit);
                }
                None => (*this).rare.set(flags & !bit),
            }
            old
        }
    }
    /// Mapping of a class body, a module or `exec`; None for functions.
    pub fn locals(this: *const Frame) -> Option<Obj> {
        // SAFETY: callers hold a live frame.
        unsafe { Frame::rare_word(this, rare::LOCALS) }
    }
    pub fn set_locals(this: *mut Frame, value: Option<Obj>) {
        // SAFETY: as above.
        drop(unsafe { Frame::set_rare(this, rare::LOCALS, value) })
    }
    pub fn object(this: *const Frame) -> Option<Obj> {
        // SAFETY: as above.
        unsafe { Frame::rare_word(this, rare::OBJECT) }
    }
    pub fn set_object(this: *mut Frame, value: Option<Obj>) -> Option<Obj> {
        // SAFETY: as above.
        unsafe { Frame::set_rare(this, rare::OBJECT, value) }
    }

    /// Drops what the frame owns: slots, stack up to `sp`, the function, the rare words. Nothing but the caller reaches it any more.
    ///
    /// # Safety
    /// `this` is whole, and nothing runs or refers to it.
    pub unsafe fn clear(this: *mut Frame) {
        // SAFETY: FRAME-1, by contract.
        unsafe {
            drop_values(this);
            if (*this).rare.get() != 0 {
                Frame::set_locals(this, None);
                drop(Frame::set_object(this, None));
            }
        }
    }
}

/// Drops slots and stack, the newest first, and the function.
///
/// # Safety
/// As [`Frame::clear`].
#[inline(always)]
unsafe fn drop_values(this: *mut Frame) {
    // SAFETY: FRAME-1: each word is dropped once; nothing sees the frame meanwhile.
    unsafe {
        let (start, mut p) = (Frame::slots(this), (*this).sp.get());
        while p > start {
            p = p.sub(1);
            let w = *p;
            if w != 0 {
                drop(Obj::from_raw(w));
            }
        }
        std::ptr::drop_in_place(&raw mut (*this).func);
    }
}

/// Bytes of a thread's data stack; untouched pages cost nothing.
const STACK_BYTES: usize = 1 << 29;
/// Words at its end that `push` leaves free: frames of inlined calls may need them when compiled code is left.
pub const RESERVE_WORDS: usize = 8192;

/// Gives a thread its data stack; false when it has one already (and it is full) or there is no memory.
#[cold]
fn make_stack(vm: &Vm) -> bool {
    if !vm.stack_end.get().is_null() {
        return false;
    }
    let mut bytes = STACK_BYTES;
    let mut base = heap::alloc_plain(bytes) as *mut u64;
    // Where addresses are rationed a smaller stack has to do.
    while base.is_null() && bytes > 1 << 20 {
        bytes /= 4;
        base = heap::alloc_plain(bytes) as *mut u64;
    }
    if base.is_null() {
        return false;
    }
    vm.stack_base.set(base);
    vm.stack_top.set(base);
    vm.stack_end.set(base.wrapping_add(bytes / 8 - RESERVE_WORDS));
    true
}

/// Gives the data stack of a finished thread back.
pub fn free_data_stack(vm: &Vm) {
    let base = vm.stack_base.replace(std::ptr::null_mut());
    vm.stack_top.set(base);
    vm.stack_end.set(std::ptr::null_mut());
    if !base.is_null() {
        // SAFETY: the thread has no frames any more.
        unsafe { heap::free_plain(base as *mut u8) }
    }
}

/// A frame of a function on the data stack; slots are not initialised. RecursionError at the limit.
/// On success the frame owns the reference in `func`, which the caller gives up.
#[inline(always)]
pub fn push(vm: &Vm, func: &Obj, code: &CodeObject, returns: Returns, skip: u8) -> PyResult<*mut Frame> {
    if !has_room(vm, code) {
        make_room(vm, code)?;
    }
    // SAFETY: there is room; the exact function was checked by the caller.
    Ok(unsafe { push_unchecked(vm, func.bits(), code, returns, skip) })
}

/// Whether `push` of a frame of this code succeeds at once.
#[inline(always)]
pub fn has_room(vm: &Vm, code: &CodeObject) -> bool {
    let top = vm.stack_top.get().wrapping_add(HEADER_WORDS + code.frame_words);
    vm.depth.get() < Vm::recursion_limit() && top <= vm.stack_end.get()
}

/// As `push`, where there is room.
///
/// # Safety
/// `func` is a function with this code, and [`has_room`] was true just now.
#[inline(always)]
pub unsafe fn push_unchecked(vm: &Vm, func: u64, code: &CodeObject, returns: Returns, skip: u8) -> *mut Frame {
    let this = vm.stack_top.get();
    vm.stack_top.set(this.wrapping_add(HEADER_WORDS + code.frame_words));
    vm.depth.set(vm.depth.get() + 1);
    let this = this as *mut Frame;
    // SAFETY: fresh memory of HEADER_WORDS + frame_words; the rest by contract.
    unsafe {
        let f = &*((func as usize + PAYLOAD) as *const Function);
        (*this).code = code;
        (&raw mut (*this).pc).write(Cell::new(code.units_ptr()));
        (&raw mut (*this).sp).write(Cell::new(Frame::slots(this).add(code.nlocalsplus)));
        (&raw mut (*this).prev).write(Cell::new(vm.frame.get() as *mut Frame));
        (&raw mut (*this).func as *mut u64).write(func);
        (&raw mut (*this).globals as *mut u64).write(f.globals.obj().bits());
        (&raw mut (*this).builtins as *mut u64).write(f.builtins.bits());
        (&raw mut (*this).returns as *mut u64).write(returns as u64 | (skip as u64) << 24);
    }
    this
}

/// Room for the first frame of a thread; RecursionError otherwise.
#[cold]
#[inline(never)]
fn make_room(vm: &Vm, code: &CodeObject) -> PyResult<()> {
    if vm.depth.get() < Vm::recursion_limit() && make_stack(vm) && has_room(vm, code) {
        return Ok(());
    }
    Err(too_deep())
}

#[cold]
fn too_deep() -> adder_object::PyErr {
    error::recursion_error("maximum recursion depth exceeded")
}

/// Ends the topmost frame of the data stack: its object takes the contents when somebody else holds it, else all is dropped.
///
/// # Safety
/// `this` is the newest frame of `vm`'s data stack and `vm.frame` no longer points to it.
#[inline(always)]
pub unsafe fn pop(vm: &Vm, this: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        vm.depth.set(vm.depth.get() - 1);
        if (*this).rare.get() == 0 {
            drop_values(this)
        } else {
            pop_rare(vm, this)
        }
        vm.stack_top.set(this as *mut u64);
    }
}

#[cold]
unsafe fn pop_rare(vm: &Vm, this: *mut Frame) {
    // SAFETY: as `pop`.
    unsafe {
        if !detach(vm, this) {
            Frame::clear(this);
        }
    }
}

/// Leaves the topmost frame of the data stack, whose contents were moved away.
pub fn abandon(vm: &Vm, this: *mut Frame) {
    vm.depth.set(vm.depth.get() - 1);
    vm.stack_top.set(this as *mut u64);
}

/// Bytes of a copy of a frame.
pub fn bytes_of(this: *const Frame) -> usize {
    (HEADER_WORDS + Frame::code(this).frame_words) * 8
}

/// Moves a frame's contents to `copy`; the original is hollow afterwards: nothing in it is owned.
///
/// # Safety
/// `this` is live and not running, `sp` saved; `copy` has room for `bytes_of(this)`.
pub unsafe fn move_to(this: *mut Frame, copy: *mut Frame) {
    // SAFETY: by contract; the words in use move bit by bit.
    unsafe {
        let used = (*this).sp.get().offset_from(this as *mut u64).max(HEADER_WORDS as isize) as usize;
        std::ptr::copy_nonoverlapping(this as *const u64, copy as *mut u64, used);
        (*copy).sp.set((copy as *mut u64).add(used));
    }
}

/// Drops and frees a frame in a heap block of its own.
///
/// # Safety
/// `this` lies in such a block, and nothing uses it.
pub unsafe fn free_heap(this: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        Frame::clear(this);
        heap::free_plain(this as *mut u8);
    }
}

/// Visits the references of a frame that does not run.
///
/// # Safety
/// `this` is live and `sp` is up to date.
pub unsafe fn trace_frame(this: *const Frame, visit: &mut Visit<'_>) {
    // SAFETY: FRAME-1, FRAME-4.
    unsafe {
        let (mut p, end) = (Frame::slots(this as *mut Frame), (*this).sp.get());
        while p < end {
            if *p != 0 {
                visit(Obj::view(&*p));
            }
            p = p.add(1);
        }
        visit(&(*this).func);
        if (*this).rare.get() & rare::LOCALS != 0 {
            visit(Obj::view(&(*this).locals.get()));
        }
    }
}

/// The evaluation stack of a frame that reports an event; None for an entry that is NULL.
pub fn stack_values(this: *mut Frame) -> Vec<Option<Obj>> {
    let (mut p, mut found) = (Frame::stack_base(this), vec![]);
    // SAFETY: FRAME-1, EVAL-3: callers hold a live frame whose `sp` is saved.
    unsafe {
        while p < (*this).sp.get() {
            found.push((*p != 0).then(|| Obj::view(&*p).clone()));
            p = p.add(1);
        }
    }
    found
}

/// Empties slots and stack of a frame that does not run (`frame.clear()`).
pub fn clear_slots(this: *mut Frame) {
    // SAFETY: FRAME-1; words leave before their values are dropped.
    unsafe {
        let (mut p, end) = (Frame::slots(this), (*this).sp.get());
        (*this).sp.set(Frame::stack_base(this).min(end));
        while p < end {
            let w = std::mem::replace(&mut *p, 0);
            if w != 0 {
                drop(Obj::from_raw(w));
            }
            p = p.add(1);
        }
    }
}

/// The frame itself or the next one below that Python may see.
pub fn visible(this: *mut Frame) -> Option<*mut Frame> {
    if this.is_null() { None } else { Some(this) }
}

/// The running frame of a thread.
pub fn current(vm: &Vm) -> *mut Frame {
    vm.frame.get() as *mut Frame
}

/// Globals of the running frame.
pub fn current_globals(vm: &Vm) -> Option<Ref<Dict>> {
    let f = current(vm);
    // SAFETY: FRAME-2.
    if f.is_null() { None } else { unsafe { (*f).globals.downcast::<Dict>() } }
}

/// Builtins of the running frame.
pub fn current_builtins(vm: &Vm) -> Option<Obj> {
    let f = current(vm);
    if f.is_null() { None } else { Some(builtins_of(f)) }
}

/// The function payload of a frame.
pub fn function_of<'a>(this: *const Frame) -> Option<&'a Function> {
    // SAFETY: the frame keeps the function alive; callers use it no longer.
    unsafe {
        let f: &Obj = &(*this).func;
        if f.is_exact(&crate::function::FUNCTION) {
            Some(&*((f.bits() as usize + PAYLOAD) as *const Function))
        } else {
            None
        }
    }
}

pub fn globals_of(this: *mut Frame) -> Obj {
    // SAFETY: callers hold a live frame.
    unsafe { Obj::clone(&(*this).globals) }
}
pub fn builtins_of(this: *mut Frame) -> Obj {
    // SAFETY: as above.
    unsafe { Obj::clone(&(*this).builtins) }
}

/// The generator that a frame belongs to.
pub fn generator_of(this: *mut Frame) -> Option<Obj> {
    // SAFETY: a frame in a generator is owned by a live one.
    unsafe {
        if (*this).in_generator.get() {
            Some(Obj::from_borrowed_ptr((*this).generator.get() as *const Header))
        } else {
            None
        }
    }
}

/// The frame below.
pub fn previous(this: *mut Frame) -> *mut Frame {
    // SAFETY: null or a live frame.
    if this.is_null() { this } else { unsafe { (*this).prev.get() } }
}

/// (file name, line, function name) of a live frame.
pub fn describe(this: *mut Frame) -> Option<(Obj, i32, Obj)> {
    if this.is_null() {
        return None;
    }
    let c = Frame::code(this);
    Some((c.filename.clone(), Frame::line(this).unwrap_or(0), c.name.clone()))
}

// Native code reads and writes the header: its layout is fixed (see the table above).
const _: () = {
    assert!(offset_of!(Frame, code) == 0 && offset_of!(Frame, pc) == 8 && offset_of!(Frame, sp) == 16);
    assert!(offset_of!(Frame, prev) == 24 && offset_of!(Frame, func) == 32 && offset_of!(Frame, globals) == 40);
    assert!(offset_of!(Frame, builtins) == 48 && offset_of!(Frame, target) == 56 && offset_of!(Frame, returns) == 64);
    assert!(
        offset_of!(Frame, in_generator) == 65
            && offset_of!(Frame, rare) == 66
            && offset_of!(Frame, skip) == 67
            && offset_of!(Frame, locals) == 72
    );
    assert!(offset_of!(Frame, object) == 80 && offset_of!(Frame, generator) == 88 && size_of::<Frame>() == 96);
};
