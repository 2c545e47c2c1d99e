//! Typed handles: [`Ref<T>`] owns a reference to an object whose payload is the Rust struct `T`.
//!
//! Invariant: OBJ-1: an object whose type is `T::static_type()` or derived from it holds a valid `T` at offset 16.

use crate::typeobj::{StaticType, Type};
use crate::{Obj, PyErr, PyResult, error};
use adder_mem::header::{Header, TypeFlags};
use adder_mem::{Trace, heap};
use std::marker::PhantomData;
use std::ops::Deref;

/// Offset of the payload behind the header.
pub const PAYLOAD: usize = size_of::<Header>();

/// A Rust struct that is the native part of a Python type's instances.
pub trait Payload: Trace + Sized + 'static {
    fn static_type() -> &'static StaticType;
    /// The flag that the type and all derived from it have, and no other; 0 where there is none.
    const FAMILY: u64 = 0;
}

/// Ties a payload struct to its static type: `payload!(Deque, DEQUE)`; a third part is the flag of its family.
#[macro_export]
macro_rules! payload {
    ($t:ty, $s:expr) => {
        impl $crate::Payload for $t {
            #[inline(always)]
            fn static_type() -> &'static $crate::StaticType {
                &$s
            }
        }
    };
    ($t:ty, $s:expr, $family:expr) => {
        impl $crate::Payload for $t {
            #[inline(always)]
            fn static_type() -> &'static $crate::StaticType {
                &$s
            }
            const FAMILY: u64 = $family;
        }
    };
}

#[repr(transparent)]
pub struct Ref<T>(Obj, PhantomData<T>);

impl<T> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: OBJ-1: made only by checked downcasts and by allocation.
        unsafe { &*((self.0.bits() as usize + PAYLOAD) as *const T) }
    }
}
impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Ref(self.0.clone(), PhantomData)
    }
}
impl<T> Trace for Ref<T> {
    fn trace(&self, visit: &mut adder_mem::Visit<'_>) {
        visit(&self.0)
    }
}
impl<T> From<Ref<T>> for Obj {
    #[inline(always)]
    fn from(r: Ref<T>) -> Obj {
        r.0
    }
}
impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Ref<T> {
    #[inline(always)]
    pub fn obj(&self) -> &Obj {
        &self.0
    }
    #[inline(always)]
    pub fn into_obj(self) -> Obj {
        self.0
    }
    /// # Safety
    /// The object's payload is a `T` (OBJ-1).
    #[inline(always)]
    pub unsafe fn from_obj_unchecked(obj: Obj) -> Ref<T> {
        Ref(obj, PhantomData)
    }
    pub fn is(&self, other: &Obj) -> bool {
        self.0.is(other)
    }
}

impl<T: Payload> Ref<T> {
    /// A new object of the payload's own type.
    #[inline]
    pub fn new(payload: T) -> Ref<T> {
        let p = allocate_own::<T>();
        // SAFETY: the memory has room for the payload of its own type (OBJ-1).
        unsafe {
            std::ptr::write((p as usize + PAYLOAD) as *mut T, payload);
            Ref(Obj::from_ptr(p), PhantomData)
        }
    }
    /// A new object of `ty`, the payload's type or one derived from it.
    pub fn with_type(ty: &Type, payload: T) -> Ref<T> {
        new_object(ty, payload)
    }
    /// As `with_type`, MemoryError where memory ran out.
    pub fn try_with_type(ty: &Type, payload: T) -> PyResult<Ref<T>> {
        Ok(new_object(ty, payload))
    }
}

/// Memory for an instance of `ty` with `extra` bytes behind the fixed part; header set, payload not.
/// Members and (for GC types) prefix words are zeroed.
#[inline]
pub fn allocate(ty: &Type, extra: usize) -> *mut Header {
    let head = &ty.head;
    let flags = head.flags.get();
    let base = head.basicsize.get() as usize;
    let size = base + extra + head.inline_cap.get() as usize * 8;
    let p = if flags & TypeFlags::GC != 0 {
        heap::alloc_collected(size, flags & TypeFlags::PREFIX != 0)
    } else {
        heap::alloc_object(size) as *mut Header
    };
    if p.is_null() {
        out_of_memory(size)
    }
    // SAFETY: fresh memory of at least `size` bytes.
    unsafe {
        (*p).init(ty.object_ptr(), head.root_shape.get());
        let (at, n) = (head.members_at.get() as usize, head.members.get() as usize);
        if n != 0 {
            std::ptr::write_bytes((p as *mut u8).add(at), 0, n * 8);
        }
        if flags & TypeFlags::HEAPTYPE != 0 {
            (*(ty.object_ptr() as *const Header)).incref();
        }
    }
    p
}

/// As `allocate`, for the type that a payload belongs to: its size is known here, and such a type has no attribute slots nor members.
#[inline(never)]
fn allocate_own<T: Payload>() -> *mut Header {
    let (ty, size) = (T::static_type(), (PAYLOAD + size_of::<T>() + 7) & !7);
    let flags = ty.head.flags.get();
    if ty.head.basicsize.get() as usize != size {
        return allocate(ty, 0);
    }
    let p = if flags & TypeFlags::GC != 0 {
        heap::alloc_collected(size, flags & TypeFlags::PREFIX != 0)
    } else {
        heap::alloc_object(size) as *mut Header
    };
    if p.is_null() {
        out_of_memory(size)
    }
    // SAFETY: fresh memory of at least the size of a header.
    unsafe { (*p).init(ty.object_ptr(), ty.head.root_shape.get()) }
    p
}

