//! Direct calls between compiled functions: the frame is made and ended here.
//!
//! Invariant: FRAME-4: what `frame::push` writes is written here, and what `frame::pop` releases is released here; anything out of
//! the ordinary (no machine code yet, limits near, frame objects) goes the long way.

use super::Lower;
use super::exits::Kind;
use crate::helpers::Helper;
use crate::hir::*;
use crate::layout::{self, Callee};
use adder_interp::frame::{HEADER_WORDS, Returns};
use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC, types};

/// Locals that an inlined return releases at the most.
const MANY: usize = 10;

impl Lower<'_, '_> {
    pub fn call_python(&mut self, base: u32, callee: &Callee, s: StateId) -> ir::Value {
        let written = self.observe(s);
        let way = self.way_out(s, Kind::RaiseCut(base));
        let Some(resume) = callee.resume else {
            let r = self.call_long(base, s);
            self.observed(written);
            self.leave_by(way, r, false);
            return r;
        };
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let out = self.b.append_block_param(done, types::I64);
        let (place, at) = self.place_of(callee.entry);
        let entry = self.load(types::I64, place, at);
        let (new, top, depth) = self.room(callee, entry, slow);
        let func = match self.f.state(s).stack.get(base as usize) {
            Some(&Entry::Val(v, _)) if callee.func == 0 => self.val(v),
            _ => self.address(callee.func as i64),
        };
        self.make_frame(callee, func, resume, new, (top, depth));
        self.move_arguments(base, callee, new, s);
        self.copy_free_variables(callee, func, new);
        self.store(new, self.vm, layout::VM_FRAME);
        let sig = self.entry_signature();
        let call = self.b.ins().call_indirect(sig, entry, &[self.vm, new]);
        let r = self.b.inst_results(call)[0];
        self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);

