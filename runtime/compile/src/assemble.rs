//! From a finished unit to a code object: slots, optimisation, units, tables.

use adder_isa::code::{Text, co, slot};
use adder_isa::exctable::{self, Entry};
use adder_isa::location::{Location, Writer};
use adder_isa::{Code, Opcode};

use crate::error::{CompileError, ErrorKind, Result};
use crate::flow::{self, BlockId, Graph, Node};
use crate::ir::{NEXT_LOCATION, Op};
use crate::names::Names;
use crate::unit::Unit;

/// A laid out instruction.
struct Placed {
    node: Node,
    block: BlockId,
    /// First unit of the instruction, its prefixes included.
    start: usize,
}

/// Optimises and assembles.
pub fn assemble(unit: Unit<'_>, names: &Names, flags: u32, filename: &str) -> Result<Code> {
    let consts = unit.consts.clone();
    let mut graph = Graph::new(&unit.seq, consts)?;
    graph.optimize(unit.varnames.len(), unit.param_count)?;
    flow::convert_pseudo_jumps(&mut graph);
    let depth = flow::stack_depth(&mut graph)?;
    let slots = Slots::new(&unit);
    slots.insert_prefix(&unit, &mut graph, flags);
    slots.fix_cells(&mut graph);
    flow::convert_pseudo_ops(&mut graph);
    flow::normalize_jumps(&mut graph);
    let (units, placed, cache_count) = layout(&mut graph)?;
    let (localsplusnames, localspluskinds) = slots.describe(&unit, names, flags);
    Ok(Code {
        argcount: unit.argcount + unit.posonlyargcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: depth.max(1),
        flags,
        linetable: line_table(&placed, units.len(), unit.firstlineno).into(),
        exceptiontable: exception_table(&graph, &placed, units.len()).into(),
        units: units.into(),
        consts: graph.consts.into_iter().collect(),
        names: unit.names.iter().map(|name| names.shared(*name)).collect(),
        localsplusnames,
        localspluskinds,
        filename: filename.into(),
        name: names.shared(unit.name),
        qualname: (&*unit.qualname).into(),
        firstlineno: unit.firstlineno,
        cache_count,
    })
}

/// Where cells and free variables are among the frame's slots.
struct Slots {
    /// Slot of each cell and free variable: a cell that is a parameter or local shares that slot.
    fixed: Vec<usize>,
}

impl Slots {
    fn new(unit: &Unit<'_>) -> Slots {
        let mut next = unit.varnames.len();
        let mut fixed = Vec::new();
        for name in &unit.cellvars {
            fixed.push(unit.varnames.get_index_of(name).unwrap_or_else(|| {
                next += 1;
                next - 1
            }));
        }
        fixed.extend((0..unit.freevars.len()).map(|index| next + index));
        Slots { fixed }
    }

    /// Instructions before all others: make cells, copy the closure, start a generator.
    fn insert_prefix(&self, unit: &Unit<'_>, graph: &mut Graph, flags: u32) {
        let mut prefix = Vec::new();
        if !unit.freevars.is_empty() {
            prefix.push(Node::new(Op::COPY_FREE_VARS, unit.freevars.len() as u32, Location::NONE));
        }
        let mut cells: Vec<usize> = (0..unit.cellvars.len()).collect();
        cells.sort_by_key(|index| self.fixed[*index]);
        prefix.extend(cells.iter().map(|index| Node::new(Op::MAKE_CELL, *index as u32, Location::NONE)));
        if flags & co::SUSPENDS != 0 {
            let loc = Location::line(unit.firstlineno);
            prefix.push(Node::new(Op::RETURN_GENERATOR, 0, loc));
            prefix.push(Node::new(Op::POP_TOP, 0, loc));
        }
        graph.blocks[0].nodes.splice(0..0, prefix);
    }

