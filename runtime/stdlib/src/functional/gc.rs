//! `gc`: the cycle collector's controls.
//!
//! CPython: Modules/gcmodule.c.

use super::shared::none;
use adder_mem::collect::{self, Outcome};
use adder_mem::heap::{self, Global, HEAP};
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    Args, Dict, List, ModuleSpec, Obj, ObjExt, PyResult, Ref, TypeFlags as F, Vm, call, error, int, module, ops,
    singletons, str, tuple, typeobj,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides access to the garbage collector for reference cycles.\n\nenable() -- Enable automatic garbage collection.\ndisable() -- Disable automatic garbage collection.\nisenabled() -- Returns true if automatic collection is enabled.\ncollect() -- Do a full collection right now.\nget_count() -- Return the current collection counts.\nget_stats() -- Return list of dictionaries containing per-generation stats.\nset_debug() -- Set debugging flags.\nget_debug() -- Get debugging flags.\nset_threshold() -- Set the collection thresholds.\nget_threshold() -- Return the current collection thresholds.\nget_objects() -- Return a list of all objects tracked by the collector.\nis_tracked() -- Returns true if a given object is tracked.\nis_finalized() -- Returns true if a given object has been already finalized.\nget_referrers() -- Return the list of objects that refer to an object.\nget_referents() -- Return the list of objects that an object refers to.\nfreeze() -- Freeze all tracked objects and ignore them for future collections.\nunfreeze() -- Unfreeze all objects in the permanent generation.\nget_freeze_count() -- Return the number of objects in the permanent generation.\n",
    functions: &[
        method(
            "enable($module, /)",
            Native::NoArgs(|_, _| {
                HEAP.get().enabled = true;
                none()
            }),
            "Enable automatic garbage collection.",
        ),
        method(
            "disable($module, /)",
            Native::NoArgs(|_, _| {
                HEAP.get().enabled = false;
                none()
            }),
            "Disable automatic garbage collection.",
        ),
        method(
            "isenabled($module, /)",
            Native::NoArgs(|_, _| Ok(singletons::bool_obj(HEAP.get().enabled))),
            "Returns true if automatic garbage collection is enabled.",
        ),
        method(
            "collect($module, /, generation=2)",
            Native::Bound(collect_now),
            "Run the garbage collector.\n\nWith no arguments, run a full collection.  The optional argument\nmay be an integer specifying which generation to collect.  A ValueError\nis raised if the generation number is invalid.\n\nThe number of unreachable objects is returned.",
        ),
        method(
            "get_count($module, /)",
            Native::NoArgs(get_count),
            "Return a three-tuple of the current collection counts.",
        ),
        method(
            "get_stats($module, /)",
            Native::NoArgs(get_stats),
            "Return a list of dictionaries containing per-generation statistics.",
        ),
        method(
            "set_debug($module, flags, /)",
            Native::One(set_debug),
            "Set the garbage collection debugging flags.\n\n  flags\n    An integer that can have the following bits turned on:\n      DEBUG_STATS - Print statistics during collection.\n      DEBUG_COLLECTABLE - Print collectable objects found.\n      DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects\n        found.\n      DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.\n      DEBUG_LEAK - Debug leaking programs (everything but STATS).\n\nDebugging information is written to sys.stderr.",
        ),
        method(
            "get_debug($module, /)",
            Native::NoArgs(|_, _| Ok(int::from_i64(LISTS.get().debug))),
            "Get the garbage collection debugging flags.",
        ),
        method(
            "set_threshold",
            Native::Raw(set_threshold),
            "set_threshold(threshold0, [threshold1, [threshold2]])\nSet the collection thresholds (the collection frequency).\n\nSetting 'threshold0' to zero disables collection.",
        ),
        method("get_threshold($module, /)", Native::NoArgs(get_threshold), "Return the current collection thresholds."),
        method(
            "get_objects($module, /, generation=None)",
            Native::Bound(get_objects),
            "Return a list of objects tracked by the collector (excluding the list returned).\n\n  generation\n    Generation to extract the objects from.\n\nIf generation is not None, return only the objects tracked by the collector\nthat are in that generation.",
        ),
        method(
            "get_referrers($module, /, *objs)",
            Native::Raw(get_referrers),
            "Return the list of objects that directly refer to any of 'objs'.",
        ),
        method(
            "get_referents($module, /, *objs)",
            Native::Raw(get_referents),
            "Return the list of objects that are directly referred to by 'objs'.",
        ),
        method(
            "is_tracked($module, obj, /)",
            Native::One(|_, _, o| Ok(singletons::bool_obj(is_tracked(o)))),
            "Returns true if the object is tracked by the garbage collector.\n\nSimple atomic objects will return false.",
        ),
        method(
            "is_finalized($module, obj, /)",
            Native::One(|_, _, o| Ok(singletons::bool_obj(heap::is_finalized(o)))),
            "Returns true if the object has been already finalized by the GC.",
        ),
        method(
            "freeze($module, /)",
            Native::NoArgs(|_, _| {
                collect::freeze(true);
                none()
            }),
            "Freeze all current tracked objects and ignore them for future collections.\n\nThis can be used before a POSIX fork() call to make the gc copy-on-write friendly.\nNote: collection before a POSIX fork() call may free pages for future allocation\nwhich can cause copy-on-write.",
        ),
        method(
            "unfreeze($module, /)",
            Native::NoArgs(|_, _| {
                collect::freeze(false);
                none()
            }),
            "Unfreeze all objects in the permanent generation.\n\nPut all objects in the permanent generation back into oldest generation.",
        ),
        method(
            "get_freeze_count($module, /)",
            Native::NoArgs(|_, _| Ok(int::from_usize(collect::frozen_count()))),
            "Return the number of objects in the permanent generation.",
        ),
    ],
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        let flags = [
            ("DEBUG_STATS", STATS),
            ("DEBUG_COLLECTABLE", COLLECTABLE),
            ("DEBUG_UNCOLLECTABLE", UNCOLLECTABLE),
            ("DEBUG_SAVEALL", SAVEALL),
            ("DEBUG_LEAK", COLLECTABLE | UNCOLLECTABLE | SAVEALL),
        ];
        flags.iter().for_each(|&(name, n)| d.set_str(name, int::from_i64(n)));
        d.set_str("garbage", garbage().into_obj());
        d.set_str("callbacks", callbacks().into_obj());
        collect::HOOKS.get().notify = notify;
        Ok(())
    }),
    ..ModuleSpec::new("gc")
};

