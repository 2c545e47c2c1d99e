//! The child's side of `_posixsubprocess.fork_exec`: what happens between fork and exec.
//!
//! Invariant: CHILD-1: after the fork the child makes system calls alone (but for the program's own `preexec_fn`) and never returns.
//! CPython: Modules/_posixsubprocess.c (child_exec).

use super::{Sys, close, errno, execve, fcntl_int};
use std::ffi::CString;

pub struct ForkExec {
    pub argv: Vec<CString>,
    pub executables: Vec<CString>,
    pub env: Option<Vec<CString>>,
    pub cwd: Option<CString>,
    pub close_fds: bool,
    pub pass_fds: Vec<i32>,
    pub p2c: (i32, i32),
    pub c2p: (i32, i32),
    pub err: (i32, i32),
    pub errpipe: (i32, i32),
    pub restore_signals: bool,
    pub setsid: bool,
    pub pgid: i32,
    pub gid: Option<u32>,
    pub groups: Option<Vec<u32>>,
    pub uid: Option<u32>,
    pub umask: i32,
}

/// Why the child could not go on: errno and what it says to the parent.
struct Failed(i32, &'static str);

fn check(r: Sys<i64>) -> Result<i64, Failed> {
    r.map_err(|n| Failed(n, "noexec"))
}

/// Runs in the child; `preexec` is the program's function, false when it raised.
pub fn run_child(p: &ForkExec, preexec: impl FnOnce() -> bool) -> ! {
    let text = match prepare(p) {
        Ok(()) if !preexec() => "SubprocessError:0:Exception occurred in preexec_fn.".to_owned(),
        Ok(()) => {
            let n = exec(p);
            format!("OSError:{n:X}:")
        }
        Err(Failed(n, what)) => format!("OSError:{n:X}:{what}"),
    };
    let _ = super::write(p.errpipe.1, text.as_bytes());
    super::exit_now(255)
}

fn prepare(p: &ForkExec) -> Result<(), Failed> {
    for &fd in &p.pass_fds {
        if fd != p.errpipe.1 {
            let old = check(fcntl_int(fd, libc::F_GETFD, 0))? as i32;
            check(fcntl_int(fd, libc::F_SETFD, old & !libc::FD_CLOEXEC))?;
        }
    }
    for fd in [p.p2c.1, p.c2p.0, p.err.0, p.errpipe.0] {
        if fd >= 0 {
            check(close(fd))?;
        }
    }
    // Descriptors that sit where others must go move up first.
    let (mut out, mut err) = (p.c2p.1, p.err.1);
    if out == 0 {
        out = check(fcntl_int(out, libc::F_DUPFD_CLOEXEC, 3))? as i32;
    }
    while err == 0 || err == 1 {
        err = check(fcntl_int(err, libc::F_DUPFD_CLOEXEC, 3))? as i32;
    }
    for (from, to) in [(p.p2c.0, 0), (out, 1), (err, 2)] {
        if from == to {
            let old = check(fcntl_int(from, libc::F_GETFD, 0))? as i32;
            check(fcntl_int(from, libc::F_SETFD, old & !libc::FD_CLOEXEC))?;
        } else if from >= 0 {
            check(super::dup2(from, to))?;
        }
    }
    if let Some(cwd) = &p.cwd {
        super::chdir(cwd).map_err(|n| Failed(n, "noexec:chdir"))?;
    }
    if p.umask >= 0 {
        let _ = super::umask(p.umask as u32);
    }
    if p.restore_signals {
        for s in [libc::SIGPIPE, libc::SIGXFSZ] {
            let _ = super::set_action(s, super::Action::Default);
        }
    }
    if p.setsid {
        let _ = super::setsid();
    }
    if p.pgid >= 0 {
        check(super::setpgid(0, p.pgid))?;
    }
    if let Some(g) = &p.groups {
        check(super::setgroups(g))?;
    }
    if let Some(g) = p.gid {
        check(super::setregid(g, g))?;
    }
    if let Some(u) = p.uid {
        check(super::setreuid(u, u))?;
    }
    Ok(())
}

/// Tries each candidate; gives the most telling errno.
fn exec(p: &ForkExec) -> i32 {
    if p.close_fds {
        let mut keep: Vec<i32> = p.pass_fds.iter().copied().chain([p.errpipe.1]).filter(|&fd| fd >= 3).collect();
        keep.sort_unstable();
        let mut low = 3;
        for fd in keep {
            super::close_range(low, fd);
            low = fd + 1;
        }
        super::close_range(low, i32::MAX);
    }
    let mut saved = 0;
    for e in &p.executables {
        let n = execve(e, &p.argv, p.env.as_deref());
        if n != libc::ENOENT && n != libc::ENOTDIR && saved == 0 {
            saved = n;
        }
    }
    if saved != 0 { saved } else { errno() }
}
