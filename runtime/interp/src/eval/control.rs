//! The less frequent opcodes: exceptions, imports, functions, classes, `with`, async, intrinsics.
#![allow(unsafe_code)]

use super::{Exit, Machine, Regs, attrs, build, calls, matching, names, send, special, unwind};
use crate::frame::{self, Frame};
use crate::generator;
use adder_isa::Opcode;
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Slice, TypeFlags, Vm, call, error, exceptions as exc, int, ops, singletons, tuple,
};

/// Executes one op; Some when control goes back to native code.
pub fn other(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize) -> PyResult<Option<Exit>> {
    match op {
        Opcode::LOAD_NAME => {
            let v = names::load_name(vm, r, arg)?;
            r.push(v);
        }
        Opcode::STORE_NAME => {
            names::store_name(vm, r, arg, Some(r.peek(1)))?;
            r.drop_n(1);
        }
        Opcode::DELETE_NAME => names::store_name(vm, r, arg, None)?,
        Opcode::STORE_GLOBAL => names::store_global(r, arg),
        Opcode::DELETE_GLOBAL => names::delete_global(r, arg)?,
        Opcode::DELETE_DEREF => names::delete_deref(r, arg)?,
        Opcode::LOAD_FROM_DICT_OR_DEREF => names::load_from_dict_or_deref(vm, r, arg)?,
        Opcode::LOAD_FROM_DICT_OR_GLOBALS => names::load_from_dict_or_globals(vm, r, arg)?,
        Opcode::LOAD_LOCALS => {
            let l = names::locals_of(r)?;
            r.push(l);
        }
        Opcode::LOAD_BUILD_CLASS => {
            let f = names::lookup_in(vm, names::builtins(r), &adder_object::names().__build_class__)?;
            r.push(f.ok_or_else(|| {
                error::name_error(&adder_object::names().__build_class__, "__build_class__ not found")
            })?);
        }
        Opcode::SETUP_ANNOTATIONS => names::setup_annotations(vm, r)?,
        Opcode::LOAD_COMMON_CONSTANT => r.push(special::common_constant(arg)),
        Opcode::LOAD_SPECIAL => attrs::load_special(vm, r, arg)?,
        Opcode::IMPORT_NAME => names::import_name(vm, r, arg)?,
        Opcode::IMPORT_FROM => names::import_from(vm, r, arg)?,
        Opcode::BUILD_STRING => build::build_string(r, arg),
        Opcode::BUILD_MAP => build::build_map(vm, r, arg)?,
        Opcode::BUILD_SET => build::build_set(vm, r, arg)?,
        Opcode::LIST_EXTEND => build::list_extend(vm, r, arg)?,
        Opcode::SET_UPDATE => build::set_update(vm, r, arg)?,
        Opcode::DICT_UPDATE => build::dict_update(vm, r, arg)?,
        Opcode::DICT_MERGE => build::dict_merge(vm, r, arg)?,
        Opcode::UNPACK_EX => build::unpack_ex(vm, r, arg)?,
        Opcode::GET_LEN => {
            let n = ops::len(vm, r.peek(1))?;
            r.push(int::from_usize(n));
        }
        Opcode::MATCH_MAPPING => matching::match_flag(r, TypeFlags::MAPPING),
        Opcode::MATCH_SEQUENCE => matching::match_flag(r, TypeFlags::SEQUENCE),
        Opcode::MATCH_KEYS => matching::match_keys(vm, r)?,
        Opcode::MATCH_CLASS => matching::match_class(vm, r, arg)?,
        Opcode::CONVERT_VALUE | Opcode::FORMAT_WITH_SPEC => format_value(vm, r, op, arg)?,
        Opcode::BUILD_TEMPLATE | Opcode::BUILD_INTERPOLATION => special::build_template(vm, r, op, arg)?,
        Opcode::MAKE_FUNCTION => special::make_function(r)?,
        Opcode::SET_FUNCTION_ATTRIBUTE => special::set_function_attribute(r, arg),
        Opcode::CALL_INTRINSIC_1 => {
            let v = special::intrinsic_1(vm, r, arg)?;
            r.replace_n(1, v);
        }
        Opcode::CALL_INTRINSIC_2 => {
            let v = special::intrinsic_2(vm, r, arg)?;
            r.replace_n(2, v);
        }
        _ => return exceptions_and_async(vm, r, op, arg),
    }
    Ok(None)
}

