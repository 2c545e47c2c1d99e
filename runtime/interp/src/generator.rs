//! [`Generator`]: generators, coroutines and async generators: a frame that lives in an object and is resumed.
//!
//! Invariants: GEN-1: while suspended the generator owns its heap frame; while running the frame is linked into the thread's frames and
//! `prev_running` into its chain of generators. GEN-2: `handled` holds what the body was handling when it was suspended.
//! CPython: Objects/genobject.c.
#![allow(unsafe_code)]

pub mod chain;

use crate::eval::{self, Exit};
use crate::frame::{self, Frame, Returns};
use crate::function::Function;
use crate::native;
use adder_isa::code::co;
use adder_mem::Header;
use adder_object::handle::{PAYLOAD, allocate};
use adder_object::slots::Sent;
use adder_object::{
    Obj, ObjCell, ObjExt, PyErr, PyResult, StaticType, Trace, Type, TypeFlags, Visit, Vm, error, exceptions as exc,
    singletons,
};
use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Created,
    Suspended,
    Running,
    Finished,
}

pub struct Generator {
    pub frame: Cell<*mut Frame>,
    pub state: Cell<State>,
    /// Names that are not those of its code.
    name: ObjCell,
    qualname: ObjCell,
    pub code: Obj,
    handled: ObjCell,
    caller_handled: ObjCell,
    prev_running: Cell<*const Generator>,
    /// Where a coroutine was created (`cr_origin`).
    pub origin: ObjCell,
    /// Async generators: hooks, `aclose` state.
    pub finalizer: ObjCell,
    pub hooks_inited: Cell<bool>,
    pub closed: Cell<bool>,
    pub running_async: Cell<bool>,
}

impl Trace for Generator {
    fn trace(&self, visit: &mut Visit<'_>) {
        for c in [&self.name, &self.qualname, &self.handled, &self.origin, &self.finalizer] {
            c.trace(visit)
        }
        self.caller_handled.trace(visit);
        visit(&self.code);
        let f = self.frame.get();
        if !f.is_null() && self.state.get() != State::Running {
            // SAFETY: GEN-1: a suspended frame is whole.
            unsafe { frame::trace_frame(f, visit) }
        }
    }
    fn clear(&self) {
        if !matches!(self.state.get(), State::Running | State::Finished) {
            self.state.set(State::Finished);
            release_frame(self);
        }
        for c in [&self.handled, &self.origin, &self.finalizer] {
            c.clear()
        }
    }
}
impl Drop for Generator {
    fn drop(&mut self) {
        release_frame(self)
    }
}

const FLAGS: u64 = TypeFlags::GC | TypeFlags::MANAGED_WEAKREF;
pub static GENERATOR: StaticType = StaticType::new::<Generator>("generator", FLAGS);
pub static COROUTINE: StaticType = StaticType::new::<Generator>("coroutine", FLAGS);
pub static ASYNC_GENERATOR: StaticType = StaticType::new::<Generator>("async_generator", FLAGS);
adder_object::payload!(Generator, GENERATOR);

/// The payload of any of the three types.
#[inline(always)]
pub fn payload(o: &Obj) -> Option<&Generator> {
    if !o.is_ptr() {
        return None;
    }
    let t = o.ty();
    if t.is(&GENERATOR) || t.is(&COROUTINE) || t.is(&ASYNC_GENERATOR) {
        // SAFETY: OBJ-1: the three types share the payload.
        return Some(unsafe { &*((o.bits() as usize + PAYLOAD) as *const Generator) });
    }
    None
}

/// Whether a dying generator of one of the three types needs no finalizer.
fn is_over(p: *const Header) -> bool {
    // SAFETY: OBJ-1: set for the three types alone.
    let (g, ty) = unsafe { (&*((p as usize + PAYLOAD) as *const Generator), (*p).type_ptr()) };
    match g.state.get() {
        State::Finished => true,
        State::Created => ty == GENERATOR.object_ptr_const(),
        _ => false,
    }
}

/// Lets memory management know when finalizers have nothing to do.
pub fn set_up() {
    for t in [&GENERATOR, &COROUTINE, &ASYNC_GENERATOR] {
        t.head.nothing_to_finalize.set(Some(is_over));
    }
}

