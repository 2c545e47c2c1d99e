//! [`Frame`]: the activation record of the interpreter, on the thread's data stack or in a generator; [`FrameObject`], its Python face.
//!
//! ```text
//!  [ Frame header | slots: parameters, locals, cells, free variables | evaluation stack ]
//! ```
//! Invariants: FRAME-1: a slot or stack word is 0 or an owned value; stack words at and above `sp` are garbage. FRAME-2: `vm.frame` is
//! the running frame; `prev` links to the frame that resumes when it ends. FRAME-3: a frame object points to a live frame, or owns
//! a copy made when the frame ended.
//! CPython: Include/internal/pycore_interpframe.h, Objects/frameobject.c.

use crate::code::CodeObject;
use crate::function::Function;
use adder_mem::heap;
use adder_object::handle::PAYLOAD;
use adder_object::{Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Trace, TypeFlags, Visit, Vm, error, names};
use std::cell::Cell;

/// Who gets the result of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Returns {
    /// The frame below, as the result of its call instruction.
    Caller,
    /// The native caller of `run`.
    Native,
    /// The frame below gets the instance in `extra` (`__init__` of a class call).
    Init,
    /// The frame below is at a FOR_ITER / SEND of this generator.
    ForIter,
    Send,
}

#[repr(C)]
pub struct Frame {
    pub code: *const CodeObject,
    /// The instruction that runs, or at which the frame is suspended.
    pub pc: Cell<*const u16>,
    /// Saved while another frame runs.
    pub sp: Cell<*mut u64>,
    pub prev: Cell<*mut Frame>,
    /// The function, or the code object of a frame without one: keeps `code` alive. Owned.
    pub func: Obj,
    pub globals: Obj,
    pub builtins: Obj,
    /// Mapping of a class body or `exec`; empty for functions.
    pub locals: ObjCell,
    pub object: ObjCell,
    /// The instance under construction (Returns::Init).
    pub extra: ObjCell,
    pub returns: Cell<Returns>,
    /// Lives in a generator object.
    pub in_generator: Cell<bool>,
    /// The generator that owns it. Not counted.
    pub generator: Cell<u64>,
    /// Where the frame below goes on when a generator ends (Returns::ForIter, Returns::Send).
    pub target: Cell<*const u16>,
    pub words: usize,
}

const HEADER_WORDS: usize = size_of::<Frame>() / 8;

