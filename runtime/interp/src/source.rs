//! Source text to code objects, and the exceptions of the front end.

use crate::code::CodeObject;
use adder_compile::{CompileError, ErrorKind};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Ref, Vm, error, exceptions as exc, int, singletons, str, tuple};
use adder_syntax::ast::Mod;
use adder_syntax::{ErrorClass, Mode, Options, SyntaxError};
use std::sync::Arc;

/// How to compile a source.
#[derive(Clone, Copy)]
pub struct Request {
    pub mode: Mode,
    pub flags: u32,
    pub optimize: u8,
    pub top_level_await: bool,
    pub options: Options,
}

impl Request {
    pub fn new(mode: Mode) -> Request {
        Request { mode, flags: 0, optimize: crate::sys::optimize(), top_level_await: false, options: parse_options() }
    }
}

/// Parser switches with the runtime's own tables.
pub fn parse_options() -> Options {
    Options {
        name_lookup: adder_unicode::lookup_char,
        max_str_digits: int::max_str_digits() as u32,
        ..Options::default()
    }
}

/// Parses text.
pub fn parse(vm: &Vm, source: &str, filename: &str, request: &Request) -> PyResult<Mod> {
    let parsed =
        adder_syntax::parse(source, request.mode, &request.options).map_err(|e| syntax_error(&e, filename, source))?;
    for w in &parsed.warnings {
        let place = |l: &str, col: u32| l.get(..col as usize).map_or(col as i32 + 1, |t| t.chars().count() as i32 + 1);
        let line = |n: u32| source.split_inclusive('\n').nth(n.max(1) as usize - 1).unwrap_or("");
        let at = [w.lineno as i32, place(line(w.loc.lineno), w.loc.col_offset)];
        let end = [w.loc.end_lineno as i32, place(line(w.loc.end_lineno), w.loc.end_col_offset)];
        warn(vm, &w.message, filename, source, at, end)?;
    }
    Ok(parsed.ast)
}

/// Compiles text to a code object.
pub fn compile(vm: &Vm, source: &str, filename: &str, request: &Request) -> PyResult<Ref<CodeObject>> {
    let tree = parse(vm, source, filename, request)?;
    compile_tree(vm, &tree, filename, request, Some(source))
}

/// Compiles a tree; `source` supplies the line of a SyntaxError.
pub fn compile_tree(
    vm: &Vm,
    tree: &Mod,
    filename: &str,
    request: &Request,
    source: Option<&str>,
) -> PyResult<Ref<CodeObject>> {
    let options = adder_compile::Options {
        flags: request.flags,
        optimize: request.optimize,
        top_level_await: request.top_level_await,
    };
    let (code, warnings) = adder_compile::compile(tree, filename, options).map_err(|e| compile_error(&e, filename))?;
    for w in &warnings {
        let source = source.unwrap_or("");
        warn(vm, &w.message, filename, source, [w.lineno, w.col], [w.end_lineno, w.end_col])?;
    }
    Ok(CodeObject::make(vm, Arc::new(code)))
}

/// Issues a SyntaxWarning; one that a filter makes an error is a SyntaxError with its place.
fn warn(vm: &Vm, message: &str, filename: &str, source: &str, at: [i32; 2], end: [i32; 2]) -> PyResult<()> {
    let Err(e) = crate::warnings::warn_at(vm, &exc::SYNTAX_WARNING, message, filename, at[0]) else { return Ok(()) };
    if !e.is(&exc::SYNTAX_WARNING) {
        return Err(e);
    }
    let line = source.split_inclusive('\n').nth((at[0] - 1).max(0) as usize).map(ToOwned::to_owned);
    let line = line.or_else(|| crate::linecache::line(filename, at[0]));
    let text = line.map_or_else(singletons::none, |t| str::from_str(&t).into_obj());
    // What is an error now will not become one in the future.
    let message = message.replace("Such sequences will not work in the future. ", "");
    Err(located(&exc::SYNTAX_ERROR, &message, filename, at, text, end))
}

fn class_of(c: ErrorClass) -> &'static adder_object::StaticType {
    match c {
        ErrorClass::SyntaxError => &exc::SYNTAX_ERROR,
        ErrorClass::IndentationError => &exc::INDENTATION_ERROR,
        ErrorClass::TabError => &exc::TAB_ERROR,
        ErrorClass::IncompleteInput => &exc::INCOMPLETE_INPUT_ERROR,
        ErrorClass::MemoryError => &exc::MEMORY_ERROR,
        ErrorClass::RecursionError => &exc::RECURSION_ERROR,
        ErrorClass::ValueError => &exc::VALUE_ERROR,
    }
}

/// The exception of a parse error.
pub fn syntax_error(e: &SyntaxError, filename: &str, _: &str) -> PyErr {
    let class = class_of(e.class);
    if matches!(e.class, ErrorClass::MemoryError | ErrorClass::RecursionError | ErrorClass::ValueError) {
        return PyErr::new(class, &e.message);
    }
    let text = e.text.as_deref().map_or_else(singletons::none, |t| str::from_str(t).into_obj());
    let err = located(class, &e.message, filename, [e.lineno, e.offset], text, [e.end_lineno, e.end_offset]);
    if let (Some((line, col)), Some(b)) = (e.statement, err.exception()) {
        let info = [int::from_i64(line as i64), int::from_i64(col as i64), singletons::none()];
        b.set_field(8, tuple::from_array(info));
    }
    err
}

fn located(
    class: &'static adder_object::StaticType,
    message: &str,
    filename: &str,
    at: [i32; 2],
    text: Obj,
    end: [i32; 2],
) -> PyErr {
    let n = |i: i32| int::from_i64(i as i64);
    let info = vec![str::from_str(filename).into_obj(), n(at[0]), n(at[1]), text, n(end[0]), n(end[1])];
    PyErr::with_args(class, vec![str::from_str(message).into_obj(), tuple::new(info)])
}

/// The exception of a compile error. As in CPython its columns count bytes, and the line comes from the file, if there is one.
pub fn compile_error(e: &CompileError, filename: &str) -> PyErr {
    match e.kind {
        ErrorKind::Syntax => {}
        ErrorKind::Recursion => return error::recursion_error(&e.message),
        ErrorKind::System => return error::system_error(&e.message),
        ErrorKind::Runtime => return error::runtime_error(&e.message),
        ErrorKind::Overflow => return error::overflow_error(&e.message),
        ErrorKind::Value => return error::value_error(&e.message),
        ErrorKind::Type => return error::type_error(&e.message),
    }
    let line = crate::linecache::line(filename, e.lineno);
    let text = line.map_or_else(singletons::none, |t| str::from_str(&t).into_obj());
    located(&exc::SYNTAX_ERROR, &e.message, filename, [e.lineno, e.col], text, [e.end_lineno, e.end_col])
}

/// The code payload of a value, if it is a code object.
pub fn as_code(o: &Obj) -> Option<Ref<CodeObject>> {
    o.downcast::<CodeObject>()
}
