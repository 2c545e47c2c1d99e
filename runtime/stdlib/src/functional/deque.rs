//! `collections.deque`: slots and methods. Its iterators are in deque_iter.rs.
//!
//! Invariant: DEQUE-1: no borrow of `items` is held while Python code runs, destructors included; `state` grows with every change
//! of the set of positions, so that loops notice.
//! CPython: Modules/_collectionsmodule.c.

use super::deque_iter;
use super::shared::{Parts, bind, guarded_repr, none};
use adder_object::list::plain_items;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeFlags as F, Vm, attr, call, class, error, int,
    names, ops, payload, singletons, trace_fields, tuple,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

#[derive(Default)]
pub struct Deque {
    pub items: RefCell<VecDeque<Obj>>,
    pub state: Cell<u64>,
    maxlen: Cell<Option<usize>>,
}
trace_fields!(Deque { items });
pub static DEQUE: StaticType =
    StaticType::new::<Deque>("collections.deque", F::GC | F::BASETYPE | F::SEQUENCE | F::MANAGED_WEAKREF);
payload!(Deque, DEQUE);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Deque::default()).into_obj())),
        slot::init(init),
        slot::repr(repr),
        slot::richcompare(richcompare),
        slot::iter(deque_iter::iter),
        slot::length(|_, o| Ok(o.this::<Deque>()?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(|vm, o, x| Ok(o.this::<Deque>()?.find(vm, x, 0, usize::MAX, CHANGED)?.is_some())),
        slot::concat(concat),
        slot::repeat(repeat),
        slot::inplace_concat(inplace_concat),
        slot::inplace_repeat(inplace_repeat),
    ],
    methods: &[
        method("append($self, item, /)", Native::One(append), "Add an element to the right side of the deque."),
        method("appendleft($self, item, /)", Native::One(appendleft), "Add an element to the left side of the deque."),
        method("clear($self, /)", Native::NoArgs(clear), "Remove all elements from the deque."),
        method("__copy__($self, /)", Native::NoArgs(copy), "Return a shallow copy of a deque."),
        method("copy($self, /)", Native::NoArgs(copy), "Return a shallow copy of a deque."),
        method("count($self, value, /)", Native::One(count), "Return number of occurrences of value."),
        method(
            "extend($self, iterable, /)",
            Native::One(extend),
            "Extend the right side of the deque with elements from the iterable.",
        ),
        method(
            "extendleft($self, iterable, /)",
            Native::One(extendleft),
            "Extend the left side of the deque with elements from the iterable.",
        ),
        method(
            "index($self, value, [start, [stop]])",
            Native::Pos(1, 3, index),
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        method("insert($self, index, value, /)", Native::Pos(2, 2, insert), "Insert value before index."),
        method("pop($self, /)", Native::NoArgs(pop), "Remove and return the rightmost element."),
        method("popleft($self, /)", Native::NoArgs(popleft), "Remove and return the leftmost element."),
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
        method("remove($self, value, /)", Native::One(remove), "Remove first occurrence of value."),
        method(
            "__reversed__($self, /)",
            Native::NoArgs(deque_iter::reversed),
            "Return a reverse iterator over the deque.",
        ),
        method("reverse($self, /)", Native::NoArgs(reverse), "Reverse *IN PLACE*."),
        method(
            "rotate($self, n=1, /)",
            Native::Pos(0, 1, rotate),
            "Rotate the deque n steps to the right.  If n is negative, rotates left.",
        ),
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), "Return the size of the deque in memory, in bytes."),
        class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
    ],
    getset: &[getter(
        "maxlen",
        |_, o| Ok(o.this::<Deque>()?.maxlen.get().map_or_else(singletons::none, int::from_usize)),
        "maximum size of a deque or None if unbounded",
    )],
    doc: "deque([iterable[, maxlen]])\n--\n\nA list-like sequence optimized for data accesses near its endpoints.",
    ..TypeSpec::of(&DEQUE)
};

