//! Functions of `sys` about the interpreter's state: limits, frames, references, encodings.

use crate::frame::{self, Frame};
use crate::native::Profiler;
use crate::{eval, sys, tracing};
use adder_mem::gil;
use adder_object::bind::Bound;
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Dict, Obj, ObjExt, PyErr, PyResult, Str, TypeFlags, Vm, attr, call, error, exceptions as exc, float, int, names,
    ops, singletons, str, tuple,
};

/// RTLD_NOW unless a program wants others.
static DLOPEN_FLAGS: adder_mem::heap::Global<i32> = adder_mem::heap::Global::new(2);

pub static FUNCTIONS: &[MethodDef] = &[
    method(
        "exit($module, status=None, /)",
        Native::Pos(0, 1, exit),
        "Exit the interpreter by raising SystemExit(status).",
    ),
    method("getrefcount($module, object, /)", Native::One(getrefcount), "Return the reference count of object."),
    method(
        "getsizeof",
        Native::Raw(getsizeof),
        "getsizeof(object [, default]) -> int\n\nReturn the size of object in bytes.",
    ),
    method(
        "getrecursionlimit($module, /)",
        Native::NoArgs(|_, _| Ok(int::from_i64(Vm::recursion_limit() as i64))),
        "Return the current value of the recursion limit.",
    ),
    method(
        "setrecursionlimit($module, limit, /)",
        Native::One(setrecursionlimit),
        "Set the maximum depth of the Python interpreter stack to n.",
    ),
    method("intern($module, string, /)", Native::One(intern), "``Intern'' the given string."),
    method(
        "_is_interned($module, string, /)",
        Native::One(is_interned),
        "Return True if the given string is \"interned\".",
    ),
    method(
        "_is_immortal($module, op, /)",
        Native::One(|_, _, o| Ok(singletons::bool_obj(o.header().is_none_or(|h| h.is_immortal())))),
        "Return True if the given object is \"immortal\" per PEP 683.",
    ),
    method(
        "exc_info($module, /)",
        Native::NoArgs(exc_info),
        "Return current exception information: (type, value, traceback).",
    ),
    method(
        "exception($module, /)",
        Native::NoArgs(|vm, _| Ok(eval::handled(vm).unwrap_or_else(singletons::none))),
        "Return the current exception.",
    ),
    method("_getframe($module, depth=0, /)", Native::Pos(0, 1, getframe), "Return a frame object from the call stack."),
    method(
        "_getframemodulename($module, /, depth=0)",
        Native::Bound(getframemodulename),
        "Return the name of the module for a calling frame.",
    ),
    method(
        "_current_frames($module, /)",
        Native::NoArgs(current_frames),
        "Return a dict mapping each thread's thread id to its current stack frame.",
    ),
    method(
        "_current_exceptions($module, /)",
        Native::NoArgs(current_exceptions),
        "Return a dict mapping each thread's identifier to its current raised exception.",
    ),
    method(
        "getdefaultencoding($module, /)",
        Native::NoArgs(|_, _| text("utf-8")),
        "Return the current default encoding used by the Unicode implementation.",
    ),
    method(
        "getfilesystemencoding($module, /)",
        Native::NoArgs(|_, _| text("utf-8")),
        "Return the encoding used to convert Unicode filenames to OS filenames.",
    ),
    method(
        "getfilesystemencodeerrors($module, /)",
        Native::NoArgs(|_, _| text("surrogateescape")),
        "Return the error mode used for Unicode to OS filename conversion.",
    ),
    method(
        "getswitchinterval($module, /)",
        Native::NoArgs(|_, _| Ok(float::from_f64(gil::switch_interval().as_secs_f64()))),
        "Return the current thread switch interval; see sys.setswitchinterval().",
    ),
    method(
        "setswitchinterval($module, interval, /)",
        Native::One(setswitchinterval),
        "Set the ideal thread switching delay inside the Python interpreter.",
    ),
    method(
        "get_int_max_str_digits($module, /)",
        Native::NoArgs(|_, _| Ok(int::from_i64(adder_object::int::max_str_digits() as i64))),
        "Return the maximum string digits limit for non-binary int<->str conversions.",
    ),
    method(
        "set_int_max_str_digits($module, /, maxdigits)",
        Native::Bound(set_int_max_str_digits),
        "Set the maximum string digits limit for non-binary int<->str conversions.",
    ),
    method(
        "is_finalizing($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::bool_obj(sys::is_finalizing()))),
        "Return True if Python is exiting.",
    ),
    method(
        "_clear_type_descriptors($module, type, /)",
        Native::One(clear_type_descriptors),
        "Private function for clearing certain descriptors from a type's dictionary.",
    ),
    method("_clear_type_cache($module, /)", Native::NoArgs(clear_caches), "Clear the internal type lookup cache."),
    method(
        "_clear_internal_caches($module, /)",
        Native::NoArgs(clear_caches),
        "Clear all internal performance-related caches.",
    ),
    method(
        "getallocatedblocks($module, /)",
        Native::NoArgs(|_, _| Ok(int::from_usize(adder_mem::collect::all_objects().len()))),
        "Return the number of memory blocks currently allocated.",
    ),
    method(
        "getunicodeinternedsize($module, /, *, _only_immortal=False)",
        Native::Raw(|_, _, _| Ok(int::from_i64(0))),
        "Return the number of elements of the unicode interned dictionary",
    ),
    method(
        "_is_gil_enabled($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::true_obj())),
        "Return True if the GIL is currently enabled.",
    ),
    method(
        "is_stack_trampoline_active($module, /)",
        Native::NoArgs(|_, _| profiler(Profiler::Active).map(singletons::bool_obj)),
        "Return *True* if a stack profiler trampoline is active.",
    ),
    method(
        "activate_stack_trampoline($module, backend, /)",
        Native::One(activate_stack_trampoline),
        "Activate stack profiler trampoline *backend*.",
    ),
    method(
        "deactivate_stack_trampoline($module, /)",
        Native::NoArgs(|_, _| profiler(Profiler::Off).map(|_| singletons::none())),
        "Deactivate the current stack profiler trampoline backend.\n\nIf no stack profiler is activated, this function has no effect.",
    ),
    method(
        "is_remote_debug_enabled($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::false_obj())),
        "Return True if remote debugging is enabled, False otherwise.",
    ),
    method(
        "get_coroutine_origin_tracking_depth($module, /)",
        Native::NoArgs(|vm, _| Ok(int::from_i64(vm.coroutine_origin_depth.get() as i64))),
        "Check status of origin tracking for coroutine objects in this thread.",
    ),
    method(
        "set_coroutine_origin_tracking_depth($module, /, depth)",
        Native::Bound(set_origin_depth),
        "Enable or disable origin tracking for coroutine objects in this thread.",
    ),
    method(
        "get_asyncgen_hooks($module, /)",
        Native::NoArgs(get_asyncgen_hooks),
        "Return the installed asynchronous generators hooks.",
    ),
    method(
        "set_asyncgen_hooks",
        Native::Raw(set_asyncgen_hooks),
        "set_asyncgen_hooks([firstiter] [, finalizer])\n\nSet a finalizer for async generators objects.",
    ),
    method(
        "gettrace($module, /)",
        Native::NoArgs(|vm, _| Ok(vm.trace.get().unwrap_or_else(singletons::none))),
        "Return the global debug tracing function set with sys.settrace.",
    ),
    method(
        "getprofile($module, /)",
        Native::NoArgs(|vm, _| Ok(vm.profile.get().unwrap_or_else(singletons::none))),
        "Return the profiling function set with sys.setprofile.",
    ),
    method("settrace($module, function, /)", Native::One(settrace), "Set the global debug tracing function."),
    method("setprofile($module, function, /)", Native::One(setprofile), "Set the profiling function."),
    method(
        "_settraceallthreads($module, function, /)",
        Native::One(settrace_everywhere),
        "Set the global debug tracing function in all running threads belonging to the current interpreter.",
    ),
    method(
        "_setprofileallthreads($module, function, /)",
        Native::One(setprofile_everywhere),
        "Set the profiling function in all running threads belonging to the current interpreter.",
    ),
    method(
        "call_tracing($module, func, args, /)",
        Native::Pos(2, 2, call_tracing),
        "Call func(*args), while tracing is enabled.",
    ),
    method(
        "getdlopenflags($module, /)",
        Native::NoArgs(|_, _| Ok(int::from_i64(*DLOPEN_FLAGS.get() as i64))),
        "Return the current value of the flags that are used for dlopen calls.",
    ),
    method(
        "setdlopenflags($module, flags, /)",
        Native::One(|vm, _, flags| {
            *DLOPEN_FLAGS.get() = ops::to_i32(vm, flags)?;
            Ok(singletons::none())
        }),
        "Set the flags used by the interpreter for dlopen calls.",
    ),
    method(
        "_get_cpu_count_config($module, /)",
        Native::NoArgs(|_, _| Ok(int::from_i64(sys::cpu_count()))),
        "Private function for getting PyConfig.cpu_count",
    ),
    method(
        "_debugmallocstats($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::none())),
        "Print debug info to stderr about the state of pymalloc and structseq",
    ),
];

