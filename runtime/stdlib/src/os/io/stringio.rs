//! `StringIO`: a text stream over code points in memory.
//!
//! Text is kept in bytes while it is Latin-1, in four-byte units from the first wider character on.
//! CPython: Modules/_io/stringio.c.

use super::base::{self, TEXT_IO_BASE};
use super::bytesio::{dict_state, restore_dict};
use super::newline::Newlines;
use crate::os::convert::{new_str, size_or, type_name_or_none};
use adder_object::bind::{Bound, Signature};
use adder_object::call::{Args, call_method};
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::str::Chars;
use adder_object::{
    Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeSpec, Vm, error, int, ops, singletons, str, tuple,
};
use std::cell::{Cell, OnceCell, RefCell};

enum Text {
    Narrow(Vec<u8>),
    Wide(Vec<u32>),
}

impl Text {
    fn len(&self) -> usize {
        match self {
            Text::Narrow(v) => v.len(),
            Text::Wide(v) => v.len(),
        }
    }
    fn slice(&self, from: usize, to: usize) -> Ref<Str> {
        match self {
            Text::Narrow(v) => str::from_latin1(&v[from..to]),
            Text::Wide(v) => str::from_code_points(&v[from..to]),
        }
    }
    fn truncate(&mut self, n: usize) {
        match self {
            Text::Narrow(v) => v.truncate(n),
            Text::Wide(v) => v.truncate(n),
        }
    }
    fn find(&self, c: u8, from: usize, to: usize) -> Option<usize> {
        match self {
            Text::Narrow(v) => memchr::memchr(c, &v[from..to]).map(|i| from + i),
            Text::Wide(v) => v[from..to].iter().position(|&x| x == c as u32).map(|i| from + i),
        }
    }
    fn at(&self, i: usize) -> Option<u32> {
        match self {
            Text::Narrow(v) => v.get(i).map(|&b| b as u32),
            Text::Wide(v) => v.get(i).copied(),
        }
    }
    /// Overwrites from `at`, growing as needed; a gap is filled with NULs.
    fn put(&mut self, at: usize, s: &Str) -> PyResult<()> {
        let end = at.checked_add(s.len()).ok_or_else(|| error::overflow_error("new position too large"))?;
        if let (Text::Narrow(v), false) = (&mut *self, s.kind() == 1) {
            *self = Text::Wide(v.iter().map(|&b| b as u32).collect());
        }
        match self {
            Text::Narrow(v) => {
                let Chars::One(b) = s.chars() else { return Ok(()) };
                if at == v.len() {
                    v.extend_from_slice(b);
                } else {
                    grow(v, end)?;
                    v[at..end].copy_from_slice(b);
                }
            }
            Text::Wide(v) => {
                grow(v, end)?;
                v[at..end].iter_mut().zip(s.chars().iter()).for_each(|(d, c)| *d = c);
            }
        }
        Ok(())
    }
}
fn grow<T: Clone + Default>(v: &mut Vec<T>, end: usize) -> PyResult<()> {
    if end > v.len() {
        v.try_reserve(end - v.len()).map_err(|_| error::no_memory())?;
        v.resize(end, T::default());
    }
    Ok(())
}

pub struct StringIo {
    text: RefCell<Text>,
    pos: Cell<usize>,
    ok: Cell<bool>,
    closed: Cell<bool>,
    /// The newline argument: None or one of the five strings.
    newline: RefCell<Option<String>>,
    universal: RefCell<Option<std::rc::Rc<Newlines>>>,
}
adder_object::trace_fields!(StringIo);
adder_object::payload!(StringIo, STRING_IO);
pub static STRING_IO: StaticType = StaticType::new::<StringIo>("_io.StringIO", base::FLAGS);

fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    let s = StringIo {
        text: RefCell::new(Text::Narrow(vec![])),
        pos: Cell::new(0),
        ok: Cell::new(false),
        closed: Cell::new(false),
        newline: RefCell::default(),
        universal: RefCell::default(),
    };
    Ok(Ref::with_type(ty, s).into_obj())
}

