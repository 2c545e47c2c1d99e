//! The module `_csv`: the machines behind the library's module csv.
//!
//! *CPython*: Modules/_csv.c.

mod dialect;
mod reader;
mod writer;

use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{
    Args, Dict, List, Module, Obj, ObjExt, PyErr, PyResult, Ref, Str, Type, Vm, attr, call, class, error,
    exceptions as exc, int, module, ops, singletons, str,
};
use std::sync::atomic::{AtomicUsize, Ordering};

static FIELD_LIMIT: AtomicUsize = AtomicUsize::new(128 * 1024);

fn field_limit() -> usize {
    FIELD_LIMIT.load(Ordering::Relaxed)
}

fn no_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())))
}

/// `_csv.Error`.
fn csv_error(vm: &Vm, message: &::std::primitive::str) -> PyErr {
    let make = || -> PyResult {
        let class = attr::get_str(vm, &vm.import("_csv")?, "Error")?;
        call::call1(vm, &class, str::from_str(message).obj())
    };
    match make() {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}

fn bad_dialect(message: &::std::primitive::str) -> PyErr {
    error::value_error(message)
}

/// The dialects that have names.
fn names(vm: &Vm) -> PyResult<Ref<Dict>> {
    let d = attr::get_str(vm, &vm.import("_csv")?, "_dialects")?;
    d.downcast::<Dict>().ok_or_else(|| error::type_error("_csv._dialects must be a dict"))
}
fn registered(vm: &Vm, name: &Obj) -> PyResult {
    match names(vm)?.get_item(vm, name)? {
        Some(d) => Ok(d),
        None => Err(csv_error(vm, "unknown dialect")),
    }
}

fn register_dialect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    adder_object::bind::check_positional("", args.len(), 1, 2)
        .map_err(|e| error::type_error(e.message().trim_start()))?;
    let name = &args.positional()[0];
    if name.get::<Str>().is_none() {
        return Err(error::type_error("dialect name must be a string"));
    }
    let d = dialect::from_call(vm, args.positional().get(1), args)?;
    names(vm)?.set_item(vm, name, d.into_obj())?;
    Ok(singletons::none())
}
fn unregister_dialect(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match names(vm)?.remove_item(vm, name)? {
        Some(_) => Ok(singletons::none()),
        None => Err(csv_error(vm, "unknown dialect")),
    }
}
fn get_dialect(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    registered(vm, name)
}
fn list_dialects(vm: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(names(vm)?.keys_vec()).into_obj())
}
fn field_size_limit(vm: &Vm, _: &Obj, args: &adder_object::bind::Bound<'_>) -> PyResult {
    let old = field_limit();
    if let Some(n) = args.opt(0) {
        if !int::is_int(n) {
            return Err(error::type_error("limit must be an integer"));
        }
        FIELD_LIMIT.store(usize::try_from(ops::size_isize(vm, n)?).unwrap_or(0), Ordering::Relaxed);
    }
    Ok(int::from_usize(old))
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    for (name, spec) in [("Dialect", &dialect::SPEC), ("Reader", &reader::SPEC), ("Writer", &writer::SPEC)] {
        ready(spec);
        d.set_str(name, spec.ty.obj());
    }
    d.set_str("_dialects", Dict::new().into_obj());
    d.set_str("__version__", str::from_str("1.0").into_obj());
    for (name, n) in [
        ("QUOTE_MINIMAL", dialect::QUOTE_MINIMAL),
        ("QUOTE_ALL", dialect::QUOTE_ALL),
        ("QUOTE_NONNUMERIC", dialect::QUOTE_NONNUMERIC),
        ("QUOTE_NONE", dialect::QUOTE_NONE),
        ("QUOTE_STRINGS", dialect::QUOTE_STRINGS),
        ("QUOTE_NOTNULL", dialect::QUOTE_NOTNULL),
    ] {
        d.set_str(name, int::from_i64(n));
    }
    let names = Dict::new();
    names.set_str("__module__", str::intern_str("_csv").into_obj());
    d.set_str("Error", class::make_class(vm, "Error", vec![exc::EXCEPTION.obj()], names)?);
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "CSV parsing and writing.\n",
    functions: &[
        method(
            "reader($module, iterable, /, dialect='excel', **fmtparams)",
            Native::Raw(reader::reader),
            "Return a reader object that will process lines from the given iterable.",
        ),
        method(
            "writer($module, fileobj, /, dialect='excel', **fmtparams)",
            Native::Raw(writer::writer),
            "Return a writer object that will write user data on the given file object.",
        ),
        method(
            "register_dialect($module, name, /, dialect='excel', **fmtparams)",
            Native::Raw(register_dialect),
            "Create a mapping from a string name to a CVS dialect.",
        ),
        method(
            "unregister_dialect($module, /, name)",
            Native::Bound(|vm, m, a| unregister_dialect(vm, m, a.req(0))),
            "Delete the name/dialect mapping associated with a string name.",
        ),
        method(
            "get_dialect($module, /, name)",
            Native::Bound(|vm, m, a| get_dialect(vm, m, a.req(0))),
            "Return the dialect instance associated with name.",
        ),
        method("list_dialects($module, /)", Native::NoArgs(list_dialects), "Return a list of all known dialect names."),
        method(
            "field_size_limit($module, /, new_limit=<unrepresentable>)",
            Native::Bound(field_size_limit),
            "Sets an upper limit on parsed fields.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("_csv")
};
