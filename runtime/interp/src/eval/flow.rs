//! What moves between frames and through iterators: RETURN_VALUE, YIELD_VALUE, FOR_ITER, SEND, UNPACK_SEQUENCE, specialised.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, is_a, payload, retain};
use super::threading::{Flow, drops_to_zero, leave, next, raise, slow, then_exit};
use super::{Exit, build, calls, control, number, send};
use crate::frame::{self, Frame, Returns};
use crate::generator::{self, Generator, State};
use adder_builtins::containers::list_iter::{LIST_ITERATOR, ListIter};
use adder_builtins::containers::range::{RANGE_ITERATOR, RangeIter};
use adder_builtins::containers::tuple::{TUPLE_ITERATOR, TupleIter};
use adder_isa::Opcode;
use adder_mem::Header;
use adder_object::types::{LIST, TUPLE};
use adder_object::{List, Obj, ObjExt, PyErr, Vm, singletons, tuple};

/// RETURN_VALUE of a plain call; anything else goes the long way.
#[inline(always)]
pub fn return_value(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let (this, vm) = (m.frame, regs.vm);
    // SAFETY: FRAME-1, FRAME-2: the frame is the newest of the data stack; what it owns is released after it was left.
    unsafe {
        // One look at `returns`, `in_generator` and `rare`, of which only `returns` may be set.
        let kind = *(&raw const (*this).returns as *const u32) & 0xFF_FFFF;
        if kind != Returns::Caller as u32 {
            const GENERATOR: u32 = 1 << 8;
            let handler = match kind {
                k if k == Returns::Native as u32 => return_to_native,
                k if k == GENERATOR | Returns::Send as u32 || k == GENERATOR | Returns::ForIter as u32 => end_generator,
                _ => return_specially,
            };
            return m.tail(regs, handler, 0);
        }
        let value = m.pop_word();
        let mut p = m.sp;
        let prev = (*this).prev.get();
        vm.frame.set(prev as *const ());
        vm.depth.set(vm.depth.get() - 1);
        let slots = Frame::slots(this);
        // From here on the instruction that runs is the caller's.
        m = Machine { frame: prev, pc: (*prev).pc.get(), sp: (*prev).sp.get() };
        while p > slots {
            p = p.sub(1);
            let w = *p;
            if w & 7 == 0 && w != 0 && drops_to_zero(w) {
                regs.spare = [this as u64, p as u64, value];
                return m.tail(regs, return_releasing, w as usize);
            }
        }
        vm.stack_top.set(this as *mut u64);
        m.push_word(value);
        let skip = (*this).skip.get() as usize;
        m.release_next(regs, (*this).func.bits(), skip)
    }
}

/// Goes on with what a frame owned from the word on that was the last reference to its object.
#[inline(never)]
fn return_releasing(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, w: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let [this, p, value] = regs.spare;
    let (this, mut p) = (this as *mut Frame, p as *mut u64);
    // SAFETY: as `return_value`; frames of destructors lie above this one, as the data stack was not given back yet.
    unsafe {
        adder_mem::destroy(w as *mut Header);
        while p > Frame::slots(this) {
            p = p.sub(1);
            m.release_any(*p);
        }
        let (func, skip) = ((*this).func.bits(), (*this).skip.get() as usize);
        regs.vm.stack_top.set(this as *mut u64);
        m.push_word(value);
        m.release_next(regs, func, skip)
    }
}

/// RETURN_VALUE to native code.
#[inline(never)]
fn return_to_native(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let vm = regs.vm;
    // SAFETY: as `return_value`.
    unsafe {
        let value = m.pop_word();
        (*frame).sp.set(m.sp);
        vm.frame.set((*frame).prev.get() as *const ());
        frame::pop(vm, frame);
        leave(regs, Exit::Return(Obj::from_raw(value)))
    }
}

/// RETURN_VALUE of a generator that a SEND or FOR_ITER resumed.
#[inline(never)]
fn end_generator(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    // SAFETY: FRAME-2, GEN-1: `prev` and `target` are read before the frame goes.
    unsafe {
        let value = m.pop_word();
        (*frame).pc.set(pc);
        (*frame).sp.set(m.sp);
        let (prev, target, returns) = ((*frame).prev.get(), (*frame).target.get(), (*frame).returns.get());
        generator::finish(regs.vm, frame);
        m = Machine { frame: prev, pc: (*prev).pc.get(), sp: (*prev).sp.get() };
        let units = target.offset_from(m.pc) as usize;
        if returns == Returns::Send {
            m.push_word(value);
            return m.end(regs, units);
        }
        // A watched END_FOR runs, and reports the end; otherwise nothing is pushed for it to pop.
        if *target.sub(1) as u8 == Opcode::INSTRUMENTED_INSTRUCTION as u8 {
            m.push_word(value);
            return m.end(regs, units - 1);
        }
        m.release_next(regs, value, units)
    }
}

