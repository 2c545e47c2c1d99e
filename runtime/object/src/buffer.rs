//! The buffer protocol: a described region of memory, kept alive by its owner.
//!
//! Invariant: BUF-1: `ptr..ptr+len` stays valid and in place until the buffer is dropped (the exporter counts exports).
//! CPython: Objects/memoryobject.c, PEP 3118, PEP 688.

use crate::{ByteArray, Bytes, Obj, ObjExt, PyResult, Ref, StaticType, Vm, error, names};
use adder_mem::header::TypeFlags;
use adder_mem::heap::Global;
use adder_mem::{Trace, Visit};
use std::cell::RefCell;

/// Lengths or strides of the dimensions: nearly always one.
pub type Dims = smallvec::SmallVec<[isize; 2]>;

pub const SIMPLE: u32 = 0;
pub const WRITABLE: u32 = 1;
pub const FORMAT: u32 = 4;
pub const ND: u32 = 8;
pub const STRIDES: u32 = 0x10 | ND;
pub const FULL_RO: u32 = 0x100 | STRIDES | FORMAT;
pub const FULL: u32 = FULL_RO | WRITABLE;

/// A view of an exporter's memory. Contiguous unless `shape` and `strides` say otherwise.
pub struct Buffer {
    pub owner: Obj,
    /// The whole region, and where in it the first item is.
    base: *mut u8,
    extent: usize,
    start: usize,
    pub len: usize,
    pub readonly: bool,
    pub itemsize: usize,
    /// struct-module format of an item ("B" for bytes).
    pub format: std::borrow::Cow<'static, str>,
    pub shape: Dims,
    pub strides: Dims,
    release: fn(&Buffer),
    /// What else must live as long: the managed buffer of a view, the memoryview that a Python class gave.
    keep: Option<Obj>,
    /// The buffer of that memoryview.
    inner: RefCell<Option<Box<Buffer>>>,
}

/// The part of a region that a view shows.
pub struct View {
    pub start: usize,
    pub len: usize,
    pub readonly: bool,
    pub itemsize: usize,
    pub format: std::borrow::Cow<'static, str>,
    pub shape: Dims,
    pub strides: Dims,
}

impl View {
    /// Whether every item lies within a region of `extent` bytes.
    fn fits(&self, extent: usize) -> bool {
        if self.shape.contains(&0) {
            return self.start <= extent;
        }
        let (mut low, mut high) = (self.start as isize, self.start as isize + self.itemsize as isize);
        for (&n, &s) in self.shape.iter().zip(&self.strides) {
            let reach = (n - 1) * s;
            low += reach.min(0);
            high += reach.max(0);
        }
        self.shape.len() == self.strides.len() && low >= 0 && high <= extent as isize
    }
}

/// A buffer shared by the memoryviews that look into it; given back when the last of them goes.
pub struct Managed {
    pub buffer: Buffer,
}
impl Trace for Managed {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.buffer.visit(visit)
    }
}
pub static MANAGED: StaticType = StaticType::new::<Managed>("managedbuffer", TypeFlags::GC);
crate::payload!(Managed, MANAGED);

impl Drop for Buffer {
    fn drop(&mut self) {
        (self.release)(self)
    }
}

impl Buffer {
    /// Bytes of `owner` from `ptr`.
    ///
    /// # Safety
    /// BUF-1 holds for the region until `release` was called.
    pub unsafe fn new(owner: Obj, ptr: *mut u8, len: usize, readonly: bool, release: fn(&Buffer)) -> Buffer {
        Buffer {
            owner,
            base: ptr,
            extent: len,
            start: 0,
            len,
            readonly,
            itemsize: 1,
            format: "B".into(),
            shape: Dims::from_slice(&[len as isize]),
            strides: Dims::from_slice(&[1]),
            release,
            keep: None,
            inner: RefCell::default(),
        }
    }
    fn visit(&self, visit: &mut Visit<'_>) {
        visit(&self.owner);
        if let Some(k) = &self.keep {
            visit(k);
        }
        if let Some(b) = &*self.inner.borrow() {
            b.visit(visit);
        }
    }
    /// A buffer over a part of another one's memory; None when the view would leave it.
    pub fn within(source: &Ref<Managed>, owner: Obj, view: View, release: fn(&Buffer)) -> Option<Buffer> {
        let b = &source.buffer;
        if !view.fits(b.extent) {
            return None;
        }
        Some(Buffer {
            owner,
            base: b.base,
            extent: b.extent,
            start: view.start,
            len: view.len,
            readonly: view.readonly || b.readonly,
            itemsize: view.itemsize,
            format: view.format,
            shape: view.shape,
            strides: view.strides,
            release,
            keep: Some(source.obj().clone()),
            inner: RefCell::default(),
        })
    }
    /// The whole region: the first item is at `start`.
    pub fn region(&self) -> &[u8] {
        // SAFETY: BUF-1.
        if self.extent == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.base, self.extent) } }
    }
    #[allow(clippy::mut_from_ref)]
    pub fn region_mut(&self) -> Option<&mut [u8]> {
        if self.readonly {
            return None;
        }
        if self.extent == 0 {
            return Some(&mut []);
        }
        // SAFETY: BUF-1; GIL-1: one writer at a time, the caller keeps the borrow short.
        Some(unsafe { std::slice::from_raw_parts_mut(self.base, self.extent) })
    }
    pub fn start(&self) -> usize {
        self.start
    }
    fn ptr(&self) -> *mut u8 {
        // SAFETY: BUF-1: `start` is within the region.
        unsafe { self.base.add(self.start) }
    }
    /// The bytes as they are; nothing may write them while the slice is held.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: BUF-1.
        if self.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.ptr(), self.len) } }
    }
    /// The bytes for writing; None when read-only.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes_mut(&self) -> Option<&mut [u8]> {
        if self.readonly {
            return None;
        }
        if self.len == 0 {
            Some(&mut [])
        } else {
            // SAFETY: BUF-1; GIL-1: one writer at a time, the caller keeps the borrow short.
            Some(unsafe { std::slice::from_raw_parts_mut(self.ptr(), self.len) })
        }
    }
    pub fn as_ptr(&self) -> *mut u8 {
        self.ptr()
    }
    /// Whether items lie one after the other in C order.
    pub fn is_contiguous(&self) -> bool {
        let mut want = self.itemsize as isize;
        self.shape.iter().zip(&self.strides).rev().all(|(&n, &s)| {
            let ok = n <= 1 || s == want;
            want *= n;
            ok
        })
    }
    pub fn address(&self) -> usize {
        self.ptr() as usize
    }
}

