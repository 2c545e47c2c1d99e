//! Entry of the parser: checks limits, runs the published parser, lowers its tree or finds the error.

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
    if crate::limits::check(source)?
        && let Some(error) = crate::diagnose::diagnose(source, mode, options)
    {
        return Err(error);
    }
    let mut modern = String::new();
    let source = if options.barry_as_bdfl || source.contains("barry_as_FLUFL") {
        // The published parser takes `!=` alone, which is as long.
        modern.push_str(source);
        for at in crate::diagnose::old_not_equal(source, mode, options)? {
            modern.replace_range(at..at + 2, "!=");
        }
        &*modern
    } else {
        source
    };
    let lines = LineIndex::new(source);
    if mode == Mode::FuncType {
        return function_type(source, &lines, options);
    }
    let wanted = match mode {
        Mode::Eval => published::Mode::Expression,
        _ => published::Mode::Module,
    };
    let version = PythonVersion { major: 3, minor: 14 };
    let parse_options = ParseOptions::from(wanted).with_target_version(version);
    let parsed = published::parse_unchecked(source, parse_options);
    if parsed.has_syntax_errors() {
        return Err(refused(source, &lines, &parsed, mode, options));
    }
    // The published parser knows neither the rule of one statement nor older versions.
    if (mode == Mode::Single || options.type_comments || options.feature_version < 14 || source.starts_with('\u{feff}'))
        && let Some(error) = crate::diagnose::diagnose(source, mode, options)
    {
        return Err(error);
    }
    let comments = options.type_comments.then(|| {
        let ranges = parsed.tokens().iter().filter(|t| t.kind() == r::token::TokenKind::Comment);
        TypeComments::new(source, &lines, ranges.map(|t| (t.start().to_u32(), t.end().to_u32())))
    });
    let mut lower = Lower::new(source, &lines, options, comments.as_ref());
    let ast = match module(parsed.syntax(), mode, &mut lower, comments.as_ref()) {
        Ok(ast) => ast,
        // The second parser words and places errors in literals as CPython does.
        Err(error) if error.class == ErrorClass::SyntaxError => {
            return Err(crate::diagnose::diagnose(source, mode, options).unwrap_or(error));
        }
        Err(error) => return Err(error),
    };
    let mut warnings = lower.warnings;
    warnings.sort_by_key(|w| (w.loc.lineno, w.loc.col_offset));
    Ok(Parsed { ast, warnings })
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

/// The error of a source that the published parser refused.
fn refused(
    source: &str,
    lines: &LineIndex,
    parsed: &published::Parsed<r::Mod>,
    mode: Mode,
    options: &Options,
) -> SyntaxError {
    crate::diagnose::diagnose(source, mode, options).unwrap_or_else(|| {
        // Only if the two parsers disagree: keep the place, at least.
        let at = parsed
            .errors()
            .first()
            .map(|e| e.location)
            .or_else(|| parsed.unsupported_syntax_errors().first().map(|e| e.range));
        let at = at.unwrap_or_default();
        let place = |offset: ruff_text_size::TextSize| lines.position(offset.to_u32());
        SyntaxError::at(ErrorClass::SyntaxError, "invalid syntax", source, lines, place(at.start()), place(at.end()))
    })
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
