//! Comparisons, boolean operators and conditional jumps.

use adder_isa::location::Location;
use adder_isa::operands::CompareOperator;
use adder_syntax::ast::{BoolOp, CmpOp, Expr, ExprKind, UnaryOp};

use super::Emitter;
use crate::error::{Result, deeper};
use crate::ir::{Label, Op};

/// Argument of COMPARE_OP: the operator, and which outcomes make it true (a hint for specialised ops).
pub(super) fn compare_arg(op: CompareOperator) -> u32 {
    const UNORDERED: u32 = 1;
    const LESS: u32 = 2;
    const GREATER: u32 = 4;
    const EQUAL: u32 = 8;
    let mask = match op {
        CompareOperator::Lt => LESS,
        CompareOperator::Le => LESS | EQUAL,
        CompareOperator::Eq => EQUAL,
        CompareOperator::Ne => UNORDERED | LESS | GREATER,
        CompareOperator::Gt => GREATER,
        CompareOperator::Ge => GREATER | EQUAL,
    };
    (op as u32) << 5 | mask
}

impl<'a> Emitter<'a> {
    pub(super) fn compare_op(&mut self, loc: Location, op: CmpOp) {
        let (op, arg) = match op {
            CmpOp::Eq => (Op::COMPARE_OP, compare_arg(CompareOperator::Eq)),
            CmpOp::NotEq => (Op::COMPARE_OP, compare_arg(CompareOperator::Ne)),
            CmpOp::Lt => (Op::COMPARE_OP, compare_arg(CompareOperator::Lt)),
            CmpOp::LtE => (Op::COMPARE_OP, compare_arg(CompareOperator::Le)),
            CmpOp::Gt => (Op::COMPARE_OP, compare_arg(CompareOperator::Gt)),
            CmpOp::GtE => (Op::COMPARE_OP, compare_arg(CompareOperator::Ge)),
            CmpOp::Is => (Op::IS_OP, 0),
            CmpOp::IsNot => (Op::IS_OP, 1),
            CmpOp::In => (Op::CONTAINS_OP, 0),
            CmpOp::NotIn => (Op::CONTAINS_OP, 1),
        };
        self.op_i(loc, op, arg);
    }

    /// Jumps to `next` when the truth of `e` is `cond`, else falls through.
    pub(super) fn jump_if(&mut self, loc: Location, e: &'a Expr, next: Label, cond: bool) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.jump_if_inner(loc, e, next, cond)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn jump_if_inner(&mut self, loc: Location, e: &'a Expr, next: Label, cond: bool) -> Result<()> {
        match &e.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(loc, operand, next, !cond),
            ExprKind::BoolOp { op, values } => {
                let short = *op == BoolOp::Or;
                let skip = if short == cond { next } else { self.new_label() };
                let Some((last, init)) = values.split_last() else { return Ok(()) };
                for value in init {
                    self.jump_if(loc, value, skip, short)?;
                }
                self.jump_if(loc, last, next, cond)?;
                if skip != next {
                    self.use_label(skip);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let next2 = self.new_label();
                self.jump_if(loc, test, next2, false)?;
                self.jump_if(loc, body, next, cond)?;
                self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);
                self.use_label(next2);
                self.jump_if(loc, orelse, next, cond)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                return self.jump_if_chain(e, left, ops, comparators, next, cond);
            }
            _ => {}
        }
        self.expr(e)?;
        let at = self.loc(e.loc);
        self.op(at, Op::TO_BOOL);
        self.jump(at, if cond { Op::POP_JUMP_IF_TRUE } else { Op::POP_JUMP_IF_FALSE }, next);
        Ok(())
    }

    fn jump_if_chain(
        &mut self,
        e: &'a Expr,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        next: Label,
        cond: bool,
    ) -> Result<()> {
        self.check_compare(e, left, ops, comparators);
        let at = self.loc(e.loc);
        let cleanup = self.new_label();
        self.expr(left)?;
        let last = ops.len() - 1;
        for (op, right) in ops[..last].iter().zip(comparators) {
            self.expr(right)?;
            self.op_i(at, Op::SWAP, 2);
            self.op_i(at, Op::COPY, 2);
            self.compare_op(at, *op);
            self.op(at, Op::TO_BOOL);
            self.jump(at, Op::POP_JUMP_IF_FALSE, cleanup);
        }
        if let Some(right) = comparators.get(last) {
            self.expr(right)?;
        }
        self.compare_op(at, ops[last]);
        self.op(at, Op::TO_BOOL);
        self.jump(at, if cond { Op::POP_JUMP_IF_TRUE } else { Op::POP_JUMP_IF_FALSE }, next);
        let end = self.new_label();
        self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.op(at, Op::POP_TOP);
        if !cond {
            self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, next);
        }
        self.use_label(end);
        Ok(())
    }

    pub(super) fn compare(
        &mut self,
        e: &'a Expr,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
    ) -> Result<()> {
        self.check_compare(e, left, ops, comparators);
        let at = self.loc(e.loc);
        self.expr(left)?;
        let (Some((last_op, ops)), Some((last, comparators))) = (ops.split_last(), comparators.split_last()) else {
            return Err(crate::error::CompileError::system("comparison without operators"));
        };
        if ops.is_empty() {
            self.expr(last)?;
            self.compare_op(at, *last_op);
            return Ok(());
        }
        let cleanup = self.new_label();
        for (op, right) in ops.iter().zip(comparators) {
            self.expr(right)?;
            self.op_i(at, Op::SWAP, 2);
            self.op_i(at, Op::COPY, 2);
            self.compare_op(at, *op);
            self.op_i(at, Op::COPY, 1);
            self.op(at, Op::TO_BOOL);
            self.jump(at, Op::POP_JUMP_IF_FALSE, cleanup);
            self.op(at, Op::POP_TOP);
        }
        self.expr(last)?;
        self.compare_op(at, *last_op);
        let end = self.new_label();
        self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.op_i(at, Op::SWAP, 2);
        self.op(at, Op::POP_TOP);
        self.use_label(end);
        Ok(())
    }

    pub(super) fn bool_op(&mut self, e: &'a Expr, op: BoolOp, values: &'a [Expr]) -> Result<()> {
        let loc = self.loc(e.loc);
        let jump = if op == BoolOp::And { Op::JUMP_IF_FALSE } else { Op::JUMP_IF_TRUE };
        let end = self.new_label();
        let Some((last, init)) = values.split_last() else { return Ok(()) };
        for value in init {
            self.expr(value)?;
            self.jump(loc, jump, end);
            self.op(loc, Op::POP_TOP);
        }
        self.expr(last)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn if_exp(&mut self, e: &'a Expr, test: &'a Expr, body: &'a Expr, orelse: &'a Expr) -> Result<()> {
        let end = self.new_label();
        let next = self.new_label();
        let loc = self.loc(e.loc);
        self.jump_if(loc, test, next, false)?;
        self.expr(body)?;
        self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(next);
        self.expr(orelse)?;
        self.use_label(end);
        Ok(())
    }
}
