//! Taking strings apart and putting them together: split, rsplit, splitlines, partition, join.
//!
//! *CPython*: stringlib/split.h, stringlib/partition.h; unicodeobject.c, _PyUnicode_JoinArray.

use super::find::{find_in, needle, raw, whole};
use super::{sub, this};
use crate::text::search;
use adder_object::bind::Bound;
use adder_object::str::Chars;
use adder_object::{List, Obj, ObjExt, PyResult, Ref, Str, Vm, error, ops, str, tuple, types};

/// Whether the character separates words.
#[inline]
pub fn is_space(c: u32) -> bool {
    if c < 128 { matches!(c, 9..=13 | 28..=32) } else { adder_unicode::is_space(c) }
}

fn max_splits(vm: &Vm, args: &Bound<'_>) -> PyResult<usize> {
    Ok(match args.opt(1) {
        None => usize::MAX,
        Some(n) => usize::try_from(ops::size_isize(vm, n)?).unwrap_or(usize::MAX),
    })
}

fn separator<'a>(args: &Bound<'a>) -> PyResult<Option<&'a Str>> {
    let Some(sep) = args.opt_not_none(0) else { return Ok(None) };
    let Some(sep) = sep.get::<Str>() else {
        return Err(error::type_error(format!("must be str or None, not {}", sep.ty().tp_name())));
    };
    if sep.is_empty() { Err(error::value_error("empty separator")) } else { Ok(Some(sep)) }
}

pub fn split(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let max = max_splits(vm, args)?;
    match separator(args)? {
        None => Ok(words(s, max).into_obj()),
        Some(sep) => split_at(o, s, sep, max),
    }
}

/// Texts that are looked at byte by byte: a search for each separator would cost more.
const SHORT: usize = 64;

fn split_at(o: &Obj, s: &Str, sep: &Str, max: usize) -> PyResult {
    let Some(n) = needle(s, sep) else { return Ok(List::new(vec![whole(o)]).into_obj()) };
    let mut from = 0;
    let parts = List::with_room(max.min(11) + 1);
    if let ([b], Chars::One(text)) = (&*n, s.chars()) {
        let mut part = |i: usize| {
            parts.push(sub(s, from, i));
            from = i + 1;
        };
        if text.len() <= SHORT {
            (0..text.len()).filter(|&i| text[i] == *b).take(max).for_each(&mut part);
        } else {
            memchr::memchr_iter(*b, text).take(max).for_each(&mut part);
        }
    } else {
        let mut part = |i: usize| {
            parts.push(sub(s, from, i));
            from = i + sep.len();
        };
        if max == 1 {
            search::find(raw(s), &n).into_iter().for_each(&mut part);
        } else {
            search::find_all(raw(s), &n, max).into_iter().for_each(&mut part);
        }
    }
    parts.push(if from == 0 { whole(o) } else { sub(s, from, s.len()) });
    Ok(parts.into_obj())
}

/// The white space among the one-byte characters.
static SPACES: [bool; 256] = {
    let mut table = [false; 256];
    let mut c = 0;
    while c < 128 {
        table[c] = matches!(c, 9..=13 | 28..=32);
        c += 1;
    }
    table[0x85] = true;
    table[0xA0] = true;
    table
};

fn words(s: &Str, max: usize) -> Ref<List> {
    match s.chars() {
        Chars::One(b) => words_by(s, max, |i| SPACES[usize::from(b[i])]),
        chars => words_by(s, max, |i| is_space(chars.at(i))),
    }
}

fn words_by(s: &Str, max: usize, space: impl Fn(usize) -> bool) -> Ref<List> {
    let n = s.len();
    let parts = List::with_room(8);
    let skip = |mut i: usize, over: bool| {
        while i < n && space(i) == over {
            i += 1;
        }
        i
    };
    let mut i = skip(0, true);
    while i < n {
        if parts.len() == max {
            // Trailing white space stays in the rest.
            parts.push(sub(s, i, n));
            return parts;
        }
        let end = skip(i, false);
        parts.push(sub(s, i, end));
        i = skip(end, true);
    }
    parts
}

