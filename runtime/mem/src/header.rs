//! The 16-byte object header, and the part of a type object that memory management reads.
//!
//! ```text
//!   -16  weakref list   } only where the type has PREFIX
//!    -8  dict           }
//!     0  u32 refcount    negative as i32 = immortal
//!     4  u32 shape id
//!     8  type pointer    *const TypeObject
//!    16  payload, then `__slots__` members, then in-object attribute slots
//! ```

use crate::Obj;
use std::cell::Cell;

#[repr(C, align(16))]
pub struct Header {
    rc: Cell<u32>,
    shape: Cell<u32>,
    ty: Cell<*const TypeObject>,
}

/// The count that immortal objects carry; 2^30 of headroom on both sides.
pub const IMMORTAL: u32 = 0xC000_0000;

impl Header {
    pub const fn immortal(ty: *const TypeObject, shape: u32) -> Header {
        Header { rc: Cell::new(IMMORTAL), shape: Cell::new(shape), ty: Cell::new(ty) }
    }

    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        self.rc.get()
    }

    #[inline(always)]
    pub fn set_refcount(&self, n: u32) {
        self.rc.set(n);
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        (self.rc.get() as i32) < 0
    }

    pub fn make_immortal(&self) {
        self.rc.set(IMMORTAL);
    }

    #[inline(always)]
    pub fn shape(&self) -> u32 {
        self.shape.get()
    }

    #[inline(always)]
    pub fn set_shape(&self, id: u32) {
        self.shape.set(id);
    }

    #[inline(always)]
    pub fn type_ptr(&self) -> *const TypeObject {
        self.ty.get()
    }

    /// Replaces the type pointer; the caller moves the references of heap types.
    #[inline(always)]
    pub fn set_type_ptr(&self, ty: *const TypeObject) {
        self.ty.set(ty);
    }

    /// Writes the fields of a fresh object with one reference.
    #[inline(always)]
    pub fn init(&self, ty: *const TypeObject, shape: u32) {
        self.rc.set(1);
        self.shape.set(shape);
        self.ty.set(ty);
    }

    #[inline(always)]
    pub fn incref(&self) {
        let n = self.rc.get();
        if (n as i32) >= 0 {
            self.rc.set(n + 1);
        }
    }

    /// Gives up a reference which is not the last one.
    #[inline(always)]
    pub fn decref_shared(&self) {
        let n = self.rc.get();
        if (n as i32) >= 0 {
            self.rc.set(n - 1);
        }
    }

    /// # Safety
    /// `this` is live and the caller gives up one reference it owns.
    #[inline(always)]
    pub unsafe fn decref(this: *mut Header) {
        // SAFETY: live by contract.
        let h = unsafe { &*this };
        let n = h.rc.get();
        if (n as i32) < 0 {
            return;
        }
        h.rc.set(n - 1);
        if n == 1 {
            // SAFETY: the last reference is gone.
            unsafe { crate::destroy(this) }
        }
    }
}

