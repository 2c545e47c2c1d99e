//! Expressions: dispatch, operators, displays, attributes and subscripts.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{BinaryOperator, Intrinsic1};
use adder_syntax::ast::{Expr, ExprContext, ExprKind, Operator, UnaryOp};

use super::{Emitter, STACK_USE_GUIDELINE};
use crate::constants::constant;
use crate::error::{Result, deeper};
use crate::ir::Op;
use crate::names::Name;
use crate::unit::UnitKind;

/// How a display is built: from items on the stack, or item by item.
#[derive(Clone, Copy)]
pub(super) struct Display {
    pub(super) build: Op,
    pub(super) add: Op,
    pub(super) extend: Op,
    pub(super) tuple: bool,
}

pub(super) const LIST: Display =
    Display { build: Op::BUILD_LIST, add: Op::LIST_APPEND, extend: Op::LIST_EXTEND, tuple: false };
pub(super) const TUPLE: Display = Display { tuple: true, ..LIST };
const SET: Display = Display { build: Op::BUILD_SET, add: Op::SET_ADD, extend: Op::SET_UPDATE, tuple: false };

/// Whether a slice is `a:b` with parts that are not all constant: such have ops of their own.
pub(super) fn two_part_slice(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Slice { step: None, .. }) && !constant_slice(e)
}

fn constant_slice(e: &Expr) -> bool {
    let ExprKind::Slice { lower, upper, step } = &e.kind else { return false };
    [lower, upper, step].into_iter().flatten().all(|part| matches!(part.kind, ExprKind::Constant { .. }))
}

impl<'a> Emitter<'a> {
    pub(super) fn exprs(&mut self, list: &'a [Expr]) -> Result<()> {
        list.iter().try_for_each(|e| self.expr(e))
    }

    pub(super) fn expr(&mut self, e: &'a Expr) -> Result<()> {
        let mut depth = self.depth;
        deeper(&mut depth, |depth| {
            self.depth = *depth;
            self.expr_inner(e)
        })?;
        self.depth = depth;
        Ok(())
    }

