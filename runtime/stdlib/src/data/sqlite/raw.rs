//! The wrapper of SQLite: connections, statements, and what SQLite calls back.
//!
//! Invariants: SQL-1: a connection is open until `close` or until its last handle goes, a statement lives until `finalize`; their
//! pointers are null afterwards, and nothing is asked of a null one. SQL-2: user data given to SQLite is a leaked box that SQLite's
//! destructor frees, or lies in a box that the connection owns. SQL-3: SQLite is called with the GIL held, so its callbacks hold it too.
#![allow(unsafe_code)]

use super::raw_blob::RawBlob;
use libsqlite3_sys as ffi;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::rc::{Rc, Weak};
use std::sync::Once;

/// A result code with SQLite's text.
#[derive(Debug, Clone)]
pub struct Failure {
    pub code: i32,
    pub message: String,
}
pub type Outcome<T> = Result<T, Failure>;

/// A value in a row or an argument of a function.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

type Authorizer = dyn Fn(i32, [Option<&str>; 4]) -> i32;
type Progress = dyn Fn() -> bool;
type Tracer = dyn Fn(&str);
type Busy = dyn Fn(i32) -> bool;

/// The callbacks of a connection; SQLite holds the address.
#[derive(Default)]
struct Hooks {
    authorizer: RefCell<Option<Rc<Authorizer>>>,
    progress: RefCell<Option<Rc<Progress>>>,
    tracer: RefCell<Option<Rc<Tracer>>>,
    busy: RefCell<Option<Rc<Busy>>>,
}

pub struct Db {
    ptr: Cell<*mut ffi::sqlite3>,
    hooks: Box<Hooks>,
    statements: RefCell<Vec<Weak<Stmt>>>,
    blobs: RefCell<Vec<Weak<RawBlob>>>,
}

pub struct Stmt {
    ptr: Cell<*mut ffi::sqlite3_stmt>,
    db: Rc<Db>,
}

static CONFIGURE: Once = Once::new();

fn text(p: *const c_char) -> Option<String> {
    // SAFETY: SQL-1: SQLite's texts are NUL-terminated and are copied before the next call.
    (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned())
}
fn bytes<'a>(p: *const c_void, n: c_int) -> &'a [u8] {
    // SAFETY: SQL-1: SQLite gives the pointer with its length; callers use the bytes before they go on with the statement.
    if p.is_null() || n <= 0 { &[] } else { unsafe { std::slice::from_raw_parts(p.cast(), n as usize) } }
}
fn c_string(s: &str) -> CString {
    CString::new(s.replace('\0', "")).unwrap_or_default()
}

pub fn version() -> String {
    // SAFETY: SQL-1: a static text.
    text(unsafe { ffi::sqlite3_libversion() }).unwrap_or_default()
}
pub fn error_text(code: i32) -> String {
    // SAFETY: SQL-1: a static text.
    text(unsafe { ffi::sqlite3_errstr(code) }).unwrap_or_default()
}
/// Whether a text ends a statement.
pub fn is_complete(sql: &str) -> bool {
    // SAFETY: SQL-1: a NUL-terminated text.
    unsafe { ffi::sqlite3_complete(c_string(sql).as_ptr()) != 0 }
}

impl Drop for Db {
    fn drop(&mut self) {
        // SAFETY: SQL-1; closing null does nothing.
        unsafe { ffi::sqlite3_close(self.ptr.get()) };
    }
}

