//! How the time for one program is shared out: rounds, and what each process of a round may take.
//!
//! Invariants: a slow variant gets the iterations that a class needs, in one process at least, before a fast one gets more of them. Beyond that
//! more processes come before more iterations, as processes differ by more; two rounds are made however long they take.

use super::options::Measure;
use super::schedule::Runs;
use super::stats::median;
use super::warmup::{self, FEWEST};

/// Iterations in a process unless the user says how many.
const MOST: usize = 50;
/// The part of the time that a fast variant gets in one process at least, as long as it has iterations left.
const FAST: f64 = 1.0 / 50.0;
/// Rounds that are wanted before a second process of each variant has the iterations that a class needs.
const FEW: usize = 4;
/// Iterations of a brief process in its steady state.
const STEADY: usize = 2;

pub struct Plan {
    /// Rounds in all.
    pub rounds: usize,
    /// What this round is going to take, as far as is known.
    pub seconds: f64,
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
    /// Iterations before the steady state; None before a process had enough of them to tell.
    settle: Option<usize>,
}

impl Cost {
    /// Seconds that the iterations of one process need for a class.
    fn full(&self, all: f64) -> f64 {
        (FEWEST as f64 * self.iteration).max((all * FAST).min(MOST as f64 * self.iteration))
    }
    /// Iterations, and seconds, that show the steady state of one more process.
    fn brief(&self, all: f64) -> (usize, f64) {
        let least = self.settle.map_or(FEWEST, |n| n + STEADY);
        if least >= FEWEST {
            return (FEWEST, self.full(all).max(least as f64 * self.iteration));
        }
        (least, (least as f64 * self.iteration).max((all * FAST / 2.0).min(MOST as f64 * self.iteration)))
    }
}

impl Plan {
    /// For a round that begins, or (`begun`) whose whole processes are done.
    pub fn make(o: &Measure, runs: &[Runs], (round, begun): (usize, bool), spent: f64) -> Plan {
        if let Some(n) = o.iterations {
            let all = Share { least: n, most: n, seconds: 1e9, limit: 1e9 };
            return Plan { rounds: o.processes, seconds: 0.0, shares: vec![all; runs.len()] };
        }
        let going = runs.iter().filter(|r| r.failure.is_none()).count().max(1) as f64;
        let costs: Vec<Cost> = runs.iter().map(cost).collect();
        let rest: f64 = costs.iter().map(|c| c.rest).sum();
        let full = rest + costs.iter().map(|c| c.full(o.seconds)).sum::<f64>();
        let brief = rest + costs.iter().map(|c| c.brief(o.seconds).1).sum::<f64>();
        let left = o.seconds - spent + if begun { rest } else { 0.0 };
        let later = o.processes.saturating_sub(round + 1);
        // Brief ones say nothing of the course: the first process is none, the second one only where time is short.
        let wanted =
            if round < 2 { later.min(FEW.saturating_sub(round + 1)) as f64 * brief } else { later as f64 * full };
        let long = round == 0 || left >= full + wanted;
        let this = if long { full } else { brief };
        let known = this > 0.0 && (spent > 0.0 || round > 0);
        let fit = if known { ((left - this).max(0.0) / brief) as usize } else { later };
        let rounds = (round + 1 + fit.min(later)).max(2.min(o.processes));
        // What is unknown yet gets an equal part; a third of the time is for whole processes and what starts up.
        let equal = o.seconds * 0.67 / (if known { rounds } else { o.processes } as f64 * going);
        let extra = (left - this - brief * (rounds - round - 1) as f64).max(0.0) / (rounds - round) as f64 / going;
        // What cannot be had within the time, nearly, is not insisted on.
        let insists = known && full + (rounds - 1) as f64 * brief <= o.seconds * 1.2;
        let shares = costs.iter().map(|c| {
            let k = c.series.max(1) as f64;
            let (least, need) = if long { (FEWEST, c.full(o.seconds)) } else { c.brief(o.seconds) };
            let (seconds, limit) =
                if insists { (need + extra, need * 1.5) } else { (equal, o.seconds * 0.8 / (2.0 * going)) };
            Share { least, most: MOST, seconds: (seconds / k).max(0.2), limit: (limit / k).max(0.2) }
        });
        Plan { rounds, seconds: this, shares: shares.collect() }
    }
    pub fn share(&self, variant: usize) -> Share {
        self.shares[variant].clone()
    }
    /// Whether a further round is too much.
    pub fn over(&self, o: &Measure, round: usize, spent: f64) -> bool {
        o.iterations.is_none() && round >= 2 && spent + self.seconds > o.seconds
    }
}

