//! `mmap`: files and anonymous memory mapped into the process.
//!
//! Invariant: while `exports` is not 0 the mapping neither moves nor goes (BUF-1).
//! CPython: Modules/mmapmodule.c.

use super::sys_calls as sys;
use crate::functional::shared::{bind, none, text};
use adder_object::buffer::{self, Buffer};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, ModuleSpec, Native, TypeSpec, getter, method};
use adder_object::{
    Args, Module, Obj, ObjExt, PyErr, PyResult, Ref, Slice, StaticType, Type, TypeFlags as F, Vm, bytes, error,
    exceptions as exc, int, ops, payload, singletons, trace_fields,
};
use std::cell::{Cell, RefCell};

const ACCESS_READ: i32 = 1;
const ACCESS_WRITE: i32 = 2;
const ACCESS_COPY: i32 = 3;

pub struct Map {
    /// None once closed.
    region: RefCell<Option<sys::Region>>,
    pos: Cell<usize>,
    offset: i64,
    access: i32,
    fd: Cell<i32>,
    exports: Cell<usize>,
}
trace_fields!(Map);
static MMAP: StaticType = StaticType::new::<Map>("mmap.mmap", F::BASETYPE | F::MANAGED_WEAKREF);
payload!(Map, MMAP);

impl Drop for Map {
    fn drop(&mut self) {
        self.shut();
    }
}

static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(mmap_new),
        slot::repr(repr),
        slot::length(|_, o| of(o)?.len()),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::buffer(export),
    ],
    methods: METHODS,
    getset: &[getter("closed", |_, o| Ok(singletons::bool_obj(of(o)?.region.borrow().is_none())), "")],
    doc: "Windows: mmap(fileno, length[, tagname[, access[, offset]]])\n\nMaps length bytes from the file specified by the file handle fileno,\nand returns a mmap object.  If length is larger than the current size\nof the file, the file is extended to contain length bytes.  If length\nis 0, the maximum length of the map is the current size of the file,\nexcept that if the file is empty Windows raises an exception (you cannot\ncreate an empty mapping on Windows).\n\nUnix: mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.\nflags specifies the nature of the mapping. MAP_PRIVATE creates a\nprivate copy-on-write mapping, so changes to the contents of the mmap\nobject will be private to this process, and MAP_SHARED creates a mapping\nthat's shared with all other processes mapping the same areas of the file.\nThe default value is MAP_SHARED.\n\nTo map anonymous memory, pass -1 as the fileno (both versions).",
    ..TypeSpec::of(&MMAP)
};

static METHODS: &[MethodDef] = &[
    method("close($self, /)", Native::NoArgs(close), ""),
    method("find($self, view, start=None, end=None, /)", Native::Pos(1, 3, |vm, o, a| find(vm, o, a, false)), ""),
    method("rfind($self, view, start=None, end=None, /)", Native::Pos(1, 3, |vm, o, a| find(vm, o, a, true)), ""),
    method("flush($self, offset=0, size=None, /)", Native::Pos(0, 2, flush), ""),
    method("madvise($self, option, start=0, length=None, /)", Native::Pos(1, 3, madvise), ""),
    method("move($self, dest, src, count, /)", Native::Pos(3, 3, move_bytes), ""),
    method("read($self, n=None, /)", Native::Pos(0, 1, read), ""),
    method("read_byte($self, /)", Native::NoArgs(read_byte), ""),
    method("readline($self, /)", Native::NoArgs(readline), ""),
    method("resize($self, newsize, /)", Native::One(resize), ""),
    method("seek($self, pos, whence=0, /)", Native::Pos(1, 2, seek), ""),
    method("seekable($self, /)", Native::NoArgs(|_, _| Ok(singletons::true_obj())), ""),
    method("size($self, /)", Native::NoArgs(size), ""),
    method(
        "tell($self, /)",
        Native::NoArgs(|_, o| {
            let m = of(o)?;
            m.len()?;
            Ok(int::from_usize(m.pos.get()))
        }),
        "",
    ),
    method("write($self, bytes, /)", Native::One(write), ""),
    method("write_byte($self, byte, /)", Native::One(write_byte), ""),
    method(
        "__enter__($self, /)",
        Native::NoArgs(|_, o| {
            of(o)?.len()?;
            Ok(o.clone())
        }),
        "",
    ),
    method("__exit__($self, exc_type, exc_value, traceback, /)", Native::Pos(3, 3, |vm, o, _| close(vm, o)), ""),
];

