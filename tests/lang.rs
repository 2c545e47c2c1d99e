//! Runs every program of `tests/lang` under adder and compares with what CPython 3.14 printed for it.
//!
//! Invariants: expectations come from CPython (`scripts/bless-lang`), never from adder; a known failure stands in
//! `tests/lang/expectations.toml` with its reason, and passing unexpectedly is a failure. Programs are grouped by the
//! part of their name before the first `_`; a group without a test here fails `every_program_has_a_group`.
//!
//! A program may begin with directives: `# flags: -O` (options before the file), `# args: a b` (after it),
//! `# stdin: text`, `# env: NAME=value`, `# exit: 1` (0 unless said), `# stderr: exact` (compares stderr too).
//! A folder with the program's name, if there is one, is copied beside it.

mod child;

use child::{Mode, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The one list of modes; every mode must print the same.
const MODES: &[Mode] = &[
    Mode { name: "interp", env: &[("ADDER_JIT", "off")] },
    Mode { name: "jit", env: &[("ADDER_JIT", "on"), ("ADDER_JIT_THRESHOLD", "4")] },
    Mode { name: "eager", env: &[("ADDER_JIT", "eager-own")] },
    Mode { name: "forced-exit", env: &[("ADDER_JIT", "stress-own"), ("ADDER_JIT_COLLECT_EVERY", "0")] },
    Mode { name: "forced-collection", env: &[("ADDER_JIT", "eager-own"), ("ADDER_JIT_COLLECT_EVERY", "997")] },
];

const TIME_LIMIT: Duration = Duration::from_secs(60);

macro_rules! groups {
    ($($group:ident)*) => {
        /// Names that are keywords of Rust stand here as `r#name`.
        const GROUPS: &[&str] = &[$(stringify!($group)),*];
        mod group {
            $(#[test]
            fn $group() {
                super::run_group(stringify!($group).trim_start_matches("r#"));
            })*
        }
    };
}

groups! {
    r#async bytes class cli comp ctx dec del dict exc expr float fmt fstr func gc r#gen import int iter jit list r#match prog scope
    set sort std str trace tuple r#type unpack weak
}

/// What the head of a program asks for.
#[derive(Default)]
struct Directives {
    flags: Vec<String>,
    args: Vec<String>,
    env: Vec<(String, String)>,
    stdin: String,
    exit: String,
    compares_stderr: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lang")
}

/// The binary under test: adder, or what `LANG_BINARY` names.
fn binary() -> PathBuf {
    std::env::var_os("LANG_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_adder")), PathBuf::from)
}

/// Whether expectations are written instead of compared: `scripts/bless-lang`, with CPython as the binary.
fn blesses() -> bool {
    std::env::var_os("LANG_BLESS").is_some()
}

fn programs() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("tests/lang is there");
    let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let mut programs: Vec<String> = names.filter_map(|n| n.strip_suffix(".py").map(str::to_owned)).collect();
    programs.sort();
    programs
}

fn group_of(program: &str) -> &str {
    program.split('_').next().unwrap_or(program)
}

fn directives(source: &str) -> Directives {
    let mut found = Directives { exit: "0".into(), ..Directives::default() };
    for line in source.lines().take_while(|l| l.starts_with('#')) {
        let Some((key, value)) = line[1..].trim().split_once(": ") else { continue };
        let words = || value.split_whitespace().map(str::to_owned).collect();
        match key {
            "flags" => found.flags = words(),
            "args" => found.args = words(),
            "stdin" => found.stdin.push_str(&(value.replace("\\n", "\n") + "\n")),
            "env" => found.env.extend(value.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))),
            "exit" => found.exit = value.trim().to_owned(),
            "stderr" => found.compares_stderr = value.trim() == "exact",
            _ => {}
        }
    }
    found
}

