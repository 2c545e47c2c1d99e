//! Import errors and the start of the import system.

use adder_builtins::core::module::provenance;
use adder_mem::heap::Global;
use adder_object::{
    Args, Dict, Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, call, error, exceptions as exc, names, ops, singletons,
    str, tuple, types,
};
use std::time::{Duration, Instant};

/// ImportError of `from module import name`.
pub fn cannot_import_name(vm: &Vm, module: &Obj, name: &Obj, package: Option<Obj>) -> PyResult<PyErr> {
    let package = package.filter(|p| p.get::<Str>().is_some());
    let shown = match &package {
        Some(p) => ops::repr_string(vm, p)?,
        None => "'<unknown module name>'".to_owned(),
    };
    let plain = format!("cannot import name {} from {shown}", ops::repr_string(vm, name)?);
    let (text, file) = match attr::lookup(vm, module, &names().__spec__)? {
        Some(spec) => unimportable(vm, module, &spec, package.as_ref(), &shown, &plain)?,
        None => (format!("{plain} (unknown location)"), None),
    };
    let e = error::import_error(&exc::IMPORT_ERROR, &text, package, file.map(|f| str::from_str(&f).into_obj()));
    if let Some(b) = e.exception() {
        b.set_field(exc::IMPORT_NAME_FROM, name.clone());
    }
    Ok(e)
}

/// The text for a module with a spec, which guesses at circular imports and shadowed modules, and its file.
fn unimportable(
    vm: &Vm,
    module: &Obj,
    spec: &Obj,
    package: Option<&Obj>,
    shown: &::std::primitive::str,
    plain: &::std::primitive::str,
) -> PyResult<(String, Option<String>)> {
    let unknown = singletons::none();
    let from = provenance(vm, spec, package.unwrap_or(&unknown))?;
    let file = || {
        let d = attr::instance_dict(module).filter(|_| is_module(module))?;
        d.get_str("__file__").filter(|f| f.get::<Str>().is_some()).map(|f| ops::text(&f))
    };
    let origin = from.origin.or_else(file);
    let quoted = origin.as_deref().map(|o| ops::repr_string(vm, str::from_str(o).obj())).transpose()?;
    let quoted = quoted.unwrap_or_default();
    let place = origin.as_deref().map(|o| format!(" ({o})"));
    let text = if from.stdlib {
        format!(
            "{plain} (consider renaming {quoted} since it has the same name as the standard library module named {shown} \
             and prevents importing that standard library module)"
        )
    } else if from.initializing && from.shadowing {
        format!("{plain} (consider renaming {quoted} if it has the same name as a library you intended to import)")
    } else if from.initializing {
        let circular =
            plain.replacen(&format!(" from {shown}"), &format!(" from partially initialized module {shown}"), 1);
        format!("{circular} (most likely due to a circular import){}", place.unwrap_or_default())
    } else {
        format!("{plain}{}", place.as_deref().unwrap_or(" (unknown location)"))
    };
    Ok((text, origin))
}

static BOOTSTRAP: Global<Option<Obj>> = Global::new(None);

/// `importlib._bootstrap`, once it runs; whatever a program puts into `sys.modules` later is not it.
fn bootstrap() -> Option<Obj> {
    let known = BOOTSTRAP.get();
    if known.is_none() {
        *known = crate::sys::modules().get_str("_frozen_importlib");
    }
    known.clone()
}

/// The built-in `__import__`: absolute names that are imported already are answered here, the rest by importlib.
pub fn import_module_level(vm: &Vm, name: &Obj, globals: &Obj, fromlist: &Obj, level: i32) -> PyResult {
    let Some(text) = name.get::<Str>() else {
        return Err(error::type_error("module name must be a string"));
    };
    if level < 0 {
        return Err(error::value_error("level must be >= 0"));
    }
    if level == 0 && text.is_empty() {
        return Err(error::value_error("Empty module name"));
    }
    let full = if level == 0 { name.clone() } else { absolute_name(vm, name, globals, level)? };
    let found = find_loaded(vm, &full)?;
    let module = match found {
        Some(m) => {
            if TIMING.get().on > 1 {
                // Not indented but aligned, as CPython prints it.
                let name = format!("{:>1$}", ops::text(&full), TIMING.get().level * 2);
                timing_line("cached   ", "cached    ", &name);
            }
            m
        }
        None => find_and_load(vm, &full)?,
    };
    if ops::truth(vm, fromlist)? {
        if attr::lookup(vm, &module, &names().__path__)?.is_some()
            && let Some(b) = bootstrap()
        {
            let f = builtin_import();
            return call::call_method(vm, &b, &names()._handle_fromlist, &[module, fromlist.clone(), f]);
        }
        return Ok(module);
    }
    top_of(vm, name, &full, module, level)
}

