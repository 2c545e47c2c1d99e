//! `a[b]` and `a[b] = c` for any operands, the common containers first; how such an instruction is specialised.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs};
use super::{number, python_methods};
use crate::code::Cache;
use crate::frame::Frame;
use crate::function::{FUNCTION, Function};
use adder_isa::Opcode;
use adder_object::packed;
use adder_object::slots::BinaryFn;
use adder_object::types::{DICT, LIST, STR, TUPLE};
use adder_object::{Dict, List, Obj, ObjExt, PyResult, Slice, Vm, error, names, ops, singletons, tuple, user_slots};

pub fn get(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if b.is_int() {
        let items = match a.get_exact::<List>() {
            Some(l) => Some(l.as_slice()),
            None if a.is_exact(&TUPLE) => tuple::as_slice(a),
            None => None,
        };
        if let Some(v) = items.and_then(|s| number::item(s, b.bits())) {
            return Ok(v.clone());
        }
    }
    if let Some(d) = a.get_exact::<Dict>() {
        return d.get_item(vm, b)?.ok_or_else(|| error::key_error(b));
    }
    ops::getitem(vm, a, b)
}

/// STORE_SUBSCR: value, container, key.
pub fn store(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let (value, container, key) = (r.peek(3), r.peek(2), r.peek(1));
    if let Some(d) = container.get_exact::<Dict>() {
        d.set_item(vm, key, value.clone())?;
    } else {
        ops::setitem(vm, container, key, value)?;
    }
    r.drop_n(3);
    Ok(())
}

/// The specialised form of `a[b]`.
pub fn form(a: &Obj, b: &Obj, c: &Cache) -> Option<Opcode> {
    if b.is_int() {
        if a.is_exact(&LIST) {
            return Some(Opcode::BINARY_OP_SUBSCR_LIST_INT);
        } else if a.is_exact(&TUPLE) {
            return Some(Opcode::BINARY_OP_SUBSCR_TUPLE_INT);
        } else if a.is_exact(&STR) {
            return Some(Opcode::BINARY_OP_SUBSCR_STR_INT);
        }
    }
    if a.is_exact(&DICT) {
        return Some(Opcode::BINARY_OP_SUBSCR_DICT);
    }
    c.extra.set(packed_items(a, b));
    let ty = a.ty();
    if ty.getitem().is_none_or(|f| !std::ptr::fn_addr_eq(f, user_slots::getitem as BinaryFn)) {
        return None;
    }
    let version = ty.ensure_version()?;
    let f = ty.lookup(&names().__getitem__).filter(|f| f.is_exact(&FUNCTION))?;
    let code = f.get::<Function>()?.code()?;
    if !code.simple_args || code.argcount != 2 {
        return None;
    }
    c.version.set(version);
    c.value.set(f.bits());
    Some(Opcode::BINARY_OP_SUBSCR_GETITEM)
}

/// The description of packed items that an int picks from, for the compiler; 0 when there are none.
fn packed_items(container: &Obj, key: &Obj) -> u64 {
    if !key.is_int() {
        return 0;
    }
    packed::of(container).map_or(0, |p| std::ptr::from_ref(p) as u64)
}

#[cold]
#[inline(never)]
pub fn specialise_store(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let (container, key) = (m.peek(2), m.peek(1));
    let op = if container.is_exact(&LIST) && key.is_int() {
        Some(Opcode::STORE_SUBSCR_LIST_INT)
    } else if container.is_exact(&DICT) {
        Some(Opcode::STORE_SUBSCR_DICT)
    } else {
        python_methods::note_setitem(container, c);
        c.extra.set(packed_items(container, key));
        None
    };
    number::settle(m, c, op);
}

/// BINARY_SLICE: container, start, stop.
pub fn slice(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let (a, start, stop) = (r.peek(3), r.peek(2), r.peek(1));
    if let Some(v) = plain_slice(a, start, stop) {
        r.replace_n(3, v);
        return Ok(());
    }
    let key = Slice::new(start.clone(), stop.clone(), singletons::none());
    let v = ops::getitem(vm, a, &key)?;
    r.replace_n(3, v);
    Ok(())
}

/// Two small numbers, either of which may be missing, as bounds within a length.
fn plain_bounds(start: &Obj, stop: &Obj, len: usize) -> Option<(usize, usize)> {
    let n = len as i64;
    let at = |o: &Obj, missing: i64| {
        if o.is_none() {
            return Some(missing);
        }
        let i = o.small_int()?;
        Some(if i < 0 { (i + n).max(0) } else { i.min(n) })
    };
    let (from, to) = (at(start, 0)? as usize, at(stop, n)? as usize);
    Some((from, to.max(from)))
}

/// STORE_SLICE: value, container, start, stop.
pub fn store_slice(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let (value, container, start, stop) = (r.peek(4), r.peek(3), r.peek(2), r.peek(1));
    let Some(items) = adder_object::list::plain_items(value) else { return store_part(vm, r) };
    match container.get_exact::<List>().and_then(|l| Some((l, plain_bounds(start, stop, l.len())?))) {
        Some((l, (from, to))) if items.as_ptr() != l.as_slice().as_ptr() => {
            let old = l.assign_range(from, to, items);
            r.drop_n(4);
            adder_object::list::drop_last_first(old);
            Ok(())
        }
        _ => store_part(vm, r),
    }
}
fn store_part(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let key = Slice::new(r.peek(2).clone(), r.peek(1).clone(), singletons::none());
    ops::setitem(vm, r.peek(3), &key, r.peek(4))?;
    r.drop_n(4);
    Ok(())
}

/// A part of an exact list, tuple or str between two small numbers, either of which may be missing.
pub fn plain_slice(a: &Obj, start: &Obj, stop: &Obj) -> Option<Obj> {
    let s = a.get_exact::<adder_object::Str>();
    let items = adder_object::list::plain_items(a).or(s.map(|_| &[][..]))?;
    let len = s.map_or(items.len(), adder_object::Str::len);
    let (from, to) = plain_bounds(start, stop, len)?;
    Some(match s {
        Some(_) if to - from == len => a.clone(),
        Some(s) => adder_object::str::from_chars(s.chars().slice(from, to)).into_obj(),
        None if a.is_exact(&LIST) => List::from_items(&items[from..to]).into_obj(),
        None if to - from == items.len() => a.clone(),
        None => tuple::from_slice(&items[from..to]),
    })
}
