//! Statements.

use ruff_python_ast as r;
use ruff_text_size::Ranged;

use super::{Lower, Res, end_of};
use crate::ast::{
    Alias, ClassDef, ExceptHandler, Expr, For, FunctionDef, Keyword, Loc, MatchCase, Stmt, StmtKind, Try, With,
    WithItem,
};

impl Lower<'_> {
    pub(super) fn suite(&mut self, body: &[r::Stmt]) -> Res<Vec<Stmt>> {
        body.iter().map(|s| self.stmt(s)).collect()
    }

    fn stmt(&mut self, stmt: &r::Stmt) -> Res<Stmt> {
        self.nested(|this| {
            let mut loc = this.stmt_loc(stmt);
            let kind = match stmt {
                r::Stmt::FunctionDef(def) => {
                    this.start_after_decorators(&mut loc, &def.decorator_list);
                    this.function_def(def)?
                }
                r::Stmt::ClassDef(def) => {
                    this.start_after_decorators(&mut loc, &def.decorator_list);
                    this.class_def(def)?
                }
                r::Stmt::If(node) => {
                    return this.if_chain(&node.test, &node.body, &node.elif_else_clauses, loc);
                }
                _ => this.stmt_kind(stmt)?,
            };
            Ok(Stmt { kind, loc })
        })
    }

    fn stmt_loc(&self, stmt: &r::Stmt) -> Loc {
        let compound = matches!(
            stmt,
            r::Stmt::FunctionDef(_)
                | r::Stmt::ClassDef(_)
                | r::Stmt::If(_)
                | r::Stmt::While(_)
                | r::Stmt::For(_)
                | r::Stmt::With(_)
                | r::Stmt::Try(_)
                | r::Stmt::Match(_)
        );
        if compound {
            return self.block_loc(stmt.range());
        }
        let loc = self.loc(stmt.range());
        match (stmt, self.comments) {
            // A type comment is part of the assignment.
            (r::Stmt::Assign(node), Some(comments)) => match comments.end_after(self.source, end_of(node)) {
                Some(end) => loc.to(self.loc_of(end, end)),
                None => loc,
            },
            _ => loc,
        }
    }

    /// A block includes the semicolon that may follow its last statement.
    fn block_loc(&self, range: ruff_text_size::TextRange) -> Loc {
        let (start, mut end) = (range.start().to_u32(), range.end().to_u32());
        let rest = self.source.get(end as usize..).unwrap_or("");
        let after = rest.trim_start_matches([' ', '\t', '\x0c']);
        if after.starts_with(';') {
            end += (rest.len() - after.len()) as u32 + 1;
        }
        // So does it the type comment of that.
        if let Some(comments) = self.comments
            && let Some(after) = comments.end_after(self.source, end)
        {
            end = after;
        }
        self.loc_of(start, end)
    }

    /// A decorated definition starts at its keyword, not at the first `@`.
    fn start_after_decorators(&self, loc: &mut Loc, decorators: &[r::Decorator]) {
        if let Some(last) = decorators.last() {
            // Closing parentheses around the expression belong to the decorator's line, not to its node.
            let line_end = end_of(last);
            let mut at = self.skip_trivia(line_end);
            while self.text(at, at + 1) == ")" {
                at = self.skip_trivia(at + 1);
            }
            (loc.lineno, loc.col_offset) = self.lines.position(at);
        }
    }

    fn function_def(&mut self, def: &r::StmtFunctionDef) -> Res<StmtKind> {
        let decorator_list = self.decorators(&def.decorator_list)?;
        let type_params = self.type_params(def.type_params.as_deref())?;
        let mut args = self.parameters(&def.parameters)?;
        let returns = self.opt_boxed(def.returns.as_deref())?;
        let body = self.suite(&def.body)?;
        let type_comment = self.function_comment(def, &mut args);
        let name = self.ident(&def.name);
        let node = Box::new(FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params });
        Ok(if def.is_async { StmtKind::AsyncFunctionDef(node) } else { StmtKind::FunctionDef(node) })
    }

    fn class_def(&mut self, def: &r::StmtClassDef) -> Res<StmtKind> {
        let decorator_list = self.decorators(&def.decorator_list)?;
        let type_params = self.type_params(def.type_params.as_deref())?;
        let (bases, keywords) = match &def.arguments {
            Some(arguments) => self.arguments(arguments)?,
            None => (Vec::new(), Vec::new()),
        };
        let body = self.suite(&def.body)?;
        let name = self.ident(&def.name);
        Ok(StmtKind::ClassDef(Box::new(ClassDef { name, bases, keywords, body, decorator_list, type_params })))
    }

    fn decorators(&mut self, list: &[r::Decorator]) -> Res<Vec<Expr>> {
        list.iter().map(|d| self.expr(&d.expression)).collect()
    }

    /// An `if` with its `elif` and `else` clauses, each `elif` nested in the `else` of the one before.
    fn if_chain(&mut self, test: &r::Expr, body: &[r::Stmt], clauses: &[r::ElifElseClause], loc: Loc) -> Res<Stmt> {
        let test = self.boxed(test)?;
        let body = self.suite(body)?;
        let orelse = match clauses {
            [] => Vec::new(),
            [clause, rest @ ..] => match &clause.test {
                None => self.suite(&clause.body)?,
                Some(test) => {
                    let here = self.loc(clause.range()).to(loc);
                    vec![self.nested(|this| this.if_chain(test, &clause.body, rest, here))?]
                }
            },
        };
        Ok(Stmt { kind: StmtKind::If { test, body, orelse }, loc })
    }

    fn stmt_kind(&mut self, stmt: &r::Stmt) -> Res<StmtKind> {
        Ok(match stmt {
            r::Stmt::Return(node) => StmtKind::Return { value: self.opt_boxed(node.value.as_deref())? },
            r::Stmt::Delete(node) => StmtKind::Delete { targets: self.exprs(&node.targets)? },
            r::Stmt::TypeAlias(node) => StmtKind::TypeAlias {
                name: self.boxed(&node.name)?,
                type_params: self.type_params(node.type_params.as_deref())?,
                value: self.boxed(&node.value)?,
            },
            r::Stmt::Assign(node) => StmtKind::Assign {
                targets: self.exprs(&node.targets)?,
                value: self.boxed(&node.value)?,
                type_comment: self.comment_after(end_of(node)),
            },
            r::Stmt::AugAssign(node) => StmtKind::AugAssign {
                target: self.boxed(&node.target)?,
                op: super::expr::operator(node.op),
                value: self.boxed(&node.value)?,
            },
            r::Stmt::AnnAssign(node) => StmtKind::AnnAssign {
                target: self.boxed(&node.target)?,
                annotation: self.boxed(&node.annotation)?,
                value: self.opt_boxed(node.value.as_deref())?,
                simple: node.simple,
            },
            r::Stmt::Match(node) => StmtKind::Match { subject: self.boxed(&node.subject)?, cases: self.cases(node)? },
            r::Stmt::Raise(node) => StmtKind::Raise {
                exc: self.opt_boxed(node.exc.as_deref())?,
                cause: self.opt_boxed(node.cause.as_deref())?,
            },
            r::Stmt::Assert(node) => {
                StmtKind::Assert { test: self.boxed(&node.test)?, msg: self.opt_boxed(node.msg.as_deref())? }
            }
            r::Stmt::Import(node) => StmtKind::Import { names: self.aliases(&node.names) },
            r::Stmt::ImportFrom(node) => StmtKind::ImportFrom {
                module: self.opt_ident(node.module.as_ref()),
                names: self.aliases(&node.names),
                level: node.level,
            },
            r::Stmt::Global(node) => StmtKind::Global { names: node.names.iter().map(|n| self.ident(n)).collect() },
            r::Stmt::Nonlocal(node) => StmtKind::Nonlocal { names: node.names.iter().map(|n| self.ident(n)).collect() },
            r::Stmt::Expr(node) => StmtKind::Expr { value: self.boxed(&node.value)? },
            r::Stmt::Break(_) => StmtKind::Break,
            r::Stmt::Continue(_) => StmtKind::Continue,
            _ => self.block_kind(stmt)?,
        })
    }

    fn block_kind(&mut self, stmt: &r::Stmt) -> Res<StmtKind> {
        Ok(match stmt {
            r::Stmt::While(node) => StmtKind::While {
                test: self.boxed(&node.test)?,
                body: self.suite(&node.body)?,
                orelse: self.suite(&node.orelse)?,
            },
            r::Stmt::For(node) => {
                let inner = Box::new(For {
                    target: self.expr(&node.target)?,
                    iter: self.expr(&node.iter)?,
                    body: self.suite(&node.body)?,
                    orelse: self.suite(&node.orelse)?,
                    type_comment: self.comment_before_block(end_of(&*node.iter)),
                });
                if node.is_async { StmtKind::AsyncFor(inner) } else { StmtKind::For(inner) }
            }
            r::Stmt::With(node) => {
                let mut items = Vec::with_capacity(node.items.len());
                for item in &node.items {
                    items.push(WithItem {
                        context_expr: self.expr(&item.context_expr)?,
                        optional_vars: self.opt_boxed(item.optional_vars.as_deref())?,
                    });
                }
                let body = self.suite(&node.body)?;
                let after = node.items.last().map_or(0, end_of);
                let inner = Box::new(With { items, body, type_comment: self.comment_before_block(after) });
                if node.is_async { StmtKind::AsyncWith(inner) } else { StmtKind::With(inner) }
            }
            r::Stmt::Try(node) => {
                let inner = Box::new(Try {
                    body: self.suite(&node.body)?,
                    handlers: self.handlers(&node.handlers)?,
                    orelse: self.suite(&node.orelse)?,
                    finalbody: self.suite(&node.finalbody)?,
                });
                if node.is_star { StmtKind::TryStar(inner) } else { StmtKind::Try(inner) }
            }
            _ => StmtKind::Pass,
        })
    }

    fn handlers(&mut self, list: &[r::ExceptHandler]) -> Res<Vec<ExceptHandler>> {
        list.iter()
            .map(|r::ExceptHandler::ExceptHandler(node)| {
                Ok(ExceptHandler {
                    r#type: self.opt_boxed(node.type_.as_deref())?,
                    name: self.opt_ident(node.name.as_ref()),
                    body: self.suite(&node.body)?,
                    loc: self.block_loc(node.range),
                })
            })
            .collect()
    }

    fn cases(&mut self, node: &r::StmtMatch) -> Res<Vec<MatchCase>> {
        node.cases
            .iter()
            .map(|case| {
                Ok(MatchCase {
                    pattern: self.pattern(&case.pattern)?,
                    guard: self.opt_boxed(case.guard.as_deref())?,
                    body: self.suite(&case.body)?,
                })
            })
            .collect()
    }

    fn aliases(&self, names: &[r::Alias]) -> Vec<Alias> {
        names
            .iter()
            .map(|a| Alias {
                name: self.ident(&a.name),
                asname: self.opt_ident(a.asname.as_ref()),
                loc: self.loc(a.range),
            })
            .collect()
    }

    /// Positional and keyword arguments of a call or class.
    pub(super) fn arguments(&mut self, arguments: &r::Arguments) -> Res<(Vec<Expr>, Vec<Keyword>)> {
        let args = match &*arguments.args {
            // A lone generator borrows the parentheses of the call.
            [r::Expr::Generator(generator)] if !generator.parenthesized => {
                let mut expr = self.expr(&arguments.args[0])?;
                expr.loc = self.loc(arguments.range);
                vec![expr]
            }
            args => self.exprs(args)?,
        };
        let keywords = arguments
            .keywords
            .iter()
            .map(|k| {
                Ok(Keyword { arg: self.opt_ident(k.arg.as_ref()), value: self.expr(&k.value)?, loc: self.loc(k.range) })
            })
            .collect::<Res<_>>()?;
        Ok((args, keywords))
    }
}
