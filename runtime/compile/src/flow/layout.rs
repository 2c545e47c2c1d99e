//! The final order of blocks: handlers last, jumps in the directions that exist, pseudo-ops replaced.

use adder_isa::location::Location;

use super::{Block, BlockId, Graph, Node};
use crate::ir::Op;

impl Graph {
    fn mark_warm(&mut self) {
        self.clear_visited();
        self.blocks[0].visited = true;
        let mut todo = vec![0];
        while let Some(id) = todo.pop() {
            self.blocks[id].warm = true;
            for target in self.successors(id) {
                if !self.blocks[target].visited {
                    self.blocks[target].visited = true;
                    todo.push(target);
                }
            }
        }
    }

    fn successors(&self, id: BlockId) -> Vec<BlockId> {
        let block = &self.blocks[id];
        let next = block.next.filter(|_| block.falls_through());
        let jumps = block.nodes.iter().filter(|node| node.op.is_jump()).map(|node| node.target);
        next.into_iter().chain(jumps).collect()
    }

    fn mark_cold(&mut self) {
        self.mark_warm();
        self.clear_visited();
        let mut todo: Vec<BlockId> = self.order().into_iter().filter(|id| self.blocks[*id].handler).collect();
        for id in &todo {
            self.blocks[*id].visited = true;
        }
        while let Some(id) = todo.pop() {
            self.blocks[id].cold = true;
            for target in self.successors(id) {
                if !self.blocks[target].warm && !self.blocks[target].visited {
                    self.blocks[target].visited = true;
                    todo.push(target);
                }
            }
        }
    }

    pub(super) fn push_cold_blocks_to_end(&mut self) {
        if self.blocks[0].next.is_none() {
            return;
        }
        self.mark_cold();
        // A cold block that falls into a warm one gets a jump there.
        for id in self.order() {
            let Some(next) = self.blocks[id].next else { continue };
            if !self.blocks[id].cold || !self.blocks[id].falls_through() || !self.blocks[next].warm {
                continue;
            }
            self.blocks[next].labelled = true;
            let mut jump = Node::new(Op::JUMP_NO_INTERRUPT, 0, Location::NONE);
            jump.target = next;
            let fresh = self.blocks.len();
            self.blocks.push(Block {
                nodes: vec![jump],
                next: Some(next),
                cold: true,
                predecessors: 1,
                ..Block::default()
            });
            self.blocks[id].next = Some(fresh);
        }
        let order = self.order();
        let (cold, warm): (Vec<BlockId>, Vec<BlockId>) = order.into_iter().partition(|id| self.blocks[*id].cold);
        if cold.is_empty() {
            return;
        }
        let order: Vec<BlockId> = warm.into_iter().chain(cold).collect();
        for pair in order.windows(2) {
            self.blocks[pair[0]].next = Some(pair[1]);
        }
        if let Some(last) = order.last() {
            self.blocks[*last].next = None;
        }
        self.remove_redundant_nops_and_jumps();
    }
}

/// Jumps that keep their operand become a copy, a test and a popping jump.
pub fn convert_pseudo_jumps(graph: &mut Graph) {
    for id in graph.order() {
        let nodes = &mut graph.blocks[id].nodes;
        let Some(last) = nodes.last_mut() else { continue };
        last.op = match last.op {
            Op::JUMP_IF_FALSE => Op::POP_JUMP_IF_FALSE,
            Op::JUMP_IF_TRUE => Op::POP_JUMP_IF_TRUE,
            _ => continue,
        };
        let (loc, except) = (last.loc, last.except);
        let at = nodes.len() - 1;
        for (op, arg) in [(Op::TO_BOOL, 0), (Op::COPY, 1)] {
            let mut node = Node::new(op, arg, loc);
            node.except = except;
            nodes.insert(at, node);
        }
    }
}

/// The other pseudo-ops become real ones or nothing.
pub fn convert_pseudo_ops(graph: &mut Graph) {
    for id in graph.order() {
        for node in &mut graph.blocks[id].nodes {
            if node.op.is_block_push() {
                node.nop();
            } else if node.op == Op::LOAD_CLOSURE {
                node.op = Op::LOAD_FAST;
            } else if node.op == Op::STORE_FAST_MAYBE_NULL {
                node.op = Op::STORE_FAST;
            }
        }
    }
    graph.remove_redundant_nops_and_jumps();
}

/// Conditional jumps go forward only: one that goes back is reversed and skips a jump back.
pub fn normalize_jumps(graph: &mut Graph) {
    graph.clear_visited();
    let mut at = Some(0);
    while let Some(id) = at {
        graph.blocks[id].visited = true;
        normalize(graph, id);
        at = graph.blocks[id].next;
    }
}

fn normalize(graph: &mut Graph, id: BlockId) {
    let Some(last) = graph.blocks[id].last().copied() else { return };
    if !last.op.is_conditional_jump() {
        return;
    }
    let mut not_taken = Node::new(Op::NOT_TAKEN, 0, last.loc);
    not_taken.except = last.except;
    if !graph.blocks[last.target].visited {
        graph.blocks[id].nodes.push(not_taken);
        return;
    }
    let reversed = match last.op {
        Op::POP_JUMP_IF_NOT_NONE => Op::POP_JUMP_IF_NONE,
        Op::POP_JUMP_IF_NONE => Op::POP_JUMP_IF_NOT_NONE,
        Op::POP_JUMP_IF_FALSE => Op::POP_JUMP_IF_TRUE,
        _ => Op::POP_JUMP_IF_FALSE,
    };
    let mut jump = Node::new(Op::JUMP, 0, last.loc);
    jump.target = last.target;
    jump.except = last.except;
    let next = graph.blocks[id].next;
    let fresh = graph.blocks.len();
    graph.blocks.push(Block {
        nodes: vec![not_taken, jump],
        next,
        start_depth: graph.blocks[last.target].start_depth,
        cold: graph.blocks[id].cold,
        ..Block::default()
    });
    let end = graph.blocks[id].nodes.len() - 1;
    graph.blocks[id].nodes[end].op = reversed;
    if let Some(next) = next {
        graph.blocks[id].nodes[end].target = next;
    }
    graph.blocks[id].next = Some(fresh);
}
