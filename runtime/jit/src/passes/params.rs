//! Removes block parameters that always have the same value.
//!
//! Source: Braun et al., "Simple and Efficient Construction of SSA Form" (trivial phis).

use crate::hir::*;

pub fn run(f: &mut Func) {
    let mut changed = true;
    while changed {
        changed = false;
        for b in 0..f.blocks.len() {
            let id = BlockId(b as u32);
            let mut i = 0;
            while i < f.block(id).params.len() {
                match only_value(f, id, i) {
                    Some(v) => {
                        let p = f.block(id).params[i];
                        remove(f, id, i);
                        f.replace(p, v);
                        changed = true;
                    }
                    None => i += 1,
                }
            }
        }
    }
}

/// The one value other than itself that parameter `i` gets.
fn only_value(f: &Func, block: BlockId, i: usize) -> Option<Val> {
    let p = f.get(f.block(block).params[i]);
    let mut one = None;
    for b in &f.blocks {
        for e in b.term.edges() {
            if e.block != block {
                continue;
            }
            let v = f.get(*e.args.get(i)?);
            if v == p || one == Some(v) {
                continue;
            }
            if one.is_some() {
                return None;
            }
            one = Some(v);
        }
    }
    one.filter(|&v| f.repr(v) == f.repr(p) || f.repr(p) == Repr::Word)
}

fn remove(f: &mut Func, block: BlockId, i: usize) {
    f.block_mut(block).params.remove(i);
    for b in &mut f.blocks {
        for e in b.term.edges_mut() {
            if e.block == block && i < e.args.len() {
                e.args.remove(i);
            }
        }
    }
}
