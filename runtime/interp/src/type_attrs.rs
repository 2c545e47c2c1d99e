//! Attributes and reprs of code, frame, traceback and generator objects.

use crate::code::CodeObject;
use crate::frame::{self, Frame, FrameObject};
use crate::function::{Function, builtins_of};
use crate::generator::{self, State};
use crate::traceback::{TRACEBACK, Traceback};
use adder_isa::{Const, location};
use adder_object::call::Args;
use adder_object::spec::{GetSetDef, MethodDef, Native, getset, getter, method};
use adder_object::{
    CompareOp, Dict, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Str, Type, Vm, bytes, error, exceptions as exc, int,
    ops, singletons, str, tuple,
};
use std::cell::Cell;

fn code(o: &Obj) -> PyResult<&CodeObject> {
    o.this::<CodeObject>()
}
fn number(n: u32) -> PyResult {
    Ok(int::from_i64(n as i64))
}
fn names<'a>(it: impl Iterator<Item = &'a str>) -> PyResult {
    Ok(tuple::new(it.map(|n| str::intern_str(n).into_obj()).collect()))
}

/// Attributes of code objects.
pub static CODE_ATTRS: &[GetSetDef] = &[
    getter("co_argcount", |_, o| number(code(o)?.code.argcount), ""),
    getter("co_posonlyargcount", |_, o| number(code(o)?.code.posonlyargcount), ""),
    getter("co_kwonlyargcount", |_, o| number(code(o)?.code.kwonlyargcount), ""),
    getter("co_nlocals", |_, o| Ok(int::from_usize(code(o)?.code.varnames().count())), ""),
    getter("co_stacksize", |_, o| number(code(o)?.code.stacksize), ""),
    getter("co_flags", |_, o| number(code(o)?.flags), ""),
    getter("co_code", |_, o| Ok(bytes::new(&unit_bytes(&code(o)?.code.units))), ""),
    getter("_co_code_adaptive", |_, o| Ok(bytes::new(&unit_bytes(&code(o)?.code.units))), ""),
    getter("co_consts", |_, o| Ok(tuple::from_slice(&code(o)?.consts)), ""),
    getter("co_names", |_, o| Ok(tuple::from_slice(&code(o)?.names)), ""),
    getter("co_varnames", |_, o| names(code(o)?.code.varnames()), ""),
    getter("co_cellvars", |_, o| names(code(o)?.code.cellvars()), ""),
    getter("co_freevars", |_, o| names(code(o)?.code.freevars()), ""),
    getter("co_filename", |_, o| Ok(code(o)?.filename.clone()), ""),
    getter("co_name", |_, o| Ok(code(o)?.name.clone()), ""),
    getter("co_qualname", |_, o| Ok(code(o)?.qualname.clone()), ""),
    getter("co_firstlineno", |_, o| Ok(int::from_i64(code(o)?.code.firstlineno as i64)), ""),
    getter("co_linetable", |_, o| Ok(bytes::new(&code(o)?.code.linetable)), ""),
    getter("co_exceptiontable", |_, o| Ok(bytes::new(&code(o)?.code.exceptiontable)), ""),
];

fn unit_bytes(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|u| u.to_le_bytes()).collect()
}

pub static CODE_METHODS: &[MethodDef] = &[
    method("co_positions($self, /)", Native::NoArgs(co_positions), ""),
    method("co_lines($self, /)", Native::NoArgs(co_lines), ""),
    method(
        "replace($self, /, **changes)",
        Native::Raw(crate::code_new::replace),
        "Return a copy of the code object with new values for the specified fields.",
    ),
    method("_varname_from_oparg($self, /, oparg)", Native::Bound(crate::code_new::varname_from_oparg), ""),
    method("__replace__($self, /, **changes)", Native::Raw(crate::code_new::replace), "The same as replace()."),
];

fn optional(n: i32) -> Obj {
    if n < 0 { singletons::none() } else { int::from_i64(n as i64) }
}

