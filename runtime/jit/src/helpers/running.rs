//! Helpers that run frames: calls, single steps of the interpreter, the end of a frame, the way out of compiled code.
//!
//! Invariant: HELP-1; the words of a call lie on the frame's evaluation stack: consumed on success, left to the unwinder otherwise.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use crate::exits::ExitRecord;
use adder_interp::eval;
use adder_interp::frame::{Frame, Returns};
use adder_interp::generator::{self, Resumed};
use adder_interp::native;
use adder_isa::reasons::Reason;
use adder_mem::breaker;
use adder_object::call::Args;
use adder_object::slots::Sent;
use adder_object::spec::MethodDef;
use adder_object::{Obj, ObjExt, Vm};

/// Brings `sp` behind the operands of the instruction.
fn set_top(this: *mut Frame, base: u64, n: u64) {
    // SAFETY: HELP-2: the frame is current; its stack has the operands at `base`.
    unsafe { (*this).sp.set((base as *mut u64).add(n as usize)) }
}

pub extern "C" fn is_module(_: &Vm, this: *mut Frame) -> u64 {
    let globals = adder_interp::frame::globals_of(this);
    u64::from(Frame::locals(this).is_none_or(|l| l.is(&globals)))
}
pub extern "C" fn call(vm: &Vm, this: *mut Frame, base: u64, n: u64) -> u64 {
    // SAFETY: HELP-1: `n` owned words lie at `base`.
    if let Some(entered) = unsafe { eval::push_compiled(vm, base as *const u64, n as usize) } {
        native::set_caller(this);
        // SAFETY: HELP-2: the words have moved into the new frame.
        unsafe { (*this).sp.set(base as *mut u64) }
        return native::word(eval::run_pushed(vm, entered));
    }
    set_top(this, base, n);
    native::set_caller(this);
    native::word(eval::call_nested(vm, this, n as usize - 2))
}
pub extern "C" fn call_kw(vm: &Vm, this: *mut Frame, base: u64, n: u64) -> u64 {
    set_top(this, base, n);
    native::word(eval::call_kw_nested(vm, this, n as usize - 3))
}
pub extern "C" fn call_ex(vm: &Vm, this: *mut Frame, base: u64, n: u64) -> u64 {
    set_top(this, base, n);
    native::word(eval::call_ex_nested(vm, this))
}

pub extern "C" fn call_exact(vm: &Vm, _: *mut Frame, base: u64, n: u64) -> u64 {
    // SAFETY: HELP-1: `n` owned words lie at `base`: a function, NULL, what fills its parameters.
    match unsafe { eval::push_exact(vm, base as *const u64, n as usize, Returns::Compiled) } {
        Ok(new) => {
            vm.frame.set(new as *const ());
            native::run_fresh(vm, new)
        }
        Err(e) => native::fail(e),
    }
}

pub extern "C" fn step(vm: &Vm, this: *mut Frame, base: u64, n: u64, arg: u64) -> u64 {
    set_top(this, base, n);
    match eval::step(vm, this, arg as usize) {
        Ok(()) => 1,
        Err(e) => native::fail(e),
    }
}

pub extern "C" fn step_with(vm: &Vm, this: *mut Frame, base: u64, n: u64, arg: u64, f: u64) -> u64 {
    // SAFETY: HELP-1: the builder passes an address that `eval::step_function` gave.
    let f = unsafe { std::mem::transmute::<u64, eval::StepFn>(f) };
    on_stack(this, base, n, || eval::step_with(vm, this, arg as usize, f))
}

pub extern "C" fn finish(vm: &Vm, this: *mut Frame, value: u64) -> u64 {
    // SAFETY: the row consumes the value; the frame is current and ends.
    unsafe { native::finish(vm, this, Obj::from_raw(value)) }
}

