//! [`Buffered`]: the state and the algorithms that the buffered streams share.
//!
//! Invariants: BIO-1: whoever touches `block` holds the stream's lock (`lock`), so that nobody sees it while raw I/O has taken it
//! out. BIO-2: `pos` is the logical position in the block, `raw_pos` the raw stream's, `read_end`/`write_end` are -1 when the
//! block holds nothing of that kind. CPython: Modules/_io/bufferedio.c.

use super::fileio::{FILE_IO, FileIo};
use super::{base, unsupported, words, would_block};
use crate::os::convert::{new_bytes, offset};
use adder_mem::heap::Global;
use adder_object::call::{call_method, call1};
use adder_object::{
    ByteArray, Bytes, Obj, ObjCell, ObjExt, PyResult, Vm, attr, buffer, bytes, error, exceptions as exc, int, ops,
};
use std::cell::{Cell, RefCell};
use std::time::Duration;

pub struct Buffered {
    pub raw: ObjCell,
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// The raw stream is exactly a FileIO: its system calls are made directly.
    fast: Cell<bool>,
    abs_pos: Cell<i64>,
    block: RefCell<Vec<u8>>,
    pub size: Cell<usize>,
    pos: Cell<usize>,
    raw_pos: Cell<i64>,
    read_end: Cell<i64>,
    write_pos: Cell<usize>,
    write_end: Cell<i64>,
    owner: Cell<u64>,
}
adder_object::trace_fields!(Buffered { raw });

static WAITING: Global<usize> = Global::new(0);

/// Holds the stream's lock; dropping it frees the lock.
pub struct Locked<'a>(&'a Buffered);
impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
    }
}

/// What a raw read or write gave: None when it would block.
type Raw = PyResult<Option<usize>>;

