//! Native callables and descriptors: reprs and introspection of the payloads in adder-object's `descr`.
//!
//! CPython: Objects/methodobject.c, Objects/descrobject.c.

use adder_object::descr::{self, *};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, method};
use adder_object::{CompareOp, Module, Obj, ObjExt, PyResult, Type, Vm, attr, hashing, ops, singletons, str, tuple};

fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}
fn text_or_none(s: &::std::primitive::str) -> Obj {
    if s.is_empty() { singletons::none() } else { text(s) }
}
fn signature(def: &MethodDef) -> Obj {
    def.text_signature().map_or_else(singletons::none, text)
}
/// `getattr`, as pickles of methods name it.
pub fn getattr_function(vm: &Vm) -> PyResult {
    attr::get_str(vm, &vm.import("builtins")?, "getattr")
}
fn reduce_to_getattr(vm: &Vm, of: &Obj, name: &::std::primitive::str) -> PyResult {
    Ok(tuple::from_array([getattr_function(vm)?, tuple::from_array([of.clone(), text(name)])]))
}
fn qualified(vm: &Vm, owner: &Obj, name: &::std::primitive::str) -> PyResult {
    let q = attr::get(vm, owner, &adder_object::names().__qualname__)?;
    Ok(text(&format!("{}.{name}", ops::text(&q))))
}
/// Equality by identity of two parts; order is nobody's.
fn compare_parts(same: Option<bool>, op: CompareOp) -> PyResult {
    Ok(match (same, op) {
        (Some(same), CompareOp::Eq) => singletons::bool_obj(same),
        (Some(same), CompareOp::Ne) => singletons::bool_obj(!same),
        _ => singletons::not_implemented(),
    })
}

// ---- builtin_function_or_method ----

fn function(o: &Obj) -> PyResult<&BuiltinFunction> {
    o.this()
}
/// The bound object; None for functions of modules and free functions.
fn bound_to(f: &BuiltinFunction) -> Option<&Obj> {
    f.this.as_ref().filter(|t| f.module.is_none() && t.get::<Module>().is_none())
}

pub static FUNCTION: TypeSpec = TypeSpec {
    slots: &[
        slot::call(descr::builtin_call),
        slot::repr(|_, o| {
            let f = function(o)?;
            Ok(text(&match bound_to(f) {
                None => format!("<built-in function {}>", f.def.name()),
                Some(t) => {
                    format!("<built-in method {} of {} object at {:#x}>", f.def.name(), t.ty().tp_name(), t.bits())
                }
            }))
        }),
        slot::hash(|_, o| {
            let f = function(o)?;
            let h = f.this.as_ref().map_or(0, hashing::identity) ^ (f.def as *const MethodDef as i64 >> 3);
            Ok(if h == -1 { -2 } else { h })
        }),
        slot::richcompare(|_, a, b, op| {
            let same = a.get::<BuiltinFunction>().zip(b.get::<BuiltinFunction>()).map(|(x, y)| {
                let this = match (&x.this, &y.this) {
                    (Some(p), Some(q)) => p.is(q),
                    (None, None) => true,
                    _ => false,
                };
                this && std::ptr::eq(x.def, y.def)
            });
            compare_parts(same, op)
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| {
            let f = function(o)?;
            match bound_to(f) {
                None => Ok(text(f.def.name())),
                Some(t) => reduce_to_getattr(vm, t, f.def.name()),
            }
        }),
        "",
    )],
    getset: &[
        getter("__module__", |_, o| Ok(function(o)?.module.clone().unwrap_or_else(singletons::none)), ""),
        getter("__doc__", |_, o| Ok(text_or_none(function(o)?.def.doc)), ""),
        getter("__name__", |_, o| Ok(str::intern_str(function(o)?.def.name()).into_obj()), ""),
        getter(
            "__qualname__",
            |vm, o| {
                let f = function(o)?;
                match bound_to(f) {
                    None => Ok(text(f.def.name())),
                    Some(t) if t.get::<Type>().is_some() => qualified(vm, t, f.def.name()),
                    Some(t) => qualified(vm, &t.ty().to_obj(), f.def.name()),
                }
            },
            "",
        ),
        getter("__self__", |_, o| Ok(function(o)?.this.clone().unwrap_or_else(singletons::none)), ""),
        getter("__text_signature__", |_, o| Ok(signature(function(o)?.def)), ""),
    ],
    ..TypeSpec::of(&BUILTIN_FUNCTION)
};

