//! The ops of local variables, constants, cells and the stack itself; jumps on a value; the containers built most often.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, payload, retain};
use super::threading::{Flow, slow};
use super::{names, number};
use crate::frame::Frame;
use adder_isa::Opcode;
use adder_object::types::LIST;
use adder_object::{Cell, List, Obj, ObjExt, singletons, tuple};

/// LOAD_FAST: the compiler proved the slot bound.
#[inline(always)]
pub fn load(m: &mut Machine, i: usize) {
    // SAFETY: FRAME-1: the slot holds an owned value.
    unsafe { m.push_word(retain(*m.slot(i))) }
    m.step(1);
}

/// LOAD_FAST_LOAD_FAST.
#[inline(always)]
pub fn load_two(m: &mut Machine, arg: usize) {
    // SAFETY: as `load`.
    unsafe {
        let (a, b) = (retain(*m.slot(arg >> 4)), retain(*m.slot(arg & 15)));
        *m.sp = a;
        *m.sp.add(1) = b;
        m.sp = m.sp.add(2);
    }
    m.step(1);
}

/// LOAD_FAST_CHECK.
#[inline(always)]
pub fn load_checked(regs: &mut Regs<'_>, mut m: Machine, i: usize) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        let w = *m.slot(i);
        if w == 0 {
            return m.tail(regs, load_unbound, i);
        }
        m.push_word(retain(w));
    }
    m.end(regs, 1)
}

#[cold]
#[inline(never)]
fn load_unbound(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, i: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 1, |_, r| Err(names::unbound_local(r, i)))
}

/// LOAD_FAST_AND_CLEAR: the word moves to the stack, NULL included.
#[inline(always)]
pub fn load_and_clear(m: &mut Machine, i: usize) {
    // SAFETY: FRAME-1.
    unsafe { m.push_word(std::mem::replace(&mut *m.slot(i), 0)) }
    m.step(1);
}

/// Moves the top to a slot; gives the old word.
#[inline(always)]
fn store_to(m: &mut Machine, i: usize) -> u64 {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        std::mem::replace(&mut *m.slot(i), w)
    }
}

/// STORE_FAST.
#[inline(always)]
pub fn store(regs: &mut Regs<'_>, mut m: Machine, i: usize) -> Flow {
    let old = store_to(&mut m, i);
    // SAFETY: the word left its slot.
    unsafe { m.release_next(regs, old, 1) }
}

/// STORE_FAST_LOAD_FAST.
#[inline(always)]
pub fn store_load(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let old = store_to(&mut m, arg >> 4);
    // SAFETY: FRAME-1; the old word left its slot.
    unsafe {
        m.push_word(retain(*m.slot(arg & 15)));
        m.release_next(regs, old, 1)
    }
}

/// STORE_FAST_STORE_FAST.
#[inline(always)]
pub fn store_two(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (store_to(&mut m, arg >> 4), store_to(&mut m, arg & 15));
    // SAFETY: the words left their slots.
    unsafe { m.release_two_next(regs, a, b, 1) }
}

/// LOAD_CONST.
#[inline(always)]
pub fn load_const(m: &mut Machine, i: usize) {
    // SAFETY: the verifier checked the index.
    unsafe {
        let w = m.code().consts.get_unchecked(i).bits();
        m.push_word(retain(w));
    }
    m.step(1);
}

/// POP_TOP.
#[inline(always)]
pub fn pop(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        m.release_next(regs, w, 1)
    }
}

/// END_SEND: the receiver of a finished delegation goes.
#[inline(always)]
pub fn end_send(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    // SAFETY: FRAME-1; the receiver is NULL when `throw` ended the delegation.
    unsafe {
        let v = m.pop_word();
        let receiver = std::mem::replace(&mut *m.sp.sub(1), v);
        m.release_next(regs, receiver, 1)
    }
}

/// COPY, of NULL too.
#[inline(always)]
pub fn copy(m: &mut Machine, n: usize) {
    let w = m.peek_word(n);
    // SAFETY: FRAME-1.
    unsafe {
        if w != 0 {
            retain(w);
        }
        m.push_word(w);
    }
    m.step(1);
}