    fn expr_inner(&mut self, e: &'a Expr) -> Result<()> {
        let loc = self.loc(e.loc);
        match &e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.op_i(loc, Op::COPY, 1);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(e, *op, values),
            ExprKind::BinOp { left, op, right } => {
                if *op == Operator::Mod && self.percent_format(e, left, right)? {
                    return Ok(());
                }
                self.expr(left)?;
                self.expr(right)?;
                self.binary_op(loc, *op, false);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::UAdd => self.intrinsic_1(loc, Intrinsic1::UnaryPositive),
                    UnaryOp::Not => {
                        self.op(loc, Op::TO_BOOL);
                        self.op(loc, Op::UNARY_NOT);
                    }
                    UnaryOp::Invert => self.op(loc, Op::UNARY_INVERT),
                    UnaryOp::USub => self.op(loc, Op::UNARY_NEGATIVE),
                }
                Ok(())
            }
            ExprKind::Lambda { args, body } => self.lambda(e, args, body),
            ExprKind::IfExp { test, body, orelse } => self.if_exp(e, test, body, orelse),
            ExprKind::Dict { keys, values } => self.dict(loc, keys, values),
            ExprKind::Set { elts } => self.display(loc, elts, None, 0, SET),
            ExprKind::GeneratorExp { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. } => self.comprehension(e),
            ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } | ExprKind::Await { .. } => self.yield_like(e),
            ExprKind::Compare { left, ops, comparators } => self.compare(e, left, ops, comparators),
            ExprKind::Call { func, args, keywords } => self.call(e, func, args, keywords),
            ExprKind::Constant { value, .. } => {
                self.load_const(loc, constant(value));
                Ok(())
            }
            ExprKind::JoinedStr { values } => self.joined_str(loc, values),
            ExprKind::TemplateStr { values } => self.template_str(loc, values),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(loc, value, *conversion, format_spec.as_deref())
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(loc, value, str, *conversion, format_spec.as_deref())
            }
            ExprKind::Attribute { value, attr, ctx } => self.attribute(e, value, attr, *ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscript(e, value, slice, *ctx),
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                self.error("starred assignment target must be in a list or tuple", e.loc)
            }
            ExprKind::Starred { .. } => self.error("can't use starred expression here", e.loc),
            ExprKind::Slice { .. } => self.slice(e),
            ExprKind::Name { id, ctx } => {
                let name = self.intern(id);
                self.nameop(loc, name, *ctx)
            }
            ExprKind::List { elts, ctx } => self.list_or_tuple(e, elts, *ctx, LIST),
            ExprKind::Tuple { elts, ctx } => self.list_or_tuple(e, elts, *ctx, TUPLE),
        }
    }

    pub(super) fn binary_op(&mut self, loc: Location, op: Operator, inplace: bool) {
        let plain = match op {
            Operator::Add => BinaryOperator::Add,
            Operator::Sub => BinaryOperator::Subtract,
            Operator::Mult => BinaryOperator::Multiply,
            Operator::MatMult => BinaryOperator::MatrixMultiply,
            Operator::Div => BinaryOperator::TrueDivide,
            Operator::Mod => BinaryOperator::Remainder,
            Operator::Pow => BinaryOperator::Power,
            Operator::LShift => BinaryOperator::Lshift,
            Operator::RShift => BinaryOperator::Rshift,
            Operator::BitOr => BinaryOperator::Or,
            Operator::BitXor => BinaryOperator::Xor,
            Operator::BitAnd => BinaryOperator::And,
            Operator::FloorDiv => BinaryOperator::FloorDivide,
        };
        // The in-place operators follow the plain ones in the same order.
        let offset = if inplace { BinaryOperator::InplaceAdd as u32 } else { 0 };
        self.op_i(loc, Op::BINARY_OP, plain as u32 + offset);
    }

    fn list_or_tuple(&mut self, e: &'a Expr, elts: &'a [Expr], ctx: ExprContext, display: Display) -> Result<()> {
        let loc = self.loc(e.loc);
        match ctx {
            ExprContext::Load => self.display(loc, elts, None, 0, display),
            ExprContext::Del => self.exprs(elts),
            ExprContext::Store => {
                self.unpack(e, elts)?;
                for elt in elts {
                    match &elt.kind {
                        ExprKind::Starred { value, .. } => self.expr(value)?,
                        _ => self.expr(elt)?,
                    }
                }
                Ok(())
            }
        }
    }

    fn unpack(&mut self, e: &'a Expr, elts: &'a [Expr]) -> Result<()> {
        let loc = self.loc(e.loc);
        let mut seen = false;
        for (index, elt) in elts.iter().enumerate() {
            if !matches!(elt.kind, ExprKind::Starred { .. }) {
                continue;
            }
            if seen {
                return self.error("multiple starred expressions in assignment", e.loc);
            }
            let after = elts.len() - index - 1;
            if index >= 1 << 8 || after >= i32::MAX as usize >> 8 {
                return self.error("too many expressions in star-unpacking assignment", e.loc);
            }
            self.op_i(loc, Op::UNPACK_EX, (index + (after << 8)) as u32);
            seen = true;
        }
        if !seen {
            self.op_i(loc, Op::UNPACK_SEQUENCE, elts.len() as u32);
        }
        Ok(())
    }

    /// Builds a list, tuple or set from `pushed` items on the stack, the elements, and a name's value.
    pub(super) fn display(
        &mut self,
        loc: Location,
        elts: &'a [Expr],
        injected: Option<Name>,
        pushed: usize,
        how: Display,
    ) -> Result<()> {
        let total = elts.len() + pushed + usize::from(injected.is_some());
        let big = total > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        if !starred && !big {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.nameop(loc, name, ExprContext::Load)?;
            }
            self.op_i(loc, if how.tuple { Op::BUILD_TUPLE } else { how.build }, total as u32);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.op_i(loc, how.build, pushed as u32);
        }
        for (index, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &elt.kind {
                if !built {
                    self.op_i(loc, how.build, (index + pushed) as u32);
                    built = true;
                }
                self.expr(value)?;
                self.op_i(loc, how.extend, 1);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_i(loc, how.add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.nameop(loc, name, ExprContext::Load)?;
            self.op_i(loc, how.add, 1);
        }
        if how.tuple {
            self.intrinsic_1(loc, Intrinsic1::ListToTuple);
        }
        Ok(())
    }

    fn sub_dict(&mut self, loc: Location, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result<()> {
        let big = values.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(loc, Op::BUILD_MAP, 0);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op_i(loc, Op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_i(loc, Op::BUILD_MAP, values.len() as u32);
        }
        Ok(())
    }

    fn dict(&mut self, loc: Location, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result<()> {
        let mut have_dict = false;
        let mut elements = 0;
        let count = values.len().min(keys.len());
        for index in 0..count {
            if keys[index].is_some() {
                if elements * 2 > STACK_USE_GUIDELINE {
                    let range = index - elements..index + 1;
                    self.sub_dict(loc, &keys[range.clone()], &values[range])?;
                    self.merge_dict(loc, &mut have_dict);
                    elements = 0;
                } else {
                    elements += 1;
                }
                continue;
            }
            if elements > 0 {
                let range = index - elements..index;
                self.sub_dict(loc, &keys[range.clone()], &values[range])?;
                self.merge_dict(loc, &mut have_dict);
                elements = 0;
            }
            if !have_dict {
                self.op_i(loc, Op::BUILD_MAP, 0);
                have_dict = true;
            }
            self.expr(&values[index])?;
            self.op_i(loc, Op::DICT_UPDATE, 1);
        }
        if elements > 0 {
            let range = count - elements..count;
            self.sub_dict(loc, &keys[range.clone()], &values[range])?;
            self.merge_dict(loc, &mut have_dict);
        }
        if !have_dict {
            self.op_i(loc, Op::BUILD_MAP, 0);
        }
        Ok(())
    }

    fn merge_dict(&mut self, loc: Location, have_dict: &mut bool) {
        if *have_dict {
            self.op_i(loc, Op::DICT_UPDATE, 1);
        }
        *have_dict = true;
    }

    /// An attribute that spans lines is located at its name.
    pub(super) fn attribute_location(&self, loc: Location, e: &Expr) -> Location {
        let ExprKind::Attribute { attr, .. } = &e.kind else { return loc };
        let end = self.loc(e.loc);
        let mut loc = loc;
        if loc.line != end.end_line {
            loc.line = end.end_line;
            let len = attr.chars().count() as i32;
            if len <= end.end_col {
                loc.col = end.end_col - len;
            } else {
                loc.col = -1;
                loc.end_col = -1;
            }
            loc.end_line = loc.line.max(loc.end_line);
            if loc.line == loc.end_line {
                loc.end_col = loc.col.max(loc.end_col);
            }
        }
        loc
    }

    pub(super) fn load_attr(&mut self, loc: Location, name: Name, method: bool) {
        let index = self.mangled_name_index(name);
        self.op_i(loc, Op::LOAD_ATTR, index << 1 | u32::from(method));
    }

    fn attribute(&mut self, e: &'a Expr, value: &'a Expr, attr: &str, ctx: ExprContext) -> Result<()> {
        let loc = self.loc(e.loc);
        let name = self.intern(attr);
        if ctx == ExprContext::Load && self.is_super_call(e) {
            self.super_attr(loc, value, name, false)?;
            let at = self.attribute_location(loc, e);
            self.op(at, Op::NOP);
            return Ok(());
        }
        if ctx == ExprContext::Store {
            self.note_static_attribute(value, attr);
        }
        self.expr(value)?;
        let at = self.attribute_location(loc, e);
        match ctx {
            ExprContext::Load => self.load_attr(at, name, false),
            ExprContext::Store => self.op_name(at, Op::STORE_ATTR, name),
            ExprContext::Del => self.op_name(at, Op::DELETE_ATTR, name),
        }
        Ok(())
    }

    /// `self.x = ...` in a method makes `x` a static attribute of the class around it.
    fn note_static_attribute(&mut self, value: &Expr, attr: &str) {
        if !matches!(&value.kind, ExprKind::Name { id, .. } if &**id == "self") {
            return;
        }
        let outer = self.units.len() - 1;
        if let Some(class) = self.units[..outer].iter_mut().rev().find(|unit| unit.kind == UnitKind::Class) {
            class.static_attributes.insert(attr.to_owned());
        }
    }

    fn subscript(&mut self, e: &'a Expr, value: &'a Expr, slice: &'a Expr, ctx: ExprContext) -> Result<()> {
        let loc = self.loc(e.loc);
        if ctx == ExprContext::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if two_part_slice(slice) && ctx != ExprContext::Del {
            self.slice_two_parts(slice)?;
            self.op(loc, if ctx == ExprContext::Load { Op::BINARY_SLICE } else { Op::STORE_SLICE });
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            ExprContext::Load => self.op_i(loc, Op::BINARY_OP, BinaryOperator::Subscr as u32),
            ExprContext::Store => self.op(loc, Op::STORE_SUBSCR),
            ExprContext::Del => self.op(loc, Op::DELETE_SUBSCR),
        }
        Ok(())
    }

    pub(super) fn slice_two_parts(&mut self, e: &'a Expr) -> Result<()> {
        let ExprKind::Slice { lower, upper, .. } = &e.kind else { return Ok(()) };
        let loc = self.loc(e.loc);
        for part in [lower, upper] {
            match part {
                Some(part) => self.expr(part)?,
                None => self.load_const(loc, Const::None),
            }
        }
        Ok(())
    }

    fn slice(&mut self, e: &'a Expr) -> Result<()> {
        let ExprKind::Slice { lower, upper, step } = &e.kind else { return Ok(()) };
        let loc = self.loc(e.loc);
        if constant_slice(e) {
            let part = |part: &Option<Box<Expr>>| match part.as_deref() {
                Some(Expr { kind: ExprKind::Constant { value, .. }, .. }) => constant(value),
                _ => Const::None,
            };
            self.load_const(loc, Const::Slice(Box::new([part(lower), part(upper), part(step)])));
            return Ok(());
        }
        self.slice_two_parts(e)?;
        if let Some(step) = step {
            self.expr(step)?;
        }
        self.op_i(loc, Op::BUILD_SLICE, 2 + u32::from(step.is_some()));
        Ok(())
    }
}
