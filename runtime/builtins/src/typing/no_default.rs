//! `typing.NoDefault`: the default of a type parameter that has none.

use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{Obj, Ref, StaticType, error, payload, str, trace_fields};

struct NoDefault;
trace_fields!(NoDefault);
static NO_DEFAULT: StaticType = StaticType::new::<NoDefault>("NoDefaultType", 0);
payload!(NoDefault, NO_DEFAULT);
pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(
            |_, _, args| {
                if args.is_empty() { Ok(get()) } else { Err(error::type_error("NoDefaultType takes no arguments")) }
            },
        ),
        slot::repr(|_, _| Ok(str::from_str("typing.NoDefault").into_obj())),
    ],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(|_, _| Ok(str::from_str("NoDefault").into_obj())), "")],
    doc: "The type of the NoDefault singleton.",
    ..TypeSpec::of(&NO_DEFAULT)
};

static INSTANCE: Global<Option<Obj>> = Global::new(None);
/// The one instance.
pub fn get() -> Obj {
    INSTANCE.get().get_or_insert_with(|| Ref::new(NoDefault).into_obj()).clone()
}