impl Default for Buffered {
    fn default() -> Buffered {
        Buffered {
            raw: ObjCell::empty(),
            ok: Cell::new(false),
            detached: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            fast: Cell::new(false),
            abs_pos: Cell::new(-1),
            block: RefCell::default(),
            size: Cell::new(0),
            pos: Cell::new(0),
            raw_pos: Cell::new(0),
            read_end: Cell::new(-1),
            write_pos: Cell::new(0),
            write_end: Cell::new(-1),
            owner: Cell::new(0),
        }
    }
}
impl Buffered {
    pub fn setup(&self, vm: &Vm, raw: &Obj, size: i64, readable: bool, writable: bool) -> PyResult<()> {
        if size <= 0 {
            return Err(error::value_error("buffer size must be strictly positive"));
        }
        self.ok.set(false);
        self.detached.set(false);
        self.raw.set(raw.clone());
        self.size.set(size as usize);
        self.readable.set(readable);
        self.writable.set(writable);
        self.fast.set(raw.is_exact(&FILE_IO));
        // The block is made at the first use: many streams move big pieces only. Its size is checked now all the same.
        self.block.replace(base::zeroed(if size > 1 << 24 { size as usize } else { 0 })?);
        self.pos.set(0);
        self.read_end.set(-1);
        self.write_end.set(-1);
        self.write_pos.set(0);
        self.raw_pos.set(0);
        // A stream that cannot tell is fine: the position stays unknown.
        if self.raw_tell_now(vm).is_err() {
            self.abs_pos.set(-1);
        }
        self.ok.set(true);
        Ok(())
    }
    pub fn check_init(&self) -> PyResult<Obj> {
        if self.ok.get()
            && let Some(raw) = self.raw.get()
        {
            return Ok(raw);
        }
        Err(error::value_error(if self.detached.get() {
            "raw stream has been detached"
        } else {
            "I/O operation on uninitialized object"
        }))
    }
    /// Whether it is set up over a file of the system that is open.
    #[inline]
    pub fn is_open_file(&self) -> bool {
        let open = |raw: Option<&Obj>| raw.and_then(|raw| raw.get_exact::<FileIo>()).is_some_and(|f| f.fd.get() >= 0);
        self.ok.get() && self.raw.with(open)
    }
    pub fn raw_closed(&self, vm: &Vm) -> PyResult<bool> {
        let raw = self.check_init()?;
        match raw.get_exact::<FileIo>() {
            Some(f) => Ok(f.fd.get() < 0),
            None => base::is_closed(vm, &raw),
        }
    }
    pub fn check_open(&self, vm: &Vm, text: &str) -> PyResult<()> {
        if self.raw_closed(vm)? && self.readahead() == 0 {
            return Err(error::value_error(text));
        }
        Ok(())
    }
    /// Takes the stream's lock; RuntimeError when this very thread has it already (a signal handler, a finalizer).
    pub fn lock(&self, vm: &Vm, this: &Obj) -> PyResult<Locked<'_>> {
        let me = vm.ident;
        if self.owner.get() == me {
            let what = ops::repr_string(vm, this).unwrap_or_default();
            return Err(error::runtime_error(format!("reentrant call inside {what}")));
        }
        let mut wait = 20;
        while self.owner.get() != 0 {
            *WAITING.get() += 1;
            vm.allow_threads(|| std::thread::sleep(Duration::from_micros(wait)));
            *WAITING.get() -= 1;
            wait = (wait * 2).min(2000);
            vm.check_breaker()?;
        }
        self.owner.set(me);
        Ok(Locked(self))
    }

    fn valid_read(&self) -> bool {
        self.readable.get() && self.read_end.get() != -1
    }
    fn valid_write(&self) -> bool {
        self.writable.get() && self.write_end.get() != -1
    }
    pub fn readahead(&self) -> usize {
        if self.valid_read() { (self.read_end.get() - self.pos.get() as i64).max(0) as usize } else { 0 }
    }
    fn raw_offset(&self) -> i64 {
        if (self.valid_read() || self.valid_write()) && self.raw_pos.get() >= 0 {
            self.raw_pos.get() - self.pos.get() as i64
        } else {
            0
        }
    }
    fn set_pos(&self, n: usize) {
        self.pos.set(n);
        if self.valid_read() && self.read_end.get() < n as i64 {
            self.read_end.set(n as i64);
        }
    }
    pub fn reset_read(&self) {
        self.read_end.set(-1);
    }
    fn reset_write(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }
    fn with_block<R>(&self, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut b = self.block.borrow_mut();
        if b.len() != self.size.get() {
            b.resize(self.size.get(), 0);
        }
        f(&mut b)
    }

    // ---- the raw stream ----

    fn raw_tell_now(&self, vm: &Vm) -> PyResult<i64> {
        let raw = self.raw.get().ok_or_else(super::closed_file)?;
        let n = match raw.get_exact::<FileIo>() {
            Some(f) => f.seek_to(0, libc::SEEK_CUR)?,
            None => {
                let r = call_method(vm, &raw, &words().tell, &[])?;
                offset(vm, &r)?
            }
        };
        self.checked_pos("tell", n)
    }
    fn checked_pos(&self, what: &str, n: i64) -> PyResult<i64> {
        if n < 0 {
            self.abs_pos.set(-1);
            return Err(error::os_error_text(format!("Raw stream returned invalid position {n}")));
        }
        let _ = what;
        self.abs_pos.set(n);
        Ok(n)
    }
    fn raw_tell(&self, vm: &Vm) -> PyResult<i64> {
        if self.abs_pos.get() != -1 { Ok(self.abs_pos.get()) } else { self.raw_tell_now(vm) }
    }
    fn raw_seek(&self, vm: &Vm, target: i64, whence: i32) -> PyResult<i64> {
        let raw = self.check_init()?;
        let n = match raw.get_exact::<FileIo>() {
            Some(f) => f.seek_to(target, whence)?,
            None => {
                let r = call_method(vm, &raw, &words().seek, &[int::from_i64(target), int::from_i64(whence as i64)])?;
                offset(vm, &r)?
            }
        };
        self.checked_pos("seek", n)
    }
    fn moved(&self, n: usize) {
        if self.abs_pos.get() != -1 {
            self.abs_pos.set(self.abs_pos.get() + n as i64);
        }
    }
    /// One raw read into `out`.
    fn raw_read(&self, vm: &Vm, out: &mut [u8]) -> Raw {
        let raw = self.check_init()?;
        let r = match raw.get_exact::<FileIo>() {
            Some(f) => f.read_into(vm, out)?,
            None => {
                let array = ByteArray::new(vec![0; out.len()]);
                let view = buffer::memoryview_of(vm, array.obj(), buffer::FULL)?;
                let r = loop {
                    match call_method(vm, &raw, &words().readinto, std::slice::from_ref(&view)) {
                        Err(e) if base::interrupted(vm, &e)? => {}
                        r => break r?,
                    }
                };
                if r.is_none() {
                    return Ok(None);
                }
                let n = raw_count(vm, &r, out.len(), "readinto()")?;
                let data = array.data.borrow();
                let n = n.min(data.len());
                out[..n].copy_from_slice(&data[..n]);
                Some(n)
            }
        };
        self.moved(r.unwrap_or(0));
        Ok(r)
    }
    fn raw_write(&self, vm: &Vm, data: &[u8]) -> Raw {
        let raw = self.check_init()?;
        let r = match raw.get_exact::<FileIo>() {
            Some(f) => f.write_from(vm, data)?,
            None => {
                let view = buffer::memoryview_of(vm, &bytes::new(data), buffer::FULL_RO)?;
                let r = loop {
                    match call_method(vm, &raw, &words().write, std::slice::from_ref(&view)) {
                        Err(e) if base::interrupted(vm, &e)? => {}
                        r => break r?,
                    }
                };
                if r.is_none() {
                    return Ok(None);
                }
                Some(raw_count(vm, &r, data.len(), "write()")?)
            }
        };
        self.moved(r.unwrap_or(0));
        Ok(r)
    }
    /// Fills the block from where valid data ends.
    fn fill(&self, vm: &Vm) -> Raw {
        let start = if self.valid_read() { self.read_end.get() as usize } else { 0 };
        let mut block = self.with_block(std::mem::take);
        let r = self.raw_read(vm, &mut block[start..]);
        self.block.replace(block);
        if let Ok(Some(n)) = r
            && n > 0
        {
            self.read_end.set((start + n) as i64);
            self.raw_pos.set((start + n) as i64);
        }
        r
    }

    // ---- writing ----

    /// Writes out what is buffered. The caller holds the lock.
    pub fn flush_write(&self, vm: &Vm) -> PyResult<()> {
        if !self.valid_write() || self.write_pos.get() as i64 == self.write_end.get() {
            self.reset_write();
            return Ok(());
        }
        let rewind = self.raw_offset() + (self.pos.get() as i64 - self.write_pos.get() as i64);
        if rewind != 0 {
            self.raw_seek(vm, -rewind, 1)?;
            self.raw_pos.set(self.raw_pos.get() - rewind);
        }
        while (self.write_pos.get() as i64) < self.write_end.get() {
            let block = self.with_block(std::mem::take);
            let r = self.raw_write(vm, &block[self.write_pos.get()..self.write_end.get() as usize]);
            self.block.replace(block);
            let Some(n) = r? else { return Err(would_block("write could not complete without blocking", 0)) };
            self.write_pos.set(self.write_pos.get() + n);
            self.raw_pos.set(self.write_pos.get() as i64);
            vm.check_breaker()?;
        }
        self.reset_write();
        Ok(())
    }
    /// Flush, and put the raw stream where the logical position is.
    pub fn flush_and_rewind(&self, vm: &Vm) -> PyResult<()> {
        self.flush_write(vm)?;
        if self.readable.get() {
            let offset = self.raw_offset();
            self.reset_read();
            if offset != 0 {
                self.raw_seek(vm, -offset, 1)?;
            }
        }
        Ok(())
    }
    /// `write` of a stream open for writing. The caller holds the lock.
    pub fn write(&self, vm: &Vm, data: &[u8]) -> PyResult<usize> {
        let (len, size) = (data.len(), self.size.get());
        if !self.valid_read() && !self.valid_write() {
            self.pos.set(0);
            self.raw_pos.set(0);
        }
        let avail = size.saturating_sub(self.pos.get());
        if len <= avail && len < size {
            let at = self.pos.get();
            self.with_block(|b| b[at..at + len].copy_from_slice(data));
            if !self.valid_write() || self.write_pos.get() > at {
                self.write_pos.set(at);
            }
            self.set_pos(at + len);
            self.write_end.set(self.write_end.get().max(self.pos.get() as i64));
            return Ok(len);
        }
        if let Err(e) = self.flush_write(vm) {
            if !e.is(&exc::BLOCKING_IO_ERROR) {
                return Err(e);
            }
            return self.write_blocked(data);
        }
        let offset = self.raw_offset();
        if offset != 0 {
            self.raw_seek(vm, -offset, 1)?;
            self.raw_pos.set(self.raw_pos.get() - offset);
        }
        let mut done = 0;
        while len - done > size {
            match self.raw_write(vm, &data[done..])? {
                Some(n) => done += n,
                None => {
                    if len - done > size {
                        self.with_block(|b| b.copy_from_slice(&data[done..done + size]));
                        self.raw_pos.set(0);
                        self.set_pos(size);
                        self.write_pos.set(0);
                        self.write_end.set(size as i64);
                        return Err(would_block("write could not complete without blocking", done + size));
                    }
                    break;
                }
            }
            vm.check_breaker()?;
        }
        if self.readable.get() {
            self.reset_read();
        }
        let rest = len - done;
        if rest > 0 {
            self.with_block(|b| b[..rest].copy_from_slice(&data[done..]));
        }
        self.write_pos.set(0);
        self.write_end.set(rest as i64);
        self.pos.set(rest);
        self.raw_pos.set(0);
        Ok(len)
    }
    /// The raw stream would block: keeps what fits.
    fn write_blocked(&self, data: &[u8]) -> PyResult<usize> {
        if self.readable.get() {
            self.reset_read();
        }
        let (from, to) = (self.write_pos.get(), self.write_end.get().max(0) as usize);
        self.with_block(|b| b.copy_within(from..to, 0));
        self.write_end.set((to - from) as i64);
        self.raw_pos.set(self.raw_pos.get() - from as i64);
        self.pos.set(self.pos.get().saturating_sub(from));
        self.write_pos.set(0);
        let end = to - from;
        let n = data.len().min(self.size.get() - end);
        self.with_block(|b| b[end..end + n].copy_from_slice(&data[..n]));
        self.write_end.set((end + n) as i64);
        self.pos.set(self.pos.get() + n);
        if n == data.len() { Ok(n) } else { Err(would_block("write could not complete without blocking", n)) }
    }

    // ---- reading ----

    fn take_ahead(&self, out: &mut [u8]) -> usize {
        let n = self.readahead().min(out.len());
        let at = self.pos.get();
        if n > 0 {
            self.with_block(|b| out[..n].copy_from_slice(&b[at..at + n]));
            self.pos.set(at + n);
        }
        n
    }
    /// `read(n)`; None when nothing is there without blocking.
    pub fn read(&self, vm: &Vm, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut out = base::zeroed(n)?;
        let mut done = self.take_ahead(&mut out);
        if done == n {
            return Ok(Some(out));
        }
        if self.writable.get() {
            self.flush_and_rewind(vm)?;
        }
        self.reset_read();
        let size = self.size.get();
        while n - done >= size {
            let whole = (n - done) / size * size;
            match self.raw_read(vm, &mut out[done..done + whole])? {
                Some(k) if k > 0 => done += k,
                r => return Ok(truncated(out, done, r)),
            }
        }
        self.pos.set(0);
        self.raw_pos.set(0);
        self.read_end.set(0);
        while done < n && (self.read_end.get() as usize) < size {
            match self.fill(vm)? {
                Some(k) if k > 0 => done += self.take_ahead(&mut out[done..]),
                r => return Ok(truncated(out, done, r)),
            }
        }
        out.truncate(done);
        Ok(Some(out))
    }
    fn take_all_ahead(&self) -> Vec<u8> {
        let mut out = vec![0; self.readahead()];
        self.take_ahead(&mut out);
        out
    }
    pub fn read_all(&self, vm: &Vm) -> PyResult {
        let mut out = self.take_all_ahead();
        if self.writable.get() {
            self.flush_and_rewind(vm)?;
        }
        self.reset_read();
        let raw = self.check_init()?;
        if let Some(f) = raw.get_exact::<FileIo>() {
            let r = f.read_all(vm)?;
            self.abs_pos.set(-1);
            return Ok(match r {
                Some(v) if out.is_empty() => new_bytes(&v),
                Some(v) => {
                    out.extend_from_slice(&v);
                    new_bytes(&out)
                }
                None if out.is_empty() => adder_object::singletons::none(),
                None => new_bytes(&out),
            });
        }
        self.abs_pos.set(-1);
        if let Some(readall) = attr::lookup(vm, &raw, &words().readall)? {
            let r = adder_object::call::call0(vm, &readall)?;
            if r.is_none() {
                return Ok(if out.is_empty() { r } else { new_bytes(&out) });
            }
            let Some(b) = r.get::<Bytes>() else { return Err(error::type_error("readall() should return bytes")) };
            if out.is_empty() {
                return Ok(r);
            }
            out.extend_from_slice(b.as_slice());
            return Ok(new_bytes(&out));
        }
        loop {
            let r = match call_method(vm, &raw, &words().read, &[]) {
                Err(e) if base::interrupted(vm, &e)? => continue,
                r => r?,
            };
            match r.get::<Bytes>() {
                Some(b) if !b.is_empty() => out.extend_from_slice(b.as_slice()),
                None if !r.is_none() => return Err(error::type_error("read() should return bytes")),
                _ if out.is_empty() => return Ok(r),
                _ => return Ok(new_bytes(&out)),
            }
        }
    }
    /// At most one raw read.
    pub fn read1(&self, vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
        let have = self.readahead();
        let mut out = base::zeroed(if have > 0 { n.min(have) } else { n })?;
        if have > 0 {
            self.take_ahead(&mut out);
            return Ok(out);
        }
        if self.writable.get() {
            self.flush_and_rewind(vm)?;
        }
        self.reset_read();
        let r = self.raw_read(vm, &mut out)?;
        out.truncate(r.unwrap_or(0));
        Ok(out)
    }
    pub fn readinto(&self, vm: &Vm, out: &mut [u8], once: bool) -> PyResult<Option<usize>> {
        let mut done = self.take_ahead(out);
        if done == out.len() {
            return Ok(Some(done));
        }
        if self.writable.get() {
            self.flush_and_rewind(vm)?;
        }
        self.reset_read();
        self.pos.set(0);
        while done < out.len() {
            let rest = out.len() - done;
            let r = if rest > self.size.get() {
                self.raw_read(vm, &mut out[done..])?
            } else if !(once && done > 0) {
                let r = self.fill(vm)?;
                match r {
                    Some(k) if k > 0 => Some(self.take_ahead(&mut out[done..])),
                    r => r,
                }
            } else {
                Some(0)
            };
            match r {
                Some(k) if k > 0 => done += k,
                r => return Ok(if done > 0 { Some(done) } else { r }),
            }
            if once {
                break;
            }
        }
        Ok(Some(done))
    }
    /// What is buffered, after one raw read when nothing is.
    pub fn peek(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let have = self.readahead();
        let at = self.pos.get();
        if have > 0 {
            return Ok(self.with_block(|b| b[at..at + have].to_vec()));
        }
        if self.writable.get() {
            self.flush_and_rewind(vm)?;
        }
        self.reset_read();
        let n = self.fill(vm)?.unwrap_or(0);
        self.pos.set(0);
        Ok(self.with_block(|b| b[..n].to_vec()))
    }
    pub fn readline(&self, vm: &Vm, limit: i64) -> PyResult<Vec<u8>> {
        let mut out = vec![];
        let mut limit = if limit < 0 { usize::MAX } else { limit as usize };
        let mut flushed = false;
        loop {
            let have = self.readahead().min(limit);
            let at = self.pos.get();
            let (n, ended) = self.with_block(|b| {
                let ahead = &b[at..at + have];
                let end = memchr::memchr(b'\n', ahead);
                let n = end.map_or(have, |i| i + 1);
                out.extend_from_slice(&ahead[..n]);
                (n, end.is_some())
            });
            self.pos.set(at + n);
            limit -= n;
            if ended || limit == 0 {
                return Ok(out);
            }
            if self.writable.get() && !flushed {
                self.flush_and_rewind(vm)?;
                flushed = true;
            }
            self.reset_read();
            let r = self.fill(vm)?;
            self.pos.set(0);
            if r.unwrap_or(0) == 0 {
                return Ok(out);
            }
        }
    }

    // ---- positions ----

    pub fn tell(&self, vm: &Vm) -> PyResult<i64> {
        let pos = self.raw_tell_now(vm)?;
        Ok((pos - self.raw_offset()).max(0))
    }
    pub fn seek(&self, vm: &Vm, this: &Obj, target: i64, whence: i32) -> PyResult<i64> {
        let mut target = target;
        if whence != 2 && self.readable.get() {
            let current = self.raw_tell(vm)?;
            let avail = self.readahead() as i64;
            if avail > 0 {
                let offset = if whence == 0 { target - (current - self.raw_offset()) } else { target };
                if offset >= -(self.pos.get() as i64) && offset <= avail {
                    let result = current - avail + offset;
                    self.pos.set((self.pos.get() as i64 + offset) as usize);
                    return Ok(if result < 0 { 0 } else { result });
                }
            }
        }
        let _guard = self.lock(vm, this)?;
        if self.writable.get() {
            self.flush_write(vm)?;
        }
        if whence == 1 {
            target -= self.raw_offset();
        }
        let n = self.raw_seek(vm, target, whence)?;
        self.raw_pos.set(-1);
        if self.readable.get() {
            self.reset_read();
        }
        Ok(n)
    }
    pub fn truncate(&self, vm: &Vm, this: &Obj, pos: &Obj) -> PyResult {
        if !self.writable.get() {
            return Err(unsupported(vm, "truncate"));
        }
        let _guard = self.lock(vm, this)?;
        self.flush_and_rewind(vm)?;
        let raw = self.check_init()?;
        let r = call_method(vm, &raw, &words().truncate, std::slice::from_ref(pos))?;
        let _ = self.raw_tell_now(vm);
        Ok(r)
    }
    /// Drops the block (after closing).
    pub fn free(&self) {
        self.reset_read();
        self.reset_write();
        self.block.replace(vec![]);
    }
    pub fn call_raw(&self, vm: &Vm, name: &Obj) -> PyResult {
        let raw = self.check_init()?;
        call_method(vm, &raw, name, &[])
    }
    pub fn warn_unclosed(&self, vm: &Vm, source: &Obj) {
        if let Some(raw) = self.raw.get()
            && let Ok(Some(f)) = attr::lookup(vm, &raw, &words()._dealloc_warn)
        {
            let _ = call1(vm, &f, source);
        }
    }
}

fn truncated(mut out: Vec<u8>, done: usize, r: Option<usize>) -> Option<Vec<u8>> {
    if done == 0 && r.is_none() {
        return None;
    }
    out.truncate(done);
    Some(out)
}

/// The count that a Python raw stream's `readinto` or `write` returned.
fn raw_count(vm: &Vm, r: &Obj, len: usize, what: &str) -> PyResult<usize> {
    let n = match ops::size_isize(vm, r) {
        Ok(n) => n,
        Err(e) if what == "readinto()" => {
            let wrapped = error::os_error_text("raw readinto() failed");
            return Err(wrapped.with_cause(e));
        }
        Err(e) => return Err(e),
    };
    if n < 0 || n as usize > len {
        return Err(error::os_error_text(format!(
            "raw {what} returned invalid length {n} (should have been between 0 and {len})"
        )));
    }
    Ok(n as usize)
}
