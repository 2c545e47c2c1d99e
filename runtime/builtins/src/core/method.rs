//! Bound methods, `staticmethod`, `classmethod`.
//!
//! CPython: Objects/classobject.c, Objects/funcobject.c.

use super::callables::getattr_function;
use adder_object::bind::check_positional;
use adder_object::call::{self, is_callable};
use adder_object::descr::{self, BoundMethod, CLASSMETHOD, ClassMethod, METHOD, STATICMETHOD, StaticMethod};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, Native, TypeSpec, class_method, getset, getter, member, method};
use adder_object::{
    Args, CompareOp, Obj, ObjCell, ObjExt, PyResult, Ref, Str, Type, Vm, attr, class, error, hashing, names, ops,
    singletons, str, tuple,
};

fn bound(o: &Obj) -> PyResult<&BoundMethod> {
    o.this()
}

pub static BOUND: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new_bound),
        slot::call(descr::bound_method_call),
        slot::descr_get(descr::method_get),
        slot::repr(bound_repr),
        slot::hash(|vm, o| {
            let m = bound(o)?;
            let h = hashing::identity(&m.this) ^ ops::hash(vm, &m.func)?;
            Ok(if h == -1 { -2 } else { h })
        }),
        slot::richcompare(bound_compare),
        slot::getattro(bound_getattr),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, o| {
            let m = bound(o)?;
            let name = attr::get(vm, &m.func, &names().__name__)?;
            Ok(tuple::from_array([getattr_function(vm)?, tuple::from_array([m.this.clone(), name])]))
        }),
        "",
    )],
    getset: &[
        member("__func__", |_, o| Ok(bound(o)?.func.clone()), "the function (or other callable) implementing a method"),
        member("__self__", |_, o| Ok(bound(o)?.this.clone()), "the instance to which a method is bound"),
        getter("__doc__", |vm, o| attr::get(vm, &bound(o)?.func, &names().__doc__), ""),
    ],
    doc: "method(function, instance, /)\n--\n\nCreate a bound instance method object.",
    ..TypeSpec::of(&METHOD)
};

fn new_bound(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.arity("method", 2, 2)?;
    let a = args.positional();
    if !is_callable(&a[0]) {
        return Err(error::type_error("first argument must be callable"));
    }
    if a[1].is_none() {
        return Err(error::type_error("instance must not be None"));
    }
    Ok(descr::bound_method(a[0].clone(), a[1].clone()))
}

fn bound_repr(vm: &Vm, o: &Obj) -> PyResult {
    let m = bound(o)?;
    let mut name = attr::lookup(vm, &m.func, &names().__qualname__)?;
    if name.is_none() {
        name = attr::lookup(vm, &m.func, &names().__name__)?;
    }
    let name = name.filter(|n| n.get::<Str>().is_some()).map_or_else(|| "?".to_owned(), |n| ops::text(&n));
    let this = ops::repr_string(vm, &m.this)?;
    Ok(str::from_str(&format!("<bound method {name} of {this}>")).into_obj())
}

fn bound_compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<BoundMethod>(), b.get::<BoundMethod>()) else {
        return Ok(singletons::not_implemented());
    };
    let same = match op {
        CompareOp::Eq | CompareOp::Ne => x.this.is(&y.this) && ops::key_equals(vm, &x.func, &y.func)?,
        _ => return Ok(singletons::not_implemented()),
    };
    Ok(singletons::bool_obj(same == (op == CompareOp::Eq)))
}

/// Attributes of the method type, else those of the function.
fn bound_getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    match attr::generic_lookup(vm, o, name)? {
        Some(v) => Ok(v),
        None => attr::get(vm, &bound(o)?.func, name),
    }
}

// ---- staticmethod, classmethod ----

/// The wrapped function of either.
fn wrapped(o: &Obj) -> Option<Obj> {
    match o.get::<StaticMethod>() {
        Some(s) => s.func.get(),
        None => o.get::<ClassMethod>().and_then(|c| c.func.get()),
    }
}
fn wrapped_or_none(_: &Vm, o: &Obj) -> PyResult {
    Ok(wrapped(o).unwrap_or_else(singletons::none))
}

