//! The report as text.
//!
//! Invariant: each remark names file and line, what was expected, what was met, and what to change. Shares are of all samples; too few
//! samples are said to be too few.

use super::advice;
use super::findings::{Exit, Function};
use super::profile::{self, Profile, Times};
use super::symbols::Tier;
use serde_json::Value;

/// Samples that make shares worth printing.
const ENOUGH: u64 = 20;

pub fn report(json: &Value, p: &Profile, functions: &[Function]) -> String {
    let mut out = format!("\n{}\n", head(json));
    out += &format!("{}\n", times(p));
    if functions.iter().all(|f| f.compiled.is_empty() && f.refused.is_empty()) {
        out += "Nothing of the program ran often enough to be compiled.\n";
    }
    table(&mut out, p, functions);
    for f in functions {
        function(&mut out, p, f);
    }
    out
}

pub fn head(json: &Value) -> String {
    let n = |key: &str| json.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    format!(
        "adder explain: {} functions and {} loops compiled in {:.1} ms, {:.0} kB of code; {} guesses given up",
        n("functions"),
        n("loops"),
        n("milliseconds"),
        n("bytes") / 1e3,
        n("given_up")
    )
}

/// Where the time went, by tier.
pub fn times(p: &Profile) -> String {
    if p.taken < ENOUGH {
        return format!(
            "{:.2} s of processor time: {} samples are too few to tell where it went; give the program more to do",
            p.seconds, p.taken
        );
    }
    let parts: Vec<String> =
        Tier::NAMES.iter().zip(p.times).map(|(name, n)| format!("{} {name}", percent(n, p.taken))).collect();
    let lost = if p.lost * 20 > p.taken { format!("; {} samples were lost", p.lost) } else { String::new() };
    let cost = 100.0 * p.cost / p.seconds.max(1e-9);
    format!(
        "{:.2} s of processor time, {} samples, which took {cost:.2}% of it: {}{lost}",
        p.seconds,
        p.taken,
        parts.join(", ")
    )
}

pub fn percent(n: u64, of: u64) -> String {
    format!("{:.1}%", 100.0 * n as f64 / of.max(1) as f64)
}

/// One line for each function.
fn table(out: &mut String, p: &Profile, functions: &[Function]) {
    let counted = functions.iter().any(|f| f.calls.is_some());
    if p.taken < ENOUGH && !counted {
        return;
    }
    let calls = if counted { "       calls" } else { "" };
    *out += &format!("\n   own  total  interp     JIT  native{calls}  function\n");
    for f in functions {
        let own = profile::sum(&f.spent.own);
        if own == 0 && f.spent.total == 0 && f.calls.is_none() {
            continue;
        }
        let share = |n: u64| percent(n, p.taken);
        let [i, j, n, _] = f.spent.own;
        let calls = if counted { format!("{:>12}", f.calls.unwrap_or(0)) } else { String::new() };
        *out += &format!(
            "{:>6} {:>6} {:>7} {:>7} {:>7}{calls}  {} ({}:{})\n",
            share(own),
            share(f.spent.total),
            share(i),
            share(j),
            share(n),
            f.name,
            f.file,
            f.first_line
        );
    }
}

fn function(out: &mut String, p: &Profile, f: &Function) {
    let hot = |t: &Times| p.taken >= ENOUGH && profile::sum(t) * 100 >= p.taken;
    let wanted: Vec<u64> = f
        .told()
        .into_iter()
        .filter(|l| {
            f.lines.contains_key(l)
                || f.inlined.contains_key(l)
                || f.allocations.contains_key(l)
                || f.spent.lines.get(l).is_some_and(hot)
        })
        .collect();
    let summary = summary(f);
    if wanted.is_empty() && summary.is_empty() {
        return;
    }
    *out += &format!("\n{}  ({}:{})\n", f.name, f.file, f.first_line);
    for line in summary {
        *out += &format!("  {line}\n");
    }
    let source = if wanted.is_empty() { vec![] } else { source_lines(&f.file) };
    for line in wanted {
        let text = (line as usize).checked_sub(1).and_then(|i| source.get(i)).map_or("", |t| t.trim_end());
        *out += &format!("  {line:>5} |{} {text}\n", share_of_line(p, f, line));
        for r in remarks(f, line) {
            *out += &format!("        {r}\n");
        }
    }
}

fn share_of_line(p: &Profile, f: &Function, line: u64) -> String {
    if p.taken < ENOUGH {
        return String::new();
    }
    match f.spent.lines.get(&line) {
        Some(t) => format!("{:>6} |", percent(profile::sum(t), p.taken)),
        None => "       |".to_owned(),
    }
}

