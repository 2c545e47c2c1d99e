//! The cycle collector: trial deletion over the segments, run only at polls of the eval-breaker.
//!
//! Counts live in a side array of each segment, so headers stay untouched and a collection can be abandoned at any point.
//! References from native stacks need no scan: they are owned, so they look external (GC-3).
//! CPython: Python/gc.c (same phases: subtract, propagate, weakrefs, finalizers, recheck, clear).

use crate::header::{Header, TypeFlags};
use crate::heap::{self, Global, HEAP, Segment, segment_flags};
use crate::value::Obj;

/// Not part of the collection (free, frozen, outside the generation).
const OUTSIDE: i32 = -1;
const REACHED: i32 = -2;
/// A collection looks at whole segments, old neighbours of young objects included. So that this stays a small part of the work, the next
/// one waits for as many new objects as this one found alive; for so many at the most.
const PATIENCE: i64 = 40_000;

/// What one collection did.
#[derive(Clone, Copy, Default, Debug)]
pub struct Outcome {
    pub collected: usize,
    pub uncollectable: usize,
}

#[derive(Default)]
pub struct State {
    running: bool,
    /// Young collections since the last middle one; middle ones since the last full one.
    pub counts: [u32; 2],
    pub thresholds: [i64; 3],
    /// The program chose the thresholds: they are kept to exactly.
    pub chosen: bool,
    pub stats: [[usize; 3]; 3],
    /// Objects alive after the last full collection, and those that outlived younger ones since.
    pub long_lived: usize,
    pub pending: usize,
    /// Keep what would be freed (gc.DEBUG_SAVEALL) in `garbage`.
    pub save_all: bool,
    pub garbage: Vec<Obj>,
}
pub static STATE: Global<State> = Global::new(State {
    running: false,
    counts: [0; 2],
    thresholds: [2000, 10, 10],
    chosen: false,
    stats: [[0; 3]; 3],
    long_lived: 0,
    pending: 0,
    save_all: false,
    garbage: Vec::new(),
});

/// What the collector asks of the object model.
pub struct Hooks {
    /// Clear the weak references to these unreachable objects and call the callbacks of those weak references that are
    /// reachable themselves.
    pub weakrefs_of_garbage: fn(&[Obj]),
    /// Around a collection: (starting?, generation, outcome) for gc.callbacks.
    pub notify: fn(bool, usize, Outcome),
    /// Before a collection of everything: what is out of use lets go of its objects.
    pub before_all: fn(),
}
pub static HOOKS: Global<Hooks> =
    Global::new(Hooks { weakrefs_of_garbage: |_| {}, notify: |_, _, _| {}, before_all: || {} });

/// Visits every owned reference of a live collected object: payload, members, attributes, dict, heap type.
///
/// # Safety
/// `ptr` is live and collected.
pub unsafe fn traverse(ptr: *const Header, visit: &mut dyn FnMut(&Obj)) {
    // SAFETY: by contract; each word seen is zero or an owned value.
    unsafe {
        let ty = &*(*ptr).type_ptr();
        let flags = ty.head.flags.get();
        if let Some(f) = ty.head.traverse.get() {
            f(ptr, visit);
        }
        let mut word = |w: *const u64| {
            if *w != 0 {
                visit(Obj::view(&*w))
            }
        };
        if flags & TypeFlags::INLINE_ATTRS != 0 {
            heap::attribute_words(ptr, ty).for_each(|w| word(w));
        }
        heap::member_words(ptr, ty).for_each(|w| word(w));
        if flags & TypeFlags::PREFIX != 0 {
            word((ptr as *const u64).sub(1));
        }
        if flags & TypeFlags::HEAPTYPE != 0 {
            let bits = (*ptr).type_ptr() as u64;
            visit(Obj::view(&bits));
        }
    }
}

