//! Options and environment variables to a plain description of the run.

use adder_interp::modules::sys::Flags;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Command(String),
    Module(String),
    File(String),
    /// `-`, or no argument.
    Stdin,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub target: Target,
    /// `sys.argv` with its first item as CPython sets it before the program runs.
    pub argv: Vec<String>,
    pub flags: Flags,
    pub unbuffered: bool,
    pub skip_first_line: bool,
    pub warnings: Vec<String>,
    pub xoptions: Vec<(String, Option<String>)>,
}

/// A command line that is not run.
#[derive(Debug)]
pub enum Stop {
    /// Print to stdout and exit with 0.
    Print(String),
    /// Print to stderr and exit with 2.
    Error(String),
}

fn env(flags: &Flags, name: &str) -> Option<String> {
    if flags.ignore_environment { None } else { std::env::var(name).ok().filter(|v| !v.is_empty()) }
}

/// Reads an environment variable unless `-E` or `-I` forbids it.
pub fn variable(options: &Options, name: &str) -> Option<String> {
    env(&options.flags, name)
}

fn error(message: String) -> Stop {
    Stop::Error(format!(
        "{message}\nusage: adder [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `adder -h' for more information.\n"
    ))
}

/// Parses the arguments behind the program name.
pub fn parse(args: &[String]) -> Result<Options, Stop> {
    let mut o = Options {
        target: Target::Stdin,
        argv: vec![String::new()],
        flags: Flags { int_max_str_digits: 4300, hash_randomization: true, utf8_mode: true, ..Flags::default() },
        unbuffered: false,
        skip_first_line: false,
        warnings: vec![],
        xoptions: vec![],
    };
    o.flags.utf8_mode = false;
    let mut version = 0;
    let mut i = 0;
    while i < args.len() {
        let arg = &args[i];
        if arg == "-" || !arg.starts_with('-') {
            break;
        }
        i += 1;
        match arg.as_str() {
            "--help" => return Err(Stop::Print(super::usage::USAGE.to_owned())),
            "--version" => version += 1,
            "--" => break,
            a if a.starts_with("--check-hash-based-pycs") => i += usize::from(!a.contains('=')),
            a if a.starts_with("--") => return Err(error(format!("unknown option {a}"))),
            a => {
                if short_options(&mut o, &a[1..], args, &mut i, &mut version)? {
                    break;
                }
            }
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
        o.argv = vec![if matches!(o.target, Target::Command(_)) { "-c" } else { "-m" }.to_owned()];
        o.argv.extend_from_slice(&args[i..]);
    }
    environment(&mut o);
    Ok(o)
}

/// The letters of one argument; true when the rest of the line belongs to the program.
fn short_options(
    o: &mut Options,
    letters: &str,
    args: &[String],
    i: &mut usize,
    version: &mut u32,
) -> Result<bool, Stop> {
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
            'R' => {}
            's' => f.no_user_site = true,
            'S' => f.no_site = true,
            't' => {}
            'u' => o.unbuffered = true,
            'v' => f.verbose += 1,
            'V' => *version += 1,
            'x' => o.skip_first_line = true,
            'c' | 'm' | 'W' | 'X' => {
                let value = if rest.is_empty() {
                    *i += 1;
                    args.get(*i - 1).cloned().ok_or_else(|| error(format!("Argument expected for the -{c} option")))?
                } else {
                    rest.to_owned()
                };
                match c {
                    'c' => o.target = Target::Command(value + "\n"),
                    'm' => o.target = Target::Module(value),
                    'W' => o.warnings.push(value),
                    _ => {
                        let (k, v) =
                            value.split_once('=').map_or((value.as_str(), None), |(k, v)| (k, Some(v.to_owned())));
                        o.xoptions.push((k.to_owned(), v));
                    }
                }
                return Ok(matches!(c, 'c' | 'm'));
            }
            _ => return Err(error(format!("Unknown option: -{c}"))),
        }
    }
    Ok(false)
}

/// Environment twins of the options.
fn environment(o: &mut Options) {
    let number = |o: &Options, name: &str| variable(o, name).map(|v| v.parse::<i64>().unwrap_or(1).max(1));
    if let Some(n) = number(o, "PYTHONOPTIMIZE") {
        o.flags.optimize = o.flags.optimize.max(n);
    }
    if let Some(n) = number(o, "PYTHONVERBOSE") {
        o.flags.verbose = o.flags.verbose.max(n);
    }
    if let Some(n) = number(o, "PYTHONINSPECT") {
        o.flags.inspect = o.flags.inspect.max(n);
    }
    o.flags.dont_write_bytecode |= variable(o, "PYTHONDONTWRITEBYTECODE").is_some();
    o.flags.no_user_site |= variable(o, "PYTHONNOUSERSITE").is_some();
    o.flags.safe_path |= variable(o, "PYTHONSAFEPATH").is_some();
    o.unbuffered |= variable(o, "PYTHONUNBUFFERED").is_some();
    let x = |o: &Options, k: &str| {
        o.xoptions.iter().rev().find(|(n, _)| n == k).map(|(_, v)| v.clone().unwrap_or_default())
    };
    o.flags.dev_mode = x(o, "dev").is_some() || variable(o, "PYTHONDEVMODE").is_some();
    o.flags.utf8_mode = x(o, "utf8").is_some_and(|v| v != "0") || variable(o, "PYTHONUTF8").is_some_and(|v| v == "1");
    o.flags.warn_default_encoding =
        x(o, "warn_default_encoding").is_some() || variable(o, "PYTHONWARNDEFAULTENCODING").is_some();
    let digits = x(o, "int_max_str_digits").or_else(|| variable(o, "PYTHONINTMAXSTRDIGITS"));
    if let Some(n) = digits.and_then(|d| d.parse::<i64>().ok()).filter(|n| *n == 0 || *n >= 640) {
        o.flags.int_max_str_digits = n;
    }
    if variable(o, "PYTHONHASHSEED").is_some_and(|v| v == "0") {
        o.flags.hash_randomization = false;
    }
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
}
