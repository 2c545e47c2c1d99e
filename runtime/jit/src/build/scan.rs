//! The bytecode's control flow: instructions decoded, basic blocks in reverse post-order, loop headers, live locals.
//!
//! Invariant: only what can be reached from the entry, from where a generator is resumed, or from handlers that are wanted is here; other handlers
//! run in the interpreter. Control does not go on behind an instruction that has never run ([`Instr::unrun`]).

use adder_interp::code::{Cache, CodeObject};
use adder_isa::{Opcode, exctable, ops::flags};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// One decoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Instr {
    /// First unit, EXTENDED_ARG prefixes included: where the interpreter can go on.
    pub start: u32,
    /// Unit of the op itself.
    pub unit: u32,
    /// The generic op.
    pub op: Opcode,
    /// The op as it stands in the code now: its specialisation is feedback.
    pub now: Opcode,
    pub arg: u32,
    /// Unit after the op and its cache unit.
    pub next: u32,
    pub cache: Option<u32>,
    /// The instruction has never run, and control does not go on behind it.
    pub unrun: bool,
}

impl Instr {
    /// Units where control may go on.
    pub fn successors(&self) -> Vec<u32> {
        match self.op {
            _ if self.unrun => vec![],
            Opcode::JUMP_FORWARD => vec![self.next + self.arg],
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => vec![self.next.wrapping_sub(self.arg)],
            Opcode::FOR_ITER => vec![self.next, self.next + self.arg + 1],
            op if op.has(flags::HAS_JUMP) => vec![self.next, self.next + self.arg],
            Opcode::YIELD_VALUE => vec![],
            op if op.has(flags::TERMINATES) => vec![],
            _ => vec![self.next],
        }
    }
    pub fn is_jump(&self) -> bool {
        self.unrun || self.op.has(flags::HAS_JUMP) || self.op.has(flags::TERMINATES) || self.op == Opcode::YIELD_VALUE
    }
    /// Depth of the stack behind the instruction, and where it jumps to.
    fn depths(&self, before: u32) -> (u32, u32) {
        let (pops, pushes) = self.op.pops_pushes(self.arg);
        let after = (before + pushes).saturating_sub(pops);
        if self.op == Opcode::FOR_ITER { (before + 1, before) } else { (after, after) }
    }
}

pub fn decode(code: &CodeObject, at: u32) -> Option<Instr> {
    let units = code.code.units.len() as u32;
    let (mut unit, mut arg) = (at, 0u32);
    loop {
        if unit >= units {
            return None;
        }
        let word = code.unit_at(unit as usize);
        arg = arg << 8 | u32::from(word >> 8);
        let now = Opcode::from_u8(word as u8)?;
        let op = now.base();
        if op == Opcode::EXTENDED_ARG {
            unit += 1;
            continue;
        }
        let cached = op.cache_units() as u32;
        let cache = (cached != 0).then(|| u32::from(code.unit_at(unit as usize + 1))).filter(|&i| i != 0xFFFF);
        return Some(Instr { start: at, unit, op, now, arg, next: unit + 1 + cached, cache, unrun: false });
    }
}

/// Whether a jump behind `unit` leads back to one of these headers.
pub fn goes_back(code: &CodeObject, unit: u32, headers: &[u32]) -> bool {
    let mut at = unit;
    while let Some(i) = decode(code, at) {
        if i.op == Opcode::JUMP_BACKWARD && headers.contains(&i.next.wrapping_sub(i.arg)) {
            return true;
        }
        at = i.next;
    }
    false
}

pub struct ScanBlock {
    pub start: u32,
    pub instrs: Vec<Instr>,
    /// Start units of successors.
    pub succs: Vec<u32>,
    pub preds: usize,
    pub loop_header: bool,
    /// Locals that may be read before they are bound again.
    pub live: BTreeSet<u32>,
    /// Locals that some instruction on a way to here binds or unbinds.
    pub touched: BTreeSet<u32>,
}

pub struct Scan {
    /// In reverse post-order.
    pub blocks: Vec<ScanBlock>,
    pub index: HashMap<u32, usize>,
    /// Locals that some instruction here binds or unbinds.
    pub assigned: BTreeSet<u32>,
    pub instructions: usize,
    /// Where a generator goes on: unit of the RESUME behind each YIELD_VALUE, and the depth of the stack there.
    pub resumes: Vec<(u32, u32)>,
    /// Handlers in the order of their units.
    pub handlers: Vec<Handler>,
}

/// A handler: its first unit, and what lies on the stack there below the exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    pub unit: u32,
    pub below: u32,
    /// The instruction that raised is pushed behind that.
    pub lasti: bool,
}
impl Handler {
    /// Of the stack, the exception included.
    pub fn depth(self) -> u32 {
        self.below + u32::from(self.lasti) + 1
    }
}

/// What of a code object is looked at.
pub struct Scope<'a> {
    /// Most instructions.
    pub limit: usize,
    /// From where a generator goes on as well.
    pub resumes: bool,
    /// Whether code leaves at instructions that have never run; None: it never does. Units where that turned out wrong: (address of
    /// the code object, unit).
    pub ran: Option<&'a HashSet<(usize, u32)>>,
    pub handlers: Handlers<'a>,
}

