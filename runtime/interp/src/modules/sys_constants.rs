//! Constants of `sys`: versions, limits, flags, implementation.

use super::sys::Config;
use adder_object::structseq::{self, SeqDef};
use adder_object::{Dict, Obj, PyResult, Ref, Vm, attr, call, float, int, singletons, str, tuple};

pub const VERSION: &::std::primitive::str = "3.14.7";

static VERSION_INFO: SeqDef = SeqDef {
    name: "sys.version_info",
    doc: "sys.version_info\n\nVersion information as a named tuple.",
    fields: &["major", "minor", "micro", "releaselevel", "serial"],
    visible: 5,
};
static FLAGS: SeqDef = SeqDef {
    name: "sys.flags",
    doc: "sys.flags\n\nFlags provided through command line arguments or environment vars.",
    fields: &[
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
        "gil",
        "thread_inherit_context",
        "context_aware_warnings",
    ],
    visible: 18,
};
static FLOAT_INFO: SeqDef = SeqDef {
    name: "sys.float_info",
    doc: "sys.float_info\n\nA named tuple holding information about the float type.",
    fields: &[
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ],
    visible: 11,
};
static INT_INFO: SeqDef = SeqDef {
    name: "sys.int_info",
    doc: "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.",
    fields: &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    visible: 4,
};
static HASH_INFO: SeqDef = SeqDef {
    name: "sys.hash_info",
    doc: "hash_info\n\nA named tuple providing parameters used for computing hashes.",
    fields: &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    visible: 9,
};
static THREAD_INFO: SeqDef = SeqDef {
    name: "sys.thread_info",
    doc: "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    fields: &["name", "lock", "version"],
    visible: 3,
};

fn n(i: i64) -> Obj {
    int::from_i64(i)
}
fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}

fn put(vm: &Vm, d: &Dict, key: &::std::primitive::str, def: &'static SeqDef, items: Vec<Obj>) -> PyResult {
    let ty = structseq::make_type(vm, def)?;
    ty.set_flag(adder_object::TypeFlags::NO_INSTANTIATION);
    let v = structseq::new(&ty, items);
    d.set_str(key, v.clone());
    Ok(v)
}

pub fn fill(vm: &Vm, d: &Ref<Dict>, config: &Config) -> PyResult<()> {
    let version = || vec![n(3), n(14), n(7), text("final"), n(0)];
    let info = put(vm, d, "version_info", &VERSION_INFO, version())?;
    d.set_str("version", text(&format!("{VERSION} (Adder {}) [Rust]", env!("CARGO_PKG_VERSION"))));
    fill_flags(vm, d, config)?;
    let max = float::from_f64(f64::MAX);
    let min = float::from_f64(f64::MIN_POSITIVE);
    let epsilon = float::from_f64(f64::EPSILON);
    let items = vec![max, n(1024), n(308), min, n(-1021), n(-307), n(15), n(53), epsilon, n(2), n(1)];
    put(vm, d, "float_info", &FLOAT_INFO, items)?;
    put(vm, d, "int_info", &INT_INFO, vec![n(30), n(4), n(4300), n(640)])?;
    let hash = vec![n(64), n((1 << 61) - 1), n(314159), n(0), n(1000003), text("siphash13"), n(64), n(128), n(0)];
    put(vm, d, "hash_info", &HASH_INFO, hash)?;
    put(vm, d, "thread_info", &THREAD_INFO, vec![text("pthread"), text("semaphore"), text("NPTL 2.36")])?;
    d.set_str("byteorder", text(if cfg!(target_endian = "little") { "little" } else { "big" }));
    d.set_str("maxsize", n(i64::MAX));
    d.set_str("maxunicode", n(0x10FFFF));
    d.set_str("platform", text(if cfg!(target_os = "macos") { "darwin" } else { "linux" }));
    d.set_str("platlibdir", text("lib"));
    d.set_str("float_repr_style", text("short"));
    d.set_str("api_version", n(1013));
    d.set_str("abiflags", text(""));
    d.set_str("_framework", text(""));
    d.set_str("_git", tuple::from_array([text("Adder"), text(""), text("")]));
    d.set_str("copyright", text("Copyright (c) 2026 the Adder authors.\nThe standard library: Copyright (c) 2001 Python Software Foundation."));
    let implementation = namespace(vm)?;
    for (k, v) in
        [("name", text("adder")), ("cache_tag", text("adder-314")), ("version", info), ("hexversion", n(0x030E_07F0))]
    {
        attr::set_str(vm, &implementation, k, &v)?;
    }
    attr::set_str(vm, &implementation, "_multiarch", &text(&format!("{}-linux-gnu", std::env::consts::ARCH)))?;
    attr::set_str(vm, &implementation, "supports_isolated_interpreters", &singletons::false_obj())?;
    d.set_str("implementation", implementation);
    d.set_str("monitoring", super::monitoring::make(vm, &namespace(vm)?)?);
    d.set_str("_jit", jit(vm)?);
    d.set_str("stdlib_module_names", stdlib_names(vm)?);
    Ok(())
}

