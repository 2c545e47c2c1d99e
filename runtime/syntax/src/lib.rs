//! Source text to AST and tokens: the published parser wrapped, and the SyntaxError diagnoser.
#![forbid(unsafe_code)]

pub mod asdl;
pub mod ast;
mod diagnose;
pub mod dump;
mod error;
pub mod kind;
mod limits;
mod lines;
pub mod literal;
mod lower;
mod options;
mod parse;
pub mod source;
mod tokenizer;
pub mod tokens;
mod typecomments;
mod unicode;

pub use error::{ErrorClass, SyntaxError};
pub use lines::LineIndex;
pub use options::{Mode, Options, Parsed, Warning};
pub use parse::parse;
