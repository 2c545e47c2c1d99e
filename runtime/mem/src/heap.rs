//! Allocation of objects: size-class segments for what can take part in cycles, mimalloc for the rest.
//!
//! ```text
//!  segment, 64 KiB, aligned to its size:  [ Segment header | cell 0 | cell 1 | ... ]
//!  cell of a PREFIX type:                 [ weakrefs, dict | Header, payload, members, attributes ]
//!  free cell:                             type pointer (offset 8 of the object) is null, offset 0 links to the next free one
//! ```
//! Invariants: GC-1: a cell whose type pointer is not null is a live object or one whose destruction is under way (refcount 0).
//! Not here: how an object ends (destroy.rs), finding cycles (collect.rs), weak references (object::weakref, through [`Hooks`]).

use crate::breaker;
use crate::header::{Header, TypeFlags, TypeObject};
use crate::value::Obj;
use libmimalloc_sys as mi;
use std::cell::UnsafeCell;

pub const SEGMENT: usize = 64 * 1024;
const HEADER: usize = size_of::<Segment>().next_multiple_of(64);
/// Bytes before the header of PREFIX types.
pub const PREFIX: usize = 16;
const CLASSES: usize = 64 + 12;
const LARGE: [usize; 12] = [1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 8192, 10880];
const MAX_CELLS: usize = SEGMENT / 32;

/// A static that only the holder of the GIL touches (GIL-1).
pub struct Global<T>(UnsafeCell<T>);
// SAFETY: GIL-1: access is serialised by the GIL.
unsafe impl<T> Sync for Global<T> {}
impl<T> Global<T> {
    pub const fn new(value: T) -> Global<T> {
        Global(UnsafeCell::new(value))
    }
    /// The value; the caller holds the GIL and keeps the borrow short: no Python code may run meanwhile.
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    pub fn get(&self) -> &mut T {
        // SAFETY: GIL-1.
        unsafe { &mut *self.0.get() }
    }
}

/// Bits of `Segment::flags`.
pub mod segment_flags {
    /// Cells were handed out since the last collection.
    pub const YOUNG: u8 = 1;
    /// In the list of segments with free cells.
    pub const LISTED: u8 = 2;
    pub const CURRENT: u8 = 4;
    /// Holds one cell of its own size.
    pub const HUGE: u8 = 8;
    /// Some cell is frozen.
    pub const FROZEN: u8 = 16;
    /// Some cell was finalized.
    pub const FINALIZED: u8 = 32;
}
use segment_flags::*;

#[repr(C)]
pub struct Segment {
    pub free: *mut Header,
    pub cell: u32,
    pub prefix: u32,
    pub cells: u32,
    /// Cells at and above this index were never handed out.
    pub fresh: u32,
    pub used: u32,
    at: u32,
    listed_at: u32,
    class: u16,
    pub flags: u8,
    /// Counts of the running collection, one a cell, or null.
    pub counts: *mut i32,
    /// 2^32 / cell, rounded up: divides what is below 2^16.
    reciprocal: u32,
    finalized: [u64; MAX_CELLS / 64],
    frozen: [u64; MAX_CELLS / 64],
}

impl Segment {
    /// The segment of a collected object.
    ///
    /// # Safety
    /// `ptr` came from [`alloc_collected`].
    #[inline(always)]
    pub unsafe fn of<'a>(ptr: *const Header) -> &'a mut Segment {
        // SAFETY: segments are aligned to their size, and a huge one holds its only cell at the start.
        unsafe { &mut *((ptr as usize & !(SEGMENT - 1)) as *mut Segment) }
    }

    #[inline(always)]
    fn cell_address(&self, index: u32) -> usize {
        self as *const Segment as usize + HEADER + index as usize * self.cell as usize
    }

    /// The object of cell `index`, live or not.
    pub fn object(&self, index: u32) -> *mut Header {
        (self.cell_address(index) + self.prefix as usize) as *mut Header
    }

    #[inline(always)]
    pub fn index_of(&self, ptr: *const Header) -> u32 {
        // Below SEGMENT, also in a huge one, whose only cell begins it. The error of the reciprocal, below 2^-32 of the distance each, stays
        // below one cell.
        let distance = (ptr as usize - self as *const Segment as usize - HEADER) as u64;
        ((distance * u64::from(self.reciprocal)) >> 32) as u32
    }

    /// End of the memory of the cell that `ptr` lies in.
    pub fn cell_end(&self, ptr: *const Header) -> usize {
        self.cell_address(self.index_of(ptr)) + self.cell as usize
    }

