//! `sqlite3.Connection`: opening, closing, transactions, statements by their text, attributes.
//!
//! Invariant: CONN-1: SQLite works for one thread at a time (`enter`), so that no thread waits for SQLite's own locks with the GIL held.
//! CPython: Modules/_sqlite/connection.c.

use super::raw::{Db, Outcome, Stmt};
use super::{blob, cursor, errors, functions};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, getset, getter, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, call, error,
    exceptions as exc, int, ops, payload, singletons, str, trace_fields, types,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Transactions as before PEP 249's autocommit attribute.
pub const LEGACY: i32 = -1;

/// A statement, whether it changes rows, and the text it was made of.
#[derive(Clone)]
pub struct Prepared {
    pub sql: Obj,
    pub stmt: Option<Rc<Stmt>>,
    pub changes_rows: bool,
}

#[derive(Default)]
pub struct Connection {
    db: RefCell<Option<Rc<Db>>>,
    initialized: Cell<bool>,
    pub isolation: RefCell<Option<String>>,
    pub autocommit: Cell<i32>,
    pub detect_types: Cell<i32>,
    /// The thread that alone may use it; 0: any may.
    thread: Cell<u64>,
    user: Cell<u64>,
    depth: Cell<u32>,
    pub row_factory: ObjCell,
    pub text_factory: ObjCell,
    /// Statements that were run, the latest last.
    kept: RefCell<Vec<Prepared>>,
    keep: Cell<usize>,
}
trace_fields!(Connection { row_factory, text_factory });
pub static CONNECTION: StaticType =
    StaticType::new::<Connection>("sqlite3.Connection", F::BASETYPE | F::GC | F::MANAGED_WEAKREF);
payload!(Connection, CONNECTION);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty: &Type, _| Ok(Ref::with_type(ty, Connection::default()).into_obj())),
        slot::init(init),
        slot::call(prepare_call),
        slot::finalize(finalize),
    ],
    methods: METHODS,
    getset: GETSET,
    doc: "SQLite database connection object.",
    ..TypeSpec::of(&CONNECTION)
};

/// While it lives the thread may call SQLite for the connection.
pub struct Entered<'a>(&'a Connection);
impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() - 1);
        if self.0.depth.get() == 0 {
            self.0.user.set(0);
        }
    }
}

