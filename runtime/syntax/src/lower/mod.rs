//! The published parser's tree turned into ours.
//!
//! *Invariants*: the input tree is free of syntax errors; what can still fail is the value of a literal, or depth.
//! *Not here*: the finding of syntax errors (`diagnose/`).

mod expr;
mod function;
mod pattern;
mod stmt;
mod string;

use ruff_python_ast as r;
use ruff_text_size::{Ranged, TextRange};

use crate::ast::{Expr, Ident, Loc, MAX_DEPTH, Stmt};
use crate::error::{ErrorClass, SyntaxError};
use crate::lines::LineIndex;
use crate::options::{Options, Warning};

pub(crate) type Res<T> = Result<T, SyntaxError>;

/// State of one lowering.
pub(crate) struct Lower<'s> {
    source: &'s str,
    lines: &'s LineIndex,
    options: &'s Options,
    comments: Option<&'s crate::typecomments::TypeComments>,
    pub(crate) warnings: Vec<Warning>,
    /// Something was met that the published parser takes and CPython may not, such as a name that is none in its
    /// version of Unicode: our own parser has to look.
    pub(crate) doubtful: std::cell::Cell<bool>,
    depth: u32,
    /// Where the f-string being lowered ends.
    part_end: u32,
    /// Format specifications around the place being lowered.
    specs: u32,
}

impl<'s> Lower<'s> {
    pub(crate) fn new(
        source: &'s str,
        lines: &'s LineIndex,
        options: &'s Options,
        comments: Option<&'s crate::typecomments::TypeComments>,
    ) -> Self {
        Self {
            source,
            lines,
            options,
            comments,
            warnings: Vec::new(),
            doubtful: std::cell::Cell::new(false),
            depth: 0,
            part_end: 0,
            specs: 0,
        }
    }

    /// Statements of a module.
    pub(crate) fn module(&mut self, body: &[r::Stmt]) -> Res<Vec<Stmt>> {
        self.suite(body)
    }

    /// The expression of `eval` mode.
    pub(crate) fn expression(&mut self, body: &r::Expr) -> Res<Expr> {
        self.expr(body)
    }

    fn loc(&self, range: TextRange) -> Loc {
        self.lines.loc(range.start().to_u32(), range.end().to_u32())
    }

    fn loc_of(&self, start: u32, end: u32) -> Loc {
        self.lines.loc(start, end)
    }

    fn text(&self, start: u32, end: u32) -> &'s str {
        self.source.get(start as usize..end as usize).unwrap_or("")
    }

    /// An identifier; the normal form is made by our own tables, which are CPython's.
    fn ident(&self, name: &r::Identifier) -> Ident {
        let id = name.id.as_str();
        // A dotted name of an import may hold blanks, so its parts are normalised one by one.
        if id.is_ascii() { id.into() } else { self.foreign_name(name.range) }
    }

    fn foreign_name(&self, range: TextRange) -> Ident {
        let text = self.text(range.start().to_u32(), range.end().to_u32());
        let parts = text.split('.').map(str::trim).inspect(|part| {
            if !crate::unicode::is_identifier(part) {
                self.doubtful.set(true);
            }
        });
        let parts: Vec<Box<str>> = parts.map(crate::unicode::identifier).collect();
        parts.join(".").into()
    }

    fn opt_ident(&self, name: Option<&r::Identifier>) -> Option<Ident> {
        name.map(|n| self.ident(n))
    }

    fn error(&self, message: String, range: TextRange) -> SyntaxError {
        let start = self.lines.position(range.start().to_u32());
        let end = self.lines.position(range.end().to_u32());
        SyntaxError::at(ErrorClass::SyntaxError, message, self.source, self.lines, start, end)
    }

    fn warn(&mut self, message: String, start: u32, end: u32) {
        let loc = self.loc_of(start, end);
        self.warnings.push(Warning { message, lineno: loc.lineno, loc });
    }

    /// Runs `build` one level deeper, or refuses.
    fn nested<T>(&mut self, build: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        if self.depth >= MAX_DEPTH {
            return Err(SyntaxError::too_deep());
        }
        self.depth += 1;
        let built = build(self);
        self.depth -= 1;
        built
    }

    fn exprs(&mut self, list: &[r::Expr]) -> Res<Vec<Expr>> {
        list.iter().map(|e| self.expr(e)).collect()
    }

    fn boxed(&mut self, expr: &r::Expr) -> Res<Box<Expr>> {
        self.expr(expr).map(Box::new)
    }

    fn opt_boxed(&mut self, expr: Option<&r::Expr>) -> Res<Option<Box<Expr>>> {
        expr.map(|e| self.boxed(e)).transpose()
    }

    /// First offset at or after `from` that is neither blank, nor in a comment, nor a backslash before a line end.
    fn skip_trivia(&self, from: u32) -> u32 {
        let bytes = self.source.as_bytes();
        let mut at = from as usize;
        while let Some(&b) = bytes.get(at) {
            match b {
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' | b'\\' => at += 1,
                b'#' => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n),
                _ => break,
            }
        }
        at as u32
    }
}

fn end_of(node: &impl Ranged) -> u32 {
    node.end().to_u32()
}

fn start_of(node: &impl Ranged) -> u32 {
    node.start().to_u32()
}
