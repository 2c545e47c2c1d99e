//! `sys.monitoring`: who uses which tool number, its events and callbacks.
//!
//! Invariant: events never fire yet, so a set of events for which a tool has a callback is refused (NotImplementedError)
//! instead of being ignored; everything else is remembered and reported as CPython does.
//! CPython: Python/instrumentation.c.

use crate::code::CodeObject;
use adder_mem::heap::Global;
use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{
    Dict, Module, Obj, ObjExt, PyResult, Str, Vm, attr, call, descr, error, int, module, ops, singletons, str,
};

const TOOLS: usize = 8;
const USABLE: i32 = 6;
/// Events by their bit.
const EVENTS: [&::std::primitive::str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];
const CALL: i32 = 1 << 4;
const BRANCHES: i32 = 1 << 8 | 1 << 9;
const C_RETURN: i32 = 1 << 16;
const C_RAISE: i32 = 1 << 17;
const BRANCH: i32 = 1 << 18;
const ALL: i32 = (1 << EVENTS.len()) - 1;
/// Events below this bit may be asked for in one code object.
const LOCAL_EVENTS: u32 = 11;

#[derive(Default)]
struct Tool {
    name: Option<Obj>,
    events: i32,
    callbacks: Vec<(i32, Obj)>,
    /// Events of single code objects, kept with the code object.
    local: Vec<(Obj, i32)>,
}

static STATE: Global<Vec<Tool>> = Global::new(Vec::new());

fn tool(i: usize) -> &'static mut Tool {
    let all = STATE.get();
    if all.is_empty() {
        all.resize_with(TOOLS, Tool::default);
    }
    &mut all[i]
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

fn clear_tool_id(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    let name = tool(i).name.take();
    let old = std::mem::replace(tool(i), Tool { name, ..Tool::default() });
    drop(old);
    Ok(singletons::none())
}
fn free_tool_id(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    let old = std::mem::take(tool(i));
    drop(old);
    Ok(singletons::none())
}
fn get_tool(vm: &Vm, _: &Obj, id: &Obj) -> PyResult {
    let i = tool_id(vm, id)?;
    Ok(tool(i).name.clone().unwrap_or_else(singletons::none))
}

/// The event that a tool would get a call for.
fn fires(i: usize, events: i32) -> Option<&'static ::std::primitive::str> {
    let wanted = |e: i32| events & e != 0 || (e & (C_RETURN | C_RAISE) != 0 && events & CALL != 0);
    let (event, _) = tool(i).callbacks.iter().find(|(e, _)| wanted(*e))?;
    EVENTS.get(event.trailing_zeros() as usize).copied()
}
fn refuse_firing(i: usize, events: i32) -> PyResult<()> {
    match fires(i, events) {
        Some(name) => Err(error::not_implemented_error(format!("sys.monitoring event {name} with a callback"))),
        None => Ok(()),
    }
}

fn register_callback(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let i = tool_id(vm, &a[0])?;
    let event = ops::to_i32(vm, &a[1])?;
    if event <= 0 || event.count_ones() != 1 {
        return Err(error::value_error("The callback can only be set for one event at a time"));
    }
    if event > ALL {
        return Err(error::value_error(format!("invalid event {event}")));
    }
    let old = tool(i).callbacks.iter().position(|c| c.0 == event).map(|at| tool(i).callbacks.remove(at).1);
    if !a[2].is_none() {
        tool(i).callbacks.push((event, a[2].clone()));
        let t = tool(i);
        let all = t.local.iter().fold(t.events, |all, l| all | l.1);
        if let Err(e) = refuse_firing(i, all) {
            tool(i).callbacks.pop();
            return Err(e);
        }
    }
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
    Ok(int::from_i64(merged(tool(i).events) as i64))
}
/// BRANCH is reported beside its two halves.
fn merged(events: i32) -> i32 {
    if events & BRANCHES == BRANCHES { events | BRANCH } else { events }
}
fn set_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let i = tool_id(vm, &a[0])?;
    let set = event_set(vm, &a[1], "event set")?;
    used(vm, &a[0])?;
    refuse_firing(i, set)?;
    tool(i).events = set;
    Ok(singletons::none())
}

fn code_arg(o: &Obj) -> PyResult<()> {
    match o.get::<CodeObject>() {
        Some(_) => Ok(()),
        None => Err(error::type_error("code must be a code object")),
    }
}
fn get_local_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    code_arg(&a[1])?;
    let i = used(vm, &a[0])?;
    let events = tool(i).local.iter().find(|l| l.0.is(&a[1])).map_or(0, |l| l.1);
    Ok(int::from_i64(merged(events) as i64))
}
fn set_local_events(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    code_arg(&a[1])?;
    let i = used(vm, &a[0])?;
    let set = event_set(vm, &a[2], "local event set")?;
    if set >= 1 << LOCAL_EVENTS {
        return Err(error::value_error(format!("invalid local event set {set:#x}")));
    }
    refuse_firing(i, set)?;
    let t = tool(i);
    match t.local.iter_mut().find(|l| l.0.is(&a[1])) {
        Some(l) => l.1 = set,
        None => t.local.push((a[1].clone(), set)),
    }
    Ok(singletons::none())
}

fn all_events(_: &Vm, _: &Obj) -> PyResult {
    let d = Dict::new();
    for (bit, name) in EVENTS.iter().enumerate() {
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
        method("restart_events($module, /)", Native::NoArgs(|_, _| Ok(singletons::none())), ""),
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
    for k in ["DISABLE", "MISSING"] {
        d.set_str(k, call::call0(vm, &object)?);
    }
    for (bit, name) in EVENTS.iter().enumerate() {
        attr::set_str(vm, namespace, name, &int::from_i64(1 << bit))?;
    }
    attr::set_str(vm, namespace, "NO_EVENTS", &int::from_i64(0))?;
    d.set_str("events", namespace.clone());
    Ok(m.into_obj())
}
