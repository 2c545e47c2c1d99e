//! The interpreter loop: fetches units, dispatches on the op, keeps the operand stack; Python-to-Python calls and generator
//! resumptions stay in this loop.
//!
//! Invariants: EVAL-1: `(*frame).pc` is the current instruction whenever anything that may raise or look at frames runs.
//! EVAL-2: operands stay on the stack until the op succeeded, so that unwinding drops each exactly once. EVAL-3: a frame that was
//! left by a call has its `sp` saved. Not here: what operations mean (object::ops, object::arith).

mod attrs;
mod binding;
mod build;
mod caches;
mod calls;
mod control;
mod matching;
mod names;
mod send;
mod special;
mod unwind;

pub use binding::bind_arguments;
pub use calls::{NATIVE, call_function, push_function_frame, run_class_body, run_code};
pub use send::{is_iterable_coroutine, send_to, skip_delegation};
pub use unwind::handled;

use crate::code::CodeObject;
use crate::frame::Frame;
use adder_isa::Opcode;
use adder_isa::operands::COMPARE_TO_BOOL;
use adder_mem::breaker;
use adder_object::arith::{self, BinOp, UnaryOp};
use adder_object::{
    CompareOp, Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Vm, attr, error, ops, singletons, str, tuple,
};

/// How a frame gave control back to native code.
pub enum Exit {
    Return(Obj),
    Yield(Obj),
}

/// The machine registers of the loop; slow paths get them by reference.
pub struct Regs {
    pub frame: *mut Frame,
    pub pc: *const u16,
    pub sp: *mut u64,
    /// The error in flight is raised again: no new traceback entry for this frame, no new context.
    pub reraise: bool,
    /// Where handlers are looked up for the error in flight when that is not the frame's instruction; else null.
    pub lookup: *const u16,
}

impl Regs {
    #[inline(always)]
    pub(crate) fn push(&mut self, o: Obj) {
        // SAFETY: the verifier bounded the stack depth.
        unsafe {
            *self.sp = o.into_raw();
            self.sp = self.sp.add(1);
        }
    }
    #[inline(always)]
    pub(crate) fn push_null(&mut self) {
        // SAFETY: as `push`.
        unsafe {
            *self.sp = 0;
            self.sp = self.sp.add(1);
        }
    }
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Obj {
        // SAFETY: FRAME-1: the top word is an owned value.
        unsafe {
            self.sp = self.sp.sub(1);
            Obj::from_raw(*self.sp)
        }
    }
    /// The top word, which may be NULL.
    #[inline(always)]
    pub(crate) fn pop_option(&mut self) -> Option<Obj> {
        // SAFETY: FRAME-1.
        unsafe {
            self.sp = self.sp.sub(1);
            let w = *self.sp;
            if w == 0 { None } else { Some(Obj::from_raw(w)) }
        }
    }
    /// Drops the `n` top items (NULLs allowed).
    #[inline(always)]
    pub(crate) fn drop_n(&mut self, n: usize) {
        for _ in 0..n {
            drop(self.pop_option());
        }
    }
    /// The item `n` deep (1: the top), borrowed from the stack.
    #[inline(always)]
    pub(crate) fn peek<'a>(&self, n: usize) -> &'a Obj {
        // SAFETY: FRAME-1; callers do not pop while they hold it.
        unsafe { Obj::view(&*self.sp.sub(n)) }
    }
    #[inline(always)]
    pub(crate) fn peek_word(&self, n: usize) -> u64 {
        // SAFETY: FRAME-1.
        unsafe { *self.sp.sub(n) }
    }
    /// The `n` top items as a slice of values (none of them NULL).
    #[inline(always)]
    pub(crate) fn top_slice<'a>(&self, n: usize) -> &'a [Obj] {
        // SAFETY: FRAME-1; callers do not pop while they hold it.
        unsafe { std::slice::from_raw_parts(self.sp.sub(n) as *const Obj, n) }
    }
    /// Moves the `n` top items into a vector.
    pub(crate) fn pop_vec(&mut self, n: usize) -> Vec<Obj> {
        let mut v = Vec::with_capacity(n);
        // SAFETY: FRAME-1: the words leave the stack.
        unsafe {
            self.sp = self.sp.sub(n);
            for i in 0..n {
                v.push(Obj::from_raw(*self.sp.add(i)));
            }
        }
        v
    }
    /// Replaces the `n` top items by one result.
    #[inline(always)]
    pub(crate) fn replace_n(&mut self, n: usize, o: Obj) {
        self.drop_n(n);
        self.push(o);
    }
    #[inline(always)]
    pub(crate) fn slot(&self, i: usize) -> *mut u64 {
        Frame::slots(self.frame).wrapping_add(i)
    }
    #[inline(always)]
    pub(crate) fn code<'a>(&self) -> &'a CodeObject {
        Frame::code(self.frame)
    }
    #[inline(always)]
    pub(crate) fn name<'a>(&self, i: usize) -> &'a Obj {
        &self.code().names[i]
    }
    /// Writes the registers to the frame, before another frame runs or the frame is looked at.
    #[inline(always)]
    pub(crate) fn save(&self) {
        // SAFETY: EVAL-3.
        unsafe {
            (*self.frame).sp.set(self.sp);
        }
    }
    /// Loads the registers of a frame, to continue at `pc`.
    #[inline(always)]
    pub(crate) fn enter(&mut self, vm: &Vm, frame: *mut Frame, pc: *const u16) {
        vm.frame.set(frame as *const ());
        self.frame = frame;
        self.pc = pc;
        // SAFETY: EVAL-3.
        self.sp = unsafe { (*frame).sp.get() };
    }
    /// Unit index after the op at `at` with its cache unit: where a resumed frame goes on.
    #[inline(always)]
    pub(crate) fn jump(&mut self, distance: isize) {
        self.pc = self.pc.wrapping_offset(distance);
    }
}

