//! Measurements in the JSON format of pyperf.
//!
//! A benchmark is called NAME, or `NAME [VARIANT]` where several variants share a file; iterations before the steady state are warm-ups.
//! As `pyperf compare_to` needs as many values on both sides, the runs of every variant of a row have the same number of them together: a
//! power of two, the last ones of each run; what comes before counts as warm-up.
//! Whole processes are a benchmark of their own, `NAME process`. Invariant: `adder` at the top level holds every iteration and what
//! the JIT did, so that nothing measured is lost; pyperf passes over it.

use super::machine::{Machine, date};
use super::row::{self, Cell, Row};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The files for a path: one, or one for each variant where its name has `%v`.
pub fn files(path: &Path, rows: &[Row], machine: &Machine) -> Vec<(PathBuf, String)> {
    let pattern = path.to_string_lossy().into_owned();
    if !pattern.contains("%v") {
        let several = rows.iter().any(|r| r.cells.len() > 1);
        return vec![(path.to_owned(), suite(rows, machine, None, several))];
    }
    let safe = |l: &str| l.replace(['/', ' '], "_");
    row::labels(rows)
        .into_iter()
        .map(|l| (pattern.replace("%v", &safe(l)).into(), suite(rows, machine, Some(l), false)))
        .collect()
}

fn suite(rows: &[Row], machine: &Machine, only: Option<&str>, several: bool) -> String {
    let mut benchmarks = vec![];
    let mut own = vec![];
    for row in rows {
        let values = match fewest(row, |c| steady(c).iter().sum()) {
            0 => 0,
            n => 1 << n.ilog2(),
        };
        let processes = fewest(row, |c| c.whole.len());
        for c in row.cells.iter().filter(|c| only.is_none_or(|l| c.label == l)) {
            let label = if several { format!(" [{}]", c.label) } else { String::new() };
            let quotas = quotas(&steady(c), values);
            let iterated: Vec<Value> = (0..c.series.len()).filter_map(|i| iterations(c, i, quotas[i])).collect();
            let whole: Vec<Value> = c
                .processes
                .iter()
                .filter(|p| p.series.is_empty() && p.failure.is_none())
                .take(processes)
                .map(|p| run(p, vec![], &[p.seconds], 1))
                .collect();
            benchmarks.extend(benchmark(&format!("{}{label}", row.name), iterated));
            benchmarks.extend(benchmark(&format!("{} process{label}", row.name), whole));
            own.push(details(row, c));
        }
    }
    let mut meta = Map::new();
    let mut put = |k: &str, v: Option<Value>| {
        if let Some(v) = v.filter(|v| v.as_str() != Some("")) {
            meta.insert(k.to_owned(), v);
        }
    };
    put("unit", Some("second".into()));
    put("cpu_model_name", machine.processor.clone().map(Value::from));
    put("cpu_affinity", machine.core.map(|n| n.to_string().into()));
    put("cpu_count", (machine.cores > 0).then(|| machine.cores.into()));
    put("platform", Some(machine.system.clone().into()));
    put("adder_governor", machine.governor.clone().map(Value::from));
    put("adder_binary", Some(machine.binary.clone().into()));
    put("load_avg_1min", machine.load.map(Value::from));
    let all = json!({ "version": "1.0", "metadata": meta, "benchmarks": benchmarks, "adder": own });
    serde_json::to_string(&all).unwrap_or_default() + "\n"
}

fn benchmark(name: &str, runs: Vec<Value>) -> Option<Value> {
    (!runs.is_empty()).then(|| json!({ "metadata": { "name": name }, "runs": runs }))
}

