//! The module `_codecs`.
//!
//! *CPython*: _codecsmodule.c. It is here, not with the other native modules, because `str.encode` shares the registry.

use super::errors::{DecodeErrors, EncodeErrors, Policy};
use super::{Codec, decode_native, encode_native, escape, plain_name, registry};
use crate::text::build::StrBuilder;
use crate::text::bytes::data::{Like, like};
use adder_object::bind::Bound;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{
    Bytes, Dict, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeSpec, Vm, bytes, error, exceptions as exc, int, ops,
    singletons, str, trace_fields, tuple, types, with_chars,
};
use adder_unicode::codec::{self as pure, Mapped, Order};

/// The direction from text of a table that `charmap_build` made.
pub struct EncodingMap(pure::EncodingMap);
trace_fields!(EncodingMap);
static ENCODING_MAP: StaticType = StaticType::new::<EncodingMap>("EncodingMap", 0);
adder_object::payload!(EncodingMap, ENCODING_MAP);
static ENCODING_MAP_SPEC: TypeSpec = TypeSpec {
    methods: &[method(
        "size($self, /)",
        Native::NoArgs(|_, _| Ok(int::from_usize(256))),
        "Return the size (in bytes) of this object.",
    )],
    ..TypeSpec::of(&ENCODING_MAP)
};

/// The errors argument at position `i`; None means strict.
fn errors_arg(args: &Bound<'_>, i: usize, function: &::std::primitive::str) -> PyResult<String> {
    match args.opt_not_none(i) {
        None => Ok("strict".to_owned()),
        Some(o) => match o.get::<Str>() {
            Some(s) => plain_name(o, s),
            None => {
                let t = o.ty().tp_name();
                Err(error::type_error(format!("{function}() argument {} must be str or None, not {t}", i + 1)))
            }
        },
    }
}

fn flag(vm: &Vm, args: &Bound<'_>, i: usize, default: bool) -> PyResult<bool> {
    args.opt(i).map_or(Ok(default), |o| ops::truth(vm, o))
}

fn pair(a: Obj, n: usize) -> PyResult {
    Ok(tuple::from_array([a, int::from_usize(n)]))
}

fn text_arg<'a>(args: &Bound<'a>, function: &::std::primitive::str) -> PyResult<&'a Str> {
    let o = args.req(0);
    o.get::<Str>()
        .ok_or_else(|| error::type_error(format!("{function}() argument 1 must be str, not {}", o.ty().tp_name())))
}

fn decoder(vm: &Vm, args: &Bound<'_>, codec: Codec, name: &::std::primitive::str, last: bool) -> PyResult {
    let data = like(vm, args.req(0))?;
    let errors = errors_arg(args, 1, name)?;
    let (text, used, _) = decode_native(vm, codec, &data, Some(args.req(0)), &errors, last)?;
    pair(text, used)
}
fn encoder(vm: &Vm, args: &Bound<'_>, codec: Codec, name: &::std::primitive::str) -> PyResult {
    let s = text_arg(args, name)?;
    let errors = errors_arg(args, 1, name)?;
    pair(encode_native(vm, codec, args.req(0), &errors)?, s.len())
}

/// Functions of one codec: decoding with the default of `final`, encoding.
macro_rules! codecs {
    ($($decode:ident $encode:ident $codec:expr;)*) => {$(
        fn $decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
            let last = flag(vm, args, 2, false)?;
            decoder(vm, args, $codec, stringify!($decode), last)
        }
        fn $encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
            encoder(vm, args, $codec, stringify!($encode))
        }
    )*};
}
codecs! {
    utf_8_decode utf_8_encode Codec::Utf8;
    utf_7_decode utf_7_encode Codec::Utf7;
    utf_16_le_decode utf_16_le_encode Codec::Utf16(Order::Little);
    utf_16_be_decode utf_16_be_encode Codec::Utf16(Order::Big);
    utf_32_le_decode utf_32_le_encode Codec::Utf32(Order::Little);
    utf_32_be_decode utf_32_be_encode Codec::Utf32(Order::Big);
    ascii_decode ascii_encode Codec::Ascii;
    latin_1_decode latin_1_encode Codec::Latin1;
}

