//! `set` and `frozenset`: slots, operators, construction; their iterator. The methods are in set_methods.rs.
//!
//! CPython: Objects/setobject.c.

use super::set_methods as m;
use super::shared::{Parts, builtin, guarded_repr, has_native_init, optional_argument};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, CompareOp, Dict, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Set, StaticType, Type, TypeFlags as F, Vm,
    class, error, int, ops, payload, set, singletons, str, trace_fields, tuple, types,
};
use std::cell::Cell;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(iter),
        slot::length(|_, o| Ok(this(o)?.len())),
        slot::contains(contains),
        slot::subtract(subtract),
        slot::and(and),
        slot::xor(xor),
        slot::or(or),
        slot::inplace_subtract(inplace_subtract),
        slot::inplace_and(inplace_and),
        slot::inplace_xor(inplace_xor),
        slot::inplace_or(inplace_or),
    ],
    methods: &[
        method(
            "add($self, object, /)",
            Native::One(m::add),
            "Add an element to a set.\n\nThis has no effect if the element is already present.",
        ),
        method("clear($self, /)", Native::NoArgs(m::clear), "Remove all elements from this set."),
        method("copy($self, /)", Native::NoArgs(m::copy), "Return a shallow copy of a set."),
        method(
            "discard($self, object, /)",
            Native::One(m::discard),
            "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set.",
        ),
        method("difference($self, /, *others)", Native::Raw(m::difference), m::DIFFERENCE_DOC),
        method(
            "difference_update($self, /, *others)",
            Native::Raw(m::difference_update),
            "Update the set, removing elements found in others.",
        ),
        method("intersection($self, /, *others)", Native::Raw(m::intersection), m::INTERSECTION_DOC),
        method(
            "intersection_update($self, /, *others)",
            Native::Raw(m::intersection_update),
            "Update the set, keeping only elements found in it and all others.",
        ),
        method(
            "isdisjoint($self, other, /)",
            Native::One(m::isdisjoint),
            "Return True if two sets have a null intersection.",
        ),
        method("issubset($self, other, /)", Native::One(m::issubset), "Report whether another set contains this set."),
        method(
            "issuperset($self, other, /)",
            Native::One(m::issuperset),
            "Report whether this set contains another set.",
        ),
        method(
            "pop($self, /)",
            Native::NoArgs(m::pop),
            "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty.",
        ),
        method("__reduce__($self, /)", Native::NoArgs(m::reduce), "Return state information for pickling."),
        method(
            "remove($self, object, /)",
            Native::One(m::remove),
            "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.",
        ),
        method("__sizeof__($self, /)", Native::NoArgs(m::sizeof), "S.__sizeof__() -> size of S in memory, in bytes."),
        method("symmetric_difference($self, other, /)", Native::One(m::symmetric_difference), m::SYMMETRIC_DOC),
        method(
            "symmetric_difference_update($self, other, /)",
            Native::One(m::symmetric_difference_update),
            "Update the set, keeping only elements found in either set, but not in both.",
        ),
        method("union($self, /, *others)", Native::Raw(m::union), m::UNION_DOC),
        method("update($self, /, *others)", Native::Raw(m::update), "Update the set, adding elements from all others."),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "sets are generic over the type of their elements",
        ),
    ],
    doc: "set(iterable=(), /)\n--\n\nBuild an unordered collection of unique elements.",
    ..TypeSpec::of(&types::SET)
};

pub static FROZEN_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(frozen_new),
        slot::repr(repr),
        slot::hash(frozen_hash),
        slot::richcompare(richcompare),
        slot::iter(iter),
        slot::length(|_, o| Ok(this(o)?.len())),
        slot::contains(contains),
        slot::subtract(subtract),
        slot::and(and),
        slot::xor(xor),
        slot::or(or),
    ],
    methods: &[
        method("copy($self, /)", Native::NoArgs(m::copy), "Return a shallow copy of a set."),
        method("difference($self, /, *others)", Native::Raw(m::difference), m::DIFFERENCE_DOC),
        method("intersection($self, /, *others)", Native::Raw(m::intersection), m::INTERSECTION_DOC),
        method(
            "isdisjoint($self, other, /)",
            Native::One(m::isdisjoint),
            "Return True if two sets have a null intersection.",
        ),
        method("issubset($self, other, /)", Native::One(m::issubset), "Report whether another set contains this set."),
        method(
            "issuperset($self, other, /)",
            Native::One(m::issuperset),
            "Report whether this set contains another set.",
        ),
        method("__reduce__($self, /)", Native::NoArgs(m::reduce), "Return state information for pickling."),
        method("__sizeof__($self, /)", Native::NoArgs(m::sizeof), "S.__sizeof__() -> size of S in memory, in bytes."),
        method("symmetric_difference($self, other, /)", Native::One(m::symmetric_difference), m::SYMMETRIC_DOC),
        method("union($self, /, *others)", Native::Raw(m::union), m::UNION_DOC),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "frozensets are generic over the type of their elements",
        ),
    ],
    doc: "frozenset(iterable=(), /)\n--\n\nBuild an immutable unordered collection of unique elements.",
    ..TypeSpec::of(&types::FROZENSET)
};