/// SWAP.
#[inline(always)]
pub fn swap(m: &mut Machine, n: usize) {
    // SAFETY: FRAME-1: both words are on the stack.
    unsafe { std::ptr::swap(m.sp.sub(1), m.sp.sub(n)) }
    m.step(1);
}

/// UNARY_NOT: the operand is a bool.
#[inline(always)]
pub fn not(m: &mut Machine) {
    // SAFETY: bools are immortal.
    let w = unsafe { m.pop_word() };
    number::push_bool(m, 1, w != singletons::true_ref().bits());
}

/// POP_JUMP_IF_FALSE and POP_JUMP_IF_TRUE: the top is a bool, which is immortal.
#[inline(always)]
pub fn jump_if(m: &mut Machine, distance: usize, wanted: u64) {
    // SAFETY: FRAME-1.
    let w = unsafe { m.pop_word() };
    number::branch(m, 1, distance, w == wanted);
}

/// POP_JUMP_IF_NONE and POP_JUMP_IF_NOT_NONE.
#[inline(always)]
pub fn jump_if_none(regs: &mut Regs<'_>, mut m: Machine, distance: usize, wanted: bool) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        let jump = (w == singletons::none_ref().bits()) == wanted;
        let stay = usize::from(m.unit_at(1) as u8 == Opcode::NOT_TAKEN as u8);
        m.release_next(regs, w, 1 + if jump { distance } else { stay })
    }
}

// ---- cells ----

/// The cell in a slot.
///
/// # Safety
/// The slot is one of a cell or free variable, after MAKE_CELL or COPY_FREE_VARS.
#[inline(always)]
unsafe fn cell<'a>(m: &Machine, i: usize) -> &'a Cell {
    // SAFETY: by contract (FRAME-1, OBJ-1).
    unsafe { payload::<Cell>(*m.slot(i)) }
}

/// LOAD_DEREF.
#[inline(always)]
pub fn load_deref(regs: &mut Regs<'_>, mut m: Machine, i: usize) -> Flow {
    // SAFETY: the verifier checked that the slot holds a cell.
    unsafe {
        let w = cell(&m, i).value.bits();
        if w == 0 {
            return m.tail(regs, load_empty, i);
        }
        m.push_word(retain(w));
    }
    m.end(regs, 1)
}

#[cold]
#[inline(never)]
fn load_empty(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, i: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 1, |_, r| names::load_deref(r, i).map(drop))
}

/// STORE_DEREF.
#[inline(always)]
pub fn store_deref(regs: &mut Regs<'_>, mut m: Machine, i: usize) -> Flow {
    // SAFETY: as LOAD_DEREF; RC-3.
    unsafe {
        let w = m.pop_word();
        let old = cell(&m, i).value.replace(Some(Obj::from_raw(w))).map_or(0, Obj::into_raw);
        m.release_next(regs, old, 1)
    }
}

// ---- containers ----

/// BUILD_TUPLE: the items move from the stack into the tuple.
#[inline(always)]
pub fn build_tuple(m: &mut Machine, n: usize) {
    // SAFETY: FRAME-1.
    let t = unsafe {
        m.sp = m.sp.sub(n);
        tuple::from_raw_items(m.sp as *const Obj, n)
    };
    m.push(t);
    m.step(1);
}

/// BUILD_LIST: as BUILD_TUPLE.
#[inline(always)]
pub fn build_list(m: &mut Machine, n: usize) {
    // SAFETY: FRAME-1.
    let l = unsafe {
        m.sp = m.sp.sub(n);
        List::from_raw_items(m.sp as *const Obj, n)
    };
    m.push(l.into_obj());
    m.step(1);
}

/// LIST_APPEND: the list is one that BUILD_LIST made.
#[inline(always)]
pub fn list_append(m: &mut Machine, n: usize) {
    let v = m.pop();
    let l = m.peek(n);
    if l.is_exact(&LIST) {
        // SAFETY: OBJ-1.
        unsafe { payload::<List>(l.bits()) }.push(v);
    }
    m.step(1);
}