pub fn rsplit(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let max = max_splits(vm, args)?;
    let mut parts = Vec::new();
    match separator(args)? {
        None => rwords(s, max, &mut parts),
        Some(sep) => {
            let mut end = s.len();
            if let Some(n) = needle(s, sep) {
                while parts.len() < max
                    && let Some(i) = search::rfind(raw(s).slice(0, end), &n)
                {
                    parts.push(sub(s, i + sep.len(), end));
                    end = i;
                }
            }
            parts.push(if parts.is_empty() { whole(o) } else { sub(s, 0, end) });
        }
    }
    parts.reverse();
    Ok(List::new(parts).into_obj())
}

fn rwords(s: &Str, max: usize, parts: &mut Vec<Obj>) {
    let chars = s.chars();
    let skip = |mut end: usize, space: bool| {
        while end > 0 && is_space(chars.at(end - 1)) == space {
            end -= 1;
        }
        end
    };
    let mut end = skip(s.len(), true);
    while end > 0 {
        if parts.len() == max {
            parts.push(sub(s, 0, end));
            return;
        }
        let start = skip(end, false);
        parts.push(sub(s, start, end));
        end = skip(start, true);
    }
}

pub fn splitlines(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let keep = match args.opt(0) {
        Some(k) => ops::truth(vm, k)?,
        None => false,
    };
    let chars = s.chars();
    let n = s.len();
    let is_break = |c: u32| if c < 128 { matches!(c, 10..=13 | 28..=30) } else { adder_unicode::is_line_break(c) };
    let mut lines = Vec::new();
    let (mut start, mut i) = (0, 0);
    while i < n {
        let c = chars.at(i);
        if !is_break(c) {
            i += 1;
            continue;
        }
        let end = if c == 13 && i + 1 < n && chars.at(i + 1) == 10 { i + 2 } else { i + 1 };
        lines.push(if keep { sub(s, start, end) } else { sub(s, start, i) });
        start = end;
        i = end;
    }
    if start < n {
        lines.push(if start == 0 { whole(o) } else { sub(s, start, n) });
    }
    Ok(List::new(lines).into_obj())
}

fn partition_arg(sep: &Obj) -> PyResult<&Str> {
    let Some(sep) = sep.get::<Str>() else {
        return Err(error::type_error(format!("must be str, not {}", sep.ty().tp_name())));
    };
    if sep.is_empty() { Err(error::value_error("empty separator")) } else { Ok(sep) }
}

pub fn partition(_: &Vm, o: &Obj, sep: &Obj) -> PyResult {
    let (s, p) = (this(o)?, partition_arg(sep)?);
    let empty = || str::empty().into_obj();
    Ok(match find_in(s, p) {
        Some(i) => tuple::from_array([sub(s, 0, i), whole(sep), sub(s, i + p.len(), s.len())]),
        None => tuple::from_array([whole(o), empty(), empty()]),
    })
}

pub fn rpartition(_: &Vm, o: &Obj, sep: &Obj) -> PyResult {
    let (s, p) = (this(o)?, partition_arg(sep)?);
    let empty = || str::empty().into_obj();
    let at = needle(s, p).and_then(|n| search::rfind(raw(s), &n));
    Ok(match at {
        Some(i) => tuple::from_array([sub(s, 0, i), whole(sep), sub(s, i + p.len(), s.len())]),
        None => tuple::from_array([empty(), empty(), whole(o)]),
    })
}

pub fn join(vm: &Vm, o: &Obj, iterable: &Obj) -> PyResult {
    let sep = this(o)?;
    if let Some(items) = tuple::as_slice(iterable).filter(|_| iterable.is_exact(&types::TUPLE)) {
        return join_items(sep, items);
    }
    if let Some(l) = iterable.get_exact::<List>() {
        // Joining runs no code of the program, so that the list stays as it is.
        return join_items(sep, l.as_slice());
    }
    if iterable.ty().iter().is_none() && iterable.ty().getitem().is_none() {
        return Err(error::type_error("can only join an iterable"));
    }
    join_items(sep, &ops::collect(vm, iterable)?)
}

fn join_items(sep: &Str, items: &[Obj]) -> PyResult {
    if let [one] = items
        && one.is_exact(&types::STR)
    {
        return Ok(one.clone());
    }
    if let Some((i, item)) = items.iter().enumerate().find(|(_, item)| item.get::<Str>().is_none()) {
        return Err(error::type_error(format!(
            "sequence item {i}: expected str instance, {} found",
            item.ty().tp_name()
        )));
    }
    match str::join(sep, items) {
        Some(s) => Ok(s.into_obj()),
        None => Err(error::overflow_error("join() result is too long for a Python string")),
    }
}
