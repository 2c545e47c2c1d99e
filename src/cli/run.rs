//! Runs the program a command line names, and turns its end into an exit code.

use super::options::{Options, Target, variable};
use adder_interp::modules::sys::Config;
use adder_interp::source::{self, Request};
use adder_interp::{boot, builtin_functions, eval, report, sys};
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Ref, Vm, attr, call, error, exceptions as exc, int, names, ops, singletons, str,
};
use adder_syntax::Mode;
use adder_syntax::source::Origin;
use std::io::{IsTerminal, Read};

/// `sys` settings of a run.
pub fn config(options: &Options, orig_argv: Vec<String>) -> Config {
    let executable = std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let prefix = std::path::Path::new(&executable)
        .parent()
        .and_then(|p| p.parent())
        .map_or_else(|| "/usr".to_owned(), |p| p.to_string_lossy().into_owned());
    let library = std::env::var("ADDER_LIBRARY").ok().filter(|_| !options.flags.ignore_environment);
    let stdlib = library.unwrap_or_else(|| format!("{prefix}/lib/python3.14"));
    let mut path: Vec<String> = vec![];
    if let Some(p) = variable(options, "PYTHONPATH") {
        path.extend(p.split(':').map(str::to_owned));
    }
    path.push(stdlib.clone());
    Config {
        argv: options.argv.clone(),
        orig_argv,
        executable,
        prefix,
        path,
        warnoptions: options.warnings.clone(),
        xoptions: options.xoptions.clone(),
        flags: options.flags,
        pycache_prefix: variable(options, "PYTHONPYCACHEPREFIX"),
        stdlib_dir: Some(stdlib),
    }
}

/// Runs the program; the exit code.
pub fn program(vm: &Vm, options: &Options) -> u8 {
    let result = target(vm, options);
    let mut code = match result {
        Ok(()) => 0,
        Err(e) => ended(vm, &e),
    };
    if options.flags.inspect > 0 && std::io::stdin().is_terminal() {
        code = interactive(vm).map_or_else(|e| ended(vm, &e), |()| 0);
    }
    code
}

fn target(vm: &Vm, options: &Options) -> PyResult<()> {
    let (_, globals) = boot::main_module();
    if !options.flags.no_site {
        vm.import("site")?;
    }
    match &options.target {
        Target::Command(text) => {
            prepend_path(options, "");
            run_text(vm, text, "<string>", &globals)
        }
        Target::Module(name) => {
            let cwd = std::env::current_dir().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
            prepend_path(options, &cwd);
            let runpy = vm.import("runpy")?;
            let f = attr::get_str(vm, &runpy, "_run_module_as_main")?;
            call::call_pos(vm, &f, &[str::from_str(name).into_obj(), singletons::true_obj()])?;
            Ok(())
        }
        Target::File(name) => run_file(vm, options, name, &globals),
        Target::Stdin if std::io::stdin().is_terminal() || options.flags.interactive > 0 => {
            prepend_path(options, "");
            interactive(vm)
        }
        Target::Stdin => {
            prepend_path(options, "");
            let mut bytes = vec![];
            std::io::stdin().read_to_end(&mut bytes).map_err(|e| error::io_error(&e, None))?;
            let text = builtin_functions::decode_source(&bytes, Origin::File("<stdin>"), "<stdin>")?;
            run_text(vm, &text, "<stdin>", &globals)
        }
    }
}

fn prepend_path(options: &Options, folder: &str) {
    if options.flags.safe_path {
        return;
    }
    if let Some(path) = sys::get("path")
        && let Some(l) = path.get::<adder_object::List>()
    {
        l.insert(0, str::from_str(folder).into_obj());
    }
}

fn run_text(vm: &Vm, text: &str, name: &str, globals: &Ref<adder_object::Dict>) -> PyResult<()> {
    let code = source::compile(vm, text, name, &Request::new(Mode::Exec))?;
    eval::run_code(vm, &code, globals, Some(globals.obj().clone()), None)?;
    Ok(())
}

