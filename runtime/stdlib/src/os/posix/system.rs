//! Ids, scheduling, and what the system says about itself.
//!
//! CPython: Modules/posixmodule.c.

use super::path::{In, id_arg, id_obj};
use crate::os::convert::{fs_decode, fs_path, new_bytes, new_str};
use crate::os::io::base::zeroed;
use crate::os::structs;
use crate::os::sys_calls as sys;
use crate::struct_seq;
use adder_object::bind::{Bound, Signature};
use adder_object::spec::{MethodDef, Native, method, static_method};
use adder_object::{List, Obj, ObjExt, PyResult, Ref, Set, Type, Vm, attr, error, float, int, ops, singletons, tuple};
use std::sync::atomic::{AtomicI64, Ordering};

struct_seq!(TIMES_DEF "posix.times_result" visible=5
"times_result: Result from os.times()." {
    "user"; "system"; "children_user";
    "children_system"; "elapsed";
});
struct_seq!(UNAME_DEF "posix.uname_result" visible=5
"uname_result: Result from os.uname()." {
    "sysname"; "nodename";
    "release"; "version"; "machine";
});
struct_seq!(SCHED_DEF "posix.sched_param" visible=1
"Currently has only one field: sched_priority" { "sched_priority"; });

fn none() -> PyResult {
    Ok(singletons::none())
}
fn num(n: i64) -> PyResult {
    Ok(int::from_i64(n))
}
macro_rules! plain { ($($f:ident)*) => { $(pub fn $f(_: &Vm, _: &Obj) -> PyResult {
    num(sys::$f().map_err(|n| error::os_error(n, None, None))?)
})* } }
plain! { getpid getppid getpgrp }
macro_rules! plain_none { ($($f:ident $call:expr;)*) => { $(pub fn $f(_: &Vm, _: &Obj) -> PyResult {
    $call.map_err(|n| error::os_error(n, None, None))?;
    none()
})* } }
plain_none! { setsid sys::setsid(); setpgrp sys::setpgid(0, 0); }
pub fn sched_yield(vm: &Vm, _: &Obj) -> PyResult {
    vm.allow_threads(sys::sched_yield).map_err(|n| error::os_error(n, None, None))?;
    none()
}
pub fn getuid(_: &Vm, _: &Obj) -> PyResult {
    Ok(id_obj(sys::ids()[0]))
}
pub fn geteuid(_: &Vm, _: &Obj) -> PyResult {
    Ok(id_obj(sys::ids()[1]))
}
pub fn getgid(_: &Vm, _: &Obj) -> PyResult {
    Ok(id_obj(sys::ids()[2]))
}
pub fn getegid(_: &Vm, _: &Obj) -> PyResult {
    Ok(id_obj(sys::ids()[3]))
}
macro_rules! set_ids { ($($f:ident [$($i:literal $n:literal)*])*) => { $(pub fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    sys::$f($(id_arg(vm, b.req($i), $n)?),*).map_err(|n| error::os_error(n, None, None))?;
    none()
})* } }
set_ids! { setuid [0 "uid"] setgid [0 "gid"] seteuid [0 "uid"] setegid [0 "gid"] setreuid [0 "uid" 1 "uid"] setregid [0 "gid" 1 "gid"]
setresuid [0 "uid" 1 "uid" 2 "uid"] setresgid [0 "gid" 1 "gid" 2 "gid"] }
fn triple(r: sys::Sys<[u32; 3]>) -> PyResult {
    let r = r.map_err(|n| error::os_error(n, None, None))?;
    Ok(tuple::from_array(r.map(id_obj)))
}
pub fn getresuid(_: &Vm, _: &Obj) -> PyResult {
    triple(sys::getresuid())
}
pub fn getresgid(_: &Vm, _: &Obj) -> PyResult {
    triple(sys::getresgid())
}
fn id_list(v: Vec<u32>) -> Obj {
    List::new(v.into_iter().map(id_obj).collect()).into_obj()
}
pub fn getgroups(_: &Vm, _: &Obj) -> PyResult {
    Ok(id_list(sys::getgroups().map_err(|n| error::os_error(n, None, None))?))
}
pub fn setgroups(vm: &Vm, _: &Obj, groups: &Obj) -> PyResult {
    if groups.ty().length().is_none() || groups.ty().getitem().is_none() {
        return Err(error::type_error("setgroups argument must be a sequence"));
    }
    let v = ops::collect(vm, groups)?.iter().map(|g| id_arg(vm, g, "gid")).collect::<PyResult<Vec<_>>>()?;
    sys::setgroups(&v).map_err(|n| error::os_error(n, None, None))?;
    none()
}
pub fn getgrouplist(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let user = fs_path(vm, b.req(0))?;
    let group = id_arg(vm, b.req(1), "gid")?;
    Ok(id_list(sys::getgrouplist(&user, group).map_err(|n| error::os_error(n, None, None))?))
}
pub fn initgroups(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let user = fs_path(vm, b.req(0))?;
    sys::initgroups(&user, id_arg(vm, b.req(1), "gid")?).map_err(|n| error::os_error(n, None, None))?;
    none()
}
pub fn getlogin(_: &Vm, _: &Obj) -> PyResult {
    Ok(fs_decode(&sys::getlogin().map_err(|n| error::os_error(n, None, None))?))
}
macro_rules! of_pid { ($($f:ident)*) => { $(pub fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, stringify!($f));
    let pid = a.int(0, 0)?;
    num(a.run(|| sys::$f(pid))?)
})* } }
of_pid! { getpgid getsid sched_getscheduler sched_get_priority_max sched_get_priority_min }
pub fn setpgid(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "setpgid");
    let (p, g) = (a.int(0, 0)?, a.int(1, 0)?);
    a.run(|| sys::setpgid(p, g))?;
    none()
}
pub fn nice(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "nice");
    let n = a.int(0, 0)?;
    num(a.run(|| sys::add_nice(n))?)
}
pub fn getpriority(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "getpriority");
    let (which, who) = (a.int(0, 0)? as u32, a.int(1, 0)? as u32);
    num(a.run(|| sys::getpriority(which, who))?)
}
pub fn setpriority(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "setpriority");
    let (which, who, p) = (a.int(0, 0)? as u32, a.int(1, 0)? as u32, a.int(2, 0)?);
    a.run(|| sys::setpriority(which, who, p))?;
    none()
}
pub fn umask(vm: &Vm, _: &Obj, mask: &Obj) -> PyResult {
    let m = ops::to_i32(vm, mask)? as u32;
    num(sys::umask(m).map_err(|n| error::os_error(n, None, None))?)
}

