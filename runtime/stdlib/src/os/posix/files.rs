//! Functions on named files and directories: making, removing, renaming, permissions, times, extended attributes.
//!
//! CPython: Modules/posixmodule.c.

use super::path::{ANY, In, NAME, NAME_OR_FD, path_arg};
use crate::os::convert::{fs_decode, fs_encode, new_bytes, new_str, type_name_or_none};
use crate::os::sys_calls as sys;
use adder_object::bind::Bound;
use adder_object::{
    Bytes, List, Obj, ObjExt, PyResult, Str, Vm, arith, attr, buffer, bytes, error, int, ops, singletons, str, tuple,
};

fn none() -> PyResult {
    Ok(singletons::none())
}

pub fn chdir(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "chdir");
    let p = a.path(0, "path", NAME_OR_FD)?;
    a.call(&p, || if p.is_fd() { sys::fchdir(p.fd) } else { sys::chdir(p.c()) })?;
    none()
}
pub fn chroot(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "chroot");
    let p = a.path(0, "path", NAME)?;
    a.call(&p, || sys::chroot(p.c()))?;
    none()
}
fn cwd(vm: &Vm) -> PyResult<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    let r = vm.allow_threads(std::env::current_dir);
    r.map(|p| p.into_os_string().into_vec()).map_err(|e| error::io_error(&e, None))
}
pub fn getcwd(vm: &Vm, _: &Obj) -> PyResult {
    Ok(fs_decode(&cwd(vm)?))
}
pub fn getcwdb(vm: &Vm, _: &Obj) -> PyResult {
    Ok(new_bytes(&cwd(vm)?))
}
pub fn chmod(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "chmod");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let mode = a.int(1, 0)? as u32;
    let dir = a.dir_fd(2)?;
    let follow = a.nofollow(3)?;
    if p.is_fd() {
        a.call(&p, || sys::fchmod(p.fd, mode))?;
        return none();
    }
    match vm.allow_threads(|| sys::fchmodat(dir, p.c(), mode, follow)) {
        Err(n) if follow != 0 && (n == libc::ENOTSUP || n == libc::EOPNOTSUPP) => Err(adder_object::PyErr::new(
            &adder_object::exceptions::NOT_IMPLEMENTED_ERROR,
            "chmod: follow_symlinks unavailable on this platform",
        )),
        Err(n) => Err(p.error(n)),
        Ok(_) => none(),
    }
}
pub fn chown(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "chown");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let (uid, gid) = (a.id(1, "uid")?, a.id(2, "gid")?);
    let (dir, follow) = (a.dir_fd(3)?, a.nofollow(4)?);
    a.check_fd_path(&p, dir, follow)?;
    a.call(&p, || if p.is_fd() { sys::fchown(p.fd, uid, gid) } else { sys::fchownat(dir, p.c(), uid, gid, follow) })?;
    none()
}
pub fn lchown(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "lchown");
    let p = a.path(0, "path", NAME)?;
    let (uid, gid) = (a.id(1, "uid")?, a.id(2, "gid")?);
    a.call(&p, || sys::fchownat(libc::AT_FDCWD, p.c(), uid, gid, libc::AT_SYMLINK_NOFOLLOW))?;
    none()
}
pub fn link(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "link");
    let (src, dst) = (a.path(0, "src", NAME)?, a.path(1, "dst", NAME)?);
    let (sd, dd) = (a.dir_fd(2)?, a.dir_fd(3)?);
    // CPython follows links where it cannot tell that the program asked for it, too.
    let flags = if a.flag(4, true)? { libc::AT_SYMLINK_FOLLOW } else { 0 };
    a.call2(&src, &dst, || sys::linkat(sd, src.c(), dd, dst.c(), flags))?;
    none()
}
pub fn symlink(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "symlink");
    let (src, dst) = (a.path(0, "src", NAME)?, a.path(1, "dst", NAME)?);
    a.flag(2, false)?;
    let dir = a.dir_fd(3)?;
    a.call2(&src, &dst, || sys::symlinkat(src.c(), dir, dst.c()))?;
    none()
}
fn rename_as(vm: &Vm, b: &Bound<'_>, name: &'static str) -> PyResult {
    let a = In::new(vm, b, name);
    let (src, dst) = (a.path(0, "src", NAME)?, a.path(1, "dst", NAME)?);
    let (sd, dd) = (a.dir_fd(2)?, a.dir_fd(3)?);
    a.call2(&src, &dst, || sys::renameat(sd, src.c(), dd, dst.c()))?;
    none()
}
pub fn rename(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    rename_as(vm, b, "rename")
}
pub fn replace(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    rename_as(vm, b, "replace")
}
fn remove_as(vm: &Vm, b: &Bound<'_>, name: &'static str, flags: i32) -> PyResult {
    let a = In::new(vm, b, name);
    let p = a.path(0, "path", NAME)?;
    let dir = a.dir_fd(1)?;
    a.call(&p, || sys::unlinkat(dir, p.c(), flags))?;
    none()
}
pub fn unlink(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    remove_as(vm, b, "unlink", 0)
}
pub fn remove(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    remove_as(vm, b, "remove", 0)
}
pub fn rmdir(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    remove_as(vm, b, "rmdir", libc::AT_REMOVEDIR)
}
pub fn mkdir(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "mkdir");
    let p = a.path(0, "path", NAME)?;
    let mode = a.int(1, 0o777)? as u32;
    let dir = a.dir_fd(2)?;
    a.call(&p, || sys::mkdirat(dir, p.c(), mode))?;
    none()
}
pub fn mkfifo(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "mkfifo");
    let p = a.path(0, "path", NAME)?;
    let mode = a.int(1, 0o666)? as u32;
    let dir = a.dir_fd(2)?;
    a.call(&p, || sys::mkfifoat(dir, p.c(), mode))?;
    none()
}
pub fn mknod(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "mknod");
    let p = a.path(0, "path", NAME)?;
    let mode = a.int(1, 0o600)? as u32;
    let dev = b.opt(2).map_or(Ok(0), |d| ops::to_i64(vm, d))? as u64;
    let dir = a.dir_fd(3)?;
    a.call(&p, || sys::mknodat(dir, p.c(), mode, dev))?;
    none()
}
pub fn truncate(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "truncate");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let n = a.long(1)?;
    a.call(&p, || if p.is_fd() { sys::ftruncate(p.fd, n) } else { sys::truncate(p.c(), n) })?;
    none()
}

