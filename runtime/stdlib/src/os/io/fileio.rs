//! `FileIO`: a file descriptor as a raw stream.
//!
//! CPython: Modules/_io/fileio.c.

use super::base::{self, RAW_IO_BASE};
use super::{unsupported, words};
use crate::os::convert::{descriptor, fs_path, new_bytes, new_str, offset, size_or, warn_bool_fd};
use crate::os::sys_calls::{self as sys, blocking};
use adder_object::bind::{Bound, Signature};
use adder_object::call::{Args, call_pos};
use adder_object::slots::slot;
use adder_object::spec::{Native, getset, getter, method};
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeSpec, Vm, attr, error, exceptions as exc, float, int,
    ops, singletons,
};
use std::cell::{Cell, OnceCell};

pub struct FileIo {
    pub fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// -1 unknown, 0 no, 1 yes.
    seekable: Cell<i8>,
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    blksize: Cell<u32>,
    /// Size at opening of a regular file, -1 unknown; whether it is surely no terminal.
    size: Cell<i64>,
    regular: Cell<bool>,
}
adder_object::trace_fields!(FileIo);
adder_object::payload!(FileIo, FILE_IO);
pub static FILE_IO: StaticType = StaticType::new::<FileIo>("_io.FileIO", base::FLAGS);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(
        ty,
        FileIo {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(-1),
            closefd: Cell::new(true),
            finalizing: Cell::new(false),
            blksize: Cell::new(8192),
            size: Cell::new(-1),
            regular: Cell::new(false),
        },
    )
    .into_obj())
}

thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let bound = SIG
        .with(|s| s.get_or_init(|| Signature::parse("FileIO(file, mode='r', closefd=True, opener=None)")).bind(args))?;
    let mode = match bound.opt(1) {
        None => "r".to_owned(),
        Some(m) if m.get::<Str>().is_some() => base::text_of(m),
        Some(m) => {
            return Err(error::type_error(format!(
                "FileIO() argument 'mode' must be str, not {}",
                crate::os::convert::type_name_or_none(m)
            )));
        }
    };
    let closefd = bound.opt(2).map_or(Ok(true), |c| ops::truth(vm, c))?;
    open_into(vm, this, bound.req(0), &mode, closefd, bound.opt_not_none(3))
}

/// The native constructor, for `open`.
pub fn open_file(vm: &Vm, file: &Obj, mode: &str, closefd: bool, opener: Option<&Obj>) -> PyResult {
    let f = new(vm, &FILE_IO, Args::EMPTY)?;
    open_into(vm, &f, file, mode, closefd, opener)?;
    Ok(f)
}

fn parse_mode(f: &FileIo, mode: &str) -> PyResult<i32> {
    let bad_mode = || error::value_error("Must have exactly one of create/read/write/append mode and at most one plus");
    let (mut kind, mut plus, mut flags) = (false, false, 0);
    f.created.set(false);
    f.readable.set(false);
    f.writable.set(false);
    f.appending.set(false);
    for c in mode.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' if kind => return Err(bad_mode()),
            'x' => {
                kind = true;
                f.created.set(true);
                f.writable.set(true);
                flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => {
                kind = true;
                f.readable.set(true);
            }
            'w' => {
                kind = true;
                f.writable.set(true);
                flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                kind = true;
                f.writable.set(true);
                f.appending.set(true);
                flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' if plus => return Err(bad_mode()),
            '+' => {
                plus = true;
                f.readable.set(true);
                f.writable.set(true);
            }
            _ => return Err(error::value_error(format!("invalid mode: {mode}"))),
        }
    }
    if !kind {
        return Err(bad_mode());
    }
    flags |= match (f.readable.get(), f.writable.get()) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    Ok(flags | libc::O_CLOEXEC)
}

fn open_into(vm: &Vm, this: &Obj, file: &Obj, mode: &str, closefd: bool, opener: Option<&Obj>) -> PyResult<()> {
    let f = this.this::<FileIo>()?;
    if f.fd.get() >= 0 {
        if f.closefd.get() {
            internal_close(vm, f)?;
        } else {
            f.fd.set(-1);
        }
    }
    f.seekable.set(-1);
    f.closefd.set(true);
    let by_fd = !float::is_float(file) && (int::is_int(file) || file.ty().index().is_some());
    let mut fd = -1;
    if by_fd {
        warn_bool_fd(vm, file)?;
        fd = ops::to_i32(vm, file)?;
        if fd < 0 {
            return Err(error::value_error("negative file descriptor"));
        }
    }
    let path = if fd < 0 { Some(fs_path(vm, file)?) } else { None };
    let flags = parse_mode(f, mode)?;
    let opened_here = path.is_some();
    match path {
        None => {
            f.closefd.set(closefd);
            f.fd.set(fd);
        }
        Some(path) => {
            if !closefd {
                return Err(error::value_error("Cannot use closefd=False with file name"));
            }
            f.closefd.set(true);
            match opener {
                None => match blocking(vm, || sys::open(&path, flags, 0o666))? {
                    Ok(n) => f.fd.set(n as i32),
                    Err(n) => return Err(error::os_error(n, Some(file.clone()), None)),
                },
                Some(opener) => f.fd.set(call_opener(vm, opener, file, flags)?),
            }
        }
    }
    finish_open(vm, this, f, file).inspect_err(|_| {
        if !opened_here || !f.closefd.get() {
            f.fd.set(-1);
        } else {
            let _ = internal_close(vm, f);
        }
    })
}

