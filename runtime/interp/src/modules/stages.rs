//! `_adder_stages`: what `adder explain --stages` cannot see from Python: the evaluation stack of a frame.
//!
//! Invariant: a frame that runs natively, or is over, has no stack to show.

use crate::frame::{self, FrameObject};
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{List, Obj, ObjExt, PyResult, Vm, error, singletons, tuple};

fn stack(_: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let Some(f) = args[0].get::<FrameObject>() else { return Err(error::type_error("a frame is expected")) };
    if f.owned.get() || f.frame.get().is_null() {
        return Ok(List::new(vec![]).into_obj());
    }
    // A tuple tells the value None from an empty entry.
    let entry = |e: Option<Obj>| match e {
        Some(v) => tuple::new(vec![v]),
        None => singletons::none(),
    };
    Ok(List::new(frame::stack_values(f.frame.get()).into_iter().map(entry).collect()).into_obj())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[method(
        "stack($module, frame, /)",
        Native::Pos(1, 1, stack),
        "The evaluation stack of a frame that reports an event: a list of tuples of one value, None for an empty entry.",
    )],
    types: &[],
    ..ModuleSpec::new("_adder_stages")
};
