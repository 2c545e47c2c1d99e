//! Objects that are pickled by name: classes, functions, members of modules.
//!
//! CPython: Modules/_pickle.c (whichmodule, save_global).

use super::ops::*;
use super::pickler::Pickler;
use super::save::{memoize, save as save_object};
use super::state::{pickling_error, state};
use crate::functional::shared::text;
use adder_object::{
    Dict, Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, call, error, exceptions as exc, int, ops, str, tuple,
};

fn dotted(name: &str) -> Vec<String> {
    name.split('.').map(str::to_owned).collect()
}
/// `obj.a.b.c`; None when a part is missing.
fn deep(vm: &Vm, o: &Obj, path: &[String]) -> PyResult<Option<Obj>> {
    let mut at = o.clone();
    for part in path {
        match attr::lookup(vm, &at, str::intern_str(part).obj())? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
fn failed(vm: &Vm, o: &Obj, rest: &str) -> PyErr {
    match ops::repr_string(vm, o) {
        Ok(r) => pickling_error(format!("Can't pickle {r}: {rest}")),
        Err(e) => e,
    }
}

/// The module an object is found in under its name.
fn which_module(vm: &Vm, o: &Obj, name: &str, path: &[String]) -> PyResult {
    let given = attr::lookup(vm, o, &adder_object::names().__module__)?;
    if path.iter().any(|p| p == "<locals>") {
        return Err(pickling_error(format!("Can't pickle local object {}", ops::repr_string(vm, o)?)));
    }
    let module_name = match given.filter(|m| !m.is_none()) {
        Some(m) => m,
        None => search_modules(vm, o, path)?,
    };
    let all = state()?.modules.clone();
    let found = match all.get::<Dict>() {
        Some(d) => d.get_item(vm, &module_name)?,
        None => None,
    };
    let module = match found {
        Some(m) => m,
        None => import(vm, o, &module_name, &all)?,
    };
    let shown = ops::text(&module_name);
    match deep(vm, &module, path)? {
        Some(x) if x.is(o) => Ok(module_name),
        Some(_) => Err(failed(vm, o, &format!("it's not the same object as {shown}.{name}"))),
        None => Err(failed(vm, o, &format!("it's not found as {shown}.{name}"))),
    }
}
fn import(vm: &Vm, o: &Obj, name: &Obj, all: &Obj) -> PyResult {
    let n = ops::text(name);
    match vm.import(&n) {
        Ok(m) => Ok(all.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, name))?.unwrap_or(m)),
        Err(e) if e.is(&exc::IMPORT_ERROR) || e.is(&exc::VALUE_ERROR) || e.is(&exc::KEY_ERROR) => {
            let why = ops::str_lossy(vm, e.obj());
            Err(failed(vm, o, &why).with_cause(e))
        }
        Err(e) => Err(e),
    }
}
fn search_modules(vm: &Vm, o: &Obj, path: &[String]) -> PyResult {
    let all = state()?.modules.clone();
    let items = all.get::<Dict>().map(|d| d.items_vec()).unwrap_or_default();
    for (name, module) in items {
        let skip = name.get::<Str>().is_none_or(|n| n.eq_str("__main__") || n.eq_str("__mp_main__"));
        if skip || module.is_none() {
            continue;
        }
        if deep(vm, &module, path).ok().flatten().is_some_and(|x| x.is(o)) {
            return Ok(name);
        }
    }
    Ok(text("__main__"))
}

pub fn save(vm: &Vm, p: &Pickler, o: &Obj, name: Option<&Obj>) -> PyResult<()> {
    let name = match name {
        Some(n) => n.clone(),
        None => match attr::lookup(vm, o, &adder_object::names().__qualname__)? {
            Some(q) if !q.is_none() => q,
            _ => attr::get(vm, o, &adder_object::names().__name__)?,
        },
    };
    let path = dotted(&ops::text(&name));
    let module = which_module(vm, o, &ops::text(&name), &path)?;
    if p.protocol.get() >= 2 && save_extension(vm, p, &module, &name)? {
        return Ok(());
    }
    if p.protocol.get() >= 4 {
        save_object(vm, p, &module, false)?;
        save_object(vm, p, &name, false)?;
        p.byte(STACK_GLOBAL);
    } else if path.len() > 1 {
        save_path(vm, p, &module, &path)?;
    } else {
        by_name(vm, p, &module, &name)?;
    }
    memoize(p, o);
    Ok(())
}

