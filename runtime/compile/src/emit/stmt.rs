//! Statements: dispatch, and those that fit on a page.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{CommonConstant, Intrinsic1};
use adder_syntax::ast::{Expr, ExprContext, ExprKind, Operator, Stmt, StmtKind};

use super::Emitter;
use super::expr::two_part_slice;
use crate::constants::constant;
use crate::error::{CompileError, Result, deeper};
use crate::future::docstring;
use crate::ir::Op;
use crate::names::known;
use crate::unit::UnitKind;

impl<'a> Emitter<'a> {
    /// The body of a module, with what its annotations need.
    pub(super) fn module_body(&mut self, body: &'a [Stmt], interactive: bool) -> Result<()> {
        let first = if interactive { body.first() } else { self.without_docstring(body).first() };
        let loc = match first.or(body.first()) {
            Some(first) => self.loc(first.loc),
            None => Location { line: 1, end_line: 1, col: 0, end_col: 0 },
        };
        if self.scope().has_conditional_annotations {
            self.op_i(loc, Op::BUILD_SET, 0);
            let index = self.unit().name_index(known::CONDITIONAL_ANNOTATIONS);
            self.op_i(loc, Op::STORE_NAME, index);
        }
        self.body(loc, body, interactive)
    }

    /// A body of a module or class: docstring, statements, annotations.
    pub(super) fn body(&mut self, loc: Location, body: &'a [Stmt], interactive: bool) -> Result<()> {
        if self.future_annotations() && self.scope().annotations_used {
            self.op(loc, Op::SETUP_ANNOTATIONS);
        }
        let mut rest = body;
        if !interactive && let Some(text) = docstring(body) {
            if self.scope().has_docstring {
                let StmtKind::Expr { value } = &body[0].kind else {
                    return Err(CompileError::system("docstring is no expression"));
                };
                let at = self.loc(value.loc);
                self.load_const(at, Const::Str(crate::docs::clean(text)));
                self.nameop(Location::NONE, known::DOC, ExprContext::Store)?;
                rest = &body[1..];
            } else {
                rest = self.without_docstring(body);
                self.docstring_place(body, rest);
            }
        }
        self.stmts(rest)?;
        if self.future_annotations() || body.is_empty() { Ok(()) } else { self.deferred_annotations(loc) }
    }

