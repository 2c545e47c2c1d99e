//! Compiles a syntax tree to bytecode: symbol table, emission, flow graph, assembly.
//!
//! *Reading order.* [`symtable`], `emit`, `flow`, `assemble`; [`compile`] runs them in that order.
//! *Invariants.* Input is only borrowed and output is plain data; nothing here knows the heap. Trees of any depth give
//! an error, never a stack overflow.
#![forbid(unsafe_code)]

mod assemble;
mod constants;
mod docs;
mod emit;
mod error;
mod finally;
mod flow;
mod future;
mod ir;
mod maps;
mod names;
pub mod symtable;
mod unit;
mod unparse;
mod validate;

use adder_isa::Code;
use adder_isa::code::co;
use adder_syntax::ast::Mod;

pub use error::{CompileError, ErrorKind, Warning};
pub use names::{Name, Names};
pub use symtable::{Scope, ScopeId, SymbolTable};
pub use validate::validate;

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Future features in force from outside (bits of [`co`]), for `compile(..., flags)` and `exec`.
    pub flags: u32,
    /// 0: everything; 1: no asserts and `__debug__` is false; 2: no docstrings either.
    pub optimize: u8,
    /// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
    pub top_level_await: bool,
}

/// Compiles a module, expression or interactive statement (the tree says which).
///
/// # Errors
/// What the program did wrong in CPython's words, or a tree that no parser makes.
pub fn compile(module: &Mod, filename: &str, options: Options) -> Result<(Code, Vec<Warning>), CompileError> {
    let future = future::future_features(module, options.flags)?;
    let mut warnings = Vec::new();
    finally::check(module, &mut warnings)?;
    let settings = symtable::Settings { top_level_await: options.top_level_await, optimize: options.optimize };
    let table = symtable::build(module, &future, settings)?;
    let emitter = emit::Emitter {
        table,
        units: Vec::new(),
        filename,
        future,
        inherited: future.features & co::FUTURE_MASK,
        optimize: options.optimize,
        interactive: false,
        warnings,
        quiet: 0,
        depth: 0,
    };
    emit::module(emitter, module)
}

/// Builds the symbol table alone, for the `symtable` module.
///
/// # Errors
/// What the program did wrong in CPython's words.
pub fn symbol_table(module: &Mod, flags: u32) -> Result<SymbolTable, CompileError> {
    let future = future::future_features(module, flags)?;
    symtable::build(module, &future, symtable::Settings { top_level_await: false, optimize: 0 })
}

/// An expression as source text, as annotations are kept under `from __future__ import annotations` (WTF-8).
pub fn unparse(e: &adder_syntax::ast::Expr) -> Vec<u8> {
    unparse::unparse(e)
}
