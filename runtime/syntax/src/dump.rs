//! A tree printed in the form of `ast.dump(tree, include_attributes=True)`, for comparison with CPython.
//!
//! *Invariants*: pure ASCII; texts are written as `ascii()` would, floats as their bits, big integers as the tree
//! holds them; everything else is what CPython prints.

use std::fmt::{Debug, Write};

use crate::ast::*;

/// Prints a module.
#[must_use]
pub fn dump(tree: &Mod) -> String {
    let mut out = Dump { text: String::new(), first: true };
    match tree {
        Mod::Module { body, type_ignores } => out.node("Module", None, |d| {
            d.list("body", body, Dump::stmt);
            d.list("type_ignores", type_ignores, |d, t| {
                d.node("TypeIgnore", None, |d| {
                    d.raw("lineno", t.lineno);
                    d.name("tag", &t.tag);
                });
            });
        }),
        Mod::Interactive { body } => out.node("Interactive", None, |d| d.list("body", body, Dump::stmt)),
        Mod::Expression { body } => out.node("Expression", None, |d| d.expr("body", body)),
        Mod::FunctionType { argtypes, returns } => out.node("FunctionType", None, |d| {
            d.list("argtypes", argtypes, Dump::expr_node);
            d.expr("returns", returns);
        }),
    }
    out.text
}

struct Dump {
    text: String,
    first: bool,
}

impl Dump {
    fn node(&mut self, name: &str, loc: Option<Loc>, fields: impl FnOnce(&mut Self)) {
        self.text.push_str(name);
        self.text.push('(');
        let outer = std::mem::replace(&mut self.first, true);
        fields(self);
        if let Some(loc) = loc {
            self.raw("lineno", loc.lineno);
            self.raw("col_offset", loc.col_offset);
            self.raw("end_lineno", loc.end_lineno);
            self.raw("end_col_offset", loc.end_col_offset);
        }
        self.first = outer;
        self.text.push(')');
    }

    fn key(&mut self, key: &str) {
        if !std::mem::replace(&mut self.first, false) {
            self.text.push_str(", ");
        }
        self.text.push_str(key);
        self.text.push('=');
    }

    fn raw(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        let _ = write!(self.text, "{value}");
    }

    fn name(&mut self, key: &str, value: &str) {
        self.key(key);
        self.repr(value.chars().map(u32::from));
    }

