//! Wrappers around libc's calls on files and descriptors that fill structures or buffers.
//!
//! Invariant: SYS-1 (see the parent module).
#![allow(unsafe_code)]

use super::{Sys, errno, ret, set_errno};
use std::ffi::CStr;
use std::mem::MaybeUninit;

pub fn statvfs(path: &CStr) -> Sys<libc::statvfs> {
    let mut s = MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::statvfs(path.as_ptr(), s.as_mut_ptr()) as i64)?;
        Ok(s.assume_init())
    }
}
pub fn fstatvfs(fd: i32) -> Sys<libc::statvfs> {
    let mut s = MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::fstatvfs(fd, s.as_mut_ptr()) as i64)?;
        Ok(s.assume_init())
    }
}
/// Calls `f` with growing buffers until the result fits.
fn growing(mut f: impl FnMut(&mut [u8]) -> i64) -> Sys<Vec<u8>> {
    let mut buf = vec![0u8; 512];
    loop {
        let n = ret(f(&mut buf))? as usize;
        if n < buf.len() {
            buf.truncate(n);
            return Ok(buf);
        }
        buf.resize(buf.len() * 2, 0);
    }
}
pub fn readlinkat(dir: i32, path: &CStr) -> Sys<Vec<u8>> {
    // SAFETY: SYS-1.
    growing(|b| unsafe { libc::readlinkat(dir, path.as_ptr(), b.as_mut_ptr().cast(), b.len()) as i64 })
}
fn timespecs(when: Option<[(i64, i64); 2]>) -> Option<[libc::timespec; 2]> {
    when.map(|w| w.map(|(s, n)| libc::timespec { tv_sec: s, tv_nsec: n }))
}
pub fn futimens(fd: i32, when: Option<[(i64, i64); 2]>) -> Sys<i64> {
    let t = timespecs(when);
    // SAFETY: SYS-1: null means now.
    ret(unsafe { libc::futimens(fd, t.as_ref().map_or(std::ptr::null(), |t| t.as_ptr())) } as i64)
}
pub fn utimensat(dir: i32, path: &CStr, when: Option<[(i64, i64); 2]>, flags: i32) -> Sys<i64> {
    let t = timespecs(when);
    let t = t.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    // SAFETY: SYS-1: null means now.
    ret(unsafe { libc::utimensat(dir, path.as_ptr(), t, flags) } as i64)
}
pub fn pipe2(flags: i32) -> Sys<(i32, i32)> {
    let mut fds = [0i32; 2];
    // SAFETY: room for two descriptors.
    ret(unsafe { libc::pipe2(fds.as_mut_ptr(), flags) } as i64)?;
    Ok((fds[0], fds[1]))
}
pub fn socketpair(family: i32, kind: i32, proto: i32) -> Sys<(i32, i32)> {
    let mut fds = [0i32; 2];
    // SAFETY: room for two descriptors.
    ret(unsafe { libc::socketpair(family, kind, proto, fds.as_mut_ptr()) } as i64)?;
    Ok((fds[0], fds[1]))
}
/// Closes every descriptor of [low, high).
pub fn close_range(low: i32, high: i32) {
    let low = low.max(0);
    if high <= low {
        return;
    }
    // SAFETY: integers only.
    let r = unsafe { libc::syscall(libc::SYS_close_range, low as u32, (high - 1) as u32, 0u32) };
    if r != 0 {
        for fd in low..high.min(65536) {
            let _ = super::close(fd);
        }
    }
}
pub fn window_size(fd: i32) -> Sys<(u16, u16)> {
    let mut w = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills a winsize.
    ret(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) } as i64)?;
    Ok((w.ws_col, w.ws_row))
}
fn name_of(f: impl Fn(*mut libc::c_char, usize) -> i32) -> Sys<Vec<u8>> {
    let mut buf = [0u8; 1024];
    match f(buf.as_mut_ptr().cast(), buf.len()) {
        0 => Ok(buf.iter().copied().take_while(|&b| b != 0).collect()),
        n => Err(n),
    }
}
pub fn ttyname(fd: i32) -> Sys<Vec<u8>> {
    // SAFETY: SYS-1.
    name_of(|p, n| unsafe { libc::ttyname_r(fd, p, n) })
}
pub fn ptsname(fd: i32) -> Sys<Vec<u8>> {
    // SAFETY: SYS-1.
    name_of(|p, n| unsafe { libc::ptsname_r(fd, p, n) })
}
pub fn openpty() -> Sys<(i32, i32)> {
    let (mut m, mut s) = (0, 0);
    let null = std::ptr::null_mut();
    // SAFETY: the other results are not wanted.
    ret(unsafe { libc::openpty(&mut m, &mut s, null, std::ptr::null(), std::ptr::null()) } as i64)?;
    for fd in [m, s] {
        super::fcntl_int(fd, libc::F_SETFD, libc::FD_CLOEXEC)?;
    }
    Ok((m, s))
}
pub fn sendfile(out: i32, inp: i32, at: Option<i64>, n: usize) -> Sys<i64> {
    let mut at = at;
    let p = at.as_mut().map_or(std::ptr::null_mut(), |a| a as *mut i64);
    // SAFETY: SYS-1: null means the file's own position.
    ret(unsafe { libc::sendfile(out, inp, p, n) } as i64)
}
pub fn copy_file_range(src: i32, dst: i32, n: usize, from: Option<i64>, to: Option<i64>) -> Sys<i64> {
    let (mut from, mut to) = (from, to);
    let f = from.as_mut().map_or(std::ptr::null_mut(), |a| a as *mut i64);
    let t = to.as_mut().map_or(std::ptr::null_mut(), |a| a as *mut i64);
    // SAFETY: SYS-1: null means the file's own position.
    ret(unsafe { libc::copy_file_range(src, f, dst, t, n, 0) } as i64)
}
pub fn splice(src: i32, dst: i32, n: usize, from: Option<i64>, to: Option<i64>, flags: u32) -> Sys<i64> {
    let (mut from, mut to) = (from, to);
    let f = from.as_mut().map_or(std::ptr::null_mut(), |a| a as *mut i64);
    let t = to.as_mut().map_or(std::ptr::null_mut(), |a| a as *mut i64);
    // SAFETY: SYS-1: null means the file's own position.
    ret(unsafe { libc::splice(src, f, dst, t, n, flags) } as i64)
}

