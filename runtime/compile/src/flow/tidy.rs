//! Removal of what does nothing: unreachable blocks, NOPs, jumps to the next instruction; small exits are copied.

use adder_isa::location::Location;

use super::{BlockId, Graph};
use crate::ir::Op;

/// Largest exit block that is copied to where a jump to it was.
const MAX_COPY_SIZE: usize = 4;

impl Graph {
    pub(super) fn remove_unreachable(&mut self) {
        self.clear_visited();
        for block in &mut self.blocks {
            block.predecessors = 0;
        }
        self.blocks[0].predecessors = 1;
        self.blocks[0].visited = true;
        let mut todo = vec![0];
        while let Some(id) = todo.pop() {
            if let Some(next) = self.blocks[id].next
                && self.blocks[id].falls_through()
            {
                self.reach(next, &mut todo);
            }
            for at in 0..self.blocks[id].nodes.len() {
                let node = self.blocks[id].nodes[at];
                if node.op.has_target() {
                    self.reach(node.target, &mut todo);
                }
            }
        }
        for id in self.order() {
            let block = &mut self.blocks[id];
            if block.predecessors == 0 {
                block.nodes.clear();
                block.handler = false;
            }
        }
    }

    fn reach(&mut self, id: BlockId, todo: &mut Vec<BlockId>) {
        let block = &mut self.blocks[id];
        block.predecessors += 1;
        if !block.visited {
            block.visited = true;
            todo.push(id);
        }
    }

    /// A jump to a small exit, or to a block without lines that leads nowhere else, becomes a copy of the block.
    pub(super) fn inline_small_blocks(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            for id in self.order() {
                changed |= self.inline_target(id);
            }
        }
    }

    fn inline_target(&mut self, id: BlockId) -> bool {
        let Some(last) = self.blocks[id].last().copied() else { return false };
        if !last.op.is_unconditional_jump() {
            return false;
        }
        let target = &self.blocks[last.target];
        let small_exit = target.exits_scope() && target.nodes.len() <= MAX_COPY_SIZE;
        let no_line = target.has_no_line() && !target.falls_through();
        if !small_exit && !no_line {
            return false;
        }
        let copied = target.nodes.clone();
        let nodes = &mut self.blocks[id].nodes;
        let at = nodes.len() - 1;
        nodes[at].nop();
        nodes.extend(copied);
        if no_line
            && last.op == Op::JUMP
            && let Some(new_last) = nodes.last_mut()
            && new_last.op.is_unconditional_jump()
        {
            // The eval-breaker poll of the removed jump must not get lost.
            new_last.op = Op::JUMP;
        }
        let target = &mut self.blocks[last.target];
        target.predecessors = target.predecessors.saturating_sub(1);
        true
    }

    /// Whether the NOP at `at` can go: it has no line, or a neighbour has the same.
    fn nop_is_redundant(&mut self, id: BlockId, at: usize, previous: i32) -> bool {
        let nodes = &self.blocks[id].nodes;
        let line = nodes[at].loc.line;
        if line < 0 || previous == line {
            return true;
        }
        if at + 1 < nodes.len() {
            let next = nodes[at + 1].loc.line;
            if next == line {
                return true;
            }
            if next < 0 {
                let loc = nodes[at].loc;
                self.blocks[id].nodes[at + 1].loc = loc;
                return true;
            }
            return false;
        }
        let Some(next) = self.next_nonempty(self.blocks[id].next) else { return false };
        let real = self.blocks[next].nodes.iter().find(|node| node.op != Op::NOP || node.loc.line >= 0);
        real.map_or(Location::NONE, |node| node.loc).line == line
    }

    fn remove_nops(&mut self, id: BlockId) -> usize {
        let before = self.blocks[id].nodes.len();
        let mut kept = Vec::with_capacity(before);
        let mut previous = -1;
        for at in 0..before {
            if self.blocks[id].nodes[at].op == Op::NOP && self.nop_is_redundant(id, at, previous) {
                continue;
            }
            let node = self.blocks[id].nodes[at];
            previous = node.loc.line;
            kept.push(node);
        }
        let removed = before - kept.len();
        self.blocks[id].nodes = kept;
        removed
    }

    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        self.order().into_iter().map(|id| self.remove_nops(id)).sum()
    }

    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        let mut done = false;
        while !done {
            done = true;
            let mut previous: Option<(BlockId, usize)> = None;
            for id in self.order() {
                self.remove_nops(id);
                if self.blocks[id].labelled {
                    previous = None;
                }
                for at in 0..self.blocks[id].nodes.len() {
                    if self.blocks[id].nodes[at].op == Op::POP_TOP
                        && let Some((block, position)) = previous
                    {
                        let pushed = self.blocks[block].nodes[position];
                        if pushed.op.loads_const() || pushed.op == Op::COPY && pushed.arg == 1 {
                            self.blocks[block].nodes[position].nop();
                            self.blocks[id].nodes[at].nop();
                            done = false;
                        }
                    }
                    previous = Some((id, at));
                }
                let jumps = previous.is_some_and(|(block, at)| self.blocks[block].nodes[at].op.is_jump());
                if jumps || !self.blocks[id].falls_through() {
                    previous = None;
                }
            }
        }
    }

    fn remove_redundant_jumps(&mut self) -> usize {
        let mut changes = 0;
        for id in self.order() {
            let Some(last) = self.blocks[id].last().copied() else { continue };
            if !last.op.is_unconditional_jump() {
                continue;
            }
            let target = self.next_nonempty(Some(last.target));
            if target.is_some() && target == self.next_nonempty(self.blocks[id].next) {
                let at = self.blocks[id].nodes.len() - 1;
                self.blocks[id].nodes[at].nop();
                changes += 1;
            }
        }
        changes
    }

    pub(super) fn remove_redundant_nops_and_jumps(&mut self) {
        while self.remove_redundant_nops() + self.remove_redundant_jumps() > 0 {}
    }

    /// Pairs of local loads and stores become one instruction, where both slots fit in four bits.
    pub(super) fn insert_superinstructions(&mut self) {
        for id in self.order() {
            let nodes = &mut self.blocks[id].nodes;
            for at in 1..nodes.len() {
                let (first, second) = (nodes[at - 1], nodes[at]);
                let op = match (first.op, second.op) {
                    (Op::LOAD_FAST, Op::LOAD_FAST) => Op::LOAD_FAST_LOAD_FAST,
                    (Op::STORE_FAST, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
                    (Op::STORE_FAST, Op::STORE_FAST) => Op::STORE_FAST_STORE_FAST,
                    _ => continue,
                };
                let (a, b) = (first.loc.line, second.loc.line);
                if a >= 0 && b >= 0 && a != b || first.arg >= 16 || second.arg >= 16 {
                    continue;
                }
                nodes[at - 1].set(op, first.arg << 4 | second.arg);
                nodes[at].nop();
            }
        }
        self.remove_redundant_nops();
    }
}
