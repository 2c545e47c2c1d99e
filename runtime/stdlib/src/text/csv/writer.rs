//! `_csv.writer`: rows to lines.
//!
//! *CPython*: Modules/_csv.c, join_append_data, csv_writerow.

use super::csv_error;
use super::dialect::{Dialect, QUOTE_ALL, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS, from_call};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags, TypeSpec, Vm, attr, call, error, float, int, ops,
    singletons, str, trace_fields,
};

pub struct Writer {
    write: Obj,
    dialect: Ref<Dialect>,
}
trace_fields!(Writer { write, dialect });
static WRITER: StaticType = StaticType::new::<Writer>("_csv.writer", TypeFlags::GC);
adder_object::payload!(Writer, WRITER);

/// Appends a field; `text` is None for an empty one. Tells whether it was put in quotes.
fn append(
    vm: &Vm,
    d: &Dialect,
    out: &mut Vec<u32>,
    first: bool,
    text: Option<&Str>,
    null: bool,
    quoted: bool,
) -> PyResult<()> {
    let mut quoted = quoted;
    let end = d.lineterminator.this::<Str>()?;
    if !first {
        out.push(d.delimiter);
    }
    if text.is_none_or(Str::is_empty) && d.delimiter == 32 && d.skipinitialspace {
        if d.quoting == QUOTE_NONE || (null && matches!(d.quoting, QUOTE_STRINGS | QUOTE_NOTNULL)) {
            return Err(csv_error(
                vm,
                "empty field must be quoted if delimiter is a space and skipinitialspace is true",
            ));
        }
        quoted = true;
    }
    let mut body = Vec::new();
    for c in text.map(|s| s.chars().iter().collect::<Vec<_>>()).unwrap_or_default() {
        let special = c == d.delimiter
            || Some(c) == d.escapechar
            || Some(c) == d.quotechar
            || matches!(c, 10 | 13)
            || end.chars().iter().any(|x| x == c);
        if special {
            let mut escape = false;
            if d.quoting == QUOTE_NONE {
                escape = true;
            } else {
                if Some(c) == d.quotechar {
                    if d.doublequote {
                        body.push(c);
                    } else {
                        escape = true;
                    }
                } else if Some(c) == d.escapechar {
                    escape = true;
                }
                if !escape {
                    quoted = true;
                }
            }
            if escape {
                match d.escapechar {
                    Some(e) => body.push(e),
                    None => return Err(csv_error(vm, "need to escape, but no escapechar set")),
                }
            }
        }
        body.push(c);
    }
    let quote = d.quotechar.filter(|_| quoted);
    out.extend(quote);
    out.extend(body);
    out.extend(quote);
    Ok(())
}

fn is_number(o: &Obj) -> bool {
    int::is_int(o)
        || float::is_float(o)
        || o.ty().index().is_some()
        || o.ty().int().is_some()
        || o.ty().float().is_some()
}

fn writerow(vm: &Vm, o: &Obj, row: &Obj) -> PyResult {
    let w = o.this::<Writer>()?;
    let d: &Dialect = &w.dialect;
    let it = ops::iter(vm, row).map_err(|e| {
        if e.is(&adder_object::exceptions::TYPE_ERROR) {
            csv_error(vm, &format!("iterable expected, not {}", row.ty().tp_name()))
        } else {
            e
        }
    })?;
    let mut out: Vec<u32> = Vec::new();
    let (mut n, mut null) = (0, false);
    while let Some(field) = ops::next(vm, &it)? {
        let quoted = match d.quoting {
            QUOTE_NONNUMERIC => !is_number(&field),
            QUOTE_ALL => true,
            QUOTE_STRINGS => field.get::<Str>().is_some(),
            QUOTE_NOTNULL => !field.is_none(),
            _ => false,
        };
        null = field.is_none();
        if null {
            append(vm, d, &mut out, n == 0, None, true, quoted)?;
        } else {
            let text = ops::str(vm, &field)?;
            append(vm, d, &mut out, n == 0, Some(text.this::<Str>()?), false, quoted)?;
        }
        n += 1;
    }
    if n > 0 && out.is_empty() {
        if d.quoting == QUOTE_NONE || (null && matches!(d.quoting, QUOTE_STRINGS | QUOTE_NOTNULL)) {
            return Err(csv_error(vm, "single empty field record must be quoted"));
        }
        append(vm, d, &mut out, true, None, null, true)?;
    }
    out.extend(d.lineterminator.this::<Str>()?.chars().iter());
    call::call1(vm, &w.write, str::from_code_points(&out).obj())
}

fn writerows(vm: &Vm, o: &Obj, rows: &Obj) -> PyResult {
    ops::for_each(vm, rows, |row| writerow(vm, o, &row).map(|_| ()))?;
    Ok(singletons::none())
}

/// `writer(fileobj, dialect='excel', **fmtparams)`.
pub fn writer(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    adder_object::bind::check_positional("", args.len(), 1, 2)
        .map_err(|e| error::type_error(e.message().trim_start()))?;
    let dialect = from_call(vm, args.positional().get(1), args)?;
    let write = attr::lookup_str(vm, &args.positional()[0], "write")?.filter(call::is_callable);
    let Some(write) = write else { return Err(error::type_error("argument 1 must have a \"write\" method")) };
    Ok(Ref::new(Writer { write, dialect }).into_obj())
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(super::no_new)],
    methods: &[
        method(
            "writerow($self, row, /)",
            Native::One(writerow),
            "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  Non-string\nelements will be converted to string.",
        ),
        method(
            "writerows($self, rows, /)",
            Native::One(writerows),
            "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  Non-string\nelements will be converted to string.",
        ),
    ],
    getset: &[getter("dialect", |_, o| Ok(o.this::<Writer>()?.dialect.obj().clone()), "")],
    doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.",
    ..TypeSpec::of(&WRITER)
};
