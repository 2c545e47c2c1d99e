//! Methods that bytes and bytearray share: searching, splitting, padding, case.
//!
//! *CPython*: stringlib, bytes_methods.c.

use super::data::{Like, data, hold, is_bytearray, like, make, make_vec, make_with, needle, same};
use crate::text::search::{self, Raw};
use crate::text::str::find::range;
use crate::text::{codec, str};
use adder_object::bind::Bound;
use adder_object::{
    ByteArray, Bytes, List, Obj, ObjExt, PyResult, Vm, buffer, bytes, error, int, ops, singletons, tuple, types,
};

fn search_args(vm: &Vm, o: &Obj, args: &[Obj], last: bool) -> PyResult<Option<usize>> {
    let _held = hold(vm, o)?;
    let n = needle(vm, &args[0])?;
    let len = data(o)?.len();
    let Some((start, end)) = range(vm, args, len)? else { return Ok(None) };
    let d = data(o)?;
    let Some(hay) = d.get(start..end) else { return Ok(None) };
    let hay = Raw::bytes(hay);
    Ok(if last { search::rfind(hay, &n) } else { search::find(hay, &n) }.map(|i| i + start))
}
fn position(i: Option<usize>) -> Obj {
    i.map_or_else(|| int::from_i64(-1), int::from_usize)
}
fn position_or_error(i: Option<usize>) -> PyResult {
    i.map(int::from_usize).ok_or_else(|| error::value_error("subsection not found"))
}
pub fn find(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    search_args(vm, o, args, false).map(position)
}
pub fn rfind(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    search_args(vm, o, args, true).map(position)
}
pub fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    position_or_error(search_args(vm, o, args, false)?)
}
pub fn rindex(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    position_or_error(search_args(vm, o, args, true)?)
}
pub fn count(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let _held = hold(vm, o)?;
    let n = needle(vm, &args[0])?;
    let len = data(o)?.len();
    let Some((start, end)) = range(vm, args, len)? else { return Ok(int::from_i64(0)) };
    let d = data(o)?;
    let found = d.get(start..end).map_or(0, |hay| search::count(Raw::bytes(hay), &n, usize::MAX));
    Ok(int::from_usize(found))
}
pub fn contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    let _held = hold(vm, o)?;
    let n = if int::is_int(item) || (item.ty().index().is_some() && !buffer::has_buffer(item)) {
        Like::Owned(vec![super::data::byte_value(vm, item, "byte")?])
    } else {
        like(vm, item)?
    };
    Ok(search::find(Raw::bytes(&data(o)?), &n).is_some())
}

fn starts_or_ends(vm: &Vm, o: &Obj, args: &[Obj], function: &::std::primitive::str, at_end: bool) -> PyResult {
    let test = |part: &[u8], args: &[Obj]| -> PyResult<bool> {
        let len = data(o)?.len();
        let Some((start, end)) = range(vm, args, len)? else { return Ok(false) };
        let d = data(o)?;
        let part_of = d.get(start..end).unwrap_or_default();
        Ok(if at_end { part_of.ends_with(part) } else { part_of.starts_with(part) })
    };
    if let Some(parts) = tuple::as_slice(&args[0]) {
        for p in parts {
            if test(&like(vm, p)?, args)? {
                return Ok(singletons::true_obj());
            }
        }
        return Ok(singletons::false_obj());
    }
    if !buffer::has_buffer(&args[0]) {
        let t = args[0].ty().tp_name();
        return Err(error::type_error(format!("{function} first arg must be bytes or a tuple of bytes, not {t}")));
    }
    Ok(singletons::bool_obj(test(&like(vm, &args[0])?, args)?))
}
pub fn startswith(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    starts_or_ends(vm, o, args, "startswith", false)
}
pub fn endswith(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    starts_or_ends(vm, o, args, "endswith", true)
}
pub fn removeprefix(vm: &Vm, o: &Obj, p: &Obj) -> PyResult {
    let p = like(vm, p)?;
    match data(o)?.strip_prefix(&*p) {
        Some(rest) if !p.is_empty() => Ok(make(o, rest)),
        _ => same(o),
    }
}
pub fn removesuffix(vm: &Vm, o: &Obj, p: &Obj) -> PyResult {
    let p = like(vm, p)?;
    match data(o)?.strip_suffix(&*p) {
        Some(rest) if !p.is_empty() => Ok(make(o, rest)),
        _ => same(o),
    }
}

