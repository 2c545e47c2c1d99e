//! `_lzma`: .xz, .lzma and raw LZMA streams.
//!
//! An engine that failed is never asked again: both objects drop it and say so. CPython: Modules/_lzmamodule.c.

mod filters;

use super::incremental::{Flushed, Incremental, Step, Then, drive};
use adder_object::bind::Bound;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, member, method};
use adder_object::{
    Args, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, bytes,
    error, int, module, ops, payload, singletons, trace_fields,
};
use liblzma::stream::{Action, Check, Error, Status, Stream};
use std::cell::{Cell, RefCell};

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
const CHECK_UNKNOWN: i64 = 16;
const FIRST_BLOCK: usize = 32 << 10;
const XZ_MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

static ERROR: StaticType =
    StaticType::new::<BaseException>("_lzma.LZMAError", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static ERROR_SPEC: TypeSpec =
    TypeSpec { base: Some(&exc::EXCEPTION), doc: "Call to liblzma failed.", ..TypeSpec::of(&ERROR) };

#[cold]
fn lzma_error(text: &str) -> PyErr {
    PyErr::new(&ERROR, text)
}
#[cold]
fn failed(e: Error) -> PyErr {
    lzma_error(match e {
        Error::Mem => return error::no_memory(),
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Format => "Input format not supported by decoder",
        Error::Options => "Invalid or unsupported options",
        Error::Data => "Corrupt input data",
        Error::UnsupportedCheck => "Unsupported integrity check",
        Error::NoCheck | Error::Program => "Internal error",
    })
}
fn check_of(n: i32) -> PyResult<Check> {
    match n {
        0 => Ok(Check::None),
        1 => Ok(Check::Crc32),
        4 => Ok(Check::Crc64),
        10 => Ok(Check::Sha256),
        2 | 3 | 5..=9 | 11..=15 => Err(lzma_error("Unsupported integrity check")),
        _ => Err(lzma_error("Internal error")),
    }
}

/// One call of the engine; `then` is asked about its status, the input taken and the output made.
fn step(
    s: &mut Stream,
    input: &[u8],
    output: &mut [u8],
    action: Action,
    then: impl FnOnce(Status, usize, usize) -> Then,
) -> PyResult<Step> {
    let before = (s.total_in(), s.total_out());
    let status = s.process(input, output, action).map_err(failed)?;
    Ok(Step::between(before, (s.total_in(), s.total_out()), |taken, made| then(status, taken, made)))
}

struct Compressor {
    engine: RefCell<Stream>,
    flushed: Flushed,
}
trace_fields!(Compressor);
static COMPRESSOR: StaticType = StaticType::new::<Compressor>("_lzma.LZMACompressor", F::BASETYPE);
payload!(Compressor, COMPRESSOR);
static COMPRESSOR_NEW: MethodDef = method(
    "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);
static COMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new_compressor)],
    methods: &[
        method("compress($self, data, /)", Native::One(compress), "Provide data to the compressor object."),
        method("flush($self, /)", Native::NoArgs(flush), "Finish the compression process."),
    ],
    doc: "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.",
    ..TypeSpec::of(&COMPRESSOR)
};

