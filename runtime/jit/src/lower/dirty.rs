//! Which frame slots are behind their unboxed locals, at the entry of every block.
//!
//! A forward may-analysis: a slot is behind if it may be so on some path; bringing it up to date once more does no harm.

use crate::hir::*;
use std::collections::{HashMap, HashSet};

pub struct Plan {
    pub entry: Vec<Vec<bool>>,
    /// Slots that may hold a heap float behind an unboxed one.
    pub floats: Vec<bool>,
}

pub fn plan(f: &Func, reachable: &HashSet<BlockId>) -> Plan {
    let n = f.nlocals;
    let mut entry = vec![vec![false; n]; f.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for b in 0..f.blocks.len() {
            if !reachable.contains(&BlockId(b as u32)) {
                continue;
            }
            let mut d = entry[b].clone();
            for &v in &f.blocks[b].insts {
                step(f, &f.insts[v.0 as usize].op, &mut d);
            }
            for e in f.blocks[b].term.edges() {
                for (slot, dirty) in d.iter().enumerate() {
                    let held = match f.block(e.block).locals.get(slot) {
                        Some(Local::Val(p)) => f.repr(*p) != Repr::Word,
                        _ => false,
                    };
                    let at = &mut entry[e.block.0 as usize][slot];
                    if *dirty && held && !*at {
                        *at = true;
                        changed = true;
                    }
                }
            }
        }
    }
    let mut floats = vec![false; n];
    for i in &f.insts {
        if let Op::SetLocal { slot, val: Some(v), .. } | Op::SyncSlot(slot, v) = i.op
            && (f.repr(v) == Repr::Float || f.repr(v) == Repr::Word)
        {
            floats[slot as usize] = true;
        }
    }
    // What the frame held at entry may be anything.
    for block in &f.blocks {
        for (slot, l) in block.locals.iter().enumerate() {
            if matches!(l, Local::Val(v) if f.repr(*v) == Repr::Float) {
                floats[slot] = true;
            }
        }
    }
    Plan { entry, floats }
}

/// Whether binding the slot can wait: neither the old nor the new value needs a reference count. Where no loop is free of calls that
/// look at slots, ints do not wait, so that guards have nothing to store for them.
pub fn lazy(f: &Func, val: Option<Val>, old: Local) -> bool {
    let Some(v) = val else { return false };
    let quiet = match old {
        Local::Unbound => true,
        Local::InSlot | Local::Tuple(_) => false,
        Local::Val(o) => f.repr(o) != Repr::Word || f.uncounted(o),
    };
    let waits = if f.tight { f.repr(v) != Repr::Word } else { f.repr(v) == Repr::Float };
    quiet && waits
}

pub fn step(f: &Func, op: &Op, dirty: &mut [bool]) {
    match op {
        Op::SetLocal { slot, val, old, .. } => dirty[*slot as usize] = lazy(f, *val, *old),
        Op::SyncSlot(slot, _) | Op::ClearSlot(slot) => dirty[*slot as usize] = false,
        Op::Call { helper, .. } if helper.observes() => dirty.fill(false),
        Op::CallPython { .. } => dirty.fill(false),
        Op::CallMem { helper, .. } if helper.observes() => dirty.fill(false),
        Op::Sync(_) => dirty.fill(false),
        _ => {}
    }
}

/// Whether some loop has no call that looks at slots.
pub fn tight(f: &Func, order: &[BlockId]) -> bool {
    let place: HashMap<BlockId, usize> = order.iter().enumerate().map(|(i, &b)| (b, i)).collect();
    let looks = |b: &BlockId| {
        f.block(*b).insts.iter().any(|v| match &f.insts[v.0 as usize].op {
            Op::Call { helper, .. } | Op::CallMem { helper, .. } => helper.observes(),
            op => matches!(op, Op::CallPython { .. }),
        })
    };
    order.iter().enumerate().any(|(end, b)| {
        f.block(*b).term.edges().iter().any(|e| {
            let first = place.get(&e.block).copied().unwrap_or(usize::MAX);
            first <= end && !order[first..=end].iter().any(looks)
        })
    })
}
