//! From addresses in machine code to lines.
//!
//! Invariant: MAP-1: a map is here as long as its machine code; samples that may lie in it are read before it goes.

use super::{counts, homes, samples};
use crate::code::Compiled;
use crate::hir::Func;
use adder_interp::code::CodeObject;
use adder_mem::heap::Global;
use std::collections::BTreeMap;

/// An instruction of a code object, for programmers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot {
    pub code: usize,
    pub home: u32,
    pub line: i32,
}

pub struct Map {
    pub at: usize,
    pub len: usize,
    /// Offsets and the place of what lies between.
    pub ranges: Vec<(u32, u32, u32)>,
    /// By place: the spot and the calls it was inlined at, the innermost first.
    pub chains: Vec<Vec<Spot>>,
    /// The outermost code.
    pub root: Spot,
}

static MAPS: Global<BTreeMap<usize, Map>> = Global::new(BTreeMap::new());

/// The spots of each place of a function that is just made, so that all its code objects live.
pub fn chains(f: &Func) -> Vec<Vec<Spot>> {
    let spot = |p: crate::hir::Place| {
        // SAFETY: RC-1: the builder pinned what it inlined; the pins are there until the code is dropped.
        let code = unsafe { &*(p.code as *const CodeObject) };
        Spot { code: p.code, home: homes::number(code), line: homes::line(code, p.unit) }
    };
    (0..f.places.len() as u32).map(|p| f.chain(p).into_iter().map(spot).collect()).collect()
}

pub fn made(code: &CodeObject, chains: Vec<Vec<Spot>>, c: &Compiled) {
    samples::drain();
    let root = Spot { code: std::ptr::from_ref(code) as usize, home: homes::number(code), line: code.code.firstlineno };
    let map = Map { at: c.block.at, len: c.block.len, ranges: c.places.clone(), chains, root };
    MAPS.get().insert(c.block.at, map);
}

/// The machine code at an address is about to go.
pub fn gone(at: usize) {
    samples::drain();
    counts::forget();
    MAPS.get().remove(&at);
}

pub fn find(address: usize) -> Option<&'static Map> {
    let (_, map) = MAPS.get().range(..=address).next_back()?;
    (address < map.at + map.len).then_some(map)
}

impl Map {
    /// The spots at an address in the code; the function alone where no instruction is known.
    pub fn spots(&self, address: usize) -> Vec<Spot> {
        self.chain(address).map_or_else(|| vec![self.root], <[Spot]>::to_vec)
    }
    pub fn known_spots(&self, address: usize) -> Option<Vec<Spot>> {
        self.chain(address).map(<[Spot]>::to_vec)
    }
    /// The innermost of them.
    pub fn spot(&self, address: usize) -> Option<Spot> {
        self.chain(address).map(|c| c[0])
    }
    fn chain(&self, address: usize) -> Option<&[Spot]> {
        let offset = (address - self.at) as u32;
        let k = self.ranges.partition_point(|r| r.0 <= offset);
        let found = k.checked_sub(1).map(|k| self.ranges[k]).filter(|r| offset < r.1);
        found.and_then(|r| self.chains.get(r.2 as usize)).filter(|c| !c.is_empty()).map(Vec::as_slice)
    }
}
