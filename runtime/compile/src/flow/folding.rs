//! Folding: operations on constants become constants.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{BinaryOperator, Intrinsic1};

use super::const_eval::{self, Unary};
use super::{BlockId, Graph, Node};
use crate::emit::STACK_USE_GUIDELINE;
use crate::ir::Op;

/// Displays with fewer constants are built item by item.
const MIN_CONST_SEQUENCE: usize = 3;

fn small_int(value: &Const) -> Option<u32> {
    match value {
        Const::Int(value @ 0..=255) => Some(*value as u32),
        _ => None,
    }
}

impl Graph {
    fn node(&mut self, id: BlockId, at: usize) -> &mut Node {
        &mut self.blocks[id].nodes[at]
    }

    /// Positions of `count` constant loads that end before `end`, with nothing between but NOPs.
    fn const_loads(&self, id: BlockId, end: usize, count: usize) -> Option<Vec<usize>> {
        let mut found = Vec::with_capacity(count);
        for at in (0..end).rev() {
            if found.len() == count {
                break;
            }
            match self.blocks[id].nodes[at].op {
                Op::NOP => {}
                op if op.loads_const() => found.push(at),
                _ => return None,
            }
        }
        found.reverse();
        (found.len() == count).then_some(found)
    }

    fn values(&self, id: BlockId, loads: &[usize]) -> Option<Vec<Const>> {
        loads.iter().map(|at| self.const_value(&self.blocks[id].nodes[*at])).collect()
    }

    fn erase(&mut self, id: BlockId, at: usize) {
        let node = self.node(id, at);
        node.nop();
        node.loc = Location::NONE;
    }

    fn set_const(&mut self, id: BlockId, at: usize, value: Const) {
        match small_int(&value) {
            Some(small) => self.node(id, at).set(Op::LOAD_SMALL_INT, small),
            None => {
                let index = self.const_index(value);
                self.node(id, at).set(Op::LOAD_CONST, index);
            }
        }
    }

    fn replace(&mut self, id: BlockId, at: usize, loads: &[usize], value: Const) {
        for load in loads {
            self.erase(id, *load);
        }
        self.set_const(id, at, value);
    }

    pub(super) fn fold_tuple(&mut self, id: BlockId, at: usize) {
        let count = self.blocks[id].nodes[at].arg as usize;
        if count > STACK_USE_GUIDELINE {
            return;
        }
        let Some(loads) = self.const_loads(id, at, count) else { return };
        let Some(values) = self.values(id, &loads) else { return };
        self.replace(id, at, &loads, Const::Tuple(values.into()));
    }

    pub(super) fn fold_binary(&mut self, id: BlockId, at: usize) {
        let Some(op) = BinaryOperator::from_u32(self.blocks[id].nodes[at].arg) else { return };
        let Some(loads) = self.const_loads(id, at, 2) else { return };
        let Some(values) = self.values(id, &loads) else { return };
        if let Some(value) = const_eval::binary(op, &values[0], &values[1]) {
            self.replace(id, at, &loads, value);
        }
    }

    pub(super) fn fold_unary(&mut self, id: BlockId, at: usize, op: Unary) {
        let Some(loads) = self.const_loads(id, at, 1) else { return };
        let Some(values) = self.values(id, &loads) else { return };
        if let Some(value) = const_eval::unary(op, &values[0]) {
            self.replace(id, at, &loads, value);
        }
    }

    /// A display of constants that was too long for the stack and is built item by item: the items added before `end`.
    fn appended_values(&self, id: BlockId, end: usize, build: Op, add: Op) -> Option<(usize, Vec<Const>)> {
        let mut loads = Vec::new();
        let mut expect_add = true;
        for position in (0..end).rev() {
            let node = self.blocks[id].nodes[position];
            match node.op {
                Op::NOP => continue,
                op if op == build && node.arg == 0 && expect_add => {
                    loads.reverse();
                    return Some((position, self.values(id, &loads)?));
                }
                op if op == add && expect_add && node.arg == 1 => {}
                op if !expect_add && op.loads_const() => loads.push(position),
                _ => return None,
            }
            expect_add = !expect_add;
        }
        None
    }

    fn erase_range(&mut self, id: BlockId, start: usize, end: usize) {
        for at in start..end {
            if self.blocks[id].nodes[at].op != Op::NOP {
                self.erase(id, at);
            }
        }
    }

    fn fold_list_to_tuple(&mut self, id: BlockId, at: usize) {
        if let Some((start, values)) = self.appended_values(id, at, Op::BUILD_LIST, Op::LIST_APPEND) {
            self.erase_range(id, start, at);
            self.set_const(id, at, Const::Tuple(values.into()));
        }
    }

    /// A long list or set of constants that is only iterated over or looked into.
    pub(super) fn fold_appended(&mut self, id: BlockId, at: usize, next: Option<Op>) {
        if !matches!(next, Some(Op::GET_ITER | Op::CONTAINS_OP)) {
            return;
        }
        let set = self.blocks[id].nodes[at].op == Op::SET_ADD;
        let (build, add) = if set { (Op::BUILD_SET, Op::SET_ADD) } else { (Op::BUILD_LIST, Op::LIST_APPEND) };
        if let Some((start, values)) = self.appended_values(id, at + 1, build, add) {
            self.erase_range(id, start, at + 1);
            let value = if set { const_eval::frozenset(&values) } else { Const::Tuple(values.into()) };
            self.set_const(id, at, value);
        }
    }