// ---- times ----

fn whole_and_nanos(vm: &Vm, o: &Obj) -> PyResult<(i64, i64)> {
    if let Some(x) = adder_object::float::as_float(o) {
        let whole = x.floor();
        if !whole.is_finite() || whole.abs() > 9e18 {
            return Err(if x.is_nan() {
                error::value_error("Invalid value NaN (not a number)")
            } else {
                error::overflow_error("timestamp out of range for platform time_t")
            });
        }
        let nanos = ((x - whole) * 1e9).floor() as i64;
        return Ok((whole as i64, nanos.min(999_999_999)));
    }
    Ok((ops::to_i64(vm, o)?, 0))
}
fn split_ns(vm: &Vm, o: &Obj) -> PyResult<(i64, i64)> {
    let d = arith::divmod(vm, o, &int::from_i64(1_000_000_000))?;
    match tuple::as_slice(&d) {
        Some([s, n]) => Ok((ops::to_i64(vm, s)?, ops::to_i64(vm, n)?)),
        _ => Err(error::type_error(format!(
            "{}.__divmod__() must return a 2-tuple, not {}",
            o.ty().tp_name(),
            d.ty().tp_name()
        ))),
    }
}
pub fn utime(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "utime");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let (times, ns) = (b.opt_not_none(1), b.opt(2));
    let (dir, follow) = (a.dir_fd(3)?, a.nofollow(4)?);
    let when = match (times, ns) {
        (Some(_), Some(_)) => {
            return Err(error::value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        (Some(t), None) => match tuple::as_slice(t) {
            Some([x, y]) => Some([whole_and_nanos(vm, x)?, whole_and_nanos(vm, y)?]),
            _ => return Err(error::type_error("utime: 'times' must be either a tuple of two ints or None")),
        },
        (None, Some(n)) => match tuple::as_slice(n) {
            Some([x, y]) => Some([split_ns(vm, x)?, split_ns(vm, y)?]),
            _ => return Err(error::type_error("utime: 'ns' must be a tuple of two ints")),
        },
        (None, None) => None,
    };
    a.check_fd_path(&p, dir, follow)?;
    a.call(&p, || if p.is_fd() { sys::futimens(p.fd, when) } else { sys::utimensat(dir, p.c(), when, follow) })?;
    none()
}

// ---- paths as text ----

pub fn fspath(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    crate::os::convert::fspath(vm, b.req(0))
}
/// The path with `.`, `..` and doubled slashes resolved textually (POSIX keeps exactly two leading slashes).
fn normpath(p: &[u32]) -> Vec<u32> {
    const SLASH: u32 = b'/' as u32;
    if p.is_empty() {
        return vec![b'.' as u32];
    }
    let lead = match p {
        [SLASH, SLASH, SLASH, ..] => 1,
        [SLASH, SLASH, ..] => 2,
        [SLASH, ..] => 1,
        _ => 0,
    };
    let dot: &[u32] = &[46];
    let dots: &[u32] = &[46, 46];
    let mut parts: Vec<&[u32]> = vec![];
    for part in p.split(|&c| c == SLASH) {
        if part.is_empty() || part == dot {
            continue;
        }
        if part != dots || (lead == 0 && parts.last().is_none_or(|l| *l == dots)) {
            parts.push(part);
        } else if !parts.is_empty() {
            parts.pop();
        }
    }
    let mut out = vec![SLASH; lead];
    out.extend(parts.join(&SLASH));
    if out.is_empty() { vec![46] } else { out }
}
pub fn path_normpath(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    on_text(
        vm,
        b.req(0),
        "_path_normpath",
        |p| str::from_code_points(&normpath(p)).into_obj(),
        |p| {
            let wide: Vec<u32> = p.iter().map(|&b| b as u32).collect();
            bytes::new(&normpath(&wide).iter().map(|&c| c as u8).collect::<Vec<_>>())
        },
    )
}
fn on_text(
    vm: &Vm,
    o: &Obj,
    function: &'static ::std::primitive::str,
    text: impl Fn(&[u32]) -> Obj,
    binary: impl Fn(&[u8]) -> Obj,
) -> PyResult {
    if let Some(s) = o.get::<Str>() {
        return Ok(text(&s.code_points()));
    }
    if let Some(x) = o.get::<Bytes>() {
        return Ok(binary(x.as_slice()));
    }
    let p = path_arg(vm, o, function, "path", NAME)?;
    on_text(vm, &p.object, function, text, binary)
}
pub fn path_splitroot_ex(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let root = |n: usize, first: [bool; 3]| match first {
        _ if n == 0 || !first[0] => 0,
        [true, true, false] => 2,
        _ => 1,
    };
    on_text(
        vm,
        b.req(0),
        "_path_splitroot_ex",
        |p| {
            let at = |i: usize| p.get(i) == Some(&47);
            let k = root(p.len(), [at(0), at(1), at(2)]);
            let make = |s: &[u32]| str::from_code_points(s).into_obj();
            tuple::from_array([new_str(""), make(&p[..k]), make(&p[k..])])
        },
        |p| {
            let at = |i: usize| p.get(i) == Some(&b'/');
            let k = root(p.len(), [at(0), at(1), at(2)]);
            tuple::from_array([bytes::new(b""), bytes::new(&p[..k]), bytes::new(&p[k..])])
        },
    )
}

// ---- extended attributes ----

pub fn getxattr(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "getxattr");
    let (p, name) = (a.path(0, "path", NAME_OR_FD)?, a.path(1, "attribute", NAME)?);
    let follow = a.nofollow(2)?;
    a.check_fd_path(&p, libc::AT_FDCWD, follow)?;
    let fd = if p.is_fd() { Some(p.fd) } else { None };
    let r = vm.allow_threads(|| sys::get_xattr(fd, p.c(), name.c(), follow == 0));
    r.map(|v| new_bytes(&v)).map_err(|n| p.error(n))
}
pub fn setxattr(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "setxattr");
    let (p, name) = (a.path(0, "path", NAME_OR_FD)?, a.path(1, "attribute", NAME)?);
    let value = buffer::to_vec(vm, b.req(2))?;
    let flags = a.int(3, 0)?;
    let follow = a.nofollow(4)?;
    a.check_fd_path(&p, libc::AT_FDCWD, follow)?;
    let fd = if p.is_fd() { Some(p.fd) } else { None };
    a.call(&p, || sys::set_xattr(fd, p.c(), name.c(), &value, flags, follow == 0))?;
    none()
}
pub fn removexattr(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "removexattr");
    let (p, name) = (a.path(0, "path", NAME_OR_FD)?, a.path(1, "attribute", NAME)?);
    let follow = a.nofollow(2)?;
    a.check_fd_path(&p, libc::AT_FDCWD, follow)?;
    let fd = if p.is_fd() { Some(p.fd) } else { None };
    a.call(&p, || sys::remove_xattr(fd, p.c(), name.c(), follow == 0))?;
    none()
}
pub fn listxattr(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "listxattr");
    let p = a.path(0, "path", ANY)?;
    let follow = a.nofollow(1)?;
    a.check_fd_path(&p, libc::AT_FDCWD, follow)?;
    let fd = if p.is_fd() { Some(p.fd) } else { None };
    let r = vm.allow_threads(|| sys::list_xattr(fd, p.c(), follow == 0)).map_err(|n| p.error(n))?;
    let names = r.split(|&c| c == 0).filter(|n| !n.is_empty()).map(fs_decode).collect();
    Ok(List::new(names).into_obj())
}

