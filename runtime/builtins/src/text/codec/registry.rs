//! The codec registry: search functions with their cache, and named error handlers.
//!
//! *Invariant*: the package `encodings`, which registers the standard search function, is imported at the first look-up
//! that the native codecs do not serve.
//! *CPython*: codecs.c.

use super::errors;
use adder_mem::heap::Global;
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, attr, call, descr, error, ops, singletons, str, tuple, types};
use std::collections::HashMap;

#[derive(Default)]
struct Registry {
    searchers: Vec<Obj>,
    found: HashMap<String, Obj>,
    handlers: HashMap<String, Obj>,
    loaded: bool,
}
static REGISTRY: Global<Option<Registry>> = Global::new(None);

fn registry() -> &'static mut Registry {
    REGISTRY.get().get_or_insert_with(|| {
        let mut r = Registry::default();
        for (name, def) in HANDLERS.iter().zip(FUNCTIONS) {
            r.handlers.insert((*name).to_owned(), descr::free_function(def, None));
        }
        r
    })
}

static HANDLERS: &[&::std::primitive::str] = &[
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogateescape",
    "surrogatepass",
];
static FUNCTIONS: &[MethodDef] = &[
    method(
        "strict_errors",
        Native::One(errors::strict),
        "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.",
    ),
    method(
        "ignore_errors",
        Native::One(errors::ignore),
        "Implements the 'ignore' error handling, which ignores malformed data and continues.",
    ),
    method(
        "replace_errors",
        Native::One(errors::replace),
        "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.",
    ),
    method(
        "xmlcharrefreplace_errors",
        Native::One(errors::xmlcharrefreplace),
        "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.",
    ),
    method(
        "backslashreplace_errors",
        Native::One(errors::backslashreplace),
        "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.",
    ),
    method(
        "namereplace_errors",
        Native::One(errors::namereplace),
        "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.",
    ),
    method("surrogateescape", Native::One(errors::surrogateescape), ""),
    method("surrogatepass", Native::One(errors::surrogatepass), ""),
];

/// The name under which a codec is looked up: lower case, runs of other characters as '_'.
pub fn normalize(name: &::std::primitive::str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

pub fn register(function: &Obj) -> PyResult<()> {
    if !call::is_callable(function) {
        return Err(error::type_error("argument must be callable"));
    }
    registry().searchers.push(function.clone());
    Ok(())
}

pub fn unregister(function: &Obj) {
    let r = registry();
    if let Some(i) = r.searchers.iter().position(|f| f.is(function)) {
        let gone = (r.searchers.remove(i), std::mem::take(&mut r.found));
        drop(gone);
    }
}

/// The CodecInfo (a 4-tuple) of an encoding.
pub fn lookup(vm: &Vm, encoding: &::std::primitive::str) -> PyResult {
    let r = registry();
    if !r.loaded {
        r.loaded = true;
        if let Err(e) = vm.import("encodings") {
            registry().loaded = false;
            return Err(e);
        }
    }
    let name = normalize(encoding);
    if let Some(info) = registry().found.get(&name) {
        return Ok(info.clone());
    }
    let key = str::intern_str(&name).into_obj();
    let mut i = 0;
    while let Some(f) = registry().searchers.get(i).cloned() {
        i += 1;
        let info = call::call1(vm, &f, &key)?;
        if info.is_none() {
            continue;
        }
        if tuple::as_slice(&info).is_none_or(|t| t.len() != 4) {
            return Err(error::type_error("codec search functions must return 4-tuples"));
        }
        registry().found.insert(name, info.clone());
        return Ok(info);
    }
    Err(error::lookup_error(format!("unknown encoding: {encoding}")))
}

pub fn register_error(name: &::std::primitive::str, handler: &Obj) -> PyResult<()> {
    if !call::is_callable(handler) {
        return Err(error::type_error("handler must be callable"));
    }
    let old = registry().handlers.insert(name.to_owned(), handler.clone());
    drop(old);
    Ok(())
}
/// False when there was no such handler.
pub fn unregister_error(name: &::std::primitive::str) -> PyResult<bool> {
    if HANDLERS.contains(&name) {
        return Err(error::value_error(format!("cannot un-register built-in error handler '{name}'")));
    }
    let old = registry().handlers.remove(name);
    Ok(old.is_some())
}
pub fn lookup_error(_: &Vm, name: &::std::primitive::str) -> PyResult {
    match registry().handlers.get(name) {
        Some(h) => Ok(h.clone()),
        None => Err(error::lookup_error(format!("unknown error handler name '{name}'"))),
    }
}

/// Adds "encoding with 'x' codec failed" to an exception.
fn noted(vm: &Vm, e: PyErr, what: &::std::primitive::str, encoding: &::std::primitive::str) -> PyErr {
    let note = str::from_str(&format!("{what} with '{encoding}' codec failed")).into_obj();
    match call::call_method_str(vm, e.obj(), "add_note", &[note]) {
        Ok(_) => e,
        Err(other) => other,
    }
}

/// TypeError-free check that the codec is one from text to bytes.
fn check_text(vm: &Vm, info: &Obj, encoding: &::std::primitive::str, instead: &::std::primitive::str) -> PyResult<()> {
    if info.is_exact(&types::TUPLE) {
        return Ok(());
    }
    match attr::lookup_str(vm, info, "_is_text_encoding")? {
        Some(flag) if !ops::truth(vm, &flag)? => Err(error::lookup_error(format!(
            "'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs"
        ))),
        _ => Ok(()),
    }
}

fn run(
    vm: &Vm,
    info: &Obj,
    which: usize,
    o: &Obj,
    encoding: &::std::primitive::str,
    errors: Option<&::std::primitive::str>,
) -> PyResult {
    let what = ["encoding", "decoding"][which];
    let f = tuple::as_slice(info).and_then(|t| t.get(which).cloned()).unwrap_or_else(singletons::none);
    let r = match errors {
        Some(e) => call::call_pos(vm, &f, &[o.clone(), str::from_str(e).into_obj()]),
        None => call::call1(vm, &f, o),
    };
    let r = r.map_err(|e| noted(vm, e, what, encoding))?;
    match tuple::as_slice(&r) {
        Some([out, _]) => Ok(out.clone()),
        _ => Err(error::type_error(
            ["encoder must return a tuple (object, integer)", "decoder must return a tuple (object,integer)"][which],
        )),
    }
}

/// `codecs.encode`: any object to any object.
pub fn encode(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: Option<&::std::primitive::str>) -> PyResult {
    run(vm, &lookup(vm, encoding)?, 0, o, encoding, errors)
}
/// `codecs.decode`.
pub fn decode(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: Option<&::std::primitive::str>) -> PyResult {
    run(vm, &lookup(vm, encoding)?, 1, o, encoding, errors)
}
/// As `encode`, for codecs from text alone.
pub fn encode_text(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: &::std::primitive::str) -> PyResult {
    let info = lookup(vm, encoding)?;
    check_text(vm, &info, encoding, "codecs.encode()")?;
    run(vm, &info, 0, o, encoding, Some(errors))
}
pub fn decode_text(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: &::std::primitive::str) -> PyResult {
    let info = lookup(vm, encoding)?;
    check_text(vm, &info, encoding, "codecs.decode()")?;
    run(vm, &info, 1, o, encoding, Some(errors))
}