/// RETURN_GENERATOR: the frame moves into a generator, which is the value of the call.
#[inline(always)]
pub fn return_generator(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let this = m.frame;
    // SAFETY: FRAME-2: the frame is the newest of the data stack.
    unsafe {
        if matches!((*this).returns.get(), Returns::Native | Returns::Compiled) {
            return m.tail(regs, return_generator_to_native, 0);
        }
        (*this).pc.set(m.pc);
        (*this).sp.set(m.sp);
        let (prev, skip) = ((*this).prev.get(), (*this).skip.get() as usize);
        let g = control::into_generator(regs.vm, this);
        m = Machine { frame: prev, pc: (*prev).pc.get(), sp: (*prev).sp.get() };
        m.push_word(g.into_raw());
        m.end(regs, skip)
    }
}

#[inline(never)]
fn return_generator_to_native(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    // SAFETY: as above.
    let g = m.slow(regs, 1, |r| unsafe {
        r.save();
        control::into_generator(r.vm, r.frame)
    });
    leave(regs, Exit::Return(g))
}

/// RETURN_VALUE of a generator, to native code, of `__init__`, or of a frame with an object.
#[inline(never)]
fn return_specially(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    then_exit(regs, Machine { frame, pc, sp }, |vm, m, regs| {
        m.slow(regs, 1, |r| {
            let value = r.pop();
            calls::return_value(vm, r, value)
        })
    })
}

// ---- FOR_ITER ----

/// Pushes the value of an iteration, or binds it at once when the next instruction stores it.
///
/// # Safety
/// `v` is owned.
#[inline(always)]
unsafe fn produced(regs: &mut Regs<'_>, mut m: Machine, v: u64) -> Flow {
    let next = m.unit_at(2);
    // SAFETY: FRAME-1: the old value of the slot is released after the new one is in place.
    unsafe {
        if next as u8 == Opcode::STORE_FAST as u8 {
            let old = std::mem::replace(&mut *m.slot((next >> 8) as usize), v);
            return m.release_next(regs, old, 3);
        }
        m.push_word(v);
    }
    m.end(regs, 2)
}

/// A specialised FOR_ITER whose iterator does not suit it.
#[cold]
#[inline(never)]
fn missed_for(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| send::for_iter(vm, r, arg))
}

/// FOR_ITER in general.
#[inline(never)]
fn any_for(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| send::for_iter(vm, r, arg))
}

/// FOR_ITER_RANGE.
#[inline(always)]
pub fn for_range(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        let w = m.peek_word(1);
        if !is_a(w, &RANGE_ITERATOR) {
            return m.tail(regs, missed_for, arg);
        }
        let it = payload::<RangeIter>(w);
        let n = it.remaining.get();
        if n <= 0 {
            return m.end(regs, 3 + arg);
        }
        let x = it.next.get();
        let Some(v) = Obj::try_int(x) else { return m.tail(regs, missed_for, arg) };
        it.next.set(x.wrapping_add(it.step));
        it.remaining.set(n - 1);
        produced(regs, m, v.into_raw())
    }
}

/// FOR_ITER_LIST.
#[inline(always)]
pub fn for_list(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1: the iterator holds a list, or nothing once it is exhausted.
    unsafe {
        let w = m.peek_word(1);
        if !is_a(w, &LIST_ITERATOR) {
            return m.tail(regs, missed_for, arg);
        }
        let it = payload::<ListIter>(w);
        let l = it.list.bits();
        let i = it.index.get();
        if l == 0 {
            return m.end(regs, 3 + arg);
        }
        let Some(v) = payload::<List>(l).as_slice().get(i) else {
            let list = it.list.take().map_or(0, Obj::into_raw);
            return m.release_next(regs, list, 3 + arg);
        };
        it.index.set(i + 1);
        produced(regs, m, retain(v.bits()))
    }
}

/// FOR_ITER_TUPLE.
#[inline(always)]
pub fn for_tuple(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1: as FOR_ITER_LIST.
    unsafe {
        let w = m.peek_word(1);
        if !is_a(w, &TUPLE_ITERATOR) {
            return m.tail(regs, missed_for, arg);
        }
        let it = payload::<TupleIter>(w);
        let (t, i) = (it.tuple.bits(), it.index.get());
        if t != 0
            && let Some(v) = tuple::items(t as *const Header).get(i)
        {
            it.index.set(i + 1);
            return produced(regs, m, retain(v.bits()));
        }
    }
    m.tail(regs, any_for, arg)
}

