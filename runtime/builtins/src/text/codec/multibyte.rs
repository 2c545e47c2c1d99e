//! `_multibytecodec` and the `_codecs_*` modules: encodings of East Asia whose state is at most an unfinished sequence.
//!
//! *Invariant*: what a decoder keeps between calls is shorter than one sequence, an encoder's at most one character.
//! The stateful encodings (ISO-2022, HZ) are missing: `getcodec` does not know them.
//! *CPython*: Modules/cjkcodecs.

use super::errors::{DecodeErrors, EncodeErrors, Policy};
use super::plain_name;
use crate::text::build::StrBuilder;
use crate::text::bytes::data::like;
use adder_object::bind::{Bound, Signature};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, ModuleSpec, Native, getset, member, method};
use adder_object::{
    Bytes, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, TypeSpec, Vm, attr, bytes, call,
    error, exceptions as exc, int, ops, payload, singletons, str, trace_fields, tuple, with_chars,
};
use adder_unicode::codec::{self as pure, Charset};
use std::cell::RefCell;

struct Codec(&'static Charset);
trace_fields!(Codec);
static CODEC: StaticType = StaticType::new::<Codec>("_multibytecodec.MultibyteCodec", 0);
payload!(Codec, CODEC);
static CODEC_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "encode($self, /, input, errors=None)",
            Native::Bound(|vm, c, a| {
                let text = text_of(vm, a.req(0))?;
                let (out, _) = encode(vm, c.this::<Codec>()?.0, &text, &errors_of(a.opt(1))?, true)?;
                Ok(tuple::from_array([bytes::new(&out), int::from_usize(text.this::<Str>()?.len())]))
            }),
            "Return an encoded string version of 'input'.",
        ),
        method(
            "decode($self, /, input, errors=None)",
            Native::Bound(|vm, c, a| {
                let (data, errors) = (like(vm, a.req(0))?, errors_of(a.opt(1))?);
                let (text, used) = decode(vm, c.this::<Codec>()?.0, &data, Some(a.req(0)), &errors, true)?;
                Ok(tuple::from_array([text, int::from_usize(used)]))
            }),
            "Decodes 'input'.",
        ),
    ],
    ..TypeSpec::of(&CODEC)
};

fn errors_of(o: Option<&Obj>) -> PyResult<String> {
    match o.filter(|o| !o.is_none()) {
        None => Ok("strict".to_owned()),
        Some(o) => match o.get::<Str>() {
            Some(s) => plain_name(o, s),
            None => Err(error::type_error("errors must be a string")),
        },
    }
}
/// A str, or the str of anything else.
fn text_of(vm: &Vm, o: &Obj) -> PyResult {
    if o.get::<Str>().is_some() { Ok(o.clone()) } else { ops::str(vm, o) }
}
fn encode(
    vm: &Vm,
    charset: &Charset,
    text: &Obj,
    errors: &::std::primitive::str,
    last: bool,
) -> PyResult<(Vec<u8>, usize)> {
    let s = text.this::<Str>()?;
    let mut answers = EncodeErrors { vm, policy: Policy::of(errors), text };
    // What a handler puts in is a text of its own: an error in it names places in it.
    let handler = &mut |p: pure::EncodeProblem| match answers.answer(p)? {
        (pure::Replacement::Chars(chars), resume) => {
            let (out, _) = encode(vm, charset, &of_chars(&chars), "strict", true)?;
            Ok((pure::Replacement::Bytes(out), resume))
        }
        answer => Ok(answer),
    };
    let mut out = Vec::with_capacity(s.len());
    let used = with_chars!(s.chars(), c => charset.encode(c, last, &mut out, handler)?);
    Ok((out, used))
}
fn decode(
    vm: &Vm,
    charset: &Charset,
    data: &[u8],
    object: Option<&Obj>,
    errors: &::std::primitive::str,
    last: bool,
) -> PyResult<(Obj, usize)> {
    let mut answers = DecodeErrors { vm, policy: Policy::of(errors), object };
    let handler = &mut |p: pure::DecodeProblem<'_>| answers.answer(p);
    let mut out = StrBuilder::with_capacity(data.len());
    let used = charset.decode(data, last, &mut out, handler)?;
    Ok((out.finish(), used))
}

/// What the four incremental classes are made of: the charset of the class's `codec`, the error policy, what waits for its rest.
struct Stream {
    charset: &'static Charset,
    errors: RefCell<String>,
    bytes: RefCell<Vec<u8>>,
    text: RefCell<Vec<u32>>,
    /// The stream that a reader or writer stands on; None for the others.
    on: Option<Obj>,
}
trace_fields!(Stream { on });

