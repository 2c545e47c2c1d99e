//! The interpreter: fetches units, dispatches on the op, keeps the operand stack; Python-to-Python calls and generator
//! resumptions stay in this loop.
//!
//! Invariants: EVAL-1: `(*frame).pc` is the current instruction whenever anything that may raise or look at frames runs.
//! EVAL-2: operands stay on the stack until the op succeeded, so that unwinding drops each exactly once. EVAL-3: a frame that was
//! left by a call has its `sp` saved. The registers ([`Machine`]) go from handler to handler by value (threading.rs); what is
//! out of line works on [`Regs`]. Not here: what operations mean (object::ops, object::arith).

mod attributes;
mod attrs;
mod binding;
mod build;
mod caches;
mod call_ops;
mod calls;
mod control;
mod dispatch;
mod flow;
mod keyword_calls;
mod locals;
mod machine;
mod matching;
mod names;
mod native_runs;
mod nested;
mod number;
mod python_methods;
mod send;
mod special;
mod special_calls;
mod subscript;
mod supers;
mod threading;
mod tracing;
mod truth;
mod unwind;

pub use binding::bind_arguments;
pub use caches::{added_slot, offset_in as member_offset};
pub use call_ops::call_class;
pub use calls::{NATIVE, call_function, check_init, push_function_frame, run_class_body, run_code};
pub use machine::{Machine, Regs};
pub use nested::{
    StepFn, call_ex_nested, call_kw_nested, call_nested, catch, global, load_attr, prologue, push_compiled, push_exact,
    run_pushed, step, step_function, step_with, store_attr, store_subscr, unbound_variable, unpack_items,
};
pub use send::{is_iterable_coroutine, send_to, skip_delegation};
pub use subscript::{get as subscript, plain_slice};
pub use tracing::{bind_none, jump_to, unbound_slots, watch_frames};
pub use unwind::{handle, handled, handled_before};

use crate::frame::Frame;
use adder_object::arith::{self, UnaryOp};
use adder_object::types::STR;
use adder_object::{Dict, Obj, ObjExt, PyErr, PyResult, Set, Vm, attr, error, ops, str};

/// How a frame gave control back to native code.
pub enum Exit {
    Return(Obj),
    Yield(Obj),
}

/// Runs a frame to its end, its yield or an exception that leaves it. `first` is the error to raise at its current
/// instruction (generator.throw).
pub fn run(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: FRAME-2.
    let pc = unsafe { (*entry).pc.get() };
    run_at(vm, entry, pc, first, false)
}

/// Runs a suspended generator frame on: behind the unit it is suspended at.
pub fn run_resumed(vm: &Vm, entry: *mut Frame, first: Option<PyErr>) -> PyResult<Exit> {
    // SAFETY: GEN-1: suspended frames are at a unit without cache.
    let pc = unsafe { (*entry).pc.get().add(1) };
    run_at(vm, entry, pc, first, true)
}

fn run_at(vm: &Vm, entry: *mut Frame, pc: *const u16, first: Option<PyErr>, thrown: bool) -> PyResult<Exit> {
    let m = Machine { frame: entry, pc: std::ptr::null(), sp: std::ptr::null_mut() };
    let mut r = Regs::new(vm, m);
    r.enter(vm, entry, pc);
    let mut pending = match first {
        Some(e) if thrown && crate::tracing::active() => Some(tracing::thrown(vm, &r, e)),
        Some(e) => Some(e),
        None => vm.check_stack("").err(),
    };
    loop {
        let e = match pending.take() {
            Some(e) => e,
            None => match dispatch::run(&mut r) {
                Ok(exit) => return Ok(exit),
                Err(e) => e,
            },
        };
        unwind::unwind(vm, &mut r, e)?;
    }
}

#[cold]
#[inline(never)]
fn poll(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    r.save();
    vm.poll()
}

fn unary(vm: &Vm, r: &mut Regs, op: UnaryOp) -> PyResult<()> {
    let v = arith::unary(vm, r.peek(1), op)?;
    r.replace_n(1, v);
    Ok(())
}

fn get_iter(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let it = ops::iter(vm, r.peek(1))?;
    r.replace_n(1, it);
    Ok(())
}

fn delete_attr(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    attr::delete(vm, r.peek(1), r.name(arg))?;
    r.drop_n(1);
    Ok(())
}

fn delete_subscr(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    ops::delitem(vm, r.peek(2), r.peek(1))?;
    r.drop_n(2);
    Ok(())
}

fn set_add(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let Some(s) = r.peek(arg + 1).get::<Set>() else {
        return Err(error::type_error(format!("'{}' object is not a set", r.peek(arg + 1).ty().tp_name())));
    };
    s.add(vm, r.peek(1).clone())?;
    r.drop_n(1);
    Ok(())
}

fn map_add(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    if let Some(d) = r.peek(arg + 2).get::<Dict>() {
        d.set_item(vm, r.peek(2), r.peek(1).clone())?;
    }
    r.drop_n(2);
    Ok(())
}

fn format_simple(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let v = r.peek(1);
    if let Some(n) = v.small_int() {
        r.replace_n(1, digits(n));
    } else if !v.is_exact(&STR) {
        let s = ops::format(vm, v, str::empty().obj())?;
        r.replace_n(1, s);
    }
    Ok(())
}

/// The text of a small int.
fn digits(n: i64) -> Obj {
    let (mut text, mut at, mut rest) = ([b'-'; 20], 20, n.unsigned_abs());
    loop {
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return str::from_ascii(&text[at - usize::from(n < 0)..]).into_obj();
        }
    }
}

pub(crate) fn not_an_exception() -> PyErr {
    error::type_error("exceptions must derive from BaseException")
}
