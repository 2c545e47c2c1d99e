//! Arguments of `posix` functions: paths, directory descriptors, numbers.
//!
//! CPython: Modules/posixmodule.c (path_converter, dir_fd_converter, _Py_Uid_Converter).

use crate::os::convert::{fs_decode, fs_encode};
use crate::os::sys_calls::{Sys, blocking};
use adder_object::bind::Bound;
use adder_object::call::call_special;
use adder_object::{Bytes, Obj, ObjExt, PyErr, PyResult, Str, Vm, bytes, error, int, names, ops};
use std::ffi::{CStr, CString};

/// A path argument: the name, or a descriptor.
pub struct PathArg {
    /// What the program gave (None becomes "."), for messages.
    pub object: Obj,
    pub name: CString,
    pub fd: i32,
    /// Results are bytes, because the argument was.
    pub is_bytes: bool,
    pub is_none: bool,
}

impl PathArg {
    pub fn is_fd(&self) -> bool {
        self.fd >= 0
    }
    pub fn c(&self) -> &CStr {
        &self.name
    }
    pub fn error(&self, errno: i32) -> PyErr {
        let name = if self.is_none { None } else { Some(self.object.clone()) };
        error::os_error(errno, name, None)
    }
    /// A name from the system in the type of the argument.
    pub fn decode(&self, b: &[u8]) -> Obj {
        if self.is_bytes { bytes::new(b) } else { fs_decode(b) }
    }
}

#[derive(Clone, Copy, Default)]
pub struct Kind {
    pub fd: bool,
    pub none: bool,
}
pub const NAME: Kind = Kind { fd: false, none: false };
pub const NAME_OR_FD: Kind = Kind { fd: true, none: false };
pub const ANY: Kind = Kind { fd: true, none: true };

pub fn path_arg(vm: &Vm, o: &Obj, function: &str, which: &str, kind: Kind) -> PyResult<PathArg> {
    let make = |object: &Obj, b: &[u8], is_bytes: bool| {
        let name = CString::new(b)
            .map_err(|_| error::value_error(format!("{function}: embedded null character in {which}")))?;
        Ok(PathArg { object: object.clone(), name, fd: -1, is_bytes, is_none: false })
    };
    if o.is_none() && kind.none {
        let mut p = make(o, b".", false)?;
        p.is_none = true;
        return Ok(p);
    }
    if let Some(s) = o.get::<Str>() {
        return make(o, &fs_encode(s)?, false);
    }
    if let Some(b) = o.get::<Bytes>() {
        return make(o, b.as_slice(), true);
    }
    if kind.fd && (int::is_int(o) || o.ty().index().is_some()) {
        crate::os::convert::warn_bool_fd(vm, o)?;
        let fd = c_int(vm, o, "fd")?;
        return Ok(PathArg { object: o.clone(), name: CString::default(), fd, is_bytes: false, is_none: false });
    }
    let expected = match (kind.fd, kind.none) {
        (true, true) => "string, bytes, os.PathLike, integer or None",
        (true, false) => "string, bytes, os.PathLike or integer",
        (false, true) => "string, bytes, os.PathLike or None",
        _ => "string, bytes or os.PathLike",
    };
    let bad = || error::type_error(format!("{function}: {which} should be {expected}, not {}", o.ty().tp_name()));
    let Some(p) = call_special(vm, o, &names().__fspath__, &[])? else { return Err(bad()) };
    match (p.get::<Str>(), p.get::<Bytes>()) {
        (Some(s), _) => make(&p, &fs_encode(s)?, false),
        (_, Some(b)) => make(&p, b.as_slice(), true),
        _ => Err(error::type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            o.ty().tp_name(),
            p.ty().tp_name()
        ))),
    }
}

/// A C int named in range errors as path_converter does.
fn c_int(vm: &Vm, o: &Obj, what: &str) -> PyResult<i32> {
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i);
    match n.as_ref().and_then(|n| n.to_i64()).map(i32::try_from) {
        Some(Ok(n)) => Ok(n),
        _ if n.is_some_and(|n| n.is_negative()) => Err(error::overflow_error(format!("{what} is less than minimum"))),
        _ => Err(error::overflow_error(format!("{what} is greater than maximum"))),
    }
}

/// The bound arguments of one call, with the function's name for messages.
pub struct In<'a> {
    pub vm: &'a Vm,
    pub b: &'a Bound<'a>,
    pub name: &'static str,
}