fn of(o: &Obj) -> PyResult<&Map> {
    o.this::<Map>()
}
fn system(n: i32) -> PyErr {
    error::os_error(n, None, None)
}

impl Map {
    fn with<R>(&self, f: impl FnOnce(&sys::Region) -> R) -> PyResult<R> {
        match &*self.region.borrow() {
            Some(r) => Ok(f(r)),
            None => Err(error::value_error("mmap closed or invalid")),
        }
    }
    fn len(&self) -> PyResult<usize> {
        self.with(sys::Region::len)
    }
    fn shut(&self) {
        let gone = self.region.borrow_mut().take();
        drop(gone);
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // Nobody is left to hear of an error.
            let _ = sys::close(fd);
        }
    }
    fn check_writable(&self) -> PyResult<()> {
        self.len()?;
        if self.access == ACCESS_READ {
            return Err(error::type_error("mmap can't modify a readonly memory map."));
        }
        Ok(())
    }
    fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(error::buffer_error("mmap can't resize with extant buffers exported."));
        }
        if self.access == 0 || self.access == ACCESS_WRITE {
            return Ok(());
        }
        Err(error::type_error("mmap can't resize a readonly or copy-on-write memory map."))
    }
}

fn mmap_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = bind("mmap(fileno, length, flags=MAP_SHARED, prot=3, access=0, offset=0, *, trackfd=True)", args)?;
    let fd = ops::to_i32(vm, a.req(0))?;
    let length = ops::size_isize(vm, a.req(1))?;
    let number = |i: usize, default: i32| a.opt(i).map_or(Ok(default), |o| ops::to_i32(vm, o));
    let (mut flags, mut prot) = (number(2, libc::MAP_SHARED)?, number(3, libc::PROT_READ | libc::PROT_WRITE)?);
    let access = number(4, 0)?;
    let offset = a.opt(5).map_or(Ok(0), |o| ops::to_i64(vm, o))?;
    let track = a.opt(6).map_or(Ok(true), |o| ops::truth(vm, o))?;
    if length < 0 {
        return Err(error::overflow_error("memory mapped length must be positive"));
    }
    if offset < 0 {
        return Err(error::overflow_error("memory mapped offset must be positive"));
    }
    if access != 0 && (a.opt(2).is_some() || a.opt(3).is_some()) {
        return Err(error::value_error("mmap can't specify both access and flags, prot."));
    }
    let mut access = access;
    match access {
        0 => {
            // What the protection says decides.
            access = match (prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
                (true, true) => 0,
                (_, true) => ACCESS_WRITE,
                _ => ACCESS_READ,
            };
        }
        ACCESS_READ => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ),
        ACCESS_WRITE => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ | libc::PROT_WRITE),
        ACCESS_COPY => (flags, prot) = (libc::MAP_PRIVATE, libc::PROT_READ | libc::PROT_WRITE),
        _ => return Err(error::value_error("mmap invalid access parameter.")),
    }
    let mut length = length as usize;
    if fd != -1
        && let Ok(st) = sys::fstat(fd)
        && st.st_mode & libc::S_IFMT == libc::S_IFREG
    {
        if length == 0 {
            if st.st_size == 0 {
                return Err(error::value_error("cannot mmap an empty file"));
            }
            if offset >= st.st_size {
                return Err(error::value_error("mmap offset is greater than file size"));
            }
            length = (st.st_size - offset) as usize;
        } else if offset > st.st_size || st.st_size - offset < length as i64 {
            return Err(error::value_error("mmap length is greater than file size"));
        }
    }
    let mut own = -1;
    if fd == -1 {
        flags |= libc::MAP_ANONYMOUS;
    } else if track {
        own = sys::fcntl_int(fd, libc::F_DUPFD_CLOEXEC, 0).map_err(system)? as i32;
    }
    let region = match sys::Region::map(length, prot, flags, fd, offset) {
        Ok(r) => r,
        Err(n) => {
            if own >= 0 {
                let _ = sys::close(own);
            }
            return Err(system(n));
        }
    };
    let m = Map {
        region: RefCell::new(Some(region)),
        pos: Cell::new(0),
        offset,
        access,
        fd: Cell::new(own),
        exports: Cell::new(0),
    };
    Ok(Ref::with_type(ty, m).into_obj())
}

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let m = of(o)?;
    let name = o.ty().tp_name();
    let Ok(len) = m.len() else { return Ok(text(&format!("<{name} closed=True>"))) };
    let access = ["ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"][m.access as usize & 3];
    Ok(text(&format!("<{name} closed=False, access={access}, length={len}, pos={}, offset={}>", m.pos.get(), m.offset)))
}

