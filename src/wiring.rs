//! Connects the floors: a thread with a large stack, the GIL, start-up, the program, and the orderly end.

use crate::cli::options::{self, Options, Stop};
use crate::cli::run::{self, End};
use adder_interp::modules::{imp, sys as sys_module};
use adder_interp::{boot, report, sys};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, attr, call, ops, singletons, str};
use adder_stdlib::os::sys_calls;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Native stack of the main thread: room for deep recursion through native code.
const STACK: usize = 1 << 30;

pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    sys_calls::default_faults();
    if args.get(1).is_some_and(|a| a == "bench") {
        sys_calls::block_all_signals();
        return crate::bench::main(&args[2..]);
    }
    if args.get(1).is_some_and(|a| a == "explain") {
        return crate::explain::main(&args[2..]);
    }
    let options = match options::parse(args.get(1..).unwrap_or(&[])) {
        Ok(o) => o,
        Err(Stop::Print(text)) => {
            // As in CPython, nobody hears of a failure here.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(Stop::Error(text)) => {
            sys::raw_stderr(&text);
            return ExitCode::from(2);
        }
        Err(Stop::Fatal(text)) => {
            sys::raw_stderr(&text);
            return ExitCode::from(1);
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || main_thread(&options, args));
    // Signals go to the thread that runs the program: they must interrupt what it waits for.
    sys_calls::block_all_signals();
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(End::Code(code))) => ExitCode::from(code),
        Ok(Ok(End::Interrupted)) => {
            sys_calls::die_of_interrupt();
            ExitCode::from(130)
        }
        _ => ExitCode::from(70),
    }
}

fn main_thread(options: &Options, args: Vec<OsString>) -> End {
    let vm: &'static Vm = Box::leak(Box::new(Vm::new(STACK / 16)));
    seed_hashes(options);
    vm.enter();
    vm.list();
    sys::set_optimize(options.flags.optimize.clamp(0, 2) as u8);
    adder_object::int::set_max_str_digits(options.flags.int_max_str_digits as usize);
    adder_builtins::text::set_bytes_warning(options.flags.bytes_warning.clamp(0, 2) as u8);
    adder_builtins::text::set_dev_mode(options.flags.dev_mode);
    sys::set_columns(!options.flags.no_debug_ranges);
    adder_interp::import::set_timing(options.flags.import_time);
    sys::set_cpu_count(options.flags.cpu_count);
    adder_stdlib::os::posix::system::set_cpu_count(options.flags.cpu_count);
    let started = start(vm, options, args).map_err(|e| ("start-up failed", e)).and_then(|()| {
        streams(vm, options)
            .map_err(|e| ("init_stdio_encoding: failed to get the Python codec name of the stdio encoding", e))
    });
    if let Err((what, e)) = started {
        sys::raw_stderr(&format!(
            "Fatal Python error: {what}\nPython runtime state: core initialized\n{}\n",
            report::plain(vm, e.obj())
        ));
        return End::Code(1);
    }
    // What is wrong with a filter is said before anything runs.
    if !options.warnings.is_empty()
        && let Err(e) = vm.import("warnings")
    {
        vm.unraisable(e, "'import warnings' failed; traceback:", None);
    }
    let end = run::program(vm, options);
    finish(vm, end)
}

/// PYTHONHASHSEED: a number fixes the key of str hashes.
fn seed_hashes(options: &Options) {
    if let Some(seed) = options::variable(options, "PYTHONHASHSEED").and_then(|v| v.parse::<u32>().ok()) {
        return adder_object::str::set_hash_seed(seed);
    }
    let key = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_nanos() as u64 ^ (std::process::id() as u64) << 32);
    adder_object::str::set_hash_key(key.wrapping_mul(0x9E37_79B9_7F4A_7C15), key);
}

/// The JIT as `-X jit...` and the ADDER_JIT... variables ask for it; an option it does not know is ignored, as other `-X` are.
fn install_jit(options: &Options) {
    adder_jit::options::set("jit", "on");
    for &name in adder_jit::options::NAMES {
        let key = format!("ADDER_{}", name.to_uppercase().replace('-', "_"));
        if let Some(v) = options::variable(options, &key) {
            adder_jit::options::set(name, &v);
        }
    }
    for (variable, name) in [("PYTHONPERFSUPPORT", "perf"), ("PYTHON_PERF_JIT_SUPPORT", "perf_jit")] {
        if options::variable(options, variable).is_some_and(|v| v != "0") {
            adder_jit::options::set(name, "1");
        }
    }
    for (name, value) in &options.xoptions {
        adder_jit::options::set(name, value.as_deref().unwrap_or(""));
    }
    adder_jit::install();
}