impl<'a> In<'a> {
    pub fn new(vm: &'a Vm, b: &'a Bound<'a>, name: &'static str) -> In<'a> {
        In { vm, b, name }
    }
    pub fn path(&self, i: usize, which: &str, kind: Kind) -> PyResult<PathArg> {
        match self.b.opt(i) {
            None if kind.none => path_arg(self.vm, adder_object::singletons::none_ref(), self.name, which, kind),
            _ => path_arg(self.vm, self.b.req(i), self.name, which, kind),
        }
    }
    pub fn dir_fd(&self, i: usize) -> PyResult<i32> {
        match self.b.opt_not_none(i) {
            None => Ok(libc::AT_FDCWD),
            Some(o) if int::is_int(o) || o.ty().index().is_some() => {
                crate::os::convert::warn_bool_fd(self.vm, o)?;
                c_int(self.vm, o, "fd")
            }
            Some(o) => Err(error::type_error(format!("argument should be integer or None, not {}", o.ty().tp_name()))),
        }
    }
    pub fn flag(&self, i: usize, default: bool) -> PyResult<bool> {
        self.b.opt(i).map_or(Ok(default), |o| ops::truth(self.vm, o))
    }
    pub fn int(&self, i: usize, default: i32) -> PyResult<i32> {
        self.b.opt(i).map_or(Ok(default), |o| ops::to_i32(self.vm, o))
    }
    pub fn long(&self, i: usize) -> PyResult<i64> {
        ops::to_i64(self.vm, self.b.req(i))
    }
    pub fn fd(&self, i: usize) -> PyResult<i32> {
        crate::os::convert::descriptor(self.vm, self.b.req(i))
    }
    pub fn id(&self, i: usize, which: &str) -> PyResult<u32> {
        id_arg(self.vm, self.b.req(i), which)
    }
    /// AT_SYMLINK_NOFOLLOW or nothing.
    pub fn nofollow(&self, i: usize) -> PyResult<i32> {
        Ok(if self.flag(i, true)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW })
    }
    /// Refuses what makes no sense for a descriptor.
    pub fn check_fd_path(&self, p: &PathArg, dir_fd: i32, follow: i32) -> PyResult<()> {
        if p.is_fd() && dir_fd != libc::AT_FDCWD {
            return Err(error::value_error(format!("{}: can't specify dir_fd without matching path", self.name)));
        }
        if p.is_fd() && follow != 0 {
            return Err(error::value_error(format!("{}: cannot use fd and follow_symlinks together", self.name)));
        }
        Ok(())
    }
    /// Runs a call without the GIL; its errno becomes an OSError with the path.
    pub fn call(&self, p: &PathArg, f: impl FnMut() -> Sys<i64> + Send) -> PyResult<i64> {
        blocking(self.vm, f)?.map_err(|n| p.error(n))
    }
    pub fn call2(&self, a: &PathArg, b: &PathArg, f: impl FnMut() -> Sys<i64> + Send) -> PyResult<i64> {
        blocking(self.vm, f)?.map_err(|n| error::os_error(n, Some(a.object.clone()), Some(b.object.clone())))
    }
    /// Runs a call without the GIL; a plain OSError.
    pub fn run<R: Send>(&self, f: impl FnMut() -> Sys<R> + Send) -> PyResult<R> {
        blocking(self.vm, f)?.map_err(|n| error::os_error(n, None, None))
    }
}

/// A uid or gid: -1 is allowed and means "as it is".
pub fn id_arg(vm: &Vm, o: &Obj, which: &str) -> PyResult<u32> {
    if o.ty().index().is_none() && !int::is_int(o) {
        return Err(error::type_error(format!("{which} should be integer, not {}", o.ty().tp_name())));
    }
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i);
    match n.as_ref().and_then(|n| n.to_i64()) {
        Some(-1) => Ok(u32::MAX),
        Some(n) if (0..u32::MAX as i64).contains(&n) => Ok(n as u32),
        _ if n.is_some_and(|n| n.is_negative()) => Err(error::overflow_error(format!("{which} is less than minimum"))),
        _ => Err(error::overflow_error(format!("{which} is greater than maximum"))),
    }
}
pub fn id_obj(n: u32) -> Obj {
    if n == u32::MAX { int::from_i64(-1) } else { int::from_i64(n as i64) }
}
