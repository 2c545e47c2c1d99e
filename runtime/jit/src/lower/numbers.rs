//! Arithmetic and comparison where ints and floats come by in turn.
//!
//! Invariant: results equal `object::arith`'s: an int converts to the nearest float, as CPython's `PyLong_AsDouble`; where that could change a
//! comparison or a quotient (beyond 2^53) the code leaves.

use super::Lower;
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::reasons::Reason;
use adder_object::typed::Direction;
use cranelift_codegen::ir::{self, InstBuilder, condcodes::FloatCC, condcodes::IntCC, types};

impl Lower<'_, '_> {
    pub fn float_call(&mut self, f: usize, args: &[Val]) -> ir::Value {
        let mut sig = ir::Signature::new(cranelift_codegen::isa::CallConv::SystemV);
        sig.params.extend(args.iter().map(|_| ir::AbiParam::new(types::F64)));
        sig.returns.push(ir::AbiParam::new(types::F64));
        let sig = self.b.import_signature(sig);
        let at = self.iconst(f as i64);
        let args: Vec<ir::Value> = args.iter().map(|&a| self.val(a)).collect();
        let call = self.b.ins().call_indirect(sig, at, &args);
        self.b.inst_results(call)[0]
    }
    pub fn float_to_int(&mut self, to: Direction, a: Val, s: StateId) -> ir::Value {
        let x = self.val(a);
        let whole = match to {
            Direction::Floor => self.b.ins().floor(x),
            Direction::Ceil => self.b.ins().ceil(x),
            Direction::ToZero => self.b.ins().trunc(x),
            Direction::Nearest => self.b.ins().nearest(x),
        };
        let size = self.b.ins().fabs(whole);
        let limit = self.b.ins().f64const((1i64 << 60) as f64);
        let fits = self.b.ins().fcmp(ir::condcodes::FloatCC::LessThan, size, limit);
        self.deopt_unless(fits, s, Reason::IntOverflow);
        let n = self.b.ins().fcvt_to_sint_sat(types::I64, whole);
        self.b.ins().ishl_imm_u(n, 2)
    }
}

impl Lower<'_, '_> {
    /// The value as a float: ints convert, anything else leaves. `exact`: so do ints that no float equals.
    fn float_of(&mut self, v: Val, s: StateId, exact: bool) -> ir::Value {
        match self.f.repr(v) {
            Repr::Float => self.val(v),
            Repr::Int => {
                let x = self.val(v);
                self.int_to_float(x, s, exact)
            }
            _ => {
                let w = self.boxed(v);
                let (float, other, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
                self.b.set_cold_block(other);
                let out = self.b.append_block_param(done, types::F64);
                let yes = self.b.ins().band_imm_u(w, 2);
                self.b.ins().brif(yes, float, &[], other, &[]);
                self.b.switch_to_block(other);
                let low = self.b.ins().band_imm_u(w, 3);
                let no = self.icmp_imm(IntCC::NotEqual, low, 1);
                self.deopt_if(no, s, Reason::NotFloat);
                let scaled = self.b.ins().iadd_imm_s(w, -1);
                let x = self.int_to_float(scaled, s, exact);
                self.b.ins().jump(done, &[ir::BlockArg::Value(x)]);
                self.b.switch_to_block(float);
                let x = self.unbox_float(w);
                self.b.ins().jump(done, &[ir::BlockArg::Value(x)]);
                self.b.switch_to_block(done);
                out
            }
        }
    }
    fn int_to_float(&mut self, scaled: ir::Value, s: StateId, exact: bool) -> ir::Value {
        if exact {
            let up = self.b.ins().iadd_imm_s(scaled, 1 << 55);
            let wide = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, up, 1 << 56);
            self.deopt_if(wide, s, Reason::IntOverflow);
        }
        let n = self.b.ins().sshr_imm_u(scaled, 2);
        self.b.ins().fcvt_from_sint(types::F64, n)
    }
    pub fn number(&mut self, op: &Op) -> Option<ir::Value> {
        Some(match op {
            Op::Number2(o, a, b, s) => self.number2(*o, *a, *b, *s),
            Op::CmpNumber(c, a, b, s) => self.cmp_number(*c, *a, *b, *s),
            Op::ToFloat(a, s) => self.to_float(*a, *s),
            Op::UnboxU64(a, s) => self.unbox_u64(*a, *s),
            _ => return None,
        })
    }
    pub fn to_float(&mut self, v: Val, s: StateId) -> ir::Value {
        self.float_of(v, s, false)
    }

    /// Goes on where both are floats, with these; anything else goes to the cold block that is given with the words of both.
    fn two_floats(&mut self, a: Val, b: Val) -> Split {
        let other = self.b.create_block();
        self.b.set_cold_block(other);
        let words = (self.boxed(a), self.boxed(b));
        // A bool is a word as well, and no number.
        let word = |l: &Self, v: Val| matches!(l.f.repr(v), Repr::Word | Repr::Bool);
        let tags = match (word(self, a), word(self, b)) {
            (true, true) => Some(self.b.ins().band(words.0, words.1)),
            (true, false) => Some(words.0),
            (false, true) => Some(words.1),
            (false, false) => None,
        };
        if let Some(t) = tags {
            let floats = self.b.ins().band_imm_u(t, 2);
            self.leave_unless(floats, other);
        }
        let (p, q) = (self.register_float(a, words.0), self.register_float(b, words.1));
        Split { floats: (p, q), words, other }
    }
    fn register_float(&mut self, v: Val, word: ir::Value) -> ir::Value {
        match self.f.repr(v) {
            Repr::Float => self.val(v),
            Repr::Int => {
                let x = self.val(v);
                let n = self.b.ins().sshr_imm_u(x, 2);
                self.b.ins().fcvt_from_sint(types::F64, n)
            }
            _ => self.unbox_float(word),
        }
    }

