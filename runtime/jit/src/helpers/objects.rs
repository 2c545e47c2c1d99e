//! Helpers for operations on any object: the same functions the interpreter calls.
//!
//! Invariant: HELP-1: arguments are borrowed words.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use adder_interp::eval;
use adder_interp::frame::Frame;
use adder_interp::generator::{self, Resumed};
use adder_interp::native::{fail, word};
use adder_mem::Header;
use adder_object::arith::{self, BinOp, UnaryOp};
use adder_object::{
    Cell, CompareOp, Obj, ObjExt, PyResult, Str, Vm, exceptions as exc, float, ops, singletons, str, types,
};

/// A borrowed argument.
#[inline(always)]
pub(super) fn view(w: &u64) -> &Obj {
    // SAFETY: HELP-1: compiled code passes value words that stay alive during the call.
    unsafe { Obj::view(w) }
}

fn truth_word(r: PyResult<bool>) -> u64 {
    match r {
        Ok(b) => u64::from(b),
        Err(e) => {
            fail(e);
            2
        }
    }
}
fn status(r: PyResult<()>) -> u64 {
    match r {
        Ok(()) => 1,
        Err(e) => fail(e),
    }
}

pub extern "C" fn binary(vm: &Vm, _: *mut Frame, a: u64, b: u64, arg: u64) -> u64 {
    let (a, b) = (view(&a), view(&b));
    let r = match arg as usize {
        26 => eval::subscript(vm, a, b),
        n @ 0..=12 => arith::binary(vm, a, b, BinOp::ALL[n]),
        n => arith::inplace(vm, a, b, BinOp::ALL[(n - 13).min(12)]),
    };
    word(r)
}

/// `a += b` where the one reference to `a` may be that of a local about to be overwritten: a str grows in place then.
pub extern "C" fn append(vm: &Vm, _: *mut Frame, a: u64, b: u64) -> u64 {
    let (left, right) = (view(&a), view(&b));
    if let Some(t) = right.get_exact::<Str>()
        && left.is_exact(&types::STR)
        && left.refcount() == 1
    {
        // SAFETY: RC-1: the local's reference is lent to the addition, and given back below.
        match str::append_in_place(unsafe { Obj::from_raw(a) }, t) {
            Ok(s) => {
                std::mem::forget(s.clone());
                return s.into_raw();
            }
            Err(s) => std::mem::forget(s),
        }
    }
    word(arith::inplace(vm, left, right, BinOp::ALL[0]))
}

pub extern "C" fn compare(vm: &Vm, _: *mut Frame, a: u64, b: u64, arg: u64) -> u64 {
    word(ops::compare(vm, view(&a), view(&b), CompareOp::ALL[(arg as usize >> 5).min(5)]))
}

pub extern "C" fn compare_truth(vm: &Vm, _: *mut Frame, a: u64, b: u64, arg: u64) -> u64 {
    let (a, b, op) = (view(&a), view(&b), CompareOp::ALL[(arg as usize >> 5).min(5)]);
    if matches!(op, CompareOp::Eq | CompareOp::Ne)
        && (a.is_exact(&types::STR) || a.is_exact(&types::TUPLE))
        && let Some(equal) = ops::plain_equal(a, b)
    {
        return u64::from(equal == (op == CompareOp::Eq));
    }
    let r = ops::compare(vm, a, b, op);
    truth_word(r.and_then(|v| ops::truth(vm, &v)))
}

