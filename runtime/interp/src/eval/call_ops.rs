//! CALL and CALL_KW specialised: Python functions, bound methods, classes, built-in functions and methods without argument objects.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, is_a, payload, retain};
use super::special_calls::{defaults_of, enter_collecting, enter_exact, move_words, zero_words};
use super::threading::{Answer, Flow, drops_to_zero, next, raise, slow};
use super::{calls, matching, number, truth};
use crate::code::{Cache, CodeObject, Identity};
use crate::frame::{self, Frame, Returns};
use crate::function::{FUNCTION, Function};
use adder_builtins::core::exceptions as base;
use adder_isa::Opcode;
use adder_isa::code::co;
use adder_object::descr::{BUILTIN_FUNCTION, BoundMethod, BuiltinFunction, METHOD, METHOD_DESCRIPTOR, MethodDescr};
use adder_object::slots::{BinaryFn, UnaryFn};
use adder_object::spec::{MethodDef, Native};
use adder_object::types::{STR, TUPLE, TYPE};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyResult, StaticType, Type, TypeFlags, Vm, class, int, ops, singletons, tuple,
};

type Positional = fn(&Vm, &Obj, &[Obj]) -> PyResult;

/// The operands of a call: where they begin, the first argument (self where there is one) and how many there are.
#[derive(Clone, Copy)]
struct Operands {
    base: *mut u64,
    args: *mut u64,
    n: usize,
}

#[inline(always)]
fn operands(m: &Machine, arg: usize) -> Operands {
    let base = m.sp.wrapping_sub(arg + 2);
    // SAFETY: FRAME-1: the operands are on the stack.
    let with_self = unsafe { *base.add(1) != 0 };
    Operands { base, args: base.wrapping_add(2 - usize::from(with_self)), n: arg + usize::from(with_self) }
}

/// A specialised CALL whose callable or arguments do not suit it.
#[cold]
#[inline(never)]
fn missed_call(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| calls::call(vm, r, arg))
}

/// CALL in general.
#[inline(never)]
fn any_call(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| calls::call(vm, r, arg))
}

/// Ends a call of native code: the operands go, the result comes.
///
/// # Safety
/// `o` are the operands of the current instruction, `units` long.
#[inline(always)]
unsafe fn finish(regs: &mut Regs<'_>, mut m: Machine, o: Operands, units: usize, result: u64) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        while m.sp > o.args {
            let w = m.pop_word();
            if w & 7 == 0 && drops_to_zero(w) {
                regs.spare = [o.base as u64, o.args as u64, result];
                (*m.frame).pc.set(m.pc);
                m.step(units);
                return m.tail(regs, finish_releasing, w as usize);
            }
        }
        m.sp = o.base;
        let callable = *o.base;
        m.push_word(result);
        m.release_next(regs, callable, units)
    }
}

/// Goes on with the operands from the one on that was the last reference to its object. `pc` is behind the instruction.
#[inline(never)]
fn finish_releasing(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, w: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let [base, args, result] = regs.spare;
    // SAFETY: as `finish`.
    unsafe {
        adder_mem::destroy(w as *mut adder_mem::Header);
        while m.sp > args as *mut u64 {
            let w = m.pop_word();
            if w & 7 == 0 && drops_to_zero(w) {
                adder_mem::destroy(w as *mut adder_mem::Header);
            }
        }
        let base = base as *mut u64;
        m.sp = base;
        let callable = *base;
        m.push_word(result);
        if callable & 7 == 0 && drops_to_zero(callable) {
            adder_mem::destroy(callable as *mut adder_mem::Header);
        }
    }
    next(regs, m)
}

/// The function in a word, if it is one of this version.
#[inline(always)]
unsafe fn function_of_version(w: u64, version: u32) -> bool {
    // SAFETY: the caller passes a value word.
    unsafe { is_a(w, &FUNCTION) && payload::<Function>(w).version.get() == version }
}

