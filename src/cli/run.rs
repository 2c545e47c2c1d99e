//! Runs the program a command line names, and turns its end into an exit code.

use super::options::{Options, Target, variable, variable_os, x_option};
use adder_interp::code::CodeObject;
use adder_interp::modules::imp;
use adder_interp::modules::sys::{Config, os_text};
use adder_interp::source::{self, Request};
use adder_interp::{boot, builtin_functions, eval, report, sys};
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Ref, Vm, attr, call, error, exceptions as exc, int, names, ops, singletons, str,
};
use adder_syntax::Mode;
use adder_syntax::source::Origin;
use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Read};
use std::os::unix::ffi::OsStrExt;

/// `sys` settings of a run.
pub fn config(options: &Options, orig_argv: Vec<OsString>) -> Config {
    let executable = std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let prefix = std::path::Path::new(&executable)
        .parent()
        .and_then(|p| p.parent())
        .map_or_else(|| "/usr".to_owned(), |p| p.to_string_lossy().into_owned());
    let library = std::env::var("ADDER_LIBRARY").ok().filter(|_| !options.flags.ignore_environment);
    let stdlib = library.unwrap_or_else(|| format!("{prefix}/lib/python3.14"));
    let mut path: Vec<OsString> = vec![];
    if let Some(p) = variable_os(options, "PYTHONPATH") {
        path.extend(p.as_bytes().split(|b| *b == b':').map(|p| OsStr::from_bytes(p).to_owned()));
    }
    path.push(stdlib.clone().into());
    let pycache_prefix = match x_option(options, "pycache_prefix") {
        Some(p) => Some(p.to_owned()).filter(|p| !p.is_empty()),
        None => variable(options, "PYTHONPYCACHEPREFIX"),
    };
    Config {
        argv: options.argv.clone(),
        orig_argv,
        executable,
        prefix,
        path,
        warnoptions: options.warnings.clone(),
        xoptions: options.xoptions.clone(),
        flags: options.flags,
        pycache_prefix,
        stdlib_dir: Some(stdlib),
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Code(u8),
    /// By a KeyboardInterrupt: the process dies of the signal, so that a shell sees it.
    Interrupted,
}

/// Runs the program, and the prompt after it where that is asked for.
pub fn program(vm: &Vm, options: &Options) -> End {
    let wants_prompt = |o: &Options| {
        let by_program = || std::env::var_os("PYTHONINSPECT").is_some_and(|v| !v.is_empty());
        o.flags.inspect > 0 || !o.flags.ignore_environment && by_program()
    };
    // What arrived during the last call of the program still counts.
    let mut end = match target(vm, options).and_then(|()| vm.check_breaker()) {
        Ok(()) => End::Code(0),
        // Also an exit leads to the prompt, with its traceback.
        Err(e) if wants_prompt(options) && options.target != Target::Stdin => {
            report_uncaught(vm, &e);
            End::Code(1)
        }
        Err(e) => ended(vm, &e),
    };
    let at_prompt = options.flags.interactive > 0 || std::io::stdin().is_terminal();
    if options.target != Target::Stdin && wants_prompt(options) && at_prompt {
        end = interactive(vm).map_or_else(|e| ended(vm, &e), |()| End::Code(0));
    }
    end
}

fn target(vm: &Vm, options: &Options) -> PyResult<()> {
    let (_, globals) = boot::main_module();
    if !options.flags.no_site {
        vm.import("site")?;
    }
    // A program that comes from no file has the built-in importer as its loader.
    if let Some(importlib) = sys::modules().get_str("_frozen_importlib") {
        globals.set_name(&names().__loader__, attr::get_str(vm, &importlib, "BuiltinImporter")?);
    }
    match &options.target {
        Target::Command(text) => {
            prepend_path(options, OsStr::new(""));
            let Some(text) = text.to_str() else {
                report::write_stderr(vm, "Unable to decode the command from the command line:\n");
                let encoding = [str::from_str("utf-8").into_obj()];
                return call::call_method_str(vm, &os_text(text), "encode", &encoding).map(|_| ());
            };
            let code = compile_text(vm, &(dedent(text) + "\n"), "<string>")?;
            imp::set_command(&code, &dedent(text));
            eval::run_code(vm, &code, &globals, Some(globals.obj().clone()), None)?;
            Ok(())
        }
        Target::Module(name) => {
            let cwd = std::env::current_dir().map(OsString::from).unwrap_or_default();
            prepend_path(options, &cwd);
            run_module(vm, name, true)
        }
        Target::File(name) => run_file(vm, options, name, &globals),
        Target::Stdin if std::io::stdin().is_terminal() || options.flags.interactive > 0 => {
            prepend_path(options, OsStr::new(""));
            interactive(vm)
        }
        Target::Stdin => {
            prepend_path(options, OsStr::new(""));
            let mut bytes = vec![];
            if sys::get("stdin").is_some_and(|s| !s.is_none()) {
                std::io::stdin().read_to_end(&mut bytes).map_err(|e| error::io_error(&e, None))?;
            }
            let text = builtin_functions::decode_source(&bytes, Origin::File("<stdin>"), "<stdin>")?;
            globals.set_str("__file__", str::from_str("<stdin>").into_obj());
            let code = compile_text(vm, &text, "<stdin>")?;
            eval::run_code(vm, &code, &globals, Some(globals.obj().clone()), None)?;
            Ok(())
        }
    }
}

fn prepend_path(options: &Options, folder: &OsStr) {
    if !options.flags.safe_path {
        insert_path(folder);
    }
}

fn insert_path(folder: &OsStr) {
    adder_builtins::core::module::set_script_folder(folder.to_string_lossy().into_owned());
    if let Some(l) = sys::get("path").as_ref().and_then(|p| p.get::<adder_object::List>()) {
        l.insert(0, os_text(folder));
    }
}

/// Text of `-c` without the white space that all its lines begin with.
fn dedent(text: &str) -> String {
    let lines = || text.split('\n').filter(|l| !l.trim_matches([' ', '\t', '\r']).is_empty());
    let indent = |l: &str| l.len() - l.trim_start_matches([' ', '\t']).len();
    let mut margin: Option<&str> = None;
    for line in lines() {
        let own = &line[..indent(line)];
        margin = Some(match margin {
            None => own,
            Some(m) => &m[..m.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count()],
        });
    }
    let margin = margin.unwrap_or("").len();
    let mut out: Vec<&str> = vec![];
    for line in text.split('\n') {
        let blank = line.trim_matches([' ', '\t', '\r']).is_empty();
        out.push(if blank { "" } else { &line[margin..] });
    }
    out.join("\n")
}

fn compile_text(vm: &Vm, text: &str, name: &str) -> PyResult<Ref<CodeObject>> {
    source::compile(vm, text, name, &Request::new(Mode::Exec))
}

fn run_module(vm: &Vm, name: &OsStr, alter_argv: bool) -> PyResult<()> {
    let runpy = vm.import("runpy")?;
    let f = attr::get_str(vm, &runpy, "_run_module_as_main")?;
    call::call_pos(vm, &f, &[os_text(name), singletons::bool_obj(alter_argv)])?;
    Ok(())
}

fn run_file(vm: &Vm, options: &Options, name: &OsStr, globals: &Ref<adder_object::Dict>) -> PyResult<()> {
    let full = absolute(name);
    let path = std::path::Path::new(&full);
    if is_container(vm, path)? {
        // Not subject to -P: the archive is the program.
        insert_path(&full);
        return run_module(vm, OsStr::new("__main__"), false);
    }
    let shown = full.to_string_lossy().into_owned();
    let bytes = match std::fs::read(path) {
        Ok(b) => b,
        Err(e) => {
            let text = error::errno_text(e.raw_os_error().unwrap_or(0));
            let exe = sys::get("executable").map(|o| ops::text(&o)).unwrap_or_default();
            let errno = e.raw_os_error().unwrap_or(0);
            let shown = ops::repr_string(vm, &os_text(&full)).unwrap_or_default();
            report::write_stderr(vm, &format!("{exe}: can't open file {shown}: [Errno {errno}] {text}\n"));
            return Err(PyErr::with_args(&exc::SYSTEM_EXIT, vec![int::from_i64(2)]));
        }
    };
    let folder = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    prepend_path(options, folder.parent().map(|p| p.as_os_str()).unwrap_or_default());
    globals.set_str("__file__", os_text(&full));
    globals.set_str("__cached__", singletons::none());
    if shown.ends_with(".pyc") || bytes.starts_with(&(imp::MAGIC as u32).to_le_bytes()) {
        return run_cache_file(vm, &full, globals);
    }
    let mut text =
        builtin_functions::decode_source(&bytes, Origin::File(&shown), &shown).map_err(|e| with_filename(e, &shown))?;
    // So that its source can be found again.
    globals.set_name(&names().__loader__, loader(vm, "SourceFileLoader", &full)?);
    if options.skip_first_line {
        let rest = text.find('\n').map_or("", |i| &text[i..]).to_owned();
        text = rest;
    }
    let code = compile_text(vm, &text, &shown)?;
    eval::run_code(vm, &code, globals, Some(globals.obj().clone()), None)?;
    Ok(())
}

/// Runs compiled code from a cache file given as the program.
fn run_cache_file(vm: &Vm, path: &OsStr, globals: &Ref<adder_object::Dict>) -> PyResult<()> {
    let loader = loader(vm, "SourcelessFileLoader", path)?;
    globals.set_name(&names().__loader__, loader.clone());
    let code = call::call_method_str(vm, &loader, "get_code", &[str::from_str("__main__").into_obj()]);
    let code = code.map_err(|e| match e.is(&exc::IMPORT_ERROR) {
        true => error::runtime_error("Bad magic number in .pyc file"),
        false => e,
    })?;
    let code = source::as_code(&code).ok_or_else(|| error::runtime_error("Bad code object in .pyc file"))?;
    eval::run_code(vm, &code, globals, Some(globals.obj().clone()), None)?;
    Ok(())
}

fn loader(vm: &Vm, class: &str, path: &OsStr) -> PyResult {
    let external = sys::modules().get_str("_frozen_importlib_external").unwrap_or_else(singletons::none);
    let class = attr::get_str(vm, &external, class)?;
    call::call_pos(vm, &class, &[str::from_str("__main__").into_obj(), os_text(path)])
}

/// Whether a path is a folder or an archive: something whose `__main__` is the program.
fn is_container(vm: &Vm, path: &std::path::Path) -> PyResult<bool> {
    if path.is_dir() {
        return Ok(true);
    }
    if !path.is_file() || !may_be_zip(path) {
        return Ok(false);
    }
    let zipimport = vm.import("zipimport")?;
    let importer = attr::get_str(vm, &zipimport, "zipimporter")?;
    match call::call1(vm, &importer, &os_text(path.as_os_str())) {
        Ok(_) => Ok(true),
        Err(e) if e.is(&exc::IMPORT_ERROR) => Ok(false),
        Err(e) => Err(e),
    }
}

/// An archive ends with its directory, which may have a comment behind it.
fn may_be_zip(path: &std::path::Path) -> bool {
    use std::io::{Seek, SeekFrom};
    let tail = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(22 + 0xFFFF)))?;
        let mut tail = vec![];
        file.read_to_end(&mut tail)?;
        Ok(tail)
    };
    tail().is_ok_and(|t| t.windows(4).any(|w| w == b"PK\x05\x06"))
}

