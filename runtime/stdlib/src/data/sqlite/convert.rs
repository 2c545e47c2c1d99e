//! Python values as SQLite's and back: adapters, converters, text factories.
//!
//! CPython: Modules/_sqlite/microprotocols.c, statement.c (bind_param), cursor.c (fetch_one_row), connection.c (set_result).

use super::errors;
use super::raw::{Stmt, Value};
use super::raw_functions::Context;
use adder_mem::heap::Global;
use adder_object::int::Int;
use adder_object::{
    Dict, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Vm, attr, buffer, bytes, call, error, exceptions as exc,
    float, int, singletons, str, tuple, types,
};
use std::cell::Cell;

/// The registered adapters and converters, which the module shows.
pub struct Registry {
    pub adapters: Ref<Dict>,
    pub converters: Ref<Dict>,
    pub protocol: Obj,
    /// An adapter for a type that SQLite knows was registered.
    pub plain_adapted: Cell<bool>,
}
static REGISTRY: Global<Option<Registry>> = Global::new(None);

pub fn install(protocol: Obj) -> &'static Registry {
    REGISTRY.get().get_or_insert_with(|| Registry {
        adapters: Dict::new(),
        converters: Dict::new(),
        protocol,
        plain_adapted: Cell::new(false),
    })
}

/// `adapt(o, protocol, alternative)`.
pub fn adapt(vm: &Vm, o: &Obj, protocol: &Obj, alternative: Option<&Obj>) -> PyResult {
    if let Some(r) = REGISTRY.get() {
        let key = tuple::from_array([o.ty().to_obj(), protocol.clone()]);
        if let Some(f) = r.adapters.get_item(vm, &key)? {
            return call::call1(vm, &f, o);
        }
    }
    for (owner, name, arg) in [(protocol, "__adapt__", o), (o, "__conform__", protocol)] {
        let Some(f) = attr::lookup(vm, owner, str::intern_str(name).obj())? else { continue };
        match call::call1(vm, &f, arg) {
            Ok(v) if v.is_none() => {}
            Err(e) if e.is(&exc::TYPE_ERROR) => {}
            r => return r,
        }
    }
    alternative.cloned().ok_or_else(|| errors::programming(vm, "can't adapt"))
}

const PLAIN: [&StaticType; 4] = [&types::INT, &types::FLOAT, &types::STR, &types::BYTEARRAY];

/// A parameter as it is bound: adapted unless it is of a plain type.
pub fn adapted(vm: &Vm, o: &Obj) -> PyResult {
    let plain = PLAIN.iter().any(|t| o.is_exact(t));
    match REGISTRY.get() {
        Some(r) if !plain || r.plain_adapted.get() => adapt(vm, o, &r.protocol, Some(o)),
        _ => Ok(o.clone()),
    }
}

/// Why a value cannot go to SQLite.
pub enum Refused {
    Error(PyErr),
    /// Of a type that SQLite does not know.
    Type,
}
impl From<PyErr> for Refused {
    fn from(e: PyErr) -> Refused {
        Refused::Error(e)
    }
}

