//! Counts of what the JIT did, by reason and place; as text for people and as JSON for tools.
//!
//! Invariant: every compilation, refusal, exit and guess given up is counted here, once; with its place only when `-X jit-stats` asks.

use crate::code::{Compiled, Dump};
use crate::exits::ExitRecord;
use crate::hir::{BlockId, Func, Repr};
use crate::watch::homes::{Home, home, line};
use crate::watch::made::{self, Variable};
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_isa::Opcode;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use adder_object::{Obj, ObjExt, ops};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// One side exit.
pub struct Site {
    pub home: Rc<Home>,
    pub line: i32,
    pub op: &'static str,
    /// The name or operator that the instruction works with.
    pub detail: String,
    pub record: *const ExitRecord,
    /// Of an exit on the way into a loop: the variables that the loop holds in registers.
    pub variables: Vec<Variable>,
}

/// One compilation.
pub struct Made {
    pub home: Rc<Home>,
    pub line: i32,
    pub function: bool,
    pub bytes: usize,
    pub instructions: usize,
    pub took: Duration,
    pub at: Duration,
}

/// What compilations of one kind cost.
#[derive(Default)]
pub struct Cost {
    pub number: usize,
    pub instructions: usize,
    /// Of the code generator.
    pub given: usize,
    pub blocks: usize,
    pub took: Duration,
}

#[derive(Default)]
pub struct Stats {
    /// Of code that runs once at each entry, and of code with loops.
    pub costs: [Cost; 2],
    pub functions: u64,
    pub loops: u64,
    pub bytes: u64,
    pub nanoseconds: u64,
    pub given_up: u64,
    /// Code objects whose versions were given up for room.
    pub evicted: u64,
    pub made: Vec<Made>,
    pub sites: Vec<Site>,
    /// By place, line and reason, with the instruction at fault.
    pub refused: BTreeMap<(Rc<Home>, i32, &'static str), u64>,
    pub abandoned: BTreeMap<(Rc<Home>, i32), u64>,
    /// Types that exits met, by the address of their record; only for the JSON report.
    pub seen: BTreeMap<usize, BTreeMap<String, u64>>,
    /// Indices of `sites` by the address of their record.
    by_record: HashMap<usize, usize>,
    started: Option<Instant>,
}
impl Stats {
    /// Of everything that was compiled.
    pub fn instructions(&self) -> usize {
        self.costs.iter().map(|c| c.instructions).sum()
    }
}

pub static STATS: Global<Option<Stats>> = Global::new(None);

pub fn get() -> &'static mut Stats {
    STATS.get().get_or_insert_with(|| Stats { started: Some(Instant::now()), ..Stats::default() })
}

/// Whether someone will read more than the totals.
pub fn wanted() -> bool {
    crate::options::get().stats.is_some()
}

pub fn refused(code: &CodeObject, entry: u32, why: Reason) {
    if !wanted() {
        return;
    }
    *get().refused.entry((home(code), line(code, entry), why.name())).or_default() += 1;
}

pub fn evicted(code: &CodeObject) {
    get().evicted += 1;
    if crate::options::get().trace {
        eprintln!("jit: {}: given up for room", ops::text(&code.qualname));
    }
}

pub fn given_up(code: &CodeObject, unit: u32) {
    let s = get();
    s.given_up += 1;
    if !wanted() {
        return;
    }
    *s.abandoned.entry((home(code), line(code, unit))).or_default() += 1;
}

pub fn compiled(code: &CodeObject, entry: u32, f: &Func, c: &Compiled, dump: &Dump, took: Duration) {
    let s = get();
    let function = op_at(code, entry) == Some(Opcode::RESUME);
    *if function { &mut s.functions } else { &mut s.loops } += 1;
    s.bytes += c.bytes as u64;
    s.nanoseconds += took.as_nanos() as u64;
    let cost = &mut s.costs[usize::from(f.repeats())];
    cost.number += 1;
    cost.instructions += f.size();
    cost.given += c.given.0;
    cost.blocks += c.given.1;
    cost.took += took;
    if watching() {
        made::made(code, entry, f, c, dump);
    }
    if !wanted() {
        return;
    }
    let home = home(code);
    let first = s.sites.len();
    s.by_record.extend(c.records.iter().enumerate().map(|(i, &r)| (r as usize, first + i)));
    s.sites.extend(c.records.iter().map(|&record| {
        // SAFETY: EXIT-1; code that was inlined is pinned by the code just made.
        let (unit, inner) = unsafe {
            let callee = (*record).frames.last().and_then(|f| f.callee);
            ((*record).unit, callee.map_or(code, |c| &*c.code))
        };
        let own = std::ptr::eq(inner, code);
        let home = if own { home.clone() } else { self::home(inner) };
        let variables = if own { held(code, f, unit) } else { vec![] };
        let op = op_at(inner, unit).map_or("", Opcode::name);
        Site { home, line: line(inner, unit), op, detail: detail(inner, unit), record, variables }
    }));
    let at = s.started.map_or(Duration::ZERO, |t| t.elapsed());
    let (bytes, instructions) = (c.bytes, f.size());
    s.made.push(Made { home, line: line(code, entry), function, bytes, instructions, took, at });
}

