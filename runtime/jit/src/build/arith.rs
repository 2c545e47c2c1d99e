//! Operators and comparisons on ints and floats in registers; everything else through the interpreter's functions.
//!
//! Invariant: results equal `object::arith`'s for every pair of operands, or the instruction is left to the interpreter
//! before anything happened. Which operations `object::arith::fast` does on immediates is what is done here.

use super::scan::Instr;
use super::{Builder, Kind, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::code::{kinds, seen};
use adder_isa::Opcode as O;
use adder_isa::operands::SUBSCR;
use adder_isa::reasons::Reason;
use adder_object::types;

/// Argument of BINARY_OP for `+=`.
const INPLACE_ADD: u32 = 13;
const POWER: u32 = 8;

impl Builder<'_> {
    /// The value as an int; a guard where that is not known yet.
    pub fn as_int(&mut self, v: Val) -> Val {
        if self.f.repr(v) == Repr::Int {
            return v;
        }
        if self.f.repr(v) == Repr::Bool {
            let (one, zero) = (self.emit(Op::Int(1), Repr::Int, Ty::Int), self.emit(Op::Int(0), Repr::Int, Ty::Int));
            return self.emit(Op::Select(v, one, zero), Repr::Int, Ty::Int);
        }
        let s = self.state();
        let n = self.emit(Op::UnboxInt(v, s), Repr::Int, Ty::Int);
        self.refine(v, n);
        n
    }
    pub fn as_float(&mut self, v: Val) -> Val {
        match self.f.repr(v) {
            Repr::Float => v,
            Repr::Int => self.emit(Op::IntToFloat(v), Repr::Float, Ty::Float),
            _ => {
                let s = self.state();
                let n = self.emit(Op::UnboxFloat(v, s), Repr::Float, Ty::Float);
                self.refine(v, n);
                n
            }
        }
    }

    /// What both operands will be taken for.
    fn kinds(&mut self, i: &Instr, a: Val, b: Val) -> Option<(Kind, Kind)> {
        let known = |b: &Self, v: Val| match (b.f.repr(v), b.f.ty(v)) {
            (Repr::Int, _) | (_, Ty::Int) => Some(Some(Kind::Int)),
            (Repr::Float, _) | (_, Ty::Float) => Some(Some(Kind::Float)),
            (Repr::Bool, _) | (_, Ty::Exact(_) | Ty::Const(_) | Ty::Heap | Ty::Bool) => Some(None),
            _ => None,
        };
        let (mut ka, mut kb) = (known(self, a), known(self, b));
        // Beside an int a truth value is one, and what a number is added to is most likely a number.
        let int = Some(Some(Kind::Int));
        let counts = |b: &Self, v: Val, k: Option<Option<Kind>>| match k {
            Some(_) => k == int,
            None => b.hint(v).map_or(i.op == O::BINARY_OP, |k| k == Kind::Int),
        };
        let guess = int.filter(|_| !self.failed());
        if self.f.repr(a) == Repr::Bool && counts(self, b, kb) {
            (ka, kb) = (int, kb.or(guess));
        } else if self.f.repr(b) == Repr::Bool && counts(self, a, ka) {
            (ka, kb) = (ka.or(guess), int);
        }
        if let (Some(x), Some(y)) = (ka, kb) {
            return x.zip(y);
        }
        if ka == Some(None) || kb == Some(None) || self.failed() {
            return None;
        }
        if let Some((x, y)) = self.seen_kinds(i) {
            return Some((ka.flatten().unwrap_or(x), kb.flatten().unwrap_or(y)));
        }
        let guess = feedback::operand_kind(i);
        let (ha, hb) = (self.hint(a), self.hint(b));
        // Where the interpreter found no form for numbers, other than for their size, one operand says nothing of the other.
        let formless = |c: &adder_interp::code::Cache| c.has_backed_off() && c.shape.get() & seen::OVERFLOW == 0;
        let alike = !(i.op == O::BINARY_OP && i.now == i.op && self.cache(i).is_some_and(formless));
        let x = ka.flatten().or(guess).or(ha).or(hb.filter(|_| alike))?;
        let y = kb.flatten().or(guess).or(hb).or(ha.filter(|_| alike))?;
        Some((x, y))
    }

    /// What the interpreter's function for a pair of numbers is made for.
    fn seen_kinds(&self, i: &Instr) -> Option<(Kind, Kind)> {
        if i.now != O::BINARY_OP_EXTEND {
            return None;
        }
        match self.cache(i)?.aux.get() {
            kinds::INT_INT => Some((Kind::Int, Kind::Int)),
            kinds::FLOAT_FLOAT => Some((Kind::Float, Kind::Float)),
            kinds::INT_FLOAT => Some((Kind::Int, Kind::Float)),
            kinds::FLOAT_INT => Some((Kind::Float, Kind::Int)),
            _ => None,
        }
    }

    pub fn binary_op(&mut self, i: &Instr) -> bool {
        if i.arg == SUBSCR {
            return self.subscript(i);
        }
        self.materialise_top(2);
        if let Some(end) = self.bits(i) {
            self.built_to = end;
            return true;
        }
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        let op = if i.arg >= 13 { i.arg - 13 } else { i.arg };
        if self.mixed(i, a, b)
            && let Some((r, own)) = self.number_op(op, a, b)
        {
            self.finish(2, Some((r, own)));
            return true;
        }
        if op == POWER
            && let Some(k) = self.kinds(i, a, b)
            && let Some(r) = self.power(k, a, b)
        {
            self.finish(2, Some((r, Own::Owned)));
            return true;
        }
        match self.kinds(i, a, b) {
            Some((Kind::Int, Kind::Int)) => {
                if let Some(r) = self.int_op(op, a, b) {
                    self.finish(2, Some((r, Own::Owned)));
                    return true;
                }
            }
            Some(k) => {
                if let Some(r) = self.float_op(op, k, a, b) {
                    self.finish(2, Some((r, Own::Owned)));
                    return true;
                }
            }
            None => {}
        }
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        if !self.failed()
            && let Some(back) = self.operator(i, a, b)
        {
            return back;
        }
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        let ty = self.result_type(a, b, op);
        if i.arg == INPLACE_ADD && self.is_overwritten(i, a) {
            self.call(Helper::Append, vec![a, b], 2, Repr::Word, ty);
            return true;
        }
        if self.is_plain(i, a, b) && self.plain_binary(op, a, b) {
            return true;
        }
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        self.call(Helper::Binary, vec![a, b, arg], 2, Repr::Word, ty);
        true
    }
    /// Whether the operands are strs, or ints that are not always small.
    fn is_plain(&self, i: &Instr, a: Val, b: Val) -> bool {
        let word = |v: Val| matches!(self.f.ty(v), Ty::Any | Ty::Int | Ty::Const(_) | Ty::Exact(_));
        let seen = self.cache(i).map_or(0, |c| c.shape.get());
        let ints = feedback::operand_kind(i) == Some(Kind::Int) || self.seen_kinds(i) == Some((Kind::Int, Kind::Int));
        let large = seen & seen::OVERFLOW != 0 && seen & seen::OBJECTS == 0 || ints && self.failed();
        let text = self.result_type(a, b, 0) != Ty::Any || i.now == O::BINARY_OP_ADD_STR && !self.failed();
        (text || large) && word(a) && word(b)
    }

    /// Whether the left operand leans on a local of the frame that the next instruction overwrites, and on nothing else.
    fn is_overwritten(&self, i: &Instr, a: Val) -> bool {
        let next = super::scan::decode(self.code, i.next);
        let Some(slot) = next.filter(|n| n.op == O::STORE_FAST).map(|n| n.arg as usize) else { return false };
        let leaning = self.stack.iter().filter(|e| matches!(e, Entry::Val(v, _) if *v == a)).count();
        let others = self.locals.iter().filter(|l| **l == Local::Val(a)).count();
        self.inline.is_none()
            && self.locals.get(slot) == Some(&Local::Val(a))
            && (leaning, others) == (1, 1)
            && matches!(self.stack[self.stack.len() - 2], Entry::Val(_, Own::Frame))
    }

    /// Whether the operands were ints and floats in turn, or guesses about them failed, and they can be numbers at all.
    fn mixed(&self, i: &Instr, a: Val, b: Val) -> bool {
        let seen = self.cache(i).map_or(0, |c| c.shape.get());
        let number = |v: Val| match self.f.repr(v) {
            Repr::Word => matches!(self.f.ty(v), Ty::Any | Ty::Int | Ty::Float),
            r => matches!(r, Repr::Int | Repr::Float),
        };
        // Two floats in registers, or two ints, are what the ordinary way is for.
        let plain = self.f.repr(a) != Repr::Word && self.f.repr(a) == self.f.repr(b);
        let turns = seen & (seen::MIXED | seen::OTHER_NUMBERS) != 0 || self.failed();
        turns
            && !plain
            && !self.failed_twice()
            && seen & (seen::OBJECTS | seen::OVERFLOW) == 0
            && number(a)
            && number(b)
    }
    /// An operation on numbers of either kind; its result, and who owns it.
    fn number_op(&mut self, op: u32, a: Val, b: Val) -> Option<(Val, Own)> {
        let op = float_op_of(op)?;
        let s = self.state();
        if self.f.repr(a) != Repr::Float && self.f.repr(b) != Repr::Float {
            return Some((self.emit(Op::Number2(op, a, b, s), Repr::Word, Ty::Any), Own::Owned));
        }
        let x = self.number_as_float(a);
        let y = self.number_as_float(b);
        if op == FloatOp::Div {
            self.guard_divisor(y);
        }
        Some((self.emit(Op::Float2(op, x, y), Repr::Float, Ty::Float), Own::Owned))
    }
    fn number_as_float(&mut self, v: Val) -> Val {
        match self.f.repr(v) {
            Repr::Float => v,
            Repr::Int => self.emit(Op::IntToFloat(v), Repr::Float, Ty::Float),
            _ => {
                let s = self.state();
                self.emit(Op::ToFloat(v, s), Repr::Float, Ty::Float)
            }
        }
    }

    fn result_type(&self, a: Val, b: Val, op: u32) -> Ty {
        let s = Ty::Exact(feedback::type_address(&types::STR));
        if op == 0 && self.f.ty(a) == s && self.f.ty(b) == s { s } else { Ty::Any }
    }

    fn int_op(&mut self, op: u32, a: Val, b: Val) -> Option<Val> {
        let op = match op {
            0 => IntOp::Add,
            10 => IntOp::Sub,
            5 => IntOp::Mul,
            1 => IntOp::And,
            7 => IntOp::Or,
            12 => IntOp::Xor,
            3 => IntOp::Shl,
            9 => IntOp::Shr,
            2 => IntOp::FloorDiv,
            6 => IntOp::Mod,
            11 => return self.true_divide(a, b),
            _ => return None,
        };
        if self.failed()
            && matches!(op, IntOp::Add | IntOp::Sub | IntOp::Mul | IntOp::Shl | IntOp::FloorDiv | IntOp::Mod)
        {
            // It overflowed before: leave it to the interpreter's function.
            return None;
        }
        let (a, b) = (self.as_int(a), self.as_int(b));
        let s = self.state();
        Some(self.emit(Op::Int2(op, a, b, s), Repr::Int, Ty::Int))
    }
    fn true_divide(&mut self, a: Val, b: Val) -> Option<Val> {
        if self.failed() {
            return None;
        }
        let (a, b) = (self.as_int(a), self.as_int(b));
        let s = self.state();
        Some(self.emit(Op::IntTrueDiv(a, b, s), Repr::Float, Ty::Float))
    }

    fn float_op(&mut self, op: u32, kinds: (Kind, Kind), a: Val, b: Val) -> Option<Val> {
        let fop = float_op_of(op)?;
        if self.failed() {
            return None;
        }
        let a = self.double_of(a, kinds.0 == Kind::Int);
        let b = self.double_of(b, kinds.1 == Kind::Int);
        if fop == FloatOp::Div {
            self.guard_divisor(b);
        }
        Some(self.emit(Op::Float2(fop, a, b), Repr::Float, Ty::Float))
    }
    fn guard_divisor(&mut self, x: Val) {
        let zero = self.emit(Op::Float(0.0), Repr::Float, Ty::Float);
        let ok = self.emit(Op::CmpFloat(Cmp::Ne, x, zero), Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::DivisionByZero);
    }
    /// An operand of a float operation; ints convert exactly only below 2^53, others are left to the interpreter.
    pub fn double_of(&mut self, v: Val, int: bool) -> Val {
        if !int {
            return self.as_float(v);
        }
        let n = self.as_int(v);
        if let Op::Int(k) = self.f.inst(n).op {
            return self.emit(Op::Float(k as f64), Repr::Float, Ty::Float);
        }
        self.emit(Op::IntToFloat(n), Repr::Float, Ty::Float)
    }

    pub fn compare_op(&mut self, i: &Instr) -> bool {
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        let cmp = [Cmp::Lt, Cmp::Le, Cmp::Eq, Cmp::Ne, Cmp::Gt, Cmp::Ge][(i.arg as usize >> 5).min(5)];
        if self.mixed(i, a, b) {
            let s = self.state();
            let v = self.emit(Op::CmpNumber(cmp, a, b, s), Repr::Bool, Ty::Bool);
            self.finish(2, Some((v, Own::Owned)));
            return true;
        }
        match self.kinds(i, a, b) {
            Some((Kind::Int, Kind::Int)) => {
                let (a, b) = (self.as_int(a), self.as_int(b));
                let v = self.emit(Op::CmpInt(cmp, a, b), Repr::Bool, Ty::Bool);
                self.finish(2, Some((v, Own::Owned)));
            }
            Some((Kind::Float, Kind::Float)) => {
                let (a, b) = (self.as_float(a), self.as_float(b));
                let v = self.emit(Op::CmpFloat(cmp, a, b), Repr::Bool, Ty::Bool);
                self.finish(2, Some((v, Own::Owned)));
            }
            Some((x, y)) if self.small_const(a, x) || self.small_const(b, y) => {
                let (ia, ib) = (x == Kind::Int, y == Kind::Int);
                let (a, b) = (self.double_of(a, ia), self.double_of(b, ib));
                let v = self.emit(Op::CmpFloat(cmp, a, b), Repr::Bool, Ty::Bool);
                self.finish(2, Some((v, Own::Owned)));
            }
            _ => {
                if self.plain_compare(i, a, b) {
                    return true;
                }
                let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
                if i.arg & adder_isa::operands::COMPARE_TO_BOOL != 0 {
                    self.call(Helper::CompareTruth, vec![a, b, arg], 2, Repr::Bool, Ty::Bool);
                } else {
                    self.call(Helper::Compare, vec![a, b, arg], 2, Repr::Word, Ty::Any);
                }
            }
        }
        true
    }
    /// An int constant that a double holds exactly, compared with floats.
    fn small_const(&self, v: Val, kind: Kind) -> bool {
        kind == Kind::Int && matches!(self.f.inst(v).op, Op::Int(n) if n.unsigned_abs() < 1 << 53)
    }

    pub fn negative(&mut self, _: &Instr) -> bool {
        let a = self.peek_val(1);
        match self.hint(a) {
            Some(Kind::Int) if !self.failed() => {
                let n = self.as_int(a);
                let s = self.state();
                let v = self.emit(Op::IntNeg(n, s), Repr::Int, Ty::Int);
                self.finish(1, Some((v, Own::Owned)));
            }
            Some(Kind::Float) if !self.failed() => {
                let n = self.as_float(a);
                let v = self.emit(Op::FloatNeg(n), Repr::Float, Ty::Float);
                self.finish(1, Some((v, Own::Owned)));
            }
            _ => {
                self.call(Helper::Negative, vec![a], 1, Repr::Word, Ty::Any);
            }
        }
        true
    }

    pub fn to_bool(&mut self, i: &Instr) -> bool {
        let v = self.peek_val(1);
        if self.f.repr(v) == Repr::Bool {
            return true;
        }
        let int = self.f.repr(v) == Repr::Int || i.now == O::TO_BOOL_INT && !self.failed() && self.f.ty(v) == Ty::Any;
        if int {
            let n = self.as_int(v);
            let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
            let b = self.emit(Op::CmpInt(Cmp::Ne, n, zero), Repr::Bool, Ty::Bool);
            self.finish(1, Some((b, Own::Owned)));
            return true;
        }
        if self.f.repr(v) == Repr::Float {
            let zero = self.emit(Op::Float(0.0), Repr::Float, Ty::Float);
            let b = self.emit(Op::CmpFloat(Cmp::Ne, v, zero), Repr::Bool, Ty::Bool);
            self.finish(1, Some((b, Own::Owned)));
            return true;
        }
        if i.now == O::TO_BOOL_BOOL && !self.failed() {
            let s = self.state();
            let b = self.emit(Op::UnboxBool(v, s), Repr::Bool, Ty::Bool);
            self.refine(v, b);
            return true;
        }
        if self.f.repr(v) != Repr::Word || !self.plain_truth(i, v) {
            self.call(Helper::IsTrue, vec![v], 1, Repr::Bool, Ty::Bool);
        }
        true
    }
}

/// What an operator number means for floats, as far as it is done in registers.
fn float_op_of(op: u32) -> Option<FloatOp> {
    Some(match op {
        0 => FloatOp::Add,
        10 => FloatOp::Sub,
        5 => FloatOp::Mul,
        11 => FloatOp::Div,
        _ => return None,
    })
}