// ---- Python functions ----

/// The code of a Python function whose parameters `n` arguments fill exactly. Another function than the one in the cache is counted.
#[inline(always)]
unsafe fn exact_code<'a>(w: u64, n: usize, c: &Cache) -> Option<&'a CodeObject> {
    // SAFETY: the caller passes a value word, which its owner holds through the instruction.
    unsafe {
        if !is_a(w, &FUNCTION) {
            return None;
        }
        let f = payload::<Function>(w);
        if f.version.get() != c.version.get() {
            c.extra.set(c.extra.get() + 1);
        }
        let code = &*f.code_ptr();
        if code.simple_args && code.argcount == n { Some(code) } else { None }
    }
}

/// CALL_PY_EXACT.
#[inline(always)]
pub fn py_exact(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (o, c) = (operands(&m, arg), m.cache());
    // SAFETY: FRAME-1.
    unsafe {
        let func = *o.base;
        let Some(code) = exact_code(func, o.n, c) else { return m.tail(regs, missed_call, arg) };
        if !frame::has_room(regs.vm, code) {
            return m.tail(regs, any_call, arg);
        }
        enter_exact(regs, m, func, code, o.args, o.n, &[], o.base, (Returns::Caller, 2))
    }
}

/// CALL_PY_GENERAL: positional arguments with defaults; anything else binds the long way.
#[inline(always)]
pub fn py_general(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (o, c) = (operands(&m, arg), m.cache());
    // SAFETY: FRAME-1.
    unsafe {
        let func = *o.base;
        if !function_of_version(func, c.version.get()) {
            return m.tail(regs, missed_call, arg);
        }
        let code = &*(c.value.get() as *const CodeObject);
        if !frame::has_room(regs.vm, code) {
            return m.tail(regs, any_call, arg);
        }
        if !code.simple_args {
            return m.tail(regs, py_collecting, arg);
        }
        let f = payload::<Function>(func);
        let defaults = defaults_of(f);
        let missing = code.argcount.wrapping_sub(o.n);
        if missing > defaults.len() {
            return m.tail(regs, any_call, arg);
        }
        let defaults = defaults.get_unchecked(defaults.len() - missing..);
        enter_exact(regs, m, func, code, o.args, o.n, defaults, o.base, (Returns::Caller, 2))
    }
}

/// CALL_PY_GENERAL of a function with `*args` or `**kwargs`: what its parameters leave over moves into a tuple, the dict is empty.
#[inline(never)]
fn py_collecting(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    let o = operands(&m, arg);
    // SAFETY: FRAME-1: `py_general` looked at function and room; the words between callable and arguments are NULL or an argument.
    unsafe {
        let func = *o.base;
        let f = payload::<Function>(func);
        let code = &*f.code_ptr();
        let (starred, argcount) = (code.flags & co::VARARGS != 0, code.argcount);
        let (defaults, missing) = (defaults_of(f), argcount.saturating_sub(o.n));
        let fits = missing <= defaults.len() && (starred || o.n <= argcount) && code.code.kwonlyargcount == 0;
        if !fits {
            return m.tail(regs, any_call, arg);
        }
        let given = o.n.min(argcount);
        let (rest, n) = (o.args.add(given), o.n - given);
        let extra = starred.then(|| tuple::from_exact((0..n).map(|i| Obj::from_raw(*rest.add(i)))));
        let kwargs = (code.flags & co::VARKEYWORDS != 0).then(Dict::new);
        enter_collecting(
            regs,
            m,
            code,
            (func, o.args, given, o.base),
            &defaults[defaults.len() - missing..],
            (extra, kwargs),
        )
    }
}