/// Runs a frame to its end, its yield or an exception that leaves it. `first` is the error to raise at its current
/// instruction (generator.throw).
pub fn run(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: FRAME-2.
    let pc = unsafe { (*entry).pc.get() };
    run_at(vm, entry, pc, first)
}

/// Runs a suspended generator frame on: behind the unit it is suspended at.
pub fn run_resumed(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: GEN-1: suspended frames are at a unit without cache.
    let pc = unsafe { (*entry).pc.get().add(1) };
    run_at(vm, entry, pc, first)
}

fn run_at(vm: &Vm, entry: *mut Frame, pc: *const u16, first: Option<PyErr>) -> PyResult<Exit> {
    let mut r =
        Regs { frame: entry, pc: std::ptr::null(), sp: std::ptr::null_mut(), reraise: false, lookup: std::ptr::null() };
    r.enter(vm, entry, pc);
    let mut pending = match first {
        Some(e) => Some(e),
        None => vm.check_stack("").err(),
    };
    loop {
        let e = match pending.take() {
            Some(e) => e,
            None => match dispatch(vm, &mut r) {
                Ok(exit) => return Ok(exit),
                Err(e) => e,
            },
        };
        unwind::unwind(vm, &mut r, e)?;
    }
}

/// Evaluates to the value of a result; an error leaves the loop.
macro_rules! tri {
    ($e:expr) => {
        match $e {
            Ok(v) => v,
            Err(e) => return Err(e),
        }
    };
}

