//! The blocks that can be reached, in an order for those who go through them.

use super::*;
use std::collections::{HashMap, HashSet};

/// Reverse post-order, so that definitions come before uses.
pub fn order(f: &Func) -> Vec<BlockId> {
    let mut seen = HashSet::from([BlockId(0)]);
    let (mut stack, mut out) = (vec![(BlockId(0), 0usize)], vec![]);
    while let Some((b, i)) = stack.pop() {
        let edges = f.block(b).term.edges();
        match edges.len().checked_sub(i + 1).map(|k| edges[k].block) {
            Some(t) => {
                stack.push((b, i + 1));
                if seen.insert(t) {
                    stack.push((t, 0));
                }
            }
            None => out.push(b),
        }
    }
    out.reverse();
    out
}

/// Blocks that can be reached from the entry.
pub fn reachable(f: &Func) -> HashSet<BlockId> {
    order(f).into_iter().collect()
}

/// The blocks that go on at each block.
pub fn predecessors(f: &Func, order: &[BlockId]) -> HashMap<BlockId, Vec<BlockId>> {
    let mut before: HashMap<BlockId, Vec<BlockId>> = HashMap::new();
    for &b in order {
        for e in f.block(b).term.edges() {
            before.entry(e.block).or_default().push(b);
        }
    }
    before
}
