//! Ranges: start, stop, step and length as ints of any size.

use crate::{Obj, types};

pub struct Range {
    pub start: Obj,
    pub stop: Obj,
    pub step: Obj,
    /// The number of items, computed at creation.
    pub length: Obj,
}
adder_mem::trace_fields!(Range { start, stop, step, length });
crate::payload!(Range, types::RANGE);

impl Range {
    /// (start, step, length) when all fit machine words and so does every item.
    pub fn small(&self) -> Option<(i64, i64, i64)> {
        let (start, step, len) = (self.start.small_int()?, self.step.small_int()?, self.length.small_int()?);
        step.checked_mul(len)?.checked_add(start)?;
        Some((start, step, len))
    }
}
