//! Hooks of `sys`: displayhook, excepthook, unraisablehook, breakpointhook, audit.

use crate::sys;
use adder_mem::heap::Global;
use adder_object::call::{self, Args};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Vm, attr, error, exceptions as exc, names, ops, singletons, str, tuple,
};

pub static FUNCTIONS: &[MethodDef] = &[
    method(
        "displayhook($module, object, /)",
        Native::One(displayhook),
        "Print an object to sys.stdout and also save it in builtins._",
    ),
    method(
        "excepthook($module, exctype, value, traceback, /)",
        Native::Pos(3, 3, excepthook),
        "Handle an exception by displaying it with a traceback on sys.stderr.",
    ),
    method("unraisablehook($module, unraisable, /)", Native::One(unraisablehook), "Handle an unraisable exception."),
    method(
        "breakpointhook",
        Native::Raw(breakpointhook),
        "breakpointhook($module, /, *args, **kwargs)\n\nThis hook function is called by built-in breakpoint().",
    ),
    method("audit", Native::Raw(audit), "audit(event, *args)\n\nPasses the event to any hooks that are attached."),
    method(
        "addaudithook($module, /, hook)",
        Native::Bound(|_, _, a| add_hook(a.req(0))),
        "Adds a new audit hook callback.",
    ),
];

fn displayhook(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    if o.is_none() {
        return Ok(singletons::none());
    }
    let b = sys::modules().get_str("builtins").ok_or_else(|| error::runtime_error("lost builtins module"))?;
    attr::set_str(vm, &b, "_", &singletons::none())?;
    let out = sys::get("stdout").filter(|o| !o.is_none()).ok_or_else(|| error::runtime_error("lost sys.stdout"))?;
    let text = ops::repr(vm, o)?;
    if let Err(e) = call::call_method(vm, &out, &names().write, std::slice::from_ref(&text)) {
        if !e.is(&exc::UNICODE_ENCODE_ERROR) {
            return Err(e);
        }
        let safe = ops::ascii(vm, &text)?;
        let s = ops::text(&safe);
        call::call_method(vm, &out, &names().write, &[str::from_str(&s[1..s.len() - 1]).into_obj()])?;
    }
    call::call_method(vm, &out, &names().write, &[str::from_str("\n").into_obj()])?;
    attr::set_str(vm, &b, "_", o)?;
    Ok(singletons::none())
}

fn excepthook(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    if a[1].get::<exc::BaseException>().is_none() {
        let found = a[1].ty().name();
        let text = format!("TypeError: print_exception(): Exception expected for value, {found} found\n");
        crate::report::write_stderr(vm, &text);
        return Ok(singletons::none());
    }
    if let Some(b) = a[1].get::<exc::BaseException>()
        && !a[2].is_none()
    {
        b.traceback.set(a[2].clone());
    }
    crate::report::print_exception(vm, &a[1]);
    Ok(singletons::none())
}

fn unraisablehook(vm: &Vm, _: &Obj, u: &Obj) -> PyResult {
    let get = |k: &::std::primitive::str| attr::lookup_str(vm, u, k).ok().flatten().filter(|o| !o.is_none());
    let message = get("err_msg").map(|m| ops::text(&m));
    let mut line = match (&message, get("object")) {
        (Some(m), Some(o)) => {
            format!("{m} {}:", ops::repr_string(vm, &o).unwrap_or_else(|_| "<object repr() failed>".into()))
        }
        (Some(m), None) => format!("{m}:"),
        (None, Some(o)) => format!(
            "Exception ignored in: {}",
            ops::repr_string(vm, &o).unwrap_or_else(|_| "<object repr() failed>".into())
        ),
        (None, None) => String::new(),
    };
    if !line.is_empty() {
        line.push('\n');
        crate::report::write_stderr(vm, &line);
    }
    if let Some(e) = get("exc_value") {
        // CPython reports these without markers below the lines.
        let columns = sys::columns();
        sys::set_columns(false);
        crate::report::print_exception(vm, &e);
        sys::set_columns(columns);
    }
    Ok(singletons::none())
}

fn breakpointhook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let env = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
    if env == "0" {
        return Ok(singletons::none());
    }
    let name = if env.is_empty() { "pdb.set_trace" } else { &env };
    let (module, function) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let f = vm.import(module).and_then(|m| attr::get_str(vm, &m, function));
    match f {
        Ok(f) => call::call(vm, &f, args),
        Err(e) if e.is(&exc::IMPORT_ERROR) || e.is(&exc::ATTRIBUTE_ERROR) => {
            vm.warn(&exc::RUNTIME_WARNING, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\""), 1)?;
            Ok(singletons::none())
        }
        Err(e) => Err(e),
    }
}

static AUDIT_HOOKS: Global<Vec<Obj>> = Global::new(Vec::new());

fn add_hook(f: &Obj) -> PyResult {
    AUDIT_HOOKS.get().push(f.clone());
    Ok(singletons::none())
}

fn audit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(event) = args.positional().first() else {
        return Err(error::type_error("audit expected at least 1 argument, got 0"));
    };
    if event.get::<adder_object::Str>().is_none() {
        return Err(error::type_error(format!("expected str for argument 'event', not {}", event.ty().tp_name())));
    }
    let hooks = AUDIT_HOOKS.get().clone();
    let rest = tuple::from_slice(&args.positional()[1..]);
    for h in hooks {
        call::call_pos(vm, &h, &[event.clone(), rest.clone()])?;
    }
    Ok(singletons::none())
}

/// An exception nobody can catch: calls `sys.unraisablehook` with what is known.
pub fn unraisable(vm: &Vm, e: PyErr, message: &::std::primitive::str, obj: Option<&Obj>) -> PyResult<()> {
    let Some(hook) = sys::get("unraisablehook").filter(|h| !h.is_none()) else { return Ok(()) };
    let ns = call::call0(vm, &adder_builtins::core::namespace::SPEC.ty.obj())?;
    let none = singletons::none;
    let tb = e.exception().and_then(|b| b.traceback.get()).unwrap_or_else(none);
    let values = [
        ("exc_type", e.obj().ty().to_obj()),
        ("exc_value", e.obj().clone()),
        ("exc_traceback", tb),
        ("err_msg", str::from_str(message).into_obj()),
        ("object", obj.cloned().unwrap_or_else(none)),
    ];
    for (k, v) in values {
        attr::set_str(vm, &ns, k, &v)?;
    }
    call::call1(vm, &hook, &ns)?;
    Ok(())
}
