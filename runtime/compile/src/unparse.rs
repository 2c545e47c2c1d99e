//! Expressions as text, for annotations under `from __future__ import annotations`.
//!
//! *Invariants.* The text parses to the same expression; parentheses appear only where precedence needs them.
//! *CPython:* Python/ast_unparse.c.

use adder_isa::Const;
use adder_num::complex::{self, Complex};
use adder_num::{IBig, Sign, UBig, float, int};
use adder_syntax::ast::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprKind, Operator, UnaryOp, Wtf8, Wtf8Builder,
};

use crate::constants::constant;

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Cmp,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn next(self) -> Level {
        use Level::{And, Arith, Atom, Await, BitAnd, BitOr, BitXor, Cmp, Factor, Not, Or, Power, Shift, Term, Test};
        match self {
            Level::Tuple => Test,
            Test => Or,
            Or => And,
            And => Not,
            Not => Cmp,
            Cmp => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Shift,
            Shift => Arith,
            Arith => Term,
            Term => Factor,
            Factor => Power,
            Power => Await,
            Await | Atom => Atom,
        }
    }
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
}

/// The text of an expression, as WTF-8.
pub fn unparse(e: &Expr) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.expr(e, Level::Test);
    writer.out
}

/// `repr` of text.
fn text_repr(text: &[u8]) -> Vec<u8> {
    let wtf8 = wtf8(text);
    let codes: Vec<u32> = wtf8.code_points().collect();
    let single = codes.contains(&u32::from('\''));
    let double = codes.contains(&u32::from('"'));
    let quote = if single && !double { b'"' } else { b'\'' };
    let mut out = vec![quote];
    for code in codes {
        match code {
            0x27 | 0x22 if code == u32::from(quote) => out.extend([b'\\', quote]),
            0x5C => out.extend(b"\\\\"),
            0x09 => out.extend(b"\\t"),
            0x0A => out.extend(b"\\n"),
            0x0D => out.extend(b"\\r"),
            0..0x20 | 0x7F => out.extend(format!("\\x{code:02x}").bytes()),
            0x20..0x7F => out.push(code as u8),
            _ => match char::from_u32(code).filter(|c| is_printable(*c)) {
                Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
                None if code < 0x100 => out.extend(format!("\\x{code:02x}").bytes()),
                None if code < 0x1_0000 => out.extend(format!("\\u{code:04x}").bytes()),
                None => out.extend(format!("\\U{code:08x}").bytes()),
            },
        }
    }
    out.push(quote);
    out
}

fn is_printable(c: char) -> bool {
    adder_unicode::is_printable(c as u32)
}

fn wtf8(bytes: &[u8]) -> Wtf8 {
    let mut builder = Wtf8Builder::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                builder.push_str(text);
                break;
            }
            Err(error) => {
                let valid = error.valid_up_to();
                builder.push_str(std::str::from_utf8(&rest[..valid]).unwrap_or_default());
                let tail = |at: usize| rest.get(valid + at).map_or(0, |byte| u32::from(byte & 0x3F));
                builder.push_code(0xD000 | tail(1) << 6 | tail(2));
                rest = rest.get(valid + 3..).unwrap_or_default();
            }
        }
    }
    builder.finish()
}

fn bytes_repr(bytes: &[u8]) -> Vec<u8> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = vec![b'b', quote];
    for &byte in bytes {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            _ if byte == quote => out.extend([b'\\', quote]),
            0x20..0x7F => out.push(byte),
            _ => out.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    out.push(quote);
    out
}