fn exceptions_and_async(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize) -> PyResult<Option<Exit>> {
    match op {
        Opcode::PUSH_EXC_INFO => {
            push_exc_info(vm, r);
        }
        Opcode::POP_EXCEPT => {
            pop_except(vm, r);
        }
        Opcode::CHECK_EXC_MATCH => matching::check_exc_match(r)?,
        Opcode::CHECK_EG_MATCH => matching::check_eg_match(vm, r)?,
        Opcode::RAISE_VARARGS => raise_varargs(vm, r, arg)?,
        Opcode::RERAISE => reraise(r, arg)?,
        Opcode::WITH_EXCEPT_START => with_except_start(vm, r)?,
        Opcode::GET_AITER => {
            let it = send::get_aiter(vm, r.peek(1))?;
            r.replace_n(1, it);
        }
        Opcode::GET_ANEXT => {
            let it = send::get_anext(vm, r.peek(1))?;
            r.push(it);
        }
        Opcode::GET_YIELD_FROM_ITER => {
            get_yield_from_iter(vm, r)?;
        }
        Opcode::END_ASYNC_FOR => {
            let e = r.pop();
            if e.ty().is_subtype(&exc::STOP_ASYNC_ITERATION) {
                r.drop_n(1);
            } else {
                r.reraise = true;
                return Err(PyErr::from_obj(e));
            }
        }
        Opcode::CLEANUP_THROW => {
            let e = r.pop();
            if !e.ty().is_subtype(&exc::STOP_ITERATION) {
                r.reraise = true;
                return Err(PyErr::from_obj(e));
            }
            let v = generator::stop_value(&PyErr::from_obj(e));
            r.drop_n(2);
            r.push(singletons::none());
            r.push(v);
        }
        Opcode::EXIT_INIT_CHECK => calls::check_init(&r.pop())?,
        _ => return Err(error::system_error(format!("unknown opcode {}", op.name()))),
    }
    Ok(None)
}

/// RAISE_VARARGS: always raises.
#[inline(never)]
pub fn raise_varargs(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let e = raise(vm, r, arg)?;
    // A bare `raise` goes on with the traceback as it is.
    r.reraise = arg == 0;
    Err(e)
}

/// RERAISE: always raises.
#[inline(never)]
pub fn reraise(r: &mut Regs, arg: usize) -> PyResult<()> {
    let value = r.pop();
    if value.get::<exc::BaseException>().is_none() {
        return Err(error::system_error("RERAISE of a value that is no exception"));
    }
    if arg > 0
        && let Some(n) = r.peek(arg).small_int().filter(|&n| (n as usize) < r.code().code.units.len())
    {
        // SAFETY: the unit was pushed by the unwinder, so it lies in the code.
        unsafe {
            r.lookup = (*r.frame).pc.get();
            (*r.frame).pc.set(r.code().units_ptr().wrapping_add(n as usize));
        }
    }
    r.reraise = true;
    Err(PyErr::from_obj(value))
}

/// PUSH_EXC_INFO: the exception on top is the one that is handled; below it stands the one that was.
#[inline(always)]
pub fn push_exc_info(vm: &Vm, m: &mut Machine) {
    let e = m.pop();
    m.push(unwind::handle(vm, &e));
    m.push(e);
}

/// POP_EXCEPT.
pub fn pop_except(vm: &Vm, r: &mut Regs) {
    unwind::handled_before(vm, r.pop());
}

#[inline(always)]
pub fn build_slice(m: &mut Machine, arg: usize) {
    let step = if arg == 3 { m.pop() } else { singletons::none() };
    let (stop, start) = (m.pop(), m.pop());
    m.push(Slice::new(start, stop, step));
}

