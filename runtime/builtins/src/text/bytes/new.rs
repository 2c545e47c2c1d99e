//! Constructors of bytes and bytearray: one reading of their arguments.
//!
//! *CPython*: bytesobject.c, bytes_new_impl; bytearrayobject.c, bytearray___init___impl.

use super::data::byte_value;
use crate::text::{codec, str};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Args, Bytes, List, Obj, ObjExt, PyResult, Str, Vm, buffer, call, error, exceptions as exc, int, names, ops, tuple,
    types,
};

/// What the arguments ask for.
pub enum Source {
    /// An exact bytes object to be taken as it is.
    Same(Obj),
    Data(Vec<u8>),
}

static BYTES: MethodDef = method("bytes($self, /, source=b'', encoding='utf-8', errors='strict')", NEVER, "");
static BYTEARRAY: MethodDef = method("bytearray($self, /, source=b'', encoding='utf-8', errors='strict')", NEVER, "");
const NEVER: Native = Native::Raw(|_, o, _| Ok(o.clone()));

/// Reads the arguments of `bytes(...)` or `bytearray(...)`.
pub fn source(vm: &Vm, args: Args<'_>, name: &'static ::std::primitive::str) -> PyResult<Source> {
    if let ([o], false) = (args.positional(), args.has_keywords())
        && (o.get_exact::<List>().is_some() || o.is_exact(&types::TUPLE) || o.is_exact(&types::BYTES))
    {
        return from_object(vm, o, name);
    }
    let signature = if name == "bytes" { BYTES.signature() } else { BYTEARRAY.signature() };
    let a = signature.bind(args)?;
    let encoding = codec::name_arg(a.opt(1), name, "encoding")?;
    let errors = codec::name_arg(a.opt(2), name, "errors")?;
    let Some(o) = a.opt(0) else {
        return match (encoding, errors) {
            (Some(_), _) => Err(error::type_error("encoding without a string argument")),
            (_, Some(_)) => Err(error::type_error("errors without a string argument")),
            _ => Ok(Source::Data(vec![])),
        };
    };
    if encoding.is_none()
        && errors.is_none()
        && name == "bytes"
        && !o.is_exact(&types::STR)
        && let Some(b) = of_dunder(vm, o)?
    {
        return Ok(Source::Same(b));
    }
    if o.get::<Str>().is_some() {
        if let Some(encoding) = encoding {
            return encoded(vm, o, &encoding, errors.as_deref().unwrap_or("strict"));
        }
        return Err(error::type_error("string argument without an encoding"));
    }
    if encoding.is_some() {
        return Err(error::type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(error::type_error("errors without a string argument"));
    }
    from_object(vm, o, name)
}

fn encoded(vm: &Vm, o: &Obj, encoding: &::std::primitive::str, errors: &::std::primitive::str) -> PyResult<Source> {
    let b = codec::encode(vm, o, encoding, errors)?;
    Ok(Source::Same(b))
}

/// What `__bytes__` gives, where there is one.
fn of_dunder(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    match call::call_special(vm, o, &names().__bytes__, &[])? {
        Some(r) if r.get::<Bytes>().is_some() => Ok(Some(r)),
        Some(r) => Err(error::type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().tp_name()))),
        None => Ok(None),
    }
}

fn from_object(vm: &Vm, o: &Obj, name: &'static ::std::primitive::str) -> PyResult<Source> {
    if o.is_exact(&types::BYTES) {
        return Ok(Source::Same(o.clone()));
    }
    if int::is_int(o) || o.ty().index().is_some() {
        match ops::size_isize(vm, o) {
            Ok(n) => {
                let n = usize::try_from(n).map_err(|_| error::value_error("negative count"))?;
                str::check_size(n)?;
                return Ok(Source::Data(vec![0; n]));
            }
            Err(e) if !e.is(&exc::TYPE_ERROR) => return Err(e),
            Err(_) => {}
        }
    }
    if buffer::has_buffer(o) {
        return Ok(Source::Data(buffer::to_vec(vm, o)?));
    }
    let what = if name == "bytes" { "bytes" } else { "byte" };
    if o.ty().iter().is_none() && o.ty().getitem().is_none() {
        return Err(error::type_error(format!("cannot convert '{}' object to {name}", o.ty().tp_name())));
    }
    Ok(Source::Data(from_iterable(vm, o, what)?))
}

/// The bytes that an iterable of ints gives.
pub fn from_iterable(vm: &Vm, o: &Obj, what: &'static ::std::primitive::str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if o.get_exact::<List>().is_some() || tuple::as_slice(o).is_some_and(|_| o.is_exact(&types::TUPLE)) {
        out.reserve(ops::len(vm, o)?);
        ops::for_each(vm, o, |x| {
            out.push(byte_value(vm, &x, what)?);
            Ok(())
        })?;
        return Ok(out);
    }
    let it = ops::iter(vm, o)?;
    let hint = ops::length_hint(vm, o, 0)?;
    str::check_size(hint)?;
    while let Some(x) = ops::next(vm, &it)? {
        out.push(byte_value(vm, &x, what)?);
    }
    Ok(out)
}
