//! Safe wrappers around libc: the only place of this crate where `unsafe` is allowed.
//!
//! Invariant: SYS-1: a wrapper passes to libc only integers, NUL-terminated strings that outlive the call, and memory regions
//! with their true length. Results are `Sys<T>`: the value or the errno. No wrapper retries after EINTR (see `blocking`).
#![allow(unsafe_code)]

use adder_object::buffer::Buffer;
use adder_object::{Obj, PyResult, Vm};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU8, Ordering};

/// The value or the errno.
pub type Sys<T> = Result<T, i32>;

pub fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
pub fn set_errno(n: i32) {
    // SAFETY: the address of this thread's errno.
    unsafe { *libc::__errno_location() = n }
}
/// Bits of the standard descriptors that were closed when the process began; Rust's start-up opens /dev/null in their place.
static STARTED_CLOSED: AtomicU8 = AtomicU8::new(0);

extern "C" fn look_at_standard_descriptors() {
    // SAFETY: SYS-1: integers only.
    let closed = |fd: &i32| unsafe { libc::fcntl(*fd, libc::F_GETFD) } == -1;
    let bits = (0..3).filter(closed).fold(0, |bits, fd| bits | 1 << fd);
    STARTED_CLOSED.store(bits, Ordering::Relaxed);
}
// SAFETY: SYS-1: the C library calls the functions of this section before `main`; this one needs nothing to be ready.
#[unsafe(link_section = ".init_array")]
#[used]
static AT_START: extern "C" fn() = look_at_standard_descriptors;

/// Whether a standard descriptor was closed when the process began.
pub fn started_closed(fd: i32) -> bool {
    STARTED_CLOSED.load(Ordering::Relaxed) >> fd & 1 != 0
}

fn ret(r: i64) -> Sys<i64> {
    if r == -1 { Err(errno()) } else { Ok(r) }
}

/// Runs a system call with the GIL released, again after each signal whose handler did not raise (PEP 475).
pub fn blocking<R: Send>(vm: &Vm, mut f: impl FnMut() -> Sys<R> + Send) -> PyResult<Sys<R>> {
    loop {
        match vm.allow_threads(&mut f) {
            Err(libc::EINTR) => vm.check_breaker()?,
            r => return Ok(r),
        }
    }
}

