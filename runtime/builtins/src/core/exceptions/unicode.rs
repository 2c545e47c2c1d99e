//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::base::init as base_init;
use super::{Parts, field, get_field, of};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, getset};
use adder_object::{
    Args, Bytes, Obj, ObjExt, PyResult, Str, Vm, buffer, bytes, error, exceptions as exc, int, ops, str,
};

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

static GETSET: &[GetSetDef] = &[
    field::<ENCODING>("encoding", "exception encoding"),
    field::<OBJECT>("object", "exception object"),
    getset("start", get_field::<START>, set_position::<START>, "exception start"),
    getset("end", get_field::<END>, set_position::<END>, "exception end"),
    field::<REASON>("reason", "exception reason"),
];

pub const DECODE: Parts =
    Parts { slots: &[slot::init(init_decode), slot::str(text_decode)], getset: GETSET, methods: &[] };
pub const ENCODE: Parts =
    Parts { slots: &[slot::init(init_encode), slot::str(text_encode)], getset: GETSET, methods: &[] };
pub const TRANSLATE: Parts =
    Parts { slots: &[slot::init(init_translate), slot::str(text_translate)], getset: GETSET, methods: &[] };

fn set_position<const I: usize>(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(v) = value else { return Err(error::type_error("can't delete numeric/char attribute")) };
    let n = ops::size_isize(vm, v)?;
    of(o)?.set_field(I, int::from_i64(n as i64));
    Ok(())
}

fn count<'a>(args: Args<'a>, want: usize) -> PyResult<&'a [Obj]> {
    let a = args.positional();
    if a.len() != want {
        return Err(error::type_error(format!("function takes exactly {want} arguments ({} given)", a.len())));
    }
    Ok(a)
}
fn text_argument(a: &[Obj], i: usize) -> PyResult<()> {
    if a[i].get::<Str>().is_some() {
        return Ok(());
    }
    Err(error::type_error(format!("argument {} must be str, not {}", i + 1, a[i].ty().tp_name())))
}

/// Stores object, start, end, reason, which begin at argument `at`.
fn fill(vm: &Vm, o: &Obj, a: &[Obj], at: usize, object: Obj) -> PyResult<()> {
    let start = ops::size_isize(vm, &a[at + 1])?;
    let end = ops::size_isize(vm, &a[at + 2])?;
    text_argument(a, at + 3)?;
    let e = of(o)?;
    e.set_field(OBJECT, object);
    e.set_field(START, int::from_i64(start as i64));
    e.set_field(END, int::from_i64(end as i64));
    e.set_field(REASON, a[at + 3].clone());
    if at == 1 {
        e.set_field(ENCODING, a[0].clone());
    }
    Ok(())
}

fn init_decode(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    base_init(vm, o, args)?;
    let a = count(args, 5)?;
    text_argument(a, 0)?;
    let object = if a[1].get::<Bytes>().is_some() { a[1].clone() } else { bytes::new(&buffer::to_vec(vm, &a[1])?) };
    fill(vm, o, a, 1, object)
}

fn init_encode(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    base_init(vm, o, args)?;
    let a = count(args, 5)?;
    text_argument(a, 0)?;
    text_argument(a, 1)?;
    fill(vm, o, a, 1, a[1].clone())
}

fn init_translate(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    base_init(vm, o, args)?;
    let a = count(args, 4)?;
    text_argument(a, 0)?;
    fill(vm, o, a, 0, a[0].clone())
}

/// Start, end, reason, encoding as the texts want them; None when the exception was never initialised.
fn fields(vm: &Vm, o: &Obj) -> PyResult<Option<(Obj, i64, i64, String, String)>> {
    let e = of(o)?;
    if e.field(OBJECT).is_none() {
        return Ok(None);
    }
    let number = |i| e.field(i).and_then(|n| n.small_int()).unwrap_or(0);
    let shown = |i| e.field(i).map_or(Ok(String::new()), |v| ops::str(vm, &v).map(|s| ops::text(&s)));
    let (reason, encoding) = (shown(REASON)?, shown(ENCODING)?);
    // Those texts may have run code that changed the object.
    let object = e.field(OBJECT).ok_or_else(|| error::type_error("object attribute not set"))?;
    let (want, right) = match o.ty().is_subtype(&exc::UNICODE_DECODE_ERROR) {
        true => ("bytes", object.get::<Bytes>().is_some()),
        false => ("a string", object.get::<Str>().is_some()),
    };
    if !right {
        return Err(error::type_error(format!("object attribute must be {want}")));
    }
    Ok(Some((object, number(START), number(END), reason, encoding)))
}

/// The one code point that an error of length one is about.
fn bad_char(object: &Obj, start: i64, end: i64) -> Option<String> {
    let s = object.get::<Str>()?;
    if start < 0 || start as usize >= s.len() || end != start + 1 {
        return None;
    }
    Some(match s.at(start as usize) {
        c @ 0..=0xFF => format!("\\x{c:02x}"),
        c @ 0x100..=0xFFFF => format!("\\u{c:04x}"),
        c => format!("\\U{c:08x}"),
    })
}

fn text_encode(vm: &Vm, o: &Obj) -> PyResult {
    let Some((object, start, end, reason, encoding)) = fields(vm, o)? else { return Ok(str::empty().into_obj()) };
    let text = match bad_char(&object, start, end) {
        Some(c) => format!("'{encoding}' codec can't encode character '{c}' in position {start}: {reason}"),
        None => format!("'{encoding}' codec can't encode characters in position {start}-{}: {reason}", end - 1),
    };
    Ok(str::from_str(&text).into_obj())
}

fn text_decode(vm: &Vm, o: &Obj) -> PyResult {
    let Some((object, start, end, reason, encoding)) = fields(vm, o)? else { return Ok(str::empty().into_obj()) };
    let byte = object.get::<Bytes>().filter(|_| end == start + 1);
    let byte = byte.and_then(|b| usize::try_from(start).ok().and_then(|i| b.as_slice().get(i)));
    let text = match byte {
        Some(b) => format!("'{encoding}' codec can't decode byte 0x{b:02x} in position {start}: {reason}"),
        None => format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end - 1),
    };
    Ok(str::from_str(&text).into_obj())
}

fn text_translate(vm: &Vm, o: &Obj) -> PyResult {
    let Some((object, start, end, reason, _)) = fields(vm, o)? else { return Ok(str::empty().into_obj()) };
    let text = match bad_char(&object, start, end) {
        Some(c) => format!("can't translate character '{c}' in position {start}: {reason}"),
        None => format!("can't translate characters in position {start}-{}: {reason}", end - 1),
    };
    Ok(str::from_str(&text).into_obj())
}
