//! Iteration and generators: FOR_ITER, SEND, YIELD_VALUE and the end of a generator, inside the loop.
#![allow(unsafe_code)]

use super::{Exit, Regs};
use crate::frame::{Frame, Returns};
use crate::generator::{self, State};
use adder_isa::Opcode;
use adder_object::slots::Sent;
use adder_object::{Obj, ObjExt, PyResult, TypeFlags, Vm, call, exceptions as exc, names, ops, singletons};

/// Continues in the generator; its yields and its end come back to this frame.
fn resume(vm: &Vm, r: &mut Regs, g: &generator::Generator, value: Obj, returns: Returns, target: *const u16) {
    r.save();
    let f = generator::begin(vm, g, (returns, 2));
    generator::push_value(f, value);
    // SAFETY: GEN-1: a suspended frame is at YIELD_VALUE or RETURN_GENERATOR, which have no cache unit.
    unsafe {
        (*f).target.set(target);
        let pc = (*f).pc.get().add(1);
        r.enter(vm, f, pc);
    }
}

pub fn for_iter(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let it = r.peek(1);
    if it.is_exact(&generator::GENERATOR)
        && let Some(g) = generator::payload(it)
        && matches!(g.state.get(), State::Created | State::Suspended)
        && vm.depth.get() < Vm::recursion_limit()
    {
        let target = r.pc.wrapping_add(arg + 1);
        resume(vm, r, g, singletons::none(), Returns::ForIter, target);
        return Ok(());
    }
    r.save();
    match ops::next(vm, it) {
        Ok(Some(v)) => r.push(v),
        Ok(None) => r.jump(arg as isize + 1),
        Err(e) if e.is(&exc::STOP_ITERATION) => r.jump(arg as isize + 1),
        Err(e) => return Err(e),
    }
    Ok(())
}

/// SEND: receiver, value.
pub fn send(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (receiver, value) = (r.peek(2), r.peek(1));
    let direct = receiver.is_exact(&generator::GENERATOR) || receiver.is_exact(&generator::COROUTINE);
    if direct
        && let Some(g) = generator::payload(receiver)
        && vm.depth.get() < Vm::recursion_limit()
    {
        if generator::check_resumable(receiver, g, value)? {
            let target = r.pc.wrapping_add(arg);
            let value = r.pop();
            resume(vm, r, g, value, Returns::Send, target);
            return Ok(());
        }
        r.replace_n(1, singletons::none());
        r.jump(arg as isize);
        return Ok(());
    }
    r.save();
    match send_to(vm, receiver, value)? {
        Sent::Yield(v) => r.replace_n(1, v),
        Sent::Return(v) => {
            r.replace_n(1, v);
            r.jump(arg as isize);
        }
    }
    Ok(())
}