/// CALL_BOUND_METHOD_EXACT: the method on the stack gives way to its function and self.
#[inline(always)]
pub fn bound_exact(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let c = m.cache();
    // SAFETY: FRAME-1, OBJ-1; the two words are replaced by owned ones before the method is released.
    unsafe {
        let base = m.sp.sub(arg + 2);
        let method = *base;
        if *base.add(1) != 0 || !is_a(method, &METHOD) {
            return m.tail(regs, missed_call, arg);
        }
        let b = payload::<BoundMethod>(method);
        let Some(code) = exact_code(b.func.bits(), arg + 1, c) else { return m.tail(regs, missed_call, arg) };
        if !frame::has_room(regs.vm, code) {
            return m.tail(regs, any_call, arg);
        }
        *base = retain(b.func.bits());
        *base.add(1) = retain(b.this.bits());
        // A method is dying: nothing but memory is given back, as its two references were counted just now.
        m.release(method);
        enter_exact(regs, m, *base, code, base.add(1), arg + 1, &[], base, (Returns::Caller, 2))
    }
}

/// CALL_ALLOC_INIT: a new instance stays on the caller's stack as the result, `__init__` runs as a frame of this loop.
#[inline(always)]
pub fn alloc_init(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (c, vm) = (m.cache(), regs.vm);
    // SAFETY: FRAME-1; CACHE-1: under this version the class holds the function.
    unsafe {
        let base = m.sp.sub(arg + 2);
        let cls = *base;
        if *base.add(1) != 0 || !is_a(cls, &TYPE) || payload::<Type>(cls).version.get() != c.version.get() {
            return m.tail(regs, missed_call, arg);
        }
        let func = c.value.get();
        let code = &*payload::<Function>(func).code_ptr();
        if !code.simple_args || code.argcount != arg + 1 {
            return m.tail(regs, missed_call, arg);
        }
        if !frame::has_room(vm, code) {
            return m.tail(regs, any_call, arg);
        }
        let instance = class::bare_instance(payload::<Type>(cls)).into_raw();
        retain(func);
        let this = frame::push_unchecked(vm, func, code, Returns::Init, 2);
        let slots = Frame::slots(this);
        *slots = retain(instance);
        move_words(base.add(2), slots.add(1), arg);
        zero_words(slots.add(arg + 1), code.nlocalsplus - arg - 1);
        *base = instance;
        (*m.frame).pc.set(m.pc);
        (*m.frame).sp.set(base.add(1));
        vm.frame.set(this as *const ());
        let m = Machine { frame: this, pc: code.units_ptr(), sp: slots.add(code.nlocalsplus) };
        // The instance holds its class.
        m.release_next(regs, cls, 0)
    }
}

// ---- built-in functions ----

#[inline(always)]
fn result(regs: &mut Regs<'_>, m: Machine, o: Operands, r: PyResult) -> Flow {
    match r {
        // SAFETY: the operands of a call.
        Ok(v) => unsafe { finish(regs, m, o, 2, v.into_raw()) },
        Err(e) => raise(regs, e),
    }
}

/// The built-in function in a word, if it is the one of this definition.
#[inline(always)]
unsafe fn builtin<'a>(w: u64, def: u64) -> Option<&'a BuiltinFunction> {
    // SAFETY: the caller passes a value word of an operand.
    unsafe {
        if !is_a(w, &BUILTIN_FUNCTION) {
            return None;
        }
        let b = payload::<BuiltinFunction>(w);
        if b.def as *const MethodDef as u64 == def { Some(b) } else { None }
    }
}

/// CALL_BUILTIN_O.
#[inline(always)]
pub fn builtin_o(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; the definition in the cache takes one argument.
    unsafe {
        let Some(b) = builtin(*o.base, c.value.get()).filter(|_| o.n == 1) else {
            return m.tail(regs, missed_call, arg);
        };
        let f = std::mem::transmute::<u64, BinaryFn>(c.extra.get());
        let this = b.this.as_ref().unwrap_or(singletons::none_ref());
        let r = m.slow(regs, 0, |_| f(vm, this, Obj::view(&*o.args)));
        result(regs, m, o, r)
    }
}

