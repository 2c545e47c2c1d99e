//! `sqlite3.Cursor`: running statements and fetching their rows.
//!
//! Invariant: CUR-1: `locked` is set while a statement of the cursor runs, so that code that SQLite calls cannot use the cursor.
//! CPython: Modules/_sqlite/cursor.c.

use super::connection::{Connection, LEGACY, Prepared, commit, set_cell, sql_text};
use super::raw::Stmt;
use super::{convert, errors};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, getset, getter, method};
use adder_object::{
    Dict, List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, bind, call, error,
    exceptions as exc, int, ops, payload, singletons, str, trace_fields, tuple, types,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Default)]
pub struct Cursor {
    pub connection: ObjCell,
    pub description: ObjCell,
    pub row_factory: ObjCell,
    last_row: ObjCell,
    arraysize: Cell<u32>,
    row_count: Cell<i64>,
    statement: RefCell<Option<Prepared>>,
    /// The converter of each column, where types are to be detected.
    converters: RefCell<Vec<Option<Obj>>>,
    closed: Cell<bool>,
    locked: Cell<bool>,
    initialized: Cell<bool>,
}
impl Drop for Cursor {
    fn drop(&mut self) {
        // The connection keeps the statement, which must not stay half-way.
        drop_statement(self);
    }
}
trace_fields!(Cursor { connection, description, row_factory, last_row, converters });
pub static CURSOR: StaticType = StaticType::new::<Cursor>("sqlite3.Cursor", F::BASETYPE | F::GC | F::MANAGED_WEAKREF);
payload!(Cursor, CURSOR);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty: &Type, _| Ok(Ref::with_type(ty, Cursor::default()).into_obj())),
        slot::init(init),
        slot::iter(ops::iter_self),
        slot::iternext(next),
    ],
    methods: METHODS,
    getset: GETSET,
    doc: "SQLite database cursor class.",
    ..TypeSpec::of(&CURSOR)
};

/// A new cursor of a connection.
pub fn of(connection: &Obj) -> PyResult {
    let o = Ref::with_type(&CURSOR, Cursor::default()).into_obj();
    begin(o.this::<Cursor>()?, connection);
    Ok(o)
}
fn begin(c: &Cursor, connection: &Obj) {
    c.connection.set(connection.clone());
    c.arraysize.set(1);
    c.row_count.set(-1);
    c.row_factory.set(singletons::none());
    c.initialized.set(true);
}
fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    args.no_keywords("Cursor")?;
    bind::check_positional("Cursor", args.len(), 1, 1)?;
    let connection = &args.positional()[0];
    let Some(con) = connection.get::<Connection>() else {
        let t = connection.ty().tp_name();
        return Err(error::type_error(format!("Cursor() argument 1 must be sqlite3.Connection, not {t}")));
    };
    let c = o.this::<Cursor>()?;
    if c.locked.get() {
        return Err(errors::programming(vm, "Recursive use of cursors not allowed."));
    }
    drop_statement(c);
    begin(c, connection);
    con.check_thread(vm)
}

/// Holds the cursor (CUR-1).
struct Locked<'a>(&'a Cursor);
impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

/// Lets the statement go, reset for the next user.
fn drop_statement(c: &Cursor) {
    let old = c.statement.take();
    if let Some(s) = old.as_ref().and_then(|p| p.stmt.as_ref()).filter(|s| s.is_live()) {
        s.reset();
    }
}

/// The connection of a cursor that can be used now.
fn usable(vm: &Vm, c: &Cursor) -> PyResult {
    let Some(con) = c.connection.get().filter(|_| c.initialized.get()) else {
        return Err(errors::programming(vm, "Base Cursor.__init__ not called."));
    };
    if c.closed.get() {
        return Err(errors::programming(vm, "Cannot operate on a closed cursor."));
    }
    if c.locked.get() {
        return Err(errors::programming(vm, "Recursive use of cursors not allowed."));
    }
    con.this::<Connection>()?.open(vm)?;
    Ok(con)
}

fn execute(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let none = tuple::new(vec![]);
    run(vm, o, &args[0], Params::One(args.get(1).unwrap_or(&none)))?;
    Ok(o.clone())
}
fn executemany(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    run(vm, o, &args[0], Params::Many(&ops::iter(vm, &args[1])?))?;
    Ok(o.clone())
}