fn release_frame(g: &Generator) {
    let f = g.frame.replace(std::ptr::null_mut());
    if f.is_null() {
        return;
    }
    // SAFETY: GEN-1: the frame is not running; its object (if any) takes the contents. The memory is part of the generator.
    unsafe {
        (*f).prev.set(std::ptr::null_mut());
        if (*f).rare.get() & frame::rare::OBJECT == 0 || !frame::detach(Vm::current(), f) {
            Frame::clear(f);
        }
    }
}

fn static_type(flags: u32) -> &'static Type {
    if flags & co::COROUTINE != 0 {
        &COROUTINE
    } else if flags & co::ASYNC_GENERATOR != 0 {
        &ASYNC_GENERATOR
    } else {
        &GENERATOR
    }
}

/// A name of the function that is not the one of its code.
fn other_name(of_function: Option<&ObjCell>, of_code: &Obj) -> ObjCell {
    match of_function {
        Some(n) if !n.with(|n| n.is_none_or(|n| n.is(of_code))) => {
            ObjCell::new(n.get().unwrap_or_else(singletons::none))
        }
        _ => ObjCell::empty(),
    }
}
impl Generator {
    pub fn name(&self) -> Obj {
        self.name.get().unwrap_or_else(|| code_of(self).name.clone())
    }
    pub fn qualname(&self) -> Obj {
        self.qualname.get().unwrap_or_else(|| code_of(self).qualname.clone())
    }
    pub fn set_name(&self, name: Obj) {
        self.name.set(name)
    }
    pub fn set_qualname(&self, name: Obj) {
        self.qualname.set(name)
    }
}
fn code_of(g: &Generator) -> &crate::code::CodeObject {
    // SAFETY: the field holds a code object.
    unsafe { &*((g.code.bits() as usize + PAYLOAD) as *const crate::code::CodeObject) }
}

/// RETURN_GENERATOR: moves the contents of the running frame into a new generator object, whose memory ends with the frame.
///
/// # Safety
/// `this` is the newest frame of the data stack, its registers saved.
pub unsafe fn from_frame(_: &Vm, this: *mut Frame) -> Obj {
    // SAFETY: by contract.
    unsafe {
        let code = Frame::code(this);
        let f: Option<&Function> = frame::function_of(this);
        let ty = static_type(code.flags);
        let p = allocate(ty, frame::bytes_of(this));
        let copy = (p as usize + PAYLOAD + size_of::<Generator>()) as *mut Frame;
        let g = Generator {
            frame: Cell::new(copy),
            state: Cell::new(State::Created),
            name: other_name(f.map(|f| &f.name), &code.name),
            qualname: other_name(f.map(|f| &f.qualname), &code.qualname),
            code: Frame::code_obj(this),
            handled: ObjCell::empty(),
            caller_handled: ObjCell::empty(),
            prev_running: Cell::new(std::ptr::null()),
            origin: ObjCell::empty(),
            finalizer: ObjCell::empty(),
            hooks_inited: Cell::new(false),
            closed: Cell::new(false),
            running_async: Cell::new(false),
        };
        frame::move_to(this, copy);
        // Linked again when it runs; until then the caller may end.
        (*copy).prev.set(std::ptr::null_mut());
        (*copy).in_generator.set(true);
        (*copy).generator.set(p as u64);
        std::ptr::write((p as usize + PAYLOAD) as *mut Generator, g);
        Obj::from_ptr(p)
    }
}

/// The generator payload of a frame that lives in one.
pub fn of_frame<'a>(this: *const Frame) -> Option<&'a Generator> {
    // SAFETY: the generator outlives its running frame (the resumer holds it).
    unsafe {
        if !(*this).in_generator.get() {
            return None;
        }
        Some(&*(((*this).generator.get() as usize + PAYLOAD) as *const Generator))
    }
}

/// Marks a generator running and links its frame above the current one. The caller checked that it is resumable.
#[inline]
pub fn begin(vm: &Vm, g: &Generator, (returns, skip): (Returns, u8)) -> *mut Frame {
    let f = g.frame.get();
    g.state.set(State::Running);
    if g.handled.is_some() || vm.handled.is_some() {
        // A suspended generator keeps nothing for a caller: what is replaced there is empty.
        std::mem::forget(g.caller_handled.replace(vm.handled.replace(g.handled.take())));
    }
    g.prev_running.set(vm.running_generator.get() as *const Generator);
    vm.running_generator.set(g as *const Generator as *const ());
    // SAFETY: GEN-1: a suspended frame is whole.
    unsafe {
        (*f).prev.set(vm.frame.get() as *mut Frame);
        (*f).returns.set(returns);
        (*f).skip.set(skip);
    }
    vm.depth.set(vm.depth.get() + 1);
    f
}