/// CALL_BUILTIN_FAST.
#[inline(always)]
pub fn builtin_fast(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; the definition in the cache takes positional arguments, as many as `aux` bounds.
    unsafe {
        let (least, most) = ((c.aux.get() & 255) as usize, (c.aux.get() >> 8) as usize);
        let Some(b) = builtin(*o.base, c.value.get()).filter(|_| o.n >= least && o.n <= most) else {
            return m.tail(regs, missed_call, arg);
        };
        let f = std::mem::transmute::<u64, Positional>(c.extra.get());
        let this = b.this.as_ref().unwrap_or(singletons::none_ref());
        let args = std::slice::from_raw_parts(o.args as *const Obj, o.n);
        let r = m.slow(regs, 0, |_| f(vm, this, args));
        result(regs, m, o, r)
    }
}

/// CALL_LEN.
#[inline(always)]
pub fn len(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (o, c) = (operands(&m, arg), m.cache());
    // SAFETY: FRAME-1.
    unsafe {
        if o.n != 1 || builtin(*o.base, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        let n = match truth::size_of(*o.args) {
            Some(n) => n,
            None => return m.tail(regs, len_slow, arg),
        };
        finish(regs, m, o, 2, int::from_usize(n).into_raw())
    }
}

#[inline(never)]
fn len_slow(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let (o, vm) = (operands(&m, arg), regs.vm);
    // SAFETY: FRAME-1.
    match m.slow(regs, 0, |_| ops::len(vm, unsafe { Obj::view(&*o.args) })) {
        // SAFETY: the operands of a call.
        Ok(n) => unsafe { finish(regs, m, o, 2, int::from_usize(n).into_raw()) },
        Err(e) => raise(regs, e),
    }
}

/// CALL_ISINSTANCE.
#[inline(always)]
pub fn isinstance(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c) = (operands(&m, arg), m.cache());
    // SAFETY: FRAME-1.
    unsafe {
        if o.n != 2 || builtin(*o.base, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        let (what, cls) = (Obj::view(&*o.args), Obj::view(&*o.args.add(1)));
        let exact = is_a(cls.bits(), &TYPE) && what.ty().is(payload::<Type>(cls.bits()));
        let yes = exact
            || match m.slow(regs, 0, ask_isinstance).yes() {
                Some(yes) => yes,
                None => return Flow::Stop,
            };
        while m.sp > o.base {
            let w = m.pop_word();
            m.release_any(w);
        }
        number::push_bool(&mut m, 2, yes);
    }
    next(regs, m)
}

#[inline(never)]
fn ask_isinstance(r: &mut Regs<'_>) -> Answer {
    Answer::of(r, ops::isinstance(r.vm, r.peek(2), r.peek(1)))
}

/// CALL_TYPE_1, CALL_STR_1, CALL_TUPLE_1.
#[inline(always)]
pub fn of_type(regs: &mut Regs<'_>, mut m: Machine, arg: usize, ty: &'static StaticType, f: UnaryFn) -> Flow {
    let (o, vm) = (operands(&m, arg), regs.vm);
    // SAFETY: FRAME-1.
    unsafe {
        if o.n != 1 || *o.base != ty.object_ptr_const() as u64 {
            return m.tail(regs, missed_call, arg);
        }
        let r = m.slow(regs, 0, |_| f(vm, Obj::view(&*o.args)));
        result(regs, m, o, r)
    }
}
pub fn type_of(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.ty().to_obj())
}

/// CALL_BUILTIN_CLASS: `__new__`, then `__init__`, of a class that is no Python class.
#[inline(always)]
pub fn builtin_class(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; a static type is compared by its address (TYPE-3).
    unsafe {
        if *o.base != c.value.get() {
            return m.tail(regs, missed_call, arg);
        }
        let (class, args) = (Obj::view(&*o.base), std::slice::from_raw_parts(o.args as *const Obj, o.n));
        let r = m.slow(regs, 0, |_| call_class(vm, class, args));
        result(regs, m, o, r)
    }
}