fn co_positions(vm: &Vm, o: &Obj) -> PyResult {
    let c = &code(o)?.code;
    let mut out = vec![];
    let mut at = 0;
    for run in location::Runs::new(&c.linetable, c.firstlineno) {
        let l = run.location;
        let (col, end_col) = if crate::sys::columns() { (l.col, l.end_col) } else { (-1, -1) };
        let line = |n: i32| if n < 0 { singletons::none() } else { int::from_i64(n as i64) };
        while at < run.end {
            out.push(tuple::from_array([line(l.line), line(l.end_line), optional(col), optional(end_col)]));
            at += 1;
        }
    }
    ops::iter(vm, &tuple::new(out))
}

fn co_lines(vm: &Vm, o: &Obj) -> PyResult {
    let c = &code(o)?.code;
    let mut out: Vec<(usize, usize, i32)> = vec![];
    let mut at = 0;
    for run in location::Runs::new(&c.linetable, c.firstlineno) {
        match out.last_mut() {
            Some(last) if last.2 == run.location.line => last.1 = run.end,
            _ => out.push((at, run.end, run.location.line)),
        }
        at = run.end;
    }
    let item = |(a, b, l): (usize, usize, i32)| {
        let line = if l < 0 { singletons::none() } else { int::from_i64(l as i64) };
        tuple::from_array([int::from_usize(a * 2), int::from_usize(b * 2), line])
    };
    ops::iter(vm, &tuple::new(out.into_iter().map(item).collect()))
}

pub fn code_repr(vm: &Vm, o: &Obj) -> PyResult {
    let c = code(o)?;
    let text = format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        ops::text(&c.name),
        o.bits(),
        ops::str_lossy(vm, &c.filename),
        c.code.firstlineno
    );
    Ok(str::from_str(&text).into_obj())
}

/// Equality of constants where code objects count as equal whatever file they came from.
fn same_constants(a: &[Const], b: &[Const]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|pair| match pair {
            (Const::Code(x), Const::Code(y)) => {
                x.name == y.name
                    && x.firstlineno == y.firstlineno
                    && x.units == y.units
                    && same_constants(&x.consts, &y.consts)
                    && x.names == y.names
                    && x.localsplusnames == y.localsplusnames
                    && x.linetable == y.linetable
                    && x.exceptiontable == y.exceptiontable
            }
            (Const::Tuple(x), Const::Tuple(y)) => same_constants(x, y),
            (x, y) => x == y,
        })
}

pub fn code_compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<CodeObject>(), b.get::<CodeObject>()) else {
        return Ok(singletons::not_implemented());
    };
    let same = std::sync::Arc::ptr_eq(&x.code, &y.code) || {
        let (p, q) = (&*x.code, &*y.code);
        p.name == q.name
            && p.firstlineno == q.firstlineno
            && p.units == q.units
            && x.is_plain()
            && y.is_plain()
            && same_constants(&p.consts, &q.consts)
            && p.names == q.names
            && p.localsplusnames == q.localsplusnames
            && p.linetable == q.linetable
            && p.exceptiontable == q.exceptiontable
    };
    Ok(match op {
        CompareOp::Eq => singletons::bool_obj(same),
        CompareOp::Ne => singletons::bool_obj(!same),
        _ => singletons::not_implemented(),
    })
}

pub fn code_hash(_: &Vm, o: &Obj) -> PyResult<i64> {
    let c = code(o)?;
    Ok(str::hash_bytes(&unit_bytes(&c.code.units)) ^ c.code.firstlineno as i64)
}

fn live(o: &Obj) -> PyResult<Option<*mut Frame>> {
    let f = o.this::<FrameObject>()?.frame.get();
    Ok(if f.is_null() { None } else { Some(f) })
}

