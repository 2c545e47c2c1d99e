//! Native modules that need the interpreter: `sys`, `_imp`, `marshal`, `_warnings`' hooks.

pub mod ast_bridge;
pub mod ast_nodes;
pub mod imp;
mod marshal;
mod monitoring;
mod stages;
pub mod symtable;
pub mod sys;
mod sys_constants;
mod sys_functions;
mod sys_hooks;
mod tokenize;
mod types;
mod warnings;

pub use sys_hooks::unraisable as sys_hooks_unraisable;

/// The modules of this floor that importing finds by name.
pub static SPECS: &[&adder_object::ModuleSpec] = &[
    &ast_nodes::MODULE,
    &imp::MODULE,
    &tokenize::MODULE,
    &symtable::MODULE,
    &marshal::MODULE,
    &warnings::MODULE,
    &stages::MODULE,
    &types::MODULE,
    &types::SYSCONFIG,
];
