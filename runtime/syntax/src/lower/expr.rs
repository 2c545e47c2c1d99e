//! Expressions other than strings.

use ruff_python_ast as r;
use ruff_text_size::Ranged;

use super::{Lower, Res};
use crate::ast::{BoolOp, CmpOp, Comprehension, Constant, Expr, ExprContext, ExprKind, Operator, UnaryOp};
use crate::literal;

fn ctx(ctx: r::ExprContext) -> ExprContext {
    match ctx {
        r::ExprContext::Store => ExprContext::Store,
        r::ExprContext::Del => ExprContext::Del,
        r::ExprContext::Load | r::ExprContext::Invalid => ExprContext::Load,
    }
}

pub(super) fn operator(op: r::Operator) -> Operator {
    match op {
        r::Operator::Add => Operator::Add,
        r::Operator::Sub => Operator::Sub,
        r::Operator::Mult => Operator::Mult,
        r::Operator::MatMult => Operator::MatMult,
        r::Operator::Div => Operator::Div,
        r::Operator::Mod => Operator::Mod,
        r::Operator::Pow => Operator::Pow,
        r::Operator::LShift => Operator::LShift,
        r::Operator::RShift => Operator::RShift,
        r::Operator::BitOr => Operator::BitOr,
        r::Operator::BitXor => Operator::BitXor,
        r::Operator::BitAnd => Operator::BitAnd,
        r::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn unary(op: r::UnaryOp) -> UnaryOp {
    match op {
        r::UnaryOp::Invert => UnaryOp::Invert,
        r::UnaryOp::Not => UnaryOp::Not,
        r::UnaryOp::UAdd => UnaryOp::UAdd,
        r::UnaryOp::USub => UnaryOp::USub,
    }
}

fn compare(op: r::CmpOp) -> CmpOp {
    match op {
        r::CmpOp::Eq => CmpOp::Eq,
        r::CmpOp::NotEq => CmpOp::NotEq,
        r::CmpOp::Lt => CmpOp::Lt,
        r::CmpOp::LtE => CmpOp::LtE,
        r::CmpOp::Gt => CmpOp::Gt,
        r::CmpOp::GtE => CmpOp::GtE,
        r::CmpOp::Is => CmpOp::Is,
        r::CmpOp::IsNot => CmpOp::IsNot,
        r::CmpOp::In => CmpOp::In,
        r::CmpOp::NotIn => CmpOp::NotIn,
    }
}

pub(super) fn constant(value: Constant) -> ExprKind {
    ExprKind::Constant { value, kind: None }
}

impl Lower<'_> {
    pub(super) fn expr(&mut self, expr: &r::Expr) -> Res<Expr> {
        self.nested(|this| {
            let loc = this.loc(expr.range());
            Ok(Expr { kind: this.expr_kind(expr)?, loc })
        })
    }

    fn expr_kind(&mut self, expr: &r::Expr) -> Res<ExprKind> {
        Ok(match expr {
            r::Expr::Name(e) => {
                let id = e.id.as_str();
                let id = if id.is_ascii() { id.into() } else { self.foreign_name(e.range) };
                ExprKind::Name { id, ctx: ctx(e.ctx) }
            }
            r::Expr::NumberLiteral(e) => self.number(e)?,
            r::Expr::BooleanLiteral(e) => constant(Constant::Bool(e.value)),
            r::Expr::NoneLiteral(_) => constant(Constant::None),
            r::Expr::EllipsisLiteral(_) => constant(Constant::Ellipsis),
            r::Expr::StringLiteral(e) => self.string_literal(e)?,
            r::Expr::BytesLiteral(e) => self.bytes_literal(e)?,
            r::Expr::FString(e) => self.fstring(e)?,
            r::Expr::TString(e) => self.tstring(e)?,
            r::Expr::Attribute(e) => {
                ExprKind::Attribute { value: self.boxed(&e.value)?, attr: self.ident(&e.attr), ctx: ctx(e.ctx) }
            }
            r::Expr::Subscript(e) => {
                ExprKind::Subscript { value: self.boxed(&e.value)?, slice: self.boxed(&e.slice)?, ctx: ctx(e.ctx) }
            }
            r::Expr::Call(e) => {
                let func = self.boxed(&e.func)?;
                let (args, keywords) = self.arguments(&e.arguments)?;
                ExprKind::Call { func, args, keywords }
            }
            r::Expr::BinOp(e) => {
                ExprKind::BinOp { left: self.boxed(&e.left)?, op: operator(e.op), right: self.boxed(&e.right)? }
            }
            r::Expr::UnaryOp(e) => ExprKind::UnaryOp { op: unary(e.op), operand: self.boxed(&e.operand)? },
            r::Expr::BoolOp(e) => ExprKind::BoolOp {
                op: if e.op == r::BoolOp::And { BoolOp::And } else { BoolOp::Or },
                values: self.exprs(&e.values)?,
            },
            r::Expr::Compare(e) => ExprKind::Compare {
                left: self.boxed(&e.left)?,
                ops: e.ops.iter().map(|&op| compare(op)).collect(),
                comparators: self.exprs(&e.comparators)?,
            },
            r::Expr::List(e) => ExprKind::List { elts: self.exprs(&e.elts)?, ctx: ctx(e.ctx) },
            r::Expr::Tuple(e) => ExprKind::Tuple { elts: self.exprs(&e.elts)?, ctx: ctx(e.ctx) },
            r::Expr::Set(e) => ExprKind::Set { elts: self.exprs(&e.elts)? },
            r::Expr::Dict(e) => {
                let mut keys = Vec::with_capacity(e.items.len());
                let mut values = Vec::with_capacity(e.items.len());
                for item in &e.items {
                    keys.push(item.key.as_ref().map(|k| self.expr(k)).transpose()?);
                    values.push(self.expr(&item.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            _ => self.rare_expr_kind(expr)?,
        })
    }

    fn rare_expr_kind(&mut self, expr: &r::Expr) -> Res<ExprKind> {
        Ok(match expr {
            r::Expr::Named(e) => ExprKind::NamedExpr { target: self.boxed(&e.target)?, value: self.boxed(&e.value)? },
            r::Expr::Lambda(e) => {
                let args = match &e.parameters {
                    Some(parameters) => self.parameters(parameters)?,
                    None => crate::ast::Arguments::default(),
                };
                ExprKind::Lambda { args: Box::new(args), body: self.boxed(&e.body)? }
            }
            r::Expr::If(e) => ExprKind::IfExp {
                test: self.boxed(&e.test)?,
                body: self.boxed(&e.body)?,
                orelse: self.boxed(&e.orelse)?,
            },
            r::Expr::ListComp(e) => {
                ExprKind::ListComp { elt: self.boxed(&e.elt)?, generators: self.comprehensions(&e.generators)? }
            }
            r::Expr::SetComp(e) => {
                ExprKind::SetComp { elt: self.boxed(&e.elt)?, generators: self.comprehensions(&e.generators)? }
            }
            r::Expr::Generator(e) => {
                ExprKind::GeneratorExp { elt: self.boxed(&e.elt)?, generators: self.comprehensions(&e.generators)? }
            }
            r::Expr::DictComp(e) => {
                let value = self.boxed(&e.value)?;
                let key = match e.key.as_deref() {
                    Some(key) => self.boxed(key)?,
                    // Unpacking in a comprehension is newer than 3.14 and was refused before lowering.
                    None => value.clone(),
                };
                ExprKind::DictComp { key, value, generators: self.comprehensions(&e.generators)? }
            }
            r::Expr::Await(e) => ExprKind::Await { value: self.boxed(&e.value)? },
            r::Expr::Yield(e) => {
                // The published parser takes an operator after a bare `yield`.
                let next = self.skip_trivia(e.range.end().to_u32());
                let next = self.source.as_bytes().get(next as usize);
                if e.value.is_none() && next.is_some_and(|b| b"/*.[%@&|^<>".contains(b) || b.is_ascii_alphabetic()) {
                    self.doubtful.set(true);
                }
                ExprKind::Yield { value: self.opt_boxed(e.value.as_deref())? }
            }
            r::Expr::YieldFrom(e) => ExprKind::YieldFrom { value: self.boxed(&e.value)? },
            r::Expr::Starred(e) => ExprKind::Starred { value: self.boxed(&e.value)?, ctx: ctx(e.ctx) },
            r::Expr::Slice(e) => ExprKind::Slice {
                lower: self.opt_boxed(e.lower.as_deref())?,
                upper: self.opt_boxed(e.upper.as_deref())?,
                step: self.opt_boxed(e.step.as_deref())?,
            },
            _ => constant(Constant::None),
        })
    }

    fn number(&mut self, e: &r::ExprNumberLiteral) -> Res<ExprKind> {
        let (start, end) = (e.range.start().to_u32(), e.range.end().to_u32());
        let text = self.text(start, end);
        let value = literal::number(text, self.options.max_str_digits).map_err(|m| self.error(m, e.range))?;
        self.warn_number_end(text, start, end);
        Ok(constant(value))
    }

    /// A keyword glued to a number, as in `1if x else y`, is deprecated.
    fn warn_number_end(&mut self, text: &str, start: u32, end: u32) {
        let rest = self.source.as_bytes().get(end as usize..).unwrap_or(&[]);
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            return;
        }
        let word = |w: &[u8]| rest.starts_with(w) && !rest.get(w.len()).is_some_and(u8::is_ascii_alphanumeric);
        let prefix = |w: &[u8]| rest.starts_with(w);
        let known = word(b"and") || word(b"else") || word(b"for") || word(b"or") || word(b"not");
        if !known && !prefix(b"if") && !prefix(b"in") && !prefix(b"is") {
            self.doubtful.set(true);
            return;
        }
        let kind = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => "hexadecimal",
            [b'0', b'o' | b'O', ..] => "octal",
            [b'0', b'b' | b'B', ..] => "binary",
            [.., b'j' | b'J'] => "imaginary",
            _ => "decimal",
        };
        self.warn(format!("invalid {kind} literal"), start, end);
    }

    fn comprehensions(&mut self, list: &[r::Comprehension]) -> Res<Vec<Comprehension>> {
        list.iter()
            .map(|c| {
                Ok(Comprehension {
                    target: self.expr(&c.target)?,
                    iter: self.expr(&c.iter)?,
                    ifs: self.exprs(&c.ifs)?,
                    is_async: c.is_async,
                })
            })
            .collect()
    }
}