/// The four classes, each with a payload of its own over a stream.
macro_rules! classes {
    ($($class:ident $ty:ident $name:literal;)*) => {$(
        struct $class { stream: Stream }
        trace_fields!($class { stream });
        static $ty: StaticType = StaticType::new::<$class>(concat!("_multibytecodec.", $name), F::BASETYPE | F::GC);
        payload!($class, $ty);
    )*};
}
classes! {
    Encoder ENCODER "MultibyteIncrementalEncoder";
    Decoder DECODER "MultibyteIncrementalDecoder";
    Reader READER "MultibyteStreamReader";
    Writer WRITER "MultibyteStreamWriter";
}
fn stream(o: &Obj) -> PyResult<&Stream> {
    let found = (o.get::<Encoder>().map(|x| &x.stream))
        .or_else(|| o.get::<Decoder>().map(|x| &x.stream))
        .or_else(|| o.get::<Reader>().map(|x| &x.stream))
        .or_else(|| o.get::<Writer>().map(|x| &x.stream));
    found.ok_or_else(|| error::type_error(format!("not a multibyte codec's object: '{}'", o.ty().tp_name())))
}

fn make(vm: &Vm, ty: &Type, on: Option<&Obj>, errors: Option<&Obj>) -> PyResult<Stream> {
    let codec = attr::get_str(vm, &ty.to_obj(), "codec")?;
    let Some(codec) = codec.get::<Codec>() else { return Err(error::type_error("codec is unexpected type")) };
    Ok(Stream {
        charset: codec.0,
        errors: RefCell::new(errors_of(errors)?),
        bytes: RefCell::default(),
        text: RefCell::default(),
        on: on.cloned(),
    })
}
/// `__new__` of an incremental class, and of a class that stands on a stream.
macro_rules! alone {
    ($class:ident $signature:literal) => {
        slot::new(|vm, ty, args| {
            let s = Signature::parse($signature);
            Ok(Ref::with_type(ty, $class { stream: make(vm, ty, None, s.bind(args)?.opt(0))? }).into_obj())
        })
    };
}
macro_rules! standing {
    ($class:ident $signature:literal) => {
        slot::new(|vm, ty, args| {
            let s = Signature::parse($signature);
            let a = s.bind(args)?;
            Ok(Ref::with_type(ty, $class { stream: make(vm, ty, Some(a.req(0)), a.opt(1))? }).into_obj())
        })
    };
}
const INIT: adder_object::slots::SlotInit = slot::init(|_, _, _| Ok(()));
const ERRORS: GetSetDef = getset(
    "errors",
    |_, o| Ok(str::from_str(&stream(o)?.errors.borrow()).into_obj()),
    |_, o, value| {
        let Some(value) = value else { return Err(error::type_error("cannot delete attribute")) };
        let Some(s) = value.get::<Str>() else { return Err(error::type_error("errors must be a string")) };
        *stream(o)?.errors.borrow_mut() = plain_name(value, s)?;
        Ok(())
    },
    "how to treat errors",
);
const STREAM: GetSetDef = member("stream", |_, o| Ok(stream(o)?.on.clone().unwrap_or_else(singletons::none)), "");
const RESET: MethodDef = method(
    "reset($self, /)",
    Native::NoArgs(|_, o| {
        let s = stream(o)?;
        s.bytes.take();
        s.text.take();
        Ok(singletons::none())
    }),
    "",
);

