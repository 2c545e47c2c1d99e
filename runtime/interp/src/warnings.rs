//! Warnings that native code issues: through the `warnings` module once it is imported.

use adder_object::{Obj, ObjExt, PyResult, StaticType, Vm, attr, call, int, singletons, str};

fn module() -> Option<Obj> {
    crate::sys::modules().get_str("warnings").filter(|m| !m.is_none())
}

/// `warnings.warn(message, category, stacklevel)`.
pub fn warn(vm: &Vm, category: &'static StaticType, message: &str, level: isize) -> PyResult<()> {
    let m = match module() {
        Some(m) => m,
        None if crate::sys::is_ready() => vm.import("warnings")?,
        None => return Ok(()),
    };
    let args = [str::from_str(message).into_obj(), category.obj(), int::from_i64(level as i64)];
    let Some(f) = attr::lookup_str(vm, &m, "warn")? else { return Ok(()) };
    call::call_pos(vm, &f, &args)?;
    Ok(())
}

/// `warnings.warn_explicit(message, category, filename, lineno)`.
pub fn warn_at(vm: &Vm, category: &'static StaticType, message: &str, filename: &str, line: i32) -> PyResult<()> {
    let m = match module() {
        Some(m) => m,
        None if crate::sys::is_ready() => vm.import("warnings")?,
        None => return Ok(()),
    };
    let none = singletons::none();
    let args = [
        str::from_str(message).into_obj(),
        category.obj(),
        str::from_str(filename).into_obj(),
        int::from_i64(line as i64),
        none.clone(),
        Vm::registry(vm).unwrap_or(none),
    ];
    let Some(f) = attr::lookup_str(vm, &m, "warn_explicit")? else { return Ok(()) };
    call::call_pos(vm, &f, &args)?;
    Ok(())
}

/// Where `warn_explicit` remembers what was shown.
trait Registry {
    fn registry(&self) -> Option<Obj>;
}
impl Registry for Vm {
    fn registry(&self) -> Option<Obj> {
        None
    }
}