// ---- method_descriptor, classmethod_descriptor ----

macro_rules! descr_getsets {
    ($of:ident) => {
        &[
            getter("__objclass__", |_, o| Ok($of(o)?.owner.to_obj()), ""),
            getter("__name__", |_, o| Ok(str::intern_str($of(o)?.def.name()).into_obj()), ""),
            getter("__doc__", |_, o| Ok(text_or_none($of(o)?.def.doc)), ""),
            getter("__qualname__", |vm, o| qualified(vm, &$of(o)?.owner.to_obj(), $of(o)?.def.name()), ""),
            getter("__text_signature__", |_, o| Ok(signature($of(o)?.def)), ""),
        ]
    };
}

fn method_of(o: &Obj) -> PyResult<&MethodDescr> {
    o.this()
}
fn class_method_of(o: &Obj) -> PyResult<&MethodDescr> {
    Ok(&o.this::<ClassMethodDescr>()?.0)
}
fn method_repr(m: &MethodDescr) -> Obj {
    text(&format!("<method '{}' of '{}' objects>", m.def.name(), m.owner.tp_name()))
}

pub static METHOD: TypeSpec = TypeSpec {
    slots: &[
        slot::call(descr::method_descr_call),
        slot::descr_get(descr::method_descr_get),
        slot::repr(|_, o| Ok(method_repr(method_of(o)?))),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| reduce_to_getattr(vm, &method_of(o)?.owner.to_obj(), method_of(o)?.def.name())),
        "",
    )],
    getset: descr_getsets!(method_of),
    ..TypeSpec::of(&METHOD_DESCRIPTOR)
};

pub static CLASS_METHOD: TypeSpec = TypeSpec {
    slots: &[
        slot::call(descr::classmethod_descr_call),
        slot::descr_get(descr::classmethod_descr_get),
        slot::repr(|_, o| Ok(method_repr(class_method_of(o)?))),
    ],
    getset: descr_getsets!(class_method_of),
    ..TypeSpec::of(&CLASSMETHOD_DESCRIPTOR)
};

// ---- wrapper_descriptor, method-wrapper ----

fn wrapper(o: &Obj) -> PyResult<&WrapperDescr> {
    o.this()
}
fn bound_wrapper(o: &Obj) -> PyResult<&MethodWrapper> {
    o.this()
}

pub static WRAPPER: TypeSpec = TypeSpec {
    slots: &[
        slot::call(descr::wrapper_call),
        slot::descr_get(descr::wrapper_get),
        slot::repr(|_, o| {
            let w = wrapper(o)?;
            Ok(text(&format!("<slot wrapper '{}' of '{}' objects>", w.def.name, w.owner.tp_name())))
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| reduce_to_getattr(vm, &wrapper(o)?.owner.to_obj(), wrapper(o)?.def.name)),
        "",
    )],
    getset: &[
        getter("__objclass__", |_, o| Ok(wrapper(o)?.owner.to_obj()), ""),
        getter("__name__", |_, o| Ok(text(wrapper(o)?.def.name)), ""),
        getter("__doc__", |_, o| Ok(text_or_none(wrapper(o)?.def.doc)), ""),
        getter("__qualname__", |vm, o| qualified(vm, &wrapper(o)?.owner.to_obj(), wrapper(o)?.def.name), ""),
        getter("__text_signature__", |_, o| Ok(text(wrapper(o)?.def.sig)), ""),
    ],
    ..TypeSpec::of(&WRAPPER_DESCRIPTOR)
};