// ---- scheduling ----

pub fn sched_getaffinity(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_getaffinity");
    let pid = a.int(0, 0)?;
    let set = Set::new();
    for c in a.run(|| sys::getaffinity(pid))? {
        set.add(vm, int::from_usize(c))?;
    }
    Ok(set.into_obj())
}
pub fn sched_setaffinity(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_setaffinity");
    let pid = a.int(0, 0)?;
    let mut cpus = vec![];
    for c in ops::collect(vm, b.req(1))? {
        if !int::is_int(&c) {
            return Err(error::type_error(format!(
                "expected an iterator of ints, but iterator yielded {}",
                c.ty().tp_name()
            )));
        }
        let n = ops::to_i64(vm, &c)?;
        if n < 0 {
            return Err(error::value_error("negative CPU number"));
        }
        if n > i32::MAX as i64 - 1 {
            return Err(error::overflow_error("CPU number too large"));
        }
        cpus.push(n as usize);
    }
    a.run(|| sys::setaffinity(pid, &cpus))?;
    none()
}
static SCHED_NEW: MethodDef = static_method(
    "__new__($type, sched_priority)",
    Native::Raw(|vm, _, args| {
        let sig = Signature::parse("sched_param(sched_priority)");
        let b = sig.bind(args.skip(args.len().min(1)))?;
        let _ = vm;
        Ok(structs::make(&SCHED_DEF, vec![b.req(0).clone()]))
    }),
    "",
);
static SCHED_REDUCE: MethodDef = method(
    "__reduce__",
    Native::NoArgs(|_, o| {
        let items = tuple::new(tuple::to_vec(o));
        Ok(tuple::from_array([o.ty().to_obj(), items]))
    }),
    "",
);
/// `sched_param` takes its one value itself, not a sequence.
pub fn finish_sched_param(vm: &Vm) -> PyResult<()> {
    let class = SCHED_DEF.class();
    let Some(ty) = class.get::<Type>() else { return Ok(()) };
    let new = adder_object::descr::free_function(&SCHED_NEW, Some(class.clone()));
    let new = Ref::new(adder_object::descr::StaticMethod { func: adder_object::ObjCell::new(new) }).into_obj();
    let reduce = adder_object::descr::method_object(ty.as_static(), &SCHED_REDUCE);
    // The class is complete, and immutable, only with these.
    ty.clear_flag(adder_object::TypeFlags::IMMUTABLE);
    attr::set_str(vm, &class, "__new__", &new)?;
    attr::set_str(vm, &class, "__reduce__", &reduce)?;
    ty.set_flag(adder_object::TypeFlags::IMMUTABLE);
    Ok(())
}
/// The priority in a `sched_param` argument.
pub fn sched_priority(vm: &Vm, o: &Obj) -> PyResult<i32> {
    match tuple::as_slice(o) {
        Some([p]) if SCHED_DEF.is_instance(o) => ops::to_i32(vm, p),
        _ => Err(error::type_error("must have a sched_param object")),
    }
}
pub fn sched_getparam(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_getparam");
    let pid = a.int(0, 0)?;
    let p = a.run(|| sys::sched_getparam(pid))?;
    Ok(structs::make(&SCHED_DEF, vec![int::from_i64(p as i64)]))
}
pub fn sched_setparam(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_setparam");
    let (pid, p) = (a.int(0, 0)?, sched_priority(vm, b.req(1))?);
    a.run(|| sys::sched_setparam(pid, p))?;
    none()
}
pub fn sched_setscheduler(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_setscheduler");
    let (pid, policy, p) = (a.int(0, 0)?, a.int(1, 0)?, sched_priority(vm, b.req(2))?);
    a.run(|| sys::sched_setscheduler(pid, policy, p))?;
    none()
}
pub fn sched_rr_get_interval(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "sched_rr_get_interval");
    let pid = a.int(0, 0)?;
    Ok(float::from_f64(a.run(|| sys::sched_rr_get_interval(pid))?))
}
/// What `-X cpu_count` says; 0: the machine's number.
static CPU_COUNT: AtomicI64 = AtomicI64::new(0);