fn text(s: &::std::primitive::str) -> PyResult {
    Ok(str::intern_str(s).into_obj())
}

fn exit(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let args = match a.first() {
        None => vec![],
        Some(s) if s.is_none() => vec![],
        Some(s) if tuple::as_slice(s).is_some() => tuple::to_vec(s),
        Some(s) => vec![s.clone()],
    };
    Err(PyErr::with_args(&exc::SYSTEM_EXIT, args))
}

/// CPython counts the argument's own reference; immediates and immortals report a large constant.
fn getrefcount(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    Ok(int::from_i64(o.refcount() as i64))
}

fn getsizeof(vm: &Vm, _: &Obj, args: call::Args<'_>) -> PyResult {
    let Some(o) = args.positional().first().or(args.keyword("object")) else {
        return Err(error::type_error("getsizeof() missing required argument 'object' (pos 1)"));
    };
    let default = args.positional().get(1).or(args.keyword("default"));
    let size = match call::call_special(vm, o, &names().__sizeof__, &[]) {
        Ok(Some(s)) => s,
        Ok(None) => int::from_i64(16),
        Err(e) if e.is(&exc::TYPE_ERROR) && default.is_some() => {
            return Ok(default.cloned().unwrap_or_else(singletons::none));
        }
        Err(e) => return Err(e),
    };
    let n = ops::to_i64(vm, &size)?;
    if n < 0 {
        return Err(error::value_error("__sizeof__() should return >= 0"));
    }
    let prefix = if o.has_type_flag(TypeFlags::PREFIX) { 16 } else { 0 };
    Ok(int::from_i64(n + prefix))
}

