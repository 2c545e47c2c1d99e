//! `PickleBuffer`: a buffer that may travel outside the pickle.
//!
//! CPython: Objects/picklebufobject.c.

use crate::functional::shared::none;
use adder_object::buffer::{self, Buffer};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, call, error, payload, trace_fields,
};

pub struct PickleBuffer {
    /// A memoryview of the object, until released.
    view: ObjCell,
}
trace_fields!(PickleBuffer { view });
static PICKLE_BUFFER: StaticType = StaticType::new::<PickleBuffer>("pickle.PickleBuffer", F::GC | F::MANAGED_WEAKREF);
payload!(PickleBuffer, PICKLE_BUFFER);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|vm, ty, args| {
            args.arity("PickleBuffer", 1, 1)?;
            let o = &args.positional()[0];
            let view = buffer::memoryview_of(vm, o, buffer::FULL_RO)?;
            Ok(Ref::with_type(ty, PickleBuffer { view: ObjCell::new(view) }).into_obj())
        }),
        slot::buffer(|vm, o, flags| {
            let v = live(o.this::<PickleBuffer>()?)?;
            buffer::get(vm, &v, flags)
        }),
    ],
    methods: &[
        method(
            "raw($self, /)",
            Native::NoArgs(raw),
            "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous.",
        ),
        method(
            "release($self, /)",
            Native::NoArgs(|vm, o| {
                if let Some(v) = o.this::<PickleBuffer>()?.view.take() {
                    call::call_method_str(vm, &v, "release", &[])?;
                }
                none()
            }),
            "Release the underlying buffer held by the PickleBuffer object.",
        ),
    ],
    doc: "Wrapper for potentially out-of-band buffers",
    ..TypeSpec::of(&PICKLE_BUFFER)
};

fn live(b: &PickleBuffer) -> PyResult {
    b.view.get().ok_or_else(|| error::value_error("operation forbidden on released PickleBuffer object"))
}
/// The memory behind it.
pub fn view(vm: &Vm, b: &PickleBuffer) -> PyResult<Buffer> {
    buffer::get(vm, &live(b)?, buffer::FULL_RO)
}
fn raw(vm: &Vm, o: &Obj) -> PyResult {
    let b = o.this::<PickleBuffer>()?;
    if !view(vm, b)?.is_contiguous() {
        return Err(error::buffer_error("cannot extract raw buffer from non-contiguous buffer"));
    }
    let fresh = buffer::memoryview_of(vm, o, buffer::FULL_RO)?;
    let text = |s: &str| adder_object::str::from_str(s).into_obj();
    call::call_method_str(vm, &fresh, "cast", &[text("B")])
}
