//! The abstract bases: `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`.
//!
//! CPython: Modules/_io/iobase.c, and the base types of bufferedio.c and textio.c.

use super::{DEFAULT_BUFFER_SIZE, closed_file, unsupported, words};
use crate::os::convert::{new_bytes, size_or};
use adder_object::bind::Bound;
use adder_object::call::{Args, call_method};
use adder_object::slots::slot;
use adder_object::spec::{Native, getset, getter, method};
use adder_object::{
    ByteArray, Bytes, Dict, List, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, TypeSpec, Vm, attr,
    buffer, error, exceptions as exc, int, ops, singletons, str,
};

pub struct IoBase {}
adder_object::trace_fields!(IoBase);
adder_object::payload!(IoBase, IO_BASE);

pub const FLAGS: u64 = F::BASETYPE | F::GC | F::MANAGED_DICT | F::MANAGED_WEAKREF;
pub static IO_BASE: StaticType = StaticType::new::<IoBase>("_io._IOBase", FLAGS);
pub static RAW_IO_BASE: StaticType = StaticType::new::<IoBase>("_io._RawIOBase", FLAGS);
pub static BUFFERED_IO_BASE: StaticType = StaticType::new::<IoBase>("_io._BufferedIOBase", FLAGS);
pub static TEXT_IO_BASE: StaticType = StaticType::new::<IoBase>("_io._TextIOBase", FLAGS);

