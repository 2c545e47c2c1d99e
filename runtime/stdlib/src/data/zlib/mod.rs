//! `zlib`: deflate streams and their checksums.
//!
//! CPython: Modules/zlibmodule.c.

mod engine;
mod objects;

use adder_object::bind::Bound;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::spec::{Native, method};
use adder_object::{
    ModuleSpec, Obj, PyErr, PyResult, StaticType, TypeFlags as F, TypeSpec, Vm, buffer, bytes, error, int, module, ops,
    str,
};
use engine::{Compressor, Decompressor, Settings};
use zlib_rs::DeflateFlush;

static ERROR: StaticType =
    StaticType::new::<BaseException>("zlib.error", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static ERROR_SPEC: TypeSpec = TypeSpec { base: Some(&exc::EXCEPTION), ..TypeSpec::of(&ERROR) };

#[cold]
fn zlib_error(text: &str) -> PyErr {
    PyErr::new(&ERROR, text)
}
fn int_or(vm: &Vm, o: Option<&Obj>, default: i32) -> PyResult<i32> {
    match o {
        Some(o) => ops::to_i32(vm, o),
        None => Ok(default),
    }
}
/// The low 32 bits of any int.
fn low_bits(vm: &Vm, o: &Obj) -> PyResult<u32> {
    let n = ops::index(vm, o)?;
    let n = int::as_int(&n).map(|n| n.to_big()).unwrap_or_default();
    let low = adder_num::int::modulo(&n, &(int::IBig::ONE << 32)).unwrap_or_default();
    Ok(adder_num::int::to_u64(&low).unwrap_or(0) as u32)
}

fn compress(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let (level, wbits) = (int_or(vm, a.opt(1), -1)?, int_or(vm, a.opt(2), 15)?);
    let data = buffer::get(vm, a.req(0), buffer::SIMPLE)?;
    let settings = Settings { level, wbits, mem_level: 8, strategy: 0, dictionary: None };
    let Some(mut c) = Compressor::new(settings) else { return Err(zlib_error("Bad compression level")) };
    Ok(bytes::new(&c.feed(data.bytes(), DeflateFlush::Finish)?))
}
fn decompress(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let data = buffer::get(vm, a.req(0), buffer::SIMPLE)?;
    let wbits = int_or(vm, a.opt(1), 15)?;
    let size = a.opt(2).map_or(Ok(0), |o| ops::size_isize(vm, o))?;
    if size < 0 {
        return Err(error::value_error("bufsize must be non-negative"));
    }
    let Some(mut d) = Decompressor::new(wbits, None)? else {
        return Err(zlib_error("Error -2 while preparing to decompress data: inconsistent stream state"));
    };
    let step = d.feed(data.bytes(), None)?;
    if !d.eof {
        return Err(zlib_error("Error -5 while decompressing data: incomplete or truncated stream"));
    }
    Ok(bytes::new(&step.out))
}
fn crc32(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let start = a.get(1).map_or(Ok(0), |o| low_bits(vm, o))?;
    let data = buffer::get(vm, &a[0], buffer::SIMPLE)?;
    let mut h = crc32fast::Hasher::new_with_initial(start);
    h.update(data.bytes());
    Ok(int::from_i64(h.finalize().into()))
}
fn adler32(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let start = a.get(1).map_or(Ok(1), |o| low_bits(vm, o))?;
    let data = buffer::get(vm, &a[0], buffer::SIMPLE)?;
    Ok(int::from_i64(zlib_rs::adler32::adler32(start, data.bytes()).into()))
}

const CONSTANTS: [(&str, i64); 20] = [
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_NO_COMPRESSION", 0),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.",
    functions: &[
        method(
            "adler32($module, data, value=1, /)",
            Native::Pos(1, 2, adler32),
            "Compute an Adler-32 checksum of data.",
        ),
        method(
            "compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
            Native::Bound(compress),
            "Returns a bytes object containing compressed data.",
        ),
        method(
            "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
            Native::Bound(objects::compressobj),
            "Return a compressor object.",
        ),
        method("crc32($module, data, value=0, /)", Native::Pos(1, 2, crc32), "Compute a CRC-32 checksum of data."),
        method(
            "decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
            Native::Bound(decompress),
            "Returns a bytes object containing the uncompressed data.",
        ),
        method(
            "decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')",
            Native::Bound(objects::decompressobj),
            "Return a decompressor object.",
        ),
    ],
    types: &[&objects::ZLIB_DECOMPRESSOR_SPEC, &ERROR_SPEC],
    init: Some(|_, m| {
        adder_object::spec::ready(&objects::COMPRESS_SPEC);
        adder_object::spec::ready(&objects::DECOMPRESS_SPEC);
        let d = module::dict(m.obj());
        for (name, value) in CONSTANTS {
            d.set_str(name, int::from_i64(value));
        }
        // The version of the library whose formats and options these are.
        for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
            d.set_str(name, str::from_str("1.3.0-zlib-rs").into_obj());
        }
        d.set_str("__version__", str::from_str("1.0").into_obj());
        Ok(())
    }),
    ..ModuleSpec::new("zlib")
};
