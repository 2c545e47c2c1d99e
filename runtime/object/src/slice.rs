//! Slices, and the arithmetic of their indices.

use crate::{Obj, ObjExt, PyResult, Ref, Vm, error, ops, types};

pub struct Slice {
    pub start: Obj,
    pub stop: Obj,
    pub step: Obj,
}
adder_mem::trace_fields!(Slice { start, stop, step });
crate::payload!(Slice, types::SLICE);

/// A slice applied to a length: `len` items from `start` in steps of `step`.
#[derive(Clone, Copy, Debug)]
pub struct Indices {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub len: usize,
}

impl Indices {
    /// Positions in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        (0..self.len).map(move |i| (self.start + i as isize * self.step) as usize)
    }
}

impl Slice {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(start: Obj, stop: Obj, step: Obj) -> Obj {
        Ref::new(Slice { start, stop, step }).into_obj()
    }

    /// Evaluates the bounds (`__index__`), not yet clipped: (start, stop, step).
    pub fn unpack(&self, vm: &Vm) -> PyResult<(isize, isize, isize)> {
        let step = if self.step.is_none() { 1 } else { bound(vm, &self.step)?.max(-isize::MAX) };
        if step == 0 {
            return Err(error::value_error("slice step cannot be zero"));
        }
        let start = match self.start.is_none() {
            true if step < 0 => isize::MAX,
            true => 0,
            false => bound(vm, &self.start)?,
        };
        let stop = match self.stop.is_none() {
            true if step < 0 => isize::MIN,
            true => isize::MAX,
            false => bound(vm, &self.stop)?,
        };
        Ok((start, stop, step))
    }

    /// The slice applied to a sequence of `len` items.
    pub fn indices(&self, vm: &Vm, len: usize) -> PyResult<Indices> {
        let (start, stop, step) = self.unpack(vm)?;
        Ok(adjust(start, stop, step, len))
    }
}

/// Clips evaluated bounds to a length.
pub fn adjust(start: isize, stop: isize, step: isize, len: usize) -> Indices {
    let n = len as isize;
    let clip = |i: isize| {
        let i = if i < 0 { i.saturating_add(n) } else { i };
        if i < 0 {
            if step < 0 { -1 } else { 0 }
        } else if i >= n {
            if step < 0 { n - 1 } else { n }
        } else {
            i
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let len = if step < 0 {
        if stop < start { ((start - stop - 1) / -step + 1) as usize } else { 0 }
    } else if start < stop {
        ((stop - start - 1) / step + 1) as usize
    } else {
        0
    };
    Indices { start, stop, step, len }
}

fn bound(vm: &Vm, o: &Obj) -> PyResult<isize> {
    if let Some(n) = o.small_int() {
        return Ok(n as isize);
    }
    if !crate::int::is_int(o) && o.ty().index().is_none() {
        return Err(error::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    ops::index_clamped(vm, o)
}
