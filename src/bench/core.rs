//! The core that all processes of a measurement run on.
//!
//! Invariant: the core is chosen once, so that every variant and every program of a suite has the same one.

use super::options::Measure;
use adder_stdlib::os::sys_calls;
use std::time::Duration;

/// How long the cores are looked at before one is chosen.
const LOOK: Duration = Duration::from_millis(300);

/// Children inherit the core; where the system refuses they run anywhere, unless one was asked for.
pub fn pin(o: &Measure) -> Result<Option<usize>, String> {
    if !o.pin {
        return Ok(None);
    }
    let allowed = sys_calls::getaffinity(0).unwrap_or_default();
    let wanted = match o.cpu {
        Some(n) if !allowed.contains(&n) => return Err(format!("--cpu {n}: allowed are {allowed:?}")),
        Some(n) => n,
        None => match quietest(&allowed) {
            Some(n) => n,
            None => return Ok(None),
        },
    };
    match sys_calls::setaffinity(0, &[wanted]) {
        Ok(_) => Ok(Some(wanted)),
        Err(_) if o.cpu.is_some() => Err(format!("--cpu {wanted}: the system refuses")),
        Err(_) => Ok(None),
    }
}

/// The core that others use least; the last of equal ones, as systems prefer the first for themselves.
fn quietest(allowed: &[usize]) -> Option<usize> {
    let read = || std::fs::read_to_string("/proc/stat").unwrap_or_default();
    if allowed.len() < 2 {
        return allowed.last().copied();
    }
    let before = read();
    std::thread::sleep(LOOK);
    least_busy(allowed, &before, &read())
}

/// By ticks between two states of `/proc/stat`; a difference of less than three ticks is none.
fn least_busy(allowed: &[usize], before: &str, after: &str) -> Option<usize> {
    let used = |core: usize| (busy(after, core).saturating_sub(busy(before, core))) / 3;
    allowed.iter().rev().copied().min_by_key(|&n| used(n))
}

/// Ticks of a core that were not idle.
fn busy(stat: &str, core: usize) -> u64 {
    let name = format!("cpu{core}");
    let line = stat.lines().find_map(|l| l.strip_prefix(&name)?.strip_prefix(' ')).unwrap_or("");
    let ticks = line.split_whitespace().map(|n| n.parse::<u64>().unwrap_or(0));
    // Columns 3 and 4 are idle, and waiting for input or output.
    ticks.take(8).enumerate().filter(|(i, _)| *i != 3 && *i != 4).map(|(_, n)| n).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_core_that_others_use_least_is_taken() {
        let before = "cpu  1 1 1 1\ncpu0 10 0 5 100 7 0 0 0 0 0\ncpu1 10 0 5 100 7 0 0 0 0 0\n";
        let after = "cpu  1 1 1 1\ncpu0 11 0 6 130 9 0 0 0 0 0\ncpu1 30 5 9 101 7 0 0 0 0 0\n";
        assert_eq!(super::least_busy(&[0, 1], before, after), Some(0));
        assert_eq!(super::least_busy(&[0, 1], before, before), Some(1));
        assert_eq!(super::least_busy(&[], before, after), None);
    }
}
