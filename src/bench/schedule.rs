//! The order of processes: rounds in which every variant has its turn, until rounds or time are used up.
//!
//! Invariants: variants are interleaved, in an order by chance in each round, so that a slow minute of the machine meets all of them and none is
//! always behind the same other; a variant that failed has no further turn, and the others go on. Nothing is computed while a child runs.

use super::options::Measure;
use super::plan::{Plan, Share};
use super::process::{Ended, Process, Request, Scratch};
use super::progress::Progress;
use super::stats::{Random, shuffled};
use super::subject::Subject;
use super::variant::{Tier, Variant};
use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;

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
    let mut m = Measured { variants: vec![Runs::default(); variants.len()], interrupted: false };
    let began = Instant::now();
    let kinds = [(false, !s.pyperf), (true, s.pyperf || o.iterations != Some(1))].into_iter().filter(|k| k.1);
    let kinds: Vec<bool> = kinds.map(|k| k.0).collect();
    let mut step = 0;
    let mut random = Random::new();
    'rounds: for round in 0..o.processes {
        let spent = || began.elapsed().as_secs_f64();
        // Two rounds at least: one process tells nothing about the next.
        if Plan::make(o, &m.variants, (round, false), spent()).over(o, round, spent()) {
            break;
        }
        for &repeated in &kinds {
            let plan = Plan::make(o, &m.variants, (round, repeated), spent());
            for i in shuffled(variants.len(), &mut random) {
                let v = &variants[i];
                progress.step(step, plan.rounds * kinds.len() * variants.len(), &v.label, began);
                step += 1;
                if m.variants[i].failure.is_some() {
                    continue;
                }
                let request = request(o, s, v, &scratch, repeated, &plan.share(i));
                let (p, stopped) = match request.run() {
                    Ok(Ended::Done(p)) => (*p, false),
                    Ok(Ended::Interrupted(p)) => (*p, true),
                    Err(text) => (Process { failure: Some(text), ..Process::default() }, false),
                };
                m.interrupted |= stopped;
                keep(&mut m.variants[i], p, repeated, stopped);
                if stopped {
                    break 'rounds;
                }
            }
        }
    }
    Ok(m)
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
    s: &'a Subject,
    v: &Variant,
    scratch: &'a Scratch,
    repeated: bool,
    share: &Share,
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
        let (least, most) = (share.least.to_string(), share.most.to_string());
        let (seconds, limit) = (format!("{:.3}", share.seconds), format!("{:.3}", share.limit));
        command.extend([least, most, seconds, limit, o.loops.to_string()].map(OsString::from));
        command.push(s.kind.into());
        command.push(s.target.clone());
        command.extend_from_slice(&s.args);
    } else {
        command.extend(s.words());
    }
    let stdin: Option<&Path> = o.stdin.as_deref();
    Request { command, stdin, modules: s.modules.as_deref(), timeout: o.timeout, scratch, recorded: repeated, stats }
}
