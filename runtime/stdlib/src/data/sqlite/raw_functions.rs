//! Functions, aggregates and collations that SQLite calls.
//!
//! Invariants: SQL-2 and SQL-3 of raw.rs. SQL-4: the memory of a group holds null or a leaked box with its state, which `finish` frees.
#![allow(unsafe_code)]

use super::raw::{Db, Outcome, Value};
use libsqlite3_sys as ffi;
use std::cmp::Ordering;
use std::ffi::{CString, c_int, c_void};

/// Where the result of a call goes.
pub struct Context(*mut ffi::sqlite3_context);

impl Context {
    pub fn give(&self, v: Value<'_>) {
        // SAFETY: SQL-2: the context of the call under way; SQLite copies texts and blobs (SQLITE_TRANSIENT).
        unsafe {
            match v {
                Value::Null => ffi::sqlite3_result_null(self.0),
                Value::Int(n) => ffi::sqlite3_result_int64(self.0, n),
                Value::Float(x) => ffi::sqlite3_result_double(self.0, x),
                Value::Text(t) => ffi::sqlite3_result_text64(
                    self.0,
                    t.as_ptr().cast(),
                    t.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                    ffi::SQLITE_UTF8 as _,
                ),
                Value::Blob(b) => {
                    ffi::sqlite3_result_blob64(self.0, b.as_ptr().cast(), b.len() as u64, ffi::SQLITE_TRANSIENT())
                }
            }
        }
    }
    pub fn fail(&self, message: &str) {
        // SAFETY: SQL-2: SQLite copies the text.
        unsafe { ffi::sqlite3_result_error(self.0, message.as_ptr().cast(), message.len() as c_int) }
    }
    pub fn fail_memory(&self) {
        // SAFETY: SQL-2.
        unsafe { ffi::sqlite3_result_error_nomem(self.0) }
    }
    pub fn fail_size(&self) {
        // SAFETY: SQL-2.
        unsafe { ffi::sqlite3_result_error_toobig(self.0) }
    }
}

