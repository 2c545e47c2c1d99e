//! `_pickle`: writing objects as pickles and reading them back, protocols 0 to 5.
//!
//! `pickler` with `save`, `reduce`, `global`, `output` and `memo` writes; `unpickler` with `load` and `build` reads.
//! CPython: Modules/_pickle.c.

mod buffer;
mod build;
mod global;
mod load;
mod memo;
mod memo_proxy;
mod ops;
mod output;
mod pickler;
mod reduce;
mod save;
mod state;
mod unpickler;

use crate::functional::shared::none;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::spec::{ModuleSpec, Native, method, ready};
use adder_object::{Module, Obj, PyResult, Ref, Vm, bytes, ops as object_ops};
use pickler::Pickler;
use unpickler::Unpickler;

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[
        method(
            "dump($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)",
            Native::Bound(dump),
            "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may\nbe more efficient.",
        ),
        method(
            "dumps($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)",
            Native::Bound(dumps),
            "Return the pickled representation of the object as a bytes object.",
        ),
        method(
            "load($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())",
            Native::Bound(load_file),
            "Read and return an object from the pickle data stored in a file.\n\nThis is equivalent to ``Unpickler(file).load()``, but may be more\nefficient.",
        ),
        method(
            "loads($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())",
            Native::Bound(loads),
            "Read and return an object from the given pickle data.",
        ),
    ],
    types: &[&pickler::SPEC, &unpickler::SPEC, &buffer::SPEC],
    init: Some(init),
    ..ModuleSpec::new("_pickle")
};

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    state::init(vm)?;
    ready(&memo_proxy::PICKLER_MEMO_SPEC);
    ready(&memo_proxy::UNPICKLER_MEMO_SPEC);
    let s = state::state()?;
    let dict = adder_object::module::dict(m.obj());
    dict.set_str("PickleError", s.pickle_error.clone());
    dict.set_str("PicklingError", s.pickling_error.clone());
    dict.set_str("UnpicklingError", s.unpickling_error.clone());
    Ok(())
}

/// Buffers of `dumps` that are free.
static SPARE: Global<Vec<Vec<u8>>> = Global::new(Vec::new());

fn truth(vm: &Vm, o: Option<&Obj>) -> PyResult<bool> {
    o.map_or(Ok(true), |o| object_ops::truth(vm, o))
}
fn dumps(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let p = Pickler::plain(vm, a.opt_not_none(1), truth(vm, a.opt(2))?, a.opt_not_none(3))?;
    p.out.borrow_mut().data = SPARE.get().pop().unwrap_or_default();
    pickler::dump(vm, &p, a.req(0))?;
    let mut data = std::mem::take(&mut p.out.borrow_mut().data);
    let result = bytes::new(&data);
    // The buffer serves the next pickle, unless it is large.
    if data.capacity() <= 1 << 16 && SPARE.get().len() < 4 {
        data.clear();
        SPARE.get().push(data);
    }
    Ok(result)
}
fn dump(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let p = Pickler::plain(vm, a.opt_not_none(2), truth(vm, a.opt(3))?, a.opt_not_none(4))?;
    p.set_file(vm, a.req(1))?;
    pickler::dump(vm, &p, a.req(0))?;
    let write = p.write.get();
    let mut out = std::mem::take(&mut *p.out.borrow_mut());
    out.flush(vm, write.as_ref())?;
    none()
}
fn loads(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let u = Unpickler::of_bytes(vm, a.req(0), [a.opt(1), a.opt(2), a.opt(3), a.opt_not_none(4)])?;
    let r = load::run(vm, &u);
    u.give_back();
    r
}
fn load_file(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let u = Unpickler::of_file(vm, a.req(0), [a.opt(1), a.opt(2), a.opt(3), a.opt_not_none(4)])?;
    load::run(vm, &u)
}
