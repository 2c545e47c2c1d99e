//! One child process: started, waited for, ended when it takes too long, and what it left behind.
//!
//! Invariants: the main thread holds all signals blocked, so waiting loses none, and its children do not; a child is in a process group of its own and is
//! gone with all of its group when waiting ends; its standard input is empty or a file, its working folder the caller's.

use super::output::Output;
use adder_stdlib::os::sys_calls;
use serde_json::Value;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
const SIGCHLD: i32 = 17;
const WNOHANG: i32 = 1;

/// Times of one benchmark inside one process, in the order of the iterations.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Empty for the program itself; the name that a pyperf script gave.
    pub name: String,
    pub times: Vec<f64>,
    /// Calls in each iteration, over which its time is an average.
    pub loops: Vec<u64>,
}

/// What is known of one process after it ended.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// From start to end, seconds; and of these on the processor.
    pub seconds: f64,
    pub cpu: f64,
    /// Greatest resident memory in bytes.
    pub peak: u64,
    pub series: Vec<Series>,
    /// What `-X jit-stats` wrote.
    pub jit: Option<Value>,
    pub failure: Option<String>,
    /// The different outputs of its iterations.
    pub outputs: Vec<Output>,
    /// Unix time of its start.
    pub date: f64,
}

/// A folder for the files of one run, removed at the end.
pub struct Scratch {
    pub path: PathBuf,
}

