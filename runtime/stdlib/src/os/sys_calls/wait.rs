//! Wrappers around `poll`, `epoll`, the terminal, and the user data base.
//!
//! Invariant: SYS-1 (see the parent module). The data base calls use static memory of libc: results are copied under the GIL.
#![allow(unsafe_code)]

use super::{Sys, errno, ret, set_errno};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::raw::c_char;

pub use libc::pollfd;

pub fn poll(fds: &mut [pollfd], timeout: i32) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as u64, timeout) } as i64).map(|n| n as usize)
}
pub fn epoll_ctl(ep: i32, op: i32, fd: i32, events: u32) -> Sys<i64> {
    let mut e = libc::epoll_event { events, u64: fd as u64 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::epoll_ctl(ep, op, fd, &mut e) } as i64)
}
/// (descriptor, events) of what is ready.
pub fn epoll_wait(ep: i32, max: usize, timeout: i32) -> Sys<Vec<(i32, u32)>> {
    let mut v = vec![libc::epoll_event { events: 0, u64: 0 }; max];
    // SAFETY: SYS-1.
    let n = ret(unsafe { libc::epoll_wait(ep, v.as_mut_ptr(), max as i32, timeout) } as i64)?;
    Ok(v[..n as usize].iter().map(|e| (e.u64 as i32, e.events)).collect())
}

// ---- terminals ----

pub fn tcgetattr(fd: i32) -> Sys<libc::termios> {
    let mut t = MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::tcgetattr(fd, t.as_mut_ptr()) as i64)?;
        Ok(t.assume_init())
    }
}
pub fn tcsetattr(fd: i32, when: i32, t: &libc::termios) -> Sys<i64> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::tcsetattr(fd, when, t) } as i64)
}
pub fn speeds(t: &libc::termios) -> (u32, u32) {
    // SAFETY: SYS-1.
    unsafe { (libc::cfgetispeed(t), libc::cfgetospeed(t)) }
}
pub fn set_speeds(t: &mut libc::termios, i: u32, o: u32) -> Sys<i64> {
    // SAFETY: SYS-1.
    unsafe {
        ret(libc::cfsetispeed(t, i) as i64)?;
        ret(libc::cfsetospeed(t, o) as i64)
    }
}
pub fn set_window_size(fd: i32, rows: u16, cols: u16) -> Sys<i64> {
    let mut w = libc::winsize { ws_row: rows, ws_col: cols, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads a winsize.
    ret(unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &mut w) } as i64)
}

// ---- the user data base ----

pub struct User {
    pub texts: [Vec<u8>; 5],
    pub uid: u32,
    pub gid: u32,
}
/// # Safety
/// `p` is null or a NUL-terminated string.
unsafe fn text(p: *const c_char) -> Vec<u8> {
    // SAFETY: by contract.
    if p.is_null() { vec![] } else { unsafe { CStr::from_ptr(p) }.to_bytes().to_vec() }
}
/// # Safety
/// `p` is null or an entry of libc's.
unsafe fn user(p: *const libc::passwd) -> Option<User> {
    // SAFETY: by contract.
    unsafe {
        let p = p.as_ref()?;
        Some(User {
            texts: [text(p.pw_name), text(p.pw_passwd), text(p.pw_gecos), text(p.pw_dir), text(p.pw_shell)],
            uid: p.pw_uid,
            gid: p.pw_gid,
        })
    }
}
pub fn user_by_name(name: &CStr) -> Option<User> {
    // SAFETY: SYS-1; the entry is copied at once.
    unsafe { user(libc::getpwnam(name.as_ptr())) }
}
pub fn user_by_id(uid: u32) -> Option<User> {
    // SAFETY: as above.
    unsafe { user(libc::getpwuid(uid)) }
}
pub fn all_users() -> Vec<User> {
    let mut v = vec![];
    // SAFETY: as above; the iteration is finished before anything else runs.
    unsafe {
        libc::setpwent();
        while let Some(u) = user(libc::getpwent()) {
            v.push(u);
        }
        libc::endpwent();
    }
    v
}
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}
/// # Safety
/// `p` is null or an entry of libc's.
unsafe fn group(p: *const libc::group) -> Option<Group> {
    // SAFETY: by contract: the member list ends with null.
    unsafe {
        let p = p.as_ref()?;
        let mut members = vec![];
        let mut m = p.gr_mem;
        while !m.is_null() && !(*m).is_null() {
            members.push(text(*m));
            m = m.add(1);
        }
        Some(Group { name: text(p.gr_name), password: text(p.gr_passwd), gid: p.gr_gid, members })
    }
}
pub fn group_by_name(name: &CStr) -> Option<Group> {
    // SAFETY: SYS-1; the entry is copied at once.
    unsafe { group(libc::getgrnam(name.as_ptr())) }
}
pub fn group_by_id(gid: u32) -> Option<Group> {
    // SAFETY: as above.
    unsafe { group(libc::getgrgid(gid)) }
}
pub fn all_groups() -> Vec<Group> {
    let mut v = vec![];
    // SAFETY: as above.
    unsafe {
        libc::setgrent();
        while let Some(g) = group(libc::getgrent()) {
            v.push(g);
        }
        libc::endgrent();
    }
    v
}