fn setrecursionlimit(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let n = ops::to_i32(vm, n)?;
    if n < 1 {
        return Err(error::value_error("recursion limit must be greater or equal than 1"));
    }
    if vm.depth.get() >= n as u32 {
        return Err(error::recursion_error(format!(
            "cannot set the recursion limit to {n} at the recursion depth {}: the limit is too low",
            vm.depth.get()
        )));
    }
    Vm::set_recursion_limit(n as u32);
    Ok(singletons::none())
}

fn intern(_: &Vm, _: &Obj, s: &Obj) -> PyResult {
    match s.downcast::<Str>() {
        Some(t) if s.is_exact(&adder_object::types::STR) => Ok(str::intern(&t).into_obj()),
        Some(_) => Err(error::type_error(format!("can't intern {}", s.ty().name()))),
        None => Err(error::type_error(format!("intern() argument must be str, not {}", s.ty().tp_name()))),
    }
}

fn is_interned(_: &Vm, _: &Obj, s: &Obj) -> PyResult {
    match s.get::<Str>() {
        Some(t) => Ok(singletons::bool_obj(t.is_interned())),
        None => Err(error::type_error(format!("_is_interned() argument must be str, not {}", s.ty().tp_name()))),
    }
}

fn exc_info(vm: &Vm, _: &Obj) -> PyResult {
    let none = singletons::none;
    Ok(match eval::handled(vm) {
        None => tuple::from_array([none(), none(), none()]),
        Some(e) => {
            let tb = e.get::<exc::BaseException>().and_then(|b| b.traceback.get()).unwrap_or_else(none);
            tuple::from_array([e.ty().to_obj(), e, tb])
        }
    })
}

