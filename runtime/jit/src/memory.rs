//! Memory for machine code: one reservation near the binary, seen through two mappings of the same pages.
//!
//! Invariants: MEM-1: no page is ever writable and executable through one address: code is written through the one view and runs in
//! the other. MEM-2: a block is given out again only after it was dropped, and never once the process forked, as the pages are shared
//! with the child; a child has a reservation of its own. Not here: when a version dies (`versions.rs`).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Code that runs, until it is dropped.
pub struct Block {
    pub at: usize,
    pub len: usize,
    /// The reservation it lies in.
    region: u32,
}

struct Region {
    id: u32,
    /// Where code runs, and where it is written.
    runs: usize,
    writes: usize,
    size: usize,
    /// Bytes from the start that were given out at some time.
    top: usize,
    /// Bytes from the start that a fork shared with a child: never given out again.
    shared: usize,
    /// Forks that this process had seen when `shared` was fixed.
    forks: u32,
    /// Blocks that were dropped: offset and length.
    free: BTreeMap<usize, usize>,
    used: usize,
}

static REGION: Mutex<Option<Region>> = Mutex::new(None);
/// Bytes that machine code may take; `-X jit-memory`.
static LIMIT: AtomicUsize = AtomicUsize::new(64 << 20);
/// Forks of this process, and of how many processes it is the child.
static FORKS: AtomicU32 = AtomicU32::new(0);
static CHILD: AtomicU32 = AtomicU32::new(0);

const ALIGN: usize = 32;
const PAGE: usize = 4096;

/// Sets the limit in bytes; 0 refuses all code.
pub fn set_limit(bytes: usize) {
    LIMIT.store(bytes, Ordering::Relaxed)
}
pub fn limit() -> usize {
    LIMIT.load(Ordering::Relaxed)
}
/// Bytes in blocks that are not dropped.
pub fn used() -> usize {
    lock().as_ref().map_or(0, |r| r.used)
}

fn lock() -> MutexGuard<'static, Option<Region>> {
    REGION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Room for `len` bytes of code, filled by `write`, which gets the bytes and the address where they will run.
/// None: there is no room, or the system gives no memory that may be executed.
pub fn publish(len: usize, write: impl FnOnce(&mut [u8], usize)) -> Option<Block> {
    let mut held = lock();
    let child = CHILD.load(Ordering::Relaxed);
    if held.as_ref().is_none_or(|r| r.id != child) {
        // What a parent had stays mapped: this process still runs it.
        *held = Some(Region::reserve(child)?);
    }
    let r = held.as_mut()?;
    let size = len.checked_next_multiple_of(ALIGN)?.max(ALIGN);
    let offset = r.take(size)?;
    // SAFETY: MEM-1, MEM-2: the bytes are in the writable view, and nobody else's.
    write(unsafe { std::slice::from_raw_parts_mut((r.writes + offset) as *mut u8, len) }, r.runs + offset);
    r.written(offset, len);
    r.used += size;
    Some(Block { at: r.runs + offset, len: size, region: r.id })
}

impl Drop for Block {
    fn drop(&mut self) {
        let mut held = lock();
        let Some(r) = held.as_mut().filter(|r| r.id == self.region) else { return };
        r.used -= self.len;
        r.notice_forks();
        let offset = self.at - r.runs;
        if offset >= r.shared {
            r.give_back(offset, self.len);
        }
    }
}

impl Block {
    /// Whether an address is in the block, its end included: a call may be its last instruction.
    pub fn contains(&self, address: usize) -> bool {
        address >= self.at && address <= self.at + self.len
    }
}

impl Region {
    fn reserve(id: u32) -> Option<Region> {
        watch_forks();
        let wanted = limit().checked_next_multiple_of(PAGE)?;
        // A process whose memory is limited may still have room for less.
        [wanted, wanted / 4, wanted / 16].into_iter().find_map(|size| {
            let size = size / PAGE * PAGE;
            let (runs, writes) = system::two_views(size)?;
            crate::watch::sampler::code_at(runs, size);
            let forks = FORKS.load(Ordering::Relaxed);
            Some(Region { id, runs, writes, size, top: 0, shared: 0, forks, free: BTreeMap::new(), used: 0 })
        })
    }

    /// First fit among what was given back, or fresh room.
    fn take(&mut self, size: usize) -> Option<usize> {
        self.notice_forks();
        let found = self.free.iter().find(|f| *f.1 >= size).map(|(&at, &len)| (at, len));
        if let Some((at, len)) = found {
            self.free.remove(&at);
            if len > size {
                self.free.insert(at + size, len - size);
            }
            return Some(at);
        }
        let at = self.top;
        if size > self.size - at {
            return None;
        }
        self.top += size;
        Some(at)
    }

    fn give_back(&mut self, mut at: usize, mut len: usize) {
        if let Some(next) = self.free.remove(&(at + len)) {
            len += next;
        }
        if let Some((&before, &size)) = self.free.range(..at).next_back()
            && before + size == at
        {
            self.free.remove(&before);
            (at, len) = (before, len + size);
        }
        if at + len == self.top {
            self.top = at;
        } else {
            self.free.insert(at, len);
        }
    }

    /// MEM-2: what there was when the process forked is not given out again.
    fn notice_forks(&mut self) {
        let forks = FORKS.load(Ordering::Relaxed);
        if forks != self.forks {
            self.forks = forks;
            self.free.clear();
            self.shared = self.top;
        }
    }

