//! Samples as times: of each function, of each line, and as a tree for the flame graph.
//!
//! Invariant: the own samples of all lines, with those outside of Python code, are all samples.

use super::symbols::{Finder, Tier};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Samples by tier, in the order of [`Tier::NAMES`].
pub type Times = [u64; 4];

pub fn sum(t: &Times) -> u64 {
    t.iter().sum()
}
pub fn add(a: &mut Times, b: &Times) {
    a.iter_mut().zip(b).for_each(|(x, y)| *x += y);
}

/// What a function took.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    pub own: Times,
    /// Samples with it somewhere in the stack.
    pub total: u64,
    pub lines: BTreeMap<u64, Times>,
    /// Names of native code that ran for a line, with their samples.
    pub natives: BTreeMap<u64, BTreeMap<String, u64>>,
}

#[derive(Debug, Default)]
pub struct Profile {
    pub taken: u64,
    pub lost: u64,
    pub seconds: f64,
    /// Of these, what the samples themselves took.
    pub cost: f64,
    pub times: Times,
    /// Outside of Python code: start and end of the process.
    pub outside: Times,
    /// By number of the home.
    pub spent: BTreeMap<u64, Spent>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    below: Option<u64>,
    home: u64,
    line: u64,
    compiled: bool,
    own: Times,
    natives: BTreeMap<String, u64>,
}

fn list(v: &Value) -> &[Value] {
    v.as_array().map_or(&[], Vec::as_slice)
}
fn number(v: Option<&Value>) -> u64 {
    v.and_then(Value::as_u64).unwrap_or(0)
}

pub fn read(json: &Value) -> Profile {
    let s = &json["samples"];
    let mut finder = Finder::new(list(&s["mapped"]));
    let mut p = Profile { taken: number(s.get("taken")), lost: number(s.get("lost")), ..Profile::default() };
    let all = p.taken + p.lost;
    // The system's clock ticks may be further apart than asked for; the whole time is known.
    p.seconds = json["processor_seconds"].as_f64().unwrap_or(all as f64 * number(s.get("microseconds")) as f64 / 1e6);
    p.cost = number(s.get("cost_nanoseconds")) as f64 / 1e9;
    let mut elsewhere = |v: &Value, own: &mut Times, names: &mut BTreeMap<String, u64>| {
        for pair in list(v) {
            let (address, n) = (number(pair.get(0)), number(pair.get(1)));
            let (tier, name) = finder.find(address);
            own[tier as usize] += n;
            if tier == Tier::Native {
                *names.entry(name).or_default() += n;
            }
        }
    };
    elsewhere(&s["outside"], &mut p.outside, &mut BTreeMap::new());
    let lines = list(&s["lines"]);
    for n in list(&s["nodes"]) {
        let at = lines.get(number(n.get(1)) as usize).unwrap_or(&Value::Null);
        let mut own: Times = [0; 4];
        own[Tier::Jit as usize] = number(n.get(2));
        let mut natives = BTreeMap::new();
        elsewhere(&n[3], &mut own, &mut natives);
        let compiled = at[2].as_bool().unwrap_or(false);
        let (home, line) = (number(at.get(0)), number(at.get(1)));
        p.nodes.push(Node { below: n[0].as_u64(), home, line, compiled, own, natives });
    }
    p.times = p.outside;
    for i in 0..p.nodes.len() {
        count(&mut p, i);
    }
    p
}

fn count(p: &mut Profile, i: usize) {
    let Profile { nodes, spent, times, .. } = p;
    let n = &nodes[i];
    let samples = sum(&n.own);
    if samples == 0 {
        return;
    }
    add(times, &n.own);
    let s = spent.entry(n.home).or_default();
    add(&mut s.own, &n.own);
    add(s.lines.entry(n.line).or_default(), &n.own);
    for (name, k) in &n.natives {
        *s.natives.entry(n.line).or_default().entry(name.clone()).or_default() += k;
    }
    let mut seen = BTreeSet::new();
    let mut at = Some(i as u64);
    while let Some(n) = at.and_then(|k| nodes.get(k as usize)) {
        if seen.insert(n.home) {
            spent.entry(n.home).or_default().total += samples;
        }
        // A node stands behind the one it lies on.
        at = n.below.filter(|b| Some(*b) < at);
    }
}

/// The tree: {n: name, f: file, l: line, t: tier, v: samples, c: what it called}. Lines of one function called from one place are one.
pub fn flame(p: &Profile, homes: &[Value]) -> Value {
    let mut children: BTreeMap<Option<u64>, Vec<usize>> = BTreeMap::new();
    for (i, n) in p.nodes.iter().enumerate() {
        children.entry(n.below).or_default().push(i);
    }
    let roots = children.get(&None).cloned().unwrap_or_default();
    let mut tree = json!({ "n": "program", "t": -1, "v": p.taken, "c": level(p, homes, &children, &roots, 0) });
    if sum(&p.outside) > 0
        && let Some(c) = tree["c"].as_array_mut()
    {
        c.push(json!({ "n": "start and end", "t": 2, "v": sum(&p.outside), "c": [] }));
    }
    tree
}

/// Frames deeper than this are left out.
const DEPTH: usize = 60;

fn level(
    p: &Profile,
    homes: &[Value],
    children: &BTreeMap<Option<u64>, Vec<usize>>,
    at: &[usize],
    depth: usize,
) -> Value {
    let mut groups: BTreeMap<(u64, bool), Vec<usize>> = BTreeMap::new();
    for &i in at {
        groups.entry((p.nodes[i].home, p.nodes[i].compiled)).or_default().push(i);
    }
    let mut out = vec![];
    for ((home, compiled), members) in groups {
        let next: Vec<usize> =
            members.iter().flat_map(|&i| children.get(&Some(i as u64)).into_iter().flatten().copied()).collect();
        let mut below = if depth < DEPTH { level(p, homes, children, &next, depth + 1) } else { json!([]) };
        let called: u64 = list(&below).iter().map(|c| number(c.get("v"))).sum();
        let own: u64 = members.iter().map(|&i| sum(&p.nodes[i].own)).sum();
        let mut natives: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, k) in members.iter().flat_map(|&i| &p.nodes[i].natives) {
            *natives.entry(name).or_default() += k;
        }
        let compiling: u64 = members.iter().map(|&i| p.nodes[i].own[Tier::Compiler as usize]).sum();
        if let Some(c) = below.as_array_mut() {
            c.extend(
                natives
                    .iter()
                    .map(|(n, k)| json!({ "n": if n.is_empty() { "native" } else { n }, "t": 2, "v": k, "c": [] })),
            );
            if compiling > 0 {
                c.push(json!({ "n": "the compiler", "t": 3, "v": compiling, "c": [] }));
            }
        }
        let h = homes.get(home as usize).unwrap_or(&Value::Null);
        let line = members.iter().max_by_key(|&&i| sum(&p.nodes[i].own)).map_or(0, |&i| p.nodes[i].line);
        let tier = if compiled { Tier::Jit } else { Tier::Interpreter };
        out.push(json!({
            "n": h["name"], "f": h["file"], "l": line, "h": home, "t": tier as usize, "v": own + called, "c": below,
        }));
    }
    out.sort_by_key(|v| std::cmp::Reverse(number(v.get("v"))));
    out.into()
}
