//! `adder bench compare OLD NEW`: two files of measurements beside each other.
//!
//! Invariant: a change counts only if its interval excludes 1; files that are damaged, foreign or of other machines are named as such.

use super::options::Compare;
use super::stats::{self, Interval};
use super::table::{seconds, times};
use serde_json::Value;
use std::path::Path;

/// Name, and values of each run.
type Benchmark = (String, Vec<Vec<f64>>);

struct File {
    benchmarks: Vec<Benchmark>,
    metadata: Value,
}

pub fn run(c: &Compare) -> Result<u8, String> {
    let (old, new) = (read(&c.old)?, read(&c.new)?);
    for key in ["cpu_model_name", "cpu_count", "platform", "adder_governor"] {
        let (a, b) = (&old.metadata[key], &new.metadata[key]);
        if a != b && !a.is_null() && !b.is_null() {
            println!("WARNING: {key} differs: {a} and {b}; times of different machines do not compare");
        }
    }
    let width = old.benchmarks.iter().map(|b| b.0.chars().count()).max().unwrap_or(0);
    let (mut ratios, mut slower) = (vec![], 0);
    for (name, was) in &old.benchmarks {
        let Some((_, is)) = new.benchmarks.iter().find(|b| b.0 == *name) else {
            println!("{name:width$}  only in {}", c.old.display());
            continue;
        };
        let Some(r) = stats::ratio(was, is) else {
            println!("{name:width$}  no values");
            continue;
        };
        ratios.push(r.mid);
        let worse = c.fail_over.is_some_and(|limit| r.high < 1.0 && 1.0 / r.mid > 1.0 + limit);
        slower += u32::from(worse);
        let (a, b) = (stats::median(&was.concat()), stats::median(&is.concat()));
        let flag = if worse { "  SLOWER than --fail-over allows" } else { "" };
        println!("{name:width$}  {:>8} -> {:>8}  {}{flag}", seconds(a), seconds(b), verdict(&r));
    }
    for (name, _) in new.benchmarks.iter().filter(|b| old.benchmarks.iter().all(|o| o.0 != b.0)) {
        println!("{name:width$}  only in {}", c.new.display());
    }
    match stats::geometric_mean(&ratios) {
        Some(g) => println!("geometric mean of {}: {g:.3} times as fast", ratios.len()),
        None => return Err("the files have no benchmark with values in common".to_owned()),
    }
    Ok(u8::from(slower > 0))
}

fn verdict(r: &Interval) -> String {
    match r {
        r if r.low > 1.0 => format!("{} times as fast", times(r)),
        r if r.high < 1.0 => {
            let slower = Interval { low: 1.0 / r.high, mid: 1.0 / r.mid, high: 1.0 / r.low };
            format!("{} times as slow", times(&slower))
        }
        r => format!("{} no certain change", times(r)),
    }
}

fn read(path: &Path) -> Result<File, String> {
    let bad = |what: &str| format!("{}: {what}", path.display());
    let bytes = std::fs::read(path).map_err(|e| bad(&format!("cannot be read: {e}")))?;
    let v: Value = serde_json::from_slice(&bytes).map_err(|e| bad(&format!("is no JSON: {e}")))?;
    let list = v.get("benchmarks").and_then(Value::as_array);
    let list = list.ok_or_else(|| bad("has no list of benchmarks, so it is not of pyperf or `adder bench --json`"))?;
    let mut benchmarks = vec![];
    for (i, b) in list.iter().enumerate() {
        let name = b.pointer("/metadata/name").or_else(|| v.pointer("/metadata/name")).and_then(Value::as_str);
        let runs = b.get("runs").and_then(Value::as_array).ok_or_else(|| bad(&format!("benchmark {i} has no runs")))?;
        let values = |r: &Value| -> Vec<f64> {
            r.get("values").and_then(Value::as_array).map_or(vec![], |l| l.iter().filter_map(Value::as_f64).collect())
        };
        let runs: Vec<Vec<f64>> = runs.iter().map(values).filter(|v| !v.is_empty()).collect();
        benchmarks.push((name.unwrap_or("(without a name)").to_owned(), runs));
    }
    Ok(File { benchmarks, metadata: v.get("metadata").cloned().unwrap_or_default() })
}
