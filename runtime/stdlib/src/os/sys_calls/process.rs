//! Wrappers around libc's calls on processes, users, scheduling and the environment.
//!
//! Invariant: SYS-1 (see the parent module); ENV-1: the environment is changed only with the GIL held.
#![allow(unsafe_code)]

use super::{Sys, errno, ret, set_errno};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::raw::c_char;

fn pointers(v: &[CString]) -> Vec<*const c_char> {
    v.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}
/// Replaces the process; returns only with an errno.
pub fn execve(path: &CStr, argv: &[CString], env: Option<&[CString]>) -> i32 {
    let a = pointers(argv);
    // SAFETY: SYS-1: null-terminated arrays of strings.
    unsafe {
        match env {
            Some(e) => libc::execve(path.as_ptr(), a.as_ptr(), pointers(e).as_ptr()),
            None => libc::execv(path.as_ptr(), a.as_ptr()),
        };
    }
    errno()
}
pub fn fexecve(fd: i32, argv: &[CString], env: &[CString]) -> i32 {
    // SAFETY: SYS-1: null-terminated arrays of strings.
    unsafe { libc::fexecve(fd, pointers(argv).as_ptr(), pointers(env).as_ptr()) };
    errno()
}
/// Forks with the GIL's lock held, so that the child does not inherit it taken by a thread that is gone.
pub fn fork() -> Sys<i64> {
    // SAFETY: the child goes on with this thread alone; the caller runs the after-fork hooks.
    adder_mem::gil::around_fork(|| ret(unsafe { libc::fork() } as i64), |r| *r == Ok(0))
}
pub fn forkpty() -> Sys<(i64, i32)> {
    let mut master = 0;
    let null = std::ptr::null_mut();
    let r = adder_mem::gil::around_fork(
        // SAFETY: as `fork`; the other results are not wanted.
        || ret(unsafe { libc::forkpty(&mut master, null, std::ptr::null(), std::ptr::null()) } as i64),
        |r| *r == Ok(0),
    );
    r.map(|p| (p, master))
}
pub fn waitpid(pid: i32, options: i32) -> Sys<(i32, i32)> {
    let mut status = 0;
    // SAFETY: SYS-1.
    ret(unsafe { libc::waitpid(pid, &mut status, options) } as i64).map(|p| (p as i32, status))
}
pub fn wait4(pid: i32, options: i32) -> Sys<(i32, i32, libc::rusage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        let p = ret(libc::wait4(pid, &mut status, options, usage.as_mut_ptr()) as i64)?;
        Ok((p as i32, status, usage.assume_init()))
    }
}
/// (pid, uid, signo, status, code); pid 0 when nothing changed.
pub fn waitid(kind: u32, id: u32, options: i32) -> Sys<[i64; 5]> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::waitid(kind, id, info.as_mut_ptr(), options) as i64)?;
        let i = info.assume_init();
        Ok([i.si_pid() as i64, i.si_uid() as i64, i.si_signo as i64, i.si_status() as i64, i.si_code as i64])
    }
}
pub fn exit_now(status: i32) -> ! {
    // SAFETY: ends the process without cleanup, as asked.
    unsafe { libc::_exit(status) }
}
pub fn abort() -> ! {
    // SAFETY: ends the process with SIGABRT, as asked.
    unsafe { libc::abort() }
}
pub fn system(command: &CStr) -> i32 {
    // SAFETY: SYS-1.
    unsafe { libc::system(command.as_ptr()) }
}
pub fn sync() {
    // SAFETY: no arguments.
    unsafe { libc::sync() }
}

// ---- users ----

pub fn ids() -> [u32; 4] {
    // SAFETY: no arguments.
    unsafe { [libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()] }
}
pub fn getresuid() -> Sys<[u32; 3]> {
    let [mut a, mut b, mut c] = [0; 3];
    // SAFETY: SYS-1.
    ret(unsafe { libc::getresuid(&mut a, &mut b, &mut c) } as i64).map(|_| [a, b, c])
}
pub fn getresgid() -> Sys<[u32; 3]> {
    let [mut a, mut b, mut c] = [0; 3];
    // SAFETY: SYS-1.
    ret(unsafe { libc::getresgid(&mut a, &mut b, &mut c) } as i64).map(|_| [a, b, c])
}
pub fn getgroups() -> Sys<Vec<u32>> {
    let mut v = vec![0u32; 65536];
    // SAFETY: SYS-1.
    let n = ret(unsafe { libc::getgroups(v.len() as i32, v.as_mut_ptr()) } as i64)?;
    v.truncate(n as usize);
    Ok(v)
}
pub fn setgroups(v: &[u32]) -> Sys<i64> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::setgroups(v.len(), v.as_ptr()) } as i64)
}
pub fn getgrouplist(user: &CStr, group: u32) -> Sys<Vec<u32>> {
    let mut v = vec![0u32; 65536];
    let mut n = v.len() as i32;
    // SAFETY: SYS-1.
    ret(unsafe { libc::getgrouplist(user.as_ptr(), group, v.as_mut_ptr(), &mut n) } as i64)?;
    v.truncate(n as usize);
    Ok(v)
}
pub fn initgroups(user: &CStr, group: u32) -> Sys<i64> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::initgroups(user.as_ptr(), group) } as i64)
}
pub fn getlogin() -> Sys<Vec<u8>> {
    unsafe extern "C" {
        fn getlogin_r(name: *mut c_char, n: usize) -> i32;
    }
    let mut b = [0u8; 256];
    // SAFETY: SYS-1.
    match unsafe { getlogin_r(b.as_mut_ptr().cast(), b.len()) } {
        0 => Ok(b.iter().copied().take_while(|&c| c != 0).collect()),
        n => Err(n),
    }
}
pub fn getpriority(which: u32, who: u32) -> Sys<i64> {
    set_errno(0);
    // SAFETY: integers only.
    match unsafe { libc::getpriority(which, who) } {
        -1 if errno() != 0 => Err(errno()),
        n => Ok(n as i64),
    }
}
pub fn setpriority(which: u32, who: u32, priority: i32) -> Sys<i64> {
    // SAFETY: integers only.
    ret(unsafe { libc::setpriority(which, who, priority) } as i64)
}
pub fn add_nice(n: i32) -> Sys<i64> {
    set_errno(0);
    // SAFETY: integers only.
    match unsafe { libc::nice(n) } {
        -1 if errno() != 0 => Err(errno()),
        n => Ok(n as i64),
    }
}

