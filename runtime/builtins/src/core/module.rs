//! `module`: attributes with `__getattr__`, annotations, repr.
//!
//! CPython: Objects/moduleobject.c.

use adder_mem::header::TypeFlags;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::{call0, call1, is_callable};
use adder_object::module::dict;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getset, member, method};
use adder_object::vm::HOOKS;
use adder_object::{
    Dict, List, Module, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, attr, error, names, ops, singletons, str, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Module::default()).into_obj())),
        slot::init(|vm, o, args| INIT.call(vm, o, args, None).map(drop)),
        slot::repr(repr),
        slot::getattro(getattr),
    ],
    methods: &[method("__dir__($self, /)", Native::NoArgs(dir), "__dir__() -> list\nspecialized dir() implementation")],
    getset: &[
        member("__dict__", |_, o| Ok(dict(o).into_obj()), ""),
        getset("__annotations__", annotations, set_annotations, ""),
        getset("__annotate__", annotate, set_annotate, ""),
    ],
    doc: "module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional doc argument can have any type.",
    ..TypeSpec::of(&types::MODULE)
};

static INIT: MethodDef = method("module(name, doc=None)", Native::Bound(init), "");

fn init(_: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let name = args.req(0);
    if name.get::<Str>().is_none() {
        return Err(error::type_error(format!("module() argument 'name' must be str, not {}", name.ty().tp_name())));
    }
    let (d, n) = (dict(o), names());
    d.set_name(&n.__name__, name.clone());
    d.set_name(&n.__doc__, args.clone_or_none(1));
    for k in [&n.__package__, &n.__loader__, &n.__spec__] {
        d.set_name(k, singletons::none());
    }
    Ok(singletons::none())
}

fn getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    if let Some(v) = attr::generic_lookup(vm, o, name)? {
        return Ok(v);
    }
    if let Some(f) = dict(o).get_name(&names().__getattr__) {
        return call1(vm, &f, name);
    }
    Err(missing(vm, o, name)?)
}

fn attribute_is_true(vm: &Vm, o: &Obj, name: &Obj) -> PyResult<bool> {
    attr::lookup(vm, o, name)?.map_or(Ok(false), |v| ops::truth(vm, &v))
}

/// What a module's spec says of where it came from, for the messages of failed look-ups in it.
pub struct Provenance {
    pub origin: Option<String>,
    /// Its file lies beside the script, so it may hide another module.
    pub shadowing: bool,
    /// It has the name of a module of the library.
    pub stdlib: bool,
    pub initializing: bool,
}

pub fn provenance(vm: &Vm, spec: &Obj, name: &Obj) -> PyResult<Provenance> {
    let n = names();
    let origin = match attribute_is_true(vm, spec, &n.has_location)? {
        true => attr::lookup(vm, spec, &n.origin)?.filter(|o| o.get::<Str>().is_some()).map(|o| ops::text(&o)),
        false => None,
    };
    let shadowing = origin.as_deref().is_some_and(is_beside_script);
    let stdlib = match (HOOKS.get().sys_attr)(vm, "stdlib_module_names") {
        Some(all) if shadowing && all.has_type_flag(TypeFlags::SET_SUBCLASS) => ops::contains(vm, &all, name)?,
        _ => false,
    };
    let initializing = attribute_is_true(vm, spec, &n._initializing)?;
    Ok(Provenance { origin, shadowing, stdlib, initializing })
}

/// The AttributeError of a missing attribute, which guesses at circular imports and shadowed modules.
#[cold]
fn missing(vm: &Vm, o: &Obj, name: &Obj) -> PyResult<PyErr> {
    let d = dict(o);
    let n = names();
    let what = ops::text(name);
    let Some(module) = d.get_name(&n.__name__).filter(|m| m.get::<Str>().is_some()) else {
        return Ok(error::attribute_error(o, name, &format!("module has no attribute '{what}'")));
    };
    let m = ops::text(&module);
    let plain = format!("module '{m}' has no attribute '{what}'");
    let Some(spec) = d.get_name(&n.__spec__).filter(|s| !s.is_none()) else {
        return Ok(error::attribute_error(o, name, &plain));
    };
    let Provenance { origin, shadowing, stdlib, initializing } = provenance(vm, &spec, &module)?;
    let text = if stdlib {
        format!(
            "{plain} (consider renaming '{}' since it has the same name as the standard library module named '{m}' and prevents importing that standard library module)",
            origin.unwrap_or_default()
        )
    } else if initializing && shadowing {
        format!(
            "{plain} (consider renaming '{}' if it has the same name as a library you intended to import)",
            origin.unwrap_or_default()
        )
    } else if initializing {
        let from = origin.map(|o| format!(" from '{o}'")).unwrap_or_default();
        format!(
            "partially initialized module '{m}'{from} has no attribute '{what}' (most likely due to a circular import)"
        )
    } else if is_uninitialized_submodule(vm, &spec, name)? {
        format!("cannot access submodule '{what}' of module '{m}' (most likely due to a circular import)")
    } else {
        plain
    };
    Ok(error::attribute_error(o, name, &text))
}

