//! Operations on built-in values that run no Python code: done by helpers without effects, left to the interpreter where they cannot be.
//!
//! Invariant: BUILD-3; what a helper cannot do it has not begun, so the instruction is run again from its start. Facts stay as they are.

use super::scan::Instr;
use super::{Builder, feedback};
use crate::helpers::{Helper, plain};
use crate::hir::*;
use crate::layout;
use adder_interp::code::NOT_PLAIN;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_object::{ObjExt, types};

impl Builder<'_> {
    /// A helper without effects; its result is a word that only the caller understands.
    fn ask(&mut self, helper: Helper, args: Vec<Val>, repr: Repr) -> Val {
        let state = self.state();
        self.emit(Op::Call { helper, args, state }, repr, Ty::Any)
    }
    /// The answer of such a helper to a question.
    pub fn truth_of(&mut self, helper: Helper, args: Vec<Val>) -> Val {
        let answer = self.ask(helper, args, Repr::Raw);
        let unknown = self.emit(Op::Raw(plain::UNKNOWN as i64), Repr::Raw, Ty::Any);
        let unknown = self.emit(Op::Is(answer, unknown), Repr::Bool, Ty::Bool);
        let known = self.emit(Op::Not(unknown), Repr::Bool, Ty::Bool);
        self.guard(known, Reason::OtherType);
        let yes = self.emit(Op::Raw(1), Repr::Raw, Ty::Any);
        self.emit(Op::Is(answer, yes), Repr::Bool, Ty::Bool)
    }
    fn is_type(&self, v: Val, t: &'static adder_object::StaticType) -> bool {
        self.f.ty(v) == Ty::Exact(feedback::type_address(t))
    }
    /// Whether a value is a str for certain.
    fn is_str(&self, v: Val) -> bool {
        self.is_type(v, &types::STR) || self.constant(v).is_some_and(|c| c.is_exact(&types::STR))
    }

    /// COMPARE_OP of strs, of a str and something that is none, or of what the interpreter compared without Python code.
    pub fn plain_compare(&mut self, i: &Instr, a: Val, b: Val) -> bool {
        let seen = i.now == O::COMPARE_OP && self.cache(i).is_some_and(|c| c.extra.get() != 0);
        let wanted = i.now == O::COMPARE_OP_STR || self.is_str(a) || self.is_str(b) || seen;
        if self.failed() || !wanted {
            return false;
        }
        let op = self.emit(Op::Raw(i64::from(i.arg >> 5)), Repr::Raw, Ty::Any);
        let v = self.truth_of(Helper::PlainCompare, vec![a, b, op]);
        self.finish(2, Some((v, Own::Owned)));
        true
    }
    /// Whether the interpreter met operands of which only code of the program could tell.
    fn met_others(&self, i: &Instr) -> bool {
        self.failed() || self.cache(i).is_some_and(|c| c.extra.get() == NOT_PLAIN)
    }
    /// CONTAINS_OP; whether it is inverted is for the caller.
    pub fn plain_contains(&mut self, i: &Instr) -> Option<Val> {
        if self.met_others(i) {
            return None;
        }
        let (item, container) = (self.peek_val(2), self.peek_val(1));
        let v = self.truth_of(Helper::PlainContains, vec![container, item]);
        self.finish(2, Some((v, Own::Owned)));
        Some(v)
    }
    /// TO_BOOL of a word.
    pub fn plain_truth(&mut self, i: &Instr, v: Val) -> bool {
        if self.met_others(i) {
            return false;
        }
        let sizes = [
            (&types::LIST, layout::LIST_LEN),
            (&types::TUPLE, layout::TUPLE_LEN),
            (&types::STR, layout::STR_LEN),
            (&types::DICT, layout::DICT_USED),
        ];
        let b = match sizes.into_iter().find(|s| self.is_type(v, s.0)) {
            Some((_, at)) => {
                let n = self.emit(Op::Load(v, at, Width::U64), Repr::Raw, Ty::Any);
                let zero = self.emit(Op::Raw(0), Repr::Raw, Ty::Any);
                let none = self.emit(Op::Is(n, zero), Repr::Bool, Ty::Bool);
                self.emit(Op::Not(none), Repr::Bool, Ty::Bool)
            }
            None => self.truth_of(Helper::PlainTruth, vec![v]),
        };
        self.finish(1, Some((b, Own::Owned)));
        true
    }

    fn may_be_dict(&self, v: Val, seen: bool) -> bool {
        self.is_type(v, &types::DICT) || seen && self.may_be(v, feedback::type_address(&types::DICT))
    }
    /// Whether a helper gave a word at all.
    fn guard_word_given(&mut self, v: Val) {
        let unknown = self.is_no_word(v);
        let known = self.emit(Op::Not(unknown), Repr::Bool, Ty::Bool);
        self.guard(known, Reason::OtherType);
    }
    /// `dict[key]`.
    pub fn dict_item(&mut self, i: &Instr, dict: Val, key: Val) -> bool {
        if self.failed() || !self.may_be_dict(dict, i.now == O::BINARY_OP_SUBSCR_DICT) {
            return false;
        }
        let v = self.ask(Helper::DictItem, vec![dict, key], Repr::Word);
        self.guard_word_given(v);
        self.finish(2, Some((v, Own::Heap)));
        true
    }
    /// `dict[key] = value`: on the stack are value, dict, key.
    pub fn dict_store(&mut self, i: &Instr, dict: Val, key: Val) -> bool {
        if self.failed() || !self.may_be_dict(dict, i.now == O::STORE_SUBSCR_DICT) {
            return false;
        }
        self.before_effect();
        let value = self.peek_val(3);
        let old = self.ask(Helper::DictStore, vec![dict, key, value], Repr::Word);
        self.guard_word_given(old);
        let gone: Vec<Entry> = (0..3).map(|_| self.pop()).collect();
        self.state_changed();
        self.emit(Op::DecrefMaybe(old), Repr::Raw, Ty::Any);
        self.facts.clear();
        gone.into_iter().for_each(|e| self.release(e));
        true
    }

    /// An owned result of a helper takes the place of `n` operands.
    fn made(&mut self, helper: Helper, args: Vec<Val>, n: usize, ty: Ty) {
        let v = self.ask(helper, args, Repr::Word);
        self.guard_there(v, Reason::OtherType);
        // The guard let nothing else through.
        self.f.insts[v.0 as usize].ty = ty;
        self.finish(n, Some((v, Own::Owned)));
    }
    /// BINARY_SLICE.
    pub fn plain_slice(&mut self) -> bool {
        if self.failed() {
            return false;
        }
        let (a, from, to) = (self.peek_val(3), self.peek_val(2), self.peek_val(1));
        let ty = match self.f.ty(a) {
            ty @ Ty::Exact(_) => ty,
            _ => Ty::Heap,
        };
        self.made(Helper::PlainSlice, vec![a, from, to], 3, ty);
        true
    }
    /// FORMAT_SIMPLE.
    pub fn plain_format(&mut self, v: Val) -> bool {
        if self.failed() {
            return false;
        }
        self.made(Helper::PlainFormat, vec![v], 1, Ty::Exact(feedback::type_address(&types::STR)));
        true
    }
    /// An operator (a position in `BinOp::ALL`) on numbers whose results are no small ones, or on strs.
    pub fn plain_binary(&mut self, op: u32, a: Val, b: Val) -> bool {
        if self.failed_twice() {
            return false;
        }
        let text = self.is_str(a) && self.is_str(b);
        let op = self.emit(Op::Raw(i64::from(op)), Repr::Raw, Ty::Any);
        let ty = if text { Ty::Exact(feedback::type_address(&types::STR)) } else { Ty::Any };
        self.made(Helper::PlainBinary, vec![a, b, op], 2, ty);
        true
    }
}
