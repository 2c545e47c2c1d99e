//! `list`: its slots and methods.
//!
//! Invariant: an item is cloned out of the list before Python code runs, since that code may change the list (LIST-1).
//! CPython: Objects/listobject.c.

use super::dict_views;
use super::shared::{compare_sequences, guarded_repr, has_native_new, optional_argument, repr_items, search_bound};
use super::{list_iter, list_sort};
use adder_object::list::{drop_last_first, plain_items};
use adder_object::slice::Indices;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, CompareOp, List, Obj, ObjExt, PyResult, Ref, Slice, Type, Vm, class, error, int, ops, singletons, str, tuple,
    types,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(list_iter::iter),
        slot::length(|_, o| Ok(o.this::<List>()?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(contains),
        slot::concat(concat),
        slot::repeat(repeat),
        slot::inplace_concat(inplace_concat),
        slot::inplace_repeat(inplace_repeat),
    ],
    methods: &[
        method(
            "__reversed__($self, /)",
            Native::NoArgs(list_iter::reversed),
            "Return a reverse iterator over the list.",
        ),
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), "Return the size of the list in memory, in bytes."),
        method("clear($self, /)", Native::NoArgs(clear), "Remove all items from list."),
        method("copy($self, /)", Native::NoArgs(copy), "Return a shallow copy of the list."),
        method("append($self, object, /)", Native::One(append), "Append object to the end of the list."),
        method("insert($self, index, object, /)", Native::Pos(2, 2, insert), "Insert object before index."),
        method(
            "extend($self, iterable, /)",
            Native::One(extend),
            "Extend list by appending elements from the iterable.",
        ),
        method(
            "pop($self, index=-1, /)",
            Native::Pos(0, 1, pop),
            "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range.",
        ),
        method(
            "remove($self, value, /)",
            Native::One(remove),
            "Remove first occurrence of value.\n\nRaises ValueError if the value is not present.",
        ),
        method(
            "index($self, value, start=0, stop=sys.maxsize, /)",
            Native::Pos(1, 3, index),
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        method("count($self, value, /)", Native::One(count), "Return number of occurrences of value."),
        method("reverse($self, /)", Native::NoArgs(reverse), "Reverse *IN PLACE*."),
        method(
            "sort($self, /, *, key=None, reverse=False)",
            Native::Bound(list_sort::sort_method),
            "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable\n(i.e. the order of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort\nthem, ascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "lists are generic over the type of their contents",
        ),
    ],
    doc: "list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    ..TypeSpec::of(&types::LIST)
};

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, List::default()).into_obj())
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() && has_native_new(o, new) {
        args.no_keywords("list")?;
    }
    let arg = optional_argument(args, "list")?;
    let l = o.this::<List>()?;
    if !l.is_empty() {
        drop(l.take_all());
    }
    match arg {
        Some(it) => list_extend(vm, l, it),
        None => Ok(()),
    }
}

/// Appends every item of an iterable; what was appended before an error stays.
pub fn list_extend(vm: &Vm, l: &List, it: &Obj) -> PyResult<()> {
    if let Some(items) = plain_items(it) {
        if it.get::<List>().is_some_and(|other| !std::ptr::eq(l, other)) || it.is_exact(&types::TUPLE) {
            if !List::can_hold(l.len() + items.len()) {
                return Err(error::no_memory());
            }
            l.extend_from_slice(items);
            return Ok(());
        }
        let items = items.to_vec();
        if !List::can_hold(l.len() + items.len()) {
            return Err(error::no_memory());
        }
        l.extend_from_slice(&items);
        return Ok(());
    }
    if let Some(items) = ops::at_once(it).or_else(|| dict_views::at_once(it)).or_else(|| list_iter::rest(it)) {
        if l.allocated() == 0 {
            drop(l.replace_all(items));
        } else {
            l.extend(items);
        }
        return Ok(());
    }
    let steps = ops::Steps::of(vm, it)?;
    let hint = ops::length_hint(vm, it, 8)?;
    if !List::can_hold(hint) {
        // CPython ignores hints that overflow; such an iterable ends by itself or memory does.
    } else if hint > l.allocated() - l.len() && hint < 1 << 20 && l.is_empty() {
        l.reserve(hint);
    }
    while let Some(x) = steps.next(vm)? {
        l.push(x);
    }
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let l = o.this::<List>()?;
    if l.is_empty() {
        return Ok(str::from_str("[]").into_obj());
    }
    guarded_repr(vm, o, "[...]", || repr_items(vm, "[", "]", |i| l.get(i)))
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<List>(), b.get::<List>()) else { return Ok(singletons::not_implemented()) };
    let plain = if x.len() == y.len() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        ops::plain_prefix(x.as_slice(), y.as_slice())
    } else {
        0
    };
    compare_sequences(vm, op, plain, || (x.len(), y.len()), |i| x.get(i).zip(y.get(i)))
}