/// The frame `depth` below the running one.
fn nth_frame(vm: &Vm, depth: i32) -> *mut Frame {
    let mut f = frame::current(vm);
    for _ in 0..depth {
        f = frame::previous(f);
    }
    f
}

fn profiler(what: Profiler<'_>) -> PyResult<bool> {
    (crate::native::HOOKS.get().profiler)(what)
}
fn activate_stack_trampoline(_: &Vm, _: &Obj, backend: &Obj) -> PyResult {
    if backend.get::<adder_object::Str>().is_none() {
        let ty = backend.ty().name();
        return Err(error::type_error(format!("activate_stack_trampoline() argument must be str, not {ty}")));
    }
    profiler(Profiler::On(&ops::text(backend))).map(|_| singletons::none())
}

fn getframe(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let depth = a.first().map_or(Ok(0), |d| ops::to_i32(vm, d))?.max(0);
    let f = nth_frame(vm, depth);
    if f.is_null() {
        return Err(error::value_error("call stack is not deep enough"));
    }
    Ok(frame::object_of(vm, f))
}

fn getframemodulename(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let depth = a.opt(0).map_or(Ok(0), |d| ops::to_i32(vm, d))?.max(0);
    let f = nth_frame(vm, depth);
    if f.is_null() {
        return Ok(singletons::none());
    }
    Ok(frame::function_of(f).and_then(|f| f.module.get()).unwrap_or_else(singletons::none))
}

fn current_frames(vm: &Vm, _: &Obj) -> PyResult {
    let d = Dict::new();
    for thread in Vm::threads() {
        let f = frame::current(thread);
        if !f.is_null() {
            d.set_item(vm, &int::from_u64(thread.ident), frame::object_of(vm, f))?;
        }
    }
    Ok(d.into_obj())
}

fn current_exceptions(vm: &Vm, _: &Obj) -> PyResult {
    let d = Dict::new();
    for thread in Vm::threads() {
        d.set_item(vm, &int::from_u64(thread.ident), eval::handled(thread).unwrap_or_else(singletons::none))?;
    }
    Ok(d.into_obj())
}

fn setswitchinterval(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    let x = ops::to_f64(vm, n)?;
    if x.is_nan() || x <= 0.0 {
        return Err(error::value_error("switch interval must be strictly positive"));
    }
    gil::set_switch_interval(std::time::Duration::from_secs_f64(x.min(1e6)));
    Ok(singletons::none())
}

fn set_int_max_str_digits(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let n = ops::to_i32(vm, a.req(0))?;
    if n != 0 && n < 640 {
        return Err(error::value_error("maxdigits must be >= 640 or 0 for unlimited"));
    }
    adder_object::int::set_max_str_digits(n as usize);
    Ok(singletons::none())
}

/// `dataclasses` makes a class anew with slots: the old one gives up its `__dict__` and `__weakref__`.
fn clear_type_descriptors(_: &Vm, _: &Obj, cls: &Obj) -> PyResult {
    let Some(ty) = cls.get::<adder_object::Type>() else {
        return Err(error::type_error(format!(
            "_clear_type_descriptors() argument must be type, not {}",
            cls.ty().tp_name()
        )));
    };
    if !ty.is_heap() {
        return Err(error::type_error("argument is immutable"));
    }
    let names = adder_object::names();
    for name in [&names.__dict__, &names.__weakref__] {
        drop(ty.dict().remove_name(name));
    }
    ty.modified();
    Ok(singletons::none())
}
fn clear_caches(_: &Vm, _: &Obj) -> PyResult {
    adder_object::typeobj::clear_lookup_cache();
    Ok(singletons::none())
}

