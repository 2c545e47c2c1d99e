//! The decoder and the encoder of a text stream: native for the common encodings, else the codec registry's incremental ones.
//!
//! CPython: Modules/_io/textio.c (_textiowrapper_set_decoder, _textiowrapper_set_encoder).

use super::codec::{self, Codec, Errors};
use super::newline::{Newlines, split_state};
use super::words;
use crate::os::convert::{new_bytes, new_str};
use adder_object::call::{call_method, call1};
use adder_object::exceptions as exc;
use adder_object::{
    Bytes, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Str, Vm, attr, buffer, error, int, ops, singletons, str, tuple,
};
use std::cell::RefCell;

pub struct Decoder {
    native: Option<(Codec, Errors)>,
    /// Bytes of an unfinished character (native decoders).
    held: RefCell<Vec<u8>>,
    pub python: ObjCell,
    pub newlines: Option<Newlines>,
}

/// Finds a text encoding in the codec registry: the CodecInfo.
fn look_up(vm: &Vm, encoding: &Obj) -> PyResult {
    let codecs = vm.import("codecs")?;
    let info = call1(vm, &attr::get_str(vm, &codecs, "lookup")?, encoding)?;
    if let Some(flag) = attr::lookup_str(vm, &info, "_is_text_encoding")?
        && !ops::truth(vm, &flag)?
    {
        return Err(error::lookup_error(format!("'{}' is not a text encoding", ops::text(encoding))));
    }
    Ok(info)
}
fn native_pair(encoding: &Obj, errors: &Obj) -> Option<(Codec, Errors)> {
    Some((Codec::by_name(&ops::text(encoding))?, Errors::by_name(&ops::text(errors))?))
}

impl Decoder {
    pub fn new(vm: &Vm, encoding: &Obj, errors: &Obj, newlines: Option<Newlines>) -> PyResult<Decoder> {
        let native = native_pair(encoding, errors);
        let python = match native {
            Some(_) => ObjCell::empty(),
            None => {
                let info = look_up(vm, encoding)?;
                let make = attr::get_str(vm, &info, "incrementaldecoder")?;
                ObjCell::new(call1(vm, &make, errors)?)
            }
        };
        Ok(Decoder { native, held: RefCell::default(), python, newlines })
    }
    fn object(&self) -> Obj {
        self.python.get().unwrap_or_else(singletons::none)
    }
    fn decode_chars(&self, vm: &Vm, input: &[u8], last: bool) -> PyResult<Ref<Str>> {
        if let Some((codec, errors)) = self.native {
            let mut held = self.held.borrow_mut();
            if held.is_empty() {
                let (s, used) = codec::decode(codec, errors, input, last)?;
                held.extend_from_slice(&input[used..]);
                return Ok(s);
            }
            let mut all = held.clone();
            all.extend_from_slice(input);
            let (s, used) = codec::decode(codec, errors, &all, last)?;
            held.clear();
            held.extend_from_slice(&all[used..]);
            return Ok(s);
        }
        let r = call_method(vm, &self.object(), &words().decode, &[new_bytes(input), singletons::bool_obj(last)])?;
        r.downcast::<Str>().ok_or_else(|| {
            error::type_error(format!("decoder should return a string result, not '{}'", r.ty().tp_name()))
        })
    }
    pub fn decode(&self, vm: &Vm, input: &[u8], last: bool) -> PyResult<Ref<Str>> {
        let s = self.decode_chars(vm, input, last)?;
        Ok(match &self.newlines {
            Some(n) => n.decode(s, last),
            None => s,
        })
    }
    /// (bytes held back, flags).
    pub fn state(&self, vm: &Vm) -> PyResult<(Vec<u8>, i64)> {
        let (held, flags) = if self.native.is_some() {
            (self.held.borrow().clone(), 0)
        } else {
            let s = call_method(vm, &self.object(), &words().getstate, &[])?;
            let (b, flags) = split_state(&s)?;
            let Some(bytes) = b.get::<Bytes>() else {
                return Err(error::type_error(format!(
                    "illegal decoder state: the first item should be a bytes object, not '{}'",
                    b.ty().tp_name()
                )));
            };
            (bytes.as_slice().to_vec(), flags)
        };
        Ok(match &self.newlines {
            Some(n) => (held, flags << 1 | n.pending_cr.get() as i64),
            None => (held, flags),
        })
    }
    pub fn set_state(&self, vm: &Vm, held: &[u8], flags: i64) -> PyResult<()> {
        let mut flags = flags;
        if let Some(n) = &self.newlines {
            n.pending_cr.set(flags & 1 != 0);
            flags >>= 1;
        }
        if self.native.is_some() {
            self.held.replace(held.to_vec());
            return Ok(());
        }
        let state = tuple::from_array([new_bytes(held), int::from_i64(flags)]);
        call_method(vm, &self.object(), &words().setstate, &[state]).map(drop)
    }
    /// As `reset`; false for a decoder of Python, which is left alone.
    pub fn reset_native(&self) -> bool {
        if self.native.is_some() {
            if let Some(n) = &self.newlines {
                n.reset();
            }
            self.held.borrow_mut().clear();
        }
        self.native.is_some()
    }
    pub fn reset(&self, vm: &Vm) -> PyResult<()> {
        if let Some(n) = &self.newlines {
            n.reset();
        }
        if self.native.is_some() {
            self.held.borrow_mut().clear();
            return Ok(());
        }
        call_method(vm, &self.object(), &words().reset, &[]).map(drop)
    }
}