/// Sends into any awaitable iterator: its `send` slot, `__next__` for None, else a `send` method.
pub fn send_to(vm: &Vm, receiver: &Obj, value: &Obj) -> PyResult<Sent> {
    if let Some(f) = receiver.ty().send() {
        return f(vm, receiver, value);
    }
    let result = if value.is_none() && receiver.ty().iternext().is_some() && receiver.ty().has(TypeFlags::HEAPTYPE) {
        // `ops::next` gives no value with the end; a `__next__` in Python may have raised StopIteration with one.
        call::call_method(vm, receiver, &names().__next__, &[])
    } else if let (true, Some(next)) = (value.is_none(), receiver.ty().iternext()) {
        match next(vm, receiver) {
            Ok(Some(v)) => return Ok(Sent::Yield(v)),
            Ok(None) => return Ok(Sent::Return(singletons::none())),
            Err(e) => Err(e),
        }
    } else {
        call::call_method(vm, receiver, adder_object::str::intern_str("send").obj(), std::slice::from_ref(value))
    };
    match result {
        Ok(v) => Ok(Sent::Yield(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Sent::Return(generator::stop_value(&e))),
        Err(e) => Err(e),
    }
}

/// RETURN_VALUE in a generator.
pub fn finish_with(vm: &Vm, r: &mut Regs, value: Obj) -> Option<Exit> {
    let this = r.frame;
    // SAFETY: FRAME-2: `prev` and `target` are read before the frame goes.
    unsafe {
        let (prev, returns, target) = ((*this).prev.get(), (*this).returns.get(), (*this).target.get());
        generator::finish(vm, this);
        match returns {
            Returns::ForIter => {
                // A watched END_FOR runs, and reports the end; otherwise nothing is pushed for it to pop.
                let end = target.sub(1);
                if *end as u8 == Opcode::INSTRUMENTED_INSTRUCTION as u8 {
                    r.enter(vm, prev, end);
                    r.push(value);
                    return None;
                }
                r.enter(vm, prev, target);
                drop(value);
                None
            }
            Returns::Send => {
                r.enter(vm, prev, target);
                r.push(value);
                None
            }
            _ => Some(Exit::Return(value)),
        }
    }
}

/// Moves a frame suspended in a delegation behind its SEND: pops the receiver's place is left to END_SEND.
///
/// # Safety
/// `f` is suspended at a YIELD_VALUE of a delegation.
pub unsafe fn skip_delegation(f: *mut Frame) {
    // SAFETY: by contract: YIELD_VALUE; RESUME; JUMP_BACKWARD_NO_INTERRUPT (with prefixes) -> SEND (with prefixes).
    unsafe {
        let mut pc = (*f).pc.get().add(1);
        let mut arg = 0usize;
        loop {
            let unit = *pc;
            pc = pc.add(1);
            arg = arg << 8 | (unit >> 8) as usize;
            let op = Frame::code(f).op_at(pc.sub(1));
            match op.base() {
                Opcode::EXTENDED_ARG => continue,
                Opcode::JUMP_BACKWARD_NO_INTERRUPT => pc = pc.sub(arg),
                Opcode::SEND => {
                    // One unit before the target, as resumption steps over the unit it is suspended at.
                    (*f).pc.set(pc.add(1 + arg).sub(1));
                    return;
                }
                _ => {}
            }
            arg = 0;
        }
    }
}

/// The iterator of `await`.
pub fn get_awaitable(vm: &Vm, o: &Obj, what: usize) -> PyResult {
    let it = awaitable_iter(vm, o, what)?;
    if it.is_exact(&generator::COROUTINE)
        && let Some(g) = generator::payload(&it)
        && generator::delegate(g).is_some()
    {
        return Err(adder_object::error::runtime_error("coroutine is being awaited already"));
    }
    Ok(it)
}

fn awaitable_iter(vm: &Vm, o: &Obj, what: usize) -> PyResult {
    if o.is_exact(&generator::COROUTINE) || is_iterable_coroutine(o) {
        return Ok(o.clone());
    }
    let Some(f) = o.ty().await_() else {
        let t = o.ty().tp_name();
        return Err(adder_object::error::type_error(match what {
            1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {t}"),
            2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {t}"),
            _ => format!("'{t}' object can't be awaited"),
        }));
    };
    let it = f(vm, o)?;
    if it.is_exact(&generator::COROUTINE) || is_iterable_coroutine(&it) {
        return Err(adder_object::error::type_error("__await__() returned a coroutine"));
    }
    if it.ty().iternext().is_none() {
        return Err(adder_object::error::type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            it.ty().tp_name()
        )));
    }
    Ok(it)
}

/// A generator made by a function that `types.coroutine` marked.
pub fn is_iterable_coroutine(o: &Obj) -> bool {
    o.is_exact(&generator::GENERATOR)
        && generator::payload(o).is_some_and(|g| {
            g.code
                .get::<crate::code::CodeObject>()
                .is_some_and(|c| c.flags & adder_isa::code::co::ITERABLE_COROUTINE != 0)
        })
}

pub fn get_aiter(vm: &Vm, o: &Obj) -> PyResult {
    let Some(f) = o.ty().aiter() else {
        return Err(adder_object::error::type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            o.ty().tp_name()
        )));
    };
    let it = f(vm, o)?;
    if it.ty().anext().is_none() {
        return Err(adder_object::error::type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.ty().tp_name()
        )));
    }
    Ok(it)
}

pub fn get_anext(vm: &Vm, it: &Obj) -> PyResult {
    let Some(f) = it.ty().anext() else {
        return Err(adder_object::error::type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            it.ty().tp_name()
        )));
    };
    let next = f(vm, it)?;
    if it.is_exact(&generator::ASYNC_GENERATOR) {
        return Ok(next);
    }
    awaitable_iter(vm, &next, 0).map_err(|e| {
        adder_object::error::type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            next.ty().tp_name()
        ))
        .with_cause(e)
    })
}

pub fn get_yield_from_iter(vm: &Vm, r: &Regs, o: &Obj) -> PyResult {
    use adder_isa::code::co;
    if o.is_exact(&generator::COROUTINE) {
        if r.code().flags & (co::COROUTINE | co::ITERABLE_COROUTINE) == 0 {
            return Err(adder_object::error::type_error(
                "cannot 'yield from' a coroutine object in a non-coroutine generator",
            ));
        }
        return Ok(o.clone());
    }
    if o.is_exact(&generator::GENERATOR) {
        return Ok(o.clone());
    }
    ops::iter(vm, o)
}

/// Names that the async opcodes look up (kept together for the JIT's lowering).
pub fn special_name(i: usize) -> &'static Obj {
    let n = names();
    [&n.__enter__, &n.__exit__, &n.__aenter__, &n.__aexit__][i.min(3)]
}
