//! Code objects as text: for goldens, for people, for `adder explain`.
//!
//! *Invariants.* One line an instruction; labels are numbered in code order; the same code gives the same text.

use std::fmt::Write;

use crate::code::{Code, Const, Instruction, Instructions};
use crate::exctable::Entries;
use crate::location::Runs;
use crate::operands::{
    BinaryOperator, COMPARE_TO_BOOL, CommonConstant, CompareOperator, Conversion, FunctionAttribute, Intrinsic1,
    Intrinsic2, SpecialMethod,
};
use crate::ops::{Opcode, flags};

/// The listing of a code object and of those inside it.
pub fn disassemble(code: &Code) -> String {
    let mut out = String::new();
    list(&mut out, code);
    out
}

fn list(out: &mut String, code: &Code) {
    let _ = writeln!(out, "{} (line {}, stack {})", code.qualname, code.firstlineno, code.stacksize);
    let instrs: Vec<Instruction> = Instructions::new(&code.units).map_while(Result::ok).collect();
    let entries: Vec<_> = Entries::new(&code.exceptiontable).collect();
    let mut labelled: Vec<usize> = instrs.iter().filter_map(Instruction::jump_target).collect();
    for entry in &entries {
        labelled.extend([entry.start as usize, entry.end as usize, entry.target as usize]);
    }
    labelled.sort_unstable();
    labelled.dedup();
    let label = |unit: usize| labelled.binary_search(&unit).map_or(String::new(), |index| format!("L{}", index + 1));
    let runs: Vec<_> = Runs::new(&code.linetable, code.firstlineno).collect();
    let mut run = 0;
    let mut last_line = None;
    for instr in &instrs {
        while run + 1 < runs.len() && runs[run].end <= instr.offset {
            run += 1;
        }
        let line = runs.get(run).map_or(-1, |run| run.location.line);
        let shown = match line {
            _ if last_line == Some(line) => String::new(),
            line if line < 0 => "--".to_owned(),
            line => line.to_string(),
        };
        last_line = Some(line);
        let name = instr.op.name();
        let _ = write!(out, "{shown:>5} {:>5}  ", label(instr.start));
        if instr.op.has(flags::HAS_ARG) {
            let detail = match instr.jump_target() {
                Some(target) => format!("to {}", label(target)),
                None => detail(code, instr.op, instr.arg),
            };
            let _ = write!(out, "{name:<34} {:>4}", instr.arg);
            if !detail.is_empty() {
                let _ = write!(out, " ({detail})");
            }
        } else {
            out.push_str(name);
        }
        out.push('\n');
    }
    if !entries.is_empty() {
        out.push_str("exceptions:\n");
        for entry in entries {
            let (start, end, target) =
                (label(entry.start as usize), label(entry.end as usize), label(entry.target as usize));
            let lasti = if entry.lasti { " lasti" } else { "" };
            let _ = writeln!(out, "  {start} to {end} -> {target} [{}]{lasti}", entry.depth);
        }
    }
    nested(out, &code.consts);
}

fn nested(out: &mut String, consts: &[Const]) {
    for value in consts {
        match value {
            Const::Code(code) => {
                out.push('\n');
                list(out, code);
            }
            Const::Tuple(items) => nested(out, items),
            _ => {}
        }
    }
}

fn slot_name(code: &Code, index: u32) -> &str {
    code.localsplusnames.get(index as usize).map_or("?", |name| name)
}

fn detail(code: &Code, op: Opcode, arg: u32) -> String {
    if let Some(index) = op.name_index(arg) {
        let name = code.names.get(index as usize).map_or("?", |name| name);
        let extra = match op.base() {
            Opcode::LOAD_GLOBAL if arg & 1 != 0 => " + NULL",
            Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR if arg & 1 != 0 => " + self or NULL",
            _ => "",
        };
        return format!("{name}{extra}");
    }
    match op.base() {
        Opcode::LOAD_CONST => code.consts.get(arg as usize).map_or_else(|| "?".to_owned(), constant),
        Opcode::LOAD_FAST_LOAD_FAST
        | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
        | Opcode::STORE_FAST_LOAD_FAST
        | Opcode::STORE_FAST_STORE_FAST => format!("{}, {}", slot_name(code, arg >> 4), slot_name(code, arg & 15)),
        _ if op.has(flags::HAS_LOCAL) || op.has(flags::HAS_FREE) => slot_name(code, arg).to_owned(),
        Opcode::BINARY_OP => BinaryOperator::from_u32(arg).map_or("?", BinaryOperator::text).to_owned(),
        Opcode::COMPARE_OP => {
            let text = CompareOperator::from_u32(arg >> 5).map_or("?", CompareOperator::text);
            if arg & COMPARE_TO_BOOL != 0 { format!("bool({text})") } else { text.to_owned() }
        }
        Opcode::CONTAINS_OP => if arg == 0 { "in" } else { "not in" }.to_owned(),
        Opcode::IS_OP => if arg == 0 { "is" } else { "is not" }.to_owned(),
        Opcode::CALL_INTRINSIC_1 => Intrinsic1::from_u32(arg).map_or("?", Intrinsic1::label).to_owned(),
        Opcode::CALL_INTRINSIC_2 => Intrinsic2::from_u32(arg).map_or("?", Intrinsic2::label).to_owned(),
        Opcode::LOAD_COMMON_CONSTANT => CommonConstant::from_u32(arg).map_or("?", CommonConstant::text).to_owned(),
        Opcode::LOAD_SPECIAL => SpecialMethod::from_u32(arg).map_or("?", SpecialMethod::text).to_owned(),
        Opcode::SET_FUNCTION_ATTRIBUTE => {
            FunctionAttribute::from_u32(arg).map_or("?", FunctionAttribute::text).to_owned()
        }
        Opcode::CONVERT_VALUE => Conversion::from_u32(arg).map_or("?", Conversion::text).to_owned(),
        _ => String::new(),
    }
}

/// A constant as text; close to `repr`, good enough to read.
fn constant(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(constant).collect::<Vec<_>>().join(", ");
    match value {
        Const::None => "None".to_owned(),
        Const::Bool(true) => "True".to_owned(),
        Const::Bool(false) => "False".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Int(value) => value.to_string(),
        Const::BigInt { negative, magnitude } => {
            let digits: String = magnitude.iter().rev().map(|byte| format!("{byte:02x}")).collect();
            format!("{}0x{}", if *negative { "-" } else { "" }, digits.trim_start_matches('0'))
        }
        Const::Float(value) => format!("{value:?}"),
        Const::Complex(re, im) => format!("({re:?}{im:+?}j)"),
        Const::Str(text) => format!("{:?}", String::from_utf8_lossy(text)),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Const::Tuple(items) => format!("({})", list(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Const::Slice(parts) => format!("slice({})", list(&parts[..])),
        Const::Code(code) => format!("<code {}>", code.qualname),
    }
}