#[inline(always)]
fn end(vm: &Vm, g: &Generator) {
    if vm.handled.is_some() || g.caller_handled.is_some() {
        // `begin` emptied `handled`, which nothing fills while the generator runs.
        std::mem::forget(g.handled.replace(vm.handled.replace(g.caller_handled.take())));
    }
    vm.running_generator.set(g.prev_running.replace(std::ptr::null()) as *const ());
    vm.depth.set(vm.depth.get() - 1);
}

/// The running generator yields: unlinks its frame, whose registers are saved.
#[inline]
pub fn suspend(vm: &Vm, this: *mut Frame) {
    let Some(g) = of_frame(this) else { return };
    g.state.set(State::Suspended);
    end(vm, g);
    // SAFETY: the frame below is alive.
    unsafe { vm.frame.set((*this).prev.replace(std::ptr::null_mut()) as *const ()) }
}

/// The running generator's frame ends, by return or exception.
pub fn finish(vm: &Vm, this: *mut Frame) {
    let Some(g) = of_frame(this) else { return };
    g.state.set(State::Finished);
    end(vm, g);
    // SAFETY: as in `suspend`.
    unsafe { vm.frame.set((*this).prev.get() as *const ()) }
    drop(g.handled.take());
    release_frame(g);
}

/// The nearest exception being handled below running generators.
pub fn outer_handled(vm: &Vm) -> Option<Obj> {
    let mut g = vm.running_generator.get() as *const Generator;
    while !g.is_null() {
        // SAFETY: running generators are held by whoever resumed them.
        unsafe {
            if let Some(o) = (*g).caller_handled.get().filter(|o| !o.is_none()) {
                return Some(o);
            }
            g = (*g).prev_running.get();
        }
    }
    None
}

