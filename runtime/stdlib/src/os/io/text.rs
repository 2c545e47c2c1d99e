//! `TextIOWrapper`: its state, construction, writing, attributes, closing.
//!
//! Reading is in textread, positions are in textcookie. CPython: Modules/_io/textio.c.

use super::base::{self, TEXT_IO_BASE};
use super::bytesio::BytesIo;
use super::newline::Newlines;
use super::stringio::{newline_arg, replace_lf};
use super::textcoder::{Decoder, Encoder, locale_encoding};
use super::{both, buffered, closed_file, open, textcookie, textread, unsupported, words};
use crate::os::convert::{new_bytes, new_str, type_name_or_none};
use adder_object::bind::{Bound, Signature};
use adder_object::call::{Args, call_method, call1};
use adder_object::slots::slot;
use adder_object::spec::{Native, getset, getter, method};
use adder_object::{
    Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, Trace, Type, TypeSpec, Visit, Vm, attr, class, error,
    exceptions as exc, int, ops, singletons,
};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

pub struct Text {
    pub buffer: ObjCell,
    pub encoding: ObjCell,
    pub errors: ObjCell,
    pub decoder: RefCell<Option<Rc<Decoder>>>,
    pub encoder: RefCell<Option<Rc<Encoder>>>,
    /// The newline argument.
    pub newline: RefCell<Option<String>>,
    pub universal: Cell<bool>,
    pub translate: Cell<bool>,
    /// What "\n" becomes on writing, when not itself.
    pub write_newline: Cell<Option<&'static str>>,
    pub line_buffering: Cell<bool>,
    pub write_through: Cell<bool>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    pub has_read1: Cell<bool>,
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// Text decoded and not yet given out, from `used` on.
    pub decoded: ObjCell,
    pub used: Cell<usize>,
    pub pending: RefCell<Vec<u8>>,
    /// Decoder flags and input before the last chunk, for `tell`.
    pub snapshot: RefCell<Option<(i64, Vec<u8>)>>,
    pub bytes_per_char: Cell<f64>,
    pub chunk: Cell<usize>,
}
impl Trace for Text {
    fn trace(&self, visit: &mut Visit<'_>) {
        for c in [&self.buffer, &self.encoding, &self.errors, &self.decoded] {
            c.trace(visit)
        }
        if let Some(d) = self.decoder.borrow().as_ref() {
            d.python.trace(visit)
        }
        if let Some(e) = self.encoder.borrow().as_ref() {
            e.python.trace(visit)
        }
    }
    fn clear(&self) {
        self.ok.set(false);
        for c in [&self.buffer, &self.encoding, &self.errors, &self.decoded] {
            c.clear()
        }
        drop(self.decoder.take());
        drop(self.encoder.take());
    }
}
adder_object::payload!(Text, TEXT_IO_WRAPPER);
pub static TEXT_IO_WRAPPER: StaticType = StaticType::new::<Text>("_io.TextIOWrapper", base::FLAGS);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    let t = Text {
        buffer: ObjCell::empty(),
        encoding: ObjCell::empty(),
        errors: ObjCell::empty(),
        decoder: RefCell::default(),
        encoder: RefCell::default(),
        newline: RefCell::default(),
        universal: Cell::new(false),
        translate: Cell::new(false),
        write_newline: Cell::new(None),
        line_buffering: Cell::new(false),
        write_through: Cell::new(false),
        seekable: Cell::new(false),
        telling: Cell::new(false),
        has_read1: Cell::new(false),
        ok: Cell::new(false),
        detached: Cell::new(false),
        finalizing: Cell::new(false),
        decoded: ObjCell::empty(),
        used: Cell::new(0),
        pending: RefCell::default(),
        snapshot: RefCell::default(),
        bytes_per_char: Cell::new(0.0),
        chunk: Cell::new(8192),
    };
    Ok(Ref::with_type(ty, t).into_obj())
}