fn run_file(vm: &Vm, options: &Options, name: &str, globals: &Ref<adder_object::Dict>) -> PyResult<()> {
    let path = std::path::Path::new(name);
    let is_archive = path.is_dir() || is_zip(path);
    if is_archive {
        if let Some(l) = sys::get("path").as_ref().and_then(|p| p.get::<adder_object::List>()) {
            l.insert(0, str::from_str(name).into_obj());
        }
        let runpy = vm.import("runpy")?;
        let f = attr::get_str(vm, &runpy, "_run_module_as_main")?;
        call::call_pos(vm, &f, &[str::from_str("__main__").into_obj(), singletons::false_obj()])?;
        return Ok(());
    }
    let bytes = match std::fs::read(path) {
        Ok(b) => b,
        Err(e) => {
            let text = error::errno_text(e.raw_os_error().unwrap_or(0));
            let exe = sys::get("executable").map(|o| ops::text(&o)).unwrap_or_default();
            let errno = e.raw_os_error().unwrap_or(0);
            report::write_stderr(vm, &format!("{exe}: can't open file '{}': [Errno {errno}] {text}\n", absolute(name)));
            return Err(PyErr::with_args(&exc::SYSTEM_EXIT, vec![int::from_i64(2)]));
        }
    };
    let folder = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder.parent().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    prepend_path(options, &folder);
    globals.set_str("__file__", str::from_str(&absolute(name)).into_obj());
    globals.set_str("__cached__", singletons::none());
    set_main_loader(vm, globals, name)?;
    let mut text =
        builtin_functions::decode_source(&bytes, Origin::File(name), name).map_err(|e| with_filename(e, name))?;
    if options.skip_first_line {
        let rest = text.find('\n').map_or("", |i| &text[i..]).to_owned();
        text = rest;
    }
    run_text(vm, &text, &absolute(name), globals)
}

/// `__loader__` of a script, so that its source can be found again.
fn set_main_loader(vm: &Vm, globals: &Ref<adder_object::Dict>, name: &str) -> PyResult<()> {
    let Some(external) = sys::modules().get_str("_frozen_importlib_external") else { return Ok(()) };
    let loader = attr::get_str(vm, &external, "SourceFileLoader")?;
    let args = [str::from_str("__main__").into_obj(), str::from_str(&absolute(name)).into_obj()];
    globals.set_name(&names().__loader__, call::call_pos(vm, &loader, &args)?);
    Ok(())
}

fn with_filename(e: PyErr, name: &str) -> PyErr {
    if e.is(&exc::SYNTAX_ERROR)
        && let Some(b) = e.exception()
    {
        b.set_field(1, str::from_str(&absolute(name)).into_obj());
    }
    e
}

fn is_zip(path: &std::path::Path) -> bool {
    let mut head = [0u8; 4];
    std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && &head == b"PK\x03\x04"
}

/// CPython makes the script's name absolute since 3.9.
fn absolute(name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    match std::env::current_dir() {
        Ok(d) => d.join(name).to_string_lossy().into_owned(),
        Err(_) => name.to_owned(),
    }
}

/// The interactive loop: the library's `_pyrepl` on a terminal, `code.interact` otherwise.
fn interactive(vm: &Vm) -> PyResult<()> {
    let m = vm.import("_adder_repl")?;
    call::call_method_str(vm, &m, "main", &[])?;
    Ok(())
}

/// The exit code of a program that ended with an exception; prints what CPython prints.
pub fn ended(vm: &Vm, e: &PyErr) -> u8 {
    if e.is(&exc::SYSTEM_EXIT) {
        return exit_code(vm, e);
    }
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
    match hook {
        Some(h) => {
            if let Err(second) = call::call_pos(vm, &h, &[obj.ty().to_obj(), obj.clone(), tb]) {
                if second.is(&exc::SYSTEM_EXIT) {
                    return exit_code(vm, &second);
                }
                report::write_stderr(vm, "Error in sys.excepthook:\n");
                report::print_exception(vm, second.obj());
                report::write_stderr(vm, "\nOriginal exception was:\n");
                report::print_exception(vm, obj);
            }
        }
        None => report::print_exception(vm, obj),
    }
    if e.is(&exc::KEYBOARD_INTERRUPT) { 130 } else { 1 }
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
