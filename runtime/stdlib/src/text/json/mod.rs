//! The module `_json`: the native parts of the library's package json.
//!
//! *CPython*: Modules/_json.c.

mod encoder;
mod scanner;
mod strings;

use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{Module, Obj, PyResult, Ref, Str, Vm, error, int, module, ops, tuple};

fn scanstring(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let strict = args.get(2).map_or(Ok(true), |o| ops::truth(vm, o))?;
    let end = ops::size_isize(vm, &args[1])?;
    let s: &Str = strings::text_arg(&args[0])?;
    match usize::try_from(end).ok().filter(|&e| e <= s.len()) {
        Some(e) => {
            let (text, at) = strings::scan(vm, &args[0], s, e, strict)?;
            Ok(tuple::from_array([text, int::from_usize(at)]))
        }
        None => Err(error::value_error("end is out of bounds")),
    }
}

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    for (name, spec) in [("make_scanner", &scanner::SPEC), ("make_encoder", &encoder::SPEC)] {
        ready(spec);
        d.set_str(name, spec.ty.obj());
    }
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "json speedups\n",
    functions: &[
        method(
            "encode_basestring_ascii($self, object, /)",
            Native::One(strings::encode_basestring_ascii),
            "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string",
        ),
        method(
            "encode_basestring($self, object, /)",
            Native::One(strings::encode_basestring),
            "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string",
        ),
        method("scanstring", Native::Pos(2, 3, scanstring), "scanstring(string, end, strict=True) -> (string, end)"),
    ],
    init: Some(init),
    ..ModuleSpec::new("_json")
};
