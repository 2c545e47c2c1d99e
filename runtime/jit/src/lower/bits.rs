//! Raw 64-bit words made of ints, and ints of them.
//!
//! Invariant: BITS-1; small ints stay in registers, others go through helpers.

use super::Lower;
use crate::helpers::{Helper, numbers};
use crate::hir::*;
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC, types};

impl Lower<'_, '_> {
    pub fn unbox_u64(&mut self, v: Val, s: StateId) -> ir::Value {
        if self.f.repr(v) == Repr::Int {
            let x = self.val(v);
            let negative = self.icmp_imm(IntCC::SignedLessThan, x, 0);
            self.deopt_if(negative, s, Reason::NotInt);
            return self.b.ins().ushr_imm_u(x, 2);
        }
        let w = self.boxed(v);
        let (small, other, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let out = self.b.append_block_param(done, types::I64);
        // A small int that is not negative: the tag, and no sign.
        let turned = self.b.ins().rotl_imm_u(w, 1);
        let low = self.b.ins().band_imm_u(turned, 7);
        let yes = self.icmp_imm(IntCC::Equal, low, 2);
        self.b.ins().brif(yes, small, &[], other, &[]);
        self.b.switch_to_block(other);
        let found = self.call_helper(Helper::WordOfInt, &[w]);
        let no = self.icmp_imm(IntCC::Equal, found, 0);
        self.deopt_if(no, s, Reason::NotInt);
        let at = self.iconst(numbers::WORD.get() as *const u64 as i64);
        let n = self.load(types::I64, at, 0);
        self.b.ins().jump(done, &[ir::BlockArg::Value(n)]);
        self.b.switch_to_block(small);
        let n = self.b.ins().ushr_imm_u(w, 2);
        self.b.ins().jump(done, &[ir::BlockArg::Value(n)]);
        self.b.switch_to_block(done);
        out
    }

    pub fn box_u64(&mut self, v: Val) -> ir::Value {
        let n = self.val(v);
        let (other, done) = (self.b.create_block(), self.b.create_block());
        let out = self.b.append_block_param(done, types::I64);
        let scaled = self.b.ins().ishl_imm_u(n, 2);
        let w = self.b.ins().bor_imm_u(scaled, 1);
        let large = self.b.ins().ushr_imm_u(n, 61);
        self.b.ins().brif(large, other, &[], done, &[ir::BlockArg::Value(w)]);
        self.b.switch_to_block(other);
        let w = self.call_helper(Helper::IntOfWord, &[n]);
        self.b.ins().jump(done, &[ir::BlockArg::Value(w)]);
        self.b.switch_to_block(done);
        out
    }

    pub fn raw2(&mut self, op: RawOp, a: Val, b: Val) -> ir::Value {
        let (x, y) = (self.val(a), self.val(b));
        let i = self.b.ins();
        match op {
            RawOp::Add => i.iadd(x, y),
            RawOp::Sub => i.isub(x, y),
            RawOp::Mul => i.imul(x, y),
            RawOp::And => i.band(x, y),
            RawOp::Or => i.bor(x, y),
            RawOp::Xor => i.bxor(x, y),
            RawOp::Shl => i.ishl(x, y),
            RawOp::Shr => i.ushr(x, y),
        }
    }
}