const CHANGED: &str = "deque mutated during iteration";

impl Deque {
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }
    pub fn get(&self, i: usize) -> Option<Obj> {
        self.items.borrow().get(i).cloned()
    }
    pub fn to_vec(&self) -> Vec<Obj> {
        self.items.borrow().iter().cloned().collect()
    }
    fn changed(&self) {
        self.state.set(self.state.get() + 1)
    }
    fn is_over(&self) -> bool {
        self.maxlen.get().is_some_and(|m| self.len() > m)
    }
    fn push_back(&self, x: Obj) {
        self.items.borrow_mut().push_back(x);
        self.changed();
        if self.is_over() {
            let old = self.items.borrow_mut().pop_front();
            drop(old);
        }
    }
    fn push_front(&self, x: Obj) {
        self.items.borrow_mut().push_front(x);
        self.changed();
        if self.is_over() {
            let old = self.items.borrow_mut().pop_back();
            drop(old);
        }
    }
    fn take_all(&self) -> VecDeque<Obj> {
        self.changed();
        std::mem::take(&mut *self.items.borrow_mut())
    }
    /// First position in [start, stop) equal to `x`; an error when `__eq__` changes the deque.
    fn find(&self, vm: &Vm, x: &Obj, start: usize, stop: usize, message: &str) -> PyResult<Option<usize>> {
        let state = self.state.get();
        let mut i = start;
        while i < stop {
            let Some(item) = self.get(i) else { break };
            let equal = ops::key_equals(vm, &item, x)?;
            if self.state.get() != state {
                let ty = if message == CHANGED { error::runtime_error } else { error::index_error };
                return Err(ty(message));
            }
            if equal {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }
    fn extend_back(&self, vm: &Vm, it: &Obj) -> PyResult<()> {
        // An exact list or tuple needs no iterator: only dropping items could run code, and nothing is dropped without a limit.
        if self.maxlen.get().is_none()
            && let Some(items) = plain_items(it)
        {
            self.items.borrow_mut().extend(items.iter().cloned());
            self.changed();
            return Ok(());
        }
        let it = ops::iter(vm, it)?;
        if self.maxlen.get() == Some(0) {
            while ops::next(vm, &it)?.is_some() {}
            return Ok(());
        }
        while let Some(x) = ops::next(vm, &it)? {
            self.push_back(x);
        }
        Ok(())
    }
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let args = bind("deque(iterable=(), maxlen=None)", args)?;
    let d = o.this::<Deque>()?;
    let maxlen = match args.opt_not_none(1) {
        None => None,
        Some(m) if !int::is_int(m) => return Err(error::type_error("an integer is required")),
        Some(m) => match ops::size_isize(vm, m)? {
            n if n < 0 => return Err(error::value_error("maxlen must be non-negative")),
            n => Some(n as usize),
        },
    };
    d.maxlen.set(maxlen);
    if d.len() > 0 {
        drop(d.take_all());
    }
    match args.opt(0) {
        Some(it) => d.extend_back(vm, it),
        None => Ok(()),
    }
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    let name = o.ty().name();
    guarded_repr(vm, o, "[...]", || {
        let items = adder_object::List::new(d.to_vec()).into_obj();
        let mut parts = Parts::default();
        parts.text(&format!("{name}("));
        parts.repr(vm, &items)?;
        match d.maxlen.get() {
            Some(m) => parts.text(&format!(", maxlen={m})")),
            None => parts.text(")"),
        }
        Ok(parts.join())
    })
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Deque>(), b.get::<Deque>()) else { return Ok(singletons::not_implemented()) };
    if x.len() != y.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::bool_obj(op == CompareOp::Ne));
    }
    vm.check_stack(" in comparison")?;
    let state = (x.state.get(), y.state.get());
    let mut i = 0;
    while let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
        if !ops::key_equals(vm, &p, &q)? {
            return match op {
                CompareOp::Eq => Ok(singletons::false_obj()),
                CompareOp::Ne => Ok(singletons::true_obj()),
                _ => ops::compare(vm, &p, &q, op),
            };
        }
        if state != (x.state.get(), y.state.get()) {
            return Err(error::runtime_error(CHANGED));
        }
        i += 1;
    }
    Ok(singletons::bool_obj(op.holds(x.len().cmp(&y.len()))))
}