/// The exception handlers that are compiled.
#[derive(Clone, Copy)]
pub enum Handlers<'a> {
    None,
    /// Those that have run: known ones by their first units, others by their caches.
    Caught(&'a BTreeSet<u32>),
    All,
}
impl Handlers<'_> {
    /// How far a handler's instructions are looked at for caches.
    const FAR: usize = 6;

    fn table(self, code: &CodeObject) -> Vec<exctable::Entry> {
        match self {
            Handlers::None => vec![],
            _ => {
                let wanted = |e: &exctable::Entry| self.wants(code, e.target) && !Self::passes_on(code, e.target);
                exctable::Entries::new(&code.code.exceptiontable).filter(wanted).collect()
            }
        }
    }
    fn wants(self, code: &CodeObject, target: u32) -> bool {
        match self {
            Handlers::None => false,
            Handlers::Caught(known) => known.contains(&target) || Self::ran(code, target),
            Handlers::All => true,
        }
    }
    /// What errors of a generator go through on their way out.
    fn passes_on(code: &CodeObject, target: u32) -> bool {
        decode(code, target).is_none_or(|i| i.op == Opcode::CALL_INTRINSIC_1)
    }
    fn ran(code: &CodeObject, target: u32) -> bool {
        let mut at = target;
        for _ in 0..Self::FAR {
            let Some(i) = decode(code, at).filter(|i| !i.is_jump()) else { return false };
            if i.op != i.now {
                return true;
            }
            if TICKING.contains(&i.op) {
                return i.cache.and_then(|c| code.caches().get(c as usize)).is_some_and(|c| !c.is_fresh());
            }
            at = i.next;
        }
        false
    }
}

impl Scope<'_> {
    /// Whether this is an instruction that has never run, as its cache says.
    fn unrun(&self, code: &CodeObject, i: &Instr) -> bool {
        let Some(ran) = self.ran else { return false };
        i.op == i.now
            && TICKING.contains(&i.op)
            && i.cache.and_then(|c| code.caches().get(c as usize)).is_some_and(Cache::is_fresh)
            && !ran.contains(&(code as *const CodeObject as usize, i.start))
    }
}
/// Instructions whose caches count how often they ran until they are specialised.
const TICKING: &[Opcode] = &[
    Opcode::LOAD_GLOBAL,
    Opcode::LOAD_ATTR,
    Opcode::LOAD_SPECIAL,
    Opcode::STORE_ATTR,
    Opcode::BINARY_OP,
    Opcode::COMPARE_OP,
    Opcode::CONTAINS_OP,
    Opcode::TO_BOOL,
    Opcode::STORE_SUBSCR,
    Opcode::CALL,
    Opcode::CALL_KW,
];

/// Decodes everything reachable from `entry`; None when the code is too large or odd.
pub fn scan(code: &CodeObject, entry: u32, scope: &Scope<'_>) -> Option<Scan> {
    let mut instrs: BTreeMap<u32, Instr> = BTreeMap::new();
    let mut leaders = BTreeSet::from([entry]);
    let (mut points, mut handlers) = (vec![], BTreeMap::new());
    let table = scope.handlers.table(code);
    let mut work = vec![(entry, 0)];
    while let Some((at, depth)) = work.pop() {
        let (mut at, mut depth) = (at, depth);
        while !instrs.contains_key(&at) {
            let mut i = decode(code, at)?;
            i.unrun = scope.unrun(code, &i);
            instrs.insert(at, i);
            if instrs.len() > scope.limit {
                return None;
            }
            if let Some(h) = table.iter().find(|h| (h.start..h.end).contains(&i.unit)) {
                let found = Handler { unit: h.target, below: h.depth, lasti: h.lasti };
                if handlers.insert(h.target, found).is_none() {
                    leaders.insert(h.target);
                    work.push((h.target, found.depth()));
                }
            }
            let after = i.depths(depth);
            if i.op == Opcode::YIELD_VALUE && scope.resumes {
                points.push((i.next, after.0));
                leaders.insert(i.next);
                work.push((i.next, after.0));
                break;
            }
            let succs = i.successors();
            if i.is_jump() {
                leaders.extend(&succs);
                work.extend(succs.iter().map(|&s| (s, if s == i.next { after.0 } else { after.1 })));
                break;
            }
            (at, depth) = (i.next, after.0);
        }
    }
    let mut blocks = split(&instrs, &leaders);
    let handlers: Vec<Handler> = handlers.into_values().collect();
    let others = points.iter().map(|p| p.0).chain(handlers.iter().map(|h| h.unit));
    let order = post_order(&blocks, entry, others);
    let rank: HashMap<u32, usize> = order.iter().rev().enumerate().map(|(i, &u)| (u, i)).collect();
    let mut out: Vec<ScanBlock> = order.iter().rev().filter_map(|u| blocks.remove(u)).collect();
    let edges: Vec<(usize, u32)> =
        out.iter().enumerate().flat_map(|(i, b)| b.succs.iter().map(move |&s| (i, s))).collect();
    for (from, to) in edges {
        let t = rank[&to];
        out[t].preds += 1;
        if t <= from {
            out[t].loop_header = true;
        }
    }
    let assigned: BTreeSet<u32> = instrs.values().flat_map(|i| local_effects(i).1).collect();
    liveness(&mut out, &rank);
    for h in &handlers {
        // Whatever ran before the exception.
        out[rank[&h.unit]].touched = BTreeSet::clone(&assigned);
    }
    touch(&mut out, &rank);
    points.sort_unstable();
    Some(Scan { blocks: out, index: rank, assigned, instructions: instrs.len(), resumes: points, handlers })
}