impl Frame {
    #[inline(always)]
    pub fn slots(this: *mut Frame) -> *mut u64 {
        (this as *mut u64).wrapping_add(HEADER_WORDS)
    }
    #[inline(always)]
    pub fn code<'a>(this: *const Frame) -> &'a CodeObject {
        // SAFETY: `func` keeps the code alive while the frame lives; callers use it no longer.
        unsafe { &*(*this).code }
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

    /// Drops the frame's references: slots, stack up to `sp`, header.
    ///
    /// # Safety
    /// `this` is a live frame that nothing runs or refers to any more.
    pub unsafe fn clear(this: *mut Frame) {
        // SAFETY: FRAME-1; each word is zeroed before its value is dropped.
        unsafe {
            let (start, mut p) = (Frame::slots(this), (*this).sp.get());
            while p > start {
                p = p.sub(1);
                let w = std::mem::replace(&mut *p, 0);
                if w != 0 {
                    drop(Obj::from_raw(w));
                }
            }
            std::ptr::drop_in_place(this);
        }
    }
}

/// Bytes of a thread's data stack; untouched pages cost nothing.
const STACK_BYTES: usize = 1 << 29;

/// The data stack of a thread: frames are pushed and popped in order.
pub struct DataStack {
    base: *mut u64,
    pub top: *mut u64,
    end: *mut u64,
}

/// The data stack of the thread that `vm` belongs to.
#[allow(clippy::mut_from_ref)]
pub fn data_stack(vm: &Vm) -> &mut DataStack {
    // SAFETY: `data_stack` holds null or a leaked box that this thread alone uses (freed by `free_data_stack`).
    unsafe {
        let p = vm.data_stack.get() as *mut DataStack;
        if !p.is_null() { &mut *p } else { new_data_stack(vm) }
    }
}

#[cold]
#[allow(clippy::mut_from_ref)]
fn new_data_stack(vm: &Vm) -> &mut DataStack {
    let base = heap::alloc_plain(STACK_BYTES) as *mut u64;
    let end = if base.is_null() { base } else { base.wrapping_add(STACK_BYTES / 8) };
    let stack = Box::leak(Box::new(DataStack { base, top: base, end }));
    vm.data_stack.set(stack as *mut DataStack as *const ());
    stack
}

/// Gives the data stack of a finished thread back.
pub fn free_data_stack(vm: &Vm) {
    let p = vm.data_stack.replace(std::ptr::null()) as *mut DataStack;
    if !p.is_null() {
        // SAFETY: the thread has no frames any more.
        unsafe {
            let s = Box::from_raw(p);
            if !s.base.is_null() {
                heap::free_plain(s.base as *mut u8);
            }
        }
    }
}

/// What a new frame runs.
pub struct NewFrame {
    pub code: *const CodeObject,
    pub func: Obj,
    pub globals: Obj,
    pub builtins: Obj,
    pub locals: Option<Obj>,
}

/// A frame on the data stack; slots are not initialised. RecursionError at the limit.
#[inline(always)]
pub fn push(vm: &Vm, new: NewFrame, returns: Returns) -> PyResult<*mut Frame> {
    let depth = vm.depth.get() + 1;
    if depth > Vm::recursion_limit() {
        return Err(too_deep());
    }
    let stack = data_stack(vm);
    // SAFETY: `code` is alive (kept by new.func).
    let words = unsafe { (*new.code).frame_words };
    let this = stack.top as *mut Frame;
    let top = stack.top.wrapping_add(HEADER_WORDS + words);
    if top > stack.end {
        return Err(too_deep());
    }
    stack.top = top;
    vm.depth.set(depth);
    init(this, new, returns, words, vm.frame.get() as *mut Frame);
    Ok(this)
}

#[inline(always)]
fn init(this: *mut Frame, new: NewFrame, returns: Returns, words: usize, prev: *mut Frame) {
    // SAFETY: fresh memory of HEADER_WORDS + words.
    unsafe {
        let pc = (*new.code).units_ptr();
        let nlocals = (*new.code).nlocalsplus;
        std::ptr::write(
            this,
            Frame {
                code: new.code,
                pc: Cell::new(pc),
                sp: Cell::new(Frame::slots(this).add(nlocals)),
                prev: Cell::new(prev),
                func: new.func,
                globals: new.globals,
                builtins: new.builtins,
                locals: ObjCell::from_option(new.locals),
                object: ObjCell::empty(),
                extra: ObjCell::empty(),
                returns: Cell::new(returns),
                in_generator: Cell::new(false),
                generator: Cell::new(0),
                target: Cell::new(std::ptr::null()),
                words,
            },
        );
    }
}

#[cold]
fn too_deep() -> adder_object::PyErr {
    error::recursion_error("maximum recursion depth exceeded")
}

/// Ends the topmost frame of the data stack: its object takes a copy when somebody else holds it, then all is dropped.
///
/// # Safety
/// `this` is the newest frame of `vm`'s data stack and `vm.frame` no longer points to it.
#[inline(always)]
pub unsafe fn pop(vm: &Vm, this: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        vm.depth.set(vm.depth.get() - 1);
        if (*this).object.is_some() {
            detach(vm, this);
        }
        Frame::clear(this);
        data_stack(vm).top = this as *mut u64;
    }
}

/// The frame ends while its frame object may live on: the object gets its own copy of slots and header.
///
/// # Safety
/// `this` is live, its stack part already dropped down to `sp`.
#[cold]
pub unsafe fn detach(vm: &Vm, this: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        let Some(object) = (*this).object.take() else { return };
        if object.refcount() == 1 {
            if let Some(f) = object.get::<FrameObject>() {
                f.frame.set(std::ptr::null_mut());
            }
            return;
        }
        let Some(f) = object.get::<FrameObject>() else { return };
        // A generator's frame has a caller only while it runs.
        if !(*this).in_generator.get() && !(*this).prev.get().is_null() && !f.back.is_some() {
            f.back.set_option(visible((*this).prev.get()).map(|p| object_of(vm, p)));
        }
        let copy = copy_to_heap(this);
        (*copy).prev.set(std::ptr::null_mut());
        f.frame.set(copy);
        f.owned.set(true);
    }
}

