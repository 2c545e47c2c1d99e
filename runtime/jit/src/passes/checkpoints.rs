//! Lets guards leave with the state of an earlier one where nothing has happened in between: the interpreter does a little again, and
//! the code to leave with is there once, with fewer values to keep for it.
//!
//! Invariant: CHECK-1: between the point of a state and a guard that leaves with it there are only instructions without effect: nothing
//! is written, no reference is taken or given up, no local is bound. What failed is still told by the guard's own state
//! ([`Func::blames`]). Source: the checkpoints of V8's optimising compilers.

use crate::hir::*;
use std::collections::HashMap;

/// Moves guards to earlier states; or, when that is not wanted, only takes the checkpoints out.
pub fn run(f: &mut Func, wanted: bool) {
    if wanted {
        choose(f);
    }
    for b in &mut f.blocks {
        let insts = &f.insts;
        b.insts.retain(|v| !matches!(insts[v.0 as usize].op, Op::Checkpoint(_)));
    }
}

fn choose(f: &mut Func) {
    let mut before: HashMap<BlockId, u32> = HashMap::new();
    for e in f.blocks.iter().flat_map(|b| b.term.edges()) {
        *before.entry(e.block).or_default() += 1;
    }
    let mut seen = vec![false; f.blocks.len()];
    // Blocks with the state that holds at their start.
    let mut work: Vec<(BlockId, Option<StateId>)> = vec![(BlockId(0), None)];
    while let Some((b, start)) = work.pop() {
        if std::mem::replace(&mut seen[b.0 as usize], true) {
            continue;
        }
        let end = block(f, b, start);
        for e in f.block(b).term.edges() {
            let alone = before[&e.block] == 1 && f.block(e.block).params.is_empty();
            let plain = e.args.is_empty() && e.state.is_none() && !f.block(e.block).loop_header;
            work.push((e.block, end.filter(|_| alone && plain)));
        }
    }
}

/// Goes through a block; the state that holds at its end.
fn block(f: &mut Func, b: BlockId, start: Option<StateId>) -> Option<StateId> {
    let mut now = start;
    for v in f.block(b).insts.clone() {
        if f.get(v) != v {
            continue;
        }
        let op = &mut f.insts[v.0 as usize].op;
        if let Op::Checkpoint(s) = op {
            now.get_or_insert(*s);
            continue;
        }
        // What would be written of the frame of an inlined call lies where nobody looks yet.
        let pure = op.is_pure() || matches!(op, Op::EnterInline { .. });
        match guard_state(op) {
            Some((own, movable)) => match now {
                Some(earlier) if movable => {
                    f.blames.insert(v, *own);
                    *own = earlier;
                }
                Some(_) => {}
                None => now = Some(*own),
            },
            None if pure => {}
            None => now = None,
        }
    }
    now
}

/// The state of an instruction that does nothing but leave or not, and whether it may leave with another.
fn guard_state(op: &mut Op) -> Option<(&mut StateId, bool)> {
    use Op::*;
    if op.is_call() {
        return None;
    }
    // These look at the frames of their state; the last one follows a helper that has the reference of what it looks at.
    let movable = !matches!(op, GuardLocals(_) | GuardFrames(_) | AdoptedInt(..));
    op.state_mut().map(|s| (s, movable))
}
