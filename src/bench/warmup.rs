//! Where a process settles: outliers, change points, and the class of its iterations.
//!
//! After "Virtual Machine Warmup Blows Hot and Cold" (Barrett, Bolz-Tereick, Killick, Mount, Tratt, 2017): outliers by quantiles of a
//! sliding window; PELT (Killick, Fearnhead, Eckley, 2012) on mean and variance with the penalty 15 log n; segments that cannot be told
//! from the last one, walked backwards, are the steady state. Invariant: the first iteration is never an outlier: a slow one is warm-up.

use super::stats::{median, quantile, sorted};

/// Iterations below which nothing is said about their course.
pub const FEWEST: usize = 6;
/// Iterations on each side that an outlier is compared with.
const REACH: usize = 100;
/// The last part of a run in which a steady state may not begin.
const TAIL: f64 = 0.25;
/// Means this near to each other are the same: a part of the mean.
const SAME: f64 = 0.02;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Flat,
    Warmup,
    Slowdown,
    NoSteadyState,
    /// Too few iterations to tell.
    Short,
    /// Processes differ.
    Inconsistent,
}

impl Class {
    pub fn text(self) -> &'static str {
        match self {
            Class::Flat => "flat",
            Class::Warmup => "warm-up",
            Class::Slowdown => "slowdown",
            Class::NoSteadyState => "no steady state",
            Class::Short => "too short",
            Class::Inconsistent => "inconsistent",
        }
    }
    /// Whether one time stands for what follows.
    pub fn settles(self) -> bool {
        matches!(self, Class::Flat | Class::Warmup | Class::Slowdown)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub class: Class,
    /// First iterations of segments, without 0.
    pub changes: Vec<usize>,
    pub outliers: Vec<usize>,
    /// First iteration of the steady state; of the last half where there is none.
    pub steady: usize,
}

pub fn course(times: &[f64]) -> Course {
    let n = times.len();
    if n < FEWEST {
        return Course { class: Class::Short, changes: vec![], outliers: vec![], steady: n / 2 };
    }
    let outliers = outliers(times);
    let kept: Vec<usize> = (0..n).filter(|i| !outliers.contains(i)).collect();
    let values: Vec<f64> = kept.iter().map(|&i| times[i]).collect();
    let cuts = pelt(&values);
    let changes: Vec<usize> = cuts.iter().map(|&c| kept[c]).collect();
    let bounds: Vec<usize> = [0].into_iter().chain(cuts).chain([values.len()]).collect();
    let segments: Vec<&[f64]> = bounds.windows(2).map(|w| &values[w[0]..w[1]]).collect();
    let last = segments.len() - 1;
    let alike = |a: &[f64], b: &[f64]| (mean(a) - mean(b)).abs() <= (SAME * mean(b)).max(deviation(b));
    let mut first = last;
    while first > 0 && alike(segments[first - 1], segments[last]) {
        first -= 1;
    }
    let steady = if first == 0 { 0 } else { kept[bounds[first]] };
    let class = if first == 0 {
        Class::Flat
    } else if steady as f64 > n as f64 * (1.0 - TAIL) {
        Class::NoSteadyState
    } else if segments[..first].iter().all(|s| mean(s) >= mean(segments[last])) {
        Class::Warmup
    } else {
        Class::Slowdown
    };
    let steady = if class == Class::NoSteadyState { n / 2 } else { steady };
    Course { class, changes, outliers, steady }
}

/// The class of several processes together.
pub fn together(classes: &[Class]) -> Class {
    // Processes that were cut short say nothing beside others.
    let long: Vec<Class> = classes.iter().copied().filter(|c| *c != Class::Short).collect();
    match if long.is_empty() { classes } else { &long } {
        [] => Class::Short,
        [first, rest @ ..] if rest.iter().all(|c| c == first) => *first,
        // A process that needs no warm-up beside those that do is no contradiction.
        all if all.iter().all(|c| matches!(c, Class::Flat | Class::Warmup)) => Class::Warmup,
        _ => Class::Inconsistent,
    }
}

/// Iterations far outside of what their neighbours take.
fn outliers(times: &[f64]) -> Vec<usize> {
    let n = times.len();
    let mut found = vec![];
    for i in 1..n {
        let window = sorted(&times[i.saturating_sub(REACH).max(1)..(i + REACH).min(n)]);
        let (low, mid, high) = (quantile(&window, 0.1), quantile(&window, 0.5), quantile(&window, 0.9));
        let room = (3.0 * (high - low)).max(0.05 * mid);
        // A change of level shows in the neighbours too.
        let lonely = [i.checked_sub(1), Some(i + 1)]
            .into_iter()
            .flatten()
            .filter_map(|k| times.get(k))
            .all(|t| (t - times[i]).abs() > room / 2.0);
        if (times[i] - mid).abs() > room && lonely {
            found.push(i);
        }
    }
    found
}

