//! The report as one page that needs nothing but itself: `page.js` shows the data that lie in it.
//!
//! Invariant: texts of the program are data, never markup: `<` is escaped inside the data, and the script sets text only. No address is
//! loaded.

use super::findings::Function;
use super::profile::{self, Profile};
use super::{machine_code, text};
use crate::bench::{STYLE, escape};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn page(json: &Value, p: &Profile, functions: &[Function]) -> String {
    let data = data(json, p, functions).to_string().replace('<', "\\u003c");
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>\
         <title>adder explain</title><style>{STYLE}{}</style>\
         <header><h1>adder explain</h1><p>{}</p><p>{}</p></header><main id=main><noscript><p>This page shows its data with a \
         script; the same report as text: adder explain without --html.</p></noscript></main>\
         <script type=application/json id=data>{data}</script><script>{}</script></html>\n",
        include_str!("page.css"),
        escape(text::head(json).trim_start_matches("adder explain: ")),
        escape(&text::times(p)),
        include_str!("page.js"),
    )
}

fn data(json: &Value, p: &Profile, functions: &[Function]) -> Value {
    let homes = json["homes"].as_array().cloned().unwrap_or_default();
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for f in functions {
        let n = files.len();
        files.entry(&f.file).or_insert(n);
    }
    let mut sources = vec![Value::Null; files.len()];
    for (name, i) in &files {
        sources[*i] = json!({ "name": name, "lines": text::source_lines(name) });
    }
    let shown: Vec<Value> = functions.iter().map(|f| function(json, f, files[f.file.as_str()])).collect();
    let names: Vec<&Value> = homes.iter().map(|h| &h["name"]).collect();
    json!({
        "samples": p.taken, "files": sources, "functions": shown, "homes": names, "flame": profile::flame(p, &homes),
    })
}

fn function(json: &Value, f: &Function, file: usize) -> Value {
    let lines: BTreeMap<String, Value> = f
        .told()
        .into_iter()
        .map(|l| {
            let own = f.spent.lines.get(&l).copied().unwrap_or_default();
            let value = json!({ "own": own, "notes": text::remarks(f, l), "made": f.allocations.get(&l), "exits": f.lines.contains_key(&l) });
            (l.to_string(), value)
        })
        .collect();
    let last = lines.keys().filter_map(|l| l.parse::<u64>().ok()).max().unwrap_or(f.first_line);
    json!({
        "name": f.name, "file": file, "first": f.first_line, "last": last, "own": f.spent.own, "total": f.spent.total,
        "calls": f.calls, "exits": f.exits(), "made": f.compiled.len(), "home": f.home, "summary": text::summary(f), "lines": lines,
        "stages": f.home.map(|h| stages(json, h)),
    })
}

/// Bytecode, and each version with its HIR, CLIF and machine code: lists of [line, text, home, line].
fn stages(json: &Value, home: u64) -> Value {
    let of_home = |path: &str| -> Vec<&Value> {
        let all = json.pointer(path).and_then(Value::as_array).into_iter().flatten();
        all.filter(|v| v["home"].as_u64() == Some(home)).collect()
    };
    let versions: Vec<Value> = of_home("/details/made")
        .into_iter()
        .filter(|v| v["machine"].is_object())
        .map(|v| json!({ "line": v["line"], "hir": v["hir"], "clif": v["clif"], "machine": machine_code::lines(&v["machine"]) }))
        .collect();
    let bytecode = of_home("/details/bytecode").first().map(|v| v["lines"].clone());
    json!({ "bytecode": bytecode, "versions": versions })
}
