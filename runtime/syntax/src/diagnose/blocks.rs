//! Compound statements other than definitions and `match`.

use super::node::{Rule, What};
use super::state::{B, Parser, R, Raised};
use super::targets::Targets;
use crate::kind::Kind;

impl Parser<'_> {
    pub(super) fn compound_stmt(&mut self) -> R {
        self.fill()?;
        let from = self.mark;
        let kind = self.tokens[from].kind;
        let matched = match kind {
            Kind::KwDef => self.function_def()?,
            Kind::At => self.function_def()? || self.class_def()?,
            Kind::KwAsync => self.function_def()? || self.with_stmt()? || self.for_stmt()?,
            Kind::KwIf => self.if_stmt()?,
            Kind::KwClass => self.class_def()?,
            Kind::KwWith => self.with_stmt()?,
            Kind::KwFor => self.for_stmt()?,
            Kind::KwTry => self.try_stmt()?,
            Kind::KwWhile => self.while_stmt()?,
            _ => self.match_stmt()?,
        };
        if matched {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn block(&mut self) -> B {
        let kept = self.keep(Rule::Block, |p| {
            let from = p.mark;
            if p.ok(Kind::Newline)? && p.ok(Kind::Indent)? && p.statements()? && p.ok(Kind::Dedent)? {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            if p.simple_stmts()? {
                return p.some(What::Other, from, Vec::new());
            }
            p.check(|p| {
                if p.ok(Kind::Newline)? && !p.at(&[Kind::Indent])? {
                    return Err(p.raise_indentation("expected an indented block".to_owned()));
                }
                Ok(())
            })?;
            Ok(None)
        })?;
        Ok(kept.is_some())
    }

    /// Raises if the line ends here, where a colon is due.
    pub(super) fn missing_colon(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        if self.ok(Kind::Newline)? {
            return Err(self.raise_last("expected ':'"));
        }
        self.mark = from;
        Ok(())
    }

    /// Raises if a colon ends the line and no block follows.
    pub(super) fn missing_block(&mut self, what: &str, keyword: usize) -> Result<(), Raised> {
        let from = self.mark;
        if self.ok(Kind::Colon)? && self.ok(Kind::Newline)? && !self.at(&[Kind::Indent])? {
            let line = self.start_of(keyword).0;
            return Err(self.raise_indentation(format!("expected an indented block after {what} on line {line}")));
        }
        self.mark = from;
        Ok(())
    }

    /// `keyword named_expression` and nothing good after it.
    fn invalid_condition(&mut self, what: &str) -> Result<(), Raised> {
        let keyword = self.mark;
        self.mark += 1;
        if self.named_expression()?.is_some() {
            self.missing_colon()?;
            // The condition's line for `if`, as in CPython, where its name hides the keyword's.
            let line = if what == "'if' statement" { keyword + 1 } else { keyword };
            self.missing_block(what, line)?;
        }
        Ok(())
    }

    fn if_stmt(&mut self) -> B {
        self.check(|p| p.invalid_condition("'if' statement"))?;
        self.if_rest()
    }

    /// Condition, block and what follows; the keyword is at hand.
    fn if_rest(&mut self) -> B {
        let from = self.mark;
        self.mark += 1;
        if self.named_expression()?.is_some() && self.ok(Kind::Colon)? && self.block()? {
            let after = self.mark;
            if self.at(&[Kind::KwElif])? {
                let matched = self.deeper(|p| {
                    p.check(|p| p.invalid_condition("'elif' statement"))?;
                    let from = p.mark;
                    if p.if_rest()? { p.some(What::Other, from, Vec::new()) } else { Ok(None) }
                })?;
                if matched.is_some() {
                    return Ok(true);
                }
                self.mark = after;
            }
            self.else_block()?;
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn else_block(&mut self) -> B {
        let from = self.mark;
        self.check(|p| {
            if p.ok(Kind::KwElse)? {
                p.missing_block("'else' statement", from)?;
                if p.ok(Kind::Colon)? && p.block()? && p.ok(Kind::KwElif)? {
                    return Err(p.raise_last("'elif' block follows an 'else' block"));
                }
            }
            Ok(())
        })?;
        if self.ok(Kind::KwElse)? && self.forced(Kind::Colon)? && self.block()? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn while_stmt(&mut self) -> B {
        self.check(|p| p.invalid_condition("'while' statement"))?;
        self.mark += 1;
        if self.named_expression()?.is_some() && self.ok(Kind::Colon)? && self.block()? {
            self.else_block()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn for_stmt(&mut self) -> B {
        let from = self.mark;
        self.check(|p| {
            p.ok(Kind::KwAsync)?;
            let keyword = p.mark;
            if p.ok(Kind::KwFor)? && p.star_targets()?.is_some() && p.ok(Kind::KwIn)? && p.star_expressions()?.is_some()
            {
                p.missing_colon()?;
                p.missing_block("'for' statement", keyword)?;
            }
            Ok(())
        })?;
        let is_async = self.ok(Kind::KwAsync)?;
        if self.ok(Kind::KwFor)? && self.star_targets()?.is_some() && self.ok(Kind::KwIn)? {
            // Committed.
            if self.star_expressions()?.is_some() && self.ok(Kind::Colon)? {
                self.ok(Kind::TypeComment)?;
                if self.block()? {
                    self.else_block()?;
                    if is_async {
                        self.since(5, "Async for loops are")?;
                    }
                    return Ok(true);
                }
            }
            self.mark = from;
            return Ok(false);
        }
        self.mark = from;
        self.check(Self::invalid_for_target)?;
        Ok(false)
    }

    fn with_stmt(&mut self) -> B {
        let from = self.mark;
        self.check(|p| p.invalid_with(true))?;
        let is_async = self.ok(Kind::KwAsync)?;
        if self.ok(Kind::KwWith)? {
            let after = self.mark;
            let items = |p: &mut Self| p.list(Self::with_item);
            if self.ok(Kind::LPar)? && items(self)?.is_some() {
                self.ok(Kind::Comma)?;
                if self.ok(Kind::RPar)? && self.with_block()? {
                    return self.with_done(is_async);
                }
            }
            self.mark = after;
            if items(self)?.is_some() && self.with_block()? {
                return self.with_done(is_async);
            }
        }
        self.mark = from;
        self.check(|p| p.invalid_with(false))?;
        Ok(false)
    }

    fn with_block(&mut self) -> B {
        if !self.ok(Kind::Colon)? {
            return Ok(false);
        }
        self.ok(Kind::TypeComment)?;
        self.block()
    }

    fn with_done(&mut self, is_async: bool) -> B {
        if is_async {
            self.since(5, "Async with statements are")?;
        }
        Ok(true)
    }

    fn with_item(&mut self) -> R {
        let from = self.mark;
        let ends = [Kind::Comma, Kind::RPar, Kind::Colon];
        if self.expression()?.is_some() && self.ok(Kind::KwAs)? && self.star_target()?.is_some() && self.at(&ends)? {
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        self.check(|p| {
            if p.expression()?.is_some()
                && p.ok(Kind::KwAs)?
                && let Some(a) = p.expression()?
                && p.at(&ends)?
            {
                return p.raise_invalid_target(Targets::Star, a);
            }
            Ok(())
        })?;
        self.expression()
    }

    /// A `with` that lacks its block, or else its colon.
    fn invalid_with(&mut self, block: bool) -> Result<(), Raised> {
        self.ok(Kind::KwAsync)?;
        let keyword = self.mark;
        if !self.ok(Kind::KwWith)? {
            return Ok(());
        }
        let item = |p: &mut Self, value: fn(&mut Self) -> R| {
            let found = value(p)?;
            if found.is_some() {
                let after = p.mark;
                if !p.ok(Kind::KwAs)? || p.star_target()?.is_none() {
                    p.mark = after;
                }
            }
            Ok(found)
        };
        let finish = |p: &mut Self| {
            if block { p.missing_block("'with' statement", keyword) } else { p.missing_colon() }
        };
        if self.list(|p| item(p, Self::expression))?.is_some() {
            finish(self)?;
        }
        self.mark = keyword + 1;
        if self.ok(Kind::LPar)? && self.list(|p| item(p, Self::expressions))?.is_some() {
            self.ok(Kind::Comma)?;
            if self.ok(Kind::RPar)? {
                finish(self)?;
            }
        }
        Ok(())
    }

    fn try_stmt(&mut self) -> B {
        let from = self.mark;
        self.check(Self::invalid_try)?;
        self.mark += 1;
        if !self.forced(Kind::Colon)? || !self.block()? {
            self.mark = from;
            return Ok(false);
        }
        let after = self.mark;
        if self.finally_block()? {
            return Ok(true);
        }
        self.mark = after;
        for star in [false, true] {
            if self.many1(|p| p.except_block(star))?.is_some() {
                self.else_block()?;
                let before = self.mark;
                if !self.finally_block()? {
                    self.mark = before;
                }
                if star {
                    self.since(11, "Exception groups are")?;
                }
                return Ok(true);
            }
            self.mark = after;
        }
        self.mark = from;
        Ok(false)
    }

    fn finally_block(&mut self) -> B {
        let from = self.mark;
        self.check(|p| if p.ok(Kind::KwFinally)? { p.missing_block("'finally' statement", from) } else { Ok(()) })?;
        if self.ok(Kind::KwFinally)? && self.forced(Kind::Colon)? && self.block()? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn invalid_try(&mut self) -> Result<(), Raised> {
        let keyword = self.mark;
        self.mark += 1;
        self.missing_block("'try' statement", keyword)?;
        if !self.ok(Kind::Colon)? {
            return Ok(());
        }
        let body = self.mark;
        if self.block()? && !self.at(&[Kind::KwExcept, Kind::KwFinally])? {
            return Err(self.raise_last("expected 'except' or 'finally' block"));
        }
        let message = "cannot have both 'except' and 'except*' on the same 'try'";
        self.mark = body;
        while self.block()? {}
        let after = self.mark;
        if self.many1(|p| p.except_block(false))?.is_some()
            && let Some(a) = self.tok(Kind::KwExcept)?
            && let Some(b) = self.tok(Kind::Star)?
            && self.expression()?.is_some()
        {
            self.as_optional()?;
            if self.ok(Kind::Colon)? {
                return Err(self.raise_range(self.start_of(a), self.end_of(b), message));
            }
        }
        self.mark = after;
        if self.many1(|p| p.except_block(true))?.is_some()
            && let Some(a) = self.tok(Kind::KwExcept)?
        {
            if self.expression()?.is_some() {
                self.as_optional()?;
            }
            if self.ok(Kind::Colon)? {
                return Err(self.raise_at_token(a, message));
            }
        }
        Ok(())
    }

    /// `as NAME`, or nothing.
    fn as_optional(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::KwAs)? && self.ok(Kind::Name)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    /// `except`, or `except*` if `star`.
    fn except_block(&mut self, star: bool) -> R {
        let from = self.mark;
        if !self.at(&[Kind::KwExcept])? {
            return Ok(None);
        }
        let statement = if star { "'except*' statement" } else { "'except' statement" };
        self.check(|p| {
            if p.except_head(star)? {
                let after = p.mark;
                if p.expression()?.is_some() {
                    p.as_optional()?;
                    p.missing_block(statement, from)?;
                }
                p.mark = after;
                if !star {
                    p.missing_block(statement, from)?;
                }
            }
            Ok(())
        })?;
        if self.except_head(star)? {
            let after = self.mark;
            if self.expression()?.is_some() && self.ok(Kind::Colon)? && self.block()? {
                return self.some(What::Other, from, Vec::new());
            }
            self.mark = after;
            if self.expression()?.is_some() && self.as_optional()? && self.ok(Kind::Colon)? && self.block()? {
                return self.some(What::Other, from, Vec::new());
            }
            self.mark = after;
            if self.expressions()?.is_some() && self.ok(Kind::Colon)? && self.block()? {
                self.since(14, "except expressions without parentheses are")?;
                return self.some(What::Other, from, Vec::new());
            }
            self.mark = after;
            if !star && self.ok(Kind::Colon)? && self.block()? {
                return self.some(What::Other, from, Vec::new());
            }
        }
        self.mark = from;
        self.check(|p| p.invalid_except(star))?;
        Ok(None)
    }

    fn except_head(&mut self, star: bool) -> B {
        Ok(self.ok(Kind::KwExcept)? && (!star || self.ok(Kind::Star)?))
    }

    fn invalid_except(&mut self, star: bool) -> Result<(), Raised> {
        if !self.except_head(star)? {
            return Ok(());
        }
        let after = self.mark;
        if let Some(a) = self.expression()?
            && self.ok(Kind::Comma)?
            && self.expressions()?.is_some()
            && self.as_optional()?
            && self.ok(Kind::Colon)?
        {
            let start = self.node(a).start;
            return Err(self.raise_from(start, "multiple exception types must be parenthesized when using 'as'"));
        }
        self.mark = after;
        if self.expression()?.is_some() {
            self.as_optional()?;
            self.missing_colon()?;
        }
        self.mark = after;
        if star {
            if self.any(&[Kind::Newline, Kind::Colon])?.is_some() {
                return Err(self.raise_last("expected one or more exception types"));
            }
        } else {
            self.missing_colon()?;
        }
        if self.expression()?.is_some()
            && self.ok(Kind::KwAs)?
            && let Some(a) = self.expression()?
            && self.ok(Kind::Colon)?
            && self.block()?
        {
            let word = if star { "except*" } else { "except" };
            let name = self.name_of(a);
            return Err(self.raise_node(a, format!("cannot use {word} statement with {name}")));
        }
        Ok(())
    }
}
