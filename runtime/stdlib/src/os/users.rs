//! `pwd` and `grp`: the data bases of users and groups.
//!
//! CPython: Modules/pwdmodule.c, Modules/grpmodule.c.

use super::convert::{fs_decode, fs_path};
use super::posix::path::id_obj;
use super::structs;
use super::sys_calls::{self as sys, Group, User};
use crate::struct_seq;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    List, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, error, exceptions as exc, module, ops,
};

struct_seq!(PASSWD "pwd.struct_passwd" visible=7
"pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple." {
    "pw_name"; "pw_passwd"; "pw_uid"; "pw_gid"; "pw_gecos"; "pw_dir"; "pw_shell";
});
struct_seq!(GROUP "grp.struct_group" visible=4
"grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n" {
    "gr_name"; "gr_passwd"; "gr_gid"; "gr_mem";
});

fn user_obj(u: &User) -> Obj {
    let t = |i: usize| fs_decode(&u.texts[i]);
    structs::make(&PASSWD, vec![t(0), t(1), id_obj(u.uid), id_obj(u.gid), t(2), t(3), t(4)])
}
fn group_obj(g: &Group) -> Obj {
    let members = List::new(g.members.iter().map(|m| fs_decode(m)).collect());
    structs::make(&GROUP, vec![fs_decode(&g.name), fs_decode(&g.password), id_obj(g.gid), members.into_obj()])
}
#[cold]
fn missing(text: String) -> PyErr {
    error::key_error(&super::convert::new_str(&text))
}
fn name_arg(vm: &Vm, o: &Obj, function: &str) -> PyResult<std::ffi::CString> {
    if o.get::<Str>().is_none() {
        return Err(error::type_error(format!(
            "{function}() argument{} must be str, not {}",
            if function == "getgrnam" { " 'name'" } else { "" },
            super::convert::type_name_or_none(o)
        )));
    }
    fs_path(vm, o)
}
/// None when the number is beyond the type, which no user can have.
fn id(vm: &Vm, o: &Obj, which: &str) -> PyResult<Option<u32>> {
    match super::posix::path::id_arg(vm, o, which) {
        Ok(n) => Ok(Some(n)),
        Err(e) if e.is(&exc::OVERFLOW_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}
fn getpwnam(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let n = name_arg(vm, name, "getpwnam")?;
    match sys::user_by_name(&n) {
        Some(u) => Ok(user_obj(&u)),
        None => Err(missing(format!("getpwnam(): name not found: {}", ops::repr_string(vm, name)?))),
    }
}
fn getpwuid(vm: &Vm, _: &Obj, uid: &Obj) -> PyResult {
    match id(vm, uid, "uid")?.and_then(sys::user_by_id) {
        Some(u) => Ok(user_obj(&u)),
        None => Err(missing(format!("getpwuid(): uid not found: {}", ops::str_lossy(vm, uid)))),
    }
}
fn getpwall(_: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(sys::all_users().iter().map(user_obj).collect()).into_obj())
}
fn getgrnam(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let n = name_arg(vm, b.req(0), "getgrnam")?;
    match sys::group_by_name(&n) {
        Some(g) => Ok(group_obj(&g)),
        None => Err(missing(format!("getgrnam(): name not found: {}", ops::repr_string(vm, b.req(0))?))),
    }
}
fn getgrgid(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    match id(vm, b.req(0), "gid")?.and_then(sys::group_by_id) {
        Some(g) => Ok(group_obj(&g)),
        None => Err(missing(format!("getgrgid(): gid not found: {}", ops::str_lossy(vm, b.req(0))))),
    }
}
fn getgrall(_: &Vm, _: &Obj) -> PyResult {
    Ok(List::new(sys::all_groups().iter().map(group_obj).collect()).into_obj())
}
fn init_pwd(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    module::dict(m.obj()).set_str("struct_passwd", PASSWD.class());
    Ok(())
}
fn init_grp(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    module::dict(m.obj()).set_str("struct_group", GROUP.class());
    Ok(())
}
pub static PWD: ModuleSpec = ModuleSpec {
    doc: "This module provides access to the Unix password database.",
    functions: &[
        method(
            "getpwuid($module, uidobj, /)",
            Native::One(getpwuid),
            "Return the password database entry for the given numeric user ID.",
        ),
        method(
            "getpwnam($module, name, /)",
            Native::One(getpwnam),
            "Return the password database entry for the given user name.",
        ),
        method(
            "getpwall($module, /)",
            Native::NoArgs(getpwall),
            "Return a list of all available password database entries, in arbitrary order.",
        ),
    ],
    init: Some(init_pwd),
    ..ModuleSpec::new("pwd")
};
pub static GRP: ModuleSpec = ModuleSpec {
    doc: "Access to the Unix group database.",
    functions: &[
        method(
            "getgrgid($module, /, id)",
            Native::Bound(getgrgid),
            "Return the group database entry for the given numeric group ID.",
        ),
        method(
            "getgrnam($module, /, name)",
            Native::Bound(getgrnam),
            "Return the group database entry for the given group name.",
        ),
        method(
            "getgrall($module, /)",
            Native::NoArgs(getgrall),
            "Return a list of all available group entries, in arbitrary order.",
        ),
    ],
    init: Some(init_grp),
    ..ModuleSpec::new("grp")
};
