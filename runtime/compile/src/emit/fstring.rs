//! f-strings, t-strings, and `"..." % (...)` where it can become one.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{BinaryOperator, Conversion};
use adder_syntax::ast::{Constant, Expr, ExprKind, Wtf8};

use super::{Emitter, STACK_USE_GUIDELINE};
use crate::constants::constant;
use crate::error::{CompileError, Result};
use crate::ir::Op;
use crate::names::known;

fn conversion_arg(conversion: i32) -> Result<Option<Conversion>> {
    Ok(Some(match u8::try_from(conversion) {
        Ok(b's') => Conversion::Str,
        Ok(b'r') => Conversion::Repr,
        Ok(b'a') => Conversion::Ascii,
        Err(_) if conversion == -1 => return Ok(None),
        _ => return Err(CompileError::system(format!("Unrecognized conversion character {conversion}"))),
    }))
}

/// A piece of a `%` format: literal text, or a conversion with width and precision as a format spec.
enum Piece {
    Text(Vec<u32>),
    Value(Conversion, String),
}

/// Splits a format whose conversions are all simple; none when it has others.
fn parse_percent(format: &Wtf8) -> Option<Vec<Piece>> {
    let codes: Vec<u32> = format.code_points().collect();
    let percent = u32::from('%');
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut at = 0;
    while at < codes.len() {
        if codes[at] != percent {
            text.push(codes[at]);
            at += 1;
        } else if codes.get(at + 1) == Some(&percent) {
            text.push(percent);
            at += 2;
        } else {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            at += 1;
            pieces.push(parse_conversion(&codes, &mut at)?);
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// Most digits of a width or precision that is converted.
const MAX_DIGITS: usize = 3;

fn parse_conversion(codes: &[u32], at: &mut usize) -> Option<Piece> {
    let mut next = || {
        let c = codes.get(*at).and_then(|code| char::from_u32(*code));
        *at += 1;
        c
    };
    let mut left = false;
    let mut c = next()?;
    while matches!(c, '-' | '+' | ' ' | '#' | '0') {
        left |= c == '-';
        c = next()?;
    }
    let mut spec = String::new();
    let mut width = String::new();
    while c.is_ascii_digit() {
        width.push(c);
        if width.len() >= MAX_DIGITS {
            return None;
        }
        c = next()?;
    }
    if let Ok(number) = width.parse::<u32>() {
        if !left && number > 0 {
            spec.push('>');
        }
        spec.push_str(&number.to_string());
    }
    if c == '.' {
        c = next()?;
        let mut precision = String::new();
        while c.is_ascii_digit() {
            precision.push(c);
            if precision.len() >= MAX_DIGITS {
                return None;
            }
            c = next()?;
        }
        let number = precision.parse::<u32>().unwrap_or(0);
        spec.push_str(&format!(".{number}"));
    }
    let conversion = match c {
        's' => Conversion::Str,
        'r' => Conversion::Repr,
        'a' => Conversion::Ascii,
        _ => return None,
    };
    Some(Piece::Value(conversion, spec))
}

impl<'a> Emitter<'a> {
    pub(super) fn joined_str(&mut self, loc: Location, values: &'a [Expr]) -> Result<()> {
        if values.len() <= STACK_USE_GUIDELINE {
            self.exprs(values)?;
            self.join(loc, values.len());
            return Ok(());
        }
        self.start_join(loc);
        for value in values {
            self.expr(value)?;
            self.op_i(loc, Op::LIST_APPEND, 1);
        }
        self.op_i(loc, Op::CALL, 1);
        Ok(())
    }

    fn join(&mut self, loc: Location, count: usize) {
        match count {
            0 => self.load_const(loc, Const::str("")),
            1 => {}
            _ => self.op_i(loc, Op::BUILD_STRING, count as u32),
        }
    }

    fn start_join(&mut self, loc: Location) {
        self.load_const(loc, Const::str(""));
        self.load_attr(loc, known::JOIN, true);
        self.op_i(loc, Op::BUILD_LIST, 0);
    }

    pub(super) fn formatted_value(
        &mut self,
        loc: Location,
        value: &'a Expr,
        conversion: i32,
        format_spec: Option<&'a Expr>,
    ) -> Result<()> {
        self.expr(value)?;
        if let Some(conversion) = conversion_arg(conversion)? {
            self.op_i(loc, Op::CONVERT_VALUE, conversion as u32);
        }
        match format_spec {
            Some(spec) => {
                self.expr(spec)?;
                self.op(loc, Op::FORMAT_WITH_SPEC);
            }
            None => self.op(loc, Op::FORMAT_SIMPLE),
        }
        Ok(())
    }

    pub(super) fn interpolation(
        &mut self,
        loc: Location,
        value: &'a Expr,
        text: &Constant,
        conversion: i32,
        format_spec: Option<&'a Expr>,
    ) -> Result<()> {
        self.expr(value)?;
        self.load_const(loc, constant(text));
        let mut arg = 2;
        if let Some(spec) = format_spec {
            arg |= 1;
            self.expr(spec)?;
        }
        if let Some(conversion) = conversion_arg(conversion)? {
            arg |= (conversion as u32) << 2;
        }
        self.op_i(loc, Op::BUILD_INTERPOLATION, arg);
        Ok(())
    }

    /// The strings (one more than the interpolations), then the interpolations.
    pub(super) fn template_str(&mut self, loc: Location, values: &'a [Expr]) -> Result<()> {
        let is_interpolation = |e: &Expr| matches!(e.kind, ExprKind::Interpolation { .. });
        let mut strings = 0;
        let mut after_interpolation = true;
        for value in values {
            if is_interpolation(value) {
                if after_interpolation {
                    self.load_const(loc, Const::str(""));
                    strings += 1;
                }
                after_interpolation = true;
                continue;
            }
            self.expr(value)?;
            if after_interpolation {
                strings += 1;
            } else {
                self.op_i(loc, Op::BINARY_OP, BinaryOperator::InplaceAdd as u32);
            }
            after_interpolation = false;
        }
        if after_interpolation {
            self.load_const(loc, Const::str(""));
            strings += 1;
        }
        self.op_i(loc, Op::BUILD_TUPLE, strings);
        let mut count = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.expr(value)?;
            count += 1;
        }
        self.op_i(loc, Op::BUILD_TUPLE, count);
        self.op(loc, Op::BUILD_TEMPLATE);
        Ok(())
    }

    /// `"..." % (a, b)` with only `%s`, `%r`, `%a` is emitted as an f-string; false when it is something else.
    pub(super) fn percent_format(&mut self, e: &'a Expr, left: &'a Expr, right: &'a Expr) -> Result<bool> {
        let ExprKind::Constant { value: Constant::Str(format), .. } = &left.kind else { return Ok(false) };
        let ExprKind::Tuple { elts, .. } = &right.kind else { return Ok(false) };
        if elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. })) {
            return Ok(false);
        }
        let Some(pieces) = parse_percent(format) else { return Ok(false) };
        let values = pieces.iter().filter(|piece| matches!(piece, Piece::Value(..))).count();
        if values != elts.len() {
            return Ok(false);
        }
        let loc = self.loc(e.loc);
        let big = pieces.len() > STACK_USE_GUIDELINE;
        if big {
            self.start_join(loc);
        }
        let count = pieces.len();
        let mut elts = elts.iter();
        for piece in pieces {
            match piece {
                Piece::Text(codes) => {
                    let text = Wtf8::from_code_points(codes);
                    self.load_const(Location::NONE, Const::Str(text.as_bytes().into()));
                }
                Piece::Value(conversion, spec) => {
                    let Some(value) = elts.next() else { return Err(CompileError::system("format without value")) };
                    self.expr(value)?;
                    let at = self.loc(value.loc);
                    self.op_i(at, Op::CONVERT_VALUE, conversion as u32);
                    if spec.is_empty() {
                        self.op(at, Op::FORMAT_SIMPLE);
                    } else {
                        self.load_const(Location::NONE, Const::str(&spec));
                        self.op(at, Op::FORMAT_WITH_SPEC);
                    }
                }
            }
            if big {
                self.op_i(loc, Op::LIST_APPEND, 1);
            }
        }
        if big {
            self.op_i(loc, Op::CALL, 1);
        } else {
            self.join(loc, count);
        }
        Ok(true)
    }
}