/// A folder for one run, gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("adder-lang-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        Scratch(path.canonicalize().expect("a folder just made has a path"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made in a temporary folder");
    for entry in fs::read_dir(from).expect("a folder can be read").flatten() {
        let target = to.join(entry.file_name());
        if entry.file_name() == "__pycache__" {
            continue;
        } else if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

fn run(program: &str, mode: &Mode, wanted: &Directives) -> Outcome {
    let scratch = Scratch::new();
    let file = format!("{program}.py");
    fs::copy(folder().join(&file), scratch.0.join(&file)).expect("the program can be copied");
    if folder().join(program).is_dir() {
        copy_folder(&folder().join(program), &scratch.0.join(program));
    }
    let mut command = Command::new(binary());
    command.args(&wanted.flags).arg(&file).args(&wanted.args).current_dir(&scratch.0);
    command.env_clear().envs(mode.env.iter().copied()).envs(wanted.env.iter().map(|(k, v)| (k, v)));
    for (name, value) in [("LC_ALL", "C.UTF-8"), ("TERM", "dumb"), ("NO_COLOR", "1"), ("COLUMNS", "80"), ("TZ", "UTC")]
    {
        command.env(name, value);
    }
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", &scratch.0);
    let mut outcome = child::run(command, &wanted.stdin, TIME_LIMIT);
    let here = scratch.0.to_string_lossy().into_owned();
    for text in [&mut outcome.stdout, &mut outcome.stderr] {
        *text = text.replace(&here, "<dir>");
    }
    outcome
}

/// Why a program fails, or nothing.
fn check(program: &str, mode: &Mode) -> Option<String> {
    let source = fs::read_to_string(folder().join(format!("{program}.py"))).expect("a program is UTF-8");
    let wanted = directives(&source);
    let got = run(program, mode, &wanted);
    let out = folder().join(format!("{program}.out"));
    let err = folder().join(format!("{program}.err"));
    if blesses() {
        fs::write(out, &got.stdout).expect("expectations can be written");
        if wanted.compares_stderr {
            fs::write(err, &got.stderr).expect("expectations can be written");
        }
        return (got.exit != wanted.exit).then(|| format!("exit {}\n{}", got.exit, got.stderr));
    }
    let mut reasons = Vec::new();
    let expected = fs::read_to_string(&out).unwrap_or_else(|e| format!("{}: {e}", out.display()));
    reasons.extend(difference("stdout", &expected, &got.stdout));
    if wanted.compares_stderr {
        let expected = fs::read_to_string(&err).unwrap_or_else(|e| format!("{}: {e}", err.display()));
        reasons.extend(difference("stderr", &expected, &got.stderr));
    }
    if got.exit != wanted.exit {
        let tail: Vec<&str> = got.stderr.lines().rev().take(6).collect();
        let tail: String = tail.iter().rev().map(|l| format!("\n      {l}")).collect();
        reasons.push(format!("exit {} instead of {}{tail}", got.exit, wanted.exit));
    }
    (!reasons.is_empty()).then(|| reasons.join("\n    "))
}

/// The first line in which two texts differ.
fn difference(what: &str, expected: &str, got: &str) -> Option<String> {
    if expected == got {
        return None;
    }
    let (mut theirs, mut ours) = (expected.lines(), got.lines());
    for line in 1.. {
        let (want, have) = (theirs.next(), ours.next());
        if want != have || want.is_none() {
            let show = |l: Option<&str>| l.map_or("(end)".to_owned(), |l| format!("{l:?}"));
            return Some(format!("{what} line {line}: expected {}\n      got {}", show(want), show(have)));
        }
    }
    None
}

/// Known failures: `"program" = "why"`, or `"program@mode" = "why"` for one mode.
fn known_failures() -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder().join("expectations.toml")).expect("tests/lang/expectations.toml is there");
    let rows = text.lines().filter(|l| l.starts_with('"')).filter_map(|l| l.split_once(" = "));
    rows.map(|(k, v)| (k.trim_matches('"').to_owned(), v.trim_matches('"').to_owned())).collect()
}

