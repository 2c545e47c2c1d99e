//! [`FrameObject`]: the Python face of a [`Frame`], and what Python sees of a frame's variables.
//!
//! Invariant: FRAME-3: a frame object points to a live frame, or owns a copy made when the frame ended.
//! CPython: Objects/frameobject.c.
#![allow(unsafe_code)]

use crate::frame::{self, Frame, clear_slots, current, free_heap, trace_frame, visible};
use adder_mem::heap;
use adder_object::{Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Trace, TypeFlags, Visit, Vm, error, names};
use std::cell::Cell;

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

/// The frame object of a live frame, made once.
pub fn object_of(_: &Vm, this: *mut Frame) -> Obj {
    if let Some(o) = Frame::object(this) {
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
    drop(Frame::set_object(this, Some(o.clone())));
    o
}

/// Whether `f_locals` of a frame is its mapping: in modules and classes, unless an inlined comprehension has variables there.
pub fn has_mapping(this: *mut Frame) -> bool {
    use adder_isa::code::{co, slot};
    let code = Frame::code(this);
    let hidden = |i: usize| code.code.localspluskinds[i] & slot::HIDDEN != 0 && variable(this, i).is_some();
    code.flags & co::OPTIMIZED == 0 && !(0..code.nlocalsplus).any(hidden)
}

/// `locals()`: the mapping of module and class frames, a fresh dict of the bound variables of a function frame.
pub fn locals_snapshot(this: *mut Frame) -> PyResult {
    let code = Frame::code(this);
    if has_mapping(this)
        && let Some(l) = Frame::locals(this)
    {
        return Ok(l);
    }
    let d = Dict::new();
    for i in 0..code.nlocalsplus {
        if let Some(v) = variable(this, i) {
            d.set_name(&code.localsplusnames[i], v);
        }
    }
    let extra = Frame::object(this).and_then(|o| o.get::<FrameObject>().and_then(|f| f.extra_locals.get()));
    if let Some(extra) = extra.and_then(|e| e.downcast::<Dict>()) {
        d.update_from(Vm::current(), &extra)?;
    }
    Ok(d.into_obj())
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
        // SAFETY: callers pass a live frame.
        unsafe { (*this).rare.set((*this).rare.get() | frame::rare::WRITTEN) }
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

/// File and function name of a frame object.
pub fn file_and_name(o: &Obj) -> (String, String) {
    let text = adder_object::ops::text;
    match o.get::<FrameObject>().map(|f| f.frame.get()) {
        Some(f) if !f.is_null() => (text(&Frame::code(f).filename), text(&Frame::code(f).name)),
        _ => Default::default(),
    }
}

/// The frame ends while its frame object may live on: then the object gets the contents, and the frame is hollow (true).
///
/// # Safety
/// `this` is live, its stack part already dropped down to `sp`.
#[cold]
pub unsafe fn detach(vm: &Vm, this: *mut Frame) -> bool {
    // SAFETY: by contract.
    unsafe {
        let Some(object) = Frame::set_object(this, None) else { return false };
        let Some(f) = object.get::<FrameObject>() else { return false };
        if object.refcount() == 1 {
            f.frame.set(std::ptr::null_mut());
            return false;
        }
        // A generator's frame has a caller only while it runs.
        if !(*this).in_generator.get() && !(*this).prev.get().is_null() && !f.back.is_some() {
            f.back.set_option(visible((*this).prev.get()).map(|p| object_of(vm, p)));
        }
        let copy = heap::alloc_plain(frame::bytes_of(this)) as *mut Frame;
        frame::move_to(this, copy);
        (*copy).prev.set(std::ptr::null_mut());
        (*copy).in_generator.set(false);
        f.frame.set(copy);
        f.owned.set(true);
        true
    }
}
