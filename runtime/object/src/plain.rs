//! Questions about values that are answered without running Python code, or not at all.
//!
//! Invariant: nothing here calls a method of a program's class, raises, or changes an object; None (or `Unknown`) means that only the
//! general operation of `ops` can tell.

use crate::{Dict, List, Obj, ObjExt, Set, Str, Type, TypeFlags, Vm, singletons, tuple, types};

/// Only code of the program can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unknown;

/// How deep tuples are looked into by [`plain_equal`].
pub(crate) const PLAIN_DEPTH: u32 = 6;

/// Whether a type compares as another one does, which it inherits from.
pub(crate) fn compares_as(ty: &Type, other: &Type) -> bool {
    other.richcompare().zip(ty.richcompare()).is_some_and(|(f, g)| std::ptr::fn_addr_eq(f, g))
}
/// The same of hashes.
fn hashes_as(ty: &Type, other: &Type) -> bool {
    other.hash().zip(ty.hash()).is_some_and(|(f, g)| std::ptr::fn_addr_eq(f, g))
}

/// `a is b or a == b` of immutable built-in values, which runs no Python code; None when it would have to.
#[inline]
pub fn plain_equal(a: &Obj, b: &Obj) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if a.is_int() && b.is_int() {
        return Some(false);
    }
    plain_equal_slow(a, b, PLAIN_DEPTH)
}
/// A tuple, or of a class that inherits how tuples compare, as named tuples do.
#[inline]
pub(crate) fn compares_as_tuple(o: &Obj) -> bool {
    let ty = o.ty();
    if ty.is(&types::TUPLE) {
        return true;
    }
    ty.has(TypeFlags::TUPLE_SUBCLASS) && compares_as(ty, &types::TUPLE)
}
fn plain_equal_slow(a: &Obj, b: &Obj, depth: u32) -> Option<bool> {
    if let (Some(x), Some(y)) = (a.get_exact::<Str>(), b.get_exact::<Str>()) {
        return Some(x.equals(y));
    }
    if let (Some(x), Some(y)) = (a.small_float(), b.small_float()) {
        return Some(x == y);
    }
    if depth == 0 || !compares_as_tuple(a) || !compares_as_tuple(b) {
        return match (kin(a)?, kin(b)?) {
            (Kin::Number, Kin::Number) => crate::ops::equals(Vm::current(), a, b).ok(),
            _ => are_strangers(a, b).then_some(false),
        };
    }
    let (x, y) = (tuple::as_slice(a)?, tuple::as_slice(b)?);
    if x.len() != y.len() {
        return Some(false);
    }
    for (x, y) in x.iter().zip(y) {
        if x.is(y) {
            continue;
        }
        if x.is_int() && y.is_int() || !plain_equal_slow(x, y, depth - 1)? {
            return Some(false);
        }
    }
    Some(true)
}

/// The order of two ints, floats, strs or tuples of such, which runs no Python code; None when it would have to, and with NaNs.
#[inline]
pub(crate) fn plain_order(a: &Obj, b: &Obj, depth: u32) -> Option<std::cmp::Ordering> {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return Some(x.cmp(&y));
    }
    if let (Some(x), Some(y)) = (a.small_float(), b.small_float()) {
        return x.partial_cmp(&y);
    }
    plain_order_slow(a, b, depth)
}
fn plain_order_slow(a: &Obj, b: &Obj, depth: u32) -> Option<std::cmp::Ordering> {
    if let (Some(x), Some(y)) = (a.get_exact::<Str>(), b.get_exact::<Str>()) {
        return Some(x.compare(y));
    }
    if depth == 0 || !a.is_exact(&types::TUPLE) || !b.is_exact(&types::TUPLE) {
        return None;
    }
    let (x, y) = (tuple::as_slice(a)?, tuple::as_slice(b)?);
    for (x, y) in x.iter().zip(y) {
        // The first items that differ decide.
        match if x.is(y) { std::cmp::Ordering::Equal } else { plain_order(x, y, depth - 1)? } {
            std::cmp::Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(x.len().cmp(&y.len()))
}

/// How many items at the start of two sequences are equal as [`plain_equal`] sees it.
pub fn plain_prefix(a: &[Obj], b: &[Obj]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| plain_equal(x, y) == Some(true)).count()
}

/// Truth of the values whose truth is no matter of a type.
#[inline]
pub fn plain_truth(o: &Obj) -> Option<bool> {
    if let Some(n) = o.small_int() {
        return Some(n != 0);
    }
    if let Some(x) = o.small_float() {
        return Some(x != 0.0);
    }
    if o.is(singletons::true_ref()) {
        return Some(true);
    }
    if o.is(singletons::false_ref()) || o.is_none() { Some(false) } else { None }
}

/// Kinds of values none of which equals one of another kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kin {
    Number,
    Text,
    Tuple,
    /// Equal to itself alone.
    Itself,
}
fn kin(o: &Obj) -> Option<Kin> {
    if o.is_int() || o.is_float() {
        return Some(Kin::Number);
    }
    let ty = o.ty();
    if ty.is(&types::STR) {
        Some(Kin::Text)
    } else if ty.is(&types::TUPLE) {
        Some(Kin::Tuple)
    } else if ty.is(&types::FLOAT) || ty.has(TypeFlags::INT_SUBCLASS) && compares_as(ty, &types::INT) {
        Some(Kin::Number)
    } else {
        compares_as(ty, &types::OBJECT).then_some(Kin::Itself)
    }
}
/// Whether two different values cannot be equal, whatever they contain.
fn are_strangers(a: &Obj, b: &Obj) -> bool {
    match (kin(a), kin(b)) {
        (Some(x), Some(y)) => x != y || x == Kin::Itself,
        _ => false,
    }
}

