//! Instructions on behalf of native code: one at a time, calls run to their end before they return.
//!
//! Invariant: as in the loop: operands lie on the frame's stack up to its `sp`, stay there when an error is raised (EVAL-2), and
//! `pc` is the instruction (EVAL-1). Not here: what operations mean.
#![allow(unsafe_code)]

use super::{Machine, Regs, attributes, attrs, build, calls, control, matching, names, special, subscript, unwind};
use crate::frame::{self, Frame, Returns};
use crate::function::{FUNCTION, Function};
use crate::native;
use adder_isa::Opcode;
use adder_isa::code::co;
use adder_object::attr;
use adder_object::call::{self, Args};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, error};

/// Registers of a frame whose `pc` and `sp` are up to date.
fn regs(vm: &Vm, this: *mut Frame) -> Regs<'_> {
    // SAFETY: FRAME-2: callers pass the current frame. Each field is read by itself: compiled code has just stored them one by one, and one
    // wide load of both would wait for the stores to retire.
    let (pc, sp) = unsafe {
        ((&raw const (*this).pc).read_volatile().into_inner(), (&raw const (*this).sp).read_volatile().into_inner())
    };
    Regs::new(vm, Machine { frame: this, pc, sp })
}

/// Runs the one instruction at `pc`: one of those that neither jump, call Python code in a frame of the loop, nor end a block.
/// `arg` is its whole argument.
pub fn step(vm: &Vm, this: *mut Frame, arg: usize) -> PyResult<()> {
    let mut r = regs(vm, this);
    let op = op_at(this);
    // SAFETY: CODE-1: behind the op and its cache unit.
    r.pc = unsafe { r.pc.add(1 + op.cache_units()) };
    let done = match (step_function(op), op) {
        (Some(f), _) => f(vm, &mut r, arg).map(|()| None),
        (None, Opcode::MAKE_CELL) => {
            names::make_cell(&r, arg);
            Ok(None)
        }
        (None, Opcode::DELETE_ATTR) => attr::delete(vm, r.peek(1), r.name(arg)).map(|()| {
            r.drop_n(1);
            None
        }),
        (None, op) => control::other(vm, &mut r, op, arg),
    };
    r.save();
    match done? {
        None => Ok(()),
        Some(_) => Err(error::system_error("an instruction left its frame")),
    }
}