// ---- extended attributes ----

pub fn get_xattr(fd: Option<i32>, path: &CStr, name: &CStr, follow: bool) -> Sys<Vec<u8>> {
    for size in [256usize, 65536] {
        let mut b = vec![0u8; size];
        let (p, n) = (b.as_mut_ptr().cast(), b.len());
        // SAFETY: SYS-1.
        let r = unsafe {
            match fd {
                Some(fd) => libc::fgetxattr(fd, name.as_ptr(), p, n),
                None if follow => libc::getxattr(path.as_ptr(), name.as_ptr(), p, n),
                None => libc::lgetxattr(path.as_ptr(), name.as_ptr(), p, n),
            }
        };
        match ret(r as i64) {
            Err(libc::ERANGE) if size == 256 => continue,
            r => {
                b.truncate(r? as usize);
                return Ok(b);
            }
        }
    }
    Err(libc::ERANGE)
}
pub fn list_xattr(fd: Option<i32>, path: &CStr, follow: bool) -> Sys<Vec<u8>> {
    let mut b = vec![0u8; 65536];
    let (p, n) = (b.as_mut_ptr().cast(), b.len());
    // SAFETY: SYS-1.
    let r = unsafe {
        match fd {
            Some(fd) => libc::flistxattr(fd, p, n),
            None if follow => libc::listxattr(path.as_ptr(), p, n),
            None => libc::llistxattr(path.as_ptr(), p, n),
        }
    };
    b.truncate(ret(r as i64)? as usize);
    Ok(b)
}
pub fn set_xattr(fd: Option<i32>, path: &CStr, name: &CStr, value: &[u8], flags: i32, follow: bool) -> Sys<i64> {
    let (p, n) = (value.as_ptr().cast(), value.len());
    // SAFETY: SYS-1.
    ret(unsafe {
        match fd {
            Some(fd) => libc::fsetxattr(fd, name.as_ptr(), p, n, flags),
            None if follow => libc::setxattr(path.as_ptr(), name.as_ptr(), p, n, flags),
            None => libc::lsetxattr(path.as_ptr(), name.as_ptr(), p, n, flags),
        }
    } as i64)
}
pub fn remove_xattr(fd: Option<i32>, path: &CStr, name: &CStr, follow: bool) -> Sys<i64> {
    // SAFETY: SYS-1.
    ret(unsafe {
        match fd {
            Some(fd) => libc::fremovexattr(fd, name.as_ptr()),
            None if follow => libc::removexattr(path.as_ptr(), name.as_ptr()),
            None => libc::lremovexattr(path.as_ptr(), name.as_ptr()),
        }
    } as i64)
}

