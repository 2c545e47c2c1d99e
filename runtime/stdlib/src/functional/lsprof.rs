//! `_lsprof`: the profiler behind `cProfile`, driven by the events of `sys.monitoring`.
//!
//! Every call pushes what it belongs to and when it began; its end books the time on its entry, on the subentry below its caller, and takes
//! it from its caller's own. Events that end what was never begun (profiling started inside) are passed over. No borrow of the state is
//! held while Python code runs: a timer may be the program's.
//!
//! CPython: Modules/_lsprof.c.

use crate::os::structs;
use crate::struct_seq;
use adder_object::bind::Bound;
use adder_object::call::{call_method_str, call0};
use adder_object::descr::{BuiltinFunction, MethodDescr};
use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{
    Args, List, Module, ModuleSpec, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, TypeSpec, Vm,
    attr, error, float, int, module, ops, payload, singletons, str, trace_fields,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;

/// `sys.monitoring.PROFILER_ID`.
const TOOL: i64 = 2;
/// Events and the method that gets them.
const CALLBACKS: [(&str, &str); 9] = [
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

struct_seq!(ENTRY "_lsprof.profiler_entry" visible=6 "" {
    "code"; "callcount"; "reccallcount"; "totaltime"; "inlinetime"; "calls";
});
struct_seq!(SUBENTRY "_lsprof.profiler_subentry" visible=5 "" {
    "code"; "callcount"; "reccallcount"; "totaltime"; "inlinetime";
});

/// Calls of one thing, in ticks of the timer.
#[derive(Default)]
struct Tally {
    total: i64,
    own: i64,
    calls: i64,
    nested: i64,
    /// How often it is on the stack of calls now.
    depth: i64,
}
impl Tally {
    fn end(&mut self, total: i64, own: i64) {
        self.depth -= 1;
        if self.depth == 0 {
            self.total += total;
        } else {
            self.nested += 1;
        }
        self.own += own;
        self.calls += 1;
    }
}
struct Entry {
    /// A code object, or the text for a native function.
    shown: Obj,
    tally: Tally,
    /// By index of the callee's entry, in the order of their first calls.
    callees: Vec<(usize, Tally)>,
}
impl Entry {
    fn callee(&mut self, index: usize) -> &mut Tally {
        let at = self.callees.iter().position(|c| c.0 == index).unwrap_or_else(|| {
            self.callees.push((index, Tally::default()));
            self.callees.len() - 1
        });
        &mut self.callees[at].1
    }
}
struct Running {
    entry: usize,
    began: i64,
    /// Time that its callees took.
    below: i64,
}
#[derive(Default)]
struct State {
    by_key: HashMap<usize, usize>,
    entries: Vec<Entry>,
    stack: Vec<Running>,
}

struct Profiler {
    state: RefCell<State>,
    timer: ObjCell,
    /// Seconds of one tick of the timer; 0: it gives seconds.
    unit: Cell<f64>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
    enabled: Cell<bool>,
    in_timer: Cell<bool>,
    missing: ObjCell,
    /// Where the built-in timer counts from.
    made: Instant,
}
trace_fields!(Profiler);
static PROFILER: StaticType = StaticType::new::<Profiler>("_lsprof.Profiler", F::BASETYPE);
payload!(Profiler, PROFILER);
static INIT: adder_object::spec::MethodDef = method(
    "Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);
static PROFILER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _: Args<'_>| {
            let p = Profiler {
                state: RefCell::default(),
                timer: ObjCell::empty(),
                unit: Cell::new(0.0),
                subcalls: Cell::new(true),
                builtins: Cell::new(true),
                enabled: Cell::new(false),
                in_timer: Cell::new(false),
                missing: ObjCell::empty(),
                made: Instant::now(),
            };
            Ok(Ref::with_type(ty, p).into_obj())
        }),
        slot::init(init),
    ],
    methods: &[
        method(
            "getstats($self, /)",
            Native::NoArgs(|_, p| Ok(p.this::<Profiler>()?.statistics())),
            "list of profiler_entry objects.",
        ),
        method(
            "enable($self, /, subcalls=True, builtins=True)",
            Native::Bound(enable),
            "Start collecting profiling information.",
        ),
        method("disable($self, /)", Native::NoArgs(disable), "Stop collecting profiling information."),
        method(
            "clear($self, /)",
            Native::NoArgs(|_, p| {
                let p = p.this::<Profiler>()?;
                if p.in_timer.get() {
                    return Err(error::runtime_error("cannot clear profiler in external timer"));
                }
                drop(p.state.take());
                Ok(singletons::none())
            }),
            "Clear all profiling information collected so far.",
        ),
        method("_pystart_callback($self, code, instruction_offset, /)", Native::Pos(2, 2, begins), ""),
        method("_pythrow_callback($self, code, instruction_offset, exception, /)", Native::Pos(3, 3, begins), ""),
        method("_pyreturn_callback($self, code, instruction_offset, retval, /)", Native::Pos(3, 3, ends), ""),
        method(
            "_ccall_callback($self, code, instruction_offset, callable, self_arg, /)",
            Native::Pos(4, 4, |vm, p, a| native(vm, p, a, true)),
            "",
        ),
        method(
            "_creturn_callback($self, code, instruction_offset, callable, self_arg, /)",
            Native::Pos(4, 4, |vm, p, a| native(vm, p, a, false)),
            "",
        ),
    ],
    doc: "Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)\n--\n\nBuild a profiler object using the specified timer function.\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, 'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds).",
    ..TypeSpec::of(&PROFILER)
};

