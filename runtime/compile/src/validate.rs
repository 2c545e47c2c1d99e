//! Checks of trees that a program made: what the grammar rules out is refused before compilation.
//!
//! *Invariants.* A tree of the parser always passes; the first complaint is CPython's, in its words.
//! *Not here:* types of fields and negative positions, which the conversion from Python objects refuses.
//! *CPython:* Python/ast.c.

use adder_syntax::ast::{
    Arg, Arguments, Comprehension, Constant, Expr, ExprContext, ExprKind, Keyword, Loc, Mod, Operator, Pattern,
    PatternKind, Stmt, StmtKind, Try, TypeParam, TypeParamKind, UnaryOp,
};

use crate::error::{CompileError, ErrorKind, Result, deeper};

/// Checks a tree.
///
/// # Errors
/// ValueError or TypeError as CPython raises it for such a tree.
pub fn validate(module: &Mod) -> Result<()> {
    let mut v = Validator { depth: 0 };
    match module {
        Mod::Module { body, .. } | Mod::Interactive { body } => v.stmts(body),
        Mod::Expression { body } => v.load(body),
        Mod::FunctionType { argtypes, returns } => {
            v.loads(argtypes)?;
            v.load(returns)
        }
    }
}

struct Validator {
    depth: u32,
}

fn bad<T>(message: impl Into<String>) -> Result<T> {
    Err(CompileError::plain(ErrorKind::Value, message))
}

fn bad_type<T>(message: &str) -> Result<T> {
    Err(CompileError::plain(ErrorKind::Type, message))
}

fn nonempty<T>(list: &[T], what: &str, owner: &str) -> Result<()> {
    if list.is_empty() { bad(format!("empty {what} on {owner}")) } else { Ok(()) }
}

fn positions(loc: Loc) -> Result<()> {
    let Loc { lineno, col_offset, end_lineno, end_col_offset } = loc;
    if lineno > end_lineno {
        return bad(format!("AST node line range ({lineno}, {end_lineno}) is not valid"));
    }
    if lineno == end_lineno && col_offset > end_col_offset {
        return bad(format!("line {lineno}, column {col_offset}-{end_col_offset} is not a valid range"));
    }
    Ok(())
}

fn name(text: &str) -> Result<()> {
    match text {
        "None" | "True" | "False" => bad(format!("identifier field can't represent '{text}' constant")),
        _ => Ok(()),
    }
}

fn capture(text: &str) -> Result<()> {
    if text == "_" { bad("can't capture name '_' in patterns") } else { name(text) }
}