pub static FRAME_ATTRS: &[GetSetDef] = &[
    getter("f_code", |_, o| Ok(live(o)?.map_or_else(singletons::none, |f| Frame::code_obj(f))), ""),
    getset(
        "f_lineno",
        |_, o| Ok(live(o)?.and_then(|f| Frame::line(f)).map_or_else(singletons::none, |l| int::from_i64(l as i64))),
        |vm, o, v| crate::tracing::jump::set_line(vm, o.this::<FrameObject>()?, v),
        "",
    ),
    getter("f_lasti", |_, o| Ok(int::from_i64(live(o)?.map_or(-1, |f| Frame::unit(f) as i64 * 2))), ""),
    getter("f_back", |vm, o| frame::back(vm, o.this::<FrameObject>()?), ""),
    getter("f_globals", |_, o| Ok(live(o)?.map_or_else(singletons::none, frame::globals_of)), ""),
    getter("f_builtins", |_, o| Ok(live(o)?.map_or_else(singletons::none, frame::builtins_of)), ""),
    getter("f_locals", f_locals, ""),
    getset("f_trace", get_trace, set_trace, ""),
    getset(
        "f_trace_lines",
        |_, o| Ok(singletons::bool_obj(o.this::<FrameObject>()?.trace_lines.get())),
        set_trace_lines,
        "",
    ),
    getset(
        "f_trace_opcodes",
        |_, o| Ok(singletons::bool_obj(o.this::<FrameObject>()?.trace_opcodes.get())),
        set_trace_opcodes,
        "",
    ),
    getter("f_generator", |_, o| Ok(live(o)?.and_then(frame::generator_of).unwrap_or_else(singletons::none)), ""),
];

/// A view of a function's variables; the mapping itself of modules and classes.
fn f_locals(_: &Vm, o: &Obj) -> PyResult {
    match live(o)? {
        Some(f) if crate::frame_object::has_mapping(f) => crate::frame_object::locals_snapshot(f),
        _ => Ok(crate::frame_locals::proxy_of(o)),
    }
}
fn get_trace(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.this::<FrameObject>()?.trace.get().unwrap_or_else(singletons::none))
}
fn set_trace(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    o.this::<FrameObject>()?.trace.set_option(v.filter(|v| !v.is_none()).cloned());
    Ok(())
}
fn flag(v: &Obj) -> PyResult<bool> {
    if !v.is_exact(&adder_object::types::BOOL) {
        return Err(error::type_error("attribute value type must be bool"));
    }
    Ok(v.is(singletons::true_ref()))
}
fn set_trace_lines(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::type_error("can't delete numeric/char attribute")) };
    o.this::<FrameObject>()?.trace_lines.set(flag(v)?);
    Ok(())
}
fn set_trace_opcodes(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(PyErr::new(&exc::ATTRIBUTE_ERROR, "f_trace_opcodes cannot be deleted")) };
    let on = flag(v)?;
    o.this::<FrameObject>()?.trace_opcodes.set(on);
    if on {
        crate::tracing::watch_opcodes();
    }
    Ok(())
}

pub static FRAME_METHODS: &[MethodDef] =
    &[method("clear($self, /)", Native::NoArgs(frame_clear), "Clear all references held by the frame.")];

fn frame_clear(vm: &Vm, o: &Obj) -> PyResult {
    let f = o.this::<FrameObject>()?;
    if let Some(g) = live(o)?.and_then(frame::generator_of)
        && let Some(p) = generator::payload(&g)
    {
        match p.state.get() {
            State::Running => return Err(error::runtime_error("cannot clear an executing frame")),
            State::Suspended => return Err(error::runtime_error("cannot clear a suspended frame")),
            _ => {
                crate::asyncgen::finalize(vm, &g)?;
                generator::close(vm, &g)?;
                return Ok(singletons::none());
            }
        }
    }
    if f.owned.get() {
        frame::clear_slots(f.frame.get());
    } else if !f.frame.get().is_null() {
        return Err(error::runtime_error("cannot clear an executing frame"));
    }
    Ok(singletons::none())
}

pub fn frame_repr(vm: &Vm, o: &Obj) -> PyResult {
    let text = match live(o)? {
        None => format!("<frame at {:#x}>", o.bits()),
        Some(f) => {
            let c = Frame::code(f);
            let line = Frame::line(f).map_or("None".to_owned(), |l| l.to_string());
            let file = ops::repr_string(vm, &c.filename)?;
            format!("<frame at {:#x}, file {file}, line {line}, code {}>", o.bits(), ops::text(&c.name))
        }
    };
    Ok(str::from_str(&text).into_obj())
}

