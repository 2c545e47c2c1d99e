//! Annotations: `__annotate__` functions (PEP 649), and text under `from __future__ import annotations`.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{CommonConstant, CompareOperator, FunctionAttribute};
use adder_syntax::ast::{Arg, Arguments, Expr, ExprContext, ExprKind, Stmt, StmtKind};

use super::{Emitter, compare::compare_arg};
use crate::error::{CompileError, Result};
use crate::ir::{Op, Sequence};
use crate::names::{Name, known};
use crate::symtable::{BlockKind, Key, address};
use crate::unit::{Parameters, UnitKind};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: greater formats are not supported by compiled functions.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

impl<'a> Emitter<'a> {
    /// An annotated name in a module or class.
    pub(super) fn store_annotation(&mut self, s: &'a Stmt, id: &str, annotation: &'a Expr) -> Result<()> {
        let loc = self.loc(s.loc);
        let name = self.intern(id);
        if self.future_annotations() {
            self.annotation_text(annotation);
            self.op_name(loc, Op::LOAD_NAME, known::ANNOTATIONS);
            let mangled = self.maybe_mangle(name);
            self.load_name_const(loc, mangled);
            self.op(loc, Op::STORE_SUBSCR);
            return Ok(());
        }
        let conditional = self.unit_ref().kind == UnitKind::Module || self.unit_ref().conditional_block > 0;
        let unit = self.unit();
        let index = conditional.then_some(unit.next_conditional_annotation);
        unit.deferred_annotations.push((s, index));
        let Some(index) = index else { return Ok(()) };
        unit.next_conditional_annotation += 1;
        if unit.kind == UnitKind::Class {
            let cell = unit.cellvars.get_index_of(&known::CONDITIONAL_ANNOTATIONS);
            let cell = cell.ok_or_else(|| CompileError::system("no cell for '__conditional_annotations__'"))?;
            self.op_i(loc, Op::LOAD_DEREF, cell as u32);
        } else {
            self.op_name(loc, Op::LOAD_NAME, known::CONDITIONAL_ANNOTATIONS);
        }
        self.load_const(loc, Const::Int(i64::from(index)));
        self.op_i(loc, Op::SET_ADD, 1);
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    pub(super) fn annotation_text(&mut self, annotation: &Expr) {
        let loc = self.loc(annotation.loc);
        let text = crate::unparse::unparse(annotation);
        self.load_const(loc, Const::Str(text.into()));
    }

    /// Starts the scope of a function that evaluates annotations: it takes the format and rejects unknown ones.
    pub(super) fn enter_annotations(&mut self, loc: Location, key: Key, name: Name) -> Result<()> {
        let params = Parameters { posonly: 1, ..Parameters::default() };
        self.enter_scope(name, UnitKind::Annotations, key, loc.line, None, params)?;
        self.op_i(loc, Op::LOAD_FAST, 0);
        self.load_const(loc, Const::Int(VALUE_WITH_FAKE_GLOBALS));
        self.op_i(loc, Op::COMPARE_OP, compare_arg(CompareOperator::Gt));
        let body = self.new_label();
        self.jump(loc, Op::POP_JUMP_IF_FALSE, body);
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, CommonConstant::NotImplementedError as u32);
        self.op_i(loc, Op::RAISE_VARARGS, 1);
        self.use_label(body);
        Ok(())
    }

    /// Ends it. The parameter is called `.format` inside, so that no annotation can mean it, and `format` outside.
    pub(super) fn leave_annotations(&mut self, loc: Location) -> Result<()> {
        self.op(loc, Op::RETURN_VALUE);
        let mut code = self.finish_unit(true)?;
        if let Some(first) = code.localsplusnames.first_mut() {
            *first = "format".into();
        }
        self.make_closure(loc, code, 0)
    }

    /// The `__annotate__` of a module or class, when it has annotated names.
    pub(super) fn deferred_annotations(&mut self, loc: Location) -> Result<()> {
        if self.unit_ref().deferred_annotations.is_empty() {
            return Ok(());
        }
        let deferred = std::mem::take(&mut self.unit().deferred_annotations);
        let is_module = self.unit_ref().kind == UnitKind::Module;
        if is_module {
            let unit = self.unit();
            unit.stashed = Some(std::mem::take(&mut unit.seq));
        }
        let parent = self.unit_ref().scope;
        let scope = self.table.scope(parent);
        let (is_class, block) = (scope.kind == BlockKind::Class, scope.annotation_block);
        let name = block.map_or(known::ANNOTATE, |block| self.table.scope(block).name);
        self.enter_annotations(loc, Key::Annotate(parent.0), name)?;
        self.deferred_body(loc, &deferred, is_class)?;
        self.leave_annotations(loc)?;
        let target = if is_class { known::ANNOTATE_FUNC } else { known::ANNOTATE };
        self.nameop(loc, target, ExprContext::Store)?;
        if is_module {
            let unit = self.unit();
            let module: Sequence = unit.stashed.take().unwrap_or_default();
            let annotations = std::mem::replace(&mut unit.seq, module);
            unit.seq.annotations = Some(Box::new(annotations));
        }
        Ok(())
    }

