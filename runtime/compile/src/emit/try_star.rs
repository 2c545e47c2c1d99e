//! `try` with `except*`.
//!
//! While the clauses run the stack holds the original group, a list of what they raised, and the rest of the group that
//! no clause has matched yet.

use adder_isa::location::Location;
use adder_isa::operands::Intrinsic2;
use adder_syntax::ast::{ExceptHandler, ExprContext, Try};

use super::Emitter;
use crate::error::Result;
use crate::ir::{Label, Op};
use crate::unit::{Datum, FrameBlockKind};

impl<'a> Emitter<'a> {
    pub(super) fn try_star(&mut self, node: &'a Try, loc: Location) -> Result<()> {
        let (body, except, orelse) = (self.new_label(), self.new_label(), self.new_label());
        let (end, cleanup, reraise_star) = (self.new_label(), self.new_label(), self.new_label());
        let none = Location::NONE;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.use_label(body);
        self.push_block(loc, FrameBlockKind::TryExcept, Some(body), None, Datum::None)?;
        self.stmts(&node.body)?;
        self.pop_block();
        self.op(none, Op::POP_BLOCK);
        self.jump(none, Op::JUMP_NO_INTERRUPT, orelse);
        self.use_label(except);
        self.jump(none, Op::SETUP_CLEANUP, cleanup);
        self.op(none, Op::PUSH_EXC_INFO);
        self.push_block(loc, FrameBlockKind::ExceptionGroupHandler, None, None, Datum::None)?;
        for (index, handler) in node.handlers.iter().enumerate() {
            let last = (index + 1 == node.handlers.len()).then_some(reraise_star);
            self.except_star_clause(handler, index == 0, last)?;
        }
        self.pop_block();
        let reraise = self.new_label();
        self.use_label(reraise_star);
        self.intrinsic_2(none, Intrinsic2::PrepReraiseStar);
        self.op_i(none, Op::COPY, 1);
        self.jump(none, Op::POP_JUMP_IF_NOT_NONE, reraise);
        self.op(none, Op::POP_TOP);
        self.op(none, Op::POP_BLOCK);
        self.op(none, Op::POP_EXCEPT);
        self.jump(none, Op::JUMP_NO_INTERRUPT, end);
        self.use_label(reraise);
        self.op(none, Op::POP_BLOCK);
        self.op_i(none, Op::SWAP, 2);
        self.op(none, Op::POP_EXCEPT);
        self.op_i(none, Op::RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(none);
        self.use_label(orelse);
        self.stmts(&node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    fn except_star_clause(&mut self, handler: &'a ExceptHandler, first: bool, last: Option<Label>) -> Result<()> {
        let loc = self.loc(handler.loc);
        let none = Location::NONE;
        let (except, with_error, no_match) = (self.new_label(), self.new_label(), self.new_label());
        if first {
            self.op_i(loc, Op::BUILD_LIST, 0);
            self.op_i(loc, Op::COPY, 2);
        }
        if let Some(class) = &handler.r#type {
            self.expr(class)?;
            self.op(loc, Op::CHECK_EG_MATCH);
            self.op_i(loc, Op::COPY, 1);
            self.jump(loc, Op::POP_JUMP_IF_NONE, no_match);
        }
        let (cleanup_end, cleanup_body) = (self.new_label(), self.new_label());
        let name = handler.name.as_deref().map(|text| self.intern(text));
        match name {
            Some(name) => self.nameop(loc, name, ExprContext::Store)?,
            None => self.op(loc, Op::POP_TOP),
        }
        self.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
        self.use_label(cleanup_body);
        let datum = name.map_or(Datum::None, Datum::Handler);
        self.push_block(loc, FrameBlockKind::HandlerCleanup, Some(cleanup_body), None, datum)?;
        self.stmts(&handler.body)?;
        self.pop_block();
        self.op(none, Op::POP_BLOCK);
        if let Some(name) = name {
            self.unbind_handler_name(none, name)?;
        }
        self.jump(none, Op::JUMP_NO_INTERRUPT, except);
        self.use_label(cleanup_end);
        if let Some(name) = name {
            self.unbind_handler_name(none, name)?;
        }
        self.op_i(none, Op::LIST_APPEND, 3);
        self.op(none, Op::POP_TOP);
        self.jump(none, Op::JUMP_NO_INTERRUPT, with_error);
        self.use_label(except);
        self.op(none, Op::NOP);
        self.jump(none, Op::JUMP_NO_INTERRUPT, with_error);
        self.use_label(no_match);
        self.op(loc, Op::POP_TOP);
        self.use_label(with_error);
        if let Some(reraise_star) = last {
            self.op_i(none, Op::LIST_APPEND, 1);
            self.jump(none, Op::JUMP_NO_INTERRUPT, reraise_star);
        }
        Ok(())
    }
}
