//! Chooses how block parameters are held: an int or a float in a register where every input is one.
//!
//! Optimistic: parameters that are guarded to be ints (floats) somewhere are assumed to be; whoever has an input that cannot be
//! falls back to a word, until nothing changes. An input from outside a loop that is not known yet is guarded on the way
//! into the loop, where the state for leaving is known. Source: V8 Maglev's phi representation selection.

use crate::hir::*;
use std::collections::HashMap;

pub fn run(f: &mut Func) {
    for want in [Repr::Int, Repr::Float] {
        let chosen = choose(f, want);
        apply(f, want, &chosen);
    }
    forward_guards(f);
}

/// (block, index) of parameters, by value.
fn params(f: &Func) -> HashMap<Val, (BlockId, usize)> {
    let mut all = HashMap::new();
    for (b, block) in f.blocks.iter().enumerate() {
        for (i, &p) in block.params.iter().enumerate() {
            all.insert(p, (BlockId(b as u32), i));
        }
    }
    all
}

fn choose(f: &Func, want: Repr) -> HashMap<Val, (BlockId, usize)> {
    let all = params(f);
    let mut wanted: HashMap<Val, (BlockId, usize)> = HashMap::new();
    let mut work: Vec<Val> = vec![];
    for inst in &f.insts {
        let v = match inst.op {
            Op::UnboxInt(v, _) if want == Repr::Int => v,
            Op::UnboxFloat(v, _) if want == Repr::Float => v,
            _ => continue,
        };
        work.push(f.get(v));
    }
    // A parameter that flows into a wanted one is wanted as well; so is one all of whose inputs are in registers.
    while let Some(v) = work.pop() {
        let Some(&(b, i)) = all.get(&v) else { continue };
        if f.repr(v) != Repr::Word || wanted.insert(v, (b, i)).is_some() {
            continue;
        }
        for e in f.blocks.iter().flat_map(|x| x.term.edges()).filter(|e| e.block == b) {
            work.extend(e.args.get(i).map(|&a| f.get(a)));
        }
    }
    for (&p, &(b, i)) in &all {
        if f.repr(p) == Repr::Word && inputs(f, b, i).iter().all(|&(a, _)| f.repr(a) == want || f.get(a) == p) {
            wanted.insert(p, (b, i));
        }
    }
    loop {
        let bad: Vec<Val> = wanted
            .iter()
            .filter(|&(_, &(b, i))| {
                !inputs(f, b, i)
                    .into_iter()
                    .all(|(a, state)| fits(f, a, want, &wanted) || state.is_some() && may_guard(f, a))
            })
            .map(|(&v, _)| v)
            .collect();
        if bad.is_empty() {
            return wanted;
        }
        for v in bad {
            wanted.remove(&v);
        }
    }
}

fn inputs(f: &Func, block: BlockId, i: usize) -> Vec<(Val, Option<StateId>)> {
    let edges = f.blocks.iter().flat_map(|b| b.term.edges()).filter(|e| e.block == block);
    edges.filter_map(|e| e.args.get(i).map(|&a| (f.get(a), e.state))).collect()
}
fn fits(f: &Func, v: Val, want: Repr, wanted: &HashMap<Val, (BlockId, usize)>) -> bool {
    f.repr(v) == want || wanted.contains_key(&v)
}
/// Whether a guard on the way into a loop can hold at all.
fn may_guard(f: &Func, v: Val) -> bool {
    f.repr(v) == Repr::Word && matches!(f.inst(v).ty, Ty::Any | Ty::Int | Ty::Float)
}

fn apply(f: &mut Func, want: Repr, chosen: &HashMap<Val, (BlockId, usize)>) {
    for &p in chosen.keys() {
        f.insts[p.0 as usize].repr = want;
    }
    for b in 0..f.blocks.len() {
        f.here = f.blocks[b].place;
        let mut term = std::mem::replace(&mut f.blocks[b].term, Term::None);
        let edges = term.edges_mut();
        let alone = edges.len() == 1;
        for e in edges {
            let params = f.block(e.block).params.clone();
            let mut guards = vec![];
            for (i, p) in params.into_iter().enumerate() {
                let a = f.get(e.args[i]);
                if !chosen.contains_key(&p) || f.repr(a) == want {
                    continue;
                }
                let Some(state) = e.state else { continue };
                let op = if want == Repr::Int { Op::UnboxInt(a, state) } else { Op::UnboxFloat(a, state) };
                let ty = if want == Repr::Int { Ty::Int } else { Ty::Float };
                let g = f.add(op, want, ty);
                guards.push(g);
                e.args[i] = g;
            }
            if alone {
                f.blocks[b].insts.extend(guards);
            } else if !guards.is_empty() {
                *e = split(f, e.clone(), guards);
            }
        }
        f.blocks[b].term = term;
    }
}

/// Another way out of the block must not meet guards that are of this one: its state is not theirs. The edge to a block of its own with
/// the guards.
fn split(f: &mut Func, e: Edge, guards: Vec<Val>) -> Edge {
    // Guards are made for edges with a state alone.
    let outer = e.state.and_then(|s| f.frames(s).first().map(|s| s.locals.clone()));
    let resolved = |l: &Local| if let Local::Val(v) = *l { Local::Val(f.get(v)) } else { *l };
    let locals = outer.iter().flat_map(|l| l.iter()).map(resolved).collect();
    let id = BlockId(f.blocks.len() as u32);
    let (unit, place) = (f.block(e.block).unit, f.here);
    f.blocks.push(Block {
        params: vec![],
        insts: guards,
        term: Term::Jump(e),
        locals,
        loop_header: false,
        unit,
        place,
        cold: false,
    });
    Edge::to(id)
}

/// Guards of what is in a register already are that register.
fn forward_guards(f: &mut Func) {
    for v in 0..f.insts.len() {
        let v = Val(v as u32);
        let (a, want) = match f.insts[v.0 as usize].op {
            Op::UnboxInt(a, _) => (a, Repr::Int),
            Op::UnboxFloat(a, _) => (a, Repr::Float),
            Op::UnboxBool(a, _) => (a, Repr::Bool),
            _ => continue,
        };
        if f.get(a) != v && f.repr(a) == want {
            f.replace(v, a);
        }
    }
}
