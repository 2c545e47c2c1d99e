//! `open`, `open_code`, `text_encoding`, and the standard streams for the launcher.
//!
//! CPython: Modules/_io/_iomodule.c, Python/pylifecycle.c (create_stdio).

use super::stringio::newline_arg;
use super::{DEFAULT_BUFFER_SIZE, buffered, fileio, text, words};
use crate::os::convert::{new_str, type_name_or_none};
use adder_object::bind::Bound;
use adder_object::call::call_method;
use adder_object::{Obj, ObjExt, PyResult, Str, Vm, attr, error, exceptions as exc, int, ops};

/// A flag of `sys.flags`; false while there is no `sys` yet.
pub fn flag(vm: &Vm, name: &str) -> bool {
    let flags = (adder_object::vm::HOOKS.get().sys_attr)(vm, "flags");
    flags.and_then(|f| attr::get_str(vm, &f, name).ok()).is_some_and(|v| ops::truth(vm, &v).unwrap_or(false))
}
pub fn warn_default_encoding(vm: &Vm, level: isize) -> PyResult<()> {
    if flag(vm, "warn_default_encoding") {
        vm.warn(&exc::ENCODING_WARNING, "'encoding' argument not specified", level)?;
    }
    Ok(())
}

/// A mode string taken apart.
#[derive(Default)]
struct Mode {
    raw: String,
    reading: bool,
    writing: bool,
    appending: bool,
    creating: bool,
    updating: bool,
    binary: bool,
}

fn parse_mode(mode: &str) -> PyResult<Mode> {
    let mut m = Mode::default();
    let mut text = false;
    let bad = || error::value_error(format!("invalid mode: '{mode}'"));
    for (i, c) in mode.chars().enumerate() {
        match c {
            'x' => m.creating = true,
            'r' => m.reading = true,
            'w' => m.writing = true,
            'a' => m.appending = true,
            '+' => m.updating = true,
            't' => text = true,
            'b' => m.binary = true,
            _ => return Err(bad()),
        }
        if mode.chars().skip(i + 1).any(|d| d == c) {
            return Err(bad());
        }
    }
    let kinds = [(m.creating, 'x'), (m.reading, 'r'), (m.writing, 'w'), (m.appending, 'a'), (m.updating, '+')];
    m.raw = kinds.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect();
    if text && m.binary {
        return Err(error::value_error("can't have text and binary mode at once"));
    }
    let n = m.creating as u8 + m.reading as u8 + m.writing as u8 + m.appending as u8;
    if n != 1 {
        return Err(error::value_error(if n > 1 {
            "must have exactly one of create/read/write/append mode"
        } else {
            "Must have exactly one of create/read/write/append mode and at most one plus"
        }));
    }
    Ok(m)
}

fn str_or_none(b: &Bound<'_>, i: usize, name: &str) -> PyResult<Option<Obj>> {
    match b.opt_not_none(i) {
        None => Ok(None),
        Some(o) if o.get::<Str>().is_some() => Ok(Some(o.clone())),
        Some(o) => Err(error::type_error(format!(
            "open() argument '{name}' must be str or None, not {}",
            type_name_or_none(o)
        ))),
    }
}

