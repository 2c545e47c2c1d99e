//! `match` statements and their patterns.

use super::node::{Rule, What};
use super::state::{B, Parser, R, Raised, Rs};
use crate::kind::Kind;

impl Parser<'_> {
    pub(super) fn match_stmt(&mut self) -> B {
        let from = self.mark;
        if self.soft("match")?.is_some()
            && self.subject_expr()?
            && self.ok(Kind::Colon)?
            && self.ok(Kind::Newline)?
            && self.ok(Kind::Indent)?
            && self.many1(Self::case_block)?.is_some()
            && self.ok(Kind::Dedent)?
        {
            self.since(10, "Pattern matching is")?;
            return Ok(true);
        }
        self.mark = from;
        self.check(|p| {
            if p.soft("match")?.is_some() && p.subject_expr()? {
                p.missing_colon()?;
                p.missing_block("'match' statement", from)?;
            }
            Ok(())
        })?;
        Ok(false)
    }

    fn subject_expr(&mut self) -> B {
        let from = self.mark;
        if self.star_named_expression()?.is_some() && self.ok(Kind::Comma)? {
            self.star_named_expressions()?;
            return Ok(true);
        }
        self.mark = from;
        Ok(self.named_expression()?.is_some())
    }

    fn case_head(&mut self) -> B {
        if self.soft("case")?.is_none() || self.patterns()?.is_none() {
            return Ok(false);
        }
        let after = self.mark;
        if !self.ok(Kind::KwIf)? || self.named_expression()?.is_none() {
            self.mark = after;
        }
        Ok(true)
    }

    fn case_block(&mut self) -> R {
        let from = self.mark;
        self.check(|p| {
            if p.case_head()? {
                p.missing_colon()?;
                p.missing_block("'case' statement", from)?;
            }
            Ok(())
        })?;
        if self.case_head()? && self.ok(Kind::Colon)? && self.block()? {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn patterns(&mut self) -> R {
        let from = self.mark;
        if self.open_sequence_pattern()? {
            return self.some(What::Other, from, Vec::new());
        }
        self.pattern()
    }

    fn pattern(&mut self) -> R {
        let from = self.mark;
        if self.or_pattern()?.is_some() && self.ok(Kind::KwAs)? && self.capture_target()?.is_some() {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        self.check(|p| {
            if p.or_pattern()?.is_some() && p.ok(Kind::KwAs)? {
                if let Some(a) = p.soft("_")? {
                    return Err(p.raise_at_token(a, "cannot use '_' as a target"));
                }
                if let Some(a) = p.expression()? {
                    let name = p.name_of(a);
                    return Err(p.raise_node(a, format!("cannot use {name} as pattern target")));
                }
            }
            Ok(())
        })?;
        self.or_pattern()
    }

    fn or_pattern(&mut self) -> R {
        let from = self.mark;
        let Some(all) = self.separated(Kind::VBar, Self::closed_pattern)? else { return Ok(None) };
        if let [only] = all[..] { Ok(Some(only)) } else { self.some(What::Other, from, Vec::new()) }
    }

    fn closed_pattern(&mut self) -> R {
        self.keep(Rule::ClosedPattern, |p| {
            let from = p.mark;
            if p.literal_pattern()?
                || p.capture_target()?.is_some()
                || p.soft("_")?.is_some()
                || p.value_pattern()?
                || p.group_pattern()?
                || p.sequence_pattern()?
                || p.mapping_pattern()?
                || p.class_pattern()?
            {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            Ok(None)
        })
    }

    fn literal_pattern(&mut self) -> B {
        if self.number_pattern()? {
            return Ok(true);
        }
        if self.at(&[Kind::String, Kind::FStringStart, Kind::TStringStart])? && self.strings()?.is_some() {
            return Ok(true);
        }
        Ok(self.any(&[Kind::KwNone, Kind::KwTrue, Kind::KwFalse])?.is_some())
    }

    /// A signed number, or a complex one as a sum.
    fn number_pattern(&mut self) -> B {
        let from = self.mark;
        if self.signed_number()? && !self.at(&[Kind::Plus, Kind::Minus])? {
            return Ok(true);
        }
        self.mark = from;
        if self.signed_number()? {
            let real = self.mark - 1;
            if self.is_imaginary(real) {
                return Err(self.raise_at_token(real, "real number required in complex literal"));
            }
            if self.any(&[Kind::Plus, Kind::Minus])?.is_some()
                && let Some(imag) = self.tok(Kind::Number)?
            {
                if !self.is_imaginary(imag) {
                    return Err(self.raise_at_token(imag, "imaginary number required in complex literal"));
                }
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    fn is_imaginary(&self, token: usize) -> bool {
        self.token_text(token).ends_with(['j', 'J'])
    }

    fn signed_number(&mut self) -> B {
        let from = self.mark;
        self.any(&[Kind::Plus, Kind::Minus])?;
        if self.ok(Kind::Number)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn capture_target(&mut self) -> R {
        let from = self.mark;
        if self.soft("_")?.is_none()
            && let Some(n) = self.name()?
            && !self.at(&[Kind::Dot, Kind::LPar, Kind::Equal])?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    fn value_pattern(&mut self) -> B {
        let from = self.mark;
        if self.attr()?.is_some() && !self.at(&[Kind::Dot, Kind::LPar, Kind::Equal])? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    /// Two names or more with dots between.
    fn attr(&mut self) -> R {
        self.keep(Rule::Attr, |p| {
            let from = p.mark;
            let mut found = None;
            if p.name()?.is_some() {
                loop {
                    let before = p.mark;
                    if p.ok(Kind::Dot)? && p.ok(Kind::Name)? {
                        found = Some(p.make(What::Attribute, from, Vec::new()));
                    } else {
                        p.mark = before;
                        break;
                    }
                }
            }
            if found.is_none() {
                p.mark = from;
            }
            Ok(found)
        })
    }

    fn name_or_attr(&mut self) -> R {
        match self.attr()? {
            Some(n) => Ok(Some(n)),
            None => self.name(),
        }
    }

    fn group_pattern(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::LPar)? && self.deeper(Self::pattern)?.is_some() && self.ok(Kind::RPar)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn sequence_pattern(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::LSqb)? {
            self.maybe_sequence_pattern()?;
            if self.ok(Kind::RSqb)? {
                return Ok(true);
            }
        }
        self.mark = from;
        if self.ok(Kind::LPar)? {
            self.open_sequence_pattern()?;
            if self.ok(Kind::RPar)? {
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    fn open_sequence_pattern(&mut self) -> B {
        let from = self.mark;
        if self.maybe_star_pattern()?.is_some() && self.ok(Kind::Comma)? {
            self.maybe_sequence_pattern()?;
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn maybe_sequence_pattern(&mut self) -> B {
        if self.list(Self::maybe_star_pattern)?.is_none() {
            return Ok(false);
        }
        self.ok(Kind::Comma)?;
        Ok(true)
    }

    fn maybe_star_pattern(&mut self) -> R {
        let star = self.keep(Rule::StarPattern, |p| {
            let from = p.mark;
            if p.ok(Kind::Star)? && (p.capture_target()?.is_some() || p.soft("_")?.is_some()) {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            Ok(None)
        })?;
        match star {
            Some(n) => Ok(Some(n)),
            None => self.pattern(),
        }
    }

    fn mapping_pattern(&mut self) -> B {
        let from = self.mark;
        if !self.ok(Kind::LBrace)? {
            return Ok(false);
        }
        let after = self.mark;
        if self.ok(Kind::RBrace)? {
            return Ok(true);
        }
        if self.double_star_pattern()? {
            self.ok(Kind::Comma)?;
            if self.ok(Kind::RBrace)? {
                return Ok(true);
            }
        }
        self.mark = after;
        if self.list(Self::key_value_pattern)?.is_some() {
            let items = self.mark;
            if self.ok(Kind::Comma)? && self.double_star_pattern()? {
                self.ok(Kind::Comma)?;
                if self.ok(Kind::RBrace)? {
                    return Ok(true);
                }
            }
            self.mark = items;
            self.ok(Kind::Comma)?;
            if self.ok(Kind::RBrace)? {
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    fn double_star_pattern(&mut self) -> B {
        Ok(self.ok(Kind::DoubleStar)? && self.capture_target()?.is_some())
    }

    fn key_value_pattern(&mut self) -> R {
        let from = self.mark;
        let key = self.literal_pattern()? || self.attr()?.is_some();
        if key && self.ok(Kind::Colon)? && self.deeper(Self::pattern)?.is_some() {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn class_pattern(&mut self) -> B {
        let from = self.mark;
        if self.name_or_attr()?.is_some() && self.ok(Kind::LPar)? {
            let after = self.mark;
            if self.ok(Kind::RPar)? {
                return Ok(true);
            }
            if self.positional_patterns()?.is_some() {
                let positional = self.mark;
                self.ok(Kind::Comma)?;
                if self.ok(Kind::RPar)? {
                    return Ok(true);
                }
                self.mark = positional;
                if self.ok(Kind::Comma)? && self.keyword_patterns_end()? {
                    return Ok(true);
                }
            }
            self.mark = after;
            if self.keyword_patterns_end()? {
                return Ok(true);
            }
        }
        self.mark = from;
        self.check(Self::invalid_class_pattern)?;
        Ok(false)
    }

    fn keyword_patterns_end(&mut self) -> B {
        if self.list(Self::keyword_pattern)?.is_none() {
            return Ok(false);
        }
        self.ok(Kind::Comma)?;
        self.ok(Kind::RPar)
    }

    fn positional_patterns(&mut self) -> Rs {
        self.list(|p| p.deeper(Self::pattern))
    }

    fn keyword_pattern(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::Name)? && self.ok(Kind::Equal)? && self.deeper(Self::pattern)?.is_some() {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn invalid_class_pattern(&mut self) -> Result<(), Raised> {
        if self.name_or_attr()?.is_none() || !self.ok(Kind::LPar)? {
            return Ok(());
        }
        let after = self.mark;
        if self.positional_patterns()?.is_none() || !self.ok(Kind::Comma)? {
            self.mark = after;
        }
        if self.list(Self::keyword_pattern)?.is_some()
            && self.ok(Kind::Comma)?
            && let Some(all) = self.positional_patterns()?
            && let Some((first, last)) = Self::ends(&all)
        {
            return Err(self.raise_nodes(first, last, "positional patterns follow keyword patterns"));
        }
        Ok(())
    }
}
