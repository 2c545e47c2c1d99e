//! `match` statements.

use adder_isa::location::Location;
use adder_syntax::ast::{Expr, ExprContext, MatchCase, Pattern, PatternKind};

use super::Emitter;
use super::patterns::PatternContext;
use crate::error::Result;
use crate::ir::{NEXT_LOCATION, Op};

/// Whether a pattern is `_`.
pub(super) fn is_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchAs { name: None, .. })
}

impl<'a> Emitter<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Result<()> {
        self.expr(subject)?;
        let end = self.new_label();
        let has_default = cases.len() > 1 && cases.last().is_some_and(|case| is_wildcard(&case.pattern));
        let tested = cases.len() - usize::from(has_default);
        for (index, case) in cases[..tested].iter().enumerate() {
            let last = index + 1 == tested;
            let loc = self.loc(case.pattern.loc);
            if !last {
                self.op_i(loc, Op::COPY, 1);
            }
            // Only the last case may match everything, unless a guard can still refuse.
            let allow_irrefutable = case.guard.is_some() || index + 1 == cases.len();
            let mut context = PatternContext { allow_irrefutable, ..PatternContext::default() };
            self.pattern(&case.pattern, &mut context)?;
            for name in std::mem::take(&mut context.stores) {
                self.nameop(loc, name, ExprContext::Store)?;
            }
            if let Some(guard) = &case.guard {
                let fail = self.fail_label(&mut context, 0);
                self.jump_if(loc, guard, fail, false)?;
            }
            if !last {
                self.op(NEXT_LOCATION, Op::POP_TOP);
            }
            self.stmts(&case.body)?;
            self.jump(Location::NONE, Op::JUMP, end);
            self.emit_fail_pops(loc, &mut context);
        }
        if has_default && let Some(case) = cases.last() {
            let loc = self.loc(case.pattern.loc);
            self.op(loc, Op::NOP);
            if let Some(guard) = &case.guard {
                self.jump_if(loc, guard, end, false)?;
            }
            self.stmts(&case.body)?;
        }
        self.use_label(end);
        Ok(())
    }
}