pub struct Encoder {
    native: Option<(Codec, Errors)>,
    pub python: ObjCell,
}

impl Encoder {
    pub fn new(vm: &Vm, encoding: &Obj, errors: &Obj) -> PyResult<Encoder> {
        let native = native_pair(encoding, errors);
        let python = match native {
            Some(_) => ObjCell::empty(),
            None => {
                let info = look_up(vm, encoding)?;
                let make = attr::get_str(vm, &info, "incrementalencoder")?;
                ObjCell::new(call1(vm, &make, errors)?)
            }
        };
        Ok(Encoder { native, python })
    }
    /// Appends the encoded text to `out` (native encoders), or gives the bytes.
    pub fn encode(&self, vm: &Vm, text: &Ref<Str>) -> PyResult<Vec<u8>> {
        if let Some((codec, errors)) = self.native {
            let mut out = Vec::new();
            codec::encode(codec, errors, text, &mut out)?;
            return Ok(out);
        }
        let Some(e) = self.python.get() else { return Ok(vec![]) };
        let r = call_method(vm, &e, &words().encode, &[text.obj().clone()])?;
        match r.get::<Bytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(error::type_error(format!("encoder should return a bytes object, not '{}'", r.ty().tp_name()))),
        }
    }
    /// The text as it is in memory, when that is its encoded form.
    pub fn is_plain(&self, text: &Str) -> bool {
        self.native.is_some() && text.is_ascii()
    }
    /// Back to the start of a stream (a BOM will be written), or to the state behind it.
    pub fn reset(&self, vm: &Vm, start: bool) -> PyResult<()> {
        let Some(e) = self.python.get() else { return Ok(()) };
        if start {
            call_method(vm, &e, &words().reset, &[]).map(drop)
        } else {
            call_method(vm, &e, &words().setstate, &[int::from_i64(0)]).map(drop)
        }
    }
}

/// What `read`/`read1` of the underlying stream returned, as bytes; None stays None.
pub fn input_bytes(vm: &Vm, r: &Obj, method: &::std::primitive::str) -> PyResult<Vec<u8>> {
    if let Some(b) = r.get::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    buffer::to_vec(vm, r).map_err(|e| {
        if e.is(&exc::TYPE_ERROR) {
            return error::type_error(format!(
                "underlying {method}() should have returned a bytes-like object, not '{}'",
                r.ty().tp_name()
            ));
        }
        e
    })
}

/// BlockingIOError of a read that has nothing yet.
pub fn nothing_read() -> PyErr {
    PyErr::new(&exc::BLOCKING_IO_ERROR, "Read returned None.")
}

/// The name of the locale's encoding.
pub fn locale_encoding() -> Obj {
    new_str("UTF-8")
}
pub fn empty() -> Ref<Str> {
    str::empty()
}
