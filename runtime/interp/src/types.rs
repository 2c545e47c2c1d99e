//! Type specs of functions, code, frames, generators and tracebacks: slots here, attributes in `type_attrs`.

use crate::code::{CODE, CodeObject};
use crate::frame::FRAME;
use crate::function::{FUNCTION, Function};
use crate::generator::{self, ASYNC_GENERATOR, COROUTINE, GENERATOR};
use crate::traceback::TRACEBACK;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getset, getter, method, ready};
use adder_object::{
    Dict, Obj, ObjExt, PyResult, Vm, descr, error, exceptions as exc, hashing, ops, singletons, str, tuple,
};

fn function_get(_: &Vm, f: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(match obj {
        Some(o) => descr::bound_method(f.clone(), o.clone()),
        None => f.clone(),
    })
}

fn function_repr(_: &Vm, f: &Obj) -> PyResult {
    let name = f.this::<Function>()?.text_name();
    Ok(str::from_str(&format!("<function {name} at {:#x}>", f.bits())).into_obj())
}

macro_rules! cell_getset {
    ($get:ident $set:ident $field:ident) => {
        fn $get(_: &Vm, f: &Obj) -> PyResult {
            Ok(f.this::<Function>()?.$field.get().unwrap_or_else(singletons::none))
        }
        fn $set(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
            let f = f.this::<Function>()?;
            f.version.set(0);
            f.$field.set_option(v.filter(|v| !v.is_none()).cloned());
            Ok(())
        }
    };
}
fn get_defaults(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.defaults.get().unwrap_or_else(singletons::none))
}
fn set_defaults(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let v = v.filter(|v| !v.is_none());
    if v.is_some_and(|v| tuple::as_slice(v).is_none()) {
        return Err(error::type_error("__defaults__ must be set to a tuple object"));
    }
    let f = f.this::<Function>()?;
    f.version.set(0);
    f.defaults.set_option(v.cloned());
    Ok(())
}
fn get_kwdefaults(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.kwdefaults.get().unwrap_or_else(singletons::none))
}
fn set_kwdefaults(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let v = v.filter(|v| !v.is_none());
    if v.is_some_and(|v| v.get::<Dict>().is_none()) {
        return Err(error::type_error("__kwdefaults__ must be set to a dict object"));
    }
    let f = f.this::<Function>()?;
    f.version.set(0);
    f.kwdefaults.set_option(v.cloned());
    Ok(())
}
cell_getset!(get_doc set_doc doc);
cell_getset!(get_module set_module module);

