//! Compress, Decompress and _ZlibDecompressor.

use super::engine::{Compressor, Decompressor, Settings};
use super::{int_or, zlib_error};
use crate::data::incremental::Incremental;
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Ref, StaticType, TypeSpec, Vm, buffer, bytes, error, ops, payload, singletons,
    trace_fields,
};
use std::cell::{Cell, RefCell};
use zlib_rs::DeflateFlush;

struct Compress(RefCell<Compressor>);
trace_fields!(Compress);
static COMPRESS: StaticType = StaticType::new::<Compress>("zlib.Compress", 0);
payload!(Compress, COMPRESS);
pub static COMPRESS_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method("compress($self, data, /)", Native::One(compress), "Returns a bytes object containing compressed data."),
        method(
            "flush($self, mode=zlib.Z_FINISH, /)",
            Native::Pos(0, 1, compress_flush),
            "Return a bytes object containing any remaining compressed data.",
        ),
        method("copy($self, /)", Native::NoArgs(|_, c| compress_copy(c)), "Return a copy of the compression object."),
        method("__copy__($self, /)", Native::NoArgs(|_, c| compress_copy(c)), ""),
        method("__deepcopy__($self, memo, /)", Native::One(|_, c, _| compress_copy(c)), ""),
    ],
    ..TypeSpec::of(&COMPRESS)
};

fn invalid_option() -> PyErr {
    error::value_error("Invalid initialization option")
}
pub fn compressobj(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let level = int_or(vm, a.opt(0), -1)?;
    let algorithm = int_or(vm, a.opt(1), 8)?;
    let wbits = int_or(vm, a.opt(2), 15)?;
    let mem_level = int_or(vm, a.opt(3), 8)?;
    let strategy = int_or(vm, a.opt(4), 0)?;
    let dictionary = a.opt_not_none(5).map(|d| buffer::to_vec(vm, d)).transpose()?;
    if algorithm != 8 {
        return Err(invalid_option());
    }
    let c = Compressor::new(Settings { level, wbits, mem_level, strategy, dictionary }).ok_or_else(invalid_option)?;
    Ok(Ref::new(Compress(RefCell::new(c))).into_obj())
}
fn compress(vm: &Vm, c: &Obj, data: &Obj) -> PyResult {
    let data = buffer::get(vm, data, buffer::SIMPLE)?;
    let mut c = c.this::<Compress>()?.0.borrow_mut();
    if c.finished {
        return Err(zlib_error("Error -2 while compressing data: inconsistent stream state"));
    }
    Ok(bytes::new(&c.feed(data.bytes(), DeflateFlush::NoFlush)?))
}
fn compress_flush(vm: &Vm, c: &Obj, a: &[Obj]) -> PyResult {
    let mode = int_or(vm, a.first(), 4)?;
    if mode == 0 {
        return Ok(bytes::new(b""));
    }
    let mut c = c.this::<Compress>()?.0.borrow_mut();
    match DeflateFlush::try_from(mode) {
        Ok(mode) if !c.finished => Ok(bytes::new(&c.feed(b"", mode)?)),
        _ => Err(zlib_error("Error -2 while flushing: inconsistent stream state")),
    }
}
fn compress_copy(c: &Obj) -> PyResult {
    let c = c.this::<Compress>()?.0.borrow();
    if c.finished {
        return Err(error::value_error("Inconsistent stream state"));
    }
    Ok(Ref::new(Compress(RefCell::new(c.copy()?))).into_obj())
}

struct Decompress {
    engine: RefCell<Decompressor>,
    unused: RefCell<Vec<u8>>,
    tail: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    /// Flushed behind the end: nothing is left to copy.
    closed: Cell<bool>,
}
trace_fields!(Decompress);
static DECOMPRESS: StaticType = StaticType::new::<Decompress>("zlib.Decompress", 0);
payload!(Decompress, DECOMPRESS);
pub static DECOMPRESS_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "decompress($self, data, /, max_length=0)",
            Native::Bound(decompress),
            "Return a bytes object containing the decompressed version of the data.",
        ),
        method(
            "flush($self, length=zlib.DEF_BUF_SIZE, /)",
            Native::Pos(0, 1, decompress_flush),
            "Return a bytes object containing any remaining decompressed data.",
        ),
        method(
            "copy($self, /)",
            Native::NoArgs(|_, d| decompress_copy(d)),
            "Return a copy of the decompression object.",
        ),
        method("__copy__($self, /)", Native::NoArgs(|_, d| decompress_copy(d)), ""),
        method("__deepcopy__($self, memo, /)", Native::One(|_, d, _| decompress_copy(d)), ""),
    ],
    getset: &[
        getter("unused_data", |_, d| Ok(bytes::new(&d.this::<Decompress>()?.unused.borrow())), ""),
        getter("unconsumed_tail", |_, d| Ok(bytes::new(&d.this::<Decompress>()?.tail.borrow())), ""),
        getter("eof", |_, d| Ok(singletons::bool_obj(d.this::<Decompress>()?.eof.get())), ""),
    ],
    ..TypeSpec::of(&DECOMPRESS)
};