impl Connection {
    /// The open connection, for a thread that may use it.
    pub fn open(&self, vm: &Vm) -> PyResult<Rc<Db>> {
        self.check_thread(vm)?;
        self.opened(vm)
    }
    pub fn opened(&self, vm: &Vm) -> PyResult<Rc<Db>> {
        if !self.initialized.get() {
            return Err(errors::programming(vm, "Base Connection.__init__ not called."));
        }
        self.db.borrow().clone().ok_or_else(|| errors::programming(vm, "Cannot operate on a closed database."))
    }
    pub fn check_thread(&self, vm: &Vm) -> PyResult<()> {
        let (mine, here) = (self.thread.get(), vm.ident);
        if mine == 0 || mine == here {
            return Ok(());
        }
        Err(errors::programming(
            vm,
            format!(
                "SQLite objects created in a thread can only be used in that same thread. \
                 The object was created in thread id {mine} and this is thread id {here}."
            ),
        ))
    }
    /// Waits until no other thread uses the connection (CONN-1).
    pub fn enter(&self, vm: &Vm) -> PyResult<Entered<'_>> {
        while self.depth.get() != 0 && self.user.get() != vm.ident {
            vm.allow_threads(|| std::thread::sleep(Duration::from_micros(100)));
            vm.check_breaker()?;
        }
        self.user.set(vm.ident);
        self.depth.set(self.depth.get() + 1);
        Ok(Entered(self))
    }
    /// Calls SQLite; an error that a callback raised has gone to `sys.unraisablehook` or into SQLite's own.
    pub fn run<T>(&self, vm: &Vm, f: impl FnOnce() -> Outcome<T>) -> PyResult<T> {
        let _entered = self.enter(vm)?;
        f().map_err(|e| errors::of(vm, &e))
    }
    pub fn execute(&self, vm: &Vm, db: &Rc<Db>, sql: &::std::primitive::str) -> PyResult<()> {
        self.run(vm, || db.execute(sql))
    }

    /// The statement of a text, which nobody else runs.
    pub fn statement(&self, vm: &Vm, sql: &Obj) -> PyResult<Prepared> {
        let db = self.open(vm)?;
        let same = |p: &Prepared| p.sql.is(sql) || ops::plain_equal(&p.sql, sql).unwrap_or(false);
        let known = {
            let mut kept = self.kept.borrow_mut();
            let at = kept.iter().rposition(same);
            at.map(|i| {
                let p = kept.remove(i);
                kept.push(p.clone());
                p
            })
        };
        if let Some(p) = known
            && p.stmt.as_ref().is_none_or(|s| s.is_live() && Rc::strong_count(s) == 2)
        {
            return Ok(p);
        }
        let p = self.prepare(vm, &db, sql)?;
        let old = {
            let mut kept = self.kept.borrow_mut();
            if self.keep.get() > 0 && !kept.iter().any(same) {
                kept.push(p.clone());
            }
            if kept.len() > self.keep.get() { Some(kept.remove(0)) } else { None }
        };
        drop(old);
        Ok(p)
    }
    fn prepare(&self, vm: &Vm, db: &Rc<Db>, sql: &Obj) -> PyResult<Prepared> {
        let text = sql_text(vm, sql)?;
        if text.contains(&0) {
            return Err(errors::programming(vm, "the query contains a null character"));
        }
        if text.len() > db.limit(1, -1).unwrap_or(i32::MAX) as usize {
            return Err(errors::new(vm, "DataError", "query string is too large"));
        }
        let (stmt, used) = self.run(vm, || db.prepare(&text))?;
        if skip_blanks(&text[used.min(text.len())..]).is_some() {
            return Err(errors::programming(vm, "You can only execute one statement at a time."));
        }
        let first = skip_blanks(&text).unwrap_or_default();
        let begins =
            |w: &::std::primitive::str| first.get(..w.len()).is_some_and(|f| f.eq_ignore_ascii_case(w.as_bytes()));
        let changes_rows = ["insert", "update", "delete", "replace"].into_iter().any(begins);
        Ok(Prepared { sql: sql.clone(), stmt, changes_rows })
    }
    /// Begins the transaction that a change of rows needs.
    pub fn begin_legacy(&self, vm: &Vm, db: &Rc<Db>) -> PyResult<()> {
        let Some(level) = self.isolation.borrow().clone() else { return Ok(()) };
        if self.autocommit.get() == LEGACY && db.autocommits() {
            self.execute(vm, db, &format!("BEGIN {level}"))?;
        }
        Ok(())
    }
}

pub fn sql_text(vm: &Vm, sql: &Obj) -> PyResult<Vec<u8>> {
    match sql.get::<Str>() {
        Some(s) if s.is_ascii() => Ok(s.raw_bytes().to_vec()),
        _ => adder_object::buffer::to_vec(vm, &call::call_method_str(vm, sql, "encode", &[])?),
    }
}

/// What follows blanks and comments; None when nothing does.
fn skip_blanks(mut sql: &[u8]) -> Option<&[u8]> {
    loop {
        sql = match sql {
            [] | [0, ..] => return None,
            [b' ' | b'\t' | 0xC | b'\n' | b'\r', rest @ ..] => rest,
            [b'-', b'-', rest @ ..] => &rest[rest.iter().position(|&c| c == b'\n')?..],
            [b'/', b'*', rest @ ..] => &rest[rest.windows(2).position(|w| w == b"*/")? + 2..],
            _ => return Some(sql),
        };
    }
}