fn mean(v: &[f64]) -> f64 {
    v.iter().sum::<f64>() / v.len().max(1) as f64
}
fn deviation(v: &[f64]) -> f64 {
    let m = mean(v);
    (v.iter().map(|x| (x - m).powi(2)).sum::<f64>() / v.len().max(1) as f64).sqrt()
}

/// First indices of new segments: the cheapest cut into pieces of one mean and variance each.
fn pelt(values: &[f64]) -> Vec<usize> {
    let n = values.len();
    let scale = median(values);
    if n < 2 || scale <= 0.0 {
        return vec![];
    }
    let v: Vec<f64> = values.iter().map(|x| x / scale).collect();
    // A piece cannot be quieter than the timer and the machine are.
    let steps: Vec<f64> = v.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    let floor = (0.5 * median(&steps)).max(0.002).powi(2);
    let mut sums = vec![(0.0, 0.0)];
    for x in &v {
        let (a, b) = sums[sums.len() - 1];
        sums.push((a + x, b + x * x));
    }
    let cost = |from: usize, to: usize| {
        let k = (to - from) as f64;
        let (s, q) = (sums[to].0 - sums[from].0, sums[to].1 - sums[from].1);
        let variance = (q / k - (s / k).powi(2)).max(0.0) + floor;
        k * (variance.ln() + std::f64::consts::TAU.ln() + 1.0)
    };
    let penalty = 15.0 * (n as f64).ln();
    let mut best = vec![-penalty];
    let mut from = vec![0usize];
    let mut candidates = vec![0usize];
    for to in 1..=n {
        let costs: Vec<f64> = candidates.iter().map(|&c| best[c] + cost(c, to)).collect();
        let (k, least) = costs.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or((0, 0.0), |(k, c)| (k, *c));
        best.push(least + penalty);
        from.push(candidates[k]);
        // What is worse than a cut here stays worse.
        candidates = candidates.iter().zip(&costs).filter(|(_, c)| **c <= least + penalty).map(|(&c, _)| c).collect();
        candidates.push(to);
    }
    let mut cuts = vec![];
    let mut at = n;
    while from[at] > 0 {
        at = from[at];
        cuts.push(at);
    }
    cuts.reverse();
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels with their lengths, and noise of half a percent.
    fn series(levels: &[(f64, usize)]) -> Vec<f64> {
        let mut state = 1u64;
        let mut noise = move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        levels.iter().flat_map(|&(t, k)| std::iter::repeat_n(t, k)).map(|t| t * (1.0 + 0.01 * noise())).collect()
    }

    #[test]
    fn classes_of_plain_courses() {
        assert_eq!(course(&series(&[(1.0, 50)])).class, Class::Flat);
        let c = course(&series(&[(3.0, 10), (1.0, 40)]));
        assert_eq!((c.class, c.steady, c.changes), (Class::Warmup, 10, vec![10]));
        assert_eq!(course(&series(&[(1.0, 10), (1.5, 40)])).class, Class::Slowdown);
        assert_eq!(course(&series(&[(3.0, 45), (1.0, 5)])).class, Class::NoSteadyState);
        assert_eq!(course(&[1.0; 5]).class, Class::Short);
        let c = course(&series(&[(3.0, 10), (1.0, 20), (1.01, 20)]));
        assert_eq!((c.class, c.steady), (Class::Warmup, 10));
    }

    #[test]
    fn one_slow_first_iteration_is_warmup() {
        let c = course(&series(&[(5.0, 1), (1.0, 29)]));
        assert_eq!((c.class, c.steady), (Class::Warmup, 1));
    }

    #[test]
    fn one_slow_iteration_inside_is_an_outlier() {
        let mut t = series(&[(1.0, 40)]);
        t[20] = 4.0;
        let c = course(&t);
        assert_eq!((c.class, c.outliers), (Class::Flat, vec![20]));
    }

    #[test]
    fn processes_together() {
        use Class::*;
        assert_eq!(together(&[Flat, Flat]), Flat);
        assert_eq!(together(&[Flat, Warmup]), Warmup);
        assert_eq!(together(&[Flat, Slowdown]), Inconsistent);
        assert_eq!((together(&[Short, Flat]), together(&[Short, Short])), (Flat, Short));
        assert_eq!(together(&[]), Short);
    }
}
