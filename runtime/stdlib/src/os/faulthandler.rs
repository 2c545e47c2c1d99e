//! `faulthandler`: tracebacks on request. Handlers for fatal signals are not installed yet: `enable` says what it keeps.
//!
//! CPython: Modules/faulthandler.c.

use super::convert::new_str;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::{ArgsBuf, call, call_method_str};
use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, ObjExt, PyResult, Vm, attr, error, int, singletons, str};

static ENABLED: Global<bool> = Global::new(false);

fn stderr(vm: &Vm, file: Option<&Obj>) -> PyResult {
    if let Some(f) = file.filter(|f| !f.is_none()) {
        return Ok(f.clone());
    }
    match attr::lookup_str(vm, &vm.import("sys")?, "stderr")? {
        Some(f) if !f.is_none() => Ok(f),
        Some(_) => Err(error::runtime_error("sys.stderr is None")),
        None => Err(error::runtime_error("unable to get sys.stderr")),
    }
}
/// Checks the file argument as the C module does, which wants a descriptor.
fn check_file(vm: &Vm, file: Option<&Obj>) -> PyResult {
    let f = stderr(vm, file)?;
    if int::is_int(&f) {
        super::convert::descriptor(vm, &f)?;
    } else {
        call_method_str(vm, &f, "fileno", &[])?;
    }
    Ok(f)
}
fn enable(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    check_file(vm, b.opt(0))?;
    *ENABLED.get() = true;
    Ok(singletons::none())
}
fn disable(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::bool_obj(std::mem::replace(ENABLED.get(), false)))
}
fn is_enabled(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::bool_obj(*ENABLED.get()))
}
fn dump_traceback(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let file = check_file(vm, b.opt(0))?;
    let file = if int::is_int(&file) {
        let open = attr::get_str(vm, &vm.import("io")?, "open")?;
        let mut a = ArgsBuf::new(vec![file, new_str("w")]);
        a.push_keyword(str::intern_str("closefd").into_obj(), singletons::false_obj());
        call(vm, &open, a.args())?
    } else {
        file
    };
    let head = format!("Current thread {:#018x} (most recent call first):\n", vm.ident);
    let mut text = head;
    let frame = vm
        .import("sys")
        .and_then(|s| attr::get_str(vm, &s, "_getframe"))
        .and_then(|f| call(vm, &f, ArgsBuf::default().args()));
    let mut frame = frame?;
    for _ in 0..100 {
        if frame.is_none() {
            break;
        }
        let code = attr::get_str(vm, &frame, "f_code")?;
        let name = adder_object::ops::text(&attr::get_str(vm, &code, "co_name")?);
        let file_name = adder_object::ops::text(&attr::get_str(vm, &code, "co_filename")?);
        let line = adder_object::ops::str_lossy(vm, &attr::get_str(vm, &frame, "f_lineno")?);
        text.push_str(&format!("  File \"{file_name}\", line {line} in {name}\n"));
        frame = attr::get_str(vm, &frame, "f_back")?;
    }
    call_method_str(vm, &file, "write", &[new_str(&text)])?;
    call_method_str(vm, &file, "flush", &[])?;
    Ok(singletons::none())
}
fn missing(_: &Vm, _: &Obj, _: adder_object::Args<'_>) -> PyResult {
    Err(error::not_implemented_error("faulthandler: timed and signal-driven tracebacks"))
}
/// Nothing can have been scheduled, so there is nothing to cancel.
fn cancel(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::none())
}
fn unregister(_: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Ok(singletons::false_obj())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "faulthandler module.",
    functions: &[
        method(
            "enable($module, /, file=sys.stderr, all_threads=True, c_stack=True)",
            Native::Bound(enable),
            "Enable the fault handler.",
        ),
        method("disable($module, /)", Native::NoArgs(disable), "Disable the fault handler."),
        method("is_enabled($module, /)", Native::NoArgs(is_enabled), "Check if the handler is enabled."),
        method(
            "dump_traceback($module, /, file=sys.stderr, all_threads=True)",
            Native::Bound(dump_traceback),
            "Dump the traceback of the current thread into file.",
        ),
        method(
            "dump_traceback_later($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
            Native::Raw(missing),
            "Dump the traceback of all threads in timeout seconds.",
        ),
        method(
            "cancel_dump_traceback_later($module, /)",
            Native::NoArgs(cancel),
            "Cancel the previous call to dump_traceback_later().",
        ),
        method(
            "register($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
            Native::Raw(missing),
            "Register a handler for the signal 'signum'.",
        ),
        method(
            "unregister($module, signum, /)",
            Native::One(unregister),
            "Unregister the handler of the signal 'signum' registered by register().",
        ),
    ],
    ..ModuleSpec::new("faulthandler")
};
