//! Helpers that build, fill and take apart containers.
//!
//! Invariant: HELP-1; rows that consume take their words from the frame's evaluation stack, which ends below them afterwards.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use super::objects::view;
use adder_builtins::containers::range;
use adder_interp::eval;
use adder_interp::frame::Frame;
use adder_interp::native::fail;
use adder_object::{Dict, List, Obj, ObjExt, Set, Vm, str, tuple};

/// Moves words off the frame's stack.
fn take(base: u64, n: u64) -> Vec<Obj> {
    // SAFETY: HELP-1: `n` owned words lie at `base`; they belong to the result from here on.
    (0..n as usize).map(|i| unsafe { Obj::from_raw(*(base as *const u64).add(i)) }).collect()
}
pub extern "C" fn build_list(_: &Vm, _: *mut Frame, base: u64, n: u64) -> u64 {
    List::new(take(base, n)).into_obj().into_raw()
}
pub extern "C" fn build_tuple(_: &Vm, _: *mut Frame, base: u64, n: u64) -> u64 {
    // SAFETY: the items move from the stack into the tuple.
    unsafe { tuple::from_raw_items(base as *const Obj, n as usize).into_raw() }
}
pub extern "C" fn list_append(_: &Vm, _: *mut Frame, list: u64, value: u64) -> u64 {
    // SAFETY: the row consumes the value.
    let value = unsafe { Obj::from_raw(value) };
    if let Some(l) = view(&list).get::<List>() {
        l.push(value)
    }
    0
}
pub extern "C" fn set_add(vm: &Vm, _: *mut Frame, set: u64, value: u64) -> u64 {
    let Some(s) = view(&set).get::<Set>() else {
        let text = format!("'{}' object is not a set", view(&set).ty().tp_name());
        return fail(adder_object::error::type_error(text));
    };
    match s.add(vm, view(&value).clone()) {
        Ok(_) => 1,
        Err(e) => fail(e),
    }
}
pub extern "C" fn map_add(vm: &Vm, _: *mut Frame, dict: u64, key: u64, value: u64) -> u64 {
    match view(&dict).get::<Dict>().map_or(Ok(()), |d| d.set_item(vm, view(&key), view(&value).clone())) {
        Ok(()) => 1,
        Err(e) => fail(e),
    }
}

pub extern "C" fn unpack(vm: &Vm, _: *mut Frame, seq: u64, n: u64, out: u64) -> u64 {
    if let Some(items) = adder_object::list::plain_items(view(&seq)).filter(|i| i.len() == n as usize) {
        for (i, o) in items.iter().rev().enumerate() {
            // SAFETY: the frame's stack has room for the items of its own instruction.
            unsafe { *(out as *mut u64).add(i) = o.clone().into_raw() }
        }
        return 1;
    }
    match eval::unpack_items(vm, view(&seq), n as usize) {
        Ok(items) => {
            for (i, o) in items.into_iter().rev().enumerate() {
                // SAFETY: the frame's stack has room for the items of its own instruction.
                unsafe { *(out as *mut u64).add(i) = o.into_raw() }
            }
            1
        }
        Err(e) => fail(e),
    }
}

pub extern "C" fn adopt_range(_: &Vm, _: *mut Frame, it: u64, step: u64) -> u64 {
    let o = view(&it);
    let stop = o
        .get_exact::<range::RangeIter>()
        .filter(|r| o.refcount() == 1 && (r.step == step as i64 || step == 0 && (1..1 << 20).contains(&r.step)))
        .and_then(|r| r.remaining.get().checked_mul(r.step)?.checked_add(r.next.get()))
        .filter(|s| s.abs() < 1 << 59);
    stop.map_or(1, |s| (s << 2) as u64)
}
pub extern "C" fn make_range_iter(_: &Vm, _: *mut Frame, next: u64, stop: u64, step: u64) -> u64 {
    range::iterator_between(next as i64, stop as i64, step as i64).into_raw()
}
pub extern "C" fn str_index(_: &Vm, _: *mut Frame, s: u64, index: u64) -> u64 {
    match view(&s).get::<adder_object::Str>() {
        Some(t) => str::from_char(t.at(index as usize)).into_obj().into_raw(),
        None => str::empty().into_obj().into_raw(),
    }
}