pub extern "C" fn contains(vm: &Vm, _: *mut Frame, container: u64, item: u64) -> u64 {
    truth_word(ops::contains(vm, view(&container), view(&item)))
}
pub extern "C" fn truth(vm: &Vm, _: *mut Frame, a: u64) -> u64 {
    truth_word(ops::truth(vm, view(&a)))
}
pub extern "C" fn negative(vm: &Vm, _: *mut Frame, a: u64) -> u64 {
    word(arith::unary(vm, view(&a), UnaryOp::Negative))
}
pub extern "C" fn invert(vm: &Vm, _: *mut Frame, a: u64) -> u64 {
    word(arith::unary(vm, view(&a), UnaryOp::Invert))
}
pub extern "C" fn get_iter(vm: &Vm, _: *mut Frame, a: u64) -> u64 {
    word(ops::iter(vm, view(&a)))
}
pub extern "C" fn for_next(vm: &Vm, _: *mut Frame, it: u64) -> u64 {
    match generator::resume_directly(vm, view(&it), singletons::none_ref().bits()) {
        Some(Resumed::Yielded(w)) => return w,
        Some(Resumed::Failed) => return 0,
        Some(Resumed::Ended(w)) => {
            // SAFETY: NATIVE-2: the value that the generator returned, which a loop does not use.
            drop(unsafe { Obj::from_raw(w) });
            return super::NO_WORD;
        }
        None => {}
    }
    match ops::next(vm, view(&it)) {
        Ok(Some(v)) => v.into_raw(),
        Ok(None) => super::NO_WORD,
        Err(e) if e.is(&exc::STOP_ITERATION) => super::NO_WORD,
        Err(e) => fail(e),
    }
}

pub extern "C" fn load_global(vm: &Vm, this: *mut Frame, name: u64) -> u64 {
    word(eval::global(vm, this, view(&name)))
}

pub extern "C" fn get_item(vm: &Vm, _: *mut Frame, container: u64, key: u64) -> u64 {
    word(eval::subscript(vm, view(&container), view(&key)))
}
pub extern "C" fn del_item(vm: &Vm, _: *mut Frame, container: u64, key: u64) -> u64 {
    status(ops::delitem(vm, view(&container), view(&key)))
}

pub extern "C" fn format_simple(vm: &Vm, _: *mut Frame, v: u64) -> u64 {
    word(ops::format(vm, view(&v), adder_object::str::empty().obj()))
}

/// The contents of a cell; when empty the error names the variable of that slot.
pub extern "C" fn load_cell(_: &Vm, this: *mut Frame, cell: u64, slot: u64) -> u64 {
    match view(&cell).get_exact::<Cell>().and_then(|c| c.value.get()) {
        Some(v) => v.into_raw(),
        None => fail(eval::unbound_variable(this, slot as usize)),
    }
}

pub extern "C" fn store_cell(_: &Vm, _: *mut Frame, cell: u64, value: u64) -> u64 {
    // SAFETY: the row consumes the value.
    let value = unsafe { Obj::from_raw(value) };
    if let Some(c) = view(&cell).get_exact::<Cell>() {
        c.value.set(value)
    }
    0
}

pub extern "C" fn box_float(_: &Vm, _: *mut Frame, bits: u64) -> u64 {
    float::from_f64(f64::from_bits(bits)).into_raw()
}

pub extern "C" fn destroy(_: &Vm, _: *mut Frame, object: u64) -> u64 {
    // SAFETY: RC-2: compiled code has just taken the last reference.
    unsafe { adder_mem::destroy(object as *mut Header) }
    0
}

pub extern "C" fn isinstance(vm: &Vm, _: *mut Frame, o: u64, class: u64) -> u64 {
    let (o, class) = (view(&o), view(&class));
    if class.get_exact::<adder_object::Type>().is_some_and(|c| o.ty().is(c)) {
        return 1;
    }
    truth_word(ops::isinstance(vm, o, class))
}

pub extern "C" fn len(vm: &Vm, _: *mut Frame, v: u64) -> u64 {
    word(ops::len(vm, view(&v)).map(adder_object::int::from_usize))
}

pub extern "C" fn float_power(vm: &Vm, _: *mut Frame, a: u64, b: u64) -> u64 {
    word(arith::power(vm, view(&a), view(&b), singletons::none_ref()))
}