const STATS: i64 = 1;
const COLLECTABLE: i64 = 2;
const UNCOLLECTABLE: i64 = 4;
const SAVEALL: i64 = 32;

struct Lists {
    garbage: Option<Ref<List>>,
    callbacks: Option<Ref<List>>,
    debug: i64,
}
static LISTS: Global<Lists> = Global::new(Lists { garbage: None, callbacks: None, debug: 0 });

fn garbage() -> Ref<List> {
    LISTS.get().garbage.get_or_insert_with(|| List::new(vec![])).clone()
}
fn callbacks() -> Ref<List> {
    LISTS.get().callbacks.get_or_insert_with(|| List::new(vec![])).clone()
}

/// Around each collection: calls `gc.callbacks`, empties the type cache (its values keep objects alive), hands saved garbage over.
fn notify(starts: bool, generation: usize, outcome: Outcome) {
    if !Vm::has_current() {
        return;
    }
    let vm = Vm::current();
    if starts {
        if generation == 2 {
            typeobj::clear_lookup_cache();
        }
    } else {
        let saved = std::mem::take(&mut collect::STATE.get().garbage);
        garbage().extend(saved);
        if LISTS.get().debug & STATS != 0 {
            eprintln!("gc: done, {} unreachable, {} uncollectable", outcome.collected, outcome.uncollectable);
        }
    }
    let list = callbacks();
    if list.is_empty() {
        return;
    }
    let info = Dict::new();
    info.set_str("generation", int::from_usize(generation));
    info.set_str("collected", int::from_usize(outcome.collected));
    info.set_str("uncollectable", int::from_usize(outcome.uncollectable));
    let phase = str::intern_str(if starts { "start" } else { "stop" }).into_obj();
    for f in list.to_vec() {
        if let Err(e) = call::call_pos(vm, &f, &[phase.clone(), info.obj().clone()]) {
            vm.unraisable(e, "Exception ignored while calling GC callback", Some(&f));
        }
    }
}

