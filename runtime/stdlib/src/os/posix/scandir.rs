//! `listdir`, `scandir` and `DirEntry`.
//!
//! CPython: Modules/posixmodule.c (ScandirIterator, DirEntry).

use super::path::{ANY, In, PathArg};
use super::stat::stat_obj;
use crate::os::sys_calls as sys;
use adder_object::bind::Bound;
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, class_method, getter, method};
use adder_object::{
    List, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, TypeSpec, Vm, class, error,
    exceptions as exc, int, ops, singletons,
};
use std::cell::RefCell;
use std::ffi::{CString, OsStr};
use std::fs::{FileType, ReadDir};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirEntryExt, FileTypeExt};

fn open_dir(vm: &Vm, p: &PathArg) -> PyResult<ReadDir> {
    let name = if p.is_fd() { format!("/proc/self/fd/{}", p.fd).into_bytes() } else { p.c().to_bytes().to_vec() };
    if p.is_fd() && !sys::is_open(p.fd) {
        return Err(p.error(libc::EBADF));
    }
    let r = vm.allow_threads(|| std::fs::read_dir(OsStr::from_bytes(&name)));
    r.map_err(|e| p.error(e.raw_os_error().unwrap_or(libc::EIO)))
}

pub fn listdir(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "listdir");
    let p = a.path(0, "path", ANY)?;
    let dir = open_dir(vm, &p)?;
    let names: std::io::Result<Vec<_>> = vm.allow_threads(|| dir.map(|e| e.map(|e| e.file_name())).collect());
    let names = names.map_err(|e| p.error(e.raw_os_error().unwrap_or(libc::EIO)))?;
    Ok(List::new(names.iter().map(|n| p.decode(n.as_bytes())).collect()).into_obj())
}

pub struct Scan {
    dir: RefCell<Option<ReadDir>>,
    path: PathArg,
}
impl adder_object::Trace for Scan {
    fn trace(&self, visit: &mut adder_object::Visit<'_>) {
        visit(&self.path.object)
    }
}
adder_object::payload!(Scan, SCANDIR_ITERATOR);
pub static SCANDIR_ITERATOR: StaticType = StaticType::new::<Scan>("posix.ScandirIterator", F::GC);

pub fn scandir(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "scandir");
    let path = a.path(0, "path", ANY)?;
    let dir = open_dir(vm, &path)?;
    Ok(Ref::new(Scan { dir: RefCell::new(Some(dir)), path }).into_obj())
}
fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let s = this.this::<Scan>()?;
    let Some(mut dir) = s.dir.take() else { return Ok(None) };
    let entry = vm.allow_threads(|| dir.next());
    match entry {
        None => Ok(None),
        Some(Err(e)) => Err(s.path.error(e.raw_os_error().unwrap_or(libc::EIO))),
        Some(Ok(e)) => {
            s.dir.replace(Some(dir));
            let file_name = e.file_name();
            let name = s.path.decode(file_name.as_bytes());
            let mut full = vec![];
            if !s.path.is_fd() {
                full = s.path.c().to_bytes().to_vec();
                if full.last() != Some(&b'/') {
                    full.push(b'/');
                }
            }
            if s.path.is_none {
                full.clear();
                full.extend_from_slice(b"./");
            }
            full.extend_from_slice(file_name.as_bytes());
            let path = if s.path.is_fd() { name.clone() } else { s.path.decode(&full) };
            let c = CString::new(full).unwrap_or_default();
            Ok(Some(
                Ref::new(Entry {
                    name,
                    path,
                    c,
                    dir_fd: if s.path.is_fd() { s.path.fd } else { libc::AT_FDCWD },
                    kind: e.file_type().ok(),
                    inode: e.ino(),
                    stat: ObjCell::empty(),
                    lstat: ObjCell::empty(),
                })
                .into_obj(),
            ))
        }
    }
}
fn scan_iter(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.clone())
}
fn scan_close(_: &Vm, this: &Obj) -> PyResult {
    drop(this.this::<Scan>()?.dir.take());
    Ok(singletons::none())
}
fn scan_exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    scan_close(vm, this)
}
fn scan_del(vm: &Vm, this: &Obj) -> PyResult {
    if this.this::<Scan>()?.dir.borrow().is_some() {
        let text = format!("unclosed scandir iterator {}", ops::repr_string(vm, this)?);
        if let Err(e) = vm.warn(&exc::RESOURCE_WARNING, &text, 1)
            && e.is(&exc::WARNING)
        {
            vm.unraisable(e, "", Some(this));
        }
        scan_close(vm, this)?;
    }
    Ok(singletons::none())
}
pub static SCAN_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(scan_iter), slot::iternext(next), slot::finalize(scan_del)],
    methods: &[
        method("__enter__", Native::NoArgs(scan_iter), ""),
        method("__exit__", Native::Raw(scan_exit), ""),
        method("close", Native::NoArgs(scan_close), ""),
    ],
    ..TypeSpec::of(&SCANDIR_ITERATOR)
};