pub extern "C" fn suspend(vm: &Vm, this: *mut Frame, value: u64) -> u64 {
    native::suspend(vm, this, value)
}
pub extern "C" fn finish_generator(vm: &Vm, this: *mut Frame, value: u64) -> u64 {
    // SAFETY: the row consumes the value; the frame is current, and a generator's.
    unsafe { native::finish_generator(vm, this, value) }
}
pub extern "C" fn no_entry(vm: &Vm, this: *mut Frame) -> u64 {
    // SAFETY: compiled code of a generator calls it before it does anything.
    unsafe { native::no_entry(vm, this) }
}
/// SEND: the word that the receiver yields; [`super::NO_WORD`] when it ended, with its result in `native::RESULT`.
pub extern "C" fn send(vm: &Vm, _: *mut Frame, receiver: u64, value: u64) -> u64 {
    // SAFETY: HELP-1.
    let (receiver, sent) = unsafe { (Obj::view(&receiver), Obj::view(&value)) };
    let ended = |w: u64| {
        *native::RESULT.get() = w;
        super::NO_WORD
    };
    match generator::resume_directly(vm, receiver, value) {
        Some(Resumed::Yielded(w)) => w,
        Some(Resumed::Ended(w)) => ended(w),
        Some(Resumed::Failed) => 0,
        None => match eval::send_to(vm, receiver, sent) {
            Ok(Sent::Yield(v)) => v.into_raw(),
            Ok(Sent::Return(v)) => ended(v.into_raw()),
            Err(e) => native::fail(e),
        },
    }
}

pub extern "C" fn poll(vm: &Vm, _: *mut Frame) -> u64 {
    if breaker::load() == 0 {
        return 1;
    }
    match vm.poll() {
        Ok(()) if breaker::load() & breaker::TRACING != 0 => 2,
        Ok(()) => 1,
        Err(e) => native::fail(e),
    }
}

pub extern "C" fn push_exc_info(vm: &Vm, _: *mut Frame, e: u64) -> u64 {
    // SAFETY: HELP-1.
    eval::handle(vm, unsafe { Obj::view(&e) }).into_raw()
}
pub extern "C" fn pop_except(vm: &Vm, _: *mut Frame, before: u64) -> u64 {
    // SAFETY: HELP-1: consumed.
    eval::handled_before(vm, unsafe { Obj::from_raw(before) });
    0
}

pub extern "C" fn leave(vm: &Vm, this: *mut Frame, record: u64) -> u64 {
    // SAFETY: compiled code passes one of its own exit records (EXIT-1); the frame is current, its slots
    // and stack are stored.
    unsafe {
        let record = &*(record as *const ExitRecord);
        native::set_caller(std::ptr::null_mut());
        let top = record.restore(vm, this);
        record.taken(this, top);
        if let Some(entry) = record.entry.get().filter(|_| !adder_interp::tracing::active()) {
            return native::leave_to_handler(vm, this, top, entry, record.asked);
        }
        *native::AGAIN_FROM.get() = None;
        // What polls may have met an error.
        let raised = record.raised || record.reason == Reason::Watched && native::PENDING.get().is_some();
        native::leave(vm, this, top, raised)
    }
}

type UnaryFn = fn(&Vm, &Obj) -> adder_object::PyResult;
type BinaryFn = fn(&Vm, &Obj, &Obj) -> adder_object::PyResult;
type PosFn = fn(&Vm, &Obj, &[Obj]) -> adder_object::PyResult;