static INIT: MethodDef = method(
    "Connection(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=None, \
     cached_statements=128, uri=False, *, autocommit=-1)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let c = o.this::<Connection>()?;
    warn_positional(vm, args, "_sqlite3.Connection")?;
    let a = INIT.signature().bind(args)?;
    let path = crate::os::convert::fs_path(vm, a.req(0))?;
    let timeout = a.opt(1).map_or(Ok(5.0), |t| ops::to_f64(vm, t))?;
    let isolation = a.opt(3).map_or(Ok(Some(String::new())), |l| isolation_level(vm, l))?;
    let keep = a.opt(6).map_or(Ok(128), |n| ops::to_i32(vm, n))?;
    let autocommit = a.opt(8).map_or(Ok(LEGACY), |v| autocommit_mode(vm, v))?;
    let uri = a.opt(7).map_or(Ok(false), |u| ops::truth(vm, u))?;
    let one_thread = a.opt(4).map_or(Ok(true), |t| ops::truth(vm, t))?;
    let detect = a.opt(2).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    if let Some(old) = c.db.take() {
        c.kept.take();
        old.close();
    }
    c.initialized.set(false);
    let db = Db::open(&path, uri).map_err(|e| errors::of(vm, &e))?;
    db.set_busy(Rc::new(move |tries| wait(timeout, tries)));
    c.keep.set(keep.max(0) as usize);
    c.detect_types.set(detect);
    c.isolation.replace(isolation);
    c.autocommit.set(autocommit);
    c.thread.set(if one_thread { vm.ident } else { 0 });
    c.row_factory.set(singletons::none());
    c.text_factory.set(types::STR.obj());
    c.db.replace(Some(db.clone()));
    c.initialized.set(true);
    if autocommit == 0 { c.execute(vm, &db, "BEGIN") } else { Ok(()) }
}

/// Names only will be accepted for all but the first argument.
pub fn warn_positional(vm: &Vm, args: Args<'_>, function: &::std::primitive::str) -> PyResult<()> {
    if args.len() <= 1 {
        return Ok(());
    }
    let text = format!(
        "Passing more than 1 positional argument to {function}() is deprecated. Parameters 'timeout', 'detect_types', \
         'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only \
         parameters in Python 3.15."
    );
    vm.warn(&exc::DEPRECATION_WARNING, &text, 1)
}

/// These parameters will be accepted by position only.
fn warn_keywords(
    vm: &Vm,
    args: Args<'_>,
    function: &::std::primitive::str,
    names: &[&::std::primitive::str],
) -> PyResult<()> {
    if !names.iter().any(|n| args.keyword(n).is_some()) {
        return Ok(());
    }
    let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    let (s, list) = match quoted.as_slice() {
        [front @ .., last] if !front.is_empty() => ("s", format!("{} and {last}", front.join(", "))),
        all => ("", all.concat()),
    };
    let text = format!(
        "Passing keyword argument{s} {list} to _sqlite3.Connection.{function}() is deprecated. Parameter{s} {list} will become \
         positional-only in Python 3.15."
    );
    vm.warn(&exc::DEPRECATION_WARNING, &text, 1)
}

/// Waits for a lock, the GIL released; false when the time is up.
fn wait(timeout: f64, tries: i32) -> bool {
    const STEP: f64 = 0.005;
    let waited = f64::from(tries) * STEP;
    if waited >= timeout {
        return false;
    }
    let step = STEP.min(timeout - waited);
    Vm::current().allow_threads(|| std::thread::sleep(Duration::from_secs_f64(step)));
    true
}

