//! Says whether a code object may run: cache files are not trusted.
//!
//! *What holds afterwards.* Every instruction decodes, is no internal or specialised one, and its argument is in range;
//! jumps and handlers go to instruction starts; on every path the stack depth is the same at an instruction and never
//! above `stacksize`; NULL and cells are only where ops expect them: LOAD_FAST finds its slot bound, the ops on cells
//! find cells, MAKE_FUNCTION finds a code object, CALL_KW a tuple of names no longer than its arguments.
//! *What does not.* Types of operands: LIST_APPEND may find something else than a list, POP_EXCEPT no exception. Such
//! ops must check for themselves.

mod flow;
mod operands;

use crate::code::{Code, Const, Instruction, Instructions, co, slot};
use crate::exctable::{Entries, Entry};
use crate::ops::{Opcode, flags};

/// Largest frame that is accepted, in slots.
const MAX_FRAME: u32 = 1 << 24;

/// Why a code object is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Unit the complaint is about.
    pub offset: usize,
    /// The complaint.
    pub reason: &'static str,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "invalid code at unit {}: {}", self.offset, self.reason)
    }
}

impl std::error::Error for Error {}

pub(crate) type Result<T> = std::result::Result<T, Error>;

fn fail<T>(offset: usize, reason: &'static str) -> Result<T> {
    Err(Error { offset, reason })
}

fn require(condition: bool, offset: usize, reason: &'static str) -> Result<()> {
    if condition { Ok(()) } else { fail(offset, reason) }
}

/// The decoded instructions of a code object.
pub(crate) struct Program<'a> {
    code: &'a Code,
    instrs: Vec<Instruction>,
    /// Index of the instruction that starts at a unit.
    at_unit: Vec<Option<u32>>,
    entries: Vec<Entry>,
}

/// Checks a code object and all code objects inside it.
///
/// # Errors
/// The first complaint.
pub fn verify(code: &Code) -> Result<()> {
    check_header(code)?;
    let program = Program::new(code)?;
    for (index, instr) in program.instrs.iter().enumerate() {
        operands::check(&program, index, instr)?;
    }
    flow::check(&program)?;
    verify_consts(&code.consts)
}

fn verify_consts(consts: &[Const]) -> Result<()> {
    for value in consts {
        match value {
            Const::Code(code) => verify(code)?,
            Const::Tuple(items) | Const::FrozenSet(items) => verify_consts(items)?,
            Const::Slice(parts) => verify_consts(&parts[..])?,
            _ => {}
        }
    }
    Ok(())
}

fn check_header(code: &Code) -> Result<()> {
    let slots = code.localsplusnames.len();
    require(code.localspluskinds.len() == slots, 0, "slot names and kinds differ in number")?;
    let counts = [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize];
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum::<u64>() + slots as u64;
    require(total < u64::from(MAX_FRAME), 0, "frame too large")?;
    require(code.posonlyargcount <= code.argcount, 0, "more positional-only parameters than parameters")?;
    require(code.parameter_slots() <= slots, 0, "more parameters than slots")?;
    let kinds = &code.localspluskinds;
    require(kinds[..code.parameter_slots()].iter().all(|kind| kind & slot::LOCAL != 0), 0, "parameter is no local")?;
    let order = |kind: u8| if kind & slot::LOCAL != 0 { 0 } else { 1 + u8::from(kind & slot::FREE != 0) };
    require(kinds.iter().all(|kind| kind & (slot::LOCAL | slot::CELL | slot::FREE) != 0), 0, "slot of no kind")?;
    require(kinds.windows(2).all(|pair| order(pair[0]) <= order(pair[1])), 0, "slots out of order")?;
    let mixed = |kind: &u8| kind & slot::FREE != 0 && kind & (slot::LOCAL | slot::CELL) != 0;
    require(!kinds.iter().any(mixed), 0, "free variable that is a local")?;
    let generators = code.flags & co::SUSPENDS;
    require(generators.count_ones() <= 1, 0, "generator of two kinds")?;
    require(code.cache_count <= u32::from(u16::MAX), 0, "too many caches")?;
    require(!code.units.is_empty() && code.units.len() < i32::MAX as usize / 2, 0, "no code or too much")
}