fn utf_16_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let last = flag(vm, args, 2, false)?;
    decoder(vm, args, Codec::Utf16(Order::Marked), "utf_16_decode", last)
}
fn utf_32_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let last = flag(vm, args, 2, false)?;
    decoder(vm, args, Codec::Utf32(Order::Marked), "utf_32_decode", last)
}
fn order_arg(vm: &Vm, args: &Bound<'_>) -> PyResult<Order> {
    args.opt(2).map_or(Ok(Order::Marked), |o| Ok(Order::from_number(i64::from(ops::to_i32(vm, o)?))))
}
fn utf_16_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    encoder(vm, args, Codec::Utf16(order_arg(vm, args)?), "utf_16_encode")
}
fn utf_32_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    encoder(vm, args, Codec::Utf32(order_arg(vm, args)?), "utf_32_encode")
}
fn ex_decoder(vm: &Vm, args: &Bound<'_>, codec: fn(Order) -> Codec, name: &::std::primitive::str) -> PyResult {
    let data = like(vm, args.req(0))?;
    let errors = errors_arg(args, 1, name)?;
    let (order, last) = (order_arg(vm, args)?, flag(vm, args, 3, false)?);
    let (text, used, found) = decode_native(vm, codec(order), &data, Some(args.req(0)), &errors, last)?;
    Ok(tuple::from_array([text, int::from_usize(used), int::from_i64(found.number())]))
}
fn utf_16_ex_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    ex_decoder(vm, args, Codec::Utf16, "utf_16_ex_decode")
}
fn utf_32_ex_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    ex_decoder(vm, args, Codec::Utf32, "utf_32_ex_decode")
}

/// Bytes-like, or a str's UTF-8.
fn bytes_or_text<'a>(vm: &Vm, o: &'a Obj) -> PyResult<Like<'a>> {
    if o.get::<Str>().is_some() { Ok(Like::Owned(super::utf8(vm, o)?)) } else { like(vm, o) }
}
fn escapes(vm: &Vm, args: &Bound<'_>, codec: Codec, name: &::std::primitive::str) -> PyResult {
    let data = bytes_or_text(vm, args.req(0))?;
    let errors = errors_arg(args, 1, name)?;
    let last = flag(vm, args, 2, true)?;
    let (text, used, _) = decode_native(vm, codec, &data, Some(args.req(0)), &errors, last)?;
    pair(text, used)
}
fn unicode_escape_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    escapes(vm, args, Codec::UnicodeEscape, "unicode_escape_decode")
}
fn raw_unicode_escape_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    escapes(vm, args, Codec::RawUnicodeEscape, "raw_unicode_escape_decode")
}
fn unicode_escape_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    encoder(vm, args, Codec::UnicodeEscape, "unicode_escape_encode")
}
fn raw_unicode_escape_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    encoder(vm, args, Codec::RawUnicodeEscape, "raw_unicode_escape_encode")
}
fn escape_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let data = bytes_or_text(vm, args.req(0))?;
    let errors = errors_arg(args, 1, "escape_decode")?;
    pair(bytes::new(&escape::decode(vm, &data, &errors)?), data.len())
}
fn escape_encode(_: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let o = args.req(0);
    let Some(b) = o.get::<Bytes>() else {
        let t = o.ty().tp_name();
        return Err(error::type_error(format!("escape_encode() argument 1 must be bytes, not {t}")));
    };
    errors_arg(args, 1, "escape_encode")?;
    pair(bytes::new(&escape::encode(b.as_slice())), b.len())
}
fn readbuffer_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let data = bytes_or_text(vm, args.req(0))?;
    errors_arg(args, 1, "readbuffer_encode")?;
    pair(bytes::new(&data), data.len())
}

