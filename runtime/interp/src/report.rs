//! Printing uncaught exceptions: through the library's `traceback`, natively when that fails.

use crate::sys;
use crate::traceback::Traceback;
use adder_object::{Obj, ObjExt, Vm, attr, call, exceptions::BaseException, names, ops, str};

/// Writes text to `sys.stderr`, to the process's stderr when that is gone.
pub fn write_stderr(vm: &Vm, text: &::std::primitive::str) {
    let done = match sys::get("stderr").filter(|o| !o.is_none()) {
        Some(out) => call::call_method(vm, &out, &names().write, &[str::from_str(text).into_obj()]).is_ok(),
        None => false,
    };
    if !done && sys::get("stderr").is_none() {
        sys::raw_stderr(text);
    }
}

/// Prints an exception as CPython does at the top level.
pub fn print_exception(vm: &Vm, e: &Obj) {
    if sys::is_ready() && sys::get("stderr").is_some_and(|o| !o.is_none()) {
        let printed = vm
            .import("traceback")
            .and_then(|m| attr::get_str(vm, &m, "_print_exception_bltin"))
            .and_then(|f| call::call1(vm, &f, e));
        if printed.is_ok() {
            return;
        }
    }
    write_stderr(vm, &plain(vm, e));
}

/// A traceback without source lines, for when the library cannot run.
pub fn plain(vm: &Vm, e: &Obj) -> String {
    let mut out = String::new();
    if let Some(b) = e.get::<BaseException>() {
        let mut at = b.traceback.get();
        if at.is_some() {
            out.push_str("Traceback (most recent call last):\n");
        }
        while let Some(t) = at.as_ref().and_then(|t| t.get::<Traceback>()) {
            let (file, name) = crate::frame::file_and_name(&t.frame);
            out.push_str(&format!("  File \"{file}\", line {}, in {name}\n", t.line().unwrap_or(0)));
            at = t.next.get();
        }
    }
    let text = ops::str_lossy(vm, e);
    let name = crate::display::type_text(e.ty());
    out.push_str(&if text.is_empty() { format!("{name}\n") } else { format!("{name}: {text}\n") });
    out
}