/// The payload of a method's `self`.
#[inline]
pub fn this(o: &Obj) -> PyResult<&Set> {
    set::view(o).ok_or_else(|| wrong_self(o))
}
#[cold]
fn wrong_self(o: &Obj) -> PyErr {
    error::type_error(format!("descriptor requires a 'set' object but received a '{}'", o.ty().name()))
}
pub fn is_frozen(o: &Obj) -> bool {
    o.ty().is_subtype(&types::FROZENSET)
}
/// The type of results of operations on `o`: set or frozenset, also for instances of subclasses.
pub fn result_type(o: &Obj) -> &'static Type {
    if is_frozen(o) { &types::FROZENSET } else { &types::SET }
}

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(set::make(ty, Set::default()))
}
fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    args.no_keywords("set")?;
    let arg = optional_argument(args, "set")?;
    let s = this(o)?;
    s.clear_all();
    arg.map_or(Ok(()), |it| set_update(vm, s, it))
}
fn frozen_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() && (ty.is(&types::FROZENSET) || has_native_init(ty, class::object_init)) {
        args.no_keywords("frozenset")?;
    }
    let Some(it) = optional_argument(args, "frozenset")? else { return Ok(set::make(ty, Set::default())) };
    if ty.is(&types::FROZENSET) && it.is_exact(&types::FROZENSET) {
        return Ok(it.clone());
    }
    let o = set::make(ty, Set::default());
    set_update(vm, this(&o)?, it)?;
    Ok(o)
}

/// A fresh set of the items of an iterable.
pub fn set_from(vm: &Vm, it: &Obj) -> PyResult<Ref<Set>> {
    let s = Set::new();
    set_update(vm, &s, it)?;
    Ok(s)
}

/// A fresh frozenset of items.
pub fn frozenset_of(vm: &Vm, items: impl IntoIterator<Item = Obj>) -> PyResult {
    let s = Set::default();
    for x in items {
        s.add(vm, x)?;
    }
    Ok(set::make(&types::FROZENSET, s))
}

/// `s.update(it)`.
pub fn set_update(vm: &Vm, s: &Set, it: &Obj) -> PyResult<()> {
    if let Some(other) = set::view(it) {
        if std::ptr::eq(s, other) || other.is_empty() {
            return Ok(());
        }
        if s.is_empty() {
            s.clear_all();
            other.copy_into(s);
            return Ok(());
        }
        s.reserve_for(other);
        if s.merge_plain(other).is_ok() {
            return Ok(());
        }
        return each(other, |k, h| s.add_hashed(vm, k, h).map(drop));
    }
    if let Some(d) = it.get_exact::<Dict>() {
        let mut i = 0;
        while i < d.filled() {
            if let Some((k, _, h)) = d.entry_with_hash(i) {
                s.add_hashed(vm, k, h)?;
            }
            i += 1;
        }
        return Ok(());
    }
    ops::for_each(vm, it, |x| s.add(vm, x).map(drop))
}

/// Runs `f` over keys and hashes; the set may change meanwhile.
pub fn each(s: &Set, mut f: impl FnMut(Obj, i64) -> PyResult<()>) -> PyResult<()> {
    let mut at = 0;
    while let Some((k, h)) = s.next_entry(&mut at) {
        f(k, h)?;
    }
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let s = this(o)?;
    let name = o.ty().name();
    if s.is_empty() {
        return Ok(str::from_str(&format!("{name}()")).into_obj());
    }
    guarded_repr(vm, o, &format!("{name}(...)"), || {
        let exact = o.is_exact(&types::SET);
        let mut parts = Parts::default();
        parts.text(&if exact { "{".to_owned() } else { format!("{name}({{") });
        for (i, x) in s.to_vec().iter().enumerate() {
            if i > 0 {
                parts.text(", ");
            }
            parts.repr(vm, x)?;
        }
        parts.text(if exact { "}" } else { "})" });
        Ok(parts.join())
    })
}

fn frozen_hash(_: &Vm, o: &Obj) -> PyResult<i64> {
    let s = this(o)?;
    if let Some(h) = s.hash.get() {
        return Ok(h);
    }
    let shuffle = |h: u64| ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167);
    let mut hash = s.entries().iter().fold(0u64, |acc, &(_, h)| acc ^ shuffle(h as u64));
    hash ^= (s.len() as u64).wrapping_add(1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    let hash = if hash == u64::MAX { 590923713 } else { hash as i64 };
    s.hash.set(Some(hash));
    Ok(hash)
}

/// Membership by a key that may be an unhashable set, which is then looked up as a frozenset would be.
pub fn contains_key(vm: &Vm, s: &Set, key: &Obj) -> PyResult<bool> {
    match s.contains(vm, key) {
        Err(e) if e.is(&adder_object::exceptions::TYPE_ERROR) => match as_frozen(key) {
            Some(k) => s.contains(vm, &k),
            None => Err(e),
        },
        r => r,
    }
}
/// A frozenset with the contents of a set that cannot be hashed itself.
pub fn as_frozen(key: &Obj) -> Option<Obj> {
    let s = set::view(key).filter(|_| !is_frozen(key))?;
    Some(set::make(&types::FROZENSET, s.copy()))
}
fn contains(vm: &Vm, o: &Obj, key: &Obj) -> PyResult<bool> {
    contains_key(vm, this(o)?, key)
}

