//! The slot table: what native code a type supplies for each operation, and which dunder names stand for it.
//!
//! One row a slot: `ID field FnType`. Storage, accessors and initialisers derive from it. The dunder rows are in slotdefs.rs.
//! CPython: the PyTypeObject sub-structures, flattened (length/getitem/setitem unify sq_* and mp_*).

use crate::{Args, CompareOp, Obj, PyResult, Type, Vm};
use std::cell::Cell;

pub type UnaryFn = fn(&Vm, &Obj) -> PyResult;
pub type BinaryFn = fn(&Vm, &Obj, &Obj) -> PyResult;
pub type TernaryFn = fn(&Vm, &Obj, &Obj, &Obj) -> PyResult;
pub type LenFn = fn(&Vm, &Obj) -> PyResult<usize>;
pub type RepeatFn = fn(&Vm, &Obj, isize) -> PyResult;
pub type BoolFn = fn(&Vm, &Obj) -> PyResult<bool>;
pub type HashFn = fn(&Vm, &Obj) -> PyResult<i64>;
pub type ContainsFn = fn(&Vm, &Obj, &Obj) -> PyResult<bool>;
pub type CompareFn = fn(&Vm, &Obj, &Obj, CompareOp) -> PyResult;
/// The value is None for deletion.
pub type StoreFn = fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;
/// Ok(None) is exhaustion.
pub type NextFn = fn(&Vm, &Obj) -> PyResult<Option<Obj>>;
/// (descriptor, instance, owner)
pub type DescrGetFn = fn(&Vm, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult;
pub type CallFn = fn(&Vm, &Obj, Args<'_>) -> PyResult;
pub type InitFn = fn(&Vm, &Obj, Args<'_>) -> PyResult<()>;
/// `cls(*args)`: makes the instance; the type is the class asked for, not the one that defines the slot.
pub type NewFn = fn(&Vm, &Type, Args<'_>) -> PyResult;
pub type BufferFn = fn(&Vm, &Obj, u32) -> PyResult<crate::buffer::Buffer>;
/// Sends a value into a generator-like object (PEP 479's protocol without exception objects).
pub type SendFn = fn(&Vm, &Obj, &Obj) -> PyResult<Sent>;

/// What a generator-like object gave back.
pub enum Sent {
    Yield(Obj),
    Return(Obj),
}

macro_rules! slot_table {
    ($($id:ident $field:ident $f:ty;)*) => {
        #[repr(u8)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(non_camel_case_types)]
        pub enum SlotId { $($id),* }
        pub const SLOT_COUNT: usize = [$(SlotId::$id),*].len();
        pub static SLOT_NAMES: [&str; SLOT_COUNT] = [$(stringify!($field)),*];

        /// Initialisers for [`crate::TypeSpec::slots`].
        pub mod slot {
            use super::*;
            $(pub const fn $field(f: $f) -> SlotInit { SlotInit { id: SlotId::$id, f: f as *const () } })*
        }
        impl Type {
            $(#[inline(always)] pub fn $field(&self) -> Option<$f> {
                // SAFETY: slot words are only written by `set_slot` with a function of this row's type, or null.
                unsafe { std::mem::transmute::<*const (), Option<$f>>(self.slots.0[SlotId::$id as usize].get()) }
            })*
        }
    };
}

/// One slot of a type spec.
#[derive(Clone, Copy)]
pub struct SlotInit {
    pub id: SlotId,
    pub f: *const (),
}
// SAFETY: function addresses.
unsafe impl Sync for SlotInit {}

pub struct Slots(pub [Cell<*const ()>; SLOT_COUNT]);
impl Slots {
    pub const fn empty() -> Slots {
        Slots([const { Cell::new(std::ptr::null()) }; SLOT_COUNT])
    }
    pub fn raw(&self, id: SlotId) -> *const () {
        self.0[id as usize].get()
    }
    pub fn set_raw(&self, id: SlotId, f: *const ()) {
        self.0[id as usize].set(f)
    }
}

slot_table! {
    REPR repr UnaryFn; STR str UnaryFn; HASH hash HashFn; CALL call CallFn;
    GETATTRO getattro BinaryFn; SETATTRO setattro StoreFn; RICHCOMPARE richcompare CompareFn;
    ITER iter UnaryFn; ITERNEXT iternext NextFn; DESCR_GET descr_get DescrGetFn; DESCR_SET descr_set StoreFn;
    INIT init InitFn; NEW new NewFn; FINALIZE finalize UnaryFn;
    AWAIT await_ UnaryFn; AITER aiter UnaryFn; ANEXT anext UnaryFn; SEND send SendFn;
    LENGTH length LenFn; GETITEM getitem BinaryFn; SETITEM setitem StoreFn; CONTAINS contains ContainsFn;
    CONCAT concat BinaryFn; REPEAT repeat RepeatFn; INPLACE_CONCAT inplace_concat BinaryFn; INPLACE_REPEAT inplace_repeat RepeatFn;
    BUFFER buffer BufferFn; RELEASE_BUFFER release_buffer BinaryFn;
    BOOL bool BoolFn; INT int UnaryFn; FLOAT float UnaryFn; INDEX index UnaryFn;
    NEGATIVE negative UnaryFn; POSITIVE positive UnaryFn; ABSOLUTE absolute UnaryFn; INVERT invert UnaryFn;
    ADD add BinaryFn; SUBTRACT subtract BinaryFn; MULTIPLY multiply BinaryFn; REMAINDER remainder BinaryFn;
    DIVMOD divmod BinaryFn; POWER power TernaryFn; LSHIFT lshift BinaryFn; RSHIFT rshift BinaryFn;
    AND and BinaryFn; XOR xor BinaryFn; OR or BinaryFn; FLOOR_DIVIDE floor_divide BinaryFn; TRUE_DIVIDE true_divide BinaryFn;
    MATRIX_MULTIPLY matrix_multiply BinaryFn;
    INPLACE_ADD inplace_add BinaryFn; INPLACE_SUBTRACT inplace_subtract BinaryFn; INPLACE_MULTIPLY inplace_multiply BinaryFn;
    INPLACE_REMAINDER inplace_remainder BinaryFn; INPLACE_POWER inplace_power TernaryFn; INPLACE_LSHIFT inplace_lshift BinaryFn;
    INPLACE_RSHIFT inplace_rshift BinaryFn; INPLACE_AND inplace_and BinaryFn; INPLACE_XOR inplace_xor BinaryFn;
    INPLACE_OR inplace_or BinaryFn; INPLACE_FLOOR_DIVIDE inplace_floor_divide BinaryFn;
    INPLACE_TRUE_DIVIDE inplace_true_divide BinaryFn; INPLACE_MATRIX_MULTIPLY inplace_matrix_multiply BinaryFn;
}