fn isolation_level(_: &Vm, o: &Obj) -> PyResult<Option<String>> {
    const LEVELS: [&::std::primitive::str; 4] = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
    if o.is_none() {
        return Ok(None);
    }
    let Some(s) = o.get::<Str>() else {
        return Err(error::type_error("isolation_level must be str or None"));
    };
    let text = s.to_string_lossy();
    match LEVELS.iter().find(|l| l.eq_ignore_ascii_case(&text)) {
        Some(l) => Ok(Some((*l).to_owned())),
        None => Err(error::value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")),
    }
}
fn autocommit_mode(vm: &Vm, o: &Obj) -> PyResult<i32> {
    if o.is_exact(&types::BOOL) {
        return ops::truth(vm, o).map(i32::from);
    }
    if o.small_int() == Some(LEGACY.into()) {
        return Ok(LEGACY);
    }
    Err(error::value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"))
}

fn finalize(vm: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Connection>()?;
    if c.db.borrow().is_some() {
        let text = format!("unclosed database in {}", ops::repr_string(vm, o)?);
        vm.warn(&exc::RESOURCE_WARNING, &text, 1)?;
    }
    Ok(singletons::none())
}

fn prepare_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let c = o.this::<Connection>()?;
    c.open(vm)?;
    args.arity("Connection", 1, 1)?;
    let sql = &args.positional()[0];
    if sql.get::<Str>().is_none() {
        return Err(error::type_error(format!("argument 1 must be str, not {}", sql.ty().tp_name())));
    }
    let db = c.open(vm)?;
    c.prepare(vm, &db, sql)?;
    Ok(singletons::none())
}

fn close(vm: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<Connection>()?;
    c.check_thread(vm)?;
    if !c.initialized.get() {
        return Err(errors::programming(vm, "Base Connection.__init__ not called."));
    }
    if let Some(db) = c.db.borrow().clone() {
        if c.autocommit.get() == 0 && !db.autocommits() {
            c.execute(vm, &db, "ROLLBACK")?;
        }
        let _entered = c.enter(vm)?;
        drop(c.kept.take());
        db.close();
    }
    drop(c.db.take());
    Ok(singletons::none())
}
pub fn commit(vm: &Vm, o: &Obj) -> PyResult {
    end_transaction(vm, o, "COMMIT")
}
fn rollback(vm: &Vm, o: &Obj) -> PyResult {
    end_transaction(vm, o, "ROLLBACK")
}
fn end_transaction(vm: &Vm, o: &Obj, how: &::std::primitive::str) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    match c.autocommit.get() {
        LEGACY if !db.autocommits() => c.execute(vm, &db, how)?,
        0 => {
            c.execute(vm, &db, how)?;
            c.execute(vm, &db, "BEGIN")?;
        }
        _ => {}
    }
    Ok(singletons::none())
}

fn exit(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    if args.iter().all(Obj::is_none) {
        if let Err(e) = call::call_method_str(vm, o, "commit", &[]) {
            // What cannot be committed is rolled back; the first error stands.
            return call::call_method_str(vm, o, "rollback", &[]).and(Err(e));
        }
    } else {
        call::call_method_str(vm, o, "rollback", &[])?;
    }
    Ok(singletons::false_obj())
}

fn make_cursor(vm: &Vm, o: &Obj, factory: Option<&Obj>) -> PyResult {
    let c = o.this::<Connection>()?;
    c.open(vm)?;
    let Some(f) = factory else {
        let made = cursor::of(o)?;
        return adopt(vm, c, made);
    };
    let made = call::call1(vm, f, o)?;
    if made.get::<cursor::Cursor>().is_none() {
        return Err(error::type_error(format!("factory must return a cursor, not {}", made.ty().tp_name())));
    }
    adopt(vm, c, made)
}
/// A cursor begins with the row factory of its connection.
fn adopt(_: &Vm, c: &Connection, made: Obj) -> PyResult {
    if let Some(f) = c.row_factory.get().filter(|f| !f.is_none()) {
        made.this::<cursor::Cursor>()?.row_factory.set(f);
    }
    Ok(made)
}
/// `conn.execute` and its siblings: a new cursor does it.
fn through_cursor(vm: &Vm, o: &Obj, name: &::std::primitive::str, args: &[Obj]) -> PyResult {
    let c = make_cursor(vm, o, None)?;
    call::call_method_str(vm, &c, name, args)
}

