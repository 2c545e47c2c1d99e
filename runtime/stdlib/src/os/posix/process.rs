//! Processes: fork, exec, spawn, wait, signals to others, the environment.
//!
//! CPython: Modules/posixmodule.c.

use super::files::env_bytes;
use super::path::{In, NAME, NAME_OR_FD, path_arg};
use crate::os::convert::{c_string, fs_path};
use crate::os::structs;
use crate::os::sys_calls as sys;
use crate::os::sys_calls::{FileAction, SpawnOptions};
use crate::struct_seq;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::call0;
use adder_object::{List, Obj, ObjExt, PyResult, Vm, attr, error, int, ops, singletons, tuple};
use std::ffi::CString;

struct_seq!(WAITID_DEF "posix.waitid_result" visible=5
"waitid_result: Result from waitid." {
    "si_pid"; "si_uid"; "si_signo"; "si_status"; "si_code";
});

fn none() -> PyResult {
    Ok(singletons::none())
}
fn num(n: i64) -> PyResult {
    Ok(int::from_i64(n))
}

// ---- fork ----

#[derive(Default)]
struct Hooks {
    before: Vec<Obj>,
    child: Vec<Obj>,
    parent: Vec<Obj>,
}
static HOOKS: Global<Option<Hooks>> = Global::new(None);

pub fn register_at_fork(_: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    if (0..3).all(|i| b.opt(i).is_none()) {
        return Err(error::type_error("At least one argument is required."));
    }
    for (i, name) in ["before", "after_in_child", "after_in_parent"].iter().enumerate() {
        if let Some(f) = b.opt(i)
            && !adder_object::call::is_callable(f)
        {
            return Err(error::type_error(format!("'{name}' must be callable, not {}", f.ty().tp_name())));
        }
    }
    let h = HOOKS.get().get_or_insert_default();
    h.before.extend(b.opt(0).cloned());
    h.child.extend(b.opt(1).cloned());
    h.parent.extend(b.opt(2).cloned());
    none()
}
fn run_hooks(vm: &Vm, pick: fn(&Hooks) -> &Vec<Obj>, reverse: bool) {
    let mut list = HOOKS.get().as_ref().map(|h| pick(h).clone()).unwrap_or_default();
    if reverse {
        list.reverse();
    }
    for f in list {
        if let Err(e) = call0(vm, &f) {
            vm.unraisable(e, "Exception ignored in fork hook", Some(&f));
        }
    }
}
pub fn before_fork(vm: &Vm) {
    run_hooks(vm, |h| &h.before, true)
}
pub fn after_fork(vm: &Vm, child: bool) {
    if child {
        crate::os::thread::after_fork_child(vm);
        run_hooks(vm, |h| &h.child, false)
    } else {
        run_hooks(vm, |h| &h.parent, false)
    }
}
/// In a program with several threads the child may deadlock; say so.
pub fn warn_threads(vm: &Vm, name: &str) {
    if crate::os::thread::count() > 0 {
        let text = format!(
            "This process (pid={}) is multi-threaded, use of {name}() may lead to deadlocks in the child.",
            sys::getpid().unwrap_or(0)
        );
        if let Err(e) = vm.warn(&adder_object::exceptions::DEPRECATION_WARNING, &text, 1) {
            vm.unraisable(e, "", None);
        }
    }
}
pub fn fork(vm: &Vm, _: &Obj) -> PyResult {
    before_fork(vm);
    let r = sys::fork();
    after_fork(vm, r == Ok(0));
    if matches!(r, Ok(n) if n > 0) {
        warn_threads(vm, "fork");
    }
    num(r.map_err(|n| error::os_error(n, None, None))?)
}
pub fn forkpty(vm: &Vm, _: &Obj) -> PyResult {
    before_fork(vm);
    let r = sys::forkpty();
    after_fork(vm, matches!(r, Ok((0, _))));
    let (pid, fd) = r.map_err(|n| error::os_error(n, None, None))?;
    if pid > 0 {
        warn_threads(vm, "forkpty");
    }
    Ok(tuple::from_array([int::from_i64(pid), int::from_i64(fd as i64)]))
}

// ---- exec ----

