//! The module `_string`: the format-string parsers behind `string.Formatter`.
//!
//! *CPython*: Objects/unicodeobject.c (formatter_parser, formatter_field_name_split).

use super::format::{Step, first_part, next_piece, next_step, text_obj};
use adder_object::slots::slot;
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{
    Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeSpec, Vm, error, int, singletons, str, trace_fields, tuple,
};
use std::cell::Cell;

/// Pieces of a format string.
struct FormatterIter {
    text: Vec<u32>,
    at: Cell<usize>,
}
trace_fields!(FormatterIter);
static FORMATTER_ITERATOR: StaticType = StaticType::new::<FormatterIter>("formatteriterator", 0);
adder_object::payload!(FormatterIter, FORMATTER_ITERATOR);

fn next_formatted(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<FormatterIter>()?;
    let mut at = it.at.get();
    let piece = next_piece(&it.text, &mut at)?;
    it.at.set(at);
    let Some(p) = piece else { return Ok(None) };
    let literal = text_obj(&it.text[p.literal]);
    let none = singletons::none;
    Ok(Some(match p.field {
        None => tuple::from_array([literal, none(), none(), none()]),
        Some(f) => {
            let conversion = f.conversion.map_or_else(none, |c| str::from_char(c).into_obj());
            tuple::from_array([literal, text_obj(&it.text[f.name]), text_obj(&it.text[f.spec]), conversion])
        }
    }))
}

/// Steps of a field name.
struct FieldNameIter {
    text: Vec<u32>,
    at: Cell<usize>,
}
trace_fields!(FieldNameIter);
static FIELD_NAME_ITERATOR: StaticType = StaticType::new::<FieldNameIter>("fieldnameiterator", 0);
adder_object::payload!(FieldNameIter, FIELD_NAME_ITERATOR);

fn next_name(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<FieldNameIter>()?;
    let mut at = it.at.get();
    let step = next_step(&it.text, &mut at)?;
    it.at.set(at);
    let make = |is_attr: bool, v: Obj| tuple::from_array([singletons::bool_obj(is_attr), v]);
    Ok(step.map(|s| match s {
        Step::Attr(r) => make(true, text_obj(&it.text[r])),
        Step::Index(i) => make(false, int::from_usize(i)),
        Step::Key(r) => make(false, text_obj(&it.text[r])),
    }))
}

fn text_of(o: &Obj) -> PyResult<Vec<u32>> {
    match o.get::<Str>() {
        Some(s) => Ok(s.code_points()),
        None => Err(error::type_error(format!("expected str, got {}", o.ty().tp_name()))),
    }
}

fn formatter_parser(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    Ok(Ref::new(FormatterIter { text: text_of(o)?, at: Cell::new(0) }).into_obj())
}
fn formatter_field_name_split(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let text = text_of(o)?;
    let (end, number) = first_part(&text)?;
    let first = number.map_or_else(|| text_obj(&text[..end]), int::from_usize);
    let rest = Ref::new(FieldNameIter { text, at: Cell::new(end) }).into_obj();
    Ok(tuple::from_array([first, rest]))
}

pub static FORMATTER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(super::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next_formatted)],
    ..TypeSpec::of(&FORMATTER_ITERATOR)
};
pub static FIELD_NAME_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(super::no_new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next_name)],
    ..TypeSpec::of(&FIELD_NAME_ITERATOR)
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "string helper module",
    functions: &[
        method(
            "formatter_field_name_split($module, object, /)",
            Native::One(formatter_field_name_split),
            "split the argument as a field name",
        ),
        method(
            "formatter_parser($module, object, /)",
            Native::One(formatter_parser),
            "parse the argument as a format string",
        ),
    ],
    ..ModuleSpec::new("_string")
};
