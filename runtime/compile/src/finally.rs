//! Warnings for `return`, `break` and `continue` that leave a `finally` block (PEP 765).

use adder_syntax::ast::{Loc, Mod, Stmt, StmtKind};

use crate::error::{Result, Warning, deeper};

/// The innermost of: a `finally`, a function body, a loop body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Finally,
    Function,
    Loop,
}

struct Walker<'a> {
    warnings: &'a mut Vec<Warning>,
    stack: Vec<Inside>,
    depth: u32,
}

/// Collects the warnings of a module.
pub fn check(module: &Mod, warnings: &mut Vec<Warning>) -> Result<()> {
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = module else { return Ok(()) };
    Walker { warnings, stack: Vec::new(), depth: 0 }.stmts(body)
}

impl Walker<'_> {
    fn stmts(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| {
            let mut depth = self.depth;
            deeper(&mut depth, |depth| {
                self.depth = *depth;
                self.stmt(stmt)
            })?;
            self.depth = depth;
            Ok(())
        })
    }

    fn inside(&mut self, what: Inside, body: &[Stmt]) -> Result<()> {
        self.stack.push(what);
        self.stmts(body)?;
        self.stack.pop();
        Ok(())
    }

    fn leave(&mut self, word: &str, loc: Loc) {
        if self.stack.last() == Some(&Inside::Finally) {
            self.warnings.push(Warning::new(format!("'{word}' in a 'finally' block"), loc));
        }
    }

    fn stmt(&mut self, s: &Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::FunctionDef(def) | StmtKind::AsyncFunctionDef(def) => self.inside(Inside::Function, &def.body),
            StmtKind::ClassDef(def) => self.stmts(&def.body),
            StmtKind::Return { .. } => {
                self.leave("return", s.loc);
                Ok(())
            }
            StmtKind::Break => {
                self.leave("break", s.loc);
                Ok(())
            }
            StmtKind::Continue => {
                self.leave("continue", s.loc);
                Ok(())
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                self.inside(Inside::Loop, &node.body)?;
                self.stmts(&node.orelse)
            }
            StmtKind::While { body, orelse, .. } => {
                self.inside(Inside::Loop, body)?;
                self.stmts(orelse)
            }
            StmtKind::If { body, orelse, .. } => {
                self.stmts(body)?;
                self.stmts(orelse)
            }
            StmtKind::With(node) | StmtKind::AsyncWith(node) => self.stmts(&node.body),
            StmtKind::Try(node) | StmtKind::TryStar(node) => {
                self.stmts(&node.body)?;
                node.handlers.iter().try_for_each(|handler| self.stmts(&handler.body))?;
                self.stmts(&node.orelse)?;
                self.inside(Inside::Finally, &node.finalbody)
            }
            StmtKind::Match { cases, .. } => cases.iter().try_for_each(|case| self.stmts(&case.body)),
            _ => Ok(()),
        }
    }
}