/// Moves a frame's contents to a heap block; the original keeps valid but empty references.
///
/// # Safety
/// `this` is live and not running.
pub unsafe fn copy_to_heap(this: *mut Frame) -> *mut Frame {
    // SAFETY: words are moved: slots of the original become 0, header references are cloned.
    unsafe {
        let words = (*this).words;
        let copy = heap::alloc_plain((HEADER_WORDS + words) * 8) as *mut Frame;
        let new = NewFrame {
            code: (*this).code,
            func: (*this).func.clone(),
            globals: (*this).globals.clone(),
            builtins: (*this).builtins.clone(),
            locals: (*this).locals.get(),
        };
        init(copy, new, (*this).returns.get(), words, (*this).prev.get());
        let used = (*this).sp.get().offset_from(Frame::slots(this)).max(0) as usize;
        for i in 0..used {
            *Frame::slots(copy).add(i) = std::mem::replace(&mut *Frame::slots(this).add(i), 0);
        }
        (*copy).sp.set(Frame::slots(copy).add(used));
        (*copy).pc.set((*this).pc.get());
        copy
    }
}

/// Drops and frees a frame in a heap block.
///
/// # Safety
/// `this` came from `copy_to_heap` and nothing uses it.
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
    // SAFETY: FRAME-1.
    unsafe {
        let (mut p, end) = (Frame::slots(this as *mut Frame), (*this).sp.get());
        while p < end {
            if *p != 0 {
                visit(Obj::view(&*p));
            }
            p = p.add(1);
        }
        for o in [&(*this).func, &(*this).globals, &(*this).builtins] {
            visit(o);
        }
        (*this).locals.trace(visit);
        (*this).extra.trace(visit);
    }
}

/// `frame` objects.
pub struct FrameObject {
    pub frame: Cell<*mut Frame>,
    /// The frame is a copy that belongs to this object.
    pub owned: Cell<bool>,
    /// The calling frame, fixed when the frame ends.
    pub back: ObjCell,
    pub trace: ObjCell,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// Names added through `f_locals` that are no local variables.
    pub extra_locals: ObjCell,
    /// Values replaced through `f_locals` while a borrowed reference may be in use.
    pub kept: std::cell::RefCell<Vec<Obj>>,
}
impl Trace for FrameObject {
    fn trace(&self, visit: &mut Visit<'_>) {
        for c in [&self.back, &self.trace, &self.extra_locals] {
            c.trace(visit)
        }
        self.kept.trace(visit);
        if self.owned.get() && !self.frame.get().is_null() {
            // SAFETY: FRAME-3: an owned copy does not run.
            unsafe { trace_frame(self.frame.get(), visit) }
        }
    }
    fn clear(&self) {
        for c in [&self.back, &self.trace, &self.extra_locals] {
            c.clear()
        }
        if self.owned.get() && !self.frame.get().is_null() {
            clear_slots(self.frame.get());
        }
    }
}
impl Drop for FrameObject {
    fn drop(&mut self) {
        if self.owned.get() && !self.frame.get().is_null() {
            // SAFETY: FRAME-3.
            unsafe { free_heap(self.frame.get()) }
        }
    }
}
pub static FRAME: StaticType = StaticType::new::<FrameObject>("frame", TypeFlags::GC);
adder_object::payload!(FrameObject, FRAME);

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

