//! The method JIT: hot functions and loops become native code.
//!
//! Reading order: `tier` (when), `build` (bytecode and feedback to HIR), `hir`, `passes`, `lower` (HIR to CLIF), `code` (machine code),
//! `helpers` (what machine code calls), `exits`. Invariant: whatever runs natively leaves the same results, errors and frames as
//! the interpreter; what is not compiled goes on there.

pub mod build;
pub mod code;
pub mod debugger;
pub mod exits;
pub mod helpers;
pub mod hir;
pub mod layout;
pub mod lower;
pub mod memory;
pub mod namespaces;
pub mod options;
pub mod passes;
pub mod profilers;
mod renewal;
pub mod stats;
mod stubs;
pub mod tier;
pub mod traps;
pub mod versions;
pub mod watch;

/// Connects the tier manager with the interpreter, when the JIT is on.
pub fn install() {
    tier::install()
}

/// The program ends; its modules are about to be taken apart.
pub fn end() {
    tier::end()
}