pub static TRACEBACK_ATTRS: &[GetSetDef] = &[
    getset("tb_next", |_, o| Ok(o.this::<Traceback>()?.next.get().unwrap_or_else(singletons::none)), set_next, ""),
    getter("tb_frame", |_, o| Ok(o.this::<Traceback>()?.frame.clone()), ""),
    getter("tb_lasti", |_, o| Ok(int::from_i64(o.this::<Traceback>()?.lasti as i64)), ""),
    getter(
        "tb_lineno",
        |_, o| Ok(o.this::<Traceback>()?.line().map_or_else(singletons::none, |l| int::from_i64(l as i64))),
        "",
    ),
];

fn set_next(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let this = o.this::<Traceback>()?;
    let Some(v) = v else { return Err(error::type_error("can't delete tb_next attribute")) };
    if !v.is_none() {
        if v.get::<Traceback>().is_none() {
            return Err(error::type_error(format!("expected traceback object, got '{}'", v.ty().tp_name())));
        }
        let mut at = Some(v.clone());
        while let Some(t) = at {
            if t.is(o) {
                return Err(error::value_error("traceback loop detected"));
            }
            at = t.get::<Traceback>().and_then(|t| t.next.get());
        }
    }
    this.next.set_option(Some(v.clone()).filter(|v| !v.is_none()));
    Ok(())
}

/// `dir()` of a traceback: its own attributes alone.
pub fn traceback_dir(_: &Vm, _: &Obj) -> PyResult {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    Ok(adder_object::List::new(names.map(|n| str::intern_str(n).into_obj()).to_vec()).into_obj())
}

pub fn traceback_new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.arity("TracebackType", 4, 4)?;
    let a = args.positional();
    if !a[0].is_none() && a[0].get::<Traceback>().is_none() {
        return Err(error::type_error(format!("expected traceback object or None, got '{}'", a[0].ty().tp_name())));
    }
    if a[1].get::<FrameObject>().is_none() {
        return Err(error::type_error(format!(
            "TracebackType() argument 'tb_frame' must be frame, not {}",
            a[1].ty().tp_name()
        )));
    }
    let t = Traceback {
        next: ObjCell::from_option(Some(a[0].clone()).filter(|o| !o.is_none())),
        frame: a[1].clone(),
        lasti: ops::to_i32(vm, &a[2])?,
        lineno: Cell::new(ops::to_i32(vm, &a[3])?),
    };
    let _ = &TRACEBACK;
    Ok(Ref::new(t).into_obj())
}

pub fn function_new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    static SIG: std::sync::OnceLock<adder_object::bind::Signature> = std::sync::OnceLock::new();
    let sig = SIG.get_or_init(|| {
        adder_object::bind::Signature::parse(
            "function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
        )
    });
    let a = sig.bind(args)?;
    let Some(c) = a.req(0).downcast::<CodeObject>() else {
        return Err(error::type_error(format!(
            "function() argument 'code' must be code, not {}",
            a.req(0).ty().tp_name()
        )));
    };
    let Some(globals) = a.req(1).downcast::<Dict>() else {
        return Err(error::type_error(format!(
            "function() argument 'globals' must be dict, not {}",
            a.req(1).ty().tp_name()
        )));
    };
    let checks: [(usize, fn(&Obj) -> bool, &::std::primitive::str); 3] = [
        (2, |o| o.get::<Str>().is_some(), "arg 3 (name) must be None or string"),
        (3, |o| tuple::as_slice(o).is_some(), "arg 4 (defaults) must be None or tuple"),
        (5, |o| o.get::<Dict>().is_some(), "arg 6 (kwdefaults) must be None or dict"),
    ];
    for (i, fits, message) in checks {
        if a.opt_not_none(i).is_some_and(|o| !fits(o)) {
            return Err(error::type_error(message));
        }
    }
    let closure = a.opt_not_none(4);
    let free = c.code.free_count();
    let given = closure.and_then(tuple::as_slice).map_or(0, <[Obj]>::len);
    if free != given {
        if closure.is_none() {
            return Err(error::type_error("arg 5 (closure) must be tuple"));
        }
        return Err(error::value_error(format!(
            "{} requires closure of length {free}, not {given}",
            ops::text(&c.name)
        )));
    }
    let current = || frame::current_builtins(vm).unwrap_or_else(crate::sys::builtins_dict);
    let builtins = builtins_of(&globals).unwrap_or_else(current);
    let f = Function::new(c, globals, builtins);
    f.closure.set_option(closure.cloned());
    f.defaults.set_option(a.opt_not_none(3).cloned());
    f.kwdefaults.set_option(a.opt_not_none(5).cloned());
    if let Some(n) = a.opt_not_none(2) {
        f.name.set(n.clone());
    }
    Ok(f.into_obj())
}