/// Calls a built-in class.
#[inline(never)]
pub fn call_class(vm: &Vm, class: &Obj, args: &[Obj]) -> PyResult {
    let args = adder_object::Args::pos(args);
    match class.get::<Type>() {
        Some(t) if t.has(TypeFlags::EXC_SUBCLASS) && matching::is_plain_exception(class) => base::new(vm, t, args),
        _ => class::type_call(vm, class, args),
    }
}

// ---- methods of built-in types ----

/// The method descriptor in a word, if it is the one of this definition and `this` an instance of its type.
#[inline(always)]
unsafe fn method<'a>(o: Operands, def: u64) -> Option<&'a MethodDescr> {
    // SAFETY: the operands of a call (FRAME-1).
    unsafe {
        if o.n == 0 || !is_a(*o.base, &METHOD_DESCRIPTOR) {
            return None;
        }
        let d = payload::<MethodDescr>(*o.base);
        let this = Obj::view(&*o.args);
        if d.def as *const MethodDef as u64 == def && (this.ty().is(d.owner) || this.ty().is_subtype(d.owner)) {
            Some(d)
        } else {
            None
        }
    }
}

/// CALL_METHOD_NOARGS.
#[inline(always)]
pub fn method_noargs(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; the definition in the cache takes no argument.
    unsafe {
        if o.n != 1 || method(o, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        let f = std::mem::transmute::<u64, UnaryFn>(c.extra.get());
        let r = m.slow(regs, 0, |_| f(vm, Obj::view(&*o.args)));
        result(regs, m, o, r)
    }
}

/// CALL_METHOD_O.
#[inline(always)]
pub fn method_o(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; the definition in the cache takes one argument.
    unsafe {
        if o.n != 2 || method(o, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        let f = std::mem::transmute::<u64, BinaryFn>(c.extra.get());
        let r = m.slow(regs, 0, |_| f(vm, Obj::view(&*o.args), Obj::view(&*o.args.add(1))));
        result(regs, m, o, r)
    }
}

/// CALL_METHOD_FAST.
#[inline(always)]
pub fn method_fast(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c, vm) = (operands(&m, arg), m.cache(), regs.vm);
    // SAFETY: FRAME-1; the definition in the cache takes positional arguments, as many as `aux` bounds.
    unsafe {
        let (least, most) = ((c.aux.get() & 255) as usize, (c.aux.get() >> 8) as usize);
        let n = o.n.wrapping_sub(1);
        if n < least || n > most || method(o, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        let f = std::mem::transmute::<u64, Positional>(c.extra.get());
        let args = std::slice::from_raw_parts(o.args.add(1) as *const Obj, n);
        let r = m.slow(regs, 0, |_| f(vm, Obj::view(&*o.args), args));
        result(regs, m, o, r)
    }
}

/// CALL_LIST_APPEND; the result None is not even pushed when it would be dropped at once.
#[inline(always)]
pub fn list_append(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (o, c) = (operands(&m, arg), m.cache());
    // SAFETY: FRAME-1, OBJ-1: the item moves to the list.
    unsafe {
        if o.n != 2 || !is_a(*o.args, &adder_object::types::LIST) || method(o, c.value.get()).is_none() {
            return m.tail(regs, missed_call, arg);
        }
        payload::<List>(*o.args).push(Obj::from_raw(*o.args.add(1)));
        m.sp = m.sp.sub(1);
        if m.unit_at(2) as u8 == Opcode::POP_TOP as u8 {
            let (callable, list) = (*o.base, *o.args);
            m.sp = o.base;
            m.release_two_next(regs, list, callable, 3)
        } else {
            finish(regs, m, o, 2, singletons::none_ref().bits())
        }
    }
}

/// CALL_NON_PY_GENERAL and CALL_BOUND_METHOD_GENERAL: what has no shorter form, as long as nothing else comes.
#[inline(always)]
pub fn general(regs: &mut Regs<'_>, m: Machine, arg: usize, method: bool) -> Flow {
    // SAFETY: FRAME-1.
    unsafe {
        let w = *m.sp.sub(arg + 2);
        if method != is_a(w, &METHOD) || is_a(w, &FUNCTION) {
            return m.tail(regs, missed_call, arg);
        }
        if is_a(w, &METHOD_DESCRIPTOR) || is_a(w, &BUILTIN_FUNCTION) {
            return m.tail(regs, general_native, arg);
        }
    }
    slow(regs, m, 2, |vm, r| calls::call(vm, r, arg))
}

/// A native function or method, however it takes its arguments.
#[inline(never)]
fn general_native(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let mut m = Machine { frame, pc, sp };
    let (o, vm) = (operands(&m, arg), regs.vm);
    // SAFETY: FRAME-1; the operands live until the call is over.
    unsafe {
        let (callable, args) = (Obj::view(&*o.base), std::slice::from_raw_parts(o.args as *const Obj, o.n));
        let r = m.slow(regs, 0, |_| call_native(vm, callable, args));
        result(regs, m, o, r)
    }
}

/// Calls without a detour what takes its arguments as they are. Not a part of the handler, whose calls may not point to its own stack.
#[inline(never)]
fn call_native(vm: &Vm, callable: &Obj, args: &[Obj]) -> PyResult {
    if let Some(b) = callable.get_exact::<BuiltinFunction>() {
        if let (Some(this), Some(_)) = (&b.this, &b.module) {
            return b.def.call(vm, this, Args::pos(args), None);
        }
    } else if let (Some(d), [this, rest @ ..]) = (callable.get_exact::<MethodDescr>(), args)
        && this.ty().is(d.owner)
    {
        return d.def.call(vm, this, Args::pos(rest), Some(d.owner));
    }
    adder_object::call::call_pos(vm, callable, args)
}

// ---- specialising ----

/// CALL as compiled.
#[inline(always)]
pub fn call(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise, arg);
    }
    slow(regs, m, 2, |vm, r| calls::call(vm, r, arg))
}

