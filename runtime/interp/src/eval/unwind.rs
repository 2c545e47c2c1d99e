//! Exceptions: traceback entries, implicit context, handler lookup, frames that an exception leaves.
#![allow(unsafe_code)]

use super::{Regs, tracing};
use crate::frame::{self, Frame, Returns};
use crate::tracing::active as watching;
use crate::{generator, traceback};
use adder_isa::exctable;
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, exceptions::BaseException, int, singletons};

/// Finds the handler for an error raised at the current instruction and continues there; Err when it leaves to native code.
pub fn unwind(vm: &Vm, r: &mut Regs, mut e: PyErr) -> PyResult<()> {
    let again = std::mem::take(&mut r.reraise);
    if !again {
        if e.exception().is_some_and(|b| b.traceback.with(|t| t.is_none_or(ObjExt::is_none))) {
            chain_context(vm, &e);
        }
        traceback::add(vm, &e, r.frame);
    }
    if watching() {
        e = tracing::raised(vm, r, again, e);
    }
    let mut at = std::mem::replace(&mut r.lookup, std::ptr::null());
    loop {
        let this = r.frame;
        let code = Frame::code(this);
        let unit = if at.is_null() { Frame::unit(this) } else { (at as usize - code.units_ptr() as usize) / 2 };
        at = std::ptr::null();
        if let Some(h) = exctable::lookup(&code.code.exceptiontable, unit as u32) {
            let target_sp = Frame::stack_base(this).wrapping_add(h.depth as usize);
            while r.sp > target_sp {
                drop(r.pop_option());
            }
            if watching() {
                // SAFETY: as below.
                e = tracing::caught(vm, r, unsafe { code.units_ptr().add(h.target as usize) }, e);
            }
            if h.lasti {
                r.push(int::from_usize(Frame::unit(this)));
            }
            r.push(e.into_obj());
            // SAFETY: the table's targets lie in the code.
            r.pc = unsafe { code.units_ptr().add(h.target as usize) };
            return Ok(());
        }
        let base = Frame::stack_base(this);
        while r.sp > base {
            drop(r.pop_option());
        }
        r.save();
        if watching() {
            e = tracing::leaves(vm, r, e);
        }
        // SAFETY: FRAME-2.
        let native = unsafe {
            let prev = (*this).prev.get();
            let native = matches!((*this).returns.get(), Returns::Native | Returns::Compiled);
            if (*this).in_generator.get() {
                generator::finish(vm, this);
            } else {
                vm.frame.set(prev as *const ());
                frame::pop(vm, this);
            }
            if !native {
                let pc = (*prev).pc.get();
                r.enter(vm, prev, pc);
            }
            native
        };
        if native {
            return Err(e);
        }
        traceback::add(vm, &e, r.frame);
        if watching() {
            e = tracing::raised(vm, r, false, e);
        }
    }
}

/// An exception is handled from now on; what was handled before, or None.
#[inline(always)]
pub fn handle(vm: &Vm, e: &Obj) -> Obj {
    vm.handled.replace(Some(e.clone())).unwrap_or_else(singletons::none)
}
/// What `handle` gave is handled again.
pub fn handled_before(vm: &Vm, before: Obj) {
    vm.handled.set_option(Some(before).filter(|p| !p.is_none()));
}

/// The exception being handled in this thread, also below running generators.
pub fn handled(vm: &Vm) -> Option<Obj> {
    let real = |o: Option<Obj>| o.filter(|o| !o.is_none());
    if let Some(o) = real(vm.handled.get()) {
        return Some(o);
    }
    generator::outer_handled(vm)
}

/// Sets `__context__` of a newly raised exception to the one being handled, breaking cycles.
pub fn chain_context(vm: &Vm, e: &PyErr) {
    let Some(h) = handled(vm) else { return };
    if h.is(e.obj()) {
        return;
    }
    let Some(b) = e.exception() else { return };
    // `slow` goes half as far: it meets `at` in a chain that is a cycle without this exception.
    let (mut at, mut slow, mut odd) = (h.clone(), h.clone(), false);
    while let Some(next) = at.get::<BaseException>().and_then(|x| x.context.get()) {
        if next.is(e.obj()) {
            if let Some(x) = at.get::<BaseException>() {
                drop(x.context.take())
            }
            break;
        }
        at = next;
        if at.is(&slow) {
            break;
        }
        if odd && let Some(s) = slow.get::<BaseException>().and_then(|x| x.context.get()) {
            slow = s;
        }
        odd = !odd;
    }
    b.context.set(h);
}