pub fn replace(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (old, new) = (like(vm, &args[0])?, like(vm, &args[1])?);
    let count = match args.get(2) {
        Some(n) => ops::size_isize(vm, n)?,
        None => -1,
    };
    let max = usize::try_from(count).unwrap_or(usize::MAX);
    let d = data(o)?;
    let at: Vec<usize> = if old.is_empty() {
        (0..(d.len() + 1).min(max)).collect()
    } else {
        search::find_all(Raw::bytes(&d), &old, max)
    };
    if at.is_empty() {
        drop(d);
        return same(o);
    }
    let size = new.len().checked_mul(at.len()).and_then(|n| n.checked_add(d.len() - at.len() * old.len()));
    let Some(size) = size.filter(|&n| n <= isize::MAX as usize) else {
        return Err(error::overflow_error("replace bytes is too long"));
    };
    str::check_size(size)?;
    Ok(make_with(o, size, |mut out| {
        let mut from = 0;
        for i in at {
            out = put(put(out, &d[from..i]), &new);
            from = i + old.len();
        }
        put(out, &d[from..]);
    }))
}
/// Copies `part` to the front of `out`; gives the rest.
fn put<'a>(out: &'a mut [u8], part: &[u8]) -> &'a mut [u8] {
    let (front, rest) = out.split_at_mut(part.len());
    front.copy_from_slice(part);
    rest
}

fn is_space(b: u8) -> bool {
    matches!(b, 9..=13 | 32)
}
fn max_splits(vm: &Vm, args: &Bound<'_>) -> PyResult<usize> {
    Ok(match args.opt(1) {
        None => usize::MAX,
        Some(n) => usize::try_from(ops::size_isize(vm, n)?).unwrap_or(usize::MAX),
    })
}
fn separator<'a>(vm: &Vm, args: &Bound<'a>) -> PyResult<Option<Like<'a>>> {
    let Some(sep) = args.opt_not_none(0) else { return Ok(None) };
    let sep = like(vm, sep)?;
    if sep.is_empty() { Err(error::value_error("empty separator")) } else { Ok(Some(sep)) }
}

pub fn split(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let _held = hold(vm, o)?;
    let (max, sep) = (max_splits(vm, args)?, separator(vm, args)?);
    let d = data(o)?;
    let parts = List::with_room(8);
    if let Some(sep) = sep {
        let mut from = 0;
        let mut part = |i: usize| {
            parts.push(make(o, &d[from..i]));
            from = i + sep.len();
        };
        match sep[..] {
            [b] => memchr::memchr_iter(b, &d).take(max).for_each(part),
            _ => search::find_all(Raw::bytes(&d), &sep, max).into_iter().for_each(&mut part),
        }
        parts.push(make(o, &d[from..]));
        return Ok(parts.into_obj());
    }
    let skip = |i: usize, space: bool| d[i..].iter().position(|&b| is_space(b) != space).map_or(d.len(), |k| i + k);
    let mut i = skip(0, true);
    while i < d.len() {
        let end = if parts.len() == max { d.len() } else { skip(i, false) };
        parts.push(make(o, &d[i..end]));
        i = skip(end, true);
    }
    Ok(parts.into_obj())
}

pub fn rsplit(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let _held = hold(vm, o)?;
    let (max, sep) = (max_splits(vm, args)?, separator(vm, args)?);
    let d = data(o)?;
    let mut parts = Vec::new();
    if let Some(sep) = sep {
        let mut end = d.len();
        while parts.len() < max
            && let Some(i) = search::rfind(Raw::bytes(&d[..end]), &sep)
        {
            parts.push(make(o, &d[i + sep.len()..end]));
            end = i;
        }
        parts.push(make(o, &d[..end]));
    } else {
        let skip = |end: usize, space: bool| d[..end].iter().rposition(|&b| is_space(b) != space).map_or(0, |k| k + 1);
        let mut end = skip(d.len(), true);
        while end > 0 {
            let start = if parts.len() == max { 0 } else { skip(end, false) };
            parts.push(make(o, &d[start..end]));
            end = skip(start, true);
        }
    }
    parts.reverse();
    Ok(List::new(parts).into_obj())
}