// ---- scheduling ----

pub fn getaffinity(pid: i32) -> Sys<Vec<usize>> {
    let mut mask = [0u64; 128];
    // SAFETY: SYS-1: the mask's true length is given.
    let n = ret(unsafe { libc::syscall(libc::SYS_sched_getaffinity, pid, size_of_val(&mask), mask.as_mut_ptr()) })?;
    Ok((0..n as usize * 8).filter(|&i| mask[i / 64] >> (i % 64) & 1 != 0).collect())
}
pub fn setaffinity(pid: i32, cpus: &[usize]) -> Sys<i64> {
    let mut mask = [0u64; 128];
    cpus.iter().filter(|&&c| c < 8192).for_each(|&c| mask[c / 64] |= 1 << (c % 64));
    // SAFETY: SYS-1: the mask's true length is given.
    ret(unsafe { libc::syscall(libc::SYS_sched_setaffinity, pid, size_of_val(&mask), mask.as_ptr()) })
}
pub fn sched_getparam(pid: i32) -> Sys<i32> {
    let mut p = libc::sched_param { sched_priority: 0 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::sched_getparam(pid, &mut p) } as i64).map(|_| p.sched_priority)
}
pub fn sched_setparam(pid: i32, priority: i32) -> Sys<i64> {
    let p = libc::sched_param { sched_priority: priority };
    // SAFETY: SYS-1.
    ret(unsafe { libc::sched_setparam(pid, &p) } as i64)
}
pub fn sched_setscheduler(pid: i32, policy: i32, priority: i32) -> Sys<i64> {
    let p = libc::sched_param { sched_priority: priority };
    // SAFETY: SYS-1.
    ret(unsafe { libc::sched_setscheduler(pid, policy, &p) } as i64)
}
pub fn sched_rr_get_interval(pid: i32) -> Sys<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: SYS-1.
    ret(unsafe { libc::sched_rr_get_interval(pid, &mut t) } as i64)?;
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}
pub fn getloadavg() -> Option<[f64; 3]> {
    let mut v = [0.0; 3];
    // SAFETY: room for three numbers.
    if unsafe { libc::getloadavg(v.as_mut_ptr(), 3) } == 3 { Some(v) } else { None }
}
/// user, system, children's user, children's system, elapsed: in clock ticks.
pub fn times() -> Sys<[i64; 5]> {
    let mut t = libc::tms { tms_utime: 0, tms_stime: 0, tms_cutime: 0, tms_cstime: 0 };
    // SAFETY: SYS-1.
    let elapsed = ret(unsafe { libc::times(&mut t) })?;
    Ok([t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed])
}
pub fn uname() -> Sys<[Vec<u8>; 5]> {
    let mut u = MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    let u = unsafe {
        ret(libc::uname(u.as_mut_ptr()) as i64)?;
        u.assume_init()
    };
    let text = |b: &[c_char]| b.iter().take_while(|&&c| c != 0).map(|&c| c as u8).collect::<Vec<u8>>();
    Ok([text(&u.sysname), text(&u.nodename), text(&u.release), text(&u.version), text(&u.machine)])
}
pub fn rusage(who: i32) -> Sys<libc::rusage> {
    let mut u = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: libc fills the zeroed struct.
    unsafe {
        ret(libc::getrusage(who, u.as_mut_ptr()) as i64)?;
        Ok(u.assume_init())
    }
}
/// Gets, and when given sets, a resource limit (of another process too).
pub fn prlimit(pid: i32, resource: i32, new: Option<(u64, u64)>) -> Sys<(u64, u64)> {
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new = new.map(|(c, m)| libc::rlimit { rlim_cur: c, rlim_max: m });
    let p = new.as_ref().map_or(std::ptr::null(), |n| n as *const _);
    // SAFETY: SYS-1: null means no change.
    ret(unsafe { libc::prlimit(pid, resource as _, p, &mut old) } as i64)?;
    Ok((old.rlim_cur, old.rlim_max))
}

