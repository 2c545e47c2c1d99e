//! Side exits: cold blocks that give the interpreter its frame back.
//!
//! Invariant: LOWER-3; an exit stores what the slots lack and the stack, and calls `Leave`. Where there is nothing to store, a guard is a
//! trap that never comes to be: `traps.rs` makes a call of it.

use super::Lower;
use crate::exits::{ExitRecord, FrameRecord, Iterator, PARTS, Place, ROOM};
use crate::helpers::Helper;
use crate::hir::*;
use crate::traps;
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{self, InstBuilder, types};
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// The interpreter runs the instruction again.
    Deopt(Reason),
    /// The error in flight belongs to this instruction.
    Raise,
    /// As `Raise`; the entries from this depth on were consumed.
    RaiseCut(u32),
    /// As `Raise`; entries from this depth on lie on the frame's stack already, up to its `sp`.
    RaiseKeep(u32),
}

/// What an exit leaves to its record.
#[derive(Default)]
pub struct Pending {
    pub borrowed: Vec<u32>,
    /// How many of [`PARTS`] are taken, and what becomes of them.
    pub parts: usize,
    pub floats: Vec<(usize, Place)>,
    pub iterators: Vec<(usize, u32, Iterator)>,
    pub words: Vec<(u32, u64)>,
    pub copies: Vec<(u32, u32)>,
}

/// Where a guard leads that fails.
#[derive(Clone, Copy)]
pub enum Way {
    Trap(usize),
    Block(ir::Block),
}

pub struct Exit {
    pub block: ir::Block,
    pub dirty: Vec<bool>,
}

impl Kind {
    /// Exits that store the same: the kind with no reason. What slots hold is of no use when they were written.
    fn stores(self) -> Kind {
        match self {
            Kind::Deopt(why) if why != Reason::LocalsWritten => Kind::Deopt(Reason::OtherType),
            other => other,
        }
    }
}

