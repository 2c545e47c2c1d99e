//! Universal newlines: the translation itself, and the type `IncrementalNewlineDecoder` around it.
//!
//! CPython: Modules/_io/textio.c (nldecoder).

use super::words;
use crate::os::convert::new_str;
use adder_object::bind::{Bound, Signature};
use adder_object::call::{Args, call_method};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::str::{Chars, from_latin1, from_u16s};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, TypeSpec, Vm, bytes, error, int, ops,
    singletons, str, tuple,
};
use std::cell::{Cell, OnceCell};

const SEEN_CR: u8 = 1;
const SEEN_LF: u8 = 2;
const SEEN_CRLF: u8 = 4;

/// State of universal newline reading.
pub struct Newlines {
    pub translate: bool,
    /// A final "\r" was held back: a "\n" may follow.
    pub pending_cr: Cell<bool>,
    pub seen: Cell<u8>,
}
adder_object::trace_fields!(Newlines);

/// Notes the kinds of line ends in `s`; rewrites them to "\n" into the result when asked and needed.
fn scan<T: Copy + PartialEq + From<u8>>(s: &[T], translate: bool, seen: &mut u8) -> Option<Vec<T>> {
    let (cr, lf) = (T::from(b'\r'), T::from(b'\n'));
    let mut out: Option<Vec<T>> = None;
    let mut i = 0;
    while i < s.len() {
        let c = s[i];
        let mut push = c;
        if c == lf {
            *seen |= SEEN_LF;
        } else if c == cr {
            if s.get(i + 1) == Some(&lf) {
                *seen |= SEEN_CRLF;
                if translate {
                    out.get_or_insert_with(|| s[..i].to_vec()).push(lf);
                } else if let Some(o) = &mut out {
                    o.extend([cr, lf]);
                }
                i += 2;
                continue;
            }
            *seen |= SEEN_CR;
            if translate {
                out.get_or_insert_with(|| s[..i].to_vec());
                push = lf;
            }
        }
        if let Some(o) = &mut out {
            o.push(push);
        }
        i += 1;
    }
    out
}

impl Newlines {
    pub fn new(translate: bool) -> Newlines {
        Newlines { translate, pending_cr: Cell::new(false), seen: Cell::new(0) }
    }

    /// Translates one decoded chunk.
    pub fn decode(&self, input: Ref<Str>, last: bool) -> Ref<Str> {
        let mut s = input;
        if self.pending_cr.get() && (last || !s.is_empty()) {
            s = str::concat(&str::latin1_char(b'\r'), &s);
            self.pending_cr.set(false);
        }
        if !last && !s.is_empty() && s.at(s.len() - 1) == 13 {
            s = str::from_chars(s.chars().slice(0, s.len() - 1));
            self.pending_cr.set(true);
        }
        if s.is_empty() {
            return s;
        }
        let mut seen = self.seen.get();
        if let Chars::One(b) = s.chars()
            && memchr::memchr(b'\r', b).is_none()
        {
            if seen & SEEN_LF == 0 && memchr::memchr(b'\n', b).is_some() {
                self.seen.set(seen | SEEN_LF);
            }
            return s;
        }
        let changed = match s.chars() {
            Chars::One(b) => scan(b, self.translate, &mut seen).map(|v| from_latin1(&v)),
            Chars::Two(b) => scan(b, self.translate, &mut seen).map(|v| from_u16s(&v)),
            Chars::Four(b) => scan(b, self.translate, &mut seen).map(|v| str::from_code_points(&v)),
        };
        self.seen.set(seen);
        changed.unwrap_or(s)
    }
    pub fn reset(&self) {
        self.seen.set(0);
        self.pending_cr.set(false);
    }
    /// The kinds of line ends met: None, a str, or a tuple of them.
    pub fn newlines(&self) -> Obj {
        let all = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")];
        let found: Vec<Obj> = all.iter().filter(|(b, _)| self.seen.get() & b != 0).map(|(_, s)| new_str(s)).collect();
        match found.len() {
            0 => singletons::none(),
            1 => found[0].clone(),
            _ => tuple::new(found),
        }
    }
}

