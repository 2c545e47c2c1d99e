//! The types `BufferedReader`, `BufferedWriter` and `BufferedRandom` over [`Buffered`].
//!
//! CPython: Modules/_io/bufferedio.c.

use super::base::{self, BUFFERED_IO_BASE};
use super::readwrite::Buffered;
use super::{DEFAULT_BUFFER_SIZE, both, unsupported, words};
use crate::os::convert::{new_bytes, new_str, offset, size_or};
use adder_object::bind::{Bound, Signature};
use adder_object::call::{Args, call_method};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, getset, getter, method};
use adder_object::{
    Obj, ObjExt, PyResult, Ref, StaticType, Type, TypeSpec, Vm, attr, class, error, int, ops, singletons,
};
use std::cell::OnceCell;

macro_rules! kinds {
    ($($t:ident $s:ident $name:literal;)*) => { $(
        pub struct $t(pub Buffered);
        impl adder_object::Trace for $t {
            fn trace(&self, visit: &mut adder_object::Visit<'_>) { self.0.trace(visit) }
            fn clear(&self) { self.0.clear() }
        }
        adder_object::payload!($t, $s);
        pub static $s: StaticType = StaticType::new::<$t>($name, base::FLAGS);
    )* };
}
kinds! {
    Reader BUFFERED_READER "_io.BufferedReader"; Writer BUFFERED_WRITER "_io.BufferedWriter";
    Random BUFFERED_RANDOM "_io.BufferedRandom";
}

/// The state of any of the three types.
pub fn state(o: &Obj) -> PyResult<&Buffered> {
    match find(o) {
        Some(b) => Ok(b),
        None => Ok(&o.this::<Random>()?.0),
    }
}
/// As `state`, where the object may be another stream.
pub fn find(o: &Obj) -> Option<&Buffered> {
    if let Some(r) = o.get::<Reader>() {
        Some(&r.0)
    } else if let Some(w) = o.get::<Writer>() {
        Some(&w.0)
    } else {
        o.get::<Random>().map(|r| &r.0)
    }
}

macro_rules! constructors {
    ($($new:ident $init:ident $make:ident $t:ident $s:ident $r:literal $w:literal $name:literal;)*) => { $(
        fn $new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
            Ok(Ref::with_type(ty, $t(Buffered::default())).into_obj())
        }
        fn $init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
            thread_local! { static SIG: OnceCell<Signature> = const { OnceCell::new() }; }
            let text = concat!($name, "(raw, buffer_size=DEFAULT_BUFFER_SIZE)");
            let b = SIG.with(|s| s.get_or_init(|| Signature::parse(text)).bind(args))?;
            let size = b.opt(1).map_or(Ok(DEFAULT_BUFFER_SIZE as i64), |n| ops::size_isize(vm, n).map(|n| n as i64))?;
            let raw = b.req(0);
            let s = state(this)?;
            s.ok.set(false);
            if $r && $w { base::check_seekable(vm, raw)?; }
            if $r { base::check_readable(vm, raw)?; }
            if $w { base::check_writable(vm, raw)?; }
            s.setup(vm, raw, size, $r, $w)
        }
        pub fn $make(vm: &Vm, raw: &Obj, size: usize) -> PyResult {
            let o = Ref::new($t(Buffered::default()));
            o.0.setup(vm, raw, size as i64, $r, $w)?;
            Ok(o.into_obj())
        }
    )* };
}
constructors! {
    new_reader init_reader reader Reader BUFFERED_READER true false "BufferedReader";
    new_writer init_writer writer Writer BUFFERED_WRITER false true "BufferedWriter";
    new_random init_random random_unchecked Random BUFFERED_RANDOM true true "BufferedRandom";
}
/// `BufferedRandom(raw, size)`; the raw stream must be seekable.
pub fn random(vm: &Vm, raw: &Obj, size: usize) -> PyResult {
    base::check_seekable(vm, raw)?;
    random_unchecked(vm, raw, size)
}

