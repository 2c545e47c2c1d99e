//! Arguments of calls and classes.

use super::node::{N, Rule, What};
use super::state::{Parser, R, Raised};
use crate::kind::Kind;

const NOT_PARENTHESIZED: &str = "Generator expression must be parenthesized";
const MEANT_COMPARISON: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";

impl Parser<'_> {
    pub(super) fn arguments(&mut self) -> R {
        self.keep(Rule::Arguments, |p| {
            let from = p.mark;
            if let Some(args) = p.args()? {
                p.ok(Kind::Comma)?;
                if p.at(&[Kind::RPar])? {
                    return Ok(Some(args));
                }
            }
            p.mark = from;
            p.check(Self::invalid_arguments)?;
            Ok(None)
        })
    }

    fn positional(&mut self) -> R {
        let from = self.mark;
        if let Some(n) = self.starred_expression()? {
            return Ok(Some(n));
        }
        if let Some(n) = self.named_or_plain()?
            && !self.at(&[Kind::Equal])?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    fn args(&mut self) -> R {
        let from = self.mark;
        if let Some(mut kids) = self.list(Self::positional)? {
            let before = self.mark;
            let mut keywords = Vec::new();
            if self.ok(Kind::Comma)?
                && let Some(all) = self.kwargs()?
            {
                keywords = all;
            } else {
                self.mark = before;
            }
            kids.extend(keywords.iter().filter(|&&k| self.what(k) == What::Starred));
            return self.make_args(from, kids, &keywords);
        }
        if let Some(keywords) = self.kwargs()? {
            let kids = keywords.iter().copied().filter(|&k| self.what(k) == What::Starred).collect();
            return self.make_args(from, kids, &keywords);
        }
        Ok(None)
    }

    fn make_args(&mut self, from: usize, kids: Vec<N>, keywords: &[N]) -> R {
        let unpacking = keywords.iter().any(|&k| self.what(k) == What::KeywordUnpacking);
        self.some(if unpacking { What::ArgsUnpacking } else { What::Args }, from, kids)
    }

    /// Keywords and starred, then keywords and double starred.
    fn kwargs(&mut self) -> Result<Option<Vec<N>>, Raised> {
        let from = self.mark;
        if let Some(mut all) = self.list(Self::kwarg_or_starred)?
            && self.ok(Kind::Comma)?
            && let Some(more) = self.list(Self::kwarg_or_double_starred)?
        {
            all.extend(more);
            return Ok(Some(all));
        }
        self.mark = from;
        if let Some(all) = self.list(Self::kwarg_or_starred)? {
            return Ok(Some(all));
        }
        self.list(Self::kwarg_or_double_starred)
    }

    pub(super) fn starred_expression(&mut self) -> R {
        let from = self.mark;
        self.check(|p| {
            if let Some(a) = p.tok(Kind::Star)?
                && p.expression()?.is_some()
                && p.ok(Kind::Equal)?
                && let Some(b) = p.expression()?
            {
                let end = p.node(b).end;
                let message = "cannot assign to iterable argument unpacking";
                return Err(p.raise_range(p.start_of(a), end, message));
            }
            Ok(())
        })?;
        if self.ok(Kind::Star)?
            && let Some(n) = self.expression()?
        {
            return self.some(What::Starred, from, vec![n]);
        }
        self.mark = from;
        self.check(|p| if p.ok(Kind::Star)? { Err(p.raise_last("Invalid star expression")) } else { Ok(()) })?;
        Ok(None)
    }

    fn keyword_argument(&mut self) -> R {
        let from = self.mark;
        self.check(Self::invalid_kwarg)?;
        if self.ok(Kind::Name)? && self.ok(Kind::Equal)? && self.expression()?.is_some() {
            return self.some(What::Keyword, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn kwarg_or_starred(&mut self) -> R {
        match self.keyword_argument()? {
            Some(n) => Ok(Some(n)),
            None => self.starred_expression(),
        }
    }

    fn kwarg_or_double_starred(&mut self) -> R {
        if let Some(n) = self.keyword_argument()? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if self.ok(Kind::DoubleStar)? && self.expression()?.is_some() {
            return self.some(What::KeywordUnpacking, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn invalid_kwarg(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        if let Some(a) = self.any(&[Kind::KwTrue, Kind::KwFalse, Kind::KwNone])?
            && let Some(b) = self.tok(Kind::Equal)?
        {
            let message = format!("cannot assign to {}", self.token_text(a));
            return Err(self.raise_range(self.start_of(a), self.end_of(b), message));
        }
        self.mark = from;
        self.generator_as_value()?;
        self.mark = from;
        let keyword = self.ok(Kind::Name)? && self.ok(Kind::Equal)?;
        self.mark = from;
        if !keyword
            && let Some(a) = self.expression()?
            && let Some(b) = self.tok(Kind::Equal)?
        {
            let start = self.node(a).start;
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            return Err(self.raise_range(start, self.end_of(b), message));
        }
        self.mark = from;
        if let Some(a) = self.tok(Kind::DoubleStar)?
            && self.expression()?.is_some()
            && self.ok(Kind::Equal)?
            && let Some(b) = self.expression()?
        {
            let end = self.node(b).end;
            return Err(self.raise_range(self.start_of(a), end, "cannot assign to keyword argument unpacking"));
        }
        Ok(())
    }

    /// `name = item for ...`.
    fn generator_as_value(&mut self) -> Result<(), Raised> {
        if let Some(a) = self.tok(Kind::Name)?
            && let Some(b) = self.tok(Kind::Equal)?
            && self.expression()?.is_some()
            && self.for_if_clauses()?.is_some()
        {
            return Err(self.raise_range(self.start_of(a), self.end_of(b), MEANT_COMPARISON));
        }
        Ok(())
    }

    fn invalid_arguments(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        self.unpacking_after_keywords()?;
        self.mark = from;
        if let Some(a) = self.expression()?
            && let Some(clauses) = self.for_if_clauses()?
            && self.ok(Kind::Comma)?
        {
            let before = self.mark;
            if self.args()?.is_none() {
                self.mark = before;
                if self.expression()?.is_none() || self.for_if_clauses()?.is_none() {
                    self.mark = before;
                }
            }
            return Err(self.raise_generator(a, &clauses));
        }
        self.mark = from;
        self.generator_as_value()?;
        self.mark = from;
        if self.args()?.is_none() || !self.ok(Kind::Comma)? {
            self.mark = from;
        }
        if let Some(a) = self.tok(Kind::Name)?
            && let Some(b) = self.tok(Kind::Equal)?
            && self.at(&[Kind::Comma, Kind::RPar])?
        {
            return Err(self.raise_range(self.start_of(a), self.end_of(b), "expected argument value expression"));
        }
        self.mark = from;
        let Some(args) = self.args()? else { return Ok(()) };
        let after = self.mark;
        if let Some(clauses) = self.for_if_clauses()? {
            let kids = self.node(args).kids.clone();
            if let [_, .., last] = kids[..] {
                return Err(self.raise_generator(last, &clauses));
            }
        }
        self.mark = after;
        if self.ok(Kind::Comma)? {
            let after = self.mark;
            if let Some(a) = self.expression()?
                && let Some(clauses) = self.for_if_clauses()?
            {
                return Err(self.raise_generator(a, &clauses));
            }
            self.mark = after;
            if self.args()?.is_some() {
                let what = if self.what(args) == What::ArgsUnpacking { " unpacking" } else { "" };
                return Err(self.raise_last(format!("positional argument follows keyword argument{what}")));
            }
        }
        Ok(())
    }

    /// `*items` after `**items`.
    fn unpacking_after_keywords(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        let both = self.list(Self::positional)?.is_some() && self.ok(Kind::Comma)? && self.kwargs()?.is_some();
        if !both {
            self.mark = from;
            if self.kwargs()?.is_none() {
                return Ok(());
            }
        }
        let item = |p: &mut Self| {
            let from = p.mark;
            if let Some(n) = p.starred_expression()?
                && !p.at(&[Kind::Equal])?
            {
                return Ok(Some(n));
            }
            p.mark = from;
            Ok(None)
        };
        if let Some(comma) = self.tok(Kind::Comma)?
            && self.list(item)?.is_some()
        {
            let start = self.start_of(comma);
            let message = "iterable argument unpacking follows keyword argument unpacking";
            return Err(self.raise_from(start, message));
        }
        Ok(())
    }

    fn raise_generator(&mut self, first: N, clauses: &[N]) -> Raised {
        let last = self.last_of_clauses(clauses).unwrap_or(first);
        self.raise_nodes(first, last, NOT_PARENTHESIZED)
    }
}
