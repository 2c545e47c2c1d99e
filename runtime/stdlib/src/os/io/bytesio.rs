//! `BytesIO`: a stream over bytes in memory, with `_BytesIOBuffer`, the exporter behind `getbuffer()`.
//!
//! Invariant: the storage neither moves nor changes size while `exports` is not zero. CPython: Modules/_io/bytesio.c.

use super::base::{self, BUFFERED_IO_BASE};
use crate::os::convert::{new_bytes, size_or};
use crate::os::sys_calls::exported;
use adder_object::bind::{Bound, Signature};
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    Dict, List, Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, attr, buffer, error, int,
    ops, singletons, tuple,
};
use std::cell::{Cell, OnceCell, RefCell};

pub struct BytesIo {
    data: RefCell<Vec<u8>>,
    pos: Cell<usize>,
    exports: Cell<usize>,
    closed: Cell<bool>,
}
adder_object::trace_fields!(BytesIo);
adder_object::payload!(BytesIo, BYTES_IO);
pub static BYTES_IO: StaticType = StaticType::new::<BytesIo>("_io.BytesIO", base::FLAGS);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    let b = BytesIo { data: RefCell::default(), pos: Cell::new(0), exports: Cell::new(0), closed: Cell::new(false) };
    Ok(Ref::with_type(ty, b).into_obj())
}
thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let bound = SIG.with(|s| s.get_or_init(|| Signature::parse("BytesIO(initial_bytes=b'')")).bind(args))?;
    let b = this.this::<BytesIo>()?;
    b.check_exports()?;
    b.data.replace(Vec::new());
    b.pos.set(0);
    if let Some(i) = bound.opt_not_none(0) {
        let v = buffer::to_vec(vm, i)?;
        b.data.replace(v);
    }
    Ok(())
}

impl BytesIo {
    fn check_closed(&self) -> PyResult<()> {
        if self.closed.get() { Err(super::closed_file()) } else { Ok(()) }
    }
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }
    fn check_exports(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(error::buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }
    /// The next `n` bytes (all when negative), moving the position.
    fn take(&self, n: i64) -> Vec<u8> {
        let data = self.data.borrow();
        let rest = data.get(self.pos.get()..).unwrap_or(&[]);
        let rest = if n < 0 { rest } else { &rest[..rest.len().min(n as usize)] };
        self.pos.set(self.pos.get() + rest.len());
        rest.to_vec()
    }
    fn line_length(&self, limit: i64) -> i64 {
        let data = self.data.borrow();
        let rest = data.get(self.pos.get()..).unwrap_or(&[]);
        let rest = if limit < 0 { rest } else { &rest[..rest.len().min(limit as usize)] };
        memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1) as i64
    }
    fn put(&self, bytes: &[u8]) -> PyResult<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let mut data = self.data.borrow_mut();
        let at = self.pos.get();
        let end = at.checked_add(bytes.len()).ok_or_else(|| error::overflow_error("new buffer size too large"))?;
        if end > data.len() {
            let more = end - data.len();
            data.try_reserve(more).map_err(|_| error::no_memory())?;
            data.resize(end, 0);
        }
        data[at..end].copy_from_slice(bytes);
        self.pos.set(end);
        Ok(bytes.len())
    }
}

