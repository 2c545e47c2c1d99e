//! `for`, `async for` and `while`.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_syntax::ast::{Expr, For, Stmt};

use super::Emitter;
use crate::error::Result;
use crate::ir::Op;
use crate::unit::{Datum, FrameBlockKind};

impl<'a> Emitter<'a> {
    pub(super) fn for_stmt(&mut self, node: &'a For, loc: Location) -> Result<()> {
        let (start, cleanup, end) = (self.new_label(), self.new_label(), self.new_label());
        self.push_block(loc, FrameBlockKind::ForLoop, Some(start), Some(end), Datum::None)?;
        self.expr(&node.iter)?;
        let at = self.loc(node.iter.loc);
        self.op(at, Op::GET_ITER);
        self.use_label(start);
        self.jump(at, Op::FOR_ITER, cleanup);
        // A line of its own for the target of a loop header that spans lines; removed when redundant.
        let target = self.loc(node.target.loc);
        self.op(target, Op::NOP);
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(Location::NONE, Op::JUMP, start);
        self.use_label(cleanup);
        self.op(Location::NONE, Op::END_FOR);
        self.op(Location::NONE, Op::POP_ITER);
        self.pop_block();
        self.stmts(&node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn async_for(&mut self, node: &'a For, loc: Location) -> Result<()> {
        let (start, send, except, end) = (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        self.expr(&node.iter)?;
        let iter = self.loc(node.iter.loc);
        self.op(iter, Op::GET_AITER);
        self.use_label(start);
        self.push_block(loc, FrameBlockKind::ForLoop, Some(start), Some(end), Datum::None)?;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.op(loc, Op::GET_ANEXT);
        self.load_const(loc, Const::None);
        self.use_label(send);
        self.yield_from(loc, true);
        self.op(loc, Op::POP_BLOCK);
        self.op(loc, Op::NOT_TAKEN);
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(Location::NONE, Op::JUMP, start);
        self.pop_block();
        self.use_label(except);
        // The end of the iteration belongs to the iterator, not to the body before it.
        self.jump(iter, Op::END_ASYNC_FOR, send);
        self.stmts(&node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn while_stmt(
        &mut self,
        loc: Location,
        test: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) -> Result<()> {
        let (start, end, anchor) = (self.new_label(), self.new_label(), self.new_label());
        self.use_label(start);
        self.push_block(loc, FrameBlockKind::WhileLoop, Some(start), Some(end), Datum::None)?;
        self.jump_if(loc, test, anchor, false)?;
        self.stmts(body)?;
        self.jump(Location::NONE, Op::JUMP, start);
        self.pop_block();
        self.use_label(anchor);
        self.stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }
}
