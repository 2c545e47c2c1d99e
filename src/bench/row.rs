//! [`Row`]: what the times of one benchmark mean, for every variant.
//!
//! Invariants: speed-ups are against the first variant that ran; none is given where a side has no steady state. Series and outputs are
//! those of the processes, nothing is dropped.

use super::output::{Likeness, Output};
use super::process::{Process, Series};
use super::schedule::{Measured, Runs};
use super::stats::{self, Interval, median};
use super::subject::Subject;
use super::variant::{Tier, Variant};
use super::warmup::{self, Class, Course};
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Cell>,
}

/// One variant of a row.
#[derive(Clone, Debug)]
pub struct Cell {
    pub label: String,
    pub tier: Tier,
    pub failure: Option<String>,
    pub check: Check,
    pub class: Class,
    pub series: Vec<Series>,
    /// Of each of `series`, the process in `processes` that it is of.
    pub owners: Vec<usize>,
    pub courses: Vec<Course>,
    pub processes: Vec<Process>,
    /// Whole processes, seconds each.
    pub whole: Vec<f64>,
    pub whole_time: Option<Interval>,
    pub first: Option<f64>,
    /// Iterations and seconds before the steady state, medians.
    pub settle: Option<(usize, f64)>,
    pub steady: Option<Interval>,
    /// Times as fast as the first variant: steady, and whole processes.
    pub speedup: Option<Interval>,
    pub whole_speedup: Option<Interval>,
    /// The iteration from which on it has taken less time in all than the first variant.
    pub break_even: Option<usize>,
    pub peak: u64,
    pub jit: Option<Jit>,
}

/// Medians of what the JIT did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jit {
    pub milliseconds: f64,
    pub bytes: f64,
    pub exits: f64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    Same,
    /// But for durations that the program prints.
    Alike,
    Different(String),
    /// Nothing to compare.
    None,
}

impl Row {
    pub fn bad(&self) -> bool {
        self.cells.iter().any(|c| c.failure.is_some() || matches!(c.check, Check::Different(_)))
    }
}

/// The variants of all rows, in the order of their first cells.
pub fn labels(rows: &[Row]) -> Vec<&str> {
    let mut found: Vec<&str> = vec![];
    for c in rows.iter().flat_map(|r| &r.cells) {
        if !found.contains(&c.label.as_str()) {
            found.push(&c.label);
        }
    }
    found
}

/// The rows of a subject: one, or one for each benchmark that a pyperf script names.
pub fn rows(subject: &Subject, variants: &[Variant], m: Measured) -> Vec<Row> {
    let mut names: Vec<String> = vec![];
    for s in m.variants.iter().flat_map(|r| &r.repeated).flat_map(|p| &p.series) {
        if !names.contains(&s.name) {
            names.push(s.name.clone());
        }
    }
    if names.is_empty() {
        names.push(String::new());
    }
    names.iter().map(|n| row(subject, n, variants, &m.variants)).collect()
}

fn row(subject: &Subject, name: &str, variants: &[Variant], runs: &[Runs]) -> Row {
    let mut cells: Vec<Cell> = variants.iter().zip(runs).map(|(v, r)| cell(name, v, r)).collect();
    check_outputs(&mut cells, runs);
    if let Some(base) = cells.iter().find(|c| c.failure.is_none()).cloned() {
        for c in cells.iter_mut().filter(|c| c.label != base.label && c.failure.is_none()) {
            if c.class.settles() && base.class.settles() {
                c.speedup = stats::paired_ratio(&steady_times(&base), &steady_times(c));
            }
            c.whole_speedup = stats::paired_ratio(&stats::apart(&base.whole), &stats::apart(&c.whole));
            c.break_even = break_even(&base, c);
        }
    }
    Row { name: if name.is_empty() { subject.name.clone() } else { name.to_owned() }, cells }
}

