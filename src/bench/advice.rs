//! Remarks about a machine that makes times unsteady.

use super::machine::Machine;

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