    /// Live objects of this segment (GC-1), those under destruction left out.
    pub fn live(&self) -> impl Iterator<Item = (u32, *mut Header)> + '_ {
        (0..self.fresh).map(|i| (i, self.object(i))).filter(|&(_, p)| {
            // SAFETY: cells below `fresh` hold an initialised header or a free-cell mark.
            unsafe { !(*p).type_ptr().is_null() && (*p).refcount() != 0 }
        })
    }

    pub fn is_finalized(&self, index: u32) -> bool {
        self.flags & FINALIZED != 0 && self.finalized[index as usize / 64] >> (index % 64) & 1 != 0
    }

    pub fn set_finalized(&mut self, index: u32, on: bool) {
        let (w, b) = (index as usize / 64, 1u64 << (index % 64));
        if on {
            self.finalized[w] |= b;
            self.flags |= FINALIZED;
        } else {
            self.finalized[w] &= !b
        }
    }

    pub fn is_frozen(&self, index: u32) -> bool {
        self.flags & FROZEN != 0 && self.frozen[index as usize / 64] >> (index % 64) & 1 != 0
    }

    pub fn set_frozen(&mut self, index: u32, on: bool) {
        let (w, b) = (index as usize / 64, 1u64 << (index % 64));
        if on {
            self.frozen[w] |= b
        } else {
            self.frozen[w] &= !b
        }
        if on {
            self.flags |= FROZEN
        }
    }
}

/// State of the collected heap.
pub struct Heap {
    current: [*mut Segment; 2 * CLASSES],
    /// What is current while objects are watched.
    aside: [*mut Segment; 2 * CLASSES],
    listed: [Vec<*mut Segment>; 2 * CLASSES],
    pub segments: Vec<*mut Segment>,
    /// Net allocations since the last young collection.
    pub young: i64,
    threshold: i64,
    /// Objects between two forced collections; 0: none are forced.
    pub(crate) forced: i64,
    pub enabled: bool,
    pub(crate) depth: u32,
    pub(crate) deferred: Vec<*mut Header>,
    pub total: usize,
    /// Told of every object made.
    watcher: Option<fn()>,
}

pub static HEAP: Global<Heap> = Global::new(Heap {
    current: [std::ptr::null_mut(); 2 * CLASSES],
    aside: [std::ptr::null_mut(); 2 * CLASSES],
    listed: [const { Vec::new() }; 2 * CLASSES],
    segments: Vec::new(),
    young: 0,
    threshold: 2000,
    forced: 0,
    enabled: true,
    depth: 0,
    deferred: Vec::new(),
    total: 0,
    watcher: None,
});

/// Attributes that an instance of each shape holds in its in-object slots, by shape id.
pub struct ShapeLens {
    /// Where `all` lies, for compiled code.
    pub at: *const u16,
    all: Vec<u16>,
}
impl ShapeLens {
    pub fn push(&mut self, n: u16) {
        self.all.push(n);
        self.at = self.all.as_ptr();
    }
    #[inline(always)]
    pub fn of(&self, shape: u32) -> usize {
        self.all[shape as usize] as usize
    }
}
pub static SHAPE_LENS: Global<ShapeLens> = Global::new(ShapeLens { at: std::ptr::null(), all: Vec::new() });

/// What this floor asks of the object model.
pub struct Hooks {
    /// The object dies: clear the weak references to it and run their callbacks.
    pub weakrefs_of_dying: fn(*mut Header),
}
pub static HOOKS: Global<Hooks> = Global::new(Hooks { weakrefs_of_dying: |_| {} });

/// From now on `watcher` is told of every object before it is made (huge ones apart); it makes none itself.
pub fn watch(watcher: fn()) {
    let heap = HEAP.get();
    heap.watcher = Some(watcher);
    heap.aside = std::mem::replace(&mut heap.current, [std::ptr::null_mut(); 2 * CLASSES]);
}

#[inline(always)]
fn class_of(size: usize) -> Option<usize> {
    if size <= 1024 { Some(size.div_ceil(16) - 1) } else { large_class_of(size) }
}
#[cold]
fn large_class_of(size: usize) -> Option<usize> {
    LARGE.iter().position(|&s| size <= s).map(|i| 64 + i)
}

fn class_size(class: usize) -> usize {
    if class < 64 { (class + 1) * 16 } else { LARGE[class - 64] }
}

/// Memory that is not collected, 16-aligned; null when there is none.
#[inline]
pub fn alloc_plain(size: usize) -> *mut u8 {
    // SAFETY: mi_malloc takes any size; blocks of 16 bytes and more are 16-aligned.
    unsafe { mi::mi_malloc(size.max(16)) as *mut u8 }
}

/// Memory for an object that is not collected, as [`alloc_plain`].
#[inline]
pub fn alloc_object(size: usize) -> *mut u8 {
    if let Some(watcher) = HEAP.get().watcher {
        watcher();
    }
    alloc_plain(size)
}

