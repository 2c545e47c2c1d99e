//! Stack depth: of every block's start, and the most a frame needs.

use super::{BlockId, Graph};
use crate::error::{CompileError, Result};
use crate::ir::Op;

/// Computes the depths; fails when two paths disagree, which is a fault of the emitter.
pub fn stack_depth(graph: &mut Graph) -> Result<u32> {
    for block in &mut graph.blocks {
        block.start_depth = -1;
    }
    let mut deepest = 0;
    let mut todo = Vec::new();
    enter(graph, 0, 0, &mut todo)?;
    while let Some(id) = todo.pop() {
        let mut depth = graph.blocks[id].start_depth;
        for at in 0..graph.blocks[id].nodes.len() {
            let node = graph.blocks[id].nodes[at];
            let (pops, pushes) = node.op.pops_pushes(node.arg);
            let effect = pushes as i32 - pops as i32;
            if node.op.has_target() && node.op != Op::END_ASYNC_FOR {
                enter(graph, node.target, depth + effect, &mut todo)?;
                deepest = deepest.max(depth + effect);
            }
            if !node.op.is_block_push() {
                depth += effect;
            }
            if depth < 0 {
                return Err(CompileError::system("Invalid CFG, stack underflow"));
            }
            deepest = deepest.max(depth);
        }
        if let Some(next) = graph.blocks[id].next
            && graph.blocks[id].falls_through()
        {
            enter(graph, next, depth, &mut todo)?;
        }
    }
    Ok(deepest as u32)
}

fn enter(graph: &mut Graph, id: BlockId, depth: i32, todo: &mut Vec<BlockId>) -> Result<()> {
    let block = &mut graph.blocks[id];
    if block.start_depth < 0 {
        block.start_depth = depth;
        todo.push(id);
    } else if block.start_depth != depth {
        return Err(CompileError::system("Invalid CFG, inconsistent stackdepth"));
    }
    Ok(())
}