#[cold]
#[inline(never)]
fn specialise(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let o = operands(m, arg);
    number::settle(m, c, form(m.peek(arg + 2), o, c));
}

fn form(callable: &Obj, o: Operands, c: &Cache) -> Option<Opcode> {
    if let Some(f) = callable.get_exact::<Function>() {
        let exact = of_function(f, o.n, c)?;
        return Some(if exact { Opcode::CALL_PY_EXACT } else { Opcode::CALL_PY_GENERAL });
    }
    if let Some(b) = callable.get_exact::<BoundMethod>() {
        let f = b.func.get_exact::<Function>()?;
        let exact = of_function(f, o.n + 1, c)?;
        // A bound method that is called again and again with other arguments than exact ones goes the long way.
        return Some(if exact { Opcode::CALL_BOUND_METHOD_EXACT } else { Opcode::CALL_BOUND_METHOD_GENERAL });
    }
    if let Some(t) = callable.get::<Type>() {
        return of_class(callable, t, o, c);
    }
    let def = match (callable.get_exact::<BuiltinFunction>(), callable.get_exact::<MethodDescr>()) {
        (Some(b), _) => {
            let own = b.module.as_ref().is_some_and(|m| ops::text(m) == "builtins");
            if own && b.def.name() == "len" && o.n == 1 {
                c.value.set(b.def as *const MethodDef as u64);
                return Some(Opcode::CALL_LEN);
            }
            if own && b.def.name() == "isinstance" && o.n == 2 {
                c.value.set(b.def as *const MethodDef as u64);
                return Some(Opcode::CALL_ISINSTANCE);
            }
            b.def
        }
        (None, Some(d)) => {
            if d.owner.is(&adder_object::types::LIST) && d.def.name() == "append" && o.n == 2 {
                c.value.set(d.def as *const MethodDef as u64);
                return Some(Opcode::CALL_LIST_APPEND);
            }
            d.def
        }
        _ => return Some(Opcode::CALL_NON_PY_GENERAL),
    };
    c.value.set(def as *const MethodDef as u64);
    let is_method = callable.is_exact(&METHOD_DESCRIPTOR);
    Some(match def.f {
        Native::NoArgs(f) if is_method => {
            c.extra.set(f as usize as u64);
            Opcode::CALL_METHOD_NOARGS
        }
        Native::One(f) => {
            c.extra.set(f as usize as u64);
            if is_method { Opcode::CALL_METHOD_O } else { Opcode::CALL_BUILTIN_O }
        }
        Native::Pos(min, max, f) if min < 256 => {
            c.extra.set(f as usize as u64);
            c.aux.set(min as u16 | (max.min(255) as u16) << 8);
            if is_method { Opcode::CALL_METHOD_FAST } else { Opcode::CALL_BUILTIN_FAST }
        }
        _ => Opcode::CALL_NON_PY_GENERAL,
    })
}

