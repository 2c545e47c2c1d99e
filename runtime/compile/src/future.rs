//! `from __future__ import ...`: which features a module turns on, and where its future statements end.
//!
//! *CPython:* Python/future.c.

use adder_isa::code::co;
use adder_syntax::ast::{ExprKind, Loc, Mod, Stmt, StmtKind};

use crate::error::{CompileError, Result};

/// The future features in force.
#[derive(Clone, Copy, Debug)]
pub struct Future {
    /// Bits of [`co`].
    pub features: u32,
    /// The last future statement; all zero when there is none.
    pub location: Loc,
}

/// Whether the statement is a string literal.
pub fn is_docstring(stmt: &Stmt) -> bool {
    docstring(std::slice::from_ref(stmt)).is_some()
}

/// The docstring of a body.
pub fn docstring(body: &[Stmt]) -> Option<&adder_syntax::ast::Wtf8> {
    let StmtKind::Expr { value } = &body.first()?.kind else { return None };
    let ExprKind::Constant { value: adder_syntax::ast::Constant::Str(text), .. } = &value.kind else { return None };
    Some(text)
}

/// Reads the future statements at the start of a module.
pub fn future_features(module: &Mod, inherited: u32) -> Result<Future> {
    let mut future = Future { features: inherited & co::FUTURE_MASK, location: Loc::default() };
    let body = match module {
        Mod::Module { body, .. } | Mod::Interactive { body } => body,
        Mod::Expression { .. } | Mod::FunctionType { .. } => return Ok(future),
    };
    for (index, stmt) in body.iter().enumerate() {
        match &stmt.kind {
            StmtKind::ImportFrom { module: Some(module), names, level: 0 } if &**module == "__future__" => {
                for alias in names {
                    future.features |= feature(&alias.name, alias.loc)?;
                }
                future.location = stmt.loc;
            }
            _ if index == 0 && is_docstring(stmt) => {}
            _ => break,
        }
    }
    Ok(future)
}

fn feature(name: &str, at: Loc) -> Result<u32> {
    Ok(match name {
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement" | "print_function"
        | "unicode_literals" | "generator_stop" => 0,
        "barry_as_FLUFL" => co::FUTURE_BARRY_AS_BDFL,
        "annotations" => co::FUTURE_ANNOTATIONS,
        "braces" => return Err(CompileError::syntax("not a chance", at)),
        _ => return Err(CompileError::syntax(format!("future feature {name} is not defined"), at)),
    })
}
