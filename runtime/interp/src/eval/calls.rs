//! Calls and returns: Python functions push a frame and stay in the loop, anything else goes through its call slot.
#![allow(unsafe_code)]

use super::binding::bind_arguments;
use super::{Exit, Regs, run};
use crate::code::CodeObject;
use crate::frame::{self, Frame, NewFrame, Returns};
use crate::function::{FUNCTION, Function};
use adder_isa::Opcode;
use adder_object::call::{self, Args, ArgsBuf};
use adder_object::descr::BoundMethod;
use adder_object::handle::PAYLOAD;
use adder_object::{Dict, Obj, ObjExt, PyResult, Vm, error, exceptions as exc, ops, singletons, tuple};

/// The function behind a callable known to be one.
#[inline(always)]
fn function<'a>(o: &Obj) -> &'a Function {
    // SAFETY: the caller checked the exact type; the object outlives the use.
    unsafe { &*((o.bits() as usize + PAYLOAD) as *const Function) }
}

/// Where a frame goes on after the instruction at `pc`.
#[inline(always)]
pub fn after(pc: *const u16) -> *const u16 {
    // SAFETY: CODE-1: pc is at an op.
    let op = unsafe { std::mem::transmute::<u8, Opcode>(*pc as u8) };
    pc.wrapping_add(1 + op.cache_units())
}

/// A frame for a function; its slots are not initialised.
#[inline(always)]
fn new_frame(vm: &Vm, callable: Obj, returns: Returns) -> PyResult<*mut Frame> {
    let f = function(&callable);
    let new = NewFrame {
        code: f.code_ptr(),
        globals: f.globals.obj().clone(),
        builtins: f.builtins.get().unwrap_or_else(singletons::none),
        locals: None,
        func: callable,
    };
    frame::push(vm, new, returns)
}

/// Pushes the frame of a call with arguments that stay owned by the caller.
pub fn push_function_frame(vm: &Vm, callable: &Obj, args: Args<'_>, returns: Returns) -> PyResult<*mut Frame> {
    let this = new_frame(vm, callable.clone(), returns)?;
    let code = Frame::code(this);
    // SAFETY: a fresh frame: slots are initialised here, then cleared again if binding fails.
    unsafe {
        if code.simple_args && !args.has_keywords() && args.len() == code.code.argcount as usize {
            let mut i = 0;
            for a in args.positional() {
                *Frame::slots(this).add(i) = a.clone().into_raw();
                i += 1;
            }
            std::ptr::write_bytes(Frame::slots(this).add(i), 0, code.nlocalsplus - i);
            return Ok(this);
        }
        std::ptr::write_bytes(Frame::slots(this), 0, code.nlocalsplus);
        if let Err(e) = bind_arguments(vm, function(callable), code, args, Frame::slots(this)) {
            frame::pop(vm, this);
            return Err(e);
        }
    }
    Ok(this)
}

/// The call slot of functions: runs the frame from native code.
pub fn call_function(vm: &Vm, callable: &Obj, args: Args<'_>) -> PyResult {
    let this = push_function_frame(vm, callable, args, Returns::Native)?;
    match run(vm, this, None)? {
        Exit::Return(v) | Exit::Yield(v) => Ok(v),
    }
}