/// A list or tuple of arguments as C strings.
fn arguments(vm: &Vm, o: &Obj, what: &str, empty: &str) -> PyResult<Vec<CString>> {
    if o.get::<List>().is_none() && tuple::as_slice(o).is_none() {
        return Err(error::type_error(format!("{what} must be a tuple or list")));
    }
    let items = ops::collect(vm, o)?;
    if items.is_empty() {
        return Err(error::value_error(empty));
    }
    items.iter().map(|a| fs_path(vm, a)).collect()
}
/// A mapping as "name=value" strings.
pub fn environment(vm: &Vm, o: &Obj, what: &str) -> PyResult<Vec<CString>> {
    if o.ty().getitem().is_none() || attr::lookup_str(vm, o, "keys")?.is_none() {
        return Err(error::type_error(format!("{what} must be a mapping object")));
    }
    let keys = adder_object::call::call_method_str(vm, o, "keys", &[])?;
    let mut out = vec![];
    for k in ops::collect(vm, &keys)? {
        let v = ops::getitem(vm, o, &k)?;
        let (mut k, v) = (env_bytes(vm, &k)?, env_bytes(vm, &v)?);
        if k.is_empty() || k[1..].contains(&b'=') {
            return Err(error::value_error("illegal environment variable name"));
        }
        k.push(b'=');
        k.extend_from_slice(&v);
        out.push(c_string(k, "embedded null byte")?);
    }
    Ok(out)
}
pub fn execv(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "execv");
    let p = a.path(0, "path", NAME)?;
    let argv = arguments(vm, b.req(1), "execv() arg 2", "execv() arg 2 must not be empty")?;
    if argv[0].is_empty() {
        return Err(error::value_error("execv() arg 2 first element cannot be empty"));
    }
    Err(error::os_error(sys::execve(p.c(), &argv, None), None, None))
}
pub fn execve(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "execve");
    let p = a.path(0, "path", NAME_OR_FD)?;
    let argv = arguments(vm, b.req(1), "execve: argv", "execve: argv must not be empty")?;
    if argv[0].is_empty() {
        return Err(error::value_error("execve: argv first element cannot be empty"));
    }
    let env = environment(vm, b.req(2), "execve: environment")?;
    let n = if p.is_fd() { sys::fexecve(p.fd, &argv, &env) } else { sys::execve(p.c(), &argv, Some(&env)) };
    Err(p.error(n))
}
fn signals(vm: &Vm, o: &Obj) -> PyResult<Vec<i32>> {
    ops::collect(vm, o)?.iter().map(|s| crate::os::signal::signal_number(vm, s)).collect()
}
fn file_actions(vm: &Vm, o: &Obj) -> PyResult<Vec<FileAction>> {
    let mut out = vec![];
    for x in ops::collect(vm, o)? {
        let items = match tuple::as_slice(&x) {
            Some(t) if !t.is_empty() => t,
            _ => return Err(error::type_error("Each file_actions element must be a non-empty tuple")),
        };
        let n = |i: usize| ops::to_i32(vm, &items[i]);
        out.push(match (n(0)?, items.len()) {
            (0, 5) => FileAction::Open(n(1)?, fs_path(vm, &items[2])?, n(3)?, n(4)? as u32),
            (1, 2) => FileAction::Close(n(1)?),
            (2, 3) => FileAction::Dup2(n(1)?, n(2)?),
            (3, 2) => FileAction::CloseFrom(n(1)?),
            (0, _) => return Err(error::type_error("A open file_action tuple must have 5 elements")),
            (1, _) => return Err(error::type_error("A close file_action tuple must have 2 elements")),
            (2, _) => return Err(error::type_error("A dup2 file_action tuple must have 3 elements")),
            _ => return Err(error::type_error("Unknown file_actions identifier")),
        });
    }
    Ok(out)
}
fn spawn(a: &In<'_>, search: bool) -> PyResult {
    let (vm, b) = (a.vm, a.b);
    let p = path_arg(vm, b.req(0), a.name, "path", NAME)?;
    let argv = arguments(vm, b.req(1), &format!("{}: argv", a.name), &format!("{}: argv must not be empty", a.name))?;
    if argv[0].is_empty() {
        return Err(error::value_error(format!("{}: argv first element cannot be empty", a.name)));
    }
    let env = match b.req(2) {
        e if e.is_none() => None,
        e => Some(environment(vm, e, &format!("{}: environment", a.name))?),
    };
    let actions = b.opt_not_none(3).map_or(Ok(vec![]), |o| file_actions(vm, o))?;
    let mut o = SpawnOptions { search, reset_ids: a.flag(5, false)?, setsid: a.flag(6, false)?, ..Default::default() };
    o.pgroup = b.opt_not_none(4).map(|g| ops::to_i32(vm, g)).transpose()?;
    o.sigmask = b.opt(7).map(|s| signals(vm, s)).transpose()?;
    o.sigdefault = b.opt(8).map(|s| signals(vm, s)).transpose()?;
    if let Some(s) = b.opt_not_none(9) {
        let [policy, param] = match tuple::as_slice(s) {
            Some([policy, param]) => [policy, param],
            Some(_) => return Err(error::type_error("A scheduler tuple must have two elements")),
            None => {
                return Err(error::type_error(format!("scheduler must be a tuple or None, not {}", s.ty().tp_name())));
            }
        };
        let policy = if policy.is_none() { None } else { Some(ops::to_i32(vm, policy)?) };
        o.scheduler = Some((policy, super::system::sched_priority(vm, param)?));
    }
    let r = vm.allow_threads(|| sys::posix_spawn(p.c(), &argv, env.as_deref(), &actions, &o));
    num(r.map_err(|n| p.error(n))? as i64)
}
pub fn posix_spawn(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    spawn(&In::new(vm, b, "posix_spawn"), false)
}
pub fn posix_spawnp(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    spawn(&In::new(vm, b, "posix_spawnp"), true)
}
pub fn system(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let c = fs_path(vm, b.req(0))?;
    num(vm.allow_threads(|| sys::system(&c)) as i64)
}
pub fn exit_now(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let n = ops::to_i32(vm, b.req(0))?;
    sys::exit_now(n)
}
pub fn abort(_: &Vm, _: &Obj) -> PyResult {
    sys::abort()
}