/// The buffer of a bytes object.
pub fn of_bytes(_: &Vm, o: &Obj, flags: u32) -> PyResult<Buffer> {
    if flags & WRITABLE != 0 {
        return Err(error::buffer_error("Object is not writable."));
    }
    let b = o.this::<Bytes>()?.as_slice();
    // SAFETY: BUF-1: bytes never change and the owner keeps them alive.
    Ok(unsafe { Buffer::new(o.clone(), b.as_ptr() as *mut u8, b.len(), true, |_| ()) })
}

/// The buffer of a bytearray, which cannot be resized meanwhile.
pub fn of_bytearray(_: &Vm, o: &Obj, _: u32) -> PyResult<Buffer> {
    let b = o.this::<ByteArray>()?;
    b.exports.set(b.exports.get() + 1);
    let mut data = b.data.borrow_mut();
    // SAFETY: BUF-1 by BYTES-1.
    Ok(unsafe {
        Buffer::new(o.clone(), data.as_mut_ptr(), data.len(), false, |b| {
            if let Some(a) = b.owner.get::<ByteArray>() {
                a.exports.set(a.exports.get().saturating_sub(1));
            }
        })
    })
}

/// The buffer of any object that exports one; TypeError otherwise.
pub fn get(vm: &Vm, o: &Obj, flags: u32) -> PyResult<Buffer> {
    match o.ty().buffer() {
        Some(f) => f(vm, o, flags),
        None => Err(error::type_error(format!("a bytes-like object is required, not '{}'", o.ty().tp_name()))),
    }
}
pub fn has_buffer(o: &Obj) -> bool {
    o.ty().buffer().is_some()
}
/// A copy of the bytes of a bytes-like object (C-contiguous order is the exporter's).
pub fn to_vec(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    if let Some(b) = o.get::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    let b = get(vm, o, FULL_RO)?;
    if b.is_contiguous() {
        return Ok(b.bytes().to_vec());
    }
    Ok(gather(&b))
}
/// The items of a strided buffer in C order.
pub fn gather(b: &Buffer) -> Vec<u8> {
    fn walk(b: &Buffer, dim: usize, at: isize, out: &mut Vec<u8>) {
        if dim == b.shape.len() {
            // SAFETY: BUF-1: shape and strides stay inside the exporter's memory.
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(b.ptr().offset(at), b.itemsize) });
            return;
        }
        (0..b.shape[dim]).for_each(|i| walk(b, dim + 1, at + i * b.strides[dim], out));
    }
    let mut out = vec![];
    walk(b, 0, 0, &mut out);
    out
}

type ViewFn = fn(&Vm, &Obj, u32) -> PyResult;
/// Makes a memoryview; builtins fills it.
pub static MEMORYVIEW: Global<ViewFn> = Global::new(|_, _, _| Err(error::not_implemented_error("memoryview")));
pub fn memoryview_of(vm: &Vm, o: &Obj, flags: u32) -> PyResult {
    (MEMORYVIEW.get())(vm, o, flags)
}
/// The buffer behind the memoryview that a Python `__buffer__` returned; given back through `__release_buffer__`.
pub fn of_python_buffer(vm: &Vm, exporter: &Obj, view: Obj, flags: u32) -> PyResult<Buffer> {
    if view.ty().name() != "memoryview" {
        return Err(error::type_error("__buffer__ returned non-memoryview object"));
    }
    let b = get(vm, &view, flags)?;
    Ok(Buffer {
        owner: exporter.clone(),
        base: b.base,
        extent: b.extent,
        start: b.start,
        len: b.len,
        readonly: b.readonly,
        itemsize: b.itemsize,
        format: b.format.clone(),
        shape: b.shape.clone(),
        strides: b.strides.clone(),
        release: release_python_buffer,
        keep: Some(view),
        inner: RefCell::new(Some(Box::new(b))),
    })
}

fn release_python_buffer(b: &Buffer) {
    let vm = Vm::current();
    let Some(view) = &b.keep else { return };
    if let Err(e) = crate::call::call_special(vm, &b.owner, &names().__release_buffer__, std::slice::from_ref(view)) {
        vm.unraisable(e, "Exception ignored while calling __release_buffer__", Some(&b.owner));
    }
    drop(b.inner.take());
    if let Err(e) = crate::call::call_method_str(vm, view, "release", &[]) {
        vm.unraisable(e, "Exception ignored while releasing a buffer", Some(view));
    }
}
