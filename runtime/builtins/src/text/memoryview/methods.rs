//! Methods of memoryview, and its iterator.
//!
//! *CPython*: memoryobject.c.

use super::{MemoryView, access, c_strides, export, item, of, text};
use crate::text::bytes::hex::{hex_args, hex_text};
use adder_object::bind::Bound;
use adder_object::buffer;
use adder_object::slots::slot;
use adder_object::{
    Args, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags, TypeSpec, Vm, bytes, error, int, ops,
    singletons, trace_fields, tuple,
};
use std::cell::Cell;

pub fn release(_: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MemoryView>()?;
    let n = m.exports.get();
    if n > 0 && m.managed.borrow().is_some() {
        let s = if n == 1 { "" } else { "s" };
        return Err(error::buffer_error(format!("memoryview has {n} exported buffer{s}")));
    }
    let old = m.managed.borrow_mut().take();
    drop(old);
    Ok(singletons::none())
}
pub fn enter(_: &Vm, o: &Obj) -> PyResult {
    o.this::<MemoryView>()?.managed()?;
    Ok(o.clone())
}
pub fn exit(vm: &Vm, o: &Obj, _: Args<'_>) -> PyResult {
    release(vm, o)
}

pub fn tobytes(_: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = o.this::<MemoryView>()?;
    let Some(order) = args.opt_not_none(0) else { return m.with_bytes(bytes::new) };
    let order = text(order, "tobytes", "order")?.to_string_lossy();
    let fortran = match order.as_str() {
        "C" => false,
        "F" => true,
        "A" => m.f_contiguous() && !m.c_contiguous(),
        _ => return Err(error::value_error("order must be 'C', 'F' or 'A'")),
    };
    if !fortran || m.ndim() < 2 {
        return m.with_bytes(bytes::new);
    }
    // Column order is row order of the view with its dimensions turned round.
    let mut turned = m.same()?;
    turned.shape.reverse();
    turned.strides.reverse();
    turned.with_bytes(bytes::new)
}

pub fn hex(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = o.this::<MemoryView>()?;
    let _held = export(vm, o, buffer::FULL_RO)?;
    let (sep, group) = hex_args(vm, args)?;
    Ok(hex_text(&m.to_vec()?, sep, group))
}

fn list_of(m: &MemoryView, dim: usize, at: isize) -> PyResult {
    if dim == m.ndim() {
        return access::read(m, at);
    }
    let items = (0..m.shape[dim]).map(|i| list_of(m, dim + 1, at + i * m.strides[dim]));
    Ok(List::new(items.collect::<PyResult<Vec<_>>>()?).into_obj())
}
pub fn tolist(_: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    if item::native_size(&m.format).is_none() {
        return Err(error::not_implemented_error(format!("memoryview: format {} not supported", m.format)));
    }
    list_of(m, 0, m.start as isize)
}

pub fn toreadonly(_: &Vm, o: &Obj) -> PyResult {
    let mut v = o.this::<MemoryView>()?.same()?;
    v.readonly = true;
    Ok(Ref::new(v).into_obj())
}

pub fn from_flags(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let flags = ops::to_i32(vm, args.req(1))?;
    of(vm, args.req(0), flags as u32 | adder_object::buffer::FULL_RO)
}