    /// Displays of constants: looked into or iterated over they are constants, else they are extended from one.
    pub(super) fn fold_list_or_set(&mut self, id: BlockId, at: usize, next: Option<Op>) {
        let node = self.blocks[id].nodes[at];
        let only_read = matches!(next, Some(Op::GET_ITER | Op::CONTAINS_OP));
        let count = node.arg as usize;
        if count > STACK_USE_GUIDELINE || count < MIN_CONST_SEQUENCE && !only_read {
            return;
        }
        let loads = self.const_loads(id, at, count);
        let Some((loads, values)) = loads.and_then(|loads| self.values(id, &loads).map(|values| (loads, values)))
        else {
            if only_read && node.op == Op::BUILD_LIST {
                self.node(id, at).op = Op::BUILD_TUPLE;
            }
            return;
        };
        let value = if node.op == Op::BUILD_SET { const_eval::frozenset(&values) } else { Const::Tuple(values.into()) };
        let index = self.const_index(value);
        for load in &loads {
            self.erase(id, *load);
        }
        if only_read {
            self.node(id, at).set(Op::LOAD_CONST, index);
            return;
        }
        let first = self.node(id, at - 2);
        first.set(node.op, 0);
        first.loc = node.loc;
        self.node(id, at - 1).set(Op::LOAD_CONST, index);
        let extend = if node.op == Op::BUILD_LIST { Op::LIST_EXTEND } else { Op::SET_UPDATE };
        self.node(id, at).set(extend, 1);
    }

    /// Constants that decide a jump, `is None` tests, and small ints.
    pub(super) fn optimize_load_const(&mut self) {
        for id in self.order() {
            let mut loaded: Option<Node> = None;
            for at in 0..self.blocks[id].nodes.len() {
                let node = self.blocks[id].nodes[at];
                if node.op == Op::LOAD_CONST
                    && let Some(small) = self.const_value(&node).as_ref().and_then(small_int)
                {
                    self.node(id, at).set(Op::LOAD_SMALL_INT, small);
                }
                let node = self.blocks[id].nodes[at];
                let copied =
                    node.op == Op::COPY && node.arg == 1 && loaded.is_some_and(|loaded| loaded.op == Op::LOAD_CONST);
                if !copied {
                    loaded = Some(node);
                }
                let Some(source) = loaded.filter(|node| node.op.loads_const()) else { continue };
                if let Some(value) = self.const_value(&source) {
                    self.use_const(id, at, &value);
                }
            }
        }
    }

    fn use_const(&mut self, id: BlockId, at: usize, value: &Const) {
        let Some(next) = self.blocks[id].nodes.get(at + 1).copied() else { return };
        match next.op {
            Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE => {
                if next.op.is_conditional_jump() {
                    self.node(id, at).nop();
                }
                let if_true = matches!(next.op, Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_TRUE);
                if const_eval::is_true(value) == if_true {
                    self.node(id, at + 1).op = Op::JUMP;
                } else {
                    self.node(id, at + 1).nop();
                }
            }
            Op::IS_OP if *value == Const::None => self.none_test(id, at),
            Op::TO_BOOL => {
                let index = self.const_index(Const::Bool(const_eval::is_true(value)));
                self.node(id, at).nop();
                self.node(id, at + 1).set(Op::LOAD_CONST, index);
            }
            _ => {}
        }
    }

    /// `LOAD_CONST None; IS_OP; (TO_BOOL;) POP_JUMP_IF_...` is one jump.
    fn none_test(&mut self, id: BlockId, at: usize) {
        let len = self.blocks[id].nodes.len();
        let mut jump = at + 2;
        if jump >= len {
            return;
        }
        if self.blocks[id].nodes[jump].op == Op::TO_BOOL {
            self.node(id, jump).nop();
            jump += 1;
            if jump >= len {
                return;
            }
        }
        let mut invert = self.blocks[id].nodes[at + 1].arg != 0;
        match self.blocks[id].nodes[jump].op {
            Op::POP_JUMP_IF_FALSE => invert = !invert,
            Op::POP_JUMP_IF_TRUE => {}
            _ => return,
        }
        self.node(id, at).nop();
        self.node(id, at + 1).nop();
        self.node(id, jump).op = if invert { Op::POP_JUMP_IF_NOT_NONE } else { Op::POP_JUMP_IF_NONE };
    }

    pub(super) fn fold_intrinsic(&mut self, id: BlockId, at: usize, next: Option<Op>) {
        match Intrinsic1::from_u32(self.blocks[id].nodes[at].arg) {
            Some(Intrinsic1::ListToTuple) => {
                self.fold_list_to_tuple(id, at);
                if next == Some(Op::GET_ITER) && self.blocks[id].nodes[at].op == Op::CALL_INTRINSIC_1 {
                    self.node(id, at).nop();
                }
            }
            Some(Intrinsic1::UnaryPositive) => self.fold_unary(id, at, Unary::Positive),
            _ => {}
        }
    }

    /// Drops constants nothing loads; the first may be the docstring and stays.
    pub(super) fn remove_unused_consts(&mut self) {
        if self.consts.is_empty() {
            return;
        }
        let mut used = vec![false; self.consts.len()];
        used[0] = true;
        for id in self.order() {
            for node in self.blocks[id].nodes.iter().filter(|node| node.op == Op::LOAD_CONST) {
                used[node.arg as usize] = true;
            }
        }
        if used.iter().all(|used| *used) {
            return;
        }
        let mut index = vec![0; used.len()];
        let mut count = 0;
        for (old, used) in used.iter().enumerate() {
            index[old] = count;
            count += u32::from(*used);
        }
        let consts = std::mem::take(&mut self.consts);
        self.consts = consts.into_iter().zip(&used).filter(|(_, used)| **used).map(|(value, _)| value).collect();
        for id in self.order() {
            for node in self.blocks[id].nodes.iter_mut().filter(|node| node.op == Op::LOAD_CONST) {
                node.arg = index[node.arg as usize];
            }
        }
    }
}
