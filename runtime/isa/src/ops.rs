//! The one op table: every instruction of the bytecode is a row of [`for_each_op!`].
//!
//! *Invariants.* A row's number, name, cache flag, stack effect and flags are stated here and nowhere else; the enum,
//! names, codec, stack effects, verifier, disassembler and docs/opcodes.md are derived. Numbers of the base ops (below
//! 129) are CPython 3.14's, and so are the meanings of their arguments. A specialised row (`of BASE`) has the argument
//! encoding, the cache unit and the stack effect of its base.
//!
//! *Encoding.* A code unit is 16 bits: low byte op, high byte argument; up to three EXTENDED_ARG units before it supply
//! the higher bytes. An op with `cache 1` is followed by exactly one cache unit, which is not an instruction: it holds
//! the running index of the op's cache entry in its code object (0xFFFF: this op has none). Jumps are counted in units
//! from the instruction after the jump's own cache unit.
//!
//! *Rows.* `NAME = number, snake_name, cache 0|1, (inputs -- outputs) by |arg| (pops, pushes), FLAGS;` The names in the
//! effect are documentation; where a name stands for `arg`-many items the `by` clause gives the counts (a row without
//! one pops and pushes what is written). Top of stack is rightmost.

/// Calls `$callback!` with every row of the op table, in number order within each group.
#[macro_export]
macro_rules! for_each_op {
    ($callback:ident) => {
        $callback! {
            /// Never executed: the zero op, kept so that zeroed memory is not a program.
            CACHE = 0, cache, cache 0, ( -- ), INTERNAL;
            /// `container[start:stop]`.
            BINARY_SLICE = 1, binary_slice, cache 0, (container, start, stop -- res), RAISES | CALLS;
            /// Make a `string.templatelib.Template` from a tuple of strings and a tuple of interpolations.
            BUILD_TEMPLATE = 2, build_template, cache 0, (strings, interpolations -- template), RAISES;
            /// `callable(*args, **kwargs)`; `kwargs` is a dict or NULL.
            CALL_FUNCTION_EX = 4, call_function_ex, cache 0, (callable, null, args, kwargs -- res), RAISES | CALLS;
            /// `except*` test: split the group; push the rest and the match (or None).
            CHECK_EG_MATCH = 5, check_eg_match, cache 0, (exc, match_type -- rest, matched), RAISES | CALLS;
            /// `except` test: replace the type with whether `exc` matches it.
            CHECK_EXC_MATCH = 6, check_exc_match, cache 0, (exc, match_type -- exc, bool), RAISES | CALLS;
            /// End of a `throw()` into a delegating generator: StopIteration gives its value, others are raised again.
            CLEANUP_THROW = 7, cleanup_throw, cache 0, (sub_iter, last_sent, exc -- none, value), RAISES | CALLS;
            /// `del container[sub]`.
            DELETE_SUBSCR = 8, delete_subscr, cache 0, (container, sub -- ), RAISES | CALLS;
            /// Pop the slot of the value that an exhausted FOR_ITER did not produce; executed only after generators.
            END_FOR = 9, end_for, cache 0, (value -- ), 0;
            /// Drop the receiver of a finished `yield from`/`await`, keep its value.
            END_SEND = 10, end_send, cache 0, (receiver, value -- value), 0;
            /// TypeError unless the value that `__init__` returned is None.
            EXIT_INIT_CHECK = 11, exit_init_check, cache 0, (value -- ), RAISES | INTERNAL;
            /// `format(value, "")`; a str stays as it is.
            FORMAT_SIMPLE = 12, format_simple, cache 0, (value -- res), RAISES | CALLS;
            /// `format(value, spec)`.
            FORMAT_WITH_SPEC = 13, format_with_spec, cache 0, (value, spec -- res), RAISES | CALLS;
            /// `obj.__aiter__()`.
            GET_AITER = 14, get_aiter, cache 0, (obj -- iter), RAISES | CALLS;
            /// Push the awaitable of `aiter.__anext__()`.
            GET_ANEXT = 15, get_anext, cache 0, (aiter -- aiter, awaitable), RAISES | CALLS;
            /// `iter(iterable)`.
            GET_ITER = 16, get_iter, cache 0, (iterable -- iter), RAISES | CALLS;
            /// Never executed and never emitted.
            RESERVED = 17, reserved, cache 0, ( -- ), INTERNAL;
            /// Push `len(obj)`.
            GET_LEN = 18, get_len, cache 0, (obj -- obj, len), RAISES | CALLS;
            /// The iterator of a `yield from`: a coroutine is allowed only in a coroutine.
            GET_YIELD_FROM_ITER = 19, get_yield_from_iter, cache 0, (iterable -- iter), RAISES | CALLS;
            /// Leave the interpreter loop; only in entry frames.
            INTERPRETER_EXIT = 20, interpreter_exit, cache 0, (value -- ), TERMINATES | INTERNAL;
            /// Push `builtins.__build_class__`.
            LOAD_BUILD_CLASS = 21, load_build_class, cache 0, ( -- res), RAISES | CALLS;
            /// Push the frame's locals mapping.
            LOAD_LOCALS = 22, load_locals, cache 0, ( -- locals), RAISES;
            /// Make a function from a code object.
            MAKE_FUNCTION = 23, make_function, cache 0, (codeobj -- func), RAISES;
            /// Push a tuple of `subject`'s values at `keys`, or None when one is missing.
            MATCH_KEYS = 24, match_keys, cache 0, (subject, keys -- subject, keys, values_or_none), RAISES | CALLS;
            /// Push whether `subject` is a mapping for `match`.
            MATCH_MAPPING = 25, match_mapping, cache 0, (subject -- subject, bool), 0;
            /// Push whether `subject` is a sequence for `match`.
            MATCH_SEQUENCE = 26, match_sequence, cache 0, (subject -- subject, bool), 0;
            /// Nothing.
            NOP = 27, nop, cache 0, ( -- ), 0;
            /// Nothing; marks the path of a conditional jump that was not taken (for monitoring).
            NOT_TAKEN = 28, not_taken, cache 0, ( -- ), 0;
            /// End of an except block: restore the exception that was being handled before.
            POP_EXCEPT = 29, pop_except, cache 0, (prev_exc -- ), 0;
            /// Drop the iterator of a finished loop.
            POP_ITER = 30, pop_iter, cache 0, (iter -- ), 0;
            /// Drop the top.
            POP_TOP = 31, pop_top, cache 0, (value -- ), 0;
            /// Begin of an except block: make `exc` the handled exception, with the previous one (or None) below it.
            PUSH_EXC_INFO = 32, push_exc_info, cache 0, (exc -- prev_exc, exc), 0;
            /// Push NULL.
            PUSH_NULL = 33, push_null, cache 0, ( -- null), 0;
            /// Make the generator, coroutine or async generator of this frame and return it to the caller; on the first
            /// resumption execution continues after this op with the sent value (None) pushed.
            RETURN_GENERATOR = 34, return_generator, cache 0, ( -- sent), RAISES;
            /// Return the top to the caller.
            RETURN_VALUE = 35, return_value, cache 0, (value -- res) by |_arg| (1, 0), TERMINATES;
            /// Make sure that the locals mapping has `__annotations__`.
            SETUP_ANNOTATIONS = 36, setup_annotations, cache 0, ( -- ), RAISES | CALLS;
            /// `container[start:stop] = value`.
            STORE_SLICE = 37, store_slice, cache 0, (value, container, start, stop -- ), RAISES | CALLS;
            /// `container[sub] = value`.
            STORE_SUBSCR = 38, store_subscr, cache 1, (value, container, sub -- ), RAISES | CALLS;
            /// `bool(value)`.
            TO_BOOL = 39, to_bool, cache 1, (value -- bool), RAISES | CALLS;
            /// `~value`.
            UNARY_INVERT = 40, unary_invert, cache 0, (value -- res), RAISES | CALLS;
            /// `-value`.
            UNARY_NEGATIVE = 41, unary_negative, cache 0, (value -- res), RAISES | CALLS;
            /// `not bool`; the operand is True or False.
            UNARY_NOT = 42, unary_not, cache 0, (bool -- res), 0;
            /// Call `__exit__` of a `with` with the exception on top; push its result.
            WITH_EXCEPT_START = 43, with_except_start, cache 0,
                (exit_func, exit_self, lasti, prev_exc, exc -- exit_func, exit_self, lasti, prev_exc, exc, res), RAISES | CALLS;

            /// `a OP b`; arg is a [`BinaryOperator`](crate::operands::BinaryOperator), subscription among them.
            BINARY_OP = 44, binary_op, cache 1, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// Make an Interpolation; arg bit 0: a format spec is on the stack, arg >> 2: conversion.
            BUILD_INTERPOLATION = 45, build_interpolation, cache 0, (value, text, spec -- interpolation)
                by |arg| (2 + (arg & 1), 1), HAS_ARG | RAISES;
            /// List of the `arg` top items.
            BUILD_LIST = 46, build_list, cache 0, (items -- list) by |arg| (arg, 1), HAS_ARG | RAISES;
            /// Dict of the `arg` key-value pairs on top.
            BUILD_MAP = 47, build_map, cache 0, (pairs -- dict) by |arg| (2 * arg, 1), HAS_ARG | RAISES | CALLS;
            /// Set of the `arg` top items.
            BUILD_SET = 48, build_set, cache 0, (items -- set) by |arg| (arg, 1), HAS_ARG | RAISES | CALLS;
            /// Slice of 2 or 3 parts.
            BUILD_SLICE = 49, build_slice, cache 0, (parts -- slice) by |arg| (arg, 1), HAS_ARG | RAISES;
            /// Join `arg` strings.
            BUILD_STRING = 50, build_string, cache 0, (pieces -- str) by |arg| (arg, 1), HAS_ARG | RAISES;
            /// Tuple of the `arg` top items.
            BUILD_TUPLE = 51, build_tuple, cache 0, (items -- tuple) by |arg| (arg, 1), HAS_ARG | RAISES;
            /// Call with `arg` positional arguments, and `self_or_null` before them when it is not NULL.
            CALL = 52, call, cache 1, (callable, self_or_null, args -- res) by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Arg is an [`Intrinsic1`](crate::operands::Intrinsic1).
            CALL_INTRINSIC_1 = 53, call_intrinsic_1, cache 0, (value -- res), HAS_ARG | RAISES | CALLS;
            /// Arg is an [`Intrinsic2`](crate::operands::Intrinsic2).
            CALL_INTRINSIC_2 = 54, call_intrinsic_2, cache 0, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// As CALL, the last `len(kwnames)` arguments being keywords.
            CALL_KW = 55, call_kw, cache 1, (callable, self_or_null, args, kwnames -- res) by |arg| (3 + arg, 1),
                HAS_ARG | RAISES | CALLS;
            /// arg >> 5 is a [`CompareOperator`](crate::operands::CompareOperator), bit 4: convert the result to bool.
            /// The four low bits are a hint for specialisation and may be ignored.
            COMPARE_OP = 56, compare_op, cache 1, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// `a in b`, inverted when arg is 1.
            CONTAINS_OP = 57, contains_op, cache 1, (a, b -- bool), HAS_ARG | RAISES | CALLS;
            /// arg 1: str, 2: repr, 3: ascii.
            CONVERT_VALUE = 58, convert_value, cache 0, (value -- res), HAS_ARG | RAISES | CALLS;
            /// Push a copy of the item `arg` deep (1: the top).
            COPY = 59, copy, cache 0, (items -- items, copy) by |arg| (arg, arg + 1), HAS_ARG;
            /// Copy the `arg` cells of the function's closure to the free slots of the frame.
            COPY_FREE_VARS = 60, copy_free_vars, cache 0, ( -- ), HAS_ARG;
            /// `del owner.NAME`.
            DELETE_ATTR = 61, delete_attr, cache 0, (owner -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Empty a cell; NameError when it was empty.
            DELETE_DEREF = 62, delete_deref, cache 0, ( -- ), HAS_ARG | HAS_FREE | RAISES | CALLS;
            /// Unbind a local; UnboundLocalError when it was unbound.
            DELETE_FAST = 63, delete_fast, cache 0, ( -- ), HAS_ARG | HAS_LOCAL | RAISES | CALLS;
            /// `del` of a global.
            DELETE_GLOBAL = 64, delete_global, cache 0, ( -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// `del` in the locals mapping.
            DELETE_NAME = 65, delete_name, cache 0, ( -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Merge the top mapping into the dict `arg` below it; a repeated key is a TypeError of the callable.
            DICT_MERGE = 66, dict_merge, cache 0, (callable, null, args, dict, between, update -- callable, null, args, dict, between)
                by |arg| (4 + arg, 3 + arg), HAS_ARG | RAISES | CALLS;
            /// Merge the top mapping into the dict `arg` below it.
            DICT_UPDATE = 67, dict_update, cache 0, (dict, between, update -- dict, between)
                by |arg| (arg + 1, arg), HAS_ARG | RAISES | CALLS;
            /// End of `async for`: StopAsyncIteration ends the loop, others are raised again. arg: distance back to SEND.
            END_ASYNC_FOR = 68, end_async_for, cache 0, (awaitable, exc -- ), HAS_ARG | RAISES;
            /// Supplies higher bytes of the next op's argument.
            EXTENDED_ARG = 69, extended_arg, cache 0, ( -- ), HAS_ARG;
            /// Push the iterator's next value; when exhausted jump to the END_FOR (and skip it: continue one unit after
            /// it, at POP_ITER, without having pushed).
            FOR_ITER = 70, for_iter, cache 1, (iter -- iter, next), HAS_ARG | HAS_JUMP | RAISES | CALLS;
            /// The iterator of `await`. arg 1: for `__aenter__`, 2: for `__aexit__` (error texts).
            GET_AWAITABLE = 71, get_awaitable, cache 0, (obj -- iter), HAS_ARG | RAISES | CALLS;
            /// Push attribute NAME of a module (or its submodule) for `from ... import`.
            IMPORT_FROM = 72, import_from, cache 0, (module -- module, res), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Import module NAME.
            IMPORT_NAME = 73, import_name, cache 0, (level, fromlist -- module), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// `a is b`, inverted when arg is 1.
            IS_OP = 74, is_op, cache 0, (a, b -- bool), HAS_ARG;
            /// Jump back `arg` units, polling the eval-breaker.
            JUMP_BACKWARD = 75, jump_backward, cache 1, ( -- ), HAS_ARG | HAS_JUMP | BACKWARD | TERMINATES | RAISES | CALLS;
            /// Jump back without polling (inside `yield from` and `await`).
            JUMP_BACKWARD_NO_INTERRUPT = 76, jump_backward_no_interrupt, cache 0, ( -- ),
                HAS_ARG | HAS_JUMP | BACKWARD | TERMINATES;
            /// Jump forward `arg` units.
            JUMP_FORWARD = 77, jump_forward, cache 0, ( -- ), HAS_ARG | HAS_JUMP | TERMINATES;
            /// Append the top to the list `arg` below it.
            LIST_APPEND = 78, list_append, cache 0, (list, between, value -- list, between)
                by |arg| (arg + 1, arg), HAS_ARG | RAISES;
            /// Extend the list `arg` below the top with the iterable on top.
            LIST_EXTEND = 79, list_extend, cache 0, (list, between, iterable -- list, between)
                by |arg| (arg + 1, arg), HAS_ARG | RAISES | CALLS;
            /// `owner.NAME` (name index arg >> 1). Bit 0: push what CALL needs: an unbound method and its self, or the
            /// attribute and NULL.
            LOAD_ATTR = 80, load_attr, cache 1, (owner -- attr, self_or_null) by |arg| (1, 1 + (arg & 1)),
                HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Push a [`CommonConstant`](crate::operands::CommonConstant).
            LOAD_COMMON_CONSTANT = 81, load_common_constant, cache 0, ( -- value), HAS_ARG;
            /// Push a constant.
            LOAD_CONST = 82, load_const, cache 0, ( -- value), HAS_ARG | HAS_CONST;
            /// Push the contents of a cell; NameError when empty.
            LOAD_DEREF = 83, load_deref, cache 0, ( -- value), HAS_ARG | HAS_FREE | RAISES;
            /// Push a local that is known to be bound.
            LOAD_FAST = 84, load_fast, cache 0, ( -- value), HAS_ARG | HAS_LOCAL;
            /// Push a local (or NULL) and unbind it: an inlined comprehension saves what it shadows.
            LOAD_FAST_AND_CLEAR = 85, load_fast_and_clear, cache 0, ( -- value_or_null), HAS_ARG | HAS_LOCAL;
            /// As LOAD_FAST, the local being known to outlive the stack slot.
            LOAD_FAST_BORROW = 86, load_fast_borrow, cache 0, ( -- value), HAS_ARG | HAS_LOCAL;
            /// Two LOAD_FAST_BORROW: arg >> 4, then arg & 15.
            LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87, load_fast_borrow_load_fast_borrow, cache 0, ( -- first, second),
                HAS_ARG | HAS_LOCAL;
            /// Push a local; UnboundLocalError when unbound.
            LOAD_FAST_CHECK = 88, load_fast_check, cache 0, ( -- value), HAS_ARG | HAS_LOCAL | RAISES;
            /// Two LOAD_FAST: arg >> 4, then arg & 15.
            LOAD_FAST_LOAD_FAST = 89, load_fast_load_fast, cache 0, ( -- first, second), HAS_ARG | HAS_LOCAL;
            /// Look a name up in the mapping on top, then in a cell.
            LOAD_FROM_DICT_OR_DEREF = 90, load_from_dict_or_deref, cache 0, (mapping -- value),
                HAS_ARG | HAS_FREE | RAISES | CALLS;
            /// Look a name up in the mapping on top, then in globals and builtins.
            LOAD_FROM_DICT_OR_GLOBALS = 91, load_from_dict_or_globals, cache 0, (mapping -- value),
                HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Push a global or builtin (name index arg >> 1); bit 0: and NULL above it.
            LOAD_GLOBAL = 92, load_global, cache 1, ( -- value, null) by |arg| (0, 1 + (arg & 1)),
                HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Look a name up in locals, globals, builtins.
            LOAD_NAME = 93, load_name, cache 0, ( -- value), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Push the int `arg` (0..=255).
            LOAD_SMALL_INT = 94, load_small_int, cache 0, ( -- value), HAS_ARG;
            /// Push special method `arg` ([`SpecialMethod`](crate::operands::SpecialMethod)) of the top, looked up on its type,
            /// in CALL's layout.
            LOAD_SPECIAL = 95, load_special, cache 1, (owner -- attr, self_or_null), HAS_ARG | RAISES | CALLS;
            /// `super(class, self).NAME` (name index arg >> 2). Bit 0: method call layout; bit 1: super had two arguments.
            LOAD_SUPER_ATTR = 96, load_super_attr, cache 1, (global_super, class, self_ -- attr, self_or_null)
                by |arg| (3, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Put the value of a slot (an argument, or nothing) into a new cell in that slot.
            MAKE_CELL = 97, make_cell, cache 0, ( -- ), HAS_ARG | HAS_FREE | RAISES;
            /// Store a key and a value into the dict `arg` below them.
            MAP_ADD = 98, map_add, cache 0, (dict, between, key, value -- dict, between)
                by |arg| (arg + 2, arg), HAS_ARG | RAISES | CALLS;
            /// Class pattern with `arg` positional sub-patterns: push the tuple of attributes, or None.
            MATCH_CLASS = 99, match_class, cache 0, (subject, class, names -- attrs), HAS_ARG | RAISES | CALLS;
            /// Jump when the top, a bool, is False.
            POP_JUMP_IF_FALSE = 100, pop_jump_if_false, cache 0, (cond -- ), HAS_ARG | HAS_JUMP;
            /// Jump when the top is None.
            POP_JUMP_IF_NONE = 101, pop_jump_if_none, cache 0, (value -- ), HAS_ARG | HAS_JUMP;
            /// Jump when the top is not None.
            POP_JUMP_IF_NOT_NONE = 102, pop_jump_if_not_none, cache 0, (value -- ), HAS_ARG | HAS_JUMP;
            /// Jump when the top, a bool, is True.
            POP_JUMP_IF_TRUE = 103, pop_jump_if_true, cache 0, (cond -- ), HAS_ARG | HAS_JUMP;
            /// `raise`, `raise exc`, `raise exc from cause` for arg 0, 1, 2.
            RAISE_VARARGS = 104, raise_varargs, cache 0, (args -- ) by |arg| (arg, 0), HAS_ARG | RAISES | CALLS | TERMINATES;
            /// Raise the top again; arg: 0, or the depth below it of the instruction offset the traceback should name.
            RERAISE = 105, reraise, cache 0, (values, exc -- values) by |arg| (arg + 1, arg), HAS_ARG | RAISES | TERMINATES;
            /// Send `value` into `receiver`: push what it yields, or jump to END_SEND with its result.
            SEND = 106, send, cache 1, (receiver, value -- receiver, res), HAS_ARG | HAS_JUMP | RAISES | CALLS;
            /// Add the top to the set `arg` below it.
            SET_ADD = 107, set_add, cache 0, (set, between, value -- set, between)
                by |arg| (arg + 1, arg), HAS_ARG | RAISES | CALLS;
            /// Set one attribute of a new function: arg is a [`FunctionAttribute`](crate::operands::FunctionAttribute) bit.
            SET_FUNCTION_ATTRIBUTE = 108, set_function_attribute, cache 0, (attr, func -- func), HAS_ARG;
            /// Add all of the top iterable to the set `arg` below it.
            SET_UPDATE = 109, set_update, cache 0, (set, between, iterable -- set, between)
                by |arg| (arg + 1, arg), HAS_ARG | RAISES | CALLS;
            /// `owner.NAME = value`.
            STORE_ATTR = 110, store_attr, cache 1, (value, owner -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Store into a cell.
            STORE_DEREF = 111, store_deref, cache 0, (value -- ), HAS_ARG | HAS_FREE | CALLS;
            /// Bind a local. After an inlined comprehension the value may be NULL, which unbinds it.
            STORE_FAST = 112, store_fast, cache 0, (value -- ), HAS_ARG | HAS_LOCAL | CALLS;
            /// Bind local arg >> 4, then push local arg & 15.
            STORE_FAST_LOAD_FAST = 113, store_fast_load_fast, cache 0, (value -- loaded), HAS_ARG | HAS_LOCAL | CALLS;
            /// Bind local arg >> 4 to the top, then local arg & 15 to the item below.
            STORE_FAST_STORE_FAST = 114, store_fast_store_fast, cache 0, (second, first -- ), HAS_ARG | HAS_LOCAL | CALLS;
            /// Bind a global.
            STORE_GLOBAL = 115, store_global, cache 0, (value -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Bind a name in the locals mapping.
            STORE_NAME = 116, store_name, cache 0, (value -- ), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Exchange the top with the item `arg` deep (2: the next one).
            SWAP = 117, swap, cache 0, (bottom, between, top -- top, between, bottom) by |arg| (arg, arg), HAS_ARG;
            /// Starred unpacking: arg & 255 items before the list, arg >> 8 after it; the first item ends on top.
            UNPACK_EX = 118, unpack_ex, cache 0, (seq -- items) by |arg| (1, 1 + (arg & 0xFF) + (arg >> 8)),
                HAS_ARG | RAISES | CALLS;
            /// Unpack `arg` items; the first one ends on top.
            UNPACK_SEQUENCE = 119, unpack_sequence, cache 1, (seq -- items) by |arg| (1, arg), HAS_ARG | RAISES | CALLS;
            /// Yield the top; on resumption the sent value is on top. arg 1: inside `yield from` or `await`.
            YIELD_VALUE = 120, yield_value, cache 0, (value -- sent), HAS_ARG | RAISES | CALLS;

            /// Entry and resumption point, polls the eval-breaker; arg & 3: [`ResumeKind`](crate::operands::ResumeKind),
            /// bit 2: the frame's exception table covers this point at depth 1.
            RESUME = 128, resume, cache 0, ( -- ), HAS_ARG | RAISES | CALLS;

            /// int + int.
            BINARY_OP_ADD_INT = 129 of BINARY_OP, binary_op_add_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// int - int.
            BINARY_OP_SUBTRACT_INT = 130 of BINARY_OP, binary_op_subtract_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// int * int.
            BINARY_OP_MULTIPLY_INT = 131 of BINARY_OP, binary_op_multiply_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// float + float.
            BINARY_OP_ADD_FLOAT = 132 of BINARY_OP, binary_op_add_float, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// float - float.
            BINARY_OP_SUBTRACT_FLOAT = 133 of BINARY_OP, binary_op_subtract_float, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// float * float.
            BINARY_OP_MULTIPLY_FLOAT = 134 of BINARY_OP, binary_op_multiply_float, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// str + str.
            BINARY_OP_ADD_STR = 135 of BINARY_OP, binary_op_add_str, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// list[int].
            BINARY_OP_SUBSCR_LIST_INT = 136 of BINARY_OP, binary_op_subscr_list_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// tuple[int].
            BINARY_OP_SUBSCR_TUPLE_INT = 137 of BINARY_OP, binary_op_subscr_tuple_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// dict[key].
            BINARY_OP_SUBSCR_DICT = 138 of BINARY_OP, binary_op_subscr_dict, cache 1, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// str[int].
            BINARY_OP_SUBSCR_STR_INT = 139 of BINARY_OP, binary_op_subscr_str_int, cache 1, (a, b -- res), HAS_ARG | RAISES;
            /// Subscription by a Python `__getitem__`.
            BINARY_OP_SUBSCR_GETITEM = 140 of BINARY_OP, binary_op_subscr_getitem, cache 1, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// Any other pair of operand types, by a cached function.
            BINARY_OP_EXTEND = 141 of BINARY_OP, binary_op_extend, cache 1, (a, b -- res), HAS_ARG | RAISES | CALLS;
            /// int compared with int.
            COMPARE_OP_INT = 142 of COMPARE_OP, compare_op_int, cache 1, (a, b -- res), HAS_ARG;
            /// float compared with float.
            COMPARE_OP_FLOAT = 143 of COMPARE_OP, compare_op_float, cache 1, (a, b -- res), HAS_ARG;
            /// str compared with str.
            COMPARE_OP_STR = 144 of COMPARE_OP, compare_op_str, cache 1, (a, b -- res), HAS_ARG;
            /// Membership in a dict.
            CONTAINS_OP_DICT = 145 of CONTAINS_OP, contains_op_dict, cache 1, (a, b -- bool), HAS_ARG | RAISES | CALLS;
            /// Membership in a set or frozenset.
            CONTAINS_OP_SET = 146 of CONTAINS_OP, contains_op_set, cache 1, (a, b -- bool), HAS_ARG | RAISES | CALLS;
            /// Membership of a str in a str.
            CONTAINS_OP_STR = 147 of CONTAINS_OP, contains_op_str, cache 1, (a, b -- bool), HAS_ARG;
            /// The operand is a bool.
            TO_BOOL_BOOL = 148 of TO_BOOL, to_bool_bool, cache 1, (value -- bool), 0;
            /// The operand is an int.
            TO_BOOL_INT = 149 of TO_BOOL, to_bool_int, cache 1, (value -- bool), 0;
            /// The operand is a list, tuple, dict or set: true when not empty.
            TO_BOOL_SIZED = 150 of TO_BOOL, to_bool_sized, cache 1, (value -- bool), 0;
            /// The operand is None.
            TO_BOOL_NONE = 151 of TO_BOOL, to_bool_none, cache 1, (value -- bool), 0;
            /// The operand is a str.
            TO_BOOL_STR = 152 of TO_BOOL, to_bool_str, cache 1, (value -- bool), 0;
            /// The operand's type defines neither `__bool__` nor `__len__`.
            TO_BOOL_ALWAYS_TRUE = 153 of TO_BOOL, to_bool_always_true, cache 1, (value -- bool), 0;
            /// A value in an in-object slot of the instance.
            LOAD_ATTR_INSTANCE = 154 of LOAD_ATTR, load_attr_instance, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// A function of the type, not shadowed by the instance, in call layout.
            LOAD_ATTR_METHOD = 155 of LOAD_ATTR, load_attr_method, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// A non-descriptor of the type, not shadowed by the instance.
            LOAD_ATTR_TYPE_VALUE = 156 of LOAD_ATTR, load_attr_type_value, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// A global of a module.
            LOAD_ATTR_MODULE = 157 of LOAD_ATTR, load_attr_module, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// An attribute of a class object.
            LOAD_ATTR_CLASS = 158 of LOAD_ATTR, load_attr_class, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// A `__slots__` member.
            LOAD_ATTR_SLOT = 159 of LOAD_ATTR, load_attr_slot, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES;
            /// A property with a Python getter.
            LOAD_ATTR_PROPERTY = 160 of LOAD_ATTR, load_attr_property, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// A value in the instance's materialised `__dict__`.
            LOAD_ATTR_DICT = 161 of LOAD_ATTR, load_attr_dict, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// A Python `__getattribute__`.
            LOAD_ATTR_GETATTRIBUTE = 162 of LOAD_ATTR, load_attr_getattribute, cache 1, (owner -- attr, self_or_null)
                by |arg| (1, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// Overwrite an in-object slot.
            STORE_ATTR_INSTANCE = 163 of STORE_ATTR, store_attr_instance, cache 1, (value, owner -- ), HAS_ARG | HAS_NAME | CALLS;
            /// Add an in-object slot: a shape transition.
            STORE_ATTR_ADD = 164 of STORE_ATTR, store_attr_add, cache 1, (value, owner -- ), HAS_ARG | HAS_NAME;
            /// A `__slots__` member.
            STORE_ATTR_SLOT = 165 of STORE_ATTR, store_attr_slot, cache 1, (value, owner -- ), HAS_ARG | HAS_NAME | CALLS;
            /// A value in the instance's materialised `__dict__`.
            STORE_ATTR_DICT = 166 of STORE_ATTR, store_attr_dict, cache 1, (value, owner -- ), HAS_ARG | HAS_NAME | CALLS;
            /// Found in globals.
            LOAD_GLOBAL_MODULE = 167 of LOAD_GLOBAL, load_global_module, cache 1, ( -- value, null)
                by |arg| (0, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// Found in builtins.
            LOAD_GLOBAL_BUILTIN = 168 of LOAD_GLOBAL, load_global_builtin, cache 1, ( -- value, null)
                by |arg| (0, 1 + (arg & 1)), HAS_ARG | HAS_NAME;
            /// `super().attr`.
            LOAD_SUPER_ATTR_ATTR = 169 of LOAD_SUPER_ATTR, load_super_attr_attr, cache 1,
                (global_super, class, self_ -- attr, self_or_null) by |arg| (3, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// `super().method(...)`.
            LOAD_SUPER_ATTR_METHOD = 170 of LOAD_SUPER_ATTR, load_super_attr_method, cache 1,
                (global_super, class, self_ -- attr, self_or_null) by |arg| (3, 1 + (arg & 1)), HAS_ARG | HAS_NAME | RAISES | CALLS;
            /// A Python function whose parameters the positional arguments fill exactly.
            CALL_PY_EXACT = 171 of CALL, call_py_exact, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Any other Python function.
            CALL_PY_GENERAL = 172 of CALL, call_py_general, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A bound method of a Python function, exact arguments.
            CALL_BOUND_METHOD_EXACT = 173 of CALL, call_bound_method_exact, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Any other bound method.
            CALL_BOUND_METHOD_GENERAL = 174 of CALL, call_bound_method_general, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A heap class with a Python `__init__` and no own `__new__`.
            CALL_ALLOC_INIT = 175 of CALL, call_alloc_init, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A built-in class.
            CALL_BUILTIN_CLASS = 176 of CALL, call_builtin_class, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A built-in function of one argument.
            CALL_BUILTIN_O = 177 of CALL, call_builtin_o, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A built-in function of positional arguments.
            CALL_BUILTIN_FAST = 178 of CALL, call_builtin_fast, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A method of a built-in type without arguments.
            CALL_METHOD_NOARGS = 179 of CALL, call_method_noargs, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A method of a built-in type with one argument.
            CALL_METHOD_O = 180 of CALL, call_method_o, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A method of a built-in type with positional arguments.
            CALL_METHOD_FAST = 181 of CALL, call_method_fast, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// `list.append(item)`.
            CALL_LIST_APPEND = 182 of CALL, call_list_append, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES;
            /// `len(obj)`.
            CALL_LEN = 183 of CALL, call_len, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// `isinstance(obj, cls)`.
            CALL_ISINSTANCE = 184 of CALL, call_isinstance, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// `type(obj)`.
            CALL_TYPE_1 = 185 of CALL, call_type_1, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES;
            /// `str(obj)`.
            CALL_STR_1 = 186 of CALL, call_str_1, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// `tuple(obj)`.
            CALL_TUPLE_1 = 187 of CALL, call_tuple_1, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Anything else that is not a Python function.
            CALL_NON_PY_GENERAL = 188 of CALL, call_non_py_general, cache 1, (callable, self_or_null, args -- res)
                by |arg| (2 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A Python function with keywords.
            CALL_KW_PY = 189 of CALL_KW, call_kw_py, cache 1, (callable, self_or_null, args, kwnames -- res)
                by |arg| (3 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// A bound method with keywords.
            CALL_KW_BOUND_METHOD = 190 of CALL_KW, call_kw_bound_method, cache 1, (callable, self_or_null, args, kwnames -- res)
                by |arg| (3 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Anything else with keywords.
            CALL_KW_NON_PY = 191 of CALL_KW, call_kw_non_py, cache 1, (callable, self_or_null, args, kwnames -- res)
                by |arg| (3 + arg, 1), HAS_ARG | RAISES | CALLS;
            /// Over a range.
            FOR_ITER_RANGE = 192 of FOR_ITER, for_iter_range, cache 1, (iter -- iter, next), HAS_ARG | HAS_JUMP;
            /// Over a list.
            FOR_ITER_LIST = 193 of FOR_ITER, for_iter_list, cache 1, (iter -- iter, next), HAS_ARG | HAS_JUMP;
            /// Over a tuple.
            FOR_ITER_TUPLE = 194 of FOR_ITER, for_iter_tuple, cache 1, (iter -- iter, next), HAS_ARG | HAS_JUMP;
            /// Over a generator: its frame runs in this loop.
            FOR_ITER_GEN = 195 of FOR_ITER, for_iter_gen, cache 1, (iter -- iter, next), HAS_ARG | HAS_JUMP | RAISES | CALLS;
            /// Into a generator or coroutine: its frame runs in this loop.
            SEND_GEN = 196 of SEND, send_gen, cache 1, (receiver, value -- receiver, res), HAS_ARG | HAS_JUMP | RAISES | CALLS;
            /// A tuple of two.
            UNPACK_SEQUENCE_TWO_TUPLE = 197 of UNPACK_SEQUENCE, unpack_sequence_two_tuple, cache 1, (seq -- items)
                by |arg| (1, arg), HAS_ARG;
            /// A tuple of `arg`.
            UNPACK_SEQUENCE_TUPLE = 198 of UNPACK_SEQUENCE, unpack_sequence_tuple, cache 1, (seq -- items)
                by |arg| (1, arg), HAS_ARG;
            /// A list of `arg`.
            UNPACK_SEQUENCE_LIST = 199 of UNPACK_SEQUENCE, unpack_sequence_list, cache 1, (seq -- items)
                by |arg| (1, arg), HAS_ARG;
            /// list[int] = value.
            STORE_SUBSCR_LIST_INT = 200 of STORE_SUBSCR, store_subscr_list_int, cache 1, (value, container, sub -- ), RAISES | CALLS;
            /// dict[key] = value.
            STORE_SUBSCR_DICT = 201 of STORE_SUBSCR, store_subscr_dict, cache 1, (value, container, sub -- ), RAISES | CALLS;
            /// A counted loop edge that has nothing left to count.
            JUMP_BACKWARD_PLAIN = 202 of JUMP_BACKWARD, jump_backward_plain, cache 1, ( -- ),
                HAS_ARG | HAS_JUMP | BACKWARD | TERMINATES | RAISES | CALLS;
            /// Stands for another op while a tool watches the code: reports its events, then that op runs with this argument.
            INSTRUMENTED_INSTRUCTION = 203, instrumented_instruction, cache 0, ( -- ), HAS_ARG | RAISES | CALLS | INTERNAL;
            /// A function of the receiver's type.
            LOAD_SPECIAL_METHOD = 204 of LOAD_SPECIAL, load_special_method, cache 1, (owner -- attr, self_or_null), HAS_ARG;
        }
    };
}

/// What an op has or may do: the last clause of its row.
pub mod flags {
    /// The argument means something.
    pub const HAS_ARG: u32 = 1 << 0;
    /// The argument is an index of `Code::consts`.
    pub const HAS_CONST: u32 = 1 << 1;
    /// The argument (shifted where the row says so) is an index of `Code::names`.
    pub const HAS_NAME: u32 = 1 << 2;
    /// The argument is an index (or two of 4 bits) of the frame's slots.
    pub const HAS_LOCAL: u32 = 1 << 3;
    /// The argument is the index of a slot that holds a cell.
    pub const HAS_FREE: u32 = 1 << 4;
    /// The argument is a jump distance.
    pub const HAS_JUMP: u32 = 1 << 5;
    /// The jump goes back.
    pub const BACKWARD: u32 = 1 << 6;
    /// Execution never continues at the next instruction.
    pub const TERMINATES: u32 = 1 << 7;
    /// May raise.
    pub const RAISES: u32 = 1 << 8;
    /// May run Python code: calls, special methods, finalizers of what a store overwrites.
    pub const CALLS: u32 = 1 << 9;
    /// Never in a code object.
    pub const INTERNAL: u32 = 1 << 10;
}

macro_rules! count {
    () => { 0 };
    ($head:ident $($tail:ident)*) => { 1 + count!($($tail)*) };
}

macro_rules! effect {
    ($arg:ident, ($($input:ident)*), ($($output:ident)*),) => { (count!($($input)*), count!($($output)*)) };
    ($arg:ident, ($($input:ident)*), ($($output:ident)*), $by:expr) => {{
        let by: fn(u32) -> (u32, u32) = $by;
        by($arg)
    }};
}

macro_rules! base {
    ($name:ident) => {
        Opcode::$name
    };
    ($name:ident $base:ident) => {
        Opcode::$base
    };
}

macro_rules! define_opcodes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal $(of $base:ident)?, $snake:ident, cache $cache:literal,
       ($($input:ident),* -- $($output:ident),*) $(by $by:expr)?, $flags:expr;)*) => {
        /// An instruction's op.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode { $($(#[doc = $doc])+ $name = $number,)* }

        /// Every op of the table, in table order.
        pub const ALL: &[Opcode] = &[$(Opcode::$name),*];

        impl Opcode {
            /// The op with this number, if the table has one.
            #[inline]
            pub const fn from_u8(number: u8) -> Option<Opcode> { FROM_U8[number as usize] }

            /// The name in capitals, as `dis` prints it.
            pub const fn name(self) -> &'static str { match self { $(Opcode::$name => stringify!($name),)* } }

            /// The name in small letters, the grep key through the layers.
            pub const fn snake_name(self) -> &'static str { match self { $(Opcode::$name => stringify!($snake),)* } }

            /// The op of the table's doc comment.
            pub fn doc(self) -> &'static str { match self { $(Opcode::$name => concat!($($doc, "\n"),+),)* } }

            /// Inputs and outputs as written in the table, for the docs.
            pub fn effect_text(self) -> &'static str {
                match self { $(Opcode::$name => concat!($(stringify!($input), " ",)* "--" $(, " ", stringify!($output))*),)* }
            }

            /// How many items the op takes from and leaves on the stack.
            #[inline]
            pub fn pops_pushes(self, arg: u32) -> (u32, u32) {
                match self { $(Opcode::$name => effect!(arg, ($($input)*), ($($output)*), $($by)?),)* }
            }
        }

        const META: [Meta; 256] = {
            let mut table = [Meta { flags: 0, cache: 0, base: Opcode::CACHE }; 256];
            $({
                #[allow(unused_imports)]
                use flags::*;
                table[$number as usize] = Meta { flags: $flags, cache: $cache, base: base!($name $($base)?) };
            })*
            table
        };

        const FROM_U8: [Option<Opcode>; 256] = {
            let mut table = [None; 256];
            $(table[$number as usize] = Some(Opcode::$name);)*
            table
        };
    };
}

#[derive(Clone, Copy)]
struct Meta {
    flags: u32,
    cache: u8,
    base: Opcode,
}

for_each_op!(define_opcodes);

/// Ops with a smaller number have no argument.
pub const HAVE_ARGUMENT: u8 = Opcode::WITH_EXCEPT_START as u8;

impl Opcode {
    /// The flags of the row.
    #[inline]
    pub const fn flags(self) -> u32 {
        META[self as usize].flags
    }

    /// Whether the row has all of these flags.
    #[inline]
    pub const fn has(self, wanted: u32) -> bool {
        self.flags() & wanted == wanted
    }

    /// Number of cache units after the op: 0 or 1.
    #[inline]
    pub const fn cache_units(self) -> usize {
        META[self as usize].cache as usize
    }

    /// The op that this one specialises, or itself.
    #[inline]
    pub const fn base(self) -> Opcode {
        META[self as usize].base
    }

    /// Whether the row is a specialised one.
    #[inline]
    pub fn is_specialised(self) -> bool {
        self.base() != self
    }

    /// Net change of the stack depth. Jumping and falling through never differ.
    #[inline]
    pub fn stack_effect(self, arg: u32) -> i64 {
        let (pops, pushes) = self.pops_pushes(arg);
        i64::from(pushes) - i64::from(pops)
    }

    /// Index of `Code::names` that the argument stands for.
    #[inline]
    pub const fn name_index(self, arg: u32) -> Option<u32> {
        if !self.has(flags::HAS_NAME) {
            return None;
        }
        Some(match self.base() {
            Opcode::LOAD_ATTR | Opcode::LOAD_GLOBAL => arg >> 1,
            Opcode::LOAD_SUPER_ATTR => arg >> 2,
            _ => arg,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specialised_rows_agree_with_their_base() {
        for &op in ALL {
            let base = op.base();
            assert!(!base.is_specialised(), "{op:?}");
            assert_eq!(op.cache_units(), base.cache_units(), "{op:?}");
            for arg in [0, 1, 2, 3, 7] {
                assert_eq!(op.pops_pushes(arg), base.pops_pushes(arg), "{op:?} {arg}");
            }
            let fixed = flags::HAS_ARG | flags::HAS_NAME | flags::HAS_LOCAL | flags::HAS_JUMP | flags::TERMINATES;
            assert_eq!(op.flags() & fixed, base.flags() & fixed, "{op:?}");
        }
    }

    #[test]
    fn arguments_begin_at_have_argument() {
        for &op in ALL {
            assert_eq!(Opcode::from_u8(op as u8), Some(op));
            if !op.is_specialised() && op != Opcode::WITH_EXCEPT_START {
                assert_eq!(op.has(flags::HAS_ARG), op as u8 >= HAVE_ARGUMENT, "{op:?}");
            }
        }
    }
}