fn shape_arg(vm: &Vm, o: &Obj) -> PyResult<buffer::Dims> {
    let items = match (o.get::<List>(), tuple::as_slice(o)) {
        (Some(l), _) => l.to_vec(),
        (_, Some(t)) => t.to_vec(),
        _ => return Err(error::type_error("shape must be a list or a tuple")),
    };
    if items.len() > 64 {
        return Err(error::value_error("memoryview: number of dimensions must not exceed 64"));
    }
    let mut shape = buffer::Dims::with_capacity(items.len());
    for x in &items {
        if !int::is_int(x) {
            return Err(error::type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let n = ops::size_isize(vm, x)?;
        if n <= 0 {
            return Err(error::value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        shape.push(n);
    }
    Ok(shape)
}

pub fn cast(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    let format = text(args.req(0), "cast", "format")?.to_string_lossy();
    if !m.c_contiguous() {
        return Err(error::type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if args.opt(1).is_some_and(|s| s.get::<List>().is_none() && tuple::as_slice(s).is_none()) {
        return Err(error::type_error("shape must be a list or a tuple"));
    }
    let shape_len = args.opt(1).map(|s| ops::len(vm, s)).transpose()?;
    if shape_len.is_some_and(|n| n != 1) && m.ndim() != 1 {
        return Err(error::type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    if args.opt(1).is_none() && m.shape.contains(&0) && m.ndim() > 1 {
        return Err(error::type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let Some((c, size)) = item::native_size(&format) else {
        return Err(error::value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let Some((from, _)) = item::native_size(&m.format) else {
        return Err(error::value_error(
            "memoryview: source format must be a native single character format prefixed with an optional '@'",
        ));
    };
    if !item::is_byte_format(c) && !item::is_byte_format(from) {
        return Err(error::type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if m.nbytes() % size != 0 {
        return Err(error::type_error("memoryview: length is not a multiple of itemsize"));
    }
    let mut v = m.same()?;
    v.shape = buffer::Dims::from_slice(&[(m.nbytes() / size) as isize]);
    if let Some(s) = args.opt(1) {
        v.shape = shape_arg(vm, s)?;
        let total = v.shape.iter().try_fold(size as isize, |n, &k| n.checked_mul(k));
        if total != Some(m.nbytes() as isize) {
            return Err(error::type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
    }
    v.itemsize = size;
    v.format = format.into();
    v.strides = c_strides(size, &v.shape);
    Ok(Ref::new(v).into_obj())
}

/// The single dimension of a view, for the methods of sequences.
fn line(o: &Obj) -> PyResult<(&MemoryView, usize)> {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    match m.shape.as_slice() {
        [n] => Ok((m, *n as usize)),
        [] => Err(error::type_error("invalid indexing of 0-dim memory")),
        _ => Err(error::not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
}
fn at(m: &MemoryView, i: usize) -> PyResult {
    access::read(m, m.start as isize + i as isize * m.strides[0])
}

pub fn count(vm: &Vm, o: &Obj, value: &Obj) -> PyResult {
    let (m, n) = line(o)?;
    let mut found = 0;
    for i in 0..n {
        if ops::key_equals(vm, &at(m, i)?, value)? {
            found += 1;
        }
    }
    Ok(int::from_i64(found))
}

pub fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (m, n) = line(o)?;
    let bound = |i: usize, default: isize| args.get(i).map_or(Ok(default), |o| ops::index_clamped(vm, o));
    let fix = |k: isize| if k < 0 { k.saturating_add(n as isize).max(0) } else { k.min(n as isize) } as usize;
    let (start, stop) = (fix(bound(1, 0)?), fix(bound(2, isize::MAX)?));
    for i in start..stop {
        if ops::key_equals(vm, &at(m, i)?, &args[0])? {
            return Ok(int::from_usize(i));
        }
    }
    Err(error::value_error("memoryview.index(x): x not found"))
}

/// A view (empty once exhausted) with the position in it.
pub struct ViewIter {
    view: ObjCell,
    at: Cell<usize>,
}
trace_fields!(ViewIter { view });
static ITERATOR: StaticType = StaticType::new::<ViewIter>("memory_iterator", TypeFlags::GC);
adder_object::payload!(ViewIter, ITERATOR);

pub fn iter(_: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MemoryView>()?;
    line(o)?;
    if item::native_size(&m.format).is_none() {
        return Err(error::not_implemented_error(format!("memoryview: format {} not supported", m.format)));
    }
    Ok(Ref::new(ViewIter { view: ObjCell::new(o.clone()), at: Cell::new(0) }).into_obj())
}
fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<ViewIter>()?;
    let item = it.view.with(|view| {
        let Some(view) = view else { return Ok(None) };
        let (m, n) = line(view)?;
        let i = it.at.get();
        it.at.set(i + 1);
        if i < n { at(m, i).map(Some) } else { Ok(None) }
    })?;
    if item.is_none() {
        drop(it.view.take());
    }
    Ok(item)
}
pub static ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(crate::text::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next)],
    ..TypeSpec::of(&ITERATOR)
};