fn kind(o: &Obj) -> &'static str {
    if o.is_exact(&COROUTINE) {
        "coroutine"
    } else if o.is_exact(&ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

#[cold]
fn already_running(o: &Obj) -> PyErr {
    error::value_error(format!("{} already executing", kind(o)))
}

/// Checks before a resumption with `value`: Ok(false) when the generator is finished.
pub fn check_resumable(o: &Obj, g: &Generator, value: &Obj) -> PyResult<bool> {
    match g.state.get() {
        State::Running => Err(already_running(o)),
        State::Finished => {
            if o.is_exact(&COROUTINE) {
                return Err(error::runtime_error("cannot reuse already awaited coroutine"));
            }
            Ok(false)
        }
        State::Created if !value.is_none() => {
            Err(error::type_error(format!("can't send non-None value to a just-started {}", kind(o))))
        }
        _ => Ok(true),
    }
}

/// Resumes with a value (`send`), from native code.
pub fn send(vm: &Vm, o: &Obj, value: &Obj) -> PyResult<Sent> {
    let g = payload(o).ok_or_else(|| error::type_error("not a generator"))?;
    if !check_resumable(o, g, value)? {
        return Ok(Sent::Return(singletons::none()));
    }
    let held = o.clone();
    let sent = |r: Resumed| match r {
        // SAFETY: NATIVE-2: owned values.
        Resumed::Yielded(w) => Ok(Sent::Yield(unsafe { Obj::from_raw(w) })),
        // SAFETY: as above.
        Resumed::Ended(w) => Ok(Sent::Return(unsafe { Obj::from_raw(w) })),
        Resumed::Failed => Err(native::take_error()),
    };
    let chained = g.state.get() == State::Suspended && chain::delegates(g) && value.is_none();
    if let Some(r) = chained.then(|| chain::resume_innermost(vm, g)).flatten() {
        drop(held);
        return sent(r);
    }
    let r = match compiled(g) {
        Some(entry) => {
            vm.check_stack("")?;
            sent(resume_compiled(vm, g, entry, value.clone()))
        }
        None => resume_interpreted(vm, g, value.clone()),
    };
    drop(held);
    r
}

/// Resumes a generator in the interpreter; it is resumable, and held by the caller.
fn resume_interpreted(vm: &Vm, g: &Generator, value: Obj) -> PyResult<Sent> {
    let f = begin(vm, g, eval::NATIVE);
    push_value(f, value);
    eval::run_resumed(vm, f, None).map(exit_to_sent)
}

/// The machine code of a generator's body.
#[inline(always)]
fn compiled(g: &Generator) -> Option<native::Entry> {
    Frame::code(g.frame.get()).tier.entry.get()
}

/// What machine code gets of a generator that it resumed.
pub enum Resumed {
    /// The word it yielded.
    Yielded(u64),
    /// The word it returned.
    Ended(u64),
    /// The error is pending.
    Failed,
}

/// Resumes a generator or coroutine whose body is machine code, for machine code; None when it is to be resumed the long way. The
/// caller holds it, and lends the value.
#[inline(always)]
pub fn resume_directly(vm: &Vm, o: &Obj, value: u64) -> Option<Resumed> {
    if !o.is_exact(&GENERATOR) && !o.is_exact(&COROUTINE) {
        return None;
    }
    let g = payload(o)?;
    match g.state.get() {
        State::Suspended => {}
        State::Created if value == singletons::none_ref().bits() => {}
        _ => return None,
    }
    if g.state.get() == State::Suspended
        && chain::delegates(g)
        && value == singletons::none_ref().bits()
        && let Some(r) = chain::resume_innermost(vm, g)
    {
        return Some(r);
    }
    let entry = compiled(g)?;
    if vm.depth.get() >= Vm::recursion_limit() || vm.check_stack("").is_err() {
        return None;
    }
    // SAFETY: the word is a value that the caller holds.
    Some(resume_compiled(vm, g, entry, unsafe { Obj::view(&value).clone() }))
}

/// Resumes a generator in machine code; it is resumable, and held by the caller.
#[inline(always)]
fn resume_compiled(vm: &Vm, g: &Generator, entry: native::Entry, value: Obj) -> Resumed {
    let fresh = g.state.get() == State::Created;
    let f = begin(vm, g, (Returns::Compiled, 0));
    // SAFETY: GEN-1: suspended frames are at RETURN_GENERATOR, behind which POP_TOP takes the value, or at a YIELD_VALUE; RESUME follows.
    // NATIVE-1: the frame is whole and current.
    let word = unsafe {
        let at = (*f).pc.get();
        if fresh {
            (*f).pc.set(at.add(2));
        } else {
            push_value(f, value);
            (*f).pc.set(at.add(1));
        }
        vm.frame.set(f as *const ());
        entry(vm, f)
    };
    match word {
        0 => Resumed::Failed,
        w if g.state.get() == State::Suspended => Resumed::Yielded(w),
        w => Resumed::Ended(w),
    }
}

/// Puts the sent value on the suspended frame's stack.
#[inline(always)]
pub fn push_value(f: *mut Frame, value: Obj) {
    // SAFETY: FRAME-1: the compiler counted the slot of the sent value.
    unsafe {
        let sp = (*f).sp.get();
        *sp = value.into_raw();
        (*f).sp.set(sp.add(1));
    }
}

/// `next(gen)`.
pub fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    // SAFETY: NATIVE-2: owned values.
    let value = |w: u64| unsafe { Obj::from_raw(w) };
    // Whoever iterates holds the generator.
    let waits = |g: &&Generator| match g.state.get() {
        State::Suspended => !chain::delegates(g),
        state => state == State::Created,
    };
    let ended = if let Some(g) = payload(o).filter(waits).filter(|g| compiled(g).is_none()) {
        resume_interpreted(vm, g, singletons::none())?
    } else {
        match resume_directly(vm, o, singletons::none_ref().bits()) {
            Some(Resumed::Yielded(w)) => return Ok(Some(value(w))),
            Some(Resumed::Failed) => return Err(native::take_error()),
            Some(Resumed::Ended(w)) => Sent::Return(value(w)),
            None => send(vm, o, singletons::none_ref())?,
        }
    };
    match ended {
        Sent::Yield(v) => Ok(Some(v)),
        Sent::Return(v) if v.is_none() => Ok(None),
        Sent::Return(v) => Err(error::stop_iteration(v)),
    }
}

