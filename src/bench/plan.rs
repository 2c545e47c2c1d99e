//! How the time for one program is shared out: rounds, and what each process of a round may take.
//!
//! Invariant: a slow variant gets the iterations that a class needs before a fast one gets more of them; where that cannot be had within the
//! time, two rounds are made nevertheless.

use super::options::Measure;
use super::schedule::Runs;
use super::stats::median;
use super::warmup::FEWEST;

/// Iterations in a process unless the user says how many.
const MOST: usize = 50;
/// The part of the time that a fast variant gets in one process at least, as long as it has iterations left.
const FAST: f64 = 1.0 / 40.0;
/// Rounds may take this much more than the time given, so that a third one is not lost by a second.
pub const OVER: f64 = 1.1;

/// Two rounds with the iterations that a class needs may take this much more than the time given.
const SLACK: f64 = 1.2;

pub struct Plan {
    /// Rounds in all.
    pub rounds: usize,
    shares: Vec<Share>,
}

/// What one process with iterations may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    pub least: usize,
    pub most: usize,
    /// After so many seconds no further iteration begins, unless there are fewer than `least`, and these take no longer than `limit`.
    pub seconds: f64,
    pub limit: f64,
}

/// Seconds of one iteration and of what else a variant does in a round, as far as is known.
#[derive(Clone, Copy, Default)]
struct Cost {
    iteration: f64,
    rest: f64,
    /// Benchmarks in the script.
    series: usize,
}

impl Plan {
    pub fn make(o: &Measure, runs: &[Runs], round: usize, spent: f64) -> Plan {
        if let Some(n) = o.iterations {
            let all = Share { least: n, most: n, seconds: 1e9, limit: 1e9 };
            return Plan { rounds: o.processes, shares: vec![all; runs.len()] };
        }
        let going = runs.iter().filter(|r| r.failure.is_none()).count().max(1) as f64;
        let costs: Vec<Cost> = runs.iter().map(cost).collect();
        let needs: Vec<f64> = costs.iter().map(|c| need(c, o.seconds)).collect();
        let one: f64 = needs.iter().sum::<f64>() + costs.iter().map(|c| c.rest).sum::<f64>();
        // What cannot be had within the time, nearly, is not insisted on.
        let known = spent > 0.0 && one > 0.0 && one * 2.0 <= o.seconds * SLACK;
        let fit = if one > 0.0 { (o.seconds * OVER / one) as usize } else { o.processes };
        let rounds = fit.clamp(2.min(o.processes), o.processes).max(round + 1);
        let left = (o.seconds - spent - one * (rounds - round) as f64).max(0.0);
        // What is unknown yet gets an equal part; a third of the time is for whole processes and what starts up.
        let equal = o.seconds * 0.67 / (o.processes as f64 * going);
        let shares = costs.iter().zip(&needs).map(|(c, need)| {
            let k = c.series.max(1) as f64;
            let seconds = if known { need + left / (rounds - round) as f64 / going } else { equal };
            let limit = if known { need * 1.5 } else { o.seconds * 0.8 / (2.0 * going) };
            Share { least: FEWEST, most: MOST, seconds: (seconds / k).max(0.2), limit: (limit / k).max(0.2) }
        });
        Plan { rounds, shares: shares.collect() }
    }
    pub fn share(&self, variant: usize) -> Share {
        self.shares[variant].clone()
    }
}

/// Seconds that the iterations of one process need.
fn need(c: &Cost, all: f64) -> f64 {
    (FEWEST as f64 * c.iteration).max((all * FAST).min(MOST as f64 * c.iteration))
}

/// What is known of a variant: by its iterations, else by its whole processes.
fn cost(r: &Runs) -> Cost {
    if r.failure.is_some() {
        return Cost::default();
    }
    let whole = median(&r.whole.iter().map(|p| p.seconds).collect::<Vec<f64>>());
    let Some(p) = r.repeated.last() else {
        return Cost { iteration: whole, rest: whole, series: usize::from(whole > 0.0) };
    };
    let seconds = |s: &super::process::Series| {
        let each: Vec<f64> = s.times.iter().zip(&s.loops).map(|(t, n)| t * *n as f64).collect();
        median(&each)
    };
    Cost { iteration: p.series.iter().map(seconds).sum(), rest: whole, series: p.series.len() }
}

#[cfg(test)]
mod tests {
    use super::super::options::{Command, parse};
    use super::super::process::{Process, Series};
    use super::*;

    fn options(words: &[&str]) -> Measure {
        match parse(&words.iter().map(std::ffi::OsString::from).collect::<Vec<_>>()) {
            Ok(Command::Measure(m)) => *m,
            other => panic!("{other:?}"),
        }
    }
    fn whole(seconds: f64) -> Runs {
        Runs { whole: vec![Process { seconds, ..Process::default() }], ..Runs::default() }
    }

    #[test]
    fn slow_variants_get_the_iterations_that_they_need() {
        let o = options(&["--seconds", "100", "x.py"]);
        let runs = [whole(2.4), whole(0.4), whole(1.8), whole(0.3)];
        let p = Plan::make(&o, &runs, 0, 5.0);
        assert!((2..=4).contains(&p.rounds), "{}", p.rounds);
        assert!(p.share(0).seconds >= 2.4 * FEWEST as f64 && p.share(1).seconds >= 2.5);
        let all: f64 = (0..4).map(|i| p.share(i).seconds + runs[i].whole[0].seconds).sum();
        assert!(all * p.rounds as f64 <= 115.0, "{all}");
    }

    #[test]
    fn fast_programs_get_all_rounds_and_fixed_numbers_stay() {
        let o = options(&["--seconds", "100", "x.py"]);
        assert_eq!(Plan::make(&o, &[whole(0.02), whole(0.03)], 0, 0.1).rounds, 5);
        let o = options(&["--iterations", "3", "--processes", "7", "x.py"]);
        let p = Plan::make(&o, &[whole(100.0)], 0, 0.0);
        assert_eq!((p.rounds, p.share(0).least, p.share(0).most), (7, 3, 3));
    }

    #[test]
    fn programs_that_take_too_long_are_not_insisted_on() {
        let o = options(&["--seconds", "3", "x.py"]);
        let p = Plan::make(&o, &[whole(5.0), whole(5.0)], 0, 10.0);
        assert!(p.share(0).limit < 5.0 && p.share(0).seconds < 5.0 && p.rounds == 2, "{:?}", p.share(0));
    }

    #[test]
    fn benchmarks_of_one_script_share_its_time() {
        let o = options(&["--seconds", "60", "x.py"]);
        let series = Series { times: vec![0.1; 10], loops: vec![1; 10], ..Series::default() };
        let p = Process { series: vec![series.clone(), series], ..Process::default() };
        let runs = [Runs { repeated: vec![p], ..Runs::default() }];
        let p = Plan::make(&o, &runs, 1, 10.0);
        assert!(p.share(0).seconds * 2.0 <= 30.0, "{:?}", p.share(0));
    }
}
