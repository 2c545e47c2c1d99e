//! Tools that watch Python code run, behind `sys.settrace`, `sys.setprofile` and `sys.monitoring`: which tool wants which event.
//!
//! Invariants: TRACE-1: [`World::version`] grows with every change of what is wanted, and a code object whose [`Sites`] carry another
//! version is brought up to date before it reports an event. TRACE-2: while somebody wants an event the TRACING bit of the
//! eval-breaker is set and no compiled code is entered. Without tools nothing of this costs anything.
//! CPython: Python/instrumentation.c, Python/legacy_tracing.c.

pub mod jump;
mod legacy;
mod sites;
mod stacks;

pub use legacy::{set_profile, set_profile_everywhere, set_trace, set_trace_everywhere, thread_ended, watch_opcodes};
pub use sites::{Sites, ensure};

use crate::eval;
use crate::frame::Frame;
use crate::native;
use adder_mem::breaker;
use adder_mem::heap::Global;
use adder_object::{Obj, PyErr, PyResult, Vm, call, error, int};

/// Six tools of `sys.monitoring`, then the profiler and the tracer of `sys`.
pub const TOOLS: usize = 8;
pub const PROFILER: usize = 6;
pub const TRACER: usize = 7;

/// Numbers of the events; an event set has one bit for each.
pub mod event {
    pub const PY_START: u32 = 0;
    pub const PY_RESUME: u32 = 1;
    pub const PY_RETURN: u32 = 2;
    pub const PY_YIELD: u32 = 3;
    pub const CALL: u32 = 4;
    pub const LINE: u32 = 5;
    pub const INSTRUCTION: u32 = 6;
    pub const JUMP: u32 = 7;
    pub const BRANCH_LEFT: u32 = 8;
    pub const BRANCH_RIGHT: u32 = 9;
    pub const STOP_ITERATION: u32 = 10;
    pub const RAISE: u32 = 11;
    pub const EXCEPTION_HANDLED: u32 = 12;
    pub const PY_UNWIND: u32 = 13;
    pub const PY_THROW: u32 = 14;
    pub const RERAISE: u32 = 15;
    pub const C_RETURN: u32 = 16;
    pub const C_RAISE: u32 = 17;
    pub const BRANCH: u32 = 18;
    /// By number, as Python names them.
    pub const NAMES: [&str; 19] = [
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
    /// Events below this number belong to an instruction: they can be asked for in one code object, and disabled.
    pub const LOCAL: u32 = 11;
}

#[derive(Default)]
pub struct Tool {
    pub name: Option<Obj>,
    /// The events it wants everywhere.
    pub events: u32,
    pub callbacks: [Option<Obj>; event::NAMES.len()],
}

pub struct World {
    pub tools: [Tool; TOOLS],
    pub version: u64,
    /// `version` when `restart_events` was called last.
    pub restarted: u64,
    /// (code, tool) pairs with events of their own.
    pub local: usize,
    /// What a callback returns to get no more events from an instruction, and what stands for an argument that is not there.
    pub disable: Option<Obj>,
    pub missing: Option<Obj>,
    /// Some frame asked for `opcode` events.
    opcodes: bool,
}

const NO_TOOL: Tool = Tool { name: None, events: 0, callbacks: [const { None }; event::NAMES.len()] };
static WORLD: Global<World> = Global::new(World {
    tools: [NO_TOOL; TOOLS],
    version: 1,
    restarted: 0,
    local: 0,
    disable: None,
    missing: None,
    opcodes: false,
});

/// The state of all tools; the borrow ends before Python code runs.
pub fn world() -> &'static mut World {
    WORLD.get()
}

/// The tools that want an event everywhere, one bit each.
pub fn everywhere(event: u32) -> u8 {
    world().tools.iter().enumerate().fold(0, |set, (i, t)| set | ((t.events >> event & 1) as u8) << i)
}

/// Whether any tool is on.
#[inline(always)]
pub fn active() -> bool {
    breaker::load() & breaker::TRACING != 0
}

/// Tools or their events changed: code that runs now is brought up to date, other code when it is entered.
pub fn changed() {
    let w = world();
    w.version += 1;
    if w.local != 0 || w.tools.iter().any(|t| t.events != 0) {
        breaker::request(breaker::TRACING);
        native::park();
        for vm in Vm::threads() {
            eval::watch_frames(vm);
        }
    } else {
        breaker::clear(breaker::TRACING);
        native::unpark();
    }
}

/// A tool's own error, or that of what it must not do.
fn cannot_disable(tool: usize, event: u32) -> PyErr {
    let old = world().tools[tool].callbacks[event as usize].take();
    drop(old);
    let name = event::NAMES[event as usize];
    error::value_error(format!("Cannot disable {name} events. Callback removed."))
}

/// Reports an event of a frame to the tools in `tools`; `args` begin with the code. Err: a callback raised.
pub fn fire(vm: &Vm, this: *mut Frame, mut tools: u8, event: u32, args: &[Obj]) -> PyResult<()> {
    if vm.tracing.get() > 0 {
        return Ok(());
    }
    while tools != 0 {
        let tool = 7 - tools.leading_zeros() as usize;
        tools &= !(1 << tool);
        let callback = world().tools[tool].callbacks[event as usize].clone();
        if callback.is_none() && tool < PROFILER {
            continue;
        }
        let before = vm.what_event.replace(event as i32);
        vm.tracing.set(vm.tracing.get() + 1);
        let answer = match (tool, callback) {
            (TRACER, _) => legacy::traced(vm, this, event, args),
            (PROFILER, _) => legacy::profiled(vm, this, event, args).map(|()| false),
            (_, Some(f)) => call::call_pos(vm, &f, args).map(|v| world().disable.as_ref().is_some_and(|d| v.is(d))),
            _ => Ok(false),
        };
        vm.tracing.set(vm.tracing.get() - 1);
        vm.what_event.set(before);
        if answer? {
            if event >= event::LOCAL {
                return Err(cannot_disable(tool, event));
            }
            let offset = args.get(1).and_then(|o| o.small_int()).unwrap_or(0);
            sites::disable(this, offset, tool, event);
        }
    }
    Ok(())
}

/// Reports an event at the frame's current instruction, with what follows the offset.
pub fn fire_at(vm: &Vm, this: *mut Frame, tools: u8, event: u32, rest: &[Obj]) -> PyResult<()> {
    if tools == 0 || vm.tracing.get() > 0 {
        return Ok(());
    }
    let mut args = vec![Frame::code_obj(this), int::from_usize(Frame::unit(this) * 2)];
    args.extend_from_slice(rest);
    fire(vm, this, tools, event, &args)
}

/// Reports an event of an exception that passes a frame; gives the exception that goes on.
pub fn passes(vm: &Vm, this: *mut Frame, event: u32, e: PyErr) -> PyErr {
    let tools = everywhere(event);
    if tools == 0 {
        return e;
    }
    match fire_at(vm, this, tools, event, std::slice::from_ref(e.obj())) {
        Ok(()) => e,
        Err(new) => new,
    }
}
