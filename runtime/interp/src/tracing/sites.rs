//! [`Sites`]: what the instructions of one code object report, and to whom.
//!
//! Invariant: SITE-1: where `units` holds INSTRUMENTED_INSTRUCTION, the site's `op` is the op that stands there otherwise; cache units
//! and what runs before the first RESUME are never replaced.

use super::{TOOLS, event, world};
use crate::code::CodeObject;
use crate::frame::Frame;
use adder_isa::{Opcode, exctable, location};
use std::cell::Cell;

/// One unit of the code.
#[derive(Default)]
pub struct Site {
    /// The op that runs here.
    pub op: Cell<u8>,
    /// Tools that want its own event, its line event, its instruction event.
    pub own: Cell<u8>,
    pub line: Cell<u8>,
    pub every: Cell<u8>,
    /// Tools that disabled these.
    off: [Cell<u8>; 3],
    /// Its own event; [`NONE`] without one.
    pub event: u8,
    /// An instruction, prefix or op, is here.
    unit: bool,
    /// An instruction with its prefixes begins here; with the second, a line does.
    begins: bool,
    starts_line: bool,
    pub number: i32,
}

pub const NONE: u8 = 255;

pub struct Sites {
    version: Cell<u64>,
    /// Events by tool, as of `version`.
    current: [Cell<u32>; TOOLS],
    /// Events that tools want in this code alone.
    pub local: [Cell<u32>; TOOLS],
    pub units: Box<[Site]>,
}

impl Drop for Sites {
    fn drop(&mut self) {
        let n = self.local.iter().filter(|l| l.get() != 0).count();
        let w = world();
        w.local = w.local.saturating_sub(n);
    }
}

impl Sites {
    pub fn of(code: &CodeObject) -> Sites {
        Sites {
            version: Cell::new(0),
            current: Default::default(),
            local: Default::default(),
            units: units(code).into_boxed_slice(),
        }
    }
    /// Whether nothing changed since the code was brought up to date.
    pub fn is_current(&self) -> bool {
        self.version.get() == world().version
    }
    /// The op of an instruction unit that is instrumented.
    pub fn op(&self, unit: usize) -> u8 {
        self.units.get(unit).map_or(Opcode::NOP as u8, |s| s.op.get())
    }
    fn wanted(&self, tool: usize) -> u32 {
        world().tools[tool].events | self.local[tool].get()
    }
}

/// Brings a code object up to date; true when that changed its units.
pub fn ensure(code: &CodeObject) -> bool {
    let w = world();
    let local = (1u32 << event::LOCAL) - 1;
    let sites = match code.sites.get() {
        Some(s) => s,
        None if w.tools.iter().all(|t| t.events & local == 0) => return false,
        None => code.sites.get_or_init(|| Box::new(Sites::of(code))),
    };
    if sites.is_current() {
        return false;
    }
    let restarted = sites.version.get() < w.restarted;
    sites.version.set(w.version);
    for tool in 0..TOOLS {
        let new = sites.wanted(tool);
        let added = new & !sites.current[tool].replace(new);
        let bit = 1u8 << tool;
        for s in sites.units.iter().filter(|s| s.unit) {
            let wants = [
                s.event != NONE && new >> s.event & 1 != 0,
                s.starts_line && new >> event::LINE & 1 != 0,
                s.begins && new >> event::INSTRUCTION & 1 != 0,
            ];
            let again = [
                s.event != NONE && added >> s.event & 1 != 0,
                added >> event::LINE & 1 != 0,
                added >> event::INSTRUCTION & 1 != 0,
            ];
            for (i, cell) in [&s.own, &s.line, &s.every].into_iter().enumerate() {
                if restarted || again[i] {
                    s.off[i].set(s.off[i].get() & !bit);
                }
                let on = wants[i] && s.off[i].get() & bit == 0;
                cell.set(if on { cell.get() | bit } else { cell.get() & !bit });
            }
        }
    }
    place(code, sites)
}

/// Puts the instrumented op where it belongs, or takes it away.
fn place(code: &CodeObject, sites: &Sites) -> bool {
    let watched = sites.units.iter().any(|s| s.own.get() | s.line.get() | s.every.get() != 0);
    let mut changed = false;
    for (i, s) in sites.units.iter().enumerate().filter(|(_, s)| s.unit) {
        let now = code.raw_op(i);
        let there = now == Opcode::INSTRUMENTED_INSTRUCTION as u8;
        if watched && !there {
            s.op.set(now);
            code.set_raw_op(i, Opcode::INSTRUMENTED_INSTRUCTION as u8);
            changed = true;
        } else if !watched && there {
            code.set_raw_op(i, s.op.get());
            changed = true;
        }
    }
    changed
}

