//! Calls and returns: Python functions push a frame and stay in the loop, anything else goes through its call slot.
#![allow(unsafe_code)]

use super::binding::bind_arguments;
use super::{Exit, Regs, run};
use crate::code::CodeObject;
use crate::frame::{self, Frame, Returns};
use crate::function::{FUNCTION, Function};
use adder_isa::code::co;
use adder_object::call::{self, Args, ArgsBuf};
use adder_object::descr::BoundMethod;
use adder_object::handle::PAYLOAD;
use adder_object::{Dict, Obj, ObjExt, PyResult, Vm, error, exceptions as exc, ops, tuple, types};

/// The function behind a callable known to be one.
#[inline(always)]
fn function<'a>(o: &Obj) -> &'a Function {
    // SAFETY: the caller checked the exact type; the object outlives the use.
    unsafe { &*((o.bits() as usize + PAYLOAD) as *const Function) }
}

/// How frames called from native code return.
pub const NATIVE: (Returns, u8) = (Returns::Native, 0);

/// Where a frame goes on after the instruction at `pc`.
#[inline(always)]
pub fn after(code: &CodeObject, pc: *const u16) -> *const u16 {
    pc.wrapping_add(1 + code.op_at(pc).cache_units())
}

/// Pushes the frame of a call with arguments that stay owned by the caller.
pub fn push_function_frame(
    vm: &Vm,
    callable: &Obj,
    args: Args<'_>,
    (returns, skip): (Returns, u8),
) -> PyResult<*mut Frame> {
    let code = unsafe_code(callable);
    let this = frame::push(vm, callable, code, returns, skip)?;
    std::mem::forget(callable.clone());
    // SAFETY: a fresh frame: slots are initialised here, then cleared again if binding fails.
    unsafe {
        if code.simple_args && !args.has_keywords() && args.len() == code.argcount {
            let mut i = 0;
            for a in args.positional() {
                *Frame::slots(this).add(i) = a.clone().into_raw();
                i += 1;
            }
            zero_slots(this, code, i);
            return Ok(this);
        }
        zero_slots(this, code, 0);
        if let Err(e) = bind_arguments(vm, function(callable), code, args, Frame::slots(this)) {
            frame::pop(vm, this);
            return Err(e);
        }
    }
    Ok(this)
}

/// Empties the slots from `from` on.
///
/// # Safety
/// `this` is a fresh frame of `code`.
#[inline(always)]
unsafe fn zero_slots(this: *mut Frame, code: &CodeObject, from: usize) {
    for i in from..code.nlocalsplus {
        // SAFETY: by contract.
        unsafe { *Frame::slots(this).add(i) = 0 }
    }
}

/// The call slot of functions: runs the frame from native code.
pub fn call_function(vm: &Vm, callable: &Obj, args: Args<'_>) -> PyResult {
    let this = push_function_frame(vm, callable, args, NATIVE)?;
    if Frame::code(this).flags & co::SUSPENDS != 0 {
        vm.frame.set(this as *const ());
        if let Some(g) = super::nested::made_generator(vm, this) {
            return Ok(g);
        }
    }
    if Frame::code(this).tier.entry.get().is_some() && !crate::tracing::active() {
        // SAFETY: FRAME-2: the frame just made becomes current; machine code runs it without a loop.
        unsafe { (*this).returns.set(Returns::Compiled) }
        return super::nested::run_pushed(vm, this);
    }
    match run(vm, this, None)? {
        Exit::Return(v) | Exit::Yield(v) => Ok(v),
    }
}

/// CALL: `arg` arguments on top, below them self or NULL, below that the callable.
#[inline(never)]
pub fn call(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let mut callable = r.peek(arg + 2);
    if r.peek_word(arg + 1) == 0 && callable.is_exact(&adder_object::descr::METHOD) {
        unpack_method(r, arg);
        callable = r.peek(arg + 2);
    }
    let n = arg + usize::from(r.peek_word(arg + 1) != 0);
    if callable.is_exact(&FUNCTION) {
        return call_python(vm, r, arg, n);
    }
    r.save();
    if callable.ty().is(&adder_object::types::TYPE)
        && let Some(init) = python_init(callable)
    {
        return construct(vm, r, arg, n, &init);
    }
    let v = call::call(vm, callable, Args::pos(r.top_slice(n)))?;
    r.drop_n(arg + 2);
    r.push(v);
    Ok(())
}

