//! Loading, storing and deleting names.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_syntax::ast::ExprContext;

use super::Emitter;
use crate::error::{CompileError, Result};
use crate::ir::Op;
use crate::names::{Name, known};
use crate::symtable::{BlockKind, Reach};

enum Access {
    Fast,
    Deref(Reach),
    Global,
    Name,
}

impl Emitter<'_> {
    /// Emits the access to a name in the current scope.
    pub(super) fn nameop(&mut self, loc: Location, name: Name, ctx: ExprContext) -> Result<()> {
        if name == known::DEBUG && ctx == ExprContext::Load {
            self.load_const(loc, Const::Bool(self.optimize == 0));
            return Ok(());
        }
        let mangled = self.maybe_mangle(name);
        let reach = self.scope().reach(mangled);
        match self.access(mangled, reach) {
            Access::Fast => {
                let index = self.unit().var_index(mangled);
                let op = pick(ctx, Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST);
                self.op_i(loc, op, index);
            }
            Access::Deref(reach) => self.deref_op(loc, mangled, reach, ctx)?,
            Access::Global => {
                let index = self.unit().name_index(mangled);
                let scope = self.scope();
                if ctx != ExprContext::Load {
                    self.op_i(loc, pick(ctx, Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL), index);
                } else if scope.can_see_class_scope && reach == Reach::GlobalImplicit {
                    self.load_classdict(loc)?;
                    self.op_i(loc, Op::LOAD_FROM_DICT_OR_GLOBALS, index);
                } else {
                    self.op_i(loc, Op::LOAD_GLOBAL, index << 1);
                }
            }
            Access::Name => {
                let index = self.unit().name_index(mangled);
                let in_class_comp = self.scope().kind == BlockKind::Class && self.unit_ref().inlined_comp > 0;
                if ctx == ExprContext::Load && in_class_comp {
                    self.op_i(loc, Op::LOAD_GLOBAL, index << 1);
                } else {
                    self.op_i(loc, pick(ctx, Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME), index);
                }
            }
        }
        Ok(())
    }

    fn access(&self, name: Name, reach: Reach) -> Access {
        let function_like = self.scope().is_function_like();
        match reach {
            Reach::Free | Reach::Cell => Access::Deref(reach),
            Reach::Local if function_like => Access::Fast,
            Reach::Local if self.unit_ref().fasthidden.get(&name) == Some(&true) => Access::Fast,
            Reach::GlobalImplicit if function_like => Access::Global,
            Reach::GlobalExplicit => Access::Global,
            _ => Access::Name,
        }
    }

    fn deref_op(&mut self, loc: Location, name: Name, reach: Reach, ctx: ExprContext) -> Result<()> {
        let index = match reach {
            Reach::Free => self.unit_ref().free_index(name),
            _ => self.unit_ref().cellvars.get_index_of(&name).map(|index| index as u32),
        };
        let Some(index) = index.or_else(|| self.unit_ref().deref_index(name)) else {
            return Err(CompileError::system(format!("no cell for '{}'", self.text(name))));
        };
        if ctx != ExprContext::Load {
            self.op_i(loc, pick(ctx, Op::LOAD_DEREF, Op::STORE_DEREF, Op::DELETE_DEREF), index);
            return Ok(());
        }
        let scope = self.scope();
        if scope.kind == BlockKind::Class && self.unit_ref().inlined_comp == 0 {
            self.op(loc, Op::LOAD_LOCALS);
            self.op_i(loc, Op::LOAD_FROM_DICT_OR_DEREF, index);
        } else if scope.can_see_class_scope {
            self.load_classdict(loc)?;
            self.op_i(loc, Op::LOAD_FROM_DICT_OR_DEREF, index);
        } else {
            self.op_i(loc, Op::LOAD_DEREF, index);
        }
        Ok(())
    }

    fn load_classdict(&mut self, loc: Location) -> Result<()> {
        let index = self.unit_ref().free_index(known::CLASSDICT);
        let index = index.ok_or_else(|| CompileError::system("no cell for '__classdict__'"))?;
        self.op_i(loc, Op::LOAD_DEREF, index);
        Ok(())
    }
}

fn pick(ctx: ExprContext, load: Op, store: Op, delete: Op) -> Op {
    match ctx {
        ExprContext::Load => load,
        ExprContext::Store => store,
        ExprContext::Del => delete,
    }
}