/// What the generator delegates to (`gi_yieldfrom`): the receiver of the SEND it is suspended in.
pub fn delegate(g: &Generator) -> Option<Obj> {
    if g.state.get() != State::Suspended {
        return None;
    }
    let f = g.frame.get();
    // SAFETY: GEN-1: suspended at a YIELD_VALUE, arg 1 when inside `yield from` or `await`; the receiver is on top.
    unsafe {
        let pc = (*f).pc.get();
        if Frame::code(f).op_at(pc) != adder_isa::Opcode::YIELD_VALUE || *pc >> 8 & 1 == 0 {
            return None;
        }
        let sp = (*f).sp.get();
        let w = *sp.sub(1);
        if w == 0 { None } else { Some(Obj::view(&w).clone()) }
    }
}

/// Whether a suspended generator stands in no `try` or `with`: its RESUME says so.
fn outside_blocks(g: &Generator) -> bool {
    /// Bit of RESUME's argument: the only handler is the generator's own.
    const DEPTH_ONE: u16 = 4;
    let f = g.frame.get();
    // SAFETY: GEN-1: suspended at a YIELD_VALUE, which RESUME follows.
    unsafe {
        let (pc, code) = ((*f).pc.get(), Frame::code(f));
        code.op_at(pc).base() == adder_isa::Opcode::YIELD_VALUE
            && code.op_at(pc.add(1)).base() == adder_isa::Opcode::RESUME
            && *pc.add(1) >> 8 & DEPTH_ONE != 0
    }
}

/// Raises an exception inside the generator (`throw`).
pub fn throw(vm: &Vm, o: &Obj, e: PyErr) -> PyResult<Sent> {
    let given = [e.obj().clone()];
    throw_given(vm, o, e, &given)
}

/// As `throw`, of what a program gave to it: a delegate that is no generator gets these arguments as they are.
pub fn throw_given(vm: &Vm, o: &Obj, e: PyErr, given: &[Obj]) -> PyResult<Sent> {
    let g = payload(o).ok_or_else(|| error::type_error("not a generator"))?;
    if g.state.get() == State::Running {
        return Err(already_running(o));
    }
    vm.check_stack(" in throw()")?;
    if let Some(inner) = delegate(g) {
        return throw_delegate(vm, o, g, &inner, e, given);
    }
    throw_here(vm, o, g, e)
}

fn throw_here(vm: &Vm, o: &Obj, g: &Generator, e: PyErr) -> PyResult<Sent> {
    match g.state.get() {
        State::Finished => {
            if o.is_exact(&COROUTINE) {
                return Err(error::runtime_error("cannot reuse already awaited coroutine"));
            }
            return Err(e);
        }
        State::Created => {
            let held = o.clone();
            let f = begin(vm, g, eval::NATIVE);
            let r = eval::run_resumed(vm, f, Some(e));
            drop(held);
            return r.map(exit_to_sent);
        }
        _ => {}
    }
    let held = o.clone();
    let f = begin(vm, g, eval::NATIVE);
    let r = eval::run_resumed(vm, f, Some(e));
    drop(held);
    r.map(exit_to_sent)
}

fn exit_to_sent(e: Exit) -> Sent {
    match e {
        Exit::Yield(v) => Sent::Yield(v),
        Exit::Return(v) => Sent::Return(v),
    }
}

/// Runs something inside the delegate: meanwhile the generator counts as running and its frame is in the chain of frames.
fn delegating<T>(vm: &Vm, g: &Generator, run: impl FnOnce() -> T) -> T {
    let (f, below) = (g.frame.get(), vm.frame.get());
    g.state.set(State::Running);
    g.caller_handled.set_option(vm.handled.replace(g.handled.take()));
    g.prev_running.set(vm.running_generator.replace(g as *const Generator as *const ()) as *const Generator);
    // SAFETY: the frame is alive while its generator is suspended, and `run` cannot resume a running generator.
    unsafe { (*f).prev.set(below as *mut Frame) };
    vm.frame.set(f as *const ());
    let r = run();
    vm.frame.set(below);
    g.handled.set_option(vm.handled.replace(g.caller_handled.take()));
    vm.running_generator.set(g.prev_running.replace(std::ptr::null()) as *const ());
    // SAFETY: as above.
    unsafe { (*f).prev.set(std::ptr::null_mut()) };
    g.state.set(State::Suspended);
    r
}

