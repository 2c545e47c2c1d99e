//! Values between registers and words, reference counts, slots.

use super::Lower;
use crate::helpers::Helper;
use crate::hir::*;
use crate::layout;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use cranelift_frontend::FunctionBuilder;

impl Lower<'_, '_> {
    /// The value as a word: owned when it is a heap float made here, uncounted or borrowed otherwise.
    pub fn boxed(&mut self, v: Val) -> ir::Value {
        let x = self.val(v);
        match self.f.repr(v) {
            Repr::Word | Repr::Raw => x,
            Repr::Int => self.b.ins().bor_imm_u(x, 1),
            Repr::Bool => self.box_bool(x),
            Repr::Float => self.box_float(x),
        }
    }
    fn box_bool(&mut self, x: ir::Value) -> ir::Value {
        let t = self.iconst(adder_object::singletons::true_ref().bits() as i64);
        let e = self.iconst(adder_object::singletons::false_ref().bits() as i64);
        self.b.ins().select(x, t, e)
    }
    /// VAL-2: nearly every double fits a word; the others are made on the heap.
    pub fn box_float(&mut self, x: ir::Value) -> ir::Value {
        let (bits, w) = self.float_word(x);
        let fits = self.b.ins().band_imm_u(w, 2);
        let (heap, done) = (self.b.create_block(), self.b.create_block());
        let out = self.b.append_block_param(done, types::I64);
        self.b.set_cold_block(heap);
        self.b.ins().brif(fits, done, &[ir::BlockArg::Value(w)], heap, &[]);
        self.b.switch_to_block(heap);
        let p = self.call_helper(Helper::BoxFloat, &[bits]);
        self.b.ins().jump(done, &[ir::BlockArg::Value(p)]);
        self.b.switch_to_block(done);
        out
    }
    /// The bits of a double, and what its word is if it fits one.
    pub fn float_word(&mut self, x: ir::Value) -> (ir::Value, ir::Value) {
        let bits = self.b.ins().bitcast(types::I64, MemFlagsData::new(), x);
        let turned = self.b.ins().rotl_imm_u(bits, 4);
        (bits, self.b.ins().iadd_imm_s(turned, 3))
    }
    pub fn unbox_float(&mut self, w: ir::Value) -> ir::Value {
        let t = self.b.ins().iadd_imm_s(w, -3);
        let bits = self.b.ins().rotr_imm_u(t, 4);
        self.b.ins().bitcast(types::F64, MemFlagsData::new(), bits)
    }

    /// Takes a reference to a value that is a word.
    pub fn incref(&mut self, v: Val) {
        if self.f.uncounted(v) || self.f.repr(v) != Repr::Word {
            return;
        }
        let w = self.val(v);
        let pointer = matches!(self.f.ty(v), Ty::Exact(_) | Ty::Heap | Ty::Const(_));
        self.incref_word(w, pointer);
    }
    pub fn incref_word(&mut self, w: ir::Value, pointer: bool) {
        let (at, done) = self.counted(w, pointer, false);
        // RC-5: immortal counts are negative and stay as they are.
        let rc = self.load(types::I32, at, 0);
        let sign = self.b.ins().sshr_imm_u(rc, 31);
        let up = self.b.ins().iadd_imm_s(rc, 1);
        let new = self.b.ins().iadd(up, sign);
        self.store(new, at, 0);
        self.go_on(done);
    }

    /// The place of a word's count. Words without one are given that of `Vm::nobody`, which costs the compiler no block; but code that runs
    /// often goes past the counting with them, to the block that is given.
    fn counted(&mut self, w: ir::Value, pointer: bool, maybe: bool) -> (ir::Value, Option<ir::Block>) {
        let (mut at, mut done) = (w, None);
        if !pointer {
            let low = self.b.ins().band_imm_u(w, 7);
            if self.often {
                let (count, on) = (self.b.create_block(), self.b.create_block());
                self.b.ins().brif(low, on, &[], count, &[]);
                self.b.switch_to_block(count);
                done = Some(on);
            } else {
                let nobody = self.b.ins().iadd_imm_s(self.vm, i64::from(layout::VM_NOBODY));
                at = self.b.ins().select(low, nobody, w);
            }
        }
        if maybe {
            let nobody = self.b.ins().iadd_imm_s(self.vm, i64::from(layout::VM_NOBODY));
            at = self.b.ins().select(w, at, nobody);
        }
        (at, done)
    }
    fn go_on(&mut self, done: Option<ir::Block>) {
        if let Some(done) = done {
            self.b.ins().jump(done, &[]);
            self.b.switch_to_block(done);
        }
    }

