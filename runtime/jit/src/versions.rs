//! Compiled versions that are out of use: freed once no native stack leads back into them.
//!
//! Invariants: VERSION-1: a version that is retired has no entry any more; it is freed when no word of the native stack lies in its code,
//! and only while there is one thread state, as other stacks are not looked at. VERSION-2: freeing drops objects, so it happens only
//! where Python code may run.

use crate::build::Kept;
use crate::code::Compiled;
use adder_mem::heap::Global;
use adder_object::Obj;
use std::sync::atomic::Ordering;

/// A version with what its code refers to.
pub struct Version {
    pub compiled: Compiled,
    pub kept: Kept,
}

struct Retired {
    versions: Vec<Version>,
    bytes: usize,
    /// Bytes at which the next sweep is due.
    due: usize,
}

/// Garbage that is not worth a look at the stack.
const DUE: usize = 64 << 10;

static RETIRED: Global<Retired> = Global::new(Retired { versions: Vec::new(), bytes: 0, due: DUE });

/// Takes a version that nothing can enter any more.
pub fn retire(version: Version) {
    let r = RETIRED.get();
    r.bytes += version.compiled.block.len;
    r.versions.push(version);
}

/// The objects of all retired versions, none of which may be running.
pub fn take_pins() -> Vec<Obj> {
    RETIRED.get().versions.iter_mut().flat_map(|v| std::mem::take(&mut v.kept.pins)).collect()
}

/// Frees what is out of use, when there is enough of it or `now`.
pub fn sweep(now: bool) {
    let r = RETIRED.get();
    if r.versions.is_empty() || (!now && r.bytes < r.due) || adder_object::vm::STATES.load(Ordering::Relaxed) != 1 {
        return;
    }
    let Some(words) = stack_words() else { return };
    let mut code: Vec<(usize, usize, usize)> =
        r.versions.iter().enumerate().map(|(i, v)| (v.compiled.block.at, v.compiled.block.len, i)).collect();
    code.sort_unstable();
    let (low, high) = (code[0].0, code.last().map_or(0, |c| c.0 + c.1));
    let mut in_use = vec![false; code.len()];
    for &w in words.iter().filter(|w| (low..=high).contains(*w)) {
        let k = code.partition_point(|c| c.0 < w);
        // The last instruction of a block may be a call, which returns to where the next block begins.
        for &(at, len, i) in &code[k.saturating_sub(1)..code.len().min(k + 1)] {
            in_use[i] |= (at..=at + len).contains(&w);
        }
    }
    let mut used = in_use.into_iter();
    let (kept, dead) = std::mem::take(&mut r.versions).into_iter().partition(|_| used.next().unwrap_or(true));
    r.versions = kept;
    r.bytes = r.versions.iter().map(|v: &Version| v.compiled.block.len).sum();
    r.due = (2 * r.bytes).max(DUE);
    let dead: Vec<Version> = dead;
    drop(dead);
}

thread_local! {
    /// Where the stack of the thread lies.
    static STACK: Option<std::ops::Range<usize>> = stack();
}

/// Where the native stack of this thread lies.
pub fn stack_range() -> Option<std::ops::Range<usize>> {
    STACK.try_with(Clone::clone).ok().flatten()
}

/// The native stack of this thread, from here to its end.
pub fn stack_words() -> Option<&'static [usize]> {
    let mark = 0usize;
    let from = std::hint::black_box(&raw const mark) as usize;
    // Deep recursion of the parser may have gone to another stack for a while.
    let end = STACK.try_with(|s| s.as_ref().filter(|s| s.contains(&from)).map(|s| s.end)).ok()??;
    // SAFETY: SYS-1: the part of the stack that is in use is mapped and nobody else's; it is looked at before this function's callers
    // return.
    Some(unsafe { std::slice::from_raw_parts(from as *const usize, (end - from) / size_of::<usize>()) })
}

fn stack() -> Option<std::ops::Range<usize>> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: SYS-1: the attributes are initialised by the first call, and given up by the last.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let known = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        known.then_some(low as usize..low as usize + size)
    }
}
