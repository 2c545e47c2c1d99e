//! Modules: a dict with a `__name__`; making native modules from their spec.

use crate::dict::Dict;
use crate::names::names;
use crate::spec::{ModuleSpec, ready};
use crate::{Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, attr, descr, error, singletons, str, types};

/// The dict is the instance dict (prefix word), so that attributes and globals are the same thing.
#[derive(Default)]
pub struct Module {
    /// A word that makes the layout differ from `object`'s, so that no class can be both a module and something else.
    _layout: usize,
}
adder_mem::trace_fields!(Module);
crate::payload!(Module, types::MODULE);

impl Module {
    /// An empty module with the standard names set.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(name: &::std::primitive::str) -> Ref<Module> {
        let m = Ref::new(Module::default());
        let d = dict(m.obj());
        let n = names();
        d.set_name(&n.__name__, str::intern_str(name).into_obj());
        for k in [&n.__doc__, &n.__package__, &n.__loader__, &n.__spec__] {
            d.set_name(k, singletons::none());
        }
        m
    }

    /// The AttributeError of a missing module attribute.
    pub fn missing_attribute(&self, module: &Obj, name: &Obj) -> PyErr {
        let text = crate::ops::text(name);
        let d = dict(module);
        let message = match d.get_name(&names().__name__).and_then(|n| n.get::<Str>().map(Str::to_string_lossy)) {
            Some(m) => format!("module '{m}' has no attribute '{text}'"),
            None => format!("module has no attribute '{text}'"),
        };
        error::attribute_error(module, name, &message)
    }
}

/// The namespace of a module.
pub fn dict(module: &Obj) -> Ref<Dict> {
    attr::instance_dict(module).unwrap_or_else(Dict::new)
}

/// Makes a native module from its spec.
pub fn from_spec(vm: &Vm, spec: &'static ModuleSpec) -> PyResult {
    let m = Module::new(spec.name);
    let d = dict(m.obj());
    if !spec.doc.is_empty() {
        d.set_name(&names().__doc__, str::from_str(spec.doc).into_obj());
    }
    let name = str::intern_str(spec.name).into_obj();
    for def in spec.functions {
        d.set_str(def.name(), descr::function_object(def, m.obj(), &name));
    }
    for t in spec.types {
        ready(t);
        d.set_str(&t.ty.name(), t.ty.obj());
    }
    if let Some(init) = spec.init {
        init(vm, &m)?;
    }
    Ok(m.into_obj())
}