fn export(_: &Vm, o: &Obj, flags: u32) -> PyResult<Buffer> {
    let m = of(o)?;
    let readonly = m.access == ACCESS_READ;
    if readonly && flags & buffer::WRITABLE != 0 {
        return Err(error::buffer_error("Object is not writable."));
    }
    let b = m.with(|r| {
        r.buffer(o.clone(), readonly, |b| {
            if let Some(m) = b.owner.get::<Map>() {
                m.exports.set(m.exports.get().saturating_sub(1));
            }
        })
    })?;
    m.exports.set(m.exports.get() + 1);
    Ok(b)
}

fn position(vm: &Vm, m: &Map, key: &Obj) -> PyResult<usize> {
    let i = ops::index_isize(vm, key)?;
    let n = m.len()? as isize;
    let i = if i < 0 { i + n } else { i };
    if (0..n).contains(&i) { Ok(i as usize) } else { Err(error::index_error("mmap index out of range")) }
}
fn is_index(key: &Obj) -> bool {
    int::is_int(key) || key.ty().index().is_some()
}
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let m = of(o)?;
    m.len()?;
    if is_index(key) {
        let i = position(vm, m, key)?;
        return m.with(|r| int::from_i64(i64::from(r.bytes().get(i).copied().unwrap_or(0))));
    }
    let Some(s) = key.get::<Slice>() else { return Err(error::type_error("mmap indices must be integers")) };
    let at = s.indices(vm, m.len()?)?;
    m.with(|r| {
        let all = r.bytes();
        if at.step == 1 {
            return bytes::new(all.get(at.start as usize..at.start as usize + at.len).unwrap_or(&[]));
        }
        bytes::new(&at.iter().filter_map(|i| all.get(i).copied()).collect::<Vec<u8>>())
    })
}
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let m = of(o)?;
    m.check_writable()?;
    if is_index(key) {
        let i = position(vm, m, key)?;
        let Some(v) = value else { return Err(error::type_error("mmap doesn't support item deletion")) };
        if !is_index(v) {
            return Err(error::type_error("mmap item value must be an int"));
        }
        let n = ops::size_isize(vm, v)?;
        let Ok(b) = u8::try_from(n) else {
            return Err(error::value_error("mmap item value must be in range(0, 256)"));
        };
        return m.with(|r| {
            if let Some(x) = r.bytes_mut().get_mut(i) {
                *x = b;
            }
        });
    }
    let Some(s) = key.get::<Slice>() else { return Err(error::type_error("mmap indices must be integers")) };
    let Some(v) = value else { return Err(error::type_error("mmap object doesn't support slice deletion")) };
    let data = buffer::to_vec(vm, v)?;
    let at = s.indices(vm, m.len()?)?;
    if data.len() != at.len {
        return Err(error::index_error("mmap slice assignment is wrong size"));
    }
    m.with(|r| {
        let all = r.bytes_mut();
        for (i, b) in at.iter().zip(data) {
            if let Some(x) = all.get_mut(i) {
                *x = b;
            }
        }
    })
}