fn get_limit(vm: &Vm, o: &Obj, category: &Obj) -> PyResult {
    limit(vm, o, category, -1)
}
fn limit(vm: &Vm, o: &Obj, category: &Obj, value: i32) -> PyResult {
    let db = o.this::<Connection>()?.open(vm)?;
    match db.limit(ops::to_i32(vm, category)?, value) {
        Some(n) => Ok(int::from_i64(n.into())),
        None => Err(errors::programming(vm, "'category' is out of bounds")),
    }
}
fn configure(vm: &Vm, o: &Obj, option: &Obj, on: Option<bool>) -> PyResult<bool> {
    let c = o.this::<Connection>()?;
    let (db, option) = (c.open(vm)?, ops::to_i32(vm, option)?);
    if !(1002..=1020).contains(&option) {
        return Err(error::value_error(format!("unknown config 'op': {option}")));
    }
    c.run(vm, || db.configure(option, on))
}
fn set_config(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let on = args.get(1).map_or(Ok(true), |v| ops::truth(vm, v))?;
    if configure(vm, o, &args[0], Some(on))? != on {
        return Err(errors::new(vm, "OperationalError", "Unable to set config"));
    }
    Ok(singletons::none())
}
fn serialize(vm: &Vm, o: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let db = o.this::<Connection>()?.open(vm)?;
    let name = a.opt(0).map_or_else(|| "main".to_owned(), ops::text);
    match db.serialize(&name) {
        Some(b) => Ok(adder_object::bytes::new(&b)),
        None => Err(errors::new(vm, "OperationalError", format!("unable to serialize '{name}'"))),
    }
}
fn deserialize(vm: &Vm, o: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let data = match a.req(0).get::<Str>() {
        Some(_) => sql_text(vm, a.req(0))?,
        None => adder_object::buffer::get(vm, a.req(0), adder_object::buffer::SIMPLE)?.bytes().to_vec(),
    };
    let name = a.opt(1).map_or_else(|| "main".to_owned(), ops::text);
    c.run(vm, || db.deserialize(&name, &data))?;
    Ok(singletons::none())
}
fn backup(vm: &Vm, o: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let Some(to) = a.req(0).get::<Connection>() else {
        let t = a.req(0).ty().tp_name();
        return Err(error::type_error(format!("backup() argument 'target' must be sqlite3.Connection, not {t}")));
    };
    if a.req(0).is(o) {
        return Err(error::value_error("target cannot be the same connection instance"));
    }
    let target = to.open(vm)?;
    let pages = a.opt(1).map_or(Ok(-1), |n| ops::to_i32(vm, n))?;
    let name = a.opt(3).map_or_else(|| "main".to_owned(), ops::text);
    let sleep = a.opt(4).map_or(Ok(0.25), |s| ops::to_f64(vm, s))?;
    let told = a.opt_not_none(2).cloned();
    if told.as_ref().is_some_and(|f| !call::is_callable(f)) {
        return Err(error::type_error("progress argument must be a callable"));
    }
    let mut raised: Option<PyErr> = None;
    let step = |code: i32, left: i32, all: i32| {
        if let Some(f) = &told {
            let args = [code, left, all].map(|n| int::from_i64(n.into()));
            if let Err(e) = call::call_pos(vm, f, &args) {
                raised = Some(e);
                return false;
            }
        }
        if matches!(code & 255, 5 | 6) && sleep > 0.0 {
            vm.allow_threads(|| std::thread::sleep(Duration::from_secs_f64(sleep)));
        }
        true
    };
    let done = c.run(vm, || db.backup(&name, &target, if pages == 0 { -1 } else { pages }, step));
    match raised {
        Some(e) => Err(e),
        None => done.map(|()| singletons::none()),
    }
}
fn iterdump(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    o.this::<Connection>()?.opened(vm)?;
    let f = adder_object::attr::get_str(vm, &vm.import("sqlite3.dump")?, "_iterdump")?;
    call::prepended(o, args, |a| call::call(vm, &f, a))
}
fn extensions(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(errors::new(vm, "NotSupportedError", "loadable extensions are not supported"))
}