fn mapped_char(vm: &Vm, mapping: &Obj, b: u8) -> PyResult<Mapped<Vec<u32>>> {
    let found = match ops::getitem(vm, mapping, &int::from_i64(i64::from(b))) {
        Ok(x) => x,
        Err(e) if e.is(&exc::LOOKUP_ERROR) => return Ok(Mapped::Undefined),
        Err(e) => return Err(e),
    };
    if found.is_none() {
        return Ok(Mapped::Undefined);
    }
    if let Some(n) = int::as_int(&found) {
        return match n.to_i64() {
            Some(0xFFFE) => Ok(Mapped::Undefined),
            Some(n) if (0..0x11_0000).contains(&n) => Ok(Mapped::One(n as u32)),
            _ => Err(error::type_error("character mapping must be in range(0x110000)")),
        };
    }
    match found.get::<Str>() {
        Some(s) if s.len() == 1 && s.at(0) == 0xFFFE => Ok(Mapped::Undefined),
        Some(s) if s.len() == 1 => Ok(Mapped::One(s.at(0))),
        Some(s) => Ok(Mapped::Many(s.code_points())),
        None => Err(error::type_error("character mapping must return integer, None or str")),
    }
}

fn charmap_decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let data = like(vm, args.req(0))?;
    let errors = errors_arg(args, 1, "charmap_decode")?;
    let Some(mapping) = args.opt_not_none(2) else {
        return pair(str::from_latin1(&data).into_obj(), data.len());
    };
    let mut answers = DecodeErrors { vm, policy: Policy::of(&errors), object: Some(args.req(0)) };
    let handler = &mut |p: pure::DecodeProblem<'_>| answers.answer(p);
    let mut out = StrBuilder::with_capacity(data.len());
    let n = data.len();
    match mapping.get::<Str>().filter(|_| mapping.is_exact(&types::STR)) {
        Some(table) => {
            let at = |b: u8| {
                let i = usize::from(b);
                let c = if i < table.len() { table.at(i) } else { 0xFFFE };
                Ok(if c == 0xFFFE { Mapped::Undefined } else { Mapped::One(c) })
            };
            pure::decode_charmap(&data, at, &mut out, handler)?
        }
        None => pure::decode_charmap(&data, |b| mapped_char(vm, mapping, b), &mut out, handler)?,
    };
    pair(out.finish(), n)
}

fn mapped_bytes(vm: &Vm, mapping: &Obj, c: u32) -> PyResult<Mapped<Vec<u8>>> {
    let found = match ops::getitem(vm, mapping, &int::from_i64(i64::from(c))) {
        Ok(x) => x,
        Err(e) if e.is(&exc::LOOKUP_ERROR) => return Ok(Mapped::Undefined),
        Err(e) => return Err(e),
    };
    if found.is_none() {
        return Ok(Mapped::Undefined);
    }
    if let Some(n) = int::as_int(&found) {
        return match n.to_i64() {
            Some(n) if (0..256).contains(&n) => Ok(Mapped::One(n as u32)),
            _ => Err(error::type_error("character mapping must be in range(256)")),
        };
    }
    match found.get::<Bytes>() {
        Some(b) => Ok(Mapped::Many(b.as_slice().to_vec())),
        None => {
            let t = found.ty().tp_name();
            Err(error::type_error(format!("character mapping must return integer, bytes or None, not {t}")))
        }
    }
}

