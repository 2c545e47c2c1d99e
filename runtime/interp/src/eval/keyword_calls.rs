//! CALL_KW of a Python function without star parameters: the arguments move from the caller's stack to the callee's slots.
//!
//! Invariant: nothing moves before every parameter is known to have a value; until then the words written to the memory of the frame to be
//! are the caller's, but for defaults, which are released when the call goes the long way after all (that one raises the errors).
#![allow(unsafe_code)]

use super::calls;
use super::machine::{Machine, Regs, is_a, payload, retain};
use super::special_calls::{defaults_of, go_in, move_words, zero_words};
use super::threading::{Flow, slow};
use crate::code::CodeObject;
use crate::frame::{self, Frame, HEADER_WORDS, Returns};
use crate::function::{FUNCTION, Function};
use adder_isa::code::co;
use adder_object::{Dict, Obj, ObjExt, tuple};

/// Parameters that fit the mask of filled slots.
const MOST: usize = 64;

/// CALL_KW_PY.
#[inline(always)]
pub fn python(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let func = m.peek_word(arg + 3);
    // SAFETY: FRAME-1, OBJ-1.
    unsafe {
        if is_a(func, &FUNCTION) {
            let code = &*payload::<Function>(func).code_ptr();
            let total = code.argcount + code.code.kwonlyargcount as usize;
            if code.flags & (co::VARARGS | co::VARKEYWORDS) == 0 && total <= MOST && frame::has_room(regs.vm, code) {
                return m.tail(regs, bind, arg);
            }
        }
    }
    m.tail(regs, any, arg)
}

/// CALL_KW in general.
#[inline(never)]
pub fn any(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| calls::call_kw(vm, r, arg))
}

#[inline(never)]
fn bind(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    let vm = regs.vm;
    // SAFETY: FRAME-1: callable, self or NULL, arguments and names are on the stack; `python` looked at function and room, so the memory
    // above the data stack's top has the frame's words.
    unsafe {
        let base = m.sp.sub(arg + 3);
        let func = *base;
        let f = payload::<Function>(func);
        let code = &*f.code_ptr();
        let first = base.add(2 - usize::from(*base.add(1) != 0));
        let names_word = m.peek_word(1);
        let names = tuple::as_slice(m.peek(1)).unwrap_or(&[]);
        let values = m.sp.sub(1 + names.len());
        let given = values.offset_from(first) as usize;
        let slots = vm.stack_top.get().add(HEADER_WORDS);
        if given > code.argcount {
            return m.tail(regs, any, arg);
        }
        zero_words(slots.add(given), code.nlocalsplus - given);
        if !place(code, slots, given, names, values) || !fill(f, code, slots, given) {
            return m.tail(regs, any, arg);
        }
        move_words(first, slots, given);
        let this = frame::push_unchecked(vm, func, code, Returns::Caller, 2);
        // Texts, of which nobody hears when they go.
        m.release(names_word);
        go_in(regs, m, (this, code, code.nlocalsplus), base)
    }
}

/// Writes the words of named arguments to the slots of their parameters; false where a name is not that of an empty one.
///
/// # Safety
/// `slots` has the code's slots, empty from `given` on; as many words are at `values` as there are names.
#[inline(always)]
unsafe fn place(code: &CodeObject, slots: *mut u64, given: usize, names: &[Obj], values: *const u64) -> bool {
    let total = code.argcount + code.code.kwonlyargcount as usize;
    let first = given.max(code.code.posonlyargcount as usize);
    let Some(params) = code.localsplusnames.get(first..total) else { return false };
    for (k, name) in names.iter().enumerate() {
        // Names of both sides are interned as a rule.
        let Some(i) = params.iter().position(|p| p.is(name)) else { return false };
        // SAFETY: by contract.
        unsafe {
            let slot = slots.add(first + i);
            if *slot != 0 {
                return false;
            }
            *slot = *values.add(k);
        }
    }
    true
}

/// Gives empty parameters their defaults; false, with everything as it was, where one has none.
///
/// # Safety
/// As `place`.
#[inline(always)]
unsafe fn fill(f: &Function, code: &CodeObject, slots: *mut u64, given: usize) -> bool {
    let (argcount, total) = (code.argcount, code.argcount + code.code.kwonlyargcount as usize);
    // SAFETY: by contract; no code runs here that could change the defaults.
    unsafe {
        let defaults = defaults_of(f);
        let mut filled = 0u64;
        let mut complete = true;
        for i in given..total {
            if *slots.add(i) != 0 {
                continue;
            }
            let value = if i < argcount {
                (i + defaults.len()).checked_sub(argcount).and_then(|at| defaults.get(at)).map(|d| retain(d.bits()))
            } else {
                let name = &code.localsplusnames[i];
                f.kwdefaults.with(|d| d?.get::<Dict>()?.get_name(name)).map(Obj::into_raw)
            };
            let Some(value) = value else {
                complete = false;
                break;
            };
            *slots.add(i) = value;
            filled |= 1 << i;
        }
        while !complete && filled != 0 {
            drop(Obj::from_raw(*slots.add(filled.trailing_zeros() as usize)));
            filled &= filled - 1;
        }
        complete
    }
}