fn get_closed(vm: &Vm, this: &Obj) -> PyResult {
    let raw = state(this)?.check_init()?;
    attr::get(vm, &raw, &words().closed)
}
fn flush(vm: &Vm, this: &Obj) -> PyResult {
    let s = state(this)?;
    if s.raw_closed(vm)? {
        return Err(error::value_error("flush of closed file"));
    }
    let _guard = s.lock(vm, this)?;
    if s.writable.get() {
        s.flush_and_rewind(vm)?
    }
    Ok(singletons::none())
}
fn close(vm: &Vm, this: &Obj) -> PyResult {
    let s = state(this)?;
    let raw = s.check_init()?;
    if s.raw_closed(vm)? {
        return Ok(singletons::none());
    }
    if s.finalizing.get() {
        s.warn_unclosed(vm, this);
    }
    let flushed = call_method(vm, this, &words().flush, &[]);
    // Writers that wait for the lock find the stream closed.
    let guard = s.lock(vm, this)?;
    let closed = call_method(vm, &raw, &words().close, &[]);
    s.free();
    drop(guard);
    both(flushed, closed)
}
fn detach(vm: &Vm, this: &Obj) -> PyResult {
    let s = state(this)?;
    s.check_init()?;
    call_method(vm, this, &words().flush, &[])?;
    let raw = s.raw.take();
    s.detached.set(true);
    s.ok.set(false);
    Ok(raw.unwrap_or_else(singletons::none))
}
macro_rules! forward { ($($f:ident $n:ident;)*) => { $(fn $f(vm: &Vm, this: &Obj) -> PyResult { state(this)?.call_raw(vm, &words().$n) })* } }
forward! { seekable seekable; readable readable; writable writable; fileno fileno; isatty isatty; }
fn get_name(vm: &Vm, this: &Obj) -> PyResult {
    attr::get(vm, &state(this)?.check_init()?, &words().name)
}
fn get_mode(vm: &Vm, this: &Obj) -> PyResult {
    attr::get(vm, &state(this)?.check_init()?, &words().mode)
}
fn get_raw(_: &Vm, this: &Obj) -> PyResult {
    Ok(state(this)?.raw.get().unwrap_or_else(singletons::none))
}
fn get_finalizing(_: &Vm, this: &Obj) -> PyResult {
    Ok(singletons::bool_obj(state(this)?.finalizing.get()))
}
fn set_finalizing(vm: &Vm, this: &Obj, v: Option<&Obj>) -> PyResult<()> {
    state(this)?.finalizing.set(v.map_or(Ok(false), |v| ops::truth(vm, v))?);
    Ok(())
}
fn dealloc_warn(vm: &Vm, this: &Obj, source: &Obj) -> PyResult {
    let s = state(this)?;
    if s.ok.get() {
        s.warn_unclosed(vm, source);
    }
    Ok(singletons::none())
}
fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let ty = class::full_name(vm, this.ty())?;
    let name = match state(this).and_then(Buffered::check_init) {
        Err(_) => None,
        Ok(raw) => match attr::lookup(vm, &raw, &words().name) {
            Ok(n) => n,
            Err(e) if e.is(&adder_object::exceptions::VALUE_ERROR) => None,
            Err(e) => return Err(e),
        },
    };
    let Some(name) = name else { return Ok(new_str(&format!("<{ty}>"))) };
    if !vm.repr_enter(this) {
        return Err(error::runtime_error(format!("reentrant call inside {ty}.__repr__")));
    }
    let r = ops::repr_string(vm, &name);
    vm.repr_leave(this);
    Ok(new_str(&format!("<{ty} name={}>", r?)))
}
fn sizeof(_: &Vm, this: &Obj) -> PyResult {
    Ok(int::from_usize(152 + state(this)?.size.get()))
}

// ---- reading ----