/// Variables in registers of the loop whose header is at a unit.
fn held(code: &CodeObject, f: &Func, unit: u32) -> Vec<Variable> {
    let header = f.blocks.iter().position(|b| b.loop_header && b.unit == unit);
    let all = header.map_or(vec![], |b| made::variables(code, f, BlockId(b as u32)));
    all.into_iter().filter(|v| matches!(v.held, Repr::Int | Repr::Float)).collect()
}

/// The instruction at a unit, as the compiler made it.
fn op_at(code: &CodeObject, unit: u32) -> Option<Opcode> {
    code.code.units.get(unit as usize).and_then(|u| Opcode::from_u8(*u as u8))
}

fn detail(code: &CodeObject, unit: u32) -> String {
    let Some(op) = op_at(code, unit) else { return String::new() };
    let arg = u32::from(code.code.units[unit as usize] >> 8);
    let name = op.name_index(arg).and_then(|i| code.names.get(i as usize)).map(ops::text);
    name.unwrap_or_default()
}

/// Whether types are to be noted: only a report in JSON has room for them.
pub fn watching() -> bool {
    crate::options::get().stats.as_deref().is_some_and(|s| s.ends_with(".json"))
}

/// Notes the types of what the instruction at an exit works on; `this` is whole and stands there.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
pub fn note_types(record: &ExitRecord, this: *mut Frame) {
    let n = record.count.get();
    if n > 64 && !n.is_power_of_two() {
        return;
    }
    let code = Frame::code(this);
    if matches!(record.reason, Reason::NotInt | Reason::NotFloat) && changed_variable(record, this) {
        return;
    }
    let text = match op_at(code, record.unit) {
        // Guards on the way into a loop are about its locals.
        Some(op) if op != Opcode::FOR_ITER => {
            let arg = u32::from(code.code.units[record.unit as usize] >> 8);
            let pops = op.pops_pushes(arg).0.min(2) as usize;
            // SAFETY: FRAME-1: stack words below `sp` are owned values or 0.
            let operands = unsafe {
                let depth = (*this).sp.get().offset_from(Frame::stack_base(this)).max(0) as usize;
                let first = depth.saturating_sub(pops);
                (first..depth).map(|d| type_name(*Frame::stack_base(this).add(d))).collect::<Vec<String>>()
            };
            operands.join(", ")
        }
        _ => String::new(),
    };
    let text = if text.is_empty() && matches!(record.reason, Reason::NotInt | Reason::NotFloat) {
        locals(code, this)
    } else {
        text
    };
    if text.is_empty() {
        return;
    }
    *get().seen.entry(record as *const ExitRecord as usize).or_default().entry(text).or_default() += 1;
}

/// An exit on the way into a loop whose cause is a variable that the loop binds: blames the line that binds it.
fn changed_variable(record: &ExitRecord, this: *mut Frame) -> bool {
    let s = get();
    let key = std::ptr::from_ref(record) as usize;
    let Some(site) = s.by_record.get(&key).and_then(|&i| s.sites.get_mut(i)) else { return false };
    let wrong = |v: &&Variable| {
        // SAFETY: FRAME-1: slots are owned values or 0.
        let w = unsafe { *Frame::slots(this).add(v.slot) };
        match v.held {
            Repr::Int => w & 3 != 1,
            _ => w & 2 == 0,
        }
    };
    let Some(v) = site.variables.iter().find(wrong) else { return false };
    // SAFETY: as above.
    let ty = type_name(unsafe { *Frame::slots(this).add(v.slot) });
    (site.line, site.op, site.detail) = (v.line, "STORE_FAST", v.name.clone());
    *s.seen.entry(key).or_default().entry(ty).or_default() += 1;
    true
}

/// The types of the first locals, by name.
fn locals(code: &CodeObject, this: *mut Frame) -> String {
    let mut found = vec![];
    for (i, name) in code.localsplusnames.iter().enumerate().take(8) {
        // SAFETY: FRAME-1: slots are owned values or 0.
        let w = unsafe { *Frame::slots(this).add(i) };
        if w != 0 {
            found.push(format!("{}: {}", ops::text(name), type_name(w)));
        }
    }
    found.join(", ")
}

fn type_name(word: u64) -> String {
    if word == 0 {
        return "nothing".to_owned();
    }
    // SAFETY: FRAME-1: a live value, looked at only.
    let name = unsafe { Obj::view(&word).ty().name() };
    // VAL-3: an int that is on the heap does not fit a word.
    if name == "int" && word & 3 == 0 { "int beyond 62 bits".to_owned() } else { name }
}

/// Calls of helpers, by code object, unit and helper; with `-X jit-helpers`.
static HELPERS: Global<BTreeMap<(String, u32, &'static str), &'static Cell<u64>>> = Global::new(BTreeMap::new());

/// Where machine code counts its calls of a helper at a place.
pub fn helper_counter(h: crate::helpers::Helper, code: &CodeObject, unit: u32) -> &'static Cell<u64> {
    let key = (ops::text(&code.qualname), unit, h.name());
    HELPERS.get().entry(key).or_insert_with(|| Box::leak(Box::default()))
}

