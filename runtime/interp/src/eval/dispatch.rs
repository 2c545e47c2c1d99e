//! The handlers of the ops and the table that leads to them.
//!
//! Invariant: every entry of [`TABLE`] is a handler of the op with that number, those of numbers without an op included: the verifier lets no
//! such unit pass (CODE-1). What a handler does is in the file of its subject; here it only gets its arguments.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, is_a};
use super::number::Arith;
use super::threading::{Flow, Handler, entering, leave, next, raise, run as run_one, slow};
use super::{
    Exit, Frame, attributes, build, call_ops, calls, control, delete_attr, delete_subscr, flow, format_simple,
    get_iter, keyword_calls, locals, map_add, names, native_runs, number, set_add, special, subscript, supers, tracing,
    truth, unary,
};
use adder_isa::Opcode;
use adder_object::arith::UnaryOp;
use adder_object::types::{BOOL, STR, TUPLE, TYPE};
use adder_object::{Obj, ObjExt, PyResult, error, ops, singletons};

/// Runs from the registers on, to the end of the frame that was entered from native code or to an error.
pub fn run(r: &mut Regs<'_>) -> PyResult<Exit> {
    loop {
        let m = r.m;
        if run_one(r, m) == Flow::Stop {
            return match r.outcome.take() {
                Some(outcome) => outcome,
                None => Err(error::system_error("an instruction stopped without an outcome")),
            };
        }
    }
}

/// `name(machine, registers, argument) body`: one handler a line, and the table entries that it serves.
macro_rules! handlers {
    ($($($op:ident)|+ = $name:ident($m:ident, $regs:ident, $arg:pat) $body:expr;)*) => {
        $(
            fn $name($regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, $arg: usize) -> Flow {
                #[allow(unused_mut)]
                let mut $m = Machine { frame, pc, sp };
                $body
            }
        )*
        /// The handler of each op.
        pub static TABLE: [Handler; 256] = {
            let mut t = [other as Handler; 256];
            $($(t[Opcode::$op as usize] = $name as Handler;)+)*
            t
        };
    };
}

/// Any op without a handler of its own.
fn other(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    match m.slow(regs, 1, |r| run_other(r, arg)) {
        true => entering(regs, m),
        false => Flow::Stop,
    }
}
/// Runs it; false when the frame gives control back or an error was raised.
#[inline(never)]
fn run_other(r: &mut Regs<'_>, arg: usize) -> bool {
    // SAFETY: EVAL-1.
    let op = r.code().op_at(unsafe { (*r.frame).pc.get() });
    match control::other(r.vm, r, op, arg) {
        Ok(None) => return true,
        Ok(Some(exit)) => leave(r, exit),
        Err(e) => raise(r, e),
    };
    false
}

/// Does work that cannot fail, and goes on.
macro_rules! go {
    ($m:ident, $regs:ident, $work:expr) => {{
        $work;
        next($regs, $m)
    }};
}