fn dispatch(vm: &Vm, regs: &mut Regs) -> PyResult<Exit> {
    // A local copy keeps the registers out of memory; it is written back before anything else may look.
    let r = regs;
    let mut arg: usize = 0;
    loop {
        // SAFETY: CODE-1: pc points at an instruction of the frame's code.
        let unit = unsafe { *r.pc };
        // SAFETY: EVAL-1.
        unsafe { (*r.frame).pc.set(r.pc) };
        r.pc = r.pc.wrapping_add(1);
        arg = arg << 8 | (unit >> 8) as usize;
        // SAFETY: units hold valid ops only (compiler and verifier).
        let op = unsafe { std::mem::transmute::<u8, Opcode>(unit as u8) };
        match op {
            Opcode::EXTENDED_ARG => continue,
            Opcode::RESUME => {
                if breaker::load() != 0 {
                    r.save();
                    tri!(vm.poll());
                }
            }
            Opcode::NOP | Opcode::NOT_TAKEN => {}
            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => {
                // SAFETY: FRAME-1: the compiler proved the slot bound.
                let o = unsafe { Obj::view(&*r.slot(arg)).clone() };
                r.push(o);
            }
            Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                // SAFETY: as LOAD_FAST.
                unsafe {
                    let (a, b) = (Obj::view(&*r.slot(arg >> 4)).clone(), Obj::view(&*r.slot(arg & 15)).clone());
                    r.push(a);
                    r.push(b);
                }
            }
            Opcode::LOAD_FAST_CHECK => {
                // SAFETY: FRAME-1.
                let w = unsafe { *r.slot(arg) };
                if w == 0 {
                    return Err(names::unbound_local(r, arg));
                }
                // SAFETY: not zero.
                let o = unsafe { Obj::view(&w).clone() };
                r.push(o);
            }
            Opcode::LOAD_FAST_AND_CLEAR => {
                // SAFETY: the word moves to the stack, NULL included.
                unsafe {
                    *r.sp = std::mem::replace(&mut *r.slot(arg), 0);
                    r.sp = r.sp.add(1);
                }
            }
            Opcode::STORE_FAST => store_fast(r, arg),
            Opcode::STORE_FAST_LOAD_FAST => {
                store_fast(r, arg >> 4);
                // SAFETY: as LOAD_FAST.
                let o = unsafe { Obj::view(&*r.slot(arg & 15)).clone() };
                r.push(o);
            }
            Opcode::STORE_FAST_STORE_FAST => {
                store_fast(r, arg >> 4);
                store_fast(r, arg & 15);
            }
            Opcode::DELETE_FAST => tri!(names::delete_fast(r, arg)),
            Opcode::LOAD_CONST => {
                let o = r.code().consts[arg].clone();
                r.push(o);
            }
            Opcode::LOAD_SMALL_INT => r.push(Obj::int_unchecked(arg as i64)),
            Opcode::POP_TOP | Opcode::POP_ITER | Opcode::END_FOR => drop(r.pop_option()),
            Opcode::PUSH_NULL => r.push_null(),
            Opcode::COPY => {
                let w = r.peek_word(arg);
                if w == 0 {
                    r.push_null()
                } else {
                    let o = r.peek(arg).clone();
                    r.push(o);
                }
            }
            Opcode::SWAP => {
                // SAFETY: FRAME-1: both words are on the stack.
                unsafe { std::ptr::swap(r.sp.sub(1), r.sp.sub(arg)) }
            }
            Opcode::BINARY_OP => {
                r.pc = r.pc.wrapping_add(1);
                tri!(binary_op(vm, r, arg));
            }
            Opcode::COMPARE_OP => {
                r.pc = r.pc.wrapping_add(1);
                let (a, b) = (r.peek(2), r.peek(1));
                let op = CompareOp::ALL[arg >> 5];
                if a.is_int() && b.is_int() {
                    let holds = op.holds((a.bits() as i64).cmp(&(b.bits() as i64)));
                    // SAFETY: immediates need no drop.
                    unsafe {
                        r.sp = r.sp.sub(1);
                        *r.sp.sub(1) = singletons::bool_obj(holds).bits();
                    }
                } else {
                    let v = tri!(compare(vm, a, b, op, arg as u32 & COMPARE_TO_BOOL != 0));
                    r.replace_n(2, v);
                }
            }
            Opcode::CONTAINS_OP => {
                r.pc = r.pc.wrapping_add(1);
                let found = tri!(ops::contains(vm, r.peek(1), r.peek(2)));
                r.replace_n(2, singletons::bool_obj(found != (arg == 1)));
            }
            Opcode::IS_OP => {
                let same = r.peek(1).is(r.peek(2));
                r.replace_n(2, singletons::bool_obj(same != (arg == 1)));
            }
            Opcode::TO_BOOL => {
                r.pc = r.pc.wrapping_add(1);
                let t = tri!(ops::truth(vm, r.peek(1)));
                r.replace_n(1, singletons::bool_obj(t));
            }
            Opcode::UNARY_NOT => {
                let t = r.pop().is(singletons::true_ref());
                r.push(singletons::bool_obj(!t));
            }
            Opcode::UNARY_NEGATIVE => {
                let v = tri!(arith::unary(vm, r.peek(1), UnaryOp::Negative));
                r.replace_n(1, v);
            }
            Opcode::UNARY_INVERT => {
                let v = tri!(arith::unary(vm, r.peek(1), UnaryOp::Invert));
                r.replace_n(1, v);
            }
            Opcode::POP_JUMP_IF_FALSE => {
                r.pc = r.pc.wrapping_add(0);
                // SAFETY: the top is True or False, both immortal.
                let w = unsafe {
                    r.sp = r.sp.sub(1);
                    *r.sp
                };
                if w == singletons::false_ref().bits() {
                    r.jump(arg as isize);
                }
            }
            Opcode::POP_JUMP_IF_TRUE => {
                // SAFETY: as above.
                let w = unsafe {
                    r.sp = r.sp.sub(1);
                    *r.sp
                };
                if w == singletons::true_ref().bits() {
                    r.jump(arg as isize);
                }
            }
            Opcode::POP_JUMP_IF_NONE => {
                if r.pop().is_none() {
                    r.jump(arg as isize);
                }
            }
            Opcode::POP_JUMP_IF_NOT_NONE => {
                if !r.pop().is_none() {
                    r.jump(arg as isize);
                }
            }
            Opcode::JUMP_FORWARD => r.jump(arg as isize),
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_PLAIN => {
                r.pc = r.pc.wrapping_add(1);
                r.jump(-(arg as isize));
                if breaker::load() != 0 {
                    r.save();
                    tri!(vm.poll());
                }
            }
            Opcode::JUMP_BACKWARD_NO_INTERRUPT => r.jump(-(arg as isize)),
            Opcode::GET_ITER => {
                let it = tri!(ops::iter(vm, r.peek(1)));
                r.replace_n(1, it);
            }
            Opcode::FOR_ITER => {
                r.pc = r.pc.wrapping_add(1);
                tri!(send::for_iter(vm, r, arg));
            }
            Opcode::LOAD_ATTR => {
                let cache = r.take_cache();
                match cache.and_then(|c| caches::load_attr(r.peek(1), c)) {
                    Some(caches::Loaded::Value(v)) => {
                        r.replace_n(1, v);
                        if arg & 1 != 0 {
                            r.push_null();
                        }
                    }
                    Some(caches::Loaded::Method(f)) => {
                        let this = r.pop();
                        r.push(f);
                        r.push(this);
                    }
                    None => tri!(attrs::load_attr_slow(vm, r, arg, cache)),
                }
            }
            Opcode::STORE_ATTR => {
                let cache = r.take_cache();
                if !cache.is_some_and(|c| caches::store_attr(r.peek(1), r.peek(2), c)) {
                    tri!(attrs::store_attr_slow(vm, r, arg, cache));
                }
                r.drop_n(2);
            }
            Opcode::DELETE_ATTR => {
                tri!(attr::delete(vm, r.peek(1), r.name(arg)));
                r.drop_n(1);
            }
            Opcode::LOAD_SUPER_ATTR => {
                r.pc = r.pc.wrapping_add(1);
                tri!(attrs::load_super_attr(vm, r, arg));
            }
            Opcode::LOAD_GLOBAL => {
                let cache = r.take_cache();
                match cache.and_then(|c| caches::load_global(r, c)) {
                    Some(v) => {
                        r.push(v);
                        if arg & 1 != 0 {
                            r.push_null();
                        }
                    }
                    None => tri!(names::load_global_slow(vm, r, arg, cache)),
                }
            }
            Opcode::STORE_SUBSCR => {
                r.pc = r.pc.wrapping_add(1);
                let (value, container, key) = (r.peek(3), r.peek(2), r.peek(1));
                tri!(store_subscr(vm, container, key, value));
                r.drop_n(3);
            }
            Opcode::DELETE_SUBSCR => {
                tri!(ops::delitem(vm, r.peek(2), r.peek(1)));
                r.drop_n(2);
            }
            Opcode::CALL => {
                r.pc = r.pc.wrapping_add(1);
                tri!(calls::call(vm, r, arg));
            }
            Opcode::CALL_KW => {
                r.pc = r.pc.wrapping_add(1);
                tri!(calls::call_kw(vm, r, arg));
            }
            Opcode::CALL_FUNCTION_EX => tri!(calls::call_function_ex(vm, r)),
            Opcode::RETURN_VALUE => {
                let value = r.pop();
                if let Some(exit) = tri!(calls::return_value(vm, r, value)) {
                    return Ok(exit);
                }
            }
            Opcode::UNPACK_SEQUENCE => {
                r.pc = r.pc.wrapping_add(1);
                tri!(build::unpack_sequence(vm, r, arg));
            }
            Opcode::YIELD_VALUE => {
                if let Some(exit) = send::yield_value(vm, r) {
                    return Ok(exit);
                }
            }
            Opcode::SEND => {
                r.pc = r.pc.wrapping_add(1);
                tri!(send::send(vm, r, arg));
            }
            Opcode::BUILD_TUPLE => {
                // SAFETY: the items move from the stack into the tuple.
                let t = unsafe {
                    r.sp = r.sp.sub(arg);
                    tuple::from_raw_items(r.sp as *const Obj, arg)
                };
                r.push(t);
            }
            Opcode::BUILD_LIST => {
                let v = r.pop_vec(arg);
                r.push(List::new(v).into_obj());
            }
            Opcode::LIST_APPEND => {
                let v = r.pop();
                if let Some(l) = r.peek(arg).get::<List>() {
                    l.push(v)
                }
            }
            Opcode::SET_ADD => {
                let v = r.peek(1).clone();
                if let Some(s) = r.peek(arg + 1).get::<Set>() {
                    tri!(s.add(vm, v));
                }
                r.drop_n(1);
            }
            Opcode::MAP_ADD => {
                if let Some(d) = r.peek(arg + 2).get::<Dict>() {
                    tri!(d.set_item(vm, r.peek(2), r.peek(1).clone()));
                }
                r.drop_n(2);
            }
            Opcode::FORMAT_SIMPLE => {
                let v = r.peek(1);
                if !v.is_exact(&adder_object::types::STR) {
                    let s = tri!(ops::format(vm, v, str::empty().obj()));
                    r.replace_n(1, s);
                }
            }
            Opcode::LOAD_DEREF => {
                let v = tri!(names::load_deref(r, arg));
                r.push(v);
            }
            Opcode::STORE_DEREF => {
                let v = r.pop();
                names::store_deref(r, arg, Some(v));
            }
            _ => {
                if let Some(exit) = tri!(control::other(vm, r, op, arg)) {
                    return Ok(exit);
                }
            }
        }
        arg = 0;
    }
}