    fn fix_cells(&self, graph: &mut Graph) {
        for id in graph.order() {
            for node in &mut graph.blocks[id].nodes {
                if matches!(
                    node.op,
                    Op::MAKE_CELL
                        | Op::LOAD_CLOSURE
                        | Op::LOAD_DEREF
                        | Op::STORE_DEREF
                        | Op::DELETE_DEREF
                        | Op::LOAD_FROM_DICT_OR_DEREF
                ) && let Some(slot) = self.fixed.get(node.arg as usize)
                {
                    node.arg = *slot as u32;
                }
            }
        }
    }

    fn describe(&self, unit: &Unit<'_>, names: &Names, flags: u32) -> (Box<[Text]>, Box<[u8]>) {
        let mut texts: Vec<Text> = unit.varnames.iter().map(|name| names.shared(*name)).collect();
        let mut kinds: Vec<u8> = Vec::with_capacity(texts.len());
        for (index, name) in unit.varnames.iter().enumerate() {
            let mut kind = slot::LOCAL | argument_kind(unit, flags, index);
            if unit.fasthidden.contains_key(name) {
                kind |= slot::HIDDEN;
            }
            if unit.cellvars.contains(name) {
                kind |= slot::CELL;
            }
            kinds.push(kind);
        }
        for name in unit.cellvars.iter().filter(|name| !unit.varnames.contains(*name)) {
            texts.push(names.shared(*name));
            kinds.push(slot::CELL);
        }
        for name in &unit.freevars {
            texts.push(names.shared(*name));
            kinds.push(slot::FREE);
        }
        (texts.into(), kinds.into())
    }
}

fn argument_kind(unit: &Unit<'_>, flags: u32, index: usize) -> u8 {
    let mut index = index as u32;
    let groups = [
        (unit.posonlyargcount, slot::ARG_POS),
        (unit.argcount, slot::ARG_POS | slot::ARG_KW),
        (unit.kwonlyargcount, slot::ARG_KW),
        (u32::from(flags & co::VARARGS != 0), slot::ARG_VAR | slot::ARG_POS),
        (u32::from(flags & co::VARKEYWORDS != 0), slot::ARG_VAR | slot::ARG_KW),
    ];
    for (count, kind) in groups {
        match index.checked_sub(count) {
            Some(rest) => index = rest,
            None => return kind,
        }
    }
    0
}

fn prefixes(arg: u32) -> usize {
    match arg {
        0..=0xFF => 0,
        0x100..=0xFFFF => 1,
        0x1_0000..=0xFF_FFFF => 2,
        _ => 3,
    }
}

fn real(node: &Node) -> Result<Opcode> {
    node.op.real().ok_or_else(|| CompileError::system("pseudo instruction in final code"))
}

fn size(node: &Node) -> Result<usize> {
    Ok(prefixes(node.arg) + 1 + real(node)?.cache_units())
}

type Laid = (Vec<u16>, Vec<Placed>, u32);

