//! Arguments of single instructions: ranges, targets, enumerations.

use super::{Program, Result, fail, is_storable, require};
use crate::code::{Instruction, slot};
use crate::operands::{
    BinaryOperator, CommonConstant, CompareOperator, Conversion, FunctionAttribute, Intrinsic1, Intrinsic2,
    RESUME_EXCEPT_DEPTH1, ResumeKind, SpecialMethod,
};
use crate::ops::{Opcode, flags};

/// Largest number of items that an instruction may take or leave.
const MAX_ITEMS: u32 = 1 << 24;

pub(super) fn check(program: &Program<'_>, index: usize, instr: &Instruction) -> Result<()> {
    let code = program.code;
    let (op, arg, at) = (instr.op, instr.arg, instr.offset);
    require(is_storable(op), at, "instruction is internal or specialised")?;
    require(arg < MAX_ITEMS || op.has(flags::HAS_JUMP), at, "argument too large")?;
    if op.has(flags::HAS_CONST) {
        require((arg as usize) < code.consts.len(), at, "constant out of range")?;
    }
    if let Some(name) = op.name_index(arg) {
        require((name as usize) < code.names.len(), at, "name out of range")?;
    }
    if op.has(flags::HAS_LOCAL) {
        let slots = if is_pair(op) { [arg >> 4, arg & 15] } else { [arg, arg] };
        let known = slots.iter().all(|slot| (*slot as usize) < code.localsplusnames.len());
        require(known, at, "slot out of range")?;
    }
    if op.has(flags::HAS_FREE) {
        let kind = code.localspluskinds.get(arg as usize).copied().unwrap_or(0);
        require(kind & (slot::CELL | slot::FREE) != 0, at, "slot is no cell")?;
    }
    if let Some(cache) = instr.cache {
        let known = cache == u16::MAX || u32::from(cache) < code.cache_count;
        require(known, at, "cache out of range")?;
    }
    if op.has(flags::HAS_JUMP) {
        check_jump(program, instr)?;
    }
    check_enumeration(program, index, instr)
}

/// Whether the argument names two slots.
pub(super) fn is_pair(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::LOAD_FAST_LOAD_FAST
            | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
            | Opcode::STORE_FAST_LOAD_FAST
            | Opcode::STORE_FAST_STORE_FAST
    )
}

fn check_jump(program: &Program<'_>, instr: &Instruction) -> Result<()> {
    let at = instr.offset;
    let target = instr.jump_target().and_then(|unit| program.index_at(unit));
    let Some(target) = target else { return fail(at, "jump to no instruction") };
    let target_op = program.instrs[target].op;
    match instr.op {
        Opcode::FOR_ITER => {
            let after = program.instrs.get(target + 1).map(|instr| instr.op);
            let ends = target_op == Opcode::END_FOR && after == Some(Opcode::POP_ITER);
            require(ends, at, "FOR_ITER does not end at END_FOR, POP_ITER")
        }
        Opcode::SEND => require(target_op == Opcode::END_SEND, at, "SEND does not end at END_SEND"),
        _ => Ok(()),
    }
}

fn check_enumeration(program: &Program<'_>, index: usize, instr: &Instruction) -> Result<()> {
    let (arg, at) = (instr.arg, instr.offset);
    let valid = match instr.op {
        Opcode::BINARY_OP => BinaryOperator::from_u32(arg).is_some(),
        Opcode::COMPARE_OP => CompareOperator::from_u32(arg >> 5).is_some(),
        Opcode::CALL_INTRINSIC_1 => arg > 0 && Intrinsic1::from_u32(arg).is_some(),
        Opcode::CALL_INTRINSIC_2 => arg > 0 && Intrinsic2::from_u32(arg).is_some(),
        Opcode::LOAD_COMMON_CONSTANT => CommonConstant::from_u32(arg).is_some(),
        Opcode::LOAD_SPECIAL => SpecialMethod::from_u32(arg).is_some(),
        Opcode::SET_FUNCTION_ATTRIBUTE => FunctionAttribute::from_u32(arg).is_some(),
        Opcode::CONVERT_VALUE => Conversion::from_u32(arg).is_some(),
        Opcode::RESUME => ResumeKind::from_u32(arg & !RESUME_EXCEPT_DEPTH1).is_some(),
        Opcode::BUILD_INTERPOLATION => arg & 2 != 0 && arg >> 2 <= Conversion::Ascii as u32,
        Opcode::RAISE_VARARGS | Opcode::GET_AWAITABLE => arg <= 2,
        Opcode::RERAISE => arg <= 3,
        Opcode::BUILD_SLICE => arg == 2 || arg == 3,
        Opcode::LOAD_SMALL_INT => arg <= 255,
        Opcode::IS_OP | Opcode::CONTAINS_OP => arg <= 1,
        Opcode::YIELD_VALUE => arg <= 1 && program.is_generator(),
        Opcode::SEND | Opcode::GET_YIELD_FROM_ITER | Opcode::GET_ANEXT => program.is_generator(),
        Opcode::COPY
        | Opcode::LIST_APPEND
        | Opcode::LIST_EXTEND
        | Opcode::SET_ADD
        | Opcode::SET_UPDATE
        | Opcode::MAP_ADD
        | Opcode::DICT_UPDATE
        | Opcode::DICT_MERGE => arg >= 1,
        Opcode::SWAP => arg >= 2,
        Opcode::COPY_FREE_VARS => arg as usize == program.code.free_count() && index == 0,
        Opcode::MAKE_CELL => {
            program.code.localspluskinds[arg as usize] & slot::CELL != 0
                || program.code.localspluskinds[arg as usize] & slot::FREE != 0
        }
        Opcode::RETURN_GENERATOR => program.is_generator() && starts_frame(program, index),
        _ => true,
    };
    require(valid, at, "argument out of range")
}

/// Whether only the preparation of cells comes before the instruction.
fn starts_frame(program: &Program<'_>, index: usize) -> bool {
    program.instrs[..index].iter().all(|instr| matches!(instr.op, Opcode::COPY_FREE_VARS | Opcode::MAKE_CELL))
}
