//! Patterns of `match`.
//!
//! *Invariants.* Each pattern function consumes the subject on top, and jumps to a fail label when it does not match.
//! Captured values are kept on the stack below what a pattern still needs ([`PatternContext::on_top`] items) until the
//! whole pattern has matched, so a failed match binds nothing; on failure the values are popped by the chain of labels.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::BinaryOperator;
use adder_syntax::ast::{CmpOp, Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

use super::Emitter;
use super::matching::is_wildcard;
use crate::constants::constant;
use crate::error::{CompileError, Result, deeper};
use crate::flow::const_eval;
use crate::ir::{Label, Op};
use crate::names::Name;

/// State of a pattern being compiled.
#[derive(Default)]
pub(super) struct PatternContext {
    /// Names captured so far; their values are on the stack.
    pub(super) stores: Vec<Name>,
    /// Whether a pattern that always matches is acceptable here.
    pub(super) allow_irrefutable: bool,
    /// Labels that pop so many items before the next case.
    pub(super) fail_pop: Vec<Label>,
    /// Items on top of the captures that the current pattern needs.
    pub(super) on_top: usize,
}

fn is_star_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchStar { name: None })
}

/// Literals like `-1` and `1+2j` are constants in a pattern.
fn fold_literal(e: &Expr) -> Option<Const> {
    match &e.kind {
        ExprKind::Constant { value, .. } => Some(constant(value)),
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => {
            let ExprKind::Constant { value, .. } = &operand.kind else { return None };
            const_eval::unary(const_eval::Unary::Negative, &constant(value))
        }
        ExprKind::BinOp { left, op, right } => {
            let op = match op {
                Operator::Add => BinaryOperator::Add,
                Operator::Sub => BinaryOperator::Subtract,
                _ => return None,
            };
            let ExprKind::Constant { value, .. } = &right.kind else { return None };
            const_eval::binary(op, &fold_literal(left)?, &constant(value))
        }
        _ => None,
    }
}

impl<'a> Emitter<'a> {
    /// The label that pops `pops` items and goes on to the next case.
    pub(super) fn fail_label(&mut self, context: &mut PatternContext, pops: usize) -> Label {
        while context.fail_pop.len() <= pops {
            let label = self.new_label();
            context.fail_pop.push(label);
        }
        context.fail_pop[pops]
    }

    fn fail(&mut self, loc: Location, context: &mut PatternContext, op: Op) {
        let label = self.fail_label(context, context.on_top + context.stores.len());
        self.jump(loc, op, label);
    }

    pub(super) fn emit_fail_pops(&mut self, loc: Location, context: &mut PatternContext) {
        let labels = std::mem::take(&mut context.fail_pop);
        for (pops, label) in labels.iter().enumerate().rev() {
            self.use_label(*label);
            if pops > 0 {
                self.op(loc, Op::POP_TOP);
            }
        }
    }

    fn rotate(&mut self, loc: Location, count: usize) {
        for depth in (2..=count).rev() {
            self.op_i(loc, Op::SWAP, depth as u32);
        }
    }

    fn duplicate_store<T>(&self, loc: Location, name: Name) -> Result<T> {
        let text = self.text(name);
        Err(self.error_at(format!("multiple assignments to name '{text}' in pattern"), loc))
    }

    fn capture(&mut self, loc: Location, name: Option<&str>, context: &mut PatternContext) -> Result<()> {
        let Some(text) = name else {
            self.op(loc, Op::POP_TOP);
            return Ok(());
        };
        let name = self.intern(text);
        if context.stores.contains(&name) {
            return self.duplicate_store(loc, name);
        }
        self.rotate(loc, context.on_top + context.stores.len() + 1);
        context.stores.push(name);
        Ok(())
    }

