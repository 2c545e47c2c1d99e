//! Yes or no: membership, truth and exception matches, the generic ops and their specialised forms.
//!
//! Not here: comparisons (number.rs); what membership and truth mean (object::ops).
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, is_a, payload};
use super::number::{bool_after_release, settle};
use super::threading::{Answer, Flow, slow};
use super::{matching, number};
use crate::code::NOT_PLAIN;
use crate::frame::Frame;
use adder_isa::Opcode;
use adder_object::types::{BOOL, DICT, FROZENSET, LIST, SET, STR, TUPLE, TYPE};
use adder_object::{Dict, List, Obj, ObjExt, Set, Str, Type, TypeFlags, ops, plain, tuple};

/// CHECK_EXC_MATCH: exactly a class is the usual case.
#[inline(always)]
pub fn check_exc_match(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let t = m.peek_word(1);
    // SAFETY: FRAME-1, OBJ-1; the class is released last.
    unsafe {
        if !is_a(t, &TYPE) || !payload::<Type>(t).has(TypeFlags::EXC_SUBCLASS) {
            return slow(regs, m, 1, |_, r| matching::check_exc_match(r));
        }
        let yes = m.peek(2).ty().is_subtype(payload::<Type>(t));
        m.sp = m.sp.sub(1);
        bool_after_release(regs, m, 1, yes, (0, t))
    }
}

// ---- membership ----

#[cold]
#[inline(never)]
fn specialise_contains(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let (item, container) = (m.peek(2), m.peek(1));
    if plain::contains(container, item).is_none() {
        c.extra.set(NOT_PLAIN);
    }
    let op = if container.is_exact(&DICT) {
        Some(Opcode::CONTAINS_OP_DICT)
    } else if container.is_exact(&SET) || container.is_exact(&FROZENSET) {
        Some(Opcode::CONTAINS_OP_SET)
    } else if container.is_exact(&STR) && item.is_exact(&STR) {
        Some(Opcode::CONTAINS_OP_STR)
    } else {
        None
    };
    settle(m, c, op);
}

/// Ends a membership test.
#[inline(always)]
fn contained(regs: &mut Regs<'_>, mut m: Machine, arg: usize, found: Answer) -> Flow {
    let Some(found) = found.yes() else { return Flow::Stop };
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1.
    unsafe {
        m.sp = m.sp.sub(2);
        bool_after_release(regs, m, 2, found != (arg == 1), (b, a))
    }
}

#[inline(always)]
pub fn contains_op(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_contains, 0);
    }
    contains_any(regs, m, arg)
}

#[inline(always)]
fn contains_any(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let found = m.slow(regs, 0, ask_any);
    contained(regs, m, arg, found)
}
#[inline(never)]
fn ask_any(r: &mut Regs) -> Answer {
    Answer::of(r, ops::contains(r.vm, r.peek(1), r.peek(2)))
}

/// A specialised CONTAINS_OP whose operands do not suit it.
#[cold]
#[inline(never)]
fn missed_contains(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    contains_any(regs, m, arg)
}

#[inline(always)]
pub fn contains_in(regs: &mut Regs<'_>, mut m: Machine, arg: usize, dict: bool) -> Flow {
    let container = m.peek_word(1);
    // SAFETY: FRAME-1.
    let fits =
        unsafe { if dict { is_a(container, &DICT) } else { is_a(container, &SET) || is_a(container, &FROZENSET) } };
    if !fits {
        return m.tail(regs, missed_contains, arg);
    }
    let found = m.slow(regs, 0, if dict { ask_dict } else { ask_set });
    contained(regs, m, arg, found)
}
#[inline(never)]
fn ask_dict(r: &mut Regs) -> Answer {
    // SAFETY: OBJ-1: `contains_in` checked the type.
    let found = unsafe { payload::<Dict>(r.peek_word(1)) }.contains(r.vm, r.peek(2));
    Answer::of(r, found)
}
#[inline(never)]
fn ask_set(r: &mut Regs) -> Answer {
    let item = r.peek(2);
    if item.is_ptr() && item.ty().has(TypeFlags::SET_SUBCLASS) {
        // A set is looked up as the frozenset it equals.
        return ask_any(r);
    }
    // SAFETY: OBJ-1: `contains_in` checked the type.
    let found = unsafe { payload::<Set>(r.peek_word(1)) }.contains(r.vm, item);
    Answer::of(r, found)
}

