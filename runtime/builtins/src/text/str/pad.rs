//! Edges of strings: strip, center, ljust, rjust, zfill, expandtabs.
//!
//! *CPython*: unicodeobject.c, do_strip, pad, unicode_expandtabs.

use super::find::whole;
use super::split::is_space;
use super::{check_size, sub, this};
use crate::text::build::StrBuilder;
use adder_object::bind::Bound;
use adder_object::str::Chars;
use adder_object::{Obj, ObjExt, PyResult, Str, Vm, error, ops};

fn strip_by(o: &Obj, s: &Str, left: bool, right: bool, out: impl Fn(u32) -> bool) -> Obj {
    let n = s.len();
    let (mut start, mut end) = (0, n);
    match s.chars() {
        Chars::One(b) => {
            while left && start < end && out(u32::from(b[start])) {
                start += 1;
            }
            while right && end > start && out(u32::from(b[end - 1])) {
                end -= 1;
            }
        }
        chars => {
            while left && start < end && out(chars.at(start)) {
                start += 1;
            }
            while right && end > start && out(chars.at(end - 1)) {
                end -= 1;
            }
        }
    }
    if start == 0 && end == n { whole(o) } else { sub(s, start, end) }
}

fn strip_args(o: &Obj, args: &[Obj], name: &str, left: bool, right: bool) -> PyResult {
    let s = this(o)?;
    match args.first().filter(|a| !a.is_none()) {
        None => Ok(strip_by(o, s, left, right, is_space)),
        Some(a) => {
            let Some(set) = a.get::<Str>() else {
                return Err(error::type_error(format!("{name} arg must be None or str")));
            };
            Ok(match set.chars() {
                Chars::One([only]) => strip_by(o, s, left, right, |c| c == u32::from(*only)),
                chars => strip_by(o, s, left, right, |c| chars.iter().any(|x| x == c)),
            })
        }
    }
}

pub fn strip(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(o, args, "strip", true, true)
}
pub fn lstrip(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(o, args, "lstrip", true, false)
}
pub fn rstrip(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(o, args, "rstrip", false, true)
}

/// The width and fill arguments: how many characters are missing (None: nothing to do) and what to fill with.
fn padding(vm: &Vm, s: &Str, args: &[Obj]) -> PyResult<(usize, u32)> {
    let width = ops::size_isize(vm, &args[0])?;
    let fill = match args.get(1) {
        None => 32,
        Some(f) => match f.get::<Str>() {
            Some(f) if f.len() == 1 => f.at(0),
            Some(_) => return Err(error::type_error("The fill character must be exactly one character long")),
            None => {
                return Err(error::type_error(format!(
                    "The fill character must be a unicode character, not {}",
                    f.ty().tp_name()
                )));
            }
        },
    };
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(s.len());
    check_size(missing)?;
    Ok((missing, fill))
}

fn padded(o: &Obj, s: &Str, left: usize, right: usize, fill: u32) -> Obj {
    if left + right == 0 {
        return whole(o);
    }
    let mut out = StrBuilder::with_capacity(left + s.len() + right);
    out.push_repeat(fill, left);
    out.push_text(s);
    out.push_repeat(fill, right);
    out.finish()
}

pub fn center(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let s = this(o)?;
    let (missing, fill) = padding(vm, s, args)?;
    let width = s.len() + missing;
    let left = missing / 2 + (missing & width & 1);
    Ok(padded(o, s, left, missing - left, fill))
}
pub fn ljust(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let s = this(o)?;
    let (missing, fill) = padding(vm, s, args)?;
    Ok(padded(o, s, 0, missing, fill))
}
pub fn rjust(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let s = this(o)?;
    let (missing, fill) = padding(vm, s, args)?;
    Ok(padded(o, s, missing, 0, fill))
}

pub fn zfill(vm: &Vm, o: &Obj, width: &Obj) -> PyResult {
    let s = this(o)?;
    let width = usize::try_from(ops::size_isize(vm, width)?).unwrap_or(0);
    if width <= s.len() {
        return Ok(whole(o));
    }
    let missing = width - s.len();
    check_size(missing)?;
    let signed = !s.is_empty() && matches!(s.at(0), 0x2B | 0x2D);
    let mut out = StrBuilder::with_capacity(width);
    if signed {
        out.push(s.at(0));
    }
    out.push_repeat(0x30, missing);
    out.push_chars(s.chars().slice(usize::from(signed), s.len()));
    Ok(out.finish())
}

pub fn expandtabs(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let size = match args.opt(0) {
        Some(n) => ops::to_i32(vm, n)?,
        None => 8,
    };
    let chars = s.chars();
    if !chars.iter().any(|c| c == 9) {
        return Ok(whole(o));
    }
    let size = usize::try_from(size).unwrap_or(0);
    let total = chars.iter().fold((0usize, 0usize), |(total, column), c| match c {
        9 if size > 0 => (total.saturating_add(size - column % size), column + size - column % size),
        9 => (total, column),
        10 | 13 => (total + 1, 0),
        _ => (total + 1, column + 1),
    });
    if total.0 > isize::MAX as usize {
        return Err(error::overflow_error("new string is too long"));
    }
    check_size(total.0)?;
    let mut out = StrBuilder::with_capacity(total.0);
    let mut column = 0;
    for c in chars.iter() {
        match c {
            9 if size > 0 => {
                let n = size - column % size;
                out.push_repeat(32, n);
                column += n;
            }
            9 => {}
            c => {
                column = if matches!(c, 10 | 13) { 0 } else { column + 1 };
                out.push(c);
            }
        }
    }
    Ok(out.finish())
}