// ---- waiting ----

fn pair(pid: i32, status: i32) -> Obj {
    tuple::from_array([int::from_i64(pid as i64), int::from_i64(status as i64)])
}
pub fn wait(vm: &Vm, _: &Obj) -> PyResult {
    let r = sys::blocking(vm, || sys::waitpid(-1, 0))?;
    r.map(|(p, s)| pair(p, s)).map_err(|n| error::os_error(n, None, None))
}
pub fn waitpid(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "waitpid");
    let (pid, options) = (a.int(0, 0)?, a.int(1, 0)?);
    let (p, s) = a.run(|| sys::waitpid(pid, options))?;
    Ok(pair(p, s))
}
fn wait_usage(a: &In<'_>, pid: i32, options: i32) -> PyResult {
    let (p, s, u) = a.run(|| sys::wait4(pid, options))?;
    let usage = crate::os::resource::rusage_obj(&u);
    Ok(tuple::from_array([int::from_i64(p as i64), int::from_i64(s as i64), usage]))
}
pub fn wait3(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "wait3");
    wait_usage(&a, -1, a.int(0, 0)?)
}
pub fn wait4(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "wait4");
    wait_usage(&a, a.int(0, 0)?, a.int(1, 0)?)
}
pub fn waitid(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "waitid");
    let (kind, id, options) = (a.int(0, 0)? as u32, a.int(1, 0)? as u32, a.int(2, 0)?);
    let r = a.run(|| sys::waitid(kind, id, options))?;
    if r[0] == 0 {
        return none();
    }
    Ok(structs::make(&WAITID_DEF, r.iter().map(|&n| int::from_i64(n)).collect()))
}
macro_rules! status_tests { ($($f:ident $l:ident)*) => { $(
    pub fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
        Ok(singletons::bool_obj(libc::$l(ops::to_i32(vm, b.req(0))?)))
    }
)* } }
status_tests! { w_coredump WCOREDUMP w_ifcontinued WIFCONTINUED w_ifexited WIFEXITED w_ifsignaled WIFSIGNALED w_ifstopped WIFSTOPPED }
macro_rules! status_values { ($($f:ident $l:ident)*) => { $(
    pub fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
        num(libc::$l(ops::to_i32(vm, b.req(0))?) as i64)
    }
)* } }
status_values! { w_exitstatus WEXITSTATUS w_stopsig WSTOPSIG w_termsig WTERMSIG }
pub fn waitstatus_to_exitcode(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let s = ops::to_i32(vm, b.req(0))?;
    if libc::WIFEXITED(s) {
        num(libc::WEXITSTATUS(s) as i64)
    } else if libc::WIFSIGNALED(s) {
        num(-(libc::WTERMSIG(s) as i64))
    } else if libc::WIFSTOPPED(s) {
        Err(error::value_error(format!("process stopped by delivery of signal {}", libc::WSTOPSIG(s))))
    } else {
        Err(error::value_error(format!("invalid wait status: {s}")))
    }
}
pub fn kill(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "kill");
    let (pid, sig) = (a.int(0, 0)?, a.int(1, 0)?);
    sys::kill(pid, sig).map_err(|n| error::os_error(n, None, None))?;
    // A signal to ourselves is handled before the call returns.
    vm.check_breaker()?;
    none()
}
pub fn killpg(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "killpg");
    let (pid, sig) = (a.int(0, 0)?, a.int(1, 0)?);
    sys::killpg(pid, sig).map_err(|n| error::os_error(n, None, None))?;
    vm.check_breaker()?;
    none()
}
pub fn pidfd_open(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "pidfd_open");
    let (pid, flags) = (a.int(0, 0)?, a.int(1, 0)? as u32);
    num(a.run(|| sys::pidfd_open_call(pid, flags))?)
}

// ---- the environment ----

pub fn putenv(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let (k, v) = (env_bytes(vm, b.req(0))?, env_bytes(vm, b.req(1))?);
    let (k, v) = (c_string(k, "embedded null byte")?, c_string(v, "embedded null byte")?);
    if k.to_bytes().contains(&b'=') {
        return Err(error::value_error("illegal environment variable name"));
    }
    sys::setenv(&k, &v).map_err(|n| error::os_error(n, None, None))?;
    none()
}
pub fn unsetenv(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let k = c_string(env_bytes(vm, b.req(0))?, "embedded null byte")?;
    sys::unsetenv(&k).map_err(|n| error::os_error(n, None, None))?;
    none()
}
pub fn create_environ(vm: &Vm, _: &Obj) -> PyResult {
    let d = adder_object::Dict::new();
    for (k, v) in sys::environment() {
        d.set_default(vm, &adder_object::bytes::new(&k), adder_object::bytes::new(&v))?;
    }
    Ok(d.into_obj())
}
