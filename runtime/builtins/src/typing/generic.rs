//! `typing.Generic`: the base of generic classes; `typing` does the work.

use adder_object::call::call;
use adder_object::spec::{Native, TypeSpec, class_method};
use adder_object::{Args, ArgsBuf, Obj, PyResult, StaticType, TypeFlags as F, Vm, attr, payload, trace_fields};

struct Generic;
trace_fields!(Generic);
pub static GENERIC: StaticType = StaticType::new::<Generic>("typing.Generic", F::GC | F::BASETYPE);
payload!(Generic, GENERIC);

pub static SPEC: TypeSpec = TypeSpec {
    methods: &[
        class_method("__class_getitem__", Native::Raw(|vm, cls, a| forward(vm, "_generic_class_getitem", cls, a)), ""),
        class_method("__init_subclass__", Native::Raw(|vm, cls, a| forward(vm, "_generic_init_subclass", cls, a)), ""),
    ],
    doc: "Abstract base class for generic types.\n\nGeneric classes inherit from it implicitly when they declare parameters after the class's name.",
    ..TypeSpec::of(&GENERIC)
};

fn forward(vm: &Vm, function: &str, cls: &Obj, args: Args<'_>) -> PyResult {
    let f = attr::get_str(vm, &vm.import("typing")?, function)?;
    call(vm, &f, ArgsBuf::prepend(cls, args).args())
}
