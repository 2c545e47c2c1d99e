//! Operators of numbers, subscripts, comparisons: the generic ops and their specialised forms.
//!
//! BINARY_OP_EXTEND runs the function in its cache on the two words; the function answers 0 when the pair is not its own.
//! Not here: what operators mean for other operands (object::arith, object::ops).

use super::machine::{Machine, Regs, is_a, payload, retain};
use super::threading::{Flow, next, raise, slow};
use super::{build, python_methods, special_calls, subscript};
use crate::code::{Cache, kinds, seen};
use crate::frame::Frame;
use adder_isa::Opcode;
use adder_isa::operands::COMPARE_TO_BOOL;
use adder_object::arith::{self, BinOp};
use adder_object::types::{DICT, LIST, STR, TUPLE};
use adder_object::{
    CompareOp, Dict, List, Obj, ObjExt, PyResult, Str, Vm, error, float, ops, plain, singletons, tuple,
};
use std::cmp::Ordering;

const SUBSCR: usize = adder_isa::operands::SUBSCR as usize;

#[inline(always)]
fn both_ints(a: u64, b: u64) -> bool {
    ((a ^ 1) | (b ^ 1)) & 3 == 0
}
#[inline(always)]
fn float_of(w: u64) -> f64 {
    f64::from_bits(w.wrapping_sub(3).rotate_right(4))
}
#[inline(always)]
pub fn bool_word(b: bool) -> u64 {
    let o = if b { singletons::true_ref() } else { singletons::false_ref() };
    o.bits()
}

/// Replaces the two immediate operands on top by the result.
///
/// # Safety
/// The two top words own nothing.
#[inline(always)]
unsafe fn finish(regs: &mut Regs<'_>, mut m: Machine, result: u64) -> Flow {
    // SAFETY: by contract.
    unsafe {
        m.sp = m.sp.sub(1);
        *m.sp.sub(1) = result;
    }
    m.end(regs, 2)
}

// ---- int and float arithmetic ----

/// `a OP b` on tagged words (4n + 1); None beyond 62 bits.
#[derive(Clone, Copy)]
pub enum Arith {
    Add,
    Subtract,
    Multiply,
}

#[inline(always)]
pub fn int_op(regs: &mut Regs<'_>, m: Machine, arg: usize, op: Arith) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    if !both_ints(a, b) {
        return m.tail(regs, missed_binary, arg);
    }
    let (x, y) = (a as i64, b as i64);
    let r = match op {
        Arith::Add => (x - 1).checked_add(y),
        Arith::Subtract => x.checked_sub(y - 1),
        Arith::Multiply => (x >> 2).checked_mul(y - 1).map(|n| n.wrapping_add(1)),
    };
    match r {
        // SAFETY: ints own nothing.
        Some(r) => unsafe { finish(regs, m, r as u64) },
        None => {
            m.cache().shape.set(m.cache().shape.get() | seen::OVERFLOW);
            m.tail(regs, any_binary, arg)
        }
    }
}

#[inline(always)]
pub fn float_op(regs: &mut Regs<'_>, m: Machine, arg: usize, op: Arith) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    if a & b & 2 == 0 {
        return m.tail(regs, missed_binary, arg);
    }
    let (x, y) = (float_of(a), float_of(b));
    let r = match op {
        Arith::Add => x + y,
        Arith::Subtract => x - y,
        Arith::Multiply => x * y,
    };
    match Obj::try_float(r) {
        // SAFETY: immediate floats own nothing.
        Some(v) => unsafe { finish(regs, m, v.into_raw()) },
        None => m.tail(regs, any_binary, arg),
    }
}

/// BINARY_OP_EXTEND.
#[inline(always)]
pub fn extend(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let f = m.cache().value.get();
    // SAFETY: the specialiser left an `Extended` here.
    let f = unsafe { std::mem::transmute::<u64, Extended>(f) };
    let r = f(m.peek_word(2), m.peek_word(1));
    if r == 0 {
        return m.tail(regs, missed_binary, arg);
    }
    // SAFETY: such functions take immediates alone.
    unsafe { finish(regs, m, r) }
}

/// A pair of immediate operands to a result word that owns itself; 0: not such a pair, or the result needs the long way.
pub type Extended = fn(u64, u64) -> u64;