// ---- names of configuration values ----

/// A configuration name: an int, or a str found in the module's table.
fn conf_name(vm: &Vm, module: &Obj, o: &Obj, table: &'static ::std::primitive::str) -> PyResult<i32> {
    if o.get::<Str>().is_none() {
        if !int::is_int(o) && o.ty().index().is_none() {
            return Err(error::type_error("configuration names must be strings or integers"));
        }
        return ops::to_i32(vm, o);
    }
    let table = attr::get_str(vm, module, table)?;
    let found = table.get::<adder_object::Dict>().map(|d| d.get_item(vm, o)).transpose()?.flatten();
    match found.and_then(|n| n.small_int()) {
        Some(n) => Ok(n as i32),
        None => Err(error::value_error("unrecognized configuration name")),
    }
}
pub fn sysconf(vm: &Vm, m: &Obj, name: &Obj) -> PyResult {
    let n = conf_name(vm, m, name, "sysconf_names")?;
    sys::sysconf_value(n).map(int::from_i64).map_err(|e| error::os_error(e, None, None))
}
pub fn confstr(vm: &Vm, m: &Obj, name: &Obj) -> PyResult {
    let n = conf_name(vm, m, name, "confstr_names")?;
    match sys::confstr_value(n) {
        Ok(Some(v)) => Ok(fs_decode(&v)),
        Ok(None) => none(),
        Err(e) => Err(error::os_error(e, None, None)),
    }
}
pub fn pathconf(vm: &Vm, m: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "pathconf");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let n = conf_name(vm, m, b.req(1), "pathconf_names")?;
    let fd = if p.is_fd() { Some(p.fd) } else { None };
    sys::pathconf_value(fd, p.c(), n).map(int::from_i64).map_err(|e| p.error(e))
}
/// A str or bytes argument as the system's bytes, for environment names.
pub fn env_bytes(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    let p = crate::os::convert::fspath(vm, o)?;
    match (p.get::<Str>(), p.get::<Bytes>()) {
        (Some(s), _) => fs_encode(s),
        (_, Some(b)) => Ok(b.as_slice().to_vec()),
        _ => Err(error::type_error(format!("str or bytes expected, not {}", type_name_or_none(o)))),
    }
}
