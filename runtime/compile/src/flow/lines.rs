//! Lines for instructions that have none.
//!
//! *Invariants.* Every instruction that can leave the frame or be interrupted ends up with the line of the statement it
//! belongs to, so that tracebacks never have to guess: exit blocks without a line are copied until each has one
//! predecessor, and take that one's line.

use adder_isa::location::Location;

use super::{Block, BlockId, Graph};

impl Graph {
    pub(super) fn resolve_lines(&mut self) {
        self.duplicate_exits();
        self.propagate_lines();
    }

    fn needs_line(&self, id: BlockId) -> bool {
        let block = &self.blocks[id];
        (block.exits_scope() || block.has_eval_break()) && block.has_no_line()
    }

    fn duplicate_exits(&mut self) {
        let mut at = Some(0);
        while let Some(id) = at {
            self.duplicate_exit_of(id);
            at = self.blocks[id].next;
        }
        for id in self.order() {
            let Some(next) = self.blocks[id].next else { continue };
            if self.blocks[id].falls_through()
                && self.needs_line(next)
                && let Some(last) = self.blocks[id].last().copied()
                && let Some(first) = self.blocks[next].nodes.first_mut()
            {
                first.loc = last.loc;
            }
        }
    }

    fn duplicate_exit_of(&mut self, id: BlockId) {
        let Some(last) = self.blocks[id].last().copied() else { return };
        if !last.op.is_jump() {
            return;
        }
        let Some(target) = self.next_nonempty(Some(last.target)) else { return };
        if !self.needs_line(target) || self.blocks[target].predecessors <= 1 {
            return;
        }
        let original = &self.blocks[target];
        let mut copy = Block {
            nodes: original.nodes.clone(),
            next: original.next,
            labelled: true,
            predecessors: 1,
            ..Block::default()
        };
        if let Some(first) = copy.nodes.first_mut() {
            first.loc = last.loc;
        }
        let fresh = self.blocks.len();
        self.blocks.push(copy);
        self.blocks[target].predecessors -= 1;
        self.blocks[target].next = Some(fresh);
        let at = self.blocks[id].nodes.len() - 1;
        self.blocks[id].nodes[at].target = fresh;
    }

    fn propagate_lines(&mut self) {
        for id in self.order() {
            let Some(last) = self.blocks[id].last().copied() else { continue };
            let mut previous = Location::NONE;
            for node in &mut self.blocks[id].nodes {
                if node.loc.line == Location::NONE.line {
                    node.loc = previous;
                } else {
                    previous = node.loc;
                }
            }
            if let Some(next) = self.blocks[id].next
                && self.blocks[id].falls_through()
            {
                self.inherit_line(next, previous);
            }
            if last.op.is_jump() {
                self.inherit_line(last.target, previous);
            }
        }
    }

    fn inherit_line(&mut self, id: BlockId, loc: Location) {
        let block = &mut self.blocks[id];
        if block.predecessors == 1
            && let Some(first) = block.nodes.first_mut()
            && first.loc.line == Location::NONE.line
        {
            first.loc = loc;
        }
    }
}
