//! Rows as one page that needs nothing but itself.
//!
//! Invariant: every text that a program or a user chose is escaped; no address is loaded.

use super::machine::Machine;
use super::row::Row;
use super::{svg, table};

pub const STYLE: &str = include_str!("style.css");

/// Text for use between tags and inside quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

pub fn page(rows: &[Row], m: &Machine) -> String {
    let mut out = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>\
         <title>adder bench</title><style>{STYLE}</style><h1>adder bench</h1>"
    );
    let known = [m.processor.clone(), Some(format!("{} cores", m.cores)), m.governor.clone(), Some(m.system.clone())];
    let known: Vec<String> = known.into_iter().flatten().map(|t| escape(&t)).collect();
    out += &format!("<p>{} · {}</p>", escape(m.date.split('.').next().unwrap_or("")), known.join(" · "));
    let means = table::summary(rows);
    if !means.is_empty() {
        let lines: Vec<String> = means.trim().lines().map(|l| format!("<li>{}</li>", escape(l.trim()))).collect();
        out += &format!("<ul>{}</ul>", lines.concat());
    }
    for row in rows {
        section(&mut out, row);
    }
    out += "<p>Times: medians with 95 % intervals by resampling. “To steady”: iterations and seconds before the last segment of equal times. \
            “Even at”: the iteration from which on all iterations together took less than the first variant’s. Circles: change points; \
            crosses: outliers.</p></html>\n";
    out
}

fn section(out: &mut String, row: &Row) {
    *out += &format!("<h2>{}</h2><p class=keys>", escape(&row.name));
    for (k, c) in row.cells.iter().enumerate() {
        *out += &format!("<span class=v{}><i class=key></i>{}</span>", k % 6, escape(&c.label));
    }
    *out += "</p><div class=scroll>";
    *out += &svg::bars(row);
    *out += &svg::iterations(row);
    let (heads, lines) = table::grid(row);
    let cells = |tag: &str, words: &[String]| -> String {
        words.iter().map(|w| format!("<{tag}>{}</{tag}>", escape(w))).collect()
    };
    *out += &format!("<table><tr>{}</tr>", cells("th", &heads));
    for l in &lines {
        *out += &format!("<tr>{}</tr>", cells("td", l));
    }
    *out += "</table></div><ul>";
    for r in table::remarks(row) {
        let class = if r.contains("FAILED") || r.contains("DIFFERENT") { " class=bad" } else { "" };
        *out += &format!("<li{class}>{}</li>", escape(&r));
    }
    *out += "</ul>";
}