#[inline(always)]
fn store_fast(r: &mut Regs, i: usize) {
    // SAFETY: FRAME-1: the word moves to the slot; the old value is dropped last.
    unsafe {
        r.sp = r.sp.sub(1);
        let old = std::mem::replace(&mut *r.slot(i), *r.sp);
        if old != 0 {
            drop(Obj::from_raw(old));
        }
    }
}

#[inline(always)]
fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp, to_bool: bool) -> PyResult {
    if a.is_float() && b.is_float() {
        let (x, y) = (a.float_unchecked(), b.float_unchecked());
        return Ok(singletons::bool_obj(x.partial_cmp(&y).map_or(op == CompareOp::Ne, |o| op.holds(o))));
    }
    let v = ops::compare(vm, a, b, op)?;
    if to_bool { Ok(singletons::bool_obj(ops::truth(vm, &v)?)) } else { Ok(v) }
}

const SUBSCR: usize = 26;

#[inline(always)]
fn binary_op(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (a, b) = (r.peek(2), r.peek(1));
    if arg == SUBSCR {
        let v = subscript(vm, a, b)?;
        r.replace_n(2, v);
        return Ok(());
    }
    if arg < 13 {
        let op = BinOp::ALL[arg];
        let v = match arith::fast(a, b, op) {
            Some(v) => {
                // SAFETY: both operands are immediates, nothing to drop.
                unsafe {
                    r.sp = r.sp.sub(1);
                    *r.sp.sub(1) = v.into_raw();
                }
                return Ok(());
            }
            None => arith::binary_slow(vm, a, b, op)?,
        };
        r.replace_n(2, v);
        return Ok(());
    }
    inplace_op(vm, r, BinOp::ALL[arg - 13])
}

