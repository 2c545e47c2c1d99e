//! `marshal`: plain data in CPython's format (version 5), code objects as our own verified form.
//!
//! A code object is `'c'`, a 32-bit length and what `isa::marshal` writes; reading verifies it before it can run.
//! CPython: Python/marshal.c.

mod read;
mod write;

use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{Obj, ObjExt, PyResult, Vm, bytes, error, int, module, ops};
use read::{Reader, Source};

const MAX_DEPTH: usize = 2000;
/// Set in the tag of a value that later ones refer to.
const REF: u8 = 0x80;

fn dumps(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    Ok(bytes::new(&written(vm, a.req(0), a.opt(1), a.opt(2))?))
}
fn written(vm: &Vm, o: &Obj, version: Option<&Obj>, allow: Option<&Obj>) -> PyResult<Vec<u8>> {
    let version = version.map_or(Ok(5), |v| ops::to_i32(vm, v))?;
    let allow_code = allow.map_or(Ok(true), |a| ops::truth(vm, a))?;
    let mut w = write::Writer::new(version, allow_code);
    w.value(vm, o, 0, 0)?;
    Ok(w.out)
}
fn loads(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let data = adder_object::buffer::to_vec(vm, a.req(0))?;
    let allow_code = a.opt(1).map_or(Ok(true), |a| ops::truth(vm, a))?;
    Reader::new(Source::Memory { data: &data, at: 0 }, allow_code).read(vm)
}
fn dump(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let data = bytes::new(&written(vm, a.req(0), a.opt(2), a.opt(3))?);
    adder_object::call::call_method(vm, a.req(1), &adder_object::names().write, &[data])
}
fn load(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let allow_code = a.opt(1).map_or(Ok(true), |a| ops::truth(vm, a))?;
    let nothing = adder_object::call::call_method(vm, a.req(0), &adder_object::names().read, &[int::from_i64(0)])?;
    if nothing.get::<adder_object::Bytes>().is_none() {
        let kind = nothing.ty().name();
        return Err(error::type_error(format!("file.read() returned not bytes but {kind}")));
    }
    Reader::new(Source::File(a.req(0)), allow_code).read(vm)
}

static FUNCTIONS: [MethodDef; 4] = [
    method(
        "dump($module, value, file, version=version, /, *, allow_code=True)",
        Native::Bound(dump),
        "Write the value on the open file.",
    ),
    method(
        "load($module, file, /, *, allow_code=True)",
        Native::Bound(load),
        "Read one value from the open file and return it.",
    ),
    method(
        "dumps($module, value, version=version, /, *, allow_code=True)",
        Native::Bound(dumps),
        "Return the bytes object that would be written to a file by dump(value, file).",
    ),
    method(
        "loads($module, bytes, /, *, allow_code=True)",
        Native::Bound(loads),
        "Convert the bytes-like object to a value.",
    ),
];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module contains functions that can read and write Python values in\na binary format.",
    functions: &FUNCTIONS,
    init: Some(|_, m| {
        module::dict(m.obj()).set_str("version", int::from_i64(5));
        Ok(())
    }),
    ..ModuleSpec::new("marshal")
};