/// Runs `visit` over the objects that `obj` refers to.
pub fn referents(obj: &Obj, visit: &mut dyn FnMut(&Obj)) {
    if obj.heap_type().is_some_and(|t| t.has(TypeFlags::GC)) {
        // SAFETY: live (owned by the caller) and of a collected type.
        unsafe { traverse(obj.as_ptr(), visit) }
    }
}

/// Every live collected object, each with a new reference.
pub fn all_objects() -> Vec<Obj> {
    let mut all = Vec::new();
    for &seg in &HEAP.get().segments {
        // SAFETY: registered segments are live; `live` yields whole objects (GC-1).
        unsafe { all.extend((*seg).live().map(|(_, p)| Obj::from_borrowed_ptr(p))) }
    }
    all
}

/// gc.freeze / gc.unfreeze: takes every object out of (back into) collection; returns how many are frozen.
pub fn freeze(on: bool) -> usize {
    let mut n = 0;
    for &seg in &HEAP.get().segments {
        // SAFETY: registered segments are live.
        let s = unsafe { &mut *seg };
        let cells: Vec<u32> = s.live().map(|(i, _)| i).collect();
        n += cells.len();
        cells.into_iter().for_each(|i| s.set_frozen(i, on));
        if !on {
            s.flags &= !segment_flags::FROZEN;
        }
    }
    n
}

pub fn frozen_count() -> usize {
    // SAFETY: registered segments are live.
    HEAP.get().segments.iter().map(|&s| unsafe { (*s).live().filter(|&(i, _)| (*s).is_frozen(i)).count() }).sum()
}

/// As [`traverse`], without a call for each item where these lie side by side.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn traverse_items(ptr: *const Header, visit: &mut impl FnMut(&Obj)) {
    // SAFETY: by contract; the items of a live object are owned values.
    unsafe {
        match (*(*ptr).type_ptr()).head.items.get() {
            Some(items) => {
                let (first, n) = items(ptr);
                for i in 0..n {
                    visit(&*first.add(i));
                }
            }
            None => traverse(ptr, visit),
        }
    }
}

/// The collected segment of `child` and its cell, when it takes part in this collection.
#[inline(always)]
fn count_of(child: &Obj) -> Option<*mut i32> {
    let h = child.header()?;
    // SAFETY: a live object's type is live; collected types lie in segments unless immortal statics.
    unsafe {
        if !(*h.type_ptr()).has(TypeFlags::GC) || h.is_immortal() {
            return None;
        }
        let seg = Segment::of(h);
        if seg.counts.is_null() { None } else { Some(seg.counts.add(seg.index_of(h) as usize)) }
    }
}

/// From now on every generation is collected whenever `every` objects were made, whatever gc.set_threshold says: for tests.
pub fn force(every: i64) {
    HEAP.get().forced = every;
    HEAP.get().set_threshold(every);
}

/// Called at a poll: runs the collection that is due.
pub fn run_due() {
    let (heap, state) = (HEAP.get(), STATE.get());
    if !heap.is_due() || state.running {
        return;
    }
    if heap.forced > 0 {
        run(2);
        // Many live objects are not looked at again for each few new ones.
        heap.wait_for(heap.forced.max(STATE.get().long_lived as i64 / 32));
        return;
    }
    let middle = state.counts[0] as i64 > state.thresholds[1];
    let full = middle && state.counts[1] as i64 > state.thresholds[2] && state.pending > state.long_lived / 4;
    run(if full {
        2
    } else if middle {
        1
    } else {
        0
    });
}

/// Collects `generation` (0 and 1: segments with young objects; 2: all).
pub fn run(generation: usize) -> Outcome {
    if std::mem::replace(&mut STATE.get().running, true) {
        return Outcome::default();
    }
    if generation == 2 {
        (HOOKS.get().before_all)();
    }
    (HOOKS.get().notify)(true, generation, Outcome::default());
    let outcome = collect(generation);
    let state = STATE.get();
    match generation {
        0 => state.counts[0] += 1,
        1 => {
            state.counts[0] = 0;
            state.counts[1] += 1;
        }
        _ => state.counts = [0; 2],
    }
    HEAP.get().young = 0;
    let s = &mut state.stats[generation];
    (s[0], s[1], s[2]) = (s[0] + 1, s[1] + outcome.collected, s[2] + outcome.uncollectable);
    state.running = false;
    (HOOKS.get().notify)(false, generation, outcome);
    outcome
}

