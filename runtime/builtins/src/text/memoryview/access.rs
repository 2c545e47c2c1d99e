//! Subscripts of memoryviews, and the comparison of two of them.
//!
//! *CPython*: memoryobject.c, memory_subscript, memory_ass_sub, memory_richcompare.

use super::{MemoryView, item, of_buffer};
use adder_object::buffer;
use adder_object::{Obj, ObjExt, PyResult, Ref, Slice, Vm, error, int, ops, singletons, slice, tuple};

/// The place of item `i` in dimension `dim`, from the place `at` on.
fn step(m: &MemoryView, dim: usize, at: isize, i: isize) -> PyResult<isize> {
    let n = m.shape[dim];
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return Err(error::index_error(format!("index out of bounds on dimension {}", dim + 1)));
    }
    Ok(at + i * m.strides[dim])
}

fn is_index(o: &Obj) -> bool {
    int::is_int(o) || o.ty().index().is_some()
}

/// The item at a place.
pub fn read(m: &MemoryView, at: isize) -> PyResult {
    let managed = m.managed()?;
    let at = at as usize;
    item::unpack(&m.format, managed.buffer.region().get(at..at + m.itemsize).unwrap_or_default())
}

fn write(vm: &Vm, m: &MemoryView, at: isize, v: &Obj) -> PyResult<()> {
    let data = item::pack(vm, &m.format, v)?;
    // Packing may have run code that released the view.
    let managed = m.managed()?;
    let at = at as usize;
    if let Some(place) = managed.buffer.region_mut().and_then(|r| r.get_mut(at..at + data.len())) {
        place.copy_from_slice(&data);
    }
    Ok(())
}

/// The place that a tuple of indices names.
fn place_of(vm: &Vm, m: &MemoryView, key: &[Obj]) -> PyResult<isize> {
    if key.len() < m.ndim() {
        return Err(error::not_implemented_error("sub-views are not implemented"));
    }
    if key.len() > m.ndim() {
        let text = format!("cannot index {}-dimension view with {}-element tuple", m.ndim(), key.len());
        return Err(error::type_error(text));
    }
    let mut at = m.start as isize;
    for (dim, k) in key.iter().enumerate() {
        at = step(m, dim, at, ops::index_isize(vm, k)?)?;
    }
    m.managed()?;
    Ok(at)
}

/// The view that a slice of the first dimension gives.
fn sliced(vm: &Vm, m: &MemoryView, s: &Slice) -> PyResult<MemoryView> {
    // The view first: the bounds may run code that releases this one.
    let mut v = m.same()?;
    let (start, stop, by) = s.unpack(vm)?;
    let at = slice::adjust(start, stop, by, m.shape[0] as usize);
    if at.len > 0 {
        v.start = (m.start as isize + at.start * m.strides[0]) as usize;
    }
    v.shape[0] = at.len as isize;
    v.strides[0] = m.strides[0].saturating_mul(at.step);
    Ok(v)
}

pub fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    if m.ndim() == 0 {
        if tuple::as_slice(key).is_some_and(<[Obj]>::is_empty) {
            return read(m, m.start as isize);
        }
        if key.is(singletons::ellipsis_ref()) {
            return Ok(o.clone());
        }
        return Err(error::type_error("invalid indexing of 0-dim memory"));
    }
    if is_index(key) {
        let i = ops::index_isize(vm, key)?;
        if m.ndim() > 1 {
            return Err(error::not_implemented_error("multi-dimensional sub-views are not implemented"));
        }
        return read(m, step(m, 0, m.start as isize, i)?);
    }
    if let Some(s) = key.get::<Slice>() {
        return Ok(Ref::new(sliced(vm, m, s)?).into_obj());
    }
    if let Some(keys) = tuple::as_slice(key) {
        if keys.iter().all(is_index) {
            return read(m, place_of(vm, m, keys)?);
        }
        if keys.iter().all(|k| k.get::<Slice>().is_some()) {
            return Err(error::not_implemented_error("multi-dimensional slicing is not implemented"));
        }
    }
    Err(error::type_error("memoryview: invalid slice key"))
}