        self.b.switch_to_block(slow);
        let r = self.call_long(base, s);
        self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
        self.b.switch_to_block(done);
        self.observed(written);
        self.leave_by(way, out, false);
        out
    }

    /// The call by way of the helper, whose operands are gone whatever comes of it. They may be more than the frame's stack has room for
    /// (defaults), so they are handed over on the native stack.
    fn call_long(&mut self, base: u32, s: StateId) -> ir::Value {
        let entries = self.f.state(s).stack[base as usize..].to_vec();
        let place = self.scratch(entries.len());
        for (i, e) in entries.iter().enumerate() {
            let w = match *e {
                Entry::Val(v, own) => self.owned(v, own),
                _ => self.iconst(0),
            };
            self.store(w, place, 8 * i as i32);
        }
        let n = self.iconst(entries.len() as i64);
        self.call_helper(Helper::CallExact, &[place, n])
    }
    /// The address of that many words on the native stack.
    pub fn scratch(&mut self, words: usize) -> ir::Value {
        let (size, slot) = self.scratch.filter(|s| s.0 >= words).unwrap_or_else(|| {
            let size = words.max(16);
            let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, 8 * size as u32, 3);
            (size, self.b.create_sized_stack_slot(data))
        });
        self.scratch = Some((size, slot));
        self.b.ins().stack_addr(types::I64, slot, 0)
    }

    fn entry_signature(&mut self) -> ir::SigRef {
        self.signature(2)
    }

    /// Room for a frame: (frame, end of the frame, depth); leaves to `slow` near a limit, and where there is no code.
    fn room(&mut self, callee: &Callee, entry: ir::Value, slow: ir::Block) -> (ir::Value, ir::Value, ir::Value) {
        let none = self.icmp_imm(IntCC::Equal, entry, 0);
        let depth = self.load(types::I32, self.vm, layout::VM_DEPTH);
        let depth = self.b.ins().iadd_imm_s(depth, 1);
        let at = self.iconst(adder_object::vm::RECURSION_LIMIT.get() as *const u32 as i64);
        let limit = self.load(types::I32, at, 0);
        let deep = self.b.ins().icmp(IntCC::UnsignedGreaterThan, depth, limit);
        let new = self.load(types::I64, self.vm, layout::VM_STACK_TOP);
        let top = self.b.ins().iadd_imm_s(new, ((HEADER_WORDS + callee.frame_words) * 8) as i64);
        let end = self.load(types::I64, self.vm, layout::VM_STACK_END);
        let full = self.b.ins().icmp(IntCC::UnsignedGreaterThan, top, end);
        let sp = self.b.ins().get_stack_pointer(types::I64);
        let limit = self.load(types::I64, self.vm, layout::VM_STACK_LIMIT);
        let low = self.b.ins().icmp(IntCC::UnsignedLessThan, sp, limit);
        let (a, b) = (self.b.ins().bor(none, deep), self.b.ins().bor(full, low));
        let any = self.b.ins().bor(a, b);
        self.leave_if(any, slow);
        (new, top, depth)
    }

    fn make_frame(
        &mut self,
        callee: &Callee,
        func: ir::Value,
        resume: u32,
        new: ir::Value,
        (top, depth): (ir::Value, ir::Value),
    ) {
        self.store(top, self.vm, layout::VM_STACK_TOP);
        self.store(depth, self.vm, layout::VM_DEPTH);
        let fields = [
            (layout::FRAME_CODE, callee.code as i64),
            (layout::FRAME_PC, callee.units as i64 + 2 * i64::from(resume)),
            (layout::FRAME_RETURNS, Returns::Compiled as i64),
        ];
        for (at, n) in fields {
            let n = self.address(n);
            self.store(n, new, at);
        }
        let namespaces = [
            (layout::FRAME_GLOBALS, callee.globals, layout::FUNCTION_GLOBALS),
            (layout::FRAME_BUILTINS, callee.builtins, layout::FUNCTION_BUILTINS),
        ];
        for (at, known, from) in namespaces {
            let dict = if callee.func == 0 { self.load(types::I64, func, from) } else { self.address(known as i64) };
            self.store(dict, new, at);
        }
        self.store(self.at, new, layout::FRAME_PREV);
        // The function: one reference for the frame.
        self.store(func, new, layout::FRAME_FUNC);
        self.incref_word(func, true);
    }

    /// COPY_FREE_VARS.
    fn copy_free_variables(&mut self, callee: &Callee, func: ir::Value, new: ir::Value) {
        if callee.free == 0 {
            return;
        }
        let closure = self.load(types::I64, func, layout::FUNCTION_CLOSURE);
        let first = callee.nlocals - callee.free;
        for k in 0..callee.free {
            let cell = self.load(types::I64, closure, layout::TUPLE_ITEMS + 8 * k as i32);
            self.incref_word(cell, true);
            self.store(cell, new, Self::slot_offset((first + k) as u32));
        }
    }

    /// The arguments move to the slots of the new frame; its other slots are empty.
    fn move_arguments(&mut self, base: u32, callee: &Callee, new: ir::Value, s: StateId) {
        let entries = self.f.state(s).stack[base as usize..].to_vec();
        if let Some(Entry::Val(v, Own::Owned)) = entries.first().copied() {
            // The callable on the stack is a constant; an owned one gives its reference up.
            if !self.f.uncounted(v) && self.f.repr(v) == Repr::Word {
                let w = self.val(v);
                self.decref_word(w, true, false);
            }
        }
        let mut slot = 0;
        for e in &entries[1..] {
            if let Entry::Val(v, own) = *e {
                let w = self.owned(v, own);
                self.store(w, new, Self::slot_offset(slot));
                slot += 1;
            }
        }
        let zero = self.iconst(0);
        for i in slot..(callee.nlocals - callee.free) as u32 {
            self.store(zero, new, Self::slot_offset(i));
        }
    }

    /// RETURN_VALUE: what the frame owns is released, the caller becomes current.
    pub fn ret(&mut self, v: Val, own: Own, state: StateId) {
        let w = self.owned(v, own);
        let locals = self.f.state(state).locals.clone();
        let counted = |l: &Local| match *l {
            Local::Unbound => false,
            Local::InSlot | Local::Tuple(_) => true,
            Local::Val(v) => self.f.repr(v) == Repr::Word && !self.f.uncounted(v) || self.f.repr(v) == Repr::Float,
        };
        if self.suspends() {
            self.give_back();
            self.store_pc(state);
            let r = self.call_helper(Helper::FinishGenerator, &[w]);
            self.b.ins().return_(&[r]);
            return;
        }
        let module_like = self.code.flags & adder_isa::code::co::OPTIMIZED == 0;
        // Code that is entered in a loop ends its frame once; that would be a large part of it.
        if module_like || !self.f.counts || locals.iter().filter(|l| counted(l)).count() > MANY {
            return self.ret_helper(w, state);
        }
        let (quick, rare) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(rare);
        let flags = self.b.ins().uload8(types::I64, super::flags(), self.frame, layout::FRAME_RARE);
        self.b.ins().brif(flags, rare, &[], quick, &[]);
        self.b.switch_to_block(rare);
        self.ret_helper(w, state);
        self.b.switch_to_block(quick);
        let prev = self.load(types::I64, self.frame, layout::FRAME_PREV);
        self.store(prev, self.vm, layout::VM_FRAME);
        for (slot, l) in locals.iter().enumerate().rev() {
            self.release_local(slot as u32, *l);
        }
        let func = self.load(types::I64, self.frame, layout::FRAME_FUNC);
        self.decref_word(func, true, false);
        let depth = self.load(types::I32, self.vm, layout::VM_DEPTH);
        let depth = self.b.ins().iadd_imm_s(depth, -1);
        self.store(depth, self.vm, layout::VM_DEPTH);
        self.store(self.frame, self.vm, layout::VM_STACK_TOP);
        self.b.ins().return_(&[w]);
    }

    /// YIELD_VALUE: the frame is made whole, and suspended at it.
    pub fn yield_value(&mut self, v: Val, own: Own, state: StateId) {
        self.sync(state);
        let w = self.owned(v, own);
        let stack = self.f.state(state).stack.clone();
        for (depth, e) in stack.iter().enumerate() {
            self.store_entry(*e, depth as u32);
        }
        let sp = self.stack_address(stack.len() as u32);
        self.store(sp, self.frame, layout::FRAME_SP);
        self.store_pc(state);
        self.give_back();
        let r = self.call_helper(Helper::Suspend, &[w]);
        self.b.ins().return_(&[r]);
    }

    /// Goes on at the RESUME where the frame stands.
    pub fn switch(&mut self, cases: &[(u32, Edge)]) {
        let first = cases.iter().map(|c| c.0).min().filter(|_| crate::watch::counts::wanted());
        self.go_on_at(cases, first);
        self.give_back();
        let r = self.call_helper(Helper::NoEntry, &[]);
        self.b.ins().return_(&[r]);
    }

    /// Goes on at a handler when the frame has handled an error.
    pub fn land_at(&mut self, cases: &[(u32, Edge)], first: &Edge) {
        let place = self.iconst(adder_interp::native::HANDLING.get() as *const usize as i64);
        let handling = self.load(types::I64, place, 0);
        let here = self.b.ins().icmp(IntCC::Equal, handling, self.frame);
        let (block, args) = self.edge(first);
        let landing = self.b.create_block();
        self.b.set_cold_block(landing);
        self.b.ins().brif(here, landing, &[], block, &args);
        self.b.switch_to_block(landing);
        let none = self.iconst(0);
        self.store(none, place, 0);
        self.go_on_at(cases, None);
        self.b.ins().trap(crate::traps::NEVER);
    }
    /// The case of the unit where the frame stands; what is emitted behind this is for others. `counted`: a case to be counted as a call.
    fn go_on_at(&mut self, cases: &[(u32, Edge)], counted: Option<u32>) {
        let pc = self.load(types::I64, self.frame, layout::FRAME_PC);
        for (unit, e) in cases {
            let at = self.pc_of(*unit);
            let here = self.b.ins().icmp(IntCC::Equal, pc, at);
            if Some(*unit) == counted {
                let call = self.b.ins().uextend(types::I64, here);
                self.count(self.code, call);
            }
            let (block, args) = self.edge(e);
            let next = self.b.create_block();
            self.b.ins().brif(here, block, &args, next, &[]);
            self.b.switch_to_block(next);
        }
    }

    fn release_local(&mut self, slot: u32, l: Local) {
        match l {
            Local::Unbound => {}
            Local::Val(v) if self.f.repr(v) == Repr::Word && self.f.uncounted(v) => {}
            Local::Val(v) if self.f.repr(v) == Repr::Word => {
                let w = self.val(v);
                let pointer = matches!(self.f.ty(v), Ty::Exact(_) | Ty::Heap);
                self.decref_word(w, pointer, !pointer && self.may_be_null(v));
            }
            Local::Val(_) if !self.plan.floats[slot as usize] => {}
            _ => {
                let w = self.load(types::I64, self.frame, Self::slot_offset(slot));
                self.decref_word(w, false, true);
            }
        }
    }

    /// Whether a local's word may be NULL: it is not where it came from a call, or with a call of this function.
    fn may_be_null(&self, v: Val) -> bool {
        let v = self.f.get(v);
        match self.f.inst(v).op {
            Op::Call { .. } | Op::CallMem { .. } | Op::CallPython { .. } | Op::NewTuple(_) | Op::Number2(..) => false,
            Op::LoadSlot(slot) => {
                let parameter = self.f.counts && (slot as usize) < self.code.code.parameter_slots();
                !parameter || !self.f.block(BlockId(0)).insts.contains(&v)
            }
            _ => true,
        }
    }

    fn ret_helper(&mut self, w: ir::Value, state: StateId) {
        self.store_pc(state);
        let r = self.call_helper(Helper::Finish, &[w]);
        self.b.ins().return_(&[r]);
    }
}