/// What `import a.b.c` binds: `a`.
fn top_of(vm: &Vm, name: &Obj, full: &Obj, module: Obj, level: i32) -> PyResult {
    if name.get::<Str>().is_some_and(|s| s.chars().iter().all(|c| c != u32::from(b'.'))) {
        return Ok(module);
    }
    let text = ops::text(name);
    let Some(dot) = text.find('.') else { return Ok(module) };
    let front = &text[..dot];
    if level == 0 {
        return import_module_level(vm, str::intern_str(front).obj(), singletons::none_ref(), &tuple::new(vec![]), 0);
    }
    let full = ops::text(full);
    let wanted = &full[..full.len() - (text.len() - dot)];
    crate::sys::modules()
        .get_str(wanted)
        .ok_or_else(|| PyErr::new(&exc::KEY_ERROR, format!("'{wanted}' not in sys.modules as expected")))
}

fn builtin_import() -> Obj {
    crate::sys::builtins_dict()
        .get::<Dict>()
        .and_then(|d| d.get_name(&names().__import__))
        .unwrap_or_else(singletons::none)
}

/// A module of `sys.modules` that is not in the middle of its initialisation in another thread.
fn find_loaded(vm: &Vm, full: &Obj) -> PyResult<Option<Obj>> {
    let modules = crate::sys::dict().get_name(&names().modules).unwrap_or_else(|| crate::sys::modules().into_obj());
    let found = match modules.get_exact::<Dict>() {
        Some(d) => d.get_item(vm, full)?,
        None => match ops::getitem(vm, &modules, full) {
            Ok(m) => Some(m),
            Err(e) if e.is(&exc::KEY_ERROR) => None,
            Err(e) => return Err(e),
        },
    };
    let Some(m) = found.filter(|m| !m.is_none()) else { return Ok(None) };
    let spec = if is_module(&m) && m.is_exact(&types::MODULE) {
        adder_object::module::dict(&m).get_name(&names().__spec__)
    } else {
        attr::lookup(vm, &m, &names().__spec__)?
    };
    if let Some(spec) = spec.filter(|s| !s.is_none())
        && let Some(i) = attr::lookup(vm, &spec, &names()._initializing)?
        && ops::truth(vm, &i)?
        && let Some(b) = bootstrap()
    {
        call::call_method_str(vm, &b, "_lock_unlock_module", std::slice::from_ref(full))?;
    }
    Ok(Some(m))
}

fn find_and_load(vm: &Vm, full: &Obj) -> PyResult {
    let Some(b) = bootstrap() else {
        return Err(error::import_error(
            &exc::MODULE_NOT_FOUND_ERROR,
            &format!("No module named '{}'", ops::text(full)),
            Some(full.clone()),
            None,
        ));
    };
    let load = || call::call_method(vm, &b, &names()._find_and_load, &[full.clone(), builtin_import()]);
    let loaded = if TIMING.get().on == 0 { load() } else { timed(full, load) };
    loaded.map_err(strip_frames)
}

/// What `-X importtime` adds up.
struct Timing {
    /// 0, or the level asked for.
    on: i64,
    header: bool,
    level: usize,
    /// Time of the imports that ended inside the present one.
    inner: Duration,
}
static TIMING: Global<Timing> = Global::new(Timing { on: 0, header: false, level: 0, inner: Duration::ZERO });

/// Turns `-X importtime` on.
pub fn set_timing(level: i64) {
    TIMING.get().on = level
}

fn timing_line(own: &::std::primitive::str, all: &::std::primitive::str, name: &::std::primitive::str) {
    let t = TIMING.get();
    if !std::mem::replace(&mut t.header, true) {
        crate::sys::raw_stderr("import time: self [us] | cumulative | imported package\n");
    }
    crate::sys::raw_stderr(&format!("import time: {own:>9} | {all:>10} | {name}\n"));
}