fn call_opener(vm: &Vm, opener: &Obj, file: &Obj, flags: i32) -> PyResult<i32> {
    let r = call_pos(vm, opener, &[file.clone(), int::from_i64(flags as i64)])?;
    if !int::is_int(&r) {
        return Err(error::type_error("expected integer from opener"));
    }
    let fd = ops::to_i32(vm, &r)?;
    if fd < 0 {
        return Err(error::value_error(format!("opener returned {fd}")));
    }
    // The opener may have left the descriptor inheritable.
    if let Ok(old) = sys::fcntl_int(fd, libc::F_GETFD, 0) {
        let _ = sys::fcntl_int(fd, libc::F_SETFD, old as i32 | libc::FD_CLOEXEC);
    }
    Ok(fd)
}

fn finish_open(vm: &Vm, this: &Obj, f: &FileIo, file: &Obj) -> PyResult<()> {
    let fd = f.fd.get();
    f.blksize.set(8192);
    match sys::fstat(fd) {
        Ok(st) => {
            if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
                return Err(error::os_error(libc::EISDIR, Some(file.clone()), None));
            }
            if st.st_blksize > 1 {
                f.blksize.set(st.st_blksize as u32);
            }
            f.regular.set(st.st_mode & libc::S_IFMT == libc::S_IFREG);
            f.size.set(if f.regular.get() { st.st_size } else { -1 });
        }
        Err(n @ libc::EBADF) => return Err(error::os_error(n, Some(file.clone()), None)),
        Err(_) => {}
    }
    attr::set(vm, this, &words().name, file)?;
    if f.appending.get()
        && let Err(n) = sys::lseek(fd, 0, libc::SEEK_END)
        && n != libc::ESPIPE
    {
        return Err(error::os_error(n, None, None));
    }
    Ok(())
}

fn internal_close(vm: &Vm, f: &FileIo) -> PyResult<()> {
    let fd = f.fd.replace(-1);
    if fd >= 0
        && let Err(n) = vm.allow_threads(|| sys::close(fd))
    {
        return Err(error::os_error(n, None, None));
    }
    Ok(())
}

impl FileIo {
    #[cold]
    fn closed_error() -> PyErr {
        error::value_error("I/O operation on closed file")
    }
    pub fn open_fd(&self) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd < 0 => Err(FileIo::closed_error()),
            fd => Ok(fd),
        }
    }
    fn for_reading(&self, vm: &Vm) -> PyResult<i32> {
        let fd = self.open_fd()?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(vm, "File not open for reading")) }
    }
    fn for_writing(&self, vm: &Vm) -> PyResult<i32> {
        let fd = self.open_fd()?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(vm, "File not open for writing")) }
    }
    pub fn blksize(&self) -> usize {
        self.blksize.get() as usize
    }
    /// A regular file is no terminal; saves `open` a system call.
    pub fn is_regular(&self) -> bool {
        self.regular.get()
    }
    /// One read; None when it would block.
    pub fn read_into(&self, vm: &Vm, buf: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.for_reading(vm)?;
        match blocking(vm, || sys::read(fd, buf))? {
            Ok(n) => Ok(Some(n)),
            Err(libc::EAGAIN) => Ok(None),
            Err(n) => Err(error::os_error(n, None, None)),
        }
    }
    /// One write; None when it would block.
    pub fn write_from(&self, vm: &Vm, buf: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.for_writing(vm)?;
        let buf = &buf[..buf.len().min(0x7fff_f000)];
        match blocking(vm, || sys::write(fd, buf))? {
            Ok(n) => Ok(Some(n)),
            Err(libc::EAGAIN) => Ok(None),
            Err(n) => Err(error::os_error(n, None, None)),
        }
    }
    pub fn seek_to(&self, at: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd()?;
        let r = sys::lseek(fd, at, whence);
        if self.seekable.get() < 0 {
            self.seekable.set(r.is_ok() as i8);
        }
        r.map_err(|n| error::os_error(n, None, None))
    }
    pub fn is_seekable(&self) -> PyResult<bool> {
        let fd = self.open_fd()?;
        if self.seekable.get() < 0 {
            self.seekable.set(sys::lseek(fd, 0, libc::SEEK_CUR).is_ok() as i8);
        }
        Ok(self.seekable.get() == 1)
    }
    /// Everything up to the end; None when it would block before the first byte.
    pub fn read_all(&self, vm: &Vm) -> PyResult<Option<Vec<u8>>> {
        let fd = self.for_reading(vm)?;
        let mut room = 8192;
        if self.size.get() >= 0 {
            let at = sys::lseek(fd, 0, libc::SEEK_CUR).unwrap_or(0);
            let end = if self.size.get() > 65536 || at > 0 {
                sys::fstat(fd).map_or(self.size.get(), |st| st.st_size)
            } else {
                self.size.get()
            };
            if end >= at {
                room = (end - at) as usize + 1;
            }
        }
        let mut out = base::zeroed(room)?;
        let mut n = 0;
        loop {
            if n == out.len() {
                let more = out.len().clamp(8192, 1 << 26);
                out.try_reserve(more).map_err(|_| error::no_memory())?;
                out.resize(n + more, 0);
            }
            let tail = &mut out[n..];
            match blocking(vm, || sys::read(fd, tail))? {
                Ok(0) => break,
                Ok(k) => n += k,
                Err(libc::EAGAIN) if n > 0 => break,
                Err(libc::EAGAIN) => return Ok(None),
                Err(e) => return Err(error::os_error(e, None, None)),
            }
        }
        out.truncate(n);
        Ok(Some(out))
    }
    pub fn mode(&self) -> &'static str {
        let rw = self.readable.get();
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, ..) => {
                if rw {
                    "xb+"
                } else {
                    "xb"
                }
            }
            (_, true, ..) => {
                if rw {
                    "ab+"
                } else {
                    "ab"
                }
            }
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}