pub struct NewlineDecoder {
    /// None before `__init__`.
    decoder: ObjCell,
    state: std::cell::RefCell<Option<std::rc::Rc<Newlines>>>,
}
impl adder_object::Trace for NewlineDecoder {
    fn trace(&self, visit: &mut adder_object::Visit<'_>) {
        adder_object::Trace::trace(&self.decoder, visit)
    }
    fn clear(&self) {
        adder_object::Trace::clear(&self.decoder)
    }
}
adder_object::payload!(NewlineDecoder, NEWLINE_DECODER);
pub static NEWLINE_DECODER: StaticType =
    StaticType::new::<NewlineDecoder>("_io.IncrementalNewlineDecoder", F::BASETYPE | F::GC);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, NewlineDecoder { decoder: ObjCell::empty(), state: Default::default() }).into_obj())
}
thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let text = "IncrementalNewlineDecoder(decoder, translate, errors='strict')";
    let b = SIG.with(|s| s.get_or_init(|| Signature::parse(text)).bind(args))?;
    let translate = ops::truth(vm, b.req(1))?;
    let d = this.this::<NewlineDecoder>()?;
    d.decoder.set(b.req(0).clone());
    *d.state.borrow_mut() = Some(std::rc::Rc::new(Newlines::new(translate)));
    Ok(())
}
impl NewlineDecoder {
    fn ready(&self) -> PyResult<(Obj, std::rc::Rc<Newlines>)> {
        match (self.decoder.get(), self.state.borrow().clone()) {
            (Some(d), Some(s)) => Ok((d, s)),
            _ => Err(error::value_error("IncrementalNewlineDecoder.__init__() not called")),
        }
    }
}
fn decode(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let last = b.opt(1).map_or(Ok(false), |f| ops::truth(vm, f))?;
    let (decoder, state) = this.this::<NewlineDecoder>()?.ready()?;
    let out = if decoder.is_none() {
        b.req(0).clone()
    } else {
        call_method(vm, &decoder, &words().decode, &[b.req(0).clone(), singletons::bool_obj(last)])?
    };
    match out.downcast::<Str>() {
        Some(s) => Ok(state.decode(s, last).into_obj()),
        None => Err(error::type_error(format!("decoder should return a string result, not '{}'", out.ty().tp_name()))),
    }
}
fn getstate(vm: &Vm, this: &Obj) -> PyResult {
    let (decoder, state) = this.this::<NewlineDecoder>()?.ready()?;
    let (buf, flag) = if decoder.is_none() {
        (bytes::new(b""), 0)
    } else {
        let s = call_method(vm, &decoder, &words().getstate, &[])?;
        split_state(&s)?
    };
    Ok(tuple::from_array([buf, int::from_i64(flag << 1 | state.pending_cr.get() as i64)]))
}
/// Takes a decoder state apart: (bytes, flags).
pub fn split_state(s: &Obj) -> PyResult<(Obj, i64)> {
    let Some(items) = tuple::as_slice(s) else { return Err(error::type_error("illegal decoder state")) };
    match items {
        [b, f] => match int::as_int(f).and_then(|n| n.to_i64()) {
            Some(n) => Ok((b.clone(), n)),
            None => Err(error::type_error("illegal decoder state")),
        },
        _ => Err(error::type_error("illegal decoder state")),
    }
}
fn setstate(vm: &Vm, this: &Obj, s: &Obj) -> PyResult {
    let (decoder, state) = this.this::<NewlineDecoder>()?.ready()?;
    if tuple::as_slice(s).is_none() {
        return Err(error::type_error("state argument must be a tuple"));
    }
    let (buf, flag) = split_state(s).map_err(|_| error::type_error("setstate(): illegal state argument"))?;
    state.pending_cr.set(flag & 1 != 0);
    if decoder.is_none() {
        return Ok(singletons::none());
    }
    call_method(vm, &decoder, &words().setstate, &[tuple::from_array([buf, int::from_i64(flag >> 1)])])
}
fn reset(vm: &Vm, this: &Obj) -> PyResult {
    let (decoder, state) = this.this::<NewlineDecoder>()?.ready()?;
    state.reset();
    if decoder.is_none() { Ok(decoder) } else { call_method(vm, &decoder, &words().reset, &[]) }
}
fn newlines(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<NewlineDecoder>()?.ready()?.1.newlines())
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::init(init)],
    methods: &[
        method("decode($self, /, input, final=False)", Native::Bound(decode), ""),
        method("getstate($self, /)", Native::NoArgs(getstate), ""),
        method("setstate($self, state, /)", Native::One(setstate), ""),
        method("reset($self, /)", Native::NoArgs(reset), ""),
    ],
    getset: &[getter("newlines", newlines, "")],
    doc: "Codec used when reading a file in universal newlines mode.",
    ..TypeSpec::of(&NEWLINE_DECODER)
};
