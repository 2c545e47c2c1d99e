//! `_imp`: native and frozen modules for importlib.

use crate::code::CodeObject;
use crate::{eval, sys};
use adder_isa::Opcode;
use adder_mem::heap::Global;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{
    Module, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, attr, error, exceptions as exc, int, module, names, ops,
    singletons, str, tuple,
};
use std::collections::HashMap;

/// Version of the bytecode and its cache files; `importlib.util.MAGIC_NUMBER` derives from it. The table of instructions is in it, so that
/// a cache which another table wrote is made anew; it is above the numbers of CPython.
pub const MAGIC: i64 = 0x0A0D_0000 | (4000 + (table() % 61_000) as i64);

/// A number for the instructions that are written to files: names, codes, lengths (FNV-1a).
const fn table() -> u32 {
    const fn mix(hash: u32, byte: u8) -> u32 {
        (hash ^ byte as u32).wrapping_mul(0x0100_0193)
    }
    let mut hash = 0x811C_9DC5;
    let mut i = 0;
    while i < 256 {
        let found = Opcode::from_u8(i as u8);
        i += 1;
        let Some(op) = found else { continue };
        if op as u8 != op.base() as u8 {
            continue;
        }
        hash = mix(mix(hash, op as u8), op.cache_units() as u8);
        let name = op.name().as_bytes();
        let mut k = 0;
        while k < name.len() {
            hash = mix(hash, name[k]);
            k += 1;
        }
    }
    hash
}

/// A frozen module: its code is made when asked for.
#[derive(Clone, Copy)]
pub struct Frozen {
    pub is_package: bool,
    pub code: fn(&Vm, &::std::primitive::str) -> PyResult<Ref<CodeObject>>,
}

#[derive(Default)]
struct Registry {
    native: HashMap<&'static ::std::primitive::str, &'static ModuleSpec>,
    made: HashMap<&'static ::std::primitive::str, fn(&Vm) -> PyResult>,
    frozen: Option<fn(&::std::primitive::str) -> Option<Frozen>>,
}
static REGISTRY: Global<Option<Registry>> = Global::new(None);

fn registry() -> &'static mut Registry {
    REGISTRY.get().get_or_insert_with(Registry::default)
}

/// Adds native modules that import finds by name.
pub fn register(specs: impl Iterator<Item = &'static ModuleSpec>) {
    registry().native.extend(specs.map(|s| (s.name, s)))
}
/// Adds a native module that a function makes.
pub fn register_made(name: &'static ::std::primitive::str, make: fn(&Vm) -> PyResult) {
    registry().made.insert(name, make);
}
/// Sets where frozen modules come from.
pub fn register_frozen(find: fn(&::std::primitive::str) -> Option<Frozen>) {
    registry().frozen = Some(find);
}
pub fn native_names() -> Vec<&'static ::std::primitive::str> {
    let r = registry();
    r.native.keys().chain(r.made.keys()).copied().chain(["sys", "builtins"]).collect()
}

fn find_frozen_entry(name: &::std::primitive::str) -> Option<Frozen> {
    registry().frozen.and_then(|f| f(name))
}

/// Makes a native module, unless `sys.modules` has it.
pub fn make_native(vm: &Vm, name: &::std::primitive::str) -> PyResult<Option<Obj>> {
    if matches!(name, "sys" | "builtins") {
        return Ok(sys::modules().get_str(name));
    }
    if let Some(f) = registry().made.get(name) {
        return f(vm).map(Some);
    }
    match registry().native.get(name) {
        Some(s) => module::from_spec(vm, s).map(Some),
        None => Ok(None),
    }
}

fn name_of(o: &Obj) -> PyResult<String> {
    match o.get::<Str>() {
        Some(s) => Ok(s.to_string_lossy()),
        None => Err(error::type_error(format!("a str is required, not {}", o.ty().tp_name()))),
    }
}

fn is_builtin(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let n = name_of(name)?;
    let known = native_names().contains(&n.as_str());
    Ok(int::from_i64(if !known {
        0
    } else if matches!(n.as_str(), "sys" | "builtins") {
        -1
    } else {
        1
    }))
}

fn create_builtin(vm: &Vm, _: &Obj, spec: &Obj) -> PyResult {
    let name = name_of(&attr::get_str(vm, spec, "name")?)?;
    make_native(vm, &name)?.ok_or_else(|| {
        error::import_error(&exc::IMPORT_ERROR, &format!("no built-in module named '{name}'"), None, None)
    })
}

fn no_frozen(name: &Obj) -> PyErr {
    let text = format!("No such frozen object named {}", ops::text(name));
    error::import_error(&exc::IMPORT_ERROR, &text, Some(name.clone()), None)
}

