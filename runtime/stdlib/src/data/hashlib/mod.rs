//! `_hashlib`: every hash by name, HMAC, and keys from passwords.
//!
//! CPython: Modules/_hashopenssl.c; the algorithms are those of published crates (algorithm.rs), not OpenSSL.

mod algorithm;
mod hmac;
mod kdf;
pub mod native;

use super::hashes::{data_argument, hex, with_data};
use adder_object::bind::Bound;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, TypeFlags as F, TypeSpec, Vm, buffer,
    bytes, error, int, module, ops, payload, singletons, str, trace_fields,
};
use algorithm::{ALGORITHMS, Algorithm, Engine};
use hmac::{HMAC_SPEC, Hmac, Keyed};
use std::cell::RefCell;

static UNSUPPORTED: StaticType = StaticType::new::<BaseException>(
    "_hashlib.UnsupportedDigestmodError",
    F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS,
);
static UNSUPPORTED_SPEC: TypeSpec = TypeSpec { base: Some(&exc::VALUE_ERROR), ..TypeSpec::of(&UNSUPPORTED) };

fn named(name: &str) -> PyResult<&'static Algorithm> {
    algorithm::find(name).ok_or_else(|| PyErr::new(&UNSUPPORTED, "[digital envelope routines] unsupported"))
}
fn name_argument(o: &Obj, function: &str, parameter: &str) -> PyResult<String> {
    match o.get::<Str>() {
        Some(s) => Ok(s.to_string_lossy()),
        None => Err(error::type_error(format!(
            "{function}() argument '{parameter}' must be str, not {}",
            if o.is_none() { "None".to_owned() } else { o.ty().tp_name() }
        ))),
    }
}

struct Hash {
    algorithm: &'static Algorithm,
    engine: RefCell<Box<dyn Engine>>,
}
trace_fields!(Hash);
static HASH: StaticType = StaticType::new::<Hash>("_hashlib.HASH", F::BASETYPE);
payload!(Hash, HASH);
static HASHXOF: StaticType = StaticType::new::<Hash>("_hashlib.HASHXOF", F::BASETYPE);

const COPY: MethodDef = method(
    "copy($self, /)",
    Native::NoArgs(|_, h| {
        let h = h.this::<Hash>()?;
        Ok(object(h.algorithm, h.engine.borrow().boxed_clone()))
    }),
    "Return a copy of the hash object.",
);
const UPDATE: MethodDef = method(
    "update($self, obj, /)",
    Native::One(|vm, h, data| {
        let h = h.this::<Hash>()?;
        with_data(vm, data, |b| h.engine.borrow_mut().update(b))?;
        Ok(singletons::none())
    }),
    "Update this hash object's state with the provided string.",
);
static HASH_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::repr(|_, h| {
        let (name, ty) = (h.this::<Hash>()?.algorithm.name, h.ty().tp_name());
        Ok(str::from_str(&format!("<{name} {ty} object @ {:#x}>", h.bits())).into_obj())
    })],
    methods: &[
        COPY,
        UPDATE,
        method(
            "digest($self, /)",
            Native::NoArgs(|_, h| {
                let h = h.this::<Hash>()?;
                Ok(bytes::new(&h.engine.borrow().digest(h.algorithm.digest_size)))
            }),
            "Return the digest value as a bytes object.",
        ),
        method(
            "hexdigest($self, /)",
            Native::NoArgs(|_, h| {
                let h = h.this::<Hash>()?;
                Ok(hex(&h.engine.borrow().digest(h.algorithm.digest_size)))
            }),
            "Return the digest value as a string of hexadecimal digits.",
        ),
    ],
    getset: &[
        getter("block_size", |_, h| Ok(int::from_usize(h.this::<Hash>()?.algorithm.block_size)), ""),
        getter("digest_size", |_, h| Ok(int::from_usize(h.this::<Hash>()?.algorithm.digest_size)), ""),
        getter("name", |_, h| Ok(str::intern_str(h.this::<Hash>()?.algorithm.name).into_obj()), "algorithm name."),
    ],
    doc: "A hash is an object used to calculate a checksum of a string of information.",
    ..TypeSpec::of(&HASH)
};
static HASHXOF_SPEC: TypeSpec = TypeSpec {
    base: Some(&HASH),
    methods: &[
        method(
            "digest($self, /, length)",
            Native::Bound(|vm, h, a| Ok(bytes::new(&extended(vm, h, a)?))),
            "Return the digest value as a bytes object.",
        ),
        method(
            "hexdigest($self, /, length)",
            Native::Bound(|vm, h, a| Ok(hex(&extended(vm, h, a)?))),
            "Return the digest value as a string of hexadecimal digits.",
        ),
    ],
    doc: "A hash is an object used to calculate a checksum of a string of information.",
    ..TypeSpec::of(&HASHXOF)
};
fn extended(vm: &Vm, h: &Obj, a: &Bound<'_>) -> PyResult<Vec<u8>> {
    match ops::size_isize(vm, a.req(0))? {
        n if n < 0 => Err(error::value_error("length must be non-negative")),
        n if n > 1 << 31 => Err(error::no_memory()),
        n => Ok(h.this::<Hash>()?.engine.borrow().digest(n as usize)),
    }
}
fn object(algorithm: &'static Algorithm, engine: Box<dyn Engine>) -> Obj {
    let ty = if algorithm.is_extendable() { &HASHXOF } else { &HASH };
    Ref::with_type(ty, Hash { algorithm, engine: RefCell::new(engine) }).into_obj()
}
fn hash_of(vm: &Vm, algorithm: &'static Algorithm, data: Option<&Obj>) -> PyResult {
    let mut engine = (algorithm.make)();
    if let Some(data) = data {
        with_data(vm, data, |b| engine.update(b))?;
    }
    Ok(object(algorithm, engine))
}
fn new(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let name = name_argument(a.req(0), "new", "name")?;
    let data = data_argument(a, 1, 3)?;
    hash_of(vm, named(&name)?, data)
}