use Native::{Bound, NoArgs, One, Pos, Raw};
static METHODS: &[MethodDef] = &[
    method(
        "cursor($self, /, factory=<unrepresentable>)",
        Bound(|vm, o, a| make_cursor(vm, o, a.opt(0))),
        "Return a cursor for the connection.",
    ),
    method(
        "close($self, /)",
        NoArgs(close),
        "Close the database connection.\n\nAny pending transaction is not committed implicitly.",
    ),
    method(
        "commit($self, /)",
        NoArgs(commit),
        "Commit any pending transaction to the database.\n\nIf there is no open transaction, this method is a no-op.",
    ),
    method(
        "rollback($self, /)",
        NoArgs(rollback),
        "Roll back to the start of any pending transaction.\n\nIf there is no open transaction, this method is a no-op.",
    ),
    method(
        "execute($self, sql, parameters=<unrepresentable>, /)",
        Pos(1, 2, |vm, o, a| through_cursor(vm, o, "execute", a)),
        "Executes an SQL statement.",
    ),
    method(
        "executemany($self, sql, parameters, /)",
        Pos(2, 2, |vm, o, a| through_cursor(vm, o, "executemany", a)),
        "Repeatedly executes an SQL statement.",
    ),
    method(
        "executescript($self, sql_script, /)",
        Pos(1, 1, |vm, o, a| through_cursor(vm, o, "executescript", a)),
        "Executes multiple SQL statements at once.",
    ),
    method(
        "__enter__($self, /)",
        NoArgs(|vm, o| o.this::<Connection>()?.open(vm).map(|_| o.clone())),
        "Called when the connection is used as a context manager.\n\nReturns itself as a convenience to the caller.",
    ),
    method(
        "__exit__($self, type, value, traceback, /)",
        Pos(3, 3, exit),
        "Called when the connection is used as a context manager.\n\nIf there was any exception, a rollback takes place; otherwise we commit.",
    ),
    method(
        "interrupt($self, /)",
        NoArgs(|vm, o| {
            o.this::<Connection>()?.opened(vm)?.interrupt();
            Ok(singletons::none())
        }),
        "Abort any pending database operation.",
    ),
    method(
        "create_function($self, name, narg, func, *, deterministic=False)",
        Raw(|vm, o, args| {
            static SIG: MethodDef = method(
                "create_function($self, name, narg, func, *, deterministic=False)",
                NoArgs(|_, o| Ok(o.clone())),
                "",
            );
            warn_keywords(vm, args, "create_function", &["name", "narg", "func"])?;
            functions::create_function(vm, o, &SIG.signature().bind(args)?)
        }),
        "Creates a new function.",
    ),
    method(
        "create_aggregate($self, name, n_arg, aggregate_class)",
        Raw(|vm, o, args| {
            static SIG: MethodDef =
                method("create_aggregate($self, name, n_arg, aggregate_class)", NoArgs(|_, o| Ok(o.clone())), "");
            warn_keywords(vm, args, "create_aggregate", &["name", "n_arg", "aggregate_class"])?;
            functions::create_aggregate(vm, o, &SIG.signature().bind(args)?)
        }),
        "Creates a new aggregate.",
    ),
    method(
        "create_window_function($self, name, num_params, aggregate_class, /)",
        Pos(3, 3, functions::create_window_function),
        "Creates or redefines an aggregate window function. Non-standard.\n\n  name\n    The name of the SQL aggregate window function to be created or\n    redefined.\n  num_params\n    The number of arguments the step and inverse methods takes.\n  aggregate_class\n    A class with step(), finalize(), value(), and inverse() methods.\n    Set to None to clear the window function.",
    ),
    method(
        "create_collation($self, name, callback, /)",
        Pos(2, 2, functions::create_collation),
        "Creates a collation function.",
    ),
    method(
        "set_authorizer($self, authorizer_callback)",
        Raw(|vm, o, args| {
            static SIG: MethodDef =
                method("set_authorizer($self, authorizer_callback)", NoArgs(|_, o| Ok(o.clone())), "");
            warn_keywords(vm, args, "set_authorizer", &["authorizer_callback"])?;
            functions::set_authorizer(vm, o, &SIG.signature().bind(args)?)
        }),
        "Set authorizer callback.",
    ),
    method(
        "set_progress_handler($self, progress_handler, n)",
        Raw(|vm, o, args| {
            static SIG: MethodDef =
                method("set_progress_handler($self, progress_handler, n)", NoArgs(|_, o| Ok(o.clone())), "");
            warn_keywords(vm, args, "set_progress_handler", &["progress_handler"])?;
            functions::set_progress_handler(vm, o, &SIG.signature().bind(args)?)
        }),
        "Set progress handler callback.\n\n  progress_handler\n    A callable that takes no arguments.\n    If the callable returns non-zero, the current query is terminated,\n    and an exception is raised.\n  n\n    The number of SQLite virtual machine instructions that are\n    executed between invocations of 'progress_handler'.\n\nIf 'progress_handler' is None or 'n' is 0, the progress handler is disabled.",
    ),
    method(
        "set_trace_callback($self, trace_callback)",
        Raw(|vm, o, args| {
            static SIG: MethodDef =
                method("set_trace_callback($self, trace_callback)", NoArgs(|_, o| Ok(o.clone())), "");
            warn_keywords(vm, args, "set_trace_callback", &["trace_callback"])?;
            functions::set_trace_callback(vm, o, &SIG.signature().bind(args)?)
        }),
        "Set a trace callback called for each SQL statement (passed as unicode).",
    ),
    method(
        "backup($self, target, *, pages=-1, progress=None, name='main', sleep=0.25)",
        Bound(backup),
        "Makes a backup of the database.",
    ),
    method(
        "blobopen($self, table, column, row, /, *, readonly=False, name='main')",
        Bound(blob::open),
        "Open and return a BLOB object.\n\n  table\n    Table name.\n  column\n    Column name.\n  row\n    Row index.\n  readonly\n    Open the BLOB without write permissions.\n  name\n    Database name.",
    ),
    method(
        "iterdump($self, /, *, filter=None)",
        Raw(iterdump),
        "Returns iterator to the dump of the database in an SQL text format.\n\n  filter\n    An optional LIKE pattern for database objects to dump",
    ),
    method(
        "serialize($self, /, *, name='main')",
        Bound(serialize),
        "Serialize a database into a byte string.\n\n  name\n    Which database to serialize.\n\nFor an ordinary on-disk database file, the serialization is just a copy of the\ndisk file. For an in-memory database or a \"temp\" database, the serialization is\nthe same sequence of bytes which would be written to disk if that database\nwere backed up to disk.",
    ),
    method(
        "deserialize($self, data, /, *, name='main')",
        Bound(deserialize),
        "Load a serialized database.\n\n  data\n    The serialized database content.\n  name\n    Which database to reopen with the deserialization.",
    ),
    method(
        "getlimit($self, category, /)",
        One(get_limit),
        "Get connection run-time limits.\n\n  category\n    The limit category to be queried.",
    ),
    method(
        "setlimit($self, category, limit, /)",
        Pos(2, 2, |vm, o, a| {
            let n = ops::to_i32(vm, &a[1])?;
            limit(vm, o, &a[0], n)
        }),
        "Set connection run-time limits.\n\n  category\n    The limit category to be set.\n  limit\n    The new limit. If the new limit is a negative number, the limit is\n    unchanged.\n\nAttempts to increase a limit above its hard upper bound are silently truncated\nto the hard upper bound. Regardless of whether or not the limit was changed,\nthe prior value of the limit is returned.",
    ),
    method(
        "getconfig($self, op, /)",
        One(|vm, o, op| configure(vm, o, op, None).map(singletons::bool_obj)),
        "Query a boolean connection configuration option.\n\n  op\n    The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.",
    ),
    method(
        "setconfig($self, op, enable=True, /)",
        Pos(1, 2, set_config),
        "Set a boolean connection configuration option.\n\n  op\n    The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.",
    ),
    method(
        "enable_load_extension($self, enable, /)",
        Raw(extensions),
        "Enable dynamic loading of SQLite extension modules.",
    ),
    method("load_extension($self, name, /, *, entrypoint=None)", Raw(extensions), "Load SQLite extension module."),
];

