//! Source text to AST and tokens: the published parser wrapped, and the SyntaxError diagnoser.
#![forbid(unsafe_code)]

pub mod ast;
