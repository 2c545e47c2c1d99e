//! When code is compiled, entered and given up.
//!
//! Invariants: TIER-1: a code object is compiled at most [`MAX_VERSIONS`] times, seldom renewals for other namespaces apart; after that
//! it stays as it is. TIER-2: speculation that failed at a unit is not tried there again, so recompiling ends. TIER-3: `WITH_CODE`
//! names live code objects: their data leave it as they die.

use crate::build::scan::Handlers;
use crate::build::{self, Failures, Request};
use crate::code::{self, Compiled, Dump};
use crate::profilers::{self, Backend, Named};
use crate::versions::{self, Version};
use crate::{debugger, exits, hir, memory, namespaces, options, passes, stats, watch};
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_interp::native::{self, Entry, Profiler};
use adder_isa::code::co;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use adder_object::{Obj, PyResult, Vm};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

pub(crate) const MAX_VERSIONS: u32 = 12;
/// Code that is made anew for other namespaces no more often than this does so as often as it has to.
pub(crate) const RENEWAL: Duration = Duration::from_millis(1);
static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();

/// The tier manager's data of a code object.
#[derive(Default)]
pub(crate) struct Data {
    /// How often speculation failed, by code object (its own or one inlined into it) and unit.
    pub(crate) failed: HashMap<(usize, u32), Failures>,
    /// Units that had never run when they were compiled, and have since, as in `failed`.
    pub(crate) ran: HashSet<(usize, u32)>,
    /// Handlers that took errors which left compiled code.
    pub(crate) caught: BTreeSet<u32>,
    /// Nanoseconds that making the current versions took, and that leaving them has cost so far.
    pub(crate) cost: u64,
    pub(crate) lost: u64,
    /// How often this code was found hot.
    asked: u32,
    /// When code was made anew for another namespace.
    pub(crate) renewed: Option<Instant>,
    /// Entries by the interpreter, and when the next one is of interest; only where calls are counted.
    entries: u64,
    ask_at: u64,
    pub(crate) versions: u32,
    /// Why nothing of this is compiled any more, where that is not for the number of versions.
    left: Option<Reason>,
    /// Loops that could not be compiled.
    refused_loops: HashSet<u32>,
    /// Loops inside others that have code, and how often they were hot.
    put_off: HashMap<u32, u32>,
    /// The versions that have entries.
    pub(crate) current: Vec<Version>,
    /// When the first of them was made, in versions of the process.
    made: u64,
    /// The code object that this belongs to, once it is in `WITH_CODE`.
    owner: usize,
}

/// Addresses of the code objects that have versions.
static WITH_CODE: Global<BTreeSet<usize>> = Global::new(BTreeSet::new());

