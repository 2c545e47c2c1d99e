//! `_posixsubprocess`: starting a program in a child process.
//!
//! CPython: Modules/_posixsubprocess.c.

use super::convert::fs_path;
use super::posix::path::id_arg;
use super::posix::process::{after_fork, before_fork, warn_threads};
use super::sys_calls as sys;
use super::sys_calls::child::{ForkExec, run_child};
use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, ObjExt, PyResult, Vm, call, error, int, ops, tuple};
use std::ffi::CString;

fn strings(vm: &Vm, o: &Obj) -> PyResult<Vec<CString>> {
    ops::collect(vm, o)?.iter().map(|a| fs_path(vm, a)).collect()
}
/// Descriptors in strictly increasing order.
fn keep_list(vm: &Vm, o: &Obj) -> PyResult<Vec<i32>> {
    let bad = || error::value_error("bad value(s) in fds_to_keep");
    let mut out: Vec<i32> = vec![];
    for x in ops::collect(vm, o)? {
        if !int::is_int(&x) {
            return Err(bad());
        }
        let n = ops::to_i32(vm, &x).map_err(|_| bad())?;
        if n < 0 || out.last().is_some_and(|&l| n <= l) {
            return Err(bad());
        }
        out.push(n);
    }
    Ok(out)
}
fn fork_exec(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    if tuple::as_slice(&a[3]).is_none() {
        return Err(error::type_error(format!("fork_exec() argument 4 must be tuple, not {}", a[3].ty().tp_name())));
    }
    let fd = |i: usize| ops::to_i32(vm, &a[i]);
    let close_fds = ops::truth(vm, &a[2])?;
    let errpipe = (fd(12)?, fd(13)?);
    let pass_fds = keep_list(vm, &a[3])?;
    if close_fds && errpipe.1 < 3 {
        return Err(error::value_error("errpipe_write must be >= 3"));
    }
    let argv = ops::collect(vm, &a[0]).map_err(|_| error::type_error("argv must be a tuple"))?;
    let optional =
        |o: &Obj| -> PyResult<Option<Vec<CString>>> { if o.is_none() { Ok(None) } else { strings(vm, o).map(Some) } };
    let p = ForkExec {
        argv: argv.iter().map(|x| fs_path(vm, x)).collect::<PyResult<_>>()?,
        executables: strings(vm, &a[1])?,
        close_fds,
        pass_fds,
        cwd: if a[4].is_none() { None } else { Some(fs_path(vm, &a[4])?) },
        env: optional(&a[5])?,
        p2c: (fd(6)?, fd(7)?),
        c2p: (fd(8)?, fd(9)?),
        err: (fd(10)?, fd(11)?),
        errpipe,
        restore_signals: ops::truth(vm, &a[14])?,
        setsid: ops::truth(vm, &a[15])?,
        pgid: fd(16)?,
        gid: if a[17].is_none() { None } else { Some(id_arg(vm, &a[17], "gid")?) },
        groups: if a[18].is_none() {
            None
        } else {
            Some(ops::collect(vm, &a[18])?.iter().map(|g| id_arg(vm, g, "gid")).collect::<PyResult<_>>()?)
        },
        uid: if a[19].is_none() { None } else { Some(id_arg(vm, &a[19], "uid")?) },
        umask: fd(20)?,
    };
    let preexec = if a[21].is_none() { None } else { Some(a[21].clone()) };
    if preexec.is_some() {
        before_fork(vm);
    }
    match sys::fork() {
        Ok(0) => run_child(&p, || match &preexec {
            None => true,
            Some(f) => {
                after_fork(vm, true);
                call::call0(vm, f).is_ok()
            }
        }),
        r => {
            if preexec.is_some() {
                after_fork(vm, false);
                warn_threads(vm, "fork");
            }
            r.map(int::from_i64).map_err(|n| error::os_error(n, None, None))
        }
    }
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "A POSIX helper for the subprocess module.",
    functions: &[method(
        "fork_exec($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)",
        Native::Pos(22, 22, fork_exec),
        "Spawn a fresh new child process.",
    )],
    ..ModuleSpec::new("_posixsubprocess")
};