/// Whether every key of `a` is in `b`.
pub fn is_subset(vm: &Vm, a: &Set, b: &Set) -> PyResult<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    if let Ok(missing) = a.any_plain(b, false) {
        return Ok(!missing);
    }
    let mut at = 0;
    while let Some((k, h)) = a.next_entry(&mut at) {
        if !b.contains_hashed(vm, &k, h)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (set::view(a), set::view(b)) else { return Ok(singletons::not_implemented()) };
    let equal = |vm: &Vm| {
        if x.len() != y.len() || matches!((x.hash.get(), y.hash.get()), (Some(h), Some(k)) if h != k) {
            return Ok(false);
        }
        is_subset(vm, x, y)
    };
    let holds = match op {
        CompareOp::Eq => equal(vm)?,
        CompareOp::Ne => !equal(vm)?,
        CompareOp::Le => is_subset(vm, x, y)?,
        CompareOp::Ge => is_subset(vm, y, x)?,
        CompareOp::Lt => x.len() < y.len() && is_subset(vm, x, y)?,
        CompareOp::Gt => x.len() > y.len() && is_subset(vm, y, x)?,
    };
    Ok(singletons::bool_obj(holds))
}

// ---- operators: both operands must be sets ----

macro_rules! operators {
    ($($f:ident = $inner:path;)*) => { $(
        fn $f(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
            if set::view(a).is_none() || set::view(b).is_none() {
                return Ok(singletons::not_implemented());
            }
            $inner(vm, a, b)
        }
    )* };
}
operators! {
    subtract = m::difference_with; and = m::intersection_with; xor = m::symmetric_difference; or = m::union_with;
    inplace_subtract = inner_subtract; inplace_and = inner_and; inplace_xor = inner_xor; inplace_or = inner_or;
}
fn inner_subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    m::difference_update_with(vm, this(a)?, b)?;
    Ok(a.clone())
}
fn inner_and(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let r = m::intersection_with(vm, a, b)?;
    this(a)?.swap(this(&r)?);
    Ok(a.clone())
}
fn inner_xor(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    m::symmetric_difference_update(vm, a, b)?;
    Ok(a.clone())
}
fn inner_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    set_update(vm, this(a)?, b)?;
    Ok(a.clone())
}

// ---- the iterator ----

pub struct SetIter {
    /// Empty once exhausted.
    set: ObjCell,
    at: Cell<usize>,
    /// Length at the start; usize::MAX after an error, which then repeats.
    used: Cell<usize>,
    remaining: Cell<usize>,
}
trace_fields!(SetIter { set });
pub static SET_ITERATOR: StaticType = StaticType::new::<SetIter>("set_iterator", F::GC);
payload!(SetIter, SET_ITERATOR);

pub static ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(ops::iter_self), slot::iternext(next)],
    methods: &[
        method(
            "__length_hint__($self, /)",
            Native::NoArgs(length_hint),
            "Private method returning an estimate of len(list(it)).",
        ),
        method("__reduce__($self, /)", Native::NoArgs(iter_reduce), "Return state information for pickling."),
    ],
    ..TypeSpec::of(&SET_ITERATOR)
};

fn iter(_: &Vm, o: &Obj) -> PyResult {
    let n = this(o)?.len();
    let it = SetIter { set: ObjCell::new(o.clone()), at: Cell::new(0), used: Cell::new(n), remaining: Cell::new(n) };
    Ok(Ref::new(it).into_obj())
}

pub fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<SetIter>()?;
    let step = it.set.with(|s| {
        let Some(s) = s.and_then(set::view) else { return Ok(None) };
        if s.len() != it.used.get() {
            it.used.set(usize::MAX);
            return Err(error::runtime_error("Set changed size during iteration"));
        }
        let mut i = it.at.get();
        let Some((x, _)) = s.next_entry(&mut i) else { return Ok(None) };
        it.at.set(i);
        it.remaining.set(it.remaining.get().saturating_sub(1));
        Ok(Some(x))
    })?;
    if step.is_none() {
        drop(it.set.take());
    }
    Ok(step)
}
fn length_hint(_: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<SetIter>()?;
    let same = it.set.get().and_then(|s| set::view(&s).map(Set::len)) == Some(it.used.get());
    Ok(int::from_usize(if same { it.remaining.get() } else { 0 }))
}
fn iter_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let it = o.this::<SetIter>()?;
    let copy = SetIter {
        set: ObjCell::from_option(it.set.get()),
        at: it.at.clone(),
        used: it.used.clone(),
        remaining: it.remaining.clone(),
    };
    let copy = Ref::new(copy).into_obj();
    let mut rest = vec![];
    while let Some(x) = next(vm, &copy)? {
        rest.push(x);
    }
    Ok(tuple::from_array([builtin(vm, "iter")?, tuple::from_array([List::new(rest).into_obj()])]))
}