// ---- syslog ----

pub fn openlog(ident: Option<&'static CStr>, option: i32, facility: i32) {
    // SAFETY: the name lives as long as the process.
    unsafe { libc::openlog(ident.map_or(std::ptr::null(), CStr::as_ptr), option, facility) }
}
pub fn syslog(priority: i32, message: &CStr) {
    // SAFETY: SYS-1: a fixed format.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) }
}
pub fn closelog() {
    // SAFETY: no arguments.
    unsafe { libc::closelog() }
}
pub fn setlogmask(mask: i32) -> i32 {
    // SAFETY: integers only.
    unsafe { libc::setlogmask(mask) }
}

// ---- named semaphores ----

/// A POSIX semaphore; closed when dropped.
pub struct Semaphore(*mut libc::sem_t);
// SAFETY: semaphores are made for sharing.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}
impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        unsafe { libc::sem_close(self.0) };
    }
}
impl Semaphore {
    pub fn create(name: &CStr, value: u32) -> Sys<Semaphore> {
        // SAFETY: SYS-1.
        let p = unsafe { libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600, value) };
        if p == libc::SEM_FAILED { Err(errno()) } else { Ok(Semaphore(p)) }
    }
    pub fn open(name: &CStr) -> Sys<Semaphore> {
        // SAFETY: SYS-1.
        let p = unsafe { libc::sem_open(name.as_ptr(), 0) };
        if p == libc::SEM_FAILED { Err(errno()) } else { Ok(Semaphore(p)) }
    }
    pub fn unlink(name: &CStr) -> Sys<i64> {
        // SAFETY: SYS-1.
        ret(unsafe { libc::sem_unlink(name.as_ptr()) } as i64)
    }
    pub fn try_wait(&self) -> Sys<i64> {
        // SAFETY: an open semaphore.
        ret(unsafe { libc::sem_trywait(self.0) } as i64)
    }
    pub fn wait(&self, until: Option<i64>) -> Sys<i64> {
        // SAFETY: an open semaphore; the deadline is on the real-time clock.
        ret(unsafe {
            match until {
                None => libc::sem_wait(self.0),
                Some(n) => {
                    let t = libc::timespec { tv_sec: n / 1_000_000_000, tv_nsec: n % 1_000_000_000 };
                    libc::sem_timedwait(self.0, &t)
                }
            }
        } as i64)
    }
    pub fn post(&self) -> Sys<i64> {
        // SAFETY: an open semaphore.
        ret(unsafe { libc::sem_post(self.0) } as i64)
    }
    pub fn value(&self) -> Sys<i32> {
        let mut n = 0;
        set_errno(0);
        // SAFETY: an open semaphore.
        ret(unsafe { libc::sem_getvalue(self.0, &mut n) } as i64).map(|_| n)
    }
    pub fn address(&self) -> usize {
        self.0 as usize
    }
}
