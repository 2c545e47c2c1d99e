//! Coroutine wrappers and async generators: the values they yield, the awaitables of their methods, their finalization.
//!
//! CPython: Objects/genobject.c (async_gen_asend, async_gen_athrow, coro_wrapper).

use crate::generator::{self, ASYNC_GENERATOR, COROUTINE, State};
use adder_object::slots::{Sent, slot};
use adder_object::spec::{MethodDef, Native, TypeSpec, class_method, method, ready};
use adder_object::{
    Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, TypeFlags, Vm, call, error, exceptions as exc, singletons,
    trace_fields, tuple,
};
use std::cell::Cell;

/// A value that an async generator yields, to tell it from what it awaits.
pub struct WrappedValue {
    pub value: Obj,
}
trace_fields!(WrappedValue { value });
pub static WRAPPED_VALUE: StaticType = StaticType::new::<WrappedValue>("async_generator_wrapped_value", TypeFlags::GC);
adder_object::payload!(WrappedValue, WRAPPED_VALUE);

pub fn wrap_value(v: &Obj) -> Obj {
    Ref::new(WrappedValue { value: v.clone() }).into_obj()
}

/// A coroutine or async generator was made: records where, when asked to (`sys.set_coroutine_origin_tracking_depth`).
#[inline(always)]
pub fn created(vm: &Vm, g: &Obj) {
    if vm.coroutine_origin_depth.get() > 0 {
        keep_origin(vm, g)
    }
}
#[cold]
#[inline(never)]
fn keep_origin(vm: &Vm, g: &Obj) {
    if g.is_exact(&COROUTINE) {
        let mut rows = vec![];
        let mut f = crate::frame::current(vm);
        // The coroutine's own frame is on top.
        while rows.len() < vm.coroutine_origin_depth.get() as usize {
            f = crate::frame::previous(f);
            let Some((file, line, name)) = crate::frame::describe(f) else { break };
            rows.push(tuple::from_array([file, adder_object::int::from_i64(line as i64), name]));
        }
        if let Some(p) = generator::payload(g) {
            p.origin.set(tuple::new(rows));
        }
    }
}

/// The result of `send` as Python sees it: a return is StopIteration.
pub fn sent_to_result(s: Sent) -> PyResult {
    match s {
        Sent::Yield(v) => Ok(v),
        Sent::Return(v) => Err(error::stop_iteration(v)),
    }
}

/// The exception that `throw(type[, value[, tb]])` names.
pub fn thrown(vm: &Vm, args: &[Obj]) -> PyResult<PyErr> {
    deprecate_triple(vm, args, "throw")?;
    exception_of(vm, args)
}

fn deprecate_triple(vm: &Vm, args: &[Obj], method: &str) -> PyResult<()> {
    if args.len() < 2 {
        return Ok(());
    }
    let text =
        format!("the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead.");
    vm.warn(&exc::DEPRECATION_WARNING, &text, 1)
}

fn exception_of(vm: &Vm, args: &[Obj]) -> PyResult<PyErr> {
    let none = singletons::none_ref();
    let (ty, value, tb) = (&args[0], args.get(1).unwrap_or(none), args.get(2).unwrap_or(none));
    if !tb.is_none() && tb.get::<crate::traceback::Traceback>().is_none() {
        return Err(error::type_error("throw() third argument must be a traceback object"));
    }
    let e = if ty.get::<adder_object::Type>().is_some_and(|t| t.has(TypeFlags::EXC_SUBCLASS)) {
        if value.get::<exc::BaseException>().is_some()
            && value.is_instance_of(ty.get::<adder_object::Type>().unwrap_or(value.ty()))
        {
            value.clone()
        } else {
            let made = if value.is_none() {
                call::call0(vm, ty)
            } else if tuple::as_slice(value).is_some() {
                call::call_pos(vm, ty, &tuple::to_vec(value))
            } else {
                call::call1(vm, ty, value)
            };
            match made {
                Ok(e) if e.get::<exc::BaseException>().is_some() => e,
                Ok(e) => error::type_error(format!(
                    "calling {} should have returned an instance of BaseException, not {}",
                    adder_object::ops::repr_string(vm, ty)?,
                    adder_object::ops::repr_string(vm, &e.ty().to_obj())?
                ))
                .into_obj(),
                // The generator gets what went wrong.
                Err(e) => e.into_obj(),
            }
        }
    } else if ty.get::<exc::BaseException>().is_some() {
        if !value.is_none() {
            return Err(error::type_error("instance exception may not have a separate value"));
        }
        ty.clone()
    } else {
        return Err(error::type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            ty.ty().tp_name()
        )));
    };
    if let Some(b) = e.get::<exc::BaseException>()
        && !tb.is_none()
    {
        b.traceback.set(tb.clone());
    }
    Ok(PyErr::from_obj(e))
}

