//! `adder explain`: runs a program and tells, function by function, what was compiled, what was not, what had to be left, and why.
//!
//! Reading order: `findings` (what the report of the process says), `profile` and `symbols` (where the time went), `advice`, then `text`,
//! `page` (with `page.js`, `machine_code`) and `stages`. Invariant: the program runs as it would without, in a process of its own; what is
//! told is what `-X jit-stats` counted and sampled, nothing is guessed from the source.

mod advice;
mod findings;
mod machine_code;
mod page;
mod profile;
mod stages;
mod symbols;
mod text;

use adder_stdlib::os::sys_calls;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: adder explain [option] ... FILE [arg] ...
       adder explain [option] ... -m MODULE [arg] ... | -c CODE [arg] ...

Runs a program, then tells where its time went, line by line: interpreter, machine code, native functions; which functions and loops were
compiled, which were not and why, what was inlined, where compiled code was left, with the types it met, and what to change. The report
goes to standard error.

--json FILE      : the counts and samples behind the report
--html FILE      : the report as a page: the source with its heat; a click on a line shows its bytecode, HIR, CLIF and machine code
--exact          : count calls of functions and objects made by each line, which slows the program down
--stages         : instead: tokens, tree, symbol table, bytecode, and each step with its evaluation stack; for small programs
--all            : also functions of the library
--threshold N    : compile after N calls (as -X jit-threshold)
";

#[derive(Default)]
struct Options {
    program: Vec<OsString>,
    json: Option<PathBuf>,
    html: Option<PathBuf>,
    all: bool,
    threshold: Option<String>,
    exact: bool,
    stages: bool,
}

fn parse(args: &[OsString]) -> Result<Option<Options>, String> {
    let mut o = Options::default();
    let mut i = 0;
    while let Some(word) = args.get(i) {
        let text = word.to_string_lossy().into_owned();
        let mut value = || {
            i += 1;
            args.get(i).cloned().ok_or_else(|| format!("{text} needs a value"))
        };
        match text.as_str() {
            "-h" | "--help" => return Ok(None),
            "--all" => o.all = true,
            "--exact" => o.exact = true,
            "--stages" => o.stages = true,
            "--json" => o.json = Some(value()?.into()),
            "--html" => o.html = Some(value()?.into()),
            "--threshold" => o.threshold = Some(value()?.to_string_lossy().into_owned()),
            "-m" | "-c" => {
                o.program = args[i..].to_vec();
                break;
            }
            t if t.starts_with('-') && t != "-" => return Err(format!("unknown option {t}")),
            _ => {
                o.program = args[i..].to_vec();
                break;
            }
        }
        i += 1;
    }
    if o.program.is_empty() { Err("no program is given".to_owned()) } else { Ok(Some(o)) }
}

/// Runs the command with the words behind `explain`.
pub fn main(args: &[OsString]) -> ExitCode {
    let done = match parse(args) {
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(o)) => explain(&o),
        Err(text) => Err(format!("{text}\nTry `adder explain --help' for the options.")),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(text) => {
            eprintln!("adder explain: {text}");
            ExitCode::from(2)
        }
    }
}

fn explain(o: &Options) -> Result<u8, String> {
    let own = std::env::current_exe().map_err(|e| format!("cannot find the binary of adder: {e}"))?;
    if o.stages {
        return stages::run(&own, &o.program);
    }
    let counts = std::env::temp_dir().join(format!("adder-explain-{}.json", std::process::id()));
    let mut option = OsString::from("jit-stats=");
    option.push(&counts);
    let mut command = Command::new(own);
    command.args(["-X", "jit=on", "-X"]).arg(option).args(["-X", "jit-sample=3000"]);
    if o.exact {
        command.args(["-X", "jit-exact"]);
    }
    if o.html.is_some() {
        command.args(["-X", "jit-stages"]);
    }
    if let Some(n) = &o.threshold {
        command.arg("-X").arg(format!("jit-threshold={n}"));
    }
    // Ctrl-C ends the program; what it did until then is told.
    sys_calls::block_all_signals();
    sys_calls::unblock_in_child(&mut command);
    let status = command.args(&o.program).status().map_err(|e| format!("cannot start the program: {e}"))?;
    let bytes = std::fs::read(&counts);
    let _ = std::fs::remove_file(&counts);
    let bytes = bytes.map_err(|_| {
        format!("the program ended ({status}) without its counts: it was killed, or ended the process itself (os._exit, exec)")
    })?;
    let json = serde_json::from_slice(&bytes).map_err(|e| format!("the counts are damaged: {e}"))?;
    let profile = profile::read(&json);
    let functions = findings::functions(&json, &profile, o.all);
    eprint!("{}", text::report(&json, &profile, &functions));
    if let Some(path) = &o.json {
        std::fs::write(path, &bytes).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    if let Some(path) = &o.html {
        let page = page::page(&json, &profile, &functions);
        std::fs::write(path, page).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    // As a shell says it of a process that a signal ended.
    let code = status.code().or_else(|| status.signal().map(|n| 128 + n));
    Ok(code.map_or(1, |c| c.clamp(0, 255) as u8))
}