impl Scratch {
    pub fn new() -> Result<Scratch, String> {
        let path = std::env::temp_dir().join(format!("adder-bench-{}", std::process::id()));
        let make = || -> std::io::Result<()> {
            std::fs::create_dir_all(path.join("stand_in"))?;
            std::fs::write(path.join("driver.py"), include_str!("driver.py"))?;
            std::fs::write(path.join("stand_in/pyperf.py"), include_str!("stand_in/pyperf.py"))
        };
        make().map_err(|e| format!("cannot write to {}: {e}", path.display()))?;
        Ok(Scratch { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's cleaning of its folder.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub enum Ended {
    Done(Box<Process>),
    /// Ctrl-C; what the process had written down is here.
    Interrupted(Box<Process>),
}

/// How one process is to run.
pub struct Request<'a> {
    pub command: Vec<OsString>,
    pub stdin: Option<&'a Path>,
    pub modules: Option<&'a Path>,
    pub timeout: f64,
    pub scratch: &'a Scratch,
    /// The driver writes its record; JIT counts are wanted.
    pub recorded: bool,
    pub stats: bool,
}

impl Request<'_> {
    pub fn record(scratch: &Scratch) -> PathBuf {
        scratch.path.join("record")
    }
    pub fn stats_file(scratch: &Scratch) -> PathBuf {
        scratch.path.join("jit.json")
    }

    pub fn run(&self) -> Result<Ended, String> {
        let file = |name: &str| self.scratch.path.join(name);
        for old in ["record", "jit.json"] {
            let _ = std::fs::remove_file(file(old));
        }
        let create = |name: &str| {
            let open = File::options().read(true).write(true).create(true).truncate(true).open(file(name));
            open.map_err(|e| format!("cannot write {}: {e}", file(name).display()))
        };
        let (out, err) = (create("stdout")?, create("stderr")?);
        let stdin = match self.stdin {
            Some(p) => Stdio::from(File::open(p).map_err(|e| format!("cannot read {}: {e}", p.display()))?),
            None => Stdio::null(),
        };
        let (Some(program), words) = (self.command.first(), &self.command[1..]) else {
            return Err("an empty command".to_owned());
        };
        let mut command = Command::new(program);
        command.args(words).stdin(stdin).stdout(out).stderr(err).process_group(0);
        command.env("PYTHONHASHSEED", "0");
        if let Some(folder) = self.modules {
            let mut path = std::env::var_os("PYTHONPATH").unwrap_or_default();
            if !path.is_empty() {
                path.push(":");
            }
            path.push(folder);
            command.env("PYTHONPATH", path);
        }
        sys_calls::unblock_in_child(&mut command);
        let date = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let start = Instant::now();
        let child = command.spawn().map_err(|e| format!("cannot start {}: {e}", program.to_string_lossy()))?;
        let waited = wait(child.id() as i32, start, self.timeout)?;
        let mut p = Process { seconds: waited.seconds, cpu: waited.cpu, peak: waited.peak, date, ..Process::default() };
        p.failure = waited.failure(self.timeout, [&file("stderr"), &file("stdout")]);
        let (mut ranges, mut results) = (vec![], String::new());
        if self.recorded {
            (ranges, results) = read_record(&file("record"), &mut p);
        }
        if self.stats {
            p.jit = std::fs::read(file("jit.json")).ok().and_then(|b| serde_json::from_slice(&b).ok());
        }
        p.outputs = Output::read(&file("stdout"), &ranges, &results);
        Ok(if waited.interrupted { Ended::Interrupted(Box::new(p)) } else { Ended::Done(Box::new(p)) })
    }
}

struct Waited {
    seconds: f64,
    cpu: f64,
    peak: u64,
    status: ExitStatus,
    timed_out: bool,
    interrupted: bool,
}

fn wait(pid: i32, start: Instant, timeout: f64) -> Result<Waited, String> {
    let (mut timed_out, mut interrupted) = (false, false);
    loop {
        let (gone, status, usage) =
            sys_calls::wait4(pid, WNOHANG).map_err(|n| format!("waiting failed (errno {n})"))?;
        if gone == pid {
            // What it started and left behind is ended too.
            let _ = sys_calls::killpg(pid, SIGKILL);
            let time = |t: [i64; 2]| t[0] as f64 + t[1] as f64 / 1e6;
            let user = time([usage.ru_utime.tv_sec, usage.ru_utime.tv_usec]);
            let system = time([usage.ru_stime.tv_sec, usage.ru_stime.tv_usec]);
            return Ok(Waited {
                seconds: start.elapsed().as_secs_f64(),
                cpu: user + system,
                peak: usage.ru_maxrss as u64 * 1024,
                status: ExitStatus::from_raw(status),
                timed_out,
                interrupted,
            });
        }
        let left = timeout - start.elapsed().as_secs_f64();
        if left <= 0.0 || interrupted {
            timed_out |= !interrupted;
            let _ = sys_calls::killpg(pid, SIGKILL);
        }
        let nap = Duration::from_secs_f64(left.clamp(0.001, 3600.0));
        if let Ok(info) = sys_calls::sigtimedwait(&[SIGCHLD, SIGINT, SIGTERM], Some(nap)) {
            interrupted |= info[0] as i32 != SIGCHLD;
        }
    }
}

impl Waited {
    /// With the last line that it wrote, of the first file that has one.
    fn failure(&self, timeout: f64, written: [&Path; 2]) -> Option<String> {
        if self.interrupted {
            return Some("interrupted".to_owned());
        }
        if self.timed_out {
            return Some(format!("ended after {timeout} s (--timeout)"));
        }
        let how = match (self.status.code(), self.status.signal()) {
            (Some(0), _) => return None,
            (Some(n), _) => format!("exit code {n}"),
            (None, Some(n)) => format!("killed by signal {n}"),
            _ => "ended abnormally".to_owned(),
        };
        let last = written.iter().find_map(|path| last_line(path));
        Some(last.map_or(how.clone(), |l| format!("{how}: {}", l.chars().take(200).collect::<String>())))
    }
}

/// The last line of a file that is not empty; of a long one only the end is read.
fn last_line(path: &Path) -> Option<String> {
    const END: u64 = 4096;
    let file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut text = vec![0; length.min(END) as usize];
    file.read_exact_at(&mut text, length.saturating_sub(END)).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().rev().map(str::trim).find(|l| !l.is_empty()).map(str::to_owned)
}

/// Reads what the driver wrote; gives the parts of the output that are to be looked at, and what benchmarks returned. A half-written last
/// line is left out.
fn read_record(path: &Path, p: &mut Process) -> (Vec<(u64, u64)>, String) {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let (mut ranges, mut results) = (vec![], String::new());
    let mut done = false;
    for line in text.split_inclusive('\n').filter(|l| l.ends_with('\n')) {
        let words: Vec<&str> = line.trim_end_matches('\n').split('\t').collect();
        match words.as_slice() {
            ["iteration", name, took, start, end, rest @ ..] => {
                let Ok(took) = took.parse::<f64>() else { continue };
                let at = p.series.iter().position(|s| s.name == *name).unwrap_or_else(|| {
                    p.series.push(Series { name: (*name).to_owned(), ..Series::default() });
                    p.series.len() - 1
                });
                p.series[at].times.push(took);
                p.series[at].loops.push(rest.first().and_then(|n| n.parse().ok()).unwrap_or(1));
                if let (Ok(a), Ok(b)) = (start.parse(), end.parse()) {
                    ranges.push((a, b));
                }
            }
            ["result", name, text] => results += &format!("result of {name}: {text}\n"),
            ["peak", n] => p.peak = n.parse().ok().filter(|n| *n > 0).unwrap_or(p.peak),
            ["done"] => done = true,
            _ => {}
        }
    }
    if !done && p.failure.is_none() {
        p.failure = Some("the program ended the process before its iterations were complete".to_owned());
    }
    if p.failure.is_none() && p.series.is_empty() {
        p.failure = Some("no iteration was measured".to_owned());
    }
    (ranges, results)
}