fn generation(n: i32) -> PyResult<usize> {
    usize::try_from(n).ok().filter(|&g| g < 3).ok_or_else(|| error::value_error("invalid generation"))
}
fn collect_now(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let g = generation(args.opt(0).map_or(Ok(2), |g| ops::to_i32(vm, g))?)?;
    let r = collect::run(g);
    Ok(int::from_usize(r.collected + r.uncollectable))
}
fn get_count(_: &Vm, _: &Obj) -> PyResult {
    let counts = collect::STATE.get().counts;
    let young = int::from_i64(HEAP.get().young.max(0));
    Ok(tuple::from_array([young, int::from_i64(counts[0] as i64), int::from_i64(counts[1] as i64)]))
}
fn get_stats(_: &Vm, _: &Obj) -> PyResult {
    let rows = collect::STATE.get().stats;
    let row = |s: [usize; 3]| {
        let d = Dict::new();
        for (name, n) in ["collections", "collected", "uncollectable"].into_iter().zip(s) {
            d.set_str(name, int::from_usize(n));
        }
        d.into_obj()
    };
    Ok(List::new(rows.into_iter().map(row).collect()).into_obj())
}
fn set_debug(vm: &Vm, _: &Obj, flags: &Obj) -> PyResult {
    let flags = ops::to_i32(vm, flags)? as i64;
    LISTS.get().debug = flags;
    collect::STATE.get().save_all = flags & SAVEALL != 0;
    none()
}
fn set_threshold(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords("gc.set_threshold")?;
    let a = args.positional();
    if a.is_empty() || a.len() > 3 {
        return Err(error::type_error("gc.set_threshold requires 1 to 3 arguments"));
    }
    let mut all = collect::STATE.get().thresholds;
    for (slot, x) in all.iter_mut().zip(a) {
        *slot = ops::to_i32(vm, x)? as i64;
    }
    (collect::STATE.get().thresholds, collect::STATE.get().chosen) = (all, true);
    // Zero disables automatic collections.
    HEAP.get().set_threshold(if all[0] == 0 { i64::MAX } else { all[0] });
    none()
}
fn get_threshold(_: &Vm, _: &Obj) -> PyResult {
    let t = collect::STATE.get().thresholds;
    Ok(tuple::from_array(t.map(int::from_i64)))
}

fn get_objects(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let g = match args.opt_not_none(0) {
        None => None,
        Some(g) => match ops::size_isize(vm, g)? {
            g if g >= 3 => {
                return Err(error::value_error(format!(
                    "generation parameter must be less than the number of available generations ({})",
                    3
                )));
            }
            g if g < 0 => return Err(error::value_error("generation parameter cannot be negative")),
            g => Some(g),
        },
    };
    // Ages are kept by page, not by object: the two younger generations cannot be told apart and count as old.
    let all = if matches!(g, Some(0 | 1)) { vec![] } else { collect::all_objects() };
    Ok(List::new(all).into_obj())
}
fn get_referrers(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords("get_referrers")?;
    let wanted = args.positional();
    let mut found = vec![];
    for o in collect::all_objects() {
        let mut refers = false;
        collect::referents(&o, &mut |c| refers |= c.is_ptr() && wanted.iter().any(|w| w.is(c)));
        if refers {
            found.push(o);
        }
    }
    Ok(List::new(found).into_obj())
}
fn get_referents(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords("get_referents")?;
    let mut found = vec![];
    for o in args.positional() {
        collect::referents(o, &mut |c| found.push(c.clone()));
    }
    Ok(List::new(found).into_obj())
}
/// Collected types' instances, but not objects in static memory.
fn is_tracked(o: &Obj) -> bool {
    o.ty().has(F::GC) && o.header().is_some_and(|h| !h.is_immortal())
}
