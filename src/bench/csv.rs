//! Every iteration as comma-separated values: a line for each process, as the tools of the warm-up study read them.
//!
//! Invariant: lines may be of different lengths; the heading has as many columns as the longest.

use super::row::Row;

pub fn text(rows: &[Row]) -> String {
    let longest = rows.iter().flat_map(|r| &r.cells).flat_map(|c| &c.series).map(|s| s.times.len()).max().unwrap_or(0);
    let numbers: Vec<String> = (0..longest).map(|i| i.to_string()).collect();
    let mut out = format!("process_exec_idx,bench_name,{}\n", numbers.join(","));
    for row in rows {
        for c in &row.cells {
            let name = quoted(&format!("{}:{}", row.name, c.label));
            for (i, s) in c.series.iter().enumerate() {
                let times: Vec<String> = s.times.iter().map(|t| format!("{t:?}")).collect();
                out += &format!("{i},{name},{}\n", times.join(","));
            }
        }
    }
    out
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