impl Stream {
    fn encode(&self, vm: &Vm, input: &Obj, last: bool) -> PyResult<Vec<u8>> {
        let mut text = text_of(vm, input)?;
        let kept = self.text.take();
        if !kept.is_empty() {
            let joined: Vec<u32> = kept.into_iter().chain(text.this::<Str>()?.code_points()).collect();
            text = of_chars(&joined);
        }
        let errors = self.errors.borrow().clone();
        let (out, used) = encode(vm, self.charset, &text, &errors, last)?;
        *self.text.borrow_mut() = text.this::<Str>()?.code_points().split_off(used);
        Ok(out)
    }
    fn decode(&self, vm: &Vm, data: &[u8], last: bool) -> PyResult {
        let mut input = self.bytes.take();
        input.extend_from_slice(data);
        let errors = self.errors.borrow().clone();
        let whole = bytes::new(&input);
        let (text, used) = decode(vm, self.charset, whole.this::<Bytes>()?.as_slice(), Some(&whole), &errors, last)?;
        *self.bytes.borrow_mut() = input.split_off(used.min(input.len()));
        Ok(text)
    }
    fn on(&self) -> PyResult<&Obj> {
        self.on.as_ref().ok_or_else(|| error::type_error("the codec's object has no stream"))
    }
    /// Reads with a method of the stream until a character came, or the end.
    fn read(&self, vm: &Vm, function: &::std::primitive::str, size: Option<&Obj>) -> PyResult {
        let size = match size.filter(|o| !o.is_none()) {
            None => -1,
            Some(o) if int::as_int(o).is_some() => ops::size_isize(vm, o)?,
            Some(_) => return Err(error::type_error("arg 1 must be an integer")),
        };
        if size == 0 {
            return Ok(of_chars(&[]));
        }
        let size_argument = (size > 0).then(|| int::from_i64(size as i64));
        loop {
            let data = call::call_method_str(vm, self.on()?, function, size_argument.as_slice())?;
            let Some(data) = data.get::<Bytes>() else {
                let t = data.ty().tp_name();
                return Err(error::type_error(format!("stream function returned a non-bytes object ({t})")));
            };
            let end = data.as_slice().is_empty() || size < 0;
            let text = self.decode(vm, data.as_slice(), end)?;
            if end || !text.this::<Str>()?.is_empty() {
                return Ok(text);
            }
        }
    }
    fn write(&self, vm: &Vm, text: &Obj, last: bool) -> PyResult<()> {
        let out = self.encode(vm, text, last)?;
        call::call_method_str(vm, self.on()?, "write", &[bytes::new(&out)]).map(drop)
    }
}
fn of_chars(chars: &[u32]) -> Obj {
    let mut b = StrBuilder::with_capacity(chars.len());
    chars.iter().for_each(|&c| b.push(c));
    b.finish()
}
fn last(vm: &Vm, a: &Bound<'_>) -> PyResult<bool> {
    a.opt(1).map_or(Ok(false), |o| ops::truth(vm, o))
}

static ENCODER_SPEC: TypeSpec = TypeSpec {
    slots: &[alone!(Encoder "MultibyteIncrementalEncoder(errors='strict')"), INIT],
    methods: &[
        method(
            "encode($self, /, input, final=False)",
            Native::Bound(|vm, o, a| Ok(bytes::new(&stream(o)?.encode(vm, a.req(0), last(vm, a)?)?))),
            "",
        ),
        method("getstate($self, /)", Native::NoArgs(encoder_state), ""),
        method("setstate($self, state, /)", Native::One(set_encoder_state), ""),
        RESET,
    ],
    getset: &[ERRORS],
    ..TypeSpec::of(&ENCODER)
};
/// A number: the length of the waiting character's UTF-8, those bytes, and eight of the charset's state, which is none.
fn encoder_state(vm: &Vm, o: &Obj) -> PyResult {
    let waiting = super::utf8(vm, &of_chars(&stream(o)?.text.borrow()))?;
    let mut number = [0; 8];
    number[0] = waiting.len() as u8;
    number.iter_mut().skip(1).zip(&waiting).for_each(|(n, &b)| *n = b);
    Ok(int::from_i64(i64::from_le_bytes(number)))
}
fn set_encoder_state(_: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let Some(number) = int::as_int(state) else {
        let t = state.ty().tp_name();
        return Err(error::type_error(format!("setstate() argument must be int, not {t}")));
    };
    let number = number.to_i64().unwrap_or(-1).to_le_bytes();
    let Some(waiting) = number[1..].get(..usize::from(number[0])) else {
        return Err(PyErr::new(&exc::UNICODE_ERROR, "pending buffer too large"));
    };
    let Ok(text) = std::str::from_utf8(waiting) else {
        return Err(PyErr::new(&exc::UNICODE_ERROR, "pending buffer is not UTF-8"));
    };
    *stream(o)?.text.borrow_mut() = text.chars().map(u32::from).collect();
    Ok(singletons::none())
}

