//! SHA-3 and SHAKE.

use super::{data_argument, hex, init, with_data};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyResult, Ref, StaticType, TypeSpec, Vm, bytes, error, int, module, ops, payload,
    singletons, str, trace_fields,
};
use sha3::digest::{ExtendableOutput, FixedOutput, Update, XofReader};
use std::cell::RefCell;

/// What all SHA-3 types share; the last parameter lists the digest methods.
macro_rules! sha3_type {
    ($payload:ident, $ty:ident, $spec:ident, $algorithm:ty, $type_name:literal, $name:literal, $rate:literal, $size:literal, $suffix:literal, $digest:expr) => {
        struct $payload(RefCell<$algorithm>);
        trace_fields!($payload);
        static $ty: StaticType = StaticType::new::<$payload>($type_name, 0);
        payload!($payload, $ty);
        static $spec: TypeSpec = TypeSpec {
            slots: &[slot::new(|vm, ty, args| {
                static NEW: MethodDef = method(
                    concat!($name, "(data=b'', *, usedforsecurity=True, string=None)"),
                    Native::NoArgs(|_, o| Ok(o.clone())),
                    "",
                );
                let a = NEW.signature().bind(args)?;
                let mut h = <$algorithm>::default();
                if let Some(data) = data_argument(&a, 0, 2)? {
                    with_data(vm, data, |b| h.update(b))?;
                }
                Ok(Ref::with_type(ty, $payload(RefCell::new(h))).into_obj())
            })],
            methods: $digest,
            getset: &[
                getter("block_size", |_, _| Ok(int::from_i64($rate / 8)), ""),
                getter("digest_size", |_, _| Ok(int::from_i64($size)), ""),
                getter("name", |_, _| Ok(str::intern_str($name).into_obj()), ""),
                getter("_capacity_bits", |_, _| Ok(int::from_i64(1600 - $rate)), ""),
                getter("_rate_bits", |_, _| Ok(int::from_i64($rate)), ""),
                getter("_suffix", |_, _| Ok(bytes::new($suffix)), ""),
            ],
            doc: concat!($name, "([data], *, usedforsecurity=True) -> SHA3 object"),
            ..TypeSpec::of(&$ty)
        };
    };
}
macro_rules! copy_and_update {
    ($payload:ident) => {
        [
            method(
                "copy($self, /)",
                Native::NoArgs(|_, h| {
                    let copy = h.this::<$payload>()?.0.borrow().clone();
                    Ok(Ref::new($payload(RefCell::new(copy))).into_obj())
                }),
                "Return a copy of the hash object.",
            ),
            method(
                "update($self, data, /)",
                Native::One(|vm, h, data| {
                    let h = h.this::<$payload>()?;
                    with_data(vm, data, |b| h.0.borrow_mut().update(b))?;
                    Ok(singletons::none())
                }),
                "Update this hash object's state with the provided bytes-like object.",
            ),
        ]
    };
}
macro_rules! fixed {
    ($payload:ident, $ty:ident, $spec:ident, $algorithm:ty, $type_name:literal, $name:literal, $rate:literal, $size:literal) => {
        sha3_type!($payload, $ty, $spec, $algorithm, $type_name, $name, $rate, $size, b"\x06", {
            const SHARED: [MethodDef; 2] = copy_and_update!($payload);
            const METHODS: [MethodDef; 4] = {
                let [copy, update] = SHARED;
                [
                    copy,
                    update,
                    method(
                        "digest($self, /)",
                        Native::NoArgs(|_, h| {
                            Ok(bytes::new(&h.this::<$payload>()?.0.borrow().clone().finalize_fixed()))
                        }),
                        "Return the digest value as a bytes object.",
                    ),
                    method(
                        "hexdigest($self, /)",
                        Native::NoArgs(|_, h| Ok(hex(&h.this::<$payload>()?.0.borrow().clone().finalize_fixed()))),
                        "Return the digest value as a string of hexadecimal digits.",
                    ),
                ]
            };
            &METHODS
        });
    };
}
macro_rules! shake {
    ($payload:ident, $ty:ident, $spec:ident, $algorithm:ty, $type_name:literal, $name:literal, $rate:literal) => {
        impl $payload {
            fn output(vm: &Vm, h: &Obj, a: &Bound<'_>) -> PyResult<Vec<u8>> {
                let mut out = vec![0; output_length(vm, a.req(0))?];
                h.this::<$payload>()?.0.borrow().clone().finalize_xof().read(&mut out);
                Ok(out)
            }
        }
        sha3_type!($payload, $ty, $spec, $algorithm, $type_name, $name, $rate, 0, b"\x1f", {
            const SHARED: [MethodDef; 2] = copy_and_update!($payload);
            const METHODS: [MethodDef; 4] = {
                let [copy, update] = SHARED;
                [
                    copy,
                    update,
                    method(
                        "digest($self, /, length)",
                        Native::Bound(|vm, h, a| Ok(bytes::new(&$payload::output(vm, h, a)?))),
                        "Return the digest value as a bytes object.",
                    ),
                    method(
                        "hexdigest($self, /, length)",
                        Native::Bound(|vm, h, a| Ok(hex(&$payload::output(vm, h, a)?))),
                        "Return the digest value as a string of hexadecimal digits.",
                    ),
                ]
            };
            &METHODS
        });
    };
}
fn output_length(vm: &Vm, o: &Obj) -> PyResult<usize> {
    let n = ops::index(vm, o)?;
    let Some(n) = int::as_int(&n) else { return Ok(0) };
    if n.is_negative() {
        return Err(error::value_error("Cannot convert negative int"));
    }
    match n.to_i64() {
        Some(n) if n < 1 << 29 => Ok(n as usize),
        _ => Err(error::value_error("length is too large")),
    }
}

fixed!(Sha3x224, SHA3_224, SHA3_224_SPEC, sha3::Sha3_224, "_sha3.sha3_224", "sha3_224", 1152, 28);
fixed!(Sha3x256, SHA3_256, SHA3_256_SPEC, sha3::Sha3_256, "_sha3.sha3_256", "sha3_256", 1088, 32);
fixed!(Sha3x384, SHA3_384, SHA3_384_SPEC, sha3::Sha3_384, "_sha3.sha3_384", "sha3_384", 832, 48);
fixed!(Sha3x512, SHA3_512, SHA3_512_SPEC, sha3::Sha3_512, "_sha3.sha3_512", "sha3_512", 576, 64);
shake!(Shake128, SHAKE_128, SHAKE_128_SPEC, sha3::Shake128, "_sha3.shake_128", "shake_128", 1344);
shake!(Shake256, SHAKE_256, SHAKE_256_SPEC, sha3::Shake256, "_sha3.shake_256", "shake_256", 1088);

pub static MODULE: ModuleSpec = ModuleSpec {
    types: &[&SHA3_224_SPEC, &SHA3_256_SPEC, &SHA3_384_SPEC, &SHA3_512_SPEC, &SHAKE_128_SPEC, &SHAKE_256_SPEC],
    init: Some(|vm, m| {
        module::dict(m.obj()).set_str("implementation", str::from_str("RustCrypto").into_obj());
        init(vm, m)
    }),
    ..ModuleSpec::new("_sha3")
};
