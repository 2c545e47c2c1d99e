//! Options and environment variables to a plain description of the run.
//!
//! Invariant: whatever is wrong with an option or a variable is said here, before the runtime starts.

use adder_interp::modules::sys::Flags;
use std::ffi::{OsStr, OsString};

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Command(OsString),
    Module(OsString),
    File(OsString),
    /// `-`, or no argument.
    Stdin,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub target: Target,
    /// `sys.argv` with its first item as CPython sets it before the program runs.
    pub argv: Vec<OsString>,
    pub flags: Flags,
    pub unbuffered: bool,
    pub skip_first_line: bool,
    pub warnings: Vec<String>,
    pub xoptions: Vec<(String, Option<String>)>,
    pub check_hash_based_pycs: String,
}

/// A command line that is not run.
#[derive(Debug)]
pub enum Stop {
    /// Print to stdout and exit with 0.
    Print(String),
    /// Print to stderr and exit with 2.
    Error(String),
    /// Print to stderr and exit with 1.
    Fatal(String),
}

/// Reads an environment variable unless `-E` or `-I` forbids it; one that is empty counts as not set.
pub fn variable_os(options: &Options, name: &str) -> Option<OsString> {
    if options.flags.ignore_environment { None } else { std::env::var_os(name).filter(|v| !v.is_empty()) }
}

/// As [`variable_os`], as text.
pub fn variable(options: &Options, name: &str) -> Option<String> {
    variable_os(options, name).map(|v| v.to_string_lossy().into_owned())
}

/// The value of `-X name`; empty when it has none.
pub fn x_option<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
    options.xoptions.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_deref().unwrap_or(""))
}

fn error(message: String) -> Stop {
    Stop::Error(format!(
        "{message}\nusage: adder [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `adder -h' for more information.\n"
    ))
}

/// Parses the arguments behind the program name.
pub fn parse(args: &[OsString]) -> Result<Options, Stop> {
    let mut o = Options {
        target: Target::Stdin,
        argv: vec![OsString::new()],
        flags: Flags { int_max_str_digits: 4300, hash_randomization: true, ..Flags::default() },
        unbuffered: false,
        skip_first_line: false,
        warnings: vec![],
        xoptions: vec![],
        check_hash_based_pycs: "default".to_owned(),
    };
    let mut version = 0;
    let mut i = 0;
    while let Some(arg) = args.get(i) {
        let arg = arg.to_string_lossy().into_owned();
        if arg == "-" || !arg.starts_with('-') {
            break;
        }
        i += 1;
        match arg.as_str() {
            "--help" => return Err(Stop::Print(super::usage::USAGE.to_owned())),
            "--help-env" => return Err(Stop::Print(super::usage::ENVIRONMENT.to_owned())),
            "--help-xoptions" => return Err(Stop::Print(super::usage::X_OPTIONS.to_owned())),
            "--help-all" => return Err(Stop::Print(super::usage::all())),
            "--version" => version += 1,
            "--" => break,
            "--check-hash-based-pycs" => {
                i += 1;
                o.check_hash_based_pycs = match args.get(i - 1).map(|a| a.to_string_lossy().into_owned()) {
                    Some(v) if matches!(v.as_str(), "default" | "always" | "never") => v,
                    Some(_) => {
                        let text = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
                        return Err(error(text.to_owned()));
                    }
                    None => return Err(error(format!("Argument expected for the {arg} options"))),
                };
            }
            a if a.starts_with("--") => return Err(error(format!("Unknown option: {a}"))),
            a => short_options(&mut o, &a[1..], args, &mut i, &mut version)?,
        }
        if o.target != Target::Stdin {
            break;
        }
    }
    if version > 0 {
        let more = if version > 1 { format!(" (Adder {}) [Rust]", env!("CARGO_PKG_VERSION")) } else { String::new() };
        return Err(Stop::Print(format!("{}{more}\n", super::usage::VERSION)));
    }
    if o.target == Target::Stdin && i < args.len() {
        o.target = if args[i] == "-" { Target::Stdin } else { Target::File(args[i].clone()) };
        o.argv = args[i..].to_vec();
    } else if o.target != Target::Stdin {
        o.argv = vec![if matches!(o.target, Target::Command(_)) { "-c" } else { "-m" }.into()];
        o.argv.extend_from_slice(&args[i..]);
    }
    environment(&mut o)?;
    Ok(o)
}

