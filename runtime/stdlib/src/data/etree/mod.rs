//! `_elementtree`: elements, the builder of trees, and the parser on top of pyexpat.
//!
//! CPython: Modules/_elementtree.c.

mod builder;
mod element;
mod find;
mod iter;
mod parser;

use crate::functional::shared::text;
use adder_mem::heap::Global;
use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{Dict, Obj, PyErr, PyResult, Vm, attr, call, exceptions as exc, int, singletons, tuple, types};

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method("SubElement", Native::Raw(element::sub_element), ""),
        method(
            "_set_factories($module, comment_factory, pi_factory, /)",
            Native::Pos(2, 2, builder::set_factories),
            "Change the factories used to create comments and processing instructions.\n\nFor internal use only.",
        ),
    ],
    types: &[&element::SPEC, &builder::SPEC, &parser::SPEC],
    init: Some(|vm, m| {
        // The errors of its parser come from there.
        vm.import("pyexpat")?;
        ready(&iter::SPEC);
        adder_object::module::dict(m.obj()).set_str("ParseError", parse_error_class(vm)?);
        Ok(())
    }),
    ..ModuleSpec::new("_elementtree")
};

static PARSE_ERROR: Global<Option<Obj>> = Global::new(None);

fn parse_error_class(vm: &Vm) -> PyResult {
    if PARSE_ERROR.get().is_none() {
        let d = Dict::new();
        d.set_str("__module__", text("xml.etree.ElementTree"));
        let bases = tuple::from_array([exc::SYNTAX_ERROR.obj()]);
        let made = call::call_pos(vm, &types::TYPE.obj(), &[text("ParseError"), bases, d.into_obj()])?;
        *PARSE_ERROR.get() = Some(made);
    }
    Ok(PARSE_ERROR.get().clone().unwrap_or_else(singletons::none))
}
/// A ParseError, with code and position when they are known.
fn parse_error(vm: &Vm, message: &str, place: Option<(i64, i64, i64)>) -> PyResult<PyErr> {
    let e = call::call1(vm, &parse_error_class(vm)?, &text(message))?;
    if let Some((code, line, column)) = place {
        attr::set_str(vm, &e, "code", &int::from_i64(code))?;
        let position = tuple::from_array([int::from_i64(line), int::from_i64(column)]);
        attr::set_str(vm, &e, "position", &position)?;
    }
    Ok(PyErr::from_obj(e))
}
