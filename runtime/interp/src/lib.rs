//! The interpreter: frames, dispatch, inline caches, unwinding, generators, import.
//!
//! Start reading at `eval` (the loop), `frame` (activation records), `code` and `function`.
#![deny(unsafe_code)]

pub mod asyncgen;
#[allow(unsafe_code)]
pub mod code;
pub mod display;
#[allow(unsafe_code)]
pub mod eval;
#[allow(unsafe_code)]
pub mod frame;
#[allow(unsafe_code)]
pub mod function;
pub mod generator;
pub mod import;
pub mod sys;
pub mod traceback;
pub mod typing;
