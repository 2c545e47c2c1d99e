//! Leaving blocks by `return`, `break` and `continue`; `yield from` and `await`.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{Intrinsic1, ResumeKind};
use adder_syntax::ast::{Expr, ExprContext, ExprKind};

use super::Emitter;
use crate::error::{CompileError, Result};
use crate::ir::Op;
use crate::unit::{Datum, FrameBlock, FrameBlockKind, UnitKind};

impl<'a> Emitter<'a> {
    /// Emits what leaving one block needs. With `preserve` the top of the stack is a value to keep.
    pub(super) fn unwind(&mut self, loc: &mut Location, block: &FrameBlock<'a>, preserve: bool) -> Result<()> {
        match block.kind {
            FrameBlockKind::WhileLoop
            | FrameBlockKind::ExceptionHandler
            | FrameBlockKind::ExceptionGroupHandler
            | FrameBlockKind::AsyncComprehension
            | FrameBlockKind::StopIteration => {}
            FrameBlockKind::ForLoop | FrameBlockKind::PopValue => {
                self.keep(*loc, preserve);
                self.op(*loc, Op::POP_TOP);
            }
            FrameBlockKind::TryExcept => self.op(*loc, Op::POP_BLOCK),
            FrameBlockKind::FinallyTry => {
                self.op(*loc, Op::POP_BLOCK);
                if preserve {
                    self.push_block(*loc, FrameBlockKind::PopValue, None, None, Datum::None)?;
                }
                if let Datum::Finally(body) = block.datum {
                    self.stmts(body)?;
                }
                if preserve {
                    self.pop_block();
                }
                // The finally block comes after the statement that leaves: what follows has no line of its own.
                *loc = Location::NONE;
            }
            FrameBlockKind::FinallyEnd => {
                self.keep(*loc, preserve);
                self.op(*loc, Op::POP_TOP);
                self.keep(*loc, preserve);
                self.op(*loc, Op::POP_BLOCK);
                self.op(*loc, Op::POP_EXCEPT);
            }
            FrameBlockKind::With | FrameBlockKind::AsyncWith => {
                *loc = block.loc;
                self.op(*loc, Op::POP_BLOCK);
                if preserve {
                    self.op_i(*loc, Op::SWAP, 3);
                    self.op_i(*loc, Op::SWAP, 2);
                }
                self.call_exit_with_nones(*loc);
                if block.kind == FrameBlockKind::AsyncWith {
                    self.await_top(*loc, 2);
                }
                self.op(*loc, Op::POP_TOP);
                *loc = Location::NONE;
            }
            FrameBlockKind::HandlerCleanup => {
                if let Datum::Handler(_) = block.datum {
                    self.op(*loc, Op::POP_BLOCK);
                }
                self.keep(*loc, preserve);
                self.op(*loc, Op::POP_BLOCK);
                self.op(*loc, Op::POP_EXCEPT);
                if let Datum::Handler(name) = block.datum {
                    self.unbind_handler_name(*loc, name)?;
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, loc: Location, preserve: bool) {
        if preserve {
            self.op_i(loc, Op::SWAP, 2);
        }
    }

    /// `name = None; del name`: the body may have deleted the name itself.
    pub(super) fn unbind_handler_name(&mut self, loc: Location, name: crate::names::Name) -> Result<()> {
        self.load_const(loc, Const::None);
        self.nameop(loc, name, ExprContext::Store)?;
        self.nameop(loc, name, ExprContext::Del)
    }

    /// Unwinds all open blocks, or those inside the innermost loop, which is returned.
    pub(super) fn unwind_all(
        &mut self,
        loc: &mut Location,
        preserve: bool,
        to_loop: bool,
    ) -> Result<Option<FrameBlock<'a>>> {
        let Some(block) = self.unit_ref().blocks.last().copied() else { return Ok(None) };
        if block.kind == FrameBlockKind::ExceptionGroupHandler {
            let message = "'break', 'continue' and 'return' cannot appear in an except* block";
            return Err(self.error_at(message, *loc));
        }
        if to_loop && matches!(block.kind, FrameBlockKind::WhileLoop | FrameBlockKind::ForLoop) {
            return Ok(Some(block));
        }
        self.pop_block();
        self.unwind(loc, &block, preserve)?;
        let found = self.unwind_all(loc, preserve, to_loop)?;
        self.push_block(block.loc, block.kind, block.block, block.exit, block.datum)?;
        Ok(found)
    }

    pub(super) fn break_stmt(&mut self, loc: Location) -> Result<()> {
        let mut at = loc;
        self.op(loc, Op::NOP);
        let Some(block) = self.unwind_all(&mut at, false, true)? else {
            return Err(self.error_at("'break' outside loop", loc));
        };
        self.unwind(&mut at, &block, false)?;
        let exit = block.exit.ok_or_else(|| CompileError::system("loop without exit"))?;
        self.jump(at, Op::JUMP, exit);
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, loc: Location) -> Result<()> {
        let mut at = loc;
        self.op(loc, Op::NOP);
        let Some(block) = self.unwind_all(&mut at, false, true)? else {
            return Err(self.error_at("'continue' not properly in loop", loc));
        };
        let start = block.block.ok_or_else(|| CompileError::system("loop without start"))?;
        self.jump(at, Op::JUMP, start);
        Ok(())
    }

    pub(super) fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_const(loc, Const::None);
        }
        self.op_i(loc, Op::CALL, 3);
    }