fn is_uninitialized_submodule(vm: &Vm, spec: &Obj, name: &Obj) -> PyResult<bool> {
    match attr::lookup(vm, spec, &names()._uninitialized_submodules)? {
        Some(l) => ops::contains(vm, &l, name),
        None => Ok(false),
    }
}

static SCRIPT_FOLDER: Global<Option<String>> = Global::new(None);

/// What the command put before `sys.path`; what a program does with `sys.path` later is no matter.
pub fn set_script_folder(folder: String) {
    *SCRIPT_FOLDER.get() = Some(folder);
}

/// Whether a module's file lies in the directory that `sys.path` began with.
fn is_beside_script(origin: &::std::primitive::str) -> bool {
    let Some(first) = SCRIPT_FOLDER.get().as_deref() else { return false };
    let file = std::path::Path::new(origin);
    let dir = if file.file_name().is_some_and(|f| f == "__init__.py") { file.parent() } else { Some(file) };
    let Some(dir) = dir.and_then(|d| d.parent()) else { return false };
    if first.is_empty() {
        return std::env::current_dir().is_ok_and(|cwd| cwd == dir);
    }
    std::path::Path::new(first) == dir
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = dict(o);
    let n = names();
    let shown = |v: &Obj| ops::repr_string(vm, v);
    let get = |k: &Obj| d.get_name(k).filter(|v| !v.is_none());
    let text = if let Some(spec) = get(&n.__spec__) {
        let field = |k: &Obj| Ok(attr::lookup(vm, &spec, k)?.filter(|v| !v.is_none()));
        let name = field(&n.name)?.map_or_else(|| Ok("'?'".to_owned()), |v| shown(&v))?;
        match field(&n.origin)? {
            Some(origin) if attribute_is_true(vm, &spec, &n.has_location)? => {
                format!("<module {name} from {}>", shown(&origin)?)
            }
            Some(origin) => format!("<module {name} ({})>", ops::str_lossy(vm, &origin)),
            None => match field(&n.loader)? {
                Some(loader) if loader.ty().name() == "NamespaceLoader" => {
                    let path = ops::to_list(vm, &attr::get_str(vm, &loader, "_path")?)?;
                    format!("<module {name} (namespace) from {}>", shown(path.obj())?)
                }
                Some(loader) => format!("<module {name} ({})>", shown(&loader)?),
                None => format!("<module {name}>"),
            },
        }
    } else {
        let name = d.get_name(&n.__name__).map_or_else(|| Ok("'?'".to_owned()), |v| shown(&v))?;
        match (d.get_name(&n.__file__), get(&n.__loader__)) {
            (Some(file), _) => format!("<module {name} from {}>", shown(&file)?),
            (None, Some(loader)) => format!("<module {name} ({})>", shown(&loader)?),
            (None, None) => format!("<module {name}>"),
        }
    };
    Ok(str::from_str(&text).into_obj())
}

fn dir(vm: &Vm, o: &Obj) -> PyResult {
    let d = attr::get(vm, o, &names().__dict__)?;
    let Some(d) = d.get::<Dict>() else {
        return Err(error::type_error(format!("{}.__dict__ is not a dictionary", o.ty().tp_name())));
    };
    match d.get_name(&names().__dir__) {
        Some(f) => call0(vm, &f),
        None => Ok(List::new(d.keys_vec()).into_obj()),
    }
}

fn annotate(_: &Vm, o: &Obj) -> PyResult {
    let d = dict(o);
    if let Some(f) = d.get_name(&names().__annotate__) {
        return Ok(f);
    }
    d.set_name(&names().__annotate__, singletons::none());
    Ok(singletons::none())
}

fn set_annotate(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::type_error("cannot delete __annotate__ attribute")) };
    if !v.is_none() && !is_callable(v) {
        return Err(error::type_error("__annotate__ must be callable or None"));
    }
    let d = dict(o);
    d.set_name(&names().__annotate__, v.clone());
    if !v.is_none() {
        d.remove_name(&names().__annotations__);
    }
    Ok(())
}

fn annotations(vm: &Vm, o: &Obj) -> PyResult {
    let d = dict(o);
    if let Some(a) = d.get_name(&names().__annotations__) {
        return Ok(a);
    }
    let initializing = match d.get_name(&names().__spec__) {
        Some(s) => attribute_is_true(vm, &s, &names()._initializing)?,
        None => false,
    };
    let a = match d.get_name(&names().__annotate__).filter(is_callable) {
        Some(f) => super::type_attrs::evaluated(vm, &f)?,
        None => Dict::new().into_obj(),
    };
    if !initializing {
        d.set_name(&names().__annotations__, a.clone());
    }
    Ok(a)
}

fn set_annotations(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let d = dict(o);
    match value {
        Some(v) => d.set_name(&names().__annotations__, v.clone()),
        None if d.remove_name(&names().__annotations__).is_none() => {
            return Err(error::attribute_error_text("__annotations__"));
        }
        None => {}
    }
    d.remove_name(&names().__annotate__);
    Ok(())
}
