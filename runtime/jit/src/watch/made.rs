//! Each compilation in detail: what was inlined, which loop variables are held in registers, the stages of each line.
//!
//! Invariant: texts are made only when asked for (`-X jit-stages`); every line of a stage carries the line of the outermost function, and
//! where it was inlined the name and line it came from.

use super::homes;
use super::maps::{self, Spot};
use crate::build::scan::{self, Instr};
use crate::code::{Compiled, Dump};
use crate::hir::{self, BlockId, Func, Local, Op, Repr, Val};
use adder_interp::code::CodeObject;
use adder_mem::heap::Global;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Default)]
struct Details {
    made: Vec<Value>,
    /// Code objects whose bytecode is there.
    listed: BTreeSet<u32>,
    bytecode: Vec<Value>,
}
static DETAILS: Global<Option<Details>> = Global::new(None);

/// A local that lives through a loop.
pub struct Variable {
    pub slot: usize,
    pub name: String,
    pub held: Repr,
    /// Where the loop binds it.
    pub line: i32,
}

pub fn made(code: &CodeObject, entry: u32, f: &Func, c: &Compiled, dump: &Dump) {
    let chains = maps::chains(f);
    maps::made(code, chains.clone(), c);
    let headers = f.blocks.iter().enumerate().filter(|(_, b)| b.loop_header);
    let loops: Vec<Value> = headers.map(|(i, b)| a_loop(code, f, BlockId(i as u32), b.unit)).collect();
    let mut v = json!({
        "home": homes::number(code), "line": homes::line(code, entry), "version": c.block.at,
        "inlined": inlined(f, &chains), "loops": loops,
    });
    let d = DETAILS.get().get_or_insert_default();
    if crate::options::get().stages {
        v["hir"] = hir_lines(f, &chains);
        v["clif"] = clif_lines(dump.clif.as_deref().unwrap_or(""), &chains);
        v["machine"] = machine(c, dump, &chains);
        let home = homes::number(code);
        if d.listed.insert(home) {
            d.bytecode.push(json!({ "home": home, "lines": bytecode(code) }));
        }
    }
    d.made.push(v);
}

pub fn as_json() -> Value {
    let d = DETAILS.get().get_or_insert_default();
    json!({ "made": d.made, "bytecode": d.bytecode })
}

/// (home and line of a call, home of what was inlined there, instructions of it).
fn inlined(f: &Func, chains: &[Vec<Spot>]) -> Value {
    let mut found: std::collections::BTreeMap<(u32, i32, u32), u64> = Default::default();
    for (place, chain) in f.places.iter().zip(chains) {
        if let (Some(_), [inner, call, ..]) = (place.call, chain.as_slice()) {
            *found.entry((call.home, call.line, inner.home)).or_default() += 1;
        }
    }
    found.iter().map(|((h, l, c), n)| json!([h, l, c, n])).collect()
}

/// The variables of a loop of the outermost function.
pub fn variables(code: &CodeObject, f: &Func, header: BlockId) -> Vec<Variable> {
    let block = f.block(header);
    let slots = block.locals.iter().enumerate().filter_map(|(slot, l)| match *l {
        Local::Val(v) if block.params.contains(&v) => Some((slot, v)),
        _ => None,
    });
    let name = |slot: usize| code.localsplusnames.get(slot).map(adder_object::ops::text).unwrap_or_default();
    slots
        .map(|(slot, v)| Variable {
            slot,
            name: name(slot),
            held: f.repr(v),
            line: binding(code, block.unit, slot as u32).unwrap_or_else(|| homes::line(code, block.unit)),
        })
        .collect()
}

/// The line of the last instruction of the loop at a unit that binds a local.
fn binding(code: &CodeObject, header: u32, slot: u32) -> Option<i32> {
    use adder_isa::Opcode as O;
    let mut found = None;
    each_of_loop(code, header, |i| {
        let binds = match i.op {
            O::STORE_FAST => i.arg == slot,
            O::STORE_FAST_LOAD_FAST => i.arg >> 4 == slot,
            O::STORE_FAST_STORE_FAST => i.arg >> 4 == slot || i.arg & 15 == slot,
            _ => false,
        };
        if binds {
            found = Some(homes::line(code, i.start));
        }
    });
    found
}

fn a_loop(code: &CodeObject, f: &Func, header: BlockId, unit: u32) -> Value {
    let arithmetic: BTreeSet<Val> = f.insts.iter().flat_map(|i| operands_of_arithmetic(f, &i.op)).collect();
    let block = f.block(header);
    let shown = variables(code, f, header).into_iter().map(|v| {
        let value = block.locals[v.slot].val();
        let held = match v.held {
            Repr::Int => "int",
            Repr::Float => "float",
            Repr::Bool => "bool",
            _ => "object",
        };
        let counts = value.is_some_and(|x| arithmetic.contains(&f.get(x)));
        json!({ "name": v.name, "held": held, "arithmetic": counts, "line": v.line })
    });
    json!({ "line": homes::line(code, unit), "variables": shown.collect::<Vec<_>>(), "bound": bound(code, unit) })
}

