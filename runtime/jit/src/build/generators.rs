//! Generators and coroutines: one function entered at any RESUME, left at every YIELD_VALUE.
//!
//! Invariants: BUILD-4: where a generator is suspended its frame is whole: locals in their slots, the stack in memory, so no iterator lives in
//! registers alone. Where it goes on nothing is known but the depth of the stack.

use super::Builder;
use super::scan::Instr;
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::reasons::Reason;

impl Builder<'_> {
    /// The entry block looks where the frame stands, and goes on there.
    pub fn entries(&mut self) {
        let entry = self.new_block(self.req.entry);
        let mut points = vec![(self.req.entry, 0)];
        points.extend_from_slice(&self.scan.resumes);
        self.base = self.locals.clone();
        self.one_namespace = points.iter().all(|p| self.failures(p.0 + 1) == 0);
        let mut cases = vec![];
        for (unit, depth) in points {
            cases.push((unit, Edge::to(self.enter_at(unit, depth))));
            if self.one_namespace {
                let globals = self.globals.bits();
                let state = self.state_at(unit + 1);
                self.emit(Op::GuardGlobals(globals, state), Repr::Raw, Ty::Any);
            }
            let edge = self.edge(unit);
            self.terminate(Term::Jump(edge));
        }
        cases.extend(self.handler_entries());
        self.block = entry;
        self.terminate(Term::Switch(cases));
    }

    /// A block for a way into the code at a unit: locals in the way of `base`, the stack in memory.
    pub fn enter_at(&mut self, unit: u32, depth: u32) -> BlockId {
        self.block = self.new_block(unit);
        self.locals = self.base.clone();
        self.facts.clear();
        self.stack.clear();
        for d in 0..depth {
            let v = self.emit(Op::LoadStack(d), Repr::Word, Ty::Any);
            self.nullable.insert(v);
            self.push_owned(v);
        }
        self.block
    }

    /// YIELD_VALUE: gives the top to whoever resumed the generator.
    pub fn yield_value(&mut self, i: &Instr) -> bool {
        let Entry::Val(v, own) = self.pop() else { return self.exit(Reason::CompilerError) };
        // The frame keeps nothing that the value could lean on after this.
        self.retain(v, own);
        self.own_stack();
        let state = self.state_at(i.unit);
        self.terminate(Term::Yield(v, Own::Owned, state));
        false
    }

    /// SEND: receiver, value. Goes on behind it when the receiver yields, at its target when that has ended.
    pub fn send(&mut self, i: &Instr) -> bool {
        let (receiver, value) = (self.peek_val(2), self.peek_val(1));
        self.own_stack();
        self.before_effect();
        let state = self.state();
        let v = self.emit(Op::Call { helper: Helper::Send, args: vec![receiver, value], state }, Repr::Word, Ty::Any);
        self.after_next.extend([i.next, i.next + i.arg]);
        self.finish(1, None);
        self.facts.clear();
        let ended = self.is_no_word(v);
        let from = self.snapshot();
        let (on, over) = (self.new_block(i.start), self.new_block(i.start));
        self.terminate(Term::Branch(ended, Edge::to(over), Edge::to(on)));
        self.block = on;
        self.push_owned(v);
        let edge = self.edge(i.next);
        self.terminate(Term::Jump(edge));
        self.block = over;
        self.restore(&from);
        let result =
            self.emit(Op::LoadAbs(adder_interp::native::RESULT.get() as *const u64 as usize), Repr::Word, Ty::Any);
        self.push_owned(result);
        let edge = self.edge(i.next + i.arg);
        self.terminate(Term::Jump(edge));
        false
    }

    pub fn end_send(&mut self) -> bool {
        let (value, receiver) = (self.pop(), self.pop());
        self.stack.push(value);
        self.state_changed();
        self.release(receiver);
        true
    }

    /// Whether iterators have to stay objects.
    pub fn suspends(&self) -> bool {
        self.req.resumes && self.inline.is_none()
    }
}