    fn deferred_body(&mut self, loc: Location, deferred: &[(&'a Stmt, Option<u32>)], is_class: bool) -> Result<()> {
        self.op_i(loc, Op::BUILD_MAP, 0);
        for (s, index) in deferred {
            let StmtKind::AnnAssign { target, annotation, .. } = &s.kind else {
                return Err(CompileError::system("deferred annotation is no annotated assignment"));
            };
            let ExprKind::Name { id, .. } = &target.kind else {
                return Err(CompileError::system("deferred annotation of something else than a name"));
            };
            let at = self.loc(s.loc);
            let name = self.intern(id);
            let mangled = self.table.names.mangle(self.unit_ref().private, name);
            let not_set = self.new_label();
            if let Some(index) = index {
                self.load_const(at, Const::Int(i64::from(*index)));
                self.load_conditional_set(at, is_class)?;
                self.op_i(at, Op::CONTAINS_OP, 0);
                self.jump(at, Op::POP_JUMP_IF_FALSE, not_set);
            }
            self.expr(annotation)?;
            self.op_i(at, Op::COPY, 2);
            self.load_name_const(at, mangled);
            self.op(loc, Op::STORE_SUBSCR);
            self.use_label(not_set);
        }
        Ok(())
    }

    fn load_conditional_set(&mut self, at: Location, is_class: bool) -> Result<()> {
        if is_class {
            let cell = self.unit().capture(known::CONDITIONAL_ANNOTATIONS);
            self.op_i(at, Op::LOAD_DEREF, cell);
        } else {
            let index = self.unit().name_index(known::CONDITIONAL_ANNOTATIONS);
            self.op_i(at, Op::LOAD_GLOBAL, index << 1);
        }
        Ok(())
    }

    /// The annotations of a function: pushes `__annotate__`, if there are any, and gives the attribute flag.
    pub(super) fn function_annotations(
        &mut self,
        loc: Location,
        args: &'a Arguments,
        returns: Option<&'a Expr>,
    ) -> Result<u32> {
        let key = Key::Annotations(address(args));
        let scope = self.table.lookup(key).ok_or_else(|| CompileError::system("unknown symbol table entry"))?;
        if !self.table.scope(scope).annotations_used {
            return Ok(0);
        }
        let name = self.table.scope(scope).name;
        self.enter_annotations(loc, key, name)?;
        let mut count = 0;
        let args = (args.args.iter().chain(&args.posonlyargs))
            .chain(args.vararg.as_deref())
            .chain(&args.kwonlyargs)
            .chain(args.kwarg.as_deref());
        for Arg { arg, annotation, .. } in args {
            if let Some(annotation) = annotation {
                let name = self.intern(arg);
                self.arg_annotation(loc, name, annotation)?;
                count += 1;
            }
        }
        if let Some(returns) = returns {
            self.arg_annotation(loc, known::RETURN, returns)?;
            count += 1;
        }
        self.op_i(loc, Op::BUILD_MAP, count);
        self.leave_annotations(loc)?;
        Ok(FunctionAttribute::Annotate as u32)
    }

    fn arg_annotation(&mut self, loc: Location, name: Name, annotation: &'a Expr) -> Result<()> {
        let mangled = self.maybe_mangle(name);
        self.load_name_const(loc, mangled);
        if self.future_annotations() {
            self.annotation_text(annotation);
            return Ok(());
        }
        self.expr_or_starred(loc, annotation)
    }

    /// An expression, or `*Ts`, which stands for the one item it unpacks to.
    pub(super) fn expr_or_starred(&mut self, loc: Location, e: &'a Expr) -> Result<()> {
        let ExprKind::Starred { value, .. } = &e.kind else { return self.expr(e) };
        self.expr(value)?;
        self.op_i(loc, Op::UNPACK_SEQUENCE, 1);
        Ok(())
    }
}