impl Drop for Data {
    fn drop(&mut self) {
        WITH_CODE.get().remove(&self.owner);
        for mut v in std::mem::take(&mut self.current) {
            // The code dies as its last frame ends, so machine code may still be about to return.
            let pins = std::mem::take(&mut v.kept.pins);
            versions::retire(v);
            drop(pins);
        }
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
    let mut pins: Vec<Obj> = versions::take_pins();
    for &code in WITH_CODE.get().iter() {
        // SAFETY: TIER-3: the set names live code objects only.
        let code = unsafe { &*(code as *const CodeObject) };
        code.tier.withdraw();
        with_data(code, |d| d.current.iter_mut().for_each(|v| pins.append(&mut v.kept.pins)));
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
    memory::set_limit(o.memory);
    let (threshold, loops) = match o.mode {
        options::Mode::Off => return,
        options::Mode::On => (o.threshold, o.loop_threshold),
        options::Mode::Eager | options::Mode::EagerOwn => (1, 1),
        options::Mode::Stress | options::Mode::StressOwn => (2, 2),
    };
    *native::THRESHOLD.get() = threshold;
    *native::LOOP_THRESHOLD.get() = loops;
    if let Some(backend) = o.perf {
        profilers::activate(backend);
    }
    let hooks = native::HOOKS.get();
    hooks.profiler = profiler;
    if stats::watching() {
        watch_run();
    }
    hooks.function = function;
    hooks.back_edge = back_edge;
    hooks.renewed = renewed;
    adder_mem::collect::HOOKS.get().before_all = || versions::sweep(true);
}

/// A report is written at the end: samples and exact counts as they are asked for.
fn watch_run() {
    let o = options::get();
    native::HOOKS.get().dying = || {
        watch::samples::drain();
        watch::counts::forget();
    };
    if o.sample > 0 && !watch::sampler::start(o.sample) {
        eprintln!("jit: the system gives no timer for samples");
    }
    if o.exact {
        // The tier manager is asked at every call, and counts.
        *native::THRESHOLD.get() = 1;
        adder_mem::heap::watch(watch::counts::object_made);
    }
}

pub(crate) fn with_data<R>(code: &CodeObject, f: impl FnOnce(&mut Data) -> R) -> R {
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
    if watch::counts::wanted() && !hot_enough(this, code) {
        return None;
    }
    if !affordable(code, UNITS) {
        count_entry(this, code);
        rest(code, options::get().threshold);
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
            count_entry(this, code);
            rest(code, u32::MAX);
            None
        }
    }
}

/// Nothing is done about a function for so many entries; where they are counted, each is heard of.
pub(crate) fn rest(code: &CodeObject, entries: u32) {
    if watch::counts::wanted() {
        code.tier.countdown.set(1);
        return with_data(code, |d| d.ask_at = d.entries + u64::from(entries));
    }
    code.tier.countdown.set(entries);
}
/// Whether there were as many entries as the threshold.
fn hot_enough(this: *mut Frame, code: &CodeObject) -> bool {
    code.tier.countdown.set(1);
    let hot = with_data(code, |d| {
        d.entries += 1;
        d.entries >= d.ask_at.max(u64::from(options::get().threshold))
    });
    if !hot {
        count_entry(this, code);
    }
    hot
}
/// A call that is interpreted; where a generator goes on is no call.
fn count_entry(this: *mut Frame, code: &CodeObject) {
    let begins = || !suspends(code) || first_resume(code) == Some(Frame::unit(this) as u32);
    if watch::counts::wanted() && begins() {
        watch::counts::called(code);
    }
}

fn back_edge(vm: &Vm, this: *mut Frame, code: &CodeObject, unit: u32) -> Option<Entry> {
    if let Some(&(_, e)) = code.tier.loops.borrow().iter().find(|l| l.0 == unit) {
        return Some(e);
    }
    if with_data(code, |d| d.refused_loops.contains(&unit))
        || outer_is_near(code, unit)
        || !affordable(code, LOOP_UNITS)
    {
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

/// How often a loop has to be found hot inside one that has code, which the next turn of that leads into.
const PATIENCE: u32 = 3;

/// Whether a loop lies in one that has code, and need not have its own yet: that code has this loop as well.
fn outer_is_near(code: &CodeObject, unit: u32) -> bool {
    if options::get().mode != options::Mode::On {
        return false;
    }
    let outer: Vec<u32> = code.tier.loops.borrow().iter().map(|l| l.0).filter(|&h| h < unit).collect();
    if outer.is_empty() || !build::scan::goes_back(code, unit, &outer) {
        return false;
    }
    with_data(code, |d| {
        let n = d.put_off.entry(unit).or_default();
        *n += 1;
        *n < PATIENCE
    })
}

/// Whether a file is part of the library, frozen or installed, and not of the program.
pub fn is_library(file: &str) -> bool {
    file.starts_with("<frozen") || file.contains("/lib/python3.14/")
}

/// Instructions for each time that code was found hot by its calls, or by a loop, which may be a small part of it.
const UNITS: u32 = 100;
const LOOP_UNITS: u32 = 400;

/// Whether the compiler may run now: its share of the run stays small, and large code has to be hotter than small code.
fn affordable(code: &CodeObject, each: u32) -> bool {
    match options::get().mode {
        options::Mode::Eager | options::Mode::Stress => return true,
        options::Mode::EagerOwn | options::Mode::StressOwn => {
            return !is_library(&adder_object::ops::text(&code.filename));
        }
        _ => {}
    }
    if !has_time() {
        return false;
    }
    let units = code.code.units.len() as u32;
    with_data(code, |d| {
        d.asked += 1;
        d.asked * each >= units
    })
}

pub(crate) fn has_time() -> bool {
    let spent = stats::get().nanoseconds;
    let elapsed = START.get().map_or(0, |s| s.elapsed().as_nanos() as u64);
    let o = options::get();
    spent <= u64::from(o.budget) * 1_000_000 || spent <= elapsed / u64::from(o.share)
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

/// What `sys.activate_stack_trampoline` and its kin ask for.
fn profiler(what: Profiler<'_>) -> PyResult<bool> {
    match what {
        Profiler::Active => {}
        Profiler::Off => profilers::deactivate(),
        Profiler::On(name) => {
            let backend = match name {
                "perf" => Backend::Map,
                "perf_jit" => Backend::Dump,
                _ => return Err(adder_object::error::value_error(format!("invalid backend: {name}"))),
            };
            let before = profilers::active();
            profilers::activate(backend);
            if profilers::active().is_none() {
                return Err(adder_object::error::runtime_error("the file for perf cannot be written"));
            }
            if before != Some(backend) {
                name_all();
            }
        }
    }
    Ok(profilers::active().is_some())
}

/// A profiler has come: what was compiled before it.
fn name_all() {
    crate::stubs::name();
    for &code in WITH_CODE.get().iter() {
        // SAFETY: TIER-3: the set names live code objects only.
        let code = unsafe { &*(code as *const CodeObject) };
        with_data(code, |d| {
            d.current
                .iter()
                .for_each(|v| named(code, |n| profilers::code_made(n, &v.compiled.block, v.compiled.bytes)));
        });
    }
}
fn named(code: &CodeObject, f: impl FnOnce(&Named<'_>)) {
    let text = adder_object::ops::text;
    f(&Named { name: &text(&code.qualname), file: &text(&code.filename), line: code.code.firstlineno })
}
/// Tells profilers and debuggers of new code.
fn announce(code: &CodeObject, made: &Compiled) {
    if profilers::active().is_some() {
        named(code, |n| profilers::code_made(n, &made.block, made.bytes));
    }
    if options::get().gdb {
        named(code, |n| debugger::code_made(n, &made.block, made.bytes));
    }
}

/// Nothing enters the versions of a code object any more.
pub(crate) fn retire_versions(code: &CodeObject) {
    code.tier.withdraw();
    for v in with_data(code, |d| std::mem::take(&mut d.current)) {
        versions::retire(v);
    }
}

/// Whether handlers of this code took errors that left compiled code.
pub(crate) fn catches(code: &CodeObject) -> bool {
    with_data(code, |d| !d.caught.is_empty())
}

/// Whether the code can be entered again after a namespace got names that it does not know.
pub(crate) fn renew_namespaces(code: &CodeObject, this: *mut Frame, top: *mut Frame) -> bool {
    with_data(code, |d| {
        let all = d.current.iter().flat_map(|v| &v.kept.namespaces);
        namespaces::renew(all, this, top)
    })
}

/// There is no room for more code: the oldest half is given up, but for the versions of `but`.
fn make_room(but: &CodeObject) {
    let mut all: Vec<(u64, usize, &CodeObject)> = vec![];
    for &code in WITH_CODE.get().iter().filter(|&&c| c != std::ptr::from_ref(but) as usize) {
        // SAFETY: TIER-3: the set names live code objects only.
        let code = unsafe { &*(code as *const CodeObject) };
        let (made, bytes) = with_data(code, |d| (d.made, d.current.iter().map(|v| v.compiled.block.len).sum()));
        all.push((made, bytes, code));
    }
    all.sort_unstable_by_key(|c| c.0);
    let mut wanted = memory::limit() / 2;
    for (_, bytes, code) in all.into_iter().filter(|c| c.1 > 0) {
        stats::evicted(code);
        retire_versions(code);
        rest(code, options::get().threshold);
        wanted = wanted.saturating_sub(bytes);
        if wanted == 0 {
            break;
        }
    }
    versions::sweep(true);
}

/// The HIR of code from `entry` on, as its earlier versions teach, with the objects that it refers to.
fn build_code(
    (vm, this, code): (&Vm, *mut Frame, &CodeObject),
    (entry, depth): (u32, u32),
    failed: &HashMap<(usize, u32), Failures>,
    ran: &HashSet<(usize, u32)>,
    versions: u32,
) -> Result<(hir::Func, build::Kept), Reason> {
    // A loop of a generator is left where it yields; the rest of its code is entered where it goes on.
    let resumes = suspends(code) && first_resume(code) == Some(entry);
    let refused = Default::default();
    let inline = options::get().inline;
    // Everything is new to what is compiled at its first entry; the last version has no other to follow it.
    let eager = matches!(options::get().mode, options::Mode::Eager | options::Mode::EagerOwn);
    let ran = (!eager && versions + 1 < MAX_VERSIONS).then_some(ran);
    let caught = with_data(code, |d| d.caught.clone());
    let handlers = match options::get().mode {
        _ if watch::counts::wanted() => Handlers::None,
        options::Mode::On => Handlers::Caught(&caught),
        _ => Handlers::All,
    };
    let mut request =
        Request { vm, code, frame: this, entry, depth, failed, ran, inline, refused: &refused, resumes, handlers };
    let mut built = build::build(&request);
    for _ in 0..64 {
        match built {
            // A call that is not to be inlined, or a merge without constants, is known now.
            Err(Reason::Refused) => {}
            // What cannot be built may be in a callee.
            Err(Reason::Unsupported | Reason::CompilerError) if request.inline => request.inline = false,
            _ => break,
        }
        built = build::build(&request);
    }
    built
}

fn try_compile(vm: &Vm, this: *mut Frame, code: &CodeObject, entry: u32, depth: u32) -> Result<Entry, Reason> {
    versions::sweep(false);
    let (failed, ran, versions) = with_data(code, |d| (d.failed.clone(), d.ran.clone(), d.versions));
    if versions >= MAX_VERSIONS {
        return Err(with_data(code, |d| d.left).unwrap_or(Reason::TooManyVersions));
    }
    let s = stats::get();
    if s.functions + s.loops >= options::get().limit {
        return Err(Reason::TooManyVersions);
    }
    let start = Instant::now();
    if let Some((stages, name)) = &options::get().dump
        && stages.iter().any(|s| s == "bytecode")
        && (name == "*" || *name == adder_object::ops::text(&code.qualname))
    {
        eprint!("{}", adder_isa::dis::disassemble(&code.code));
    }
    let (mut f, kept) = build_code((vm, this, code), (entry, depth), &failed, &ran, versions)?;
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
    let asked = |stage: &str| wanted.is_some_and(|d| d.0.iter().any(|s| s == stage));
    let stages = options::get().stages;
    let mut dump = Dump {
        clif: (asked("clif") || stages).then(String::new),
        // A report decodes the bytes where it can.
        asm: (asked("asm") || stages && cfg!(not(target_arch = "x86_64"))).then(String::new),
        ..Dump::default()
    };
    let compiled = match code::compile(&f, code, &mut dump) {
        Err(Reason::NoMemory) if memory::used() > 0 => {
            make_room(code);
            code::compile(&f, code, &mut dump)
        }
        made => made,
    }?;
    for (stage, text) in [("clif", &dump.clif), ("asm", &dump.asm)] {
        if asked(stage) {
            eprint!("{}", text.as_deref().unwrap_or(""));
        }
    }
    announce(code, &compiled);
    let native_entry = compiled.entry;
    stats::compiled(code, entry, &f, &compiled, &dump, start.elapsed());
    if options::get().trace {
        eprintln!(
            "jit: {} at {entry}: {} bytes, {} instructions, {} exits, {} calls inlined, in {:?}",
            f.name,
            compiled.bytes,
            f.size(),
            compiled.records.len(),
            f.inlined,
            start.elapsed()
        );
    }
    with_data(code, |d| {
        d.versions += 1;
        if d.current.is_empty() {
            d.made = s.functions + s.loops;
            (d.cost, d.lost) = (0, 0);
        }
        d.cost += start.elapsed().as_nanos() as u64;
        d.current.push(Version { compiled, kept });
        d.owner = std::ptr::from_ref(code) as usize;
        WITH_CODE.get().insert(d.owner);
    });
    Ok(native_entry)
}

/// Nothing of this code is compiled any more.
pub fn leave_alone(code: &CodeObject, why: Reason) {
    if options::get().trace {
        eprintln!("jit: {}: left to the interpreter: {}", adder_object::ops::text(&code.qualname), why.name());
    }
    retire_versions(code);
    code.tier.countdown.set(u32::MAX);
    with_data(code, |d| (d.versions, d.left) = (MAX_VERSIONS, Some(why)));
}

/// A program is run again: the guesses that failed for its old classes may hold for the new ones. What is compiled stays until its guards
/// fail.
fn renewed(code: &CodeObject) {
    let now = Instant::now();
    let due = with_data(code, |d| {
        let due = d.renewed.is_none_or(|t| now.duration_since(t) > RENEWAL);
        if due {
            d.renewed = Some(now);
            (d.failed, d.ran, d.refused_loops, d.left) = Default::default();
            d.versions = 0;
        }
        due
    });
    if due {
        code.forget();
        if code.tier.entry.get().is_none() {
            rest(code, options::get().threshold);
        }
    }
}
