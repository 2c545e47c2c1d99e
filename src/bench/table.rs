//! Rows as text and as Markdown.
//!
//! Invariant: a cell that has no number says why or stays empty; a time is never printed with more digits than its interval allows.

use super::row::{self, Cell, Check, Row};
use super::stats::{self, Interval};
use super::variant::Tier;
use super::warmup::{Class, Course};

const HEADINGS: [&str; 12] = [
    "variant",
    "class",
    "whole",
    "first",
    "to steady",
    "steady",
    "speed-up",
    "even at",
    "peak",
    "compile",
    "code",
    "exits",
];

/// Decimals that make three digits of a number from 1 on.
fn decimals(n: f64) -> usize {
    match n {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        _ => 2,
    }
}

/// Seconds with a unit and three digits.
pub fn seconds(t: f64) -> String {
    let (factor, unit) = match t {
        t if t >= 1.0 => (1.0, "s"),
        t if t >= 1e-3 => (1e3, "ms"),
        t if t >= 1e-6 => (1e6, "us"),
        _ => (1e9, "ns"),
    };
    let n = t * factor;
    format!("{n:.*} {unit}", decimals(n))
}

/// A value with half the width of its interval; a wide one is far from even, and stands there itself.
pub fn spread(i: &Interval, shown: impl Fn(f64) -> String) -> String {
    let percent = i.width() * 100.0;
    if i.low == i.high {
        // A single time.
        return shown(i.mid);
    }
    if percent >= 50.0 {
        return format!("{} [{}, {}]", shown(i.mid), shown(i.low), shown(i.high));
    }
    format!("{} ±{percent:.*}%", shown(i.mid), usize::from(percent < 10.0))
}

pub fn times(i: &Interval) -> String {
    let n = decimals(i.mid);
    format!("{:.n$} [{:.n$}, {:.n$}]", i.mid, i.low, i.high)
}

pub fn bytes(n: f64) -> String {
    match n {
        n if n >= 1e6 => format!("{:.1} MB", n / 1e6),
        n if n >= 1e3 => format!("{:.0} kB", n / 1e3),
        n => format!("{n:.0} B"),
    }
}

/// The columns of one variant.
pub fn columns(c: &Cell) -> [String; 12] {
    let class = if c.series.is_empty() { String::new() } else { c.class.text().to_owned() };
    let steady = match &c.steady {
        Some(i) if c.class.settles() => spread(i, seconds),
        Some(i) => format!("({})", spread(i, seconds)),
        None => String::new(),
    };
    let speedup = match (&c.speedup, &c.whole_speedup) {
        (Some(i), _) => times(i),
        (None, Some(i)) => format!("whole {}", times(i)),
        _ => String::new(),
    };
    let jit = |f: &dyn Fn(&super::row::Jit) -> String| c.jit.as_ref().map(f).unwrap_or_default();
    [
        c.label.clone(),
        class,
        c.whole_time.as_ref().map(|i| spread(i, seconds)).unwrap_or_default(),
        c.first.map(seconds).unwrap_or_default(),
        c.settle
            .map(|(n, t)| if n == 0 { "0".to_owned() } else { format!("{n} / {}", seconds(t)) })
            .unwrap_or_default(),
        steady,
        speedup,
        c.break_even.map(|n| n.to_string()).unwrap_or_default(),
        if c.peak > 0 { bytes(c.peak as f64) } else { String::new() },
        jit(&|j| format!("{:.1} ms", j.milliseconds)),
        jit(&|j| bytes(j.bytes)),
        jit(&|j| format!("{:.0}", j.exits)),
    ]
}

/// What a reader has to know beside the numbers.
pub fn remarks(row: &Row) -> Vec<String> {
    let mut found = vec![];
    for c in &row.cells {
        if let Some(why) = &c.failure {
            // What fails everywhere in one way is one line.
            let same: Vec<&Cell> = row.cells.iter().filter(|d| d.failure.as_ref() == Some(why)).collect();
            let labels: Vec<&str> = same.iter().map(|d| d.label.as_str()).collect();
            if labels[0] == c.label {
                found.push(format!("{}: FAILED: {why}", labels.join(", ")));
            }
        }
        if let Check::Different(how) = &c.check {
            found.push(format!("{}: output DIFFERENT: {how}", c.label));
        }
        let classes = || processes(&c.courses);
        match c.class {
            Class::NoSteadyState => found.push(format!(
                "{}: no steady state, so no speed-up: times still change in the last quarter of the iterations; more of them may settle it",
                c.label
            )),
            Class::Inconsistent => {
                found.push(format!("{}: processes differ ({}), so no speed-up", c.label, classes()))
            }
            Class::Mixed => found.push(format!("{}: processes differ ({}), but all settle", c.label, classes())),
            Class::Flat | Class::Slowdown if c.courses.iter().any(|k| k.class != c.class && k.class != Class::Short) => {
                found.push(format!("{}: not all processes are alike ({})", c.label, classes()));
            }
            _ => {}
        }
    }
    found.extend(short(row));
    if row.cells.iter().all(|c| c.whole.len().max(c.series.len()) < 2) && row.cells.iter().any(|c| c.failure.is_none())
    {
        found.push("one process of each: the intervals say nothing of the next one".to_owned());
    }
    let alike = row.cells.iter().any(|c| c.check == Check::Alike);
    let compared = row.cells.iter().filter(|c| c.check != Check::None).count();
    if compared >= row.cells.len().min(2) && !row.cells.iter().any(|c| matches!(c.check, Check::Different(_))) {
        let but = if alike { ", but for durations that it prints" } else { "" };
        found.push(format!("output: the same everywhere{but}"));
    }
    found
}