impl Db {
    pub fn open(path: &CStr, uri: bool) -> Outcome<Rc<Db>> {
        CONFIGURE.call_once(|| {
            // SAFETY: SQL-3: before the first connection; file names are URIs only where a connection asks for it.
            unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_URI, 0 as c_int) };
        });
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | if uri { ffi::SQLITE_OPEN_URI } else { 0 };
        let mut p = std::ptr::null_mut();
        // SAFETY: SQL-1: the path is NUL-terminated; the handle is closed by `Db` also after an error.
        let code = unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &mut p, flags, std::ptr::null()) };
        let db =
            Db { ptr: Cell::new(p), hooks: Box::default(), statements: RefCell::default(), blobs: RefCell::default() };
        db.check(code)?;
        // The library is built with other defaults than the usual ones.
        db.configure(ffi::SQLITE_DBCONFIG_ENABLE_FKEY, Some(false))?;
        Ok(Rc::new(db))
    }
    pub(super) fn as_ptr(&self) -> *mut ffi::sqlite3 {
        self.ptr.get()
    }
    pub(super) fn keep_blob(&self, b: &Rc<RawBlob>) {
        let mut all = self.blobs.borrow_mut();
        all.retain(|w| w.strong_count() != 0);
        all.push(Rc::downgrade(b));
    }
    pub fn is_open(&self) -> bool {
        !self.ptr.get().is_null()
    }
    /// Ends all statements and the connection.
    pub fn close(&self) {
        for s in self.statements.take().iter().filter_map(Weak::upgrade) {
            s.finalize();
        }
        for b in self.blobs.take().iter().filter_map(Weak::upgrade) {
            b.close();
        }
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_close(self.ptr.replace(std::ptr::null_mut())) };
    }
    pub fn check(&self, code: i32) -> Outcome<()> {
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.failure(code)) }
    }
    /// The latest error; `code` where the connection knows of none.
    pub fn failure(&self, code: i32) -> Failure {
        if !self.is_open() {
            return Failure { code, message: error_text(code) };
        }
        // SAFETY: SQL-1.
        let (known, message) =
            unsafe { (ffi::sqlite3_extended_errcode(self.ptr.get()), text(ffi::sqlite3_errmsg(self.ptr.get()))) };
        if known == ffi::SQLITE_OK || known & 255 != code & 255 {
            return Failure { code, message: error_text(code) };
        }
        Failure { code: known, message: message.unwrap_or_default() }
    }

    /// The first statement of a text, and how many bytes it takes; None where there is none.
    pub fn prepare(self: &Rc<Db>, sql: &[u8]) -> Outcome<(Option<Rc<Stmt>>, usize)> {
        let (mut p, mut tail) = (std::ptr::null_mut(), std::ptr::null());
        let (start, n) = (sql.as_ptr().cast::<c_char>(), c_int::try_from(sql.len()).unwrap_or(c_int::MAX));
        // SAFETY: SQL-1: the text has `n` bytes; the tail points into it.
        let (code, used) = unsafe {
            let code = ffi::sqlite3_prepare_v2(self.ptr.get(), start, n, &mut p, &mut tail);
            (code, if tail.is_null() { sql.len() } else { tail as usize - start as usize })
        };
        self.check(code)?;
        if p.is_null() {
            return Ok((None, used));
        }
        let s = Rc::new(Stmt { ptr: Cell::new(p), db: self.clone() });
        let mut all = self.statements.borrow_mut();
        if all.len() == all.capacity() {
            all.retain(|w| w.strong_count() != 0);
        }
        all.push(Rc::downgrade(&s));
        Ok((Some(s), used))
    }
    /// Runs statements that give no rows.
    pub fn execute(&self, sql: &str) -> Outcome<()> {
        let sql = c_string(sql);
        // SAFETY: SQL-1.
        let code = unsafe {
            ffi::sqlite3_exec(self.ptr.get(), sql.as_ptr(), None, std::ptr::null_mut(), std::ptr::null_mut())
        };
        self.check(code)
    }
    pub fn autocommits(&self) -> bool {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_get_autocommit(self.ptr.get()) != 0 }
    }
    pub fn changes(&self) -> i64 {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_changes64(self.ptr.get()) }
    }
    pub fn total_changes(&self) -> i64 {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_total_changes64(self.ptr.get()) }
    }
    pub fn last_row(&self) -> i64 {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_last_insert_rowid(self.ptr.get()) }
    }
    pub fn interrupt(&self) {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_interrupt(self.ptr.get()) }
    }
    /// The limit of a category, and sets it unless `value` is negative; None for an unknown category.
    pub fn limit(&self, category: i32, value: i32) -> Option<i32> {
        // SAFETY: SQL-1.
        let old = unsafe { ffi::sqlite3_limit(self.ptr.get(), category, value) };
        (old >= 0).then_some(old)
    }
    /// Sets and tells an option of the connection.
    pub fn configure(&self, option: i32, on: Option<bool>) -> Outcome<bool> {
        let mut now: c_int = 0;
        // SAFETY: SQL-1: options of this kind take an int and the address of one.
        let code = unsafe {
            ffi::sqlite3_db_config(self.ptr.get(), option, on.map_or(-1 as c_int, c_int::from), &raw mut now)
        };
        self.check(code).map(|()| now != 0)
    }
    /// A copy of the database as a file would hold it; None where it cannot be had.
    pub fn serialize(&self, schema: &str) -> Option<Vec<u8>> {
        let (schema, mut n) = (c_string(schema), 0);
        // SAFETY: SQL-1: the copy is freed after its bytes were copied.
        unsafe {
            let p = ffi::sqlite3_serialize(self.ptr.get(), schema.as_ptr(), &mut n, 0);
            if p.is_null() {
                return None;
            }
            let v = std::slice::from_raw_parts(p, n.max(0) as usize).to_vec();
            ffi::sqlite3_free(p.cast());
            Some(v)
        }
    }
    /// Takes the bytes of a file for a database.
    pub fn deserialize(&self, schema: &str, data: &[u8]) -> Outcome<()> {
        let schema = c_string(schema);
        let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
        // SAFETY: SQL-1: SQLite's own memory, which it frees.
        let code = unsafe {
            let p = ffi::sqlite3_malloc64(data.len().max(1) as u64).cast::<u8>();
            if p.is_null() {
                return Err(Failure { code: ffi::SQLITE_NOMEM, message: error_text(ffi::SQLITE_NOMEM) });
            }
            std::ptr::copy_nonoverlapping(data.as_ptr(), p, data.len());
            let n = data.len() as i64;
            ffi::sqlite3_deserialize(self.ptr.get(), schema.as_ptr(), p, n, n, flags as _)
        };
        self.check(code)
    }
    /// Copies a database into another connection, `pages` at a time; `step` hears the result code, what remains and the total.
    pub fn backup(
        &self,
        name: &str,
        target: &Db,
        pages: i32,
        mut step: impl FnMut(i32, i32, i32) -> bool,
    ) -> Outcome<()> {
        let (main, name) = (c_string("main"), c_string(name));
        // SAFETY: SQL-1: both connections are open; the backup is finished on every way out.
        unsafe {
            let b = ffi::sqlite3_backup_init(target.ptr.get(), main.as_ptr(), self.ptr.get(), name.as_ptr());
            if b.is_null() {
                return Err(target.failure(ffi::SQLITE_ERROR));
            }
            loop {
                let code = ffi::sqlite3_backup_step(b, pages);
                let (left, all) = (ffi::sqlite3_backup_remaining(b), ffi::sqlite3_backup_pagecount(b));
                let goes_on = matches!(code, ffi::SQLITE_OK | ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED);
                if !step(code, left, all) || !goes_on {
                    break;
                }
            }
            target.check(ffi::sqlite3_backup_finish(b))
        }
    }
}

