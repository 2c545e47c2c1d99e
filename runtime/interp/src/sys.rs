//! The `sys` module's state: its dict, `sys.modules`, the builtins namespace.

use adder_mem::heap::Global;
use adder_object::{Dict, Obj, ObjExt, Ref, names};

struct State {
    ready: bool,
    optimize: u8,
    sys: Option<Ref<Dict>>,
    modules: Option<Ref<Dict>>,
    builtins: Option<Ref<Dict>>,
}
static STATE: Global<State> =
    Global::new(State { ready: false, optimize: 0, sys: None, modules: None, builtins: None });

/// `sys.modules`.
pub fn modules() -> Ref<Dict> {
    if let Some(m) = dict().get_name(&names().modules).and_then(|m| m.downcast::<Dict>()) {
        return m;
    }
    STATE.get().modules.get_or_insert_with(Dict::new).clone()
}

/// The namespace of `sys`.
pub fn dict() -> Ref<Dict> {
    STATE.get().sys.get_or_insert_with(Dict::new).clone()
}

pub fn set_dict(d: Ref<Dict>) {
    let old = STATE.get().sys.replace(d);
    drop(old);
}

/// An attribute of `sys`.
pub fn get(name: &str) -> Option<Obj> {
    dict().get_str(name)
}

pub fn set_builtins(d: Ref<Dict>) {
    STATE.get().builtins = Some(d);
}

/// The namespace of `builtins`.
pub fn builtins_dict() -> Obj {
    STATE.get().builtins.get_or_insert_with(Dict::new).obj().clone()
}

/// Level of `-O`.
pub fn optimize() -> u8 {
    STATE.get().optimize
}
pub fn set_optimize(n: u8) {
    STATE.get().optimize = n
}

/// Imports work.
pub fn is_ready() -> bool {
    STATE.get().ready
}
pub fn set_ready() {
    STATE.get().ready = true
}

static FINALIZING: Global<bool> = Global::new(false);
pub fn is_finalizing() -> bool {
    *FINALIZING.get()
}
pub fn set_finalizing() {
    *FINALIZING.get() = true
}

static COLUMNS: Global<bool> = Global::new(true);
/// Whether code objects show columns (not with `-X no_debug_ranges`).
pub fn columns() -> bool {
    *COLUMNS.get()
}
pub fn set_columns(on: bool) {
    *COLUMNS.get() = on
}

/// Writes to the process's stderr, whatever `sys.stderr` is; nobody hears of a failure.
pub fn raw_stderr(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
}

static CPU_COUNT: Global<i64> = Global::new(0);
/// What `-X cpu_count` says; -1 without it.
pub fn cpu_count() -> i64 {
    match *CPU_COUNT.get() {
        0 => -1,
        n => n,
    }
}
pub fn set_cpu_count(n: i64) {
    *CPU_COUNT.get() = n
}