#[inline]
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let l = o.this::<List>()?;
    if let Some(i) = key.small_int() {
        let i = if i < 0 { i + l.len() as i64 } else { i };
        return l.get(i as usize).ok_or_else(out_of_range);
    }
    getitem_slow(vm, l, key)
}
#[cold]
fn out_of_range() -> adder_object::PyErr {
    error::index_error("list index out of range")
}
fn getitem_slow(vm: &Vm, l: &List, key: &Obj) -> PyResult {
    if let Some(s) = key.get::<Slice>() {
        let (start, stop, step) = s.unpack(vm)?;
        let ix = adder_object::slice::adjust(start, stop, step, l.len());
        let items = l.as_slice();
        if ix.step == 1 {
            let start = ix.start.max(0) as usize;
            return Ok(List::from_items(&items[start..start + ix.len]).into_obj());
        }
        return Ok(List::from_exact(ix.iter().map(|i| items[i].clone())).into_obj());
    }
    let i = position(vm, key)?;
    let i = if i < 0 { i.wrapping_add(l.len() as isize) } else { i };
    l.get(i as usize).ok_or_else(out_of_range)
}
/// The items a slice names.
pub fn slice_of(items: &[Obj], ix: Indices) -> Vec<Obj> {
    if ix.step == 1 {
        return if ix.len == 0 { vec![] } else { items[ix.start as usize..ix.start as usize + ix.len].to_vec() };
    }
    ix.iter().map(|i| items[i].clone()).collect()
}
fn position(vm: &Vm, key: &Obj) -> PyResult<isize> {
    if !int::is_int(key) && key.ty().index().is_none() {
        return Err(error::type_error(format!("list indices must be integers or slices, not {}", key.ty().tp_name())));
    }
    ops::index_isize(vm, key)
}

#[inline]
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let l = o.this::<List>()?;
    if let (Some(i), Some(v)) = (key.small_int(), value) {
        let i = if i < 0 { i + l.len() as i64 } else { i };
        return if l.set(i as usize, v.clone()) { Ok(()) } else { Err(assignment_out_of_range()) };
    }
    setitem_slow(vm, l, key, value)
}
#[cold]
fn assignment_out_of_range() -> adder_object::PyErr {
    error::index_error("list assignment index out of range")
}
fn setitem_slow(vm: &Vm, l: &List, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(s) = key.get::<Slice>() {
        let (start, stop, step) = s.unpack(vm)?;
        return match value {
            Some(v) => set_slice(vm, l, (start, stop, step), v),
            None => {
                del_slice(l, adder_object::slice::adjust(start, stop, step, l.len()));
                Ok(())
            }
        };
    }
    let i = position(vm, key)?;
    let i = if i < 0 { i.wrapping_add(l.len() as isize) } else { i } as usize;
    let done = match value {
        Some(v) => l.set(i, v.clone()),
        None => l.remove(i).is_some(),
    };
    if done { Ok(()) } else { Err(assignment_out_of_range()) }
}

fn set_slice(vm: &Vm, l: &List, (start, stop, step): (isize, isize, isize), v: &Obj) -> PyResult<()> {
    if step == 1
        && let Some(items) = plain_items(v).filter(|i| i.as_ptr() != l.as_slice().as_ptr())
    {
        let ix = adder_object::slice::adjust(start, stop, step, l.len());
        drop_last_first(l.assign_range(ix.start as usize, ix.start as usize + ix.len, items));
        return Ok(());
    }
    let items = match ops::collect(vm, v) {
        Err(e) if e.is(&adder_object::exceptions::TYPE_ERROR) && v.ty().iter().is_none() => {
            return Err(error::type_error("must assign iterable to extended slice"));
        }
        r => r?,
    };
    let ix = adder_object::slice::adjust(start, stop, step, l.len());
    if step == 1 {
        let start = ix.start as usize;
        drop_last_first(l.splice(start, start + ix.len, items));
        return Ok(());
    }
    if items.len() != ix.len {
        return Err(error::value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            ix.len
        )));
    }
    // Old items are kept until all are replaced: dropping one may run code that uses the list.
    let old: Vec<Obj> = ix.iter().filter_map(|i| l.get(i)).collect();
    for (i, x) in ix.iter().zip(items) {
        l.set(i, x);
    }
    drop(old);
    Ok(())
}