/// # Safety
/// `ptr` came from [`alloc_plain`] or [`realloc_plain`] and is not used any more.
#[inline]
pub unsafe fn free_plain(ptr: *mut u8) {
    // SAFETY: by contract.
    unsafe { mi::mi_free(ptr.cast()) }
}

/// # Safety
/// `ptr` is null or came from [`alloc_plain`]; on success the old pointer is dead.
#[inline]
pub unsafe fn realloc_plain(ptr: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: by contract.
    unsafe { mi::mi_realloc(ptr.cast(), size.max(16)) as *mut u8 }
}

/// A cell for `size` bytes of object (header included); the prefix words come zeroed, the rest is not initialised.
/// Returns the object's address, or null when memory ran out.
#[inline]
pub fn alloc_collected(size: usize, prefixed: bool) -> *mut Header {
    let heap = HEAP.get();
    let bytes = size + if prefixed { PREFIX } else { 0 };
    heap.young += 1;
    if heap.is_due() {
        breaker::request(breaker::COLLECT);
    }
    let Some(class) = class_of(bytes) else { return heap.alloc_huge(bytes, prefixed) };
    let slot = class * 2 + prefixed as usize;
    let seg = heap.current[slot];
    if !seg.is_null() {
        // SAFETY: GC-1: current segments are live, their free cells linked.
        unsafe {
            let p = (*seg).free;
            if !p.is_null() {
                (*seg).free = *(p as *mut *mut Header);
                return (*seg).hand_out(p);
            }
        }
    }
    heap.alloc_slow(slot)
}

impl Segment {
    #[inline(always)]
    fn hand_out(&mut self, p: *mut Header) -> *mut Header {
        self.used += 1;
        self.flags |= YOUNG;
        if self.prefix != 0 {
            // SAFETY: the prefix words belong to this cell.
            unsafe {
                *(p as *mut u64).sub(1) = 0;
                *(p as *mut u64).sub(2) = 0;
            }
        }
        p
    }
}

impl Heap {
    /// Whether the collector is to run at the next poll.
    #[inline(always)]
    pub fn is_due(&self) -> bool {
        self.young > self.threshold && self.enabled
    }
    /// Objects made before the collector is due.
    pub fn set_threshold(&mut self, n: i64) {
        self.threshold = if self.forced > 0 { self.forced } else { n };
    }
    /// As `set_threshold`, of forced collections too.
    pub(crate) fn wait_for(&mut self, n: i64) {
        self.threshold = n;
    }
    #[cold]
    fn alloc_slow(&mut self, slot: usize) -> *mut Header {
        let Some(watcher) = self.watcher else { return self.alloc_here(slot) };
        // While someone watches, the current segment is put aside, so that every object comes this way.
        watcher();
        self.current[slot] = self.aside[slot];
        let p = self.alloc_here(slot);
        self.aside[slot] = std::mem::replace(&mut self.current[slot], std::ptr::null_mut());
        p
    }
    fn alloc_here(&mut self, slot: usize) -> *mut Header {
        loop {
            let seg = self.current[slot];
            if !seg.is_null() {
                // SAFETY: GC-1.
                let s = unsafe { &mut *seg };
                if !s.free.is_null() {
                    let p = s.free;
                    // SAFETY: GC-1: a free cell links to the next one.
                    s.free = unsafe { *(p as *mut *mut Header) };
                    return s.hand_out(p);
                }
                if s.fresh < s.cells {
                    let p = s.object(s.fresh);
                    s.fresh += 1;
                    return s.hand_out(p);
                }
                s.flags &= !CURRENT;
            }
            self.current[slot] = match self.listed[slot].pop() {
                Some(seg) => {
                    // SAFETY: listed segments are live.
                    unsafe { (*seg).flags = ((*seg).flags & !LISTED) | CURRENT };
                    seg
                }
                None => {
                    let seg = self.new_segment(SEGMENT, class_size(slot / 2), slot);
                    if seg.is_null() {
                        return std::ptr::null_mut();
                    }
                    // SAFETY: just made.
                    unsafe { (*seg).flags |= CURRENT };
                    seg
                }
            };
        }
    }

    fn new_segment(&mut self, bytes: usize, cell: usize, slot: usize) -> *mut Segment {
        // SAFETY: plain aligned allocation, zeroed; the header is written before use.
        unsafe {
            let seg = mi::mi_malloc_aligned(bytes, SEGMENT) as *mut Segment;
            if seg.is_null() {
                return seg;
            }
            std::ptr::write_bytes(seg as *mut u8, 0, HEADER);
            (*seg).cell = cell as u32;
            (*seg).reciprocal = (1u64 << 32).div_ceil(cell as u64) as u32;
            (*seg).prefix = if slot & 1 != 0 { PREFIX as u32 } else { 0 };
            (*seg).cells = ((bytes - HEADER) / cell) as u32;
            (*seg).class = slot as u16;
            (*seg).at = self.segments.len() as u32;
            self.segments.push(seg);
            self.total += bytes;
            seg
        }
    }

