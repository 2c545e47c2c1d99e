//! Type parameters and `type` statements (PEP 695, 696).

use adder_isa::Const;
use adder_isa::operands::{FunctionAttribute, Intrinsic1, Intrinsic2};
use adder_syntax::ast::{Expr, ExprContext, ExprKind, Stmt, TypeParam, TypeParamKind};

use super::Emitter;
use crate::error::{CompileError, Result};
use crate::ir::Op;
use crate::names::Name;
use crate::symtable::{Key, address};
use crate::unit::{Parameters, UnitKind};

impl<'a> Emitter<'a> {
    /// Makes and binds the parameters, and pushes their tuple.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam]) -> Result<()> {
        let mut seen_default = false;
        for param in params {
            let loc = self.loc(param.loc);
            let (text, default, starred) = match &param.kind {
                TypeParamKind::TypeVar { name, default_value, .. } => (name, default_value, false),
                TypeParamKind::TypeVarTuple { name, default_value } => (name, default_value, true),
                TypeParamKind::ParamSpec { name, default_value } => (name, default_value, false),
            };
            let name = self.intern(text);
            self.load_name_const(loc, name);
            match &param.kind {
                TypeParamKind::TypeVar { bound: Some(bound), .. } => {
                    self.lazy_value(bound, name, Key::Bound(address(param)), false)?;
                    let constraints = matches!(bound.kind, ExprKind::Tuple { .. });
                    let which =
                        if constraints { Intrinsic2::TypeVarWithConstraints } else { Intrinsic2::TypeVarWithBound };
                    self.intrinsic_2(loc, which);
                }
                TypeParamKind::TypeVar { .. } => self.intrinsic_1(loc, Intrinsic1::TypeVar),
                TypeParamKind::TypeVarTuple { .. } => self.intrinsic_1(loc, Intrinsic1::TypeVarTuple),
                TypeParamKind::ParamSpec { .. } => self.intrinsic_1(loc, Intrinsic1::ParamSpec),
            }
            if let Some(default) = default {
                seen_default = true;
                self.lazy_value(default, name, Key::Default(address(param)), starred)?;
                self.intrinsic_2(loc, Intrinsic2::SetTypeParamDefault);
            } else if seen_default {
                let message = format!("non-default type parameter '{text}' follows default type parameter");
                return self.error(message, param.loc);
            }
            self.op_i(loc, Op::COPY, 1);
            self.nameop(loc, name, ExprContext::Store)?;
        }
        if let Some(first) = params.first() {
            let loc = self.loc(first.loc);
            self.op_i(loc, Op::BUILD_TUPLE, params.len() as u32);
        }
        Ok(())
    }

    /// Pushes a function that evaluates an expression when asked.
    fn lazy_value(&mut self, e: &'a Expr, name: Name, key: Key, starred: bool) -> Result<()> {
        let loc = self.loc(e.loc);
        self.load_const(loc, Const::Tuple([Const::Int(1)].into()));
        self.enter_annotations(loc, key, name)?;
        if starred {
            self.expr_or_starred(loc, e)?;
        } else {
            self.expr(e)?;
        }
        self.op(loc, Op::RETURN_VALUE);
        let code = self.finish_unit(true)?;
        self.make_closure(loc, code, FunctionAttribute::Defaults as u32)
    }

    pub(super) fn type_alias(
        &mut self,
        s: &'a Stmt,
        name: &'a Expr,
        type_params: &'a Vec<TypeParam>,
        value: &'a Expr,
    ) -> Result<()> {
        let loc = self.loc(s.loc);
        let ExprKind::Name { id, .. } = &name.kind else {
            return Err(CompileError::plain(crate::error::ErrorKind::Type, "TypeAlias with non-Name name"));
        };
        let name = self.intern(id);
        let generic = !type_params.is_empty();
        if generic {
            let scope_name = self.intern(&format!("<generic parameters of {id}>"));
            let key = Key::TypeParams(address(type_params));
            self.enter_scope(scope_name, UnitKind::Annotations, key, loc.line, None, Parameters::default())?;
            self.load_name_const(loc, name);
            self.type_params(type_params)?;
        } else {
            self.load_name_const(loc, name);
            self.load_const(loc, Const::None);
        }
        self.load_const(loc, Const::Tuple([Const::Int(1)].into()));
        self.enter_annotations(loc, Key::TypeAlias(address(s)), name)?;
        self.expr(value)?;
        self.op(loc, Op::RETURN_VALUE);
        let code = self.finish_unit(false)?;
        self.make_closure(loc, code, FunctionAttribute::Defaults as u32)?;
        self.op_i(loc, Op::BUILD_TUPLE, 3);
        self.intrinsic_1(loc, Intrinsic1::TypeAlias);
        if generic {
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(loc, Op::PUSH_NULL);
            self.op_i(loc, Op::CALL, 0);
        }
        self.nameop(loc, name, ExprContext::Store)
    }
}
