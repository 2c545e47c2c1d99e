//! Async generators: the wrapped values they yield, and the awaitables of their methods.

use adder_object::{Obj, ObjExt, Ref, StaticType, TypeFlags, Vm, trace_fields};

/// A value that an async generator yields, to tell it from what it awaits.
pub struct WrappedValue {
    pub value: Obj,
}
trace_fields!(WrappedValue { value });
pub static WRAPPED_VALUE: StaticType = StaticType::new::<WrappedValue>("async_generator_wrapped_value", TypeFlags::GC);
adder_object::payload!(WrappedValue, WRAPPED_VALUE);

pub fn wrap_value(v: &Obj) -> Obj {
    Ref::new(WrappedValue { value: v.clone() }).into_obj()
}

pub fn unwrap_value(v: &Obj) -> Option<Obj> {
    v.get_exact::<WrappedValue>().map(|w| w.value.clone())
}

/// A coroutine or async generator was made: records where, when asked to (`sys.set_coroutine_origin_tracking_depth`).
pub fn created(_: &Vm, _: &Obj) {}