    pub(super) fn pattern(&mut self, p: &'a Pattern, context: &mut PatternContext) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.pattern_inner(p, context)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn pattern_inner(&mut self, p: &'a Pattern, context: &mut PatternContext) -> Result<()> {
        let loc = self.loc(p.loc);
        match &p.kind {
            PatternKind::MatchValue { value } => {
                self.pattern_value(loc, p, value)?;
                self.compare_op(loc, CmpOp::Eq);
                self.op(loc, Op::TO_BOOL);
                self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(loc, constant(value));
                self.compare_op(loc, CmpOp::Is);
                self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.pattern_sequence(p, patterns, context),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.pattern_mapping(p, keys, patterns, rest.as_deref(), context)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.pattern_class(p, cls, patterns, (kwd_attrs, kwd_patterns), context)
            }
            PatternKind::MatchStar { name } => self.capture(loc, name.as_deref(), context),
            PatternKind::MatchAs { pattern, name } => self.pattern_as(p, pattern.as_deref(), name.as_deref(), context),
            PatternKind::MatchOr { patterns } => self.pattern_or(p, patterns, context),
        }
    }

    fn pattern_value(&mut self, loc: Location, p: &'a Pattern, value: &'a Expr) -> Result<()> {
        if let Some(folded) = fold_literal(value) {
            let at = self.loc(value.loc);
            self.load_const(at, folded);
            return Ok(());
        }
        if !matches!(value.kind, ExprKind::Attribute { .. }) {
            return self.error("patterns may only match literals and attribute lookups", p.loc);
        }
        let _ = loc;
        self.expr(value)
    }

    fn sub_pattern(&mut self, p: &'a Pattern, context: &mut PatternContext) -> Result<()> {
        let before = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(p, context)?;
        context.allow_irrefutable = before;
        Ok(())
    }

    fn pattern_as(
        &mut self,
        p: &'a Pattern,
        pattern: Option<&'a Pattern>,
        name: Option<&'a str>,
        context: &mut PatternContext,
    ) -> Result<()> {
        let loc = self.loc(p.loc);
        let Some(pattern) = pattern else {
            if !context.allow_irrefutable {
                let message = match name {
                    Some(name) => format!("name capture '{name}' makes remaining patterns unreachable"),
                    None => "wildcard makes remaining patterns unreachable".to_owned(),
                };
                return self.error(message, p.loc);
            }
            return self.capture(loc, name, context);
        };
        context.on_top += 1;
        self.op_i(loc, Op::COPY, 1);
        self.pattern(pattern, context)?;
        context.on_top -= 1;
        self.capture(loc, name, context)
    }

    fn len_check(&mut self, loc: Location, len: usize, op: CmpOp, context: &mut PatternContext) {
        self.op(loc, Op::GET_LEN);
        self.load_const(loc, Const::Int(len as i64));
        self.compare_op(loc, op);
        self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
    }

