//! `try` with `except` and `finally`.

use adder_isa::location::Location;
use adder_syntax::ast::{ExceptHandler, ExprContext, Try};

use super::Emitter;
use crate::error::Result;
use crate::ir::{Label, Op};
use crate::unit::{Datum, FrameBlockKind};

impl<'a> Emitter<'a> {
    pub(super) fn try_stmt(&mut self, node: &'a Try, loc: Location, star: bool) -> Result<()> {
        if node.finalbody.is_empty() {
            return if star { self.try_star(node, loc) } else { self.try_except(node, loc) };
        }
        let (body, end, exit, cleanup) = (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        self.jump(loc, Op::SETUP_FINALLY, end);
        self.use_label(body);
        self.push_block(loc, FrameBlockKind::FinallyTry, Some(body), Some(end), Datum::Finally(&node.finalbody))?;
        if node.handlers.is_empty() {
            self.stmts(&node.body)?;
        } else if star {
            self.try_star(node, loc)?;
        } else {
            self.try_except(node, loc)?;
        }
        self.op(Location::NONE, Op::POP_BLOCK);
        self.pop_block();
        self.stmts(&node.finalbody)?;
        self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, exit);
        self.use_label(end);
        let none = Location::NONE;
        self.jump(none, Op::SETUP_CLEANUP, cleanup);
        self.op(none, Op::PUSH_EXC_INFO);
        self.push_block(none, FrameBlockKind::FinallyEnd, Some(end), None, Datum::None)?;
        self.stmts(&node.finalbody)?;
        self.pop_block();
        self.op_i(none, Op::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(none);
        self.use_label(exit);
        Ok(())
    }

    /// From `[previous, lasti, exc]`: restores the handled exception and raises again at `lasti`.
    pub(super) fn pop_except_and_reraise(&mut self, loc: Location) {
        self.op_i(loc, Op::COPY, 3);
        self.op(loc, Op::POP_EXCEPT);
        self.op_i(loc, Op::RERAISE, 1);
    }

    fn try_except(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        let (body, except, end, cleanup) = (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        let none = Location::NONE;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.use_label(body);
        self.push_block(loc, FrameBlockKind::TryExcept, Some(body), None, Datum::None)?;
        self.stmts(&node.body)?;
        self.pop_block();
        self.op(none, Op::POP_BLOCK);
        self.stmts(&node.orelse)?;
        self.jump(none, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(except);
        self.jump(none, Op::SETUP_CLEANUP, cleanup);
        self.op(none, Op::PUSH_EXC_INFO);
        self.push_block(loc, FrameBlockKind::ExceptionHandler, None, None, Datum::None)?;
        for (index, handler) in node.handlers.iter().enumerate() {
            if handler.r#type.is_none() && index + 1 < node.handlers.len() {
                return self.error("default 'except:' must be last", handler.loc);
            }
            self.except_clause(handler, end)?;
        }
        self.pop_block();
        self.op_i(none, Op::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(none);
        self.use_label(end);
        Ok(())
    }

    fn except_clause(&mut self, handler: &'a ExceptHandler, end: Label) -> Result<()> {
        let loc = self.loc(handler.loc);
        let none = Location::NONE;
        let next = self.new_label();
        if let Some(class) = &handler.r#type {
            self.expr(class)?;
            self.op(loc, Op::CHECK_EXC_MATCH);
            self.jump(loc, Op::POP_JUMP_IF_FALSE, next);
        }
        let cleanup_body = self.new_label();
        let Some(text) = &handler.name else {
            self.op(loc, Op::POP_TOP);
            self.use_label(cleanup_body);
            self.push_block(loc, FrameBlockKind::HandlerCleanup, Some(cleanup_body), None, Datum::None)?;
            self.stmts(&handler.body)?;
            self.pop_block();
            self.op(none, Op::POP_BLOCK);
            self.op(none, Op::POP_EXCEPT);
            self.jump(none, Op::JUMP_NO_INTERRUPT, end);
            self.use_label(next);
            return Ok(());
        };
        let name = self.intern(text);
        let cleanup_end = self.new_label();
        self.nameop(loc, name, ExprContext::Store)?;
        // The body is itself a try whose finally unbinds the name.
        self.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
        self.use_label(cleanup_body);
        self.push_block(loc, FrameBlockKind::HandlerCleanup, Some(cleanup_body), None, Datum::Handler(name))?;
        self.stmts(&handler.body)?;
        self.pop_block();
        self.op(none, Op::POP_BLOCK);
        self.op(none, Op::POP_BLOCK);
        self.op(none, Op::POP_EXCEPT);
        self.unbind_handler_name(none, name)?;
        self.jump(none, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup_end);
        self.unbind_handler_name(none, name)?;
        self.op_i(none, Op::RERAISE, 1);
        self.use_label(next);
        Ok(())
    }
}
