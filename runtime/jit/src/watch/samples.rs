//! What the samples say: stacks of lines with the tier that ran each, counted.
//!
//! Invariants: SAMPLE-3: addresses of code objects are looked at before any of them dies (`drain` is called first). A frame counts as
//! compiled when a return into its machine code lies on the native stack in the order of the frames; everything else is interpreted.

use super::homes;
use super::maps::{self, Spot};
use super::sampler::{self, FRAMES, REGISTERS};
use adder_interp::code::{CODE, CodeObject};
use adder_mem::heap::Global;
use adder_object::handle::PAYLOAD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Line {
    pub home: u32,
    pub line: i32,
    pub compiled: bool,
}

/// A stack of lines: that of the node below, and one line more.
struct Node {
    below: u32,
    line: u32,
    /// Samples in machine code, and in other code by its address.
    machine: u64,
    elsewhere: BTreeMap<u64, u64>,
}

#[derive(Default)]
struct Tree {
    lines: Vec<Line>,
    numbers: BTreeMap<Line, u32>,
    nodes: Vec<Node>,
    children: HashMap<(u32, u32), u32>,
    /// Samples without a Python frame, by address.
    outside: BTreeMap<u64, u64>,
    taken: u64,
}

static TREE: Global<Option<Tree>> = Global::new(None);
const ROOT: u32 = u32::MAX;

impl Tree {
    fn line(&mut self, l: Line) -> u32 {
        if let Some(&n) = self.numbers.get(&l) {
            return n;
        }
        let n = self.lines.len() as u32;
        self.lines.push(l);
        self.numbers.insert(l, n);
        n
    }
    fn child(&mut self, below: u32, l: Line) -> u32 {
        let line = self.line(l);
        let next = self.nodes.len() as u32;
        let n = *self.children.entry((below, line)).or_insert(next);
        if n == next {
            self.nodes.push(Node { below, line, machine: 0, elsewhere: BTreeMap::new() });
        }
        n
    }
}

/// Looks at the samples taken so far.
pub fn drain() {
    sampler::read_all(|words| {
        let tree = TREE.get().get_or_insert_default();
        let mut known = Known::default();
        let mut at = 0;
        while let Some(s) = Sample::read(words, &mut at) {
            add(tree, &mut known, &s);
        }
    });
}

struct Sample<'a> {
    pc: u64,
    registers: &'a [u64],
    frames: &'a [u64],
    returns: &'a [u64],
}

impl<'a> Sample<'a> {
    fn read(words: &'a [u64], at: &mut usize) -> Option<Sample<'a>> {
        let mut take = |n: usize| {
            let part = words.get(*at..*at + n)?;
            *at += n;
            Some(part)
        };
        let pc = take(1)?[0];
        let registers = take(REGISTERS)?;
        let n = take(1)?[0] as usize;
        let frames = take(2 * n.min(FRAMES))?;
        let n = take(1)?[0] as usize;
        let returns = take(n.min(FRAMES))?;
        Some(Sample { pc, registers, frames, returns })
    }
}

/// What was found out for one drain: addresses mean the same all through it.
#[derive(Default)]
struct Known {
    codes: HashMap<u64, Option<&'static CodeObject>>,
    homes: HashMap<usize, u32>,
    /// By code object and instruction pointer.
    lines: HashMap<(usize, u64), Option<i32>>,
}

impl Known {
    fn home(&mut self, code: &CodeObject) -> u32 {
        *self.homes.entry(std::ptr::from_ref(code) as usize).or_insert_with(|| homes::number(code))
    }
    fn line(&mut self, code: &CodeObject, pc: u64) -> Option<i32> {
        *self.lines.entry((std::ptr::from_ref(code) as usize, pc)).or_insert_with(|| line_of(code, pc))
    }
}

/// The code object at an address, when there is one.
fn code_at(known: &mut Known, address: u64) -> Option<&'static CodeObject> {
    *known.codes.entry(address).or_insert_with(|| {
        let header = (address as usize).checked_sub(PAYLOAD)?;
        let mut words = [0u64; 2];
        // SAFETY: SAMPLE-1; OBJ-1: what has the type of a code object holds one, which lives (SAMPLE-3).
        unsafe {
            let whole = header % 16 == 0 && sampler::read(header, words.as_mut_ptr().cast(), 16) == 16;
            (whole && words[1] == CODE.object_ptr_const() as u64).then(|| &*(address as *const CodeObject))
        }
    })
}

/// The line of an instruction pointer; None when it is not in the code.
fn line_of(code: &CodeObject, pc: u64) -> Option<i32> {
    let offset = pc.checked_sub(code.units_ptr() as u64)?;
    let unit = (offset / 2) as usize;
    (offset % 2 == 0 && unit < code.code.units.len()).then(|| homes::line(code, unit as u32))
}

