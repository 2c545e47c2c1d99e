//! The second parser: finds CPython's words and place for a source that is not valid.
//!
//! It follows CPython's way of failing: a first pass over the plain grammar that notes how far the tokens were read,
//! then a second pass in which rules for common mistakes take part, then errors of the tokenizer in the rest of the
//! source, which go before. *Invariants*: the order of alternatives is that of CPython's grammar.
//! *Not here*: trees; nodes keep only what messages need.

mod blocks;
mod calls;
mod definitions;
mod displays;
mod expressions;
mod node;
mod parameters;
mod patterns;
mod state;
mod statements;
mod strings;
mod targets;

use crate::error::{ErrorClass, SyntaxError};
use crate::kind::Kind;
use crate::options::{Mode, Options};
use crate::tokenizer::{Done, Token};
use node::Place;
use state::{Parser, R};

/// The error of a source, or `None` if this parser takes it.
pub(crate) fn diagnose(source: &str, mode: Mode, options: &Options) -> Option<SyntaxError> {
    let mut whole;
    let source = if mode == Mode::Exec && !source.ends_with('\n') {
        whole = String::with_capacity(source.len() + 1);
        whole.push_str(source);
        whole.push('\n');
        &*whole
    } else {
        source
    };
    stacker::maybe_grow(STACK, STACK, || {
        let mut parser = Parser::new(source, mode, options);
        let error = run(&mut parser);
        error.map(|e| SyntaxError { statement: Some(parser.last_stmt), ..e })
    })
}

/// Where `<>` stands for `!=` in a source that uses `barry_as_FLUFL`; or its error.
pub(crate) fn old_not_equal(source: &str, mode: Mode, options: &Options) -> Result<Vec<usize>, SyntaxError> {
    if let Some(error) = diagnose(source, mode, options) {
        return Err(error);
    }
    stacker::maybe_grow(STACK, STACK, || {
        let mut parser = Parser::new(source, mode, options);
        let _ = run(&mut parser);
        let old = |t: &&Token| t.kind == Kind::NotEqual && source[t.start..].starts_with("<>");
        Ok(parser.tokens.iter().filter(old).map(|t| t.start).collect())
    })
}

/// Places of the argument types and the return type of a `func_type` source; or its error.
pub(crate) fn function_type(source: &str, options: &Options) -> Result<Vec<(Place, Place)>, SyntaxError> {
    stacker::maybe_grow(STACK, STACK, || {
        let mut parser = Parser::new(source, Mode::FuncType, options);
        if let Ok(Some(whole)) = parser.func_type() {
            let kids = parser.node(whole).kids.clone();
            return Ok(kids.into_iter().map(|k| (parser.node(k).start, parser.node(k).end)).collect());
        }
        let mut parser = Parser::new(source, Mode::FuncType, options);
        let error = run(&mut parser).unwrap_or_else(SyntaxError::too_complex);
        Err(SyntaxError { statement: Some(parser.last_stmt), ..error })
    })
}

/// Native stack for the deepest nesting that the parser allows.
const STACK: usize = 256 << 20;

fn run(p: &mut Parser<'_>) -> Option<SyntaxError> {
    let first = p.start();
    if let Ok(Some(_)) = first {
        if p.mode == Mode::Single && bad_single(p) {
            p.raise_last("multiple statements found while compiling a single statement");
            return p.error.take();
        }
        return None;
    }
    if p.options.allow_incomplete_input && at_end(p) {
        p.error = None;
        p.raise_last("incomplete input");
        return p.error.take().map(|e| SyntaxError { class: ErrorClass::IncompleteInput, ..e });
    }
    let last = p.tokens.len().saturating_sub(1);
    if first.is_ok() {
        p.restart();
        let _ = p.start();
    }
    settle(p, last);
    p.error.take()
}

/// Chooses between the error raised, a generic one at the last token of the first pass, and those of the tokenizer in
/// the rest of the source.
fn settle(p: &mut Parser<'_>, last: usize) {
    if p.error.is_some() {
        if p.tok.done == Done::Ok {
            read_rest(p);
        }
        return;
    }
    match p.tokens.get(last).map(|t| t.kind) {
        None => {
            p.raise_last("error at start before reading any input");
        }
        Some(Kind::Indent) => {
            p.raise_indentation("unexpected indent".to_owned());
        }
        Some(Kind::Dedent) => {
            p.raise_indentation("unexpected unindent".to_owned());
        }
        _ => {
            p.raise_at_token(last, "invalid syntax");
            read_rest(p);
        }
    }
}

/// Reads on to the end: an error of the tokenizer goes before the one found.
fn read_rest(p: &mut Parser<'_>) {
    let line = p.tokens.last().map_or(0, |t| t.lineno);
    loop {
        match p.tok.get().kind {
            // What fails inside an f-string is as good as unread.
            Kind::Error if p.tok.inside_fstring() => return,
            Kind::Error => {
                if let Some(error) = p.tok.error.take() {
                    p.error = Some(error);
                } else if p.tok.parens.last().is_some_and(|open| line > open.1) {
                    p.raise_unclosed();
                }
                return;
            }
            Kind::EndMarker => return,
            _ => {}
        }
    }
}

/// Whether the first pass ended at the end of the source.
fn at_end(p: &Parser<'_>) -> bool {
    p.tok.done == Done::Eof || p.tok.ended_in_string
}

/// Whether more than blanks and comments follow a single statement.
fn bad_single(p: &Parser<'_>) -> bool {
    let mut rest = p.tok.text.get(p.tok.cur..).unwrap_or("");
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\x0c']);
        match rest.strip_prefix('#') {
            Some(comment) => rest = comment.find('\n').map_or("", |n| &comment[n..]),
            None => return !rest.is_empty(),
        }
    }
}

impl Parser<'_> {
    fn start(&mut self) -> R {
        match self.mode {
            Mode::Exec => self.file(),
            Mode::Single => self.interactive(),
            Mode::Eval => self.eval(),
            Mode::FuncType => self.func_type(),
        }
    }
}