fn inplace_op(vm: &Vm, r: &mut Regs, op: BinOp) -> PyResult<()> {
    let (a, b) = (r.peek(2), r.peek(1));
    if let Some(v) = arith::fast(a, b, op) {
        // SAFETY: immediates.
        unsafe {
            r.sp = r.sp.sub(1);
            *r.sp.sub(1) = v.into_raw();
        }
        return Ok(());
    }
    if op == BinOp::Add && a.get_exact::<adder_object::Str>().is_some() && b.get_exact::<adder_object::Str>().is_some()
    {
        return build::append_str(r);
    }
    let v = arith::inplace_slow(vm, a, b, op)?;
    r.replace_n(2, v);
    Ok(())
}

/// `a[b]` with the common containers first.
#[inline(always)]
fn subscript(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if let Some(n) = b.small_int() {
        if let Some(l) = a.get_exact::<List>() {
            let i = if n < 0 { n + l.len() as i64 } else { n };
            if let Some(v) = l.get(i as usize) {
                return Ok(v);
            }
        } else if a.is_exact(&adder_object::types::TUPLE)
            && let Some(t) = tuple::as_slice(a)
        {
            let i = if n < 0 { n + t.len() as i64 } else { n };
            if let Some(v) = t.get(i as usize) {
                return Ok(v.clone());
            }
        }
    }
    if let Some(d) = a.get_exact::<Dict>()
        && let Some(v) = d.get_item(vm, b)?
    {
        return Ok(v);
    }
    ops::getitem(vm, a, b)
}

#[inline(always)]
fn store_subscr(vm: &Vm, container: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
    if let Some(l) = container.get_exact::<List>() {
        if let Some(n) = key.small_int() {
            let i = if n < 0 { n + l.len() as i64 } else { n };
            if (0..l.len() as i64).contains(&i) {
                l.set(i as usize, value.clone());
                return Ok(());
            }
        }
    } else if let Some(d) = container.get_exact::<Dict>() {
        return d.set_item(vm, key, value.clone());
    }
    ops::setitem(vm, container, key, value)
}

pub(crate) fn not_an_exception() -> PyErr {
    error::type_error("exceptions must derive from BaseException")
}