/// A tool wants no more events of one kind from an instruction.
pub fn disable(this: *mut Frame, offset: i64, tool: usize, event: u32) {
    let code = Frame::code(this);
    let Some(sites) = code.sites.get() else { return };
    // A line event names the line, not the offset; the branch not taken is reported by the instruction behind the branch.
    let at = match event {
        event::LINE | event::JUMP | event::BRANCH_LEFT | event::BRANCH_RIGHT => Frame::unit(this),
        _ => offset as usize / 2,
    };
    let Some(s) = sites.units.get(at) else { return };
    let (i, cell) = match event {
        event::LINE => (1, &s.line),
        event::INSTRUCTION => (2, &s.every),
        _ => (0, &s.own),
    };
    cell.set(cell.get() & !(1 << tool));
    s.off[i].set(s.off[i].get() | 1 << tool);
    if cell.get() == 0 {
        place(code, sites);
    }
}

/// The event of an op.
fn event_of(op: Opcode, arg: usize) -> u8 {
    (match op {
        Opcode::RESUME if arg & 3 == 0 => event::PY_START,
        Opcode::RESUME => event::PY_RESUME,
        Opcode::RETURN_VALUE => event::PY_RETURN,
        Opcode::YIELD_VALUE => event::PY_YIELD,
        Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX | Opcode::LOAD_SUPER_ATTR => event::CALL,
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD => event::JUMP,
        Opcode::NOT_TAKEN | Opcode::FOR_ITER => event::BRANCH_LEFT,
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE
        | Opcode::POP_ITER
        | Opcode::END_ASYNC_FOR => event::BRANCH_RIGHT,
        Opcode::END_FOR | Opcode::END_SEND => event::STOP_ITERATION,
        _ => u32::from(NONE),
    }) as u8
}

/// The line of every unit, 0 where there is none.
pub fn lines(code: &CodeObject) -> Vec<i32> {
    let mut out = vec![0; code.code.units.len()];
    for run in location::Runs::new(&code.code.linetable, code.code.firstlineno) {
        let end = run.end.min(out.len());
        if run.start < end {
            out[run.start..end].fill(run.location.line.max(0));
        }
    }
    out
}

/// (first unit, unit of the op, op, argument, unit behind) of every instruction.
pub fn instructions(code: &CodeObject) -> Vec<(usize, usize, Opcode, usize, usize)> {
    let (units, mut out, mut i) = (&code.code.units, vec![], 0);
    while i < units.len() {
        let (start, mut arg) = (i, 0usize);
        while i + 1 < units.len() && units[i] as u8 == Opcode::EXTENDED_ARG as u8 {
            arg = arg << 8 | (units[i] >> 8) as usize;
            i += 1;
        }
        let op = Opcode::from_u8(units[i] as u8).map_or(Opcode::NOP, Opcode::base);
        let next = i + 1 + op.cache_units();
        out.push((start, i, op, arg << 8 | (units[i] >> 8) as usize, next));
        i = next;
    }
    out
}

fn units(code: &CodeObject) -> Vec<Site> {
    let numbers = lines(code);
    let all = instructions(code);
    let first = all.iter().position(|i| i.2 == Opcode::RESUME).unwrap_or(all.len());
    let mut sites: Vec<Site> = numbers.iter().map(|&n| Site { number: n, event: NONE, ..Site::default() }).collect();
    // Ops that are reached by a jump over them, or only count for the events of their own.
    let never = |op| matches!(op, Opcode::END_ASYNC_FOR | Opcode::END_FOR | Opcode::END_SEND | Opcode::RESUME);
    let mut line = 0;
    for &(start, unit, op, arg, _) in &all[first..] {
        sites[start..=unit].iter_mut().for_each(|s| s.unit = true);
        sites[start].begins = true;
        sites[unit].event = event_of(op, arg);
        if !never(op) {
            sites[start].starts_line = numbers[start] != line && numbers[start] > 0;
            line = numbers[start];
        }
    }
    for &(_, unit, op, arg, next) in &all[first..] {
        let target = match op {
            Opcode::FOR_ITER => next + arg + 1,
            Opcode::SEND => next + arg + 1,
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => next.wrapping_sub(arg),
            op if op.has(adder_isa::ops::flags::HAS_JUMP) => next + arg,
            _ => continue,
        };
        if target < sites.len() && sites[target].begins && numbers[target] > 0 && numbers[target] != numbers[unit] {
            sites[target].starts_line = true;
        }
    }
    for e in exctable::Entries::new(&code.code.exceptiontable) {
        let target = e.target as usize;
        if target < sites.len() && sites[target].begins && numbers[target] > 0 {
            sites[target].starts_line = true;
        }
    }
    sites
}