fn with_filename(e: PyErr, name: &str) -> PyErr {
    if e.is(&exc::SYNTAX_ERROR)
        && let Some(b) = e.exception()
    {
        b.set_field(1, str::from_str(name).into_obj());
    }
    e
}

/// CPython makes the script's name absolute since 3.9.
fn absolute(name: &OsStr) -> OsString {
    match std::env::current_dir() {
        Ok(d) if name == "." => d.into_os_string(),
        Ok(d) if !name.as_bytes().starts_with(b"/") => {
            let name = name.as_bytes();
            d.join(OsStr::from_bytes(name.strip_prefix(b"./").unwrap_or(name))).into_os_string()
        }
        _ => name.to_owned(),
    }
}

/// The interactive loop: the library's `_pyrepl` on a terminal, `code.interact` otherwise.
fn interactive(vm: &Vm) -> PyResult<()> {
    let m = vm.import("_adder_repl")?;
    call::call_method_str(vm, &m, "main", &[])?;
    Ok(())
}

/// The end of a program that an exception ended; prints what CPython prints.
pub fn ended(vm: &Vm, e: &PyErr) -> End {
    if e.is(&exc::SYSTEM_EXIT) {
        return End::Code(exit_code(vm, e));
    }
    match report_uncaught(vm, e) {
        Some(code) => End::Code(code),
        None if e.is(&exc::KEYBOARD_INTERRUPT) => End::Interrupted,
        None => End::Code(1),
    }
}

