//! Rewrites inside one block, and jumps to jumps.

use super::const_eval::Unary;
use super::{BlockId, Graph, Node};
use crate::ir::Op;

impl Graph {
    pub(super) fn peephole(&mut self, id: BlockId) {
        let mut at = 0;
        while at < self.blocks[id].nodes.len() {
            at = if self.rewrite(id, at) { at } else { at + 1 };
        }
        let mut at = 0;
        while at < self.blocks[id].nodes.len() {
            if self.blocks[id].nodes[at].op == Op::SWAP {
                at = self.simplify_swaps(id, at);
                self.apply_static_swaps(id, at);
            }
            at += 1;
        }
    }

    /// Rewrites at one position; true when the same position is to be looked at again.
    fn rewrite(&mut self, id: BlockId, at: usize) -> bool {
        let node = self.blocks[id].nodes[at];
        let next = self.blocks[id].nodes.get(at + 1).copied();
        let next_op = next.map(|next| next.op);
        match node.op {
            Op::BUILD_TUPLE => self.rewrite_tuple(id, at, node, next),
            Op::BUILD_LIST | Op::BUILD_SET => self.fold_list_or_set(id, at, next_op),
            Op::LIST_APPEND | Op::SET_ADD => self.fold_appended(id, at, next_op),
            Op::POP_JUMP_IF_NOT_NONE | Op::POP_JUMP_IF_NONE | Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE => {
                return self.target_op(&node) == Some(Op::JUMP) && self.thread(id, at, node.op);
            }
            Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE => return self.rewrite_bool_jump(id, at, node),
            Op::JUMP | Op::JUMP_NO_INTERRUPT => match self.target_op(&node) {
                Some(Op::JUMP) => return self.thread(id, at, Op::JUMP),
                Some(Op::JUMP_NO_INTERRUPT) => return self.thread(id, at, node.op),
                _ => {}
            },
            Op::STORE_FAST => {
                if let Some(next) = next
                    && next.op == Op::STORE_FAST
                    && next.arg == node.arg
                    && next.loc.line == node.loc.line
                {
                    self.blocks[id].nodes[at].set(Op::POP_TOP, 0);
                }
            }
            Op::SWAP if node.arg == 1 => self.blocks[id].nodes[at].nop(),
            Op::LOAD_GLOBAL if next_op == Some(Op::PUSH_NULL) && node.arg & 1 == 0 => {
                self.blocks[id].nodes[at].arg |= 1;
                self.blocks[id].nodes[at + 1].nop();
            }
            Op::COMPARE_OP if next_op == Some(Op::TO_BOOL) => {
                self.merge(id, at, Op::COMPARE_OP, node.arg | adder_isa::operands::COMPARE_TO_BOOL);
            }
            Op::CONTAINS_OP | Op::IS_OP => match next_op {
                Some(Op::TO_BOOL) => self.merge(id, at, node.op, node.arg),
                Some(Op::UNARY_NOT) => self.merge(id, at, node.op, node.arg ^ 1),
                _ => {}
            },
            Op::TO_BOOL if next_op == Some(Op::TO_BOOL) => self.blocks[id].nodes[at].nop(),
            Op::UNARY_NOT => match next_op {
                Some(Op::TO_BOOL) => self.merge(id, at, Op::UNARY_NOT, 0),
                Some(Op::UNARY_NOT) => self.merge(id, at, Op::NOP, 0),
                _ => self.fold_unary(id, at, Unary::Not),
            },
            Op::UNARY_INVERT => self.fold_unary(id, at, Unary::Invert),
            Op::UNARY_NEGATIVE => self.fold_unary(id, at, Unary::Negative),
            Op::CALL_INTRINSIC_1 => self.fold_intrinsic(id, at, next_op),
            Op::BINARY_OP => self.fold_binary(id, at),
            _ => {}
        }
        false
    }

    /// Two instructions become the second one.
    fn merge(&mut self, id: BlockId, at: usize, op: Op, arg: u32) {
        self.blocks[id].nodes[at].nop();
        self.blocks[id].nodes[at + 1].set(op, arg);
    }

    /// A tuple that is unpacked at once is an exchange.
    fn rewrite_tuple(&mut self, id: BlockId, at: usize, node: Node, next: Option<Node>) {
        if let Some(next) = next
            && next.op == Op::UNPACK_SEQUENCE
            && next.arg == node.arg
        {
            match node.arg {
                1 => return self.merge(id, at, Op::NOP, 0),
                2 | 3 => return self.merge(id, at, Op::SWAP, node.arg),
                _ => {}
            }
        }
        self.fold_tuple(id, at);
    }

    fn target_op(&self, node: &Node) -> Option<Op> {
        self.blocks.get(node.target)?.nodes.first().map(|node| node.op)
    }

    fn rewrite_bool_jump(&mut self, id: BlockId, at: usize, node: Node) -> bool {
        let Some(target) = self.target_op(&node) else { return false };
        if target == Op::JUMP || target == node.op {
            return self.thread(id, at, node.op);
        }
        if matches!(target, Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE)
            && let Some(after) = self.blocks[node.target].next
        {
            // The other jump on the same value is certainly not taken.
            self.blocks[id].nodes[at].target = after;
            return true;
        }
        false
    }

    /// Makes a jump to a jump go where that one goes.
    fn thread(&mut self, id: BlockId, at: usize, op: Op) -> bool {
        let node = self.blocks[id].nodes[at];
        let Some(jump) = self.blocks[node.target].nodes.first().copied() else { return false };
        if jump.target == node.target {
            return false;
        }
        self.blocks[id].nodes[at].nop();
        let mut threaded = Node::new(op, 0, jump.loc);
        threaded.target = jump.target;
        threaded.except = node.except;
        self.blocks[id].nodes.push(threaded);
        true
    }
}
