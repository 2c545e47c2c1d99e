//! Compiles a syntax tree to bytecode: symbol table, emission, flow graph, assembly.
#![forbid(unsafe_code)]

mod error;
mod future;
mod names;
pub mod symtable;

pub use error::{CompileError, ErrorKind, Warning};