/// `repr` of a constant, for messages.
pub fn const_repr(value: &Const) -> String {
    let mut writer = Writer::default();
    writer.constant(value, false);
    String::from_utf8_lossy(&writer.out).into_owned()
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn open(&mut self, needed: bool) {
        if needed {
            self.put("(");
        }
    }

    fn close(&mut self, needed: bool) {
        if needed {
            self.put(")");
        }
    }

    fn list(&mut self, items: &[Expr]) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.expr(item, Level::Test);
        }
    }

    /// A constant; infinities as a literal that overflows, when the text is to be parsed again.
    fn constant(&mut self, value: &Const, parseable: bool) {
        let inf = |text: String| if parseable { text.replace("inf", "1e309") } else { text };
        match value {
            Const::None => self.put("None"),
            Const::Bool(true) => self.put("True"),
            Const::Bool(false) => self.put("False"),
            Const::Ellipsis => self.put("Ellipsis"),
            Const::Int(value) => self.put(&value.to_string()),
            Const::BigInt { negative, magnitude } => {
                let sign = if *negative { Sign::Negative } else { Sign::Positive };
                let value = IBig::from_parts(sign, UBig::from_le_bytes(magnitude));
                self.put(&int::to_str(&value));
            }
            Const::Float(value) => self.put(&inf(float::repr(*value))),
            Const::Complex(re, im) => self.put(&inf(complex::repr(Complex { re: *re, im: *im }))),
            Const::Str(text) => self.out.extend(text_repr(text)),
            Const::Bytes(bytes) => self.out.extend(bytes_repr(bytes)),
            Const::Tuple(items) => {
                self.put("(");
                self.constants(items, parseable);
                self.put(if items.len() == 1 { ",)" } else { ")" });
            }
            Const::FrozenSet(items) => {
                self.put("frozenset({");
                self.constants(items, parseable);
                self.put("})");
            }
            Const::Slice(parts) => {
                self.put("slice(");
                self.constants(&parts[..], parseable);
                self.put(")");
            }
            Const::Code(_) => self.put("<code>"),
        }
    }

    fn constants(&mut self, items: &[Const], parseable: bool) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.constant(item, parseable);
        }
    }

    fn expr(&mut self, e: &Expr, level: Level) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.expr_inner(e, level));
    }

    fn expr_inner(&mut self, e: &Expr, level: Level) {
        match &e.kind {
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, level),
            ExprKind::BinOp { left, op, right } => self.bin_op(left, *op, right, level),
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", Level::Factor),
                    UnaryOp::Not => ("not ", Level::Not),
                    UnaryOp::UAdd => ("+", Level::Factor),
                    UnaryOp::USub => ("-", Level::Factor),
                };
                self.open(level > own);
                self.put(text);
                self.expr(operand, own);
                self.close(level > own);
            }
            ExprKind::Lambda { args, body } => self.lambda(args, body, level),
            ExprKind::IfExp { test, body, orelse } => {
                self.open(level > Level::Test);
                self.expr(body, Level::Or);
                self.put(" if ");
                self.expr(test, Level::Or);
                self.put(" else ");
                self.expr(orelse, Level::Test);
                self.close(level > Level::Test);
            }
            ExprKind::Dict { keys, values } => self.dict(keys, values),
            ExprKind::Set { elts } => {
                self.put("{");
                self.list(elts);
                self.put("}");
            }
            ExprKind::List { elts, .. } => {
                self.put("[");
                self.list(elts);
                self.put("]");
            }
            ExprKind::Tuple { elts, .. } => {
                let parens = level > Level::Tuple || elts.is_empty();
                self.open(parens);
                self.list(elts);
                if elts.len() == 1 {
                    self.put(",");
                }
                self.close(parens);
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("{", key, Some(value), generators, "}");
            }
            ExprKind::Yield { value: None } => self.put("(yield)"),
            ExprKind::Yield { value: Some(value) } => {
                self.put("(yield ");
                self.expr(value, Level::Test);
                self.put(")");
            }
            ExprKind::YieldFrom { value } => {
                self.put("(yield from ");
                self.expr(value, Level::Test);
                self.put(")");
            }
            ExprKind::Await { value } => {
                self.open(level > Level::Await);
                self.put("await ");
                self.expr(value, Level::Atom);
                self.close(level > Level::Await);
            }
            ExprKind::Compare { left, ops, comparators } => self.compare(left, ops, comparators, level),
            _ => self.primary(e, level),
        }
    }

    fn primary(&mut self, e: &Expr, level: Level) {
        match &e.kind {
            ExprKind::Call { func, args, keywords } => {
                self.expr(func, Level::Atom);
                if let [only] = &args[..]
                    && keywords.is_empty()
                    && matches!(only.kind, ExprKind::GeneratorExp { .. })
                {
                    return self.expr(only, Level::Atom);
                }
                self.put("(");
                self.list(args);
                for (index, keyword) in keywords.iter().enumerate() {
                    if index > 0 || !args.is_empty() {
                        self.put(", ");
                    }
                    match &keyword.arg {
                        Some(arg) => {
                            self.put(arg);
                            self.put("=");
                        }
                        None => self.put("**"),
                    }
                    self.expr(&keyword.value, Level::Test);
                }
                self.put(")");
            }
            ExprKind::Constant { value: Constant::Ellipsis, .. } => self.put("..."),
            ExprKind::Constant { value, kind } => {
                self.put(kind.as_deref().unwrap_or_default());
                self.constant(&constant(value), true);
            }
            ExprKind::JoinedStr { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::FormattedValue { .. }
            | ExprKind::Interpolation { .. } => self.string_part(e, false),
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Level::Atom);
                let is_int =
                    matches!(&value.kind, ExprKind::Constant { value: Constant::Int(_) | Constant::BigInt(_), .. });
                self.put(if is_int { " ." } else { "." });
                self.put(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Level::Atom);
                self.put("[");
                self.expr(slice, Level::Tuple);
                self.put("]");
            }
            ExprKind::Starred { value, .. } => {
                self.put("*");
                self.expr(value, Level::BitOr);
            }
            ExprKind::Slice { lower, upper, step } => self.slice(lower, upper, step),
            ExprKind::Name { id, .. } => self.put(id),
            ExprKind::NamedExpr { target, value } => {
                self.open(level > Level::Tuple);
                self.expr(target, Level::Atom);
                self.put(" := ");
                self.expr(value, Level::Atom);
                self.close(level > Level::Tuple);
            }
            _ => {}
        }
    }

    fn slice(&mut self, lower: &Option<Box<Expr>>, upper: &Option<Box<Expr>>, step: &Option<Box<Expr>>) {
        if let Some(lower) = lower {
            self.expr(lower, Level::Test);
        }
        self.put(":");
        if let Some(upper) = upper {
            self.expr(upper, Level::Test);
        }
        if let Some(step) = step {
            self.put(":");
            self.expr(step, Level::Test);
        }
    }

    fn bool_op(&mut self, op: BoolOp, values: &[Expr], level: Level) {
        let (text, own) = match op {
            BoolOp::And => (" and ", Level::And),
            BoolOp::Or => (" or ", Level::Or),
        };
        self.open(level > own);
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.put(text);
            }
            self.expr(value, own.next());
        }
        self.close(level > own);
    }

    fn bin_op(&mut self, left: &Expr, op: Operator, right: &Expr, level: Level) {
        let (text, own) = match op {
            Operator::Add => (" + ", Level::Arith),
            Operator::Sub => (" - ", Level::Arith),
            Operator::Mult => (" * ", Level::Term),
            Operator::MatMult => (" @ ", Level::Term),
            Operator::Div => (" / ", Level::Term),
            Operator::Mod => (" % ", Level::Term),
            Operator::FloorDiv => (" // ", Level::Term),
            Operator::LShift => (" << ", Level::Shift),
            Operator::RShift => (" >> ", Level::Shift),
            Operator::BitOr => (" | ", Level::BitOr),
            Operator::BitXor => (" ^ ", Level::BitXor),
            Operator::BitAnd => (" & ", Level::BitAnd),
            Operator::Pow => (" ** ", Level::Power),
        };
        let right_assoc = op == Operator::Pow;
        self.open(level > own);
        self.expr(left, if right_assoc { own.next() } else { own });
        self.put(text);
        self.expr(right, if right_assoc { own } else { own.next() });
        self.close(level > own);
    }

    fn compare(&mut self, left: &Expr, ops: &[CmpOp], comparators: &[Expr], level: Level) {
        self.open(level > Level::Cmp);
        self.expr(left, Level::Cmp.next());
        for (op, right) in ops.iter().zip(comparators) {
            self.put(match op {
                CmpOp::Eq => " == ",
                CmpOp::NotEq => " != ",
                CmpOp::Lt => " < ",
                CmpOp::LtE => " <= ",
                CmpOp::Gt => " > ",
                CmpOp::GtE => " >= ",
                CmpOp::Is => " is ",
                CmpOp::IsNot => " is not ",
                CmpOp::In => " in ",
                CmpOp::NotIn => " not in ",
            });
            self.expr(right, Level::Cmp.next());
        }
        self.close(level > Level::Cmp);
    }

    fn dict(&mut self, keys: &[Option<Expr>], values: &[Expr]) {
        self.put("{");
        for (index, (key, value)) in keys.iter().zip(values).enumerate() {
            if index > 0 {
                self.put(", ");
            }
            match key {
                Some(key) => {
                    self.expr(key, Level::Test);
                    self.put(": ");
                    self.expr(value, Level::Test);
                }
                None => {
                    self.put("**");
                    self.expr(value, Level::BitOr);
                }
            }
        }
        self.put("}");
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
        close: &str,
    ) {
        self.put(open);
        self.expr(elt, Level::Test);
        if let Some(value) = value {
            self.put(": ");
            self.expr(value, Level::Test);
        }
        for clause in generators {
            self.put(if clause.is_async { " async for " } else { " for " });
            self.expr(&clause.target, Level::Tuple);
            self.put(" in ");
            self.expr(&clause.iter, Level::Or);
            for test in &clause.ifs {
                self.put(" if ");
                self.expr(test, Level::Or);
            }
        }
        self.put(close);
    }

    fn lambda(&mut self, args: &Arguments, body: &Expr, level: Level) {
        self.open(level > Level::Test);
        let positional = args.args.len() + args.posonlyargs.len();
        self.put(if positional > 0 { "lambda " } else { "lambda" });
        self.arguments(args);
        self.put(": ");
        self.expr(body, Level::Test);
        self.close(level > Level::Test);
    }

    fn arg(&mut self, arg: &Arg, first: &mut bool, prefix: &str, default: Option<&Expr>) {
        if !std::mem::take(first) {
            self.put(", ");
        }
        self.put(prefix);
        self.put(&arg.arg);
        if let Some(annotation) = &arg.annotation {
            self.put(": ");
            self.expr(annotation, Level::Test);
        }
        if let Some(default) = default {
            self.put("=");
            self.expr(default, Level::Test);
        }
    }

    fn arguments(&mut self, args: &Arguments) {
        let mut first = true;
        let positional: Vec<&Arg> = args.posonlyargs.iter().chain(&args.args).collect();
        for (index, arg) in positional.iter().enumerate() {
            let default = (index + args.defaults.len()).checked_sub(positional.len());
            self.arg(arg, &mut first, "", default.and_then(|index| args.defaults.get(index)));
            if index + 1 == args.posonlyargs.len() {
                self.put(", /");
            }
        }
        if let Some(vararg) = &args.vararg {
            self.arg(vararg, &mut first, "*", None);
        } else if !args.kwonlyargs.is_empty() {
            if !std::mem::take(&mut first) {
                self.put(", ");
            }
            self.put("*");
        }
        for (index, arg) in args.kwonlyargs.iter().enumerate() {
            let default = args.kw_defaults.get(index).and_then(Option::as_ref);
            self.arg(arg, &mut first, "", default);
        }
        if let Some(kwarg) = &args.kwarg {
            self.arg(kwarg, &mut first, "**", None);
        }
    }

    /// A piece of an f- or t-string.
    fn string_part(&mut self, e: &Expr, in_spec: bool) {
        match &e.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for &byte in text.as_bytes() {
                    self.out.push(byte);
                    if byte == b'{' || byte == b'}' {
                        self.out.push(byte);
                    }
                }
            }
            ExprKind::JoinedStr { values } => {
                let body = string_body(values, in_spec);
                if in_spec {
                    self.out.extend(body);
                } else {
                    self.put("f");
                    self.out.extend(text_repr(&body));
                }
            }
            ExprKind::TemplateStr { values } => self.template(values),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let mut inner = Writer::default();
                inner.expr(value, Level::Or);
                self.replacement(&inner.out, *conversion, format_spec.as_deref());
            }
            ExprKind::Interpolation { str, conversion, format_spec, .. } => {
                let text = match str {
                    Constant::Str(text) => text.as_bytes(),
                    _ => &[],
                };
                self.replacement(text, *conversion, format_spec.as_deref());
            }
            _ => {}
        }
    }

    fn replacement(&mut self, text: &[u8], conversion: i32, format_spec: Option<&Expr>) {
        self.put(if text.first() == Some(&b'{') { "{ " } else { "{" });
        self.out.extend_from_slice(text);
        if let Ok(conversion) = u8::try_from(conversion) {
            self.out.extend([b'!', conversion]);
        }
        if let Some(spec) = format_spec {
            self.put(":");
            self.string_part(spec, true);
        }
        self.put("}");
    }

    /// A t-string; pieces of f-strings that were written beside it become f-strings again.
    fn template(&mut self, values: &[Expr]) {
        let mut rest = values;
        let mut first = true;
        loop {
            let plain = rest.iter().take_while(|e| !matches!(e.kind, ExprKind::FormattedValue { .. })).count();
            let (head, tail) = rest.split_at(plain);
            if !head.is_empty() || values.is_empty() {
                self.piece("t", head, &mut first);
            }
            let Some((formatted, tail)) = tail.split_first() else { return };
            self.piece("f", std::slice::from_ref(formatted), &mut first);
            rest = tail;
            if rest.is_empty() {
                return;
            }
        }
    }

    fn piece(&mut self, prefix: &str, values: &[Expr], first: &mut bool) {
        if !std::mem::take(first) {
            self.put(" ");
        }
        self.put(prefix);
        self.out.extend(text_repr(&string_body(values, false)));
    }
}

fn string_body(values: &[Expr], in_spec: bool) -> Vec<u8> {
    let mut body = Writer::default();
    for value in values {
        body.string_part(value, in_spec);
    }
    body.out
}
