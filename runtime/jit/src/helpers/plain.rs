//! Operations on built-in values that run no Python code: those they cannot do are left to the interpreter.
//!
//! Invariant: HELP-1; rows here are QUIET unless they write a dict: no code of the program, no object that others see changed; the one error is KeyError.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use super::objects::view;
use adder_interp::eval;
use adder_interp::frame::Frame;
use adder_interp::native::fail;
use adder_object::arith::{self, BinOp};
use adder_object::{CompareOp, Dict, Obj, ObjExt, Str, Type, Vm, error, ops, plain, str, types};

/// Where there is no answer.
pub const UNKNOWN: u64 = 2;

fn answer(known: Option<bool>) -> u64 {
    known.map_or(UNKNOWN, u64::from)
}

pub extern "C" fn compare(_: &Vm, _: *mut Frame, a: u64, b: u64, op: u64) -> u64 {
    answer(plain::compare(view(&a), view(&b), CompareOp::ALL[(op as usize).min(5)]))
}
pub extern "C" fn truth(_: &Vm, _: *mut Frame, v: u64) -> u64 {
    answer(plain::truth(view(&v)))
}
pub extern "C" fn contains(_: &Vm, _: *mut Frame, container: u64, item: u64) -> u64 {
    answer(plain::contains(view(&container), view(&item)))
}
pub extern "C" fn isinstance(_: &Vm, _: *mut Frame, o: u64, class: u64) -> u64 {
    answer(plain::isinstance(view(&o), view(&class)))
}

pub extern "C" fn dict_item(_: &Vm, _: *mut Frame, dict: u64, key: u64) -> u64 {
    match view(&dict).get_exact::<Dict>().map(|d| d.value_plain(view(&key))) {
        Some(Ok(found)) => found.unwrap_or_else(|| fail(error::key_error(view(&key)))),
        _ => super::NO_WORD,
    }
}
pub extern "C" fn dict_store(_: &Vm, _: *mut Frame, dict: u64, key: u64, value: u64) -> u64 {
    match view(&dict).get_exact::<Dict>().map(|d| d.replace_plain(view(&key), view(&value))) {
        Some(Ok(old)) => old.map_or(0, Obj::into_raw),
        _ => super::NO_WORD,
    }
}

pub extern "C" fn slice(_: &Vm, _: *mut Frame, container: u64, start: u64, stop: u64) -> u64 {
    eval::plain_slice(view(&container), view(&start), view(&stop)).map_or(0, Obj::into_raw)
}

pub extern "C" fn format(vm: &Vm, _: *mut Frame, v: u64) -> u64 {
    let o = view(&v);
    let builtin = || [&types::INT, &types::FLOAT, &types::BOOL, &types::NONE].iter().any(|t| o.is_exact(t));
    if o.is_exact(&types::STR) {
        return o.clone().into_raw();
    }
    // Long ints may be refused.
    if !(o.is_int() || o.is_float() || builtin() && !o.is_exact(&types::INT)) {
        return 0;
    }
    ops::str(vm, o).map_or(0, Obj::into_raw)
}
/// base, number of strs: consumes them.
pub extern "C" fn build_string(_: &Vm, _: *mut Frame, base: u64, n: u64) -> u64 {
    let words = base as *mut u64;
    // SAFETY: HELP-1: `n` owned words lie at `base`; strs die without running anything.
    unsafe {
        let items = std::slice::from_raw_parts(words as *const Obj, n as usize);
        let parts: Vec<&Str> = items.iter().filter_map(|o| o.get::<Str>()).collect();
        let made = str::concat_all(&parts).into_obj().into_raw();
        (0..n as usize).for_each(|i| drop(Obj::from_raw(*words.add(i))));
        made
    }
}

/// `a op b` of numbers of any size, or of two strs.
pub extern "C" fn arithmetic(vm: &Vm, _: *mut Frame, a: u64, b: u64, op: u64) -> u64 {
    let (a, b) = (view(&a), view(&b));
    let op = BinOp::ALL[(op as usize).min(12)];
    if let Some(v) = arith::fast(a, b, op) {
        return v.into_raw();
    }
    let number = |o: &Obj| o.is_int() || o.is_float() || o.is_exact(&types::INT) || o.is_exact(&types::FLOAT);
    if number(a) && number(b) {
        return arith::binary(vm, a, b, op).map_or(0, Obj::into_raw);
    }
    match (a.get_exact::<Str>(), b.get_exact::<Str>()) {
        (Some(x), Some(y)) if op == BinOp::Add => str::concat_all(&[x, y]).into_obj().into_raw(),
        _ => 0,
    }
}

pub extern "C" fn exc_matches(_: &Vm, _: *mut Frame, e: u64, class: u64) -> u64 {
    view(&class).get::<Type>().map_or(UNKNOWN, |t| u64::from(view(&e).ty().is_subtype(t)))
}

pub extern "C" fn type_of(_: &Vm, _: *mut Frame, v: u64) -> u64 {
    view(&v).ty().object_ptr() as u64
}
