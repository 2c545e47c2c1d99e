//! `SyntaxError`.

use super::base::init as base_init;
use super::{Parts, field, of};
use adder_object::exceptions::SYNTAX_MSG;
use adder_object::slots::slot;
use adder_object::{Args, Obj, ObjExt, PyResult, Str, Vm, error, int, ops, singletons, str, tuple};

const FILENAME: usize = 1;
const LINENO: usize = 2;
const METADATA: usize = 8;

pub const PARTS: Parts = Parts {
    slots: &[slot::init(init), slot::str(text)],
    methods: &[],
    getset: &[
        field::<SYNTAX_MSG>("msg", "exception msg"),
        field::<FILENAME>("filename", "exception filename"),
        field::<LINENO>("lineno", "exception lineno"),
        field::<3>("offset", "exception offset"),
        field::<4>("text", "exception text"),
        field::<5>("end_lineno", "exception end lineno"),
        field::<6>("end_offset", "exception end offset"),
        field::<7>("print_file_and_line", "exception print_file_and_line"),
        field::<METADATA>("_metadata", "exception private metadata"),
    ],
};

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    base_init(vm, o, args)?;
    let a = args.positional();
    let e = of(o)?;
    if let Some(msg) = a.first() {
        e.set_field(SYNTAX_MSG, msg.clone());
    }
    let [_, info] = a else { return Ok(()) };
    let info = tuple::to_vec(&ops::to_tuple(vm, info)?);
    if info.len() < 4 || info.len() > 7 {
        let (bound, limit) = if info.len() < 4 { ("least", 4) } else { ("most", 7) };
        return Err(error::type_error(format!("function takes at {bound} {limit} arguments ({} given)", info.len())));
    }
    // An exception made anew forgets the old end.
    for i in 5..=6 {
        e.set_field(i, singletons::none());
    }
    for (i, v) in info.iter().enumerate() {
        e.set_field(if i < 6 { i + 1 } else { METADATA }, v.clone());
    }
    if info.len() == 5 {
        return Err(error::type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

fn text(vm: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let msg = ops::str(vm, &e.field(SYNTAX_MSG).unwrap_or_else(singletons::none))?;
    let file = e.field(FILENAME).and_then(|f| {
        let s = f.get::<Str>()?.to_string_lossy();
        Some(s.rsplit('/').next().unwrap_or_default().to_owned())
    });
    let line = e.field(LINENO).filter(|l| l.is_exact(&adder_object::types::INT));
    let line = line.and_then(|l| int::as_int(&l).and_then(|l| l.to_i64()));
    let tail = match (file, line) {
        (Some(f), Some(l)) => format!(" ({f}, line {l})"),
        (Some(f), None) => format!(" ({f})"),
        (None, Some(l)) => format!(" (line {l})"),
        (None, None) => return Ok(msg),
    };
    let head = msg.downcast::<Str>().unwrap_or_else(str::empty);
    Ok(str::concat(&head, &str::from_str(&tail)).into_obj())
}