macro_rules! unsupported_methods {
    ($($f:ident $n:literal;)*) => { $(fn $f(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult { Err(unsupported(vm, $n)) })* };
}
unsupported_methods! { no_seek "seek"; no_truncate "truncate"; no_fileno "fileno"; no_detach "detach"; no_read "read"; no_read1 "read1";
no_write "write"; no_readline "readline"; }

/// Truth of `obj.closed`.
pub fn is_closed(vm: &Vm, obj: &Obj) -> PyResult<bool> {
    let c = attr::get(vm, obj, &words().closed)?;
    ops::truth(vm, &c)
}
pub fn check_closed(vm: &Vm, obj: &Obj) -> PyResult<()> {
    match attr::lookup(vm, obj, &words().closed)? {
        Some(c) if ops::truth(vm, &c)? => Err(closed_file()),
        _ => Ok(()),
    }
}
fn check(vm: &Vm, this: &Obj, name: &Obj, message: &'static ::std::primitive::str) -> PyResult {
    let r = call_method(vm, this, name, &[])?;
    if r.is_true_singleton() { Ok(r) } else { Err(unsupported(vm, message)) }
}
pub fn check_seekable(vm: &Vm, this: &Obj) -> PyResult {
    check(vm, this, &words().seekable, "File or stream is not seekable.")
}
pub fn check_readable(vm: &Vm, this: &Obj) -> PyResult {
    check(vm, this, &words().readable, "File or stream is not readable.")
}
pub fn check_writable(vm: &Vm, this: &Obj) -> PyResult {
    check(vm, this, &words().writable, "File or stream is not writable.")
}

fn tell(vm: &Vm, this: &Obj) -> PyResult {
    call_method(vm, this, &words().seek, &[int::from_i64(0), int::from_i64(1)])
}
fn closed_flag(vm: &Vm, this: &Obj) -> PyResult<bool> {
    Ok(attr::lookup(vm, this, &words().__IOBase_closed)?.is_some())
}
fn get_closed(vm: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(closed_flag(vm, this)?))
}
fn flush(vm: &Vm, this: &Obj) -> PyResult {
    if closed_flag(vm, this)? { Err(closed_file()) } else { Ok(singletons::none()) }
}
/// `_IOBase.close`: flush once, then closed for good whatever flush did.
pub fn close(vm: &Vm, this: &Obj) -> PyResult {
    if is_closed_flag_or(vm, this)? {
        return Ok(singletons::none());
    }
    let r = call_method(vm, this, &words().flush, &[]);
    let set = attr::set(vm, this, &words().__IOBase_closed, singletons::true_ref()).map(|()| singletons::none());
    super::both(r, set)
}
fn is_closed_flag_or(vm: &Vm, this: &Obj) -> PyResult<bool> {
    closed_flag(vm, this)
}
/// `__del__`: closes what was left open; errors of the implicit close are reported.
pub fn finalize(vm: &Vm, this: &Obj) -> PyResult {
    let closed = match attr::lookup(vm, this, &words().closed) {
        Ok(None) => true,
        Ok(Some(c)) => ops::truth(vm, &c).unwrap_or(true),
        Err(_) => true,
    };
    if !closed {
        let _ = attr::set(vm, this, &words()._finalizing, singletons::true_ref());
        if let Err(e) = call_method(vm, this, &words().close, &[]) {
            let what = ops::repr_string(vm, this).unwrap_or_default();
            vm.unraisable(e, &format!("Exception ignored while finalizing file {what}"), None);
        }
    }
    Ok(singletons::none())
}
fn say_false(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::false_obj())
}
fn isatty(vm: &Vm, this: &Obj) -> PyResult {
    check_closed(vm, this)?;
    Ok(singletons::false_obj())
}
fn check_closed_method(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    check_closed(vm, this)?;
    Ok(singletons::none())
}
fn check_seekable_method(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    check_seekable(vm, this)
}
fn check_readable_method(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    check_readable(vm, this)
}
fn check_writable_method(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    check_writable(vm, this)
}
pub fn enter(vm: &Vm, this: &Obj) -> PyResult {
    check_closed(vm, this)?;
    Ok(this.clone())
}
fn exit(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    call_method(vm, this, &words().close, &[])
}
pub fn iter(vm: &Vm, this: &Obj) -> PyResult {
    check_closed(vm, this)?;
    Ok(this.clone())
}
pub fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let line = call_method(vm, this, &words().readline, &[])?;
    Ok(if ops::len(vm, &line)? == 0 { None } else { Some(line) })
}
fn readline(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let limit = size_or(vm, b.opt(0), -1)?;
    let peek = attr::lookup(vm, this, &words().peek)?;
    let mut out: Vec<u8> = vec![];
    while limit < 0 || (out.len() as i64) < limit {
        let mut want = 1;
        if let Some(peek) = &peek {
            let ahead = match adder_object::call::call1(vm, peek, &int::from_i64(1)) {
                Err(e) if interrupted(vm, &e)? => continue,
                r => r?,
            };
            let Some(a) = ahead.get::<Bytes>() else {
                return Err(error::os_error_text(format!(
                    "peek() should have returned a bytes object, not '{}'",
                    ahead.ty().tp_name()
                )));
            };
            if !a.is_empty() {
                let mut a = a.as_slice();
                if limit >= 0 {
                    a = &a[..a.len().min(limit as usize - out.len())];
                }
                want = memchr::memchr(b'\n', a).map_or(a.len(), |i| i + 1);
            }
        }
        let got = match call_method(vm, this, &words().read, &[int::from_usize(want)]) {
            Err(e) if interrupted(vm, &e)? => continue,
            r => r?,
        };
        let Some(g) = got.get::<Bytes>() else {
            return Err(error::os_error_text(format!(
                "read() should have returned a bytes object, not '{}'",
                got.ty().tp_name()
            )));
        };
        if g.is_empty() {
            break;
        }
        out.extend_from_slice(g.as_slice());
        if out.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(new_bytes(&out))
}
/// Whether an error is the EINTR of a Python-level stream, after running signal handlers.
pub fn interrupted(vm: &Vm, e: &adder_object::PyErr) -> PyResult<bool> {
    if !e.is(&exc::OS_ERROR) {
        return Ok(false);
    }
    let n = e.exception().and_then(|x| x.field(0)).and_then(|n| n.small_int());
    if n != Some(libc::EINTR as i64) {
        return Ok(false);
    }
    vm.check_breaker()?;
    Ok(true)
}
pub fn readlines(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let hint = size_or(vm, b.opt(0), -1)?;
    let out = List::new(vec![]);
    let it = ops::iter(vm, this)?;
    let mut total = 0i64;
    while let Some(line) = ops::next(vm, &it)? {
        if hint <= 0 {
            out.push(line);
            continue;
        }
        out.push(line.clone());
        total += ops::len(vm, &line)? as i64;
        if total >= hint {
            break;
        }
    }
    Ok(out.into_obj())
}
fn writelines(vm: &Vm, this: &Obj, lines: &Obj) -> PyResult {
    check_closed(vm, this)?;
    let it = ops::iter(vm, lines)?;
    while let Some(line) = ops::next(vm, &it)? {
        loop {
            match call_method(vm, this, &words().write, std::slice::from_ref(&line)) {
                Err(e) if interrupted(vm, &e)? => {}
                r => {
                    r?;
                    break;
                }
            }
        }
    }
    Ok(singletons::none())
}

fn get_dict(_: &Vm, this: &Obj) -> PyResult {
    attr::instance_dict(this)
        .map(Ref::into_obj)
        .ok_or_else(|| error::attribute_error_text("This object has no __dict__"))
}
fn set_dict(_: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::type_error("cannot delete __dict__")) };
    let Some(d) = v.downcast::<Dict>() else {
        return Err(error::type_error(format!("__dict__ must be set to a dictionary, not a '{}'", v.ty().tp_name())));
    };
    attr::set_instance_dict(this, Some(d));
    Ok(())
}

