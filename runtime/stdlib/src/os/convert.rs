//! Small conversions that the modules of this folder share: paths, descriptors, names of methods.
//!
//! CPython: Modules/posixmodule.c (path_converter), Objects/fileobject.c (PyObject_AsFileDescriptor), Python/fileutils.c.

use adder_object::call::{call_method, call_special};
use adder_object::{
    Bytes, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, bytes, error, exceptions as exc, int, names, ops, str,
};
use std::ffi::CString;

/// Interned strings for one module's hot paths: `words!(WORDS Words words { read write })`.
#[macro_export]
macro_rules! words {
    ($store:ident $t:ident $get:ident { $($n:ident)* }) => {
        #[allow(non_snake_case)]
        pub struct $t { $(pub $n: adder_object::Obj),* }
        static $store: adder_mem::heap::Global<Option<$t>> = adder_mem::heap::Global::new(None);
        pub fn $get() -> &'static $t {
            $store.get().get_or_insert_with(|| $t { $($n: adder_object::str::intern_str(stringify!($n)).into_obj()),* })
        }
    };
}

/// `obj.name(*args)` by an already interned name.
pub fn method(vm: &Vm, obj: &Obj, name: &Obj, args: &[Obj]) -> PyResult {
    call_method(vm, obj, name, args)
}

/// The bytes the system knows a str by: UTF-8 with surrogateescape.
pub fn fs_encode(s: &Str) -> PyResult<Vec<u8>> {
    if let Some(t) = s.as_ascii() {
        return Ok(t.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(s.len() * 2);
    for (i, c) in s.chars().iter().enumerate() {
        match c {
            0xDC80..=0xDCFF => out.push((c - 0xDC00) as u8),
            0xD800..=0xDFFF => {
                return Err(PyErr::with_args(
                    &exc::UNICODE_ENCODE_ERROR,
                    vec![
                        str::from_str("utf-8").into_obj(),
                        str::from_chars(s.chars()).into_obj(),
                        int::from_usize(i),
                        int::from_usize(i + 1),
                        str::from_str("surrogates not allowed").into_obj(),
                    ],
                ));
            }
            _ => str::push_wtf8(&mut out, c),
        }
    }
    Ok(out)
}
/// The str for bytes from the system (surrogateescape).
pub fn fs_decode(b: &[u8]) -> Obj {
    if b.is_ascii() {
        return str::from_ascii(b).into_obj();
    }
    let mut out: Vec<u32> = Vec::with_capacity(b.len());
    for chunk in b.utf8_chunks() {
        out.extend(chunk.valid().chars().map(|c| c as u32));
        out.extend(chunk.invalid().iter().map(|&b| 0xDC00 + b as u32));
    }
    str::from_code_points(&out).into_obj()
}

/// `os.fspath(o)`: a str or bytes object.
pub fn fspath(vm: &Vm, o: &Obj) -> PyResult {
    if o.get::<Str>().is_some() || o.get::<Bytes>().is_some() {
        return Ok(o.clone());
    }
    let refused = o.ty().lookup(&names().__fspath__).is_some_and(|f| f.is_none());
    let r = if refused { None } else { call_special(vm, o, &names().__fspath__, &[])? };
    let Some(r) = r else {
        return Err(error::type_error(format!("expected str, bytes or os.PathLike object, not {}", o.ty().tp_name())));
    };
    if r.get::<Str>().is_some() || r.get::<Bytes>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        o.ty().tp_name(),
        r.ty().tp_name()
    )))
}
/// The bytes of a path object, without NUL bytes.
pub fn fs_bytes(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    let p = fspath(vm, o)?;
    Ok(match (p.get::<Str>(), p.get::<Bytes>()) {
        (Some(s), _) => fs_encode(s)?,
        (_, Some(b)) => b.as_slice().to_vec(),
        _ => vec![],
    })
}
pub fn c_string(b: Vec<u8>, what: &'static ::std::primitive::str) -> PyResult<CString> {
    CString::new(b).map_err(|_| error::value_error(what))
}
/// A path argument as C string.
pub fn fs_path(vm: &Vm, o: &Obj) -> PyResult<CString> {
    let b = fs_bytes(vm, o)?;
    c_string(b, "embedded null byte")
}

/// A file descriptor: an int or an object with `fileno()`.
pub fn descriptor(vm: &Vm, o: &Obj) -> PyResult<i32> {
    let fd = if int::is_int(o) {
        warn_bool_fd(vm, o)?;
        ops::to_i32(vm, o)?
    } else if let Some(f) = adder_object::attr::lookup(vm, o, &names().fileno)? {
        let r = adder_object::call::call0(vm, &f)?;
        if !int::is_int(&r) {
            return Err(error::type_error("fileno() returned a non-integer"));
        }
        ops::to_i32(vm, &r)?
    } else {
        return Err(error::type_error("argument must be an int, or have a fileno() method."));
    };
    if fd < 0 {
        return Err(error::value_error(format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}
pub fn warn_bool_fd(vm: &Vm, o: &Obj) -> PyResult<()> {
    if o.is_exact(&adder_object::types::BOOL) {
        vm.warn(&exc::RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
    }
    Ok(())
}

pub fn new_str(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}
pub fn new_bytes(b: &[u8]) -> Obj {
    bytes::new(b)
}
/// A str argument; TypeError in the words of getargs otherwise.
pub fn str_arg(o: &Obj, function: &::std::primitive::str, which: &::std::primitive::str) -> PyResult<Ref<Str>> {
    o.downcast::<Str>()
        .ok_or_else(|| error::type_error(format!("{function}() {which} must be str, not {}", type_name_or_none(o))))
}
/// A type's name as getargs prints it ("None" for None).
pub fn type_name_or_none(o: &Obj) -> String {
    if o.is_none() { "None".to_owned() } else { o.ty().tp_name() }
}
/// A size argument where None means `default`.
pub fn size_or(vm: &Vm, o: Option<&Obj>, default: i64) -> PyResult<i64> {
    match o {
        None => Ok(default),
        Some(o) if o.is_none() => Ok(default),
        Some(o) if o.ty().index().is_some() || int::is_int(o) => ops::size_isize(vm, o).map(|n| n as i64),
        Some(o) => Err(error::type_error(format!("argument should be integer or None, not '{}'", o.ty().tp_name()))),
    }
}
/// A file offset argument.
pub fn offset(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if adder_object::float::is_float(o) {
        return Err(error::type_error("an integer is required"));
    }
    ops::to_i64(vm, o)
}
pub fn os_err(n: i32) -> PyErr {
    error::os_error(n, None, None)
}