#[derive(Clone, Copy)]
enum Params<'a> {
    One(&'a Obj),
    /// An iterator of them.
    Many(&'a Obj),
}

fn run(vm: &Vm, o: &Obj, sql: &Obj, params: Params<'_>) -> PyResult<()> {
    let c = o.this::<Cursor>()?;
    let many = matches!(params, Params::Many(_));
    let con_obj = usable(vm, c)?;
    if sql.get::<Str>().is_none() {
        let name = if many { "executemany" } else { "execute" };
        return Err(error::type_error(format!("{name}() argument 1 must be str, not {}", sql.ty().tp_name())));
    }
    let con = con_obj.this::<Connection>()?;
    c.locked.set(true);
    let _locked = Locked(c);
    drop_statement(c);
    c.row_count.set(-1);
    c.description.set(singletons::none());
    let prepared = con.statement(vm, sql)?;
    let Some(stmt) = prepared.stmt.clone() else {
        c.row_count.set(if prepared.changes_rows { 0 } else { -1 });
        return Ok(());
    };
    if many && stmt.is_readonly() {
        return Err(errors::programming(vm, "executemany() can only execute DML statements."));
    }
    let r = run_statement(vm, c, con, &prepared, &stmt, params);
    if r.is_err() {
        stmt.reset();
        c.statement.replace(None);
        c.row_count.set(-1);
    }
    r
}

fn run_statement(
    vm: &Vm,
    c: &Cursor,
    con: &Connection,
    p: &Prepared,
    stmt: &Rc<Stmt>,
    params: Params<'_>,
) -> PyResult<()> {
    let db = con.open(vm)?;
    c.row_count.set(if p.changes_rows { 0 } else { -1 });
    if p.changes_rows && con.autocommit.get() == LEGACY {
        con.begin_legacy(vm, &db)?;
    }
    let mut once = matches!(params, Params::One(_));
    loop {
        let one = match params {
            Params::One(_) if !std::mem::take(&mut once) => break,
            Params::One(p) => p.clone(),
            Params::Many(it) => match ops::next(vm, it)? {
                Some(p) => p,
                None => break,
            },
        };
        bind_all(vm, stmt, &one)?;
        let row = step(vm, con, stmt)?;
        if c.description.get().is_none_or(|d| d.is_none()) && stmt.columns() > 0 {
            describe(vm, c, con, stmt)?;
        }
        if !row && p.changes_rows {
            c.row_count.set(c.row_count.get() + db.changes());
        }
        if row && matches!(params, Params::One(_)) {
            c.statement.replace(Some(p.clone()));
            break;
        }
        stmt.reset();
    }
    if matches!(params, Params::One(_)) {
        c.last_row.set(int::from_i64(db.last_row()));
    }
    Ok(())
}

/// One step; an exception that a callback left wins over SQLite's error.
fn step(vm: &Vm, con: &Connection, stmt: &Rc<Stmt>) -> PyResult<bool> {
    let _entered = con.enter(vm)?;
    let r = stmt.step().map_err(|e| errors::of(vm, &e));
    vm.check_breaker()?;
    r
}

fn describe(vm: &Vm, c: &Cursor, con: &Connection, stmt: &Stmt) -> PyResult<()> {
    let detect = con.detect_types.get();
    let (mut columns, mut converters) = (Vec::new(), Vec::new());
    for i in 0..stmt.columns() {
        let name = stmt.column_name(i).unwrap_or_default();
        let mut converter = None;
        if detect & PARSE_COLNAMES != 0
            && let Some((_, rest)) = name.split_once('[')
            && let Some((ty, _)) = rest.split_once(']')
        {
            converter = convert::converter(vm, ty)?;
        }
        if converter.is_none()
            && detect & PARSE_DECLTYPES != 0
            && let Some(ty) = stmt.column_type(i)
        {
            converter = convert::converter(vm, ty.split([' ', '(']).next().unwrap_or_default())?;
        }
        converters.push(converter);
        let shown = match name.find(" [") {
            Some(at) if detect & PARSE_COLNAMES != 0 => &name[..at],
            _ => name.as_str(),
        };
        let mut column = vec![str::from_str(shown).into_obj()];
        column.resize(7, singletons::none());
        columns.push(tuple::new(column));
    }
    if converters.iter().all(Option::is_none) {
        converters.clear();
    }
    c.converters.replace(converters);
    c.description.set(tuple::new(columns));
    Ok(())
}
pub const PARSE_DECLTYPES: i32 = 1;
pub const PARSE_COLNAMES: i32 = 2;

fn bind_all(vm: &Vm, stmt: &Stmt, params: &Obj) -> PyResult<()> {
    let wanted = stmt.parameters();
    // As CPython: every class with `__getitem__` but dict counts as a sequence, of the native ones those that are.
    let ty = params.ty();
    if params.get::<Dict>().is_none() && ty.getitem().is_some() && (ty.is_heap() || ty.name() != "mappingproxy") {
        return bind_by_position(vm, stmt, params, wanted);
    }
    if params.ty().getitem().is_none() {
        return Err(errors::programming(vm, "parameters are of unsupported type"));
    }
    for i in 1..=wanted {
        let Some(name) = stmt.parameter(i) else {
            let text = format!("Binding {i} has no name, but you supplied a dictionary (which has only names).");
            return Err(errors::programming(vm, text));
        };
        let key = str::from_str(&name[1..]).into_obj();
        let missing =
            || errors::programming(vm, format!("You did not supply a value for binding parameter :{}.", &name[1..]));
        let value = match ops::getitem(vm, params, &key) {
            Err(e) if e.is(&exc::LOOKUP_ERROR) => return Err(missing()),
            r => r?,
        };
        bind_one(vm, stmt, i, &value, &format!("':{}'", &name[1..]))?;
    }
    Ok(())
}
fn bind_by_position(vm: &Vm, stmt: &Stmt, params: &Obj, wanted: usize) -> PyResult<()> {
    let given = ops::len(vm, params)?;
    if given != wanted {
        let text = format!(
            "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {given} supplied."
        );
        return Err(errors::programming(vm, text));
    }
    for i in 0..wanted {
        if let Some(name) = stmt.parameter(i + 1).filter(|n| !n.starts_with('?')) {
            let text = format!(
                "Binding {} ('{name}') is a named parameter, but you supplied a sequence which requires nameless (qmark) \
                 placeholders.",
                i + 1
            );
            return Err(errors::programming(vm, text));
        }
        let value = match tuple::as_slice(params).filter(|_| params.is_exact(&types::TUPLE)) {
            Some(items) => items[i].clone(),
            None => ops::getitem(vm, params, &int::from_usize(i))?,
        };
        bind_one(vm, stmt, i + 1, &value, &(i + 1).to_string())?;
    }
    Ok(())
}
fn bind_one(vm: &Vm, stmt: &Stmt, i: usize, value: &Obj, shown: &::std::primitive::str) -> PyResult<()> {
    let value = convert::adapted(vm, value)?;
    match convert::with_value(vm, &value, |v| stmt.bind(i, v)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(errors::of(vm, &e)),
        Err(convert::Refused::Error(e)) => Err(e),
        Err(convert::Refused::Type) => {
            let t = value.ty().name();
            Err(errors::programming(vm, format!("Error binding parameter {shown}: type '{t}' is not supported")))
        }
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let c = o.this::<Cursor>()?;
    let con_obj = usable(vm, c)?;
    let Some(p) = c.statement.borrow().clone() else { return Ok(None) };
    let con = con_obj.this::<Connection>()?;
    let Some(stmt) = p.stmt.clone().filter(|s| s.is_live()) else { return Ok(None) };
    c.locked.set(true);
    let locked = Locked(c);
    let row = fetch(vm, c, con, &stmt)?;
    match step(vm, con, &stmt) {
        Ok(true) => {}
        Ok(false) => {
            if p.changes_rows {
                c.row_count.set(stmt.db().changes());
            }
            drop_statement(c);
        }
        Err(e) => {
            drop_statement(c);
            return Err(e);
        }
    }
    drop(locked);
    match c.row_factory.get().filter(|f| !f.is_none()) {
        Some(f) => call::call_pos(vm, &f, &[o.clone(), row]).map(Some),
        None => Ok(Some(row)),
    }
}

fn fetch(vm: &Vm, c: &Cursor, con: &Connection, stmt: &Stmt) -> PyResult {
    let factory = con.text_factory.get().filter(|f| !f.is(&types::STR.obj()));
    let converters = c.converters.borrow().clone();
    let n = stmt.columns();
    let mut row = Vec::with_capacity(n);
    for i in 0..n {
        row.push(match converters.get(i).and_then(Option::as_ref) {
            Some(f) => convert::converted(vm, stmt, i, f)?,
            None => convert::column(vm, stmt, i, factory.as_ref())?,
        });
    }
    Ok(tuple::new(row))
}

fn fetchone(vm: &Vm, o: &Obj) -> PyResult {
    Ok(next(vm, o)?.unwrap_or_else(singletons::none))
}
fn fetchmany(vm: &Vm, o: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let c = o.this::<Cursor>()?;
    let n = match a.opt(0) {
        Some(n) => count(vm, n)?,
        None => c.arraysize.get(),
    };
    let rows = List::new(vec![]);
    while rows.len() < n as usize {
        let Some(row) = next(vm, o)? else { break };
        rows.push(row);
    }
    Ok(rows.into_obj())
}
fn count(vm: &Vm, n: &Obj) -> PyResult<u32> {
    let n = ops::index(vm, n)?;
    let Some(n) = int::as_int(&n) else { return Ok(0) };
    if n.is_negative() {
        return Err(error::value_error("Cannot convert negative int"));
    }
    let small = n.to_i64().and_then(|n| u32::try_from(n).ok());
    small.ok_or_else(|| error::overflow_error("Python int too large to convert to C uint32_t"))
}
fn fetchall(vm: &Vm, o: &Obj) -> PyResult {
    let rows = List::new(vec![]);
    while let Some(row) = next(vm, o)? {
        rows.push(row);
    }
    Ok(rows.into_obj())
}

fn executescript(vm: &Vm, o: &Obj, script: &Obj) -> PyResult {
    let c = o.this::<Cursor>()?;
    let con_obj = usable(vm, c)?;
    if script.get::<Str>().is_none() {
        let t = script.ty().tp_name();
        return Err(error::type_error(format!("executescript() argument must be str, not {t}")));
    }
    let con = con_obj.this::<Connection>()?;
    let db = con.open(vm)?;
    let text = sql_text(vm, script)?;
    if text.contains(&0) {
        return Err(error::value_error("embedded null character"));
    }
    if text.len() > db.limit(1, -1).unwrap_or(i32::MAX) as usize {
        return Err(errors::new(vm, "DataError", "query string is too large"));
    }
    if con.autocommit.get() == LEGACY {
        commit(vm, &con_obj)?;
    }
    let mut rest = &text[..];
    while !rest.is_empty() {
        let (stmt, used) = con.run(vm, || db.prepare(rest))?;
        if let Some(s) = &stmt {
            while step(vm, con, s)? {}
            s.finalize();
        }
        rest = &rest[used.min(rest.len())..];
        if stmt.is_none() && used == 0 {
            break;
        }
    }
    Ok(o.clone())
}

fn close(vm: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Cursor>()?;
    if c.locked.get() {
        return Err(errors::programming(vm, "Recursive use of cursors not allowed."));
    }
    let Some(con) = c.connection.get().filter(|_| c.initialized.get()) else {
        return Err(errors::programming(vm, "Base Cursor.__init__ not called."));
    };
    con.this::<Connection>()?.open(vm)?;
    drop_statement(c);
    c.closed.set(true);
    Ok(singletons::none())
}

use Native::{Bound, NoArgs, One, Pos};
static METHODS: &[MethodDef] = &[
    method("execute($self, sql, parameters=(), /)", Pos(1, 2, execute), "Executes an SQL statement."),
    method(
        "executemany($self, sql, seq_of_parameters, /)",
        Pos(2, 2, executemany),
        "Repeatedly executes an SQL statement.",
    ),
    method("executescript($self, sql_script, /)", One(executescript), "Executes multiple SQL statements at once."),
    method("fetchone($self, /)", NoArgs(fetchone), "Fetches one row from the resultset."),
    method(
        "fetchmany($self, /, size=<unrepresentable>)",
        Bound(fetchmany),
        "Fetches several rows from the resultset.\n\n  size\n    The default value is set by the Cursor.arraysize attribute.",
    ),
    method("fetchall($self, /)", NoArgs(fetchall), "Fetches all rows from the resultset."),
    method("close($self, /)", NoArgs(close), "Closes the cursor."),
    method(
        "setinputsizes($self, sizes, /)",
        One(|_, _, _| Ok(singletons::none())),
        "Required by DB-API. Does nothing in sqlite3.",
    ),
    method(
        "setoutputsize($self, size, column=None, /)",
        Pos(1, 2, |_, _, _| Ok(singletons::none())),
        "Required by DB-API. Does nothing in sqlite3.",
    ),
];

fn field(cell: &ObjCell) -> PyResult {
    Ok(cell.get().unwrap_or_else(singletons::none))
}
static GETSET: &[GetSetDef] = &[
    getter("connection", |_, o| field(&o.this::<Cursor>()?.connection), ""),
    getter("description", |_, o| field(&o.this::<Cursor>()?.description), ""),
    getter("lastrowid", |_, o| field(&o.this::<Cursor>()?.last_row), ""),
    getter("rowcount", |_, o| Ok(int::from_i64(o.this::<Cursor>()?.row_count.get())), ""),
    getset(
        "arraysize",
        |_, o| Ok(int::from_i64(o.this::<Cursor>()?.arraysize.get().into())),
        |vm, o, v| {
            let Some(v) = v else { return Err(error::attribute_error_text("'arraysize' attribute cannot be deleted")) };
            o.this::<Cursor>()?.arraysize.set(count(vm, v)?);
            Ok(())
        },
        "",
    ),
    getset(
        "row_factory",
        |_, o| field(&o.this::<Cursor>()?.row_factory),
        |_, o, v| set_cell(&o.this::<Cursor>()?.row_factory, "row_factory", v),
        "",
    ),
];
