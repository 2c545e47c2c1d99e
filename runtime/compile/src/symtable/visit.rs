//! First pass of the symbol table: the walk over statements, expressions and patterns.

use adder_syntax::ast::{
    Alias, Arg, Arguments, ClassDef, Comprehension as For, ExceptHandler, Expr, ExprContext, ExprKind, FunctionDef,
    Keyword, Loc, MatchCase, Pattern, PatternKind, Stmt, StmtKind, TypeParam, TypeParamKind,
};

use super::build::{Builder, check_name};
use super::flag::{DEF_ANNOT, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, DEF_TYPE_PARAM, USE};
use super::{BlockKind, Comprehension, Key, address};
use crate::error::{CompileError, Result, deeper};
use crate::names::{Name, known};

impl Builder<'_> {
    pub(super) fn stmts(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn exprs(&mut self, list: &[Expr]) -> Result<()> {
        list.iter().try_for_each(|e| self.expr(e))
    }

    fn opt(&mut self, e: Option<&Expr>) -> Result<()> {
        e.map_or(Ok(()), |e| self.expr(e))
    }

    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.cur_mut().in_conditional_block, true);
        visit(self)?;
        self.cur_mut().in_conditional_block = before;
        Ok(())
    }

    fn stmt(&mut self, s: &Stmt) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.stmt_inner(s)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn stmt_inner(&mut self, s: &Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::FunctionDef(def) => self.function(def, s.loc, false),
            StmtKind::AsyncFunctionDef(def) => self.function(def, s.loc, true),
            StmtKind::ClassDef(def) => self.class(def, s.loc),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return { value } => {
                if let Some(value) = value {
                    self.expr(value)?;
                    self.cur_mut().returns_value = true;
                }
                Ok(())
            }
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(s, target, annotation, value.as_deref(), *simple)
            }
            StmtKind::For(node) => {
                self.expr(&node.target)?;
                self.expr(&node.iter)?;
                self.conditional(|b| {
                    b.stmts(&node.body)?;
                    b.stmts(&node.orelse)
                })
            }
            StmtKind::AsyncFor(node) => {
                self.require_coroutine("'async for' outside async function", s.loc)?;
                self.expr(&node.target)?;
                self.expr(&node.iter)?;
                self.conditional(|b| {
                    b.stmts(&node.body)?;
                    b.stmts(&node.orelse)
                })
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditional(|b| {
                    b.stmts(body)?;
                    b.stmts(orelse)
                })
            }
            StmtKind::With(node) => self.with(node),
            StmtKind::AsyncWith(node) => {
                self.require_coroutine("'async with' outside async function", s.loc)?;
                self.with(node)
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional(|b| cases.iter().try_for_each(|case| b.match_case(case)))
            }
            StmtKind::Raise { exc, cause } => {
                self.opt(exc.as_deref())?;
                if exc.is_some() { self.opt(cause.as_deref()) } else { Ok(()) }
            }
            StmtKind::Try(node) | StmtKind::TryStar(node) => self.conditional(|b| {
                b.stmts(&node.body)?;
                node.handlers.iter().try_for_each(|handler| b.except_handler(handler))?;
                b.stmts(&node.orelse)?;
                b.stmts(&node.finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.opt(msg.as_deref())
            }
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.alias(alias)),
            StmtKind::ImportFrom { module, names, level } => {
                names.iter().try_for_each(|alias| self.alias(alias))?;
                self.check_import_from(s, module.as_deref(), *level)
            }
            StmtKind::Global { names } => self.declare(names, DEF_GLOBAL, "global", s.loc),
            StmtKind::Nonlocal { names } => self.declare(names, DEF_NONLOCAL, "nonlocal", s.loc),
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn with(&mut self, node: &adder_syntax::ast::With) -> Result<()> {
        self.conditional(|b| {
            for item in &node.items {
                b.expr(&item.context_expr)?;
                b.opt(item.optional_vars.as_deref())?;
            }
            b.stmts(&node.body)
        })
    }

    fn function(&mut self, def: &FunctionDef, loc: Loc, is_async: bool) -> Result<()> {
        let name = self.intern(&def.name);
        self.define(name, DEF_LOCAL, loc)?;
        self.defaults(&def.args)?;
        self.exprs(&def.decorator_list)?;
        let generic = !def.type_params.is_empty();
        if generic {
            let kwdefaults = def.args.kw_defaults.iter().any(Option::is_some);
            let key = Key::TypeParams(address(&def.type_params));
            // The slot of the defaults exists even when there are none.
            self.enter_type_params(name, key, (true, kwdefaults), false, loc)?;
            self.type_params(&def.type_params)?;
        }
        let scope = self.new_scope(name, BlockKind::Function, Key::Function(address(def)), loc);
        self.annotations(def, loc)?;
        self.enter_existing(scope, true);
        self.mark_docstring(&def.body);
        if is_async {
            self.cur_mut().coroutine = true;
        }
        self.arguments(&def.args)?;
        self.stmts(&def.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn defaults(&mut self, args: &Arguments) -> Result<()> {
        self.exprs(&args.defaults)?;
        args.kw_defaults.iter().flatten().try_for_each(|e| self.expr(e))
    }

    fn annotations(&mut self, def: &FunctionDef, loc: Loc) -> Result<()> {
        let in_class = self.cur().can_see_class_scope || self.cur().kind == BlockKind::Class;
        let key = Key::Annotations(address(&def.args));
        self.enter(known::ANNOTATE, BlockKind::Annotation, key, loc)?;
        if in_class {
            self.cur_mut().can_see_class_scope = true;
            self.define(known::CLASSDICT, USE, loc)?;
        }
        let args = &def.args;
        let annotated = (args.posonlyargs.iter().chain(&args.args))
            .chain(args.vararg.as_deref())
            .chain(args.kwarg.as_deref())
            .chain(&args.kwonlyargs)
            .filter_map(|arg| arg.annotation.as_deref());
        for annotation in annotated.chain(def.returns.as_deref()) {
            self.cur_mut().annotations_used = true;
            self.expr(annotation)?;
        }
        self.exit();
        Ok(())
    }

    fn params(&mut self, args: &[Arg]) -> Result<()> {
        for arg in args {
            let name = self.intern(&arg.arg);
            self.define(name, DEF_PARAM, arg.loc)?;
        }
        Ok(())
    }

    fn arguments(&mut self, args: &Arguments) -> Result<()> {
        self.params(&args.posonlyargs)?;
        self.params(&args.args)?;
        self.params(&args.kwonlyargs)?;
        if let Some(arg) = &args.vararg {
            self.params(std::slice::from_ref(arg))?;
            self.cur_mut().varargs = true;
        }
        if let Some(arg) = &args.kwarg {
            self.params(std::slice::from_ref(arg))?;
            self.cur_mut().varkeywords = true;
        }
        Ok(())
    }

    fn class(&mut self, def: &ClassDef, loc: Loc) -> Result<()> {
        let name = self.intern(&def.name);
        self.define(name, DEF_LOCAL, loc)?;
        self.exprs(&def.decorator_list)?;
        let outer_private = self.private;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params(name, Key::TypeParams(address(&def.type_params)), (false, false), true, loc)?;
            self.private = Some(name);
            self.start_mangled_set();
            self.type_params(&def.type_params)?;
        }
        self.exprs(&def.bases)?;
        self.keywords(&def.keywords)?;
        self.enter(name, BlockKind::Class, Key::Class(address(def)), loc)?;
        self.private = Some(name);
        if generic {
            self.define(known::TYPE_PARAMS, DEF_LOCAL, loc)?;
            self.define(known::DOT_TYPE_PARAMS, USE, loc)?;
        }
        self.mark_docstring(&def.body);
        self.stmts(&def.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        self.private = outer_private;
        Ok(())
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Result<()> {
        for keyword in keywords {
            if let Some(arg) = &keyword.arg {
                let name = self.intern(arg);
                check_name(name, keyword.loc, ExprContext::Store)?;
            }
        }
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
    }

    fn type_alias(&mut self, s: &Stmt, name: &Expr, type_params: &Vec<TypeParam>, value: &Expr) -> Result<()> {
        self.expr(name)?;
        let ExprKind::Name { id, .. } = &name.kind else {
            return Err(CompileError::plain(crate::error::ErrorKind::Type, "TypeAlias with non-Name name"));
        };
        let alias = self.intern(id);
        let in_class = self.cur().kind == BlockKind::Class;
        let generic = !type_params.is_empty();
        if generic {
            self.enter_type_params(alias, Key::TypeParams(address(type_params)), (false, false), false, s.loc)?;
            self.type_params(type_params)?;
        }
        self.enter(alias, BlockKind::TypeAlias, Key::TypeAlias(address(s)), s.loc)?;
        self.cur_mut().can_see_class_scope = in_class;
        if in_class {
            self.define(known::CLASSDICT, USE, value.loc)?;
        }
        self.expr(value)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Result<()> {
        for param in params {
            let at = address(param);
            match &param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    let name = self.type_param(name, param.loc)?;
                    let constraints = bound.as_ref().is_some_and(|e| matches!(e.kind, ExprKind::Tuple { .. }));
                    let info = if constraints { "a TypeVar constraint" } else { "a TypeVar bound" };
                    self.type_variable(name, param, bound.as_deref(), Key::Bound(at), info)?;
                    let key = Key::Default(at);
                    self.type_variable(name, param, default_value.as_deref(), key, "a TypeVar default")?;
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    let name = self.type_param(name, param.loc)?;
                    let key = Key::Default(at);
                    self.type_variable(name, param, default_value.as_deref(), key, "a TypeVarTuple default")?;
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    let name = self.type_param(name, param.loc)?;
                    let key = Key::Default(at);
                    self.type_variable(name, param, default_value.as_deref(), key, "a ParamSpec default")?;
                }
            }
        }
        Ok(())
    }

    fn type_param(&mut self, name: &str, loc: Loc) -> Result<Name> {
        let name = self.intern(name);
        self.define(name, DEF_TYPE_PARAM | DEF_LOCAL, loc)?;
        Ok(name)
    }

    fn type_variable(
        &mut self,
        name: Name,
        param: &TypeParam,
        e: Option<&Expr>,
        key: Key,
        info: &'static str,
    ) -> Result<()> {
        if name == known::CLASSDICT {
            let message = "reserved name '__classdict__' cannot be used for type parameter";
            return Err(CompileError::syntax(message, param.loc));
        }
        let Some(e) = e else { return Ok(()) };
        let in_class = self.cur().can_see_class_scope;
        self.enter(name, BlockKind::TypeVariable, key, e.loc)?;
        self.cur_mut().can_see_class_scope = in_class;
        if in_class {
            self.define(known::CLASSDICT, USE, e.loc)?;
        }
        self.cur_mut().scope_info = Some(info);
        self.expr(e)?;
        self.exit();
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &Stmt,
        target: &Expr,
        annotation: &Expr,
        value: Option<&Expr>,
        simple: bool,
    ) -> Result<()> {
        self.cur_mut().annotations_used = true;
        if let ExprKind::Name { id, .. } = &target.kind {
            let name = self.intern(id);
            let bits = self.lookup(name);
            if bits & (DEF_GLOBAL | DEF_NONLOCAL) != 0 && self.cur().kind != BlockKind::Module && simple {
                let kind = if bits & DEF_GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(CompileError::syntax(format!("annotated name '{id}' can't be {kind}"), s.loc));
            }
            if simple {
                self.define(name, DEF_ANNOT | DEF_LOCAL, target.loc)?;
            } else if value.is_some() {
                self.define(name, DEF_LOCAL, target.loc)?;
            }
        } else {
            self.expr(target)?;
        }
        self.annotation(annotation)?;
        self.opt(value)
    }

    /// The annotation of a variable goes to the `__annotate__` scope of the class or module.
    fn annotation(&mut self, annotation: &Expr) -> Result<()> {
        let parent = self.current();
        let kind = self.cur().kind;
        // A module may be executed only in part, so all its annotations count as conditional.
        let conditional = kind == BlockKind::Module || kind == BlockKind::Class && self.cur().in_conditional_block;
        if conditional && !self.cur().has_conditional_annotations {
            self.cur_mut().has_conditional_annotations = true;
            self.define(known::CONDITIONAL_ANNOTATIONS, USE, annotation.loc)?;
        }
        match self.cur().annotation_block {
            Some(block) => self.enter_existing(block, false),
            None => {
                let key = Key::Annotate(parent.0);
                let block = self.enter(known::ANNOTATE, BlockKind::Annotation, key, annotation.loc)?;
                self.table.scope_mut(parent).annotation_block = Some(block);
                if kind == BlockKind::Class && !self.future_annotations() {
                    self.cur_mut().can_see_class_scope = true;
                    self.define(known::CLASSDICT, USE, annotation.loc)?;
                }
            }
        }
        let unevaluated = kind == BlockKind::Function;
        if unevaluated {
            self.cur_mut().in_unevaluated_annotation = true;
        }
        let result = self.expr(annotation);
        if unevaluated {
            self.cur_mut().in_unevaluated_annotation = false;
        }
        self.exit();
        result
    }

    fn declare(&mut self, names: &[Box<str>], flags: u32, what: &str, loc: Loc) -> Result<()> {
        for text in names {
            let name = self.intern(text);
            let bits = self.lookup(name);
            let message = if bits & DEF_PARAM != 0 {
                format!("name '{text}' is parameter and {what}")
            } else if bits & USE != 0 {
                format!("name '{text}' is used prior to {what} declaration")
            } else if bits & DEF_ANNOT != 0 {
                format!("annotated name '{text}' can't be {what}")
            } else if bits & DEF_LOCAL != 0 {
                format!("name '{text}' is assigned to before {what} declaration")
            } else {
                self.define(name, flags, loc)?;
                self.record_directive(name, loc);
                continue;
            };
            return Err(CompileError::syntax(message, loc));
        }
        Ok(())
    }

    fn check_import_from(&self, s: &Stmt, module: Option<&str>, level: u32) -> Result<()> {
        let last = self.future.location;
        let late =
            s.loc.lineno > last.lineno || s.loc.lineno == last.end_lineno && s.loc.col_offset > last.end_col_offset;
        if module == Some("__future__") && level == 0 && late {
            let message = "from __future__ imports must occur at the beginning of the file";
            return Err(CompileError::syntax(message, s.loc));
        }
        Ok(())
    }

    fn alias(&mut self, alias: &Alias) -> Result<()> {
        let text = alias.asname.as_deref().unwrap_or(&alias.name);
        if text == "*" {
            if self.cur().kind != BlockKind::Module {
                return Err(CompileError::syntax("import * only allowed at module level", alias.loc));
            }
            return Ok(());
        }
        let stored = text.split('.').next().unwrap_or(text);
        let name = self.intern(stored);
        self.define(name, DEF_IMPORT, alias.loc)
    }

    fn except_handler(&mut self, handler: &ExceptHandler) -> Result<()> {
        self.opt(handler.r#type.as_deref())?;
        if let Some(text) = &handler.name {
            let name = self.intern(text);
            self.define(name, DEF_LOCAL, handler.loc)?;
        }
        self.stmts(&handler.body)
    }

    fn require_coroutine(&mut self, message: &str, loc: Loc) -> Result<()> {
        if self.allows_top_level_await() {
            self.cur_mut().coroutine = true;
        }
        if self.cur().coroutine { Ok(()) } else { Err(CompileError::syntax(message, loc)) }
    }

    fn allows_top_level_await(&self) -> bool {
        self.top_level_await && self.cur().kind == BlockKind::Module
    }

    fn in_async_def(&self) -> bool {
        self.cur().kind == BlockKind::Function && self.cur().coroutine
    }

    pub(super) fn expr(&mut self, e: &Expr) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.expr_inner(e)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn expr_inner(&mut self, e: &Expr) -> Result<()> {
        match &e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.forbid_in_annotation("named expression", e)?;
                if self.cur().comp_iter_expr > 0 {
                    let message = "assignment expression cannot be used in a comprehension iterable expression";
                    return Err(CompileError::syntax(message, e.loc));
                }
                if self.cur().comprehension != Comprehension::No {
                    self.extend_namedexpr_scope(target)?;
                }
                self.expr(value)?;
                self.expr(target)
            }
            ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                self.exprs(values)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand: value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Lambda { args, body } => {
                self.defaults(args)?;
                self.enter(known::LAMBDA, BlockKind::Function, Key::Lambda(address(e)), e.loc)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|key| self.expr(key))?;
                self.exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(e, (known::GENEXPR, Comprehension::Generator), generators, elt, None)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(e, (known::LISTCOMP, Comprehension::List), generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(e, (known::SETCOMP, Comprehension::Set), generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(e, (known::DICTCOMP, Comprehension::Dict), generators, key, Some(value))
            }
            ExprKind::Yield { value } => self.yield_expr(e, value.as_deref()),
            ExprKind::YieldFrom { value } => self.yield_expr(e, Some(value)),
            ExprKind::Await { value } => self.await_expr(e, value),
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.opt(format_spec.as_deref())
            }
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                let name = self.intern(attr);
                check_name(name, e.loc, *ctx)?;
                self.expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt(lower.as_deref())?;
                self.opt(upper.as_deref())?;
                self.opt(step.as_deref())
            }
            ExprKind::Name { id, ctx } => self.name(e, id, *ctx),
        }
    }

    fn name(&mut self, e: &Expr, id: &str, ctx: ExprContext) -> Result<()> {
        if self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        let name = self.intern(id);
        let flags = if ctx == ExprContext::Load { USE } else { DEF_LOCAL };
        self.define_ctx(name, flags, e.loc, ctx)?;
        // super() without arguments needs the class.
        if ctx == ExprContext::Load && name == known::SUPER && self.cur().is_function_like() {
            self.define(known::CLASS, USE, e.loc)?;
        }
        Ok(())
    }

    fn yield_expr(&mut self, e: &Expr, value: Option<&Expr>) -> Result<()> {
        self.forbid_in_annotation("yield expression", e)?;
        self.opt(value)?;
        self.cur_mut().generator = true;
        let what = match self.cur().comprehension {
            Comprehension::No => return Ok(()),
            Comprehension::List => "list comprehension",
            Comprehension::Set => "set comprehension",
            Comprehension::Dict => "dict comprehension",
            Comprehension::Generator => "generator expression",
        };
        Err(CompileError::syntax(format!("'yield' inside {what}"), e.loc))
    }

    fn await_expr(&mut self, e: &Expr, value: &Expr) -> Result<()> {
        self.forbid_in_annotation("await expression", e)?;
        if !self.allows_top_level_await() {
            if !self.cur().is_function_like() {
                return Err(CompileError::syntax("'await' outside function", e.loc));
            }
            if !self.in_async_def() && self.cur().comprehension == Comprehension::No {
                return Err(CompileError::syntax("'await' outside async function", e.loc));
            }
        }
        self.expr(value)?;
        self.cur_mut().coroutine = true;
        Ok(())
    }

    fn comprehension(
        &mut self,
        e: &Expr,
        (name, kind): (Name, Comprehension),
        generators: &[For],
        elt: &Expr,
        value: Option<&Expr>,
    ) -> Result<()> {
        let is_generator = kind == Comprehension::Generator;
        let Some((outermost, rest)) = generators.split_first() else {
            return Err(CompileError::system("comprehension with no generators"));
        };
        self.cur_mut().comp_iter_expr += 1;
        self.expr(&outermost.iter)?;
        self.cur_mut().comp_iter_expr -= 1;
        self.enter(name, BlockKind::Function, Key::Comprehension(address(e)), e.loc)?;
        self.cur_mut().comprehension = kind;
        if outermost.is_async {
            self.cur_mut().coroutine = true;
        }
        self.define(known::DOT_ZERO, DEF_PARAM, e.loc)?;
        self.cur_mut().comp_iter_target = true;
        self.expr(&outermost.target)?;
        self.cur_mut().comp_iter_target = false;
        self.exprs(&outermost.ifs)?;
        for clause in rest {
            self.cur_mut().comp_iter_target = true;
            self.expr(&clause.target)?;
            self.cur_mut().comp_iter_target = false;
            self.cur_mut().comp_iter_expr += 1;
            self.expr(&clause.iter)?;
            self.cur_mut().comp_iter_expr -= 1;
            self.exprs(&clause.ifs)?;
            if clause.is_async {
                self.cur_mut().coroutine = true;
            }
        }
        self.opt(value)?;
        self.expr(elt)?;
        self.cur_mut().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit();
        if !is_async {
            return Ok(());
        }
        if !self.in_async_def() && self.cur().comprehension == Comprehension::No && !self.allows_top_level_await() {
            let message = "asynchronous comprehension outside of an asynchronous function";
            return Err(CompileError::syntax(message, e.loc));
        }
        self.cur_mut().coroutine = true;
        Ok(())
    }

    fn match_case(&mut self, case: &MatchCase) -> Result<()> {
        self.pattern(&case.pattern)?;
        self.opt(case.guard.as_deref())?;
        self.stmts(&case.body)
    }

    fn patterns(&mut self, list: &[Pattern]) -> Result<()> {
        list.iter().try_for_each(|p| self.pattern(p))
    }

    fn capture(&mut self, text: Option<&str>, loc: Loc) -> Result<()> {
        let Some(text) = text else { return Ok(()) };
        let name = self.intern(text);
        self.define(name, DEF_LOCAL, loc)
    }

    fn pattern(&mut self, p: &Pattern) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.pattern_inner(p)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn pattern_inner(&mut self, p: &Pattern) -> Result<()> {
        match &p.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => self.patterns(patterns),
            PatternKind::MatchStar { name } => self.capture(name.as_deref(), p.loc),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                self.patterns(patterns)?;
                self.capture(rest.as_deref(), p.loc)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                self.patterns(patterns)?;
                for (attr, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    let name = self.intern(attr);
                    check_name(name, pattern.loc, ExprContext::Store)?;
                }
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                self.capture(name.as_deref(), p.loc)
            }
        }
    }
}