/// Decides offsets and jump distances and writes the units.
fn layout(graph: &mut Graph) -> Result<Laid> {
    let order = graph.order();
    let mut position = vec![0; graph.blocks.len()];
    for (index, id) in order.iter().enumerate() {
        position[*id] = index;
    }
    // Plain jumps take the direction they turn out to have.
    for id in &order {
        let here = position[*id];
        for node in &mut graph.blocks[*id].nodes {
            if node.op == Op::JUMP || node.op == Op::JUMP_NO_INTERRUPT {
                let forward = position[node.target] > here;
                node.op = match (forward, node.op) {
                    (true, _) => Op::JUMP_FORWARD,
                    (false, Op::JUMP) => Op::JUMP_BACKWARD,
                    (false, _) => Op::JUMP_BACKWARD_NO_INTERRUPT,
                };
            }
        }
    }
    let mut offsets = vec![0; graph.blocks.len()];
    loop {
        let mut at = 0;
        for id in &order {
            offsets[*id] = at;
            for node in &graph.blocks[*id].nodes {
                at += size(node)?;
            }
        }
        if !set_distances(graph, &order, &offsets)? {
            break;
        }
    }
    let mut units = Vec::new();
    let mut placed = Vec::new();
    let mut caches: u32 = 0;
    for id in order {
        for node in &graph.blocks[id].nodes {
            let op = real(node)?;
            placed.push(Placed { node: *node, block: id, start: units.len() });
            for prefix in (1..=prefixes(node.arg)).rev() {
                let byte = (node.arg >> (8 * prefix) & 0xFF) as u16;
                units.push(byte << 8 | Opcode::EXTENDED_ARG as u16);
            }
            units.push(((node.arg & 0xFF) as u16) << 8 | op as u16);
            if op.cache_units() > 0 {
                units.push(u16::try_from(caches).ok().filter(|index| *index != u16::MAX).unwrap_or(u16::MAX));
                caches = caches.saturating_add(1).min(u32::from(u16::MAX));
            }
        }
    }
    if units.len() > i32::MAX as usize / 2 {
        return Err(CompileError::plain(ErrorKind::Overflow, "code object too large"));
    }
    Ok((units, placed, caches))
}

/// Sets the distance of every jump; true when an instruction changed its size.
fn set_distances(graph: &mut Graph, order: &[BlockId], offsets: &[usize]) -> Result<bool> {
    let mut resized = false;
    for id in order {
        let mut at = offsets[*id];
        for node in &mut graph.blocks[*id].nodes {
            let before = size(node)?;
            at += before;
            if node.op.is_jump() {
                let target = offsets[node.target];
                node.arg = at.abs_diff(target) as u32;
                resized |= size(node)? != before;
            }
        }
    }
    Ok(resized)
}

fn line_table(placed: &[Placed], end: usize, first_line: i32) -> Vec<u8> {
    let mut locations: Vec<Location> = placed.iter().map(|placed| placed.node.loc).collect();
    for at in (0..locations.len()).rev() {
        if locations[at] == NEXT_LOCATION {
            let op = placed[at].node.op;
            let ends = op.is_jump() || op.is_scope_exit();
            let next = locations.get(at + 1).copied();
            locations[at] = next.filter(|_| !ends).unwrap_or(Location::NONE);
        }
    }
    let mut writer = Writer::new(first_line);
    let mut at = 0;
    while at < placed.len() {
        let mut until = at + 1;
        while until < placed.len() && locations[until] == locations[at] {
            until += 1;
        }
        let stop = placed.get(until).map_or(end, |placed| placed.start);
        writer.push(locations[at], stop - placed[at].start);
        at = until;
    }
    writer.finish()
}

fn exception_table(graph: &Graph, placed: &[Placed], end: usize) -> Vec<u8> {
    let mut starts = vec![0; graph.blocks.len()];
    for instr in placed.iter().rev() {
        starts[instr.block] = instr.start;
    }
    // An empty handler block begins where the next block does.
    let mut next_start = end;
    for id in graph.order().into_iter().rev() {
        if graph.blocks[id].nodes.is_empty() {
            starts[id] = next_start;
        }
        next_start = starts[id];
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Option<(usize, BlockId)> = None;
    let mut close = |open: &mut Option<(usize, BlockId)>, stop: usize| {
        if let Some((start, handler)) = open.take() {
            let block = &graph.blocks[handler];
            let depth = (block.start_depth - 1 - i32::from(block.lasti)).max(0);
            entries.push(Entry {
                start: start as u32,
                end: stop as u32,
                target: starts[handler] as u32,
                depth: depth as u32,
                lasti: block.lasti,
            });
        }
    };
    for instr in placed {
        if open.map(|(_, handler)| handler) != instr.node.except {
            close(&mut open, instr.start);
            open = instr.node.except.map(|handler| (instr.start, handler));
        }
    }
    close(&mut open, end);
    exctable::encode(&entries)
}