fn init(vm: &Vm, p: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = INIT.signature().bind(args)?;
    let p = p.this::<Profiler>()?;
    p.timer.set_option(a.opt_not_none(0).cloned());
    p.unit.set(a.opt(1).map_or(Ok(0.0), |o| ops::to_f64(vm, o))?);
    p.subcalls.set(a.opt(2).map_or(Ok(true), |o| ops::truth(vm, o))?);
    p.builtins.set(a.opt(3).map_or(Ok(true), |o| ops::truth(vm, o))?);
    Ok(())
}

fn monitoring(vm: &Vm) -> PyResult {
    attr::get_str(vm, &vm.import("sys")?, "monitoring")
}
fn register(vm: &Vm, tools: &Obj, profiler: Option<&Obj>) -> PyResult<()> {
    let events = attr::get_str(vm, tools, "events")?;
    let mut all = 0;
    for (event, name) in CALLBACKS {
        let event = attr::get_str(vm, &events, event)?;
        all |= ops::to_i64(vm, &event)?;
        let callback = profiler.map_or_else(|| Ok(singletons::none()), |p| attr::get_str(vm, p, name))?;
        call_method_str(vm, tools, "register_callback", &[int::from_i64(TOOL), event, callback])?;
    }
    let all = int::from_i64(if profiler.is_some() { all } else { 0 });
    call_method_str(vm, tools, "set_events", &[int::from_i64(TOOL), all])?;
    Ok(())
}
fn enable(vm: &Vm, profiler: &Obj, a: &Bound<'_>) -> PyResult {
    let p = profiler.this::<Profiler>()?;
    let subcalls = a.opt(0).map_or(Ok(true), |o| ops::truth(vm, o))?;
    let builtins = a.opt(1).map_or(Ok(true), |o| ops::truth(vm, o))?;
    p.subcalls.set(subcalls);
    p.builtins.set(builtins);
    let tools = monitoring(vm)?;
    let name = str::from_str("cProfile").into_obj();
    call_method_str(vm, &tools, "use_tool_id", &[int::from_i64(TOOL), name])?;
    p.missing.set(attr::get_str(vm, &tools, "MISSING")?);
    register(vm, &tools, Some(profiler))?;
    p.enabled.set(true);
    Ok(singletons::none())
}
fn disable(vm: &Vm, p: &Obj) -> PyResult {
    let p = p.this::<Profiler>()?;
    if p.in_timer.get() {
        return Err(error::runtime_error("cannot disable profiler in external timer"));
    }
    if p.enabled.get() {
        let tools = monitoring(vm)?;
        register(vm, &tools, None)?;
        call_method_str(vm, &tools, "free_tool_id", &[int::from_i64(TOOL)])?;
        p.enabled.set(false);
        while !p.state.borrow().stack.is_empty() {
            p.pop(vm)?;
        }
    }
    Ok(singletons::none())
}

fn begins(vm: &Vm, p: &Obj, a: &[Obj]) -> PyResult {
    let code = &a[0];
    p.this::<Profiler>()?.begin(vm, code.bits() as usize, || Ok(code.clone()))?;
    Ok(singletons::none())
}
fn ends(vm: &Vm, p: &Obj, a: &[Obj]) -> PyResult {
    p.this::<Profiler>()?.end(vm, a[0].bits() as usize)?;
    Ok(singletons::none())
}
/// The call of a native function, told by its definition; other callables report what they run themselves.
fn native(vm: &Vm, p: &Obj, a: &[Obj], begins: bool) -> PyResult {
    let p = p.this::<Profiler>()?;
    if !p.builtins.get() {
        return Ok(singletons::none());
    }
    let (callable, this) = (&a[2], &a[3]);
    let def = if let Some(f) = callable.get::<BuiltinFunction>() {
        f.def
    } else if let Some(m) = callable.get::<MethodDescr>()
        && p.missing.get().is_none_or(|missing| !missing.is(this))
    {
        m.def
    } else {
        return Ok(singletons::none());
    };
    let key = std::ptr::from_ref(def) as usize;
    if begins {
        p.begin(vm, key, || Ok(str::from_str(&shown(vm, callable)?).into_obj()))?;
    } else {
        p.end(vm, key)?;
    }
    Ok(singletons::none())
}
/// A native function as statistics name it; it must not keep the object it is bound to.
fn shown(vm: &Vm, callable: &Obj) -> PyResult<String> {
    let Some(f) = callable.get::<BuiltinFunction>() else { return ops::repr_string(vm, callable) };
    let name = f.def.name();
    if let Some(this) = f.this.as_ref().filter(|t| t.get::<Module>().is_none())
        && let Some(found) = this.ty().lookup(str::intern_str(name).obj())
    {
        return ops::repr_string(vm, &found);
    }
    Ok(match f.module.as_ref().and_then(|m| m.get::<Str>()) {
        Some(m) => format!("<built-in method {}.{name}>", m.to_string_lossy()),
        None => format!("<built-in method {name}>"),
    })
}

