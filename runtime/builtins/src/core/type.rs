//! `type`: the type of types. The computed attributes are in type_attrs.
//!
//! CPython: Objects/typeobject.c (type_methods).

use super::object::merge_class_dict;
use super::{type_attrs, union};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, method};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyResult, Type, Vm, attr, class, error, int, mro, ops, singletons, str, tuple, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(class::type_new),
        slot::init(init),
        slot::call(class::type_call),
        slot::repr(repr),
        slot::getattro(attr::type_get),
        slot::setattro(attr::type_set),
        slot::or(union::of_types),
    ],
    methods: &[
        method("mro($self, /)", Native::NoArgs(mro), "Return a type's method resolution order."),
        method("__subclasses__($self, /)", Native::NoArgs(subclasses), "Return a list of immediate subclasses."),
        class_method(
            "__prepare__($cls, name, bases, /, **kwds)",
            Native::Raw(|_, _, _| Ok(Dict::new().into_obj())),
            "Create the namespace for the class statement",
        ),
        method(
            "__instancecheck__($self, instance, /)",
            Native::One(|vm, cls, o| Ok(singletons::bool_obj(ops::plain_isinstance(vm, o, cls)?))),
            "Check if an object is an instance.",
        ),
        method(
            "__subclasscheck__($self, subclass, /)",
            Native::One(|vm, cls, o| Ok(singletons::bool_obj(ops::plain_issubclass(vm, o, cls)?))),
            "Check if a class is a subclass.",
        ),
        method("__dir__($self, /)", Native::NoArgs(dir), "Specialized __dir__ implementation for types."),
        method(
            "__sizeof__($self, /)",
            Native::NoArgs(|_, _| Ok(int::from_usize(size_of::<Type>() + 16))),
            "Return memory consumption of the type object.",
        ),
    ],
    getset: type_attrs::GETSET,
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    ..TypeSpec::of(&types::TYPE)
};

fn init(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.len() == 1 && args.has_keywords() {
        return Err(error::type_error("type.__init__() takes no keyword arguments"));
    }
    if args.len() != 1 && args.len() != 3 {
        return Err(error::type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    Ok(str::from_str(&format!("<class '{}'>", class::full_name(vm, o.this::<Type>()?)?)).into_obj())
}

fn mro(_: &Vm, o: &Obj) -> PyResult {
    let ty = o.this::<Type>()?.as_static();
    let bases = ty.bases.get().map(|b| tuple::to_vec(&b)).unwrap_or_default();
    Ok(List::new(mro::c3(ty, &bases)?.into_iter().map(Type::to_obj).collect()).into_obj())
}

fn subclasses(_: &Vm, o: &Obj) -> PyResult {
    Ok(List::new(mro::subclasses_of(o.this::<Type>()?)).into_obj())
}

fn dir(vm: &Vm, o: &Obj) -> PyResult {
    let all = Dict::new();
    merge_class_dict(vm, &all, o)?;
    Ok(List::new(all.keys_vec()).into_obj())
}
