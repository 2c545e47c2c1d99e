//! The ops of local variables, constants, cells and the stack itself; jumps on a value; the containers built most often.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, payload, retain};
use super::{names, number};
use adder_object::types::LIST;
use adder_object::{Cell, List, Obj, ObjExt, PyResult, singletons, tuple};

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
pub fn load_checked(m: &mut Machine, regs: &mut Regs, i: usize) -> PyResult<()> {
    // SAFETY: FRAME-1.
    let w = unsafe { *m.slot(i) };
    if w == 0 {
        return m.slow(regs, 1, |r| Err(names::unbound_local(r, i)));
    }
    // SAFETY: FRAME-1.
    unsafe { m.push_word(retain(w)) }
    m.step(1);
    Ok(())
}

/// LOAD_FAST_AND_CLEAR: the word moves to the stack, NULL included.
#[inline(always)]
pub fn load_and_clear(m: &mut Machine, i: usize) {
    // SAFETY: FRAME-1.
    unsafe { m.push_word(std::mem::replace(&mut *m.slot(i), 0)) }
    m.step(1);
}

/// Moves the top to a slot; the old value goes last.
#[inline(always)]
fn store_to(m: &mut Machine, i: usize) {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        let old = std::mem::replace(&mut *m.slot(i), w);
        m.release_any(old);
    }
}

/// STORE_FAST.
#[inline(always)]
pub fn store(m: &mut Machine, i: usize) {
    store_to(m, i);
    m.step(1);
}

/// STORE_FAST_LOAD_FAST.
#[inline(always)]
pub fn store_load(m: &mut Machine, arg: usize) {
    store_to(m, arg >> 4);
    load(m, arg & 15);
}

/// STORE_FAST_STORE_FAST.
#[inline(always)]
pub fn store_two(m: &mut Machine, arg: usize) {
    store_to(m, arg >> 4);
    store_to(m, arg & 15);
    m.step(1);
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
pub fn pop(m: &mut Machine) {
    // SAFETY: FRAME-1.
    unsafe {
        let w = m.pop_word();
        m.release_any(w);
    }
    m.step(1);
}

/// END_SEND: the receiver of a finished delegation goes.
#[inline(always)]
pub fn end_send(m: &mut Machine) {
    // SAFETY: FRAME-1; the receiver is NULL when `throw` ended the delegation.
    unsafe {
        let v = m.pop_word();
        let receiver = std::mem::replace(&mut *m.sp.sub(1), v);
        m.release_any(receiver);
    }
    m.step(1);
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
    m.step(if w == wanted { 1 + distance } else { 1 });
}

/// POP_JUMP_IF_NONE and POP_JUMP_IF_NOT_NONE.
#[inline(always)]
pub fn jump_if_none(m: &mut Machine, distance: usize, wanted: bool) {
    // SAFETY: FRAME-1.
    let w = unsafe {
        let w = m.pop_word();
        m.release(w);
        w
    };
    m.step(if (w == singletons::none_ref().bits()) == wanted { 1 + distance } else { 1 });
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
pub fn load_deref(m: &mut Machine, regs: &mut Regs, i: usize) -> PyResult<()> {
    // SAFETY: the verifier checked that the slot holds a cell.
    unsafe {
        let w = cell(m, i).value.bits();
        if w == 0 {
            return m.slow(regs, 1, |r| names::load_deref(r, i).map(drop));
        }
        m.push_word(retain(w));
    }
    m.step(1);
    Ok(())
}

/// STORE_DEREF.
#[inline(always)]
pub fn store_deref(m: &mut Machine, i: usize) {
    // SAFETY: as LOAD_DEREF; RC-3.
    unsafe {
        let w = m.pop_word();
        if let Some(old) = cell(m, i).value.replace(Some(Obj::from_raw(w))) {
            m.release(old.into_raw());
        }
    }
    m.step(1);
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
