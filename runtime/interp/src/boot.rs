//! Start-up: types, the `builtins` and `sys` modules, hooks between the floors.

use crate::builtin_functions::FUNCTIONS;
use crate::{frame, import, sys, warnings};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{Dict, Obj, ObjExt, PyErr, PyResult, Ref, Vm, attr, call, descr, names, ops, singletons, str, vm};

/// Brings the runtime up in a thread that holds the GIL; `builtins` makes the module of that name.
pub fn start(vm: &Vm, builtins: fn(&Vm) -> PyResult) -> PyResult<()> {
    adder_builtins::install();
    crate::types::install();
    install_hooks();
    let module = builtins(vm)?;
    let d = adder_object::module::dict(&module);
    let name = str::intern_str("builtins").into_obj();
    for def in FUNCTIONS {
        d.set_str(def.name(), descr::function_object(def, &module, &name));
    }
    d.set_name(&names().__debug__, adder_object::singletons::bool_obj(sys::optimize() == 0));
    sys::set_builtins(d);
    sys::modules().set_str("builtins", module);
    Ok(())
}

fn install_hooks() {
    let h = vm::HOOKS.get();
    h.globals = frame::current_globals;
    h.import = import::import;
    h.import_name =
        |vm, name, globals, _, fromlist, level| import::import_module_level(vm, name, globals, fromlist, level);
    h.warn = warnings::warn;
    h.unraisable = unraisable;
    h.super_args = frame::super_args;
    h.sys_attr = |_, name| sys::get(name);
    h.locals = |vm| match frame::current(vm) {
        f if f.is_null() => Err(adder_object::error::system_error("frame does not exist")),
        f => frame::locals_snapshot(f),
    };
}

/// `sys.unraisablehook`, or a plain report while there is none.
fn unraisable(vm: &Vm, e: PyErr, message: &str, obj: Option<&Obj>) {
    // As CPython's, a message tells of the object itself; without one the hook gets the object.
    let whole = obj.filter(|_| !message.is_empty()).map(|o| {
        let shown = ops::repr_string(vm, o).unwrap_or_else(|_| "<object repr() failed>".to_owned());
        format!("{message} {shown}")
    });
    let (message, obj) = match &whole {
        Some(text) => (text.as_str(), None),
        None => (message, obj),
    };
    if report_unraisable(vm, &e, message, obj).is_none() {
        let text = obj.map(|o| ops::repr_string(vm, o).unwrap_or_default()).unwrap_or_default();
        let (name, value) = (e.obj().ty().name(), ops::str_lossy(vm, e.obj()));
        sys::raw_stderr(&format!("{message} {text}: {name}: {value}\n"));
    }
}

fn report_unraisable(vm: &Vm, e: &PyErr, message: &::std::primitive::str, obj: Option<&Obj>) -> Option<()> {
    sys::get("unraisablehook")?;
    crate::modules::sys_hooks_unraisable(vm, e.clone(), message, obj).ok()
}

static EARLY_STDERR: [MethodDef; 2] = [
    method(
        "write($self, text, /)",
        Native::One(|_, _, t| {
            sys::raw_stderr(&ops::text(t));
            Ok(singletons::none())
        }),
        "Write text to the process's stderr.",
    ),
    method("flush($self, /)", Native::NoArgs(|_, _| Ok(singletons::none())), "Nothing is held back."),
];

/// `sys.stderr` until there are streams: `-v` writes to it while the import system starts.
pub fn early_stderr(vm: &Vm) -> PyResult<()> {
    let file = call::call0(vm, &adder_builtins::core::namespace::SPEC.ty.obj())?;
    let name = str::intern_str("sys").into_obj();
    for def in &EARLY_STDERR {
        attr::set_str(vm, &file, def.name(), &descr::function_object(def, &file, &name))?;
    }
    sys::dict().set_str("stderr", file);
    Ok(())
}

/// A namespace for `__main__`.
pub fn main_module() -> (Obj, Ref<Dict>) {
    let m = adder_object::Module::new("__main__");
    let d = adder_object::module::dict(m.obj());
    if let Some(b) = sys::modules().get_str("builtins") {
        d.set_name(&names().__builtins__, b);
    }
    sys::modules().set_str("__main__", m.obj().clone());
    (m.into_obj(), d)
}

/// Starts importlib and the rest of the library that every program needs. `sys` is made already.
pub fn start_imports(vm: &Vm) -> PyResult<()> {
    use crate::modules::imp;
    use adder_object::module;
    imp::register_frozen(imp::library_frozen);
    imp::register(std::iter::once(&imp::MODULE));
    let missing = |n: &::std::primitive::str| adder_object::error::runtime_error(format!("the library has no {n}"));
    let frozen = imp::library_frozen("_frozen_importlib").ok_or_else(|| missing("importlib"))?;
    let importlib = imp::import_frozen(vm, "_frozen_importlib", frozen)?;
    let sys_module = sys::modules().get_str("sys").ok_or_else(|| missing("sys"))?;
    let imp_module = module::from_spec(vm, &imp::MODULE)?;
    sys::modules().set_str("_imp", imp_module.clone());
    call::call_method_str(vm, &importlib, "_install", &[sys_module, imp_module])?;
    call::call_method_str(vm, &importlib, "_install_external_importers", &[])?;
    let library = import::import(vm, "_adder_library")?;
    call::call_method_str(vm, &library, "install", &[])?;
    sys::set_ready();
    Ok(())
}

/// Registers the native modules of this floor.
pub fn register_own() {
    use crate::modules::imp;
    imp::register(crate::modules::SPECS.iter().copied());
}

/// The orderly end: `__main__` is emptied so that finalizers run, then cycles are collected.
pub fn end() {
    let main = sys::modules().get_str("__main__");
    adder_mem::collect::run(2);
    if let Some(m) = main {
        clear_module(&m);
    }
    adder_mem::collect::run(2);
}

/// Names of a module are set to None in the order CPython's `_PyModule_ClearDict` does: single-underscore names first.
fn clear_module(m: &Obj) {
    let Some(d) = adder_object::attr::instance_dict(m) else { return };
    for private in [true, false] {
        for (k, _) in d.items_vec() {
            let name = ops::text(&k);
            let is_private = name.starts_with('_') && !name.starts_with("__");
            if name != "__builtins__" && (is_private || !private) {
                d.set_name(&k, adder_object::singletons::none());
            }
        }
    }
}
