//! When code is compiled, entered and given up.
//!
//! Invariants: TIER-1: a code object is compiled at most [`MAX_VERSIONS`] times; after that it stays as it is. TIER-2: speculation that
//! failed at a unit is not tried there again, so recompiling ends. TIER-3: `WITH_CODE` names live code objects: their data leave it as
//! they die.

use crate::build::{self, Request};
use crate::code::{self, Compiled};
use crate::{exits, hir, options, passes, stats};
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_interp::native::{self, Entry};
use adder_isa::code::co;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use adder_object::{Obj, Vm};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Instant;

const MAX_VERSIONS: u32 = 12;
/// Nanoseconds that the compiler may spend whatever the length of the run.
const FREE: u64 = 60_000_000;
/// Its part of a longer run: one in this many.
const SHARE: u64 = 6;
static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();

/// The tier manager's data of a code object.
#[derive(Default)]
struct Data {
    /// How often speculation failed, by code object (its own or one inlined into it) and unit.
    failed: HashMap<(usize, u32), u32>,
    /// How often this code was found hot.
    asked: u32,
    versions: u32,
    /// Loops that could not be compiled.
    refused_loops: HashSet<u32>,
    /// What running code needs; old versions may still be on the native stack.
    kept: Vec<(Compiled, Vec<Obj>)>,
    /// The code object that this belongs to, once it is in `WITH_CODE`.
    owner: usize,
}

/// Addresses of the code objects that have versions.
static WITH_CODE: Global<BTreeSet<usize>> = Global::new(BTreeSet::new());

impl Drop for Data {
    fn drop(&mut self) {
        WITH_CODE.get().remove(&self.owner);
    }
}

/// The end of the program: nothing is compiled or entered any more, and what compiled code keeps alive is let go, so that it dies
/// when the interpreter would let it die. No compiled code may be running.
pub fn end() {
    let hooks = native::HOOKS.get();
    hooks.function = |_, _, c| {
        c.tier.countdown.set(u32::MAX);
        None
    };
    hooks.back_edge = |_, _, _, _| None;
    let mut pins: Vec<Obj> = vec![];
    for &code in WITH_CODE.get().iter() {
        // SAFETY: TIER-3: the set names live code objects only.
        let code = unsafe { &*(code as *const CodeObject) };
        code.tier.entry.set(None);
        code.tier.loops.borrow_mut().clear();
        with_data(code, |d| d.kept.iter_mut().for_each(|k| pins.append(&mut k.1)));
    }
    drop(pins);
}

pub fn install() {
    START.get_or_init(Instant::now);
    let o = options::get();
    if o.collect_every > 0 {
        adder_mem::collect::force(i64::from(o.collect_every));
    }
    exits::set_forced(o.exit_every);
    let (threshold, loops) = match o.mode {
        options::Mode::Off => return,
        options::Mode::On => (o.threshold, o.loop_threshold),
        options::Mode::Eager | options::Mode::EagerOwn => (1, 1),
        options::Mode::Stress | options::Mode::StressOwn => (2, 2),
    };
    *native::THRESHOLD.get() = threshold;
    *native::LOOP_THRESHOLD.get() = loops;
    let hooks = native::HOOKS.get();
    hooks.function = function;
    hooks.back_edge = back_edge;
}

fn with_data<R>(code: &CodeObject, f: impl FnOnce(&mut Data) -> R) -> R {
    let mut slot = code.tier.data.borrow_mut();
    let any = slot.get_or_insert_with(|| Box::new(Data::default()));
    match any.downcast_mut::<Data>() {
        Some(d) => f(d),
        None => f(&mut Data::default()),
    }
}

/// A function's entry is hot, or has code.
fn function(vm: &Vm, this: *mut Frame, code: &CodeObject) -> Option<Entry> {
    if let Some(e) = code.tier.entry.get() {
        code.tier.countdown.set(1);
        return Some(e);
    }
    if !affordable(code) {
        code.tier.countdown.set(options::get().threshold);
        return None;
    }
    let entry = if suspends(code) { first_resume(code) } else { Some(Frame::unit(this) as u32) };
    match entry.map_or(Err(Reason::CompilerError), |at| compile(vm, this, code, at, 0)) {
        Ok(e) => {
            code.tier.publish(e);
            code.tier.countdown.set(1);
            Some(e)
        }
        Err(_) => {
            code.tier.countdown.set(u32::MAX);
            None
        }
    }
}

fn back_edge(vm: &Vm, this: *mut Frame, code: &CodeObject, unit: u32) -> Option<Entry> {
    if let Some(&(_, e)) = code.tier.loops.borrow().iter().find(|l| l.0 == unit) {
        return Some(e);
    }
    if with_data(code, |d| d.refused_loops.contains(&unit)) || !affordable(code) {
        return None;
    }
    // SAFETY: FRAME-1: the frame is whole, its `sp` saved.
    let depth = unsafe { (*this).sp.get().offset_from(Frame::stack_base(this)) } as u32;
    match compile(vm, this, code, unit, depth) {
        Ok(e) => {
            code.tier.loops.borrow_mut().push((unit, e));
            Some(e)
        }
        Err(_) => {
            with_data(code, |d| d.refused_loops.insert(unit));
            None
        }
    }
}

/// Whether a file is part of the library, frozen or installed, and not of the program.
pub fn is_library(file: &str) -> bool {
    file.starts_with("<frozen") || file.contains("/lib/python3.14/")
}

