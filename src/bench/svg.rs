//! Plots as SVG text.
//!
//! Invariant: colours and fonts come from the page's style sheet by class, so a plot reads in light and dark; every mark has a title.

use super::html::escape;
use super::row::{Cell, Row};
use super::stats::{Interval, quantile};
use super::table::{seconds, times};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 84.0;

/// Iteration times of every process of a row on one logarithmic scale, change points marked.
pub fn iterations(row: &Row) -> String {
    const HEIGHT: f64 = 300.0;
    let (top, bottom, right) = (16.0, HEIGHT - 50.0, WIDTH - 20.0);
    let all: Vec<f64> =
        row.cells.iter().flat_map(|c| &c.series).flat_map(|s| s.times.clone()).filter(|t| *t > 0.0).collect();
    let longest = row.cells.iter().flat_map(|c| &c.series).map(|s| s.times.len()).max().unwrap_or(0);
    if all.is_empty() || longest < 2 {
        return String::new();
    }
    let sorted = super::stats::sorted(&all);
    let (low, high) = (quantile(&sorted, 0.0) / 1.1, quantile(&sorted, 1.0) * 1.1);
    let x = |i: usize| LEFT + (right - LEFT) * i as f64 / (longest - 1) as f64;
    let y = |t: f64| bottom - (bottom - top) * (t / low).ln() / (high / low).ln();
    let mut out = format!(
        "<svg class=plot viewBox='0 0 {WIDTH} {HEIGHT}' role=img aria-label='times of the iterations of {}'>",
        escape(&row.name)
    );
    for t in ticks(low, high) {
        let at = y(t);
        out += &format!("<line class=grid x1={LEFT} x2={right} y1={at:.1} y2={at:.1} />");
        out +=
            &format!("<text class=label x={:.1} y={:.1} text-anchor=end>{}</text>", LEFT - 6.0, at + 5.0, seconds(t));
    }
    for i in (0..longest).step_by(longest.div_ceil(10).max(1)) {
        out += &format!("<text class=label x={:.1} y={:.1} text-anchor=middle>{}</text>", x(i), bottom + 20.0, i + 1);
    }
    out += &format!("<text class=label x={right} y={:.1} text-anchor=end>iteration</text>", bottom + 42.0);
    for (k, c) in row.cells.iter().enumerate() {
        for (s, course) in c.series.iter().zip(&c.courses) {
            let points: Vec<String> = s
                .times
                .iter()
                .enumerate()
                .filter(|(_, t)| **t > 0.0)
                .map(|(i, t)| format!("{:.1},{:.1}", x(i), y(*t)))
                .collect();
            out += &format!(
                "<polyline class='line v{}' points='{}'><title>{}: {}</title></polyline>",
                k % 6,
                points.join(" "),
                escape(&c.label),
                course.class.text()
            );
            // A line of one iteration would not be seen.
            if let [(i, t)] = s.times.iter().enumerate().take(2).collect::<Vec<_>>().as_slice() {
                out += &format!(
                    "<circle class='change v{}' cx={:.1} cy={:.1} r=3><title>{}: {}</title></circle>",
                    k % 6,
                    x(*i),
                    y(t.max(low)),
                    escape(&c.label),
                    seconds(**t)
                );
            }
            for &i in &course.changes {
                let at = y(s.times[i].max(low));
                out += &format!(
                    "<circle class='change v{}' cx={:.1} cy={at:.1} r=4><title>{}: change at iteration {}, {}</title></circle>",
                    k % 6,
                    x(i),
                    escape(&c.label),
                    i + 1,
                    seconds(s.times[i])
                );
            }
            for &i in &course.outliers {
                let (cx, cy) = (x(i), y(s.times[i].max(low)));
                out += &format!(
                    "<path class='outlier v{}' d='M{:.1} {:.1}l6 6m0 -6l-6 6'><title>outlier</title></path>",
                    k % 6,
                    cx - 3.0,
                    cy - 3.0
                );
            }
        }
    }
    out + "</svg>"
}

/// 1, 2 and 5 times powers of ten inside the range.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let mut found = vec![];
    for power in low.log10().floor() as i32..=high.log10().ceil() as i32 {
        found.extend([1.0, 2.0, 5.0].map(|m| m * 10f64.powi(power)).into_iter().filter(|t| (low..=high).contains(t)));
    }
    found
}

/// Bars of steady times (or whole processes) with their intervals, each below its words.
pub fn bars(row: &Row) -> String {
    const STEP: f64 = 52.0;
    let value = |c: &Cell| if c.class.settles() && c.steady.is_some() { c.steady } else { c.whole_time };
    let cells: Vec<(usize, &Cell)> = row.cells.iter().enumerate().filter(|(_, c)| value(c).is_some()).collect();
    // An interval of few processes may be wide: it is cut where it would make the bars too short to read.
    let most =
        |of: &dyn Fn(&Interval) -> f64| cells.iter().filter_map(|(_, c)| Some(of(&value(c)?))).fold(0.0, f64::max);
    let most = most(&|i| i.high).min(1.4 * most(&|i| i.mid));
    if most <= 0.0 {
        return String::new();
    }
    let left = 12.0;
    let scale = (WIDTH - 2.0 * left) / most;
    let height = cells.len() as f64 * STEP + 10.0;
    let mut out = format!(
        "<svg class=plot viewBox='0 0 {WIDTH} {height}' role=img aria-label='times of the variants of {}'>",
        escape(&row.name)
    );
    for (n, (k, c)) in cells.iter().enumerate() {
        let Some(i) = value(c) else { continue };
        let y = n as f64 * STEP + 6.0;
        let (a, b) = (left + i.low * scale, left + i.high.min(most) * scale);
        let what = if c.class.settles() { "" } else { " (whole process)" };
        let label: String = c.label.chars().take(24).collect();
        let faster = c.speedup.or(c.whole_speedup).map(|s| format!(", {} times", times(&s))).unwrap_or_default();
        out += &format!(
            "<text class=label x={left} y={:.1}>{}: {}{what}{faster}</text>",
            y + 19.0,
            escape(&label),
            seconds(i.mid)
        );
        let y = y + 26.0;
        out += &format!("<rect class='bar v{}' x={left} y={y:.1} width={:.1} height=18 />", k % 6, i.mid * scale);
        out += &format!(
            "<path class=interval d='M{a:.1} {0:.1}H{b:.1}M{a:.1} {1:.1}v8{2}'/>",
            y + 9.0,
            y + 5.0,
            if i.high > most {
                format!("M{:.1} {:.1}l4 4l-4 4", b - 4.0, y + 5.0)
            } else {
                format!("M{b:.1} {:.1}v8", y + 5.0)
            }
        );
    }
    out + "</svg>"
}
