//! Entry of the parser: checks limits, runs the published parser, lowers its tree or finds the error.

use std::borrow::Cow;

use ruff_python_ast::{self as r, PythonVersion};
use ruff_python_parser::{self as published, ParseOptions};
use ruff_text_size::Ranged;

use crate::ast::Mod;
use crate::error::{ErrorClass, SyntaxError};
use crate::lines::LineIndex;
use crate::lower::{Lower, Res};
use crate::options::{Mode, Options, Parsed};
use crate::typecomments::TypeComments;

/// Parses source text whose line ends are `\n` (see [`crate::source`]).
pub fn parse(source: &str, mode: Mode, options: &Options) -> Result<Parsed, SyntaxError> {
    crate::ast::with_deep_stack(|| parse_here(source, mode, options))
}

fn parse_here(source: &str, mode: Mode, options: &Options) -> Result<Parsed, SyntaxError> {
    if source.len() >= u32::MAX as usize {
        return Err(SyntaxError::too_complex());
    }
    if crate::limits::check(source, true)? {
        if let Some(error) = crate::diagnose::diagnose(source, mode, options) {
            return Err(error);
        }
        crate::limits::check(source, false)?;
    }
    let barry = options.barry_as_bdfl || source.contains("barry_as_FLUFL");
    let modern = if barry { Cow::Owned(with_new_operators(source, mode, options)?) } else { Cow::Borrowed(source) };
    let lines = LineIndex::new(source);
    if mode == Mode::FuncType {
        return function_type(source, &lines, options);
    }
    let mut parsed = publish(&modern, mode);
    if parsed.has_syntax_errors() {
        if let Some(error) = crate::diagnose::diagnose(source, mode, options) {
            return Err(error);
        }
        // Our own parser takes it: a name in `\N{...}` is all that the published one may not know.
        parsed = publish(&without_names(&modern), mode);
        if parsed.has_syntax_errors() {
            return Err(refused(source, &lines, &parsed));
        }
    } else if (mode == Mode::Single
        || (mode == Mode::Eval && source.ends_with([' ', '\t', '\x0c']))
        || options.type_comments
        || crate::limits::mixed_indentation(source)
        || options.feature_version < 14
        || source.starts_with('\u{feff}'))
        && let Some(error) = crate::diagnose::diagnose(source, mode, options)
    {
        // The published parser knows neither the rule of one statement, nor older versions, nor type comments,
        // nor that a last line of blanks is an indentation where no line end is added.
        return Err(error);
    }
    let comments = options.type_comments.then(|| {
        let ranges = parsed.tokens().iter().filter(|t| t.kind() == r::token::TokenKind::Comment);
        TypeComments::new(source, &lines, ranges.map(|t| (t.start().to_u32(), t.end().to_u32())))
    });
    let mut lower = Lower::new(source, &lines, options, comments.as_ref());
    let lowered = module(parsed.syntax(), mode, &mut lower, comments.as_ref());
    let doubtful = lower.doubtful.get() || lowered.as_ref().is_err_and(|e| e.class == ErrorClass::SyntaxError);
    // The second parser words and places errors in literals and names as CPython does.
    if doubtful && let Some(error) = crate::diagnose::diagnose(source, mode, options) {
        return Err(error);
    }
    let mut warnings = lower.warnings;
    warnings.sort_by_key(|w| (w.loc.lineno, w.loc.col_offset));
    Ok(Parsed { ast: lowered?, warnings })
}

/// Runs the published parser.
fn publish(source: &str, mode: Mode) -> published::Parsed<r::Mod> {
    let wanted = match mode {
        Mode::Eval => published::Mode::Expression,
        _ => published::Mode::Module,
    };
    let version = PythonVersion { major: 3, minor: 14 };
    published::parse_unchecked(source, ParseOptions::from(wanted).with_target_version(version))
}

/// The source with `!=` for `<>`, which is as long and which alone the published parser takes.
fn with_new_operators(source: &str, mode: Mode, options: &Options) -> Result<String, SyntaxError> {
    let mut modern = source.to_owned();
    for at in crate::diagnose::old_not_equal(source, mode, options)? {
        modern.replace_range(at..at + 2, "!=");
    }
    Ok(modern)
}

/// The source with plain text of the same length in place of every `\N{...}`.
fn without_names(source: &str) -> String {
    let mut plain = source.to_owned();
    let mut from = 0;
    while let Some(start) = plain[from..].find("\\N{").map(|n| from + n) {
        let end = plain[start..].find('}').map_or(plain.len(), |n| start + n + 1);
        plain.replace_range(start..end, &"x".repeat(end - start));
        from = end;
    }
    plain
}

/// A function type, as in a type comment: our own parser finds the parts, which the published one then parses.
fn function_type(source: &str, lines: &LineIndex, options: &Options) -> Result<Parsed, SyntaxError> {
    let places = crate::diagnose::function_type(source, options)?;
    let mut lower = Lower::new(source, lines, options, None);
    let mut types = Vec::with_capacity(places.len());
    for (start, end) in places {
        let offset = |place: (u32, i32)| (lines.start_of(place.0) + place.1.max(0) as u32).into();
        let range = ruff_text_size::TextRange::new(offset(start), offset(end));
        let parsed = published::parse_parenthesized_expression_range(source, range).map_err(|e| {
            let place = |offset: ruff_text_size::TextSize| lines.position(offset.to_u32());
            let (start, end) = (place(e.location.start()), place(e.location.end()));
            SyntaxError::at(ErrorClass::SyntaxError, "invalid syntax", source, lines, start, end)
        })?;
        types.push(lower.expression(parsed.expr())?);
    }
    let warnings = lower.warnings;
    let Some(returns) = types.pop() else { return Err(SyntaxError::too_complex()) };
    Ok(Parsed { ast: Mod::FunctionType { argtypes: types, returns: Box::new(returns) }, warnings })
}

/// The error of a source that only the published parser refuses: keeps the place, at least.
fn refused(source: &str, lines: &LineIndex, parsed: &published::Parsed<r::Mod>) -> SyntaxError {
    let at = parsed.errors().first().map(|e| e.location);
    let at = at.or_else(|| parsed.unsupported_syntax_errors().first().map(|e| e.range)).unwrap_or_default();
    let place = |offset: ruff_text_size::TextSize| lines.position(offset.to_u32());
    SyntaxError::at(ErrorClass::SyntaxError, "invalid syntax", source, lines, place(at.start()), place(at.end()))
}

fn module(tree: &r::Mod, mode: Mode, lower: &mut Lower<'_>, comments: Option<&TypeComments>) -> Res<Mod> {
    Ok(match (tree, mode) {
        (r::Mod::Expression(e), _) => Mod::Expression { body: Box::new(lower.expression(&e.body)?) },
        (r::Mod::Module(m), Mode::Single) => Mod::Interactive { body: lower.module(&m.body)? },
        (r::Mod::Module(m), _) => {
            let type_ignores = comments.map(|c| c.ignores.clone()).unwrap_or_default();
            Mod::Module { body: lower.module(&m.body)?, type_ignores }
        }
    })
}