/// CALL: `arg` arguments on top, below them self or NULL, below that the callable.
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
fn python_init(callable: &Obj) -> Option<Obj> {
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
    let Some(ty) = r.peek(arg + 2).get::<adder_object::Type>() else { return Err(error::system_error("CALL")) };
    let instance = adder_object::class::bare_instance(ty);
    let code = unsafe_code(init);
    if code.flags & crate::asyncgen::GENERATOR_LIKE != 0 {
        return Err(error::type_error("__init__() should return None, not 'generator'"));
    }
    let this = if code.simple_args && n + 1 == code.code.argcount as usize {
        let this = new_frame(vm, init.clone(), Returns::Init)?;
        // SAFETY: the arguments move from the caller's stack to the slots behind self.
        unsafe {
            let slots = Frame::slots(this);
            *slots = instance.clone().into_raw();
            std::ptr::copy_nonoverlapping(r.sp.sub(n), slots.add(1), n);
            std::ptr::write_bytes(slots.add(n + 1), 0, code.nlocalsplus - n - 1);
            r.sp = r.sp.sub(n);
        }
        r.drop_n(arg + 2 - n);
        this
    } else {
        let mut all = Vec::with_capacity(n + 1);
        all.push(instance.clone());
        all.extend_from_slice(r.top_slice(n));
        let this = push_function_frame(vm, init, Args::pos(&all), Returns::Init)?;
        r.drop_n(arg + 2);
        this
    };
    // SAFETY: a fresh frame.
    unsafe { (*this).extra.set(instance) };
    r.save();
    enter(vm, r, this);
    Ok(())
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
    if !(code.simple_args && n == code.code.argcount as usize) {
        let this = push_function_frame(vm, callable, Args::pos(r.top_slice(n)), Returns::Caller)?;
        r.drop_n(arg + 2);
        r.save();
        enter(vm, r, this);
        return Ok(());
    }
    let func = callable.clone();
    let this = new_frame(vm, func, Returns::Caller)?;
    // SAFETY: the arguments move from the caller's stack to the slots; callable (and NULL) are dropped or dead.
    unsafe {
        let args = r.sp.sub(n);
        std::ptr::copy_nonoverlapping(args, Frame::slots(this), n);
        std::ptr::write_bytes(Frame::slots(this).add(n), 0, code.nlocalsplus - n);
        r.sp = r.sp.sub(arg + 2);
        drop(Obj::from_raw(*r.sp));
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
        let this = push_function_frame(vm, callable, args, Returns::Caller)?;
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

/// CALL_FUNCTION_EX: callable, NULL, args iterable, kwargs dict or NULL.
pub fn call_function_ex(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let callable = r.peek(4);
    let args = r.peek(2);
    r.save();
    let args = if tuple::as_slice(args).is_some() {
        args.clone()
    } else {
        if args.ty().iter().is_none() && args.ty().getitem().is_none() {
            return Err(error::type_error(format!(
                "{} argument after * must be an iterable, not {}",
                call::function_str(vm, callable),
                args.ty().tp_name()
            )));
        }
        tuple::new(ops::collect(vm, args)?)
    };
    let mut buf = ArgsBuf::new(tuple::to_vec(&args));
    if r.peek_word(1) != 0
        && let Some(d) = r.peek(1).get::<Dict>()
    {
        buf.push_dict(d)?;
    }
    if callable.is_exact(&FUNCTION) {
        let this = push_function_frame(vm, callable, buf.args(), Returns::Caller)?;
        drop(buf);
        drop(args);
        r.drop_n(4);
        r.save();
        enter(vm, r, this);
        return Ok(());
    }
    let v = call::call(vm, callable, buf.args())?;
    drop(buf);
    drop(args);
    r.drop_n(4);
    r.push(v);
    Ok(())
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
        let returns = (*this).returns.get();
        let value = match (*this).extra.take() {
            Some(instance) if returns == Returns::Init => {
                if !value.is_none() {
                    (*this).extra.set(value);
                    return init_returned(r);
                }
                instance
            }
            _ => value,
        };
        vm.frame.set(prev as *const ());
        frame::pop(vm, this);
        if returns == Returns::Native {
            return Ok(Some(Exit::Return(value)));
        }
        let pc = after((*prev).pc.get());
        r.enter(vm, prev, pc);
        r.push(value);
        Ok(None)
    }
}

/// The error of an `__init__` that returned something; raised in its own frame, which is left by unwinding.
#[cold]
fn init_returned(r: &mut Regs) -> PyResult<Option<Exit>> {
    // SAFETY: the frame is live; `extra` holds the value.
    let value = unsafe { (*r.frame).extra.take() }.unwrap_or_else(singletons::none);
    r.lookup = std::ptr::null();
    check_init(&value).map(|()| None)
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
    let this = push_function_frame(vm, f.obj(), Args::EMPTY, Returns::Native)?;
    // SAFETY: a fresh frame.
    unsafe { (*this).locals.set_option(locals) };
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
    let this = push_function_frame(vm, callable, Args::EMPTY, Returns::Native)?;
    // SAFETY: a fresh frame.
    unsafe { (*this).locals.set(namespace) };
    match run(vm, this, None)? {
        Exit::Return(v) | Exit::Yield(v) => Ok(v),
    }
}