// ---- configuration values ----

fn conf(f: impl FnOnce() -> i64) -> Sys<i64> {
    set_errno(0);
    match f() {
        -1 if errno() != 0 => Err(errno()),
        n => Ok(n),
    }
}
pub fn sysconf_value(name: i32) -> Sys<i64> {
    // SAFETY: integers only.
    conf(|| unsafe { libc::sysconf(name) })
}
pub fn pathconf_value(fd: Option<i32>, path: &CStr, name: i32) -> Sys<i64> {
    // SAFETY: SYS-1.
    conf(|| unsafe {
        match fd {
            Some(fd) => libc::fpathconf(fd, name),
            None => libc::pathconf(path.as_ptr(), name),
        }
    })
}
pub fn confstr_value(name: i32) -> Sys<Option<Vec<u8>>> {
    set_errno(0);
    let mut b = vec![0u8; 4096];
    // SAFETY: SYS-1.
    let n = unsafe { libc::confstr(name, b.as_mut_ptr().cast(), b.len()) };
    if n == 0 {
        return if errno() != 0 { Err(errno()) } else { Ok(None) };
    }
    b.truncate((n - 1).min(4095));
    Ok(Some(b))
}
pub fn getrandom(buf: &mut [u8], flags: u32) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::getrandom(buf.as_mut_ptr().cast(), buf.len(), flags) } as i64).map(|n| n as usize)
}
/// An ioctl whose argument is an integer.
pub fn ioctl_int(fd: i32, request: u64, arg: i64) -> Sys<i64> {
    // SAFETY: the caller's request takes an integer; a wrong one gives EFAULT or EINVAL.
    ret(unsafe { libc::ioctl(fd, request as _, arg) } as i64)
}
/// An ioctl whose argument is a structure in `buf`, which is padded well beyond its size.
pub fn ioctl_buf(fd: i32, request: u64, buf: &mut [u8]) -> Sys<i64> {
    // SAFETY: SYS-1: as in C the program answers for the size that the request means; callers pad to 1024 bytes.
    ret(unsafe { libc::ioctl(fd, request as _, buf.as_mut_ptr()) } as i64)
}
pub fn fcntl_buf(fd: i32, cmd: i32, buf: &mut [u8]) -> Sys<i64> {
    // SAFETY: as `ioctl_buf`.
    ret(unsafe { libc::fcntl(fd, cmd, buf.as_mut_ptr()) } as i64)
}
/// A record lock (`fcntl.lockf`).
pub fn fcntl_lock(fd: i32, wait: bool, kind: i16, whence: i16, start: i64, len: i64) -> Sys<i64> {
    let l = libc::flock { l_type: kind, l_whence: whence, l_start: start, l_len: len, l_pid: 0 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::fcntl(fd, if wait { libc::F_SETLKW } else { libc::F_SETLK }, &l) } as i64)
}
