//! `_types`: the built-in types that `builtins` does not name, and `_sysconfig`: how this build differs from others.
//!
//! Invariant: a row names the static type that `type()` of such an object gives.
//! CPython: Modules/_typesmodule.c, Modules/_sysconfig.c.

use crate::code::CODE;
use crate::frame_object::FRAME;
use crate::function::FUNCTION;
use crate::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use crate::traceback::TRACEBACK;
use adder_builtins::core::{alias, mappingproxy, namespace, union};
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{Dict, StaticType, capsule, descr, int, module, types};

static TYPES: [(&::std::primitive::str, &StaticType); 27] = [
    ("AsyncGeneratorType", &ASYNC_GENERATOR),
    ("BuiltinFunctionType", &descr::BUILTIN_FUNCTION),
    ("BuiltinMethodType", &descr::BUILTIN_FUNCTION),
    ("CapsuleType", &capsule::CAPSULE),
    ("CellType", &types::CELL),
    ("ClassMethodDescriptorType", &descr::CLASSMETHOD_DESCRIPTOR),
    ("CodeType", &CODE),
    ("CoroutineType", &COROUTINE),
    ("EllipsisType", &types::ELLIPSIS),
    ("FrameType", &FRAME),
    ("FunctionType", &FUNCTION),
    ("GeneratorType", &GENERATOR),
    ("GenericAlias", &alias::GENERIC_ALIAS),
    ("GetSetDescriptorType", &descr::GETSET_DESCRIPTOR),
    ("LambdaType", &FUNCTION),
    ("MappingProxyType", &mappingproxy::MAPPING_PROXY),
    ("MemberDescriptorType", &descr::MEMBER_DESCRIPTOR),
    ("MethodDescriptorType", &descr::METHOD_DESCRIPTOR),
    ("MethodType", &descr::METHOD),
    ("MethodWrapperType", &descr::METHOD_WRAPPER),
    ("ModuleType", &types::MODULE),
    ("NoneType", &types::NONE),
    ("NotImplementedType", &types::NOT_IMPLEMENTED),
    ("SimpleNamespace", &namespace::NAMESPACE),
    ("TracebackType", &TRACEBACK),
    ("UnionType", &union::UNION),
    ("WrapperDescriptorType", &descr::WRAPPER_DESCRIPTOR),
];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Define names for built-in types.",
    init: Some(|_, m| {
        capsule::ty();
        let d = module::dict(m.obj());
        TYPES.iter().for_each(|(name, ty)| d.set_str(name, ty.obj()));
        Ok(())
    }),
    ..ModuleSpec::new("_types")
};

pub static SYSCONFIG: ModuleSpec = ModuleSpec {
    doc: "A helper for the sysconfig module.",
    functions: &[method(
        "config_vars($module, /)",
        Native::NoArgs(|_, _| {
            let d = Dict::new();
            d.set_str("Py_GIL_DISABLED", int::from_i64(0));
            d.set_str("Py_DEBUG", int::from_i64(0));
            Ok(d.into_obj())
        }),
        "Returns a dictionary containing build variables intended to be exposed by sysconfig.",
    )],
    ..ModuleSpec::new("_sysconfig")
};
