//! Guards that are traps (`traps.rs`): whatever an exit would store is stored before.
//!
//! Invariant: LOWER-4: `homes` names places of stacks and inlined frames that hold the word of a value at the point of emission. What lies there
//! counts for nobody until an exit record says so, so a place is written once for all the guards that follow.

use super::Lower;
use super::exits::{Kind, Pending};
use crate::hir::*;
use crate::traps::{self, Act, Site};
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{self, InstBuilder};
use std::collections::BTreeMap;

/// Words by their distance from the base of the outermost stack.
pub type Homes = BTreeMap<u32, Val>;

/// The most words that are stored for one guard.
const STORES: usize = 8;
const STORES_IN_LOOPS: usize = 3;

/// What entries of a state are looked at with.
struct From<'a> {
    outer: &'a FrameState,
    kind: Kind,
    homes: Trust,
}

/// Whether words may be stored beforehand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    No,
    /// Now, but what was stored earlier may have been written over.
    Fresh,
    Yes,
}

impl Lower<'_, '_> {
    /// The number of a trap that leaves with this state; None when a block is to do it.
    pub fn trap(&mut self, state: StateId, kind: Kind) -> Option<usize> {
        let most = if self.f.loops { STORES_IN_LOOPS } else { STORES };
        self.trap_storing(state, kind, if self.aside { 0 } else { most })
    }
    /// As `trap`, where so many words at the most may be stored first.
    fn trap_storing(&mut self, state: StateId, kind: Kind, most: usize) -> Option<usize> {
        // One exit of another kind leads to the block where traps go.
        if !self.traps_wanted || !self.has_exits() {
            return None;
        }
        let (pending, missing) = self.describe(state, kind)?;
        if missing.len() > most {
            return None;
        }
        for (depth, v) in missing {
            let w = self.boxed(v);
            self.store_stack(w, depth);
            self.homes.insert(depth, v);
        }
        let blame = self.blame(state);
        if let Some(&t) = self.trap_numbers.get(&(state.0, kind, blame.0)) {
            return Some(t);
        }
        let record = self.record_of(state, blame, kind, &pending);
        let record = (self.record)(record);
        let t = self.records.len();
        self.records.push(record);
        self.trap_numbers.insert((state.0, kind, blame.0), t);
        Some(t)
    }

    /// Leaves with this state at the end of a block.
    pub fn leave_for_good(&mut self, state: StateId, kind: Kind) {
        let Some(trap) = self.trap_storing(state, kind, usize::MAX) else {
            let e = self.exit(state, kind);
            self.b.ins().jump(e, &[]);
            return;
        };
        self.trap_at(trap, self.vm, true);
        self.b.ins().trap(traps::NEVER);
    }

    /// Destroys the object `Vm::dying` when its count is 0.
    pub fn trap_to_destroy(&mut self, count: ir::Value) {
        self.trap_for(Act::Destroy, count, false);
        if self.often {
            // Destroying may run any code: nothing that memory held before is known any more.
            self.b.ins().sequence_point();
        }
    }
    pub fn trap_at(&mut self, trap: usize, c: ir::Value, when: bool) {
        self.trap_for(Act::Leave(self.records[trap]), c, when);
    }
    fn trap_for(&mut self, act: Act, c: ir::Value, when: bool) {
        let before = self.b.srcloc();
        self.b.set_srcloc(ir::SourceLoc::new(traps::FIRST + self.sites.len() as u32));
        self.sites.push(Site { act, place: before.bits() });
        if when {
            self.b.ins().trapnz(c, traps::CODE);
        } else {
            self.b.ins().trapz(c, traps::CODE);
        }
        self.b.set_srcloc(before);
    }