fn run_group(group: &str) {
    let known = known_failures();
    let mut complaints = Vec::new();
    for program in programs().iter().filter(|p| group_of(p) == group) {
        for mode in MODES {
            let failure = check(program, mode);
            let reason = known.get(program).or_else(|| known.get(&format!("{program}@{}", mode.name)));
            match (failure, reason.filter(|_| !blesses())) {
                (Some(why), None) => complaints.push(format!("{program} [{}]\n    {why}", mode.name)),
                (None, Some(_)) => complaints.push(format!("{program} [{}] passes: take it off the list", mode.name)),
                _ => {}
            }
        }
    }
    assert!(complaints.is_empty(), "{} program(s) of group {group}:\n  {}", complaints.len(), complaints.join("\n  "));
}

/// Writes the list of known failures anew when `LANG_LIST=write` is set: reasons of rows that stay are kept.
#[test]
fn known_failures_can_be_written() {
    if std::env::var("LANG_LIST").as_deref() != Ok("write") {
        return;
    }
    let known = known_failures();
    let text = fs::read_to_string(folder().join("expectations.toml")).expect("tests/lang/expectations.toml is there");
    let mut list: String = text.lines().filter(|l| !l.starts_with('"')).map(|l| format!("{l}\n")).collect();
    for program in programs() {
        let failures: Vec<String> = MODES.iter().filter_map(|mode| check(&program, mode)).collect();
        if let Some(first) = failures.first() {
            let seen = first.lines().next_back().unwrap_or_default().trim().replace(['"', '\\'], "'");
            let seen: String = seen.chars().take(110).collect();
            list += &format!("\"{program}\" = \"{}\"\n", known.get(&program).unwrap_or(&seen));
        }
    }
    fs::write(folder().join("expectations.toml"), list).expect("expectations can be written");
}

#[test]
fn every_program_has_a_group() {
    let groups: BTreeSet<&str> = GROUPS.iter().map(|g| g.trim_start_matches("r#")).collect();
    let lost: Vec<String> = programs().into_iter().filter(|p| !groups.contains(group_of(p))).collect();
    assert!(lost.is_empty(), "no group in tests/lang.rs for {lost:?}");
}

#[test]
fn expectations_and_programs_belong_together() {
    let programs: BTreeSet<String> = programs().into_iter().collect();
    let known = known_failures();
    let stale: Vec<&String> = known.keys().filter(|k| !programs.contains(k.split('@').next().unwrap_or(k))).collect();
    assert!(stale.is_empty(), "expectations.toml names programs that are not there: {stale:?}");
    let names = fs::read_dir(folder()).expect("tests/lang is there").flatten().map(|e| e.file_name());
    let outputs =
        names.map(|n| n.to_string_lossy().into_owned()).filter(|n| n.ends_with(".out") || n.ends_with(".err"));
    let orphans: Vec<String> = outputs.filter(|n| !programs.contains(&n[..n.len() - 4])).collect();
    assert!(orphans.is_empty(), "outputs without a program: {orphans:?}");
    let unblessed = programs.iter().filter(|p| !blesses() && !folder().join(format!("{p}.out")).exists());
    let unblessed: Vec<&String> = unblessed.collect();
    assert!(unblessed.is_empty(), "run scripts/bless-lang for {unblessed:?}");
}

#[test]
fn outputs_hold_no_addresses() {
    let names = fs::read_dir(folder()).expect("tests/lang is there").flatten().map(|e| e.path());
    let outputs = names.filter(|p| p.extension().is_some_and(|e| e == "out" || e == "err"));
    let hits = outputs.filter(|p| {
        let text = fs::read_to_string(p).unwrap_or_default();
        text.match_indices(" 0x").any(|(at, _)| text[at + 3..].chars().take_while(char::is_ascii_hexdigit).count() > 8)
    });
    let hits: Vec<PathBuf> = hits.collect();
    assert!(hits.is_empty(), "addresses differ from run to run: {hits:?}");
}
