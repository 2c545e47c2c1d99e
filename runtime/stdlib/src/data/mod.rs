//! Numbers, bytes and records: math, _struct, array, zlib, binascii, hashes, _random, _csv, _json.

mod complexes;
mod half;
mod math;
mod structs;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[&math::MODULE, &structs::MODULE];
