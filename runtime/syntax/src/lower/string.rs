//! String literals: plain, bytes, f- and t-strings, and their implicit concatenation.

use ruff_python_ast as r;
use ruff_text_size::{Ranged, TextRange};

use super::expr::constant;
use super::{Lower, Res, end_of, start_of};
use crate::ast::{Constant, Expr, ExprKind, Loc, Wtf8, Wtf8Builder};
use crate::literal;

/// Values of a `JoinedStr` or `TemplateStr` in the making: neighbouring texts melt into one constant.
#[derive(Default)]
struct Pieces {
    values: Vec<Expr>,
    text: Wtf8Builder,
    text_loc: Option<Loc>,
    kind: Option<Box<str>>,
}

impl Pieces {
    fn push_text(&mut self, text: &Wtf8, loc: Loc, unicode: bool) {
        self.text_loc = Some(match self.text_loc {
            Some(first) => first.to(loc),
            None => {
                self.kind = unicode.then(|| "u".into());
                loc
            }
        });
        self.text.push_wtf8(text);
    }

    fn push_value(&mut self, value: Expr) {
        self.flush();
        self.values.push(value);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if let Some(loc) = self.text_loc.take()
            && !text.is_empty()
        {
            let kind = ExprKind::Constant { value: Constant::Str(text.finish()), kind: self.kind.take() };
            self.values.push(Expr { kind, loc });
        }
    }

    fn finish(mut self) -> Vec<Expr> {
        self.flush();
        self.values
    }
}

/// Deepest nesting of format specifications with replacement fields in them.
const MAX_SPECS: u32 = 2;

/// Which node an interpolation becomes.
#[derive(Clone, Copy, PartialEq)]
enum Flavour {
    Formatted,
    Template,
}

