//! Memory mappings.
//!
//! Invariant: MAP-1: `ptr` and `len` of a [`Region`] describe a live mapping of this process until `unmap` sets `len` to 0.
#![allow(unsafe_code)]

use super::{Sys, errno, libc, ret};
use adder_object::Obj;
use adder_object::buffer::Buffer;
use std::cell::Cell;

pub struct Region {
    ptr: Cell<*mut u8>,
    len: Cell<usize>,
    writable: bool,
}
// SAFETY: GIL-1: only the holder of the GIL touches a mapping.
unsafe impl Send for Region {}

impl Region {
    pub fn map(len: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> Sys<Region> {
        // SAFETY: SYS-1: integers only; the kernel chooses the place.
        let p = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) };
        if p == libc::MAP_FAILED {
            return Err(errno());
        }
        Ok(Region { ptr: Cell::new(p.cast()), len: Cell::new(len), writable: prot & libc::PROT_WRITE != 0 })
    }
    pub fn len(&self) -> usize {
        self.len.get()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn unmap(&self) {
        let len = self.len.replace(0);
        if len > 0 {
            // SAFETY: MAP-1; nobody looks at the memory after `len` is 0.
            unsafe { libc::munmap(self.ptr.get().cast(), len) };
        }
    }
    pub fn resize(&self, new: usize) -> Sys<()> {
        // SAFETY: MAP-1; the caller made sure that no buffer is exported.
        let p = unsafe { libc::mremap(self.ptr.get().cast(), self.len.get(), new, libc::MREMAP_MAYMOVE) };
        if p == libc::MAP_FAILED {
            return Err(errno());
        }
        self.ptr.set(p.cast());
        self.len.set(new);
        Ok(())
    }
    pub fn sync(&self, offset: usize, len: usize) -> Sys<i64> {
        // SAFETY: MAP-1; the caller checked the part against the length.
        ret(unsafe { libc::msync(self.ptr.get().add(offset).cast(), len, libc::MS_SYNC) } as i64)
    }
    pub fn advise(&self, offset: usize, len: usize, advice: i32) -> Sys<i64> {
        // SAFETY: MAP-1; the caller checked the part against the length.
        ret(unsafe { libc::madvise(self.ptr.get().add(offset).cast(), len, advice) } as i64)
    }
    /// The bytes as they are; nothing may write or unmap them while the slice is held.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: MAP-1; GIL-1.
        if self.len.get() == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.ptr.get(), self.len.get()) } }
    }
    /// The bytes for writing; empty when the mapping is not writable.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes_mut(&self) -> &mut [u8] {
        if self.len.get() == 0 || !self.writable {
            return &mut [];
        }
        // SAFETY: MAP-1; GIL-1: one writer at a time, callers keep the borrow short.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.get(), self.len.get()) }
    }
    /// The mapping as a buffer of `owner`, which holds it and neither unmaps nor moves it before `release`.
    pub fn buffer(&self, owner: Obj, readonly: bool, release: fn(&Buffer)) -> Buffer {
        // SAFETY: BUF-1 by MAP-1 and the caller's count of exports.
        unsafe { Buffer::new(owner, self.ptr.get(), self.len.get(), readonly, release) }
    }
}
impl Drop for Region {
    fn drop(&mut self) {
        self.unmap();
    }
}
