//! Remarks about a machine that makes times unsteady.
//!
//! Invariant: what is said was measured, before or while the programs ran.

use super::machine::Machine;
use super::row::Row;
use super::stats::median;

/// Processes that wait for this part of their time are worth a word.
const WAITED: f64 = 0.05;

pub fn before(m: &Machine) -> Vec<String> {
    let mut found = vec![];
    if let Some(load) = m.load.filter(|l| *l > 0.5 * m.cores.max(1) as f64) {
        found.push(format!("the load was {load:.1} on {} cores before measuring: expect wide intervals", m.cores));
    }
    if let Some(g) = m.governor.as_deref().filter(|g| *g != "performance") {
        found.push(format!("the frequency governor is {g}: times follow the clock; performance is steadier"));
    }
    found
}

/// A process that is not on the processor waits for other processes, or for files and the network.
pub fn after(rows: &[Row]) -> Option<String> {
    let processes = rows.iter().flat_map(|r| &r.cells).flat_map(|c| &c.processes);
    let waited = processes.filter(|p| p.seconds > 0.0).map(|p| 1.0 - (p.cpu / p.seconds).min(1.0));
    let waited = median(&waited.collect::<Vec<f64>>());
    (waited > WAITED).then(|| {
        format!(
            "processes waited for {:.0} % of their time: where they do not sleep or read, others had the core, and another measurement \
             finds other times",
            waited * 100.0
        )
    })
}
