//! Takes out references that are taken and given up again while something else holds the object all the time.
//!
//! Invariant: PAIR-1: the place that a value was read from still holds it where a reference is taken. When nothing on any way from there to
//! where the reference is given up can write such a place, give up what holds it, or move the reference elsewhere, both are for
//! nothing; states on those ways have one owned entry of the value, which leans on that place from then on. Source: the
//! "owned to guaranteed" rule of Swift's ARC optimiser.

use super::values::{Writes, writes};
use crate::hir::*;
use std::collections::HashMap;

/// Instructions looked at for one pair.
const FAR: usize = 400;
const ROUNDS: usize = 4;

pub fn run(f: &mut Func) {
    let order = order::order(f);
    let before: HashMap<BlockId, usize> =
        order::predecessors(f, &order).into_iter().map(|(b, p)| (b, p.len())).collect();
    for _ in 0..ROUNDS {
        let mut changed = false;
        for &b in &order {
            for at in 0..f.block(b).insts.len() {
                let v = f.block(b).insts[at];
                let Op::Incref(of) = f.insts[v.0 as usize].op else { continue };
                let Some(region) = Region::find(f, &before, (b, at), of) else { continue };
                changed |= region.apply(f, v);
            }
        }
        if !changed {
            return;
        }
    }
}

/// The value that guards gave on as itself.
fn root(f: &Func, v: Val) -> Val {
    let mut v = f.get(v);
    while let Op::GuardType(a, ..) | Op::GuardVersion(a, ..) = f.insts[v.0 as usize].op {
        v = f.get(a);
    }
    v
}

/// All ways from where a reference is taken to where it is given up, or the code is left.
struct Region {
    root: Val,
    ends: Vec<Val>,
    /// Instructions with states on the way, and blocks that end by leaving.
    uses: Vec<Val>,
    exits: Vec<BlockId>,
}

impl Region {
    fn find(f: &Func, before: &HashMap<BlockId, usize>, from: (BlockId, usize), of: Val) -> Option<Region> {
        let mut r = Region { root: root(f, of), ends: vec![], uses: vec![], exits: vec![] };
        let mut left = FAR;
        let mut work = vec![(from.0, from.1 + 1)];
        // How often blocks are reached where ways meet: all of the ways have to begin here.
        let mut reached: HashMap<BlockId, usize> = HashMap::new();
        while let Some((b, at)) = work.pop() {
            if r.block(f, b, at, &mut left)? {
                continue;
            }
            match &f.block(b).term {
                Term::Exit(..) => r.exits.push(b),
                term @ (Term::Jump(_) | Term::Branch(..)) => {
                    for e in term.edges() {
                        if !e.args.is_empty() || e.state.is_some() || e.block == from.0 {
                            return None;
                        }
                        let times = reached.entry(e.block).or_default();
                        *times += 1;
                        if *times == 1 {
                            work.push((e.block, 0));
                        }
                    }
                }
                _ => return None,
            }
        }
        let whole = reached.iter().all(|(b, times)| before.get(b) == Some(times));
        (whole && !r.ends.is_empty()).then_some(r)
    }
    /// Goes through a block: whether the reference is given up in it. None: the pair has to stay.
    fn block(&mut self, f: &Func, b: BlockId, at: usize, left: &mut usize) -> Option<bool> {
        for &v in &f.block(b).insts[at..] {
            if f.get(v) != v {
                continue;
            }
            *left = left.checked_sub(1)?;
            let op = &f.insts[v.0 as usize].op;
            match op {
                Op::Decref(x) if root(f, *x) == self.root => {
                    self.ends.push(v);
                    return Some(true);
                }
                Op::DecrefMaybe(x) if root(f, *x) == self.root => return None,
                Op::NewTuple(items) if items.iter().any(|&x| root(f, x) == self.root) => return None,
                Op::SetLocal { val, own, old, .. } => {
                    let same = |x: Val| root(f, x) == self.root;
                    if val.is_some_and(same) && *own == Own::Owned || old.val().is_some_and(same) {
                        return None;
                    }
                }
                Op::ClearSlot(_) => return None,
                _ => {}
            }
            match writes(f, v) {
                None | Some(Writes::One(super::values::Place::Shape | super::values::Place::Packed)) => {}
                Some(_) => return None,
            }
            if state_of(op).is_some() {
                self.uses.push(v);
            }
        }
        Some(false)
    }