/// A generator dies: suspended bodies get GeneratorExit, coroutines never awaited a warning, async generators their hook.
pub fn finalize(vm: &Vm, g: &Obj) -> PyResult {
    let Some(p) = generator::payload(g) else { return Ok(singletons::none()) };
    if p.state.get() == State::Finished {
        return Ok(singletons::none());
    }
    if g.is_exact(&ASYNC_GENERATOR)
        && p.state.get() != State::Created
        && let Some(f) = p.finalizer.get().filter(|f| !f.is_none() && !p.closed.get())
    {
        return call::call1(vm, &f, g);
    }
    if g.is_exact(&COROUTINE) && p.state.get() == State::Created {
        warn_never_awaited(vm, g);
        return Ok(singletons::none());
    }
    generator::close(vm, g)?;
    Ok(singletons::none())
}

fn warn_never_awaited(vm: &Vm, g: &Obj) {
    if !crate::sys::is_ready() {
        return;
    }
    let shown = vm.import("warnings").and_then(|m| {
        match adder_object::attr::lookup_str(vm, &m, "_warn_unawaited_coroutine")? {
            Some(f) => call::call1(vm, &f, g).map(|_| true),
            None => Ok(false),
        }
    });
    let report = |e: PyErr| {
        let shown = adder_object::ops::repr_string(vm, g).unwrap_or_default();
        vm.unraisable(e, &format!("Exception ignored while finalizing coroutine {shown}"), None);
    };
    let shown = shown.unwrap_or_else(|e| {
        let shown = e.is(&exc::RUNTIME_WARNING);
        report(e);
        shown
    });
    if !shown {
        let name = generator::payload(g).map(|p| adder_object::ops::text(&p.qualname()));
        let text = format!("coroutine '{}' was never awaited", name.unwrap_or_default());
        if let Err(e) = vm.warn(&exc::RUNTIME_WARNING, &text, 1) {
            report(e);
        }
    }
}

/// `coroutine.__await__()`: an iterator over the coroutine.
pub struct CoroutineWrapper {
    pub coroutine: Obj,
}
trace_fields!(CoroutineWrapper { coroutine });
pub static COROUTINE_WRAPPER: StaticType = StaticType::new::<CoroutineWrapper>("coroutine_wrapper", TypeFlags::GC);
adder_object::payload!(CoroutineWrapper, COROUTINE_WRAPPER);

pub fn coroutine_await(_: &Vm, c: &Obj) -> PyResult {
    Ok(Ref::new(CoroutineWrapper { coroutine: c.clone() }).into_obj())
}
fn inner(o: &Obj) -> PyResult<&Obj> {
    Ok(&o.this::<CoroutineWrapper>()?.coroutine)
}
fn wrapper_throw(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let e = thrown(vm, args)?;
    sent_to_result(generator::throw(vm, inner(o)?, e)?)
}
static COROUTINE_WRAPPER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::iter(|_, o| Ok(o.clone())),
        slot::iternext(|vm, o| generator::next(vm, inner(o)?)),
        slot::send(|vm, o, v| generator::send(vm, inner(o)?, v)),
    ],
    methods: &[
        method("send($self, arg, /)", Native::One(|vm, o, v| sent_to_result(generator::send(vm, inner(o)?, v)?)), ""),
        method("throw", Native::Pos(1, 3, wrapper_throw), ""),
        method("close($self, /)", Native::NoArgs(|vm, o| generator::close_with_value(vm, inner(o)?)), ""),
    ],
    ..TypeSpec::of(&COROUTINE_WRAPPER)
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Init,
    Iter,
    Closed,
}

/// What an async generator method does when awaited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Send,
    Throw,
    Close,
}

/// The awaitable of `__anext__`, `asend`, `athrow` and `aclose`.
pub struct AsyncStep {
    generator: Obj,
    /// Value to send (None for `__anext__`), or the arguments of `athrow`.
    arg: ObjCell,
    action: Cell<Action>,
    phase: Cell<Phase>,
}
trace_fields!(AsyncStep { generator, arg });
pub static ASYNC_STEP: StaticType = StaticType::new::<AsyncStep>("async_generator_asend", TypeFlags::GC);
adder_object::payload!(AsyncStep, ASYNC_STEP);

fn step(vm: &Vm, g: &Obj, action: Action, arg: Option<Obj>) -> PyResult {
    init_hooks(vm, g)?;
    let s = AsyncStep {
        generator: g.clone(),
        arg: ObjCell::from_option(arg),
        action: Cell::new(action),
        phase: Cell::new(Phase::Init),
    };
    Ok(Ref::new(s).into_obj())
}

