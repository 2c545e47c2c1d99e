//! The end of an object's life, in CPython's order.
//!
//! Invariants: RC-2: an object ends when its count reaches zero, once. RC-3: a word leaves its place before it is given up. Not more than
//! [`MAX_DEPTH`] objects end within each other.

use crate::header::{Header, TypeFlags, TypeObject};
use crate::heap::segment_flags::FINALIZED;
use crate::heap::{HEAP, HOOKS, SHAPE_LENS, Segment, attribute_words, free_collected, free_plain, member_words};
use crate::value::Obj;

/// Objects that end within each other, in native frames.
const MAX_DEPTH: u32 = 100;

/// Ends the life of an object whose last reference is gone: finalizer, weak references, attributes, payload, memory.
///
/// # Safety
/// `ptr` is live with refcount 0.
#[inline(never)]
pub unsafe fn destroy(ptr: *mut Header) {
    // SAFETY: an object keeps its type alive (RC-4).
    let ty = unsafe { &*(*ptr).type_ptr() };
    const WORDS: u64 = TypeFlags::WORDS_ONLY | TypeFlags::GC;
    if ty.head.flags.get() & (WORDS | TypeFlags::HAS_FINALIZER) == WORDS {
        // SAFETY: by contract.
        unsafe { destroy_words(ptr, ty) }
    } else {
        // SAFETY: by contract.
        unsafe { destroy_any(ptr) }
    }
}

/// An instance of which nothing but its attributes or its `__slots__` members has to be given up. What another object's end hangs on is left
/// to [`destroy_any`], so no native frame is needed. `adder-jit` has the same in machine code (`stubs.rs`).
///
/// # Safety
/// As [`destroy`]; the type has WORDS_ONLY and GC, and no finalizer.
#[inline(always)]
unsafe fn destroy_words(ptr: *mut Header, ty: &TypeObject) {
    // SAFETY: by contract; RC-3: a word is zeroed before its reference is given up.
    unsafe {
        let head = &ty.head;
        let counted = (*ptr).type_ptr() as *mut Header;
        if head.flags.get() & TypeFlags::PREFIX != 0 && *(ptr as *const u64).sub(2) | *(ptr as *const u64).sub(1) != 0 {
            return destroy_any(ptr);
        }
        let members = head.members.get() as usize;
        let (at, n) = if members == 0 {
            (head.basicsize.get(), SHAPE_LENS.get().of((*ptr).shape()))
        } else if head.flags.get() & TypeFlags::INLINE_ATTRS == 0 {
            (head.members_at.get(), members)
        } else {
            return destroy_any(ptr);
        };
        let mut word = (ptr as usize + at as usize) as *mut u64;
        let end = word.add(n);
        while word != end {
            let bits = *word;
            if bits & 7 == 0 && bits != 0 {
                let held = &*(bits as *const Header);
                if held.refcount() == 1 {
                    return destroy_any(ptr);
                }
                *word = 0;
                held.decref_shared();
            }
            word = word.add(1);
        }
        Header::decref(counted);
        free_collected(ptr);
    }
}

/// # Safety
/// As [`destroy`].
#[inline(never)]
unsafe fn destroy_any(ptr: *mut Header) {
    // SAFETY: an object keeps its type alive (RC-4).
    let ty = unsafe { &*(*ptr).type_ptr() };
    let flags = ty.head.flags.get();
    if flags & TypeFlags::GC == 0 {
        // SAFETY: the payload is dropped once, then its plain memory freed.
        unsafe {
            (ty.head.drop.get())(ptr);
            free_plain(ptr.cast());
        }
        return;
    }
    let heap = HEAP.get();
    if heap.depth >= MAX_DEPTH {
        heap.deferred.push(ptr);
        return;
    }
    heap.depth += 1;
    // SAFETY: by contract.
    unsafe { destroy_collected(ptr, ty, flags) };
    let heap = HEAP.get();
    heap.depth -= 1;
    if heap.depth == 0 && !heap.deferred.is_empty() {
        drain_deferred();
    }
}

/// Destroys what was put off because destruction nested too deep (long linked structures).
#[cold]
fn drain_deferred() {
    while let Some(ptr) = HEAP.get().deferred.pop() {
        HEAP.get().depth += 1;
        // SAFETY: deferred objects are still whole, with refcount 0 (GC-1).
        unsafe {
            let ty = &*(*ptr).type_ptr();
            destroy_collected(ptr, ty, ty.head.flags.get());
        }
        HEAP.get().depth -= 1;
    }
}

/// Calls the finalizer once in an object's life; true when it brought the object back.
///
/// # Safety
/// `ptr` is a collected object that its caller holds no counted reference to (refcount 0).
unsafe fn finalize_dying(ptr: *mut Header, ty: &TypeObject) -> bool {
    // SAFETY: by contract; the temporary reference makes the object whole for the finalizer.
    unsafe {
        let Some(finalize) = ty.head.finalize.get() else { return false };
        if ty.head.nothing_to_finalize.get().is_some_and(|f| f(ptr)) {
            return false;
        }
        let seg = Segment::of(ptr);
        let index = seg.index_of(ptr);
        if seg.is_finalized(index) {
            return false;
        }
        seg.set_finalized(index, true);
        (*ptr).set_refcount(1);
        let bits = ptr as u64;
        finalize(Obj::view(&bits));
        (*ptr).set_refcount((*ptr).refcount() - 1);
        (*ptr).refcount() != 0
    }
}

/// # Safety
/// As [`destroy`], for a collected object.
#[inline(always)]
unsafe fn destroy_collected(ptr: *mut Header, ty: &TypeObject, flags: u64) {
    // SAFETY: by contract; every word is released once, the memory last, the reference to a heap type after that.
    unsafe {
        const PLAIN: u64 = TypeFlags::HAS_FINALIZER | TypeFlags::PREFIX | TypeFlags::INLINE_ATTRS | TypeFlags::HEAPTYPE;
        if flags & PLAIN == 0 {
            // Only classes have members.
            (ty.head.drop.get())(ptr);
            return free_collected(ptr);
        }
        if flags & TypeFlags::HAS_FINALIZER != 0 && finalize_dying(ptr, ty) {
            return;
        }
        let mut dict = 0;
        if flags & TypeFlags::PREFIX != 0 {
            if *(ptr as *const u64).sub(2) != 0 {
                (HOOKS.get().weakrefs_of_dying)(ptr);
            }
            dict = std::mem::replace(&mut *(ptr as *mut u64).sub(1), 0);
        }
        if flags & TypeFlags::INLINE_ATTRS != 0 {
            for word in attribute_words(ptr, ty) {
                drop_word(word);
            }
        }
        if ty.head.members.get() != 0 {
            for word in member_words(ptr, ty) {
                drop_word(word);
            }
        }
        (ty.head.drop.get())(ptr);
        if dict != 0 {
            drop(Obj::from_raw(dict));
        }
        if flags & TypeFlags::HAS_FINALIZER != 0 && Segment::of(ptr).flags & FINALIZED != 0 {
            let seg = Segment::of(ptr);
            let index = seg.index_of(ptr);
            seg.set_finalized(index, false);
        }
        let counted = (*ptr).type_ptr() as *mut Header;
        free_collected(ptr);
        if flags & TypeFlags::HEAPTYPE != 0 {
            Header::decref(counted);
        }
    }
}

/// # Safety
/// `word` is zero or an owned value word, read once.
unsafe fn drop_word(word: *mut u64) {
    // SAFETY: by contract.
    unsafe {
        let bits = std::mem::replace(&mut *word, 0);
        if bits != 0 {
            drop(Obj::from_raw(bits));
        }
    }
}
