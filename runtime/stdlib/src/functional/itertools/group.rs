//! `groupby` and `tee`.

use super::super::shared::{bind, positional};
use super::iterator;
use adder_object::spec::{Native, method};
use adder_object::{
    Args, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, attr, call, error,
    names, ops, payload, slots::slot, trace_fields, tuple,
};
use std::cell::{Cell, RefCell};

// ---- groupby ----

pub struct GroupBy {
    it: Obj,
    key: Obj,
    /// Key of the group given out last; of the item read last; that item while no group has taken it.
    target: ObjCell,
    current_key: ObjCell,
    current: ObjCell,
    /// The group given out last: only that one may still read.
    grouper: Cell<u64>,
}
iterator!(GroupBy { it, key, target, current_key, current } GROUPBY_TYPE GROUPBY "itertools.groupby" F::BASETYPE,
    groupby_new, groupby_next, [], [],
    "groupby(iterable, key=None)\n--\n\nmake an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.");

pub struct Grouper {
    parent: Obj,
    target: Obj,
}
iterator!(Grouper { parent, target } GROUPER_TYPE GROUPER "itertools._grouper" 0, grouper_new, grouper_next, [], [], "");

fn groupby_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("groupby(iterable, key=None)", args)?;
    let g = GroupBy {
        it: ops::iter(vm, args.req(0))?,
        key: args.clone_or_none(1),
        target: ObjCell::empty(),
        current_key: ObjCell::empty(),
        current: ObjCell::empty(),
        grouper: Cell::new(0),
    };
    Ok(Ref::with_type(ty, g).into_obj())
}
impl GroupBy {
    /// Reads one more item; false at the end.
    fn step(&self, vm: &Vm) -> PyResult<bool> {
        let Some(x) = ops::next(vm, &self.it)? else { return Ok(false) };
        let key = if self.key.is_none() { x.clone() } else { call::call1(vm, &self.key, &x)? };
        self.current.set(x);
        self.current_key.set(key);
        Ok(true)
    }
}
fn groupby_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let g = o.this::<GroupBy>()?;
    g.grouper.set(0);
    // Skip what is left of the previous group.
    loop {
        if let Some(key) = g.current_key.get() {
            let Some(target) = g.target.get() else { break };
            if !ops::key_equals(vm, &target, &key)? {
                break;
            }
        }
        if !g.step(vm)? {
            return Ok(None);
        }
    }
    let Some(key) = g.current_key.get() else { return Ok(None) };
    g.target.set(key.clone());
    let grouper = Ref::new(Grouper { parent: o.clone(), target: key.clone() }).into_obj();
    g.grouper.set(grouper.bits());
    Ok(Some(tuple::from_array([key, grouper])))
}
fn grouper_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "_grouper", 2, 2)?;
    let Some(parent) = a[0].get::<GroupBy>() else {
        return Err(error::type_error(format!(
            "_grouper() argument 1 must be itertools.groupby, not {}",
            a[0].ty().tp_name()
        )));
    };
    let g = Ref::with_type(ty, Grouper { parent: a[0].clone(), target: a[1].clone() }).into_obj();
    parent.grouper.set(g.bits());
    Ok(g)
}
fn grouper_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let me = o.this::<Grouper>()?;
    let g = me.parent.this::<GroupBy>()?;
    if g.grouper.get() != o.bits() {
        return Ok(None);
    }
    if !g.current.is_some() && !g.step(vm)? {
        return Ok(None);
    }
    let Some(key) = g.current_key.get() else { return Ok(None) };
    if ops::key_equals(vm, &me.target, &key)? { Ok(g.current.take()) } else { Ok(None) }
}

// ---- tee ----

/// Items a link holds before the next one is made.
const LINK: usize = 57;

/// A link of the shared buffer: what was read from the source, and the link behind.
pub struct TeeData {
    it: Obj,
    values: RefCell<Vec<Obj>>,
    next: ObjCell,
    running: Cell<bool>,
}
trace_fields!(TeeData { it, values, next });
static TEE_DATA_TYPE: StaticType = StaticType::new::<TeeData>("itertools._tee_dataobject", F::GC);
payload!(TeeData, TEE_DATA_TYPE);
pub static TEE_DATA: TypeSpec = TypeSpec {
    slots: &[slot::new(tee_data_new)],
    doc: "teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.",
    ..TypeSpec::of(&TEE_DATA_TYPE)
};