pub extern "C" fn native_no_args(vm: &Vm, this: *mut Frame, receiver: u64, f: u64) -> u64 {
    native::set_caller(this);
    // SAFETY: HELP-1: the builder passes the address of a `Native::NoArgs` and a live receiver.
    native::word(unsafe { std::mem::transmute::<u64, UnaryFn>(f)(vm, Obj::view(&receiver)) })
}
pub extern "C" fn native_one(vm: &Vm, this: *mut Frame, receiver: u64, arg: u64, f: u64) -> u64 {
    native::set_caller(this);
    // SAFETY: HELP-1, as above, of a `Native::One`.
    native::word(unsafe { std::mem::transmute::<u64, BinaryFn>(f)(vm, Obj::view(&receiver), Obj::view(&arg)) })
}
pub extern "C" fn native_pos(vm: &Vm, this: *mut Frame, base: u64, n: u64, f: u64, receiver: u64) -> u64 {
    let words = base as *mut u64;
    consuming(this, base, n, || {
        // SAFETY: HELP-1, as above, of a `Native::Pos`; the operands lie at `base`.
        unsafe {
            let receiver = if receiver == 0 { *words.add(1) } else { receiver };
            let args = std::slice::from_raw_parts(words.add(2) as *const Obj, n as usize - 2);
            std::mem::transmute::<u64, PosFn>(f)(vm, Obj::view(&receiver), args)
        }
    })
}
/// Calls what binds its arguments itself; `receiver` as in [`native_pos`].
pub extern "C" fn native_def(vm: &Vm, this: *mut Frame, base: u64, n: u64, def: u64, receiver: u64) -> u64 {
    let words = base as *mut u64;
    // SAFETY: HELP-1: the operands lie at `base`; the definition lives for ever.
    let (def, args) = unsafe {
        (&*(def as *const MethodDef), std::slice::from_raw_parts(words.add(2) as *const Obj, n as usize - 2))
    };
    consuming(this, base, n, || {
        // SAFETY: as above.
        let receiver = if receiver == 0 { unsafe { *words.add(1) } } else { receiver };
        // SAFETY: as above.
        def.call(vm, unsafe { Obj::view(&receiver) }, Args::pos(args), None)
    })
}
/// Calls a built-in class.
pub extern "C" fn call_class(vm: &Vm, this: *mut Frame, base: u64, n: u64) -> u64 {
    let words = base as *mut u64;
    consuming(this, base, n, || {
        // SAFETY: HELP-1: the class and NULL, then the arguments, lie at `base`.
        let (class, args) =
            unsafe { (Obj::view(&*words), std::slice::from_raw_parts(words.add(2) as *const Obj, n as usize - 2)) };
        eval::call_class(vm, class, args)
    })
}
/// A call whose operands at `base` are released once it succeeded.
fn consuming(this: *mut Frame, base: u64, n: u64, f: impl FnOnce() -> adder_object::PyResult) -> u64 {
    set_top(this, base, n);
    native::set_caller(this);
    let words = base as *mut u64;
    match f() {
        Ok(v) => {
            // SAFETY: HELP-1: owned words, or NULL.
            unsafe {
                for i in (0..n as usize).rev().filter(|&i| *words.add(i) != 0) {
                    drop(Obj::from_raw(*words.add(i)));
                }
            }
            v.into_raw()
        }
        Err(e) => native::fail(e),
    }
}

/// What `__init__` gave, which the caller drops: an error when it is not None.
pub extern "C" fn check_init(_: &Vm, _: *mut Frame, value: u64) -> u64 {
    // SAFETY: HELP-1.
    match eval::check_init(unsafe { Obj::view(&value) }) {
        Ok(()) => 1,
        Err(e) => native::fail(e),
    }
}
/// A new instance of a class whose `__new__` is that of `object`.
pub extern "C" fn new_instance(_: &Vm, _: *mut Frame, class: u64) -> u64 {
    // SAFETY: HELP-1.
    match unsafe { Obj::view(&class) }.get::<adder_object::Type>() {
        Some(ty) => adder_object::class::bare_instance(ty).into_raw(),
        None => native::fail(adder_object::error::system_error("a class was expected")),
    }
}

/// An instruction on the frame's stack whose status alone comes back.
fn on_stack(this: *mut Frame, base: u64, n: u64, f: impl FnOnce() -> adder_object::PyResult<()>) -> u64 {
    set_top(this, base, n);
    match f() {
        Ok(()) => 1,
        Err(e) => native::fail(e),
    }
}
pub extern "C" fn load_attr(vm: &Vm, this: *mut Frame, base: u64, n: u64, arg: u64) -> u64 {
    on_stack(this, base, n, || eval::load_attr(vm, this, arg as usize))
}
pub extern "C" fn store_attr(vm: &Vm, this: *mut Frame, base: u64, n: u64, arg: u64) -> u64 {
    on_stack(this, base, n, || eval::store_attr(vm, this, arg as usize))
}
pub extern "C" fn store_subscr(vm: &Vm, this: *mut Frame, base: u64, n: u64) -> u64 {
    on_stack(this, base, n, || eval::store_subscr(vm, this))
}
