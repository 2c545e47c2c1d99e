//! The passes over HIR, in the order they run.
//!
//! Invariant: each pass leaves HIR that `hir::verify` accepts.

pub mod checkpoints;
pub mod dce;
pub mod pairs;
pub mod params;
pub mod unbox;
pub mod values;

use crate::hir::Func;

pub fn run(f: &mut Func) {
    params::run(f);
    unbox::run(f);
    params::run(f);
    pairs::run(f);
    values::run(f);
    // A report of exits says what lay on the stack where a guard failed.
    checkpoints::run(f, !crate::stats::watching());
    dce::run(f);
    f.tight = crate::lower::dirty::tight(f, &crate::hir::order::order(f));
}