/// What a step of an aggregate is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Step,
    Inverse,
    /// The result so far.
    Value,
    /// The last result.
    Finish,
}
pub type Scalar = dyn Fn(&Context, &[Value<'_>]);
/// `S` is the state of a group.
pub type Grouped<S> = dyn Fn(&Context, Part, &mut Option<S>, &[Value<'_>]);
pub type Collation = dyn Fn(&[u8], &[u8]) -> Ordering;

/// The arguments of a call.
///
/// # Safety
/// `argv` has `n` values, which live until the call is over.
unsafe fn values<'a>(n: c_int, argv: *mut *mut ffi::sqlite3_value) -> Vec<Value<'a>> {
    let bytes = |p: *const c_void, n: c_int| -> &'a [u8] {
        // SAFETY: by contract; SQLite gives the pointer with its length.
        if p.is_null() || n <= 0 { &[] } else { unsafe { std::slice::from_raw_parts(p.cast(), n as usize) } }
    };
    // SAFETY: by contract.
    let each = |i: usize| unsafe {
        let v = *argv.add(i);
        match ffi::sqlite3_value_type(v) {
            ffi::SQLITE_INTEGER => Value::Int(ffi::sqlite3_value_int64(v)),
            ffi::SQLITE_FLOAT => Value::Float(ffi::sqlite3_value_double(v)),
            ffi::SQLITE_TEXT => {
                let t = ffi::sqlite3_value_text(v);
                Value::Text(bytes(t.cast(), ffi::sqlite3_value_bytes(v)))
            }
            ffi::SQLITE_BLOB => {
                let b = ffi::sqlite3_value_blob(v);
                Value::Blob(bytes(b, ffi::sqlite3_value_bytes(v)))
            }
            _ => Value::Null,
        }
    };
    (0..n.max(0) as usize).map(each).collect()
}

unsafe extern "C" fn call_scalar(c: *mut ffi::sqlite3_context, n: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: SQL-2.
    let (f, args) = unsafe { (&*(ffi::sqlite3_user_data(c) as *const Box<Scalar>), values(n, argv)) };
    f(&Context(c), &args);
}
unsafe extern "C" fn free<T>(p: *mut c_void) {
    // SAFETY: SQL-2: called once for a leaked box.
    drop(unsafe { Box::from_raw(p as *mut T) });
}

/// # Safety
/// `c` is the context of a call of an aggregate whose states are `S`.
unsafe fn run_part<S>(c: *mut ffi::sqlite3_context, part: Part, args: &[Value<'_>]) {
    // SAFETY: SQL-2, SQL-4: the memory is zeroed when it is made, null where there never was a row.
    unsafe {
        let f = &*(ffi::sqlite3_user_data(c) as *const Box<Grouped<S>>);
        let size = if part == Part::Finish { 0 } else { size_of::<*mut Option<S>>() as c_int };
        let at = ffi::sqlite3_aggregate_context(c, size) as *mut *mut Option<S>;
        if at.is_null() {
            let mut none = None;
            return f(&Context(c), part, &mut none, args);
        }
        if (*at).is_null() {
            *at = Box::into_raw(Box::new(None));
        }
        f(&Context(c), part, &mut **at, args);
        if part == Part::Finish {
            drop(Box::from_raw(std::mem::replace(&mut *at, std::ptr::null_mut())));
        }
    }
}
unsafe extern "C" fn step<S>(c: *mut ffi::sqlite3_context, n: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: SQL-2.
    unsafe { run_part::<S>(c, Part::Step, &values(n, argv)) }
}
unsafe extern "C" fn inverse<S>(c: *mut ffi::sqlite3_context, n: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: SQL-2.
    unsafe { run_part::<S>(c, Part::Inverse, &values(n, argv)) }
}
unsafe extern "C" fn value<S>(c: *mut ffi::sqlite3_context) {
    // SAFETY: SQL-2.
    unsafe { run_part::<S>(c, Part::Value, &[]) }
}
unsafe extern "C" fn finish<S>(c: *mut ffi::sqlite3_context) {
    // SAFETY: SQL-2.
    unsafe { run_part::<S>(c, Part::Finish, &[]) }
}
unsafe extern "C" fn collate(p: *mut c_void, n: c_int, a: *const c_void, m: c_int, b: *const c_void) -> c_int {
    // SAFETY: SQL-2: two texts with their lengths.
    unsafe {
        let part = |p: *const c_void, n: c_int| -> &[u8] {
            if p.is_null() || n <= 0 { &[] } else { std::slice::from_raw_parts(p.cast(), n as usize) }
        };
        (*(p as *const Box<Collation>))(part(a, n), part(b, m)) as c_int
    }
}

impl Db {
    /// Makes a function, or with None removes it.
    pub fn create_function(&self, name: &CString, n: i32, deterministic: bool, f: Option<Box<Scalar>>) -> Outcome<()> {
        let flags = ffi::SQLITE_UTF8 | if deterministic { ffi::SQLITE_DETERMINISTIC } else { 0 };
        let call = f.is_some().then_some(call_scalar as unsafe extern "C" fn(_, _, _));
        let p = f.map_or(std::ptr::null_mut(), |f| Box::into_raw(Box::new(f)) as *mut c_void);
        let drop = (!p.is_null()).then_some(free::<Box<Scalar>> as unsafe extern "C" fn(_));
        // SAFETY: SQL-2.
        self.check(unsafe {
            ffi::sqlite3_create_function_v2(self.as_ptr(), name.as_ptr(), n, flags, p, call, None, None, drop)
        })
    }
    /// Makes an aggregate, for windows too where `window` says so, or with None removes it.
    pub fn create_aggregate<S: 'static>(
        &self,
        name: &CString,
        n: i32,
        window: bool,
        f: Option<Box<Grouped<S>>>,
    ) -> Outcome<()> {
        let some = f.is_some();
        let p = f.map_or(std::ptr::null_mut(), |f| Box::into_raw(Box::new(f)) as *mut c_void);
        let drop = some.then_some(free::<Box<Grouped<S>>> as unsafe extern "C" fn(_));
        let add = some.then_some(step::<S> as unsafe extern "C" fn(_, _, _));
        let end = some.then_some(finish::<S> as unsafe extern "C" fn(_));
        let (db, name, utf8) = (self.as_ptr(), name.as_ptr(), ffi::SQLITE_UTF8);
        // SAFETY: SQL-2.
        self.check(unsafe {
            if window {
                let now = some.then_some(value::<S> as unsafe extern "C" fn(_));
                let back = some.then_some(inverse::<S> as unsafe extern "C" fn(_, _, _));
                ffi::sqlite3_create_window_function(db, name, n, utf8, p, add, end, now, back, drop)
            } else {
                ffi::sqlite3_create_function_v2(db, name, n, utf8, p, None, add, end, drop)
            }
        })
    }
    pub fn create_collation(&self, name: &CString, f: Option<Box<Collation>>) -> Outcome<()> {
        let call = f.is_some().then_some(collate as unsafe extern "C" fn(_, _, _, _, _) -> _);
        let p = f.map_or(std::ptr::null_mut(), |f| Box::into_raw(Box::new(f)) as *mut c_void);
        let drop = (!p.is_null()).then_some(free::<Box<Collation>> as unsafe extern "C" fn(_));
        let (db, utf8) = (self.as_ptr(), ffi::SQLITE_UTF8);
        // SAFETY: SQL-2; SQLite does not free the data of a collation that it refuses.
        self.check(unsafe {
            let code = ffi::sqlite3_create_collation_v2(db, name.as_ptr(), utf8, p, call, drop);
            if code != ffi::SQLITE_OK && !p.is_null() {
                free::<Box<Collation>>(p);
            }
            code
        })
    }
}