macro_rules! int_functions {
    ($($name:ident $op:ident;)*) => { $(
        fn $name(a: u64, b: u64) -> u64 {
            if !both_ints(a, b) {
                return 0;
            }
            // SAFETY: the words are ints.
            let (a, b) = unsafe { (Obj::view(&a), Obj::view(&b)) };
            arith::fast(a, b, BinOp::$op).map_or(0, Obj::into_raw)
        }
    )* };
}
int_functions! {
    int_and And; int_or Or; int_xor Xor; int_lshift Lshift; int_rshift Rshift; int_floor FloorDivide; int_mod Remainder;
    int_true TrueDivide;
}

#[inline(always)]
fn number(w: u64) -> Option<f64> {
    if w & 2 != 0 {
        return Some(float_of(w));
    }
    let n = w as i64 >> 2;
    // Beyond 2^53 the conversion rounds, as Python's does; the general way takes it.
    if w & 3 == 1 && n.unsigned_abs() < 1 << 53 { Some(n as f64) } else { None }
}

macro_rules! float_functions {
    ($($name:ident |$x:ident, $y:ident| $e:expr;)*) => { $(
        fn $name(a: u64, b: u64) -> u64 {
            if (a | b) & 2 == 0 {
                return 0;
            }
            match (number(a), number(b)) {
                (Some($x), Some($y)) => { let r: Option<f64> = $e; r.map_or(0, |r| float::from_f64(r).into_raw()) }
                _ => 0,
            }
        }
    )* };
}
float_functions! {
    float_add |x, y| Some(x + y);
    float_sub |x, y| Some(x - y);
    float_mul |x, y| Some(x * y);
    float_true |x, y| (y != 0.0).then(|| x / y);
    float_power |x, y| Some(float::power(x, y)).filter(|r| r.is_finite());
}

/// The function for an operator and its operands, where there is one.
fn extended(op: BinOp, a: &Obj, b: &Obj) -> Option<(Extended, u16)> {
    if a.is_int() && b.is_int() {
        let f: Extended = match op {
            BinOp::And => int_and,
            BinOp::Or => int_or,
            BinOp::Xor => int_xor,
            BinOp::Lshift => int_lshift,
            BinOp::Rshift => int_rshift,
            BinOp::FloorDivide => int_floor,
            BinOp::Remainder => int_mod,
            BinOp::TrueDivide => int_true,
            _ => return None,
        };
        return (f(a.bits(), b.bits()) != 0).then_some((f, kinds::INT_INT));
    }
    let kind = match (a.is_float(), b.is_float()) {
        (true, true) => kinds::FLOAT_FLOAT,
        (true, false) if b.is_int() => kinds::FLOAT_INT,
        (false, true) if a.is_int() => kinds::INT_FLOAT,
        _ => return None,
    };
    let f: Extended = match op {
        BinOp::Add => float_add,
        BinOp::Subtract => float_sub,
        BinOp::Multiply => float_mul,
        BinOp::TrueDivide => float_true,
        BinOp::Power => float_power,
        _ => return None,
    };
    Some((f, kind))
}

// ---- the generic op ----

/// A specialised BINARY_OP met other operands.
#[cold]
#[inline(never)]
fn missed_operands(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let (a, b, c) = (m.peek(2), m.peek(1), m.cache());
    let number = |o: &Obj| o.is_int() || o.is_float();
    let what = match (number(a), number(b)) {
        (true, true) if a.is_int() != b.is_int() => seen::MIXED,
        (true, true) => seen::OTHER_NUMBERS,
        _ => seen::OBJECTS,
    };
    c.shape.set(c.shape.get() | what);
    m.count_miss();
}

/// A specialised BINARY_OP whose operands do not suit it.
#[cold]
#[inline(never)]
fn missed_binary(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.aside(missed_operands, 0);
    slow(regs, m, 2, |vm, r| generic(vm, r, arg))
}

/// BINARY_OP in general, without a word about its operands.
#[inline(never)]
fn any_binary(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| generic(vm, r, arg))
}

/// BINARY_OP as compiled.
#[inline(always)]
pub fn binary_op(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_binary, arg);
    }
    slow(regs, m, 2, |vm, r| generic(vm, r, arg))
}

