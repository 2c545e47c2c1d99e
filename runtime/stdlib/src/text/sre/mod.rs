//! The module `_sre`: the machine behind the library's package `re`.
//!
//! `re` compiles patterns to lists of numbers in Python; here they are run.

mod chars;
mod codes;
mod engine;
mod learnt;
mod matching;
mod pattern;
mod prefix;
mod search;
mod subject;
mod template;
mod unit;

use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{Module, Obj, PyResult, Ref, Vm, int, module, ops, singletons, spec, str};
use adder_unicode::case;

fn character(vm: &Vm, o: &Obj) -> PyResult<u32> {
    Ok(ops::to_i32(vm, o)? as u32)
}
fn ascii_iscased(vm: &Vm, _: &Obj, c: &Obj) -> PyResult {
    let c = character(vm, c)?;
    Ok(singletons::bool_obj(c < 128 && (c as u8).is_ascii_alphabetic()))
}
fn unicode_iscased(vm: &Vm, _: &Obj, c: &Obj) -> PyResult {
    let c = character(vm, c)?;
    Ok(singletons::bool_obj(chars::lower_unicode(c) != c || case::simple_upper(c) != c))
}
fn ascii_tolower(vm: &Vm, _: &Obj, c: &Obj) -> PyResult {
    Ok(int::from_i64(i64::from(chars::lower_ascii(character(vm, c)?))))
}
fn unicode_tolower(vm: &Vm, _: &Obj, c: &Obj) -> PyResult {
    Ok(int::from_i64(i64::from(chars::lower_unicode(character(vm, c)?))))
}

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    d.set_str("MAGIC", int::from_i64(codes::MAGIC));
    d.set_str("CODESIZE", int::from_i64(4));
    d.set_str("MAXREPEAT", int::from_i64(i64::from(codes::MAXREPEAT)));
    d.set_str("MAXGROUPS", int::from_i64(codes::MAXGROUPS));
    d.set_str("copyright", str::from_str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ").into_obj());
    for s in [&pattern::SPEC, &pattern::SCANNER_SPEC, &matching::SPEC, &template::SPEC] {
        spec::ready(s);
    }
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method(
            "compile($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)",
            Native::Bound(pattern::compile),
            "",
        ),
        method("template($module, pattern, template, /)", Native::Pos(2, 2, template::make), ""),
        method("getcodesize($module, /)", Native::NoArgs(|_, _| Ok(int::from_i64(4))), ""),
        method("ascii_iscased($module, character, /)", Native::One(ascii_iscased), ""),
        method("unicode_iscased($module, character, /)", Native::One(unicode_iscased), ""),
        method("ascii_tolower($module, character, /)", Native::One(ascii_tolower), ""),
        method("unicode_tolower($module, character, /)", Native::One(unicode_tolower), ""),
    ],
    init: Some(init),
    ..ModuleSpec::new("_sre")
};