    /// Awaits the object on top; `arg` says for which protocol (argument of GET_AWAITABLE).
    pub(super) fn await_top(&mut self, loc: Location, arg: u32) {
        self.op_i(loc, Op::GET_AWAITABLE, arg);
        self.load_const(loc, Const::None);
        self.yield_from(loc, true);
    }

    /// Delegates to the iterator below the value to send.
    pub(super) fn yield_from(&mut self, loc: Location, awaiting: bool) {
        let (send, fail, exit) = (self.new_label(), self.new_label(), self.new_label());
        self.use_label(send);
        self.jump(loc, Op::SEND, exit);
        // YIELD_VALUE raises only when the frame is resumed by close() or throw().
        self.jump(loc, Op::SETUP_FINALLY, fail);
        self.op_i(loc, Op::YIELD_VALUE, 1);
        self.op(Location::NONE, Op::POP_BLOCK);
        let kind = if awaiting { ResumeKind::AfterAwait } else { ResumeKind::AfterYieldFrom };
        self.op_i(loc, Op::RESUME, kind as u32);
        self.jump(loc, Op::JUMP_NO_INTERRUPT, send);
        self.use_label(fail);
        self.op(loc, Op::CLEANUP_THROW);
        self.use_label(exit);
        self.op(loc, Op::END_SEND);
    }

    pub(super) fn yield_top(&mut self, loc: Location) {
        if self.scope().generator && self.scope().coroutine {
            self.intrinsic_1(loc, Intrinsic1::AsyncGenWrap);
        }
        self.op_i(loc, Op::YIELD_VALUE, 0);
        self.op_i(loc, Op::RESUME, ResumeKind::AfterYield as u32);
    }

    pub(super) fn yield_like(&mut self, e: &'a Expr) -> Result<()> {
        let loc = self.loc(e.loc);
        let function_like = self.scope().is_function_like();
        match &e.kind {
            ExprKind::Yield { value } => {
                if !function_like {
                    return self.error("'yield' outside function", e.loc);
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_const(loc, Const::None),
                }
                self.yield_top(loc);
            }
            ExprKind::YieldFrom { value } => {
                if !function_like {
                    return self.error("'yield from' outside function", e.loc);
                }
                if self.unit_ref().kind == UnitKind::AsyncFunction {
                    return self.error("'yield from' inside async function", e.loc);
                }
                self.expr(value)?;
                self.op(loc, Op::GET_YIELD_FROM_ITER);
                self.load_const(loc, Const::None);
                self.yield_from(loc, false);
            }
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.await_top(loc, 0);
            }
            _ => {}
        }
        Ok(())
    }
}
