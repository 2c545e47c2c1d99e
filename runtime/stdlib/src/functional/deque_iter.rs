//! The iterators of deques.

use super::deque::Deque;
use super::shared::positional;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, Payload, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, error, int, ops, payload,
    trace_fields, tuple,
};
use std::cell::Cell;

pub struct DequeIter<const BACK: bool> {
    deque: ObjCell,
    /// Items given out so far.
    done: Cell<usize>,
    /// Items left when the iterator was made, less those given out.
    left: Cell<usize>,
    state: Cell<u64>,
}
trace_fields!(DequeIter<false> { deque });
trace_fields!(DequeIter<true> { deque });
static DEQUE_ITERATOR: StaticType = StaticType::new::<DequeIter<false>>("collections._deque_iterator", F::GC);
static DEQUE_REVERSE_ITERATOR: StaticType =
    StaticType::new::<DequeIter<true>>("collections._deque_reverse_iterator", F::GC);
payload!(DequeIter<false>, DEQUE_ITERATOR);
payload!(DequeIter<true>, DEQUE_REVERSE_ITERATOR);

macro_rules! spec {
    ($id:ident $ty:ident $back:literal) => {
        pub static $id: TypeSpec = TypeSpec {
            slots: &[slot::new(new::<$back>), slot::iter(ops::iter_self), slot::iternext(next::<$back>)],
            methods: &[
                method(
                    "__length_hint__($self, /)",
                    Native::NoArgs(|_, o| Ok(int::from_usize(o.this::<DequeIter<$back>>()?.left.get()))),
                    "Private method returning an estimate of len(list(it)).",
                ),
                method(
                    "__reduce__($self, /)",
                    Native::NoArgs(reduce::<$back>),
                    "Return state information for pickling.",
                ),
            ],
            ..TypeSpec::of(&$ty)
        };
    };
}
spec!(SPEC DEQUE_ITERATOR false);
spec!(REVERSE_SPEC DEQUE_REVERSE_ITERATOR true);

fn make<const BACK: bool>(o: &Obj, skip: usize) -> PyResult
where
    DequeIter<BACK>: Payload,
{
    let d = o.this::<Deque>()?;
    let skip = skip.min(d.len());
    let it = DequeIter::<BACK> {
        deque: ObjCell::new(o.clone()),
        done: Cell::new(skip),
        left: Cell::new(d.len() - skip),
        state: Cell::new(d.state.get()),
    };
    Ok(Ref::new(it).into_obj())
}
pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    make::<false>(o, 0)
}
pub fn reversed(_: &Vm, o: &Obj) -> PyResult {
    make::<true>(o, 0)
}

/// `_deque_iterator(deque, index=0)`, as pickles call it.
fn new<const BACK: bool>(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult
where
    DequeIter<BACK>: Payload,
{
    let a = positional(ty, args, &ty.name(), 1, 2)?;
    if a[0].get::<Deque>().is_none() {
        return Err(error::type_error(format!(
            "{}() argument 1 must be collections.deque, not {}",
            ty.name(),
            a[0].ty().tp_name()
        )));
    }
    let skip = a.get(1).map_or(Ok(0), |i| ops::size_isize(vm, i))?;
    make::<BACK>(&a[0], skip.max(0) as usize)
}

fn next<const BACK: bool>(_: &Vm, o: &Obj) -> PyResult<Option<Obj>>
where
    DequeIter<BACK>: Payload,
{
    let it = o.this::<DequeIter<BACK>>()?;
    it.deque.with(|deque| {
        let Some(deque) = deque else { return Ok(None) };
        let d = deque.this::<Deque>()?;
        if d.state.get() != it.state.get() {
            it.left.set(0);
            return Err(error::runtime_error("deque mutated during iteration"));
        }
        if it.left.get() == 0 {
            return Ok(None);
        }
        let i = it.done.get();
        let items = d.items.borrow();
        let item = items.get(if BACK { items.len().wrapping_sub(i + 1) } else { i }).cloned();
        it.done.set(i + 1);
        it.left.set(it.left.get() - 1);
        Ok(item)
    })
}

fn reduce<const BACK: bool>(_: &Vm, o: &Obj) -> PyResult
where
    DequeIter<BACK>: Payload,
{
    let it = o.this::<DequeIter<BACK>>()?;
    let deque = it.deque.get().ok_or_else(|| error::system_error("deque iterator without deque"))?;
    let n = deque.this::<Deque>()?.len();
    let at = int::from_usize(n.saturating_sub(it.left.get()));
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([deque, at])]))
}
