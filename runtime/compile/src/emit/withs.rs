//! `with` and `async with`.

use adder_isa::location::Location;
use adder_isa::operands::SpecialMethod;
use adder_syntax::ast::With;

use super::Emitter;
use crate::error::{Result, deeper};
use crate::ir::{Label, Op};
use crate::unit::{Datum, FrameBlockKind};

impl<'a> Emitter<'a> {
    /// The item at `index`, with the items after it and the body inside.
    pub(super) fn with_item(&mut self, node: &'a With, index: usize, is_async: bool) -> Result<()> {
        let Some(item) = node.items.get(index) else { return self.stmts(&node.body) };
        let (block, last, exit, cleanup) = (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        self.expr(&item.context_expr)?;
        let loc = self.loc(item.context_expr.loc);
        self.enter_context(loc, is_async);
        self.jump(loc, Op::SETUP_WITH, last);
        self.use_label(block);
        let kind = if is_async { FrameBlockKind::AsyncWith } else { FrameBlockKind::With };
        self.push_block(loc, kind, Some(block), Some(last), Datum::None)?;
        match &item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(loc, Op::POP_TOP),
        }
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.with_item(node, index + 1, is_async)
        })?;
        self.depth = depth;
        if is_async {
            self.pop_block();
            self.op(loc, Op::POP_BLOCK);
        } else {
            self.op(Location::NONE, Op::POP_BLOCK);
            self.pop_block();
        }
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_top(loc, 2);
        }
        self.op(loc, Op::POP_TOP);
        self.jump(loc, Op::JUMP, exit);
        self.use_label(last);
        self.jump(loc, Op::SETUP_CLEANUP, cleanup);
        self.op(loc, Op::PUSH_EXC_INFO);
        self.op(loc, Op::WITH_EXCEPT_START);
        if is_async {
            self.await_top(loc, 2);
        }
        self.finish_exceptional_exit(cleanup);
        self.use_label(exit);
        Ok(())
    }

    /// From `[manager]`: pushes `[exit, self or NULL, result of enter]`.
    fn enter_context(&mut self, loc: Location, is_async: bool) {
        let (enter, exit) = if is_async {
            (SpecialMethod::AEnter, SpecialMethod::AExit)
        } else {
            (SpecialMethod::Enter, SpecialMethod::Exit)
        };
        self.op_i(loc, Op::COPY, 1);
        self.op_i(loc, Op::LOAD_SPECIAL, exit as u32);
        self.op_i(loc, Op::SWAP, 2);
        self.op_i(loc, Op::SWAP, 3);
        self.op_i(loc, Op::LOAD_SPECIAL, enter as u32);
        self.op_i(loc, Op::CALL, 0);
        if is_async {
            self.await_top(loc, 1);
        }
    }

    /// The result of `__exit__` is on top of the exception: true swallows it.
    fn finish_exceptional_exit(&mut self, cleanup: Label) {
        let none = Location::NONE;
        let suppress = self.new_label();
        self.op(none, Op::TO_BOOL);
        self.jump(none, Op::POP_JUMP_IF_TRUE, suppress);
        self.op_i(none, Op::RERAISE, 2);
        self.use_label(suppress);
        self.op(none, Op::POP_TOP);
        self.op(none, Op::POP_BLOCK);
        self.op(none, Op::POP_EXCEPT);
        for _ in 0..3 {
            self.op(none, Op::POP_TOP);
        }
        let exit = self.new_label();
        self.jump(none, Op::JUMP_NO_INTERRUPT, exit);
        self.use_label(cleanup);
        self.pop_except_and_reraise(none);
        self.use_label(exit);
    }
}
