//! Drops pure instructions and block parameters that nothing uses.
//!
//! A local that is a word needs no use by a frame state: its slot holds it (HIR-2).

use crate::hir::order::reachable;
use crate::hir::*;
use std::collections::HashSet;

pub fn run(f: &mut Func) {
    let live = mark(f);
    for b in 0..f.blocks.len() {
        let insts = std::mem::take(&mut f.blocks[b].insts);
        let kept = insts.into_iter().filter(|&v| {
            let own = f.get(v) == v;
            own && (!f.insts[v.0 as usize].op.is_pure() || live.contains(&v))
        });
        f.blocks[b].insts = kept.collect();
    }
    for b in 0..f.blocks.len() {
        let id = BlockId(b as u32);
        let dead: Vec<usize> =
            f.block(id).params.iter().enumerate().filter(|(_, p)| !live.contains(p)).map(|(i, _)| i).collect();
        for &i in dead.iter().rev() {
            f.block_mut(id).params.remove(i);
            for e in f.blocks.iter_mut().flat_map(|b| b.term.edges_mut()).filter(|e| e.block == id) {
                e.args.remove(i);
            }
        }
    }
}

fn mark(f: &Func) -> HashSet<Val> {
    let mut live = HashSet::new();
    let mut work: Vec<Val> = vec![];
    let mut states: HashSet<u32> = HashSet::new();
    let reachable = reachable(f);
    for (b, block) in f.blocks.iter().enumerate() {
        if !reachable.contains(&BlockId(b as u32)) {
            continue;
        }
        for &v in &block.insts {
            if f.get(v) == v && !f.insts[v.0 as usize].op.is_pure() {
                work.push(v);
            }
        }
        match &block.term {
            Term::Branch(c, ..) => work.push(f.get(*c)),
            Term::Return(v, _, s) | Term::Yield(v, _, s) => {
                work.push(f.get(*v));
                state_uses(f, *s, &mut work, &mut states);
            }
            Term::Exit(s, _) => state_uses(f, *s, &mut work, &mut states),
            _ => {}
        }
    }
    loop {
        while let Some(v) = work.pop() {
            let v = f.get(v);
            if !live.insert(v) {
                continue;
            }
            let op = &f.insts[v.0 as usize].op;
            let mut uses = vec![];
            op.operands(&mut uses);
            if let Some(s) = op.state() {
                state_uses(f, s, &mut uses, &mut states);
            }
            work.extend(uses.into_iter().map(|u| f.get(u)));
        }
        // A parameter that is used makes the arguments for it used.
        for b in &f.blocks {
            for e in b.term.edges() {
                for (i, &p) in f.block(e.block).params.iter().enumerate() {
                    if live.contains(&p) && !live.contains(&f.get(e.args[i])) {
                        work.push(f.get(e.args[i]));
                    }
                }
            }
        }
        if work.is_empty() {
            return live;
        }
    }
}

fn state_uses(f: &Func, s: StateId, out: &mut Vec<Val>, seen: &mut HashSet<u32>) {
    if !seen.insert(s.0) {
        return;
    }
    let state = f.state(s);
    for e in &state.stack {
        e.values(f, out);
    }
    for l in state.locals.iter() {
        if let Local::Tuple(t) = *l {
            Entry::Tuple(t).values(f, out);
        }
        let Some(v) = l.val() else { continue };
        let v = f.get(v);
        // Locals of inlined calls have no slots.
        if f.repr(v) != Repr::Word || state.inlined.is_some() {
            out.push(v);
        }
    }
    if let Some(i) = &state.inlined {
        state_uses(f, i.parent, out, seen);
    }
}