/// The letters of one argument.
fn short_options(
    o: &mut Options,
    letters: &str,
    args: &[OsString],
    i: &mut usize,
    version: &mut u32,
) -> Result<(), Stop> {
    for (at, c) in letters.char_indices() {
        let rest = &letters[at + c.len_utf8()..];
        let f = &mut o.flags;
        match c {
            'b' => f.bytes_warning += 1,
            'B' => f.dont_write_bytecode = true,
            'd' => f.debug += 1,
            'E' => f.ignore_environment = true,
            'h' | '?' => return Err(Stop::Print(super::usage::USAGE.to_owned())),
            'i' => (f.inspect, f.interactive) = (f.inspect + 1, f.interactive + 1),
            'I' => (f.isolated, f.ignore_environment, f.no_user_site, f.safe_path) = (true, true, true, true),
            'O' => f.optimize += 1,
            'P' => f.safe_path = true,
            'q' => f.quiet += 1,
            'R' | 't' => {}
            's' => f.no_user_site = true,
            'S' => f.no_site = true,
            'u' => o.unbuffered = true,
            'v' => f.verbose += 1,
            'V' => *version += 1,
            'x' => o.skip_first_line = true,
            'c' | 'm' | 'W' | 'X' => {
                let value = if rest.is_empty() {
                    *i += 1;
                    args.get(*i - 1).cloned().ok_or_else(|| error(format!("Argument expected for the -{c} option")))?
                } else {
                    tail_of(&args[*i - 1], rest)
                };
                let text = || value.to_string_lossy().into_owned();
                match c {
                    'c' => o.target = Target::Command(value),
                    'm' => o.target = Target::Module(value),
                    'W' => o.warnings.push(text()),
                    _ => {
                        let text = text();
                        let (k, v) =
                            text.split_once('=').map_or((text.as_str(), None), |(k, v)| (k, Some(v.to_owned())));
                        o.xoptions.push((k.to_owned(), v));
                    }
                }
                return Ok(());
            }
            _ => return Err(error(format!("Unknown option: -{c}"))),
        }
    }
    Ok(())
}

/// The part of an argument that its lossy text ends with.
fn tail_of(arg: &OsStr, lossy: &str) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let bytes = arg.as_bytes();
    // Only what follows the letter may be other than ASCII, and it was made from these bytes.
    (0..bytes.len())
        .map(|i| OsStr::from_bytes(&bytes[i..]))
        .find(|t| t.to_string_lossy() == lossy)
        .map_or_else(|| OsString::from_vec(lossy.as_bytes().to_vec()), OsStr::to_owned)
}

fn fatal(function: &str, message: &str, state: &str) -> Stop {
    let colon = if function.is_empty() { "" } else { ": " };
    Stop::Fatal(format!("Fatal Python error: {function}{colon}{message}\nPython runtime state: {state}\n\n"))
}

/// Environment twins of the options, and the values of `-X`.
fn environment(o: &mut Options) -> Result<(), Stop> {
    // What is no number counts as 1, as does a negative one.
    let number = |o: &Options, name: &str| {
        variable(o, name).map_or(0, |v| v.trim().parse::<i64>().ok().filter(|n| *n >= 0).unwrap_or(1))
    };
    o.flags.optimize = o.flags.optimize.max(number(o, "PYTHONOPTIMIZE"));
    o.flags.verbose = o.flags.verbose.max(number(o, "PYTHONVERBOSE"));
    o.flags.debug = o.flags.debug.max(number(o, "PYTHONDEBUG"));
    if variable(o, "PYTHONINSPECT").is_some() {
        o.flags.inspect = o.flags.inspect.max(1);
    }
    o.flags.dont_write_bytecode |= number(o, "PYTHONDONTWRITEBYTECODE") > 0;
    o.flags.no_user_site |= number(o, "PYTHONNOUSERSITE") > 0;
    o.flags.safe_path |= variable(o, "PYTHONSAFEPATH").is_some();
    o.unbuffered |= number(o, "PYTHONUNBUFFERED") > 0;
    o.flags.dev_mode = x_option(o, "dev").is_some() || variable(o, "PYTHONDEVMODE").is_some();
    o.flags.utf8_mode = utf8_mode(o)?;
    o.flags.warn_default_encoding =
        x_option(o, "warn_default_encoding").is_some() || variable(o, "PYTHONWARNDEFAULTENCODING").is_some();
    o.flags.no_debug_ranges = x_option(o, "no_debug_ranges").is_some() || variable(o, "PYTHONNODEBUGRANGES").is_some();
    limits(o)?;
    let mut warnings: Vec<String> =
        variable(o, "PYTHONWARNINGS").map(|v| v.split(',').map(|s| s.trim().to_owned()).collect()).unwrap_or_default();
    if o.flags.dev_mode {
        warnings.insert(0, "default".to_owned());
    }
    warnings.append(&mut o.warnings);
    if o.flags.bytes_warning > 0 {
        warnings
            .push(if o.flags.bytes_warning > 1 { "error::BytesWarning" } else { "default::BytesWarning" }.to_owned());
    }
    o.warnings = warnings;
    Ok(())
}

