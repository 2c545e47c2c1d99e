//! The types of None, Ellipsis and NotImplemented.
//!
//! CPython: Objects/object.c, Objects/sliceobject.c.

use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{Args, Obj, PyResult, Type, class, error, singletons, str, types};

pub static NONE: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, args| only(ty, args, "NoneType", singletons::none())),
        slot::repr(|_, _| Ok(str::intern_str("None").into_obj())),
        slot::hash(|_, _| Ok(0xFCA8_6420)),
        slot::bool(|_, _| Ok(false)),
        slot::richcompare(class::object_richcompare),
    ],
    doc: "NoneType()\n--\n\nThe type of the None singleton.",
    ..TypeSpec::of(&types::NONE)
};

pub static ELLIPSIS: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, args| only(ty, args, "EllipsisType", singletons::ellipsis())),
        slot::repr(|_, _| Ok(str::intern_str("Ellipsis").into_obj())),
    ],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(|_, _| Ok(str::intern_str("Ellipsis").into_obj())), "")],
    doc: "ellipsis()\n--\n\nThe type of the Ellipsis singleton.",
    ..TypeSpec::of(&types::ELLIPSIS)
};

pub static NOT_IMPLEMENTED: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, args| only(ty, args, "NotImplementedType", singletons::not_implemented())),
        slot::repr(|_, _| Ok(str::intern_str("NotImplemented").into_obj())),
        slot::bool(|_, _| Err(error::type_error("NotImplemented should not be used in a boolean context"))),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|_, _| Ok(str::intern_str("NotImplemented").into_obj())),
        "",
    )],
    doc: "NotImplementedType()\n--\n\nThe type of the NotImplemented singleton.",
    ..TypeSpec::of(&types::NOT_IMPLEMENTED)
};

/// The one instance; arguments are refused.
fn only(_: &Type, args: Args<'_>, name: &::std::primitive::str, value: Obj) -> PyResult {
    if args.is_empty() { Ok(value) } else { Err(error::type_error(format!("{name} takes no arguments"))) }
}