impl<'a> Program<'a> {
    fn new(code: &'a Code) -> Result<Program<'a>> {
        let mut instrs = Vec::with_capacity(code.units.len());
        let mut at_unit = vec![None; code.units.len()];
        for decoded in Instructions::new(&code.units) {
            let Ok(instr) = decoded else { return fail(decoded.err().unwrap_or(0), "undecodable instruction") };
            at_unit[instr.start] = Some(instrs.len() as u32);
            instrs.push(instr);
        }
        let mut entries = Entries::new(&code.exceptiontable);
        let list: Vec<Entry> = entries.by_ref().collect();
        require(!entries.damaged, 0, "damaged exception table")?;
        let program = Program { code, instrs, at_unit, entries: list };
        program.check_entries()?;
        Ok(program)
    }

    /// Index of the instruction that starts at a unit.
    fn index_at(&self, unit: usize) -> Option<usize> {
        self.at_unit.get(unit).copied().flatten().map(|index| index as usize)
    }

    fn check_entries(&self) -> Result<()> {
        let mut end = 0;
        for entry in &self.entries {
            let at = entry.start as usize;
            require(entry.start >= end && entry.start < entry.end, at, "exception table out of order")?;
            end = entry.end;
            require(self.index_at(at).is_some(), at, "covered range begins inside an instruction")?;
            let stop = entry.end as usize;
            let whole = stop == self.code.units.len() || self.index_at(stop).is_some();
            require(whole, at, "covered range ends inside an instruction")?;
            require(self.index_at(entry.target as usize).is_some(), at, "handler inside an instruction")?;
        }
        Ok(())
    }

    /// The handler that covers an instruction.
    fn handler(&self, instr: &Instruction) -> Option<&Entry> {
        let at = instr.offset as u32;
        let next = self.entries.partition_point(|entry| entry.start <= at);
        self.entries[..next].last().filter(|entry| at < entry.end)
    }

    fn is_generator(&self) -> bool {
        self.code.flags & co::SUSPENDS != 0
    }
}

/// Whether an op may be in a stored code object.
fn is_storable(op: Opcode) -> bool {
    !op.has(flags::INTERNAL) && !op.is_specialised()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(units: &[u16], stacksize: u32) -> Code {
        Code {
            argcount: 1,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize,
            flags: 3,
            units: units.into(),
            consts: [Const::None].into(),
            names: [].into(),
            localsplusnames: ["a".into(), "b".into()].into(),
            localspluskinds: [slot::LOCAL, slot::LOCAL].into(),
            filename: "".into(),
            name: "".into(),
            qualname: "".into(),
            firstlineno: 1,
            linetable: [].into(),
            exceptiontable: [].into(),
            cache_count: 0,
        }
    }

    fn op(op: Opcode, arg: u16) -> u16 {
        arg << 8 | op as u16
    }

    #[test]
    fn plain_function() {
        let units = [op(Opcode::RESUME, 0), op(Opcode::LOAD_FAST, 0), op(Opcode::RETURN_VALUE, 0)];
        assert_eq!(verify(&code(&units, 1)), Ok(()));
        assert!(verify(&code(&units, 0)).is_err(), "stack too small");
        assert!(verify(&code(&units[..2], 1)).is_err(), "falls off the end");
    }

    #[test]
    fn hostile_code() {
        let bad: &[(&str, &[u16])] = &[
            ("unbound local", &[op(Opcode::LOAD_FAST, 1), op(Opcode::RETURN_VALUE, 0)]),
            ("slot out of range", &[op(Opcode::LOAD_FAST, 2), op(Opcode::RETURN_VALUE, 0)]),
            ("constant out of range", &[op(Opcode::LOAD_CONST, 1), op(Opcode::RETURN_VALUE, 0)]),
            ("underflow", &[op(Opcode::RETURN_VALUE, 0)]),
            ("NULL returned", &[op(Opcode::PUSH_NULL, 0), op(Opcode::RETURN_VALUE, 0)]),
            ("no code object", &[op(Opcode::LOAD_CONST, 0), op(Opcode::MAKE_FUNCTION, 0), op(Opcode::RETURN_VALUE, 0)]),
            ("no cell", &[op(Opcode::LOAD_DEREF, 0), op(Opcode::RETURN_VALUE, 0)]),
            ("endless growth", &[op(Opcode::LOAD_CONST, 0), op(Opcode::JUMP_BACKWARD, 3), 0xFFFF]),
            ("jump out", &[op(Opcode::JUMP_FORWARD, 9)]),
            ("jump into a cache", &[op(Opcode::JUMP_FORWARD, 2), op(Opcode::LOAD_CONST, 0), op(Opcode::TO_BOOL, 0), 0]),
            ("specialised", &[op(Opcode::LOAD_CONST, 0), op(Opcode::TO_BOOL_NONE, 0), 0, op(Opcode::RETURN_VALUE, 0)]),
            (
                "yield outside a generator",
                &[op(Opcode::LOAD_CONST, 0), op(Opcode::YIELD_VALUE, 0), op(Opcode::RETURN_VALUE, 0)],
            ),
        ];
        for (what, units) in bad {
            assert!(verify(&code(units, 4)).is_err(), "{what}");
        }
    }
}