/// UTF-8 mode: asked for, or because the locale says nothing of an encoding.
fn utf8_mode(o: &Options) -> Result<bool, Stop> {
    match x_option(o, "utf8") {
        Some("" | "1") => return Ok(true),
        Some("0") => return Ok(false),
        Some(_) => return Err(fatal("preconfig_init_utf8_mode", "invalid -X utf8 option value", "preinitializing")),
        None => {}
    }
    match variable(o, "PYTHONUTF8").as_deref() {
        Some("1") => Ok(true),
        Some("0") => Ok(false),
        Some(_) => {
            let text = "invalid PYTHONUTF8 environment variable value";
            Err(fatal("preconfig_init_utf8_mode", text, "preinitializing"))
        }
        None => Ok(matches!(locale().as_str(), "" | "C" | "POSIX")),
    }
}

/// Name of the locale that decides about characters.
fn locale() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default()
}

/// Whether the standard streams let undecodable bytes through: in the locales that promise no encoding.
pub fn lenient_streams() -> bool {
    matches!(locale().as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8")
}

/// Values that must be numbers or one of a few words.
fn limits(o: &mut Options) -> Result<(), Stop> {
    let bad = |function: &str, message: &str| Err(fatal(function, message, "preinitialized"));
    let seed = variable(o, "PYTHONHASHSEED");
    if let Some(v) = seed.filter(|v| v != "random") {
        match v.parse::<u64>() {
            Ok(n) if n <= u64::from(u32::MAX) => o.flags.hash_randomization = n != 0,
            _ => {
                let text = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
                return bad("config_init_hash_seed", text);
            }
        }
    }
    for (name, value) in [
        ("-X int_max_str_digits", x_option(o, "int_max_str_digits").map(str::to_owned)),
        ("PYTHONINTMAXSTRDIGITS", variable(o, "PYTHONINTMAXSTRDIGITS")),
    ] {
        let Some(v) = value else { continue };
        match v.parse::<i64>().ok().filter(|n| *n == 0 || (640..=i64::from(i32::MAX)).contains(n)) {
            Some(n) => {
                o.flags.int_max_str_digits = n;
                break;
            }
            None => {
                let text = format!("{name}: invalid limit; must be >= 640 or 0 for unlimited.");
                return bad("config_init_int_max_str_digits", &text);
            }
        }
    }
    for (name, value) in [
        ("-X tracemalloc=NFRAME", x_option(o, "tracemalloc").filter(|v| !v.is_empty()).map(str::to_owned)),
        ("PYTHONTRACEMALLOC", variable(o, "PYTHONTRACEMALLOC")),
    ] {
        if value.is_some_and(|v| v.parse::<u16>().is_err()) {
            return bad("config_init_tracemalloc", &format!("{name}: invalid number of frames"));
        }
    }
    if x_option(o, "frozen_modules").is_some_and(|v| !matches!(v, "" | "on" | "off")) {
        return bad("", "bad value for option -X frozen_modules (expected \"on\" or \"off\")");
    }
    let cpus = x_option(o, "cpu_count").map(str::to_owned).or_else(|| variable(o, "PYTHON_CPU_COUNT"));
    if let Some(v) = cpus.filter(|v| v != "default") {
        match v.parse::<i64>() {
            Ok(n) if n > 0 => o.flags.cpu_count = n,
            _ => {
                let text = "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0";
                return bad("config_init_cpu_count", text);
            }
        }
    }
    match x_option(o, "gil").map(str::to_owned).or_else(|| variable(o, "PYTHON_GIL")).as_deref() {
        None | Some("1") => {}
        Some("0") => return bad("config_read_gil", "Disabling the GIL is not supported by this build"),
        Some(_) => return bad("config_read_gil", "PYTHON_GIL / -X gil must be \"0\" or \"1\""),
    }
    let time = x_option(o, "importtime").map(str::to_owned).or_else(|| variable(o, "PYTHONPROFILEIMPORTTIME"));
    match time.as_deref() {
        None => {}
        Some("2") => o.flags.import_time = 2,
        Some("" | "1") => o.flags.import_time = 1,
        Some(_) => {
            let text = "-X importtime: values other than 1 and 2 are reserved for future use.";
            return bad("config_init_import_time", text);
        }
    }
    let flag = |o: &Options, x: &str, name: &str| {
        x_option(o, x).map(str::to_owned).or_else(|| variable(o, name)).is_some_and(|v| v == "1")
    };
    o.flags.thread_inherit_context = flag(o, "thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT");
    o.flags.context_aware_warnings = flag(o, "context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS");
    const ALLOCATORS: [&str; 8] =
        ["default", "malloc", "pymalloc", "mimalloc", "debug", "malloc_debug", "pymalloc_debug", "mimalloc_debug"];
    if variable(o, "PYTHONMALLOC").is_some_and(|v| !ALLOCATORS.contains(&v.as_str())) {
        return Err(fatal("preconfig_init_allocator", "PYTHONMALLOC: unknown allocator", "preinitializing"));
    }
    Ok(())
}
