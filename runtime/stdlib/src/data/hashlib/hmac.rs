//! HMAC over any algorithm: the two keyed states, and the Python objects of `_hashlib` and `_hmac`.

use super::algorithm::{Algorithm, Engine};
use crate::data::hashes::{hex, with_data};
use adder_object::spec::{Native, getter, method};
use adder_object::{
    ObjExt, Ref, StaticType, TypeSpec, bytes, int, payload, singletons, slots::slot, str, trace_fields,
};
use std::cell::RefCell;

/// A key absorbed into the inner and the outer hash.
pub struct Keyed {
    pub algorithm: &'static Algorithm,
    inner: Box<dyn Engine>,
    outer: Box<dyn Engine>,
}
impl Clone for Keyed {
    fn clone(&self) -> Self {
        Keyed { algorithm: self.algorithm, inner: self.inner.boxed_clone(), outer: self.outer.boxed_clone() }
    }
}
impl Keyed {
    pub fn new(algorithm: &'static Algorithm, key: &[u8]) -> Keyed {
        let mut block = vec![0u8; algorithm.block_size];
        if key.len() > block.len() {
            let mut h = (algorithm.make)();
            h.update(key);
            let d = h.digest(algorithm.digest_size);
            block[..d.len()].copy_from_slice(&d);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let keyed = |pad: u8| {
            let mut h = (algorithm.make)();
            h.update(&block.iter().map(|b| b ^ pad).collect::<Vec<u8>>());
            h
        };
        Keyed { algorithm, inner: keyed(0x36), outer: keyed(0x5c) }
    }
    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }
    pub fn finish(&self) -> Vec<u8> {
        let mut outer = self.outer.boxed_clone();
        outer.update(&self.inner.digest(self.algorithm.digest_size));
        outer.digest(self.algorithm.digest_size)
    }
    /// The code of one message.
    pub fn of(&self, message: &[u8]) -> Vec<u8> {
        let mut k = self.clone();
        k.update(message);
        k.finish()
    }
}

/// The Python object of a module that offers HMAC.
macro_rules! hmac_type {
    ($payload:ident $ty:ident $spec:ident $name:literal) => {
        pub struct $payload(pub RefCell<Keyed>);
        trace_fields!($payload);
        pub static $ty: StaticType = StaticType::new::<$payload>($name, 0);
        payload!($payload, $ty);
        pub static $spec: TypeSpec = TypeSpec {
            slots: &[slot::repr(|_, h| {
                let name = h.this::<$payload>()?.0.borrow().algorithm.name;
                Ok(str::from_str(&format!("<{name} HMAC object @ {:#x}>", h.bits())).into_obj())
            })],
            methods: &[
                method(
                    "copy($self, /)",
                    Native::NoArgs(|_, h| {
                        let copy = h.this::<$payload>()?.0.borrow().clone();
                        Ok(Ref::new($payload(RefCell::new(copy))).into_obj())
                    }),
                    "Return a copy (\"clone\") of the HMAC object.",
                ),
                method(
                    "digest($self, /)",
                    Native::NoArgs(|_, h| Ok(bytes::new(&h.this::<$payload>()?.0.borrow().finish()))),
                    "Return the digest of the bytes passed to the update() method so far.",
                ),
                method(
                    "hexdigest($self, /)",
                    Native::NoArgs(|_, h| Ok(hex(&h.this::<$payload>()?.0.borrow().finish()))),
                    "Return hexadecimal digest of the bytes passed to the update() method so far.",
                ),
                method(
                    "update($self, /, msg)",
                    Native::Bound(|vm, h, a| {
                        let h = h.this::<$payload>()?;
                        with_data(vm, a.req(0), |b| h.0.borrow_mut().update(b))?;
                        Ok(singletons::none())
                    }),
                    "Update the HMAC object with msg.",
                ),
            ],
            getset: &[
                getter(
                    "block_size",
                    |_, h| Ok(int::from_usize(h.this::<$payload>()?.0.borrow().algorithm.block_size)),
                    "",
                ),
                getter(
                    "digest_size",
                    |_, h| Ok(int::from_usize(h.this::<$payload>()?.0.borrow().algorithm.digest_size)),
                    "",
                ),
                getter(
                    "name",
                    |_, h| {
                        let name = h.this::<$payload>()?.0.borrow().algorithm.name;
                        Ok(str::from_str(&format!("hmac-{name}")).into_obj())
                    },
                    "",
                ),
            ],
            doc: "The object used to calculate HMAC of a message.",
            ..TypeSpec::of(&$ty)
        };
    };
}
hmac_type!(Hmac HMAC HMAC_SPEC "_hashlib.HMAC");
hmac_type!(NativeHmac NATIVE_HMAC NATIVE_HMAC_SPEC "_hmac.HMAC");
