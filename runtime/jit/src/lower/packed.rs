//! Items of packed sequences.
//!
//! Invariant: PACK-1.

use super::{Lower, flags};
use crate::hir::*;
use adder_object::packed::Element;
use cranelift_codegen::ir::{self, InstBuilder, types};

impl Lower<'_, '_> {
    /// The address of an item but for an offset; the index is an int in a register (times four).
    fn packed_place(&mut self, base: Val, index: Val, e: Element) -> ir::Value {
        let (b, i) = (self.val(base), self.val(index));
        let scaled = match e.size() {
            1 => self.b.ins().sshr_imm_u(i, 2),
            2 => self.b.ins().sshr_imm_u(i, 1),
            4 => i,
            _ => self.b.ins().ishl_imm_u(i, 1),
        };
        self.b.ins().iadd(b, scaled)
    }
    pub fn load_packed(&mut self, base: Val, index: Val, at: i32, e: Element) -> ir::Value {
        let p = self.packed_place(base, index, e);
        let n = match e {
            Element::U8 => self.b.ins().uload8(types::I64, flags(), p, at),
            Element::I8 => self.b.ins().sload8(types::I64, flags(), p, at),
            Element::U16 => self.b.ins().uload16(types::I64, flags(), p, at),
            Element::I16 => self.b.ins().sload16(types::I64, flags(), p, at),
            Element::U32 => self.b.ins().uload32(flags(), p, at),
            Element::I32 => self.b.ins().sload32(flags(), p, at),
            Element::I64 => return self.load(types::I64, p, at),
            Element::F64 => return self.load(types::F64, p, at),
            Element::F32 => {
                let x = self.load(types::F32, p, at);
                return self.b.ins().fpromote(types::F64, x);
            }
        };
        self.b.ins().ishl_imm_u(n, 2)
    }
    pub fn store_packed(&mut self, (base, index, at): (Val, Val, i32), e: Element, v: Val) {
        let x = self.val(v);
        let p = self.packed_place(base, index, e);
        if e.is_float() {
            let x = if e == Element::F32 { self.b.ins().fdemote(types::F32, x) } else { x };
            return self.store(x, p, at);
        }
        let n = self.b.ins().sshr_imm_u(x, 2);
        match e.size() {
            1 => self.b.ins().istore8(flags(), n, p, at),
            2 => self.b.ins().istore16(flags(), n, p, at),
            4 => self.b.ins().istore32(flags(), n, p, at),
            _ => self.b.ins().store(flags(), n, p, at),
        };
    }
}
