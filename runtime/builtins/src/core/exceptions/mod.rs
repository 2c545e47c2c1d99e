//! The exception types: one spec for each row of the object model's table, made at start-up.
//!
//! CPython: Objects/exceptions.c.

mod base;
pub use base::{init, new};
pub mod group;
mod os_error;
mod plain;
mod syntax;
mod unicode;

use adder_object::exceptions as exc;
use adder_object::slots::SlotInit;
use adder_object::spec::{GetSetDef, MethodDef, TypeSpec, ready};
use adder_object::{Obj, ObjExt, PyResult, Vm, singletons};

/// What a type adds to its base's slots, methods, attributes.
#[derive(Default, Clone, Copy)]
struct Parts {
    slots: &'static [SlotInit],
    methods: &'static [MethodDef],
    getset: &'static [GetSetDef],
}

fn parts_of(ty: &'static adder_object::StaticType, base: &'static adder_object::StaticType) -> Parts {
    let special: [(&adder_object::StaticType, Parts); 14] = [
        (&exc::BASE_EXCEPTION, base::PARTS),
        (&exc::BASE_EXCEPTION_GROUP, group::PARTS),
        (&exc::STOP_ITERATION, plain::STOP_ITERATION),
        (&exc::SYSTEM_EXIT, plain::SYSTEM_EXIT),
        (&exc::KEY_ERROR, plain::KEY_ERROR),
        (&exc::NAME_ERROR, plain::NAME_ERROR),
        (&exc::ATTRIBUTE_ERROR, plain::ATTRIBUTE_ERROR),
        (&exc::IMPORT_ERROR, plain::IMPORT_ERROR),
        (&exc::OS_ERROR, os_error::PARTS),
        (&exc::SYNTAX_ERROR, syntax::PARTS),
        (&exc::UNICODE_DECODE_ERROR, unicode::DECODE),
        (&exc::UNICODE_ENCODE_ERROR, unicode::ENCODE),
        (&exc::UNICODE_TRANSLATE_ERROR, unicode::TRANSLATE),
        (&exc::MEMORY_ERROR, Parts::default()),
    ];
    let found = special.into_iter().find(|(t, _)| t.is(ty)).map(|(_, p)| p);
    // These share the construction of a base that has its own; all other types restate BaseException's.
    let inherits = [&exc::OS_ERROR, &exc::IMPORT_ERROR, &exc::SYNTAX_ERROR, &exc::NAME_ERROR];
    found.unwrap_or(if inherits.iter().any(|b| base.is(b) || base.is_subtype(b)) {
        Parts::default()
    } else {
        base::SIMPLE
    })
}

/// Makes all exception types ready. Bases come before derived types in the table.
pub fn install() {
    for &(ty, base, _, doc) in exc::TABLE {
        let p = parts_of(ty, base);
        let spec = TypeSpec {
            ty,
            base: Some(base),
            slots: p.slots,
            methods: p.methods,
            getset: p.getset,
            attrs: &[],
            doc: doc.strip_suffix('.').filter(|_| ty.is(&exc::BASE_EXCEPTION)).unwrap_or(doc),
        };
        ready(Box::leak(Box::new(spec)));
    }
}

/// The payload of a value known to be an exception.
fn of(o: &Obj) -> PyResult<&exc::BaseException> {
    o.this()
}

fn get_field<const I: usize>(_: &Vm, o: &Obj) -> PyResult {
    Ok(of(o)?.field(I).unwrap_or_else(singletons::none))
}
fn set_field<const I: usize>(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    of(o)?.set_field_option(I, value.cloned());
    Ok(())
}
const fn field<const I: usize>(name: &'static str, doc: &'static str) -> GetSetDef {
    adder_object::spec::getset(name, get_field::<I>, set_field::<I>, doc)
}
const fn read_only_field<const I: usize>(name: &'static str, doc: &'static str) -> GetSetDef {
    adder_object::spec::getter(name, get_field::<I>, doc)
}
