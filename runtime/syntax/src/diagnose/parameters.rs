//! Parameters of functions and lambdas; the two differ in annotations and in what ends them.

use super::node::What;
use super::state::{B, Parser, R, Raised};
use crate::kind::Kind;

impl Parser<'_> {
    /// Parameters, if there are any.
    pub(super) fn parameters_or_none(&mut self, lambda: bool) -> B {
        self.check(|p| p.invalid_parameters(lambda))?;
        let from = self.mark;
        if self.slash_no_default(lambda)? {
            self.many(|p| p.param_no_default(lambda))?;
            self.many(|p| p.param_with_default(lambda))?;
            self.star_etc(lambda)?;
            self.since(8, "Positional-only parameters are")?;
            return Ok(true);
        }
        self.mark = from;
        if self.slash_with_default(lambda)? {
            self.many(|p| p.param_with_default(lambda))?;
            self.star_etc(lambda)?;
            self.since(8, "Positional-only parameters are")?;
            return Ok(true);
        }
        self.mark = from;
        let plain = self.many(|p| p.param_no_default(lambda))?;
        let defaults = self.many(|p| p.param_with_default(lambda))?;
        let stars = self.star_etc(lambda)?;
        Ok(!plain.is_empty() || !defaults.is_empty() || stars)
    }

    fn closing(lambda: bool) -> Kind {
        if lambda { Kind::Colon } else { Kind::RPar }
    }

    fn param(&mut self, lambda: bool) -> R {
        let from = self.mark;
        if !self.ok(Kind::Name)? {
            return Ok(None);
        }
        let after = self.mark;
        if !lambda && (!self.ok(Kind::Colon)? || self.expression()?.is_none()) {
            self.mark = after;
        }
        self.some(What::Other, from, Vec::new())
    }

    /// The comma after a parameter, or the end of the parameters.
    fn param_end(&mut self, lambda: bool) -> B {
        if self.ok(Kind::Comma)? {
            if !lambda {
                self.ok(Kind::TypeComment)?;
            }
            return Ok(true);
        }
        if !lambda {
            self.ok(Kind::TypeComment)?;
        }
        self.at(&[Self::closing(lambda)])
    }

    fn param_no_default(&mut self, lambda: bool) -> R {
        let from = self.mark;
        if let Some(n) = self.param(lambda)?
            && self.param_end(lambda)?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    fn param_star_annotation(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::Name)? && self.ok(Kind::Colon)? && self.star_expression()?.is_some() {
            let n = self.make(What::Other, from, Vec::new());
            if self.param_end(false)? {
                return Ok(Some(n));
            }
        }
        self.mark = from;
        Ok(None)
    }

    fn default(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::Equal)? && self.expression()?.is_some() {
            return Ok(true);
        }
        self.mark = from;
        self.check(|p| {
            if p.ok(Kind::Equal)? && p.at(&[Kind::RPar, Kind::Comma])? {
                return Err(p.raise_at_token(from, "expected default value expression"));
            }
            Ok(())
        })?;
        Ok(false)
    }

    fn param_with_default(&mut self, lambda: bool) -> R {
        let from = self.mark;
        if let Some(n) = self.param(lambda)?
            && self.default()?
            && self.param_end(lambda)?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    fn param_maybe_default(&mut self, lambda: bool) -> R {
        let from = self.mark;
        if let Some(n) = self.param(lambda)? {
            self.default()?;
            if self.param_end(lambda)? {
                return Ok(Some(n));
            }
        }
        self.mark = from;
        Ok(None)
    }

    fn slash(&mut self, lambda: bool) -> B {
        Ok(self.ok(Kind::Slash)? && (self.ok(Kind::Comma)? || self.at(&[Self::closing(lambda)])?))
    }

    fn slash_no_default(&mut self, lambda: bool) -> B {
        let from = self.mark;
        if self.many1(|p| p.param_no_default(lambda))?.is_some() && self.slash(lambda)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn slash_with_default(&mut self, lambda: bool) -> B {
        let from = self.mark;
        self.many(|p| p.param_no_default(lambda))?;
        if self.many1(|p| p.param_with_default(lambda))?.is_some() && self.slash(lambda)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn star_etc(&mut self, lambda: bool) -> B {
        let from = self.mark;
        self.check(|p| p.invalid_star_etc(lambda))?;
        if self.ok(Kind::Star)? {
            let after = self.mark;
            let mut named = self.param_no_default(lambda)?;
            if named.is_none() && !lambda {
                named = self.param_star_annotation()?;
            }
            if named.is_some() {
                self.many(|p| p.param_maybe_default(lambda))?;
                self.kwds(lambda)?;
                return Ok(true);
            }
            self.mark = after;
            if self.ok(Kind::Comma)? && self.many1(|p| p.param_maybe_default(lambda))?.is_some() {
                self.kwds(lambda)?;
                return Ok(true);
            }
        }
        self.mark = from;
        self.kwds(lambda)
    }

    fn kwds(&mut self, lambda: bool) -> B {
        let from = self.mark;
        self.check(|p| p.invalid_kwds(lambda))?;
        if self.ok(Kind::DoubleStar)? && self.param_no_default(lambda)?.is_some() {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn invalid_kwds(&mut self, lambda: bool) -> Result<(), Raised> {
        if !self.ok(Kind::DoubleStar)? || self.param(lambda)?.is_none() {
            return Ok(());
        }
        if let Some(a) = self.tok(Kind::Equal)? {
            return Err(self.raise_at_token(a, "var-keyword argument cannot have default value"));
        }
        if self.ok(Kind::Comma)? {
            let message = "arguments cannot follow var-keyword argument";
            if let Some(a) = self.param(lambda)? {
                return Err(self.raise_node(a, message));
            }
            if let Some(a) = self.any(&[Kind::Star, Kind::DoubleStar, Kind::Slash])? {
                return Err(self.raise_at_token(a, message));
            }
        }
        Ok(())
    }

    fn invalid_star_etc(&mut self, lambda: bool) -> Result<(), Raised> {
        let Some(star) = self.tok(Kind::Star)? else { return Ok(()) };
        let after = self.mark;
        let closing = Self::closing(lambda);
        if self.any(&[closing])?.is_some()
            || (self.ok(Kind::Comma)? && self.any(&[closing, Kind::DoubleStar])?.is_some())
        {
            let message = "named arguments must follow bare *";
            return Err(if lambda { self.raise_last(message) } else { self.raise_at_token(star, message) });
        }
        self.mark = after;
        if !lambda && self.ok(Kind::Comma)? && self.ok(Kind::TypeComment)? {
            return Err(self.raise_last("bare * has associated type comment"));
        }
        self.mark = after;
        if self.param(lambda)?.is_some()
            && let Some(a) = self.tok(Kind::Equal)?
        {
            return Err(self.raise_at_token(a, "var-positional argument cannot have default value"));
        }
        self.mark = after;
        if self.param_or_comma(lambda)? {
            self.many(|p| p.param_maybe_default(lambda))?;
            if let Some(a) = self.tok(Kind::Star)?
                && self.param_or_comma(lambda)?
            {
                return Err(self.raise_at_token(a, "* argument may appear only once"));
            }
        }
        Ok(())
    }

    fn param_or_comma(&mut self, lambda: bool) -> B {
        Ok(self.param_no_default(lambda)?.is_some() || self.ok(Kind::Comma)?)
    }

    fn invalid_parameters(&mut self, lambda: bool) -> Result<(), Raised> {
        let from = self.mark;
        if self.ok(Kind::Slash)? && self.ok(Kind::Comma)? {
            return Err(self.raise_at_token(from, "at least one argument must precede /"));
        }
        self.mark = from;
        if self.any_slash(lambda)? {
            self.many(|p| p.param_maybe_default(lambda))?;
            if let Some(a) = self.tok(Kind::Slash)? {
                return Err(self.raise_at_token(a, "/ may appear only once"));
            }
        }
        self.mark = from;
        if !self.slash_no_default(lambda)? {
            self.mark = from;
        }
        self.many(|p| p.param_no_default(lambda))?;
        if (self.slash_with_default(lambda)? || self.many1(|p| p.param_with_default(lambda))?.is_some())
            && let Some(a) = self.param_no_default(lambda)?
        {
            return Err(self.raise_node(a, "parameter without a default follows parameter with a default"));
        }
        self.mark = from;
        self.many(|p| p.param_no_default(lambda))?;
        if let Some(a) = self.tok(Kind::LPar)? {
            let inner = if lambda { self.list(|p| p.param(true))? } else { self.many1(|p| p.param_no_default(false))? };
            if inner.is_some() {
                self.ok(Kind::Comma)?;
                if let Some(b) = self.tok(Kind::RPar)? {
                    let what = if lambda { "Lambda expression" } else { "Function" };
                    let message = format!("{what} parameters cannot be parenthesized");
                    return Err(self.raise_range(self.start_of(a), self.end_of(b), message));
                }
            }
        }
        self.mark = from;
        self.any_slash(lambda)?;
        self.many(|p| p.param_maybe_default(lambda))?;
        if self.ok(Kind::Star)? && (self.ok(Kind::Comma)? || self.param_no_default(lambda)?.is_some()) {
            self.many(|p| p.param_maybe_default(lambda))?;
            if let Some(a) = self.tok(Kind::Slash)? {
                return Err(self.raise_at_token(a, "/ must be ahead of *"));
            }
        }
        self.mark = from;
        if self.many1(|p| p.param_maybe_default(lambda))?.is_some()
            && self.ok(Kind::Slash)?
            && let Some(a) = self.tok(Kind::Star)?
        {
            return Err(self.raise_at_token(a, "expected comma between / and *"));
        }
        Ok(())
    }

    fn any_slash(&mut self, lambda: bool) -> B {
        Ok(self.slash_no_default(lambda)? || self.slash_with_default(lambda)?)
    }
}
