//! What a compilation can end with besides code: an error, and warnings on the way.
//!
//! *Invariants.* Plain data; lines and columns as CPython's SyntaxError has them (columns from 1, counted in UTF-8
//! bytes), messages in CPython 3.14's words.

use adder_syntax::ast::Loc;

/// Which exception the error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// SyntaxError with the location.
    Syntax,
    /// RecursionError.
    Recursion,
    /// SystemError: a tree that no parser makes.
    System,
    /// RuntimeError.
    Runtime,
    /// OverflowError.
    Overflow,
    /// ValueError: a tree that a program made has a field it may not have.
    Value,
    /// TypeError: as Value, a node of the wrong class.
    Type,
}

/// A compilation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Which exception.
    pub kind: ErrorKind,
    /// Its text.
    pub message: String,
    /// First line, from 1.
    pub lineno: i32,
    /// First column, from 1; 0 when unknown.
    pub col: i32,
    /// Last line.
    pub end_lineno: i32,
    /// Column after the end, from 1; 0 when unknown.
    pub end_col: i32,
}

/// A SyntaxWarning; the caller decides whether it is shown, ignored or raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Its text.
    pub message: String,
    /// First line, from 1.
    pub lineno: i32,
    /// First column, from 1.
    pub col: i32,
    /// Last line.
    pub end_lineno: i32,
    /// Column after the end, from 1.
    pub end_col: i32,
}

/// Result of a compilation step.
pub type Result<T> = std::result::Result<T, CompileError>;

impl CompileError {
    /// A SyntaxError at a node.
    pub fn syntax(message: impl Into<String>, at: Loc) -> CompileError {
        CompileError {
            kind: ErrorKind::Syntax,
            message: message.into(),
            lineno: at.lineno as i32,
            col: at.col_offset as i32 + 1,
            end_lineno: at.end_lineno as i32,
            end_col: at.end_col_offset as i32 + 1,
        }
    }

    /// An error without a place.
    pub fn plain(kind: ErrorKind, message: impl Into<String>) -> CompileError {
        CompileError { kind, message: message.into(), lineno: 0, col: 0, end_lineno: 0, end_col: 0 }
    }

    /// A tree of a shape that no parser makes.
    pub fn system(message: impl Into<String>) -> CompileError {
        CompileError::plain(ErrorKind::System, message)
    }

    /// Nesting too deep.
    pub fn recursion() -> CompileError {
        CompileError::plain(ErrorKind::Recursion, "maximum recursion depth exceeded during compilation")
    }
}

impl Warning {
    /// A warning at a node.
    pub fn new(message: impl Into<String>, at: Loc) -> Warning {
        Warning {
            message: message.into(),
            lineno: at.lineno as i32,
            col: at.col_offset as i32 + 1,
            end_lineno: at.end_lineno as i32,
            end_col: at.end_col_offset as i32 + 1,
        }
    }
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.lineno, self.col, self.message)
    }
}

impl std::error::Error for CompileError {}

/// Deepest nesting of nodes that is compiled.
pub(crate) const MAX_NESTING: u32 = 20_000;

/// Runs one level of a recursive visitor on a stack that is certain to have room for it.
pub(crate) fn deeper<T>(depth: &mut u32, visit: impl FnOnce(&mut u32) -> Result<T>) -> Result<T> {
    if *depth >= MAX_NESTING {
        return Err(CompileError::recursion());
    }
    *depth += 1;
    let result = stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || visit(depth));
    *depth -= 1;
    result
}
