//! Where a process settles: outliers, change points, and the class of its iterations.
//!
//! After "Virtual Machine Warmup Blows Hot and Cold" (Barrett, Bolz-Tereick, Killick, Mount, Tratt, 2017): outliers by quantiles of a
//! sliding window; PELT (Killick, Fearnhead, Eckley, 2012) on mean and variance; segments that cannot be told from the last one, walked
//! backwards, are the steady state, unless they rise or fall steadily. The study's penalty, 15 log n, is for its 2000 iterations: of twenty it
//! lets half as much again pass for noise, so short series get a lower one. Invariant: the first iteration is never an outlier: a slow one is
//! warm-up.

use super::stats::{median, quantile, sorted};

/// Iterations below which nothing is said about their course.
pub const FEWEST: usize = 6;
/// Iterations on each side that an outlier is compared with.
const REACH: usize = 100;
/// The last part of a run in which a steady state may not begin.
const TAIL: f64 = 0.25;
/// Means this near to each other are the same: a part of the mean.
const SAME: f64 = 0.02;
/// Penalty of a change point by the logarithm of the iterations: for many, and below so many.
const PENALTY: f64 = 15.0;
const MANY: usize = 200;
const PENALTY_OF_FEW: f64 = 8.0;
/// A segment drifts when its last third differs from its first by more than this part, and so many deviations of Mann's and Kendall's
/// statistic say that this is no chance.
const DRIFT: f64 = 0.05;
const DEVIATIONS: f64 = 2.6;
/// This part of the processes may have another class than the rest.
const ODD: f64 = 0.2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Flat,
    Warmup,
    Slowdown,
    NoSteadyState,
    /// Too few iterations to tell.
    Short,
    /// Processes differ, but each settles.
    Mixed,
    /// Processes differ, and some do not settle.
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
            Class::Mixed | Class::Inconsistent => "inconsistent",
        }
    }
    /// Whether one time stands for what follows.
    pub fn settles(self) -> bool {
        matches!(self, Class::Flat | Class::Warmup | Class::Slowdown | Class::Mixed)
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
    let class = if steady as f64 > n as f64 * (1.0 - TAIL) || drifts(&values[bounds[first]..]) {
        Class::NoSteadyState
    } else if first == 0 {
        Class::Flat
    } else if segments[..first].iter().all(|s| mean(s) >= mean(segments[last])) {
        Class::Warmup
    } else {
        Class::Slowdown
    };
    let steady = if class == Class::NoSteadyState { n / 2 } else { steady };
    Course { class, changes, outliers, steady }
}

/// Of several processes. Those that are too short to have a class settle no earlier than the others did.
pub fn courses(all: &[&[f64]]) -> Vec<Course> {
    let mut found: Vec<Course> = all.iter().map(|t| course(t)).collect();
    let settled = found.iter().filter(|c| c.class != Class::Short).map(|c| c.steady).max();
    for (c, t) in found.iter_mut().zip(all).filter(|(c, _)| c.class == Class::Short) {
        c.steady = settled.unwrap_or(c.steady).min(t.len());
    }
    found
}

/// The class of several processes together.
pub fn together(classes: &[Class]) -> Class {
    // Processes that were cut short say nothing beside others.
    let long: Vec<Class> = classes.iter().copied().filter(|c| *c != Class::Short).collect();
    let all: &[Class] = if long.is_empty() { classes } else { &long };
    let most = all.iter().copied().max_by_key(|c| all.iter().filter(|d| *d == c).count()).unwrap_or(Class::Short);
    let others = all.iter().filter(|c| **c != most).count();
    if others as f64 <= ODD * all.len() as f64 {
        most
    } else if all.iter().all(|c| matches!(c, Class::Flat | Class::Warmup)) {
        // A process that needs no warm-up beside those that do is no contradiction.
        Class::Warmup
    } else if all.iter().all(|c| c.settles()) {
        Class::Mixed
    } else {
        Class::Inconsistent
    }
}

/// Whether times rise or fall from beginning to end.
fn drifts(v: &[f64]) -> bool {
    let third = v.len() / 3;
    if third < 2 {
        return false;
    }
    let (start, end) = (median(&v[..third]), median(&v[v.len() - third..]));
    let pairs = (0..v.len()).flat_map(|i| v[i + 1..].iter().map(move |b| b.total_cmp(&v[i]) as i64));
    let n = v.len() as f64;
    let chance = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    (end - start).abs() > DRIFT * start.min(end) && pairs.sum::<i64>().abs() as f64 > DEVIATIONS * chance
}

/// Iterations far outside of what their neighbours take.
fn outliers(times: &[f64]) -> Vec<usize> {
    let n = times.len();
    let mut found = vec![];
    for i in 1..n {
        // Without itself: in a short series it would widen what it is measured by.
        let near = i.saturating_sub(REACH).max(1)..(i + REACH).min(n);
        let window = sorted(&near.filter(|k| *k != i).map(|k| times[k]).collect::<Vec<f64>>());
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
    let penalty = if n < MANY { PENALTY_OF_FEW } else { PENALTY } * (n as f64).ln();
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
    fn a_steady_rise_is_no_steady_state() {
        for n in [9, 20, 50] {
            let levels: Vec<(f64, usize)> = (0..n).map(|i| (1.0 + 0.5 * i as f64 / n as f64, 1)).collect();
            let c = course(&series(&levels));
            assert!(!matches!(c.class, Class::Flat | Class::Warmup), "{n}: {c:?}");
        }
        // As little as machines drift.
        let levels: Vec<(f64, usize)> = (0..20).map(|i| (1.0 + 0.02 * i as f64 / 20.0, 1)).collect();
        assert_eq!(course(&series(&levels)).class, Class::Flat);
    }

    #[test]
    fn short_series_show_a_slow_beginning() {
        assert_eq!(course(&series(&[(1.5, 1), (1.0, 5)])).class, Class::Warmup);
        let c = course(&series(&[(1.2, 2), (1.0, 14)]));
        assert_eq!((c.class, c.steady), (Class::Warmup, 2));
    }

    #[test]
    fn one_slow_iteration_inside_is_an_outlier() {
        let mut t = series(&[(1.0, 40)]);
        t[20] = 4.0;
        let c = course(&t);
        assert_eq!((c.class, c.outliers), (Class::Flat, vec![20]));
        // At the end of a short series too.
        let c = course(&[1.0, 1.01, 1.005, 0.995, 1.0, 1.6]);
        assert_eq!((c.class, c.outliers), (Class::Flat, vec![5]));
    }

    #[test]
    fn a_brief_process_settles_as_the_long_ones_do() {
        let long = series(&[(3.0, 2), (1.0, 20)]);
        let found = courses(&[&long, &long[..4], &long[..1]]);
        assert_eq!(found.iter().map(|c| c.steady).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(courses(&[&[1.0, 1.0]])[0].steady, 1);
    }

    #[test]
    fn processes_together() {
        use Class::*;
        assert_eq!(together(&[Flat, Flat]), Flat);
        assert_eq!(together(&[Flat, Warmup]), Warmup);
        assert_eq!(together(&[Flat, Slowdown]), Mixed);
        assert_eq!(together(&[Flat, NoSteadyState]), Inconsistent);
        assert_eq!(together(&[Flat, Flat, Flat, Flat, NoSteadyState]), Flat);
        assert_eq!((together(&[Short, Flat]), together(&[Short, Short])), (Flat, Short));
        assert_eq!(together(&[]), Short);
    }
}