pub static IO_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(iter), slot::iternext(next), slot::finalize(finalize)],
    methods: &[
        method(
            "seek($self, offset, whence=os.SEEK_SET, /)",
            Native::Raw(no_seek),
            "Change the stream position to the given byte offset.",
        ),
        method("tell($self, /)", Native::NoArgs(tell), "Return current stream position."),
        method("truncate($self, size=None, /)", Native::Raw(no_truncate), "Truncate file to size bytes."),
        method("flush($self, /)", Native::NoArgs(flush), "Flush write buffers, if applicable."),
        method("close($self, /)", Native::NoArgs(close), "Flush and close the IO object."),
        method("seekable($self, /)", Native::NoArgs(say_false), "Return whether object supports random access."),
        method("readable($self, /)", Native::NoArgs(say_false), "Return whether object was opened for reading."),
        method("writable($self, /)", Native::NoArgs(say_false), "Return whether object was opened for writing."),
        method("_checkClosed($self, /)", Native::Raw(check_closed_method), ""),
        method("_checkSeekable($self, /)", Native::Raw(check_seekable_method), ""),
        method("_checkReadable($self, /)", Native::Raw(check_readable_method), ""),
        method("_checkWritable($self, /)", Native::Raw(check_writable_method), ""),
        method("fileno($self, /)", Native::Raw(no_fileno), "Return underlying file descriptor if one exists."),
        method("isatty($self, /)", Native::NoArgs(isatty), "Return whether this is an 'interactive' stream."),
        method("__enter__($self, /)", Native::NoArgs(enter), ""),
        method("__exit__", Native::Raw(exit), ""),
        method("readline($self, size=-1, /)", Native::Bound(readline), "Read and return a line from the stream."),
        method("readlines($self, hint=-1, /)", Native::Bound(readlines), "Return a list of lines from the stream."),
        method("writelines($self, lines, /)", Native::One(writelines), "Write a list of lines to stream."),
    ],
    getset: &[getter("closed", get_closed, ""), getset("__dict__", get_dict, set_dict, "")],
    doc: "The abstract base class for all I/O classes.",
    ..TypeSpec::of(&IO_BASE)
};

fn raw_read(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let n = size_or(vm, b.opt(0), -1)?;
    if n < 0 {
        return call_method(vm, this, &words().readall, &[]);
    }
    let array = ByteArray::new(zeroed(n as usize)?);
    let r = call_method(vm, this, &words().readinto, &[array.obj().clone()])?;
    if r.is_none() {
        return Ok(r);
    }
    let got = ops::size_isize(vm, &r)?;
    if got < 0 || got as i64 > n {
        return Err(error::value_error(format!("readinto returned {got} outside buffer size {n}")));
    }
    let data = array.data.borrow();
    Ok(new_bytes(&data[..(got as usize).min(data.len())]))
}
/// A zeroed block of a size that the program asked for: MemoryError where it is too much.
pub fn zeroed(n: usize) -> PyResult<Vec<u8>> {
    let mut v = vec![];
    v.try_reserve_exact(n).map_err(|_| error::no_memory())?;
    v.resize(n, 0);
    Ok(v)
}
fn raw_readall(vm: &Vm, this: &Obj) -> PyResult {
    let mut out: Option<Vec<u8>> = None;
    loop {
        let chunk = match call_method(vm, this, &words().read, &[int::from_usize(DEFAULT_BUFFER_SIZE)]) {
            Err(e) if interrupted(vm, &e)? => continue,
            r => r?,
        };
        if chunk.is_none() {
            return Ok(out.map_or(chunk, |v| new_bytes(&v)));
        }
        let Some(c) = chunk.get::<Bytes>() else { return Err(error::type_error("read() should return bytes")) };
        if c.is_empty() {
            return Ok(new_bytes(&out.unwrap_or_default()));
        }
        out.get_or_insert_default().extend_from_slice(c.as_slice());
    }
}
fn not_implemented(_: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(adder_object::PyErr::with_args(&exc::NOT_IMPLEMENTED_ERROR, vec![]))
}

