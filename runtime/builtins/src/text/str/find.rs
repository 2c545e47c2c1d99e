//! Searching in strings: find, index, count, replace, startswith, `in`, removeprefix and their siblings.
//!
//! *CPython*: unicodeobject.c; the range arguments are those of every `find`-like method (stringlib/find.h).

use super::{sub, text_arg, this};
use crate::text::build::StrBuilder;
use crate::text::search::{self, Raw};
use adder_object::bind::Bound;
use adder_object::str::Chars;
use adder_object::{Obj, ObjExt, PyResult, Str, Vm, error, int, ops, singletons, str, tuple, types};
use std::borrow::Cow;

/// The raw units of a string.
pub fn raw(s: &Str) -> Raw<'_> {
    Raw { bytes: s.raw_bytes(), width: s.kind() as usize }
}

/// The needle's units at the width of the haystack; None when it cannot occur in it.
pub fn needle<'a>(hay: &Str, needle: &'a Str) -> Option<Cow<'a, [u8]>> {
    if needle.kind() == hay.kind() {
        return Some(Cow::Borrowed(needle.raw_bytes()));
    }
    if needle.kind() > hay.kind() {
        return None;
    }
    let chars = needle.chars();
    Some(Cow::Owned(match hay.kind() {
        2 => chars.iter().flat_map(|c| (c as u16).to_ne_bytes()).collect(),
        _ => chars.iter().flat_map(u32::to_ne_bytes).collect(),
    }))
}

/// Position of `n` in the whole of `s`.
pub fn find_in(s: &Str, n: &Str) -> Option<usize> {
    search::find(raw(s), &needle(s, n)?)
}

/// A bound of a range argument: None means the default.
fn bound(vm: &Vm, o: Option<&Obj>, default: isize) -> PyResult<isize> {
    match o {
        None => Ok(default),
        Some(o) if o.is_none() => Ok(default),
        Some(o) => {
            if !int::is_int(o) && o.ty().index().is_none() {
                return Err(error::type_error("slice indices must be integers or None or have an __index__ method"));
            }
            ops::index_clamped(vm, o)
        }
    }
}

/// The optional start and end arguments, clipped; None when the range begins behind the end of the text.
pub fn range(vm: &Vm, args: &[Obj], len: usize) -> PyResult<Option<(usize, usize)>> {
    if args.len() < 2 {
        return Ok(Some((0, len)));
    }
    let (start, end) = (bound(vm, args.get(1), 0)?, bound(vm, args.get(2), isize::MAX)?);
    let n = len as isize;
    let fix = |i: isize| if i < 0 { i.saturating_add(n).max(0) } else { i };
    let (start, end) = (fix(start), fix(end).min(n));
    Ok(if start > end { None } else { Some((start as usize, end as usize)) })
}

fn search_args(vm: &Vm, o: &Obj, args: &[Obj], function: &str, last: bool) -> PyResult<Option<usize>> {
    let s = this(o)?;
    let n = text_arg(&args[0], function, 1)?;
    let Some((start, end)) = range(vm, args, s.len())? else { return Ok(None) };
    let Some(n) = needle(s, n) else { return Ok(None) };
    let hay = raw(s).slice(start, end);
    Ok(if last { search::rfind(hay, &n) } else { search::find(hay, &n) }.map(|i| i + start))
}

fn position(i: Option<usize>) -> Obj {
    i.map_or_else(|| int::from_i64(-1), int::from_usize)
}
fn position_or_error(i: Option<usize>) -> PyResult {
    i.map(int::from_usize).ok_or_else(|| error::value_error("substring not found"))
}

pub fn find(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    search_args(vm, o, args, "find", false).map(position)
}
pub fn rfind(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    search_args(vm, o, args, "rfind", true).map(position)
}
pub fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    position_or_error(search_args(vm, o, args, "index", false)?)
}
pub fn rindex(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    position_or_error(search_args(vm, o, args, "rindex", true)?)
}

pub fn count(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let s = this(o)?;
    let n = text_arg(&args[0], "count", 1)?;
    let Some((start, end)) = range(vm, args, s.len())? else { return Ok(int::from_i64(0)) };
    let found = needle(s, n).map_or(0, |n| search::count(raw(s).slice(start, end), &n, usize::MAX));
    Ok(int::from_usize(found))
}

pub fn contains(_: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    let s = this(o)?;
    match item.get::<Str>() {
        Some(n) => Ok(find_in(s, n).is_some()),
        None => Err(error::type_error(format!(
            "'in <string>' requires string as left operand, not {}",
            item.ty().tp_name()
        ))),
    }
}

/// Whether `part` stands at the start (or end) of the range.
fn touches(s: &Str, part: &Str, start: usize, end: usize, at_end: bool) -> bool {
    if part.len() > end - start {
        return false;
    }
    let Some(n) = needle(s, part) else { return false };
    let from = if at_end { end - part.len() } else { start };
    raw(s).slice(from, from + part.len()).bytes == &*n
}