fn charmap_encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let s = text_arg(args, "charmap_encode")?;
    let errors = errors_arg(args, 1, "charmap_encode")?;
    let Some(mapping) = args.opt_not_none(2) else {
        return pair(encode_native(vm, Codec::Latin1, args.req(0), &errors)?, s.len());
    };
    let mut answers = EncodeErrors { vm, policy: Policy::of(&errors), text: args.req(0) };
    let handler = &mut |p: pure::EncodeProblem| answers.answer(p);
    let mut out = Vec::with_capacity(s.len());
    match mapping.get::<EncodingMap>() {
        Some(m) => {
            let at = |c: u32| Ok(m.0.get(c).map_or(Mapped::Undefined, |b| Mapped::One(u32::from(b))));
            with_chars!(s.chars(), c => pure::encode_charmap(c, at, &mut out, handler)?);
        }
        None => {
            with_chars!(s.chars(), c => pure::encode_charmap(c, |c| mapped_bytes(vm, mapping, c), &mut out, handler)?)
        }
    }
    pair(bytes::new(&out), s.len())
}

fn charmap_build(vm: &Vm, _: &Obj, table: &Obj) -> PyResult {
    let Some(s) = table.get::<Str>() else {
        let t = table.ty().tp_name();
        return Err(error::type_error(format!("charmap_build() argument must be str, not {t}")));
    };
    let odd = |c: u32| c == 0 || c > 0xFFFE;
    if s.len() != 256 || s.at(0) != 0 || s.chars().iter().skip(1).any(odd) {
        let d = Dict::new();
        for (i, c) in s.chars().iter().enumerate().take(256) {
            d.set_item(vm, &int::from_i64(i64::from(c)), int::from_usize(i))?;
        }
        return Ok(d.into_obj());
    }
    adder_object::spec::ready(&ENCODING_MAP_SPEC);
    Ok(Ref::new(EncodingMap(with_chars!(s.chars(), c => pure::EncodingMap::build(c)))).into_obj())
}

fn str_arg(o: &Obj, function: &::std::primitive::str, position: &::std::primitive::str) -> PyResult<String> {
    match o.get::<Str>() {
        Some(s) => plain_name(o, s),
        None => {
            let t = o.ty().tp_name();
            Err(error::type_error(format!("{function}() argument{position} must be str, not {t}")))
        }
    }
}

fn register(_: &Vm, _: &Obj, f: &Obj) -> PyResult {
    registry::register(f)?;
    Ok(singletons::none())
}
fn unregister(_: &Vm, _: &Obj, f: &Obj) -> PyResult {
    registry::unregister(f);
    Ok(singletons::none())
}
fn lookup(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    registry::lookup(vm, &str_arg(name, "lookup", "")?)
}
fn register_error(_: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    registry::register_error(&str_arg(&args[0], "register_error", " 1")?, &args[1])?;
    Ok(singletons::none())
}
fn unregister_error(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(singletons::bool_obj(registry::unregister_error(&str_arg(name, "_unregister_error", "")?)?))
}
fn lookup_error(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    registry::lookup_error(vm, &str_arg(name, "lookup_error", "")?)
}
fn encode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let encoding = super::name_arg(args.opt(1), "encode", "encoding")?;
    let errors = super::name_arg(args.opt(2), "encode", "errors")?;
    registry::encode(vm, args.req(0), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref())
}
fn decode(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let encoding = super::name_arg(args.opt(1), "decode", "encoding")?;
    let errors = super::name_arg(args.opt(2), "decode", "errors")?;
    registry::decode(vm, args.req(0), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref())
}

use Native::{Bound as B, One, Pos};

pub static MODULE: ModuleSpec = ModuleSpec { functions: FUNCTIONS, ..ModuleSpec::new("_codecs") };