fn set_isolation(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::attribute_error_text("cannot delete attribute")) };
    let level = isolation_level(vm, v)?;
    let c = o.this::<Connection>()?;
    if level.is_none() {
        // Out of the transaction that is open.
        commit(vm, o)?;
    }
    c.isolation.replace(level);
    Ok(())
}
fn set_autocommit(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let Some(v) = value else { return Err(error::attribute_error_text("cannot delete autocommit attribute")) };
    let mode = autocommit_mode(vm, v)?;
    if mode == 1 && !db.autocommits() {
        c.execute(vm, &db, "COMMIT")?;
    }
    if mode == 0 && db.autocommits() {
        c.execute(vm, &db, "BEGIN")?;
    }
    c.autocommit.set(mode);
    Ok(())
}
pub fn set_cell(cell: &ObjCell, name: &::std::primitive::str, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(v) => {
            cell.set(v.clone());
            Ok(())
        }
        None => Err(error::attribute_error_text(format!("cannot delete {name} attribute"))),
    }
}

static GETSET: &[GetSetDef] = &[
    getset(
        "isolation_level",
        |vm, o| {
            let c = o.this::<Connection>()?;
            c.opened(vm)?;
            let level = c.isolation.borrow().clone();
            Ok(level.map_or_else(singletons::none, |l| str::from_str(&l).into_obj()))
        },
        set_isolation,
        "",
    ),
    getset(
        "autocommit",
        |vm, o| {
            let c = o.this::<Connection>()?;
            c.open(vm)?;
            Ok(match c.autocommit.get() {
                LEGACY => int::from_i64(LEGACY.into()),
                n => singletons::bool_obj(n == 1),
            })
        },
        set_autocommit,
        "",
    ),
    getset(
        "row_factory",
        |_, o| Ok(o.this::<Connection>()?.row_factory.get().unwrap_or_else(singletons::none)),
        |_, o, v| set_cell(&o.this::<Connection>()?.row_factory, "row_factory", v),
        "",
    ),
    getset(
        "text_factory",
        |_, o| Ok(o.this::<Connection>()?.text_factory.get().unwrap_or_else(singletons::none)),
        |_, o, v| set_cell(&o.this::<Connection>()?.text_factory, "text_factory", v),
        "",
    ),
    getter("in_transaction", |vm, o| Ok(singletons::bool_obj(!o.this::<Connection>()?.opened(vm)?.autocommits())), ""),
    getter("total_changes", |vm, o| Ok(int::from_i64(o.this::<Connection>()?.opened(vm)?.total_changes())), ""),
    getter("Warning", |_, _| class("Warning"), ""),
    getter("Error", |_, _| class("Error"), ""),
    getter("InterfaceError", |_, _| class("InterfaceError"), ""),
    getter("DatabaseError", |_, _| class("DatabaseError"), ""),
    getter("DataError", |_, _| class("DataError"), ""),
    getter("OperationalError", |_, _| class("OperationalError"), ""),
    getter("IntegrityError", |_, _| class("IntegrityError"), ""),
    getter("InternalError", |_, _| class("InternalError"), ""),
    getter("ProgrammingError", |_, _| class("ProgrammingError"), ""),
    getter("NotSupportedError", |_, _| class("NotSupportedError"), ""),
];
fn class(name: &::std::primitive::str) -> PyResult {
    errors::named(name).ok_or_else(|| error::attribute_error_text(name))
}