pub fn get_awaitable(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let it = send::get_awaitable(vm, r.peek(1), arg)?;
    r.replace_n(1, it);
    Ok(())
}

pub fn get_yield_from_iter(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let it = send::get_yield_from_iter(vm, r, r.peek(1))?;
    r.replace_n(1, it);
    Ok(())
}

pub fn copy_free_vars(r: &mut Regs, n: usize) -> PyResult<()> {
    let Some(f) = frame::function_of(r.frame) else { return Err(error::system_error("no function")) };
    let first = r.code().nlocalsplus - n;
    f.closure.with(|c| {
        for (i, cell) in c.and_then(tuple::as_slice).unwrap_or(&[]).iter().take(n).enumerate() {
            // SAFETY: FRAME-1: free-variable slots are empty at entry.
            unsafe { *r.slot(first + i) = cell.clone().into_raw() }
        }
    });
    Ok(())
}

fn format_value(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize) -> PyResult<()> {
    if op == Opcode::FORMAT_WITH_SPEC {
        let v = ops::format(vm, r.peek(2), r.peek(1))?;
        r.replace_n(2, v);
        return Ok(());
    }
    let o = r.peek(1);
    let v = match arg {
        1 => ops::str(vm, o)?,
        2 => ops::repr(vm, o)?,
        _ => ops::ascii(vm, o)?,
    };
    r.replace_n(1, v);
    Ok(())
}

/// The exception that a `raise` statement raises.
fn raise(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<PyErr> {
    if arg == 0 {
        let Some(h) = unwind::handled(vm) else { return Err(error::runtime_error("No active exception to reraise")) };
        r.reraise = true;
        return Ok(PyErr::from_obj(h));
    }
    let cause = if arg == 2 { Some(r.pop()) } else { None };
    let what = r.pop();
    r.save();
    let e = matching::to_exception(vm, &what)?;
    if let Some(b) = e.exception() {
        if let Some(cause) = cause {
            let c = if cause.is_none() { None } else { Some(cause_of(vm, &cause)?) };
            b.cause.set_option(c);
            b.suppress_context.set(true);
        }
        if b.traceback.with(|t| t.is_some_and(|t| !t.is_none())) {
            unwind::chain_context(vm, &e);
        }
    }
    Ok(e)
}

fn cause_of(vm: &Vm, o: &Obj) -> PyResult {
    if o.get::<exc::BaseException>().is_some() {
        return Ok(o.clone());
    }
    matching::to_exception(vm, o).map(PyErr::into_obj).map_err(|e| {
        if e.is(&exc::TYPE_ERROR) && o.get::<adder_object::Type>().is_none() {
            error::type_error("exception causes must derive from BaseException")
        } else {
            e
        }
    })
}

/// Stack: exit_func, exit_self, lasti, prev_exc, exc.
pub fn with_except_start(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let e = r.peek(1);
    let tb = e.get::<exc::BaseException>().and_then(|b| b.traceback.get()).unwrap_or_else(singletons::none);
    let mut args = vec![];
    if r.peek_word(4) != 0 {
        args.push(r.peek(4).clone());
    }
    args.extend([e.ty().to_obj(), e.clone(), tb]);
    r.save();
    let v = call::call_pos(vm, r.peek(5), &args)?;
    r.push(v);
    Ok(())
}

/// The generator that a frame at its RETURN_GENERATOR becomes; the caller's frame is current from here on.
///
/// # Safety
/// The frame is the newest of the data stack, its registers saved.
pub unsafe fn into_generator(vm: &Vm, this: *mut Frame) -> Obj {
    // SAFETY: FRAME-2, by contract.
    unsafe {
        let g = generator::from_frame(vm, this);
        let prev = (*this).prev.get();
        crate::asyncgen::created(vm, &g);
        vm.frame.set(prev as *const ());
        frame::abandon(vm, this);
        g
    }
}
