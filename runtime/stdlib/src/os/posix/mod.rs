//! `posix`: the operating system's calls, as `os` re-exports them.
//!
//! Not here: what is only on other systems. CPython: Modules/posixmodule.c.

pub mod constants;
pub mod descriptors;
pub mod files;
pub mod functions;
pub mod path;
pub mod process;
pub mod scandir;
pub mod stat;
pub mod system;

use super::convert::new_str;
use adder_object::{Dict, List, Module, ModuleSpec, Obj, PyResult, Ref, Vm, exceptions as exc, int, module};

fn table(rows: &[(&::std::primitive::str, i64)]) -> Obj {
    let d = Dict::new();
    rows.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    d.into_obj()
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    for (k, v) in constants::CONSTANTS {
        d.set_str(k, int::from_i64(*v));
    }
    d.set_str("environ", process::create_environ(vm, m.obj())?);
    d.set_str("pathconf_names", table(constants::PATHCONF_NAMES));
    d.set_str("confstr_names", table(constants::CONFSTR_NAMES));
    d.set_str("sysconf_names", table(constants::SYSCONF_NAMES));
    d.set_str("_have_functions", List::new(constants::HAVE.iter().map(|h| new_str(h)).collect()).into_obj());
    d.set_str("error", exc::OS_ERROR.obj());
    adder_object::spec::ready(&scandir::SCAN_SPEC);
    let seqs = [
        &stat::STAT_DEF,
        &stat::STATVFS_DEF,
        &descriptors::TERMINAL_DEF,
        &process::WAITID_DEF,
        &system::TIMES_DEF,
        &system::UNAME_DEF,
        &system::SCHED_DEF,
    ];
    system::finish_sched_param(vm)?;
    for s in seqs {
        d.set_str(s.def.name.rsplit('.').next().unwrap_or(s.def.name), s.class());
    }
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    functions: functions::FUNCTIONS,
    types: &[&scandir::ENTRY_SPEC],
    init: Some(init),
    ..ModuleSpec::new("posix")
};
