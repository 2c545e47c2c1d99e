//! The interpreter loop: fetches units, dispatches on the op, keeps the operand stack; Python-to-Python calls and generator
//! resumptions stay in this loop.
//!
//! Invariants: EVAL-1: `(*frame).pc` is the current instruction whenever anything that may raise or look at frames runs.
//! EVAL-2: operands stay on the stack until the op succeeded, so that unwinding drops each exactly once. EVAL-3: a frame that was
//! left by a call has its `sp` saved. The loop keeps its registers by value ([`Machine`]) and is made of inlined handlers; what is
//! out of line works on [`Regs`]. Not here: what operations mean (object::ops, object::arith).

mod attributes;
mod attrs;
mod binding;
mod build;
mod caches;
mod call_ops;
mod calls;
mod control;
mod flow;
mod locals;
mod machine;
mod matching;
mod names;
mod native_runs;
mod nested;
mod number;
mod send;
mod special;
mod special_calls;
mod subscript;
mod supers;
mod unwind;

pub use binding::bind_arguments;
pub use calls::{NATIVE, call_function, check_init, push_function_frame, run_class_body, run_code};
pub use machine::{Machine, Regs};
pub use nested::{
    call_ex_nested, call_kw_nested, call_nested, global, load_attr, prologue, push_exact, step, store_attr,
    store_subscr, unbound_variable, unpack_items,
};
pub use send::{is_iterable_coroutine, send_to, skip_delegation};
pub use subscript::get as subscript;
pub use unwind::handled;

use crate::frame::Frame;
use adder_isa::Opcode;
use adder_object::arith::{self, UnaryOp};
use adder_object::types::{BOOL, STR, TUPLE, TYPE};
use adder_object::{Dict, Obj, ObjExt, PyErr, PyResult, Set, Vm, attr, error, ops, singletons, str};
use machine::is_a;
use number::Arith;

/// How a frame gave control back to native code.
pub enum Exit {
    Return(Obj),
    Yield(Obj),
}

/// Runs a frame to its end, its yield or an exception that leaves it. `first` is the error to raise at its current
/// instruction (generator.throw).
pub fn run(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: FRAME-2.
    let pc = unsafe { (*entry).pc.get() };
    run_at(vm, entry, pc, first)
}

/// Runs a suspended generator frame on: behind the unit it is suspended at.
pub fn run_resumed(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: GEN-1: suspended frames are at a unit without cache.
    let pc = unsafe { (*entry).pc.get().add(1) };
    run_at(vm, entry, pc, first)
}

fn run_at(vm: &Vm, entry: *mut Frame, pc: *const u16, first: Option<PyErr>) -> PyResult<Exit> {
    let m = Machine { frame: entry, pc: std::ptr::null(), sp: std::ptr::null_mut() };
    let mut r = Regs { m, reraise: false, lookup: std::ptr::null() };
    r.enter(vm, entry, pc);
    let mut pending = match first {
        Some(e) => Some(e),
        None => vm.check_stack("").err(),
    };
    loop {
        let e = match pending.take() {
            Some(e) => e,
            None => match dispatch(vm, &mut r) {
                Ok(exit) => return Ok(exit),
                Err(e) => e,
            },
        };
        unwind::unwind(vm, &mut r, e)?;
    }
}

/// Evaluates to the value of a result; an error leaves the loop.
macro_rules! tri {
    ($e:expr) => {
        match $e {
            Ok(v) => v,
            Err(e) => return Err(e),
        }
    };
}