/// Checks a newline argument: None, '', '\n', '\r' or '\r\n'.
pub fn newline_arg(vm: &Vm, o: Option<&Obj>, default: Option<&::std::primitive::str>) -> PyResult<Option<String>> {
    match o {
        None => Ok(default.map(|d| d.to_owned())),
        Some(o) if o.is_none() => Ok(None),
        Some(o) if o.get::<Str>().is_some() => {
            let t = base::text_of(o);
            if ["", "\n", "\r", "\r\n"].contains(&t.as_str()) {
                return Ok(Some(t));
            }
            Err(error::value_error(format!("illegal newline value: {}", ops::repr_string(vm, o)?)))
        }
        Some(o) => Err(error::type_error(format!("newline must be str or None, not {}", type_name_or_none(o)))),
    }
}

thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let b = SIG.with(|s| s.get_or_init(|| Signature::parse("StringIO(initial_value='', newline='\\n')")).bind(args))?;
    let newline = newline_arg(vm, b.opt(1), Some("\n"))?;
    let value = match b.opt_not_none(0) {
        None => None,
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Some(s),
            None => {
                return Err(error::type_error(format!(
                    "initial_value must be str or None, not {}",
                    type_name_or_none(v)
                )));
            }
        },
    };
    let s = this.this::<StringIo>()?;
    s.set_newline(newline);
    s.text.replace(Text::Narrow(vec![]));
    s.pos.set(0);
    s.closed.set(false);
    s.ok.set(true);
    if let Some(v) = value {
        s.write(&v)?;
        s.pos.set(0);
    }
    Ok(())
}

impl StringIo {
    fn set_newline(&self, newline: Option<String>) {
        let universal = newline.as_ref().is_none_or(|n| n.is_empty());
        let state = universal.then(|| std::rc::Rc::new(Newlines::new(newline.is_none())));
        self.universal.replace(state);
        self.newline.replace(newline);
    }
    fn check(&self) -> PyResult<()> {
        if !self.ok.get() {
            return Err(error::value_error("I/O operation on uninitialized object"));
        }
        if self.closed.get() { Err(super::closed_file()) } else { Ok(()) }
    }
    fn write(&self, s: &Ref<Str>) -> PyResult<()> {
        let mut s = s.clone();
        let universal = self.universal.borrow().clone();
        if let Some(u) = universal {
            s = u.decode(s, true);
        }
        let newline = self.newline.borrow().clone();
        if let Some(n @ ("\r" | "\r\n")) = newline.as_deref() {
            s = replace_lf(&s, n);
        }
        if s.is_empty() {
            return Ok(());
        }
        self.text.borrow_mut().put(self.pos.get(), &s)?;
        self.pos.set(self.pos.get() + s.len());
        Ok(())
    }
    /// End of the line that starts at the position, at most `limit` characters on.
    fn line_end(&self, limit: i64) -> usize {
        let t = self.text.borrow();
        let from = self.pos.get().min(t.len());
        let to = if limit >= 0 { t.len().min(from.saturating_add(limit as usize)) } else { t.len() };
        let newline = self.newline.borrow();
        let found = match newline.as_deref() {
            None | Some("\n") => t.find(b'\n', from, to).map(|i| i + 1),
            Some("\r") => t.find(b'\r', from, to).map(|i| i + 1),
            Some("\r\n") => {
                let mut i = from;
                loop {
                    match t.find(b'\r', i, to) {
                        Some(k) if k + 1 < to && t.at(k + 1) == Some(10) => break Some(k + 2),
                        Some(k) => i = k + 1,
                        None => break None,
                    }
                }
            }
            _ => match (t.find(b'\n', from, to), t.find(b'\r', from, to)) {
                (Some(n), Some(r)) if r < n => Some(if n == r + 1 { n + 1 } else { r + 1 }),
                (Some(n), _) => Some(n + 1),
                (None, Some(r)) => Some(r + 1),
                (None, None) => None,
            },
        };
        found.unwrap_or(to)
    }
    fn take(&self, end: usize) -> Obj {
        let t = self.text.borrow();
        let from = self.pos.get();
        if from >= end {
            return str::empty().into_obj();
        }
        self.pos.set(end);
        t.slice(from, end).into_obj()
    }
}
/// `s.replace("\n", with)`.
pub fn replace_lf(s: &Ref<Str>, with: &::std::primitive::str) -> Ref<Str> {
    if let Some(a) = s.as_ascii() {
        return if a.contains('\n') { str::from_str(&a.replace('\n', with)) } else { s.clone() };
    }
    let chars = s.chars();
    let mut out = Vec::with_capacity(chars.len() + 8);
    for c in chars.iter() {
        if c == 10 { out.extend(with.bytes().map(|b| b as u32)) } else { out.push(c) }
    }
    str::from_code_points(&out)
}