handlers! {
    EXTENDED_ARG = extended_arg(m, regs, arg) {
        m.step(1);
        let unit = m.unit_at(0);
        TABLE[(unit & 255) as usize](regs, m.frame, m.pc, m.sp, arg << 8 | (unit >> 8) as usize)
    };
    INSTRUMENTED_INSTRUCTION = instrumented(m, regs, arg) match tracing::instrumented(regs, &mut m, arg) {
        Ok(Some(op)) => TABLE[op as usize](regs, m.frame, m.pc, m.sp, arg),
        Ok(None) => next(regs, m),
        Err(e) => raise(regs, e),
    };
    RESUME = resume(m, regs, arg) native_runs::resume(regs, m, arg);
    JUMP_BACKWARD | JUMP_BACKWARD_PLAIN = jump_backward(m, regs, arg) native_runs::jump_backward(regs, m, arg);
    JUMP_BACKWARD_NO_INTERRUPT = jump_back(m, regs, arg) {
        m.jump(1 - arg as isize);
        entering(regs, m)
    };
    JUMP_FORWARD = jump_forward(m, regs, arg) m.end(regs, 1 + arg);
    NOP | NOT_TAKEN = nop(m, regs, _) m.end(regs, 1);
    LOAD_FAST | LOAD_FAST_BORROW = load_fast(m, regs, arg) go!(m, regs, locals::load(&mut m, arg));
    LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW = load_two(m, regs, arg) go!(m, regs, locals::load_two(&mut m, arg));
    LOAD_FAST_CHECK = load_fast_check(m, regs, arg) locals::load_checked(regs, m, arg);
    LOAD_FAST_AND_CLEAR = load_fast_and_clear(m, regs, arg) go!(m, regs, locals::load_and_clear(&mut m, arg));
    STORE_FAST = store_fast(m, regs, arg) locals::store(regs, m, arg);
    STORE_FAST_LOAD_FAST = store_load(m, regs, arg) locals::store_load(regs, m, arg);
    STORE_FAST_STORE_FAST = store_two(m, regs, arg) locals::store_two(regs, m, arg);
    DELETE_FAST = delete_fast(m, regs, arg) slow(regs, m, 1, |_, r| names::delete_fast(r, arg));
    LOAD_DEREF = load_deref(m, regs, arg) locals::load_deref(regs, m, arg);
    STORE_DEREF = store_deref(m, regs, arg) locals::store_deref(regs, m, arg);
    LOAD_CONST = load_const(m, regs, arg) go!(m, regs, locals::load_const(&mut m, arg));
    LOAD_SMALL_INT = load_small_int(m, regs, arg) {
        m.push(Obj::int_unchecked(arg as i64));
        m.end(regs, 1)
    };
    POP_TOP | POP_ITER | END_FOR = pop_top(m, regs, _) locals::pop(regs, m);
    PUSH_NULL = push_null(m, regs, _) {
        m.push_null();
        m.end(regs, 1)
    };
    COPY = copy(m, regs, arg) go!(m, regs, locals::copy(&mut m, arg));
    SWAP = swap(m, regs, arg) go!(m, regs, locals::swap(&mut m, arg));
    BINARY_OP = binary_op(m, regs, arg) number::binary_op(regs, m, arg);
    BINARY_OP_ADD_INT = add_int(m, regs, arg) number::int_op(regs, m, arg, Arith::Add);
    BINARY_OP_SUBTRACT_INT = subtract_int(m, regs, arg) number::int_op(regs, m, arg, Arith::Subtract);
    BINARY_OP_MULTIPLY_INT = multiply_int(m, regs, arg) number::int_op(regs, m, arg, Arith::Multiply);
    BINARY_OP_ADD_FLOAT = add_float(m, regs, arg) number::float_op(regs, m, arg, Arith::Add);
    BINARY_OP_SUBTRACT_FLOAT = subtract_float(m, regs, arg) number::float_op(regs, m, arg, Arith::Subtract);
    BINARY_OP_MULTIPLY_FLOAT = multiply_float(m, regs, arg) number::float_op(regs, m, arg, Arith::Multiply);
    BINARY_OP_EXTEND = extend(m, regs, arg) number::extend(regs, m, arg);
    BINARY_OP_ADD_STR = add_str(m, regs, arg) number::add_str(regs, m, arg);
    BINARY_OP_SUBSCR_LIST_INT = subscr_list(m, regs, arg) number::subscr_items(regs, m, arg, true);
    BINARY_OP_SUBSCR_TUPLE_INT = subscr_tuple(m, regs, arg) number::subscr_items(regs, m, arg, false);
    BINARY_OP_SUBSCR_DICT = subscr_dict(m, regs, arg) number::subscr_dict(regs, m, arg);
    BINARY_OP_SUBSCR_STR_INT = subscr_str(m, regs, arg) number::subscr_str(regs, m, arg);
    BINARY_OP_SUBSCR_GETITEM = subscr_getitem(m, regs, arg) number::subscr_getitem(regs, m, arg);
    BUILD_SLICE = build_slice(m, regs, arg) go!(m, regs, m.slow(regs, 1, |r| control::build_slice(r, arg)));
    STORE_SLICE = store_slice(m, regs, _) slow(regs, m, 1, subscript::store_slice);
    BINARY_SLICE = binary_slice(m, regs, _) slow(regs, m, 1, subscript::slice);
    COMPARE_OP = compare_op(m, regs, arg) number::compare_op(regs, m, arg);
    COMPARE_OP_INT = compare_int(m, regs, arg) number::compare_int(regs, m, arg);
    COMPARE_OP_FLOAT = compare_float(m, regs, arg) number::compare_float(regs, m, arg);
    COMPARE_OP_STR = compare_str(m, regs, arg) number::compare_str(regs, m, arg);
    CONTAINS_OP = contains_op(m, regs, arg) truth::contains_op(regs, m, arg);
    CONTAINS_OP_DICT = contains_dict(m, regs, arg) truth::contains_in(regs, m, arg, true);
    CONTAINS_OP_SET = contains_set(m, regs, arg) truth::contains_in(regs, m, arg, false);
    CONTAINS_OP_STR = contains_str(m, regs, arg) truth::contains_str(regs, m, arg);
    IS_OP = is_op(m, regs, arg) number::is_op(regs, m, arg);
    TO_BOOL = to_bool(m, regs, _) truth::to_bool(regs, m);
    TO_BOOL_BOOL = to_bool_bool(m, regs, _) {
        let w = m.peek_word(1);
        // SAFETY: FRAME-1.
        let known = unsafe { is_a(w, &BOOL) }.then(|| w == number::bool_word(true));
        truth::to_bool_of(regs, m, known)
    };
    TO_BOOL_INT = to_bool_int(m, regs, _) {
        let w = m.peek_word(1);
        truth::to_bool_of(regs, m, (w & 3 == 1).then_some(w != 1))
    };
    TO_BOOL_NONE = to_bool_none(m, regs, _) {
        let none = m.peek_word(1) == singletons::none_ref().bits();
        truth::to_bool_of(regs, m, none.then_some(false))
    };
    TO_BOOL_STR | TO_BOOL_SIZED = to_bool_sized(m, regs, _) {
        let known = truth::size_of(m.peek_word(1)).map(|n| n != 0);
        truth::to_bool_of(regs, m, known)
    };
    TO_BOOL_ALWAYS_TRUE = to_bool_always_true(m, regs, _) {
        let o = m.peek(1);
        let known = (o.is_ptr() && o.ty().version.get() == m.cache().version.get()).then_some(true);
        truth::to_bool_of(regs, m, known)
    };
    UNARY_NOT = unary_not(m, regs, _) go!(m, regs, locals::not(&mut m));
    UNARY_NEGATIVE = unary_negative(m, regs, _) slow(regs, m, 1, |vm, r| unary(vm, r, UnaryOp::Negative));
    UNARY_INVERT = unary_invert(m, regs, _) slow(regs, m, 1, |vm, r| unary(vm, r, UnaryOp::Invert));
    POP_JUMP_IF_FALSE = jump_if_false(m, regs, arg) go!(m, regs, locals::jump_if(&mut m, arg, singletons::false_ref().bits()));
    POP_JUMP_IF_TRUE = jump_if_true(m, regs, arg) go!(m, regs, locals::jump_if(&mut m, arg, singletons::true_ref().bits()));
    POP_JUMP_IF_NONE = jump_if_none(m, regs, arg) locals::jump_if_none(regs, m, arg, true);
    POP_JUMP_IF_NOT_NONE = jump_if_not_none(m, regs, arg) locals::jump_if_none(regs, m, arg, false);
    GET_ITER = iter(m, regs, _) slow(regs, m, 1, get_iter);
    FOR_ITER = for_iter(m, regs, arg) flow::for_iter(regs, m, arg);
    FOR_ITER_RANGE = for_range(m, regs, arg) flow::for_range(regs, m, arg);
    FOR_ITER_LIST = for_list(m, regs, arg) flow::for_list(regs, m, arg);
    FOR_ITER_TUPLE = for_tuple(m, regs, arg) flow::for_tuple(regs, m, arg);
    FOR_ITER_GEN = for_generator(m, regs, arg) flow::for_generator(regs, m, arg);
    LOAD_ATTR = load_attr(m, regs, arg) attributes::load_attr(regs, m, arg);
    LOAD_ATTR_INSTANCE = load_instance(m, regs, arg) attributes::load_instance(regs, m, arg);
    LOAD_ATTR_METHOD = load_method(m, regs, arg) attributes::load_method(regs, m, arg);
    LOAD_ATTR_TYPE_VALUE = load_type_value(m, regs, arg) attributes::load_type_value(regs, m, arg);
    LOAD_ATTR_MODULE = load_module(m, regs, arg) attributes::load_module(regs, m, arg);
    LOAD_ATTR_CLASS = load_class(m, regs, arg) attributes::load_class(regs, m, arg);
    LOAD_ATTR_SLOT = load_slot(m, regs, arg) attributes::load_slot(regs, m, arg);
    LOAD_ATTR_PROPERTY = load_property(m, regs, arg) attributes::load_property(regs, m, arg);
    LOAD_ATTR_DICT = load_dict(m, regs, arg) attributes::load_dict(regs, m, arg);
    STORE_ATTR = store_attr(m, regs, arg) attributes::store_attr(regs, m, arg);
    STORE_ATTR_INSTANCE | STORE_ATTR_SLOT = store_at(m, regs, arg) attributes::store_at(regs, m, arg);
    STORE_ATTR_ADD = store_add(m, regs, arg) attributes::store_add(regs, m, arg);
    STORE_ATTR_DICT = store_attr_dict(m, regs, arg) attributes::store_dict(regs, m, arg);
    DELETE_ATTR = del_attr(m, regs, arg) slow(regs, m, 1, |vm, r| delete_attr(vm, r, arg));
    LOAD_SUPER_ATTR = load_super(m, regs, arg) supers::load(regs, m, arg);
    LOAD_SUPER_ATTR_ATTR | LOAD_SUPER_ATTR_METHOD = load_super_known(m, regs, arg) supers::load_known(regs, m, arg);
    LOAD_GLOBAL = load_global(m, regs, arg) attributes::load_global(regs, m, arg);
    LOAD_GLOBAL_MODULE = load_global_module(m, regs, arg) attributes::load_global_module(regs, m, arg);
    LOAD_GLOBAL_BUILTIN = load_global_builtin(m, regs, arg) attributes::load_global_builtin(regs, m, arg);
    STORE_SUBSCR = store_subscr(m, regs, _) number::store_subscr(regs, m);
    STORE_SUBSCR_LIST_INT = store_list_int(m, regs, _) number::store_list_int(regs, m);
    STORE_SUBSCR_DICT = store_dict(m, regs, _) number::store_dict(regs, m);
    DELETE_SUBSCR = del_subscr(m, regs, _) slow(regs, m, 1, delete_subscr);
    CALL = call(m, regs, arg) call_ops::call(regs, m, arg);
    CALL_PY_EXACT = call_py_exact(m, regs, arg) call_ops::py_exact(regs, m, arg);
    CALL_PY_GENERAL = call_py_general(m, regs, arg) call_ops::py_general(regs, m, arg);
    CALL_BOUND_METHOD_EXACT = call_bound_exact(m, regs, arg) call_ops::bound_exact(regs, m, arg);
    CALL_BOUND_METHOD_GENERAL = call_bound_general(m, regs, arg) call_ops::general(regs, m, arg, true);
    CALL_ALLOC_INIT = call_alloc_init(m, regs, arg) call_ops::alloc_init(regs, m, arg);
    CALL_BUILTIN_CLASS = call_builtin_class(m, regs, arg) call_ops::builtin_class(regs, m, arg);
    CALL_BUILTIN_O = call_builtin_o(m, regs, arg) call_ops::builtin_o(regs, m, arg);
    CALL_BUILTIN_FAST = call_builtin_fast(m, regs, arg) call_ops::builtin_fast(regs, m, arg);
    CALL_METHOD_NOARGS = call_method_noargs(m, regs, arg) call_ops::method_noargs(regs, m, arg);
    CALL_METHOD_O = call_method_o(m, regs, arg) call_ops::method_o(regs, m, arg);
    CALL_METHOD_FAST = call_method_fast(m, regs, arg) call_ops::method_fast(regs, m, arg);
    CALL_LIST_APPEND = call_list_append(m, regs, arg) call_ops::list_append(regs, m, arg);
    CALL_LEN = call_len(m, regs, arg) call_ops::len(regs, m, arg);
    CALL_ISINSTANCE = call_isinstance(m, regs, arg) call_ops::isinstance(regs, m, arg);
    CALL_TYPE_1 = call_type(m, regs, arg) call_ops::of_type(regs, m, arg, &TYPE, call_ops::type_of);
    CALL_STR_1 = call_str(m, regs, arg) call_ops::of_type(regs, m, arg, &STR, ops::str);
    CALL_TUPLE_1 = call_tuple(m, regs, arg) call_ops::of_type(regs, m, arg, &TUPLE, ops::to_tuple);
    CALL_NON_PY_GENERAL = call_non_py(m, regs, arg) call_ops::general(regs, m, arg, false);
    CALL_KW = call_kw(m, regs, arg) call_ops::call_kw(regs, m, arg);
    CALL_KW_PY = call_kw_py(m, regs, arg) keyword_calls::python(regs, m, arg);
    CALL_KW_BOUND_METHOD | CALL_KW_NON_PY = call_kw_known(m, regs, arg) m.tail(regs, keyword_calls::any, arg);
    CALL_FUNCTION_EX = call_function_ex(m, regs, _) slow(regs, m, 1, calls::call_function_ex);
    RETURN_VALUE = return_value(m, regs, _) flow::return_value(regs, m);
    UNPACK_SEQUENCE = unpack(m, regs, arg) flow::unpack(regs, m, arg);
    UNPACK_SEQUENCE_TWO_TUPLE = unpack_two(m, regs, _) flow::unpack_tuple(regs, m, 2);
    UNPACK_SEQUENCE_TUPLE = unpack_tuple(m, regs, arg) flow::unpack_tuple(regs, m, arg);
    UNPACK_SEQUENCE_LIST = unpack_list(m, regs, arg) flow::unpack_list(regs, m, arg);
    YIELD_VALUE = yield_value(m, regs, _) flow::yield_value(regs, m);
    SEND = send(m, regs, arg) flow::send(regs, m, arg);
    SEND_GEN = send_generator(m, regs, arg) flow::send_generator(regs, m, arg);
    END_SEND = end_send(m, regs, _) locals::end_send(regs, m);
    MAKE_CELL = make_cell(m, regs, arg) {
        names::make_cell(&m, arg);
        m.end(regs, 1)
    };
    COPY_FREE_VARS = copy_free_vars(m, regs, arg) slow(regs, m, 1, |_, r| control::copy_free_vars(r, arg));
    RETURN_GENERATOR = return_generator(m, regs, _) flow::return_generator(regs, m);
    GET_AWAITABLE = get_awaitable(m, regs, arg) flow::get_awaitable(regs, m, arg);
    GET_YIELD_FROM_ITER = get_yield_from_iter(m, regs, _) slow(regs, m, 1, control::get_yield_from_iter);
    BUILD_TUPLE = build_tuple(m, regs, arg) go!(m, regs, locals::build_tuple(&mut m, arg));
    BUILD_LIST = build_list(m, regs, arg) go!(m, regs, locals::build_list(&mut m, arg));
    LIST_APPEND = list_append(m, regs, arg) go!(m, regs, locals::list_append(&mut m, arg));
    SET_ADD = add_to_set(m, regs, arg) slow(regs, m, 1, |vm, r| set_add(vm, r, arg));
    MAP_ADD = add_to_map(m, regs, arg) slow(regs, m, 1, |vm, r| map_add(vm, r, arg));
    PUSH_EXC_INFO = push_exc_info(m, regs, _) {
        control::push_exc_info(regs.vm, &mut m);
        m.end(regs, 1)
    };
    POP_EXCEPT = pop_except(m, regs, _) go!(m, regs, m.slow(regs, 1, |r| control::pop_except(r.vm, r)));
    CHECK_EXC_MATCH = check_exc_match(m, regs, _) truth::check_exc_match(regs, m);
    RAISE_VARARGS = raise_varargs(m, regs, arg) slow(regs, m, 1, |vm, r| control::raise_varargs(vm, r, arg));
    RERAISE = reraise(m, regs, arg) slow(regs, m, 1, |_, r| control::reraise(r, arg));
    LOAD_SPECIAL = load_special(m, regs, arg) attributes::load_special(regs, m, arg);
    LOAD_SPECIAL_METHOD = load_special_method(m, regs, arg) attributes::load_special_method(regs, m, arg);
    MAKE_FUNCTION = make_function(m, regs, _) slow(regs, m, 1, |_, r| special::make_function(r));
    SET_FUNCTION_ATTRIBUTE = set_function_attribute(m, regs, arg) {
        go!(m, regs, m.slow(regs, 1, |r| special::set_function_attribute(r, arg)))
    };
    LIST_EXTEND = list_extend(m, regs, arg) slow(regs, m, 1, |vm, r| build::list_extend(vm, r, arg));
    BUILD_MAP = build_map(m, regs, arg) slow(regs, m, 1, |vm, r| build::build_map(vm, r, arg));
    BUILD_STRING = build_string(m, regs, arg) go!(m, regs, m.slow(regs, 1, |r| build::build_string(r, arg)));
    FORMAT_SIMPLE = format(m, regs, _) slow(regs, m, 1, format_simple);
}