/// Notes version and code of a function; whether `n` arguments fill its parameters exactly.
fn of_function(f: &Function, n: usize, c: &Cache) -> Option<bool> {
    let code = f.code()?;
    c.version.set(f.ensure_version());
    c.value.set(f.code_ptr() as u64);
    c.index.set(f.code.with(|code| code.map_or(0, Identity::of)));
    c.aux.set(n.min(u16::MAX as usize) as u16);
    c.extra.set(0);
    Some(code.simple_args && code.argcount == n)
}

fn of_class(callable: &Obj, t: &Type, o: Operands, c: &Cache) -> Option<Opcode> {
    if !callable.is_exact(&TYPE) {
        return Some(Opcode::CALL_NON_PY_GENERAL);
    }
    if !t.is_heap() {
        let one = o.n == 1;
        return Some(if one && t.is(&TYPE) {
            Opcode::CALL_TYPE_1
        } else if one && t.is(&STR) {
            Opcode::CALL_STR_1
        } else if one && t.is(&TUPLE) {
            Opcode::CALL_TUPLE_1
        } else {
            c.value.set(callable.bits());
            Opcode::CALL_BUILTIN_CLASS
        });
    }
    let Some(init) = calls::python_init(callable) else { return Some(Opcode::CALL_NON_PY_GENERAL) };
    let code = init.get_exact::<Function>()?.code()?;
    if !code.simple_args || code.argcount != o.n + 1 || code.flags & co::SUSPENDS != 0 || t.has(TypeFlags::ABSTRACT) {
        return None;
    }
    c.version.set(t.ensure_version()?);
    c.value.set(init.bits());
    c.aux.set(o.n as u16 + 1);
    Some(Opcode::CALL_ALLOC_INIT)
}

/// CALL_KW as compiled and specialised: the binding is the same, the op says what was called.
#[inline(always)]
pub fn call_kw(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_kw, arg);
    }
    slow(regs, m, 2, |vm, r| calls::call_kw(vm, r, arg))
}

#[cold]
#[inline(never)]
fn specialise_kw(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let callable = m.peek(arg + 3);
    let with_self = usize::from(m.peek_word(arg + 2) != 0);
    let op = if let Some(f) = callable.get_exact::<Function>() {
        of_function(f, arg + with_self, c).map(|_| Opcode::CALL_KW_PY)
    } else if let Some(f) = callable.get_exact::<BoundMethod>().and_then(|b| b.func.get_exact::<Function>()) {
        of_function(f, arg + 1, c).map(|_| Opcode::CALL_KW_BOUND_METHOD)
    } else {
        Some(Opcode::CALL_KW_NON_PY)
    };
    number::settle(m, c, op);
}