/// Calls the first-iteration hook once and remembers the finalizer hook.
fn init_hooks(vm: &Vm, g: &Obj) -> PyResult<()> {
    let Some(p) = generator::payload(g) else { return Ok(()) };
    if p.hooks_inited.replace(true) {
        return Ok(());
    }
    p.finalizer.set_option(vm.asyncgen_finalizer.get());
    if let Some(f) = vm.asyncgen_firstiter.get().filter(|f| !f.is_none()) {
        call::call1(vm, &f, g)?;
    }
    Ok(())
}

pub fn anext(vm: &Vm, g: &Obj) -> PyResult {
    step(vm, g, Action::Send, None)
}
fn asend(vm: &Vm, g: &Obj, v: &Obj) -> PyResult {
    step(vm, g, Action::Send, Some(v.clone()))
}
fn athrow(vm: &Vm, g: &Obj, args: &[Obj]) -> PyResult {
    deprecate_triple(vm, args, "athrow")?;
    step(vm, g, Action::Throw, Some(tuple::from_slice(args)))
}
fn aclose(vm: &Vm, g: &Obj) -> PyResult {
    step(vm, g, Action::Close, None)
}

pub static METHODS: &[MethodDef] = &[
    method("asend($self, arg, /)", Native::One(asend), "asend(v) -> send 'v' in generator."),
    method("athrow", Native::Pos(1, 3, athrow), "athrow(value)\nathrow(type[,value[,tb]])"),
    method("aclose($self, /)", Native::NoArgs(aclose), "aclose() -> raise GeneratorExit inside generator."),
    class_method("__class_getitem__($type, item, /)", Native::One(adder_object::class::generic_alias), "See PEP 585"),
];

/// One step of the awaitable: Ok(Yield) passes what the body awaits outward, Ok(Return) is the result.
fn step_send(vm: &Vm, o: &Obj, value: &Obj) -> PyResult<Sent> {
    let s = o.this::<AsyncStep>()?;
    let p = generator::payload(&s.generator).ok_or_else(|| error::type_error("not an async generator"))?;
    match s.phase.get() {
        Phase::Closed => {
            return Err(already_awaited(s));
        }
        Phase::Init => return first_step(vm, s, p, value),
        Phase::Iter => {}
    }
    let r = generator::send(vm, &s.generator, value);
    settle(s, p, r)
}

fn already_running(s: &AsyncStep) -> PyErr {
    s.phase.set(Phase::Closed);
    error::runtime_error(match s.action.get() {
        Action::Send => "anext(): asynchronous generator is already running",
        Action::Throw => "athrow(): asynchronous generator is already running",
        Action::Close => "aclose(): asynchronous generator is already running",
    })
}
fn already_awaited(s: &AsyncStep) -> PyErr {
    error::runtime_error(match s.action.get() {
        Action::Send => "cannot reuse already awaited __anext__()/asend()",
        _ => "cannot reuse already awaited aclose()/athrow()",
    })
}

fn first_step(vm: &Vm, s: &AsyncStep, p: &generator::Generator, value: &Obj) -> PyResult<Sent> {
    if s.action.get() != Action::Send && p.state.get() == State::Finished {
        s.phase.set(Phase::Closed);
        return Ok(Sent::Return(singletons::none()));
    }
    if p.running_async.get() {
        return Err(already_running(s));
    }
    if p.closed.get() && s.action.get() != Action::Send {
        s.phase.set(Phase::Closed);
        return Err(PyErr::with_args(&exc::STOP_ASYNC_ITERATION, vec![]));
    }
    if s.action.get() != Action::Send && !value.is_none() {
        return Err(error::runtime_error("can't send non-None value to a just-started async generator"));
    }
    s.phase.set(Phase::Iter);
    p.running_async.set(true);
    let r = match s.action.get() {
        Action::Send => {
            let v = s.arg.get().filter(|_| value.is_none()).unwrap_or_else(|| value.clone());
            if p.state.get() == State::Finished {
                Ok(Sent::Return(singletons::none()))
            } else {
                generator::send(vm, &s.generator, &v)
            }
        }
        Action::Throw => {
            let args = s.arg.get().map(|a| tuple::to_vec(&a)).unwrap_or_default();
            match exception_of(vm, &args) {
                Ok(e) => generator::throw(vm, &s.generator, e),
                Err(e) => Err(e),
            }
        }
        Action::Close => {
            p.closed.set(true);
            if matches!(p.state.get(), State::Created | State::Finished) {
                generator::close(vm, &s.generator).map(|()| Sent::Return(singletons::none()))
            } else {
                generator::throw(vm, &s.generator, PyErr::with_args(&exc::GENERATOR_EXIT, vec![]))
            }
        }
    };
    settle(s, p, r)
}