    fn opt_name(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.name(key, value);
        }
    }

    fn names(&mut self, key: &str, names: &[Ident]) {
        self.list(key, names, |d, n| d.repr(n.chars().map(u32::from)));
    }

    fn tag(&mut self, key: &str, value: impl Debug) {
        self.key(key);
        let _ = write!(self.text, "{value:?}()");
    }

    fn list<T>(&mut self, key: &str, items: &[T], each: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.key(key);
        self.text.push('[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.text.push_str(", ");
            }
            each(self, item);
        }
        self.text.push(']');
    }

    fn expr(&mut self, key: &str, expr: &Expr) {
        self.key(key);
        self.expr_node(expr);
    }

    fn opt(&mut self, key: &str, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(key, expr);
        }
    }

    fn exprs(&mut self, key: &str, list: &[Expr]) {
        self.list(key, list, Self::expr_node);
    }

    fn body(&mut self, key: &str, list: &[Stmt]) {
        self.list(key, list, Self::stmt);
    }

    fn repr(&mut self, codes: impl Iterator<Item = u32> + Clone) {
        let quote = |c: char| codes.clone().any(|code| code == u32::from(c));
        let mark = if quote('\'') && !quote('"') { '"' } else { '\'' };
        self.text.push(mark);
        for code in codes {
            match code {
                0x5c => self.text.push_str("\\\\"),
                0x0a => self.text.push_str("\\n"),
                0x0d => self.text.push_str("\\r"),
                0x09 => self.text.push_str("\\t"),
                _ if code == u32::from(mark) => {
                    self.text.push('\\');
                    self.text.push(mark);
                }
                0x20..0x7f => self.text.push(code as u8 as char),
                0..0x100 => _ = write!(self.text, "\\x{code:02x}"),
                0x100..0x1_0000 => _ = write!(self.text, "\\u{code:04x}"),
                _ => _ = write!(self.text, "\\U{code:08x}"),
            }
        }
        self.text.push(mark);
    }

    fn constant(&mut self, value: &Constant) {
        match value {
            Constant::None => self.text.push_str("None"),
            Constant::Bool(b) => self.text.push_str(if *b { "True" } else { "False" }),
            Constant::Int(i) => _ = write!(self.text, "{i}"),
            Constant::BigInt(digits) => self.text.push_str(digits),
            Constant::Float(f) => _ = write!(self.text, "float:{:016x}", f.to_bits()),
            Constant::Complex { real, imag } => {
                _ = write!(self.text, "complex:{:016x}:{:016x}", real.to_bits(), imag.to_bits());
            }
            Constant::Str(s) => self.repr(s.code_points().collect::<Vec<_>>().into_iter()),
            Constant::Bytes(b) => {
                self.text.push('b');
                self.repr(b.iter().map(|&b| u32::from(b)));
            }
            Constant::Ellipsis => self.text.push_str("Ellipsis"),
            Constant::Tuple(items) | Constant::FrozenSet(items) => {
                self.text.push('(');
                for item in items {
                    self.constant(item);
                    self.text.push(',');
                }
                self.text.push(')');
            }
        }
    }

    fn expr_node(&mut self, expr: &Expr) {
        let name = self.expr_name(&expr.kind);
        self.node(name, Some(expr.loc), |d| d.expr_fields(&expr.kind));
    }

    fn expr_name(&self, kind: &ExprKind) -> &'static str {
        match kind {
            ExprKind::BoolOp { .. } => "BoolOp",
            ExprKind::NamedExpr { .. } => "NamedExpr",
            ExprKind::BinOp { .. } => "BinOp",
            ExprKind::UnaryOp { .. } => "UnaryOp",
            ExprKind::Lambda { .. } => "Lambda",
            ExprKind::IfExp { .. } => "IfExp",
            ExprKind::Dict { .. } => "Dict",
            ExprKind::Set { .. } => "Set",
            ExprKind::ListComp { .. } => "ListComp",
            ExprKind::SetComp { .. } => "SetComp",
            ExprKind::DictComp { .. } => "DictComp",
            ExprKind::GeneratorExp { .. } => "GeneratorExp",
            ExprKind::Await { .. } => "Await",
            ExprKind::Yield { .. } => "Yield",
            ExprKind::YieldFrom { .. } => "YieldFrom",
            ExprKind::Compare { .. } => "Compare",
            ExprKind::Call { .. } => "Call",
            ExprKind::FormattedValue { .. } => "FormattedValue",
            ExprKind::Interpolation { .. } => "Interpolation",
            ExprKind::JoinedStr { .. } => "JoinedStr",
            ExprKind::TemplateStr { .. } => "TemplateStr",
            ExprKind::Constant { .. } => "Constant",
            ExprKind::Attribute { .. } => "Attribute",
            ExprKind::Subscript { .. } => "Subscript",
            ExprKind::Starred { .. } => "Starred",
            ExprKind::Name { .. } => "Name",
            ExprKind::List { .. } => "List",
            ExprKind::Tuple { .. } => "Tuple",
            ExprKind::Slice { .. } => "Slice",
        }
    }

    fn expr_fields(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::BoolOp { op, values } => {
                self.tag("op", op);
                self.exprs("values", values);
            }
            ExprKind::NamedExpr { target, value } => {
                self.expr("target", target);
                self.expr("value", value);
            }
            ExprKind::BinOp { left, op, right } => {
                self.expr("left", left);
                self.tag("op", op);
                self.expr("right", right);
            }
            ExprKind::UnaryOp { op, operand } => {
                self.tag("op", op);
                self.expr("operand", operand);
            }
            ExprKind::Lambda { args, body } => {
                self.arguments(args);
                self.expr("body", body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr("test", test);
                self.expr("body", body);
                self.expr("orelse", orelse);
            }
            ExprKind::Dict { keys, values } => {
                self.list("keys", keys, |d, k| match k {
                    Some(k) => d.expr_node(k),
                    None => d.text.push_str("None"),
                });
                self.exprs("values", values);
            }
            ExprKind::Set { elts } => self.exprs("elts", elts),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expr("elt", elt);
                self.generators(generators);
            }
            ExprKind::DictComp { key, value, generators } => {
                self.expr("key", key);
                self.expr("value", value);
                self.generators(generators);
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } => self.expr("value", value),
            ExprKind::Yield { value } => self.opt("value", value.as_deref()),
            ExprKind::Compare { left, ops, comparators } => {
                self.expr("left", left);
                self.list("ops", ops, |d, op| _ = write!(d.text, "{op:?}()"));
                self.exprs("comparators", comparators);
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr("func", func);
                self.exprs("args", args);
                self.list("keywords", keywords, Self::keyword);
            }
            _ => self.leaf_fields(kind),
        }
    }

    fn leaf_fields(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.expr("value", value);
                self.raw("conversion", conversion);
                self.opt("format_spec", format_spec.as_deref());
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.expr("value", value);
                self.key("str");
                self.constant(str);
                self.raw("conversion", conversion);
                self.opt("format_spec", format_spec.as_deref());
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.exprs("values", values),
            ExprKind::Constant { value, kind } => {
                self.key("value");
                self.constant(value);
                self.opt_name("kind", kind.as_deref());
            }
            ExprKind::Attribute { value, attr, ctx } => {
                self.expr("value", value);
                self.name("attr", attr);
                self.tag("ctx", ctx);
            }
            ExprKind::Subscript { value, slice, ctx } => {
                self.expr("value", value);
                self.expr("slice", slice);
                self.tag("ctx", ctx);
            }
            ExprKind::Starred { value, ctx } => {
                self.expr("value", value);
                self.tag("ctx", ctx);
            }
            ExprKind::Name { id, ctx } => {
                self.name("id", id);
                self.tag("ctx", ctx);
            }
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
                self.exprs("elts", elts);
                self.tag("ctx", ctx);
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt("lower", lower.as_deref());
                self.opt("upper", upper.as_deref());
                self.opt("step", step.as_deref());
            }
            _ => {}
        }
    }

    fn generators(&mut self, list: &[Comprehension]) {
        self.list("generators", list, |d, c| {
            d.node("comprehension", None, |d| {
                d.expr("target", &c.target);
                d.expr("iter", &c.iter);
                d.exprs("ifs", &c.ifs);
                d.raw("is_async", u8::from(c.is_async));
            });
        });
    }

    fn keyword(&mut self, keyword: &Keyword) {
        self.node("keyword", Some(keyword.loc), |d| {
            d.opt_name("arg", keyword.arg.as_deref());
            d.expr("value", &keyword.value);
        });
    }

    fn arguments(&mut self, args: &Arguments) {
        self.key("args");
        self.node("arguments", None, |d| {
            d.list("posonlyargs", &args.posonlyargs, Self::arg);
            d.list("args", &args.args, Self::arg);
            if let Some(arg) = &args.vararg {
                d.key("vararg");
                d.arg(arg);
            }
            d.list("kwonlyargs", &args.kwonlyargs, Self::arg);
            d.list("kw_defaults", &args.kw_defaults, |d, e| match e {
                Some(e) => d.expr_node(e),
                None => d.text.push_str("None"),
            });
            if let Some(arg) = &args.kwarg {
                d.key("kwarg");
                d.arg(arg);
            }
            d.exprs("defaults", &args.defaults);
        });
    }

    fn arg(&mut self, arg: &Arg) {
        self.node("arg", Some(arg.loc), |d| {
            d.name("arg", &arg.arg);
            d.opt("annotation", arg.annotation.as_deref());
            d.opt_name("type_comment", arg.type_comment.as_deref());
        });
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let name = match &stmt.kind {
            StmtKind::FunctionDef(_) => "FunctionDef",
            StmtKind::AsyncFunctionDef(_) => "AsyncFunctionDef",
            StmtKind::ClassDef(_) => "ClassDef",
            StmtKind::Return { .. } => "Return",
            StmtKind::Delete { .. } => "Delete",
            StmtKind::Assign { .. } => "Assign",
            StmtKind::TypeAlias { .. } => "TypeAlias",
            StmtKind::AugAssign { .. } => "AugAssign",
            StmtKind::AnnAssign { .. } => "AnnAssign",
            StmtKind::For(_) => "For",
            StmtKind::AsyncFor(_) => "AsyncFor",
            StmtKind::While { .. } => "While",
            StmtKind::If { .. } => "If",
            StmtKind::With(_) => "With",
            StmtKind::AsyncWith(_) => "AsyncWith",
            StmtKind::Match { .. } => "Match",
            StmtKind::Raise { .. } => "Raise",
            StmtKind::Try(_) => "Try",
            StmtKind::TryStar(_) => "TryStar",
            StmtKind::Assert { .. } => "Assert",
            StmtKind::Import { .. } => "Import",
            StmtKind::ImportFrom { .. } => "ImportFrom",
            StmtKind::Global { .. } => "Global",
            StmtKind::Nonlocal { .. } => "Nonlocal",
            StmtKind::Expr { .. } => "Expr",
            StmtKind::Pass => "Pass",
            StmtKind::Break => "Break",
            StmtKind::Continue => "Continue",
        };
        self.node(name, Some(stmt.loc), |d| d.stmt_fields(&stmt.kind));
    }

    fn stmt_fields(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Return { value } => self.opt("value", value.as_deref()),
            StmtKind::Delete { targets } => self.exprs("targets", targets),
            StmtKind::Assign { targets, value, type_comment } => {
                self.exprs("targets", targets);
                self.expr("value", value);
                self.opt_name("type_comment", type_comment.as_deref());
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.expr("name", name);
                self.type_params(type_params);
                self.expr("value", value);
            }
            StmtKind::AugAssign { target, op, value } => {
                self.expr("target", target);
                self.tag("op", op);
                self.expr("value", value);
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.expr("target", target);
                self.expr("annotation", annotation);
                self.opt("value", value.as_deref());
                self.raw("simple", u8::from(*simple));
            }
            StmtKind::Raise { exc, cause } => {
                self.opt("exc", exc.as_deref());
                self.opt("cause", cause.as_deref());
            }
            StmtKind::Assert { test, msg } => {
                self.expr("test", test);
                self.opt("msg", msg.as_deref());
            }
            StmtKind::Import { names } => self.list("names", names, Self::alias),
            StmtKind::ImportFrom { module, names, level } => {
                self.opt_name("module", module.as_deref());
                self.list("names", names, Self::alias);
                self.raw("level", level);
            }
            StmtKind::Global { names } | StmtKind::Nonlocal { names } => self.names("names", names),
            StmtKind::Expr { value } => self.expr("value", value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            _ => self.block_fields(kind),
        }
    }

    fn block_fields(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::FunctionDef(def) | StmtKind::AsyncFunctionDef(def) => {
                self.name("name", &def.name);
                self.arguments(&def.args);
                self.body("body", &def.body);
                self.exprs("decorator_list", &def.decorator_list);
                self.opt("returns", def.returns.as_deref());
                self.opt_name("type_comment", def.type_comment.as_deref());
                self.type_params(&def.type_params);
            }
            StmtKind::ClassDef(def) => {
                self.name("name", &def.name);
                self.exprs("bases", &def.bases);
                self.list("keywords", &def.keywords, Self::keyword);
                self.body("body", &def.body);
                self.exprs("decorator_list", &def.decorator_list);
                self.type_params(&def.type_params);
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                self.expr("target", &node.target);
                self.expr("iter", &node.iter);
                self.body("body", &node.body);
                self.body("orelse", &node.orelse);
                self.opt_name("type_comment", node.type_comment.as_deref());
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr("test", test);
                self.body("body", body);
                self.body("orelse", orelse);
            }
            StmtKind::With(node) | StmtKind::AsyncWith(node) => {
                self.list("items", &node.items, |d, item| {
                    d.node("withitem", None, |d| {
                        d.expr("context_expr", &item.context_expr);
                        d.opt("optional_vars", item.optional_vars.as_deref());
                    });
                });
                self.body("body", &node.body);
                self.opt_name("type_comment", node.type_comment.as_deref());
            }
            StmtKind::Match { subject, cases } => {
                self.expr("subject", subject);
                self.list("cases", cases, |d, case| {
                    d.node("match_case", None, |d| {
                        d.key("pattern");
                        d.pattern(&case.pattern);
                        d.opt("guard", case.guard.as_deref());
                        d.body("body", &case.body);
                    });
                });
            }
            StmtKind::Try(node) | StmtKind::TryStar(node) => {
                self.body("body", &node.body);
                self.list("handlers", &node.handlers, |d, h| {
                    d.node("ExceptHandler", Some(h.loc), |d| {
                        d.opt("type", h.r#type.as_deref());
                        d.opt_name("name", h.name.as_deref());
                        d.body("body", &h.body);
                    });
                });
                self.body("orelse", &node.orelse);
                self.body("finalbody", &node.finalbody);
            }
            _ => {}
        }
    }

    fn alias(&mut self, alias: &Alias) {
        self.node("alias", Some(alias.loc), |d| {
            d.name("name", &alias.name);
            d.opt_name("asname", alias.asname.as_deref());
        });
    }

    fn type_params(&mut self, list: &[TypeParam]) {
        self.list("type_params", list, |d, p| match &p.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => d.node("TypeVar", Some(p.loc), |d| {
                d.name("name", name);
                d.opt("bound", bound.as_deref());
                d.opt("default_value", default_value.as_deref());
            }),
            TypeParamKind::ParamSpec { name, default_value } => d.node("ParamSpec", Some(p.loc), |d| {
                d.name("name", name);
                d.opt("default_value", default_value.as_deref());
            }),
            TypeParamKind::TypeVarTuple { name, default_value } => d.node("TypeVarTuple", Some(p.loc), |d| {
                d.name("name", name);
                d.opt("default_value", default_value.as_deref());
            }),
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let loc = Some(pattern.loc);
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.node("MatchValue", loc, |d| d.expr("value", value)),
            PatternKind::MatchSingleton { value } => self.node("MatchSingleton", loc, |d| {
                d.key("value");
                d.constant(value);
            }),
            PatternKind::MatchSequence { patterns } => {
                self.node("MatchSequence", loc, |d| d.list("patterns", patterns, Self::pattern));
            }
            PatternKind::MatchMapping { keys, patterns, rest } => self.node("MatchMapping", loc, |d| {
                d.exprs("keys", keys);
                d.list("patterns", patterns, Self::pattern);
                d.opt_name("rest", rest.as_deref());
            }),
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.node("MatchClass", loc, |d| {
                    d.expr("cls", cls);
                    d.list("patterns", patterns, Self::pattern);
                    d.names("kwd_attrs", kwd_attrs);
                    d.list("kwd_patterns", kwd_patterns, Self::pattern);
                });
            }
            PatternKind::MatchStar { name } => self.node("MatchStar", loc, |d| d.opt_name("name", name.as_deref())),
            PatternKind::MatchAs { pattern, name } => self.node("MatchAs", loc, |d| {
                if let Some(pattern) = pattern {
                    d.key("pattern");
                    d.pattern(pattern);
                }
                d.opt_name("name", name.as_deref());
            }),
            PatternKind::MatchOr { patterns } => {
                self.node("MatchOr", loc, |d| d.list("patterns", patterns, Self::pattern));
            }
        }
    }
}