/// Time by tier, allocations, inlined calls and exits of a line.
pub fn remarks(f: &Function, line: u64) -> Vec<String> {
    let mut out = vec![];
    if let Some(t) = f.spent.lines.get(&line).filter(|t| profile::sum(t) >= ENOUGH / 2) {
        let all = profile::sum(t);
        let parts = Tier::NAMES.iter().zip(t).filter(|(_, n)| **n > 0);
        let parts: Vec<String> = parts.map(|(name, n)| format!("{name} {}", percent(*n, all))).collect();
        let mut natives: Vec<(&String, &u64)> = f
            .spent
            .natives
            .get(&line)
            .into_iter()
            .flatten()
            .filter(|(n, k)| !n.is_empty() && **k * 10 >= all)
            .collect();
        natives.sort_by_key(|n| std::cmp::Reverse(n.1));
        let names: Vec<&str> = natives.iter().take(3).map(|n| n.0.as_str()).collect();
        let called = if names.is_empty() { String::new() } else { format!("; native: {}", names.join(", ")) };
        out.push(format!("line {line}: time in {}{called}", parts.join(", ")));
    }
    if let Some(n) = f.allocations.get(&line) {
        out.push(format!("line {line}: {n} objects made"));
    }
    for (name, _) in f.inlined.get(&line).into_iter().flatten() {
        out.push(format!("line {line}: the call of {name} is inlined"));
    }
    for e in f.lines.get(&line).into_iter().flatten() {
        out.push(format!("line {line}: {}", remark(e)));
        out.push(format!("  change: {}", advice::for_exit(e)));
    }
    out
}

/// Compiled or not, since when, and why not.
pub fn summary(f: &Function) -> Vec<String> {
    let mut out = vec![];
    for (what, function) in [("the function", true), ("loops", false)] {
        let made: Vec<_> = f.compiled.iter().filter(|c| c.function == function).collect();
        let Some(first) = made.first() else { continue };
        let mut lines: Vec<String> = made.iter().map(|c| c.line.to_string()).collect();
        lines.sort();
        lines.dedup();
        let times = if made.len() > 1 { format!(", {} times in all", made.len()) } else { String::new() };
        let bytes: u64 = made.iter().map(|c| c.bytes).sum();
        let took: f64 = made.iter().map(|c| c.milliseconds).sum();
        out.push(format!(
            "compiled: {what} (line {}), first after {:.0} ms{times}; {bytes} bytes, {took:.1} ms",
            lines.join(", "),
            first.at
        ));
    }
    for (reason, text, n) in &f.refused {
        out.push(format!("not compiled ({n} times): {text}; change: {}", advice::change(reason)));
    }
    if f.compiled.len() > 3 && !f.abandoned.is_empty() {
        let lines: Vec<String> = f.abandoned.keys().map(u64::to_string).collect();
        out.push(format!("compiled {} times: guesses did not hold at line {}", f.compiled.len(), lines.join(", ")));
    }
    for (caller, file, line) in &f.inlined_into {
        out.push(format!("inlined into {caller} ({file}:{line})"));
    }
    for (line, variables) in &f.loops {
        let held: Vec<String> =
            variables.iter().filter(|v| v.held != "object").map(|v| format!("{} ({})", v.name, v.held)).collect();
        if !held.is_empty() {
            out.push(format!("loop at line {line}: in registers: {}", held.join(", ")));
        }
    }
    for (line, bound) in &f.bound {
        let [first, rest @ ..] = bound.as_slice() else { continue };
        if first.own {
            let names: Vec<&str> = bound.iter().take(4).map(|b| b.name.as_str()).collect();
            let more = if bound.len() > 4 { ", ..." } else { "" };
            out.push(format!(
                "loop at line {line}: {}{more} live in the module, not in registers; change: put the loop into a function",
                names.join(", ")
            ));
            continue;
        }
        for b in std::iter::once(first).chain(rest) {
            out.push(format!(
                "loop at line {line}: line {} binds the global {}, which lives in the module, not in a register; change: use a local variable \
                 in the loop and bind the global after it",
                b.line, b.name
            ));
        }
    }
    for (line, v) in f.boxed() {
        out.push(format!(
            "loop at line {line}: {} is boxed: line {} does arithmetic on an object; change: give it one type, int below 2**61 or float, \
             from before the loop on",
            v.name, v.line
        ));
    }
    out
}

/// One exit in words.
pub fn remark(e: &Exit) -> String {
    let what = if e.detail.is_empty() { e.op.clone() } else { format!("{} {}", e.op, e.detail) };
    let mut out = format!("left {} times at {what}: {}", e.count, e.text);
    if !e.raised {
        out += &format!("; expected {}", advice::expected(&e.reason));
    }
    if !e.seen.is_empty() {
        let shown: Vec<&str> = e.seen.iter().take(4).map(String::as_str).collect();
        out += &format!(", met ({})", shown.join("), ("));
    }
    out
}

/// The lines of a source file; none when it cannot be read.
pub fn source_lines(file: &str) -> Vec<String> {
    let text = std::fs::read(file).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}
