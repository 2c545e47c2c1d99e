//! `sys.monitoring`: who uses which tool number, its events and callbacks.
//!
//! Not here: when events are reported (tracing).
//! CPython: Python/instrumentation.c.

use crate::code::CodeObject;
use crate::tracing::{self, Sites, TOOLS, Tool, event, world};
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{
    Dict, Module, Obj, ObjExt, PyResult, Str, Vm, attr, call, descr, error, int, module, ops, singletons, str,
};

const USABLE: i32 = 6;
const CALL: i32 = 1 << event::CALL;
const BRANCHES: i32 = 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT;
const C_RETURN: i32 = 1 << event::C_RETURN;
const C_RAISE: i32 = 1 << event::C_RAISE;
const BRANCH: i32 = 1 << event::BRANCH;
const ALL: i32 = (1 << event::NAMES.len()) - 1;

fn tool(i: usize) -> &'static mut Tool {
    &mut world().tools[i]
}

fn tool_id(vm: &Vm, o: &Obj) -> PyResult<usize> {
    let n = ops::to_i32(vm, o)?;
    if !(0..USABLE).contains(&n) {
        return Err(error::value_error(format!("invalid tool {n} (must be between 0 and 5)")));
    }
    Ok(n as usize)
}
fn used(vm: &Vm, o: &Obj) -> PyResult<usize> {
    let i = tool_id(vm, o)?;
    if tool(i).name.is_none() {
        return Err(error::value_error(format!("tool {i} is not in use")));
    }
    Ok(i)
}

fn use_tool_id(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let i = tool_id(vm, &a[0])?;
    if a[1].get::<Str>().is_none() {
        return Err(error::value_error("tool name must be a str"));
    }
    let t = tool(i);
    if t.name.is_some() {
        return Err(error::value_error(format!("tool {i} is already in use")));
    }
    t.name = Some(a[1].clone());
    Ok(singletons::none())
}

/// A tool gives up its events, those of single code objects included when they are met next.
fn clear(i: usize) {
    let name = tool(i).name.take();
    let old = std::mem::replace(tool(i), Tool { name, ..Tool::default() });
    drop(old);
    for code in LOCAL.get().iter().filter_map(|w| w.get::<CodeObject>()) {
        set_local(code, i, 0);
    }
    tracing::changed();
}
fn clear_tool_id(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    if tool(i).name.is_some() {
        clear(i);
    }
    Ok(singletons::none())
}
fn free_tool_id(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    if tool(i).name.is_some() {
        clear(i);
        drop(tool(i).name.take());
    }
    Ok(singletons::none())
}
fn get_tool(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    Ok(tool(i).name.clone().unwrap_or_else(singletons::none))
}

fn register_callback(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let i = tool_id(vm, &a[0])?;
    let events = ops::to_i32(vm, &a[1])?;
    if events <= 0 || events.count_ones() != 1 {
        return Err(error::value_error("The callback can only be set for one event at a time"));
    }
    if events > ALL {
        return Err(error::value_error(format!("invalid event {events}")));
    }
    let f = Some(a[2].clone()).filter(|f| !f.is_none());
    let old = if events == BRANCH {
        let callbacks = &mut tool(i).callbacks;
        callbacks[event::BRANCH_RIGHT as usize] = f.clone();
        std::mem::replace(&mut callbacks[event::BRANCH_LEFT as usize], f)
    } else {
        std::mem::replace(&mut tool(i).callbacks[events.trailing_zeros() as usize], f)
    };
    Ok(old.unwrap_or_else(singletons::none))
}