/// Reports an exception through `sys.excepthook`; the exit code, if the hook itself asked for one.
fn report_uncaught(vm: &Vm, e: &PyErr) -> Option<u8> {
    let obj = e.obj();
    let hook = sys::get("excepthook").filter(|h| !h.is_none());
    let tb = e.exception().and_then(|b| b.traceback.get()).unwrap_or_else(singletons::none);
    for (k, v) in [
        ("last_exc", obj.clone()),
        ("last_type", obj.ty().to_obj()),
        ("last_value", obj.clone()),
        ("last_traceback", tb.clone()),
    ] {
        sys::dict().set_str(k, v);
    }
    let Some(h) = hook else {
        report::print_exception(vm, obj);
        return None;
    };
    let second = call::call_pos(vm, &h, &[obj.ty().to_obj(), obj.clone(), tb]).err()?;
    if second.is(&exc::SYSTEM_EXIT) {
        return Some(exit_code(vm, &second));
    }
    report::write_stderr(vm, "Error in sys.excepthook:\n");
    report::print_exception(vm, second.obj());
    report::write_stderr(vm, "\nOriginal exception was:\n");
    report::print_exception(vm, obj);
    None
}

fn exit_code(vm: &Vm, e: &PyErr) -> u8 {
    let code: Obj = attr::lookup_str(vm, e.obj(), "code").ok().flatten().unwrap_or_else(singletons::none);
    if code.is_none() {
        return 0;
    }
    if let Some(n) = int::as_int(&code) {
        return n.to_i64().map_or(255, |n| n as u8);
    }
    let text = ops::str_lossy(vm, &code);
    report::write_stderr(vm, &format!("{text}\n"));
    1
}
