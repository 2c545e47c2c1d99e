//! Exact counts (`-X jit-exact`): calls of each function, objects made by each line.
//!
//! Invariants: a counter has an address that stays, as machine code counts at it; equal functions made again share it. Every object of
//! the collected heap is counted where the thread stood; a line that makes none is not listed.

use super::homes;
use super::maps::{self, Spot};
use super::sampler::{self, FRAMES};
use adder_interp::code::CodeObject;
use adder_interp::frame::{self, Frame};
use adder_mem::heap::Global;
use adder_object::Vm;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

/// Words of the native stack between an allocation and the machine code that asked for it, at the most.
const NEAR: usize = 192;

static CALLS: Global<BTreeMap<u32, &'static Cell<u64>>> = Global::new(BTreeMap::new());
static MADE: Global<BTreeMap<(u32, i32), u64>> = Global::new(BTreeMap::new());
/// Spots by code object and pc, until a code object dies.
static KNOWN: Global<Option<HashMap<(usize, usize), (u32, i32)>>> = Global::new(None);

pub fn wanted() -> bool {
    crate::options::get().exact
}

/// Where the calls of a function are counted.
pub fn counter(code: &CodeObject) -> &'static Cell<u64> {
    CALLS.get().entry(homes::number(code)).or_insert_with(|| Box::leak(Box::new(Cell::new(0))))
}
/// A call that the interpreter runs; compiled code counts its own.
pub fn called(code: &CodeObject) {
    let c = counter(code);
    c.set(c.get() + 1);
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
    // SAFETY: FRAME-2: the frame is live.
    let pc = unsafe { (*this).pc.get() } as usize;
    let at = compiled_spot(code).map_or_else(|| interpreted(code, pc), |s| (s.home, s.line));
    *MADE.get().entry(at).or_default() += 1;
}

fn interpreted(code: &CodeObject, pc: usize) -> (u32, i32) {
    let known = KNOWN.get().get_or_insert_default();
    *known.entry((std::ptr::from_ref(code) as usize, pc)).or_insert_with(|| {
        let unit = pc.saturating_sub(code.units_ptr() as usize) / 2;
        (homes::number(code), homes::line(code, unit as u32))
    })
}

/// Where machine code of the newest frame stands, which need not have written its pc.
fn compiled_spot(code: &CodeObject) -> Option<Spot> {
    code.tier.data.try_borrow().ok()?.as_ref()?;
    let mark = 0usize;
    let sp = std::hint::black_box(&raw const mark) as usize;
    let mut found = [0; FRAMES];
    // SAFETY: SAMPLE-2.
    let n = sampler::alone(|| unsafe { sampler::returns(sp, NEAR, &mut found) })?;
    let a = found[..n].iter().map(|&a| a as usize - 1).find(|&a| maps::find(a).is_some())?;
    let map = maps::find(a)?;
    (map.root.code == std::ptr::from_ref(code) as usize).then(|| map.spot(a))
}

/// A code object dies: its address may come again.
pub fn forget() {
    if let Some(k) = KNOWN.get() {
        k.clear();
    }
}

pub fn calls() -> Value {
    CALLS.get().iter().filter(|c| c.1.get() > 0).map(|(h, n)| json!([h, n.get()])).collect()
}
pub fn allocations() -> Value {
    MADE.get().iter().map(|((h, l), n)| json!([h, l, n])).collect()
}
