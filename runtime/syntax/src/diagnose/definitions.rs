//! Functions, classes and type parameters.

use super::node::{Rule, What};
use super::state::{B, Parser, R, Raised};
use crate::kind::Kind;

impl Parser<'_> {
    fn decorators(&mut self) -> B {
        let mut any = false;
        loop {
            let before = self.mark;
            if self.ok(Kind::At)? && self.named_expression()?.is_some() && self.ok(Kind::Newline)? {
                any = true;
            } else {
                self.mark = before;
                return Ok(any);
            }
        }
    }

    pub(super) fn class_def(&mut self) -> B {
        let from = self.mark;
        if self.decorators()? && self.class_def_raw()? {
            return Ok(true);
        }
        self.mark = from;
        self.class_def_raw()
    }

    fn class_def_raw(&mut self) -> B {
        let from = self.mark;
        self.check(|p| {
            if p.class_head()? {
                p.missing_colon()?;
                p.missing_block("class definition", from)?;
            }
            Ok(())
        })?;
        if self.class_head()? && self.ok(Kind::Colon)? && self.block()? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    /// `class NAME`, type parameters and bases.
    fn class_head(&mut self) -> B {
        if !self.ok(Kind::KwClass)? || !self.ok(Kind::Name)? {
            return Ok(false);
        }
        self.type_params()?;
        let after = self.mark;
        if self.ok(Kind::LPar)? {
            self.arguments()?;
            if self.ok(Kind::RPar)? {
                return Ok(true);
            }
        }
        self.mark = after;
        Ok(true)
    }

    pub(super) fn function_def(&mut self) -> B {
        let from = self.mark;
        if self.decorators()? && self.function_def_raw()? {
            return Ok(true);
        }
        self.mark = from;
        self.function_def_raw()
    }

    fn function_def_raw(&mut self) -> B {
        let from = self.mark;
        self.check(Self::invalid_def)?;
        let is_async = self.ok(Kind::KwAsync)?;
        if self.def_name()? && self.def_signature()? && self.ok(Kind::Colon)? {
            self.func_type_comment()?;
            if self.block()? {
                if is_async {
                    self.since(5, "Async functions are")?;
                }
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    fn def_name(&mut self) -> B {
        if !self.ok(Kind::KwDef)? || !self.ok(Kind::Name)? {
            return Ok(false);
        }
        self.type_params()?;
        Ok(true)
    }

    /// Parameters in parentheses and the type returned.
    fn def_signature(&mut self) -> B {
        if !self.ok(Kind::LPar)? {
            return Ok(false);
        }
        self.parameters_or_none(false)?;
        if !self.ok(Kind::RPar)? {
            return Ok(false);
        }
        let after = self.mark;
        if !self.ok(Kind::RArrow)? || self.expression()?.is_none() {
            self.mark = after;
        }
        Ok(true)
    }

    fn invalid_def(&mut self) -> Result<(), Raised> {
        self.ok(Kind::KwAsync)?;
        let keyword = self.mark;
        if self.def_name()? && self.def_signature()? {
            self.missing_block("function definition", keyword)?;
        }
        self.mark = keyword;
        if self.def_name()? {
            if !self.at(&[Kind::LPar])? {
                self.forced(Kind::LPar)?;
            }
            if self.def_signature()? {
                self.forced(Kind::Colon)?;
                self.func_type_comment()?;
                self.block()?;
            }
        }
        Ok(())
    }

    fn func_type_comment(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        if self.ok(Kind::Newline)? && self.ok(Kind::TypeComment)? {
            let after = self.mark;
            let fits = self.ok(Kind::Newline)? && self.ok(Kind::Indent)?;
            self.mark = after;
            if fits {
                return Ok(());
            }
        }
        self.mark = from;
        self.check(|p| {
            if p.ok(Kind::TypeComment)?
                && p.ok(Kind::Newline)?
                && p.ok(Kind::TypeComment)?
                && p.ok(Kind::Newline)?
                && p.ok(Kind::Indent)?
            {
                return Err(p.raise_last("Cannot have two type comments on def"));
            }
            Ok(())
        })?;
        self.ok(Kind::TypeComment)?;
        Ok(())
    }

    pub(super) fn type_params(&mut self) -> B {
        let from = self.mark;
        self.check(|p| {
            if p.ok(Kind::LSqb)?
                && let Some(close) = p.tok(Kind::RSqb)?
            {
                let start = p.start_of(close);
                return Err(p.raise_from(start, "Type parameter list cannot be empty"));
            }
            Ok(())
        })?;
        if self.ok(Kind::LSqb)? && self.list(Self::type_param)?.is_some() {
            self.ok(Kind::Comma)?;
            if self.ok(Kind::RSqb)? {
                self.since(12, "Type parameter lists are")?;
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    fn type_param(&mut self) -> R {
        self.keep(Rule::TypeParam, |p| {
            let from = p.mark;
            if p.ok(Kind::Name)? {
                let after = p.mark;
                if !p.ok(Kind::Colon)? || p.expression()?.is_none() {
                    p.mark = after;
                }
                p.type_param_default(Self::expression)?;
                return p.some(What::Other, from, Vec::new());
            }
            p.check(Self::invalid_type_param)?;
            if p.ok(Kind::Star)? && p.ok(Kind::Name)? {
                p.type_param_default(Self::star_expression)?;
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            if p.ok(Kind::DoubleStar)? && p.ok(Kind::Name)? {
                p.type_param_default(Self::expression)?;
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            Ok(None)
        })
    }

    fn type_param_default(&mut self, value: fn(&mut Self) -> R) -> Result<(), Raised> {
        let from = self.mark;
        if self.ok(Kind::Equal)? && value(self)?.is_some() {
            return self.since(13, "Type parameter defaults are");
        }
        self.mark = from;
        Ok(())
    }

    fn invalid_type_param(&mut self) -> Result<(), Raised> {
        let Some(star) = self.any(&[Kind::Star, Kind::DoubleStar])? else { return Ok(()) };
        let what = if self.tokens[star].kind == Kind::Star { "TypeVarTuple" } else { "ParamSpec" };
        if self.ok(Kind::Name)?
            && let Some(colon) = self.tok(Kind::Colon)?
            && let Some(e) = self.expression()?
        {
            let word = if self.what(e) == What::Tuple { "constraints" } else { "bound" };
            let start = self.start_of(colon);
            return Err(self.raise_from(start, format!("cannot use {word} with {what}")));
        }
        Ok(())
    }
}