/// BINARY_OP for any operands.
#[inline(never)]
pub fn generic(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (a, b) = (r.peek(2), r.peek(1));
    if arg == SUBSCR {
        let v = subscript::get(vm, a, b)?;
        r.replace_n(2, v);
        return Ok(());
    }
    let op = BinOp::ALL[arg % 13];
    if let Some(v) = arith::fast(a, b, op) {
        // SAFETY: both operands are immediates, nothing to drop.
        unsafe {
            r.sp = r.sp.sub(1);
            *r.sp.sub(1) = v.into_raw();
        }
        return Ok(());
    }
    let v = if arg < 13 {
        arith::binary_slow(vm, a, b, op)?
    } else if op == BinOp::Add && a.is_exact(&STR) && b.is_exact(&STR) {
        return build::append_str(r);
    } else {
        arith::inplace_slow(vm, a, b, op)?
    };
    r.replace_n(2, v);
    Ok(())
}

#[cold]
fn specialise_binary(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let (a, b) = (m.peek(2), m.peek(1));
    let op = if arg == SUBSCR { subscript::form(a, b, c) } else { form(BinOp::ALL[arg % 13], a, b, c) };
    if op.is_none() && arg != SUBSCR {
        python_methods::note_operator(a, b, arg, c);
    }
    settle(m, c, op);
}

/// Rewrites the current instruction, or waits longer when there is no form.
pub fn settle(m: &Machine, c: &Cache, op: Option<Opcode>) {
    match op {
        Some(op) => {
            c.settle();
            m.code().set_op(m.pc, op);
        }
        None => c.back_off(),
    }
}

fn form(op: BinOp, a: &Obj, b: &Obj, c: &Cache) -> Option<Opcode> {
    let overflows = c.shape.get() & seen::OVERFLOW != 0;
    Some(match op {
        BinOp::Add if a.is_int() && b.is_int() && !overflows => Opcode::BINARY_OP_ADD_INT,
        BinOp::Subtract if a.is_int() && b.is_int() => Opcode::BINARY_OP_SUBTRACT_INT,
        BinOp::Multiply if a.is_int() && b.is_int() => Opcode::BINARY_OP_MULTIPLY_INT,
        BinOp::Add if a.is_int() && b.is_int() => Opcode::BINARY_OP_ADD_INT,
        BinOp::Add if a.is_float() && b.is_float() => Opcode::BINARY_OP_ADD_FLOAT,
        BinOp::Subtract if a.is_float() && b.is_float() => Opcode::BINARY_OP_SUBTRACT_FLOAT,
        BinOp::Multiply if a.is_float() && b.is_float() => Opcode::BINARY_OP_MULTIPLY_FLOAT,
        BinOp::Add if a.is_exact(&STR) && b.is_exact(&STR) => Opcode::BINARY_OP_ADD_STR,
        _ => {
            let (f, kind) = extended(op, a, b)?;
            c.value.set(f as usize as u64);
            c.aux.set(kind);
            Opcode::BINARY_OP_EXTEND
        }
    })
}

/// BINARY_OP_ADD_STR.
#[inline(always)]
pub fn add_str(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        if !is_a(m.peek_word(2), &STR) || !is_a(m.peek_word(1), &STR) {
            return m.tail(regs, missed_binary, arg);
        }
    }
    slow(regs, m, 2, |_, r| build::append_str(r))
}

// ---- a[b] ----

/// A word at an index of a slice, counted from the end when negative.
#[inline(always)]
pub fn item(items: &[Obj], index: u64) -> Option<&Obj> {
    let n = index as i64 >> 2;
    let i = if n < 0 { n + items.len() as i64 } else { n };
    items.get(i as usize)
}

#[inline(always)]
pub fn subscr_items(regs: &mut Regs<'_>, mut m: Machine, arg: usize, list: bool) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1, OBJ-1: the exact type was checked; the item is counted before its container is released.
    unsafe {
        if b & 3 != 1 || !is_a(a, if list { &LIST } else { &TUPLE }) {
            return m.tail(regs, missed_binary, arg);
        }
        let items = if list { payload::<List>(a).as_slice() } else { tuple::items(a as *const adder_mem::Header) };
        let Some(v) = item(items, b) else { return m.tail(regs, any_binary, arg) };
        m.sp = m.sp.sub(1);
        *m.sp.sub(1) = retain(v.bits());
        m.release_next(regs, a, 2)
    }
}

#[inline(always)]
pub fn subscr_dict(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if !is_a(a, &DICT) {
            return m.tail(regs, missed_binary, arg);
        }
        let key = m.peek(1);
        let vm = regs.vm;
        match m.slow(regs, 0, |_| payload::<Dict>(a).get_item(vm, key)) {
            Ok(Some(v)) => {
                m.sp = m.sp.sub(1);
                *m.sp.sub(1) = v.into_raw();
                m.release_two_next(regs, b, a, 2)
            }
            Ok(None) => no_key(regs, key),
            Err(e) => raise(regs, e),
        }
    }
}