/// The counts as text, most frequent exits first.
pub fn report() -> String {
    let s = get();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "jit: {} functions and {} loops compiled, {} bytes of code from {} instructions, {:.1} ms; given up {}",
        s.functions,
        s.loops,
        s.bytes,
        s.instructions(),
        s.nanoseconds as f64 / 1e6,
        s.given_up
    );
    for (c, what) in s.costs.iter().zip(["without", "with"]) {
        let Cost { number, instructions, given, blocks, took } = c;
        let ms = took.as_secs_f64() * 1e3;
        let _ = writeln!(
            out,
            "jit: {number} {what} loops: {instructions} instructions, {given} in {blocks} blocks for the code generator, {ms:.1} ms"
        );
    }
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    for ((_, _, why), n) in &s.refused {
        *refused.entry(why).or_default() += n;
    }
    for (why, n) in &refused {
        let _ = writeln!(out, "jit: not compiled, {why}: {n}");
    }
    let mut exits: Vec<(u32, &Site)> = s.sites.iter().map(|x| (count(x), x)).filter(|e| e.0 > 0).collect();
    exits.sort_by_key(|e| std::cmp::Reverse(e.0));
    for (n, x) in exits.iter().take(40) {
        // SAFETY: EXIT-1.
        let (why, unit) = unsafe { ((*x.record).reason.name(), (*x.record).unit) };
        let _ = writeln!(out, "jit: exit {n:>9} times: {why} at {}:{unit}", x.home.name);
    }
    let mut helpers: Vec<_> = HELPERS.get().iter().map(|(k, n)| (n.get(), k)).collect();
    helpers.sort_by_key(|h| std::cmp::Reverse(h.0));
    for (n, (function, unit, helper)) in helpers.iter().take(80) {
        let _ = writeln!(out, "jit: call {n:>9} times: {helper} at {function}:{unit}");
    }
    out
}

fn count(x: &Site) -> u32 {
    // SAFETY: EXIT-1.
    unsafe { (*x.record).count.get() }
}

/// Prints the counts, or writes them as JSON to the file that `-X jit-stats=FILE.json` names.
pub fn publish() {
    let Some(wanted) = &crate::options::get().stats else { return };
    if !wanted.ends_with(".json") {
        eprint!("{}", report());
    } else if let Err(e) = std::fs::write(wanted, format!("{:#}\n", as_json())) {
        eprintln!("jit: {wanted}: {e}");
    }
}

fn milliseconds(d: Duration) -> f64 {
    (d.as_secs_f64() * 1e6).round() / 1e3
}

/// An object of a place, with more entries.
fn placed(h: &Home, line: i32, more: Value) -> Value {
    let mut v = json!({ "name": h.name, "file": h.file, "first_line": h.first_line, "line": line });
    if let (Some(all), Value::Object(more)) = (v.as_object_mut(), more) {
        all.extend(more);
    }
    v
}

/// Everything counted, for `adder bench` and `adder explain`.
pub fn as_json() -> Value {
    let s = get();
    let made = s.made.iter().map(|m| {
        let more = json!({
            "function": m.function, "bytes": m.bytes, "instructions": m.instructions,
            "milliseconds": milliseconds(m.took), "at": milliseconds(m.at),
        });
        placed(&m.home, m.line, more)
    });
    let text = |name: &str| Reason::ALL.iter().find(|r| r.name() == name).map_or("", |r| r.text());
    let refused = s
        .refused
        .iter()
        .map(|((h, line, why), n)| placed(h, *line, json!({ "reason": why, "text": text(why), "count": n })));
    let abandoned = s.abandoned.iter().map(|((h, line), n)| placed(h, *line, json!({ "count": n })));
    let exits = s.sites.iter().filter(|x| count(x) > 0).map(|x| {
        // SAFETY: EXIT-1.
        let (why, raised) = unsafe { ((*x.record).reason, (*x.record).raised) };
        let seen = s.seen.get(&(x.record as usize)).into_iter().flatten();
        let seen: Vec<Value> = seen.map(|(t, n)| json!({ "types": t, "count": n })).collect();
        let more = json!({
            "op": x.op, "detail": x.detail, "reason": why.name(), "text": why.text(), "raised": raised,
            "count": count(x), "seen": seen,
        });
        placed(&x.home, x.line, more)
    });
    let mut all = json!({
        "functions": s.functions, "loops": s.loops, "bytes": s.bytes, "instructions": s.instructions(),
        "milliseconds": milliseconds(Duration::from_nanos(s.nanoseconds)), "given_up": s.given_up, "evicted": s.evicted,
        "compiled": made.collect::<Vec<_>>(), "refused": refused.collect::<Vec<_>>(),
        "abandoned": abandoned.collect::<Vec<_>>(), "exits": exits.collect::<Vec<_>>(),
    });
    if let Some(all) = all.as_object_mut() {
        all.extend(crate::watch::as_json());
    }
    all
}
