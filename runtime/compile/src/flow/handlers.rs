//! Which handler covers each instruction: the block-push pseudo-ops are read once and become nothing.

use std::rc::Rc;

use adder_isa::operands::{RESUME_EXCEPT_DEPTH1, ResumeKind};

use super::{BlockId, Graph};
use crate::error::{CompileError, Result};
use crate::ir::Op;

/// Open handlers, innermost last; shared between the paths that have the same.
type Stack = Rc<Vec<BlockId>>;

impl Graph {
    pub(super) fn mark_handlers(&mut self) {
        for id in self.order() {
            for at in 0..self.blocks[id].nodes.len() {
                let node = self.blocks[id].nodes[at];
                if node.op.is_block_push() {
                    self.blocks[node.target].handler = true;
                }
            }
        }
    }

    pub(super) fn label_exception_targets(&mut self) -> Result<()> {
        self.clear_visited();
        let mut stacks: Vec<Option<Stack>> = vec![None; self.blocks.len()];
        let mut todo = vec![0];
        self.blocks[0].visited = true;
        stacks[0] = Some(Stack::default());
        while let Some(id) = todo.pop() {
            let Some(mut stack) = stacks[id].take() else {
                return Err(CompileError::system("block without handlers"));
            };
            let mut handler = stack.last().copied();
            let mut yield_depth = None;
            for at in 0..self.blocks[id].nodes.len() {
                let mut node = self.blocks[id].nodes[at];
                if node.op.is_block_push() {
                    self.visit(node.target, &stack, &mut stacks, &mut todo);
                    if node.op != Op::SETUP_FINALLY {
                        self.blocks[node.target].lasti = true;
                    }
                    Rc::make_mut(&mut stack).push(node.target);
                    handler = Some(node.target);
                    continue;
                }
                if node.op == Op::POP_BLOCK {
                    if Rc::make_mut(&mut stack).pop().is_none() {
                        return Err(CompileError::system("end of a block that was not begun"));
                    }
                    handler = stack.last().copied();
                    self.blocks[id].nodes[at].nop();
                    continue;
                }
                node.except = handler;
                if node.op.is_jump() {
                    self.visit(node.target, &stack, &mut stacks, &mut todo);
                } else if node.op == Op::YIELD_VALUE {
                    yield_depth = Some(stack.len());
                } else if node.op == Op::RESUME
                    && node.arg != ResumeKind::FuncStart as u32
                    && yield_depth.take() == Some(1)
                {
                    node.arg |= RESUME_EXCEPT_DEPTH1;
                }
                self.blocks[id].nodes[at] = node;
            }
            if let Some(next) = self.blocks[id].next
                && self.blocks[id].falls_through()
            {
                self.visit(next, &stack, &mut stacks, &mut todo);
            }
        }
        Ok(())
    }

    fn visit(&mut self, id: BlockId, stack: &Stack, stacks: &mut [Option<Stack>], todo: &mut Vec<BlockId>) {
        if !self.blocks[id].visited {
            self.blocks[id].visited = true;
            stacks[id] = Some(stack.clone());
            todo.push(id);
        }
    }
}