impl Lower<'_> {
    /// Whether the literal has the prefix `u`; `U` does not count.
    fn is_unicode(&self, literal: &r::StringLiteral) -> bool {
        let start = start_of(literal);
        self.text(start, start + 1) == "u"
    }

    /// Decoded text of one plain string token.
    fn string_part(&mut self, range: TextRange) -> Res<Wtf8> {
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        let text = self.text(start, end);
        let Some(split) = literal::split_string(text) else { return Ok(Wtf8::default()) };
        if split.raw {
            return Ok(split.body.into());
        }
        let (value, invalid) =
            literal::decode_str(split.body, self.options.name_lookup).map_err(|m| self.error(m, range))?;
        if let Some(invalid) = invalid {
            self.warn_escape(invalid, text, start, end);
        }
        Ok(value)
    }

    /// The warning names the line of the escape, the error that it may become the place of the literal.
    fn warn_escape(&mut self, invalid: literal::InvalidEscape, text: &str, start: u32, end: u32) {
        let body = text.find(['\'', '"']).map_or(0, |at| at + if is_triple(&text[at..]) { 3 } else { 1 });
        let lineno = self.lines.position(start + (body + invalid.at) as u32).0;
        let loc = self.loc_of(start, end);
        self.warnings.push(crate::options::Warning { message: invalid.message, lineno, loc });
    }

    pub(super) fn string_literal(&mut self, e: &r::ExprStringLiteral) -> Res<ExprKind> {
        let parts = e.value.as_slice();
        let value = match parts {
            [only] => self.string_part(only.range)?,
            _ => {
                let mut all = Wtf8Builder::default();
                for part in parts {
                    all.push_wtf8(&self.string_part(part.range)?);
                }
                all.finish()
            }
        };
        let unicode = parts.first().is_some_and(|p| self.is_unicode(p));
        Ok(ExprKind::Constant { value: Constant::Str(value), kind: unicode.then(|| "u".into()) })
    }

    pub(super) fn bytes_literal(&mut self, e: &r::ExprBytesLiteral) -> Res<ExprKind> {
        let mut all = Vec::new();
        for part in e.value.as_slice() {
            let (start, end) = (start_of(part), end_of(part));
            let Some(split) = literal::split_string(self.text(start, end)) else { continue };
            if split.raw {
                all.extend_from_slice(split.body.as_bytes());
                continue;
            }
            let (value, invalid) = literal::decode_bytes(split.body).map_err(|m| self.error(m, part.range))?;
            all.extend_from_slice(&value);
            if let Some(invalid) = invalid {
                self.warn_escape(invalid, self.text(start, end), start, end);
            }
        }
        Ok(constant(Constant::Bytes(all.into())))
    }

    pub(super) fn fstring(&mut self, e: &r::ExprFString) -> Res<ExprKind> {
        let mut pieces = Pieces::default();
        for part in &e.value {
            match part {
                r::FStringPart::Literal(literal) => {
                    let text = self.string_part(literal.range)?;
                    let loc = self.loc(literal.range);
                    let unicode = self.is_unicode(literal);
                    pieces.push_text(&text, loc, unicode);
                }
                r::FStringPart::FString(part) => {
                    let raw = matches!(part.flags.prefix(), r::str_prefix::FStringPrefix::Raw { .. });
                    self.part(part.range, &part.elements, raw, Flavour::Formatted, &mut pieces)?;
                }
            }
        }
        Ok(ExprKind::JoinedStr { values: pieces.finish() })
    }

    pub(super) fn tstring(&mut self, e: &r::ExprTString) -> Res<ExprKind> {
        let mut pieces = Pieces::default();
        for part in e.value.as_slice() {
            let raw = matches!(part.flags.prefix(), r::str_prefix::TStringPrefix::Raw { .. });
            self.part(part.range, &part.elements, raw, Flavour::Template, &mut pieces)?;
        }
        Ok(ExprKind::TemplateStr { values: pieces.finish() })
    }

    /// One f- or t-string of an implicit concatenation.
    fn part(
        &mut self,
        range: TextRange,
        elements: &r::InterpolatedStringElements,
        raw: bool,
        flavour: Flavour,
        pieces: &mut Pieces,
    ) -> Res<()> {
        let outer = std::mem::replace(&mut self.part_end, range.end().to_u32());
        let done = self.elements(elements, raw, false, flavour, pieces);
        self.part_end = outer;
        done
    }

    fn elements(
        &mut self,
        elements: &r::InterpolatedStringElements,
        raw: bool,
        in_spec: bool,
        flavour: Flavour,
        pieces: &mut Pieces,
    ) -> Res<()> {
        for element in elements {
            match element {
                r::InterpolatedStringElement::Literal(literal) => {
                    let text = self.middle(literal.range, raw, in_spec)?;
                    // Text that comes to nothing, such as a backslash before a line end, leaves no trace.
                    if !text.is_empty() {
                        let loc = self.loc(literal.range);
                        pieces.push_text(&text, loc, false);
                    }
                }
                r::InterpolatedStringElement::Interpolation(e) => self.interpolation(e, raw, flavour, pieces)?,
            }
        }
        Ok(())
    }

    /// Decoded text between the replacement fields.
    fn middle(&mut self, range: TextRange, raw: bool, in_spec: bool) -> Res<Wtf8> {
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        let body = self.text(start, end);
        if raw {
            return Ok(if in_spec { body.into() } else { undouble_braces(body).into() });
        }
        let mut out = Wtf8Builder::default();
        for piece in brace_pieces(body, in_spec) {
            // A backslash right before a brace stands for itself; the tokenizer warns about it.
            let (piece, lone) = match piece.strip_suffix('\\') {
                Some(rest) if !ends_in_escape(rest) => (rest, true),
                _ => (piece, false),
            };
            let (value, invalid) =
                literal::decode_str(piece, self.options.name_lookup).map_err(|m| self.error(m, range))?;
            out.push_wtf8(&value);
            let piece_end = start + (piece.as_ptr() as usize - body.as_ptr() as usize + piece.len()) as u32;
            let loc = self.loc_of(start, end);
            if let Some(invalid) = invalid {
                let piece_start = piece_end - piece.len() as u32;
                let lineno =
                    if piece[invalid.at..].starts_with(['\\']) && piece[invalid.at + 1..].starts_with(['{', '}']) {
                        self.lines.position(piece_start + invalid.at as u32).0
                    } else {
                        // CPython counts the lines from the end of the literal, a slip that shows.
                        let lines_before = piece[..invalid.at].bytes().filter(|&b| b == b'\n').count() as u32;
                        self.lines.position(if in_spec { piece_end } else { self.part_end }).0 + lines_before
                    };
                self.warnings.push(crate::options::Warning { message: invalid.message, lineno, loc });
            }
            if lone {
                let next = self.source[end as usize..].chars().next().filter(|c| "{}".contains(*c)).unwrap_or('{');
                let message = literal::invalid_escape_message(next);
                let lineno = self.lines.position(piece_end).0;
                self.warnings.push(crate::options::Warning { message, lineno, loc });
                out.push_code(0x5c);
            }
        }
        Ok(out.finish())
    }

    fn interpolation(
        &mut self,
        e: &r::InterpolatedElement,
        raw: bool,
        flavour: Flavour,
        pieces: &mut Pieces,
    ) -> Res<()> {
        let value = self.boxed(&e.expression)?;
        let inner_start = start_of(e) + 1;
        if let Some(debug) = &e.debug_text {
            let text = debug.as_str();
            let loc = self.loc_of(inner_start, inner_start + text.len() as u32);
            pieces.push_text(&strip_comments(text).as_str().into(), loc, false);
        }
        let mut conversion = e.conversion as i32;
        if conversion < 0 && e.debug_text.is_some() && e.format_spec.is_none() {
            conversion = i32::from(b'r');
        }
        let format_spec = match &e.format_spec {
            None => None,
            Some(spec) => {
                let mut inner = Pieces::default();
                if self.specs >= MAX_SPECS && spec.elements.interpolations().next().is_some() {
                    return Err(self.error("f-string: expressions nested too deeply".to_owned(), e.range()));
                }
                self.specs += 1;
                self.elements(&spec.elements, raw, true, Flavour::Formatted, &mut inner)?;
                self.specs -= 1;
                // The node starts at the colon, the published parser's after it.
                let mut start = start_of(&**spec);
                if self.text(start, start + 1) != ":" || self.text(start.saturating_sub(1), start) == ":" {
                    start = start.saturating_sub(1);
                }
                let loc = self.loc_of(start, end_of(&**spec));
                Some(Box::new(Expr { kind: ExprKind::JoinedStr { values: inner.finish() }, loc }))
            }
        };
        let loc = self.loc(e.range());
        let kind = match flavour {
            Flavour::Formatted => ExprKind::FormattedValue { value, conversion, format_spec },
            Flavour::Template => {
                let text = self.interpolation_text(e, inner_start);
                ExprKind::Interpolation { value, str: Constant::Str(text.as_str().into()), conversion, format_spec }
            }
        };
        pieces.push_value(Expr { kind, loc });
        Ok(())
    }

    /// Source of a t-string's expression: from the brace up to `=`, `!`, `:` or the closing brace.
    fn interpolation_text(&self, e: &r::InterpolatedElement, start: u32) -> String {
        let mut end = end_of(&*e.expression);
        loop {
            end = self.skip_trivia(end);
            match self.text(end, end + 1) {
                ")" | "," => end += 1,
                _ => break,
            }
        }
        strip_comments(self.text(start, end))
    }
}