/// Globals, or names of a module or class, that the loop at a unit binds: [name, line, whether the code is a module's].
fn bound(code: &CodeObject, header: u32) -> Value {
    use adder_isa::Opcode as O;
    let mut found: std::collections::BTreeMap<String, (i32, bool)> = Default::default();
    each_of_loop(code, header, |i| {
        if matches!(i.op, O::STORE_GLOBAL | O::STORE_NAME)
            && let Some(name) = code.names.get(i.arg as usize)
        {
            found.insert(adder_object::ops::text(name), (homes::line(code, i.start), i.op == O::STORE_NAME));
        }
    });
    found.iter().map(|(name, (line, own))| json!([name, line, own])).collect()
}

/// The instructions of the loop at a unit.
fn each_of_loop(code: &CodeObject, header: u32, mut f: impl FnMut(&Instr)) {
    let mut at = header;
    while let Some(i) = scan::decode(code, at) {
        f(&i);
        // The jump back to the header ends the loop.
        if i.op.name().starts_with("JUMP_BACKWARD") && (i.next).checked_sub(i.arg) == Some(header) {
            break;
        }
        at = i.next;
    }
}

fn operands_of_arithmetic(f: &Func, op: &Op) -> Vec<Val> {
    use crate::helpers::Helper;
    let all = match op {
        Op::UnboxInt(a, _) | Op::UnboxFloat(a, _) | Op::ToFloat(a, _) => vec![*a],
        Op::Number2(_, a, b, _) => vec![*a, *b],
        Op::Call { helper: Helper::Binary | Helper::Append | Helper::Negative, args, .. } => args.clone(),
        _ => vec![],
    };
    all.into_iter().map(|v| f.get(v)).collect()
}

/// Line of the outermost function, and where the code came from when it was inlined: [line, home, line].
fn tagged(chain: Option<&Vec<Spot>>, text: &str) -> Value {
    match chain.map(Vec::as_slice) {
        Some([only]) => json!([only.line, text]),
        Some([inner, .., outer]) => json!([outer.line, text, inner.home, inner.line]),
        _ => json!([0, text]),
    }
}

fn hir_lines(f: &Func, chains: &[Vec<Spot>]) -> Value {
    let lines = hir::print::lines(f);
    lines.iter().map(|(place, text)| tagged(place.and_then(|p| chains.get(p as usize)), text)).collect()
}

/// Cranelift writes the place before each instruction as `@` and hexadecimal digits.
fn clif_lines(text: &str, chains: &[Vec<Spot>]) -> Value {
    let line = |l: &str| {
        let place = l.trim_start().strip_prefix('@').and_then(|t| t.split_once(' '));
        match place.and_then(|(p, rest)| Some((usize::from_str_radix(p, 16).ok()?, rest))) {
            Some((p, rest)) => tagged(chains.get(p), &format!("    {}", rest.trim_start())),
            None => tagged(None, l.trim_end()),
        }
    };
    text.lines().map(line).collect()
}

/// The bytes, where they run, and what each part is of: [from, to, line of the function, home, line].
fn machine(c: &Compiled, dump: &Dump, chains: &[Vec<Spot>]) -> Value {
    let hex: String = dump.code.iter().map(|b| format!("{b:02x}")).collect();
    let ranges = c.places.iter().map(|&(a, b, place)| match chains.get(place as usize).map(Vec::as_slice) {
        Some([only]) => json!([a, b, only.line]),
        Some([inner, .., outer]) => json!([a, b, outer.line, inner.home, inner.line]),
        _ => json!([a, b, 0]),
    });
    json!({
        "architecture": std::env::consts::ARCH, "at": c.block.at, "code": hex, "ranges": ranges.collect::<Vec<_>>(),
        "text": dump.asm,
    })
}

fn bytecode(code: &CodeObject) -> Value {
    let text = adder_isa::dis::disassemble(&code.code);
    let mut line = 0;
    // Nested code follows an empty line.
    let own = text.lines().skip(1).take_while(|l| !l.is_empty() && *l != "exceptions:");
    own.map(|l| {
        let (number, rest) = (l.get(..5).unwrap_or("").trim(), l.get(5..).unwrap_or(""));
        line = match number {
            "" => line,
            n => n.parse().unwrap_or(0),
        };
        json!([line, rest.trim_end()])
    })
    .collect()
}
