//! `fcntl`: control of descriptors.
//!
//! CPython: Modules/fcntlmodule.c.

use super::convert::{descriptor, os_err};
use super::io::base::zeroed;
use super::sys_calls::{self as sys, blocking};
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    Bytes, Module, ModuleSpec, Obj, ObjExt, PyResult, Ref, Str, Vm, buffer, bytes, error, int, module, ops, singletons,
};

fn none() -> PyResult {
    Ok(singletons::none())
}
/// Structures that the kernel fills may be longer than what the program gave.
const ROOM: usize = 1024;

/// An integer that fits 32 bits, signed or not.
fn request(vm: &Vm, o: &Obj) -> PyResult<i64> {
    ops::to_i64(vm, o)
}
/// The bytes of a bytes-like or str argument.
fn bytes_of(vm: &Vm, o: &Obj) -> PyResult<Option<Vec<u8>>> {
    if let Some(s) = o.get::<Str>() {
        return Ok(Some(s.to_wtf8()));
    }
    if int::is_int(o) || !buffer::has_buffer(o) {
        return Ok(None);
    }
    buffer::to_vec(vm, o).map(Some)
}

fn fcntl(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &a[0])?;
    let cmd = ops::to_i32(vm, &a[1])?;
    let Some(arg) = a.get(2) else {
        return Ok(int::from_i64(blocking(vm, || sys::fcntl_int(fd, cmd, 0))?.map_err(os_err)?));
    };
    match bytes_of(vm, arg)? {
        Some(data) => {
            if data.len() > ROOM {
                return Err(error::value_error("fcntl argument 3 is too long"));
            }
            let mut buf = [0u8; ROOM * 2];
            buf[..data.len()].copy_from_slice(&data);
            blocking(vm, || sys::fcntl_buf(fd, cmd, &mut buf))?.map_err(os_err)?;
            Ok(bytes::new(&buf[..data.len()]))
        }
        None => {
            let n = request(vm, arg)? as i32;
            Ok(int::from_i64(blocking(vm, || sys::fcntl_int(fd, cmd, n))?.map_err(os_err)?))
        }
    }
}
fn ioctl(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let fd = descriptor(vm, &a[0])?;
    let code = request(vm, &a[1])? as u64;
    let mutate = a.get(3).map_or(Ok(true), |m| ops::truth(vm, m))?;
    let Some(arg) = a.get(2) else {
        return Ok(int::from_i64(blocking(vm, || sys::ioctl_int(fd, code, 0))?.map_err(os_err)?));
    };
    if !int::is_int(arg)
        && arg.get::<Bytes>().is_none()
        && mutate
        && buffer::has_buffer(arg)
        && let Ok(b) = buffer::get(vm, arg, buffer::WRITABLE)
        && let Some(m) = b.bytes_mut()
    {
        let mut buf = zeroed(m.len().max(ROOM) + ROOM)?;
        buf[..m.len()].copy_from_slice(m);
        let r = blocking(vm, || sys::ioctl_buf(fd, code, &mut buf))?;
        m.copy_from_slice(&buf[..m.len()]);
        return Ok(int::from_i64(r.map_err(os_err)?));
    }
    match bytes_of(vm, arg)? {
        Some(data) => {
            if data.len() > ROOM {
                return Err(error::value_error("ioctl argument 3 is too long"));
            }
            let mut buf = [0u8; ROOM * 2];
            buf[..data.len()].copy_from_slice(&data);
            blocking(vm, || sys::ioctl_buf(fd, code, &mut buf))?.map_err(os_err)?;
            Ok(bytes::new(&buf[..data.len()]))
        }
        None => {
            let n = request(vm, arg)?;
            Ok(int::from_i64(blocking(vm, || sys::ioctl_int(fd, code, n))?.map_err(os_err)?))
        }
    }
}
fn flock(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let op = ops::to_i32(vm, b.req(1))?;
    blocking(vm, || sys::flock(fd, op))?.map_err(os_err)?;
    none()
}
fn lockf(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let cmd = ops::to_i32(vm, b.req(1))?;
    let kind = match cmd {
        libc::LOCK_UN => libc::F_UNLCK,
        c if c & libc::LOCK_SH != 0 => libc::F_RDLCK,
        c if c & libc::LOCK_EX != 0 => libc::F_WRLCK,
        _ => return Err(error::value_error("unrecognized lockf argument")),
    };
    let at = |i: usize| b.opt(i).map_or(Ok(0), |o| ops::to_i64(vm, o));
    let (len, start, whence) = (at(2)?, at(3)?, at(4)? as i16);
    let wait = cmd & libc::LOCK_NB == 0;
    blocking(vm, || sys::fcntl_lock(fd, wait, kind as i16, whence, start, len))?.map_err(os_err)?;
    none()
}

