//! The report as text.
//!
//! Invariant: each remark names file and line, what was expected, what was met, and what to change.

use super::advice;
use super::findings::{Exit, Function};
use serde_json::Value;

pub fn report(json: &Value, functions: &[Function]) -> String {
    let n = |key: &str| json.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let mut out = format!(
        "\nadder explain: {} functions and {} loops compiled in {:.1} ms, {:.0} kB of code; {} guesses given up\n",
        n("functions"),
        n("loops"),
        n("milliseconds"),
        n("bytes") / 1e3,
        n("given_up")
    );
    if functions.is_empty() {
        out += "Nothing of the program ran often enough to be compiled.\n";
    }
    for f in functions {
        out += &format!("\n{}  ({}:{})\n", f.name, f.file, f.first_line);
        for line in summary(f) {
            out += &format!("  {line}\n");
        }
        let source = if f.lines.is_empty() { vec![] } else { source_lines(&f.file) };
        for (line, exits) in &f.lines {
            if let Some(text) = (*line as usize).checked_sub(1).and_then(|i| source.get(i)) {
                out += &format!("  {line:>5} | {}\n", text.trim_end());
            }
            for e in exits {
                out += &format!("        line {line}: {}\n", remark(e));
                out += &format!("          change: {}\n", advice::for_exit(e));
            }
        }
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
    if f.compiled.len() > 3 {
        let lines: Vec<String> = f.abandoned.keys().map(u64::to_string).collect();
        out.push(format!("compiled {} times: guesses did not hold at line {}", f.compiled.len(), lines.join(", ")));
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