fn start(vm: &Vm, options: &Options, args: Vec<OsString>) -> PyResult<()> {
    install_jit(options);
    boot::start(vm, adder_builtins::core::functions::builtins_module)?;
    imp::register(adder_stdlib::modules());
    imp::register(adder_builtins::modules().chain(adder_builtins::MODULES.iter().copied()));
    boot::register_own();
    sys_module::make(vm, &run::config(options, args), &imp::native_names())?;
    adder_object::vm::HOOKS.get().pending = adder_stdlib::os::signal::run_pending;
    if options.flags.verbose > 0 {
        boot::early_stderr(vm)?;
    }
    boot::start_imports(vm)?;
    attr::set_str(
        vm,
        &sys::modules().get_str("_imp").unwrap_or_else(singletons::none),
        "check_hash_based_pycs",
        str::from_str(&options.check_hash_based_pycs).obj(),
    )?;
    adder_stdlib::os::signal::install(vm)
}

/// `sys.stdin`, `sys.stdout`, `sys.stderr`; None for those whose descriptor is closed.
fn streams(vm: &Vm, options: &Options) -> PyResult<()> {
    vm.import("encodings")?;
    let io = vm.import("io")?;
    if let Some(b) = sys::modules().get_str("builtins") {
        attr::set_str(vm, &b, "open", &attr::get_str(vm, &io, "open")?)?;
    }
    let (encoding, errors) = stream_encoding(vm, options)?;
    for (name, fd, write) in [("stdin", 0, false), ("stdout", 1, true), ("stderr", 2, true)] {
        let stream = if sys_calls::started_closed(fd) {
            singletons::none()
        } else {
            let errors = if name == "stderr" { "backslashreplace" } else { &errors };
            let unbuffered = write && options.unbuffered;
            let line = !unbuffered && (name == "stderr" || is_terminal(fd));
            let mode = if write { "w" } else { "r" };
            let kind = adder_stdlib::os::io::StdStream { fd, mode, line_buffering: line, unbuffered };
            adder_stdlib::os::io::make_std_stream(vm, kind, &format!("<{name}>"), &encoding, errors)?
        };
        sys::dict().set_str(name, stream.clone());
        sys::dict().set_str(&format!("__{name}__"), stream);
    }
    Ok(())
}

/// Encoding and error handler of the standard streams: PYTHONIOENCODING, else UTF-8, lenient where the locale promises nothing.
fn stream_encoding(vm: &Vm, options: &Options) -> PyResult<(String, String)> {
    let spec = options::variable(options, "PYTHONIOENCODING").unwrap_or_default();
    let (encoding, errors) = spec.split_once(':').unwrap_or((&spec, ""));
    let lenient = encoding.is_empty() && (options.flags.utf8_mode || options::lenient_streams());
    let errors = match errors {
        "" if lenient => "surrogateescape",
        "" => "strict",
        e => e,
    };
    if encoding.is_empty() {
        return Ok(("utf-8".to_owned(), errors.to_owned()));
    }
    let look_up = attr::get_str(vm, &vm.import("codecs")?, "lookup")?;
    let codec = call::call1(vm, &look_up, str::from_str(encoding).obj())?;
    Ok((ops::text(&attr::get_str(vm, &codec, "name")?), errors.to_owned()))
}

fn is_terminal(fd: i32) -> bool {
    use std::io::IsTerminal;
    match fd {
        0 => std::io::stdin().is_terminal(),
        1 => std::io::stdout().is_terminal(),
        _ => std::io::stderr().is_terminal(),
    }
}

/// The end of the program: threads, atexit functions, flushed streams.
fn finish(vm: &Vm, end: End) -> End {
    let mut end = end;
    if let Some(t) = sys::modules().get_str("threading").filter(|t| !t.is_none())
        && let Err(e) = call::call_method_str(vm, &t, "_shutdown", &[])
    {
        vm.unraisable(e, "Exception ignored on threading shutdown", Some(&t));
    }
    if let Some(m) = sys::modules().get_str("atexit")
        && let Ok(f) = attr::get_str(vm, &m, "_run_exitfuncs")
        && let Err(e) = call::call0(vm, &f)
    {
        vm.unraisable(e, "Exception ignored in atexit callback", None);
    }
    // What could not be written now is not tried again.
    let written = flush(vm, "stdout");
    if !(flush(vm, "stderr") & written) {
        end = End::Code(120);
    }
    adder_jit::stats::publish();
    sys::set_finalizing();
    if adder_stdlib::os::thread::count() == 0 {
        adder_jit::end();
    }
    boot::end();
    if written {
        flush(vm, "stdout");
    }
    end
}

/// Flushes a standard stream; false when that failed.
fn flush(vm: &Vm, name: &str) -> bool {
    let Some(s) = sys::get(name).filter(|s| !s.is_none()) else { return true };
    if attr::lookup_str(vm, &s, "closed").ok().flatten().is_some_and(|c| c.is_true_singleton()) {
        return true;
    }
    let failed = |e: PyErr| {
        if name == "stdout" {
            vm.unraisable(e, "Exception ignored while flushing sys.stdout", None::<&Obj>);
        }
        false
    };
    call::call_method_str(vm, &s, "flush", &[]).map_or_else(failed, |_| true)
}