#[cold]
fn out_of_range() -> PyErr {
    error::index_error("deque index out of range")
}
fn position(vm: &Vm, d: &Deque, key: &Obj) -> PyResult<usize> {
    if key.ty().index().is_none() && !int::is_int(key) {
        return Err(error::type_error(format!("sequence index must be integer, not '{}'", key.ty().tp_name())));
    }
    let i = ops::index_isize(vm, key)?;
    let i = if i < 0 { i.wrapping_add(d.len() as isize) } else { i } as usize;
    if i < d.len() { Ok(i) } else { Err(out_of_range()) }
}
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    d.get(position(vm, d, key)?).ok_or_else(out_of_range)
}
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let d = o.this::<Deque>()?;
    let i = position(vm, d, key)?;
    let old = match value {
        Some(v) => d.items.borrow_mut().get_mut(i).map(|slot| std::mem::replace(slot, v.clone())),
        None => {
            d.changed();
            d.items.borrow_mut().remove(i)
        }
    };
    drop(old);
    Ok(())
}

/// A new deque of the same class, bound and items.
fn copy(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    if o.is_exact(&DEQUE) {
        let new = Deque { items: RefCell::new(d.items.borrow().clone()), ..Deque::default() };
        new.maxlen.set(d.maxlen.get());
        return Ok(Ref::new(new).into_obj());
    }
    let cls = o.ty().to_obj();
    match d.maxlen.get() {
        None => call::call1(vm, &cls, o),
        Some(m) => call::call_pos(vm, &cls, &[o.clone(), int::from_usize(m)]),
    }
}
fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if b.get::<Deque>().is_none() {
        return Err(error::type_error(format!("can only concatenate deque (not \"{}\") to deque", b.ty().tp_name())));
    }
    let new = copy(vm, a)?;
    new.this::<Deque>()?.extend_back(vm, b)?;
    Ok(new)
}
fn inplace_concat(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    extend(vm, o, x)?;
    Ok(o.clone())
}
fn repeat(vm: &Vm, o: &Obj, n: isize) -> PyResult {
    inplace_repeat(vm, &copy(vm, o)?, n)
}
fn inplace_repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let d = o.this::<Deque>()?;
    let len = d.len();
    if len == 0 || n == 1 {
        return Ok(o.clone());
    }
    if n <= 0 {
        drop(d.take_all());
        return Ok(o.clone());
    }
    let total =
        len.checked_mul(n as usize).filter(|&t| adder_object::List::can_hold(t)).ok_or_else(error::no_memory)?;
    let items = d.to_vec();
    let want = d.maxlen.get().map_or(total, |m| total.min(m));
    // Only the last `want` items of the repetition remain.
    let skip = total - want;
    let mut new: VecDeque<Obj> = VecDeque::new();
    new.try_reserve(want).map_err(|_| error::no_memory())?;
    new.extend((skip..total).map(|i| items[i % len].clone()));
    d.changed();
    let old = d.items.replace(new);
    drop(old);
    Ok(o.clone())
}