#[rustfmt::skip]
const NUMBERS: &[(&::std::primitive::str, i64)] = &[
    ("LOCK_SH", 1), ("LOCK_EX", 2), ("LOCK_NB", 4), ("LOCK_UN", 8), ("LOCK_MAND", 32), ("LOCK_READ", 64),
    ("LOCK_WRITE", 128), ("LOCK_RW", 192), ("F_DUPFD", 0), ("F_DUPFD_CLOEXEC", 1030), ("F_GETFD", 1), ("F_SETFD", 2),
    ("F_GETFL", 3), ("F_SETFL", 4), ("F_GETLK", 5), ("F_SETLK", 6), ("F_SETLKW", 7), ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38), ("F_GETOWN", 9), ("F_SETOWN", 8), ("F_GETSIG", 11), ("F_SETSIG", 10),
    ("F_RDLCK", 0), ("F_WRLCK", 1), ("F_UNLCK", 2), ("F_GETLK64", 5), ("F_SETLK64", 6), ("F_SETLKW64", 7),
    ("FASYNC", 8192), ("F_SETLEASE", 1024), ("F_GETLEASE", 1025), ("F_NOTIFY", 1026), ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4), ("F_SHLCK", 8), ("F_SETPIPE_SZ", 1031), ("F_GETPIPE_SZ", 1032), ("FICLONE", 1074041865),
    ("FICLONERANGE", 1075876877), ("F_GETOWN_EX", 16), ("F_SETOWN_EX", 15), ("F_OWNER_TID", 0), ("F_OWNER_PID", 1),
    ("F_OWNER_PGRP", 2), ("F_GET_RW_HINT", 1035), ("F_SET_RW_HINT", 1036), ("F_GET_FILE_RW_HINT", 1037),
    ("F_SET_FILE_RW_HINT", 1038), ("RWH_WRITE_LIFE_NOT_SET", 0), ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_SHORT", 2), ("RWH_WRITE_LIFE_MEDIUM", 3), ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_EXTREME", 5), ("FD_CLOEXEC", 1), ("DN_ACCESS", 1), ("DN_MODIFY", 2), ("DN_CREATE", 4),
    ("DN_DELETE", 8), ("DN_RENAME", 16), ("DN_ATTRIB", 32), ("DN_MULTISHOT", 2147483648), ("F_ADD_SEALS", 1033),
    ("F_GET_SEALS", 1034), ("F_SEAL_SEAL", 1), ("F_SEAL_SHRINK", 2), ("F_SEAL_GROW", 4), ("F_SEAL_WRITE", 8),
    ("F_SEAL_FUTURE_WRITE", 16),
];
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module performs file control and I/O control on file\ndescriptors.",
    functions: &[
        method(
            "fcntl($module, fd, cmd, arg=0, /)",
            Native::Pos(2, 3, fcntl),
            "Perform the operation `cmd` on file descriptor fd.",
        ),
        method(
            "ioctl($module, fd, request, arg=0, mutate_flag=True, /)",
            Native::Pos(2, 4, ioctl),
            "Perform the operation request on file descriptor fd.",
        ),
        method(
            "flock($module, fd, operation, /)",
            Native::Bound(flock),
            "Perform the lock operation on file descriptor fd.",
        ),
        method(
            "lockf($module, fd, cmd, len=0, start=0, whence=0, /)",
            Native::Bound(lockf),
            "A wrapper around the fcntl() locking calls.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("fcntl")
};