fn read(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    let n = size_or(vm, b.opt(0), -1)?;
    s.check_init()?;
    if n < -1 {
        return Err(error::value_error("read length must be non-negative or -1"));
    }
    s.check_open(vm, "read of closed file")?;
    let _guard = s.lock(vm, this)?;
    if n == -1 {
        return s.read_all(vm);
    }
    Ok(s.read(vm, n as usize)?.map_or_else(singletons::none, |v| new_bytes(&v)))
}
fn read1(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    let n = b.opt(0).map_or(Ok(-1), |n| ops::size_isize(vm, n))?;
    s.check_init()?;
    s.check_open(vm, "read of closed file")?;
    let n = if n < 0 { s.size.get() } else { n as usize };
    if n == 0 {
        return Ok(new_bytes(b""));
    }
    let _guard = s.lock(vm, this)?;
    Ok(new_bytes(&s.read1(vm, n)?))
}
fn readinto_any(vm: &Vm, this: &Obj, target: &Obj, once: bool) -> PyResult {
    let s = state(this)?;
    s.check_init()?;
    let t = base::writable(vm, target, if once { "readinto1" } else { "readinto" })?;
    s.check_open(vm, "readinto of closed file")?;
    let _guard = s.lock(vm, this)?;
    let n = match t.bytes_mut() {
        Some(m) => s.readinto(vm, m, once)?,
        None => Some(0),
    };
    Ok(n.map_or_else(singletons::none, int::from_usize))
}
fn readinto(vm: &Vm, this: &Obj, target: &Obj) -> PyResult {
    readinto_any(vm, this, target, false)
}
fn readinto1(vm: &Vm, this: &Obj, target: &Obj) -> PyResult {
    readinto_any(vm, this, target, true)
}
fn readline(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    let n = size_or(vm, b.opt(0), -1)?;
    s.check_init()?;
    s.check_open(vm, "readline of closed file")?;
    let _guard = s.lock(vm, this)?;
    Ok(new_bytes(&s.readline(vm, n)?))
}
fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let s = state(this)?;
    s.check_init()?;
    if this.ty().is_heap() {
        let line = call_method(vm, this, &words().readline, &[])?;
        if line.get::<adder_object::Bytes>().is_none() {
            return Err(error::os_error_text(format!(
                "readline() should have returned a bytes object, not '{}'",
                line.ty().tp_name()
            )));
        }
        return Ok(if ops::len(vm, &line)? == 0 { None } else { Some(line) });
    }
    s.check_open(vm, "readline of closed file")?;
    let _guard = s.lock(vm, this)?;
    let line = s.readline(vm, -1)?;
    Ok(if line.is_empty() { None } else { Some(new_bytes(&line)) })
}
fn peek(vm: &Vm, this: &Obj, _: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    s.check_init()?;
    s.check_open(vm, "peek of closed file")?;
    let _guard = s.lock(vm, this)?;
    Ok(new_bytes(&s.peek(vm)?))
}

// ---- writing and positions ----

/// Writes bytes into a buffered stream of one of these types.
pub fn write_bytes(vm: &Vm, this: &Obj, data: &[u8]) -> PyResult<usize> {
    let s = state(this)?;
    s.check_init()?;
    let _guard = s.lock(vm, this)?;
    if s.raw_closed(vm)? {
        return Err(error::value_error("write to closed file"));
    }
    s.write(vm, data)
}
fn write(vm: &Vm, this: &Obj, data: &Obj) -> PyResult {
    state(this)?.check_init()?;
    let b = base::readable(vm, data)?;
    Ok(int::from_usize(write_bytes(vm, this, b.bytes())?))
}
fn tell(vm: &Vm, this: &Obj) -> PyResult {
    let s = state(this)?;
    s.check_init()?;
    Ok(int::from_i64(s.tell(vm)?))
}
fn seek(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    let whence = b.opt(1).map_or(Ok(0), |w| ops::to_i32(vm, w))?;
    let raw = s.check_init()?;
    if !(0..=4).contains(&whence) {
        return Err(error::value_error(format!("whence value {whence} unsupported")));
    }
    s.check_open(vm, "seek of closed file")?;
    base::check_seekable(vm, &raw)?;
    let target = offset(vm, b.req(0))?;
    Ok(int::from_i64(s.seek(vm, this, target, whence)?))
}
fn truncate(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let s = state(this)?;
    s.check_init()?;
    if s.raw_closed(vm)? {
        return Err(error::value_error("truncate of closed file"));
    }
    if !s.writable.get() {
        return Err(unsupported(vm, "truncate"));
    }
    s.truncate(vm, this, &b.clone_or_none(0))
}