#[inline(always)]
pub fn subscr_str(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if b & 3 != 1 || !is_a(a, &STR) {
            return m.tail(regs, missed_binary, arg);
        }
        let s = payload::<Str>(a);
        let n = b as i64 >> 2;
        let i = (if n < 0 { n + s.len() as i64 } else { n }) as usize;
        if i >= s.len() {
            return m.tail(regs, any_binary, arg);
        }
        m.sp = m.sp.sub(1);
        *m.sp.sub(1) = character(s, i);
        m.release_next(regs, a, 2)
    }
}

#[cold]
#[inline(never)]
fn no_key(regs: &mut Regs<'_>, key: &Obj) -> Flow {
    raise(regs, error::key_error(key))
}

#[inline(never)]
fn character(s: &Str, i: usize) -> u64 {
    adder_object::str::from_char(s.at(i)).into_obj().into_raw()
}

/// `a[b]` by a `__getitem__` in Python, whose frame runs in this loop.
#[inline(always)]
pub fn subscr_getitem(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let c = m.cache();
    if m.peek(2).ty().version.get() != c.version.get() {
        return m.tail(regs, missed_binary, arg);
    }
    special_calls::enter(regs, m, c.value.get(), 2, 2)
}

// ---- a[b] = c ----

/// A specialised STORE_SUBSCR whose operands do not suit it.
#[cold]
#[inline(never)]
fn missed_store(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, subscript::store)
}

#[cold]
#[inline(never)]
fn any_store(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, subscript::store)
}

/// STORE_SUBSCR as compiled.
#[inline(always)]
pub fn store_subscr(regs: &mut Regs<'_>, m: Machine) -> Flow {
    if m.due() {
        m.aside(subscript::specialise_store, 0);
    }
    slow(regs, m, 2, subscript::store)
}

#[inline(always)]
pub fn store_list_int(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let (value, a, b) = (m.peek_word(3), m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1, OBJ-1, LIST-1: the old item leaves the list before it is released.
    unsafe {
        if b & 3 != 1 || !is_a(a, &LIST) {
            return m.tail(regs, missed_store, 0);
        }
        let Some(old) = payload::<List>(a).swap(b as i64 >> 2, value) else { return m.tail(regs, any_store, 0) };
        m.sp = m.sp.sub(3);
        m.release_two_next(regs, old, a, 2)
    }
}

#[inline(always)]
pub fn store_dict(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let (value, a, b) = (m.peek(3), m.peek_word(2), m.peek(1));
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if !is_a(a, &DICT) {
            return m.tail(regs, missed_store, 0);
        }
        let vm = regs.vm;
        if let Err(e) = m.slow(regs, 0, |_| payload::<Dict>(a).set_item(vm, b, value.clone())) {
            return raise(regs, e);
        }
        m.sp = m.sp.sub(3);
        m.release(value.bits());
        m.release_two_next(regs, b.bits(), a, 2)
    }
}

// ---- comparisons ----

/// Goes on behind a conditional jump that ends after `units`, or `distance` further. The mark of the path that does not jump is passed over.
#[inline(always)]
pub fn branch(m: &mut Machine, units: usize, distance: usize, jump: bool) {
    let stay = usize::from(m.unit_at(units) as u8 == Opcode::NOT_TAKEN as u8);
    m.step(units + if jump { distance } else { stay });
}

/// Ends an op whose result is a bool: pushes it, or jumps at once when the next instruction is a jump on it.
#[inline(always)]
pub fn push_bool(m: &mut Machine, units: usize, holds: bool) {
    let next = m.unit_at(units);
    let distance = (next >> 8) as usize;
    if next as u8 == Opcode::POP_JUMP_IF_FALSE as u8 {
        branch(m, units + 1, distance, !holds);
    } else if next as u8 == Opcode::POP_JUMP_IF_TRUE as u8 {
        branch(m, units + 1, distance, holds);
    } else {
        // SAFETY: the verifier bounded the stack depth.
        unsafe { m.push_word(bool_word(holds)) }
        m.step(units);
    }
}

