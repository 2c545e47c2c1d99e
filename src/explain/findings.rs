//! The counts of a run, by function and line.
//!
//! Invariants: a number that is missing or of another kind counts as 0; functions come hottest first, then those with the most exits.

use super::profile::{self, Profile, Spent};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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
    pub spent: Spent,
    /// Exact counts, where asked for.
    pub calls: Option<u64>,
    pub allocations: BTreeMap<u64, u64>,
    /// Names and places of what was built into a line, with the number of instructions.
    pub inlined: BTreeMap<u64, BTreeMap<String, u64>>,
    /// Where it was built in itself: (function, file, line).
    pub inlined_into: BTreeSet<(String, String, u64)>,
    pub loops: BTreeMap<u64, Vec<Variable>>,
    /// By loop: globals, or names of a module, that it binds, with the line.
    pub bound: BTreeMap<u64, Vec<Bound>>,
    /// The number of the home in the report.
    pub home: Option<u64>,
}

/// A variable that a loop binds.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    /// int or float: held in a register; object: boxed.
    pub held: String,
    /// The loop does arithmetic on it.
    pub arithmetic: bool,
    pub line: u64,
}

/// A name of a namespace that a loop binds.
#[derive(Clone, Debug)]
pub struct Bound {
    pub name: String,
    pub line: u64,
    /// The loop is not in a function.
    pub own: bool,
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
    /// Lines with something to tell: in the order of the file.
    pub fn told(&self) -> BTreeSet<u64> {
        let mut all: BTreeSet<u64> = self.lines.keys().copied().collect();
        all.extend(self.spent.lines.keys());
        all.extend(self.allocations.keys());
        all.extend(self.inlined.keys());
        all
    }
    /// Variables that are objects in a loop which does arithmetic on them.
    pub fn boxed(&self) -> impl Iterator<Item = (u64, &Variable)> {
        let all = self.loops.iter().flat_map(|(l, v)| v.iter().map(|v| (*l, v)));
        all.filter(|(_, v)| v.arithmetic && v.held == "object")
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

/// Functions with something to tell, hottest first; those of the library only when asked for, or when they took much time.
pub fn functions(json: &Value, profile: &Profile, all: bool) -> Vec<Function> {
    let mut found: Vec<Function> = vec![];
    for key in ["compiled", "refused", "abandoned", "exits"] {
        for v in list(json, key) {
            let f = of(&mut found, v);
            add(f, key, v);
        }
    }
    let homes = list(json, "homes");
    let at = |v: Option<&Value>| v.and_then(Value::as_u64).and_then(|n| Some((n, homes.get(n as usize)?)));
    for (home, spent) in &profile.spent {
        let Some(v) = homes.get(*home as usize) else { continue };
        of(&mut found, v).spent = spent.clone();
    }
    for c in list(json, "calls") {
        let Some((_, v)) = at(c.get(0)) else { continue };
        of(&mut found, v).calls = c.get(1).and_then(Value::as_u64);
    }
    for c in list(json, "allocations") {
        let Some((_, v)) = at(c.get(0)) else { continue };
        let n = |i: usize| c.get(i).and_then(Value::as_u64).unwrap_or(0);
        *of(&mut found, v).allocations.entry(n(1)).or_default() += n(2);
    }
    for d in json.pointer("/details/made").and_then(Value::as_array).into_iter().flatten() {
        let Some((_, v)) = at(d.get("home")) else { continue };
        details(of(&mut found, v), d);
        inlined(&mut found, d, homes);
    }
    for (n, v) in homes.iter().enumerate() {
        let (name, file, line) = (text(v, "name"), text(v, "file"), number(v, "first_line"));
        let same = |f: &&mut Function| f.name == name && f.file == file && f.first_line == line;
        if let Some(f) = found.iter_mut().find(same) {
            f.home = Some(n as u64);
        }
    }
    let much = profile.taken / 20;
    let hot = |f: &Function| profile.taken > 0 && profile::sum(&f.spent.own) > much.max(2);
    found.retain(|f| all || hot(f) || !adder_jit::tier::is_library(&f.file));
    found.sort_by_key(|f| {
        let own = profile::sum(&f.spent.own);
        (std::cmp::Reverse(own), std::cmp::Reverse(f.exits()), f.file.clone(), f.first_line)
    });
    found
}

/// The function that an entry of the report names.
fn of<'a>(found: &'a mut Vec<Function>, v: &Value) -> &'a mut Function {
    let (name, file, first_line) = (text(v, "name"), text(v, "file"), number(v, "first_line"));
    let same = |f: &Function| f.name == name && f.file == file && f.first_line == first_line;
    let at = found.iter().position(same).unwrap_or(found.len());
    if at == found.len() {
        found.push(Function { name, file, first_line, ..Function::default() });
    }
    &mut found[at]
}

/// The loops of a compilation; those of the last one count.
fn details(f: &mut Function, d: &Value) {
    for l in list(d, "loops") {
        let variables = list(l, "variables").iter().map(|v| Variable {
            name: text(v, "name"),
            held: text(v, "held"),
            arithmetic: v.get("arithmetic").and_then(Value::as_bool).unwrap_or(false),
            line: number(v, "line"),
        });
        f.loops.insert(number(l, "line"), variables.collect());
        let bound = list(l, "bound").iter().map(|b| Bound {
            name: b[0].as_str().unwrap_or("").to_owned(),
            line: b[1].as_u64().unwrap_or(0),
            own: b[2].as_bool().unwrap_or(false),
        });
        f.bound.insert(number(l, "line"), bound.collect());
    }
}

/// What a compilation built in, at the functions that call and that are called.
fn inlined(found: &mut Vec<Function>, d: &Value, homes: &[Value]) {
    for i in list(d, "inlined") {
        let n = |k: usize| i.get(k).and_then(Value::as_u64).unwrap_or(0);
        let (Some(caller), Some(callee)) = (homes.get(n(0) as usize), homes.get(n(2) as usize)) else { continue };
        let shown = format!("{} ({}:{})", text(callee, "name"), text(callee, "file"), number(callee, "first_line"));
        let at = of(found, caller).inlined.entry(n(1)).or_default();
        let size = at.entry(shown).or_default();
        *size = n(3).max(*size);
        of(found, callee).inlined_into.insert((text(caller, "name"), text(caller, "file"), n(1)));
    }
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