/// The lines of a sample, the newest first.
fn lines(known: &mut Known, s: &Sample<'_>) -> Vec<Line> {
    let frames: Vec<(&CodeObject, u64)> =
        s.frames.chunks_exact(2).map_while(|f| Some((code_at(known, f[0])?, f[1]))).collect();
    let same = |spot: &Spot, i: usize| frames.get(i).is_some_and(|f| std::ptr::from_ref(f.0) as usize == spot.code);
    let mut out = vec![];
    let put = |out: &mut Vec<Line>, spots: &[Spot]| {
        out.extend(spots.iter().map(|s| Line { home: s.home, line: s.line, compiled: true }));
    };
    let mut i = 0;
    if let Some(map) = maps::find(s.pc as usize).filter(|m| same(&m.root, 0)) {
        put(&mut out, &map.spots(s.pc as usize));
        i = 1;
    }
    // The address behind a call belongs to the call. What is of no instruction is what an exit left on the stack.
    let returns: Vec<Vec<Spot>> = s
        .returns
        .iter()
        .filter_map(|&a| {
            let a = a as usize - 1;
            maps::find(a)?.known_spots(a)
        })
        .collect();
    let mut next = 0;
    while let Some(&(code, pc)) = frames.get(i) {
        let found = returns[next..].iter().position(|c| {
            // Frames of inlined calls are written while something looks at them.
            c.iter().enumerate().all(|(k, spot)| same(spot, i + k)) || c.last().is_some_and(|root| same(root, i))
        });
        if let Some(k) = found {
            let spots = &returns[next + k];
            next += k + 1;
            put(&mut out, spots);
            let all = spots.iter().enumerate().all(|(k, spot)| same(spot, i + k));
            i += if all { spots.len() } else { 1 };
            continue;
        }
        let mut line = known.line(code, pc);
        if i == 0 {
            // The newest frame's instruction may be in a register alone.
            line = s.registers.iter().find_map(|&r| line_of(code, r)).or(line);
        }
        let line = line.unwrap_or(code.code.firstlineno);
        out.push(Line { home: known.home(code), line, compiled: false });
        i += 1;
    }
    out
}

fn add(tree: &mut Tree, known: &mut Known, s: &Sample<'_>) {
    tree.taken += 1;
    // What has no map is the stub that destroys objects.
    let machine = sampler::in_code(s.pc);
    let mut at = ROOT;
    for l in lines(known, s).into_iter().rev() {
        at = tree.child(at, l);
    }
    match tree.nodes.get_mut(at as usize) {
        Some(n) if machine => n.machine += 1,
        Some(n) => *n.elsewhere.entry(s.pc).or_default() += 1,
        None => *tree.outside.entry(s.pc).or_default() += 1,
    }
}

/// Lines are (home, line, whether it ran compiled); nodes (node below or null, line, samples in machine code, samples by address).
pub fn as_json() -> Value {
    let tree = TREE.get().get_or_insert_default();
    let lines: Vec<Value> = tree.lines.iter().map(|l| json!([l.home, l.line, l.compiled])).collect();
    let list = |m: &BTreeMap<u64, u64>| m.iter().map(|(a, n)| json!([a, n])).collect::<Vec<Value>>();
    let below = |n: u32| if n == ROOT { Value::Null } else { n.into() };
    let nodes: Vec<Value> =
        tree.nodes.iter().map(|n| json!([below(n.below), n.line, n.machine, list(&n.elsewhere)])).collect();
    json!({
        "microseconds": crate::options::get().sample, "taken": tree.taken, "lost": sampler::LOST.load(Ordering::Relaxed),
        "cost_nanoseconds": sampler::COST.load(Ordering::Relaxed),
        "lines": lines, "nodes": nodes, "outside": list(&tree.outside), "mapped": mapped(),
    })
}

/// Files whose code is mapped: [start, end, offset in the file, name].
fn mapped() -> Vec<Value> {
    let text = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let hex = |t: &str| u64::from_str_radix(t, 16).ok();
    let entry = |l: &str| {
        let words: Vec<&str> = l.splitn(6, ' ').collect();
        let (range, rights, offset, name) = (words.first()?, words.get(1)?, words.get(2)?, words.get(5)?.trim());
        let (a, b) = range.split_once('-')?;
        (rights.contains('x') && !name.is_empty())
            .then(|| Some(json!([hex(a)?, hex(b)?, hex(offset)?, name])))
            .flatten()
    };
    text.lines().filter_map(entry).collect()
}