#[inline(always)]
pub fn contains_str(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1.
    if unsafe { !is_a(m.peek_word(1), &STR) || !is_a(m.peek_word(2), &STR) } {
        return m.tail(regs, missed_contains, arg);
    }
    contains_any(regs, m, arg)
}

// ---- truth ----

#[cold]
#[inline(never)]
fn specialise_truth(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let o = m.peek(1);
    if plain::truth(o).is_none() {
        c.extra.set(NOT_PLAIN);
    }
    let op = if o.is_exact(&BOOL) {
        Some(Opcode::TO_BOOL_BOOL)
    } else if o.is_int() {
        Some(Opcode::TO_BOOL_INT)
    } else if o.is_none() {
        Some(Opcode::TO_BOOL_NONE)
    } else if o.is_exact(&STR) {
        Some(Opcode::TO_BOOL_STR)
    } else if [&LIST, &TUPLE, &DICT, &SET].iter().any(|t| o.is_exact(t)) {
        Some(Opcode::TO_BOOL_SIZED)
    } else if o.is_ptr() && o.ty().bool().is_none() && o.ty().length().is_none() {
        o.ty().ensure_version().map(|v| {
            c.version.set(v);
            Opcode::TO_BOOL_ALWAYS_TRUE
        })
    } else {
        None
    };
    settle(m, c, op);
}

#[inline(always)]
pub fn to_bool(regs: &mut Regs<'_>, m: Machine) -> Flow {
    if m.due() {
        m.aside(specialise_truth, 0);
    }
    match truth_of_any(m.peek(1)) {
        Some(t) => truth_known(regs, m, t),
        None => m.tail(regs, asked_truth, 0),
    }
}

/// The truth of a value where that takes no call.
#[inline(always)]
fn truth_of_any(o: &Obj) -> Option<bool> {
    if o.is_int() {
        return Some(o.bits() != 1);
    }
    if !o.is_ptr() {
        return None;
    }
    if o.is_none() {
        return Some(false);
    }
    let ty = o.ty();
    if ty.is(&BOOL) {
        return Some(o.bits() == number::bool_word(true));
    }
    if ty.bool().is_none() && ty.length().is_none() {
        return Some(true);
    }
    size_of(o.bits()).map(|n| n != 0)
}

/// TO_BOOL by the operand's own slots.
#[inline(never)]
fn asked_truth(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    truth_any(regs, Machine { frame, pc, sp })
}

#[inline(always)]
fn truth_any(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    match m.slow(regs, 0, ask_truth).yes() {
        Some(t) => truth_known(regs, m, t),
        None => Flow::Stop,
    }
}
#[inline(never)]
fn ask_truth(r: &mut Regs) -> Answer {
    Answer::of(r, ops::truth(r.vm, r.peek(1)))
}

/// A specialised TO_BOOL whose operand does not suit it.
#[cold]
#[inline(never)]
fn missed_truth(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    match truth_of_any(m.peek(1)) {
        Some(t) => truth_known(regs, m, t),
        None => truth_any(regs, m),
    }
}

#[inline(always)]
fn truth_known(regs: &mut Regs<'_>, mut m: Machine, t: bool) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        bool_after_release(regs, m, 2, t, (0, w))
    }
}

/// A specialised TO_BOOL; None in `known` where the operand did not suit.
#[inline(always)]
pub fn to_bool_of(regs: &mut Regs<'_>, m: Machine, known: Option<bool>) -> Flow {
    match known {
        Some(t) => truth_known(regs, m, t),
        None => m.tail(regs, missed_truth, 0),
    }
}

/// Number of items of a list, tuple, dict or set.
#[inline(always)]
pub fn size_of(w: u64) -> Option<usize> {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if is_a(w, &LIST) {
            Some(payload::<List>(w).len())
        } else if is_a(w, &TUPLE) {
            Some(tuple::items(w as *const adder_mem::Header).len())
        } else if is_a(w, &DICT) {
            Some(payload::<Dict>(w).len())
        } else if is_a(w, &SET) {
            Some(payload::<Set>(w).len())
        } else if is_a(w, &STR) {
            Some(payload::<Str>(w).len())
        } else {
            None
        }
    }
}
