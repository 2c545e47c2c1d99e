//! Names: locals, cells, globals, the namespaces of modules and class bodies.
#![allow(unsafe_code)]

use super::{Machine, Regs};
use crate::builtin_functions;
use crate::frame::Frame;
use crate::import::import_module_level;
use adder_object::{
    Cell, Dict, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, attr, call, error, exceptions as exc, names, ops,
};

#[cold]
pub fn unbound_local(r: &Regs, i: usize) -> PyErr {
    let name = r.code().localsplusnames[i].clone();
    error::unbound_local_error(format!(
        "cannot access local variable '{}' where it is not associated with a value",
        ops::text(&name)
    ))
}

pub fn delete_fast(r: &mut Regs, i: usize) -> PyResult<()> {
    // SAFETY: FRAME-1: the word leaves its slot before its value is dropped.
    let old = unsafe { std::mem::replace(&mut *r.slot(i), 0) };
    if old == 0 {
        return Err(unbound_local(r, i));
    }
    // SAFETY: an owned value.
    drop(unsafe { Obj::from_raw(old) });
    Ok(())
}

fn cell<'a>(r: &'a Regs<'_>, i: usize) -> Option<&'a Cell> {
    // SAFETY: FRAME-1: the slot of a cell or free variable holds a cell.
    unsafe {
        let w = &*r.slot(i);
        if *w == 0 { None } else { Obj::view(w).get_exact::<Cell>() }
    }
}

pub fn load_deref(r: &Regs, i: usize) -> PyResult {
    cell(r, i).and_then(|c| c.value.get()).ok_or_else(|| unbound_cell(r, i))
}

#[cold]
pub fn unbound_cell(r: &Regs, i: usize) -> PyErr {
    let code = r.code();
    let name = ops::text(&code.localsplusnames[i]);
    if code.code.localspluskinds[i] & adder_isa::code::slot::FREE != 0 {
        return error::name_error(
            &code.localsplusnames[i],
            &format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope"),
        );
    }
    unbound_local(r, i)
}

pub fn delete_deref(r: &Regs, i: usize) -> PyResult<()> {
    match cell(r, i).and_then(|c| c.value.take()) {
        Some(_) => Ok(()),
        None => Err(unbound_cell(r, i)),
    }
}

pub fn make_cell(r: &Machine, i: usize) {
    // SAFETY: the slot's value moves into the new cell.
    unsafe {
        let old = std::mem::replace(&mut *r.slot(i), 0);
        let value = if old == 0 { None } else { Some(Obj::from_raw(old)) };
        *r.slot(i) = Cell::new(value).into_obj().into_raw();
    }
}

fn globals<'a>(r: &Regs) -> &'a Obj {
    // SAFETY: FRAME-4: the function of the frame owns them; callers use them within the instruction.
    unsafe { &(*r.frame).globals }
}
pub fn builtins<'a>(r: &Regs) -> &'a Obj {
    // SAFETY: as `globals`.
    unsafe { &(*r.frame).builtins }
}

#[cold]
pub fn not_defined(name: &Obj) -> PyErr {
    error::name_error(name, &format!("name '{}' is not defined", ops::text(name)))
}

/// A global, then a builtin.
pub fn global_or_builtin(vm: &Vm, r: &Regs, name: &Obj) -> PyResult<Option<Obj>> {
    if let Some(v) = lookup_in(vm, globals(r), name)? {
        return Ok(Some(v));
    }
    lookup_in(vm, builtins(r), name)
}