static FUNCTIONS: &[MethodDef] = &[
    method("register($module, search_function, /)", One(register), "Register a codec search function."),
    method(
        "unregister($module, search_function, /)",
        One(unregister),
        "Unregister a codec search function and clear the registry's cache.",
    ),
    method(
        "lookup($module, encoding, /)",
        One(lookup),
        "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.",
    ),
    method(
        "encode($module, /, obj, encoding='utf-8', errors='strict')",
        B(encode),
        "Encodes obj using the codec registered for encoding.",
    ),
    method(
        "decode($module, /, obj, encoding='utf-8', errors='strict')",
        B(decode),
        "Decodes obj using the codec registered for encoding.",
    ),
    method(
        "register_error($module, errors, handler, /)",
        Pos(2, 2, register_error),
        "Register the specified error handler under the name errors.",
    ),
    method(
        "_unregister_error($module, errors, /)",
        One(unregister_error),
        "Un-register the specified error handler for the error handling `errors'.",
    ),
    method("lookup_error($module, name, /)", One(lookup_error), "lookup_error(errors) -> handler"),
    method("escape_encode($module, data, errors=None, /)", B(escape_encode), ""),
    method("escape_decode($module, data, errors=None, /)", B(escape_decode), ""),
    method("utf_8_encode($module, str, errors=None, /)", B(utf_8_encode), ""),
    method("utf_8_decode($module, data, errors=None, final=False, /)", B(utf_8_decode), ""),
    method("utf_7_encode($module, str, errors=None, /)", B(utf_7_encode), ""),
    method("utf_7_decode($module, data, errors=None, final=False, /)", B(utf_7_decode), ""),
    method("utf_16_encode($module, str, errors=None, byteorder=0, /)", B(utf_16_encode), ""),
    method("utf_16_le_encode($module, str, errors=None, /)", B(utf_16_le_encode), ""),
    method("utf_16_be_encode($module, str, errors=None, /)", B(utf_16_be_encode), ""),
    method("utf_16_decode($module, data, errors=None, final=False, /)", B(utf_16_decode), ""),
    method("utf_16_le_decode($module, data, errors=None, final=False, /)", B(utf_16_le_decode), ""),
    method("utf_16_be_decode($module, data, errors=None, final=False, /)", B(utf_16_be_decode), ""),
    method(
        "utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False,\n                 /)",
        B(utf_16_ex_decode),
        "",
    ),
    method("utf_32_encode($module, str, errors=None, byteorder=0, /)", B(utf_32_encode), ""),
    method("utf_32_le_encode($module, str, errors=None, /)", B(utf_32_le_encode), ""),
    method("utf_32_be_encode($module, str, errors=None, /)", B(utf_32_be_encode), ""),
    method("utf_32_decode($module, data, errors=None, final=False, /)", B(utf_32_decode), ""),
    method("utf_32_le_decode($module, data, errors=None, final=False, /)", B(utf_32_le_decode), ""),
    method("utf_32_be_decode($module, data, errors=None, final=False, /)", B(utf_32_be_decode), ""),
    method(
        "utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False,\n                 /)",
        B(utf_32_ex_decode),
        "",
    ),
    method("unicode_escape_encode($module, str, errors=None, /)", B(unicode_escape_encode), ""),
    method("unicode_escape_decode($module, data, errors=None, final=True, /)", B(unicode_escape_decode), ""),
    method("raw_unicode_escape_encode($module, str, errors=None, /)", B(raw_unicode_escape_encode), ""),
    method("raw_unicode_escape_decode($module, data, errors=None, final=True, /)", B(raw_unicode_escape_decode), ""),
    method("latin_1_encode($module, str, errors=None, /)", B(latin_1_encode), ""),
    method("latin_1_decode($module, data, errors=None, /)", B(latin_1_decode), ""),
    method("ascii_encode($module, str, errors=None, /)", B(ascii_encode), ""),
    method("ascii_decode($module, data, errors=None, /)", B(ascii_decode), ""),
    method("charmap_encode($module, str, errors=None, mapping=None, /)", B(charmap_encode), ""),
    method("charmap_decode($module, data, errors=None, mapping=None, /)", B(charmap_decode), ""),
    method("charmap_build($module, map, /)", One(charmap_build), ""),
    method("readbuffer_encode($module, data, errors=None, /)", B(readbuffer_encode), ""),
];