static JIT: [adder_object::spec::MethodDef; 3] = [
    adder_object::spec::method(
        "is_available($module, /)",
        adder_object::spec::Native::NoArgs(|_, _| Ok(singletons::true_obj())),
        "Return True if this executable has a JIT compiler.",
    ),
    adder_object::spec::method(
        "is_enabled($module, /)",
        adder_object::spec::Native::NoArgs(|_, _| {
            Ok(singletons::bool_obj(*crate::native::THRESHOLD.get() != u32::MAX))
        }),
        "Return True if the JIT compiler is enabled.",
    ),
    adder_object::spec::method(
        "is_active($module, /)",
        adder_object::spec::Native::NoArgs(|vm, _| Ok(singletons::bool_obj(crate::native::is_active(vm)))),
        "Return True if the topmost Python frame runs compiled code.",
    ),
];
/// `sys._jit`.
fn jit(vm: &Vm) -> PyResult {
    let m = adder_object::Module::new("sys._jit");
    for def in &JIT {
        let f = adder_object::descr::function_object(def, m.obj(), &text("sys._jit"));
        attr::set_str(vm, m.obj(), def.name(), &f)?;
    }
    Ok(m.into_obj())
}

fn namespace(vm: &Vm) -> PyResult {
    call::call0(vm, &adder_builtins::core::namespace::SPEC.ty.obj())
}

fn fill_flags(vm: &Vm, d: &Dict, c: &Config) -> PyResult<()> {
    let f = &c.flags;
    let b = |x: bool| n(x as i64);
    let t = singletons::bool_obj;
    let items = vec![
        n(f.debug),
        n(f.inspect),
        n(f.interactive),
        n(f.optimize),
        b(f.dont_write_bytecode),
        b(f.no_user_site),
        b(f.no_site),
        b(f.ignore_environment),
        n(f.verbose),
        n(f.bytes_warning),
        n(f.quiet),
        b(f.hash_randomization),
        b(f.isolated),
        t(f.dev_mode),
        b(f.utf8_mode),
        b(f.warn_default_encoding),
        t(f.safe_path),
        n(f.int_max_str_digits),
        n(1),
        b(f.thread_inherit_context),
        b(f.context_aware_warnings),
    ];
    put(vm, d, "flags", &FLAGS, items)?;
    Ok(())
}

/// Top-level names of the standard library.
fn stdlib_names(vm: &Vm) -> PyResult {
    let s = adder_object::Set::new_of(&adder_object::types::FROZENSET);
    for name in include_str!("stdlib_names.txt").split_whitespace() {
        s.add(vm, str::intern_str(name).into_obj())?;
    }
    Ok(s.into_obj())
}
