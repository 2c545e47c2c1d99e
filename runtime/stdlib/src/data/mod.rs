//! Numbers, bytes and records: math, _struct, array, zlib, binascii, hashes, _random, _csv, _json.

mod array;
mod binascii;
mod bz2;
mod cmath;
mod complexes;
mod datetime;
mod decimal;
mod etree;
pub mod expat;
mod half;
mod hashes;
mod hashlib;
mod incremental;
mod lzma;
mod math;
mod pickle;
mod random;
mod sqlite;
mod structs;
mod zlib;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[
    &math::MODULE,
    &cmath::MODULE,
    &datetime::MODULE,
    &decimal::MODULE,
    &binascii::MODULE,
    &structs::MODULE,
    &array::MODULE,
    &pickle::MODULE,
    &random::MODULE,
    &sqlite::MODULE,
    &zlib::MODULE,
    &bz2::MODULE,
    &lzma::MODULE,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &hashes::BLAKE2,
    &hashlib::MODULE,
    &hashlib::native::MODULE,
    &etree::MODULE,
    &expat::MODULE,
];
