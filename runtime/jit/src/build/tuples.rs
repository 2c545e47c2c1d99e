//! Tuples that exist in registers only: built to be an index, an argument or a result, and taken apart in the code that gets them.
//!
//! Invariants: the items of such a tuple are owned by the one entry or local that stands for it. A local that does so is never assigned to,
//! and is one of an inlined call.

use super::scan::{self, Instr};
use super::{Builder, feedback};
use crate::hir::*;
use adder_isa::Opcode as O;
use adder_isa::operands::SUBSCR;
use adder_object::types;

impl Builder<'_> {
    /// The object of such a tuple, which owns the items from here on.
    pub fn tuple_object(&mut self, t: u32) -> Val {
        let items = self.f.tuples[t as usize].clone();
        self.emit(Op::NewTuple(items), Repr::Word, Ty::Exact(feedback::type_address(&types::TUPLE)))
    }

    /// Whether what a BUILD_TUPLE makes goes at once to code that is likely to take it apart.
    pub fn is_taken_apart(&self, i: &Instr) -> bool {
        if i.arg < 2 || i.arg > 8 {
            return false;
        }
        let Some(next) = scan::decode(self.code, i.next) else { return false };
        match next.op {
            O::BINARY_OP => {
                next.arg == SUBSCR && next.now == O::BINARY_OP_SUBSCR_GETITEM && self.failures(next.start) == 0
            }
            O::STORE_SUBSCR => {
                next.now == next.op
                    && self.cache(&next).is_some_and(|c| c.version.get() != 0)
                    && self.failures(next.start) == 0
            }
            O::RETURN_VALUE => self.inline.is_some() && self.returns_once(),
            _ => false,
        }
    }
    /// Whether the code that is built now ends at one place.
    pub fn returns_once(&self) -> bool {
        let returns = |i: &Instr| i.op == O::RETURN_VALUE && !i.unrun;
        self.scan.blocks.iter().flat_map(|b| &b.instrs).filter(|i| returns(i)).count() == 1
    }
    pub fn build_tuple(&mut self, n: usize) -> bool {
        let from = self.stack.len() - n;
        if self.stack[from..].iter().any(|e| !matches!(e, Entry::Val(..))) {
            return self.exit(adder_isa::reasons::Reason::CompilerError);
        }
        (from..self.stack.len()).for_each(|k| self.own_all(k));
        let items = self.stack.split_off(from).into_iter().filter_map(|e| match e {
            Entry::Val(v, _) => Some(v),
            _ => None,
        });
        self.f.tuples.push(items.collect());
        self.stack.push(Entry::Tuple(self.f.tuples.len() as u32 - 1));
        self.state_changed();
        true
    }

    /// Loads a local that is such a tuple only to take it apart: both instructions at once, the items leaning on the local.
    pub fn take_apart(&mut self, t: u32) -> bool {
        let items = self.f.tuples[t as usize].clone();
        // A pair of loads is one instruction.
        let alone = matches!(self.instr.op, O::LOAD_FAST | O::LOAD_FAST_BORROW);
        let next = scan::decode(self.code, self.instr.next).filter(|n| alone && n.op == O::UNPACK_SEQUENCE);
        let Some(next) = next.filter(|n| n.arg as usize == items.len()) else { return false };
        items.into_iter().rev().for_each(|v| self.push(v, Own::Frame));
        self.state_changed();
        self.built_to = next.next;
        true
    }
}
