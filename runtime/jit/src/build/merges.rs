//! Edges and the merges they lead to. Iterators take the form that they have where ways meet, in registers or as objects; constants and types on
//! the stack stay known, such as the function that is called with `a if c else b`.
//!
//! Invariant: only edges that are taken for certain lead to loop headers, so what is done on the way is done once.

use super::{Builder, Start};
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::reasons::Reason;
use std::collections::{BTreeSet, HashSet};

impl Builder<'_> {
    /// The edge from the current block with the current abstract state to the block at `unit`.
    pub fn edge(&mut self, unit: u32) -> Edge {
        self.own_stack();
        let Some(&index) = self.scan.index.get(&unit) else {
            self.why = Some(Reason::CompilerError);
            return Edge::to(self.block);
        };
        let (merge, header) = {
            let b = &self.scan.blocks[index];
            (b.preds > 1 || b.loop_header || index == 0 && self.inline.is_none(), b.loop_header)
        };
        if !merge {
            let block = self.new_block(unit);
            self.made.insert(unit, block);
            self.pending.insert(unit, self.snapshot());
            return Edge::to(block);
        }
        self.materialise_top(self.stack.len());
        if header && let Some(&block) = self.made.get(&unit) {
            let layout = self.layout_at(unit, block);
            self.fit_iterators(unit, &layout);
        }
        let live = self.scan.blocks[index].live.clone();
        let saved = (self.locals.clone(), self.owns.clone());
        let dominated = header && self.scan.blocks[index].preds == 2 && index != 0;
        match self.inline {
            Some(_) => self.settle_inlined(),
            None => self.settle_dead(index, dominated),
        }
        let backward = self.made.contains_key(&unit) && header && self.made[&unit].0 <= self.block.0;
        let speculate = header && !backward && self.failures(unit) == 0;
        let state = speculate.then(|| self.state_at(unit));
        let block = match self.made.get(&unit) {
            Some(&b) => b,
            None => self.new_merge(unit, header, &live),
        };
        let args = self.edge_args(block);
        (self.locals, self.owns) = saved;
        Edge { block, args, state }
    }

    /// On the way to a merge: dead locals are brought up to date in their slots and forgotten, but for those that no way there has bound.
    fn settle_dead(&mut self, target: usize, dominated: bool) {
        for slot in 0..self.locals.len() {
            if !self.scan.assigned.contains(&(slot as u32)) {
                // What was loaded or refined on the way here may not be known on another way.
                if !dominated {
                    self.locals[slot] = self.base[slot];
                }
                continue;
            }
            let to = &self.scan.blocks[target];
            let never = self.locals[slot] == Local::Unbound && !to.touched.contains(&(slot as u32));
            if never || to.live.contains(&(slot as u32)) {
                continue;
            }
            if let Local::Val(v) = self.locals[slot] {
                self.emit(Op::SyncSlot(slot as u32, v), Repr::Raw, Ty::Any);
            }
            self.locals[slot] = Local::InSlot;
        }
    }

    fn new_merge(&mut self, unit: u32, header: bool, live: &BTreeSet<u32>) -> BlockId {
        let block = self.new_block(unit);
        self.made.insert(unit, block);
        let mut locals = self.locals.clone();
        let mut params = vec![];
        for (slot, l) in locals.iter_mut().enumerate() {
            let carried = live.contains(&(slot as u32)) || self.inline.is_some();
            if carried && self.scan.assigned.contains(&(slot as u32)) {
                let from = if let Local::Val(v) = *l { Some(v) } else { None };
                *l = Local::Val(self.param(&mut params, Repr::Word, from));
            }
        }
        let stack: Vec<Entry> = self.stack.clone();
        // The top is most likely what differs.
        let kept = if !header && self.keeps_kinds(unit) { stack.len().saturating_sub(1) } else { 0 };
        let stack = stack
            .into_iter()
            .enumerate()
            .map(|(at, e)| match e {
                // On the way from where it is resumed NULL lies in memory.
                Entry::Null if self.suspends() && (header || !self.keeps_kinds(unit)) => {
                    let p = self.param(&mut params, Repr::Word, None);
                    self.nullable.insert(p);
                    Entry::Val(p, Own::Owned)
                }
                Entry::Null => Entry::Null,
                Entry::Val(v, _) if at < kept && self.constant(v).is_some() => {
                    Entry::Val(self.again(block, v), Own::Owned)
                }
                Entry::Val(v, _) => {
                    let p = self.param(&mut params, Repr::Word, Some(v));
                    if at < kept {
                        self.keep_kind(p, v);
                    } else {
                        self.nullable.insert(p);
                    }
                    Entry::Val(p, Own::Owned)
                }
                Entry::Range { next, stop, step, by } => Entry::Range {
                    next: self.param(&mut params, Repr::Int, Some(next)),
                    stop: self.param(&mut params, Repr::Int, Some(stop)),
                    step,
                    by: by.map(|v| self.param(&mut params, Repr::Int, Some(v))),
                },
                Entry::Seq { seq, index, walk, other } => Entry::Seq {
                    seq: self.param(&mut params, Repr::Word, Some(seq)),
                    index: self.param(&mut params, Repr::Int, Some(index)),
                    walk,
                    other: other.map(|o| self.param(&mut params, self.f.repr(o), Some(o))),
                },
                // Edges into merges make objects of them.
                Entry::Tuple(t) => Entry::Tuple(t),
            })
            .collect();
        self.f.loops |= header;
        let b = self.f.block_mut(block);
        b.params = params;
        b.loop_header = header;
        if self.inline.is_none() {
            b.locals = locals.clone();
        }
        self.merges.insert(block, locals.clone());
        let start = Start { locals, owns: self.owns.clone(), stack, facts: HashSet::new() };
        self.pending.insert(unit, start);
        block
    }

    fn param(&mut self, params: &mut Vec<Val>, repr: Repr, from: Option<Val>) -> Val {
        let v = self.f.add(Op::Param, repr, Ty::Any);
        params.push(v);
        if let Some(from) = from
            && let Some(k) = self.hint(from)
        {
            self.hints.insert(v, k);
        }
        v
    }

    /// Arguments for the parameters of a merge block, in their order.
    fn edge_args(&mut self, block: BlockId) -> Vec<Val> {
        let unit = self.f.block(block).unit;
        let target = self.merges.get(&block).cloned().unwrap_or_default();
        let mut args = vec![];
        for (slot, l) in target.iter().enumerate() {
            // Parameters stand exactly for locals that are live and assigned.
            let Local::Val(p) = *l else { continue };
            if !self.f.block(block).params.contains(&p) {
                continue;
            }
            args.push(match self.locals[slot] {
                Local::Val(v) => v,
                Local::Unbound => self.emit(Op::Word(0), Repr::Word, Ty::Const(0)),
                Local::InSlot => self.emit(Op::LoadSlot(slot as u32), Repr::Word, Ty::Any),
                // Such a local is never assigned to, so no parameter stands for it.
                Local::Tuple(_) => {
                    self.why = Some(Reason::CompilerError);
                    Val(0)
                }
            });
        }
        let layout = self.layout_at(unit, block);
        self.remember_layout(block, &layout);
        if layout.len() != self.stack.len() {
            self.why = Some(Reason::CompilerError);
            return args;
        }
        for (want, have) in layout.iter().zip(self.stack.clone()) {
            match (want, have) {
                (Entry::Null, Entry::Null) => {}
                (Entry::Val(..), Entry::Null) => args.push(self.word(0)),
                (&Entry::Val(p, _), Entry::Val(v, _)) if self.f.block(block).params.contains(&p) => {
                    if !self.is_kind(p, v) {
                        self.drop_kinds(unit);
                    }
                    args.push(v)
                }
                (&Entry::Val(p, _), Entry::Val(v, _)) if self.f.ty(p) == self.f.ty(v) => {}
                (Entry::Val(..) | Entry::Null, Entry::Val(..)) => self.drop_kinds(unit),
                (Entry::Range { step: a, by: c, .. }, Entry::Range { next, stop, step: b, by: d })
                    if *a == b && c.is_some() == d.is_some() =>
                {
                    args.extend([next, stop]);
                    args.extend(d);
                }
                (Entry::Seq { walk: a, .. }, Entry::Seq { seq, index, walk: b, other }) if *a == b => {
                    args.extend([seq, index]);
                    args.extend(other);
                }
                _ => self.why = Some(Reason::Unsupported),
            }
        }
        args
    }
    /// The stack at the start of a merge block.
    fn layout_at(&self, unit: u32, block: BlockId) -> Vec<Entry> {
        match self.pending.get(&unit) {
            Some(s) => s.stack.clone(),
            None => self.layouts.get(&block).cloned().unwrap_or_default(),
        }
    }
    fn remember_layout(&mut self, block: BlockId, layout: &[Entry]) {
        self.layouts.entry(block).or_insert_with(|| layout.to_vec());
    }

    /// Before the edge to the header at `unit`, whose stack is already known.
    fn fit_iterators(&mut self, unit: u32, layout: &[Entry]) {
        if layout.len() != self.stack.len() {
            return;
        }
        for (depth, want) in layout.iter().enumerate() {
            match (want, self.stack[depth]) {
                (Entry::Val(..), Entry::Range { .. } | Entry::Seq { .. }) => self.make_iterator(unit, depth),
                (&Entry::Seq { walk, .. }, Entry::Val(v, _)) => {
                    self.leave_before(unit);
                    self.adopt_walk(depth, v, walk);
                }
                (&Entry::Range { step, by, .. }, Entry::Val(v, _)) => {
                    self.leave_before(unit);
                    self.adopt_range(depth, v, by.map_or(Some(step), |_| None));
                }
                (&Entry::Range { step: 1, by: Some(_), .. }, Entry::Range { next, stop, step, by: None })
                    if step > 0 =>
                {
                    let by = Some(self.emit(Op::Int(step), Repr::Int, Ty::Int));
                    self.stack[depth] = Entry::Range { next, stop, step: 1, by };
                }
                (&Entry::Range { step, by: None, .. }, Entry::Range { next, stop, step: 1, by: Some(by) }) => {
                    self.leave_before(unit);
                    let wanted = self.emit(Op::Int(step), Repr::Int, Ty::Int);
                    let same = self.emit(Op::CmpInt(Cmp::Eq, by, wanted), Repr::Bool, Ty::Bool);
                    self.guard(same, Reason::OtherValue);
                    self.stack[depth] = Entry::Range { next, stop, step, by: None };
                }
                // One of the two was guessed wrong: the way that comes second leaves.
                (&Entry::Seq { walk: a, .. }, Entry::Seq { walk: b, .. }) if a != b => {
                    self.make_iterator(unit, depth);
                    let Entry::Val(v, _) = self.stack[depth] else { continue };
                    self.leave_before(unit);
                    self.adopt_walk(depth, v, a);
                }
                _ => continue,
            }
            self.state_changed();
        }
    }

    /// Guards on the way to a merge leave with the state before it.
    fn leave_before(&mut self, unit: u32) {
        self.state = Some(self.state_at(unit));
    }

    /// Whether what is below the top is taken to be alike on all ways to the merge at `unit`, as on the first: the same constants, the same
    /// types, and no NULL where there was none. Not if that went wrong before.
    fn keeps_kinds(&self, unit: u32) -> bool {
        !self.is_refused(Self::merge_at(unit))
    }
    /// It is not: the function is built again.
    fn drop_kinds(&mut self, unit: u32) {
        self.refuse(Self::merge_at(unit));
    }
    /// How `refused` names a merge: units are less than half of what a u32 holds.
    fn merge_at(unit: u32) -> u32 {
        !unit
    }
    /// The parameter `p` is what `v` is on the first way.
    fn keep_kind(&mut self, p: Val, v: Val) {
        if self.nullable.contains(&v) {
            self.nullable.insert(p);
        }
        if let ty @ Ty::Exact(_) = self.f.ty(v) {
            self.f.insts[p.0 as usize].ty = ty;
        }
        if let Some(&shape) = self.classes.get(&v) {
            self.classes.insert(p, shape);
        }
    }
    /// Whether `v`, on another way, is what the parameter `p` is taken for.
    fn is_kind(&self, p: Val, v: Val) -> bool {
        let exact = !matches!(self.f.ty(p), Ty::Exact(_)) || self.f.ty(p) == self.f.ty(v);
        let class = self.classes.get(&p).is_none_or(|c| self.classes.get(&v) == Some(c));
        exact && class && (self.nullable.contains(&p) || !self.nullable.contains(&v))
    }
    /// The constant `v` in another block.
    fn again(&mut self, block: BlockId, v: Val) -> Val {
        let Ty::Const(w) = self.f.ty(v) else { return v };
        let here = std::mem::replace(&mut self.block, block);
        let again = self.word(w);
        self.block = here;
        again
    }

    /// An iterator in registers becomes an object.
    fn make_iterator(&mut self, unit: u32, depth: usize) {
        let state = self.state_at(unit);
        let (helper, args) = match self.stack[depth] {
            Entry::Range { next, stop, step, by } => {
                let step = match by {
                    Some(v) => self.emit(Op::IntToRaw(v), Repr::Raw, Ty::Any),
                    None => self.emit(Op::Raw(step), Repr::Raw, Ty::Any),
                };
                let ends = [next, stop].map(|v| self.emit(Op::IntToRaw(v), Repr::Raw, Ty::Any));
                (Helper::MakeRange, vec![ends[0], ends[1], step])
            }
            Entry::Seq { seq, index, walk, other } => {
                let index = self.emit(Op::IntToRaw(index), Repr::Raw, Ty::Any);
                let number = self.emit(Op::Raw(walk.number()), Repr::Raw, Ty::Any);
                let other = match other {
                    None => self.emit(Op::Raw(0), Repr::Raw, Ty::Any),
                    Some(o) if walk.second() => o,
                    Some(o) => self.emit(Op::IntToRaw(o), Repr::Raw, Ty::Any),
                };
                (Helper::MakeWalk, vec![seq, index, number, other])
            }
            _ => return,
        };
        let v = self.emit(Op::Call { helper, args, state }, Repr::Word, Ty::Heap);
        self.stack[depth] = Entry::Val(v, Own::Owned);
    }
}
