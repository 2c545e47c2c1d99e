//! Starting rules and simple statements.

use super::node::{N, Rule, What};
use super::state::{B, Parser, R, Raised};
use super::targets::Targets;
use crate::kind::Kind;
use crate::tokenizer::Token;

const AUGMENTED: [Kind; 13] = [
    Kind::PlusEqual,
    Kind::MinusEqual,
    Kind::StarEqual,
    Kind::AtEqual,
    Kind::SlashEqual,
    Kind::PercentEqual,
    Kind::AmperEqual,
    Kind::VBarEqual,
    Kind::CircumflexEqual,
    Kind::LeftShiftEqual,
    Kind::RightShiftEqual,
    Kind::DoubleStarEqual,
    Kind::DoubleSlashEqual,
];

impl Parser<'_> {
    pub(super) fn file(&mut self) -> R {
        self.statements()?;
        if self.ok(Kind::EndMarker)? { self.some(What::Other, 0, Vec::new()) } else { Ok(None) }
    }

    pub(super) fn interactive(&mut self) -> R {
        let from = self.mark;
        if self.compound_stmt()?.is_some() {
            self.registered(from);
            if self.ok(Kind::Newline)? {
                return self.some(What::Other, from, Vec::new());
            }
        }
        self.mark = from;
        if self.simple_stmts()? || self.ok(Kind::Newline)? {
            return self.some(What::Other, from, Vec::new());
        }
        if self.ok(Kind::EndMarker)? {
            // Only blanks and comments: the interactive loop takes that for the end of input.
            return Ok(None);
        }
        Ok(None)
    }

    pub(super) fn eval(&mut self) -> R {
        let from = self.mark;
        if self.expressions()?.is_some() {
            while self.ok(Kind::Newline)? {}
            if self.ok(Kind::EndMarker)? {
                return self.some(What::Other, from, Vec::new());
            }
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn func_type(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LPar)? {
            let mut kids = self.type_expressions()?;
            if self.ok(Kind::RPar)?
                && self.ok(Kind::RArrow)?
                && let Some(returns) = self.expression()?
            {
                kids.push(returns);
                while self.ok(Kind::Newline)? {}
                if self.ok(Kind::EndMarker)? {
                    return self.some(What::Other, from, kids);
                }
            }
        }
        self.mark = from;
        Ok(None)
    }

    /// Types of arguments; stars are allowed before the last two and mean nothing.
    fn type_expressions(&mut self) -> Result<Vec<N>, Raised> {
        let mut before = self.mark;
        let mut kids = self.list(Self::expression)?.unwrap_or_default();
        if !kids.is_empty() {
            before = self.mark;
            if !self.ok(Kind::Comma)? {
                return Ok(kids);
            }
        }
        if self.ok(Kind::Star)?
            && let Some(n) = self.expression()?
        {
            kids.push(n);
            before = self.mark;
            if !self.ok(Kind::Comma)? {
                return Ok(kids);
            }
        }
        if self.ok(Kind::DoubleStar)?
            && let Some(n) = self.expression()?
        {
            kids.push(n);
            return Ok(kids);
        }
        self.mark = before;
        Ok(kids)
    }

    pub(super) fn statements(&mut self) -> B {
        let mut any = false;
        while self.statement()? {
            any = true;
        }
        Ok(any)
    }

    fn statement(&mut self) -> B {
        let from = self.mark;
        if self.compound_stmt()?.is_some() {
            self.registered(from);
            return Ok(true);
        }
        self.simple_stmts()
    }

    /// Notes where the compound statement starts that starts last; functions do not count, as in CPython, whose
    /// rule for errors in them hides their place.
    fn registered(&mut self, from: usize) {
        if !self.invalid {
            return;
        }
        let heads = [Kind::KwDef, Kind::KwClass, Kind::KwAsync];
        let mut at = from;
        if self.tokens[from].kind == Kind::At {
            let head = |t: &Token| t.level == 0 && heads.contains(&t.kind);
            at += self.tokens[from..].iter().position(head).unwrap_or(0);
        }
        let kind = |at: usize| self.tokens.get(at).map(|t| t.kind);
        let function = kind(at) == Some(Kind::KwDef) || kind(at + 1) == Some(Kind::KwDef);
        let (line, col) = self.start_of(at);
        if !function && line > self.last_stmt.0 {
            self.last_stmt = (line, col.max(0) as u32);
        }
    }

    pub(super) fn simple_stmts(&mut self) -> B {
        let from = self.mark;
        if self.simple_stmt()?.is_some() && !self.at(&[Kind::Semi])? && self.ok(Kind::Newline)? {
            return Ok(true);
        }
        self.mark = from;
        if self.separated(Kind::Semi, Self::simple_stmt)?.is_some() {
            self.ok(Kind::Semi)?;
            if self.ok(Kind::Newline)? {
                return Ok(true);
            }
        }
        self.mark = from;
        Ok(false)
    }

    pub(super) fn simple_stmt(&mut self) -> R {
        self.keep(Rule::SimpleStmt, |p| {
            let from = p.mark;
            if p.assignment()? {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            if p.type_alias()? {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            if p.star_expressions()?.is_some() {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            if p.keyword_stmt()? {
                return p.some(What::Other, from, Vec::new());
            }
            p.mark = from;
            Ok(None)
        })
    }

    /// A simple statement that starts with a keyword.
    fn keyword_stmt(&mut self) -> B {
        self.fill()?;
        match self.tokens[self.mark].kind {
            Kind::KwReturn => {
                self.mark += 1;
                self.star_expressions()?;
                Ok(true)
            }
            Kind::KwImport | Kind::KwFrom => self.import_stmt(),
            Kind::KwRaise => {
                self.mark += 1;
                let after = self.mark;
                if self.expression()?.is_some() && self.ok(Kind::KwFrom)? && self.expression()?.is_some() {
                    return Ok(true);
                }
                self.mark = after;
                self.expression()?;
                Ok(true)
            }
            Kind::KwPass | Kind::KwBreak | Kind::KwContinue => {
                self.mark += 1;
                Ok(true)
            }
            Kind::KwDel => self.del_stmt(),
            Kind::KwYield => Ok(self.yield_expr()?.is_some()),
            Kind::KwAssert => {
                self.mark += 1;
                if self.expression()?.is_none() {
                    return Ok(false);
                }
                let after = self.mark;
                if !self.ok(Kind::Comma)? || self.expression()?.is_none() {
                    self.mark = after;
                }
                Ok(true)
            }
            Kind::KwGlobal | Kind::KwNonlocal => {
                self.mark += 1;
                Ok(self.list(Self::name)?.is_some())
            }
            _ => Ok(false),
        }
    }

    fn del_stmt(&mut self) -> B {
        let from = self.mark;
        self.mark += 1;
        if self.del_targets()?.is_some() && self.at(&[Kind::Semi, Kind::Newline])? {
            return Ok(true);
        }
        self.mark = from;
        self.check(|p| {
            p.mark += 1;
            match p.star_expressions()? {
                Some(a) => p.raise_invalid_target(Targets::Del, a),
                None => Ok(()),
            }
        })?;
        Ok(false)
    }

    fn type_alias(&mut self) -> B {
        if self.soft("type")?.is_some() && self.name()?.is_some() {
            self.type_params()?;
            if self.ok(Kind::Equal)? && self.expression()?.is_some() {
                self.since(12, "Type statement is")?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn assignment(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::Name)? && self.annotation()? {
            self.since(6, "Variable annotation syntax is")?;
            return Ok(true);
        }
        self.mark = from;
        let target = if self.ok(Kind::LPar)? && self.single_target()?.is_some() && self.ok(Kind::RPar)? {
            true
        } else {
            self.mark = from;
            self.attribute_or_subscript()?.is_some()
        };
        if target && self.annotation()? {
            self.since(6, "Variable annotations syntax is")?;
            return Ok(true);
        }
        self.mark = from;
        if self.chained_targets()? && self.annotated_rhs()?.is_some() && !self.at(&[Kind::Equal])? {
            self.ok(Kind::TypeComment)?;
            return Ok(true);
        }
        self.mark = from;
        if self.single_target()?.is_some()
            && let Some(op) = self.any(&AUGMENTED)?
        {
            if self.tokens[op].kind == Kind::AtEqual {
                self.since(5, "The '@' operator is")?;
            }
            // Committed: the rules for errors are not tried.
            return Ok(self.annotated_rhs()?.is_some());
        }
        self.mark = from;
        self.check(Self::invalid_assignment)?;
        Ok(false)
    }

    /// `: expression`, perhaps with a value.
    fn annotation(&mut self) -> B {
        if !self.ok(Kind::Colon)? || self.expression()?.is_none() {
            return Ok(false);
        }
        let after = self.mark;
        if !self.ok(Kind::Equal)? || self.annotated_rhs()?.is_none() {
            self.mark = after;
        }
        Ok(true)
    }

    /// One or more targets, each with an equals sign.
    fn chained_targets(&mut self) -> B {
        let mut any = false;
        loop {
            let before = self.mark;
            if self.star_targets()?.is_some() && self.ok(Kind::Equal)? {
                any = true;
            } else {
                self.mark = before;
                return Ok(any);
            }
        }
    }

    fn invalid_assignment(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        if let Some(a) = self.invalid_ann_target()?
            && self.ok(Kind::Colon)?
            && self.expression()?.is_some()
        {
            let name = self.name_of(a);
            return Err(self.raise_node(a, format!("only single target (not {name}) can be annotated")));
        }
        self.mark = from;
        if let Some(a) = self.star_named_expression()?
            && self.ok(Kind::Comma)?
        {
            while self.star_named_expressions()?.is_some() {}
            if self.ok(Kind::Colon)? && self.expression()?.is_some() {
                return Err(self.raise_node(a, "only single target (not tuple) can be annotated"));
            }
        }
        self.mark = from;
        if let Some(a) = self.expression()?
            && self.ok(Kind::Colon)?
            && self.expression()?.is_some()
        {
            return Err(self.raise_node(a, "illegal target for annotation"));
        }
        self.mark = from;
        self.chained_targets()?;
        if let Some(a) = self.star_expressions()?
            && self.ok(Kind::Equal)?
        {
            self.raise_invalid_target(Targets::Star, a)?;
        }
        self.mark = from;
        self.chained_targets()?;
        if let Some(a) = self.yield_expr()?
            && self.ok(Kind::Equal)?
        {
            return Err(self.raise_node(a, "assignment to yield expression not possible"));
        }
        self.mark = from;
        if let Some(a) = self.star_expressions()?
            && self.any(&AUGMENTED)?.is_some()
            && self.annotated_rhs()?.is_some()
        {
            let name = self.name_of(a);
            return Err(self.raise_node(a, format!("'{name}' is an illegal expression for augmented assignment")));
        }
        Ok(())
    }

    fn invalid_ann_target(&mut self) -> R {
        if let Some(n) = self.list_display()? {
            return Ok(Some(n));
        }
        if let Some(n) = self.tuple()? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if self.ok(Kind::LPar)?
            && let Some(n) = self.deeper(Self::invalid_ann_target)?
            && self.ok(Kind::RPar)?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    fn import_stmt(&mut self) -> B {
        let from = self.mark;
        self.check(|p| {
            let from = p.mark;
            if p.ok(Kind::KwImport)? {
                if p.list(Self::dotted_name)?.is_some() && p.ok(Kind::KwFrom)? && p.dotted_name()?.is_some() {
                    let start = p.start_of(from);
                    return Err(p.raise_from(start, "Did you mean to use 'from ... import ...' instead?"));
                }
                p.mark = from + 1;
                p.no_names()?;
            }
            Ok(())
        })?;
        if self.ok(Kind::KwImport)? {
            return Ok(self.list(Self::dotted_as_name)?.is_some());
        }
        self.mark = from;
        if !self.ok(Kind::KwFrom)? {
            return Ok(false);
        }
        let mut dots = 0;
        while self.any(&[Kind::Dot, Kind::Ellipsis])?.is_some() {
            dots += 1;
        }
        let named = self.mark;
        if let Some(module) = self.dotted_name()?
            && self.ok(Kind::KwImport)?
        {
            let names = self.mark;
            if self.import_from_targets()? {
                let future = dots == 0 && self.text_of(module) == "__future__";
                if future && (names..self.mark).any(|at| self.token_text(at) == "barry_as_FLUFL") {
                    self.tok.barry = true;
                }
                return Ok(true);
            }
        }
        self.mark = named;
        Ok(dots > 0 && self.ok(Kind::KwImport)? && self.import_from_targets()?)
    }

    /// A line that ends where names are due.
    fn no_names(&mut self) -> Result<(), Raised> {
        if let Some(newline) = self.tok(Kind::Newline)? {
            let start = self.start_of(newline);
            return Err(self.raise_from(start, "Expected one or more names after 'import'"));
        }
        Ok(())
    }

    fn import_from_targets(&mut self) -> B {
        let from = self.mark;
        let names = |p: &mut Self| p.list(Self::import_from_as_name);
        if self.ok(Kind::LPar)? && names(self)?.is_some() {
            self.ok(Kind::Comma)?;
            if self.ok(Kind::RPar)? {
                return Ok(true);
            }
        }
        self.mark = from;
        if names(self)?.is_some() && !self.at(&[Kind::Comma])? {
            return Ok(true);
        }
        self.mark = from;
        if self.ok(Kind::Star)? {
            return Ok(true);
        }
        self.check(|p| {
            if names(p)?.is_some() && p.ok(Kind::Comma)? && p.ok(Kind::Newline)? {
                return Err(p.raise_last("trailing comma not allowed without surrounding parentheses"));
            }
            p.mark = from;
            p.no_names()
        })?;
        Ok(false)
    }

    fn import_from_as_name(&mut self) -> R {
        self.as_name(Self::name)
    }

    fn dotted_as_name(&mut self) -> R {
        self.as_name(Self::dotted_name)
    }

    /// A name, perhaps with `as` and another.
    fn as_name(&mut self, name: fn(&mut Self) -> R) -> R {
        let from = self.mark;
        self.check(|p| {
            if name(p)?.is_some() && p.ok(Kind::KwAs)? {
                let target = p.mark;
                let ends = [Kind::Comma, Kind::RPar, Kind::Semi, Kind::Newline];
                let plain = p.ok(Kind::Name)? && p.at(&ends)?;
                p.mark = target;
                if !plain && let Some(a) = p.expression()? {
                    let what = p.name_of(a);
                    return Err(p.raise_node(a, format!("cannot use {what} as import target")));
                }
            }
            Ok(())
        })?;
        if name(self)?.is_none() {
            return Ok(None);
        }
        let after = self.mark;
        if !self.ok(Kind::KwAs)? || !self.ok(Kind::Name)? {
            self.mark = after;
        }
        self.some(What::Other, from, Vec::new())
    }

    fn dotted_name(&mut self) -> R {
        self.keep(Rule::DottedName, |p| {
            let from = p.mark;
            let Some(mut all) = p.name()? else { return Ok(None) };
            loop {
                let before = p.mark;
                if p.ok(Kind::Dot)? && p.ok(Kind::Name)? {
                    all = p.make(What::Other, from, Vec::new());
                } else {
                    p.mark = before;
                    return Ok(Some(all));
                }
            }
        })
    }

    /// First and last of a list, for a message about all of it.
    pub(super) fn ends(all: &[N]) -> Option<(N, N)> {
        Some((*all.first()?, *all.last()?))
    }
}