impl Profiler {
    fn now(&self, vm: &Vm) -> PyResult<i64> {
        let Some(timer) = self.timer.get() else {
            return Ok(self.made.elapsed().as_nanos() as i64);
        };
        self.in_timer.set(true);
        let t = call0(vm, &timer);
        self.in_timer.set(false);
        // As in CPython, a timer that fails does not stop the program.
        let read = t.and_then(|t| match self.unit.get() > 0.0 {
            true => ops::to_i64(vm, &t),
            false => Ok((ops::to_f64(vm, &t)? * 1e9) as i64),
        });
        Ok(read.unwrap_or_else(|e| {
            vm.unraisable(e, "Exception ignored while calling _lsprof timer", Some(&timer));
            0
        }))
    }

    fn begin(&self, vm: &Vm, key: usize, shown: impl FnOnce() -> PyResult) -> PyResult<()> {
        let known = self.state.borrow().by_key.get(&key).copied();
        let entry = match known {
            Some(e) => e,
            None => {
                let shown = shown()?;
                let mut s = self.state.borrow_mut();
                s.entries.push(Entry { shown, tally: Tally::default(), callees: vec![] });
                let at = s.entries.len() - 1;
                s.by_key.insert(key, at);
                at
            }
        };
        {
            let s = &mut *self.state.borrow_mut();
            s.entries[entry].tally.depth += 1;
            if self.subcalls.get()
                && let Some(caller) = s.stack.last()
            {
                s.entries[caller.entry].callee(entry).depth += 1;
            }
            s.stack.push(Running { entry, began: 0, below: 0 });
        }
        let began = self.now(vm)?;
        if let Some(r) = self.state.borrow_mut().stack.last_mut() {
            r.began = began;
        }
        Ok(())
    }

    fn end(&self, vm: &Vm, key: usize) -> PyResult<()> {
        let known = {
            let s = self.state.borrow();
            !s.stack.is_empty() && s.by_key.contains_key(&key)
        };
        if known {
            return self.pop(vm);
        }
        self.state.borrow_mut().stack.pop();
        Ok(())
    }

    /// Books the innermost call.
    fn pop(&self, vm: &Vm) -> PyResult<()> {
        let now = self.now(vm)?;
        let s = &mut *self.state.borrow_mut();
        let Some(r) = s.stack.pop() else { return Ok(()) };
        let total = now - r.began;
        let own = total - r.below;
        s.entries[r.entry].tally.end(total, own);
        if let Some(caller) = s.stack.last_mut() {
            caller.below += total;
            if self.subcalls.get() {
                s.entries[caller.entry].callee(r.entry).end(total, own);
            }
        }
        Ok(())
    }

    fn statistics(&self) -> Obj {
        let unit = self.timer.get().map_or(0.0, |_| self.unit.get());
        let factor = if unit > 0.0 { unit } else { 1e-9 };
        let fields = |shown: &Obj, t: &Tally| {
            let seconds = |ticks: i64| float::from_f64(ticks as f64 * factor);
            vec![shown.clone(), int::from_i64(t.calls), int::from_i64(t.nested), seconds(t.total), seconds(t.own)]
        };
        let s = self.state.borrow();
        let ended = s.entries.iter().filter(|e| e.tally.calls > 0);
        let rows = ended.map(|e| {
            let mut row = fields(&e.shown, &e.tally);
            let callees = e.callees.iter().filter(|c| c.1.calls > 0);
            let callees: Vec<Obj> =
                callees.map(|c| structs::make(&SUBENTRY, fields(&s.entries[c.0].shown, &c.1))).collect();
            row.push(if callees.is_empty() { singletons::none() } else { List::new(callees).into_obj() });
            structs::make(&ENTRY, row)
        });
        List::new(rows.collect()).into_obj()
    }
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Fast profiler",
    types: &[&PROFILER_SPEC],
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        d.set_str("profiler_entry", ENTRY.class());
        d.set_str("profiler_subentry", SUBENTRY.class());
        Ok(())
    }),
    ..ModuleSpec::new("_lsprof")
};