pub struct Tee {
    data: ObjCell,
    index: Cell<usize>,
}
iterator!(Tee { data } TEE_TYPE TEE "itertools._tee" F::MANAGED_WEAKREF, tee_new, tee_next, [], [
    method("__copy__($self, /)", Native::NoArgs(tee_copy), "Returns an independent iterator.")
], "_tee(iterable, /)\n--\n\nIterator wrapped to make it copyable.");

fn tee_data_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "teedataobject", 3, 3)?;
    let Some(values) = a[1].get::<List>() else {
        return Err(error::type_error(format!("teedataobject() argument 2 must be list, not {}", a[1].ty().tp_name())));
    };
    if values.len() > LINK {
        return Err(error::value_error("Invalid arguments"));
    }
    let data = TeeData {
        it: a[0].clone(),
        values: RefCell::new(values.to_vec()),
        next: ObjCell::from_option(a.get(2).filter(|n| !n.is_none()).cloned()),
        running: Cell::new(false),
    };
    Ok(Ref::with_type(ty, data).into_obj())
}
fn link(it: Obj) -> Obj {
    let data = TeeData {
        it,
        values: RefCell::new(Vec::with_capacity(LINK)),
        next: ObjCell::empty(),
        running: Cell::new(false),
    };
    Ref::new(data).into_obj()
}
impl TeeData {
    fn item(&self, vm: &Vm, i: usize) -> PyResult<Option<Obj>> {
        if let Some(x) = self.values.borrow().get(i) {
            return Ok(Some(x.clone()));
        }
        if self.running.replace(true) {
            return Err(error::runtime_error("cannot re-enter the tee iterator"));
        }
        let r = ops::next(vm, &self.it);
        self.running.set(false);
        let Some(x) = r? else { return Ok(None) };
        self.values.borrow_mut().push(x.clone());
        Ok(Some(x))
    }
    fn behind(&self) -> Obj {
        match self.next.get() {
            Some(n) => n,
            None => {
                let n = link(self.it.clone());
                self.next.set(n.clone());
                n
            }
        }
    }
}

fn tee_of(vm: &Vm, iterable: &Obj) -> PyResult {
    let it = ops::iter(vm, iterable)?;
    if it.is_exact(&TEE_TYPE) {
        return tee_copy(vm, &it);
    }
    Ok(Ref::new(Tee { data: ObjCell::new(link(it)), index: Cell::new(0) }).into_obj())
}
fn tee_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "_tee", 1, 1)?;
    tee_of(vm, &a[0])
}
fn tee_copy(_: &Vm, o: &Obj) -> PyResult {
    let t = o.this::<Tee>()?;
    Ok(Ref::new(Tee { data: ObjCell::from_option(t.data.get()), index: t.index.clone() }).into_obj())
}
fn tee_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let t = o.this::<Tee>()?;
    let Some(mut data) = t.data.get() else { return Ok(None) };
    if t.index.get() >= LINK {
        data = data.this::<TeeData>()?.behind();
        t.data.set(data.clone());
        t.index.set(0);
    }
    let x = data.this::<TeeData>()?.item(vm, t.index.get())?;
    if x.is_some() {
        t.index.set(t.index.get() + 1);
    }
    Ok(x)
}

pub fn tee(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let n = a.get(1).map_or(Ok(2), |n| ops::size_isize(vm, n))?;
    if n < 0 {
        return Err(error::value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(tuple::new(vec![]));
    }
    let mut all: Vec<Obj> = Vec::new();
    all.try_reserve(n as usize).map_err(|_| error::no_memory())?;
    let it = ops::iter(vm, &a[0])?;
    // An iterator that can copy itself needs no buffer.
    let first = match attr::lookup(vm, &it, &names().__copy__)? {
        Some(copy) if !it.is_exact(&TEE_TYPE) => {
            all.push(it.clone());
            Some(copy)
        }
        _ => {
            all.push(tee_of(vm, &it)?);
            None
        }
    };
    while all.len() < n as usize {
        let next = match &first {
            Some(copy) => call::call0(vm, copy)?,
            None => tee_copy(vm, &all[0])?,
        };
        all.push(next);
    }
    Ok(tuple::new(all))
}