/// Splits what CPython splits: BRANCH stands for both branches, C_RETURN and C_RAISE only come with CALL.
fn event_set(vm: &Vm, o: &Obj, what: &::std::primitive::str) -> PyResult<i32> {
    let mut set = ops::to_i32(vm, o)?;
    if !(0..=ALL).contains(&set) {
        return Err(error::value_error(format!("invalid {what} {set:#x}")));
    }
    if set & (C_RETURN | C_RAISE) != 0 && set & CALL != CALL {
        return Err(error::value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    set &= !(C_RETURN | C_RAISE);
    if set & BRANCH != 0 {
        set = set & !BRANCH | BRANCHES;
    }
    Ok(set)
}

fn get_events(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    Ok(int::from_i64(merged(tool(i).events as i32) as i64))
}
/// BRANCH is reported beside its two halves.
fn merged(events: i32) -> i32 {
    if events & BRANCHES == BRANCHES { events | BRANCH } else { events }
}
fn set_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let i = tool_id(vm, &a[0])?;
    let set = event_set(vm, &a[1], "event set")?;
    used(vm, &a[0])?;
    if tool(i).events != set as u32 {
        tool(i).events = set as u32;
        tracing::changed();
    }
    Ok(singletons::none())
}

/// Code objects with events of their own.
static LOCAL: adder_mem::heap::Global<Vec<Obj>> = adder_mem::heap::Global::new(Vec::new());

fn code_arg(o: &Obj) -> PyResult<&CodeObject> {
    o.get::<CodeObject>().ok_or_else(|| error::type_error("code must be a code object"))
}
fn get_local_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let code = code_arg(&a[1])?;
    let i = used(vm, &a[0])?;
    let events = code.sites.get().map_or(0, |s| s.local[i].get());
    Ok(int::from_i64(merged(events as i32) as i64))
}
fn set_local(code: &CodeObject, i: usize, set: u32) {
    let sites = code.sites.get_or_init(|| Box::new(Sites::of(code)));
    let old = sites.local[i].replace(set);
    let w = world();
    w.local = (w.local + usize::from(set != 0)).saturating_sub(usize::from(old != 0));
}
fn set_local_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let code = code_arg(&a[1])?;
    let i = used(vm, &a[0])?;
    let set = event_set(vm, &a[2], "local event set")?;
    if set >= 1 << event::LOCAL {
        return Err(error::value_error(format!("invalid local event set {set:#x}")));
    }
    if set != 0 && !LOCAL.get().iter().any(|c| c.is(&a[1])) {
        LOCAL.get().push(a[1].clone());
    }
    set_local(code, i, set as u32);
    tracing::changed();
    Ok(singletons::none())
}
fn restart_events(_: &Vm, _: &Obj) -> PyResult {
    world().restarted = world().version + 1;
    tracing::changed();
    Ok(singletons::none())
}

fn all_events(_: &Vm, _: &Obj) -> PyResult {
    let d = Dict::new();
    for (bit, name) in event::NAMES.iter().enumerate() {
        let tools = (0..TOOLS).fold(0, |set, i| set | i64::from(tool(i).events >> bit & 1) << i);
        if tools != 0 {
            d.set_str(name, int::from_i64(tools));
        }
    }
    Ok(d.into_obj())
}

static SPEC: ModuleSpec = ModuleSpec {
    functions: &[
        method("use_tool_id($module, tool_id, name, /)", Native::Pos(2, 2, use_tool_id), ""),
        method("clear_tool_id($module, tool_id, /)", Native::One(clear_tool_id), ""),
        method("free_tool_id($module, tool_id, /)", Native::One(free_tool_id), ""),
        method("get_tool($module, tool_id, /)", Native::One(get_tool), ""),
        method("register_callback($module, tool_id, event, func, /)", Native::Pos(3, 3, register_callback), ""),
        method("get_events($module, tool_id, /)", Native::One(get_events), ""),
        method("set_events($module, tool_id, event_set, /)", Native::Pos(2, 2, set_events), ""),
        method("get_local_events($module, tool_id, code, /)", Native::Pos(2, 2, get_local_events), ""),
        method("set_local_events($module, tool_id, code, event_set, /)", Native::Pos(3, 3, set_local_events), ""),
        method("restart_events($module, /)", Native::NoArgs(restart_events), ""),
        method("_all_events($module, /)", Native::NoArgs(all_events), ""),
    ],
    ..ModuleSpec::new("sys.monitoring")
};

/// The namespace with its constants.
pub fn make(vm: &Vm, namespace: &Obj) -> PyResult {
    let m = Module::new("sys.monitoring");
    let d = module::dict(m.obj());
    let name = str::intern_str("sys.monitoring").into_obj();
    for f in SPEC.functions {
        d.set_str(f.name(), descr::function_object(f, m.obj(), &name));
    }
    for (k, n) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        d.set_str(k, int::from_i64(n));
    }
    let object = adder_object::types::OBJECT.obj();
    let (disable, missing) = (call::call0(vm, &object)?, call::call0(vm, &object)?);
    d.set_str("DISABLE", disable.clone());
    d.set_str("MISSING", missing.clone());
    (world().disable, world().missing) = (Some(disable), Some(missing));
    for (bit, name) in event::NAMES.iter().enumerate() {
        attr::set_str(vm, namespace, name, &int::from_i64(1 << bit))?;
    }
    attr::set_str(vm, namespace, "NO_EVENTS", &int::from_i64(0))?;
    d.set_str("events", namespace.clone());
    Ok(m.into_obj())
}