fn collect(generation: usize) -> Outcome {
    let set: Vec<*mut Segment> = HEAP
        .get()
        .segments
        .iter()
        .copied()
        // SAFETY: registered segments are live.
        .filter(|&s| generation == 2 || unsafe { (*s).flags & segment_flags::YOUNG != 0 })
        .collect();
    let mut arrays = open(&set);
    subtract(&set);
    let survivors = propagate(&set);
    if !STATE.get().chosen {
        let least = STATE.get().thresholds[0];
        HEAP.get().set_threshold(least.max(PATIENCE.min(survivors as i64)));
    }
    let garbage = unreachable(&set);
    close(&set, &mut arrays);
    let state = STATE.get();
    if generation == 2 {
        (state.long_lived, state.pending) = (survivors, 0);
    } else {
        state.pending += survivors.min(HEAP.get().young.max(0) as usize);
    }
    if garbage.is_empty() {
        return Outcome::default();
    }
    dispose(garbage)
}

/// Gives each segment its counts, from the reference counts.
fn open(set: &[*mut Segment]) -> Vec<Vec<i32>> {
    set.iter()
        .map(|&s| {
            // SAFETY: registered segments are live, and nothing runs between here and `close`.
            let s = unsafe { &mut *s };
            let mut counts = vec![OUTSIDE; s.cells as usize];
            for (i, p) in s.live() {
                // SAFETY: GC-1.
                let h = unsafe { &*p };
                if !h.is_immortal() && !s.is_frozen(i) {
                    counts[i as usize] = h.refcount() as i32;
                }
            }
            s.counts = counts.as_mut_ptr();
            counts
        })
        .collect()
}

fn close(set: &[*mut Segment], arrays: &mut Vec<Vec<i32>>) {
    for &s in set {
        // SAFETY: still live: nothing was freed since `open`.
        unsafe {
            (*s).counts = std::ptr::null_mut();
            (*s).flags &= !segment_flags::YOUNG;
        }
    }
    arrays.clear();
}

/// Runs `f` over the members of the collection whose count satisfies `pick`.
fn members(set: &[*mut Segment], pick: impl Fn(i32) -> bool, mut f: impl FnMut(*mut Header, *mut i32)) {
    for &s in set {
        // SAFETY: live segments with counts between `open` and `close`.
        unsafe {
            for i in 0..(*s).fresh {
                let c = (*s).counts.add(i as usize);
                if pick(*c) {
                    f((*s).object(i), c)
                }
            }
        }
    }
}

fn subtract(set: &[*mut Segment]) {
    let mut visit = |child: &Obj| {
        if let Some(c) = count_of(child) {
            // SAFETY: points into a counts array.
            unsafe {
                if *c > 0 {
                    *c -= 1
                }
            }
        }
    };
    // SAFETY: members are live collected objects.
    members(set, |c| c >= 0, |p, _| unsafe { traverse_items(p, &mut visit) });
}

/// Marks everything reachable from outside; returns how many objects are.
fn propagate(set: &[*mut Segment]) -> usize {
    let mut stack: Vec<*mut Header> = Vec::new();
    let mut reached = 0;
    members(
        set,
        |c| c > 0,
        // SAFETY: live members; counts are in bounds.
        |p, c| unsafe {
            if *c == REACHED {
                return;
            }
            *c = REACHED;
            reached += 1;
            stack.push(p);
            while let Some(p) = stack.pop() {
                traverse_items(p, &mut |child: &Obj| {
                    if let Some(c) = count_of(child)
                        && *c >= 0
                    {
                        *c = REACHED;
                        reached += 1;
                        stack.push(child.as_ptr());
                    }
                });
            }
        },
    );
    reached
}

