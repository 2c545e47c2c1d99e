//! Connects the floors: a thread with a large stack, the GIL, start-up, the program, and the orderly end.

use crate::cli::options::{self, Options, Stop};
use crate::cli::run;
use adder_interp::modules::{imp, sys as sys_module};
use adder_interp::{boot, report, sys};
use adder_object::{ObjExt, PyResult, Vm, attr, call};
use std::process::ExitCode;

/// Native stack of the main thread: room for deep recursion through native code.
const STACK: usize = 1 << 30;

pub fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let options = match options::parse(args.get(1..).unwrap_or(&[])) {
        Ok(o) => o,
        Err(Stop::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(Stop::Error(text)) => {
            eprint!("{text}");
            return ExitCode::from(2);
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || main_thread(&options, args));
    // Signals go to the thread that runs the program: they must interrupt what it waits for.
    adder_stdlib::os::sys_calls::block_all_signals();
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::from(70),
    }
}

fn main_thread(options: &Options, args: Vec<String>) -> u8 {
    let vm: &'static Vm = Box::leak(Box::new(Vm::new(STACK / 16)));
    seed_hashes(options);
    vm.enter();
    sys::set_optimize(options.flags.optimize.clamp(0, 2) as u8);
    adder_object::int::set_max_str_digits(options.flags.int_max_str_digits as usize);
    let code = match start(vm, options, args) {
        Ok(()) => run::program(vm, options),
        Err(e) => {
            eprint!("Fatal Python error: start-up failed\n{}", report::plain(vm, e.obj()));
            1
        }
    };
    finish(vm, code)
}

/// PYTHONHASHSEED: a number fixes the key of str hashes.
fn seed_hashes(options: &Options) {
    let seed = options::variable(options, "PYTHONHASHSEED").and_then(|v| v.parse::<u64>().ok());
    let key = match seed {
        Some(n) => n,
        None => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| d.as_nanos() as u64 ^ (std::process::id() as u64) << 32),
    };
    adder_object::str::set_hash_key(key.wrapping_mul(0x9E37_79B9_7F4A_7C15), key);
}

fn start(vm: &Vm, options: &Options, args: Vec<String>) -> PyResult<()> {
    boot::start(vm, adder_builtins::core::functions::builtins_module)?;
    imp::register(adder_stdlib::modules());
    imp::register(adder_builtins::modules().chain(adder_builtins::MODULES.iter().copied()));
    boot::register_own();
    sys_module::make(vm, &run::config(options, args), &imp::native_names())?;
    adder_object::vm::HOOKS.get().pending = adder_stdlib::os::signal::run_pending;
    boot::start_imports(vm)?;
    adder_stdlib::os::signal::install(vm)?;
    streams(vm, options)
}

/// `sys.stdin`, `sys.stdout`, `sys.stderr`; None for those whose descriptor is closed.
fn streams(vm: &Vm, options: &Options) -> PyResult<()> {
    vm.import("encodings")?;
    let io = vm.import("io")?;
    if let Some(b) = sys::modules().get_str("builtins") {
        attr::set_str(vm, &b, "open", &attr::get_str(vm, &io, "open")?)?;
    }
    let spec = options::variable(options, "PYTHONIOENCODING").unwrap_or_default();
    let (encoding, errors) = spec.split_once(':').unwrap_or((&spec, ""));
    let encoding = if encoding.is_empty() { "utf-8" } else { encoding };
    for (name, fd, write, default_errors) in
        [("stdin", 0, false, "strict"), ("stdout", 1, true, "strict"), ("stderr", 2, true, "backslashreplace")]
    {
        let errors = if errors.is_empty() || name == "stderr" { default_errors } else { errors };
        let tty = is_terminal(fd);
        let line = name == "stderr" || tty || options.unbuffered;
        let mode = if write { "w" } else { "r" };
        let stream = adder_stdlib::os::io::make_std_stream(vm, fd, mode, &format!("<{name}>"), encoding, errors, line)?;
        sys::dict().set_str(name, stream.clone());
        sys::dict().set_str(&format!("__{name}__"), stream);
    }
    Ok(())
}

fn is_terminal(fd: i32) -> bool {
    use std::io::IsTerminal;
    match fd {
        0 => std::io::stdin().is_terminal(),
        1 => std::io::stdout().is_terminal(),
        _ => std::io::stderr().is_terminal(),
    }
}

/// The end of the program: threads, atexit functions, flushed streams; the exit code.
fn finish(vm: &Vm, code: u8) -> u8 {
    let mut code = code;
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
    if !flush(vm, "stdout") {
        code = 120;
    }
    flush(vm, "stderr");
    sys::set_finalizing();
    boot::end();
    let _ = flush(vm, "stdout");
    code
}

/// Flushes a standard stream; false when that failed.
fn flush(vm: &Vm, name: &str) -> bool {
    let Some(s) = sys::get(name).filter(|s| !s.is_none()) else { return true };
    if attr::lookup_str(vm, &s, "closed").ok().flatten().is_some_and(|c| c.is_true_singleton()) {
        return true;
    }
    match call::call_method_str(vm, &s, "flush", &[]) {
        Ok(_) => true,
        Err(e) => {
            if name == "stdout" {
                vm.unraisable(e, "Exception ignored on flushing sys.stdout", Some(&s));
            }
            false
        }
    }
}
