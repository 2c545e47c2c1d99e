//! Abstract execution: what each stack item and frame slot may hold, on every path.
//!
//! *Invariants.* A state only grows (bits are added), so the iteration ends. States are kept where paths meet; between
//! them one state runs through the instructions.

use std::collections::BTreeMap;

use super::operands::is_pair;
use super::{Program, Result, fail, require};
use crate::code::{Const, Instruction, slot};
use crate::ops::{Opcode, flags};

/// May be NULL.
const NULL: u8 = 1;
/// May be an object.
const VALUE: u8 = 2;
/// May be a cell that the frame uses as such.
const CELL: u8 = 4;

/// What a stack item may be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Item {
    bits: u8,
    /// Index of the constant it certainly is.
    constant: Option<u32>,
}

const OBJECT: Item = Item { bits: VALUE, constant: None };

#[derive(Clone, PartialEq, Eq)]
struct State {
    stack: Vec<Item>,
    slots: Vec<u8>,
}

impl State {
    /// Adds what another path brings; true when that is news.
    fn merge(&mut self, other: &State, at: usize) -> Result<bool> {
        require(self.stack.len() == other.stack.len(), at, "stack depths differ")?;
        let before = self.clone();
        for (item, new) in self.stack.iter_mut().zip(&other.stack) {
            item.bits |= new.bits;
            if item.constant != new.constant {
                item.constant = None;
            }
        }
        for (bits, new) in self.slots.iter_mut().zip(&other.slots) {
            *bits |= new;
        }
        Ok(*self != before)
    }
}

struct Checker<'a> {
    program: &'a Program<'a>,
    states: BTreeMap<usize, State>,
    /// Instructions where paths may meet.
    joins: Vec<bool>,
    todo: Vec<usize>,
}

pub(super) fn check(program: &Program<'_>) -> Result<()> {
    let mut joins = vec![false; program.instrs.len()];
    for instr in &program.instrs {
        if let Some(target) = instr.jump_target().and_then(|unit| program.index_at(unit)) {
            joins[target] = true;
        }
    }
    for entry in &program.entries {
        if let Some(target) = program.index_at(entry.target as usize) {
            joins[target] = true;
        }
    }
    let code = program.code;
    let params = code.parameter_slots();
    let slots = (0..code.localsplusnames.len()).map(|index| if index < params { VALUE } else { NULL }).collect();
    let mut checker = Checker { program, states: BTreeMap::new(), joins, todo: vec![0] };
    checker.states.insert(0, State { stack: Vec::new(), slots });
    while let Some(index) = checker.todo.pop() {
        checker.run(index)?;
    }
    Ok(())
}

