//! MD5, SHA-1 and SHA-2.

use super::{data_argument, hex, init, with_data};
use adder_object::spec::{Native, getter, method};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyResult, Ref, StaticType, TypeSpec, Vm, bytes, int, payload, singletons, str,
    trace_fields,
};
use sha2::Digest;
use std::cell::RefCell;

macro_rules! digest_type {
    ($payload:ident, $ty:ident, $spec:ident, $make:ident, $algorithm:ty, $type_name:literal, $name:literal, $block:literal) => {
        struct $payload(RefCell<$algorithm>);
        trace_fields!($payload);
        static $ty: StaticType = StaticType::new::<$payload>($type_name, 0);
        payload!($payload, $ty);
        static $spec: TypeSpec = TypeSpec {
            methods: &[
                method(
                    "copy($self, /)",
                    Native::NoArgs(|_, h| {
                        let copy = h.this::<$payload>()?.0.borrow().clone();
                        Ok(Ref::new($payload(RefCell::new(copy))).into_obj())
                    }),
                    "Return a copy of the hash object.",
                ),
                method(
                    "digest($self, /)",
                    Native::NoArgs(|_, h| Ok(bytes::new(&h.this::<$payload>()?.0.borrow().clone().finalize()))),
                    "Return the digest value as a bytes object.",
                ),
                method(
                    "hexdigest($self, /)",
                    Native::NoArgs(|_, h| Ok(hex(&h.this::<$payload>()?.0.borrow().clone().finalize()))),
                    "Return the digest value as a string of hexadecimal digits.",
                ),
                method(
                    "update($self, obj, /)",
                    Native::One(|vm, h, data| {
                        let h = h.this::<$payload>()?;
                        with_data(vm, data, |b| h.0.borrow_mut().update(b))?;
                        Ok(singletons::none())
                    }),
                    "Update this hash object's state with the provided string.",
                ),
            ],
            getset: &[
                getter("block_size", |_, _| Ok(int::from_i64($block)), ""),
                getter("digest_size", |_, _| Ok(int::from_usize(<$algorithm as Digest>::output_size())), ""),
                getter("name", |_, _| Ok(str::intern_str($name).into_obj()), ""),
            ],
            ..TypeSpec::of(&$ty)
        };
        fn $make(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
            let mut h = <$algorithm>::new();
            if let Some(data) = data_argument(a, 0, 2)? {
                with_data(vm, data, |b| h.update(b))?;
            }
            Ok(Ref::new($payload(RefCell::new(h))).into_obj())
        }
    };
}

digest_type!(Md5, MD5_TYPE, MD5_SPEC, md5_new, md5::Md5, "_md5.md5", "md5", 64);
digest_type!(Sha1, SHA1_TYPE, SHA1_SPEC, sha1_new, sha1::Sha1, "_sha1.sha1", "sha1", 64);
digest_type!(Sha224, SHA224_TYPE, SHA224_SPEC, sha224_new, sha2::Sha224, "_sha2.SHA224Type", "sha224", 64);
digest_type!(Sha256, SHA256_TYPE, SHA256_SPEC, sha256_new, sha2::Sha256, "_sha2.SHA256Type", "sha256", 64);
digest_type!(Sha384, SHA384_TYPE, SHA384_SPEC, sha384_new, sha2::Sha384, "_sha2.SHA384Type", "sha384", 128);
digest_type!(Sha512, SHA512_TYPE, SHA512_SPEC, sha512_new, sha2::Sha512, "_sha2.SHA512Type", "sha512", 128);

pub static MD5: ModuleSpec = ModuleSpec {
    functions: &[method(
        "md5($module, /, data=b'', *, usedforsecurity=True, string=None)",
        Native::Bound(md5_new),
        "Return a new MD5 hash object; optionally initialized with a string.",
    )],
    init: Some(|vm, m| {
        adder_object::spec::ready(&MD5_SPEC);
        adder_object::module::dict(m.obj()).set_str("MD5Type", MD5_TYPE.obj());
        init(vm, m)
    }),
    ..ModuleSpec::new("_md5")
};
pub static SHA1: ModuleSpec = ModuleSpec {
    functions: &[method(
        "sha1($module, /, data=b'', *, usedforsecurity=True, string=None)",
        Native::Bound(sha1_new),
        "Return a new SHA1 hash object; optionally initialized with a string.",
    )],
    init: Some(|vm, m| {
        adder_object::spec::ready(&SHA1_SPEC);
        adder_object::module::dict(m.obj()).set_str("SHA1Type", SHA1_TYPE.obj());
        init(vm, m)
    }),
    ..ModuleSpec::new("_sha1")
};
pub static SHA2: ModuleSpec = ModuleSpec {
    functions: &[
        method(
            "sha224($module, /, data=b'', *, usedforsecurity=True, string=None)",
            Native::Bound(sha224_new),
            "Return a new SHA-224 hash object; optionally initialized with a string.",
        ),
        method(
            "sha256($module, /, data=b'', *, usedforsecurity=True, string=None)",
            Native::Bound(sha256_new),
            "Return a new SHA-256 hash object; optionally initialized with a string.",
        ),
        method(
            "sha384($module, /, data=b'', *, usedforsecurity=True, string=None)",
            Native::Bound(sha384_new),
            "Return a new SHA-384 hash object; optionally initialized with a string.",
        ),
        method(
            "sha512($module, /, data=b'', *, usedforsecurity=True, string=None)",
            Native::Bound(sha512_new),
            "Return a new SHA-512 hash object; optionally initialized with a string.",
        ),
    ],
    types: &[&SHA224_SPEC, &SHA256_SPEC, &SHA384_SPEC, &SHA512_SPEC],
    init: Some(init),
    ..ModuleSpec::new("_sha2")
};