/// Passes a Python value to `f` as SQLite's.
pub fn with_value<R>(vm: &Vm, o: &Obj, f: impl FnOnce(Value<'_>) -> R) -> Result<R, Refused> {
    if o.is_none() {
        return Ok(f(Value::Null));
    }
    if let Some(n) = int::as_int(o) {
        let n = match n {
            Int::Small(n) => Some(n),
            Int::Big(b) => i64::try_from(b).ok(),
        };
        return match n {
            Some(n) => Ok(f(Value::Int(n))),
            None => Err(error::overflow_error("Python int too large to convert to SQLite INTEGER").into()),
        };
    }
    if let Some(x) = float::as_float(o) {
        return Ok(f(Value::Float(x)));
    }
    if let Some(s) = o.get::<Str>() {
        if s.is_ascii() {
            return Ok(f(Value::Text(s.raw_bytes())));
        }
        let utf8 = call::call_method_str(vm, o, "encode", &[])?;
        let utf8 = buffer::to_vec(vm, &utf8)?;
        return Ok(f(Value::Text(&utf8)));
    }
    if buffer::has_buffer(o) {
        let b = buffer::get(vm, o, buffer::SIMPLE)?;
        return Ok(f(Value::Blob(b.bytes())));
    }
    Err(Refused::Type)
}

/// The result of a function.
pub fn give(vm: &Vm, context: &Context, o: &Obj) -> Result<(), Refused> {
    with_value(vm, o, |v| context.give(v))
}

pub fn text(data: &[u8]) -> Option<Obj> {
    if data.is_ascii() {
        return Some(str::from_ascii(data).into_obj());
    }
    std::str::from_utf8(data).ok().map(|s| str::from_str(s).into_obj())
}

/// An argument of a function.
pub fn argument(v: &Value<'_>) -> PyResult {
    Ok(match v {
        Value::Null => singletons::none(),
        Value::Int(n) => int::from_i64(*n),
        Value::Float(x) => float::from_f64(*x),
        Value::Text(t) => text(t).ok_or_else(|| error::value_error("text is not UTF-8"))?,
        Value::Blob(b) => bytes::new(b),
    })
}

/// A value of the current row, its text made by `factory` (None: str).
pub fn column(vm: &Vm, s: &Stmt, i: usize, factory: Option<&Obj>) -> PyResult {
    enum Found {
        Done(Obj),
        Raw(Obj),
    }
    let cell = s.column(i, |v| match v {
        Value::Null => Found::Done(singletons::none()),
        Value::Int(n) => Found::Done(int::from_i64(n)),
        Value::Float(x) => Found::Done(float::from_f64(x)),
        Value::Blob(b) => Found::Done(bytes::new(b)),
        Value::Text(t) => match factory {
            None => text(t).map_or_else(|| Found::Raw(bytes::new(t)), Found::Done),
            Some(_) => Found::Raw(bytes::new(t)),
        },
    });
    match (cell, factory) {
        (Found::Done(o), _) => Ok(o),
        (Found::Raw(b), Some(f)) if f.is(&types::BYTES.obj()) => Ok(b),
        (Found::Raw(b), Some(f)) => call::call1(vm, f, &b),
        (Found::Raw(b), None) => {
            let shown = String::from_utf8_lossy(&buffer::to_vec(vm, &b)?).into_owned();
            let name = s.column_name(i).unwrap_or_default();
            let message = format!("Could not decode to UTF-8 column '{name}' with text '{shown}'");
            Err(errors::new(vm, "OperationalError", message))
        }
    }
}

/// As `column`, through a converter, which gets the bytes.
pub fn converted(vm: &Vm, s: &Stmt, i: usize, converter: &Obj) -> PyResult {
    match s.column_bytes(i, |b| b.map(bytes::new)) {
        Some(b) => call::call1(vm, converter, &b),
        None => Ok(singletons::none()),
    }
}

/// The converter that goes by a name.
pub fn converter(vm: &Vm, name: &::std::primitive::str) -> PyResult<Option<Obj>> {
    match REGISTRY.get() {
        Some(r) => r.converters.get_item(vm, str::from_str(&name.to_uppercase()).obj()),
        None => Ok(None),
    }
}

/// `register_adapter(type, f)`.
pub fn register_adapter(vm: &Vm, ty: &Obj, f: &Obj) -> PyResult<()> {
    match REGISTRY.get() {
        Some(r) => {
            if PLAIN.iter().any(|t| ty.is(&t.obj())) {
                r.plain_adapted.set(true);
            }
            r.adapters.set_item(vm, &tuple::from_array([ty.clone(), r.protocol.clone()]), f.clone())
        }
        None => Ok(()),
    }
}
/// `register_converter(name, f)`.
pub fn register_converter(vm: &Vm, name: &Obj, f: &Obj) -> PyResult<()> {
    let name = call::call_method_str(vm, name, "upper", &[])?;
    match REGISTRY.get() {
        Some(r) => r.converters.set_item(vm, &name, f.clone()),
        None => Ok(()),
    }
}
