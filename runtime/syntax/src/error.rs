//! The error that parsing ends with.
//!
//! *Invariants*: `offset` and `end_offset` count characters from 1, as the attributes of Python's `SyntaxError` do;
//! zero and -1 appear where CPython has them.

use crate::lines::LineIndex;

/// Exception class of a [`SyntaxError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    SyntaxError,
    IndentationError,
    TabError,
    /// `_IncompleteInputError`, only under `Options::allow_incomplete_input`.
    IncompleteInput,
    /// The parser's own stack limit; has no position.
    MemoryError,
    /// The tree would be too deep for the compiler; has no position.
    RecursionError,
    /// A NUL character in a `str` source; has no position.
    ValueError,
}

/// What the caller raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub class: ErrorClass,
    pub message: String,
    pub lineno: i32,
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
    /// Source line of `lineno`, with its line end where there is one.
    pub text: Option<String>,
    /// Start (line, column) of a compound statement before the error, for `SyntaxError._metadata`.
    pub statement: Option<(u32, u32)>,
}

impl SyntaxError {
    /// An error over `start..end`, both (line, byte column).
    #[must_use]
    pub fn at(
        class: ErrorClass,
        message: impl Into<String>,
        source: &str,
        lines: &LineIndex,
        start: (u32, u32),
        end: (u32, u32),
    ) -> Self {
        let chars = |(line, col): (u32, u32)| {
            let text = lines.text(source, line);
            match text.get(..col as usize) {
                Some(before) => before.chars().count() as i32 + 1,
                None => text.chars().count() as i32 + 1 + (col as i32 - text.len() as i32),
            }
        };
        Self {
            class,
            message: message.into(),
            lineno: start.0 as i32,
            offset: chars(start),
            end_lineno: end.0 as i32,
            end_offset: chars(end),
            text: Some(lines.text(source, start.0).to_owned()),
            statement: None,
        }
    }

    /// An error without a place in the text.
    #[must_use]
    pub fn bare(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            lineno: 0,
            offset: 0,
            end_lineno: 0,
            end_offset: 0,
            text: None,
            statement: None,
        }
    }

    /// The parser ran into its nesting limit.
    #[must_use]
    pub fn too_complex() -> Self {
        Self::bare(ErrorClass::MemoryError, "Parser stack overflowed - Python source too complex to parse")
    }

    /// The tree would be deeper than the compiler can walk.
    #[must_use]
    pub fn too_deep() -> Self {
        Self::bare(ErrorClass::RecursionError, "maximum recursion depth exceeded during compilation")
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {} (line {}, offset {})", self.class, self.message, self.lineno, self.offset)
    }
}

impl std::error::Error for SyntaxError {}