pub fn open(vm: &Vm, b: &Bound<'_>) -> PyResult {
    let mode = match b.opt(1) {
        None => "r".to_owned(),
        Some(m) if m.get::<Str>().is_some() => ops::text(m),
        Some(m) => {
            return Err(error::type_error(format!("open() argument 'mode' must be str, not {}", type_name_or_none(m))));
        }
    };
    let mut buffering = b.opt(2).map_or(Ok(-1), |n| ops::to_i32(vm, n))?;
    let encoding = str_or_none(b, 3, "encoding")?;
    let errors = str_or_none(b, 4, "errors")?;
    if let Some(n) = b.opt_not_none(5)
        && n.get::<Str>().is_none()
    {
        return Err(error::type_error(format!(
            "open() argument 'newline' must be str or None, not {}",
            type_name_or_none(n)
        )));
    }
    let closefd = b.opt(6).map_or(Ok(true), |c| ops::truth(vm, c))?;
    let m = parse_mode(&mode)?;
    if m.binary {
        let given = |what: &str| error::value_error(format!("binary mode doesn't take {what} argument"));
        if encoding.is_some() {
            return Err(given("an encoding"));
        }
        if errors.is_some() {
            return Err(given("an errors"));
        }
        if b.opt_not_none(5).is_some() {
            return Err(given("a newline"));
        }
        if buffering == 1 {
            vm.warn(
                &exc::RUNTIME_WARNING,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
    }
    // Paths are converted once, so that `name` and errors show what was opened.
    let file = b.req(0);
    let file = if int::is_int(file) { file.clone() } else { path_or_index(vm, file)? };
    let raw = fileio::open_file(vm, &file, &m.raw, closefd, b.opt_not_none(7))?;
    let r = layers(vm, &raw, &m, &mode, &mut buffering, (encoding, errors, b));
    r.map_err(|(e, top)| match call_method(vm, &top, &words().close, &[]) {
        Ok(_) => e,
        Err(second) => super::chain(e, second),
    })
}
fn path_or_index(vm: &Vm, file: &Obj) -> PyResult {
    match crate::os::convert::fspath(vm, file) {
        Ok(p) => Ok(p),
        Err(e) if e.is(&exc::TYPE_ERROR) && file.ty().index().is_some() => Ok(file.clone()),
        Err(e) => Err(e),
    }
}

type Failed = (adder_object::PyErr, Obj);

fn layers(
    vm: &Vm,
    raw: &Obj,
    m: &Mode,
    mode: &str,
    buffering: &mut i32,
    (encoding, errors, b): (Option<Obj>, Option<Obj>, &Bound<'_>),
) -> Result<Obj, Failed> {
    let f = raw.this::<fileio::FileIo>().map_err(|e| (e, raw.clone()))?;
    let mut line_buffering = false;
    if *buffering < 0 {
        let tty = !f.is_regular() && crate::os::sys_calls::isatty(f.fd.get()).is_ok_and(|n| n == 1);
        if tty {
            *buffering = -1;
            line_buffering = true;
        }
        *buffering = f.blksize().clamp(DEFAULT_BUFFER_SIZE, 8192 * 1024) as i32;
    } else if *buffering == 1 {
        *buffering = if m.binary { f.blksize().clamp(DEFAULT_BUFFER_SIZE, 8192 * 1024) as i32 } else { 1 };
        if !m.binary {
            line_buffering = true;
            *buffering = f.blksize().clamp(DEFAULT_BUFFER_SIZE, 8192 * 1024) as i32;
        }
    }
    if *buffering == 0 {
        if m.binary {
            return Ok(raw.clone());
        }
        return Err((error::value_error("can't have unbuffered text I/O"), raw.clone()));
    }
    let size = *buffering as usize;
    let made = if m.updating {
        buffered::random(vm, raw, size)
    } else if m.writing || m.appending || m.creating {
        buffered::writer(vm, raw, size)
    } else {
        buffered::reader(vm, raw, size)
    };
    let buffer = made.map_err(|e| (e, raw.clone()))?;
    if m.binary {
        return Ok(buffer);
    }
    let newline = newline_arg(vm, b.opt(5), None);
    let wrapped = newline.and_then(|n| {
        let t = text::wrap(vm, &buffer, encoding, errors, n, (line_buffering, false))?;
        attr::set(vm, &t, &words().mode, &new_str(mode))?;
        Ok(t)
    });
    wrapped.map_err(|e| (e, buffer))
}

pub fn open_code(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let path = b.req(0);
    if path.get::<Str>().is_none() {
        return Err(error::type_error(format!(
            "open_code() argument 'path' must be str, not {}",
            type_name_or_none(path)
        )));
    }
    let raw = fileio::open_file(vm, path, "r", true, None)?;
    buffered::reader(vm, &raw, DEFAULT_BUFFER_SIZE)
}

pub fn text_encoding(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    if let Some(e) = b.opt_not_none(0) {
        return Ok(e.clone());
    }
    let level = b.opt(1).map_or(Ok(2), |n| ops::to_i32(vm, n))?;
    warn_default_encoding(vm, level as isize)?;
    Ok(new_str(if flag(vm, "utf8_mode") { "utf-8" } else { "locale" }))
}

/// What kind of standard stream to make.
#[derive(Clone, Copy, Debug)]
pub struct StdStream {
    pub fd: i32,
    pub mode: &'static str,
    pub line_buffering: bool,
    /// Every write goes to the system.
    pub unbuffered: bool,
}

/// One of the standard streams: a text stream over the descriptor, which stays open when the stream is closed; None when the
/// process has no such descriptor. `mode` is "r" or "w".
pub fn make_std_stream(vm: &Vm, kind: StdStream, name: &str, encoding: &str, errors: &str) -> PyResult {
    if !crate::os::sys_calls::is_open(kind.fd) {
        return Ok(adder_object::singletons::none());
    }
    let writing = kind.mode.starts_with('w');
    let raw = fileio::open_file(vm, &int::from_i64(kind.fd as i64), if writing { "w" } else { "r" }, false, None)?;
    attr::set(vm, &raw, &words().name, &new_str(name))?;
    let make = if writing { buffered::writer } else { buffered::reader };
    let buffer = if kind.unbuffered { raw } else { make(vm, &raw, DEFAULT_BUFFER_SIZE)? };
    let (encoding, errors) = (Some(new_str(encoding)), Some(new_str(errors)));
    let t = text::wrap(vm, &buffer, encoding, errors, Some("\n".into()), (kind.line_buffering, kind.unbuffered))?;
    attr::set(vm, &t, &words().mode, &new_str(kind.mode))?;
    Ok(t)
}