fn del_slice(l: &List, ix: Indices) {
    if ix.len == 0 {
        return;
    }
    if ix.step == 1 {
        let start = ix.start as usize;
        drop_last_first(l.splice(start, start + ix.len, vec![]));
        return;
    }
    let mut doomed: Vec<usize> = ix.iter().collect();
    doomed.sort_unstable();
    let mut next = doomed.into_iter().peekable();
    let (mut kept, mut gone) = (vec![], vec![]);
    for (i, x) in l.take_all().into_iter().enumerate() {
        if next.peek() == Some(&i) {
            next.next();
            gone.push(x);
        } else {
            kept.push(x);
        }
    }
    drop(l.replace_all(kept));
    drop(gone);
}

fn contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    Ok(find(vm, o.this::<List>()?, item, 0, usize::MAX)?.is_some())
}

/// Position of the first item equal to `item` within [start, stop).
fn find(vm: &Vm, l: &List, item: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    loop {
        // Identity, and ints against ints, need no call and so no new reference.
        let items = l.as_slice();
        let int = item.is_int();
        while i < items.len().min(stop) {
            if items[i].is(item) {
                return Ok(Some(i));
            }
            if !(int && items[i].is_int()) {
                break;
            }
            i += 1;
        }
        if i >= stop {
            return Ok(None);
        }
        let Some(x) = l.get(i) else { return Ok(None) };
        if ops::equals(vm, &x, item)? {
            return Ok(Some(i));
        }
        i += 1;
    }
}

fn concat(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let x = a.this::<List>()?;
    let Some(y) = b.get::<List>() else {
        return Err(error::type_error(format!("can only concatenate list (not \"{}\") to list", b.ty().tp_name())));
    };
    List::from_two(x.as_slice(), y.as_slice()).map(Ref::into_obj).ok_or_else(error::no_memory)
}

/// `n` times the items behind those already there.
fn repeat_into(l: &List, items: &[Obj], n: usize) -> PyResult<()> {
    match items.len().checked_mul(n) {
        Some(total) if l.try_reserve(total) => {}
        _ => return Err(error::no_memory()),
    }
    if let [x] = items {
        l.push_times(x, n);
    } else {
        (0..n).for_each(|_| l.extend_from_slice(items));
    }
    Ok(())
}

fn repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let x = o.this::<List>()?;
    let l = List::new(vec![]);
    if n > 0 && !x.is_empty() {
        repeat_into(&l, x.as_slice(), n as usize)?;
    }
    Ok(l.into_obj())
}

fn inplace_concat(vm: &Vm, o: &Obj, other: &Obj) -> PyResult {
    list_extend(vm, o.this::<List>()?, other)?;
    Ok(o.clone())
}

fn inplace_repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let l = o.this::<List>()?;
    if n <= 0 {
        drop(l.take_all());
    } else if n > 1 && !l.is_empty() {
        let items = l.to_vec();
        repeat_into(l, &items, n as usize - 1)?;
    }
    Ok(o.clone())
}

fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize - 8 + 8 * o.this::<List>()?.allocated()))
}
fn clear(_: &Vm, o: &Obj) -> PyResult {
    drop(o.this::<List>()?.take_all());
    Ok(singletons::none())
}
fn copy(_: &Vm, o: &Obj) -> PyResult {
    Ok(List::from_items(o.this::<List>()?.as_slice()).into_obj())
}
#[inline]
fn append(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    o.this::<List>()?.push(x.clone());
    Ok(singletons::none())
}
fn insert(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let l = o.this::<List>()?;
    let i = ops::size_isize(vm, &args[0])?;
    let i = if i < 0 { i.saturating_add(l.len() as isize).max(0) } else { i };
    l.insert(i as usize, args[1].clone());
    Ok(singletons::none())
}
fn extend(vm: &Vm, o: &Obj, it: &Obj) -> PyResult {
    list_extend(vm, o.this::<List>()?, it)?;
    Ok(singletons::none())
}
fn pop(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let l = o.this::<List>()?;
    let i = match args.first() {
        None => return l.pop().ok_or_else(|| error::index_error("pop from empty list")),
        Some(i) => ops::size_isize(vm, i)?,
    };
    if l.is_empty() {
        return Err(error::index_error("pop from empty list"));
    }
    let i = if i < 0 { i.wrapping_add(l.len() as isize) } else { i };
    if i as usize + 1 == l.len() {
        return l.pop().ok_or_else(|| error::index_error("pop index out of range"));
    }
    l.remove(i as usize).ok_or_else(|| error::index_error("pop index out of range"))
}
fn remove(vm: &Vm, o: &Obj, item: &Obj) -> PyResult {
    let l = o.this::<List>()?;
    match find(vm, l, item, 0, usize::MAX)? {
        Some(i) => {
            drop(l.remove(i));
            Ok(singletons::none())
        }
        None => Err(error::value_error("list.remove(x): x not in list")),
    }
}
fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let l = o.this::<List>()?;
    let start = args.get(1).map_or(Ok(0), |s| search_bound(vm, s, l.len()))?;
    let stop = args.get(2).map_or(Ok(usize::MAX), |s| search_bound(vm, s, l.len()))?;
    match find(vm, l, &args[0], start, stop)? {
        Some(i) => Ok(int::from_usize(i)),
        None => Err(error::value_error("list.index(x): x not in list")),
    }
}
fn count(vm: &Vm, o: &Obj, item: &Obj) -> PyResult {
    let l = o.this::<List>()?;
    let (mut i, mut n) = (0, 0);
    while let Some(x) = l.get(i) {
        n += usize::from(ops::key_equals(vm, &x, item)?);
        i += 1;
    }
    Ok(int::from_usize(n))
}
fn reverse(_: &Vm, o: &Obj) -> PyResult {
    o.this::<List>()?.reverse();
    Ok(singletons::none())
}

/// The `before` first items, a list of the middle, the `after` last: `a, *b, c = it`. CPython: unpack_iterable of Python/ceval.c.
pub fn unpack_star(vm: &Vm, o: &Obj, before: usize, after: usize) -> PyResult<Vec<Obj>> {
    let it = unpack_iter(vm, o)?;
    let mut out = Vec::with_capacity(before + after + 1);
    while out.len() < before {
        match ops::next(vm, &it)? {
            Some(x) => out.push(x),
            None => {
                return Err(error::value_error(format!(
                    "not enough values to unpack (expected at least {}, got {})",
                    before + after,
                    out.len()
                )));
            }
        }
    }
    let mut rest = Vec::new();
    while let Some(x) = ops::next(vm, &it)? {
        rest.push(x);
    }
    if rest.len() < after {
        return Err(error::value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            before + rest.len()
        )));
    }
    let tail = rest.split_off(rest.len() - after);
    out.push(List::new(rest).into_obj());
    out.extend(tail);
    Ok(out)
}

/// Exactly `n` items: `a, b = it`.
pub fn unpack(vm: &Vm, o: &Obj, n: usize) -> PyResult<Vec<Obj>> {
    let known = match tuple::as_slice(o) {
        Some(items) if o.is_exact(&types::TUPLE) => Some(items.to_vec()),
        _ => o.get_exact::<List>().map(List::to_vec),
    };
    if let Some(items) = known {
        return match items.len().cmp(&n) {
            std::cmp::Ordering::Equal => Ok(items),
            std::cmp::Ordering::Less => Err(too_few(n, items.len())),
            std::cmp::Ordering::Greater => Err(too_many(n, Some(items.len()))),
        };
    }
    let it = unpack_iter(vm, o)?;
    let mut out = Vec::with_capacity(n);
    while out.len() < n {
        match ops::next(vm, &it)? {
            Some(x) => out.push(x),
            None => return Err(too_few(n, out.len())),
        }
    }
    if ops::next(vm, &it)?.is_none() {
        return Ok(out);
    }
    let known = if o.is_exact(&types::DICT) { Some(ops::len(vm, o)?) } else { None };
    Err(too_many(n, known))
}
fn unpack_iter(vm: &Vm, o: &Obj) -> PyResult {
    match ops::iter(vm, o) {
        Err(e)
            if e.is(&adder_object::exceptions::TYPE_ERROR) && o.ty().iter().is_none() && o.ty().getitem().is_none() =>
        {
            Err(error::type_error(format!("cannot unpack non-iterable {} object", o.ty().tp_name())))
        }
        r => r,
    }
}
#[cold]
fn too_few(n: usize, got: usize) -> adder_object::PyErr {
    error::value_error(format!("not enough values to unpack (expected {n}, got {got})"))
}
#[cold]
fn too_many(n: usize, got: Option<usize>) -> adder_object::PyErr {
    match got {
        Some(got) => error::value_error(format!("too many values to unpack (expected {n}, got {got})")),
        None => error::value_error(format!("too many values to unpack (expected {n})")),
    }
}