// ---- callbacks of a connection ----

unsafe extern "C" fn authorize(
    p: *mut c_void,
    action: c_int,
    a: *const c_char,
    b: *const c_char,
    c: *const c_char,
    d: *const c_char,
) -> c_int {
    // SAFETY: SQL-2.
    let f = unsafe { &*(p as *const Hooks) }.authorizer.borrow().clone();
    let parts = [a, b, c, d].map(text);
    f.map_or(ffi::SQLITE_OK, |f| f(action, parts.each_ref().map(Option::as_deref)))
}
unsafe extern "C" fn progress(p: *mut c_void) -> c_int {
    // SAFETY: SQL-2.
    let f = unsafe { &*(p as *const Hooks) }.progress.borrow().clone();
    f.map_or(0, |f| c_int::from(f()))
}
unsafe extern "C" fn trace(_: u32, p: *mut c_void, stmt: *mut c_void, sql: *mut c_void) -> c_int {
    // SAFETY: SQL-2; SQL-1: the event is that of a statement, whose expanded text is SQLite's memory.
    let (f, line) = unsafe {
        let expanded = ffi::sqlite3_expanded_sql(stmt.cast());
        let line = text(expanded).or_else(|| text(sql.cast())).unwrap_or_default();
        ffi::sqlite3_free(expanded.cast());
        ((*(p as *const Hooks)).tracer.borrow().clone(), line)
    };
    if let Some(f) = f {
        f(&line);
    }
    0
}
unsafe extern "C" fn busy(p: *mut c_void, tries: c_int) -> c_int {
    // SAFETY: SQL-2.
    let f = unsafe { &*(p as *const Hooks) }.busy.borrow().clone();
    f.map_or(0, |f| c_int::from(f(tries)))
}

