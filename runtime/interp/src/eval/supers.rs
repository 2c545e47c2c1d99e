//! LOAD_SUPER_ATTR and its specialised forms.
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, is_a, payload, retain};
use super::threading::{Flow, slow};
use super::{attrs, number};
use crate::frame::Frame;
use adder_builtins::core::super_::SUPER;
use adder_isa::Opcode;
use adder_object::types::TYPE;
use adder_object::{Obj, ObjExt, Type, TypeFlags};

/// The type whose MRO is searched: of self, or self for class methods.
#[inline(always)]
fn searched(this: &Obj, is_class: bool) -> Option<&Type> {
    if is_class {
        // SAFETY: OBJ-1: an exact type.
        return unsafe { is_a(this.bits(), &TYPE) }.then(|| unsafe { payload::<Type>(this.bits()) });
    }
    Some(this.ty())
}

/// LOAD_SUPER_ATTR as compiled.
#[inline(always)]
pub fn load(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise, arg);
    }
    slow(regs, m, 2, |vm, r| attrs::load_super_attr(vm, r, arg))
}

#[cold]
#[inline(never)]
fn specialise(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let (global_super, class, this) = (m.peek(3), m.peek(2), m.peek(1));
    let found = || {
        let ty = class.get::<Type>().filter(|_| global_super.is(&SUPER.obj()))?;
        let (found, is_class) = attrs::lookup_after(ty, this, m.name(arg >> 2))?;
        let version = searched(this, is_class)?.ensure_version()?;
        let op = if arg & 1 != 0 {
            let method = !is_class && found.ty().has(TypeFlags::METHOD_DESCRIPTOR);
            method.then_some(Opcode::LOAD_SUPER_ATTR_METHOD)?
        } else {
            found.ty().descr_get().is_none().then_some(Opcode::LOAD_SUPER_ATTR_ATTR)?
        };
        c.version.set(version);
        c.extra.set(class.bits());
        c.value.set(found.bits());
        c.aux.set(u16::from(is_class));
        Some(op)
    };
    number::settle(m, c, found());
}

/// LOAD_SUPER_ATTR_METHOD and LOAD_SUPER_ATTR_ATTR.
#[inline(always)]
pub fn load_known(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let c = m.cache();
    let (global_super, class, this) = (m.peek_word(3), m.peek_word(2), m.peek(1));
    let fits = global_super == SUPER.object_ptr_const() as u64
        && class == c.extra.get()
        && searched(this, c.aux.get() != 0).is_some_and(|t| t.version.get() == c.version.get());
    if !fits {
        return m.tail(regs, missed, arg);
    }
    // SAFETY: FRAME-1, CACHE-1: under this version the MRO holds the value, and `class` is in it; `super` is immortal.
    unsafe {
        let this = m.pop_word();
        m.sp = m.sp.sub(2);
        m.push_word(retain(c.value.get()));
        if arg & 1 != 0 {
            m.push_word(this);
            m.release_next(regs, class, 2)
        } else {
            m.release_two_next(regs, class, this, 2)
        }
    }
}

#[cold]
#[inline(never)]
fn missed(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| attrs::load_super_attr(vm, r, arg))
}