    /// What a record has to tell of a state, and what has to be stored first; None where that would be more than words.
    fn describe(&self, id: StateId, kind: Kind) -> Option<(Pending, Vec<(u32, Val)>)> {
        let frames = self.f.frames(id);
        let outer = frames[0];
        if outer.locals.iter().zip(&self.dirty).any(|(l, d)| *d && l.val().is_some()) {
            return None;
        }
        let homes = match kind {
            Kind::Deopt(Reason::LocalsWritten) => Trust::Fresh,
            Kind::Deopt(_) => Trust::Yes,
            _ if frames.len() == 1 => Trust::Yes,
            _ => Trust::No,
        };
        let from = From { outer, kind, homes };
        let (mut out, mut missing) = (Pending::default(), vec![]);
        for (k, state) in frames.iter().enumerate() {
            let depth = if k + 1 == frames.len() { self.kept(state, kind) } else { state.stack.len() };
            for (d, e) in state.stack.iter().enumerate().take(depth) {
                self.describe_entry(*e, state.origin() + d as u32, &from, &mut out, &mut missing)?;
            }
            let Some(i) = &state.inlined else { continue };
            for (slot, l) in state.locals.iter().enumerate() {
                let at = i.origin - i.callee.nlocals as u32 + slot as u32;
                let e = l.entry(i.owns[slot]);
                self.describe_entry(e, at, &from, &mut out, &mut missing)?;
            }
        }
        Some((out, missing))
    }
    fn describe_entry(
        &self,
        e: Entry,
        depth: u32,
        from: &From<'_>,
        out: &mut Pending,
        missing: &mut Vec<(u32, Val)>,
    ) -> Option<()> {
        if self.known(e, depth, (from.outer, from.kind), out) {
            return Some(());
        }
        // Code that ran may have written to frames that it could see.
        let Entry::Val(v, own) = e else { return None };
        if from.homes == Trust::No {
            return None;
        }
        let v = self.f.get(v);
        match self.f.repr(v) {
            Repr::Word if own != Own::Owned && !self.f.uncounted(v) => out.borrowed.push(depth),
            Repr::Word | Repr::Int | Repr::Bool => {}
            _ => return None,
        }
        if from.homes == Trust::Fresh || self.homes.get(&depth) != Some(&v) {
            missing.push((depth, v));
        }
        Some(())
    }

    /// Leaves an entry to the record when the code need not store it.
    pub fn known(&self, e: Entry, depth: u32, (outer, kind): (&FrameState, Kind), out: &mut Pending) -> bool {
        let (v, own) = match e {
            Entry::Null => {
                out.words.push((depth, 0));
                return true;
            }
            Entry::Val(v, own) => (v, own),
            _ => return false,
        };
        if let Some(w) = self.word_of(v) {
            out.words.push((depth, w));
        } else if let Some(slot) = self.slot_of(v, own, outer, kind) {
            out.copies.push((depth, slot));
        } else {
            return false;
        }
        if own != Own::Owned && !self.f.uncounted(v) {
            out.borrowed.push(depth);
        }
        true
    }
    /// A constant as a word.
    fn word_of(&self, v: Val) -> Option<u64> {
        match self.f.inst(v).op {
            Op::Word(w) => Some(w),
            Op::Int(n) => Some((n as u64) << 2 | 1),
            _ => None,
        }
    }
    /// The slot of the outermost frame that holds a word. Code that ran before the exit may have written to it; then it is no substitute for
    /// an entry that owns what it was.
    fn slot_of(&self, v: Val, own: Own, outer: &FrameState, kind: Kind) -> Option<u32> {
        let written = match kind {
            Kind::Deopt(why) => why == Reason::LocalsWritten,
            _ => own == Own::Owned,
        };
        if self.f.repr(v) != Repr::Word || written {
            return None;
        }
        let v = self.f.get(v);
        let held = |(slot, l): (usize, &Local)| l.val().is_some_and(|x| self.f.get(x) == v) && !self.dirty[slot];
        outer.locals.iter().enumerate().position(held).map(|slot| slot as u32)
    }

    /// Homes where a block begins: those of the ends of all before it.
    pub fn homes_at(&self, id: BlockId) -> Homes {
        let mut before = self.before.get(&id).into_iter().flatten().map(|b| self.ends.get(b));
        let Some(Some(first)) = before.next() else { return Homes::new() };
        let mut all = first.clone();
        for other in before {
            let Some(other) = other else { return Homes::new() };
            all.retain(|depth, v| other.get(depth) == Some(v));
        }
        all
    }
    /// An instruction was emitted: what it wrote to the stack is no home any more.
    pub fn leave_homes(&mut self, op: &Op) {
        let address = |v: &Val| matches!(self.f.inst(*v).op, Op::StackAddress(_));
        let from = match op {
            Op::CallMem { base, state, .. } => self.f.state(*state).origin() + base,
            Op::Call { args, .. } if args.iter().any(address) => 0,
            _ => return,
        };
        self.homes.retain(|&depth, _| depth < from);
    }
}
