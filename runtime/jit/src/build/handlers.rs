//! Exception handlers: the machine code is entered at them once the error has been handed to the frame, as a generator's is at its RESUMEs.
//!
//! Invariants: BUILD-5: where a handler begins the frame is whole: locals in their slots, the stack with the exception in memory. What the
//! entry block holds is right on every way into the code, so it has no guards when there are handlers.

use super::scan::Instr;
use super::{Builder, Kind};
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::reasons::Reason;
use std::collections::BTreeSet;

impl Builder<'_> {
    /// Splits the entry block when there are handlers: what comes behind this is for the entry alone.
    pub fn land(&mut self) {
        if self.scan.handlers.is_empty() {
            return;
        }
        let entry = self.block;
        let ways = self.scan.handlers.iter().map(|h| self.scan.index[&h.unit]);
        let live: BTreeSet<u32> =
            ways.chain([0]).flat_map(|b| self.scan.blocks[b].live.difference(&self.scan.assigned)).copied().collect();
        for slot in live {
            let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
            self.locals[slot as usize] = Local::Val(v);
        }
        self.base = self.locals.clone();
        self.speculate_entry();
        let cases = self.handler_entries();
        self.locals = self.base.clone();
        self.stack.clear();
        self.block = entry;
        let first = self.new_block(self.req.entry);
        self.terminate(Term::Land(cases, Edge::to(first)));
        self.block = first;
    }

    /// Whether an iterator at this place of the stack stays an object: where the code is entered anew it is one, and it would be made and taken
    /// apart on every way there.
    pub fn stays_object(&self, at: usize) -> bool {
        self.suspends() || self.inline.is_none() && self.scan.handlers.iter().any(|h| h.below as usize > at)
    }

    /// A block for each handler that takes what the frame holds, in the way of `base`.
    pub fn handler_entries(&mut self) -> Vec<(u32, Edge)> {
        self.f.handlers = self.scan.handlers.iter().map(|h| h.unit).collect();
        let mut cases = vec![];
        for handler in self.scan.handlers.clone() {
            let unit = handler.unit;
            let block = self.enter_at(unit, handler.depth());
            self.f.block_mut(block).cold = true;
            cases.push((unit, Edge::to(block)));
            let exception = self.peek_val(1);
            self.f.insts[exception.0 as usize].ty = Ty::Heap;
            self.nullable.remove(&exception);
            self.speculate_handler(unit);
            let edge = self.edge(unit);
            self.terminate(Term::Jump(edge));
        }
        cases
    }
    /// Locals that hold numbers in the frame at hand are taken for numbers, so that loops can hold them in registers.
    fn speculate_handler(&mut self, unit: u32) {
        if self.failures(unit) > 0 {
            return;
        }
        let state = self.state_at(unit);
        let live = &self.scan.blocks[self.scan.index[&unit]].live;
        let carried: Vec<u32> = live.intersection(&self.scan.assigned).copied().collect();
        for slot in carried {
            let Some(kind) = self.kind_in_frame(slot as usize) else { continue };
            let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
            let v = match kind {
                Kind::Int => self.emit(Op::UnboxInt(v, state), Repr::Int, Ty::Int),
                Kind::Float => self.emit(Op::UnboxFloat(v, state), Repr::Float, Ty::Float),
                Kind::Tuple | Kind::Str => v,
            };
            self.locals[slot as usize] = Local::Val(v);
        }
    }

    /// PUSH_EXC_INFO and POP_EXCEPT.
    pub fn push_exc_info(&mut self) -> bool {
        let e = self.peek_val(1);
        self.own_stack();
        let state = self.state();
        let before = self.emit(Op::Call { helper: Helper::PushExcInfo, args: vec![e], state }, Repr::Word, Ty::Any);
        let e = self.pop();
        self.push_owned(before);
        self.stack.push(e);
        self.state_changed();
        true
    }
    pub fn pop_except(&mut self) -> bool {
        let before = self.peek_val(1);
        self.own_stack();
        self.call(Helper::PopExcept, vec![before], 0, Repr::Raw, Ty::Any);
        self.pop();
        self.state_changed();
        true
    }

    /// RAISE_VARARGS and RERAISE: raise here when a handler of this code takes it, else in the interpreter.
    pub fn raise(&mut self, i: &Instr) -> bool {
        let state = self.state();
        if !self.f.catches(state, self.req.code) {
            return self.exit(Reason::ExceptionPath);
        }
        self.step(i);
        self.exit(Reason::ExceptionPath)
    }

    /// CHECK_EXC_MATCH with a class: whether the exception is an instance.
    pub fn check_exc_match(&mut self, i: &Instr) -> bool {
        let (exception, class) = (self.peek_val(2), self.peek_val(1));
        let known = self.constant(class).is_some_and(|c| {
            use adder_object::{ObjExt, Type, TypeFlags};
            c.get::<Type>().is_some_and(|t| t.has(TypeFlags::EXC_SUBCLASS))
        });
        if !known {
            return self.step(i);
        }
        let v = self.truth_of(Helper::ExcMatches, vec![exception, class]);
        self.finish(1, Some((v, Own::Owned)));
        true
    }
}