    /// An immediate float and an immediate int, in either order, as floats; anything else goes to `slow`.
    fn float_and_int(&mut self, words: (ir::Value, ir::Value), slow: ir::Block) -> (ir::Value, ir::Value) {
        let any = self.b.ins().bor(words.0, words.1);
        let float = self.b.ins().band_imm_u(any, 2);
        self.leave_unless(float, slow);
        let mut operand = |w: ir::Value| {
            let tag = self.b.ins().band_imm_u(w, 3);
            self.leave_unless(tag, slow);
            let x = self.unbox_float(w);
            let n = self.b.ins().sshr_imm_u(w, 2);
            let y = self.b.ins().fcvt_from_sint(types::F64, n);
            let is_float = self.b.ins().band_imm_u(w, 2);
            self.b.ins().select(is_float, x, y)
        };
        (operand(words.0), operand(words.1))
    }

    pub fn number2(&mut self, op: FloatOp, a: Val, b: Val, s: StateId) -> ir::Value {
        let done = self.b.create_block();
        let out = self.b.append_block_param(done, types::I64);
        let Split { floats: (p, q), words, other } = self.two_floats(a, b);
        let r = match op {
            FloatOp::Add => self.b.ins().fadd(p, q),
            FloatOp::Sub => self.b.ins().fsub(p, q),
            FloatOp::Mul => self.b.ins().fmul(p, q),
            FloatOp::Div => {
                let zero = self.b.ins().f64const(0.0);
                let no = self.b.ins().fcmp(FloatCC::Equal, q, zero);
                self.deopt_if(no, s, Reason::DivisionByZero);
                self.b.ins().fdiv(p, q)
            }
        };
        let w = self.box_float(r);
        self.b.ins().jump(done, &[ir::BlockArg::Value(w)]);
        self.b.switch_to_block(other);
        let slow = self.b.create_block();
        self.b.set_cold_block(slow);
        let (p, q) = self.float_and_int(words, slow);
        if op == FloatOp::Div {
            let zero = self.b.ins().f64const(0.0);
            let no = self.b.ins().fcmp(FloatCC::Equal, q, zero);
            self.leave_if(no, slow);
        }
        let r = match op {
            FloatOp::Add => self.b.ins().fadd(p, q),
            FloatOp::Sub => self.b.ins().fsub(p, q),
            FloatOp::Mul => self.b.ins().fmul(p, q),
            FloatOp::Div => self.b.ins().fdiv(p, q),
        };
        let w = self.box_float(r);
        self.b.ins().jump(done, &[ir::BlockArg::Value(w)]);
        self.b.switch_to_block(slow);
        let op = self.iconst(op as i64);
        let w = self.call_helper(Helper::Number, &[words.0, words.1, op]);
        let no = self.icmp_imm(IntCC::Equal, w, 0);
        self.deopt_if(no, s, Reason::NotFloat);
        self.b.ins().jump(done, &[ir::BlockArg::Value(w)]);
        self.b.switch_to_block(done);
        out
    }

    pub fn cmp_number(&mut self, c: Cmp, a: Val, b: Val, s: StateId) -> ir::Value {
        let done = self.b.create_block();
        let out = self.b.append_block_param(done, types::I8);
        // Next to a number in a register there is one word to look at.
        if self.f.repr(a) != Repr::Word || self.f.repr(b) != Repr::Word {
            let (x, y) = (self.float_of(a, s, true), self.float_of(b, s, true));
            let r = self.b.ins().fcmp(float_condition(c), x, y);
            self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
            self.b.switch_to_block(done);
            return out;
        }
        let Split { floats: (p, q), words, other } = self.two_floats(a, b);
        let r = self.b.ins().fcmp(float_condition(c), p, q);
        self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
        self.b.switch_to_block(other);
        let how = self.iconst(c as i64);
        let r = self.call_helper(Helper::CompareNumbers, &[words.0, words.1, how]);
        let no = self.icmp_imm(IntCC::Equal, r, 2);
        self.deopt_if(no, s, Reason::NotFloat);
        let r = self.b.ins().ireduce(types::I8, r);
        self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
        self.b.switch_to_block(done);
        out
    }
}

/// Two operands on the way to an operation of floats.
struct Split {
    floats: (ir::Value, ir::Value),
    words: (ir::Value, ir::Value),
    /// Where they are no two floats.
    other: ir::Block,
}

pub fn int_condition(c: Cmp) -> IntCC {
    match c {
        Cmp::Lt => IntCC::SignedLessThan,
        Cmp::Le => IntCC::SignedLessThanOrEqual,
        Cmp::Eq => IntCC::Equal,
        Cmp::Ne => IntCC::NotEqual,
        Cmp::Gt => IntCC::SignedGreaterThan,
        Cmp::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}
pub fn float_condition(c: Cmp) -> FloatCC {
    match c {
        Cmp::Lt => FloatCC::LessThan,
        Cmp::Le => FloatCC::LessThanOrEqual,
        Cmp::Eq => FloatCC::Equal,
        Cmp::Ne => FloatCC::NotEqual,
        Cmp::Gt => FloatCC::GreaterThan,
        Cmp::Ge => FloatCC::GreaterThanOrEqual,
    }
}
