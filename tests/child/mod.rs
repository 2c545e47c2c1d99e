//! A program as a child process: what it printed, how it ended, in bounded time. Shared by the tests that compare modes of the JIT.
//!
//! Invariant: a child is gone when `run` returns.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A way to run the same program.
pub struct Mode {
    pub name: &'static str,
    pub env: &'static [(&'static str, &'static str)],
}

/// What a run of a program gave.
#[derive(Clone, Default, PartialEq)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub exit: String,
}

/// How a run ends that takes too long.
pub const TOO_LONG: &str = "time limit";

/// Runs a command to its end, or kills it at the time limit.
pub fn run(mut command: Command, stdin: &str, limit: Duration) -> Outcome {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => return Outcome { exit: format!("not started: {e}"), ..Outcome::default() },
    };
    // A program need not read its input: a closed pipe is no failure.
    let _ = child.stdin.take().expect("stdin is piped").write_all(stdin.as_bytes());
    let stdout = drain(child.stdout.take().expect("stdout is piped"));
    let stderr = drain(child.stderr.take().expect("stderr is piped"));
    let end = Instant::now() + limit;
    let exit = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.code().map_or_else(|| format!("{status}"), |c| c.to_string()),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break TOO_LONG.into();
            }
        }
    };
    let text = |reader: std::thread::JoinHandle<String>| reader.join().unwrap_or_default();
    Outcome { stdout: text(stdout), stderr: text(stderr), exit }
}

fn drain(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
