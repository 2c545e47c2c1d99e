//! Numbers, bytes and records: math, _struct, array, zlib, binascii, hashes, _random, _csv, _json.

mod math;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[&math::MODULE];
