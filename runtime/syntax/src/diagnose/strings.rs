//! String literals, f- and t-strings.

use super::node::{N, Rule, What};
use super::state::{B, Parser, R, Raised};
use crate::kind::Kind;
use crate::literal;

impl Parser<'_> {
    pub(super) fn strings(&mut self) -> R {
        self.keep(Rule::Strings, |p| {
            let from = p.mark;
            p.check(Self::invalid_mix)?;
            if let Some(all) = p.many1(Self::string_or_fstring)? {
                return p.concatenate(from, &all);
            }
            if p.many1(Self::tstring)?.is_some() {
                return p.some(What::TString, from, Vec::new());
            }
            Ok(None)
        })
    }

    fn invalid_mix(&mut self) -> Result<(), Raised> {
        let message = "cannot mix t-string literals with string or bytes literals";
        let from = self.mark;
        if let Some(all) = self.many1(Self::string_or_fstring)?
            && let Some(b) = self.tstring()?
            && let Some(&a) = all.last()
        {
            return Err(self.raise_nodes(a, b, message));
        }
        self.mark = from;
        if let Some(all) = self.many1(Self::tstring)?
            && let Some(b) = self.string_or_fstring()?
            && let Some(&a) = all.last()
        {
            return Err(self.raise_nodes(a, b, message));
        }
        Ok(())
    }

    fn concatenate(&mut self, from: usize, all: &[N]) -> R {
        let bytes = all.iter().filter(|&&n| self.what(n) == What::Bytes).count();
        if bytes != 0 && bytes != all.len() {
            return Err(self.raise_last("cannot mix bytes and nonbytes literals"));
        }
        let formatted = all.iter().any(|&n| self.what(n) == What::FString);
        let what = if formatted { What::FString } else { What::Literal };
        self.some(what, from, Vec::new())
    }

    fn string_or_fstring(&mut self) -> R {
        if let Some(n) = self.fstring(Kind::FStringStart)? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if !self.ok(Kind::String)? {
            return Ok(None);
        }
        let bytes = self.check_string(from)?;
        self.some(if bytes { What::Bytes } else { What::Literal }, from, Vec::new())
    }

    /// Decodes a string token for the errors in it; says whether it is of bytes.
    fn check_string(&mut self, at: usize) -> B {
        let Some(split) = literal::split_string(self.token_text(at)) else { return Ok(false) };
        if split.bytes && !split.body.is_ascii() {
            return Err(self.raise_at_token(at, "bytes can only contain ASCII literal characters"));
        }
        if split.raw {
            return Ok(split.bytes);
        }
        let failed = if split.bytes {
            literal::decode_bytes(split.body).err()
        } else {
            literal::decode_str(split.body, self.options.name_lookup).err()
        };
        match failed {
            None => Ok(split.bytes),
            Some(message) => Err(self.raise_last(message)),
        }
    }

    fn tstring(&mut self) -> R {
        self.keep(Rule::TString, |p| {
            let found = p.fstring(Kind::TStringStart)?;
            if found.is_some() {
                p.since(14, "t-strings are")?;
            }
            Ok(found)
        })
    }

    /// An f-string, or a t-string if `start` begins one.
    fn fstring(&mut self, start: Kind) -> R {
        let from = self.mark;
        if !self.ok(start)? {
            return Ok(None);
        }
        let template = start == Kind::TStringStart;
        let (middle, end) =
            if template { (Kind::TStringMiddle, Kind::TStringEnd) } else { (Kind::FStringMiddle, Kind::FStringEnd) };
        let raw = self.token_text(from).contains(['r', 'R']);
        let mut texts = Vec::new();
        loop {
            if let Some(at) = self.tok(middle)? {
                texts.push(at);
            } else if self.replacement_field(template)?.is_none() {
                break;
            }
        }
        if self.ok(end)? {
            if !raw {
                for at in texts {
                    self.check_middle(at)?;
                }
            }
            return self.some(if template { What::TString } else { What::FString }, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn check_middle(&mut self, at: usize) -> Result<(), Raised> {
        let text = self.token_text(at);
        let odd = text.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1;
        let text = if odd { &text[..text.len() - 1] } else { text };
        match literal::decode_str(text, self.options.name_lookup) {
            Ok(_) => Ok(()),
            Err(message) => Err(self.raise_at_token(at, message)),
        }
    }

    fn replacement_field(&mut self, template: bool) -> R {
        let from = self.mark;
        if !self.at(&[Kind::LBrace])? {
            return Ok(None);
        }
        let matched = self.deeper(|p| {
            if p.field_head()? && p.conversion(template)? {
                p.format_spec(template)?;
                if p.ok(Kind::RBrace)? {
                    return p.some(What::Other, from, Vec::new());
                }
            }
            Ok(None)
        })?;
        if matched.is_some() {
            return Ok(matched);
        }
        self.mark = from;
        let letter = if template { 't' } else { 'f' };
        self.check(|p| p.invalid_field(letter))?;
        Ok(None)
    }

    /// The brace, the expression and perhaps an equals sign.
    fn field_head(&mut self) -> B {
        if !self.ok(Kind::LBrace)? || self.annotated_rhs()?.is_none() {
            return Ok(false);
        }
        self.ok(Kind::Equal)?;
        Ok(true)
    }

    /// `!r` or nothing; always matches.
    fn conversion(&mut self, template: bool) -> B {
        let from = self.mark;
        if let Some(mark) = self.tok(Kind::Exclamation)?
            && let Some(name) = self.tok(Kind::Name)?
        {
            let letter = if template { 't' } else { 'f' };
            let (start, end) = (self.start_of(mark), self.end_of(name));
            if self.tokens[mark].end != self.tokens[name].start {
                let message = format!("{letter}-string: conversion type must come right after the exclamation mark");
                return Err(self.raise_range(start, end, message));
            }
            let text = self.token_text(name);
            if !matches!(text, "s" | "r" | "a") {
                let text = crate::unicode::identifier(text);
                let message =
                    format!("{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
                return Err(self.raise_at_token(name, message));
            }
            return Ok(true);
        }
        self.mark = from;
        Ok(true)
    }

    /// `:` and the format, or nothing.
    fn format_spec(&mut self, template: bool) -> Result<(), Raised> {
        if self.ok(Kind::Colon)? {
            self.spec_items(template)?;
        }
        Ok(())
    }

    fn spec_items(&mut self, template: bool) -> Result<(), Raised> {
        let middle = if template { Kind::TStringMiddle } else { Kind::FStringMiddle };
        loop {
            if let Some(at) = self.tok(middle)? {
                self.check_middle(at)?;
            } else if self.replacement_field(template)?.is_none() {
                return Ok(());
            }
        }
    }

    fn invalid_field(&mut self, letter: char) -> Result<(), Raised> {
        let brace = self.mark;
        self.mark += 1;
        if let Some(a) = self.any(&[Kind::Equal, Kind::Exclamation, Kind::Colon, Kind::RBrace])? {
            let text = self.token_text(a);
            return Err(self.raise_at_token(a, format!("{letter}-string: valid expression required before '{text}'")));
        }
        if !self.ahead(Self::annotated_rhs)? {
            return Err(self.raise_next(format!("{letter}-string: expecting a valid expression after '{{'")));
        }
        self.annotated_rhs()?;
        if !self.at(&[Kind::Equal, Kind::Exclamation, Kind::Colon, Kind::RBrace])? {
            return Err(self.raise_next(format!("{letter}-string: expecting '=', or '!', or ':', or '}}'")));
        }
        if self.ok(Kind::Equal)? && !self.at(&[Kind::Exclamation, Kind::Colon, Kind::RBrace])? {
            return Err(self.raise_next(format!("{letter}-string: expecting '!', or ':', or '}}'")));
        }
        let before = self.mark;
        if self.ok(Kind::Exclamation)? {
            if self.at(&[Kind::Colon, Kind::RBrace])? {
                return Err(self.raise_next(format!("{letter}-string: missing conversion character")));
            }
            if !self.at(&[Kind::Name])? {
                return Err(self.raise_next(format!("{letter}-string: invalid conversion character")));
            }
        }
        self.mark = before;
        if !self.ok(Kind::Exclamation)? || !self.ok(Kind::Name)? {
            self.mark = before;
        }
        if !self.at(&[Kind::Colon, Kind::RBrace])? {
            return Err(self.raise_next(format!("{letter}-string: expecting ':' or '}}'")));
        }
        let after = self.mark;
        if self.ok(Kind::Colon)? {
            // For t-strings too CPython looks for the text of f-strings here.
            self.spec_items(false)?;
            if !self.at(&[Kind::RBrace])? {
                return Err(self.raise_next(format!("{letter}-string: expecting '}}', or format specs")));
            }
        }
        self.mark = after;
        if !self.at(&[Kind::RBrace])? {
            return Err(self.raise_next(format!("{letter}-string: expecting '}}'")));
        }
        self.mark = brace;
        Ok(())
    }
}
