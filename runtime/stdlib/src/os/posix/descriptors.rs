//! Functions on file descriptors.
//!
//! CPython: Modules/posixmodule.c.

use super::path::{In, NAME};
use crate::os::convert::{fs_decode, new_bytes, new_str, size_or};
use crate::os::io::base::{readable, writable, zeroed};
use crate::os::structs;
use crate::os::sys_calls as sys;
use crate::struct_seq;
use adder_object::bind::Bound;
use adder_object::{Obj, ObjExt, PyResult, Vm, buffer, error, int, ops, singletons, tuple};

struct_seq!(TERMINAL_DEF "os.terminal_size" visible=2
"A tuple of (columns, lines) for holding terminal window size" {
    "columns"; "lines";
});

fn none() -> PyResult {
    Ok(singletons::none())
}
fn num(n: i64) -> PyResult {
    Ok(int::from_i64(n))
}

pub fn open(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "open");
    let p = a.path(0, "path", NAME)?;
    let flags = a.int(1, 0)? | libc::O_CLOEXEC;
    let mode = a.int(2, 0o777)? as u32;
    let dir = a.dir_fd(3)?;
    num(a.call(&p, || sys::openat(dir, p.c(), flags, mode))?)
}
pub fn close(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "close");
    let fd = a.int(0, 0)?;
    match vm.allow_threads(|| sys::close(fd)) {
        Err(n) if n != libc::EINTR => Err(error::os_error(n, None, None)),
        _ => none(),
    }
}
pub fn closerange(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "closerange");
    let (low, high) = (a.int(0, 0)?, a.int(1, 0)?);
    vm.allow_threads(|| sys::close_range(low, high));
    none()
}
pub fn dup(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "dup");
    let fd = a.int(0, 0)?;
    num(a.run(|| sys::fcntl_int(fd, libc::F_DUPFD_CLOEXEC, 0))?)
}
pub fn dup2(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "dup2");
    let (from, to) = (a.int(0, 0)?, a.int(1, 0)?);
    if from < 0 || to < 0 {
        return Err(error::os_error(libc::EBADF, None, None));
    }
    let inheritable = a.flag(2, true)?;
    num(a.run(|| if inheritable || from == to { sys::dup2(from, to) } else { sys::dup3(from, to, libc::O_CLOEXEC) })?)
}
pub fn read(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "read");
    let fd = a.int(0, 0)?;
    let n = size_or(vm, b.opt(1), 0)?;
    if n < 0 {
        return Err(error::os_error(libc::EINVAL, None, None));
    }
    let mut buf = zeroed((n as usize).min(0x7fff_f000))?;
    let n = a.run(|| sys::read(fd, &mut buf))?;
    Ok(new_bytes(&buf[..n]))
}
pub fn readinto(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "readinto");
    let fd = a.int(0, 0)?;
    let t = writable(vm, b.req(1), "readinto")?;
    let Some(m) = t.bytes_mut() else { return num(0) };
    Ok(int::from_usize(a.run(|| sys::read(fd, m))?))
}
pub fn write(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "write");
    let fd = a.int(0, 0)?;
    let data = readable(vm, b.req(1))?;
    let bytes = data.bytes();
    let bytes = &bytes[..bytes.len().min(0x7fff_f000)];
    Ok(int::from_usize(a.run(|| sys::write(fd, bytes))?))
}
pub fn pread(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "pread");
    let fd = a.int(0, 0)?;
    let (n, at) = (a.long(1)?, a.long(2)?);
    if n < 0 {
        return Err(error::os_error(libc::EINVAL, None, None));
    }
    let mut buf = zeroed(n as usize)?;
    let n = a.run(|| sys::pread(fd, &mut buf, at))?;
    Ok(new_bytes(&buf[..n]))
}
pub fn pwrite(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "pwrite");
    let fd = a.int(0, 0)?;
    let data = readable(vm, b.req(1))?;
    let at = a.long(2)?;
    let bytes = data.bytes();
    Ok(int::from_usize(a.run(|| sys::pwrite(fd, bytes, at))?))
}
fn sequence(vm: &Vm, o: &Obj, name: &str) -> PyResult<Vec<Obj>> {
    if o.ty().getitem().is_none() || o.ty().length().is_none() {
        return Err(error::type_error(format!("{name}() arg 2 must be a sequence")));
    }
    ops::collect(vm, o)
}
fn read_vector(a: &In<'_>, at: Option<(i64, i32)>) -> PyResult {
    let fd = a.int(0, 0)?;
    let items = sequence(a.vm, a.b.req(1), a.name)?;
    let bufs = items.iter().map(|o| writable(a.vm, o, a.name)).collect::<PyResult<Vec<_>>>()?;
    let mut parts: Vec<&mut [u8]> = bufs.iter().filter_map(|b| b.bytes_mut()).collect();
    Ok(int::from_usize(a.run(|| sys::readv(fd, &mut parts, at))?))
}
fn write_vector(a: &In<'_>, at: Option<(i64, i32)>) -> PyResult {
    let fd = a.int(0, 0)?;
    let items = sequence(a.vm, a.b.req(1), a.name)?;
    let bufs = items.iter().map(|o| readable(a.vm, o)).collect::<PyResult<Vec<_>>>()?;
    let parts: Vec<&[u8]> = bufs.iter().map(buffer::Buffer::bytes).collect();
    Ok(int::from_usize(a.run(|| sys::writev(fd, &parts, at))?))
}
pub fn readv(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    read_vector(&In::new(vm, b, "readv"), None)
}
pub fn preadv(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "preadv");
    read_vector(&a, Some((a.long(2)?, a.int(3, 0)?)))
}
pub fn writev(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    write_vector(&In::new(vm, b, "writev"), None)
}
pub fn pwritev(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "pwritev");
    write_vector(&a, Some((a.long(2)?, a.int(3, 0)?)))
}
pub fn lseek(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "lseek");
    let (fd, at, how) = (a.int(0, 0)?, crate::os::convert::offset(vm, b.req(1))?, a.int(2, 0)?);
    num(a.run(|| sys::lseek(fd, at, how))?)
}
macro_rules! on_fd { ($($f:ident)*) => { $(
    pub fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
        let a = In::new(vm, b, stringify!($f));
        let fd = a.fd(0)?;
        a.run(|| sys::$f(fd))?;
        none()
    }
)* } }
on_fd! { fsync fdatasync fchdir grantpt unlockpt login_tty }
pub fn ftruncate(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "ftruncate");
    let (fd, n) = (a.int(0, 0)?, a.long(1)?);
    a.run(|| sys::ftruncate(fd, n))?;
    none()
}
pub fn fchmod(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "fchmod");
    let (fd, mode) = (a.int(0, 0)?, a.int(1, 0)? as u32);
    a.run(|| sys::fchmod(fd, mode))?;
    none()
}
pub fn fchown(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "fchown");
    let (fd, u, g) = (a.int(0, 0)?, a.id(1, "uid")?, a.id(2, "gid")?);
    a.run(|| sys::fchown(fd, u, g))?;
    none()
}
pub fn isatty(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = In::new(vm, b, "isatty").int(0, 0)?;
    Ok(singletons::bool_obj(sys::isatty(fd).is_ok_and(|n| n == 1)))
}
pub fn pipe(vm: &Vm, _: &Obj) -> PyResult {
    let (r, w) = vm.allow_threads(|| sys::pipe2(libc::O_CLOEXEC)).map_err(|n| error::os_error(n, None, None))?;
    Ok(tuple::from_array([int::from_i64(r as i64), int::from_i64(w as i64)]))
}
pub fn pipe2(vm: &Vm, _: &Obj, flags: &Obj) -> PyResult {
    let flags = ops::to_i32(vm, flags)?;
    let (r, w) = sys::pipe2(flags).map_err(|n| error::os_error(n, None, None))?;
    Ok(tuple::from_array([int::from_i64(r as i64), int::from_i64(w as i64)]))
}
pub fn get_inheritable(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "get_inheritable");
    let fd = a.int(0, 0)?;
    Ok(singletons::bool_obj(a.run(|| sys::fcntl_int(fd, libc::F_GETFD, 0))? & libc::FD_CLOEXEC as i64 == 0))
}
pub fn set_inheritable(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "set_inheritable");
    let fd = a.int(0, 0)?;
    let on = a.int(1, 0)? != 0;
    set_cloexec(&a, fd, !on)?;
    none()
}
fn set_cloexec(a: &In<'_>, fd: i32, on: bool) -> PyResult<()> {
    let old = a.run(|| sys::fcntl_int(fd, libc::F_GETFD, 0))? as i32;
    let new = if on { old | libc::FD_CLOEXEC } else { old & !libc::FD_CLOEXEC };
    if new != old {
        a.run(|| sys::fcntl_int(fd, libc::F_SETFD, new))?;
    }
    Ok(())
}
pub fn get_blocking(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "get_blocking");
    let fd = a.int(0, 0)?;
    Ok(singletons::bool_obj(a.run(|| sys::fcntl_int(fd, libc::F_GETFL, 0))? & libc::O_NONBLOCK as i64 == 0))
}
pub fn set_blocking(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "set_blocking");
    let fd = a.int(0, 0)?;
    let on = a.flag(1, true)?;
    let old = a.run(|| sys::fcntl_int(fd, libc::F_GETFL, 0))? as i32;
    let new = if on { old & !libc::O_NONBLOCK } else { old | libc::O_NONBLOCK };
    if new != old {
        a.run(|| sys::fcntl_int(fd, libc::F_SETFL, new))?;
    }
    none()
}
pub fn get_terminal_size(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "get_terminal_size");
    let fd = a.int(0, 1)?;
    let (cols, rows) = a.run(|| sys::window_size(fd))?;
    Ok(structs::make(&TERMINAL_DEF, vec![int::from_i64(cols as i64), int::from_i64(rows as i64)]))
}
pub fn ttyname(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "ttyname");
    let fd = a.int(0, 0)?;
    Ok(fs_decode(&a.run(|| sys::ttyname(fd))?))
}
pub fn ptsname(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "ptsname");
    let fd = a.fd(0)?;
    Ok(fs_decode(&a.run(|| sys::ptsname(fd))?))
}
pub fn openpty(_: &Vm, _: &Obj) -> PyResult {
    let (m, s) = sys::openpty().map_err(|n| error::os_error(n, None, None))?;
    Ok(tuple::from_array([int::from_i64(m as i64), int::from_i64(s as i64)]))
}
pub fn posix_openpt(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "posix_openpt");
    let flags = a.int(0, 0)? | libc::O_CLOEXEC;
    num(a.run(|| sys::posix_openpt(flags))?)
}
pub fn device_encoding(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = In::new(vm, b, "device_encoding").int(0, 0)?;
    Ok(if sys::isatty(fd).is_ok_and(|n| n == 1) { new_str("UTF-8") } else { singletons::none() })
}
pub fn sendfile(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sendfile");
    let (out, inp) = (a.int(0, 0)?, a.int(1, 0)?);
    let at = match b.req(2) {
        o if o.is_none() => None,
        o => Some(ops::to_i64(vm, o)?),
    };
    let n = a.long(3)?;
    num(a.run(|| sys::sendfile(out, inp, at, n as usize))?)
}
pub fn copy_file_range(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "copy_file_range");
    let (src, dst, n) = (a.int(0, 0)?, a.int(1, 0)?, a.long(2)?);
    if n < 0 {
        return Err(error::value_error("negative value for 'count' not allowed"));
    }
    let at = |i| b.opt_not_none(i).map(|o| ops::to_i64(vm, o)).transpose();
    let (from, to) = (at(3)?, at(4)?);
    num(a.run(|| sys::copy_file_range(src, dst, n as usize, from, to))?)
}
pub fn splice(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "splice");
    let (src, dst, n) = (a.int(0, 0)?, a.int(1, 0)?, a.long(2)?);
    if n < 0 {
        return Err(error::value_error("negative value for 'count' not allowed"));
    }
    let at = |i| b.opt_not_none(i).map(|o| ops::to_i64(vm, o)).transpose();
    let (from, to, flags) = (at(3)?, at(4)?, a.int(5, 0)? as u32);
    num(a.run(|| sys::splice(src, dst, n as usize, from, to, flags))?)
}
pub fn lockf(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "lockf");
    let (fd, cmd, n) = (a.int(0, 0)?, a.int(1, 0)?, a.long(2)?);
    a.run(|| sys::lockf(fd, cmd, n))?;
    none()
}
/// The `posix_f*` calls return their error instead of setting errno.
pub fn posix_fadvise(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "posix_fadvise");
    let (fd, at, n, advice) = (a.int(0, 0)?, a.long(1)?, a.long(2)?, a.int(3, 0)?);
    a.run(|| match sys::posix_fadvise(fd, at, n, advice) {
        Ok(0) => Ok(0),
        Ok(e) => Err(e as i32),
        e => e,
    })?;
    none()
}
pub fn posix_fallocate(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "posix_fallocate");
    let (fd, at, n) = (a.int(0, 0)?, a.long(1)?, a.long(2)?);
    a.run(|| match sys::posix_fallocate(fd, at, n) {
        Ok(0) => Ok(0),
        Ok(e) => Err(e as i32),
        e => e,
    })?;
    none()
}
pub fn memfd_create(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "memfd_create");
    let name = crate::os::convert::fs_path(vm, b.req(0))?;
    let flags = b.opt(1).map_or(Ok(libc::MFD_CLOEXEC as i64), |f| ops::to_i64(vm, f))? as u32;
    num(a.run(|| sys::memfd_create(&name, flags))?)
}
pub fn eventfd(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "eventfd");
    let (n, flags) = (a.long(0)? as u32, a.int(1, libc::EFD_CLOEXEC)?);
    num(a.run(|| sys::eventfd(n, flags))?)
}
pub fn eventfd_read(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "eventfd_read");
    let fd = a.fd(0)?;
    let mut buf = [0u8; 8];
    a.run(|| sys::read(fd, &mut buf))?;
    Ok(int::from_u64(u64::from_ne_bytes(buf)))
}
pub fn eventfd_write(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "eventfd_write");
    let fd = a.fd(0)?;
    let n = (a.long(1)? as u64).to_ne_bytes();
    a.run(|| sys::write(fd, &n))?;
    none()
}
pub fn tcgetpgrp(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "tcgetpgrp");
    let fd = a.int(0, 0)?;
    num(a.run(|| sys::tcgetpgrp(fd))?)
}
pub fn tcsetpgrp(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "tcsetpgrp");
    let (fd, pg) = (a.int(0, 0)?, a.int(1, 0)?);
    a.run(|| sys::tcsetpgrp(fd, pg))?;
    none()
}
