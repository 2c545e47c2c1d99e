//! The iterator of objects that only have `__getitem__`.

use crate::{Obj, PyResult, Ref, StaticType, Vm, exceptions as exc, handle::ObjExt, int};
use adder_mem::ObjCell;
use adder_mem::header::TypeFlags as F;
use std::cell::Cell;

pub struct SeqIter {
    pub seq: ObjCell,
    pub at: Cell<i64>,
}
adder_mem::trace_fields!(SeqIter { seq });
pub static SEQ_ITERATOR: StaticType = StaticType::new::<SeqIter>("iterator", F::GC);
crate::payload!(SeqIter, SEQ_ITERATOR);

pub fn new(seq: Obj) -> Obj {
    Ref::new(SeqIter { seq: ObjCell::new(seq), at: Cell::new(0) }).into_obj()
}

pub fn next(vm: &Vm, it: &Obj) -> PyResult<Option<Obj>> {
    let s = it.this::<SeqIter>()?;
    let Some(seq) = s.seq.get() else { return Ok(None) };
    let i = s.at.get();
    // Built-in sequences end at their length: no error has to be made to tell.
    let ty = seq.ty();
    if !ty.is_heap()
        && let Some(len) = ty.length()
        && len(vm, &seq)? as i64 <= i
    {
        drop(s.seq.take());
        return Ok(None);
    }
    match crate::ops::getitem(vm, &seq, &int::from_i64(i)) {
        Ok(v) => {
            s.at.set(i + 1);
            Ok(Some(v))
        }
        Err(e) if e.is(&exc::INDEX_ERROR) || e.is(&exc::STOP_ITERATION) => {
            drop(s.seq.take());
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