    /// Gives up a reference to a word; `maybe` when it may be NULL.
    pub fn decref_word(&mut self, w: ir::Value, pointer: bool, maybe: bool) {
        let (at, done) = self.counted(w, pointer, maybe);
        let rc = self.load(types::I32, at, 0);
        let new = one_less(&mut self.b, rc);
        self.store(new, at, 0);
        self.store(at, self.vm, layout::VM_DYING);
        if self.traps_wanted {
            self.trap_to_destroy(new);
            return self.go_on(done);
        }
        let done = done.unwrap_or_else(|| self.b.create_block());
        let dead = self.b.create_block();
        self.b.set_cold_block(dead);
        self.b.ins().brif(new, done, &[], dead, &[]);
        self.b.switch_to_block(dead);
        self.destroy();
        self.go_on(Some(done));
    }

    /// After a borrowed use of a boxed float: the heap float made for it goes.
    pub fn drop_temporary(&mut self, v: Val, w: ir::Value) {
        if self.f.repr(v) != Repr::Float {
            return;
        }
        let done = self.b.create_block();
        let dead = self.b.create_block();
        self.b.set_cold_block(dead);
        let low = self.b.ins().band_imm_u(w, 7);
        self.b.ins().brif(low, done, &[], dead, &[]);
        self.b.switch_to_block(dead);
        self.decref_word(w, true, false);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// Stores an unboxed local to its slot.
    pub fn sync_slot(&mut self, slot: u32, v: Val) {
        let w = self.boxed(v);
        let at = Self::slot_offset(slot);
        if self.plan.floats[slot as usize] {
            let old = self.load(types::I64, self.frame, at);
            self.store(w, self.frame, at);
            self.decref_word(old, false, true);
        } else {
            self.store(w, self.frame, at);
        }
        self.dirty[slot as usize] = false;
    }
    /// Brings every slot that is behind up to date.
    pub fn sync(&mut self, state: StateId) {
        let locals = self.f.frames(state)[0].locals.clone();
        for slot in 0..self.dirty.len() {
            if !self.dirty[slot] {
                continue;
            }
            if let Some(v) = locals.get(slot).and_then(|l| l.val()) {
                self.sync_slot(slot as u32, v);
            }
            self.dirty[slot] = false;
        }
    }

    /// A tuple of owned items.
    pub fn new_tuple(&mut self, items: &[Val]) -> ir::Value {
        let place = self.scratch(items.len());
        for (i, &v) in items.iter().enumerate() {
            let w = self.boxed(v);
            self.store(w, place, 8 * i as i32);
        }
        let n = self.iconst(items.len() as i64);
        self.call_helper(Helper::BuildTuple, &[place, n])
    }

    /// The word of a value whose reference moves to its new place.
    pub fn owned(&mut self, v: Val, own: Own) -> ir::Value {
        if own != Own::Owned {
            self.incref(v);
        }
        self.boxed(v)
    }

    pub fn set_local(&mut self, slot: u32, val: Option<Val>, own: Own, old: Local) {
        if super::dirty::lazy(self.f, val, old) {
            self.dirty[slot as usize] = true;
            return;
        }
        let was_dirty = self.dirty[slot as usize];
        let w = match val {
            Some(v) => self.owned(v, own),
            None => self.iconst(0),
        };
        let at = Self::slot_offset(slot);
        let old = match old {
            Local::Unbound => None,
            Local::Val(o) if self.f.repr(o) == Repr::Word && self.f.uncounted(o) => None,
            Local::Val(o) if self.f.repr(o) == Repr::Word && !was_dirty => Some(self.val(o)),
            Local::Val(o) if self.f.repr(o) != Repr::Word && !self.plan.floats[slot as usize] => None,
            _ => Some(self.load(types::I64, self.frame, at)),
        };
        self.store(w, self.frame, at);
        self.dirty[slot as usize] = false;
        if let Some(old) = old {
            self.decref_word(old, false, true);
        }
    }
}

/// A count after one reference was given up. RC-5: that of an immortal object is negative, stays as it is, and is not 0.
pub fn one_less(b: &mut FunctionBuilder, count: ir::Value) -> ir::Value {
    let sign = b.ins().sshr_imm_u(count, 31);
    let down = b.ins().iadd_imm_s(count, -1);
    b.ins().isub(down, sign)
}
