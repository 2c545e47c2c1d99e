//! The hash functions behind `hashlib`: _md5, _sha1, _sha2, _sha3, _blake2.
//!
//! One macro makes a type from an algorithm; the algorithms themselves are in published crates.

mod blake2;
mod digests;
mod sha3;

pub use blake2::MODULE as BLAKE2;
pub use digests::{MD5, SHA1, SHA2};
pub use sha3::MODULE as SHA3;

use adder_object::bind::Bound;
use adder_object::{Module, Obj, ObjExt, PyResult, Ref, Str, Vm, buffer, error, int, module, str};

/// Contiguous bytes to hash, with the errors of the hash modules.
pub fn with_data<R>(vm: &Vm, data: &Obj, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    if let Some(b) = data.get::<adder_object::Bytes>() {
        return Ok(f(b.as_slice()));
    }
    if data.get::<Str>().is_some() {
        return Err(error::type_error("Strings must be encoded before hashing"));
    }
    if !buffer::has_buffer(data) {
        return Err(error::type_error("object supporting the buffer API required"));
    }
    let b = buffer::get(vm, data, buffer::SIMPLE)?;
    if b.shape.len() > 1 {
        return Err(error::buffer_error("Buffer must be single dimension"));
    }
    Ok(f(b.bytes()))
}
/// The data argument of a constructor: `data` at `data`, its old name `string` at `string`.
pub fn data_argument<'a>(a: &Bound<'a>, data: usize, string: usize) -> PyResult<Option<&'a Obj>> {
    match (a.opt(data), a.opt_not_none(string)) {
        (Some(_), Some(_)) => Err(error::type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (None, string) => Ok(string),
        (data, None) => Ok(data),
    }
}
pub fn hex(bytes: &[u8]) -> Obj {
    let text: Vec<u8> = bytes
        .iter()
        .flat_map(|b| [b"0123456789abcdef"[usize::from(b >> 4)], b"0123456789abcdef"[usize::from(b & 15)]])
        .collect();
    str::from_ascii(&text).into_obj()
}
fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    module::dict(m.obj()).set_str("_GIL_MINSIZE", int::from_i64(2048));
    Ok(())
}
