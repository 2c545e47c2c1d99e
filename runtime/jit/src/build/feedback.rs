//! What the interpreter learnt, read for the builder.
//!
//! Invariant: feedback only suggests; every use of it is guarded.

use super::scan::Instr;
use super::{Builder, Kind};
use crate::hir::Ty;
use adder_interp::code::Cache;
use adder_isa::Opcode as O;
use adder_object::{Obj, ObjExt};

/// The exact static type of a value, when it has one.
pub fn exact_type(o: &Obj) -> Ty {
    if o.is_int() {
        return Ty::Int;
    }
    if o.is_float() {
        return Ty::Float;
    }
    let t = o.ty();
    if t.is_heap() { Ty::Heap } else { Ty::Exact(t as *const _ as usize) }
}

/// The kind of both operands that the specialised op stands for.
pub fn operand_kind(i: &Instr) -> Option<Kind> {
    match i.now {
        O::BINARY_OP_ADD_INT | O::BINARY_OP_SUBTRACT_INT | O::BINARY_OP_MULTIPLY_INT | O::COMPARE_OP_INT => {
            Some(Kind::Int)
        }
        O::BINARY_OP_ADD_FLOAT | O::BINARY_OP_SUBTRACT_FLOAT | O::BINARY_OP_MULTIPLY_FLOAT | O::COMPARE_OP_FLOAT => {
            Some(Kind::Float)
        }
        _ => None,
    }
}

impl<'a> Builder<'a> {
    pub fn cache(&self, i: &Instr) -> Option<&'a Cache> {
        i.cache.and_then(|c| self.code.caches().get(c as usize))
    }
    pub fn cache_address(&self, i: &Instr) -> i64 {
        self.cache(i).map_or(0, |c| c as *const Cache as i64)
    }
}

/// The address that [`Ty::Exact`] names a static type by.
pub fn type_address(ty: &'static adder_object::StaticType) -> usize {
    let t: &adder_object::Type = ty;
    t as *const _ as usize
}
