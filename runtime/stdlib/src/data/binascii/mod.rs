//! `binascii`: bytes to and from the ASCII encodings of mail and news.
//!
//! CPython: Modules/binascii.c.

mod base64;
mod quopri;
mod uu;

use adder_object::bind::Bound;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::spec::{Native, method};
use adder_object::{
    Bytes, ModuleSpec, Obj, ObjExt, PyErr, PyResult, StaticType, Str, TypeFlags as F, TypeSpec, Vm, buffer, bytes,
    error, int, ops,
};
use hex_simd::{AsOut, AsciiCase};

static ERROR: StaticType =
    StaticType::new::<BaseException>("binascii.Error", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static ERROR_SPEC: TypeSpec = TypeSpec { base: Some(&exc::VALUE_ERROR), ..TypeSpec::of(&ERROR) };
static INCOMPLETE: StaticType =
    StaticType::new::<BaseException>("binascii.Incomplete", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static INCOMPLETE_SPEC: TypeSpec = TypeSpec { base: Some(&exc::EXCEPTION), ..TypeSpec::of(&INCOMPLETE) };

#[cold]
fn fault(text: impl AsRef<str>) -> PyErr {
    PyErr::new(&ERROR, text)
}

/// Bytes of an argument.
enum Data<'a> {
    Fixed(&'a [u8]),
    Shared(buffer::Buffer),
}
impl std::ops::Deref for Data<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Data::Fixed(b) => b,
            Data::Shared(b) => b.bytes(),
        }
    }
}

/// The bytes of a bytes-like object.
fn data<'a>(vm: &Vm, o: &'a Obj) -> PyResult<Data<'a>> {
    match o.get::<Bytes>() {
        Some(b) => Ok(Data::Fixed(b.as_slice())),
        None => Ok(Data::Shared(buffer::get(vm, o, buffer::SIMPLE)?)),
    }
}
/// The bytes of a bytes-like object or of an ASCII str.
fn ascii_data<'a>(vm: &Vm, o: &'a Obj) -> PyResult<Data<'a>> {
    if let Some(s) = o.get::<Str>() {
        return match s.as_ascii() {
            Some(text) => Ok(Data::Fixed(text.as_bytes())),
            None => Err(error::value_error("string argument should contain only ASCII characters")),
        };
    }
    if !buffer::has_buffer(o) {
        return Err(error::type_error(format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            o.ty().tp_name()
        )));
    }
    data(vm, o)
}
fn flag(vm: &Vm, o: Option<&Obj>, default: bool) -> PyResult<bool> {
    o.map_or(Ok(default), |o| ops::truth(vm, o))
}
/// The low bits of any int.
fn masked(vm: &Vm, o: &Obj) -> PyResult<u64> {
    let n = ops::index(vm, o)?;
    let n = int::as_int(&n).map(|n| n.to_big()).unwrap_or_default();
    let m: int::IBig = int::IBig::ONE << 64;
    let low = adder_num::int::modulo(&n, &m).unwrap_or_default();
    Ok(adder_num::int::to_u64(&low).unwrap_or(0))
}

