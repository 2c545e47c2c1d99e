//! The order of processes: rounds in which every variant has its turn, until rounds or time are used up.
//!
//! Invariants: variants are interleaved, so that a slow minute of the machine meets all of them; a variant that failed has no further turn,
//! and the others go on.

use super::options::Measure;
use super::process::{Ended, Process, Request, Scratch};
use super::progress::Progress;
use super::subject::Subject;
use super::variant::{Tier, Variant};
use adder_stdlib::os::sys_calls;
use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;

/// Iterations in a process unless the user says how many.
const ITERATIONS: usize = 50;

/// What one variant did: whole processes, and those that ran iterations.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    pub whole: Vec<Process>,
    pub repeated: Vec<Process>,
    pub failure: Option<String>,
}

#[derive(Debug, Default)]
pub struct Measured {
    pub variants: Vec<Runs>,
    pub interrupted: bool,
}

pub fn measure(o: &Measure, s: &Subject, variants: &[Variant], progress: &mut Progress) -> Result<Measured, String> {
    let scratch = Scratch::new()?;
    if o.pin {
        pin(o.cpu)?;
    }
    let mut m = Measured { variants: vec![Runs::default(); variants.len()], interrupted: false };
    let began = Instant::now();
    let whole = !s.pyperf;
    let repeated = s.pyperf || o.iterations != Some(1);
    let steps = o.processes * variants.len() * (usize::from(whole) + usize::from(repeated));
    let mut step = 0;
    'rounds: for round in 0..o.processes {
        let spent = began.elapsed().as_secs_f64();
        // Two rounds at least: one process tells nothing about the next.
        if round >= 2 && o.iterations.is_none() && spent + spent / round as f64 > o.seconds {
            break;
        }
        for kind in [false, true].into_iter().filter(|r| if *r { repeated } else { whole }) {
            for (v, runs) in variants.iter().zip(&mut m.variants) {
                progress.step(step, steps, &v.label, began);
                step += 1;
                if runs.failure.is_some() {
                    continue;
                }
                let request = request(o, s, v, &scratch, kind, share(o, variants.len(), round, spent));
                let (p, stopped) = match request.run() {
                    Ok(Ended::Done(p)) => (*p, false),
                    Ok(Ended::Interrupted(p)) => (*p, true),
                    Err(text) => (Process { failure: Some(text), ..Process::default() }, false),
                };
                m.interrupted |= stopped;
                keep(runs, p, kind, stopped);
                if stopped {
                    break 'rounds;
                }
            }
        }
    }
    Ok(m)
}

/// Seconds of iterations in one process.
fn share(o: &Measure, variants: usize, round: usize, spent: f64) -> f64 {
    if o.iterations.is_some() {
        return 1e9;
    }
    let left = (o.seconds - spent).max(o.seconds / 10.0);
    // A third of the time is for whole processes and what starts up.
    (left * 0.67 / ((o.processes - round) * variants) as f64).max(0.2)
}

fn keep(runs: &mut Runs, p: Process, repeated: bool, stopped: bool) {
    if !stopped {
        runs.failure = p.failure.clone();
    }
    let useful = if repeated { !p.series.is_empty() } else { p.failure.is_none() };
    if useful {
        if repeated { &mut runs.repeated } else { &mut runs.whole }.push(p);
    }
}

fn request<'a>(
    o: &'a Measure,
    s: &Subject,
    v: &Variant,
    scratch: &'a Scratch,
    repeated: bool,
    share: f64,
) -> Request<'a> {
    let mut command = v.command.clone();
    let stats = v.tier == Tier::Jit && repeated;
    if stats {
        let mut option = OsString::from("jit-stats=");
        option.push(Request::stats_file(scratch));
        command.extend(["-X".into(), option]);
    }
    if repeated {
        command.push(scratch.path.join("driver.py").into());
        command.push(Request::record(scratch).into());
        let iterations = o.iterations.unwrap_or(ITERATIONS);
        command.extend([iterations.to_string(), format!("{share:.3}"), o.loops.to_string()].map(OsString::from));
        command.push(s.kind.into());
        command.push(s.target.clone());
        command.extend_from_slice(&s.args);
    } else {
        command.extend(s.words());
    }
    let stdin: Option<&Path> = o.stdin.as_deref();
    Request { command, stdin, timeout: o.timeout, scratch, recorded: repeated, stats }
}

/// Children inherit the core; where the system refuses they run anywhere, unless one was asked for.
fn pin(cpu: Option<usize>) -> Result<(), String> {
    let allowed = sys_calls::getaffinity(0).unwrap_or_default();
    let wanted = match cpu {
        Some(n) if !allowed.contains(&n) => return Err(format!("--cpu {n}: allowed are {allowed:?}")),
        Some(n) => Some(n),
        None => allowed.last().copied(),
    };
    if let Some(n) = wanted {
        let done = sys_calls::setaffinity(0, &[n]);
        if done.is_err() && cpu.is_some() {
            return Err(format!("--cpu {n}: the system refuses"));
        }
    }
    Ok(())
}
