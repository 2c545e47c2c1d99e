//! The exceptions of `_sqlite3`, and which of them a result code of SQLite is.
//!
//! CPython: Modules/_sqlite/util.c.

use super::names_table::ERROR_NAMES;
use super::raw::Failure;
use adder_mem::heap::Global;
use adder_object::{
    Dict, Module, Obj, PyErr, PyResult, Ref, Vm, attr, call, class, error, exceptions as exc, int, module, str,
};
use libsqlite3_sys as ffi;

static CLASSES: Global<Vec<(&'static ::std::primitive::str, Obj)>> = Global::new(Vec::new());

/// The classes with their bases, in the order that they are made.
const TREE: &[(&::std::primitive::str, &::std::primitive::str)] = &[
    ("Warning", ""),
    ("Error", ""),
    ("InterfaceError", "Error"),
    ("DatabaseError", "Error"),
    ("DataError", "DatabaseError"),
    ("OperationalError", "DatabaseError"),
    ("IntegrityError", "DatabaseError"),
    ("InternalError", "DatabaseError"),
    ("ProgrammingError", "DatabaseError"),
    ("NotSupportedError", "DatabaseError"),
];

/// Makes the classes once, and gives them to the module.
pub fn install(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    if CLASSES.get().is_empty() {
        for &(name, base) in TREE {
            let base = named(base).unwrap_or_else(|| exc::EXCEPTION.obj());
            let ns = Dict::new();
            ns.set_str("__module__", str::intern_str("sqlite3").into_obj());
            let c = class::make_class(vm, name, vec![base], ns)?;
            CLASSES.get().push((name, c));
        }
    }
    let d = module::dict(m.obj());
    CLASSES.get().iter().for_each(|(name, c)| d.set_str(name, c.clone()));
    Ok(())
}

/// A class by its name.
pub fn named(name: &::std::primitive::str) -> Option<Obj> {
    CLASSES.get().iter().find(|c| c.0 == name).map(|c| c.1.clone())
}

/// An exception of a class of this module.
#[cold]
pub fn new(vm: &Vm, class: &::std::primitive::str, message: impl AsRef<::std::primitive::str>) -> PyErr {
    let Some(c) = named(class) else { return error::runtime_error(message) };
    match call::call1(vm, &c, str::from_str(message.as_ref()).obj()) {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}
#[cold]
pub fn programming(vm: &Vm, message: impl AsRef<::std::primitive::str>) -> PyErr {
    new(vm, "ProgrammingError", message)
}

/// The exception of a result code.
#[cold]
pub fn of(vm: &Vm, f: &Failure) -> PyErr {
    let class = match f.code & 255 {
        ffi::SQLITE_NOMEM => return error::no_memory(),
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => "InternalError",
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => "OperationalError",
        ffi::SQLITE_TOOBIG => "DataError",
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => "IntegrityError",
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => "InterfaceError",
        _ => "DatabaseError",
    };
    let e = new(vm, class, &f.message);
    let name = ERROR_NAMES.iter().find(|n| n.1 == f.code).map_or("unknown", |n| n.0);
    let fields =
        [("sqlite_errorcode", int::from_i64(f.code.into())), ("sqlite_errorname", str::from_str(name).into_obj())];
    for (field, value) in fields {
        if let Err(other) = attr::set_str(vm, e.obj(), field, &value) {
            return other;
        }
    }
    e
}