/// One constructor a guaranteed algorithm: `openssl_sha256(data=b'', ...)`.
macro_rules! constructors {
    ($($name:literal)*) => { &[$(method(
        concat!("openssl_", $name, "($module, /, data=b'', *, usedforsecurity=True, string=None)"),
        Native::Bound(|vm, _, a| hash_of(vm, named($name)?, data_argument(a, 0, 2)?)),
        concat!("Returns a ", $name, " hash object; optionally initialized with a string"),
    )),*, NEW, PBKDF2, SCRYPT, HMAC_NEW, HMAC_DIGEST, FIPS, COMPARE] };
}
const NEW: MethodDef = method(
    "new($module, /, name, data=b'', *, usedforsecurity=True, string=None)",
    Native::Bound(new),
    "Return a new hash object using the named algorithm.",
);
const PBKDF2: MethodDef = method(
    "pbkdf2_hmac($module, /, hash_name, password, salt, iterations, dklen=None)",
    Native::Bound(kdf::pbkdf2_hmac),
    "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.",
);
const SCRYPT: MethodDef = method(
    "scrypt($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)",
    Native::Bound(kdf::scrypt),
    "scrypt password-based key derivation function.",
);
const HMAC_NEW: MethodDef =
    method("hmac_new($module, /, key, msg=b'', digestmod=None)", Native::Bound(hmac_new), "Return a new hmac object.");
const HMAC_DIGEST: MethodDef =
    method("hmac_digest($module, /, key, msg, digest)", Native::Bound(hmac_digest), "Single-shot HMAC.");
const FIPS: MethodDef = method(
    "get_fips_mode($module, /)",
    Native::NoArgs(|_, _| Ok(int::from_i64(0))),
    "Determine the OpenSSL FIPS mode of operation.",
);
const COMPARE: MethodDef = method("compare_digest($module, a, b, /)", Native::Bound(compare), "Return 'a == b'.");
static FUNCTIONS: &[MethodDef] = constructors!["md5" "sha1" "sha224" "sha256" "sha384" "sha512" "sha3_224" "sha3_256" "sha3_384" "sha3_512" "shake_128" "shake_256"];

fn compare(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    crate::functional::compare_digest(vm, a.req(0), a.req(1))
}

/// The algorithm of a `digestmod`: a name, or a constructor of this module.
fn digestmod(vm: &Vm, o: &Obj) -> PyResult<&'static Algorithm> {
    if let Some(s) = o.get::<Str>() {
        return named(&s.to_string_lossy());
    }
    let map = adder_object::attr::get_str(vm, &vm.import("_hashlib")?, "_constructors")?;
    let name = ops::getitem(vm, &map, o).ok();
    match name.as_ref().and_then(|n| n.get::<Str>()) {
        Some(n) => named(&n.to_string_lossy()),
        None => Err(PyErr::new(&UNSUPPORTED, format!("Unsupported digestmod {}", ops::repr_string(vm, o)?))),
    }
}
fn keyed(vm: &Vm, key: &Obj, digest: &Obj) -> PyResult<Keyed> {
    let key = buffer::to_vec(vm, key)?;
    let algorithm = digestmod(vm, digest)?;
    if algorithm.is_extendable() {
        return Err(error::value_error("no reason supplied"));
    }
    Ok(Keyed::new(algorithm, &key))
}
fn hmac_new(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let Some(digest) = a.opt_not_none(2) else {
        return Err(error::type_error("Missing required parameter 'digestmod'."));
    };
    let mut k = keyed(vm, a.req(0), digest)?;
    if let Some(m) = a.opt_not_none(1) {
        with_data(vm, m, |b| k.update(b))?;
    }
    Ok(Ref::new(Hmac(RefCell::new(k))).into_obj())
}
fn hmac_digest(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let k = keyed(vm, a.req(0), a.req(2))?;
    Ok(bytes::new(&k.of(&buffer::to_vec(vm, a.req(1))?)))
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    d.set_str("_GIL_MINSIZE", int::from_i64(2048));
    let names: Vec<Obj> = ALGORITHMS.iter().map(|a| str::intern_str(a.name).into_obj()).collect();
    let list = adder_object::List::new(names).into_obj();
    let builtins = vm.import("builtins")?;
    let frozen = adder_object::call::call_method_str(vm, &builtins, "frozenset", &[list])?;
    d.set_str("openssl_md_meth_names", frozen);
    let map = Dict::new();
    for f in FUNCTIONS {
        if let Some(name) = f.name().strip_prefix("openssl_")
            && let Some(function) = d.get_str(f.name())
        {
            map.set_item(vm, &function, str::intern_str(name).into_obj())?;
        }
    }
    let types = vm.import("types")?;
    let proxy = adder_object::call::call_method_str(vm, &types, "MappingProxyType", &[map.into_obj()])?;
    d.set_str("_constructors", proxy);
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Hashes by name, HMAC and key derivation for hashlib",
    functions: FUNCTIONS,
    types: &[&UNSUPPORTED_SPEC, &HASH_SPEC, &HASHXOF_SPEC, &HMAC_SPEC],
    init: Some(init),
    ..ModuleSpec::new("_hashlib")
};