bitflags_lite! {
    /// What a type is, as bits that hot paths test.
    pub struct TypeFlags: u64 {
        /// Instances live in the collector's pages and are traversed.
        GC = 1;
        /// Instances have the two words before the header.
        PREFIX = 1 << 1;
        /// The dict word of the prefix is in use (`__dict__`).
        MANAGED_DICT = 1 << 2;
        /// The weakref word of the prefix is in use.
        MANAGED_WEAKREF = 1 << 3;
        /// Attributes may sit in in-object slots described by the shape.
        INLINE_ATTRS = 1 << 4;
        HEAPTYPE = 1 << 5;
        BASETYPE = 1 << 6;
        IMMUTABLE = 1 << 7;
        /// `__del__` or a native finalizer is there.
        HAS_FINALIZER = 1 << 8;
        NO_INSTANTIATION = 1 << 9;
        ABSTRACT = 1 << 10;
        SEQUENCE = 1 << 11;
        MAPPING = 1 << 12;
        /// Storage follows the payload (`tuple`, `bytes`): no members can be added behind it.
        VAR_SIZED = 1 << 13;
        READY = 1 << 14;
        METHOD_DESCRIPTOR = 1 << 15;
        MATCH_SELF = 1 << 16;
        HAS_VECTORCALL = 1 << 17;
        /// Some type has this one among its bases.
        DERIVED = 1 << 18;
        /// The payload needs no end of its own: attributes and members are all that instances hold.
        WORDS_ONLY = 1 << 19;
        INT_SUBCLASS = 1 << 24;
        LIST_SUBCLASS = 1 << 25;
        TUPLE_SUBCLASS = 1 << 26;
        BYTES_SUBCLASS = 1 << 27;
        STR_SUBCLASS = 1 << 28;
        DICT_SUBCLASS = 1 << 29;
        EXC_SUBCLASS = 1 << 30;
        TYPE_SUBCLASS = 1 << 31;
        FLOAT_SUBCLASS = 1 << 32;
        SET_SUBCLASS = 1 << 33;
        /// An exception with fields besides those of BaseException.
        EXC_FIELDS = 1 << 40;
    }
}

pub type DropFn = unsafe fn(*mut Header);
pub type TraverseFn = unsafe fn(*const Header, &mut dyn FnMut(&Obj));
pub type ClearFn = unsafe fn(*const Header);
pub type ItemsFn = unsafe fn(*const Header) -> (*const Obj, usize);
pub type FinalizeFn = fn(&Obj);

/// What memory management needs to know of a type.
#[repr(C)]
pub struct TypeHead {
    pub flags: Cell<u64>,
    /// Bytes of header, payload and `__slots__` members: the attribute slots begin here.
    pub basicsize: Cell<u32>,
    /// Attribute slots a new instance gets.
    pub inline_cap: Cell<u32>,
    /// Shape of a new instance.
    pub root_shape: Cell<u32>,
    /// Shape of an instance whose attributes moved to its dict.
    pub dict_shape: Cell<u32>,
    /// Offset and number of `__slots__` members to release and traverse.
    pub members_at: Cell<u32>,
    pub members: Cell<u32>,
    pub drop: Cell<DropFn>,
    pub traverse: Cell<Option<TraverseFn>>,
    pub clear: Cell<Option<ClearFn>>,
    pub finalize: Cell<Option<FinalizeFn>>,
    /// Whether the finalizer would do nothing for an object, which is then not called.
    pub nothing_to_finalize: Cell<Option<fn(*const Header) -> bool>>,
    /// Where all references of an object of exactly this type lie side by side: these, for the collector to walk over by itself.
    pub items: Cell<Option<ItemsFn>>,
}

/// A type object as memory management sees it: the head of `object::Type`.
#[repr(C)]
pub struct TypeObject {
    pub header: Header,
    pub head: TypeHead,
}

impl TypeObject {
    #[inline(always)]
    pub fn has(&self, flag: u64) -> bool {
        self.head.flags.get() & flag != 0
    }

    pub fn set_flag(&self, flag: u64) {
        self.head.flags.set(self.head.flags.get() | flag);
    }

    pub fn clear_flag(&self, flag: u64) {
        self.head.flags.set(self.head.flags.get() & !flag);
    }
}

/// Flag constants without a crate: a namespace of `u64` bits.
macro_rules! bitflags_lite {
    ($(#[$doc:meta])* pub struct $name:ident: $t:ty { $($(#[$d:meta])* $flag:ident = $v:expr;)* }) => {
        $(#[$doc])* pub struct $name;
        impl $name { $($(#[$d])* pub const $flag: $t = $v;)* }
    };
}
use bitflags_lite;

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn layout_is_pinned() {
        assert_eq!(size_of::<Header>(), 16);
        assert_eq!((offset_of!(Header, rc), offset_of!(Header, shape), offset_of!(Header, ty)), (0, 4, 8));
        assert_eq!(offset_of!(TypeObject, head), 16);
    }
}
