//! Byte offsets of a source text turned into lines and columns.
//!
//! *Invariants*: the text has only `\n` as line end; lines count from 1, columns from 0 in UTF-8 bytes.

use std::cell::Cell;

use crate::ast::Loc;

/// Start offset of every line, with a cache of the line asked for last.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
    last: Cell<usize>,
}

impl LineIndex {
    /// Sources of 4 GiB and more are refused before this is built.
    #[must_use]
    pub fn new(source: &str) -> Self {
        let mut starts = Vec::with_capacity(source.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| at as u32 + 1));
        Self { starts, len: source.len() as u32, last: Cell::new(0) }
    }

    /// Line (from 1) and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let last = self.last.get();
        let holds = |line: usize| {
            self.starts.get(line).is_some_and(|&s| s <= offset)
                && self.starts.get(line + 1).is_none_or(|&next| offset < next)
        };
        let line = if holds(last) {
            last
        } else if holds(last + 1) {
            last + 1
        } else {
            self.starts.partition_point(|&s| s <= offset).saturating_sub(1)
        };
        self.last.set(line);
        (line as u32 + 1, offset - self.starts[line])
    }

    /// Location of the bytes `start..end`.
    #[must_use]
    pub fn loc(&self, start: u32, end: u32) -> Loc {
        let (lineno, col_offset) = self.position(start);
        let (end_lineno, end_col_offset) = self.position(end);
        Loc { lineno, col_offset, end_lineno, end_col_offset }
    }

    /// Offset of the first byte of a line (from 1); the end of the text for later lines.
    #[must_use]
    pub fn start_of(&self, line: u32) -> u32 {
        (line as usize).checked_sub(1).and_then(|i| self.starts.get(i).copied()).unwrap_or(self.len)
    }

    /// Text of a line (from 1) with its line end.
    #[must_use]
    pub fn text<'s>(&self, source: &'s str, line: u32) -> &'s str {
        source.get(self.start_of(line) as usize..self.start_of(line + 1) as usize).unwrap_or("")
    }
}