    fn alloc_huge(&mut self, bytes: usize, prefixed: bool) -> *mut Header {
        let cell = bytes.next_multiple_of(16);
        if cell > u32::MAX as usize {
            return std::ptr::null_mut();
        }
        let seg = self.new_segment(HEADER + cell, cell, prefixed as usize);
        if seg.is_null() {
            return std::ptr::null_mut();
        }
        // SAFETY: just made.
        let s = unsafe { &mut *seg };
        s.flags |= HUGE;
        s.cells = 1;
        s.fresh = 1;
        s.hand_out(s.object(0))
    }

    fn release(&mut self, seg: *mut Segment) {
        // SAFETY: an empty segment that nothing points into; it leaves every list first.
        unsafe {
            if (*seg).flags & LISTED != 0 {
                let list = &mut self.listed[(*seg).class as usize];
                let at = (*seg).listed_at as usize;
                list.swap_remove(at);
                if let Some(&moved) = list.get(at) {
                    (*moved).listed_at = at as u32;
                }
            }
            let at = (*seg).at as usize;
            self.segments.swap_remove(at);
            if let Some(&moved) = self.segments.get(at) {
                (*moved).at = at as u32;
            }
            self.total -= if (*seg).flags & HUGE != 0 { HEADER + (*seg).cell as usize } else { SEGMENT };
            mi::mi_free(seg.cast());
        }
    }
}

/// Gives the cell of a dead collected object back.
///
/// # Safety
/// `ptr` is a collected object whose payload was dropped; nothing refers to it.
#[inline]
pub unsafe fn free_collected(ptr: *mut Header) {
    // SAFETY: by contract; GC-1: the type pointer becomes null, the link goes where the count was.
    unsafe {
        let heap = HEAP.get();
        let seg = Segment::of(ptr);
        heap.young -= 1;
        seg.used -= 1;
        (*ptr).set_type_ptr(std::ptr::null());
        *(ptr as *mut *mut Header) = seg.free;
        seg.free = ptr;
        if seg.flags & CURRENT != 0 || (seg.flags & LISTED != 0 && seg.used != 0) {
            return;
        }
        free_slow(heap, seg);
    }
}

/// # Safety
/// As [`free_collected`].
#[cold]
unsafe fn free_slow(heap: &mut Heap, seg: &mut Segment) {
    if !seg.counts.is_null() {
        // A collection looks at this segment: it stays until the next free.
    } else if seg.flags & HUGE != 0 || seg.used == 0 {
        return heap.release(seg);
    }
    if seg.flags & (LISTED | HUGE) == 0 {
        seg.flags |= LISTED;
        let list = &mut heap.listed[seg.class as usize];
        seg.listed_at = list.len() as u32;
        list.push(seg);
    }
}

/// The in-object attribute slots in use.
///
/// # Safety
/// `ptr` is live, of type `ty`, which has INLINE_ATTRS.
pub unsafe fn attribute_words(ptr: *const Header, ty: &TypeObject) -> impl Iterator<Item = *mut u64> + use<> {
    // SAFETY: by contract; shape ids index SHAPE_LENS.
    let n = unsafe { SHAPE_LENS.get().of((*ptr).shape()) };
    let base = (ptr as usize + ty.head.basicsize.get() as usize) as *mut u64;
    (0..n).map(move |i| base.wrapping_add(i))
}

/// The `__slots__` members of an object (a zero word is an unset member).
///
/// # Safety
/// `ptr` is live, of type `ty`.
pub unsafe fn member_words(ptr: *const Header, ty: &TypeObject) -> impl Iterator<Item = *mut u64> + use<> {
    let base = (ptr as usize + ty.head.members_at.get() as usize) as *mut u64;
    (0..ty.head.members.get() as usize).map(move |i| base.wrapping_add(i))
}

/// Marks the finalizer of an object as run (or not), as `__del__` of a resurrected object runs once (PEP 442).
pub fn is_finalized(obj: &Obj) -> bool {
    let Some(ty) = obj.heap_type() else { return false };
    if !ty.has(TypeFlags::GC) || obj.header().is_none_or(Header::is_immortal) {
        return false;
    }
    // SAFETY: collected objects lie in segments.
    unsafe {
        let seg = Segment::of(obj.as_ptr());
        seg.is_finalized(seg.index_of(obj.as_ptr()))
    }
}
