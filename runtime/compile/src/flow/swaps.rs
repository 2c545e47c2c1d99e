//! SWAP instructions: runs of them are made shortest, and stores are exchanged instead where that is the same.

use super::{BlockId, Graph};
use crate::ir::Op;

fn swappable(op: Op) -> bool {
    matches!(op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL | Op::POP_TOP)
}

impl Graph {
    /// Replaces a run of SWAPs by the shortest one with the same effect; gives the position of its last instruction.
    pub(super) fn simplify_swaps(&mut self, id: BlockId, start: usize) -> usize {
        let nodes = &mut self.blocks[id].nodes;
        let len = nodes[start..].iter().take_while(|node| matches!(node.op, Op::SWAP | Op::NOP)).count();
        let run = &mut nodes[start..start + len];
        let swaps = run.iter().filter(|node| node.op == Op::SWAP);
        if swaps.clone().count() < 2 {
            return start;
        }
        let depth = swaps.map(|node| node.arg as usize).max().unwrap_or(0);
        let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
        for node in run.iter().filter(|node| node.op == Op::SWAP) {
            stack.swap(0, node.arg as usize - 1);
        }
        // Each cycle of the permutation is undone by exchanges with the top; written backwards they make it.
        let mut left = len;
        for item in 0..depth {
            if stack[item].is_none_or(|place| place == item) {
                continue;
            }
            let mut at = item;
            loop {
                if at != 0 {
                    left -= 1;
                    run[left].set(Op::SWAP, at as u32 + 1);
                }
                let Some(next) = stack[at].take() else { break };
                at = next;
            }
        }
        for node in &mut run[..left] {
            node.nop();
        }
        start + len - 1
    }

    fn next_swappable(&self, id: BlockId, at: usize, line: Option<i32>) -> Option<usize> {
        for (position, node) in self.blocks[id].nodes.iter().enumerate().skip(at + 1) {
            // Names must not be bound in another order across lines: tracing would show it.
            if line.is_some_and(|line| line >= 0 && node.loc.line != line) {
                return None;
            }
            if node.op != Op::NOP {
                return swappable(node.op).then_some(position);
            }
        }
        None
    }

    fn stored_slot(&self, id: BlockId, at: usize) -> Option<u32> {
        let node = self.blocks[id].nodes[at];
        matches!(node.op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL).then_some(node.arg)
    }

    /// Exchanges the instructions that pop two items instead of the items.
    pub(super) fn apply_static_swaps(&mut self, id: BlockId, end: usize) {
        for at in (0..=end).rev() {
            let swap = self.blocks[id].nodes[at];
            if swap.op != Op::SWAP {
                if swap.op == Op::NOP || swappable(swap.op) {
                    continue;
                }
                return;
            }
            let Some(first) = self.next_swappable(id, at, None) else { return };
            let line = self.blocks[id].nodes[first].loc.line;
            let mut second = first;
            for _ in 1..swap.arg {
                let Some(next) = self.next_swappable(id, second, Some(line)) else { return };
                second = next;
            }
            let (a, b) = (self.stored_slot(id, first), self.stored_slot(id, second));
            if a.is_some() || b.is_some() {
                if a == b {
                    return;
                }
                let between = (first + 1..second).filter_map(|at| self.stored_slot(id, at));
                if between.into_iter().any(|slot| Some(slot) == a || Some(slot) == b) {
                    return;
                }
            }
            let nodes = &mut self.blocks[id].nodes;
            nodes[at].nop();
            nodes.swap(first, second);
        }
    }
}