/// Turns what the body did into the awaitable's step.
fn settle(s: &AsyncStep, p: &generator::Generator, r: PyResult<Sent>) -> PyResult<Sent> {
    let close = s.action.get() == Action::Close;
    let done = || {
        s.phase.set(Phase::Closed);
        p.running_async.set(false);
    };
    match r {
        Ok(Sent::Yield(v)) => match v.get_exact::<WrappedValue>() {
            Some(w) => {
                done();
                if close {
                    return Err(error::runtime_error("async generator ignored GeneratorExit"));
                }
                Ok(Sent::Return(w.value.clone()))
            }
            None => Ok(Sent::Yield(v)),
        },
        Ok(Sent::Return(_)) => {
            done();
            p.closed.set(true);
            if close {
                return Ok(Sent::Return(singletons::none()));
            }
            Err(PyErr::with_args(&exc::STOP_ASYNC_ITERATION, vec![]))
        }
        Err(e) => {
            done();
            if e.is(&exc::STOP_ASYNC_ITERATION) || e.is(&exc::GENERATOR_EXIT) {
                p.closed.set(true);
                if close {
                    return Ok(Sent::Return(singletons::none()));
                }
            }
            Err(e)
        }
    }
}

fn step_throw(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let s = o.this::<AsyncStep>()?;
    let p = generator::payload(&s.generator).ok_or_else(|| error::type_error("not an async generator"))?;
    if s.phase.get() == Phase::Closed {
        return Err(already_awaited(s));
    }
    let e = thrown(vm, args)?;
    if s.phase.get() == Phase::Init {
        if p.running_async.get() {
            return Err(already_running(s));
        }
        s.phase.set(Phase::Iter);
        p.running_async.set(true);
    }
    let r = generator::throw(vm, &s.generator, e);
    sent_to_result(settle(s, p, r)?)
}

fn step_close(vm: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<AsyncStep>()?;
    if s.phase.get() == Phase::Closed {
        return Ok(singletons::none());
    }
    let e = PyErr::with_args(&exc::GENERATOR_EXIT, vec![]);
    match step_throw(vm, o, &[e.into_obj()]) {
        Ok(_) => Err(error::runtime_error("coroutine ignored GeneratorExit")),
        Err(e) if e.is(&exc::GENERATOR_EXIT) || e.is(&exc::STOP_ITERATION) || e.is(&exc::STOP_ASYNC_ITERATION) => {
            Ok(singletons::none())
        }
        Err(e) => Err(e),
    }
}

/// A step that nobody awaited dies with a warning.
fn step_finalize(vm: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<AsyncStep>()?;
    if s.phase.get() != Phase::Init || !crate::sys::is_ready() {
        return Ok(singletons::none());
    }
    let method = match s.action.get() {
        Action::Send => "asend",
        Action::Throw => "athrow",
        Action::Close => "aclose",
    };
    let name = match generator::payload(&s.generator).map(generator::Generator::qualname) {
        Some(q) => adder_object::ops::repr_string(vm, &q)?,
        None => String::new(),
    };
    if let Err(e) =
        vm.warn(&exc::RUNTIME_WARNING, &format!("coroutine method '{method}' of {name} was never awaited"), 1)
    {
        vm.unraisable(e, "Exception ignored", Some(&s.generator));
    }
    Ok(singletons::none())
}

static ASYNC_STEP_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::finalize(step_finalize),
        slot::await_(|_, o| Ok(o.clone())),
        slot::iter(|_, o| Ok(o.clone())),
        slot::iternext(|vm, o| match step_send(vm, o, singletons::none_ref())? {
            Sent::Yield(v) => Ok(Some(v)),
            Sent::Return(v) => Err(error::stop_iteration(v)),
        }),
        slot::send(step_send),
    ],
    methods: &[
        method("send($self, arg, /)", Native::One(|vm, o, v| sent_to_result(step_send(vm, o, v)?)), ""),
        method("throw", Native::Pos(1, 3, step_throw), ""),
        method("close($self, /)", Native::NoArgs(step_close), ""),
    ],
    ..TypeSpec::of(&ASYNC_STEP)
};
static WRAPPED_VALUE_SPEC: TypeSpec = TypeSpec::of(&WRAPPED_VALUE);

pub fn install() {
    for s in [&COROUTINE_WRAPPER_SPEC, &ASYNC_STEP_SPEC, &WRAPPED_VALUE_SPEC] {
        ready(s);
    }
}
