//! Blobs that are read and written in place.
//!
//! Invariant: SQL-1 of raw.rs holds for blobs as for statements: null once closed.
#![allow(unsafe_code)]

use super::raw::{Db, Outcome};
use libsqlite3_sys as ffi;
use std::cell::Cell;
use std::ffi::{CString, c_int};
use std::rc::Rc;

pub struct RawBlob {
    ptr: Cell<*mut ffi::sqlite3_blob>,
    db: Rc<Db>,
}

impl Drop for RawBlob {
    fn drop(&mut self) {
        self.close();
    }
}

impl RawBlob {
    pub fn open(db: &Rc<Db>, place: [&CString; 3], row: i64, writable: bool) -> Outcome<Rc<RawBlob>> {
        let mut p = std::ptr::null_mut();
        let [name, table, column] = place.map(|s| s.as_ptr());
        // SAFETY: SQL-1: an open connection and NUL-terminated texts.
        let code = unsafe { ffi::sqlite3_blob_open(db.as_ptr(), name, table, column, row, writable.into(), &mut p) };
        db.check(code)?;
        let blob = Rc::new(RawBlob { ptr: Cell::new(p), db: db.clone() });
        db.keep_blob(&blob);
        Ok(blob)
    }
    pub fn close(&self) {
        // SAFETY: SQL-1; closing null does nothing.
        unsafe { ffi::sqlite3_blob_close(self.ptr.replace(std::ptr::null_mut())) };
    }
    pub fn is_open(&self) -> bool {
        !self.ptr.get().is_null()
    }
    pub fn len(&self) -> usize {
        // SAFETY: SQL-1.
        if self.is_open() { unsafe { ffi::sqlite3_blob_bytes(self.ptr.get()).max(0) as usize } } else { 0 }
    }
    /// `n` bytes from `at` on.
    pub fn read(&self, at: usize, n: usize) -> Outcome<Vec<u8>> {
        let mut out = vec![0u8; n];
        // SAFETY: SQL-1: room for `n` bytes; SQLite checks that the blob has them.
        let code = unsafe { ffi::sqlite3_blob_read(self.ptr.get(), out.as_mut_ptr().cast(), n as c_int, at as c_int) };
        self.db.check(code).map(|()| out)
    }
    pub fn write(&self, at: usize, data: &[u8]) -> Outcome<()> {
        // SAFETY: SQL-1: SQLite checks that the blob has room for the bytes.
        let code =
            unsafe { ffi::sqlite3_blob_write(self.ptr.get(), data.as_ptr().cast(), data.len() as c_int, at as c_int) };
        self.db.check(code)
    }
}
