//! `_bz2`: bzip2 streams.
//!
//! CPython: Modules/_bz2module.c.

use super::incremental::{Flushed, Incremental, Step, Then, drive};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeSpec, Vm, bind, bytes, error, ops, payload,
    trace_fields,
};
use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use std::cell::RefCell;

const FIRST_BLOCK: usize = 16 << 10;

struct Compressor {
    engine: RefCell<Compress>,
    flushed: Flushed,
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
        Ok(Ref::with_type(ty, Compressor { engine, flushed: Flushed::default() }).into_obj())
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
    let fed = matches!(action, Action::Run);
    if data.is_empty() && fed {
        return Ok(bytes::new(b""));
    }
    let (out, ..) = drive(data, None, FIRST_BLOCK, |input, output| {
        let before = (engine.total_in(), engine.total_out());
        let status = engine.compress(input, output, action).map_err(broken)?;
        Ok(Step::between(before, (engine.total_in(), engine.total_out()), |taken, _| match status {
            Status::StreamEnd => Then::End,
            _ if fed && taken == input.len() => Then::Enough,
            _ => Then::More,
        }))
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
    if limit == Some(0) {
        return Ok((vec![], 0, false));
    }
    drive(data, limit, FIRST_BLOCK, |input, output| {
        let before = (engine.total_in(), engine.total_out());
        let status = engine.decompress(input, output).map_err(|_| invalid())?;
        Ok(Step::between(before, (engine.total_in(), engine.total_out()), |taken, made| match status {
            Status::StreamEnd => Then::End,
            _ if made < output.len() && taken == input.len() => Then::Enough,
            _ => Then::More,
        }))
    })
}

pub static MODULE: ModuleSpec =
    ModuleSpec { types: &[&COMPRESSOR_SPEC, &DECOMPRESSOR_SPEC], ..ModuleSpec::new("_bz2") };