pub static RAW_SPEC: TypeSpec = TypeSpec {
    base: Some(&IO_BASE),
    methods: &[
        method("read($self, size=-1, /)", Native::Bound(raw_read), ""),
        method("readall($self, /)", Native::NoArgs(raw_readall), "Read until EOF, using multiple read() call."),
        method("readinto", Native::Raw(not_implemented), ""),
        method("write", Native::Raw(not_implemented), ""),
    ],
    doc: "Base class for raw binary I/O.",
    ..TypeSpec::of(&RAW_IO_BASE)
};

fn read_into_by(vm: &Vm, this: &Obj, target: &Obj, name: &Obj) -> PyResult {
    let target = writable(vm, target, "readinto")?;
    let data = call_method(vm, this, name, &[int::from_usize(target.len)])?;
    let Some(d) = data.get::<Bytes>() else { return Err(error::type_error("read() should return bytes")) };
    if d.len() > target.len {
        return Err(error::value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            target.len,
            d.len()
        )));
    }
    if let Some(t) = target.bytes_mut() {
        t[..d.len()].copy_from_slice(d.as_slice());
    }
    Ok(int::from_usize(d.len()))
}
/// A contiguous writable buffer argument.
pub fn writable(vm: &Vm, o: &Obj, function: &::std::primitive::str) -> PyResult<buffer::Buffer> {
    let bad = || {
        error::type_error(format!(
            "{function}() argument must be read-write bytes-like object, not {}",
            o.ty().tp_name()
        ))
    };
    if !buffer::has_buffer(o) {
        return Err(bad());
    }
    match buffer::get(vm, o, buffer::WRITABLE) {
        Ok(b) if b.readonly => Err(bad()),
        Ok(b) => Ok(b),
        Err(e) if e.is(&exc::BUFFER_ERROR) => Err(bad()),
        Err(e) => Err(e),
    }
}
/// A contiguous readable buffer argument; a str is refused as CPython words it.
pub fn readable(vm: &Vm, o: &Obj) -> PyResult<buffer::Buffer> {
    let b = buffer::get(vm, o, buffer::SIMPLE)?;
    if !b.is_contiguous() {
        return Err(error::buffer_error("memoryview: underlying buffer is not C-contiguous"));
    }
    Ok(b)
}
fn readinto(vm: &Vm, this: &Obj, target: &Obj) -> PyResult {
    read_into_by(vm, this, target, &words().read)
}
fn readinto1(vm: &Vm, this: &Obj, target: &Obj) -> PyResult {
    read_into_by(vm, this, target, &words().read1)
}

pub static BUFFERED_SPEC: TypeSpec = TypeSpec {
    base: Some(&IO_BASE),
    methods: &[
        method(
            "detach($self, /)",
            Native::Raw(no_detach),
            "Disconnect this buffer from its underlying raw stream and return it.",
        ),
        method("read($self, size=-1, /)", Native::Raw(no_read), "Read and return up to n bytes."),
        method("read1($self, size=-1, /)", Native::Raw(no_read1), "Read and return up to size bytes."),
        method("readinto($self, buffer, /)", Native::One(readinto), ""),
        method("readinto1($self, buffer, /)", Native::One(readinto1), ""),
        method("write($self, b, /)", Native::Raw(no_write), "Write buffer b to the IO stream."),
    ],
    doc: "Base class for buffered IO objects.",
    ..TypeSpec::of(&BUFFERED_IO_BASE)
};

fn get_none(_: &Vm, _: &Obj) -> PyResult {
    Ok(singletons::none())
}
pub static TEXT_SPEC: TypeSpec = TypeSpec {
    base: Some(&IO_BASE),
    methods: &[
        method(
            "detach($self, /)",
            Native::Raw(no_detach),
            "Separate the underlying buffer from the TextIOBase and return it.",
        ),
        method("read($self, size=-1, /)", Native::Raw(no_read), "Read at most size characters from stream."),
        method("readline($self, size=-1, /)", Native::Raw(no_readline), "Read until newline or EOF."),
        method("write($self, s, /)", Native::Raw(no_write), "Write string s to stream."),
    ],
    getset: &[
        getter("encoding", get_none, "Encoding of the text stream."),
        getter("newlines", get_none, "Line endings translated so far."),
        getter("errors", get_none, "The error setting of the decoder or encoder."),
    ],
    doc: "Base class for text I/O.",
    ..TypeSpec::of(&TEXT_IO_BASE)
};

/// The text of a str object, for names in messages.
pub fn text_of(o: &Obj) -> String {
    o.get::<Str>().map(Str::to_string_lossy).unwrap_or_default()
}
pub fn intern(s: &::std::primitive::str) -> Obj {
    str::intern_str(s).into_obj()
}
