//! `BufferedRWPair`: a reader and a writer of two raw streams in one object.
//!
//! CPython: Modules/_io/bufferedio.c (bufferedrwpair).

use super::base::{self, BUFFERED_IO_BASE};
use super::{DEFAULT_BUFFER_SIZE, both, buffered, words};
use adder_object::call::{Args, call_method, call_pos};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeSpec, Vm, attr, error, ops, singletons};

pub struct Pair {
    reader: ObjCell,
    writer: ObjCell,
}
adder_object::trace_fields!(Pair { reader, writer });
adder_object::payload!(Pair, PAIR);
pub static PAIR: StaticType = StaticType::new::<Pair>("_io.BufferedRWPair", base::FLAGS);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, Pair { reader: ObjCell::empty(), writer: ObjCell::empty() }).into_obj())
}
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    args.arity("BufferedRWPair", 2, 3)?;
    let p = args.positional();
    let size = p.get(2).map_or(Ok(DEFAULT_BUFFER_SIZE as isize), |n| ops::size_isize(vm, n))?;
    base::check_readable(vm, &p[0])?;
    base::check_writable(vm, &p[1])?;
    if size <= 0 {
        return Err(error::value_error("buffer size must be strictly positive"));
    }
    let pair = this.this::<Pair>()?;
    pair.reader.set(buffered::reader(vm, &p[0], size as usize)?);
    pair.writer.set(buffered::writer(vm, &p[1], size as usize)?);
    Ok(())
}
fn uninitialized() -> adder_object::PyErr {
    error::value_error("I/O operation on uninitialized object")
}
fn reader(this: &Obj) -> PyResult {
    this.this::<Pair>()?.reader.get().ok_or_else(uninitialized)
}
fn writer(this: &Obj) -> PyResult {
    this.this::<Pair>()?.writer.get().ok_or_else(uninitialized)
}
macro_rules! forward {
    ($($f:ident $side:ident $n:ident;)*) => { $(fn $f(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
        let f = attr::get(vm, &$side(this)?, &words().$n)?;
        call_pos(vm, &f, args.positional())
    })* };
}
forward! { read reader read; peek reader peek; read1 reader read1; readinto reader readinto; write writer write; flush writer flush;
readable reader readable; writable writer writable; }
fn readinto1(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let f = attr::get_str(vm, &reader(this)?, "readinto1")?;
    call_pos(vm, &f, args.positional())
}
fn close(vm: &Vm, this: &Obj) -> PyResult {
    let w = writer(this).and_then(|w| call_method(vm, &w, &words().close, &[]));
    let r = reader(this).and_then(|r| call_method(vm, &r, &words().close, &[]));
    both(w, r)
}
fn isatty(vm: &Vm, this: &Obj) -> PyResult {
    let r = call_method(vm, &writer(this)?, &words().isatty, &[])?;
    if r.is_true_singleton() { Ok(r) } else { call_method(vm, &reader(this)?, &words().isatty, &[]) }
}
fn get_closed(vm: &Vm, this: &Obj) -> PyResult {
    match this.this::<Pair>()?.writer.get() {
        Some(w) => attr::get(vm, &w, &words().closed),
        None => Err(error::runtime_error("the BufferedRWPair object is being garbage-collected")),
    }
}
fn getstate(vm: &Vm, this: &Obj) -> PyResult {
    super::cannot_pickle(vm, this)
}
/// Not closed while it was never initialised.
fn finalize(vm: &Vm, this: &Obj) -> PyResult {
    if this.this::<Pair>()?.writer.is_some() { base::finalize(vm, this) } else { Ok(singletons::none()) }
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&BUFFERED_IO_BASE),
    slots: &[slot::new(new), slot::init(init), slot::finalize(finalize)],
    methods: &[
        method("read", Native::Raw(read), ""),
        method("peek", Native::Raw(peek), ""),
        method("read1", Native::Raw(read1), ""),
        method("readinto", Native::Raw(readinto), ""),
        method("readinto1", Native::Raw(readinto1), ""),
        method("write", Native::Raw(write), ""),
        method("flush($self, /)", Native::Raw(flush), ""),
        method("readable($self, /)", Native::Raw(readable), ""),
        method("writable($self, /)", Native::Raw(writable), ""),
        method("close($self, /)", Native::NoArgs(close), ""),
        method("isatty($self, /)", Native::NoArgs(isatty), ""),
        method("__getstate__($self, /)", Native::NoArgs(getstate), ""),
    ],
    getset: &[getter("closed", get_closed, "")],
    doc: "A buffered reader and writer object together.",
    ..TypeSpec::of(&PAIR)
};