    /// The bytes are there: makes them run, and lets go of the pages of the writable view, which would count twice.
    fn written(&self, offset: usize, len: usize) {
        let first = offset / PAGE * PAGE;
        system::release_view(self.writes + first, (offset + len).next_multiple_of(PAGE) - first);
        system::make_coherent(self.runs + offset, len);
    }
}

extern "C" fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
extern "C" fn is_child() {
    CHILD.fetch_add(1, Ordering::Relaxed);
    adder_object::vm::STATES.store(1, Ordering::Relaxed);
}
fn watch_forks() {
    static ONCE: Once = Once::new();
    // SAFETY: SYS-1: the handlers touch atomics only.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(None, Some(forked), Some(is_child));
    });
}

/// What the system is asked for.
mod system {
    use super::PAGE;

    /// The same pages twice: where they run, where they are written. They have no name, so profilers look for names of their own.
    pub fn two_views(size: usize) -> Option<(usize, usize)> {
        if size == 0 {
            return None;
        }
        let writes = map(0, size, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED)?;
        let runs = near(size).or_else(|| map(0, size, libc::PROT_NONE, libc::MAP_PRIVATE));
        let seen = runs.filter(|&at| {
            let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
            // SAFETY: SYS-1: an old size of 0 maps shared pages once more; what is replaced is the reservation made above.
            unsafe {
                libc::mremap(pointer(writes), 0, size, flags, pointer(at)) != libc::MAP_FAILED
                    && libc::mprotect(pointer(at), size, libc::PROT_READ | libc::PROT_EXEC) == 0
            }
        });
        if seen.is_none() {
            // SAFETY: SYS-1: the mappings made above.
            [Some(writes), runs].into_iter().flatten().for_each(|at| unsafe {
                libc::munmap(pointer(at), size);
            });
        }
        Some((seen?, writes))
    }

    fn pointer(at: usize) -> *mut libc::c_void {
        at as *mut libc::c_void
    }

    /// Addresses below or above the binary, where a jump from one to the other is short.
    fn near(size: usize) -> Option<usize> {
        const STEP: usize = 64 << 20;
        let text = near as *const () as usize / PAGE * PAGE;
        let below = (1..=16).filter_map(|k| text.checked_sub(size + k * STEP));
        // The heap of `brk` begins behind the binary.
        let above = (4..=16).map(|k| text + k * STEP);
        below
            .chain(above)
            .find_map(|hint| map(hint, size, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_FIXED_NOREPLACE))
    }

    fn map(hint: usize, size: usize, protection: i32, flags: i32) -> Option<usize> {
        let flags = flags | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: SYS-1: nothing that is mapped is replaced.
        let at = unsafe { libc::mmap(pointer(hint), size, protection, flags, -1, 0) };
        let at = (at != libc::MAP_FAILED).then_some(at as usize)?;
        if hint != 0 && at != hint {
            // Kernels before 4.17 take the hint for a wish.
            // SAFETY: SYS-1: the mapping just made.
            unsafe { libc::munmap(pointer(at), size) };
            return None;
        }
        Some(at)
    }

    pub fn release_view(at: usize, len: usize) {
        // SAFETY: MEM-1: pages of the shared view; their content stays in the other one.
        unsafe { libc::madvise(pointer(at), len, libc::MADV_DONTNEED) };
    }

    /// Instruction caches of all cores see what was written; nothing to do on x86-64.
    pub fn make_coherent(at: usize, len: usize) {
        // SAFETY: MEM-1: the bytes are mapped.
        let done = unsafe { wasmtime_jit_icache_coherence::clear_cache(pointer(at), len) };
        debug_assert!(done.is_ok());
        let flushed = wasmtime_jit_icache_coherence::pipeline_flush_mt();
        debug_assert!(flushed.is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(size: usize) -> Region {
        Region {
            id: u32::MAX,
            runs: 0,
            writes: 0,
            size,
            top: 0,
            shared: 0,
            forks: FORKS.load(Ordering::Relaxed),
            free: BTreeMap::new(),
            used: 0,
        }
    }

    #[test]
    fn room_is_given_out_again_and_neighbours_join() {
        let mut r = region(256);
        let [a, b, c] = [64, 96, 96].map(|n| r.take(n));
        assert_eq!((a, b, c), (Some(0), Some(64), Some(160)));
        assert_eq!(r.take(32), None);
        r.give_back(0, 64);
        r.give_back(64, 96);
        assert_eq!(r.free, BTreeMap::from([(0, 160)]));
        assert_eq!(r.take(128), Some(0));
        r.give_back(160, 96);
        assert_eq!((r.top, r.take(96)), (128, Some(128)));
    }

    #[test]
    fn what_a_fork_shared_stays_as_it_is() {
        let mut r = region(256);
        assert_eq!(r.take(64), Some(0));
        r.give_back(0, 32);
        r.forks = r.forks.wrapping_sub(1);
        assert_eq!(r.take(32), Some(64));
        assert_eq!((r.shared, r.free.len()), (64, 0));
    }

    #[test]
    fn code_runs_where_it_is_not_writable() {
        let Some((runs, writes)) = system::two_views(PAGE) else { return };
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let rights = |at: usize| {
            let line = maps.lines().find(|l| l.starts_with(&format!("{at:x}-")));
            line.and_then(|l| l.split(' ').nth(1)).unwrap_or_default().to_owned()
        };
        assert_eq!((rights(runs).as_str(), rights(writes).as_str()), ("r-xs", "rw-s"));
    }
}