// ---- the environment ----

pub fn environment() -> Vec<(Vec<u8>, Vec<u8>)> {
    use std::os::unix::ffi::OsStringExt;
    std::env::vars_os().map(|(k, v)| (k.into_vec(), v.into_vec())).collect()
}
pub fn setenv(name: &CStr, value: &CStr) -> Sys<i64> {
    // SAFETY: ENV-1, SYS-1.
    ret(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) } as i64)
}
pub fn unsetenv(name: &CStr) -> Sys<i64> {
    // SAFETY: ENV-1, SYS-1.
    ret(unsafe { libc::unsetenv(name.as_ptr()) } as i64)
}

// ---- posix_spawn ----

pub enum FileAction {
    Open(i32, CString, i32, u32),
    Close(i32),
    Dup2(i32, i32),
    CloseFrom(i32),
}
#[derive(Default)]
pub struct SpawnOptions {
    pub search: bool,
    pub pgroup: Option<i32>,
    pub reset_ids: bool,
    pub setsid: bool,
    pub sigmask: Option<Vec<i32>>,
    pub sigdefault: Option<Vec<i32>>,
    /// Policy and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}
/// The set of these signals.
pub fn signal_set(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: libc fills and changes the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        signals.iter().for_each(|&s| {
            libc::sigaddset(set.as_mut_ptr(), s);
        });
        set.assume_init()
    }
}
pub fn posix_spawn(
    path: &CStr,
    argv: &[CString],
    env: Option<&[CString]>,
    actions: &[FileAction],
    o: &SpawnOptions,
) -> Sys<i32> {
    unsafe extern "C" {
        static environ: *const *const c_char;
        fn posix_spawn_file_actions_addclosefrom_np(actions: *mut libc::posix_spawn_file_actions_t, from: i32) -> i32;
    }
    let (a, e) = (pointers(argv), env.map(pointers));
    let mut fa = MaybeUninit::<libc::posix_spawn_file_actions_t>::zeroed();
    let mut attr = MaybeUninit::<libc::posix_spawnattr_t>::zeroed();
    let mut pid = 0;
    // SAFETY: SYS-1: both objects are initialised first and destroyed last; paths live until the call returns.
    let r = unsafe {
        libc::posix_spawn_file_actions_init(fa.as_mut_ptr());
        libc::posix_spawnattr_init(attr.as_mut_ptr());
        for x in actions {
            match x {
                FileAction::Open(fd, p, flags, mode) => {
                    libc::posix_spawn_file_actions_addopen(fa.as_mut_ptr(), *fd, p.as_ptr(), *flags, *mode)
                }
                FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(fa.as_mut_ptr(), *fd),
                FileAction::Dup2(x, y) => libc::posix_spawn_file_actions_adddup2(fa.as_mut_ptr(), *x, *y),
                FileAction::CloseFrom(fd) => posix_spawn_file_actions_addclosefrom_np(fa.as_mut_ptr(), *fd),
            };
        }
        let mut flags = 0;
        if let Some(g) = o.pgroup {
            flags |= libc::POSIX_SPAWN_SETPGROUP;
            libc::posix_spawnattr_setpgroup(attr.as_mut_ptr(), g);
        }
        if o.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if o.setsid {
            flags |= 0x80;
        }
        if let Some(m) = &o.sigmask {
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
            libc::posix_spawnattr_setsigmask(attr.as_mut_ptr(), &signal_set(m));
        }
        if let Some(m) = &o.sigdefault {
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
            libc::posix_spawnattr_setsigdefault(attr.as_mut_ptr(), &signal_set(m));
        }
        if let Some((policy, priority)) = o.scheduler {
            if let Some(p) = policy {
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                libc::posix_spawnattr_setschedpolicy(attr.as_mut_ptr(), p);
            }
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            libc::posix_spawnattr_setschedparam(attr.as_mut_ptr(), &libc::sched_param { sched_priority: priority });
        }
        libc::posix_spawnattr_setflags(attr.as_mut_ptr(), flags as _);
        let envp = e.as_ref().map_or(environ as *const *mut c_char, |e| e.as_ptr() as *const *mut c_char);
        let argp = a.as_ptr() as *const *mut c_char;
        let r = if o.search {
            libc::posix_spawnp(&mut pid, path.as_ptr(), fa.as_ptr(), attr.as_ptr(), argp, envp)
        } else {
            libc::posix_spawn(&mut pid, path.as_ptr(), fa.as_ptr(), attr.as_ptr(), argp, envp)
        };
        libc::posix_spawn_file_actions_destroy(fa.as_mut_ptr());
        libc::posix_spawnattr_destroy(attr.as_mut_ptr());
        r
    };
    if r == 0 { Ok(pid) } else { Err(r) }
}
