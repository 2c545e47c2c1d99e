//! What `adder explain` asks for beside the counts of `stats`: where time goes, what a line became, exact counts.
//!
//! Reading order: `homes` (code objects as programmers know them), `maps` (machine code to lines), `sampler` (the signal), `samples` (what
//! the samples say), `made` (each compilation in detail), `counts` (calls, allocations). Invariant: all of it is off, and costs nothing but
//! a test of an option, unless `-X jit-stats=FILE.json` names a report and its own option asks for it.

pub mod counts;
pub mod homes;
pub mod made;
pub mod maps;
pub mod sampler;
pub mod samples;

use serde_json::{Map, Value};

/// The entries of the report that come from here.
pub fn as_json() -> Map<String, Value> {
    samples::drain();
    let mut all = Map::new();
    all.insert("samples".to_owned(), samples::as_json());
    all.insert("processor_seconds".to_owned(), sampler::processor_seconds().into());
    all.insert("details".to_owned(), made::as_json());
    all.insert("calls".to_owned(), counts::calls());
    all.insert("allocations".to_owned(), counts::allocations());
    // Last: the others add to them.
    all.insert("homes".to_owned(), homes::as_json());
    all
}