fn get_name(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.name.get().unwrap_or_else(singletons::none))
}
fn set_name(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v.filter(|v| v.get::<adder_object::Str>().is_some()) {
        Some(v) => {
            f.this::<Function>()?.name.set(v.clone());
            Ok(())
        }
        None => Err(error::type_error("__name__ must be set to a string object")),
    }
}
fn get_qualname(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.qualname.get().unwrap_or_else(singletons::none))
}
fn set_qualname(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v.filter(|v| v.get::<adder_object::Str>().is_some()) {
        Some(v) => {
            f.this::<Function>()?.qualname.set(v.clone());
            Ok(())
        }
        None => Err(error::type_error("__qualname__ must be set to a string object")),
    }
}
fn get_code(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.code.get().unwrap_or_else(singletons::none))
}
fn set_code(vm: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let f = f.this::<Function>()?;
    let Some(code) = v.and_then(|v| v.get::<CodeObject>()) else {
        return Err(error::type_error("__code__ must be set to a code object"));
    };
    let closure = f.closure.get().map_or(0, |c| tuple::to_vec(&c).len());
    let free = code.code.free_count();
    if closure != free {
        return Err(error::value_error(format!(
            "{}() requires a code object with {closure} free vars, not {free}",
            ops::text(&f.name.get().unwrap_or_else(singletons::none))
        )));
    }
    let old = f.code();
    let kinds = |c: &CodeObject| c.flags & adder_isa::code::co::SUSPENDS;
    if old.is_some_and(|o| kinds(&o) != kinds(code)) {
        let text =
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)";
        vm.warn(&exc::DEPRECATION_WARNING, text, 1)?;
    }
    if let Some(v) = v {
        f.set_code(v.clone());
    }
    Ok(())
}
fn get_globals(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.globals.obj().clone())
}
fn get_builtins(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.builtins.clone())
}
fn get_closure(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.closure.get().unwrap_or_else(singletons::none))
}
fn get_annotations(vm: &Vm, f: &Obj) -> PyResult {
    let this = f.this::<Function>()?;
    if let Some(a) = this.annotations.get() {
        return Ok(a);
    }
    let made = match this.annotate.get().filter(|a| !a.is_none()) {
        Some(a) => adder_builtins::core::type_attrs::evaluated(vm, &a)?,
        None => Dict::new().into_obj(),
    };
    this.annotations.set(made.clone());
    Ok(made)
}
fn set_annotations(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let this = f.this::<Function>()?;
    match v.filter(|v| !v.is_none()) {
        Some(v) if v.get::<Dict>().is_none() => Err(error::type_error("__annotations__ must be set to a dict object")),
        v => {
            this.annotations.set_option(v.cloned());
            drop(this.annotate.take());
            Ok(())
        }
    }
}
fn get_annotate(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.annotate.get().unwrap_or_else(singletons::none))
}
fn set_annotate(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let this = f.this::<Function>()?;
    match v {
        None => Err(error::type_error("__annotate__ cannot be deleted")),
        Some(v) if v.is_none() => {
            drop(this.annotate.take());
            Ok(())
        }
        Some(v) if adder_object::call::is_callable(v) => {
            this.annotate.set(v.clone());
            drop(this.annotations.take());
            Ok(())
        }
        Some(_) => Err(error::type_error("__annotate__ must be callable or None")),
    }
}
fn get_type_params(_: &Vm, f: &Obj) -> PyResult {
    Ok(f.this::<Function>()?.type_params.get().unwrap_or_else(|| tuple::new(vec![])))
}
fn set_type_params(_: &Vm, f: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v.filter(|v| tuple::as_slice(v).is_some()) {
        Some(v) => {
            f.this::<Function>()?.type_params.set(v.clone());
            Ok(())
        }
        None => Err(error::type_error("__type_params__ must be set to a tuple")),
    }
}

static FUNCTION_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::call(crate::eval::call_function),
        slot::descr_get(function_get),
        slot::repr(function_repr),
        slot::new(crate::type_attrs::function_new),
    ],
    getset: &[
        getset("__name__", get_name, set_name, ""),
        getset("__qualname__", get_qualname, set_qualname, ""),
        getset("__code__", get_code, set_code, ""),
        getset("__defaults__", get_defaults, set_defaults, ""),
        getset("__kwdefaults__", get_kwdefaults, set_kwdefaults, ""),
        getset("__doc__", get_doc, set_doc, ""),
        getset("__module__", get_module, set_module, ""),
        getter("__globals__", get_globals, ""),
        getter("__builtins__", get_builtins, ""),
        getter("__closure__", get_closure, ""),
        getset("__annotations__", get_annotations, set_annotations, ""),
        getset("__annotate__", get_annotate, set_annotate, ""),
        getset("__type_params__", get_type_params, set_type_params, ""),
    ],
    attrs: &[("__dict__", || descr::getset_object(&FUNCTION, &adder_object::class::DICT_GETSET))],
    doc: "Create a function object.",
    ..TypeSpec::of(&FUNCTION)
};

static CODE_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::repr(crate::type_attrs::code_repr),
        slot::richcompare(crate::type_attrs::code_compare),
        slot::hash(crate::type_attrs::code_hash),
        slot::new(crate::code_new::new),
    ],
    getset: crate::type_attrs::CODE_ATTRS,
    methods: crate::type_attrs::CODE_METHODS,
    doc: "Create a code object.  Not for mere mortals.",
    ..TypeSpec::of(&CODE)
};