const fn common(i: usize) -> MethodDef {
    match i {
        0 => method(
            "detach($self, /)",
            Native::NoArgs(detach),
            "Disconnect this buffer from its underlying raw stream and return it.",
        ),
        1 => method("flush($self, /)", Native::NoArgs(flush), ""),
        2 => method("close($self, /)", Native::NoArgs(close), ""),
        3 => method("seekable($self, /)", Native::NoArgs(seekable), ""),
        4 => method("fileno($self, /)", Native::NoArgs(fileno), ""),
        5 => method("isatty($self, /)", Native::NoArgs(isatty), ""),
        6 => method("_dealloc_warn($self, source, /)", Native::One(dealloc_warn), ""),
        7 => method("seek($self, target, whence=0, /)", Native::Bound(seek), ""),
        8 => method("tell($self, /)", Native::NoArgs(tell), ""),
        9 => method("truncate($self, pos=None, /)", Native::Bound(truncate), ""),
        10 => method("__sizeof__($self, /)", Native::NoArgs(sizeof), ""),
        _ => method("__getstate__($self, /)", Native::NoArgs(super::cannot_pickle), ""),
    }
}
const fn reading(i: usize) -> MethodDef {
    match i {
        0 => method("readable($self, /)", Native::NoArgs(readable), ""),
        1 => method("read($self, size=-1, /)", Native::Bound(read), ""),
        2 => method("peek($self, size=0, /)", Native::Bound(peek), ""),
        3 => method("read1($self, size=-1, /)", Native::Bound(read1), ""),
        4 => method("readinto($self, buffer, /)", Native::One(readinto), ""),
        5 => method("readinto1($self, buffer, /)", Native::One(readinto1), ""),
        _ => method("readline($self, size=-1, /)", Native::Bound(readline), ""),
    }
}
const fn writing(i: usize) -> MethodDef {
    match i {
        0 => method("writable($self, /)", Native::NoArgs(writable), ""),
        _ => method("write($self, buffer, /)", Native::One(write), "Write buffer b to the IO stream."),
    }
}
macro_rules! rows { ($($f:ident $i:literal)*) => { &[$($f($i)),*] } }
static READER_METHODS: &[MethodDef] = rows!(common 0 common 1 common 2 common 3 common 4 common 5 common 6 common 7 common 8
    common 9 common 10 common 11 reading 0 reading 1 reading 2 reading 3 reading 4 reading 5 reading 6);
static WRITER_METHODS: &[MethodDef] = rows!(common 0 common 1 common 2 common 3 common 4 common 5 common 6 common 7 common 8
    common 9 common 10 common 11 writing 0 writing 1);
static RANDOM_METHODS: &[MethodDef] = rows!(common 0 common 1 common 2 common 3 common 4 common 5 common 6 common 7 common 8
    common 9 common 10 common 11 reading 0 reading 1 reading 2 reading 3 reading 4 reading 5 reading 6 writing 0 writing 1);
const fn attributes(i: usize) -> GetSetDef {
    match i {
        0 => getter("closed", get_closed, ""),
        1 => getter("name", get_name, ""),
        2 => getter("mode", get_mode, ""),
        3 => getter("raw", get_raw, ""),
        _ => getset("_finalizing", get_finalizing, set_finalizing, ""),
    }
}
static ATTRIBUTES: &[GetSetDef] = rows!(attributes 0 attributes 1 attributes 2 attributes 3 attributes 4);

pub static READER_SPEC: TypeSpec = TypeSpec {
    base: Some(&BUFFERED_IO_BASE),
    slots: &[slot::new(new_reader), slot::init(init_reader), slot::repr(repr), slot::iternext(next)],
    methods: READER_METHODS,
    getset: ATTRIBUTES,
    doc: "Create a new buffered reader using the given readable raw IO object.",
    ..TypeSpec::of(&BUFFERED_READER)
};
pub static WRITER_SPEC: TypeSpec = TypeSpec {
    base: Some(&BUFFERED_IO_BASE),
    slots: &[slot::new(new_writer), slot::init(init_writer), slot::repr(repr)],
    methods: WRITER_METHODS,
    getset: ATTRIBUTES,
    doc: "A buffer for a writeable sequential RawIO object.",
    ..TypeSpec::of(&BUFFERED_WRITER)
};
pub static RANDOM_SPEC: TypeSpec = TypeSpec {
    base: Some(&BUFFERED_IO_BASE),
    slots: &[slot::new(new_random), slot::init(init_random), slot::repr(repr), slot::iternext(next)],
    methods: RANDOM_METHODS,
    getset: ATTRIBUTES,
    doc: "A buffered interface to random access streams.",
    ..TypeSpec::of(&BUFFERED_RANDOM)
};