impl Db {
    fn hooks(&self) -> *mut c_void {
        (&raw const *self.hooks) as *mut c_void
    }
    pub fn set_authorizer(&self, f: Option<Rc<Authorizer>>) -> Outcome<()> {
        let call = f.is_some().then_some(authorize as unsafe extern "C" fn(_, _, _, _, _, _) -> _);
        drop(self.hooks.authorizer.replace(f));
        // SAFETY: SQL-2.
        self.check(unsafe { ffi::sqlite3_set_authorizer(self.ptr.get(), call, self.hooks()) })
    }
    pub fn set_progress(&self, steps: i32, f: Option<Rc<Progress>>) {
        let call = f.is_some().then_some(progress as unsafe extern "C" fn(_) -> _);
        drop(self.hooks.progress.replace(f));
        // SAFETY: SQL-2.
        unsafe { ffi::sqlite3_progress_handler(self.ptr.get(), steps, call, self.hooks()) }
    }
    pub fn set_tracer(&self, f: Option<Rc<Tracer>>) -> Outcome<()> {
        let call = f.is_some().then_some(trace as unsafe extern "C" fn(_, _, _, _) -> _);
        let mask = if f.is_some() { ffi::SQLITE_TRACE_STMT } else { 0 };
        drop(self.hooks.tracer.replace(f));
        // SAFETY: SQL-2.
        self.check(unsafe { ffi::sqlite3_trace_v2(self.ptr.get(), mask as _, call, self.hooks()) })
    }
    /// `f` is asked whether to try again when another connection holds a lock.
    pub fn set_busy(&self, f: Rc<Busy>) {
        drop(self.hooks.busy.replace(Some(f)));
        // SAFETY: SQL-2.
        unsafe { ffi::sqlite3_busy_handler(self.ptr.get(), Some(busy), self.hooks()) };
    }
}

// ---- statements ----

impl Drop for Stmt {
    fn drop(&mut self) {
        self.finalize();
    }
}