/// A str-or-None argument without NUL characters.
fn text_arg(o: Option<&Obj>, function: &str, name: &str) -> PyResult<Option<Obj>> {
    match o {
        None => Ok(None),
        Some(o) if o.is_none() => Ok(None),
        Some(o) => match o.get::<Str>() {
            Some(s) if s.to_utf8().is_none() => Err(super::codec::surrogates_error(o)),
            Some(s) if function != "reconfigure" && s.chars().iter().any(|c| c == 0) => {
                Err(error::value_error("embedded null character"))
            }
            Some(_) => Ok(Some(o.clone())),
            None => Err(error::type_error(format!(
                "{function}() argument '{name}' must be str or None, not {}",
                type_name_or_none(o)
            ))),
        },
    }
}

thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }
const SIGNATURE: &str = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)";
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let b = SIG.with(|s| s.get_or_init(|| Signature::parse(SIGNATURE)).bind(args))?;
    this.this::<Text>()?.ok.set(false);
    let encoding = text_arg(b.opt(1), "TextIOWrapper", "encoding")?;
    let errors = match b.opt_not_none(2) {
        Some(e) if e.get::<Str>().is_none() => {
            return Err(error::type_error(format!(
                "TextIOWrapper() argument 'errors' must be str or None, not {}",
                e.ty().tp_name()
            )));
        }
        e => text_arg(e, "TextIOWrapper", "errors")?,
    };
    let newline = newline_arg(vm, b.opt(3), None)?;
    let line_buffering = b.opt(4).map_or(Ok(false), |f| ops::truth(vm, f))?;
    let write_through = b.opt(5).map_or(Ok(false), |f| ops::truth(vm, f))?;
    setup(vm, this, b.req(0), encoding, errors, newline, (line_buffering, write_through))
}
/// The native constructor.
pub fn wrap(
    vm: &Vm,
    buffer: &Obj,
    encoding: Option<Obj>,
    errors: Option<Obj>,
    newline: Option<String>,
    (line_buffering, write_through): (bool, bool),
) -> PyResult {
    let t = new(vm, &TEXT_IO_WRAPPER, Args::EMPTY)?;
    setup(vm, &t, buffer, encoding, errors, newline, (line_buffering, write_through))?;
    Ok(t)
}

fn setup(
    vm: &Vm,
    this: &Obj,
    buffer: &Obj,
    encoding: Option<Obj>,
    errors: Option<Obj>,
    newline: Option<String>,
    (line_buffering, write_through): (bool, bool),
) -> PyResult<()> {
    let t = this.this::<Text>()?;
    t.ok.set(false);
    t.detached.set(false);
    if encoding.is_none() {
        open::warn_default_encoding(vm, 1)?;
    }
    let encoding = match encoding {
        Some(e) if ops::text(&e) != "locale" => e,
        _ => locale_encoding(),
    };
    t.encoding.set(encoding);
    if let Some(e) = &errors
        && open::flag(vm, "dev_mode")
    {
        let look_up = attr::get_str(vm, &vm.import("codecs")?, "lookup_error")?;
        call1(vm, &look_up, e)?;
    }
    t.errors.set(errors.unwrap_or_else(|| new_str("strict")));
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    t.set_newline(newline);
    t.pending.borrow_mut().clear();
    t.decoded.clear();
    t.snapshot.replace(None);
    t.buffer.set(buffer.clone());
    t.set_coders(vm)?;
    let seekable = call_method(vm, buffer, &words().seekable, &[])?;
    let seekable = ops::truth(vm, &seekable)?;
    t.seekable.set(seekable);
    t.telling.set(seekable);
    t.has_read1.set(buffered::find(buffer).is_some() || attr::lookup(vm, buffer, &words().read1)?.is_some());
    t.fix_encoder_state(vm)?;
    t.ok.set(true);
    Ok(())
}