/// Takes over name, module and doc of the function.
fn copy_attributes(vm: &Vm, wrapper: &Obj, f: &Obj) -> PyResult<()> {
    let n = names();
    for name in [&n.__module__, &n.__name__, &n.__qualname__, &n.__doc__] {
        if let Some(v) = attr::lookup(vm, f, name)? {
            attr::set(vm, wrapper, name, &v)?;
        }
    }
    Ok(())
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let name = if o.get::<StaticMethod>().is_some() { "staticmethod" } else { "classmethod" };
    args.no_keywords(name)?;
    check_positional(name, args.len(), 1, 1)?;
    let f = &args.positional()[0];
    // Inline caches borrow what the wrapper held: it lives on.
    std::mem::forget(wrapped(o));
    if let Some(s) = o.get::<StaticMethod>() {
        s.func.set(f.clone());
    } else if let Some(c) = o.get::<ClassMethod>() {
        c.func.set(f.clone());
    }
    copy_attributes(vm, o, f)
}

/// Whether a callable is marked abstract.
pub fn is_abstract(vm: &Vm, f: &Obj) -> PyResult<bool> {
    match attr::lookup(vm, f, &names().__isabstractmethod__)? {
        Some(v) => ops::truth(vm, &v),
        None => Ok(false),
    }
}

fn cached_of_function(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    let dict = attr::instance_dict(o);
    if let Some(v) = dict.as_ref().and_then(|d| d.get_name(name)) {
        return Ok(v);
    }
    let v = attr::get(vm, &wrapped_or_none(vm, o)?, name)?;
    if let Some(d) = dict {
        d.set_name(name, v.clone());
    }
    Ok(v)
}
fn set_cached(_: &Vm, o: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(d) = attr::instance_dict(o) else { return Err(error::no_attribute(o, name)) };
    match value {
        Some(v) => d.set_name(name, v.clone()),
        None => drop(d.remove_name(name).ok_or_else(|| error::no_attribute(o, name))?),
    }
    Ok(())
}

static WRAPPER_GETSET: &[GetSetDef] = &[
    member("__func__", wrapped_or_none, ""),
    member("__wrapped__", wrapped_or_none, ""),
    getter("__isabstractmethod__", |vm, o| Ok(singletons::bool_obj(is_abstract(vm, &wrapped_or_none(vm, o)?)?)), ""),
    getset("__dict__", |_, o| Ok(attr::instance_dict(o).map_or_else(singletons::none, Ref::into_obj)), set_dict, ""),
    getset(
        "__annotations__",
        |vm, o| cached_of_function(vm, o, &names().__annotations__),
        |vm, o, v| set_cached(vm, o, &names().__annotations__, v),
        "",
    ),
    getset(
        "__annotate__",
        |vm, o| cached_of_function(vm, o, &names().__annotate__),
        |vm, o, v| set_cached(vm, o, &names().__annotate__, v),
        "",
    ),
];

/// Setter of a writable `__dict__`.
pub fn set_dict(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::type_error("cannot delete __dict__")) };
    match v.downcast() {
        Some(d) => {
            attr::set_instance_dict(o, Some(d));
            Ok(())
        }
        None => Err(error::type_error(format!("__dict__ must be set to a dictionary, not a '{}'", v.ty().tp_name()))),
    }
}

fn wrapper_repr(vm: &Vm, o: &Obj, name: &::std::primitive::str) -> PyResult {
    let f = ops::repr_string(vm, &wrapped_or_none(vm, o)?)?;
    Ok(str::from_str(&format!("<{name}({f})>")).into_obj())
}

pub static STATIC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(
            |_, ty, _| Ok(Ref::with_type(ty, StaticMethod { func: ObjCell::new(singletons::none()) }).into_obj()),
        ),
        slot::init(init),
        slot::descr_get(descr::staticmethod_get),
        slot::call(|vm, o, args| call::call(vm, &wrapped_or_none(vm, o)?, args)),
        slot::repr(|vm, o| wrapper_repr(vm, o, "staticmethod")),
    ],
    methods: &[class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "")],
    getset: WRAPPER_GETSET,
    doc: "staticmethod(function, /)\n--\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    ..TypeSpec::of(&STATICMETHOD)
};

pub static CLASS: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, ClassMethod { func: ObjCell::new(singletons::none()) }).into_obj())),
        slot::init(init),
        slot::descr_get(descr::classmethod_get),
        slot::repr(|vm, o| wrapper_repr(vm, o, "classmethod")),
    ],
    methods: &[class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "")],
    getset: WRAPPER_GETSET,
    doc: "classmethod(function, /)\n--\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    ..TypeSpec::of(&CLASSMETHOD)
};