/// The `__init__` of a plain Python class: `object.__new__`, and a function of the class as initialiser.
pub fn python_init(callable: &Obj) -> Option<Obj> {
    use adder_object::slots::{InitFn, NewFn};
    let ty = callable.get::<adder_object::Type>()?;
    let plain = ty.new().is_some_and(|f| std::ptr::fn_addr_eq(f, adder_object::class::object_new as NewFn))
        && ty.init().is_some_and(|f| std::ptr::fn_addr_eq(f, adder_object::user_slots::init as InitFn))
        && !ty.has(adder_object::TypeFlags::ABSTRACT);
    if !plain {
        return None;
    }
    ty.lookup(&adder_object::names().__init__).filter(|f| f.is_exact(&FUNCTION))
}

/// `Class(args)`: the instance is made here, `__init__` runs as a frame of this loop, whose result is the instance.
fn construct(vm: &Vm, r: &mut Regs, arg: usize, n: usize, init: &Obj) -> PyResult<()> {
    let (this, instance) = push_init(vm, r, arg, n, init, (Returns::Init, 2))?;
    r.push(instance);
    r.save();
    enter(vm, r, this);
    Ok(())
}

/// The frame of `__init__` for a new instance, and that; the operands of the call are gone.
pub fn push_init(
    vm: &Vm,
    r: &mut Regs,
    arg: usize,
    n: usize,
    init: &Obj,
    returns: (Returns, u8),
) -> PyResult<(*mut Frame, Obj)> {
    let Some(ty) = r.peek(arg + 2).get::<adder_object::Type>() else { return Err(error::system_error("CALL")) };
    let code = unsafe_code(init);
    if code.flags & co::SUSPENDS != 0 {
        return Err(error::type_error("__init__() should return None, not 'generator'"));
    }
    let instance = adder_object::class::bare_instance(ty);
    let this = if code.simple_args && n + 1 == code.argcount {
        let this = frame::push(vm, init, code, returns.0, returns.1)?;
        std::mem::forget(init.clone());
        // SAFETY: the arguments move from the caller's stack to the slots behind self.
        unsafe {
            let slots = Frame::slots(this);
            *slots = instance.clone().into_raw();
            std::ptr::copy_nonoverlapping(r.sp.sub(n), slots.add(1), n);
            zero_slots(this, code, n + 1);
            r.sp = r.sp.sub(n);
        }
        r.drop_n(arg + 2 - n);
        this
    } else {
        let mut all = Vec::with_capacity(n + 1);
        all.push(instance.clone());
        all.extend_from_slice(r.top_slice(n));
        let this = push_function_frame(vm, init, Args::pos(&all), returns)?;
        r.drop_n(arg + 2);
        this
    };
    Ok((this, instance))
}

/// CALL's callable as function and self, when it is a bound method.
pub fn unbind(r: &mut Regs, arg: usize) {
    if r.peek_word(arg + 1) == 0 && r.peek(arg + 2).is_exact(&adder_object::descr::METHOD) {
        unpack_method(r, arg)
    }
}

/// Replaces a bound method on the stack by its function and self.
fn unpack_method(r: &mut Regs, arg: usize) {
    // SAFETY: FRAME-1: the two words are replaced by owned values, the method is dropped after.
    unsafe {
        let at = r.sp.sub(arg + 2);
        let method = Obj::from_raw(*at);
        if let Some(m) = method.get_exact::<BoundMethod>() {
            *at = m.func.clone().into_raw();
            *at.add(1) = m.this.clone().into_raw();
            drop(method);
        } else {
            std::mem::forget(method);
        }
    }
}