impl Checker<'_> {
    fn enter(&mut self, index: usize, state: &State) -> Result<()> {
        let at = self.program.instrs[index].offset;
        match self.states.get_mut(&index) {
            Some(known) => {
                if known.merge(state, at)? {
                    self.todo.push(index);
                }
            }
            None => {
                self.states.insert(index, state.clone());
                self.todo.push(index);
            }
        }
        Ok(())
    }

    /// Runs from a meeting point to the next ones.
    fn run(&mut self, start: usize) -> Result<()> {
        let Some(mut state) = self.states.get(&start).cloned() else { return Ok(()) };
        let program = self.program;
        for index in start.. {
            let Some(instr) = program.instrs.get(index) else {
                return fail(program.code.units.len(), "falls off the end");
            };
            if index != start && self.joins[index] {
                return self.enter(index, &state);
            }
            self.enter_handler(instr, &state)?;
            step(program, instr, &mut state)?;
            let deepest = program.code.stacksize as usize;
            require(state.stack.len() <= deepest, instr.offset, "stack deeper than declared")?;
            if let Some(target) = instr.jump_target().and_then(|unit| program.index_at(unit)) {
                self.enter(target, &state)?;
            }
            if instr.op.has(flags::TERMINATES) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn enter_handler(&mut self, instr: &Instruction, state: &State) -> Result<()> {
        let Some(entry) = self.program.handler(instr) else { return Ok(()) };
        let depth = entry.depth as usize;
        // An exception comes when the instruction has taken its operands, or not yet.
        require(depth <= state.stack.len(), instr.offset, "handler deeper than the stack")?;
        let mut stack = state.stack[..depth].to_vec();
        stack.extend(std::iter::repeat_n(OBJECT, 1 + usize::from(entry.lasti)));
        require(stack.len() <= self.program.code.stacksize as usize, instr.offset, "stack deeper than declared")?;
        let Some(target) = self.program.index_at(entry.target as usize) else { return Ok(()) };
        self.enter(target, &State { stack, slots: state.slots.clone() })
    }
}

/// Takes an item that must be an object.
fn pop_object(state: &mut State, at: usize) -> Result<Item> {
    match state.stack.pop() {
        None => fail(at, "stack underflow"),
        Some(item) if item.bits & NULL != 0 => fail(at, "NULL where an object is needed"),
        Some(item) => Ok(item),
    }
}

fn pop_any(state: &mut State, at: usize) -> Result<Item> {
    state.stack.pop().map_or_else(|| fail(at, "stack underflow"), Ok)
}

fn push(state: &mut State, bits: u8) {
    state.stack.push(Item { bits, constant: None });
}

fn step(program: &Program<'_>, instr: &Instruction, state: &mut State) -> Result<()> {
    let at = instr.offset;
    if instr.op.has(flags::HAS_LOCAL) {
        return step_local(instr, state);
    }
    if instr.op.has(flags::HAS_FREE) || instr.op == Opcode::COPY_FREE_VARS {
        return step_cell(program, instr, state);
    }
    match instr.op {
        Opcode::LOAD_CONST => state.stack.push(Item { bits: VALUE, constant: Some(instr.arg) }),
        Opcode::PUSH_NULL => push(state, NULL),
        Opcode::COPY | Opcode::SWAP => {
            let Some(index) = state.stack.len().checked_sub(instr.arg as usize) else {
                return fail(at, "stack underflow");
            };
            if instr.op == Opcode::COPY {
                let item = state.stack[index];
                state.stack.push(item);
            } else {
                let top = state.stack.len() - 1;
                state.stack.swap(index, top);
            }
        }
        Opcode::POP_TOP => {
            pop_any(state, at)?;
        }
        Opcode::LOAD_GLOBAL => {
            push(state, VALUE);
            if instr.arg & 1 != 0 {
                push(state, NULL);
            }
        }
        Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR => {
            let (pops, _) = instr.op.pops_pushes(instr.arg);
            pop_objects(state, pops, at)?;
            push(state, VALUE);
            if instr.arg & 1 != 0 {
                push(state, VALUE | NULL);
            }
        }
        Opcode::LOAD_SPECIAL => {
            pop_object(state, at)?;
            push(state, VALUE);
            push(state, VALUE | NULL);
        }
        Opcode::CALL | Opcode::CALL_KW => {
            if instr.op == Opcode::CALL_KW {
                let names = pop_object(state, at)?;
                check_kwnames(program, names, instr)?;
            }
            pop_objects(state, instr.arg, at)?;
            pop_any(state, at)?;
            pop_object(state, at)?;
            push(state, VALUE);
        }
        Opcode::CALL_FUNCTION_EX => {
            pop_any(state, at)?;
            pop_object(state, at)?;
            pop_any(state, at)?;
            pop_object(state, at)?;
            push(state, VALUE);
        }
        Opcode::WITH_EXCEPT_START => {
            let Some(base) = state.stack.len().checked_sub(5) else { return fail(at, "stack underflow") };
            let objects = [0, 2, 3, 4].iter().all(|offset| state.stack[base + offset].bits & NULL == 0);
            require(objects, at, "NULL where an object is needed")?;
            push(state, VALUE);
        }
        Opcode::DICT_MERGE | Opcode::RERAISE => return step_deep(instr, state),
        Opcode::LIST_APPEND
        | Opcode::LIST_EXTEND
        | Opcode::SET_ADD
        | Opcode::SET_UPDATE
        | Opcode::DICT_UPDATE
        | Opcode::MAP_ADD => return step_deep(instr, state),
        Opcode::MAKE_FUNCTION => {
            let item = pop_object(state, at)?;
            let constant = item.constant.and_then(|index| program.code.consts.get(index as usize));
            require(matches!(constant, Some(Const::Code(_))), at, "function of no code object")?;
            push(state, VALUE);
        }
        _ => {
            let (pops, pushes) = instr.op.pops_pushes(instr.arg);
            pop_objects(state, pops, at)?;
            for _ in 0..pushes {
                push(state, VALUE);
            }
        }
    }
    Ok(())
}

fn pop_objects(state: &mut State, count: u32, at: usize) -> Result<()> {
    for _ in 0..count {
        pop_object(state, at)?;
    }
    Ok(())
}

/// Ops that use an item some way down: only that one and the top are looked at.
fn step_deep(instr: &Instruction, state: &mut State) -> Result<()> {
    let at = instr.offset;
    let taken = match instr.op {
        Opcode::MAP_ADD => 2,
        _ => 1,
    };
    pop_objects(state, taken, at)?;
    let below = if instr.op == Opcode::DICT_MERGE { instr.arg + 3 } else { instr.arg };
    require(below as usize <= state.stack.len(), at, "stack underflow")?;
    if instr.arg > 0 {
        let index = state.stack.len() - instr.arg as usize;
        require(state.stack[index].bits & NULL == 0, at, "NULL where an object is needed")?;
    }
    if instr.op == Opcode::DICT_MERGE {
        let callable = state.stack.len() - below as usize;
        require(state.stack[callable].bits & NULL == 0, at, "NULL where an object is needed")?;
    }
    Ok(())
}

fn check_kwnames(program: &Program<'_>, names: Item, instr: &Instruction) -> Result<()> {
    let constant = names.constant.and_then(|index| program.code.consts.get(index as usize));
    let valid = match constant {
        Some(Const::Tuple(names)) => {
            names.len() <= instr.arg as usize && names.iter().all(|name| matches!(name, Const::Str(_)))
        }
        _ => false,
    };
    require(valid, instr.offset, "keyword names are no tuple of names")
}

fn step_local(instr: &Instruction, state: &mut State) -> Result<()> {
    let at = instr.offset;
    let (first, second) = if is_pair(instr.op) { (instr.arg >> 4, instr.arg & 15) } else { (instr.arg, 0) };
    let (first, second) = (first as usize, second as usize);
    let load = |state: &mut State, slot: usize| -> Result<()> {
        require(state.slots[slot] & NULL == 0, at, "local may be unbound")?;
        let bits = state.slots[slot];
        push(state, bits);
        Ok(())
    };
    match instr.op {
        Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => load(state, first)?,
        Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
            load(state, first)?;
            load(state, second)?;
        }
        Opcode::LOAD_FAST_CHECK => {
            state.slots[first] &= !NULL;
            let bits = state.slots[first] | VALUE;
            state.slots[first] = bits;
            push(state, bits);
        }
        Opcode::LOAD_FAST_AND_CLEAR => {
            let bits = state.slots[first];
            push(state, bits);
            state.slots[first] = NULL;
        }
        Opcode::STORE_FAST => state.slots[first] = pop_any(state, at)?.bits,
        Opcode::STORE_FAST_LOAD_FAST => {
            state.slots[first] = pop_any(state, at)?.bits;
            load(state, second)?;
        }
        Opcode::STORE_FAST_STORE_FAST => {
            state.slots[first] = pop_any(state, at)?.bits;
            state.slots[second] = pop_any(state, at)?.bits;
        }
        Opcode::DELETE_FAST => state.slots[first] = NULL,
        _ => return fail(at, "unknown op on locals"),
    }
    Ok(())
}

fn step_cell(program: &Program<'_>, instr: &Instruction, state: &mut State) -> Result<()> {
    let at = instr.offset;
    if instr.op == Opcode::COPY_FREE_VARS {
        for (bits, kind) in state.slots.iter_mut().zip(&program.code.localspluskinds) {
            if kind & slot::FREE != 0 {
                *bits = CELL;
            }
        }
        return Ok(());
    }
    let index = instr.arg as usize;
    if instr.op == Opcode::MAKE_CELL {
        state.slots[index] = CELL;
        return Ok(());
    }
    require(state.slots[index] == CELL, at, "slot holds no cell")?;
    match instr.op {
        Opcode::LOAD_DEREF => push(state, VALUE),
        Opcode::STORE_DEREF => {
            pop_object(state, at)?;
        }
        Opcode::DELETE_DEREF => {}
        Opcode::LOAD_FROM_DICT_OR_DEREF => {
            pop_object(state, at)?;
            push(state, VALUE);
        }
        _ => return fail(at, "unknown op on cells"),
    }
    Ok(())
}