/// How an argument reaches libc.
pub trait Raw {
    type C;
    fn raw(self) -> Self::C;
}
macro_rules! raw_ints { ($($t:ty),*) => { $(impl Raw for $t { type C = $t; #[inline] fn raw(self) -> $t { self } })* } }
raw_ints!(i32, u32, i64, u64, usize, isize);
impl Raw for &CStr {
    type C = *const libc::c_char;
    fn raw(self) -> Self::C {
        self.as_ptr()
    }
}
impl Raw for Option<&CStr> {
    type C = *const libc::c_char;
    fn raw(self) -> Self::C {
        self.map_or(std::ptr::null(), CStr::as_ptr)
    }
}

macro_rules! calls {
    ($($name:ident($($a:ident: $t:ty),*);)*) => { $(
        pub fn $name($($a: $t),*) -> Sys<i64> {
            // SAFETY: SYS-1.
            ret(unsafe { libc::$name($($a.raw()),*) } as i64)
        }
    )* };
}
calls! {
    open(path: &CStr, flags: i32, mode: u32); openat(dir: i32, path: &CStr, flags: i32, mode: u32);
    close(fd: i32); dup(fd: i32); dup2(a: i32, b: i32); dup3(a: i32, b: i32, flags: i32);
    lseek(fd: i32, at: i64, whence: i32); ftruncate(fd: i32, n: i64); truncate(path: &CStr, n: i64);
    fsync(fd: i32); fdatasync(fd: i32); isatty(fd: i32); fchmod(fd: i32, mode: u32); fchown(fd: i32, u: u32, g: u32); fchdir(fd: i32);
    chdir(path: &CStr); chroot(path: &CStr); umask(mask: u32); access(path: &CStr, mode: i32);
    faccessat(dir: i32, path: &CStr, mode: i32, flags: i32); chmod(path: &CStr, mode: u32);
    fchmodat(dir: i32, path: &CStr, mode: u32, flags: i32); fchownat(dir: i32, path: &CStr, u: u32, g: u32, flags: i32);
    mkdirat(dir: i32, path: &CStr, mode: u32); unlinkat(dir: i32, path: &CStr, flags: i32);
    renameat(a: i32, from: &CStr, b: i32, to: &CStr); symlinkat(target: &CStr, dir: i32, path: &CStr);
    linkat(a: i32, from: &CStr, b: i32, to: &CStr, flags: i32); mkfifoat(dir: i32, path: &CStr, mode: u32);
    mknodat(dir: i32, path: &CStr, mode: u32, dev: u64);
    kill(pid: i32, sig: i32); killpg(pid: i32, sig: i32); setpgid(a: i32, b: i32); getpgid(a: i32); setsid(); getsid(a: i32);
    tcgetpgrp(fd: i32); tcsetpgrp(fd: i32, pg: i32); getpid(); getppid(); getpgrp();
    setuid(a: u32); setgid(a: u32); seteuid(a: u32); setegid(a: u32); setreuid(a: u32, b: u32); setregid(a: u32, b: u32);
    setresuid(a: u32, b: u32, c: u32); setresgid(a: u32, b: u32, c: u32);
    sched_yield(); sched_get_priority_max(p: i32); sched_get_priority_min(p: i32); sched_getscheduler(pid: i32);
    memfd_create(name: &CStr, flags: u32); eventfd(n: u32, flags: i32); pidfd_open_call(pid: i32, flags: u32);
    lockf(fd: i32, cmd: i32, n: i64); flock(fd: i32, op: i32); posix_fadvise(fd: i32, a: i64, n: i64, advice: i32);
    posix_fallocate(fd: i32, a: i64, n: i64); nice(n: i32); grantpt(fd: i32); unlockpt(fd: i32); posix_openpt(flags: i32);
    login_tty(fd: i32); sethostname_call(name: &CStr, n: usize); alarm(n: u32); pause(); raise(sig: i32);
    listen(fd: i32, n: i32); shutdown(fd: i32, how: i32); socket(a: i32, b: i32, c: i32); epoll_create1(flags: i32);
    tcsendbreak(fd: i32, n: i32); tcdrain(fd: i32); tcflush(fd: i32, q: i32); tcflow(fd: i32, q: i32);
    shm_open(name: &CStr, flags: i32, mode: u32); shm_unlink(name: &CStr); unshare(flags: i32); setns(fd: i32, kind: i32);
}
/// Calls libc does not declare by these names; the table above reaches them through this module.
mod libc {
    pub use ::libc::*;
    /// # Safety
    /// Integers only.
    pub unsafe fn pidfd_open_call(pid: i32, flags: u32) -> i64 {
        // SAFETY: integers only.
        unsafe { ::libc::syscall(::libc::SYS_pidfd_open, pid, flags) }
    }
    /// # Safety
    /// `name` points to `n` bytes.
    pub unsafe fn sethostname_call(name: *const c_char, n: usize) -> c_int {
        // SAFETY: by contract.
        unsafe { ::libc::sethostname(name, n) }
    }
}

// ---- reading and writing ----

pub fn read(fd: i32, buf: &mut [u8]) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) } as i64).map(|n| n as usize)
}
pub fn write(fd: i32, buf: &[u8]) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::write(fd, buf.as_ptr().cast(), buf.len()) } as i64).map(|n| n as usize)
}
pub fn pread(fd: i32, buf: &mut [u8], at: i64) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::pread(fd, buf.as_mut_ptr().cast(), buf.len(), at) } as i64).map(|n| n as usize)
}
pub fn pwrite(fd: i32, buf: &[u8], at: i64) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::pwrite(fd, buf.as_ptr().cast(), buf.len(), at) } as i64).map(|n| n as usize)
}
pub fn readv(fd: i32, bufs: &mut [&mut [u8]], at: Option<(i64, i32)>) -> Sys<usize> {
    let v: Vec<libc::iovec> =
        bufs.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }).collect();
    let n = v.len() as i32;
    // SAFETY: SYS-1: the vectors describe live slices.
    let r = unsafe {
        match at {
            None => libc::readv(fd, v.as_ptr(), n),
            Some((at, 0)) => libc::preadv(fd, v.as_ptr(), n, at),
            Some((at, flags)) => libc::preadv2(fd, v.as_ptr(), n, at, flags),
        }
    };
    ret(r as i64).map(|n| n as usize)
}
pub fn writev(fd: i32, bufs: &[&[u8]], at: Option<(i64, i32)>) -> Sys<usize> {
    let v: Vec<libc::iovec> =
        bufs.iter().map(|b| libc::iovec { iov_base: b.as_ptr() as *mut _, iov_len: b.len() }).collect();
    let n = v.len() as i32;
    // SAFETY: SYS-1: the vectors describe live slices.
    let r = unsafe {
        match at {
            None => libc::writev(fd, v.as_ptr(), n),
            Some((at, 0)) => libc::pwritev(fd, v.as_ptr(), n, at),
            Some((at, flags)) => libc::pwritev2(fd, v.as_ptr(), n, at, flags),
        }
    };
    ret(r as i64).map(|n| n as usize)
}
pub fn fstat(fd: i32) -> Sys<libc::stat> {
    let mut st = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::fstat(fd, st.as_mut_ptr()) as i64)?;
        Ok(st.assume_init())
    }
}
pub fn fstatat(dir: i32, path: &CStr, flags: i32) -> Sys<libc::stat> {
    let mut st = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::fstatat(dir, path.as_ptr(), st.as_mut_ptr(), flags) as i64)?;
        Ok(st.assume_init())
    }
}
pub fn fcntl_int(fd: i32, cmd: i32, arg: i32) -> Sys<i64> {
    // SAFETY: commands that take an integer, or nothing.
    ret(unsafe { libc::fcntl(fd, cmd, arg) } as i64)
}
/// Whether the descriptor is open.
pub fn is_open(fd: i32) -> bool {
    // SAFETY: integers only.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

/// A buffer over memory that `owner` keeps in place until `release` ran (BUF-1).
pub fn exported(owner: Obj, memory: &mut [u8], readonly: bool, release: fn(&Buffer)) -> Buffer {
    let (ptr, len) = (memory.as_mut_ptr(), memory.len());
    // SAFETY: BUF-1: the exporter counts exports and does not resize while there are any.
    unsafe { Buffer::new(owner, ptr, len, readonly, release) }
}

pub mod child;
pub mod files;
pub mod memory;
pub mod net;
pub mod process;
pub mod signals;
pub mod wait;
pub use files::*;
pub use memory::Region;
pub use process::*;
pub use signals::*;
pub use wait::*;