impl Stmt {
    pub fn finalize(&self) {
        // SAFETY: SQL-1; finalizing null does nothing.
        unsafe { ffi::sqlite3_finalize(self.ptr.replace(std::ptr::null_mut())) };
    }
    pub fn db(&self) -> &Db {
        &self.db
    }
    pub fn is_live(&self) -> bool {
        !self.ptr.get().is_null()
    }
    /// Whether there is a row; an error otherwise, unless the statement is done.
    pub fn step(&self) -> Outcome<bool> {
        // SAFETY: SQL-1.
        match unsafe { ffi::sqlite3_step(self.ptr.get()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => Err(self.db.failure(code)),
        }
    }
    pub fn reset(&self) {
        // SAFETY: SQL-1; the code repeats that of the last step.
        unsafe { ffi::sqlite3_reset(self.ptr.get()) };
    }
    pub fn is_readonly(&self) -> bool {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_stmt_readonly(self.ptr.get()) != 0 }
    }
    pub fn parameters(&self) -> usize {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_bind_parameter_count(self.ptr.get()) as usize }
    }
    /// The name of parameter `i`, from 1, with its mark.
    pub fn parameter(&self, i: usize) -> Option<String> {
        // SAFETY: SQL-1.
        text(unsafe { ffi::sqlite3_bind_parameter_name(self.ptr.get(), i as c_int) })
    }
    /// Sets parameter `i`, from 1.
    pub fn bind(&self, i: usize, v: Value<'_>) -> Outcome<()> {
        let (p, i) = (self.ptr.get(), i as c_int);
        // SAFETY: SQL-1: SQLite copies texts and blobs before it returns (SQLITE_TRANSIENT); an empty blob has an address of its own.
        let code = unsafe {
            match v {
                Value::Null => ffi::sqlite3_bind_null(p, i),
                Value::Int(n) => ffi::sqlite3_bind_int64(p, i, n),
                Value::Float(x) => ffi::sqlite3_bind_double(p, i, x),
                Value::Text(t) => ffi::sqlite3_bind_text64(
                    p,
                    i,
                    t.as_ptr().cast(),
                    t.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                    ffi::SQLITE_UTF8 as _,
                ),
                Value::Blob(b) => {
                    ffi::sqlite3_bind_blob64(p, i, b.as_ptr().cast(), b.len() as u64, ffi::SQLITE_TRANSIENT())
                }
            }
        };
        self.db.check(code)
    }
    pub fn columns(&self) -> usize {
        // SAFETY: SQL-1.
        unsafe { ffi::sqlite3_column_count(self.ptr.get()) as usize }
    }
    pub fn column_name(&self, i: usize) -> Option<String> {
        // SAFETY: SQL-1.
        text(unsafe { ffi::sqlite3_column_name(self.ptr.get(), i as c_int) })
    }
    /// The type a column was declared with.
    pub fn column_type(&self, i: usize) -> Option<String> {
        // SAFETY: SQL-1.
        text(unsafe { ffi::sqlite3_column_decltype(self.ptr.get(), i as c_int) })
    }
    /// A value of the current row, passed to `f`, which does not touch the statement.
    pub fn column<R>(&self, i: usize, f: impl FnOnce(Value<'_>) -> R) -> R {
        let (p, i) = (self.ptr.get(), i as c_int);
        // SAFETY: SQL-1: the pointers are good until the next call for this statement.
        f(unsafe {
            match ffi::sqlite3_column_type(p, i) {
                ffi::SQLITE_INTEGER => Value::Int(ffi::sqlite3_column_int64(p, i)),
                ffi::SQLITE_FLOAT => Value::Float(ffi::sqlite3_column_double(p, i)),
                ffi::SQLITE_TEXT => {
                    let t = ffi::sqlite3_column_text(p, i);
                    Value::Text(bytes(t.cast(), ffi::sqlite3_column_bytes(p, i)))
                }
                ffi::SQLITE_BLOB => {
                    let b = ffi::sqlite3_column_blob(p, i);
                    Value::Blob(bytes(b, ffi::sqlite3_column_bytes(p, i)))
                }
                _ => Value::Null,
            }
        })
    }
    /// As `column`, the bytes of a value of any type; None for NULL and where there are none.
    pub fn column_bytes<R>(&self, i: usize, f: impl FnOnce(Option<&[u8]>) -> R) -> R {
        let (p, i) = (self.ptr.get(), i as c_int);
        // SAFETY: SQL-1: as `column`.
        f(unsafe {
            if ffi::sqlite3_column_type(p, i) == ffi::SQLITE_NULL {
                None
            } else {
                let b = ffi::sqlite3_column_blob(p, i);
                (!b.is_null()).then(|| bytes(b, ffi::sqlite3_column_bytes(p, i)))
            }
        })
    }
}
