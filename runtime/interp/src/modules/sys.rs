//! The `sys` module.

use super::{sys_constants, sys_functions, sys_hooks};
use crate::sys;
use adder_object::{Dict, List, Module, Obj, PyResult, Ref, Vm, descr, int, module, names, singletons, str, tuple};
use std::ffi::{OsStr, OsString};

/// What the command line decided.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub argv: Vec<OsString>,
    pub orig_argv: Vec<OsString>,
    pub executable: String,
    pub prefix: String,
    pub path: Vec<OsString>,
    pub warnoptions: Vec<String>,
    pub xoptions: Vec<(String, Option<String>)>,
    pub flags: Flags,
    pub pycache_prefix: Option<String>,
    /// Where the pure-Python library lies.
    pub stdlib_dir: Option<String>,
}

/// `sys.flags`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    pub inspect: i64,
    pub interactive: i64,
    pub optimize: i64,
    pub dont_write_bytecode: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub ignore_environment: bool,
    pub verbose: i64,
    pub bytes_warning: i64,
    pub quiet: i64,
    pub isolated: bool,
    pub dev_mode: bool,
    pub utf8_mode: bool,
    pub warn_default_encoding: bool,
    pub safe_path: bool,
    pub int_max_str_digits: i64,
    pub debug: i64,
    pub hash_randomization: bool,
    pub thread_inherit_context: bool,
    pub context_aware_warnings: bool,
    /// Code objects show no columns.
    pub no_debug_ranges: bool,
    /// 1 and 2: levels of `-X importtime`.
    pub import_time: i64,
    /// What `os.cpu_count()` returns; 0: the machine's number.
    pub cpu_count: i64,
}

fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}
fn list(items: &[String]) -> Obj {
    List::new(items.iter().map(|s| text(s)).collect()).into_obj()
}
fn os_list(items: &[OsString]) -> Obj {
    List::new(items.iter().map(|s| os_text(s)).collect()).into_obj()
}

/// Text of the operating system: bytes that are not UTF-8 become lone surrogates, as `os.fsdecode` makes them.
pub fn os_text(s: &OsStr) -> Obj {
    let mut out = Vec::with_capacity(s.len());
    for chunk in std::os::unix::ffi::OsStrExt::as_bytes(s).utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        chunk.invalid().iter().for_each(|b| str::push_wtf8(&mut out, 0xDC00 + u32::from(*b)));
    }
    str::from_wtf8(&out).into_obj()
}

/// Makes `sys` with its final values; `builtin_names` are the native modules that can be imported.
pub fn make(vm: &Vm, config: &Config, builtin_names: &[&'static ::std::primitive::str]) -> PyResult {
    let modules = sys::modules();
    let m = Module::new("sys");
    let d = module::dict(m.obj());
    let name = str::intern_str("sys").into_obj();
    d.set_name(&names().__doc__, text("This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter."));
    for def in sys_functions::FUNCTIONS.iter().chain(sys_hooks::FUNCTIONS) {
        d.set_str(def.name(), descr::function_object(def, m.obj(), &name));
    }
    for (alias, original) in [
        ("__displayhook__", "displayhook"),
        ("__excepthook__", "excepthook"),
        ("__unraisablehook__", "unraisablehook"),
        ("__breakpointhook__", "breakpointhook"),
    ] {
        if let Some(f) = d.get_str(original) {
            d.set_str(alias, f);
        }
    }
    sys_constants::fill(vm, &d, config)?;
    d.set_str("modules", modules.obj().clone());
    d.set_str("argv", os_list(&config.argv));
    d.set_str("orig_argv", os_list(&config.orig_argv));
    d.set_str("path", os_list(&config.path));
    d.set_str("executable", text(&config.executable));
    d.set_str("_base_executable", text(&config.executable));
    for k in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        d.set_str(k, text(&config.prefix));
    }
    d.set_str("_stdlib_dir", config.stdlib_dir.as_deref().map_or_else(singletons::none, text));
    d.set_str("warnoptions", list(&config.warnoptions));
    let x = Dict::new();
    for (k, v) in &config.xoptions {
        x.set_str(k, v.as_deref().map_or_else(singletons::true_obj, text));
    }
    d.set_str("_xoptions", x.into_obj());
    d.set_str("dont_write_bytecode", singletons::bool_obj(config.flags.dont_write_bytecode));
    d.set_str("pycache_prefix", config.pycache_prefix.as_deref().map_or_else(singletons::none, text));
    d.set_str("meta_path", List::new(vec![]).into_obj());
    d.set_str("path_hooks", List::new(vec![]).into_obj());
    d.set_str("path_importer_cache", Dict::new().into_obj());
    let mut sorted = builtin_names.to_vec();
    sorted.sort_unstable();
    d.set_str("builtin_module_names", tuple::new(sorted.iter().map(|n| text(n)).collect()));
    d.set_str("hexversion", int::from_i64(0x030E_0AF0));
    sys::set_dict(d.clone());
    d.set_str("modules", modules.obj().clone());
    modules.set_str("sys", m.obj().clone());
    Ok(m.into_obj())
}

/// The dict of the module, for callers that hold it.
pub fn dict_of(m: &Obj) -> Ref<Dict> {
    module::dict(m)
}
