//! The bytes of `self` and of arguments, and results of the type of `self`: what bytes and bytearray share.
//!
//! *Invariant*: BYTES-2: the bytes of a bytearray are borrowed only after all arguments were evaluated, since evaluating
//! one may run code that changes it.

use adder_object::{ByteArray, Bytes, Obj, ObjExt, PyResult, Vm, buffer, bytes, error, int, ops, types};
use std::cell::Ref;
use std::ops::Deref;

/// Borrowed bytes of a bytes or bytearray object.
pub enum Data<'a> {
    Fixed(&'a [u8]),
    Locked(Ref<'a, Vec<u8>>),
}
impl Deref for Data<'_> {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Data::Fixed(s) => s,
            Data::Locked(r) => r,
        }
    }
}

/// The bytes of `self`.
pub fn data(o: &Obj) -> PyResult<Data<'_>> {
    if let Some(b) = o.get::<Bytes>() {
        return Ok(Data::Fixed(b.as_slice()));
    }
    Ok(Data::Locked(o.this::<ByteArray>()?.data.borrow()))
}

pub fn is_bytearray(o: &Obj) -> bool {
    o.get::<ByteArray>().is_some()
}

/// Keeps a bytearray from being resized by code that arguments run; nothing for bytes.
pub fn hold(vm: &Vm, o: &Obj) -> PyResult<Option<buffer::Buffer>> {
    if is_bytearray(o) { buffer::get(vm, o, buffer::SIMPLE).map(Some) } else { Ok(None) }
}

/// A result of the same kind as `self`.
pub fn make(o: &Obj, data: &[u8]) -> Obj {
    if is_bytearray(o) { ByteArray::new(data.to_vec()).into_obj() } else { bytes::new(data) }
}
pub fn make_vec(o: &Obj, data: Vec<u8>) -> Obj {
    if is_bytearray(o) { ByteArray::new(data).into_obj() } else { bytes::new(&data) }
}
/// A result of the same kind as `self`, of `len` bytes that `fill` gets as zeros.
pub fn make_with(o: &Obj, len: usize, fill: impl FnOnce(&mut [u8])) -> Obj {
    if !is_bytearray(o) {
        return bytes::build(len, fill);
    }
    let mut v = vec![0; len];
    fill(&mut v);
    ByteArray::new(v).into_obj()
}
/// The text of `self` unchanged: an exact bytes is its own copy.
pub fn same(o: &Obj) -> PyResult {
    if o.is_exact(&types::BYTES) { Ok(o.clone()) } else { Ok(make(o, &data(o)?)) }
}

/// The bytes of a bytes-like argument.
pub enum Like<'a> {
    Fixed(&'a [u8]),
    /// Boxed, so that the other kinds stay small.
    Buffer(Box<buffer::Buffer>),
    Owned(Vec<u8>),
}
impl Deref for Like<'_> {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Like::Fixed(s) => s,
            Like::Buffer(b) => b.bytes(),
            Like::Owned(v) => v,
        }
    }
}

/// The bytes of any object with the buffer protocol; TypeError otherwise.
pub fn like<'a>(vm: &Vm, o: &'a Obj) -> PyResult<Like<'a>> {
    if let Some(b) = o.get::<Bytes>() {
        return Ok(Like::Fixed(b.as_slice()));
    }
    let b = buffer::get(vm, o, buffer::SIMPLE)?;
    Ok(if b.is_contiguous() { Like::Buffer(Box::new(b)) } else { Like::Owned(buffer::gather(&b)) })
}

/// A number from 0 to 255; `what` begins the error's text.
pub fn byte_value(vm: &Vm, o: &Obj, what: &str) -> PyResult<u8> {
    if let Some(n) = o.small_int() {
        return u8::try_from(n).map_err(|_| error::value_error(format!("{what} must be in range(0, 256)")));
    }
    let i = ops::index(vm, o)?;
    let n = int::as_int(&i).and_then(|n| n.to_i64()).and_then(|n| u8::try_from(n).ok());
    n.ok_or_else(|| error::value_error(format!("{what} must be in range(0, 256)")))
}

/// The argument of `find` and its siblings: bytes-like, or the number of one byte.
pub fn needle<'a>(vm: &Vm, o: &'a Obj) -> PyResult<Like<'a>> {
    if buffer::has_buffer(o) {
        return like(vm, o);
    }
    if int::is_int(o) || o.ty().index().is_some() {
        return Ok(Like::Owned(vec![byte_value(vm, o, "byte")?]));
    }
    let t = o.ty().tp_name();
    Err(error::type_error(format!("argument should be integer or bytes-like object, not '{t}'")))
}
