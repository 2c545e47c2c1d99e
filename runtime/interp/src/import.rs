//! Import errors and the start of the import system.

use adder_object::{Obj, PyErr, Vm, error, exceptions as exc, ops};

/// ImportError of `from module import name`.
pub fn cannot_import_name(_: &Vm, module: &Obj, name: &Obj, package: Option<Obj>) -> PyErr {
    let package_text = package.as_ref().map(ops::text).filter(|t| !t.is_empty());
    let d = adder_object::attr::instance_dict(module);
    let file = d.as_ref().and_then(|d| d.get_str("__file__"));
    let place = file.as_ref().map(ops::text).unwrap_or_else(|| "unknown location".into());
    let text = format!(
        "cannot import name '{}' from '{}' ({place})",
        ops::text(name),
        package_text.as_deref().unwrap_or("<unknown module name>")
    );
    error::import_error(&exc::IMPORT_ERROR, &text, package, file)
}
