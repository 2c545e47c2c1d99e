//! Subscripts of packed sequences: bytes, bytearrays, arrays of numbers.
//!
//! Invariants: BUILD-3; PACK-1: type and kind are guarded before length and items are read.

use super::scan::Instr;
use super::{Builder, Kind};
use crate::hir::*;
use adder_isa::reasons::Reason;
use adder_object::packed::{Element, Packed};

impl Builder<'_> {
    /// What the interpreter found at this site.
    fn packed_at(&self, i: &Instr) -> Option<&'static Packed> {
        let c = self.cache(i).filter(|c| c.extra.get() != 0)?;
        // SAFETY: CACHE-1: the generic forms of these ops hold nothing else there; descriptions live for ever.
        Some(unsafe { &*(c.extra.get() as *const Packed) })
    }
    /// Raw base, checked index.
    fn packed_item(&mut self, p: &Packed, container: Val, index: Val) -> Option<(Val, Val)> {
        if !self.may_be(container, p.ty) {
            return None;
        }
        let container = self.guard_exact(container, p.ty);
        if let Some((at, want)) = p.kind {
            let have = self.emit(Op::Load(container, at, Width::U64), Repr::Raw, Ty::Any);
            let want = self.emit(Op::Raw(want as i64), Repr::Raw, Ty::Any);
            let same = self.emit(Op::Is(have, want), Repr::Bool, Ty::Bool);
            self.guard(same, Reason::OtherType);
        }
        let base = match p.storage {
            Some(at) => self.emit(Op::Load(container, at, Width::U64), Repr::Raw, Ty::Any),
            None => container,
        };
        let index = self.as_int(index);
        let mut len = self.emit(Op::Load(base, p.len, Width::U64), Repr::Raw, Ty::Any);
        if p.element.size() > 1 {
            len = self.emit(Op::RawShr(len, p.element.size().trailing_zeros() as u8), Repr::Raw, Ty::Any);
        }
        let index = self.index_within(index, len);
        let base = match p.behind_pointer {
            true => self.emit(Op::Load(base, p.items, Width::U64), Repr::Raw, Ty::Any),
            false => base,
        };
        Some((base, index))
    }
    fn packed_offset(p: &Packed) -> i32 {
        if p.behind_pointer { 0 } else { p.items }
    }
    fn is_index(&self, v: Val) -> bool {
        self.f.repr(v) == Repr::Int || self.f.repr(v) == Repr::Word && matches!(self.f.ty(v), Ty::Any | Ty::Int)
    }

    /// `a[b]`.
    pub fn load_packed(&mut self, i: &Instr, a: Val, b: Val) -> bool {
        let Some(p) = self.packed_at(i).filter(|_| i.now == adder_isa::Opcode::BINARY_OP && self.is_index(b)) else {
            return false;
        };
        let Some((base, index)) = self.packed_item(p, a, b) else { return false };
        let load = Op::LoadPacked(base, index, Self::packed_offset(p), p.element);
        let v = match p.element {
            Element::F32 | Element::F64 => self.emit(load, Repr::Float, Ty::Float),
            Element::I64 => {
                let raw = self.emit(load, Repr::Raw, Ty::Any);
                let fits = self.emit(Op::FitsInt(raw), Repr::Bool, Ty::Bool);
                self.guard(fits, Reason::IntOverflow);
                self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int)
            }
            _ => self.emit(load, Repr::Int, Ty::Int),
        };
        self.finish(2, Some((v, Own::Owned)));
        true
    }
    /// `a[b] = c`; on the stack are c, a, b.
    pub fn store_packed(&mut self, i: &Instr, a: Val, b: Val) -> bool {
        let generic = i.now == adder_isa::Opcode::STORE_SUBSCR;
        let Some(p) = self.packed_at(i).filter(|p| generic && p.writable && self.is_index(b)) else { return false };
        let v = self.peek_val(3);
        let number = match (p.element.is_float(), self.hint(v)) {
            (true, Some(Kind::Float | Kind::Int)) => true,
            (false, Some(Kind::Int)) => true,
            (_, None) => self.f.repr(v) == Repr::Word && self.f.ty(v) == Ty::Any,
            _ => false,
        };
        if !number {
            return false;
        }
        let v = match p.element.is_float() {
            true if self.hint(v) == Some(Kind::Int) => {
                let n = self.as_int(v);
                self.emit(Op::IntToFloat(n), Repr::Float, Ty::Float)
            }
            true => self.as_float(v),
            false => self.as_int(v),
        };
        let (low, high) = p.element.limits();
        if low != i64::MIN {
            let ok = self.emit(Op::IsWithin(v, low, high), Repr::Bool, Ty::Bool);
            self.guard(ok, Reason::IntOverflow);
        }
        let Some((base, index)) = self.packed_item(p, a, b) else { return false };
        self.emit(Op::StorePacked(base, index, Self::packed_offset(p), p.element, v), Repr::Raw, Ty::Any);
        self.finish(3, None);
        self.state_changed();
        true
    }
}
