//! Words of the command line to a plain description of the measurement.
//!
//! Invariant: what stands behind the program belongs to the program, from the first word on that is no long option of this command.

use std::ffi::OsString;
use std::path::PathBuf;

pub const USAGE: &str = "\
usage: adder bench [option] ... FILE [arg] ...
       adder bench [option] ... -m MODULE [arg] ...
       adder bench [option] ... -c CODE [arg] ...
       adder bench [option] ... --suite FOLDER|pyperformance
       adder bench compare OLD.json NEW.json [--fail-over 5%]

Options that begin with -- may stand behind the program too; from the first other word on, or behind --, words are the program's.

Measures a program in fresh processes, interleaved: by the interpreter, with the JIT, and by other commands.

What is measured:
--vs COMMAND     : also this command (python3, pypy3, ...); may be repeated
--modes LIST     : of our own: interpreter,jit (default), or one of them
--suite FOLDER   : every program of a folder (*.py, or bm_*/run_benchmark.py); `pyperformance` finds the installed package
--only NAMES     : of a suite, only programs whose names contain one of these, separated by commas
--stdin FILE     : what the program reads from its standard input (default: nothing)

How much:
--processes N    : processes of each kind, with and without iterations (default: up to 10, as time allows, 2 at least)
--iterations N   : iterations inside a process (default: up to 50, as time allows; 6 in one process at least); 1: whole processes only
--seconds S      : time for one program in all (default 90)
--loops N        : calls of a pyperf benchmark in one iteration (default: as many as take a millisecond)
--timeout S      : a process that takes longer is ended (default 300)
--no-pin         : leave the choice of the core to the system
--cpu N          : pin to this core (default: the last one allowed)

Results:
--json FILE      : pyperf's format, with everything measured; `%v` in the name makes one file for each variant
--csv FILE       : every iteration, a line for each process
--markdown FILE  : the table
--html FILE      : a page with plots that works without a network
--quiet          : no progress

Exit code: 0; 1 when a program failed or its output differed between variants; 2 for a wrong command line; 130 when interrupted.
";

#[derive(Debug)]
pub enum Command {
    Help,
    Compare(Compare),
    Measure(Box<Measure>),
}

#[derive(Debug)]
pub struct Compare {
    pub old: PathBuf,
    pub new: PathBuf,
    /// A slowdown of more than this fails: 0.05 for 5 %.
    pub fail_over: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    File(PathBuf),
    Module(OsString),
    Code(OsString),
    Suite(OsString),
}

#[derive(Debug)]
pub struct Measure {
    pub target: Target,
    pub args: Vec<OsString>,
    pub vs: Vec<OsString>,
    pub interpreter: bool,
    pub jit: bool,
    pub only: Vec<String>,
    pub stdin: Option<PathBuf>,
    pub processes: usize,
    pub iterations: Option<usize>,
    pub seconds: f64,
    pub loops: u64,
    pub timeout: f64,
    pub pin: bool,
    pub cpu: Option<usize>,
    pub json: Option<PathBuf>,
    pub csv: Option<PathBuf>,
    pub markdown: Option<PathBuf>,
    pub html: Option<PathBuf>,
    pub quiet: bool,
}

pub fn parse(args: &[OsString]) -> Result<Command, String> {
    if args.first().is_some_and(|a| a == "compare") {
        return compare(&args[1..]);
    }
    let mut o = Measure {
        target: Target::Code(OsString::new()),
        args: vec![],
        vs: vec![],
        interpreter: true,
        jit: true,
        only: vec![],
        stdin: None,
        processes: 10,
        iterations: None,
        seconds: 90.0,
        loops: 0,
        timeout: 300.0,
        pin: true,
        cpu: None,
        json: None,
        csv: None,
        markdown: None,
        html: None,
        quiet: false,
    };
    // An empty `-c` is a program too.
    let mut given = false;
    let mut i = 0;
    while let Some(word) = args.get(i) {
        i += 1;
        let text = word.to_string_lossy().into_owned();
        if given && !matches!(o.target, Target::Suite(_)) && !is_own(&text) {
            o.args = args[i - usize::from(text != "--")..].to_vec();
            break;
        }
        let (name, joined) = match text.split_once('=') {
            Some((n, v)) if n.starts_with("--") => (n.to_owned(), Some(OsString::from(v))),
            _ => (text.clone(), None),
        };
        let mut value = || {
            joined.clone().or_else(|| {
                i += 1;
                args.get(i - 1).cloned()
            })
        };
        match name.as_str() {
            "-h" | "--help" => return Ok(Command::Help),
            "--no-pin" => o.pin = false,
            "--quiet" => o.quiet = true,
            "-m" | "-c" | "--suite" => {
                let v = value().ok_or_else(|| format!("{name} needs a value"))?;
                given = true;
                o.target = match name.as_str() {
                    "-m" => Target::Module(v),
                    "-c" => Target::Code(v),
                    _ => Target::Suite(v),
                };
            }
            n if n.starts_with('-') && n != "-" => {
                let v = value().ok_or_else(|| format!("{n} needs a value, or is no option"))?;
                set(&mut o, n, v)?;
            }
            _ => {
                given = true;
                o.target = Target::File(PathBuf::from(word));
            }
        }
    }
    if !given {
        return Err("no program is given".to_owned());
    }
    Ok(Command::Measure(Box::new(o)))
}