    /// Takes the pair out; false when some state knows of no owned entry.
    fn apply(self, f: &mut Func, taken: Val) -> bool {
        let mut new: HashMap<StateId, StateId> = HashMap::new();
        let states = self.uses.iter().filter_map(|v| state_of(&f.insts[v.0 as usize].op));
        let exits =
            self.exits.iter().filter_map(|b| if let Term::Exit(s, _) = f.block(*b).term { Some(s) } else { None });
        let all: Vec<StateId> = states.chain(exits).collect();
        if !all.iter().all(|&s| owned_in(f, s, self.root)) {
            return false;
        }
        for s in all {
            lend(f, s, self.root, &mut new);
        }
        for v in self.uses {
            match &mut f.insts[v.0 as usize].op {
                Op::Checkpoint(s) => *s = new[s],
                op => op.state_mut().into_iter().for_each(|s| *s = new[s]),
            }
        }
        for b in self.exits {
            if let Term::Exit(s, _) = &mut f.block_mut(b).term {
                *s = new[s];
            }
        }
        for v in self.ends.into_iter().chain([taken]) {
            f.insts[v.0 as usize].op = Op::Raw(0);
        }
        true
    }
}

/// The state that an instruction leaves with, or lets others leave with.
fn state_of(op: &Op) -> Option<StateId> {
    if let Op::Checkpoint(s) = *op { Some(s) } else { op.state() }
}

/// Where a frame has an owned entry of the value.
enum Spot {
    Stack(usize),
    Local(usize),
}
fn spot(f: &Func, state: &FrameState, root_of: Val) -> Option<Spot> {
    let same = |v: Val| root(f, v) == root_of;
    let on_stack = |e: &Entry| matches!(*e, Entry::Val(v, Own::Owned) if same(v));
    if let Some(k) = state.stack.iter().position(on_stack) {
        return Some(Spot::Stack(k));
    }
    let i = state.inlined.as_ref()?;
    let held = |(slot, l): (usize, &Local)| matches!(*l, Local::Val(v) if same(v)) && i.owns[slot] == Own::Owned;
    state.locals.iter().enumerate().position(held).map(Spot::Local)
}
fn owned_in(f: &Func, s: StateId, root_of: Val) -> bool {
    f.frames(s).iter().any(|state| spot(f, state, root_of).is_some())
}
/// A state like this one, but for one entry that owns the value no longer.
fn lend(f: &mut Func, s: StateId, root_of: Val, new: &mut HashMap<StateId, StateId>) -> StateId {
    if let Some(&lent) = new.get(&s) {
        return lent;
    }
    let mut state = f.state(s).clone();
    match spot(f, &state, root_of) {
        Some(Spot::Stack(k)) => {
            if let Entry::Val(_, own) = &mut state.stack[k] {
                *own = Own::Heap;
            }
        }
        Some(Spot::Local(slot)) => {
            if let Some(i) = &mut state.inlined {
                let mut owns = i.owns.to_vec();
                owns[slot] = Own::Heap;
                i.owns = owns.into();
            }
        }
        None => {
            let parent = state.inlined.as_ref().map(|i| i.parent);
            let lent = parent.map(|p| lend(f, p, root_of, new));
            if let (Some(i), Some(p)) = (&mut state.inlined, lent) {
                i.parent = p;
            }
        }
    }
    f.states.push(state);
    let lent = StateId(f.states.len() as u32 - 1);
    new.insert(s, lent);
    lent
}