impl Text {
    fn set_newline(&self, newline: Option<String>) {
        self.universal.set(newline.as_ref().is_none_or(|n| n.is_empty()));
        self.translate.set(newline.is_none());
        self.write_newline.set(match newline.as_deref() {
            Some("\r") => Some("\r"),
            Some("\r\n") => Some("\r\n"),
            _ => None,
        });
        self.newline.replace(newline);
    }
    fn set_coders(&self, vm: &Vm) -> PyResult<()> {
        let buffer = self.buffer()?;
        let (encoding, errors) = self.codec_names();
        let readable = call_method(vm, &buffer, &words().readable, &[])?;
        let decoder = if ops::truth(vm, &readable)? {
            let newlines = self.universal.get().then(|| Newlines::new(self.translate.get()));
            Some(Rc::new(Decoder::new(vm, &encoding, &errors, newlines)?))
        } else {
            None
        };
        let writable = call_method(vm, &buffer, &words().writable, &[])?;
        let encoder =
            if ops::truth(vm, &writable)? { Some(Rc::new(Encoder::new(vm, &encoding, &errors)?)) } else { None };
        if decoder.is_none() && encoder.is_none() {
            // Still an unknown encoding must be refused.
            Encoder::new(vm, &encoding, &errors)?;
        }
        let old = (self.decoder.replace(decoder), self.encoder.replace(encoder));
        drop(old);
        Ok(())
    }
    fn codec_names(&self) -> (Obj, Obj) {
        let get = |c: &ObjCell, d| c.get().unwrap_or_else(|| new_str(d));
        (get(&self.encoding, "utf-8"), get(&self.errors, "strict"))
    }
    /// Text appended to a file that is not empty gets no second byte order mark.
    fn fix_encoder_state(&self, vm: &Vm) -> PyResult<()> {
        let Some(e) = self.encoder() else { return Ok(()) };
        if !self.seekable.get() || !e.python.is_some() {
            return Ok(());
        }
        let at = call_method(vm, &self.buffer()?, &words().tell, &[])?;
        if ops::equals(vm, &at, &int::from_i64(0))? { Ok(()) } else { e.reset(vm, false) }
    }
    pub fn encoder(&self) -> Option<Rc<Encoder>> {
        self.encoder.borrow().clone()
    }
    pub fn decoder(&self) -> Option<Rc<Decoder>> {
        self.decoder.borrow().clone()
    }
    fn buffer(&self) -> PyResult {
        self.buffer.get().ok_or_else(|| error::value_error("I/O operation on uninitialized object"))
    }
    /// The underlying stream of a usable wrapper.
    pub fn attached(&self) -> PyResult {
        if self.ok.get()
            && !self.detached.get()
            && let Some(b) = self.buffer.get()
        {
            return Ok(b);
        }
        Err(error::value_error(if self.detached.get() {
            "underlying buffer has been detached"
        } else {
            "I/O operation on uninitialized object"
        }))
    }
    /// As `attached`, ValueError when it is closed.
    pub fn check_open(&self, vm: &Vm, this: &Obj) -> PyResult {
        let buffer = self.attached()?;
        let closed = if !this.is_exact(&TEXT_IO_WRAPPER) {
            base::is_closed(vm, this)?
        } else if let Some(b) = buffer.get_exact::<BytesIo>() {
            b.is_closed()
        } else {
            match buffered::find(&buffer) {
                Some(s) if !buffer.ty().is_heap() => s.raw_closed(vm)?,
                _ => base::is_closed(vm, &buffer)?,
            }
        };
        if closed { Err(closed_file()) } else { Ok(buffer) }
    }
    /// Hands the pending bytes to the underlying stream.
    pub fn write_flush(&self, vm: &Vm) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let buffer = self.buffer()?;
        let data = self.pending.take();
        if !buffer.ty().is_heap() && buffered::find(&buffer).is_some_and(|s| s.writable.get()) {
            return buffered::write_bytes(vm, &buffer, &data).map(drop);
        }
        let b = new_bytes(&data);
        loop {
            match call_method(vm, &buffer, &words().write, std::slice::from_ref(&b)) {
                Err(e) if base::interrupted(vm, &e)? => {}
                r => return r.map(drop),
            }
        }
    }
    /// Flushes until `n` more bytes do not make the pending ones more than a chunk (writing may add others).
    fn make_room(&self, vm: &Vm, n: usize) -> PyResult<()> {
        loop {
            let have = self.pending.borrow().len();
            if have == 0 || have + n <= self.chunk.get() {
                return Ok(());
            }
            self.write_flush(vm)?;
        }
    }
    pub fn drop_decoded(&self) {
        self.decoded.clear();
        self.used.set(0);
    }
    pub fn forget_reading(&self, vm: &Vm) -> PyResult<()> {
        self.drop_decoded();
        self.snapshot.replace(None);
        match self.decoder() {
            Some(d) => d.reset(vm),
            None => Ok(()),
        }
    }

    /// Keeps text that fits and has no other effect than to wait for its turn; false when there is more to do.
    fn keep(&self, vm: &Vm, this: &Obj, text: &Str) -> bool {
        let simple = self.ok.get()
            && !self.detached.get()
            && self.write_newline.get().is_none()
            && !self.line_buffering.get()
            && !self.write_through.get()
            && this.is_exact(&TEXT_IO_WRAPPER)
            && self.buffer.get().is_some_and(|b| is_open(vm, &b))
            && self.encoder.borrow().as_ref().is_some_and(|e| e.is_plain(text))
            && self.snapshot.borrow().is_none()
            && self.decoder.borrow().as_ref().is_none_or(|d| d.reset_native());
        let mut pending = self.pending.borrow_mut();
        let add = text.raw_bytes();
        let fits = simple && pending.len() + add.len() < self.chunk.get();
        if fits {
            pending.extend_from_slice(add);
        }
        fits
    }
}