/// Whether a word behind the program is an option of this command.
fn is_own(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(n, _)| n);
    let listed = |l: &str| l.starts_with("--") && l.split([' ', ':']).next() == Some(name);
    name.len() > 2 && name != "--suite" && (name == "--help" || USAGE.lines().any(listed))
}

/// One option with a value.
fn set(o: &mut Measure, name: &str, value: OsString) -> Result<(), String> {
    let text = value.to_string_lossy().into_owned();
    let wrong = |what: &str| format!("{name} takes {what}, not {text:?}");
    let count = || text.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(|| wrong("a number above 0"));
    let seconds = || {
        let n = text.trim_end_matches('s').parse::<f64>().ok();
        n.filter(|n| *n > 0.0 && *n < 1e7).ok_or_else(|| wrong("seconds"))
    };
    match name {
        "--vs" => o.vs.push(value),
        "--modes" => {
            (o.interpreter, o.jit) = (false, false);
            for mode in text.split(',') {
                match mode {
                    "interpreter" => o.interpreter = true,
                    "jit" => o.jit = true,
                    _ => return Err(wrong("interpreter, jit or both with a comma")),
                }
            }
        }
        "--only" => o.only = text.split(',').map(str::to_owned).collect(),
        "--stdin" => o.stdin = Some(value.into()),
        "--processes" => o.processes = count()?,
        "--iterations" => o.iterations = Some(count()?),
        "--loops" => o.loops = count()? as u64,
        "--seconds" => o.seconds = seconds()?,
        "--timeout" => o.timeout = seconds()?,
        "--cpu" => o.cpu = Some(text.parse().map_err(|_| wrong("the number of a core"))?),
        "--json" => o.json = Some(value.into()),
        "--csv" => o.csv = Some(value.into()),
        "--markdown" => o.markdown = Some(value.into()),
        "--html" => o.html = Some(value.into()),
        _ => return Err(format!("unknown option {name}")),
    }
    Ok(())
}

fn compare(args: &[OsString]) -> Result<Command, String> {
    let mut files: Vec<PathBuf> = vec![];
    let mut fail_over = None;
    let mut i = 0;
    while let Some(word) = args.get(i) {
        i += 1;
        let text = word.to_string_lossy().into_owned();
        match text.as_str() {
            "-h" | "--help" => return Ok(Command::Help),
            t if t == "--fail-over" || t.starts_with("--fail-over=") => {
                let value = t.split_once('=').map(|(_, v)| v.to_owned()).or_else(|| {
                    i += 1;
                    args.get(i - 1).map(|v| v.to_string_lossy().into_owned())
                });
                let n = value.as_deref().and_then(|v| v.trim_end_matches('%').parse::<f64>().ok());
                fail_over = Some(n.filter(|n| *n >= 0.0).ok_or("--fail-over takes a percentage such as 5%")? / 100.0);
            }
            t if t.starts_with("--") => return Err(format!("unknown option {t}")),
            _ => files.push(word.into()),
        }
    }
    match <[PathBuf; 2]>::try_from(files) {
        Ok([old, new]) => Ok(Command::Compare(Compare { old, new, fail_over })),
        Err(_) => Err("compare takes two files".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(words: &[&str]) -> Measure {
        match parse(&words.iter().map(OsString::from).collect::<Vec<_>>()) {
            Ok(Command::Measure(m)) => *m,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_may_stand_behind_the_program() {
        let m = measure(&["a.py", "--vs", "python3", "--seconds=3", "--quiet", "10", "--vs", "x"]);
        assert_eq!((m.vs.len(), m.seconds, m.quiet, m.args.len()), (1, 3.0, true, 3));
        let m = measure(&["a.py", "--", "--vs", "x"]);
        assert_eq!((m.vs.len(), m.args.len()), (0, 2));
        let m = measure(&["-c", "", "-v", "--vs"]);
        assert_eq!((m.target, m.args.len()), (Target::Code("".into()), 2));
    }
}