/// The frame object of a live frame, made once.
pub fn object_of(_: &Vm, this: *mut Frame) -> Obj {
    // SAFETY: FRAME-2: `this` is live.
    unsafe {
        if let Some(o) = (*this).object.get() {
            return o;
        }
        let o = Ref::new(FrameObject {
            frame: Cell::new(this),
            owned: Cell::new(false),
            back: ObjCell::empty(),
            trace: ObjCell::empty(),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            extra_locals: ObjCell::empty(),
            kept: Default::default(),
        })
        .into_obj();
        (*this).object.set(o.clone());
        o
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

/// The function payload of a frame, when it has one.
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

/// `locals()`: the mapping of module and class frames, a fresh dict of the bound variables of a function frame.
pub fn locals_snapshot(this: *mut Frame) -> PyResult {
    use adder_isa::code::{co, slot};
    let code = Frame::code(this);
    // SAFETY: FRAME-1, FRAME-2.
    unsafe {
        if code.flags & co::OPTIMIZED == 0
            && let Some(l) = (*this).locals.get()
        {
            return Ok(l);
        }
        let d = Dict::new();
        for i in 0..code.nlocalsplus {
            let kind = code.code.localspluskinds[i];
            if kind & slot::HIDDEN != 0 && code.flags & co::OPTIMIZED == 0 {
                continue;
            }
            if let Some(v) = variable(this, i) {
                d.set_name(&code.localsplusnames[i], v);
            }
        }
        let extra = (*this).object.get().and_then(|o| o.get::<FrameObject>().and_then(|f| f.extra_locals.get()));
        if let Some(extra) = extra.and_then(|e| e.downcast::<Dict>()) {
            d.update_from(Vm::current(), &extra)?;
        }
        Ok(d.into_obj())
    }
}

/// The value of variable `i` of a frame, through its cell where it has one.
pub fn variable(this: *mut Frame, i: usize) -> Option<Obj> {
    use adder_isa::code::slot;
    let kind = Frame::code(this).code.localspluskinds[i];
    // SAFETY: FRAME-1.
    let v = unsafe {
        let w = *Frame::slots(this).add(i);
        if w == 0 {
            return None;
        }
        Obj::view(&w).clone()
    };
    if kind & (slot::CELL | slot::FREE) != 0
        && let Some(c) = v.get_exact::<adder_object::Cell>()
    {
        return c.value.get();
    }
    Some(v)
}

/// Gives variable `i` a value, through its cell where it has one. The old value stays alive with the frame object: the
/// evaluation stack may hold it as a borrowed reference.
pub fn set_variable(object: &FrameObject, this: *mut Frame, i: usize, value: Obj) {
    use adder_isa::code::slot;
    let kind = Frame::code(this).code.localspluskinds[i];
    // SAFETY: FRAME-1: the slot is 0 or an owned value; the new value is owned by the slot from here on.
    let old = unsafe {
        let p = Frame::slots(this).add(i);
        if *p != 0
            && kind & (slot::CELL | slot::FREE) != 0
            && let Some(c) = Obj::view(&*p).get_exact::<adder_object::Cell>()
        {
            c.value.set(value);
            return;
        }
        let old = std::mem::replace(&mut *p, value.into_raw());
        if old == 0 {
            return;
        }
        Obj::from_raw(old)
    };
    if !object.owned.get() {
        object.kept.borrow_mut().push(old);
    }
}

/// What `super()` means in the running frame: the `__class__` cell's class, the first argument.
pub fn super_args(vm: &Vm) -> PyResult<(Obj, Obj)> {
    use adder_isa::code::slot;
    let missing = |text: &str| Err(error::runtime_error(format!("super(): {text}")));
    let f = current(vm);
    if f.is_null() {
        return missing("no current frame");
    }
    let code = Frame::code(f);
    if code.code.argcount == 0 {
        return missing("no arguments");
    }
    let Some(first) = variable(f, 0) else { return missing("arg[0] deleted") };
    let cell = (0..code.nlocalsplus)
        .find(|&i| code.code.localspluskinds[i] & slot::FREE != 0 && code.localsplusnames[i].is(&names().__class__));
    match cell.map(|i| variable(f, i)) {
        None => missing("__class__ cell not found"),
        Some(None) => missing("empty __class__ cell"),
        Some(Some(class)) => Ok((class, first)),
    }
}

/// `frame.f_back`.
pub fn back(vm: &Vm, f: &FrameObject) -> PyResult {
    let none = adder_object::singletons::none;
    if f.owned.get() || f.frame.get().is_null() {
        return Ok(f.back.get().unwrap_or_else(none));
    }
    // SAFETY: FRAME-3: the frame is live.
    let prev = unsafe { (*f.frame.get()).prev.get() };
    Ok(visible(prev).map_or_else(none, |p| object_of(vm, p)))
}

pub fn globals_of(this: *mut Frame) -> Obj {
    // SAFETY: callers hold a live frame.
    unsafe { (*this).globals.clone() }
}
pub fn builtins_of(this: *mut Frame) -> Obj {
    // SAFETY: as above.
    unsafe { (*this).builtins.clone() }
}

/// The generator that a frame belongs to.
pub fn generator_of(this: *mut Frame) -> Option<Obj> {
    // SAFETY: a frame in a generator is owned by a live one.
    unsafe {
        let p = (*this).generator.get();
        if p == 0 || !(*this).in_generator.get() {
            None
        } else {
            Some(Obj::from_borrowed_ptr(p as *const adder_mem::Header))
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

/// File and function name of a frame object.
pub fn file_and_name(o: &Obj) -> (String, String) {
    let text = adder_object::ops::text;
    match o.get::<FrameObject>().map(|f| f.frame.get()) {
        Some(f) if !f.is_null() => (text(&Frame::code(f).filename), text(&Frame::code(f).name)),
        _ => Default::default(),
    }
}