static FRAME_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::repr(crate::type_attrs::frame_repr)],
    getset: crate::type_attrs::FRAME_ATTRS,
    methods: crate::type_attrs::FRAME_METHODS,
    ..TypeSpec::of(&FRAME)
};

static TRACEBACK_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(crate::type_attrs::traceback_new)],
    methods: &[method("__dir__($self, /)", Native::NoArgs(crate::type_attrs::traceback_dir), "")],
    getset: crate::type_attrs::TRACEBACK_ATTRS,
    doc: "Create a new traceback object.",
    ..TypeSpec::of(&TRACEBACK)
};

fn send(vm: &Vm, g: &Obj, v: &Obj) -> PyResult {
    crate::asyncgen::sent_to_result(generator::send(vm, g, v)?)
}
fn throw(vm: &Vm, g: &Obj, args: &[Obj]) -> PyResult {
    let e = crate::asyncgen::thrown(vm, args)?;
    crate::asyncgen::sent_to_result(generator::throw_given(vm, g, e, args)?)
}
fn close(vm: &Vm, g: &Obj) -> PyResult {
    generator::close_with_value(vm, g)
}
fn class_getitem(vm: &Vm, cls: &Obj, item: &Obj) -> PyResult {
    adder_object::class::generic_alias(vm, cls, item)
}
fn finalize(vm: &Vm, g: &Obj) -> PyResult {
    crate::asyncgen::finalize(vm, g)
}

static GENERATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::iter(|_, o| Ok(o.clone())),
        slot::iternext(generator::next),
        slot::send(generator::send),
        slot::repr(crate::type_attrs::generator_repr),
        slot::finalize(finalize),
    ],
    methods: &[
        method(
            "send($self, arg, /)",
            Native::One(send),
            "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
        ),
        method(
            "throw",
            Native::Pos(1, 3, throw),
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.",
        ),
        method("close($self, /)", Native::NoArgs(close), "close() -> raise GeneratorExit inside generator."),
        class_method("__class_getitem__($type, item, /)", Native::One(class_getitem), "See PEP 585"),
    ],
    getset: crate::type_attrs::GENERATOR_ATTRS,
    ..TypeSpec::of(&GENERATOR)
};

static COROUTINE_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::await_(crate::asyncgen::coroutine_await),
        slot::send(generator::send),
        slot::repr(crate::type_attrs::generator_repr),
        slot::finalize(finalize),
    ],
    methods: &[
        method(
            "send($self, arg, /)",
            Native::One(send),
            "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.",
        ),
        method(
            "throw",
            Native::Pos(1, 3, throw),
            "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.",
        ),
        method("close($self, /)", Native::NoArgs(close), "close() -> raise GeneratorExit inside coroutine."),
        class_method("__class_getitem__($type, item, /)", Native::One(class_getitem), "See PEP 585"),
    ],
    getset: crate::type_attrs::COROUTINE_ATTRS,
    ..TypeSpec::of(&COROUTINE)
};

static ASYNC_GENERATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::aiter(|_, o| Ok(o.clone())),
        slot::anext(crate::asyncgen::anext),
        slot::repr(crate::type_attrs::generator_repr),
        slot::finalize(finalize),
    ],
    methods: crate::asyncgen::METHODS,
    getset: crate::type_attrs::ASYNC_GENERATOR_ATTRS,
    ..TypeSpec::of(&ASYNC_GENERATOR)
};

/// Makes the types of this floor ready.
pub fn install() {
    for s in [
        &FUNCTION_SPEC,
        &CODE_SPEC,
        &FRAME_SPEC,
        &TRACEBACK_SPEC,
        &GENERATOR_SPEC,
        &COROUTINE_SPEC,
        &ASYNC_GENERATOR_SPEC,
    ] {
        ready(s);
    }
    generator::set_up();
    crate::asyncgen::install();
    crate::frame_locals::install();
    crate::modules::symtable::install();
}

/// Identity hash, for types that compare by identity but define slots elsewhere.
pub fn identity_hash(_: &Vm, o: &Obj) -> PyResult<i64> {
    Ok(hashing::identity(o))
}
