//! The flow graph of a code object: basic blocks, and the passes that simplify and order them.
//!
//! *Reading order.* This file (graph, pipeline), `handlers`, `folding`, `peephole`, `swaps`, `tidy`, `lines`, `locals`,
//! `layout`, `depth`.
//! *Invariants.* A jump is the last instruction of its block; blocks are chained in code order by `next`; the chain of
//! `next` never loses a reachable block. *CPython:* Python/flowgraph.c.

pub mod const_eval;
mod depth;
mod folding;
mod handlers;
mod layout;
mod lines;
mod locals;
mod peephole;
mod swaps;
mod tidy;

use crate::maps::HashMap;

use crate::maps::IndexSet;
use adder_isa::Const;
use adder_isa::location::Location;

use crate::error::{CompileError, Result};
use crate::ir::{Op, Sequence};

pub use depth::stack_depth;
pub use layout::{convert_pseudo_jumps, convert_pseudo_ops, normalize_jumps};

/// Index of a block.
pub type BlockId = usize;

/// No target.
pub const NO_BLOCK: BlockId = usize::MAX;

/// An instruction of a block.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The op.
    pub op: Op,
    /// Its argument.
    pub arg: u32,
    /// Its source.
    pub loc: Location,
    /// Where it jumps, or the handler it sets up.
    pub target: BlockId,
    /// The handler that covers it.
    pub except: Option<BlockId>,
}

impl Node {
    /// An instruction without target.
    pub fn new(op: Op, arg: u32, loc: Location) -> Node {
        Node { op, arg, loc, target: NO_BLOCK, except: None }
    }

    /// Makes it another op, keeping its place.
    pub fn set(&mut self, op: Op, arg: u32) {
        self.op = op;
        self.arg = arg;
    }

    /// Makes it nothing, keeping its line.
    pub fn nop(&mut self) {
        self.set(Op::NOP, 0);
    }
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its instructions.
    pub nodes: Vec<Node>,
    /// The block after it in code order.
    pub next: Option<BlockId>,
    /// Whether something may jump to it.
    pub labelled: bool,
    /// Whether it begins an exception handler.
    pub handler: bool,
    /// Whether its handler gets the offset of the raising instruction.
    pub lasti: bool,
    /// Stack depth at its start; negative when unknown.
    pub start_depth: i32,
    /// Only reached by exceptions.
    pub cold: bool,
    /// Reached without exceptions.
    pub warm: bool,
    /// Mark of the running traversal.
    pub visited: bool,
    /// How many ways lead to it.
    pub predecessors: u32,
    /// Locals that may be unbound at its start.
    pub unsafe_locals: u64,
}

impl Block {
    fn last(&self) -> Option<&Node> {
        self.nodes.last()
    }

    fn falls_through(&self) -> bool {
        self.last().is_none_or(|node| !node.op.no_fallthrough())
    }

    fn exits_scope(&self) -> bool {
        self.last().is_some_and(|node| node.op.is_scope_exit())
    }

    fn has_no_line(&self) -> bool {
        self.nodes.iter().all(|node| node.loc.line < 0)
    }

    fn has_eval_break(&self) -> bool {
        self.nodes.iter().any(|node| node.op.has_eval_break())
    }
}

/// The graph; the entry is block 0.
#[derive(Debug)]
pub struct Graph {
    /// All blocks, those out of the chain too.
    pub blocks: Vec<Block>,
    /// The constants, which folding extends.
    pub consts: IndexSet<Const>,
}

/// Iterates over the blocks in code order.
pub struct Chain<'a> {
    graph: &'a Graph,
    at: Option<BlockId>,
}

impl Iterator for Chain<'_> {
    type Item = BlockId;

    fn next(&mut self) -> Option<BlockId> {
        let id = self.at?;
        self.at = self.graph.blocks[id].next;
        Some(id)
    }
}

