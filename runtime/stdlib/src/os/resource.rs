//! `resource`: limits and usage of processes.
//!
//! CPython: Modules/resource.c.

use super::sys_calls as sys;
use crate::os::structs;
use crate::struct_seq;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    Module, ModuleSpec, Obj, PyResult, Ref, Vm, error, exceptions as exc, float, int, module, ops, tuple,
};

struct_seq!(RUSAGE_DEF "resource.struct_rusage" visible=16
"struct_rusage: Result from getrusage." {
    "ru_utime"; "ru_stime"; "ru_maxrss";
    "ru_ixrss"; "ru_idrss"; "ru_isrss";
    "ru_minflt"; "ru_majflt"; "ru_nswap";
    "ru_inblock"; "ru_oublock"; "ru_msgsnd";
    "ru_msgrcv"; "ru_nsignals"; "ru_nvcsw";
    "ru_nivcsw";
});

pub fn rusage_obj(u: &libc::rusage) -> Obj {
    let t = |t: libc::timeval| float::from_f64(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut v = vec![t(u.ru_utime), t(u.ru_stime)];
    let counts = [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ];
    v.extend(counts.iter().map(|&n| int::from_i64(n)));
    structs::make(&RUSAGE_DEF, v)
}
fn getrusage(vm: &Vm, _: &Obj, who: &Obj) -> PyResult {
    let who = ops::to_i32(vm, who)?;
    match sys::rusage(who) {
        Ok(u) => Ok(rusage_obj(&u)),
        Err(libc::EINVAL) => Err(error::value_error("invalid who parameter")),
        Err(n) => Err(error::os_error(n, None, None)),
    }
}
fn limit_obj(n: u64) -> Obj {
    if n == libc::RLIM_INFINITY { int::from_i64(-1) } else { int::from_u64(n) }
}
fn limit_arg(vm: &Vm, o: &Obj) -> PyResult<u64> {
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i).map(|n| n.to_big()).unwrap_or_default();
    match (u64::try_from(&n), i64::try_from(&n)) {
        (Ok(n), _) => Ok(n),
        (_, Ok(-1)) => Ok(libc::RLIM_INFINITY),
        _ => Err(error::value_error("Cannot convert negative int")),
    }
}
fn limits(vm: &Vm, o: &Obj) -> PyResult<(u64, u64)> {
    let items = ops::collect(vm, o)?;
    match &items[..] {
        [a, b] => Ok((limit_arg(vm, a)?, limit_arg(vm, b)?)),
        _ => Err(error::value_error("expected a tuple of 2 integers")),
    }
}
fn resource_arg(vm: &Vm, o: &Obj) -> PyResult<i32> {
    let r = ops::to_i32(vm, o)?;
    if (0..16).contains(&r) { Ok(r) } else { Err(error::value_error("invalid resource specified")) }
}
fn pair((a, b): (u64, u64)) -> Obj {
    tuple::from_array([limit_obj(a), limit_obj(b)])
}
fn getrlimit(vm: &Vm, _: &Obj, r: &Obj) -> PyResult {
    let r = resource_arg(vm, r)?;
    sys::prlimit(0, r, None).map(pair).map_err(|n| error::os_error(n, None, None))
}
fn set(pid: i32, r: i32, new: Option<(u64, u64)>) -> PyResult<(u64, u64)> {
    sys::prlimit(pid, r, new).map_err(|n| match n {
        libc::EINVAL => error::value_error("current limit exceeds maximum limit"),
        libc::EPERM if pid == 0 => error::value_error("not allowed to raise maximum limit"),
        n => error::os_error(n, None, None),
    })
}
fn setrlimit(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let r = resource_arg(vm, b.req(0))?;
    set(0, r, Some(limits(vm, b.req(1))?))?;
    Ok(adder_object::singletons::none())
}
fn prlimit(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let pid = ops::to_i32(vm, b.req(0))?;
    let r = resource_arg(vm, b.req(1))?;
    let new = b.opt_not_none(2).map(|o| limits(vm, o)).transpose()?;
    set(pid, r, new).map(pair)
}
fn getpagesize(_: &Vm, _: &Obj) -> PyResult {
    Ok(int::from_i64(sys::sysconf_value(libc::_SC_PAGESIZE).unwrap_or(4096)))
}

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", 0), ("RLIMIT_FSIZE", 1), ("RLIMIT_DATA", 2), ("RLIMIT_STACK", 3), ("RLIMIT_CORE", 4), ("RLIMIT_RSS", 5),
    ("RLIMIT_NPROC", 6), ("RLIMIT_NOFILE", 7), ("RLIMIT_OFILE", 7), ("RLIMIT_MEMLOCK", 8), ("RLIMIT_AS", 9),
    ("RLIMIT_MSGQUEUE", 12), ("RLIMIT_NICE", 13), ("RLIMIT_RTPRIO", 14), ("RLIMIT_RTTIME", 15), ("RLIMIT_SIGPENDING", 11),
    ("RUSAGE_SELF", 0), ("RUSAGE_CHILDREN", -1), ("RUSAGE_THREAD", 1), ("RLIM_INFINITY", -1),
];
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    d.set_str("error", exc::OS_ERROR.obj());
    d.set_str("struct_rusage", RUSAGE_DEF.class());
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method("getrusage($module, who, /)", Native::One(getrusage), ""),
        method("getrlimit($module, resource, /)", Native::One(getrlimit), ""),
        method("prlimit($module, pid, resource, limits=None, /)", Native::Bound(prlimit), ""),
        method("setrlimit($module, resource, limits, /)", Native::Bound(setrlimit), ""),
        method("getpagesize($module, /)", Native::NoArgs(getpagesize), ""),
    ],
    init: Some(init),
    ..ModuleSpec::new("resource")
};
