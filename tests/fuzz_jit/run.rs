//! Runs one program in every mode and compares what can be seen of it.
//!
//! Invariant: the interpreter is the measure for the JIT, and CPython 3.14, where `FUZZ_PYTHON` names one, for both.

use crate::child::{self, Mode, Outcome};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub const MODES: &[Mode] = &[
    Mode { name: "off", env: &[("ADDER_JIT", "off")] },
    Mode { name: "on", env: &[("ADDER_JIT", "on"), ("ADDER_JIT_THRESHOLD", "3")] },
    Mode { name: "eager", env: &[("ADDER_JIT", "eager-own")] },
    Mode {
        name: "warm",
        env: &[("ADDER_JIT", "stress-own"), ("ADDER_JIT_EXIT_EVERY", "0"), ("ADDER_JIT_COLLECT_EVERY", "0")],
    },
    Mode { name: "stress", env: &[("ADDER_JIT", "stress-own")] },
    Mode {
        name: "stress2",
        env: &[("ADDER_JIT", "stress-own"), ("ADDER_JIT_EXIT_EVERY", "2"), ("ADDER_JIT_COLLECT_EVERY", "17")],
    },
];

const TIME_LIMIT: Duration = Duration::from_secs(20);

pub fn adder() -> PathBuf {
    std::env::var_os("FUZZ_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_adder")), PathBuf::from)
}
pub fn python() -> Option<PathBuf> {
    std::env::var_os("FUZZ_PYTHON").map(PathBuf::from)
}

pub fn run(binary: &Path, env: &[(&str, &str)], file: &Path) -> Outcome {
    let mut command = Command::new(binary);
    command.arg(file).env_clear().envs(env.iter().copied()).env("PYTHONHASHSEED", "1").env("LC_ALL", "C.UTF-8");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let mut outcome = child::run(command, "", TIME_LIMIT);
    for text in [&mut outcome.stdout, &mut outcome.stderr] {
        *text = without_addresses(text);
    }
    outcome
}

fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for p in parts {
        out.push_str(" at 0x");
        out.push_str(p.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

/// The first mode whose outcome differs from the measure, and how.
pub struct Difference {
    pub mode: String,
    pub text: String,
}

/// `only`: modes to try besides the measure; empty: all.
pub fn compare(file: &Path, only: &[String]) -> Option<Difference> {
    let wanted = |m: &str| only.is_empty() || only.iter().any(|o| o == m);
    let measure = run(&adder(), MODES[0].env, file);
    if measure.exit == child::TOO_LONG {
        return None;
    }
    if measure.stderr.contains("SyntaxError: ") || measure.stderr.contains("IndentationError: ") {
        let text = measure.stderr.clone();
        return only.is_empty().then(|| Difference { mode: "invalid".into(), text });
    }
    if let Some(p) = python().filter(|_| wanted("cpython")) {
        let theirs = run(&p, &[], file);
        // Reference counts stand on stderr, and are compared among modes of one runtime only.
        if theirs.stdout != measure.stdout || theirs.exit != measure.exit {
            return Some(Difference { mode: "cpython".into(), text: text("cpython", &theirs, "off", &measure) });
        }
    }
    if measure.exit.contains("signal") {
        return Some(Difference { mode: "off".into(), text: format!("off: {}", measure.exit) });
    }
    for m in MODES[1..].iter().filter(|m| wanted(m.name)) {
        let got = run(&adder(), m.env, file);
        if got != measure {
            return Some(Difference { mode: m.name.into(), text: text("off", &measure, m.name, &got) });
        }
    }
    None
}

fn text(an: &str, a: &Outcome, bn: &str, b: &Outcome) -> String {
    if a.exit != b.exit {
        let tail: Vec<&str> = b.stderr.lines().rev().take(3).collect();
        return format!("exit {an}: {}, {bn}: {}: {}", a.exit, b.exit, tail.join(" | "));
    }
    let (x, y) = if a.stdout != b.stdout { (&a.stdout, &b.stdout) } else { (&a.stderr, &b.stderr) };
    let at = x.lines().zip(y.lines()).position(|(p, q)| p != q).unwrap_or(x.lines().count().min(y.lines().count()));
    format!("{an}: {:?}\n  {bn}: {:?}", x.lines().nth(at), y.lines().nth(at))
}
