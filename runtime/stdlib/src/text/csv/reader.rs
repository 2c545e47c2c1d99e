//! `_csv.reader`: lines to rows.
//!
//! *CPython*: Modules/_csv.c, parse_process_char.

use super::dialect::{Dialect, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS, from_call};
use super::{csv_error, field_limit};
use adder_object::slots::slot;
use adder_object::spec::getter;
use adder_object::{
    Args, List, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags, TypeSpec, Vm, call, error, int, ops,
    singletons, str, trace_fields, types,
};
use std::cell::Cell;

pub struct Reader {
    input: Obj,
    dialect: Ref<Dialect>,
    line_num: Cell<usize>,
    /// Rows begun: the input may ask this reader for one itself.
    begun: Cell<usize>,
}
trace_fields!(Reader { input, dialect });
static READER: StaticType = StaticType::new::<Reader>("_csv.reader", TypeFlags::GC);
adder_object::payload!(Reader, READER);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline,
}

/// The row being read.
struct Row<'a> {
    vm: &'a Vm,
    d: &'a Dialect,
    limit: usize,
    state: State,
    field: Vec<u32>,
    unquoted: bool,
    fields: Vec<Obj>,
}

/// Stands for the end of a line.
const EOL: u32 = u32::MAX;

impl Row<'_> {
    fn add(&mut self, c: u32) -> PyResult<()> {
        if self.field.len() >= self.limit {
            return Err(csv_error(self.vm, &format!("field larger than field limit ({})", self.limit)));
        }
        self.field.push(c);
        Ok(())
    }
    fn save(&mut self) -> PyResult<()> {
        let field = std::mem::take(&mut self.field);
        let q = self.d.quoting;
        let text = str::from_code_points(&field).into_obj();
        self.fields.push(if !self.unquoted {
            text
        } else if field.is_empty() && matches!(q, QUOTE_NOTNULL | QUOTE_STRINGS) {
            singletons::none()
        } else if !field.is_empty() && matches!(q, QUOTE_NONNUMERIC | QUOTE_STRINGS) {
            call::call1(self.vm, &types::FLOAT.obj(), &text)?
        } else {
            text
        });
        Ok(())
    }
    fn end_field(&mut self, c: u32) -> PyResult<()> {
        self.save()?;
        self.state = if c == EOL { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    fn step(&mut self, c: u32) -> PyResult<()> {
        let d = self.d;
        let is_end = matches!(c, 10 | 13 | EOL);
        let quote = d.quoting != QUOTE_NONE && d.quotechar == Some(c);
        let escape = d.escapechar == Some(c);
        match self.state {
            State::StartRecord => match c {
                EOL => {}
                10 | 13 => self.state = State::EatNewline,
                c => {
                    self.state = State::StartField;
                    return self.step(c);
                }
            },
            State::StartField => {
                self.unquoted = true;
                if is_end {
                    return self.end_field(c);
                } else if quote {
                    self.unquoted = false;
                    self.state = State::InQuoted;
                } else if escape {
                    self.state = State::Escaped;
                } else if c == 32 && d.skipinitialspace {
                } else if c == d.delimiter {
                    return self.save();
                } else {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::Escaped => {
                if matches!(c, 10 | 13) {
                    self.add(c)?;
                    self.state = State::AfterEscapedNewline;
                } else {
                    self.add(if c == EOL { 10 } else { c })?;
                    self.state = State::InField;
                }
            }
            State::AfterEscapedNewline if c == EOL => {}
            State::AfterEscapedNewline | State::InField => {
                if is_end {
                    return self.end_field(c);
                } else if escape {
                    self.state = State::Escaped;
                } else if c == d.delimiter {
                    self.state = State::StartField;
                    return self.save();
                } else {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::InQuoted => {
                if c == EOL {
                } else if escape {
                    self.state = State::EscapeInQuoted;
                } else if quote {
                    self.state = if d.doublequote { State::QuoteInQuoted } else { State::InField };
                } else {
                    return self.add(c);
                }
            }
            State::EscapeInQuoted => {
                self.state = State::InQuoted;
                return self.add(if c == EOL { 10 } else { c });
            }
            State::QuoteInQuoted => {
                if quote {
                    self.state = State::InQuoted;
                    return self.add(c);
                } else if c == d.delimiter {
                    self.state = State::StartField;
                    return self.save();
                } else if is_end {
                    return self.end_field(c);
                } else if !d.strict {
                    self.state = State::InField;
                    return self.add(c);
                }
                let show = |c: u32| char::from_u32(c).unwrap_or('\u{FFFD}');
                let text = format!("'{}' expected after '{}'", show(d.delimiter), show(d.quotechar.unwrap_or(0)));
                return Err(csv_error(self.vm, &text));
            }
            State::EatNewline => match c {
                10 | 13 => {}
                EOL => self.state = State::StartRecord,
                _ => {
                    return Err(csv_error(
                        self.vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let r = o.this::<Reader>()?;
    let mut row = Row {
        vm,
        d: &r.dialect,
        limit: field_limit(),
        state: State::StartRecord,
        field: vec![],
        unquoted: false,
        fields: vec![],
    };
    let begun = r.begun.get() + 1;
    r.begun.set(begun);
    loop {
        let Some(line) = ops::next(vm, &r.input)? else {
            if row.field.is_empty() && row.state != State::InQuoted {
                return Ok(None);
            }
            if row.d.strict {
                return Err(csv_error(vm, "unexpected end of data"));
            }
            row.save()?;
            break;
        };
        if r.begun.get() != begun {
            return Err(csv_error(vm, "iterator has already advanced the reader"));
        }
        let Some(s) = line.get::<Str>() else {
            let t = line.ty().tp_name();
            let text = format!("iterator should return strings, not {t} (the file should be opened in text mode)");
            return Err(csv_error(vm, &text));
        };
        r.line_num.set(r.line_num.get() + 1);
        for c in s.chars().iter() {
            row.step(c)?;
        }
        row.step(EOL)?;
        if row.state == State::StartRecord {
            break;
        }
    }
    Ok(Some(List::new(row.fields).into_obj()))
}

/// `reader(iterable, dialect='excel', **fmtparams)`.
pub fn reader(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    adder_object::bind::check_positional("", args.len(), 1, 2)
        .map_err(|e| error::type_error(e.message().trim_start()))?;
    let input = ops::iter(vm, &args.positional()[0])?;
    let dialect = from_call(vm, args.positional().get(1), args)?;
    Ok(Ref::new(Reader { input, dialect, line_num: Cell::new(0), begun: Cell::new(0) }).into_obj())
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(|_, o| Ok(o.clone())), slot::iternext(next), slot::new(super::no_new)],
    getset: &[
        getter("dialect", |_, o| Ok(o.this::<Reader>()?.dialect.obj().clone()), ""),
        getter("line_num", |_, o| Ok(int::from_usize(o.this::<Reader>()?.line_num.get())), ""),
    ],
    doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.",
    ..TypeSpec::of(&READER)
};
