//! [`Bytes`] and [`ByteArray`].
//!
//! Invariant: BYTES-1: a bytearray's storage does not move or change size while `exports` is not zero.

use crate::handle::{PAYLOAD, Ref, allocate};
use crate::typeobj::Type;
use crate::{Obj, PyResult, error, types};
use std::cell::{Cell, RefCell};

/// Immutable bytes: length and hash here, contents behind.
#[repr(C)]
pub struct Bytes {
    len: usize,
    hash: Cell<i64>,
}
adder_mem::trace_fields!(Bytes);
crate::payload!(Bytes, types::BYTES, adder_mem::header::TypeFlags::BYTES_SUBCLASS);

impl Bytes {
    pub const LEN: usize = std::mem::offset_of!(Bytes, len);
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `make` put `len` initialised bytes right behind the payload.
        unsafe { std::slice::from_raw_parts((self as *const Bytes).add(1) as *const u8, self.len) }
    }
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(crate::str::hash_bytes(self.as_slice()));
        }
        self.hash.get()
    }
}

pub fn with_type(ty: &Type, data: &[u8]) -> Obj {
    let p = if ty.is(&types::BYTES) { allocate_exact(data.len() + 1) } else { allocate(ty, data.len() + 1) };
    // SAFETY: room for payload, contents and a final NUL (as CPython's).
    unsafe {
        std::ptr::write((p as usize + PAYLOAD) as *mut Bytes, Bytes { len: data.len(), hash: Cell::new(-1) });
        let at = (p as usize + PAYLOAD + size_of::<Bytes>()) as *mut u8;
        std::ptr::copy_nonoverlapping(data.as_ptr(), at, data.len());
        *at.add(data.len()) = 0;
        Obj::from_ptr(p)
    }
}

/// Memory for an exact bytes object, whose type has no prefix, members or attributes, with `room` for contents.
#[inline]
fn allocate_exact(room: usize) -> *mut adder_mem::Header {
    let p = adder_mem::heap::alloc_object(PAYLOAD + size_of::<Bytes>() + room) as *mut adder_mem::Header;
    if p.is_null() {
        return allocate(&types::BYTES, room);
    }
    // SAFETY: fresh memory of at least the size of a header.
    unsafe { (*p).init(types::BYTES.object_ptr(), types::BYTES.head.root_shape.get()) }
    p
}

/// A bytes object of at most `max` bytes: `fill` gets that many, all zero, and says how many of them it is to have.
pub fn try_build<E>(max: usize, fill: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<Obj, E> {
    if max <= 1 {
        let mut few = [0];
        let n = fill(&mut few[..max])?.min(max);
        return Ok(new(&few[..n]));
    }
    let p = allocate_exact(max + 1);
    let room = (p as usize + PAYLOAD + size_of::<Bytes>()) as *mut u8;
    // SAFETY: OBJ-1: room for payload, contents and a final NUL; the object is whole before `fill` runs, and nobody else has it.
    let (o, contents) = unsafe {
        std::ptr::write((p as usize + PAYLOAD) as *mut Bytes, Bytes { len: max, hash: Cell::new(-1) });
        std::ptr::write_bytes(room, 0, max + 1);
        (Obj::from_ptr(p), std::slice::from_raw_parts_mut(room, max))
    };
    let n = fill(contents)?.min(max);
    if n <= 1 || n < max / 2 {
        return Ok(new(&contents[..n]));
    }
    // SAFETY: OBJ-1: as above; `n` is less than the room.
    unsafe {
        *room.add(n) = 0;
        (*((p as usize + PAYLOAD) as *mut Bytes)).len = n;
    }
    Ok(o)
}
/// A bytes object of `len` bytes that `fill` writes.
pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Obj {
    let done: Result<Obj, std::convert::Infallible> = try_build(len, |b| {
        fill(b);
        Ok(len)
    });
    match done {
        Ok(o) => o,
    }
}

static SMALL: adder_mem::heap::Global<Vec<Obj>> = adder_mem::heap::Global::new(Vec::new());

/// A bytes object; the empty one and those of one byte are shared.
pub fn new(data: &[u8]) -> Obj {
    if data.len() > 1 {
        return with_type(&types::BYTES, data);
    }
    let table = SMALL.get();
    if table.is_empty() {
        table.extend((0..=255u8).map(|b| with_type(&types::BYTES, &[b])));
        table.push(with_type(&types::BYTES, &[]));
        table.iter().for_each(|o| o.header().into_iter().for_each(|h| h.make_immortal()));
    }
    table[data.first().map_or(256, |&b| b as usize)].clone()
}

pub struct ByteArray {
    pub data: RefCell<Vec<u8>>,
    pub exports: Cell<usize>,
}
adder_mem::trace_fields!(ByteArray);
crate::payload!(ByteArray, types::BYTEARRAY);

impl ByteArray {
    /// Where `data` has the length and the pointer of its vector, which the language leaves open: found in one whose words are told apart.
    pub fn layout() -> Option<(usize, usize)> {
        const WORDS: usize = size_of::<RefCell<Vec<u8>>>() / 8;
        let mut v: Vec<u8> = Vec::with_capacity(0x1357);
        v.resize(0x246, 0);
        let (pointer, capacity) = (v.as_ptr() as usize, v.capacity());
        let cell = RefCell::new(v);
        // SAFETY: a cell of a vector is four words, all of them initialised; they are looked at while it lives.
        let words = unsafe { *(&raw const cell).cast::<[usize; WORDS]>() };
        let of = |n: usize| {
            let mut all = words.iter().enumerate().filter(|w| *w.1 == n);
            all.next().filter(|_| all.next().is_none()).map(|w| 8 * w.0)
        };
        (WORDS == 4 && capacity != 0x246).then_some(())?;
        Some((of(0x246)?, of(pointer)?))
    }
    pub fn from_vec(data: Vec<u8>) -> ByteArray {
        ByteArray { data: RefCell::new(data), exports: Cell::new(0) }
    }
    #[allow(clippy::new_ret_no_self)]
    pub fn new(data: Vec<u8>) -> Ref<ByteArray> {
        Ref::new(ByteArray::from_vec(data))
    }
    /// BufferError while a buffer of it is exported.
    pub fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() == 0 {
            return Ok(());
        }
        Err(error::buffer_error("Existing exports of data: object cannot be re-sized"))
    }
}