fn this(o: &Obj) -> PyResult<&BytesIo> {
    let b = o.this::<BytesIo>()?;
    b.check_closed()?;
    Ok(b)
}
fn yes(_: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    Ok(singletons::true_obj())
}
fn no(_: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    Ok(singletons::false_obj())
}
fn flush(_: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    Ok(singletons::none())
}
fn getvalue(_: &Vm, o: &Obj) -> PyResult {
    Ok(new_bytes(&this(o)?.data.borrow()))
}
fn getbuffer(vm: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    let b = Ref::new(BytesIoBuffer { source: o.clone() }).into_obj();
    buffer::memoryview_of(vm, &b, buffer::FULL)
}
fn tell(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(this(o)?.pos.get()))
}
fn read(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = o.this::<BytesIo>()?;
    let n = size_or(vm, b.opt(0), -1)?;
    s.check_closed()?;
    Ok(new_bytes(&s.take(n)))
}
fn readline(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = o.this::<BytesIo>()?;
    let n = size_or(vm, b.opt(0), -1)?;
    s.check_closed()?;
    let n = s.line_length(n);
    Ok(new_bytes(&s.take(n)))
}
fn readlines(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let limit = size_or(vm, b.opt(0), 0)?;
    let out = List::new(vec![]);
    let mut total = 0;
    loop {
        let n = s.line_length(-1);
        if n == 0 {
            break;
        }
        out.push(new_bytes(&s.take(n)));
        total += n;
        if limit > 0 && total >= limit {
            break;
        }
    }
    Ok(out.into_obj())
}
fn readinto(vm: &Vm, o: &Obj, target: &Obj) -> PyResult {
    let s = o.this::<BytesIo>()?;
    let t = base::writable(vm, target, "readinto")?;
    s.check_closed()?;
    let v = s.take(t.len as i64);
    if let Some(m) = t.bytes_mut() {
        m[..v.len()].copy_from_slice(&v);
    }
    Ok(int::from_usize(v.len()))
}
fn truncate(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    s.check_exports()?;
    let n = size_or(vm, b.opt(0), s.pos.get() as i64)?;
    s.check_closed()?;
    s.check_exports()?;
    if n < 0 {
        return Err(error::value_error(format!("negative size value {n}")));
    }
    s.data.borrow_mut().truncate(n as usize);
    Ok(int::from_i64(n))
}
fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let s = this(o)?;
    let n = s.line_length(-1);
    Ok(if n == 0 { None } else { Some(new_bytes(&s.take(n))) })
}
fn seek(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = o.this::<BytesIo>()?;
    let at = ops::size_isize(vm, b.req(0))? as i64;
    let whence = b.opt(1).map_or(Ok(0), |w| ops::to_i32(vm, w))?;
    s.check_closed()?;
    if at < 0 && whence == 0 {
        return Err(error::value_error(format!("negative seek value {at}")));
    }
    let from = match whence {
        0 => 0,
        1 => s.pos.get() as i64,
        2 => s.data.borrow().len() as i64,
        _ => return Err(error::value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let to = from.checked_add(at).ok_or_else(|| error::overflow_error("new position too large"))?;
    s.pos.set(to.max(0) as usize);
    Ok(int::from_usize(s.pos.get()))
}
fn write(vm: &Vm, o: &Obj, data: &Obj) -> PyResult {
    let s = this(o)?;
    s.check_exports()?;
    let b = base::readable(vm, data)?;
    s.check_closed()?;
    s.check_exports_but(&b, o)?;
    Ok(int::from_usize(s.put(b.bytes())?))
}
impl BytesIo {
    /// The argument's own `__buffer__` may have exported us meanwhile.
    fn check_exports_but(&self, _: &buffer::Buffer, _: &Obj) -> PyResult<()> {
        self.check_exports()
    }
}
fn writelines(vm: &Vm, o: &Obj, lines: &Obj) -> PyResult {
    this(o)?;
    let it = ops::iter(vm, lines)?;
    while let Some(line) = ops::next(vm, &it)? {
        write(vm, o, &line)?;
    }
    Ok(singletons::none())
}
fn close(_: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<BytesIo>()?;
    s.check_exports()?;
    s.data.replace(Vec::new());
    s.closed.set(true);
    Ok(singletons::none())
}
fn get_closed(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(o.this::<BytesIo>()?.closed.get()))
}
/// The instance dict as pickling wants it: a copy, or None.
pub fn dict_state(o: &Obj) -> Obj {
    match attr::instance_dict(o) {
        Some(d) if !d.is_empty() => d.copy().into_obj(),
        _ => singletons::none(),
    }
}
/// Updates the instance dict from the last item of a pickle state.
pub fn restore_dict(vm: &Vm, o: &Obj, d: &Obj, what: &::std::primitive::str) -> PyResult<()> {
    if d.is_none() {
        return Ok(());
    }
    let Some(d) = d.get::<Dict>() else {
        return Err(error::type_error(format!("{what} item of state should be a dict, got a {}", d.ty().tp_name())));
    };
    match attr::instance_dict(o) {
        Some(own) => own.update_from(vm, d),
        None => Ok(()),
    }
}
fn getstate(vm: &Vm, o: &Obj) -> PyResult {
    let value = getvalue(vm, o)?;
    Ok(tuple::from_array([value, int::from_usize(this(o)?.pos.get()), dict_state(o)]))
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let items = match tuple::as_slice(state) {
        Some(t) if t.len() >= 3 => t,
        _ => {
            return Err(error::type_error(format!(
                "{}.__setstate__ argument should be 3-tuple, got {}",
                o.ty().tp_name(),
                state.ty().tp_name()
            )));
        }
    };
    let s = this(o)?;
    s.check_exports()?;
    let v = buffer::to_vec(vm, &items[0])?;
    s.data.replace(v);
    let Some(pos) = int::as_int(&items[1]) else {
        return Err(error::type_error(format!(
            "second item of state must be an integer, got {}",
            items[1].ty().tp_name()
        )));
    };
    if pos.is_negative() {
        return Err(error::value_error("position value cannot be negative"));
    }
    s.pos.set(pos.to_i64().unwrap_or(i64::MAX) as usize);
    restore_dict(vm, o, &items[2], "third")?;
    Ok(singletons::none())
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<BytesIo>()?;
    Ok(int::from_usize(56 + s.data.borrow().capacity()))
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&BUFFERED_IO_BASE),
    slots: &[slot::new(new), slot::init(init), slot::iter(base::iter), slot::iternext(next)],
    methods: &[
        method("readable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be read."),
        method("seekable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be seeked."),
        method("writable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be written."),
        method("close($self, /)", Native::NoArgs(close), "Disable all I/O operations."),
        method("flush($self, /)", Native::NoArgs(flush), "Does nothing."),
        method("isatty($self, /)", Native::NoArgs(no), "Always returns False."),
        method("tell($self, /)", Native::NoArgs(tell), "Current file position, an integer."),
        method("write($self, b, /)", Native::One(write), "Write bytes to file."),
        method("writelines($self, lines, /)", Native::One(writelines), "Write lines to the file."),
        method("read1($self, size=-1, /)", Native::Bound(read), "Read at most size bytes, returned as a bytes object."),
        method("readinto($self, buffer, /)", Native::One(readinto), "Read bytes into buffer."),
        method("readline($self, size=-1, /)", Native::Bound(readline), "Next line from the file, as a bytes object."),
        method(
            "readlines($self, size=None, /)",
            Native::Bound(readlines),
            "List of bytes objects, each a line from the file.",
        ),
        method("read($self, size=-1, /)", Native::Bound(read), "Read at most size bytes, returned as a bytes object."),
        method(
            "getbuffer($self, /)",
            Native::NoArgs(getbuffer),
            "Get a read-write view over the contents of the BytesIO object.",
        ),
        method("getvalue($self, /)", Native::NoArgs(getvalue), "Retrieve the entire contents of the BytesIO object."),
        method("seek($self, pos, whence=0, /)", Native::Bound(seek), "Change stream position."),
        method("truncate($self, size=None, /)", Native::Bound(truncate), "Truncate the file to at most size bytes."),
        method("__getstate__($self, /)", Native::NoArgs(getstate), ""),
        method("__setstate__($self, object, /)", Native::One(setstate), ""),
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), ""),
    ],
    getset: &[getter("closed", get_closed, "True if the file is closed.")],
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    ..TypeSpec::of(&BYTES_IO)
};

pub struct BytesIoBuffer {
    source: Obj,
}
adder_object::trace_fields!(BytesIoBuffer { source });
adder_object::payload!(BytesIoBuffer, BYTES_IO_BUFFER);
pub static BYTES_IO_BUFFER: StaticType = StaticType::new::<BytesIoBuffer>("_io._BytesIOBuffer", F::GC);

fn export(_: &Vm, o: &Obj, _: u32) -> PyResult<buffer::Buffer> {
    let b = o.this::<BytesIoBuffer>()?;
    let s = b.source.this::<BytesIo>()?;
    s.exports.set(s.exports.get() + 1);
    Ok(exported(o.clone(), &mut s.data.borrow_mut(), false, |b| {
        if let Some(s) = b.owner.get::<BytesIoBuffer>().and_then(|b| b.source.get::<BytesIo>()) {
            s.exports.set(s.exports.get().saturating_sub(1));
        }
    }))
}
pub static BUFFER_SPEC: TypeSpec = TypeSpec { slots: &[slot::buffer(export)], ..TypeSpec::of(&BYTES_IO_BUFFER) };