/// Continues in a suspended generator, which gets `value`. The instruction is two units long.
///
/// # Safety
/// `g` is resumable and held by the stack; the caller gives up `value`.
#[inline(always)]
unsafe fn resume(
    regs: &mut Regs<'_>,
    m: Machine,
    g: &Generator,
    value: u64,
    returns: Returns,
    target: *const u16,
) -> Flow {
    let vm = regs.vm;
    // SAFETY: GEN-1: a suspended frame is at YIELD_VALUE or RETURN_GENERATOR, which have no cache unit; EVAL-3.
    unsafe {
        (*m.frame).pc.set(m.pc);
        (*m.frame).sp.set(m.sp);
        let f = generator::begin(vm, g, (returns, 2));
        (*f).target.set(target);
        let sp = (*f).sp.get();
        *sp = value;
        vm.frame.set(f as *const ());
        next(regs, Machine { frame: f, pc: (*f).pc.get().add(1), sp: sp.add(1) })
    }
}

/// FOR_ITER_GEN.
#[inline(always)]
pub fn for_generator(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        let w = m.peek_word(1);
        if !is_a(w, &generator::GENERATOR) {
            return m.tail(regs, missed_for, arg);
        }
        let g = payload::<Generator>(w);
        if !matches!(g.state.get(), State::Created | State::Suspended) || regs.vm.depth.get() >= Vm::recursion_limit() {
            return m.tail(regs, any_for, arg);
        }
        let target = m.pc.add(3 + arg);
        resume(regs, m, g, singletons::none_ref().bits(), Returns::ForIter, target)
    }
}

/// FOR_ITER as compiled.
#[inline(always)]
pub fn for_iter(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_for, 0);
    }
    let (it, vm) = (m.peek(1), regs.vm);
    let Some(f) = it.ty().iternext().filter(|_| !it.is_exact(&generator::GENERATOR)) else {
        return m.tail(regs, any_for, arg);
    };
    // SAFETY: EVAL-1.
    unsafe { (*m.frame).pc.set(m.pc) }
    match f(vm, it) {
        // SAFETY: an owned value.
        Ok(Some(v)) => unsafe { produced(regs, m, v.into_raw()) },
        Ok(None) => m.end(regs, 3 + arg),
        Err(e) => {
            regs.m = m;
            match is_end(regs, e) {
                true => m.end(regs, 3 + arg),
                false => Flow::Stop,
            }
        }
    }
}

/// Whether an error of an iterator is its end; it is raised when not.
#[cold]
#[inline(never)]
fn is_end(regs: &mut Regs<'_>, e: PyErr) -> bool {
    let end = e.is(&adder_object::exceptions::STOP_ITERATION);
    if !end {
        raise(regs, e);
    }
    end
}

#[cold]
#[inline(never)]
fn specialise_for(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let it = m.peek(1);
    let op = if it.is_exact(&RANGE_ITERATOR) {
        Some(Opcode::FOR_ITER_RANGE)
    } else if it.is_exact(&LIST_ITERATOR) {
        Some(Opcode::FOR_ITER_LIST)
    } else if it.is_exact(&TUPLE_ITERATOR) {
        Some(Opcode::FOR_ITER_TUPLE)
    } else if let Some(g) = it.get_exact::<Generator>() {
        c.value.set(code_of(g));
        Some(Opcode::FOR_ITER_GEN)
    } else {
        // What it walks over is for the compiler.
        c.extra.set(std::ptr::from_ref(it.ty()) as u64);
        None
    };
    number::settle(m, c, op);
}

fn code_of(g: &Generator) -> u64 {
    g.code.bits() + adder_object::handle::PAYLOAD as u64
}

// ---- SEND and YIELD_VALUE ----

/// SEND_GEN.
#[inline(always)]
pub fn send_generator(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        let w = m.peek_word(2);
        if !is_a(w, &generator::GENERATOR) && !is_a(w, &generator::COROUTINE) {
            return m.tail(regs, missed_send, arg);
        }
        let g = payload::<Generator>(w);
        let value = m.peek_word(1);
        let ready = match g.state.get() {
            State::Suspended => true,
            State::Created => value == singletons::none_ref().bits(),
            _ => false,
        };
        if !ready || regs.vm.depth.get() >= Vm::recursion_limit() {
            return m.tail(regs, any_send, arg);
        }
        let target = m.pc.add(2 + arg);
        m.sp = m.sp.sub(1);
        resume(regs, m, g, value, Returns::Send, target)
    }
}

/// GET_AWAITABLE: a coroutine that has not begun is its own iterator, and nobody awaits it yet.
#[inline(always)]
pub fn get_awaitable(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let w = m.peek_word(1);
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if is_a(w, &generator::COROUTINE) && payload::<Generator>(w).state.get() == State::Created {
            return m.end(regs, 1);
        }
    }
    m.tail(regs, any_awaitable, arg)
}

#[inline(never)]
fn any_awaitable(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 1, |vm, r| control::get_awaitable(vm, r, arg))
}