static DECODER_SPEC: TypeSpec = TypeSpec {
    slots: &[alone!(Decoder "MultibyteIncrementalDecoder(errors='strict')"), INIT],
    methods: &[
        method(
            "decode($self, /, input, final=False)",
            Native::Bound(|vm, o, a| stream(o)?.decode(vm, &like(vm, a.req(0))?, last(vm, a)?)),
            "",
        ),
        method(
            "getstate($self, /)",
            Native::NoArgs(|_, o| Ok(tuple::from_array([bytes::new(&stream(o)?.bytes.borrow()), int::from_i64(0)]))),
            "",
        ),
        method("setstate($self, state, /)", Native::One(set_decoder_state), ""),
        RESET,
    ],
    getset: &[ERRORS],
    ..TypeSpec::of(&DECODER)
};
fn set_decoder_state(_: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let Some([waiting, number]) = tuple::as_slice(state) else {
        return Err(error::type_error(format!("setstate() argument must be tuple, not {}", state.ty().tp_name())));
    };
    let (Some(waiting), Some(_)) = (waiting.get::<Bytes>(), int::as_int(number)) else {
        return Err(error::type_error("setstate() argument must be a tuple of bytes and int"));
    };
    if waiting.len() > 8 {
        return Err(PyErr::new(&exc::UNICODE_DECODE_ERROR, "pending buffer too large"));
    }
    *stream(o)?.bytes.borrow_mut() = waiting.as_slice().to_vec();
    Ok(singletons::none())
}

static READER_SPEC: TypeSpec = TypeSpec {
    slots: &[standing!(Reader "MultibyteStreamReader(stream, errors='strict')"), INIT],
    methods: &[
        method("read($self, sizeobj=None, /)", Native::Bound(|vm, o, a| stream(o)?.read(vm, "read", a.opt(0))), ""),
        method(
            "readline($self, sizeobj=None, /)",
            Native::Bound(|vm, o, a| stream(o)?.read(vm, "readline", a.opt(0))),
            "",
        ),
        method(
            "readlines($self, sizehintobj=None, /)",
            Native::Bound(|vm, o, a| {
                let text = stream(o)?.read(vm, "read", a.opt(0))?;
                call::call_method_str(vm, &text, "splitlines", &[singletons::bool_obj(true)])
            }),
            "",
        ),
        RESET,
    ],
    getset: &[ERRORS, STREAM],
    ..TypeSpec::of(&READER)
};
static WRITER_SPEC: TypeSpec = TypeSpec {
    slots: &[standing!(Writer "MultibyteStreamWriter(stream, errors='strict')"), INIT],
    methods: &[
        method(
            "write($self, strobj, /)",
            Native::One(|vm, o, text| {
                stream(o)?.write(vm, text, false)?;
                Ok(singletons::none())
            }),
            "",
        ),
        method(
            "writelines($self, lines, /)",
            Native::One(|vm, o, lines| {
                for i in 0..ops::len(vm, lines)? {
                    stream(o)?.write(vm, &ops::getitem(vm, lines, &int::from_usize(i))?, false)?;
                }
                Ok(singletons::none())
            }),
            "",
        ),
        method(
            "reset($self, /)",
            Native::NoArgs(|vm, o| {
                let s = stream(o)?;
                if !s.text.borrow().is_empty() {
                    s.write(vm, &of_chars(&[]), true)?;
                }
                Ok(singletons::none())
            }),
            "",
        ),
    ],
    getset: &[ERRORS, STREAM],
    ..TypeSpec::of(&WRITER)
};

/// A module's `getcodec` over its own charsets.
macro_rules! family {
    ($module:ident $name:literal $($charset:literal)*) => {
        pub static $module: ModuleSpec = ModuleSpec {
            functions: &[method(
                "getcodec($module, name, /)",
                Native::One(|_, _, name| get_codec(name, &[$($charset),*])),
                "",
            )],
            ..ModuleSpec::new($name)
        };
    };
}
fn get_codec(name: &Obj, charsets: &[&::std::primitive::str]) -> PyResult {
    let Some(s) = name.get::<Str>() else { return Err(error::type_error("encoding name must be a string.")) };
    let name = plain_name(name, s)?;
    let found = charsets.contains(&name.as_str()).then(|| pure::charset(&name)).flatten();
    let Some(charset) = found else {
        return Err(PyErr::new(&exc::LOOKUP_ERROR, "no such codec is supported."));
    };
    adder_object::spec::ready(&CODEC_SPEC);
    Ok(Ref::new(Codec(charset)).into_obj())
}
family!(CN "_codecs_cn" "gb2312" "gbk" "gb18030");
family!(HK "_codecs_hk" "big5hkscs");
family!(JP "_codecs_jp" "shift_jis" "cp932" "euc_jp" "euc_jis_2004" "shift_jis_2004" "euc_jisx0213" "shift_jisx0213");
family!(KR "_codecs_kr" "euc_kr" "cp949" "johab");
family!(TW "_codecs_tw" "big5" "cp950");
pub static BASE: ModuleSpec = ModuleSpec {
    types: &[&CODEC_SPEC, &ENCODER_SPEC, &DECODER_SPEC, &READER_SPEC, &WRITER_SPEC],
    ..ModuleSpec::new("_multibytecodec")
};