pub fn set_cpu_count(n: i64) {
    CPU_COUNT.store(n, Ordering::Relaxed)
}

pub fn cpu_count(_: &Vm, _: &Obj) -> PyResult {
    match CPU_COUNT.load(Ordering::Relaxed) {
        0 => {}
        n => return num(n),
    }
    match sys::sysconf_value(libc::_SC_NPROCESSORS_ONLN) {
        Ok(n) if n > 0 => num(n),
        _ => none(),
    }
}

// ---- the system ----

pub fn urandom(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::size_isize(vm, n)?;
    if n < 0 {
        return Err(error::value_error("negative argument not allowed"));
    }
    let mut buf = zeroed(n as usize)?;
    let mut done = 0;
    while done < buf.len() {
        let end = buf.len().min(done + (1 << 20));
        let part = &mut buf[done..end];
        done += sys::blocking(vm, || sys::getrandom(part, 0))?.map_err(|n| error::os_error(n, None, None))?;
    }
    Ok(new_bytes(&buf))
}
pub fn getrandom(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "getrandom");
    let n = ops::size_isize(vm, b.req(0))?;
    let flags = a.int(1, 0)? as u32;
    if n < 0 {
        return Err(error::os_error(libc::EINVAL, None, None));
    }
    let mut buf = zeroed(n as usize)?;
    let n = a.run(|| sys::getrandom(&mut buf, flags))?;
    Ok(new_bytes(&buf[..n]))
}
pub fn strerror(vm: &Vm, _: &Obj, code: &Obj) -> PyResult {
    Ok(new_str(&error::errno_text(ops::to_i32(vm, code)?)))
}
pub fn getloadavg(_: &Vm, _: &Obj) -> PyResult {
    match sys::getloadavg() {
        Some(v) => Ok(tuple::from_array(v.map(float::from_f64))),
        None => Err(error::os_error_text("Load averages are unobtainable")),
    }
}
pub fn times(_: &Vm, _: &Obj) -> PyResult {
    let t = sys::times().map_err(|n| error::os_error(n, None, None))?;
    let hz = sys::sysconf_value(libc::_SC_CLK_TCK).unwrap_or(100) as f64;
    Ok(structs::make(&TIMES_DEF, t.iter().map(|&n| float::from_f64(n as f64 / hz)).collect()))
}
pub fn uname(_: &Vm, _: &Obj) -> PyResult {
    let u = sys::uname().map_err(|n| error::os_error(n, None, None))?;
    Ok(structs::make(&UNAME_DEF, u.iter().map(|b| fs_decode(b)).collect()))
}
pub fn ctermid(_: &Vm, _: &Obj) -> PyResult {
    Ok(new_str("/dev/tty"))
}
pub fn sync(vm: &Vm, _: &Obj) -> PyResult {
    vm.allow_threads(sys::sync);
    none()
}
fn device(vm: &Vm, o: &Obj) -> PyResult<u64> {
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i).map(|n| n.to_big()).unwrap_or_default();
    match (u64::try_from(&n), i64::try_from(&n)) {
        (Ok(n), _) => Ok(n),
        (_, Ok(-1)) => Ok(u64::MAX),
        (_, Ok(_)) => Err(error::overflow_error("can't convert negative int to unsigned")),
        _ => Err(error::overflow_error("int too big to convert")),
    }
}
pub fn major(vm: &Vm, _: &Obj, d: &Obj) -> PyResult {
    number(libc::major(device(vm, d)?))
}
/// The number that means "no device" is -1.
fn number(n: u32) -> PyResult {
    num(if n == u32::MAX { -1 } else { n as i64 })
}
pub fn minor(vm: &Vm, _: &Obj, d: &Obj) -> PyResult {
    number(libc::minor(device(vm, d)?))
}
pub fn makedev(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let part = |i: usize| -> PyResult<u32> {
        match device(vm, b.req(i))? {
            u64::MAX => Ok(u32::MAX),
            n => {
                u32::try_from(n).map_err(|_| error::overflow_error("Python int too large to convert to C unsigned int"))
            }
        }
    };
    match (part(0)?, part(1)?) {
        // NODEV of nothing.
        (u32::MAX, u32::MAX) => Ok(int::from_i64(-1)),
        (major, minor) => Ok(int::from_u64(libc::makedev(major, minor))),
    }
}
pub fn unshare(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "unshare");
    let flags = a.int(0, 0)?;
    a.run(|| sys::unshare(flags))?;
    none()
}
pub fn setns(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let a = In::new(vm, b, "setns");
    let (fd, kind) = (a.fd(0)?, a.int(1, 0)?);
    a.run(|| sys::setns(fd, kind))?;
    none()
}
