//! Expressions by precedence, and the mistakes looked for among them.

use super::node::{N, Rule, What};
use super::state::{B, Parser, R, Raised, Rs};
use crate::kind::Kind;

/// Names that are keywords only in places.
const SOFT: [&str; 4] = ["_", "case", "match", "type"];

impl Parser<'_> {
    pub(super) fn expressions(&mut self) -> R {
        self.comma_list(Self::expression)
    }

    pub(super) fn star_expressions(&mut self) -> R {
        self.comma_list(Self::star_expression)
    }

    /// One item, or a tuple of items without parentheses.
    fn comma_list(&mut self, item: fn(&mut Self) -> R) -> R {
        let from = self.mark;
        let Some(first) = item(self)? else { return Ok(None) };
        let mut kids = vec![first];
        loop {
            let before = self.mark;
            if !self.ok(Kind::Comma)? {
                break;
            }
            match item(self)? {
                Some(n) => kids.push(n),
                None => {
                    self.mark = before + 1;
                    return self.some(What::Tuple, from, kids);
                }
            }
        }
        if kids.len() == 1 { Ok(Some(first)) } else { self.some(What::Tuple, from, kids) }
    }

    pub(super) fn star_expression(&mut self) -> R {
        self.keep(Rule::StarExpression, |p| match p.star_or(Self::bitwise_or)? {
            Some(n) => Ok(Some(n)),
            None => p.expression(),
        })
    }

    /// `*` and an operand.
    fn star_or(&mut self, operand: fn(&mut Self) -> R) -> R {
        let from = self.mark;
        if self.ok(Kind::Star)?
            && let Some(n) = operand(self)?
        {
            return self.some(What::Starred, from, vec![n]);
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn star_named_expression(&mut self) -> R {
        match self.star_or(Self::bitwise_or)? {
            Some(n) => Ok(Some(n)),
            None => self.named_expression(),
        }
    }

    /// Items with commas between and perhaps one at the end.
    pub(super) fn star_named_expressions(&mut self) -> Rs {
        let Some(all) = self.list(Self::star_named_expression)? else { return Ok(None) };
        self.ok(Kind::Comma)?;
        Ok(Some(all))
    }

    pub(super) fn yield_expr(&mut self) -> R {
        let from = self.mark;
        if !self.ok(Kind::KwYield)? {
            return Ok(None);
        }
        if self.ok(Kind::KwFrom)? && self.expression()?.is_some() {
            return self.some(What::Yield, from, Vec::new());
        }
        self.mark = from + 1;
        self.star_expressions()?;
        self.some(What::Yield, from, Vec::new())
    }

    pub(super) fn annotated_rhs(&mut self) -> R {
        match self.yield_expr()? {
            Some(n) => Ok(Some(n)),
            None => self.star_expressions(),
        }
    }

    /// `NAME := expression`; committed after the operator.
    fn assignment_expression(&mut self) -> Result<(Option<N>, bool), Raised> {
        let from = self.mark;
        if self.name()?.is_some() && self.ok(Kind::ColonEqual)? {
            if self.expression()?.is_some() {
                self.since(8, "Assignment expressions are")?;
                return Ok((Some(self.make(What::Named, from, Vec::new())), true));
            }
            self.mark = from;
            return Ok((None, true));
        }
        self.mark = from;
        Ok((None, false))
    }

    pub(super) fn named_expression(&mut self) -> R {
        let from = self.mark;
        if let (Some(n), _) = self.assignment_expression()? {
            return Ok(Some(n));
        }
        if self.invalid {
            self.invalid_named_expression()?;
        }
        self.plain_expression(from)
    }

    /// An expression that `:=` does not follow.
    fn plain_expression(&mut self, from: usize) -> R {
        if let Some(n) = self.expression()?
            && !self.at(&[Kind::ColonEqual])?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    /// An assignment expression, or an expression that `:=` does not follow.
    pub(super) fn named_or_plain(&mut self) -> R {
        let from = self.mark;
        match self.assignment_expression()? {
            (Some(n), _) => Ok(Some(n)),
            (None, _) => self.plain_expression(from),
        }
    }

    fn invalid_named_expression(&mut self) -> R {
        self.keep(Rule::InvalidNamedExpression, |p| {
            let from = p.mark;
            if let Some(a) = p.expression()?
                && p.ok(Kind::ColonEqual)?
                && p.expression()?.is_some()
            {
                let name = p.name_of(a);
                return Err(p.raise_node(a, format!("cannot use assignment expressions with {name}")));
            }
            p.mark = from;
            let next = [Kind::Equal, Kind::ColonEqual];
            if let Some(a) = p.name()?
                && p.ok(Kind::Equal)?
                && let Some(b) = p.bitwise_or()?
                && !p.at(&next)?
            {
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                return Err(p.raise_nodes(a, b, message));
            }
            p.mark = from;
            if p.ahead(Self::list_display)?
                || p.ahead(Self::tuple)?
                || p.ahead(Self::genexp)?
                || p.at(&[Kind::KwTrue, Kind::KwNone, Kind::KwFalse])?
            {
                return Ok(None);
            }
            if let Some(a) = p.bitwise_or()?
                && p.ok(Kind::Equal)?
                && p.bitwise_or()?.is_some()
                && !p.at(&next)?
            {
                let name = p.name_of(a);
                let message = format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?");
                return Err(p.raise_node(a, message));
            }
            p.mark = from;
            Ok(None)
        })
    }

    pub(super) fn expression(&mut self) -> R {
        self.keep(Rule::Expression, |p| {
            p.check(Self::invalid_expression)?;
            p.check(Self::invalid_legacy_expression)?;
            p.expression_alternatives()
        })
    }

    fn expression_alternatives(&mut self) -> R {
        let from = self.mark;
        if let Some(n) = self.if_expression()? {
            return Ok(Some(n));
        }
        self.mark = from;
        if let Some(n) = self.disjunction()? {
            return Ok(Some(n));
        }
        self.lambdef()
    }

    fn if_expression(&mut self) -> R {
        let from = self.mark;
        if self.disjunction()?.is_some()
            && self.ok(Kind::KwIf)?
            && self.disjunction()?.is_some()
            && self.ok(Kind::KwElse)?
            && self.expression()?.is_some()
        {
            return self.some(What::IfExp, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn expression_without_invalid(&mut self) -> R {
        let outer = std::mem::replace(&mut self.invalid, false);
        let result = self.expression_alternatives();
        self.invalid = outer;
        result
    }

    fn invalid_expression(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        self.text_inside_string()?;
        self.mark = from;
        self.missing_comma()?;
        self.mark = from;
        if let Some(a) = self.disjunction()?
            && self.ok(Kind::KwIf)?
            && let Some(b) = self.disjunction()?
        {
            if !self.at(&[Kind::KwElse, Kind::Colon])? {
                return Err(self.raise_nodes(a, b, "expected 'else' after 'if' expression"));
            }
            if self.ok(Kind::KwElse)? && !self.ahead(Self::expression)? {
                return Err(self.raise_next("expected expression after 'else', but statement is given"));
            }
        }
        self.mark = from;
        if let Some(a) = self.any(&[Kind::KwPass, Kind::KwBreak, Kind::KwContinue])?
            && self.ok(Kind::KwIf)?
            && self.disjunction()?.is_some()
            && self.ok(Kind::KwElse)?
            && self.simple_stmt()?.is_some()
        {
            return Err(self.raise_at_token(a, "expected expression before 'if', but statement is given"));
        }
        self.mark = from;
        if self.ok(Kind::KwLambda)? {
            self.parameters_or_none(true)?;
            if let Some(colon) = self.tok(Kind::Colon)?
                && let Some(text) = self.any(&[Kind::FStringMiddle, Kind::TStringMiddle])?
            {
                let letter = if self.tokens[text].kind == Kind::TStringMiddle { 't' } else { 'f' };
                let message = format!("{letter}-string: lambda expressions are not allowed without parentheses");
                return Err(self.raise_range(self.start_of(from), self.end_of(colon), message));
            }
        }
        Ok(())
    }

    /// `"..." words "..."`: quotes inside a string.
    fn text_inside_string(&mut self) -> Result<(), Raised> {
        if !self.ok(Kind::String)? {
            return Ok(());
        }
        let inner = self.many1(|p| {
            if p.at(&[Kind::String])? {
                return Ok(None);
            }
            p.expression_without_invalid()
        })?;
        if let Some(all) = inner
            && self.ok(Kind::String)?
            && let (Some(&first), Some(&last)) = (all.first(), all.last())
        {
            return Err(self.raise_nodes(first, last, "invalid syntax. Is this intended to be part of the string?"));
        }
        Ok(())
    }

    fn missing_comma(&mut self) -> Result<(), Raised> {
        let from = self.mark;
        let name_then_string = self.ok(Kind::Name)? && self.ok(Kind::String)?;
        self.mark = from;
        self.fill()?;
        let soft = self.tokens[from].kind == Kind::Name && SOFT.contains(&self.token_text(from));
        if name_then_string || soft {
            return Ok(());
        }
        if let Some(a) = self.disjunction()?
            && let Some(b) = self.expression_without_invalid()?
            && !self.is_legacy(a)
            && self.tokens.get(self.mark - 1).is_some_and(|t| t.level > 0)
        {
            return Err(self.raise_nodes(a, b, "invalid syntax. Perhaps you forgot a comma?"));
        }
        Ok(())
    }

    /// The name of a statement of Python 2 that is a function now.
    fn is_legacy(&self, n: N) -> bool {
        matches!(self.text_of(n), "print" | "exec")
    }

    fn invalid_legacy_expression(&mut self) -> Result<(), Raised> {
        if let Some(a) = self.name()?
            && !self.at(&[Kind::LPar])?
            && let Some(b) = self.star_expressions()?
            && self.is_legacy(a)
        {
            let name = self.text_of(a);
            let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
            return Err(self.raise_nodes(a, b, message));
        }
        Ok(())
    }

    pub(super) fn lambdef(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::KwLambda)? {
            self.parameters_or_none(true)?;
            if self.ok(Kind::Colon)? && self.expression()?.is_some() {
                return self.some(What::Lambda, from, Vec::new());
            }
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn disjunction(&mut self) -> R {
        self.keep(Rule::Disjunction, |p| p.chain(Kind::KwOr, Self::conjunction))
    }

    fn conjunction(&mut self) -> R {
        self.keep(Rule::Conjunction, |p| p.chain(Kind::KwAnd, Self::inversion))
    }

    /// Operands with a word between.
    fn chain(&mut self, word: Kind, operand: fn(&mut Self) -> R) -> R {
        let from = self.mark;
        let Some(all) = self.separated(word, operand)? else { return Ok(None) };
        if let [only] = all[..] { Ok(Some(only)) } else { self.some(What::Operation, from, Vec::new()) }
    }

    pub(super) fn inversion(&mut self) -> R {
        self.keep(Rule::Inversion, |p| {
            let from = p.mark;
            if p.ok(Kind::KwNot)? && p.inversion()?.is_some() {
                return p.some(What::Operation, from, Vec::new());
            }
            p.mark = from;
            p.comparison()
        })
    }

    fn comparison(&mut self) -> R {
        let from = self.mark;
        let Some(left) = self.bitwise_or()? else { return Ok(None) };
        let mut first = None;
        loop {
            let before = self.mark;
            match self.comparison_operator()? {
                Some(is_in) if self.bitwise_or()?.is_some() => {
                    first.get_or_insert(is_in);
                }
                _ => {
                    self.mark = before;
                    break;
                }
            }
        }
        match first {
            None => Ok(Some(left)),
            Some(is_in) => self.some(if is_in { What::CompareIn } else { What::Compare }, from, vec![left]),
        }
    }

    /// A comparison operator; `true` for `in`.
    fn comparison_operator(&mut self) -> Result<Option<bool>, Raised> {
        let from = self.mark;
        self.check(|p| {
            if let Some(less) = p.tok(Kind::Less)?
                && let Some(greater) = p.tok(Kind::Greater)?
                && p.tokens[less].end == p.tokens[greater].start
            {
                let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
                return Err(p.raise_range(p.start_of(less), p.end_of(greater), message));
            }
            Ok(())
        })?;
        let plain = [Kind::EqEqual, Kind::LessEqual, Kind::Less, Kind::GreaterEqual, Kind::Greater];
        if self.any(&plain)?.is_some() {
            return Ok(Some(false));
        }
        if let Some(at) = self.tok(Kind::NotEqual)? {
            if self.tok.barry && self.token_text(at) != "<>" {
                return Err(self.raise_last("with Barry as BDFL, use '<>' instead of '!='"));
            }
            return Ok(Some(false));
        }
        if self.ok(Kind::KwNot)? {
            if self.ok(Kind::KwIn)? {
                return Ok(Some(false));
            }
            self.mark = from;
        }
        if self.ok(Kind::KwIn)? {
            return Ok(Some(true));
        }
        if self.ok(Kind::KwIs)? {
            // With `not` first; without it when no operand follows that.
            let after = self.mark;
            if self.ok(Kind::KwNot)? && !self.ahead(Self::bitwise_or)? {
                self.mark = after;
            }
            return Ok(Some(false));
        }
        Ok(None)
    }

    /// Operands with operators between, grouping to the left.
    fn binary(&mut self, operators: &[Kind], operand: fn(&mut Self) -> R) -> R {
        let from = self.mark;
        let Some(mut left) = operand(self)? else { return Ok(None) };
        loop {
            let before = self.mark;
            if let Some(op) = self.any(operators)?
                && operand(self)?.is_some()
            {
                if self.tokens[op].kind == Kind::At {
                    self.since(5, "The '@' operator is")?;
                }
                left = self.make(What::Operation, from, Vec::new());
                continue;
            }
            self.mark = before;
            return Ok(Some(left));
        }
    }

    pub(super) fn bitwise_or(&mut self) -> R {
        self.keep(Rule::BitwiseOr, |p| p.binary(&[Kind::VBar], Self::bitwise_xor))
    }

    fn bitwise_xor(&mut self) -> R {
        self.keep(Rule::BitwiseXor, |p| p.binary(&[Kind::Circumflex], Self::bitwise_and))
    }

    fn bitwise_and(&mut self) -> R {
        self.keep(Rule::BitwiseAnd, |p| p.binary(&[Kind::Amper], Self::shift_expr))
    }

    fn shift_expr(&mut self) -> R {
        self.keep(Rule::Shift, |p| {
            p.check(Self::invalid_arithmetic)?;
            p.binary(&[Kind::LeftShift, Kind::RightShift], Self::sum)
        })
    }

    fn invalid_arithmetic(&mut self) -> Result<(), Raised> {
        let operators = [Kind::Plus, Kind::Minus, Kind::Star, Kind::Slash, Kind::Percent, Kind::DoubleSlash, Kind::At];
        if self.sum()?.is_some()
            && self.any(&operators)?.is_some()
            && let Some(a) = self.tok(Kind::KwNot)?
            && let Some(b) = self.inversion()?
        {
            return Err(self.raise_not(a, b));
        }
        Ok(())
    }

    fn raise_not(&mut self, a: usize, b: N) -> Raised {
        let end = self.node(b).end;
        self.raise_range(self.start_of(a), end, "'not' after an operator must be parenthesized")
    }

    fn sum(&mut self) -> R {
        self.keep(Rule::Sum, |p| p.binary(&[Kind::Plus, Kind::Minus], Self::term))
    }

    fn term(&mut self) -> R {
        self.keep(Rule::Term, |p| {
            p.check(|p| {
                if p.any(&[Kind::Plus, Kind::Minus, Kind::Tilde])?.is_some()
                    && let Some(a) = p.tok(Kind::KwNot)?
                    && let Some(b) = p.factor()?
                {
                    return Err(p.raise_not(a, b));
                }
                Ok(())
            })?;
            let operators = [Kind::Star, Kind::Slash, Kind::DoubleSlash, Kind::Percent, Kind::At];
            p.binary(&operators, Self::factor)
        })
    }

    fn factor(&mut self) -> R {
        self.keep(Rule::Factor, |p| {
            let from = p.mark;
            if p.any(&[Kind::Plus, Kind::Minus, Kind::Tilde])?.is_some() && p.factor()?.is_some() {
                return p.some(What::Operation, from, Vec::new());
            }
            p.mark = from;
            let Some(base) = p.await_primary()? else { return Ok(None) };
            let after = p.mark;
            if p.ok(Kind::DoubleStar)? && p.factor()?.is_some() {
                return p.some(What::Operation, from, Vec::new());
            }
            p.mark = after;
            Ok(Some(base))
        })
    }

    fn await_primary(&mut self) -> R {
        self.keep(Rule::AwaitPrimary, |p| {
            let from = p.mark;
            if p.ok(Kind::KwAwait)? && p.primary()?.is_some() {
                p.since(5, "Await expressions are")?;
                return p.some(What::Await, from, Vec::new());
            }
            p.mark = from;
            p.primary()
        })
    }

    fn primary(&mut self) -> R {
        self.keep(Rule::Primary, |p| {
            let from = p.mark;
            let Some(mut left) = p.atom()? else { return Ok(None) };
            loop {
                let before = p.mark;
                match p.trailer()? {
                    Some(what) => left = p.make(what, from, Vec::new()),
                    None => {
                        p.mark = before;
                        return Ok(Some(left));
                    }
                }
            }
        })
    }

    /// `.name`, a call or a subscript.
    pub(super) fn trailer(&mut self) -> Result<Option<What>, Raised> {
        let from = self.mark;
        if self.ok(Kind::Dot)? && self.name()?.is_some() {
            return Ok(Some(What::Attribute));
        }
        self.mark = from;
        if self.genexp()?.is_some() {
            return Ok(Some(What::Call));
        }
        self.mark = from;
        if self.ok(Kind::LPar)? {
            self.arguments()?;
            if self.ok(Kind::RPar)? {
                return Ok(Some(What::Call));
            }
        }
        self.mark = from;
        if self.subscript()? {
            return Ok(Some(What::Subscript));
        }
        Ok(None)
    }

    /// `[slices]`.
    pub(super) fn subscript(&mut self) -> B {
        let from = self.mark;
        if self.ok(Kind::LSqb)? && self.slices()? && self.ok(Kind::RSqb)? {
            return Ok(true);
        }
        self.mark = from;
        Ok(false)
    }

    fn slices(&mut self) -> B {
        let from = self.mark;
        if self.slice()?.is_some() && !self.at(&[Kind::Comma])? {
            return Ok(true);
        }
        self.mark = from;
        let item = |p: &mut Self| match p.slice()? {
            Some(n) => Ok(Some(n)),
            None => p.starred_expression(),
        };
        if self.list(item)?.is_some() {
            self.ok(Kind::Comma)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn slice(&mut self) -> R {
        let from = self.mark;
        self.expression()?;
        if self.ok(Kind::Colon)? {
            self.expression()?;
            if self.ok(Kind::Colon)? {
                self.expression()?;
            }
            return self.some(What::Other, from, Vec::new());
        }
        self.mark = from;
        self.named_expression()
    }

    pub(super) fn atom(&mut self) -> R {
        self.fill()?;
        let from = self.mark;
        let what = match self.tokens[from].kind {
            Kind::Name => What::Name,
            Kind::KwTrue => What::True,
            Kind::KwFalse => What::False,
            Kind::KwNone => What::None,
            Kind::Ellipsis => What::Ellipsis,
            Kind::Number => {
                self.check_number(from)?;
                What::Literal
            }
            Kind::String | Kind::FStringStart | Kind::TStringStart => return self.strings(),
            Kind::LPar => {
                if let Some(n) = self.tuple()? {
                    return Ok(Some(n));
                }
                return match self.group()? {
                    Some(n) => Ok(Some(n)),
                    None => self.genexp(),
                };
            }
            Kind::LSqb => return self.list_or_comprehension(),
            Kind::LBrace => return self.brace_display(),
            _ => return Ok(None),
        };
        self.mark += 1;
        self.some(what, from, Vec::new())
    }

    fn check_number(&mut self, at: usize) -> Result<(), Raised> {
        let text = self.token_text(at);
        if text.contains('_') {
            self.since(6, "Underscores in numeric literals are")?;
        }
        match crate::literal::number(text, self.options.max_str_digits) {
            Ok(_) => Ok(()),
            Err(message) => Err(self.raise_at_token(at, message)),
        }
    }

    fn group(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::LPar)? {
            let inner = match self.yield_expr()? {
                Some(n) => Some(n),
                None => self.named_expression()?,
            };
            if let Some(n) = inner
                && self.ok(Kind::RPar)?
            {
                return Ok(Some(n));
            }
        }
        self.mark = from;
        self.check(|p| {
            let from = p.mark;
            if p.ok(Kind::LPar)?
                && let Some(a) = p.starred_expression()?
                && p.ok(Kind::RPar)?
            {
                return Err(p.raise_node(a, "cannot use starred expression here"));
            }
            p.mark = from;
            if p.ok(Kind::LPar)?
                && let Some(a) = p.tok(Kind::DoubleStar)?
                && p.expression()?.is_some()
                && p.ok(Kind::RPar)?
            {
                return Err(p.raise_at_token(a, "cannot use double starred expression here"));
            }
            Ok(())
        })?;
        Ok(None)
    }
}