/// A code registered with `copyreg.add_extension`.
fn save_extension(vm: &Vm, p: &Pickler, module: &Obj, name: &Obj) -> PyResult<bool> {
    let registry = &state()?.extension_registry;
    let Some(d) = registry.get::<Dict>().filter(|d| !d.is_empty()) else { return Ok(false) };
    let Some(code) = d.get_item(vm, &tuple::from_array([module.clone(), name.clone()]))? else { return Ok(false) };
    let Some(code) = int::as_int(&code).and_then(|n| n.to_i64()) else {
        return Err(pickling_error(format!(
            "Can't pickle {}: extension code {} isn't an integer",
            ops::repr_string(vm, name)?,
            ops::repr_string(vm, &code)?
        )));
    };
    let b = (code as u32).to_le_bytes();
    match code {
        1..=0xFF => p.write(&[EXT1, b[0]]),
        0x100..=0xFFFF => p.write(&[EXT2, b[0], b[1]]),
        0x1_0000..=0x7FFF_FFFF => p.write(&[EXT4, b[0], b[1], b[2], b[3]]),
        _ => return Err(error::runtime_error(format!("extension code {code} is out of range"))),
    }
    Ok(true)
}

/// A dotted name in protocols without STACK_GLOBAL: nested calls of getattr.
fn save_path(vm: &Vm, p: &Pickler, module: &Obj, path: &[String]) -> PyResult<()> {
    let getattr = state()?.getattr.clone();
    for _ in &path[1..] {
        save_object(vm, p, &getattr, false)?;
        if p.protocol.get() < 2 {
            p.byte(MARK);
        }
    }
    by_name(vm, p, module, &text(&path[0]))?;
    for part in &path[1..] {
        save_object(vm, p, &text(part), false)?;
        p.byte(if p.protocol.get() < 2 { TUPLE } else { TUPLE2 });
        p.byte(REDUCE);
    }
    Ok(())
}

fn by_name(vm: &Vm, p: &Pickler, module: &Obj, name: &Obj) -> PyResult<()> {
    let (mut module, mut name) = (module.clone(), name.clone());
    if p.fix_imports.get() {
        (module, name) = python2_name(vm, module, name)?;
    }
    let put = |o: &Obj, what: &str| -> PyResult<()> {
        let s = o.this::<Str>()?;
        let legal = if p.protocol.get() >= 3 { s.to_utf8() } else { s.as_ascii().map(str::to_owned) };
        match legal {
            Some(t) => {
                p.write(t.as_bytes());
                p.byte(b'\n');
                Ok(())
            }
            None => Err(pickling_error(format!(
                "can't pickle {what} identifier {} using pickle protocol {}",
                ops::repr_string(vm, o)?,
                p.protocol.get()
            ))),
        }
    };
    p.byte(GLOBAL);
    put(&module, "module")?;
    put(&name, "global")
}
/// The name under which Python 2 knows it.
fn python2_name(vm: &Vm, module: Obj, name: Obj) -> PyResult<(Obj, Obj)> {
    let st = state()?;
    let find = |d: &Obj, k: &Obj| d.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, k));
    let key = tuple::from_array([module.clone(), name.clone()]);
    if let Some(pair) = find(&st.reverse_name_mapping, &key)? {
        return match tuple::as_slice(&pair) {
            Some([m, n]) => Ok((m.clone(), n.clone())),
            _ => Err(error::runtime_error("_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples")),
        };
    }
    Ok((find(&st.reverse_import_mapping, &module)?.unwrap_or(module), name))
}

/// Attribute of a module or of something in it, for the unpickler.
pub fn find(vm: &Vm, module: &Obj, name: &Obj, dotted_names: bool) -> PyResult {
    if !dotted_names {
        return attr::get(vm, module, name);
    }
    let n = ops::text(name);
    let path = dotted(&n);
    if path.len() == 1 {
        return attr::get(vm, module, name);
    }
    match deep(vm, module, &path)? {
        Some(x) => Ok(x),
        None => Err(error::attribute_error_text(format!(
            "Can't resolve path {} on {}",
            ops::repr_string(vm, name)?,
            ops::repr_string(vm, module)?
        ))),
    }
}
/// `sys.modules[name]`, imported if need be.
pub fn module(vm: &Vm, name: &Obj) -> PyResult {
    let all = state()?.modules.clone();
    let get = || all.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, name));
    if let Some(m) = get()? {
        return Ok(m);
    }
    let imported = call::call_method_str(vm, &vm.import("importlib")?, "import_module", std::slice::from_ref(name))?;
    Ok(get()?.unwrap_or(imported))
}
