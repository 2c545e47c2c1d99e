//! Counts of what the JIT did, by reason.

use crate::exits::ExitRecord;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Default)]
pub struct Stats {
    pub functions: u64,
    pub loops: u64,
    pub bytes: u64,
    pub instructions: u64,
    pub nanoseconds: u64,
    pub refused: BTreeMap<&'static str, u64>,
    pub given_up: u64,
    pub records: Vec<(String, *const ExitRecord)>,
}

pub static STATS: Global<Option<Stats>> = Global::new(None);

pub fn get() -> &'static mut Stats {
    STATS.get().get_or_insert_with(Stats::default)
}

pub fn refused(why: Reason) {
    *get().refused.entry(why.name()).or_default() += 1;
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
        s.instructions,
        s.nanoseconds as f64 / 1e6,
        s.given_up
    );
    for (why, n) in &s.refused {
        let _ = writeln!(out, "jit: not compiled, {why}: {n}");
    }
    // SAFETY: EXIT-1.
    let count = |r: &*const ExitRecord| unsafe { ((**r).count.get(), (**r).reason, (**r).unit) };
    let mut exits: Vec<(u32, &'static str, u32, &str)> = s
        .records
        .iter()
        .map(|(name, r)| {
            let (n, why, unit) = count(r);
            (n, why.name(), unit, name.as_str())
        })
        .filter(|e| e.0 > 0)
        .collect();
    exits.sort_by_key(|e| std::cmp::Reverse(e.0));
    for (n, why, unit, name) in exits.iter().take(40) {
        let _ = writeln!(out, "jit: exit {n:>9} times: {why} at {name}:{unit}");
    }
    out
}
