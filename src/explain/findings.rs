//! The counts of a run, by function and line.
//!
//! Invariants: a number that is missing or of another kind counts as 0; functions come with the most exits first.

use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Function {
    pub name: String,
    pub file: String,
    pub first_line: u64,
    pub compiled: Vec<Compiled>,
    /// Reasons for which nothing was made, and how often.
    pub refused: Vec<(String, String, u64)>,
    pub lines: BTreeMap<u64, Vec<Exit>>,
    /// Lines at which a guess was given up, and how often.
    pub abandoned: BTreeMap<u64, u64>,
}

#[derive(Debug)]
pub struct Compiled {
    pub line: u64,
    /// From its entry on; else a loop.
    pub function: bool,
    pub bytes: u64,
    pub milliseconds: f64,
    /// Milliseconds since the JIT first worked.
    pub at: f64,
}

#[derive(Debug)]
pub struct Exit {
    pub reason: String,
    pub text: String,
    pub op: String,
    pub detail: String,
    pub raised: bool,
    pub count: u64,
    /// Types met, most frequent first.
    pub seen: Vec<String>,
}

impl Function {
    pub fn exits(&self) -> u64 {
        self.lines.values().flatten().map(|e| e.count).sum()
    }
}

fn text(v: &Value, key: &str) -> String {
    v.get(key).and_then(Value::as_str).unwrap_or("").to_owned()
}
fn number(v: &Value, key: &str) -> u64 {
    v.get(key).and_then(Value::as_u64).unwrap_or(0)
}
fn list<'a>(v: &'a Value, key: &str) -> &'a [Value] {
    v.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Functions with something to tell; those of the library only when asked for.
pub fn functions(json: &Value, all: bool) -> Vec<Function> {
    let mut found: Vec<Function> = vec![];
    for key in ["compiled", "refused", "abandoned", "exits"] {
        for v in list(json, key) {
            let (name, file, first_line) = (text(v, "name"), text(v, "file"), number(v, "first_line"));
            if !all && adder_jit::tier::is_library(&file) {
                continue;
            }
            let same = |f: &Function| f.name == name && f.file == file && f.first_line == first_line;
            let at = found.iter().position(same).unwrap_or(found.len());
            if at == found.len() {
                found.push(Function { name, file, first_line, ..Function::default() });
            }
            add(&mut found[at], key, v);
        }
    }
    found.sort_by_key(|f| (std::cmp::Reverse(f.exits()), f.file.clone(), f.first_line));
    found
}

fn add(f: &mut Function, key: &str, v: &Value) {
    let line = number(v, "line");
    match key {
        "compiled" => f.compiled.push(Compiled {
            line,
            function: v.get("function").and_then(Value::as_bool).unwrap_or(false),
            bytes: number(v, "bytes"),
            milliseconds: v.get("milliseconds").and_then(Value::as_f64).unwrap_or(0.0),
            at: v.get("at").and_then(Value::as_f64).unwrap_or(0.0),
        }),
        "refused" => f.refused.push((text(v, "reason"), text(v, "text"), number(v, "count"))),
        "abandoned" => *f.abandoned.entry(line).or_default() += number(v, "count"),
        _ => add_exit(f.lines.entry(line).or_default(), v),
    }
}

/// Exits of several versions of the code at one place are one.
fn add_exit(exits: &mut Vec<Exit>, v: &Value) {
    let (reason, op, detail) = (text(v, "reason"), text(v, "op"), text(v, "detail"));
    let mut types: Vec<(u64, String)> =
        list(v, "seen").iter().map(|t| (number(t, "count"), text(t, "types"))).collect();
    types.sort_by_key(|t| std::cmp::Reverse(t.0));
    let at = exits.iter().position(|e| e.reason == reason && e.op == op && e.detail == detail).unwrap_or(exits.len());
    if at == exits.len() {
        let raised = v.get("raised").and_then(Value::as_bool).unwrap_or(false);
        exits.push(Exit { reason, text: text(v, "text"), op, detail, raised, count: 0, seen: vec![] });
    }
    exits[at].count += number(v, "count");
    for (_, t) in types {
        if !exits[at].seen.contains(&t) {
            exits[at].seen.push(t);
        }
    }
}
