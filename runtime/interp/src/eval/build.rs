//! Building and unpacking containers and strings.
#![allow(unsafe_code)]

use super::Regs;
use adder_builtins::containers::dict::{self, Merge};
use adder_builtins::containers::{list as lists, set};
use adder_object::{
    Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Str, Vm, call, error, exceptions as exc, list, ops, str, tuple,
};

pub fn unpack_sequence(vm: &Vm, r: &mut Regs, n: usize) -> PyResult<()> {
    let seq = r.peek(1);
    if list::plain_items(seq).is_some_and(|i| i.len() == n) {
        let seq = r.pop();
        // Copies of references run no code that could change the sequence.
        list::plain_items(&seq).unwrap_or(&[]).iter().rev().for_each(|o| r.push(o.clone()));
        return Ok(());
    }
    let items = unpack_iterable(vm, seq, n, None)?;
    drop(r.pop());
    items.into_iter().rev().for_each(|o| r.push(o));
    Ok(())
}

/// The items of a sequence that must have `n`.
pub fn items(vm: &Vm, seq: &Obj, n: usize) -> PyResult<Vec<Obj>> {
    if let Some(items) = list::plain_items(seq).filter(|i| i.len() == n) {
        return Ok(items.to_vec());
    }
    unpack_iterable(vm, seq, n, None)
}

pub fn unpack_ex(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (before, after) = (arg & 0xFF, arg >> 8);
    if list::plain_items(r.peek(1)).is_some_and(|items| items.len() >= before + after) {
        let seq = r.pop();
        let items = list::plain_items(&seq).unwrap_or(&[]);
        let (head, rest) = items.split_at(before);
        let (middle, tail) = rest.split_at(rest.len() - after);
        let middle = List::from_items(middle).into_obj();
        tail.iter().rev().for_each(|o| r.push(o.clone()));
        r.push(middle);
        head.iter().rev().for_each(|o| r.push(o.clone()));
        return Ok(());
    }
    let items = unpack_iterable(vm, r.peek(1), arg & 0xFF, Some(arg >> 8))?;
    drop(r.pop());
    items.into_iter().rev().for_each(|o| r.push(o));
    Ok(())
}

/// `n` items; with `after`, then a list of the rest and that many items after it.
fn unpack_iterable(vm: &Vm, seq: &Obj, n: usize, after: Option<usize>) -> PyResult<Vec<Obj>> {
    let it = match ops::iter(vm, seq) {
        Err(e) if e.is(&exc::TYPE_ERROR) && seq.ty().iter().is_none() && seq.ty().getitem().is_none() => {
            return Err(error::type_error(format!("cannot unpack non-iterable {} object", seq.ty().tp_name())));
        }
        r => r?,
    };
    let mut items = Vec::with_capacity(n + 1);
    while items.len() < n {
        match ops::next(vm, &it)? {
            Some(v) => items.push(v),
            None if after.is_some() => {
                return Err(error::value_error(format!(
                    "not enough values to unpack (expected at least {}, got {})",
                    n + after.unwrap_or(0),
                    items.len()
                )));
            }
            None => {
                return Err(error::value_error(format!(
                    "not enough values to unpack (expected {n}, got {})",
                    items.len()
                )));
            }
        }
    }
    let Some(after) = after else {
        if ops::next(vm, &it)?.is_none() {
            return Ok(items);
        }
        return Err(too_many(seq, n));
    };
    let mut rest = vec![];
    while let Some(v) = ops::next(vm, &it)? {
        rest.push(v);
    }
    if rest.len() < after {
        return Err(error::value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            n + after,
            n + rest.len()
        )));
    }
    let tail = rest.split_off(rest.len() - after);
    items.push(List::new(rest).into_obj());
    items.extend(tail);
    Ok(items)
}

#[cold]
fn too_many(seq: &Obj, n: usize) -> PyErr {
    let len = seq
        .get_exact::<List>()
        .map(List::len)
        .or_else(
            || if seq.is_exact(&adder_object::types::TUPLE) { tuple::as_slice(seq).map(<[Obj]>::len) } else { None },
        )
        .or_else(|| seq.get_exact::<Dict>().map(Dict::len));
    error::value_error(match len {
        Some(len) if len > n => format!("too many values to unpack (expected {n}, got {len})"),
        _ => format!("too many values to unpack (expected {n})"),
    })
}

/// `s += t` on the stack: in place when the only other owner is the local about to be overwritten.
pub fn append_str(r: &mut Regs) -> PyResult<()> {
    let b = r.pop();
    let a = r.pop();
    let Some(t) = b.get::<Str>() else { return Err(error::system_error("append")) };
    let next = super::calls::after(r.code(), Frame::pc_of(r));
    release_local(r, next, &a);
    let joined = match str::append_in_place(a, t) {
        Ok(s) => s,
        Err(a) => match a.get::<Str>() {
            Some(s) if s.is_empty() => b.clone(),
            Some(_) if t.is_empty() => a,
            Some(s) => str::concat(s, t).into_obj(),
            None => return Err(error::system_error("append")),
        },
    };
    r.push(joined);
    Ok(())
}

