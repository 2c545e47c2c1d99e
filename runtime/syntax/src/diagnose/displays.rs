//! Lists, tuples, sets, dictionaries and comprehensions.

use super::node::{N, What};
use super::state::{Parser, R, Raised, Rs};
use super::targets::Targets;
use crate::kind::Kind;

impl Parser<'_> {
    pub(super) fn list_or_comprehension(&mut self) -> R {
        if let Some(n) = self.list_display()? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if self.ok(Kind::LSqb)?
            && self.named_expression()?.is_some()
            && self.for_if_clauses()?.is_some()
            && self.ok(Kind::RSqb)?
        {
            return self.some(What::ListComp, from, Vec::new());
        }
        self.mark = from;
        self.check(Self::invalid_comprehension)?;
        Ok(None)
    }

    pub(super) fn list_display(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LSqb)? {
            let kids = self.star_named_expressions()?.unwrap_or_default();
            if self.ok(Kind::RSqb)? {
                return self.some(What::List, from, kids);
            }
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn tuple(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LPar)? {
            let mut kids = Vec::new();
            let inner = self.mark;
            if let Some(first) = self.star_named_expression()?
                && self.ok(Kind::Comma)?
            {
                kids.push(first);
                kids.extend(self.star_named_expressions()?.unwrap_or_default());
            } else {
                self.mark = inner;
            }
            if self.ok(Kind::RPar)? {
                return self.some(What::Tuple, from, kids);
            }
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn genexp(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LPar)?
            && self.named_or_plain()?.is_some()
            && self.for_if_clauses()?.is_some()
            && self.ok(Kind::RPar)?
        {
            return self.some(What::Generator, from, Vec::new());
        }
        self.mark = from;
        self.check(Self::invalid_comprehension)?;
        Ok(None)
    }

    /// Dictionary or set, displayed or comprehended.
    pub(super) fn brace_display(&mut self) -> R {
        if let Some(n) = self.dict()? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if self.ok(Kind::LBrace)? && self.star_named_expressions()?.is_some() && self.ok(Kind::RBrace)? {
            return self.some(What::Set, from, Vec::new());
        }
        self.mark = from;
        if self.ok(Kind::LBrace)?
            && self.kvpair()?.is_some()
            && self.for_if_clauses()?.is_some()
            && self.ok(Kind::RBrace)?
        {
            return self.some(What::DictComp, from, Vec::new());
        }
        self.mark = from;
        self.check(|p| {
            if p.ok(Kind::LBrace)?
                && let Some(a) = p.tok(Kind::DoubleStar)?
                && p.bitwise_or()?.is_some()
                && p.for_if_clauses()?.is_some()
                && p.ok(Kind::RBrace)?
            {
                return Err(p.raise_at_token(a, "dict unpacking cannot be used in dict comprehension"));
            }
            Ok(())
        })?;
        if self.ok(Kind::LBrace)?
            && self.named_expression()?.is_some()
            && self.for_if_clauses()?.is_some()
            && self.ok(Kind::RBrace)?
        {
            return self.some(What::SetComp, from, Vec::new());
        }
        self.mark = from;
        self.check(Self::invalid_comprehension)?;
        Ok(None)
    }

    fn dict(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LBrace)? {
            if self.list(Self::double_starred_kvpair)?.is_some() {
                self.ok(Kind::Comma)?;
            }
            if self.ok(Kind::RBrace)? {
                return self.some(What::Dict, from, Vec::new());
            }
        }
        self.mark = from;
        // Unlike other rules for errors, CPython's for dictionaries take part in the first pass already.
        if self.ok(Kind::LBrace)? {
            self.invalid_kvpairs()?;
            self.mark = from;
        }
        Ok(None)
    }

    fn double_starred_kvpair(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::DoubleStar)? && self.bitwise_or()?.is_some() {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        self.kvpair()
    }

    fn kvpair(&mut self) -> R {
        let from = self.mark;
        if self.expression()?.is_some() && self.ok(Kind::Colon)? && self.expression()?.is_some() {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn invalid_kvpairs(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        if self.list(Self::double_starred_kvpair)?.is_some() && self.ok(Kind::Comma)? {
            let pair = self.mark;
            if let Some(a) = self.expression()?
                && !self.at(&[Kind::Colon])?
            {
                let (start, end) = (self.node(a).start, self.node(a).end);
                let message = "':' expected after dictionary key";
                return Err(self.raise_range((start.0, end.1 - 1), (end.0, -1), message));
            }
            self.mark = pair;
            self.invalid_value()?;
        }
        self.mark = from;
        self.invalid_value()
    }

    /// A key whose value is starred or missing.
    fn invalid_value(&mut self) -> Result<(), Raised> {
        if self.expression()?.is_none() {
            return Ok(());
        }
        let Some(colon) = self.tok(Kind::Colon)? else { return Ok(()) };
        let after = self.mark;
        if let Some(star) = self.tok(Kind::Star)?
            && self.bitwise_or()?.is_some()
        {
            let start = self.start_of(star);
            return Err(self.raise_from(start, "cannot use a starred expression in a dictionary value"));
        }
        self.mark = after;
        if self.at(&[Kind::RBrace, Kind::Comma])? {
            return Err(self.raise_at_token(colon, "expression expected after dictionary key and ':'"));
        }
        Ok(())
    }

    fn invalid_comprehension(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        let brackets = [Kind::LSqb, Kind::LPar, Kind::LBrace];
        if self.any(&brackets)?.is_some()
            && let Some(a) = self.starred_expression()?
            && self.for_if_clauses()?.is_some()
        {
            return Err(self.raise_node(a, "iterable unpacking cannot be used in comprehension"));
        }
        self.mark = from;
        let message = "did you forget parentheses around the comprehension target?";
        if self.any(&[Kind::LSqb, Kind::LBrace])?.is_some()
            && let Some(a) = self.star_named_expression()?
            && let Some(comma) = self.tok(Kind::Comma)?
        {
            let after = self.mark;
            if let Some(all) = self.star_named_expressions()?
                && self.for_if_clauses()?.is_some()
                && let Some(&b) = all.last()
            {
                return Err(self.raise_nodes(a, b, message));
            }
            self.mark = after;
            if self.for_if_clauses()?.is_some() {
                let start = self.node(a).start;
                return Err(self.raise_range(start, self.end_of(comma), message));
            }
        }
        Ok(())
    }

    pub(super) fn for_if_clauses(&mut self) -> Rs {
        self.many1(Self::for_if_clause)
    }

    fn for_if_clause(&mut self) -> R {
        let from = self.mark;
        let is_async = self.ok(Kind::KwAsync)?;
        if self.ok(Kind::KwFor)? && self.star_targets()?.is_some() && self.ok(Kind::KwIn)? {
            // Committed: no other way to read this is tried.
            let Some(mut last) = self.disjunction()? else {
                self.mark = from;
                return Ok(None);
            };
            loop {
                let before = self.mark;
                if self.ok(Kind::KwIf)?
                    && let Some(n) = self.disjunction()?
                {
                    last = n;
                    continue;
                }
                self.mark = before;
                break;
            }
            if is_async {
                self.since(6, "Async comprehensions are")?;
            }
            return self.some(What::Clause, from, vec![last]);
        }
        self.mark = from;
        self.check(|p| {
            p.ok(Kind::KwAsync)?;
            if p.ok(Kind::KwFor)? && p.list(Self::bitwise_or)?.is_some() {
                p.ok(Kind::Comma)?;
                if !p.at(&[Kind::KwIn])? {
                    return Err(p.raise_last("'in' expected after for-loop variables"));
                }
            }
            Ok(())
        })?;
        self.check(Self::invalid_for_target)?;
        Ok(None)
    }

    pub(super) fn invalid_for_target(&mut self) -> Result<(), Raised> {
        self.ok(Kind::KwAsync)?;
        if self.ok(Kind::KwFor)?
            && let Some(a) = self.star_expressions()?
        {
            return self.raise_invalid_target(Targets::For, a);
        }
        Ok(())
    }

    /// Last expression of the last clause.
    pub(super) fn last_of_clauses(&self, clauses: &[N]) -> Option<N> {
        clauses.last().and_then(|&c| self.node(c).kids.first().copied())
    }
}