fn new_compressor(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.len() > 4 {
        let n = args.len();
        return Err(error::type_error(format!("LZMACompressor() takes at most 4 arguments ({n} given)")));
    }
    let a = COMPRESSOR_NEW.signature().bind(args)?;
    let format = a.opt(0).map_or(Ok(FORMAT_XZ), |o| ops::to_i32(vm, o))?;
    let check = a.opt(1).map_or(Ok(-1), |o| ops::to_i32(vm, o))?;
    if a.opt_not_none(2).is_some() && a.opt_not_none(3).is_some() {
        return Err(error::value_error("Cannot specify both preset and filter chain"));
    }
    let preset = a.opt_not_none(2).map_or(Ok(liblzma::stream::PRESET_DEFAULT), |o| filters::unsigned32(vm, o))?;
    if format != FORMAT_XZ && check != -1 && check != 0 {
        return Err(error::value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let list = a.opt_not_none(3);
    let engine = match (format, list) {
        (FORMAT_XZ, None) => {
            Stream::new_easy_encoder(preset, check_of(if check == -1 { 4 } else { check })?).map_err(failed)
        }
        (FORMAT_XZ, Some(list)) => {
            let list = filters::read_all(vm, list)?;
            filters::fits(&list, false)?;
            let check = check_of(if check == -1 { 4 } else { check })?;
            Stream::new_stream_encoder(&filters::chain(&list)?, check).map_err(failed)
        }
        (FORMAT_ALONE, None) => match liblzma::stream::LzmaOptions::new_preset(preset) {
            Ok(options) => Stream::new_lzma_encoder(&options).map_err(failed),
            Err(_) => Err(lzma_error(&format!("Invalid compression preset: {preset}"))),
        },
        (FORMAT_ALONE, Some(list)) => {
            let list = filters::read_all(vm, list)?;
            Stream::new_lzma_encoder(filters::alone(&list)?).map_err(failed)
        }
        (FORMAT_RAW, None) => Err(error::value_error("Must specify filters for FORMAT_RAW")),
        (FORMAT_RAW, Some(list)) => {
            let list = filters::read_all(vm, list)?;
            filters::fits(&list, true)?;
            Stream::new_raw_encoder(&filters::chain(&list)?).map_err(failed)
        }
        _ => Err(error::value_error(format!("Invalid container format: {format}"))),
    }?;
    Ok(Ref::with_type(ty, Compressor { engine: RefCell::new(engine), flushed: Flushed::default() }).into_obj())
}
fn run(engine: &mut Stream, data: &[u8], action: Action) -> PyResult {
    let (out, ..) = drive(data, None, FIRST_BLOCK, |input, output| {
        let room = output.len();
        step(engine, input, output, action, |status, taken, made| match action {
            Action::Run if taken == input.len() && made < room => Then::Enough,
            Action::Run => Then::More,
            _ if matches!(status, Status::StreamEnd) => Then::End,
            _ => Then::More,
        })
    })?;
    Ok(bytes::new(&out))
}
fn compress(vm: &Vm, c: &Obj, data: &Obj) -> PyResult {
    let c = c.this::<Compressor>()?;
    c.flushed.compress(vm, data, |data| run(&mut c.engine.borrow_mut(), data, Action::Run))
}
fn flush(_: &Vm, c: &Obj) -> PyResult {
    let c = c.this::<Compressor>()?;
    c.flushed.flush(|| run(&mut c.engine.borrow_mut(), b"", Action::Finish))
}

struct Decompressor {
    engine: RefCell<Option<Stream>>,
    state: Incremental,
    /// The first bytes of the stream, while the integrity check is not known yet.
    head: RefCell<Vec<u8>>,
    format: i32,
    check: Cell<i64>,
}
trace_fields!(Decompressor);
static DECOMPRESSOR: StaticType = StaticType::new::<Decompressor>("_lzma.LZMADecompressor", F::BASETYPE);
payload!(Decompressor, DECOMPRESSOR);
static DECOMPRESSOR_NEW: MethodDef = method(
    "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);
static DECOMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new_decompressor)],
    methods: &[method(
        "decompress($self, /, data, max_length=-1)",
        Native::Bound(|vm, d, a| {
            let d = d.this::<Decompressor>()?;
            if d.state.is_at_end() {
                return Err(error::eof_error("Already at end of stream"));
            }
            d.state.decompress(vm, a.req(0), a.opt(1), |data, limit| d.decompress(data, limit))
        }),
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getset: &[
        member(
            "check",
            |_, d| Ok(int::from_i64(d.this::<Decompressor>()?.check.get())),
            "ID of the integrity check used by the input stream.",
        ),
        member(
            "eof",
            |_, d| Ok(d.this::<Decompressor>()?.state.eof()),
            "True if the end-of-stream marker has been reached.",
        ),
        member(
            "unused_data",
            |_, d| Ok(d.this::<Decompressor>()?.state.unused()),
            "Data found after the end of the compressed stream.",
        ),
        member(
            "needs_input",
            |_, d| Ok(d.this::<Decompressor>()?.state.needs_input()),
            "True if more input is needed before more decompressed data can be produced.",
        ),
    ],
    doc: "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)\n--\n\nCreate a decompressor object for decompressing data incrementally.",
    ..TypeSpec::of(&DECOMPRESSOR)
};

fn new_decompressor(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = DECOMPRESSOR_NEW.signature().bind(args)?;
    let format = a.opt(0).map_or(Ok(FORMAT_AUTO), |o| ops::to_i32(vm, o))?;
    if format == FORMAT_RAW && a.opt_not_none(1).is_some() {
        return Err(error::value_error("Cannot specify memory limit with FORMAT_RAW"));
    }
    let limit = a.opt_not_none(1).map_or(Ok(u64::MAX), |o| ops::to_u64(vm, o, "unsigned long long"))?;
    let list = a.opt_not_none(2);
    if format == FORMAT_RAW && list.is_none() {
        return Err(error::value_error("Must specify filters for FORMAT_RAW"));
    }
    if format != FORMAT_RAW && list.is_some() {
        return Err(error::value_error("Cannot specify filters except with FORMAT_RAW"));
    }
    let engine = match format {
        FORMAT_AUTO => Stream::new_auto_decoder(limit, 0).map_err(failed),
        FORMAT_XZ => Stream::new_stream_decoder(limit, 0).map_err(failed),
        FORMAT_ALONE => Stream::new_lzma_decoder(limit).map_err(failed),
        FORMAT_RAW => {
            let list = filters::read_all(vm, list.unwrap_or(singletons::none_ref()))?;
            filters::fits(&list, true)?;
            Stream::new_raw_decoder(&filters::chain(&list)?).map_err(failed)
        }
        _ => Err(error::value_error(format!("Invalid container format: {format}"))),
    }?;
    let check = if matches!(format, FORMAT_AUTO | FORMAT_XZ) { CHECK_UNKNOWN } else { 0 };
    let d = Decompressor {
        engine: RefCell::new(Some(engine)),
        state: Incremental::default(),
        head: RefCell::default(),
        format,
        check: Cell::new(check),
    };
    Ok(Ref::with_type(ty, d).into_obj())
}

impl Decompressor {
    /// Learns the integrity check from the stream header: it is known once the header's 12 bytes were read.
    fn look_at(&self, taken: &[u8]) {
        if self.check.get() != CHECK_UNKNOWN {
            return;
        }
        let mut head = self.head.borrow_mut();
        let room = 12 - head.len().min(12);
        head.extend_from_slice(&taken[..taken.len().min(room)]);
        let is_xz = head.iter().zip(XZ_MAGIC).all(|(a, b)| *a == b);
        if !is_xz && self.format == FORMAT_AUTO && !head.is_empty() {
            self.check.set(0);
        } else if is_xz && head.len() >= 12 {
            self.check.set(i64::from(head[7] & 15));
        }
    }
    fn decompress(&self, data: &[u8], limit: Option<usize>) -> PyResult<(Vec<u8>, usize, bool)> {
        let mut place = self.engine.borrow_mut();
        let Some(engine) = place.as_mut() else { return Err(lzma_error("Internal error")) };
        let r = self.feed(engine, data, limit);
        if r.is_err() {
            self.look_at(data);
            *place = None;
        }
        r
    }
    fn feed(&self, engine: &mut Stream, data: &[u8], limit: Option<usize>) -> PyResult<(Vec<u8>, usize, bool)> {
        drive(data, limit, FIRST_BLOCK, |input, output| {
            let room = output.len();
            let done = step(engine, input, output, Action::Run, |status, taken, made| match status {
                Status::StreamEnd => Then::End,
                _ if made < room && taken == input.len() => Then::Enough,
                _ => Then::More,
            })?;
            self.look_at(&input[..done.taken]);
            Ok(done)
        })
    }
}

fn is_check_supported(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    Ok(singletons::bool_obj(matches!(ops::to_i32(vm, a.req(0))?, 0 | 1 | 4 | 10)))
}

#[rustfmt::skip]
const NUMBERS: &[(&str, u64)] = &[
    ("FORMAT_AUTO", 0), ("FORMAT_XZ", 1), ("FORMAT_ALONE", 2), ("FORMAT_RAW", 3),
    ("CHECK_NONE", 0), ("CHECK_CRC32", 1), ("CHECK_CRC64", 4), ("CHECK_SHA256", 10), ("CHECK_ID_MAX", 15), ("CHECK_UNKNOWN", 16),
    ("FILTER_LZMA1", filters::LZMA1), ("FILTER_LZMA2", filters::LZMA2), ("FILTER_DELTA", filters::DELTA), ("FILTER_X86", 4),
    ("FILTER_POWERPC", 5), ("FILTER_IA64", 6), ("FILTER_ARM", 7), ("FILTER_ARMTHUMB", 8), ("FILTER_SPARC", 9),
    ("MF_HC3", 3), ("MF_HC4", 4), ("MF_BT2", 0x12), ("MF_BT3", 0x13), ("MF_BT4", 0x14), ("MODE_FAST", 1), ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 1 << 31),
];
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_u64(*v)));
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        method(
            "is_check_supported($module, check_id, /)",
            Native::Bound(is_check_supported),
            "Test whether the given integrity check is supported.",
        ),
        method(
            "_encode_filter_properties($module, filter, /)",
            Native::One(filters::encode_properties),
            "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).",
        ),
        method(
            "_decode_filter_properties($module, filter_id, encoded_props, /)",
            Native::Bound(filters::decode_properties),
            "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).",
        ),
    ],
    types: &[&ERROR_SPEC, &COMPRESSOR_SPEC, &DECOMPRESSOR_SPEC],
    init: Some(init),
    ..ModuleSpec::new("_lzma")
};