/// What is known of a variant: by its iterations, else by its whole processes.
fn cost(r: &Runs) -> Cost {
    if r.failure.is_some() {
        return Cost::default();
    }
    let whole = median(&r.whole.iter().map(|p| p.seconds).collect::<Vec<f64>>());
    let Some(p) = r.repeated.last() else {
        return Cost { iteration: whole, rest: whole, series: usize::from(whole > 0.0), settle: None };
    };
    let seconds = |s: &super::process::Series| {
        let each: Vec<f64> = s.times.iter().zip(&s.loops).map(|(t, n)| t * *n as f64).collect();
        median(&each)
    };
    let all = r.repeated.iter().flat_map(|p| &p.series).filter(|s| s.times.len() >= FEWEST);
    let settle = all.map(|s| warmup::course(&s.times).steady).max();
    Cost { iteration: p.series.iter().map(seconds).sum(), rest: whole, series: p.series.len(), settle }
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

    /// Rounds until the time is used up, with the iterations that each share gives; seconds in all.
    fn play(o: &Measure, each: &[f64]) -> (Vec<Runs>, f64) {
        let mut runs: Vec<Runs> = vec![Runs::default(); each.len()];
        let mut spent = 0.0;
        for round in 0..o.processes {
            if Plan::make(o, &runs, (round, false), spent).over(o, round, spent) {
                break;
            }
            for (r, t) in runs.iter_mut().zip(each) {
                r.whole.push(Process { seconds: *t, ..Process::default() });
                spent += t;
            }
            let plan = Plan::make(o, &runs, (round, true), spent);
            for (i, t) in each.iter().enumerate() {
                let s = plan.share(i);
                let mut n = 1;
                while n < s.most && (n < s.least && t * s.least as f64 <= s.limit || t * (n + 1) as f64 <= s.seconds) {
                    n += 1;
                }
                let series = Series { times: vec![*t; n], loops: vec![1; n], ..Series::default() };
                runs[i].repeated.push(Process { series: vec![series], ..Process::default() });
                spent += t * n as f64;
            }
        }
        (runs, spent)
    }
    fn lengths(r: &Runs) -> Vec<usize> {
        r.repeated.iter().map(|p| p.series[0].times.len()).collect()
    }

    #[test]
    fn slow_variants_get_the_iterations_that_they_need_and_then_processes() {
        for scale in [0.4, 1.0, 1.6] {
            let o = options(&["x.py"]);
            let (runs, spent) = play(&o, &[1.2, 0.25, 1.9, 0.2].map(|t| t * scale));
            assert!(spent <= 100.0, "{spent}");
            for r in &runs {
                let n = lengths(r);
                assert!(n.len() >= 3 && n[0] >= FEWEST && n.iter().all(|n| *n >= STEADY), "{scale}: {n:?} {spent}");
                assert!(scale > 1.0 || n.len() >= 4 && n[1] >= FEWEST, "{scale}: {n:?} {spent}");
            }
        }
    }

    #[test]
    fn fast_programs_get_all_rounds_and_fixed_numbers_stay() {
        let (runs, spent) = play(&options(&["x.py"]), &[0.02, 0.03]);
        assert!(lengths(&runs[1]).iter().all(|n| *n == MOST) && runs[0].whole.len() == 10, "{spent}");
        let o = options(&["--iterations", "3", "--processes", "7", "x.py"]);
        let p = Plan::make(&o, &[whole(100.0)], (0, true), 0.0);
        assert_eq!((p.rounds, p.share(0).least, p.share(0).most), (7, 3, 3));
    }

    #[test]
    fn programs_that_take_too_long_are_not_insisted_on() {
        let o = options(&["--seconds", "3", "x.py"]);
        let p = Plan::make(&o, &[whole(5.0), whole(5.0)], (0, true), 10.0);
        assert!(p.share(0).limit < 5.0 && p.share(0).seconds < 5.0 && p.rounds == 2, "{:?}", p.share(0));
        let (runs, spent) = play(&options(&["x.py"]), &[9.0, 9.0, 9.0]);
        assert!(runs[0].whole.len() == 2 && spent < 150.0, "{spent}");
    }

    #[test]
    fn benchmarks_of_one_script_share_its_time() {
        let o = options(&["--seconds", "60", "x.py"]);
        let series = Series { times: vec![0.1; 10], loops: vec![1; 10], ..Series::default() };
        let p = Process { series: vec![series.clone(), series], ..Process::default() };
        let runs = [Runs { repeated: vec![p], ..Runs::default() }];
        let p = Plan::make(&o, &runs, (1, false), 10.0);
        assert!(p.share(0).seconds * 2.0 <= 30.0, "{:?}", p.share(0));
    }
}
