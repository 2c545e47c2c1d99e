//! Capsules: opaque pointers of extension modules. None is offered to C here, but programs look at the objects and name their type.

use crate::slots::slot;
use crate::{Obj, ObjExt, Ref, StaticType, TypeSpec, Vm, error, payload, spec, str};

struct Capsule {
    name: &'static ::std::primitive::str,
}
adder_mem::trace_fields!(Capsule);
pub static CAPSULE: StaticType = StaticType::new::<Capsule>("PyCapsule", 0);
payload!(Capsule, CAPSULE);
static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_: &Vm, _, _| Err(error::type_error("cannot create 'PyCapsule' instances"))),
        slot::repr(|_, c| {
            let name = c.this::<Capsule>()?.name;
            Ok(str::from_str(&format!("<capsule object \"{name}\" at {:#x}>", c.bits())).into_obj())
        }),
    ],
    doc: "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.",
    ..TypeSpec::of(&CAPSULE)
};

/// The type, ready.
pub fn ty() -> &'static StaticType {
    spec::ready(&SPEC);
    &CAPSULE
}

/// A capsule that holds nothing.
pub fn empty(name: &'static ::std::primitive::str) -> Obj {
    ty();
    Ref::new(Capsule { name }).into_obj()
}