fn is_frozen(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(singletons::bool_obj(find_frozen_entry(&name_of(name)?).is_some()))
}
fn is_frozen_package(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let f = find_frozen_entry(&name_of(name)?).ok_or_else(|| no_frozen(name))?;
    Ok(singletons::bool_obj(f.is_package))
}
fn find_frozen(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let n = name_of(&a[0])?;
    match find_frozen_entry(&n) {
        None => Ok(singletons::none()),
        Some(f) => Ok(tuple::from_array([
            singletons::none(),
            singletons::bool_obj(f.is_package),
            str::from_str(&n).into_obj(),
        ])),
    }
}
fn get_frozen_object(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let n = name_of(&a[0])?;
    let f = find_frozen_entry(&n).ok_or_else(|| no_frozen(&a[0]))?;
    Ok((f.code)(vm, &n)?.into_obj())
}
fn init_frozen(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let n = name_of(name)?;
    match find_frozen_entry(&n) {
        None => Ok(singletons::none()),
        Some(f) => import_frozen(vm, &n, f),
    }
}

/// Runs a frozen module without importlib (importlib itself is started so).
pub fn import_frozen(vm: &Vm, name: &::std::primitive::str, frozen: Frozen) -> PyResult {
    let code = (frozen.code)(vm, name)?;
    let m = Module::new(name);
    let d = module::dict(m.obj());
    d.set_name(&names().__builtins__, sys::builtins_dict());
    d.set_str("__origname__", str::from_str(alias(name)).into_obj());
    sys::modules().set_str(name, m.obj().clone());
    eval::run_code(vm, &code, &d, Some(d.obj().clone()), None)?;
    Ok(m.into_obj())
}

fn entry(name: &Obj) -> PyResult<Option<&'static adder_library::Entry>> {
    let n = name_of(name)?;
    Ok(adder_library::find(alias(&n)))
}

/// The library's name of a frozen module.
fn alias(name: &::std::primitive::str) -> &::std::primitive::str {
    match name {
        "_frozen_importlib" => "importlib._bootstrap",
        "_frozen_importlib_external" => "importlib._bootstrap_external",
        n => n,
    }
}

fn library_find(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(match entry(name)? {
        Some(e) => tuple::from_array([singletons::bool_obj(e.is_package), str::from_str(e.file).into_obj()]),
        None => singletons::none(),
    })
}
fn library_code(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let code = entry(&a[0])?.and_then(adder_library::Entry::code).ok_or_else(|| no_frozen(&a[0]))?;
    Ok(CodeObject::make_with_filename(vm, std::sync::Arc::new(code), Some(&a[1])).into_obj())
}
/// Code and text of `-c`, for whoever shows its source lines.
static COMMAND: Global<Option<(Obj, Obj)>> = Global::new(None);

pub fn set_command(code: &Ref<CodeObject>, text: &::std::primitive::str) {
    *COMMAND.get() = Some((code.obj().clone(), str::from_str(text).into_obj()));
}
fn command(_: &Vm, _: &Obj) -> PyResult {
    Ok(match COMMAND.get().clone() {
        Some((code, text)) => tuple::from_array([code, text]),
        None => singletons::none(),
    })
}
fn text_or_none(s: Option<String>) -> PyResult {
    Ok(s.map_or_else(singletons::none, |s| str::from_str(&s).into_obj()))
}
fn library_source(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    text_or_none(entry(name)?.and_then(adder_library::Entry::source))
}
fn library_file(_: &Vm, _: &Obj, file: &Obj) -> PyResult {
    text_or_none(adder_library::find_file(&name_of(file)?).and_then(adder_library::Entry::source))
}
fn library_list(_: &Vm, _: &Obj, prefix: &Obj) -> PyResult {
    let p = name_of(prefix)?;
    let below = adder_library::entries().iter().filter_map(|e| {
        let rest = e.name.strip_prefix(&p)?;
        if rest.contains('.') {
            None
        } else {
            Some(tuple::from_array([str::from_str(rest).into_obj(), singletons::bool_obj(e.is_package)]))
        }
    });
    Ok(adder_object::List::new(below.collect()).into_obj())
}

/// Modules that import without a search, as CPython freezes them: the start-up ones.
const FROZEN: [&::std::primitive::str; 18] = [
    "_frozen_importlib",
    "_frozen_importlib_external",
    "zipimport",
    "abc",
    "codecs",
    "io",
    "_collections_abc",
    "_sitebuiltins",
    "genericpath",
    "ntpath",
    "posixpath",
    "os",
    "site",
    "stat",
    "importlib.util",
    "importlib.machinery",
    "runpy",
    "_adder_library",
];

/// A frozen module of the library.
pub fn library_frozen(name: &::std::primitive::str) -> Option<Frozen> {
    if !FROZEN.contains(&name) {
        return None;
    }
    let e = adder_library::find(alias(name))?;
    Some(Frozen { is_package: e.is_package, code: frozen_code })
}

