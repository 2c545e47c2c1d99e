//! What stands on the stack where ways meet: iterators take the form that they have there, in registers or as objects; constants and
//! types stay known, such as the function that is called with `a if c else b`.
//!
//! Invariant: only edges that are taken for certain lead to loop headers, so what is done on the way is done once.

use super::Builder;
use crate::helpers::Helper;
use crate::hir::*;
use adder_builtins::containers::range;
use adder_isa::reasons::Reason;

impl Builder<'_> {
    /// Before the edge to the header at `unit`, whose stack is already known.
    pub fn fit_iterators(&mut self, unit: u32, layout: &[Entry]) {
        if layout.len() != self.stack.len() {
            return;
        }
        for (depth, want) in layout.iter().enumerate() {
            match (want, self.stack[depth]) {
                (Entry::Val(..), Entry::Range { .. } | Entry::Seq { .. }) => self.make_iterator(unit, depth),
                (&Entry::Seq { walk, .. }, Entry::Val(v, _)) => {
                    self.own_all(depth);
                    self.state = Some(self.state_at(unit));
                    self.adopt_walk(depth, v, walk);
                }
                (&Entry::Range { step, by, .. }, Entry::Val(v, _)) => {
                    self.own_all(depth);
                    self.state = Some(self.state_at(unit));
                    self.guard_type(v, &range::RANGE_ITERATOR);
                    self.state = Some(self.state_at(unit));
                    self.adopt_range(depth, v, by.map_or(Some(step), |_| None));
                }
                (&Entry::Range { step: 1, by: Some(_), .. }, Entry::Range { next, stop, step, by: None })
                    if step > 0 =>
                {
                    let by = Some(self.emit(Op::Int(step), Repr::Int, Ty::Int));
                    self.stack[depth] = Entry::Range { next, stop, step: 1, by };
                }
                (&Entry::Range { step, by: None, .. }, Entry::Range { next, stop, step: 1, by: Some(by) }) => {
                    self.state = Some(self.state_at(unit));
                    let wanted = self.emit(Op::Int(step), Repr::Int, Ty::Int);
                    let same = self.emit(Op::CmpInt(Cmp::Eq, by, wanted), Repr::Bool, Ty::Bool);
                    self.guard(same, Reason::OtherValue);
                    self.stack[depth] = Entry::Range { next, stop, step, by: None };
                }
                // One of the two was guessed wrong: the way that comes second leaves.
                (&Entry::Seq { walk: a, .. }, Entry::Seq { walk: b, .. }) if a != b => {
                    self.make_iterator(unit, depth);
                    let Entry::Val(v, _) = self.stack[depth] else { continue };
                    self.state = Some(self.state_at(unit));
                    self.adopt_walk(depth, v, a);
                }
                _ => continue,
            }
            self.state_changed();
        }
    }

    /// Whether what is below the top is taken to be alike on all ways to the merge at `unit`, as on the first: the same constants, the same
    /// types, and no NULL where there was none. Not if that went wrong before.
    pub fn keeps_kinds(&self, unit: u32) -> bool {
        !self.req.refused.borrow().contains(&self.merge_at(unit))
    }
    /// It is not: the function is built again.
    pub fn drop_kinds(&mut self, unit: u32) {
        self.req.refused.borrow_mut().insert(self.merge_at(unit));
        self.why = Some(Reason::Refused);
    }
    /// How `refused` names a merge: units are less than half of what a u32 holds.
    fn merge_at(&self, unit: u32) -> (usize, u32) {
        (std::ptr::from_ref(self.code) as usize, !unit)
    }
    /// The parameter `p` is what `v` is on the first way.
    pub fn keep_kind(&mut self, p: Val, v: Val) {
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
    pub fn is_kind(&self, p: Val, v: Val) -> bool {
        let exact = !matches!(self.f.ty(p), Ty::Exact(_)) || self.f.ty(p) == self.f.ty(v);
        let class = self.classes.get(&p).is_none_or(|c| self.classes.get(&v) == Some(c));
        exact && class && (self.nullable.contains(&p) || !self.nullable.contains(&v))
    }
    /// The constant `v` in another block.
    pub fn again(&mut self, block: BlockId, v: Val) -> Val {
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