/// A dictionary argument; the empty one counts as none.
fn dictionary(vm: &Vm, o: Option<&Obj>) -> PyResult<Option<Vec<u8>>> {
    let Some(o) = o else { return Ok(None) };
    if !buffer::has_buffer(o) {
        return Err(error::type_error("zdict argument must support the buffer protocol"));
    }
    Ok(Some(buffer::to_vec(vm, o)?).filter(|d| !d.is_empty()))
}
pub fn decompressobj(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let wbits = int_or(vm, a.opt(0), 15)?;
    let d = Decompressor::new(wbits, dictionary(vm, a.opt(1))?)?.ok_or_else(invalid_option)?;
    Ok(Ref::new(Decompress {
        engine: RefCell::new(d),
        unused: RefCell::default(),
        tail: RefCell::default(),
        eof: Cell::new(false),
        closed: Cell::new(false),
    })
    .into_obj())
}
impl Decompress {
    fn feed(&self, data: &[u8], limit: Option<usize>) -> PyResult {
        let mut engine = self.engine.borrow_mut();
        let was_eof = engine.eof;
        let step = engine.feed(data, limit)?;
        let rest = &data[step.consumed..];
        if engine.eof {
            if !rest.is_empty() || !was_eof {
                self.unused.borrow_mut().extend_from_slice(rest);
            }
            self.tail.borrow_mut().clear();
            self.eof.set(true);
        } else {
            *self.tail.borrow_mut() = rest.to_vec();
        }
        Ok(bytes::new(&step.out))
    }
}
fn decompress(vm: &Vm, d: &Obj, a: &Bound<'_>) -> PyResult {
    let limit = a.opt(1).map_or(Ok(0), |o| ops::size_isize(vm, o))?;
    if limit < 0 {
        return Err(error::value_error("max_length must be non-negative"));
    }
    let data = buffer::get(vm, a.req(0), buffer::SIMPLE)?;
    d.this::<Decompress>()?.feed(data.bytes(), (limit > 0).then_some(limit as usize))
}
fn decompress_flush(vm: &Vm, d: &Obj, a: &[Obj]) -> PyResult {
    let length = a.first().map_or(Ok(16384), |o| ops::size_isize(vm, o))?;
    if length <= 0 {
        return Err(error::value_error("length must be greater than zero"));
    }
    let d = d.this::<Decompress>()?;
    let tail = d.tail.take();
    let out = d.feed(&tail, None)?;
    if d.eof.get() {
        d.closed.set(true);
    }
    Ok(out)
}
fn decompress_copy(d: &Obj) -> PyResult {
    let d = d.this::<Decompress>()?;
    if d.closed.get() {
        return Err(error::value_error("Inconsistent stream state"));
    }
    Ok(Ref::new(Decompress {
        engine: RefCell::new(d.engine.borrow().copy()?),
        unused: d.unused.clone(),
        tail: d.tail.clone(),
        eof: d.eof.clone(),
        closed: Cell::new(false),
    })
    .into_obj())
}

struct ZlibDecompressor {
    engine: RefCell<Decompressor>,
    state: Incremental,
}
trace_fields!(ZlibDecompressor);
static ZLIB_DECOMPRESSOR: StaticType = StaticType::new::<ZlibDecompressor>("zlib._ZlibDecompressor", 0);
payload!(ZlibDecompressor, ZLIB_DECOMPRESSOR);
static ZLIB_DECOMPRESSOR_NEW: MethodDef =
    method("_ZlibDecompressor(wbits=15, zdict=b'')", Native::NoArgs(|_, o| Ok(o.clone())), "");
pub static ZLIB_DECOMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|vm, ty, args| {
        let a = ZLIB_DECOMPRESSOR_NEW.signature().bind(args)?;
        let wbits = int_or(vm, a.opt(0), 15)?;
        let d = Decompressor::new(wbits, dictionary(vm, a.opt(1))?)?.ok_or_else(invalid_option)?;
        let d = ZlibDecompressor { engine: RefCell::new(d), state: Incremental::default() };
        Ok(Ref::with_type(ty, d).into_obj())
    })],
    methods: &[method(
        "decompress($self, /, data, max_length=-1)",
        Native::Bound(|vm, d, a| {
            let d = d.this::<ZlibDecompressor>()?;
            d.state.decompress(vm, a.req(0), a.opt(1), |data, limit| {
                let mut engine = d.engine.borrow_mut();
                let step = engine.feed(data, limit)?;
                Ok((step.out, step.consumed, engine.eof))
            })
        }),
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getset: &[
        getter(
            "eof",
            |_, d| Ok(d.this::<ZlibDecompressor>()?.state.eof()),
            "True if the end-of-stream marker has been reached.",
        ),
        getter(
            "unused_data",
            |_, d| Ok(d.this::<ZlibDecompressor>()?.state.unused()),
            "Data found after the end of the compressed stream.",
        ),
        getter(
            "needs_input",
            |_, d| Ok(d.this::<ZlibDecompressor>()?.state.needs_input()),
            "True if more input is needed before more decompressed data can be produced.",
        ),
    ],
    doc: "Create a decompressor object for decompressing data incrementally.",
    ..TypeSpec::of(&ZLIB_DECOMPRESSOR)
};