impl Lower<'_, '_> {
    /// The block that leaves with this state: it names its record to the block that stores the state.
    pub fn exit(&mut self, state: StateId, kind: Kind) -> ir::Block {
        let key = (state.0, kind.stores());
        let dirty = self.dirty.clone();
        match self.exits.get_mut(&key) {
            Some(e) => e.dirty.iter_mut().zip(&dirty).for_each(|(a, b)| *a |= *b),
            None => {
                let block = self.b.create_block();
                self.b.append_block_param(block, types::I64);
                self.b.set_cold_block(block);
                self.exits.insert(key, Exit { block, dirty });
                self.order.push(key);
            }
        }
        let reason = (state.0, kind, self.blame(state).0);
        if let Some(&(block, _)) = self.reasons.get(&reason) {
            return block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.reasons.insert(reason, (block, self.reasons.len()));
        block
    }

    /// The state of the guard that is lowered now, which may leave with an earlier one.
    pub fn blame(&self, state: StateId) -> StateId {
        self.current.and_then(|v| self.f.blames.get(&v)).copied().unwrap_or(state)
    }
    pub fn has_exits(&self) -> bool {
        !self.order.is_empty()
    }

    /// Leaves with this state when the condition holds, or does not.
    pub fn leave(&mut self, c: ir::Value, when: bool, state: StateId, kind: Kind) {
        let forced = if matches!(kind, Kind::Deopt(_)) { self.forced() } else { None };
        let way = self.way_out(state, kind);
        if let Some(n) = forced {
            self.leave_by(way, n, false);
        }
        self.leave_by(way, c, when);
    }
    /// How to leave with this state; what is to be stored for that has been.
    pub fn way_out(&mut self, state: StateId, kind: Kind) -> Way {
        match self.trap(state, kind) {
            Some(t) => Way::Trap(t),
            None => Way::Block(self.exit(state, kind)),
        }
    }
    pub fn leave_by(&mut self, way: Way, c: ir::Value, when: bool) {
        match way {
            Way::Trap(t) => self.trap_at(t, c, when),
            Way::Block(e) if when => self.leave_if(c, e),
            Way::Block(e) => self.leave_unless(c, e),
        }
    }

    /// With `-X jit-exit-every`, a guard also leaves when the countdown ends: its value.
    fn forced(&mut self) -> Option<ir::Value> {
        if crate::options::get().exit_every == 0 {
            return None;
        }
        let at = self.iconst(crate::exits::FORCED.get() as *const u32 as i64);
        let n = self.load(types::I32, at, 0);
        let n = self.b.ins().iadd_imm_s(n, -1);
        self.store(n, at, 0);
        Some(n)
    }

    pub fn emit_exits(&mut self) {
        self.b.set_srcloc(ir::SourceLoc::default());
        let order = std::mem::take(&mut self.order);
        let mut made = HashMap::new();
        for key in order {
            let Some(e) = self.exits.get(&key) else { continue };
            let (block, dirty) = (e.block, e.dirty.clone());
            self.b.switch_to_block(block);
            self.dirty = dirty;
            let pending = self.store_state(StateId(key.0), key.1);
            let record = self.b.block_params(block)[0];
            let tail = self.tail();
            self.b.ins().jump(tail, &[ir::BlockArg::Value(record)]);
            made.insert(key, (block, pending));
        }
        let mut reasons: Vec<_> = std::mem::take(&mut self.reasons).into_iter().collect();
        reasons.sort_by_key(|r| r.1.1);
        for ((state, kind, blame), (block, _)) in reasons {
            let Some((store, pending)) = made.get(&(state, kind.stores())) else { continue };
            let record = self.record_of(StateId(state), StateId(blame), kind, pending);
            let record = (self.record)(record);
            self.b.switch_to_block(block);
            let record = self.iconst(record as i64);
            self.b.ins().jump(*store, &[ir::BlockArg::Value(record)]);
        }
    }

    /// Depth of the innermost stack that an exit of this kind stores.
    pub fn kept(&self, state: &FrameState, kind: Kind) -> usize {
        match kind {
            Kind::RaiseKeep(base) | Kind::RaiseCut(base) => base as usize,
            _ => state.stack.len(),
        }
    }

    /// Stores what slots, stacks and inlined frames lack.
    fn store_state(&mut self, id: StateId, kind: Kind) -> Pending {
        let f = self.f;
        let frames = f.frames(id);
        let mut out = Pending::default();
        self.exit_slots(frames[0], &mut out);
        for (k, state) in frames.iter().enumerate() {
            let last = k + 1 == frames.len();
            let depth = if last { self.kept(state, kind) } else { state.stack.len() };
            for (d, e) in state.stack.iter().enumerate().take(depth) {
                self.exit_entry(*e, state.origin() + d as u32, (frames[0], kind), &mut out);
            }
            if let Some(i) = &state.inlined {
                self.exit_locals(state, i, (frames[0], kind), &mut out);
            }
        }
        out
    }

    /// `blame`: the state of the guard that leaves with the state `id`.
    pub fn record_of(&self, id: StateId, blame: StateId, kind: Kind, stored: &Pending) -> ExitRecord {
        let frames = self.f.frames(id);
        let innermost = frames[frames.len() - 1];
        let failed = self.f.state(blame);
        let on_stack = matches!(kind, Kind::RaiseKeep(_));
        let (raised, reason, unit) = match kind {
            Kind::Deopt(why) => (false, why, innermost.unit),
            _ => (true, Reason::ExceptionPath, innermost.op_unit),
        };
        let mut records = vec![];
        for (k, state) in frames.iter().enumerate() {
            let last = k + 1 == frames.len();
            let depth = if last { self.kept(state, kind) } else { state.stack.len() };
            let at = if last { unit } else { state.op_unit };
            let depth = (!last || !on_stack).then_some(depth as u32);
            let (callee, origin, units) = match &state.inlined {
                Some(i) => (Some(i.callee), i.origin, i.callee.units),
                None => (None, 0, self.code.units_ptr() as *const u16),
            };
            records.push(FrameRecord { callee, origin, pc: units.wrapping_add(at as usize), depth });
        }
        // What was looked at by Python code is not inlined again; any other guess belongs to its own instruction.
        let blamed = if reason == Reason::LocalsWritten { frames[0] } else { failed };
        ExitRecord {
            unit: failed.unit,
            blame: (self.code_address(blamed), blamed.unit),
            reason,
            count: Default::default(),
            frames: records,
            extent: self.f.extent,
            raised,
            handled: raised && self.f.catches(id, self.code),
            asked: !matches!(self.f.blocks[0].term, Term::Land(..)),
            entry: Default::default(),
            borrowed: stored.borrowed.clone(),
            floats: stored.floats.clone(),
            iterators: stored.iterators.clone(),
            words: stored.words.clone(),
            copies: stored.copies.clone(),
        }
    }
    /// The address of the code object that a state belongs to.
    fn code_address(&self, state: &FrameState) -> usize {
        state.inlined.as_ref().map_or(self.code as *const _ as usize, |i| i.callee.code as usize)
    }

    /// Locals of an inlined frame.
    fn exit_locals(&mut self, state: &FrameState, i: &Inlined, from: (&FrameState, Kind), out: &mut Pending) {
        for (slot, l) in state.locals.iter().enumerate() {
            let at = i.origin - i.callee.nlocals as u32 + slot as u32;
            self.exit_entry(l.entry(i.owns[slot]), at, from, out);
        }
    }

    /// Slots that are behind their locals.
    fn exit_slots(&mut self, state: &FrameState, out: &mut Pending) {
        for (slot, l) in state.locals.iter().enumerate() {
            if !self.dirty[slot] {
                continue;
            }
            if let Some(v) = l.val()
                && !self.exit_float(v, Place::Slot(slot as u32), out)
            {
                self.sync_slot(slot as u32, v);
            }
        }
    }
    fn exit_entry(&mut self, e: Entry, depth: u32, from: (&FrameState, Kind), out: &mut Pending) {
        if self.known(e, depth, from, out) {
            return;
        }
        match e {
            Entry::Val(v, _) if self.exit_float(v, Place::Stack(depth), out) => {}
            Entry::Val(v, own) if own != Own::Owned && self.f.repr(v) == Repr::Word => {
                if !self.f.uncounted(v) {
                    out.borrowed.push(depth);
                }
                let w = self.val(v);
                self.store_stack(w, depth);
            }
            e if self.exit_iterator(e, depth, out) => {}
            e => self.store_entry(e, depth),
        }
    }
    /// Leaves a double to `ExitRecord::complete`.
    fn exit_float(&mut self, v: Val, place: Place, out: &mut Pending) -> bool {
        if self.f.repr(v) != Repr::Float || out.parts >= ROOM {
            return false;
        }
        out.floats.push((out.parts, place));
        self.exit_parts(&[v], out);
        true
    }
    /// Leaves an iterator in registers to `ExitRecord::complete`, so that no call stands here.
    fn exit_iterator(&mut self, e: Entry, depth: u32, out: &mut Pending) -> bool {
        let (parts, made) = match e {
            Entry::Range { next, stop, step, by: None } => (vec![next, stop], Iterator::Range { step: Some(step) }),
            Entry::Range { next, stop, by: Some(by), .. } => (vec![next, stop, by], Iterator::Range { step: None }),
            Entry::Seq { seq, index, walk, other } => {
                let other = other.into_iter();
                ([seq, index].into_iter().chain(other).collect(), Iterator::Walk(walk))
            }
            _ => return false,
        };
        if out.parts + parts.len() > ROOM {
            return false;
        }
        out.iterators.push((out.parts, depth, made));
        self.exit_parts(&parts, out);
        true
    }
    fn exit_parts(&mut self, values: &[Val], out: &mut Pending) {
        let base = self.iconst(PARTS.get().as_ptr() as i64);
        for &v in values {
            let x = self.val(v);
            self.store(x, base, 8 * out.parts as i32);
            out.parts += 1;
        }
    }

    /// The common end of all exits.
    fn tail(&mut self) -> ir::Block {
        if let Some(t) = self.tail {
            return t;
        }
        let t = self.b.create_block();
        self.b.append_block_param(t, types::I64);
        self.b.set_cold_block(t);
        self.tail = Some(t);
        t
    }
    pub fn emit_tail(&mut self) {
        let Some(t) = self.tail else { return };
        self.b.switch_to_block(t);
        let record = self.b.block_params(t)[0];
        if !self.records.is_empty() {
            self.land(record);
        }
        let r = self.call_helper(Helper::Leave, &[record]);
        self.b.ins().return_(&[r]);
    }
    /// The block where traps go, where no register holds what it held. The branch to it is there for the code generator to know the
    /// block; there is no record 0.
    fn land(&mut self, record: ir::Value) {
        let (landing, on) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(landing);
        self.b.set_cold_block(on);
        self.b.ins().brif(record, on, &[], landing, &[]);
        self.b.switch_to_block(landing);
        self.b.set_srcloc(ir::SourceLoc::new(traps::LANDING));
        let sig = self.signature(0);
        let f = self.iconst(traps::leave as *const () as i64);
        let call = self.b.ins().call_indirect(sig, f, &[]);
        let r = self.b.inst_results(call)[0];
        self.b.ins().return_(&[r]);
        self.b.set_srcloc(ir::SourceLoc::default());
        self.b.switch_to_block(on);
    }

    /// Moves a stack entry to its place on the frame's stack.
    pub fn store_entry(&mut self, e: Entry, depth: u32) {
        let w = match e {
            Entry::Null => self.iconst(0),
            Entry::Val(v, own) => self.owned(v, own),
            Entry::Range { next, stop, step, by } => {
                let (a, b) = (self.val(next), self.val(stop));
                let (a, b) = (self.b.ins().sshr_imm_u(a, 2), self.b.ins().sshr_imm_u(b, 2));
                let k = match by {
                    Some(v) => {
                        let n = self.val(v);
                        self.b.ins().sshr_imm_u(n, 2)
                    }
                    None => self.iconst(step),
                };
                self.call_helper(Helper::MakeRange, &[a, b, k])
            }
            Entry::Seq { seq, index, walk, other } => {
                let (s, i) = (self.val(seq), self.val(index));
                let i = self.b.ins().sshr_imm_u(i, 2);
                let k = self.iconst(walk.number());
                let other = match other {
                    None => self.iconst(0),
                    Some(o) if walk.second() => self.val(o),
                    Some(o) => {
                        let n = self.val(o);
                        self.b.ins().sshr_imm_u(n, 2)
                    }
                };
                self.call_helper(Helper::MakeWalk, &[s, i, k, other])
            }
            Entry::Tuple(t) => {
                let items = &self.f.tuples[t as usize];
                self.new_tuple(items)
            }
        };
        self.store_stack(w, depth);
    }
}