pub fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    if m.readonly {
        return Err(error::type_error("cannot modify read-only memory"));
    }
    let Some(v) = value else { return Err(error::type_error("cannot delete memory")) };
    if m.ndim() == 0 {
        if key.is(singletons::ellipsis_ref()) || tuple::as_slice(key).is_some_and(<[Obj]>::is_empty) {
            return write(vm, m, m.start as isize, v);
        }
        return Err(error::type_error("invalid indexing of 0-dim memory"));
    }
    if is_index(key) {
        if m.ndim() > 1 {
            return Err(error::not_implemented_error("sub-views are not implemented"));
        }
        let i = ops::index_isize(vm, key)?;
        return write(vm, m, step(m, 0, m.start as isize, i)?, v);
    }
    if let Some(s) = key.get::<Slice>()
        && m.ndim() == 1
    {
        return set_slice(vm, m, s, v);
    }
    if let Some(keys) = tuple::as_slice(key) {
        if keys.iter().all(is_index) {
            let at = place_of(vm, m, keys)?;
            return write(vm, m, at, v);
        }
        if keys.iter().all(|k| k.get::<Slice>().is_some()) {
            return Err(error::not_implemented_error(
                "memoryview slice assignments are currently restricted to ndim = 1",
            ));
        }
    }
    if key.get::<Slice>().is_some() {
        return Err(error::not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"));
    }
    Err(error::type_error("memoryview: invalid slice key"))
}

fn set_slice(vm: &Vm, m: &MemoryView, s: &Slice, v: &Obj) -> PyResult<()> {
    let source = match v.get::<MemoryView>() {
        Some(w) => w.same()?,
        None => of_buffer(buffer::get(vm, v, buffer::FULL_RO)?),
    };
    let target = sliced(vm, m, s)?;
    let plain = |f: &str| f.trim_start_matches('@').to_owned();
    if plain(&target.format) != plain(&source.format)
        || target.itemsize != source.itemsize
        || target.shape != source.shape
    {
        return Err(error::value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    m.managed()?;
    let data = source.to_vec()?;
    let managed = target.managed()?;
    let Some(region) = managed.buffer.region_mut() else { return Ok(()) };
    let mut items = data.chunks_exact(target.itemsize.max(1));
    target.each(0, target.start as isize, &mut |at| {
        if let (Some(item), Some(place)) = (items.next(), region.get_mut(at..at + target.itemsize)) {
            place.copy_from_slice(item);
        }
    });
    Ok(())
}

/// Whether two views have the same shape and equal items.
pub fn equal_items(vm: &Vm, a: &MemoryView, b: &MemoryView) -> PyResult<bool> {
    if a.shape != b.shape {
        return Ok(false);
    }
    let (x, y) = (a.to_vec()?, b.to_vec()?);
    let formats = (item::native_size(&a.format), item::native_size(&b.format));
    let exact = |c: u8| !matches!(c, b'e' | b'f' | b'd' | b'?');
    match formats {
        (Some((p, _)), Some((q, _))) if p == q && exact(p) => return Ok(x == y),
        (Some(_), Some(_)) => {}
        // Formats of the struct module: unpacked by it, where it knows them.
        _ => return equal_unpacked(vm, a, b, &x, &y),
    }
    let items = x.chunks_exact(a.itemsize.max(1)).zip(y.chunks_exact(b.itemsize.max(1)));
    for (p, q) in items {
        if !ops::equals(vm, &item::unpack(&a.format, p)?, &item::unpack(&b.format, q)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_unpacked(vm: &Vm, a: &MemoryView, b: &MemoryView, x: &[u8], y: &[u8]) -> PyResult<bool> {
    let unpack = |m: &MemoryView, data: &[u8]| -> PyResult<Option<Obj>> {
        let module = vm.import("struct")?;
        let format = adder_object::str::from_str(&m.format).into_obj();
        match adder_object::call::call_method_str(vm, &module, "iter_unpack", &[format, adder_object::bytes::new(data)])
        {
            Ok(it) => Ok(Some(adder_object::ops::to_list(vm, &it)?.into_obj())),
            Err(_) => Ok(None),
        }
    };
    match (unpack(a, x)?, unpack(b, y)?) {
        (Some(p), Some(q)) => ops::equals(vm, &p, &q),
        _ => Ok(false),
    }
}