    fn pattern_sequence(
        &mut self,
        p: &'a Pattern,
        patterns: &'a [Pattern],
        context: &mut PatternContext,
    ) -> Result<()> {
        let loc = self.loc(p.loc);
        let mut star = None;
        for (index, pattern) in patterns.iter().enumerate() {
            if matches!(pattern.kind, PatternKind::MatchStar { .. }) && star.replace(index).is_some() {
                return self.error("multiple starred names in sequence pattern", p.loc);
            }
        }
        let star_wildcard = star.is_some_and(|index| is_star_wildcard(&patterns[index]));
        let only_wildcard = patterns.iter().all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern));
        context.on_top += 1;
        self.op(loc, Op::MATCH_SEQUENCE);
        self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
        if star.is_none() {
            self.len_check(loc, patterns.len(), CmpOp::Eq, context);
        } else if patterns.len() > 1 {
            self.len_check(loc, patterns.len() - 1, CmpOp::GtE, context);
        }
        context.on_top -= 1;
        match star {
            _ if only_wildcard => self.op(loc, Op::POP_TOP),
            Some(star) if star_wildcard => self.sequence_by_index(loc, patterns, star, context)?,
            _ => self.sequence_by_unpacking(p, patterns, context)?,
        }
        Ok(())
    }

    fn sequence_by_unpacking(
        &mut self,
        p: &'a Pattern,
        patterns: &'a [Pattern],
        context: &mut PatternContext,
    ) -> Result<()> {
        let loc = self.loc(p.loc);
        let star = patterns.iter().position(|pattern| matches!(pattern.kind, PatternKind::MatchStar { .. }));
        match star {
            Some(before) => {
                let after = patterns.len() - before - 1;
                if before >= 1 << 8 || after >= i32::MAX as usize >> 8 {
                    return self.error("too many expressions in star-unpacking sequence pattern", p.loc);
                }
                self.op_i(loc, Op::UNPACK_EX, (before + (after << 8)) as u32);
            }
            None => self.op_i(loc, Op::UNPACK_SEQUENCE, patterns.len() as u32),
        }
        context.on_top += patterns.len();
        for pattern in patterns {
            context.on_top -= 1;
            self.sub_pattern(pattern, context)?;
        }
        Ok(())
    }

    /// With `*_` only the named items are looked at, by index.
    fn sequence_by_index(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern],
        star: usize,
        context: &mut PatternContext,
    ) -> Result<()> {
        context.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_i(loc, Op::COPY, 1);
            if index < star {
                self.load_const(loc, Const::Int(index as i64));
            } else {
                // The subject may not support negative indices.
                self.op(loc, Op::GET_LEN);
                self.load_const(loc, Const::Int((patterns.len() - index) as i64));
                self.binary_op(loc, Operator::Sub, false);
            }
            self.op_i(loc, Op::BINARY_OP, BinaryOperator::Subscr as u32);
            self.sub_pattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    fn none_check(&mut self, loc: Location, context: &mut PatternContext) {
        self.op_i(loc, Op::COPY, 1);
        self.load_const(loc, Const::None);
        self.op_i(loc, Op::IS_OP, 1);
        self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
    }

    fn pattern_class(
        &mut self,
        p: &'a Pattern,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        (attrs, kwd_patterns): (&'a [Box<str>], &'a [Pattern]),
        context: &mut PatternContext,
    ) -> Result<()> {
        let loc = self.loc(p.loc);
        if attrs.len() != kwd_patterns.len() {
            let (a, b) = (attrs.len(), kwd_patterns.len());
            let message = format!("kwd_attrs ({a}) / kwd_patterns ({b}) length mismatch in class pattern");
            return self.error(message, p.loc);
        }
        for (index, attr) in attrs.iter().enumerate() {
            if let Some(other) = attrs[index + 1..].iter().position(|other| other == attr) {
                let message = format!("attribute name repeated in class pattern: {attr}");
                return self.error(message, kwd_patterns[index + 1 + other].loc);
            }
        }
        self.expr(cls)?;
        self.load_const(loc, Const::Tuple(attrs.iter().map(|attr| Const::str(attr)).collect()));
        self.op_i(loc, Op::MATCH_CLASS, patterns.len() as u32);
        context.on_top += 1;
        self.none_check(loc, context);
        let total = patterns.len() + attrs.len();
        self.op_i(loc, Op::UNPACK_SEQUENCE, total as u32);
        context.on_top += total;
        context.on_top -= 1;
        for pattern in patterns.iter().chain(kwd_patterns) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(loc, Op::POP_TOP);
            } else {
                self.sub_pattern(pattern, context)?;
            }
        }
        Ok(())
    }

    fn mapping_key(&mut self, p: &'a Pattern, key: &'a Expr, seen: &mut Vec<Const>) -> Result<()> {
        if let Some(value) = fold_literal(key) {
            if seen.iter().any(|other| const_eval::equal(other, &value)) {
                let repr = crate::unparse::const_repr(&value);
                return self.error(format!("mapping pattern checks duplicate key ({repr})"), p.loc);
            }
            seen.push(value.clone());
            let at = self.loc(key.loc);
            self.load_const(at, value);
            return Ok(());
        }
        if !matches!(key.kind, ExprKind::Attribute { .. }) {
            return self.error("mapping pattern keys may only match literals and attribute lookups", p.loc);
        }
        self.expr(key)
    }

    fn pattern_mapping(
        &mut self,
        p: &'a Pattern,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&'a str>,
        context: &mut PatternContext,
    ) -> Result<()> {
        let loc = self.loc(p.loc);
        if keys.len() != patterns.len() {
            let (a, b) = (keys.len(), patterns.len());
            return self.error(format!("keys ({a}) / patterns ({b}) length mismatch in mapping pattern"), p.loc);
        }
        context.on_top += 1;
        self.op(loc, Op::MATCH_MAPPING);
        self.fail(loc, context, Op::POP_JUMP_IF_FALSE);
        if keys.is_empty() && rest.is_none() {
            context.on_top -= 1;
            self.op(loc, Op::POP_TOP);
            return Ok(());
        }
        if !keys.is_empty() {
            self.len_check(loc, keys.len(), CmpOp::GtE, context);
        }
        let mut seen = Vec::new();
        for key in keys {
            self.mapping_key(p, key, &mut seen)?;
        }
        self.op_i(loc, Op::BUILD_TUPLE, keys.len() as u32);
        self.op(loc, Op::MATCH_KEYS);
        // On the stack: subject, keys, values.
        context.on_top += 2;
        self.none_check(loc, context);
        self.op_i(loc, Op::UNPACK_SEQUENCE, keys.len() as u32);
        context.on_top += keys.len();
        context.on_top -= 1;
        for pattern in patterns {
            context.on_top -= 1;
            self.sub_pattern(pattern, context)?;
        }
        context.on_top -= 2;
        if rest.is_none() {
            self.op(loc, Op::POP_TOP);
            self.op(loc, Op::POP_TOP);
            return Ok(());
        }
        // rest = dict(subject); del rest[key] for each key.
        self.op_i(loc, Op::BUILD_MAP, 0);
        self.op_i(loc, Op::SWAP, 3);
        self.op_i(loc, Op::DICT_UPDATE, 2);
        self.op_i(loc, Op::UNPACK_SEQUENCE, keys.len() as u32);
        for left in (1..=keys.len()).rev() {
            self.op_i(loc, Op::COPY, 1 + left as u32);
            self.op_i(loc, Op::SWAP, 2);
            self.op(loc, Op::DELETE_SUBSCR);
        }
        self.capture(loc, rest, context)
    }

    fn pattern_or(&mut self, p: &'a Pattern, patterns: &'a [Pattern], context: &mut PatternContext) -> Result<()> {
        let loc = self.loc(p.loc);
        let end = self.new_label();
        let mut control: Option<Vec<Name>> = None;
        for (index, alternative) in patterns.iter().enumerate() {
            let at = self.loc(alternative.loc);
            let mut inner = PatternContext {
                allow_irrefutable: index + 1 == patterns.len() && context.allow_irrefutable,
                ..PatternContext::default()
            };
            self.op_i(at, Op::COPY, 1);
            self.pattern(alternative, &mut inner)?;
            match &control {
                None => control = Some(inner.stores.clone()),
                Some(control) => self.reorder_captures(at, p, control, &mut inner.stores)?,
            }
            self.jump(at, Op::JUMP, end);
            self.emit_fail_pops(at, &mut inner);
        }
        self.op(loc, Op::POP_TOP);
        self.fail(loc, context, Op::JUMP);
        self.use_label(end);
        let control = control.unwrap_or_default();
        // Above the captures: a copy of the subject, what else is needed on top, earlier captures.
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            if context.stores.contains(&name) {
                return self.duplicate_store(loc, name);
            }
            context.stores.push(name);
        }
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    /// All alternatives must capture the same names; brings their values into the order of the first.
    fn reorder_captures(
        &mut self,
        at: Location,
        p: &'a Pattern,
        control: &[Name],
        stores: &mut Vec<Name>,
    ) -> Result<()> {
        if stores.len() != control.len() {
            return self.error("alternative patterns bind different names", p.loc);
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[wanted]) else {
                return self.error("alternative patterns bind different names", p.loc);
            };
            if found == wanted {
                continue;
            }
            if found > wanted {
                return Err(CompileError::system("captures out of order"));
            }
            let rotations = found + 1;
            let rotated: Vec<Name> = stores.drain(..rotations).collect();
            let insert = wanted - found;
            stores.splice(insert..insert, rotated);
            for _ in 0..rotations {
                self.rotate(at, wanted + 1);
            }
        }
        Ok(())
    }
}