fn starts_or_ends(vm: &Vm, o: &Obj, args: &[Obj], function: &str, at_end: bool) -> PyResult {
    let s = this(o)?;
    let range = range(vm, args, s.len())?;
    let test = |part: &Str| range.is_some_and(|(start, end)| touches(s, part, start, end, at_end));
    if let Some(part) = args[0].get::<Str>() {
        return Ok(singletons::bool_obj(test(part)));
    }
    let Some(parts) = tuple::as_slice(&args[0]) else {
        return Err(error::type_error(format!(
            "{function} first arg must be str or a tuple of str, not {}",
            args[0].ty().tp_name()
        )));
    };
    for p in parts {
        let Some(part) = p.get::<Str>() else {
            return Err(error::type_error(format!(
                "tuple for {function} must only contain str, not {}",
                p.ty().tp_name()
            )));
        };
        if test(part) {
            return Ok(singletons::true_obj());
        }
    }
    Ok(singletons::false_obj())
}

pub fn startswith(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    starts_or_ends(vm, o, args, "startswith", false)
}
pub fn endswith(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    starts_or_ends(vm, o, args, "endswith", true)
}

pub fn removeprefix(_: &Vm, o: &Obj, p: &Obj) -> PyResult {
    let s = this(o)?;
    let part = text_arg(p, "removeprefix", 0)?;
    Ok(if touches(s, part, 0, s.len(), false) { sub(s, part.len(), s.len()) } else { whole(o) })
}
pub fn removesuffix(_: &Vm, o: &Obj, p: &Obj) -> PyResult {
    let s = this(o)?;
    let part = text_arg(p, "removesuffix", 0)?;
    Ok(if touches(s, part, 0, s.len(), true) { sub(s, 0, s.len() - part.len()) } else { whole(o) })
}

/// The string itself, as an exact str.
pub fn whole(o: &Obj) -> Obj {
    match o.get::<Str>() {
        Some(s) if !o.is_exact(&types::STR) => str::from_chars(s.chars()).into_obj(),
        _ => o.clone(),
    }
}

pub fn replace(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let (old, new) = (text_arg(args.req(0), "replace", 1)?, text_arg(args.req(1), "replace", 2)?);
    let count = match args.opt(2) {
        Some(n) => ops::size_isize(vm, n)?,
        None => -1,
    };
    let max = if count < 0 { usize::MAX } else { count as usize };
    if max == 0 || s.len() < old.len() || old.equals(new) {
        return Ok(whole(o));
    }
    if old.is_empty() {
        return interleave(s, new, max);
    }
    let Some(n) = needle(s, old) else { return Ok(whole(o)) };
    if let ([b], Chars::One(text), [with]) = (&*n, s.chars(), new.raw_bytes())
        && s.is_ascii()
        && new.is_ascii()
    {
        let Some(first) = memchr::memchr(*b, text) else { return Ok(whole(o)) };
        let replaced = str::ascii_with(text.len(), |out| {
            out.copy_from_slice(text);
            memchr::memchr_iter(*b, &text[first..]).take(max).for_each(|i| out[first + i] = *with);
        });
        return Ok(replaced.into_obj());
    }
    let at = search::find_all(raw(s), &n, max);
    if at.is_empty() {
        return Ok(whole(o));
    }
    let size = new.len().checked_mul(at.len()).and_then(|n| n.checked_add(s.len() - at.len() * old.len()));
    let Some(size) = size.filter(|&n| n <= isize::MAX as usize) else {
        return Err(error::overflow_error("replace string is too long"));
    };
    super::check_size(size)?;
    if s.is_ascii() && new.is_ascii() {
        let (bytes, with) = (s.raw_bytes(), new.raw_bytes());
        let replaced = str::ascii_with(size, |mut out| {
            let mut from = 0;
            let mut put = |part: &[u8]| {
                let (front, rest) = std::mem::take(&mut out).split_at_mut(part.len());
                front.copy_from_slice(part);
                out = rest;
            };
            for i in at {
                put(&bytes[from..i]);
                put(with);
                from = i + old.len();
            }
            put(&bytes[from..]);
        });
        return Ok(replaced.into_obj());
    }
    let chars = s.chars();
    let mut out = StrBuilder::with_capacity(size);
    let mut from = 0;
    for i in at {
        out.push_chars(chars.slice(from, i));
        out.push_text(new);
        from = i + old.len();
    }
    out.push_chars(chars.slice(from, s.len()));
    Ok(out.finish())
}

/// `s.replace('', new)`: before each character and at the end.
fn interleave(s: &Str, new: &Str, max: usize) -> PyResult {
    let n = max.min(s.len() + 1);
    let Some(size) = n.checked_mul(new.len()).and_then(|k| k.checked_add(s.len())) else {
        return Err(error::overflow_error("replace string is too long"));
    };
    super::check_size(size)?;
    let mut out = StrBuilder::with_capacity(size);
    for i in 0..n {
        out.push_text(new);
        if i < s.len() {
            out.push(s.at(i));
        }
    }
    if n < s.len() {
        out.push_chars(s.chars().slice(n, s.len()));
    }
    Ok(out.finish())
}
