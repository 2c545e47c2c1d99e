//! Calls, `super()` attributes, and the calls and subscripts that earn a SyntaxWarning.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{CommonConstant, Intrinsic1};
use adder_syntax::ast::{CmpOp, Constant, Expr, ExprContext, ExprKind, Keyword};

use super::expr::TUPLE;
use super::{Emitter, STACK_USE_GUIDELINE};
use crate::error::Result;
use crate::ir::{Label, Op};
use crate::names::{Name, known};
use crate::symtable::{Key, Reach, address};

/// Name of the type that an expression certainly has.
fn type_name(e: &Expr) -> Option<&'static str> {
    Some(match &e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::Bool(_) => "bool",
            Constant::Int(_) | Constant::BigInt(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex { .. } => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Ellipsis => "ellipsis",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
        },
        _ => return None,
    })
}

/// Whether an identity test with this operand makes sense: it is not a literal, or one of the singletons.
fn identity_operand(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|elt| matches!(elt.kind, ExprKind::Constant { .. })),
        ExprKind::Constant { value, .. } => {
            matches!(value, Constant::None | Constant::Bool(_) | Constant::Ellipsis)
        }
        _ => true,
    }
}

impl<'a> Emitter<'a> {
    pub(super) fn check_compare(&mut self, e: &Expr, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let (left_ok, right_ok) = (identity_operand(left), identity_operand(right));
            if matches!(op, CmpOp::Is | CmpOp::IsNot) && !(left_ok && right_ok) {
                let literal = type_name(if left_ok { right } else { left }).unwrap_or("object");
                let message = if *op == CmpOp::Is {
                    format!("\"is\" with '{literal}' literal. Did you mean \"==\"?")
                } else {
                    format!("\"is not\" with '{literal}' literal. Did you mean \"!=\"?")
                };
                self.warn(message, e.loc);
                return;
            }
            left = right;
        }
    }

    fn check_caller(&mut self, e: &Expr) {
        if matches!(e.kind, ExprKind::Lambda { .. }) {
            return;
        }
        if let Some(name) = type_name(e) {
            self.warn(format!("'{name}' object is not callable; perhaps you missed a comma?"), e.loc);
        }
    }

    pub(super) fn check_subscripter(&mut self, e: &Expr) {
        let bad = match &e.kind {
            ExprKind::Constant { value, .. } => {
                !matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if bad && let Some(name) = type_name(e) {
            self.warn(format!("'{name}' object is not subscriptable; perhaps you missed a comma?"), e.loc);
        }
    }

    pub(super) fn check_index(&mut self, e: &Expr, slice: &Expr) {
        let Some(index) = type_name(slice) else { return };
        if matches!(index, "int" | "bool") {
            return;
        }
        let sequence = match &e.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if sequence && let Some(name) = type_name(e) {
            let message =
                format!("{name} indices must be integers or slices, not {index}; perhaps you missed a comma?");
            self.warn(message, e.loc);
        }
    }

    /// Whether `e` is an attribute of `super()` or `super(a, b)` that the one op for it can load.
    pub(super) fn is_super_call(&self, e: &Expr) -> bool {
        let ExprKind::Attribute { value, attr, .. } = &e.kind else { return false };
        let ExprKind::Call { func, args, keywords } = &value.kind else { return false };
        let ExprKind::Name { id, .. } = &func.kind else { return false };
        if &**id != "super" || &**attr == "__class__" || !keywords.is_empty() {
            return false;
        }
        let unit = self.unit_ref();
        if !self.table.is_builtin_super(unit.scope) {
            return false;
        }
        match args.len() {
            2 => !args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. })),
            0 => {
                (unit.argcount > 0 || unit.posonlyargcount > 0)
                    && self.table.scope(unit.scope).reach(known::CLASS) == Reach::Free
            }
            _ => false,
        }
    }

    pub(super) fn super_attr(&mut self, loc: Location, call: &'a Expr, attr: Name, method: bool) -> Result<()> {
        let ExprKind::Call { func, args, .. } = &call.kind else { return Ok(()) };
        let at = self.loc(func.loc);
        self.nameop(at, known::SUPER, ExprContext::Load)?;
        if args.len() == 2 {
            self.exprs(args)?;
        } else {
            let at = self.loc(call.loc);
            self.nameop(at, known::CLASS, ExprContext::Load)?;
            if let Some(first) = self.unit_ref().varnames.first().copied() {
                self.nameop(at, first, ExprContext::Load)?;
            }
        }
        let index = self.mangled_name_index(attr);
        let two_args = args.len() == 2;
        self.op_i(loc, Op::LOAD_SUPER_ATTR, index << 2 | u32::from(two_args) << 1 | u32::from(method));
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        e: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(e, func, args, keywords)? {
            return Ok(());
        }
        let skip = self.new_label();
        self.check_caller(func);
        self.expr(func)?;
        self.generator_call(func, args, keywords, skip)?;
        let at = self.loc(func.loc);
        self.op(at, Op::PUSH_NULL);
        let loc = self.loc(e.loc);
        self.call_args(loc, 0, args, None, keywords)?;
        self.use_label(skip);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &[Keyword]) -> Result<()> {
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(arg) = &keyword.arg else { continue };
            if let Some(other) = keywords[index + 1..].iter().find(|other| other.arg.as_ref() == Some(arg)) {
                return self.error(format!("keyword argument repeated: {arg}"), other.loc);
            }
        }
        Ok(())
    }

    /// A call of a method keeps object and function apart; true when it was one and is emitted.
    fn method_call(&mut self, e: &'a Expr, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword]) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = &func.kind else { return Ok(false) };
        if let ExprKind::Name { id, .. } = &value.kind {
            let name = self.intern(id);
            if self.table.is_import(name) {
                return Ok(false);
            }
        }
        let total = args.len() + keywords.len() + usize::from(!keywords.is_empty());
        if total >= STACK_USE_GUIDELINE
            || args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let mut loc = self.loc(func.loc);
        let name = self.intern(attr);
        if self.is_super_call(func) {
            self.super_attr(loc, value, name, true)?;
            loc = self.attribute_location(loc, func);
            self.op(loc, Op::NOP);
        } else {
            self.expr(value)?;
            loc = self.attribute_location(loc, func);
            self.load_attr(loc, name, true);
        }
        self.exprs(args)?;
        let at = self.attribute_location(self.loc(e.loc), func);
        if keywords.is_empty() {
            self.op_i(at, Op::CALL, args.len() as u32);
        } else {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(loc, keywords);
            self.op_i(at, Op::CALL_KW, (args.len() + keywords.len()) as u32);
        }
        Ok(true)
    }

    fn keyword_names(&mut self, loc: Location, keywords: &[Keyword]) {
        let names = keywords.iter().map(|keyword| Const::str(keyword.arg.as_deref().unwrap_or_default()));
        let names = Const::Tuple(names.collect());
        self.load_const(loc, names);
    }

    /// `all(...)`, `any(...)` and `tuple(...)` of a generator expression run its loop here when they are the builtins.
    fn generator_call(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &[Keyword], end: Label) -> Result<()> {
        let ExprKind::Name { id, .. } = &func.kind else { return Ok(()) };
        let [arg] = args else { return Ok(()) };
        if !matches!(arg.kind, ExprKind::GeneratorExp { .. }) || !keywords.is_empty() {
            return Ok(());
        }
        let scope = self.table.lookup(Key::Comprehension(address(arg)));
        if scope.is_none_or(|scope| self.table.scope(scope).coroutine) {
            return Ok(());
        }
        // What to compare the callable with, the result of a full run, and which truth ends the loop early.
        let (builtin, early) = match &**id {
            "all" => (CommonConstant::All, Some((true, Op::POP_JUMP_IF_TRUE))),
            "any" => (CommonConstant::Any, Some((false, Op::POP_JUMP_IF_FALSE))),
            "tuple" => (CommonConstant::Tuple, None),
            _ => return Ok(()),
        };
        let loc = self.loc(func.loc);
        let skip = self.new_label();
        self.op_i(loc, Op::COPY, 1);
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, builtin as u32);
        self.compare_op(loc, CmpOp::Is);
        self.jump(loc, Op::POP_JUMP_IF_FALSE, skip);
        self.op(loc, Op::POP_TOP);
        if early.is_none() {
            self.op_i(loc, Op::BUILD_LIST, 0);
        }
        self.expr(arg)?;
        let (again, cleanup) = (self.new_label(), self.new_label());
        self.use_label(again);
        self.jump(loc, Op::FOR_ITER, cleanup);
        match early {
            None => {
                self.op_i(loc, Op::LIST_APPEND, 2);
                self.jump(loc, Op::JUMP, again);
            }
            Some((_, op)) => {
                self.op(loc, Op::TO_BOOL);
                self.jump(loc, op, again);
            }
        }
        self.op(Location::NONE, Op::POP_ITER);
        if let Some((full, _)) = early {
            self.load_const(loc, Const::Bool(!full));
        }
        self.jump(loc, Op::JUMP, end);
        self.use_label(cleanup);
        self.op(Location::NONE, Op::END_FOR);
        self.op(Location::NONE, Op::POP_ITER);
        match early {
            None => self.intrinsic_1(loc, Intrinsic1::ListToTuple),
            Some((full, _)) => self.load_const(loc, Const::Bool(full)),
        }
        self.jump(loc, Op::JUMP, end);
        self.use_label(skip);
        Ok(())
    }

    /// The arguments of a call and the call; `pushed` arguments are on the stack already.
    pub(super) fn call_args(
        &mut self,
        loc: Location,
        pushed: usize,
        args: &'a [Expr],
        injected: Option<Name>,
        keywords: &'a [Keyword],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        let simple = args.len() + keywords.len() * 2 <= STACK_USE_GUIDELINE
            && !args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            && keywords.iter().all(|keyword| keyword.arg.is_some());
        if !simple {
            return self.call_ex(loc, pushed, args, injected, keywords);
        }
        self.exprs(args)?;
        let mut count = pushed + args.len();
        if let Some(name) = injected {
            self.nameop(loc, name, ExprContext::Load)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.op_i(loc, Op::CALL, count as u32);
        } else {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(loc, keywords);
            self.op_i(loc, Op::CALL_KW, (count + keywords.len()) as u32);
        }
        Ok(())
    }

    fn call_ex(
        &mut self,
        loc: Location,
        pushed: usize,
        args: &'a [Expr],
        injected: Option<Name>,
        keywords: &'a [Keyword],
    ) -> Result<()> {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => self.expr(value)?,
            _ => self.display(loc, args, injected, pushed, TUPLE)?,
        }
        if keywords.is_empty() {
            self.op(loc, Op::PUSH_NULL);
        } else {
            self.keyword_dict(loc, keywords)?;
        }
        self.op(loc, Op::CALL_FUNCTION_EX);
        Ok(())
    }

    fn keyword_dict(&mut self, loc: Location, keywords: &'a [Keyword]) -> Result<()> {
        let mut have_dict = false;
        let mut start = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                continue;
            }
            if start < index {
                self.sub_keywords(loc, &keywords[start..index])?;
                if have_dict {
                    self.op_i(loc, Op::DICT_MERGE, 1);
                }
                have_dict = true;
            }
            if !have_dict {
                self.op_i(loc, Op::BUILD_MAP, 0);
                have_dict = true;
            }
            self.expr(&keyword.value)?;
            self.op_i(loc, Op::DICT_MERGE, 1);
            start = index + 1;
        }
        if start < keywords.len() {
            self.sub_keywords(loc, &keywords[start..])?;
            if have_dict {
                self.op_i(loc, Op::DICT_MERGE, 1);
            }
        }
        Ok(())
    }

    fn sub_keywords(&mut self, loc: Location, keywords: &'a [Keyword]) -> Result<()> {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(Location::NONE, Op::BUILD_MAP, 0);
        }
        for keyword in keywords {
            self.load_const(loc, Const::str(keyword.arg.as_deref().unwrap_or_default()));
            self.expr(&keyword.value)?;
            if big {
                self.op_i(Location::NONE, Op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_i(loc, Op::BUILD_MAP, keywords.len() as u32);
        }
        Ok(())
    }
}