fn close(_: &Vm, o: &Obj) -> PyResult {
    let m = of(o)?;
    if m.exports.get() > 0 {
        return Err(error::buffer_error("cannot close exported pointers exist"));
    }
    m.shut();
    none()
}
fn find(vm: &Vm, o: &Obj, a: &[Obj], last: bool) -> PyResult {
    let m = of(o)?;
    let n = m.len()? as isize;
    let what = buffer::to_vec(vm, &a[0])?;
    let bound = |i: usize, default: isize| -> PyResult<isize> {
        let x = match a.get(i).filter(|x| !x.is_none()) {
            Some(x) => ops::index_clamped(vm, x)?,
            None => default,
        };
        Ok(if x < 0 { x.saturating_add(n).max(0) } else { x.min(n) })
    };
    let (start, end) = (bound(1, m.pos.get() as isize)?, bound(2, n)?);
    let found = m.with(|r| {
        let part = r.bytes().get(start as usize..end.max(start) as usize)?;
        if start > end {
            return None;
        }
        if last { memchr::memmem::rfind(part, &what) } else { memchr::memmem::find(part, &what) }
    })?;
    Ok(int::from_i64(found.map_or(-1, |i| i as i64 + start as i64)))
}
fn part(vm: &Vm, m: &Map, offset: Option<&Obj>, size: Option<&Obj>) -> PyResult<(isize, isize)> {
    let offset = offset.map_or(Ok(0), |o| ops::size_isize(vm, o))?;
    let size = match size.filter(|s| !s.is_none()) {
        Some(s) => ops::size_isize(vm, s)?,
        None => m.len()? as isize - offset,
    };
    Ok((offset, size))
}
fn flush(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let m = of(o)?;
    let n = m.len()? as isize;
    let (offset, size) = part(vm, m, a.first(), a.get(1))?;
    if offset < 0 || size < 0 || n - offset < size {
        return Err(error::value_error("flush values out of range"));
    }
    if m.access == ACCESS_READ || m.access == ACCESS_COPY {
        return none();
    }
    m.with(|r| r.sync(offset as usize, size as usize))?.map_err(system)?;
    none()
}
fn madvise(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let m = of(o)?;
    let n = m.len()? as isize;
    let advice = ops::to_i32(vm, &a[0])?;
    let start = a.get(1).map_or(Ok(0), |s| ops::size_isize(vm, s))?;
    let length = match a.get(2).filter(|l| !l.is_none()) {
        Some(l) => ops::size_isize(vm, l)?,
        None => n,
    };
    if start < 0 || start >= n {
        return Err(error::value_error("madvise start out of bounds"));
    }
    if length < 0 {
        return Err(error::value_error("madvise length invalid"));
    }
    let length = length.min(n - start);
    m.with(|r| r.advise(start as usize, length as usize, advice))?.map_err(system)?;
    none()
}
fn move_bytes(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let m = of(o)?;
    let (to, from, count) = (ops::size_isize(vm, &a[0])?, ops::size_isize(vm, &a[1])?, ops::size_isize(vm, &a[2])?);
    m.check_writable()?;
    let n = m.len()? as isize;
    if to < 0 || from < 0 || count < 0 || n - to < count || n - from < count {
        return Err(error::value_error("source, destination, or count out of range"));
    }
    m.with(|r| r.bytes_mut().copy_within(from as usize..(from + count) as usize, to as usize))?;
    none()
}
fn advance(m: &Map, n: usize) -> PyResult {
    let at = m.pos.get();
    m.pos.set(at + n);
    m.with(|r| bytes::new(r.bytes().get(at..at + n).unwrap_or(&[])))
}
fn read(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let m = of(o)?;
    let n = match a.first().filter(|n| !n.is_none()) {
        Some(n) => ops::size_isize(vm, n)?,
        None => -1,
    };
    let left = m.len()?.saturating_sub(m.pos.get());
    advance(m, usize::try_from(n).map_or(left, |n| n.min(left)))
}
fn read_byte(_: &Vm, o: &Obj) -> PyResult {
    let m = of(o)?;
    let at = m.pos.get();
    match m.with(|r| r.bytes().get(at).copied())? {
        Some(b) => {
            m.pos.set(at + 1);
            Ok(int::from_i64(i64::from(b)))
        }
        None => Err(error::value_error("read byte out of range")),
    }
}
fn readline(_: &Vm, o: &Obj) -> PyResult {
    let m = of(o)?;
    let at = m.pos.get();
    let n = m.with(|r| {
        let rest = r.bytes().get(at..).unwrap_or(&[]);
        memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
    })?;
    advance(m, n)
}
fn resize(vm: &Vm, o: &Obj, n: &Obj) -> PyResult {
    let m = of(o)?;
    m.len()?;
    let new = ops::size_isize(vm, n)?;
    m.check_resizable()?;
    if new < 0 {
        return Err(error::value_error("new size out of range"));
    }
    if m.fd.get() >= 0 {
        sys::ftruncate(m.fd.get(), m.offset + new as i64).map_err(system)?;
    }
    m.with(|r| r.resize(new as usize))?.map_err(system)?;
    none()
}
fn seek(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let m = of(o)?;
    let n = m.len()? as isize;
    let by = ops::size_isize(vm, &a[0])?;
    let base = match a.get(1).map_or(Ok(0), |w| ops::to_i32(vm, w))? {
        0 => 0,
        1 => m.pos.get() as isize,
        2 => n,
        _ => return Err(error::value_error("unknown seek type")),
    };
    let to = base.checked_add(by).filter(|t| (0..=n).contains(t));
    let Some(to) = to else { return Err(error::value_error("seek out of range")) };
    m.pos.set(to as usize);
    Ok(int::from_i64(to as i64))
}
fn size(_: &Vm, o: &Obj) -> PyResult {
    let m = of(o)?;
    let n = m.len()?;
    if m.fd.get() >= 0 {
        let st = sys::fstat(m.fd.get()).map_err(system)?;
        return Ok(int::from_i64(st.st_size));
    }
    Ok(int::from_usize(n))
}
fn write(vm: &Vm, o: &Obj, data: &Obj) -> PyResult {
    let m = of(o)?;
    m.len()?;
    let data = buffer::to_vec(vm, data)?;
    m.check_writable()?;
    let at = m.pos.get();
    if m.len()?.saturating_sub(at) < data.len() {
        return Err(error::value_error("data out of range"));
    }
    m.with(|r| {
        if let Some(part) = r.bytes_mut().get_mut(at..at + data.len()) {
            part.copy_from_slice(&data);
        }
    })?;
    m.pos.set(at + data.len());
    Ok(int::from_usize(data.len()))
}
fn write_byte(vm: &Vm, o: &Obj, b: &Obj) -> PyResult {
    let m = of(o)?;
    let n = ops::to_i64(vm, b)?;
    let Ok(b) = u8::try_from(n) else {
        return Err(error::overflow_error(if n < 0 {
            "unsigned byte integer is less than minimum"
        } else {
            "unsigned byte integer is greater than maximum"
        }));
    };
    m.check_writable()?;
    let at = m.pos.get();
    let done = m.with(|r| r.bytes_mut().get_mut(at).map(|x| *x = b).is_some())?;
    if !done {
        return Err(error::value_error("write byte out of range"));
    }
    m.pos.set(at + 1);
    none()
}

