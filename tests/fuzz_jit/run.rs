//! Runs one program in every mode and compares what can be seen of it.
//!
//! Invariant: the interpreter is the measure for the JIT, and CPython 3.14, where `FUZZ_PYTHON` names one, for both.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A way to run a program.
pub struct Mode {
    pub name: &'static str,
    env: &'static [(&'static str, &'static str)],
}

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

#[derive(PartialEq, Clone, Default)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub exit: String,
}

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
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(c) => c,
        Err(e) => return Outcome { exit: format!("not started: {e}"), ..Outcome::default() },
    };
    let readers = [drain(child.stdout.take()), drain(child.stderr.take())];
    let end = Instant::now() + TIME_LIMIT;
    let exit = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.code().map_or_else(|| format!("{status}"), |c| c.to_string()),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break "time limit".into();
            }
        }
    };
    let [stdout, stderr] = readers.map(|r| r.join().unwrap_or_default());
    Outcome { stdout, stderr, exit }
}

fn drain(from: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut f) = from {
            let _ = f.read_to_end(&mut bytes);
        }
        without_addresses(&String::from_utf8_lossy(&bytes))
    })
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
    if measure.exit == "time limit" {
        return None;
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