fn unreachable(set: &[*mut Segment]) -> Vec<Obj> {
    let mut garbage = Vec::new();
    // SAFETY: unreachable members are still whole; a reference keeps them so.
    members(set, |c| c == 0, |p, _| garbage.push(unsafe { Obj::from_borrowed_ptr(p) }));
    garbage
}

/// Finalizes and clears unreachable objects; those that finalizers brought back stay.
fn dispose(garbage: Vec<Obj>) -> Outcome {
    (HOOKS.get().weakrefs_of_garbage)(&garbage);
    let mut finalized = false;
    for obj in &garbage {
        let Some(ty) = obj.heap_type() else { continue };
        let Some(f) = ty.head.finalize.get() else { continue };
        if !ty.has(TypeFlags::HAS_FINALIZER) || heap::is_finalized(obj) {
            continue;
        }
        // SAFETY: collected objects lie in segments.
        unsafe {
            let seg = Segment::of(obj.as_ptr());
            seg.set_finalized(seg.index_of(obj.as_ptr()), true);
        }
        finalized = true;
        f(obj);
    }
    let garbage = if finalized { still_dead(garbage) } else { garbage };
    let collected = garbage.len();
    if STATE.get().save_all {
        STATE.get().garbage.extend(garbage);
        return Outcome { collected, uncollectable: 0 };
    }
    for obj in &garbage {
        // SAFETY: live, held by `garbage`.
        unsafe { clear(obj.as_ptr()) }
    }
    drop(garbage);
    Outcome { collected, uncollectable: 0 }
}

/// Of a group whose finalizers ran, the part that nothing outside the group refers to.
fn still_dead(group: Vec<Obj>) -> Vec<Obj> {
    let mut counts: std::collections::HashMap<u64, i64> =
        group.iter().map(|o| (o.bits(), o.refcount() as i64 - 1)).collect();
    for o in &group {
        referents(o, &mut |c| {
            if let Some(n) = counts.get_mut(&c.bits()) {
                *n -= 1
            }
        });
    }
    let mut alive: Vec<Obj> = group.iter().filter(|o| counts[&o.bits()] > 0).cloned().collect();
    let mut seen: std::collections::HashSet<u64> = alive.iter().map(Obj::bits).collect();
    while let Some(o) = alive.pop() {
        referents(&o, &mut |c| {
            if counts.contains_key(&c.bits()) && seen.insert(c.bits()) {
                alive.push(c.clone())
            }
        });
    }
    group.into_iter().filter(|o| !seen.contains(&o.bits())).collect()
}

/// Drops what an object of a dead cycle refers to.
///
/// # Safety
/// `ptr` is live, held by the caller.
unsafe fn clear(ptr: *mut Header) {
    // SAFETY: by contract; words leave their place before they are dropped (RC-3).
    unsafe {
        let ty = &*(*ptr).type_ptr();
        let take = |w: *mut u64| -> Option<Obj> {
            let bits = std::mem::replace(&mut *w, 0);
            if bits != 0 { Some(Obj::from_raw(bits)) } else { None }
        };
        let mut old: Vec<Obj> = Vec::new();
        if ty.has(TypeFlags::INLINE_ATTRS) {
            old.extend(heap::attribute_words(ptr, ty).filter_map(take));
            (*ptr).set_shape(ty.head.dict_shape.get());
        }
        old.extend(heap::member_words(ptr, ty).filter_map(take));
        if ty.has(TypeFlags::PREFIX) && !ty.has(TypeFlags::TYPE_SUBCLASS) {
            old.extend(take((ptr as *mut u64).sub(1)));
        }
        if let Some(f) = ty.head.clear.get() {
            f(ptr);
        }
        drop(old);
    }
}