fn context_name(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

fn check_context(e: &Expr, wanted: ExprContext) -> Result<()> {
    let actual = match &e.kind {
        ExprKind::Attribute { ctx, .. }
        | ExprKind::Subscript { ctx, .. }
        | ExprKind::Starred { ctx, .. }
        | ExprKind::List { ctx, .. }
        | ExprKind::Tuple { ctx, .. } => *ctx,
        ExprKind::Name { id, ctx } => {
            name(id)?;
            *ctx
        }
        _ if wanted == ExprContext::Load => return Ok(()),
        _ => return bad(format!("expression which can't be assigned to in {} context", context_name(wanted))),
    };
    if actual == wanted {
        return Ok(());
    }
    let (wanted, actual) = (context_name(wanted), context_name(actual));
    bad(format!("expression must have {wanted} context but has {actual} instead"))
}

impl Validator {
    fn load(&mut self, e: &Expr) -> Result<()> {
        self.expr(e, ExprContext::Load)
    }

    fn loads(&mut self, list: &[Expr]) -> Result<()> {
        self.exprs(list, ExprContext::Load)
    }

    fn exprs(&mut self, list: &[Expr], ctx: ExprContext) -> Result<()> {
        list.iter().try_for_each(|e| self.expr(e, ctx))
    }

    fn opt(&mut self, e: Option<&Expr>) -> Result<()> {
        e.map_or(Ok(()), |e| self.load(e))
    }

    fn expr(&mut self, e: &Expr, ctx: ExprContext) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            positions(e.loc)?;
            check_context(e, ctx)?;
            self.expr_inner(e, ctx)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn expr_inner(&mut self, e: &Expr, ctx: ExprContext) -> Result<()> {
        match &e.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return bad("BoolOp with less than 2 values");
                }
                self.loads(values)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            ExprKind::UnaryOp { operand: value, .. }
            | ExprKind::YieldFrom { value }
            | ExprKind::Await { value }
            | ExprKind::Attribute { value, .. } => self.load(value),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            ExprKind::IfExp { test, body, orelse } => [test, body, orelse].into_iter().try_for_each(|e| self.load(e)),
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return bad("Dict doesn't have the same number of keys as values");
                }
                keys.iter().flatten().try_for_each(|key| self.load(key))?;
                self.loads(values)
            }
            ExprKind::Set { elts: values } | ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                self.loads(values)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(generators)?;
                self.load(elt)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(generators)?;
                self.load(key)?;
                self.load(value)
            }
            ExprKind::Yield { value } => self.opt(value.as_deref()),
            ExprKind::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return bad("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return bad("Compare has a different number of comparators and operands");
                }
                self.loads(comparators)?;
                self.load(left)
            }
            ExprKind::Call { func, args, keywords } => {
                self.load(func)?;
                self.loads(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.opt(format_spec.as_deref())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            ExprKind::Starred { value, .. } => self.expr(value, ctx),
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().try_for_each(|part| self.opt(part.as_deref()))
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts, ctx),
            ExprKind::NamedExpr { target, value } => {
                if !matches!(target.kind, ExprKind::Name { .. }) {
                    return bad_type("NamedExpr target must be a Name");
                }
                self.load(value)
            }
            ExprKind::Constant { .. } | ExprKind::Name { .. } => Ok(()),
        }
    }

    fn comprehension(&mut self, generators: &[Comprehension]) -> Result<()> {
        if generators.is_empty() {
            return bad("comprehension with no generators");
        }
        for clause in generators {
            self.expr(&clause.target, ExprContext::Store)?;
            self.load(&clause.iter)?;
            self.loads(&clause.ifs)?;
        }
        Ok(())
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Result<()> {
        keywords.iter().try_for_each(|keyword| self.load(&keyword.value))
    }

    fn args(&mut self, args: &[Arg]) -> Result<()> {
        for arg in args {
            positions(arg.loc)?;
            self.opt(arg.annotation.as_deref())?;
        }
        Ok(())
    }

    fn arguments(&mut self, args: &Arguments) -> Result<()> {
        self.args(&args.posonlyargs)?;
        self.args(&args.args)?;
        self.opt(args.vararg.as_deref().and_then(|arg| arg.annotation.as_deref()))?;
        self.args(&args.kwonlyargs)?;
        self.opt(args.kwarg.as_deref().and_then(|arg| arg.annotation.as_deref()))?;
        if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
            return bad("more positional defaults than args on arguments");
        }
        if args.kw_defaults.len() != args.kwonlyargs.len() {
            return bad("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.loads(&args.defaults)?;
        args.kw_defaults.iter().flatten().try_for_each(|e| self.load(e))
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Result<()> {
        for param in params {
            positions(param.loc)?;
            let (text, bound, default) = match &param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => (name, bound.as_deref(), default_value),
                TypeParamKind::ParamSpec { name, default_value }
                | TypeParamKind::TypeVarTuple { name, default_value } => (name, None, default_value),
            };
            name(text)?;
            self.opt(bound)?;
            self.opt(default.as_deref())?;
        }
        Ok(())
    }

    fn stmts(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| {
            let mut depth = self.depth;
            deeper(&mut depth, |depth| {
                self.depth = *depth;
                positions(stmt.loc)?;
                self.stmt(stmt)
            })?;
            self.depth = depth;
            Ok(())
        })
    }

    fn body(&mut self, body: &[Stmt], owner: &str) -> Result<()> {
        nonempty(body, "body", owner)?;
        self.stmts(body)
    }

    fn stmt(&mut self, s: &Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::FunctionDef(def) | StmtKind::AsyncFunctionDef(def) => {
                let is_async = matches!(s.kind, StmtKind::AsyncFunctionDef(_));
                self.body(&def.body, if is_async { "AsyncFunctionDef" } else { "FunctionDef" })?;
                self.type_params(&def.type_params)?;
                self.arguments(&def.args)?;
                self.loads(&def.decorator_list)?;
                self.opt(def.returns.as_deref())
            }
            StmtKind::ClassDef(def) => {
                self.body(&def.body, "ClassDef")?;
                self.type_params(&def.type_params)?;
                self.loads(&def.bases)?;
                self.keywords(&def.keywords)?;
                self.loads(&def.decorator_list)
            }
            StmtKind::Return { value } => self.opt(value.as_deref()),
            StmtKind::Delete { targets } => {
                nonempty(targets, "targets", "Delete")?;
                self.exprs(targets, ExprContext::Del)
            }
            StmtKind::Assign { targets, value, .. } => {
                nonempty(targets, "targets", "Assign")?;
                self.exprs(targets, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if *simple && !matches!(target.kind, ExprKind::Name { .. }) {
                    return bad_type("AnnAssign with simple non-Name target");
                }
                self.expr(target, ExprContext::Store)?;
                self.opt(value.as_deref())?;
                self.load(annotation)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return bad_type("TypeAlias with non-Name name");
                }
                self.expr(name, ExprContext::Store)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            StmtKind::Raise { exc: None, cause: Some(_) } => bad("Raise with cause but no exception"),
            StmtKind::Raise { exc, cause } => {
                self.opt(exc.as_deref())?;
                self.opt(cause.as_deref())
            }
            StmtKind::Assert { test, msg } => {
                self.load(test)?;
                self.opt(msg.as_deref())
            }
            StmtKind::Import { names } => nonempty(names, "names", "Import"),
            StmtKind::ImportFrom { names, .. } => nonempty(names, "names", "ImportFrom"),
            StmtKind::Global { names } => nonempty(names, "names", "Global"),
            StmtKind::Nonlocal { names } => nonempty(names, "names", "Nonlocal"),
            StmtKind::Expr { value } => self.load(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            _ => self.compound(s),
        }
    }

    fn compound(&mut self, s: &Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                let is_async = matches!(s.kind, StmtKind::AsyncFor(_));
                self.expr(&node.target, ExprContext::Store)?;
                self.load(&node.iter)?;
                self.body(&node.body, if is_async { "AsyncFor" } else { "For" })?;
                self.stmts(&node.orelse)
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, if matches!(s.kind, StmtKind::If { .. }) { "If" } else { "While" })?;
                self.stmts(orelse)
            }
            StmtKind::With(node) | StmtKind::AsyncWith(node) => {
                let owner = if matches!(s.kind, StmtKind::AsyncWith(_)) { "AsyncWith" } else { "With" };
                nonempty(&node.items, "items", owner)?;
                for item in &node.items {
                    self.load(&item.context_expr)?;
                    if let Some(target) = &item.optional_vars {
                        self.expr(target, ExprContext::Store)?;
                    }
                }
                self.body(&node.body, owner)
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                nonempty(cases, "cases", "Match")?;
                for case in cases {
                    self.pattern(&case.pattern, false)?;
                    self.opt(case.guard.as_deref())?;
                    self.body(&case.body, "match_case")?;
                }
                Ok(())
            }
            StmtKind::Try(node) => self.try_stmt(node, "Try"),
            StmtKind::TryStar(node) => self.try_stmt(node, "TryStar"),
            _ => Ok(()),
        }
    }

    fn try_stmt(&mut self, node: &Try, owner: &str) -> Result<()> {
        self.body(&node.body, owner)?;
        if node.handlers.is_empty() && node.finalbody.is_empty() {
            return bad(format!("{owner} has neither except handlers nor finalbody"));
        }
        if node.handlers.is_empty() && !node.orelse.is_empty() {
            return bad(format!("{owner} has orelse but no except handlers"));
        }
        for handler in &node.handlers {
            positions(handler.loc)?;
            self.opt(handler.r#type.as_deref())?;
            self.body(&handler.body, "ExceptHandler")?;
        }
        self.stmts(&node.finalbody)?;
        self.stmts(&node.orelse)
    }

    fn patterns(&mut self, list: &[Pattern], star_ok: bool) -> Result<()> {
        list.iter().try_for_each(|p| self.pattern(p, star_ok))
    }

    fn pattern(&mut self, p: &Pattern, star_ok: bool) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            positions(p.loc)?;
            self.pattern_inner(p, star_ok)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn pattern_inner(&mut self, p: &Pattern, star_ok: bool) -> Result<()> {
        match &p.kind {
            PatternKind::MatchValue { value } => self.pattern_value(value),
            PatternKind::MatchSingleton { value: Constant::None | Constant::Bool(_) } => Ok(()),
            PatternKind::MatchSingleton { .. } => bad("MatchSingleton can only contain True, False and None"),
            PatternKind::MatchSequence { patterns } => self.patterns(patterns, true),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                if keys.len() != patterns.len() {
                    return bad("MatchMapping doesn't have the same number of keys as patterns");
                }
                if let Some(rest) = rest {
                    capture(rest)?;
                }
                for key in keys {
                    let singleton =
                        matches!(key.kind, ExprKind::Constant { value: Constant::None | Constant::Bool(_), .. });
                    if !singleton {
                        self.pattern_value(key)?;
                    }
                }
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    return bad("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                self.load(cls)?;
                let mut base = &**cls;
                while let ExprKind::Attribute { value, .. } = &base.kind {
                    base = value;
                }
                if !matches!(base.kind, ExprKind::Name { .. }) {
                    return bad("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                kwd_attrs.iter().try_for_each(|attr| name(attr))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar { .. } if !star_ok => bad("can't use MatchStar here"),
            PatternKind::MatchStar { name } => name.as_deref().map_or(Ok(()), capture),
            PatternKind::MatchAs { pattern, name } => {
                name.as_deref().map_or(Ok(()), capture)?;
                match pattern {
                    None => Ok(()),
                    Some(_) if name.is_none() => bad("MatchAs must specify a target name if a pattern is given"),
                    Some(pattern) => self.pattern(pattern, false),
                }
            }
            PatternKind::MatchOr { patterns } => {
                if patterns.len() < 2 {
                    return bad("MatchOr requires at least 2 patterns");
                }
                self.patterns(patterns, false)
            }
        }
    }

    fn pattern_value(&mut self, e: &Expr) -> Result<()> {
        self.load(e)?;
        let fits = match &e.kind {
            ExprKind::Constant {
                value:
                    Constant::Int(_)
                    | Constant::BigInt(_)
                    | Constant::Float(_)
                    | Constant::Complex { .. }
                    | Constant::Str(_)
                    | Constant::Bytes(_),
                ..
            } => true,
            ExprKind::Constant { .. } => return bad("unexpected constant inside of a literal pattern"),
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => true,
            ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_real(operand) || is_imaginary(operand),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
                let left_real = match &left.kind {
                    ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_real(operand),
                    _ => is_real(left),
                };
                left_real && is_imaginary(right)
            }
            _ => false,
        };
        if fits { Ok(()) } else { bad("patterns may only match literals and attribute lookups") }
    }
}

fn is_real(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Constant { value: Constant::Int(_) | Constant::BigInt(_) | Constant::Float(_), .. })
}

fn is_imaginary(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
}
