//! Entry of the parser: checks limits, runs the published parser, lowers its tree or finds the error.

use ruff_python_ast::{self as r, PythonVersion};
use ruff_python_parser::{self as published, ParseOptions};
use ruff_text_size::Ranged;

use crate::ast::Mod;
use crate::error::SyntaxError;
use crate::lines::LineIndex;
use crate::lower::{Lower, Res};
use crate::options::{Mode, Options, Parsed};
use crate::typecomments::TypeComments;

/// Parses source text whose line ends are `\n` (see [`crate::source`]).
pub fn parse(source: &str, mode: Mode, options: &Options) -> Result<Parsed, SyntaxError> {
    if source.len() >= u32::MAX as usize {
        return Err(SyntaxError::too_complex());
    }
    let lines = LineIndex::new(source);
    let wanted = match mode {
        Mode::Eval => published::Mode::Expression,
        _ => published::Mode::Module,
    };
    let version = PythonVersion { major: 3, minor: 14 };
    let parse_options = ParseOptions::from(wanted).with_target_version(version);
    let parsed = published::parse_unchecked(source, parse_options);
    if parsed.has_syntax_errors() {
        return Err(crate::diagnose::diagnose(source, &lines, mode, options));
    }
    let comments = options.type_comments.then(|| {
        let ranges = parsed.tokens().iter().filter(|t| t.kind() == r::token::TokenKind::Comment);
        TypeComments::new(source, &lines, ranges.map(|t| (t.start().to_u32(), t.end().to_u32())))
    });
    let mut lower = Lower::new(source, &lines, options, comments.as_ref());
    let ast = module(parsed.syntax(), mode, &mut lower, comments.as_ref())?;
    let mut warnings = lower.warnings;
    warnings.sort_by_key(|w| (w.loc.lineno, w.loc.col_offset));
    Ok(Parsed { ast, warnings })
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