/// An instruction that only changes its operands on the frame's stack, and its argument.
pub type StepFn = fn(&Vm, &mut Regs<'_>, usize) -> PyResult<()>;

/// Frequent instructions that [`step`] would look for by their op.
pub fn step_function(op: Opcode) -> Option<StepFn> {
    Some(match op {
        Opcode::BUILD_MAP => build::build_map,
        Opcode::BUILD_SET => build::build_set,
        Opcode::BUILD_STRING => |_, r, arg| {
            build::build_string(r, arg);
            Ok(())
        },
        Opcode::BUILD_SLICE => |_, r, arg| {
            control::build_slice(r, arg);
            Ok(())
        },
        Opcode::BINARY_SLICE => |vm, r, _| subscript::slice(vm, r),
        Opcode::STORE_SLICE => |vm, r, _| subscript::store_slice(vm, r),
        Opcode::LIST_EXTEND => build::list_extend,
        Opcode::SET_UPDATE => build::set_update,
        Opcode::DICT_UPDATE => build::dict_update,
        Opcode::DICT_MERGE => build::dict_merge,
        Opcode::UNPACK_EX => build::unpack_ex,
        Opcode::LOAD_SPECIAL => attrs::load_special,
        Opcode::LOAD_SUPER_ATTR => attrs::load_super_attr,
        Opcode::MAKE_FUNCTION => |_, r, _| special::make_function(r),
        Opcode::SET_FUNCTION_ATTRIBUTE => |_, r, arg| {
            special::set_function_attribute(r, arg);
            Ok(())
        },
        Opcode::STORE_GLOBAL => |_, r, arg| {
            names::store_global(r, arg);
            Ok(())
        },
        Opcode::GET_AWAITABLE => control::get_awaitable,
        Opcode::CHECK_EXC_MATCH => |_, r, _| matching::check_exc_match(r),
        Opcode::WITH_EXCEPT_START => |vm, r, _| control::with_except_start(vm, r),
        Opcode::RAISE_VARARGS => control::raise_varargs,
        Opcode::RERAISE => |_, r, arg| control::reraise(r, arg),
        Opcode::COPY_FREE_VARS => |_, r, arg| control::copy_free_vars(r, arg),
        _ => return None,
    })
}

/// Runs such an instruction, which is at `pc`.
pub fn step_with(vm: &Vm, this: *mut Frame, arg: usize, f: StepFn) -> PyResult<()> {
    with_regs(vm, this, |r| f(vm, r, arg))
}

/// Runs what stands before RESUME in a fresh frame (cells, free variables); false when something went wrong there.
pub fn prologue(vm: &Vm, this: *mut Frame) -> bool {
    run_until(vm, this, Opcode::RESUME)
}
/// Runs cells and free variables of a fresh frame up to this op; false when something else comes first.
fn run_until(vm: &Vm, this: *mut Frame, end: Opcode) -> bool {
    let mut arg = 0;
    loop {
        // SAFETY: CODE-1: pc is at a unit of the code.
        arg = arg << 8 | unsafe { *(*this).pc.get() >> 8 } as usize;
        match op_at(this) {
            op if op == end => return true,
            Opcode::MAKE_CELL | Opcode::COPY_FREE_VARS if step(vm, this, arg).is_ok() => arg = 0,
            Opcode::EXTENDED_ARG => {}
            _ => return false,
        }
        // SAFETY: CODE-1: the next unit is an instruction; these have no cache unit.
        unsafe { (*this).pc.set((*this).pc.get().add(1)) }
    }
}

/// The generic op at a frame's `pc`.
fn op_at(this: *mut Frame) -> Opcode {
    // SAFETY: FRAME-2: callers pass a live frame.
    Frame::code(this).op_at(unsafe { (*this).pc.get() }).base()
}

/// LOAD_ATTR, whatever its form.
pub fn load_attr(vm: &Vm, this: *mut Frame, arg: usize) -> PyResult<()> {
    with_regs(vm, this, |r| attributes::generic_load(vm, r, arg))
}
/// STORE_ATTR, whatever its form.
pub fn store_attr(vm: &Vm, this: *mut Frame, arg: usize) -> PyResult<()> {
    with_regs(vm, this, |r| attributes::generic_store(vm, r, arg))
}
/// STORE_SUBSCR, whatever its form.
pub fn store_subscr(vm: &Vm, this: *mut Frame) -> PyResult<()> {
    with_regs(vm, this, |r| subscript::store(vm, r))
}
fn with_regs(vm: &Vm, this: *mut Frame, f: impl FnOnce(&mut Regs) -> PyResult<()>) -> PyResult<()> {
    let mut r = regs(vm, this);
    let done = f(&mut r);
    r.save();
    if r.reraise {
        // SAFETY: FRAME-2: the current frame.
        *native::AGAIN_FROM.get() = Some((r.lookup, unsafe { (*this).pc.get() }));
    }
    done
}

/// The handler of an error that was raised in `top`, the current frame; the frame that has it, which is current then, stands there. Err: there was
/// none below which native code waits.
pub fn catch(vm: &Vm, top: *mut Frame, e: PyErr) -> PyResult<()> {
    let mut r = regs(vm, top);
    if let Some((lookup, pc)) = native::AGAIN_FROM.get().take() {
        (r.reraise, r.lookup) = (true, lookup);
        // SAFETY: EVAL-1: a unit of the code, where the error was raised first.
        unsafe { (*top).pc.set(pc) }
    }
    unwind::unwind(vm, &mut r, e)?;
    r.save();
    // SAFETY: EVAL-1: the handler.
    unsafe { (*r.frame).pc.set(r.pc) }
    Ok(())
}

/// A global or builtin of the frame.
pub fn global(vm: &Vm, this: *mut Frame, name: &Obj) -> PyResult {
    names::global_or_builtin(vm, &regs(vm, this), name)?.ok_or_else(|| names::not_defined(name))
}

pub fn unbound_variable(this: *mut Frame, slot: usize) -> PyErr {
    names::unbound_cell(&regs(Vm::current(), this), slot)
}

pub fn unpack_items(vm: &Vm, seq: &Obj, n: usize) -> PyResult<Vec<Obj>> {
    build::items(vm, seq, n)
}

/// CALL with `arg` arguments.
pub fn call_nested(vm: &Vm, this: *mut Frame, arg: usize) -> PyResult {
    let mut r = regs(vm, this);
    calls::unbind(&mut r, arg);
    let callable = r.peek(arg + 2);
    let n = arg + usize::from(r.peek_word(arg + 1) != 0);
    if callable.is_exact(&FUNCTION) {
        let new = calls::push_function_frame(vm, callable, Args::pos(r.top_slice(n)), (Returns::Compiled, 0))?;
        r.drop_n(arg + 2);
        r.save();
        return run_pushed(vm, new);
    }
    if callable.ty().is(&adder_object::types::TYPE)
        && let Some(init) = calls::python_init(callable)
    {
        return construct(vm, &mut r, arg, n, &init);
    }
    let v = call::call(vm, callable, Args::pos(r.top_slice(n)))?;
    r.drop_n(arg + 2);
    Ok(v)
}

/// `Class(args)` with an `__init__` in Python.
fn construct(vm: &Vm, r: &mut Regs, arg: usize, n: usize, init: &Obj) -> PyResult {
    let (new, instance) = calls::push_init(vm, r, arg, n, init, (Returns::Compiled, 0))?;
    r.save();
    let v = run_pushed(vm, new)?;
    calls::check_init(&v)?;
    Ok(instance)
}

/// The generator that the current frame, a fresh one of a function that suspends, becomes; None when the loop has to make it.
pub fn made_generator(vm: &Vm, new: *mut Frame) -> Option<Obj> {
    if crate::tracing::active() || !run_until(vm, new, Opcode::RETURN_GENERATOR) {
        return None;
    }
    // SAFETY: FRAME-2: the frame just made is the newest, and at that instruction.
    Some(unsafe { control::into_generator(vm, new) })
}

/// Runs a fresh frame, the newest of the data stack, or makes a generator of it.
pub fn run_pushed(vm: &Vm, new: *mut Frame) -> PyResult {
    vm.frame.set(new as *const ());
    if Frame::code(new).flags & co::SUSPENDS != 0
        && let Some(g) = made_generator(vm, new)
    {
        return Ok(g);
    }
    match native::run_fresh(vm, new) {
        0 => Err(native::take_error()),
        // SAFETY: NATIVE-2.
        w => Ok(unsafe { Obj::from_raw(w) }),
    }
}

/// CALL_KW with `arg` arguments, the tuple of names on top.
pub fn call_kw_nested(vm: &Vm, this: *mut Frame, arg: usize) -> PyResult {
    let mut r = regs(vm, this);
    let names = r.pop();
    calls::unbind(&mut r, arg);
    let callable = r.peek(arg + 2);
    let n = arg + usize::from(r.peek_word(arg + 1) != 0);
    let args = Args::with_names(r.top_slice(n), adder_object::tuple::as_slice(&names).unwrap_or(&[]));
    let result = if callable.is_exact(&FUNCTION) {
        let pushed = calls::push_function_frame(vm, callable, args, (Returns::Compiled, 0));
        pushed.map(Some)
    } else {
        call::call(vm, callable, args).map(|v| {
            r.push(v);
            None
        })
    };
    match result {
        Ok(Some(new)) => {
            r.drop_n(arg + 2);
            r.save();
            drop(names);
            run_pushed(vm, new)
        }
        Ok(None) => {
            let v = r.pop();
            r.drop_n(arg + 2);
            Ok(v)
        }
        Err(e) => {
            r.save();
            Err(e)
        }
    }
}

/// CALL_FUNCTION_EX.
pub fn call_ex_nested(vm: &Vm, this: *mut Frame) -> PyResult {
    let mut r = regs(vm, this);
    let v = calls::call_ex(vm, &r)?;
    r.drop_n(4);
    Ok(v)
}

/// A frame for the function in the first of `n` words; the second is NULL, the others are the values of its first slots. The words move
/// there, or are dropped when there is no room.
///
/// # Safety
/// The words are owned, the first is a function with at least so many slots.
pub unsafe fn push_exact(vm: &Vm, words: *const u64, n: usize, returns: Returns) -> PyResult<*mut Frame> {
    // SAFETY: by contract; FRAME-1: slots that get no value are empty.
    unsafe {
        let callable = Obj::view(&*words);
        let Some(f) = callable.get_exact::<Function>() else { return Err(error::system_error("not a function")) };
        let code = &*f.code_ptr();
        match frame::push(vm, callable, code, returns, 0) {
            Ok(new) => {
                let slots = Frame::slots(new);
                std::ptr::copy_nonoverlapping(words.add(2), slots, n - 2);
                for i in n - 2..code.nlocalsplus {
                    *slots.add(i) = 0;
                }
                Ok(new)
            }
            Err(e) => {
                for i in (0..n).rev().filter(|&i| *words.add(i) != 0) {
                    drop(Obj::from_raw(*words.add(i)));
                }
                Err(e)
            }
        }
    }
}

/// As [`push_exact`], of a callable, self or NULL, and arguments, when that is a function with machine code, or of generators, whose parameters they fill:
/// the words have moved then. None: nothing has happened.
///
/// # Safety
/// The words are owned, `n` is at least 2.
pub unsafe fn push_compiled(vm: &Vm, words: *const u64, n: usize) -> Option<*mut Frame> {
    // SAFETY: by contract; FRAME-1: slots that get no value are empty.
    unsafe {
        let callable = Obj::view(&*words);
        let code = &*callable.get_exact::<Function>()?.code_ptr();
        let first = if *words.add(1) == 0 { 2 } else { 1 };
        let given = n - first;
        let f = callable.get_exact::<Function>()?;
        let defaults = f.defaults.get();
        let missing = code.argcount.checked_sub(given)?;
        let filled = defaults.as_ref().and_then(adder_object::tuple::as_slice).unwrap_or(&[]);
        if !code.simple_args
            || missing > filled.len()
            || code.tier.entry.get().is_none() && code.flags & co::SUSPENDS == 0
        {
            return None;
        }
        if !frame::has_room(vm, code) {
            return None;
        }
        let new = frame::push_unchecked(vm, callable.bits(), code, Returns::Compiled, 0);
        let slots = Frame::slots(new);
        std::ptr::copy_nonoverlapping(words.add(first), slots, given);
        for (i, value) in (given..).zip(&filled[filled.len() - missing..]) {
            *slots.add(i) = value.clone().into_raw();
        }
        for i in code.argcount..code.nlocalsplus {
            *slots.add(i) = 0;
        }
        Some(new)
    }
}