fn cell(name: &str, v: &Variant, r: &Runs) -> Cell {
    // `processes` below begins with the repeated ones.
    let named = r.repeated.iter().enumerate().filter_map(|(i, p)| Some((i, p.series.iter().find(|s| s.name == name)?)));
    let (owners, series): (Vec<usize>, Vec<Series>) = named.map(|(i, s)| (i, s.clone())).unzip();
    let courses = warmup::courses(&series.iter().map(|s| s.times.as_slice()).collect::<Vec<_>>());
    let classes: Vec<Class> = courses.iter().map(|c| c.class).collect();
    let whole: Vec<f64> = r.whole.iter().map(|p| p.seconds).collect();
    let firsts: Vec<f64> = series.iter().filter_map(|s| s.times.first().copied()).collect();
    let before =
        |s: &Series, c: &Course| s.times[..c.steady].iter().zip(&s.loops).map(|(t, n)| t * *n as f64).sum::<f64>();
    let told = || series.iter().zip(&courses).filter(|(_, c)| c.class != Class::Short);
    let seconds: Vec<f64> = told().map(|(s, c)| before(s, c)).collect();
    let iterations: Vec<f64> = told().map(|(_, c)| c.steady as f64).collect();
    let peaks: Vec<f64> = r.whole.iter().chain(&r.repeated).map(|p| p.peak as f64).collect();
    let mut c = Cell {
        label: v.label.clone(),
        tier: v.tier,
        failure: r.failure.clone(),
        check: Check::None,
        class: warmup::together(&classes),
        settle: (!series.is_empty()).then(|| (median(&iterations).round() as usize, median(&seconds))),
        whole_time: stats::of_groups(&stats::apart(&whole)),
        first: (!firsts.is_empty()).then(|| median(&firsts)),
        steady: None,
        speedup: None,
        whole_speedup: None,
        break_even: None,
        peak: median(&peaks) as u64,
        jit: jit(r),
        processes: r.repeated.iter().chain(&r.whole).cloned().collect(),
        whole,
        series,
        owners,
        courses,
    };
    c.steady = stats::of_groups(&steady_times(&c));
    if !c.class.settles() {
        c.settle = None;
    }
    c
}

/// Times of each process from its steady state on, without outliers.
pub fn steady_times(c: &Cell) -> Vec<Vec<f64>> {
    let kept = |s: &Series, k: &Course| {
        let times = s.times.iter().enumerate().skip(k.steady);
        times.filter(|(i, _)| !k.outliers.contains(i)).map(|(_, t)| *t).collect()
    };
    c.series.iter().zip(&c.courses).map(|(s, k)| kept(s, k)).collect()
}

/// Median of the processes' times at each iteration, as far as half of those go that are long enough for a class.
fn typical(c: &Cell) -> Vec<f64> {
    let mut found = vec![];
    let long = c.courses.iter().filter(|k| k.class != Class::Short).count();
    loop {
        let at: Vec<f64> = c.series.iter().filter_map(|s| s.times.get(found.len()).copied()).collect();
        if at.is_empty() || at.len() * 2 < if long > 0 { long } else { c.series.len() } {
            return found;
        }
        found.push(median(&at));
    }
}

/// The first iteration after which `c` stays ahead in total time.
fn break_even(base: &Cell, c: &Cell) -> Option<usize> {
    let (mut ours, mut theirs) = (0.0, 0.0);
    let mut found = None;
    for (i, (a, b)) in typical(base).iter().zip(typical(c)).enumerate() {
        (theirs, ours) = (theirs + a, ours + b);
        if ours > theirs {
            found = None;
        } else if found.is_none() {
            found = Some(i + 1);
        }
    }
    found
}

fn jit(r: &Runs) -> Option<Jit> {
    let all: Vec<&Value> = r.repeated.iter().filter_map(|p| p.jit.as_ref()).collect();
    let number = |v: &Value, key: &str| v.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let sum = |v: &Value, list: &str, key: &str| {
        v.get(list).and_then(Value::as_array).map_or(0.0, |l| l.iter().map(|e| number(e, key)).sum())
    };
    let of = |f: &dyn Fn(&Value) -> f64| median(&all.iter().map(|v| f(v)).collect::<Vec<f64>>());
    (!all.is_empty()).then(|| Jit {
        milliseconds: of(&|v| number(v, "milliseconds")),
        bytes: of(&|v| number(v, "bytes")),
        exits: of(&|v| sum(v, "exits", "count")),
    })
}

/// Compares the outputs of every process with the first output of the first variant that ran.
fn check_outputs(cells: &mut [Cell], runs: &[Runs]) {
    let outputs = |r: &Runs| -> Vec<Output> {
        let good = r.whole.iter().chain(&r.repeated).filter(|p| p.failure.is_none());
        good.flat_map(|p| p.outputs.iter().cloned()).collect()
    };
    let all: Vec<Vec<Output>> = runs.iter().map(outputs).collect();
    let Some((at, first)) = all.iter().enumerate().find_map(|(i, o)| Some((i, o.first()?.clone()))) else { return };
    let reference = cells[at].label.clone();
    for (c, own) in cells.iter_mut().zip(&all) {
        for o in own {
            let new = match first.like(o) {
                Likeness::Same => Check::Same,
                Likeness::Alike => Check::Alike,
                Likeness::Different => {
                    let (line, a, b) = first.difference(o);
                    Check::Different(format!("line {line}: {reference} printed {a:?}, {} {b:?}", c.label))
                }
            };
            let worse = match (&c.check, &new) {
                (Check::None, _) | (Check::Same, Check::Alike) => true,
                (Check::Different(_), _) => false,
                (_, Check::Different(_)) => true,
                _ => false,
            };
            if worse {
                c.check = new;
            }
        }
    }
}
