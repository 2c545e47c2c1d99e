//! `type`: the type of types.

use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{attr, class, types};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(class::type_new),
        slot::call(class::type_call),
        slot::getattro(attr::type_get),
        slot::setattro(attr::type_set),
    ],
    ..TypeSpec::of(&types::TYPE)
};
