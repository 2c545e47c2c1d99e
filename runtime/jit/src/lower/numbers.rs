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
                let (other, done) = (self.b.create_block(), self.b.create_block());
                self.b.set_cold_block(other);
                let out = self.b.append_block_param(done, types::F64);
                let yes = self.b.ins().band_imm_u(w, 2);
                let x = self.unbox_float(w);
                self.b.ins().brif(yes, done, &[ir::BlockArg::Value(x)], other, &[]);
                self.b.switch_to_block(other);
                let low = self.b.ins().band_imm_u(w, 3);
                let no = self.icmp_imm(IntCC::NotEqual, low, 1);
                self.deopt_if(no, s, Reason::NotFloat);
                let scaled = self.b.ins().iadd_imm_s(w, -1);
                let x = self.int_to_float(scaled, s, exact);
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

    /// Goes on where both words are floats, with these; anything else goes to the cold block that is given.
    fn two_floats(&mut self, words: (ir::Value, ir::Value)) -> ((ir::Value, ir::Value), ir::Block) {
        let other = self.b.create_block();
        self.b.set_cold_block(other);
        let tags = self.b.ins().band(words.0, words.1);
        let floats = self.b.ins().band_imm_u(tags, 2);
        self.leave_unless(floats, other);
        ((self.unbox_float(words.0), self.unbox_float(words.1)), other)
    }
    fn float2(&mut self, op: FloatOp, p: ir::Value, q: ir::Value, s: StateId) -> ir::Value {
        match op {
            FloatOp::Add => self.b.ins().fadd(p, q),
            FloatOp::Sub => self.b.ins().fsub(p, q),
            FloatOp::Mul => self.b.ins().fmul(p, q),
            FloatOp::Div => {
                let zero = self.b.ins().f64const(0.0);
                let no = self.b.ins().fcmp(FloatCC::Equal, q, zero);
                self.deopt_if(no, s, Reason::DivisionByZero);
                self.b.ins().fdiv(p, q)
            }
        }
    }

    pub fn number2(&mut self, op: FloatOp, a: Val, b: Val, s: StateId) -> ir::Value {
        let float = |l: &Self, v: Val| l.f.repr(v) == Repr::Float;
        if float(self, a) || float(self, b) {
            // Next to a float in a register an int becomes one.
            let (p, q) = (self.float_of(a, s, false), self.float_of(b, s, false));
            let r = self.float2(op, p, q, s);
            return self.box_float(r);
        }
        let done = self.b.create_block();
        let out = self.b.append_block_param(done, types::I64);
        let words = (self.boxed(a), self.boxed(b));
        let ((p, q), other) = self.two_floats(words);
        let r = self.float2(op, p, q, s);
        let (_, w) = self.float_word(r);
        let fits = self.b.ins().band_imm_u(w, 2);
        self.b.ins().brif(fits, done, &[ir::BlockArg::Value(w)], other, &[]);
        self.b.switch_to_block(other);
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
        let words = (self.boxed(a), self.boxed(b));
        let ((p, q), other) = self.two_floats(words);
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