pub fn splitlines(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let keep = match args.opt(0) {
        Some(k) => ops::truth(vm, k)?,
        None => false,
    };
    let d = data(o)?;
    let mut lines = Vec::new();
    let (mut start, mut i) = (0, 0);
    while let Some(k) = memchr::memchr2(b'\n', b'\r', &d[i..]) {
        i += k;
        let end = if d[i] == b'\r' && d.get(i + 1) == Some(&b'\n') { i + 2 } else { i + 1 };
        lines.push(make(o, &d[start..if keep { end } else { i }]));
        start = end;
        i = end;
    }
    if start < d.len() {
        lines.push(make(o, &d[start..]));
    }
    Ok(List::new(lines).into_obj())
}

fn partition_at(vm: &Vm, o: &Obj, sep: &Obj, last: bool) -> PyResult {
    let s = like(vm, sep)?;
    if s.is_empty() {
        return Err(error::value_error("empty separator"));
    }
    let d = data(o)?;
    let at = if last { search::rfind(Raw::bytes(&d), &s) } else { search::find(Raw::bytes(&d), &s) };
    let empty = || make(o, &[]);
    Ok(match at {
        Some(i) => tuple::from_array([make(o, &d[..i]), make(o, &s), make(o, &d[i + s.len()..])]),
        None if last => tuple::from_array([empty(), empty(), same(o)?]),
        None => tuple::from_array([same(o)?, empty(), empty()]),
    })
}
pub fn partition(vm: &Vm, o: &Obj, sep: &Obj) -> PyResult {
    partition_at(vm, o, sep, false)
}
pub fn rpartition(vm: &Vm, o: &Obj, sep: &Obj) -> PyResult {
    partition_at(vm, o, sep, true)
}

pub fn join(vm: &Vm, o: &Obj, iterable: &Obj) -> PyResult {
    if iterable.ty().iter().is_none() && iterable.ty().getitem().is_none() {
        return Err(error::type_error("can only join an iterable"));
    }
    let items = ops::collect(vm, iterable)?;
    if let [one] = &*items
        && one.is_exact(&types::BYTES)
        && !is_bytearray(o)
    {
        return Ok(one.clone());
    }
    if items.iter().all(|item| item.is_exact(&types::BYTES)) {
        return join_bytes(o, &items);
    }
    let mut parts = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        if !buffer::has_buffer(item) {
            let t = item.ty().tp_name();
            return Err(error::type_error(format!("sequence item {i}: expected a bytes-like object, {t} found")));
        }
        parts.push(like(vm, item)?);
        if iterable.get_exact::<List>().is_some_and(|l| l.len() != items.len()) {
            return Err(error::runtime_error("sequence changed size during iteration"));
        }
    }
    let sep = data(o)?;
    let size = parts.iter().fold(0usize, |n, p| n.saturating_add(p.len()));
    let size = size.saturating_add(sep.len().saturating_mul(parts.len().saturating_sub(1)));
    if size > isize::MAX as usize {
        return Err(error::overflow_error("join() result is too long"));
    }
    Ok(make_with(o, size, |mut out| {
        for (i, p) in parts.iter().enumerate() {
            if i > 0 {
                out = put(out, &sep);
            }
            out = put(out, p);
        }
    }))
}

/// The usual case: every item is an exact bytes object.
fn join_bytes(o: &Obj, items: &[Obj]) -> PyResult {
    let parts = || items.iter().filter_map(|item| item.get::<Bytes>()).map(Bytes::as_slice);
    let sep = data(o)?;
    let size = parts().fold(0usize, |n, p| n.saturating_add(p.len()));
    let size = size.saturating_add(sep.len().saturating_mul(items.len().saturating_sub(1)));
    if size > isize::MAX as usize {
        return Err(error::overflow_error("join() result is too long"));
    }
    Ok(make_with(o, size, |mut out| {
        for (i, p) in parts().enumerate() {
            if i > 0 {
                out = put(out, &sep);
            }
            out = put(out, p);
        }
    }))
}

fn strip_args(vm: &Vm, o: &Obj, args: &[Obj], left: bool, right: bool) -> PyResult {
    let set = match args.first().filter(|a| !a.is_none()) {
        Some(a) => Some(like(vm, a)?),
        None => None,
    };
    let d = data(o)?;
    let stays = |b: &u8| match &set {
        Some(set) => !set.contains(b),
        None => !is_space(*b),
    };
    let start = if left { d.iter().position(stays).unwrap_or(d.len()) } else { 0 };
    let end = if right { d.iter().rposition(stays).map_or(start, |i| (i + 1).max(start)) } else { d.len() };
    if start == 0 && end == d.len() {
        drop(d);
        return same(o);
    }
    Ok(make(o, &d[start..end]))
}
pub fn strip(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(vm, o, args, true, true)
}
pub fn lstrip(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(vm, o, args, true, false)
}
pub fn rstrip(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    strip_args(vm, o, args, false, true)
}