fn this(o: &Obj) -> PyResult<&StringIo> {
    let s = o.this::<StringIo>()?;
    s.check()?;
    Ok(s)
}
fn getvalue(_: &Vm, o: &Obj) -> PyResult {
    let t = this(o)?.text.borrow();
    Ok(t.slice(0, t.len()).into_obj())
}
fn tell(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(this(o)?.pos.get()))
}
fn read(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let n = size_or(vm, b.opt(0), -1)?;
    let len = s.text.borrow().len();
    let end = if n < 0 { len } else { len.min(s.pos.get().saturating_add(n as usize)) };
    Ok(s.take(end))
}
fn readline(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let n = size_or(vm, b.opt(0), -1)?;
    Ok(s.take(s.line_end(n)))
}
fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let s = this(o)?;
    let line = if o.is_exact(&STRING_IO) {
        s.take(s.line_end(-1))
    } else {
        let l = call_method(vm, o, &super::words().readline, &[])?;
        if l.get::<Str>().is_none() {
            return Err(error::os_error_text(format!(
                "readline() should have returned a str object, not '{}'",
                l.ty().tp_name()
            )));
        }
        l
    };
    Ok(if ops::len(vm, &line)? == 0 { None } else { Some(line) })
}
fn truncate(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let n = size_or(vm, b.opt(0), s.pos.get() as i64)?;
    if n < 0 {
        return Err(error::value_error(format!("Negative size value {n}")));
    }
    s.text.borrow_mut().truncate(n as usize);
    Ok(int::from_i64(n))
}
fn seek(vm: &Vm, o: &Obj, b: &Bound<'_>) -> PyResult {
    let s = this(o)?;
    let at = ops::size_isize(vm, b.req(0))? as i64;
    let whence = b.opt(1).map_or(Ok(0), |w| ops::to_i32(vm, w))?;
    if !(0..=2).contains(&whence) {
        return Err(error::value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if at < 0 && whence == 0 {
        return Err(error::value_error(format!("Negative seek position {at}")));
    }
    if whence != 0 && at != 0 {
        return Err(error::os_error_text("Can't do nonzero cur-relative seeks"));
    }
    match whence {
        0 => s.pos.set(at as usize),
        2 => s.pos.set(s.text.borrow().len()),
        _ => {}
    }
    Ok(int::from_usize(s.pos.get()))
}
fn write(_: &Vm, o: &Obj, text: &Obj) -> PyResult {
    let s = o.this::<StringIo>()?;
    if !s.ok.get() {
        s.check()?;
    }
    let Some(t) = text.downcast::<Str>() else {
        return Err(error::type_error(format!("string argument expected, got '{}'", text.ty().tp_name())));
    };
    s.check()?;
    s.write(&t)?;
    Ok(int::from_usize(t.len()))
}
fn close(_: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<StringIo>()?;
    s.closed.set(true);
    s.text.replace(Text::Narrow(vec![]));
    Ok(singletons::none())
}
fn yes(_: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    Ok(singletons::true_obj())
}
fn get_closed(_: &Vm, o: &Obj) -> PyResult {
    let s = o.this::<StringIo>()?;
    if !s.ok.get() {
        s.check()?;
    }
    Ok(singletons::bool_obj(s.closed.get()))
}
fn get_line_buffering(_: &Vm, o: &Obj) -> PyResult {
    this(o)?;
    Ok(singletons::false_obj())
}
fn get_newlines(_: &Vm, o: &Obj) -> PyResult {
    Ok(this(o)?.universal.borrow().as_ref().map_or_else(singletons::none, |u| u.newlines()))
}
fn getstate(vm: &Vm, o: &Obj) -> PyResult {
    let value = getvalue(vm, o)?;
    let s = this(o)?;
    let newline = s.newline.borrow().as_deref().map_or_else(singletons::none, new_str);
    Ok(tuple::from_array([value, newline, int::from_usize(s.pos.get()), dict_state(o)]))
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let s = o.this::<StringIo>()?;
    if s.closed.get() {
        s.check()?;
    }
    let items = match tuple::as_slice(state) {
        Some(t) if t.len() >= 4 => t,
        _ => {
            return Err(error::type_error(format!(
                "{}.__setstate__ argument should be 4-tuple, got {}",
                o.ty().tp_name(),
                state.ty().tp_name()
            )));
        }
    };
    let newline = newline_arg(vm, Some(&items[1]), None)?;
    s.set_newline(newline);
    s.ok.set(true);
    s.text.replace(Text::Narrow(vec![]));
    if let Some(v) = items[0].get::<Str>() {
        s.text.borrow_mut().put(0, v)?;
    } else if !items[0].is_none() {
        return Err(error::type_error(format!("initial_value must be str or None, not {}", items[0].ty().tp_name())));
    }
    let Some(pos) = int::as_int(&items[2]) else {
        return Err(error::type_error(format!(
            "third item of state must be an integer, got {}",
            items[2].ty().tp_name()
        )));
    };
    if pos.is_negative() {
        return Err(error::value_error("position value cannot be negative"));
    }
    s.pos.set(pos.to_i64().unwrap_or(i64::MAX) as usize);
    restore_dict(vm, o, &items[3], "fourth")?;
    Ok(singletons::none())
}

pub static SPEC: TypeSpec = TypeSpec {
    base: Some(&TEXT_IO_BASE),
    slots: &[slot::new(new), slot::init(init), slot::iternext(next)],
    methods: &[
        method("close($self, /)", Native::NoArgs(close), "Close the IO object."),
        method("getvalue($self, /)", Native::NoArgs(getvalue), "Retrieve the entire contents of the object."),
        method("read($self, size=-1, /)", Native::Bound(read), "Read at most size characters, returned as a string."),
        method("readline($self, size=-1, /)", Native::Bound(readline), "Read until newline or EOF."),
        method("tell($self, /)", Native::NoArgs(tell), "Tell the current file position."),
        method("truncate($self, pos=None, /)", Native::Bound(truncate), "Truncate size to pos."),
        method("seek($self, pos, whence=0, /)", Native::Bound(seek), "Change stream position."),
        method("write($self, s, /)", Native::One(write), "Write string to file."),
        method("seekable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be seeked."),
        method("readable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be read."),
        method("writable($self, /)", Native::NoArgs(yes), "Returns True if the IO object can be written."),
        method("__getstate__($self, /)", Native::NoArgs(getstate), ""),
        method("__setstate__($self, state, /)", Native::One(setstate), ""),
    ],
    getset: &[
        getter("closed", get_closed, ""),
        getter("newlines", get_newlines, ""),
        getter("line_buffering", get_line_buffering, ""),
    ],
    doc: "Text I/O implementation using an in-memory buffer.",
    ..TypeSpec::of(&STRING_IO)
};
