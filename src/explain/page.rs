//! The report as one page that needs nothing but itself: each source with its remarks beside the lines.
//!
//! Invariant: every text of the program is escaped; no address is loaded.

use super::findings::Function;
use super::{advice, text};
use crate::bench::{STYLE, escape};
use serde_json::Value;

pub fn page(json: &Value, functions: &[Function]) -> String {
    let own = ".code{font:13px/1.5 ui-monospace,monospace;background:var(--card);border-radius:8px;padding:.6rem;overflow-x:auto}\
               .code div{white-space:pre}.code .hot{background:color-mix(in srgb,var(--bad) 18%,transparent)}\
               .no{display:inline-block;width:4em;color:var(--soft)}.note{white-space:normal!important;margin:0 0 .3rem 4em;color:var(--bad)}\
               .note b{color:var(--good)}";
    let mut out = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>\
         <title>adder explain</title><style>{STYLE}{own}</style><h1>adder explain</h1>"
    );
    let head = text::report(json, &[]);
    out += &format!("<p>{}</p>", escape(head.lines().find(|l| !l.is_empty()).unwrap_or("")));
    out += "<div class=scroll><table><tr><th>function</th><th>file</th><th>compiled</th><th>exits</th></tr>";
    for f in functions {
        let file = format!("{}:{}", f.file, f.first_line);
        let (name, n) = (escape(&f.name), f.compiled.len());
        out += &format!("<tr><td>{name}</td><td>{}</td><td>{n}</td><td>{}</td></tr>", escape(&file), f.exits());
    }
    out += "</table></div>";
    for f in functions {
        out += &format!("<h2>{}</h2><ul>", escape(&f.name));
        for line in text::summary(f) {
            out += &format!("<li>{}</li>", escape(&line));
        }
        out += "</ul>";
        source(&mut out, f);
    }
    out + "</html>\n"
}

/// The lines of a function from its first to a little behind the last remark.
fn source(out: &mut String, f: &Function) {
    let lines = text::source_lines(&f.file);
    if lines.is_empty() {
        return;
    }
    let told = f.lines.keys().chain(f.compiled.iter().map(|c| &c.line)).max().copied().unwrap_or(f.first_line);
    *out += "<div class=code>";
    let end = (told as usize + 3).min(lines.len());
    for n in f.first_line.max(1) as usize..=end {
        let exits = f.lines.get(&(n as u64));
        let class = if exits.is_some() { " class=hot" } else { "" };
        *out += &format!("<div{class}><span class=no>{n}</span>{}</div>", escape(&lines[n - 1]));
        for e in exits.into_iter().flatten() {
            let change = escape(advice::for_exit(e));
            *out += &format!("<div class=note>{}. <b>Change: {change}.</b></div>", escape(&text::remark(e)));
        }
    }
    *out += "</div>";
}