/// `a op b` of strs, tuples of plain values, or values that cannot be equal; floats are left out for their NaNs.
pub fn compare(a: &Obj, b: &Obj, op: crate::CompareOp) -> Option<bool> {
    use crate::CompareOp as C;
    let (x, y) = (kin(a)?, kin(b)?);
    match op {
        C::Eq | C::Ne if x != Kin::Number || y != Kin::Number => Some(plain_equal(a, b)? == (op == C::Eq)),
        C::Eq | C::Ne => None,
        _ if x == Kin::Text && y == Kin::Text => Some(op.holds(plain_order(a, b, 0)?)),
        _ => None,
    }
}

/// Truth of built-in values and of instances whose class says nothing about it.
pub fn truth(o: &Obj) -> Option<bool> {
    if let Some(holds) = plain_truth(o) {
        return Some(holds);
    }
    let ty = o.ty();
    if ty.bool().is_none() && ty.length().is_none() {
        return Some(true);
    }
    if let Some(s) = o.get_exact::<Str>() {
        Some(!s.is_empty())
    } else if let Some(l) = o.get_exact::<List>() {
        Some(!l.is_empty())
    } else if let Some(d) = o.get_exact::<Dict>() {
        Some(!d.is_empty())
    } else if ty.is(&types::TUPLE) {
        Some(!tuple::as_slice(o)?.is_empty())
    } else {
        set(o).map(|s| !s.is_empty())
    }
}
fn set(o: &Obj) -> Option<&Set> {
    let ty = o.ty();
    if ty.is(&types::SET) || ty.is(&types::FROZENSET) { crate::set::view(o) } else { None }
}

/// Whether hashing a value runs no Python code.
fn hashes_plainly(o: &Obj, depth: u32) -> bool {
    let ty = o.ty();
    if ty.has(TypeFlags::TUPLE_SUBCLASS) && hashes_as(ty, &types::TUPLE) {
        return depth > 0 && tuple::as_slice(o).is_some_and(|items| items.iter().all(|i| hashes_plainly(i, depth - 1)));
    }
    ty.is(&types::FLOAT)
        || ty.is(&types::BYTES)
        || ty.has(TypeFlags::INT_SUBCLASS) && hashes_as(ty, &types::INT)
        || hashes_as(ty, &types::OBJECT)
}
/// The hash of a value.
#[inline]
pub fn hash(o: &Obj) -> Option<i64> {
    if let Some(s) = o.get_exact::<Str>() {
        return Some(s.hash());
    }
    if let Some(n) = o.small_int() {
        return Some(crate::hashing::int(n));
    }
    hash_slow(o)
}
fn hash_slow(o: &Obj) -> Option<i64> {
    // A tuple that was asked before has it.
    if hashes_as(o.ty(), &types::TUPLE)
        && let Some(h) = tuple::hash_cell(o).map(std::cell::Cell::get).filter(|&h| h != -1)
    {
        return Some(h);
    }
    if !hashes_plainly(o, PLAIN_DEPTH) {
        return None;
    }
    crate::ops::hash(Vm::current(), o).ok()
}

/// `item in container`.
pub fn contains(container: &Obj, item: &Obj) -> Option<bool> {
    if let Some(s) = set(container) {
        return s.contains_plain(item).ok();
    }
    if let Some(d) = container.get_exact::<Dict>() {
        return d.value_plain(item).ok().map(|v| v.is_some());
    }
    if container.is_exact(&types::STR) {
        item.get_exact::<Str>()?;
        return types::STR.contains()?(Vm::current(), container, item).ok();
    }
    for x in crate::list::plain_items(container)? {
        if plain_equal(x, item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// `isinstance(o, class)`, for classes without a metaclass of their own and tuples of such.
pub fn isinstance(o: &Obj, class: &Obj) -> Option<bool> {
    if let Some(items) = tuple::as_slice(class).filter(|_| class.is_exact(&types::TUPLE)) {
        for c in items {
            if is_of(o, c)? {
                return Some(true);
            }
        }
        return Some(false);
    }
    is_of(o, class)
}
fn is_of(o: &Obj, class: &Obj) -> Option<bool> {
    let c = class.get::<Type>()?;
    let check = &crate::names().__instancecheck__;
    if !class.is_exact(&types::TYPE) && class.ty().lookup(check) != types::TYPE.lookup(check) {
        return None;
    }
    let ty = o.ty();
    if ty.is_subtype(c) {
        return Some(true);
    }
    // An object may say that it is of another class.
    let usual =
        !ty.is_heap() || ty.lookup(&crate::names().__class__) == types::OBJECT.lookup(&crate::names().__class__);
    usual.then_some(false)
}