pub fn generator_repr(_: &Vm, o: &Obj) -> PyResult {
    let g = generator::payload(o).ok_or_else(|| error::type_error("not a generator"))?;
    let kind = o.ty().name();
    let name = ops::text(&g.qualname());
    Ok(str::from_str(&format!("<{kind} object {name} at {:#x}>", o.bits())).into_obj())
}

fn payload(o: &Obj) -> PyResult<&generator::Generator> {
    generator::payload(o).ok_or_else(|| error::type_error("not a generator"))
}
fn g_name(_: &Vm, o: &Obj) -> PyResult {
    Ok(payload(o)?.name())
}
fn g_set_name(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v.filter(|v| v.get::<adder_object::Str>().is_some()) {
        Some(v) => {
            payload(o)?.set_name(v.clone());
            Ok(())
        }
        None => Err(error::type_error("__name__ must be set to a string object")),
    }
}
fn g_qualname(_: &Vm, o: &Obj) -> PyResult {
    Ok(payload(o)?.qualname())
}
fn g_set_qualname(_: &Vm, o: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v.filter(|v| v.get::<adder_object::Str>().is_some()) {
        Some(v) => {
            payload(o)?.set_qualname(v.clone());
            Ok(())
        }
        None => Err(error::type_error("__qualname__ must be set to a string object")),
    }
}
fn g_frame(vm: &Vm, o: &Obj) -> PyResult {
    let g = payload(o)?;
    let f = g.frame.get();
    Ok(if f.is_null() || g.state.get() == State::Finished { singletons::none() } else { frame::object_of(vm, f) })
}
fn g_running(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(payload(o)?.state.get() == State::Running))
}
fn g_suspended(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(payload(o)?.state.get() == State::Suspended))
}
fn g_delegate(_: &Vm, o: &Obj) -> PyResult {
    Ok(generator::delegate(payload(o)?).unwrap_or_else(singletons::none))
}
fn g_code(_: &Vm, o: &Obj) -> PyResult {
    Ok(payload(o)?.code.clone())
}

macro_rules! generator_attrs {
    ($name:ident $kind:literal $frame:literal $running:literal $suspended:literal $delegate:literal $code:literal $($extra:expr),*) => {
        pub static $name: &[GetSetDef] = &[
            getset("__name__", g_name, g_set_name, concat!("name of the ", $kind)),
            getset("__qualname__", g_qualname, g_set_qualname, concat!("qualified name of the ", $kind)),
            getter($frame, g_frame, ""), getter($running, g_running, ""), getter($suspended, g_suspended, ""),
            getter($delegate, g_delegate, "object being iterated by yield from, or None"), getter($code, g_code, ""), $($extra),*
        ];
    };
}
generator_attrs!(GENERATOR_ATTRS "generator" "gi_frame" "gi_running" "gi_suspended" "gi_yieldfrom" "gi_code");
generator_attrs!(COROUTINE_ATTRS "coroutine" "cr_frame" "cr_running" "cr_suspended" "cr_await" "cr_code"
    getter("cr_origin", |_, o| Ok(payload(o)?.origin.get().unwrap_or_else(singletons::none)), ""));
generator_attrs!(ASYNC_GENERATOR_ATTRS "async generator" "ag_frame" "ag_running_frame" "ag_suspended" "ag_await" "ag_code"
    getter("ag_running", |_, o| Ok(singletons::bool_obj(payload(o)?.running_async.get())), ""));