/// How many processes are of which class.
fn processes(courses: &[Course]) -> String {
    let mut counted: Vec<(Class, usize)> = vec![];
    for k in courses.iter().map(|k| k.class).filter(|k| *k != Class::Short) {
        match counted.iter_mut().find(|c| c.0 == k) {
            Some(c) => c.1 += 1,
            None => counted.push((k, 1)),
        }
    }
    counted.iter().map(|(k, n)| format!("{n} {}", k.text())).collect::<Vec<_>>().join(", ")
}

/// The variants that had too few iterations.
fn short(row: &Row) -> Option<String> {
    let cells: Vec<&Cell> = row.cells.iter().filter(|c| c.class == Class::Short && !c.series.is_empty()).collect();
    let n = cells.iter().flat_map(|c| &c.series).map(|s| s.times.len()).min()?;
    let labels: Vec<&str> = cells.iter().map(|c| c.label.as_str()).collect();
    let most = cells.iter().flat_map(|c| &c.series).map(|s| s.times.len()).max().filter(|m| *m > n);
    let upto = most.map(|m| format!(" to {m}")).unwrap_or_default();
    let are = if most.is_none() && n == 1 { "iteration is" } else { "iterations are" };
    Some(format!(
        "{}: {n}{upto} {are} too few to tell a steady state; --seconds or --iterations gives more",
        labels.join(", ")
    ))
}

/// Headings that have something to say in this row.
fn wanted(row: &Row, all: &[[String; 12]]) -> Vec<usize> {
    let own = row.cells.iter().any(|c| c.tier == Tier::Jit);
    (0..HEADINGS.len()).filter(|&i| (i < 9 || own) && all.iter().any(|c| !c[i].is_empty())).collect()
}

/// Headings and cells of a row, without columns that say nothing.
pub fn grid(row: &Row) -> (Vec<String>, Vec<Vec<String>>) {
    let cells: Vec<[String; 12]> = row.cells.iter().map(columns).collect();
    let shown = wanted(row, &cells);
    let heads = shown.iter().map(|&i| HEADINGS[i].to_owned()).collect();
    (heads, cells.iter().map(|c| shown.iter().map(|&i| c[i].clone()).collect()).collect())
}

pub fn text(row: &Row, again: bool) -> String {
    let (heads, lines) = grid(row);
    let length = |t: &str| t.chars().count();
    let widths: Vec<usize> = (0..heads.len())
        .map(|i| lines.iter().map(|l| length(&l[i])).chain([length(&heads[i])]).max().unwrap_or(0))
        .collect();
    let mut out = if again { "\n".to_owned() } else { String::new() };
    out += &format!("{}\n", row.name);
    // Where nothing was measured the remarks say it all.
    let lines = if heads.len() > 1 { lines } else { vec![] };
    for words in [&heads].into_iter().filter(|_| !lines.is_empty()).chain(&lines) {
        let mut line = String::new();
        for (i, (text, w)) in words.iter().zip(&widths).enumerate() {
            let fill = " ".repeat(w - length(text));
            line += &if i < 2 { format!("  {text}{fill}") } else { format!("  {fill}{text}") };
        }
        out += line.trim_end();
        out += "\n";
    }
    for r in remarks(row) {
        out += &format!("  {r}\n");
    }
    out
}

/// Geometric means over the rows of a suite.
pub fn summary(rows: &[Row]) -> String {
    if rows.len() < 2 {
        return String::new();
    }
    let mut out = format!("\n{} benchmarks, geometric means against the first variant\n", rows.len());
    for label in row::labels(rows).into_iter().skip(1) {
        let of = |f: &dyn Fn(&Cell) -> Option<f64>| -> Vec<f64> {
            rows.iter().flat_map(|r| &r.cells).filter(|c| c.label == label).filter_map(f).collect()
        };
        let (steady, whole) = (of(&|c| Some(c.speedup?.mid)), of(&|c| Some(c.whole_speedup?.mid)));
        let shown = |v: &[f64]| match stats::geometric_mean(v) {
            Some(g) => format!("{g:.2} times as fast ({} of {})", v.len(), rows.len()),
            None => "not measured".to_owned(),
        };
        out += &format!("  {label}: steady {}; whole processes {}\n", shown(&steady), shown(&whole));
    }
    out
}

pub fn markdown(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let (heads, lines) = grid(row);
        let line = |words: &[String]| {
            let words: Vec<String> = words.iter().map(|w| w.replace('|', "\\|")).collect();
            format!("| {} |\n", words.join(" | "))
        };
        out += &format!("### {}\n\n{}", row.name, line(&heads));
        let rule: Vec<String> = (0..heads.len()).map(|i| if i < 2 { "---" } else { "---:" }.to_owned()).collect();
        out += &line(&rule);
        for l in &lines {
            out += &line(l);
        }
        out += "\n";
        for r in remarks(row) {
            out += &format!("- {r}\n");
        }
        out += "\n";
    }
    let means = summary(rows);
    out + &means.trim_start().replace("\n  ", "\n- ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        assert_eq!(seconds(1.2345), "1.23 s");
        assert_eq!(seconds(0.012345), "12.3 ms");
        assert_eq!(seconds(4.56e-7), "456 ns");
        assert_eq!(times(&Interval { low: 1.9, mid: 2.0, high: 2.1 }), "2.00 [1.90, 2.10]");
        assert_eq!(spread(&Interval { low: 0.9, mid: 1.0, high: 1.1 }, seconds), "1.00 s ±10%");
        assert_eq!(spread(&Interval { low: 0.5, mid: 1.0, high: 2.0 }, seconds), "1.00 s [500 ms, 2.00 s]");
    }
}
