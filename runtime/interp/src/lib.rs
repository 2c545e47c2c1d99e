//! The interpreter: frames, dispatch, inline caches, unwinding, generators, import.
//!
//! Start reading at `eval` (the loop), `frame` (activation records), `code` and `function`.
#![deny(unsafe_code)]
// Frames are passed as raw pointers between functions that all rely on FRAME-2: whoever passes one holds it alive.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

pub mod ast;
pub mod asyncgen;
pub mod boot;
pub mod builtin_functions;
#[allow(unsafe_code)]
pub mod code;
mod code_new;
pub mod display;
#[allow(unsafe_code)]
pub mod eval;
mod feedback;
#[allow(unsafe_code)]
pub mod frame;
mod frame_locals;
pub mod frame_object;
#[allow(unsafe_code)]
pub mod function;
pub mod generator;
pub mod import;
pub mod linecache;
pub mod modules;
#[allow(unsafe_code)]
pub mod native;
pub mod report;
pub mod source;
pub mod sys;
pub mod traceback;
pub mod tracing;
mod type_attrs;
pub mod types;
pub mod typing;
pub mod warnings;
