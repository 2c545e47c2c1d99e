//! `_hmac`: HMAC of the guaranteed hashes, for `hmac` when `_hashlib` refuses.
//!
//! CPython: Modules/hmacmodule.c. It knows exactly the names of its own table, in lower or upper case.

use super::algorithm::{self, Algorithm};
use super::hmac::{Keyed, NATIVE_HMAC_SPEC, NativeHmac};
use crate::data::hashes::with_data;
use adder_object::bind::Bound;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, TypeFlags as F, TypeSpec, Vm, bytes, int, module,
    ops,
};
use std::cell::RefCell;

static UNKNOWN: StaticType =
    StaticType::new::<BaseException>("_hmac.UnknownHashError", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static UNKNOWN_SPEC: TypeSpec = TypeSpec { base: Some(&exc::VALUE_ERROR), ..TypeSpec::of(&UNKNOWN) };

const NAMES: [&str; 10] =
    ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512"];

fn algorithm_of(vm: &Vm, digest: &Obj) -> PyResult<&'static Algorithm> {
    let name = digest.get::<Str>().map(Str::to_string_lossy).unwrap_or_default();
    let known = NAMES.iter().find(|n| **n == name || n.to_uppercase() == name);
    match known.and_then(|n| algorithm::find(n)) {
        Some(a) => Ok(a),
        None => Err(PyErr::new(&UNKNOWN, format!("unsupported hash type: {}", ops::repr_string(vm, digest)?))),
    }
}
fn keyed(vm: &Vm, key: &Obj, algorithm: &'static Algorithm) -> PyResult<Keyed> {
    with_data(vm, key, |key| Keyed::new(algorithm, key))
}
fn once(vm: &Vm, algorithm: &'static Algorithm, key: &Obj, msg: &Obj) -> PyResult {
    let k = keyed(vm, key, algorithm)?;
    Ok(bytes::new(&with_data(vm, msg, |msg| k.of(msg))?))
}
fn new(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let Some(digest) = a.opt(2) else {
        return Err(adder_object::error::type_error("new() missing 1 required argument 'digestmod'"));
    };
    let mut k = keyed(vm, a.req(0), algorithm_of(vm, digest)?)?;
    if let Some(msg) = a.opt_not_none(1) {
        with_data(vm, msg, |b| k.update(b))?;
    }
    Ok(Ref::new(NativeHmac(RefCell::new(k))).into_obj())
}

macro_rules! once {
    ($($name:literal $hash:literal)*) => { [$(method(
        concat!("compute_", $name, "($module, key, msg, /)"),
        Native::Pos(2, 2, |vm, _, a| match algorithm::find($hash) {
            Some(algorithm) => once(vm, algorithm, &a[0], &a[1]),
            None => Err(PyErr::new(&UNKNOWN, concat!("unsupported hash type: ", $hash))),
        }),
        "",
    )),*, NEW, DIGEST] };
}
const NEW: MethodDef =
    method("new($module, /, key, msg=None, digestmod=None)", Native::Bound(new), "Return a new HMAC object.");
const DIGEST: MethodDef = method(
    "compute_digest($module, /, key, msg, digest)",
    Native::Bound(|vm, _, a| once(vm, algorithm_of(vm, a.req(2))?, a.req(0), a.req(1))),
    "",
);
static FUNCTIONS: [MethodDef; 14] = once! {
    "md5" "md5" "sha1" "sha1" "sha224" "sha224" "sha256" "sha256" "sha384" "sha384" "sha512" "sha512" "sha3_224" "sha3_224"
    "sha3_256" "sha3_256" "sha3_384" "sha3_384" "sha3_512" "sha3_512" "blake2b_32" "blake2b" "blake2s_32" "blake2s"
};

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &FUNCTIONS,
    types: &[&UNKNOWN_SPEC, &NATIVE_HMAC_SPEC],
    init: Some(|_, m| {
        module::dict(m.obj()).set_str("_GIL_MINSIZE", int::from_i64(2048));
        Ok(())
    }),
    ..ModuleSpec::new("_hmac")
};