#[cold]
#[inline(never)]
fn specialise_compare(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let (a, b) = (m.peek(2), m.peek(1));
    let op = if a.is_int() && b.is_int() {
        Some(Opcode::COMPARE_OP_INT)
    } else if a.is_float() && b.is_float() {
        Some(Opcode::COMPARE_OP_FLOAT)
    } else if a.is_exact(&STR) && b.is_exact(&STR) {
        Some(Opcode::COMPARE_OP_STR)
    } else {
        // Whether values like these are compared without Python code is for the compiler.
        c.extra.set(u64::from(plain::compare(a, b, CompareOp::ALL[(arg >> 5).min(5)]).is_some()));
        None
    };
    settle(m, c, op);
}

#[inline(always)]
pub fn compare_op(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_compare, arg);
    }
    slow(regs, m, 2, |vm, r| compare_generic(vm, r, arg))
}

#[inline(never)]
fn compare_generic(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (a, b, op) = (r.peek(2), r.peek(1), CompareOp::ALL[arg >> 5]);
    if let (Some(x), Some(y)) = (number(a.bits()), number(b.bits())) {
        let holds = x.partial_cmp(&y).map_or(op == CompareOp::Ne, |o| op.holds(o));
        r.sp = r.sp.wrapping_sub(2);
        r.push(singletons::bool_obj(holds));
        return Ok(());
    }
    if let Some(holds) = plain::compare(a, b, op) {
        r.replace_n(2, singletons::bool_obj(holds));
        return Ok(());
    }
    let mut v = ops::compare(vm, a, b, op)?;
    if arg as u32 & COMPARE_TO_BOOL != 0 {
        v = singletons::bool_obj(ops::truth(vm, &v)?);
    }
    r.replace_n(2, v);
    Ok(())
}

/// A specialised COMPARE_OP whose operands do not suit it.
#[cold]
#[inline(never)]
fn missed_compare(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.aside(missed_operands, 0);
    slow(regs, m, 2, |vm, r| compare_generic(vm, r, arg))
}

/// Whether an ordering is one that the operator in COMPARE_OP's argument accepts.
#[inline(always)]
fn holds(arg: usize, o: Ordering) -> bool {
    const ACCEPTS: [u8; 8] = [0b001, 0b011, 0b010, 0b101, 0b100, 0b110, 0, 0];
    ACCEPTS[arg >> 5 & 7] >> (o as i8 + 1) & 1 != 0
}

#[inline(always)]
pub fn compare_int(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    if !both_ints(a, b) {
        return m.tail(regs, missed_compare, arg);
    }
    m.sp = m.sp.wrapping_sub(2);
    push_bool(&mut m, 2, holds(arg, (a as i64).cmp(&(b as i64))));
    next(regs, m)
}

#[inline(always)]
pub fn compare_float(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    if a & b & 2 == 0 {
        return m.tail(regs, missed_compare, arg);
    }
    let (x, y) = (float_of(a), float_of(b));
    m.sp = m.sp.wrapping_sub(2);
    push_bool(&mut m, 2, x.partial_cmp(&y).map_or(arg >> 5 == CompareOp::Ne as usize, |o| holds(arg, o)));
    next(regs, m)
}

#[inline(always)]
pub fn compare_str(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if !is_a(a, &STR) || !is_a(b, &STR) {
            return m.tail(regs, missed_compare, arg);
        }
        let (x, y) = (payload::<Str>(a), payload::<Str>(b));
        let result = match arg >> 5 {
            2 => a == b || x.equals(y),
            3 => a != b && !x.equals(y),
            _ => holds(arg, x.compare(y)),
        };
        m.sp = m.sp.sub(2);
        bool_after_release(regs, m, 2, result, (b, a))
    }
}

/// Gives two operands up, then ends the instruction with a bool.
///
/// # Safety
/// The caller owns the references.
#[inline(always)]
pub unsafe fn bool_after_release(
    regs: &mut Regs<'_>,
    mut m: Machine,
    units: usize,
    holds: bool,
    (first, second): (u64, u64),
) -> Flow {
    let pc = m.pc;
    push_bool(&mut m, units, holds);
    let gone = (m.pc as usize - pc as usize) / 2;
    m.pc = pc;
    // SAFETY: by contract; a bool on the stack is immortal.
    unsafe { m.release_two_next(regs, first, second, gone) }
}

#[inline(always)]
pub fn is_op(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (a, b) = (m.peek_word(2), m.peek_word(1));
    // SAFETY: FRAME-1.
    unsafe {
        m.sp = m.sp.sub(2);
        bool_after_release(regs, m, 1, (a == b) != (arg == 1), (b, a))
    }
}
