//! `_io`: files, buffers and text streams.
//!
//! Invariant: no RefCell borrow of a stream is held while Python code may run or the GIL is released.
//! CPython: Modules/_io.

pub mod base;
pub mod buffered;
pub mod bytesio;
pub mod codec;
pub mod fileio;
pub mod newline;
pub mod open;
pub mod pair;
pub mod readwrite;
pub mod stringio;
pub mod text;
pub mod textcoder;
pub mod textcookie;
pub mod textread;

use super::convert::new_str;
use crate::words;
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::spec::{Native, method};
use adder_object::{
    Dict, Module, ModuleSpec, Obj, PyErr, PyResult, Ref, Type, Vm, class, error, exceptions as exc, int, module,
};
pub use open::{StdStream, make_std_stream};

words! { IO_WORDS IoWords words {
    read readinto readall readline readlines write writelines seek tell truncate flush close closed fileno isatty readable writable
    seekable detach name mode raw buffer read1 peek decode encode getstate setstate reset newlines encoding errors _finalizing
    _dealloc_warn __IOBase_closed _checkClosed _checkReadable _checkWritable _checkSeekable
} }

pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

static UNSUPPORTED: Global<Option<Obj>> = Global::new(None);

/// The class `io.UnsupportedOperation(OSError, ValueError)`.
fn unsupported_class(vm: &Vm) -> PyResult {
    if let Some(c) = UNSUPPORTED.get() {
        return Ok(c.clone());
    }
    let ns = Dict::new();
    ns.set_str("__module__", new_str("io"));
    let c = class::make_class(vm, "UnsupportedOperation", vec![exc::OS_ERROR.obj(), exc::VALUE_ERROR.obj()], ns)?;
    *UNSUPPORTED.get() = Some(c.clone());
    Ok(c)
}
/// An `io.UnsupportedOperation` to raise.
#[cold]
pub fn unsupported(vm: &Vm, message: &str) -> PyErr {
    match unsupported_class(vm).and_then(|c| adder_object::call::call1(vm, &c, &new_str(message))) {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}
#[cold]
pub fn closed_file() -> PyErr {
    error::value_error("I/O operation on closed file.")
}
/// BlockingIOError(EAGAIN, text, characters_written).
#[cold]
pub fn would_block(message: &str, written: usize) -> PyErr {
    let n = int::from_usize(written);
    let e = PyErr::with_args(
        &exc::BLOCKING_IO_ERROR,
        vec![int::from_i64(libc::EAGAIN as i64), new_str(message), n.clone()],
    );
    if let Some(b) = e.exception() {
        b.set_field_option(2, None);
        b.set_field(4, n.clone());
        b.set_args(adder_object::tuple::from_array([int::from_i64(libc::EAGAIN as i64), new_str(message), n]));
    }
    e
}
/// Chains a new error to one that was under way (both happened in a close).
pub fn chain(first: PyErr, second: PyErr) -> PyErr {
    if let Some(e) = second.exception()
        && !second.obj().is(first.obj())
        && !e.context.is_some()
    {
        e.context.set(first.into_obj());
    }
    second
}
/// Result of two steps of a close that both must run: the later error wins and has the first as context.
pub fn both(first: PyResult, second: PyResult) -> PyResult {
    match (first, second) {
        (Err(a), Err(b)) => Err(chain(a, b)),
        (Err(a), Ok(_)) => Err(a),
        (Ok(_), r) => r,
    }
}

pub fn new_base_object<T: adder_object::Payload>(ty: &Type, payload: T) -> Obj {
    Ref::with_type(ty, payload).into_obj()
}

/// What pickling any of these types raises.
pub fn cannot_pickle(_: &Vm, this: &Obj) -> PyResult {
    use adder_object::ObjExt;
    Err(error::type_error(format!("cannot pickle '{}' object", this.ty().tp_name())))
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    // What only lives in memory is closed by its end; classes derived from these have methods of their own.
    for t in [&bytesio::BYTES_IO, &stringio::STRING_IO] {
        t.head.nothing_to_finalize.set(Some(|_| true));
    }
    let d = module::dict(m.obj());
    d.set_str("DEFAULT_BUFFER_SIZE", int::from_usize(DEFAULT_BUFFER_SIZE));
    d.set_str("BlockingIOError", exc::BLOCKING_IO_ERROR.obj());
    d.set_str("UnsupportedOperation", unsupported_class(vm)?);
    Ok(())
}

fn open_fn(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    open::open(vm, b)
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: &[
        method(
            "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)",
            Native::Bound(open_fn),
            "Open file and return a stream.  Raise OSError upon failure.",
        ),
        method(
            "open_code($module, /, path)",
            Native::Bound(open::open_code),
            "Opens the provided file with the intent to import the contents.",
        ),
        method(
            "text_encoding($module, encoding, stacklevel=2, /)",
            Native::Bound(open::text_encoding),
            "A helper function to choose the text encoding.",
        ),
    ],
    types: &[
        &base::IO_SPEC,
        &base::RAW_SPEC,
        &base::BUFFERED_SPEC,
        &base::TEXT_SPEC,
        &fileio::SPEC,
        &bytesio::SPEC,
        &bytesio::BUFFER_SPEC,
        &stringio::SPEC,
        &newline::SPEC,
        &buffered::READER_SPEC,
        &buffered::WRITER_SPEC,
        &buffered::RANDOM_SPEC,
        &pair::SPEC,
        &text::SPEC,
    ],
    init: Some(init),
    ..ModuleSpec::new("_io")
};
