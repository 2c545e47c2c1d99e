//! `syslog`: messages to the system's log.
//!
//! CPython: Modules/syslogmodule.c.

use super::sys_calls as sys;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    Module, ModuleSpec, Obj, ObjExt, PyResult, Ref, Str, Vm, attr, error, int, module, ops, singletons,
};
use std::ffi::{CStr, CString};

/// Whether the log was opened.
static OPEN: Global<bool> = Global::new(false);

fn ident_of_program(vm: &Vm) -> Option<String> {
    let argv = attr::get_str(vm, &vm.import("sys").ok()?, "argv").ok()?;
    let first = ops::getitem(vm, &argv, &int::from_i64(0)).ok()?;
    let text = ops::text(&first);
    let name = text.rsplit('/').next().unwrap_or("").to_owned();
    if name.is_empty() { None } else { Some(name) }
}
fn open(ident: Option<String>, option: i32, facility: i32) {
    // The C library keeps the pointer, so the few names a program sets are never freed.
    let name = ident.and_then(|i| CString::new(i).ok()).map(|c| &*Box::leak(c.into_boxed_c_str()));
    sys::openlog(name as Option<&'static CStr>, option, facility);
    *OPEN.get() = true;
}
fn openlog(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let ident = match b.opt(0) {
        None => ident_of_program(vm),
        Some(i) if i.get::<Str>().is_some() => Some(ops::text(i)),
        Some(i) => {
            return Err(error::type_error(format!("openlog() argument 'ident' must be str, not {}", i.ty().tp_name())));
        }
    };
    let n = |i: usize, d: i32| b.opt(i).map_or(Ok(d), |o| ops::to_i32(vm, o));
    open(ident, n(1, 0)?, n(2, libc::LOG_USER)?);
    Ok(singletons::none())
}
fn syslog(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (priority, text) = match a {
        [text] => (libc::LOG_INFO, text),
        [p, text] => (ops::to_i32(vm, p)?, text),
        _ => return Err(error::type_error("syslog.syslog requires 1 to 2 arguments")),
    };
    let text = ops::expect_str(text, "syslog() argument")?;
    let text = CString::new(text).map_err(|_| error::value_error("embedded null character"))?;
    if !*OPEN.get() {
        open(ident_of_program(vm), 0, libc::LOG_USER);
    }
    vm.allow_threads(|| sys::syslog(priority, &text));
    Ok(singletons::none())
}
fn closelog(_: &Vm, _: &Obj) -> PyResult {
    if std::mem::take(OPEN.get()) {
        sys::closelog();
    }
    Ok(singletons::none())
}
fn setlogmask(vm: &Vm, _: &Obj, mask: &Obj) -> PyResult {
    Ok(int::from_i64(sys::setlogmask(ops::to_i32(vm, mask)?) as i64))
}
fn log_mask(vm: &Vm, _: &Obj, pri: &Obj) -> PyResult {
    Ok(int::from_i64(1i64 << (ops::to_i32(vm, pri)? & 31)))
}
fn log_upto(vm: &Vm, _: &Obj, pri: &Obj) -> PyResult {
    Ok(int::from_i64((1i64 << ((ops::to_i32(vm, pri)? & 31) + 1)) - 1))
}
#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("LOG_EMERG", 0), ("LOG_ALERT", 1), ("LOG_CRIT", 2), ("LOG_ERR", 3), ("LOG_WARNING", 4), ("LOG_NOTICE", 5), ("LOG_INFO", 6),
    ("LOG_DEBUG", 7), ("LOG_PID", 1), ("LOG_CONS", 2), ("LOG_ODELAY", 4), ("LOG_NDELAY", 8), ("LOG_NOWAIT", 16),
    ("LOG_PERROR", 32), ("LOG_KERN", 0), ("LOG_USER", 8), ("LOG_MAIL", 16), ("LOG_DAEMON", 24), ("LOG_AUTH", 32),
    ("LOG_SYSLOG", 40), ("LOG_LPR", 48), ("LOG_NEWS", 56), ("LOG_UUCP", 64), ("LOG_CRON", 72), ("LOG_AUTHPRIV", 80),
    ("LOG_FTP", 88), ("LOG_LOCAL0", 128), ("LOG_LOCAL1", 136), ("LOG_LOCAL2", 144), ("LOG_LOCAL3", 152), ("LOG_LOCAL4", 160),
    ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176), ("LOG_LOCAL7", 184),
];
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method(
            "openlog($module, /, ident=None, logoption=0, facility=LOG_USER)",
            Native::Bound(openlog),
            "Set logging options of subsequent syslog() calls.",
        ),
        method(
            "closelog($module, /)",
            Native::NoArgs(closelog),
            "Reset the syslog module values and call the system library closelog().",
        ),
        method("syslog", Native::Pos(0, 2, syslog), "Send the string message to the system logger."),
        method(
            "setlogmask($module, maskpri, /)",
            Native::One(setlogmask),
            "Set the priority mask to maskpri and return the previous mask value.",
        ),
        method(
            "LOG_MASK($module, pri, /)",
            Native::One(log_mask),
            "Calculates the mask for the individual priority pri.",
        ),
        method(
            "LOG_UPTO($module, pri, /)",
            Native::One(log_upto),
            "Calculates the mask for all priorities up to and including pri.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("syslog")
};