/// The machine has no memory left for a request of the runtime itself: nothing sensible can go on.
#[cold]
fn out_of_memory(size: usize) -> ! {
    std::alloc::handle_alloc_error(
        std::alloc::Layout::from_size_align(size, 16).unwrap_or(std::alloc::Layout::new::<u64>()),
    )
}

#[inline]
pub fn new_object<T: Payload>(ty: &Type, payload: T) -> Ref<T> {
    debug_assert!(ty.is_subtype(T::static_type()));
    let p = allocate(ty, 0);
    // SAFETY: the memory has room for the payload of `ty`'s base (OBJ-1).
    unsafe {
        std::ptr::write((p as usize + PAYLOAD) as *mut T, payload);
        Ref(Obj::from_ptr(p), PhantomData)
    }
}

/// Downcasts and type queries on any value.
pub trait ObjExt {
    fn ty(&self) -> &'static Type;
    /// The payload, when the value is an instance of `T`'s type or of a subclass.
    fn get<T: Payload>(&self) -> Option<&T>;
    /// The payload, when the type is exactly `T`'s.
    fn get_exact<T: Payload>(&self) -> Option<&T>;
    fn downcast<T: Payload>(&self) -> Option<Ref<T>>;
    /// The payload of a value whose type was checked by the caller (methods' `self`); SystemError otherwise.
    fn this<T: Payload>(&self) -> PyResult<&T>;
    fn is_instance_of(&self, ty: &Type) -> bool;
    fn is_exact(&self, ty: &Type) -> bool;
    fn is_none(&self) -> bool;
    fn is_true_singleton(&self) -> bool;
    fn has_type_flag(&self, flag: u64) -> bool;
}

/// # Safety
/// A heap object that holds a `T`.
#[inline(always)]
unsafe fn payload_of<T>(o: &Obj) -> &T {
    let at = o.bits() as usize + PAYLOAD;
    // SAFETY: by contract. The address is said not to be null, as an Option of the reference would be compared with that.
    unsafe {
        std::hint::assert_unchecked(at != 0);
        &*(at as *const T)
    }
}

impl ObjExt for Obj {
    #[inline(always)]
    fn ty(&self) -> &'static Type {
        Type::of(self)
    }
    #[inline(always)]
    fn get<T: Payload>(&self) -> Option<&T> {
        if !self.is_ptr() {
            return None;
        }
        let (ty, want) = (self.ty(), T::static_type());
        let derived = || {
            if T::FAMILY != 0 { ty.has(T::FAMILY) } else { want.has(TypeFlags::DERIVED) && ty.is_subtype_slow(want) }
        };
        if ty.is(want) || derived() {
            // SAFETY: OBJ-1.
            Some(unsafe { payload_of(self) })
        } else {
            None
        }
    }
    #[inline(always)]
    fn get_exact<T: Payload>(&self) -> Option<&T> {
        if self.is_ptr() && self.ty().is(T::static_type()) {
            // SAFETY: OBJ-1.
            Some(unsafe { payload_of(self) })
        } else {
            None
        }
    }
    #[inline]
    fn downcast<T: Payload>(&self) -> Option<Ref<T>> {
        self.get::<T>().is_some().then(|| Ref(self.clone(), PhantomData))
    }
    #[inline(always)]
    fn this<T: Payload>(&self) -> PyResult<&T> {
        match self.get::<T>() {
            Some(p) => Ok(p),
            None => Err(wrong_self(self, T::static_type())),
        }
    }
    #[inline]
    fn is_instance_of(&self, ty: &Type) -> bool {
        self.ty().is_subtype(ty)
    }
    #[inline(always)]
    fn is_exact(&self, ty: &Type) -> bool {
        self.ty().is(ty)
    }
    #[inline(always)]
    fn is_none(&self) -> bool {
        self.is(crate::singletons::none_ref())
    }
    #[inline(always)]
    fn is_true_singleton(&self) -> bool {
        self.is(crate::singletons::true_ref())
    }
    #[inline(always)]
    fn has_type_flag(&self, flag: u64) -> bool {
        self.is_ptr() && self.ty().has(flag)
    }
}

#[cold]
fn wrong_self(obj: &Obj, want: &Type) -> PyErr {
    error::type_error(format!("descriptor requires a '{}' object but received a '{}'", want.name(), obj.ty().name()))
}

/// Drops the payload of type `T` in place: the `drop` entry of T's type.
///
/// # Safety
/// `ptr` is an object that holds a `T`, dropped once.
pub unsafe fn drop_payload<T>(ptr: *mut Header) {
    // SAFETY: by contract.
    unsafe { std::ptr::drop_in_place((ptr as usize + PAYLOAD) as *mut T) }
}

/// # Safety
/// `ptr` is a live object that holds a `T`.
pub unsafe fn traverse_payload<T: Trace>(ptr: *const Header, visit: &mut dyn FnMut(&Obj)) {
    // SAFETY: by contract.
    unsafe { (*((ptr as usize + PAYLOAD) as *const T)).trace(visit) }
}

/// # Safety
/// As [`traverse_payload`].
pub unsafe fn clear_payload<T: Trace>(ptr: *const Header) {
    // SAFETY: by contract.
    unsafe { (*((ptr as usize + PAYLOAD) as *const T)).clear() }
}
