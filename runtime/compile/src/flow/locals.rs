//! Loads of locals that may be unbound become LOAD_FAST_CHECK.
//!
//! *Invariants.* A LOAD_FAST that stays one finds its slot bound on every path; the verifier relies on nothing else.

use super::{BlockId, Graph};
use crate::ir::Op;

/// Locals tracked through the whole graph; later ones only inside a block, to keep compilation linear.
const TRACKED: usize = 64;

impl Graph {
    pub(super) fn check_unbound_locals(&mut self, nlocals: usize, nparams: usize) {
        if nlocals == 0 {
            return;
        }
        if nlocals > TRACKED {
            self.check_untracked(nlocals);
        }
        for block in &mut self.blocks {
            block.visited = false;
            block.unsafe_locals = 0;
        }
        let mut todo = Vec::new();
        let start = (nparams..nlocals.min(TRACKED)).fold(0u64, |mask, local| mask | 1 << local);
        self.taint(0, start, &mut todo);
        for id in self.order() {
            self.scan_locals(id, &mut todo);
        }
        while let Some(id) = todo.pop() {
            self.blocks[id].visited = false;
            self.scan_locals(id, &mut todo);
        }
    }

    fn taint(&mut self, id: BlockId, mask: u64, todo: &mut Vec<BlockId>) {
        let block = &mut self.blocks[id];
        if block.unsafe_locals | mask != block.unsafe_locals {
            block.unsafe_locals |= mask;
            if !block.visited {
                block.visited = true;
                todo.push(id);
            }
        }
    }

    fn scan_locals(&mut self, id: BlockId, todo: &mut Vec<BlockId>) {
        let mut mask = self.blocks[id].unsafe_locals;
        for at in 0..self.blocks[id].nodes.len() {
            let node = self.blocks[id].nodes[at];
            if let Some(handler) = node.except {
                self.taint(handler, mask, todo);
            }
            if node.arg as usize >= TRACKED {
                continue;
            }
            let bit = 1u64 << node.arg;
            match node.op {
                Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => mask |= bit,
                Op::STORE_FAST | Op::LOAD_FAST_CHECK => mask &= !bit,
                Op::LOAD_FAST => {
                    if mask & bit != 0 {
                        self.blocks[id].nodes[at].op = Op::LOAD_FAST_CHECK;
                    }
                    mask &= !bit;
                }
                _ => {}
            }
        }
        if let Some(next) = self.blocks[id].next
            && self.blocks[id].falls_through()
        {
            self.taint(next, mask, todo);
        }
        if let Some(last) = self.blocks[id].last().copied()
            && last.op.is_jump()
        {
            self.taint(last.target, mask, todo);
        }
    }

    fn check_untracked(&mut self, nlocals: usize) {
        // A local is bound when it was stored or checked in this block.
        let mut bound_in = vec![usize::MAX; nlocals - TRACKED];
        for id in self.order() {
            for node in &mut self.blocks[id].nodes {
                let Some(local) = (node.arg as usize).checked_sub(TRACKED) else { continue };
                match node.op {
                    Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => {
                        bound_in[local] = usize::MAX;
                    }
                    Op::STORE_FAST => bound_in[local] = id,
                    Op::LOAD_FAST => {
                        if bound_in[local] != id {
                            node.op = Op::LOAD_FAST_CHECK;
                        }
                        bound_in[local] = id;
                    }
                    _ => {}
                }
            }
        }
    }
}
