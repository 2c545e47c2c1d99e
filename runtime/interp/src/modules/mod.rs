//! Native modules that need the interpreter: `sys`, `_imp`, `marshal`, `_warnings`' hooks.

pub mod imp;
pub mod sys;
mod sys_constants;
mod sys_functions;
mod sys_hooks;

pub use sys_hooks::unraisable as sys_hooks_unraisable;