fn dispatch(vm: &Vm, regs: &mut Regs) -> PyResult<Exit> {
    // A copy by value keeps the registers out of memory; `Machine::slow` writes it back before anything else may look.
    let mut machine = regs.m;
    let m = &mut machine;
    // What EXTENDED_ARG says of the next argument.
    let mut wide = 0;
    loop {
        let unit = m.unit_at(0);
        let arg = wide | (unit >> 8) as usize;
        let op = opcode(unit);
        wide = 0;
        match op {
            Opcode::EXTENDED_ARG => {
                wide = arg << 8;
                m.step(1);
            }
            Opcode::RESUME => {
                if let Some(exit) = tri!(native_runs::resume(vm, m, regs, arg)) {
                    return Ok(exit);
                }
            }
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_PLAIN => {
                if let Some(exit) = tri!(native_runs::jump_backward(vm, m, regs, arg)) {
                    return Ok(exit);
                }
            }
            Opcode::JUMP_BACKWARD_NO_INTERRUPT => m.jump(1 - arg as isize),
            Opcode::JUMP_FORWARD => m.step(1 + arg),
            Opcode::NOP | Opcode::NOT_TAKEN => m.step(1),
            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => locals::load(m, arg),
            Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => locals::load_two(m, arg),
            Opcode::LOAD_FAST_CHECK => tri!(locals::load_checked(m, regs, arg)),
            Opcode::LOAD_FAST_AND_CLEAR => locals::load_and_clear(m, arg),
            Opcode::STORE_FAST => locals::store(m, arg),
            Opcode::STORE_FAST_LOAD_FAST => locals::store_load(m, arg),
            Opcode::STORE_FAST_STORE_FAST => locals::store_two(m, arg),
            Opcode::DELETE_FAST => tri!(m.slow(regs, 1, |r| names::delete_fast(r, arg))),
            Opcode::LOAD_DEREF => tri!(locals::load_deref(m, regs, arg)),
            Opcode::STORE_DEREF => locals::store_deref(m, arg),
            Opcode::LOAD_CONST => locals::load_const(m, arg),
            Opcode::LOAD_SMALL_INT => {
                m.push(Obj::int_unchecked(arg as i64));
                m.step(1);
            }
            Opcode::POP_TOP | Opcode::POP_ITER | Opcode::END_FOR => locals::pop(m),
            Opcode::PUSH_NULL => {
                m.push_null();
                m.step(1);
            }
            Opcode::COPY => locals::copy(m, arg),
            Opcode::SWAP => locals::swap(m, arg),
            Opcode::BINARY_OP => tri!(number::binary_op(vm, m, regs, arg)),
            Opcode::BINARY_OP_ADD_INT => tri!(number::int_op(vm, m, regs, arg, Arith::Add)),
            Opcode::BINARY_OP_SUBTRACT_INT => tri!(number::int_op(vm, m, regs, arg, Arith::Subtract)),
            Opcode::BINARY_OP_MULTIPLY_INT => tri!(number::int_op(vm, m, regs, arg, Arith::Multiply)),
            Opcode::BINARY_OP_ADD_FLOAT => tri!(number::float_op(vm, m, regs, arg, Arith::Add)),
            Opcode::BINARY_OP_SUBTRACT_FLOAT => tri!(number::float_op(vm, m, regs, arg, Arith::Subtract)),
            Opcode::BINARY_OP_MULTIPLY_FLOAT => tri!(number::float_op(vm, m, regs, arg, Arith::Multiply)),
            Opcode::BINARY_OP_EXTEND => tri!(number::extend(vm, m, regs, arg)),
            Opcode::BINARY_OP_ADD_STR => tri!(number::add_str(vm, m, regs, arg)),
            Opcode::BINARY_OP_SUBSCR_LIST_INT => tri!(number::subscr_items(vm, m, regs, arg, true)),
            Opcode::BINARY_OP_SUBSCR_TUPLE_INT => tri!(number::subscr_items(vm, m, regs, arg, false)),
            Opcode::BINARY_OP_SUBSCR_DICT => tri!(number::subscr_dict(vm, m, regs, arg)),
            Opcode::BINARY_OP_SUBSCR_STR_INT => tri!(number::subscr_str(vm, m, regs, arg)),
            Opcode::BINARY_OP_SUBSCR_GETITEM => tri!(number::subscr_getitem(vm, m, regs, arg)),
            Opcode::BUILD_SLICE => m.slow(regs, 1, |r| control::build_slice(r, arg)),
            Opcode::STORE_SLICE => tri!(m.slow(regs, 1, |r| control::store_slice(vm, r))),
            Opcode::BINARY_SLICE => tri!(m.slow(regs, 1, |r| subscript::slice(vm, r))),
            Opcode::COMPARE_OP => tri!(number::compare_op(vm, m, regs, arg)),
            Opcode::COMPARE_OP_INT => tri!(number::compare_int(vm, m, regs, arg)),
            Opcode::COMPARE_OP_FLOAT => tri!(number::compare_float(vm, m, regs, arg)),
            Opcode::COMPARE_OP_STR => tri!(number::compare_str(vm, m, regs, arg)),
            Opcode::CONTAINS_OP => tri!(number::contains_op(vm, m, regs, arg)),
            Opcode::CONTAINS_OP_DICT | Opcode::CONTAINS_OP_SET => tri!(number::contains_in(vm, m, regs, arg, op)),
            Opcode::CONTAINS_OP_STR => tri!(number::contains_str(vm, m, regs, arg)),
            Opcode::IS_OP => number::is_op(m, arg),
            Opcode::TO_BOOL => tri!(number::to_bool(vm, m, regs)),
            Opcode::TO_BOOL_BOOL => {
                let w = m.peek_word(1);
                // SAFETY: FRAME-1.
                let known = unsafe { is_a(w, &BOOL) }.then(|| w == number::bool_word(true));
                tri!(number::to_bool_of(vm, m, regs, known));
            }
            Opcode::TO_BOOL_INT => {
                let w = m.peek_word(1);
                tri!(number::to_bool_of(vm, m, regs, (w & 3 == 1).then_some(w != 1)));
            }
            Opcode::TO_BOOL_NONE => {
                let none = m.peek_word(1) == singletons::none_ref().bits();
                tri!(number::to_bool_of(vm, m, regs, none.then_some(false)));
            }
            Opcode::TO_BOOL_STR | Opcode::TO_BOOL_SIZED => {
                let known = number::size_of(m.peek_word(1)).map(|n| n != 0);
                tri!(number::to_bool_of(vm, m, regs, known));
            }
            Opcode::TO_BOOL_ALWAYS_TRUE => {
                let o = m.peek(1);
                let known = (o.is_ptr() && o.ty().version.get() == m.cache().version.get()).then_some(true);
                tri!(number::to_bool_of(vm, m, regs, known));
            }
            Opcode::UNARY_NOT => locals::not(m),
            Opcode::UNARY_NEGATIVE => tri!(m.slow(regs, 1, |r| unary(vm, r, UnaryOp::Negative))),
            Opcode::UNARY_INVERT => tri!(m.slow(regs, 1, |r| unary(vm, r, UnaryOp::Invert))),
            Opcode::POP_JUMP_IF_FALSE => locals::jump_if(m, arg, singletons::false_ref().bits()),
            Opcode::POP_JUMP_IF_TRUE => locals::jump_if(m, arg, singletons::true_ref().bits()),
            Opcode::POP_JUMP_IF_NONE => locals::jump_if_none(m, arg, true),
            Opcode::POP_JUMP_IF_NOT_NONE => locals::jump_if_none(m, arg, false),
            Opcode::GET_ITER => tri!(m.slow(regs, 1, |r| get_iter(vm, r))),
            Opcode::FOR_ITER => tri!(flow::for_iter(vm, m, regs, arg)),
            Opcode::FOR_ITER_RANGE => tri!(flow::for_range(vm, m, regs, arg)),
            Opcode::FOR_ITER_LIST => tri!(flow::for_list(vm, m, regs, arg)),
            Opcode::FOR_ITER_TUPLE => tri!(flow::for_tuple(vm, m, regs, arg)),
            Opcode::FOR_ITER_GEN => tri!(flow::for_generator(vm, m, regs, arg)),
            Opcode::LOAD_ATTR => tri!(attributes::load_attr(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_INSTANCE => tri!(attributes::load_instance(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_METHOD => tri!(attributes::load_method(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_TYPE_VALUE => tri!(attributes::load_type_value(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_MODULE => tri!(attributes::load_module(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_CLASS => tri!(attributes::load_class(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_SLOT => tri!(attributes::load_slot(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_PROPERTY => tri!(attributes::load_property(vm, m, regs, arg)),
            Opcode::LOAD_ATTR_DICT => tri!(attributes::load_dict(vm, m, regs, arg)),
            Opcode::STORE_ATTR => tri!(attributes::store_attr(vm, m, regs, arg)),
            Opcode::STORE_ATTR_INSTANCE | Opcode::STORE_ATTR_SLOT => tri!(attributes::store_at(vm, m, regs, arg)),
            Opcode::STORE_ATTR_ADD => tri!(attributes::store_add(vm, m, regs, arg)),
            Opcode::STORE_ATTR_DICT => tri!(attributes::store_dict(vm, m, regs, arg)),
            Opcode::DELETE_ATTR => tri!(m.slow(regs, 1, |r| delete_attr(vm, r, arg))),
            Opcode::LOAD_SUPER_ATTR => tri!(supers::load(vm, m, regs, arg)),
            Opcode::LOAD_SUPER_ATTR_ATTR | Opcode::LOAD_SUPER_ATTR_METHOD => {
                tri!(supers::load_known(vm, m, regs, arg))
            }
            Opcode::LOAD_GLOBAL => tri!(attributes::load_global(vm, m, regs, arg)),
            Opcode::LOAD_GLOBAL_MODULE => tri!(attributes::load_global_module(vm, m, regs, arg)),
            Opcode::LOAD_GLOBAL_BUILTIN => tri!(attributes::load_global_builtin(vm, m, regs, arg)),
            Opcode::STORE_SUBSCR => {
                if m.due() {
                    m.slow(regs, 0, |r| subscript::specialise_store(r));
                }
                tri!(m.slow(regs, 2, |r| subscript::store(vm, r)));
            }
            Opcode::STORE_SUBSCR_LIST_INT => tri!(number::store_list_int(vm, m, regs)),
            Opcode::STORE_SUBSCR_DICT => tri!(number::store_dict(vm, m, regs)),
            Opcode::DELETE_SUBSCR => tri!(m.slow(regs, 1, |r| delete_subscr(vm, r))),
            Opcode::CALL => tri!(call_ops::call(vm, m, regs, arg)),
            Opcode::CALL_PY_EXACT => tri!(call_ops::py_exact(vm, m, regs, arg)),
            Opcode::CALL_PY_GENERAL => tri!(call_ops::py_general(vm, m, regs, arg)),
            Opcode::CALL_BOUND_METHOD_EXACT => tri!(call_ops::bound_exact(vm, m, regs, arg)),
            Opcode::CALL_BOUND_METHOD_GENERAL => tri!(call_ops::general(vm, m, regs, arg, true)),
            Opcode::CALL_ALLOC_INIT => tri!(call_ops::alloc_init(vm, m, regs, arg)),
            Opcode::CALL_BUILTIN_CLASS => tri!(call_ops::builtin_class(vm, m, regs, arg)),
            Opcode::CALL_BUILTIN_O => tri!(call_ops::builtin_o(vm, m, regs, arg)),
            Opcode::CALL_BUILTIN_FAST => tri!(call_ops::builtin_fast(vm, m, regs, arg)),
            Opcode::CALL_METHOD_NOARGS => tri!(call_ops::method_noargs(vm, m, regs, arg)),
            Opcode::CALL_METHOD_O => tri!(call_ops::method_o(vm, m, regs, arg)),
            Opcode::CALL_METHOD_FAST => tri!(call_ops::method_fast(vm, m, regs, arg)),
            Opcode::CALL_LIST_APPEND => tri!(call_ops::list_append(vm, m, regs, arg)),
            Opcode::CALL_LEN => tri!(call_ops::len(vm, m, regs, arg)),
            Opcode::CALL_ISINSTANCE => tri!(call_ops::isinstance(vm, m, regs, arg)),
            Opcode::CALL_TYPE_1 => tri!(call_ops::of_type(vm, m, regs, arg, &TYPE, call_ops::type_of)),
            Opcode::CALL_STR_1 => tri!(call_ops::of_type(vm, m, regs, arg, &STR, ops::str)),
            Opcode::CALL_TUPLE_1 => tri!(call_ops::of_type(vm, m, regs, arg, &TUPLE, ops::to_tuple)),
            Opcode::CALL_NON_PY_GENERAL => tri!(call_ops::general(vm, m, regs, arg, false)),
            Opcode::CALL_KW => tri!(call_ops::call_kw(vm, m, regs, arg)),
            Opcode::CALL_KW_PY | Opcode::CALL_KW_BOUND_METHOD | Opcode::CALL_KW_NON_PY => {
                tri!(m.slow(regs, 2, |r| calls::call_kw(vm, r, arg)))
            }
            Opcode::CALL_FUNCTION_EX => tri!(m.slow(regs, 1, |r| calls::call_function_ex(vm, r))),
            Opcode::RETURN_VALUE => {
                if let Some(exit) = tri!(flow::return_value(vm, m, regs)) {
                    return Ok(exit);
                }
            }
            Opcode::UNPACK_SEQUENCE => tri!(flow::unpack(vm, m, regs, arg)),
            Opcode::UNPACK_SEQUENCE_TWO_TUPLE => tri!(flow::unpack_tuple(vm, m, regs, 2)),
            Opcode::UNPACK_SEQUENCE_TUPLE => tri!(flow::unpack_tuple(vm, m, regs, arg)),
            Opcode::UNPACK_SEQUENCE_LIST => tri!(flow::unpack_list(vm, m, regs, arg)),
            Opcode::YIELD_VALUE => {
                if let Some(exit) = flow::yield_value(vm, m, regs) {
                    return Ok(exit);
                }
            }
            Opcode::SEND => tri!(flow::send(vm, m, regs, arg)),
            Opcode::SEND_GEN => tri!(flow::send_generator(vm, m, regs, arg)),
            Opcode::END_SEND => locals::end_send(m),
            Opcode::MAKE_CELL => {
                names::make_cell(m, arg);
                m.step(1);
            }
            Opcode::COPY_FREE_VARS => tri!(m.slow(regs, 1, |r| control::copy_free_vars(r, arg))),
            Opcode::RETURN_GENERATOR => {
                if let Some(exit) = m.slow(regs, 1, |r| control::return_generator(vm, r)) {
                    return Ok(exit);
                }
            }
            Opcode::GET_AWAITABLE => tri!(m.slow(regs, 1, |r| control::get_awaitable(vm, r, arg))),
            Opcode::BUILD_TUPLE => locals::build_tuple(m, arg),
            Opcode::BUILD_LIST => locals::build_list(m, arg),
            Opcode::LIST_APPEND => locals::list_append(m, arg),
            Opcode::SET_ADD => tri!(m.slow(regs, 1, |r| set_add(vm, r, arg))),
            Opcode::MAP_ADD => tri!(m.slow(regs, 1, |r| map_add(vm, r, arg))),
            Opcode::FORMAT_SIMPLE => tri!(m.slow(regs, 1, |r| format_simple(vm, r))),
            _ => {
                if let Some(exit) = tri!(m.slow(regs, 1, |r| control::other(vm, r, op, arg))) {
                    return Ok(exit);
                }
            }
        }
    }
}

#[inline(always)]
fn opcode(unit: u16) -> Opcode {
    const LAST: u8 = Opcode::JUMP_BACKWARD_PLAIN as u8;
    // SAFETY: units hold valid ops only (compiler, verifier and specialisers); saying so twice spares the range check of the jump table.
    unsafe {
        std::hint::assert_unchecked(unit as u8 <= LAST);
        std::mem::transmute::<u8, Opcode>(unit as u8)
    }
}

#[cold]
#[inline(never)]
fn poll(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    r.save();
    vm.poll()
}

fn unary(vm: &Vm, r: &mut Regs, op: UnaryOp) -> PyResult<()> {
    let v = arith::unary(vm, r.peek(1), op)?;
    r.replace_n(1, v);
    Ok(())
}

fn get_iter(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let it = ops::iter(vm, r.peek(1))?;
    r.replace_n(1, it);
    Ok(())
}

fn delete_attr(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    attr::delete(vm, r.peek(1), r.name(arg))?;
    r.drop_n(1);
    Ok(())
}

fn delete_subscr(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    ops::delitem(vm, r.peek(2), r.peek(1))?;
    r.drop_n(2);
    Ok(())
}

fn set_add(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let Some(s) = r.peek(arg + 1).get::<Set>() else {
        return Err(error::type_error(format!("'{}' object is not a set", r.peek(arg + 1).ty().tp_name())));
    };
    s.add(vm, r.peek(1).clone())?;
    r.drop_n(1);
    Ok(())
}

fn map_add(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    if let Some(d) = r.peek(arg + 2).get::<Dict>() {
        d.set_item(vm, r.peek(2), r.peek(1).clone())?;
    }
    r.drop_n(2);
    Ok(())
}

fn format_simple(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let v = r.peek(1);
    if !v.is_exact(&STR) {
        let s = ops::format(vm, v, str::empty().obj())?;
        r.replace_n(1, s);
    }
    Ok(())
}

pub(crate) fn not_an_exception() -> PyErr {
    error::type_error("exceptions must derive from BaseException")
}