use crate::frame::Frame;
impl Frame {
    fn pc_of(r: &Regs) -> *const u16 {
        // SAFETY: the frame is live.
        unsafe { (*r.frame).pc.get() }
    }
}

/// When the next instruction stores to the local that holds `value`, unbinds the local now: the addition may then reuse the string.
fn release_local(r: &mut Regs, next: *const u16, value: &Obj) {
    use adder_isa::Opcode;
    // SAFETY: CODE-1: an instruction follows the addition.
    let unit = unsafe { *next };
    if unit as u8 != Opcode::STORE_FAST as u8 {
        return;
    }
    let slot = r.slot((unit >> 8) as usize);
    // SAFETY: FRAME-1: the store that follows fills the slot again.
    unsafe {
        if *slot == value.bits() && value.refcount() == 2 {
            drop(Obj::from_raw(std::mem::replace(&mut *slot, 0)));
        }
    }
}

#[inline(never)]
pub fn build_string(r: &mut Regs, n: usize) {
    let parts: Vec<&Str> = r.top_slice(n).iter().filter_map(|o| o.get::<Str>()).collect();
    let s = str::concat_all(&parts);
    drop(parts);
    r.replace_n(n, s.into_obj());
}

#[inline(never)]
pub fn build_map(vm: &Vm, r: &mut Regs, n: usize) -> PyResult<()> {
    let d = Dict::with_capacity(n);
    for pair in r.top_slice(2 * n).chunks_exact(2) {
        d.set_item(vm, &pair[0], pair[1].clone())?;
    }
    r.replace_n(2 * n, d.into_obj());
    Ok(())
}

pub fn build_set(vm: &Vm, r: &mut Regs, n: usize) -> PyResult<()> {
    let s = Set::new();
    for o in r.top_slice(n) {
        s.add(vm, o.clone())?;
    }
    r.replace_n(n, s.into_obj());
    Ok(())
}

#[inline(never)]
pub fn list_extend(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let source = r.peek(1);
    if source.ty().iter().is_none() && source.ty().getitem().is_none() {
        return Err(error::type_error(format!("Value after * must be an iterable, not {}", source.ty().tp_name())));
    }
    if let Some(l) = r.peek(arg + 1).get::<List>() {
        lists::list_extend(vm, l, source)?;
    }
    r.drop_n(1);
    Ok(())
}

pub fn set_update(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let source = r.peek(1);
    if let Some(s) = r.peek(arg + 1).get::<Set>() {
        set::set_update(vm, s, source)?;
    }
    r.drop_n(1);
    Ok(())
}

/// `{**mapping}`.
pub fn dict_update(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let source = r.peek(1);
    let Some(d) = r.peek(arg + 1).downcast::<Dict>() else { return Err(error::system_error("DICT_UPDATE")) };
    if dict::plain_iteration(source) {
        dict::dict_merge(vm, &d, source, Merge::Replace)?;
        r.drop_n(1);
        return Ok(());
    }
    merge_mapping(vm, &d, source, |k, v| d.set_item(vm, k, v))
        .map_err(|e| not_a_mapping(source, e, || format!("'{}' object is not a mapping", source.ty().tp_name())))?;
    r.drop_n(1);
    Ok(())
}

/// `f(**mapping)`: repeated keys are errors that name the callable.
pub fn dict_merge(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let source = r.peek(1);
    let callable = r.peek(arg + 4);
    let Some(d) = r.peek(arg + 1).downcast::<Dict>() else { return Err(error::system_error("DICT_MERGE")) };
    let name = || call::function_str(vm, callable);
    merge_mapping(vm, &d, source, |k, v| {
        if d.contains(vm, k)? {
            return Err(error::type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                name(),
                ops::str_lossy(vm, k)
            )));
        }
        d.set_item(vm, k, v)
    })
    .map_err(|e| {
        not_a_mapping(source, e, || {
            format!("{} argument after ** must be a mapping, not {}", name(), source.ty().tp_name())
        })
    })?;
    r.drop_n(1);
    Ok(())
}

fn merge_mapping(vm: &Vm, _: &Dict, source: &Obj, mut add: impl FnMut(&Obj, Obj) -> PyResult<()>) -> PyResult<()> {
    if let Some(s) = source.get::<Dict>().filter(|_| dict::plain_iteration(source)) {
        for (k, v) in s.items_vec() {
            add(&k, v)?;
        }
        return Ok(());
    }
    let keys = call::call_method(vm, source, &adder_object::names().keys, &[])?;
    for k in ops::collect(vm, &keys)? {
        let v = ops::getitem(vm, source, &k)?;
        add(&k, v)?;
    }
    Ok(())
}

fn not_a_mapping(source: &Obj, e: PyErr, text: impl FnOnce() -> String) -> PyErr {
    if e.is(&exc::ATTRIBUTE_ERROR) && source.ty().lookup(&adder_object::names().keys).is_none() {
        return error::type_error(text());
    }
    e
}