pub static MODULE: ModuleSpec = ModuleSpec { types: &[&SPEC], init: Some(init), ..ModuleSpec::new("mmap") };

const CONSTANTS: &[(&str, i32)] = &[
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", ACCESS_READ),
    ("ACCESS_WRITE", ACCESS_WRITE),
    ("ACCESS_COPY", ACCESS_COPY),
    ("PROT_EXEC", libc::PROT_EXEC),
    ("PROT_READ", libc::PROT_READ),
    ("PROT_WRITE", libc::PROT_WRITE),
    ("MAP_SHARED", libc::MAP_SHARED),
    ("MAP_PRIVATE", libc::MAP_PRIVATE),
    ("MAP_DENYWRITE", libc::MAP_DENYWRITE),
    ("MAP_EXECUTABLE", libc::MAP_EXECUTABLE),
    ("MAP_ANON", libc::MAP_ANONYMOUS),
    ("MAP_ANONYMOUS", libc::MAP_ANONYMOUS),
    ("MAP_POPULATE", libc::MAP_POPULATE),
    ("MAP_STACK", libc::MAP_STACK),
    ("MAP_NORESERVE", libc::MAP_NORESERVE),
    ("MADV_NORMAL", libc::MADV_NORMAL),
    ("MADV_RANDOM", libc::MADV_RANDOM),
    ("MADV_SEQUENTIAL", libc::MADV_SEQUENTIAL),
    ("MADV_WILLNEED", libc::MADV_WILLNEED),
    ("MADV_DONTNEED", libc::MADV_DONTNEED),
    ("MADV_REMOVE", libc::MADV_REMOVE),
    ("MADV_DONTFORK", libc::MADV_DONTFORK),
    ("MADV_DOFORK", libc::MADV_DOFORK),
    ("MADV_HWPOISON", libc::MADV_HWPOISON),
    ("MADV_MERGEABLE", libc::MADV_MERGEABLE),
    ("MADV_UNMERGEABLE", libc::MADV_UNMERGEABLE),
    ("MADV_HUGEPAGE", libc::MADV_HUGEPAGE),
    ("MADV_NOHUGEPAGE", libc::MADV_NOHUGEPAGE),
    ("MADV_DONTDUMP", libc::MADV_DONTDUMP),
    ("MADV_DODUMP", libc::MADV_DODUMP),
    ("MADV_FREE", libc::MADV_FREE),
];

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = adder_object::module::dict(m.obj());
    for (name, n) in CONSTANTS {
        d.set_str(name, int::from_i64(i64::from(*n)));
    }
    let page = sys::sysconf_value(libc::_SC_PAGESIZE).unwrap_or(4096);
    d.set_str("PAGESIZE", int::from_i64(page));
    d.set_str("ALLOCATIONGRANULARITY", int::from_i64(page));
    d.set_str("error", exc::OS_ERROR.obj());
    Ok(())
}
