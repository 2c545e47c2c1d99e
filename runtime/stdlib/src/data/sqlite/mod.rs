//! The module `_sqlite3`: SQLite databases behind the library's `sqlite3`.
//!
//! *Invariant*: SQLite is called through raw.rs, raw_blob.rs and raw_functions.rs alone.
//! *CPython*: Modules/_sqlite. Loadable extensions are not supported.

mod blob;
mod connection;
mod convert;
mod cursor;
mod errors;
mod functions;
mod names_table;
mod raw;
mod raw_blob;
mod raw_functions;
mod row;

use adder_object::call::Args;
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{
    Dict, Module, Obj, ObjExt, PyResult, Ref, Str, Vm, call, class, error, int, module, singletons, str, types,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method(
            "connect",
            Native::Raw(connect),
            "Open a connection to the SQLite database file 'database'.\n\nYou can use \":memory:\" to open a database connection to a database that\nresides in RAM instead of on disk.",
        ),
        method(
            "complete_statement($module, /, statement)",
            Native::Bound(|_, _, a| {
                let Some(s) = a.req(0).get::<Str>() else {
                    let t = a.req(0).ty().tp_name();
                    let text = format!("complete_statement() argument 'statement' must be str, not {t}");
                    return Err(error::type_error(text));
                };
                Ok(singletons::bool_obj(raw::is_complete(&s.to_string_lossy())))
            }),
            "Checks if a string contains a complete SQL statement.",
        ),
        method(
            "enable_callback_tracebacks($module, enable, /)",
            Native::One(functions::enable_tracebacks),
            "Enable or disable callback functions throwing errors to stderr.",
        ),
        method(
            "register_adapter($module, type, adapter, /)",
            Native::Pos(2, 2, |vm, _, a| {
                convert::register_adapter(vm, &a[0], &a[1])?;
                Ok(singletons::none())
            }),
            "Register a function to adapt Python objects to SQLite values.",
        ),
        method(
            "register_converter($module, typename, converter, /)",
            Native::Pos(2, 2, |vm, _, a| {
                if a[0].get::<Str>().is_none() {
                    let t = a[0].ty().tp_name();
                    return Err(error::type_error(format!("register_converter() argument 1 must be str, not {t}")));
                }
                convert::register_converter(vm, &a[0], &a[1])?;
                Ok(singletons::none())
            }),
            "Register a function to convert SQLite values to Python objects.",
        ),
        method(
            "adapt($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)",
            Native::Pos(1, 3, adapt),
            "Adapt given object to given protocol.",
        ),
    ],
    types: &[&connection::SPEC, &cursor::SPEC, &row::SPEC, &blob::SPEC],
    init: Some(init),
    ..ModuleSpec::new("_sqlite3")
};

/// `connect(database, ..., factory=Connection, ...)`: calls the factory.
fn connect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const FACTORY: usize = 5;
    connection::warn_positional(vm, args, "sqlite3.connect")?;
    let given = args.keyword("factory").or_else(|| args.positional().get(FACTORY));
    match given {
        Some(f) => call::call(vm, f, args),
        None => call::call(vm, &connection::CONNECTION.obj(), args),
    }
}

fn adapt(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let protocol = convert::install(singletons::none()).protocol.clone();
    convert::adapt(vm, &a[0], a.get(1).unwrap_or(&protocol), a.get(2))
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    errors::install(vm, m)?;
    let ns = Dict::new();
    ns.set_str("__module__", str::intern_str("sqlite3").into_obj());
    let protocol = class::make_class(vm, "PrepareProtocol", vec![types::OBJECT.obj()], ns)?;
    let registry = convert::install(protocol);
    let d = module::dict(m.obj());
    d.set_str("PrepareProtocol", registry.protocol.clone());
    d.set_str("adapters", registry.adapters.obj().clone());
    d.set_str("converters", registry.converters.obj().clone());
    d.set_str("sqlite_version", str::from_str(&raw::version()).into_obj());
    d.set_str("threadsafety", int::from_i64(3));
    for (name, n) in names_table::ERROR_NAMES.iter().chain(names_table::CONSTANTS) {
        d.set_str(name, int::from_i64((*n).into()));
    }
    Ok(())
}