impl Graph {
    /// Splits a sequence into blocks.
    pub fn new(seq: &Sequence, consts: IndexSet<Const>) -> Result<Graph> {
        let mut graph = Graph { blocks: vec![Block::default()], consts };
        let place = |arg: u32| -> Result<usize> {
            let place = seq.labels.get(arg as usize).copied().flatten();
            place.filter(|at| *at < seq.instrs.len()).ok_or_else(|| CompileError::system("label without a place"))
        };
        let mut is_target = vec![false; seq.instrs.len()];
        for instr in seq.instrs.iter().filter(|instr| instr.op.has_target()) {
            is_target[place(instr.arg)?] = true;
        }
        let mut block_at: HashMap<usize, BlockId> = HashMap::default();
        let mut current = 0;
        for (at, instr) in seq.instrs.iter().enumerate() {
            let ended = graph.blocks[current].last().is_some_and(|node| node.op.is_jump() || node.op.is_scope_exit());
            if ended || is_target[at] && (graph.blocks[current].labelled || !graph.blocks[current].nodes.is_empty()) {
                graph.blocks.push(Block::default());
                let fresh = graph.blocks.len() - 1;
                graph.blocks[current].next = Some(fresh);
                current = fresh;
            }
            if is_target[at] {
                graph.blocks[current].labelled = true;
                block_at.insert(at, current);
            }
            if instr.op == Op::ANNOTATIONS_PLACEHOLDER {
                let extra = seq.annotations.iter().flat_map(|extra| &extra.instrs);
                let nodes = extra.map(|instr| Node::new(instr.op, instr.arg, instr.loc));
                graph.blocks[current].nodes.extend(nodes);
                continue;
            }
            let mut node = Node::new(instr.op, instr.arg, instr.loc);
            if instr.op.has_target() {
                node.arg = 0;
                node.target = place(instr.arg)?;
            }
            graph.blocks[current].nodes.push(node);
        }
        for block in &mut graph.blocks {
            for node in block.nodes.iter_mut().filter(|node| node.op.has_target()) {
                node.target = block_at.get(&node.target).copied().unwrap_or(NO_BLOCK);
            }
        }
        Ok(graph)
    }

    /// The blocks in code order.
    pub fn chain(&self) -> Chain<'_> {
        Chain { graph: self, at: Some(0) }
    }

    /// The blocks in code order, as they are now.
    pub fn order(&self) -> Vec<BlockId> {
        self.chain().collect()
    }

    fn next_nonempty(&self, mut at: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = at {
            if !self.blocks[id].nodes.is_empty() {
                return Some(id);
            }
            at = self.blocks[id].next;
        }
        None
    }

    fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    fn const_index(&mut self, value: Const) -> u32 {
        self.consts.insert_full(value).0 as u32
    }

    /// The constant that a loading instruction pushes.
    fn const_value(&self, node: &Node) -> Option<Const> {
        match node.op {
            Op::LOAD_SMALL_INT => Some(Const::Int(i64::from(node.arg))),
            Op::LOAD_CONST => self.consts.get_index(node.arg as usize).cloned(),
            _ => None,
        }
    }

    /// All optimisations, up to the final order of blocks.
    pub fn optimize(&mut self, nlocals: usize, nparams: usize) -> Result<()> {
        self.mark_handlers();
        self.label_exception_targets()?;
        self.check()?;
        self.inline_small_blocks();
        self.remove_unreachable();
        self.resolve_lines();
        self.optimize_load_const();
        for id in self.order() {
            self.peephole(id);
        }
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps();
        self.remove_unused_consts();
        self.check_unbound_locals(nlocals, nparams);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end();
        self.resolve_lines();
        Ok(())
    }

    fn check(&self) -> Result<()> {
        for id in self.chain() {
            let nodes = &self.blocks[id].nodes;
            let init = nodes.split_last().map_or(&[][..], |(_, init)| init);
            if init.iter().any(|node| node.op.is_jump() || node.op.is_scope_exit()) {
                return Err(CompileError::system("malformed control flow graph."));
            }
        }
        Ok(())
    }
}
