//! `_bz2`: bzip2 streams.
//!
//! CPython: Modules/_bz2module.c.

use super::incremental::Incremental;
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeSpec, Vm, bind, buffer, bytes, error, ops, payload,
    trace_fields,
};
use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use std::cell::{Cell, RefCell};

const FIRST_BLOCK: usize = 16 << 10;

struct Compressor {
    engine: RefCell<Compress>,
    flushed: Cell<bool>,
}
trace_fields!(Compressor);
static COMPRESSOR: StaticType = StaticType::new::<Compressor>("_bz2.BZ2Compressor", 0);
payload!(Compressor, COMPRESSOR);
static COMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|vm, ty, args| {
        args.no_keywords("BZ2Compressor")?;
        bind::check_positional("BZ2Compressor", args.len(), 0, 1)?;
        let level = args.positional().first().map_or(Ok(9), |o| ops::to_i32(vm, o))?;
        if !(1..=9).contains(&level) {
            return Err(error::value_error("compresslevel must be between 1 and 9"));
        }
        let engine = RefCell::new(Compress::new(Compression::new(level as u32), 0));
        Ok(Ref::with_type(ty, Compressor { engine, flushed: Cell::new(false) }).into_obj())
    })],
    methods: &[
        method("compress($self, data, /)", Native::One(compress), "Provide data to the compressor object."),
        method("flush($self, /)", Native::NoArgs(flush), "Finish the compression process."),
    ],
    doc: "Create a compressor object for compressing data incrementally.",
    ..TypeSpec::of(&COMPRESSOR)
};

fn broken(_: Error) -> PyErr {
    error::value_error("Internal error - invalid sequence of commands sent to libbzip2")
}
fn run(engine: &mut Compress, data: &[u8], action: Action) -> PyResult {
    let (mut out, mut pos, mut block) = (Vec::new(), 0, FIRST_BLOCK);
    loop {
        if pos == data.len() && matches!(action, Action::Run) {
            return Ok(bytes::new(&out));
        }
        let at = out.len();
        out.resize(at + block, 0);
        let (before_in, before_out) = (engine.total_in(), engine.total_out());
        let status = engine.compress(&data[pos..], &mut out[at..], action).map_err(broken)?;
        pos += (engine.total_in() - before_in) as usize;
        out.truncate(at + (engine.total_out() - before_out) as usize);
        if matches!(status, Status::StreamEnd) {
            return Ok(bytes::new(&out));
        }
        block = (block * 2).min(16 << 20);
    }
}
fn compress(vm: &Vm, c: &Obj, data: &Obj) -> PyResult {
    let data = buffer::get(vm, data, buffer::SIMPLE)?;
    let c = c.this::<Compressor>()?;
    if c.flushed.get() {
        return Err(error::value_error("Compressor has been flushed"));
    }
    run(&mut c.engine.borrow_mut(), data.bytes(), Action::Run)
}
fn flush(_: &Vm, c: &Obj) -> PyResult {
    let c = c.this::<Compressor>()?;
    if c.flushed.replace(true) {
        return Err(error::value_error("Repeated call to flush()"));
    }
    run(&mut c.engine.borrow_mut(), b"", Action::Finish)
}

struct Decompressor {
    /// Gone after an error: the engine cannot go on then.
    engine: RefCell<Option<Decompress>>,
    state: Incremental,
}
trace_fields!(Decompressor);
static DECOMPRESSOR: StaticType = StaticType::new::<Decompressor>("_bz2.BZ2Decompressor", 0);
payload!(Decompressor, DECOMPRESSOR);
static DECOMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|_, ty, args| {
        args.no_keywords("BZ2Decompressor")?;
        if !args.is_empty() {
            return Err(error::type_error("BZ2Decompressor() takes no positional arguments"));
        }
        let d = Decompressor { engine: RefCell::new(Some(Decompress::new(false))), state: Incremental::default() };
        Ok(Ref::with_type(ty, d).into_obj())
    })],
    methods: &[method(
        "decompress($self, /, data, max_length=-1)",
        Native::Bound(|vm, d, a| {
            let d = d.this::<Decompressor>()?;
            let engine = |data: &[u8], limit| {
                let mut engine = d.engine.borrow_mut();
                let r = engine.as_mut().map_or_else(|| Err(unusable()), |e| decompress(e, data, limit));
                if r.is_err() {
                    *engine = None;
                }
                r
            };
            d.state.decompress(vm, a.req(0), a.opt(1), engine)
        }),
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getset: &[
        getter(
            "eof",
            |_, d| Ok(d.this::<Decompressor>()?.state.eof()),
            "True if the end-of-stream marker has been reached.",
        ),
        getter(
            "unused_data",
            |_, d| Ok(d.this::<Decompressor>()?.state.unused()),
            "Data found after the end of the compressed stream.",
        ),
        getter(
            "needs_input",
            |_, d| Ok(d.this::<Decompressor>()?.state.needs_input()),
            "True if more input is needed before more decompressed data can be produced.",
        ),
    ],
    doc: "Create a decompressor object for decompressing data incrementally.",
    ..TypeSpec::of(&DECOMPRESSOR)
};
#[cold]
fn unusable() -> PyErr {
    error::value_error("Decompressor is unusable after a previous error")
}
#[cold]
fn invalid() -> PyErr {
    PyErr::new(&adder_object::exceptions::OS_ERROR, "Invalid data stream")
}
fn decompress(engine: &mut Decompress, data: &[u8], limit: Option<usize>) -> PyResult<(Vec<u8>, usize, bool)> {
    let (mut out, mut pos, mut block) = (Vec::new(), 0, FIRST_BLOCK);
    loop {
        let room = limit.map_or(block, |l| block.min(l - out.len()));
        if room == 0 {
            return Ok((out, pos, false));
        }
        let at = out.len();
        out.resize(at + room, 0);
        let (before_in, before_out) = (engine.total_in(), engine.total_out());
        let status = engine.decompress(&data[pos..], &mut out[at..]).map_err(|_| invalid())?;
        pos += (engine.total_in() - before_in) as usize;
        let made = (engine.total_out() - before_out) as usize;
        out.truncate(at + made);
        if matches!(status, Status::StreamEnd) {
            return Ok((out, pos, true));
        }
        if made < room && pos == data.len() {
            return Ok((out, pos, false));
        }
        block = (block * 2).min(16 << 20);
    }
}

pub static MODULE: ModuleSpec =
    ModuleSpec { types: &[&COMPRESSOR_SPEC, &DECOMPRESSOR_SPEC], ..ModuleSpec::new("_bz2") };