fn is_triple(text: &str) -> bool {
    text.starts_with("\"\"\"") || text.starts_with("'''")
}

/// Whether the text ends inside an escape: an odd number of backslashes.
fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1
}

/// `{{` and `}}` reduced to one brace.
fn undouble_braces(body: &str) -> String {
    body.replace("{{", "{").replace("}}", "}")
}

/// Cuts after the first of two doubled braces and drops the second; `\N{...}` stays whole.
fn brace_pieces(body: &str, in_spec: bool) -> Vec<&str> {
    if in_spec || !body.contains(['{', '}']) {
        return vec![body];
    }
    let bytes = body.as_bytes();
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes.get(at + 1) == Some(&b'N') && bytes.get(at + 2) == Some(&b'{') => {
                at = memchr::memchr(b'}', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            }
            b'\\' if !matches!(bytes.get(at + 1), Some(b'{' | b'}')) => at += 2,
            b'{' | b'}' if bytes.get(at + 1) == Some(&bytes[at]) => {
                pieces.push(&body[from..=at]);
                at += 2;
                from = at;
            }
            _ => at += 1,
        }
    }
    pieces.push(&body[from..]);
    pieces
}

/// The text without its comments, which end at the line's end.
fn strip_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(q)) if q == c => quote = None,
            ('#', None) => {
                if chars.any(|c| c == '\n') {
                    out.push('\n');
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}