pub static BOUND_WRAPPER: TypeSpec = TypeSpec {
    slots: &[
        slot::call(descr::method_wrapper_call),
        slot::repr(|_, o| {
            let w = bound_wrapper(o)?;
            let this = &w.this;
            Ok(text(&format!(
                "<method-wrapper '{}' of {} object at {:#x}>",
                w.descr.def.name,
                this.ty().tp_name(),
                this.bits()
            )))
        }),
        slot::hash(|_, o| {
            let w = bound_wrapper(o)?;
            let h = hashing::identity(&w.this) ^ hashing::identity(w.descr.obj());
            Ok(if h == -1 { -2 } else { h })
        }),
        slot::richcompare(|_, a, b, op| {
            let same = a
                .get::<MethodWrapper>()
                .zip(b.get::<MethodWrapper>())
                .map(|(x, y)| x.this.is(&y.this) && x.descr.is(y.descr.obj()));
            compare_parts(same, op)
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| reduce_to_getattr(vm, &bound_wrapper(o)?.this, bound_wrapper(o)?.descr.def.name)),
        "",
    )],
    getset: &[
        getter("__self__", |_, o| Ok(bound_wrapper(o)?.this.clone()), ""),
        getter("__objclass__", |_, o| Ok(bound_wrapper(o)?.descr.owner.to_obj()), ""),
        getter("__name__", |_, o| Ok(text(bound_wrapper(o)?.descr.def.name)), ""),
        getter(
            "__qualname__",
            |vm, o| {
                let w = &bound_wrapper(o)?.descr;
                qualified(vm, &w.owner.to_obj(), w.def.name)
            },
            "",
        ),
        getter("__doc__", |_, o| Ok(text_or_none(bound_wrapper(o)?.descr.def.doc)), ""),
        getter("__text_signature__", |_, o| Ok(text(bound_wrapper(o)?.descr.def.sig)), ""),
    ],
    ..TypeSpec::of(&METHOD_WRAPPER)
};

// ---- getset_descriptor, member_descriptor ----

fn getset_of(o: &Obj) -> PyResult<&GetSetDescr> {
    o.this()
}
fn member_of(o: &Obj) -> PyResult<&MemberDescr> {
    o.this()
}

pub static GETSET: TypeSpec = TypeSpec {
    slots: &[
        slot::descr_get(descr::getset_get),
        slot::descr_set(descr::getset_set),
        slot::repr(|_, o| {
            let g = getset_of(o)?;
            Ok(text(&format!("<attribute '{}' of '{}' objects>", g.def.name, g.owner.tp_name())))
        }),
    ],
    getset: &[
        getter("__objclass__", |_, o| Ok(getset_of(o)?.owner.to_obj()), ""),
        getter("__name__", |_, o| Ok(text(getset_of(o)?.def.name)), ""),
        getter("__doc__", |_, o| Ok(text_or_none(getset_of(o)?.def.doc)), ""),
        getter("__qualname__", |vm, o| qualified(vm, &getset_of(o)?.owner.to_obj(), getset_of(o)?.def.name), ""),
    ],
    ..TypeSpec::of(&GETSET_DESCRIPTOR)
};

pub static MEMBER: TypeSpec = TypeSpec {
    slots: &[
        slot::descr_get(descr::member_get),
        slot::descr_set(descr::member_set),
        slot::repr(|_, o| {
            let m = member_of(o)?;
            Ok(text(&format!("<member '{}' of '{}' objects>", ops::text(&m.name), m.owner.tp_name())))
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| {
            let m = member_of(o)?;
            reduce_to_getattr(vm, &m.owner.to_obj(), &ops::text(&m.name))
        }),
        "",
    )],
    getset: &[
        getter("__objclass__", |_, o| Ok(member_of(o)?.owner.to_obj()), ""),
        getter("__name__", |_, o| Ok(member_of(o)?.name.clone()), ""),
        getter("__doc__", |_, o| Ok(text_or_none(member_of(o)?.native.map_or("", |d| d.doc))), ""),
        getter(
            "__qualname__",
            |vm, o| qualified(vm, &member_of(o)?.owner.to_obj(), &ops::text(&member_of(o)?.name)),
            "",
        ),
    ],
    ..TypeSpec::of(&MEMBER_DESCRIPTOR)
};