pub struct Entry {
    name: Obj,
    path: Obj,
    c: CString,
    dir_fd: i32,
    kind: Option<FileType>,
    inode: u64,
    stat: ObjCell,
    lstat: ObjCell,
}
adder_object::trace_fields!(Entry { name, path, stat, lstat });
adder_object::payload!(Entry, DIR_ENTRY);
pub static DIR_ENTRY: StaticType = StaticType::new::<Entry>("posix.DirEntry", F::GC);

impl Entry {
    fn do_stat(&self, vm: &Vm, follow: bool) -> PyResult<libc::stat> {
        let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let (dir, name) = (self.dir_fd, &self.c);
        vm.allow_threads(|| sys::fstatat(dir, name, flags))
            .map_err(|n| error::os_error(n, Some(self.path.clone()), None))
    }
    fn stat_cached(&self, vm: &Vm, follow: bool) -> PyResult {
        let follow = follow && self.kind.is_none_or(|k| k.is_symlink());
        let cell = if follow { &self.stat } else { &self.lstat };
        if let Some(s) = cell.get() {
            return Ok(s);
        }
        let s = stat_obj(&self.do_stat(vm, follow)?);
        cell.set(s.clone());
        Ok(s)
    }
    /// Whether the entry is of the kind; a missing file is of none.
    fn is_kind(&self, vm: &Vm, follow: bool, want: u32) -> PyResult<bool> {
        if let Some(k) = self.kind
            && !(follow && k.is_symlink())
        {
            return Ok(match want {
                libc::S_IFDIR => k.is_dir(),
                libc::S_IFREG => k.is_file(),
                libc::S_IFLNK => k.is_symlink(),
                _ => k.is_fifo(),
            });
        }
        match self.stat_cached(vm, follow) {
            Ok(s) => {
                let mode = adder_object::tuple::to_vec(&s).first().and_then(Obj::small_int).unwrap_or(0);
                Ok(mode as u32 & libc::S_IFMT == want)
            }
            Err(e) if e.is(&exc::FILE_NOT_FOUND_ERROR) => Ok(false),
            Err(e) => Err(e),
        }
    }
}
fn follow_arg(vm: &Vm, b: &Bound<'_>) -> PyResult<bool> {
    b.opt(0).map_or(Ok(true), |f| ops::truth(vm, f))
}
fn is_dir(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Entry>()?.is_kind(vm, follow_arg(vm, b)?, libc::S_IFDIR)?))
}
fn is_file(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Entry>()?.is_kind(vm, follow_arg(vm, b)?, libc::S_IFREG)?))
}
fn is_symlink(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Entry>()?.is_kind(vm, false, libc::S_IFLNK)?))
}
fn is_junction(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::false_obj())
}
fn entry_stat(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    this.this::<Entry>()?.stat_cached(vm, follow_arg(vm, b)?)
}
fn inode(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_u64(this.this::<Entry>()?.inode))
}
fn entry_path(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<Entry>()?.path.clone())
}
fn entry_name(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<Entry>()?.name.clone())
}
fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let n = ops::repr_string(vm, &this.this::<Entry>()?.name)?;
    Ok(crate::os::convert::new_str(&format!("<{} {n}>", this.ty().name())))
}
fn alias(vm: &Vm, cls: &Obj, arg: &Obj) -> PyResult {
    class::generic_alias(vm, cls, arg)
}
pub static ENTRY_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::repr(repr)],
    methods: &[
        method(
            "is_dir($self, /, *, follow_symlinks=True)",
            Native::Bound(is_dir),
            "Return True if the entry is a directory; cached per entry.",
        ),
        method(
            "is_file($self, /, *, follow_symlinks=True)",
            Native::Bound(is_file),
            "Return True if the entry is a file; cached per entry.",
        ),
        method(
            "is_symlink($self, /)",
            Native::NoArgs(is_symlink),
            "Return True if the entry is a symbolic link; cached per entry.",
        ),
        method(
            "is_junction($self, /)",
            Native::NoArgs(is_junction),
            "Return True if the entry is a junction; cached per entry.",
        ),
        method(
            "stat($self, /, *, follow_symlinks=True)",
            Native::Bound(entry_stat),
            "Return stat_result object for the entry; cached per entry.",
        ),
        method("inode($self, /)", Native::NoArgs(inode), "Return inode of the entry; cached per entry."),
        method("__fspath__($self, /)", Native::NoArgs(entry_path), "Returns the path for the entry."),
        class_method("__class_getitem__", Native::One(alias), "See PEP 585"),
    ],
    getset: &[
        getter("name", entry_name, "the entry's base filename, relative to scandir() \"path\" argument"),
        getter("path", entry_path, "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"),
    ],
    ..TypeSpec::of(&DIR_ENTRY)
};