/// Whether the compiler may run now: its share of the run stays small, and large code has to be hotter than small code.
fn affordable(code: &CodeObject) -> bool {
    match options::get().mode {
        options::Mode::Eager | options::Mode::Stress => return true,
        options::Mode::EagerOwn | options::Mode::StressOwn => {
            return !is_library(&adder_object::ops::text(&code.filename));
        }
        _ => {}
    }
    let spent = stats::get().nanoseconds;
    let elapsed = START.get().map_or(0, |s| s.elapsed().as_nanos() as u64);
    if spent > FREE && spent > elapsed / SHARE {
        return false;
    }
    let units = code.code.units.len() as u32;
    with_data(code, |d| {
        d.asked += 1;
        d.asked * 400 >= units
    })
}

/// Whether the code is a generator's or coroutine's.
fn suspends(code: &CodeObject) -> bool {
    code.flags & co::SUSPENDS != 0
}
/// Unit of the RESUME where a generator's body begins.
fn first_resume(code: &CodeObject) -> Option<u32> {
    let mut at = 0;
    loop {
        let i = build::scan::decode(code, at)?;
        if i.op == adder_isa::Opcode::RESUME {
            return Some(i.start);
        }
        at = i.next;
    }
}

fn compile(vm: &Vm, this: *mut Frame, code: &CodeObject, entry: u32, depth: u32) -> Result<Entry, Reason> {
    let result = try_compile(vm, this, code, entry, depth);
    if let Err(why) = result {
        stats::refused(code, entry, why);
        if options::get().trace {
            eprintln!("jit: {} at {entry}: not compiled: {}", adder_object::ops::text(&code.qualname), why.name());
        }
    }
    result
}

fn try_compile(vm: &Vm, this: *mut Frame, code: &CodeObject, entry: u32, depth: u32) -> Result<Entry, Reason> {
    let (failed, versions) = with_data(code, |d| (d.failed.clone(), d.versions));
    if versions >= MAX_VERSIONS {
        return Err(Reason::TooManyVersions);
    }
    let s = stats::get();
    if s.functions + s.loops >= options::get().limit {
        return Err(Reason::TooManyVersions);
    }
    let start = Instant::now();
    // A loop of a generator is left where it yields; the rest of its code is entered where it goes on.
    let resumes = suspends(code) && first_resume(code) == Some(entry);
    let refused = Default::default();
    let inline = options::get().inline;
    let mut request =
        Request { vm, code, frame: this, entry, depth, failed: &failed, inline, refused: &refused, resumes };
    let mut built = build::build(&request);
    for _ in 0..4 {
        match built {
            // A call that is not to be inlined is known now.
            Err(Reason::Refused) => {}
            // What cannot be built may be in a callee.
            Err(Reason::Unsupported | Reason::CompilerError) if request.inline => request.inline = false,
            _ => break,
        }
        built = build::build(&request);
    }
    let (mut f, pins) = built?;
    let wanted = options::get().dump.as_ref().filter(|d| d.1 == f.name || d.1 == "*");
    if wanted.is_some_and(|d| d.0.iter().any(|s| s == "hir0")) {
        eprint!("{}", hir::print::function(&f));
    }
    passes::run(&mut f);
    if wanted.is_some_and(|d| d.0.iter().any(|s| s == "hir")) {
        eprint!("{}", hir::print::function(&f));
    }
    if cfg!(debug_assertions) || options::get().mode != options::Mode::On {
        let errors = hir::verify::check(&f);
        if !errors.is_empty() {
            eprintln!("jit: {} is wrong:\n{}\n{}", f.name, errors.join("\n"), hir::print::function(&f));
            return Err(Reason::CompilerError);
        }
    }
    let mut text = String::new();
    let clif = wanted.is_some_and(|d| d.0.iter().any(|s| s == "clif"));
    let compiled = code::compile(&f, code, clif.then_some(&mut text))?;
    eprint!("{text}");
    let native_entry = compiled.entry;
    stats::compiled(code, entry, &f, &compiled, start.elapsed());
    if options::get().trace {
        eprintln!(
            "jit: {} at {entry}: {} bytes, {} instructions, {} exits, {} calls inlined, in {:?}",
            f.name,
            compiled.bytes,
            f.blocks.iter().map(|b| b.insts.len()).sum::<usize>(),
            compiled.records.len(),
            f.inlined,
            start.elapsed()
        );
    }
    with_data(code, |d| {
        d.versions += 1;
        d.kept.push((compiled, pins));
        d.owner = std::ptr::from_ref(code) as usize;
        WITH_CODE.get().insert(d.owner);
    });
    Ok(native_entry)
}

/// Exits at a unit became too frequent: the code is made anew without that speculation.
pub fn speculation_failed(code: &CodeObject, blame: (usize, u32)) {
    let unit = blame.1;
    stats::given_up(code, unit);
    if options::get().trace {
        eprintln!("jit: {}: speculation at {unit} given up", adder_object::ops::text(&code.qualname));
    }
    let last = with_data(code, |d| {
        *d.failed.entry(blame).or_default() += 1;
        d.versions >= MAX_VERSIONS
    });
    if last {
        return;
    }
    code.tier.entry.set(None);
    code.tier.loops.borrow_mut().clear();
    code.tier.countdown.set(options::get().threshold.min(8));
}