#[cold]
#[inline(never)]
fn missed_send(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| send::send(vm, r, arg))
}

/// SEND in general.
#[inline(never)]
fn any_send(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| send::send(vm, r, arg))
}

/// SEND as compiled.
#[inline(always)]
pub fn send(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_send, 0);
    }
    slow(regs, m, 2, |vm, r| send::send(vm, r, arg))
}

#[cold]
#[inline(never)]
fn specialise_send(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let g = generator::payload(m.peek(2)).filter(|_| !m.peek(2).is_exact(&generator::ASYNC_GENERATOR));
    if let Some(g) = g {
        c.value.set(code_of(g));
    }
    number::settle(m, c, g.map(|_| Opcode::SEND_GEN));
}

/// YIELD_VALUE to the frame below.
#[inline(always)]
pub fn yield_value(regs: &mut Regs<'_>, mut m: Machine) -> Flow {
    let this = m.frame;
    // SAFETY: GEN-1, FRAME-2.
    unsafe {
        if (*this).returns.get() == Returns::Native {
            return m.tail(regs, yield_to_native, 0);
        }
        let value = m.pop_word();
        (*this).pc.set(m.pc);
        (*this).sp.set(m.sp);
        let (prev, skip) = ((*this).prev.get(), (*this).skip.get() as usize);
        generator::suspend(regs.vm, this);
        m = Machine { frame: prev, pc: (*prev).pc.get(), sp: (*prev).sp.get() };
        let next = m.unit_at(skip);
        // The value of a `for` over the generator is bound at once, as in `produced`.
        if (*this).returns.get() == Returns::ForIter && next as u8 == Opcode::STORE_FAST as u8 {
            let old = std::mem::replace(&mut *m.slot((next >> 8) as usize), value);
            return m.release_next(regs, old, skip + 1);
        }
        m.push_word(value);
        m.end(regs, skip)
    }
}

#[inline(never)]
fn yield_to_native(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    // SAFETY: GEN-1.
    unsafe {
        let value = m.pop_word();
        (*frame).pc.set(pc);
        (*frame).sp.set(m.sp);
        generator::suspend(regs.vm, frame);
        leave(regs, Exit::Yield(Obj::from_raw(value)))
    }
}

// ---- UNPACK_SEQUENCE ----

/// Pushes the items of a sequence, the first one on top.
///
/// # Safety
/// The sequence on top of the stack holds them.
#[inline(always)]
unsafe fn spread(regs: &mut Regs<'_>, mut m: Machine, items: &[Obj]) -> Flow {
    // SAFETY: FRAME-1: the sequence is released after its items have references of their own.
    unsafe {
        let seq = m.pop_word();
        for o in items.iter().rev() {
            m.push_word(retain(o.bits()));
        }
        m.release_next(regs, seq, 2)
    }
}

#[cold]
#[inline(never)]
fn missed_unpack(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, n: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| build::unpack_sequence(vm, r, n))
}

/// UNPACK_SEQUENCE_TWO_TUPLE and UNPACK_SEQUENCE_TUPLE.
#[inline(always)]
pub fn unpack_tuple(regs: &mut Regs<'_>, m: Machine, n: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        let w = m.peek_word(1);
        if is_a(w, &TUPLE) {
            let items = tuple::items(w as *const Header);
            if items.len() == n {
                return spread(regs, m, items);
            }
        }
    }
    m.tail(regs, missed_unpack, n)
}

/// UNPACK_SEQUENCE_LIST.
#[inline(always)]
pub fn unpack_list(regs: &mut Regs<'_>, m: Machine, n: usize) -> Flow {
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        let w = m.peek_word(1);
        if is_a(w, &LIST) {
            let items = payload::<List>(w).as_slice();
            if items.len() == n {
                return spread(regs, m, items);
            }
        }
    }
    m.tail(regs, missed_unpack, n)
}

/// UNPACK_SEQUENCE as compiled.
#[inline(always)]
pub fn unpack(regs: &mut Regs<'_>, m: Machine, n: usize) -> Flow {
    if m.due() {
        m.aside(specialise_unpack, n);
    }
    slow(regs, m, 2, |vm, r| build::unpack_sequence(vm, r, n))
}

#[cold]
#[inline(never)]
fn specialise_unpack(frame: *mut Frame, pc: *const u16, sp: *mut u64, n: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let seq = m.peek(1);
    let op = if seq.is_exact(&TUPLE) {
        Some(if n == 2 { Opcode::UNPACK_SEQUENCE_TWO_TUPLE } else { Opcode::UNPACK_SEQUENCE_TUPLE })
    } else if seq.is_exact(&LIST) {
        Some(Opcode::UNPACK_SEQUENCE_LIST)
    } else {
        None
    };
    number::settle(m, c, op);
}