/// Runs an import and reports its time, with and without the imports inside it.
fn timed(full: &Obj, load: impl FnOnce() -> PyResult) -> PyResult {
    let t = TIMING.get();
    let outer = std::mem::take(&mut t.inner);
    t.level += 1;
    let start = Instant::now();
    let loaded = load();
    let all = start.elapsed();
    let t = TIMING.get();
    t.level -= 1;
    let own = all.saturating_sub(std::mem::replace(&mut t.inner, outer + all));
    let shown = |d: Duration| d.as_nanos().div_ceil(1000).to_string();
    timing_line(&shown(own), &shown(all), &format!("{:1$}{2}", "", t.level * 2, ops::text(full)));
    loaded
}

/// Removes importlib's own frames from the top of the traceback of an import error, as CPython does.
fn strip_frames(e: PyErr) -> PyErr {
    let Some(b) = e.exception() else { return e };
    let import_error = e.is(&exc::IMPORT_ERROR);
    let mut prev: Option<Obj> = None;
    let mut chunk: Option<Option<Obj>> = None;
    let mut at = b.traceback.get();
    while let Some(t) = at {
        let Some(tb) = t.get::<crate::traceback::Traceback>() else { break };
        let (file, name) = crate::frame::file_and_name(&tb.frame);
        let internal = file == "<frozen importlib._bootstrap>"
            || file == "<frozen importlib._bootstrap_external>"
            || file == "<frozen _adder_library>";
        if internal && chunk.is_none() {
            chunk = Some(prev.clone());
        }
        let next = tb.next.get();
        if internal && (import_error || name == "_call_with_frames_removed") {
            match &chunk {
                Some(Some(p)) => {
                    if let Some(p) = p.get::<crate::traceback::Traceback>() {
                        p.next.set_option(next.clone())
                    }
                }
                _ => b.traceback.set_option(next.clone()),
            }
        } else {
            if !internal {
                chunk = None;
            }
            prev = Some(t.clone());
        }
        at = next;
    }
    e
}

/// The absolute name of a relative import, from the globals of the importing module.
fn absolute_name(vm: &Vm, name: &Obj, globals: &Obj, level: i32) -> PyResult {
    let none = |o: Option<Obj>| o.filter(|o| !o.is_none());
    let Some(g) = globals.get::<Dict>() else { return Err(error::type_error("globals must be a dict")) };
    let spec = none(g.get_name(&names().__spec__));
    let mut package = none(g.get_name(&names().__package__));
    if package.is_none()
        && let Some(s) = &spec
    {
        package = attr::lookup(vm, s, &names().parent)?;
    }
    let package = match package {
        Some(p) if p.get::<Str>().is_some() => {
            if let Some(s) = &spec
                && let Some(parent) = attr::lookup(vm, s, &names().parent)?
                && !ops::equals(vm, &p, &parent)?
            {
                vm.warn(&exc::DEPRECATION_WARNING, "__package__ != __spec__.parent", 1)?;
            }
            ops::text(&p)
        }
        Some(_) => return Err(error::type_error("package must be a string")),
        None => {
            vm.warn(
                &exc::IMPORT_WARNING,
                "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
                1,
            )?;
            let n = g
                .get_name(&names().__name__)
                .ok_or_else(|| PyErr::new(&exc::KEY_ERROR, "'__name__' not in globals"))?;
            let n = ops::text(&n);
            if g.get_name(&names().__path__).is_some() {
                n
            } else {
                n.rsplit_once('.').map_or(String::new(), |(p, _)| p.to_owned())
            }
        }
    };
    if package.is_empty() {
        return Err(PyErr::new(&exc::IMPORT_ERROR, "attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((b, _)) => b,
            None => return Err(PyErr::new(&exc::IMPORT_ERROR, "attempted relative import beyond top-level package")),
        };
    }
    let n = ops::text(name);
    let full = if n.is_empty() { base.to_owned() } else { format!("{base}.{n}") };
    Ok(str::intern_str(&full).into_obj())
}

/// `import name` from native code: the module itself, not its top package.
pub fn import(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    let full = str::intern_str(name).into_obj();
    if let Some(m) = find_loaded(vm, &full)? {
        return Ok(m);
    }
    let f = builtin_import();
    let star = tuple::from_array([str::intern_str("*").into_obj()]);
    if f.is_none() || bootstrap().is_some() {
        return find_and_load(vm, &full);
    }
    let none = singletons::none();
    call::call(vm, &f, Args::pos(&[full, none.clone(), none, star]))
}

/// Whether a value is a module object.
pub fn is_module(o: &Obj) -> bool {
    o.ty().is_subtype(&types::MODULE)
}