fn readinto(vm: &Vm, this: &Obj, target: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.for_reading(vm)?;
    let b = base::writable(vm, target, "readinto")?;
    let n = match b.bytes_mut() {
        Some(m) => f.read_into(vm, m)?,
        None => Some(0),
    };
    Ok(n.map_or_else(singletons::none, int::from_usize))
}
fn readall(vm: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<FileIo>()?.read_all(vm)?.map_or_else(singletons::none, |v| new_bytes(&v)))
}
fn read(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.for_reading(vm)?;
    let n = size_or(vm, b.opt(0), -1)?;
    if n < 0 {
        return adder_object::call::call_method(vm, this, &words().readall, &[]);
    }
    let mut buf = base::zeroed((n as usize).min(0x7fff_f000))?;
    Ok(f.read_into(vm, &mut buf)?.map_or_else(singletons::none, |n| new_bytes(&buf[..n])))
}
fn write(vm: &Vm, this: &Obj, data: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.for_writing(vm)?;
    let b = base::readable(vm, data)?;
    Ok(f.write_from(vm, b.bytes())?.map_or_else(singletons::none, int::from_usize))
}
fn seek(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.open_fd()?;
    let whence = b.opt(1).map_or(Ok(0), |w| ops::to_i32(vm, w))?;
    Ok(int::from_i64(f.seek_to(offset(vm, b.req(0))?, whence)?))
}
fn tell(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<FileIo>()?.seek_to(0, libc::SEEK_CUR)?))
}
fn truncate(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let f = this.this::<FileIo>()?;
    let fd = f.for_writing(vm)?;
    let at = match b.opt_not_none(0) {
        Some(o) => offset(vm, o)?,
        None => f.seek_to(0, libc::SEEK_CUR)?,
    };
    match blocking(vm, || sys::ftruncate(fd, at))? {
        Ok(_) => {
            f.size.set(-1);
            Ok(int::from_i64(at))
        }
        Err(n) => Err(error::os_error(n, None, None)),
    }
}
fn close(vm: &Vm, this: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    let r = base::close(vm, this);
    if !f.closefd.get() {
        f.fd.set(-1);
        return r;
    }
    if f.finalizing.get() {
        dealloc_warn(vm, this, this)?;
    }
    super::both(r, internal_close(vm, f).map(|()| singletons::none()))
}
fn dealloc_warn(vm: &Vm, this: &Obj, source: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    if f.fd.get() >= 0 && f.closefd.get() {
        let text = format!("unclosed file {}", ops::repr_string(vm, source)?);
        if let Err(e) = vm.warn(&exc::RESOURCE_WARNING, &text, 1)
            && e.is(&exc::WARNING)
        {
            let what = ops::repr_string(vm, source).unwrap_or_default();
            vm.unraisable(e, &format!("Exception ignored while finalizing file {what}"), None);
        }
    }
    Ok(singletons::none())
}
fn seekable(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<FileIo>()?.is_seekable()?))
}
fn readable(_: &Vm, this: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.open_fd()?;
    Ok(singletons::bool_obj(f.readable.get()))
}
fn writable(_: &Vm, this: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    f.open_fd()?;
    Ok(singletons::bool_obj(f.writable.get()))
}
fn fileno(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_i64(this.this::<FileIo>()?.open_fd()? as i64))
}
fn isatty(_: &Vm, this: &Obj) -> PyResult {
    let fd = this.this::<FileIo>()?.open_fd()?;
    Ok(singletons::bool_obj(sys::isatty(fd).is_ok_and(|n| n == 1)))
}
fn isatty_open_only(vm: &Vm, this: &Obj) -> PyResult {
    if this.this::<FileIo>()?.regular.get() { Ok(singletons::false_obj()) } else { isatty(vm, this) }
}
fn get_closed(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<FileIo>()?.fd.get() < 0))
}
fn get_closefd(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<FileIo>()?.closefd.get()))
}
fn get_mode(_: &Vm, this: &Obj) -> PyResult {
    Ok(new_str(this.this::<FileIo>()?.mode()))
}
fn get_blksize(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_usize(this.this::<FileIo>()?.blksize()))
}
fn get_finalizing(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<FileIo>()?.finalizing.get()))
}
fn set_finalizing(vm: &Vm, this: &Obj, v: Option<&Obj>) -> PyResult<()> {
    this.this::<FileIo>()?.finalizing.set(v.map_or(Ok(false), |v| ops::truth(vm, v))?);
    Ok(())
}
fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let f = this.this::<FileIo>()?;
    let ty = this.ty().tp_name();
    let ty = if ty.contains('.') { ty } else { adder_object::class::full_name(vm, this.ty())? };
    if f.fd.get() < 0 {
        return Ok(new_str(&format!("<{ty} [closed]>")));
    }
    let closefd = if f.closefd.get() { "True" } else { "False" };
    let what = match attr::lookup(vm, this, &words().name) {
        Ok(Some(_)) if !vm.repr_enter(this) => {
            return Err(error::runtime_error(format!("reentrant call inside {ty}.__repr__")));
        }
        Ok(Some(n)) => {
            let r = ops::repr_string(vm, &n);
            vm.repr_leave(this);
            format!("name={}", r?)
        }
        Ok(None) => format!("fd={}", f.fd.get()),
        Err(e) => return Err(e),
    };
    Ok(new_str(&format!("<{ty} {what} mode='{}' closefd={closefd}>", f.mode())))
}