/// Moves the arguments into a new frame and continues there.
#[inline(always)]
fn call_python(vm: &Vm, r: &mut Regs, arg: usize, n: usize) -> PyResult<()> {
    let callable = r.peek(arg + 2);
    let code = unsafe_code(callable);
    r.save();
    if !(code.simple_args && n == code.argcount) {
        let this = push_function_frame(vm, callable, Args::pos(r.top_slice(n)), (Returns::Caller, 2))?;
        r.drop_n(arg + 2);
        r.save();
        enter(vm, r, this);
        return Ok(());
    }
    let this = frame::push(vm, callable, code, Returns::Caller, 2)?;
    // SAFETY: callable and arguments move from the caller's stack to the frame; between them there is NULL or self, an argument.
    unsafe {
        std::ptr::copy_nonoverlapping(r.sp.sub(n), Frame::slots(this), n);
        zero_slots(this, code, n);
        r.sp = r.sp.sub(arg + 2);
    }
    r.save();
    enter(vm, r, this);
    Ok(())
}

#[inline(always)]
fn unsafe_code<'a>(callable: &Obj) -> &'a CodeObject {
    // SAFETY: an exact function, whose code stays alive through the call.
    unsafe { &*function(callable).code_ptr() }
}

#[inline(always)]
fn enter(vm: &Vm, r: &mut Regs, this: *mut Frame) {
    // SAFETY: a fresh frame starts at its first unit.
    let pc = unsafe { (*this).pc.get() };
    r.enter(vm, this, pc);
}

/// CALL_KW: as CALL, with the tuple of keyword names on top.
#[inline(never)]
pub fn call_kw(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let names = r.pop();
    let result = call_kw_with(vm, r, arg, &names);
    if result.is_err() {
        // The operands stay for the unwinder; the names do not matter to it.
        drop(names);
    }
    result
}

fn call_kw_with(vm: &Vm, r: &mut Regs, arg: usize, names: &Obj) -> PyResult<()> {
    if r.peek_word(arg + 1) == 0 && r.peek(arg + 2).is_exact(&adder_object::descr::METHOD) {
        unpack_method(r, arg);
    }
    let callable = r.peek(arg + 2);
    let n = arg + usize::from(r.peek_word(arg + 1) != 0);
    let args = Args::with_names(r.top_slice(n), tuple::as_slice(names).unwrap_or(&[]));
    r.save();
    if callable.is_exact(&FUNCTION) {
        let this = push_function_frame(vm, callable, args, (Returns::Caller, 2))?;
        r.drop_n(arg + 2);
        r.save();
        enter(vm, r, this);
        return Ok(());
    }
    let v = call::call(vm, callable, args)?;
    r.drop_n(arg + 2);
    r.push(v);
    Ok(())
}

/// What a call leads to: a frame to enter, or its result.
enum Started {
    Frame(*mut Frame),
    Done(Obj),
}

/// CALL_FUNCTION_EX: callable, NULL, args iterable, kwargs dict or NULL.
#[inline(never)]
pub fn call_function_ex(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    r.save();
    let started = with_star_args(vm, r, |args| start(vm, r.peek(4), args, (Returns::Caller, 1)))?;
    r.drop_n(4);
    match started {
        Started::Frame(this) => {
            r.save();
            enter(vm, r, this);
        }
        Started::Done(v) => r.push(v),
    }
    Ok(())
}

/// CALL_FUNCTION_EX run to its end; the operands stay.
pub fn call_ex(vm: &Vm, r: &Regs) -> PyResult {
    with_star_args(vm, r, |args| call::call(vm, r.peek(4), args))
}

/// Functions and their bound methods get a frame, anything else is called.
fn start(vm: &Vm, callable: &Obj, args: Args<'_>, returns: (Returns, u8)) -> PyResult<Started> {
    if callable.is_exact(&FUNCTION) {
        return push_function_frame(vm, callable, args, returns).map(Started::Frame);
    }
    if let Some(m) = callable.get_exact::<BoundMethod>()
        && m.func.is_exact(&FUNCTION)
    {
        let push = |args: Args<'_>| push_function_frame(vm, &m.func, args, returns);
        return call::prepended(&m.this, args, push).map(Started::Frame);
    }
    call::call(vm, callable, args).map(Started::Done)
}

