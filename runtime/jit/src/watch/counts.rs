//! Exact counts (`-X jit-exact`): calls of each function, objects made by each line.
//!
//! Invariants: a counter has an address that stays, as machine code counts at it; equal functions made again share it. Every object of
//! the collected heap is counted where the thread stood; a line that makes none is not listed.

use super::{homes, maps, sampler};
use crate::versions;
use adder_interp::code::CodeObject;
use adder_interp::frame::{self, Frame};
use adder_mem::heap::Global;
use adder_object::Vm;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Words of the native stack between an allocation and the machine code that asked for it, at the most.
const NEAR: usize = 192;

type Counter = &'static Cell<u64>;
type Fast<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

static CALLS: Global<BTreeMap<u32, Counter>> = Global::new(BTreeMap::new());
static MADE: Global<BTreeMap<(u32, i32), Counter>> = Global::new(BTreeMap::new());
static KNOWN: Global<Option<Known>> = Global::new(None);

/// Counters by address, until a code object dies or machine code goes.
#[derive(Default)]
struct Known {
    calls: Fast<usize, Counter>,
    /// By code object and pc.
    interpreted: Fast<(usize, usize), Counter>,
    /// By code object and return into machine code: None where that is of no instruction, Some(None) where it is other code's.
    compiled: Fast<(usize, usize), Option<Option<Counter>>>,
}

/// Hashes addresses.
#[derive(Default)]
struct Mix(u64);
impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_usize(b as usize));
    }
    fn write_usize(&mut self, n: usize) {
        self.0 = (self.0 ^ n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    }
}

pub fn wanted() -> bool {
    crate::options::get().exact
}

fn new_counter() -> Counter {
    Box::leak(Box::new(Cell::new(0)))
}
fn count(c: Counter) {
    c.set(c.get() + 1);
}

/// Where the calls of a function are counted.
pub fn counter(code: &CodeObject) -> Counter {
    let known = KNOWN.get().get_or_insert_default();
    known.calls.entry(std::ptr::from_ref(code) as usize).or_insert_with(|| of_function(homes::number(code)))
}
fn of_function(home: u32) -> Counter {
    CALLS.get().entry(home).or_insert_with(new_counter)
}
fn of_line(home: u32, line: i32) -> Counter {
    MADE.get().entry((home, line)).or_insert_with(new_counter)
}
/// A call that the interpreter runs; compiled code counts its own.
pub fn called(code: &CodeObject) {
    count(counter(code));
}

/// An object is made.
pub fn object_made() {
    if !Vm::has_current() {
        return;
    }
    let this = frame::current(Vm::current());
    if this.is_null() {
        return;
    }
    let code = Frame::code(this);
    let known = KNOWN.get().get_or_insert_default();
    if let Some(c) = compiled(known, code) {
        return count(c);
    }
    // SAFETY: FRAME-2: the frame is live.
    let pc = unsafe { (*this).pc.get() } as usize;
    let at = (std::ptr::from_ref(code) as usize, pc);
    count(known.interpreted.entry(at).or_insert_with(|| {
        let unit = pc.saturating_sub(code.units_ptr() as usize) / 2;
        of_line(homes::number(code), homes::line(code, unit as u32))
    }));
}

/// The counter of the line where machine code of the newest frame stands, which need not have written its pc.
fn compiled(known: &mut Known, code: &CodeObject) -> Option<Counter> {
    code.tier.data.try_borrow().ok()?.as_ref()?;
    let own = std::ptr::from_ref(code) as usize;
    for &word in versions::stack_words()?.iter().take(NEAR).filter(|w| sampler::in_code(**w as u64)) {
        let at = word - 1;
        let found = *known.compiled.entry((own, at)).or_insert_with(|| {
            let map = maps::find(at)?;
            let spot = map.spot(at)?;
            Some((map.root.code == own).then(|| of_line(spot.home, spot.line)))
        });
        // Machine code of another function that is nearer: the newest frame is interpreted.
        if let Some(c) = found {
            return c;
        }
    }
    None
}

/// A code object dies, or machine code goes: their addresses may come again.
pub fn forget() {
    *KNOWN.get() = None;
}

pub fn calls() -> Value {
    CALLS.get().iter().filter(|c| c.1.get() > 0).map(|(h, n)| json!([h, n.get()])).collect()
}
pub fn allocations() -> Value {
    MADE.get().iter().map(|((h, l), n)| json!([h, l, n.get()])).collect()
}