/// The descriptor behind any object with `fileno()`, for callers that accept both.
pub fn fileno_of(vm: &Vm, o: &Obj) -> PyResult<i32> {
    descriptor(vm, o)
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&RAW_IO_BASE),
    slots: &[slot::new(new), slot::init(init), slot::repr(repr)],
    methods: &[
        method("read($self, size=-1, /)", Native::Bound(read), "Read at most size bytes, returned as bytes."),
        method("readall($self, /)", Native::NoArgs(readall), "Read all data from the file, returned as bytes."),
        method("readinto($self, buffer, /)", Native::One(readinto), "Same as RawIOBase.readinto()."),
        method("write($self, b, /)", Native::One(write), "Write buffer b to file, return number of bytes written."),
        method(
            "seek($self, pos, whence=0, /)",
            Native::Bound(seek),
            "Move to new file position and return the file position.",
        ),
        method("tell($self, /)", Native::NoArgs(tell), "Current file position."),
        method(
            "truncate($self, size=None, /)",
            Native::Bound(truncate),
            "Truncate the file to at most size bytes and return the truncated size.",
        ),
        method("close($self, /)", Native::NoArgs(close), "Close the file."),
        method("seekable($self, /)", Native::NoArgs(seekable), "True if file supports random-access."),
        method("readable($self, /)", Native::NoArgs(readable), "True if file was opened in a read mode."),
        method("writable($self, /)", Native::NoArgs(writable), "True if file was opened in a write mode."),
        method("fileno($self, /)", Native::NoArgs(fileno), "Return the underlying file descriptor (an integer)."),
        method("isatty($self, /)", Native::NoArgs(isatty), "True if the file is connected to a TTY device."),
        method("_isatty_open_only($self, /)", Native::NoArgs(isatty_open_only), ""),
        method("_dealloc_warn($self, object, /)", Native::One(dealloc_warn), ""),
        method("__getstate__($self, /)", Native::NoArgs(super::cannot_pickle), ""),
    ],
    getset: &[
        getter("closed", get_closed, "True if the file is closed"),
        getter("closefd", get_closefd, "True if the file descriptor will be closed by close()."),
        getter("mode", get_mode, "String giving the file mode"),
        getter("_blksize", get_blksize, "Stat st_blksize if available"),
        getset("_finalizing", get_finalizing, set_finalizing, ""),
    ],
    doc: "Open a file.",
    ..TypeSpec::of(&FILE_IO)
};