/// Whether a stream of the usual kinds takes bytes.
fn is_open(vm: &Vm, buffer: &Obj) -> bool {
    match (buffer.get_exact::<BytesIo>(), buffer.get_exact::<buffered::Writer>()) {
        (Some(b), _) => !b.is_closed(),
        (_, Some(w)) => matches!(w.0.raw_closed(vm), Ok(false)),
        _ => false,
    }
}

fn write(vm: &Vm, this: &Obj, text: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    if let Some(s) = text.get_exact::<Str>()
        && t.keep(vm, this, s)
    {
        return Ok(int::from_usize(s.len()));
    }
    let Some(text) = text.downcast::<Str>() else {
        t.attached()?;
        return Err(error::type_error(format!("write() argument must be str, not {}", type_name_or_none(text))));
    };
    let buffer = t.check_open(vm, this)?;
    let Some(encoder) = t.encoder() else { return Err(unsupported(vm, "not writable")) };
    let len = text.len();
    let has = |c: u8| text.chars().iter().any(|x| x == c as u32);
    let has_lf = (t.write_newline.get().is_some() || t.line_buffering.get())
        && match text.as_ascii() {
            Some(a) => memchr::memchr(b'\n', a.as_bytes()).is_some(),
            None => has(b'\n'),
        };
    let text = match t.write_newline.get() {
        Some(n) if has_lf && text.obj().is_exact(&adder_object::types::STR) => replace_lf(&text, n),
        // A subclass may replace in its own way.
        Some(n) if has_lf => {
            let r = adder_object::call::call_method_str(vm, text.obj(), "replace", &[new_str("\n"), new_str(n)])?;
            t.check_open(vm, this)?;
            r.downcast::<Str>().ok_or_else(|| {
                error::type_error(format!("expected replace() to return a str, not {}", r.ty().tp_name()))
            })?
        }
        _ => text,
    };
    let flush = t.line_buffering.get() && (has_lf || has_cr(&text));
    if encoder.is_plain(&text) {
        let add = text.raw_bytes();
        t.make_room(vm, add.len())?;
        t.pending.borrow_mut().extend_from_slice(add);
    } else {
        let add = encoder.encode(vm, &text)?;
        t.make_room(vm, add.len())?;
        t.pending.borrow_mut().extend_from_slice(&add);
    }
    if flush || t.write_through.get() || t.pending.borrow().len() >= t.chunk.get() {
        t.write_flush(vm)?;
    }
    if flush {
        call_method(vm, &buffer, &words().flush, &[])?;
    }
    if t.snapshot.borrow().is_some() {
        t.drop_decoded();
        t.snapshot.replace(None);
    }
    if let Some(d) = t.decoder() {
        d.reset(vm)?;
    }
    Ok(int::from_usize(len))
}
fn has_cr(text: &Str) -> bool {
    match text.as_ascii() {
        Some(a) => memchr::memchr(b'\r', a.as_bytes()).is_some(),
        None => text.chars().iter().any(|c| c == 13),
    }
}