/// How much is missing to the width, with the fill byte.
fn padding(vm: &Vm, o: &Obj, args: &[Obj], function: &::std::primitive::str) -> PyResult<(usize, u8)> {
    let width = ops::size_isize(vm, &args[0])?;
    let one = |s: &[u8], what: &::std::primitive::str| match s {
        [b] => Ok(*b),
        s => Err(error::type_error(format!(
            "{function}(): argument 2 must be a byte string of length 1, not a {what} object of length {}",
            s.len()
        ))),
    };
    let fill = match args.get(1) {
        None => b' ',
        Some(f) => match (f.get::<Bytes>(), f.get::<ByteArray>()) {
            (Some(b), _) => one(b.as_slice(), "bytes")?,
            (_, Some(b)) => one(&b.data.borrow(), "bytearray")?,
            _ => {
                let t = f.ty().tp_name();
                let text = format!("{function}() argument 2 must be a byte string of length 1, not {t}");
                return Err(error::type_error(text));
            }
        },
    };
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(data(o)?.len());
    str::check_size(missing)?;
    Ok((missing, fill))
}
fn padded(o: &Obj, left: usize, right: usize, fill: u8) -> PyResult {
    if left + right == 0 {
        return same(o);
    }
    let d = data(o)?;
    let mut out = Vec::with_capacity(left + d.len() + right);
    out.resize(left, fill);
    out.extend_from_slice(&d);
    out.resize(left + d.len() + right, fill);
    Ok(make_vec(o, out))
}
pub fn center(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (missing, fill) = padding(vm, o, args, "center")?;
    let width = data(o)?.len() + missing;
    let left = missing / 2 + (missing & width & 1);
    padded(o, left, missing - left, fill)
}
pub fn ljust(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (missing, fill) = padding(vm, o, args, "ljust")?;
    padded(o, 0, missing, fill)
}
pub fn rjust(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (missing, fill) = padding(vm, o, args, "rjust")?;
    padded(o, missing, 0, fill)
}
pub fn zfill(vm: &Vm, o: &Obj, width: &Obj) -> PyResult {
    let width = usize::try_from(ops::size_isize(vm, width)?).unwrap_or(0);
    let d = data(o)?;
    if width <= d.len() {
        drop(d);
        return same(o);
    }
    str::check_size(width)?;
    let signed = usize::from(matches!(d.first(), Some(b'+' | b'-')));
    let mut out = Vec::with_capacity(width);
    out.extend_from_slice(&d[..signed]);
    out.resize(width - d.len() + signed, b'0');
    out.extend_from_slice(&d[signed..]);
    Ok(make_vec(o, out))
}
pub fn expandtabs(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let size = match args.opt(0) {
        Some(n) => ops::to_i32(vm, n)?,
        None => 8,
    };
    let size = usize::try_from(size).unwrap_or(0);
    let d = data(o)?;
    let tabs = d.iter().filter(|&&b| b == b'\t').count();
    str::check_size(tabs.saturating_mul(size))?;
    let mut out = Vec::with_capacity(d.len());
    let mut column = 0;
    for &b in d.iter() {
        match b {
            b'\t' if size > 0 => {
                let n = size - column % size;
                out.resize(out.len() + n, b' ');
                column += n;
            }
            b'\t' => {}
            b => {
                column = if matches!(b, b'\n' | b'\r') { 0 } else { column + 1 };
                out.push(b);
            }
        }
    }
    Ok(make_vec(o, out))
}

fn map(o: &Obj, f: impl FnOnce(&mut [u8])) -> PyResult {
    let d = data(o)?;
    Ok(make_with(o, d.len(), |out| {
        out.copy_from_slice(&d);
        f(out);
    }))
}
pub fn lower(_: &Vm, o: &Obj) -> PyResult {
    map(o, <[u8]>::make_ascii_lowercase)
}
pub fn upper(_: &Vm, o: &Obj) -> PyResult {
    map(o, <[u8]>::make_ascii_uppercase)
}
pub fn swapcase(_: &Vm, o: &Obj) -> PyResult {
    map(o, str::case::swap)
}
pub fn capitalize(_: &Vm, o: &Obj) -> PyResult {
    map(o, str::case::capital)
}
pub fn title(_: &Vm, o: &Obj) -> PyResult {
    map(o, str::case::titled)
}

