//! What the module keeps: its exceptions and what it takes from `copyreg`, `_compat_pickle`, `codecs` and `functools`.

use crate::functional::shared::text;
use adder_mem::heap::Global;
use adder_object::{Dict, Obj, PyErr, PyResult, Vm, attr, call, error, exceptions as exc, tuple, types};

pub struct State {
    pub pickle_error: Obj,
    pub pickling_error: Obj,
    pub unpickling_error: Obj,
    pub dispatch_table: Obj,
    pub extension_registry: Obj,
    pub inverted_registry: Obj,
    pub extension_cache: Obj,
    pub name_mapping: Obj,
    pub import_mapping: Obj,
    pub reverse_name_mapping: Obj,
    pub reverse_import_mapping: Obj,
    pub codecs_encode: Obj,
    pub getattr: Obj,
    pub partial: Obj,
    pub modules: Obj,
}
static STATE: Global<Option<State>> = Global::new(None);

pub fn state() -> PyResult<&'static State> {
    STATE.get().as_ref().ok_or_else(|| error::system_error("_pickle is not initialised"))
}

pub fn init(vm: &Vm) -> PyResult<()> {
    if STATE.get().is_some() {
        return Ok(());
    }
    let class = |name: &str, base: &Obj| {
        let d = Dict::new();
        d.set_str("__module__", text("_pickle"));
        call::call_pos(vm, &types::TYPE.obj(), &[text(name), tuple::from_array([base.clone()]), d.into_obj()])
    };
    let pickle_error = class("PickleError", &exc::EXCEPTION.obj())?;
    let of = |module: &str, name: &str| attr::get_str(vm, &vm.import(module)?, name);
    let fresh = State {
        pickling_error: class("PicklingError", &pickle_error)?,
        unpickling_error: class("UnpicklingError", &pickle_error)?,
        pickle_error,
        dispatch_table: of("copyreg", "dispatch_table")?,
        extension_registry: of("copyreg", "_extension_registry")?,
        inverted_registry: of("copyreg", "_inverted_registry")?,
        extension_cache: of("copyreg", "_extension_cache")?,
        name_mapping: of("_compat_pickle", "NAME_MAPPING")?,
        import_mapping: of("_compat_pickle", "IMPORT_MAPPING")?,
        reverse_name_mapping: of("_compat_pickle", "REVERSE_NAME_MAPPING")?,
        reverse_import_mapping: of("_compat_pickle", "REVERSE_IMPORT_MAPPING")?,
        codecs_encode: of("codecs", "encode")?,
        getattr: of("builtins", "getattr")?,
        partial: of("functools", "partial")?,
        modules: of("sys", "modules")?,
    };
    *STATE.get() = Some(fresh);
    Ok(())
}

#[cold]
fn raise(class: &Obj, message: &str) -> PyErr {
    match call::call1(Vm::current(), class, &text(message)) {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}
#[cold]
pub fn pickling_error(message: impl AsRef<str>) -> PyErr {
    match state() {
        Ok(s) => raise(&s.pickling_error, message.as_ref()),
        Err(e) => e,
    }
}
#[cold]
pub fn unpickling_error(message: impl AsRef<str>) -> PyErr {
    match state() {
        Ok(s) => raise(&s.unpickling_error, message.as_ref()),
        Err(e) => e,
    }
}
#[cold]
pub fn truncated() -> PyErr {
    unpickling_error("pickle data was truncated")
}
