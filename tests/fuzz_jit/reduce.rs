//! Makes a program that shows a difference smaller, as long as the same mode still differs.
//!
//! Invariant: a candidate counts only if the measure runs to its end; what is cut are statements with their bodies, so most candidates
//! are valid.

use super::run;
use std::path::Path;

/// The smallest program found; the file is written on the way.
pub fn reduce(source: &str, mode: &str, file: &Path) -> String {
    let only = [mode.to_owned()];
    let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
    let differs = |lines: &[String]| {
        std::fs::write(file, lines.join("\n") + "\n").is_ok()
            && run::compare(file, &only).is_some_and(|d| d.mode == mode)
    };
    let mut size = lines.len() / 4;
    let mut changed = true;
    while size > 0 || changed {
        changed = false;
        let mut at = lines.len();
        while at > 0 {
            at -= 1;
            if at >= lines.len() {
                continue;
            }
            let mut tries = vec![];
            if size > 0 {
                tries.push(cut(&lines, at.saturating_sub(size - 1), size));
            } else {
                let n = extent(&lines, at);
                tries.push(cut(&lines, at, n));
                tries.push(pass(&lines, at, n));
                tries.push(unwrap(&lines, at, n));
            }
            for t in tries.into_iter().flatten() {
                if differs(&t) {
                    lines = t;
                    changed = true;
                    break;
                }
            }
            at = at.saturating_sub(size.saturating_sub(1));
        }
        size /= 2;
    }
    let _ = differs(&lines);
    lines.join("\n") + "\n"
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
/// A statement's line and the deeper ones below it.
fn extent(lines: &[String], at: usize) -> usize {
    let d = depth(&lines[at]);
    1 + lines[at + 1..].iter().take_while(|l| l.trim().is_empty() || depth(l) > d).count()
}
fn cut(lines: &[String], at: usize, n: usize) -> Option<Vec<String>> {
    let end = (at + n).min(lines.len());
    Some([&lines[..at], &lines[end..]].concat())
}
fn pass(lines: &[String], at: usize, n: usize) -> Option<Vec<String>> {
    if lines[at].trim() == "pass" {
        return None;
    }
    let mut out = lines.to_vec();
    out.splice(at..at + n, [format!("{}pass", " ".repeat(depth(&lines[at])))]);
    Some(out)
}
/// The body in the statement's place.
fn unwrap(lines: &[String], at: usize, n: usize) -> Option<Vec<String>> {
    if n < 2 || lines[at].trim_start().starts_with("while ") {
        return None;
    }
    let mut out = lines.to_vec();
    let body: Vec<String> =
        lines[at + 1..at + n].iter().map(|l| l.strip_prefix("    ").unwrap_or(l).to_owned()).collect();
    out.splice(at..at + n, body);
    Some(out)
}