fn split(instrs: &BTreeMap<u32, Instr>, leaders: &BTreeSet<u32>) -> HashMap<u32, ScanBlock> {
    let mut blocks = HashMap::new();
    for &start in leaders {
        let mut list = vec![];
        let mut at = start;
        let succs = loop {
            let Some(i) = instrs.get(&at) else { break vec![at] };
            list.push(*i);
            if i.is_jump() {
                break i.successors();
            }
            at = i.next;
            if leaders.contains(&at) {
                break vec![at];
            }
        };
        let block = ScanBlock {
            start,
            instrs: list,
            succs,
            preds: 0,
            loop_header: false,
            live: BTreeSet::new(),
            touched: BTreeSet::new(),
        };
        blocks.insert(start, block);
    }
    blocks
}

/// Without recursion: code may nest deeply.
fn post_order(blocks: &HashMap<u32, ScanBlock>, entry: u32, others: impl Iterator<Item = u32>) -> Vec<u32> {
    let (mut seen, mut out) = (BTreeSet::from([entry]), vec![]);
    let mut stack = vec![(entry, 0usize)];
    // Where the generator goes on, and where exceptions do, counts as a successor of the entry.
    let first: Vec<u32> = blocks.get(&entry).map_or(vec![], |b| b.succs.clone());
    let first: Vec<u32> = first.into_iter().chain(others).collect();
    while let Some((b, i)) = stack.pop() {
        // Last successor first, so that the fall-through comes first in the reversed order.
        let succs = if b == entry { &first[..] } else { blocks.get(&b).map_or(&[][..], |b| &b.succs) };
        match succs.len().checked_sub(i + 1).map(|k| succs[k]) {
            Some(s) => {
                stack.push((b, i + 1));
                if seen.insert(s) {
                    stack.push((s, 0));
                }
            }
            None => out.push(b),
        }
    }
    out
}

/// (read, bound) locals of an instruction, in order: reads happen first.
pub fn local_effects(i: &Instr) -> (Vec<u32>, Vec<u32>) {
    let a = i.arg;
    match i.op {
        Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW | Opcode::LOAD_FAST_CHECK => (vec![a], vec![]),
        Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => (vec![a >> 4, a & 15], vec![]),
        Opcode::LOAD_FAST_AND_CLEAR | Opcode::DELETE_FAST => (vec![a], vec![a]),
        Opcode::STORE_FAST => (vec![], vec![a]),
        Opcode::STORE_FAST_STORE_FAST => (vec![], vec![a >> 4, a & 15]),
        // The load follows the store; when both name one slot nothing is read before.
        Opcode::STORE_FAST_LOAD_FAST if a >> 4 == a & 15 => (vec![], vec![a >> 4]),
        Opcode::STORE_FAST_LOAD_FAST => (vec![a & 15], vec![a >> 4]),
        Opcode::MAKE_CELL => (vec![a], vec![a]),
        Opcode::LOAD_DEREF | Opcode::STORE_DEREF => (vec![a], vec![]),
        _ => (vec![], vec![]),
    }
}

fn liveness(blocks: &mut [ScanBlock], rank: &HashMap<u32, usize>) {
    let mut changed = true;
    while changed {
        changed = false;
        for b in (0..blocks.len()).rev() {
            let mut live: BTreeSet<u32> =
                blocks[b].succs.iter().flat_map(|s| blocks[rank[s]].live.iter().copied()).collect();
            for i in blocks[b].instrs.iter().rev() {
                let (reads, binds) = local_effects(i);
                for x in binds {
                    live.remove(&x);
                }
                live.extend(reads);
            }
            if live != blocks[b].live {
                blocks[b].live = live;
                changed = true;
            }
        }
    }
}

/// Fills `touched`, forwards.
fn touch(blocks: &mut [ScanBlock], rank: &HashMap<u32, usize>) {
    let own: Vec<Vec<u32>> =
        blocks.iter().map(|b| b.instrs.iter().flat_map(|i| local_effects(i).1).collect()).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for b in 0..blocks.len() {
            let mut out = blocks[b].touched.clone();
            out.extend(&own[b]);
            for s in blocks[b].succs.clone() {
                let into = &mut blocks[rank[&s]].touched;
                let before = into.len();
                into.extend(&out);
                changed |= into.len() != before;
            }
        }
    }
}