/// A name in a dict or any other mapping (KeyError is a miss).
pub fn lookup_in(vm: &Vm, mapping: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    if let Some(d) = mapping.get_exact::<Dict>() {
        return Ok(d.get_name(name));
    }
    match ops::getitem(vm, mapping, name) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&exc::KEY_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

#[cold]
pub fn load_global_slow(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let name = r.name(arg >> 1);
    let v = global_or_builtin(vm, r, name)?.ok_or_else(|| not_defined(name))?;
    r.push(v);
    if arg & 1 != 0 {
        r.push_null();
    }
    Ok(())
}

pub fn store_global(r: &mut Regs, arg: usize) {
    let v = r.pop();
    if let Some(d) = globals(r).get::<Dict>() {
        d.set_name(r.name(arg), v)
    }
}

pub fn delete_global(r: &Regs, arg: usize) -> PyResult<()> {
    let name = r.name(arg);
    match globals(r).get::<Dict>().and_then(|d| d.remove_name(name)) {
        Some(_) => Ok(()),
        None => Err(not_defined(name)),
    }
}

pub fn locals_of(r: &Regs) -> PyResult {
    match Frame::locals(r.frame) {
        Some(l) => Ok(l),
        // A function made of a module's code: its names are globals.
        None if r.code().flags & adder_isa::code::co::OPTIMIZED == 0 => Ok(globals(r).clone()),
        None => Err(error::system_error("no locals")),
    }
}

pub fn load_name(vm: &Vm, r: &Regs, arg: usize) -> PyResult {
    let name = r.name(arg);
    let locals = locals_of(r)?;
    if let Some(v) = lookup_in(vm, &locals, name)? {
        return Ok(v);
    }
    global_or_builtin(vm, r, name)?.ok_or_else(|| not_defined(name))
}

pub fn store_name(vm: &Vm, r: &Regs, arg: usize, value: Option<&Obj>) -> PyResult<()> {
    let name = r.name(arg);
    let locals = locals_of(r)?;
    match (locals.get_exact::<Dict>(), value) {
        (Some(d), Some(v)) => {
            d.set_name(name, v.clone());
            Ok(())
        }
        (None, Some(v)) => ops::setitem(vm, &locals, name, v),
        (Some(d), None) => d.remove_name(name).map(drop).ok_or_else(|| not_defined(name)),
        (None, None) => {
            ops::delitem(vm, &locals, name).map_err(|e| if e.is(&exc::KEY_ERROR) { not_defined(name) } else { e })
        }
    }
}

pub fn load_from_dict_or_deref(vm: &Vm, r: &mut Regs, i: usize) -> PyResult<()> {
    let name = r.code().localsplusnames[i].clone();
    let found = lookup_in(vm, r.peek(1), &name)?;
    let v = match found {
        Some(v) => v,
        None => load_deref(r, i)?,
    };
    r.replace_n(1, v);
    Ok(())
}

pub fn load_from_dict_or_globals(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let name = r.name(arg);
    let v = match lookup_in(vm, r.peek(1), name)? {
        Some(v) => v,
        None => global_or_builtin(vm, r, name)?.ok_or_else(|| not_defined(name))?,
    };
    r.replace_n(1, v);
    Ok(())
}

pub fn setup_annotations(vm: &Vm, r: &Regs) -> PyResult<()> {
    let locals = locals_of(r)?;
    let name = &names().__annotations__;
    if lookup_in(vm, &locals, name)?.is_none() {
        ops::setitem(vm, &locals, name, Dict::new().obj())?;
    }
    Ok(())
}

/// `import name` through `builtins.__import__`, natively when nobody replaced it.
pub fn import_name(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let name = r.name(arg);
    let f = lookup_in(vm, builtins(r), &names().__import__)?
        .ok_or_else(|| PyErr::new(&exc::IMPORT_ERROR, "__import__ not found"))?;
    if let (Some(level), true) = (r.peek(2).small_int(), builtin_functions::is_import(&f)) {
        let globals = globals(r).clone();
        r.save();
        let m = import_module_level(vm, name, &globals, r.peek(1), level.clamp(-1, i64::from(i32::MAX)) as i32)?;
        r.replace_n(2, m);
        return Ok(());
    }
    let locals = Frame::locals(r.frame).unwrap_or_else(adder_object::singletons::none);
    let args = [name.clone(), globals(r).clone(), locals, r.peek(1).clone(), r.peek(2).clone()];
    r.save();
    let m = call::call_pos(vm, &f, &args)?;
    r.replace_n(2, m);
    Ok(())
}

pub fn import_from(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (module, name) = (r.peek(1), r.name(arg));
    if let Some(v) = attr::lookup(vm, module, name)? {
        r.push(v);
        return Ok(());
    }
    let package = attr::lookup(vm, module, &names().__name__)?;
    if let Some(p) = package.as_ref().filter(|p| p.get::<Str>().is_some()) {
        let full = format!("{}.{}", ops::text(p), ops::text(name));
        if let Some(m) = crate::sys::modules().get_str(&full) {
            r.push(m);
            return Ok(());
        }
    }
    Err(crate::import::cannot_import_name(vm, module, name, package)?)
}

/// Binds the public names of a module in the frame's locals.
pub fn import_star(vm: &Vm, r: &Regs, module: &Obj) -> PyResult<()> {
    let locals = locals_of(r)?;
    let (list, skip_private) = match attr::lookup(vm, module, &names().__all__)? {
        Some(all) => (ops::collect(vm, &all)?, false),
        None => {
            let d = attr::lookup(vm, module, &names().__dict__)?
                .ok_or_else(|| PyErr::new(&exc::IMPORT_ERROR, "from-import-* object has no __dict__ and no __all__"))?;
            (ops::collect(vm, &d)?, true)
        }
    };
    for name in list {
        let Some(s) = name.get::<Str>() else {
            let (what, whence) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
            let m = attr::lookup(vm, module, &names().__name__)?.map(|m| ops::text(&m)).unwrap_or_default();
            return Err(error::type_error(format!("{what} in {m}.{whence} must be str, not {}", name.ty().tp_name())));
        };
        if skip_private && !s.is_empty() && s.at(0) == '_' as u32 {
            continue;
        }
        let v = attr::get(vm, module, &name)?;
        match locals.get_exact::<Dict>() {
            Some(d) => d.set_name(&name, v),
            None => ops::setitem(vm, &locals, &name, &v)?,
        }
    }
    Ok(())
}

pub fn globals_dict(r: &Regs) -> Option<Ref<Dict>> {
    globals(r).downcast()
}