fn set_origin_depth(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let n = ops::to_i32(vm, a.req(0))?;
    if n < 0 {
        return Err(error::value_error("depth must be >= 0"));
    }
    vm.coroutine_origin_depth.set(n as u32);
    Ok(singletons::none())
}

static ASYNCGEN_HOOKS: adder_object::structseq::SeqDef = adder_object::structseq::SeqDef {
    name: "asyncgen_hooks",
    doc: "asyncgen_hooks\n\nNamed tuple containing information about asynchronous\ngenerators hooks.",
    fields: &["firstiter", "finalizer"],
    visible: 2,
};

fn get_asyncgen_hooks(vm: &Vm, m: &Obj) -> PyResult {
    let cls = match attr::lookup_str(vm, m, "_asyncgen_hooks_type")? {
        Some(c) => c,
        None => {
            let c = adder_object::structseq::make_type(vm, &ASYNCGEN_HOOKS)?.into_obj();
            attr::set_str(vm, m, "_asyncgen_hooks_type", &c)?;
            c
        }
    };
    let items = [&vm.asyncgen_firstiter, &vm.asyncgen_finalizer].map(|c| c.get().unwrap_or_else(singletons::none));
    Ok(adder_object::structseq::new(cls.this::<adder_object::Type>()?, items.to_vec()))
}

fn set_asyncgen_hooks(vm: &Vm, _: &Obj, args: call::Args<'_>) -> PyResult {
    let pick = |i: usize, k: &::std::primitive::str| args.positional().get(i).or(args.keyword(k)).cloned();
    let check = |o: Option<Obj>, what: &::std::primitive::str| match o {
        Some(f) if !f.is_none() && !call::is_callable(&f) => {
            Err(error::type_error(format!("callable {what} expected, got {}", f.ty().tp_name())))
        }
        o => Ok(o),
    };
    let first = check(pick(0, "firstiter"), "firstiter")?;
    let last = check(pick(1, "finalizer"), "finalizer")?;
    for (cell, v) in [(&vm.asyncgen_firstiter, first), (&vm.asyncgen_finalizer, last)] {
        if let Some(v) = v {
            cell.set_option(Some(v).filter(|v| !v.is_none()));
        }
    }
    Ok(singletons::none())
}

fn function_or_none(f: &Obj) -> Option<Obj> {
    Some(f.clone()).filter(|f| !f.is_none())
}
fn settrace(vm: &Vm, _: &Obj, f: &Obj) -> PyResult {
    tracing::set_trace(vm, function_or_none(f));
    Ok(singletons::none())
}
fn setprofile(vm: &Vm, _: &Obj, f: &Obj) -> PyResult {
    tracing::set_profile(vm, function_or_none(f));
    Ok(singletons::none())
}
fn settrace_everywhere(_: &Vm, _: &Obj, f: &Obj) -> PyResult {
    tracing::set_trace_everywhere(function_or_none(f));
    Ok(singletons::none())
}
fn setprofile_everywhere(_: &Vm, _: &Obj, f: &Obj) -> PyResult {
    tracing::set_profile_everywhere(function_or_none(f));
    Ok(singletons::none())
}

/// Runs a function that is watched although a trace function is running.
fn call_tracing(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let Some(args) = tuple::as_slice(&a[1]) else {
        return Err(error::type_error(format!("call_tracing() argument 2 must be tuple, not {}", a[1].ty().tp_name())));
    };
    let depth = vm.tracing.replace(0);
    let r = call::call_pos(vm, &a[0], args);
    vm.tracing.set(depth);
    r
}
