//! BLAKE2b and BLAKE2s with all their parameters.

use super::{data_argument, hex, init, with_data};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    Args, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeSpec, Vm, buffer, bytes, error, int, module,
    ops, payload, singletons, str, trace_fields,
};
use std::cell::RefCell;

/// The limits in which the two variants differ.
struct Limits {
    name: &'static str,
    digest: usize,
    salt: usize,
    offset_bits: u32,
}

/// Checked constructor arguments.
struct Parameters {
    digest_size: usize,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

fn small(vm: &Vm, o: Option<&Obj>, default: i32) -> PyResult<i32> {
    o.map_or(Ok(default), |o| ops::to_i32(vm, o))
}
fn byte(n: i32, name: &str, low: i32) -> PyResult<u8> {
    match u8::try_from(n) {
        Ok(b) if n >= low => Ok(b),
        _ => Err(error::value_error(format!("{name} must be between {low} and 255"))),
    }
}
/// An unsigned argument below 2**bits.
fn unsigned(vm: &Vm, o: Option<&Obj>, bits: u32, too_large: fn() -> PyErr) -> PyResult<u64> {
    let Some(o) = o else { return Ok(0) };
    match ops::to_u64(vm, o, "unsigned long long")? {
        n if bits < 64 && n >> bits != 0 => Err(too_large()),
        n => Ok(n),
    }
}
fn data(vm: &Vm, o: Option<&Obj>, limit: usize, what: &str) -> PyResult<Vec<u8>> {
    let v = o.map_or(Ok(vec![]), |o| buffer::to_vec(vm, o))?;
    if v.len() > limit {
        return Err(error::value_error(format!("maximum {what} length is {limit} bytes")));
    }
    Ok(v)
}

impl Parameters {
    fn read(vm: &Vm, a: &Bound<'_>, limits: &Limits) -> PyResult<Parameters> {
        let digest_size = small(vm, a.opt(1), limits.digest as i32)?;
        if digest_size <= 0 || digest_size as usize > limits.digest {
            return Err(error::value_error(format!(
                "digest_size for {} must be between 1 and {} bytes, here it is {digest_size}",
                limits.name, limits.digest
            )));
        }
        let salt = data(vm, a.opt(3), limits.salt, "salt")?;
        let person = data(vm, a.opt(4), limits.salt, "person")?;
        let fanout = byte(small(vm, a.opt(5), 1)?, "fanout", 0)?;
        let depth = byte(small(vm, a.opt(6), 1)?, "depth", 1)?;
        let leaf_size = unsigned(vm, a.opt(7), 32, || error::overflow_error("leaf_size is too large"))? as u32;
        let node_offset =
            unsigned(vm, a.opt(8), limits.offset_bits, || error::overflow_error("node_offset is too large"))?;
        let node_depth = byte(small(vm, a.opt(9), 0)?, "node_depth", 0)?;
        let inner_size = small(vm, a.opt(10), 0)?;
        if inner_size < 0 || inner_size as usize > limits.digest {
            return Err(error::value_error(format!("inner_size must be between 0 and is {}", limits.digest)));
        }
        let last_node = a.opt(11).map_or(Ok(false), |o| ops::truth(vm, o))?;
        let key = data(vm, a.opt(2), limits.digest, "key")?;
        Ok(Parameters {
            digest_size: digest_size as usize,
            key,
            salt,
            person,
            fanout,
            depth,
            leaf_size,
            node_offset,
            node_depth,
            inner_size: inner_size as usize,
            last_node,
        })
    }
}

macro_rules! blake2 {
    ($krate:ident, $payload:ident, $ty:ident, $spec:ident, $new:ident, $sig:ident, $limits:ident, $lower:literal, $upper:literal,
     $digest:literal, $salt:literal, $block:literal, $bits:literal) => {
        struct $payload {
            state: RefCell<$krate::State>,
            digest_size: usize,
        }
        trace_fields!($payload);
        static $ty: StaticType = StaticType::new::<$payload>(concat!("_blake2.", $lower), 0);
        payload!($payload, $ty);
        static $limits: Limits = Limits { name: $upper, digest: $digest, salt: $salt, offset_bits: $bits };
        static $sig: MethodDef = method(
            concat!(
                $lower,
                "(data=b'', *, digest_size=",
                stringify!($digest),
                ", key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, ",
                "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
            ),
            Native::NoArgs(|_, o| Ok(o.clone())),
            "",
        );
        fn $new(vm: &Vm, ty: &adder_object::Type, args: Args<'_>) -> PyResult {
            let a = $sig.signature().bind(args)?;
            let first = data_argument(&a, 0, 13)?;
            let p = Parameters::read(vm, &a, &$limits)?;
            let mut params = $krate::Params::new();
            params
                .hash_length(p.digest_size)
                .key(&p.key)
                .salt(&p.salt)
                .personal(&p.person)
                .fanout(p.fanout)
                .max_depth(p.depth)
                .max_leaf_length(p.leaf_size)
                .node_offset(p.node_offset)
                .node_depth(p.node_depth)
                .inner_hash_length(p.inner_size)
                .last_node(p.last_node);
            let mut state = params.to_state();
            if let Some(data) = first {
                with_data(vm, data, |b| {
                    state.update(b);
                })?;
            }
            Ok(Ref::with_type(ty, $payload { state: RefCell::new(state), digest_size: p.digest_size }).into_obj())
        }
        static $spec: TypeSpec = TypeSpec {
            slots: &[slot::new($new)],
            methods: &[
                method(
                    "copy($self, /)",
                    Native::NoArgs(|_, h| {
                        let h = h.this::<$payload>()?;
                        let state = RefCell::new(h.state.borrow().clone());
                        Ok(Ref::new($payload { state, digest_size: h.digest_size }).into_obj())
                    }),
                    "Return a copy of the hash object.",
                ),
                method(
                    "digest($self, /)",
                    Native::NoArgs(|_, h| Ok(bytes::new(h.this::<$payload>()?.state.borrow().finalize().as_bytes()))),
                    "Return the digest value as a bytes object.",
                ),
                method(
                    "hexdigest($self, /)",
                    Native::NoArgs(|_, h| Ok(hex(h.this::<$payload>()?.state.borrow().finalize().as_bytes()))),
                    "Return the digest value as a string of hexadecimal digits.",
                ),
                method(
                    "update($self, data, /)",
                    Native::One(|vm, h, data| {
                        let h = h.this::<$payload>()?;
                        with_data(vm, data, |b| {
                            h.state.borrow_mut().update(b);
                        })?;
                        Ok(singletons::none())
                    }),
                    "Update this hash object's state with the provided bytes-like object.",
                ),
            ],
            getset: &[
                getter("block_size", |_, _| Ok(int::from_i64($block)), ""),
                getter("digest_size", |_, h| Ok(int::from_usize(h.this::<$payload>()?.digest_size)), ""),
                getter("name", |_, _| Ok(str::intern_str($lower).into_obj()), ""),
            ],
            attrs: &[
                ("MAX_DIGEST_SIZE", || int::from_i64($digest)),
                ("MAX_KEY_SIZE", || int::from_i64($digest)),
                ("PERSON_SIZE", || int::from_i64($salt)),
                ("SALT_SIZE", || int::from_i64($salt)),
            ],
            doc: concat!("Return a new ", $upper, " hash object."),
            ..TypeSpec::of(&$ty)
        };
    };
}
blake2!(
    blake2b_simd,
    Blake2b,
    BLAKE2B,
    BLAKE2B_SPEC,
    blake2b_new,
    BLAKE2B_NEW,
    BLAKE2B_LIMITS,
    "blake2b",
    "Blake2b",
    64,
    16,
    128,
    64
);
blake2!(
    blake2s_simd,
    Blake2s,
    BLAKE2S,
    BLAKE2S_SPEC,
    blake2s_new,
    BLAKE2S_NEW,
    BLAKE2S_LIMITS,
    "blake2s",
    "Blake2s",
    32,
    8,
    64,
    48
);

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "BLAKE2b and BLAKE2s for hashlib",
    types: &[&BLAKE2B_SPEC, &BLAKE2S_SPEC],
    init: Some(|vm, m| {
        let d = module::dict(m.obj());
        for (prefix, l) in [("BLAKE2B", &BLAKE2B_LIMITS), ("BLAKE2S", &BLAKE2S_LIMITS)] {
            d.set_str(&format!("{prefix}_MAX_DIGEST_SIZE"), int::from_usize(l.digest));
            d.set_str(&format!("{prefix}_MAX_KEY_SIZE"), int::from_usize(l.digest));
            d.set_str(&format!("{prefix}_PERSON_SIZE"), int::from_usize(l.salt));
            d.set_str(&format!("{prefix}_SALT_SIZE"), int::from_usize(l.salt));
        }
        init(vm, m)
    }),
    ..ModuleSpec::new("_blake2")
};
