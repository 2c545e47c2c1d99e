//! Arithmetic and comparison where ints and floats come by in turn.
//!
//! Invariant: results equal `object::arith`'s: an int converts to the nearest float, as CPython's `PyLong_AsDouble`; where that could change a
//! comparison or a quotient (beyond 2^53) the code leaves.

use super::Lower;
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
        let e = self.exit(s, super::exits::Kind::Deopt(Reason::IntOverflow));
        self.forced_exit(e);
        self.leave_unless(fits, e);
        let n = self.b.ins().fcvt_to_sint_sat(types::I64, whole);
        self.b.ins().ishl_imm_u(n, 2)
    }
}

impl Lower<'_, '_> {
    /// Whether a value is a float or an int whatever comes.
    fn is_float(&self, v: Val) -> bool {
        self.f.repr(v) == Repr::Float
    }

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
    pub fn to_float(&mut self, v: Val, s: StateId) -> ir::Value {
        self.float_of(v, s, false)
    }

    /// Blocks for two ints and for everything else; None when one operand is a float in a register.
    fn split(&mut self, a: Val, b: Val) -> Option<(ir::Value, ir::Value, ir::Block)> {
        if self.is_float(a) || self.is_float(b) {
            return None;
        }
        let (x, y) = (self.boxed(a), self.boxed(b));
        let (ints, others) = (self.b.create_block(), self.b.create_block());
        // Ints alone have bit 0 without bit 1.
        let either = self.b.ins().bor(x, y);
        let both = self.b.ins().band(x, y);
        let floats = self.b.ins().band_imm_u(either, 2);
        let flip = self.b.ins().bxor_imm_u(both, 1);
        let missing = self.b.ins().band_imm_u(flip, 1);
        let no = self.b.ins().bor(floats, missing);
        self.b.ins().brif(no, others, &[], ints, &[]);
        self.b.switch_to_block(ints);
        let (x, y) = (self.b.ins().iadd_imm_s(x, -1), self.b.ins().iadd_imm_s(y, -1));
        Some((x, y, others))
    }

    pub fn number2(&mut self, op: FloatOp, a: Val, b: Val, s: StateId) -> ir::Value {
        let done = self.b.create_block();
        let out = self.b.append_block_param(done, types::I64);
        if let Some((x, y, others)) = self.split(a, b) {
            let w = match op {
                FloatOp::Div => {
                    let zero = self.icmp_imm(IntCC::Equal, y, 0);
                    self.deopt_if(zero, s, Reason::DivisionByZero);
                    let (p, q) = (self.int_to_float(x, s, true), self.int_to_float(y, s, true));
                    let r = self.b.ins().fdiv(p, q);
                    self.box_float(r)
                }
                _ => {
                    let (r, over) = match op {
                        FloatOp::Add => self.b.ins().sadd_overflow(x, y),
                        FloatOp::Sub => self.b.ins().ssub_overflow(x, y),
                        _ => {
                            let n = self.b.ins().sshr_imm_u(x, 2);
                            self.b.ins().smul_overflow(n, y)
                        }
                    };
                    self.deopt_if(over, s, Reason::IntOverflow);
                    self.b.ins().bor_imm_u(r, 1)
                }
            };
            self.b.ins().jump(done, &[ir::BlockArg::Value(w)]);
            self.b.switch_to_block(others);
        }
        let (p, q) = (self.float_of(a, s, false), self.float_of(b, s, false));
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
        self.b.switch_to_block(done);
        out
    }

    pub fn cmp_number(&mut self, c: Cmp, a: Val, b: Val, s: StateId) -> ir::Value {
        let done = self.b.create_block();
        let out = self.b.append_block_param(done, types::I8);
        if let Some((x, y, others)) = self.split(a, b) {
            let r = self.b.ins().icmp(int_condition(c), x, y);
            self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
            self.b.switch_to_block(others);
        }
        let (p, q) = (self.float_of(a, s, true), self.float_of(b, s, true));
        let r = self.b.ins().fcmp(float_condition(c), p, q);
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