fn all(o: &Obj, f: impl Fn(&u8) -> bool) -> PyResult {
    let d = data(o)?;
    Ok(singletons::bool_obj(!d.is_empty() && d.iter().all(f)))
}
pub fn isalnum(_: &Vm, o: &Obj) -> PyResult {
    all(o, u8::is_ascii_alphanumeric)
}
pub fn isalpha(_: &Vm, o: &Obj) -> PyResult {
    all(o, u8::is_ascii_alphabetic)
}
pub fn isdigit(_: &Vm, o: &Obj) -> PyResult {
    all(o, u8::is_ascii_digit)
}
pub fn isspace(_: &Vm, o: &Obj) -> PyResult {
    all(o, |&b| is_space(b))
}
pub fn isascii(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(data(o)?.is_ascii()))
}
pub fn islower(_: &Vm, o: &Obj) -> PyResult {
    let d = data(o)?;
    Ok(singletons::bool_obj(d.iter().any(u8::is_ascii_lowercase) && !d.iter().any(u8::is_ascii_uppercase)))
}
pub fn isupper(_: &Vm, o: &Obj) -> PyResult {
    let d = data(o)?;
    Ok(singletons::bool_obj(d.iter().any(u8::is_ascii_uppercase) && !d.iter().any(u8::is_ascii_lowercase)))
}
pub fn istitle(_: &Vm, o: &Obj) -> PyResult {
    let d = data(o)?;
    let (mut cased, mut inside) = (false, false);
    for b in d.iter() {
        if b.is_ascii_uppercase() && inside || b.is_ascii_lowercase() && !inside {
            return Ok(singletons::false_obj());
        }
        inside = b.is_ascii_alphabetic();
        cased |= inside;
    }
    Ok(singletons::bool_obj(cased))
}

pub fn translate(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let table = match args.opt_not_none(0) {
        Some(t) => {
            let t = like(vm, t)?;
            if t.len() != 256 {
                return Err(error::value_error("translation table must be 256 characters long"));
            }
            Some(t)
        }
        None => None,
    };
    let gone = match args.opt(1) {
        Some(d) => like(vm, d)?,
        None => Like::Fixed(&[]),
    };
    let mut keep = [1u8; 256];
    gone.iter().for_each(|&b| keep[usize::from(b)] = 0);
    let table: Option<&[u8; 256]> = table.as_ref().and_then(|t| <&[u8; 256]>::try_from(&**t).ok());
    let d = data(o)?;
    let n = match gone.len() {
        0 => d.len(),
        _ => d.iter().map(|&b| usize::from(keep[usize::from(b)])).sum(),
    };
    let moved = |t: &[u8; 256]| d.iter().any(|&b| t[usize::from(b)] != b);
    if n == d.len() && !table.is_some_and(moved) {
        drop(d);
        return same(o);
    }
    let image = |b: u8| table.map_or(b, |t| t[usize::from(b)]);
    if n == d.len() {
        return Ok(make_with(o, n, |out| out.iter_mut().zip(d.iter()).for_each(|(to, &b)| *to = image(b))));
    }
    Ok(make_with(o, n, |out| {
        let kept = d.iter().filter(|&&b| keep[usize::from(b)] != 0);
        out.iter_mut().zip(kept).for_each(|(to, &b)| *to = image(b));
    }))
}
pub fn maketrans(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let (from, to) = (like(vm, &args[0])?, like(vm, &args[1])?);
    if from.len() != to.len() {
        return Err(error::value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(to.iter()).for_each(|(&a, &b)| table[usize::from(a)] = b);
    Ok(bytes::new(&table))
}

pub fn decode(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let encoding = codec::name_arg(args.opt(0), "decode", "encoding")?;
    let errors = codec::name_arg(args.opt(1), "decode", "errors")?;
    let b = like(vm, o)?;
    codec::decode(vm, &b, Some(o), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))
}

pub fn hash_of(o: &Obj) -> PyResult<i64> {
    Ok(o.this::<Bytes>()?.hash())
}
