//! Cells of closures.

use crate::{Obj, ObjExt, PyResult, Ref, error, types};
use adder_mem::ObjCell;

pub struct Cell {
    pub value: ObjCell,
}
adder_mem::trace_fields!(Cell { value });
crate::payload!(Cell, types::CELL);

impl Cell {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(value: Option<Obj>) -> Ref<Cell> {
        Ref::new(Cell { value: ObjCell::from_option(value) })
    }
}

/// Fills `__classcell__` / `__classdictcell__`.
pub fn set_class_cell(cell: &Obj, value: &Obj) -> PyResult<()> {
    match cell.get::<Cell>() {
        Some(c) => {
            c.value.set(value.clone());
            Ok(())
        }
        None => {
            Err(error::type_error(format!("__classcell__ must be a nonlocal cell, not <class '{}'>", cell.ty().name())))
        }
    }
}