pub fn flush(vm: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    let buffer = t.check_open(vm, this)?;
    t.telling.set(t.seekable.get());
    t.write_flush(vm)?;
    call_method(vm, &buffer, &words().flush, &[])
}
fn close(vm: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    let buffer = t.attached()?;
    if base::is_closed(vm, this)? {
        return Ok(singletons::none());
    }
    if t.finalizing.get()
        && let Ok(Some(f)) = attr::lookup(vm, &buffer, &words()._dealloc_warn)
    {
        let _ = call1(vm, &f, this);
    }
    let flushed = call_method(vm, this, &words().flush, &[]);
    both(flushed, call_method(vm, &buffer, &words().close, &[]))
}
fn detach(vm: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    call_method(vm, this, &words().flush, &[])?;
    let buffer = t.buffer.take();
    t.detached.set(true);
    Ok(buffer.unwrap_or_else(singletons::none))
}
fn reconfigure(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    let encoding = text_arg(b.opt(0), "reconfigure", "encoding")?;
    let errors = text_arg(b.opt(1), "reconfigure", "errors")?;
    let newline = match b.opt(2) {
        None => None,
        some => Some(newline_arg(vm, some, None)?),
    };
    if t.decoded.is_some() && (encoding.is_some() || errors.is_some() || newline.is_some()) {
        return Err(unsupported(
            vm,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let flag = |i: usize, now: bool| match b.opt_not_none(i) {
        None => Ok(now),
        Some(o) => Ok(ops::to_i32(vm, o)? != 0),
    };
    let line_buffering = flag(3, t.line_buffering.get())?;
    let write_through = flag(4, t.write_through.get())?;
    call_method(vm, this, &words().flush, &[])?;
    t.bytes_per_char.set(0.0);
    let changed = newline.is_some() || encoding.is_some() || errors.is_some();
    if let Some(n) = newline {
        t.set_newline(n);
    }
    if changed {
        match (encoding, errors) {
            (None, None) => {}
            (None, Some(e)) => t.errors.set(e),
            (Some(enc), e) => {
                t.encoding.set(if ops::text(&enc) == "locale" { locale_encoding() } else { enc });
                t.errors.set(e.unwrap_or_else(|| new_str("strict")));
            }
        }
        t.set_coders(vm)?;
        t.fix_encoder_state(vm)?;
    }
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    Ok(singletons::none())
}

macro_rules! forward { ($($f:ident $n:ident;)*) => { $(fn $f(vm: &Vm, this: &Obj) -> PyResult {
    call_method(vm, &this.this::<Text>()?.attached()?, &words().$n, &[])
})* } }
forward! { fileno fileno; seekable seekable; readable readable; writable writable; isatty isatty; }
fn get_name(vm: &Vm, this: &Obj) -> PyResult {
    attr::get(vm, &this.this::<Text>()?.attached()?, &words().name)
}
fn get_closed(vm: &Vm, this: &Obj) -> PyResult {
    attr::get(vm, &this.this::<Text>()?.attached()?, &words().closed)
}
fn get_newlines(_: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    Ok(t.decoder().and_then(|d| d.newlines.as_ref().map(Newlines::newlines)).unwrap_or_else(singletons::none))
}
fn get_errors(_: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    if !t.ok.get() && t.buffer.get().is_none() && !t.detached.get() {
        return Err(error::value_error("I/O operation on uninitialized object"));
    }
    Ok(t.errors.get().unwrap_or_else(singletons::none))
}
fn get_encoding(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<Text>()?.encoding.get().unwrap_or_else(singletons::none))
}
fn get_buffer(_: &Vm, this: &Obj) -> PyResult {
    Ok(this.this::<Text>()?.buffer.get().unwrap_or_else(singletons::none))
}
fn get_line_buffering(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Text>()?.line_buffering.get()))
}
fn get_write_through(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Text>()?.write_through.get()))
}
fn get_finalizing(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this.this::<Text>()?.finalizing.get()))
}
fn set_finalizing(vm: &Vm, this: &Obj, v: Option<&Obj>) -> PyResult<()> {
    this.this::<Text>()?.finalizing.set(v.map_or(Ok(false), |v| ops::truth(vm, v))?);
    Ok(())
}
fn get_chunk(_: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    Ok(int::from_usize(t.chunk.get()))
}
fn set_chunk(vm: &Vm, this: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let t = this.this::<Text>()?;
    t.attached()?;
    let Some(v) = v else {
        return Err(error::attribute_error_text(
            "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted",
        ));
    };
    let n = ops::size_isize(vm, v)
        .map_err(|e| if e.is(&exc::OVERFLOW_ERROR) { error::value_error(e.message()) } else { e })?;
    if n <= 0 {
        return Err(error::value_error("a strictly positive integer is required"));
    }
    t.chunk.set(n as usize);
    Ok(())
}
fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    if !t.ok.get() {
        t.attached()?;
    }
    let ty = class::full_name(vm, this.ty())?;
    if !vm.repr_enter(this) {
        return Err(error::runtime_error(format!("reentrant call inside {ty}.__repr__")));
    }
    let r = repr_inner(vm, this, t, &ty);
    vm.repr_leave(this);
    r
}
fn repr_inner(vm: &Vm, this: &Obj, t: &Text, ty: &str) -> PyResult {
    let mut s = format!("<{ty}");
    match attr::lookup(vm, this, &words().name) {
        Ok(Some(n)) => s.push_str(&format!(" name={}", ops::repr_string(vm, &n)?)),
        Ok(None) => {}
        Err(e) if e.is(&exc::VALUE_ERROR) => {}
        Err(e) => return Err(e),
    }
    if let Some(m) = attr::lookup(vm, this, &words().mode)? {
        s.push_str(&format!(" mode={}", ops::repr_string(vm, &m)?));
    }
    let encoding = t.encoding.get().unwrap_or_else(singletons::none);
    Ok(new_str(&format!("{s} encoding={}>", ops::repr_string(vm, &encoding)?)))
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&TEXT_IO_BASE),
    slots: &[slot::new(new), slot::init(init), slot::repr(repr), slot::iternext(textread::next)],
    methods: &[
        method("detach($self, /)", Native::NoArgs(detach), ""),
        method(
            "reconfigure($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)",
            Native::Bound(reconfigure),
            "Reconfigure the text stream with new parameters.",
        ),
        method("write($self, text, /)", Native::One(write), ""),
        method("read($self, size=-1, /)", Native::Bound(textread::read), ""),
        method("readline($self, size=-1, /)", Native::Bound(textread::readline), ""),
        method("flush($self, /)", Native::NoArgs(flush), ""),
        method("close($self, /)", Native::NoArgs(close), ""),
        method("fileno($self, /)", Native::NoArgs(fileno), ""),
        method("seekable($self, /)", Native::NoArgs(seekable), ""),
        method("readable($self, /)", Native::NoArgs(readable), ""),
        method("writable($self, /)", Native::NoArgs(writable), ""),
        method("isatty($self, /)", Native::NoArgs(isatty), ""),
        method(
            "seek($self, cookie, whence=os.SEEK_SET, /)",
            Native::Bound(textcookie::seek),
            "Set the stream position, and return the new stream position.",
        ),
        method("tell($self, /)", Native::NoArgs(textcookie::tell), "Return the stream position as an opaque number."),
        method("truncate($self, pos=None, /)", Native::Bound(textcookie::truncate), ""),
        method("__getstate__($self, /)", Native::NoArgs(super::cannot_pickle), ""),
    ],
    getset: &[
        getter("encoding", get_encoding, ""),
        getter("buffer", get_buffer, ""),
        getter("line_buffering", get_line_buffering, ""),
        getter("write_through", get_write_through, ""),
        getset("_finalizing", get_finalizing, set_finalizing, ""),
        getter("name", get_name, ""),
        getter("closed", get_closed, ""),
        getter("newlines", get_newlines, ""),
        getter("errors", get_errors, ""),
        getset("_CHUNK_SIZE", get_chunk, set_chunk, ""),
    ],
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    ..TypeSpec::of(&TEXT_IO_WRAPPER)
};
