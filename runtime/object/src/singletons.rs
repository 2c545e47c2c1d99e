//! None, True, False, Ellipsis, NotImplemented: immortal objects in static memory.

use crate::int::{BigInt, IBig};
use crate::{Obj, types};
use adder_mem::header::{Header, TypeObject};

#[repr(C, align(16))]
struct Single {
    header: Header,
}
// SAFETY: GIL-1.
unsafe impl Sync for Single {}
#[repr(C, align(16))]
struct Bool {
    header: Header,
    value: BigInt,
}
// SAFETY: GIL-1.
unsafe impl Sync for Bool {}

static NONE: Single = Single { header: Header::immortal(types::NONE.object_ptr_const(), 0) };
static ELLIPSIS: Single = Single { header: Header::immortal(types::ELLIPSIS.object_ptr_const(), 0) };
static NOT_IMPLEMENTED: Single = Single { header: Header::immortal(types::NOT_IMPLEMENTED.object_ptr_const(), 0) };
static TRUE: Bool = Bool { header: Header::immortal(types::BOOL.object_ptr_const(), 0), value: BigInt(IBig::ONE) };
static FALSE: Bool = Bool { header: Header::immortal(types::BOOL.object_ptr_const(), 0), value: BigInt(IBig::ZERO) };

/// A pointer word in static memory, viewed as a value.
struct Word(#[allow(dead_code, reason = "read as a value through a pointer")] *const Header);
// SAFETY: the address of an immortal static.
unsafe impl Sync for Word {}

macro_rules! single {
    ($(#[$d:meta])* $get:ident $by_ref:ident $word:ident $s:ident $t:ty) => {
        static $word: Word = Word(&raw const $s as *const Header);
        /// Borrowed.
        #[inline(always)]
        pub fn $by_ref() -> &'static Obj {
            // SAFETY: an immortal object's address is a valid value word.
            unsafe { &*(&raw const $word as *const Obj) }
        }
        $(#[$d])*
        #[inline(always)]
        pub fn $get() -> Obj {
            // SAFETY: immortal: no reference is counted.
            unsafe { Obj::from_raw(&raw const $s as u64) }
        }
    };
}
single!(none none_ref NONE_WORD NONE Single);
single!(ellipsis ellipsis_ref ELLIPSIS_WORD ELLIPSIS Single);
single!(not_implemented not_implemented_ref NOT_IMPLEMENTED_WORD NOT_IMPLEMENTED Single);
single!(true_obj true_ref TRUE_WORD TRUE Bool);
single!(false_obj false_ref FALSE_WORD FALSE Bool);

#[inline(always)]
pub fn bool_obj(b: bool) -> Obj {
    if b { true_obj() } else { false_obj() }
}

#[inline(always)]
pub fn is_not_implemented(o: &Obj) -> bool {
    o.is(not_implemented_ref())
}

/// The type of a static object, for the layout tests.
pub fn static_type_of_none() -> *const TypeObject {
    NONE.header.type_ptr()
}
