//! `cell`: a variable shared by closures.
//!
//! CPython: Objects/cellobject.c.

use adder_object::bind::check_positional;
use adder_object::slots::slot;
use adder_object::spec::{TypeSpec, getset};
use adder_object::{Args, Cell, CompareOp, Obj, ObjExt, PyResult, Type, Vm, error, ops, singletons, str, types};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::repr(repr), slot::richcompare(compare)],
    getset: &[getset(
        "cell_contents",
        |_, o| o.this::<Cell>()?.value.get().ok_or_else(|| error::value_error("Cell is empty")),
        |_, o, v| {
            o.this::<Cell>()?.value.set_option(v.cloned());
            Ok(())
        },
        "",
    )],
    doc: "cell([contents])\n--\n\nCreate a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    ..TypeSpec::of(&types::CELL)
};

fn new(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.no_keywords("cell")?;
    check_positional("cell", args.len(), 0, 1)?;
    Ok(Cell::new(args.positional().first().cloned()).into_obj())
}

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let text = match o.this::<Cell>()?.value.get() {
        None => format!("<cell at {:#x}: empty>", o.bits()),
        Some(v) => format!("<cell at {:#x}: {} object at {:#x}>", o.bits(), v.ty().tp_name(), v.bits()),
    };
    Ok(str::from_str(&text).into_obj())
}

/// Empty cells come before full ones.
fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Cell>(), b.get::<Cell>()) else { return Ok(singletons::not_implemented()) };
    match (x.value.get(), y.value.get()) {
        (Some(x), Some(y)) => ops::compare(vm, &x, &y, op),
        (x, y) => Ok(singletons::bool_obj(op.holds(x.is_some().cmp(&y.is_some())))),
    }
}