    /// At level 2 a docstring is no statement.
    pub(super) fn without_docstring(&self, body: &'a [Stmt]) -> &'a [Stmt] {
        if self.optimize >= 2 && docstring(body).is_some() { &body[1..] } else { body }
    }

    /// A body that was only a docstring is a `pass` in its place.
    pub(super) fn docstring_place(&mut self, body: &[Stmt], rest: &[Stmt]) {
        if let Some(first) = body.first()
            && rest.is_empty()
        {
            let loc = self.loc(first.loc);
            self.op(Location { end_line: loc.line, end_col: loc.col + 4, ..loc }, Op::NOP);
        }
    }

    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn conditional(&mut self, emit: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.unit().conditional_block += 1;
        let result = emit(self);
        if result.is_ok() {
            self.unit().conditional_block -= 1;
        }
        result
    }

    pub(super) fn stmt(&mut self, s: &'a Stmt) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.stmt_inner(s)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn stmt_inner(&mut self, s: &'a Stmt) -> Result<()> {
        let loc = self.loc(s.loc);
        match &s.kind {
            StmtKind::FunctionDef(def) => self.function(def, s.loc, false),
            StmtKind::AsyncFunctionDef(def) => self.function(def, s.loc, true),
            StmtKind::ClassDef(def) => self.class(def, s.loc),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return { value } => self.return_stmt(s, value.as_deref()),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.expr(value)?;
                for (index, target) in targets.iter().enumerate() {
                    if index + 1 < targets.len() {
                        self.op_i(loc, Op::COPY, 1);
                    }
                    self.expr(target)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(s, target, *op, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(s, target, annotation, value.as_deref(), *simple)
            }
            StmtKind::For(node) => self.conditional(|e| e.for_stmt(node, loc)),
            StmtKind::AsyncFor(node) => self.conditional(|e| e.async_for(node, loc)),
            StmtKind::While { test, body, orelse } => self.conditional(|e| e.while_stmt(loc, test, body, orelse)),
            StmtKind::If { test, body, orelse } => self.conditional(|e| e.if_stmt(loc, test, body, orelse)),
            StmtKind::Match { subject, cases } => self.conditional(|e| e.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => {
                let mut count = 0;
                if let Some(exc) = exc {
                    self.expr(exc)?;
                    count = 1;
                    if let Some(cause) = cause {
                        self.expr(cause)?;
                        count = 2;
                    }
                }
                self.op_i(loc, Op::RAISE_VARARGS, count);
                Ok(())
            }
            StmtKind::Try(node) => self.conditional(|e| e.try_stmt(node, loc, false)),
            StmtKind::TryStar(node) => self.conditional(|e| e.try_stmt(node, loc, true)),
            StmtKind::Assert { test, msg } => self.assert_stmt(s, test, msg.as_deref()),
            StmtKind::Import { names } => self.import(loc, names),
            StmtKind::ImportFrom { module, names, level } => self.import_from(loc, module.as_deref(), names, *level),
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expr_stmt(loc, value),
            StmtKind::Pass => {
                self.op(loc, Op::NOP);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(loc),
            StmtKind::Continue => self.continue_stmt(loc),
            StmtKind::With(node) => self.conditional(|e| e.with_item(node, 0, false)),
            StmtKind::AsyncWith(node) => self.conditional(|e| e.with_item(node, 0, true)),
        }
    }

    fn expr_stmt(&mut self, loc: Location, value: &'a Expr) -> Result<()> {
        if self.interactive && self.units.len() == 1 {
            self.expr(value)?;
            self.intrinsic_1(loc, Intrinsic1::Print);
            self.op(Location::NONE, Op::POP_TOP);
            return Ok(());
        }
        if self.as_constant(value).is_some() {
            self.op(loc, Op::NOP);
            return Ok(());
        }
        self.expr(value)?;
        self.op(Location::NONE, Op::POP_TOP);
        Ok(())
    }

    /// The value of a constant expression; `__debug__` is one.
    pub(super) fn as_constant(&self, e: &Expr) -> Option<Const> {
        match &e.kind {
            ExprKind::Constant { value, .. } => Some(constant(value)),
            ExprKind::Name { id, ctx: ExprContext::Load } if &**id == "__debug__" => {
                Some(Const::Bool(self.optimize == 0))
            }
            _ => None,
        }
    }

    fn return_stmt(&mut self, s: &'a Stmt, value: Option<&'a Expr>) -> Result<()> {
        let mut loc = self.loc(s.loc);
        if !self.scope().is_function_like() {
            return self.error("'return' outside function", s.loc);
        }
        if value.is_some() && self.scope().coroutine && self.scope().generator {
            return self.error("'return' with value in async generator", s.loc);
        }
        let constant = value.and_then(|value| self.as_constant(value));
        let preserve = value.is_some() && constant.is_none();
        if let Some(value) = value {
            if preserve {
                self.expr(value)?;
            } else {
                loc = self.loc(value.loc);
                self.op(loc, Op::NOP);
            }
        }
        if value.is_none_or(|value| value.loc.lineno != s.loc.lineno) {
            loc = self.loc(s.loc);
            self.op(loc, Op::NOP);
        }
        self.unwind_all(&mut loc, preserve, false)?;
        if !preserve {
            self.load_const(loc, constant.unwrap_or(Const::None));
        }
        self.op(loc, Op::RETURN_VALUE);
        Ok(())
    }

    fn assert_stmt(&mut self, s: &'a Stmt, test: &'a Expr, msg: Option<&'a Expr>) -> Result<()> {
        let always = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: adder_syntax::ast::Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always {
            self.warn("assertion is always true, perhaps remove parentheses?", s.loc);
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let loc = self.loc(s.loc);
        let end = self.new_label();
        self.jump_if(loc, test, end, true)?;
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, CommonConstant::AssertionError as u32);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_i(loc, Op::CALL, 0);
        }
        let at = self.loc(test.loc);
        self.op_i(at, Op::RAISE_VARARGS, 1);
        self.use_label(end);
        Ok(())
    }

    fn if_stmt(&mut self, loc: Location, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result<()> {
        let end = self.new_label();
        let next = if orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(loc, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);
            self.use_label(next);
            self.stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn aug_assign(&mut self, s: &'a Stmt, target: &'a Expr, op: Operator, value: &'a Expr) -> Result<()> {
        let loc = self.loc(target.loc);
        match &target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                self.op_i(loc, Op::COPY, 1);
                let at = self.attribute_location(loc, target);
                let name = self.intern(attr);
                self.load_attr(at, name, false);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                if two_part_slice(slice) {
                    self.slice_two_parts(slice)?;
                    for _ in 0..3 {
                        self.op_i(loc, Op::COPY, 3);
                    }
                    self.op(loc, Op::BINARY_SLICE);
                } else {
                    self.expr(slice)?;
                    self.op_i(loc, Op::COPY, 2);
                    self.op_i(loc, Op::COPY, 2);
                    self.op_i(loc, Op::BINARY_OP, adder_isa::operands::BinaryOperator::Subscr as u32);
                }
            }
            ExprKind::Name { id, .. } => {
                let name = self.intern(id);
                self.nameop(loc, name, ExprContext::Load)?;
            }
            _ => return Err(CompileError::system("invalid node type for augmented assignment")),
        }
        self.expr(value)?;
        let at = self.loc(s.loc);
        self.binary_op(at, op, true);
        match &target.kind {
            ExprKind::Attribute { attr, .. } => {
                let at = self.attribute_location(loc, target);
                self.op_i(at, Op::SWAP, 2);
                let name = self.intern(attr);
                self.op_name(at, Op::STORE_ATTR, name);
            }
            ExprKind::Subscript { slice, .. } if two_part_slice(slice) => {
                for depth in [4, 3, 2] {
                    self.op_i(loc, Op::SWAP, depth);
                }
                self.op(loc, Op::STORE_SLICE);
            }
            ExprKind::Subscript { .. } => {
                self.op_i(loc, Op::SWAP, 3);
                self.op_i(loc, Op::SWAP, 2);
                self.op(loc, Op::STORE_SUBSCR);
            }
            ExprKind::Name { id, .. } => {
                let name = self.intern(id);
                self.nameop(loc, name, ExprContext::Store)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) -> Result<()> {
        if let Some(value) = value {
            self.expr(value)?;
            self.expr(target)?;
        }
        let stores = matches!(self.unit_ref().kind, UnitKind::Module | UnitKind::Class);
        match &target.kind {
            ExprKind::Name { id, .. } => {
                if simple && stores {
                    self.store_annotation(s, id, annotation)?;
                }
            }
            ExprKind::Attribute { value: owner, .. } => {
                if value.is_none() {
                    self.check_ann_expr(owner)?;
                }
            }
            ExprKind::Subscript { value: owner, slice, .. } => {
                if value.is_none() {
                    self.check_ann_expr(owner)?;
                    self.check_ann_subscr(slice)?;
                }
            }
            _ => return Err(CompileError::system("invalid node type for annotated assignment")),
        }
        Ok(())
    }

    fn check_ann_expr(&mut self, e: &'a Expr) -> Result<()> {
        self.expr(e)?;
        let loc = self.loc(e.loc);
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    fn check_ann_subscr(&mut self, e: &'a Expr) -> Result<()> {
        match &e.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.check_ann_expr(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| self.check_ann_subscr(elt)),
            _ => self.check_ann_expr(e),
        }
    }
}
