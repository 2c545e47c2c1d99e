//! Checks HIR-1: definitions dominate uses, edges match parameters. Runs after the passes in debug builds and tests.

use super::*;
use std::collections::HashSet;

/// What is wrong with a function, in words; empty when nothing is.
pub fn check(f: &Func) -> Vec<String> {
    let mut errors = vec![];
    let reachable = order::reachable(f);
    let doms = defined_at_entry(f, &reachable);
    for (b, block) in f.blocks.iter().enumerate() {
        let id = BlockId(b as u32);
        if !reachable.contains(&id) {
            continue;
        }
        let mut known: HashSet<Val> = doms[b].clone();
        known.extend(&block.params);
        let see = |known: &HashSet<Val>, v: Val, errors: &mut Vec<String>, what: &str| {
            let v = f.get(v);
            if !known.contains(&v) {
                errors.push(format!("b{b}: v{} used by {what} before its definition", v.0));
            }
        };
        for &v in &block.insts {
            let mut uses = vec![];
            f.insts[v.0 as usize].op.operands(&mut uses);
            for u in uses {
                see(&known, u, &mut errors, &format!("v{}", v.0));
            }
            known.insert(v);
        }
        for e in block.term.edges() {
            if e.args.len() != f.block(e.block).params.len() {
                errors.push(format!("b{b}: {} arguments for b{}", e.args.len(), e.block.0));
            }
            for &a in &e.args {
                see(&known, a, &mut errors, "edge");
            }
        }
        match &block.term {
            Term::Branch(c, ..) => see(&known, *c, &mut errors, "branch"),
            Term::Return(v, ..) | Term::Yield(v, ..) => see(&known, *v, &mut errors, "return"),
            Term::None => errors.push(format!("b{b} has no end")),
            _ => {}
        }
    }
    errors
}

/// Values that every path to a block has defined.
fn defined_at_entry(f: &Func, reachable: &HashSet<BlockId>) -> Vec<HashSet<Val>> {
    let n = f.blocks.len();
    let mut at: Vec<Option<HashSet<Val>>> = vec![None; n];
    at[0] = Some(HashSet::new());
    let mut changed = true;
    while changed {
        changed = false;
        for b in 0..n {
            if !reachable.contains(&BlockId(b as u32)) {
                continue;
            }
            let Some(mut out) = at[b].clone() else { continue };
            out.extend(&f.blocks[b].params);
            out.extend(&f.blocks[b].insts);
            for e in f.blocks[b].term.edges() {
                let t = e.block.0 as usize;
                let next = match &at[t] {
                    None => out.clone(),
                    Some(have) => have.intersection(&out).copied().collect(),
                };
                if at[t].as_ref() != Some(&next) {
                    at[t] = Some(next);
                    changed = true;
                }
            }
        }
    }
    at.into_iter().map(Option::unwrap_or_default).collect()
}