fn append(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    o.this::<Deque>()?.push_back(x.clone());
    none()
}
fn appendleft(_: &Vm, o: &Obj, x: &Obj) -> PyResult {
    o.this::<Deque>()?.push_front(x.clone());
    none()
}
fn clear(_: &Vm, o: &Obj) -> PyResult {
    drop(o.this::<Deque>()?.take_all());
    none()
}
fn count(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    let state = d.state.get();
    let (mut i, mut n) = (0, 0);
    while let Some(item) = d.get(i) {
        n += i64::from(ops::key_equals(vm, &item, x)?);
        if d.state.get() != state {
            return Err(error::runtime_error(CHANGED));
        }
        i += 1;
    }
    Ok(int::from_i64(n))
}
fn extend(vm: &Vm, o: &Obj, it: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    if o.is(it) {
        d.to_vec().into_iter().for_each(|x| d.push_back(x));
    } else {
        d.extend_back(vm, it)?;
    }
    none()
}
fn extendleft(vm: &Vm, o: &Obj, it: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    if o.is(it) {
        d.to_vec().into_iter().for_each(|x| d.push_front(x));
        return none();
    }
    let it = ops::iter(vm, it)?;
    while let Some(x) = ops::next(vm, &it)? {
        d.push_front(x);
    }
    none()
}
fn bound(vm: &Vm, o: &Obj, len: usize) -> PyResult<usize> {
    if !int::is_int(o) && o.ty().index().is_none() {
        return Err(error::type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = ops::index_clamped(vm, o)?;
    Ok(if i < 0 { i.saturating_add(len as isize).max(0) } else { i } as usize)
}
fn index(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let d = o.this::<Deque>()?;
    let start = a.get(1).map_or(Ok(0), |s| bound(vm, s, d.len()))?;
    let stop = a.get(2).map_or(Ok(d.len()), |s| bound(vm, s, d.len()))?;
    match d.find(vm, &a[0], start, stop, CHANGED)? {
        Some(i) => Ok(int::from_usize(i)),
        None => Err(error::value_error("deque.index(x): x not in deque")),
    }
}
fn insert(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let d = o.this::<Deque>()?;
    let i = ops::size_isize(vm, &a[0])?;
    let n = d.len();
    if d.maxlen.get() == Some(n) {
        return Err(error::index_error("deque already at its maximum size"));
    }
    let i = if i < 0 { i.saturating_add(n as isize).max(0) } else { i } as usize;
    d.changed();
    d.items.borrow_mut().insert(i.min(n), a[1].clone());
    none()
}
fn pop(_: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    let x = d.items.borrow_mut().pop_back();
    d.changed();
    x.ok_or_else(|| error::index_error("pop from an empty deque"))
}
fn popleft(_: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    let x = d.items.borrow_mut().pop_front();
    d.changed();
    x.ok_or_else(|| error::index_error("pop from an empty deque"))
}
fn remove(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    match d.find(vm, x, 0, usize::MAX, "deque mutated during remove().")? {
        Some(i) => {
            d.changed();
            let old = d.items.borrow_mut().remove(i);
            drop(old);
            none()
        }
        None => Err(error::value_error("deque.remove(x): x not in deque")),
    }
}
fn reverse(_: &Vm, o: &Obj) -> PyResult {
    o.this::<Deque>()?.items.borrow_mut().make_contiguous().reverse();
    none()
}
fn rotate(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let d = o.this::<Deque>()?;
    let n = a.first().map_or(Ok(1), |n| ops::size_isize(vm, n))?;
    let len = d.len();
    if len > 1 {
        d.changed();
        d.items.borrow_mut().rotate_right(n.rem_euclid(len as isize) as usize);
    }
    none()
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Deque>()?;
    let state = match attr::lookup_str(vm, o, "__getstate__")? {
        Some(f) => call::call0(vm, &f)?,
        None => attr::lookup(vm, o, &names().__dict__)?.unwrap_or_else(singletons::none),
    };
    let args = match d.maxlen.get() {
        None => tuple::new(vec![]),
        Some(m) => tuple::from_array([tuple::new(vec![]), int::from_usize(m)]),
    };
    Ok(tuple::from_array([o.ty().to_obj(), args, state, ops::iter(vm, o)?]))
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    let room = o.this::<Deque>()?.items.borrow().capacity();
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize + room * 8))
}
