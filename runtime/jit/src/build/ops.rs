//! One method per bytecode instruction, or the way out for those that are not compiled.
//!
//! Invariant: BUILD-3.

use super::scan::Instr;
use super::{Builder, Kind};
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_object::singletons;

impl Builder<'_> {
    /// The top, as an object where it is a tuple in registers.
    pub fn pop(&mut self) -> Entry {
        self.materialise_top(1);
        self.pop_entry()
    }
    pub fn pop_entry(&mut self) -> Entry {
        self.stack.pop().unwrap_or_else(|| {
            self.why = Some(Reason::CompilerError);
            Entry::Null
        })
    }
    pub fn peek(&mut self, n: usize) -> Entry {
        match self.stack.len().checked_sub(n) {
            Some(i) => self.stack[i],
            None => {
                self.why = Some(Reason::CompilerError);
                Entry::Null
            }
        }
    }
    /// The value `n` deep; virtual iterators and NULL have none.
    pub fn peek_val(&mut self, n: usize) -> Val {
        match self.peek(n) {
            Entry::Val(v, _) => v,
            _ => {
                self.why = Some(Reason::Unsupported);
                Val(0)
            }
        }
    }
    pub fn push(&mut self, v: Val, own: Own) {
        self.stack.push(Entry::Val(v, own));
    }
    pub fn push_owned(&mut self, v: Val) {
        self.push(v, Own::Owned)
    }
    pub fn word(&mut self, w: u64) -> Val {
        self.emit(Op::Word(w), Repr::Word, Ty::Const(w))
    }

    /// Whether giving up this entry touches a reference count.
    pub fn counted(&self, e: Entry) -> bool {
        match e {
            Entry::Val(v, Own::Owned) => self.f.repr(v) == Repr::Word && !self.f.uncounted(v),
            Entry::Seq { .. } | Entry::Tuple(_) => true,
            _ => false,
        }
    }
    /// Gives up an entry that left the stack.
    pub fn release(&mut self, e: Entry) {
        if !self.counted(e) {
            return;
        }
        self.before_effect();
        let v = match e {
            Entry::Val(v, _) => v,
            Entry::Seq { seq, walk, other, .. } => {
                if let Some(second) = other.filter(|_| walk.second()) {
                    self.emit(Op::Decref(second), Repr::Raw, Ty::Any);
                }
                seq
            }
            Entry::Tuple(t) => {
                for v in self.f.tuples[t as usize].clone() {
                    self.release(Entry::Val(v, Own::Owned));
                }
                return;
            }
            _ => return,
        };
        let maybe = matches!(self.f.inst(v).op, Op::LoadStack(_) | Op::Param);
        self.emit(if maybe { Op::DecrefMaybe(v) } else { Op::Decref(v) }, Repr::Raw, Ty::Any);
        self.facts.clear();
    }
    /// Replaces the `n` top entries by a result, then gives them up.
    pub fn finish(&mut self, n: usize, result: Option<(Val, Own)>) {
        let mut gone: Vec<Entry> = (0..n).map(|_| self.pop()).collect();
        gone.retain(|&e| self.counted(e));
        if let Some((v, own)) = result {
            self.push(v, own);
            if own == Own::Heap && !gone.is_empty() {
                self.before_effect();
            }
        }
        for e in gone.into_iter().rev() {
            self.release(e);
        }
    }

    /// A helper call with borrowed arguments; its result takes the place of `n` operands.
    pub fn call(&mut self, helper: Helper, args: Vec<Val>, n: usize, repr: Repr, ty: Ty) -> Val {
        self.before_effect();
        let state = self.state();
        let v = self.emit(Op::Call { helper, args, state }, repr, ty);
        self.facts.clear();
        self.observed |= helper.observes();
        let result = matches!(repr, Repr::Word | Repr::Bool).then_some((v, Own::Owned));
        self.finish(n, result);
        v
    }
    /// A helper call that consumes the `n` top entries from the frame's stack.
    pub fn call_mem(&mut self, helper: Helper, n: usize, extra: Vec<Val>, ty: Ty) -> Val {
        self.before_effect();
        let state = self.state();
        let base = self.stack.len().saturating_sub(n);
        let v = self.emit(Op::CallMem { helper, base: base as u32, extra, state }, Repr::Word, ty);
        self.facts.clear();
        self.observed |= helper.observes();
        self.stack.truncate(base);
        v
    }
    /// The instruction as the interpreter does it, operands and results on the frame's stack.
    pub fn step(&mut self, i: &Instr) -> bool {
        let (pops, pushes) = i.op.pops_pushes(i.arg);
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        match adder_interp::eval::step_function(i.op) {
            Some(f) => {
                let f = self.emit(Op::Raw(f as usize as i64), Repr::Raw, Ty::Any);
                self.call_mem(Helper::StepWith, pops as usize, vec![arg, f], Ty::Any)
            }
            None => self.call_mem(Helper::Step, pops as usize, vec![arg], Ty::Any),
        };
        self.push_results(pushes);
        self.type_of_result(i.op);
        true
    }
    /// What an instruction makes anew has one exact type.
    fn type_of_result(&mut self, op: O) {
        use adder_object::types::{DICT, SET};
        let ty = match op {
            O::BUILD_MAP => &DICT,
            O::BUILD_SET => &SET,
            _ => return,
        };
        let v = self.peek_val(1);
        self.f.insts[v.0 as usize].ty = Ty::Exact(super::feedback::type_address(ty));
    }

    /// Builds one instruction; false when it ended the block.
    pub fn op(&mut self, i: &Instr) -> bool {
        let takes_tuples = matches!(i.op, O::UNPACK_SEQUENCE | O::BINARY_OP | O::STORE_SUBSCR)
            || i.op == O::RETURN_VALUE && self.inline.is_some();
        if !takes_tuples && !i.unrun {
            self.materialise_top(i.op.pops_pushes(i.arg).0 as usize);
        }
        match i.op {
            _ if i.unrun => self.exit(Reason::NeverRun),
            O::UNPACK_SEQUENCE => self.unpack_sequence(i),
            O::NOP | O::NOT_TAKEN | O::RESUME => true,
            O::LOAD_FAST | O::LOAD_FAST_BORROW => self.load_fast(i.arg),
            O::LOAD_FAST_LOAD_FAST | O::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                self.load_fast(i.arg >> 4) && self.load_fast(i.arg & 15)
            }
            O::LOAD_FAST_CHECK => self.load_fast_check(i.arg),
            O::LOAD_FAST_AND_CLEAR => self.load_fast_and_clear(i.arg),
            O::STORE_FAST => self.store_fast(i.arg),
            O::STORE_FAST_LOAD_FAST => self.store_fast(i.arg >> 4) && self.load_fast(i.arg & 15),
            O::STORE_FAST_STORE_FAST => self.store_fast(i.arg >> 4) && self.store_fast(i.arg & 15),
            O::DELETE_FAST => self.delete_fast(i.arg),
            O::LOAD_CONST => self.load_const(i.arg),
            O::LOAD_SMALL_INT => {
                let v = self.emit(Op::Int(i64::from(i.arg)), Repr::Int, Ty::Int);
                self.push(v, Own::Frame);
                true
            }
            O::PUSH_NULL => {
                self.stack.push(Entry::Null);
                true
            }
            O::POP_TOP | O::POP_ITER | O::END_FOR => {
                let e = self.pop();
                self.release(e);
                true
            }
            O::COPY => self.copy(i.arg as usize),
            O::SWAP => {
                let n = self.stack.len();
                if i.arg as usize > n {
                    return self.exit(Reason::CompilerError);
                }
                self.stack.swap(n - 1, n - i.arg as usize);
                true
            }
            O::BINARY_OP => self.binary_op(i),
            O::COMPARE_OP => self.compare_op(i),
            O::CONTAINS_OP => {
                let v = self.plain_contains(i).unwrap_or_else(|| {
                    let (item, container) = (self.peek_val(2), self.peek_val(1));
                    self.call(Helper::Contains, vec![container, item], 2, Repr::Bool, Ty::Bool)
                });
                self.invert_top(v, i.arg == 1);
                true
            }
            O::IS_OP => {
                let (a, b) = (self.peek_val(2), self.peek_val(1));
                let v = self.emit(Op::Is(a, b), Repr::Bool, Ty::Bool);
                self.finish(2, Some((v, Own::Owned)));
                self.invert_top(v, i.arg == 1);
                true
            }
            O::TO_BOOL => self.to_bool(i),
            O::UNARY_NOT => {
                let v = self.peek_val(1);
                let c = self.condition(v);
                let v = self.emit(Op::Not(c), Repr::Bool, Ty::Bool);
                self.finish(1, Some((v, Own::Owned)));
                true
            }
            O::UNARY_NEGATIVE => self.negative(i),
            O::UNARY_INVERT => {
                let a = self.peek_val(1);
                self.call(Helper::Invert, vec![a], 1, Repr::Word, Ty::Any);
                true
            }
            O::POP_JUMP_IF_FALSE | O::POP_JUMP_IF_TRUE => self.pop_jump(i),
            O::POP_JUMP_IF_NONE | O::POP_JUMP_IF_NOT_NONE => {
                let v = self.peek_val(1);
                let none = self.word(singletons::none_ref().bits());
                let c = self.emit(Op::Is(v, none), Repr::Bool, Ty::Bool);
                self.finish(1, None);
                self.branch(c, i, i.op == O::POP_JUMP_IF_NONE)
            }
            O::JUMP_FORWARD => self.jump(i.next + i.arg),
            O::JUMP_BACKWARD => {
                self.before_effect();
                let s = self.state();
                self.emit(Op::Poll(s), Repr::Raw, Ty::Any);
                self.jump(i.next.wrapping_sub(i.arg))
            }
            O::JUMP_BACKWARD_NO_INTERRUPT => self.jump(i.next.wrapping_sub(i.arg)),
            O::RETURN_VALUE if self.inline.is_some() => self.inline_return(),
            O::RETURN_VALUE => {
                let e = self.pop();
                let Entry::Val(v, own) = e else { return self.exit(Reason::CompilerError) };
                self.stack.push(e);
                let s = self.state();
                self.terminate(Term::Return(v, own, s));
                false
            }
            O::GET_ITER => self.get_iter(i),
            O::FOR_ITER => self.for_iter(i),
            O::RAISE_VARARGS | O::RERAISE => self.raise(i),
            O::PUSH_EXC_INFO => self.push_exc_info(),
            O::POP_EXCEPT => self.pop_except(),
            O::CHECK_EXC_MATCH => self.check_exc_match(i),
            O::YIELD_VALUE => self.yield_value(i),
            O::SEND => self.send(i),
            O::END_SEND => self.end_send(),
            _ => self.op_rest(i),
        }
    }

    fn op_rest(&mut self, i: &Instr) -> bool {
        match i.op {
            O::LOAD_ATTR => self.load_attr(i),
            O::STORE_ATTR => self.store_attr(i),
            O::LOAD_SPECIAL => self.load_special(i) || self.step(i),
            O::LOAD_GLOBAL => self.load_global(i),
            O::LOAD_DEREF => self.load_deref(i.arg),
            O::STORE_DEREF => self.store_deref(i.arg),
            O::STORE_SUBSCR => self.store_subscr(i),
            O::DELETE_SUBSCR => {
                let (c, k) = (self.peek_val(2), self.peek_val(1));
                self.call(Helper::DelItem, vec![c, k], 2, Repr::Raw, Ty::Any);
                true
            }
            O::CALL => self.call_op(i),
            O::CALL_KW => self.call_kw_op(i),
            O::CALL_FUNCTION_EX => {
                let v = self.call_mem(Helper::CallEx, 4, vec![], Ty::Any);
                self.push_owned(v);
                true
            }
            O::BUILD_LIST => self.build(Helper::BuildList, i.arg as usize, &adder_object::types::LIST),
            O::BUILD_TUPLE if self.is_taken_apart(i) => self.build_tuple(i.arg as usize),
            O::BUILD_TUPLE => self.build(Helper::BuildTuple, i.arg as usize, &adder_object::types::TUPLE),
            O::LIST_APPEND => self.list_append(i.arg as usize),
            O::SET_ADD => {
                let (set, v) = (self.peek_val(i.arg as usize + 1), self.peek_val(1));
                self.call(Helper::SetAdd, vec![set, v], 1, Repr::Raw, Ty::Any);
                true
            }
            O::MAP_ADD => {
                let (d, k, v) = (self.peek_val(i.arg as usize + 2), self.peek_val(2), self.peek_val(1));
                self.call(Helper::MapAdd, vec![d, k, v], 2, Repr::Raw, Ty::Any);
                true
            }
            O::FORMAT_SIMPLE => {
                let v = self.peek_val(1);
                if self.f.ty(v) == Ty::Exact(super::feedback::type_address(&adder_object::types::STR)) {
                    return true;
                }
                if !self.plain_format(v) {
                    self.call(Helper::FormatSimple, vec![v], 1, Repr::Word, Ty::Any);
                }
                true
            }
            O::BUILD_STRING => self.build(Helper::BuildString, i.arg as usize, &adder_object::types::STR),
            O::BINARY_SLICE => self.plain_slice() || self.step(i),
            O::BUILD_MAP
            | O::BUILD_SET
            | O::BUILD_SLICE
            | O::STORE_SLICE
            | O::FORMAT_WITH_SPEC
            | O::CONVERT_VALUE
            | O::DELETE_NAME
            | O::DELETE_GLOBAL
            | O::DELETE_DEREF
            | O::DELETE_ATTR
            | O::LIST_EXTEND
            | O::SET_UPDATE
            | O::DICT_UPDATE
            | O::DICT_MERGE
            | O::MAKE_FUNCTION
            | O::SET_FUNCTION_ATTRIBUTE
            | O::LOAD_COMMON_CONSTANT
            | O::UNPACK_EX
            | O::MATCH_CLASS
            | O::MATCH_KEYS
            | O::MATCH_MAPPING
            | O::WITH_EXCEPT_START
            | O::MATCH_SEQUENCE
            | O::GET_LEN
            | O::GET_AWAITABLE
            | O::GET_AITER
            | O::GET_ANEXT
            | O::GET_YIELD_FROM_ITER
            | O::CALL_INTRINSIC_1
            | O::CALL_INTRINSIC_2
            | O::IMPORT_NAME
            | O::IMPORT_FROM
            | O::LOAD_BUILD_CLASS
            | O::LOAD_FROM_DICT_OR_DEREF
            | O::LOAD_FROM_DICT_OR_GLOBALS
            | O::BUILD_INTERPOLATION
            | O::BUILD_TEMPLATE => self.step(i),
            O::LOAD_NAME => self.load_name(i) || self.step(i),
            O::STORE_NAME => self.store_global(i, true) || self.step(i),
            O::STORE_GLOBAL => self.store_global(i, false) || self.step(i),
            O::LOAD_SUPER_ATTR => self.super_method(i) || self.step(i),
            O::MAKE_CELL | O::COPY_FREE_VARS => self.cells(i),
            _ => self.exit(Reason::Unsupported),
        }
    }

    fn invert_top(&mut self, v: Val, invert: bool) {
        if invert {
            let n = self.emit(Op::Not(v), Repr::Bool, Ty::Bool);
            if let Some(e) = self.stack.last_mut() {
                *e = Entry::Val(n, Own::Owned)
            }
        }
    }

    /// A local's value, loaded from its slot when that alone knows it.
    pub fn local(&mut self, slot: u32) -> Option<Val> {
        match self.locals[slot as usize] {
            Local::Val(v) => Some(v),
            Local::Unbound => None,
            Local::Tuple(t) => {
                let v = self.tuple_object(t);
                (self.locals[slot as usize], self.owns[slot as usize]) = (Local::Val(v), Own::Owned);
                self.state_changed();
                Some(v)
            }
            Local::InSlot => {
                let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
                self.locals[slot as usize] = Local::Val(v);
                Some(v)
            }
        }
    }
    fn load_fast(&mut self, slot: u32) -> bool {
        if let Local::Tuple(t) = self.locals[slot as usize]
            && self.take_apart(t)
        {
            return true;
        }
        match self.local(slot) {
            Some(v) => {
                self.push(v, Own::Frame);
                true
            }
            None => self.exit(Reason::ExceptionPath),
        }
    }
    fn load_fast_check(&mut self, slot: u32) -> bool {
        let Some(v) = self.local(slot) else { return self.exit(Reason::ExceptionPath) };
        if self.f.repr(v) == Repr::Word && !matches!(self.f.ty(v), Ty::Const(_) | Ty::Exact(_)) {
            self.guard_there(v, Reason::ExceptionPath);
        }
        self.push(v, Own::Frame);
        true
    }
    /// The slot's word, NULL included, moves to the stack.
    fn load_fast_and_clear(&mut self, slot: u32) -> bool {
        if self.inline.is_some() {
            return self.exit(Reason::Unsupported);
        }
        let e = match self.locals[slot as usize] {
            Local::Unbound => Entry::Null,
            _ => {
                let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
                Entry::Val(v, Own::Owned)
            }
        };
        if let Local::Val(v) = self.locals[slot as usize] {
            self.emit(Op::SyncSlot(slot, v), Repr::Raw, Ty::Any);
            // The load must see what the slot holds after that.
            let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
            self.unbind_without_release(slot, v);
            self.stack.push(Entry::Val(v, Own::Owned));
            return true;
        }
        if let Entry::Val(v, _) = e {
            self.unbind_without_release(slot, v);
        }
        self.stack.push(e);
        true
    }
    fn unbind_without_release(&mut self, slot: u32, _: Val) {
        self.support_ends(slot);
        self.emit(Op::ClearSlot(slot), Repr::Raw, Ty::Any);
        self.locals[slot as usize] = Local::Unbound;
        self.state = None;
    }

    /// Entries that lean on a local get references of their own before it changes.
    fn support_ends(&mut self, slot: u32) {
        let Local::Val(v) = self.locals[slot as usize] else {
            for i in 0..self.stack.len() {
                self.own(i, Own::Frame);
            }
            return;
        };
        for i in 0..self.stack.len() {
            if matches!(self.stack[i], Entry::Val(w, Own::Frame) if w == v || self.f.ty(w) == Ty::Any) {
                self.own(i, Own::Frame);
            }
        }
    }
    fn store_fast(&mut self, slot: u32) -> bool {
        let e = self.pop();
        self.support_ends(slot);
        if self.inline.is_some() {
            return self.bind_inlined(slot, Some(e));
        }
        let old = self.locals[slot as usize];
        let (val, own) = match e {
            Entry::Val(v, own) => (Some(v), own),
            Entry::Null => (None, Own::Owned),
            _ => {
                self.why = Some(Reason::Unsupported);
                return false;
            }
        };
        let quiet = match old {
            Local::Unbound => true,
            Local::Val(o) => self.f.repr(o) == Repr::Int || self.f.repr(o) == Repr::Bool,
            Local::InSlot | Local::Tuple(_) => false,
        };
        if !quiet {
            // Releasing the old value may run anything.
            self.before_effect();
        }
        self.emit(Op::SetLocal { slot, val, own, old }, Repr::Raw, Ty::Any);
        self.locals[slot as usize] = val.map_or(Local::Unbound, Local::Val);
        self.state = None;
        true
    }
    fn delete_fast(&mut self, slot: u32) -> bool {
        let Some(v) = self.local(slot) else { return self.exit(Reason::ExceptionPath) };
        if self.f.repr(v) == Repr::Word && self.f.ty(v) == Ty::Any {
            self.guard_there(v, Reason::ExceptionPath);
        }
        self.support_ends(slot);
        if self.inline.is_some() {
            return self.bind_inlined(slot, None);
        }
        self.before_effect();
        let old = self.locals[slot as usize];
        self.emit(Op::SetLocal { slot, val: None, own: Own::Owned, old }, Repr::Raw, Ty::Any);
        self.locals[slot as usize] = Local::Unbound;
        self.facts.clear();
        true
    }
    fn load_const(&mut self, index: u32) -> bool {
        // The code object keeps it alive.
        let v = self.constant_value(&self.code.consts[index as usize]);
        self.push(v, Own::Frame);
        true
    }
    fn copy(&mut self, n: usize) -> bool {
        let e = self.peek(n);
        match e {
            Entry::Val(v, Own::Owned) if self.counted(e) => {
                self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
                self.push_owned(v);
            }
            Entry::Range { .. } | Entry::Seq { .. } | Entry::Tuple(_) => return self.exit(Reason::Unsupported),
            _ => self.stack.push(e),
        }
        true
    }

    /// A value as a condition: True is the only true one (the operand is a bool).
    pub fn condition(&mut self, v: Val) -> Val {
        if self.f.repr(v) == Repr::Bool {
            return v;
        }
        let t = self.word(singletons::true_ref().bits());
        self.emit(Op::Is(v, t), Repr::Bool, Ty::Bool)
    }
    fn pop_jump(&mut self, i: &Instr) -> bool {
        let v = self.peek_val(1);
        let c = self.condition(v);
        self.finish(1, None);
        self.branch(c, i, i.op == O::POP_JUMP_IF_TRUE)
    }
    /// Two-way jump: to the target when the condition is `on`.
    pub fn branch(&mut self, c: Val, i: &Instr, on: bool) -> bool {
        self.own_stack();
        self.settle_for(&[i.next, i.next + i.arg]);
        let saved = (self.locals.clone(), self.stack.clone());
        let fall = self.edge(i.next);
        (self.locals, self.stack) = saved;
        let target = self.edge(i.next + i.arg);
        self.terminate(if on { Term::Branch(c, target, fall) } else { Term::Branch(c, fall, target) });
        false
    }
    pub fn own_all(&mut self, i: usize) {
        self.own(i, Own::Heap);
        self.own(i, Own::Frame);
    }
    pub fn own_stack(&mut self) {
        for k in 0..self.stack.len() {
            self.own_all(k);
        }
    }
    /// Ends the block with a jump.
    pub fn jump(&mut self, unit: u32) -> bool {
        let e = self.edge(unit);
        self.terminate(Term::Jump(e));
        false
    }

    fn build(&mut self, helper: Helper, n: usize, ty: &'static adder_object::StaticType) -> bool {
        let v = self.call_mem(helper, n, vec![], Ty::Exact(super::feedback::type_address(ty)));
        self.push_owned(v);
        true
    }
    fn cells(&mut self, i: &Instr) -> bool {
        if self.inline.is_some() {
            return self.exit(Reason::Unsupported);
        }
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        self.call_mem(Helper::Step, 0, vec![arg], Ty::Any);
        if i.op == O::MAKE_CELL {
            self.locals[i.arg as usize] = Local::InSlot;
        } else {
            let n = self.locals.len();
            for l in &mut self.locals[n - i.arg as usize..] {
                *l = Local::InSlot;
            }
        }
        true
    }
    /// The cell in a slot: never rebound after the first instructions of the function.
    fn cell(&mut self, slot: u32) -> Val {
        match self.local(slot) {
            Some(v) => v,
            None => {
                self.why = Some(Reason::CompilerError);
                Val(0)
            }
        }
    }
    fn load_deref(&mut self, slot: u32) -> bool {
        let c = self.cell(slot);
        let v = self.emit(Op::Load(c, crate::layout::CELL_VALUE, Width::U64), Repr::Word, Ty::Any);
        self.guard_there(v, Reason::ExceptionPath);
        self.push(v, Own::Heap);
        true
    }
    fn store_deref(&mut self, slot: u32) -> bool {
        let c = self.cell(slot);
        self.before_effect();
        let e = self.pop();
        let Entry::Val(v, own) = e else { return self.exit(Reason::Unsupported) };
        self.retain(v, own);
        let state = self.state();
        self.emit(Op::Call { helper: Helper::StoreCell, args: vec![c, v], state }, Repr::Raw, Ty::Any);
        self.facts.clear();
        true
    }
    /// What a value most likely is.
    pub fn hint(&self, v: Val) -> Option<Kind> {
        match self.f.repr(v) {
            Repr::Int => Some(Kind::Int),
            Repr::Float => Some(Kind::Float),
            _ => match self.f.ty(v) {
                Ty::Int => Some(Kind::Int),
                Ty::Float => Some(Kind::Float),
                _ => self.hints.get(&v).copied().filter(|&k| matches!(k, Kind::Int | Kind::Float)),
            },
        }
    }
}
