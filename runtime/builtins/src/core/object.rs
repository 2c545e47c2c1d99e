//! `object`: the root of all types.

use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{attr, class, hashing, ops, types};

pub static SPEC: TypeSpec = TypeSpec {
    base: None,
    slots: &[
        slot::new(class::object_new),
        slot::init(class::object_init),
        slot::repr(class::object_repr),
        slot::str(|vm, o| ops::repr(vm, o)),
        slot::hash(|_, o| Ok(hashing::identity(o))),
        slot::getattro(attr::generic_get),
        slot::setattro(attr::generic_set),
        slot::richcompare(class::object_richcompare),
    ],
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    ..TypeSpec::of(&types::OBJECT)
};