fn run(p: &super::process::Process, warmups: Vec<Value>, values: &[f64], loops: u64) -> Value {
    let mut meta = json!({ "date": date(p.date), "loops": loops });
    if let Some(m) = meta.as_object_mut() {
        // pyperf wants these above 0.
        if p.seconds > 0.0 {
            m.insert("duration".to_owned(), p.seconds.into());
        }
        m.insert("adder_processor_seconds".to_owned(), p.cpu.into());
        if p.peak > 0 {
            m.insert("mem_max_rss".to_owned(), p.peak.into());
        }
    }
    let mut run = json!({ "metadata": meta, "values": values });
    if let Some(r) = run.as_object_mut().filter(|_| !warmups.is_empty()) {
        r.insert("warmups".to_owned(), warmups.into());
    }
    run
}

/// The least of a number that the variants of a row have, those apart that have none.
fn fewest(row: &Row, of: impl Fn(&Cell) -> usize) -> usize {
    row.cells.iter().map(of).filter(|n| *n > 0).min().unwrap_or(0)
}

/// Iterations of each process from its steady state on.
fn steady(c: &Cell) -> Vec<usize> {
    c.series.iter().zip(&c.courses).map(|(s, k)| s.times.len().saturating_sub(k.steady)).collect()
}

/// How many values each run gives, so that there are so many in all: as alike as they can be.
fn quotas(counts: &[usize], all: usize) -> Vec<usize> {
    let mut given = vec![0; counts.len()];
    let mut left = all.min(counts.iter().sum());
    while left > 0 {
        let open: Vec<usize> = (0..counts.len()).filter(|&i| given[i] < counts[i]).take(left).collect();
        left -= open.len();
        open.into_iter().for_each(|i| given[i] += 1);
    }
    given
}

/// The iterations of one process: warm-ups, then so many values.
fn iterations(c: &Cell, i: usize, values: usize) -> Option<Value> {
    let s = c.series.get(i)?;
    let p = c.processes.get(*c.owners.get(i)?)?;
    let (before, steady) = s.times.split_at(s.times.len().saturating_sub(values));
    let warmups = before.iter().zip(&s.loops).map(|(t, n)| json!([n, t])).collect();
    let loops = s.loops.last().copied().unwrap_or(1);
    (!steady.is_empty()).then(|| run(p, warmups, steady, loops))
}

/// What pyperf has no place for.
fn details(row: &Row, c: &Cell) -> Value {
    let jit: Vec<&Value> = c.processes.iter().filter_map(|p| p.jit.as_ref()).collect();
    let interval =
        |i: &Option<super::stats::Interval>| i.map(|i| json!({ "low": i.low, "mid": i.mid, "high": i.high }));
    let processes: Vec<Value> = c
        .series
        .iter()
        .zip(&c.courses)
        .map(|(s, k)| {
            json!({
                "class": k.class.text(), "times": s.times, "loops": s.loops, "change_points": k.changes,
                "outliers": k.outliers, "steady_from": k.steady,
            })
        })
        .collect();
    let check = match &c.check {
        row::Check::Same => "same".to_owned(),
        row::Check::Alike => "same but for durations".to_owned(),
        row::Check::Different(how) => format!("DIFFERENT: {how}"),
        row::Check::None => "not compared".to_owned(),
    };
    json!({
        "benchmark": row.name, "variant": c.label, "class": c.class.text(), "failure": c.failure, "output": check,
        "first": c.first, "settle_iterations": c.settle.map(|s| s.0), "settle_seconds": c.settle.map(|s| s.1),
        "steady": interval(&c.steady), "speedup": interval(&c.speedup), "whole": interval(&c.whole_time),
        "whole_speedup": interval(&c.whole_speedup), "break_even": c.break_even, "peak_bytes": c.peak,
        "processes": processes, "whole_processes": c.whole, "jit": jit,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_shared_out_alike() {
        assert_eq!(super::quotas(&[6, 6, 2, 2], 8), [2, 2, 2, 2]);
        assert_eq!(super::quotas(&[6, 5, 1], 8), [4, 3, 1]);
        assert_eq!(super::quotas(&[1, 0], 8), [1, 0]);
    }
}