/// `throw` into a generator that delegates: the inner iterator gets it first.
fn throw_delegate(vm: &Vm, o: &Obj, g: &Generator, inner: &Obj, e: PyErr, given: &[Obj]) -> PyResult<Sent> {
    if e.is(&exc::GENERATOR_EXIT) {
        let closed = delegating(vm, g, || close_iterator(vm, inner));
        return throw_here(vm, o, g, closed.err().unwrap_or(e));
    }
    let result = if payload(inner).is_some() {
        delegating(vm, g, || throw_given(vm, inner, e, given))
    } else {
        let Some(f) = adder_object::attr::lookup_str(vm, inner, "throw")? else { return throw_here(vm, o, g, e) };
        match delegating(vm, g, || adder_object::call::call_pos(vm, &f, given)) {
            Ok(v) => Ok(Sent::Yield(v)),
            Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Sent::Return(stop_value(&e))),
            Err(e) => Err(e),
        }
    };
    match result {
        Ok(Sent::Yield(v)) => Ok(Sent::Yield(v)),
        Ok(Sent::Return(v)) => {
            // The delegation is over: the generator goes on with the value, as if SEND had returned it.
            finish_delegation(g);
            let held = o.clone();
            let f = begin(vm, g, eval::NATIVE);
            push_value(f, v);
            let r = eval::run_resumed(vm, f, None);
            drop(held);
            r.map(exit_to_sent)
        }
        Err(e) => throw_here(vm, o, g, e),
    }
}

/// Drops the receiver and moves the frame behind its SEND, to END_SEND with NULL below the value.
fn finish_delegation(g: &Generator) {
    let f = g.frame.get();
    // SAFETY: GEN-1; the units after YIELD_VALUE are RESUME and JUMP_BACKWARD_NO_INTERRUPT to the SEND, whose jump leads to END_SEND.
    unsafe { eval::skip_delegation(f) }
}

/// The value of a StopIteration.
pub fn stop_value(e: &PyErr) -> Obj {
    e.exception().and_then(|b| b.field(0)).unwrap_or_else(singletons::none)
}

/// `close()` of whatever a generator delegates to.
fn close_iterator(vm: &Vm, inner: &Obj) -> PyResult<()> {
    if payload(inner).is_some() {
        return close(vm, inner);
    }
    match adder_object::attr::lookup_str(vm, inner, "close") {
        Ok(Some(f)) => adder_object::call::call0(vm, &f).map(drop),
        Ok(None) => Ok(()),
        Err(e) => {
            vm.unraisable(e, "", Some(inner));
            Ok(())
        }
    }
}

/// `gen.close()` without its return value.
pub fn close(vm: &Vm, o: &Obj) -> PyResult<()> {
    close_with_value(vm, o).map(drop)
}

/// `gen.close()`: the value the body returns when it ends by GeneratorExit handling.
pub fn close_with_value(vm: &Vm, o: &Obj) -> PyResult {
    let g = payload(o).ok_or_else(|| error::type_error("not a generator"))?;
    match g.state.get() {
        State::Finished => return Ok(singletons::none()),
        State::Created => {
            g.state.set(State::Finished);
            release_frame(g);
            return Ok(singletons::none());
        }
        State::Running => return Err(already_running(o)),
        State::Suspended if delegate(g).is_none() && outside_blocks(g) => {
            // Nothing in the body could notice the exception.
            let held = o.clone();
            g.state.set(State::Finished);
            release_frame(g);
            drop(held);
            return Ok(singletons::none());
        }
        State::Suspended => {}
    }
    let e = PyErr::with_args(&exc::GENERATOR_EXIT, vec![]);
    match throw(vm, o, e) {
        Ok(Sent::Yield(_)) => Err(error::runtime_error(format!("{} ignored GeneratorExit", kind(o)))),
        Ok(Sent::Return(v)) => Ok(v),
        Err(e) if e.is(&exc::GENERATOR_EXIT) => Ok(singletons::none()),
        Err(e) if e.is(&exc::STOP_ITERATION) => Ok(stop_value(&e)),
        Err(e) => Err(e),
    }
}