fn frozen_code(vm: &Vm, name: &::std::primitive::str) -> PyResult<Ref<CodeObject>> {
    let code = adder_library::find(alias(name)).and_then(adder_library::Entry::code);
    let code = code.ok_or_else(|| no_frozen(str::from_str(name).obj()))?;
    let file = str::from_str(&format!("<frozen {}>", alias(name))).into_obj();
    Ok(CodeObject::make_with_filename(vm, std::sync::Arc::new(code), Some(&file)))
}

fn fix_co_filename(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let _ = (vm, a);
    Ok(singletons::none())
}

fn source_hash(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let vm = Vm::current();
    let key = ops::to_i64(vm, &a[0])? as u64;
    let data = adder_object::buffer::to_vec(vm, &a[1])?;
    Ok(adder_object::bytes::new(&siphash13(key, &data).to_le_bytes()))
}

/// SipHash-1-3 with key (k, 0), as `_Py_KeyedHash` (Aumasson & Bernstein).
pub fn siphash13(key: u64, data: &[u8]) -> u64 {
    let mut v =
        [key ^ 0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, key ^ 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[1]);
        v[0] = v[0].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }
    let (words, rest) = data.as_chunks::<8>();
    for w in words {
        let m = u64::from_le_bytes(*w);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let mut last = [0u8; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = data.len() as u8;
    let m = u64::from_le_bytes(last);
    v[3] ^= m;
    round(&mut v);
    v[0] ^= m;
    v[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

static FUNCTIONS: [MethodDef; 22] = [
    method("_command($module, /)", Native::NoArgs(command), "(code, text) of the -c option, or None."),
    method(
        "is_builtin($module, name, /)",
        Native::One(is_builtin),
        "Returns True if the module name corresponds to a built-in module.",
    ),
    method("create_builtin($module, spec, /)", Native::One(create_builtin), "Create an extension module."),
    method(
        "exec_builtin($module, mod, /)",
        Native::One(|_, _, _| Ok(int::from_i64(0))),
        "Initialize a built-in module.",
    ),
    method(
        "is_frozen($module, name, /)",
        Native::One(is_frozen),
        "Returns True if the module name corresponds to a frozen module.",
    ),
    method(
        "is_frozen_package($module, name, /)",
        Native::One(is_frozen_package),
        "Returns True if the module name is of a frozen package.",
    ),
    method(
        "find_frozen",
        Native::Pos(1, 2, find_frozen),
        "Return info about the corresponding frozen module (if there is one) or None.",
    ),
    method("get_frozen_object", Native::Pos(1, 2, get_frozen_object), "Create a code object for a frozen module."),
    method("init_frozen($module, name, /)", Native::One(init_frozen), "Initializes a frozen module."),
    method(
        "_fix_co_filename($module, code, path, /)",
        Native::Pos(2, 2, fix_co_filename),
        "Changes code.co_filename to specify the passed-in file path.",
    ),
    method("source_hash", Native::Pos(2, 2, source_hash), ""),
    method(
        "extension_suffixes($module, /)",
        Native::NoArgs(|_, _| Ok(adder_object::List::new(vec![]).into_obj())),
        "Returns the list of file suffixes used to identify extension modules.",
    ),
    method(
        "acquire_lock($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::none())),
        "Acquires the interpreter's import lock for the current thread.",
    ),
    method(
        "release_lock($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::none())),
        "Release the interpreter's import lock.",
    ),
    method(
        "lock_held($module, /)",
        Native::NoArgs(|_, _| Ok(singletons::false_obj())),
        "Return True if the import lock is currently held, else False.",
    ),
    method(
        "_library_find($module, name, /)",
        Native::One(library_find),
        "(is package, file) of a module of the library, or None.",
    ),
    method(
        "_library_code($module, name, path, /)",
        Native::Pos(2, 2, library_code),
        "Code of a module of the library.",
    ),
    method(
        "_library_source($module, name, /)",
        Native::One(library_source),
        "Source of a module of the library, or None.",
    ),
    method("_library_file($module, file, /)", Native::One(library_file), "Source of a file of the library, or None."),
    method(
        "_library_list($module, prefix, /)",
        Native::One(library_list),
        "(name, is package) of the modules right below a prefix.",
    ),
    method(
        "_override_frozen_modules_for_tests($module, override, /)",
        Native::One(|_, _, _| Ok(singletons::none())),
        "",
    ),
    method(
        "_override_multi_interp_extensions_check($module, override, /)",
        Native::One(|_, _, _| Ok(int::from_i64(0))),
        "",
    ),
];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: &FUNCTIONS,
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        d.set_str("check_hash_based_pycs", str::from_str("default").into_obj());
        d.set_str("pyc_magic_number_token", int::from_i64(MAGIC));
        Ok(())
    }),
    ..ModuleSpec::new("_imp")
};