fn separator(vm: &Vm, o: &Obj) -> PyResult<u8> {
    if ops::len(vm, o)? != 1 {
        return Err(error::value_error("sep must be length 1."));
    }
    let c = match (o.get::<Str>(), o.get::<Bytes>()) {
        (Some(s), _) => s.at(0),
        (_, Some(b)) => b.as_slice()[0].into(),
        _ => return Err(error::type_error("sep must be str or bytes.")),
    };
    u8::try_from(c).map_err(|_| error::value_error("sep must be ASCII."))
}
fn hexlify(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let data = data(vm, a.req(0))?;
    let sep = a.opt(1).map(|s| separator(vm, s)).transpose()?;
    let group = a.opt(2).map_or(Ok(1), |n| ops::to_i32(vm, n))?;
    let size = group.unsigned_abs() as usize;
    if sep.is_none() || size == 0 || data.len() <= size {
        return Ok(bytes::build(data.len() * 2, |out| {
            let _ = hex_simd::encode(&data, out.as_out(), AsciiCase::Lower);
        }));
    }
    let mut out = Vec::with_capacity(data.len() * 3);
    for (i, b) in data.iter().enumerate() {
        let at = if group > 0 { data.len() - i } else { i };
        if i > 0 && at % size == 0 {
            out.extend(sep);
        }
        out.extend([b >> 4, b & 15].map(|n| b"0123456789abcdef"[usize::from(n)]));
    }
    Ok(bytes::new(&out))
}
fn unhexlify(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let data = ascii_data(vm, o)?;
    if data.len() % 2 != 0 {
        return Err(fault("Odd-length string"));
    }
    bytes::try_build(data.len() / 2, |out| match hex_simd::decode(&data, out.as_out()) {
        Ok(done) => Ok(done.len()),
        Err(_) => Err(fault("Non-hexadecimal digit found")),
    })
}
fn crc32(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let start = a.get(1).map_or(Ok(0), |o| masked(vm, o))? as u32;
    let data = buffer::get(vm, &a[0], buffer::SIMPLE)?;
    let mut h = crc32fast::Hasher::new_with_initial(start);
    h.update(data.bytes());
    Ok(int::from_i64(h.finalize().into()))
}
/// CRC-CCITT as BinHex uses it (polynomial 0x1021).
fn crc_hqx(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let mut crc = masked(vm, &a[1])? as u16;
    for &b in data(vm, &a[0])?.iter() {
        crc ^= u16::from(b) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
        }
    }
    Ok(int::from_i64(crc.into()))
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Conversion between binary data and ASCII",
    functions: &[
        method(
            "a2b_uu($module, data, /)",
            Native::One(|vm, _, o| Ok(bytes::new(&uu::decode(&ascii_data(vm, o)?)?))),
            "Decode a line of uuencoded data.",
        ),
        method(
            "b2a_uu($module, data, /, *, backtick=False)",
            Native::Bound(|vm, _, a| Ok(bytes::new(&uu::encode(&data(vm, a.req(0))?, flag(vm, a.opt(1), false)?)?))),
            "Uuencode line of data.",
        ),
        method(
            "a2b_base64($module, data, /, *, strict_mode=False)",
            Native::Bound(|vm, _, a| base64::decode(&ascii_data(vm, a.req(0))?, flag(vm, a.opt(1), false)?)),
            "Decode a line of base64 data.",
        ),
        method(
            "b2a_base64($module, data, /, *, newline=True)",
            Native::Bound(|vm, _, a| Ok(base64::encode(&data(vm, a.req(0))?, flag(vm, a.opt(1), true)?))),
            "Base64-code line of data.",
        ),
        method("a2b_hex($module, hexstr, /)", Native::One(unhexlify), "Binary data of hexadecimal representation."),
        method("unhexlify($module, hexstr, /)", Native::One(unhexlify), "Binary data of hexadecimal representation."),
        method(
            "b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
            Native::Bound(hexlify),
            "Hexadecimal representation of binary data.",
        ),
        method(
            "hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
            Native::Bound(hexlify),
            "Hexadecimal representation of binary data.",
        ),
        method("crc32($module, data, crc=0, /)", Native::Pos(1, 2, crc32), "Compute CRC-32 incrementally."),
        method("crc_hqx($module, data, crc, /)", Native::Pos(2, 2, crc_hqx), "Compute CRC-CCITT incrementally."),
        method(
            "a2b_qp($module, /, data, header=False)",
            Native::Bound(|vm, _, a| {
                Ok(bytes::new(&quopri::decode(&ascii_data(vm, a.req(0))?, flag(vm, a.opt(1), false)?)))
            }),
            "Decode a string of qp-encoded data.",
        ),
        method(
            "b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)",
            Native::Bound(|vm, _, a| {
                let style = quopri::Style {
                    quote_tabs: flag(vm, a.opt(1), false)?,
                    text: flag(vm, a.opt(2), true)?,
                    header: flag(vm, a.opt(3), false)?,
                };
                Ok(bytes::new(&quopri::encode(&data(vm, a.req(0))?, &style)))
            }),
            "Encode a string using quoted-printable encoding.",
        ),
    ],
    types: &[&ERROR_SPEC, &INCOMPLETE_SPEC],
    ..ModuleSpec::new("binascii")
};