/// Runs `f` with the arguments of CALL_FUNCTION_EX. A tuple without keywords is borrowed from the stack, which keeps it meanwhile.
fn with_star_args<T>(vm: &Vm, r: &Regs, f: impl FnOnce(Args<'_>) -> PyResult<T>) -> PyResult<T> {
    let collected;
    let given = r.peek(2);
    // A subclass may iterate over something else.
    let items = if given.is_exact(&types::TUPLE) {
        given
    } else {
        collected = star_args(vm, r)?;
        &collected
    };
    let positional = tuple::as_slice(items).unwrap_or(&[]);
    let keywords = if r.peek_word(1) == 0 { None } else { r.peek(1).get::<Dict>().filter(|d| !d.is_empty()) };
    let Some(d) = keywords else { return f(Args::pos(positional)) };
    let mut all = Vec::with_capacity(positional.len() + d.len());
    all.extend_from_slice(positional);
    let mut buf = ArgsBuf { all, names: Vec::with_capacity(d.len()) };
    buf.push_dict(d)?;
    f(buf.args())
}

/// The items of an iterable after `*`, as a tuple.
fn star_args(vm: &Vm, r: &Regs) -> PyResult {
    let (callable, args) = (r.peek(4), r.peek(2));
    if args.ty().iter().is_none() && args.ty().getitem().is_none() {
        return Err(error::type_error(format!(
            "{} argument after * must be an iterable, not {}",
            call::function_str(vm, callable),
            args.ty().tp_name()
        )));
    }
    Ok(tuple::new(ops::collect(vm, args)?))
}

/// Ends the running frame with a value; Some when native code asked for it.
#[inline(always)]
pub fn return_value(vm: &Vm, r: &mut Regs, value: Obj) -> PyResult<Option<Exit>> {
    let this = r.frame;
    r.save();
    // SAFETY: FRAME-2: the frame ends here; `prev` is alive.
    unsafe {
        if (*this).in_generator.get() {
            return Ok(super::send::finish_with(vm, r, value));
        }
        let prev = (*this).prev.get();
        let (returns, skip) = ((*this).returns.get(), (*this).skip.get() as usize);
        vm.frame.set(prev as *const ());
        frame::pop(vm, this);
        match returns {
            Returns::Native | Returns::Compiled => return Ok(Some(Exit::Return(value))),
            Returns::Init => {
                let pc = (*prev).pc.get();
                r.enter(vm, prev, pc);
                check_init(&value)?;
                r.pc = pc.add(skip);
            }
            _ => {
                let pc = (*prev).pc.get().add(skip);
                r.enter(vm, prev, pc);
                if returns != Returns::Drop {
                    r.push(value);
                }
            }
        }
        Ok(None)
    }
}

/// Runs a code object as module, `exec` or `eval` body.
pub fn run_code(
    vm: &Vm,
    code: &adder_object::Ref<CodeObject>,
    globals: &adder_object::Ref<Dict>,
    locals: Option<Obj>,
    closure: Option<Obj>,
) -> PyResult {
    let builtins = match crate::function::builtins_of(globals) {
        Some(b) => b,
        None => {
            let b = crate::sys::builtins_dict();
            globals.set_name(&adder_object::names().__builtins__, b.clone());
            b
        }
    };
    let f = Function::new(code.clone(), globals.clone(), builtins);
    f.closure.set_option(closure);
    let this = push_function_frame(vm, f.obj(), Args::EMPTY, NATIVE)?;
    Frame::set_locals(this, locals);
    match run(vm, this, None)? {
        Exit::Return(v) | Exit::Yield(v) => Ok(v),
    }
}

/// TypeError of `__init__` that returned something.
pub fn check_init(value: &Obj) -> PyResult<()> {
    if value.is_none() {
        return Ok(());
    }
    Err(adder_object::PyErr::new(
        &exc::TYPE_ERROR,
        format!("__init__() should return None, not '{}'", value.ty().tp_name()),
    ))
}

/// Runs a class body in its namespace; gives the `__class__` cell (or None).
pub fn run_class_body(vm: &Vm, callable: &Obj, f: &Function, code: &CodeObject, namespace: Obj) -> PyResult {
    let _ = (f, code);
    let this = push_function_frame(vm, callable, Args::EMPTY, NATIVE)?;
    Frame::set_locals(this, Some(namespace));
    match run(vm, this, None)? {
        Exit::Return(v) | Exit::Yield(v) => Ok(v),
    }
}
